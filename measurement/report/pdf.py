"""A report as tagged PDF (PDF/UA-1), two to four A4 pages; the same document gives the same bytes."""

import json
from pathlib import Path
from typing import Any, assert_never

import typst
from matplotlib import get_data_path

from config.texts import Texts
from measurement.report.document import Block, ChartBlock, Document, Drawing, Heading, Key, Paragraph, Points, Table
from measurement.report.drawing import draw_svg

TEMPLATE = Path(__file__).parent / "report.typ"
FONTS = Path(get_data_path()) / "fonts" / "ttf"
"""The typeface of text and charts comes with matplotlib, so nothing hangs on what the machine has."""


class ReportFault(Exception):
    """The report cannot be set; the message tells why, as the typesetter says it."""


def report_pdf(document: Document, texts: Texts, template: Path = TEMPLATE) -> bytes:
    """Return the document as PDF, with its charts and their alternative texts.

    Args:
        document: what it says.
        texts: the language of what stands in the charts.
        template: how it is set; each gets the same JSON.

    Raises:
        ReportFault: the typesetter refuses it, as it does what breaks PDF/UA-1.
    """
    told = json.dumps(_told(document, texts), ensure_ascii=False)
    try:
        made = typst.compile(
            template.read_bytes(), format="pdf", pdf_standards=["ua-1"], timestamp=0, sys_inputs={"report": told},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]), ignore_system_fonts=True,
        )  # fmt: skip
    except typst.TypstError as error:
        raise ReportFault(error.message) from None
    if not isinstance(made, bytes):
        raise TypeError(type(made).__name__)
    return made


def _told(document: Document, texts: Texts) -> dict[str, Any]:
    """Return what the template is told; languages as PDF names them: ``sv``, and ``FI`` where it is that country's."""
    code, _, region = document.tag.partition("-")
    return {
        "title": document.title,
        "municipality": document.municipality,
        "subtitle": document.subtitle,
        "lead": document.lead,
        "footer": document.footer,
        "code": code,
        "region": region or None,
        "blocks": [_block(one, texts) for one in document.blocks],
    }


def _block(block: Block, texts: Texts) -> dict[str, Any]:
    match block:
        case Heading():
            return {"what": "heading", "text": block.text, "level": block.level}
        case Paragraph():
            return {"what": "paragraph", "text": block.text, "small": block.small}
        case Points():
            return {"what": "points", "items": list(block.items)}
        case Table():
            return {
                "what": "table", "caption": block.caption, "head": list(block.head),
                "rows": [list(row) for row in block.rows], "emphasised": sorted(block.emphasised),
            }  # fmt: skip
        case ChartBlock():
            svg = draw_svg(block.chart, texts).decode()
            return {"what": "chart", "caption": block.caption, "alt": block.alt, "svg": svg}
        case Drawing():
            return {"what": "chart", "caption": block.caption, "alt": block.alt, "svg": block.svg.decode()}
        case Key():
            return _key(block, texts)
        case _:
            assert_never(block)


def _key(key: Key, texts: Texts) -> dict[str, Any]:
    drawn = key.chart is not None and any(point.value is not None for point in key.chart.series.points)
    return {
        "what": "key", "name": key.name, "value": key.value, "basis": key.basis, "target": key.target,
        "tone": key.tone.value, "word": key.word, "meaning": key.meaning, "beside": list(key.beside), "alt": key.alt,
        "svg": draw_svg(key.chart, texts).decode() if drawn and key.chart is not None else "",
        "notes": list(key.notes) if drawn else [],
    }  # fmt: skip
