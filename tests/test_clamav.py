"""The scanner against a real clamd, and against daemons that are not there, silent, or speak nonsense."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.channels.clamav import ClamAV, ClamAVSettings
from bot.errors import TryLater
from bot.port import Verdict
from tests.clamd import CLAMD, HARMFUL, running_clamd

needs_clamd = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed (Debian: clamav-daemon)")


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_clamd(tmp_path_factory.mktemp("clamd")) as socket:
        yield socket


@needs_clamd
@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", Verdict.CLEAN),
        (b"Ritning av lekplatsen", Verdict.CLEAN),
        (b"x" * 600_000, Verdict.CLEAN),
        (b"forst " + HARMFUL + b" sist", Verdict.HARMFUL),
        (b"x" * 3_000_000, Verdict.TOO_LARGE),
    ],
)
async def test_a_real_clamd_tells(control: Path, content: bytes, verdict: Verdict) -> None:
    scanner = ClamAV(ClamAVSettings(socket=str(control), timeout_seconds=20))
    assert await scanner.scan(content) is verdict


@needs_clamd
@pytest.mark.asyncio
async def test_a_real_clamd_says_that_it_is_there(control: Path) -> None:
    await ClamAV(ClamAVSettings(socket=str(control))).ping()
    # Who is there says nothing more; that silence means something is shown by one who is not.
    with pytest.raises(TryLater, match="scanner_away"):
        await ClamAV(ClamAVSettings(socket=str(control.with_name("none.ctl")))).ping()


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["", "a" * 70 + ".example", "a..b"])
async def test_nobody_there(tmp_path: Path, host: str) -> None:
    scanner = ClamAV(ClamAVSettings(socket=None if host else str(tmp_path / "none.ctl"), host=host))
    for asking in (scanner.scan(b"x"), scanner.ping()):
        with pytest.raises(TryLater, match="scanner_away") as error:
            await asking
        assert error.value.whole_channel


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def daemon(serve: Serve) -> AsyncIterator[ClamAV]:
    """Give a scanner whose daemon does this with each connection; every one has ended in the end."""
    sessions: list[asyncio.Task[None] | None] = []

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.append(asyncio.current_task())
        with suppress(ConnectionError):
            await serve(reader, writer)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(session, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield ClamAV(ClamAVSettings(host="127.0.0.1", port=port, timeout_seconds=0.2))
        await asyncio.gather(*(one for one in sessions if one is not None))


def reset(writer: asyncio.StreamWriter) -> None:
    # Closed with nothing lingering, so that the other side hears of a reset.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("ping", "ends", "reason", "nothing_goes"),
    [
        (b"PONG\0", None, "scanner_timeout", False),  # this file takes too long, the next one need not
        (b"", None, "scanner_away", True),
        (b"BUSY\0", None, "scanner_away", True),
        (b"PONG\0", reset, "scanner_broke", False),
    ],
)
async def test_a_file_without_end_is_told_from_a_daemon_that_hangs(
    ping: bytes, ends: Callable[[asyncio.StreamWriter], None] | None, reason: str, nothing_goes: bool
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(6) == b"zPING\0":
            writer.write(ping)
        elif ends is not None:
            ends(writer)
        await reader.read(-1)

    async with daemon(serve) as scanner:
        with pytest.raises(TryLater, match=reason) as error:
            await scanner.scan(b"x" * 100)
        assert error.value.whole_channel is nothing_goes


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "reason"), [(None, "scanner_away"), (b"what?\0", "scanner_error"), (b"", "scanner_error")]
)
async def test_a_daemon_that_is_silent_or_speaks_nonsense(answer: bytes | None, reason: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        if answer is None:
            await reader.read(-1)
        else:
            writer.write(answer)

    async with daemon(serve) as scanner:
        with pytest.raises(TryLater, match=reason):
            await scanner.scan(b"x")
