"""Bemötande: three numbers that share a word and nothing else. Each is a type of its own, so that none can be mixed.

SKR's index of grades 1–5 (Servicemätning, 2022 on), the share of grades 4–5, and KKiK's points 0–3 of test contacts
(2016–2021). Definitions: reference/domain.md §1.3, §2.1 and §9.3; precision: reference/measurement.md §3. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from measurement.statistics.shares import Interval, share_interval

SHOWN_FROM = 30
"""Answers from which an index is shown, as Kolada does."""
COMPARABLE_FROM = 100
"""Answers per channel from which an index may be set beside other municipalities', as SKR does."""
FEW = 30
"""Answers from which the t interval holds what it promises; under it covers 76 per cent at 5, 88 at 10."""
TELLING = 0.10
"""Difference in how many were answered in time, respondents against the others, beyond which a figure is weighted."""

_INDEX_OF_GRADE = np.array([100.0, 75.0, 50.0, 25.0, 0.0])
_PRIOR = 0.2
_DRAWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """How many gave each grade, 5 best; `unknown`: blank or "do not know", in no denominator and told apart.

    Raises:
        ValueError: a count is negative.
    """

    five: int = 0
    four: int = 0
    three: int = 0
    two: int = 0
    one: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        if min(*self.counts, self.unknown) < 0:
            raise ValueError("a number of answers cannot be negative")

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Return the counts of grades 5, 4, 3, 2, 1."""
        return (self.five, self.four, self.three, self.two, self.one)

    @property
    def n(self) -> int:
        """Return how many gave a grade."""
        return sum(self.counts)


class Standing(StrEnum):
    """What an index may be used for, by its n."""

    TOO_FEW = "too_few"
    """Under 30: it is not shown as a figure; as a point of a chart it stands without a word."""
    SHOWN = "shown"
    COMPARABLE = "comparable"
    """From 100: it may be set beside SKR's."""


class IndexMethod(StrEnum):
    """What made the interval of an index."""

    DIRICHLET = "dirichlet"
    T = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionIndex:
    """Index 0–100 of grades: 5→100, 4→75, 3→50, 2→25, 1→0, their mean.

    Attributes:
        index: 0–100.
        interval: 0–100; of those who answered, it says nothing of the others.
        method: what made the interval.
        n: grades it rests on.
        unknown: blank or "do not know", not among them.
    """

    index: float
    interval: Interval
    method: IndexMethod
    n: int
    unknown: int

    @property
    def standing(self) -> Standing:
        """Return what it may be used for."""
        if self.n < SHOWN_FROM:
            return Standing.TOO_FEW
        return Standing.SHOWN if self.n < COMPARABLE_FROM else Standing.COMPARABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodShare:
    """Share of grades 4–5 with its Wilson interval, both 0–1; `good` of the `n` who gave a grade."""

    good: int
    n: int
    interval: Interval
    unknown: int

    @property
    def share(self) -> float:
        """Return the share, 0–1."""
        return self.good / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class KkikPoints:
    """Share of the most points that test contacts could have got: mycket god 3, god 2, medelgod 1, dålig 0.

    Attributes:
        points: their sum.
        n: contacts judged.
    """

    points: int
    n: int

    @property
    def maximum(self) -> int:
        """Return the points of as many contacts, all "mycket god"."""
        return 3 * self.n

    @property
    def share_of_maximum(self) -> float:
        """Return 0–1; KKiK printed it times 100."""
        return self.points / self.maximum


def index_of(grades: Grades) -> ReceptionIndex | None:
    """Return the index with its interval; None without a single grade.

    Under 30 grades the interval is Dirichlet's (each count + 0.2, 10 000 draws, the same draws for the same counts);
    from 30 Student's t; all grades alike have no variance, so there t would be 0 wide and Dirichlet's holds.
    """
    if not grades.n:
        return None
    counts = np.array(grades.counts, np.float64)
    value = float(counts @ _INDEX_OF_GRADE / grades.n)
    alike = np.count_nonzero(counts) == 1
    method = IndexMethod.DIRICHLET if grades.n < FEW or alike else IndexMethod.T
    interval = _dirichlet(grades.counts, value) if method is IndexMethod.DIRICHLET else _t(counts, value)
    return ReceptionIndex(index=value, interval=interval, method=method, n=grades.n, unknown=grades.unknown)


