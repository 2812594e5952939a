"""Serve an application on loopback inside the running event loop, up and down without waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

_KEEP_ALIVE = 300
_ENDS_WITHIN = 0.2


@asynccontextmanager
async def serve(application: ASGIApp, port: int) -> AsyncIterator[int]:
    """Serve on 127.0.0.1 while the context lasts and give the port taken (0: a free one).

    At the end what is under way gets a fifth of a second. Applications find a way to cut the line in
    `scope["extensions"]["cut"]["close"]`.
    """
    protocol, state = _protocol(application)
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await _hang_up(state)


class _Protocol(HttpToolsProtocol):
    """uvicorn's, which also lets the application cut the line."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"cut": {"close": self.transport.close}}


def _protocol(application: ASGIApp) -> tuple[Callable[[], asyncio.Protocol], ServerState]:
    config = Config(
        application, lifespan="off", ws="none", log_config=None, access_log=False, proxy_headers=False,
        date_header=False, server_header=False, timeout_keep_alive=_KEEP_ALIVE,
    )  # fmt: skip
    config.load()
    state = ServerState()
    return lambda: _Protocol(config=config, server_state=state, app_state={}), state


async def _hang_up(state: ServerState) -> None:
    """End what is under way and close every line."""
    tasks = list(state.tasks)
    if tasks:
        await asyncio.wait(tasks, timeout=_ENDS_WITHIN)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for connection in list(state.connections):
        connection.transport.close()
    await asyncio.sleep(0)
    for connection in list(state.connections):  # those whose reader is too slow
        connection.transport.abort()
    await asyncio.sleep(0)
