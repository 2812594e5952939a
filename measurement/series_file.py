"""A series from a file (CSV or Excel), so that a chart can be checked against another tool. Pure: bytes in, data out.

Columns are found by name, upper or lower case, whatever their order:

- ``value`` (XmR), or ``numerator`` and ``denominator`` (shares; XmR then charts the share);
- ``period``, each once; without it the rows are called 1, 2, 3 …;
- ``ghost``: why a point is left out; ``rebase``: why new limits begin with this row; ``note``: what the reader should
  know; ``preliminary``. Nothing, 0, no, nej or false is no; 1, x, yes, ja or true is yes without a reason.

Usual other names are understood (`NAMES`), and so is a file without a heading. What was read as what is told in
`SeriesFile`, and what could be read in two ways is refused. A missing value is an empty cell or NA. Decimals have a
comma or a point, one of them in the whole file; thousands at most a space.

Where all periods are ISO weeks, dates or months the rows are put oldest first, and a week without a row is a gap like
one without a value, unless more weeks are missing than are there (then it is no weekly series).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import isfinite
from types import MappingProxyType

from config.table_files import Row, TableFault, read_table
from config.texts import Texts, mark
from measurement.measures import Direction, Unit
from measurement.periods import Week
from measurement.statistics.chart import ChartKind
from measurement.statistics.series import Decision, DecisionKind, Point, Series

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "period": ("period", "week", "vecka", "viikko", "date", "datum", "month", "månad", "year", "år", "time", "x",
                   "i", "nr", "sample", "subgroup", ""),
        "value": ("value", "values", "värde", "utfall", "arvo", "y"),
        "numerator": ("numerator", "k", "täljare", "osoittaja", "events", "count", "y"),
        "denominator": ("denominator", "n", "nämnare", "nimittäjä", "total", "size"),
        "ghost": ("ghost", "ghosted", "utelämnad"),
        "rebase": ("rebase", "rebased", "ny nivå"),
        "note": ("note", "notes", "anteckning"),
        "preliminary": ("preliminary", "preliminär"),
    }
)  # fmt: skip
"""What each column may be called; the first that the file has counts. A column without a heading is the periods."""

_MISSING, _NO, _YES = {"", "na", "nan", "null", "none"}, {"0", "no", "nej", "false"}, {"1", "x", "yes", "ja", "true"}
_NUMBER = re.compile(r"[+-]?((\d+|\d{1,3}( \d{3})+)([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"(\d+|\d{1,3}( \d{3})+)([.,]0{1,2})?([eE]\+?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_CALENDAR = tuple(re.compile(form, re.ASCII) for form in (r"\d{4}-W\d{2}", r"\d{4}-\d{2}-\d{2}", r"\d{4}-\d{2}"))
"""Periods that sort in time as they are written."""
_MIXED = (*_CALENDAR, re.compile(r"\d{4}", re.ASCII))
"""Kinds of periods, of which a file has one."""
_FAULTS = {
    TableFault.TOO_LARGE: ("is too large", mark("filen är för stor")),
    TableFault.OLD_EXCEL: (
        "is an old Excel file: save it as .xlsx or CSV",
        mark("filen har Excels gamla format: spara den som .xlsx eller CSV"),
    ),
    TableFault.NOT_A_TABLE: ("is not a table", mark("filen är varken CSV eller Excel (.xlsx)")),
    TableFault.EMPTY: ("is empty", mark("filen är tom")),
}


class SeriesFault(ValueError):
    """A file that is no series; the message names line and column.

    Attributes:
        text, fields: the same for people, in Swedish, to be translated; without line and column.
        line, column: where; 0 and empty: in no single cell.
    """

    def __init__(self, message: str, text: str = "", *, line: int = 0, column: str = "", **fields: object) -> None:
        """Keep what is wrong."""
        super().__init__(message)
        self.text, self.fields, self.line, self.column = text, fields, line, column

    def words(self, texts: Texts) -> str:
        """Return what is wrong in a language of ours."""
        what = texts.t(self.text, **self.fields) if self.text else str(self)
        if self.line and self.column:
            return texts.t("rad {line}, kolumn {column}: {what}", line=self.line, column=self.column, what=what)
        return texts.t("rad {line}: {what}", line=self.line, what=what) if self.line else what


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFile:
    """A series, and how the file was read.

    Attributes:
        columns: for each key of `NAMES` that was found its heading as written, empty when there was none.
        ignored: headings of columns that were not used.
        reordered: whether the rows stood in another order than time's.
        missing_weeks: weeks without a row, gaps in the series.
    """

    series: Series
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    reordered: bool
    missing_weeks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows below the heading, and where in them each column is."""

    places: Mapping[str, int]
    headings: tuple[str, ...]
    rows: Sequence[Row]
    decimal: str

    def text(self, row: Row, column: str) -> str:
        """Return a cell; empty without such a column, and where a cell says that it is missing."""
        text = row.cells[self.places[column]] if column in self.places else ""
        return "" if text.lower() in _MISSING else re.sub(r"[\u00a0\u202f]", " ", text).replace("\u2212", "-")

    def reason(self, row: Row, column: str) -> str | None:
        """Return why it is marked, empty without a reason; None: it is not."""
        text = self.text(row, column)
        if text.lower() in _NO or not text:
            return None
        return "" if text.lower() in _YES else text

    def number(self, row: Row, column: str) -> float | None:
        """Return a number; None: missing."""
        text = self.text(row, column)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            if text.endswith("%"):
                why = f"{text!r} is not a number; write 0.83 or 83, without the sign"
                raise self.fault(row, column, why, mark("”{cell}” är inget tal; skriv 0,83 eller 83, utan tecknet"))
            raise self.fault(row, column, f"{text!r} is not a number", mark("”{cell}” är inget tal"))
        if ("," if self.decimal == "." else ".") in text:
            why = f"{text!r}: the file has both decimal points and decimal commas"
            raise self.fault(row, column, why, mark("”{cell}”: filen har både decimalpunkter och decimalkomman"))
        return float(text.replace(" ", "").replace(",", "."))

    def whole(self, row: Row, column: str) -> int | None:
        """Return a whole number from 0; None: missing."""
        text = self.text(row, column)
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            why = f"{text!r} is not a whole number from 0"
            raise self.fault(row, column, why, mark("”{cell}” är inget helt tal från 0"))
        return int(float(text.replace(" ", "").replace(",", ".")))

    def fault(self, row: Row, column: str, why: str, text: str, **fields: object) -> SeriesFault:
        """Return the fault, with line and column; `text` may have the field ``cell``."""
        heading = self.headings[self.places[column]] or column
        cell = row.cells[self.places[column]]
        return SeriesFault(
            f"line {row.number}, column {heading}: {why}", text, line=row.number, column=heading, cell=cell, **fields
        )


