"""When staff and citizens hear of a deadline or a promise before it passes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import numpy as np

from bot.absences import has_owner
from bot.calendar import LAST_YEAR, MINUTE, Calendar, Micros
from bot.case import CaseNow, CaseState, fold_case, is_case
from bot.clock import deadline, deadlines
from bot.facts import Fact, FactKind, Kind, from_micros, to_micros
from bot.inquiry import Inquiry, fold_inquiries
from bot.office import Office
from bot.store.rows import MailKind, OutboxState, QueuedBefore

MOST_DELAYS = 3
"""How often the citizen of one inquiry is told by ourselves that it takes longer."""
TOGETHER = timedelta(hours=1)
"""Deadline and promise that end so close to each other are told of in one mail."""
_STAFF_DAYS, _CITIZEN_DAYS = 5, 1
"""Ordinary days of open time after which it is too late to tell staff, or to excuse ourselves to the citizen."""
_LONGEST_DELAY = 10
_LONGEST_CLOSURE = 60
_LAST_DAY = date(LAST_YEAR, 12, 30)


class Of(StrEnum):
    """What a reminder is of, and for whom."""

    OWNER = "owner"
    UNIT = "unit"
    PROMISE_OWNER = "promise_owner"
    PROMISE_UNIT = "promise_unit"
    PROMISE_BROKEN = "promise_broken"
    """The promise will not be kept, and the citizen is not told once more."""

    @property
    def to_owner(self) -> bool:
        """Tell whether it is the owner's and not the unit's."""
        return self in {Of.OWNER, Of.PROMISE_OWNER}

    @property
    def of_promise(self) -> bool:
        """Tell whether it is about the promise to the citizen and not about the measured deadline."""
        return self not in {Of.OWNER, Of.UNIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An inquiry that waits in an open case, with all that decides who hears of it. Instants are UTC.

    Attributes:
        deadline, promise_ends: when the answer is due under the configured rule, and when we close on the promised day.
        deadline_left, promise_left: open time until then; below zero: open time since.
        ordinary_day: the open time of an ordinary day.
        promised: the local day the citizen was told.
        told: sources of the reminders there were.
        delays: how often the citizen was told that it takes longer, by ourselves.
        answering: an answer is on its way.
    """

    case: CaseNow
    inquiry: Inquiry
    deadline: datetime
    promise_ends: datetime
    deadline_left: timedelta
    promise_left: timedelta
    ordinary_day: timedelta
    promised: date
    told: frozenset[str]
    delays: int
    answering: bool

    def source(self, of: Of) -> str:
        """Return the source of a reminder's fact, so that there is one of each; another promise has its own."""
        plain = f"remind:{self.case.number}:{self.inquiry.no}:{of}"
        return f"{plain}:{self.promised.isoformat()}" if of.of_promise else plain

    def was_told(self, of: Of) -> bool:
        """Tell whether there was this reminder."""
        return self.source(of) in self.told


def pending(
    office: Office, facts: Sequence[Fact], queued: Sequence[QueuedBefore], now: datetime
) -> tuple[Pending, ...]:
    """Return the inquiries of one case that wait at an instant (UTC); none of a closed or merged case.

    Args:
        office: rule, opening hours and promises.
        facts: the case's, in order of seq.
        queued: what was ever queued to leave in the case.
        now: of what is left is counted from here.

    Raises:
        ValueError: the facts are not one case's, or lack what they must carry.
    """
    if not is_case(facts):
        return ()
    case = fold_case(facts)
    if case.state is not CaseState.OPEN or case.merged_into is not None:
        return ()
    told = frozenset(fact.source for fact in facts if fact.kind is FactKind.REMINDED)
    return tuple(
        _pending(office, case, inquiry, facts, queued, told, now) for inquiry in fold_inquiries(facts) if inquiry.waits
    )


