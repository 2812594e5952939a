from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.periods import Month, Period, Tertial, Week, Year, parse_period, week_of, weeks_back

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HELSINKI = ZoneInfo("Europe/Helsinki")

instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from([STOCKHOLM, HELSINKI])


def test_a_week_is_read_and_written_the_same() -> None:
    week = Week.parse("2026-W47")
    assert (week.year, week.number, str(week)) == (2026, 47, "2026-W47")
    assert week == Week(year=2026, number=47)


@pytest.mark.parametrize("text", ["2026-W54", "2025-W53", "2026-W00"])
def test_a_week_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=rf"no week \d+ in {text[:4]}"):
        Week.parse(text)


@pytest.mark.parametrize("text", ["", "47", "2026-47", "2026W47", "2026-W4", "2026-W470", "vecka 47", "٢٠٢٦-W47"])
def test_nonsense_is_told_how_a_week_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="written as 2026-W47"):
        Week.parse(text)


def test_monday_midnight_is_local() -> None:
    week = Week.parse("2026-W47")
    assert week.start(STOCKHOLM) == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert week.start(HELSINKI) == datetime(2026, 11, 15, 22, tzinfo=UTC)
    assert week.end(STOCKHOLM) == week.next().start(STOCKHOLM)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2026-W12", 168), ("2026-W13", 167), ("2026-W43", 169), ("2026-W44", 168)],
)
@pytest.mark.parametrize("zone", [STOCKHOLM, HELSINKI])
def test_weeks_with_a_clock_change_are_an_hour_off(text: str, hours: int, zone: ZoneInfo) -> None:
    week = Week.parse(text)
    assert week.end(zone) - week.start(zone) == timedelta(hours=hours)


def test_new_years_day_2027_is_in_week_53_of_2026() -> None:
    assert str(week_of(datetime(2027, 1, 1, 12, tzinfo=UTC), STOCKHOLM)) == "2026-W53"
    assert str(week_of(datetime(2027, 1, 4, tzinfo=UTC), STOCKHOLM)) == "2027-W01"
    assert str(Week.parse("2027-W01").previous()) == "2026-W53"
    assert str(Week.parse("2026-W53").next()) == "2027-W01"


def test_the_local_date_decides_not_that_of_utc() -> None:
    # Sunday 22 November 22:30 UTC: 23:30 on Sunday in Stockholm, 00:30 on Monday in Helsinki.
    instant = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert str(week_of(instant, STOCKHOLM)) == "2026-W47"
    assert str(week_of(instant, HELSINKI)) == "2026-W48"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        week_of(datetime(2026, 11, 22), STOCKHOLM)


def test_weeks_sort_in_time() -> None:
    weeks = [Week.parse(text) for text in ("2027-W01", "2026-W53", "2026-W09")]
    assert [str(week) for week in sorted(weeks)] == ["2026-W09", "2026-W53", "2027-W01"]


@given(instants, zones)
def test_every_instant_is_in_exactly_one_week(instant: datetime, zone: ZoneInfo) -> None:
    week = week_of(instant, zone)
    assert week.start(zone) <= instant < week.end(zone)
    for other in (week.previous(), week.next()):
        assert not other.start(zone) <= instant < other.end(zone)
    assert week.previous().end(zone) == week.start(zone)
    assert week.next().start(zone) == week.end(zone)
    assert week.next().previous() == week
    assert Week.parse(str(week)) == week


@pytest.mark.parametrize(
    ("text", "start", "end", "before", "after"),
    [
        # Local midnight is 23:00 UTC in winter and 22:00 in summer time.
        ("2026-W47", "2026-11-15 23:00", "2026-11-22 23:00", "2026-W46", "2026-W48"),
        ("2026-W53", "2026-12-27 23:00", "2027-01-03 23:00", "2026-W52", "2027-W01"),
        ("2026-11", "2026-10-31 23:00", "2026-11-30 23:00", "2026-10", "2026-12"),
        ("2026-12", "2026-11-30 23:00", "2026-12-31 23:00", "2026-11", "2027-01"),
        ("2026-03", "2026-02-28 23:00", "2026-03-31 22:00", "2026-02", "2026-04"),
        ("2026-T1", "2025-12-31 23:00", "2026-04-30 22:00", "2025-T3", "2026-T2"),
        ("2026-T2", "2026-04-30 22:00", "2026-08-31 22:00", "2026-T1", "2026-T3"),
        ("2026-T3", "2026-08-31 22:00", "2026-12-31 23:00", "2026-T2", "2027-T1"),
        ("2026", "2025-12-31 23:00", "2026-12-31 23:00", "2025", "2027"),
    ],
)
def test_where_a_period_begins_and_ends(text: str, start: str, end: str, before: str, after: str) -> None:
    period = parse_period(f" {text}\n")
    assert str(period) == text
    assert period.start(STOCKHOLM) == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert period.end(STOCKHOLM) == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert (str(period.previous()), str(period.next())) == (before, after)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-13", "no month 13 in 2026"),
        ("2026-00", "no month 0 in 2026"),
        ("2026-T4", "no tertial 4 in 2026"),
        ("2026-T0", "no tertial 0 in 2026"),
        ("2026-W54", "no week 54 in 2026"),
        ("0000", "no year 0"),
        ("9999", "no year 9999"),
        ("0000-05", "no month 5 in 0"),
        *[
            (text, "a period is written as")
            for text in ("", "T1", "november", "2026-1", "2026-W1", "26", "2026-T", "٢٠٢٦")
        ],
    ],
)
def test_what_is_no_period_is_told_how_one_is_written(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_period(text)


def test_thirteen_weeks_end_with_the_week_itself() -> None:
    weeks = weeks_back(Week.parse("2027-W02"), 4)
    assert [str(week) for week in weeks] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert len(weeks_back(weeks[-1], 13)) == 13
    assert weeks_back(weeks[-1], 0) == ()


years = st.integers(1971, 2900)
periods: st.SearchStrategy[Period] = st.one_of(
    st.builds(lambda year, number: Week(year=year, number=number), years, st.integers(1, 52)),
    st.builds(lambda year, number: Month(year=year, number=number), years, st.integers(1, 12)),
    st.builds(lambda year, number: Tertial(year=year, number=number), years, st.integers(1, 3)),
    st.builds(lambda year: Year(year=year), years),
)


@given(periods, zones)
def test_periods_follow_on_each_other_without_a_gap(period: Period, zone: ZoneInfo) -> None:
    assert parse_period(str(period)) == period
    assert period.next().previous() == period == period.previous().next()
    assert period.previous().end(zone) == period.start(zone) < period.end(zone) == period.next().start(zone)
    assert sorted([str(period.next()), str(period)]) == [str(period), str(period.next())]


def test_the_months_of_a_tertial_and_the_tertials_of_a_year_are_all_of_it() -> None:
    year = Year(year=2026)
    parts = [Tertial(year=2026, number=number) for number in (1, 2, 3)]
    assert [parts[0].start(STOCKHOLM), parts[-1].end(STOCKHOLM)] == [year.start(STOCKHOLM), year.end(STOCKHOLM)]
    for part in parts:
        months = [Month(year=2026, number=4 * part.number - 3 + at) for at in range(4)]
        assert [months[0].start(STOCKHOLM), months[-1].end(STOCKHOLM)] == [part.start(STOCKHOLM), part.end(STOCKHOLM)]
        assert months[0].next() == months[1]
