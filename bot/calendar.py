"""Open time, counted exactly: one table of open intervals in UTC per version of the opening hours, searched.

Pure; of the product it imports `bot.facts` and `bot.hours`. Clock changes, lunch, eves and half days need no
rule of their own, because every edge is converted from local time once. Instants in arrays are int64
microseconds since 1970-01-01 UTC, as `bot.facts.to_micros` gives them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.facts import from_micros, require_utc, to_micros
from bot.hours import DAY_MINUTES, CalendarVersion, Hours, Season, Span, SpecialDay, parse_span

__all__ = [
    "FIRST_YEAR", "LAST_YEAR", "MINUTE", "Calendar", "CalendarVersion", "Hours", "Micros", "OutsideCalendarError",
    "Season", "Segment", "Span", "SpecialDay", "parse_span",
]  # fmt: skip

FIRST_YEAR = 2015
LAST_YEAR = 2045
MINUTE = 60_000_000
"""Microseconds of one minute."""

Micros = NDArray[np.int64]
"""Instants (since 1970-01-01 UTC) or lengths of time, in microseconds."""

_EPOCH_DAY = date(1970, 1, 1)


class OutsideCalendarError(ValueError):
    """An instant, or the answer looked for, lies outside the years the calendar's table covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Open without a break from `start` until `end` (UTC), the end not included."""

    start: datetime
    end: datetime


