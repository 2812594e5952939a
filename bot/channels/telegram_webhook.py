"""Being told what happens in the chats: kept and committed first, and only then answered with 200."""

import asyncio
import hmac
import json
import logging
import random
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram_key import external_id
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_poll import pause
from bot.channels.telegram_updates import ALLOWED, ask, new_client
from bot.chat import KeepEvent
from bot.errors import OurFault, TryLater, where

logger = logging.getLogger(__name__)

BODY_BYTES = 2**20
"""The largest update that is taken; one of 4096 characters that replies to another has some 20 KiB."""
CONNECTIONS = 4
"""How many updates the service brings at once: few, so that they come nearly in order."""

WATCH_SECONDS = 300.0
"""How often we ask whether events are still sent to us."""

_KEEP_SECONDS = 30.0
"""How long keeping may take. The service waits for a minute, and then brings the update again."""
_ASK_SECONDS = 30.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HEADER = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDoor:
    """Where we are told.

    Attributes:
        url: as the world sees it, with https; its path is ours, too.
        host, port: where we listen, behind whatever ends TLS; port 0 takes any free one.
        secret: called at the start; 1 to 256 letters, digits, ``_`` and ``-``, sent along by the service every time.
    """

    url: str
    host: str = "127.0.0.1"
    port: int = 8443
    secret: Callable[[], str] = field(repr=False)

    def read_secret(self) -> str:
        """Return the secret.

        Raises:
            OurFault: the service would not take it.
        """
        secret = self.secret().strip()
        if not _SECRET.fullmatch(secret):
            raise OurFault("telegram: that is no secret for a webhook")
        return secret


