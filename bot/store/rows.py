"""What the store hands out and takes in: plain rows, typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.chat import NO_FORM, Form, PostId, ThreadId, chat_at
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
from bot.port import Attachment, FileState


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
    POST = "post"
    """Anything else we write in a chat: to a citizen about the chat itself, or to staff."""
    CODE = "code"
    """Proves an address: a code by mail."""
    SURVEY = "survey"
    """Asks the citizen, after an answer, what it was like."""
    REPORT = "report"
    """The figures of a week, to who leads the work."""
    FORM = "form"
    """Questions of an assessment, to who answers for them."""

    @property
    def automatic(self) -> bool:
        """Tell whether no person wrote it."""
        return self not in {MailKind.ANSWER, MailKind.HOLDING, MailKind.OUTCOME}

    @property
    def to_citizen(self) -> bool:
        """Tell whether it goes to the one who asked, and not to staff."""
        return self not in {
            MailKind.NOTICE, MailKind.RECEIPT, MailKind.REPLY, MailKind.POST, MailKind.CODE, MailKind.REPORT,
            MailKind.FORM,
        }  # fmt: skip

    @property
    def sent_again_when_unsure(self) -> bool:
        """Tell whether it is better twice than never. Nobody wants two acknowledgements."""
        return self not in {MailKind.ACKNOWLEDGEMENT, MailKind.DELAY, MailKind.POST, MailKind.SURVEY}


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

    In a chat: `post` is its number there, `edits` the message it is a later version of, `album` the same for files sent
    together. `text` is loaded only for outgoing messages, or where it was asked for; `whole` is all that could be read
    where `text` is less (quoted history left out). `digest` tells equal texts.
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
    post: PostId | None = None
    edits: MessageId | None = None
    album: str = ""


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
    remote: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail in the outbox, or with a chat in `to_addr` a post there.

    Attributes:
        attach: originals whose files go along. message: the answer it carries.
        encloses: files of our own that go along, by their ids (`bot.store.enclosures`), and `enclosed`, the same with
            their bytes, where it has been claimed to be sent.
        thread, form: where in a group, and how it looks beside its words (`bot.chat.Form`); `html` then is chat HTML.
        rank: lower goes first among what waits for one group; to one person all goes in order.
        replaces: of what waits with the same key to the same chat, only the newest is sent.
        posted: the messages of it that were sent already.
    """

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
    thread: ThreadId | None = None
    form: Form = NO_FORM
    rank: int = 0
    replaces: str = ""
    posted: tuple[PostId, ...] = ()
    encloses: tuple[int, ...] = ()
    enclosed: tuple[Attachment, ...] = ()


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
    due_at: datetime
    attempts: int = 0
    to_addr: str = ""
    thread: ThreadId | None = None
    replaces: str = ""
    posted: tuple[PostId, ...] = ()


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


def channel_of(address: str) -> Channel:
    """Return the channel of an address: a chat's, else mail."""
    return Channel.MAIL if chat_at(address) is None else Channel.TELEGRAM


def message_row(one: StoredMessage) -> dict[str, Any]:
    """Return a message as a row of the table."""
    return {
        "id": one.id, "case": one.case, "direction": one.direction.value, "address": one.address,
        "officer": one.officer, "inbox": one.inbox, "message_id": one.message_id, "refs": json.dumps(one.references),
        "subject": one.subject, "text": one.text, "whole": one.whole, "digest": one.digest,
        "created_at": one.created_at, "post": one.post, "edits": one.edits, "album": one.album,
    }  # fmt: skip


def file_row(message: MessageId, file: StoredFile) -> dict[str, Any]:
    """Return a file of a message as a row of the table."""
    return {
        "message": message, "part": file.part, "name": file.name, "media_type": file.media_type, "size": file.size,
        "inline": int(file.inline), "state": file.state.value, "remote": file.remote, "kind": file.kind,
    }  # fmt: skip


def outgoing_row(mail: OutgoingMail) -> dict[str, Any]:
    """Return a mail, or a post in a chat, as a new row of the outbox."""
    return {
        "id": mail.id, "kind": mail.kind.value, "state": mail.state.value, "case": mail.case or "",
        "inquiry": mail.inquiry, "message": mail.message, "officer": mail.officer,
        "channel": channel_of(mail.to_addr).value, "to_addr": mail.to_addr, "to_name": mail.to_name,
        "from_addr": mail.from_addr, "from_name": mail.from_name, "reply_to": mail.reply_to, "subject": mail.subject,
        "text": mail.text, "message_id": mail.message_id, "in_reply_to": mail.in_reply_to,
        "refs": json.dumps(mail.references), "attach": json.dumps(mail.attach), "created_at": mail.created_at,
        "due_at": mail.due_at, "html": mail.html, "thread": mail.thread, "form": mail.form.encode(),
        "rank": mail.rank, "replaces": mail.replaces, "encloses": json.dumps(mail.encloses),
    }  # fmt: skip
