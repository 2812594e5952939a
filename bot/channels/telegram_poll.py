"""Fetching what happens in the chats: kept first, and only then confirmed, so that nothing is lost whenever we die."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

import httpx

from bot.channels.telegram_key import external_id
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_updates import ALLOWED, ask, encode, new_client
from bot.chat import Elsewhere, KeepEvent, Revoked
from bot.errors import OurFault, TryLater, where

logger = logging.getLogger(__name__)

POLL_SECONDS = 30
"""How long the service may wait for something to happen before it answers; it takes at most 50."""
BATCH = 100
QUIET = timedelta(days=6)
"""After a week without events the service goes on from a number drawn at random."""
KEPT_THERE = timedelta(hours=24)
"""How long the service keeps what nobody fetches."""

_SLACK_SECONDS = 15.0
_KEEP_SECONDS = 60.0
_PAUSE_MAX = 30.0
# The line is open and says nothing. A network that says no is another matter: no new process would cure it.
_SILENT = frozenset({"timeout", "pool"})
_STORE = "store"

Missed = Callable[[datetime, datetime], None]


class TelegramPoll:
    """The one poller of a bot. `last_completed` may be read at any time."""

    def __init__(
        self,
        access: TelegramAccess,
        *,
        keep: KeepEvent,
        now: Callable[[], datetime],
        last_completed: datetime | None = None,
        missed: Missed | None = None,
        poll_seconds: int = POLL_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take what is needed; nothing is asked yet.

        Args:
            access: how the service is reached.
            keep: stores an event under its key.
            now: gives UTC.
            last_completed: when events were fetched the last time before this process, if known.
            missed: told when nothing was fetched for over a day, from when until when: what was written before the
                last day of it is lost, and nobody can ask for it.
            poll_seconds: how long the service may wait before it answers.
            sleep: waits so many seconds.
            jitter: gives a number from 0 to below 1.
        """
        self._access, self._keep, self._now = access, keep, now
        self._missed, self._poll_seconds, self._sleep, self._jitter = missed, poll_seconds, sleep, jitter
        self._dead_after = timedelta(seconds=2 * poll_seconds)
        self._completed = last_completed
        self._interrupted = True
        self._offset: int | None = None
        self._last_event_at = now()
        self._in_vain = 0
        self._webhook_gone = False
        self._heard_at = now()
        self._renewed_at: datetime | None = None

    @property
    def last_completed(self) -> datetime | None:
        """When events were last fetched and kept, though there were none (UTC); None: never yet."""
        return self._completed

    async def run(self) -> NoReturn:
        """Fetch for ever; ends by being cancelled, or by an error that has to be told.

        Raises:
            Elsewhere: another process fetches, too. Revoked: the token is refused.
            OurFault: the service has said nothing for minutes, over a new connection either: start the process anew.
        """
        bot_id = self._access.bot_id()
        client = new_client(self._poll_seconds + _SLACK_SECONDS)
        failures = 0
        self._heard_at = self._now()
        try:
            while True:
                try:
                    await self._round(client, bot_id)
                    failures = 0
                except (Revoked, Elsewhere) as error:
                    logger.error("telegram: stopped, %s %s", type(error).__name__, error.status)
                    raise
                except TryLater as error:
                    failures += 1
                    self._fail(error, failures)
                    if self._is_dead(error):
                        await client.aclose()
                        client = new_client(self._poll_seconds + _SLACK_SECONDS)
                    await self._sleep(pause(failures, error.after, self._jitter()))
        finally:
            await client.aclose()

    async def _round(self, client: httpx.AsyncClient, bot_id: int) -> None:
        """Fetch once, keep all that came, and only then let the offset move.

        Raises:
            TryLater, Revoked, Elsewhere: nothing is lost.
        """
        if not self._webhook_gone:
            # What waits there stays: it is fetched.
            await ask(client, self._access, "deleteWebhook", {}, _SLACK_SECONDS)
            self._webhook_gone = True
        began = asyncio.get_running_loop().time()
        updates = await self._fetch(client)
        await self._keep_all(updates, bot_id)
        self._confirm(updates)
        self._complete()
        # A service that does not wait is not asked without end.
        quick = asyncio.get_running_loop().time() - began < 1.0
        self._in_vain = self._in_vain + 1 if quick and not updates else 0
        if self._in_vain > 1:
            await self._sleep(1.0)

    async def _fetch(self, client: httpx.AsyncClient) -> list[Any]:
        if self._now() - self._last_event_at > QUIET:
            self._offset = None
        wanted = {"timeout": self._poll_seconds, "limit": BATCH, "allowed_updates": ALLOWED}
        if self._offset is not None:
            wanted["offset"] = self._offset
        updates = await ask(client, self._access, "getUpdates", wanted, self._poll_seconds + 2 * _SLACK_SECONDS)
        if not isinstance(updates, list):
            raise TryLater("broken")
        return updates

    async def _keep_all(self, updates: list[Any], bot_id: int) -> None:
        """Keep a batch in one go, and in order.

        Raises:
            TryLater: one of them could not be kept; all come again.
        """
        kept = (self._keep(encode(one), external_id(_told(one), bot_id)) for one in updates)
        try:
            async with asyncio.timeout(_KEEP_SECONDS):
                done = await asyncio.gather(*kept, return_exceptions=True)
        except TimeoutError:
            raise TryLater(_STORE) from None
        failed = [one for one in done if isinstance(one, BaseException)]
        if not failed:
            return
        if not isinstance(failed[0], TryLater):
            logger.error("telegram: %d events not kept: %s", len(failed), where(failed[0]))
        raise TryLater(_STORE)

    def _confirm(self, updates: list[Any]) -> None:
        """Go on behind the last one. No number is remembered for longer, or taken for the highest."""
        numbers = [one["update_id"] for one in map(_told, updates) if isinstance(one.get("update_id"), int)]
        if numbers:
            self._offset, self._last_event_at = numbers[-1] + 1, self._now()

    def _complete(self) -> None:
        before, self._completed = self._completed, self._now()
        self._heard_at = self._completed
        if self._interrupted and before is not None and self._completed - before > KEPT_THERE:
            logger.error("telegram: no events fetched since %s, some are lost", before.isoformat())
            if self._missed is not None:
                self._missed(before, self._completed)
        self._interrupted, self._renewed_at = False, None

    def _fail(self, error: TryLater, failures: int) -> None:
        self._interrupted = True
        if failures in (1, 10) or failures % 100 == 0:
            logger.warning("telegram: events not fetched, attempt %d: %s", failures, error.reason)

    def _is_dead(self, error: TryLater) -> bool:
        """Tell whether the line is open and dead, so that it must be made anew.

        Raises:
            OurFault: it was made anew, and is dead still.
        """
        now = self._now()
        if error.reason not in _SILENT or now - self._heard_at < self._dead_after:
            return False
        if self._renewed_at is None:
            logger.warning("telegram: nothing heard for long, connecting anew")
            self._renewed_at = now
            return True
        if now - self._renewed_at >= self._dead_after:
            raise OurFault("telegram: polling is dead")
        return False


def pause(failures: int, asked: timedelta | None, jitter: float) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4 … 30, shortened by up to half at random.

    Where the service says how long, that is what is waited, and up to a second more.
    """
    if asked is not None:
        return asked.total_seconds() + jitter
    return min(_PAUSE_MAX, 2.0 ** min(failures - 1, 10)) * (1 - jitter / 2)


def _told(update: object) -> Mapping[str, Any]:
    """Return an update as the mapping it is; anything else is kept as it is, too, and read as unreadable."""
    return update if isinstance(update, dict) else {"update": update}