class TelegramWebhook:
    """The door that the service knocks at. `last_kept` may be read at any time."""

    def __init__(
        self,
        door: WebhookDoor,
        access: TelegramAccess,
        *,
        keep: KeepEvent,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take what is needed; nothing listens yet. `keep` stores an event under its key, `now` gives UTC."""
        self._door, self._access, self._keep, self._now = door, access, keep, now
        self._sleep, self._jitter = sleep, jitter
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._bot_id = 0
        self._secret = b""
        self.last_kept: datetime | None = None

    async def start(self) -> None:
        """Listen, tell the service where, and return. While it cannot be told that is tried again; we listen already.

        Raises:
            OurFault: token or secret are none, or the address is taken. Revoked: the token is refused.
        """
        self._bot_id, secret = self._access.bot_id(), self._door.read_secret()
        self._secret = secret.encode()
        await self._listen()
        try:
            await self._tell()
        except BaseException:
            await self.close()
            raise

    @property
    def port(self) -> int:
        """The port we listen on.

        Raises:
            RuntimeError: we do not.
        """
        if self._socket is None:
            raise RuntimeError("not listening")
        return int(self._socket.getsockname()[1])

    async def watch(self, lost: Callable[[], Awaitable[None]]) -> NoReturn:
        """See to it every five minutes that events are still sent to us; where they are not, tell the service again.

        What waits there stays. Where that fails, or somebody takes them away once more, `lost` is called, and not again
        before they are ours. Ends by being cancelled.

        Raises:
            Revoked: the token is refused. Elsewhere: the service says that others have them.
        """
        losses, alarmed = 0, False
        async with new_client(_ASK_SECONDS) as client:
            while True:
                await self._sleep(WATCH_SECONDS)
                try:
                    ours = await self._is_ours(client)
                except TryLater:
                    continue  # nothing is known; what is sent meanwhile tells that the service is away
                losses = 0 if ours else losses + 1
                if ours:
                    alarmed = False
                    continue
                if losses == 1:
                    logger.error("telegram: events are not sent to us any more, telling where once again")
                is_set = await self._set(client)
                if not alarmed and (losses > 1 or not is_set):
                    alarmed = True
                    await lost()

    async def _is_ours(self, client: httpx.AsyncClient) -> bool:
        """Tell whether events are sent to us, all kinds that we want, and with our secret."""
        info = await ask(client, self._access, "getWebhookInfo", {}, _ASK_SECONDS)
        if not isinstance(info, dict):
            raise TryLater("broken")
        failed_at = info.get("last_error_date") or 0
        lately = self._now().timestamp() - failed_at < WATCH_SECONDS
        refused = lately and "403" in str(info.get("last_error_message", ""))
        kinds = info.get("allowed_updates") or ALLOWED
        return info.get("url") == self._door.url and set(kinds) == set(ALLOWED) and not refused

    async def _set(self, client: httpx.AsyncClient) -> bool:
        """Tell the service once where events are to be sent; return whether it took that."""
        try:
            await ask(client, self._access, "setWebhook", self._wanted(), _ASK_SECONDS)
        except TryLater as error:
            logger.warning("telegram: webhook not set: %s", error.reason)
            return False
        return True

    def _wanted(self) -> Mapping[str, Any]:
        return {
            "url": self._door.url, "secret_token": self._secret.decode(), "allowed_updates": ALLOWED,
            "max_connections": CONNECTIONS,
        }  # fmt: skip

    async def close(self) -> None:
        """Take no more, let what is being kept be kept, and return. The service keeps what comes meanwhile."""
        server, listening, self._server, self._socket = self._server, self._socket, None, None
        if server is not None and listening is not None:
            await server.shutdown(sockets=[listening])

    async def _listen(self) -> None:
        path = urlsplit(self._door.url).path or "/"
        app = Starlette(routes=[Route(path, self._take, methods=["POST"])])
        config = uvicorn.Config(
            app, http="httptools", ws="none", lifespan="off", log_config=None, log_level="warning", access_log=False,
            proxy_headers=False, server_header=False, date_header=False, limit_concurrency=256,
            timeout_graceful_shutdown=int(_KEEP_SECONDS) + 5,
        )  # fmt: skip
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        try:
            # Here and not in uvicorn, which would end the process when the address is taken.
            self._socket = socket.create_server((self._door.host, self._door.port), backlog=256)
        except OSError as error:
            raise OurFault(f"cannot listen for telegram: {error.strerror}") from error
        # Without its main loop, which takes the process's signals over and does nothing else that we need.
        await server.startup(sockets=[self._socket])
        self._server = server

    async def _tell(self) -> None:
        """Have the events sent to us. What waits there stays, and comes."""
        failures = 0
        async with new_client(_ASK_SECONDS) as client:
            while True:
                try:
                    await ask(client, self._access, "setWebhook", self._wanted(), _ASK_SECONDS)
                except TryLater as error:
                    failures += 1
                    logger.warning("telegram: webhook not set, attempt %d: %s", failures, error.reason)
                    await self._sleep(pause(failures, error.after, self._jitter()))
                else:
                    return

    async def _take(self, request: Request) -> Response:
        """Return 200 once an update is kept, and 503 where it is to come again."""
        told = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(told.encode(), self._secret):
            return Response(status_code=403)
        try:
            raw = await _body(request)
            update = json.loads(raw)
        except _TooLarge:
            return Response(status_code=413)
        except (ValueError, RecursionError, ClientDisconnect):
            return Response(status_code=400)
        if not isinstance(update, dict):
            return Response(status_code=400)
        try:
            async with asyncio.timeout(_KEEP_SECONDS):
                await self._keep(raw, external_id(update, self._bot_id))
        except Exception as error:
            if not isinstance(error, TryLater | TimeoutError):
                logger.error("telegram: an event was not kept: %s", where(error))
            return Response(status_code=503)
        self.last_kept = self._now()
        return Response(status_code=200)


class _TooLarge(Exception):
    """The body has more than `BODY_BYTES`."""


async def _body(request: Request) -> bytes:
    """Return the body.

    Raises:
        _TooLarge, ClientDisconnect.
    """
    octets = bytearray()
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > BODY_BYTES:
            raise _TooLarge
    return bytes(octets)
