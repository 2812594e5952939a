"""Where a bot may act: find the chat, the topic and the message a request means, or say why not."""

from typing import Any

from sandbox.bot_api.chats import TgChat, TgGroup
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.people import TgPerson
from sandbox.bot_api.refusals import bad_request, faulty, forbidden, migrated
from sandbox.bot_api.world import TelegramWorld

_GENERAL = 1


def open_chat(world: TelegramWorld, chat_id: int | str) -> TgChat:
    """Return a chat that the bot may write in.

    Raises:
        Refusal: it is not known, has moved, or does not let the bot in.
    """
    chat = known_chat(world, chat_id)
    if isinstance(chat, TgGroup):
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to.id)
        if not chat.bot.is_in:
            how = "was kicked from" if chat.bot.status == "kicked" else "is not a member of"
            raise forbidden(f"bot {how} the {chat.kind} chat")
    elif chat.person is not None:
        _check_person(chat.person)
    return chat


def known_chat(world: TelegramWorld, chat_id: int | str) -> TgChat:
    """Return a chat that the bot has met, whether it may write there or not."""
    if isinstance(chat_id, str):
        raise bad_request("chat not found")
    group = world.groups.get(chat_id)
    if group is not None and group.met_bot:
        return group
    person = world.people.get(chat_id)
    if person is None or not has_met(world, person):
        raise bad_request("chat not found")
    return person.private


def has_met(world: TelegramWorld, person: TgPerson) -> bool:
    """Tell whether the bot knows of a person: from the private chat, or from a group they share."""
    return person.opened or any(group.bot.is_in and person in group.members for group in world.groups.values())


def topic_of(chat: TgChat, thread: int | None) -> int | None:
    """Return the topic to write in, None for General.

    Raises:
        Refusal: the topic was never there, is deleted, or is closed to the bot. General must be left out, not named.
    """
    if thread is None:
        return None
    topic = chat.topics.get(thread)
    if topic is None or thread == _GENERAL or not chat.is_forum:
        raise bad_request("message thread not found")
    if topic.deleted:
        topic.refusals += 1
        raise bad_request("message thread not found" if topic.refusals % 2 else "TOPIC_DELETED")
    if topic.closed and isinstance(chat, TgGroup) and not chat.bot.may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread


def replied_to(chat: TgChat, parameters: dict[str, Any]) -> int | None:
    """Return the message that is replied to, None when there is none to be.

    Raises:
        Refusal: it is gone, and sending without a reply was not allowed.
    """
    reply = parameters.get("reply_parameters")
    if reply is None:
        return None
    if reply.get("chat_id", chat.id) != chat.id:
        raise faulty("the sandbox does not emulate replies into another chat")
    if chat.find(reply["message_id"]) is not None:
        return int(reply["message_id"])
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def own_message(chat: TgChat, message_id: int) -> TgMessage:
    """Return a message of the bot's that may be edited.

    Raises:
        Refusal: it is gone, or somebody else's, or tells of something that happened.
    """
    message = chat.find(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.by_bot or message.service or message.forward_origin is not None:
        raise bad_request("message can't be edited")
    return message


def found(chat: TgChat, message_id: int, to: str) -> TgMessage:
    """Return a message; `to` says in the refusal what it was wanted for (`to delete`)."""
    message = chat.find(message_id)
    if message is None:
        raise bad_request(f"message {to} not found")
    return message


def the_group(chat: TgChat) -> TgGroup:
    """Return the chat as a group.

    Raises:
        Refusal: it is a private chat.
    """
    if not isinstance(chat, TgGroup):
        raise bad_request("the chat is not a group")
    return chat


def need_right(group: TgGroup, right: str, to: str) -> None:
    """Raise a Refusal unless the bot has this right; plain groups know no rights apart from being administrator."""
    if not group.bot.may(right):
        raise bad_request(f"not enough rights to {to}")


def _check_person(person: TgPerson) -> None:
    if person.gone:
        raise forbidden("user is deactivated")
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.opened:
        raise forbidden("bot can't initiate conversation with a user")
