"""Figures from before us out of a file: CSV or Excel of weeks or years, or the JSON of measure-only mode. Pure.

Columns are found by name: ``period`` (2019 or 2025-W10), ``measure`` (its id or Swedish name), ``value``, or
``numerator`` and ``denominator``; ``definition`` (what it was made by), ``source`` (where it comes from), and where
there is one ``slice`` (as channel:mail). Shares are written as 83 %, 0.83 or by their counts; lengths of time in
hours as 4.5 h, in minutes as 30 min, in days as 2 d, or in seconds.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.clock import Rule
from config.table_files import Row, TableFault, read_table
from config.texts import Texts
from measurement.measures import IN_TIME, Measure, Unit
from measurement.periods import Week, Year, parse_period
from measurement.rollup.history import MAIL, Old

_NAMES: Mapping[str, tuple[str, ...]] = {
    "period": ("period", "vecka", "år", "week", "year"),
    "measure": ("measure", "mått"),
    "value": ("value", "värde", "utfall"),
    "numerator": ("numerator", "täljare", "k"),
    "denominator": ("denominator", "nämnare", "n"),
    "definition": ("definition",),
    "source": ("source", "källa"),
    "slice": ("slice", "del"),
}
_REQUIRED = ("period", "measure", "definition", "source")
_NUMBER = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(%|h|tim|min|d|s)?")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "tim": 3600.0, "d": 86_400.0, "": 1.0}
_SLICE = re.compile(r"(?:channel|kind|unit|topic|language):\S+|")


class HistoryFault(ValueError):
    """A file that cannot be taken; `faults` names everything that is wrong, each with its row."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep the faults."""
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class _CellFault(ValueError):
    """What is wrong in a row."""


def read_history(content: bytes, series: str, measures: Mapping[str, Measure], texts: Texts) -> tuple[Old, ...]:
    """Return the figures of a file, at least one.

    Args:
        content: CSV, Excel (.xlsx), or what ``run_bot.py baseline --json`` printed.
        series: what they are called together; a name without blanks.
        measures: by id; those that may stand in the file.
        texts: the language that faults are told in.

    Raises:
        HistoryFault: with every fault of every row.
    """
    if content.lstrip()[:1] == b"{":
        return _of_baseline(content, series, texts)
    try:
        rows = read_table(content)
    except TableFault as fault:
        raise HistoryFault([texts.t("Filen går inte att läsa som en tabell ({why}).", why=fault.why)]) from fault
    places = _places(rows[0], texts)
    found, faults = list[Old](), list[str]()
    for row in rows[1:]:
        try:
            found.append(_old(_cells(row, places), series, measures, texts))
        except _CellFault as fault:
            faults.append(texts.t("Rad {row}: {fault}", row=row.number, fault=fault))
    faults += _twice(found, texts)
    if faults or not found:
        raise HistoryFault(faults or [texts.t("Filen har en rubrikrad men inga rader.")])
    return tuple(found)


def _places(head: Row, texts: Texts) -> dict[str, int]:
    headings = [cell.casefold() for cell in head.cells]
    places = {
        name: next(at for at, heading in enumerate(headings) if heading in known)
        for name, known in _NAMES.items()
        if any(heading in known for heading in headings)
    }
    missing = [name for name in _REQUIRED if name not in places]
    if "value" not in places and not {"numerator", "denominator"} <= places.keys():
        missing.append("value")
    if missing:
        raise HistoryFault([texts.t("Kolumner saknas: {columns}.", columns=", ".join(missing))])
    return places


def _cells(row: Row, places: Mapping[str, int]) -> dict[str, str]:
    return {name: row.cells[at] if at < len(row.cells) else "" for name, at in places.items()}


def _old(cells: Mapping[str, str], series: str, measures: Mapping[str, Measure], texts: Texts) -> Old:
    measure = _measure(cells["measure"], measures, texts)
    numerator, denominator = (_count(cells.get(name, ""), texts) for name in ("numerator", "denominator"))
    for name in ("definition", "source"):
        if not cells[name]:
            raise _CellFault(texts.t("{column} är tom.", column=name))
    slice_ = cells.get("slice", "")
    if not _SLICE.fullmatch(slice_):
        raise _CellFault(texts.t("{slice} är ingen del. Skriv till exempel channel:mail.", slice=slice_))
    return Old(
        series=series, slice=slice_, measure=measure.id, period=_period(cells["period"], texts),
        definition=cells["definition"], numerator=numerator, denominator=denominator, source=cells["source"],
        value=_value(cells.get("value", ""), measure.unit, numerator, denominator, texts),
    )  # fmt: skip


