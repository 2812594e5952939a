"""Mails to staff set out from their parts: as text for any phone, and as a page. Pure."""

import re
from collections.abc import Sequence
from html import escape

from bot.parts import Heading, Paragraph, Part, Quote, Table

_PHONE = 40
_INDENT = "    "  # not ">": programs fold such lines away as history, and a reader of replies takes them for it
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_BLANK_LINES = re.compile(r"\n{2,}")
_SHORT, _LONG = 12, 18
_SOFT_PLACE = re.compile(r"(?<=[@._/=+-])(?=\w)")

# Colours are the reader's own, so that light and dark are both right; only rules have one, which shows on either
# (WCAG 1.4.11 asks for 3 to 1: 4.5 on white, 3.7 on the #1c1c1e of iOS).
_RULE = "solid #767676"
_FONT = "font-family:Segoe UI,Roboto,Helvetica,Arial,sans-serif"
_P = f"{_FONT};font-size:16px;line-height:1.5;margin:1em 0"
_H2 = f"{_FONT};font-size:20px;line-height:1.3;font-weight:bold;margin:1.5em 0 .5em"
_BLOCKQUOTE = f"margin:1em 0;padding:0 0 0 12px;border:none;border-left:3px {_RULE}"
_TABLE = f"{_FONT};font-size:15px;line-height:1.4;border-collapse:collapse;margin:1em 0"
_CELL = f"border-bottom:1px {_RULE}"

# Outlook for Windows forgets the font within tables. On a phone a wide table's rows become blocks, and each cell says
# its column's word; a program that drops these styles shows the table, and the words too. Gmail drops a whole element
# of styles for one that it does not know, hence three.
_STYLES = f"""<style>:root{{color-scheme:light dark;supported-color-schemes:light dark}}</style>
<style>th,td{{{_FONT};font-size:15px}} .word{{display:none;mso-hide:all}}</style>
<style>@media (max-width:480px){{
.wide thead{{display:none!important}}
.wide,.wide tbody,.wide tr,.wide th,.wide td{{display:block!important;padding:0!important;border:none!important}}
.wide tr{{padding:10px 0!important;border-bottom:1px {_RULE}!important}}
.wide .word{{display:inline!important}}
}}</style>"""


def as_text(parts: Sequence[Part]) -> str:
    r"""Return the parts as text with a blank line between them and ``\n`` at the end; empty if they say nothing.

    No line is broken, so that each screen breaks them where it ends. A quote is indented by four spaces. A table
    whose lines all fit a phone (40 signs) is one line for each row, its cells in the head's order with " · " between.
    Otherwise each row is a short block: the first cell, which names its row, and below it "Head: cell" for each
    further one that is not empty.
    """
    blocks = list(filter(None, map(_text, parts)))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def as_page(parts: Sequence[Part], language: str) -> str:
    """Return the parts as an HTML document, for Outlook's Word as well as for a phone's 360 pixels, light or dark.

    Nothing in it is active or fetched, and what comes from outside is escaped. Nothing that a reader sees stands
    before the first part. A part that says nothing is left out. The title, which mail programs do not show, is the
    first line, so that no program that shows it after all puts anything above that line.

    Args:
        parts: what to set out.
        language: of our own words: ``sv``, ``sv_FI``, ``fi`` or ``en``.
    """
    lang = escape(language.replace("_", "-"))
    # The first part that says something is enough for it: the rest is set out as text already.
    title = next(filter(None, map(_text, parts)), "").partition("\n")[0].strip()
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{lang}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="supported-color-schemes" content="light dark">',
            f"<title>{escape(title)}</title>",
            _STYLES,
            "</head>",
            f'<body>\n<div lang="{lang}" style="max-width:680px;overflow-wrap:break-word">',
            *filter(None, map(_block, parts)),
            "</div>\n</body>\n</html>\n",
        ]
    )


