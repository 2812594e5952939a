"""Changes of opening hours and promises: from tomorrow on, decided by somebody, and never for what has arrived."""

from datetime import date

import pytest

from bot.facts import Kind
from bot.register import Entry, EntryKind
from config.calendars import calendar_of
from config.change_hours import HoursWish, change_day, change_hours, end_day, end_hours, read_spans, set_promise
from tests.register_example import TODAY, WEEK, entry, make_settings, make_standing
from tests.test_changes import refusals


@pytest.mark.parametrize(
    ("text", "spans"),
    [("8-16", ("08:00-16:00",)), ("08:00-12:00,13:00-16:30", ("08:00-12:00", "13:00-16:30")),
     ("8.30–12, 13-16.15", ("08:30-12:00", "13:00-16:15")), ("0-24", ("00:00-24:00",)), ("", ()), (" , ", ())],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, spans: tuple[str, ...]) -> None:
    assert read_spans(text) == spans


@pytest.mark.parametrize("text", ["8", "8-25", "16-8", "8-16:60", "åtta", "8-12-16", "8:0-16"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="opening hours"):
        read_spans(text)


def test_a_day_is_changed_from_tomorrow_on() -> None:
    standing = make_standing()
    (change,) = change_day(standing, date(2026, 11, 17), "8-12", " Kommunchefen ")
    assert (change.key, change.data) == ("2026-11-17", {"open": ["08:00-12:00"], "decided_by": "Kommunchefen"})
    for day, hours, who, words in (
        (TODAY, "", "KS", "Välj 2026-11-17 eller en senare dag"),
        (date(2046, 1, 1), "", "KS", "till och med 2045"),
        (date(2026, 12, 1), "8-", "KS", "är inga öppettider"),
        (date(2026, 12, 1), "8-12,11-13", "KS", "är inga öppettider"),
        (date(2026, 12, 1), "8-12", " ", "--decided-by"),
    ):
        ((_, text),) = refusals(change_day, standing, day, hours, who)
        assert words in text


def test_a_day_of_its_own_is_ended_and_ordinary_ones_are_not() -> None:
    closed = entry(EntryKind.DAY, "2026-12-23", {"open": [], "decided_by": "KS"}, on=date(2026, 11, 1))
    standing = make_standing(closed)
    assert change_day(standing, date(2026, 12, 23), "", "KS") == ()
    (change,) = end_day(standing, date(2026, 12, 23))
    assert (change.ended, change.data) == (True, {"open": [], "decided_by": "KS"})
    assert "vanliga öppettider" in refusals(end_day, standing, date(2026, 12, 22))[0][1]


def test_new_hours_keep_what_is_not_named_and_tell_an_ordinary_day() -> None:
    season = {"first": date(2027, 6, 28), "last": date(2027, 8, 1), "week": {"monday": ["09:00-15:00"]}}
    days = [{"date": date(2026, 12, 23), "decided_by": "KS"}, {"date": date(2027, 1, 5), "decided_by": "KS"}]
    calendar = [{"valid_from": date(2024, 1, 1), "decided_by": "KS 1", "ordinary_day_minutes": 510, "week": WEEK,
                 "closed_on_holidays": False, "seasons": [season], "days": days}]  # fmt: skip
    standing = make_standing(settings=make_settings(calendar=calendar))
    wish = HoursWish(valid_from=date(2027, 1, 1), decided_by="KS 9", days={0: "8-17", 4: ""})
    (change,) = change_hours(standing, wish)
    assert change.data["week"]["monday"] == ["08:00-17:00"]
    assert change.data["week"]["tuesday"] == ["08:00-16:30"]
    assert change.data["week"]["friday"] == change.data["week"]["sunday"] == []
    # Tuesday to Thursday are 510 minutes long, Monday 540: most days say 510.
    assert (change.data["ordinary_day_minutes"], change.data["closed_on_holidays"]) == (510, False)
    assert [one["first"] for one in change.data["seasons"]] == ["2027-06-28"]
    assert [one["date"] for one in change.data["days"]] == ["2027-01-05"]
    recorded = Entry(seq=1, kind=change.kind, key=change.key, recorded_at=entry(EntryKind.DAY, "x").recorded_at,
                     actor="cli:anna", ended=False, data=change.data)  # fmt: skip
    assert calendar_of(standing.settings, [recorded]).versions[1].week[0] == ((480, 1020),)


def test_new_hours_that_make_no_sense() -> None:
    standing, closed = make_standing(), dict.fromkeys(range(7), "")
    for day, days, words in (
        (TODAY, {0: "8-12"}, "Det som har kommit in"),
        (date(2027, 1, 1), closed, "Någon dag i veckan behöver vara öppen"),
        (date(2027, 1, 1), {0: "8-12,9-10"}, "går inte ihop"),
        (date(2027, 1, 1), {0: "åtta"}, "är inga öppettider"),
    ):
        wish = HoursWish(valid_from=day, decided_by="KS", days=days)
        assert words in refusals(change_hours, standing, wish)[0][1]


def test_hours_to_come_can_be_taken_away_but_not_those_in_force_nor_a_mere_day() -> None:
    week = {"decided_by": "KS", "ordinary_day_minutes": 480, "week": {"monday": ["08:00-16:00"]}}
    standing = make_standing(
        entry(EntryKind.HOURS, "2027-01-01", week), entry(EntryKind.DAY, "2026-12-23", {"open": [], "decided_by": "K"})
    )
    (change,) = end_hours(standing, date(2027, 1, 1))
    assert (change.key, change.ended) == ("2027-01-01", True)
    assert "Det som har kommit in" in refusals(end_hours, standing, date(2024, 1, 1))[0][1]
    # The day of the register makes a step of the calendar on the 17th, but no decision of new hours.
    assert "Inga nya öppettider börjar" in refusals(end_hours, standing, date(2026, 11, 17))[0][1]


def test_promises() -> None:
    assert set_promise(make_standing(), Kind.QUESTION, 2) == ()
    assert set_promise(make_standing(), Kind.QUESTION, 3)[0].data == {"days": 3}
    for days in (0, 61):
        assert "mellan 1 och 60" in refusals(set_promise, make_standing(), Kind.FAULT, days)[0][1]
