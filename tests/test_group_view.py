"""The view in a group with topics, on both engines: what comes to stand there, once, and within the pace."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio

from bot.facts import FactKind
from bot.groups.plan import BOARD_AT_LAST, BOARD_EVERY
from bot.pace import GROUP_ACTS, TOPIC_EVERY
from bot.port import FileState
from bot.store.chat_rows import TopicState
from bot.store.database import Database
from bot.store.rows import OutboxState
from tests.conftest import FrozenClock
from tests.group_scene import WORDS, Scene, photo

OTHER = -2002


@pytest_asyncio.fixture
async def scene(database: Database, clock: FrozenClock) -> AsyncIterator[Scene]:
    await database.try_intake()
    yield Scene(database, clock)


@pytest.mark.asyncio
async def test_in_calm_a_case_gets_its_topic_at_once(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    thread, topic = scene.group.topic(case)
    assert topic.title == f"{case} · felanmälan · ny"
    (card,) = scene.group.in_topic(thread)
    assert card.text.startswith(f"{case} · felanmälan\nLäge: ny\nHar ärendet: ingen\n")
    assert card.text.endswith(f"\n\n{WORDS}")
    assert card.form.protect
    assert f"take:{case}" in card.carried
    board = scene.group.general[0]
    assert f"{case} · felanmälan · i morgon kl. 09.12 · ingen" in board.text
    assert board.buttons == [f"Ta {case}", "Logga samtal", "Kön"]
    assert scene.group.pinned == [board.id, card.id]
    row = await scene.row(case)
    assert row is not None
    assert (row.thread, row.card, row.state, row.dirty) == (thread, card.id, TopicState.OPEN, False)


@pytest.mark.asyncio
async def test_nothing_is_done_twice(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    acts = list(scene.group.acts)
    assert await scene.round() == 0
    await scene.round(scene.new_view())
    scene.restart()
    assert await scene.pass_time(120, every=20) == 0
    assert scene.group.acts == acts
    await scene.ask("Och nu?", case=case)
    assert await scene.round(scene.new_view()) == 1
    assert len(scene.group.topics) == 1


@pytest.mark.asyncio
async def test_what_happens_in_a_case_comes_to_its_topic(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    await scene.take(case)
    await scene.ask("Nu blinkar den. 811228-9874", case=case)
    await scene.note(case, "Ring Bo först")
    await scene.pass_time(10)
    await scene.ask("Nu är den mörk.", case=case, edits=2)
    await scene.answer(case)
    await scene.pass_time(10)
    thread, topic = scene.group.topic(case)
    card, *rest = scene.group.in_topic(thread)
    assert [one.text for one in rest] == [
        "Den som frågar skrev kl. 09.12:\nNu blinkar den. [personnummer dolt]\n\n"
        "Bo Exempel antecknade kl. 09.12: Ring Bo först",
        "Den som frågar har ändrat kl. 09.12 till:\nNu är den mörk.\n\n"
        "Skickat till den som frågade kl. 09.12 av Anna Exempel.\nDen lagas i dag.",
    ]
    assert all(one.form.protect for one in rest)
    assert "Läge: besvarad\nHar ärendet: Anna Exempel\n" in card.text
    assert "Släpp" in card.buttons
    assert topic.title == f"{case} · felanmälan · besvarad"
    await scene.pass_time(60, every=10)
    assert "Inget väntar på svar" in scene.board()


@pytest.mark.asyncio
async def test_an_answer_is_told_of_when_it_has_left(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    message = await scene.answer(case, sent=False)
    await scene.ask("Hallå?", case=case)
    await scene.pass_time(5)
    assert scene.group.words(case)[1:] == ["Den som frågar skrev kl. 09.12:\nHallå?"]
    scene.clock.forward(minutes=1)
    await scene.deliver(case, message, OutboxState.UNSURE)
    await scene.pass_time(1)
    assert "Kanske skickat till den som frågade" in scene.group.words(case)[-1]
    assert not (await scene.row(case)).dirty  # type: ignore[union-attr]


@pytest.mark.asyncio
async def test_a_closed_case_is_closed_and_after_two_weeks_taken_away(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    await scene.answer(case)
    await scene.close(case)
    await scene.pass_time(20)
    thread, topic = scene.group.topic(case)
    assert (topic.open, topic.title) == (False, f"{case} · felanmälan · avslutad")
    assert scene.group.in_topic(thread)[0].buttons == ["Öppna igen", "Anteckning", "Mer"]
    scene.clock.forward(days=13, hours=23)
    await scene.round()
    assert scene.group.topics
    scene.clock.forward(hours=1)
    await scene.round()
    row = await scene.row(case)
    assert row is not None
    assert (scene.group.topics, row.state, row.thread, row.dirty) == ({}, TopicState.DELETED, None, False)
    await scene.ask("Den är sönder igen.", case=case)
    await scene.pass_time(2)
    assert "Den är sönder igen." in scene.group.words(case)[1]
    assert len(scene.group.topics) == 1


@pytest.mark.asyncio
async def test_a_closed_topic_is_opened_when_the_citizen_writes_again(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    await scene.answer(case)
    await scene.close(case)
    await scene.pass_time(20)
    assert not scene.group.topic(case)[1].open
    await scene.ask("Den är sönder igen.", case=case)
    await scene.pass_time(10)
    assert scene.group.topic(case)[1].open


@pytest.mark.asyncio
async def test_sixty_cases_at_once_stand_on_the_board_only(scene: Scene) -> None:
    cases = await scene.ask_many(60)
    await scene.pass_time(180, every=10)
    assert scene.group.topics == {}
    assert scene.board().startswith("60 ärenden väntar på svar\n")
    assert "… och 50 ärenden till." in scene.board()
    assert len([data for data in scene.group.general[0].carried if data.startswith("take:")]) == 6
    for case in cases[:3]:
        await scene.take(case)
        taken_at = scene.clock.now()
        await scene.pass_time(8)
        assert _card_at(scene, case) - taken_at <= timedelta(seconds=5)
    assert len(scene.group.topics) == 3
    assert scene.group.busiest_minute() <= GROUP_ACTS
    assert (scene.group.closest_topics() or TOPIC_EVERY) >= TOPIC_EVERY


def _card_at(scene: Scene, case: str) -> datetime:
    """Return when a case's card was sent: the posts in the order of their numbers are the acts in theirs."""
    made = sorted(scene.group.messages)
    cards = [one.id for one in scene.group.messages.values() if one.text.startswith(f"{case} · ")]
    posts = [at for at, act in scene.group.acts if act == "post"]
    return posts[made.index(cards[0])]


