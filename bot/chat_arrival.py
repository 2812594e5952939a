"""An event of a chat that was stored and read, and the keys of all that it refers to. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.case import numbers_in
from bot.chat import ChatEvent, ChatKind, chat_address
from bot.facts import InboxId, whole_second
from bot.store.chat_rows import WantedChats
from bot.store.reading import Wanted
from bot.store.rows import InboxRow

OLDEST = timedelta(days=2)
"""The service keeps events for a day; what claims to be older than two has a date that makes no sense."""

_COMMANDS = 10_000
"""Characters of an officer's message in which case numbers are looked for; a chat takes no longer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatArrival:
    """A stored event of a chat.

    Attributes:
        event: what happened.
        arrived_at: when it happened by the service's clock (UTC, whole seconds), never after we took it.
        source: its key, equal for two deliveries of the same event.
        digest: equal for equal words and files of one sender.
    """

    inbox: InboxId
    raw: bytes
    event: ChatEvent
    arrived_at: datetime
    source: str
    digest: str


def arrive_in_chat(row: InboxRow, event: ChatEvent) -> ChatArrival:
    """Return the arrival of a stored event."""
    at = min(event.at, row.arrived_at) if event.at else row.arrived_at
    if row.arrived_at - at > OLDEST:
        at = row.arrived_at
    # Without the chat, which could be found again from a hash of it and of the words that are kept.
    told = (event.text, event.given, str(event.spot), *(file.remote for file in event.files))
    return ChatArrival(
        inbox=row.id, raw=row.raw, event=event, arrived_at=whole_second(at), source=f"chat:{event.key}",
        digest=hashlib.sha256("\0".join(told).encode()).hexdigest()[:32],
    )  # fmt: skip


def want_chat(keys: Wanted, arrival: ChatArrival) -> None:
    """Add the keys of all that an event refers to: its chat with the cases in it, and the cases it names."""
    event = arrival.event
    keys.chats = keys.chats or WantedChats()
    keys.sources.add(arrival.source)
    private = event.chat_kind is ChatKind.PRIVATE
    keys.chats.chats.add(event.chat)
    if private:
        address = chat_address(event.chat)
        keys.senders.add(address)
        keys.sent |= {(address, post) for post in (event.post, event.reply_to) if post}
    if event.thread is not None:
        keys.chats.threads.add((event.chat, event.thread))
    keys.chats.posts |= {(event.chat, post) for post in (event.post, event.reply_to) if post}
    named = {*numbers_in(event.text[:_COMMANDS]), *numbers_in(event.data.replace(":", " "))}
    keys.texts |= named
