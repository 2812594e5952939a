"""Clients that speak SMTP line by line, and a listener that keeps what it takes."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.facts import InboxId
from bot.port import RawInbound
from tests.certificates import Certificates

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


MAIL = b"From: anna@example.com\r\nSubject: Lampan\r\n\r\nDen lyser inte.\r\n"


KNOWN = "kontakt@kommun.se"


class Kept:
    """Keeps what comes in a list; `failing` is raised instead while it is set, `gate` is waited for."""

    def __init__(self, *, gate: asyncio.Event | None = None) -> None:
        self.all: list[RawInbound] = []
        self.failing: Exception | None = None
        self.gate = gate
        self.entered = asyncio.Event()

    async def keep(self, inbound: RawInbound) -> InboxId:
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        self.all.append(inbound)
        return InboxId(len(self.all))


class Client:
    """A client that writes and reads octets as told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self) -> str:
        """Return the next reply, all of its lines."""
        lines = [(await self.reader.readuntil(b"\r\n")).decode()]
        while lines[-1][3] == "-":
            lines.append((await self.reader.readuntil(b"\r\n")).decode())
        return "".join(lines).rstrip()

    async def ask(self, command: str) -> str:
        self.writer.write(command.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.reply()

    async def begin(self, *recipients: str, hello: str = "EHLO", sender: str = "anna@example.com") -> None:
        """Go as far as the 354."""
        recipients = recipients or (KNOWN,)
        for command in (f"{hello} c", f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{to}>" for to in recipients)):
            assert (await self.ask(command)).startswith("250")
        assert (await self.ask("DATA")).startswith("354")

    async def data(self, content: bytes) -> str:
        """Send the content as it is, dot-stuffed, and return the reply."""
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        self.writer.write((b"." if content.startswith(b".") else b"") + stuffed + b".\r\n")
        await self.writer.drain()
        return await self.reply()

    async def deliver(self, content: bytes = MAIL, *recipients: str, **begin: str) -> str:
        await self.begin(*recipients, **begin)
        return await self.data(content)

    async def starttls(self, certificates: Certificates) -> None:
        assert (await self.ask("STARTTLS")).startswith("220")
        await self.writer.start_tls(certificates.client_context(), server_hostname="localhost")


def known(address: str) -> bool:
    return address.lower().startswith("k")


@contextlib.asynccontextmanager
async def taking_in(kept: Kept, **changes: Any) -> AsyncIterator[SmtpIn]:
    """Yield a running intake that knows every address beginning with ``k``."""
    settings: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "hostname": "mx.kommun.se"} | changes
    intake = SmtpIn(SmtpInSettings(**settings), keep=kept.keep, accepts=known, now=lambda: NOW)
    await intake.start()
    try:
        yield intake
    finally:
        await intake.close(within_seconds=1)


@contextlib.asynccontextmanager
async def client_of(port: int | None, *, greeting: str = "220 mx.kommun.se ESMTP") -> AsyncIterator[Client]:
    """Yield a client that has been greeted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = Client(reader, writer)
    try:
        assert (await client.reply()).startswith(greeting)
        yield client
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
