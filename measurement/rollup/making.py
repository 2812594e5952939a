"""Making a period's figures out of the database: in this process, or week beside week in processes of their own.

Every period is read in one transaction that cannot write. Processes are for making much at once, as a rebuild does.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import Rule
from measurement.figures import figures_of
from measurement.measures import Figure
from measurement.periods import Period
from measurement.rollup.fill import Compute
from measurement.rollup.reading import read_period_raw
from measurement.tables import reading


class Part(Protocol):
    """Makes some of the figures of a period; can be sent to another process."""

    async def __call__(
        self, connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
    ) -> Sequence[Figure]:
        """Return figures from what was known at the first instant, looking back from the second (UTC)."""


@dataclass(frozen=True, slots=True)
class InquiryFigures:
    """The figures that are made from inquiries.

    Attributes:
        calendar: opening hours, and whose midnights begin the periods.
        configured: the rule that decides what is past due in the queue.
    """

    calendar: Calendar
    configured: Rule

    async def __call__(
        self, connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
    ) -> Sequence[Figure]:
        """Return them as `Part` says."""
        zone = self.calendar.zone
        data = await read_period_raw(connection, period.start(zone), period.end(zone), as_of, known=known)
        return await asyncio.to_thread(figures_of, period, data, self.calendar, as_of, self.configured)


def compute_here(url: str, parts: Sequence[Part]) -> Compute:
    """Return a way to make figures in this process; the arithmetic is done beside the event loop."""
    return partial(_made, url, tuple(parts))


@asynccontextmanager
async def compute_in_processes(url: str, parts: Sequence[Part], workers: int) -> AsyncIterator[Compute]:
    """Give a way to make so many periods' figures at once, and end the processes after."""
    loop = asyncio.get_running_loop()
    # Not forked: what runs here already, as the database's threads, would be copied half.
    # Nor do they look for garbage: they make many small things, none of which point at each other, and end soon.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=gc.disable) as pool:

        async def compute(period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
            return await loop.run_in_executor(pool, _made_alone, url, tuple(parts), period, known, as_of)

        yield compute


def _made_alone(url: str, parts: Sequence[Part], period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
    return asyncio.run(_made(url, parts, period, known, as_of))


async def _made(url: str, parts: Sequence[Part], period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
    async with reading(url) as connection:
        return [figure for part in parts for figure in await part(connection, period, known, as_of)]
