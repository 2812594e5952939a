"""Reading very many inquiries: the same as `measurement.source.read_period`, with rows straight from the driver.

What lies between the driver and us costs several times as much as the rows themselves, and a rebuild reads every one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import to_micros
from measurement.as_then import as_then, since_of
from measurement.in_person import in_person
from measurement.population import PeriodData
from measurement.rows import Row, period_inquiries_of, rows_between
from measurement.waiting import queue_of


async def read_period_raw(
    connection: AsyncConnection, start: datetime, end: datetime, as_of: datetime, *, known: datetime
) -> PeriodData:
    """Return all that figures of a period are made from; arguments and errors as `measurement.source.read_period`."""
    first, last, instant, recorded = map(to_micros, (start, end, as_of, known))
    since = await since_of(connection, recorded)
    rows = await _rows(connection, rows_between(first, last))
    then = rows if since is None else await as_then(connection, rows, first, last, since)
    return PeriodData(
        inquiries=period_inquiries_of(sorted(then)),
        queue=await queue_of(connection, instant, recorded, since),
        in_person=await in_person(connection, first, last, recorded),
    )


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    """Return the rows of a question whose values are all whole numbers or our own words."""
    asked = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    fetch = driver.execute_fetchall if connection.dialect.name == "sqlite" else driver.fetch
    return list(map(Row._make, await fetch(asked)))
