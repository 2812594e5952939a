"""The connection to the Bot API, and how it is set up. The token goes into addresses and nowhere else."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.channels.telegram_errors import meaning
from bot.chat import ChatId
from bot.errors import KommunsvarError, OurFault, TryLater

logger = logging.getLogger(__name__)

T = TypeVar("T")

_TOKEN = re.compile(r"(\d{1,16}):[A-Za-z0-9_-]+")
_CONNECT_SECONDS = 10.0
_POOL_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramAccess:
    """How the Bot API is reached.

    Attributes:
        token: called when a connection is set up; what BotFather gave out.
        base_url, base_file_url: where it is asked, and where files lie; the token is put right behind.
        timeout_seconds: for the service to answer; a call as a whole takes at most twice as long.
        transfer_seconds: the same where a file goes along or is fetched.
        connections: calls at once.
    """

    token: Callable[[], str] = field(repr=False)
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    timeout_seconds: float = 20.0
    transfer_seconds: float = 120.0
    connections: int = 40

    def read_token(self) -> str:
        """Return the token.

        Raises:
            OurFault: it is none; an address made of it would be told in errors.
        """
        token = self.token().strip()
        if not _TOKEN.fullmatch(token):
            raise OurFault("telegram: that is no token")
        return token

    def bot_id(self) -> int:
        """Return our own number, which the token begins with.

        Raises:
            OurFault: it is no token.
        """
        return int(self.read_token().partition(":")[0])


class Link:
    """An open connection, and the one way to ask over it."""

    def __init__(self, settings: TelegramAccess) -> None:
        """Take the settings; nothing is opened yet."""
        self._settings = settings
        self._bot: _Bot | None = None
        self._requests: list[HTTPXRequest] = []
        self._pool_failures = 0

    def open(self) -> None:
        """Make ready to ask; nothing is sent yet.

        Raises:
            OurFault: the token is none.
        """
        settings = self._settings
        request = HTTPXRequest(
            connection_pool_size=settings.connections,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=settings.timeout_seconds,
            write_timeout=settings.timeout_seconds,
            pool_timeout=settings.timeout_seconds,
            media_write_timeout=settings.transfer_seconds,
        )
        # Events are fetched elsewhere: the library would open a second connection for them.
        self._bot = _Bot(
            settings.read_token(), settings.base_url, settings.base_file_url,
            request=request, get_updates_request=request,
        )  # fmt: skip
        self._requests.append(request)
        self._pool_failures = 0

    async def close(self) -> None:
        """Close the connection; closing twice does no harm."""
        requests, self._requests, self._bot = self._requests, [], None
        for request in requests:
            await request.shutdown()

    @property
    def bot(self) -> Bot:
        """The library's own object, to make the calls that `ask` awaits.

        Raises:
            RuntimeError: it is not open.
        """
        if self._bot is None:
            raise RuntimeError("not open")
        return self._bot

    async def ask(
        self, call: Awaitable[T], *, chat: ChatId | None = None, repeatable: bool = False, transfers: bool = False
    ) -> T | None:
        """Return what a call gives, None where all is as it should be already.

        Args:
            call: a method of `bot`, called.
            chat: where it happens.
            repeatable: twice is the same as once.
            transfers: a file goes along or comes back.

        Raises:
            KommunsvarError: as `bot.chat.Chats` tells.
        """
        seconds = self._settings.transfer_seconds if transfers else self._settings.timeout_seconds
        try:
            async with asyncio.timeout(2 * seconds):
                answer = await call
        except Exception as error:
            found = meaning(error, chat=chat, repeatable=repeatable)
        else:
            self._pool_failures = 0
            return answer
        self._mind_the_pool(found)
        # Raised outside, so that it is not chained: what the library and httpx raise may tell the address.
        if found is not None:
            raise found
        return None

    def _mind_the_pool(self, found: KommunsvarError | None) -> None:
        """Begin anew when no connection has come free for long: a pool has been seen that never gave one again.

        What is still under way goes on over the old one, which is closed at the end.
        """
        full = isinstance(found, TryLater) and found.reason == "pool"
        self._pool_failures = self._pool_failures + 1 if full else 0
        if self._pool_failures >= _POOL_FAILURES and self._bot is not None:
            logger.warning("telegram: no connection has come free for long, connecting anew")
            self.open()


class _Bot(Bot):
    """The library's, whose own description would be its token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Bot"
