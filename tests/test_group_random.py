"""Random days in a group: citizens, officers, people who delete topics, a service that fails, processes that die."""

import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import TryLater, Unsure
from bot.facts import CaseNumber, FactKind
from bot.pace import GROUP_ACTS, TOPIC_EVERY
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from tests.conftest import FrozenClock
from tests.group_scene import Scene
from tests.test_group_trouble import Killed

METHODS = ("post", "edit", "make_topic", "name_topic", "close_topic", "open_topic", "pin")
TITLE = re.compile(r"K-\w{6}-\w( · felanmälan · (ny|tagen|besvarad|avslutad|väntar inte på svar))?")


class Day:
    """One random day. `said` counts what each citizen wrote, by its mark; `rounds` goes through deaths."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.random = scene, random.Random(seed)
        self.cases: list[CaseNumber] = []
        self.secret: set[CaseNumber] = set()
        self.said: dict[str, CaseNumber] = {}
        self.deaths = self.doubts = 0

    async def round(self) -> int:
        try:
            return await self.scene.round()
        except BaseExceptionGroup:
            self.scene.view = self.scene.new_view()  # with the same pace: what a dead process did is counted too
            return 1

    async def happen(self) -> None:
        """Let one thing happen."""
        await self.random.choice(
            [self.ask, self.ask, self.write, self.write, self.take, self.answer, self.close, self.mark, self.fail,
             self.fail, self.take_away, self.shut]
        )()  # fmt: skip

    def _mark(self) -> str:
        return f"rad{len(self.said)}."

    async def ask(self) -> None:
        mark = self._mark()
        self.cases.append(await self.scene.ask(mark))
        self.said[mark] = self.cases[-1]

    async def write(self) -> None:
        if self.cases:
            mark, case = self._mark(), self.random.choice(self.cases)
            await self.scene.ask(mark, case=case)
            self.said[mark] = case

    async def take(self) -> None:
        if self.cases:
            await self.scene.take(self.random.choice(self.cases), self.random.choice(["anna", "bo"]))

    async def answer(self) -> None:
        if self.cases:
            await self.scene.answer(self.random.choice(self.cases))

    async def close(self) -> None:
        if self.cases:
            await self.scene.close(self.random.choice(self.cases))

    async def mark(self) -> None:
        if self.cases and self.random.random() < 0.3:
            case = self.random.choice(self.cases)
            await self.scene.fact(case, FactKind.MARKED, mark="secret", value="yes")
            self.secret.add(case)

    async def fail(self) -> None:
        method = self.random.choice(METHODS)
        kind = self.random.randrange(4)
        if kind == 0:
            self.scene.chats.fail(method, TryLater("flood", after=timedelta(seconds=self.random.randrange(1, 30))))
        elif kind == 1:
            self.scene.chats.fail(method, TryLater("connect", whole_channel=True))
        elif kind == 2 and method in {"post", "make_topic"}:
            self.doubts += 1
            self.scene.chats.fail(method, Unsure("timeout"), applied=self.random.random() < 0.5)
        else:
            self.deaths += 1
            self.scene.chats.fail(method, Killed(), applied=self.random.random() < 0.5)

    async def take_away(self) -> None:
        group = self.scene.group
        if group.topics and self.random.random() < 0.3:
            self.scene.chats._remove(group, self.random.choice(sorted(group.topics)))

    async def shut(self) -> None:
        if self.scene.group.topics and self.random.random() < 0.3:
            self.random.choice(list(self.scene.group.topics.values())).open = False


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 40))])
@pytest.mark.asyncio
async def test_after_a_random_day_all_is_as_it_should_be(tmp_path: Path, clock: FrozenClock, seed: int) -> None:
    database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/kommunsvar.db"))
    await migrate(database)
    await database.take_ownership()
    try:
        day = Day(Scene(database, clock), seed)
        for _ in range(80):
            await day.happen()
            await day.round()
            clock.forward(seconds=day.random.choice([1, 4, 15, 60]))
        day.scene.chats.faults.clear()
        for _ in range(150):
            await day.round()
            clock.forward(seconds=60)
        await check(day)
        assert day.cases
    finally:
        await database.close()


async def check(day: Day) -> None:
    scene, group = day.scene, day.scene.group
    assert await day.round() == 0
    assert group.busiest_minute() <= GROUP_ACTS
    assert (group.closest_topics() or TOPIC_EVERY) >= TOPIC_EVERY
    assert all(TITLE.fullmatch(topic.title) for topic in group.topics.values())
    rows = {case: await scene.row(case) for case in day.cases}
    used = {row.thread for row in rows.values() if row is not None and row.thread is not None}
    orphans = group.topics.keys() - used
    # Of a topic that somebody took away nobody knows before something happens in its case.
    assert all(not row.dirty for row in rows.values() if row is not None and row.thread in used - group.topics.keys())
    assert len(orphans) <= day.deaths + day.doubts
    for case, row in rows.items():
        if row is None or row.thread not in group.topics:
            continue
        told = "\n".join(one.text for one in group.in_topic(row.thread))
        marks = Counter(re.findall(r"rad\d+\.", told))
        assert all(day.said[mark] == case for mark in marks)  # nobody else's words
        if case in day.secret:
            assert not marks
        else:
            lately = [mark for mark, of in day.said.items() if of == case][-5:]
            assert set(lately) <= marks.keys(), (case, told)
            assert max(marks.values()) <= 2 + day.deaths + day.doubts
