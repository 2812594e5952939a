"""Periods that figures belong to: the ISO week, and for the board the month, the tertial (four months) and the year.

All begin and end at midnight on the municipality's own clock, the end not included. A week is Monday to Monday: it has
168 hours, 167 when the clocks go forward and 169 when they go back; a year has 52 or 53 of them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.facts import to_utc

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_TERTIAL = re.compile(r"(\d{4})-T(\d)", re.ASCII)
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_MONTHS_OF_TERTIAL = 4
_TERTIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Week:
    """An ISO 8601 week; weeks sort in time. Where it begins in UTC depends on the zone one asks for.

    Attributes:
        year: the ISO year, which differs from the calendar year around New Year (1 January 2027 is in 2026-W53).
        number: 1–52, or 53 in years that have it.

    Raises:
        ValueError: that year has no such week.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.number, 1)
        except ValueError:
            raise ValueError(f"there is no week {self.number} in {self.year}") from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the week written as ``2026-W47``.

        Raises:
            ValueError: the text is no such thing, or that year has no such week.
        """
        found = _WEEK.fullmatch(text.strip())
        if not found:
            raise ValueError(f"a week is written as 2026-W47, not {text!r}")
        return cls(year=int(found[1]), number=int(found[2]))

    @property
    def monday(self) -> date:
        """Return its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def start(self, zone: ZoneInfo) -> datetime:
        """Return Monday 00:00 in the zone, as UTC; the first instant of the week."""
        return _midnight(self.monday, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the next Monday 00:00 in the zone, as UTC; the first instant after the week."""
        return _midnight(self.monday + timedelta(days=7), zone)

    def previous(self) -> Self:
        """Return the week before; before 2027-W01 comes 2026-W53."""
        return self._of(self.monday - timedelta(days=7))

    def next(self) -> Self:
        """Return the week after."""
        return self._of(self.monday + timedelta(days=7))

    @classmethod
    def _of(cls, day: date) -> Self:
        year, number, _ = day.isocalendar()
        return cls(year=year, number=number)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """A calendar month, `number` 1–12; months sort in time.

    Raises:
        ValueError: there is no such month.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        _require(self.year, self.number, 12, "month")

    def start(self, zone: ZoneInfo) -> datetime:
        """Return its first local midnight as UTC."""
        return _midnight(date(self.year, self.number, 1), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the first instant after it (UTC)."""
        return self.next().start(zone)

    def previous(self) -> Self:
        """Return the month before."""
        return self._nth(-1)

    def next(self) -> Self:
        """Return the month after."""
        return self._nth(1)

    def _nth(self, steps: int) -> Self:
        year, number = divmod(self.year * 12 + self.number - 1 + steps, 12)
        return type(self)(year=year, number=number + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tertial:
    """Four months, as municipalities follow up by: 1 is January–April, 2 May–August, 3 September–December.

    Raises:
        ValueError: there is no such tertial.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        _require(self.year, self.number, _TERTIALS, "tertial")

    def start(self, zone: ZoneInfo) -> datetime:
        """Return its first local midnight as UTC."""
        return _midnight(date(self.year, _MONTHS_OF_TERTIAL * (self.number - 1) + 1, 1), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the first instant after it (UTC)."""
        return self.next().start(zone)

    def previous(self) -> Self:
        """Return the tertial before."""
        return self._nth(-1)

    def next(self) -> Self:
        """Return the tertial after."""
        return self._nth(1)

    def _nth(self, steps: int) -> Self:
        year, number = divmod(self.year * _TERTIALS + self.number - 1 + steps, _TERTIALS)
        return type(self)(year=year, number=number + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-T{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Year:
    """A calendar year, January to December: not the 52 or 53 weeks that bear its number.

    Raises:
        ValueError: a year that is not one of four figures.
    """

    year: int

    def __post_init__(self) -> None:
        _require(self.year, 1, 1, "year")

    def start(self, zone: ZoneInfo) -> datetime:
        """Return its first local midnight as UTC."""
        return _midnight(date(self.year, 1, 1), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the first instant after it (UTC)."""
        return self.next().start(zone)

    def previous(self) -> Self:
        """Return the year before."""
        return type(self)(year=self.year - 1)

    def next(self) -> Self:
        """Return the year after."""
        return type(self)(year=self.year + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}"


Period = Week | Month | Tertial | Year


def parse_period(text: str) -> Period:
    """Return the period written as ``2026-W47``, ``2026-11``, ``2026-T1`` or ``2026``; the inverse of `str`.

    Raises:
        ValueError: the text is none of these, or there is no such week or month.
    """
    written = text.strip()
    if found := _WEEK.fullmatch(written):
        return Week(year=int(found[1]), number=int(found[2]))
    if found := _MONTH.fullmatch(written):
        return Month(year=int(found[1]), number=int(found[2]))
    if found := _TERTIAL.fullmatch(written):
        return Tertial(year=int(found[1]), number=int(found[2]))
    if found := _YEAR.fullmatch(written):
        return Year(year=int(found[1]))
    raise ValueError(
        f"a period is written as 2026-W47 (week), 2026-11 (month), 2026-T1 (tertial) or 2026 (year), not {text!r}"
    )


def week_of(instant: datetime, zone: ZoneInfo) -> Week:
    """Return the week that holds an aware instant: that of the local date, so 23:30 UTC on a Sunday is Monday.

    Raises:
        ValueError: the instant is naive.
    """
    year, number, _ = to_utc(instant).astimezone(zone).isocalendar()
    return Week(year=year, number=number)


def weeks_back(week: Week, count: int) -> tuple[Week, ...]:
    """Return so many weeks in a row, oldest first, that end with the week itself; none for a count of 0."""
    found = list[Week]()
    for _ in range(count):
        found.append(week)
        week = week.previous()
    return tuple(reversed(found))


def _require(year: int, number: int, most: int, what: str) -> None:
    # What lies outside has no instants that can be counted with.
    if not (1000 <= year <= 9998 and 1 <= number <= most):
        raise ValueError(f"there is no {what} {number} in {year}" if most > 1 else f"there is no {what} {year}")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
