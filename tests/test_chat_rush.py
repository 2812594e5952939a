"""A rush, in driven time: 300 citizens write within a minute, and five officers act in one group that answers slowly.

Each call in the group takes two seconds, in private chats a fifth of one; one of twenty in the group is refused with
429. Where the group has no room left within the minute, the officer's private chat takes over. The database is real.
Run with ``-s`` to see the figures.
"""

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from statistics import median

import pytest
import pytest_asyncio

from bot.chat import ChatId, Form, Post, PostId, ThreadId
from bot.errors import TryLater
from bot.facts import CaseNumber
from bot.pace import GROUP_ACTS, GROUP_WINDOW
from bot.posts import Rank, queue_post
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind
from tests.chat_room import GROUP, ChatRoom
from tests.conftest import MONDAY, FrozenClock

CITIZENS, OFFICERS, MINUTES = 300, 5, 5
TOPICS = 20
SLOW, QUICK = 2.0, 0.2
ASKED_TO_WAIT = timedelta(seconds=1)


class Time(FrozenClock):
    """A clock on which tasks sleep, and which jumps from one of their instants to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    @property
    def sleeping(self) -> int:
        return len(self._sleepers)

    @property
    def seconds(self) -> float:
        return (self.instant - MONDAY).total_seconds()

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.instant + timedelta(seconds=seconds), next(self._order), future))
        await future

    def next_at(self) -> datetime:
        return self._sleepers[0][0] if self._sleepers else datetime.max.replace(tzinfo=MONDAY.tzinfo)

    def go_to(self, instant: datetime) -> None:
        self.instant = max(instant, self.instant)
        while self._sleepers and self._sleepers[0][0] <= self.instant:
            heapq.heappop(self._sleepers)[2].set_result(None)


class Wake(asyncio.Event):
    """Tells whether somebody waits for it."""

    waiting = False

    async def wait(self) -> bool:  # type: ignore[override]
        self.waiting = True
        try:
            return await super().wait()
        finally:
            self.waiting = False


@dataclass
class Rush:
    """What is to happen, and what did."""

    room: ChatRoom
    time: Time
    chance: random.Random
    wake: Wake = field(default_factory=Wake)
    plan: list[tuple[float, int, Callable[[Ledger], None]]] = field(default_factory=list)
    queued_at: dict[str, float] = field(default_factory=dict)
    done_at: dict[str, float] = field(default_factory=dict)
    longest_queue: int = 0
    refused: int = 0
    taken_over: int = 0

    def at(self, second: float, act: Callable[[Ledger], None]) -> None:
        heapq.heappush(self.plan, (round(second, 3), len(self.plan), act))

    def post(self, ledger: Ledger, words: str, chat: ChatId, **more: object) -> None:
        self.queued_at[words] = self.time.seconds
        queue_post(ledger, chat, words, **more)  # type: ignore[arg-type]

    async def takes(self, post: Post) -> None:
        if post.chat < 0 and self.chance.random() < 0.05:
            self.refused += 1
            raise TryLater("flood", after=ASKED_TO_WAIT)
        await self.time.sleep(SLOW if post.chat < 0 else QUICK)

    async def play(self, until: float) -> None:
        """Go from event to event until nothing is left to do, or so many seconds have passed."""
        outbox = self.room.outbox
        running = asyncio.create_task(outbox.run(self.wake))
        while self.time.seconds < until:
            await self._act()
            self.wake.set()
            while not (self.wake.waiting and not self.wake.is_set() and len(outbox._lanes) == self.time.sleeping):
                assert not running.done()
                await asyncio.sleep(0.0002)
            waits = await self.room.undone()
            self.longest_queue = max(self.longest_queue, waits)
            if not (waits or self.plan):
                break
            following = [self.time.next_at(), self.time.instant + timedelta(seconds=1)]
            if self.plan:
                following.append(MONDAY + timedelta(seconds=self.plan[0][0]))
            if outbox._turns.next_at is not None:
                following.append(outbox._turns.next_at)
            self.time.go_to(on_the_tenth(min(following)))
        await outbox.finish(running, self.wake, 5)

    async def _act(self) -> None:
        due = []
        while self.plan and self.plan[0][0] <= self.time.seconds:
            due.append(heapq.heappop(self.plan)[2])
        if due:
            async with self.room.database.writing() as connection:
                ledger = await open_ledger(connection, Wanted(), self.time.now())
                for act in due:
                    act(ledger)
                await ledger.write(connection)

    def waited(self, prefix: str) -> list[float]:
        return sorted(self.done_at[words] - at for words, at in self.queued_at.items() if words.startswith(prefix))


def on_the_tenth(instant: datetime) -> datetime:
    """The next tenth of a second: what happens within one is taken together."""
    return MONDAY + timedelta(milliseconds=100) * -((MONDAY - instant) // timedelta(milliseconds=100))


@pytest_asyncio.fixture
async def rush(database: Database) -> Rush:
    time = Time()
    room = await ChatRoom(database, time).begin()
    made = Rush(room, time, random.Random(11))
    room.chats.takes = made.takes
    return made


def citizen_writes(rush: Rush, number: int) -> Callable[[Ledger], None]:
    """The receipt goes to the citizen, and the group's board is written anew."""

    def act(ledger: Ledger) -> None:
        rush.post(ledger, f"kvitto {number}", ChatId(1 + number), kind=MailKind.ACKNOWLEDGEMENT)
        rush.post(ledger, f"tavla {number}", GROUP, form=Form(edits=PostId(1)), replaces="board")

    return act


