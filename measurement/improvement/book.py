"""Projects in the database: opened, added to, read. Every function works in the transaction of its connection."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.improvement.project import Entry, Field, Opened, Project, ProjectId, fold
from measurement.improvement.tables import ENTRIES, IMPROVEMENTS


class UnknownProject(LookupError):
    """There is no project with this id."""


class ProjectExists(ValueError):
    """There is one with this id already."""


async def open_project(connection: AsyncConnection, opened: Opened) -> None:
    """Write a new project.

    Raises:
        ProjectExists: its id is taken.
        ValueError: it has neither a measure nor a series, or both.
    """
    if bool(opened.measure) is bool(opened.series):
        raise ValueError("a project is about a measure or about a series from a file")
    taken = select(IMPROVEMENTS.c.id).where(IMPROVEMENTS.c.id == opened.id)
    if (await connection.execute(taken)).first() is not None:
        raise ProjectExists(opened.id)
    row = {
        "id": opened.id, "title": opened.title, "measure": opened.measure, "slice": opened.slice,
        "series": opened.series, "opened_by": opened.opened_by, "opened_at": to_micros(opened.opened_at),
    }  # fmt: skip
    await connection.execute(insert(IMPROVEMENTS), [row])


async def enter(connection: AsyncConnection, project: ProjectId, entries: Iterable[Entry]) -> None:
    """Add entries, in order, all of them or none."""
    rows = [
        {"improvement": project, "about": one.about, "field": one.field.value, "value": one.value, "by": one.by,
         "at": to_micros(one.at)}
        for one in entries
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(ENTRIES), rows)


async def read_project(connection: AsyncConnection, project: str) -> Project:
    """Return a project as it stands.

    Raises:
        UnknownProject: there is none.
    """
    row = (await connection.execute(select(*IMPROVEMENTS.c).where(IMPROVEMENTS.c.id == project))).first()
    if row is None:
        raise UnknownProject(project)
    return fold(_opened(row), await entries_of(connection, project))


async def entries_of(connection: AsyncConnection, project: str) -> list[Entry]:
    """Return what was entered about a project, in order."""
    query = select(*ENTRIES.c).where(ENTRIES.c.improvement == project).order_by(ENTRIES.c.seq)
    return [_entry(row) for row in await connection.execute(query)]


async def read_projects(connection: AsyncConnection) -> list[Project]:
    """Return every project as it stands, the oldest first."""
    found = defaultdict[str, list[Entry]](list)
    for row in await connection.execute(select(*ENTRIES.c).order_by(ENTRIES.c.seq)):
        found[row[1]].append(_entry(row))
    query = select(*IMPROVEMENTS.c).order_by(IMPROVEMENTS.c.opened_at, IMPROVEMENTS.c.id)
    return [fold(_opened(row), found[row[0]]) for row in await connection.execute(query)]


def _opened(row: Sequence[Any]) -> Opened:
    id_, title, measure, slice_, series, by, at = row
    return Opened(
        id=ProjectId(id_), title=title, measure=measure, slice=slice_, series=series, opened_by=by,
        opened_at=from_micros(at),
    )  # fmt: skip


def _entry(row: Sequence[Any]) -> Entry:
    seq, _, about, field, value, by, at = row
    return Entry(seq=seq, about=about, field=Field(field), value=value, by=by, at=from_micros(at))
