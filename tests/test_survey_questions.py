"""The survey's questions: what follows what, and how typed answers are read."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.survey_rows import Question
from bot.survey.comments import asks
from bot.survey.questions import (
    Typed,
    allows,
    branch,
    next_step,
    options,
    read_grade,
    read_typed,
    remaining,
    wording,
)
from config.texts import LANGUAGES, Texts

Q = Question
TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))


def test_after_yes_come_the_grades_and_after_no_what_would_have_been_reasonable() -> None:
    assert branch(answered=True) == (Q.RECEPTION, Q.CLARITY, Q.EASE, Q.COMMENT)
    assert branch(answered=False) == (Q.REASONABLE, Q.COMMENT)
    walked, step = [Q.ANSWERED], next_step(Q.ANSWERED, 1)
    while step is not None:
        walked.append(step)
        step = next_step(step, 3)
    assert walked == [Q.ANSWERED, Q.RECEPTION, Q.CLARITY, Q.EASE, Q.COMMENT]
    assert next_step(Q.ANSWERED, 0) is Q.REASONABLE
    assert [remaining(None), remaining(Q.EASE), remaining(Q.ANSWERED), remaining(Q.OFFER)] == [
        (), (Q.EASE, Q.COMMENT), (Q.ANSWERED,), (Q.OFFER,),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_can_be_chosen_by_its_own_words_and_every_question_has_words(language: str) -> None:
    texts = TEXTS.in_language(language)
    for question in Q:
        assert wording(question, texts).strip()
        if question is Q.COMMENT:
            assert options(question, texts) == ()
            continue
        found = options(question, texts)
        assert len({one.words for one in found}) == len(found)
        for one in found:
            assert read_typed(question, f" {one.words.upper()}. ", texts) == Typed(one.grade)
            assert allows(question, one.grade)
    assert [one.grade for one in options(Q.RECEPTION, texts)] == [5, 4, 3, 2, 1, None]


@pytest.mark.parametrize(
    ("question", "text", "grade"),
    [
        (Q.ANSWERED, "Ja!", 1), (Q.ANSWERED, "nej", 0), (Q.ANSWERED, "kyllä", 1), (Q.ANSWERED, "Ei", 0),
        (Q.ANSWERED, "yes", 1), (Q.ANSWERED, "No.", 0), (Q.RECEPTION, "4", 4), (Q.RECEPTION, "4/5", 4),
        (Q.RECEPTION, "4 av 5", 4), (Q.RECEPTION, "5 🙂", 5), (Q.RECEPTION, "Betyg: 3", 3), (Q.EASE, "fem", 5),
        (Q.EASE, "kaksi", 2), (Q.EASE, "three", 3), (Q.CLARITY, "vet inte", None), (Q.CLARITY, "En tiedä", None),
        (Q.REASONABLE, "1", 0), (Q.REASONABLE, "5", 4), (Q.REASONABLE, "inom en vecka", 3),
    ],
)  # fmt: skip
def test_typed_answers_are_read(question: Q, text: str, grade: int | None) -> None:
    assert read_typed(question, text, TEXTS) == Typed(grade)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Q.ANSWERED, "4"), (Q.ANSWERED, "Ja, men när?"), (Q.RECEPTION, "6"), (Q.RECEPTION, "0,5"), (Q.RECEPTION, "44"),
        (Q.RECEPTION, "4 lampor är trasiga"), (Q.RECEPTION, "Hej"), (Q.REASONABLE, "i morgon"), (Q.ANSWERED, ""),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_something_else(question: Q, text: str) -> None:
    assert read_typed(question, text, TEXTS) is None


def test_a_comment_is_any_words_and_may_be_passed_over() -> None:
    assert read_typed(Q.COMMENT, "Bra, men sent.", TEXTS) == Typed(comment="Bra, men sent.")
    assert read_typed(Q.COMMENT, "Nej tack", TEXTS) == Typed(comment="")
    assert read_typed(Q.COMMENT, "4", TEXTS) == Typed(comment="4")


@given(st.text(max_size=40))
def test_no_text_reads_as_a_grade_outside_the_scale(text: str) -> None:
    assert read_grade(text) in {None, 1, 2, 3, 4, 5}
    for question in (Q.ANSWERED, Q.REASONABLE, Q.RECEPTION, Q.OFFER):
        read = read_typed(question, text, TEXTS)
        assert read is None or allows(question, read.grade)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Varför tog det så lång tid?", True), ("Lyktan vid skolan är trasig", True), ("Ring mig i kväll", True),
        ("Jag har ännu inte fått något besked", True), ("Miksi näin", True), ("it is still broken", True),
        ("x" * 140, True),
        ("Tack så mycket för hjälpen!", False), ("Snabbt och trevligt.", False), ("", False), ("Bra jobbat", False),
    ],
)  # fmt: skip
def test_a_comment_that_asks_or_reports_is_offered_an_answer(text: str, expected: bool) -> None:
    assert asks(text) is expected
