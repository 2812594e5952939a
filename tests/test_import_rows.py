"""Imports: a table as people keep it becomes changes, or every fault is told by row and column and nothing is done."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.register import Change
from config.changes import Standing
from config.import_rows import CANNED, STAFF, TOPICS, UNITS, Table, changes_in, drawn_id
from config.table_files import MOST_BYTES, MOST_ROWS, Row, TableFault, read_table
from tests.register_example import make_standing
from tests.test_changes import refusals


def excel(*rows: list[Any]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.create_sheet("another").append(["not read"])
    book.save(target)
    return target.getvalue()


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(content)]


PLAIN = [("Namn", "E-post"), ("Åsa Öberg", "asa@kommun.example")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_is_read_whoever_wrote_it(encoding: str, separator: str, ending: str) -> None:
    text = ending.join(separator.join(row) for row in PLAIN) + ending
    assert cells(text.encode(encoding)) == PLAIN


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = 'sep=;\r\nNamn;Text\r\n;\r\n a ;"två\r\nrader; och ""citat"""\r\n\r\nb;c\r\n'
    assert read_table(text.encode()) == [
        Row(2, ("Namn", "Text")), Row(4, ("a", 'två\r\nrader; och "citat"')), Row(7, ("b", "c")),
    ]  # fmt: skip
    assert [row.number for row in read_table(excel(["a"], [None], ["b"]))] == [1, 3]


def test_excel_gives_what_its_cells_show_and_only_of_the_first_sheet() -> None:
    row = ["Åsa", 7.0, 7.5, 8, True, False, None, date(2026, 12, 23), datetime(2026, 12, 23), " x "]
    shown = ("Åsa", "7", "7.5", "8", "ja", "nej", "", "2026-12-23", "2026-12-23", "x")
    assert cells(excel(row)) == [shown]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", TableFault.EMPTY),
        (b"\xef\xbb\xbf\r\n ; \r\n", TableFault.EMPTY),
        (excel([None]), TableFault.EMPTY),
        (b"x" * (MOST_BYTES + 1), TableFault.TOO_LARGE),
        (b"x\n" * (MOST_ROWS + 1), TableFault.TOO_LARGE),
        (b"\xd0\xcf\x11\xe0" + b"old", TableFault.OLD_EXCEL),
        (b"PK\x03\x04 no real file", TableFault.NOT_A_TABLE),
        (excel(["a"])[:900], TableFault.NOT_A_TABLE),
        (b"\x00\x01\x02binary\x00", TableFault.NOT_A_TABLE),
        (b'a;b\n"never ended', TableFault.NOT_A_TABLE),
        (b"\xff\xfea", TableFault.NOT_A_TABLE),
    ],
)
def test_what_is_no_table_is_said(content: bytes, why: str) -> None:
    with pytest.raises(TableFault) as fault:
        read_table(content)
    assert fault.value.why == why


def test_a_file_that_unpacks_to_more_than_fits_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.table_files.MOST_UNPACKED", 100)
    with pytest.raises(TableFault, match=TableFault.TOO_LARGE):
        read_table(excel(["a"]))


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_a_fault(content: bytes) -> None:
    try:
        rows = read_table(content)
    except TableFault:
        return
    assert all(any(row.cells) for row in rows)
    assert [row.number for row in rows] == sorted({row.number for row in rows})


def _changes(standing: Standing, table: Table, text: str) -> tuple[Change, ...]:
    return changes_in(standing, table, read_table(text.encode()))


def test_officers_are_added_changed_and_left_as_they_are() -> None:
    text = (
        "Namn;E-post;Enheter;Roll;Sekretess\n"
        "Dora Exempel;dora.exempel@kommun.example;Kontaktcenter, bygg;Kvalitetsledare;ja\n"
        "Bo Exempelsson;bo@kommun.example;kontaktcenter;;\n"
        "Anna Exempel;ANNA@kommun.example;Kontaktcenter;;\n"
        "Anna Nilsson;anna.n@kommun.example;bygg;;nej\n"
    )
    dora, bo, anna, other = _changes(make_standing(), STAFF, text)
    assert (dora.key, dora.data["units"], dora.data["role"], dora.data["cleared"]) == (
        "dora", ["kontaktcenter", "bygg"], "lead", True,
    )  # fmt: skip
    assert (bo.key, bo.data["name"]) == ("bo", "Bo Exempelsson")
    # Only the spelling of her address differs.
    assert (anna.key, anna.data["email"], anna.data["role"]) == ("anna", "ANNA@kommun.example", "lead")
    assert (other.key, other.data["cleared"]) == ("anna2", False)
    again = make_standing().after([dora, bo, anna, other])
    assert _changes(again, STAFF, text) == ()


