"""Topics, presses, files, groups and commands over the wire, and what never shows: the token."""

import httpx
import pytest
from telegram.error import TimedOut

from bot.channels.telegram_api import TelegramChats
from bot.channels.telegram_link import Link, TelegramAccess
from bot.chat import (
    Button,
    ChatId,
    ChatKind,
    Form,
    GroupNow,
    MovedTo,
    No,
    Ourselves,
    Post,
    PostId,
    Revoked,
    ThreadId,
    UserId,
)
from bot.errors import OurFault, Refused, TryLater, Unsure
from sandbox.bot_api import TgPerson
from tests.conftest import FrozenClock
from tests.telegram_ways import access_to, chats_of, met, staff_group
from tests.tg import telegram

pytestmark = pytest.mark.asyncio


async def test_who_we_are(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        assert await chats.ourselves() == Ourselves(user=UserId(1), name="exempel_kommun_bot")


@pytest.mark.parametrize(("rights", "lacks"), [
    (None, ()),
    (["can_manage_topics"], ("pin", "delete")),
    (["can_pin_messages", "can_delete_messages"], ("topics",)),
    ([], ("topics", "pin", "delete")),
])  # fmt: skip
async def test_a_group_with_topics_and_what_we_lack(
    clock: FrozenClock, rights: list[str] | None, lacks: tuple[str, ...]
) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api, rights=rights)
        chat = ChatId(group.id)
        assert await chats.group_now(chat) == GroupNow(
            chat=chat, title="Kontaktcenter", kind=ChatKind.FORUM, lacks=lacks
        )


