"""What happened in a span of time, for those who lead: facts of a kind, and inquiries that may have waited too long."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Fact, FactKind
from bot.store.rows import fact_of
from bot.store.schema import Instant, facts, inquiries

TOLD_AHEAD = timedelta(days=200)
"""How long before its day a later promise is looked for: no holding notice promises a day so far ahead."""

_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement

# In words, not bound values: only so does SQLite see that the partial index answers the question.
_UNANSWERED = text("inquiries.answered_at IS NULL AND inquiries.excluded IS NULL")


class ArrivedOn(NamedTuple):
    """The arrivals of one local day: before which instant they came, and when the first promise could pass (UTC)."""

    before: datetime
    earliest: datetime


async def facts_in(connection: AsyncConnection, kind: FactKind, first: datetime, end: datetime) -> list[Fact]:
    """Return the facts of a kind that happened from `first` until before `end` (UTC), in order of seq."""
    query = select(facts).where(facts.c.kind == kind.value, facts.c.occurred_at >= first, facts.c.occurred_at < end)
    return sorted(map(fact_of, (await connection.execute(query)).mappings()), key=lambda fact: fact.seq)


async def corrected(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> set[CaseNumber]:
    """Return those of the cases in which anything was ever corrected or undone."""
    found = set[CaseNumber]()
    # Joined to nothing, so that the case's index is used and not that of all corrections there ever were.
    kind = facts.c.kind.concat("")
    for some in _chunks(numbers):
        query = select(facts.c.case).where(facts.c.case.in_(some), kind == FactKind.CORRECTED.value)
        found |= {CaseNumber(number) for number in (await connection.execute(query)).scalars()}
    return found


async def unanswered(
    connection: AsyncConnection, first: datetime, days: Sequence[ArrivedOn]
) -> list[tuple[CaseNumber, datetime]]:
    """Return case and arrival of the inquiries that had no answer when their day's first promise could pass.

    Asked about are those that came from `first` (UTC) on, on one of these days, which follow in order from then.
    """
    of = inquiries.c
    chosen = select(of.case, of.arrived_at).where(of.arrived_at >= first, of.arrived_at < days[-1].before)
    passed = case(*[(of.arrived_at < day.before, literal(day.earliest, Instant)) for day in days])
    waiting = await connection.execute(chosen.where(_UNANSWERED))
    # Whatever was answered later than that was touched later than that, and so much the index knows.
    late = await connection.execute(
        chosen.where(of.changed_at >= passed, of.answered_at >= passed, of.excluded.is_(None))
    )
    return [(CaseNumber(number), arrived_at) for rows in (waiting, late) for number, arrived_at in rows]


async def told_of(connection: AsyncConnection, days: Sequence[date], end: datetime) -> set[CaseNumber]:
    """Return the cases where a holding notice or a delay told of one of these days; said before `end` (UTC)."""
    found = set[CaseNumber]()
    for kind in (FactKind.HELD, FactKind.DELAYED):
        query = select(facts.c.case).where(
            facts.c.kind == kind.value, facts.c.occurred_at >= end - TOLD_AHEAD, facts.c.occurred_at < end, _names(days)
        )
        found |= {CaseNumber(number) for number in (await connection.execute(query)).scalars()}
    return found


async def promised_in(
    connection: AsyncConnection, numbers: Collection[CaseNumber], days: Sequence[date]
) -> set[CaseNumber]:
    """Return those of the cases in which any fact names one of these days."""
    found = set[CaseNumber]()
    for some in _chunks(numbers):
        query = select(facts.c.case).where(facts.c.case.in_(some), _names(days))
        found |= {CaseNumber(number) for number in (await connection.execute(query)).scalars()}
    return found


def _names(days: Sequence[date]) -> ColumnElement[bool]:
    """Ask whether a fact's data hold one of these days as a value."""
    return or_(*(facts.c.data.contains(f':"{day.isoformat()}"') for day in days))


def _chunks(numbers: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
