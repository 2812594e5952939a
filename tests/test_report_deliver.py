"""When a week's report is due, and which are sent: pure, over holidays, eves, missed weeks and old ones."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import Calendar, CalendarVersion
from bot.clock import Rule
from measurement.periods import Week
from measurement.report.deliver import due_reports, report_at
from measurement.rollup.states import Standing, State, due_at

ZONE = ZoneInfo("Europe/Stockholm")
DAY = ((480, 990),)
CALENDAR = Calendar([
    CalendarVersion(valid_from=date(2020, 1, 1), decided_by="KS 1", ordinary_day_minutes=510,
                    week=(DAY,) * 5 + ((), ()))
])  # fmt: skip
SEVEN, ONE_DAY = time(7), Rule.ONE_WORKING_DAY


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("week", "rule", "at"),
    [
        # Sunday night is due Monday 16:30, so Tuesday 07:00.
        ("2026-W47", ONE_DAY, "2026-11-24 07:00"),
        # Two working days: Tuesday 16:30, so Wednesday.
        ("2026-W47", Rule.TWO_WORKING_DAYS, "2026-11-25 07:00"),
        # 24 hours from Sunday 23:59:59 end on Monday 23:59:59, so Tuesday too.
        ("2026-W47", Rule.CLOCK_24H, "2026-11-24 07:00"),
        # Week 14 of 2026 ends on Easter Sunday; Monday is closed, Tuesday 16:30 it is due, so Wednesday.
        ("2026-W14", ONE_DAY, "2026-04-08 07:00"),
        # Week 51 of 2026: Monday 21 and Tuesday 22 December are open.
        ("2026-W51", ONE_DAY, "2026-12-22 07:00"),
        # Week 53 ends on 3 January 2027; due Monday 4 at 16:30; Tuesday 5 is open.
        ("2026-W53", ONE_DAY, "2027-01-05 07:00"),
        # The clocks go forward on Sunday 29 March 2026: the morning is still at 07:00 local, now 05:00 UTC.
        ("2026-W13", ONE_DAY, "2026-03-31 07:00"),
    ],
)
def test_the_report_is_due_on_the_first_open_morning_when_all_of_the_week_is(week: str, rule: Rule, at: str) -> None:
    assert report_at(Week.parse(week), CALENDAR, rule, SEVEN) == local(at)


def test_a_time_after_closing_still_waits_for_an_open_day() -> None:
    # At 17:00 Monday's deadlines have passed: it need not wait for Tuesday.
    assert report_at(Week.parse("2026-W47"), CALENDAR, ONE_DAY, time(17)) == local("2026-11-23 17:00")


@given(st.dates(date(2021, 1, 4), date(2028, 12, 1)), st.sampled_from(Rule), st.times())
def test_it_is_never_due_before_the_week_can_be_judged_and_always_on_an_open_day(
    day: date, rule: Rule, clock: time
) -> None:
    year, number, _ = day.isocalendar()
    week = Week(year=year, number=number)
    at = report_at(week, CALENDAR, rule, clock.replace(microsecond=0))
    assert at >= due_at(week, CALENDAR, rule)
    assert at.astimezone(ZONE).weekday() < 5


def known(*weeks: str, sent: str = "", state: State = State.PRELIMINARY) -> dict[str, Standing]:
    instant = local("2026-11-01 00:00")
    return {
        week: Standing(period=week, state=state, as_of=instant, reported_at=instant if week == sent else None)
        for week in weeks
    }


NOW = local("2026-11-24 07:00")


@pytest.mark.parametrize(
    ("standings", "due"),
    [
        ({}, []),
        # Where none was ever sent only the newest: nobody wants the reports of years counted afterwards.
        (known("2026-W44", "2026-W45", "2026-W46", "2026-W47"), ["2026-W47"]),
        # Weeks missed since the last one follow, the oldest first; those before it never.
        (known("2026-W44", "2026-W45", "2026-W46", "2026-W47", sent="2026-W45"), ["2026-W46", "2026-W47"]),
        (known("2026-W46", "2026-W47", sent="2026-W47"), []),
        # Week 48 is not over.
        (known("2026-W47", "2026-W48", sent="2026-W47"), []),
        # What somebody is filling, and months, are not told.
        (known("2026-W47", state=State.FILLING), []),
        (known("2026-11", "2026-T2"), []),
    ],
)
def test_each_week_is_sent_once_the_oldest_first(standings: dict[str, Standing], due: list[str]) -> None:
    assert [str(week) for week in due_reports(standings, CALENDAR, ONE_DAY, SEVEN, NOW)] == due


def test_a_minute_too_early_is_too_early() -> None:
    early = local("2026-11-24 06:59")
    assert due_reports(known("2026-W46", "2026-W47", sent="2026-W46"), CALENDAR, ONE_DAY, SEVEN, early) == ()
