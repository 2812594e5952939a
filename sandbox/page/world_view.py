"""The try-out world as plain data at one moment: chats, the staff's group, mailboxes, the clock, what goes wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.chat_schema import chats
from sandbox.bot_api import TgMessage, TgPerson
from sandbox.page.stage import Letter, Stage

GENERAL, PRIVATE = "general", "private"
"""Rooms beside the topics, which are named by their number."""

_LAST_FAULTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in a chat, as one person reads it.

    Attributes:
        by: own, other, bot, or service (something that happened in the chat, told by `content`).
        html: the words with their form, in the Bot API's HTML.
        rows: buttons as (words, data); of one that opens an address the address.
        asks: it asks the reader to reply to it.
        reply_to: the message it replies to; replied: the beginning of that one, empty for none.
        reactions: the signs that others have put on it.
        content: what it holds beside the words, as the Bot API names it. files: (kind, name, bytes, id).
    """

    number: int
    by: str
    author: str
    html: str
    text: str
    at: datetime
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    asks: bool = False
    reply_to: int | None = None
    replied: str = ""
    edited: bool = False
    pinned: bool = False
    reactions: tuple[str, ...] = ()
    content: Mapping[str, Any]
    files: tuple[tuple[str, str, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a phone. `speaks` is the language the bot speaks to them, `language` that of the phone."""

    key: str
    name: str
    language: str
    speaks: str
    opened: bool
    blocked: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """General, or a topic of the group. `key` is ``general`` or the topic's number."""

    key: str
    title: str
    closed: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Somebody's mailbox, the oldest mail first."""

    address: str
    name: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole world at one moment (`now`, UTC). `rooms`: General first, then topics, those last written in first."""

    now: datetime
    language: str
    citizens: tuple[Person, ...]
    officers: tuple[Person, ...]
    group: str
    members: tuple[str, ...]
    rooms: tuple[Room, ...]
    boxes: tuple[Box, ...]
    dark: bool
    refused: tuple[tuple[datetime, str, int], ...]

    def person(self, key: str) -> Person:
        """Return a person, the first citizen if there is none of that key."""
        return next((one for one in (*self.citizens, *self.officers) if one.key == key), self.citizens[0])

    def room(self, key: str) -> Room:
        """Return a room of the group, General if there is none of that key."""
        return next((room for room in self.rooms if room.key == key), self.rooms[0])

    def box(self, address: str) -> Box:
        """Return a mailbox, the first one if there is none of that address."""
        return next((box for box in self.boxes if box.address == address), self.boxes[0])


async def snapshot(stage: Stage) -> Snapshot:
    """Return the world as it is now; messages in the group are read with nobody's eyes (`by` is never own)."""
    world, api = stage.world, stage.world.api
    default = world.service.office().texts.language
    spoken = await _languages(stage)

    def person(key: str, one: TgPerson) -> Person:
        return Person(
            key=key, name=one.name, language=one.language, speaks=spoken.get(one.id) or default, opened=one.opened,
            blocked=one.blocked, messages=_messages(stage, one.messages, one),
        )  # fmt: skip

    return Snapshot(
        now=stage.now,
        language=default,
        citizens=tuple(person(key, one) for key, one in world.citizens.items()),
        officers=tuple(person(key, one) for key, one in world.officers.items()),
        group=world.group.title,
        members=tuple(key for key, one in world.officers.items() if one in world.group.members),
        rooms=_rooms(stage),
        boxes=_boxes(stage),
        dark=api.faults.is_dark,
        refused=_refused(stage),
    )


async def _languages(stage: Stage) -> dict[int, str]:
    """Return the languages people have chosen, by the number of their chat."""
    async with stage.world.service.database.reading() as connection:
        rows = await connection.execute(select(chats.c.chat, chats.c.language))
        return {int(chat): str(language) for chat, language in rows}


def _rooms(stage: Stage) -> tuple[Room, ...]:
    group = stage.world.group
    general = Room(key=GENERAL, title="", closed=False, messages=_messages(stage, group.in_topic(None)))
    topics = [
        Room(
            key=str(topic.id),
            title=topic.name,
            closed=topic.closed,
            messages=_messages(stage, group.in_topic(topic.id)),
        )
        for topic in group.topics.values()
        if not topic.deleted
    ]
    return general, *sorted(topics, key=lambda room: -max((one.number for one in room.messages), default=0))


def _boxes(stage: Stage) -> tuple[Box, ...]:
    lying: dict[str, list[Letter]] = {}
    for letter in stage.letters:
        lying.setdefault(letter.box, []).append(letter)
    named = stage.mailboxes().items()
    return tuple(Box(address=address, name=name, letters=tuple(lying.get(address, ()))) for address, name in named)


def _messages(stage: Stage, messages: Iterable[TgMessage], reader: TgPerson | None = None) -> tuple[Message, ...]:
    return tuple(_message(stage, message, reader) for message in messages)


def _message(stage: Stage, message: TgMessage, reader: TgPerson | None) -> Message:
    replied = message.chat.find(message.reply_to) if message.reply_to is not None else None
    if replied is not None and "forum_topic_created" in replied.content:
        replied = None
    return Message(
        number=message.id, by=_by(message, reader), author=_author(stage, message), html=message.html,
        text=message.text, at=message.at, rows=tuple(map(tuple, message.buttons)), asks=message.force_reply,
        reply_to=message.reply_to,
        replied=_beginning(replied) if replied is not None else "", edited=message.edited, pinned=message.pinned,
        reactions=tuple(one for given in message.reactions.values() for one in given),
        content=message.content,
        files=tuple((file.kind, file.name, file.size, file.unique_id) for file in message.files),
    )  # fmt: skip


def _by(message: TgMessage, reader: TgPerson | None) -> str:
    if message.service:
        return "service"
    if message.by_bot:
        return "bot"
    return "own" if reader is not None and message.sender is reader else "other"


def _author(stage: Stage, message: TgMessage) -> str:
    if message.by_bot:
        return stage.world.api.world.bot_name
    return message.sender.name if message.sender is not None else message.chat.title


def _beginning(message: TgMessage) -> str:
    text = " ".join(message.text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _refused(stage: Stage) -> tuple[tuple[datetime, str, int], ...]:
    """Return the last calls of the bot that went wrong: when, which, and the code (0: the line was cut)."""
    bad = [
        call
        for call in stage.world.api.calls
        if call.method != "getUpdates" and (call.lost or (not call.ok and call.code >= 400))
    ]
    return tuple((call.at, call.method, 0 if call.lost else call.code) for call in bad[-_LAST_FAULTS:])
