"""Mail coming in from an IMAP mailbox: what lies there is kept, remembered by UID, and waited for.

The memory is ours (`bot.mailbox.MailboxMemory`): what the mailbox's other readers flag or unflag changes nothing.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NoReturn

from imapclient import IMAPClient

from bot.channels.imap_folder import Selected, find_sent, list_from, list_new, list_since, select
from bot.channels.imap_link import Link
from bot.channels.imap_session import await_news
from bot.channels.imap_take import Taking, Ways
from bot.errors import OurFault, TryLater, where
from bot.mailbox import (
    ALARM_ATTEMPTS,
    Folder,
    MailboxHealth,
    MailboxMemory,
    MailboxSettings,
    Mark,
    Reconciled,
    Trouble,
    plain_folder,
)
from bot.port import Keep

logger = logging.getLogger(__name__)

STUCK_AFTER = timedelta(minutes=10)
_FULL_EVERY = timedelta(days=1)
_PAUSE_MAX = 60.0
# Whoever asks every minute with a wrong password is locked out for longer.
_REFUSED_PAUSE_MIN, _REFUSED_PAUSE_MAX = 60.0, 900.0
_REFUSED = frozenset({Trouble.AUTH_REFUSED, Trouble.AUTH_UNSUPPORTED, Trouble.OAUTH_REFUSED})
# When UIDVALIDITY changes, how far the server's clock may be behind ours without losing a mail of our first minutes.
_CLOCK_SLACK = timedelta(minutes=10)


class ImapIn:
    """One mailbox, read for as long as `run` runs. `state` may be read at any time from the same event loop."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        keep: Keep,
        memory: MailboxMemory,
        now: Callable[[], datetime],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take what is needed; nothing is connected yet. `now` gives UTC, `jitter` a number from 0 to below 1."""
        self._settings, self._memory, self._now, self._jitter = settings, memory, now, jitter
        # Another spelling must not become another folder.
        self._main = plain_folder(settings.folder)
        self._ways = Ways(settings=settings, keep=keep, memory=memory, now=now, progress=self._progress)
        self._connected = self._sent_missing = False
        self._suspects: dict[str, set[int]] = {}
        self._completed_at: datetime | None = None
        self._failing_since: datetime | None = None
        self._trouble: Trouble | None = None
        self._progress_at: datetime | None = None
        self._failures = 0
        self._failing_mails: dict[str, int] = {}
        self._unmoved = 0

    @property
    def state(self) -> MailboxHealth:
        """Return how it goes at this instant. Before `run` was started nothing counts as stuck."""
        stuck = self._progress_at is not None and self._now() - self._progress_at > STUCK_AFTER
        return MailboxHealth(
            mailbox=self._settings.id,
            connected=self._connected,
            last_completed_at=self._completed_at,
            failing_since=self._failing_since,
            trouble=self._trouble,
            stuck=stuck,
            failing_mails=sum(self._failing_mails.values()),
            unmoved=self._unmoved,
            sent_missing=self._sent_missing,
        )

    async def run(self) -> None:
        """Read the mailbox for ever, connecting anew after whatever happens; ends by being cancelled only.

        When it has ended, its connection and its thread have, too.
        """
        self._progress()
        while True:
            trouble = await self._visit()
            self._note(trouble)
            await asyncio.sleep(pause(self._failures, trouble, self._jitter()))
            self._failures += 1

    async def _visit(self) -> Trouble:
        """Connect and read until something ends it; return what."""
        link = Link(self._settings)
        try:
            await link.open()
            self._connected = True
            await self._stay(link)
        except (TryLater, OurFault) as error:
            return trouble_of(error)
        except Exception as error:
            logger.error("mailbox %s: our fault: %s", self._settings.id, where(error))
            return Trouble.OUR_FAULT
        finally:
            self._connected = False
            await link.close()

    async def _stay(self, link: Link) -> NoReturn:
        """Read all there is, wait for more, and again; never returns."""
        sent = await self._find_sent(link)
        checked_at: datetime | None = None
        in_vain = 0
        while True:
            full = checked_at is None or self._now() - checked_at >= _FULL_EVERY
            kept = await self._round(link, sent, full=full)
            checked_at = self._now() if full else checked_at
            self._complete()
            # A server that announces news without end, and has none, is not asked without end.
            in_vain = 0 if kept else in_vain
            await asyncio.sleep(0 if in_vain < 2 else min(2.0**in_vain, self._settings.poll_seconds))
            in_vain = in_vain + 1 if await self._wait(link) else 0

    async def _wait(self, link: Link) -> bool:
        """Return True when there is news, False when it is time to look anyway."""
        if not await link.call(_can_idle):
            await asyncio.sleep(self._settings.poll_seconds)
            return False
        seconds = self._settings.idle_seconds
        return await link.call_within(seconds, 0, partial(await_news, seconds=seconds))

    async def _find_sent(self, link: Link) -> str | None:
        """Return the folder of sent mail to read, if any.

        Raises:
            OurFault: sent_folder. Citizens' mail there would pass for staff's own, and open no case.
        """
        sent = self._settings.sent_folder
        if sent == "":
            sent = await link.call(find_sent)
            if sent is None and not self._sent_missing:
                logger.warning("mailbox %s: no folder of sent mail found", self._settings.id)
            self._sent_missing = sent is None
            if sent is not None and plain_folder(sent) in (self._main, plain_folder(self._settings.move_to)):
                raise OurFault(Trouble.SENT_FOLDER)
        return sent

    async def _round(self, link: Link, sent: str | None, *, full: bool) -> int:
        """Look through all folders once and return how many mails were kept. The main one stays selected."""
        kept = 0
        if sent is not None:
            try:
                kept += await self._read(link, sent, sent=True, full=full)
                self._sent_missing = False
            except OurFault as error:
                if trouble_of(error) is not Trouble.NO_FOLDER:
                    raise
                self._sent_missing = True
        return kept + await self._read(link, self._main, sent=False, full=full)

    async def _read(self, link: Link, name: str, *, sent: bool, full: bool) -> int:
        """Take in what one folder has for us and return how many mails were kept."""
        changes = self._settings.after != "keep" and not sent
        selected = await link.call(select, name, read_only=not changes)
        known, folder = await self._folder(name, selected)
        uids = await self._unknown(link, folder, selected, full=full or not known)
        failed = await self._memory.failed(folder.id)
        due = [mark.uid for mark in failed if mark.due_at is None or mark.due_at <= self._now()]
        settles = changes and not selected.read_only
        taking = Taking(self._ways, link, folder, sent=sent, settles=settles, alone=self._suspects.get(name, set()))
        try:
            if changes:
                await taking.settle(await self._memory.unsettled(folder.id))
            await taking.take(sorted({*uids, *due}), {mark.uid: mark.attempts for mark in failed})
        finally:
            self._suspects.setdefault(name, set()).update(taking.suspects)
        if changes:
            if taking.unmoved and not self._unmoved:
                logger.warning("mailbox %s: kept mails cannot be flagged or moved", self._settings.id)
            self._unmoved = taking.unmoved
        self._failing_mails[name] = len(alarming(await self._memory.failed(folder.id)))
        return taking.kept

    async def _folder(self, name: str, selected: Selected) -> tuple[bool, Folder]:
        """Return the folder as it counts for us, and whether it was known so.

        Under another UIDVALIDITY all from our start on is listed again: what is known is dropped by the intake, by
        Message-ID, and what came meanwhile is not lost.
        """
        folder = await self._memory.folder(self._settings.id, name)
        if folder is not None and folder.uidvalidity == selected.uidvalidity:
            return True, folder
        from_at = None if self._settings.since is None else start_of(self._settings.since)
        if folder is not None:
            logger.warning("mailbox %s: UIDVALIDITY changed, listing again", self._settings.id)
            starts = (folder.from_at, folder.started_at - _CLOCK_SLACK)
            from_at = min(start for start in starts if start is not None)
        return False, await self._memory.begin(
            self._settings.id, name, uidvalidity=selected.uidvalidity, first_uid=selected.uid_next,
            from_at=from_at, at=self._now(),
        )  # fmt: skip

    async def _unknown(self, link: Link, folder: Folder, selected: Selected, *, full: bool) -> set[int]:
        """Return UIDs that nothing is remembered of: of the whole folder, or of what came last only."""
        if full:
            uids = await self._list(link, folder, selected)
        else:
            uids = set(await link.call(list_new, max(await self._memory.last_uid(folder.id), folder.first_uid - 1)))
        return uids - await self._memory.known(folder.id, uids)

    async def _list(self, link: Link, folder: Folder, selected: Selected) -> set[int]:
        """Return the UIDs that count, and of those before our start perhaps some of the day before."""
        uids = set(await link.call(list_from, selected, folder.first_uid))
        if folder.from_at is not None:
            uids.update(await link.call(list_since, selected, folder.from_at.date(), folder.first_uid))
        return uids

    async def reconcile(self) -> tuple[Reconciled, ...]:
        """Hold each folder against our memory, over a connection of its own, and fetch what is missing.

        Returns one result per folder, the main one first. May be called while `run` runs, or without it.

        Raises:
            TryLater, OurFault: the mailbox could not be read; the codes are those of `Trouble`.
        """
        link = Link(self._settings)
        try:
            await link.open()
            results = [await self._reconcile(link, self._main, sent=False)]
            sent = await self._find_sent(link)
            if sent is not None:
                results.append(await self._reconcile(link, sent, sent=True))
            return tuple(results)
        finally:
            await link.close(politely=True)

    async def _reconcile(self, link: Link, name: str, *, sent: bool) -> Reconciled:
        selected = await link.call(select, name, read_only=True)
        _, folder = await self._folder(name, selected)
        uids = await self._list(link, folder, selected)
        known = await self._memory.known(folder.id, uids)
        # What is kept here waits for `run` to be flagged or moved: this connection changes nothing.
        attempts = {mark.uid: mark.attempts for mark in await self._memory.failed(folder.id)}
        taking = Taking(self._ways, link, folder, sent=sent, settles=False)
        await taking.take(sorted(uids - known), attempts)
        counting = uids - taking.older
        failed = await self._memory.failed(folder.id)
        missing = counting - await self._memory.known(folder.id, counting)
        missing |= {mark.uid for mark in failed} & (counting - known)
        return Reconciled(
            mailbox=self._settings.id,
            folder=name,
            uidvalidity=folder.uidvalidity,
            in_mailbox=len(counting),
            known=len(counting & known),
            fetched=taking.kept,
            missing=tuple(sorted(missing)),
            failing=tuple(alarming(failed)),
            gone=await self._memory.gone(folder.id),
            in_cases=await self._memory.in_cases(self._settings.id),
        )

    def _progress(self) -> None:
        self._progress_at = self._now()

    def _complete(self) -> None:
        """Note that all folders have been looked through: whatever was wrong is over."""
        self._progress()
        self._completed_at = self._progress_at
        if self._trouble is not None:
            logger.info("mailbox %s: read again", self._settings.id)
        self._failing_since = self._trouble = None
        self._failures = 0
        self._suspects.clear()

    def _note(self, trouble: Trouble) -> None:
        if trouble is not self._trouble:
            logger.warning("mailbox %s: %s", self._settings.id, trouble)
        self._trouble = trouble
        self._failing_since = self._failing_since or self._now()


def _can_idle(client: IMAPClient) -> bool:
    return bool(client.has_capability("IDLE"))


def alarming(failed: list[Mark]) -> list[int]:
    """Return the UIDs of mails that have failed so often that somebody must know."""
    return [mark.uid for mark in failed if mark.attempts >= ALARM_ATTEMPTS]


def start_of(day: date) -> datetime:
    """Return when a day begins: 21:00 UTC of the day before.

    That is midnight in Finland's summer, so nothing of the day is left out in either country at any season.
    """
    return datetime.combine(day, time.min, UTC) - timedelta(hours=3)


def trouble_of(error: TryLater | OurFault) -> Trouble:
    """Return the code an error carries; what carries none came from our own store."""
    try:
        return Trouble(str(error))
    except ValueError:
        return Trouble.STORE


def pause(failures: int, trouble: Trouble, jitter: float) -> float:
    """Return the seconds to wait before the next visit: 1, 2, 4 … 60, shortened by up to half at random.

    Where name and password were refused: 1, 2, 4 … 15 minutes.
    """
    refused = trouble in _REFUSED
    first, most = (_REFUSED_PAUSE_MIN, _REFUSED_PAUSE_MAX) if refused else (1.0, _PAUSE_MAX)
    return min(most, first * 2.0 ** min(failures, 10)) * (1 - jitter / 2)
