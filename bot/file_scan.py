"""Scanning the files of what comes in: a file waits for the scanner, the text never does."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import TryLater, where
from bot.facts import Fact, FactKind, MessageId
from bot.file_limits import within_limits
from bot.notices import queue_files
from bot.office import Office
from bot.port import Attachment, FileState, Inbound, InboundFile, Scanner, Verdict
from bot.store import files, inbox
from bot.store.database import Database
from bot.store.files import HeldFiles
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted

logger = logging.getLogger(__name__)

REST = timedelta(minutes=1)
"""How long a scanner that did not answer is left alone, so that its silence never holds up the text of mails."""

ATTEMPTS = 5
"""So often a file is asked about that the scanner, though there, does not finish; then it is not passed on."""

_AFTER_SILENCE = timedelta(minutes=5)
"""When a file is asked about again after which the scanner was away: it may have felled it, so others come first."""

_QUICK_SECONDS = 5.0
"""How long the text of a mail may wait for its files, all together; what takes longer is asked about later."""

_ROUND_SECONDS = 60.0
"""After which a round over held files ends, so that the housekeeping goes on to the rest."""

_STATES = {
    Verdict.CLEAN: FileState.PASSED,
    Verdict.HARMFUL: FileState.INFECTED,
    Verdict.TOO_LARGE: FileState.LEFT_OUT,
}

Contents = Callable[[bytes], Sequence[Attachment]]
"""Reads the files out of an original mail, in the order of their parts."""


class FileScan:
    """Asks the scanner about files: of mail that is being read, and later about those it did not answer for."""

    def __init__(self, scanner: Scanner, contents: Contents, now: Callable[[], datetime]) -> None:
        """Keep the parts; nothing is asked yet."""
        self._scanner = scanner
        self._contents = contents
        self._now = now
        self._rests_until = self._hurried_until = datetime.min.replace(tzinfo=UTC)

    async def look_at(self, raw: bytes, inbound: Inbound) -> Inbound:
        """Return a mail with the state of each of its files; those that could not be asked about soon are held."""
        if not inbound.files:
            return inbound
        contents = await asyncio.to_thread(self._contents, raw)
        until = asyncio.get_running_loop().time() + _QUICK_SECONDS
        looked = [await self._look(file, contents, until) for file in inbound.files]
        return replace(inbound, files=tuple(looked))

    async def _look(self, file: InboundFile, contents: Sequence[Attachment], until: float) -> InboundFile:
        if file.state is not FileState.PASSED:
            return file
        if file.part >= len(contents):
            return replace(file, state=FileState.LEFT_OUT)
        return replace(file, state=await self._soon(contents[file.part].content, until))

    async def look_at_fetched(self, content: bytes) -> FileState:
        """Return what may be done with a file that was fetched by itself, held if the scanner does not say soon."""
        try:
            return await self._soon(content, asyncio.get_running_loop().time() + _QUICK_SECONDS)
        except Exception as error:
            logger.error("a file is held by a fault of ours: %s", where(error))
            return FileState.HELD

    async def _soon(self, content: bytes, until: float) -> FileState:
        """Return what may be done with a file, held where that is not known by an instant of the loop's clock.

        After one that took longer, mails do not wait at all for a while: it may be the scanner that is slow.
        """
        if self._now() < self._hurried_until:
            return FileState.HELD
        try:
            async with asyncio.timeout_at(until):
                return await self._ask(content)
        except TimeoutError:
            self._hurried_until = self._now() + REST
            logger.warning("files are held: the scanner takes long")
        except TryLater as error:
            logger.warning("a file is held: %s", error.reason)
        return FileState.HELD

    def _rests(self) -> bool:
        return self._now() < self._rests_until

    async def _ask(self, content: bytes) -> FileState:
        """Return what may be done with a file; held while the scanner does not answer.

        Raises:
            TryLater: it is there, but does not finish this very file.
        """
        if self._rests():
            return FileState.HELD
        try:
            return _STATES[await self._scanner.scan(content)]
        except TryLater as error:
            if not error.whole_channel:
                raise
            self._rests_until = self._now() + REST
            logger.warning("files are held: %s", error.reason)
            return FileState.HELD

    async def look_again(self, database: Database, office: Office) -> int:
        """Ask about held files and tell staff of those that may pass now, or never; return how many were decided.

        All files of a message are told of together. One that the scanner does not finish is asked about `ATTEMPTS`
        times, over some hours, and then left out; the others never wait for it.
        """
        if self._rests():
            return 0
        async with database.reading() as connection:
            waiting = await files.held(connection, self._now())
        decided = 0
        until = asyncio.get_running_loop().time() + _ROUND_SECONDS
        for one in waiting:
            states, attempts = await self._states(database, one)
            if FileState.HELD in states.values():
                due_at = self._now() + (_again_after(attempts) if attempts else _AFTER_SILENCE)
                async with database.writing() as connection:
                    await files.postpone(connection, one.message, dict(one.attempts) | attempts, due_at)
            else:
                decided += await _release(database, office, one, states, self._now())
            if self._rests() or asyncio.get_running_loop().time() > until:
                break
        return decided

    async def _states(self, database: Database, one: HeldFiles) -> tuple[dict[int, FileState], dict[int, int]]:
        """Return the state of each held file of a message, and how often those not finished have been tried."""
        contents = await self._contents_of(database, one)
        states: dict[int, FileState] = {}
        attempts: dict[int, int] = {}
        for part, before in one.attempts.items():
            if part not in contents:
                states[part] = FileState.LEFT_OUT
                continue
            try:
                states[part] = await self._ask(contents[part])
            except Exception as error:
                said = error.reason if isinstance(error, TryLater) else where(error)
                logger.warning("message %s, part %s: not scanned, attempt %s: %s", one.message, part, before + 1, said)
                attempts[part] = before + 1
                states[part] = FileState.HELD if before + 1 < ATTEMPTS else FileState.LEFT_OUT
        return states, attempts

    async def _contents_of(self, database: Database, one: HeldFiles) -> Mapping[int, bytes]:
        """Return the bytes of a message's files by part: those that were fetched, or that its original holds."""
        async with database.reading() as connection:
            fetched = await files.contents(connection, one.message)
            raw = b"" if fetched else await inbox.original(connection, one.inbox)
        if fetched:
            return fetched
        return {part: file.content for part, file in enumerate(await asyncio.to_thread(self._contents, raw))}


