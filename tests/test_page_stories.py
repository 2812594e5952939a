"""The three stories of the try-out world, each played to its end on the running service, and what is left behind."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat_buttons import Press
from bot.facts import FactKind, decode_data
from bot.store.schema import facts
from sandbox.page.stage import Stage
from sandbox.scene import GROUP, Scene
from sandbox.stories import STORIES
from sandbox.story_player import StoryPlayer, begin
from sandbox.story_step import Looks, Step, Story
from tests.page_world import PageWorld, page_world

Act = Callable[[Scene], Awaitable[Looks]]

pytestmark = pytest.mark.asyncio


async def _play(page: PageWorld, key: str) -> StoryPlayer:
    told = await page.does("story", story=key)
    assert told["went"]
    story = page.play.story
    assert story is not None
    while not story.over:
        assert not story.stuck, f"step {story.begun} of {key}: {story.why}"
        await page.does("story_next")
    assert not story.stuck, f"step {story.begun} of {key}: {story.why}"
    await page.does("hour")  # all that is under way has happened
    return story


async def _kinds(stage: Stage, case: str) -> list[FactKind]:
    async with stage.world.service.database.reading() as connection:
        rows = await connection.execute(select(facts.c.kind).where(facts.c.case == case).order_by(facts.c.seq))
        return [FactKind(row[0]) for row in rows]


def _told(stage: Stage, who: str) -> str:
    return "\n".join(one.text for one in stage.person(who).messages if one.by_bot)


async def test_a_broken_lamp_is_reported_answered_mended_and_counted(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        story = await _play(page, "lykta")
        stage, case = page.stage, story.scene.case
        kinds = await _kinds(stage, case)
        assert kinds.count(FactKind.RECEIVED) == 3  # the question, the album and the place: one case
        assert FactKind.ASSIGNED in kinds
        for kind in (FactKind.KIND_CHANGED, FactKind.ANSWERED, FactKind.OUTCOME):
            assert kinds.count(kind) == 1, kind
        elsa = _told(stage, "elsa")
        assert elsa.count("Lyktan lagas på torsdag.") == 1
        assert elsa.count("lagad och lyser igen") == 1
        assert "Har ärendet" not in elsa
        words = await page.words("?show=figures&week=2026-W47")
        # One contact, answered the same morning, seen on Tuesday 07.00 of the week after.
        assert "inom en arbetsdag (kommunens regel) 1 0 0 0 0 1 1 av 1" in words


async def test_a_secret_complaint_is_held_handed_over_and_answered_by_mail(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        story = await _play(page, "hemtjanst")
        stage, case = page.stage, story.scene.case
        kinds = await _kinds(stage, case)
        for kind in (FactKind.MARKED, FactKind.HELD, FactKind.TRANSFERRED, FactKind.ANSWERED, FactKind.OPENED):
            assert kind in kinds
        assert kinds.index(FactKind.HELD) < kinds.index(FactKind.TRANSFERRED) < kinds.index(FactKind.ANSWERED)
        async with stage.world.service.database.reading() as connection:
            rows = await connection.execute(select(facts.c.kind, facts.c.data).where(facts.c.case == case))
            told = {FactKind(row[0]): decode_data(row[1]) for row in rows}
        assert str(told[FactKind.HELD]["until"]) > str(told[FactKind.RECEIVED]["promised"])
        omar = _told(stage, "omar")
        assert omar.count("planerat till klockan sju") == 1
        assert "Han vill veta vad som ändras" not in omar  # that was for colleagues
        # Of the words nothing is left in the group once the case is secret.
        assert not any("klockan nio" in one.text for one in stage.world.group.messages)


async def test_praise_in_finnish_is_answered_in_finnish_and_thanks_promise_nothing(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        story = await _play(page, "berom")
        stage = page.stage
        assert FactKind.ANSWERED in await _kinds(stage, story.scene.case)
        assert _told(stage, "matti").count("ilahduimme kovasti") == 1
        assert 'lang="fi"' in await page.html("?person=matti")


async def test_a_story_can_be_played_again_in_the_same_world_and_in_one_go(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        first = (await _play(page, "berom")).scene.case
        await page.does("story_stop")
        assert "Steg" not in await page.words()
        await page.does("story", story="berom")
        await page.does("story_rest")
        story = page.play.story
        assert story is not None
        assert await page.stage.live.until(lambda: story.over or story.stuck, 60)
        assert not story.stuck
        assert story.scene.case != first
        words = await page.words()
        assert "Steg 5 av 5" in words
        assert "Slut. Titta gärna runt, eller välj något nytt." in words


async def test_each_step_is_told_and_shown_where_it_happens(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        told = await page.does("story", story="lykta")
        assert "pane=citizens" in told["to"]
        words = await page.words()
        assert "Trasig gatlykta Steg 1 av 8" in words
        assert "Elsa ser att gatlyktan är trasig." in words
        told = await page.does("story_next", told["to"])
        told = await page.does("story_next", told["to"])
        assert "room" not in told["to"]  # the board, which stands in General
        assert "pane=centre" in told["to"]
        told = await page.does("story_next", told["to"])
        assert "room=" in told["to"]


async def test_a_step_that_waits_in_vain_says_so_and_can_be_tried_again(tmp_path: Path) -> None:
    tried: list[int] = []

    async def fails_once(scene: Scene) -> Looks:
        tried.append(1)
        if len(tried) == 1:
            await scene.hears("elsa", holds="something that never comes")
        return {}

    async with page_world(tmp_path) as page:
        step = Step(says="Något händer.", act=fails_once)
        story = begin(page.stage, Story(key="x", title="X", told="Y", steps=(step, step)))
        story.scene.patience = 0.05
        page.play.story = story
        await page.does("story_next")
        assert (story.begun, story.stuck) == (1, True)
        assert story.why == "elsa hears nothing of 'something that never comes'"
        assert "Det här steget tog för lång tid." in await page.words()
        await page.does("story_next")
        assert (story.begun, story.stuck) == (1, False)
        assert "Det här steget tog för lång tid." not in await page.words()
        await page.does("story_next")
        assert (len(tried), story.over) == (3, True)


async def _stuck(page: PageWorld, act: Act, *, patience: float = 0.5) -> str:
    """Play a story of one step that does not go, and return what the page says of it."""
    story = begin(page.stage, Story(key="x", title="X", told="Y", steps=(Step(says="Något händer.", act=act),)))
    story.scene.patience = patience
    page.play.story = story
    await page.does("story_next")
    assert story.stuck
    return story.now(page.stage.texts("sv")).trouble


async def test_a_step_that_is_refused_tells_the_refusal(tmp_path: Path) -> None:
    async def takes_what_another_has(scene: Scene) -> Looks:
        await scene.asks("elsa", "När öppnar simhallen?")
        await scene.taps("anna", Press.TAKE, where=GROUP)
        await scene.taps("bo", Press.ANSWER, where=GROUP)
        await scene.replies("bo", "På lördag.", where=GROUP)
        return {}

    async with page_world(tmp_path) as page:
        trouble = await _stuck(page, takes_what_another_has, patience=20)
        assert trouble.startswith("Det här steget gick inte. Roboten svarade: Anna Exempel har ärendet.")
        assert trouble.endswith("Tryck Nästa för att försöka igen.")
        assert trouble in await page.words()


async def test_a_step_says_what_is_in_its_way(tmp_path: Path) -> None:
    async def writes(scene: Scene) -> Looks:
        await scene.writes("elsa", "Hej")
        return {}

    async def presses_nothing(scene: Scene) -> Looks:
        raise LookupError(scene.case)

    async with page_world(tmp_path) as page:
        assert "finns kanske inte längre" in await _stuck(page, presses_nothing)
        await page.stage.person("elsa").block()
        assert await _stuck(page, writes) == (
            "Elsa Exempel har blockerat kommunens robot. Tryck Nästa för att försöka igen."
        )


async def test_a_story_that_is_stopped_plays_no_further(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        page.play.pause = 3600
        await page.does("story", story="berom")
        await page.does("story_rest")
        assert len(page.play.tasks) == 1
        await page.does("story_stop")
        assert page.play.tasks == set()
        assert page.play.story is None
        assert "Trasig gatlykta" in await page.words()


async def test_every_story_has_a_key_of_its_own_and_steps_that_say_something() -> None:
    assert len({story.key for story in STORIES}) == len(STORIES) == 3
    for story in STORIES:
        assert all(step.says.endswith(".") for step in story.steps)
