"""No silence that nobody notices: a line that is dead is made anew, and a poller that stays deaf ends the process."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.channels import telegram_poll
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_poll import TelegramPoll
from bot.errors import OurFault, TryLater
from tests.conftest import MONDAY, FrozenClock
from tests.telegram_ways import Kept

pytestmark = pytest.mark.asyncio


class Line:
    """Stands in for the asking: fails for the reasons given, each taking so long, and then answers."""

    def __init__(self, clock: FrozenClock, reasons: list[str], seconds: float) -> None:
        self.clock, self.reasons, self.seconds = clock, reasons, seconds
        self.clients: list[httpx.AsyncClient] = []

    async def __call__(self, client: httpx.AsyncClient, _access: object, method: str, *_: object) -> Any:
        if client not in self.clients:
            self.clients.append(client)
        if method == "deleteWebhook":
            return True
        self.clock.forward(seconds=self.seconds)
        await asyncio.sleep(0)
        if self.reasons:
            raise TryLater(self.reasons.pop(0))
        return []


async def run(clock: FrozenClock, line: Line, monkeypatch: pytest.MonkeyPatch) -> TelegramPoll:
    monkeypatch.setattr(telegram_poll, "ask", line)
    access = TelegramAccess(token=lambda: "1:sandbox")
    rounds = 0

    async def sleep(_: float) -> None:
        nonlocal rounds
        rounds += 1
        if rounds > 12:
            raise asyncio.CancelledError

    poll = TelegramPoll(access, keep=Kept(), now=clock.now, sleep=sleep, jitter=lambda: 0.0)
    with suppress(asyncio.CancelledError):
        await poll.run()
    return poll


@pytest.mark.parametrize("reason", ["timeout", "pool"])
async def test_a_line_that_stays_silent_is_made_anew_and_then_told_dead(
    clock: FrozenClock, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each attempt takes 45 s: at 90 s the last answer is over a minute old, at 180 s the new line is, too.
    line = Line(clock, [reason] * 12, 45)
    with pytest.raises(OurFault, match="dead"):
        await run(clock, line, monkeypatch)
    assert clock.now() - MONDAY == timedelta(seconds=180)
    assert len(line.clients) == 2
    assert all(client.is_closed for client in line.clients)


async def test_a_line_made_anew_that_answers_is_alive(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(clock, ["timeout"] * 3, 45)
    poll = await run(clock, line, monkeypatch)
    assert len(line.clients) == 2
    assert poll.last_completed is not None
    assert poll.last_completed > MONDAY


@pytest.mark.parametrize("reason", ["connect", "broken", "flood"])
async def test_a_network_that_says_no_is_waited_for(
    clock: FrozenClock, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No new process would cure it, and this one takes in mail as well.
    line = Line(clock, [reason] * 12, 3600)
    poll = await run(clock, line, monkeypatch)
    assert poll.last_completed is not None
    assert len(line.clients) == 1
