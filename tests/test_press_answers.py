"""Answers to presses: in the background, in order, bounded, and nothing waits for them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

import bot.press_answers
from bot.chat import ChatId, No, Post
from bot.errors import Refused, TryLater
from bot.press_answers import AT_ONCE, MOST_WAITING, PressAnswers
from bot.store.chat_rows import PressAnswer
from tests.conftest import FrozenClock
from tests.fake_chats import FakeChats

ELSAS, STAFF = ChatId(7), ChatId(-100)


async def working(answers: PressAnswers, until: Callable[[], bool]) -> None:
    """Let it work until something is so, and then end it."""
    running = asyncio.create_task(answers.run())
    async with asyncio.timeout(5):
        while not until():
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.asyncio
async def test_presses_are_answered_in_order_with_their_words(clock: FrozenClock) -> None:
    chats = FakeChats(clock.now)
    answers = PressAnswers(chats)
    answers.answer([PressAnswer("p1", "Ditt"), PressAnswer("p2")])
    answers.answer([PressAnswer("p3", "Gäller inte längre", aloud=True)])
    assert chats.pressed == []
    await working(answers, lambda: len(chats.pressed) == 3)
    assert chats.pressed == [("p1", "Ditt", False), ("p2", "", False), ("p3", "Gäller inte längre", True)]


@pytest.mark.asyncio
async def test_a_slow_service_gets_no_more_at_once_than_the_pool(clock: FrozenClock) -> None:
    gate, begun = asyncio.Event(), list[str]()

    async def slow(post: Post) -> None:
        begun.append(post.text)
        await gate.wait()

    chats = FakeChats(clock.now, takes=slow)
    answers = PressAnswers(chats)
    answers.answer([PressAnswer(f"{number}") for number in range(50)])
    running = asyncio.create_task(answers.run())
    async with asyncio.timeout(5):
        while chats.under_way < AT_ONCE:
            await asyncio.sleep(0)
        gate.set()
        while len(chats.pressed) < 50:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert chats.most_under_way == AT_ONCE
    assert begun == [f"{number}" for number in range(50)]


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [Refused(No.TOO_LATE), TryLater("connect", whole_channel=True), ZeroDivisionError()])
async def test_one_that_fails_is_let_be_and_the_others_go_on(
    clock: FrozenClock, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    chats = FakeChats(clock.now, trouble=lambda post: error if post.text == "p1" else None)
    answers = PressAnswers(chats)
    with caplog.at_level("INFO"):
        answers.answer([PressAnswer("p1", "Ett hemligt ord"), PressAnswer("p2")])
        await working(answers, lambda: len(chats.pressed) == 1)
    assert chats.pressed == [("p2", "", False)]
    assert "press p1 was not answered" in caplog.text
    assert "hemligt" not in caplog.text


@pytest.mark.asyncio
async def test_one_that_never_ends_is_given_up(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.press_answers, "TIMEOUT_SECONDS", 0.02)
    monkeypatch.setattr(bot.press_answers, "AT_ONCE", 1)

    def hanging(post: Post) -> Awaitable[None]:
        return asyncio.sleep(60 if post.text == "p1" else 0)

    chats = FakeChats(clock.now, takes=hanging)
    answers = PressAnswers(chats)
    answers.answer([PressAnswer("p1"), PressAnswer("p2")])
    await working(answers, lambda: len(chats.pressed) == 1)
    assert chats.pressed == [("p2", "", False)]


@pytest.mark.asyncio
async def test_of_too_many_the_oldest_are_dropped(clock: FrozenClock, caplog: pytest.LogCaptureFixture) -> None:
    chats = FakeChats(clock.now)
    answers = PressAnswers(chats)
    answers.answer([PressAnswer(f"{number}") for number in range(MOST_WAITING + 3)])
    assert "3 presses are never answered" in caplog.text
    await working(answers, lambda: len(chats.pressed) == MOST_WAITING)
    assert [press for press, *_ in chats.pressed] == [f"{number}" for number in range(3, MOST_WAITING + 3)]


@pytest.mark.asyncio
async def test_what_is_decided_in_time_is_the_only_answer(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.press_answers, "PATIENCE_SECONDS", 60)
    chats = FakeChats(clock.now)
    answers = PressAnswers(chats)
    answers.expect("p1", ELSAS)
    answers.answer([PressAnswer("p1", "Tack")])
    await working(answers, lambda: len(chats.pressed) == 1)
    assert chats.pressed == [("p1", "Tack", False)]


@pytest.mark.asyncio
async def test_a_press_whose_outcome_takes_long_is_answered_first_and_its_words_are_written_after(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.press_answers, "PATIENCE_SECONDS", 0)
    chats = FakeChats(clock.now)
    answers = PressAnswers(chats)
    answers.expect("p1", ELSAS)
    answers.expect("p2", STAFF)
    answers.expect("p1", ELSAS)  # the same press, delivered twice
    await working(answers, lambda: len(chats.pressed) == 2)
    assert sorted(chats.pressed) == [("p1", "", False), ("p2", "", False)]
    answers.answer([PressAnswer("p1", "Knappen gäller inte längre.", aloud=True), PressAnswer("p2", "Redan tagen")])
    await working(answers, lambda: bool(chats.texts(ELSAS)))
    assert chats.texts(ELSAS) == ["Knappen gäller inte längre."]
    assert len(chats.pressed) == 2
    assert not chats.texts(STAFF)  # others read there


@pytest.mark.asyncio
async def test_a_press_that_leads_to_no_words_is_answered_once(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.press_answers, "PATIENCE_SECONDS", 0)
    chats = FakeChats(clock.now)
    answers = PressAnswers(chats)
    answers.expect("p1", ELSAS)
    await working(answers, lambda: len(chats.pressed) == 1)
    answers.answer([PressAnswer("p1")])
    answers.answer([PressAnswer("p3")])
    await working(answers, lambda: len(chats.pressed) == 2)
    assert chats.pressed == [("p1", "", False), ("p3", "", False)]
