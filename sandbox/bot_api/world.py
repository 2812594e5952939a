"""Telegram's world: its people, chats and files, and what the bot is told of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.bot_api.chats import MEMBER, Membership, TgChat, TgGroup
from sandbox.bot_api.files import FileStore
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.people import TgPerson
from sandbox.bot_api.rendering import (
    bot_json,
    chat_json,
    inaccessible_json,
    member_json,
    message_json,
    reactions_json,
    seconds,
    user_json,
)
from sandbox.bot_api.shapes import Json
from sandbox.bot_api.update_queue import TAP_LIVES, UpdateQueue

STILL_KNOWN = timedelta(hours=48)
"""How long a tapped message is told whole; after that only its id."""

_OWN_SERVICE_TOLD = frozenset(
    {"pinned_message", "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
)
"""Service messages of the bot's own acts that it is told of; of nothing else it does."""


@dataclass(slots=True, kw_only=True)
class Tap:
    """A pressed button that the bot may still answer."""

    id: str
    at: datetime
    person: TgPerson
    answer: asyncio.Future[str]


@dataclass(slots=True, kw_only=True, eq=False)
class TelegramWorld:
    """Everybody and everything the bot can meet. `changed` holds what is called after every change."""

    now: Callable[[], datetime]
    updates: UpdateQueue
    bot_id: int
    bot_username: str
    bot_name: str = "Exempelkommun"
    files: FileStore = field(default_factory=FileStore)
    people: dict[int, TgPerson] = field(default_factory=dict)
    groups: dict[int, TgGroup] = field(default_factory=dict)
    taps: dict[str, Tap] = field(default_factory=dict)
    albums: int = 0
    changed: list[Callable[[], None]] = field(default_factory=list)

    def person(self, name: str, *, language: str = "sv", username: str = "") -> TgPerson:
        """Create a person, who has not met the bot yet; ids rise from 1001."""
        made = TgPerson(self, 1001 + len(self.people), name, language, username)
        self.people[made.id] = made
        return made

    def group(self, title: str, members: Sequence[TgPerson], *, forum: bool = True) -> TgGroup:
        """Create a supergroup, with topics or without; the first member made it. The bot is not in it."""
        number = 1001000000001 + len(self.groups)
        return self._group(-number, "supergroup", title, members, forum)

    def plain_group(self, title: str, members: Sequence[TgPerson]) -> TgGroup:
        """Create a plain group, which knows no topics and no rights for each act."""
        return self._group(-(5001 + len(self.groups)), "group", title, members, False)

    def chat(self, chat_id: int) -> TgChat:
        """Return a chat: a group, or the private chat of the person with this id.

        Raises:
            KeyError: there is none.
        """
        return self.groups[chat_id] if chat_id < 0 else self.people[chat_id].private

    @property
    def bot_user(self) -> Json:
        """Return the bot as others see it."""
        return bot_json(self.bot_id, self.bot_name, self.bot_username)

    def user(self, person: TgPerson) -> Json:
        """Return a person as a `User`."""
        return user_json(person)

    def json(self, message: TgMessage) -> Json:
        """Return a message as a `Message`."""
        return message_json(message, self.bot_user)

    def post(self, message: TgMessage) -> TgMessage:
        """Put a message in its chat, and tell the bot if it may see it."""
        chat = message.chat
        chat.add(message)
        if self._bot_sees(message):
            self.updates.add("message", self.json(message), lane=_lane(chat))
        if message.by_bot and chat.person is not None and message.text:
            chat.person.shown.append(message.text)
        self.tell_changed()
        return message

    def new_album(self) -> str:
        """Return the id of a new album."""
        self.albums += 1
        return str(13_000_000_000_000_000 + 1009 * self.albums)

    def origin(self, message: TgMessage, *, hidden: bool = False) -> Json:
        """Return where a forwarded message came from, as a `MessageOrigin`."""
        if message.forward_origin is not None:
            return message.forward_origin
        date = seconds(message.at)
        if message.anonymous:
            return {"type": "chat", "date": date, "sender_chat": chat_json(message.chat)}
        if hidden and message.sender is not None:
            return {"type": "hidden_user", "date": date, "sender_user_name": message.sender.name}
        sender = self.bot_user if message.sender is None else user_json(message.sender)
        return {"type": "user", "date": date, "sender_user": sender}

    def tell_edited(self, message: TgMessage) -> None:
        """Tell the bot that a person edited a message."""
        if self._bot_sees(message):
            self.updates.add("edited_message", self.json(message), lane=_lane(message.chat))
        self.tell_changed()

    def tell_tap(self, message: TgMessage, person: TgPerson, data: str) -> Tap:
        """Tell the bot that a button was pressed; a message that is old or gone is told by its id alone."""
        tap_id = str(4_000_000_000_000_000 + 977 * (len(self.taps) + 1))
        tap = Tap(id=tap_id, at=self.now(), person=person, answer=asyncio.get_running_loop().create_future())
        self.taps[tap_id] = tap
        known = not message.deleted and self.now() - message.at <= STILL_KNOWN
        body = {
            "id": tap_id,
            "from": user_json(person),
            "message": self.json(message) if known else inaccessible_json(message),
            "chat_instance": str(7919 * abs(message.chat.id)),
            "data": data,
        }
        self.updates.add("callback_query", body, lane=f"user {person.id}", lives=TAP_LIVES)
        return tap

    def tell_membership(
        self, kind: str, chat: TgChat, by: TgPerson | None, user: Json, was: Membership, becomes: Membership
    ) -> None:
        """Tell the bot that it, or somebody, became something else in a chat; `by` None: the bot itself did it."""
        body = {
            "chat": chat_json(chat),
            "from": self.bot_user if by is None else user_json(by),
            "date": seconds(self.now()),
            "old_chat_member": member_json(was, user),
            "new_chat_member": member_json(becomes, user),
        }
        self.updates.add(kind, body, lane=f"{kind} {chat.id}")

    def tell_reaction(self, message: TgMessage, person: TgPerson, emoji: Sequence[str]) -> None:
        """Put a person's reaction on a message; in groups only an administrator is told."""
        was = message.reactions.get(person.id, [])
        message.reactions[person.id] = list(emoji)
        if not isinstance(message.chat, TgGroup) or message.chat.bot.is_admin:
            body = {
                "chat": chat_json(message.chat),
                "message_id": message.id,
                "user": user_json(person),
                "date": seconds(self.now()),
                "old_reaction": reactions_json(was),
                "new_reaction": reactions_json(emoji),
            }
            self.updates.add("message_reaction", body, lane=_lane(message.chat))
        self.tell_changed()

    def migrate(self, group: TgGroup) -> TgGroup:
        """Turn a plain group into a supergroup; the bot hears of the new one before it hears why."""
        new = self.group(group.title, (), forum=False)
        new.members = dict(group.members)
        creator = next(iter(group.members))
        if group.bot.is_in:
            new.bot, new.met_bot = group.bot if group.bot.is_admin else MEMBER, True
            self.tell_membership("my_chat_member", new, creator, self.bot_user, Membership("left"), new.bot)
        self.post(TgMessage(chat=group, sender=creator, service=True, content={"migrate_to_chat_id": new.id}))
        self.post(TgMessage(chat=new, sender=creator, service=True, content={"migrate_from_chat_id": group.id}))
        group.migrated_to = new
        return new

    def tell_changed(self) -> None:
        """Call whoever wants to know that something changed."""
        for call in self.changed:
            call()

    def _group(self, chat_id: int, kind: str, title: str, members: Sequence[TgPerson], forum: bool) -> TgGroup:
        made = TgGroup(self, chat_id, kind, title, members)
        made.is_forum = forum
        self.groups[chat_id] = made
        self.tell_changed()
        return made

    def _bot_sees(self, message: TgMessage) -> bool:
        """Tell whether the bot is sent this message: no act of its own, nothing in groups unless let to."""
        if message.by_bot:
            return message.service and any(kind in _OWN_SERVICE_TOLD for kind in message.content)
        chat = message.chat
        if not isinstance(chat, TgGroup):
            return True
        return chat.bot.is_in and (chat.bot.is_admin or message.service or self._is_for_bot(message))

    def _is_for_bot(self, message: TgMessage) -> bool:
        """Tell whether a message in a group reaches a bot that is no administrator (privacy mode)."""
        replied = message.chat.find(message.reply_to) if message.reply_to is not None else None
        return (
            message.text.startswith("/")
            or f"@{self.bot_username}" in message.text
            or (replied is not None and replied.by_bot)
        )


def _lane(chat: TgChat) -> str:
    return f"chat {chat.id}"
