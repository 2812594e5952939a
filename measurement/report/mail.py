"""A report as e-mail: HTML that reads with images off, charts as PNG by Content-ID, everything in plain text too.

Everything that differs is escaped; styles stand in the tags, as Outlook and Gmail want them. Source of what mail
programs take: reference/measurement.md §5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import assert_never

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
from measurement.statistics.chart import Chart

_INK, _GREY, _LINE = "#12436d", "#4a545c", "#c9d1d8"
_TONES = {Tone.BETTER: _INK, Tone.WORSE: "#a8410c", Tone.NEUTRAL: _GREY, Tone.NONE: _GREY}
_SHAPES = {Tone.BETTER: "■ ", Tone.WORSE: "▲ ", Tone.NEUTRAL: "● ", Tone.NONE: ""}
_WIDE = 600
_FONT = "font-family:Arial,Helvetica,sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart within a mail: its Content-ID without brackets, and PNG."""

    cid: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMail:
    """A mail's parts; whoever sends it adds the files."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...]


def report_mail(document: Document, texts: Texts) -> ReportMail:
    """Return the document as a mail; picture ids are the same each time."""
    pictures: list[Picture] = []

    def picture(chart: Chart, alt: str) -> str:
        cid = f"chart{len(pictures) + 1}@kommunsvar"
        pictures.append(Picture(cid=cid, png=draw_png(chart, texts, Size.MAIL)))
        return (
            f'<p style="margin:8px 0"><img src="cid:{cid}" width="{_WIDE}" alt="{escape(alt)}" '
            f'style="max-width:100%;height:auto;border:0;{_FONT};font-size:14px;color:{_GREY}"></p>'
        )

    body = "\n".join(_html(block, picture) for block in document.blocks)
    return ReportMail(
        subject=f"{document.municipality}: {document.title}",
        text=as_plain_text(document),
        html=_page(document, body),
        pictures=tuple(pictures),
    )


def _page(document: Document, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="{escape(document.tag)}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(document.title)}</title></head>
<body style="margin:0;padding:0;background:#ffffff;color:#1d2429;{_FONT};font-size:15px;line-height:1.45">
<div style="max-width:640px;margin:0 auto;padding:16px">
<p style="margin:0;color:{_GREY}">{escape(document.municipality)}</p>
<h1 style="margin:4px 0;font-size:24px;line-height:1.2;color:{_INK}">{escape(document.title)}</h1>
<p style="margin:0 0 12px;color:{_GREY}">{escape(document.subtitle)}</p>
<p style="margin:12px 0;padding:6px 12px;border-left:4px solid {_INK};font-size:18px">{escape(document.lead)}</p>
{body}
<p style="margin:24px 0 0;padding-top:8px;border-top:1px solid {_LINE};font-size:12px;color:{_GREY}">
{escape(document.footer)}</p>
</div></body></html>
"""


def _html(block: Block, picture: Callable[[Chart, str], str]) -> str:
    match block:
        case Heading():
            return f'<h2 style="margin:24px 0 6px;font-size:18px;color:{_INK}">{escape(block.text)}</h2>'
        case Paragraph():
            style = f"font-size:13px;color:{_GREY}" if block.small else ""
            return f'<p style="margin:6px 0;{style}">{escape(block.text)}</p>'
        case Points():
            items = "".join(f"<li>{escape(one)}</li>" for one in block.items)
            return f'<ul style="margin:6px 0;padding-left:20px">{items}</ul>'
        case Table():
            return _table(block)
        case ChartBlock():
            caption = f'<p style="margin:12px 0 0;font-size:13px;color:{_GREY}">{escape(block.caption)}</p>'
            return caption + picture(block.chart, block.alt)
        case Drawing():
            return f'<p style="margin:12px 0 0">{escape(block.caption)}: {escape(block.alt)}</p>'
        case Key():
            return _key(block, picture)
        case _:
            assert_never(block)


