"""Our figures beside the others' of the same period: mean, median, funnel, and who is clearly better. Pure.

Names stand in alphabetical order. There is no ranking: who is worse than us is not told at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from measurement.measures import Direction, Unit
from measurement.network.book import Kept
from measurement.network.bundle import Bundle, MeasureTold, Practice
from measurement.network.comparable import Difference, differences, has_few_answers, is_thin, weeks_of
from measurement.network.compare_difference import Beside, Level, Verdict, beside, level_of, variation
from measurement.network.members import in_order
from measurement.statistics.funnel import FUNNEL_FROM, Count, Funnel, funnel_of

FEWEST, MOST = 2, 20
"""Municipalities of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One municipality's figure of a measure.

    Attributes:
        municipality, name: whose.
        is_ours: whether it is our own.
        value: in the measure's unit; of times the median of the weeks.
        n: what it rests on.
        part: of a share, so that value = part / n; None of anything else.
        level: of a share, with its spread.
        beside: of another's share where one way is better, what may be said of it; None of anything else.
    """

    municipality: str
    name: str
    is_ours: bool
    value: float
    n: int
    part: int | None = None
    level: Level | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A municipality, and what differs between it and us."""

    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure, compared.

    Attributes:
        measure: as we tell it.
        members: alphabetical, we among them.
        left_out: those that cannot be compared, and why.
        told: those that are compared though something differs.
        mean: unweighted, as Kolada has it; of so many as `members`.
        middle: the median.
        funnel: of the members in their order; None where it is no share, or they are too few.
    """

    measure: MeasureTold
    members: tuple[Member, ...]
    left_out: tuple[Apart, ...]
    told: tuple[Apart, ...]
    mean: float
    middle: float
    funnel: Funnel | None

    @property
    def ours(self) -> Member:
        """Return our own figure."""
        return next(one for one in self.members if one.is_ours)

    def with_verdict(self, verdict: Verdict) -> tuple[Member, ...]:
        """Return those of whom this may be said, alphabetical."""
        return tuple(one for one in self.members if one.beside is not None and one.beside.verdict is verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Our bundle beside the others' of the same period.

    Attributes:
        others: alphabetical.
        measures: those that we tell of, in our order.
        thin: those of which too few of our own weeks have figures.
        few: indices of too few of our own answers.
        not_used: bundles with weeks of the period that are not compared.
    """

    ours: Bundle
    others: tuple[Bundle, ...]
    measures: tuple[Compared, ...]
    thin: tuple[MeasureTold, ...] = ()
    few: tuple[MeasureTold, ...] = ()
    not_used: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which bundles are compared: ours, the others', and those of other periods with weeks in common."""

    ours: Kept | None
    others: tuple[Kept, ...]
    other_period: tuple[Kept, ...]


def choose(kept: Sequence[Kept], own: str, first: str, last: str) -> Chosen:
    """Return which of the bundles in the book are compared.

    Args:
        kept: what is in the book; replaced ones, and those whose key is not trusted, are passed over.
        own: our municipality's id.
        first: the period's first week.
        last: its last week.
    """
    holding = [one for one in kept if one.holds]
    same = [one for one in holding if (one.first, one.last) == (first, last)]
    others = sorted((one for one in same if one.municipality != own), key=lambda one: in_order(one.name))
    common = [one for one in holding if one not in same and one.first <= last and first <= one.last]
    ours = next((one for one in same if one.municipality == own), None)
    return Chosen(ours=ours, others=tuple(others), other_period=tuple(common))


