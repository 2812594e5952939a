"""An officer's first day: each task is known as done by what happens in the world, whichever way it is done."""

import re
from pathlib import Path

import pytest

from bot.case import numbers_in
from bot.chat_buttons import Press
from bot.facts import CaseNumber
from sandbox.page.guide import TaskNow
from sandbox.practice import CHECKS, Practice
from sandbox.practice_texts import TASK_TEXTS
from sandbox.scene import GROUP, Scene
from tests.page_world import PageWorld, page_world

pytestmark = pytest.mark.asyncio

NINA = "nina@kommun.example"


async def _begun(page: PageWorld) -> Practice:
    await page.does("practice")
    practice = page.play.practice
    assert practice is not None
    return practice


async def _tasks(page: PageWorld) -> tuple[TaskNow, ...]:
    return (await page.play.guide("sv")).tasks


async def _is_done(page: PageWorld, number: int) -> bool:
    """Tell whether a task (the first is 1) is known as done; looks after each change."""
    for _ in range(40):
        version = page.stage.live.version
        if (await _tasks(page))[number - 1].done:
            return True
        await page.stage.live.until(lambda seen=version: page.stage.live.version != seen, 1)  # type: ignore[misc]
    return False


async def _links(page: PageWorld) -> None:
    """Do the first task as a newcomer would: the code is in the mailbox."""
    for text in ("/anslut", NINA):
        await page.does("write", who="nina", where="private", text=text)

    def code() -> str | None:
        told = [one.text for one in page.stage.letters if one.box == NINA and not one.sent]
        found = re.search(r"\d{3} \d{3}", told[-1]) if told else None
        return found[0] if found else None

    assert await page.stage.live.until(lambda: code() is not None, 20)
    await page.does("write", who="nina", where="private", text=str(code()))
    assert await _is_done(page, 1)


async def _newest(page: PageWorld, words: str) -> Scene:
    """Return a scene in the case in which a citizen wrote these words, as soon as it can be taken."""
    scene = Scene(stage=page.stage)

    def case() -> CaseNumber | None:
        topics = [one for one in page.stage.world.group.messages if words in one.text and one.buttons]
        return next((CaseNumber(data.split(":")[1]) for one in topics for row in one.buttons for _, data in row), None)

    scene.case = await scene.until(case, words)
    return scene


