"""Deadlines under every rule, and the classes. Worked out by hand; times are local, Europe/Stockholm."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import Calendar, OutsideCalendarError
from bot.clock import CLASSES, NO_ANSWER, Rule, TimeClass, classify, classify_many, deadline, deadlines
from bot.facts import to_micros
from tests.test_calendar import CHANGED, FINNISH, LUNCH, OFFICE, ROUND_THE_CLOCK, SEASONAL, at, calendars, micros

TICK = timedelta(microseconds=1)

# Arrival; due under one working day, two, end of the next working day, 24 hours; why.
TABLE = [
    (OFFICE, "2026-05-04T18:00", "2026-05-05T16:30", "2026-05-06T16:30", "2026-05-05T16:30", "2026-05-05T18:00",
     "Monday evening: all of Tuesday, so until its closing"),
    (OFFICE, "2026-05-04T10:00", "2026-05-05T10:00", "2026-05-06T10:00", "2026-05-05T16:30", "2026-05-05T10:00",
     "390 on Monday, the other 120 of 510 on Tuesday"),
    (OFFICE, "2026-05-04T08:00", "2026-05-04T16:30", "2026-05-05T16:30", "2026-05-05T16:30", "2026-05-05T08:00",
     "at the very opening the whole day is the same day"),
    (OFFICE, "2026-05-04T16:30", "2026-05-05T16:30", "2026-05-06T16:30", "2026-05-05T16:30", "2026-05-05T16:30",
     "at the very closing nothing of Monday is left"),
    (OFFICE, "2026-05-08T15:00", "2026-05-11T15:00", "2026-05-12T15:00", "2026-05-11T16:30", "2026-05-09T15:00",
     "Friday afternoon: 90, then 420 on Monday"),
    (OFFICE, "2026-05-09T12:00", "2026-05-11T16:30", "2026-05-12T16:30", "2026-05-11T16:30", "2026-05-10T12:00",
     "Saturday: all of Monday"),
    (OFFICE, "2026-05-10T23:30", "2026-05-11T16:30", "2026-05-12T16:30", "2026-05-11T16:30", "2026-05-11T23:30",
     "Sunday night is Sunday in local time: the next open day is Monday"),
    (OFFICE, "2026-05-11T00:30", "2026-05-11T16:30", "2026-05-12T16:30", "2026-05-12T16:30", "2026-05-12T00:30",
     "half past midnight is Monday, although Sunday in UTC: the next open day is Tuesday"),
    (OFFICE, "2026-04-30T10:00", "2026-05-04T14:30", "2026-05-05T14:30", "2026-05-04T16:30", "2026-05-01T10:00",
     "half day: 120 to noon, 1 May closed, 390 on Monday; then 120 + 390 again"),
    (OFFICE, "2026-04-29T10:00", "2026-04-30T10:00", "2026-05-04T14:30", "2026-04-30T12:00", "2026-04-30T10:00",
     "390 + 120; then 120 to noon + 390; the half day closes at noon"),
    (OFFICE, "2026-04-02T16:00", "2026-04-07T16:00", "2026-04-08T16:00", "2026-04-07T16:30", "2026-04-03T16:00",
     "Easter: 30 on Thursday, 480 on Tuesday"),
    (OFFICE, "2026-05-13T16:00", "2026-05-15T16:00", "2026-05-18T16:00", "2026-05-15T16:30", "2026-05-14T16:00",
     "Ascension: 30 on Wednesday, 480 on Friday; 30 on Friday, 480 on Monday"),
    (OFFICE, "2026-06-18T16:00", "2026-06-22T16:00", "2026-06-23T16:00", "2026-06-22T16:30", "2026-06-19T16:00",
     "midsommarafton closed: 30 on Thursday, 480 on Monday"),
    (OFFICE, "2026-06-05T16:00", "2026-06-08T16:00", "2026-06-09T16:00", "2026-06-08T16:30", "2026-06-06T16:00",
     "6 June on a Saturday takes no weekday"),
    (OFFICE, "2026-12-23T16:00", "2026-12-28T16:00", "2026-12-29T16:00", "2026-12-28T16:30", "2026-12-24T16:00",
     "julafton and juldagen closed: 30 on Wednesday, 480 on Monday"),
    (OFFICE, "2026-12-30T12:00", "2027-01-04T12:00", "2027-01-05T12:00", "2027-01-04T16:30", "2026-12-31T12:00",
     "week 53, nyårsafton and nyårsdagen closed: 270 + 240"),
    (OFFICE, "2027-01-04T17:00", "2027-01-05T16:30", "2027-01-07T16:30", "2027-01-05T16:30", "2027-01-05T17:00",
     "trettondedagen is a Wednesday: the second day is Thursday"),
    (LUNCH, "2026-05-05T12:30", "2026-05-06T12:00", "2026-05-07T12:00", "2026-05-06T16:30", "2026-05-06T12:30",
     "N is 450: 210 from 13:00, 240 the day after, up to the closing for lunch"),
    (SEASONAL, "2026-07-06T10:00", "2026-07-07T11:30", "2026-07-08T13:00", "2026-07-07T15:00", "2026-07-07T10:00",
     "N stays 510 in summer: 300 + 210; then 210 + 300; summer closes at 15"),
    (CHANGED, "2026-09-01T15:00", "2026-09-02T15:00", "2026-09-03T15:00", "2026-09-02T16:30", "2026-09-02T15:00",
     "the hours at arrival hold to the end: 90 + 420, although new hours start on Wednesday"),
    (CHANGED, "2026-09-02T00:00", "2026-09-02T15:00", "2026-09-03T15:00", "2026-09-03T15:00", "2026-09-03T00:00",
     "from midnight the new hours and the new N, 300"),
    (FINNISH, "2026-05-04T18:00", "2026-05-05T15:30", "2026-05-06T15:30", "2026-05-05T15:30", "2026-05-05T18:00",
     "16:30 in Helsinki is 15:30 in Stockholm"),
    (ROUND_THE_CLOCK, "2026-03-28T12:00", "2026-03-29T13:00", "2026-03-30T13:00", "2026-03-30T00:00",
     "2026-03-29T13:00", "24 elapsed hours over the 23-hour day end an hour later on the clock"),
    (ROUND_THE_CLOCK, "2026-10-24T12:00", "2026-10-25T11:00", "2026-10-26T11:00", "2026-10-26T00:00",
     "2026-10-25T11:00", "24 elapsed hours over the 25-hour day end an hour earlier on the clock"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "arrival", "one", "two", "next_day", "elapsed", "why"), TABLE)
def test_deadlines(calendar: Calendar, arrival: str, one: str, two: str, next_day: str, elapsed: str, why: str) -> None:
    due = {rule: deadline(calendar, rule, at(arrival)) for rule in Rule}
    assert due == {
        Rule.ONE_WORKING_DAY: at(one),
        Rule.TWO_WORKING_DAYS: at(two),
        Rule.END_OF_NEXT_WORKING_DAY: at(next_day),
        Rule.CLOCK_24H: at(elapsed),
    }, why


def test_many_deadlines_are_the_same_as_one_by_one() -> None:
    arrivals = [at(row[1]) for row in TABLE if row[0] is OFFICE]
    for rule in Rule:
        expected = [to_micros(deadline(OFFICE, rule, arrival)) for arrival in arrivals]
        assert deadlines(OFFICE, rule, micros(*arrivals)).tolist() == expected


def test_a_deadline_needs_utc_and_years_the_calendar_covers() -> None:
    for rule in Rule:
        with pytest.raises(ValueError, match="UTC"):
            deadline(OFFICE, rule, datetime(2026, 5, 4, 10))
    for rule in (Rule.ONE_WORKING_DAY, Rule.TWO_WORKING_DAYS, Rule.END_OF_NEXT_WORKING_DAY):
        with pytest.raises(OutsideCalendarError):
            deadline(OFFICE, rule, datetime(2050, 5, 4, 10, tzinfo=UTC))


DUE = at("2026-05-05T16:30")
CLASS_TABLE: list[tuple[datetime | None, bool, datetime, TimeClass, str]] = [
    (DUE - TICK, False, DUE, TimeClass.IN_TIME, "before the deadline"),
    (DUE, False, DUE, TimeClass.IN_TIME, "at the deadline, and judged at that instant"),
    (DUE + TICK, False, DUE + TICK, TimeClass.LATE, "one microsecond after"),
    (None, False, DUE, TimeClass.UNANSWERED, "due now and unanswered is in the figure"),
    (None, False, DUE - TICK, TimeClass.NOT_YET_DUE, "not due for another microsecond"),
    (DUE - timedelta(hours=3), False, DUE - TICK, TimeClass.NOT_YET_DUE, "answered early, still not in the share"),
    (DUE + timedelta(hours=1), False, DUE, TimeClass.UNANSWERED, "an answer after the instant asked about is none"),
    (DUE, True, DUE, TimeClass.EXCLUDED, "left out goes before in time"),
    (None, True, DUE - TICK, TimeClass.EXCLUDED, "and before not yet due"),
]


@pytest.mark.parametrize(("answered", "excluded", "as_of", "expected", "why"), CLASS_TABLE)
def test_classes(answered: datetime | None, excluded: bool, as_of: datetime, expected: TimeClass, why: str) -> None:
    assert classify(answered, excluded, DUE, as_of) is expected, why


def test_classes_refuse_naive_instants() -> None:
    naive = datetime(2026, 5, 5, 16, 30)
    for arguments in ((naive, False, DUE, DUE), (None, False, naive, DUE), (None, False, DUE, naive)):
        with pytest.raises(ValueError, match="UTC"):
            classify(*arguments)


ROW = st.tuples(st.integers(-1, 9), st.booleans(), st.integers(0, 9))


@given(st.lists(ROW, max_size=20), st.integers(0, 9))
def test_classes_divide_all_arrivals(rows: list[tuple[int, bool, int]], as_of: int) -> None:
    answered = np.array([row[0] for row in rows], dtype=np.int64)
    excluded = np.array([row[1] for row in rows], dtype=np.bool_)
    due = np.array([row[2] for row in rows], dtype=np.int64)
    codes = classify_many(answered, excluded, due, as_of)
    assert codes.dtype == np.int8
    expected = []
    for given_at, out, at_latest in rows:
        known = given_at != NO_ANSWER and given_at <= as_of
        truths = {
            TimeClass.EXCLUDED: out,
            TimeClass.NOT_YET_DUE: not out and at_latest > as_of,
            TimeClass.IN_TIME: not out and at_latest <= as_of and known and given_at <= at_latest,
            TimeClass.LATE: not out and at_latest <= as_of and known and given_at > at_latest,
            TimeClass.UNANSWERED: not out and at_latest <= as_of and not known,
        }
        assert sum(truths.values()) == 1
        expected.append(next(name for name, true in truths.items() if true))
    assert [CLASSES[code] for code in codes] == expected


@settings(deadline=None, max_examples=60)
@given(calendars(), st.integers(0, 300 * 1440).map(lambda minutes: at("2026-01-02T00:00") + timedelta(minutes=minutes)))
def test_a_deadline_comes_after_the_arrival_and_two_days_after_one(calendar: Calendar, arrival: datetime) -> None:
    due = {}
    for rule in Rule:
        try:
            due[rule] = deadline(calendar, rule, arrival)
        except OutsideCalendarError:
            return
    assert arrival < due[Rule.ONE_WORKING_DAY] < due[Rule.TWO_WORKING_DAYS]
    assert arrival < due[Rule.END_OF_NEXT_WORKING_DAY]
    assert due[Rule.CLOCK_24H] - arrival == timedelta(hours=24)
    assert calendar.open_time(arrival, due[Rule.ONE_WORKING_DAY]) == timedelta(minutes=510)
