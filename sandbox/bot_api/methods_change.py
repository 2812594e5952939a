"""Change what stands in a chat: edit, delete, pin, react; and answer a tap."""

from datetime import timedelta
from typing import Any

from sandbox.bot_api import lengths
from sandbox.bot_api.chats import TgChat, TgGroup
from sandbox.bot_api.html_text import read_text
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.places import found, need_right, open_chat, own_message
from sandbox.bot_api.reactions import is_allowed
from sandbox.bot_api.reading import Request
from sandbox.bot_api.refusals import bad_request, faulty
from sandbox.bot_api.shapes import Json, Result
from sandbox.bot_api.state import BotApi

DELETABLE = timedelta(hours=48)
ANSWERABLE = timedelta(seconds=60)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_text(api: BotApi, request: Request) -> Result:
    """Put another text in a message; buttons that are not named again go."""
    parameters = request.parameters
    message = _to_edit(api, parameters)
    if message.content:
        raise bad_request("there is no text in the message to edit")
    text, entities = read_text(parameters["text"], parameters.get("parse_mode"))
    if not text:
        raise faulty("message text is empty")
    lengths.check_text(text)
    return _edited(api, message, text, entities, parameters["text"], parameters)


def edit_caption(api: BotApi, request: Request) -> Result:
    """Put another caption under a file."""
    parameters = request.parameters
    message = _to_edit(api, parameters)
    if not message.is_captioned:
        raise bad_request("there is no caption in the message to edit")
    caption, entities = read_text(parameters.get("caption", ""), parameters.get("parse_mode"))
    lengths.check_text(caption, caption=True)
    return _edited(api, message, caption, entities, parameters.get("caption", ""), parameters)


def edit_markup(api: BotApi, request: Request) -> Result:
    """Put other buttons under a message."""
    message = _to_edit(api, request.parameters)
    markup = request.parameters.get("reply_markup")
    if (message.markup or {}).get("inline_keyboard", []) == (markup or {}).get("inline_keyboard", []):
        raise bad_request(_NOT_MODIFIED)
    message.take_markup(markup)
    api.world.tell_changed()
    return api.world.json(message)


def delete_message(api: BotApi, request: Request) -> Result:
    """Delete a message for everybody."""
    chat = open_chat(api.world, request.parameters["chat_id"])
    message = found(chat, request.parameters["message_id"], "to delete")
    _check_deletable(api, chat, message)
    chat.remove([message])
    return True


def delete_messages(api: BotApi, request: Request) -> Result:
    """Delete several messages; those that are gone are skipped."""
    chat = open_chat(api.world, request.parameters["chat_id"])
    messages = [m for m in map(chat.find, request.parameters["message_ids"]) if m is not None]
    for message in messages:
        _check_deletable(api, chat, message)
    chat.remove(messages)
    return True


def pin(api: BotApi, request: Request) -> Result:
    """Pin a message; a service message tells of it."""
    chat = _chat_to_pin_in(api, request)
    message = found(chat, request.parameters["message_id"], "to pin")
    if message.service:
        raise bad_request("message can't be pinned")
    if not message.pinned:
        message.pinned = True
        pinned = api.world.json(message)
        pinned.pop("reply_to_message", None)
        content = {"pinned_message": pinned}
        api.world.post(TgMessage(chat=chat, by_bot=True, service=True, thread=message.thread, content=content))
    return True


def unpin(api: BotApi, request: Request) -> Result:
    """Unpin a message, without an id the one pinned last."""
    chat = _chat_to_pin_in(api, request)
    message_id = request.parameters.get("message_id")
    pinned = [message for message in chat.messages if message.pinned and message_id in (None, message.id)]
    if not pinned:
        raise bad_request("message to unpin not found")
    pinned[-1].pinned = False
    api.world.tell_changed()
    return True


def react(api: BotApi, request: Request) -> Result:
    """Put the bot's reaction on a message, one at most."""
    chat = open_chat(api.world, request.parameters["chat_id"])
    message = found(chat, request.parameters["message_id"], "to react")
    emoji = [reaction["emoji"] for reaction in request.parameters.get("reaction", [])]
    if len(emoji) > 1:
        raise faulty("REACTIONS_TOO_MANY")
    if not all(map(is_allowed, emoji)):
        raise faulty(f"REACTION_INVALID: {emoji[0]} is not among those a bot may use")
    message.reactions[api.bot_id] = emoji
    api.world.tell_changed()
    return True


def answer_tap(api: BotApi, request: Request) -> Result:
    """Answer a pressed button: the text pops up at whoever pressed it."""
    tap = api.world.taps.get(request.parameters["callback_query_id"])
    if tap is None or tap.answer.done() or api.now() - tap.at > ANSWERABLE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    tap.answer.set_result(request.parameters.get("text", ""))
    api.world.tell_changed()
    return True


def _to_edit(api: BotApi, parameters: Json) -> TgMessage:
    if "chat_id" not in parameters or "message_id" not in parameters:
        raise faulty("message identifier is not specified")
    return own_message(open_chat(api.world, parameters["chat_id"]), parameters["message_id"])


def _edited(api: BotApi, message: TgMessage, text: str, entities: list[Any], sent: str, parameters: Json) -> Result:
    markup = parameters.get("reply_markup")
    same_buttons = (message.markup or {}).get("inline_keyboard", []) == (markup or {}).get("inline_keyboard", [])
    if (message.text, message.entities) == (text, entities) and same_buttons:
        raise bad_request(_NOT_MODIFIED)
    message.show(text, entities, sent if parameters.get("parse_mode") else None)
    message.take_markup(markup)
    message.edited_at = api.now()
    if message.chat.person is not None:
        message.chat.person.shown.append(text)
    api.world.tell_changed()
    return api.world.json(message)


def _check_deletable(api: BotApi, chat: TgChat, message: TgMessage) -> None:
    """Raise a Refusal when the bot may not delete the message.

    In a group with the right to, it may delete any. Else nothing over 48 hours old, and in groups only its own.
    """
    if message.id in chat.topics:
        raise bad_request("message can't be deleted")
    if isinstance(chat, TgGroup):
        if chat.bot.may("can_delete_messages"):
            return
        if not message.by_bot:
            raise bad_request("message can't be deleted")
    if api.now() - message.at > DELETABLE:
        raise bad_request("message can't be deleted for everyone")


def _chat_to_pin_in(api: BotApi, request: Request) -> TgChat:
    chat = open_chat(api.world, request.parameters["chat_id"])
    if isinstance(chat, TgGroup):
        need_right(chat, "can_pin_messages", "manage pinned messages in the chat")
    return chat
