"""The outbox of chats: what waits is posted chat by chat, within the budgets, and its end becomes a fact.

new → sending → sent, unsure or dead. `sending` is committed before the call, so that a process that dies leaves known
what may have arrived.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import chat_endings
from bot.chat import ChatId, Chats, No
from bot.chat_posting import Posting, chat_of
from bot.chat_turns import Lane, Turns
from bot.errors import OurFault, TryLater, where
from bot.facts import Channel, InboxId, OutboxId
from bot.office import CurrentOffice
from bot.outbox import Ending, FilesOf, record_ending
from bot.pace import Pace
from bot.posts import Rank
from bot.store import chat_deliveries, deliveries
from bot.store.chat_rows import TopicState, WantedChats
from bot.store.database import Database
from bot.store.deliveries import Original
from bot.store.grouped import GroupedWrites
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, OutboxState, OutgoingMail

logger = logging.getLogger(__name__)

LANES = 16
"""Posts that are being sent at once; a process that is killed leaves so many unsure. The channel needs more
connections than that, or they wait for each other."""
_LOOK_SECONDS = 1.0
_SHORTEST_LOOK = 0.02

_Endings = Sequence[Ending]


class ChatOutbox:
    """Posts what is due through the port. `deliver_due` does one round; `run` goes on for ever, by itself.

    Only the process that does the intake posts (`Database.has_intake`): it alone knows what was done in which chat.
    """

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        chats: Chats,
        pace: Pace,
        now: Callable[[], datetime],
        files: FilesOf | None = None,
    ) -> None:
        """Keep the parts; nothing starts yet. `pace` is shared with whoever else does something in groups."""
        self._database = database
        self._current = office
        self._pace = pace
        self._now = now
        self._posting = Posting(chats, pace, office, now, files)
        self._turns = Turns(pace)
        self._endings: GroupedWrites[_Endings, None] = GroupedWrites(self._write_endings)
        self._finishing = False
        self._stopped = ""
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._in_hand: set[OutboxId] = set()

    async def run(self, wake: asyncio.Event) -> None:
        """Post what is due whenever woken, when a budget allows more, and at least every second.

        A slow chat holds up its own posts only.

        Raises:
            OurFault: the service refuses our key, or somebody else uses it: nothing can be sent until a person acts.
                It may be run again.
        """
        self._stopped = ""
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._endings.run())
            while not self._finishing and not self._stopped:
                wake.clear()
                try:
                    while await self._start_due(group, wake):
                        pass
                except TryLater as error:
                    logger.warning("chat outbox: the database says %s, trying again", error.reason)
                await self._rest(wake)
            await self._idle()
            writing.cancel()
        self._raise_if_stopped()

    async def deliver_due(self) -> int:
        """Post what may be posted at this instant, wait for it, and return how many posts were tried.

        Raises:
            OurFault: as `run`.
        """
        self._stopped = ""
        wake, started = asyncio.Event(), 0
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._endings.run())
            while count := await self._start_due(group, wake):
                started += count
                await self._idle()
            writing.cancel()
        self._raise_if_stopped()
        return started

    async def finish(self, running: "asyncio.Task[None]", wake: asyncio.Event, within_seconds: float) -> None:
        """End `run`: nothing more is started, and what is being sent may end within the time given."""
        self._finishing = True
        wake.set()
        await asyncio.wait([running], timeout=within_seconds)
        running.cancel()

    async def recover(self) -> int:
        """Take care of what dead processes were posting, or ours without knowing; return how many posts that were.

        Whether such a post arrived is not known. What somebody waits for goes out once more, a minute later and
        marked as unsure; a mere change is done again at once.
        """
        async with self._database.writing() as connection:
            mails = await deliveries.left_behind(connection, self._database, self._in_hand, Channel.TELEGRAM)
            if mails:
                await self._record(connection, [chat_endings.left_behind(mail, self._now()) for mail in mails])
        if mails:
            logger.warning("chat outbox: %d posts were being sent by a process that died", len(mails))
        return len(mails)

    def _raise_if_stopped(self) -> None:
        if self._stopped:
            raise OurFault(f"the chat service lets us send nothing: {self._stopped}")

    async def _rest(self, wake: asyncio.Event) -> None:
        seconds = _LOOK_SECONDS
        if self._turns.next_at is not None:
            seconds = min(max((self._turns.next_at - self._now()).total_seconds(), _SHORTEST_LOOK), seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await wake.wait()

    async def _start_due(self, group: asyncio.TaskGroup, wake: asyncio.Event) -> int:
        """Claim what may be sent now, as much as can be at once, and start sending it; return how many posts."""
        free = LANES - len(self._lanes)
        if self._finishing or self._stopped or free <= 0 or not self._database.has_intake:
            return 0
        now = self._now()
        async with self._database.reading() as connection:
            waiting = await chat_deliveries.waiting(connection, now)
        turns = self._turns.give(waiting, self._lanes.keys(), now, free)
        if not turns:
            return 0
        claimed, originals = await self._claim([turn.posts for turn in turns], now)
        for turn, mails in zip(turns, claimed, strict=True):
            if mails:
                task = group.create_task(self._deliver(mails, originals))
                self._lanes[turn.lane] = task
                task.add_done_callback(lambda _, lane=turn.lane: self._free(lane, wake))  # type: ignore[misc]
        return sum(map(len, claimed))

    def _free(self, lane: Lane, wake: asyncio.Event) -> None:
        del self._lanes[lane]
        wake.set()

    async def _claim(
        self, turns: Sequence[Sequence[OutboxId]], now: datetime
    ) -> tuple[list[list[OutgoingMail]], Mapping[InboxId, Original]]:
        claimed: set[OutboxId] = set()
        try:
            async with self._database.writing() as connection:
                mails = await chat_deliveries.claim(connection, self._database.owner, now, turns)
                claimed = {mail.id for turn in mails for mail in turn}
                self._in_hand |= claimed
                wanted = [inbox_id for turn in mails for mail in turn for inbox_id in mail.attach]
                return mails, await deliveries.originals_of(connection, wanted) if wanted else {}
        except BaseException:
            # Whether the claim was committed is not known: `recover` will find out.
            self._in_hand -= claimed
            raise

    async def _idle(self) -> None:
        """Return when nothing is being sent."""
        while self._lanes:
            await asyncio.wait(set(self._lanes.values()))

    async def _deliver(self, mails: Sequence[OutgoingMail], originals: Mapping[InboxId, Original]) -> None:
        try:
            attempt = await self._posting.attempt(mails, originals)
            if attempt.moved_to is not None:
                await self._move(chat_of(mails[0]), attempt.moved_to)
            self._stopped = self._stopped or attempt.stopped
            await self._write_down(attempt.endings)
        finally:
            self._in_hand -= {mail.id for mail in mails}

    async def _move(self, old: ChatId, new: ChatId) -> None:
        """Give a group its new number, however long the database is away."""
        logger.warning("chat outbox: a group has got another number")
        while True:
            try:
                async with self._database.writing() as connection:
                    await chat_deliveries.move(connection, old, new)
            except TryLater:
                await asyncio.sleep(1)
            else:
                self._pace.forget([old])
                return

    async def _write_down(self, endings: _Endings) -> None:
        """Record how a post ended, however long the database is away: it has happened and must not be lost."""
        while True:
            try:
                await self._endings.submit(endings)
            except TryLater as error:
                logger.warning("outbox %s: its end is not recorded yet (%s)", endings[0].mail.id, error.reason)
                await asyncio.sleep(1)
            except Exception as error:
                # The rows stay in sending, and are found by `recover`.
                logger.error("outbox %s: its end could not be recorded: %s", endings[0].mail.id, where(error))
                return
            else:
                return

    async def _write_endings(self, groups: Sequence[_Endings]) -> Sequence[None]:
        async with self._database.writing() as connection:
            await self._record(connection, [ending for group in groups for ending in group])
        return [None] * len(groups)

    async def _record(self, connection: AsyncConnection, endings: _Endings) -> None:
        ledger = await open_ledger(connection, _wanted(endings), self._now())
        for ending in endings:
            record_ending(ledger, self._current(), ending)
            if ending.state is OutboxState.DEAD:
                _learn(ledger, ending)
        await ledger.write(connection)
        await chat_deliveries.keep_posted(connection, [ending.mail for ending in endings])


def _wanted(endings: _Endings) -> Wanted:
    """Return what must be known to record endings: what is merely tried again needs no knowledge of its case."""
    over = [ending.mail for ending in endings if ending.state is not OutboxState.NEW]
    wanted = Wanted(cases={mail.case for mail in over if mail.case is not None}, outbox={mail.id for mail in over})
    if any(ending.state is OutboxState.DEAD for ending in endings):
        wanted.chats = WantedChats(
            chats={chat_of(one.mail) for one in endings if one.status == No.BLOCKED}, cases=set(wanted.cases)
        )
    return wanted


def _learn(ledger: Ledger, ending: Ending) -> None:
    """Remember what a refusal tells of its chat: that it is closed to us, or that a topic must be made anew."""
    chat, book = chat_of(ending.mail), ledger.book
    if ending.status == No.BLOCKED and chat in book.chats:
        book.set_chat(replace(book.chats[chat], reachable=False))
    topic = book.topics.get(ending.mail.case) if ending.mail.case else None
    there = topic is not None and topic.thread is not None and (topic.chat, topic.thread) == (chat, ending.mail.thread)
    if ending.status == No.TOPIC_GONE and ending.mail.rank == Rank.OWN_ACT:
        _show_outside(ledger, ending.mail)
    if topic is not None and there and ending.status == No.TOPIC_GONE:
        anew = replace(topic, state=TopicState.WANTED, thread=None, card=None, title="", shown="", upto=0, dirty=True)
        book.set_topic(anew)


def _show_outside(ledger: Ledger, mail: OutgoingMail) -> None:
    """Show in the group as a whole what an officer waits for in a topic that is gone, as the text to be sent.

    Not what asks for a reply, which counts in its topic only: it is asked for anew.
    """
    form = replace(mail.form, reply_to=None)
    if mail.kind is MailKind.POST and not (form.asks or chat_endings.is_repeatable(mail)):
        ledger.queue(replace(
            mail, id=ledger.next_outgoing(), state=OutboxState.NEW, thread=None, form=form, replaces="",
            message_id=ledger.draw_mail_id("chat"), created_at=ledger.now, due_at=ledger.now, tried_at=None,
            attempts=0, posted=(),
        ))  # fmt: skip
