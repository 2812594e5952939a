"""Tables as people keep them: CSV and Excel files, read into rows of text. Pure: bytes in, text out."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 100 * 2**20
MOST_ROWS = 10_000

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = (";", ",", "\t")


class TableFault(Exception):
    """A file that cannot be read as a table."""

    TOO_LARGE = "too_large"
    OLD_EXCEL = "old_excel"
    NOT_A_TABLE = "not_a_table"
    EMPTY = "empty"

    def __init__(self, why: str) -> None:
        """Keep why."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, from 1 as a spreadsheet shows it, and its cells without white space around."""

    number: int
    cells: tuple[str, ...]


def read_table(content: bytes, *, most_rows: int = MOST_ROWS) -> list[Row]:
    """Return the rows of a CSV file or of an Excel file's first sheet; empty rows are left out.

    CSV may be UTF-8 with or without a byte order mark, UTF-16 with one, or Windows-1252, and have commas, semicolons
    or tabs, whichever divides the first line most.

    Raises:
        TableFault: it is neither, too large, or holds nothing.
    """
    if len(content) > MOST_BYTES:
        raise TableFault(TableFault.TOO_LARGE)
    if content.startswith(_OLD_EXCEL):
        raise TableFault(TableFault.OLD_EXCEL)
    numbered = _excel_rows(content) if content.startswith(_ZIP) else _csv_rows(_decoded(content))
    rows = list[Row]()
    for number, cells in numbered:
        stripped = tuple(cell.strip() for cell in cells)
        if any(stripped):
            rows.append(Row(number, stripped))
    if len(rows) > most_rows:
        raise TableFault(TableFault.TOO_LARGE)
    if not rows:
        raise TableFault(TableFault.EMPTY)
    return rows


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableFault(TableFault.NOT_A_TABLE)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows with the number of the line each begins on."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    if first.lower().startswith("sep=") and len(first) == 5:  # a line that Excel writes for itself
        separator = first[4]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begin = 1
    try:
        for cells in reader:
            if not "".join(cells).lower().startswith("sep="):
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as error:
        raise TableFault(TableFault.NOT_A_TABLE) from error


def _excel_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of the first sheet that hold anything, with their numbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            fits = sum(one.file_size for one in packed.infolist()) <= MOST_UNPACKED
        rows = _first_sheet(content) if fits else []
    except Exception as error:  # whatever the libraries make of a file that is not what its beginning says
        raise TableFault(TableFault.NOT_A_TABLE) from error
    if not fits:
        raise TableFault(TableFault.TOO_LARGE)
    return rows


def _first_sheet(content: bytes) -> list[tuple[int, list[str]]]:
    # Costs 100 ms to import, and only Excel files need it.
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    found = [
        (number, [_cell(one) for one in row])
        for number, row in enumerate(rows, start=1)
        if any(one not in (None, "") for one in row)  # a nought is a value
    ]
    book.close()
    return found


def _cell(value: object) -> str:
    """Return a cell as it would be written: 7 without a point, 2026-12-23, 2026-12-23 08:12:05, 00:01:15."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        # To Excel a date alone is its midnight.
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        minutes, rest = divmod(value.total_seconds(), 60)
        return f"{minutes // 60:02.0f}:{minutes % 60:02.0f}:{rest:02.0f}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
