"""The outbox of chats when the service, the database or the process fails."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.chat import Button, ChatId, Form, MovedTo, No, Post, PostId, Revoked, ThreadId
from bot.chat_endings import GIVE_UP_AFTER, next_try
from bot.chat_outbox import ChatOutbox
from bot.errors import OurFault, Refused, TryLater, Unsure
from bot.facts import CaseNumber, FactKind
from bot.pace import GROUP_ACTS, GROUP_WINDOW, PRIVATE_EVERY
from bot.posts import Rank
from bot.store.chat_rows import GroupRow, TopicRow, TopicState, WantedChats
from bot.store.chat_schema import chats, groups, topics
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind
from bot.store.schema import outbox
from tests.chat_room import ELSA, GROUP, NILS, ChatRoom
from tests.conftest import MONDAY, FrozenClock


@pytest_asyncio.fixture
async def room(database: Database, clock: FrozenClock) -> ChatRoom:
    return await ChatRoom(database, clock).begin()


def only(chat: ChatId, *errors: Exception) -> Callable[[Post], Exception | None]:
    """Raise these, one after the other, of posts to one chat."""
    left = list(errors)
    return lambda post: left.pop(0) if post.chat == chat and left else None


@pytest.mark.parametrize(
    ("attempts", "waits"),
    [(1, 5), (2, 10), (3, 20), (6, 160), (7, 300), (50, 300)],  # doubled each time, at most five minutes
)
def test_each_wait_doubles_up_to_five_minutes(attempts: int, waits: int) -> None:
    assert next_try(attempts, MONDAY, MONDAY) == MONDAY + timedelta(seconds=waits)


def test_after_a_day_it_gives_up_unless_it_was_hardly_tried() -> None:
    late = MONDAY + GIVE_UP_AFTER
    assert next_try(8, MONDAY, late) is None
    assert next_try(7, MONDAY, late) == late + timedelta(minutes=5)
    assert next_try(8, MONDAY, late - timedelta(seconds=1)) is not None


@pytest.mark.asyncio
async def test_a_chat_that_must_wait_keeps_its_order_and_holds_up_no_other(room: ChatRoom) -> None:
    room.chats.trouble = only(ELSA, TryLater("flood", after=timedelta(seconds=30)))
    ids = await room.queue(*({"words": f"{n}"} for n in range(3)), {"chat": NILS, "words": "till Nils"})
    await room.deliver(seconds=30)
    assert room.chats.texts(NILS) == ["till Nils"]
    assert room.chats.texts(ELSA) == []
    await room.deliver(seconds=0.5)
    assert room.chats.texts(ELSA) == ["0"]
    await room.deliver(seconds=2)
    assert room.chats.texts(ELSA) == ["0", "1", "2"]
    assert await room.states(*ids) == ["sent"] * 4


@pytest.mark.asyncio
async def test_a_post_is_never_dropped_for_being_told_to_wait(room: ChatRoom) -> None:
    room.chats.trouble = lambda _: TryLater("flood", after=timedelta(hours=1))
    (post,) = await room.queue({"words": "x"})
    for _ in range(72):
        await room.deliver()
        room.clock.forward(minutes=61)
    assert len(room.chats.calls) == 72
    assert await room.states(post) == ["new"]


@pytest.mark.asyncio
async def test_a_post_that_fails_by_itself_holds_up_those_behind_it_until_it_is_given_up(room: ChatRoom) -> None:
    case = await room.case()
    room.chats.trouble = lambda post: TryLater("broken") if post.text == "På torsdag" else None
    answer = await room.answer(case)
    (later,) = await room.queue({"words": "sedan"})
    await room.deliver(seconds=5)
    assert await room.states(answer, later) == ["new", "new"]
    assert len(room.chats.calls) == 2
    for _ in range(25 * 12):
        room.clock.forward(minutes=5)
        await room.deliver()
    assert await room.states(answer, later) == ["dead", "sent"]
    assert (await room.inquiry(case)).waits


@pytest.mark.asyncio
async def test_a_service_dark_for_an_hour_gets_everything_later_in_order(room: ChatRoom) -> None:
    room.chats.trouble = lambda _: TryLater("connect", whole_channel=True)
    for number in range(60):
        await room.queue({"words": f"{number}"}, {"chat": NILS, "words": f"{number}"})
        await room.deliver()
        room.clock.forward(minutes=1)
    assert len(room.chats.calls) <= 2 * 20  # two chats, rests of 5 s to five minutes
    room.chats.trouble = lambda _: None
    room.clock.forward(minutes=5)
    await room.deliver(seconds=62, step=1)
    assert room.chats.texts(ELSA) == room.chats.texts(NILS) == [f"{number}" for number in range(60)]
    attempts = {row["attempts"] for row in await room.rows(outbox)}
    assert attempts == {1}


@pytest.mark.asyncio
async def test_what_a_citizen_waits_for_goes_out_once_more_when_the_reply_was_lost(room: ChatRoom) -> None:
    case = await room.case()
    room.chats.lost, room.chats.trouble = True, only(ELSA, Unsure())
    answer = await room.answer(case)
    await room.deliver(seconds=59, step=59)
    assert await room.states(answer) == ["new!"]
    await room.deliver(seconds=1)
    assert await room.states(answer) == ["sent!"]
    assert room.chats.texts(ELSA) == ["På torsdag"] * 2
    inquiry = await room.inquiry(case)
    assert inquiry.unsure
    assert inquiry.answered_at == room.clock.now()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "told"), [(MailKind.ANSWER, FactKind.ANSWERED), (MailKind.ACKNOWLEDGEMENT, FactKind.ACKNOWLEDGED)]
)
async def test_the_second_time_a_lost_reply_is_left_at_that(room: ChatRoom, kind: MailKind, told: FactKind) -> None:
    case = await room.case()
    room.chats.trouble = lambda _: Unsure()
    post = await room.answer(case, kind=kind)
    await room.deliver(seconds=120, step=60)
    assert await room.states(post) == ["unsure!"]
    assert len(room.chats.calls) == 2
    fact = (await room.facts(case))[-1]
    assert (fact.kind, fact.data["unsure"]) == (told, True)


@pytest.mark.asyncio
async def test_mere_posts_are_not_repeated_when_the_reply_was_lost(room: ChatRoom) -> None:
    room.chats.trouble = lambda _: Unsure()
    (post,) = await room.queue({"chat": GROUP, "words": "x"})
    await room.deliver(seconds=120, step=60)
    assert await room.states(post) == ["unsure!"]
    assert len(room.chats.calls) == 1


@pytest.mark.asyncio
async def test_parts_that_were_sent_are_not_sent_again(room: ChatRoom) -> None:
    case = await room.case()
    words = "\n\n".join(letter * 3000 for letter in "abcd")
    room.chats.parts_until = (2, TryLater("flood", after=timedelta(seconds=10)))
    answer = await room.answer(case, words=words)
    await room.deliver()
    assert [row["posted"] for row in await room.rows(outbox)] == ["[1, 2]"]
    room.outbox = room.new_outbox()
    await room.deliver(seconds=11)
    assert [text[0] for text in room.chats.texts(ELSA)] == ["a", "b", "c", "d"]
    assert [row["posted"] for row in await room.rows(outbox)] == ["[1, 2, 3, 4]"]
    assert await room.states(answer) == ["sent"]


@pytest.mark.asyncio
async def test_a_post_that_cannot_be_sent_by_a_fault_of_ours_is_given_up_and_the_rest_goes_out(room: ChatRoom) -> None:
    case = await room.case()
    room.chats.trouble = only(ELSA, ZeroDivisionError())
    answer = await room.answer(case)
    (later,) = await room.queue({"words": "sedan"})
    await room.deliver(seconds=1)
    assert await room.states(answer, later) == ["dead", "sent"]
    assert (await room.facts(case))[-1].kind is FactKind.DELIVERY_FAILED


@pytest.mark.asyncio
async def test_what_staff_see_for_themselves_is_logged_and_told_to_nobody(
    room: ChatRoom, caplog: pytest.LogCaptureFixture
) -> None:
    case = await room.case()
    room.chats.trouble = lambda _: Refused(No.NO_RIGHT)
    kinds = (MailKind.POST, MailKind.REPLY, MailKind.RECEIPT, MailKind.NOTICE)
    ids = await room.queue(*({"chat": GROUP, "words": "hemligt", "case": case, "kind": kind} for kind in kinds))
    await room.deliver(seconds=30)
    assert await room.states(*ids) == ["dead"] * 4
    assert [fact.kind for fact in await room.facts(case)] == [FactKind.RECEIVED]
    assert len(await room.rows(outbox)) == 4
    assert "will not be delivered: no_right" in caplog.text
    assert "hemligt" not in caplog.text


@pytest.mark.asyncio
async def test_whoever_has_blocked_us_is_known_as_unreachable_and_keeps_the_rest(room: ChatRoom) -> None:
    await room.know_chat(ELSA, "fi")
    room.chats.trouble = lambda _: Refused(No.BLOCKED)
    await room.queue({"words": "x"}, {"chat": NILS, "words": "y"})
    await room.deliver()
    known = {
        row["chat"]: (row["language"], row["told"], row["place"], row["reachable"]) for row in await room.rows(chats)
    }
    # Of Nils nothing is known: nobody who has written to us, or somebody who had us forget it.
    assert known == {ELSA: ("fi", 2, "p1", 0)}


@pytest.mark.asyncio
async def test_a_revoked_key_stops_everything_loudly_and_loses_nothing(room: ChatRoom) -> None:
    room.chats.trouble = only(ELSA, Revoked("401"))
    ids = await room.queue({"words": "x"}, {"words": "y"})
    wake = asyncio.Event()
    with pytest.raises(OurFault, match="revoked"):
        async with asyncio.timeout(5):
            await room.outbox.run(wake)
    assert await room.states(*ids) == ["new", "new"]
    await room.deliver(seconds=2)
    assert await room.states(*ids) == ["sent", "sent"]


async def remember_group(room: ChatRoom, case: CaseNumber, thread: ThreadId | None) -> None:
    async with room.database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(chats=WantedChats()), room.clock.now())
        ledger.book.set_group(GroupRow(chat=GROUP, unit=room.office.units[0].id, board=PostId(3)))
        ledger.book.set_topic(
            TopicRow(case=case, chat=GROUP, state=TopicState.OPEN, thread=thread, card=PostId(4), shown="x", upto=5,
                     dirty=False, wanted_at=room.clock.now())
        )  # fmt: skip
        await ledger.write(connection)


@pytest.mark.asyncio
async def test_a_group_that_has_moved_gets_its_posts_at_its_new_number(room: ChatRoom) -> None:
    case, new = await room.case(), ChatId(-1_000_000_000_500)
    await remember_group(room, case, None)
    room.chats.trouble = lambda post: MovedTo(new) if post.chat == GROUP else None
    form = Form(asks=True)
    ids = await room.queue(*({"chat": GROUP, "words": f"{n}", "form": form} for n in range(3)))
    await room.deliver(seconds=3)
    assert room.chats.texts(new) == ["0", "1", "2"]
    assert await room.states(*ids) == ["sent"] * 3
    assert [row["chat"] for row in await room.rows(groups)] == [new]
    (topic,) = await room.rows(topics)
    assert (topic["chat"], topic["card"], topic["state"], topic["dirty"]) == (new, None, "wanted", 1)
    # What is still queued for the old number follows, and the group at the new one is left as it is.
    await room.run_sql("UPDATE groups SET board = 77")
    await room.queue({"chat": GROUP, "words": "sent till gamla"})
    await room.deliver(seconds=6)
    assert room.chats.texts(new)[-1] == "sent till gamla"
    assert [(row["chat"], row["board"]) for row in await room.rows(groups)] == [(new, 77)]


@pytest.mark.asyncio
async def test_a_closed_topic_is_opened_and_a_deleted_one_made_anew(room: ChatRoom) -> None:
    case, thread = await room.case(), ThreadId(7)
    await remember_group(room, case, thread)
    room.chats.trouble = only(GROUP, Refused(No.TOPIC_CLOSED))
    (first,) = await room.queue({"chat": GROUP, "words": "a", "thread": thread, "case": case})
    await room.deliver()
    assert room.chats.opened == [(GROUP, thread)]
    assert await room.states(first) == ["sent"]
    room.chats.trouble = only(GROUP, Refused(No.TOPIC_GONE))
    (second,) = await room.queue({"chat": GROUP, "words": "b", "thread": thread, "case": case})
    await room.deliver(seconds=6)
    assert await room.states(second) == ["dead"]
    (topic,) = await room.rows(topics)
    assert (topic["state"], topic["thread"], topic["upto"], topic["dirty"]) == ("wanted", None, 0, 1)


@pytest.mark.asyncio
async def test_what_an_officer_waits_for_in_a_topic_that_is_gone_is_shown_in_the_group(room: ChatRoom) -> None:
    case, gone = await room.case(), Refused(No.TOPIC_GONE)
    send = Form(buttons=((Button("Skicka", f"send:{case}:7"),),), reply_to=PostId(5), protect=True)
    there: dict[str, Any] = {"chat": GROUP, "thread": ThreadId(8), "case": case, "rank": Rank.OWN_ACT}
    room.chats.trouble = lambda post: gone if post.thread is not None else None
    await room.queue(
        {**there, "words": "Så här läser den som frågar det", "form": send},
        {**there, "words": "Skriv som svar på det här", "form": Form(asks=True)},
        {**there, "words": "Kortet", "rank": Rank.LATER},
    )
    await room.deliver(seconds=60, step=5)
    (shown,) = [sent.post for sent in room.chats.sent if sent.post.chat == GROUP]
    assert (shown.text, shown.thread) == ("Så här läser den som frågar det", None)
    assert shown.form == replace(send, reply_to=None)
    assert len([row for row in await room.rows(outbox) if row["state"] == "dead"]) == 3


@pytest.mark.asyncio
async def test_what_a_dead_process_was_posting_is_found_at_the_next_start(room: ChatRoom) -> None:
    case = await room.case()
    answer = await room.answer(case)
    acknowledgement = await room.answer(case, kind=MailKind.ACKNOWLEDGEMENT)
    notice, post, change = await room.queue(
        {"chat": GROUP, "kind": MailKind.NOTICE}, {"chat": GROUP}, {"chat": GROUP, "form": Form(edits=PostId(3))}
    )
    await room.run_sql(f"UPDATE outbox SET state = 'sending', owner = {room.database.owner + 7}")
    assert await room.outbox.recover() == 5
    ids = (answer, acknowledgement, notice, post, change)
    assert await room.states(*ids) == ["new!", "new!", "new!", "unsure!", "new"]
    assert await room.outbox.recover() == 0
    await room.deliver()
    assert await room.states(change) == ["sent"]
    await room.deliver(seconds=61)
    assert await room.states(answer, acknowledgement, notice) == ["sent!", "sent!", "sent!"]
    assert (await room.inquiry(case)).unsure


@pytest.mark.asyncio
async def test_an_end_that_cannot_be_recorded_now_is_recorded_later(
    room: ChatRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await room.case()
    answer = await room.answer(case)
    away = iter([TryLater("database"), TryLater("database")])
    record = ChatOutbox._record

    async def troubled(self: ChatOutbox, *arguments: object) -> None:
        if (error := next(away, None)) is not None:
            raise error
        await record(self, *arguments)  # type: ignore[arg-type]

    async def no_time(_seconds: float) -> None:
        return None

    monkeypatch.setattr(ChatOutbox, "_record", troubled)
    monkeypatch.setattr("bot.chat_outbox.asyncio.sleep", no_time)
    await room.deliver()
    assert await room.states(answer) == ["sent"]
    assert len(room.chats.sent) == 1


IN_ORDER = [rank for rank in Rank if rank is not Rank.ASKING]
"""What we ask unbidden goes behind the rest."""

FAULTS = (
    lambda: TryLater("flood", after=timedelta(seconds=3)), lambda: TryLater("broken"), lambda: Unsure(),
    lambda: TryLater("connect", whole_channel=True), lambda: Refused(No.BAD_REQUEST),
)  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_order_and_budgets_are_kept_and_the_queue_drains(room: ChatRoom, seed: int) -> None:
    chance = random.Random(seed)
    faults = 0.15
    room.chats.trouble = lambda _: chance.choice(FAULTS)() if chance.random() < faults else None
    chats_ = (ELSA, NILS, GROUP, ChatId(-600))
    queued: dict[str, tuple[ChatId, int]] = {}
    for minute in range(6):
        for number in range(chance.randrange(25)):
            chat, rank = chance.choice(chats_), chance.choice(IN_ORDER)
            words = f"{minute} {number}"
            (one,) = await room.queue(
                {
                    "chat": chat,
                    "words": words,
                    "rank": rank,
                    "form": Form(asks=True),
                    "thread": ThreadId(chance.randrange(3)),
                }
            )
            queued[words] = (chat, one)
        await room.deliver(seconds=20, step=1)
        if chance.random() < 0.5:
            room.outbox = room.new_outbox()
    faults = 0
    for _ in range(200):
        if not await room.undone():
            break
        await room.deliver(seconds=5, step=1)
    assert await room.undone() == 0
    for chat in (ELSA, NILS):
        order = [queued[text][1] for text in room.chats.texts(chat)]
        assert order == sorted(order)
    assert_budgets(room)


def assert_budgets(room: ChatRoom) -> None:
    for call in room.chats.calls:
        same = [one for one in room.chats.calls if one.chat == call.chat]
        if call.chat < 0:
            assert sum(call.at <= one.at < call.at + GROUP_WINDOW for one in same) <= GROUP_ACTS
        else:
            assert sum(call.at <= one.at < call.at + PRIVATE_EVERY for one in same) == 1
        assert sum(call.at <= one.at < call.at + timedelta(seconds=1) for one in room.chats.calls) <= 25