def read_series(
    content: bytes, kind: ChartKind, *, name: str, read_on: date, direction: Direction | None = None,
    target: float | None = None,
) -> SeriesFile:  # fmt: skip
    """Return the series that a file holds, in the order of its rows or of time.

    Args:
        content: the file.
        kind: which chart it is for: shares need their counts.
        name: what the series is called.
        read_on: rebases and notes are dated by it, and signed by nobody.
        direction: which way is better.
        target: in the unit of the values, 0–1 of shares.

    Raises:
        SeriesFault: it is no such series.
    """
    try:
        rows = read_table(content)
    except TableFault as error:
        why, text = _FAULTS[error.why]
        raise SeriesFault(f"the file {why}", text) from error
    written = _table(rows, kind)
    table = _in_time(written)
    unit = Unit.SHARE if "numerator" in table.places else Unit.COUNT
    _check_target(target, unit)
    periods = _periods(table)
    points = [_point(table, row, period) for row, period in zip(table.rows, periods, strict=True)]
    missing = _missing_weeks(periods)
    points += [Point(period=week, value=None, n=0) for week in missing]
    series = Series(
        measure=name, version=1, name=name, unit=unit, direction=direction, target=target,
        points=tuple(sorted(points, key=lambda one: one.period) if missing else points),
        decisions=_decisions(table, periods, read_on),
    )  # fmt: skip
    used = set(table.places.values())
    return SeriesFile(
        series=series,
        columns={key: table.headings[place] for key, place in table.places.items()},
        ignored=tuple(heading for place, heading in enumerate(table.headings) if place not in used),
        reordered=list(table.rows) != list(written.rows),
        missing_weeks=missing,
    )


def _check_target(target: float | None, unit: Unit) -> None:
    if target is not None and not isfinite(target):
        raise SeriesFault(f"the target {target} is not a number")
    if target is not None and unit is Unit.SHARE and not 0 <= target <= 1:
        raise SeriesFault(f"the target {target:g} is no share: shares are 0–1, as 0.95")


