"""What makes an event of the Bot API the same event again. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MESSAGES = frozenset((
    "message", "edited_message", "channel_post", "edited_channel_post", "business_message", "edited_business_message",
    "guest_message",
))  # fmt: skip


def external_id(update: Mapping[str, Any], bot_id: int) -> str:
    """Return the key under which an update is kept: events are numbered for each bot by itself."""
    return f"{bot_id}:{event_key(update)}"


def event_key(update: Mapping[str, Any]) -> str:
    """Return an update's identity: its number, and what it is about.

    The number alone is not enough: after a week of silence the service goes on from one drawn at random, and some
    year that is one that was there before. Each delivery of an update has the same key. One without a number has its
    content as key. The key is kept for ever, so it names no chat and no person. Never raises.
    """
    number = update.get("update_id")
    if not isinstance(number, int):
        octets = json.dumps(update, sort_keys=True, default=str).encode()
        return f"unnumbered:{hashlib.sha256(octets).hexdigest()}"
    kind = next((name for name in update if name != "update_id"), "nothing")
    about = update.get(kind)
    parts = _identity(kind, about) if isinstance(about, Mapping) else ()
    return ":".join([str(number), kind, *map(_plain, parts)])


def _identity(kind: str, about: Mapping[str, Any]) -> tuple[object, ...]:
    if kind == "callback_query":
        return (about.get("id"),)
    if kind not in _MESSAGES:
        return (about.get("date"),)
    edited = about.get("edit_date") if kind.startswith("edited") else None
    return about.get("message_id"), about.get("date"), *(() if edited is None else (edited,))


def _plain(part: object) -> str:
    """Return a number or an id as it is; for anything else, and for nothing, a dash."""
    return str(part)[:64] if isinstance(part, int | str) else "-"
