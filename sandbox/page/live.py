"""Tells open pages that something changed: a version that rises, and server-sent events that carry it."""

import asyncio
from collections.abc import AsyncIterator, Callable

GATHER_SECONDS = 0.08
"""Changes that come one upon the other are told as one."""
BEAT_SECONDS = 15.0
"""Silence after which a comment is sent, so that a line that is dead is noticed."""


class Live:
    """The version of what is shown; it rises with every change."""

    def __init__(self) -> None:
        """Begin at 1."""
        self.version = 1
        self.closed = False
        self._changed = asyncio.Event()

    def bump(self) -> None:
        """Tell that something changed."""
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        self.bump()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until it holds, looking after every change; return False if it does not within so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._changed.wait()
        except TimeoutError:
            return holds()
        return True

    async def stream(self) -> AsyncIterator[str]:
        """Give events named ``version``: the present one at once, then each new one."""
        told = 0
        while not self.closed:
            if told != self.version:
                told = self.version
                yield f"event: version\ndata: {told}\n\n"
            elif await self._waited():
                await asyncio.sleep(GATHER_SECONDS)
            else:
                yield ": still here\n\n"

    async def _waited(self) -> bool:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
