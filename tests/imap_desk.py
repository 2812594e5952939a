"""A mailbox that is read into a real database, for tests of reading it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.imap_in import ImapIn
from bot.facts import InboxId
from bot.mailbox import MailboxSettings
from bot.port import RawInbound
from bot.store.database import Database, DatabaseUrl
from bot.store.grouped import GroupedWrites
from bot.store.inbox import keep_all
from bot.store.mailboxes import Mailboxes
from bot.store.migrate import migrate
from tests import dovecot as dovecots


def mail(number: object, words: str = "Hej") -> bytes:
    return (
        f"From: elsa@example.org\r\nMessage-ID: <{number}@example.org>\r\nSubject: {number}\r\n\r\n{words}\r\n".encode()
    )


class Desk:
    """A mailbox that is read into a database, by as many readers one after the other as a test likes."""

    def __init__(self, database: Database, settings: MailboxSettings) -> None:
        self.database, self.settings = database, settings
        self.memory = Mailboxes(database)
        self.kept: list[RawInbound] = []
        self.trouble: Callable[[RawInbound], Exception | None] = lambda _: None
        self.later = timedelta()
        self.grouped: GroupedWrites[RawInbound, InboxId] = GroupedWrites(self._write)
        self.reader = self.new_reader()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def new_reader(self) -> ImapIn:
        return ImapIn(self.settings, keep=self._keep, memory=self.memory, now=self.now, jitter=lambda: 0.99)

    async def _write(self, raws: Sequence[RawInbound]) -> Sequence[InboxId]:
        async with self.database.writing(in_turn=False) as connection:
            return await keep_all(connection, raws)

    async def _keep(self, raw: RawInbound) -> InboxId:
        if (error := self.trouble(raw)) is not None:
            raise error
        kept = await self.grouped.submit(raw)
        self.kept.append(raw)
        return kept

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ImapIn]:
        """Run a new reader, for which the first round is waited, and cancel it in the end."""
        async with self.running():
            await until(lambda: self.reader.state.last_completed_at is not None)
            yield self.reader

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.reader = self.new_reader()
        task = asyncio.create_task(self.reader.run())
        writing = asyncio.create_task(self.grouped.run())
        try:
            yield
        finally:
            begin = time.monotonic()
            for one in (task, writing):
                one.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await one
            # Far less than any wait for the server that may have been going on.
            assert time.monotonic() - begin < 4
            assert not [thread for thread in threads() if not ends(thread)]

    async def look(self) -> None:
        async with self.reading():
            pass

    async def stored(self) -> list[bytes]:
        """Every original in the inbox, in the order in which it was kept."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                text("SELECT content FROM originals JOIN inbox ON inbox.id = originals.inbox ORDER BY inbox.id")
            )
            return [bytes(row.content) for row in rows]

    async def subjects(self) -> list[str]:
        return [raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for raw in await self.stored()]

    async def sql(self, statement: str) -> None:
        async with self.database.writing() as connection:
            await connection.execute(text(statement))


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("imap-")]


def ends(thread: threading.Thread) -> bool:
    thread.join(1)
    return not thread.is_alive()


def at_least(desk: Desk, number: int) -> bool:
    return len(desk.kept) >= number


async def until(true: Callable[[], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def new_database(folder: Path) -> AsyncIterator[Database]:
    opened = Database(DatabaseUrl.parse(f"sqlite:///{folder}/kommunsvar.db"))
    try:
        await migrate(opened)
        await opened.take_ownership()
        yield opened
    finally:
        await opened.close()


def make_settings(port: int, user: str, **changes: Any) -> MailboxSettings:
    values: dict[str, Any] = {
        "id": "kc", "address": "kontakt@kommun.example", "host": "127.0.0.1", "port": port, "tls": "none",
        "username": user, "password": lambda: dovecots.PASSWORD, "timeout_seconds": 10.0, "poll_seconds": 0.05,
    }  # fmt: skip
    return MailboxSettings(**{**values, **changes})


def change(desk: Desk, **changes: Any) -> None:
    desk.settings = make_settings(desk.settings.port, desk.settings.username, **changes)


async def with_writer(desk: Desk, work: Callable[[], Any]) -> Any:
    writing = asyncio.create_task(desk.grouped.run())
    try:
        return await work()
    finally:
        writing.cancel()
