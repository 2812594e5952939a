"""What the store hands out and takes in of test contacts: plain rows, typed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NewType

from bot.facts import CaseNumber, Channel

TestId = NewType("TestId", int)


class Progress(StrEnum):
    """How far a test contact has come."""

    PLANNED = "planned"
    SENDING = "sending"
    """Handed to the outside server; whether it took it is not known yet, and never will be if we died meanwhile."""
    SENT = "sent"
    ARRIVED = "arrived"
    """It is an inquiry of ours, or the call has been made."""
    JUDGED = "judged"


AWAITED = (Progress.PLANNED, Progress.SENDING, Progress.SENT)
"""Until it has arrived. A person may well write before it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What a test contact got, 0–3 each; None: not judged, as where nobody answered. Reference: domain.md §1.3."""

    availability: int | None = None
    answer: int | None = None
    interest: int | None = None
    information: int | None = None
    reception: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestContact:
    """A planned mystery question and how it went. Instants are UTC.

    Attributes:
        id: None before it is stored.
        plan: the name of its plan, as ``KKiK-2027``.
        area: what it is about, as ``Bygglov``; question: its heading or its number there; round: from 1.
        text: the words of the question.
        sender: the address or chat it comes from, in lower case; empty: not known before.
        due_at: when it is to be sent.
        case, inquiry: what it has become here; None before, and of calls.
        message_id: of the mail we sent from outside, empty of what people send.
        reply: of a call, how it went: seconds until an answer as a number, or empty: nobody answered.
        judge: who judged it, as a fact's actor.
    """

    __test__: ClassVar[bool] = False  # pytest would take it for a test

    id: TestId | None = None
    plan: str
    area: str
    question: str
    round: int
    channel: Channel
    text: str
    sender: str = ""
    due_at: datetime
    state: Progress = Progress.PLANNED
    case: CaseNumber | None = None
    inquiry: int | None = None
    message_id: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    reply: str = ""
    judge: str = ""
    points: Points | None = None
