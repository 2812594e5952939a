"""Housekeeping: what is looked after once a minute, whoever caused it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import OurFault, TryLater, where
from bot.file_scan import FileScan
from bot.notices import queue_admin_mail
from bot.office import CurrentOffice, Office
from bot.outbox import Outbox
from bot.reminding import Reminding
from bot.sampling import Sampling
from bot.store import inbox
from bot.store.chat_book import forget_old
from bot.store.chat_erasing import forget_originals
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import meta
from bot.store.search import index_older, needs_reindex
from bot.survey.round import Surveying

logger = logging.getLogger(__name__)

_TOLD = "held_told"
_CHUNKS_A_ROUND = 50
"""Some 10 000 messages a minute, each chunk on its own so that mail is taken in between."""

Refresh = Callable[[AsyncConnection], Awaitable[None]]


class Housekeeping:
    """Looks after mails a dead process was sending, and tells the administrator of mail that is held."""

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        outbox: Outbox,
        now: Callable[[], datetime],
        scan: FileScan | None = None,
        reminding: Reminding | None = None,
        refresh: Refresh | None = None,
        surveying: Surveying | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        """Keep the parts; nothing starts yet. `refresh` brings the office up to date with the register."""
        self._refresh = refresh
        self._scan = scan
        self._reminding = reminding
        self._surveying = surveying
        self._sampling = sampling
        self._database = database
        self._current = office
        self._outbox = outbox
        self._now = now

    @property
    def _office(self) -> Office:
        return self._current()

    async def run(self, wake: asyncio.Event) -> None:
        """Do one round whenever woken.

        Raises:
            OurFault: this process is no longer seen as living, so it must stop (see `Database.still_ours`).
        """
        while True:
            await wake.wait()
            wake.clear()
            try:
                await self.round()
            except TryLater as error:
                logger.warning("housekeeping: the database says %s, trying again", error.reason)

    async def round(self) -> None:
        """Do everything once; doing it twice changes nothing."""
        await self._database.still_ours()
        if self._refresh is not None:
            async with self._database.reading() as connection:
                await self._refresh(connection)
        await self._outbox.recover()
        await self._tell_of_held()
        await self._look_again()
        await self._remind()
        await self._survey()
        await self._sample()
        await self._make_searchable()
        await self._forget_begun()

    async def _forget_begun(self) -> None:
        """Forget what somebody began in a chat and has left for long, and what has come from chats as it came."""
        if self._database.has_intake and self._office.chat is not None:
            async with self._database.writing() as connection:
                await forget_old(connection, self._now())
                await forget_originals(connection, self._now())

    async def _look_again(self) -> None:
        """Ask about held files, in one process only: where several do, the scanner has each file several times."""
        if self._scan is None or not self._database.has_intake:
            return
        try:
            await self._scan.look_again(self._database, self._office)
        except (TryLater, OurFault):
            raise
        except Exception as error:
            logger.error("held files could not be looked at: our fault: %s", where(error))

    async def _remind(self) -> None:
        """Remind of what is due, and give back the cases of who is away; in one process only."""
        if self._reminding is None or not self._database.has_intake:
            return
        try:
            await self._reminding.round()
        except (TryLater, OurFault):
            raise
        except Exception as error:
            logger.error("reminders could not be sent: our fault: %s", where(error))

    async def _survey(self) -> None:
        """Draw among those who got an answer, and ask them what it was like; in one process only."""
        if self._surveying is None:
            return
        try:
            await self._surveying.round()
        except (TryLater, OurFault):
            raise
        except Exception as error:
            logger.error("nobody could be asked: our fault: %s", where(error))

    async def _sample(self) -> None:
        """Draw the answers that a lead is to judge, when a week has become due; in one process only."""
        if self._sampling is None or not self._database.has_intake:
            return
        try:
            await self._sampling.round()
        except (TryLater, OurFault):
            raise
        except Exception as error:
            logger.error("no sample of answers could be drawn: our fault: %s", where(error))

    async def _make_searchable(self) -> None:
        """Read some of the messages that are older than the index of words into it, until none is left."""
        if not self._database.has_intake:
            return
        async with self._database.reading() as connection:
            if not await needs_reindex(connection):
                return
        for _ in range(_CHUNKS_A_ROUND):
            async with self._database.writing() as connection:
                if not await index_older(connection):
                    return

    async def _tell_of_held(self) -> None:
        """Write one mail to the administrator about all that has been held since the last one."""
        async with self._database.writing() as connection:
            rows = await inbox.held(connection)
            told = int((await connection.execute(select(meta.c.value).where(meta.c.key == _TOLD))).scalar() or 0)
            new = [row for row in rows if row.id > told]
            if not new or not self._office.admin_email:
                return
            t = self._office.texts.t
            listed = "\n".join(
                f"{row.id}  {self._office.texts.moment(row.arrived_at)}  {row.reason}" for row in new[:50]
            )
            if len(new) > 50:
                listed += "\n" + t("… och {count} till", count=len(new) - 50)
            ledger = await open_ledger(connection, Wanted(), self._now())
            queue_admin_mail(
                ledger,
                self._office,
                t("Meddelanden som någon behöver titta på"),
                t("Det här har kommit in men kunde inte tas emot som vanligt. Inget är borttaget.")
                + f"\n\n{listed}\n\n"
                + t("Titta med: {command}", command="run_bot.py held list")
                + "\n",
            )
            await ledger.write(connection)
            await _remember(connection, max(row.id for row in new))


async def _remember(connection: AsyncConnection, newest: int) -> None:
    await connection.execute(delete(meta).where(meta.c.key == _TOLD))
    await connection.execute(insert(meta).values(key=_TOLD, value=str(newest)))
