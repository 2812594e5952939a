"""A document as Word (.docx): real headings, tables whose heading rows repeat, pictures with their words, a foot.

Charts are PNG. The same document gives the same bytes: the times inside the file are fixed, and nothing is drawn at
random. Signs that XML does not know are left out; all else that people wrote stands as they wrote it.
"""

import io
from datetime import datetime
from typing import Any, assert_never

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from config.texts import Texts
from measurement.report.document import (
    Block,
    ChartBlock,
    Document,
    Drawing,
    Heading,
    Key,
    Paragraph,
    Points,
    Table,
    Tone,
)
from measurement.report.drawing import Size, draw_png
from measurement.report.word_package import fixed, plain
from measurement.report.word_table import add_table
from measurement.statistics.chart import Chart

MADE = datetime(1980, 1, 1)  # noqa: DTZ001 -- Word's own times have no zone
"""In the file instead of the instant it was made."""
_FONT, _INK, _GREY = "Arial", RGBColor(0x12, 0x43, 0x6D), RGBColor(0x4A, 0x54, 0x5C)
_SHAPES = {Tone.BETTER: "■ ", Tone.WORSE: "▲ ", Tone.NEUTRAL: "● ", Tone.NONE: ""}
_STYLES = {
    "Normal": (10, 0, 5), "Title": (20, 0, 4), "Subtitle": (9.5, 0, 4), "Heading 1": (14, 16, 5),
    "Heading 2": (11, 11, 3), "Heading 3": (10, 9, 3), "Intense Quote": (13, 8, 8), "Caption": (8.5, 4, 3),
    "Footer": (7.5, 0, 0), "List Bullet": (10, 0, 3),
}  # fmt: skip
"""Size, and room before and after, in points."""
_GREYS = {"Subtitle", "Caption", "Footer"}
_WIDE = Mm(170)


def document_docx(document: Document, texts: Texts) -> bytes:
    """Return the document as .docx, in its language.

    Args:
        document: what it says.
        texts: the language of what stands in the charts and at the foot.
    """
    file = docx.Document()
    _set_up(file, document, texts)
    _line(file, document.municipality, "Subtitle")
    _line(file, document.title, "Title")
    _line(file, document.subtitle, "Subtitle")
    _line(file, document.lead, "Intense Quote")
    for block in document.blocks:
        _add(file, block, texts)
    made = io.BytesIO()
    file.save(made)
    return fixed(made.getvalue())


def _set_up(file: WordDocument, document: Document, texts: Texts) -> None:
    """Set page, typeface, language, properties and foot."""
    told = file.core_properties
    told.title, told.author, told.language = plain(document.title), plain(document.municipality), document.tag
    told.created, told.modified, told.last_printed, told.comments = MADE, MADE, MADE, ""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    _styles(file, document.tag)
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(_WIDE, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(plain(document.footer) + "\t" + texts.t("sida") + " ")
    _field(foot, "PAGE")


def _styles(file: WordDocument, tag: str) -> None:
    """Set language, typeface, sizes and room of the styles that are used; their names are Word's own."""
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
    for fonts in file.styles.element.xpath("w:docDefaults//w:rFonts"):
        _typeface(fonts)
    # A style for letters that goes along with one for paragraphs would bring its own colour and slant.
    for link in [*file.styles.element.iter(qn("w:link"))]:
        link.getparent().remove(link)
    for name, (points, before, after) in _STYLES.items():
        style: Any = file.styles[name]
        style.font.size, style.font.italic = Pt(points), False
        style.font.bold = name.startswith(("Title", "Heading"))
        style.font.color.rgb = _INK if style.font.bold else _GREY if name in _GREYS else None
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        _typeface(style.element.get_or_add_rPr().get_or_add_rFonts())
    quote: Any = file.styles["Intense Quote"]
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Mm(0)
    file.styles["Caption"].paragraph_format.keep_with_next = True


def _typeface(fonts: Any) -> None:  # noqa: ANN401 -- untyped library
    fonts.attrib.clear()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), _FONT)


def _line(file: WordDocument, text: str, style: str) -> WordParagraph:
    """Add a paragraph of a style, by its id: that of its name without spaces. By its name it takes 40 times as long."""
    paragraph = file.add_paragraph(plain(text))
    if style != "Normal":
        paragraph._p.style = style.replace(" ", "")
    return paragraph


def _field(paragraph: WordParagraph, name: str) -> None:
    """Add what Word fills in itself, as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)


def _add(file: WordDocument, block: Block, texts: Texts) -> None:
    match block:
        case Heading() | Paragraph() | Points():
            _add_words(file, block)
        case Table():
            if block.caption:
                _line(file, block.caption, "Caption")
            add_table(file, block)
        case ChartBlock():
            _chart(file, block.chart, block.caption, block.alt, texts)
        case Drawing():
            _picture(file, block.png, block.caption, block.alt)
        case Key():
            _key(file, block, texts)
        case _:
            assert_never(block)


def _add_words(file: WordDocument, block: Heading | Paragraph | Points) -> None:
    match block:
        case Heading():
            _line(file, block.text, f"Heading {min(block.level, 9)}")
        case Paragraph():
            _line(file, block.text, "Caption" if block.small else "Normal").paragraph_format.keep_with_next = False
        case Points():
            for one in block.items:
                _line(file, one, "List Bullet")
        case _:
            assert_never(block)


def _chart(file: WordDocument, chart: Chart, caption: str, alt: str, texts: Texts) -> None:
    _picture(file, draw_png(chart, texts, Size.MAIL), caption, alt)


def _picture(file: WordDocument, png: bytes, caption: str, alt: str) -> None:
    """Add a picture as wide as the text, below its caption; its alternative text stands where Word looks for it."""
    if caption:
        _line(file, caption, "Caption")
    shape = file.add_picture(io.BytesIO(png), width=_WIDE)
    words: Any = shape._inline.docPr
    words.set("descr", plain(alt))


def _key(file: WordDocument, key: Key, texts: Texts) -> None:
    _line(file, key.name, "Heading 1")
    line = file.add_paragraph()
    value = line.add_run(plain(key.value))
    value.font.size, value.bold, value.font.color.rgb = Pt(22), True, _INK
    told = " · ".join(part for part in (f"{_SHAPES[key.tone]}{key.word}" if key.word else "", key.basis, key.target)
                      if part)  # fmt: skip
    line.add_run(f"  {plain(told)}")
    if key.meaning:
        _line(file, key.meaning, "Normal")
    if key.chart is not None and any(point.value is not None for point in key.chart.series.points):
        _chart(file, key.chart, "", key.alt, texts)
        for note in key.notes:
            _line(file, note, "Caption").paragraph_format.keep_with_next = False
    for one in key.beside:
        _line(file, one, "List Bullet")