def _measure(written: str, measures: Mapping[str, Measure], texts: Texts) -> Measure:
    known = {one.name.casefold(): one for one in measures.values()} | {one.id: one for one in measures.values()}
    found = known.get(written) or known.get(written.casefold())
    if found is None:
        raise _CellFault(texts.t("Vi känner inget mått som heter {measure}.", measure=written or "–"))
    return found


def _period(written: str, texts: Texts) -> str:
    try:
        period = parse_period(written)
    except ValueError:
        period = None
    if not isinstance(period, Week | Year):
        raise _CellFault(texts.t("Skriv perioden som 2019 eller 2025-W10, inte {period}.", period=written or "–"))
    return str(period)


def _count(written: str, texts: Texts) -> int | None:
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", written):
        raise _CellFault(texts.t("Skriv ett helt tal, inte {number}.", number=written))
    return int(written)


def _value(written: str, unit: Unit, numerator: int | None, denominator: int | None, texts: Texts) -> float:
    """Return the value, which must agree with the counts where both are given."""
    counted = _counted(numerator, denominator, unit, texts)
    if not written:
        if counted is None:
            raise _CellFault(texts.t("Utfallet saknas. Skriv det, eller täljare och nämnare."))
        return counted
    value = value_of(written, unit)
    if value is None:
        raise _CellFault(_how_to_write(written, unit, texts))
    if counted is not None and abs(counted - value) > _ROUNDED:
        text = texts.t("{value} är något annat än {numerator} av {denominator}.",
                       value=written, numerator=numerator, denominator=denominator)  # fmt: skip
        raise _CellFault(text)
    return value if counted is None else counted


_ROUNDED = 0.006
"""So far may a written share lie from its counts: it is rounded to whole per cent."""


def _counted(numerator: int | None, denominator: int | None, unit: Unit, texts: Texts) -> float | None:
    if numerator is None or unit not in _SHARES:
        return None
    if not denominator or numerator > denominator:
        raise _CellFault(texts.t("Nämnaren måste vara minst så stor som täljaren, och större än 0."))
    return numerator / denominator


_SHARES = (Unit.SHARE, Unit.POINTS)


def value_of(written: str, unit: Unit) -> float | None:
    """Return the value that a person wrote, in the measure's unit; None: it is none, or could mean two things."""
    found = _NUMBER.fullmatch(written.strip().casefold())
    if not found:
        return None
    number, sign = float(found[1].replace(",", ".")), found[2] or ""
    if unit in _SHARES:
        share = number / 100 if sign == "%" else number
        return share if sign in ("", "%") and share <= 1 else None
    if unit is Unit.SECONDS:
        return number * _SECONDS[sign] if sign in _SECONDS else None
    if sign or (unit is Unit.INDEX and number > 100):
        return None
    return number


def _how_to_write(written: str, unit: Unit, texts: Texts) -> str:
    if unit in _SHARES:
        return texts.t("Skriv andelen som 83 % eller 0,83, inte {value}.", value=written)
    if unit is Unit.SECONDS:
        return texts.t("Skriv tiden som 4,5 h, 30 min eller 2 d, inte {value}.", value=written)
    return texts.t("Skriv ett tal, inte {value}.", value=written)


def _twice(found: Sequence[Old], texts: Texts) -> list[str]:
    seen, faults = set[tuple[str, str, str]](), list[str]()
    for one in found:
        key = one.measure, one.slice, one.period
        if key in seen:
            faults.append(texts.t("{measure} för {period} står två gånger.", measure=one.measure, period=one.period))
        seen.add(key)
    return faults


def _of_baseline(content: bytes, series: str, texts: Texts) -> tuple[Old, ...]:
    """Return the weeks of a baseline that are wholly due, under every rule."""
    try:
        told = json.loads(content)
        weeks = told["weeks"] if told["baseline"] is True else ()
        found = [old for week in weeks for old in _of_week(week, series, told["period"])]
    except (ValueError, KeyError, TypeError) as error:
        text = texts.t("Filen är inget utgångsläge, som baseline --json skriver det.")
        raise HistoryFault([text]) from error
    if not found:
        raise HistoryFault([texts.t("Utgångsläget har ingen vecka att räkna.")])
    return tuple(found)


def _of_week(week: Mapping[str, Any], series: str, source: str) -> list[Old]:
    return [
        Old(
            series=series, slice=MAIL, measure=IN_TIME[Rule(rule)].id, period=str(Week.parse(week["week"])),
            definition=f"baseline.v{figures['share']['version']}", numerator=figures["share"]["numerator"],
            denominator=figures["share"]["denominator"], value=figures["share"]["share"], source=source,
        )
        for rule, figures in week["rules"].items()
        if figures["settled"] and figures["share"]
    ]  # fmt: skip
