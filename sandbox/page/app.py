"""The page over HTTP, on loopback, in the world's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from sandbox.colleague import employ
from sandbox.page.actions import do
from sandbox.page.choice import read_choice
from sandbox.page.guard import Guard, is_marked
from sandbox.page.nodes import to_json
from sandbox.page.play import Play
from sandbox.page.show_contents import PICTURES
from sandbox.page.show_page import document
from sandbox.page.view import View, see

_HERE = Path(__file__).parent
_MOST_BYTES = 200_000
"""A form of the page is never larger; a mail's text is the longest thing in it."""


@asynccontextmanager
async def serving(play: Play, port: int) -> AsyncIterator[str]:
    """Serve the page on 127.0.0.1 while the context lasts, and give its address; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    await employ(play.stage.world)
    play.stage.watch()
    protocol, state = _protocol(application(play))
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port, family=socket.AF_INET)
    ticking = asyncio.create_task(_tick(play), name="page clock")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        play.stage.live.close()
        server.close()
        for task in [ticking, *play.tasks]:
            task.cancel()
        await asyncio.gather(ticking, *play.tasks, return_exceptions=True)
        await _hang_up(state)


def application(play: Play) -> Starlette:
    """Return the page as an application; every answer goes through the guard."""
    view = View(play)

    async def page(request: Request) -> Response:
        look, shown = await see(view, request.query_params, narrow=False)
        return HTMLResponse(document(look, shown, view.told()))

    async def parts(request: Request) -> Response:
        version = play.stage.live.version
        _, shown = await see(view, request.query_params, narrow="narrow" in request.query_params)
        return JSONResponse({"version": version, "page": to_json(shown)})

    async def events(_: Request) -> Response:
        return StreamingResponse(play.stage.live.stream(), media_type="text/event-stream")

    async def acting(request: Request) -> Response:
        return await _act(view, request)

    async def file(request: Request) -> Response:
        return _file(play, request.path_params["number"])

    async def nothing(_: Request) -> Response:
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/page", parts),
            Route("/events", events),
            Route("/do", acting, methods=["POST"]),
            Route("/file/{number}", file),
            Route("/page.css", _static("page.css", "text/css")),
            Route("/page.js", _static("page.js", "text/javascript")),
            Route("/favicon.ico", nothing),
        ],
        middleware=[Middleware(Guard)],
    )


async def _act(view: View, request: Request) -> Response:
    """Do what a form asks for, and go back to where it stood; a script is told in JSON where that is."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _MOST_BYTES:
        return Response("Too much at once.", 413)
    form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    if not is_marked(form.get("mark", ""), view.mark):
        return Response("The form is from an older page: load it anew.", 403)
    choice = read_choice(dict(parse_qsl(form.get("back", "").partition("?")[2])))
    done = await do(view.play, {**form, "lang": choice.lang})
    to = choice.but(**done.looks).href()
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"said": done.said, "went": done.went, "to": to})
    view.tell(done.said)
    return RedirectResponse(to, 303)


def _file(play: Play, number: str) -> Response:
    """Return a file that somebody sent; what is no picture is only ever saved, never shown."""
    messages = [*play.stage.world.group.messages]
    for person in (*play.stage.world.citizens.values(), *play.stage.world.officers.values()):
        messages += person.messages
    found = next((file for message in messages for file in message.files if file.unique_id == number), None)
    if found is None:
        return Response("There is no such file.", 404)
    if found.media_type in PICTURES:
        return Response(found.content, media_type=found.media_type)
    headers = {"Content-Disposition": "attachment"}
    return Response(found.content, media_type="application/octet-stream", headers=headers)


def _static(name: str, media_type: str) -> Callable[[Request], FileResponse]:
    def give(_: Request) -> FileResponse:
        return FileResponse(_HERE / name, media_type=media_type)

    return give


async def _tick(play: Play) -> None:
    """Tell open pages each new minute, for the clock."""
    shown = play.stage.now.replace(second=0, microsecond=0)
    while True:
        await asyncio.sleep(1)
        minute = play.stage.now.replace(second=0, microsecond=0)
        if minute != shown:
            shown = minute
            play.stage.live.bump()


def _protocol(app: Starlette) -> tuple[Callable[[], asyncio.Protocol], ServerState]:
    config = Config(
        app, lifespan="off", ws="none", log_config=None, access_log=False, proxy_headers=False, server_header=False,
        date_header=False,
    )  # fmt: skip
    config.load()
    state = ServerState()
    return lambda: HttpToolsProtocol(config=config, server_state=state, app_state={}), state


async def _hang_up(state: ServerState) -> None:
    """End what is under way and close every line."""
    tasks = list(state.tasks)
    if tasks:
        await asyncio.wait(tasks, timeout=0.5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for connection in list(state.connections):
        connection.shutdown()
        if connection.transport is not None:
            connection.transport.close()
    await asyncio.sleep(0)
