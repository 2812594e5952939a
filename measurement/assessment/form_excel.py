"""A question form as an Excel file: one sheet with a row for each question, where only the fields can be written in.

Texts are written as text, in cells that stay text when somebody edits them, so that nothing is ever reckoned.
"""

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from config.texts import Texts, mark
from measurement.assessment.form import Form, FormField, FormQuestion, Remark, Told
from measurement.assessment.form_properties import properties_of
from measurement.assessment.form_words import (
    LABELS,
    PROGRESS,
    QUESTION,
    SHEET,
    evidence_line,
    progress_word,
    remark_words,
)
from measurement.assessment.round import Field, points_of

LONGEST = 32_767
"""Signs in a cell, as Excel counts them: two for those beyond the basic plane."""
NOT_HERE = "-"
"""The mark of a field that is too long for a cell: what stands in its cell is not read."""
MARKS = mark("Rör inte")

_MADE = datetime(1980, 1, 1, tzinfo=UTC)
_HEAD_ROW = 4
_WIDTHS = (8, 22, 44, 38, 34, 40, 64, 12, 10, 14)
_ANSWERS = {Field.ANSWER: 5, Field.DESCRIPTION: 6, Field.OWN_POINTS: 7, Field.PROGRESS: 9}
_MARKS_COLUMN = 10
_MOST_FOOTER = 255


def too_long(form: Form) -> tuple[Remark, ...]:
    """Return the fields that have no room in a cell; `form_xlsx` writes in their place where they can be changed."""
    return tuple(
        Remark(what=Told.TOO_LONG, question=one.question.id, field=field.field)
        for one in form.questions for field in one.fields if _length(field.value) > LONGEST
    )  # fmt: skip


