"""What explaining reads besides what figures read: which inquiries waited, and which cases few may see.

All by a connection whose transaction sees one state. Instants are int64 microseconds since 1970-01-01 UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, Text, and_, column, not_, or_, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import NO_ANSWER
from measurement.as_then import as_then, folded, since_of
from measurement.population import PeriodInquiries
from measurement.rows import IN_PERSON, TOUCHED_AT, Row, period_inquiries_of, row_of, rows_between
from measurement.tables import AT_ONCE, INQUIRIES

CASES = table("cases", column("number", Text), column("unit", Text), column("secret", BigInteger))
"""The columns that are read, as plain as they are stored. A test holds them against the table of the bot."""

_OF = INQUIRIES.c
_WAITS = and_(_OF.answered_at.is_(None), _OF.excluded.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """Whose cases are counted and not listed, as leads are not shown them.

    Attributes:
        units: ids of the units that keep secrecy.
        known: ids of all units; a case of any other is the first unit's.
        rest: whether the first unit keeps secrecy.
    """

    units: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    rest: bool = False

    def holds(self, unit: str) -> bool:
        """Tell whether what lies in a unit is kept."""
        return unit in self.units or (self.rest and unit not in self.known)


async def read_inquiries(connection: AsyncConnection, first: int, last: int, known: int) -> PeriodInquiries:
    """Return the written inquiries that arrived from `first` until before `last`, as they were known at an instant."""
    since = await since_of(connection, known)
    rows = await _rows(connection, rows_between(first, last))
    then = rows if since is None else await as_then(connection, rows, first, last, since)
    return period_inquiries_of(sorted(then))


async def read_waiting(connection: AsyncConnection, as_of: int, known: int) -> PeriodInquiries:
    """Return the inquiries of all channels that waited at `as_of`, as was known at `known`, not before it."""
    since = await since_of(connection, known)
    # Whatever else waited then was changed later, and answered or left out after `as_of` or after `known`.
    later = or_(_OF.answered_at.is_(None), _OF.answered_at > as_of, known < TOUCHED_AT)
    rows, spoken = list[Row](), set[str]()
    # Apart: each has an index of its own.
    for waited in (_WAITS, and_(_OF.changed_at > as_of, not_(_WAITS), later)):
        rows += await _rows(connection, rows_between(0, as_of + 1).where(waited))
        in_person = select(_OF.case).where(_OF.channel == IN_PERSON, _OF.arrived_at <= as_of, waited)
        spoken |= set((await connection.execute(in_person)).scalars())
    then = rows if since is None else await as_then(connection, rows, 0, as_of + 1, since)
    spoken |= since.corrected if since else frozenset()
    # Those left by telephone or at the counter are few, so their cases are folded.
    told = [row_of(one) async for one in folded(connection, spoken, known)]
    then = [*then, *(row for row in told if row.channel == IN_PERSON and row.arrived <= as_of)]
    return period_inquiries_of(sorted(row for row in then if _waits(row, as_of)))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    return [Row._make(row) for row in await connection.execute(query)]


def _waits(row: Row, as_of: int) -> bool:
    return not row.excluded and (row.answered == NO_ANSWER or row.answered > as_of)


async def secret_among(connection: AsyncConnection, cases: Iterable[str], secrecy: Secrecy) -> frozenset[str]:
    """Return which cases, of any number, are marked secret now, or lie in a unit that keeps secrecy."""
    found, numbers, of = set[str](), sorted(set(cases)), CASES.c
    for at in range(0, len(numbers), AT_ONCE):
        query = select(of.number, of.unit, of.secret).where(of.number.in_(numbers[at : at + AT_ONCE]))
        rows = await connection.execute(query)
        found |= {case for case, unit, secret in rows if secret or secrecy.holds(unit)}
    return frozenset(found)
