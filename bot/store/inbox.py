"""The inbox: every message as it came, kept before it is accepted, and what became of it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Insert, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Channel, InboxId
from bot.port import RawInbound
from bot.store.rows import InboxRow, InboxState
from bot.store.schema import inbox, originals

AS_CASE = "as_case"
"""The outcome of a pending message that a person has let go on as a case."""

# In words, not as a bound value: only so does SQLite see that the partial index answers the question.
_OPEN = text("inbox.state <> 'done'")

BATCH_BYTES = 32 * 1024 * 1024
"""A batch of originals read into memory at once stops growing here; a larger single one still comes alone."""


async def keep_all(connection: AsyncConnection, raws: Sequence[RawInbound]) -> list[InboxId]:
    """Store messages with their bytes and return an id each, in order; one that is already there keeps its id."""
    unique = {(raw.channel.value, raw.external_id): raw for raw in raws}
    rows = [
        {
            "channel": raw.channel.value,
            "external_id": raw.external_id,
            "recipients": json.dumps(raw.recipients),
            "sender": raw.sender or "",
            "arrived_at": raw.arrived_at,
            "size": raw.size or len(raw.raw),
            "mailbox": raw.mailbox,
            "sent": int(raw.sent),
        }
        for raw in unique.values()
    ]
    returned = await connection.execute(
        _insert_new(connection).returning(inbox.c.id, inbox.c.channel, inbox.c.external_id), rows
    )
    ids = {(row.channel, row.external_id): InboxId(row.id) for row in returned}
    new = [{"inbox": ids[key], "content": raw.raw} for key, raw in unique.items() if key in ids]
    if new:
        await connection.execute(insert(originals), new)
    for key in unique.keys() - ids.keys():
        found = select(inbox.c.id).where(inbox.c.channel == key[0], inbox.c.external_id == key[1])
        ids[key] = InboxId((await connection.execute(found)).scalar_one())
    return [ids[raw.channel.value, raw.external_id] for raw in raws]


def _insert_new(connection: AsyncConnection) -> Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(inbox).on_conflict_do_nothing()
    return postgresql.insert(inbox).on_conflict_do_nothing()


async def pending(connection: AsyncConnection, most: int) -> list[InboxRow]:
    """Return the oldest messages nobody has read yet, in order of arrival, with their bytes."""
    waiting = select(inbox.c.id, inbox.c.size).where(inbox.c.state == InboxState.PENDING.value, _OPEN)
    chosen: list[int] = []
    total = 0
    for row in await connection.execute(waiting.order_by(inbox.c.id).limit(most)):
        total += row.size
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(row.id)
    if not chosen:
        return []
    query = select(inbox, originals.c.content).join(originals, originals.c.inbox == inbox.c.id)
    rows = await connection.execute(query.where(inbox.c.id.in_(chosen)).order_by(inbox.c.id))
    return [
        InboxRow(
            id=InboxId(row.id),
            channel=Channel(row.channel),
            recipients=tuple(json.loads(row.recipients)),
            sender=None if row.mailbox else row.sender,
            arrived_at=row.arrived_at,
            raw=row.content,
            size=row.size,
            mailbox=row.mailbox,
            sent=bool(row.sent),
            as_case=row.outcome == AS_CASE,
        )
        for row in rows
    ]


async def still_pending(connection: AsyncConnection, ids: Collection[InboxId]) -> set[InboxId]:
    """Return those that nobody else has dealt with meanwhile; asked within the transaction that settles them."""
    query = select(inbox.c.id).where(inbox.c.id.in_(ids), inbox.c.state == InboxState.PENDING.value)
    return set((await connection.execute(query.with_for_update())).scalars())


async def hold(connection: AsyncConnection, inbox_id: InboxId, reason: str) -> None:
    """Lay a message aside for a person."""
    await connection.execute(
        update(inbox).where(inbox.c.id == inbox_id).values(state=InboxState.HELD.value, outcome=reason)
    )


async def original(connection: AsyncConnection, inbox_id: InboxId) -> bytes:
    """Return the bytes as they came; empty if they have been erased."""
    query = select(originals.c.content).where(originals.c.inbox == inbox_id)
    return (await connection.execute(query)).scalar() or b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A message laid aside, without its contents."""

    id: InboxId
    channel: Channel
    arrived_at: datetime
    size: int
    reason: str


async def held(connection: AsyncConnection) -> list[HeldRow]:
    """Return what waits for a person to decide, the oldest first."""
    query = select(inbox).where(inbox.c.state == InboxState.HELD.value, _OPEN).order_by(inbox.c.id)
    return [
        HeldRow(
            id=InboxId(row.id),
            channel=Channel(row.channel),
            arrived_at=row.arrived_at,
            size=row.size,
            reason=row.outcome,
        )
        for row in await connection.execute(query)
    ]


async def release(connection: AsyncConnection, inbox_id: InboxId, outcome: str, state: InboxState) -> bool:
    """Let a held message go on (``pending``: read again) or put it away (``done``); False if it is not held."""
    result = await connection.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state == InboxState.HELD.value)
        .values(state=state.value, outcome=outcome)
    )
    return result.rowcount == 1
