"""The fields of a form in Excel, read from the sheet's cells as they are stored: nothing is ever reckoned."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from measurement.assessment.form import Remark, Told
from measurement.assessment.form_excel import MARKS
from measurement.assessment.form_package import Element, Package
from measurement.assessment.form_returned import FoundFields, ReturnedField
from measurement.assessment.form_words import LABELS, QUESTION, SHEET, meant, plain
from measurement.assessment.framework import QuestionId
from measurement.assessment.round import Field, Seq

MOST_ROWS = 5_000

_QUESTION, _MARKS = "question", "marks"
_HEAD_WITHIN, _FEWEST_HEADINGS = 50, 3
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_MARK = re.compile(r"(answer|description|own_points|progress)/(?:(-)|([0-9]{1,18})/([0-9a-f]{8}))")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its text, and whether a formula or an error stands there."""

    text: str
    is_formula: bool = False


_Row = Mapping[int, _Cell]
_EMPTY = _Cell("")


def excel_fields(package: Package) -> FoundFields:
    """Return the fields of an Excel file in the order they stand in.

    Raises:
        FormFault: a part of it is damaged.
    """
    rows = _rows_of(package)
    begin, columns = _headings(rows)
    found, remarks = list[ReturnedField](), list[Remark]()
    for row in rows[begin:]:
        _take(row, columns, found, remarks)
    return FoundFields(fields=tuple(found), remarks=tuple(remarks))


def excel_text(package: Package) -> str:
    """Return what stands above the questions and at the foot of the pages: nothing that somebody wrote.

    Raises:
        FormFault: a part of it is damaged.
    """
    rows = _rows_of(package)
    begin, columns = _headings(rows)
    above = rows[: begin - 1] if columns else rows
    sheet = _sheet(package)
    footers = [] if sheet is None else ["".join(one.itertext()) for one in sheet.iter("{*}oddFooter")]
    return "\n".join((*(cell.text for row in above for cell in row.values()), *footers))


def _rows_of(package: Package) -> list[_Row]:
    sheet = _sheet(package)
    return [] if sheet is None else list(_rows(sheet, _shared(package)))


def _sheet(package: Package) -> Element | None:
    """Return the sheet with the questions, else the first one."""
    sheets = list(package.root.iter("{*}sheet"))
    named = [one for one in sheets if plain(one.get("name", "")) in meant(SHEET)]
    for one in (named or sheets)[:1]:
        relation = next((value for key, value in one.items() if key.endswith("}id")), "")
        return package.part(relation)
    return None


def _shared(package: Package) -> list[str]:
    return [_words(one) for part in package.related("sharedStrings")[:1] for one in part.iter("{*}si")]


def _words(node: Element) -> str:
    """Return the text of a string with all its runs, without the reading aids of East Asian ones."""
    pieces = [
        "".join(one.itertext()) for one in node.iter("{*}t")
        if not any(str(up.tag).endswith("}rPh") for up in one.iterancestors())
    ]  # fmt: skip
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(pieces))


def _rows(sheet: Element, shared: Sequence[str]) -> Iterator[_Row]:
    for number, row in enumerate(sheet.iter("{*}row")):
        if number >= MOST_ROWS:
            return
        yield dict(_cells(row, shared))


def _cells(row: Element, shared: Sequence[str]) -> Iterator[tuple[int, _Cell]]:
    """Give column, from 0, and cell; a cell that does not say where it is stands right of the one before."""
    at = -1
    for one in row.iter("{*}c"):
        place = _PLACE.fullmatch(one.get("r", ""))
        at = _column(place[1]) if place else at + 1
        yield at, _cell(one, shared)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(node: Element, shared: Sequence[str]) -> _Cell:
    kind, written = node.get("t", "n"), node.findtext("{*}v") or ""
    if kind == "e" or node.find("{*}f") is not None:
        formula = node.findtext("{*}f")
        return _Cell(f"={formula}" if formula else written, is_formula=True)
    match kind:
        case "s":
            known = written.isdecimal() and len(written) < 10 and int(written) < len(shared)
            return _Cell(shared[int(written)] if known else "")
        case "inlineStr":
            return _Cell("".join(_words(one) for one in node.iter("{*}is")))
        case "str":
            return _Cell(written)
        case _:
            return _Cell(_number(written))


def _number(written: str) -> str:
    """Return a number as people write it: 7 without a point, without the last signs that a computer makes up."""
    try:
        return f"{float(written):.15g}"
    except ValueError:
        return written


def _headings(rows: Sequence[_Row]) -> tuple[int, dict[str | Field, int]]:
    """Return where the rows below the headings begin, and in which column each thing is; nothing without headings."""
    names: dict[str | Field, frozenset[str]] = {_QUESTION: meant(QUESTION), _MARKS: meant(MARKS)}
    names |= {field: meant(label) for field, label in LABELS.items()}
    for begin, row in enumerate(rows[:_HEAD_WITHIN], 1):
        columns: dict[str | Field, int] = {}
        for at, cell in row.items():
            for one, words in names.items():
                if plain(cell.text) in words:
                    columns.setdefault(one, at)
        if len(columns) >= _FEWEST_HEADINGS and columns.keys() & {_QUESTION, _MARKS}:
            return begin, columns
    return len(rows), {}


def _take(
    row: _Row, columns: Mapping[str | Field, int], found: list[ReturnedField], remarks: list[Remark]
) -> None:  # fmt: skip
    """Take the fields of a row; one without a question's number is passed over."""
    marks = row.get(columns.get(_MARKS, -1), _EMPTY).text
    # The hidden cell's number first: a programme may have made 5.10 into 5.1.
    number = (marks.split() or [row.get(columns.get(_QUESTION, -1), _EMPTY).text.strip()])[0]
    if not number:
        return
    known = {one[1]: one for one in _MARK.finditer(marks)}
    for field in LABELS:
        mark = known.get(field.value)
        if field not in columns or (mark and mark[2]):
            continue
        cell = row.get(columns[field], _EMPTY)
        if cell.is_formula:
            remarks.append(Remark(what=Told.FORMULA, question=number, field=field, value=cell.text))
            continue
        found.append(
            ReturnedField(
                question=QuestionId(number), field=field, value=cell.text, base=Seq(int(mark[3])) if mark else None,
                sent=mark[4] if mark else "",
            )
        )  # fmt: skip
