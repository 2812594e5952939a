"""Every refusal of the Bot API and every broken connection means one thing (`telegram.md` 1.3)."""

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram_errors import meaning
from bot.chat import ChatId, Elsewhere, MovedTo, No, Revoked
from bot.errors import OurFault, Refused, TryLater, Unsure

ANNA, GROUP = ChatId(1001), ChatId(-1001000000001)


def over(error: TelegramError, cause: Exception) -> TelegramError:
    """As the library raises it: its own error, from the one of httpx."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(("error", "status"), [
    (Forbidden("Forbidden: bot was blocked by the user"), No.BLOCKED),
    (Forbidden("Forbidden: user is deactivated"), No.BLOCKED),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), No.BLOCKED),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), No.NO_CHAT),
    (Forbidden("Forbidden: bot is not a member of the supergroup chat"), No.NO_CHAT),
    (Forbidden("Forbidden: the group chat was deleted"), No.NO_CHAT),
    # Both are network errors to the library, and stay so for ever.
    (BadRequest("Bad Request: message thread not found"), No.TOPIC_GONE),
    (BadRequest("Message thread not found"), No.TOPIC_GONE),
    (BadRequest("Bad Request: TOPIC_DELETED"), No.TOPIC_GONE),
    (BadRequest("Topic_deleted"), No.TOPIC_GONE),
    (BadRequest("Bad Request: TOPIC_ID_INVALID"), No.TOPIC_GONE),
    (BadRequest("Bad Request: TOPIC_CLOSED"), No.TOPIC_CLOSED),
    (BadRequest("Bad Request: message to edit not found"), No.POST_GONE),
    (BadRequest("Bad Request: message can't be edited"), No.POST_GONE),
    (BadRequest("Bad Request: there is no text in the message to edit"), No.POST_GONE),
    (BadRequest("Bad Request: message can't be deleted for everyone"), No.POST_GONE),
    (BadRequest("Bad Request: MESSAGE_ID_INVALID"), No.POST_GONE),
    (BadRequest("Bad Request: message to copy not found"), No.POST_GONE),
    (BadRequest("Bad Request: can't parse entities: Unsupported start tag \"x\""), No.BAD_TEXT),
    (BadRequest("Bad Request: message is too long"), No.BAD_TEXT),
    (BadRequest("Bad Request: message caption is too long"), No.BAD_TEXT),
    (BadRequest("Bad Request: message text is empty"), No.BAD_TEXT),
    (BadRequest("Bad Request: query is too old and response timeout expired or query ID is invalid"), No.TOO_LATE),
    (BadRequest("Bad Request: file is too big"), No.TOO_BIG),
    (NetworkError("Request Entity Too Large (413)"), No.TOO_BIG),
    (BadRequest("Bad Request: not enough rights to manage pinned messages in the chat"), No.NO_RIGHT),
    (BadRequest("Bad Request: CHAT_ADMIN_REQUIRED"), No.NO_RIGHT),
    (BadRequest("Bad Request: the chat is not a forum"), No.NO_RIGHT),
    (BadRequest("Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"), No.NO_RIGHT),
    (BadRequest("Bad Request: BUTTON_DATA_INVALID"), No.BAD_REQUEST),
    (BadRequest("Bad Request: something nobody has ever read"), No.BAD_REQUEST),
])  # fmt: skip
@pytest.mark.parametrize("repeatable", [False, True])
def test_refused_for_good(error: Exception, status: No, repeatable: bool) -> None:
    found = meaning(error, chat=GROUP, repeatable=repeatable)
    assert isinstance(found, Refused)
    assert found.status == status


@pytest.mark.parametrize(("chat", "error", "status"), [
    (ANNA, BadRequest("Bad Request: chat not found"), No.BLOCKED),
    (GROUP, BadRequest("Bad Request: chat not found"), No.NO_CHAT),
    (ANNA, Forbidden("Forbidden: something new"), No.BLOCKED),
    (GROUP, Forbidden("Forbidden: something new"), No.NO_CHAT),
    (None, BadRequest("Bad Request: chat not found"), No.BLOCKED),
])  # fmt: skip
def test_a_closed_person_and_a_closed_group_are_two_things(chat: ChatId | None, error: Exception, status: No) -> None:
    found = meaning(error, chat=chat)
    assert isinstance(found, Refused)
    assert found.status == status


@pytest.mark.parametrize("error", [
    BadRequest("Bad Request: message is not modified: specified new message content and reply markup are the same"),
    BadRequest("Bad Request: TOPIC_NOT_MODIFIED"),
    BadRequest("Topic_not_modified"),
    BadRequest("Bad Request: message to delete not found"),
])  # fmt: skip
def test_what_is_so_already_is_a_success(error: Exception) -> None:
    assert meaning(error, chat=GROUP) is None


@pytest.mark.parametrize(("error", "seconds"), [
    (RetryAfter(17), 17),
    (RetryAfter(timedelta(minutes=2)), 120),
    # Without the field that the library looks for, it is a mere network error there.
    (NetworkError("Too Many Requests: retry after 5"), 5),
    (NetworkError("Too Many Requests"), 1),
])  # fmt: skip
def test_a_flood_is_of_that_chat_alone(error: Exception, seconds: int) -> None:
    found = meaning(error, chat=ANNA)
    assert isinstance(found, TryLater)
    assert (found.after, found.whole_channel) == (timedelta(seconds=seconds), False)


def test_a_429_is_understood_whatever_type_the_library_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    with pytest.warns(DeprecationWarning, match="retry_after"):
        found = meaning(RetryAfter(17))
    assert isinstance(found, TryLater)
    assert found.after == timedelta(seconds=17)


def test_a_group_that_has_moved() -> None:
    found = meaning(ChatMigrated(-1002), chat=ChatId(-5))
    assert isinstance(found, MovedTo)
    assert found.chat == -1002


@pytest.mark.parametrize(("error", "kind"), [
    (Conflict("Conflict: terminated by other getUpdates request"), Elsewhere),
    (InvalidToken("Unauthorized"), Revoked),
    (InvalidToken("Not Found"), Revoked),
    (BadRequest("Bad Request: Logged out"), Revoked),
])  # fmt: skip
def test_what_stops_us(error: Exception, kind: type[Exception]) -> None:
    assert type(meaning(error)) is kind


@pytest.mark.parametrize(("error", "reason"), [
    (over(TimedOut("Pool timeout"), httpx.PoolTimeout("")), "pool"),
    (over(TimedOut(), httpx.ConnectTimeout("")), "connect"),
    (over(NetworkError("httpx.ConnectError: "), httpx.ConnectError("")), "connect"),
    (httpx.ConnectError(""), "connect"),
])  # fmt: skip
@pytest.mark.parametrize("repeatable", [False, True])
def test_what_was_surely_not_sent_is_tried_again(error: Exception, reason: str, repeatable: bool) -> None:
    found = meaning(error, chat=ANNA, repeatable=repeatable)
    assert isinstance(found, TryLater)
    assert (found.reason, found.whole_channel, found.after) == (reason, True, None)


@pytest.mark.parametrize(("error", "reason"), [
    (over(TimedOut(), httpx.ReadTimeout("")), "timeout"),
    (over(TimedOut(), httpx.WriteTimeout("")), "timeout"),
    (httpx.ReadTimeout(""), "timeout"),
    (TimeoutError(), "timeout"),
    (over(NetworkError("httpx.RemoteProtocolError: "), httpx.RemoteProtocolError("")), "broken"),
    (over(NetworkError("httpx.ReadError: "), httpx.ReadError("")), "broken"),
    (NetworkError("Bad Gateway"), "broken"),
    (NetworkError("Internal Server Error: restart"), "broken"),
    (TelegramError("Invalid server response"), "broken"),
    # The answer was read and could not be understood: it was sent.
    (TypeError("missing field"), "broken"),
])  # fmt: skip
def test_what_may_have_been_done_is_unsure_unless_it_can_be_done_twice(error: Exception, reason: str) -> None:
    found = meaning(error, chat=ANNA)
    assert type(found) is Unsure
    assert str(found) == reason
    again = meaning(error, chat=ANNA, repeatable=True)
    assert isinstance(again, TryLater)
    assert (again.reason, again.whole_channel) == (reason, False)


def test_a_file_that_cannot_be_had_now_is_asked_for_later() -> None:
    found = meaning(BadRequest("Bad Request: wrong file_id or the file is temporarily unavailable"), repeatable=True)
    assert isinstance(found, TryLater)
    assert found.reason == "file_unavailable"


@pytest.mark.parametrize("error", [
    over(NetworkError("Unknown error in HTTP implementation"), httpx.InvalidURL("")),
    over(NetworkError("httpx.UnsupportedProtocol: "), httpx.UnsupportedProtocol("")),
    over(NetworkError("Unknown error in HTTP implementation"), UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "")),
])  # fmt: skip
def test_what_never_left_is_our_fault(error: Exception) -> None:
    assert isinstance(meaning(error), OurFault)


def test_an_error_of_ours_stays_what_it_is() -> None:
    error = Refused(No.TOPIC_GONE)
    assert meaning(error) is error