class Calendar:
    """Opening hours through the years: the versions, each with its table, built when first used.

    **The calendar in force at arrival holds**: what is counted from a start uses the version in force at the start
    all the way, also past the day another takes over, so that no decision moves a deadline already told. Before
    the first version the first one holds. Only `is_open` and `next_opening` tell how it really is, across
    versions. Every method with an instant raises ValueError for one that is not UTC, and `OutsideCalendarError`
    for one, or for a result, outside the table's years.
    """

    def __init__(
        self, versions: Sequence[CalendarVersion], *, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR
    ) -> None:
        """Keep the versions; the tables cover the local years given, first and last included.

        Raises:
            ValueError: no version, versions not in order of date, several zones, or no year.
        """
        if not versions or first_year > last_year:
            raise ValueError("a calendar needs at least one version and one year")
        if any(later.valid_from <= earlier.valid_from for earlier, later in pairwise(versions)):
            raise ValueError("the versions of a calendar must stand in order of date, no two from the same day")
        if len({version.zone for version in versions}) > 1:
            raise ValueError("all versions of a calendar must be in the same zone")
        self.versions = tuple(versions)
        self.zone = ZoneInfo(versions[0].zone)
        self._years = (first_year, last_year)
        self._midnights = _midnights(versions[0].zone, first_year, last_year)
        self._since = np.array([_local_micros(self.zone, v.valid_from, 0) for v in versions], dtype=np.int64)
        self._tables: dict[int, _Table] = {}

    def open_micros(self, starts: Micros, ends: Micros) -> Micros:
        """Return the open microseconds from starts to ends, pair by pair; 0 where an end is not after its start."""

        def count(table: _Table, starts: Micros, ends: Micros) -> Micros:
            passed: Micros = np.maximum(table.opened(ends) - table.opened(starts), 0)
            return passed

        self._require_inside(ends)
        return self._per_version(count, starts, ends)

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two UTC instants; zero when the end is not after the start."""
        return timedelta(microseconds=int(self.open_micros(_one(start), _one(end))[0]))

    def after_open(self, starts: Micros, micros: Micros) -> Micros:
        """Return the first instants at which that many open microseconds have passed since the starts.

        Time that runs out exactly at closing ends at the closing, not at the next opening. A start outside hours
        waits for the next opening; zero microseconds have passed at the start itself.

        Raises:
            ValueError: a negative number of microseconds.
        """
        if micros.size and int(micros.min()) < 0:
            raise ValueError("open time to wait for cannot be negative")
        return self._per_version(_Table.reach, starts, micros)

    def ordinary_day_micros(self, starts: Micros) -> Micros:
        """Return the ordinary day (N) of the versions in force at the starts, in microseconds."""
        lengths = np.array([v.ordinary_day_minutes * MINUTE for v in self.versions], dtype=np.int64)
        return lengths[self._which(starts)]

    def closing_of_next_open_day(self, starts: Micros) -> Micros:
        """Return when the first open local day strictly after each start's local date closes for that day."""

        def closing(table: _Table, _starts: Micros, days: Micros) -> Micros:
            return table.closings[table.open_day_after(days, 1)]

        return self._per_version(closing, starts, self._local_days(starts))

    def nth_open_day(self, start: datetime, n: int) -> date:
        """Return the n-th open local date after the start's local date, as promised to a citizen; n from 1.

        Raises:
            ValueError: n is below 1.
        """
        if n < 1:
            raise ValueError("open days are counted from 1")
        table, day = self._table_at(start), self._local_days(_one(start))
        return _EPOCH_DAY + timedelta(days=int(table.open_days[table.open_day_after(day, n)][0]))

    def segments(self, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """Return the open intervals between two UTC instants, cut off at both; they add up to `open_time`."""
        table, low, high = self._table_at(start), _one(start), _one(end)
        self._require_inside(high)
        begins, ends = np.maximum(table.begins, low), np.minimum(table.ends, high)
        return tuple(
            Segment(start=from_micros(int(begins[at])), end=from_micros(int(ends[at])))
            for at in np.flatnonzero(begins < ends)
        )

    def is_open(self, instant: datetime) -> bool:
        """Return whether it is open at a UTC instant: yes when it opens, no when it closes."""
        return self._table_at(instant).next_open(to_micros(instant)) == to_micros(instant)

    def next_opening(self, instant: datetime) -> datetime:
        """Return the UTC instant itself if it is open then, else when it opens next, whichever version says so."""
        since = to_micros(instant)
        for number in range(int(self._which(_one(instant))[0]), len(self.versions)):
            found = self._table(number).next_open(since)
            last = number + 1 == len(self.versions)
            if found is not None and (last or found < self._since[number + 1]):
                return from_micros(found)
            since = since if last else max(since, int(self._since[number + 1]))
        raise OutsideCalendarError("it does not open again within the calendar's years")

    def local(self, instant: datetime) -> datetime:
        """Return a UTC instant, of any year, in the calendar's zone."""
        return require_utc(instant).astimezone(self.zone)

    def version_at(self, instant: datetime) -> CalendarVersion:
        """Return the version in force at a UTC instant; before the first one, the first."""
        return self.versions[int(self._which(_one(instant))[0])]

    def _which(self, starts: Micros) -> NDArray[np.intp]:
        """Return the number of the version in force at each start."""
        self._require_inside(starts)
        return np.maximum(np.searchsorted(self._since, starts, side="right") - 1, 0)

    def _per_version(
        self, compute: Callable[["_Table", Micros, Micros], Micros], starts: Micros, values: Micros
    ) -> Micros:
        """Return what `compute` makes of each start and value with the table of the start's version."""
        which = self._which(starts)
        if values.shape != starts.shape or values.dtype != np.int64:
            raise ValueError("starts and what belongs to them must be int64 arrays of one shape")
        numbers = np.unique(which) if len(self.versions) > 1 else np.zeros(1, dtype=np.intp)
        if len(numbers) == 1:
            return compute(self._table(int(numbers[0])), starts, values)
        result = np.zeros(starts.shape, dtype=np.int64)
        for number in numbers:
            mine = which == number
            result[mine] = compute(self._table(int(number)), starts[mine], values[mine])
        return result

    def _table(self, number: int) -> "_Table":
        if number not in self._tables:
            self._tables[number] = _build(self.versions[number], self._midnights, *self._years)
        return self._tables[number]

    def _table_at(self, instant: datetime) -> "_Table":
        return self._table(int(self._which(_one(instant))[0]))

    def _local_days(self, instants: Micros) -> Micros:
        """Return the local dates of instants as days since 1970-01-01."""
        self._require_inside(instants)
        first = (date(self._years[0], 1, 1) - _EPOCH_DAY).days
        return np.searchsorted(self._midnights, instants, side="right") - 1 + first

    def _require_inside(self, instants: Micros) -> None:
        if instants.dtype != np.int64:
            raise ValueError("instants in arrays must be int64 microseconds UTC")
        first, end = self._midnights[0], self._midnights[-1]
        if instants.size and not (first <= instants.min() and instants.max() < end):
            raise OutsideCalendarError(f"an instant outside the calendar's years {self._years}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """One version's open time. The first interval is empty and lies at the table's edge: no search falls short.

    Attributes:
        begins, ends: open intervals in order, none touching the next.
        shift: what to take from an instant within an interval to get the open time passed at it.
        passed: open time passed at each end.
        open_days: local dates with any open time, as days since 1970-01-01.
        closings: the instant each of them closes for the day.
    """

    begins: Micros
    ends: Micros
    shift: Micros
    passed: Micros
    open_days: Micros
    closings: Micros

    def opened(self, instants: Micros) -> Micros:
        """Return the open time passed from the table's edge to the instants."""
        at = np.searchsorted(self.begins, instants, side="right") - 1
        passed: Micros = np.minimum(instants - self.shift[at], self.passed[at])
        return passed

    def reach(self, starts: Micros, micros: Micros) -> Micros:
        """Return the first instants with that much open time after the starts."""
        wanted = self.opened(starts) + micros
        if wanted.size and int(wanted.max()) > int(self.passed[-1]):
            raise OutsideCalendarError("so much open time does not fit within the calendar's years")
        at = np.searchsorted(self.passed, wanted, side="left")
        return np.where(micros == 0, starts, wanted + self.shift[at])

    def next_open(self, instant: int) -> int | None:
        """Return the instant if it is open, else the next opening; None if there is none."""
        at = int(np.searchsorted(self.ends, instant, side="right"))
        return max(instant, int(self.begins[at])) if at < len(self.begins) else None

    def open_day_after(self, days: Micros, n: int) -> NDArray[np.intp]:
        """Return the place in `open_days` of the n-th open day after each local date."""
        at = np.searchsorted(self.open_days, days, side="right") + (n - 1)
        if at.size and int(at.max()) >= len(self.open_days):
            raise OutsideCalendarError("there is no such open day within the calendar's years")
        return at


def _build(version: CalendarVersion, midnights: Micros, first_year: int, last_year: int) -> _Table:
    """Return the table of one version over local years, both included."""
    by_day = version.hours_by_day(first_year, last_year)
    rows = [(day, *span) for day, hours in enumerate(by_day) for span in hours]
    days, opens, shuts = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    zone, first = ZoneInfo(version.zone), date(first_year, 1, 1)
    begins = _edges(zone, first, midnights, days, opens)
    ends = _edges(zone, first, midnights, days, shuts)
    # What lies wholly within the hour that a spring night skips is no time at all.
    real = np.flatnonzero(begins < ends)
    days, begins, ends = days[real], begins[real], ends[real]
    open_days, first_span = np.unique(days, return_index=True)
    closings = np.maximum.reduceat(ends, first_span) if len(ends) else ends

    reach = np.maximum.accumulate(ends)
    apart = np.flatnonzero(begins[1:] > reach[:-1])
    edge = midnights[:1]
    begins = np.concatenate([edge, begins[:1], begins[apart + 1]])
    ends = np.concatenate([edge, reach[apart], reach[-1:]])
    passed = np.cumsum(ends - begins)
    day_numbers = open_days + (first - _EPOCH_DAY).days
    return _Table(
        begins=begins, ends=ends, shift=ends - passed, passed=passed, open_days=day_numbers, closings=closings
    )


def _edges(zone: ZoneInfo, first: date, midnights: Micros, days: Micros, minutes: Micros) -> Micros:
    """Return local minutes of days as UTC microseconds."""
    edges = midnights[days] + minutes * MINUTE
    # Only on a day that is not 24 hours long does the clock time not follow from its midnight.
    changing = np.diff(midnights)[days] != DAY_MINUTES * MINUTE
    for at in np.flatnonzero(changing):
        edges[at] = _local_micros(zone, first + timedelta(days=int(days[at])), int(minutes[at]))
    return edges


def _local_micros(zone: ZoneInfo, day: date, minutes: int) -> int:
    """Return a local time as UTC microseconds: of two the first (fold 0); a skipped one an hour later.

    Source: PEP 495, and RFC 5545 section 3.3.5, which reads a skipped time with the offset before the gap.
    """
    local = datetime.combine(day, time.min, tzinfo=zone) + timedelta(minutes=minutes)
    return to_micros(local.astimezone(UTC))


@lru_cache
def _midnights(zone: str, first_year: int, last_year: int) -> Micros:
    """Return the local midnights from the first year's to the one that ends the last year, in UTC."""
    days = range(date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal() + 1)
    place = ZoneInfo(zone)
    found = np.array([_local_micros(place, date.fromordinal(day), 0) for day in days], dtype=np.int64)
    found.setflags(write=False)
    return found


def _one(instant: datetime) -> Micros:
    return np.array([to_micros(instant)], dtype=np.int64)
