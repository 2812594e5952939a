"""When which week's report is due, and which have been missed. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from bot.calendar import Calendar, OutsideCalendarError
from bot.clock import Rule
from measurement.periods import Week
from measurement.rollup.states import Standing, State, due_at

_MOST_CLOSED = 60
"""Days without opening after which no report is waited for."""


def report_at(week: Week, calendar: Calendar, rule: Rule, clock: time) -> datetime:
    """Return when a week's report is sent (UTC): on the first open day, at this local time, when all of it is due.

    Normally Tuesday: what comes in on Sunday night is due by one working day on Monday's closing. A time of day that
    the clocks skip is an hour later.

    Raises:
        OutsideCalendarError: it is never open again.
    """
    due = due_at(week, calendar, rule)
    day = calendar.local(due).date()
    for _ in range(_MOST_CLOSED):
        moment = _instant(day, clock, calendar)
        tomorrow = day + timedelta(days=1)
        if moment >= due and calendar.segments(_instant(day, time(), calendar), _instant(tomorrow, time(), calendar)):
            return moment
        day = tomorrow
    raise OutsideCalendarError("it is never open again")


def _instant(day: date, clock: time, calendar: Calendar) -> datetime:
    return datetime.combine(day, clock, calendar.zone).astimezone(UTC)


def due_reports(
    known: Mapping[str, Standing], calendar: Calendar, rule: Rule, clock: time, now: datetime
) -> tuple[Week, ...]:
    """Return the weeks whose report is due and was not sent, oldest first.

    Those missed since the last one that was sent are among them, each once; where none was ever sent only the newest:
    nobody wants the reports of years that were counted afterwards.

    Args:
        known: how far each period has come, by its name.
        calendar: opening hours.
        rule: that decides when a week is due.
        clock: when in the morning reports are sent, local.
        now: UTC.
    """
    weeks = sorted(Week.parse(name) for name, one in known.items() if "-W" in name and one.state is not State.FILLING)
    sent = [week for week in weeks if known[str(week)].reported_at is not None]
    waiting = [week for week in weeks if not sent or week > sent[-1]]
    due = [week for week in waiting if report_at(week, calendar, rule, clock) <= now]
    return tuple(due if sent else due[-1:])
