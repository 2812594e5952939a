import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.calendar import Calendar, CalendarVersion
from bot.clock import Rule, deadline
from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq, to_micros
from bot.inquiry import fold_inquiries
from config.texts import LANGUAGES, Language, Texts
from measurement.explain import case_as_json, explain_case, explain_time, time_as_json

ZONE = ZoneInfo("Europe/Stockholm")
TEXTS = Texts("sv", ZONE)
LUNCH = ((8 * 60, 12 * 60), (13 * 60, 16 * 60 + 30))  # 08:00–12:00 and 13:00–16:30: 450 minutes
MESSAGE: FactData = {"channel": "mail", "kind": "question", "unit": "kc", "message": 1}


def calendar(*week: tuple[tuple[int, int], ...], ordinary: int = 450) -> Calendar:
    version = CalendarVersion(
        valid_from=date(2020, 1, 1),
        decided_by="KS § 1",
        ordinary_day_minutes=ordinary,
        week=week or (*[LUNCH] * 5, (), ()),
    )
    return Calendar([version], first_year=2025, last_year=2028)


CALENDAR = calendar()
ROUND_THE_CLOCK = calendar(*[((0, 1440),)] * 7, ordinary=1440)


def at(day: int, clock: str, month: int = 11) -> datetime:
    """Return a local time of 2026 as UTC."""
    return datetime.fromisoformat(f"2026-{month:02d}-{day:02d}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


def facts(*rows: tuple[FactKind, datetime, int, FactData]) -> list[Fact]:
    return [
        Fact(
            seq=Seq(40 + number), case=CaseNumber("K-7Q4M2X-9"), inquiry=inquiry, kind=kind, occurred_at=when,
            recorded_at=max(when, rows[0][1]), actor="system", source=f"s:{number}", data=data,
        )
        for number, (kind, when, inquiry, data) in enumerate(rows, start=1)
    ]  # fmt: skip


def explained(known: list[Fact], as_of: datetime) -> str:
    """Return the explanation of a case in one line, wherever it was broken."""
    return " ".join(explain_case(known, CALENDAR, as_of, TEXTS).split())


BOUNCED = facts(
    (FactKind.RECEIVED, at(20, "14:30:12"), 1, MESSAGE),
    (FactKind.ACKNOWLEDGED, at(20, "14:30:15"), 1, {"outbox": 1}),
    (FactKind.HELD, at(20, "16:00:00"), 1, {}),
    (FactKind.RECEIVED, at(22, "09:00:00"), 1, MESSAGE),
    (FactKind.ANSWERED, at(23, "09:30:00"), 1, {"outbox": 2}),
    (FactKind.DELIVERY_FAILED, at(23, "09:31:00"), 1, {"outbox": 2, "of": "answer", "status": "5.1.1"}),
    (FactKind.ANSWERED, at(24, "10:15:40"), 1, {"outbox": 3}),
    (FactKind.CLOSED, at(24, "10:20:00"), 1, {}),
)
"""Friday 20 November 2026 14:30:12 to Tuesday 10:15:40, with a bounce on Monday."""

EXPECTED = """\
Ärende K-7Q4M2X-9, enligt läget onsdag 25 november 2026 kl. 08.00.00
Tider i Europe/Stockholm. Siffran efter # är händelsens nummer.

Kontakt 1
  #41  fredag 20 november 2026 kl. 14.30.12  meddelande kom in: klockan börjar
  #42  fredag 20 november 2026 kl. 14.30.15  mottagningsbekräftelse: påverkar
    inte klockan
  #43  fredag 20 november 2026 kl. 16.00.00  delbesked: påverkar inte klockan
  #44  söndag 22 november 2026 kl. 09.00.00  ytterligare ett meddelande före
    svaret: samma kontakt
  #45  måndag 23 november 2026 kl. 09.30.00  svar: klockan stannar
  #46  måndag 23 november 2026 kl. 09.31.00  svaret nådde inte fram: väntar
    igen
  #47  tisdag 24 november 2026 kl. 10.15.40  svar: klockan stannar
  #48  tisdag 24 november 2026 kl. 10.20.00  avslutat: påverkar inte klockan

Öppet från fredag 20 november 2026 kl. 14.30.12 till svaret tisdag 24 november
2026 kl. 10.15.40
  dag                      öppet                min:sek       summa
  fredag 20 november 2026  14.30.12–16.30.00     119:48      119:48
  måndag 23 november 2026  08.00.00–12.00.00     240:00      359:48
  måndag 23 november 2026  13.00.00–16.30.00     210:00      569:48
  tisdag 24 november 2026  08.00.00–10.15.40     135:40      705:28
Öppen tid 705:28, tid på klockan 5505:28.

Sista tid för svar, och hur det gick
  inom en arbetsdag: måndag 23 november 2026 kl. 14.30.12: för sent
  inom två arbetsdagar: tisdag 24 november 2026 kl. 14.30.12: i tid
  senast vid stängning nästa arbetsdag: måndag 23 november 2026 kl. 16.30.00:
    för sent
  inom 24 timmar: lördag 21 november 2026 kl. 14.30.12: för sent"""


def test_every_start_stop_and_open_interval_can_be_checked_by_hand() -> None:
    # The fold of the day: 119:48 on Friday, 450:00 on Monday in two parts, 135:40 on Tuesday: 705:28 in all.
    # On the clock 3 days 19 h 45 min 28 s = 3 · 1440 + 1185 minutes and 28 seconds = 5505:28.
    assert explain_case(BOUNCED, CALENDAR, at(25, "08:00:00"), TEXTS) == EXPECTED


def test_what_has_no_answer_is_counted_until_the_instant_that_is_asked_about() -> None:
    text = explained(BOUNCED, at(23, "10:00:00"))
    assert "till måndag 23 november 2026 kl. 10.00.00 (inget svar än)" in text
    # 119:48 on Friday and 120:00 on Monday.
    assert "Öppen tid 239:48, tid på klockan 4049:48." in text
    assert "inom en arbetsdag: måndag 23 november 2026 kl. 14.30.12: tid kvar" in text
    assert "inom 24 timmar: lördag 21 november 2026 kl. 14.30.12: utan svar" in text
    assert "#47" not in text


def test_before_it_began_a_case_was_not_there() -> None:
    before = at(20, "14:00:00")
    assert explain_case(BOUNCED, CALENDAR, before, TEXTS) == (
        "Ärendet fanns inte fredag 20 november 2026 kl. 14.00.00."
    )
    assert case_as_json(BOUNCED, CALENDAR, before)["inquiries"] == []


def test_a_bounce_after_the_answer_was_shown_takes_the_stop_back() -> None:
    before, after = (explained(BOUNCED, at(23, clock)) for clock in ("09:30:30", "09:31:00"))
    assert "till svaret måndag 23 november 2026 kl. 09.30.00" in before
    assert "(inget svar än)" in after


def test_each_inquiry_has_its_own_reckoning() -> None:
    two = facts(
        (FactKind.RECEIVED, at(16, "08:00:00"), 1, MESSAGE),
        (FactKind.ANSWERED, at(16, "09:00:00"), 1, {"outbox": 1, "unsure": True}),
        (FactKind.ANSWERED, at(16, "09:30:00"), 1, {"outbox": 2}),
        (FactKind.RECEIVED, at(16, "10:00:00"), 2, MESSAGE),
        (FactKind.EXCLUDED, at(16, "11:00:00"), 2, {"reason": "thanks"}),
    )
    first, second = explained(two, at(17, "08:00:00")).split(" Kontakt 2 ")
    assert "svar, kanske framme: klockan stannar" in first
    assert "ännu ett svar: ändrar inget" in first
    assert "Öppen tid 60:00, tid på klockan 60:00." in first
    assert "räknas inte: bara ett tack" in second
    assert second.count(": räknas inte") == 4
    assert [one["classes"]["clock_24h"] for one in case_as_json(two, CALENDAR, at(17, "08:00:00"))["inquiries"]] == [
        "in_time",
        "left_out",
    ]


def test_a_correction_says_what_stood_first() -> None:
    corrected = facts(
        (FactKind.RECEIVED, at(16, "08:00:00"), 1, MESSAGE),
        (FactKind.ANSWERED, at(16, "10:00:00"), 1, {"outbox": 1}),
        (FactKind.ANSWERED_ELSEWHERE, at(16, "09:30:00"), 1, {}),
        (FactKind.CORRECTED, at(18, "08:00:00"), 1, {"seq": 41, "occurred_at": to_micros(at(16, "09:00:00"))}),
        (FactKind.CORRECTED, at(18, "08:00:00"), 1, {"seq": 42, "drop": True}),
    )
    text = explained(corrected, at(19, "08:00:00"))
    assert "#41 måndag 16 november 2026 kl. 09.00.00 meddelande kom in" in text
    assert "Öppen tid 30:00, tid på klockan 30:00." in text
    assert "Rättelse #44: #41 stod först som måndag 16 november 2026 kl. 08.00.00." in text
    assert "Rättelse #45: #42 räknas inte med." in text
    assert "Rättelse" not in explained(corrected, at(17, "08:00:00"))


def test_a_mail_that_comes_late_but_was_sent_first_moves_the_start() -> None:
    late = facts(
        (FactKind.RECEIVED, at(16, "10:00:00"), 1, MESSAGE),
        (FactKind.RECEIVED, at(16, "09:00:00"), 1, MESSAGE),
    )
    text = explained(late, at(16, "11:00:00"))
    assert "#42 måndag 16 november 2026 kl. 09.00.00 meddelande som kom tidigare: klockan börjar då" in text
    assert "Öppen tid 120:00" in text


def test_fractions_of_a_second_are_not_hidden() -> None:
    text = explain_time(at(16, "09:00:00.25"), at(16, "09:01:00.125"), CALENDAR, TEXTS)
    assert "09.00.00,25–09.01.00,125" in text
    assert "Öppen tid 0:59,875, tid på klockan 0:59,875." in text


def test_the_json_of_a_case_says_the_same_as_the_fold() -> None:
    as_of = at(25, "08:00:00")
    document = case_as_json(BOUNCED, CALENDAR, as_of)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    (inquiry,) = fold_inquiries(BOUNCED)
    (told,) = document["inquiries"]
    assert inquiry.answered_at is not None
    assert told["arrived_at"] == "2026-11-20T13:30:12+00:00"
    assert told["answered_at"] == told["until"] == inquiry.answered_at.isoformat()
    assert (told["open_seconds"], told["clock_seconds"]) == (705 * 60 + 28, 5505 * 60 + 28)
    assert sum(one["seconds"] for one in told["segments"]) == told["open_seconds"]
    assert told["local"]["arrived_at"] == "2026-11-20T14:30:12+01:00"
    assert [moment["what"] for moment in told["moments"]] == [
        "started", "acknowledged", "held", "joined", "stopped", "revoked", "stopped", "closed",
    ]  # fmt: skip
    assert told["classes"] == {
        "one_working_day": "late",
        "two_working_days": "in_time",
        "end_of_next_working_day": "late",
        "clock_24h": "late",
    }


def test_two_instants_in_words() -> None:
    text = explain_time(at(20, "15:00:00"), at(23, "09:30:00"), CALENDAR, TEXTS)
    assert text.splitlines() == [
        "Från fredag 20 november 2026 kl. 15.00.00",
        "till måndag 23 november 2026 kl. 09.30.00 (Europe/Stockholm)",
        "",
        "  dag                      öppet                min:sek       summa",
        "  fredag 20 november 2026  15.00.00–16.30.00      90:00       90:00",
        "  måndag 23 november 2026  08.00.00–09.30.00      90:00      180:00",
        "Öppen tid 180:00, tid på klockan 3990:00.",
        "",
        "Sista tid för svar, och hur det gick",
        "  inom en arbetsdag: måndag 23 november 2026 kl. 15.00.00: i tid",
        "  inom två arbetsdagar: tisdag 24 november 2026 kl. 15.00.00: i tid",
        "  senast vid stängning nästa arbetsdag: måndag 23 november 2026 kl. 16.30.00:",
        "    i tid",
        "  inom 24 timmar: lördag 21 november 2026 kl. 15.00.00: för sent",
    ]


def test_two_instants_as_json_in_any_zone() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    start, end = at(20, "15:00:00").astimezone(helsinki), at(23, "09:30:00").astimezone(helsinki)
    document = time_as_json(start, end, CALENDAR)
    assert json.loads(json.dumps(document)) == document
    assert document == {
        "start": "2026-11-20T14:00:00+00:00",
        "end": "2026-11-23T08:30:00+00:00",
        "zone": "Europe/Stockholm",
        "clock_seconds": 239_400,
        "open_seconds": 10_800,
        "segments": [
            {"start": "2026-11-20T14:00:00+00:00", "end": "2026-11-20T15:30:00+00:00", "seconds": 5_400},
            {"start": "2026-11-23T07:00:00+00:00", "end": "2026-11-23T08:30:00+00:00", "seconds": 5_400},
        ],
        "deadlines": {
            "one_working_day": "2026-11-23T14:00:00+00:00",
            "two_working_days": "2026-11-24T14:00:00+00:00",
            "end_of_next_working_day": "2026-11-23T15:30:00+00:00",
            "clock_24h": "2026-11-21T14:00:00+00:00",
        },
        "in_time": {
            "one_working_day": True,
            "two_working_days": True,
            "end_of_next_working_day": True,
            "clock_24h": False,
        },
        "local": {
            "start": "2026-11-20T15:00:00+01:00",
            "end": "2026-11-23T09:30:00+01:00",
            "segments": [
                ["2026-11-20T15:00:00+01:00", "2026-11-20T16:30:00+01:00"],
                ["2026-11-23T08:00:00+01:00", "2026-11-23T09:30:00+01:00"],
            ],
            "deadlines": {
                "one_working_day": "2026-11-23T15:00:00+01:00",
                "two_working_days": "2026-11-24T15:00:00+01:00",
                "end_of_next_working_day": "2026-11-23T16:30:00+01:00",
                "clock_24h": "2026-11-21T15:00:00+01:00",
            },
        },
    }


def test_an_answer_at_the_deadline_is_in_time_and_a_microsecond_later_is_not() -> None:
    start = at(20, "15:00:00")
    for rule in Rule:
        due = deadline(CALENDAR, rule, start)
        assert time_as_json(start, due, CALENDAR)["in_time"][rule.value]
        assert not time_as_json(start, due + timedelta(microseconds=1), CALENDAR)["in_time"][rule.value]


def test_no_time_at_all_is_in_time() -> None:
    start = at(21, "15:00:00")
    assert "  inte öppet någon gång under tiden\nÖppen tid 0:00, tid på klockan 0:00." in explain_time(
        start, start, CALENDAR, TEXTS
    )
    assert time_as_json(start, start, CALENDAR)["open_seconds"] == 0


def test_an_end_before_the_start_and_a_naive_time_are_refused() -> None:
    start, end = at(20, "15:00:00"), at(20, "14:00:00")
    with pytest.raises(ValueError, match="is before the start"):
        explain_time(start, end, CALENDAR, TEXTS)
    with pytest.raises(ValueError, match="is before the start"):
        time_as_json(start, end, CALENDAR)
    with pytest.raises(ValueError, match="without a zone"):
        explain_time(datetime(2026, 11, 20, 15), start, CALENDAR, TEXTS)
    with pytest.raises(ValueError, match="UTC"):
        explain_case(BOUNCED, CALENDAR, datetime(2026, 11, 25, tzinfo=ZONE), TEXTS)


def test_the_hour_that_happens_twice_is_told_apart() -> None:
    # 25 October 2026: at 03:00 summer time it becomes 02:00. From 02:30 to 02:30 an hour passes.
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=ZONE, fold=fold) for fold in (0, 1))
    text = explain_time(first, second, ROUND_THE_CLOCK, TEXTS)
    assert text.startswith("Från söndag 25 oktober 2026 kl. 02.30.00 (+02:00)\n")
    assert "till söndag 25 oktober 2026 kl. 02.30.00 (+01:00) (Europe/Stockholm)" in text
    assert "Öppen tid 60:00, tid på klockan 60:00." in text


def test_without_closing_time_each_day_still_has_its_line() -> None:
    # Saturday noon to Monday noon over the change: 12, 25 and 12 hours.
    text = explain_time(at(24, "12:00:00", 10), at(26, "12:00:00", 10), ROUND_THE_CLOCK, TEXTS)
    rows = [line.split() for line in text.splitlines() if line.startswith("  ") and "–" in line]
    assert [(row[0], row[-2], row[-1]) for row in rows] == [
        ("lördag", "720:00", "720:00"),
        ("söndag", "1500:00", "2220:00"),
        ("måndag", "720:00", "2940:00"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_80_columns_in_every_language(language: Language) -> None:
    texts = Texts(language, ZONE)
    case = explain_case(BOUNCED, CALENDAR, at(25, "08:00:00"), texts)
    time = explain_time(at(20, "15:00:00"), at(23, "09:30:00"), CALENDAR, texts)
    for line in (*case.splitlines(), *time.splitlines()):
        assert len(line) <= 80
        assert line == line.rstrip()