def _dirichlet(counts: Sequence[int], value: float) -> Interval:
    draws = np.random.default_rng(counts).dirichlet(np.array(counts) + _PRIOR, _DRAWS) @ _INDEX_OF_GRADE
    low, high = np.quantile(draws, [0.025, 0.975])
    # All fives: 100 lies a hair outside of what was drawn.
    return Interval(low=max(0.0, min(float(low), value)), high=min(100.0, max(float(high), value)))


def _t(counts: np.ndarray[tuple[int, ...], np.dtype[np.float64]], value: float) -> Interval:
    n = float(counts.sum())
    variance = float(counts @ (_INDEX_OF_GRADE - value) ** 2) / (n - 1)
    from scipy.stats import t as student  # loads for most of a second

    half = float(student.ppf(0.975, n - 1)) * (variance / n) ** 0.5
    return Interval(low=max(0.0, value - half), high=min(100.0, value + half))


def good_of(grades: Grades) -> GoodShare | None:
    """Return the share of grades 4–5; None without a single grade."""
    if not grades.n:
        return None
    good = grades.five + grades.four
    return GoodShare(good=good, n=grades.n, interval=share_interval(good, grades.n), unknown=grades.unknown)


def points_of(three: int, two: int, one: int, zero: int) -> KkikPoints | None:
    """Return KKiK's points of so many contacts judged 3, 2, 1 and 0; None without any.

    Raises:
        ValueError: a count is negative.
    """
    if min(three, two, one, zero) < 0:
        raise ValueError("a number of contacts cannot be negative")
    n = three + two + one + zero
    return KkikPoints(points=3 * three + 2 * two + one, n=n) if n else None


@dataclass(frozen=True, slots=True)
class Asked:
    """Those whom an invitation reached, of one kind: answered in time, or not.

    Attributes:
        delivered: invitations that reached somebody.
        grades: what came back; whoever gave no grade counts with those who did not answer.

    Raises:
        ValueError: more answers than invitations.
    """

    delivered: int
    grades: Grades

    def __post_init__(self) -> None:
        if self.grades.n > self.delivered:
            raise ValueError("there are more answers than invitations that reached somebody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Figures as if those answered in time were as many among the respondents as among all who were asked.

    Attributes:
        respondents_in_time, others_in_time: which share of each was answered in time, 0–1.
        index: 0–100. Both are None when one kind has no respondent at all: then nothing can stand for it.
        good: share of grades 4–5, 0–1.
        n: grades they rest on.
    """

    respondents_in_time: float
    others_in_time: float
    index: float | None
    good: float | None
    n: int


def weighted_on_time(in_time: Asked, late: Asked) -> Weighted | None:
    """Return the weighted figures to print beside the raw ones; None where respondents and others are alike.

    Alike: the shares that were answered in time differ by 10 percentage points at most; or there are no respondents,
    or nobody but respondents.
    """
    kinds, n = (in_time, late), in_time.grades.n + late.grades.n
    asked = in_time.delivered + late.delivered
    if not n or n == asked:
        return None
    respondents = in_time.grades.n / n
    others = (in_time.delivered - in_time.grades.n) / (asked - n)
    if abs(respondents - others) <= TELLING + 1e-12:
        return None
    index = good = None
    if all(kind.grades.n or not kind.delivered for kind in kinds):
        told = [(kind.delivered / asked, index_of(kind.grades), good_of(kind.grades)) for kind in kinds]
        index = sum(weight * one.index for weight, one, _ in told if one)
        good = sum(weight * one.share for weight, _, one in told if one)
    return Weighted(respondents_in_time=respondents, others_in_time=others, index=index, good=good, n=n)
