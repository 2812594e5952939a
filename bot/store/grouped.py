"""Grouped writes: what waits is written in one transaction, and a bad row fails alone.

One commit per message is bound by the disk (a flush each); one commit for all that waits is not.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.errors import TryLater, where

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

Write = Callable[[Sequence[T]], Awaitable[Sequence[R]]]
"""Writes all items in one transaction and returns a result each, in order, after the commit; or raises and has
written nothing."""


async def write_together(items: Sequence[T], write: Write[T, R]) -> list[R | Exception]:
    """Return a result for each item, in order; where an item cannot be written, the exception it failed with.

    A batch that fails is halved until the bad item stands alone; the others are written in their order.

    Raises:
        TryLater: the database is away or full. What was not written may be tried again, all of it safely.
    """
    try:
        return list(await write(items))
    except TryLater:
        raise
    except Exception as error:
        if len(items) == 1:
            logger.error("a single item could not be written: %s", where(error))
            return [error]
    middle = len(items) // 2
    first = await write_together(items[:middle], write)
    return first + await write_together(items[middle:], write)


class GroupedWrites(Generic[T, R]):
    """Collects what several tasks want written and writes it together. `run` must be running."""

    def __init__(self, write: Write[T, R], *, most: int = 256) -> None:
        """Keep the write function; `most` items at the most go in one transaction."""
        self._write = write
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._wake = asyncio.Event()

    async def submit(self, item: T) -> R:
        """Return the item's result after the commit.

        Raises:
            TryLater: the database is away or full. Any other exception: this very item could not be written.
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Write what waits, for ever. When it is cancelled, whoever still waits is told to try later."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                    await self._write_group(group)
        finally:
            for _, future in self._waiting:
                _fail(future, TryLater("stopping"))
            self._waiting = []

    async def _write_group(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await write_together([item for item, _ in group], self._write)
        except TryLater as error:
            for _, future in group:
                _fail(future, TryLater(error.reason, after=error.after))
            return
        except BaseException:
            for _, future in group:
                _fail(future, TryLater("stopping"))
            raise
        for (_, future), result in zip(group, results, strict=True):
            if isinstance(result, Exception):
                _fail(future, result)
            elif not future.done():
                future.set_result(result)


def _fail(future: "asyncio.Future[R]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
