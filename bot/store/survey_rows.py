"""What the store hands out and takes in of surveys: plain rows, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.chat import PostId
from bot.facts import AddressId, CaseNumber, Channel, Kind, OutboxId, TopicId, UnitId

InvitationId = NewType("InvitationId", int)


class Question(StrEnum):
    """What is asked. Its value stands in `ratings.question`, and as the next thing to ask in `invitations.step`."""

    ANSWERED = "answered"
    """Whether a person has answered at all: 1 yes, 0 no."""
    REASONABLE = "reasonable"
    """After no: what would have been a reasonable time; the grade is the index of the option, from 0."""
    RECEPTION = "reception"
    """Bemötande, 1–5."""
    CLARITY = "clarity"
    """Tydlighet, 1–5."""
    EASE = "ease"
    """Enkelhet, 1–5."""
    COMMENT = "comment"
    """In own words; no grade."""
    OFFER = "offer"
    """Whether the comment is to be answered. Asked where it seems so; never kept as a rating."""


class State(StrEnum):
    """How far an answered inquiry has come that was up for a survey.

    drawn → sent → delivered → answered, declined or expired; or failed. The others were never invited, and why.
    """

    DRAWN = "drawn"
    """To be invited when its time comes."""
    LOT = "lot"
    """Not drawn: the configured share leaves it out."""
    SUPPRESSED = "suppressed"
    """Its person was asked lately or has declined, or another of that person's contacts is drawn instead."""
    CAPPED = "capped"
    """The year's answers of its channel are in."""
    WITHDRAWN = "withdrawn"
    """Drawn, but before it left the answer came back, the case waits again, or too long a time had passed."""
    SENT = "sent"
    DELIVERED = "delivered"
    """The channel has accepted the invitation."""
    FAILED = "failed"
    ANSWERED = "answered"
    """At least the first question."""
    DECLINED = "declined"
    """Said no to being asked, and answered nothing."""
    EXPIRED = "expired"


OPEN = frozenset({State.SENT, State.DELIVERED, State.FAILED, State.ANSWERED})
"""States in which answers count, as long as there is a next step. Who answers has got it, whatever we were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An answered inquiry that was up for a survey. Instants are UTC.

    Attributes:
        id: None before it is stored.
        case, inquiry, address: whose it is. None once the link is gone; then no instant is finer than the week either.
        channel, unit, kind, topic, language: as the inquiry counts in the figures.
        week: of the contact's arrival, as ``2026-W47``. in_time: answered in time under the configured rule.
        step: what is asked next; None: nothing is left to ask.
        secret: digest of the token in the link, empty: there is none, or its time has passed.
        outbox, post: what carries the invitation: a mail or a post, and its number in the chat.
        due_at: before which it does not leave.
    """

    id: InvitationId | None = None
    case: CaseNumber | None
    inquiry: int | None
    address: AddressId | None
    channel: Channel
    unit: UnitId
    kind: Kind
    topic: TopicId
    language: str
    week: str
    in_time: bool | None
    state: State
    step: Question | None = Question.ANSWERED
    secret: str = ""
    outbox: OutboxId | None = None
    post: PostId | None = None
    drawn_at: datetime
    due_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    responded_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether an answer counts now."""
        return self.state in OPEN and self.step is not None and self.case is not None


def invitation_of(row: Mapping[Any, Any]) -> Invitation:
    """Return an invitation from its row."""
    return Invitation(
        id=InvitationId(row["id"]),
        case=CaseNumber(row["case"]) if row["case"] else None,
        inquiry=row["inquiry"],
        address=None if row["address"] is None else AddressId(row["address"]),
        channel=Channel(row["channel"]),
        unit=UnitId(row["unit"]),
        kind=Kind(row["kind"]),
        topic=TopicId(row["topic"]),
        language=row["language"],
        week=row["week"],
        in_time=None if row["in_time"] is None else bool(row["in_time"]),
        state=State(row["state"]),
        step=Question(row["step"]) if row["step"] else None,
        secret=row["secret"],
        outbox=None if row["outbox"] is None else OutboxId(row["outbox"]),
        post=None if row["post"] is None else PostId(row["post"]),
        drawn_at=row["drawn_at"],
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        delivered_at=row["delivered_at"],
        responded_at=row["responded_at"],
    )


def invitation_values(one: Invitation) -> dict[str, Any]:
    """Return an invitation as the columns of its row, without the id."""
    return {
        "case": one.case or "", "inquiry": one.inquiry, "address": one.address, "channel": one.channel.value,
        "unit": one.unit, "kind": one.kind.value, "topic": one.topic, "language": one.language, "week": one.week,
        "in_time": None if one.in_time is None else int(one.in_time), "state": one.state.value,
        "step": one.step.value if one.step else "", "secret": one.secret, "outbox": one.outbox, "post": one.post,
        "drawn_at": one.drawn_at, "due_at": one.due_at, "sent_at": one.sent_at, "delivered_at": one.delivered_at,
        "responded_at": one.responded_at,
    }  # fmt: skip


def rating_values(one: Invitation, question: Question, version: int, grade: int | None, comment: str) -> dict[str, Any]:
    """Return one answer as the columns of its row. Of the contact it holds nothing finer than the week."""
    return {
        "invitation": one.id, "week": one.week, "channel": one.channel.value, "unit": one.unit,
        "kind": one.kind.value, "topic": one.topic, "language": one.language,
        "in_time": None if one.in_time is None else int(one.in_time), "question": question.value, "version": version,
        "grade": grade, "comment": comment, "source": "own",
    }  # fmt: skip
