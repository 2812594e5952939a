import io
import re
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from measurement.assessment.form import Told, clean
from measurement.assessment.form_excel import form_xlsx, too_long
from measurement.assessment.form_read import read_form
from measurement.assessment.form_returned import Returned
from measurement.assessment.round import Field, Source
from tests.forms import ANNA, EN, FI, SV, edited, entry, form_of, parts, round_of

WRITTEN = round_of(
    entry(3, "5.2", Field.ANSWER, "=HYPERLINK(\"http://x.example\")"),
    entry(4, "5.2", Field.DESCRIPTION, "Först.\n\n\tSedan & <b>"),
    entry(5, "5.2", Field.OWN_POINTS, "12.5"),
    entry(6, "5.10", Field.ANSWER, "Tio."),
)  # fmt: skip
FORM = form_of(WRITTEN, "5.1", "5.2", "5.10")
CONTENT = form_xlsx(FORM, SV)
SHEET = "xl/worksheets/sheet1.xml"


def values(returned: Returned) -> dict[tuple[str, Field], str]:
    return {(one.question, one.field): one.value for one in returned.fields}


def in_excel(content: bytes, **cells: object) -> bytes:
    """Cells written by another program, which saves all of the file anew."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book["Frågor"][place] = value
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_people_see() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(CONTENT))["Frågor"]
    assert [cell.value for cell in sheet[5]] == [
        "Fråga", "Delområde", "Vad som frågas", "Vägledning", "Belägg som finns", "Kort svar", "Beskrivning",
        "Egna poäng", "Högst", "Läge", "Rör inte",
    ]  # fmt: skip
    assert "egen bedömning, inte SKR:s frågor" in sheet["A2"].value
    assert FORM.token in sheet["A4"].value
    assert FORM.token in sheet.oddFooter.left.text
    assert "egen bedömning, inte SKR:s frågor" in sheet.oddFooter.left.text
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.protection.sheet
    locked = {cell.column_letter for cell in sheet[7] if cell.protection.locked}
    assert locked == set("ABCDEIK")
    assert sheet.column_dimensions["K"].hidden
    assert sheet.column_dimensions["G"].width > 60
    rules = {(str(one.sqref), one.type, one.formula2) for one in sheet.data_validations.dataValidation}
    assert rules >= {("H6", "decimal", "20"), ("H8", "decimal", "10"), ("J6:J8", "list", None)}
    assert form_xlsx(FORM, SV) == CONTENT


def test_nothing_in_it_is_a_formula() -> None:
    xml = parts(CONTENT)[SHEET].decode()
    assert "<f>" not in xml
    sheet = openpyxl.load_workbook(io.BytesIO(CONTENT))["Frågor"]
    assert (sheet["F7"].data_type, sheet["F7"].quotePrefix, sheet["F7"].number_format) == ("s", True, "@")


@pytest.mark.parametrize("texts", [SV, EN, FI, SV.in_language("sv_FI"), SV.in_language("sv_lattlast")])
def test_untouched_form_comes_back_the_same(texts: Any) -> None:
    returned = read_form(form_xlsx(FORM, texts), "x.xlsx")
    assert (returned.round, returned.digest, returned.form) == (FORM.round, FORM.digest, FORM.id)
    assert (returned.owner, returned.source, returned.questions) == (ANNA, Source.EXCEL, ("5.1", "5.2", "5.10"))
    assert returned.remarks == ()
    got = values(returned)
    assert got["5.2", Field.ANSWER] == '=HYPERLINK("http://x.example")'
    assert got["5.2", Field.DESCRIPTION] == "Först.\n\n\tSedan & <b>"
    assert (got["5.2", Field.OWN_POINTS], got["5.2", Field.PROGRESS], got["5.1", Field.ANSWER]) == ("12.5", "begun", "")
    assert [one.base for one in returned.fields if one.question == "5.2"] == [3, 4, 5, 0]


@given(answer=st.text(st.characters(exclude_categories=()), max_size=60), description=st.text(max_size=200))
@example(answer="_x000D_ x005F_ _x005F_ _x0_ _x0041_", description=" \n\t a \n\n")
@example(answer="=1+1", description="a\u2028b\x85c\u00a0\u200b‮\u00ad'@-+")
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_the_same(answer: str, description: str) -> None:
    round_ = round_of(entry(1, "5.1", Field.ANSWER, answer), entry(2, "5.1", Field.DESCRIPTION, description))
    got = values(read_form(form_xlsx(form_of(round_, "5.1"), SV), "x.xlsx"))
    assert (got["5.1", Field.ANSWER], got["5.1", Field.DESCRIPTION]) == (clean(answer)[0], clean(description)[0])


def test_what_another_program_saves_is_read() -> None:
    returned = read_form(
        in_excel(CONTENT, F6="Rad ett\nrad två", G6=2026, H6=7, J6=" Klar. ", H7="7,5", J7=None), "x.xlsx"
    )
    got = values(returned)
    assert returned.remarks == ()
    assert (got["5.1", Field.ANSWER], got["5.1", Field.DESCRIPTION]) == ("Rad ett\nrad två", "2026")
    assert (got["5.1", Field.OWN_POINTS], got["5.1", Field.PROGRESS]) == ("7", "ready")
    assert (got["5.2", Field.OWN_POINTS], got["5.2", Field.PROGRESS]) == ("7,5", "")


def test_formulas_and_errors_are_not_taken() -> None:
    returned = read_form(in_excel(CONTENT, F6="=SUM(H6:H8)", G6="#NAME?", H7="=5+5"), "x.xlsx")
    told = [(one.what, one.question, one.field, one.value) for one in returned.remarks]
    assert told == [
        (Told.FORMULA, "5.1", Field.ANSWER, "=SUM(H6:H8)"), (Told.FORMULA, "5.1", Field.DESCRIPTION, "#NAME?"),
        (Told.FORMULA, "5.2", Field.OWN_POINTS, "=5+5"),
    ]  # fmt: skip
    assert len(returned.fields) == 12 - 3


def test_rows_may_be_sorted_and_columns_moved_in_a_sheet_by_another_name() -> None:
    content = form_xlsx(form_of(round_of(entry(3, "5.2", Field.ANSWER, "Ja."))), SV)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Frågor"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    other = book.create_sheet("Blad2")
    for row in [*rows[:5], *reversed(rows[5:])]:
        other.append([row[-1], *row[:-1]])
    book.remove(sheet)
    assert values(read_form(saved(book), "x.xlsx")) == values(read_form(content, "x.xlsx"))


def test_without_the_hidden_column_the_numbers_are_read_and_the_marks_are_lost() -> None:
    book = openpyxl.load_workbook(io.BytesIO(CONTENT))
    book["Frågor"].delete_cols(11)
    returned = read_form(saved(book), "x.xlsx")
    assert values(returned) == values(read_form(CONTENT, "x.xlsx"))
    assert {one.base for one in returned.fields} == {None}


def test_a_number_that_a_program_rounded_is_known_by_the_hidden_cell() -> None:
    assert ("5.10", Field.ANSWER) in values(read_form(in_excel(CONTENT, A8=5.1), "x.xlsx"))


def test_texts_in_the_cell_itself_and_with_runs_are_read() -> None:
    def inline(xml: str) -> str:
        cell = ('<c r="F6" t="inlineStr"><is><r><t xml:space="preserve">Vi </t></r><r><rPr><b/></rPr><t>svarar</t></r>'
                "<rPh sb=\"0\" eb=\"1\"><t>läs</t></rPh></is></c>")  # fmt: skip
        return re.sub(r'<c r="F6"[^>]*/>', cell, xml)

    assert values(read_form(edited(CONTENT, inline, SHEET), "x.xlsx"))["5.1", Field.ANSWER] == "Vi svarar"


def test_what_has_no_room_in_a_cell_is_told_and_left_alone() -> None:
    long = "å" * 32_768
    form = form_of(round_of(entry(1, "5.1", Field.ANSWER, long), entry(2, "5.2", Field.ANSWER, "😀" * 16_383 + "a")))
    assert [(one.what, one.question, one.field) for one in too_long(form)] == [(Told.TOO_LONG, "5.1", Field.ANSWER)]
    content = form_xlsx(form, SV)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Frågor"]
    assert "för lång för Excel" in sheet["F6"].value
    assert sheet["F6"].protection.locked
    got = values(read_form(content, "x.xlsx"))
    assert ("5.1", Field.ANSWER) not in got
    assert len(got["5.2", Field.ANSWER]) == 16_384


def test_a_question_twice_and_a_question_gone() -> None:
    book = openpyxl.load_workbook(io.BytesIO(CONTENT))
    sheet = book["Frågor"]
    row = [cell.value for cell in sheet[7]]
    sheet.append([*row[:5], "Något annat", *row[6:]])
    sheet.delete_rows(6)
    returned = read_form(saved(book), "x.xlsx")
    assert [(one.what, one.question, one.field) for one in returned.remarks] == [
        (Told.TWICE, "5.2", Field.ANSWER), (Told.MISSING, "5.1", None),
    ]  # fmt: skip
    assert values(returned)["5.2", Field.DESCRIPTION] == "Först.\n\n\tSedan & <b>"


def test_long_notes_have_room_in_the_footer() -> None:
    from dataclasses import replace

    sheet = openpyxl.load_workbook(io.BytesIO(form_xlsx(replace(FORM, note="R&D " * 100), SV)))["Frågor"]
    assert FORM.token in sheet.oddFooter.left.text
    assert "…" in sheet.oddFooter.left.text