def _key(key: Key, picture: Callable[[Chart, str], str]) -> str:
    word = (
        f'<strong style="color:{_TONES[key.tone]}">{_SHAPES[key.tone]}{escape(key.word)}</strong><br>'
        if key.word
        else ""
    )
    basis = escape(" · ".join(part for part in (key.basis, key.target) if part))
    parts = [
        f'<h2 style="margin:24px 0 2px;font-size:18px;color:{_INK}">{escape(key.name)}</h2>',
        '<p style="margin:0"><span style="font-size:28px;font-weight:bold;'
        f'color:{_INK}">{escape(key.value)}</span><br>{word}<span style="color:{_GREY}">{basis}</span></p>',
        f'<p style="margin:6px 0">{escape(key.meaning)}</p>' if key.meaning else "",
    ]
    if key.chart is not None and any(point.value is not None for point in key.chart.series.points):
        parts.append(picture(key.chart, key.alt))
        parts += [f'<p style="margin:2px 0;font-size:12px;color:{_GREY}">{escape(note)}</p>' for note in key.notes]
    if key.beside:
        items = "".join(f"<li>{escape(one)}</li>" for one in key.beside)
        parts.append(f'<ul style="margin:6px 0;padding-left:20px">{items}</ul>')
    return "\n".join(part for part in parts if part)


def _table(table: Table) -> str:
    """Return a table with a caption and headings that a screen reader ties to the cells."""
    style = f"text-align:left;font-size:13px;color:{_GREY};padding:4px 0"
    caption = f'<caption style="{style}">{escape(table.caption)}</caption>' if table.caption else ""
    head = "".join(
        f'<th scope="col" style="{_cell(at)};border-bottom:2px solid {_INK};font-size:12px;color:{_GREY};'
        f'font-weight:normal">{escape(cell)}</th>'
        for at, cell in enumerate(table.head)
    )
    rows = "".join(_table_row(row, at in table.emphasised) for at, row in enumerate(table.rows))
    return (
        f'<table role="table" style="border-collapse:collapse;width:100%;margin:10px 0;font-size:14px">{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _table_row(row: tuple[str, ...], strong: bool) -> str:
    weight = "bold" if strong else "normal"
    edge = f"border-bottom:1px solid {_LINE};font-weight:{weight}"
    first = f'<th scope="row" style="{_cell(0)};{edge}">{escape(row[0])}</th>'
    rest = "".join(f'<td style="{_cell(at)};{edge}">{escape(cell)}</td>' for at, cell in enumerate(row[1:], 1))
    return f"<tr>{first}{rest}</tr>"


def _cell(at: int) -> str:
    return f"padding:4px 8px 4px 0;vertical-align:top;text-align:{'right' if at else 'left'}"


def as_plain_text(document: Document) -> str:
    """Return all of the document in plain text: every number, charts as words; ends with a line break."""
    lines = [document.municipality, document.title, document.subtitle, "", document.lead]
    for block in document.blocks:
        lines += ["", *_plain(block)]
    return "\n".join([*lines, "", document.footer, ""])


def _plain(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text.upper()]
        case Paragraph():
            return [block.text]
        case Points():
            return [f"- {one}" for one in block.items]
        case Table():
            rows = [_plain_row(block.head, row) for row in block.rows]
            return [f"{block.caption}:", *rows] if block.caption else rows
        case ChartBlock() | Drawing():
            return [block.caption, block.alt]
        case Key():
            first = ", ".join(part for part in (block.value, block.word, block.basis, block.target) if part)
            more = [block.meaning, block.alt, *(f"- {one}" for one in block.beside)]
            return [f"{block.name.upper()}: {first}", *(one for one in more if one)]
        case _:
            assert_never(block)


def _plain_row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """Return a row with each figure beside its heading, so that it can be read aloud."""
    cells = ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], row[1:], strict=True))
    return f"- {row[0]}: {cells}"
