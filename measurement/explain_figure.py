"""One figure explained: the number as the report has it, how it came about, and what is behind it.

The figure is counted anew from the same rows by the same functions, and held against the kept one. Listed are numbers
of cases, times and classes, no content: nothing of it is recorded as read. Ratings lead to no case at all. All instants
are UTC; whatever is told was known at one of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import Channel, Kind, require_utc, to_micros
from bot.hours import CalendarVersion
from measurement.explain_beside import sample_part, survey_part, tests_part
from measurement.explain_calls import phone_part
from measurement.explain_inquiries import Wanted, in_slice, part_of
from measurement.explain_source import Secrecy, read_inquiries, read_waiting, secret_among
from measurement.explained import Explained, Kept, Part, Secret, Why
from measurement.figure_id import FigureId, NotUnderstood, Unclear, near
from measurement.figures import seen_from
from measurement.in_person import in_person
from measurement.measures import Figure, Measure
from measurement.periods import Period
from measurement.phone import PhoneRules
from measurement.population import Dimension, PeriodInquiries
from measurement.report.known import find_measure
from measurement.rollup.book import revisions_of, same, says_something, standings
from measurement.rollup.decisions import SignedKind, in_force, signed
from measurement.rollup.states import Standing, State, freezes_at
from measurement.survey_source import SLICED_BY, weeks_in

_SURVEY = ("reception.", "clarity.", "ease.", "survey.")
_EVERY = tuple(Dimension)
_DIMENSIONS: Mapping[str, tuple[Dimension, ...]] = {
    "phone.": (Dimension.UNIT, Dimension.TOPIC), "quality.": (), "test.": (Dimension.CHANNEL,),
    **dict.fromkeys(_SURVEY, SLICED_BY),
}  # fmt: skip
_NOT_DATED = (*_SURVEY, "phone.", "test.")
"""What is not known of an earlier instant: ratings have none, calls and judged tests may have come in since."""


class NotBegun(ValueError):
    """The period lies ahead: there is nothing to tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What explaining needs to know of the municipality.

    Attributes:
        calendar: opening hours, and whose midnights begin the periods.
        configured: the rule that "within one day" means here.
        phone: what the telephone's figures are counted by.
        secrecy: whose cases are not listed.
        members: ids of units and topics; a slice of one that nobody had in the period is empty and no mistake.
    """

    calendar: Calendar
    configured: Rule
    phone: PhoneRules = field(default_factory=PhoneRules)
    secrecy: Secrecy = field(default_factory=Secrecy)
    members: Mapping[Dimension, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """From when a period is looked at: what was known when, and the instant that is looked back from."""

    known: datetime
    back: datetime
    is_frozen: bool
    standing: Standing | None

    def state_at(self, asked: datetime, end: datetime) -> State | None:
        """Return how far a period that ends then had come at an instant (UTC); None: it was not filled yet.

        Only the newest state is kept: before it the period was preliminary from its end on.
        """
        if self.standing is None or asked < end:
            return None
        if self.standing.state is State.FROZEN and not self.is_frozen:
            return State.PRELIMINARY
        return self.standing.state


async def explain_figure(
    connection: AsyncConnection,
    ground: Ground,
    wanted: FigureId,
    asked: datetime,
    *,
    why: Why | None = None,
    limit: int = 0,
) -> Explained:
    """Return one figure explained as things stood at an instant (UTC).

    A frozen period looks back from when it was frozen, with what was known then or when it was last corrected; any
    other from the instant that is asked about, as the report does.

    Args:
        connection: whose transaction sees one state; nothing is written.
        ground: what explaining needs to know of the municipality.
        wanted: which figure.
        asked: only what was recorded by then counts.
        why: only this class is listed; None: all.
        limit: at most so many of each class are listed; 0: all.

    Raises:
        NotUnderstood: no such measure, or it is not told of such a slice, or has no such class.
        NotBegun: the period lies ahead.
        ValueError: an instant that is not UTC, or outside the calendar.
    """
    measure, (start, end) = _measure_of(wanted), _span_of(wanted.period, ground.calendar, asked)
    look = await _look(connection, wanted.period, asked, ground.calendar)
    one = _One(connection=connection, ground=ground, wanted=wanted, measure=measure, why=why, limit=limit)
    part = await one.part(look)
    _require_why(why, part)
    revision, stored = await _stored(connection, wanted, asked)
    now = await one.now(look, asked, part)
    kept = _kept(stored, part, now, look)
    part = _closed_to_late_answers(part, kept, stored)
    return Explained(
        id=wanted, measure=measure, zone=ground.calendar.zone.key, start=start, end=end, asked=asked, known=look.known,
        as_of=look.back, state=look.state_at(asked, end), revision=revision,
        stored=stored if part.figure else None, kept=kept, now=now, part=part,
        versions=_versions(ground.calendar, start, end),
    )  # fmt: skip


def _measure_of(wanted: FigureId) -> Measure:
    measure = find_measure(wanted.measure)
    if measure is None:
        raise NotUnderstood(Unclear.MEASURE, wanted.measure)
    allowed = next((of for begins, of in _DIMENSIONS.items() if wanted.measure.startswith(begins)), _EVERY)
    if wanted.slice and Dimension(wanted.slice.partition(":")[0]) not in allowed:
        raise NotUnderstood(Unclear.DIMENSION, wanted.slice, [f"{one.value}:…" for one in allowed])
    return measure


def _span_of(period: Period, calendar: Calendar, asked: datetime) -> tuple[datetime, datetime]:
    start = period.start(calendar.zone)
    if require_utc(asked) < start:
        raise NotBegun(f"{period} has not begun")
    return start, period.end(calendar.zone)


def _closed_to_late_answers(part: Part, kept: Kept, stored: Figure | None) -> Part:
    """Return the part; of ratings that came in since the freeze only the kept figure."""
    if kept is Kept.LATE and part.figure and part.grades is not None and part.figure.measure.startswith(_SURVEY):
        return Part(figure=stored, weeks=part.weeks, secret=Secret.CHANGED)
    return part


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """One figure, counted as it is looked at from somewhere."""

    connection: AsyncConnection
    ground: Ground
    wanted: FigureId
    measure: Measure
    why: Why | None
    limit: int
    is_listed: bool = True
    """Whether anybody sees what is listed; else only the figure is wanted."""

    async def part(self, look: _Look) -> Part:
        """Return the figure with what is behind it.

        Raises:
            NotUnderstood: nothing is called so in the slice's dimension.
        """
        measure, period, calendar = self.measure.id, self.wanted.period, self.ground.calendar
        wanted = Wanted(measure=self.measure, period=str(period), slice=self.wanted.slice, as_of=look.back,
                        configured=self.ground.configured, why=self.why, limit=self.limit)  # fmt: skip
        span, secrecy = (period.start(calendar.zone), period.end(calendar.zone)), self.ground.secrecy
        if measure.startswith("phone."):
            part, slices = await phone_part(
                self.connection, wanted, span, look.known, calendar, self.ground.phone, secrecy
            )
        elif measure.startswith(_SURVEY):
            part, slices = await survey_part(self.connection, wanted, period, calendar)
        elif measure.startswith("quality."):
            return await sample_part(self.connection, wanted, period, look.known, calendar, secrecy)
        elif measure.startswith("test."):
            part = await tests_part(self.connection, wanted, span, look.known, secrecy)
            slices = frozenset(f"channel:{one.value}" for one in Channel)
        else:
            part, slices = await self._of_inquiries(wanted, span, look)
        self._require_member(slices)
        return part

    async def _of_inquiries(
        self, wanted: Wanted, span: tuple[datetime, datetime], look: _Look
    ) -> tuple[Part, frozenset[str]]:
        first, last, known = to_micros(span[0]), to_micros(span[1]), to_micros(look.known)
        spoken, slices = dict[Why, int](), frozenset[str]()
        if self.measure.id.startswith("queue."):
            inquiries = await read_waiting(self.connection, to_micros(look.back), known)
        else:
            inquiries = await read_inquiries(self.connection, first, last, known)
        if self.measure.id == "contacts":
            logged = await in_person(self.connection, first, last, known)
            channels = logged[Dimension.CHANNEL]
            mine = in_slice(logged, self.wanted.slice, len(channels))
            spoken = {
                why: int((mine & in_slice(logged, f"channel:{why.value}", len(channels))).sum())
                for why in (Why.PHONE, Why.VISIT)
            }
            slices = frozenset(f"{one.value}:{word}" for one, of in logged.items() for word in of.words)
        slices |= {f"{one.value}:{word}" for one, of in inquiries.of.items() for word in of.words}
        seen = seen_from(inquiries, self.ground.calendar, look.back)
        secret = await self._secret(inquiries) if self.is_listed else frozenset[str]()
        return part_of(wanted, seen, secret, spoken), slices

    async def _secret(self, inquiries: PeriodInquiries) -> frozenset[str]:
        units, secrecy = inquiries.of[Dimension.UNIT], self.ground.secrecy
        kept = [at for at, unit in enumerate(units.words) if secrecy.holds(unit)]
        answered_there = {inquiries.case[at] for at, code in enumerate(units.codes.tolist()) if code in kept}
        return await secret_among(self.connection, inquiries.case, secrecy) | answered_there

    def _require_member(self, slices: Collection[str]) -> None:
        dimension, _, member = self.wanted.slice.partition(":")
        if not member or self.wanted.slice in slices:
            return
        known = {one.partition(":")[2] for one in slices if one.startswith(f"{dimension}:")}
        known |= set(_known_members(Dimension(dimension), self.ground.members))
        if member not in known:
            meant = near(member, sorted(known - {""})) or sorted(known - {""})
            raise NotUnderstood(Unclear.MEMBER, self.wanted.slice, [f"{dimension}:{one}" for one in meant])

    async def now(self, look: _Look, asked: datetime, part: Part) -> Figure | None:
        """Return what the figure of a frozen period would be with all that is known by now; None: not asked."""
        if not look.is_frozen or part.figure is None or part.grades is not None or part.secret is not None:
            return None
        if look.known >= asked or self.measure.id.startswith(_NOT_DATED):
            return part.figure
        again = await replace(self, limit=1, is_listed=False).part(replace(look, known=asked))
        return again.figure


def _known_members(dimension: Dimension, told: Mapping[Dimension, Collection[str]]) -> Collection[str]:
    match dimension:
        case Dimension.KIND:
            return [one.value for one in Kind]
        case Dimension.CHANNEL:
            return [Channel.MAIL.value, Channel.TELEGRAM.value]
        case _:
            return told.get(dimension, ())


def _require_why(why: Why | None, part: Part) -> None:
    if why is not None and why not in part.classes:
        raise NotUnderstood(Unclear.WHY, why.value, [one.value for one in part.classes])


async def _look(connection: AsyncConnection, period: Period, asked: datetime, calendar: Calendar) -> _Look:
    """Return from when a period is looked at, as the report does it."""
    standing = (await standings(connection)).get(str(period))
    names = {str(period), *(str(week) for week in weeks_in(period))}
    corrected = [
        one.recorded_at for one in in_force(await signed(connection, asked))
        if one.kind is SignedKind.REVISION and one.period in names
    ]  # fmt: skip
    closes = freezes_at(period, calendar)
    if standing is not None and standing.state is State.FROZEN and standing.as_of <= asked:
        known = max([standing.as_of, *corrected])
        return _Look(known=known, back=standing.as_of, is_frozen=True, standing=standing)
    back = min(asked, closes)
    return _Look(known=max([back, *corrected]), back=back, is_frozen=False, standing=standing)


async def _stored(connection: AsyncConnection, wanted: FigureId, asked: datetime) -> tuple[int, Figure | None]:
    """Return the kept value in force at an instant, with its revision; (0, None): there is none."""
    had = await revisions_of(connection, str(wanted.period), wanted.measure, wanted.slice)
    found = [(revision, figure) for revision, figure in had if figure.as_of <= asked]
    return found[-1] if found else (0, None)


def _kept(stored: Figure | None, part: Part, now: Figure | None, look: _Look) -> Kept:
    """Return how the kept value agrees; one of a period that is not frozen moves, and is compared with nothing."""
    if not look.is_frozen or part.figure is None:
        return Kept.NOT_KEPT if stored is None else Kept.SO_FAR
    if stored is None:
        if says_something(part.figure):
            return Kept.NOT_KEPT
        return Kept.LATE if now is not None and says_something(now) else Kept.AGREES
    if stored.version != part.figure.version:
        return Kept.REDEFINED
    if not same(stored, part.figure):
        return Kept.LATE if part.figure.measure.startswith(_NOT_DATED) else Kept.BROKEN
    return Kept.LATE if now is not None and not same(stored, now) else Kept.AGREES


def _versions(calendar: Calendar, start: datetime, end: datetime) -> tuple[CalendarVersion, ...]:
    """Return the opening hours in force at any time from `start` until before `end`."""
    first, last = calendar.version_at(start), calendar.version_at(end - timedelta(microseconds=1))
    versions: Sequence[CalendarVersion] = calendar.versions
    return tuple(versions[versions.index(first) : versions.index(last) + 1])
