"""What the emulator does not take: too much, too long, wrongly spelt, not emulated, unknown, and real tokens."""

from typing import Any

import pytest

from sandbox.bot_api import SANDBOX_TOKEN, bot_api
from tests.conftest import FrozenClock
from tests.tg import caller, telegram


@pytest.mark.asyncio
async def test_429_from_a_bucket_of_20_a_minute_shared_by_the_group() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        bo = api.world.person("Bo")
        await bo.start()
        group, other = api.world.group("Ett", [bo]), api.world.group("Två", [bo])
        await group.add_bot(by=bo)
        await other.add_bot(by=bo)
        thread = (await call.done("createForumTopic", chat_id=group.id, name="K-7"))["message_thread_id"]
        sent = await call.done("sendMessage", chat_id=group.id, message_thread_id=thread, text="0")
        clock.forward(seconds=10)
        for number in range(9):  # 2 acts so far, then 18 in topics, in General, as edits: 20 in all
            await call.done("sendMessage", chat_id=group.id, text=str(number))
            await call.done("editMessageText", chat_id=group.id, message_id=sent["message_id"], text=f"kort {number}")
        answer = await call("closeForumTopic", chat_id=group.id, message_thread_id=thread)
        # the first two acts are 10 s old: the next place is free in 50 s
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 50})
        assert answer["description"] == "Too Many Requests: retry after 50"
        assert (await call("sendMessage", chat_id=other.id, text="en annan grupp"))["ok"]
        assert (await call("sendMessage", chat_id=bo.id, text="privat"))["ok"]
        assert (await call("deleteMessage", chat_id=group.id, message_id=sent["message_id"]))["ok"]  # costs nothing
        clock.forward(seconds=50)
        assert api.budgets.left(group.id) == 2
        assert (await call("closeForumTopic", chat_id=group.id, message_thread_id=thread))["ok"]


@pytest.mark.asyncio
async def test_a_limit_for_all_chats_can_be_switched_on() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        api.budgets.all_per_second, api.budgets.group_per_minute = 2, None
        anna = api.world.person("Anna")
        await anna.start()
        sent = [await call("sendMessage", chat_id=anna.id, text="hej") for _ in range(3)]
        assert [answer["ok"] for answer in sent] == [True, True, False]
        assert sent[2]["parameters"] == {"retry_after": 1}
        assert api.budgets.left(-1) is None
        clock.forward(seconds=1)
        assert (await call("sendMessage", chat_id=anna.id, text="hej"))["ok"]


@pytest.mark.asyncio
async def test_copies_of_several_cost_one_each() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna, bo = api.world.person("Anna"), api.world.person("Bo")
        group = api.world.group("Ett", [bo])
        await group.add_bot(by=bo)
        await anna.start()
        await anna.write("två")
        await call.done("copyMessages", chat_id=group.id, from_chat_id=anna.id, message_ids=[1, 2])
        assert api.budgets.left(group.id) == 18


ROW = [{"text": "x", "callback_data": "x"}]
TOO_MUCH: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"text": "🔦" * 2049}, "message is too long"),  # two UTF-16 units each
    ("sendMessage", {"text": " \n"}, "message text is empty"),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [ROW * 9]}}, "more than 8 buttons"),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [ROW * 8] * 13}}, "more than 100 buttons"),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "BUTTON_TYPE_INVALID"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "å" * 33}]]}},
        "BUTTON_DATA_INVALID",  # 33 letters, 66 bytes
    ),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[ROW[0] | {"text": " "}]]}}, "BUTTON_TEXT"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"force_reply": True, "input_field_placeholder": "x" * 65}},
        "too long",
    ),
    ("createForumTopic", {"name": "x" * 129}, "name is too long"),
    ("createForumTopic", {"name": " "}, "TOPIC_NAME_EMPTY"),
    ("createForumTopic", {"name": "x", "icon_color": 1}, "icon_color must be one of"),
    ("createForumTopic", {"name": "x", "icon_custom_emoji_id": "1"}, "DOCUMENT_INVALID"),
    ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]}, "media must hold 2 to 10"),
    ("sendMessage", {"txt": "x"}, "has no parameter 'txt'"),
    ("sendMessage", {}, "lacks the parameter 'text'"),
    ("sendMessage", {"text": 5}, "text is no String"),
    ("sendMessage", {"text": "x", "disable_notification": "ja"}, "disable_notification is no Boolean"),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"txt": "x"}]]}}, "knows no field 'txt'"),
    ("sendMessage", {"text": "x", "reply_markup": "{"}, "reply_markup is no InlineKeyboardMarkup"),
    ("sendPhoto", {"photo": "attach://nowhere"}, "no file was sent"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action"),
]


