"""Open time. Every expected number is worked out by hand; the sum stands beside it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import (
    MINUTE,
    Calendar,
    CalendarVersion,
    Hours,
    OutsideCalendarError,
    Season,
    SpecialDay,
    parse_span,
)
from bot.facts import from_micros, to_micros

STOCKHOLM, HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")


def hours(*spans: str) -> Hours:
    return tuple(parse_span(span) for span in spans)


def week(weekday: Hours, saturday: Hours = (), sunday: Hours = ()) -> tuple[Hours, ...]:
    return (weekday,) * 5 + (saturday, sunday)


DAY = hours("08:00-16:30")
PLAIN = CalendarVersion(valid_from=date(2020, 1, 1), decided_by="board", ordinary_day_minutes=510, week=week(DAY))
VALBORG = SpecialDay(date=date(2026, 4, 30), spans=hours("08:00-12:00"), decided_by="director")
SUMMER = Season(first=date(2026, 6, 15), last=date(2026, 8, 14), week=week(hours("08:00-15:00")))
SHORT = replace(PLAIN, valid_from=date(2026, 9, 2), week=week(hours("10:00-15:00")), ordinary_day_minutes=300)
ALWAYS = replace(PLAIN, week=(hours("00:00-24:00"),) * 7, closed_on_holidays=False, ordinary_day_minutes=1440)
NIGHT = (hours("22:00-24:00"), hours("00:00-02:00"), *((),) * 5)

OFFICE = Calendar([replace(PLAIN, days=(VALBORG,))])
LUNCH = Calendar([replace(PLAIN, week=week(hours("08:00-12:00", "13:00-16:30")), ordinary_day_minutes=450)])
SEASONAL = Calendar([replace(PLAIN, seasons=(SUMMER,))])
TWO_SEASONS = Calendar(
    [replace(PLAIN, seasons=(SUMMER, Season(first=date(2026, 7, 7), last=date(2026, 7, 7), week=((),) * 7)))]
)
CHANGED = Calendar([PLAIN, SHORT])
ROUND_THE_CLOCK = Calendar([ALWAYS])
MIDNIGHT = Calendar([replace(PLAIN, week=NIGHT)])
SUNDAY_NIGHT = Calendar([replace(PLAIN, week=week(DAY, (), hours("01:00-02:00", "02:30-06:00")))])
SKIPPED = Calendar([replace(PLAIN, week=week(DAY, (), hours("02:00-02:30", "02:30-03:00")))])
OVERLAPPING = Calendar([replace(PLAIN, week=week(DAY, (), hours("02:00-02:30", "03:00-03:10")))])
SKIPPED_WHOLE = Calendar([replace(PLAIN, week=week(DAY, (), hours("02:00-03:00")))])
REPEATED = Calendar([replace(PLAIN, week=week(DAY, (), hours("02:30-03:00")))])
FINNISH = Calendar([replace(PLAIN, country="FI", zone="Europe/Helsinki")])
SUNDAY_OPEN = SpecialDay(date=date(2026, 4, 5), spans=hours("10:00-12:00"), decided_by="director")
EASTER_OPEN = Calendar([replace(PLAIN, days=(SUNDAY_OPEN,))])
ON_HOLIDAYS = Calendar([replace(PLAIN, closed_on_holidays=False)])


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def micros(*instants: datetime) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([to_micros(instant) for instant in instants], dtype=np.int64)


TABLE = [
    (OFFICE, "2026-05-04T18:00", "2026-05-05T16:30", 510, "Mon evening counts from Tue 08:00: one whole day"),
    (OFFICE, "2026-05-08T15:00", "2026-05-11T09:00", 150, "Fri 15-16:30 is 90, the weekend 0, Mon 8-9 is 60"),
    (OFFICE, "2026-06-18T16:00", "2026-06-22T08:30", 60, "Thu 30, midsommarafton (Fri) closed, Mon 30"),
    (OFFICE, "2026-04-02T16:00", "2026-04-07T09:00", 90, "Thu 30, Good Friday to Easter Monday 0, Tue 60"),
    (OFFICE, "2026-12-23T15:30", "2026-12-28T09:00", 120, "Wed 60, julafton Thu and juldagen Fri 0, Mon 60"),
    (OFFICE, "2026-12-30T16:00", "2027-01-04T08:15", 45, "week 53: Wed 30, nyårsafton, 1 Jan 0, Mon 15"),
    (OFFICE, "2027-01-05T16:00", "2027-01-07T08:10", 40, "Tue 30, trettondedagen (Wed) closed, Thu 10"),
    (OFFICE, "2026-05-13T12:00", "2026-05-15T12:00", 510, "Wed 270, Ascension (Thu) 0, the Friday after is open: 240"),
    (OFFICE, "2026-06-05T08:00", "2026-06-08T16:30", 1020, "6 June on a Saturday gives no other day off: 510 + 510"),
    (OFFICE, "2026-05-25T08:00", "2026-05-25T16:30", 510, "Whit Monday has been an ordinary day since 2005"),
    (OFFICE, "2026-04-30T10:00", "2026-05-04T09:00", 180, "half day to 12: 120, 1 May 0, Mon 60"),
    (OFFICE, "2026-04-30T12:00", "2026-04-30T16:30", 0, "the afternoon of the half day"),
    (OFFICE, "2026-05-05T10:00", "2026-05-05T10:00", 0, "no time has passed"),
    (OFFICE, "2026-05-05T10:00", "2026-05-04T10:00", 0, "an end before its start is never negative"),
    (LUNCH, "2026-05-05T11:30", "2026-05-05T13:30", 60, "30 before and 30 after the closed hour"),
    (LUNCH, "2026-05-05T12:15", "2026-05-05T12:45", 0, "within the closed hour"),
    (LUNCH, "2026-05-05T07:00", "2026-05-06T18:00", 900, "2 x (240 + 210)"),
    (SEASONAL, "2026-07-06T14:00", "2026-07-07T09:00", 120, "summer closes at 15: 60, then 60"),
    (SEASONAL, "2026-06-12T16:00", "2026-06-15T16:30", 450, "Fri 30 by the week, Mon 420 is the first summer day"),
    (SEASONAL, "2026-08-14T08:00", "2026-08-17T16:30", 930, "420 on the last summer day, 510 after it"),
    (TWO_SEASONS, "2026-07-06T14:00", "2026-07-08T09:00", 120, "the later season closes the Tuesday: 60 + 0 + 60"),
    (EASTER_OPEN, "2026-04-02T16:30", "2026-04-07T08:00", 120, "a special day goes before holiday and week"),
    (ON_HOLIDAYS, "2026-04-03T08:00", "2026-04-03T16:30", 510, "Good Friday where holidays do not close"),
    (ROUND_THE_CLOCK, "2026-03-29T00:00", "2026-03-30T00:00", 1380, "the spring Sunday has 23 hours"),
    (ROUND_THE_CLOCK, "2026-10-25T00:00", "2026-10-26T00:00", 1500, "the autumn Sunday has 25 hours"),
    (ROUND_THE_CLOCK, "2026-03-29T01:00", "2026-03-29T04:00", 120, "1 to 2 and 3 to 4; 2 to 3 does not exist"),
    (ROUND_THE_CLOCK, "2026-12-24T12:00", "2026-12-25T12:00", 1440, "open on julafton as on other days"),
    (MIDNIGHT, "2026-05-04T21:00", "2026-05-05T03:00", 240, "22-24 and 0-2 touch at midnight"),
    (SUNDAY_NIGHT, "2026-03-29T00:00", "2026-03-29T12:00", 210, "60, then 02:30 does not exist: from 03:30, 150"),
    (SUNDAY_NIGHT, "2026-10-25T00:00", "2026-10-25T12:00", 330, "60, from the first 02:30 on 4 h 30 min: 270"),
    (SKIPPED, "2026-03-29T00:00", "2026-03-29T12:00", 30, "2-2:30 counts as 3-3:30; 2:30-3 is empty by then"),
    (OVERLAPPING, "2026-03-29T00:00", "2026-03-29T12:00", 30, "2-2:30 counts as 3-3:30, and 3-3:10 lies within"),
    (SKIPPED_WHOLE, "2026-03-29T00:00", "2026-03-29T12:00", 0, "2-3 does not exist"),
    (REPEATED, "2026-10-25T00:00", "2026-10-25T12:00", 90, "from the first 02:30 to the only 03:00"),
    (CHANGED, "2026-09-01T15:00", "2026-09-02T16:30", 600, "arrived under the old hours: 90 + 510"),
    (CHANGED, "2026-09-02T00:00", "2026-09-02T16:30", 300, "arrived under the new ones: 10-15"),
    (CHANGED, "2026-09-01T23:59", "2026-09-02T16:30", 510, "one minute before midnight the old ones still hold"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "start", "end", "minutes", "why"), TABLE)
def test_open_time(calendar: Calendar, start: str, end: str, minutes: int, why: str) -> None:
    assert calendar.open_time(at(start), at(end)) == timedelta(minutes=minutes), why
    pieces = calendar.segments(at(start), at(end))
    assert sum((piece.end - piece.start for piece in pieces), timedelta()) == timedelta(minutes=minutes)


def test_hours_are_local_to_the_zone_and_holidays_to_the_country() -> None:
    start, end = at("2026-05-05T00:00"), at("2026-05-06T00:00")
    (swedish,), (finnish,) = OFFICE.segments(start, end), FINNISH.segments(start, end)
    assert swedish.start - finnish.start == timedelta(hours=1)  # 08:00 comes an hour earlier in Helsinki
    assert finnish.start == at("2026-05-05T08:00", HELSINKI)
    # 6 June 2025 is a Friday: the Swedish national day. 6 December 2027 is a Monday: the Finnish one.
    assert [OFFICE.is_open(at("2025-06-06T10:00")), FINNISH.is_open(at("2025-06-06T10:00"))] == [False, True]
    assert [OFFICE.is_open(at("2027-12-06T10:00")), FINNISH.is_open(at("2027-12-06T10:00"))] == [True, False]
    assert not FINNISH.is_open(at("2026-06-19T10:00")), "juhannusaatto"
    assert FINNISH.is_open(at("2026-12-31T10:00")), "New Year's Eve is no public holiday in Finland"


def test_after_open_ends_at_closing_and_waits_outside_hours() -> None:
    cases = [
        ("2026-05-04T16:00", 30, "2026-05-04T16:30", "exactly used up at closing: the closing, not Tue 08:00"),
        ("2026-05-04T18:00", 30, "2026-05-05T08:30", "outside hours it waits for the opening"),
        ("2026-05-08T16:00", 31, "2026-05-11T08:01", "30 on Friday, 1 on Monday"),
        ("2026-05-09T12:00", 0, "2026-05-09T12:00", "no time has passed at the start itself"),
    ]
    for start, minutes, expected, why in cases:
        wait = np.array([minutes * MINUTE], dtype=np.int64)
        assert OFFICE.after_open(micros(at(start)), wait)[0] == to_micros(at(expected)), why


def test_opening_is_in_and_closing_is_out() -> None:
    tick = timedelta(microseconds=1)
    opening, closing = at("2026-05-05T08:00"), at("2026-05-05T16:30")
    found = [OFFICE.is_open(instant) for instant in (opening - tick, opening, closing - tick, closing)]
    assert found == [False, True, True, False]
    assert OFFICE.next_opening(opening) == opening
    assert OFFICE.next_opening(opening + tick) == opening + tick
    assert OFFICE.next_opening(closing) == at("2026-05-06T08:00")
    assert OFFICE.next_opening(at("2026-12-23T17:00")) == at("2026-12-28T08:00")
    assert MIDNIGHT.is_open(at("2026-05-05T00:00")), "spans that touch at midnight are one"


def test_spans_that_touch_are_one_piece() -> None:
    start, end = at("2026-05-04T00:00"), at("2026-05-11T00:00")
    assert [(piece.start, piece.end) for piece in ROUND_THE_CLOCK.segments(start, end)] == [(start, end)]
    (night,) = MIDNIGHT.segments(start, end)
    assert (night.start, night.end) == (at("2026-05-04T22:00"), at("2026-05-05T02:00"))


def test_next_opening_is_that_of_the_version_in_force_then() -> None:
    assert CHANGED.next_opening(at("2026-09-01T20:00")) == at("2026-09-02T10:00")
    assert CHANGED.next_opening(at("2026-08-31T20:00")) == at("2026-09-01T08:00")
    overnight = Calendar([ALWAYS, SHORT])
    assert overnight.is_open(at("2026-09-01T23:59"))
    assert overnight.next_opening(at("2026-09-02T00:00")) == at("2026-09-02T10:00")
    # Before the first version the first one holds, and the next one takes over in its time.
    late = Calendar([replace(SHORT, valid_from=date(2026, 5, 6)), replace(PLAIN, valid_from=date(2026, 9, 2))])
    assert late.next_opening(at("2026-05-05T08:00")) == at("2026-05-05T10:00")
    assert late.version_at(at("2026-05-05T08:00")) is late.versions[0]
    assert late.version_at(at("2026-09-02T00:00")) is late.versions[1]


def test_days_are_counted_open_and_local() -> None:
    evening = at("2026-05-08T23:30")  # Friday in Stockholm, 21:30 UTC
    assert OFFICE.nth_open_day(evening, 1) == date(2026, 5, 11)
    assert OFFICE.nth_open_day(evening, 4) == date(2026, 5, 15), "Mon, Tue, Wed, not Ascension, Fri"
    assert OFFICE.nth_open_day(at("2026-05-11T00:30"), 1) == date(2026, 5, 12), "22:30 UTC is Monday already"
    assert OFFICE.nth_open_day(at("2026-12-30T12:00"), 1) == date(2027, 1, 4)
    assert SKIPPED_WHOLE.nth_open_day(at("2026-03-28T12:00"), 1) == date(2026, 3, 30), "Sunday 2-3 is skipped"
    assert SKIPPED_WHOLE.nth_open_day(at("2026-03-21T12:00"), 1) == date(2026, 3, 22)
    assert OFFICE.local(evening).isoformat() == "2026-05-08T23:30:00+02:00"
    with pytest.raises(ValueError, match="counted from 1"):
        OFFICE.nth_open_day(evening, 0)


def test_arrays_mix_versions_and_keep_their_order() -> None:
    rows = [row for row in TABLE if row[0] is CHANGED]
    starts, ends = micros(*(at(row[1]) for row in rows)), micros(*(at(row[2]) for row in rows))
    assert CHANGED.open_micros(starts, ends).tolist() == [row[3] * MINUTE for row in rows]
    assert CHANGED.ordinary_day_micros(starts).tolist() == [510 * MINUTE, 300 * MINUTE, 510 * MINUTE]
    empty = np.array([], dtype=np.int64)
    assert CHANGED.open_micros(empty, empty).tolist() == []
    assert CHANGED.closing_of_next_open_day(empty).tolist() == []


def test_an_instant_must_be_utc_and_inside_the_years() -> None:
    inside, naive = at("2026-05-04T10:00"), datetime(2026, 5, 4, 10)
    other = inside.astimezone(timezone(timedelta(hours=2)))
    for wrong in (naive, other):
        for call in (OFFICE.is_open, OFFICE.next_opening, OFFICE.local, OFFICE.version_at):
            with pytest.raises(ValueError, match="UTC"):
                call(wrong)
        with pytest.raises(ValueError, match="UTC"):
            OFFICE.open_time(inside, wrong)
        with pytest.raises(ValueError, match="UTC"):
            OFFICE.segments(wrong, inside)
        with pytest.raises(ValueError, match="UTC"):
            OFFICE.nth_open_day(wrong, 1)
    narrow = Calendar([PLAIN], first_year=2026, last_year=2026)
    last = at("2026-12-31T23:59:59")
    assert narrow.open_time(at("2026-01-01T00:00"), at("2026-01-02T12:00")) == timedelta(hours=4)
    assert not narrow.is_open(last)
    with pytest.raises(OutsideCalendarError):
        narrow.next_opening(last)
    with pytest.raises(OutsideCalendarError):
        narrow.nth_open_day(last, 1)
    with pytest.raises(OutsideCalendarError):
        narrow.is_open(at("2027-01-01T00:00"))
    for year in (2025, 2027):
        with pytest.raises(OutsideCalendarError, match="2026"):
            narrow.open_time(inside, at(f"{year}-06-01T00:00"))
    with pytest.raises(OutsideCalendarError):
        narrow.after_open(micros(last), micros(inside))
    with pytest.raises(OutsideCalendarError):
        narrow.closing_of_next_open_day(micros(last))


def test_arrays_must_be_whole_microseconds_of_one_shape() -> None:
    good = micros(at("2026-05-04T10:00"))
    with pytest.raises(ValueError, match="int64"):
        OFFICE.open_micros(good.astype(np.float64), good)
    with pytest.raises(ValueError, match="shape"):
        OFFICE.after_open(good, np.array([1, 2], dtype=np.int64))
    with pytest.raises(ValueError, match="negative"):
        OFFICE.after_open(good, np.array([-1], dtype=np.int64))


RED_DAYS = """
2026-01-01 2026-01-06 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-06-19 2026-12-24 2026-12-25
2026-12-31 2027-01-01 2027-01-06 2027-03-26 2027-03-29 2027-05-06 2027-06-25 2027-12-24 2027-12-31
"""
"""Closed weekdays in Sweden 2026-2027, from the printed calendar."""

BUSY = replace(
    PLAIN,
    week=week(hours("08:00-12:00", "13:00-16:30"), hours("10:00-10:45"), hours("01:15-04:20", "23:00-24:00")),
    seasons=(SUMMER,),
    days=(VALBORG,),
)


def hours_by_hand(day: date) -> list[tuple[int, int]]:
    """The hours of BUSY, found another way than the product finds them."""
    if day == date(2026, 4, 30):
        return [(480, 720)]
    easter_and_pentecost = {date(2026, 4, 5), date(2026, 5, 24), date(2027, 3, 28), date(2027, 5, 16)}
    saturdays = {date(2026, 6, 6), date(2026, 6, 20), date(2026, 10, 31), date(2026, 12, 26), date(2027, 5, 1),
                 date(2027, 6, 26), date(2027, 11, 6), date(2027, 12, 25)}  # fmt: skip
    sundays = {date(2027, 6, 6), date(2027, 12, 26)}
    if str(day) in RED_DAYS or day in easter_and_pentecost | saturdays | sundays:
        return []
    if date(2026, 6, 15) <= day <= date(2026, 8, 14):
        return [(480, 900)] if day.isoweekday() <= 5 else []
    if day.isoweekday() <= 5:
        return [(480, 720), (780, 990)]
    return [(600, 645)] if day.isoweekday() == 6 else [(75, 260), (1380, 1440)]


def open_by_hand(start: datetime, end: datetime) -> timedelta:
    """Open time summed day by day with plain datetimes."""
    total, day = timedelta(), start.astimezone(STOCKHOLM).date()
    while day <= end.astimezone(STOCKHOLM).date():
        midnight = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM)
        for begin, stop in hours_by_hand(day):
            edges = [(midnight + timedelta(minutes=minute)).astimezone(UTC) for minute in (begin, stop)]
            total += max(timedelta(), min(end, edges[1]) - max(start, edges[0]))
        day += timedelta(days=1)
    return total


def test_random_instants_agree_with_a_day_by_day_count() -> None:
    random = np.random.default_rng(20260329)
    low, high = to_micros(at("2026-01-01T00:00")), to_micros(at("2027-12-15T00:00"))
    starts = random.integers(low, high, 2_000)
    # Half of them around the clock changes, where mistakes live.
    changes = [to_micros(at(f"{day}T00:00")) for day in ("2026-03-28", "2026-10-24", "2027-03-27", "2027-10-30")]
    starts[::2] = random.choice(changes, 1_000) + random.integers(0, 2 * 1440 * MINUTE, 1_000)
    ends = starts + random.integers(0, 10 * 1440 * MINUTE, 2_000)
    found = Calendar([BUSY]).open_micros(starts, ends)
    for start, end, micros_open in zip(starts.tolist(), ends.tolist(), found.tolist(), strict=True):
        expected = open_by_hand(from_micros(start), from_micros(end))
        assert timedelta(microseconds=micros_open) == expected, (from_micros(start), from_micros(end))


def test_closing_of_the_next_open_day_agrees_with_a_day_by_day_search() -> None:
    random = np.random.default_rng(7)
    starts = random.integers(to_micros(at("2026-01-01T00:00")), to_micros(at("2027-12-15T00:00")), 1_000)
    found = Calendar([BUSY]).closing_of_next_open_day(starts)
    for start, closing in zip(starts.tolist(), found.tolist(), strict=True):
        day = from_micros(start).astimezone(STOCKHOLM).date() + timedelta(days=1)
        while not hours_by_hand(day):
            day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM)
        assert from_micros(closing) == midnight + timedelta(minutes=hours_by_hand(day)[-1][1])


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any week with something open, on any zone, over two years."""
    cuts = st.lists(st.integers(0, 1440), unique=True, max_size=6).map(sorted)
    days = draw(st.lists(cuts, min_size=7, max_size=7))
    drawn = tuple(tuple(zip(cut[::2], cut[1::2], strict=False)) for cut in days)
    version = replace(PLAIN, week=drawn if any(drawn) else week(DAY))
    abroad = replace(version, zone="Europe/Helsinki", country="FI")
    return Calendar([draw(st.sampled_from([version, abroad]))], first_year=2026, last_year=2027)


