"""The emulator on loopback: HTTP in front of `dispatch`, served inside the running event loop."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.bot_api.budgets import Budgets
from sandbox.bot_api.dispatch import answer
from sandbox.bot_api.faults import DOWNLOAD, Faults
from sandbox.bot_api.reading import Request, read_request
from sandbox.bot_api.refusals import Cut, Refusal
from sandbox.bot_api.serving import serve
from sandbox.bot_api.state import BotApi
from sandbox.bot_api.update_queue import UpdateQueue
from sandbox.bot_api.webhook import Webhook
from sandbox.bot_api.world import TelegramWorld

SANDBOX_TOKEN = "1:sandbox"  # noqa: S105 -- opens nothing but the sandbox
_REAL_TOKEN = re.compile(r"\d{8,10}:[A-Za-z0-9_-]{35}")
_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@asynccontextmanager
async def bot_api(
    now: Callable[[], datetime],
    *,
    token: str = SANDBOX_TOKEN,
    port: int = 0,
    bot_username: str = "exempel_kommun_bot",
) -> AsyncIterator[BotApi]:
    """Serve the Bot API on 127.0.0.1 while the context lasts.

    Args:
        now: The virtual clock (UTC) that dates messages and lets updates expire.
        token: What the bot calls itself by.
        port: Where to listen; 0 takes a free port.
        bot_username: The bot's name behind the @.

    Raises:
        ValueError: the token is shaped like a real one, which must never come near a sandbox.
    """
    if _REAL_TOKEN.fullmatch(token):
        raise ValueError("this looks like a real token: the sandbox takes none")
    api = _build(now, token, bot_username)
    async with serve(_application(api), port) as taken:
        api.base_url, api.base_file_url = f"http://127.0.0.1:{taken}/bot", f"http://127.0.0.1:{taken}/file/bot"
        try:
            yield api
        finally:
            await api.webhook.close()
            api.updates.close()


def _build(now: Callable[[], datetime], token: str, username: str) -> BotApi:
    bot_id = int(token.partition(":")[0])
    updates = UpdateQueue(now, seed=bot_id)
    faults = Faults(now, updates)
    return BotApi(
        base_url="",
        base_file_url="",
        token=token,
        bot_id=bot_id,
        now=now,
        world=TelegramWorld(now=now, updates=updates, bot_id=bot_id, bot_username=username),
        updates=updates,
        faults=faults,
        budgets=Budgets(now),
        webhook=Webhook(now=now, updates=updates, is_dark=lambda: faults.is_dark),
    )


class _CutLine(Response):
    """No answer at all: the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- nothing is sent
        scope["extensions"]["cut"]["close"]()
        while (await receive())["type"] != "http.disconnect":
            pass


def _application(api: BotApi) -> Starlette:
    return Starlette(
        routes=[
            Route("/bot{token}/{method}", partial(_call, api), methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", partial(_download, api), methods=["GET"]),
        ]
    )


async def _call(api: BotApi, http: HttpRequest) -> Response:
    method = http.path_params["method"]
    if http.path_params["token"] != api.token:
        return _refused(Refusal(401, "Unauthorized"))
    try:
        request = await read_request(http, method)
    except ClientDisconnect:
        return _CutLine()
    except Refusal as refusal:
        api.faulty_calls.append(f"{method}: {refusal.description}")
        return _refused(refusal)
    return await _answered(api, request)


async def _answered(api: BotApi, request: Request) -> Response:
    try:
        return JSONResponse({"ok": True, "result": await answer(api, request)})
    except Refusal as refusal:
        return _refused(refusal)
    except Cut:
        return _CutLine()
    except Exception as crash:
        api.crashes.append(crash)
        raise


async def _download(api: BotApi, http: HttpRequest) -> Response:
    try:
        await api.faults.before(DOWNLOAD, None)
        kept = api.world.files.fetch(http.path_params["path"], api.now())
        if http.path_params["token"] != api.token or kept is None:
            return _refused(Refusal(404, "Not Found"))
        api.faults.after(DOWNLOAD, None)
    except Refusal as refusal:
        return _refused(refusal)
    except Cut:
        return _CutLine()
    return Response(kept.content, media_type="application/octet-stream")


def _refused(refusal: Refusal) -> Response:
    if refusal.code == 502:
        return HTMLResponse(_GATEWAY_PAGE, 502)
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return JSONResponse(body, refusal.code)
