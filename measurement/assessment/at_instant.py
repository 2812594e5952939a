"""One measure's series out of the book as it stood at an instant, whenever it is asked for.

What was finished by then comes from the book alone. The weeks at the end that were due but not finished are made anew
from what was known then, because the book has meanwhile written over what it held of them; a report does the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from config.texts import Texts
from measurement.assessment.frozen import OF_RATINGS, FrozenSeries, MustRead, Whole
from measurement.assessment.whole import shift_of, whole_of
from measurement.meanings import meaning_of
from measurement.measures import Figure, Measure, Unit
from measurement.periods import Week, week_of
from measurement.report.assemble import Basis
from measurement.report.known import known_measure, measure_name
from measurement.rollup.book import values_of
from measurement.rollup.decisions import SignedKind, concerning, drawn, target_at
from measurement.rollup.history import earlier_of
from measurement.rollup.series import Beside, read_beside, series_of
from measurement.rollup.states import Standing, State, freezes_at, settling
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Point, Series
from measurement.statistics.suppression import GROUP_FROM

_ANSWERS = ("held_first", "survey.real_answer", "quality.is_answer")
_ASKED = ("survey.delivered", "survey.answered")
_MUST_READ: Mapping[str, tuple[str, ...]] = {
    "answered_in_time.": _ANSWERS, "waiting_time.": _ANSWERS, "working_time.": _ANSWERS,
    "phone.": ("phone.coverage", "phone.answered"), **dict.fromkeys(OF_RATINGS[:4], _ASKED),
}  # fmt: skip
"""By how a measure begins what has to be read with it (design §5); the same as stands beside a report's headlines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAt:
    """The book as it stood at an instant; read once for all measures.

    Attributes:
        beside: what stands beside the values.
        finished: the last week that was finished.
        made: the figures of the whole of each ended week after that, made anew, oldest first.
        basis: of which municipality.
    """

    beside: Beside
    finished: Week
    made: Mapping[Week, Mapping[str, Figure]]
    basis: Basis

    @property
    def as_of(self) -> datetime:
        """Return the instant (UTC)."""
        assert self.beside.at is not None
        return self.beside.at


async def book_at(connection: AsyncConnection, basis: Basis, as_of: datetime, texts: Texts) -> BookAt:
    """Return the book as it stood at an instant (UTC).

    Args:
        connection: whose transaction sees one state; nothing is written.
        basis: the municipality's calendar, rule, and what makes its figures.
        as_of: what was known then counts.
        texts: the language of notes.

    Raises:
        ValueError: an instant that is not UTC, or outside the calendar.
    """
    calendar = basis.calendar
    settles = settling(calendar, basis.configured)
    beside = await read_beside(connection, calendar, settles, texts, at=as_of, targets=basis.targets)
    first = min((name for name in beside.standings if "-W" in name), default="")
    week, made = week_of(as_of, calendar.zone).previous(), dict[Week, dict[str, Figure]]()
    while first and str(week) >= first and not _is_finished(beside.standings.get(str(week)), as_of):
        # As filling would have done it then, or when the week closed if that was earlier.
        back = min(as_of, freezes_at(week, calendar))
        figures = [one for part in basis.parts for one in await part(connection, week, back, back)]
        made[week] = {one.measure: one for one in figures if not one.slice}
        week = week.previous()
    return BookAt(beside=beside, finished=week, made=dict(reversed(made.items())), basis=basis)


def _is_finished(standing: Standing | None, as_of: datetime) -> bool:
    return standing is not None and standing.state is State.FROZEN and standing.as_of <= as_of


async def series_then(connection: AsyncConnection, book: BookAt, measure: str) -> FrozenSeries:
    """Return a measure's series of the whole at an instant, with what its chart says. Its digest is empty.

    It ends with the last week that was due then. A week that was not finished and is counted by another version of the
    definition now than the finished ones is left out, with those after it. Ratings of a week under ten are left out.

    Raises:
        KeyError: nobody declares the measure.
    """
    known, basis, texts = known_measure(measure), book.basis, book.beside.texts
    room = basis.weeks - len(book.made)
    finished = await series_of(connection, book.beside, known, "", book.finished, max(room, 0))
    series = _with_made(replace(finished, name=measure_name(measure, texts)), book, known)
    series, hidden = without_few(series)
    chart = chart_of(series, kind_for(known.unit))
    whole = whole_of(chart)
    return FrozenSeries(
        as_of=book.as_of, language=texts.language, chart=chart, meaning=meaning_of(measure, texts),
        population=known.population, definitions=basis.definitions, whole=whole, shift=shift_of(chart), hidden=hidden,
        beside=() if whole is None else await _must_read(connection, book, series, whole),
    )  # fmt: skip


