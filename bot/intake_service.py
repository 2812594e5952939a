"""The intake at work: takes what waits in the inbox, in order and in batches, one process at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.arrival import Arrival, arrive, wanted
from bot.chat import ChatEvent, EventKind
from bot.chat_arrival import ChatArrival, arrive_in_chat
from bot.desk.replying import answer_replies
from bot.errors import TryLater, where
from bot.facts import Channel, InboxId
from bot.file_scan import FileScan
from bot.intake import Intake, Read
from bot.office import CurrentOffice, Office
from bot.port import Inbound
from bot.store import inbox
from bot.store.chat_rows import PressAnswer
from bot.store.database import Database
from bot.store.grouped import write_together
from bot.store.ledger import NumberTaken, open_ledger
from bot.store.rows import InboxRow

logger = logging.getLogger(__name__)

Refresh = Callable[[AsyncConnection], Awaitable[None]]


class ChatReading(Protocol):
    """What the intake asks of the channel of chats."""

    def read(self, raw: bytes) -> ChatEvent:
        """Return a stored event, read; never raises."""
        ...

    def answer_presses(self, answers: Sequence[PressAnswer]) -> None:
        """Have presses answered, in the background: nothing depends on it."""
        ...


_NO_CHATS = ChatEvent(update=0, key="", kind=EventKind.NOTHING, error="no_chats")

BATCH = 100
BATCH_BESIDE_CHATS = 20
"""More at once would be cheaper, but nothing can be kept while a batch is written, and whoever presses would wait."""
_TAKEN_AT_A_STRETCH = 5
HEAVY_BYTES = 256 * 1024
"""A mail above this is read in a thread, so that reading it does not hold up those who are sending to us."""


class IntakeService:
    """Turns stored messages into cases. `take_batch` does one round; `run` goes on for ever."""

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        intake: Intake,
        read: Read,
        now: Callable[[], datetime],
        scan: FileScan | None = None,
        refresh: Refresh | None = None,
        chat: ChatReading | None = None,
    ) -> None:
        """Keep the parts; nothing starts yet. Without `scan` files pass unscanned.

        `refresh` brings the office up to date with what was entered meanwhile, before anything is decided. Without
        `chat` events of chats are held.
        """
        self._chat = chat
        self._scan = scan
        self._refresh_office = refresh
        self._database = database
        self._current = office
        self._intake = intake
        self._read = read
        self._now = now

    @property
    def _office(self) -> Office:
        return self._current()

    async def run(self, wake: asyncio.Event, queued: Callable[[], None]) -> None:
        """Take in whenever woken, and at least every second for what other processes kept; call `queued` after."""
        while True:
            wake.clear()
            try:
                while await self.take_batch():
                    queued()
            except TryLater as error:
                logger.warning("intake: the database says %s, trying again", error.reason)
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await wake.wait()

    async def take_batch(self) -> int:
        """Take in the oldest stored messages and return how many; 0 if none wait or another process does this.

        A message that cannot be taken in by a fault of ours is held for a person; those beside it go on.
        """
        if not await self._database.try_intake():
            return 0
        async with self._database.reading() as connection:
            rows = await inbox.pending(connection, BATCH if self._chat is None else BATCH_BESIDE_CHATS)
        if not rows:
            return 0
        arrivals = [arrival for row in rows if (arrival := await self._arrival(row)) is not None]
        for arrival, result in zip(arrivals, await write_together(arrivals, self._write), strict=True):
            if isinstance(result, Exception):
                logger.error("inbox %s is held: our fault (%s)", arrival.inbox, type(result).__name__)
                await self._hold(arrival.inbox)
        return len(rows)

    async def _arrival(self, row: InboxRow) -> Arrival | ChatArrival | None:
        """Return a stored message, read; None where that failed by a fault of ours, and it is held."""
        try:
            if row.channel is Channel.TELEGRAM:
                event = _NO_CHATS if self._chat is None else self._chat.read(row.raw)
                return arrive_in_chat(row, event)
            return arrive(row, await self._read_one(row), self._office)
        except TryLater:
            raise
        except Exception as error:
            logger.error("inbox %s is held: our fault: %s", row.id, where(error))
            await self._hold(row.id)
            return None

    async def _refresh(self, connection: AsyncConnection) -> None:
        if self._refresh_office is not None:
            await self._refresh_office(connection)

    async def _hold(self, inbox_id: InboxId) -> None:
        async with self._database.writing() as connection:
            await inbox.hold(connection, inbox_id, "our_fault")

    async def _read_one(self, row: InboxRow) -> Inbound:
        if len(row.raw) > HEAVY_BYTES:
            inbound = await asyncio.to_thread(self._read, row)
        else:
            await asyncio.sleep(0)  # lets those who are sending to us in between
            inbound = self._read(row)
        return inbound if self._scan is None else await self._scan.look_at(row.raw, inbound)

    async def _write(self, arrivals: Sequence[Arrival | ChatArrival]) -> Sequence[None]:
        answers: list[PressAnswer] = []
        async with self._database.writing() as connection:
            await self._refresh(connection)
            waiting = await inbox.still_pending(connection, [arrival.inbox for arrival in arrivals])
            left = [arrival for arrival in arrivals if arrival.inbox in waiting]
            while left:
                ledger = await open_ledger(connection, wanted(left, self._office), self._now())
                for place, arrival in enumerate(left, 1):
                    self._intake.take(ledger, arrival)
                    if place % _TAKEN_AT_A_STRETCH == 0:
                        await asyncio.sleep(0)  # lets those who wait for us in between
                try:
                    await ledger.write(connection)
                except NumberTaken:
                    continue
                await answer_replies(connection, self._office, ledger.replies, self._now())
                answers = ledger.book.presses
                break
        if self._chat is not None and answers:
            self._chat.answer_presses(answers)
        return [None] * len(arrivals)