def _lines(text: str) -> str:
    r"""Return the text with every line end as ``\n``, without control characters and blank lines around it."""
    lines = _CONTROL.sub("", _BREAKS.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _one_line(text: str) -> str:
    """Return the text as one line that cannot change the direction of what stands beside it."""
    return " ".join(_DIRECTION.sub("", _lines(text)).split())


def _cells(table: Table) -> tuple[list[str], list[list[str]]]:
    """Return head and rows as lines, each row as wide as the widest; rows that say nothing are left out."""
    width = max(map(len, (table.head, *table.rows)))
    head, *rows = ([_one_line(cell) for cell in row] for row in (table.head, *table.rows))
    return head + [""] * (width - len(head)), [row + [""] * (width - len(row)) for row in rows if any(row)]


def _text(part: Part) -> str:
    match part:
        case Heading(text):
            line = _one_line(text)
            return f"{line}\n{'-' * max(3, min(len(line), _PHONE))}" if line else ""
        case Paragraph(text):
            return _lines(text)
        case Quote(text):
            return "\n".join(_INDENT + line if line else "" for line in _lines(text).split("\n")).rstrip()
        case Table():
            return _table_text(*_cells(part))


def _joined(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return head and rows as one line each; no head if it is empty."""
    shown = [head, *rows] if any(head) else rows
    return [" · ".join(cell or "–" for cell in row) for row in shown]


def _is_wide(head: list[str], rows: list[list[str]]) -> bool:
    """Whether the rows of a table with a head are too long for one line on a phone."""
    return any(head) and max(map(len, _joined(head, rows))) > _PHONE


def _table_text(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    if not _is_wide(head, rows):
        return "\n".join(_joined(head, rows))
    return "\n\n".join("\n".join(_row_lines(head, row)) for row in rows)


def _row_lines(head: list[str], row: list[str]) -> list[str]:
    named = [_word(word) + cell for word, cell in zip(head[1:], row[1:], strict=True) if cell]
    return [row[0], *named] if row[0] else named


def _word(word: str) -> str:
    return f"{word}: " if word else ""


def _block(part: Part) -> str:
    match part:
        case Heading(text):
            line = _one_line(text)
            return f'<h2 style="{_H2}">{escape(line)}</h2>' if line else ""
        case Paragraph(text):
            return _paragraphs(text)
        case Quote(text):
            said = _paragraphs(text)
            return f'<blockquote dir="auto" style="{_BLOCKQUOTE}">\n{said}\n</blockquote>' if said else ""
        case Table():
            return _table_block(*_cells(part))


def _paragraphs(text: str) -> str:
    """Return the text as paragraphs, its single line breaks and its indents kept."""
    lines = _lines(text)
    if not lines:
        return ""
    said = [
        escape(one).replace("\t", "    ").replace("  ", "&nbsp; ").replace("\n", "<br>\n")
        for one in _BLANK_LINES.split(lines)
    ]
    return "\n".join(f'<p style="{_P}">{one}</p>' for one in said)


def _table_block(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    wide = _is_wide(head, rows)
    name = ' class="wide" width="100%"' if wide else ""
    lines = [f'<table{name} border="0" cellspacing="0" cellpadding="7" style="{_TABLE}">']
    if any(head):
        cells = "".join(f'<th scope="col" align="left" style="{_CELL}">{_cell(word)}</th>' for word in head)
        lines.append(f'<thead><tr valign="bottom">{cells}</tr></thead>')
    words = [f'<span class="word">{escape(_word(word))}</span>' if wide and word else "" for word in head[1:]]
    lines += ["<tbody>", *(_row_block(words, row) for row in rows), "</tbody>", "</table>"]
    return "\n".join(lines)


def _row_block(words: list[str], row: list[str]) -> str:
    """Return a row whose first cell is its head; a short one, such as a case number, is never broken."""
    first, *rest = row
    nowrap = " nowrap" * (len(first) <= _SHORT)
    cells = "".join(
        f'<td style="{_CELL}">{word if cell else ""}{_cell(cell)}</td>' for word, cell in zip(words, rest, strict=True)
    )
    return f'<tr valign="top"><th scope="row" align="left"{nowrap} style="{_CELL}">{_cell(first)}</th>{cells}</tr>'


def _cell(text: str) -> str:
    """Return the text with places at which a word too long for a narrow column, such as an address, may break."""
    return " ".join(
        "<wbr>".join(map(escape, _SOFT_PLACE.split(word) if len(word) > _LONG else (word,))) for word in text.split(" ")
    )
