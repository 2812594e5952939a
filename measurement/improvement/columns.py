"""Rows of a table by the names of their columns; every fault names line and column and what to write. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from config.table_files import Row, TableFault, read_table
from config.texts import Texts, mark

T = TypeVar("T")
_MOST = 10
"""Faults that are told at once."""
_UNREADABLE = {
    TableFault.TOO_LARGE: mark("filen är för stor"),
    TableFault.OLD_EXCEL: mark("filen har Excels gamla format: spara den som .xlsx eller CSV"),
    TableFault.NOT_A_TABLE: mark("filen är varken CSV eller Excel (.xlsx)"),
    TableFault.EMPTY: mark("filen är tom"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a file.

    Attributes:
        text: what is wrong and what to write, in Swedish, to be translated; with fields.
        line: in the file, from 1; 0: it concerns the whole file.
        column: its heading as the file has it; empty: it concerns the whole line.
        cell: what stands there.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    line: int = 0
    column: str = ""
    cell: str = ""


class ColumnsFault(ValueError):
    """A file that is not the table that was asked for, with everything that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults, in the order of the file."""
        super().__init__("; ".join(one.text for one in faults))
        self.faults = faults


def fault_words(fault: ColumnsFault, file: str, texts: Texts) -> str:
    """Return what is wrong with a file, a line for each fault, ten at most."""
    said = [_words(one, texts) for one in fault.faults[:_MOST]]
    left = len(fault.faults) - _MOST
    if left > 0:
        said.append(texts.n("och {count} fel till", "och {count} fel till", left))
    return "\n".join(f"{file}: {one}" for one in said)


def _words(one: Fault, texts: Texts) -> str:
    what = texts.t(one.text, **one.fields)
    if not one.line:
        return what
    if not one.column:
        return texts.t("rad {line}: {what}", line=one.line, what=what)
    return texts.t("rad {line}, kolumn {column}: ”{cell}” {what}", line=one.line, column=one.column, cell=one.cell,
                   what=what)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row: its number in the file, from 1, its cells by the name of the column, and the headings as written."""

    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]

    def fault(self, column: str, text: str, **fields: object) -> ColumnsFault:
        """Return the fault of a cell."""
        return ColumnsFault(
            Fault(text=text, fields=fields, line=self.number, column=self.headings[column], cell=self.cells[column])
        )


def named_rows(content: bytes, names: Mapping[str, tuple[str, ...]]) -> list[NamedRow]:
    """Return the rows of a CSV or Excel file below its heading, at least one.

    Args:
        content: the file.
        names: what each column may be called, upper and lower case alike; all of them are needed.

    Raises:
        ColumnsFault: it is no table, lacks a column, or has rows of another width.
    """
    try:
        heading, *rows = read_table(content)
    except TableFault as fault:
        raise ColumnsFault(Fault(text=_UNREADABLE[fault.why])) from fault
    places = _places(heading, names)
    wrong = [_width(row, len(heading.cells)) for row in rows if len(row.cells) != len(heading.cells)]
    if wrong:
        raise ColumnsFault(*wrong)
    if not rows:
        raise ColumnsFault(Fault(text=mark("filen har en rubrikrad men inga rader under den")))
    headings = {key: heading.cells[place] for key, place in places.items()}
    return [NamedRow(row.number, {key: row.cells[place] for key, place in places.items()}, headings) for row in rows]


def _places(heading: Row, names: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    lowered = [cell.casefold() for cell in heading.cells]
    places = {key: next((lowered.index(name) for name in some if name in lowered), -1) for key, some in names.items()}
    missing = [key for key, place in places.items() if place < 0]
    if missing:
        fields = {"columns": ", ".join(map(_or_so(names), missing)), "all": ", ".join(map(_or_so(names), names))}
        text = mark("kolumnen {columns} saknas; skriv rubrikerna {all}")
        raise ColumnsFault(Fault(text=text, fields=fields, line=heading.number))
    return places


def _or_so(names: Mapping[str, tuple[str, ...]]) -> Callable[[str], str]:
    """Return how a column is named to people: its English name and the first other one."""
    return lambda key: " / ".join(names[key][:2])


def _width(row: Row, width: int) -> Fault:
    text = mark("{count} celler, men rubrikraden har {width}")
    return Fault(text=text, fields={"count": len(row.cells), "width": width}, line=row.number)


def each_row(rows: Iterable[NamedRow], read: Callable[[NamedRow], T]) -> list[T]:
    """Return what is read of each row.

    Raises:
        ColumnsFault: with the faults of all rows that cannot be read.
    """
    found, faults = list[T](), list[Fault]()
    for row in rows:
        try:
            found.append(read(row))
        except ColumnsFault as fault:
            faults += fault.faults
    if faults:
        raise ColumnsFault(*faults)
    return found