async def test_a_whole_first_day(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await _begun(page)
        assert [one.done for one in await _tasks(page)] == [False] * 8
        await _links(page)
        pool = await _newest(page, "När öppnar simhallen")
        await pool.taps("nina", Press.TAKE, where=GROUP)
        assert await _is_done(page, 2)
        await pool.taps("nina", Press.ANSWER, where=GROUP)
        await pool.sends("nina", "Klockan tio på lördag.", where=GROUP)
        await pool.taps("nina", Press.SEND, where=GROUP)
        await page.does("hour")
        assert await _is_done(page, 3)
        await _holds_and_hands_over(page)
        await page.does("write", who="nina", where="private", text="/telefon 20 ja bygglov")
        assert await _is_done(page, 6)
        call = next(iter(numbers_in(page.stage.person("nina").messages[-1].text)))
        await page.does("write", who="nina", where="private", text="/sök simhallen")
        assert await _is_done(page, 7)
        await page.does("write", who="nina", where="private", text=f"/ångra {call}")
        assert await _is_done(page, 8)
        words = await page.words()
        assert "Alla åtta är klara. Bra jobbat!" in words


async def _holds_and_hands_over(page: PageWorld) -> None:
    school = await _newest(page, "plats i förskolan")
    await school.taps("nina", Press.HOLD, "", where=GROUP)
    choice = await school.until(lambda: school.choice("nina", Press.HOLD, where=GROUP), "no days")
    await school.taps("nina", Press.HOLD, choice, where=GROUP)
    await school.sends("nina", "Vi väntar på besked från förskolan.", where=GROUP)
    await school.taps("nina", Press.SEND, where=GROUP)
    await page.does("hour")
    assert await _is_done(page, 4)
    care = await _newest(page, "färdtjänst")
    await care.taps("nina", Press.TRANSFER, "", where=GROUP)
    await care.taps("nina", Press.TRANSFER, ".uomsorg", where=GROUP)
    await care.replies("nina", "Det är Omsorgen som kan det här.", where=GROUP)
    assert await _is_done(page, 5)


async def test_another_case_than_the_task_speaks_of_counts_for_nothing(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        practice = await _begun(page)
        await _links(page)
        for _ in range(3):
            practice.skip()
        assert (await _tasks(page))[4].about == "Strax: någon skriver just nu."
        care = await _newest(page, "färdtjänst")
        other = await Scene(stage=page.stage).asks("kim", "When does the pool open?")
        for case in (other, care.case):
            assert not (await _tasks(page))[4].done
            await page.does("write", who="nina", where="private", text=f"/lämna {case} till Omsorgen: de kan det här")
            await page.stage.live.until(lambda one=case: one in _heard(page, "nina"), 20)  # type: ignore[misc]
        assert await _is_done(page, 5)


def _heard(page: PageWorld, who: str) -> str:
    told = [one.text for one in page.stage.person(who).messages if one.by_bot]
    return told[-1] if told else ""


async def test_a_task_says_which_case_it_is_about_and_what_is_still_to_come(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await _begun(page)
        assert [one.about for one in await _tasks(page)] == [""] * 8
        await _links(page)
        assert (await _tasks(page))[1].about == "Strax: någon skriver just nu."
        pool = await _newest(page, "När öppnar simhallen")
        about = (await _tasks(page))[1].about
        assert about == f"Ärendet heter {pool.case} och har ett eget rum."
        assert about in await page.words()
        # A case without a room: first on its way to the board, then there, then on its way to its own room.
        topic = page.stage.world.group.topics.pop(pool.room_of(pool.case) or 0)
        on_board = f"Ärendet heter {pool.case}. Det står på tavlan"
        coming = f"Ärendet heter {pool.case}. Strax: det kommer på tavlan"
        about = (await _tasks(page))[1].about
        assert about.startswith(on_board if pool.is_on_board(pool.case) else coming)
        await pool.taps("nina", Press.TAKE, where=GROUP)
        assert await _is_done(page, 2)
        assert (await _tasks(page))[2].about == f"Ärendet heter {pool.case}. Strax: det får ett eget rum."
        page.stage.world.group.topics[topic.id] = topic


async def test_where_nobody_could_write_any_case_will_do(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        practice = await _begun(page)
        await page.stage.person("elsa").block()
        practice.skip()
        await _tasks(page)
        assert await page.stage.live.until(lambda: bool(practice._in_vain), 20)
        assert (await _tasks(page))[1].about == "Ta vilket ärende du vill."


async def test_what_others_do_counts_for_nothing(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        practice = await _begun(page)
        practice.skip()
        pool = await _newest(page, "När öppnar simhallen") if await _tasks(page) else None
        assert pool is not None
        await pool.taps("anna", Press.TAKE, where=GROUP)
        await page.does("write", who="anna", where="private", text="/telefon 20 ja bygglov")
        await page.does("write", who="anna", where="private", text="/sök simhallen")
        assert [one.done for one in await _tasks(page)] == [True] + [False] * 7


async def test_a_hint_comes_when_asked_for_and_by_itself_after_a_while(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        practice = await _begun(page)
        seconds = [1000.0]
        practice.clock = lambda: seconds[0]
        practice.skip()
        assert [one.hint for one in await _tasks(page)] == [""] * 8
        await page.does("practice_hint")
        assert (await _tasks(page))[1].hint == TASK_TEXTS[1].hint
        practice.skip()
        assert (await _tasks(page))[2].hint == ""
        seconds[0] += practice.hint_after
        assert (await _tasks(page))[2].hint == TASK_TEXTS[2].hint
        assert "Tips: " in await page.words()


async def test_tasks_can_be_left_out_and_the_day_ended(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await _begun(page)
        assert "0 av 8 klara. Du är Nina Ny." in await page.words()
        await page.does("practice_skip")
        assert "1 av 8 klara." in await page.words()
        await page.does("practice_stop")
        assert page.play.practice is None
        assert not (await page.does("practice_skip"))["went"]


async def test_texts_and_checks_belong_together() -> None:
    assert len(TASK_TEXTS) == len(CHECKS) == 8
    for told in TASK_TEXTS:
        assert not told.title.endswith(".")
        assert all(text.endswith(".") for text in (told.what, told.why, told.hint))