def _pending(
    office: Office,
    case: CaseNow,
    inquiry: Inquiry,
    facts: Sequence[Fact],
    queued: Sequence[QueuedBefore],
    told: frozenset[str],
    now: datetime,
) -> Pending:
    calendar, arrived_at = office.calendar, inquiry.arrived_at
    promised = promised_day(calendar, office.promises[case.kind], arrived_at, case.promised)
    ends = {"deadline": deadline(calendar, office.rule, arrived_at), "promise": closing_of(calendar, promised)}
    left = {
        name: calendar.open_time(arrived_at, end) - calendar.open_time(arrived_at, now) for name, end in ends.items()
    }
    return Pending(
        case=case, inquiry=inquiry, promised=promised, told=told,
        deadline=ends["deadline"], promise_ends=ends["promise"],
        deadline_left=left["deadline"], promise_left=left["promise"],
        ordinary_day=timedelta(minutes=calendar.version_at(arrived_at).ordinary_day_minutes),
        # One that did not arrive counts too: its number must not be given twice.
        delays=sum(fact.kind is FactKind.DELAYED and fact.inquiry == inquiry.no for fact in facts),
        answering=any(
            one.kind is MailKind.ANSWER
            and one.state in {OutboxState.NEW, OutboxState.SENDING}
            and one.inquiry in {inquiry.no, None}
            for one in queued
        ),
    )  # fmt: skip


def promised_day(calendar: Calendar, days: int, arrived_at: datetime, told: str) -> date:
    """Return the local day promised in an inquiry: what the citizen was told last, else so many open days on.

    `told` is the case's; a day before that of the arrival (UTC) was told in another inquiry.
    """
    if told and (day := date.fromisoformat(told)) >= calendar.local(arrived_at).date():
        return day
    return calendar.nth_open_day(arrived_at, days)


