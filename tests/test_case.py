"""Case numbers, ties and acknowledgements: pure decisions."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import (
    ALPHABET,
    CaseState,
    Match,
    Tie,
    acknowledgement_due,
    check_sign,
    draw_number,
    fold_case,
    match_case,
    numbers_in,
    read_number,
)
from bot.facts import AddressId, CaseNumber, Fact, FactKind, Seq
from tests.conftest import MONDAY
from tests.facts import CASE, received

six = st.text(ALPHABET, min_size=6, max_size=6)


@given(six)
def test_what_was_drawn_can_be_read_as_people_write_it(text: str) -> None:
    draws = iter([ALPHABET.index(sign) for sign in text])
    number = draw_number(lambda _: next(draws))
    assert number == f"K-{text}-{check_sign(text)}"
    spoken = number.lower().replace("-", " ")
    assert read_number(number) == read_number(spoken) == read_number(number.replace("-", "")) == number


@given(six, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_caught(text: str, place: int, sign: str) -> None:
    wrong = text[:place] + sign + text[place + 1 :]
    assert wrong == text or read_number(f"K-{wrong}-{check_sign(text)}") is None


@given(six, st.integers(0, 4))
def test_every_swap_of_neighbours_is_caught(text: str, place: int) -> None:
    wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert wrong == text or read_number(f"K-{wrong}-{check_sign(text)}") is None


@pytest.mark.parametrize("text", ["", "K-", "K-O0I1L1-2", "7Q4M2X-9", "K-7Q4M2X", "K-222222-3"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


A, B = CaseNumber("K-222222-2"), CaseNumber("K-333333-Q")
ELSA, KIM = AddressId(1), AddressId(2)


@pytest.mark.parametrize(
    ("ties", "sender", "expected"),
    [
        ([], ELSA, Match()),
        ([(Tie.IN_REPLY_TO, A)], ELSA, Match(A, None, Tie.IN_REPLY_TO)),
        ([(Tie.IN_REPLY_TO, A)], KIM, Match(None, A)),
        ([(Tie.IN_REPLY_TO, A)], None, Match(None, A)),
        ([(Tie.REPLY_ADDRESS, B), (Tie.IN_REPLY_TO, A)], ELSA, Match(A, None, Tie.IN_REPLY_TO)),
        ([(Tie.REFERENCES, A), (Tie.SUBJECT_TAG, B)], KIM, Match(B, None, Tie.SUBJECT_TAG)),
    ],
)
def test_the_surest_tie_in_which_the_sender_takes_part_wins(
    ties: list[tuple[Tie, CaseNumber]], sender: AddressId | None, expected: Match
) -> None:
    parts = {A: frozenset({ELSA}), B: frozenset({KIM})}
    assert match_case(ties, sender, lambda case: parts[case]) == expected


@pytest.mark.parametrize(
    ("hours", "due"), [([], True), ([0], False), ([23.99], False), ([24], True), ([48, 1], False), ([48, 25], True)]
)
def test_one_acknowledgement_in_24_hours(hours: list[float], due: bool) -> None:
    sent = [MONDAY - timedelta(hours=one) for one in hours]
    assert acknowledgement_due(sent, MONDAY) is due


def _fact(seq: int, what: FactKind, **data: str | bool) -> Fact:
    return Fact(
        seq=Seq(seq), case=CASE, inquiry=1, kind=what, occurred_at=MONDAY, recorded_at=MONDAY, actor="system",
        source=f"s{seq}", data=data,
    )  # fmt: skip


def test_a_case_is_what_its_facts_leave() -> None:
    facts = [received(1, possibly="K-333333-Q")]
    assert fold_case(facts).state is CaseState.OPEN
    assert fold_case(facts).possibly == "K-333333-Q"
    facts += [
        _fact(2, FactKind.KIND_CHANGED, kind="complaint"),
        _fact(3, FactKind.TRANSFERRED, unit="bygg"),
        _fact(4, FactKind.CLOSED),
    ]
    now = fold_case(facts)
    assert (now.kind, now.unit, now.state) == ("complaint", "bygg", CaseState.CLOSED)
    assert fold_case([*facts, received(5, auto=True)]).state is CaseState.CLOSED
    assert fold_case([*facts, received(5)]).state is CaseState.OPEN
    assert fold_case([*facts, _fact(5, FactKind.REOPENED)]).state is CaseState.OPEN


def test_a_case_without_a_message_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with"):
        fold_case([_fact(1, FactKind.CLOSED)])


def test_numbers_are_found_whatever_word_stands_before_them() -> None:
    # "kretess K" has the shape of a number too, and must not hide the one that begins there.
    assert numbers_in("/sekretess K-222222-2 ja\n/ta k2222222, se K-222222-3") == ["K-222222-2", "K-222222-2"]
