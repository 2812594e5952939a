"""What a message of the Bot API holds: words, files, places. Nothing of names or pictures of people is read."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from telegram import Contact, Message, MessageEntity

from bot.channels.mail_write import safe_name
from bot.chat import ChatFile, FileKind, Spot

# What the library will do by itself; until then it warns at every voice message.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_REPLACED = dict.fromkeys(range(0xD800, 0xE000), "\ufffd") | {0: None}

_NAMES = {
    FileKind.PHOTO: ("foto", "jpg", "image/jpeg"),
    FileKind.DOCUMENT: ("fil", "", "application/octet-stream"),
    FileKind.VOICE: ("tal", "ogg", "audio/ogg"),
    FileKind.AUDIO: ("ljud", "mp3", "audio/mpeg"),
    FileKind.VIDEO: ("film", "mp4", "video/mp4"),
    FileKind.VIDEO_NOTE: ("film", "mp4", "video/mp4"),
    FileKind.ANIMATION: ("film", "mp4", "video/mp4"),
    FileKind.STICKER: ("bild", "webp", "image/webp"),
}
"""What a file is called that has no name, and its type where none is told."""

# An animation comes as a document, too, and a live photo as a photo: the first one found is the file.
_KINDS = (
    ("animation", FileKind.ANIMATION), ("photo", FileKind.PHOTO), ("video", FileKind.VIDEO),
    ("video_note", FileKind.VIDEO_NOTE), ("voice", FileKind.VOICE), ("audio", FileKind.AUDIO),
    ("sticker", FileKind.STICKER), ("document", FileKind.DOCUMENT),
)  # fmt: skip

_UNSUPPORTED = (
    "poll", "dice", "game", "story", "paid_media", "giveaway", "giveaway_winners", "checklist", "invoice",
)  # fmt: skip

_SERVICE = (
    "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left",
    "chat_shared", "checklist_tasks_added", "checklist_tasks_done", "connected_website", "delete_chat_photo",
    "direct_message_price_changed", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift", "gift_upgrade_sent",
    "giveaway_completed", "giveaway_created", "group_chat_created", "left_chat_member", "managed_bot_created",
    "message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id", "new_chat_members",
    "new_chat_photo", "new_chat_title", "paid_message_price_changed", "passport_data", "pinned_message",
    "poll_option_added", "poll_option_deleted", "proximity_alert_triggered", "refunded_payment", "successful_payment",
    "suggested_post_approval_failed", "suggested_post_approved", "suggested_post_declined", "suggested_post_paid",
    "suggested_post_refunded", "supergroup_chat_created", "unique_gift", "users_shared", "video_chat_ended",
    "video_chat_participants_invited", "video_chat_scheduled", "video_chat_started", "web_app_data",
    "write_access_allowed",
)  # fmt: skip


def clean(text: str) -> str:
    """Return the text without what no database takes: NUL, and halves of characters."""
    return text.translate(_REPLACED)


def is_service(message: Message) -> bool:
    """Tell whether the message only says that something about the chat has changed."""
    return any(getattr(message, name) for name in _SERVICE)


def words_of(message: Message) -> str:
    """Return all the words: text or caption with the addresses of its links, or a sticker's emoji."""
    if message.text:
        return clean(_with_links(message.text, message.entities))
    if message.caption:
        return clean(_with_links(message.caption, message.caption_entities))
    return clean(message.sticker.emoji or "") if message.sticker else ""


def files_of(message: Message) -> tuple[ChatFile, ...]:
    """Return the file that came along, of a photo in its largest size."""
    for attribute, kind in _KINDS:
        if found := getattr(message, attribute):
            largest = max(found, key=lambda size: size.width * size.height) if kind is FileKind.PHOTO else found
            return (_file(largest, kind, message.message_id),)
    return ()


def spot_of(message: Message, *, edited: bool) -> Spot | None:
    """Return the place that was sent. Only one that goes on being sent is ever edited."""
    if venue := message.venue:
        place = venue.location
        return Spot(
            latitude=place.latitude, longitude=place.longitude, name=clean(venue.title), address=clean(venue.address)
        )
    if (spot := message.location) is not None:
        return Spot(latitude=spot.latitude, longitude=spot.longitude, live=edited or bool(spot.live_period))
    return None


def given_of(message: Message) -> str:
    """Return a shared contact in words: the number, and somebody else's name with it."""
    contact = message.contact
    if contact is None:
        return ""
    return clean(", ".join(part for part in (_other_name(contact, message), contact.phone_number) if part))


def unsupported_in(message: Message, *, nothing_else: bool) -> str:
    """Return the code of content that cannot be taken in; ``other`` where there seems to be no content at all."""
    found = next((code for code in _UNSUPPORTED if getattr(message, code)), "")
    return found or ("other" if nothing_else else "")


def _other_name(contact: Contact, message: Message) -> str:
    own = message.from_user is not None and contact.user_id == message.from_user.id
    return "" if own else " ".join(filter(None, (contact.first_name, contact.last_name)))


def _file(found: Any, kind: FileKind, post: int) -> ChatFile:  # noqa: ANN401 -- eight types with the same fields
    name, ending, media_type = _NAMES[kind]
    if kind is FileKind.STICKER and found.is_video:
        ending, media_type = "webm", "video/webm"
    elif kind is FileKind.STICKER and found.is_animated:
        ending, media_type = "tgs", "application/x-tgsticker"
    fallback = f"{name}-{post}.{ending}".rstrip(".")
    return ChatFile(
        remote=found.file_id,
        kind=kind,
        name=safe_name(clean(getattr(found, "file_name", None) or ""), fallback),
        media_type=clean(getattr(found, "mime_type", None) or media_type),
        size=found.file_size or 0,
        seconds=_seconds(getattr(found, "duration", 0)),
    )


def _seconds(duration: int | timedelta) -> int:
    return int(duration.total_seconds()) if isinstance(duration, timedelta) else int(duration)


def _with_links(text: str, entities: Sequence[MessageEntity]) -> str:
    """Return the text with the address of each link behind its words. Offsets count UTF-16 units."""
    octets = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda one: one.offset, reverse=True):
        if entity.type != MessageEntity.TEXT_LINK or not entity.url:
            continue
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        words = octets[start:end].decode("utf-16-le", "replace")
        if _bare(words) != _bare(entity.url):
            octets = octets[:end] + f" ({entity.url})".encode("utf-16-le", "surrogatepass") + octets[end:]
    return octets.decode("utf-16-le", "surrogatepass")


def _bare(address: str) -> str:
    return address.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
