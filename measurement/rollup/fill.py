"""Filling the book, week by week: what is missing, was interrupted or is not finished yet is made anew.

Doing it twice changes nothing, and it may be broken off anywhere: a week's values and its state are written in one
transaction, and a week that somebody began and nobody ended is begun again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import Rule
from measurement.measures import Figure
from measurement.periods import Period, Week, week_of
from measurement.rollup.book import first_instant, put_standing, put_values, standings
from measurement.rollup.states import Standing, State, Work, due_at, plan

logger = logging.getLogger(__name__)

Writing = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Gives a connection in a transaction, in the writer's turn; as `bot.store.database.Database.writing`."""

Compute = Callable[[Period, datetime, datetime], Awaitable[Sequence[Figure]]]
"""Gives all figures of a period, from what was known at the first instant, looking back from the second (UTC)."""

OnFreeze = Callable[[AsyncConnection, Week], Awaitable[None]]
"""What else is done in the transaction in which a week is frozen, as cutting the surveys' links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """What filling needs.

    Attributes:
        writing: where the book is.
        compute: how figures are made.
        calendar: opening hours, and whose Mondays begin the weeks.
        configured: the rule that decides when a week is due.
        definitions: `measurement.registry.definitions_hash` of the measures as they are declared now.
        on_freeze: done with each week that is frozen.
        at_once: how many weeks' figures are made at the same time.
    """

    writing: Writing
    compute: Compute
    calendar: Calendar
    configured: Rule
    definitions: str = ""
    on_freeze: OnFreeze | None = None
    at_once: int = 1


async def fill(rollup: Rollup, now: datetime) -> tuple[Work, ...]:
    """Bring the book up to an instant (UTC), oldest week first, and return what was done.

    Raises:
        ExceptionGroup: whatever `rollup` raises; the weeks before are filled then, the rest will be by the next call.
    """
    async with rollup.writing() as connection:
        known, first = await standings(connection), await first_instant(connection)
    week = week_of(first, rollup.calendar.zone) if first else None
    works, done = plan(week, known, now, rollup.calendar), list[Work]()
    async with asyncio.TaskGroup() as group:
        ahead: tuple[list[Work], asyncio.Task[list[Sequence[Figure]]]] | None = None
        for at in range(0, len(works), rollup.at_once):
            some = await _begin(rollup, works[at : at + rollup.at_once])
            making = group.create_task(compute_all(rollup, [(one.week, one.as_of, one.as_of) for one in some]))
            # While the next are made those before them are written.
            done += await _end_all(rollup, ahead, now)
            ahead = some, making
        done += await _end_all(rollup, ahead, now)
    return tuple(done)


async def _end_all(
    rollup: Rollup, begun: tuple[list[Work], asyncio.Task[list[Sequence[Figure]]]] | None, now: datetime
) -> list[Work]:
    if begun is None:
        return []
    works, making = begun
    return [work for work, figures in zip(works, await making, strict=True) if await _end(rollup, work, figures, now)]


async def compute_all(rollup: Rollup, wanted: Sequence[tuple[Period, datetime, datetime]]) -> list[Sequence[Figure]]:
    """Return the figures of some periods, made at the same time."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_computed(rollup, *one)) for one in wanted]
    return [task.result() for task in tasks]


async def _computed(rollup: Rollup, period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
    return await rollup.compute(period, known, as_of)


async def _begin(rollup: Rollup, works: Sequence[Work]) -> list[Work]:
    """Mark weeks as begun, and return them; not those that somebody else has frozen meanwhile.

    It is also a fence: the transaction waits for the writer's turn, so that whatever was recorded before now can be
    read when it is over.
    """
    async with rollup.writing() as connection:
        known, begun = await standings(connection), list[Work]()
        for work in works:
            before = known.get(str(work.week))
            if before is None or before.state is not State.FROZEN:
                standing = before or Standing(period=str(work.week), state=State.FILLING, as_of=work.as_of)
                await put_standing(connection, replace(standing, state=State.FILLING))
                begun.append(work)
    return begun


async def _end(rollup: Rollup, work: Work, figures: Sequence[Figure], now: datetime) -> bool:
    """Write a week's values and state, and tell whether it was done: not if somebody else has frozen it meanwhile."""
    period = str(work.week)
    async with rollup.writing() as connection:
        known = await standings(connection)
        before = known.get(period)
        if before is not None and before.state is State.FROZEN:
            return False
        revision = await put_values(connection, period, figures, keep_until=last_report(known))
        await put_standing(connection, _after(rollup, work, before, revision, now))
        if work.freeze and rollup.on_freeze is not None:
            await rollup.on_freeze(connection, work.week)
    logger.info("figures of %s: %s, %s", period, work.why.value, "frozen" if work.freeze else "preliminary")
    return True


def _after(rollup: Rollup, work: Work, before: Standing | None, revision: int, now: datetime) -> Standing:
    return Standing(
        period=str(work.week),
        state=State.FROZEN if work.freeze else State.PRELIMINARY,
        revision=revision,
        definitions=rollup.definitions,
        as_of=work.as_of,
        settles_at=due_at(work.week, rollup.calendar, rollup.configured),
        frozen_at=now if work.freeze else None,
        reported_at=before.reported_at if before else None,
    )


def last_report(known: Mapping[str, Standing]) -> datetime | None:
    """Return when the newest report was sent (UTC): what was known by then it may have shown, of any week."""
    return max((one.reported_at for one in known.values() if one.reported_at is not None), default=None)
