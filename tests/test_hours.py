"""Opening hours as people write them: what is read, and what is refused with which words."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot.calendar import Calendar
from bot.hours import CalendarVersion, Hours, Season, SpecialDay, parse_span

DAY: Hours = ((480, 990),)
WEEK: tuple[Hours, ...] = (DAY,) * 5 + ((), ())
START = date(2026, 1, 1)


def version(
    *,
    valid_from: date = START,
    decided_by: str = "board",
    minutes: int = 510,
    week: tuple[Hours, ...] = WEEK,
    days: tuple[SpecialDay, ...] = (),
    zone: str = "Europe/Stockholm",
) -> CalendarVersion:
    return CalendarVersion(
        valid_from=valid_from, decided_by=decided_by, ordinary_day_minutes=minutes, week=week, days=days, zone=zone
    )


def test_a_span_is_minutes_of_the_local_day() -> None:
    assert parse_span("08:00-16:30") == (480, 990)
    assert parse_span("00:00-24:00") == (0, 1440)
    assert parse_span("23:59-24:00") == (1439, 1440)


@pytest.mark.parametrize(
    "text",
    ["", "8:00-16:30", "08.00-16.30", "08:00–16:30", "08:00 - 16:30", "08:00-16:30 ", "08:00-16:60", "08:61-16:00",
     "08:00-24:01", "25:00-26:00", "16:30-08:00", "08:00-08:00", "24:00-24:00", "٠٨:٠٠-١٦:٣٠"],
)  # fmt: skip
def test_an_odd_span_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="opening hours") as refusal:
        parse_span(text)
    assert repr(text) in str(refusal.value)


def special(day: date = START, spans: Hours = DAY, decided_by: str = "board") -> SpecialDay:
    return SpecialDay(date=day, spans=spans, decided_by=decided_by)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: version(minutes=0), "1 to 1440"),
    (lambda: version(minutes=1441), "1 to 1440"),
    (lambda: version(decided_by=" "), "say who decided"),
    (lambda: version(week=WEEK[:6]), "seven days"),
    (lambda: version(week=((),) * 7), "no day of the week is open"),
    (lambda: version(week=(((480, 720), (700, 990)), *WEEK[1:])), "overlap"),
    (lambda: version(week=(((780, 990), (480, 720)), *WEEK[1:])), "in order"),
    (lambda: version(week=(((480, 1441),), *WEEK[1:])), "not minutes of one day"),
    (lambda: version(week=(((720, 480),), *WEEK[1:])), "not minutes of one day"),
    (lambda: version(days=(special(), special(spans=()))), "stands twice"),
    (lambda: version(zone="Europe/Oslo"), "no such country or zone"),
    (lambda: version(valid_from=datetime(2026, 1, 1)), "plain local date"),
    (lambda: special(day=datetime(2026, 1, 1)), "plain local date"),
    (lambda: special(spans=((720, 480),)), "2026-01-01"),
    (lambda: special(decided_by=""), "say who decided"),
    (lambda: Season(first=date(2026, 8, 1), last=date(2026, 7, 1), week=WEEK), "ends before it starts"),
    (lambda: Season(first=START, last=START, week=WEEK[:5]), "seven days"),
    (lambda: Calendar([]), "at least one version"),
    (lambda: Calendar([version()], first_year=2027, last_year=2026), "one year"),
    (lambda: Calendar([version(), version()]), "order of date"),
    (lambda: Calendar([version(), version(valid_from=date(2025, 1, 1))]), "order of date"),
    (lambda: Calendar([version(), version(valid_from=date(2027, 1, 1), zone="Europe/Helsinki")]), "same zone"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_clear_words(build: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()


def test_touching_spans_and_closed_days_are_fine() -> None:
    split = version(week=(((480, 720), (720, 990)), *WEEK[1:]), days=(special(spans=()),))
    by_day = split.hours_by_day(2026, 2026)
    assert len(by_day) == 365
    assert by_day[0] == (), "1 January by the special day"
    assert by_day[4] == ((480, 720), (720, 990)), "Monday 5 January"


def test_seasons_and_days_outside_the_years_asked_for_are_left_aside() -> None:
    outside = version(days=(special(day=date(2030, 5, 1)),))
    assert len(outside.hours_by_day(2026, 2027)) == 730
