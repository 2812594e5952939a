"""What people do in the emulator, as it is read: each thing a citizen or an officer can do arrives as what it is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram_key import external_id
from bot.channels.telegram_read import read_event
from bot.channels.telegram_updates import ALLOWED, encode
from bot.chat import NO_USER, Button, ChatEvent, ChatId, ChatKind, EventKind, FileKind, Form, Post, Spot
from sandbox.bot_api import BotApi, TgPerson
from tests.conftest import MONDAY, FrozenClock
from tests.telegram_ways import chats_of, met, staff_group
from tests.tg import telegram

pytestmark = pytest.mark.asyncio


class Heard:
    """What the bot was told since it was asked the last time, read."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._read = 0

    def __call__(self) -> list[ChatEvent]:
        built, self._read = self._api.updates.built[self._read :], len(self._api.updates.built)
        read = [read_event(encode(update), self._api.bot_id) for update in built]
        assert [event.key for event in read] == [external_id(update, self._api.bot_id) for update in built]
        assert [event.error for event in read] == [""] * len(read)
        return read


Act = Callable[[TgPerson], Awaitable[Any]]


@pytest.mark.parametrize(("act", "expected"), [
    (lambda elsa: elsa.write("Hål på vägen"), {"text": "Hål på vägen"}),
    (lambda elsa: elsa.photo(caption="Hålet"), {"text": "Hålet", "files": [FileKind.PHOTO]}),
    (lambda elsa: elsa.document("a.pdf", b"%PDF"), {"files": [FileKind.DOCUMENT]}),
    (lambda elsa: elsa.voice(), {"files": [FileKind.VOICE]}),
    (lambda elsa: elsa.video(caption="Se"), {"text": "Se", "files": [FileKind.VIDEO]}),
    (lambda elsa: elsa.video_note(), {"files": [FileKind.VIDEO_NOTE]}),
    (lambda elsa: elsa.audio(), {"files": [FileKind.AUDIO]}),
    (lambda elsa: elsa.animation(), {"files": [FileKind.ANIMATION]}),
    (lambda elsa: elsa.sticker("👍"), {"text": "👍", "files": [FileKind.STICKER]}),
    (lambda elsa: elsa.location(59.5, 18.0), {"spot": Spot(latitude=59.5, longitude=18.0)}),
    (lambda elsa: elsa.location(59.5, 18.0, live=True), {"spot": Spot(latitude=59.5, longitude=18.0, live=True)}),
    (lambda elsa: elsa.venue(59.5, 18.0, "Badet", "Storgatan 1"),
     {"spot": Spot(latitude=59.5, longitude=18.0, name="Badet", address="Storgatan 1")}),
    (lambda elsa: elsa.contact("+46700000000", "Anna"), {"given": "Anna, +46700000000"}),
    (lambda elsa: elsa.poll(), {"unsupported": "poll"}),
    (lambda elsa: elsa.dice(), {"unsupported": "dice"}),
])  # fmt: skip
async def test_what_a_citizen_can_send(clock: FrozenClock, act: Act, expected: dict[str, Any]) -> None:
    async with telegram(clock.now) as api:
        events = Heard(api)
        elsa = api.world.person("Elsa")
        await act(elsa)
        [event] = events()
        found = {
            "text": event.text, "files": [file.kind for file in event.files], "spot": event.spot,
            "given": event.given, "unsupported": event.unsupported,
        }  # fmt: skip
        assert found == {"text": "", "files": [], "spot": None, "given": "", "unsupported": "", **expected}
        assert (event.kind, event.chat, event.user, event.chat_kind) == (
            EventKind.MESSAGE, elsa.id, elsa.id, ChatKind.PRIVATE,
        )  # fmt: skip
        assert (event.at, event.user_language) == (MONDAY, "sv")
        assert "Elsa" not in repr(event)


