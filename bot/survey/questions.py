"""The survey's questions: their words, their options, what comes after what, and how typed answers are read. Pure.

SKR's form (tydlighet, enkelhet) and bemötande, in every channel. The wording has a version, kept with each answer.
"""

import re
from dataclasses import dataclass

from bot.desk.spelling import fold
from bot.store.survey_rows import Question
from config.texts import Texts, mark

VERSION = 1
"""Of the wording below; a change of it that may move the answers is a new version."""

GRADES = (Question.RECEPTION, Question.CLARITY, Question.EASE)
"""The questions with grades 1–5, in the order they are asked."""

LONGEST_COMMENT = 4_000

_AFTER_YES = (*GRADES, Question.COMMENT)
_AFTER_NO = (Question.REASONABLE, Question.COMMENT)

_WORDS = {
    Question.ANSWERED: mark("Har du fått svar från någon av oss?"),
    Question.REASONABLE: mark("Vad hade varit en rimlig tid att få svar?"),
    Question.RECEPTION: mark("Hur nöjd är du med bemötandet?"),
    Question.CLARITY: mark("Var svaret tydligt?"),
    Question.EASE: mark("Var det enkelt att få hjälp med din fråga?"),
    Question.COMMENT: mark("Vad vill du helst säga till oss? Skriv med egna ord."),
    Question.OFFER: mark("Vill du ha svar på det du skrev?"),
}

_OPTIONS: dict[Question, tuple[tuple[int, str], ...]] = {
    Question.ANSWERED: ((1, mark("Ja")), (0, mark("Nej"))),
    Question.REASONABLE: (
        (0, mark("Samma dag")),
        (1, mark("Nästa arbetsdag")),
        (2, mark("Inom tre arbetsdagar")),
        (3, mark("Inom en vecka")),
        (4, mark("Inom två veckor")),
    ),
    Question.RECEPTION: (
        (5, mark("Mycket nöjd")),
        (4, mark("Ganska nöjd")),
        (3, mark("Varken nöjd eller missnöjd")),
        (2, mark("Ganska missnöjd")),
        (1, mark("Mycket missnöjd")),
    ),
    Question.CLARITY: (
        (5, mark("Mycket tydligt")),
        (4, mark("Ganska tydligt")),
        (3, mark("Varken tydligt eller otydligt")),
        (2, mark("Ganska otydligt")),
        (1, mark("Mycket otydligt")),
    ),
    Question.EASE: (
        (5, mark("Mycket enkelt")),
        (4, mark("Ganska enkelt")),
        (3, mark("Varken enkelt eller svårt")),
        (2, mark("Ganska svårt")),
        (1, mark("Mycket svårt")),
    ),
    Question.COMMENT: (),
    Question.OFFER: ((1, mark("Ja")), (0, mark("Nej"))),
}

DO_NOT_KNOW = mark("Vet inte")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: `grade` as it is kept, None for "do not know"."""

    grade: int | None
    words: str


def wording(question: Question, texts: Texts) -> str:
    """Return the question in words."""
    return texts.t(_WORDS[question])


def options(question: Question, texts: Texts) -> tuple[Option, ...]:
    """Return the answers to choose among, the best first, "do not know" last; none where one answers in own words.

    Yes or no has no "do not know".
    """
    found = tuple(Option(grade, texts.t(words)) for grade, words in _OPTIONS[question])
    return found if not found or _is_yes_or_no(question) else (*found, Option(None, texts.t(DO_NOT_KNOW)))


def allows(question: Question, grade: int | None) -> bool:
    """Tell whether this can be an answer to the question."""
    if grade is None:
        return not _is_yes_or_no(question)
    return any(grade == known for known, _ in _OPTIONS[question])


def branch(answered: bool) -> tuple[Question, ...]:
    """Return what is asked after the first question, in order: after yes, or after no."""
    return _AFTER_YES if answered else _AFTER_NO


def remaining(step: Question | None) -> tuple[Question, ...]:
    """Return what is left to ask from a step on, in order; of the first question only itself: the rest depends on it.

    None: nothing. The comment is last in both branches; after it only the offer, where there is one.
    """
    if step is None:
        return ()
    for asked in (_AFTER_YES, _AFTER_NO):
        if step in asked:
            return asked[asked.index(step) :]
    return (step,)


def next_step(question: Question, grade: int | None) -> Question | None:
    """Return what is asked after an answer; None: nothing more. Whether an offer follows is not decided here."""
    if question is Question.ANSWERED:
        return branch(grade == 1)[0]
    left = remaining(question)[1:]
    return left[0] if left else None


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed answer, read: a grade (None: does not know), or a comment."""

    grade: int | None = None
    comment: str = ""