def citizen_adds(rush: Rush, case: CaseNumber, number: int) -> Callable[[Ledger], None]:
    """Somebody whose case has a topic writes more: it is shown there."""
    topic = number % TOPICS
    return lambda ledger: rush.post(
        ledger, f"text {number}", GROUP, case=case, thread=ThreadId(100 + topic), rank=Rank.CITIZEN
    )


def officer_acts(rush: Rush, officer: int, number: int) -> Callable[[Ledger], None]:
    """What the officer asked for is shown in the topic, and the card on top is changed."""

    def act(ledger: Ledger) -> None:
        words, thread = f"egen {officer} {number}", ThreadId(100 + officer)
        if rush.room.pace.left(GROUP, rush.time.now()) == 0:
            rush.taken_over += 1
            rush.post(ledger, words, ChatId(9000 + officer), rank=Rank.OWN_ACT)
        else:
            rush.post(ledger, words, GROUP, thread=thread, rank=Rank.OWN_ACT)
        rush.post(
            ledger, f"kort {officer} {number}", GROUP, form=Form(edits=PostId(50 + officer)), replaces=f"card{officer}"
        )

    return act


def plan(rush: Rush, cases: list[CaseNumber]) -> None:
    for number in range(CITIZENS):
        rush.at(rush.chance.uniform(0, 60), citizen_writes(rush, number))
    for number in range(3 * TOPICS):
        rush.at(rush.chance.uniform(0, 60), citizen_adds(rush, cases[number % TOPICS], number))
    for officer in range(OFFICERS):
        second = rush.chance.uniform(0, 45)
        for number in range(100):
            if second >= 60 * MINUTES:
                break
            rush.at(second, officer_acts(rush, officer, number))
            second += rush.chance.uniform(30, 60)


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_rush_is_got_through_in_order_within_bounds_and_no_officer_waits(rush: Rush) -> None:
    room = rush.room
    cases = [await room.case(ChatId(5000 + number)) for number in range(TOPICS)]
    plan(rush, cases)
    own = sum("officer_acts" in act.__qualname__ for *_, act in rush.plan)
    await rush.play(until=1800)
    drained = rush.time.seconds
    for one in room.chats.sent:
        for words in one.text.split("\n\n"):
            rush.done_at[words] = (one.at - MONDAY).total_seconds()
    boards = [words for words in rush.queued_at if words.startswith(("tavla", "kort")) and words not in rush.done_at]
    for words in boards:  # replaced by a newer one
        del rush.queued_at[words]
    tell(rush, own, drained, len(boards))

    assert await room.undone() == 0
    assert len(rush.waited("kvitto")) == CITIZENS
    assert rush.waited("kvitto")[-1] < 3
    assert len(rush.waited("egen")) == own >= 25
    assert rush.waited("egen")[-1] <= 5
    assert rush.waited("text")[-1] < 8 * 60
    assert rush.longest_queue <= 2 * CITIZENS + 3 * TOPICS
    for officer in range(OFFICERS):
        acts = [words for words in rush.done_at if words.startswith(f"egen {officer} ")]
        assert acts == sorted(acts, key=lambda words: int(words.split()[2]))
    for topic in range(TOPICS):
        texts = [words for words in rush.done_at if words.startswith("text") and int(words[5:]) % TOPICS == topic]
        assert sorted(texts, key=lambda words: rush.queued_at[words]) == texts
    assert_budgets(rush)


def assert_budgets(rush: Rush) -> None:
    calls = rush.room.chats.calls
    group = [call.at for call in calls if call.chat == GROUP]
    assert max(sum(at <= one < at + GROUP_WINDOW for one in group) for at in group) <= GROUP_ACTS
    per_second = Counter(int((call.at - MONDAY).total_seconds()) for call in calls)
    assert max(per_second.values()) <= 50  # 25 in any second: at most twice that in two halves
    everything = [call.at for call in calls]
    assert max(sum(at <= one < at + timedelta(seconds=1) for one in everything) for at in everything) <= 25


def tell(rush: Rush, own: int, drained: float, replaced: int) -> None:
    group = [one for one in rush.room.chats.sent if one.post.chat == GROUP]
    merged = sum("\n\n" in one.text for one in group)
    print(f"\n{CITIZENS} citizens in a minute, {own} own acts of {OFFICERS} officers in {MINUTES} minutes")
    for name, prefix in (("receipts", "kvitto"), ("own acts", "egen"), ("texts to the group", "text")):
        waited = rush.waited(prefix)
        ninety = waited[int(0.9 * len(waited))]
        print(f"{name}: {len(waited)}, waited {median(waited):.1f} s, 90 % {ninety:.1f} s, most {waited[-1]:.1f} s")
    print(
        f"group: {len(group)} posts, {rush.refused} times 429, {merged} of several texts, {replaced} changes replaced"
    )
    print(f"{rush.taken_over} own acts shown in the private chat")
    print(f"longest queue {rush.longest_queue}, drained after {drained:.0f} s")
