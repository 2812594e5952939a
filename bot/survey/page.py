"""The survey's page on its own small server, behind the municipality's proxy: looking records nothing, a press does.

Scanners of mail press links; so a GET never writes. A token is the only key there is: 144 bits, kept as a digest.
"""

import logging
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.errors import OurFault, TryLater, where
from bot.facts import Channel
from bot.letters import reply_address
from bot.office import CurrentOffice, Office
from bot.port import RawInbound
from bot.store import inbox
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.survey_reading import by_secret
from bot.store.survey_rows import Invitation
from bot.survey.letter import Choice, digest_of
from bot.survey.page_form import as_mail, count_form, gone_page, page_of
from bot.survey.page_html import STYLE_HASH, Frame, message_page
from bot.survey.responding import OPEN_FOR
from config.survey_settings import SurveyPageSettings
from config.texts import LANGUAGES

logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_BODY_BYTES = 64 * 1024
_FIELDS = 40
_MOST_A_MINUTE = 1_200
_STOP_SECONDS = 3
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src '{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class SurveyPage:
    """Serves the page. `port` may be read while `running`."""

    def __init__(
        self,
        settings: SurveyPageSettings,
        database: Database,
        office: CurrentOffice,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """Keep the parts; nothing listens yet. `wake` is called when words have come that are to be answered."""
        self._settings = settings
        self._database = database
        self._current = office
        self._now = now
        self._wake = wake
        self._socket: socket.socket | None = None
        self._lately: deque[datetime] = deque()

    @property
    def port(self) -> int:
        """The port we listen on.

        Raises:
            RuntimeError: we do not.
        """
        if self._socket is None:
            raise RuntimeError("not listening")
        return int(self._socket.getsockname()[1])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen, and at the end let what is being answered be answered.

        Raises:
            OurFault: the port is taken.
        """
        path = urlsplit(self._settings.url).path.rstrip("/")
        routes = [
            Route(f"{path}/{{token}}", self._look, methods=["GET"]),
            Route(f"{path}/{{token}}", self._press, methods=["POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), http="httptools", ws="none", lifespan="off", log_config=None,
            log_level="warning", access_log=False, proxy_headers=False, server_header=False, date_header=False,
            limit_concurrency=128, timeout_graceful_shutdown=_STOP_SECONDS,
        )  # fmt: skip
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        try:
            # Here and not in uvicorn, which would end the process when the address is taken.
            listening = socket.create_server((self._settings.host, self._settings.port), backlog=128)
        except OSError as error:
            raise OurFault(f"cannot listen for the survey's page: {error.strerror}") from error
        # Without its main loop, which takes the process's signals over and does nothing else that we need.
        await server.startup(sockets=[listening])
        self._socket = listening
        try:
            yield
        finally:
            self._socket = None
            await server.shutdown(sockets=[listening])

    async def _look(self, request: Request) -> Response:
        """Return the page of a link; nothing is written."""
        if self._is_much():
            return self._said(request, 429)
        try:
            one = await self._found(request)
        except TryLater:
            return self._said(request, 503)
        frame = self._frame(request, one)
        if one is None:
            return _html(gone_page(frame), 404)
        return _html(page_of(frame, one, frame.choice, sent=request.query_params.get("klart") == "fraga"))

    async def _press(self, request: Request) -> Response:
        """Count what the form says, and lead on to the page as it is after that."""
        if self._is_much():
            return self._said(request, 429)
        try:
            form = await _form(request)
            words = await self._count(request, form)
        except _TooLarge:
            return self._said(request, 413)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            if not isinstance(error, TryLater):
                logger.error("survey: an answer was not counted: our fault: %s", where(error))
            return self._said(request, 503)
        query = {"lang": self._frame(request, None).texts.language} | ({"klart": "fraga"} if words else {})
        # Leads on by GET, so that reloading the page sends nothing once more. Relative: our proxy may change the path.
        return RedirectResponse("?" + urlencode(query), status_code=303, headers=_HEADERS)

    async def _count(self, request: Request, form: Mapping[str, str]) -> bool:
        office = self._current()
        async with self._database.writing() as connection:
            one = await by_secret(connection, _digest(request))
            if one is None or one.case is None or self._is_over(one):
                return False
            ledger = await open_ledger(connection, Wanted(cases={one.case}), self._now())
            words = count_form(ledger, office, one, form)
            await ledger.write(connection)
            address = ledger.address_of(one.address) if one.address is not None else ""
            if words and "@" in address:
                mail = as_mail(office, ledger, one.case, address, words)
                await inbox.keep_all(connection, [_raw(mail, one, office, self._now(), address, words)])
        if words:
            self._wake()
        return bool(words)

    async def _found(self, request: Request) -> Invitation | None:
        digest = _digest(request)
        if not digest:
            return None
        async with self._database.reading() as connection:
            one = await by_secret(connection, digest)
        return None if one is None or self._is_over(one) else one

    def _is_over(self, one: Invitation) -> bool:
        return one.sent_at is None or self._now() - one.sent_at > OPEN_FOR

    def _frame(self, request: Request, one: Invitation | None) -> Frame:
        """Return what the page has around it: in the language asked for, else the one known of the person."""
        office = self._current()
        asked = request.query_params.get("lang", "")
        texts = office.texts_in(asked if asked in LANGUAGES else one.language if one else "")
        chosen = request.query_params.get("svar", "")
        swedish = "sv" if office.texts.language == "sv_FI" else "sv_FI"  # one of the two is enough to choose among
        return Frame(
            name=office.name, texts=texts, languages=[known for known in LANGUAGES if known != swedish],
            choice=Choice(chosen) if chosen in set(Choice) else None,
        )  # fmt: skip

    def _said(self, request: Request, status: int) -> Response:
        """Return a page that asks to try again, or to write less."""
        frame = self._frame(request, None)
        t = frame.texts.t
        if status == 413:
            return _html(message_page(frame, t("Det blev för mycket text"), t("Gå tillbaka och korta det.")), status)
        said = t("Gå tillbaka om en stund och försök igen. Det du skrev är inte skickat.")
        return _html(message_page(frame, t("Det gick inte just nu"), said), status)

    def _is_much(self) -> bool:
        """Tell whether more is asked of us than people could; counted over a minute."""
        now = self._now()
        while self._lately and now - self._lately[0] > timedelta(minutes=1):
            self._lately.popleft()
        if len(self._lately) >= _MOST_A_MINUTE:
            return True
        self._lately.append(now)
        return False


class _TooLarge(Exception):
    """The body has more than `_BODY_BYTES`."""


def _digest(request: Request) -> str:
    token = request.path_params["token"]
    return digest_of(token) if _TOKEN.fullmatch(token) else ""


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; what is no form has none.

    Raises:
        _TooLarge, ClientDisconnect.
    """
    octets = bytearray()
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > _BODY_BYTES:
            raise _TooLarge
    try:
        return dict(parse_qsl(octets.decode(), keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        return {}


def _raw(mail: bytes, one: Invitation, office: Office, now: datetime, address: str, words: str) -> RawInbound:
    """Return words from the page as they are kept before they are taken in; the same words only once."""
    assert one.case is not None
    to = reply_address(office, office.units[0], one.case)
    key = office.tokens.code_digest("survey words", one.case, words)[:16]
    return RawInbound(
        channel=Channel.MAIL, external_id=f"survey:{one.case}:{one.inquiry}:{key}", raw=mail, recipients=(to,),
        sender=address, arrived_at=now,
    )  # fmt: skip
