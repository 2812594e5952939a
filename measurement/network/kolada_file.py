"""Kolada's figures in a file, so that everything works without a network. Pure: bytes in and out.

Read are our own file (`write_file`), answers of the API as somebody saved them (one kind in each file, with or without
the envelope), and tables (CSV or Excel): municipalities with the columns ``id``, ``title``, ``type``, or figures with
``kpi``, ``municipality``, ``year``, ``value`` and, where there are any, ``gender`` and ``count``.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from config.table_files import Row, read_table
from measurement.network.breaks import OWN_TITLES
from measurement.network.kolada_shapes import (
    ShapeFault,
    Wrong,
    json_of,
    listed,
    one_line,
    text_in,
    titles_of,
    values_of,
    without_doubles,
)
from measurement.network.outside_data import ALL, DELETED, Gathered, Kept, OutsideTitle, OutsideValue, TitleKind

FORMAT = "kommunsvar-kolada"
_KINDS = {"kpi": TitleKind.KPI, "municipality": TitleKind.MUNICIPALITY, "municipality_groups": TitleKind.GROUP}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kpi": ("kpi", "nyckeltal", "mått"),
    "municipality": ("municipality", "kommun"),
    "year": ("year", "år", "period"),
    "value": ("value", "värde", "utfall"),
    "gender": ("gender", "kön"),
    "count": ("count", "antal"),
    "id": ("id",),
    "title": ("title", "namn", "titel"),
    "type": ("type", "typ"),
}
_OF_VALUES, _OF_PLACES = ("kpi", "municipality", "year", "value"), ("id", "title", "type")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_MOST_ROWS = 500_000
_YEARS = range(2000, 2101)
_DIGITS = 9


def read_file(content: bytes, name: str, fetched_at: datetime) -> tuple[Gathered, ...]:
    """Return what a file holds, one part for each source that it names.

    Args:
        content: the file.
        name: what it is called, for the figures' source.
        fetched_at: when it was saved (UTC), of files that do not say so themselves.

    Raises:
        ShapeFault: it is none of the files above; ``4:value`` is the cell of line 4 in the column value.
        TableFault: it is no table either.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        titles, values = _of_table(read_table(content, most_rows=_MOST_ROWS))
        return (_gathered(name, fetched_at, titles, values),)
    told = json_of(content)
    if isinstance(told, dict) and told.get("format") == FORMAT:
        return _of_ours(told, fetched_at)
    answer = listed(told if isinstance(told, dict) else {"values": told}, "values", "")
    count = told.get("count") if isinstance(told, dict) else None
    if count is not None and count != len(answer):
        raise ShapeFault("count", Wrong.MISCOUNTED, count)
    return (_gathered(name, fetched_at, *_of_answer(answer)),)


def write_file(titles: Iterable[OutsideTitle], kept: Iterable[Kept]) -> bytes:
    """Return a file that `read_file` gives back as it was: titles, and values by source and date."""
    by_kind: dict[str, list[dict[str, Any]]] = {name: [] for name in _KINDS}
    names = {kind: name for name, kind in _KINDS.items()}
    for one in titles:
        by_kind[names[one.kind]].append({"id": one.id, "title": one.title, **one.details})
    sources: dict[tuple[datetime, str], list[OutsideValue]] = defaultdict(list)
    for each in kept:
        sources[each.fetched_at, each.origin].append(each.value)
    told = [
        {"origin": origin, "fetched_at": fetched_at.isoformat(), "data": _items(values)}
        for (fetched_at, origin), values in sorted(sources.items())
    ]
    whole = {"format": FORMAT, "version": 1, **by_kind, "sources": told}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _items(values: Iterable[OutsideValue]) -> list[dict[str, Any]]:
    """Return values as API v3 has them, a cell with all genders in each."""
    found: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for one in values:
        told = {"gender": one.gender, "count": one.count, "status": one.status, "value": one.value}
        found[one.cell].append(told | {"isdeleted": one.status == DELETED})
    return [
        {"kpi": kpi, "municipality": municipality, "period": year, "values": inner}
        for (kpi, municipality, year), inner in sorted(found.items(), key=lambda one: one[0])
    ]


def _of_ours(told: Mapping[str, Any], fetched_at: datetime) -> tuple[Gathered, ...]:
    titles = [one for name, kind in _KINDS.items() for one in titles_of(kind, listed(told, name, ""), name)]
    parts: list[Gathered] = []
    for at, source in enumerate(listed(told, "sources", "")):
        where = f"sources[{at}]"
        if not isinstance(source, dict):
            raise ShapeFault(where, Wrong.NOT_AN_OBJECT, source)
        values = values_of(listed(source, "data", where), f"{where}.data")
        parts.append(_gathered(text_in(source, "origin", where), _instant(source, where), (), values))
    newest = max((one.fetched_at for one in parts), default=fetched_at)
    return (_gathered(FORMAT, newest, titles, ()), *parts)


