"""Fetching the files of chats: they lie with the service until we ask, in the background, so that no text waits."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import fold_case
from bot.chat import ChatId, Chats, Elsewhere, No, Revoked
from bot.errors import Refused, TryLater, Unsure, where
from bot.exif import without_position
from bot.facts import MessageId
from bot.file_scan import FileScan, tell_when_decided
from bot.masking import masked
from bot.office import CurrentOffice
from bot.port import FileState
from bot.posts import queue_post
from bot.store import fetching
from bot.store.chat_rows import WantedChats
from bot.store.database import Database
from bot.store.fetching import RemoteFile
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from config.texts import Texts

logger = logging.getLogger(__name__)

AT_ONCE = 4
MOST_BYTES = 20 * 2**20
"""What the service gives out at most (telegram.md §1.5)."""
GIVE_UP_AFTER = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_REST = timedelta(seconds=30)
_LOOK_SECONDS = 2.0


def next_try(attempts: int, since: datetime, now: datetime) -> datetime | None:
    """Return when to fetch again after the `attempts`-th failure, or None to give up, a day after the message came.

    Waits 10, 20, 40 … seconds, at most an hour.
    """
    if now - since >= GIVE_UP_AFTER:
        return None
    return now + min(_FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10)), _LONGEST_WAIT)


class FileFetch:
    """Fetches what is to be fetched. `fetch_due` does one round; `run` goes on for ever, by itself.

    Only the process that does the intake fetches (`Database.has_intake`).
    """

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        chats: Chats,
        now: Callable[[], datetime],
        scan: FileScan | None = None,
    ) -> None:
        """Keep the parts; nothing starts yet. Without `scan` files pass unscanned."""
        self._database = database
        self._office = office
        self._chats = chats
        self._now = now
        self._scan = scan
        self._under_way: dict[tuple[MessageId, int], asyncio.Task[None]] = {}
        self._rests_until = datetime.min.replace(tzinfo=UTC)

    async def run(self, wake: asyncio.Event) -> None:
        """Fetch whenever woken, and at least every two seconds."""
        async with asyncio.TaskGroup() as group:
            while True:
                wake.clear()
                try:
                    await self._start_due(group, wake)
                except TryLater as error:
                    logger.warning("files: the database says %s, trying again", error.reason)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await wake.wait()

    async def fetch_due(self) -> int:
        """Fetch what may be fetched now, wait for it, and return how many files were tried."""
        wake, started = asyncio.Event(), 0
        async with asyncio.TaskGroup() as group:
            while count := await self._start_due(group, wake):
                started += count
                await asyncio.wait(set(self._under_way.values()))
        return started

    async def _start_due(self, group: asyncio.TaskGroup, wake: asyncio.Event) -> int:
        free = AT_ONCE - len(self._under_way)
        if free <= 0 or self._now() < self._rests_until or not self._database.has_intake:
            return 0
        async with self._database.reading() as connection:
            found = await fetching.due(connection, self._now())
        waiting = [file for file in found if (file.message, file.part) not in self._under_way][:free]
        for file in waiting:
            key = (file.message, file.part)
            task = self._under_way[key] = group.create_task(self._take(file))
            task.add_done_callback(lambda _, key=key: self._under_way.pop(key))  # type: ignore[misc]
            task.add_done_callback(lambda _: wake.set())
        return len(waiting)

    async def _take(self, file: RemoteFile) -> None:
        """Fetch one file and write down what came of it; if the database is away, it is simply fetched again."""
        try:
            await self._fetch(file)
        except TryLater as error:
            logger.warning("message %s, part %s: not kept yet (%s)", file.message, file.part, error.reason)
            self._rests_until = self._now() + _FIRST_WAIT
        except Exception as error:
            logger.error("message %s, part %s: a fault of ours: %s", file.message, file.part, where(error))
            with suppress(TryLater):
                await self._failed(file, counted=True)

    async def _fetch(self, file: RemoteFile) -> None:
        try:
            content = await self._chats.fetch(file.remote)
        except (TryLater, Unsure, Revoked, Elsewhere) as error:
            await self._put_off(file, error)
        except Refused as error:
            logger.warning("message %s, part %s: refused: %s", file.message, file.part, error.status)
            too_big = error.status == No.TOO_BIG
            await self._settle(file, FileState.LEFT_OUT if too_big else FileState.MISSING)
        else:
            if len(content) > MOST_BYTES:
                await self._settle(file, FileState.LEFT_OUT)
                return
            clean = await asyncio.to_thread(without_position, content)
            if clean is None:
                # Kept as it came, for whoever must have it; staff are told that it does not come along.
                await self._settle(file, FileState.LEFT_OUT, content)
                return
            passes = FileState.PASSED if self._scan is None else await self._scan.look_at_fetched(clean)
            await self._settle(file, passes, clean)

    async def _put_off(self, file: RemoteFile, error: TryLater | Unsure | Revoked | Elsewhere) -> None:
        """Try a file again later; where nothing goes through, all of them rest, and none counts it against itself."""
        asked = error.after if isinstance(error, TryLater) else None
        everything = isinstance(error, Revoked | Elsewhere) or (isinstance(error, TryLater) and error.whole_channel)
        if everything or asked is not None:
            rest = max(asked or timedelta(), _REST if everything else timedelta())
            self._rests_until = max(self._now() + rest, self._rests_until)
        await self._failed(file, counted=not everything and asked is None)

    async def _failed(self, file: RemoteFile, *, counted: bool) -> None:
        attempts = file.attempts + counted
        due_at = next_try(attempts, file.since, self._now())
        if due_at is None:
            logger.warning("message %s, part %s: given up", file.message, file.part)
            await self._settle(file, FileState.MISSING)
            return
        async with self._database.writing() as connection:
            await fetching.postpone(connection, file, attempts, due_at if counted else self._now())

    async def _settle(self, file: RemoteFile, state: FileState, content: bytes | None = None) -> None:
        """Keep a file, or that there is none; once all of its message are decided, staff are told."""
        async with self._database.writing() as connection:
            if not await fetching.settle(connection, file, state, content):
                return
            if content is None and state is FileState.LEFT_OUT and file.chat is not None:
                await self._tell_sender(connection, file, file.chat)
            await tell_when_decided(connection, self._office(), file.message, self._now(), fetched=True)

    async def _tell_sender(self, connection: AsyncConnection, file: RemoteFile, chat: ChatId) -> None:
        """Tell in the chat, once for each message, that a file is too large there, and how else it can be sent."""
        if await fetching.left_out_before(connection, file):
            return
        wanted = Wanted(cases={file.case}, chats=WantedChats(chats={chat}))
        ledger, office = await open_ledger(connection, wanted, self._now()), self._office()
        known = ledger.book.chats.get(chat)
        texts = office.texts_in(known.language if known else "")
        unit = office.unit(fold_case(ledger.facts_of(file.case)).unit)
        queue_post(ledger, chat, _too_large(texts, file, unit.address), case=file.case)
        await ledger.write(connection)


def _too_large(texts: Texts, file: RemoteFile, address: str) -> str:
    said = texts.t("Filen du skickade är för stor för den här chatten, så vi har inte fått den.")
    if file.name:
        name = masked(texts, file.name)
        said = texts.t("Filen {name} är för stor för den här chatten, så vi har inte fått den.", name=name)
    how = texts.t(
        "Här går det att skicka filer på högst {count} MB. Mejla filen till {address} och skriv {number} i ämnesraden, "
        "eller skicka den i mindre delar.",
        count=MOST_BYTES // 2**20, address=address, number=file.case,
    )  # fmt: skip
    return f"{said}\n\n{how}"
