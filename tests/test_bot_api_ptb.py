"""python-telegram-bot 22.8 works against the emulator: all 44 methods, errors, polling, and three hundred citizens."""

import asyncio
import time
from typing import Any

import pytest
import telegram as ptb
from telegram.request import HTTPXRequest

from sandbox.bot_api import BotApi
from sandbox.bot_api.description import METHODS
from tests.conftest import FrozenClock
from tests.tg import telegram


def bot_of(api: BotApi) -> ptb.Bot:
    """A bot with room for many calls at once, and patience."""
    patience: dict[str, Any] = {"pool_timeout": 60, "read_timeout": 60, "connect_timeout": 60, "write_timeout": 60}
    return ptb.Bot(
        api.token,
        base_url=api.base_url,
        base_file_url=api.base_file_url,
        request=HTTPXRequest(connection_pool_size=50, **patience),
        get_updates_request=HTTPXRequest(**patience),
    )


YES = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Ja", callback_data="v1:ja")]])


@pytest.mark.asyncio
async def test_a_conversation() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api:
        anna = api.world.person("Anna Exempel", language="fi")
        async with bot_of(api) as bot:
            assert (await bot.get_me()).username == "exempel_kommun_bot"
            await anna.start("p_reception")
            (update,) = await bot.get_updates(timeout=5)
            assert update.message is not None
            assert update.message.from_user is not None
            assert (update.message.text, update.message.from_user.language_code) == ("/start p_reception", "fi")
            assert update.message.date == clock.now()
            sent = await bot.send_message(anna.id, "<b>Hej!</b> Fick du svar?", parse_mode="HTML", reply_markup=YES)
            assert [entity.type for entity in sent.entities] == ["bold"]
            pressing = asyncio.create_task(anna.press(anna.messages[-1], "Ja"))
            (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
            assert update.callback_query is not None
            assert update.callback_query.data == "v1:ja"
            await bot.answer_callback_query(update.callback_query.id, "Tack")
            assert await pressing == "Tack"
            with pytest.raises(ptb.error.BadRequest, match="not modified"):
                await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=YES)


@pytest.mark.asyncio
async def test_errors_are_the_ones_python_telegram_bot_tells_apart() -> None:
    async with telegram(FrozenClock().now) as api:
        anna, bo = api.world.person("Anna"), api.world.person("Bo")
        plain = api.world.plain_group("Kontaktcenter", [bo])
        await plain.add_bot(by=bo)
        moved = await plain.migrate()
        async with bot_of(api) as bot:
            with pytest.raises(ptb.error.BadRequest, match=r"[Cc]hat not found"):
                await bot.send_message(anna.id, "hej")
            await anna.start()
            await anna.block()
            with pytest.raises(ptb.error.Forbidden, match="blocked"):
                await bot.send_message(anna.id, "hej")
            with pytest.raises(ptb.error.ChatMigrated) as migrated:
                await bot.send_message(plain.id, "hej")
            assert migrated.value.new_chat_id == moved.id


@pytest.mark.asyncio
async def test_all_44_methods() -> None:
    async with telegram(FrozenClock().now) as api:
        api.budgets.group_per_minute = None
        bo = api.world.person("Bo")
        await bo.start()
        group = api.world.group("Kontaktcenter", [bo])
        await group.add_bot(by=bo)
        async with bot_of(api) as bot:
            await _talk(bot, api, bo.id)
            await _topics(bot, group.id)
            await _settings(bot, bo.id)
            await _webhook(bot)
            assert (await bot.get_chat_member(group.id, bo.id)).status == "creator"
            assert len(await bot.get_chat_administrators(group.id)) == 1
            assert (await bot.get_chat(group.id)).is_forum
            assert await bot.leave_chat(group.id)
        assert {call.method for call in api.calls if call.ok} == set(METHODS)


