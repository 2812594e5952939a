"""Whose turn it is among what waits in chats: pure decisions, and laws over any queue."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import ChatId, ThreadId
from bot.chat_turns import Lane, Turns
from bot.facts import OutboxId
from bot.pace import Pace
from bot.posts import Rank
from bot.store.chat_deliveries import WaitingPost
from tests.conftest import MONDAY

ELSA, NILS, GROUP = ChatId(1001), ChatId(1002), ChatId(-500)


def post(
    number: int, chat: ChatId = GROUP, rank: Rank = Rank.LATER, *, at: datetime = MONDAY, thread: int | None = None,
    case: str = "", plain: bool = False, length: int = 10,
) -> WaitingPost:  # fmt: skip
    return WaitingPost(
        id=OutboxId(number), chat=chat, thread=None if thread is None else ThreadId(thread), case=case, rank=rank,
        due_at=at, key="", plain=plain, form="{}", length=length,
    )  # fmt: skip


def given_turns(turns: Turns, *posts: WaitingPost, now: datetime = MONDAY, most: int = 16) -> list[tuple[int, ...]]:
    return [turn.posts for turn in turns.give(posts, (), now, most)]


def test_officers_own_acts_go_first_then_what_was_queued_first_whatever_its_chat() -> None:
    turns = Turns(Pace())
    found = given_turns(turns, post(5), post(9, ELSA), post(7, NILS), post(20, ChatId(-9), Rank.OWN_ACT))
    assert found == [(20,), (5,), (7,), (9,)]
    assert given_turns(Turns(Pace()), post(5), post(9, ELSA), most=1) == [(5,)]


def test_own_acts_in_other_topics_wait_for_nobody_and_in_the_same_one_in_order() -> None:
    own = Rank.OWN_ACT
    queue = (post(1, rank=own, thread=7), post(2, rank=own, thread=7), post(3, rank=own, thread=8), post(4, thread=7))
    turns = Turns(Pace())
    found = turns.give(queue, (), MONDAY, 16)
    assert [(turn.posts, turn.lane) for turn in found] == [
        ((1,), Lane(GROUP, True, ThreadId(7))), ((3,), Lane(GROUP, True, ThreadId(8))), ((4,), Lane(GROUP)),
    ]  # fmt: skip
    assert turns.give(queue, [turn.lane for turn in found], MONDAY, 16) == []


def test_the_next_look_is_when_the_first_chat_is_free() -> None:
    turns, queue = Turns(Pace()), (post(1, ELSA), post(2, ELSA), post(3, NILS))
    assert given_turns(turns, *queue) == [(1,), (3,)]
    assert given_turns(turns, queue[1], now=MONDAY + timedelta(milliseconds=300)) == []
    assert turns.next_at == MONDAY + timedelta(seconds=1)
    assert given_turns(turns) == []
    assert turns.next_at is None


def test_a_group_takes_three_at_once_and_the_rest_spread_over_the_minute() -> None:
    turns, times = Turns(Pace()), []
    for tenth in range(1300):
        now = MONDAY + timedelta(seconds=tenth / 10)
        if given_turns(turns, post(1), now=now):
            times.append(tenth / 10)
    # Three, then each 60 / 11 = 5.45 s after the one before, until eleven are done within the minute; at 60 s the first
    # three are a minute old, but the fourth to the eleventh still count, so it goes on at the same pace.
    assert times[:11] == [0, 0.1, 0.2, 5.7, 11.2, 16.7, 22.2, 27.7, 33.2, 38.7, 44.2]
    assert times[11:13] == [60, 65.5]
    assert all(after - before >= 5.45 for before, after in pairwise(times[11:]))


def test_a_post_that_becomes_several_messages_waits_for_room_for_all_of_them() -> None:
    pace = Pace()
    for second in range(3):
        pace.take(GROUP, MONDAY + timedelta(seconds=second))
    turns, long = Turns(pace), post(1, length=25_000)  # 1 + 25 000 // 3000 = 9 messages; 12 - 9 < 4 are left
    assert given_turns(turns, long, now=MONDAY + timedelta(seconds=10)) == []
    assert given_turns(turns, long, now=MONDAY + timedelta(seconds=62)) == [(1,)]
    assert pace.left(GROUP, MONDAY + timedelta(seconds=62)) == 15 - 9


def test_mere_words_of_a_case_become_one_message_when_the_group_is_behind() -> None:
    now = MONDAY + timedelta(seconds=61)
    queue = (
        post(1, case="a", plain=True), post(2, case="b", plain=True), post(3, case="a", plain=True, at=now),
        post(4, case="a"), post(5, case="a", plain=True),
    )  # fmt: skip
    assert given_turns(Turns(Pace()), *queue, now=now) == [(1, 3)]
    assert given_turns(Turns(Pace()), *queue, now=MONDAY + timedelta(seconds=60)) == [(1,)]
    assert given_turns(Turns(Pace()), *queue[1:], now=now) == [(2,)]


def test_what_is_put_together_stays_one_message_and_in_one_topic() -> None:
    now = MONDAY + timedelta(minutes=5)
    long = [post(number, case="a", plain=True, length=700) for number in range(5)]
    assert given_turns(Turns(Pace()), *long, now=now) == [(0, 1)]  # 1400; with the third it would be 2100 > 1750
    parted = (post(1, case="a", plain=True, thread=7), post(2, case="a", plain=True, thread=8))
    assert given_turns(Turns(Pace()), *parted, now=now) == [(1,)]
    nowhere = (post(1, plain=True), post(2, plain=True))
    assert given_turns(Turns(Pace()), *nowhere, now=now) == [(1,)]


posts = st.lists(
    st.tuples(st.sampled_from([ELSA, NILS, GROUP, ChatId(-600)]), st.sampled_from(list(Rank)), st.integers(0, 2)),
    max_size=40,
)


@settings(max_examples=50)
@given(posts)
def test_everything_gets_its_turn_once_one_person_and_each_rank_in_order(
    asked: list[tuple[ChatId, Rank, int]],
) -> None:
    waiting = [post(number, chat, rank, thread=thread) for number, (chat, rank, thread) in enumerate(asked)]
    waiting.sort(key=lambda one: (one.chat, one.rank if one.chat < 0 else 0, one.id))
    turns, now = Turns(Pace()), MONDAY
    given_: list[WaitingPost] = []
    while waiting:
        for turn in turns.give(waiting, (), now, 4):
            (found,) = [one for one in waiting if one.id in turn.posts]
            given_.append(found)
            waiting.remove(found)
        now += timedelta(seconds=1)
        assert now < MONDAY + timedelta(minutes=10)
    for chat in {one.chat for one in given_}:
        same = [one for one in given_ if one.chat == chat]
        if chat > 0:
            assert [one.id for one in same] == sorted(one.id for one in same)
            continue
        others = [(one.rank, one.id) for one in same if one.rank != Rank.OWN_ACT]
        assert others == sorted(others)
        for thread in {one.thread for one in same}:
            own = [one.id for one in same if one.rank == Rank.OWN_ACT and one.thread == thread]
            assert own == sorted(own)
