"""The outbox: what waits is delivered, tried again when it must be, and its end becomes a fact.

new → sending → sent, unsure or dead. The clock of an inquiry stops when the channel accepts its answer.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import chat_at
from bot.desk.chat.confirmed import queue_ended
from bot.errors import Refused, TryLater, Unsure, where
from bot.facts import SYSTEM, FactKind, InboxId, OfficerId, OutboxId, officer_actor, whole_second
from bot.failures import record_failure
from bot.masking import masked
from bot.office import CurrentOffice, Office
from bot.port import Attachment, Outbound, Sender
from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Original
from bot.store.grouped import GroupedWrites
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState, OutgoingMail

logger = logging.getLogger(__name__)

LANES = 8
"""Addresses that are being sent to at once. What is claimed counts as being sent, so no more than can be: a process
that is killed leaves so many mails unsure."""
GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1: give-up time generally at least 4–5 days."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=30)
"""RFC 5321 §4.5.4.1: retry at least every 30 minutes in the long run."""

FilesOf = Callable[[bytes, bool, frozenset[int]], Sequence[Attachment]]
"""Reads the files out of an original; True for an officer's answer, of which only what a citizen may get; without the
parts that must not be passed on."""


def next_try(attempts: int, queued_at: datetime, now: datetime, asked: timedelta | None = None) -> datetime | None:
    """Return when to try again after the `attempts`-th failure, or None to give up.

    Waits 1, 2, 4 … 30 minutes, or longer if the other side asked for it; gives up five days after queueing.
    """
    if now - queued_at >= GIVE_UP_AFTER:
        return None
    wait: timedelta = min(_FIRST_WAIT * (1 << min(attempts - 1, 10)), _LONGEST_WAIT)
    return now + max(wait, asked or timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one attempt ended: `state` and, for ``new``, when it is due again. `status` is a code, never text."""

    mail: OutgoingMail
    state: OutboxState
    at: datetime
    due_at: datetime
    status: str = ""
    attempts: int = 0
    unsure: bool = False


