"""What is to be filled when: pure tables, worked out by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import Calendar, CalendarVersion, SpecialDay
from bot.clock import Rule
from measurement.periods import Month, Week
from measurement.rollup.fill import last_report
from measurement.rollup.states import Standing, State, Why, Work, due_at, freezes_at, plan, settles_at
from tests.rollup_book import local
from tests.weeks import CALENDAR, OPEN, WEEK, ZONE

W45, W46, W47 = (Week(year=2026, number=number) for number in (45, 46, 47))
FROZEN_47 = local("12-07 00:00")
"""Week 47 ends on Monday 23 November 00:00; fourteen local days later."""


def standing(state: State, as_of: datetime = FROZEN_47) -> Standing:
    return Standing(period="2026-W46", state=state, as_of=as_of)


def told(works: tuple[Work, ...]) -> list[tuple[str, Why, datetime, bool]]:
    return [(str(one.week), one.why, one.as_of, one.freeze) for one in works]


@pytest.mark.parametrize(
    ("known", "now", "expected"),
    [
        # Sunday: the week has not ended.
        ({}, local("11-22 23:59"), []),
        # Its first instant after: missing.
        ({}, local("11-23 00:00"), [("2026-W47", Why.MISSING, local("11-23 00:00"), False)]),
        ({"2026-W47": State.FILLING}, local("11-24 07:00"),
         [("2026-W47", Why.INTERRUPTED, local("11-24 07:00"), False)]),
        ({"2026-W47": State.PRELIMINARY}, local("11-24 07:00"),
         [("2026-W47", Why.PRELIMINARY, local("11-24 07:00"), False)]),
        # One second before the surveys close, and when they do; later, as of that very instant.
        ({"2026-W47": State.PRELIMINARY, "2026-W48": State.PRELIMINARY}, local("12-06 23:59"),
         [("2026-W47", Why.PRELIMINARY, local("12-06 23:59"), False),
          ("2026-W48", Why.PRELIMINARY, local("12-06 23:59"), False)]),
        ({"2026-W47": State.PRELIMINARY, "2026-W48": State.FROZEN}, FROZEN_47,
         [("2026-W47", Why.PRELIMINARY, FROZEN_47, True), ("2026-W49", Why.MISSING, FROZEN_47, False)]),
        ({"2026-W47": State.FROZEN, "2026-W48": State.FROZEN}, local("12-07 12:00"),
         [("2026-W49", Why.MISSING, local("12-07 12:00"), False)]),
        # Three weeks away: the oldest first, each as of its own instant.
        ({"2026-W47": State.FILLING}, local("12-22 07:00"),
         [("2026-W47", Why.INTERRUPTED, FROZEN_47, True),
          ("2026-W48", Why.MISSING, local("12-14 00:00"), True),
          ("2026-W49", Why.MISSING, local("12-21 00:00"), True),
          ("2026-W50", Why.MISSING, local("12-22 07:00"), False),
          ("2026-W51", Why.MISSING, local("12-22 07:00"), False)]),
    ],
)  # fmt: skip
def test_the_weeks_to_fill_at_an_instant(
    known: Mapping[str, State], now: datetime, expected: list[tuple[str, Why, datetime, bool]]
) -> None:
    standings = {name: Standing(period=name, state=state, as_of=now) for name, state in known.items()}
    assert told(plan(WEEK, standings, now, CALENDAR)) == expected


def test_without_a_fact_there_is_nothing_to_fill() -> None:
    assert plan(None, {}, local("12-22 07:00"), CALENDAR) == ()


def test_fourteen_days_are_those_of_the_local_clock() -> None:
    # Week 42 ends on 19 October, summer time; 2 November is winter time: 14 days and an hour.
    week = Week(year=2026, number=42)
    assert freezes_at(week, CALENDAR) - week.end(ZONE) == timedelta(days=14, hours=1)
    assert freezes_at(Month(year=2026, number=10), CALENDAR) == local("11-15 00:00")


def test_a_long_closing_puts_off_the_freeze_until_all_is_due() -> None:
    # Closed from 23 November through 11 December. A message of the last instant of Sunday 22 November: one ordinary
    # day is Monday 14 December until closing, two are Tuesday's closing, 16:30.
    closed = tuple(
        SpecialDay(date=date(2026, 11, 23) + timedelta(days=n), spans=(), decided_by="KS § 3") for n in range(19)
    )
    version = CalendarVersion(
        valid_from=date(2020, 1, 1), decided_by="KS § 1", ordinary_day_minutes=510, week=(*[OPEN] * 5, (), ()),
        days=closed,
    )  # fmt: skip
    calendar = Calendar([version], first_year=2025, last_year=2028)
    assert due_at(WEEK, calendar, Rule.ONE_WORKING_DAY) == local("12-14 16:30")
    assert freezes_at(WEEK, calendar) == local("12-15 16:30")


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("answered_in_time.one_working_day", local("11-23 16:30")),
        ("answered_in_time.two_working_days", local("11-24 16:30")),
        ("answered_in_time.clock_24h", local("11-24 00:00") - timedelta(microseconds=1)),
        # By the configured rule, here the end of the next working day.
        ("waiting_time.median", local("11-23 16:30")),
        ("arrivals", local("11-23 16:30")),
        # What comes after the answer, or is asked about it, when the week is finished.
        ("reception.good", FROZEN_47),
        ("first_contact", FROZEN_47),
        ("quality.is_answer", FROZEN_47),
    ],
)
def test_from_when_on_a_figure_is_more_than_so_far(measure: str, expected: datetime) -> None:
    assert settles_at(measure, WEEK, CALENDAR, Rule.END_OF_NEXT_WORKING_DAY) == expected


@given(
    st.integers(min_value=0, max_value=400), st.dictionaries(st.integers(1, 53), st.sampled_from(State), max_size=20)
)
def test_a_frozen_week_is_never_filled_and_every_other_that_ended_is(days: int, states: dict[int, State]) -> None:
    now = datetime(2026, 1, 6, 7, tzinfo=UTC) + timedelta(days=days)
    first = Week(year=2026, number=1)
    known = {f"2026-W{n:02d}": Standing(period=f"2026-W{n:02d}", state=state, as_of=now) for n, state in states.items()}
    found = plan(first, known, now, CALENDAR)
    weeks = [one.week for one in found]
    assert weeks == sorted(weeks)
    for work in found:
        assert known.get(str(work.week), standing(State.FILLING)).state is not State.FROZEN
        assert work.week.end(ZONE) <= work.as_of <= now
        assert work.freeze is (freezes_at(work.week, CALENDAR) <= now)
    week, ended = first, []
    while week.end(ZONE) <= now:
        ended.append(week)
        week = week.next()
    frozen = [one for one in ended if str(one) in known and known[str(one)].state is State.FROZEN]
    assert sorted([*weeks, *frozen]) == ended


def test_the_newest_report_counts_of_whatever_week_it_was() -> None:
    sent = [None, local("11-24 07:00"), local("12-01 07:00"), None]
    known = {
        f"2026-W{n}": Standing(period=f"2026-W{n}", state=State.PRELIMINARY, as_of=FROZEN_47, reported_at=at)
        for n, at in enumerate(sent)
    }
    assert last_report(known) == local("12-01 07:00")
    assert last_report({}) is None
