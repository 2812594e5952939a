"""Changing units, staff, texts and opening hours while the service runs: judged on what stands, and entered.

Judging and entering happen in one transaction in the writer's turn, so that two who change at once cannot both be
right about what stood before. The running service sees the register's newest entry and takes it up by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import open_database
from bot.register import Change, Entry
from bot.store.database import Database, DatabaseUrl
from bot.store.register import enter, open_cases, read_register
from bot.store.schema import register
from config.calendars import calendar_of, versions_of
from config.changes import Standing
from config.layers import layers_of
from config.settings import Settings
from config.texts import Texts

Decide = Callable[[Standing], Sequence[Change]]
"""What is to be changed as things stand; raises `config.changes.ChangeRefused` where it makes no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was changed (or would be, of a trial), and how things stood before."""

    changes: Sequence[Change]
    before: Standing


async def change(
    settings: Settings, texts: Texts, decide: Decide, *, actor: str, now: datetime, trial: bool = False
) -> Done:
    """Enter what is decided, all of it or nothing; a trial enters nothing.

    Args:
        settings: the file, and where the database is.
        texts: the language that refusals are told in.
        decide: what to change.
        actor: who does it, as ``cli:anna``.
        now: the instant (UTC).
        trial: only tell what would be changed.

    Raises:
        ChangeRefused: it makes no sense; nothing is changed. OurFault, TryLater: the database.
    """
    async with open_database(settings) as database, database.writing() as connection:
        before = await _standing(connection, settings, texts, now)
        changes = decide(before)
        if not trial:
            for one in changes:
                await enter(connection, one.kind, one.key, one.data, actor=actor, now=now, ended=one.ended)
        return Done(changes=changes, before=before)


async def standing(settings: Settings, texts: Texts, now: datetime) -> Standing:
    """Return how things stand, the register included.

    Raises:
        OurFault, TryLater: the database.
    """
    async with open_database(settings) as database, database.reading() as connection:
        return await _standing(connection, settings, texts, now)


async def entries(settings: Settings) -> list[Entry]:
    """Return the whole register in order.

    Raises:
        OurFault, TryLater: the database.
    """
    async with open_database(settings) as database, database.reading() as connection:
        return await read_register(connection)


async def known_entries(settings: Settings) -> list[Entry]:
    """Return the register for a command that only looks: nothing is made or brought up to date.

    Empty where there is no database yet, or one of before there was a register.

    Raises:
        OurFault, TryLater: the database.
    """
    where = DatabaseUrl.parse(settings.database.url)
    if where.is_sqlite and not where.path.exists():
        return []
    database = Database(where)
    try:
        async with database.reading() as connection:
            if not await connection.run_sync(_has_register):
                return []
            return await read_register(connection)
    finally:
        await database.close()


def _has_register(connection: Connection) -> bool:
    return inspect(connection).has_table(register.name)


async def _standing(connection: AsyncConnection, settings: Settings, texts: Texts, now: datetime) -> Standing:
    known = await read_register(connection)
    return Standing(
        settings=settings,
        layers=layers_of(settings, known),
        calendar=calendar_of(settings, known),
        versions=versions_of(settings, known),
        open_cases=await open_cases(connection),
        today=now.astimezone(ZoneInfo(settings.zone)).date(),
        texts=texts,
    )
