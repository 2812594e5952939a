"""A yearly comparison for a terminal: the groups have letters, so that the table stays narrow."""

from config.texts import Texts
from measurement.network.yearly import Comparison
from measurement.network.yearly_paper import edition_tables, footer_words, method_words
from measurement.network.yearly_words import lead_words, legend_of, notes_of
from measurement.report.document import Table
from measurement.words import paragraph


def as_lines(comparison: Comparison, texts: Texts) -> list[str]:
    """Return title, what the newest year says, the table, notes and source."""
    blocks = [
        [comparison.kpi.title, *paragraph(lead_words(comparison, texts))],
        list(legend_of(comparison, texts)),
        *(_lines(table) for table in edition_tables(comparison, texts)),
        [line for note in notes_of(comparison, texts) for line in paragraph(note)],
        paragraph(method_words(comparison, texts)),
        paragraph(footer_words(comparison, texts)),
    ]
    return [line for block in blocks if block for line in [*block, ""]][:-1]


def _lines(table: Table) -> list[str]:
    """Return an edition's table: the year to the left, figures to the right."""
    rows = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip())
    return [table.caption, *lines] if table.caption else lines
