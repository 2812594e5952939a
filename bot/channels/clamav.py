"""ClamAV's daemon: asks clamd over its socket whether a file is harmful.

The protocol is one command (clamd(8), INSTREAM), so no library: those on PyPI are unkept or block the event loop.
"""

import asyncio
import struct
from dataclasses import dataclass

from bot.errors import TryLater
from bot.port import Verdict

_CHUNK = 256 * 1024
_ANSWER = 1_000


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
            TryLater: it does not answer in time, or not in words we know.
        """
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                answer = await self._ask(content)
        except (OSError, TimeoutError) as error:
            raise TryLater("scanner_away") from error
        if answer.endswith("OK"):
            return Verdict.CLEAN
        if answer.endswith("FOUND"):
            return Verdict.HARMFUL
        if "size limit exceeded" in answer:
            return Verdict.TOO_LARGE
        raise TryLater("scanner_error")

    async def _ask(self, content: bytes) -> str:
        settings = self._settings
        if settings.socket:
            reader, writer = await asyncio.open_unix_connection(settings.socket)
        else:
            reader, writer = await asyncio.open_connection(settings.host, settings.port)
        try:
            # Read while sending: when clamd has heard enough it answers and closes, and what is unread then is lost.
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._stream(writer, content))
                answer = await reader.read(_ANSWER)
                sending.cancel()
        except* OSError as errors:
            raise ConnectionAbortedError from errors
        finally:
            writer.transport.abort()
        return answer.decode("utf-8", "replace").strip("\0\r\n ")

    async def _stream(self, writer: asyncio.StreamWriter, content: bytes) -> None:
        """Send the file in chunks, each with its length before it; a length of 0 ends it."""
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                writer.write(struct.pack("!L", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!L", 0))
            await writer.drain()
        except (ConnectionResetError, BrokenPipeError):
            return
