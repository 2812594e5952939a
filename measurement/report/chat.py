"""A report as a message in Telegram: short, with the numbers, to stand beside a chart and the PDF. Plain text."""

from config.texts import Texts
from measurement.report.content import Report
from measurement.report.document import Document, Key
from measurement.report.drawing import Size, draw_png

CAPTION_MOST = 1_000
"""Telegram takes 1 024 UTF-16 units below a picture."""


def chat_text(document: Document) -> str:
    """Return title, lead and a line for each headline measure; at most `CAPTION_MOST` UTF-16 units."""
    keys = [block for block in document.blocks if isinstance(block, Key)]
    lines = [document.title, "", document.lead, "", *(_line(key) for key in keys)]
    while len("\n".join(lines).encode("utf-16-le")) // 2 > CAPTION_MOST and len(lines) > 3:
        lines.pop()
    return "\n".join(lines).strip()


def _line(key: Key) -> str:
    said = ", ".join(part for part in (key.value, key.word, key.basis, key.target) if part)
    return f"{key.name}: {said}"


def chat_picture(report: Report, document: Document, texts: Texts) -> bytes | None:
    """Return the first headline's chart for a telephone, with its word as title; None where nothing can be drawn."""
    chart = report.headlines[0].chart
    key = next((block for block in document.blocks if isinstance(block, Key)), None)
    if chart is None or key is None or all(point.value is None for point in chart.series.points):
        return None
    title = f"{key.name}: {key.word}" if key.word else key.name
    return draw_png(chart, texts, Size.PHONE, title)