_YES = frozenset(fold("ja japp jajamen absolut yes yep kyllä joo juu on jo").split())
_NO = frozenset(fold("nej nä nope no ei en").split())
_UNSURE = frozenset(map(fold, ("vet inte", "vet ej", "ingen åsikt", "do not know", "don't know", "dont know",
                               "en tiedä", "en osaa sanoa", "?", "0")))  # fmt: skip
_SKIPPED = frozenset(map(fold, ("hoppa över", "nej", "nej tack", "inget", "ingenting", "inga", "-", "skip", "no",
                                "nothing", "ei", "ei mitään", "ohita")))  # fmt: skip
_NUMBERS = {
    **dict(zip(("ett", "två", "tre", "fyra", "fem"), range(1, 6), strict=True)),
    **dict(zip(("one", "two", "three", "four", "five"), range(1, 6), strict=True)),
    **dict(zip(("yksi", "kaksi", "kolme", "neljä", "viisi"), range(1, 6), strict=True)),
}
_FOLDED = {fold(word): grade for word, grade in _NUMBERS.items()}
_DIGIT = re.compile(
    r"(?:betyg|svar|grade|arvosana)?\s*:?\s*([1-5])(?:\s*(?:/|av|of|out of)\s*5)?(?:\s*(?:poäng|points?|pistettä))?",
    re.IGNORECASE,
)
_EDGES = " \t\r\n.,;:!*_()[]\"'”’👍🙂😊☺\ufe0f"


def read_typed(question: Question, text: str, texts: Texts) -> Typed | None:
    """Return what a typed answer says; None: it is no answer to this question, but something else.

    A digit is the grade as it is kept, 1 the worst; of what would have been reasonable, the option's place from 1. An
    option's own words count, as do yes, no and "do not know" in each of our languages.
    """
    if question is Question.COMMENT:
        return Typed(comment="" if _said(text) in _SKIPPED else text.strip()[:LONGEST_COMMENT])
    said = _said(text)
    chosen = [one for one in options(question, texts) if fold(one.words) == said]
    if chosen:
        return Typed(chosen[0].grade)
    if _is_yes_or_no(question):
        answer = read_yes_or_no(text)
        return None if answer is None else Typed(int(answer))
    if said in _UNSURE:
        return Typed(None)
    grade = read_grade(text)
    if grade is None:
        return None
    return Typed(grade - 1 if question is Question.REASONABLE else grade)


def read_grade(text: str) -> int | None:
    """Return the grade 1–5 that a text is and nothing else, as ``4``, ``4/5`` or ``fyra``; None: it is not one."""
    bare = text.strip(_EDGES)
    found = _DIGIT.fullmatch(bare)
    return int(found[1]) if found else _FOLDED.get(_said(bare))


def read_yes_or_no(text: str) -> bool | None:
    """Return whether a text is a yes (True) or a no, in any of our languages; None: it is neither."""
    said = _said(text)
    if said in _YES:
        return True
    return False if said in _NO else None


def _is_yes_or_no(question: Question) -> bool:
    return question in {Question.ANSWERED, Question.OFFER}


def _said(text: str) -> str:
    return " ".join(fold(text.strip(_EDGES) or text.strip()).split())
