"""What the store hands out and takes in: plain rows, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.facts import (
    AddressId,
    CaseNumber,
    Channel,
    Fact,
    FactKind,
    InboxId,
    MessageId,
    OfficerId,
    OutboxId,
    Seq,
    decode_data,
    encode_data,
)
from bot.port import FileState


class Direction(StrEnum):
    """Which way a message went; a note never leaves the house."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MailKind(StrEnum):
    """What an outgoing mail is. What a person wrote goes to the citizen in that person's name."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    HOLDING = "holding_notice"
    OUTCOME = "outcome"
    DELAY = "delay"
    """Tells the citizen, before it happens, that a promise will be missed."""
    NOTICE = "notice"
    RECEIPT = "receipt"
    """Tells an officer what became of plain words."""
    REPLY = "reply"
    """Tells an officer what came of commands."""

    @property
    def automatic(self) -> bool:
        """Tell whether no person wrote it."""
        return self not in {MailKind.ANSWER, MailKind.HOLDING, MailKind.OUTCOME}

    @property
    def to_citizen(self) -> bool:
        """Tell whether it goes to the one who asked, and not to staff."""
        return self not in {MailKind.NOTICE, MailKind.RECEIPT, MailKind.REPLY}

    @property
    def sent_again_when_unsure(self) -> bool:
        """Tell whether it is better twice than never. Nobody wants two acknowledgements."""
        return self not in {MailKind.ACKNOWLEDGEMENT, MailKind.DELAY}


class OutboxState(StrEnum):
    """Where an outgoing mail stands: new → sending → sent, unsure or dead; or regretted before it was tried."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    DEAD = "dead"
    REGRETTED = "regretted"


class InboxState(StrEnum):
    """Where a message that came in stands."""

    PENDING = "pending"
    DONE = "done"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A stored message that waits to be read, with its original bytes.

    `sender` is None and `mailbox` an id where it was read from a mailbox; `size` is its full size, of which `raw` may
    be the beginning. `as_case`: a person let it go on as a case.
    """

    id: InboxId
    channel: Channel
    recipients: tuple[str, ...]
    sender: str | None
    arrived_at: datetime
    raw: bytes
    size: int = 0
    mailbox: str = ""
    sent: bool = False
    as_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message of a case. `message_id` and `references` are the mail's, without angle brackets.

    `text` is loaded only for outgoing messages, or where it was asked for; `whole` is all that could be read where
    `text` is less (quoted history left out). `digest` tells equal texts.
    """

    id: MessageId
    case: CaseNumber
    direction: Direction
    address: AddressId | None
    officer: OfficerId
    inbox: InboxId | None
    message_id: str
    references: tuple[str, ...]
    subject: str
    text: str
    digest: str
    created_at: datetime
    whole: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a message; its bytes are read again from the original by `part`."""

    message: MessageId
    part: int
    name: str
    media_type: str
    size: int
    inline: bool
    state: FileState = FileState.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail in the outbox. `attach` names originals whose files go along; `message` is the answer it carries."""

    id: OutboxId
    kind: MailKind
    state: OutboxState = OutboxState.NEW
    case: CaseNumber | None
    inquiry: int | None = None
    message: MessageId | None = None
    officer: str = ""
    to_addr: str
    to_name: str = ""
    from_addr: str
    from_name: str = ""
    reply_to: str = ""
    subject: str
    text: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attach: tuple[InboxId, ...] = ()
    created_at: datetime
    due_at: datetime
    tried_at: datetime | None = None
    attempts: int = 0
    unsure: bool = False
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedBefore:
    """The short form of an outbox row, for decisions."""

    id: OutboxId
    kind: MailKind
    state: OutboxState
    case: CaseNumber | None
    inquiry: int | None
    message: MessageId | None
    officer: str
    created_at: datetime
    attempts: int = 0


def fact_row(fact: Fact) -> dict[str, Any]:
    """Return a fact as a row of the table."""
    return {
        "seq": fact.seq,
        "case": fact.case,
        "inquiry": fact.inquiry,
        "kind": fact.kind.value,
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "actor": fact.actor,
        "source": fact.source,
        "data": encode_data(fact.data),
    }


def fact_of(row: Mapping[Any, Any]) -> Fact:
    """Return the fact of a row; the inverse of `fact_row`."""
    return Fact(
        seq=Seq(row["seq"]),
        case=CaseNumber(row["case"]),
        inquiry=row["inquiry"],
        kind=FactKind(row["kind"]),
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        actor=row["actor"],
        source=row["source"],
        data=decode_data(row["data"]),
    )
