"""Where a case is shown, on both engines: shared groups, other groups, private chats, groups without topics."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.chat import ChatKind
from bot.facts import FactKind
from bot.office import ChatRules, Shown
from bot.store.chat_rows import TopicState
from bot.store.database import Database
from tests.conftest import FrozenClock
from tests.group_scene import GROUP, WORDS, Scene, office_with_group, photo

OTHER = -2002


@pytest_asyncio.fixture
async def scene(database: Database, clock: FrozenClock) -> AsyncIterator[Scene]:
    await database.try_intake()
    yield Scene(database, clock)


@pytest.mark.asyncio
async def test_several_units_share_a_group(scene: Scene) -> None:
    scene.office = office_with_group(bygg={"group": GROUP})
    ours, theirs = await scene.ask(), await scene.ask(unit="bygg")
    await scene.pass_time(20)
    assert [scene.group.topic(case)[1].open for case in (ours, theirs)] == [True, True]
    await scene.fact(ours, FactKind.TRANSFERRED, unit="bygg", officer="")
    await scene.pass_time(20)
    assert len(scene.group.topics) == 2


@pytest.mark.asyncio
async def test_what_is_handed_to_another_group_stands_there_alone(scene: Scene) -> None:
    other = scene.chats.group(OTHER)
    scene.office = office_with_group(bygg={"group": OTHER})
    case = await scene.ask()
    await scene.pass_time(20)
    await scene.fact(case, FactKind.TRANSFERRED, unit="bygg", officer="")
    await scene.pass_time(20)
    assert scene.group.topics == {}
    assert other.words(case)[0].endswith(WORDS)
    row = await scene.row(case)
    assert row is not None
    assert (row.chat, row.state) == (OTHER, TopicState.OPEN)
    await scene.fact(case, FactKind.TRANSFERRED, unit="kc", officer="anna")
    await scene.pass_time(20)
    assert (other.topics, len(scene.group.topics)) == ({}, 1)


@pytest.mark.asyncio
async def test_a_unit_that_gets_another_group_begins_there(scene: Scene) -> None:
    case = await scene.ask()
    await scene.pass_time(20)
    other = scene.chats.group(OTHER)
    scene.office = office_with_group(kc={"group": OTHER})
    await scene.pass_time(20)
    assert other.words(case)[0].endswith(WORDS)
    assert len(scene.group.topics) == 1  # nobody looks after the old group any more


@pytest.mark.asyncio
async def test_the_owner_gets_the_card_in_private_when_the_group_is_behind(scene: Scene) -> None:
    await scene.link("anna", 500)
    first, second = await scene.ask_many(2)
    await scene.ask_many(9)
    await scene.round()
    await scene.take(first)
    await scene.take(second)
    await scene.pass_time(1)
    assert len(scene.group.topics) == 1
    (post,) = await scene.queued()
    behind = CASES.findall(post["text"])[0]
    assert {behind} | {title[:10] for title in _titles(scene)} == {first, second}
    assert (post["to_addr"], post["replaces"], post["case"]) == ("telegram:500", f"card:{behind}", behind)
    assert (post["officer"], post["rank"]) == ("anna", 0)
    assert f"ans:{behind}" in post["form"]
    await scene.pass_time(30)
    assert len(scene.group.topics) == 2
    assert len(await scene.queued()) == 1


CASES = re.compile(r"K-\w{6}-\w")


def _titles(scene: Scene) -> list[str]:
    return [topic.title for topic in scene.group.topics.values()]


@pytest.mark.asyncio
async def test_an_owner_without_a_private_chat_waits_for_the_group(scene: Scene) -> None:
    for case in await scene.ask_many(2):
        await scene.take(case)
    await scene.pass_time(30)
    assert len(scene.group.topics) == 2
    assert await scene.queued() == []


@pytest.mark.asyncio
async def test_a_plain_group_has_cards_and_replies(scene: Scene) -> None:
    scene.group.kind = ChatKind.GROUP
    case = await scene.ask()
    await scene.round()
    _, card = scene.group.general
    assert card.text.endswith(WORDS)
    assert scene.group.did("make_topic") == 0
    await scene.ask("Mer", case=case)
    await scene.round()
    reply = scene.group.general[-1]
    assert (reply.text, reply.form.reply_to) == ("Den som frågar skrev kl. 09.12:\nMer", card.id)
    await scene.take(case)
    await scene.round()
    assert "Släpp" in scene.group.messages[card.id].buttons
    await scene.close(case)
    await scene.round()
    assert scene.group.messages[card.id].buttons == ["Öppna igen", "Anteckning", "Mer"]
    assert (await scene.row(case)).state is TopicState.DELETED  # type: ignore[union-attr]
    await scene.ask("Igen", case=case)
    await scene.pass_time(5)
    assert [one.text.partition("\n")[0] for one in scene.group.general[-2:]] == [
        f"{case} · felanmälan", "Den som frågar skrev kl. 09.12:",
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_without_group_or_chats_or_the_intake_nothing_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.ask()
    with_group = scene.office
    scene.office = office_with_group(kc={"group": 0})
    assert await scene.round() == 0
    scene.office = replace(with_group, chat=None)
    assert await scene.round() == 0
    scene.office = with_group
    monkeypatch.setattr(Database, "has_intake", False)
    assert await scene.round() == 0
    monkeypatch.undo()
    assert await scene.round() > 0


@pytest.mark.asyncio
async def test_a_long_case_begins_with_its_latest_messages(scene: Scene) -> None:
    cases = await scene.ask_many(8)
    for number in range(9):
        await scene.ask(f"Rad {number}.", case=cases[0])
    await scene.pass_time(3)
    await scene.take(cases[0])
    await scene.pass_time(3)
    _, words = scene.group.words(cases[0])
    assert re.findall(r"Rad (\d)", words) == ["4", "5", "6", "7", "8"]


@pytest.mark.asyncio
async def test_shown_in_short(scene: Scene) -> None:
    scene.office = office_with_group(ChatRules(shown=Shown.SHORT))
    case = await scene.ask("ord " * 100, attached=[photo()])
    await scene.pass_time(5)
    told = "".join(scene.group.words(case))
    assert "ord…" in told
    assert len(told) < 1_000
    assert not any(one.form.file for one in scene.group.messages.values())


@pytest.mark.asyncio
async def test_a_slow_group_holds_up_no_other(scene: Scene) -> None:
    scene.office = office_with_group(bygg={"group": OTHER})
    other = scene.chats.group(OTHER)
    scene.group.gate = asyncio.Event()
    wake = asyncio.Event()
    running = asyncio.create_task(scene.view.run(wake))
    await scene.ask()
    case = await scene.ask(unit="bygg")
    wake.set()
    async with asyncio.timeout(10):
        while not any(case in topic.title for topic in other.topics.values()):
            await asyncio.sleep(0.01)
    assert scene.group.messages == {}
    scene.group.gate.set()
    async with asyncio.timeout(10):
        while not scene.group.pinned:
            await asyncio.sleep(0.01)
        while scene.view.next_at() is None:
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
