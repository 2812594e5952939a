"""What waits for an answer, read by index: thousands in a few milliseconds, however many were answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Kind, OfficerId
from bot.store.columns import BIG
from bot.store.schema import addresses, cases, inquiries, participants

# In words, not bound values: only so does SQLite see that the partial index answers the question. Every arrival is
# after 1970; that this is asked makes it walk along that index, and not through all cases.
_WAITING = text("inquiries.answered_at IS NULL AND inquiries.excluded IS NULL AND inquiries.arrived_at > 0")
_STANDING = text("cases.state = 'open' AND cases.merged_into = ''")
_BY_INDEX = text("SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)")
"""Keeps PostgreSQL, until the transaction ends, from reading every case ever for the sake of some thousands."""
_KINDS = {kind.value: kind for kind in Kind}
_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingColumns:
    """The inquiries that wait in open cases, column by column, in no order.

    Attributes:
        cases, numbers: which inquiry of which case.
        arrived: start of the clock, microseconds UTC.
        kinds, owners, told: the case's kind, owner (empty: nobody), and the day its citizen was told (or empty).
        changed: when the newest fact of the case was recorded, microseconds UTC.
    """

    cases: Sequence[CaseNumber]
    numbers: Sequence[int]
    arrived: NDArray[np.int64]
    kinds: Sequence[Kind]
    owners: Sequence[OfficerId]
    told: Sequence[str]
    changed: Sequence[int]


async def read_waiting(connection: AsyncConnection) -> WaitingColumns:
    """Return what waits: neither answered nor left out, in a case that is neither closed nor part of another."""
    query = (
        select(
            inquiries.c.case, inquiries.c.no, type_coerce(inquiries.c.arrived_at, BIG), cases.c.kind, cases.c.owner,
            cases.c.promised, type_coerce(cases.c.changed_at, BIG),
        )
        .join(cases, cases.c.number == inquiries.c.case)
        .where(_WAITING, _STANDING)
    )  # fmt: skip
    if connection.dialect.name == "postgresql":
        await connection.execute(_BY_INDEX)
    rows = (await connection.execute(query)).all()
    columns = tuple(zip(*rows, strict=True)) or ((),) * 7
    return WaitingColumns(
        cases=columns[0], numbers=columns[1], arrived=np.array(columns[2], dtype=np.int64),
        kinds=[_KINDS[kind] for kind in columns[3]], owners=columns[4], told=columns[5], changed=columns[6],
    )  # fmt: skip


async def addresses_in(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> set[str]:
    """Return the addresses of all who take part in these cases."""
    query = select(addresses.c.address).join(participants, participants.c.address == addresses.c.id)
    found = set[str]()
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _CHUNK):
        chosen = query.where(participants.c.case.in_(ordered[start : start + _CHUNK]))
        found |= set((await connection.execute(chosen)).scalars())
    return found