def compare(ours: Bundle, others: Sequence[Bundle], not_used: Sequence[Kept] = ()) -> Comparison:
    """Return our bundle beside the others' of the same period.

    Raises:
        ValueError: one is of another period, or there are fewer than two or more than twenty in all.
    """
    if not FEWEST <= len(others) + 1 <= MOST:
        raise ValueError(f"a network has {FEWEST} to {MOST} municipalities, not {len(others) + 1}")
    if any((one.first, one.last) != (ours.first, ours.last) for one in others):
        raise ValueError("all bundles must be of the same period")
    listed = sorted(others, key=lambda one: in_order(one.name))
    known, weeks = [one for one in ours.measures if one.is_known], weeks_of(ours)
    thin = tuple(one for one in known if is_thin(one, weeks))
    few = tuple(one for one in known if has_few_answers(one) and one not in thin)
    return Comparison(
        ours=ours, others=tuple(listed), thin=thin, few=few, not_used=tuple(not_used),
        measures=tuple(_compared(one, ours, listed) for one in known if one not in (*thin, *few)),
    )  # fmt: skip


def practices_of(bundle: Bundle, measure: str) -> tuple[Practice, ...]:
    """Return what a municipality shares about a measure, what it shares in general after it."""
    about = [one for one in bundle.practices if one.measure == measure]
    return (*about, *(one for one in bundle.practices if not one.measure))


def _compared(measure: MeasureTold, ours: Bundle, others: Sequence[Bundle]) -> Compared:
    found = {one.municipality: differences(ours, one, measure.id) for one in others}
    decides = {id_: tuple(one for one in some if one.decides) for id_, some in found.items()}
    used = [one for one in others if not decides[one.municipality]]
    members = _members(measure, ours, used)
    values = [one.value for one in members]
    return Compared(
        measure=measure, members=members, mean=fmean(values), middle=median(values), funnel=_funnel(measure, members),
        left_out=tuple(Apart(name=one.name, differences=some) for one in others if (some := decides[one.municipality])),
        told=tuple(Apart(name=one.name, differences=some) for one in used if (some := found[one.municipality])),
    )  # fmt: skip


def _members(measure: MeasureTold, ours: Bundle, used: Sequence[Bundle]) -> tuple[Member, ...]:
    bundles = sorted([ours, *used], key=lambda one: in_order(one.name))
    told = {one.municipality: found for one in bundles if (found := one.measure(measure.id)) is not None}
    levels = _levels(told)
    judges = measure.direction is Direction.HIGHER and ours.municipality in levels
    members = list[Member]()
    for one in bundles:
        value, n, part = _counted(told[one.municipality])
        is_ours, level = one is ours, levels.get(one.municipality)
        judged = judges and level is not None and not is_ours
        members.append(Member(
            municipality=one.municipality, name=one.name, is_ours=is_ours, value=value, n=n, part=part, level=level,
            beside=beside(levels[ours.municipality], level, len(used)) if judged and level is not None else None,
        ))  # fmt: skip
    return tuple(members)


def _levels(told: Mapping[str, MeasureTold]) -> dict[str, Level]:
    """Return the shares with their spread; who tells too few weeks gets the others' median variation, no verdict."""
    shares = {id_: one for id_, one in told.items() if one.unit is Unit.SHARE and one.total is not None}
    known = {id_: phi for id_, one in shares.items() if (phi := variation(one.weeks)) is not None}
    usual = median(known.values()) if known else 1.0
    found = dict[str, Level]()
    for id_, one in shares.items():
        _, n, part = _counted(one)
        found[id_] = level_of(part or 0, n, known.get(id_, usual), is_known=id_ in known)
    return found


def _counted(told: MeasureTold) -> tuple[float, int, int | None]:
    """Return value, n and the part of the whole period; of times the median of the weeks."""
    if told.total is not None:
        return told.total.value, told.total.n, told.total.numerator
    return median(one.value for one in told.weeks), sum(one.n for one in told.weeks), None


def _funnel(measure: MeasureTold, members: Sequence[Member]) -> Funnel | None:
    if measure.unit is not Unit.SHARE or len(members) < FUNNEL_FROM:
        return None
    return funnel_of([Count(part=one.part or 0, whole=one.n) for one in members])