async def test_albums_edits_forwards_and_moving_places(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        events = Heard(api)
        elsa = api.world.person("Elsa")
        sent = await elsa.album(["Ett", "", "Tre"])
        album = events()
        assert [event.text for event in album] == ["Ett", "", "Tre"]
        assert len({event.album for event in album}) == 1
        assert album[0].album
        first = await elsa.write("Hej")
        clock.forward(minutes=1)
        await elsa.edit(first, "Hej igen")
        await elsa.forward(first, hidden=True)
        _, edit, forwarded = events()
        assert (edit.kind, edit.text, edit.post) == (EventKind.EDIT, "Hej igen", first.id)
        assert edit.at == MONDAY + timedelta(minutes=1)
        assert (forwarded.text, forwarded.post) == ("Hej igen", sent[-1].id + 2)
        place = await elsa.location(59.5, 18.0, live=True)
        await elsa.edit_live_location(place, 59.6, 18.1)
        await elsa.edit_live_location(place, 59.7, 18.2, stop=True)
        assert [event.spot and event.spot.live for event in events()] == [True, True, True]


async def test_a_group_with_topics(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        events = Heard(api)
        api.updates.allowed = ALLOWED
        group, anna = await staff_group(api)
        assert [(one.kind, one.status, one.chat_kind) for one in events()] == [
            (EventKind.OURSELVES, "member", ChatKind.FORUM),
            (EventKind.NOTHING, "", ChatKind.OTHER),
            (EventKind.OURSELVES, "administrator", ChatKind.FORUM),
        ]
        thread = await chats.make_topic(ChatId(group.id), "K-1")
        assert [one.kind for one in events()] == [EventKind.NOTHING]
        question = await anna.write("Vem tar den?", chat=group)
        await anna.write("Jag", chat=group, reply_to=question.id)
        inside = await anna.write("Prat", chat=group, thread=thread)
        await anna.write("Svar", chat=group, thread=thread, reply_to=inside.id)
        await anna.write("Hemligt", chat=group, thread=thread, anonymous=True)
        read = events()
        assert [(one.thread, one.reply_to) for one in read] == [
            (None, None), (None, question.id), (thread, None), (thread, inside.id), (thread, None),
        ]  # fmt: skip
        assert [(one.user, one.anonymous) for one in read] == [(anna.id, False)] * 4 + [(NO_USER, True)]
        await group.close_topic(thread)
        await group.rename("Nytt namn")
        assert {one.kind for one in events()} == {EventKind.NOTHING}


async def test_who_comes_and_goes(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        events = Heard(api)
        api.updates.allowed = ALLOWED
        group, anna = await staff_group(api)
        bo = api.world.person("Bo")
        events()
        await group.join(bo)
        await group.make_admin(bo)
        await group.leave(bo)
        await group.join(bo)
        await group.kick(bo)
        members = [one for one in events() if one.kind is EventKind.MEMBER]
        assert [(one.member, one.status) for one in members] == [
            (bo.id, status) for status in ("member", "administrator", "left", "member", "kicked")
        ]
        await group.remove_bot(anna)
        await anna.start()
        await anna.block()
        await anna.unblock()
        ours = [one for one in events() if one.kind is EventKind.OURSELVES]
        assert [(one.chat_kind, one.status) for one in ours] == [
            (ChatKind.FORUM, "kicked"), (ChatKind.PRIVATE, "kicked"), (ChatKind.PRIVATE, "member"),
        ]  # fmt: skip
        assert {one.member for one in ours} == {api.bot_id}


async def test_a_group_that_moves_is_told_from_both_sides(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        events = Heard(api)
        anna = api.world.person("Anna")
        plain = api.world.plain_group("Liten", [anna])
        await plain.add_bot(by=anna)
        moved = await plain.migrate()
        told = [one for one in events() if one.kind is EventKind.MIGRATED]
        assert [(one.chat, one.new_chat) for one in told] == [(plain.id, moved.id)] * 2


async def test_presses_on_new_and_on_old_messages(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        events = Heard(api)
        elsa = await met(api)
        post = Post(chat=ChatId(elsa.id), text="Välj", form=Form(buttons=((Button("Ja", "v1:y"),),)))
        [number] = (await chats.post(post)).posts
        events()
        first = await elsa.press_nowait(elsa.messages[-1], "Ja")
        clock.forward(days=3)
        second = await elsa.press_nowait(elsa.messages[-1], "Ja")
        for event, press in zip(events(), (first, second), strict=True):
            assert (event.kind, event.press, event.data, event.post) == (EventKind.PRESS, press, "v1:y", number)
            assert (event.chat, event.chat_kind, event.user) == (elsa.id, ChatKind.PRIVATE, elsa.id)
