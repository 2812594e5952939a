"""The emulator's webhook: the secret in a header, sixty seconds of patience, sent again, order by chat and tapper."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.bot_api.serving import serve
from tests.conftest import FrozenClock
from tests.tg import caller, telegram

SECRET = "not-a-real-one"
YES = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}


class Hook:
    """A webhook that answers as it is told to: 200 unless a status waits in `answers`."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.answers: list[int] = []
        self.holds: Callable[[dict[str, Any]], Awaitable[None]] | None = None
        self.url = ""

    async def take(self, request: Request) -> Response:
        update = await request.json()
        self.seen.append(update)
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.holds is not None:
            await self.holds(update)
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    @property
    def texts(self) -> list[str]:
        """What was in the messages, as they came; taps by their data."""
        return [(u.get("message") or {}).get("text") or u["callback_query"]["data"] for u in self.seen]

    async def until(self, count: int) -> None:
        """Wait until so many updates came."""
        async with asyncio.timeout(5):
            while len(self.seen) < count:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    """A webhook on loopback."""
    made = Hook()
    async with serve(Starlette(routes=[Route("/hook", made.take, methods=["POST"])]), 0) as port:
        made.url = f"http://127.0.0.1:{port}/hook"
        yield made


@pytest.mark.asyncio
async def test_webhook_carries_the_secret_and_confirms_with_200() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call, hook() as taken:
        anna = api.world.person("Anna")
        await anna.write("före")
        await call.done("setWebhook", url=taken.url, secret_token=SECRET, allowed_updates=["message"])
        await anna.write("efter")
        await taken.until(2)
        assert (taken.texts, taken.secrets) == (["före", "efter"], {SECRET})
        info = await _settled(call)
        assert (info["url"], info["pending_update_count"], info["allowed_updates"]) == (taken.url, 0, ["message"])
        await call.done("deleteWebhook")
        assert await call.updates() == []


@pytest.mark.asyncio
async def test_webhook_sends_again_with_growing_delays() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call, hook() as taken:
        taken.answers = [500, 500, 500]
        await call.done("setWebhook", url=taken.url)
        await api.world.person("Anna").write("hej")
        await taken.until(2)  # the first failure is followed by another try at once
        for seconds in (2, 4):  # then 2 s, then 4 s
            came = len(taken.seen)
            await _errors(call, came)
            clock.forward(seconds=seconds - 0.5)
            await asyncio.sleep(0.05)
            assert len(taken.seen) == came
            clock.forward(seconds=0.5)
            await taken.until(came + 1)
        assert taken.texts == ["hej"] * 4
        info = await _settled(call)
        assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


@pytest.mark.asyncio
async def test_webhook_waits_60_seconds() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call, hook() as taken:
        free = asyncio.Event()

        async def hold(_: dict[str, Any]) -> None:
            await free.wait()

        taken.holds = hold
        await call.done("setWebhook", url=taken.url)
        await api.world.person("Anna").write("hej")
        await taken.until(1)
        clock.forward(seconds=59)
        await asyncio.sleep(0.05)
        assert len(taken.seen) == 1
        clock.forward(seconds=1)
        await taken.until(2)
        assert api.webhook.info()["last_error_message"] == "Read timeout expired"
        free.set()


@pytest.mark.asyncio
async def test_webhook_has_two_queues_so_that_a_tap_overtakes() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call, hook() as taken:
        anna = api.world.person("Anna")
        await anna.start()
        await call.done("sendMessage", chat_id=anna.id, text="Nöjd?", reply_markup=YES)
        await call.updates(-1)
        first_message = asyncio.Event()

        async def hold(update: dict[str, Any]) -> None:
            if "message" in update:
                await first_message.wait()

        taken.holds = hold
        await call.done("setWebhook", url=taken.url)
        await taken.until(1)
        await anna.write("två")
        await anna.press_nowait(anna.messages[1], "Ja")
        await taken.until(2)
        assert taken.texts == ["/start", "ja"]  # "två" waits behind /start in its chat; the tap does not
        first_message.set()
        await taken.until(3)
        assert taken.texts[2] == "två"


@pytest.mark.asyncio
async def test_webhook_gives_up_when_the_update_expires() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call, hook() as taken:
        await call.done("setWebhook", url=taken.url)
        taken.answers = [500]
        await api.world.person("Anna").write("hej")
        clock.forward(days=1)
        assert (await _settled(call))["pending_update_count"] == 0


@pytest.mark.asyncio
async def test_webhook_gets_a_duplicate_and_a_turned_order() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call, hook() as taken:
        await call.done("setWebhook", url=taken.url)
        anna = api.world.person("Anna")
        api.faults.duplicate_next_update()
        await anna.write("dubbelt")
        await taken.until(2)
        api.faults.reorder_next_updates(2)
        await anna.write("först")
        await anna.write("sedan")
        await taken.until(4)
        assert taken.texts == ["dubbelt", "dubbelt", "sedan", "först"]
        ids = [update["update_id"] for update in taken.seen]
        assert (ids[0] == ids[1], ids[2] > ids[3]) == (True, True)


@pytest.mark.asyncio
async def test_webhook_never_reaches_out_of_this_machine() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        await call.done("setWebhook", url="https://kommun.example/hook")
        await api.world.person("Anna").write("hej")
        await _errors(call, 1)
        assert "this machine only" in (await call.done("getWebhookInfo"))["last_error_message"]


@pytest.mark.asyncio
async def test_webhook_must_be_https_or_loopback() -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        assert "HTTPS" in await call.refused("setWebhook", url="http://kommun.example/hook")
        assert "secret token" in await call.refused("setWebhook", url="http://127.0.0.1:9/x", secret_token="å")
        assert len(api.faulty_calls) == 2


async def _settled(call: Any) -> dict[str, Any]:
    """What the webhook tells of itself once nothing waits."""
    async with asyncio.timeout(5):
        while (info := await call.done("getWebhookInfo"))["pending_update_count"]:
            await asyncio.sleep(0.001)
    settled: dict[str, Any] = info
    return settled


async def _errors(call: Any, count: int) -> None:
    """Wait until the emulator has taken in so many failures."""
    async with asyncio.timeout(5):
        while call.api.webhook.failures < count:
            await asyncio.sleep(0.001)
