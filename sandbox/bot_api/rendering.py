"""People, chats and messages as the Bot API writes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.shapes import Json

if TYPE_CHECKING:
    from sandbox.bot_api.chats import Membership, TgChat
    from sandbox.bot_api.people import TgPerson

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Who anonymous administrators appear to be."""

RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip
"""What an administrator of a group may be allowed."""


def seconds(at: datetime) -> int:
    """Return the instant as Telegram tells it: whole seconds since 1970 (UTC)."""
    return int(at.timestamp())


def user_json(person: "TgPerson") -> Json:
    """Return a person as a `User`."""
    first, _, last = person.name.partition(" ")
    made: Json = {"id": person.id, "is_bot": False, "first_name": first}
    extra = {"last_name": last, "username": person.username, "language_code": person.language}
    return made | {name: value for name, value in extra.items() if value}


def bot_json(bot_id: int, name: str, username: str) -> Json:
    """Return the bot as a `User`, as other users see it."""
    return {"id": bot_id, "is_bot": True, "first_name": name, "username": username}


def chat_json(chat: "TgChat") -> Json:
    """Return a chat as a `Chat`."""
    made: Json = {"id": chat.id, "type": chat.kind}
    if chat.person is not None:
        person = user_json(chat.person)
        return made | {name: person[name] for name in ("first_name", "last_name", "username") if name in person}
    made["title"] = chat.title
    return made | {"is_forum": True} if chat.is_forum else made


def member_json(member: "Membership", user: Json) -> Json:
    """Return a membership as a `ChatMember`."""
    made: Json = {"status": member.status, "user": user}
    match member.status:
        case "creator":
            return made | {"is_anonymous": member.anonymous}
        case "administrator":
            rights = {right: right in member.rights or right == "can_manage_chat" for right in RIGHTS}
            return made | {"can_be_edited": False, "is_anonymous": member.anonymous} | rights
        case "kicked":
            return made | {"until_date": 0}
        case _:
            return made


def message_json(message: TgMessage, bot: Json, *, with_reply: bool = True) -> Json:
    """Return a message as a `Message`; the one it replies to is told once, not that one's own reply."""
    made: Json = {"message_id": message.id, "date": seconds(message.at), "chat": chat_json(message.chat)}
    made |= _sender(message, bot) | _thread(message) | _text(message) | message.content
    if with_reply and (replied := _replied(message)) is not None:
        made["reply_to_message"] = message_json(replied, bot, with_reply=False)
    if message.edited_at is not None:
        made["edit_date"] = seconds(message.edited_at)
    if message.album:
        made["media_group_id"] = message.album
    if message.protected:
        made["has_protected_content"] = True
    if message.forward_origin is not None:
        made["forward_origin"] = message.forward_origin
    if message.markup is not None and "inline_keyboard" in message.markup:
        made["reply_markup"] = message.markup
    return made


def inaccessible_json(message: TgMessage) -> Json:
    """Return a message that is too old, or gone, as an `InaccessibleMessage`."""
    return {"chat": chat_json(message.chat), "message_id": message.id, "date": 0}


def reactions_json(emoji: Iterable[str]) -> list[Json]:
    """Return reactions as a list of `ReactionType`."""
    return [{"type": "emoji", "emoji": one} for one in emoji]


def _sender(message: TgMessage, bot: Json) -> Json:
    if message.anonymous:
        return {"from": ANONYMOUS, "sender_chat": chat_json(message.chat)}
    return {"from": bot if message.sender is None else user_json(message.sender)}


def _thread(message: TgMessage) -> Json:
    """Return the topic; a reply outside any topic carries a thread id too, which is only the first message's id."""
    if message.thread is not None:
        return {"message_thread_id": message.thread, "is_topic_message": True}
    if message.chat.kind == "supergroup" and message.reply_to is not None and not message.service:
        return {"message_thread_id": message.chat.first_of_replies(message.reply_to)}
    return {}


def _replied(message: TgMessage) -> TgMessage | None:
    """Return what it replies to: in a topic, when nothing else, the message that made the topic."""
    if message.reply_to is not None:
        return message.chat.find(message.reply_to)
    if message.thread is not None and message.id != message.thread:
        return message.chat.find(message.thread)
    return None


def _text(message: TgMessage) -> Json:
    name, marks = ("caption", "caption_entities") if message.is_captioned else ("text", "entities")
    if not message.text:
        return {}
    return {name: message.text, marks: message.entities} if message.entities else {name: message.text}
