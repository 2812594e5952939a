"""The outbox of chats: the order of posts, budgets, groups, and what is remembered of what was sent."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, cast

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Button, ChatId, Form, Post, PostId, ThreadId
from bot.chat_outbox import LANES
from bot.chat_text import Words, bold
from bot.posts import Rank
from bot.store import inbox
from bot.store.chat_deliveries import waiting
from bot.store.chat_schema import posts
from bot.store.database import Database
from bot.store.schema import facts, outbox
from tests.chat_room import ELSA, GROUP, NILS, ChatRoom
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_raw
from tests.explaining import Explaining


@pytest_asyncio.fixture
async def room(database: Database, clock: FrozenClock) -> ChatRoom:
    return await ChatRoom(database, clock).begin()


def to_group(words: Words, rank: Rank = Rank.LATER, **more: Any) -> dict[str, Any]:
    return {"chat": GROUP, "words": words, "rank": rank, **more}


@pytest.mark.asyncio
async def test_one_person_gets_posts_in_order_one_a_second_whatever_their_rank(room: ChatRoom) -> None:
    ranks = (Rank.LATER, Rank.OWN_ACT, Rank.CITIZEN)
    await room.queue(*({"words": f"{number}", "rank": rank} for number, rank in enumerate(ranks)))
    await room.deliver()
    assert room.chats.texts(ELSA) == ["0"]
    await room.deliver(seconds=0.5)
    assert room.chats.texts(ELSA) == ["0"]
    await room.deliver(seconds=1.5)
    assert room.chats.texts(ELSA) == ["0", "1", "2"]
    assert await room.undone() == 0


@pytest.mark.asyncio
async def test_an_answer_that_may_be_regretted_holds_up_nothing_that_comes_after_it(room: ChatRoom) -> None:
    answer, later = await room.queue(
        {"words": "svar", "due_at": room.clock.now() + timedelta(seconds=60)}, {"words": "kvitto"}
    )
    await room.deliver(seconds=30, step=10)
    assert room.chats.texts(ELSA) == ["kvitto"]
    assert await room.states(answer, later) == ["new", "sent"]
    await room.deliver(seconds=30, step=10)
    assert room.chats.texts(ELSA) == ["kvitto", "svar"]


@pytest.mark.asyncio
async def test_what_nobody_knows_the_end_of_holds_up_one_person_until_it_is_looked_after(room: ChatRoom) -> None:
    lost, *_ = await room.queue({"words": "borta"}, {"words": "sedan"}, {"chat": NILS, "words": "till Nils"})
    await room.run_sql(f"UPDATE outbox SET state = 'sending', owner = {room.database.owner + 7} WHERE id = {lost}")
    await room.deliver(seconds=5, step=1)
    assert [one.text for one in room.chats.sent] == ["till Nils"]
    assert await room.outbox.recover() == 1
    await room.deliver()
    assert room.chats.texts(ELSA) == ["sedan"]


@pytest.mark.asyncio
async def test_what_a_post_has_become_is_remembered_both_ways(room: ChatRoom) -> None:
    case = await room.case()
    answer = await room.answer(case, words="x" * 5000)
    await room.deliver()
    row = (await room.rows(outbox, outbox.c.id == answer))[0]
    assert (row["state"], row["posted"], row["sent_at"]) == ("sent", "[1, 2]", room.clock.now())
    known = [(row["chat"], row["post"], row["outbox"], row["case"]) for row in await room.rows(posts)]
    assert known == [(ELSA, 1, answer, case), (ELSA, 2, answer, case)]
    inquiry = await room.inquiry(case)
    assert inquiry.answered_at == room.clock.now()
    assert not inquiry.unsure


@pytest.mark.asyncio
async def test_a_message_that_is_changed_stays_the_post_it_was(room: ChatRoom) -> None:
    (first,) = await room.queue({"words": "ett"})
    await room.deliver()
    (change,) = await room.queue({"words": "två", "form": Form(edits=PostId(1))})
    await room.deliver(seconds=1)
    assert await room.states(change) == ["sent"]
    assert [row["outbox"] for row in await room.rows(posts)] == [first]


@pytest.mark.asyncio
async def test_form_and_words_reach_the_port_as_they_were_queued(room: ChatRoom) -> None:
    form = Form(buttons=((Button("Ta", "v1:ta"),),), quiet=True)
    await room.queue(to_group(bold("A & B"), form=form, thread=ThreadId(7)))
    await room.deliver()
    post = room.chats.sent[0].post
    assert (post.thread, post.html, post.text, post.form) == (7, "<b>A &amp; B</b>", "A & B", form)


@pytest.mark.asyncio
async def test_an_officers_files_go_along_to_the_chat(room: ChatRoom) -> None:
    case = await room.case()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anna@kommun.example", CONTACT, "Svar"
    mail.set_content("På torsdag")
    for number in (1, 2):
        content = f"%PDF {number}".encode()
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"ritning-{number}.pdf")

    async with room.database.writing() as connection:
        (inbox_id,) = await inbox.keep_all(connection, [make_raw(mail.as_bytes(), room.clock.now())])
    await room.answer(case, attach=(inbox_id,))
    await room.deliver()
    files = [(file.name, file.media_type, file.content.strip()) for file in room.chats.sent[0].post.files]
    assert files == [
        ("ritning-1.pdf", "application/pdf", b"%PDF 1"), ("ritning-2.pdf", "application/pdf", b"%PDF 2"),
    ]  # fmt: skip
    assert room.chats.texts(ELSA) == ["På torsdag", "ritning-1.pdf", "ritning-2.pdf"]


@pytest.mark.asyncio
async def test_a_group_gets_what_ranks_first_then_what_was_queued_first(room: ChatRoom) -> None:
    ranks = (Rank.LATER, Rank.CONFIRMATION, Rank.CITIZEN, Rank.NEW_CARD, Rank.OWN_ACT, Rank.CITIZEN)
    form = Form(buttons=((Button("Ta", "v1:ta"),),))
    await room.queue(*(to_group(f"{rank.name} {place}", rank, form=form) for place, rank in enumerate(ranks)))
    await room.deliver()
    own, *expected = ["OWN_ACT 4", "CITIZEN 2", "CITIZEN 5", "NEW_CARD 3", "CONFIRMATION 1", "LATER 0"]
    # What an officer asked for waits for none of them. It is one of three acts, and the others come 60 / 11 s apart.
    assert set(room.chats.texts(GROUP)) == {own, *expected[:2]}
    await room.deliver(seconds=20)
    assert [one for one in room.chats.texts(GROUP) if one != own] == expected


@pytest.mark.asyncio
async def test_officers_acts_have_room_when_the_rest_of_a_group_has_none(room: ChatRoom) -> None:
    form = Form(buttons=((Button("Ta", "v1:ta"),),))
    await room.queue(*(to_group(f"{number}", form=form) for number in range(30)))
    await room.deliver(seconds=59)
    assert len(room.chats.texts(GROUP)) == 11
    await room.queue(*(to_group(f"egen {number}", Rank.OWN_ACT) for number in range(5)))
    await room.deliver()
    assert room.chats.texts(GROUP)[11:] == ["egen 0", "egen 1", "egen 2", "egen 3"]
    await room.deliver(seconds=1)
    assert room.chats.texts(GROUP)[15:] == ["egen 4"]


@pytest.mark.asyncio
async def test_of_posts_with_one_key_only_the_newest_is_sent_in_the_oldest_ones_place(room: ChatRoom) -> None:
    one, *others, last = await room.queue(
        to_group("tavla 1", replaces="board"), to_group("kort"), to_group("tavla 2", replaces="board"),
        to_group("annan", replaces="card"), to_group("tavla 3", replaces="board"),
    )  # fmt: skip
    await room.deliver(seconds=30)
    assert room.chats.texts(GROUP) == ["tavla 3", "kort", "annan"]
    assert await room.states(one, *others, last) == ["regretted", "sent", "regretted", "sent", "sent"]
    assert {row["status"] for row in await room.rows(outbox, outbox.c.state == "regretted")} == {"replaced"}


@pytest.mark.asyncio
async def test_a_key_is_of_one_chat(room: ChatRoom) -> None:
    await room.queue(to_group("a", replaces="board"), {"chat": ChatId(-600), "words": "b", "replaces": "board"})
    await room.deliver()
    assert (room.chats.texts(GROUP), room.chats.texts(-600)) == (["a"], ["b"])


@pytest.mark.asyncio
async def test_a_group_that_is_behind_gets_the_words_of_a_case_together(room: ChatRoom) -> None:
    case, other = await room.case(), await room.case(NILS)
    room.pace.hold(GROUP, room.clock.now() + timedelta(seconds=61))
    here: dict[str, Any] = {"case": case, "thread": ThreadId(7)}
    ids = await room.queue(
        to_group("ett <b>", **here), to_group("annat", case=other, thread=ThreadId(8)),
        to_group(bold("två"), **here), to_group("kort", form=Form(asks=True), **here),
        to_group("tre", **here),
    )  # fmt: skip
    await room.deliver()
    assert room.chats.sent == []
    room.clock.forward(seconds=61)
    await room.deliver(seconds=60)
    # The card stands between: what was written after it comes after it.
    assert room.chats.texts(GROUP) == ["ett &lt;b&gt;\n\n<b>två</b>", "annat", "kort", "tre"]
    assert await room.states(*ids) == ["sent"] * 5
    assert [(row["post"], row["outbox"]) for row in await room.rows(posts)] == [
        (1, ids[0]), (2, ids[1]), (3, ids[3]), (4, ids[4]),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_a_group_that_is_not_behind_gets_each_post_by_itself(room: ChatRoom) -> None:
    case = await room.case()
    room.pace.hold(GROUP, room.clock.now() + timedelta(seconds=60))
    await room.queue(to_group("ett", case=case), to_group("två", case=case))
    room.clock.forward(seconds=60)
    await room.deliver()
    assert room.chats.texts(GROUP) == ["ett", "två"]


@pytest.mark.asyncio
async def test_a_slow_chat_holds_up_its_own_posts_only_and_groups_leave_room_for_citizens(room: ChatRoom) -> None:
    gate = asyncio.Event()

    async def slow_groups(post: Post) -> None:
        if post.chat < 0:
            await gate.wait()

    room.chats.takes = slow_groups
    groups = [ChatId(-number) for number in range(1, 20)]
    await room.queue(*({"chat": chat} for chat in groups), *({"chat": ChatId(number)} for number in range(1, 21)))
    wake = asyncio.Event()
    running = asyncio.create_task(room.outbox.run(wake))
    async with asyncio.timeout(10):
        while sum(one.post.chat > 0 for one in room.chats.sent) < 20:
            room.clock.forward(seconds=0.1)
            await asyncio.sleep(0.01)
    assert room.chats.under_way == 8
    assert room.chats.most_under_way <= LANES
    assert await room.outbox.recover() == 0
    gate.set()
    async with asyncio.timeout(10):
        while await room.undone():
            room.clock.forward(seconds=0.1)
            await asyncio.sleep(0.01)
    await room.outbox.finish(running, wake, 5)
    assert running.done()
    assert len(room.chats.sent) == 39


@pytest.mark.asyncio
async def test_mails_are_left_to_the_other_outbox(room: ChatRoom) -> None:
    await room.queue({"words": "post"})
    await room.run_sql("UPDATE outbox SET channel = 'mail', to_addr = 'elsa@example.org'")
    assert await room.outbox.deliver_due() == 0


@pytest.mark.asyncio
async def test_a_process_without_the_intake_posts_nothing(database: Database, clock: FrozenClock) -> None:
    room = ChatRoom(database, clock)
    await room.queue({"words": "post"})
    if database.is_sqlite:
        assert database.has_intake
    else:
        assert await room.outbox.deliver_due() == 0
    assert await database.try_intake()
    assert await room.outbox.deliver_due() == 1


@pytest.mark.asyncio
async def test_nothing_is_told_of_what_nobody_waits_for(room: ChatRoom) -> None:
    case = await room.case()
    await room.queue({"words": "kvitto", "case": case})
    await room.deliver()
    assert [row["kind"] for row in await room.rows(facts)] == ["received"]


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL weighs sizes, which are none here
async def test_what_waits_is_found_without_reading_all_that_was_ever_sent(room: ChatRoom) -> None:
    await room.queue({"words": "post"})
    async with room.database.reading() as connection:
        explaining = Explaining(connection)
        assert len(await waiting(cast("AsyncConnection", explaining), room.clock.now())) == 1
    assert any("ix_outbox_undone" in step or "ix_outbox_waiting" in step for step in explaining.steps)
    assert not any(step.startswith("SCAN outbox") and "USING INDEX" not in step for step in explaining.steps)
