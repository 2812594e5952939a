"""The emulator's chats: closed until /start, blocked; groups with topics and rights, moved; hidden administrators."""

import pytest

from sandbox.bot_api import BotApi, TgGroup, TgPerson
from tests.conftest import FrozenClock
from tests.tg import Caller, caller, telegram


async def staff(api: BotApi, *, forum: bool = True) -> tuple[TgGroup, TgPerson]:
    """A group of one officer, with the bot as administrator."""
    officer = api.world.person("Bo Handläggare")
    group = api.world.group("Kontaktcenter", [officer], forum=forum)
    await group.add_bot(by=officer)
    return group, officer


async def topic(call: Caller, group: TgGroup, name: str = "K-7Q4M") -> int:
    """The id of a new topic."""
    return int((await call.done("createForumTopic", chat_id=group.id, name=name))["message_thread_id"])


@pytest.mark.asyncio
async def test_message_ids_are_counted_in_each_chat() -> None:
    async with telegram(FrozenClock().now) as api:
        anna, bo = api.world.person("Anna"), api.world.person("Bo")
        assert [(await anna.write("ett")).id, (await bo.write("ett")).id, (await anna.write("två")).id] == [1, 1, 2]


@pytest.mark.asyncio
async def test_private_chat_is_closed_until_start() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        _, officer = await staff(api)
        stranger = api.world.person("Anna")
        assert await call.refused("sendMessage", chat_id=stranger.id, text="hej") == "Bad Request: chat not found"
        assert (
            await call.refused("sendMessage", chat_id=officer.id, text="hej")
            == "Forbidden: bot can't initiate conversation with a user"
        )
        await officer.start("l_abc")
        assert (await call.done("sendMessage", chat_id=officer.id, text="hej"))["text"] == "hej"
        assert officer.shown == ["hej"]
        assert api.updates.built[-1]["message"]["text"] == "/start l_abc"
        assert api.updates.built[-1]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


