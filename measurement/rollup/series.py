"""Series out of the book: one measure's stored values week by week, with what was decided about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from config.texts import Texts
from measurement.measures import Figure, Measure, Unit
from measurement.periods import Week, weeks_back
from measurement.rollup.book import standings, values_of
from measurement.rollup.decisions import Signed, SignedKind, concerning, drawn, in_force, signed, target_at
from measurement.rollup.history import Old, earlier_of, history_of
from measurement.rollup.states import Settles, Standing, State
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the values of all series; read once for all of them.

    Attributes:
        at: as things stood then (UTC); None: now.
        standings: how far each period has come.
        decisions: those in force, by period.
        old: figures from before us.
        settles: from when on a figure is more than "so far".
        texts: the language of names and notes.
        notes: what nobody signed but every chart tells, as new opening hours.
        targets: from the settings, by id of the measure; a signed target goes before.
    """

    at: datetime | None
    standings: Mapping[str, Standing]
    decisions: Sequence[Signed]
    old: Sequence[Old]
    settles: Settles
    texts: Texts
    notes: Sequence[Decision] = ()
    targets: Mapping[str, float] = field(default_factory=dict)


async def read_beside(
    connection: AsyncConnection,
    calendar: Calendar,
    settles: Settles,
    texts: Texts,
    *,
    at: datetime | None = None,
    targets: Mapping[str, float] | None = None,
) -> Beside:
    """Return what stands beside the values, as things stood at an instant (UTC), now if None."""
    return Beside(
        at=at,
        standings=await standings(connection),
        decisions=in_force(await signed(connection, at)),
        old=await history_of(connection),
        settles=settles,
        texts=texts,
        notes=calendar_notes(calendar, texts),
        targets=targets or {},
    )


def calendar_notes(calendar: Calendar, texts: Texts) -> tuple[Decision, ...]:
    """Return a note for each change of the opening hours."""
    changes = [(version, version.valid_from.isocalendar()) for version in calendar.versions[1:]]
    return tuple(
        Decision(
            kind=DecisionKind.NOTE, period=str(Week(year=day.year, number=day.week)),
            cause=texts.t("Nya öppettider"), decided_by=version.decided_by, decided_on=version.valid_from,
        )
        for version, day in changes
    )  # fmt: skip


async def series_of(
    connection: AsyncConnection, beside: Beside, measure: Measure, slice_: str, last: Week, weeks: int
) -> Series:
    """Return a measure's series of at most so many weeks, which ends with `last`, gaps included.

    It begins with the first week that was ever filled. Weeks made by another version of the definition than the
    newest stand among the earlier figures, because no limit is drawn over a change of definition; it is noted.

    Args:
        connection: to the book.
        beside: by `read_beside`; its instant decides which values are in force.
        measure: which one.
        slice_: empty for all, else as ``channel:mail``.
        last: the last week.
        weeks: how many at most.
    """
    first = min((name for name in beside.standings if "-W" in name), default=str(last.next()))
    wanted = [week for week in weeks_back(last, weeks) if str(week) >= first]
    values = await _values(connection, measure, slice_, [str(week) for week in wanted], beside.at)
    version = values[max(values)].version if values else measure.version
    others = [at for at, week in enumerate(wanted) if str(week) in values and values[str(week)].version != version]
    begin = others[-1] + 1 if others else 0
    shown, names = wanted[begin:], [str(week) for week in wanted]
    decisions = concerning(beside.decisions, measure.id, slice_)
    signed_target = target_at(beside.decisions, measure.id, slice_, str(last))
    before = [
        _earlier(one, beside.texts) for name in names[:begin] if (one := values.get(name)) and one.value is not None
    ]
    return Series(
        measure=measure.id,
        version=version,
        name=beside.texts.t(measure.name),
        unit=measure.unit,
        direction=measure.direction,
        slice=slice_,
        points=tuple(_point(week, values.get(str(week)), measure, decisions, beside) for week in shown),
        decisions=_decisions(decisions, shown, begin > 0, beside) if shown else (),
        earlier=(*earlier_of(beside.old, measure.id, slice_, min(values, default=None)), *before),
        target=beside.targets.get(measure.id) if signed_target is None else signed_target,
    )


async def _values(
    connection: AsyncConnection, measure: Measure, slice_: str, periods: Sequence[str], at: datetime | None
) -> dict[str, Figure]:
    """Return the values by period; of a slice that is not told, where the whole is counted, there was none."""
    found = await values_of(connection, measure.id, slice_, periods, at)
    if slice_ and measure.unit is Unit.COUNT:
        whole = await values_of(connection, measure.id, "", periods, at)
        return {period: replace(one, slice=slice_, n=0, value=0.0) for period, one in whole.items()} | found
    return found


def _point(week: Week, figure: Figure | None, measure: Measure, decisions: Sequence[Signed], beside: Beside) -> Point:
    period = str(week)
    return Point(
        period=period,
        value=figure.value if figure else None,
        n=figure.n if figure else 0,
        numerator=figure.numerator if figure and measure.unit is Unit.SHARE else None,
        ghost=next((one.cause for one in decisions if one.kind is SignedKind.GHOST and one.period == period), ""),
        preliminary=_so_far(week, measure, beside),
    )


def _so_far(week: Week, measure: Measure, beside: Beside) -> bool:
    """Tell whether the figure was made before it was settled; a week that is not filled at all is a gap only."""
    standing = beside.standings.get(str(week))
    if standing is None:
        return False
    if standing.state is State.FROZEN and (beside.at is None or standing.as_of <= beside.at):
        return False
    seen = standing.as_of if beside.at is None else min(beside.at, standing.as_of)
    return seen < beside.settles(measure.id, week)


def begun_anew(series: Series, version: int, week: Week, texts: Texts) -> Series:
    """Return a series that begins with a week, as its definition changed there; what was before stands as earlier."""
    before = [
        _counted_otherwise(series.measure, series.version, one.period, one.value, one.n, texts)
        for one in series.points
        if one.value is not None
    ]
    decisions = tuple(one for one in series.decisions if one.period >= str(week))
    return replace(
        series, version=version, points=(), decisions=(_redefined(week, texts), *decisions),
        earlier=(*series.earlier, *before),
    )  # fmt: skip


def _earlier(figure: Figure, texts: Texts) -> Earlier:
    return _counted_otherwise(figure.measure, figure.version, figure.period, figure.value or 0.0, figure.n, texts)


def _counted_otherwise(measure: str, version: int, period: str, value: float, n: int, texts: Texts) -> Earlier:
    source = texts.t("våra egna siffror, räknade på ett annat sätt")
    return Earlier(period=period, value=value, n=n, definition=f"{measure}.v{version}", source=source)


def _redefined(week: Week, texts: Texts) -> Decision:
    cause = texts.t("Måttet räknas på ett nytt sätt.")
    return Decision(kind=DecisionKind.NOTE, period=str(week), cause=cause, decided_by="", decided_on=week.monday)


def _decisions(
    decisions: Sequence[Signed], shown: Sequence[Week], is_redefined: bool, beside: Beside
) -> tuple[Decision, ...]:
    first, last = str(shown[0]), str(shown[-1])
    found = [*drawn(decisions, first, last), *(one for one in beside.notes if first <= one.period <= last)]
    if is_redefined:
        found.append(_redefined(shown[0], beside.texts))
    return tuple(sorted(found, key=lambda one: one.period))