@lru_cache(maxsize=4_096)
def closing_of(calendar: Calendar, day: date) -> datetime:
    """Return when we close (UTC) on a local day; closed all day: on the last open day before it.

    A day past the calendar's years, as one mistyped in a holding notice, is taken for their last.
    """
    day = min(day, _LAST_DAY)
    for back in range(_LONGEST_CLOSURE):
        begin = day - timedelta(days=back)
        if spans := calendar.segments(_midnight(calendar, begin), _midnight(calendar, begin + timedelta(days=1))):
            return spans[-1].end
    return _midnight(calendar, day + timedelta(days=1))


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something staff are told now. `late`: what it is of has passed."""

    of: Of
    late: bool


def reminders_due(office: Office, one: Pending, now: datetime) -> tuple[Reminder, ...]:
    """Return what staff are told now (UTC) of an inquiry: nothing, of deadline or promise, or of both.

    Each once, at the instant its open minutes begin, or later if the service was down; then the latest only, and not
    after five ordinary days. Without an owner the unit hears at the owner's time, and not once more.
    """
    if one.answering:
        return ()
    of_deadline = _due(one, Of.OWNER, Of.UNIT, _reached(office, one, one.deadline_left))
    of_promise = _due(one, Of.PROMISE_OWNER, Of.PROMISE_UNIT, _reached(office, one, one.promise_left))
    if _breaks(office, one):
        of_promise = None if one.was_told(Of.PROMISE_BROKEN) else Of.PROMISE_BROKEN
    due = [of for of in (of_deadline, of_promise) if of is not None]
    # One mail says both, so both are told to the same people: those whom the later of them concerns.
    if due and abs(one.deadline - one.promise_ends) <= TOGETHER:
        to_owner = all(of.to_owner for of in due)
        of_deadline = _due(one, Of.OWNER, Of.UNIT, to_owner)
        if of_promise is not Of.PROMISE_BROKEN:
            of_promise = _due(one, Of.PROMISE_OWNER, Of.PROMISE_UNIT, to_owner)
    found = ((of_deadline, one.deadline), (of_promise, one.promise_ends))
    return tuple(Reminder(of, now > end) for of, end in found if of is not None)


def _reached(office: Office, one: Pending, left: timedelta) -> bool | None:
    """Return whether the owner (True) or already the unit (False) is told with so much time left; None: nobody."""
    if left > timedelta(minutes=max(office.reminders.owner, office.reminders.unit)):
        return None
    if -left > _STAFF_DAYS * one.ordinary_day:
        return None
    return left > timedelta(minutes=office.reminders.unit)


def _due(one: Pending, owners: Of, units: Of, to_owner: bool | None) -> Of | None:
    """Return which of the two reminders of one thing is due, as `_reached` says, if it was not told before."""
    if to_owner is None or one.was_told(units) or (units.of_promise and one.was_told(Of.PROMISE_BROKEN)):
        return None
    if not to_owner:
        return units
    if one.was_told(owners):
        return None
    return owners if has_owner(one.case) else units


def _breaks(office: Office, one: Pending) -> bool:
    """Tell whether the promise ends now without the citizen being told once more."""
    late = -one.promise_left > _STAFF_DAYS * one.ordinary_day
    return one.delays >= MOST_DELAYS and not late and one.promise_left <= timedelta(minutes=office.reminders.citizen)


def new_promise(office: Office, one: Pending, now: datetime) -> date | None:
    """Return the local day to promise the citizen instead, None as long as (UTC) nothing has to be said.

    As many open days on from today, or from a promised day still to come, as the kind's promise, 1 to 10.
    """
    if one.answering or one.delays >= MOST_DELAYS:
        return None
    if one.promise_left > timedelta(minutes=office.reminders.citizen):
        return None
    if -one.promise_left > _CITIZEN_DAYS * one.ordinary_day:
        return None
    days = min(max(office.promises[one.case.kind], 1), _LONGEST_DELAY)
    return office.calendar.nth_open_day(max(now, one.promise_ends), days)


def stages(office: Office, arrived: Micros, kinds: Sequence[Kind], told: Sequence[str], now: datetime) -> Sequence[int]:
    """Return a number for each waiting inquiry that changes whenever something may become due in it; 0: nothing is.

    All at once, for thousands: what is really due is decided from each one's facts.

    Args:
        office: rule, opening hours, promises and reminders.
        arrived: microseconds UTC.
        kinds: of the cases.
        told: the days the cases' citizens were told, as ``2026-12-01``, or empty.
        now: UTC.
    """
    if not arrived.size:
        return ()
    calendar = office.calendar
    passed = calendar.open_micros(arrived, np.full(arrived.shape, to_micros(now), dtype=np.int64))
    minutes = sorted({office.reminders.owner, office.reminders.unit, office.reminders.citizen})
    number = np.zeros(arrived.shape, dtype=np.int64)
    for ends in (deadlines(calendar, office.rule, arrived), _promise_ends(office, arrived, kinds, told)):
        left = calendar.open_micros(arrived, ends) - passed
        reached = np.sum([left <= one * MINUTE for one in minutes], axis=0)
        too_late = -left > _STAFF_DAYS * calendar.ordinary_day_micros(arrived)
        number = number * (len(minutes) + 1) + np.where(too_late, 0, reached)
    return [int(one) for one in number]


def _promise_ends(office: Office, arrived: Micros, kinds: Sequence[Kind], told: Sequence[str]) -> Micros:
    calendar = office.calendar
    first, last = (calendar.local(from_micros(int(edge))).date() for edge in (arrived.min(), arrived.max()))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    begins = np.array([to_micros(_midnight(calendar, day)) for day in days], dtype=np.int64)
    arrived_on = begins[np.searchsorted(begins, arrived, side="right") - 1].tolist()
    rows = zip(arrived_on, kinds, told, strict=True)
    ends = [_promise_end(calendar, begin, office.promises[kind], said) for begin, kind, said in rows]
    return np.array(ends, dtype=np.int64)


@lru_cache(maxsize=16_384)
def _promise_end(calendar: Calendar, begin: int, days: int, told: str) -> int:
    """Return when a promise ends, in microseconds UTC, of what arrived on the local day that begins then."""
    return to_micros(closing_of(calendar, promised_day(calendar, days, from_micros(begin), told)))
