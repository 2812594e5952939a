"""The emulator's messages: edits, markup, albums, taps, deletions, copies, and what each is refused for."""

from typing import Any

import pytest

from sandbox.bot_api import BotApi, TgPerson
from sandbox.bot_api.reactions import ALLOWED
from tests.conftest import FrozenClock
from tests.tg import Caller, caller, telegram

YES_NO = {"inline_keyboard": [[{"text": "Ja", "callback_data": "v1:ja"}, {"text": "Nej", "callback_data": "v1:nej"}]]}


async def anna_of(api: BotApi) -> TgPerson:
    """A person who has started the bot."""
    anna = api.world.person("Anna Exempel")
    await anna.start()
    return anna


async def question(call: Caller, person: TgPerson, text: str = "Nöjd?") -> dict[str, Any]:
    """A message with two buttons, as it was answered."""
    sent: dict[str, Any] = await call.done("sendMessage", chat_id=person.id, text=text, reply_markup=YES_NO)
    return sent


@pytest.mark.asyncio
async def test_not_modified_is_refused() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        where = {"chat_id": anna.id, "message_id": (await question(call, anna))["message_id"]}
        refused = await call.refused("editMessageText", **where, text="Nöjd?", reply_markup=YES_NO)
        assert refused.startswith("Bad Request: message is not modified")
        edited = await call.done("editMessageText", **where, text="Nöjd?")  # the buttons are not named again: they go
        assert "reply_markup" not in edited
        assert anna.messages[-1].buttons == []
        refused = await call.refused("editMessageReplyMarkup", **where)
        assert refused.startswith("Bad Request: message is not modified")
        assert (await call.done("editMessageReplyMarkup", **where, reply_markup=YES_NO))["reply_markup"] == YES_NO


