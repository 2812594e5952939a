"""Who is asked, and when: drawn by lot, so that nobody chooses whom to ask. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.calendar import Calendar
from bot.facts import CaseNumber
from bot.office import SurveyRules
from bot.store.survey_rows import State
from bot.tokens import Tokens

DECLINED_FOR = timedelta(days=365)
"""So long a person is not asked who has said no to it."""

_PARTS = 2**52


def lot_of(tokens: Tokens, case: CaseNumber, inquiry: int) -> float:
    """Return the lot of an inquiry, 0 ≤ lot < 1: always the same, even over all, and unknown without our key."""
    digest = tokens.code_digest("survey", case, str(inquiry))
    return int(digest[:13], 16) / _PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What is known of the person of a contact.

    Attributes:
        contacts: answered contacts within the time of rest, this one counted: at least 1.
        asked_at, declined_at: when the person was last invited, or said no to it (UTC), None: never.
        pending: lots of the person's other contacts that are drawn, and whose invitations have not left.
    """

    contacts: int = 1
    asked_at: datetime | None = None
    declined_at: datetime | None = None
    pending: Collection[float] = ()


def draw(rules: SurveyRules, lot: float, lately: Lately, now: datetime) -> State:
    """Return whether a contact is drawn: `DRAWN`, `LOT` (the share leaves it out) or `SUPPRESSED` (its person rests).

    One person is invited once within the time of rest. Which contact that is must not be the first one always: of
    those who write often the later ones would never be heard. So of several that wait at once the lowest lot is
    drawn (`DRAWN` then displaces those in `pending`); and of somebody with n contacts within the last time of rest
    each is drawn with a chance of share / n. Who has one is drawn with the chance of the share.

    The lot says all: neither officer nor answer nor grade has a part in it.
    """
    if lot >= rules.share:
        return State.LOT
    if rests(rules, lately, now):
        return State.SUPPRESSED
    if lately.pending:
        return State.DRAWN if lot < min(lately.pending) else State.SUPPRESSED
    return State.DRAWN if lot < rules.share / max(lately.contacts, 1) else State.SUPPRESSED


def rests(rules: SurveyRules, lately: Lately, now: datetime) -> bool:
    """Tell whether the person is left in peace at an instant (UTC)."""
    if lately.declined_at is not None and now - lately.declined_at < DECLINED_FOR:
        return True
    return lately.asked_at is not None and now - lately.asked_at < rules.rest


def due_at(calendar: Calendar, rules: SurveyRules, answered_at: datetime) -> datetime:
    """Return when the invitation for an answer leaves (UTC): a fixed delay after it, or when we may write after that.

    The delay is the same for all: whoever could choose when to ask would ask the happy.
    """
    return next_allowed(calendar, rules, answered_at + rules.delay)


def next_allowed(calendar: Calendar, rules: SurveyRules, instant: datetime) -> datetime:
    """Return the UTC instant itself if it lies on an open day within the hours, else when the next such hours begin.

    Raises:
        OutsideCalendarError: beyond the calendar's years.
    """
    local = calendar.local(instant)
    begins, ends = rules.hours
    minutes = local.hour * 60 + local.minute
    is_open_day = bool(calendar.segments(_midnight(local, 0), _midnight(local, 1)))
    if is_open_day and begins <= minutes < ends:
        return instant
    day = local.date() if is_open_day and minutes < begins else calendar.nth_open_day(instant, 1)
    opens = time(begins // 60, begins % 60)
    return datetime.combine(day, opens, calendar.zone).astimezone(UTC)


def _midnight(local: datetime, days: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), time.min, local.tzinfo).astimezone(UTC)
