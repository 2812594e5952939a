"""Days in words, in three languages, seen from a Wednesday."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.read_days import leading_day, read_day

TODAY = date(2026, 11, 18)
"""A Wednesday, in ISO week 47. The coming Friday is the 20th, the Friday of next week the 27th."""

WEEKDAYS = {
    0: ("måndag", "mandag", "på måndag", "måndagen", "mån", "Monday", "on Monday", "mon", "maanantai", "maanantaina",
        "maanantaihin", "maanantaiksi"),
    1: ("tisdag", "tis", "TISDAG", "tuesday", "tues", "tiistaina", "tiistaihin"),
    2: ("onsdag", "ons", "Wednesday", "wed", "keskiviikko", "keskiviikkona", "keskiviikkoon"),
    3: ("torsdag", "tors", "thursday", "thu", "torstaina", "torstaihin"),
    4: ("fredag", "nu på fredag", "fre.", "friday", "fri", "perjantaina", "perjantaihin"),
    5: ("lördag", "lordag", "lör", "Saturday", "sat", "lauantaina", "lauantaihin"),
    6: ("söndag", "sondag", "sön", "sunday", "sun", "sunnuntai", "sunnuntaina", "sunnuntaihin"),
}  # fmt: skip
"""Ways to say a weekday, Monday 0."""

DECEMBER_FIRST = (
    "2026-12-01", "1/12", "01/12", "1/12/2026", "1/12 2026", "den 1/12", "tisdag 1/12", "tis 1/12",
    "1 december", "1 dec", "1 dec.", "1 DEC 2026", "den 1 december", "1:a december", "den 1:e december 2026",
    "tisdag 1 december", "tisdagen den 1 december", "på tisdag den 1 december",
    "December 1", "December 1st, 2026", "1st December", "the 1st of December", "1st of Dec", "Tuesday 1 December",
    "on Tuesday the 1st of December 2026", "on Tuesday, December 1st",
    "1.12.", "1.12", "1.12.2026", "ti 1.12.", "tiistaina 1.12.", "1. joulukuuta", "1 joulukuuta", "1. joulukuuta 2026",
    "tiistaina 1. joulukuuta", "joulukuun 1. päivä", "joulukuun 1. päivänä", "tiistai 1.12.2026",
    "tisdag vecka 49", "tisdag v 49", "den 1", "den 1:a", "1:a", "1st", "the 1st",
)  # fmt: skip

OTHERS = [
    ("idag", TODAY), ("i dag", TODAY), ("Today", TODAY), ("tänään", TODAY), ("tanaan", TODAY),
    ("imorgon", date(2026, 11, 19)), ("i morgon", date(2026, 11, 19)), ("tomorrow", date(2026, 11, 19)),
    ("huomenna", date(2026, 11, 19)), ("i övermorgon", date(2026, 11, 20)), ("overmorgon", date(2026, 11, 20)),
    ("the day after tomorrow", date(2026, 11, 20)), ("ylihuomenna", date(2026, 11, 20)),
    # Next week is week 48, from Monday the 23rd, though the coming Friday is in this week.
    ("nästa måndag", date(2026, 11, 23)), ("nasta fredag", date(2026, 11, 27)), ("next Friday", date(2026, 11, 27)),
    ("ensi perjantaina", date(2026, 11, 27)), ("fredag nästa vecka", date(2026, 11, 27)),
    ("Friday next week", date(2026, 11, 27)), ("ensi viikon perjantaina", date(2026, 11, 27)),
    ("nästa vecka", date(2026, 11, 23)), ("next week", date(2026, 11, 23)), ("ensi viikolla", date(2026, 11, 23)),
    # Eighteen and so many days.
    ("om 3 dagar", date(2026, 11, 21)), ("om tre dagar", date(2026, 11, 21)), ("in 3 days", date(2026, 11, 21)),
    ("3 päivän kuluttua", date(2026, 11, 21)), ("kolmen päivän päästä", date(2026, 11, 21)),
    ("om en vecka", date(2026, 11, 25)), ("in a week", date(2026, 11, 25)), ("viikon kuluttua", date(2026, 11, 25)),
    ("om tva veckor", date(2026, 12, 2)), ("in two weeks", date(2026, 12, 2)), ("om 14 dagar", date(2026, 12, 2)),
    ("kahden viikon kuluttua", date(2026, 12, 2)), ("nelja viikon kuluttua", None),
    # The Monday of a week; 2026 has 53 of them, the last from 28 December, 2027 begins with week 1 on 4 January.
    ("v 48", date(2026, 11, 23)), ("v48", date(2026, 11, 23)), ("v. 48", date(2026, 11, 23)),
    ("vecka 48", date(2026, 11, 23)), ("i vecka 48", date(2026, 11, 23)), ("week 48", date(2026, 11, 23)),
    ("viikko 48", date(2026, 11, 23)), ("viikolla 48", date(2026, 11, 23)), ("vk 48", date(2026, 11, 23)),
    ("2026-W48", date(2026, 11, 23)), ("2026-v48", date(2026, 11, 23)), ("v 53", date(2026, 12, 28)),
    ("v 1", date(2027, 1, 4)), ("fredag v 47", date(2026, 11, 20)), ("v 47", None), ("v 0", None), ("v 54", None),
    # What has passed is next year's.
    ("18/11", TODAY), ("17/11", date(2027, 11, 17)), ("1 januari", date(2027, 1, 1)),
    ("17/11/2026", date(2026, 11, 17)), ("den 18", TODAY), ("den 17", date(2026, 12, 17)), ("den 31", None),
    ("29 februari 2028", date(2028, 2, 29)),
    # Impossible, or not clearly one day.
    ("31/2", None), ("31 februari", None), ("29/2", None), ("1/13", None), ("32/1", None), ("1/12/3", None),
    ("1/12/26", None), ("0/1", None), ("2026-13-01", None), ("torsdag 1/12", None), ("fredag om en vecka", None),
    ("", None), ("snart", None), ("48", None), ("2026", None), ("to", None), ("su", None), ("man", None), ("son", None),
    ("måndagar", None), ("om dagar", None), ("om 99999 dagar", None), ("fredag" + " " * 300 + "inte", None),
    ("fredag eller lördag", None), ("1-5 december", None), ("½ december", None), ("１/１２", date(2026, 12, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("weekday", "names"), WEEKDAYS.items())
def test_a_weekday_is_the_next_one_after_today(weekday: int, names: tuple[str, ...]) -> None:
    # Wednesday the 18th: Thursday to Sunday are the 19th to the 22nd, Monday to Wednesday the 23rd to the 25th.
    day = {3: 19, 4: 20, 5: 21, 6: 22, 0: 23, 1: 24, 2: 25}[weekday]
    assert {name: read_day(name, TODAY) for name in names} == dict.fromkeys(names, date(2026, 11, day))


@pytest.mark.parametrize("said", DECEMBER_FIRST)
def test_a_date_however_it_is_written(said: str) -> None:
    assert read_day(said, TODAY) == date(2026, 12, 1)


@pytest.mark.parametrize(("said", "day"), OTHERS)
def test_other_days(said: str, day: date | None) -> None:
    assert read_day(said, TODAY) == day


@pytest.mark.parametrize("language", [0, 1, 2])
def test_every_month_by_name_with_and_without_dots(language: int) -> None:
    names = (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "January February March April May June July August September October November December",
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
        "marraskuuta joulukuuta",
    )[language].split()
    for month, name in enumerate(names, start=1):
        wanted = date(2027 if month < 11 else 2026, month, 30 if month != 2 else 28)
        for said in (name, name.replace("ä", "a"), name[:3] if language < 2 and name != "September" else name):
            assert read_day(f"{wanted.day} {said}", TODAY) == wanted, said


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("fredag vi väntar på besked", date(2026, 11, 20), "vi väntar på besked"),
        ("fredag: vi väntar", date(2026, 11, 20), "vi väntar"),
        ("fredag – vi  väntar", date(2026, 11, 20), "vi  väntar"),
        ("fredag", date(2026, 11, 20), ""),
        ("1 december 2026 kommer", date(2026, 12, 1), "kommer"),
        ("den 1 december. Då vet vi", date(2026, 12, 1), "Då vet vi"),
        ("tisdagen den 1 december vet vi", date(2026, 12, 1), "vet vi"),
        ("fredag 3 lampor byts", date(2026, 11, 20), "3 lampor byts"),
        ("fredag: 1 december är för sent", date(2026, 11, 20), "1 december är för sent"),
        ("om 3 dagar vet vi", date(2026, 11, 21), "vet vi"),
        ("nästa fredag vet vi", date(2026, 11, 27), "vet vi"),
        ("perjantaihin asti odotamme", date(2026, 11, 20), "asti odotamme"),
        ("1. joulukuuta tiedämme", date(2026, 12, 1), "tiedämme"),
        ("\u200bfredag vet vi", date(2026, 11, 20), "vet vi"),
    ],
)
def test_a_text_that_begins_with_a_day(text: str, day: date, rest: str) -> None:
    assert leading_day(text, TODAY) == (day, rest)


@pytest.mark.parametrize(
    "text",
    [
        "", "vi väntar", "torsdag 31/2 vet vi", "torsdag 1 december vet vi", "fredag eller lördag vet vi",
        "fredag om en vecka vet vi", "31 februari vet vi", "a" * 10_000, " ",
    ],
)  # fmt: skip
def test_a_text_that_does_not_clearly_begin_with_a_day(text: str) -> None:
    assert leading_day(text, TODAY) is None


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)), today=st.dates())
def test_an_iso_date_is_that_day_whatever_the_day_is(day: date, today: date) -> None:
    assert read_day(day.isoformat(), today) == day


@given(
    day=st.dates(min_value=date(2000, 1, 1), max_value=date(2098, 12, 31)),
    today=st.dates(min_value=date(2000, 1, 1), max_value=date(2098, 12, 31)),
)
def test_a_day_without_a_year_is_within_a_year_from_today(day: date, today: date) -> None:
    found = read_day(f"{day.day}/{day.month}", today)
    assert (found is None) == ((day.month, day.day) == (2, 29) and not _has_leap_day(today))
    if found is not None:
        assert (found.month, found.day) == (day.month, day.day)
        assert 0 <= (found - today).days <= 366


def _has_leap_day(today: date) -> bool:
    years = [year for year in (today.year, today.year + 1) if year % 4 == 0 and (year % 100 or year % 400 == 0)]
    return any(date(year, 2, 29) >= today for year in years)


words = st.sampled_from(
    [
        "fredag",
        "1/12",
        "1",
        "31",
        "december",
        "den",
        "om",
        "v",
        "48",
        "nästa",
        "vecka",
        "2026",
        ":",
        "eller",
        "to",
        "1.",
    ]
)


@given(st.one_of(st.text(), st.lists(words).map(" ".join)), st.dates())
def test_no_text_is_too_much(text: str, today: date) -> None:
    found = leading_day(text, today)
    assert found is None or text.endswith(found[1])
    whole = read_day(text, today)
    assert whole is None or isinstance(whole, date)