def _again_after(attempts: Mapping[int, int]) -> timedelta:
    """Return how long a message's files rest after so many attempts: 1, 6, 36 … minutes."""
    return timedelta(minutes=6 ** (max(attempts.values()) - 1))


async def _release(
    database: Database, office: Office, one: HeldFiles, states: dict[int, FileState], now: datetime
) -> int:
    """Settle a message's held files and tell staff, unless another process has; return how many it settled."""
    async with database.writing() as connection:
        released = await files.release(connection, one.message, states)
        if released:
            await tell_when_decided(connection, office, one.message, now)
        return released


async def tell_when_decided(
    connection: AsyncConnection, office: Office, message: MessageId, now: datetime, *, fetched: bool = False
) -> None:
    """Tell staff of a message's files once it is known of each of them what may be done with it.

    They go along in one mail, so its limits hold for all of them together, as for those of a mail that came.
    """
    known = await files.of_message(connection, message)
    if any(file.state in {FileState.FETCHING, FileState.HELD} for file in known):
        return
    limited = within_limits(known, office.file_limits)
    beyond = [now.part for was, now in zip(known, limited, strict=True) if was.state is not now.state]
    if beyond:
        await files.leave_out(connection, message, beyond)
    case, inbox_id = await files.home_of(connection, message)
    ledger = await open_ledger(connection, Wanted(cases={case}), now)
    inquiry = _inquiry_of(ledger.facts_of(case), message)
    queue_files(ledger, office, case, inquiry, inbox_id, limited, fetched=fetched)
    await ledger.write(connection)


def _inquiry_of(facts: Sequence[Fact], message: MessageId) -> int:
    """Return the inquiry a message belongs to, so that an answer to its notice is one to it; else the latest."""
    for fact in facts:
        if fact.kind is FactKind.RECEIVED and fact.data.get("message") == message and fact.inquiry is not None:
            return fact.inquiry
    return max((fact.inquiry or 1 for fact in facts), default=1)
