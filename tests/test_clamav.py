"""The scanner against a real clamd, and against daemons that are not there, silent, or speak nonsense."""

import asyncio
from collections.abc import Iterator
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


@pytest.mark.asyncio
async def test_nobody_there(tmp_path: Path) -> None:
    scanner = ClamAV(ClamAVSettings(socket=str(tmp_path / "none.ctl")))
    with pytest.raises(TryLater, match="scanner_away"):
        await scanner.scan(b"x")


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
        writer.close()
        await writer.wait_closed()
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        scanner = ClamAV(ClamAVSettings(host="127.0.0.1", port=port, timeout_seconds=0.2))
        with pytest.raises(TryLater, match=reason):
            await scanner.scan(b"x")
        await ended.wait()
