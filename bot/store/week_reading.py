"""What happened in a span of time, for those who lead: facts of a kind, and inquiries that may have waited too long."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Fact, FactKind, UnitId
from bot.store.rows import fact_of
from bot.store.schema import cases, facts, inquiries

TOLD_AHEAD = timedelta(days=200)
"""How long before its day a later promise is looked for: no holding notice promises a day so far ahead."""

_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement

# In words, not bound values: only so does SQLite see that the partial index answers the question.
_UNANSWERED = text("inquiries.answered_at IS NULL AND inquiries.excluded IS NULL")

_ASKED = (
    inquiries.c.case, inquiries.c.no, inquiries.c.unit, inquiries.c.arrived_at, inquiries.c.answered_at
)  # fmt: skip

_OF_PROMISES = (FactKind.RECEIVED, FactKind.HELD, FactKind.DELAYED, FactKind.DELIVERY_FAILED, FactKind.CORRECTED)


class Asked(NamedTuple):
    """An inquiry that is not left out: when it came, and when the answer came that stands (UTC), if one did.

    `promised` is the one day its citizen was told; None where there may be several, which only the facts tell.
    """

    case: CaseNumber
    no: int
    unit: UnitId
    arrived_at: datetime
    answered_at: datetime | None
    promised: date | None = None


class ArrivedOn(NamedTuple):
    """Arrivals of some local days: before which instant they came, and when a first promise could pass (UTC)."""

    before: datetime
    earliest: datetime


async def facts_in(connection: AsyncConnection, kind: FactKind, first: datetime, end: datetime) -> list[Fact]:
    """Return the facts of a kind that happened from `first` until before `end` (UTC), in order of seq."""
    query = select(facts).where(facts.c.kind == kind.value, facts.c.occurred_at >= first, facts.c.occurred_at < end)
    return sorted(map(fact_of, (await connection.execute(query)).mappings()), key=lambda fact: fact.seq)


async def corrected(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> set[CaseNumber]:
    """Return those of the cases in which anything was ever corrected or undone."""
    found = set[CaseNumber]()
    for some in _chunks(numbers):
        query = select(facts.c.case).where(facts.c.case.in_(some), _of_kinds(FactKind.CORRECTED))
        found |= {CaseNumber(number) for number in (await connection.execute(query)).scalars()}
    return found


async def unanswered(
    connection: AsyncConnection, first: datetime, days: Sequence[ArrivedOn], told_from: date
) -> list[Asked]:
    """Return the inquiries that had no answer when their first promise could pass.

    Asked about are those that came from `first` (UTC) on, on `days`, which follow in order from then, and whose
    citizens were last told of `told_from` or a later day. That is enough, as whoever is told of an earlier day than
    before is told so by a person, which moves the promise.
    """
    of, later = inquiries.c, inquiries.alias("later")
    more = exists().where(later.c.case == of.case, later.c.no == of.no + 1)
    delayed = exists().where(facts.c.case == of.case, _of_kinds(FactKind.DELAYED))
    chosen = (
        select(*_ASKED, cases.c.promised, of.held_at.is_(None) & ~more & ~delayed)
        .join(cases, cases.c.number == of.case)
        .where(or_(cases.c.promised == "", cases.c.promised >= told_from.isoformat()))
    )
    waiting = chosen.where(_UNANSWERED, of.arrived_at >= first, of.arrived_at < days[-1].before)
    found = [*await connection.execute(waiting)]
    begin = first
    for end, earliest in days:
        # Whatever was answered later than that was touched later than that, and so much the index knows.
        late = chosen.where(of.arrived_at >= begin, of.arrived_at < end, of.changed_at >= earliest)
        found += await connection.execute(late.where(of.answered_at >= earliest, of.excluded.is_(None)))
        begin = end
    return [
        Asked(CaseNumber(number), no, UnitId(unit), arrived_at, answered_at, _only_day(promised, bool(only)))
        for number, no, unit, arrived_at, answered_at, promised, only in found
    ]


def _only_day(promised: str, only: bool) -> date | None:
    """Return the day told to the citizen last, if it is known to be the only one."""
    return date.fromisoformat(promised) if only and promised else None


async def told_of(connection: AsyncConnection, days: Sequence[date], end: datetime, earliest: datetime) -> list[Asked]:
    """Return the inquiries in whose cases a person or the system told of one of these days, before `end` (UTC).

    Those answered before `earliest` (UTC) are left out.
    """
    # What all the days begin with is asked once, and which day it is here: the engine would ask seven times of each.
    begin = days[0].isoformat()
    while not days[-1].isoformat().startswith(begin):
        begin = begin[:-1]
    found = set[str]()
    for kind in (FactKind.HELD, FactKind.DELAYED):
        query = select(facts.c.case, facts.c.data).where(
            facts.c.kind == kind.value, facts.c.occurred_at >= end - TOLD_AHEAD, facts.c.occurred_at < end,
            facts.c.data.contains(f':"{begin}'),
        )  # fmt: skip
        rows = await connection.execute(query)
        found |= {number for number, data in rows if any(f':"{day.isoformat()}"' in data for day in days)}
    asked = list[Asked]()
    for some in _chunks(found):
        query = select(*_ASKED).where(inquiries.c.case.in_(some), inquiries.c.excluded.is_(None))
        asked += [Asked(*row) for row in await connection.execute(query)]
    return [one for one in asked if one.answered_at is None or one.answered_at >= earliest]


async def promises_of(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, list[Fact]]:
    """Return by case the facts that tell of promises, or take one of them back, in order of seq."""
    found: dict[CaseNumber, list[Fact]] = {}
    for some in _chunks(numbers):
        query = select(facts).where(facts.c.case.in_(some), _of_kinds(*_OF_PROMISES))
        for row in (await connection.execute(query)).mappings():
            found.setdefault(CaseNumber(row["case"]), []).append(fact_of(row))
    for known in found.values():
        known.sort(key=lambda fact: fact.seq)
    return found


def _of_kinds(*kinds: FactKind) -> ColumnElement[bool]:
    """Ask for facts of these kinds where they are found by their case, and not by their kind: of that are far more."""
    return facts.c.kind.concat("").in_([kind.value for kind in kinds])


def _chunks(numbers: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