async def test_groups_of_other_kinds_and_places(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, anna = await staff_group(api, admin=False)
        plain = api.world.plain_group("Liten", [anna])
        await plain.add_bot(by=anna)
        assert (await chats.group_now(ChatId(group.id))).lacks == ("admin", "topics", "pin", "delete")
        now = await chats.group_now(ChatId(plain.id))
        assert (now.kind, now.lacks) == (ChatKind.GROUP, ())
        await group.remove_bot()
        for chat in (group.id, -1009999999999):
            with pytest.raises(Refused) as gone:
                await chats.group_now(ChatId(chat))
            assert gone.value.status == No.NO_CHAT


async def test_a_topic_from_beginning_to_end(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        chat = ChatId(group.id)
        thread = await chats.make_topic(chat, "K-7Q4M2X-9 ·\nfråga " + "å" * 200)
        topic = group.topic(thread)
        # One line, 128 signs.
        assert topic.name == ("K-7Q4M2X-9 · fråga " + "å" * 200)[:128]
        for _ in range(2):
            await chats.name_topic(chat, thread, "K-7Q4M2X-9 · klar")
            await chats.close_topic(chat, thread)
        assert (topic.name, topic.closed) == ("K-7Q4M2X-9 · klar", True)
        for _ in range(2):
            await chats.open_topic(chat, thread)
        assert not topic.closed
        sent = await chats.post(Post(chat=chat, thread=thread, text="Kort"))
        for _ in range(2):
            await chats.pin(chat, sent.posts[0])
        pinned = group.find(sent.posts[0])
        assert pinned is not None
        assert pinned.pinned
        for _ in range(2):
            await chats.delete_topic(chat, thread)
        with pytest.raises(Refused) as gone:
            await chats.name_topic(chat, thread, "K")
        assert gone.value.status == No.TOPIC_GONE


async def test_topics_without_the_right_and_in_a_group_without_topics(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, anna = await staff_group(api, rights=[])
        other = api.world.group("Utan ämnen", [anna], forum=False)
        await other.add_bot(by=anna)
        for chat in (group.id, other.id):
            with pytest.raises(Refused) as refused:
                await chats.make_topic(ChatId(chat), "K-1")
            assert refused.value.status == No.NO_RIGHT


async def test_a_topic_that_may_have_been_made_is_unsure(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        api.faults.lose_reply("createForumTopic")
        with pytest.raises(Unsure):
            await chats.make_topic(ChatId(group.id), "K-1")
        assert len(group.topics) == 1
        # What is the same when done twice is simply to be done again.
        api.faults.lose_reply("editForumTopic")
        with pytest.raises(TryLater):
            await chats.name_topic(ChatId(group.id), ThreadId(next(iter(group.topics))), "K-2")


async def test_a_group_that_moved_tells_its_new_number(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        anna = api.world.person("Anna")
        plain = api.world.plain_group("Liten", [anna])
        await plain.add_bot(by=anna)
        moved = await plain.migrate()
        with pytest.raises(MovedTo) as error:
            await chats.post(Post(chat=ChatId(plain.id), text="Hej"))
        assert error.value.chat == moved.id


async def test_leaving_twice_is_leaving(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        for _ in range(2):
            await chats.leave(ChatId(group.id))
        assert not group.bot.is_in


async def press_of(chats: TelegramChats, elsa: TgPerson) -> str:
    await chats.post(Post(chat=ChatId(elsa.id), text="Välj", form=Form(buttons=((Button("Ja", "v1:yes"),),))))
    return await elsa.press_nowait(elsa.messages[-1], "Ja")


async def test_presses_are_answered_in_time_or_too_late(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        press = await press_of(chats, elsa)
        await chats.answer_press(press, "å" * 300, aloud=True)
        call = api.called("answerCallbackQuery")[-1]
        assert (call.parameters["text"], call.parameters["show_alert"]) == ("å" * 200, True)
        late = await press_of(chats, elsa)
        clock.forward(minutes=3)
        with pytest.raises(Refused) as refused:
            await chats.answer_press(late)
        assert refused.value.status == No.TOO_LATE
        quiet = await press_of(chats, elsa)
        await chats.answer_press(quiet)
        assert set(api.called("answerCallbackQuery")[-1].parameters) == {"callback_query_id"}


async def test_files_are_fetched_up_to_20_mb(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        small = await elsa.document("a.pdf", b"%PDF-1.7")
        huge = await elsa.video(claims=21 * 2**20)
        assert await chats.fetch(small.files[0].id) == b"%PDF-1.7"
        with pytest.raises(Refused) as refused:
            await chats.fetch(huge.files[0].id)
        assert refused.value.status == No.TOO_BIG
        for _ in range(2):
            api.faults.drop_request("getFile")
            with pytest.raises(TryLater):
                await chats.fetch(small.files[0].id)
        # Whether it will ever be there, the service does not say.
        with pytest.raises(TryLater) as later:
            await chats.fetch("nobody-knows-it")
        assert later.value.reason == "file_unavailable"


async def test_a_file_that_is_gone_is_no_refused_token(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        small = await elsa.document("a.pdf", b"%PDF-1.7")
        monkeypatch.setattr(api.world.files, "fetch", lambda *_: None)
        with pytest.raises(TryLater) as later:
            await chats.fetch(small.files[0].id)
        assert (later.value.reason, later.value.whole_channel) == ("file_unavailable", False)


async def test_commands_for_a_language_and_for_a_group(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        await chats.set_commands({"hjalp": "Vad jag kan göra"})
        await chats.set_commands({"apua": "Mitä voin tehdä"}, language="fi")
        await chats.set_commands({"ko": "Vad som väntar"}, group=ChatId(group.id))
        told = [call.parameters for call in api.called("setMyCommands")]
        assert [one["scope"] for one in told] == [
            {"type": "all_private_chats"}, {"type": "all_private_chats"}, {"type": "chat", "chat_id": group.id},
        ]  # fmt: skip
        assert [one.get("language_code") for one in told] == [None, "fi", None]
        assert told[2]["commands"] == [{"command": "ko", "description": "Vad som väntar"}]


TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"


async def test_a_refused_token_stops_us_and_is_not_told(clock: FrozenClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with telegram(clock.now, faulty_ok=True) as api:
        access = TelegramAccess(token=lambda: TOKEN, base_url=api.base_url, base_file_url=api.base_file_url)
        chats = TelegramChats(access, now=clock.now)
        await chats.start()
        with pytest.raises(Revoked) as error:
            await chats.ourselves()
        shown = [
            repr(access),
            repr(chats),
            repr(chats._link),
            repr(chats._link.bot),
            repr(vars(chats)),
            str(error.value),
        ]
        await chats.close()
    assert TOKEN not in "".join(shown)
    # What it was made from is not carried along: a traceback would show it.
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


@pytest.mark.parametrize("token", ["", "hemligt", "12:\nabc", "https://api.telegram.org/"])
async def test_what_is_no_token_is_never_made_an_address(clock: FrozenClock, token: str) -> None:
    chats = TelegramChats(TelegramAccess(token=lambda: token), now=clock.now)
    with pytest.raises(OurFault) as error:
        await chats.start()
    assert str(error.value) == "telegram: that is no token"
    await chats.close()


async def test_a_service_that_cannot_be_reached(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        access = access_to(api)
    chats = TelegramChats(access, now=clock.now)
    await chats.start()
    with pytest.raises(TryLater) as later:
        await chats.post(Post(chat=ChatId(1001), text="Hej"))
    assert (later.value.reason, later.value.whole_channel) == ("connect", True)
    await chats.close()
    await chats.close()


async def test_every_call_ends(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock, timeout_seconds=0.05) as chats:
        elsa = await met(api)
        api.faults.slow("*", 0.3, times=2)
        with pytest.raises(Unsure):
            await chats.post(Post(chat=ChatId(elsa.id), text="Hej"))
        with pytest.raises(TryLater):
            await chats.pin(ChatId(elsa.id), PostId(1))


async def never_free() -> None:
    raise TimedOut from httpx.PoolTimeout("")


async def test_a_pool_that_never_gives_a_connection_again_is_made_anew(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        link = Link(access_to(api))
        link.open()
        first = link.bot
        for _ in range(2):
            with pytest.raises(TryLater):
                await link.ask(never_free())
        # An answer in between: it is not stuck.
        assert await link.ask(link.bot.get_me())
        for _ in range(2):
            with pytest.raises(TryLater):
                await link.ask(never_free())
        assert link.bot is first
        with pytest.raises(TryLater):
            await link.ask(never_free())
        assert link.bot is not first
        # What was under way on the old one may still end.
        assert await link.ask(link.bot.get_me())
        assert await link.ask(first.get_me())
        await link.close()
        with pytest.raises(RuntimeError):
            _ = link.bot
