"""Figures of others, kept: what came from Kolada, or from a file, with its source and date.

Every function works in the transaction of the connection it is given; nothing is committed here. What Kolada has taken
away stays as a row without a value, so that it is seen to be gone.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.network.outside_data import (
    ABSENT,
    DELETED,
    KOLADA,
    Gathered,
    Kept,
    Key,
    OutsideTitle,
    OutsideValue,
    TitleKind,
)
from measurement.network.tables import OUTSIDE_TITLES, OUTSIDE_VALUES

_AT_ONCE = 500
"""Ids in one condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What keeping did.

    Attributes:
        new, same: how many values came, and how many were as they stood.
        changed: what stood and what stands now, of values that Kolada has changed.
        removed: what stood, of values that Kolada has taken away.
        older: how many were left out, as what is kept was fetched later.
        titles: how many ids with their titles.
    """

    new: int
    same: int
    changed: tuple[tuple[OutsideValue, OutsideValue], ...]
    removed: tuple[OutsideValue, ...]
    older: int
    titles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is kept of a KPI: its years and municipalities with a value, the newest source, and when it was fetched."""

    kpi: str
    first: int
    last: int
    municipalities: int
    values: int
    fetched_at: datetime
    origin: str


async def put(connection: AsyncConnection, gathered: Gathered) -> Stored:
    """Keep what came in one go, and return what that changed. Again changes nothing but the date.

    What was fetched later than this stays as it is.
    """
    coming = _coming(gathered)
    about = {(kpi, year) for kpi, _, year, _ in coming} | {(kpi, year) for kpi, _, year in gathered.asked}
    kept = await _kept(connection, about)
    older = {key for key in coming if key in kept and kept[key].fetched_at > gathered.fetched_at}
    fresh = {key: one for key, one in coming.items() if key not in older}
    gone = _gone(kept, fresh, gathered)
    sorted_out = _sorted(kept, fresh | gone)
    await _write(connection, fresh | gone, gathered)
    titles = await _put_titles(connection, gathered)
    return replace(sorted_out, older=len(older), titles=titles)


def _coming(gathered: Gathered) -> dict[Key, OutsideValue]:
    """Return the values by their key, with a mark in each cell that was asked for and had nothing."""
    found = {one.key: one for one in gathered.values}
    answered = {one.cell for one in gathered.values}
    for kpi, municipality, year in gathered.asked - answered:
        one = OutsideValue(kpi=kpi, municipality=municipality, year=year, value=None, status=ABSENT)
        found[one.key] = one
    return found


def _gone(kept: dict[Key, Kept], fresh: dict[Key, OutsideValue], gathered: Gathered) -> dict[Key, OutsideValue]:
    """Return, as deleted, what stood in a cell that was asked for and is not there any longer."""
    gone: dict[Key, OutsideValue] = {}
    for key, old in kept.items():
        told = fresh.get(key)
        missing = told is None or (told.value is None and told.status == ABSENT)
        stood = old.value.value is not None or old.value.status == DELETED
        if stood and missing and old.value.cell in gathered.asked and old.fetched_at <= gathered.fetched_at:
            gone[key] = replace(old.value, value=None, count=None, status=DELETED)
    return gone


def _sorted(kept: dict[Key, Kept], coming: dict[Key, OutsideValue]) -> Stored:
    new, same, changed, removed = 0, 0, list[tuple[OutsideValue, OutsideValue]](), list[OutsideValue]()
    for key in sorted(coming):
        one, old = coming[key], kept[key].value if key in kept else None
        if old is None or old.value is None:
            new += one.value is not None
        elif one.value is None:
            removed.append(old)
        elif one.value != old.value:
            changed.append((old, one))
        else:
            same += 1
    return Stored(new=new, same=same, changed=tuple(changed), removed=tuple(removed), older=0, titles=0)


async def _write(connection: AsyncConnection, rows: dict[Key, OutsideValue], gathered: Gathered) -> None:
    at = OUTSIDE_VALUES.c
    together: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for kpi, municipality, year, gender in rows:
        together[kpi, year, gender].append(municipality)
    for (kpi, year, gender), municipalities in together.items():
        of_one = delete(OUTSIDE_VALUES).where(
            at.source == KOLADA, at.kpi == kpi, at.year == year, at.gender == gender
        )  # fmt: skip
        for some in _slices(municipalities):
            await connection.execute(of_one.where(at.municipality.in_(some)))
    if rows:
        fetched = to_micros(gathered.fetched_at)
        await connection.execute(insert(OUTSIDE_VALUES), [_row(one, gathered.origin, fetched) for one in rows.values()])