@pytest.mark.asyncio
async def test_to_edit_not_found_and_not_the_bots_own() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        sent = await question(call, anna)
        await anna.delete(anna.messages[-1])
        refusals = [
            await call.refused("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="x"),
            await call.refused("editMessageText", chat_id=anna.id, message_id=1, text="x"),
        ]
        assert refusals == ["Bad Request: message to edit not found", "Bad Request: message can't be edited"]


@pytest.mark.asyncio
async def test_texts_and_captions_are_edited_apart() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        text = {"chat_id": anna.id, "message_id": (await question(call, anna))["message_id"]}
        kept = (await anna.photo()).files[0].id
        photo = {
            "chat_id": anna.id,
            "message_id": (await call.done("sendPhoto", chat_id=anna.id, photo=kept))["message_id"],
        }
        refusals = [
            await call.refused("editMessageText", **photo, text="x"),
            await call.refused("editMessageCaption", **text, caption="x"),
        ]
        assert refusals == [
            "Bad Request: there is no text in the message to edit",
            "Bad Request: there is no caption in the message to edit",
        ]
        assert (await call.done("editMessageCaption", **photo, caption="x"))["caption"] == "x"


@pytest.mark.asyncio
async def test_an_edit_shows_in_place() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        sent = await question(call, anna)
        edited = await call.done("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Tack!")
        assert edited["edit_date"] >= sent["date"]
        assert [(m.text, m.edited) for m in anna.messages] == [("/start", False), ("Tack!", True)]
        assert anna.shown == ["Nöjd?", "Tack!"]  # what was shown was shown
        assert len(api.updates.built) == 1  # of its own acts the bot is told nothing


@pytest.mark.asyncio
async def test_press_waits_for_the_answer() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        await question(call, anna)
        tap_id = await anna.press_nowait(anna.messages[-1], "v1:nej")
        tap = api.updates.built[-1]["callback_query"]
        assert (tap["id"], tap["data"], tap["from"]["id"]) == (tap_id, "v1:nej", anna.id)
        assert tap["message"]["reply_markup"] == YES_NO
        assert await call.done("answerCallbackQuery", callback_query_id=tap_id, text="Tack för svaret")
        assert api.world.taps[tap_id].answer.result() == "Tack för svaret"
        twice = await call.refused("answerCallbackQuery", callback_query_id=tap_id)
        assert twice == "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.mark.asyncio
async def test_press_gives_up_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.bot_api.people._PATIENCE", 0.02)
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        await question(call, anna)
        assert await anna.press(anna.messages[-1], "Ja") is None
        tap_id = api.updates.built[-1]["callback_query"]["id"]
        assert await call.done("answerCallbackQuery", callback_query_id=tap_id)  # late, but not too late
        with pytest.raises(ValueError, match="Kanske"):
            await anna.press(anna.messages[-1], "Kanske")


@pytest.mark.asyncio
async def test_late_answer_to_a_tap_is_refused() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = await anna_of(api)
        await question(call, anna)
        tap_id = await anna.press_nowait(anna.messages[-1], "Ja")
        clock.forward(seconds=61)
        assert "query is too old" in await call.refused("answerCallbackQuery", callback_query_id=tap_id)


@pytest.mark.asyncio
async def test_old_tapped_message_is_inaccessible() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = await anna_of(api)
        sent = await question(call, anna)
        clock.forward(hours=48)
        await anna.press_nowait(anna.messages[-1], "Ja")
        assert api.updates.built[-1]["callback_query"]["message"]["text"] == "Nöjd?"
        clock.forward(seconds=1)
        await anna.press_nowait(anna.messages[-1], "Ja")
        told = api.updates.built[-1]["callback_query"]["message"]
        assert told == {"chat": sent["chat"], "message_id": sent["message_id"], "date": 0}


@pytest.mark.asyncio
async def test_a_button_that_was_edited_away_can_be_pressed_from_a_stale_screen() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        sent = await question(call, anna)
        await call.done("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Tack!")
        with pytest.raises(ValueError, match="no button"):
            await anna.press_nowait(anna.messages[-1], "Ja")
        await anna.press_nowait(anna.messages[-1], "Ja", stale=True)
        assert api.updates.built[-1]["callback_query"]["data"] == "v1:ja"


@pytest.mark.asyncio
async def test_albums_are_separate_updates_with_gaps_and_others_between() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api:
        anna, bo = await anna_of(api), await anna_of(api)

        async def meanwhile() -> None:
            clock.forward(seconds=8)
            await bo.write("jag med")

        await anna.album(["lyktan", "", ""], between=meanwhile)
        told = [update["message"] for update in api.updates.built[2:]]
        assert [message.get("caption", message.get("text")) for message in told] == [
            "lyktan", "jag med", None, "jag med", None,
        ]  # fmt: skip
        parts = [message for message in told if "photo" in message]
        assert len({part["media_group_id"] for part in parts}) == 1
        assert [part["date"] - parts[0]["date"] for part in parts] == [0, 8, 16]


@pytest.mark.asyncio
async def test_no_op_edits_and_live_locations_come_as_edited_messages() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = await anna_of(api)
        written = await anna.write("samma")
        await anna.edit(written, "samma")
        shared = await anna.location(59.5, 18.07, live=True)
        await anna.edit_live_location(shared, 59.51, 18.08)
        await anna.edit_live_location(shared, 59.52, 18.09, stop=True)
        same, first, moved, stopped = (
            next(v for v in u.values() if isinstance(v, dict)) for u in api.updates.built[2:]
        )
        assert (same["text"], "edit_date" in same) == ("samma", True)
        assert first["location"]["live_period"] == 3600
        assert moved["location"]["latitude"] == 59.51
        assert "live_period" not in stopped["location"]


@pytest.mark.asyncio
async def test_people_edit_for_48_hours() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api:
        anna = await anna_of(api)
        written = await anna.write("hej")
        clock.forward(hours=48)
        await anna.edit(written, "hej!")
        clock.forward(seconds=1)
        with pytest.raises(ValueError, match="no editing"):
            await anna.edit(written, "hej?")


@pytest.mark.asyncio
async def test_deletion_is_allowed_for_48_hours() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = await anna_of(api)
        old = await anna.write("hej")
        clock.forward(hours=48)
        assert await call.done("deleteMessage", chat_id=anna.id, message_id=1)  # an incoming one, in a private chat
        clock.forward(seconds=1)
        refusals = [
            await call.refused("deleteMessage", chat_id=anna.id, message_id=old.id),
            await call.refused("deleteMessage", chat_id=anna.id, message_id=99),
        ]
        assert refusals == [
            "Bad Request: message can't be deleted for everyone",
            "Bad Request: message to delete not found",
        ]


@pytest.mark.asyncio
async def test_in_a_group_the_right_decides_what_may_be_deleted() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        bo = api.world.person("Bo")
        group = api.world.group("Kontaktcenter", [bo])
        await group.add_bot(by=bo, rights={"can_manage_topics"})
        talk = await bo.write("prat", chat=group)
        thread = (await call.done("createForumTopic", chat_id=group.id, name="K-7"))["message_thread_id"]
        assert "can't be deleted" in await call.refused("deleteMessage", chat_id=group.id, message_id=talk.id)
        await group.set_rights({"can_delete_messages", "can_manage_topics"})
        clock.forward(days=30)
        assert await call.done("deleteMessages", chat_id=group.id, message_ids=[talk.id, 77])
        assert talk.deleted
        assert talk not in group.messages
        assert "can't be deleted" in await call.refused("deleteMessage", chat_id=group.id, message_id=thread)


@pytest.mark.asyncio
async def test_deletions_by_people_are_told_to_nobody() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = await anna_of(api)
        await anna.delete(await anna.write("ångrar mig"))
        await anna.clear_chat()
        assert len(api.updates.built) == 2
        assert anna.messages == []


@pytest.mark.asyncio
async def test_replying_to_what_is_gone() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        gone = {"message_id": 99}
        refused = await call.refused("sendMessage", chat_id=anna.id, text="svar", reply_parameters=gone)
        assert refused == "Bad Request: message to be replied not found"
        anyway = gone | {"allow_sending_without_reply": True}
        sent = await call.done("sendMessage", chat_id=anna.id, text="svar", reply_parameters=anyway)
        assert "reply_to_message" not in sent


@pytest.mark.asyncio
async def test_force_reply_and_the_reply_to_it() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = await anna_of(api)
        sent = await call.done(
            "sendMessage", chat_id=anna.id, text="Skriv svaret", reply_markup={"force_reply": True, "selective": True}
        )
        assert anna.messages[-1].force_reply
        await anna.write("det är klart", reply_to=sent["message_id"])
        assert api.updates.built[-1]["message"]["reply_to_message"]["text"] == "Skriv svaret"


@pytest.mark.asyncio
async def test_pins_are_told_to_the_bot_itself() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        bo = api.world.person("Bo")
        group = api.world.group("Kontaktcenter", [bo])
        await group.add_bot(by=bo)
        board = await call.done("sendMessage", chat_id=group.id, text="tavla")
        where = {"chat_id": group.id, "message_id": board["message_id"]}
        assert await call.done("pinChatMessage", **where, disable_notification=True)
        assert api.updates.built[-1]["message"]["pinned_message"]["text"] == "tavla"
        assert (await call.done("getChat", chat_id=group.id))["pinned_message"]["message_id"] == board["message_id"]
        assert await call.done("unpinChatMessage", **where)
        assert await call.refused("unpinChatMessage", **where) == "Bad Request: message to unpin not found"


@pytest.mark.asyncio
async def test_reactions_are_among_73() -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        anna = await anna_of(api)
        where = {"chat_id": anna.id, "message_id": 1}
        assert await call.done("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👀"}])
        assert anna.messages[0].reactions[api.bot_id] == ["👀"]
        assert len(ALLOWED) == 73
        for emoji in ("✅", "⏳"):
            refused = await call.refused("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": emoji}])
            assert "REACTION_INVALID" in refused


