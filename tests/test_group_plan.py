"""What is done first in a group, worked out by hand: importance, room in the minute, calm, who is told in private."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import ChatId, ChatKind, PostId, ThreadId
from bot.facts import CaseNumber, OfficerId
from bot.groups.placed import NOT_PLACED, Placed
from bot.groups.plan import Do, GroupToShow, Step, ToShow, is_settled, plan
from bot.office import Shown
from bot.pace import PaceAct
from bot.store.chat_rows import TopicRow, TopicState
from tests.conftest import MONDAY

NOW = MONDAY
ANNA = OfficerId("anna")
KEEP = timedelta(days=14)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def group(**of: Any) -> GroupToShow:
    """A calm group with topics, nothing done in it yet and its board as it should be."""
    known: dict[str, Any] = {"kind": ChatKind.FORUM, "left": 15, "new_at": NOW, "keep": KEEP}
    return GroupToShow(**(known | of))


def case(number: str = "K-1", **of: Any) -> ToShow:
    """A case that has waited for an hour, without a place in the group."""
    known: dict[str, Any] = {
        "number": CaseNumber(number), "placed": NOT_PLACED, "changed_at": ago(hours=1), "level": Shown.FULL,
    }  # fmt: skip
    return ToShow(**(known | of))


def shown(number: str = "K-1", *, placed: dict[str, Any] | None = None, row: dict[str, Any] | None = None,
          **of: Any) -> ToShow:  # fmt: skip
    """A case whose topic is as it should be."""
    there = TopicRow(**{
        "case": CaseNumber(number), "chat": ChatId(-1), "state": TopicState.OPEN, "thread": ThreadId(7),
        "card": PostId(8), "title": "T", "wanted_at": ago(hours=1), "made_at": ago(hours=1), **(row or {}),
    })  # fmt: skip
    stands = Placed(**{"card": "C", "level": Shown.FULL, "pinned": True, **(placed or {})})
    return case(number, **({"row": there, "placed": stands, "title": "T", "card": "C"} | of))


def done(steps: list[Step]) -> list[str]:
    """The steps in short, as ``make K-1``."""
    return [f"{step.do.value} {step.case}" if step.case else step.do.value for step in steps]


GONE = {"thread": None, "card": None, "state": TopicState.WANTED}

ONE_CASE = [
    ("all is as it should be", shown(), []),
    ("new words", shown(oldest=3), ["news K-1"]),
    ("new words before a changed card and title", shown(oldest=3, card="D", title="U"),
     ["news K-1", "edit K-1", "title K-1"]),
    ("not pinned yet", shown(placed={"pinned": False}), ["pin K-1"]),
    ("a topic without its card, after a kill", shown(row={"card": None}, card="D", oldest=3), ["card K-1"]),
    ("closed by us, then written to", shown(row={"state": TopicState.CLOSED}, oldest=3), ["reopen K-1", "news K-1"]),
    ("closed just now", shown(stands=False, card="D", title="U"), ["edit K-1", "title K-1"]),
    ("closed, and all of it told", shown(stands=False), ["close K-1"]),
    ("closed with words that are not shown", shown(stands=False, oldest=3), ["news K-1"]),
    ("closed for 13 days", shown(stands=False, row={"state": TopicState.CLOSED}, changed_at=ago(days=13)), []),
    ("closed for 14 days", shown(stands=False, row={"state": TopicState.CLOSED}, changed_at=ago(days=14)),
     ["delete K-1"]),
    ("it lies in another group's unit", shown(here=False, oldest=3), ["leave K-1"]),
    ("it has become secret", shown(level=Shown.NUMBER, oldest=3), ["leave K-1"]),
    ("it is secret no longer", shown(placed={"level": Shown.NUMBER}, card="D"), ["edit K-1"]),
    ("nobody's, in calm", case(), ["make K-1"]),
    ("taken just now", case(owner=ANNA, changed_at=NOW), ["make K-1"]),
    ("answered, nobody's, never shown", case(waits=False), []),
    ("reopened by its owner", shown(row=GONE, owner=ANNA, waits=False), ["make K-1"]),
    ("by mail, nobody's: the board is enough", case(level=Shown.NUMBER), []),
    ("by mail, taken", case(level=Shown.NUMBER, owner=ANNA), ["make K-1"]),
    ("taken away by hand", shown(row=GONE), ["make K-1"]),
    ("taken away again within the hour", shown(row={**GONE, "wanted_at": NOW + timedelta(minutes=1)}), []),
    ("taken away again an hour later", shown(row={**GONE, "wanted_at": NOW}), ["make K-1"]),
    ("something went wrong with it", shown(oldest=3, resting=True), []),
    ("it must go, but something went wrong", shown(here=False, resting=True), []),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), [row[1:] for row in ONE_CASE], ids=[row[0] for row in ONE_CASE])
def test_one_case(one: ToShow, expected: list[str]) -> None:
    assert done(plan(group(), [one], NOW)) == expected


@pytest.mark.parametrize(("one", "expected"), [row[1:] for row in ONE_CASE], ids=[row[0] for row in ONE_CASE])
def test_what_is_settled_has_nothing_to_be_done(one: ToShow, expected: list[str]) -> None:
    assert not (expected and one.has_place and is_settled(group(), one, NOW))


def test_all_by_importance() -> None:
    cases = [
        shown("K-9", stands=False, row={"state": TopicState.CLOSED}, changed_at=ago(days=20)),
        shown("K-8", stands=False),
        shown("K-7", title="U"),
        shown("K-6", placed={"pinned": False}),
        shown("K-5", card="D"),
        case("K-4", owner=ANNA, changed_at=ago(seconds=2)),
        case("K-3", owner=ANNA, changed_at=ago(seconds=1)),
        shown("K-2", oldest=9),
        shown("K-1", oldest=4),
        shown("K-0", here=False),
    ]
    # leave 1 + news 2 + two new topics of 3 acts = 9 of 15; six left for the rest, of which there are six.
    steps = plan(group(board_changed=True, board_at=ago(seconds=20)), cases, NOW)
    assert done(steps) == [
        "leave K-0", "news K-1", "news K-2", "make K-3", "make K-4",
        "edit K-5", "pin K-6", "title K-7", "board", "close K-8", "delete K-9",
    ]  # fmt: skip
    assert [step.own for step in steps[:5]] == [True, False, False, True, True]
    assert [step.do.act for step in steps[3:6]] == [PaceAct.TOPIC, PaceAct.TOPIC, PaceAct.POST]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (15, ["news K-1", "edit K-2", "edit K-3", "title K-2"]),
        (3, ["news K-1", "edit K-2", "edit K-3"]),
        (2, ["news K-1", "edit K-2"]),
        (1, ["news K-1"]),
        (0, ["news K-1"]),
    ],
)
def test_what_matters_less_waits_for_room(left: int, expected: list[str]) -> None:
    cases = [shown("K-1", oldest=1), shown("K-2", card="D", title="U"), shown("K-3", card="D")]
    assert done(plan(group(left=left), cases, NOW)) == expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ({"board": False}, ["board", "news K-1"]),
        ({"board_changed": True}, ["board", "news K-1"]),  # never written
        ({"board_changed": True, "board_at": ago(seconds=14)}, ["news K-1"]),
        ({"board_changed": True, "board_at": ago(seconds=15)}, ["news K-1", "board"]),
        ({"board_changed": True, "board_at": ago(seconds=119)}, ["news K-1", "board"]),
        ({"board_changed": True, "board_at": ago(seconds=119), "left": 1}, ["news K-1"]),
        ({"board_changed": True, "board_at": ago(seconds=120), "left": 1}, ["board", "news K-1"]),
        ({"board_at": ago(hours=9)}, ["news K-1"]),
    ],
)
def test_the_board_is_written_seldom_but_at_last(of: dict[str, Any], expected: list[str]) -> None:
    assert done(plan(group(**of), [shown(oldest=1)], NOW)) == expected


@pytest.mark.parametrize(("wanted", "left", "made"), [(4, 8, 1), (5, 15, 0), (1, 7, 0), (60, 15, 0), (1, 15, 1)])
def test_a_topic_nobody_asked_for_only_in_calm(wanted: int, left: int, made: int) -> None:
    steps = plan(group(left=left), [case(f"K-{number}") for number in range(wanted)], NOW)
    assert sum(step.do is Do.MAKE and not step.own for step in steps) == made == len(steps)


def test_no_topic_in_calm_while_anything_is_behind() -> None:
    assert done(plan(group(), [case("K-1"), shown("K-2", oldest=1)], NOW)) == ["news K-2"]


def test_in_calm_the_taken_ones_come_first_then_the_oldest() -> None:
    cases = [
        case("K-1", changed_at=ago(hours=3)),
        case("K-2", changed_at=ago(hours=4)),
        case("K-3", owner=ANNA, changed_at=ago(hours=2)),
    ]
    assert done(plan(group(), cases, NOW)) == ["make K-3"]
    assert done(plan(group(), cases[:2], NOW)) == ["make K-2"]


TAKEN = case(owner=ANNA, changed_at=ago(seconds=1))
LINKED = frozenset({ANNA})


@pytest.mark.parametrize(
    ("of", "one", "told"),
    [
        ({}, TAKEN, False),  # at once
        ({"new_at": NOW + timedelta(seconds=4)}, TAKEN, False),  # 5 s after it was taken
        ({"new_at": NOW + timedelta(seconds=4.1)}, TAKEN, True),
        ({"left": 1}, TAKEN, True),  # its topic has room, its card not
        ({"left": 2}, TAKEN, False),
        ({"left": 0}, TAKEN, True),
        ({"left": 0, "linked": frozenset()}, TAKEN, False),
        ({"left": 0}, replace(TAKEN, placed=Placed(told=ANNA)), False),  # once
        ({"left": 0}, replace(TAKEN, placed=Placed(told=OfficerId("bo"))), True),  # another had it before
        ({"left": 0}, replace(TAKEN, changed_at=ago(minutes=11)), False),  # too late to be of use
        ({"new_at": NOW, "left": 15}, replace(TAKEN, changed_at=ago(minutes=1)), False),  # late, but now it can be
        ({"left": 0}, shown(row={"card": None}, owner=ANNA, changed_at=NOW), True),  # topic without its card
    ],
)
def test_the_owner_is_told_in_private_when_the_group_is_behind(of: dict[str, Any], one: ToShow, told: bool) -> None:
    steps = plan(group(**{"linked": LINKED, **of}), [one], NOW)
    assert (Do.TELL_OWNER in {step.do for step in steps}) is told
    assert steps[-1].do in {Do.MAKE, Do.CARD}  # it comes to the group all the same


def test_of_two_taken_at_once_the_second_would_be_late() -> None:
    """A topic every six seconds: the second card cannot stand there within five."""
    cases = [replace(TAKEN, number=CaseNumber(f"K-{number}"), changed_at=NOW) for number in (1, 2)]
    assert done(plan(group(linked=LINKED), cases, NOW)) == ["make K-1", "tell_owner K-2", "make K-2"]


PLAIN = [
    (ChatKind.GROUP, frozenset[str]()),
    (ChatKind.FORUM, frozenset({"topics"})),
    (ChatKind.FORUM, frozenset({"admin", "topics", "pin", "delete"})),
]


@pytest.mark.parametrize(("kind", "lacks"), PLAIN)
def test_without_topics_there_are_cards_only(kind: ChatKind, lacks: frozenset[str]) -> None:
    plain = group(kind=kind, lacks=lacks)
    card = {"thread": None}
    assert done(plan(plain, [TAKEN], NOW)) == ["card K-1"]
    assert done(plan(plain, [shown(row=card, placed={"pinned": False}, title="U", oldest=1)], NOW)) == ["news K-1"]
    assert done(plan(plain, [shown(row=card, stands=False, title="U")], NOW)) == ["close K-1"]


@pytest.mark.parametrize(
    ("lacking", "one"),
    [
        ("pin", shown(placed={"pinned": False})),
        ("delete", shown(stands=False, row={"state": TopicState.CLOSED}, changed_at=ago(days=20))),
        ("topics", shown(title="U")),
        ("topics", shown(stands=False)),
    ],
)
def test_nothing_is_tried_that_we_may_not(lacking: str, one: ToShow) -> None:
    assert plan(group(lacks=frozenset({lacking})), [one], NOW) == []
    assert is_settled(group(lacks=frozenset({lacking})), one, NOW)


rows = st.sampled_from(ONE_CASE).map(lambda row: row[1])


@given(st.lists(rows, max_size=12), st.integers(0, 15), st.booleans())
def test_each_thing_once_and_the_rest_within_the_minute(cases: list[ToShow], left: int, changed: bool) -> None:
    numbered = [replace(one, number=CaseNumber(f"K-{place}")) for place, one in enumerate(cases)]
    steps = plan(group(left=left, board_changed=changed, board_at=ago(minutes=3)), numbered, NOW)
    assert len({(step.do, step.case) for step in steps}) == len(steps)
    waits_for_nobody = {Do.EDIT, Do.PIN, Do.TITLE, Do.CLOSE, Do.DELETE}
    assert sum(step.do in waits_for_nobody for step in steps) <= left
    assert sum(step.do is Do.BOARD for step in steps) == changed
    ranks = [step.do in waits_for_nobody for step in steps]
    assert ranks == sorted(ranks)


def test_what_is_remembered_comes_back() -> None:
    placed = Placed(
        card="abc", level=Shown.SHORT, pinned=True, late=True, told=ANNA,
        unsettled={3: (-1, 0, 2), 9: ()},  # type: ignore[dict-item]
    )  # fmt: skip
    assert Placed.decode(placed.encode()) == placed
    assert Placed().encode() == ""
    assert [Placed.decode(text) for text in ("", "nonsense", "[]", '{"level":"loud"}')] == [Placed()] * 4
