"""Opening hours of the register: they hold from their day on, and no decision moves a deadline of what has arrived."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Rule, deadline
from bot.register import EntryKind
from config.calendars import calendar_of, days_to_come
from tests.register_example import TODAY, WEEK, entry, make_settings


def _hours(**changes: Any) -> dict[str, Any]:
    return {"decided_by": "KS 2", "ordinary_day_minutes": 480, "week": {"monday": ["08:00-16:00"]}, **changes}


def test_new_hours_hold_from_their_date_and_can_be_taken_away_before() -> None:
    settings = make_settings()
    new = entry(EntryKind.HOURS, "2027-01-04", _hours(), seq=1)
    begins = [version.valid_from for version in calendar_of(settings, [new]).versions]
    assert begins == [date(2024, 1, 1), date(2027, 1, 4)]
    gone = entry(EntryKind.HOURS, "2027-01-04", _hours(), seq=2, ended=True)
    assert calendar_of(settings, [new, gone]).versions == calendar_of(settings).versions


def test_hours_in_force_can_neither_be_replaced_nor_taken_away() -> None:
    settings, today = make_settings(), TODAY.isoformat()
    late = [
        entry(EntryKind.HOURS, today, _hours()),
        entry(EntryKind.HOURS, "2024-01-01", _hours()),
        entry(EntryKind.HOURS, "2024-01-01", ended=True),
    ]
    assert calendar_of(settings, late).versions == calendar_of(settings).versions


def test_a_day_holds_for_what_arrives_after_the_day_it_was_decided_on() -> None:
    settings = make_settings()
    closed = entry(EntryKind.DAY, "2026-11-18", {"open": [], "decided_by": "Kommunchefen"})
    calendar = calendar_of(settings, [closed])
    # Monday 16: the day of the decision. What arrives then still counts Wednesday 18 as open, what arrives later not.
    assert calendar.nth_open_day(datetime(2026, 11, 16, 14, tzinfo=UTC), 2) == date(2026, 11, 18)
    assert calendar.nth_open_day(datetime(2026, 11, 16, 23, tzinfo=UTC), 1) == date(2026, 11, 19)  # local 17th
    assert not calendar.is_open(datetime(2026, 11, 18, 10, tzinfo=UTC))
    assert [one.date for one in days_to_come(calendar, TODAY)] == [date(2026, 11, 18)]


def test_days_of_the_settings_are_changed_and_taken_away_and_outlive_new_hours() -> None:
    days = [
        {"date": date(2026, 12, 23), "open": ["08:00-12:00"], "decided_by": "KS"},
        {"date": date(2026, 12, 28), "decided_by": "KS"},
    ]
    calendar = [{"valid_from": date(2024, 1, 1), "decided_by": "KS 1", "ordinary_day_minutes": 510, "week": WEEK,
                 "days": days}]  # fmt: skip
    found = calendar_of(
        make_settings(calendar=calendar),
        [
            entry(EntryKind.DAY, "2026-12-23", {"open": ["08:00-10:00"], "decided_by": "KS"}, seq=1),
            entry(EntryKind.DAY, "2026-12-28", ended=True, seq=2),
            entry(EntryKind.DAY, "2027-01-05", {"open": [], "decided_by": "KS"}, seq=3),
            entry(EntryKind.HOURS, "2027-01-01", {**_hours(), "week": WEEK}, seq=4),
        ],
    )
    assert [(one.date.isoformat(), one.spans) for one in days_to_come(found, TODAY)] == [
        ("2026-12-23", ((480, 600),)), ("2027-01-05", ()),
    ]  # fmt: skip
    assert [version.valid_from.isoformat() for version in found.versions] == ["2024-01-01", "2026-11-17", "2027-01-01"]


def test_a_calendar_of_the_settings_that_makes_no_sense_is_still_told() -> None:
    twice = [{"valid_from": date(2024, 1, 1), "decided_by": "KS", "ordinary_day_minutes": 510, "week": WEEK}] * 2
    with pytest.raises(ValueError, match="order of date"):
        calendar_of(make_settings(calendar=twice), [entry(EntryKind.HOURS, "2027-01-01", _hours())])


_DATES = st.dates(date(2026, 11, 10), date(2026, 12, 31))
_DAY_ENTRIES = st.tuples(
    st.just(EntryKind.DAY), _DATES, st.sampled_from([[], ["08:00-10:00"]]).map(lambda o: {"open": o, "decided_by": "K"})
)
_HOURS_ENTRIES = st.tuples(
    st.just(EntryKind.HOURS), _DATES, st.sampled_from([_hours(), _hours(week={**WEEK, "saturday": ["10:00-14:00"]})])
)


@given(
    decided=st.lists(
        st.tuples(st.dates(date(2026, 11, 10), date(2026, 12, 20)), st.one_of(_DAY_ENTRIES, _HOURS_ENTRIES),
                  st.booleans()),
        max_size=8,
    ),
    arrived_at=st.datetimes(datetime(2026, 11, 10), datetime(2026, 12, 30), timezones=st.just(UTC)),
)  # fmt: skip
def test_no_decision_moves_a_deadline_of_what_has_arrived(
    decided: list[tuple[date, tuple[EntryKind, date, dict[str, Any]], bool]], arrived_at: datetime
) -> None:
    entries = [
        entry(kind, key.isoformat(), data, ended=ended, seq=seq, on=on)
        for seq, (on, (kind, key, data), ended) in enumerate(sorted(decided, key=lambda one: one[0]), start=1)
    ]
    settings = make_settings()
    before = [one for one in entries if one.recorded_at <= arrived_at]
    told, later = calendar_of(settings, before), calendar_of(settings, entries)
    for rule in Rule:
        assert deadline(told, rule, arrived_at) == deadline(later, rule, arrived_at)
    assert told.nth_open_day(arrived_at, 10) == later.nth_open_day(arrived_at, 10)
