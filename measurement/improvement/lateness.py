"""Which inquiries were late, and what each of them was: the rows that a cause is looked for in. Pure.

The cohort is that of the measure (design §4): whoever arrived in the period and is due at the as-of instant, answered
or not; late is everything else than answered in time. What each was rests on what was known by its deadline: what came
later is no cause of the lateness, often its consequence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Calendar, Micros
from bot.clock import NO_ANSWER, Rule, deadlines
from measurement.figures import in_time, seen_from
from measurement.improvement.by_deadline import Known
from measurement.population import Coded, Dimension, PeriodInquiries

WEEKDAY, HOUR, HELD, HANDED_OVER = "weekday", "hour", "held", "handed_over"
"""The dimensions that an inquiry has besides those of figures."""
DIMENSIONS = (Dimension.KIND.value, Dimension.TOPIC.value, Dimension.UNIT.value, WEEKDAY, HOUR, HELD, HANDED_OVER)
"""By what late inquiries are parted, in the order shown."""
YES, NO, UNANSWERED = "yes", "no", "unanswered"
ACTS = frozenset((HELD, HANDED_OVER))
"""Dimensions of what somebody did. Only that it was done may be a cause: what nobody opened could not be done to."""
HOURS = (0, 6, 8, 10, 12, 14, 16, 18)
"""Local hours at which a part of the day begins; the last one ends at midnight."""
_HOUR = 3_600_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lateness:
    """Inquiries that were due, as columns of one length.

    Attributes:
        late: which were not answered in time.
        weeks: a number for the local week of arrival, those of a week alike, from 0 without gaps.
        groups: what each was, by dimension: kind, topic and unit by the deadline (or the answer, if it came before);
            weekday ``1`` (Monday) to ``7``, hour as ``08`` (from 8 until the next of `HOURS`); held ``yes`` where a
            person's holding notice, handed_over ``yes`` where the case going to somebody else came before the answer
            and the deadline, ``unanswered`` where it did not and nobody has answered, else ``no``.
    """

    late: NDArray[np.bool_]
    weeks: NDArray[np.intp]
    groups: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.late)


def lateness_of(
    inquiries: PeriodInquiries, known: Known, calendar: Calendar, as_of: datetime, rule: Rule, slice_: str = ""
) -> Lateness:
    """Return which inquiries were due under a rule, and which of them were late.

    Args:
        inquiries: as `measurement.source.read_period` gave them for the same `as_of`.
        known: what was known of them by their deadline under the same rule.
        calendar: opening hours.
        as_of: the instant that is looked back from (UTC).
        rule: what in time means.
        slice_: only these, as ``unit:bygg``; empty: all.

    Raises:
        ValueError: `as_of` is not UTC, or an instant outside the calendar's years.
    """
    seen = seen_from(inquiries, calendar, as_of)
    due, good = in_time(seen, rule)
    rows = np.flatnonzero(due & in_slice(inquiries, slice_))
    local = LocalTimes.of(inquiries.arrived[rows], calendar.zone)
    ends = deadlines(calendar, rule, inquiries.arrived)
    ends = np.where(seen.answered == NO_ANSWER, ends, np.minimum(ends, seen.answered))
    held = (inquiries.first_held != NO_ANSWER) & (inquiries.first_held <= ends)
    parts = np.searchsorted(HOURS, local.hour, side="right") - 1
    waits = seen.answered == NO_ANSWER
    groups = {one.value: Coded(words=of.words, codes=of.codes[rows]) for one, of in known.of.items()} | {
        WEEKDAY: Coded(words=tuple("1234567"), codes=local.weekday),
        HOUR: Coded(words=tuple(f"{hour:02d}" for hour in HOURS), codes=parts.astype(np.intp)),
        HELD: _done(held[rows], waits[rows]),
        HANDED_OVER: _done(known.handed_over[rows], waits[rows]),
    }
    return Lateness(late=~good[rows], weeks=local.weeks(), groups={name: groups[name] for name in DIMENSIONS})


def _done(done: NDArray[np.bool_], waits: NDArray[np.bool_]) -> Coded:
    return Coded(words=(NO, YES, UNANSWERED), codes=np.where(done, 1, np.where(waits, 2, 0)).astype(np.intp))


def in_slice(inquiries: PeriodInquiries, slice_: str) -> NDArray[np.bool_]:
    """Return which inquiries are in a slice, as ``unit:bygg``; all if it is empty."""
    if not slice_:
        return np.ones(len(inquiries), dtype=np.bool_)
    dimension, _, member = slice_.partition(":")
    of = inquiries.of[Dimension(dimension)]
    return np.isin(of.codes, [at for at, word in enumerate(of.words) if word == member])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalTimes:
    """Instants on the municipality's own clock.

    Attributes:
        day: number of the local date, as `date.toordinal`; day 1 is a Monday.
        hour: local hour, 0–23.
    """

    day: NDArray[np.intp]
    hour: NDArray[np.intp]

    @classmethod
    def of(cls, instants: Micros, zone: ZoneInfo) -> "LocalTimes":
        """Return instants (microseconds UTC) as local times; the zone's offset is whole hours."""
        hours, place = np.unique(instants // _HOUR, return_inverse=True)
        local = [datetime.fromtimestamp(hour * 3600, zone) for hour in hours.tolist()]
        day = np.array([one.toordinal() for one in local], dtype=np.intp)
        hour = np.array([one.hour for one in local], dtype=np.intp)
        return cls(day=day[place], hour=hour[place])

    @property
    def weekday(self) -> NDArray[np.intp]:
        """Return the day of the week, 0 for Monday."""
        return (self.day - 1) % 7

    def weeks(self) -> NDArray[np.intp]:
        """Return a number for each one's week, from 0 without gaps."""
        _, place = np.unique((self.day - 1) // 7, return_inverse=True)
        return place.astype(np.intp)
