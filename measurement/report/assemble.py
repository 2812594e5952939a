"""A report put together: figures out of the book where they stand there, else made anew, with charts and notes.

A finished period is told as it was finished, whenever one asks; what was corrected since is a visible revision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import Rule
from config.texts import Texts
from measurement.measures import Figure
from measurement.periods import Period, Week, week_of
from measurement.population import Dimension
from measurement.registry import REGISTRY
from measurement.report import notes, rolling
from measurement.report.charted import chart_to, judged
from measurement.report.content import Change, Report, Slice
from measurement.report.counted import count
from measurement.report.headlines import Told, headlines, phone_measure
from measurement.report.known import find_measure
from measurement.rollup.book import says_something, values_as_of
from measurement.rollup.decisions import Signed, SignedKind, in_force, signed
from measurement.rollup.making import Part
from measurement.rollup.series import Beside, read_beside
from measurement.rollup.states import Standing, State, due_at, freezes_at, settling
from measurement.statistics.chart import Chart
from measurement.survey_source import weeks_in


class NotBegun(ValueError):
    """The period lies ahead: there is nothing to tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What reports of a municipality are made from.

    Attributes:
        municipality: as it is called.
        calendar: opening hours, and whose midnights begin the periods.
        configured: the rule that "within one day" means here.
        parts: what makes figures anew.
        definitions: `measurement.registry.definitions_hash` of the measures as they are declared now.
        names: of units and topics, as ``unit:kc``.
        targets: by id of the measure, 0–1 of shares; a signed target goes before.
        seconds: within which an answer by telephone is direct.
        weeks: how many a chart has at most.
    """

    municipality: str
    calendar: Calendar
    configured: Rule
    parts: Sequence[Part]
    definitions: str
    names: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    seconds: int = 60
    weeks: int = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """From when a period is looked at, and its figures.

    Attributes:
        known: only what was recorded by then counts (UTC).
        back: the instant that is looked back from (UTC).
        figures: of all slices.
        rolling: of the survey over the weeks it covers, by name.
        stored: they stand in the book.
    """

    known: datetime
    back: datetime
    figures: Sequence[Figure]
    rolling: Mapping[str, Figure]
    stored: bool
    frozen: bool
    revision: int

    @property
    def whole(self) -> dict[str, Figure]:
        """Return the figures of the whole by measure."""
        return {one.measure: one for one in self.figures if not one.slice}


async def report_of(connection: AsyncConnection, basis: Basis, period: Period, as_of: datetime, texts: Texts) -> Report:
    """Return the report of a period as it is told at an instant (UTC).

    Args:
        connection: in a transaction that sees one state; nothing is written.
        basis: what reports are made from.
        period: any; one that is going on is told so far.
        as_of: only what was recorded by then counts. A finished period looks back from the instant it was finished.
        texts: the language of names and notes.

    Raises:
        NotBegun: it lies ahead. ValueError: an instant that is not UTC, or outside the calendar.
    """
    calendar = basis.calendar
    if period.start(calendar.zone) > as_of:
        raise NotBegun(f"{period} has not begun")
    settles = settling(calendar, basis.configured)
    beside = await read_beside(connection, calendar, settles, texts, at=as_of, targets=basis.targets)
    decisions = in_force(await signed(connection, as_of))
    look = await _look(connection, basis, period, as_of, beside.standings, decisions)
    charts = await _charts(connection, basis, beside, period, look)
    counted = await count(connection, period, calendar, basis.configured, look.known, look.back)
    settles_at = due_at(period, calendar, basis.configured)
    settled, (first, last) = look.back >= settles_at, notes.days_of(period, calendar)
    told = Told(
        figures=look.whole, rolling=look.rolling, settled=settled, weeks=_begun(period, look.known, calendar),
        charts={name: judged(chart) if settled else chart for name, chart in charts.items()},
        arrivals=counted.classes[0].arrivals - counted.classes[0].left_out,
    )  # fmt: skip
    return Report(
        municipality=basis.municipality, zone=calendar.zone.key, period=str(period), first_day=first, last_day=last,
        as_of=look.known if look.frozen else as_of, revision=look.revision, settled=settled, settles_at=settles_at,
        frozen=look.frozen, configured=basis.configured, classes=counted.classes, charts=charts,
        headlines=headlines(told, basis.configured, basis.seconds, texts),
        figures={(one.measure, one.slice): one for one in look.figures},
        rolling={one: figure for one, figure in look.rolling.items() if find_measure(one) is not None},
        slices=_slices(look.figures, basis.names, texts), left_out=counted.left_out, outcomes=counted.outcomes,
        queue=counted.queue, survey=rolling.survey_from(look.rolling),
        changes=_changes(basis, beside, period, decisions, as_of), calendar=notes.hours_of(period, calendar, texts),
        versions={one.measure: one.version for one in look.whole.values()}, method=basis.definitions[:12],
    )  # fmt: skip


async def _look(
    connection: AsyncConnection,
    basis: Basis,
    period: Period,
    as_of: datetime,
    known: Mapping[str, Standing],
    decisions: Sequence[Signed],
) -> _Look:
    """Return a period's figures: those in force in the book, if they were made for this instant, else made anew."""
    corrected = [one.recorded_at for one in decisions if one.kind is SignedKind.REVISION and _is_in(one, period)]
    standing, revision = known.get(str(period)), len(corrected) if isinstance(period, Week) else 0
    if standing is not None and standing.state is State.FROZEN and standing.as_of <= as_of:
        stored = await values_as_of(connection, str(period), as_of)
        latest = max([standing.as_of, *corrected])
        return _look_of(stored, known=latest, back=standing.as_of, stored=True, frozen=True, revision=revision)
    if standing is not None and as_of in (standing.as_of, standing.reported_at) and standing.state is not State.FILLING:
        stored = await values_as_of(connection, str(period), as_of)
        return _look_of(stored, known=as_of, back=as_of, stored=True)
    closes = freezes_at(period, basis.calendar)
    back = min(as_of, closes)
    latest = max([back, *corrected])
    made = [figure for part in basis.parts for figure in await part(connection, period, latest, back)]
    return _look_of(made, known=latest, back=back, frozen=as_of >= closes)


