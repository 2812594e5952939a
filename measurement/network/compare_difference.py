"""Whether another municipality's share is clearly better than ours: weeks vary more than chance, and many are asked.

Newcombe's interval of the difference, on as many contacts as the weeks' own variation leaves (n by its overdispersion),
at 95 per cent for all others together (Bonferroni), and at least five percentage points. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from measurement.network.bundle import WeekValue
from measurement.statistics.shares import Interval, wilson_many

LEAST = 0.05
"""A smaller difference is not called clear, however sure it is: nobody goes to see how they do it."""
WIDEST = 0.10
"""A share whose spread is wider than this to either side is called neither better nor worse."""
WEEKS_FROM = 8
"""Weeks from which their variation is known."""
_SURE = 0.05


class Verdict(StrEnum):
    """What may be said of another's share beside ours."""

    BETTER = "better"
    WORSE = "worse"
    NOT_CLEAR = "not_clear"
    TOO_FEW = "too_few"
    """One of the two has so few contacts or weeks, or so uneven ones, that nothing can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A share with what it rests on.

    Attributes:
        value: 0–1.
        n: as counted.
        effective: so many independent contacts would vary as the weeks did; at most n.
        spread: Wilson's, 95 per cent, of the effective ones.
        is_known: whether it is its own weeks that tell how much it varies.
    """

    value: float
    n: int
    effective: float
    spread: Interval
    is_known: bool

    @property
    def is_unsure(self) -> bool:
        """Whether the spread is too wide for any word, or nobody knows how wide it is."""
        return not self.is_known or max(self.spread.high - self.value, self.value - self.spread.low) > WIDEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another's share beside ours.

    Attributes:
        difference: theirs minus ours, -1 to 1.
        interval: of it, at 95 per cent for all that are compared together.
    """

    difference: float
    interval: Interval
    verdict: Verdict


def variation(weeks: Sequence[WeekValue]) -> float | None:
    """Return how many times more a share's weeks vary than chance alone gives, at least 1; None: nobody can tell.

    Pearson's chi-square by its degrees of freedom around the share of all these weeks.
    """
    parts = np.array([one.numerator or 0 for one in weeks], np.float64)
    wholes = np.array([one.n for one in weeks], np.float64)
    if len(weeks) < WEEKS_FROM:
        return None
    share = parts.sum() / wholes.sum()
    if share in (0.0, 1.0):
        return 1.0
    square = ((parts - wholes * share) ** 2 / (wholes * share * (1 - share))).sum()
    return max(1.0, float(square / (len(weeks) - 1)))


def level_of(part: int, n: int, phi: float, *, is_known: bool = True) -> Level:
    """Return a share of n, at least 1, whose weeks vary `phi` times more than chance."""
    effective = n / phi
    low, high = wilson_many(part / phi, effective)
    spread = Interval(low=float(low), high=float(high))
    return Level(value=part / n, n=n, effective=effective, spread=spread, is_known=is_known)


def beside(ours: Level, theirs: Level, compared: int) -> Beside:
    """Return what may be said of another's share, of so many that are compared with ours at once."""
    difference, interval = theirs.value - ours.value, _newcombe(theirs, ours, _SURE / max(1, compared))
    verdict = Verdict.NOT_CLEAR
    if ours.is_unsure or theirs.is_unsure:
        verdict = Verdict.TOO_FEW
    elif interval.low > 0 and difference >= LEAST:
        verdict = Verdict.BETTER
    elif interval.high < 0 and difference <= -LEAST:
        verdict = Verdict.WORSE
    return Beside(difference=difference, interval=interval, verdict=verdict)


def _newcombe(one: Level, other: Level, alpha: float) -> Interval:
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        one.value * one.effective, one.effective, other.value * other.effective, other.effective,
        method="newcomb", compare="diff", alpha=alpha,
    )  # fmt: skip
    return Interval(low=max(-1.0, float(low)), high=min(1.0, float(high)))