def _instant(source: Mapping[str, Any], where: str) -> datetime:
    written = text_in(source, "fetched_at", where)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.year not in _YEARS:
        raise ShapeFault(f"{where}.fetched_at", Wrong.NOT_A_TIME, written)
    return instant.astimezone(UTC)


def _of_answer(values: Sequence[Any]) -> tuple[Sequence[OutsideTitle], Sequence[OutsideValue]]:
    """Return what a saved answer holds; which of the four it is shows in the first of its values."""
    first = values[0] if values else None
    if not isinstance(first, dict):
        raise ShapeFault("values[0]", Wrong.NOT_AN_OBJECT if values else Wrong.MISSING)
    if "kpi" in first:
        return (), values_of(values)
    if "members" in first:
        return titles_of(TitleKind.GROUP, values), ()
    return titles_of(TitleKind.MUNICIPALITY if "type" in first else TitleKind.KPI, values), ()


def _of_table(rows: Sequence[Row]) -> tuple[Sequence[OutsideTitle], Sequence[OutsideValue]]:
    headings = [cell.casefold() for cell in rows[0].cells]
    places = {
        name: next(at for at, heading in enumerate(headings) if heading in known)
        for name, known in _COLUMNS.items()
        if any(heading in known for heading in headings)
    }
    needed = _OF_VALUES if "kpi" in places else _OF_PLACES
    for name in needed:
        if name not in places:
            raise ShapeFault(f"{rows[0].number}:{name}", Wrong.MISSING)
    titles: list[OutsideTitle] = []
    values: list[OutsideValue] = []
    for row in rows[1:]:
        cells = _cells(row, places)
        try:
            if needed is _OF_PLACES:
                titles += titles_of(TitleKind.MUNICIPALITY, [cells])
            else:
                values += values_of([_item(cells)])
        except ShapeFault as fault:
            column = fault.where.rpartition(".")[2].replace("period", "year")
            raise ShapeFault(f"{row.number}:{column}", fault.wrong, fault.raw) from None
    return titles, values


def _cells(row: Row, places: Mapping[str, int]) -> dict[str, str]:
    return {name: row.cells[at] for name, at in places.items() if at < len(row.cells)}


def _item(told: Mapping[str, str]) -> dict[str, Any]:
    """Return a row as the API would have told it."""
    value, count = told.get("value", ""), told.get("count", "")
    if value and not _NUMBER.fullmatch(value):
        raise ShapeFault("value", Wrong.NOT_A_NUMBER, value)
    inner = {
        "gender": told.get("gender", "") or ALL, "value": float(value.replace(",", ".")) if value else None,
        "count": int(count) if re.fullmatch(f"[0-9]{{1,{_DIGITS}}}", count) else count or None,
    }  # fmt: skip
    return {
        "kpi": told.get("kpi") or None, "municipality": told.get("municipality") or None,
        "period": told.get("year") or None, "values": [inner],
    }  # fmt: skip


def _gathered(
    origin: str, fetched_at: datetime, titles: Iterable[OutsideTitle], values: Iterable[OutsideValue]
) -> Gathered:
    found = without_doubles(values)
    own = [
        OutsideTitle(kind=TitleKind.KPI, id=kpi, title=title, details={})
        for kpi, title in OWN_TITLES.items()
        if any(one.kpi == kpi for one in found)
    ]
    return Gathered(origin=one_line(origin), fetched_at=fetched_at, titles=(*titles, *own), values=found)


def strangers(gathered: Iterable[Gathered], known: Iterable[OutsideTitle]) -> tuple[list[str], list[str]]:
    """Return the ids of KPIs and of municipalities that have figures but no title, neither here nor among the known."""
    parts = tuple(gathered)
    titled = {(one.kind, one.id) for one in (*known, *(title for part in parts for title in part.titles))}
    kpis = {one.kpi for part in parts for one in part.values if (TitleKind.KPI, one.kpi) not in titled}
    places = {
        one.municipality
        for part in parts
        for one in part.values
        if (TitleKind.MUNICIPALITY, one.municipality) not in titled
        and (TitleKind.GROUP, one.municipality) not in titled
    }
    return sorted(kpis), sorted(places)
