"""Promises to citizens: until when an inquiry was to be answered, and whether it was. Pure.

The rules are those by which leads are told of broken promises. A promise passes at the midnight that ends its local
day. A person's holding notice that came before then moves it to another day, and one that came later does not save it;
nor does the delay notice that the system sends by itself.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from bot.clock import NO_ANSWER
from bot.facts import to_micros
from measurement.population import Coded


def promises_end(promised: Coded, answered: Micros, zone: ZoneInfo, as_of: int) -> Micros:
    """Return for each inquiry when the promise in force ends (microseconds UTC), `NO_ANSWER` where none was made.

    Args:
        promised: as `bot.inquiry.Inquiry.promised` has it.
        answered: the standing answers, `NO_ANSWER` where there is none: what is told after one is no promise of it.
        zone: whose midnights end the days.
        as_of: holding notices after this instant (microseconds UTC) are not known yet.
    """
    ends = np.array([_end(words, zone, as_of) for words in promised.words], dtype=np.int64)[promised.codes]
    moved = np.isin(promised.codes, [at for at, words in enumerate(promised.words) if " " in words])
    for row in np.flatnonzero(moved & (answered != NO_ANSWER)):
        # Another answer makes another promise of the same words; few were told a second day at all.
        ends[row] = _end(promised.words[promised.codes[row]], zone, min(as_of, int(answered[row]) - 1))
    return ends


def kept(ends: Micros, answered: Micros, as_of: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which promises have passed at an instant (microseconds UTC), and which were kept.

    `answered` are the standing answers given by then, `NO_ANSWER` where there is none.
    """
    return (ends != NO_ANSWER) & (ends <= as_of), (answered != NO_ANSWER) & (answered < ends)


def _end(words: str, zone: ZoneInfo, until: int) -> int:
    """Return when the promise ends by what was told until an instant, this one included."""
    first, *moved = words.split(" ")
    if not first:
        return NO_ANSWER
    end = _midnight_after(first, zone)
    for one in moved:
        told, _, day = one.partition(":")
        if int(told) < end and int(told) <= until:
            end = _midnight_after(day, zone)
    return end


def _midnight_after(day: str, zone: ZoneInfo) -> int:
    return to_micros(datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone).astimezone(UTC))
