"""Relays that say what a test wants, and letters to send through them."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from bot.channels.smtp_out import SmtpOut, SmtpOutSettings
from bot.errors import Refused, TryLater, Unsure
from bot.port import Outbound

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


BODY = b"Subject: Svar\r\n\r\nHej\r\n"


class Relay(SMTP):
    """One session of an aiosmtpd that ends where the test can see it."""

    line_length_limit = 2**20

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:
            self.event_handler.sessions.append(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.ended.set()


class Script:
    """What the relay says. `says` holds replies to come for MAIL, RCPT, DATA or AUTH, first come first used."""

    def __init__(self, **says: list[str]) -> None:
        self.says = says
        self.sessions: list[Relay] = []
        self.ended = asyncio.Event()
        self.mails: list[Envelope] = []
        self.tokens: list[bytes] = []
        self.quits = 0
        self.together: asyncio.Barrier | None = None

    def _said(self, command: str) -> str:
        return self.says[command].pop(0) if self.says.get(command) else "250 OK"

    async def handle_MAIL(self, _s: SMTP, _t: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if (reply := self._said("MAIL")).startswith("250"):
            envelope.mail_from, envelope.mail_options = address, options
        return reply

    async def handle_RCPT(self, _s: SMTP, _t: Session, envelope: Envelope, address: str, _o: list[str]) -> str:
        if (reply := self._said("RCPT")).startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.together is not None:
            await self.together.wait()
        if (reply := self._said("DATA")).startswith("250"):
            self.mails.append(envelope)
        return reply

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.quits += 1
        return "221 bye"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        self.tokens.append(base64.b64decode(args[1]))
        if (reply := self._said("AUTH")).startswith("250"):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False, message=reply)


@contextlib.asynccontextmanager
async def relaying(script: Script, *, implicit: Any = None, **options: Any) -> AsyncIterator[int]:
    """Yield the port of a relay that follows the script."""
    loop = asyncio.get_running_loop()
    usual: dict[str, Any] = {"hostname": "relay", "loop": loop, "enable_SMTPUTF8": True}
    server = await loop.create_server(lambda: Relay(script, **(usual | options)), "127.0.0.1", 0, ssl=implicit)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for session in script.sessions:
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def answering(answer: Callable[[str], str | None]) -> AsyncIterator[int]:
    """Yield the port of a server that says what `answer` gives for each line, "" being silence.

    None breaks the connection. It is asked for "hello" at the beginning, for "*" at each line of a message and
    for "gone" at the end.
    """
    serving: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[asyncio.current_task()] = writer
        line, in_data = "hello", False
        with contextlib.suppress(ConnectionError):
            while line:
                asked = ("*" if line != ".\r\n" else ".") if in_data else line.strip()
                if (reply := answer(asked)) is None:
                    break
                in_data = reply == "354" or (in_data and asked == "*")
                writer.write(f"{reply}\r\n".encode() if reply else b"")
                line = (await reader.readline()).decode("latin-1")
        writer.transport.abort()
        answer("gone")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in serving.values():
            writer.transport.abort()
        await asyncio.gather(*(task for task in serving if task))


def plain(**changes: str | None) -> Callable[[str], str | None]:
    """Return answers of a relay that takes everything, but for the first words given."""
    said = {"hello": "220 relay", "EHLO": "250 relay", "DATA": "354", "*": ""} | changes
    return lambda line: said.get(line.split(" ")[0], "250 OK")


@contextlib.asynccontextmanager
async def sending(port: int, body: bytes = BODY, **changes: Any) -> AsyncIterator[SmtpOut]:
    """Yield a way out to the port, closed at the end."""
    settings: dict[str, Any] = {"host": "127.0.0.1", "port": port, "hostname": "bot.kommun.se", "tls": "none"}
    out = SmtpOut(SmtpOutSettings(**(settings | changes)), write=lambda _: body, now=lambda: NOW)
    try:
        yield out
    finally:
        await out.close()


def letter(to: str = "anna@example.com", **changes: Any) -> Outbound:
    fields: dict[str, Any] = {
        "from_addr": "kontakt@kommun.se", "from_name": "Kommunen", "reply_to": "kontakt@kommun.se",
        "return_path": "bounce@kommun.se", "subject": "Svar", "text": "Hej", "automatic": False,
        "message_id": "1@kommun.se", "created_at": NOW,
    }  # fmt: skip
    return Outbound(to_addr=to, **(fields | changes))


async def failure_of(out: SmtpOut, message: Outbound | None = None) -> Exception:
    """Return how a delivery fails; it must tell nothing but codes, its cause neither."""
    with pytest.raises((TryLater, Refused, Unsure)) as caught:
        await out.send(message or letter())
    error = caught.value
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert "anna" not in repr(error)
    return error


def told(error: Exception) -> tuple[Any, ...]:
    if isinstance(error, TryLater):
        return (TryLater, error.reason, error.whole_channel)
    return (Refused, error.status) if isinstance(error, Refused) else (type(error),)