@pytest.mark.parametrize(("method", "parameters", "why"), TOO_MUCH)
@pytest.mark.asyncio
async def test_faulty_calls_are_refused_and_recorded(method: str, parameters: dict[str, Any], why: str) -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        bo = api.world.person("Bo")
        group = api.world.group("Ett", [bo])
        await group.add_bot(by=bo)
        answer = await call(method, chat_id=group.id, **parameters)
        assert answer["error_code"] == 400
        assert why in answer["description"]
        assert [words.partition(":")[0] for words in api.faulty_calls] == [method]
        assert (api.calls[-1].ok, api.calls[-1].code) == (False, 400)
        assert [message.kind for message in group.messages] == ["service"]


@pytest.mark.asyncio
async def test_captions_answers_and_commands_have_their_lengths() -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        photo = (await anna.photo()).files[0].id
        assert (await call("sendPhoto", chat_id=anna.id, photo=photo, caption="x" * 1024))["ok"]
        too_long = await call.refused("sendPhoto", chat_id=anna.id, photo=photo, caption="x" * 1025)
        assert too_long.startswith("Bad Request: message caption is too long")
        assert "text is too long" in await call.refused("answerCallbackQuery", callback_query_id="1", text="x" * 201)
        command = {"command": "hjalp", "description": "Hjälp"}
        assert (await call("setMyCommands", commands=[command] * 100))["ok"]
        assert "TOO_MUCH" in await call.refused("setMyCommands", commands=[command] * 101)
        assert "BOT_COMMAND_INVALID" in await call.refused("setMyCommands", commands=[command | {"command": "hjälp"}])


@pytest.mark.asyncio
async def test_what_is_in_the_bot_api_and_not_emulated_fails_loudly() -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        answers = [
            await call("sendDice", chat_id=anna.id),
            await call("sendMessage", chat_id=anna.id, text="x", message_effect_id="5"),
            await call("sendMessage", chat_id=anna.id, text="x", entities=[]),
        ]
        assert [answer["error_code"] for answer in answers] == [501] * 3
        assert [words.partition(":")[0] for words in api.not_emulated] == ["sendDice", "sendMessage", "sendMessage"]
        assert "does not emulate the method sendDice" in api.not_emulated[0]


@pytest.mark.asyncio
async def test_what_is_not_in_the_bot_api_is_404() -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        answer = await call("sendTelegram")
        assert (answer["error_code"], answer["description"]) == (404, "Not Found: method not found")
        assert api.faulty_calls == ["sendTelegram: Not Found: method not found"]


@pytest.mark.asyncio
async def test_another_token_is_unauthorized() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        answer = (await call.client.get(f"{api.base_url}2:sandbox/getMe")).json()
        assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert api.calls == []


@pytest.mark.asyncio
async def test_anything_shaped_like_a_real_token_is_refused() -> None:
    with pytest.raises(ValueError, match="real token"):
        async with bot_api(FrozenClock().now, token="123456789:" + "x" * 35):
            pytest.fail("it was taken")
    async with bot_api(FrozenClock().now) as api:
        assert (api.token, api.bot_id) == (SANDBOX_TOKEN, 1)
        assert SANDBOX_TOKEN not in repr(api)
