"""The view against the emulated service, over the wire: what the group really shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.telegram_api import TelegramChats
from bot.chat import Chats
from bot.facts import CaseNumber
from bot.store.chat_rows import TopicState
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from sandbox.bot_api import BotApi, TgGroup, TgMessage, TgPerson, TgTopic
from tests.conftest import FrozenClock
from tests.group_scene import WORDS, Scene, office_with_group, photo
from tests.telegram_ways import chats_of, met, staff_group
from tests.tg import telegram

pytestmark = pytest.mark.asyncio


class Wired(Scene):
    """The scene with the emulated service behind its port."""

    def __init__(self, database: Database, clock: FrozenClock, port: Chats, api: BotApi, there: TgGroup) -> None:
        super().__init__(database, clock, office_with_group(kc={"group": there.id}))
        self.api, self.there, self.port = api, there, port
        self.restart()

    def topics(self) -> list[TgTopic]:
        return [topic for topic in self.there.topics.values() if not topic.deleted]

    def told(self, case: CaseNumber) -> list[TgMessage]:
        """What we wrote in the one topic of a case."""
        (topic,) = [topic for topic in self.topics() if topic.name.startswith(case)]
        return [one for one in self.there.in_topic(topic.id) if one.by_bot and not one.service]


@asynccontextmanager
async def wired(tmp_path: Path, clock: FrozenClock, *, forum: bool = True) -> AsyncIterator[tuple[Wired, TgPerson]]:
    database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/kommunsvar.db"))
    await migrate(database)
    await database.take_ownership()
    try:
        async with telegram(clock.now) as api, chats_of(api, clock) as chats:
            assert isinstance(chats, TelegramChats)
            group, anna = await staff_group(api)
            if not forum:
                group = api.world.plain_group("Kontaktcenter", [anna])
                await group.add_bot(by=anna)
            yield Wired(database, clock, chats, api, group), anna
    finally:
        await database.close()


async def test_a_case_from_its_first_words_to_its_end(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, _):
        elsa = await met(scene.api)
        picture = await elsa.photo(caption="Se här")
        case = await scene.ask(attached=[photo(remote=picture.files[0].id)])
        await scene.pass_time(10)
        card, shown = scene.told(case)
        assert card.text.endswith(WORDS)
        assert (card.pinned, card.protected) == (True, True)
        assert [label for row in card.buttons for label, _ in row][:3] == ["Ta", "Svara", "Delbesked"]
        assert (shown.kind, shown.text, shown.protected) == ("photo", "Till meddelandet kl. 09.12:", True)
        assert shown.forward_origin is None
        (board,) = [one for one in scene.there.in_topic(None) if one.by_bot and not one.service]
        assert (board.pinned, f"Ta {case}" in str(board.buttons)) == (True, True)
        await scene.take(case)
        await scene.ask("Nu <blinkar> den & surrar.", case=case)
        await scene.answer(case)
        await scene.close(case)
        await scene.pass_time(60, every=5)
        assert [one.text.partition("\n")[0] for one in scene.told(case)[2:]] == ["Den som frågar skrev kl. 09.12:"]
        assert "Nu <blinkar> den & surrar." in scene.told(case)[2].text
        assert "Skickat till den som frågade kl. 09.12 av Anna Exempel." in scene.told(case)[2].text
        (topic,) = scene.topics()
        assert (topic.name, topic.closed) == (f"{case} · felanmälan · avslutad", True)
        scene.clock.forward(days=14)
        await scene.pass_time(4)
        assert scene.topics() == []


async def test_a_topic_taken_away_by_hand_is_made_again(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, _):
        case = await scene.ask()
        await scene.pass_time(10)
        await scene.there.delete_topic(scene.topics()[0].id)
        await scene.ask("Hallå?", case=case)
        await scene.pass_time(20)
        assert [one.text.rpartition("\n")[2] for one in scene.told(case)] == [WORDS, "Hallå?"]


async def test_a_topic_whose_making_nobody_heard_of(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, _):
        scene.api.faults.lose_reply("createForumTopic")
        case = await scene.ask()
        await scene.pass_time(90, every=10)
        row = await scene.row(case)
        assert row is not None
        orphan, used = scene.topics()
        assert (row.thread, len(scene.there.in_topic(orphan.id))) == (used.id, 1)


async def test_rights_taken_away(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, anna):
        await scene.ask()
        await scene.pass_time(10)
        await scene.there.set_rights(["can_pin_messages", "can_delete_messages"], by=anna)
        other = await scene.ask("En annan")
        await scene.pass_time(20)
        (mail,) = await scene.queued()
        assert "Boten får inte hantera ämnen." in mail["text"]
        assert len(scene.topics()) == 1
        await scene.ask("Mer", case=other)
        await scene.pass_time(60, every=5)
        card, reply = [one for one in scene.there.in_topic(None) if one.by_bot and not one.service][-2:]
        assert (card.text.endswith("En annan"), reply.reply_to) == (True, card.id)


async def test_thrown_out(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, anna):
        case = await scene.ask()
        await scene.pass_time(10)
        await scene.there.remove_bot(anna)
        await scene.ask("Hallå?", case=case)
        await scene.pass_time(60, every=10)
        (mail,) = await scene.queued()
        assert "Boten är inte med i gruppen." in mail["text"]
        await scene.there.add_bot(by=anna)
        await scene.pass_time(600, every=30)
        assert scene.told(case)[-1].text.endswith("Hallå?")


async def test_a_plain_group_that_gets_another_number(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock, forum=False) as (scene, anna):
        case = await scene.ask()
        await scene.pass_time(10)
        assert [one.text.endswith(WORDS) for one in scene.there.messages if one.by_bot and not one.service][-1]
        old, scene.there = scene.there, await scene.there.migrate()
        await scene.there.set_rights(["can_pin_messages", "can_delete_messages"], by=anna)
        await scene.ask("Hallå?", case=case)
        await scene.pass_time(30, every=5)
        assert dict(scene.view.moved) == {old.id: scene.there.id}
        told = [one.text for one in scene.there.messages if one.by_bot and not one.service]
        assert any(text.endswith(WORDS) for text in told)
        assert any("Hallå?" in text for text in told)


async def test_sixty_at_once_and_three_taken_never_meet_a_refusal(tmp_path: Path, clock: FrozenClock) -> None:
    async with wired(tmp_path, clock) as (scene, _):
        cases = await scene.ask_many(60)
        await scene.pass_time(60, every=10)
        assert scene.topics() == []
        for case in cases[:3]:
            await scene.take(case)
        await scene.pass_time(60)
        assert {topic.name[:10] for topic in scene.topics()} == set(cases[:3])
        assert all(call.ok for call in scene.api.calls)
        rows = [await scene.row(case) for case in cases[:3]]
        assert {row.state for row in rows if row} == {TopicState.OPEN}
