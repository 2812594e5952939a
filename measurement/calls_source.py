"""The calls of a period, and what staff logged of them, by the figures' own door: read-only, as known at an instant.

Logged contacts are facts and follow the as-of instant, corrections and all. Calls of the exchange are what is imported
now: when they were imported is not kept, so an as-of report of old takes their figures from the frozen values.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import BigInteger, ColumnClause, Text, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Micros
from bot.facts import FactData, FactKind, decode_data, to_micros
from bot.inquiry import standing
from measurement.phone_data import NO_END, UNKNOWN, Calls, Logged, Named, PhoneData
from measurement.tables import FACTS, facts_of, reading

CALLS = table(
    "calls",
    column("key", Text), column("queue", Text), column("unit", Text), column("at", BigInteger),
    column("seconds", BigInteger), column("answered", BigInteger), column("abandoned", BigInteger),
    column("direct", BigInteger), column("sampled", BigInteger),
)  # fmt: skip
"""The columns that are read, as plain as they are stored. A test holds them against the table of the bot."""

_AT_ONCE = 20_000
_IN_CHAT = "chat:"
"""Begins the source of what was logged in the chat."""
_CHAT_STEPS = {15: (0, 15), 30: (16, 30), 60: (31, 60), 61: (61, NO_END)}
"""What the chat's buttons mean: "at most 15 s" … and "more than 60 s", which is kept as 61."""


async def read_phone(url: str, start: datetime, end: datetime, as_of: datetime) -> PhoneData:
    """Return the calls and logged contacts from `start` until before `end`, in one consistent state.

    Args:
        url: as `measurement.source` has it.
        start: first instant (UTC).
        end: first instant after (UTC).
        as_of: what was recorded after it, or happened after it, does not count (UTC).

    Raises:
        ValueError: an instant that is not UTC.
        NoDatabase: nothing to read there.
    """
    async with reading(url) as connection:
        return await phone_of(connection, start, end, as_of)


async def phone_of(connection: AsyncConnection, start: datetime, end: datetime, as_of: datetime) -> PhoneData:
    """Return the same as `read_phone` by a connection that is open."""
    first, last, instant = to_micros(start), to_micros(end), to_micros(as_of)
    calls, _ = await _calls(connection, first, min(last, instant + 1))
    return PhoneData(calls=calls, logged=_columns(await _logged(connection, first, last, instant)))


async def named_phone_of(
    connection: AsyncConnection, start: datetime, end: datetime, as_of: datetime
) -> tuple[PhoneData, Named]:
    """Return the same as `phone_of`, and in the same order what tells one call or contact from the other."""
    first, last, instant = to_micros(start), to_micros(end), to_micros(as_of)
    calls, names = await _calls(connection, first, min(last, instant + 1), CALLS.c.key, CALLS.c.queue)
    contacts = await _logged(connection, first, last, instant)
    data = PhoneData(calls=calls, logged=_columns(contacts))
    return data, Named(calls=names, cases=[contact.case for contact in contacts])


async def _calls(
    connection: AsyncConnection, first: int, last: int, *beside: ColumnClause[str]
) -> tuple[Calls, list[tuple[str, ...]]]:
    """Return the calls, and in the same order what else is asked of each."""
    of = CALLS.c
    numbers = (of.at, func.coalesce(of.seconds, UNKNOWN), of.answered, of.abandoned,
               func.coalesce(of.direct, UNKNOWN), of.sampled)  # fmt: skip
    found, units, names = [array("q") for _ in numbers], list[str](), list[tuple[str, ...]]()
    rows = await connection.stream(select(*numbers, of.unit, *beside).where(of.at >= first, of.at < last))
    async for part in rows.partitions(_AT_ONCE):
        columns = list(zip(*part, strict=True))
        for kept, values in zip(found, columns, strict=False):
            kept.extend(values)
        units += columns[len(numbers)]
        names += zip(*columns[len(numbers) + 1 :], strict=True)
    at, seconds, answered, abandoned, direct, sampled = (np.array(one, dtype=np.int64) for one in found)
    calls = Calls(
        at=at, seconds=seconds, answered=answered != 0, abandoned=abandoned != 0, direct=direct,
        sampled=sampled != 0, unit=np.array(units, dtype=np.str_),
    )  # fmt: skip
    return calls, names


