"""The emulator's updates: confirmed by the offset, kept for a day, a tap for 150 seconds, one reader at a time."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bot_api import TelegramWorld
from sandbox.bot_api.update_queue import UpdateQueue
from tests.conftest import FrozenClock
from tests.tg import Caller, caller, telegram


@pytest.mark.asyncio
async def test_offset_confirms() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        api.updates.same_offset_window = 0
        anna = api.world.person("Anna Exempel")
        for text in ("ett", "två", "tre"):
            await anna.write(text)
        first = await call.updates()
        assert [update["message"]["text"] for update in first] == ["ett", "två", "tre"]
        assert await call.updates() == first  # nothing was confirmed
        rest = await call.updates(first[1]["update_id"] + 1)
        assert [update["message"]["text"] for update in rest] == ["tre"]
        assert await call.updates() == rest  # the first two are gone for good


@pytest.mark.asyncio
async def test_a_negative_offset_forgets_what_lies_before_it() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        for text in ("ett", "två", "tre"):
            await anna.write(text)
        assert [update["message"]["text"] for update in await call.updates(-2)] == ["två", "tre"]
        assert len(await call.updates()) == 2


@pytest.mark.asyncio
async def test_allowed_updates_are_sticky() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        api.updates.same_offset_window = 0
        anna = api.world.person("Anna")
        first = await anna.write("hej")
        await anna.edit(first, "hej!")
        assert [set(update) - {"update_id"} for update in await call.updates()] == [{"message"}, {"edited_message"}]
        await call.updates(allowed_updates=["message"])
        await anna.edit(first, "hej?")
        await anna.write("två")
        kinds = [set(update) - {"update_id"} for update in await call.updates()]
        assert {"edited_message"} in kinds  # those made before still come
        assert len(api.updates.built) == 3  # the edit made after was not even kept
        await call.updates(allowed_updates=[])
        await anna.edit(first, "hej:")
        assert len(api.updates.built) == 4  # an empty list asks for the usual kinds again


@pytest.mark.asyncio
async def test_reactions_and_members_come_only_when_asked_for() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna, bo = api.world.person("Anna"), api.world.person("Bo")
        group = api.world.group("Kontaktcenter", [anna])
        await group.add_bot(by=anna)
        message = await anna.write("hej", chat=group)
        await anna.react(message, "👍")
        await group.join(bo)
        assert not any("message_reaction" in update or "chat_member" in update for update in api.updates.built)
        await call.updates(allowed_updates=["message", "message_reaction", "chat_member"])
        await anna.react(message, "👀")
        await group.kick(bo)
        reaction, member = (u for u in api.updates.built if "message_reaction" in u or "chat_member" in u)
        assert reaction["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
        assert member["chat_member"]["new_chat_member"]["status"] == "kicked"


@pytest.mark.asyncio
async def test_409_for_a_second_poller() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call, caller(api) as other:
        first = asyncio.create_task(call("getUpdates", timeout=20))
        await _until_polled(call, 1)
        second = asyncio.create_task(other("getUpdates", timeout=20))
        answer = await first
        assert (answer["error_code"], answer["description"]) == (
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
        await api.world.person("Anna").write("hej")
        assert len((await second)["result"]) == 1


@pytest.mark.asyncio
async def test_409_with_a_webhook() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call, caller(api) as other:
        waiting = asyncio.create_task(call("getUpdates", timeout=20))
        await _until_polled(call, 1)
        assert await other.done("setWebhook", url="http://127.0.0.1:9/hook")
        assert (await waiting)["description"] == "Conflict: terminated by setWebhook request"
        assert "while webhook is active" in await call.refused("getUpdates")
        await call.done("deleteWebhook")
        assert await call.updates() == []


@pytest.mark.asyncio
async def test_limit_shrinks_on_repeated_same_offset() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        api.updates.same_offset_window = 60
        anna = api.world.person("Anna")
        for text in ("ett", "två", "tre"):
            await anna.write(text)
        assert len(await call.updates()) == 3
        again = await call.updates()
        assert len(again) == 1  # who asks at once for the same gets them one by one
        assert len(await call.updates(again[0]["update_id"] + 1)) == 2


@pytest.mark.asyncio
async def test_messages_expire_after_24_hours() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        await api.world.person("Anna").write("hej")
        clock.instant += timedelta(hours=24) - timedelta(seconds=1)
        assert len(await call.updates()) == 1
        clock.instant += timedelta(seconds=1)
        assert await call.updates() == []


@pytest.mark.asyncio
async def test_taps_expire_after_150_seconds() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}
        await call.done("sendMessage", chat_id=anna.id, text="Nöjd?", reply_markup=markup)
        await anna.press_nowait(anna.messages[-1], "Ja")
        clock.instant += timedelta(seconds=149)
        assert len(await call.updates()) == 2
        clock.instant += timedelta(seconds=1)
        assert [list(update)[1] for update in await call.updates()] == ["message"]


@pytest.mark.asyncio
async def test_update_id_is_drawn_anew_after_7_silent_days() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.write("hej")
        before = (await call.updates())[0]["update_id"]
        await call.updates(before + 1)
        clock.instant += timedelta(days=6)
        await anna.write("dag sex")
        assert (await call.updates())[0]["update_id"] == before + 1
        await call.updates(before + 2)
        clock.instant += timedelta(days=7, seconds=1)
        await anna.write("en vecka senare")
        assert await call.updates(before + 2) == []  # lower than before: a kept offset misses it, and confirms it away
        await anna.write("en till")
        assert (await call.updates())[0]["update_id"] < before


@pytest.mark.asyncio
async def test_long_poll_waits_at_most_50_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.bot_api.update_queue.LONGEST_POLL", 0.05)
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        async with asyncio.timeout(5):
            assert await call.updates(timeout=1000) == []


@pytest.mark.asyncio
async def test_long_poll_answers_as_soon_as_something_happens() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        waiting = asyncio.create_task(call("getUpdates", timeout=20))
        await _until_polled(call, 1)
        await api.world.person("Anna").write("hej")
        async with asyncio.timeout(5):
            assert (await waiting)["result"][0]["message"]["text"] == "hej"


@pytest.mark.asyncio
async def test_long_poll_ends_when_the_emulator_stops() -> None:
    async with asyncio.timeout(5):
        async with telegram(FrozenClock().now) as api, caller(api) as call:
            waiting = asyncio.create_task(call("getUpdates", timeout=30))
            await _until_polled(call, 1)
            api.updates.close()
            assert (await waiting)["result"] == []


@pytest.mark.asyncio
async def test_a_duplicated_update_comes_again_after_it_was_confirmed() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        api.faults.duplicate_next_update()
        await anna.write("en gång")
        await anna.write("nästa")
        once = await call.updates()
        again = await call.updates(once[-1]["update_id"] + 1)
        assert again == once[:1]
        assert await call.updates(once[-1]["update_id"] + 1) == []


@pytest.mark.asyncio
async def test_reordered_updates_change_places_and_keep_rising_ids() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        api.updates.same_offset_window = 0
        anna = api.world.person("Anna")
        api.faults.reorder_next_updates(2)
        await anna.write("först")
        assert await call.updates() == []
        await anna.write("sedan")
        await anna.write("sist")
        fetched = await call.updates()
        assert [update["message"]["text"] for update in fetched] == ["sedan", "först", "sist"]
        assert [u["update_id"] for u in fetched] == sorted(u["update_id"] for u in fetched)


async def _until_polled(call: Caller, times: int) -> None:
    """Wait until so many polls have reached the emulator and wait there."""
    async with asyncio.timeout(5):
        while len(call.api.called("getUpdates")) < times or not call.api.updates.has_reader:
            await asyncio.sleep(0)


class Reader:
    """Stores what it fetches under the update's id, and only then confirms it."""

    def __init__(self, queue: UpdateQueue, limit: int) -> None:
        self.queue = queue
        self.limit = limit
        self.stored: dict[int, str] = {}

    async def fetch(self, *, lost: bool = False) -> None:
        for update in await self.queue.poll(max(self.stored, default=-1) + 1, self.limit, 0):
            if not lost:
                self.stored[update["update_id"]] = update["message"]["text"]


@given(st.lists(st.sampled_from(["write", "fetch", "lost", "twice"])), st.integers(1, 4))
def test_whoever_stores_before_confirming_gets_every_update_once(acts: list[str], limit: int) -> None:
    """An answer may be lost or an update come twice: with a unique key each is stored once, none is missing."""
    clock = FrozenClock()
    queue = UpdateQueue(clock.now, seed=1)
    anna = TelegramWorld(now=clock.now, updates=queue, bot_id=1, bot_username="bot").person("Anna")
    reader = Reader(queue, limit)

    async def play() -> None:
        for number, act in enumerate(acts):
            match act:
                case "write":
                    await anna.write(str(number))
                case "twice":
                    queue.duplicate_next()
                case _:
                    await reader.fetch(lost=act == "lost")
        while queue.waiting:
            await reader.fetch()

    asyncio.run(play())
    assert reader.stored == {update["update_id"]: update["message"]["text"] for update in queue.built}
