"""Dates as mail programs show them, each language and form, and what is not sure."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_dates import read_wall

MINUTE = datetime(2026, 11, 17, 16, 2)
SECOND = datetime(2026, 11, 17, 16, 2, 15)


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("den 17 november 2026 16:02", MINUTE),
        ("17 november 2026 kl. 16:02:15 CET", SECOND),
        ("tisdag 17 november 2026 16:02", MINUTE),
        ("tis 17 nov. 2026 kl 16:02", MINUTE),
        ("kl. 16:02 den 17 november 2026", MINUTE),
        ("den 17:e november 2026 16.02", MINUTE),
        ("17 november 2026 4:02 em", MINUTE),
        ("tiistai 17. marraskuuta 2026 16.02", MINUTE),
        ("17. marraskuuta 2026 klo 16.02.15 UTC+2", SECOND),
        ("ti 17. marrask. 2026 klo 16.02", MINUTE),
        ("17.11.2026 klo 16.02", MINUTE),
        ("17. 11. 2026 16.02", MINUTE),
        ("17.11.2026 4.02 ip.", MINUTE),
        ("tirsdag 17. november 2026 kl. 16:02", MINUTE),
        ("tirs. 17. nov. 2026 kl. 16.02", MINUTE),
        ("Dienstag, 17. November 2026 16:02", MINUTE),
        ("Di., 17. Nov. 2026 um 16:02 Uhr", MINUTE),
        ("17.11.2026 16:02 Uhr", MINUTE),
        ("Tuesday, November 17, 2026 4:02 PM", MINUTE),
        ("Tue, Nov 17, 2026 at 4:02\u202fPM", MINUTE),
        ("Tuesday, 17 November 2026 at 4:02:15 p.m.", SECOND),
        ("November 17th, 2026 16:02", MINUTE),
        ("Tue, 17 Nov 2026 16:02:15 +0100", SECOND),
        ("Tue, 17 Nov 2026 16:02:15 +01:00", SECOND),
        ("17-Nov-2026 16:02", MINUTE),
        ("2026-11-17 16:02", MINUTE),
        ("2026-11-17T16:02:15Z", SECOND),
        ("2026/11/17 16:02", MINUTE),
        ("11/17/2026 4:02 PM", MINUTE),
        ("17/11/2026 16:02", MINUTE),
        ("  den\u00a017\u00a0november\n 2026 16:02", MINUTE),
        ("１７ november ２０２６ １６:０２", MINUTE),
        ("17 november 2026 16:02 (visad 18 november 2026 09:00)", MINUTE),
        ("5. kesa\u0308kuuta 2026 9.05", datetime(2026, 6, 5, 9, 5)),
        ("11/11/2026 12:30 AM", datetime(2026, 11, 11, 0, 30)),
        ("11/11/2026 12:30 PM", datetime(2026, 11, 11, 12, 30)),
        ("11.12.2026 00:00", datetime(2026, 12, 11)),
        ("29 februari 2028 10:00", datetime(2028, 2, 29, 10)),
    ],
)
def test_shown_dates(text: str, wall: datetime) -> None:
    assert read_wall(text) == wall


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i går 16:02",
        "11/10/2026 4:02 PM",  # in October or in November
        "11-10-2026 16:02",
        "13/13/2026 10:00",
        "den 17 november 2026",  # no time of day
        "17 nov 26 16:02",
        "17 november 16:02",
        "17 foober 2026 16:02",
        "17 ma 2026 16:02",
        "29 februari 2026 10:00",
        "31.11.2026 10:00",
        "17.11.2026 25:00",
        "17.11.2026 24:00",
        "17.11.2026 16:60",
        "17.11.1026 16:02",
        "2026-13-45 10:00",
        " " * 250 + "17.11.2026 16:02",
    ],
)
def test_not_sure(text: str) -> None:
    assert read_wall(text) is None


MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("language", MONTHS)
@given(when=st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_every_month_in_every_language(language: str, when: datetime) -> None:
    wall = when.replace(second=0, microsecond=0, fold=0)
    name = MONTHS[language].split()[when.month - 1]
    for month in (name, name.upper(), name[:4] if language == "fi" else name[:3], f"{name[:5]}."):
        assert read_wall(f"{when.day}. {month} {when.year} kl. {when:%H.%M}") == wall
        assert read_wall(f"{month} {when.day}, {when.year} {when:%I:%M %p}") == wall
    assert read_wall(f"{when:%Y-%m-%d %H:%M}") == wall
    assert read_wall(f"{when:%d.%m.%Y %H:%M}") == wall


@given(st.one_of(st.text(), st.text("0123456789./-: apmnovdec,", max_size=60)))
def test_never_raises(text: str) -> None:
    found = read_wall(text)
    assert found is None or found.tzinfo is None