def _table(rows: Sequence[Row], kind: ChartKind) -> _Table:
    headings, body = rows[0].cells, rows[1:]
    if _NUMBER.fullmatch(headings[-1]) or headings[-1].lower() in _MISSING - {""}:
        places, headings, body = _without_heading(len(headings), kind), ("",) * len(headings), rows
    else:
        places = _places(headings, kind)
    if not body:
        why = "the file has a heading but no rows"
        raise SeriesFault(why, mark("filen har en rubrikrad men inga rader under den"))
    _check_width(rows, len(headings))
    if "period" not in places:
        _check_no_gaps(rows)
    table = _Table(places, headings, body, ".")
    return replace(table, decimal=_decimal(table))


def _check_width(rows: Sequence[Row], width: int) -> None:
    for row in rows:
        if len(row.cells) != width:
            raise SeriesFault(
                f"line {row.number} has {len(row.cells)} cells where the first has {width}; decimal commas need"
                " semicolons between the columns, or quotation marks",
                mark("{count} celler, men den första raden har {width}; med decimalkomman behövs semikolon mellan "
                     "kolumnerna"), line=row.number, count=len(row.cells), width=width,
            )  # fmt: skip


def _check_no_gaps(rows: Sequence[Row]) -> None:
    """Refuse an empty line among rows without periods: nobody can tell it from a missing value."""
    for before, row in pairwise(rows):
        following = before.number + 1 + sum(cell.count("\n") for cell in before.cells)
        if row.number > following:
            why = f"line {following} is empty: write NA for a missing value"
            raise SeriesFault(why, mark("raden är tom: skriv NA där ett värde saknas"), line=following)


def _without_heading(width: int, kind: ChartKind) -> dict[str, int]:
    """Return the columns of a file of numbers only: the value or the two counts, with or without periods before."""
    names = ["value"] if kind is ChartKind.XMR else ["numerator", "denominator"]
    if width == len(names) + 1:
        names = ["period", *names]
    if width != len(names):
        why = f"line 1 has {width} cells and no headings: name the columns"
        raise SeriesFault(
            why, mark("{count} celler och inga rubriker: skriv vad kolumnerna heter"), line=1, count=width
        )
    return {name: place for place, name in enumerate(names)}


def _places(headings: Sequence[str], kind: ChartKind) -> dict[str, int]:
    """Return where each column is that this chart uses; of XmR one that is left over is the value.

    Raises:
        SeriesFault: a heading stands twice, or what the chart needs is missing.
    """
    written, named = [heading.casefold() for heading in headings], ", ".join(headings)
    twice = next((one for one in written if one and written.count(one) > 1), None)
    if twice is not None:
        raise SeriesFault(f"two columns are called {twice}", mark("två kolumner heter {heading}"), heading=twice)
    if kind is ChartKind.XMR and len(headings) == 1:
        return {"value": 0}
    named_so = {column: [written.index(one) for one in names if one in written] for column, names in NAMES.items()}
    places = {column: found[0] for column, found in named_so.items() if found}
    counts = {"numerator", "denominator"} <= places.keys()
    # A y beside an n is a count, as qicharts2 has it.
    shares = kind is not ChartKind.XMR or (counts and places.get("value") in {None, places["numerator"]})
    places.pop("value" if shares else "numerator", None)
    if shares and not counts:
        why = f"a chart of shares needs the columns numerator and denominator (or k and n), not {named}"
        raise SeriesFault(why, mark("kolumnerna täljare och nämnare saknas; filen har {named}"), named=named)
    if not shares and "value" not in places:
        left = [place for place in range(len(headings)) if place not in places.values()]
        if len(left) != 1:
            why = f"no column is called value; the file has {named}"
            raise SeriesFault(why, mark("ingen kolumn heter värde, eller täljare och nämnare; filen har {named}"),
                              named=named)  # fmt: skip
        places["value"] = left[0]
    return places


def _decimal(table: _Table) -> str:
    """Return the decimal sign.

    Raises:
        SeriesFault: all commas could just as well part thousands.
    """
    columns = [column for column in ("value", "numerator", "denominator") if column in table.places]
    commas = [(row, column) for row in table.rows for column in columns if "," in table.text(row, column)]
    if commas and all(_THOUSANDS.fullmatch(table.text(row, column)) for row, column in commas):
        row, column = commas[0]
        hint = "decimals or thousands? Write decimals with a point, thousands with nothing"
        raise table.fault(
            row, column, f"{table.text(row, column)!r}: {hint}",
            mark("”{cell}”: decimaler eller tusental? Skriv decimaler med punkt och tusental utan skiljetecken"),
        )  # fmt: skip
    return "," if commas else "."


