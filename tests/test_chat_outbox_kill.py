"""A process that dies while posts are on their way: at each of its steps in turn."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId
from bot.facts import OutboxId
from bot.store.database import Database
from tests.chat_room import ChatRoom
from tests.conftest import FrozenClock


@pytest_asyncio.fixture
async def room(database: Database, clock: FrozenClock) -> ChatRoom:
    return await ChatRoom(database, clock).begin()


class Killer:
    """Ends an outbox at its so-many-th step: before and after each transaction, and within each call.

    From then on every step waits for ever, as if nobody were there; what the database is doing is let end, since a
    connection that is torn away within this process is no picture of a process that is gone.
    """

    def __init__(self, room: ChatRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self.dead = False
        self.busy = 0
        self.seen: set[str] = set()
        writing, reading = room.database.writing, room.database.reading

        @asynccontextmanager
        async def stepping(**more: bool) -> AsyncIterator[AsyncConnection]:
            await self.step("before a transaction")
            self.busy += 1
            try:
                async with writing(**more) as connection:
                    yield connection
                    if self.dies("before a commit"):
                        raise asyncio.CancelledError
            finally:
                self.busy -= 1
            await self.step("after a commit")

        @asynccontextmanager
        async def looking() -> AsyncIterator[AsyncConnection]:
            await self.step("before a look")
            self.busy += 1
            try:
                async with reading() as connection:
                    yield connection
            finally:
                self.busy -= 1

        monkeypatch.setattr(room.database, "writing", stepping)
        monkeypatch.setattr(room.database, "reading", looking)
        room.chats.takes = lambda _: self.step("before it is accepted")
        room.chats.then = lambda _: self.step("after it is accepted")

    def dies(self, where: str) -> bool:
        self.left -= 1
        if self.left == 0:
            self.dead = True
            self.seen.add(where)
        return self.left == 0

    async def step(self, where: str) -> None:
        if self.dies(where) or self.dead:
            await asyncio.Event().wait()

    async def kill(self, room: ChatRoom, at: int) -> None:
        """Run an outbox until it is ended at this step."""
        self.left, wake = at, asyncio.Event()
        running = asyncio.create_task(room.outbox.run(wake))
        async with asyncio.timeout(10):
            while not self.dead or self.busy:
                room.clock.forward(seconds=0.001)
                wake.set()
                await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.wait([running])
        self.dead, self.left = False, 0


@pytest.mark.asyncio
async def test_a_process_that_dies_anywhere_loses_no_answer_and_doubles_none_that_is_sure(
    room: ChatRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(room, monkeypatch)
    answers: dict[OutboxId, str] = {}
    for at in range(1, 36):
        for number in range(3):
            chat, words = ChatId(1000 + 3 * at + number), f"svar {at} {number}"
            answers[await room.answer(await room.case(chat), chat, words)] = words
        await killer.kill(room, at)
        room.outbox = room.new_outbox()
        await room.outbox.recover()
        # A minute later what was on its way goes once more: every second time, so that some are caught again.
        room.clock.forward(seconds=61)
        await room.deliver(seconds=3 * (at % 2), step=1)
    assert killer.seen == {
        "before a look", "before a transaction", "before a commit", "after a commit", "before it is accepted",
        "after it is accepted",
    }  # fmt: skip
    for _ in range(3):
        room.clock.forward(seconds=61)
        await room.deliver(seconds=10, step=1)
    assert await room.undone() == 0
    states = dict(zip(answers, await room.states(*answers), strict=True))
    assert set(states.values()) == {"sent", "sent!"}
    arrived = Counter(one.text for one in room.chats.sent)
    assert all(arrived[words] == 1 for one, words in answers.items() if states[one] == "sent")
    assert all(arrived[words] >= 1 for one, words in answers.items() if states[one] == "sent!")
