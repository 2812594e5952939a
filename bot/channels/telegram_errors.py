"""What the Bot API's refusals and broken connections mean for us, told in one place.

`BadRequest` and `TimedOut` are both `NetworkError`s to the library, so what is permanent is matched first. What was
refused by words is matched on several of them: the service's own words differ between versions and servers.
"""

import os
import re
from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.chat import ChatId, Elsewhere, MovedTo, No, Revoked
from bot.errors import KommunsvarError, OurFault, Refused, TryLater, Unsure

# What the library will do by itself; until then it warns at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_NOTHING_TO_DO = ("not modified", "not_modified", "message to delete not found")

# The first that fits counts. With underscores are the inner server's own codes, which come through as they are.
_WORDS: tuple[tuple[No, tuple[str, ...]], ...] = (
    (No.BAD_TEXT, (
        "can't parse", "message text is empty", "text must be non-empty", "message is too long", "message_too_long",
        "caption is too long", "caption_too_long", "entities_too_long", "message_empty",
    )),
    (No.TOO_LATE, ("query is too old", "query id is invalid", "query_id_invalid")),
    (No.TOO_BIG, ("file is too big", "file_too_big", "request entity too large", "file of size")),
    (No.TOPIC_CLOSED, ("topic_closed", "topic is closed", "topic closed")),
    (No.TOPIC_GONE, (
        "message thread not found", "thread not found", "topic_deleted", "topic_id_invalid", "topic not found",
        "message_thread_id", "thread_id_invalid", "topic is deleted",
    )),
    (No.BLOCKED, (
        "bot was blocked", "user is deactivated", "user_is_blocked", "input_user_deactivated", "can't initiate",
        "can't send messages to bots", "can't send messages to the user", "user not found", "peer_id_invalid",
    )),
    (No.NO_CHAT, (
        "bot was kicked", "not a member", "group chat was deleted", "group chat was deactivated", "chat was deleted",
        "channel_private",
    )),
    (No.POST_GONE, (
        "message to edit not found", "message can't be edited", "no text in the message to edit",
        "message can't be deleted", "message to copy not found",
        "message can't be copied", "message to forward not found", "message to pin not found",
        "message to react not found", "message not found", "message_id_invalid", "message identifier",
        "message_edit_time_expired", "message_delete_forbidden",
    )),
    (No.NO_RIGHT, (
        "not enough rights", "no rights", "have no write access", "administrator rights", "administrator privileges",
        "not a forum", "chats only", "only for supergroups", "forum_missing", "chat_admin_required", "chat_restricted",
        "_forbidden",
    )),
)  # fmt: skip

_NOT_SENT = (httpx.PoolTimeout, httpx.ConnectTimeout, httpx.ConnectError, httpx.ProxyError)
_OURS = (UnicodeEncodeError, httpx.UnsupportedProtocol, httpx.InvalidURL)
_AGAIN_IN = re.compile(r"retry after (\d+)")


def meaning(error: Exception, *, chat: ChatId | None = None, repeatable: bool = False) -> KommunsvarError | None:
    """Return what an error of the library, of httpx or of a timeout means; None: it is as it should be already.

    Args:
        error: what was raised by a call.
        chat: where it was to happen: what closes a person's chat only closes a group to us.
        repeatable: doing it twice is the same as once, so that what may have happened is simply done again.
    """
    if (found := _by_kind(error)) is not None:
        return found
    if isinstance(error, NetworkError | Forbidden):
        words = error.message.lower()
        if any(said in words for said in _NOTHING_TO_DO):
            return None
        if (refusal := _refusal(error, words, chat)) is not None:
            return refusal
    return _broken(error, repeatable=repeatable)


def _by_kind(error: Exception) -> KommunsvarError | None:
    """Return what the kind of the error tells alone."""
    match error:
        case KommunsvarError():
            return error
        case RetryAfter():
            return TryLater("flood", after=_wait(error.retry_after))
        case ChatMigrated():
            return MovedTo(ChatId(error.new_chat_id))
        case Conflict():
            return Elsewhere("409")
        case InvalidToken():
            return Revoked("401")
        case _:
            return None


def _refusal(error: Exception, words: str, chat: ChatId | None) -> KommunsvarError | None:
    """Return what the service's words say, None if they say nothing."""
    if "too many requests" in words:
        asked = _AGAIN_IN.search(words)
        return TryLater("flood", after=_wait(int(asked[1]) if asked else 1))
    if "logged out" in words:
        return Revoked("logged_out")
    if "temporarily unavailable" in words:
        return TryLater("file_unavailable")
    if isinstance(error, BadRequest | Forbidden) or "too large" in words:
        return Refused(_status(error, words, chat))
    return None


def _status(error: Exception, words: str, chat: ChatId | None) -> No:
    """Return why for good. What closes a chat with one person (a positive number) closes a group in another way."""
    closed = No.NO_CHAT if chat is not None and chat < 0 else No.BLOCKED
    if "chat not found" in words:
        return closed
    for status, said in _WORDS:
        if any(word in words for word in said):
            return status
    return closed if isinstance(error, Forbidden) else No.BAD_REQUEST


def _broken(error: Exception, *, repeatable: bool) -> KommunsvarError:
    """Return what is left when the service said nothing to the matter."""
    cause = error.__cause__ or error
    if isinstance(cause, _NOT_SENT):
        reason = "pool" if isinstance(cause, httpx.PoolTimeout) else "connect"
        return TryLater(reason, whole_channel=True)
    if isinstance(cause, httpx.TimeoutException) or isinstance(error, TimeoutError):
        return TryLater("timeout") if repeatable else Unsure("timeout")
    if isinstance(cause, _OURS):
        return OurFault(f"telegram: {type(cause).__name__}")
    # A 5xx, a connection cut, an answer that cannot be read: done or not done.
    return TryLater("broken") if repeatable else Unsure("broken")


def _wait(asked: int | timedelta) -> timedelta:
    return asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