class Outbox:
    """Delivers what is due through one sender. `deliver_due` does one round; `run` goes on for ever, by itself."""

    def __init__(
        self, database: Database, office: CurrentOffice, sender: Sender, files_of: FilesOf, now: Callable[[], datetime]
    ) -> None:
        """Keep the parts; nothing starts yet."""
        self._database = database
        self._current = office
        self._sender = sender
        self._files_of = files_of
        self._now = now
        self._endings: GroupedWrites[Ending, None] = GroupedWrites(self._write_endings)
        self._channel_failures = 0
        self._finishing = False
        self._paused_until: datetime | None = None
        self._lanes: set[asyncio.Task[None]] = set()
        self._in_hand: set[OutboxId] = set()

    @property
    def _office(self) -> Office:
        return self._current()

    async def run(self, wake: asyncio.Event) -> None:
        """Deliver what is due whenever woken, and at least every two seconds for what other processes queued.

        A slow address holds up its own mails only.
        """
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._endings.run())
            while not self._finishing:
                wake.clear()
                try:
                    while await self._start_due(group, wake):
                        pass
                except TryLater as error:
                    logger.warning("outbox: the database says %s, trying again", error.reason)
                with suppress(TimeoutError):
                    async with asyncio.timeout(2):
                        await wake.wait()
            await self._idle()
            writing.cancel()

    async def deliver_due(self) -> int:
        """Send what is due now, wait for it, and return how many mails were tried; 0 while the whole channel rests."""
        wake, started = asyncio.Event(), 0
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._endings.run())
            while count := await self._start_due(group, wake):
                started += count
            await self._idle()
            writing.cancel()
        return started

    async def finish(self, running: "asyncio.Task[None]", wake: asyncio.Event, within_seconds: float) -> None:
        """End `run`: nothing more is started, and what is being sent may end within the time given."""
        self._finishing = True
        wake.set()
        await asyncio.wait([running], timeout=within_seconds)
        running.cancel()

    async def recover(self) -> int:
        """Take care of what dead processes were sending, or ours without knowing; return how many mails that were.

        Whether such a mail left is not known. An acknowledgement is left at that; everything else goes out again
        with the same Message-ID, marked as unsure.
        """
        async with self._database.writing() as connection:
            mails = await deliveries.left_behind(connection, self._database, self._in_hand)
            if not mails:
                return 0
            now = self._now()
            endings = [self._unsure(mail, now, "process_died", now) for mail in mails]
            await self._record(connection, endings)
        logger.warning("outbox: %d mails were being sent by a process that died", len(mails))
        return len(mails)

    async def _start_due(self, group: asyncio.TaskGroup, wake: asyncio.Event) -> int:
        """Claim what is due, as much as can be sent at once, and start sending it; return how many mails."""
        free = LANES - len(self._lanes)
        if self._finishing or free <= 0 or (self._paused_until is not None and self._now() < self._paused_until):
            return 0
        self._paused_until = None
        claimed: set[OutboxId] = set()
        try:
            async with self._database.writing() as connection:
                mails = await deliveries.claim(connection, self._database.owner, self._now(), free)
                claimed = {mail.id for mail in mails}
                self._in_hand |= claimed
                wanted = [inbox_id for mail in mails for inbox_id in mail.attach]
                originals = await deliveries.originals_of(connection, wanted) if wanted else {}
        except BaseException:
            # Whether the claim was committed is not known: `recover` will find out.
            self._in_hand -= claimed
            raise
        lanes: dict[str, list[OutgoingMail]] = {}
        for mail in mails:
            lanes.setdefault(mail.to_addr, []).append(mail)
        for lane in lanes.values():
            task = group.create_task(self._deliver_lane(lane, originals))
            self._lanes.add(task)
            task.add_done_callback(self._lanes.discard)
            task.add_done_callback(lambda _: wake.set())
        return len(mails)

    async def _idle(self) -> None:
        """Return when nothing is being sent."""
        while self._lanes:
            await asyncio.wait(set(self._lanes))

    async def _deliver_lane(self, lane: Sequence[OutgoingMail], originals: dict[InboxId, Original]) -> None:
        """Send one address's mails in order; after the first that must wait, those behind it wait too, untried."""
        try:
            await self._deliver_in_order(lane, originals)
        finally:
            self._in_hand -= {mail.id for mail in lane}

    async def _deliver_in_order(self, lane: Sequence[OutgoingMail], originals: dict[InboxId, Original]) -> None:
        for place, mail in enumerate(lane):
            if self._paused_until is not None or self._finishing:
                await self._give_back(lane[place:])
                return
            ending = await self._attempt(mail, originals)
            await self._write_down(ending)
            if ending.state is OutboxState.NEW:
                await self._give_back(lane[place + 1 :])
                return

    async def _give_back(self, mails: Sequence[OutgoingMail]) -> None:
        while mails:
            try:
                async with self._database.writing() as connection:
                    await deliveries.give_back(connection, [mail.id for mail in mails])
            except TryLater:
                await asyncio.sleep(1)
            else:
                return

    async def _write_down(self, ending: Ending) -> None:
        """Record how a delivery ended, however long the database is away: it has happened and must not be lost."""
        while True:
            try:
                await self._endings.submit(ending)
            except TryLater as error:
                logger.warning("outbox %s: its end is not recorded yet (%s)", ending.mail.id, error.reason)
                await asyncio.sleep(1)
            except Exception as error:
                # The row stays in sending; the next start takes it for unsure.
                logger.error("outbox %s: its end could not be recorded: %s", ending.mail.id, where(error))
                return
            else:
                return

    async def _attempt(self, mail: OutgoingMail, originals: dict[InboxId, Original]) -> Ending:
        try:
            files: Sequence[Attachment] = mail.enclosed
            if mail.attach:
                # Decoding tens of megabytes takes a second; others must be served meanwhile.
                files = await asyncio.to_thread(files_along, self._files_of, self._office, mail, originals)
            accepted_at = await self._sender.send(self._outbound(mail, files))
        except TryLater as error:
            return self._later(mail, error)
        except Refused as error:
            return self._ended(mail, OutboxState.DEAD, self._now(), error.status)
        except Unsure:
            now = self._now()
            again_at = next_try(mail.attempts + 1, mail.created_at, now)
            return self._unsure(mail, now, "no_reply", again_at)
        except Exception as error:
            logger.error("outbox %s could not be sent by a fault of ours: %s", mail.id, where(error))
            return self._ended(mail, OutboxState.DEAD, self._now(), "our_fault")
        self._channel_failures = 0
        return self._ended(mail, OutboxState.SENT, accepted_at, "")

    def _later(self, mail: OutgoingMail, error: TryLater) -> Ending:
        now = self._now()
        if error.whole_channel:
            # Everything rests alike, so that the order is kept when the relay comes back.
            if self._paused_until is None:  # those sent beside it fail too, and count as one
                self._channel_failures += 1
            # One that was accepted beside it may have set the count back.
            doublings = min(max(self._channel_failures - 1, 0), 6)
            wait = min(timedelta(seconds=5) * (1 << doublings), timedelta(minutes=5))
            self._paused_until = now + wait
            logger.warning("outbox: nothing goes through (%s), trying again in %s", error.reason, wait)
            return Ending(
                mail=mail, state=OutboxState.NEW, at=now, due_at=mail.due_at, status=error.reason,
                attempts=mail.attempts, unsure=mail.unsure,
            )  # fmt: skip
        due_at = next_try(mail.attempts + 1, mail.created_at, now, error.after)
        if due_at is None:
            return self._ended(mail, OutboxState.DEAD, now, error.reason)
        return Ending(
            mail=mail, state=OutboxState.NEW, at=now, due_at=due_at, status=error.reason,
            attempts=mail.attempts + 1, unsure=mail.unsure,
        )  # fmt: skip

    def _unsure(self, mail: OutgoingMail, at: datetime, status: str, again_at: datetime | None) -> Ending:
        again = mail.kind.sent_again_when_unsure and again_at is not None
        return Ending(
            mail=mail, state=OutboxState.NEW if again else OutboxState.UNSURE, at=at, due_at=again_at or at,
            status=status, attempts=mail.attempts + 1, unsure=True,
        )  # fmt: skip

    def _ended(self, mail: OutgoingMail, state: OutboxState, at: datetime, status: str) -> Ending:
        return Ending(
            mail=mail, state=state, at=at, due_at=mail.due_at, status=status, attempts=mail.attempts + 1,
            unsure=mail.unsure,
        )  # fmt: skip

    def _outbound(self, mail: OutgoingMail, files: Sequence[Attachment]) -> Outbound:
        return Outbound(
            to_addr=mail.to_addr,
            to_name=mail.to_name,
            from_addr=mail.from_addr,
            from_name=mail.from_name,
            reply_to=mail.reply_to,
            return_path=self._return_path(mail),
            subject=mail.subject,
            text=mail.text,
            automatic=mail.kind.automatic,
            message_id=mail.message_id,
            in_reply_to=mail.in_reply_to,
            references=mail.references,
            created_at=mail.created_at,
            attachments=files,
            html=mail.html,
        )

    def _return_path(self, mail: OutgoingMail) -> str:
        """Return where its bounce will come; where plus addresses are refused, a bounce is known by its Message-ID."""
        if self._office.secrets_in_subject:
            return mail.from_addr
        return self._office.tokens.return_path(mail.from_addr, mail.id)

    async def _write_endings(self, endings: Sequence[Ending]) -> Sequence[None]:
        async with self._database.writing() as connection:
            await self._record(connection, endings)
        return [None] * len(endings)

    async def _record(self, connection: AsyncConnection, endings: Sequence[Ending]) -> None:
        # Only an end becomes a fact; what is merely tried again needs no knowledge of its case.
        over = [ending.mail for ending in endings if ending.state is not OutboxState.NEW]
        wanted = Wanted(cases={mail.case for mail in over if mail.case is not None}, outbox={mail.id for mail in over})
        ledger = await open_ledger(connection, wanted, self._now())
        for ending in endings:
            record_ending(ledger, self._office, ending)
        await ledger.write(connection)