async def _talk(bot: ptb.Bot, api: BotApi, chat: int) -> None:
    """Everything that is said, changed and taken back."""
    assert (await bot.get_me()).id == api.bot_id
    await bot.get_updates(timeout=0, allowed_updates=["message", "callback_query"])
    text = await bot.send_message(
        chat, "hej", reply_markup=YES, link_preview_options=ptb.LinkPreviewOptions(is_disabled=True)
    )
    photo = await bot.send_photo(chat, b"\xff\xd8\xff", caption="en", protect_content=True)
    await bot.send_document(chat, b"%PDF", filename="a.pdf", reply_to_message_id=text.message_id)
    await bot.send_voice(chat, b"OggS", duration=3)
    await bot.send_video(chat, b"mp4", duration=3, width=10, height=10, supports_streaming=True)
    await bot.send_location(chat, 59.5, 18)
    await bot.send_venue(chat, 59.5, 18.0, "Torget", "Torggatan 1")
    await bot.send_media_group(chat, [ptb.InputMediaDocument(b"a"), ptb.InputMediaDocument(b"b")])
    await bot.send_chat_action(chat, "typing")
    await bot.copy_message(chat, chat, text.message_id)
    await bot.copy_messages(chat, chat, [text.message_id, photo.message_id])
    await bot.forward_message(chat, chat, text.message_id)
    await bot.edit_message_text("hej!", chat, text.message_id, reply_markup=YES)
    await bot.edit_message_caption(chat, photo.message_id, caption="två")
    await bot.edit_message_reply_markup(chat, text.message_id)
    await bot.pin_chat_message(chat, text.message_id, disable_notification=True)
    await bot.unpin_chat_message(chat, text.message_id)
    await bot.set_message_reaction(chat, text.message_id, "👍")
    await bot.edit_message_reply_markup(chat, text.message_id, reply_markup=YES)
    person = api.world.people[chat]
    tap = await person.press_nowait(next(message for message in person.messages if message.buttons), "Ja")
    await bot.answer_callback_query(tap, "Tack", show_alert=True)
    await bot.get_file(photo.photo[-1])
    await bot.delete_message(chat, photo.message_id)
    await bot.delete_messages(chat, [text.message_id, text.message_id + 2])


async def _topics(bot: ptb.Bot, group: int) -> None:
    """A topic's whole life."""
    icons = await bot.get_forum_topic_icon_stickers()
    topic = await bot.create_forum_topic(group, "K-7Q4M", icon_custom_emoji_id=icons[0].custom_emoji_id)
    thread = topic.message_thread_id
    await bot.edit_forum_topic(group, thread, name="K-7Q4M · klar")
    await bot.close_forum_topic(group, thread)
    await bot.reopen_forum_topic(group, thread)
    await bot.unpin_all_forum_topic_messages(group, thread)
    await bot.delete_forum_topic(group, thread)


async def _settings(bot: ptb.Bot, chat: int) -> None:
    """What the bot says of itself."""
    commands = [ptb.BotCommand("hjalp", "Hjälp")]
    await bot.set_my_commands(commands, scope=ptb.BotCommandScopeChat(chat), language_code="sv")
    assert list(await bot.get_my_commands(scope=ptb.BotCommandScopeChat(chat), language_code="sv")) == commands
    assert await bot.get_my_commands() == ()
    await bot.set_my_name("Exempelkommun", language_code="sv")
    await bot.set_my_description("Skriv till kommunen.")
    await bot.set_my_short_description("Skriv till kommunen.")
    await bot.set_chat_menu_button(chat, ptb.MenuButtonCommands())


async def _webhook(bot: ptb.Bot) -> None:
    """A webhook, and back."""
    await bot.set_webhook("https://kommun.example/hook", secret_token="not-a-real-one", max_connections=2)
    assert (await bot.get_webhook_info()).url == "https://kommun.example/hook"
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""


@pytest.mark.asyncio
async def test_300_citizens_at_once_are_no_strain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.bot_api.people._PATIENCE", 60)
    began = time.process_time()
    async with telegram(FrozenClock().now) as api:
        people = [api.world.person(f"Person {number}") for number in range(300)]
        await asyncio.gather(*(person.write("hej") for person in people))
        answered = 0
        async with bot_of(api) as bot:
            offset = None
            while answered < 300:
                updates = await bot.get_updates(offset=offset, timeout=1)
                chats = [update.effective_chat.id for update in updates if update.effective_chat]
                await asyncio.gather(*(bot.send_message(chat, "tack", reply_markup=YES) for chat in chats))
                answered += len(updates)
                offset = updates[-1].update_id + 1
            pressing = [asyncio.create_task(person.press(person.messages[-1], "Ja")) for person in people]
            answered = 0
            while answered < 300:
                updates = await bot.get_updates(offset=offset, timeout=1)
                taps = [update.callback_query.id for update in updates if update.callback_query]
                await asyncio.gather(*(bot.answer_callback_query(tap, "ok") for tap in taps))
                answered += len(updates)
                offset = updates[-1].update_id + 1
            assert set(await asyncio.gather(*pressing)) == {"ok"}
        assert all(person.shown == ["tack"] for person in people)
    assert time.process_time() - began < 15  # some two seconds of one processor, client and server together