@pytest.mark.asyncio
async def test_copies_are_the_bots_own_and_forwards_show_where_from() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna, bo = await anna_of(api), await anna_of(api)
        await anna.photo(caption="lyktan")
        await anna.write("och en till")
        source = {"chat_id": bo.id, "from_chat_id": anna.id}
        copied = await call.done("copyMessage", **source, message_id=2)
        assert bo.messages[-1].id == copied["message_id"]
        assert (bo.messages[-1].text, bo.messages[-1].by_bot, bo.messages[-1].kind) == ("lyktan", True, "photo")
        several = await call.done("copyMessages", **source, message_ids=[2, 3, 99], remove_caption=True)
        assert len(several) == 2
        assert [message.text for message in bo.messages[-2:]] == ["", "och en till"]
        forwarded = await call.done("forwardMessage", **source, message_id=3)
        assert forwarded["forward_origin"]["sender_user"]["id"] == anna.id
        assert await call.refused("copyMessage", **source, message_id=99) == "Bad Request: message to copy not found"


@pytest.mark.asyncio
async def test_every_kind_of_message_is_told_as_the_bot_api_tells_it() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = await anna_of(api)
        sent = [
            await anna.photo(), await anna.voice(), await anna.video(), await anna.video_note(), await anna.audio(),
            await anna.animation(), await anna.document("a.txt", b"hej", "text/plain"), await anna.sticker(),
            await anna.location(59.5, 18.0), await anna.venue(59.5, 18.0), await anna.contact(), await anna.poll(),
            await anna.dice(), await anna.forward(await anna.write("hej"), hidden=True),
        ]  # fmt: skip
        assert [message.kind for message in sent] == [
            "photo", "voice", "video", "video_note", "audio", "animation", "document", "sticker", "location", "venue",
            "contact", "poll", "dice", "text",
        ]  # fmt: skip
        assert api.updates.built[-1]["message"]["forward_origin"]["type"] == "hidden_user"
