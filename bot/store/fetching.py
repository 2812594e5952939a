"""Files that lie with a chat's service in the database: which are to be fetched, and what became of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, chat_at
from bot.facts import CaseNumber, MessageId
from bot.port import FileState
from bot.store.chat_schema import contents
from bot.store.schema import addresses, files, messages

# In words, not a bound value: only so does SQLite see that the partial index answers the question.
_FETCHING = text("files.state = 'fetching'")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a message that is still to be fetched.

    Attributes:
        remote: what the service gives it out by.
        chat: where its sender is reached, None if that was erased.
        since: when the message was stored (UTC). attempts: how often fetching it failed.
    """

    message: MessageId
    part: int
    case: CaseNumber
    remote: str
    name: str
    chat: ChatId | None
    since: datetime
    attempts: int


async def due(connection: AsyncConnection, now: datetime) -> list[RemoteFile]:
    """Return what may be fetched now, those that failed the least first, then the oldest."""
    # Sorted here: asked to sort, SQLite would rather read the whole table than the partial index.
    query = (
        select(files, messages.c.case, messages.c.created_at, addresses.c.address)
        .join(messages, messages.c.id == files.c.message)
        .join(addresses, addresses.c.id == messages.c.address, isouter=True)
        .where(_FETCHING, or_(files.c.due_at.is_(None), files.c.due_at <= now))
    )
    found = [
        RemoteFile(
            message=MessageId(row.message), part=row.part, case=CaseNumber(row.case), remote=row.remote,
            name=row.name, chat=chat_at(row.address or ""), since=row.created_at, attempts=row.attempts,
        )
        for row in await connection.execute(query)
    ]  # fmt: skip
    return sorted(found, key=lambda file: (file.attempts, file.message, file.part))


async def postpone(connection: AsyncConnection, file: RemoteFile, attempts: int, due_at: datetime) -> None:
    """Remember how often fetching a file failed, and when it is tried again (UTC)."""
    changed = update(files).where(files.c.message == file.message, files.c.part == file.part, _FETCHING)
    await connection.execute(changed.values(attempts=attempts, due_at=due_at))


async def settle(connection: AsyncConnection, file: RemoteFile, state: FileState, content: bytes | None) -> bool:
    """Say what may be done with a file, and keep its bytes if there are any; False if that was said already."""
    changed = update(files).where(files.c.message == file.message, files.c.part == file.part, _FETCHING)
    values: dict[str, object] = {"state": state.value, "attempts": 0, "due_at": None}
    if content is not None:
        values["size"] = len(content)
    if not (await connection.execute(changed.values(values))).rowcount:
        return False
    if content is not None:
        same = (contents.c.message == file.message, contents.c.part == file.part)
        await connection.execute(delete(contents).where(*same))
        row = {"message": file.message, "part": file.part, "content": content}
        await connection.execute(insert(contents).values(row))
    return True


async def left_out_before(connection: AsyncConnection, file: RemoteFile) -> bool:
    """Tell whether another file of the same message was too large as well, so that its sender knows already."""
    query = select(files.c.part).where(
        files.c.message == file.message, files.c.part != file.part, files.c.state == FileState.LEFT_OUT.value
    )
    return (await connection.execute(query)).first() is not None
