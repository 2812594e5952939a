"""Topics: make, rename, close, reopen, delete."""

from sandbox.bot_api.chats import TgGroup, TgTopic
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.places import need_right, open_chat, the_group
from sandbox.bot_api.reading import Request
from sandbox.bot_api.refusals import bad_request, faulty
from sandbox.bot_api.shapes import Json, Result
from sandbox.bot_api.state import BotApi

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
ICONS = {
    "5434144690511290129": "📰", "5312536423851630001": "💡", "5312016608254762256": "⚡️",
    "5377544228505134960": "🎙", "5418085807791545980": "🔝", "5370870893004203704": "🗣",
    "5420216386448270341": "🆒", "5379748062124056162": "❗️", "5373251851074415873": "📝",
    "5357121491508928442": "👀", "5377498341074542641": "❓", "5237699328843200968": "✅",
}  # fmt: skip
"""Some of the pictures a topic may have, by custom emoji id."""


def create(api: BotApi, request: Request) -> Result:
    """Make a topic; the service message that tells of it gives the topic its id."""
    p = request.parameters
    group = _forum(api, p)
    color, icon = p.get("icon_color", COLORS[len(group.topics) % len(COLORS)]), p.get("icon_custom_emoji_id", "")
    if color not in COLORS:
        raise faulty(f"icon_color must be one of {COLORS}")
    _check_icon(icon)
    made: Json = {"name": p["name"].strip(), "icon_color": color} | ({"icon_custom_emoji_id": icon} if icon else {})
    thread = group.next_id
    group.topics[thread] = TgTopic(id=thread, name=made["name"], icon_color=color, icon=icon)
    _tell(api, group, thread, {"forum_topic_created": made})
    return {"message_thread_id": thread} | made


def edit(api: BotApi, request: Request) -> Result:
    """Give a topic another name or picture."""
    p = request.parameters
    group = _forum(api, p)
    topic = _topic(group, p["message_thread_id"])
    new = {"name": p.get("name") or topic.name, "icon_custom_emoji_id": p.get("icon_custom_emoji_id", topic.icon)}
    changed = {k: v for k, v in new.items() if v != {"name": topic.name, "icon_custom_emoji_id": topic.icon}[k]}
    _check_icon(new["icon_custom_emoji_id"])
    if not changed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name, topic.icon = new["name"], new["icon_custom_emoji_id"]
    _tell(api, group, topic.id, {"forum_topic_edited": changed})
    return True


def close(api: BotApi, request: Request) -> Result:
    """Close a topic."""
    return _set_closed(api, request, closed=True)


def reopen(api: BotApi, request: Request) -> Result:
    """Open a closed topic."""
    return _set_closed(api, request, closed=False)


def delete(api: BotApi, request: Request) -> Result:
    """Delete a topic with all its messages."""
    chat = open_chat(api.world, request.parameters["chat_id"])
    group = _forum_of(the_group(chat))
    need_right(group, "can_delete_messages", "delete messages in the chat")
    group.drop_topic(_topic(group, request.parameters["message_thread_id"]).id)
    return True


def unpin_all(api: BotApi, request: Request) -> Result:
    """Unpin every message of a topic."""
    group = _forum_of(the_group(open_chat(api.world, request.parameters["chat_id"])))
    need_right(group, "can_pin_messages", "manage pinned messages in the chat")
    topic = _topic(group, request.parameters["message_thread_id"])
    for message in group.in_topic(topic.id):
        message.pinned = False
    api.world.tell_changed()
    return True


def icons(api: BotApi, request: Request) -> Result:  # noqa: ARG001 -- every method is called alike
    """Return the pictures a topic may have."""
    picture = {"type": "custom_emoji", "width": 100, "height": 100, "is_animated": False, "is_video": True}
    return [
        {"file_id": f"icon{number}", "file_unique_id": f"unique{number}", "custom_emoji_id": number, "emoji": emoji}
        | picture
        for number, emoji in ICONS.items()
    ]


def _tell(api: BotApi, group: TgGroup, thread: int, what: Json) -> None:
    api.world.post(TgMessage(chat=group, by_bot=True, service=True, thread=thread, content=what))


def _forum(api: BotApi, parameters: Json) -> TgGroup:
    group = _forum_of(the_group(open_chat(api.world, parameters["chat_id"])))
    need_right(group, "can_manage_topics", "manage topics")
    return group


def _forum_of(group: TgGroup) -> TgGroup:
    if not group.is_forum:
        raise bad_request("the chat is not a forum")
    return group


def _topic(group: TgGroup, thread: int) -> TgTopic:
    topic = group.topics.get(thread)
    if topic is None or topic.deleted:
        raise bad_request("TOPIC_ID_INVALID" if topic is None else "TOPIC_DELETED")
    return topic


def _check_icon(icon: str) -> None:
    if icon and icon not in ICONS:
        raise faulty("DOCUMENT_INVALID: not among getForumTopicIconStickers")


def _set_closed(api: BotApi, request: Request, *, closed: bool) -> bool:
    group = _forum(api, request.parameters)
    topic = _topic(group, request.parameters["message_thread_id"])
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    content: Json = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
    _tell(api, group, topic.id, content)
    return True
