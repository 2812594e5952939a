"""Days, moments and numbers in words, in every language; worked by hand."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from config.texts import LANGUAGES, Language, Texts

STOCKHOLM, HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")


def at(language: Language, zone: ZoneInfo = STOCKHOLM) -> Texts:
    return Texts(language, zone)


# Worked by hand. 06.00 UTC is 07.00 in Stockholm and 08.00 in Helsinki in winter, an hour later in summer.
WINTER = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SUMMER = datetime(2026, 6, 5, 6, 5, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
MOMENTS: list[tuple[Language, ZoneInfo, datetime, str]] = [
    ("sv", STOCKHOLM, WINTER, "tisdag 24 november kl. 07.00"),
    ("sv_FI", HELSINKI, WINTER, "tisdag 24 november kl. 08.00"),
    ("fi", STOCKHOLM, WINTER, "tiistai 24. marraskuuta klo 07.00"),
    ("fi", HELSINKI, WINTER, "tiistai 24. marraskuuta klo 08.00"),
    ("en", STOCKHOLM, WINTER, "Tuesday 24 November at 07:00"),
    ("sv", STOCKHOLM, SUMMER, "fredag 5 juni kl. 08.05"),
    ("fi", HELSINKI, SUMMER, "perjantai 5. kesäkuuta klo 09.05"),
    ("en", HELSINKI, SUMMER, "Friday 5 June at 09:05"),
    ("sv", STOCKHOLM, NEW_YEAR, "fredag 1 januari kl. 00.30"),
    ("sv_FI", HELSINKI, NEW_YEAR, "fredag 1 januari kl. 01.30"),
    ("fi", HELSINKI, NEW_YEAR, "perjantai 1. tammikuuta klo 01.30"),
    ("en", STOCKHOLM, NEW_YEAR, "Friday 1 January at 00:30"),
]


@pytest.mark.parametrize(("language", "zone", "instant", "said"), MOMENTS)
def test_moments_are_local_and_in_words(language: Language, zone: ZoneInfo, instant: datetime, said: str) -> None:
    assert at(language, zone).moment(instant) == said


WEEKDAYS = {
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_in_words(language: Language) -> None:
    dot, known = "." if language == "fi" else "", "sv" if language.startswith("sv") else language
    # 1 to 7 June 2026 is Monday to Sunday.
    june = MONTHS[known].split()[5]
    for number, name in enumerate(WEEKDAYS[known].split(), start=1):
        assert at(language).day(date(2026, 6, number)) == f"{name} {number}{dot} {june}"
    for number, name in enumerate(MONTHS[known].split(), start=1):
        assert at(language).day(date(2026, number, 1)).endswith(f" 1{dot} {name}")


@pytest.mark.parametrize(("language", "said"), [("sv", "00.05"), ("sv_FI", "00.05"), ("fi", "00.05"), ("en", "00:05")])
def test_times_of_day(language: Language, said: str) -> None:
    assert at(language).clock(time(0, 5, 59)) == said


@pytest.mark.parametrize(("share", "said"), [(0.83, "83,0 %"), (0.0, "0,0 %"), (1.0, "100,0 %"), (2 / 3, "66,7 %")])
def test_percent(share: float, said: str) -> None:
    assert {at(language).percent(share) for language in ("sv", "sv_FI", "fi")} == {said}


def test_percent_in_english() -> None:
    assert at("en").percent(0.83) == "83.0%"


@pytest.mark.parametrize(
    ("value", "said", "english"), [(0, "0", "0"), (7.0, "7", "7"), (12345.67, "12_345,7", "12,345.7")]
)
def test_numbers(value: float, said: str, english: str) -> None:
    assert {at(one).number(value) for one in ("sv", "sv_FI", "fi")} == {said.replace("_", "\N{NO-BREAK SPACE}")}
    assert at("en").number(value) == english
