"""Opening hours as people decide them: spans of a local day, weeks, seasons, single dates, closed holidays.

Pure; imports nothing of the product. Everything here is local time; `bot.calendar` makes instants of it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import holidays

Span = tuple[int, int]
"""Minutes of the local day, 0..1440: open from the first, closed from the second."""
Hours = tuple[Span, ...]
"""The spans of one local day, in order; empty when closed."""

DAY_MINUTES = 1440

_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_ZONES = ("Europe/Stockholm", "Europe/Helsinki")
_CLOSED_CATEGORIES = {"SE": ("public", "de_facto"), "FI": ("public",)}
"""Which days of `holidays` close. The Swedish eves of midsummer, Christmas and New Year are its ``de_facto``."""


def parse_span(text: str) -> Span:
    """Return the minutes of the local day that a text as ``08:00-16:30`` names; the end may be ``24:00``.

    Raises:
        ValueError: another form, a time that does not exist, or an end that is not after the start.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"opening hours {text!r} must look like 08:00-16:30")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    span = (hour * 60 + minute, end_hour * 60 + end_minute)
    if minute > 59 or end_minute > 59 or max(span) > DAY_MINUTES:
        raise ValueError(f"opening hours {text!r} hold a time of day that does not exist")
    if span[1] <= span[0]:
        raise ValueError(f"opening hours {text!r} must end after they start, within one day")
    return span


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Another ordinary week from one local date to another, both included, such as summer hours.

    Raises:
        ValueError: the last date is before the first, or the week is not seven days of ordered spans.
    """

    first: date
    last: date
    week: tuple[Hours, ...]

    def __post_init__(self) -> None:
        _require_date(self.first, "a season's first day")
        _require_date(self.last, "a season's last day")
        if self.last < self.first:
            raise ValueError(f"the season from {self.first} ends before it starts")
        _require_week(self.week, f"the season from {self.first}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """One local date with hours of its own (none: closed), and who decided them.

    Raises:
        ValueError: spans out of order, or nobody named as having decided.
    """

    date: date
    spans: Hours
    decided_by: str

    def __post_init__(self) -> None:
        _require_date(self.date, "a special day")
        _require_hours(self.spans, str(self.date))
        _require_decider(self.decided_by, str(self.date))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarVersion:
    """Opening hours as decided once.

    On a local date a special day goes before a closed holiday, that before a season, that before the week; of
    two seasons the later in the list holds.

    Attributes:
        valid_from: in force from this local date's midnight.
        decided_by: who decided, as a role or the number of a decision.
        ordinary_day_minutes: open minutes of an ordinary day (N of the rule "one working day"), 1..1440.
        week: seven days, Monday first.
        seasons: periods with another week.
        days: single dates, each once.
        country: whose holidays close: SE public and de facto ones (the three eves), FI public ones. A Sunday
            is no holiday by itself: the week says whether it is open.
        closed_on_holidays: False where a holiday is a day like others.
        zone: the local time, Europe/Stockholm or Europe/Helsinki.

    Raises:
        ValueError: something of this does not hold.
    """

    valid_from: date
    decided_by: str
    ordinary_day_minutes: int
    week: tuple[Hours, ...]
    seasons: tuple[Season, ...] = ()
    days: tuple[SpecialDay, ...] = ()
    country: Literal["SE", "FI"] = "SE"
    closed_on_holidays: bool = True
    zone: str = "Europe/Stockholm"

    def __post_init__(self) -> None:
        _require_date(self.valid_from, "a calendar's first day")
        name = f"the calendar from {self.valid_from}"
        _require_decider(self.decided_by, name)
        if not 0 < self.ordinary_day_minutes <= DAY_MINUTES:
            raise ValueError(f"{name}: an ordinary day has 1 to {DAY_MINUTES} open minutes")
        _require_week(self.week, name)
        if not any(self.week):
            raise ValueError(f"{name}: no day of the week is open, so nothing could ever be due")
        dates = [day.date for day in self.days]
        if len(set(dates)) < len(dates):
            raise ValueError(f"{name}: a date stands twice among its special days")
        if self.country not in _CLOSED_CATEGORIES or self.zone not in _ZONES:
            raise ValueError(f"{name}: no such country or zone: {self.country!r}, {self.zone!r}")

    def hours_by_day(self, first_year: int, last_year: int) -> list[Hours]:
        """Return the hours of every local date from 1 January of one year to 31 December of another."""
        first = date(first_year, 1, 1)
        count = (date(last_year + 1, 1, 1) - first).days
        weekday = first.weekday()
        by_day = [self.week[(weekday + day) % 7] for day in range(count)]
        for season in self.seasons:
            start, end = (season.first - first).days, (season.last - first).days + 1
            for day in range(max(0, start), min(count, end)):
                by_day[day] = season.week[(weekday + day) % 7]
        single: dict[date, Hours] = {}
        if self.closed_on_holidays:
            single = dict.fromkeys(_closed_days(self.country, first_year, last_year), ())
        single |= {special.date: special.spans for special in self.days}
        for when, hours in single.items():
            if first_year <= when.year <= last_year:
                by_day[(when - first).days] = hours
        return by_day


@lru_cache
def _closed_days(country: str, first_year: int, last_year: int) -> frozenset[date]:
    years, categories = range(first_year, last_year + 1), _CLOSED_CATEGORIES[country]
    return frozenset(holidays.country_holidays(country, years=years, categories=categories))


def _require_date(day: date, name: str) -> None:
    if isinstance(day, datetime):
        raise ValueError(f"{name} must be a plain local date, without a time")  # noqa: TRY004 -- bad data


def _require_decider(text: str, name: str) -> None:
    if not text.strip():
        raise ValueError(f"{name}: say who decided it")


def _require_week(week: tuple[Hours, ...], name: str) -> None:
    if len(week) != 7:
        raise ValueError(f"{name}: a week is seven days, Monday first")
    for hours in week:
        _require_hours(hours, name)


def _require_hours(hours: Hours, name: str) -> None:
    for begin, end in hours:
        if not 0 <= begin < end <= DAY_MINUTES:
            raise ValueError(f"{name}: {begin}-{end} are not minutes of one day in order")
    if any(later[0] < earlier[1] for earlier, later in pairwise(hours)):
        raise ValueError(f"{name}: opening hours overlap or do not stand in order")