async def _must_read(connection: AsyncConnection, book: BookAt, series: Series, whole: Whole) -> tuple[MustRead, ...]:
    """Return what has to be read with a series, over those weeks of its one number that were settled for it too."""
    weeks = [
        point.period
        for point in series.points
        if whole.first <= point.period <= whole.last and point.value is not None and not point.ghost
    ]
    finished, found = [week for week in weeks if week <= str(book.finished)], list[MustRead]()
    for measure in _beside(series.measure):
        values = await values_of(connection, measure, "", finished, book.as_of)
        values |= {
            str(week): figures[measure]
            for week, figures in book.made.items()
            if str(week) in weeks and measure in figures and book.as_of >= book.beside.settles(measure, week)
        }
        least = GROUP_FROM if measure.startswith(OF_RATINGS) else 1
        counted = [one for one in values.values() if one.numerator is not None and one.n >= least]
        k, n = sum(one.numerator or 0 for one in counted), sum(one.n for one in counted)
        if n:
            found.append(MustRead(measure=measure, name=measure_name(measure, book.beside.texts), numerator=k, n=n))
    return tuple(found)


def _beside(measure: str) -> tuple[str, ...]:
    return next((some for begins, some in _MUST_READ.items() if measure.startswith(begins)), ())


def without_few(series: Series) -> tuple[Series, tuple[str, ...]]:
    """Return a series without the values of weeks whose ratings were under ten, and which weeks those are."""
    if not series.measure.startswith(OF_RATINGS):
        return series, ()
    few = [one.period for one in series.points if 0 < one.n < GROUP_FROM]
    points = tuple(
        replace(one, value=None, n=0, numerator=None) if one.period in few else one for one in series.points
    )  # fmt: skip
    earlier = tuple(one for one in series.earlier if one.n is None or one.n >= GROUP_FROM)
    return replace(series, points=points, earlier=earlier), tuple(few)


def _with_made(series: Series, book: BookAt, measure: Measure) -> Series:
    """Return a series with the weeks that were due and made anew, and what was decided about them."""
    made = _due(series, book, measure)
    if not made:
        return series
    beside, weeks = book.beside, list(made)
    first, last = str(weeks[0]), str(weeks[-1])
    decisions = concerning(beside.decisions, measure.id, "")
    ghosts = {one.period: one.cause for one in decisions if one.kind is SignedKind.GHOST}
    target = target_at(beside.decisions, measure.id, "", last)
    noted = [*drawn(decisions, first, last), *(one for one in beside.notes if first <= one.period <= last)]
    if not _has_values(series):
        series = _begun(series, made, beside)
    return replace(
        series,
        points=(*series.points, *(_point(week, one, ghosts, measure) for week, one in made.items())),
        decisions=(*series.decisions, *sorted(noted, key=lambda one: one.period)),
        target=series.target if target is None else target,
    )


def _begun(series: Series, made: Mapping[Week, Figure | None], beside: Beside) -> Series:
    """Return a series without values as it is when its first ones are those that were made anew."""
    valued = {str(week): one for week, one in made.items() if one is not None and one.value is not None}
    if not valued:
        return series
    first = min(valued)
    return replace(
        series, version=valued[first].version, earlier=earlier_of(beside.old, series.measure, series.slice, first)
    )  # fmt: skip


def _due(series: Series, book: BookAt, measure: Measure) -> dict[Week, Figure | None]:
    found = dict[Week, Figure | None]()
    for week, figures in book.made.items():
        one = figures.get(measure.id)
        redefined = one is not None and one.version != series.version and _has_values(series)
        if book.as_of < book.beside.settles(measure.id, week) or redefined:
            break
        found[week] = one
    return found


def _has_values(series: Series) -> bool:
    return any(point.value is not None for point in series.points)


def _point(week: Week, figure: Figure | None, ghosts: Mapping[str, str], measure: Measure) -> Point:
    return Point(
        period=str(week), value=figure.value if figure else None, n=figure.n if figure else 0,
        numerator=figure.numerator if figure and measure.unit is Unit.SHARE else None,
        ghost=ghosts.get(str(week), ""),
    )  # fmt: skip
