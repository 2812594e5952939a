"""Periods: the ISO week that the figures belong to.

A week is Monday 00:00 to Monday 00:00 on the municipality's own clock, the end not included. It has 168 hours,
167 when the clocks go forward and 169 when they go back; a year has 52 or 53 of them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.facts import to_utc

_FORM = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


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
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ValueError(f"a week is written as 2026-W47, not {text!r}")
        return cls(year=int(found[1]), number=int(found[2]))

    @property
    def monday(self) -> date:
        """Return its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def start(self, zone: ZoneInfo) -> datetime:
        """Return Monday 00:00 in the zone, as UTC; the first instant of the week."""
        return datetime.combine(self.monday, time(), zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the next Monday 00:00 in the zone, as UTC; the first instant after the week."""
        return datetime.combine(self.monday + timedelta(days=7), time(), zone).astimezone(UTC)

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


def week_of(instant: datetime, zone: ZoneInfo) -> Week:
    """Return the week that holds an aware instant: that of the local date, so 23:30 UTC on a Sunday is Monday.

    Raises:
        ValueError: the instant is naive.
    """
    year, number, _ = to_utc(instant).astimezone(zone).isocalendar()
    return Week(year=year, number=number)
