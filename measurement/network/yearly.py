"""A KPI of Kolada year by year: one municipality beside comparison groups. Pure.

A group's figure is the unweighted mean of its members that have a value, as Kolada reckons it, with their number; one
member alone is no mean.
Where a series breaks nothing is joined or compared across the break. There is no ranking list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from statistics import fmean

from config.texts import Texts
from measurement.measures import Direction, Unit
from measurement.network.breaks import ANSWERS, EARLIER, HIGHER_IS_BETTER, Edition, begins, breaks_of, edition_of
from measurement.network.outside_data import ALL, DELETED, Kept, OutsideTitle, TitleKind
from measurement.statistics.series import Decision, DecisionKind, Point, Series

SHOWN_FROM, COMPARED_FROM = 30, 100
"""Answers from which an index is published, and from which SKR compares municipalities (domain.md §2.1)."""
LEAST_IN_MEAN = 2
"""Members with a value: of one alone there is no mean."""
QUARTERS_FROM = 20
"""Municipalities with a value, below which quarters of them say nothing."""
_NEARLY_ALL = 0.9
"""Share of all municipalities that must have been asked for, before anything is said of all of them."""


class Absence(StrEnum):
    """Why there is no value."""

    NOT_ASKED = "not_asked"
    """Nobody has fetched it."""
    NONE = "none"
    """Kolada has none."""
    FEW = "few"
    """Fewer than 30 answered, so that Kolada shows none."""
    DELETED = "deleted"
    """Kolada had one and has taken it away."""


class Quarter(StrEnum):
    """Where a value stands among all municipalities with one: 25, 50 and 25 per cent of them."""

    HIGHEST = "highest"
    MIDDLE = "middle"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One's own figure of a year; `answers` is what it rests on, None where nobody says."""

    value: float | None
    absence: Absence | None
    answers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A group's figure of a year, unweighted.

    Attributes:
        counted: members with a value; `members`: all of them.
        asked: members that were fetched: where that is fewer than all, the mean is not the whole group's; where it
            is fewer than half of them there is none.
    """

    value: float | None
    counted: int
    asked: int
    members: int

    @property
    def fetched(self) -> bool:
        """Return whether enough of the group is fetched for a mean."""
        return 2 * self.asked >= self.members

    @property
    def alone(self) -> bool:
        """Return whether there is no mean because only one member has a value."""
        return self.fetched and self.counted == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year.

    Attributes:
        edition: how the KPI was made; None: nobody has told us.
        means: of each group, in order.
        quarter: where one's own stands among all municipalities; `among`: how many have a value. None: too few
            have, or too few were fetched.
    """

    year: int
    edition: Edition | None
    own: Own
    means: tuple[Mean, ...]
    quarter: Quarter | None
    among: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A KPI of one municipality beside groups.

    Attributes:
        kpi: with its definition, and when it is published.
        earlier: the older KPI that the first years are of; empty: none.
        unit: of the values, which are per cent 0–100 (`Unit.SHARE`), an index 0–100 or a number.
        years: every year from the first with any value to the last, without a gap.
        breaks: editions that begin inside; the line ends before each.
        sources: where the figures come from, and when each was fetched, newest first.
    """

    kpi: OutsideTitle
    earlier: str
    unit: Unit
    own: OutsideTitle
    groups: tuple[OutsideTitle, ...]
    years: tuple[Year, ...]
    breaks: tuple[Edition, ...]
    sources: tuple[tuple[str, datetime], ...]


def kpis_for(kpi: str) -> tuple[str, ...]:
    """Return the ids of everything that a comparison of a KPI reads."""
    return tuple(dict.fromkeys(one for one in (kpi, ANSWERS.get(kpi), EARLIER.get(kpi)) if one))


def compare_yearly(
    kpi: OutsideTitle,
    own: OutsideTitle,
    groups: Sequence[OutsideTitle],
    kept: Iterable[Kept],
    municipalities: Iterable[OutsideTitle],
    years: range | None = None,
) -> Comparison:
    """Return a municipality beside groups, year by year.

    Args:
        kpi: what is compared.
        own: the municipality.
        groups: beside it, with their members.
        kept: what is kept of `kpis_for` it.
        municipalities: titles; those of type K are who quarters are taken of.
        years: only these; None: all that have a value.
    """
    of_all = {one.value.key[:3]: one for one in kept if one.value.gender == ALL}
    found = _joined(kpi.id, of_all)
    everybody = [
        one.id for one in municipalities if one.kind is TitleKind.MUNICIPALITY and one.details.get("type") == "K"
    ]
    answered = {
        year
        for (id_, place, year), one in of_all.items()
        if (id_, place) == (ANSWERS.get(_told_by(kpi.id, year)), own.id) and one.value.value is not None
    }
    shown = _span(found, answered, own, groups, years)
    told = [_year(kpi.id, year, own.id, groups, found, of_all, everybody) for year in shown]
    used = {(one.origin, one.fetched_at) for (_, year), one in found.items() if year in shown}
    older = EARLIER.get(kpi.id, "")
    return Comparison(
        kpi=kpi, own=own, groups=tuple(groups), years=tuple(told), unit=unit_of(kpi),
        earlier=older if any(one.value.kpi == older for (_, year), one in found.items() if year in shown) else "",
        breaks=breaks_of(kpi.id, shown[0], shown[-1]) if shown else (),
        sources=tuple(sorted(used, key=lambda one: (one[1], one[0]), reverse=True)),
    )  # fmt: skip


def _joined(kpi: str, kept: Mapping[tuple[str, str, int], Kept]) -> dict[tuple[str, int], Kept]:
    """Return what is kept by municipality and year, of years before the KPI began what an older one told."""
    return {(place, year): one for (id_, place, year), one in kept.items() if id_ == _told_by(kpi, year)}


def _told_by(kpi: str, year: int) -> str:
    """Return the KPI that tells of a year: before a KPI began, the older one that it follows."""
    return kpi if year >= begins(kpi) else EARLIER.get(kpi, kpi)


def _span(
    found: Mapping[tuple[str, int], Kept], answered: Iterable[int], own: OutsideTitle, groups: Sequence[OutsideTitle],
    years: range | None,
) -> range:  # fmt: skip
    """Return the years that are shown: from the first to the last in which anyone concerned has had a value.

    A year in which it is known how many answered counts, too few as they may be.
    """
    concerned = {own.id, *(id_ for one in groups for id_ in one.members)}
    told = [
        year
        for (place, year), one in found.items()
        if place in concerned and (one.value.value is not None or one.value.status == DELETED)
    ]
    shown = [year for year in (*told, *answered) if years is None or year in years]
    return range(min(shown), max(shown) + 1) if shown else range(0)


def _year(
    kpi: str, year: int, own: str, groups: Sequence[OutsideTitle], found: Mapping[tuple[str, int], Kept],
    of_all: Mapping[tuple[str, str, int], Kept], everybody: Sequence[str],
) -> Year:  # fmt: skip
    one, told_by = found.get((own, year)), _told_by(kpi, year)
    answers = of_all.get((ANSWERS.get(told_by, ""), own, year))
    count = None if answers is None or answers.value.value is None else round(answers.value.value)
    value = one.value.value if one else None
    asked = [found[id_, year].value.value for id_ in everybody if (id_, year) in found]
    others = [told for told in asked if told is not None] if len(asked) >= _NEARLY_ALL * len(everybody) else []
    return Year(
        year=year, edition=edition_of(told_by, year), own=Own(value=value, absence=_absence(one, count), answers=count),
        means=tuple(_mean(group, year, found) for group in groups), quarter=quarter_of(value, others),
        among=len(others),
    )  # fmt: skip


def _absence(kept: Kept | None, answers: int | None) -> Absence | None:
    if kept is None:
        return Absence.NOT_ASKED
    if kept.value.value is not None:
        return None
    if kept.value.status == DELETED:
        return Absence.DELETED
    return Absence.FEW if answers is not None and answers < SHOWN_FROM else Absence.NONE


def _mean(group: OutsideTitle, year: int, found: Mapping[tuple[str, int], Kept]) -> Mean:
    kept = [found[id_, year] for id_ in group.members if (id_, year) in found]
    values = [one.value.value for one in kept if one.value.value is not None]
    mean = Mean(value=None, counted=len(values), asked=len(kept), members=len(group.members))
    # Of a group that is mostly not fetched nobody knows how it stands.
    return replace(mean, value=fmean(values)) if len(values) >= LEAST_IN_MEAN and mean.fetched else mean


def quarter_of(value: float | None, everybody: Sequence[float]) -> Quarter | None:
    """Return where a value stands among everybody's, itself included; None: there is none, or too few have one.

    It is among the highest quarter when fewer than 25 per cent lie strictly above it, and so below; what is both,
    as where most have the same value, is the middle.
    """
    if value is None or len(everybody) < QUARTERS_FROM:
        return None
    limit = len(everybody) / 4
    high, low = sum(one > value for one in everybody) < limit, sum(one < value for one in everybody) < limit
    if high == low:
        return Quarter.MIDDLE
    return Quarter.HIGHEST if high else Quarter.LOWEST


def unit_of(kpi: OutsideTitle) -> Unit:
    """Return what a KPI is counted in, as its title says it last; a plain number where it does not."""
    title = kpi.title.casefold().rstrip()
    if title.endswith("(%)"):
        return Unit.SHARE
    return Unit.INDEX if title.endswith("index") else Unit.COUNT


def own_series(comparison: Comparison, texts: Texts, signed_on: date) -> Series:
    """Return one's own figures as a series, for charts and improvement work: shares 0–1, a new level at each break."""
    whole = 100 if comparison.unit is Unit.SHARE else 1
    points = tuple(
        Point(period=str(one.year), value=None if one.own.value is None else one.own.value / whole,
              n=one.own.answers or 0)
        for one in comparison.years
    )  # fmt: skip
    decisions = tuple(
        Decision(kind=DecisionKind.REBASE, period=str(one.first), cause=texts.t(one.change), decided_by="Kolada",
                 decided_on=signed_on)
        for one in comparison.breaks
    )  # fmt: skip
    return Series(
        measure=comparison.kpi.id, version=1, name=comparison.kpi.title, unit=comparison.unit, points=points,
        direction=Direction.HIGHER if comparison.kpi.id in HIGHER_IS_BETTER else None, decisions=decisions,
    )  # fmt: skip