@pytest.mark.asyncio
async def test_a_flood_keeps_the_pace_and_everything_is_shown_in_the_end(scene: Scene) -> None:
    cases = await scene.ask_many(12)
    for case in cases:
        await scene.take(case)
    await scene.pass_time(30)
    for number in range(16):
        await scene.ask(f"Mer {number}", case=cases[number % 12])
        await scene.pass_time(2, every=2)
    await scene.pass_time(600, every=10)
    assert len(scene.group.topics) == 12
    told = "\n".join(one.text for one in scene.group.messages.values())
    assert all(len(re.findall(rf"Mer {number}\b", told)) == 1 for number in range(16))
    assert scene.group.busiest_minute() <= GROUP_ACTS
    assert (scene.group.closest_topics() or TOPIC_EVERY) >= TOPIC_EVERY
    assert all(topic.title.endswith("· tagen") for topic in scene.group.topics.values())
    assert await scene.round() == 0


@pytest.mark.asyncio
async def test_the_board_keeps_its_time(scene: Scene) -> None:
    await scene.ask_many(20, channel="mail")
    await scene.round()
    begun = scene.clock.now()
    for _ in range(20):
        await scene.ask(channel="mail")
        await scene.pass_time(3, every=3)
    edits = [at for at, act in scene.group.acts if act == "edit"]
    assert all(later - earlier >= BOARD_EVERY for earlier, later in pairwise([begun, *edits]))
    assert len(edits) == 4  # 60 s, one each 15 s
    assert scene.group.did("post") == 1


