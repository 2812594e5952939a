"""The register in the database: reading it whole, and adding to it. Nothing in it is ever changed or deleted."""

import json
import logging
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import OfficerId, UnitId
from bot.register import Entry, EntryData, EntryKind
from bot.store.schema import cases, register

logger = logging.getLogger(__name__)


async def read_register(connection: AsyncConnection) -> list[Entry]:
    """Return all entries in order of seq. What a newer version of the product wrote and we do not know is left out."""
    rows = (await connection.execute(select(register))).mappings()
    return sorted((entry for row in rows if (entry := _entry(row)) is not None), key=lambda entry: entry.seq)


async def last_seq(connection: AsyncConnection) -> int:
    """Return the seq of the newest entry, 0 if there is none: as long as it is the same, nothing has changed."""
    return int((await connection.execute(select(func.max(register.c.seq)))).scalar() or 0)


async def enter(
    connection: AsyncConnection,
    kind: EntryKind,
    key: str,
    data: EntryData,
    *,
    actor: str,
    now: datetime,
    ended: bool = False,
) -> Entry:
    """Add an entry and return it. The connection must hold the writer's turn (`Database.writing`).

    Args:
        connection: it and whatever else it writes are committed together.
        kind: what is changed.
        key: which one, as `EntryKind` tells.
        data: all that is so from now on; it must have been checked (`config.layers.is_readable`).
        actor: who changes it, as ``officer:anna`` or ``cli:anna``.
        now: the instant (UTC); a clock that was set back is not believed.
        ended: from now on there is no such thing.
    """
    query = select(register.c.seq, register.c.recorded_at).order_by(register.c.seq.desc()).limit(1)
    newest = (await connection.execute(query)).one_or_none()
    entry = Entry(
        seq=(newest.seq if newest else 0) + 1,
        kind=kind,
        key=key,
        recorded_at=max(now, newest.recorded_at) if newest else now,
        actor=actor,
        ended=ended,
        data=data,
    )
    row: dict[str, Any] = {
        "seq": entry.seq, "kind": kind.value, "key": key, "recorded_at": entry.recorded_at, "actor": actor,
        "ended": int(ended), "data": json.dumps(data, ensure_ascii=False, sort_keys=True),
    }  # fmt: skip
    await connection.execute(insert(register), [row])
    return entry


async def open_cases(connection: AsyncConnection) -> dict[tuple[UnitId, OfficerId], int]:
    """Return how many cases are open, by unit and owner (empty: nobody's)."""
    query = (
        select(cases.c.unit, cases.c.owner, func.count().label("n"))
        .where(cases.c.state == "open")
        .group_by(cases.c.unit, cases.c.owner)
    )
    rows = await connection.execute(query)
    return {(UnitId(row.unit), OfficerId(row.owner)): row.n for row in rows}


def _entry(row: RowMapping) -> Entry | None:
    try:
        kind, data = EntryKind(row["kind"]), json.loads(row["data"])
    except ValueError:
        kind, data = None, None
    if kind is None or not isinstance(data, dict):
        logger.warning("register entry %s: passed over, we cannot read it", row["seq"])
        return None
    return Entry(
        seq=row["seq"], kind=kind, key=row["key"], recorded_at=row["recorded_at"], actor=row["actor"],
        ended=bool(row["ended"]), data=data,
    )  # fmt: skip
