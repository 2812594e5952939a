"""Being told of events: 200 only for what is kept, and nothing for whoever does not know the secret."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.channels.telegram_key import external_id
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_updates import ALLOWED
from bot.channels.telegram_webhook import BODY_BYTES, CONNECTIONS, WATCH_SECONDS, TelegramWebhook, WebhookDoor
from bot.chat import Revoked
from bot.errors import OurFault, TryLater
from sandbox.bot_api import BotApi
from tests.conftest import MONDAY, FrozenClock
from tests.telegram_ways import Kept, Sleeps, access_to
from tests.tg import telegram

pytestmark = pytest.mark.asyncio

SECRET = "en-hemlighet_2"
UPDATE = {
    "update_id": 5,
    "message": {"message_id": 7, "date": 1, "chat": {"id": 1001, "type": "private"}, "text": "Hål 😀"},
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def door(port: int, secret: str = SECRET) -> WebhookDoor:
    return WebhookDoor(url=f"http://127.0.0.1:{port}/telegram/hook", port=port, secret=lambda: secret)


@asynccontextmanager
async def open_door(
    api: BotApi, clock: FrozenClock, kept: Kept
) -> AsyncIterator[tuple[TelegramWebhook, httpx.AsyncClient]]:
    """The webhook with the emulator bringing what happens, and a client of ours that knocks as well."""
    webhook = TelegramWebhook(
        door(free_port()), access_to(api), keep=kept, now=clock.now, sleep=Sleeps(), jitter=lambda: 0.0
    )
    await webhook.start()
    base = f"http://127.0.0.1:{webhook.port}"
    try:
        async with httpx.AsyncClient(base_url=base, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as client:
            yield webhook, client
    finally:
        await webhook.close()


async def test_an_event_is_answered_for_only_once_it_is_kept(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        kept.gate = asyncio.Event()
        async with open_door(api, clock, kept) as (webhook, client):
            answer = asyncio.create_task(client.post("/telegram/hook", json=UPDATE))
            await kept.until(lambda: len(kept.asked) == 1)
            assert not answer.done()
            assert webhook.last_kept is None
            kept.gate.set()
            assert (await answer).status_code == 200
            assert webhook.last_kept == MONDAY
        assert kept.asked == [external_id(UPDATE, 1)]
        [raw] = kept.events.values()
        assert json.loads(raw) == UPDATE


async def test_the_service_is_told_where_and_how_and_nothing_that_waits_is_dropped(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        elsa = api.world.person("Elsa")
        await elsa.write("före")
        async with open_door(api, clock, kept) as (webhook, _):
            [call] = api.called("setWebhook")
            assert call.parameters == {
                "url": f"http://127.0.0.1:{webhook.port}/telegram/hook", "secret_token": SECRET,
                "allowed_updates": list(ALLOWED), "max_connections": CONNECTIONS,
            }  # fmt: skip
            await elsa.write("efter")
            await kept.until(lambda: len(kept.events) == 2)
            assert kept.texts == ["före", "efter"]
        assert not any("drop_pending_updates" in call.parameters for call in api.calls)
        assert api.called("deleteWebhook") == []


@pytest.mark.parametrize("failure", [TryLater("disk_full"), RuntimeError("Elsa"), TimeoutError()])
async def test_what_was_not_kept_comes_again(
    clock: FrozenClock, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        kept.failing = [failure]
        async with open_door(api, clock, kept) as (_, client):
            assert (await client.post("/telegram/hook", json=UPDATE)).status_code == 503
            assert kept.events == {}
            kept.failing = [failure]
            await api.world.person("Elsa").write("ett")
            await kept.until(lambda: kept.texts == ["ett"])
        assert kept.asked[-1] == kept.asked[-2]
        assert "Elsa" not in caplog.text


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": ""}, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET + "2"}, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": "\xe5"}, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, 200),
])  # fmt: skip
async def test_who_does_not_know_the_secret_gets_nothing_kept(
    clock: FrozenClock, headers: dict[str, str], status: int
) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        async with open_door(api, clock, kept) as (webhook, _):
            told = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
            async with httpx.AsyncClient() as stranger:
                url = f"http://127.0.0.1:{webhook.port}/telegram/hook"
                answer = await stranger.post(url, json=UPDATE, headers=told)
        assert answer.status_code == status
        assert len(kept.events) == (1 if status == 200 else 0)
        assert answer.content == b""


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("POST", "/telegram/hook", b"", 400),
    ("POST", "/telegram/hook", b"{", 400),
    ("POST", "/telegram/hook", b"[]", 400),
    ("POST", "/telegram/hook", b"\xff\xfe", 400),
    ("POST", "/telegram/hook", b"[" * 100_000, 400),
    # It is JSON, so it is kept: whoever reads it may hold it for a person.
    ("POST", "/telegram/hook", b"{}", 200),
    ("POST", "/telegram/hook", b'{"update_id": 1, "message": 3}', 200),
    ("POST", "/telegram/hook", b'{"update_id": 1, "x": "' + b"a" * BODY_BYTES + b'"}', 413),
    ("GET", "/telegram/hook", b"", 405),
    ("POST", "/", b"{}", 404),
    ("POST", "/telegram/hook2", b"{}", 404),
])  # fmt: skip
async def test_what_is_no_update(clock: FrozenClock, method: str, path: str, body: bytes, status: int) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        async with open_door(api, clock, kept) as (_, client):
            assert (await client.request(method, path, content=body)).status_code == status
            assert len(kept.events) == (1 if status == 200 else 0)


async def test_the_same_twice_has_the_same_key(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        async with open_door(api, clock, kept) as (_, client):
            for _ in range(2):
                assert (await client.post("/telegram/hook", json=UPDATE)).status_code == 200
        assert len(kept.asked) == 2
        assert len(kept.events) == 1


async def test_closing_lets_what_is_being_kept_be_kept(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        kept.gate = asyncio.Event()
        async with open_door(api, clock, kept) as (webhook, client):
            port = webhook.port
            answer = asyncio.create_task(client.post("/telegram/hook", json=UPDATE))
            await kept.until(lambda: len(kept.asked) == 1)
            closing = asyncio.create_task(webhook.close())
            with pytest.raises(httpx.ConnectError):
                while True:
                    async with httpx.AsyncClient() as other:
                        await other.get(f"http://127.0.0.1:{port}/")
            assert not closing.done()
            kept.gate.set()
            assert (await answer).status_code == 200
            await closing
            await webhook.close()
        assert len(kept.events) == 1
        # What comes while we are away waits there.
        assert api.called("deleteWebhook") == []


async def test_while_the_service_cannot_be_told_we_listen_and_try_again(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        api.faults.drop_request("setWebhook")
        api.faults.fail("setWebhook", code=502)
        api.faults.fail("setWebhook", retry_after=3)
        sleeps = Sleeps()
        webhook = TelegramWebhook(
            door(free_port()), access_to(api), keep=Kept(), now=clock.now, sleep=sleeps, jitter=lambda: 0.0
        )
        await webhook.start()
        assert sleeps.seconds == [1.0, 2.0, 3.0]
        await webhook.close()


async def test_an_hour_in_the_dark_loses_nothing(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        kept = Kept()
        async with open_door(api, clock, kept):
            api.faults.dark_for(timedelta(hours=1))
            await api.world.person("Elsa").write("i mörkret")
            clock.forward(hours=1)
            await kept.until(lambda: kept.texts == ["i mörkret"])


async def test_a_refused_token_is_told_and_we_stop_listening(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        api.faults.fail("setWebhook", code=401)
        port = free_port()
        webhook = TelegramWebhook(door(port), access_to(api), keep=Kept(), now=clock.now)
        with pytest.raises(Revoked):
            await webhook.start()
        with pytest.raises(RuntimeError):
            _ = webhook.port
        # The port is free again.
        socket.create_server(("127.0.0.1", port)).close()


async def test_an_address_that_is_taken_does_not_end_the_process(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            webhook = TelegramWebhook(door(taken.getsockname()[1]), access_to(api), keep=Kept(), now=clock.now)
            with pytest.raises(OurFault, match="in use"):
                await webhook.start()


@pytest.mark.parametrize("secret", ["", "med mellanslag x", "å", "a" * 257])
async def test_what_is_no_secret_is_found_before_the_service_says_so(clock: FrozenClock, secret: str) -> None:
    access = TelegramAccess(token=lambda: "1:sandbox")
    webhook = TelegramWebhook(door(0, secret), access, keep=Kept(), now=clock.now)
    with pytest.raises(OurFault, match="no secret"):
        await webhook.start()


async def test_neither_secret_nor_token_shows() -> None:
    access: Any = TelegramAccess(token=lambda: "4242:hemlig")
    assert "4242" not in repr((access, door(1), TelegramWebhook(door(1), access, keep=Kept(), now=lambda: MONDAY)))
    assert SECRET not in repr(door(1))


async def test_no_signal_of_the_process_is_taken_over(clock: FrozenClock) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    async with telegram(clock.now) as api:
        async with open_door(api, clock, Kept()):
            assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


class Lost:
    """Counts how often it is told that events go elsewhere."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


