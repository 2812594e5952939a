"""Invitations told in words: what, when, where, with whom."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_calendar import CalendarNote, read_calendar


def note(*lines: str, method: str = "") -> CalendarNote:
    source = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VEVENT", "END:VCALENDAR", ""))
    read = read_calendar(source, method)
    assert read is not None
    return read


def test_all_that_is_shown() -> None:
    read = note(
        "METHOD:request",
        "BEGIN:VTIMEZONE", "TZID:Europe/Stockholm", "BEGIN:STANDARD", "DTSTART:19961027T030000", "SUMMARY:fel",
        "END:STANDARD", "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "DTSTART;TZID=Europe/Stockholm:20261120T090000",
        "DTEND;TZID=Europe/Stockholm:20261120T103000",
        "SUMMARY;LANGUAGE=sv:Samråd om\\, bland annat\\; par",
        " ken\\nvid ån",
        "LOCATION:Rum 4",
        "RRULE:FREQ=WEEKLY",
        'ORGANIZER;CN="Exempel, Anna":mailto:anna@example.org',
        "ATTENDEE;PARTSTAT=NEEDS-ACTION;CN=Kim:mailto:kim@example.org",
        "DESCRIPTION:Ta med kartan",
        "BEGIN:VALARM", "DESCRIPTION:fel", "END:VALARM",
    )  # fmt: skip
    assert read.lines == (
        "Samråd om, bland annat; parken\nvid ån\n2026-11-20 09:00 – 10:30 (Europe/Stockholm) ↻\nRum 4\n"
        "Exempel, Anna <anna@example.org>\nTa med kartan"
    )
    assert (read.method, read.mark) == ("REQUEST", "calendar_request")


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (["DTSTART:20261120T090000Z", "DTEND:20261120T100000Z"], "2026-11-20 09:00 – 10:00 (UTC)"),
        (["DTSTART:20261120T090000"], "2026-11-20 09:00"),
        (["DTSTART:20261120T230000", "DURATION:PT2H"], "2026-11-20 23:00 – 2026-11-21 01:00"),
        (["DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261121"], "2026-11-20"),
        (["DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261123"], "2026-11-20 – 2026-11-22"),
        (["DTSTART;VALUE=DATE:20261120", "DURATION:P1W"], "2026-11-20 – 2026-11-26"),
        (["DTSTART:20261120T090000", "DTEND:20261119T090000"], "2026-11-20 09:00"),
        (["DTSTART:20261120T090000", "DTEND:20261121"], "2026-11-20 09:00"),
        (["DTSTART:20261345T990000"], "20261345T990000"),
        (["DTSTART:i morgon"], "i morgon"),
        (["DTSTART:20261120T090000", "DURATION:P52W"], "2026-11-20 09:00 – 2027-11-19 09:00"),
        (["DTEND:20261120T090000"], ""),
    ],
)
def test_when(lines: list[str], when: str) -> None:
    assert note("BEGIN:VEVENT", *lines).when == when


@pytest.mark.parametrize(
    ("method", "mark"),
    [
        ("REQUEST", "calendar_request"),
        ("ADD", "calendar_request"),
        ("REPLY", "calendar_reply"),
        ("COUNTER", "calendar_reply"),
        ("cancel", "calendar_cancel"),
        ("PUBLISH", ""),
        ("", ""),
    ],
)
def test_marks(method: str, mark: str) -> None:
    assert note(f"METHOD:{method}", "BEGIN:VEVENT").mark == mark
    assert note("BEGIN:VEVENT", method=method).mark == mark


def test_an_answer_says_who_and_what() -> None:
    read = note(
        "METHOD:REPLY", "BEGIN:VEVENT", "SUMMARY:Samråd", "ATTENDEE;PARTSTAT=DECLINED;CN=Kim:MAILTO:kim@example.org"
    )
    assert read.lines == "Samråd\nKim <kim@example.org>: declined"


def test_what_is_no_calendar_is_none() -> None:
    assert read_calendar("Hej") is None
    assert read_calendar("") is None


@given(st.text(alphabet='BEGIN:VCALNDR;="\\,\r\n T0129Z-', max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    read = read_calendar("BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + text)
    assert read is not None
    assert "\r" not in read.lines


@pytest.mark.parametrize("piece", ["\n ", "SUMMARY:x\n", "BEGIN:V\n", 'A;X="', ";", "A;B=c", "\\", "\n"])
def test_hostile_calendars_end_in_time(piece: str) -> None:
    begin = time.process_time()
    read_calendar("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x" + piece * 1_000_000)
    assert time.process_time() - begin < 2
