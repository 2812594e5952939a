"""What the service says no to, for now, perhaps or for ever, and faults of ours; on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.chat import Elsewhere, No, Revoked
from bot.errors import Refused, TryLater, Unsure
from bot.groups.view import GroupView
from bot.store.database import Database
from tests.conftest import FrozenClock
from tests.group_scene import GROUP, WORDS, Scene, office_with_group, photo

OTHER, NEW = -2002, -3003


@pytest_asyncio.fixture
async def scene(database: Database, clock: FrozenClock) -> AsyncIterator[Scene]:
    await database.try_intake()
    yield Scene(database, clock)


# Not now, perhaps, never


@pytest.mark.asyncio
async def test_told_to_wait_this_group_waits_and_no_other(scene: Scene) -> None:
    scene.office = office_with_group(bygg={"group": OTHER})
    other = scene.chats.group(OTHER)
    scene.chats.fail("make_topic", TryLater("flood", after=timedelta(seconds=40)))
    await scene.ask()
    await scene.round()  # the first to ask is told
    held, free = (scene.group, other) if not scene.group.topics else (other, scene.group)
    await scene.ask(unit="bygg" if free is other else "kc")
    acts = len(held.acts)
    await scene.pass_time(39, every=1)
    assert (len(held.acts), len(free.topics) > 0) == (acts, True)
    await scene.pass_time(2)
    assert held.topics


@pytest.mark.asyncio
async def test_when_nothing_goes_through_all_groups_wait(scene: Scene) -> None:
    case = await scene.shown()
    scene.chats.fail("post", TryLater("connect", whole_channel=True), times=2)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(9, every=1)
    assert len(scene.group.words(case)) == 1
    await scene.pass_time(13, every=1)
    assert "Hallå?" in scene.group.words(case)[-1]
    assert scene.group.did("post") == 5  # board, card, two in vain, the words


@pytest.mark.asyncio
async def test_trouble_with_one_case_leaves_the_others_alone(scene: Scene) -> None:
    first, second = await scene.shown(), await scene.shown("En annan")
    scene.chats.fail("post", TryLater("file_unavailable"))
    await scene.ask("Hallå?", case=first)
    await scene.ask("Hej!", case=second)
    await scene.round()
    assert (len(scene.group.words(first)), len(scene.group.words(second))) == (1, 2)
    await scene.pass_time(60, every=5)
    assert "Hallå?" in scene.group.words(first)[-1]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.asyncio
async def test_words_of_which_nobody_knows_stand_there_twice_at_most(scene: Scene, times: int) -> None:
    case = await scene.shown()
    scene.chats.fail("post", Unsure("timeout"), applied=True, times=times)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(300, every=10)
    assert sum("Hallå?" in text for text in scene.group.words(case)) == 2
    await scene.ask("Igen", case=case)
    await scene.pass_time(200, every=10)
    assert any("Igen" in text for text in scene.group.words(case))


@pytest.mark.asyncio
async def test_a_topic_of_which_nobody_knows_is_made_again(scene: Scene) -> None:
    scene.chats.fail("make_topic", Unsure("timeout"))
    case = await scene.ask()
    await scene.pass_time(30, every=5)
    assert scene.group.topics == {}
    await scene.pass_time(60, every=10)
    assert scene.group.words(case)[0].endswith(WORDS)


@pytest.mark.parametrize("status", [No.BAD_TEXT, No.BAD_REQUEST, No.TOO_BIG])
@pytest.mark.asyncio
async def test_words_the_service_does_not_take_are_told_of(scene: Scene, status: No) -> None:
    case = await scene.shown()
    scene.chats.fail("post", Refused(status))
    await scene.ask("Hallå?", case=case)
    await scene.round()
    await scene.ask("Igen", case=case)
    await scene.round()
    assert scene.group.words(case)[1:] == [
        "Ett meddelande går inte att visa här. Läs det under Mer eller via e-post.",
        "Den som frågar skrev kl. 09.12:\nIgen",
    ]


@pytest.mark.asyncio
async def test_a_file_the_service_does_not_give_is_told_of(scene: Scene) -> None:
    case = await scene.shown()
    await scene.ask("", case=case, attached=[photo(0, name="stor.mov"), photo(1)])
    scene.chats.fail("post", Refused(No.TOO_BIG))
    await scene.pass_time(5)
    words, picture = scene.group.in_topic(scene.group.topic(case)[0])[1:]
    assert (words.text, picture.form.file) == ("Filen stor.mov går inte att visa här.", "remote-1")


@pytest.mark.asyncio
async def test_a_step_that_is_refused_for_good_is_tried_seldom(scene: Scene) -> None:
    case = await scene.shown()
    scene.chats.fail("name_topic", Refused(No.BAD_REQUEST), times=100)
    await scene.take(case)
    await scene.pass_time(3000, every=50)
    assert scene.group.did("name_topic") <= 6


@pytest.mark.parametrize("error", [Revoked("401"), Elsewhere("409")])
@pytest.mark.asyncio
async def test_refused_altogether_nothing_is_tried_for_long(scene: Scene, error: Exception) -> None:
    case = await scene.shown()
    acts = len(scene.group.acts)
    scene.chats.fail("post", error)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(590, every=10)
    assert len(scene.group.acts) == acts + 1
    await scene.pass_time(20, every=10)
    assert "Hallå?" in scene.group.words(case)[-1]


@pytest.mark.asyncio
async def test_a_fault_of_ours_in_one_case_leaves_the_others_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = await scene.shown(), await scene.shown("En annan")
    right = "bot.groups.look.card_of"

    def wrong(office: object, seen: object, now: object) -> object:
        from bot.groups.card import card_of

        if seen.case.number == first:  # type: ignore[attr-defined]
            raise RuntimeError(WORDS)
        return card_of(office, seen, now)  # type: ignore[arg-type]

    monkeypatch.setattr(right, wrong)
    await scene.ask("Hallå?", case=first)
    await scene.ask("Hej!", case=second)
    await scene.pass_time(10, every=2)
    assert (len(scene.group.words(first)), len(scene.group.words(second))) == (1, 2)
    assert WORDS not in caplog.text
    monkeypatch.undo()
    await scene.pass_time(620, every=20)
    assert "Hallå?" in scene.group.words(first)[-1]


@pytest.mark.asyncio
async def test_a_group_that_cannot_be_read_rests_and_the_other_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scene.chats.group(OTHER)
    scene.office = office_with_group(bygg={"group": OTHER})
    await scene.shown()
    monkeypatch.setattr("bot.groups.work.look_at_group", _failing(GROUP))
    await scene.ask("Hallå?")
    case = await scene.ask(unit="bygg")
    await scene.pass_time(20, every=5)
    assert other.words(case)
    assert len(scene.group.topics) == 1
    monkeypatch.undo()
    await scene.pass_time(600, every=20)
    assert len(scene.group.topics) == 2


def _failing(chat: int) -> object:
    from bot.groups.look import look_at_group

    async def look(connection: object, office: object, place: object, pace: object, now: object) -> object:
        if place.chat == chat:  # type: ignore[attr-defined]
            raise RuntimeError("no")
        return await look_at_group(connection, office, place, pace, now)  # type: ignore[arg-type]

    return look


@pytest.mark.asyncio
async def test_two_views_at_once_would_be_two_processes_and_only_one_has_the_intake(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: GroupView = scene.new_view()
    case = await scene.ask()
    await scene.round()
    monkeypatch.setattr(Database, "has_intake", False)
    await scene.ask("Hallå?", case=case)
    assert await other.round() == 0
