"""Calls and visits that staff logged, read from the facts: contacts of another kind than the written ones."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Fact, FactData, FactKind, decode_data, to_micros
from bot.inquiry import standing
from measurement.population import Sorts
from measurement.rows import columns_of, sorts_of
from measurement.tables import FACTS, facts_of

_DIMENSIONS = 5


async def in_person(connection: AsyncConnection, first: int, last: int, as_of: int) -> Sorts:
    """Return what was logged from `first` until before `last` and was known then (microseconds UTC), a row for each.

    What was undone is left out; one that a correction moves into the period from outside of it is not found.
    """
    contact, later = FACTS.alias("contact"), FACTS.alias("later")
    of = contact.c
    asked = (of.kind == FactKind.PHONE.value, of.occurred_at >= first, of.occurred_at < last, of.recorded_at <= as_of)
    undone = select(of.case).distinct().where(
        *asked, later.c.case == of.case, later.c.recorded_at <= as_of,
        # Not the bare column: corrections are found by their case, not by their kind.
        func.coalesce(later.c.kind, "") == FactKind.CORRECTED.value,
    )  # fmt: skip
    corrected = set((await connection.execute(undone)).scalars())
    rows = await connection.execute(select(of.case, of.data).where(*asked))
    logged = [decode_data(data) for case, data in rows if case not in corrected]
    async for facts in facts_of(connection, sorted(corrected), as_of):
        logged += [one.data for one in _standing_contacts(facts) if first <= to_micros(one.occurred_at) < last]
    return sorts_of(columns_of(map(_sort, logged), _DIMENSIONS))


def _standing_contacts(facts: Iterable[Fact]) -> list[Fact]:
    return [one for one in standing(tuple(facts)) if one.kind is FactKind.PHONE]


def _sort(data: FactData) -> tuple[str, str, str, str, str]:
    """Return channel, kind, unit, topic and language: of what is spoken nobody notes kind or language."""
    return str(data.get("way", "")), "", str(data.get("unit", "")), str(data.get("topic", "")), ""
