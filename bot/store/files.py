"""The files of stored messages: what may be done with each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, InboxId, MessageId
from bot.port import Attachment, FileState, InboundFile
from bot.store.chat_schema import contents as stored
from bot.store.schema import files, messages

# In words, not a bound value: only so does SQLite see that the partial index answers the question.
_HELD = text("files.state = 'held'")
_BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFiles:
    """The files of one message that wait for the scanner: by part, how often it was asked in vain."""

    message: MessageId
    case: CaseNumber
    inbox: InboxId
    attempts: Mapping[int, int]


async def held(connection: AsyncConnection, now: datetime) -> list[HeldFiles]:
    """Return messages with files about which the scanner may be asked now, at most ten.

    Those it was asked about the least come first, then the oldest: one it never finishes keeps nobody waiting.
    """
    # Sorted here: asked to sort, SQLite would rather read the whole table than the partial index.
    query = (
        select(files.c.message, files.c.part, files.c.attempts, messages.c.case, messages.c.inbox)
        .join(messages, messages.c.id == files.c.message)
        .where(_HELD, or_(files.c.due_at.is_(None), files.c.due_at <= now))
    )
    found: dict[int, dict[int, int]] = {}
    home: dict[int, tuple[CaseNumber, InboxId]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.message, {})[row.part] = row.attempts
        home[row.message] = (CaseNumber(row.case), InboxId(row.inbox))
    first = sorted(found, key=lambda message: (max(found[message].values()), message))[:_BATCH]
    return [
        HeldFiles(message=MessageId(message), case=home[message][0], inbox=home[message][1],
                  attempts=dict(sorted(found[message].items())))
        for message in first
    ]  # fmt: skip


async def postpone(
    connection: AsyncConnection, message: MessageId, attempts: Mapping[int, int], due_at: datetime
) -> None:
    """Remember how often the scanner was asked about held files, by part, and when it is asked again."""
    for part, count in attempts.items():
        await connection.execute(
            update(files)
            .where(files.c.message == message, files.c.part == part, _HELD)
            .values(attempts=count, due_at=due_at)
        )


async def release(connection: AsyncConnection, message: MessageId, states: Mapping[int, FileState]) -> int:
    """Say what may be done with held files of a message; return how many of them were still held."""
    released = 0
    for part, state in states.items():
        result = await connection.execute(
            update(files)
            .where(files.c.message == message, files.c.part == part, _HELD)
            .values(state=state.value, due_at=None)
        )
        released += result.rowcount
    return released


async def leave_out(connection: AsyncConnection, message: MessageId, parts: Collection[int]) -> None:
    """Let files of a message that might have been passed on be left out of what staff are sent."""
    await connection.execute(
        update(files)
        .where(files.c.message == message, files.c.part.in_(parts), files.c.state == FileState.PASSED.value)
        .values(state=FileState.LEFT_OUT.value)
    )


async def of_message(connection: AsyncConnection, message: MessageId) -> list[InboundFile]:
    """Return the files of a message in order."""
    rows = await connection.execute(select(files).where(files.c.message == message).order_by(files.c.part))
    return [
        InboundFile(
            name=row.name, media_type=row.media_type, size=row.size, inline=bool(row.inline), part=row.part,
            state=FileState(row.state),
        )
        for row in rows
    ]  # fmt: skip


async def home_of(connection: AsyncConnection, message: MessageId) -> tuple[CaseNumber, InboxId]:
    """Return the case a message belongs to now, and the original it was read from."""
    row = (await connection.execute(select(messages).where(messages.c.id == message))).one()
    return CaseNumber(row.case), InboxId(row.inbox)


async def contents(connection: AsyncConnection, message: MessageId) -> dict[int, bytes]:
    """Return the bytes of a message's files that were fetched after it, by part; none of those that came with it."""
    rows = await connection.execute(stored.select().where(stored.c.message == message))
    return {row.part: row.content for row in rows}


async def fetched(connection: AsyncConnection, inbox_ids: Collection[InboxId]) -> dict[InboxId, tuple[Attachment, ...]]:
    """Return, by original, the files that were fetched after it and may be passed on, in order."""
    if not inbox_ids:
        return {}
    query = (
        select(messages.c.inbox, messages.c.id, files.c.part, files.c.name, files.c.media_type, stored.c.content)
        .join(files, files.c.message == messages.c.id)
        .join(stored, (stored.c.message == files.c.message) & (stored.c.part == files.c.part))
        .where(messages.c.inbox.in_(inbox_ids), files.c.state == FileState.PASSED.value)
    )
    found: dict[InboxId, list[Attachment]] = {}
    for row in sorted(await connection.execute(query), key=lambda row: (int(row.id), int(row.part))):
        file = Attachment(name=row.name, media_type=row.media_type, content=row.content)
        found.setdefault(InboxId(row.inbox), []).append(file)
    return {inbox: tuple(along) for inbox, along in found.items()}


async def withheld(connection: AsyncConnection, inbox_ids: Collection[InboxId]) -> dict[InboxId, frozenset[int]]:
    """Return, by original, the parts that must not be passed on."""
    query = (
        select(messages.c.inbox, files.c.part)
        .join(messages, messages.c.id == files.c.message)
        .where(messages.c.inbox.in_(inbox_ids), files.c.state != FileState.PASSED.value)
    )
    found: dict[InboxId, set[int]] = {}
    for row in await connection.execute(query):
        found.setdefault(InboxId(row.inbox), set()).add(row.part)
    return {inbox: frozenset(parts) for inbox, parts in found.items()}