def form_xlsx(form: Form, texts: Texts) -> bytes:
    """Return a form as .xlsx; the same form gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        title = texts.t("Frågeformulär: {framework}", framework=form.framework)
        book.set_properties(
            {"title": title, "subject": form.note, "company": form.municipality, "created": _MADE}
        )  # fmt: skip
        for name, value in properties_of(form).items():
            book.set_custom_property(name, value, "text")
        looks = _looks(book)
        sheet = book.add_worksheet(texts.t(SHEET))
        _set_up(sheet, form, texts)
        _beginning(sheet, title, form, texts, looks)
        for row, one in enumerate(form.questions, _HEAD_ROW + 1):
            _question(sheet, row, one, texts, looks)
        _validate(sheet, form, texts)
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:  # noqa: ANN401 -- untyped library
    told = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C9D1D8"}
    open_ = {**told, "locked": False, "bg_color": "#FFFBE6"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "plain": book.add_format({"valign": "top", "quote_prefix": True}),
        "head": book.add_format({**told, "bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF"}),
        "told": book.add_format({**told, "bg_color": "#F2F4F6", "num_format": "@"}),
        # The format @ keeps what people write as text; the prefix what stands there when they edit it.
        "text": book.add_format({**open_, "num_format": "@"}),
        "quoted": book.add_format({**open_, "num_format": "@", "quote_prefix": True}),
        "number": book.add_format({**open_, "num_format": "General"}),
    }


def _set_up(sheet: Any, form: Form, texts: Texts) -> None:  # noqa: ANN401 -- likewise
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(_MARKS_COLUMN, _MARKS_COLUMN, 10, None, {"hidden": True})
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, _HEAD_ROW + len(form.questions), _MARKS_COLUMN - 1)
    known = _escaped(texts.t("Formulär {token}", token=form.token))
    page = "&R&8&P / &N"
    room = _MOST_FOOTER - len(known) - len(page) - len("&L&8\n")
    sheet.set_footer(f"&L&8{_escaped(form.note, room)}\n{known}{page}")
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _escaped(text: str, most: int = _MOST_FOOTER) -> str:
    """Return a text for a footer, where ``&`` begins a code, cut so that it has room."""
    told = text.replace("&", "&&")
    while len(told) > most:
        text = text[:-1]
        told = f"{text}…".replace("&", "&&")
    return told


def _beginning(sheet: Any, title: str, form: Form, texts: Texts, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    sheet.write_string(0, 0, title, looks["title"])
    to = texts.t("Till: {owner}", owner=form.owner) if form.owner else ""
    sheet.write_string(1, 0, " · ".join(filter(None, (form.municipality, to, form.note))), looks["plain"])
    how = texts.t(
        "Fyll i de gula cellerna, spara filen och svara på mejlet med den. Alt och Enter ger ny rad i en cell."
    )
    sheet.write_string(2, 0, how, looks["plain"])
    sheet.write_string(3, 0, texts.t("Formulär {token}", token=form.token), looks["plain"])
    for column, words in enumerate(_headings(texts)):
        sheet.write_string(_HEAD_ROW, column, words, looks["head"])


def _headings(texts: Texts) -> tuple[str, ...]:
    t = texts.t
    return (t(QUESTION), t("Delområde"), t("Vad som frågas"), t("Vägledning"), t("Belägg som finns"),
            t(LABELS[Field.ANSWER]), t(LABELS[Field.DESCRIPTION]), t(LABELS[Field.OWN_POINTS]), t("Högst"),
            t(LABELS[Field.PROGRESS]), t(MARKS))  # fmt: skip


def _question(sheet: Any, row: int, one: FormQuestion, texts: Texts, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    question = one.question
    evidence = "\n".join(evidence_line(piece, texts) for piece in one.evidence)
    said = (question.id, question.sub_area or one.area.name, question.text, question.guidance, evidence)
    for column, text in enumerate(said):
        sheet.write_string(row, column, text[:LONGEST], looks["told"])
    sheet.write_number(row, 8, question.points, looks["told"])
    for field in one.fields:
        _field(sheet, row, one, field, texts, looks)
    marks = [f"{field.field.value}/{_mark(field)}" for field in one.fields]
    sheet.write_string(row, _MARKS_COLUMN, " ".join((question.id, *marks)))


def _mark(field: FormField) -> str:
    return NOT_HERE if _length(field.value) > LONGEST else field.mark


def _field(sheet: Any, row: int, one: FormQuestion, field: FormField, texts: Texts, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    column, text = _ANSWERS[field.field], field.value
    if _length(text) > LONGEST:
        told = Remark(what=Told.TOO_LONG, question=one.question.id, field=field.field)
        sheet.write_string(row, column, remark_words(told, texts), looks["told"])
    elif field.field is Field.PROGRESS:
        sheet.write_string(row, column, progress_word(text, texts).capitalize(), looks["text"])
    elif field.field is Field.OWN_POINTS:
        _points(sheet, row, column, text, looks)
    elif text:
        sheet.write_string(row, column, text, looks["quoted"])
    else:
        sheet.write_blank(row, column, None, looks["text"])


def _points(sheet: Any, row: int, column: int, text: str, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    try:
        number = points_of(text)
    except ValueError:
        sheet.write_string(row, column, text, looks["quoted"])
        return
    if number is None:
        sheet.write_blank(row, column, None, looks["number"])
    else:
        sheet.write_number(row, column, number, looks["number"])


def _validate(sheet: Any, form: Form, texts: Texts) -> None:  # noqa: ANN401 -- likewise
    points, words = texts.t("Egna poäng"), [texts.t(word).capitalize() for word in PROGRESS.values()]
    for row, one in enumerate(form.questions, _HEAD_ROW + 1):
        most = one.question.points
        sheet.data_validation(row, _ANSWERS[Field.OWN_POINTS], row, _ANSWERS[Field.OWN_POINTS], {
            "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": most,
            "input_title": points, "input_message": texts.t("Ett tal från 0 till {most}", most=most),
            "error_title": points, "error_message": texts.t("Skriv ett tal från 0 till {most}.", most=most),
        })  # fmt: skip
    last = _HEAD_ROW + len(form.questions)
    if form.questions:
        sheet.data_validation(_HEAD_ROW + 1, _ANSWERS[Field.PROGRESS], last, _ANSWERS[Field.PROGRESS], {
            "validate": "list", "source": words,
            "error_title": texts.t("Läge"), "error_message": texts.t("Välj ett av orden i listan."),
        })  # fmt: skip


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