def test_every_fault_is_told_by_row_and_column() -> None:
    text = (
        "ID;Namn;E-post;Enhet;Roll;Sekretess\n"
        "dora;Dora;dora@kommun.example;bygg;;\n"
        ";Erik;;Vård;chef;kanske\n"
        "anna;Anna;kontakt@kommun.example;bygg;;\n"
        "dora;Dora Ny;dora@kommun.example;bygg;;\n"
        "gun;Gun;gun@kommun.example;bygg;;;för mycket\n"
    )
    found = [text for _, text in refusals(_changes, make_standing(), STAFF, text)]
    assert [one.partition(": ")[0] for one in found] == [
        "Rad 3, Sekretess", "Rad 3, E-post", "Rad 3, Enhet", "Rad 3, Roll", "Rad 4, E-post", "Rad 5", "Rad 6",
    ]  # fmt: skip
    assert found[0].endswith("Skriv ja eller nej, inte kanske.")
    assert found[1].endswith("E-postadress saknas för Erik.")
    assert "dora står redan på rad 2" in found[5]
    assert "fler celler än det finns rubriker" in found[6]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Namn;E-post;Enhet;Skostorlek", ["Vi känner inte rubriken Skostorlek. Vi känner: id, namn"]),
        ("Namn;Name;E-post;Enhet", ["Rubriken Name betyder samma"]),
        ("Namn;Roll", ["något av: epost", "något av: enhet"]),
    ],
)
def test_headings_that_will_not_do(head: str, words: list[str]) -> None:
    found = refusals(_changes, make_standing(), STAFF, head + "\nx;y;z;w\n")
    assert len(found) == len(words)
    for said, (_, text) in zip(words, found, strict=True):
        assert said in text


def test_units_topics_and_canned_answers() -> None:
    standing = make_standing()
    units = (
        "Namn,Adress,Personaladress,Avisering,Kopior,Sekretess,Jour\n"
        "Individ och familj,iof@kommun.example,alla@kommun.example,adress,3,ja,jour@kommun.example\n"
        "Bygglov,bygg@kommun.example,,,,,\n"
    )
    (unit,) = _changes(standing, UNITS, units)
    assert (unit.key, unit.data) == ("individ", {
        "name": "Individ och familj", "address": "iof@kommun.example", "staff_address": "alla@kommun.example",
        "notify": "address", "copies": 3, "secrecy": True, "on_call": "jour@kommun.example",
    })  # fmt: skip
    assert "Skriv ett tal" in refusals(_changes, standing, UNITS, "Namn,Adress,Kopior\nV,v@x.example,två\n")[0][1]
    topics = _changes(standing, TOPICS, "id;Ämne\nbygglov;Bygga och riva\n;Hundar och katter\n;Bostad\n")
    assert [(one.key, one.data["name"]) for one in topics] == [
        ("bygglov", "Bygga och riva"), ("hundar", "Hundar och katter"),
    ]  # fmt: skip
    canned = _changes(standing, CANNED, 'namn,text,enhet,språk\nlänk,"Se\n{länk}",,\ntack,Tack {namn}!,Bygglov,fi\n')
    assert [one.key for one in canned] == ["länk||", "tack|bygg|fi"]
    assert [one.data["text"] for one in canned] == ["Se\n{länk}", "Tack {namn}!"]
    ((_, text),) = refusals(_changes, standing, CANNED, "namn,text\nlänk,Se {länk\n")
    assert text.startswith("Rad 2, text: Klamrarna")


@pytest.mark.parametrize(
    ("text", "taken", "drawn"),
    [("Åsa.Öberg", set(), "asa"), ("asa", {"asa"}, "asa2"), ("asa", {"asa", "asa2"}, "asa3"), ("王", set(), "x"),
     ("abcdefghijklmnop", set(), "abcdefghijkl"), ("abcdefghijklmnop", {"abcdefghijkl"}, "abcdefghijk2")],
)  # fmt: skip
def test_an_id_is_drawn_from_a_name(text: str, taken: set[str], drawn: str) -> None:
    assert drawn_id(text, taken, most=12) == drawn
