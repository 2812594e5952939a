"""The port between channels and services: what comes in, what goes out, and how delivery ended.

A channel knows this file and its own transport, nothing else of the product.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.facts import Channel, InboxId


@dataclass(frozen=True, slots=True, kw_only=True)
class RawInbound:
    """A message exactly as it came, before anybody has read it.

    Attributes:
        external_id: the channel's key; the same key twice is the same message.
        raw: the bytes as received (for mail: the whole message, without the SMTP envelope).
        recipients: envelope recipients as given by the transport (mail), else empty.
        sender: envelope sender; empty for the null return path, None if the transport does not know it.
        arrived_at: when our side, or the mailbox it lay in, took it (UTC).
        mailbox: id of the mailbox it was read from, empty if it was handed to us.
        sent: it lay in that mailbox's folder of sent mail: staff wrote it, outside of us.
        size: the size it had in full where only its beginning was fetched, else 0.
    """

    channel: Channel
    external_id: str
    raw: bytes
    recipients: tuple[str, ...]
    sender: str | None
    arrived_at: datetime
    mailbox: str = ""
    sent: bool = False
    size: int = 0


Keep = Callable[[RawInbound], Awaitable[InboxId]]
"""Stores a raw message durably and returns only after the commit; raises TryLater when it could not."""


class InboundKind(StrEnum):
    """What a message is, seen from its form alone."""

    PERSON = "person"
    AUTO = "auto"
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"
    EMPTY = "empty"


class FileState(StrEnum):
    """What may be done with a file that came along. Only a passed one is ever shown or sent on."""

    PASSED = "passed"
    HELD = "held"
    """The scanner is configured but did not answer; it is asked again."""
    INFECTED = "infected"
    LEFT_OUT = "left_out"
    """Beyond a limit, or the scanner never finished it; the original is kept where it fits."""
    FETCHING = "fetching"
    """It lies with the service that carried the message, and is on its way to us."""
    MISSING = "missing"
    """It could not be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file that came along. `part` is its place among the files of the raw message, which is read again for it.

    `remote` and `kind` (`bot.chat.FileKind`): of a file that is not in the raw message but lies with a chat's service.
    """

    name: str
    media_type: str
    size: int
    inline: bool
    part: int
    state: FileState = FileState.PASSED
    remote: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The mail that a forwarded one carries on: a colleague passes a citizen's mail to us.

    Attributes:
        from_addr, from_name: who wrote the original; from_addr is empty if the forward does not tell it.
        subject: the original's.
        message_id: the original's, without angle brackets; empty unless it came along as a whole.
        text: what the original said.
        comment: what the forwarder wrote above it, often empty.
        received_at: when the trusted host took the original (UTC); only where it came along as a whole.
        sent_wall: what the forward shows as its date, on the forwarder's clock, which names no zone (naive).
        within: the mail that the original, being a forward itself, carries on in turn by its text; at most five deep.
    """

    from_addr: str
    from_name: str = ""
    subject: str = ""
    message_id: str = ""
    text: str = ""
    comment: str = ""
    received_at: datetime | None = None
    sent_wall: datetime | None = None
    within: "Forwarded | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery that failed for good, as the other side reports it.

    `status` is the enhanced status code (``5.1.1``) or empty; `message_id` is our mail's Message-ID without
    angle brackets, empty if the report does not carry it. `final` is False for a mere delay (``4.x.x``).
    """

    recipient: str
    status: str
    message_id: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message that has been read. Reading never raises: what could not be read is empty.

    Attributes:
        from_addr: the writer's address, lower-cased domain, empty if none was found; from_name likewise.
        to_addrs: all addresses in To and Cc. delivered_to: those in Delivered-To and X-Original-To, topmost first.
        reply_to: addresses in Reply-To (claimed by whoever wrote the mail).
        message_id, in_reply_to, references: ids without angle brackets; empty ids are left out.
        date_seen: instant of the topmost Received header of the trusted host (UTC), None if there is none.
        text: all readable text. new_text: the writer's own words without quoted history; never empty when
            text is not.
        kind: what it is by its form. machine: no person wrote it (automatic reply, bounce, bulk mail, answer to an
            invitation); a person's mail that came through a mailing list is LIST but not of a machine.
        language: ISO 639-1 code (``sv``, ``fi``, ``en`` …), empty if it is not clear.
        forwarded: the mail it carries on, if it is a forward.
        marks: codes of what staff should know: ``encrypted``, ``signed``, ``outlook_data`` (winmail.dat),
            ``calendar_request``, ``calendar_reply``, ``calendar_cancel``, ``banner`` (a gateway's warning was cut).
        why: codes of the rules that decided, as ``kind.auto_submitted`` (`bot.channels.mail_why`).
        authentic: ``pass``, ``fail`` or ``none`` (no verdict by the trusted host).
        loop_mark: id of the installation that sent it, when it is one of ours or a sister's.
        hops: number of Received headers.
        error: why reading failed in part, empty if it did not; a code, never text of the message.
    """

    subject: str = ""
    from_addr: str = ""
    from_name: str = ""
    to_addrs: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date_seen: datetime | None = None
    text: str = ""
    new_text: str = ""
    files: tuple[InboundFile, ...] = ()
    kind: InboundKind = InboundKind.PERSON
    machine: bool = False
    bounce: Bounce | None = None
    language: str = ""
    forwarded: Forwarded | None = None
    marks: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    authentic: str = "none"
    loop_mark: str = ""
    hops: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along with an outgoing message.

    `cid`: its Content-ID without brackets, where a mail's page shows it in its place; empty: it is only attached.
    """

    name: str
    media_type: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message ready to leave, in words every channel understands.

    Attributes:
        to_addr: where it goes. return_path: envelope sender for mail, where bounces come.
        automatic: True for everything no person wrote; marked so by the channel (RFC 3834).
        message_id: drawn once when the message was queued, so that every attempt carries the same.
        created_at: when it was queued (UTC).
        html: the same as `text`, set out as a page; empty: there is only the text.
    """

    to_addr: str
    to_name: str = ""
    from_addr: str
    from_name: str
    reply_to: str
    return_path: str
    subject: str
    text: str
    automatic: bool
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    created_at: datetime
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    html: str = ""


class Sender(Protocol):
    """A channel's way out."""

    async def send(self, message: Outbound) -> datetime:
        """Hand the message over and return the instant at which the channel accepted it (UTC).

        Raises:
            TryLater: not accepted now. Refused: never will be. Unsure: handed over, answer lost.
        """
        ...


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    HARMFUL = "harmful"
    TOO_LARGE = "too_large"


class Scanner(Protocol):
    """Looks for harmful code in files."""

    async def scan(self, content: bytes) -> Verdict:
        """Return what it says of one file.

        Raises:
            TryLater: it cannot be asked now (`whole_channel`), or does not finish this very file.
        """
        ...
