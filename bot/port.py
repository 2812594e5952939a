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
        sender: envelope sender; empty for the null return path.
        arrived_at: when our side took it (UTC).
    """

    channel: Channel
    external_id: str
    raw: bytes
    recipients: tuple[str, ...]
    sender: str
    arrived_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file that came along. `part` is its place in the raw message, from which the bytes are read again."""

    name: str
    media_type: str
    size: int
    inline: bool
    part: int


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
        to_addrs: all addresses in To and Cc.
        message_id, in_reply_to, references: ids without angle brackets; empty ids are left out.
        date_seen: instant of the topmost Received header of the trusted host (UTC), None if there is none.
        text: all readable text. new_text: the writer's own words without quoted history; never empty when
            text is not.
        authentic: ``pass``, ``fail`` or ``none`` (no verdict by the trusted host).
        loop_mark: id of the installation that sent it, when it is one of ours or a sister's.
        hops: number of Received headers.
        error: why reading failed in part, empty if it did not; a code, never text of the message.
    """

    subject: str = ""
    from_addr: str = ""
    from_name: str = ""
    to_addrs: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date_seen: datetime | None = None
    text: str = ""
    new_text: str = ""
    files: tuple[InboundFile, ...] = ()
    kind: InboundKind = InboundKind.PERSON
    bounce: Bounce | None = None
    language: str = ""
    authentic: str = "none"
    loop_mark: str = ""
    hops: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along with an outgoing message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message ready to leave, in words every channel understands.

    Attributes:
        to_addr: where it goes. return_path: envelope sender for mail, where bounces come.
        automatic: True for everything no person wrote; marked so by the channel (RFC 3834).
        message_id: drawn once when the message was queued, so that every attempt carries the same.
        created_at: when it was queued (UTC).
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


class Sender(Protocol):
    """A channel's way out."""

    async def send(self, message: Outbound) -> datetime:
        """Hand the message over and return the instant at which the channel accepted it (UTC).

        Raises:
            TryLater: not accepted now. Refused: never will be. Unsure: handed over, answer lost.
        """
        ...
