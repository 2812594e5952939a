"""When an answer is due, and the class every inquiry falls in: the rules of "within one day".

Pure; of the product it imports `bot.facts` and `bot.calendar`. Staff and figures are told by these same functions.
What starts and stops the clock stands in `bot.inquiry`; both are described in docs/clock.md.
"""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from bot.calendar import MINUTE, Calendar, Micros
from bot.facts import from_micros, to_micros

_ELAPSED_DAY = 24 * 60 * MINUTE
NO_ANSWER = -1
"""Stands for "no answer" among answers in microseconds."""


class Rule(StrEnum):
    """What "within one day" means. All are always computed, each with its own cohort, and never mixed."""

    ONE_WORKING_DAY = "one_working_day"
    TWO_WORKING_DAYS = "two_working_days"
    END_OF_NEXT_WORKING_DAY = "end_of_next_working_day"
    CLOCK_24H = "clock_24h"


class TimeClass(StrEnum):
    """Where an inquiry stands at an instant under a rule. The classes add up to all arrivals."""

    IN_TIME = "in_time"
    LATE = "late"
    UNANSWERED = "unanswered_past_due"
    NOT_YET_DUE = "not_yet_due"
    EXCLUDED = "left_out"


CLASSES = tuple(TimeClass)
"""The class of each code of `classify_many`."""


def deadlines(calendar: Calendar, rule: Rule, arrivals: Micros) -> Micros:
    """Return when answers to arrivals are due, in microseconds UTC; an answer at the deadline is in time.

    ``one_working_day``: the first instant at which N open minutes have passed since arrival, N being the ordinary
    day of the calendar version in force at arrival; ``two_working_days``: 2 N; ``end_of_next_working_day``: the
    closing of the first open day after the arrival's local date; ``clock_24h``: 24 elapsed hours.

    Raises:
        ValueError: arrivals that are not int64.
        OutsideCalendarError: an arrival, or its deadline, outside the calendar's years.
    """
    match rule:
        case Rule.ONE_WORKING_DAY:
            return calendar.after_open(arrivals, calendar.ordinary_day_micros(arrivals))
        case Rule.TWO_WORKING_DAYS:
            return calendar.after_open(arrivals, 2 * calendar.ordinary_day_micros(arrivals))
        case Rule.END_OF_NEXT_WORKING_DAY:
            return calendar.closing_of_next_open_day(arrivals)
        case Rule.CLOCK_24H:
            return arrivals + _ELAPSED_DAY
        case _:
            assert_never(rule)


def deadline(calendar: Calendar, rule: Rule, arrival: datetime) -> datetime:
    """Return when an answer to a UTC arrival is due (UTC), as `deadlines`.

    Raises:
        ValueError: the arrival is not UTC, or (`OutsideCalendarError`) outside the calendar's years.
    """
    return from_micros(int(deadlines(calendar, rule, _one(arrival))[0]))


def classify_many(answered: Micros, excluded: NDArray[np.bool_], deadlines: Micros, as_of: int) -> NDArray[np.int8]:
    """Return the class of each inquiry at an instant, as its place in `CLASSES`.

    Left out goes before everything. What is not due yet (deadline after `as_of`) is so even if it is answered, so
    that quick answers do not enter the share before slow ones can. An answer after `as_of` is none yet.

    Args:
        answered: instants of the standing answers, `NO_ANSWER` where there is none.
        excluded: whether each inquiry is left out.
        deadlines: under one rule.
        as_of: microseconds UTC.
    """
    due, given = deadlines <= as_of, (answered != NO_ANSWER) & (answered <= as_of)
    conditions = [excluded, ~due, ~given, answered > deadlines]
    classes = (TimeClass.EXCLUDED, TimeClass.NOT_YET_DUE, TimeClass.UNANSWERED, TimeClass.LATE)
    codes = [np.int8(CLASSES.index(name)) for name in classes]
    return np.select(conditions, codes, np.int8(CLASSES.index(TimeClass.IN_TIME))).astype(np.int8)


def classify(answered_at: datetime | None, excluded: bool, deadline: datetime, as_of: datetime) -> TimeClass:
    """Return the class of one inquiry at a UTC instant, as `classify_many`.

    Raises:
        ValueError: an instant that is not UTC.
    """
    answered = np.array([NO_ANSWER], dtype=np.int64) if answered_at is None else _one(answered_at)
    codes = classify_many(answered, np.array([excluded]), _one(deadline), to_micros(as_of))
    return CLASSES[int(codes[0])]


def _one(instant: datetime) -> Micros:
    return np.array([to_micros(instant)], dtype=np.int64)