INSTANTS = st.integers(to_micros(at("2026-01-02T00:00")), to_micros(at("2026-12-30T00:00"))).map(from_micros)


@settings(deadline=None, max_examples=60)
@given(calendars(), st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_open_time_adds_up_and_is_never_more_than_what_passed(calendar: Calendar, three: list[datetime]) -> None:
    a, b, c = three
    assert calendar.open_time(a, c) == calendar.open_time(a, b) + calendar.open_time(b, c)
    assert timedelta() <= calendar.open_time(a, c) <= c - a


@settings(deadline=None, max_examples=60)
@given(calendars(), INSTANTS, st.integers(1, 600 * MINUTE))
def test_after_open_is_the_first_instant_with_that_much_open_time(
    calendar: Calendar, start: datetime, wait: int
) -> None:
    if calendar.open_time(start, at("2027-12-30T00:00")) < timedelta(microseconds=wait):
        return
    end = from_micros(int(calendar.after_open(micros(start), np.array([wait], dtype=np.int64))[0]))
    assert calendar.open_time(start, end) == timedelta(microseconds=wait)
    assert calendar.open_time(start, end - timedelta(microseconds=1)) < timedelta(microseconds=wait)


@settings(deadline=None, max_examples=60)
@given(calendars(), INSTANTS)
def test_it_is_open_from_the_next_opening_and_not_before(calendar: Calendar, instant: datetime) -> None:
    opening = calendar.next_opening(instant)
    assert calendar.is_open(opening)
    assert calendar.open_time(instant, opening) == timedelta()
    assert calendar.is_open(instant) == (opening == instant)
