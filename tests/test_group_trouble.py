"""What goes wrong in groups, on both engines: each trap of topics, and what is left when a process dies."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.chat import ChatId, ChatKind
from bot.facts import FactKind
from bot.store.chat_rows import TopicState
from bot.store.database import Database
from bot.store.group_reading import moved_groups
from bot.store.group_records import record_move
from tests.conftest import FrozenClock
from tests.group_scene import GROUP, WORDS, Scene

OTHER, NEW = -2002, -3003


class Killed(BaseException):
    """The process ends here."""


@pytest_asyncio.fixture
async def scene(database: Database, clock: FrozenClock) -> AsyncIterator[Scene]:
    await database.try_intake()
    yield Scene(database, clock)


async def killed(scene: Scene, method: str) -> None:
    """The service does it, and the process dies before that is written down."""
    scene.chats.fail(method, Killed(), applied=True)
    with pytest.raises(BaseExceptionGroup):
        await scene.round()
    scene.restart()


# Dying


@pytest.mark.asyncio
async def test_killed_between_a_topic_and_its_record_one_orphan_is_left(scene: Scene) -> None:
    case = await scene.ask()
    await killed(scene, "make_topic")
    await scene.pass_time(20, every=2)
    row = await scene.row(case)
    assert row is not None
    orphan, used = sorted(scene.group.topics)
    assert (row.thread, scene.group.in_topic(orphan)) == (used, [])
    assert scene.group.topics[orphan].title.startswith(case)  # so that somebody may take it away
    assert scene.group.in_topic(used)[0].text.endswith(WORDS)
    assert await scene.pass_time(60, every=10) == 0


@pytest.mark.parametrize("method", ["post", "pin", "edit", "name_topic", "close_topic"])
@pytest.mark.asyncio
async def test_killed_anywhere_else_everything_comes_to_stand_there(scene: Scene, method: str) -> None:
    case = await scene.shown()
    await scene.take(case)
    await scene.ask("Nu då?", case=case)
    await scene.answer(case)
    await scene.close(case)
    scene.chats.fail(method, Killed(), applied=True)
    for _ in range(30):
        try:
            await scene.round()
        except BaseExceptionGroup:
            scene.restart()
        scene.clock.forward(seconds=6)
    (thread, topic) = scene.group.topic(case)
    assert (topic.open, topic.title) == (False, f"{case} · felanmälan · avslutad")
    told = "\n".join(one.text for one in scene.group.in_topic(thread))
    assert 1 <= told.count("Nu då?") <= 2
    assert "Läge: avslutad" in told


# Taken away, closed, moved


@pytest.mark.asyncio
async def test_a_deleted_topic_is_made_again_with_what_was_written(scene: Scene) -> None:
    case = await scene.shown()
    await scene.ask("Nu blinkar den.", case=case)
    await scene.round()
    scene.chats.delete_by_hand(GROUP, case)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(20, every=2)
    card, words = scene.group.words(case)
    assert card.endswith(WORDS)
    assert "Nu blinkar den." in words
    assert "Hallå?" in words


@pytest.mark.asyncio
async def test_but_once_an_hour_at_most_and_else_it_stands_on_the_board(scene: Scene) -> None:
    case = await scene.shown()
    for number in range(5):
        if scene.group.topics:
            scene.chats.delete_by_hand(GROUP, case)
        await scene.ask(f"Rad {number}", case=case)
        await scene.pass_time(60, every=10)
    assert scene.group.topics == {}
    assert scene.group.did("make_topic") == 2
    assert case in scene.board()
    scene.clock.forward(hours=1)
    await scene.pass_time(10, every=2)
    assert "Rad 4" in scene.group.words(case)[1]
    assert scene.group.did("make_topic") == 3


@pytest.mark.asyncio
async def test_a_topic_deleted_after_its_case_was_closed_stays_away(scene: Scene) -> None:
    case = await scene.shown()
    await scene.close(case)
    scene.chats.delete_by_hand(GROUP, case)
    await scene.pass_time(60, every=10)
    assert scene.group.topics == {}
    row = await scene.row(case)
    assert row is not None
    assert (row.state, row.dirty) == (TopicState.DELETED, False)


@pytest.mark.asyncio
async def test_a_topic_closed_by_hand_is_opened_and_written_in(scene: Scene) -> None:
    case = await scene.shown()
    _, topic = scene.group.topic(case)
    topic.open, scene.group.admin = False, False
    await scene.ask("Hallå?", case=case)
    await scene.round()
    assert topic.open
    assert "Hallå?" in scene.group.words(case)[-1]
    assert scene.group.did("open_topic") == 1


@pytest.mark.asyncio
async def test_a_card_that_is_gone_is_sent_anew(scene: Scene) -> None:
    case = await scene.shown()
    thread, _ = scene.group.topic(case)
    old = scene.group.in_topic(thread)[0]
    del scene.group.messages[old.id]
    await scene.take(case)
    await scene.pass_time(10, every=2)
    (card,) = scene.group.in_topic(thread)
    assert "Har ärendet: Anna Exempel" in card.text
    row = await scene.row(case)
    assert row is not None
    assert (row.card, card.id > old.id) == (card.id, True)


@pytest.mark.asyncio
async def test_a_board_that_is_gone_is_sent_anew(scene: Scene) -> None:
    await scene.shown()
    scene.group.messages.clear()
    scene.clock.forward(minutes=1)
    await scene.ask_many(3, channel="mail")
    await scene.pass_time(60, every=10)
    assert scene.board().startswith("4 ärenden väntar på svar")


@pytest.mark.asyncio
async def test_a_group_with_a_new_number_begins_anew_there(scene: Scene) -> None:
    case = await scene.shown()
    await scene.take(case)
    await scene.round()
    new = scene.chats.migrate(GROUP, NEW)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(30, every=2)
    assert new.words(case)[0].endswith(WORDS)
    assert "Hallå?" in new.words(case)[1]
    assert dict(scene.view.moved) == {GROUP: NEW}
    assert set(await scene.group_rows()) == {NEW}
    (mail,) = await scene.queued()
    assert (mail["to_addr"], str(NEW) in mail["text"]) == ("admin@kommun.example", True)
    acts = len(scene.group.acts)
    scene.restart()
    await scene.ask("Igen", case=case)
    await scene.pass_time(10, every=2)
    assert "Igen" in new.words(case)[-1]
    assert (len(new.topics), len(scene.group.acts)) == (1, acts)  # the old number is never used again
    assert len(await scene.queued()) == 1


@pytest.mark.asyncio
async def test_a_new_number_that_somebody_else_was_told_is_followed(scene: Scene) -> None:
    await scene.shown()
    new = scene.chats.migrate(GROUP, NEW)
    async with scene.database.writing() as connection:
        await record_move(connection, ChatId(GROUP), ChatId(NEW))
        await record_move(connection, ChatId(NEW), ChatId(-4004))
        await record_move(connection, ChatId(-4004), ChatId(NEW - 1))
    new.moved_to = ChatId(NEW - 1)
    last = scene.chats.group(NEW - 1)
    async with scene.database.reading() as connection:
        assert (await moved_groups(connection))[ChatId(GROUP)] == NEW - 1
    scene.clock.forward(minutes=1)
    await scene.pass_time(20, every=2)
    assert last.topics


@pytest.mark.asyncio
async def test_closed_cases_of_a_group_that_moved_are_let_rest(scene: Scene) -> None:
    case = await scene.shown()
    await scene.close(case)
    await scene.pass_time(20, every=2)
    new = scene.chats.migrate(GROUP, NEW)
    await scene.ask(channel="mail")
    scene.clock.forward(minutes=1)
    await scene.pass_time(20, every=5)
    row = await scene.row(case)
    assert row is not None
    assert (new.topics, row.state, row.dirty) == ({}, TopicState.DELETED, False)


# What we may not do


@pytest.mark.asyncio
async def test_without_the_right_to_topics_there_are_cards_and_one_mail(scene: Scene) -> None:
    scene.group.lacks = {"topics", "pin"}
    case = await scene.ask()
    await scene.pass_time(1300, every=100)
    board, card = scene.group.general
    assert (board.text.startswith("1 ärende"), card.text.endswith(WORDS)) == (True, True)
    (mail,) = await scene.queued()
    assert mail["to_addr"] == "admin@kommun.example"
    assert "Kontaktcenter" in mail["subject"]
    assert mail["text"].count("- Boten får inte") == 2
    assert "hantera ämnen" in mail["text"]
    scene.restart()
    await scene.pass_time(700, every=100)
    assert len(await scene.queued()) == 1
    scene.group.lacks = set()
    await scene.pass_time(700, every=100)
    await scene.ask("Mer", case=case)
    await scene.ask("En annan fråga")
    await scene.pass_time(20, every=2)
    assert len(scene.group.topics) == 1  # what was begun as a card goes on as one
    assert scene.group.general[-1].form.reply_to == card.id


@pytest.mark.asyncio
async def test_a_right_lost_in_between_is_noticed_when_it_is_missed(scene: Scene) -> None:
    case = await scene.shown()
    scene.group.lacks = {"topics"}
    await scene.take(case)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(30, every=5)
    assert scene.group.words(case)[1:] == ["Den som frågar skrev kl. 09.12:\nHallå?"]
    assert "Anna Exempel" in scene.group.words(case)[0]
    assert (await scene.group_rows())[GROUP]["lacks"] == "topics"
    assert len(await scene.queued()) == 1
    assert scene.group.did("name_topic") == 1
    scene.group.lacks = set()
    await scene.pass_time(620, every=20)
    assert scene.group.topic(case)[1].title.endswith("· tagen")


@pytest.mark.asyncio
async def test_thrown_out_of_the_group_we_rest_and_come_back(scene: Scene) -> None:
    case = await scene.shown()
    scene.group.member = False
    scene.group.acts.clear()
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(590, every=10)
    assert len(scene.group.acts) == 1
    (mail,) = await scene.queued()
    assert "Boten är inte med i gruppen." in mail["text"]
    scene.group.member = True
    await scene.pass_time(30, every=10)
    assert "Hallå?" in scene.group.words(case)[-1]
    assert (await scene.group_rows())[GROUP]["lacks"] == ""
    assert len(await scene.queued()) == 1


@pytest.mark.asyncio
async def test_a_number_that_is_no_group(scene: Scene) -> None:
    scene.group.kind = ChatKind.OTHER
    await scene.ask()
    await scene.pass_time(60, every=10)
    assert scene.group.acts == []
    (mail,) = await scene.queued()
    assert "Numret hör inte till en grupp." in mail["text"]


@pytest.mark.asyncio
async def test_what_may_not_be_deleted_is_emptied_and_closed(scene: Scene) -> None:
    case = await scene.shown()
    scene.group.lacks = {"delete"}
    await scene.fact(case, FactKind.MARKED, mark="secret", value="yes")
    await scene.pass_time(10, every=2)
    ((thread, topic),) = scene.group.topics.items()
    assert (topic.open, [one.text for one in scene.group.in_topic(thread)]) == (
        False,
        [f"{case} visas inte längre här."],
    )
    assert (await scene.row(case)).thread is None  # type: ignore[union-attr]
