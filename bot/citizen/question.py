"""What a person has been asked and may answer with one word or a number, as well as with a button."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.case import read_number
from bot.citizen.visit import Visit, letters_got, own_cases
from bot.desk.spelling import fold
from bot.facts import CaseNumber, MessageId, from_micros, to_micros

KEPT = timedelta(days=30)
"""So long a question stays open: nobody is hurried."""
_CODE_KEPT = timedelta(days=1)


class Ask(StrEnum):
    """What can be asked."""

    KIND = "kind"
    LANGUAGE = "language"
    NUMBERED = "numbered"
    """The languages stand numbered, so that a number is one of them."""
    SPLIT = "split"
    """Whether it is about something new."""
    REMOVE = "remove"
    """Whether a message is to be taken out of the chat."""
    ADDRESS = "address"
    """Which mail address the answer goes to."""
    CODE = "code"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is open. Several things may be asked in one message, of which no two take the same words.

    Attributes:
        case, inquiry: what they are about, where they are about one.
        removable: the number in the chat, and the id, of the message that can be taken out.
    """

    asks: frozenset[Ask]
    asked_at: datetime
    case: CaseNumber | None = None
    inquiry: int = 0
    removable: tuple[int, int] = (0, 0)


def ask(
    visit: Visit,
    *asks: Ask,
    case: CaseNumber | None = None,
    inquiry: int = 0,
    removable: tuple[int, int] = (0, 0),
) -> None:
    """Remember what the person is asked now, in place of what was asked before; nothing asked: nothing is changed."""
    if asks:
        question = Question(
            asks=frozenset(asks), asked_at=visit.now, case=case, inquiry=inquiry, removable=removable
        )  # fmt: skip
        _keep(visit, question)


def asked(visit: Visit) -> Question | None:
    """Return what is open, None if nothing is.

    Once somebody of the staff has written, a number or a "yes" may be an answer to that, and chooses nothing.
    """
    state = visit.ledger.book.dialogue(visit.chat, visit.user)
    if not state or "asks" not in state:
        return None
    post, message = state.get("removable", (0, 0))
    question = Question(
        asks=frozenset(Ask(one) for one in state["asks"] if one in set(Ask)), asked_at=from_micros(state["at"]),
        case=read_number(state.get("case", "")), inquiry=state.get("inquiry", 0), removable=(post, message),
    )  # fmt: skip
    if visit.now - question.asked_at > KEPT:
        return None
    if _staff_wrote(visit, question.asked_at):
        question = replace(question, asks=question.asks - {Ask.KIND, Ask.SPLIT, Ask.ERASE, Ask.NUMBERED})
    if visit.now - question.asked_at > _CODE_KEPT:
        question = replace(question, asks=question.asks - {Ask.CODE})
    return question if question.asks else None


def close(visit: Visit, *asks: Ask) -> None:
    """Let these be asked no longer; none named: nothing is."""
    question = asked(visit)
    left = question.asks - set(asks) if question and asks else frozenset[Ask]()
    if question and left:
        _keep(visit, replace(question, asks=left))
    elif visit.ledger.book.dialogue(visit.chat, visit.user) is not None:
        visit.ledger.book.end_dialogue(visit.chat, visit.user)


def said(text: str) -> str:
    """Return words as they are compared with what can be chosen: case, accents and double spaces do not matter."""
    return " ".join(fold(text).split())


def _keep(visit: Visit, question: Question) -> None:
    state = {
        "asks": sorted(question.asks), "at": to_micros(question.asked_at), "case": question.case or "",
        "inquiry": question.inquiry, "removable": question.removable,
    }  # fmt: skip
    visit.ledger.book.set_dialogue(visit.chat, visit.user, state)


def _staff_wrote(visit: Visit, since: datetime) -> bool:
    written = (one for case in own_cases(visit) for one in letters_got(visit, case))
    return any(one.created_at > since for one in written)


def message_of(question: Question) -> MessageId:
    """Return the id of the message that can be taken out."""
    return MessageId(question.removable[1])
