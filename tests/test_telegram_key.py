"""An event is the same event again when it is delivered again, and never when its number comes again."""

from typing import Any

import pytest

from bot.channels.telegram_key import event_key, external_id

BOT = 4242


def message(number: int) -> dict[str, Any]:
    return {"message_id": number, "date": 1795854600, "chat": {"id": 1001, "type": "private"}, "text": "Hej"}


@pytest.mark.parametrize(("update", "key"), [
    ({"update_id": 1, "message": {"message_id": 2, "date": 7, "chat": {"id": 3}, "edit_date": 9}}, "1:message:2:7"),
    ({"update_id": 1, "edited_message": {"message_id": 2, "date": 7, "chat": {"id": 3}, "edit_date": 9}},
     "1:edited_message:2:7:9"),
    ({"update_id": 1, "callback_query": {"id": "77"}}, "1:callback_query:77"),
    ({"update_id": 1, "my_chat_member": {"chat": {"id": 3}, "from": {"id": 4}, "date": 9}}, "1:my_chat_member:9"),
    ({"update_id": 1, "poll": {"id": "5"}}, "1:poll:-"),
    ({"update_id": 1, "message": "x"}, "1:message"),
    ({"update_id": 1, "message": {"message_id": {}, "chat": []}}, "1:message:-:-"),
    ({"update_id": 1}, "1:nothing"),
])  # fmt: skip
def test_keys(update: dict[str, Any], key: str) -> None:
    assert event_key(update) == key
    assert external_id(update, BOT) == f"4242:{key}"


def test_a_number_that_comes_again_after_years_is_another_event() -> None:
    assert event_key({"update_id": 1, "message": message(7)}) != event_key({"update_id": 1, "message": message(9)})


@pytest.mark.parametrize("kind", ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"])
def test_the_key_names_no_chat_and_no_person(kind: str) -> None:
    about = {**message(7), "from": {"id": 1001, "username": "elsa"}, "edit_date": 1795854700, "id": "77"}
    assert "1001" not in external_id({"update_id": 1, kind: about}, BOT)


def test_what_has_no_number_is_known_by_its_content() -> None:
    one, other = event_key({"message": message(7)}), event_key({"message": message(9)})
    assert one.startswith("unnumbered:")
    assert one == event_key({"message": message(7)}) != other
