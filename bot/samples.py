"""Which answers a lead judges each week: drawn by lot, so that nobody can choose them. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.calendar import Calendar
from bot.clock import Rule, deadline
from bot.facts import CaseNumber
from bot.tokens import Tokens

SIZE = 10
"""So many are drawn where nothing else is set: two minutes of a lead's time."""
WEEKS_BACK = 4
"""So many weeks are made up for when nobody drew: older ones nobody remembers well enough to learn from."""

_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})", re.ASCII)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWeek:
    """A local ISO week: its name, as ``2026-W47``, its first instant and the first one after it (UTC)."""

    name: str
    first: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered inquiry that may be drawn."""

    case: CaseNumber
    inquiry: int


def week_named(text: str, calendar: Calendar) -> SampleWeek | None:
    """Return the week a person wrote, as ``2026-W47`` or ``2026w47``; None if there is no such week."""
    found = _WEEK.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return _week_from(date.fromisocalendar(int(found[1]), int(found[2]), 1), calendar)
    except ValueError:
        return None


def due_weeks(calendar: Calendar, rule: Rule, now: datetime) -> list[SampleWeek]:
    """Return the last four weeks that are due at an instant (UTC), the oldest first.

    A week is due when the answer to its last possible message is: until then its slowest answers may be missing,
    and a sample of quick ones would say too much good.
    """
    local = calendar.local(now).date()
    monday = local - timedelta(days=local.weekday())
    # Over long holidays the last week or two are not due yet.
    weeks = [_week_from(monday - timedelta(days=7 * back), calendar) for back in range(WEEKS_BACK + 4, 0, -1)]
    return [week for week in weeks if deadline(calendar, rule, week.end - _MOMENT) <= now][-WEEKS_BACK:]


def draw(tokens: Tokens, week: str, answered: Iterable[Answered]) -> list[Answered]:
    """Return all that may be drawn in the order of their lots; the first so many are the sample.

    The lot of an inquiry is a keyed hash of week, case and ordinal: the same whoever draws and whenever, even over all,
    and unknown to whoever has not our key.
    """
    return sorted(answered, key=lambda one: tokens.code_digest("sample", f"{week}/{one.case}", str(one.inquiry)))


def without_names(text: str, names: Sequence[str], label: str) -> str:
    """Return a text with each of these names replaced by a label, whole words only, the longest names first."""
    wanted = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not wanted:
        return text
    pattern = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in wanted)
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda _: label, text)


def _week_from(monday: date, calendar: Calendar) -> SampleWeek:
    year, number, _ = monday.isocalendar()
    return SampleWeek(
        name=f"{year}-W{number:02}",
        first=_midnight(monday, calendar),
        end=_midnight(monday + timedelta(days=7), calendar),
    )


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)