async def _put_titles(connection: AsyncConnection, gathered: Gathered) -> int:
    at, by_kind = OUTSIDE_TITLES.c, defaultdict[TitleKind, dict[str, OutsideTitle]](dict)
    fetched = to_micros(gathered.fetched_at)
    newer = select(at.kind, at.id).where(at.source == KOLADA, at.fetched_at > fetched)
    keep = {(kind, id_) for kind, id_ in await connection.execute(newer)}
    for one in gathered.titles:
        if (one.kind.value, one.id) not in keep:
            by_kind[one.kind][one.id] = one
    for kind, titles in by_kind.items():
        for some in _slices(list(titles)):
            gone = delete(OUTSIDE_TITLES).where(at.source == KOLADA, at.kind == kind.value, at.id.in_(some))
            await connection.execute(gone)
    rows = [_title_row(one, gathered.origin, fetched) for titles in by_kind.values() for one in titles.values()]
    if rows:
        await connection.execute(insert(OUTSIDE_TITLES), rows)
    return len(rows)


async def _kept(connection: AsyncConnection, wanted: Iterable[tuple[str, int]]) -> dict[Key, Kept]:
    """Return what is kept of these KPIs and years."""
    by_kpi = defaultdict[str, set[int]](set)
    for kpi, year in wanted:
        by_kpi[kpi].add(year)
    found: dict[Key, Kept] = {}
    for kpi, years in by_kpi.items():
        query = _select().where(OUTSIDE_VALUES.c.kpi == kpi, OUTSIDE_VALUES.c.year.between(min(years), max(years)))
        found |= {one.value.key: one for one in map(_one, await connection.execute(query))}
    return found


async def values_of(
    connection: AsyncConnection, kpis: Sequence[str] = (), municipalities: Sequence[str] = ()
) -> list[Kept]:
    """Return what is kept, in order of KPI, municipality, year and gender.

    Args:
        connection: to the database.
        kpis: only these; none: all.
        municipalities: only these; none: all.
    """
    query, at = _select(), OUTSIDE_VALUES.c
    if kpis:
        query = query.where(at.kpi.in_(kpis))
    places = set(municipalities)
    found = [_one(row) for row in await connection.execute(query)]
    return sorted(
        (one for one in found if not places or one.value.municipality in places), key=lambda one: one.value.key
    )


async def titles_kept(connection: AsyncConnection, kind: TitleKind | None = None) -> list[OutsideTitle]:
    """Return what ids stand for, in order of kind and id; all kinds if none is named."""
    at = OUTSIDE_TITLES.c
    query = select(at.kind, at.id, at.title, at.details).where(at.source == KOLADA)
    if kind is not None:
        query = query.where(at.kind == kind.value)
    found = [
        OutsideTitle(kind=TitleKind(one), id=id_, title=title, details=json.loads(details or "{}"))
        for one, id_, title, details in await connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.kind.value, one.id))


async def coverage(connection: AsyncConnection) -> list[Coverage]:
    """Return what is kept of each KPI that has any value, in order of id."""
    at = OUTSIDE_VALUES.c
    counted = (
        select(at.kpi, func.min(at.year), func.max(at.year), func.count(at.municipality.distinct()), func.count())
        .where(at.source == KOLADA, at.value.is_not(None))
        .group_by(at.kpi)
    )
    newest = (
        select(at.kpi, at.fetched_at, func.min(at.origin)).where(at.source == KOLADA).group_by(at.kpi, at.fetched_at)
    )
    sources = {kpi: (fetched, origin) for kpi, fetched, origin in sorted(await connection.execute(newest))}
    return [
        Coverage(
            kpi=kpi, first=first, last=last, municipalities=places, values=values,
            fetched_at=from_micros(sources[kpi][0]), origin=sources[kpi][1],
        )
        for kpi, first, last, places, values in sorted(await connection.execute(counted))
    ]  # fmt: skip


def _select() -> Any:  # noqa: ANN401 -- a statement whose type SQLAlchemy makes of nine columns
    at = OUTSIDE_VALUES.c
    return select(
        at.kpi, at.municipality, at.year, at.gender, at.value, at.count, at.status, at.origin, at.fetched_at
    ).where(at.source == KOLADA)  # fmt: skip


def _one(row: Sequence[Any]) -> Kept:
    kpi, municipality, year, gender, value, count, status, origin, fetched = row
    one = OutsideValue(
        kpi=kpi, municipality=municipality, year=year, gender=gender, value=value, count=count, status=status
    )  # fmt: skip
    return Kept(value=one, origin=origin, fetched_at=from_micros(fetched))


def _row(one: OutsideValue, origin: str, fetched: int) -> dict[str, Any]:
    return {
        "source": KOLADA, "kpi": one.kpi, "municipality": one.municipality, "year": one.year, "gender": one.gender,
        "value": one.value, "count": one.count, "status": one.status, "origin": origin, "fetched_at": fetched,
    }  # fmt: skip


def _title_row(one: OutsideTitle, origin: str, fetched: int) -> dict[str, Any]:
    details = json.dumps(dict(one.details), ensure_ascii=False, sort_keys=True)
    return {
        "source": KOLADA, "kind": one.kind.value, "id": one.id, "title": one.title, "details": details,
        "origin": origin, "fetched_at": fetched,
    }  # fmt: skip


def _slices(several: Sequence[str]) -> Iterator[Sequence[str]]:
    return (several[at : at + _AT_ONCE] for at in range(0, len(several), _AT_ONCE))
