"""Bring the updates to a webhook: in order within a lane, again and again until it says 200 or they are too old."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.bot_api.rendering import seconds
from sandbox.bot_api.update_queue import UpdateQueue, Waiting

PATIENCE = timedelta(seconds=60)
LONGEST_DELAY = 60
LOOPBACK = ("127.0.0.1", "localhost")
_TICK = 0.02


@dataclass(slots=True, kw_only=True)
class _Retry:
    """How often an update was refused, and when it is tried next (UTC, virtual clock)."""

    at: datetime
    failures: int = 0
    delay: int = 1


@dataclass(slots=True, kw_only=True, eq=False)
class Webhook:
    """The bot's webhook; nothing is sent while `url` is empty. `is_dark` tells whether all lines are cut.

    `failures` counts all tries that failed. Delays are told by the virtual clock: none after the first failure, then
    2, 4 … 60 seconds.
    """

    now: Callable[[], datetime]
    updates: UpdateQueue
    is_dark: Callable[[], bool] = lambda: False
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: tuple[datetime, str] | None = None
    failures: int = 0
    _retries: dict[int, _Retry] = field(default_factory=dict)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _runner: asyncio.Task[None] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, url: str, secret: str, max_connections: int) -> None:
        """Bring updates to this address from now on."""
        await self.close()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.updates.has_webhook = True
        self.updates.webhook_wake = self._wake.set
        self._runner = asyncio.create_task(self._run(), name="telegram webhook")

    async def close(self) -> None:
        """Bring no more; what is under way is given up and may come again."""
        self.url, self.updates.has_webhook = "", False
        for task in [*self._busy.values(), *([self._runner] if self._runner else [])]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._busy.clear()
        self._runner = None

    def info(self) -> dict[str, Any]:
        """Return what `getWebhookInfo` tells."""
        made: dict[str, Any] = {"url": self.url, "has_custom_certificate": False}
        made["pending_update_count"] = len(self.updates.waiting)
        if self.url:
            made["max_connections"] = self.max_connections
        if self.last_error is not None:
            made |= {"last_error_date": seconds(self.last_error[0]), "last_error_message": self.last_error[1]}
        return made | {"allowed_updates": list(self.updates.allowed)} if self.updates.allowed else made

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=self.max_connections)
        async with httpx.AsyncClient(timeout=2 * PATIENCE.total_seconds(), limits=limits, trust_env=False) as client:
            while True:
                self._wake.clear()
                for waiting in self._ready():
                    self._busy[waiting.lane] = asyncio.create_task(self._bring(client, waiting))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TICK if self._retries or self.is_dark() else None):
                        await self._wake.wait()

    def _ready(self) -> list[Waiting]:
        """Return the first update of each lane that is not busy, if its time has come."""
        if self.is_dark():
            return []
        first: dict[str, Waiting] = {}
        for waiting in self.updates.waiting:
            first.setdefault(waiting.lane, waiting)
        now = self.now()
        due = [w for lane, w in first.items() if lane not in self._busy and self._due(w.id) <= now]
        return due[: self.max_connections - len(self._busy)]

    def _due(self, update_id: int) -> datetime:
        retry = self._retries.get(update_id)
        return self.now() if retry is None else retry.at

    async def _bring(self, client: httpx.AsyncClient, waiting: Waiting) -> None:
        try:
            error = await self._post(client, waiting)
            if error:
                self._failed(waiting, error)
            else:
                self.updates.delivered.append(waiting.update)
                self._retries.pop(waiting.id, None)
                if waiting.twice:
                    waiting.twice = False
                else:
                    self.updates.drop(waiting.id)
        finally:
            self._busy.pop(waiting.lane, None)
            self._wake.set()

    async def _post(self, client: httpx.AsyncClient, waiting: Waiting) -> str:
        """Send one update and return what was wrong with the answer, "" for nothing. Nothing leaves this machine."""
        if urlsplit(self.url).hostname not in LOOPBACK:
            return "Connection refused: the sandbox reaches this machine only"
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        sending = asyncio.create_task(client.post(self.url, json=waiting.update, headers=headers))
        until = self.now() + PATIENCE
        try:
            while not sending.done() and self.now() < until:
                await asyncio.wait({sending}, timeout=_TICK)
            return _verdict(sending)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    def _failed(self, waiting: Waiting, error: str) -> None:
        now = self.now()
        self.last_error = (now, error)
        self.failures += 1
        retry = self._retries.setdefault(waiting.id, _Retry(at=now))
        wait = 0
        if retry.failures > 0:
            wait = retry.delay = min(LONGEST_DELAY, retry.delay * 2)
        retry.failures += 1
        retry.at = now + timedelta(seconds=wait)
        if retry.at > waiting.expires_at:
            self.updates.drop(waiting.id)


def _verdict(sending: asyncio.Task[httpx.Response]) -> str:
    """Return what was wrong with the answer, "" for nothing."""
    if not sending.done():
        return "Read timeout expired"
    try:
        answer = sending.result()
    except httpx.HTTPError:
        return "Connection refused"
    return "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