def files_along(
    files_of: FilesOf, office: Office, mail: OutgoingMail, originals: Mapping[InboxId, Original]
) -> Sequence[Attachment]:
    """Return the files that go along with a mail or a post, personal numbers in their names hidden."""
    answer = mail.kind is MailKind.ANSWER
    files = list[Attachment]()
    for one in [originals[inbox_id] for inbox_id in mail.attach if inbox_id in originals]:
        files += one.files
        if one.raw:
            files += files_of(one.raw, answer, one.withheld)
    return [replace(file, name=masked(office.texts, file.name)) for file in files]


def record_ending(ledger: Ledger, office: Office, ending: Ending) -> None:
    """Write down how an attempt ended, and the fact that follows from it."""
    mail = ending.mail
    sent = ending.state is OutboxState.SENT
    ledger.end_delivery(
        mail.id, ending.state, due_at=ending.due_at, sent_at=ending.at if sent else None,
        attempts=ending.attempts, unsure=int(ending.unsure), status=ending.status[:80],
    )  # fmt: skip
    if ending.state is OutboxState.DEAD:
        logger.error("outbox %s (%s) will not be delivered: %s", mail.id, mail.kind, ending.status)
        chat = chat_at(mail.to_addr)
        # In a chat staff see for themselves what did not come; what a citizen waits for must be told.
        if chat is None or mail.kind.to_citizen:
            record_failure(ledger, office, mail.id, ending.status, ending.at, chat=chat)
    elif mail.case is not None and (sent or ending.state is OutboxState.UNSURE):
        _record_arrival(ledger, ending)
    queued = ledger.known.queued_by_id.get(mail.id)
    if queued is not None:
        queue_ended(ledger, office, queued)


def _record_arrival(ledger: Ledger, ending: Ending) -> None:
    mail = ending.mail
    if mail.kind is MailKind.SURVEY and ending.state is OutboxState.SENT:
        ledger.known.survey.delivered(mail.id, ending.at)
    if mail.case is None or mail.kind not in {MailKind.ANSWER, MailKind.ACKNOWLEDGEMENT}:
        return
    source = f"outbox:{mail.id}"
    if any(fact.source == source for fact in ledger.facts_of(mail.case)):
        return
    answer = mail.kind is MailKind.ANSWER
    data: dict[str, str | int | bool] = {"outbox": mail.id}
    if mail.message is not None:
        data["message"] = mail.message
    if ending.unsure:
        data["unsure"] = True
    ledger.append(
        FactKind.ANSWERED if answer else FactKind.ACKNOWLEDGED,
        mail.case,
        inquiry=mail.inquiry,
        occurred_at=whole_second(ending.at),
        actor=officer_actor(OfficerId(mail.officer)) if answer else SYSTEM,
        source=source,
        data=data,
    )
