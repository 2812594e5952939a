"""Budgets of chats: what may be done when, worked out by hand and as laws."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.chat import ChatId
from bot.pace import GROUP_ACTS, GROUP_WINDOW, IN_ALL, KEPT_FOR_STAFF, PRIVATE_EVERY, TOPIC_EVERY, Pace, PaceAct
from tests.conftest import MONDAY

ELSA, GROUP, OTHER = ChatId(1001), ChatId(-500), ChatId(-600)


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def test_one_person_gets_one_post_a_second() -> None:
    pace = Pace()
    assert pace.free_at(ELSA, MONDAY) == MONDAY
    pace.take(ELSA, MONDAY)
    assert pace.free_at(ELSA, MONDAY) == after(1)
    assert pace.free_at(ELSA, after(1)) == after(1)
    assert pace.free_at(ChatId(1002), MONDAY) == MONDAY


def test_a_group_takes_eleven_acts_a_minute_and_keeps_four_for_officers() -> None:
    pace = Pace()
    for second in range(11):
        assert pace.free_at(GROUP, after(second)) == after(second)
        pace.take(GROUP, after(second))
    # The twelfth must wait until the first is a minute old; an officer need not, four times.
    assert pace.free_at(GROUP, after(11)) == after(60)
    assert pace.left(GROUP, after(11)) == 4
    for second in range(11, 15):
        assert pace.free_at(GROUP, after(second), own=True) == after(second)
        pace.take(GROUP, after(second))
    assert pace.left(GROUP, after(15)) == 0
    assert pace.free_at(GROUP, after(15), own=True) == after(60)
    # Of fifteen acts the fifth last is that of second 4: with it gone eleven are left, so it may be at 64.
    assert pace.free_at(GROUP, after(15)) == after(64)
    assert pace.free_at(OTHER, after(15)) == after(15)


def test_topics_are_made_six_seconds_apart_and_count_as_acts() -> None:
    pace = Pace()
    pace.take(GROUP, MONDAY, PaceAct.TOPIC)
    assert pace.free_at(GROUP, after(1), PaceAct.TOPIC) == after(6)
    assert pace.free_at(GROUP, after(1)) == after(1)
    assert pace.left(GROUP, after(1)) == 14


def test_twenty_five_a_second_in_all() -> None:
    pace = Pace()
    for person in range(1, 26):
        pace.take(ChatId(person), MONDAY)
    assert pace.free_at(ChatId(26), MONDAY) == after(1)
    assert pace.free_at(GROUP, after(0.5), own=True) == after(1)
    assert pace.free_at(ChatId(26), after(1)) == after(1)


def test_a_hold_is_of_one_chat_and_never_gets_shorter() -> None:
    pace = Pace()
    pace.hold(GROUP, after(30))
    pace.hold(GROUP, after(10))
    assert pace.free_at(GROUP, MONDAY, own=True) == after(30)
    assert pace.left(GROUP, MONDAY) == 0
    assert pace.free_at(OTHER, MONDAY) == MONDAY
    pace.hold_all(after(20))
    assert pace.free_at(OTHER, MONDAY) == after(20)
    assert pace.free_at(OTHER, after(20)) == after(20)


def test_what_is_forgotten_holds_nothing_up() -> None:
    pace = Pace()
    pace.hold(GROUP, after(30))
    pace.take(GROUP, MONDAY, PaceAct.TOPIC)
    pace.forget([GROUP])
    assert pace.free_at(GROUP, after(1), PaceAct.TOPIC) == after(1)


def test_a_clock_set_back_holds_no_post_up() -> None:
    pace = Pace()
    for second in range(15):
        pace.take(GROUP, after(3600 + second))
    pace.take(ELSA, after(3600))
    assert pace.free_at(GROUP, MONDAY) == MONDAY
    assert pace.free_at(ELSA, MONDAY) == MONDAY


acts = st.lists(
    st.tuples(
        st.sampled_from([ELSA, ChatId(1002), GROUP, OTHER]),
        st.sampled_from(list(PaceAct)),
        st.booleans(),
        st.floats(0, 20),
    ),
    max_size=120,
)


@given(acts)
def test_whoever_waits_until_it_is_free_never_breaks_a_budget(asked: list[tuple[ChatId, PaceAct, bool, float]]) -> None:
    pace, now = Pace(), MONDAY
    done: list[tuple[datetime, ChatId, PaceAct]] = []
    for chat, act, own, pause in asked:
        now += timedelta(seconds=pause)
        # What is free may depend on several budgets, each of which may move on while it is waited for.
        while (at := pace.free_at(chat, now, act, own=own)) > now:
            now = at
        if chat < 0 and not own:
            assert pace.left(chat, now) > KEPT_FOR_STAFF
        pace.take(chat, now, act)
        done.append((now, chat, act))
    for at, chat, act in done:
        window = [one for one in done if at <= one[0] < at + GROUP_WINDOW]
        same = [one for one in window if one[1] == chat]
        if chat < 0:
            assert len(same) <= GROUP_ACTS
        else:
            assert sum(one[0] < at + PRIVATE_EVERY for one in same) == 1
        if act is PaceAct.TOPIC and chat < 0:
            assert sum(one[2] is act and one[0] < at + TOPIC_EVERY for one in same) == 1
        assert sum(one[0] < at + timedelta(seconds=1) for one in window) <= IN_ALL
