"""Reads one update of the Bot API as what happened in a chat.

One at a time, and after it has been kept: the library reads a whole batch or nothing, so that one bad update would
stop them all.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram_content import (
    clean,
    files_of,
    given_of,
    is_service,
    spot_of,
    unsupported_in,
    words_of,
)
from bot.channels.telegram_key import external_id
from bot.chat import NO_USER, ChatEvent, ChatId, ChatKind, EventKind, PostId, ThreadId, UserId
from bot.errors import where

logger = logging.getLogger(__name__)

UNREADABLE = "unreadable"
"""The error of an event that could not be read."""

_PLAIN = (
    "message_id", "date", "edit_date", "chat", "from", "sender_chat", "message_thread_id", "is_topic_message",
    "media_group_id", "text", "caption",
)  # fmt: skip
"""What is read of a message that cannot be read as a whole."""

ANONYMOUS = UserId(1087968824)
"""Who administrators appear as that write in their group's name. It is everybody's, so nobody's."""


def read_event(raw: bytes, bot_id: int) -> ChatEvent:
    """Return what one kept update says. Never raises: what cannot be read has an `error` and nothing else.

    Of a message that has words beside something that cannot be read the words are, and it is told that there is more.
    Updates of kinds that we do not ask for, service messages and what other bots write are ``NOTHING``.
    """
    number, key, told = 0, f"{bot_id}:{UNREADABLE}", None
    try:
        told = json.loads(raw)
        key = external_id(told, bot_id)
        number = int(told["update_id"])
        return _event(told, number, key)
    except Exception as error:
        logger.warning("update %d cannot be read: %s", number, where(error))
    try:
        # A citizen's words must not wait for an administrator because of something newer beside them.
        return replace(_event(_words_alone(told), number, key), unsupported=UNREADABLE)
    except Exception:
        return ChatEvent(update=number, key=key, kind=EventKind.NOTHING, error=UNREADABLE)


def _words_alone(told: object) -> Mapping[str, Any]:
    """Return a message with its words and nothing else that could be in the way.

    Raises:
        ValueError: it is no message, or has no words.
    """
    known = told if isinstance(told, Mapping) else {}
    for kind in ("message", "edited_message"):
        about = known.get(kind)
        if isinstance(about, Mapping) and any(isinstance(about.get(name), str) for name in ("text", "caption")):
            return {"update_id": known["update_id"], kind: {name: about[name] for name in _PLAIN if name in about}}
    raise ValueError("no words")


def _event(told: Mapping[str, Any], number: int, key: str) -> ChatEvent:
    update = Update.de_json(dict(told), None)
    if update.message:
        return _message(update.message, number, key, edited=False)
    if update.edited_message:
        return _message(update.edited_message, number, key, edited=True)
    if update.callback_query:
        return _press(update.callback_query, number, key)
    if update.my_chat_member:
        return _member(update.my_chat_member, EventKind.OURSELVES, number, key)
    if update.chat_member:
        return _member(update.chat_member, EventKind.MEMBER, number, key)
    return ChatEvent(update=number, key=key, kind=EventKind.NOTHING)


def _message(message: Message, number: int, key: str, *, edited: bool) -> ChatEvent:
    if message.migrate_to_chat_id or message.migrate_from_chat_id:
        return _moved(message, number, key)
    content = _content(message, edited=edited)
    by_bot = message.from_user is not None and message.from_user.is_bot and message.sender_chat is None
    if content is None or by_bot:
        return ChatEvent(update=number, key=key, kind=EventKind.NOTHING, chat=ChatId(message.chat.id))
    return ChatEvent(
        update=number,
        key=key,
        kind=EventKind.EDIT if edited else EventKind.MESSAGE,
        chat=ChatId(message.chat.id),
        chat_kind=_kind_of(message.chat),
        at=message.edit_date if edited and message.edit_date else message.date,
        thread=_thread(message),
        post=PostId(message.message_id),
        user=_writer(message),
        anonymous=_anonymous(message),
        user_language=clean((message.from_user and message.from_user.language_code) or ""),
        album=clean(message.media_group_id or ""),
        reply_to=_reply_to(message),
        **content,
    )


def _content(message: Message, *, edited: bool) -> dict[str, Any] | None:
    """Return what the message holds, None if it is a service message."""
    found = {
        "text": words_of(message),
        "files": files_of(message),
        "spot": spot_of(message, edited=edited),
        "given": given_of(message),
    }
    nothing_else = not any(found.values())
    if nothing_else and is_service(message):
        return None
    return {**found, "unsupported": unsupported_in(message, nothing_else=nothing_else)}


def _moved(message: Message, number: int, key: str) -> ChatEvent:
    """Return that a group has another number, which is told on both sides of the move."""
    here = message.chat.id
    old, new = (
        (here, message.migrate_to_chat_id) if message.migrate_to_chat_id else (message.migrate_from_chat_id, here)
    )
    return ChatEvent(
        update=number,
        key=key,
        kind=EventKind.MIGRATED,
        chat=ChatId(old or 0),
        chat_kind=ChatKind.GROUP,
        at=message.date,
        new_chat=ChatId(new or 0),
    )


def _press(press: CallbackQuery, number: int, key: str) -> ChatEvent:
    """Return that a button was pressed. Of an old message only its number is told, and of a lost one nothing."""
    message = press.message
    return ChatEvent(
        update=number,
        key=key,
        kind=EventKind.PRESS,
        chat=ChatId(message.chat.id) if message else ChatId(0),
        chat_kind=_kind_of(message.chat) if message else ChatKind.OTHER,
        thread=_thread(message) if isinstance(message, Message) else None,
        post=PostId(message.message_id) if message else PostId(0),
        user=UserId(press.from_user.id),
        user_language=clean(press.from_user.language_code or ""),
        press=press.id,
        data=clean(press.data or ""),
    )


def _member(change: ChatMemberUpdated, kind: EventKind, number: int, key: str) -> ChatEvent:
    now = change.new_chat_member
    status = str(now.status)
    if status == ChatMemberStatus.OWNER:
        status = "administrator"
    elif status == ChatMemberStatus.RESTRICTED and not getattr(now, "is_member", True):
        status = "left"
    return ChatEvent(
        update=number,
        key=key,
        kind=kind,
        chat=ChatId(change.chat.id),
        chat_kind=_kind_of(change.chat),
        at=change.date,
        user=UserId(change.from_user.id),
        user_language=clean(change.from_user.language_code or ""),
        member=UserId(now.user.id),
        status=status,
    )


def _kind_of(chat: Chat) -> ChatKind:
    if chat.type == ChatType.PRIVATE:
        return ChatKind.PRIVATE
    if chat.type == ChatType.SUPERGROUP and chat.is_forum:
        return ChatKind.FORUM
    return ChatKind.GROUP if chat.type in (ChatType.GROUP, ChatType.SUPERGROUP) else ChatKind.OTHER


def _thread(message: Message) -> ThreadId | None:
    """Return the topic only where it is one: a reply in the general topic carries a number that means nothing."""
    thread = message.message_thread_id
    return ThreadId(thread) if message.is_topic_message and thread is not None else None


def _anonymous(message: Message) -> bool:
    return message.sender_chat is not None or (message.from_user is not None and message.from_user.id == ANONYMOUS)


def _writer(message: Message) -> UserId:
    return NO_USER if message.from_user is None or _anonymous(message) else UserId(message.from_user.id)


def _reply_to(message: Message) -> PostId | None:
    """Return what it replies to. In a topic every message seems to reply to the one that opened it."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created or replied.message_id == _thread(message):
        return None
    return PostId(replied.message_id)
