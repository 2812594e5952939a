"""ClamAV's daemon: asks clamd over its socket whether a file is harmful.

The protocol is one command (clamd(8), INSTREAM), so no library: those on PyPI are unkept or block the event loop.
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import TryLater
from bot.port import Verdict

_CHUNK = 256 * 1024
_ANSWER = 1_000
_PING_SECONDS = 5.0
"""A daemon that does not say in this time that it is there is away: its answer to PING waits for no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClamAVSettings:
    """Where clamd listens: a socket path, else host and port. `timeout_seconds` is for one file in all."""

    socket: str | None = None
    host: str = ""
    port: int = 3310
    timeout_seconds: float = 60.0


class ClamAV:
    """The scanner."""

    def __init__(self, settings: ClamAVSettings) -> None:
        """Keep where it listens; nothing is connected."""
        self._settings = settings

    async def scan(self, content: bytes) -> Verdict:
        """Return what clamd says of one file.

        Raises:
            TryLater: with `whole_channel`, no file can be asked about at present (``scanner_away``). Without, it is
                there, but with this very file it came to no end (``scanner_timeout``), broke off (``scanner_broke``)
                or answered in words we do not know (``scanner_error``).
        """
        reader, writer = await self._connect()
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                answer = await _exchange(reader, writer, content)
        except TimeoutError as error:
            await self.ping()
            raise TryLater("scanner_timeout") from error
        except OSError as error:
            raise TryLater("scanner_broke") from error
        if answer.endswith("OK"):
            return Verdict.CLEAN
        if answer.endswith("FOUND"):
            return Verdict.HARMFUL
        if "size limit exceeded" in answer:
            return Verdict.TOO_LARGE
        raise TryLater("scanner_error")

    async def ping(self) -> None:
        """Return if clamd is there.

        Raises:
            TryLater: it does not answer; ``scanner_away``, with `whole_channel`.
        """
        reader, writer = await self._connect()
        try:
            async with asyncio.timeout(self._patience):
                writer.write(b"zPING\0")
                answer = await reader.read(_ANSWER)
        except OSError as error:
            raise _away() from error
        finally:
            writer.transport.abort()
        if not answer.startswith(b"PONG"):
            raise _away()

    @property
    def _patience(self) -> float:
        return min(_PING_SECONDS, self._settings.timeout_seconds)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        settings = self._settings
        try:
            async with asyncio.timeout(self._patience):
                if settings.socket:
                    return await asyncio.open_unix_connection(settings.socket)
                return await asyncio.open_connection(settings.host, settings.port)
        except (OSError, ValueError) as error:  # a host that cannot be a name at all is a UnicodeError
            raise _away() from error


def _away() -> TryLater:
    return TryLater("scanner_away", whole_channel=True)


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes) -> str:
    """Send a file and return what is said of it; the connection is closed then."""
    # Read while sending: when clamd has heard enough it answers and closes, and what is unread then is lost.
    sending = asyncio.create_task(_stream(writer, content))
    try:
        answer = await reader.read(_ANSWER)
    finally:
        sending.cancel()
        writer.transport.abort()
        await asyncio.wait([sending])
    return answer.decode("utf-8", "replace").strip("\0\r\n ")


async def _stream(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Send the file in chunks, each with its length before it; a length of 0 ends it."""
    with suppress(OSError):
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            writer.write(struct.pack("!L", len(chunk)) + chunk)
            await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
