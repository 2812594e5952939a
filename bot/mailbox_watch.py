"""Looking after the mailboxes that are read: somebody is told when one is not, or when a mail in it is not in ours."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from bot.channels.imap_in import ImapIn
from bot.errors import OurFault, TryLater, where
from bot.facts import from_micros, to_micros
from bot.mailbox import MailboxHealth, Reconciled
from bot.notices import queue_admin_mail
from bot.office import CurrentOffice, Office
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import meta
from config.texts import mark

logger = logging.getLogger(__name__)

RECONCILE_EVERY = timedelta(days=1)
FIRST_RECONCILED_AFTER = timedelta(minutes=10)
_RECONCILED_AT = "reconciled_at"
TELL_AFTER = timedelta(minutes=15)
"""How long a mailbox may fail before somebody is told; a server that restarts is back by then."""
TELL_AGAIN = timedelta(days=1)
CHECK_SECONDS = 60.0

_TROUBLES = {
    "auth_refused": mark("inloggningen nekas: fel lösenord, eller så får vi inte läsa kontot"),
    "auth_unsupported": mark("servern tar inte emot den här sortens inloggning, vanliga lösenord kan vara avstängda"),
    "oauth_refused": mark("programmet får ingen åtkomst: hemligheten kan ha gått ut"),
    "oauth_unreachable": mark("tjänsten för inloggning svarar inte"),
    "tls": mark("anslutningen går inte att skydda: certifikatet stämmer inte"),
    "no_folder": mark("mappen finns inte"),
    "sent_folder": mark("mappen för skickade mejl är samma mapp som läses, eller som mejl flyttas till"),
}


def trouble_in_words(code: str) -> str:
    """Return the (untranslated) words for a trouble's code; what has none of its own is a server that is away."""
    return _TROUBLES.get(code, mark("servern svarar inte som den ska"))


