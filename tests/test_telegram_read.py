"""What an update of the Bot API says, read one at a time, and never with an exception."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_read import ANONYMOUS, read_event
from bot.chat import NO_USER, ChatEvent, ChatFile, ChatId, ChatKind, EventKind, FileKind, PostId, Spot, UserId

BOT = 4242
# 1795854600 s: 28 November 2026, 08.30 UTC
DATE = 1795854600
AT = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)

ELSA = {"id": 1001, "is_bot": False, "first_name": "Elsa", "username": "elsa_exempel", "language_code": "sv"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Elsa", "username": "elsa_exempel"}
FORUM = {"id": -1001, "type": "supergroup", "title": "Kontaktcenter", "is_forum": True}
PLAIN_GROUP = {"id": -5, "type": "group", "title": "Kontaktcenter"}
US = {"id": BOT, "is_bot": True, "first_name": "Kommunen"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": DATE, "from": ELSA, "chat": PRIVATE, **content}


def read(update: dict[str, Any]) -> ChatEvent:
    return read_event(json.dumps({"update_id": 11, **update}).encode(), BOT)


def read_message(**content: Any) -> ChatEvent:
    return read({"message": message(**content)})


def sized(identity: str, **more: Any) -> dict[str, Any]:
    return {"file_id": identity, "file_unique_id": "u" + identity, "file_size": 9, **more}


PHOTO = [sized("s", width=90, height=60), sized("l", width=1280, height=960), sized("m", width=320, height=240)]
BOX = {"width": 512, "height": 512}


def test_a_message_in_full_and_nothing_of_the_name() -> None:
    event = read_message(text="Hej!")
    assert event == ChatEvent(
        update=11, key=f"4242:11:message:7:{DATE}", kind=EventKind.MESSAGE, chat=ChatId(1001),
        chat_kind=ChatKind.PRIVATE, at=AT, post=PostId(7), user=UserId(1001), user_language="sv", text="Hej!",
    )  # fmt: skip
    assert "lsa" not in repr(event)


@pytest.mark.parametrize(("content", "text"), [
    ({"text": "  två\nrader "}, "  två\nrader "),
    ({"photo": PHOTO, "caption": "Hålet"}, "Hålet"),
    # The address stands behind the words that lead there; offsets count the emoji as two.
    ({"text": "😀 se här nu", "entities": [
        {"type": "text_link", "offset": 3, "length": 6, "url": "https://kommun.example/a"},
        {"type": "bold", "offset": 0, "length": 2}]}, "😀 se här (https://kommun.example/a) nu"),
    ({"photo": PHOTO, "caption": "a b", "caption_entities": [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://x.example/1"},
        {"type": "text_link", "offset": 2, "length": 1, "url": "https://x.example/2"}]},
     "a (https://x.example/1) b (https://x.example/2)"),
    # It is there already.
    ({"text": "kommun.example/A", "entities": [
        {"type": "text_link", "offset": 0, "length": 16, "url": "https://kommun.example/a/"}]}, "kommun.example/A"),
    # Beyond the end: nothing is lost.
    ({"text": "a", "entities": [{"type": "text_link", "offset": 5, "length": 9, "url": "https://x.example"}]},
     "a (https://x.example)"),
    ({"sticker": sized("s", type="regular", is_animated=False, is_video=False, emoji="👍", **BOX)}, "👍"),
    ({"text": "a\0b"}, "ab"),
    # A forwarded message is the sender's now; whose it was is not read.
    ({"text": "vidare", "forward_origin": {"type": "user", "date": 1, "sender_user": ELSA}}, "vidare"),
    ({"text": "vidare", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Anna E"}}, "vidare"),
    ({"text": "svar", "quote": {"text": "citat", "position": 0}}, "svar"),
    ({"text": "från en bot", "via_bot": US}, "från en bot"),
])  # fmt: skip
def test_words(content: dict[str, Any], text: str) -> None:
    event = read_message(**content)
    assert (event.text, event.error, event.kind) == (text, "", EventKind.MESSAGE)
    assert "Anna E" not in repr(event)


@pytest.mark.parametrize(("content", "file"), [
    ({"photo": PHOTO}, ChatFile(remote="l", kind=FileKind.PHOTO, name="foto-7.jpg", media_type="image/jpeg", size=9)),
    ({"document": sized("d", file_name="../ansökan\u202e.pdf", mime_type="application/pdf")},
     ChatFile(remote="d", kind=FileKind.DOCUMENT, name="ansökan.pdf", media_type="application/pdf", size=9)),
    ({"document": {"file_id": "d", "file_unique_id": "u"}},
     ChatFile(remote="d", kind=FileKind.DOCUMENT, name="fil-7", media_type="application/octet-stream")),
    ({"voice": sized("v", duration=12, mime_type="audio/ogg")},
     ChatFile(remote="v", kind=FileKind.VOICE, name="tal-7.ogg", media_type="audio/ogg", size=9, seconds=12)),
    ({"audio": sized("a", duration=3, performer="Anna E", title="T")},
     ChatFile(remote="a", kind=FileKind.AUDIO, name="ljud-7.mp3", media_type="audio/mpeg", size=9, seconds=3)),
    ({"video": sized("v", duration=3, file_name="hål.mov", mime_type="video/quicktime", **BOX)},
     ChatFile(remote="v", kind=FileKind.VIDEO, name="hål.mov", media_type="video/quicktime", size=9, seconds=3)),
    ({"video_note": sized("n", duration=4, length=240)},
     ChatFile(remote="n", kind=FileKind.VIDEO_NOTE, name="film-7.mp4", media_type="video/mp4", size=9, seconds=4)),
    # Comes twice over, and is one file.
    ({"animation": sized("g", duration=2, **BOX), "document": sized("g")},
     ChatFile(remote="g", kind=FileKind.ANIMATION, name="film-7.mp4", media_type="video/mp4", size=9, seconds=2)),
    ({"live_photo": sized("x", duration=2, **BOX), "photo": PHOTO},
     ChatFile(remote="l", kind=FileKind.PHOTO, name="foto-7.jpg", media_type="image/jpeg", size=9)),
    ({"sticker": sized("s", type="regular", is_animated=True, is_video=False, **BOX)},
     ChatFile(remote="s", kind=FileKind.STICKER, name="bild-7.tgs", media_type="application/x-tgsticker", size=9)),
])  # fmt: skip
def test_files(content: dict[str, Any], file: ChatFile) -> None:
    event = read_message(**content)
    assert event.files == (file,)
    assert (event.unsupported, event.error) == ("", "")


def test_files_sent_together_say_so() -> None:
    assert read_message(photo=PHOTO, media_group_id="135").album == "135"


@pytest.mark.parametrize(("content", "spot"), [
    ({"location": {"latitude": 59.5, "longitude": 18.0}}, Spot(latitude=59.5, longitude=18.0)),
    ({"location": {"latitude": 59.5, "longitude": 18.0, "live_period": 900}},
     Spot(latitude=59.5, longitude=18.0, live=True)),
    # On the equator and Greenwich's meridian, too.
    ({"location": {"latitude": 0.0, "longitude": 0.0}}, Spot(latitude=0.0, longitude=0.0)),
    ({"location": {"latitude": 1, "longitude": 2},
      "venue": {"location": {"latitude": 59.5, "longitude": 18.0}, "title": "Badet", "address": "Storgatan 1"}},
     Spot(latitude=59.5, longitude=18.0, name="Badet", address="Storgatan 1")),
])  # fmt: skip
def test_places(content: dict[str, Any], spot: Spot) -> None:
    event = read_message(**content)
    assert event.spot == spot
    assert event.unsupported == ""


@pytest.mark.parametrize(("contact", "given"), [
    ({"phone_number": "+46700000000", "first_name": "Elsa", "user_id": 1001}, "+46700000000"),
    ({"phone_number": "+46700000000", "first_name": "Anna", "last_name": "Exempel"}, "Anna Exempel, +46700000000"),
])  # fmt: skip
def test_a_shared_contact_is_given_and_of_oneself_the_number_only(contact: dict[str, Any], given: str) -> None:
    assert read_message(contact=contact).given == given


POLL = {
    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
    "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip


@pytest.mark.parametrize(("content", "code"), [
    ({"poll": POLL}, "poll"),
    ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
    ({"game": {"title": "t", "description": "d", "photo": PHOTO}}, "game"),
    ({"story": {"chat": PRIVATE, "id": 1}}, "story"),
    ({"paid_media": {"star_count": 1, "paid_media": []}, "caption": "Se"}, "paid_media"),
    ({"giveaway": {"chats": [], "winners_selection_date": 1, "winner_count": 1}}, "giveaway"),
    ({"invoice": {"title": "t", "description": "d", "start_parameter": "", "currency": "SEK", "total_amount": 1}},
     "invoice"),
    ({"checklist": {"title": "t", "tasks": []}}, "checklist"),
    # Whatever comes next: the citizen is told, not left without a word.
    ({"hologram": {"file_id": "x"}}, "other"),
    ({}, "other"),
])  # fmt: skip
def test_what_cannot_be_taken_in_is_said_by_a_code(content: dict[str, Any], code: str) -> None:
    event = read_message(**content)
    assert (event.kind, event.unsupported, event.error) == (EventKind.MESSAGE, code, "")
    assert event.text == content.get("caption", "")


@pytest.mark.parametrize("content", [
    {"new_chat_members": [ELSA]}, {"left_chat_member": ELSA}, {"new_chat_title": "Ny"}, {"group_chat_created": True},
    {"forum_topic_created": {"name": "K-1", "icon_color": 1}}, {"forum_topic_edited": {}}, {"forum_topic_closed": {}},
    {"forum_topic_reopened": {}}, {"pinned_message": {"message_id": 1, "date": 0, "chat": PRIVATE}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}, {"video_chat_started": {}},
    {"write_access_allowed": {}}, {"new_chat_photo": PHOTO}, {"delete_chat_photo": True},
    {"users_shared": {"request_id": 1, "users": []}}, {"web_app_data": {"data": "x", "button_text": "y"}},
])  # fmt: skip
def test_service_messages_are_nothing(content: dict[str, Any]) -> None:
    event = read_message(**content)
    assert (event.kind, event.unsupported, event.error) == (EventKind.NOTHING, "", "")


def test_a_group_that_got_another_number_tells_it_on_both_sides() -> None:
    old = read_message(chat=PLAIN_GROUP, migrate_to_chat_id=-1001)
    new = read_message(chat=FORUM, migrate_from_chat_id=-5)
    for event in (old, new):
        assert (event.kind, event.chat, event.new_chat, event.at) == (EventKind.MIGRATED, -5, -1001, AT)


@pytest.mark.parametrize(("content", "thread", "reply_to"), [
    ({"chat": FORUM}, None, None),
    # A reply in the general topic has a number that looks like a topic's.
    ({"chat": FORUM, "message_thread_id": 3, "reply_to_message": message(message_id=3, chat=FORUM, text="?")}, None, 3),
    # Whatever is written in a topic replies to what opened it, as it seems.
    ({"chat": FORUM, "message_thread_id": 3, "is_topic_message": True,
      "reply_to_message": message(message_id=3, chat=FORUM, forum_topic_created={"name": "K", "icon_color": 1})},
     3, None),
    ({"chat": FORUM, "message_thread_id": 3, "is_topic_message": True,
      "reply_to_message": message(message_id=5, chat=FORUM, text="?", message_thread_id=3)}, 3, 5),
    ({"reply_to_message": message(message_id=5, text="?")}, None, 5),
    ({"message_thread_id": 9, "is_topic_message": True}, 9, None),
])  # fmt: skip
def test_topics_and_replies(content: dict[str, Any], thread: int | None, reply_to: int | None) -> None:
    event = read_message(text="Hej", **content)
    assert (event.thread, event.reply_to) == (thread, reply_to)


ANONYMOUS_ADMIN = {"id": int(ANONYMOUS), "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@pytest.mark.parametrize("content", [
    {"chat": FORUM, "from": ANONYMOUS_ADMIN, "sender_chat": FORUM},
    {"chat": FORUM, "sender_chat": {"id": -1009, "type": "channel", "title": "Nyheter"}},
])  # fmt: skip
def test_who_writes_in_a_groups_name_is_nobody(content: dict[str, Any]) -> None:
    event = read_message(text="Svar", **content)
    assert (event.kind, event.anonymous, event.user, event.text) == (EventKind.MESSAGE, True, NO_USER, "Svar")


def test_what_another_bot_writes_is_nothing() -> None:
    event = read_message(text="Hej", **{"from": {**US, "id": 77}})
    assert (event.kind, event.text) == (EventKind.NOTHING, "")


@pytest.mark.parametrize(("chat", "kind"), [
    (PRIVATE, ChatKind.PRIVATE), (FORUM, ChatKind.FORUM), (PLAIN_GROUP, ChatKind.GROUP),
    ({**FORUM, "is_forum": False}, ChatKind.GROUP), ({"id": -1, "type": "channel"}, ChatKind.OTHER),
    # Topics in a private chat: it stays one.
    ({**PRIVATE, "is_forum": True}, ChatKind.PRIVATE), ({"id": -1, "type": "hypergroup"}, ChatKind.OTHER),
])  # fmt: skip
def test_kinds_of_chat(chat: dict[str, Any], kind: ChatKind) -> None:
    assert read_message(text="Hej", chat=chat).chat_kind is kind


def test_an_edit_has_the_time_of_the_edit() -> None:
    event = read({"edited_message": message(text="Hej igen", edit_date=DATE + 60)})
    assert (event.kind, event.post, event.text) == (EventKind.EDIT, 7, "Hej igen")
    assert event.at == datetime(2026, 11, 28, 8, 31, tzinfo=UTC)
    assert event.key == f"4242:11:edited_message:7:{DATE}:{DATE + 60}"


def test_a_place_that_goes_on_being_sent_is_live_to_its_end() -> None:
    # When it stops, the period is not told any more.
    event = read({"edited_message": message(location={"latitude": 1.5, "longitude": 2}, edit_date=DATE + 9)})
    assert (event.kind, event.spot) == (EventKind.EDIT, Spot(latitude=1.5, longitude=2, live=True))


PRESS = {"id": "99", "from": ELSA, "chat_instance": "1", "data": "v1:take:ab"}


@pytest.mark.parametrize(("pressed_on", "seen"), [
    (message(chat=FORUM, message_id=8, text="Kort", message_thread_id=3, is_topic_message=True, **{"from": US}),
     (-1001, ChatKind.FORUM, 3, 8)),
    # Too old to be shown to us: its number is all we get.
    ({"chat": PRIVATE, "message_id": 8, "date": 0}, (1001, ChatKind.PRIVATE, None, 8)),
    (None, (0, ChatKind.OTHER, None, 0)),
])  # fmt: skip
def test_a_press(pressed_on: dict[str, Any] | None, seen: tuple[object, ...]) -> None:
    event = read({"callback_query": PRESS | ({"message": pressed_on} if pressed_on else {})})
    assert (event.chat, event.chat_kind, event.thread, event.post) == seen
    assert (event.kind, event.press, event.data, event.user, event.at) == (
        EventKind.PRESS, "99", "v1:take:ab", 1001, None,
    )  # fmt: skip
    assert event.key == "4242:11:callback_query:99"


def test_a_press_without_data_is_read() -> None:
    event = read({"callback_query": {**PRESS, "data": None, "game_short_name": "g"}})
    assert (event.kind, event.data, event.error) == (EventKind.PRESS, "", "")


def test_a_press_by_an_anonymous_administrator_carries_who_it_is() -> None:
    pressed_on = message(chat=FORUM, text="Kort", sender_chat=FORUM, **{"from": ANONYMOUS_ADMIN})
    event = read({"callback_query": {**PRESS, "message": pressed_on}})
    assert (event.user, event.anonymous) == (1001, False)


def member(status: str, who: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": status, "user": who, **more}


ADMIN = {
    f"can_{right}": True for right in (
        "be_edited", "manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members",
        "change_info", "invite_users", "post_stories", "edit_stories", "delete_stories",
    )
} | {"is_anonymous": False}  # fmt: skip
RESTRICTED = {
    f"can_{right}": False for right in (
        "change_info", "invite_users", "pin_messages", "send_messages", "send_polls", "send_other_messages",
        "add_web_page_previews", "manage_topics", "send_audios", "send_documents", "send_photos", "send_videos",
        "send_video_notes", "send_voice_notes", "edit_tag", "react_to_messages",
    )
} | {"until_date": 0}  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "chat", "now", "status"), [
    ("my_chat_member", EventKind.OURSELVES, PRIVATE, member("kicked", US, until_date=0), "kicked"),
    ("my_chat_member", EventKind.OURSELVES, PRIVATE, member("member", US), "member"),
    ("my_chat_member", EventKind.OURSELVES, FORUM, member("administrator", US, **ADMIN), "administrator"),
    ("my_chat_member", EventKind.OURSELVES, FORUM, member("left", US), "left"),
    ("chat_member", EventKind.MEMBER, FORUM, member("creator", ELSA, is_anonymous=False), "administrator"),
    ("chat_member", EventKind.MEMBER, FORUM, member("restricted", ELSA, is_member=True, **RESTRICTED), "restricted"),
    # Restricted, and gone.
    ("chat_member", EventKind.MEMBER, FORUM, member("restricted", ELSA, is_member=False, **RESTRICTED), "left"),
])  # fmt: skip
def test_members(name: str, kind: EventKind, chat: dict[str, Any], now: dict[str, Any], status: str) -> None:
    event = read({name: {
        "chat": chat, "from": ELSA, "date": DATE, "old_chat_member": member("left", now["user"]),
        "new_chat_member": now,
    }})  # fmt: skip
    assert (event.kind, event.status, event.member, event.user, event.at) == (kind, status, now["user"]["id"], 1001, AT)
    assert event.key == f"4242:11:{name}:{DATE}"


@pytest.mark.parametrize("update", [
    {},
    {"inline_query": {"id": "1", "from": ELSA, "query": "", "offset": ""}},
    {"channel_post": message(text="Nyhet")},
    {"business_message": message(text="Hej", business_connection_id="1")},
    {"guest_message": message(text="Hej")},
    {"hologram": {"id": 1}},
])  # fmt: skip
def test_updates_of_other_kinds_are_nothing(update: dict[str, Any]) -> None:
    event = read(update)
    assert (event.kind, event.error, event.update) == (EventKind.NOTHING, "", 11)


@pytest.mark.parametrize(("raw", "number"), [
    (b"", 0), (b"[]", 0), (b"\xff\xfe", 0), (b"{}", 0), (b'{"update_id": 5, "message": {}}', 5),
    (b'{"update_id": 5, "message": {"message_id": 1, "date": "x", "chat": {}}}', 5),
    (b'{"update_id": 5, "message": 3}', 5), (b'{"update_id": 5, "callback_query": {"id": "1"}}', 5),
    (b"[" * 100_000, 0),
])  # fmt: skip
def test_what_cannot_be_read_is_told_and_stops_nothing(
    raw: bytes, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    event = read_event(raw, BOT)
    assert (event.error, event.kind, event.update) == ("unreadable", EventKind.NOTHING, number)
    assert "cannot be read" in caplog.text


def test_the_log_does_not_quote_a_bad_update(caplog: pytest.LogCaptureFixture) -> None:
    read_event(json.dumps({"update_id": 5, "message": {"text": "Hej, jag är Elsa", "chat": 3}}).encode(), BOT)
    assert "Elsa" not in caplog.text


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)
fields = st.sampled_from([
    "message_id", "date", "chat", "from", "text", "photo", "entities", "location", "contact", "reply_to_message",
    "sticker", "migrate_to_chat_id", "voice", "document", "caption", "edit_date", "media_group_id", "sender_chat",
])  # fmt: skip


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]),
    st.dictionaries(fields, trees, max_size=4) | trees,
    st.booleans(),
)
def test_reading_never_raises(kind: str, content: Any, whole: bool) -> None:
    told = {**message(text="Hej"), **content} if whole and isinstance(content, dict) else content
    raw = json.dumps({"update_id": 5, kind: told}).encode()
    event = read_event(raw, BOT)
    assert event.update == 5
    assert event == read_event(raw, BOT) or event.error == ""  # NaN is not itself


@pytest.mark.parametrize("more", [
    {"poll": {"id": "1"}}, {"entities": [{"type": "text_link", "offset": "x"}]}, {"entities": 7}, {"photo": [{}]},
    {"external_reply": {"origin": {}}}, {"reply_to_message": {"x": 1}}, {"forward_origin": {"type": "user"}},
])  # fmt: skip
@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_words_beside_something_that_cannot_be_read_are_read(kind: str, more: dict[str, Any]) -> None:
    event = read({kind: message(text="Gatlyktan är trasig.", **more)})
    assert (event.text, event.post, event.chat, event.error) == ("Gatlyktan är trasig.", 7, 1001, "")
    assert event.unsupported in {"", "unreadable"}
    assert event.kind is (EventKind.MESSAGE if kind == "message" else EventKind.EDIT)


def test_something_that_cannot_be_read_without_words_waits_for_a_person() -> None:
    assert read({"message": message(poll={"id": "1"})}).error == "unreadable"