@pytest.mark.asyncio
async def test_a_busy_group_still_writes_its_board_every_two_minutes(scene: Scene) -> None:
    (case, *_) = cases = await scene.ask_many(8)
    for one in cases:
        await scene.take(one)
    await scene.pass_time(120)
    scene.group.acts.clear()
    for number in range(40):
        await scene.ask(f"Rad {number}", case=case)
        await scene.ask(channel="mail")
        await scene.pass_time(6, every=3)
    board = [at for at, act in scene.group.acts if act == "edit"]
    gaps = [later - earlier for earlier, later in pairwise(board)]
    assert max(gaps) <= BOARD_AT_LAST + timedelta(seconds=6)
    assert scene.group.busiest_minute() <= GROUP_ACTS


@pytest.mark.asyncio
async def test_a_late_answer_is_told_on_the_card_though_nothing_happened(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    scene.clock.instant = datetime(2026, 11, 17, 8, 11, 59, tzinfo=UTC)  # one second before Tuesday 9.12
    await scene.round()
    assert "Svara senast" in scene.group.words(case)[0]
    scene.clock.forward(seconds=1)
    await scene.round()
    assert "FÖRSENAD. Skulle ha besvarats: tisdag 17 november kl. 09.12" in scene.group.words(case)[0]
    assert await scene.pass_time(60) <= 1  # the board


@pytest.mark.asyncio
async def test_of_a_mail_only_number_and_due_time_stand_there(scene: Scene) -> None:
    case = await scene.ask(channel="mail", subject="Min granne Elsa")
    await scene.pass_time(30)
    assert scene.group.topics == {}
    assert f"{case} · i morgon kl. 09.12 · ingen" in scene.board()
    await scene.take(case)
    await scene.ask("Skynda er", case=case, channel="mail")
    await scene.note(case, "Hon ringde")
    await scene.pass_time(30)
    thread, topic = scene.group.topic(case)
    assert topic.title == case
    assert [one.text for one in scene.group.in_topic(thread)] == [
        f"{case}\nSvara senast: tisdag 17 november kl. 09.12 (så mäts det)\nÖppna ärendet via e-post."
    ]
    await scene.ask("Hallå?", case=case, channel="mail")
    await scene.pass_time(30)
    told = "\n".join(one.text for one in scene.group.messages.values())
    assert scene.group.words(case)[1:] == ["Ett nytt meddelande har kommit. Öppna det via e-post."]
    assert not re.search("Elsa|Skynda|Hallå|ringde|granne|felanmälan|elsa@", told)


@pytest.mark.asyncio
async def test_a_case_that_becomes_secret_is_taken_away_and_shown_bare(scene: Scene) -> None:
    case = await scene.ask()
    await scene.round()
    await scene.fact(case, FactKind.MARKED, mark="secret", value="yes")
    await scene.pass_time(20)
    assert scene.group.topics == {}
    assert WORDS not in "".join(one.text for one in scene.group.messages.values())
    assert f"{case} · i morgon kl. 09.12\n" in scene.board()
    await scene.take(case)
    await scene.ask("Mer", case=case)
    await scene.pass_time(20)
    assert scene.group.topic(case)[1].title == case
    assert scene.group.words(case) == [
        f"{case}\nSvara senast: tisdag 17 november kl. 09.12 (så mäts det)\nÖppna ärendet via e-post."
    ]


@pytest.mark.asyncio
async def test_files_are_shown_when_they_may_be(scene: Scene) -> None:
    scene.scans = True
    scene.restart()
    case = await scene.ask("Se här", attached=[photo(0), photo(1, FileState.HELD, "dok.pdf")])
    await scene.pass_time(5)
    card, words, first = scene.group.in_topic(scene.group.topic(case)[0])
    assert "Se här" in card.text
    assert words.text == "Till meddelandet kl. 09.12:\nVäntar på viruskontroll: dok.pdf"
    assert (first.form.file, first.form.file_kind, first.form.protect) == ("remote-0", "photo", True)
    scene.clock.forward(hours=3)
    await scene.set_file(1, 1, FileState.PASSED)
    await scene.pass_time(5)
    assert scene.group.in_topic(scene.group.topic(case)[0])[-1].form.file == "remote-1"
    assert not (await scene.row(case)).dirty  # type: ignore[union-attr]
