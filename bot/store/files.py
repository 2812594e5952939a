"""The files of stored messages: what may be done with each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, InboxId, MessageId
from bot.port import FileState, InboundFile
from bot.store.schema import files, messages, originals

# In words, not a bound value: only so does SQLite see that the partial index answers the question.
_HELD = text("files.state = 'held'")
_BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFiles:
    """The files of one message that wait for the scanner, by their part, with the original they came in."""

    message: MessageId
    case: CaseNumber
    inbox: InboxId
    raw: bytes
    parts: tuple[int, ...]


async def held(connection: AsyncConnection) -> list[HeldFiles]:
    """Return the oldest messages with files that wait for the scanner, at most ten, with their originals."""
    query = (
        select(files.c.message, files.c.part, messages.c.case, messages.c.inbox)
        .join(messages, messages.c.id == files.c.message)
        .where(_HELD)
        .order_by(files.c.message, files.c.part)
    )
    found: dict[int, list[int]] = {}
    home: dict[int, tuple[CaseNumber, InboxId]] = {}
    for row in await connection.execute(query):
        if row.message not in found and len(found) == _BATCH:
            break
        found.setdefault(row.message, []).append(row.part)
        home[row.message] = (CaseNumber(row.case), InboxId(row.inbox))
    out = []
    for message, parts in found.items():
        case, inbox = home[message]
        raw = (await connection.execute(select(originals.c.content).where(originals.c.inbox == inbox))).scalar()
        out.append(HeldFiles(message=MessageId(message), case=case, inbox=inbox, raw=raw or b"", parts=tuple(parts)))
    return out


async def set_states(connection: AsyncConnection, message: MessageId, states: Mapping[int, FileState]) -> None:
    """Say what may be done with files of a message from now on."""
    for part, state in states.items():
        await connection.execute(
            update(files).where(files.c.message == message, files.c.part == part).values(state=state.value)
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
