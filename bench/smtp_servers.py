"""The servers that are compared, each in a process alone: ``python -m bench.smtp_servers KIND FOLDER [RELAY_PORT]``.

``plain``: aiosmtpd as it comes, its handler discards. ``resting``: our SMTP intake, grouped writes and inbox, without
anybody who reads the inbox. ``whole``: the service as `run_bot.py run` starts it. ``relay``: takes and discards.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select

from bench.mails import CONTACT
from bench.town import settings_in
from bot.app import open_database, running
from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.facts import InboxId
from bot.port import RawInbound
from bot.store import inbox
from bot.store.database import Database
from bot.store.grouped import GroupedWrites
from bot.store.schema import inbox as inbox_table
from bot.store.schema import outbox

_DRAIN_SECONDS = 100.0

Answer = Callable[[], Awaitable[dict[str, object]]]
"""What a server says when it is asked how far it is."""


class _Discard:
    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return "250 OK"


class _Relay(asyncio.Protocol):
    """The least an SMTP server can be: says yes to everything and throws it away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""
        self._body = False
        transport.write(b"220 relay.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            mark = b"\r\n.\r\n" if self._body else b"\r\n"
            found, at, rest = self._buffer.partition(mark)
            if not at:
                return
            self._buffer = rest
            self._reply(b"" if self._body else found.upper())

    def _reply(self, command: bytes) -> None:
        self._body = command.startswith(b"DATA")
        if self._body:
            self._transport.write(b"354 go on\r\n")
        elif command.startswith(b"EHLO"):
            self._transport.write(b"250-relay.example\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n")
        else:
            self._transport.write(b"250 OK\r\n")


@asynccontextmanager
async def _plain() -> AsyncIterator[tuple[int, Answer]]:
    loop = asyncio.get_running_loop()
    handler = _Discard()
    server = await loop.create_server(partial(SMTP, handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], _nothing
    finally:
        server.close()


@asynccontextmanager
async def _relay() -> AsyncIterator[tuple[int, Answer]]:
    server = await asyncio.get_running_loop().create_server(_Relay, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], _nothing
    finally:
        server.close()


@asynccontextmanager
async def _resting(folder: Path) -> AsyncIterator[tuple[int, Answer]]:
    async with open_database(settings_in(folder)) as database:

        async def keep_all(raws: list[RawInbound]) -> list[InboxId]:
            async with database.writing(in_turn=False) as connection:
                return await inbox.keep_all(connection, raws)

        keeping: GroupedWrites[RawInbound, InboxId] = GroupedWrites(keep_all)  # type: ignore[arg-type]
        writing = asyncio.create_task(keeping.run())
        smtp_in = SmtpIn(
            SmtpInSettings(host="127.0.0.1", port=0, hostname="localhost"),
            keep=keeping.submit, accepts=lambda address: address == CONTACT, now=lambda: datetime.now(UTC),
        )  # fmt: skip
        await smtp_in.start()
        try:
            yield smtp_in.smtp_port, partial(_progress, database)
        finally:
            await smtp_in.close(within_seconds=1)
            writing.cancel()


@asynccontextmanager
async def _whole(folder: Path, relay_port: int) -> AsyncIterator[tuple[int, Answer]]:
    async with running(settings_in(folder, relay_port=relay_port), lambda: datetime.now(UTC)) as service:
        yield service.smtp_in.smtp_port, partial(_progress, service.database)


async def _nothing() -> dict[str, object]:
    return {}


async def _progress(database: Database) -> dict[str, object]:
    """Return how many mails are kept, how many of them wait to be read, and how many of ours wait to leave."""
    kept = select(func.count()).select_from(inbox_table)
    leaving = select(func.count()).where(outbox.c.state.in_(["new", "sending"]))
    async with database.reading() as connection:
        return {
            "kept": (await connection.execute(kept)).scalar_one(),
            "unread": (await connection.execute(kept.where(inbox_table.c.state == "pending"))).scalar_one(),
            "leaving": (await connection.execute(leaving)).scalar_one(),
        }


async def _serve(kind: str, folder: Path, relay_port: int) -> None:
    servers: dict[str, Callable[[], AbstractAsyncContextManager[tuple[int, Answer]]]] = {
        "plain": _plain, "relay": _relay, "resting": partial(_resting, folder),
        "whole": partial(_whole, folder, relay_port),
    }  # fmt: skip
    async with servers[kind]() as (port, answer):
        print(json.dumps({"port": port}), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while await reader.readline():
            print(json.dumps(await answer()), flush=True)


def main() -> None:
    """Serve until the input ends. Ours log as the product does, so that its cost is in the figure."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    if kind in {"resting", "whole"}:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(_serve(kind, folder, int(sys.argv[3]) if len(sys.argv) > 3 else 25))


if __name__ == "__main__":
    main()
