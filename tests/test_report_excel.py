"""The Excel file as Excel opens it: real dates and percentages, and no formula out of what somebody wrote."""

import io
from datetime import datetime

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from measurement.report.cells import plain_cell, sheet_name
from measurement.report.excel import report_xlsx
from tests.report_example import empty_report, full_report, texts


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(report_xlsx(full_report(), texts())))


def _rows(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def _sheet(book: openpyxl.Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_the_first_sheet_is_the_period_with_every_figure(book: openpyxl.Workbook) -> None:
    rows = _rows(_sheet(book, "2026-W47"))
    (share,) = [row for row in rows if row["Mått"] == "answered_in_time.one_working_day" and not row["Del"]]
    assert (share["Täljare"], share["Nämnare"], share["n"]) == (257, 262, 262)
    assert share["Utfall"] == pytest.approx(257 / 262)
    cell = next(row for row in _sheet(book, "2026-W47").iter_rows(min_row=2)
                if row[0].value == "answered_in_time.one_working_day")[7]  # fmt: skip
    assert cell.number_format == "0.0%"


def test_the_surveys_figures_over_thirteen_weeks_stand_there_as_in_the_headline(book: openpyxl.Workbook) -> None:
    rows = _rows(_sheet(book, "2026-W47"))
    (good,) = [row for row in rows if row["Mått"] == "reception.good" and row["Uppdelning"] == "rolling"]
    assert (good["Täljare"], good["n"], good["Del"]) == (63, 70, "Enkäten de senaste 13 veckorna")


def test_each_measure_has_a_sheet_of_its_weeks_with_dates_and_limits(book: openpyxl.Workbook) -> None:
    sheet = _sheet(book, "Besvarade inom en arbetsdag")
    rows = _rows(sheet)
    assert len(rows) == 52
    assert rows[-1]["Första dag"] == datetime(2026, 11, 16)
    assert sheet.cell(2, 2).number_format == "yyyy-mm-dd"
    assert sheet.cell(2, 5).number_format == "0.0%"
    assert isinstance(rows[-1]["Övre gräns"], float | int)
    assert rows[-1]["n"] == 262


def test_definitions_stand_in_the_last_sheet(book: openpyxl.Workbook) -> None:
    rows = _rows(_sheet(book, book.sheetnames[-1]))
    (one,) = [row for row in rows if row["Mått"] == "reception.good"]
    assert (one["Version"], one["Enhet"]) == (1, "share")
    assert "4 or 5" in str(one["Vilka som räknas"])


def test_no_cell_of_any_sheet_is_a_formula(book: openpyxl.Workbook) -> None:
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert '\'=HYPERLINK("x")' in {cell.value for cell in cells}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Gata", "Gata"), ("=1+1", "'=1+1"), ("+46", "'+46"), ("-1", "'-1"), ("@x", "'@x"), ("  =1", "'  =1"),
        ("\t=1", "'\t=1"), ("a\x00b", "ab"), ("", ""), ("1=1", "1=1"),
    ],
)  # fmt: skip
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text: str, cell: str) -> None:
    assert plain_cell(text) == cell


def test_names_of_sheets_fit_and_differ() -> None:
    taken: set[str] = set()
    long = "Besvarade senast vid stängning nästa arbetsdag"
    assert sheet_name(long, taken) == long[:31]
    second = sheet_name(long, taken)
    assert second.endswith(" 2")
    assert len(second) <= 31
    assert sheet_name("a/b:c[d]", taken) == "a b c d"
    assert sheet_name("''", taken) == "-"


def test_the_same_report_gives_the_same_bytes_and_an_empty_week_opens() -> None:
    assert report_xlsx(full_report(), texts()) == report_xlsx(full_report(), texts())
    empty = openpyxl.load_workbook(io.BytesIO(report_xlsx(empty_report(), texts())))
    assert empty.sheetnames[0] == "2026-W47"
