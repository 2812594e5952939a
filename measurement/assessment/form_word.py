"""A question form as a Word file: a section for each question, and under it a table with the fields to fill in.

Left of every field stands its label with the question's number, in words that `form_read_word` finds again where the
controls were lost (Google Docs takes them out).
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from config.texts import Texts
from measurement.assessment.form import Form, FormField, FormQuestion
from measurement.assessment.form_controls import choice_control, element, line_control, rich_control, run
from measurement.assessment.form_properties import properties_of, properties_xml
from measurement.assessment.form_words import HINTS, LABELS, PROGRESS, evidence_line, language_tag, progress_word
from measurement.assessment.round import Field

_MADE = datetime(1980, 1, 1, tzinfo=UTC)
"""In the file instead of the instant it was made, so that the same form gives the same bytes."""

_FONT, _INK, _GREY = "Calibri", RGBColor(0x12, 0x43, 0x6D), RGBColor(0x4A, 0x54, 0x5C)
_LABEL_WIDTH, _FIELD_WIDTH = Cm(4.2), Cm(12.8)


def form_docx(form: Form, texts: Texts) -> bytes:
    """Return a form as .docx; the same form gives the same bytes."""
    document = docx.Document()
    _set_up(document, form, texts)
    _beginning(document, form, texts)
    numbers = iter(range(1, 1_000_000))
    area = ""
    for one in form.questions:
        if one.area.id != area:
            area = one.area.id
            document.add_heading(f"{one.area.id} {one.area.name}", 1)
        _question(document, one, numbers, texts)
    out = io.BytesIO()
    document.save(out)
    return _dated(out.getvalue())


def _set_up(document: Document, form: Form, texts: Texts) -> None:
    """Set page, language, styles, properties and the footer."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    tag = language_tag(texts)
    for one in (*document.styles.element.iter(qn("w:lang")), *document.settings.element.iter(qn("w:themeFontLang"))):
        one.set(qn("w:val"), tag)
    _set_styles(document)
    known = document.core_properties
    known.title, known.subject, known.language = _title(form, texts), form.note, tag
    known.author = known.last_modified_by = form.municipality
    known.comments, known.created, known.modified = "", _MADE, _MADE
    blob = properties_xml(properties_of(form))
    package = document.part.package
    for id_, one in list(package.rels.items()):
        if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # a picture of the template
            del package.rels[id_]
    part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, blob, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
    _footer(document, form, texts)


def _set_styles(document: Document) -> None:
    sizes = {"Normal": 11, "Title": 22, "Heading 1": 16, "Heading 2": 13, "Footer": 8, "List Bullet": 11}
    for name, size in sizes.items():
        style: Any = document.styles[name]
        style.font.size, style.font.name = Pt(size), _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name in {"Title", "Heading 1", "Heading 2"}:
            style.font.color.rgb = _INK
    hint: Any = document.styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER)
    hint.font.color.rgb = _GREY


def _title(form: Form, texts: Texts) -> str:
    return texts.t("Frågeformulär: {framework}", framework=form.framework)


def _footer(document: Document, form: Form, texts: Texts) -> None:
    """Put the note, what the form is known by, and the page's number at the bottom of every page."""
    footer = document.sections[0].footer
    first = footer.paragraphs[0]
    first.text = form.note
    second = footer.add_paragraph(texts.t("Formulär {token} · sida ", token=form.token), style="Footer")
    for name in ("PAGE", "NUMPAGES"):
        if name == "NUMPAGES":
            second.add_run(" / ")
        field = element("w:fldSimple", run("1"), instr=f" {name} ")
        second._p.append(field)


def _beginning(document: Document, form: Form, texts: Texts) -> None:
    """Write title, what it is of, how it is filled in, and what it is known by: a footer may be lost on the way."""
    document.add_heading(_title(form, texts), 0)
    lines = [form.municipality, texts.t("Till: {owner}", owner=form.owner) if form.owner else "", form.note]
    for line in filter(None, lines):
        document.add_paragraph(line)
    document.add_paragraph(
        texts.t(
            "Fyll i fälten under varje fråga, spara filen och svara på mejlet med den. Det går bra att svara på några "
            "frågor i taget. Poäng skrivs som ett tal. Rubriker och numren till vänster behöver vara kvar."
        )
    )
    document.add_paragraph(texts.t("Formulär {token}", token=form.token))


def _question(document: Document, one: FormQuestion, numbers: Iterator[int], texts: Texts) -> None:
    question = one.question
    document.add_heading(f"{question.id} {question.sub_area}".strip(), 2)
    asked = document.add_paragraph()
    asked.paragraph_format.keep_with_next = True
    asked.add_run(question.text).bold = True
    if question.guidance:
        document.add_paragraph(question.guidance)
    if one.evidence:
        document.add_paragraph(texts.t("Belägg som finns:")).paragraph_format.keep_with_next = True
        for piece in one.evidence:
            document.add_paragraph(evidence_line(piece, texts), style="List Bullet")
    else:
        document.add_paragraph(texts.t("Inga belägg ännu."))
    _fields(document, one, numbers, texts)


def _fields(document: Document, one: FormQuestion, numbers: Iterator[int], texts: Texts) -> None:
    """Write a table: label and field in each row."""
    table = document.add_table(rows=len(one.fields), cols=2, style="Table Grid")
    table.autofit = False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        # It has labels to the left and no headings above.
        look.set(qn("w:firstRow"), "0")
        look.set(qn("w:val"), "0480")
    for column, width in zip(table.columns, (_LABEL_WIDTH, _FIELD_WIDTH), strict=True):
        column.width = width
    for row, field in zip(table.rows, one.fields, strict=True):
        name, cell = row.cells
        name.width, cell.width = _LABEL_WIDTH, _FIELD_WIDTH
        label = label_of(one, field.field, texts)
        name.paragraphs[0].add_run(label).bold = True
        control = _control(one, field, label, next(numbers), texts)
        cell._tc.replace(cell.paragraphs[0]._p, control)
    # Word puts two tables together that nothing stands between.
    document.add_paragraph()


def label_of(one: FormQuestion, field: Field, texts: Texts) -> str:
    """Return what stands left of a field, as ``5.2 Kort svar``."""
    label = f"{one.question.id} {texts.t(LABELS[field])}"
    if field is Field.OWN_POINTS:
        return texts.t("{label} (högst {most})", label=label, most=one.question.points)
    return label


def _control(one: FormQuestion, field: FormField, label: str, number: int, texts: Texts) -> Any:  # noqa: ANN401 -- lxml has no types
    tag = f"{one.question.id}/{field.field.value}/{field.mark}"
    if field.field is Field.PROGRESS:
        choices = [(each.value, texts.t(word).capitalize()) for each, word in PROGRESS.items()]
        return choice_control(number, tag, label, progress_word(field.value, texts).capitalize(), choices)
    hint = texts.t(HINTS[field.field])
    if field.field is Field.OWN_POINTS:
        points = field.value if texts.language == "en" else field.value.replace(".", ",")
        return line_control(number, tag, label, points, hint)
    return rich_control(number, tag, label, field.value, hint)


def _dated(content: bytes) -> bytes:
    """Return the same package with the same date on every part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as dated:
        for one in made.infolist():
            dated.writestr(zipfile.ZipInfo(one.filename, _MADE.timetuple()[:6]), made.read(one), zipfile.ZIP_DEFLATED)
    return out.getvalue()
