"""Bringing the database to the newest form, and making sure that facts stay guarded."""

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.projections import rebuild
from bot.store.schema import GUARD_NAMES, GUARDS

logger = logging.getLogger(__name__)

PROJECTIONS_CHANGED = "0010"
"""The last migration that changed what stands in a projection."""

MIGRATIONS = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """Return the newest migration's number, as ``0001``: files are named by it."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def migrate(database: Database) -> None:
    """Create or upgrade the tables, then make sure that the guards of facts stand.

    An upgrade over a migration that changed a projection writes the projections anew from the facts. Does nothing but
    look where the database is already of the newest form. Two processes may call it at once.

    Raises:
        TryLater: the database is away, full or locked. OSError: the folder for the SQLite file cannot be made.
    """
    if database.is_sqlite:
        database.where.path.parent.mkdir(parents=True, exist_ok=True)
    async with database.writing() as connection:
        before = await connection.run_sync(_revision)
        if before != newest_revision():
            await connection.run_sync(upgrade)
            if "" < before < PROJECTIONS_CHANGED:
                await rebuild(connection, _tell)
        await stand_guard(connection)


def _tell(done: int, total: int) -> None:
    logger.info("projections written anew: %d of %d facts", done, total)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision on this connection, inside its transaction."""
    # Alembic costs 90 ms to import and is needed at upgrades only.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def stand_guard(connection: AsyncConnection) -> None:
    """Recreate the guards of facts if any is missing: rebuilding a table in a migration drops them silently."""
    missing = GUARD_NAMES - await standing_guards(connection)
    if not missing:
        return
    for statement in GUARDS[connection.dialect.name]:
        await connection.execute(text(statement))
    logger.info("guards of facts set: %s", ", ".join(sorted(missing)))


async def standing_guards(connection: AsyncConnection) -> set[str]:
    """Return the names of the guards that stand and are switched on."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('facts', 'register')"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE tgrelid IN ('facts'::regclass, 'register'::regclass) "
            "AND tgenabled <> 'D'"
        )
    rows = await connection.execute(text(query))
    return {str(name) for (name,) in rows} & GUARD_NAMES