class MailboxWatch:
    """Runs the mailboxes' readers, and tells the administrator what needs a person, each thing once a day."""

    def __init__(
        self, boxes: Sequence[ImapIn], database: Database, office: CurrentOffice, now: Callable[[], datetime]
    ) -> None:
        """Keep the parts; nothing starts yet."""
        self._boxes = tuple(boxes)
        self._database = database
        self._current = office
        self._now = now
        self._told: dict[tuple[str, str], datetime] = {}

    @property
    def _office(self) -> Office:
        return self._current()

    async def run(self) -> None:
        """Read all mailboxes and look after them, for ever: in one process only, the one that does the intake."""
        while not self._database.has_intake:  # noqa: ASYNC110 -- it may come from another process, which tells nobody
            await asyncio.sleep(1)
        async with asyncio.TaskGroup() as group:
            for box in self._boxes:
                group.create_task(box.run(), name=f"mailbox {box.state.mailbox}")
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                try:
                    await self.round()
                except TryLater as error:
                    logger.warning("mailboxes: the database says %s, trying again", error.reason)
                except Exception as error:
                    logger.error("mailboxes: our fault: %s", where(error))

    async def round(self) -> None:
        """Look once: how each mailbox fares, and daily, whether all that lies there has come to us."""
        for box in self._boxes:
            await self._look_at(box.state)
        if await self._is_time_to_reconcile():
            for box in self._boxes:
                await self.reconcile(box)

    async def _is_time_to_reconcile(self) -> bool:
        """Tell whether a day has passed since the last time, and if so count this one as done.

        The instant is stored, so that a service that is started anew every night is reconciled all the same; a fresh
        one is after `FIRST_RECONCILED_AFTER`. One that lies ahead, from a clock set back since, is as good as none.
        """
        now = self._now()
        async with self._database.writing() as connection:
            stored = (await connection.execute(select(meta.c.value).where(meta.c.key == _RECONCILED_AT))).scalar()
            if stored is not None and timedelta() <= now - from_micros(int(stored)) < RECONCILE_EVERY:
                return False
            counted = now if stored is not None else now - RECONCILE_EVERY + FIRST_RECONCILED_AFTER
            await connection.execute(delete(meta).where(meta.c.key == _RECONCILED_AT))
            await connection.execute(insert(meta).values(key=_RECONCILED_AT, value=str(to_micros(counted))))
        return stored is not None

    async def _look_at(self, health: MailboxHealth) -> None:
        t = self._office.texts.t
        since = health.failing_since
        if since is not None and health.trouble is not None and self._now() - since >= TELL_AFTER:
            reason = t(trouble_in_words(health.trouble.value))
            await self._tell(
                health.mailbox, health.trouble.value,
                t("Brevlådan {mailbox} har inte gått att läsa sedan {time}: {reason}.", mailbox=health.mailbox,
                  time=self._office.texts.moment(since), reason=reason),
            )  # fmt: skip
        elif health.stuck:
            await self._tell(
                health.mailbox, "stuck", t("Brevlådan {mailbox} har inte blivit läst på tio minuter.",
                                           mailbox=health.mailbox),
            )  # fmt: skip
        if health.failing_mails:
            said = self._office.texts.n(
                "{count} mejl i brevlådan {mailbox} går inte att hämta. Vi försöker igen.",
                "{count} mejl i brevlådan {mailbox} går inte att hämta. Vi försöker igen.",
                health.failing_mails, mailbox=health.mailbox,
            )  # fmt: skip
            await self._tell(health.mailbox, "failing", said)
        await self._look_at_folders(health)

    async def _look_at_folders(self, health: MailboxHealth) -> None:
        if health.sent_missing:
            said = self._office.texts.t(
                "I brevlådan {mailbox} hittas inte mappen för skickade mejl. Svar som skickas därifrån räknas inte.",
                mailbox=health.mailbox,
            )
            await self._tell(health.mailbox, "sent_missing", said)
        if health.unmoved:
            said = self._office.texts.n(
                "{count} mejl i brevlådan {mailbox} går inte att märka som läst eller flytta. Det har kommit in.",
                "{count} mejl i brevlådan {mailbox} går inte att märka som lästa eller flytta. De har kommit in.",
                health.unmoved, mailbox=health.mailbox,
            )  # fmt: skip
            await self._tell(health.mailbox, "unmoved", said)

    async def reconcile(self, box: ImapIn) -> tuple[Reconciled, ...]:
        """Hold a mailbox against what we have; tell of what is missing. Empty if it cannot be read now."""
        try:
            results = await box.reconcile()
        except (TryLater, OurFault) as error:
            logger.warning("mailbox %s could not be reconciled: %s", box.state.mailbox, error)
            return ()
        except Exception as error:
            logger.error("mailbox %s could not be reconciled: our fault: %s", box.state.mailbox, where(error))
            return ()
        for one in results:
            logger.info(
                "mailbox %s: %s in the mailbox, %s known, %s fetched, %s missing; %s held, %s pending",
                one.mailbox, one.in_mailbox, one.known, one.fetched, len(one.missing), one.in_cases.held,
                one.in_cases.pending,
            )  # fmt: skip
            if one.alarm:
                await self._tell_missing(one)
        return results

    async def _tell_missing(self, one: Reconciled) -> None:
        t = self._office.texts.t
        uids = ", ".join(str(uid) for uid in (*one.missing, *one.failing)[:50])
        await self._tell(
            one.mailbox, "missing",
            t("I brevlådan {mailbox} ligger mejl som inte har kommit in i Kommunsvar. Deras nummer (UID): {uids}",
              mailbox=one.mailbox, uids=uids or "–"),
        )  # fmt: skip

    async def _tell(self, mailbox: str, what: str, text: str) -> None:
        """Write to the administrator, about the same thing at most once a day."""
        told = self._told.get((mailbox, what))
        if told is not None and self._now() - told < TELL_AGAIN:
            return
        logger.error("mailbox %s: the administrator is told of %s", mailbox, what)
        t = self._office.texts.t
        async with self._database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(), self._now())
            subject = t("Brevlådan {mailbox} behöver ses över", mailbox=mailbox)
            advice = t("Inget är borttaget. Prova med: {command}", command="run_bot.py check")
            queue_admin_mail(ledger, self._office, subject, f"{text}\n\n{advice}\n")
            await ledger.write(connection)
        self._told[mailbox, what] = self._now()
