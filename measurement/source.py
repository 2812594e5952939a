"""The one door to the bot's data: read-only, as it was known at an instant.

Whoever asks for a week *as of* an instant gets the same answer next year: rows of the `inquiries` projection that
nothing has touched since are taken as they are, every other case is folded anew from the facts recorded by then.
All instants are UTC; stored and in arrays they are int64 microseconds since 1970-01-01 UTC.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Fact, to_micros
from measurement.as_then import Since, as_then, since_of
from measurement.in_person import in_person
from measurement.population import Inquiries, PeriodData, Waiting, WeekData
from measurement.rows import Row, inquiries_of, period_inquiries_of, rows_between
from measurement.tables import INBOX, NoDatabase, facts_of, reading
from measurement.waiting import oldest_of, queue_of

__all__ = ["Inquiries", "NoDatabase", "UnknownCase", "Waiting", "WeekData", "case_facts", "read_period", "read_week"]


class UnknownCase(LookupError):
    """No fact speaks of a case with this number."""


async def read_week(url: str, start: datetime, end: datetime, as_of: datetime) -> WeekData:
    """Return what is known of the inquiries that arrived from `start` until before `end`, in one consistent state.

    Inquiries left by telephone or at the counter are not among them: written and spoken contacts are never one share.

    Args:
        url: ``sqlite:///path`` or ``postgresql://…``, with or without the async driver.
        start: first instant (UTC).
        end: first instant after (UTC).
        as_of: only facts recorded at this instant or before count (UTC).

    Raises:
        ValueError: an instant that is not UTC.
        NoDatabase: nothing to read there.
    """
    first, last, instant = to_micros(start), to_micros(end), to_micros(as_of)
    async with reading(url) as connection:
        since = await since_of(connection, instant)
        return WeekData(
            inquiries=inquiries_of(await _rows(connection, first, last, since)),
            oldest=await oldest_of(connection, instant, since),
            mail_held=await _count(connection, first, min(last, instant + 1), "state <> 'done' AND state = 'held'"),
            mail_automatic=await _count(connection, first, min(last, instant + 1), "outcome = 'auto'"),
        )


async def read_period(
    where: str | AsyncConnection, start: datetime, end: datetime, as_of: datetime, *, known: datetime | None = None
) -> PeriodData:
    """Return all that figures of a period are made from, in one consistent state.

    Args:
        where: a URL as for `read_week`, or a connection whose transaction sees one state.
        start: first instant (UTC).
        end: first instant after (UTC).
        as_of: the instant that is looked back from: whose queue is told (UTC).
        known: only facts recorded at this instant or before count (UTC), not before `as_of`; None: that instant. A
            later one tells what we would say of that instant today.

    Raises:
        ValueError: an instant that is not UTC.
        NoDatabase: nothing to read there.
    """
    first, last, instant = to_micros(start), to_micros(end), to_micros(as_of)
    recorded = instant if known is None else to_micros(known)
    async with _connection(where) as connection:
        since = await since_of(connection, recorded)
        return PeriodData(
            inquiries=period_inquiries_of(await _rows(connection, first, last, since)),
            queue=await queue_of(connection, instant, recorded, since),
            in_person=await in_person(connection, first, last, recorded),
        )


@asynccontextmanager
async def _connection(where: str | AsyncConnection) -> AsyncIterator[AsyncConnection]:
    if isinstance(where, AsyncConnection):
        yield where
        return
    async with reading(where) as connection:
        yield connection


async def case_facts(url: str, number: CaseNumber) -> tuple[Fact, ...]:
    """Return all facts of one case in order of seq; at least one.

    Raises:
        UnknownCase: there is no such case.
        NoDatabase: nothing to read there.
    """
    async with reading(url) as connection:
        found = [fact async for facts in facts_of(connection, [number], None) for fact in facts]
    if not found:
        raise UnknownCase(f"there is no case {number}")
    return tuple(found)


async def _rows(connection: AsyncConnection, first: int, last: int, since: Since | None) -> list[Row]:
    rows = [Row._make(row) for row in await connection.execute(rows_between(first, last))]
    return sorted(rows if since is None else await as_then(connection, rows, first, last, since))


async def _count(connection: AsyncConnection, first: int, last: int, condition: str) -> int:
    """Count messages that came in; the condition stands as written, so that partial indexes are used."""
    query = select(func.count()).select_from(INBOX).where(literal_column(condition))
    found = await connection.execute(query.where(INBOX.c.arrived_at >= first, INBOX.c.arrived_at < last))
    return int(found.scalar_one())
