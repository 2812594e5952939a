"""Rows of a table by the names of their columns; faults name line and column and say what to write. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.table_files import TableFault, read_table


class ColumnsFault(ValueError):
    """A file that is not the table that was asked for."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row: its number in the file, from 1, and its cells by the name of the column."""

    number: int
    cells: Mapping[str, str]

    def fault(self, column: str, why: str) -> ColumnsFault:
        """Return the fault of a cell."""
        return ColumnsFault(f"line {self.number}, column {column}: {self.cells[column]!r} {why}")


def named_rows(content: bytes, names: Mapping[str, tuple[str, ...]]) -> list[NamedRow]:
    """Return the rows of a CSV or Excel file below its heading, at least one.

    Args:
        content: the file.
        names: what each column may be called, upper and lower case alike; all of them are needed.

    Raises:
        ColumnsFault: it is no table, lacks a column, or has a row of another width.
    """
    try:
        heading, *rows = read_table(content)
    except TableFault as fault:
        raise ColumnsFault(f"the file cannot be read as a table ({fault.why})") from fault
    lowered = [cell.casefold() for cell in heading.cells]
    places = {key: next((lowered.index(name) for name in some if name in lowered), -1) for key, some in names.items()}
    missing = [key for key, place in places.items() if place < 0]
    if missing:
        named = f"line {heading.number}: no column is called {', '.join(missing)}"
        raise ColumnsFault(f"{named}; write {', '.join(names)}")
    for row in rows:
        if len(row.cells) != len(lowered):
            raise ColumnsFault(f"line {row.number} has {len(row.cells)} cells where the first has {len(lowered)}")
    if not rows:
        raise ColumnsFault("the file has a heading but no rows")
    return [NamedRow(row.number, {key: row.cells[place] for key, place in places.items()}) for row in rows]