def _look_of(
    figures: Sequence[Figure],
    *,
    known: datetime,
    back: datetime,
    stored: bool = False,
    frozen: bool = False,
    revision: int = 0,
) -> _Look:
    """Return a look, the same from the book and made anew: without what has no data and what nobody declares.

    What the survey told over weeks stands apart.
    """
    own, told = rolling.split(one for one in figures if says_something(one))
    declared = [one for one in own if find_measure(one.measure) is not None]
    return _Look(
        known=known, back=back, figures=declared, rolling=told, stored=stored, frozen=frozen, revision=revision
    )


def _is_in(one: Signed, period: Period) -> bool:
    """Tell whether a decision is about a week of the period."""
    return one.period in {str(week) for week in weeks_in(period)}


async def _charts(
    connection: AsyncConnection, basis: Basis, beside: Beside, period: Period, look: _Look
) -> dict[str, Chart]:
    """Return the chart of every measure that was ever measured; weekly, whatever the period is."""
    last = _last_week(period, look.known, basis.calendar)
    measures = [*REGISTRY, *(one for one in look.whole if one not in REGISTRY)]
    direct = phone_measure(basis.seconds)
    if direct not in measures:
        measures.append(direct)
    found = dict[str, Chart]()
    is_week = isinstance(period, Week)
    anew = await _not_in_book(connection, basis, beside, last.previous() if is_week else last, look.known)
    if is_week and not look.stored:
        anew.append(look.whole)
    for measure in measures:
        own = [figure for figures in anew if (figure := figures.get(measure)) is not None]
        chart = await chart_to(connection, beside, measure, last, basis.weeks, own)
        if chart is not None:
            found[measure] = chart
    return found


async def _not_in_book(
    connection: AsyncConnection, basis: Basis, beside: Beside, last: Week, known: datetime
) -> list[dict[str, Figure]]:
    """Return the figures of the weeks up to `last` that were not finished at an instant and not kept as of it.

    They are made anew: they stand in the book only as of later, and a gap would be a wrong picture.
    """
    found, week = list[dict[str, Figure]](), last
    first = min((name for name in beside.standings if "-W" in name), default=str(last.next()))
    while str(week) >= first and freezes_at(week, basis.calendar) > known:
        standing = beside.standings.get(str(week))
        kept = standing is not None and (
            standing.as_of <= known or bool(await values_as_of(connection, str(week), known))
        )
        if not kept:
            made = [figure for part in basis.parts for figure in await part(connection, week, known, known)]
            found.append(_look_of(made, known=known, back=known).whole)
        week = week.previous()
    return found


def _begun(period: Period, known: datetime, calendar: Calendar) -> int:
    """Return how many of the weeks that the survey of a period covers had begun at an instant."""
    return sum(week.start(calendar.zone) <= known for week in rolling.weeks_of(period))


def _last_week(period: Period, known: datetime, calendar: Calendar) -> Week:
    """Return the week that a period's charts end with: its last one, or the last that has ended."""
    if isinstance(period, Week):
        return period
    last = weeks_in(period)[-1]
    return last if last.end(calendar.zone) <= known else week_of(known, calendar.zone).previous()


def _changes(
    basis: Basis, beside: Beside, period: Period, decisions: Sequence[Signed], as_of: datetime
) -> tuple[Change, ...]:
    since = notes.since_report(beside.standings, period, basis.calendar)
    before = beside.standings.get(str(period.previous()))
    return (
        *notes.redefined(before, basis.definitions, period, beside.texts),
        *notes.changes_of(decisions, basis.calendar, period, since, as_of, beside.texts),
    )


def _slices(figures: Sequence[Figure], names: Mapping[str, str], texts: Texts) -> dict[str, tuple[Slice, ...]]:
    """Return the members of each dimension with what came in and their figures, most arrivals first."""
    by_slice: dict[str, dict[str, Figure]] = {}
    for one in figures:
        if one.slice:
            by_slice.setdefault(one.slice, {})[one.measure] = one
    found: dict[str, list[Slice]] = {dimension.value: [] for dimension in Dimension}
    for name, of in by_slice.items():
        dimension, _, member = name.partition(":")
        came = of.get("arrivals")
        if dimension in found and came is not None and came.n:
            shown = notes.slice_name(dimension, member, names, texts)
            found[dimension].append(Slice(key=member, name=shown, arrivals=came.n, figures=of))
    return {
        dimension: tuple(sorted(some, key=lambda one: (-one.arrivals, one.name)))
        for dimension, some in found.items()
        if some
    }