@asynccontextmanager
async def watched(api: BotApi, clock: FrozenClock) -> AsyncIterator[tuple["Rounds", Lost, str]]:
    """A webhook that is watched, a round at a time."""
    rounds, lost, port = Rounds(), Lost(), free_port()
    webhook = TelegramWebhook(door(port), access_to(api), keep=Kept(), now=clock.now, sleep=rounds, jitter=lambda: 0.0)
    await webhook.start()
    watching = asyncio.create_task(webhook.watch(lost))
    await rounds.ended.wait()
    try:
        yield rounds, lost, door(port).url
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await webhook.close()


class Rounds:
    """A sleep that lasts until the test lets it end."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        assert seconds == WATCH_SECONDS == 300
        self.ended.set()
        await self._go.wait()
        self._go.clear()

    async def pass_one(self) -> None:
        self.ended.clear()
        self._go.set()
        await asyncio.wait_for(self.ended.wait(), 5)


async def elsewhere(api: BotApi, url: str) -> None:
    async with httpx.AsyncClient() as other:
        await other.post(f"{api.base_url}{api.token}/setWebhook", data={"url": url})


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1/elsewhere"])
async def test_events_that_somebody_has_sent_elsewhere_are_sent_to_us_again(
    clock: FrozenClock, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, lost, ours):
        await rounds.pass_one()
        assert len(api.called("setWebhook")) == 1, "they are ours"
        await elsewhere(api, url)
        await rounds.pass_one()
        assert api.webhook.info()["url"] == ours
        assert api.webhook.info()["allowed_updates"] == list(ALLOWED)
        assert lost.times == 0
        await rounds.pass_one()
        assert len(api.called("setWebhook")) == 3
        assert not any("drop_pending_updates" in call.parameters for call in api.calls)
    assert caplog.text.count("not sent to us any more") == 1


async def test_kinds_that_are_no_longer_sent_are_asked_for_again(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, _, ours):
        async with httpx.AsyncClient() as other:
            told = {"url": ours, "secret_token": SECRET, "allowed_updates": '["message"]'}
            await other.post(f"{api.base_url}{api.token}/setWebhook", data=told)
        await rounds.pass_one()
        assert api.webhook.info()["allowed_updates"] == list(ALLOWED)


async def test_it_is_told_once_that_they_cannot_be_had_back(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, lost, ours):
        await elsewhere(api, "")
        api.faults.fail("setWebhook", code=502, times=2)
        for _ in range(2):
            await rounds.pass_one()
            assert lost.times == 1
        await rounds.pass_one()
        assert api.webhook.info()["url"] == ours
        assert lost.times == 1
    assert caplog.text.count("not sent to us any more") == 1


async def test_somebody_who_takes_them_away_again_and_again_is_told_of_once(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, lost, ours):
        for times in (0, 1, 1):
            await elsewhere(api, "")
            await rounds.pass_one()
            assert (lost.times, api.webhook.info()["url"]) == (times, ours)
        await rounds.pass_one()
        for times in (1, 2):
            await elsewhere(api, "")
            await rounds.pass_one()
            assert lost.times == times


async def test_while_the_service_does_not_say_nothing_is_done(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, lost, _):
        api.faults.fail("getWebhookInfo", code=502)
        await rounds.pass_one()
        assert (len(api.called("setWebhook")), lost.times) == (1, 0)


async def test_a_webhook_of_ours_with_another_secret_is_set_again(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, watched(api, clock) as (rounds, _, ours):
        async with httpx.AsyncClient() as other:
            told = {"url": ours, "secret_token": "another", "allowed_updates": json.dumps(ALLOWED)}
            await other.post(f"{api.base_url}{api.token}/setWebhook", data=told)
        await api.world.person("Elsa").write("ett")
        while "last_error_message" not in api.webhook.info():
            await asyncio.sleep(0.01)
        await rounds.pass_one()
        assert api.called("setWebhook")[-1].parameters["secret_token"] == SECRET
