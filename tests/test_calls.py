"""Reading the telephone exchange's files: what a cell means, which rows are one call, and every fault by line."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.after_call import CallQuestion, SurveyFile, SurveyLayout, read_survey
from bot.call_cells import (
    CellFault,
    Outcome,
    Why,
    is_phone_number,
    read_instant,
    read_outcome,
    read_seconds,
    read_week,
    read_yes_or_no,
)  # fmt: skip
from bot.calls import CallField, CallFile, Layout, RowFault, read_calls
from bot.facts import UnitId
from commands.phone_words import fault_lines, rows_in_words
from config.table_files import read_table
from config.texts import Texts

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PLAIN = Layout(zone=ZONE)
TEXTS = Texts("sv", ZONE)


def utc(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def calls(text: str, layout: Layout = PLAIN) -> CallFile:
    return read_calls(read_table(text.encode()), layout, "exchange", NOW)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-11-16 08:12:05", utc(16, 7, 12, 5)),  # winter: one hour before UTC
        ("2026-11-16T08:12", utc(16, 7, 12)),
        ("2026-11-16 08.12", utc(16, 7, 12)),
        ("2026-11-16 kl. 8.12", utc(16, 7, 12)),
        ("20261116 08:12", utc(16, 7, 12)),
        ("2026/11/16, 08:12:05,750", utc(16, 7, 12, 5)),
        ("16.11.2026 8:12", utc(16, 7, 12)),
        ("16/11/2026 08:12", utc(16, 7, 12)),
        ("16/11 2026 08:12", utc(16, 7, 12)),
        ("16/11/2026 8:12 PM", utc(16, 19, 12)),
        ("16/11/2026 12:12 am", utc(15, 23, 12)),
        ("2026-07-01 08:12", utc(1, 6, 12, month=7)),  # summer: two
        ("2026-11-16T08:12:05Z", utc(16, 8, 12, 5)),
        ("2026-11-16T08:12:05.123+0200", utc(16, 6, 12, 5)),
        ("2026-11-16 08:12:05 -05:00", utc(16, 13, 12, 5)),
        ("1794816725", datetime.fromtimestamp(1794816725, UTC)),
        ("1794816725.42", datetime.fromtimestamp(1794816725, UTC)),
    ],
)
def test_times_are_read_as_exchanges_write_them(cell: str, at: datetime) -> None:
    assert read_instant(cell, ZONE, day_first=True).at == at


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", Why.NO_TIME), ("-", Why.NO_TIME), ("i morse", Why.BAD_TIME), ("2026-13-01 08:00", Why.BAD_TIME),
        ("11/16/2026 08:00", Why.BAD_TIME), ("2026-11-16 24:00", Why.BAD_TIME), ("2026-11-16 13:00 pm", Why.BAD_TIME),
        ("1926-11-16 08:00", Why.BAD_TIME), ("2026-11-16", Why.NO_CLOCK), ("2026-11-16 08", Why.BAD_TIME),
        ("2026-11-16 08:00+05:30", Why.BAD_TIME), ("2026-03-29 02:30", Why.SKIPPED_HOUR),
    ],
)  # fmt: skip
def test_what_is_no_time_is_said(cell: str, why: Why) -> None:
    with pytest.raises(CellFault) as fault:
        read_instant(cell, ZONE, day_first=True)
    assert fault.value.why is why


def test_the_month_stands_first_where_it_is_said() -> None:
    assert read_instant("11/16/2026 08:12", ZONE, day_first=False).at == utc(16, 7, 12)
    assert read_instant("3/4/2026 08:12", ZONE, day_first=False).at == utc(4, 7, 12, month=3)
    assert read_instant("3/4/2026 08:12", ZONE, day_first=True).at == utc(3, 6, 12, month=4)


def test_the_hour_that_comes_twice_is_counted_to_the_first_and_told() -> None:
    # Sunday 25 October 2026: 03:00 summer time is 02:00 winter time. 02:30 first comes at 00:30 UTC.
    found = read_instant("2026-10-25 02:30", ZONE, day_first=True)
    assert (found.at, found.doubtful) == (utc(25, 0, 30, month=10), True)
    exact = read_instant("2026-10-25 02:30+01:00", ZONE, day_first=True)
    assert (exact.at, exact.doubtful) == (utc(25, 1, 30, month=10), False)
    assert not read_instant("2026-10-25 03:00", ZONE, day_first=True).doubtful
    assert calls("Tid;Besvarad\n2026-10-25 02:30;ja\n2026-10-25 04:30;ja\n").doubtful == 1


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(["Europe/Helsinki", "UTC"]))
def test_every_written_instant_with_its_offset_is_read_back(local: datetime, zone: str) -> None:
    at = local.replace(tzinfo=ZoneInfo(zone), microsecond=0)
    assert read_instant(at.isoformat(), ZONE, day_first=True).at == at.astimezone(UTC)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("", None), ("–", None), ("NULL", None), ("0", 0), ("45", 45), ("45 s", 45), ("45 sek.", 45), ("45,5", 45.5),
        ("45.5", 45.5), ("0:45", 45), ("01:15", 75), ("00:01:15", 75), ("1:02:03", 3723), ("00:00:45,250", 45.25),
        ("75:10", 4510), ("1 min 15 s", 75), ("2 min", 120),
    ],
)  # fmt: skip
def test_lengths_of_time(cell: str, seconds: float | None) -> None:
    assert read_seconds(cell) == seconds


@pytest.mark.parametrize(
    ("cell", "why"),
    [("en stund", Why.BAD_SECONDS), ("-5", Why.BAD_SECONDS), ("1:75", Why.BAD_SECONDS), ("1:60:00", Why.BAD_SECONDS),
     ("45000", Why.TOO_LONG), ("5:00:00", Why.TOO_LONG)],
)  # fmt: skip
def test_what_is_no_length_of_time_is_said(cell: str, why: Why) -> None:
    with pytest.raises(CellFault) as fault:
        read_seconds(cell)
    assert fault.value.why is why


def test_milliseconds_where_it_is_said() -> None:
    assert read_seconds("45250", milliseconds=True) == 45.25
    assert read_seconds("0:45", milliseconds=True) == 45


def test_words() -> None:
    assert [read_yes_or_no(one) for one in ("Ja", "1", "nej", "FALSE", "")] == [True, True, False, False, None]
    assert read_outcome("Besvarat", {}) is Outcome.ANSWERED
    assert read_outcome("HUNG_UP", {}) is Outcome.ABANDONED
    assert read_outcome("Callback", {}) is Outcome.OTHER
    assert read_outcome("Klart.", {"klart": Outcome.ANSWERED}) is Outcome.ANSWERED
    assert [is_phone_number(one) for one in ("070-123 45 67", "+46701234567", "4512", "Kö 1", "Kontaktcenter")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert [read_week(one) for one in ("2026-W07", "2026 v7", "2026-11-16")] == ["2026-W07", "2026-W07", None]


def test_a_file_of_a_swedish_exchange() -> None:
    found = calls(
        "\ufeffDatum;Tid;Kö;Väntetid;Status;Agent;A-nummer\r\n"
        "2026-11-16;08:12:05;Växel;00:15;Besvarat;Anna Exempel;0701234567\r\n"
        "2026-11-16;08:13:00;Växel;01:05,5;Besvarat;Bo Exempel;0701234568\r\n"
        "2026-11-16;08:14:00;Bygg;4,9;Övergivet;;0701234569\r\n"
        "2026-11-16;08:15:00;Bygg;30;Återuppringning;;\r\n",
        Layout(zone=ZONE, unit=UnitId("kc"), queues={"bygg": UnitId("bygg")}),
    )
    assert found.faults == ()
    # An answer after 65.5 s is not within 65; a caller who gave up after 4.9 s did so in under 5.
    assert [(c.at, c.unit, c.queue, c.seconds, c.answered, c.abandoned) for c in found.calls] == [
        (utc(16, 7, 12, 5), "kc", "Växel", 15, True, False),
        (utc(16, 7, 13), "kc", "Växel", 66, True, False),
        (utc(16, 7, 14), "bygg", "Bygg", 4, False, True),
        (utc(16, 7, 15), "bygg", "Bygg", 30, False, False),
    ]
    assert found.unread == ("Agent", "A-nummer")
    assert "0701234567" not in repr(found.calls)
    assert "Anna" not in repr(found.calls)


def test_a_file_of_an_english_exchange_with_columns_of_its_own() -> None:
    layout = Layout(
        zone=ZoneInfo("UTC"), day_first=False, milliseconds=True,
        columns={CallField.SECONDS: "tWait (ms)", CallField.OUTCOME: "How it ended"},
        outcomes={"ok": Outcome.ANSWERED},
    )  # fmt: skip
    found = calls("Start Time,tWait (ms),How it ended,Wait\n11/16/2026 8:12:05 AM,15250,OK,x\n", layout)
    assert [(c.at, c.seconds, c.answered) for c in found.calls] == [(utc(16, 8, 12, 5), 16, True)]
    assert found.unread == ("Wait",)


@pytest.mark.parametrize(
    ("head", "row", "ending"),
    [
        ("Besvarad", "ja", (True, False)), ("Besvarad", "nej", (False, True)),
        ("Övergiven", "1", (False, True)), ("Övergiven", "0", (True, False)),
        ("Besvarad;Övergiven", "0;0", (False, False)), ("Besvarad;Övergiven", "1;", (True, False)),
        ("Besvarad;Status", ";tappat", (False, True)),
    ],
)  # fmt: skip
def test_how_a_call_ended(head: str, row: str, ending: tuple[bool, bool]) -> None:
    found = calls(f"Tid;{head}\n2026-11-16 08:12;{row}\n")
    assert [(call.answered, call.abandoned) for call in found.calls] == [ending]


def test_seconds_until_given_up_in_a_column_of_their_own() -> None:
    found = calls(
        "Tid;Besvarad;Svarstid;Tid till avbrott;Direkt;Urval\n"
        "2026-11-16 08:12;ja;12;;ja;x\n2026-11-16 08:13;nej;;40;ja;\n2026-11-16 08:14;ja;9;;;\n"
    )
    assert [(call.seconds, call.direct, call.sampled) for call in found.calls] == [
        (12, True, True), (40, None, False), (9, None, False),
    ]  # fmt: skip


def test_the_same_call_has_the_same_key_in_every_file_and_equal_rows_are_calls_of_their_own() -> None:
    head, row, other = "Tid;Kö;Väntetid;Besvarad\n", "2026-11-16 08:12;Växel;15;ja\n", "2026-11-17 08:12;Växel;15;ja\n"
    both, later = calls(head + row + row + other), calls(head + other)
    keys = [call.key for call in both.calls]
    assert len(set(keys)) == 3
    assert [call.key for call in later.calls] == keys[2:]
    assert [call.key for call in calls(head + other + row + row).calls] == [keys[2], *keys[:2]]


def test_rows_of_one_id_are_parts_of_one_call() -> None:
    # Came at 08:12:00, sent on after 60 s, answered 30 s later: the caller waited 90 s.
    found = calls(
        "SamtalsID;Tid;Kö;Väntetid;Status\n"
        "a1;2026-11-16 08:13:00;Bygg;30;besvarat\na1;2026-11-16 08:12:00;Växel;60;vidarekopplat\n"
        "a1;2026-11-17 08:12:00;Växel;10;besvarat\n"
    )
    assert [(c.at, c.queue, c.seconds, c.answered) for c in found.calls] == [
        (utc(16, 7, 12), "Bygg", 90, True), (utc(17, 7, 12), "Växel", 10, True),
    ]  # fmt: skip
    assert found.parts == 1
    assert "a1" not in {call.key for call in found.calls}


def test_a_column_that_does_not_tell_calls_apart_is_no_id() -> None:
    rows = "".join(f"7;2026-11-16 08:{minute:02};ja\n" for minute in range(12))
    assert [fault.why for fault in calls("ID;Tid;Besvarad\n" + rows).faults] == [Why.NOT_IDS]


def test_minutes_that_a_spreadsheet_has_taken_for_hours_are_told() -> None:
    rows = "".join(f"2026-11-16 08:{minute:02};00:{minute:02}:00;ja\n" for minute in range(1, 13))
    assert calls("Tid;Väntetid;Besvarad\n" + rows).whole_minutes
    assert not calls("Tid;Väntetid;Besvarad\n" + rows + "2026-11-16 09:00;00:00:07;ja\n").whole_minutes


def test_every_fault_is_told_by_line_and_column_and_nothing_is_read() -> None:
    found = calls(
        "Tid;Kö;Väntetid;Status\n"
        "2026-11-16 08:12;Växel;15;besvarat\n"
        "i går;Växel;15;besvarat\n"
        "2026-11-16 08:12;Växel;länge;besvarat\n"
        "förrgår;Växel;15;besvarat\n"
        "2026-11-16 08:12;070-123 45 67;15;besvarat\n"
        "2026-11-16 08:12;Växel;15;okänt\n"
        "2026-11-16 08:12;Växel;15;besvarat;mer\n"
        "2026-12-16 08:12;Växel;15;besvarat\n"
    )
    assert found.calls == ()
    assert found.faults[0] == RowFault(why=Why.BAD_TIME, column="Tid", rows=(3, 5), example="i går")
    lines = fault_lines(TEXTS, found.faults)
    assert lines == [
        "Rad 3, 5, Tid: i går är ingen tidpunkt. Skriv som 2026-11-16 08:12:05.",
        "Rad 4, Väntetid: länge är ingen tid. Skriv sekunder, mm:ss eller hh:mm:ss.",
        "Rad 6, Kö: Det här är telefonnummer, och sådana sparar vi inte. Välj en annan kolumn.",
        "Rad 7, Status: Vi vet inte vad okänt betyder. Skriv det i [[phone.sources]]: answered_words, abandoned_words "
        "eller other_words.",
        "Rad 8: Raden har fler celler än det finns rubriker. Står det ett skiljetecken i en text?",
        "Rad 9, Tid: 2026-12-16 08:12 har inte varit än. Står månad och dag omvänt? Se [[phone.sources]] day_first.",
    ]


@pytest.mark.parametrize(
    ("text", "layout", "whys"),
    [
        ("Kö;Väntetid\nVäxel;15\n", PLAIN, [Why.NO_COLUMN, Why.NO_OUTCOME_COLUMN]),
        ("Datum;Besvarad\n2026-11-16;ja\n", PLAIN, [Why.NO_COLUMN]),
        ("Tid;Väntetid;Svarstid;Besvarad\n", PLAIN, [Why.TWO_COLUMNS]),
        ("Tid;Besvarad\n", Layout(zone=ZONE, columns={CallField.SECONDS: "Vänt"}), [Why.NO_COLUMN]),
        ("Tid;Besvarad;Övergiven\n2026-11-16 08:12;ja;ja\n", PLAIN, [Why.BOTH_OUTCOMES]),
        ("Tid;Besvarad\n2026-11-16 08:12;\n", PLAIN, [Why.NO_OUTCOME]),
        ("Tid;Besvarad\n2026-11-16 08:12;kanske\n", PLAIN, [Why.NOT_YES_OR_NO]),
    ],
)
def test_columns_and_endings_that_make_no_sense(text: str, layout: Layout, whys: list[Why]) -> None:
    found = calls(text, layout)
    assert [fault.why for fault in found.faults] == whys
    assert all(line.startswith("Rad ") for line in fault_lines(TEXTS, found.faults))


def test_two_columns_for_one_thing_are_chosen_from() -> None:
    layout = Layout(zone=ZONE, columns={CallField.SECONDS: "svarstid"})
    found = calls("Tid;Väntetid;Svarstid;Besvarad\n2026-11-16 08:12;99;7;ja\n", layout)
    assert [call.seconds for call in found.calls] == [7]


def test_rows_in_words() -> None:
    assert rows_in_words([2, 3, 4, 7, 9, 10]) == "2–4, 7, 9–10"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=30), st.data())
def test_the_order_of_the_rows_makes_no_difference(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    lines = [f"2026-11-16 08:0{minute};{seconds};ja\n" for minute, seconds in rows]
    shuffled = data.draw(st.permutations(lines))
    head = "Tid;Väntetid;Besvarad\n"
    assert set(calls(head + "".join(lines)).calls) == set(calls(head + "".join(shuffled)).calls)


def survey(text: str, layout: SurveyLayout | None = None) -> SurveyFile:
    layout = layout or SurveyLayout(zone=ZONE, local=ZONE)
    return read_survey(read_table(text.encode()), layout, NOW)


def test_a_survey_with_a_row_for_each_caller() -> None:
    found = survey(
        "Tid;Bemötande;Enkelhet;Kommentar;Telefonnummer\n"
        "2026-11-16 08:12;5;vet ej;Ring 070-123 45 67 före 16;0701234567\n2026-11-22 23:30;2;;;0701234568\n"
    )
    assert found.faults == ()
    # Half past eleven on Sunday night is still the same week, on the municipality's clock.
    assert [(one.week, one.question, one.grade, one.comment) for one in found.ratings] == [
        ("2026-W47", CallQuestion.RECEPTION, 5, ""),
        ("2026-W47", CallQuestion.EASE, None, ""),
        ("2026-W47", CallQuestion.COMMENT, None, "Ring … före 16"),
        ("2026-W47", CallQuestion.RECEPTION, 2, ""),
    ]
    assert found.unread == ("Telefonnummer",)
    assert "070" not in repr(found.ratings)


def test_a_survey_with_a_row_for_each_question() -> None:
    layout = SurveyLayout(
        zone=ZONE, local=ZONE, questions={"fickduhjälp": CallQuestion.EASE}, unit=UnitId("kc"), version=2
    )
    found = survey(
        "Vecka;Fråga;Betyg\n2026-W46;Hur nöjd var du med bemötandet?;4/5\n2026 v46;Fick du hjälp?;5,0\n", layout
    )
    assert [(one.week, one.unit, one.question, one.version, one.grade) for one in found.ratings] == [
        ("2026-W46", "kc", CallQuestion.RECEPTION, 2, 4), ("2026-W46", "kc", CallQuestion.EASE, 2, 5),
    ]  # fmt: skip


def test_an_exchanges_own_questions_as_headings() -> None:
    layout = SurveyLayout(zone=ZONE, local=ZONE, questions={"q1": CallQuestion.RECEPTION, "q2": CallQuestion.EASE})
    found = survey("Datum;Q1;Q2\n2026-11-16;5;3\n", layout)
    assert [(one.question, one.grade) for one in found.ratings] == [
        (CallQuestion.RECEPTION, 5), (CallQuestion.EASE, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "whys"),
    [
        ("Bemötande\n5\n", [Why.NO_COLUMN]),
        ("Tid;Kö\n2026-11-16;x\n", [Why.NO_COLUMN, Why.NO_COLUMN]),
        ("Tid;Bemötande\n2026-11-16;6\n", [Why.BAD_GRADE]),
        ("Tid;Bemötande\n2026-11-16;0\n", [Why.BAD_GRADE]),
        ("Tid;Bemötande\n2026-11-16;4,5\n", [Why.BAD_GRADE]),
        ("Vecka;Bemötande\n2026-W54;4\n", [Why.BAD_WEEK]),
        ("Vecka;Bemötande\n2026-W48;4\n", []),
        ("Vecka;Bemötande\n2026-W49;4\n", [Why.FUTURE]),
        ("Vecka;Fråga;Betyg\n2026-W46;Hur var vädret?;4\n", [Why.UNKNOWN_QUESTION]),
        ("Vecka;Fråga;Betyg\n2026-W46;Var bemötandet tydligt?;4\n", [Why.UNKNOWN_QUESTION]),
        ("Tid;Bemötande\n;4\n", [Why.NO_TIME]),
    ],
)
def test_what_is_wrong_with_a_survey_is_said(text: str, whys: list[Why]) -> None:
    found = survey(text)
    assert [fault.why for fault in found.faults] == whys
    assert bool(found.ratings) is not bool(whys)


def test_a_call_a_little_ahead_of_our_clock_is_none_of_the_future() -> None:
    ahead = (NOW + timedelta(minutes=4)).isoformat()
    assert len(calls(f"Tid;Besvarad\n{ahead};ja\n").calls) == 1


def test_a_row_that_sums_up_is_no_call_and_is_told() -> None:
    found = calls("Tid;Väntetid;Status\n2026-11-16 08:12:05;5;Besvarat\nTotalt;5;1\n;;\nMedel:;5;\n")
    assert (len(found.calls), found.totals, found.faults) == (1, 2, ())
    # A word of the exchange's in the first column of a call is none of these.
    assert len(calls("Kö;Tid;Väntetid;Status\nTotalentreprenad;2026-11-16 08:12:05;5;Besvarat\n").calls) == 1


def test_no_number_of_a_caller_is_kept() -> None:
    """An id that is the caller's number is refused: two calls of a day would be one. A long number of a call is not."""
    for number in ("+46701234567", "070-123 45 67", "0701234567", "0046701234567", "tel:+46701234567"):
        found = calls(f"Id;Tid;Väntetid;Status\n{number};2026-11-16 08:12:05;5;Besvarat\n")
        assert [(one.why, one.column) for one in found.faults] == [(Why.PHONE_NUMBER, "Id")]
    for number in ("1700000123.45", "10000001", "0000012345", "a1b2-070123", "20261116081205"):
        assert calls(f"Id;Tid;Väntetid;Status\n{number};2026-11-16 08:12:05;5;Besvarat\n").faults == ()
    (one,) = calls("Tid;Väntetid;Status;Kö\n2026-11-16 08:12:05;5;Besvarat;Från tel:+46 70-123 45 67\n").calls
    assert one.queue == "Från tel:…"
