"""The newest tables, made at once: so that thousands of tests do not each run every migration.

What the migrations make is looked up once per process and then made by the same statements. The migrations themselves
are tested in `test_database`, which also holds the two against each other.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

import asyncpg
import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from bot.store import migrate as migrating
from bot.store.database import Database, DatabaseUrl
from tests import postgres

real_upgrade = migrating.upgrade
_numbers = count(1)
_templates: dict[str, str] = {}


@cache
def sqlite_statements() -> tuple[str, ...]:
    """Return what makes the tables, indexes, triggers and first rows as the migrations leave them."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        real_upgrade(connection)
        made = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master WHERE sql <> '' ORDER BY rowid"
        ).all()
        # The index of words makes its own tables.
        statements = [sql for _, name, sql in made if not name.startswith(("search_words_", "sqlite_"))]
        for kind, name, _ in made:
            if kind == "table" and not name.startswith(("search_words", "sqlite_")):
                statements += _rows(connection, name)
    engine.dispose()
    return tuple(statements)


def _rows(connection: Connection, table: str) -> list[str]:
    columns = [row.name for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    values = " || ',' || ".join(f'quote("{column}")' for column in columns)
    rows = connection.exec_driver_sql(f'SELECT {values} FROM "{table}"').scalars()
    return [f'INSERT INTO "{table}" VALUES ({row})' for row in rows]


def quick_upgrade(connection: Connection, revision: str = "head") -> None:
    """Make the newest tables in an empty SQLite database; leave everything else to the migrations."""
    if connection.dialect.name != "sqlite" or revision != "head" or inspect(connection).get_table_names():
        real_upgrade(connection, revision)
        return
    for statement in sqlite_statements():
        connection.exec_driver_sql(statement)


@contextmanager
def quick() -> Iterator[None]:
    """Make tables by `quick_upgrade` within."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(migrating, "upgrade", quick_upgrade)
        yield


def new_postgres(running: postgres.Server | None, *, empty: bool = False) -> str:
    """Return a database of its own that has the newest tables, or none."""
    if running is None:
        pytest.skip("no PostgreSQL on this machine (Debian: postgresql; or the development requirements)")
    name = f"t{next(_numbers)}"
    home = running.url("postgres")
    if not empty and home not in _templates:
        _templates[home] = "newest_tables"
        asyncio.run(_create(running, "newest_tables", ""))
        asyncio.run(_migrate(running.url("newest_tables")))
    asyncio.run(_create(running, name, "" if empty else _templates[home]))
    return running.url(name)


def drop(running: postgres.Server, url: str) -> None:
    """Take a database away again, whoever is still connected."""
    asyncio.run(_drop(running, url.rpartition("/")[2]))


async def _drop(running: postgres.Server, name: str) -> None:
    connection = await asyncpg.connect(running.url("postgres"))
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.close()


async def _create(running: postgres.Server, name: str, template: str) -> None:
    connection = await asyncpg.connect(running.url("postgres"))
    await connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    await connection.close()


async def _migrate(url: str) -> None:
    database = Database(DatabaseUrl.parse(url))
    await migrating.migrate(database)
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))
    await database.close()
