"""The bot itself: who it is, its commands and texts, its updates, its files, and the chats it is in."""

import re
from urllib.parse import urlsplit

from sandbox.bot_api.chats import LEFT, TgGroup
from sandbox.bot_api.places import has_met, known_chat, open_chat, the_group
from sandbox.bot_api.reading import Request
from sandbox.bot_api.refusals import bad_request, faulty
from sandbox.bot_api.rendering import chat_json, member_json, user_json
from sandbox.bot_api.shapes import Result
from sandbox.bot_api.state import BotApi
from sandbox.bot_api.webhook import LOOPBACK

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_NO_SUCH = (
    "can_connect_to_business", "has_main_web_app", "has_topics_enabled", "allows_users_to_create_topics",
    "can_manage_bots", "supports_guest_queries", "supports_inline_queries", "can_read_all_group_messages",
)  # fmt: skip

_TEXTS = {"setMyName": "name", "setMyDescription": "description", "setMyShortDescription": "short_description"}


def get_me(api: BotApi, request: Request) -> Result:  # noqa: ARG001 -- every method is called alike
    """Return the bot."""
    return api.world.bot_user | {"can_join_groups": True} | dict.fromkeys(_NO_SUCH, False)


async def get_updates(api: BotApi, request: Request) -> Result:
    """Return what happened, as soon as something has."""
    p = request.parameters
    if "allowed_updates" in p:
        api.updates.allowed = tuple(p["allowed_updates"])
    return await api.updates.poll(p.get("offset"), p.get("limit", 100), p.get("timeout", 0))


async def set_webhook(api: BotApi, request: Request) -> Result:
    """Bring the updates to an address from now on; an empty one ends it. http is taken for loopback only."""
    p = request.parameters
    if not p["url"]:
        return await delete_webhook(api, request)
    address = urlsplit(p["url"])
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise faulty("bad webhook: An HTTPS URL must be provided for webhook")
    if "secret_token" in p and not _SECRET.fullmatch(p["secret_token"]):
        raise faulty("secret token contains unallowed characters")
    if "allowed_updates" in p:
        api.updates.allowed = tuple(p["allowed_updates"])
    if p.get("drop_pending_updates"):
        api.updates.clear()
    api.updates.refuse_pollers("terminated by setWebhook request")
    await api.webhook.open(p["url"], p.get("secret_token", ""), p.get("max_connections", 40))
    return True


async def delete_webhook(api: BotApi, request: Request) -> Result:
    """Go back to fetching."""
    if request.parameters.get("drop_pending_updates"):
        api.updates.clear()
    await api.webhook.close()
    return True


def webhook_info(api: BotApi, request: Request) -> Result:  # noqa: ARG001 -- every method is called alike
    """Return how the webhook fares."""
    return api.webhook.info()


def get_chat(api: BotApi, request: Request) -> Result:
    """Return all about a chat."""
    chat = known_chat(api.world, request.parameters["chat_id"])
    if isinstance(chat, TgGroup):
        open_chat(api.world, chat.id)
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    made = chat_json(chat) | {"accent_color_id": 1, "max_reaction_count": 11}
    made["accepted_gift_types"] = dict.fromkeys(kinds, False)
    pinned = [message for message in chat.messages if message.pinned]
    if pinned:
        made["pinned_message"] = api.world.json(pinned[-1])
    return made


def get_member(api: BotApi, request: Request) -> Result:
    """Return what somebody is in a chat."""
    group = _group(api, request)
    user_id = request.parameters["user_id"]
    if user_id == api.bot_id:
        return member_json(group.bot, api.world.bot_user)
    person = api.world.people.get(user_id)
    if person is None or not (has_met(api.world, person) or person in group.members):
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_json(group.members.get(person, LEFT), user_json(person))


def get_administrators(api: BotApi, request: Request) -> Result:
    """Return the administrators of a chat; bots, itself among them, only when asked for."""
    group = _group(api, request)
    found = [member_json(member, user_json(person)) for person, member in group.members.items() if member.is_admin]
    if group.bot.is_admin and request.parameters.get("return_bots"):
        found.append(member_json(group.bot, api.world.bot_user))
    return found


def leave(api: BotApi, request: Request) -> Result:
    """Leave a group."""
    _group(api, request).bot_leaves()
    return True


def get_file(api: BotApi, request: Request) -> Result:
    """Return where a file can be fetched for an hour."""
    kept = api.world.files.link(request.parameters["file_id"], api.now())
    return {"file_id": kept.id, "file_unique_id": kept.unique_id, "file_size": kept.size, "file_path": kept.path}


def set_commands(api: BotApi, request: Request) -> Result:
    """Set the commands that the menu offers, for a scope and a language."""
    api.commands[_scope(request)] = request.parameters["commands"]
    return True


def get_commands(api: BotApi, request: Request) -> Result:
    """Return the commands set for exactly this scope and language."""
    return api.commands.get(_scope(request), [])


def set_text(api: BotApi, request: Request) -> Result:
    """Set the bot's name, description or short description in a language."""
    name = _TEXTS[request.method]
    api.texts[name, request.parameters.get("language_code", "")] = request.parameters.get(name, "")
    return True


def set_menu_button(api: BotApi, request: Request) -> Result:
    """Set the button beside the text field, for one chat or for all."""
    chat_id = request.parameters.get("chat_id")
    api.menu_buttons[chat_id] = request.parameters.get("menu_button", {"type": "default"})
    return True


def _group(api: BotApi, request: Request) -> TgGroup:
    return the_group(open_chat(api.world, request.parameters["chat_id"]))


def _scope(request: Request) -> tuple[str, str]:
    scope = request.parameters.get("scope", {"type": "default"})
    return ":".join(str(value) for value in scope.values()), request.parameters.get("language_code", "")