class _Contact(NamedTuple):
    """When it was logged (microseconds UTC), by which source, what it says, and the case it has its number of."""

    at: int
    source: str
    data: FactData
    case: str


async def _logged(connection: AsyncConnection, first: int, last: int, as_of: int) -> list[_Contact]:
    touched = await _corrected(connection, first, last, as_of)
    of, found = FACTS.c, list[_Contact]()
    query = select(of.occurred_at, of.source, of.data, of.case).where(*_within(of, first, last, as_of))
    rows = await connection.stream(query)
    async for part in rows.partitions(_AT_ONCE):
        found += [
            _Contact(at, source, decode_data(data), case) for at, source, data, case in part if case not in touched
        ]
    async for facts in facts_of(connection, sorted(touched), as_of):
        found += [
            _Contact(at, one.source, one.data, one.case)
            for one in standing(facts)
            if one.kind is FactKind.PHONE and first <= (at := to_micros(one.occurred_at)) < last
        ]
    return [one for one in found if one.data.get("way") == "phone" and one.at <= as_of]


def _within(of: Any, first: int, last: int, as_of: int) -> tuple[Any, ...]:  # noqa: ANN401 -- columns of a table or its alias
    phone = FactKind.PHONE.value
    return of.kind == phone, of.occurred_at >= first, of.occurred_at < last, of.recorded_at <= as_of


async def _corrected(connection: AsyncConnection, first: int, last: int, as_of: int) -> set[str]:
    """Return the cases whose contacts were taken back, or moved out of the period or perhaps into it."""
    phone, correction = FACTS.alias("phone"), FACTS.alias("correction")
    inside = select(phone.c.case).distinct().where(
        *_within(phone.c, first, last, as_of), correction.c.case == phone.c.case, correction.c.recorded_at <= as_of,
        # Not the bare column: by the case it is one row, by the kind every correction there ever was.
        func.coalesce(correction.c.kind, "") == FactKind.CORRECTED.value,
    )  # fmt: skip
    moved = select(correction.c.case).distinct().where(
        correction.c.kind == FactKind.CORRECTED.value, correction.c.recorded_at <= as_of,
        correction.c.data.contains('"occurred_at"'), phone.c.case == correction.c.case,
        func.coalesce(phone.c.kind, "") == FactKind.PHONE.value,
    )  # fmt: skip
    found = [(await connection.execute(query)).scalars() for query in (inside, moved)]
    return {str(case) for cases in found for case in cases}


def _columns(contacts: Iterable[_Contact]) -> Logged:
    rows = list(_rows(contacts))
    at, least, most, direct, reception, unit, topic = zip(*rows, strict=True) if rows else ((),) * 7
    return Logged(
        at=_whole(at), least=_whole(least), most=_whole(most), direct=_whole(direct) != 0,
        reception=_whole(reception), unit=np.array(unit, dtype=np.str_), topic=np.array(topic, dtype=np.str_),
    )  # fmt: skip


def _rows(contacts: Iterable[_Contact]) -> Iterator[tuple[int, int, int, int, int, str, str]]:
    for at, source, data, _ in contacts:
        least, most = _bounds(data.get("seconds"), source)
        grade = data.get("reception", UNKNOWN)
        yield (
            at, least, most, int(data.get("direct") is True), int(grade),
            str(data.get("unit", "")), str(data.get("topic", "")),
        )  # fmt: skip


def _bounds(seconds: object, source: str) -> tuple[int, int]:
    if not isinstance(seconds, int):
        return UNKNOWN, UNKNOWN
    if source.startswith(_IN_CHAT) and seconds in _CHAT_STEPS:
        return _CHAT_STEPS[seconds]
    return seconds, seconds


def _whole(values: Sequence[int]) -> Micros:
    return np.array(values, dtype=np.int64)
