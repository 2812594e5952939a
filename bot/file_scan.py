"""Scanning the files of what comes in: a file waits for the scanner, the text never does."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import TryLater
from bot.facts import InboxId
from bot.notices import queue_files
from bot.office import Office
from bot.port import Attachment, FileState, Inbound, InboundFile, Scanner, Verdict
from bot.store import files
from bot.store.database import Database
from bot.store.files import HeldFiles
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted

logger = logging.getLogger(__name__)

REST = timedelta(minutes=1)
"""How long a scanner that did not answer is left alone, so that its silence never holds up the text of mails."""

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
        self._rests_until: datetime | None = None

    async def look_at(self, raw: bytes, inbound: Inbound) -> Inbound:
        """Return a mail with the state of each of its files; those that could not be asked about are held."""
        if not inbound.files:
            return inbound
        contents = await asyncio.to_thread(self._contents, raw)
        looked = [await self._look(file, contents) for file in inbound.files]
        return replace(inbound, files=tuple(looked))

    async def _look(self, file: InboundFile, contents: Sequence[Attachment]) -> InboundFile:
        if file.state is not FileState.PASSED:
            return file
        if file.part >= len(contents):
            return replace(file, state=FileState.LEFT_OUT)
        return replace(file, state=await self.state_of(contents[file.part].content))

    async def state_of(self, content: bytes) -> FileState:
        """Return what may be done with a file; held while the scanner does not answer."""
        if self._rests_until is not None and self._now() < self._rests_until:
            return FileState.HELD
        try:
            verdict = await self._scanner.scan(content)
        except TryLater as error:
            self._rests_until = self._now() + REST
            logger.warning("files are held: %s", error.reason)
            return FileState.HELD
        self._rests_until = None
        return _STATES[verdict]

    async def look_again(self, database: Database, office: Office) -> int:
        """Ask about held files and tell staff of those that may pass now, or never; return how many were decided."""
        async with database.reading() as connection:
            waiting = await files.held(connection)
        decided = 0
        for one in waiting:
            contents = await asyncio.to_thread(self._contents, one.raw)
            states: dict[int, FileState] = {}
            for part in one.parts:
                content = contents[part].content if part < len(contents) else None
                states[part] = FileState.LEFT_OUT if content is None else await self.state_of(content)
            if FileState.HELD in states.values():
                break
            await _release(database, office, one, states, self._now())
            decided += len(states)
        return decided


async def _release(
    database: Database, office: Office, one: HeldFiles, states: dict[int, FileState], now: datetime
) -> None:
    async with database.writing() as connection:
        await files.set_states(connection, one.message, states)
        ledger = await open_ledger(connection, Wanted(cases={one.case}), now)
        queue_files(ledger, office, one.case, InboxId(one.inbox), await files.of_message(connection, one.message))
        await ledger.write(connection)