@pytest.mark.asyncio
async def test_block_gives_403_and_my_chat_member() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        await anna.block()
        member = api.updates.built[-1]["my_chat_member"]
        assert (member["old_chat_member"]["status"], member["new_chat_member"]["status"]) == ("member", "kicked")
        assert await call.refused("sendMessage", chat_id=anna.id, text="?") == "Forbidden: bot was blocked by the user"
        with pytest.raises(ValueError, match="blocked"):
            await anna.write("hör ni?")
        await anna.start()  # a blocked bot is restarted
        assert api.updates.built[-2]["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert await call.done("sendMessage", chat_id=anna.id, text="!")


@pytest.mark.asyncio
async def test_who_left_telegram_gets_nothing() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        await anna.leave_telegram()
        assert await call.refused("sendMessage", chat_id=anna.id, text="?") == "Forbidden: user is deactivated"


@pytest.mark.asyncio
async def test_thread_id_is_the_topics_service_message() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        made = await call.done("createForumTopic", chat_id=group.id, name="K-7Q4M · ny")
        thread = made["message_thread_id"]
        root = api.updates.built[-1]["message"]  # the bot is told of the topic it made
        assert (root["message_id"], root["forum_topic_created"]["name"]) == (thread, "K-7Q4M · ny")
        await officer.write("jag tar den", chat=group, thread=thread)
        told = api.updates.built[-1]["message"]
        assert (told["message_thread_id"], told["is_topic_message"]) == (thread, True)
        assert told["reply_to_message"]["message_id"] == thread  # who replies to nothing replies to the topic's root
        assert "forum_topic_created" in told["reply_to_message"]
        sent = await call.done("sendMessage", chat_id=group.id, message_thread_id=thread, text="kort")
        assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
        await officer.write("svar", chat=group, reply_to=sent["message_id"])
        assert api.updates.built[-1]["message"]["reply_to_message"]["text"] == "kort"
        assert api.updates.built[-1]["message"]["message_thread_id"] == thread


@pytest.mark.asyncio
async def test_general_has_no_id_and_1_is_refused() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        sent = await call.done("sendMessage", chat_id=group.id, text="tavla")
        assert "message_thread_id" not in sent
        refused = await call.refused("sendMessage", chat_id=group.id, message_thread_id=1, text="tavla")
        assert refused == "Bad Request: message thread not found"
        await officer.write("hej", chat=group)
        assert "message_thread_id" not in api.updates.built[-1]["message"]


@pytest.mark.asyncio
async def test_a_reply_in_general_carries_a_thread_id_that_is_no_topic() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        board = await call.done("sendMessage", chat_id=group.id, text="tavla")
        await officer.write("/ko", chat=group, reply_to=board["message_id"])
        told = api.updates.built[-1]["message"]
        assert told["message_thread_id"] == board["message_id"]
        assert "is_topic_message" not in told
        refused = await call.refused("sendMessage", chat_id=group.id, message_thread_id=board["message_id"], text="?")
        assert refused == "Bad Request: message thread not found"


@pytest.mark.asyncio
async def test_deleted_topic_is_told_in_two_ways() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, _ = await staff(api)
        thread = await topic(call, group)
        await call.done("sendMessage", chat_id=group.id, message_thread_id=thread, text="kort")
        built = len(api.updates.built)
        await group.delete_topic(thread)
        assert len(api.updates.built) == built  # nobody tells the bot
        assert group.in_topic(thread) == []
        refusals = [
            await call.refused("sendMessage", chat_id=group.id, message_thread_id=thread, text="?") for _ in range(2)
        ]
        assert refusals == ["Bad Request: message thread not found", "Bad Request: TOPIC_DELETED"]
        assert (
            await call.refused("editMessageText", chat_id=group.id, message_id=thread + 1, text="?")
            == "Bad Request: message to edit not found"
        )


@pytest.mark.asyncio
async def test_closed_topic_is_open_to_administrators_only() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        other = api.world.person("Cilla")
        await group.join(other)
        thread = await topic(call, group)
        await group.close_topic(thread)
        assert "forum_topic_closed" in api.updates.built[-1]["message"]
        with pytest.raises(ValueError, match="closed"):
            await other.write("?", chat=group, thread=thread)
        await officer.write("jag gjorde gruppen", chat=group, thread=thread)
        assert await call.done("sendMessage", chat_id=group.id, message_thread_id=thread, text="ja")
        await group.set_rights({"can_pin_messages"})
        where = {"chat_id": group.id, "message_thread_id": thread}
        assert await call.refused("sendMessage", **where, text="?") == "Bad Request: TOPIC_CLOSED"
        assert await call.refused("reopenForumTopic", **where) == "Bad Request: not enough rights to manage topics"
        await group.reopen(thread)
        assert await call.done("sendMessage", **where, text="ja")


@pytest.mark.asyncio
async def test_topics_are_made_renamed_closed_reopened_and_deleted_by_the_bot() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, _ = await staff(api)
        thread = await topic(call, group)
        where = {"chat_id": group.id, "message_thread_id": thread}
        assert await call.done("editForumTopic", **where, name="K-7Q4M · klar")
        assert group.topics[thread].name == "K-7Q4M · klar"
        assert await call.refused("editForumTopic", **where, name="K-7Q4M · klar") == "Bad Request: TOPIC_NOT_MODIFIED"
        assert await call.done("closeForumTopic", **where)
        assert await call.refused("closeForumTopic", **where) == "Bad Request: TOPIC_NOT_MODIFIED"
        assert await call.done("reopenForumTopic", **where)
        told = [
            set(u["message"]) & {"forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
            for u in api.updates.built[-3:]
        ]
        assert told == [{"forum_topic_edited"}, {"forum_topic_closed"}, {"forum_topic_reopened"}]
        assert await call.done("deleteForumTopic", **where)
        assert await call.refused("closeForumTopic", **where) == "Bad Request: TOPIC_DELETED"


@pytest.mark.asyncio
async def test_a_topic_made_by_hand_is_told() -> None:
    async with telegram(FrozenClock().now) as api:
        group, officer = await staff(api)
        thread = await group.create_topic("Fika", by=officer)
        told = api.updates.built[-1]["message"]
        assert (told["message_thread_id"], told["forum_topic_created"]["name"]) == (thread, "Fika")
        assert (group.messages[-1].author, group.topics[thread].name) == ("Bo Handläggare", "Fika")


@pytest.mark.asyncio
async def test_a_group_without_topics_refuses_them() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, _ = await staff(api, forum=False)
        assert (
            await call.refused("createForumTopic", chat_id=group.id, name="K-7")
            == "Bad Request: the chat is not a forum"
        )
        assert (await call.done("getChat", chat_id=group.id)).get("is_forum") is None


@pytest.mark.asyncio
async def test_lost_rights_are_told_and_felt() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        await group.set_rights({"can_delete_messages"}, by=officer)
        member = api.updates.built[-1]["my_chat_member"]["new_chat_member"]
        assert (member["status"], member["can_delete_messages"], member["can_manage_topics"]) == (
            "administrator",
            True,
            False,
        )
        assert await call.done("getChatMember", chat_id=group.id, user_id=api.bot_id) == member
        sent = await call.done("sendMessage", chat_id=group.id, text="kort")
        refusals = [
            await call.refused("createForumTopic", chat_id=group.id, name="K-7"),
            await call.refused("pinChatMessage", chat_id=group.id, message_id=sent["message_id"]),
        ]
        assert refusals == [
            "Bad Request: not enough rights to manage topics",
            "Bad Request: not enough rights to manage pinned messages in the chat",
        ]


@pytest.mark.asyncio
async def test_removed_bot_is_told_and_shut_out() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        await group.remove_bot(officer)
        assert api.updates.built[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
        await officer.write("hör den?", chat=group)
        assert "my_chat_member" in api.updates.built[-1]
        assert (
            await call.refused("sendMessage", chat_id=group.id, text="?")
            == "Forbidden: bot was kicked from the supergroup chat"
        )
        elsewhere = api.world.group("Annan", [officer])
        assert await call.refused("getChat", chat_id=elsewhere.id) == "Bad Request: chat not found"


@pytest.mark.asyncio
async def test_bot_leaves_a_group() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, _ = await staff(api)
        assert await call.done("leaveChat", chat_id=group.id)
        assert api.updates.built[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"
        assert not group.bot.is_in


@pytest.mark.asyncio
async def test_privacy_mode_hides_talk_from_a_bot_that_is_no_administrator() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        officer = api.world.person("Bo")
        group = api.world.group("Kontaktcenter", [officer])
        await group.add_bot(by=officer, admin=False)
        board = await call.done("sendMessage", chat_id=group.id, text="tavla")
        before = len(api.updates.built)
        await officer.write("prat", chat=group)
        assert len(api.updates.built) == before
        await officer.write("/ko", chat=group)
        await officer.write("svar", chat=group, reply_to=board["message_id"])
        await officer.write("@exempel_kommun_bot hör du?", chat=group)
        assert len(api.updates.built) == before + 3


@pytest.mark.asyncio
async def test_migrated_group_names_its_new_id() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        officer = api.world.person("Bo")
        plain = api.world.plain_group("Kontaktcenter", [officer])
        await plain.add_bot(by=officer)
        assert await call.done("sendMessage", chat_id=plain.id, text="före")
        new = await plain.migrate()
        joined, to, from_ = api.updates.built[-3:]
        assert joined["my_chat_member"]["chat"]["id"] == new.id  # the strange group comes before its explanation
        assert to["message"]["migrate_to_chat_id"] == new.id
        assert from_["message"]["migrate_from_chat_id"] == plain.id
        answer = await call("sendMessage", chat_id=plain.id, text="?")
        assert answer["parameters"] == {"migrate_to_chat_id": new.id}
        assert await call.done("sendMessage", chat_id=new.id, text="efter")
        await officer.write("hej", chat=new)


@pytest.mark.asyncio
async def test_anonymous_admin_hides_in_messages_but_not_in_taps() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        await officer.write("hemligt", chat=group, anonymous=True)
        told = api.updates.built[-1]["message"]
        assert (told["from"]["id"], told["sender_chat"]["id"]) == (1087968824, group.id)
        markup = {"inline_keyboard": [[{"text": "Ta", "callback_data": "ta"}]]}
        await call.done("sendMessage", chat_id=group.id, text="kort", reply_markup=markup)
        await officer.press_nowait(group.messages[-1], "Ta")
        assert api.updates.built[-1]["callback_query"]["from"]["id"] == officer.id


@pytest.mark.asyncio
async def test_members_are_told_as_they_are() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        group, officer = await staff(api)
        cilla, stranger = api.world.person("Cilla"), api.world.person("David")
        await group.join(cilla)
        assert "new_chat_members" in api.updates.built[-1]["message"]
        statuses = [
            (await call.done("getChatMember", chat_id=group.id, user_id=user))["status"]
            for user in (officer.id, cilla.id, api.bot_id)
        ]
        assert statuses == ["creator", "member", "administrator"]
        await group.leave(cilla)
        assert api.updates.built[-1]["message"]["left_chat_member"]["id"] == cilla.id
        await cilla.start()
        assert (await call.done("getChatMember", chat_id=group.id, user_id=cilla.id))["status"] == "left"
        assert await call.refused("getChatMember", chat_id=group.id, user_id=stranger.id)
        admins = await call.done("getChatAdministrators", chat_id=group.id, return_bots=True)
        assert [admin["status"] for admin in admins] == ["creator", "administrator"]
