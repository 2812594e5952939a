from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.periods import Week, week_of

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
