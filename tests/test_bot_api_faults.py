"""Faults on order: refusals, lost replies, cut lines, slowness, darkness, and a hook to kill something at."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import telegram as ptb
from telegram.request import HTTPXRequest

from sandbox.bot_api import BotApi
from tests.conftest import FrozenClock
from tests.tg import caller, telegram


def bot_of(api: BotApi, seconds: float = 5) -> ptb.Bot:
    """A python-telegram-bot that waits this long for an answer."""
    return ptb.Bot(api.token, base_url=api.base_url, request=HTTPXRequest(read_timeout=seconds))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (429, ptb.error.RetryAfter), (400, ptb.error.BadRequest), (403, ptb.error.Forbidden),
        (409, ptb.error.Conflict), (401, ptb.error.InvalidToken), (502, ptb.error.NetworkError),
        (500, ptb.error.NetworkError),
    ],
)  # fmt: skip
@pytest.mark.asyncio
async def test_failures_come_as_ordered_and_then_end(
    code: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it RetryAfter warns of its coming form
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        api.faults.fail("sendMessage", code=code, times=2)
        async with bot_of(api) as bot:
            for _ in range(2):
                with pytest.raises(error):
                    await bot.send_message(anna.id, "hej")
            await bot.send_message(anna.id, "hej")
        assert anna.shown == ["hej"]
        assert [call.code for call in api.called("sendMessage")] == [code, code, 200]


@pytest.mark.asyncio
async def test_a_failure_may_be_for_one_chat_and_in_own_words() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna, bo = api.world.person("Anna"), api.world.person("Bo")
        await anna.start()
        await bo.start()
        api.faults.fail("*", code=429, retry_after=37, chat=bo.private)
        api.faults.fail("getMe", code=400, description="Bad Request: something new")
        assert (await call("sendMessage", chat_id=anna.id, text="hej"))["ok"]
        assert (await call("sendMessage", chat_id=bo.id, text="hej"))["parameters"] == {"retry_after": 37}
        assert await call.refused("getMe") == "Bad Request: something new"


@pytest.mark.asyncio
async def test_lost_reply_was_done_all_the_same() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        api.faults.lose_reply("sendMessage")
        async with bot_of(api) as bot:
            with pytest.raises(ptb.error.NetworkError) as lost:
                await bot.send_message(anna.id, "hej")
            await bot.send_message(anna.id, "igen")
        assert isinstance(lost.value.__cause__, httpx.RemoteProtocolError)
        assert anna.shown == ["hej", "igen"]
        assert [(call.ok, call.code, call.lost) for call in api.called("sendMessage")] == [
            (True, 200, True), (True, 200, False),
        ]  # fmt: skip


@pytest.mark.asyncio
async def test_dropped_request_was_not_done() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        api.faults.drop_request("sendMessage")
        async with bot_of(api) as bot:
            with pytest.raises(ptb.error.NetworkError):
                await bot.send_message(anna.id, "hej")
        assert anna.shown == []
        assert [(call.ok, call.code, call.lost) for call in api.calls if call.method == "sendMessage"] == [
            (False, 0, True)
        ]


@pytest.mark.asyncio
async def test_slow_answers_time_out() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        api.faults.slow("sendMessage", 0.2)
        async with bot_of(api, seconds=0.05) as bot:
            with pytest.raises(ptb.error.TimedOut):
                await bot.send_message(anna.id, "hej")


@pytest.mark.asyncio
async def test_faults_of_several_calls_are_spent_one_a_call() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        seen: list[str] = []
        api.faults.slow("getMe", 0.01, times=2)
        api.faults.when("getMe", lambda: seen.append("first"))
        api.faults.fail("getMe", code=500)
        api.faults.fail("getMe", code=403)
        api.faults.when("getMe", lambda: seen.append("after the failures"))
        assert [(await call("getMe")).get("error_code") for _ in range(4)] == [500, 403, None, None]
        assert seen == ["first", "after the failures"]


@pytest.mark.asyncio
async def test_a_slow_group_does_not_slow_the_others() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        bo = api.world.person("Bo")
        await bo.start()
        group = api.world.group("Ett", [bo])
        await group.add_bot(by=bo)
        api.faults.slow_group(group, 30)
        slow = asyncio.create_task(call("sendMessage", chat_id=group.id, text="trögt"))
        async with asyncio.timeout(5):
            assert (await call("sendMessage", chat_id=bo.id, text="snabbt"))["ok"]
        assert not slow.done()
        slow.cancel()


@pytest.mark.asyncio
async def test_dark_for_a_time_cuts_every_line() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call, caller(api) as poller:
        anna = api.world.person("Anna")
        polling = asyncio.create_task(poller("getUpdates", timeout=30))
        while not api.updates.has_reader:
            await asyncio.sleep(0)
        api.faults.dark_for(timedelta(hours=1))
        with pytest.raises(httpx.RemoteProtocolError):
            await polling
        await anna.start()
        with pytest.raises(httpx.RemoteProtocolError):
            await call("sendMessage", chat_id=anna.id, text="hej")
        clock.forward(hours=1)
        assert len(await call.updates()) == 1
        assert anna.shown == []


@pytest.mark.asyncio
async def test_a_lost_answer_to_get_updates_loses_no_update() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        await api.world.person("Anna").write("hej")
        api.faults.lose_reply("getUpdates")
        with pytest.raises(httpx.RemoteProtocolError):
            await call.updates()
        assert len(await call.updates()) == 1


@pytest.mark.asyncio
async def test_a_hook_runs_once_as_the_call_arrives() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        seen: list[int] = []
        api.faults.when("getMe", lambda: seen.append(len(api.calls)))
        await call.done("getMe")
        await call.done("getMe")
        assert seen == [1]


@pytest.mark.asyncio
async def test_a_client_that_dies_in_the_middle_of_a_request_does_nothing() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        host, port = "127.0.0.1", int(api.base_url.rpartition(":")[2].partition("/")[0])
        _, writer = await asyncio.open_connection(host, port)
        head = f"POST /bot{api.token}/sendMessage HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\n"
        writer.write(head.encode() + b'{"chat_id": 1001')
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await call("getMe"))["ok"]
        assert [one.method for one in api.calls] == ["getMe"]


@pytest.mark.asyncio
async def test_cleared_faults_do_not_happen() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        api.faults.fail("*", times=9)
        api.faults.dark_for(timedelta(days=1))
        api.faults.clear()
        assert (await call("getMe"))["ok"]
