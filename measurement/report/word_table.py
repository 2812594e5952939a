"""Tables in Word files: the heading row repeats on every page, no row is torn, figures stand to the right.

Rows are written as XML at once: a table of some hundred rows takes the library's own cells many seconds.
"""

import re
from html import escape

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from measurement.report.document import Table
from measurement.report.word_package import plain

_WIDE = 9638
"""Of the table, in twentieths of a point: 170 mm."""
_INK, _LINE, _GREY = "12436D", "C9D1D8", "4A545C"
_LETTER = 105
"""What a letter takes, in twentieths of a point, at the size that tables have."""


def add_table(file: WordDocument, table: Table) -> None:
    """Add a table with what it shows as its alternative text, and an empty line that parts it from the next."""
    widths = _widths(table)
    right = [_of_figures(table, at) for at in range(len(table.head))]
    head = _row(table.head, widths, right, head=True)
    rows = (_row(row, widths, right, strong=at in table.emphasised) for at, row in enumerate(table.rows))
    name = f'<w:tblCaption w:val="{_told(table.caption)}"/>' if table.caption else ""
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    borders = (
        f'<w:bottom w:val="single" w:sz="4" w:color="{_LINE}"/><w:insideH w:val="single" w:sz="4" w:color="{_LINE}"/>'
    )
    made = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        f'w:noHBand="1" w:noVBand="1"/>{name}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{"".join(rows)}</w:tbl>'
    )
    after = file.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after._p.addprevious(parse_xml(made))


def _row(
    cells: tuple[str, ...], widths: list[int], right: list[bool], *, head: bool = False, strong: bool = False
) -> str:
    marks = "<w:cantSplit/><w:tblHeader/>" if head else "<w:cantSplit/>"
    inner = "".join(
        _cell(cell, wide, to_right, head=head, strong=strong)
        for cell, wide, to_right in zip(cells, widths, right, strict=True)
    )
    return f"<w:tr><w:trPr>{marks}</w:trPr>{inner}</w:tr>"


def _cell(text: str, wide: int, to_right: bool, *, head: bool, strong: bool) -> str:
    side = "right" if to_right else "left"
    edge = f'<w:tcBorders><w:bottom w:val="single" w:sz="8" w:color="{_INK}"/></w:tcBorders>' if head else ""
    look = (
        f'<w:color w:val="{_GREY}"/><w:sz w:val="16"/>' if head else f'{"<w:b/>" if strong else ""}<w:sz w:val="18"/>'
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{edge}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="40" w:after="40"/><w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>{look}</w:rPr>'
        f'<w:t xml:space="preserve">{_told(text)}</w:t></w:r></w:p></w:tc>'
    )


def _told(text: str) -> str:
    return escape(plain(text))


def _of_figures(table: Table, at: int) -> bool:
    """Tell whether a column holds figures, and one short word at most where they are missing; the first never does."""
    cells = {row[at] for row in table.rows}
    words = {cell for cell in cells if not _is_figure(cell)}
    return at > 0 and words < cells and len(words) <= 1 and all(len(word) <= 20 for word in words)


def _is_figure(cell: str) -> bool:
    return len(cell) <= 20 and re.search(r"\d", cell) is not None and re.search(r"[^\W\d_]{4}", cell) is None


def _widths(table: Table) -> list[int]:
    """Return the columns' widths: what figures need, and the rest shared by how much the others say."""
    columns = range(len(table.head))
    longest = [max(map(len, (_longest_word(table.head[at]), *(row[at] for row in table.rows)))) for at in columns]
    needed = {
        at: min(longest[at] + 2, 24) * _LETTER for at in columns if _of_figures(table, at) or (at and longest[at] <= 12)
    }
    rest = max(_WIDE - sum(needed.values()), _WIDE // 3)
    shares = {at: min(max(longest[at], 12), 60) for at in columns if at not in needed}
    return [needed[at] if at in needed else rest * shares[at] // sum(shares.values()) for at in columns]


def _longest_word(text: str) -> str:
    return max(text.split(), key=len, default="")
