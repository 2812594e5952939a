"""Fetching events: kept before they are confirmed, none lost, none told twice, and no silence that nobody notices."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels import telegram_poll
from bot.channels.telegram_key import external_id
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_logs import install
from bot.channels.telegram_poll import TelegramPoll, pause
from bot.channels.telegram_updates import ALLOWED
from bot.chat import Elsewhere, Revoked
from bot.errors import TryLater
from sandbox.bot_api import BotApi, bot_api
from tests.conftest import MONDAY, FrozenClock
from tests.telegram_ways import Kept, Sleeps, access_to
from tests.tg import telegram

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def polling(
    api: BotApi | TelegramAccess, clock: FrozenClock, kept: Kept, **more: Any
) -> AsyncIterator[tuple[TelegramPoll, asyncio.Task[Any]]]:
    more = {"sleep": Sleeps(), "jitter": lambda: 0.0, **more}
    access = api if isinstance(api, TelegramAccess) else access_to(api)
    poll = TelegramPoll(access, keep=kept, now=clock.now, **more)
    running = asyncio.create_task(poll.run())
    try:
        yield poll, running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await running


def offsets(api: BotApi) -> list[int | None]:
    return [call.parameters.get("offset") for call in api.called("getUpdates")]


async def asked(api: BotApi, times: int) -> None:
    """Until so many polls have arrived."""
    async with asyncio.timeout(5):
        while len(api.called("getUpdates")) < times:
            await asyncio.sleep(0.005)


async def test_an_event_is_confirmed_only_once_it_is_kept(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        kept.gate = asyncio.Event()
        elsa = api.world.person("Elsa")
        await elsa.write("ett")
        async with polling(api, clock, kept) as (poll, _):
            await kept.until(lambda: len(kept.asked) == 1)
            # No other poll has been sent, so nothing is confirmed: whoever dies now gets it again.
            assert offsets(api) == [None]
            assert poll.last_completed is None
            assert len(api.updates.waiting) == 1
            kept.gate.set()
            await asked(api, 2)
            first = api.updates.built[0]["update_id"]
            assert offsets(api) == [None, first + 1]
            assert poll.last_completed == MONDAY
            assert api.updates.waiting == []
            await elsa.write("två")
            await kept.until(lambda: len(kept.events) == 2)
            await asked(api, 3)
            assert offsets(api) == [None, first + 1, first + 2]
        assert kept.texts == ["ett", "två"]
        assert list(kept.events) == [external_id(update, 1) for update in api.updates.built]


async def test_what_is_kept_is_the_update_as_it_came(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        await api.world.person("Elsa").write("Hål på Åvägen 😀")
        async with polling(api, clock, kept):
            await kept.until(lambda: len(kept.events) == 1)
        [raw] = kept.events.values()
        assert json.loads(raw) == api.updates.built[0]
        assert "Åvägen 😀".encode() in raw


async def test_every_poll_says_what_we_want_and_none_drops_what_waits(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        elsa = api.world.person("Elsa")
        await elsa.write("före")
        # Events were sent elsewhere before; what waits there is fetched.
        await api.webhook.open("http://127.0.0.1:9/nowhere", "", 1)
        async with polling(api, clock, kept):
            await kept.until(lambda: kept.texts == ["före"])
            await asked(api, 2)
        assert [call.method for call in api.calls[:2]] == ["deleteWebhook", "getUpdates"]
        assert api.calls[0].parameters == {}
        wanted = [
            (call.parameters["allowed_updates"], call.parameters["timeout"], call.parameters["limit"])
            for call in api.called("getUpdates")
        ]
        assert wanted == [(list(ALLOWED), 30, 100)] * 2
        assert not any("drop_pending_updates" in call.parameters for call in api.calls)


async def test_a_batch_is_kept_in_one_go_and_in_order(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        kept.gate = asyncio.Event()
        elsa = api.world.person("Elsa")
        for number in range(100):
            await elsa.write(str(number))
        async with polling(api, clock, kept):
            # All of them wait to be written together, so that one commit is enough.
            await kept.until(lambda: len(kept.asked) == 100)
            assert kept.events == {}
            kept.gate.set()
            await kept.until(lambda: len(kept.events) == 100)
        assert kept.texts == [str(number) for number in range(100)]


@pytest.mark.parametrize("failure", [TryLater("disk_full"), RuntimeError("Elsa"), TimeoutError()])
async def test_when_one_of_a_batch_is_not_kept_all_come_again(
    clock: FrozenClock, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(clock.now) as api:
        api.updates.same_offset_window = 0
        kept, sleeps = Kept(), Sleeps()
        kept.failing = [failure]
        elsa = api.world.person("Elsa")
        for text in ("ett", "två", "tre"):
            await elsa.write(text)
        async with polling(api, clock, kept, sleep=sleeps):
            await kept.until(lambda: len(kept.events) == 3)
            await asked(api, 3)
        # The first try kept two of the three, and confirmed none.
        assert offsets(api) == [None, None, api.updates.built[-1]["update_id"] + 1]
        assert kept.asked == [external_id(update, 1) for update in api.updates.built] * 2
        assert sleeps.seconds == [1.0]
        assert "Elsa" not in caplog.text


async def test_one_that_nobody_can_read_is_kept_and_stops_nothing(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch: list[object] = [
        {"update_id": 5, "message": {"text": "före"}}, {"update_id": 6, "message": 3},
        {"message": {"text": "utan nummer"}}, "inte ens ett objekt", {"update_id": 7, "message": {"text": "efter"}},
        None,
    ]  # fmt: skip
    wanted: list[object] = []
    came_back = asyncio.Event()

    async def answer(_client: object, _access: object, method: str, parameters: dict[str, Any], _: float) -> object:
        if method == "getUpdates":
            wanted.append(parameters.get("offset"))
        if len(wanted) > 1:
            came_back.set()
            await asyncio.Event().wait()
        return batch

    monkeypatch.setattr(telegram_poll, "ask", answer)
    kept = Kept()
    async with polling(TelegramAccess(token=lambda: "1:sandbox"), clock, kept):
        await asyncio.wait_for(came_back.wait(), 5)
    assert [json.loads(raw) for raw in kept.events.values()] == batch
    assert wanted == [None, 8]


async def test_a_second_delivery_has_the_same_key(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        api.faults.duplicate_next_update()
        await api.world.person("Elsa").write("ett")
        async with polling(api, clock, kept):
            await kept.until(lambda: len(kept.asked) == 2)
        assert kept.asked[0] == kept.asked[1]


async def test_after_a_week_of_silence_the_numbers_begin_anywhere(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        api.updates.same_offset_window = 0
        kept, sleeps = Kept(), Sleeps()
        elsa = api.world.person("Elsa")
        await elsa.write("ett")
        async with polling(api, clock, kept, poll_seconds=0, sleep=sleeps):
            await kept.until(lambda: len(kept.events) == 1)
            await asked(api, 3)
            assert offsets(api)[-1] is not None
            clock.forward(days=8)
            polls = len(api.called("getUpdates"))
            await asked(api, polls + 3)
            assert offsets(api)[-1] is None
            # Its number is lower than the last one: with the old offset it would be gone unread.
            await elsa.write("två")
            assert api.updates.built[1]["update_id"] < api.updates.built[0]["update_id"]
            await kept.until(lambda: len(kept.events) == 2)
            await asked(api, len(api.called("getUpdates")) + 2)
            assert offsets(api)[-1] == api.updates.built[1]["update_id"] + 1
            await sleeps.halt()
        assert kept.texts == ["ett", "två"]


@pytest.mark.parametrize(("code", "kind"), [(409, Elsewhere), (401, Revoked), (404, Revoked)])
async def test_what_stops_us_is_told(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture, code: int, kind: type[Exception]
) -> None:
    async with telegram(clock.now) as api:
        api.faults.fail("getUpdates", code=code)
        async with polling(api, clock, Kept()) as (_, running):
            with pytest.raises(kind) as stopped:
                await asyncio.wait_for(running, 5)
        assert stopped.value.__context__ is None
        assert [record.levelname for record in caplog.records if record.name.startswith("bot.")] == ["ERROR"]


async def test_of_two_pollers_one_stops(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        async with polling(api, clock, Kept()) as (_, first):
            await asked(api, 1)
            async with polling(api, clock, Kept()):
                with pytest.raises(Elsewhere):
                    await asyncio.wait_for(first, 5)


async def test_a_webhook_set_meanwhile_stops_us(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        async with polling(api, clock, Kept()) as (_, running):
            await asked(api, 1)
            api.updates.refuse_pollers("terminated by setWebhook request")
            with pytest.raises(Elsewhere):
                await asyncio.wait_for(running, 5)


async def test_trouble_on_the_line_is_waited_out(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept, sleeps = Kept(), Sleeps()
        await api.world.person("Elsa").write("ett")
        api.faults.drop_request("deleteWebhook")
        api.faults.drop_request("getUpdates", times=2)
        api.faults.fail("getUpdates", code=502)
        api.faults.fail("getUpdates", retry_after=7)
        async with polling(api, clock, kept, sleep=sleeps, jitter=lambda: 0.5):
            await kept.until(lambda: kept.texts == ["ett"])
        # 1, 2, 4, 8 less a quarter, and what was asked for with half a second more.
        assert sleeps.seconds == [0.75, 1.5, 3.0, 6.0, 7.5]


async def test_an_hour_in_the_dark_loses_nothing(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()

        async def sleep(seconds: float) -> None:
            clock.forward(seconds=seconds)
            await asyncio.sleep(0)

        missed: list[object] = []
        async with polling(api, clock, kept, sleep=sleep, missed=lambda *when: missed.append(when)) as (poll, _):
            await asked(api, 1)
            api.faults.dark_for(timedelta(hours=1))
            await api.world.person("Elsa").write("i mörkret")
            await kept.until(lambda: kept.texts == ["i mörkret"])
            await asked(api, len(api.called("getUpdates")) + 1)
            assert poll.last_completed is not None
            assert timedelta(hours=1) <= poll.last_completed - MONDAY < timedelta(hours=1, minutes=2)
        assert missed == []


@pytest.mark.parametrize(("away", "told"), [(timedelta(hours=25), True), (timedelta(hours=23), False), (None, False)])
async def test_a_gap_of_over_a_day_is_told(clock: FrozenClock, away: timedelta | None, told: bool) -> None:
    async with telegram(clock.now) as api:
        missed: list[tuple[datetime, datetime]] = []
        before = None if away is None else MONDAY - away
        more = {"last_completed": before, "missed": lambda *when: missed.append(when)}
        api.faults.drop_request("getUpdates")
        await api.world.person("Elsa").write("ett")
        async with polling(api, clock, Kept(), **more) as (poll, _):
            assert poll.last_completed == before
            await asked(api, 3)
        assert missed == ([(before, MONDAY)] if told else [])


async def test_a_quiet_day_is_no_gap(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        missed: list[object] = []
        kept = Kept()
        async with polling(api, clock, kept, missed=lambda *when: missed.append(when)):
            await asked(api, 1)
            clock.forward(days=3)
            await api.world.person("Elsa").write("ett")
            await asked(api, 2)
        assert (missed, kept.texts) == ([], ["ett"])


async def test_a_service_that_does_not_wait_is_not_asked_without_end(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        sleeps = Sleeps()
        async with polling(api, clock, Kept(), poll_seconds=0, sleep=sleeps):
            await asked(api, 10)
            await sleeps.halt()
        # Not after the first answer without content, but after each further one.
        assert len(sleeps.seconds) >= 7
        assert set(sleeps.seconds) == {1.0}


async def test_no_log_tells_the_token(clock: FrozenClock, caplog: pytest.LogCaptureFixture) -> None:
    token = "4242:abcdefghijklmnopqrstuvwxyz-0123456789"
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "telegram")}
    undo = install(token)
    caplog.set_level("DEBUG")
    try:
        async with bot_api(clock.now, token=token) as api:
            api.faults.drop_request("getUpdates", times=2)
            api.faults.fail("getUpdates", code=502)
            kept = Kept()
            await api.world.person("Elsa").write("ett")
            async with polling(api, clock, kept):
                await kept.until(lambda: len(kept.events) == 1)
    finally:
        undo()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    assert "events not fetched" in caplog.text
    assert token not in caplog.text
    assert "abcdefghij" not in caplog.text


@pytest.mark.parametrize(("failures", "asked_for", "jitter", "seconds"), [
    (1, None, 0.0, 1.0), (2, None, 0.0, 2.0), (5, None, 0.0, 16.0), (6, None, 0.0, 30.0), (10**6, None, 0.0, 30.0),
    (3, None, 0.5, 3.0), (1, timedelta(seconds=40), 0.0, 40.0), (9, timedelta(seconds=40), 0.9, 40.9),
])  # fmt: skip
async def test_pauses(failures: int, asked_for: timedelta | None, jitter: float, seconds: float) -> None:
    assert pause(failures, asked_for, jitter) == pytest.approx(seconds)
