"""Telegram for tests: the emulator, which must have nothing to complain of when the test is over."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx

from sandbox.bot_api import BotApi, bot_api
from tests import bot_api_contract


@asynccontextmanager
async def telegram(now: Callable[[], datetime], *, faulty_ok: bool = False) -> AsyncIterator[BotApi]:
    """Serve the Bot API; at the end every call, answer and update must be as the Bot API 10.0 describes them.

    `faulty_ok` is for tests that send wrong requests on purpose.
    """
    async with bot_api(now) as api:
        yield api
    for crash in api.crashes:
        raise crash
    if not faulty_ok:
        assert api.faulty_calls == []
        assert api.not_emulated == []
    assert bot_api_contract.complaints(api) == []


class Caller:
    """Calls the Bot API as plainly as can be: JSON in, the whole answer out."""

    def __init__(self, api: BotApi, client: httpx.AsyncClient) -> None:
        self.api = api
        self.client = client

    async def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The whole answer: `ok`, and `result` or `description`."""
        answer: dict[str, Any] = (await self.client.post(self.url(method), json=parameters)).json()
        return answer

    async def done(self, method: str, **parameters: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        """Why a call that must fail did."""
        answer = await self(method, **parameters)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, offset: int | None = None, **parameters: Any) -> list[dict[str, Any]]:
        """What is fetched without waiting."""
        more = {} if offset is None else {"offset": offset}
        fetched: list[dict[str, Any]] = await self.done("getUpdates", **more, **parameters)
        return fetched

    def url(self, method: str) -> str:
        """Where to call a method."""
        return f"{self.api.base_url}{self.api.token}/{method}"


@asynccontextmanager
async def caller(api: BotApi) -> AsyncIterator[Caller]:
    """A client of the emulator, for as long as the context lasts."""
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=20) as client:  # nothing here is encrypted
        yield Caller(api, client)