def _in_time(table: _Table) -> _Table:
    """Return the table with its rows oldest first, where the periods themselves tell which those are."""
    if "period" not in table.places:
        return table
    periods = [table.text(row, "period") for row in table.rows]
    if not any(all(form.fullmatch(period) for period in periods) for form in _CALENDAR):
        return table
    return replace(table, rows=sorted(table.rows, key=lambda row: table.text(row, "period")))


def _missing_weeks(periods: Sequence[str]) -> tuple[str, ...]:
    """Return the ISO weeks between the first and the last that have no row; none of what is no weekly series."""
    try:
        weeks = [Week.parse(period) for period in periods]
    except ValueError:
        return ()
    first, last = weeks[0].monday, weeks[-1].monday
    if (last - first).days // 7 + 1 > 2 * len(weeks):
        return ()
    every, there = (first + timedelta(weeks=number) for number in range((last - first).days // 7)), set(periods)
    return tuple(week for day in every if (week := f"{day:%G-W%V}") not in there)


def _periods(table: _Table) -> list[str]:
    if "period" not in table.places:
        return [str(number) for number in range(1, len(table.rows) + 1)]
    first = dict[str, int]()
    for row in table.rows:
        period = table.text(row, "period")
        if not period:
            raise table.fault(row, "period", "is empty", mark("cellen är tom"))
        if first.setdefault(period, row.number) != row.number:
            raise table.fault(row, "period", f"{period} stands on line {first[period]} too",
                              mark("”{cell}” står också på rad {other}"), other=first[period])  # fmt: skip
    _require_one_kind(table)
    return list(first)


def _require_one_kind(table: _Table) -> None:
    """Refuse weeks among months, and the like: nobody can tell which comes first, nor how long each is."""
    kinds = dict[int, Row]()
    for row in table.rows:
        kind = next((at for at, form in enumerate(_MIXED) if form.fullmatch(table.text(row, "period"))), None)
        if kind is not None:
            kinds.setdefault(kind, row)
    if len(kinds) > 1:
        one, other = sorted(kinds.values(), key=lambda row: row.number)[:2]
        known = table.text(one, "period")
        raise table.fault(
            other, "period", f"{table.text(other, 'period')} is not written as {known} on line {one.number}",
            mark("”{cell}” är inte samma slags period som {known} på rad {other}"), known=known, other=one.number,
        )  # fmt: skip


def _point(table: _Table, row: Row, period: str) -> Point:
    ghost = table.reason(row, "ghost")
    value, numerator, n = table.number(row, "value"), None, table.whole(row, "denominator")
    if "numerator" in table.places:
        numerator = table.whole(row, "numerator")
        if numerator is not None and n is None:
            raise table.fault(row, "denominator", "is empty beside a numerator", mark("är tom bredvid en täljare"))
        if numerator is not None and n is not None and numerator > n:
            raise table.fault(row, "numerator", f"{numerator} is more than the denominator, {n}",
                              mark("{cell} är mer än nämnaren, {count}"), count=n)  # fmt: skip
        value = numerator / n if numerator is not None and n else None
    return Point(
        period=period,
        value=value,
        n=n or 0,
        numerator=numerator,
        ghost="" if ghost is None else ghost or "ghost",
        preliminary=table.reason(row, "preliminary") is not None,
    )


def _decisions(table: _Table, periods: Sequence[str], read_on: date) -> tuple[Decision, ...]:
    decisions, rebased = list[Decision](), False
    for row, period in zip(table.rows, periods, strict=True):
        cause = table.reason(row, "rebase")
        if cause is not None and rebased:
            why = "the row before is marked too: mark only the first of a new level"
            raise table.fault(row, "rebase", why, mark("raden före är också märkt: märk bara den första på en ny nivå"))
        rebased = cause is not None
        found = {DecisionKind.REBASE: cause, DecisionKind.NOTE: table.reason(row, "note")}
        decisions += [
            Decision(kind=kind, period=period, cause=why, decided_by="", decided_on=read_on)
            for kind, why in found.items()
            if why is not None
        ]
    return tuple(decisions)
