"""Who may talk to the page: the browser on this very machine, and no other page in it.

The listener stands on loopback. A name that somebody lets point here (DNS rebinding) is refused by the Host header;
another page's form by Origin, by what the browser says of where the request comes from, and by a mark in our own page.
"""

import hmac
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: a form without scripts would then be sent with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_HERE = re.compile(r"(?i:127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_REAL_TOKEN = re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}")


def is_here(host: str) -> bool:
    """Tell whether a Host header names this machine, with any port."""
    return _HERE.fullmatch(host) is not None


def is_own_page(headers: Mapping[str, str]) -> bool:
    """Tell whether a request that does something came from our own page.

    `headers` with names in lower case. Browsers send Origin with every POST; where there is none (a program, no
    browser) the mark of the page decides alone.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin == f"http://{headers.get('host', '')}"


def is_marked(given: str, mark: str) -> bool:
    """Tell whether the mark is that of our page, in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), mark.encode())


def holds_real_token(text: str) -> bool:
    """Tell whether a text holds what looks like a bot's real token, which has no place in a try-out world."""
    return _REAL_TOKEN.search(text) is not None


class Guard:
    """Refuses what does not come from here, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        app: ASGIApp = self._app
        if len(headers.getlist("host")) != 1 or not is_here(headers["host"]):
            app = PlainTextResponse("This page is for this machine only.", 421)
        elif scope["method"] not in {"GET", "HEAD"} and not is_own_page(headers):
            app = PlainTextResponse("Only the page itself may do this.", 403)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await app(scope, receive, sending)
