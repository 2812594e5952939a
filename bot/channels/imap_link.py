"""One IMAP session with the one thread that blocks on it, for use from the event loop."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Concatenate, ParamSpec, TypeVar

from imapclient import IMAPClient

from bot.channels.imap_session import Line, close_session, open_session
from bot.errors import TryLater
from bot.mailbox import MailboxSettings, Trouble

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# The slowest line a large mail may come over; less is taken for a wedged connection.
_OCTETS_PER_SECOND = 50_000
_LINGER_SECONDS = 5.0


class Link:
    """A session that every call waits on for a bounded time; opened once, closed once.

    A call that is cancelled or takes too long cuts the connection, so that the thread comes free at once.
    """

    def __init__(self, settings: MailboxSettings) -> None:
        """Prepare; nothing is connected before `open`."""
        self._settings = settings
        self._line = Line()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"imap-{settings.id}")
        self._client: IMAPClient | None = None

    async def open(self) -> None:
        """Connect and log in; errors as `open_session` has them."""
        # Connecting, TLS, a token to be fetched and logging in, each of which may be slow.
        await self._run(self._open, 4 * self._settings.timeout_seconds)

    def _open(self) -> None:
        self._client = open_session(self._settings, self._line)

    async def call(
        self, function: Callable[Concatenate[IMAPClient, P], T], /, *args: P.args, **named: P.kwargs
    ) -> T:  # fmt: skip
        """Return what the function returns for the session; it runs in the session's thread.

        Raises:
            TryLater: timeout; besides, whatever the function raises.
        """
        return await self._run(lambda: function(self._session, *args, **named), 2 * self._settings.timeout_seconds)

    async def call_within(self, seconds: float, octets: int, function: Callable[[IMAPClient], T]) -> T:
        """Do as `call` does with a function that may take so long, and the time that so many octets need besides."""
        within = 2 * self._settings.timeout_seconds + seconds + octets / _OCTETS_PER_SECOND
        return await self._run(lambda: function(self._session), within)

    @property
    def _session(self) -> IMAPClient:
        assert self._client is not None, "open comes first"
        return self._client

    async def _run(self, work: Callable[[], T], within: float) -> T:
        job = self._thread.submit(work)
        try:
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            raise TryLater(Trouble.TIMEOUT) from None
        finally:
            if not job.done():
                self._line.cut()

    async def close(self, *, politely: bool = False) -> None:
        """End session, connection and thread; `politely` says LOGOUT before. Only looking up a host's name can last."""
        if politely and self._client is not None:
            with suppress(TryLater):
                await self.call(close_session)
        self._line.cut()
        job = self._thread.submit(self._hang_up)
        self._thread.shutdown(wait=False)
        _, waiting = await asyncio.wait([asyncio.wrap_future(job)], timeout=_LINGER_SECONDS)
        if waiting:
            logger.warning("mailbox %s: its thread still looks up the server's name", self._settings.id)

    def _hang_up(self) -> None:
        if self._client is not None:
            close_session(self._client, politely=False)
