"""The outbox in the database: what is due to leave, who is sending it, and how it ended."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Form, PostId, ThreadId
from bot.facts import CaseNumber, Channel, InboxId, MessageId, OutboxId
from bot.port import Attachment
from bot.store import files
from bot.store.database import Database
from bot.store.enclosures import with_enclosures
from bot.store.rows import MailKind, OutboxState, OutgoingMail
from bot.store.schema import inbox, originals, outbox

# In words, not bound values: only so does SQLite see that the partial indexes of the outbox answer the question.
_UNDONE = text("outbox.state IN ('new', 'sending')")
_MAIL = outbox.c.channel == Channel.MAIL.value
_EARLIER_UNDONE = text("earlier.state IN ('new', 'sending')")


async def claim(connection: AsyncConnection, owner: int, now: datetime, most: int) -> list[OutgoingMail]:
    """Return mails that are due, marked as being sent by this process from now on; in the order they were queued.

    Nothing is claimed to an address that an earlier mail still waits or is on its way to: order is kept per address.
    A notice that is gathered until later, and was never tried, holds nothing up.
    """
    earlier = outbox.alias("earlier")
    blocked = exists().where(
        earlier.c.to_addr == outbox.c.to_addr,
        earlier.c.id < outbox.c.id,
        _EARLIER_UNDONE,
        or_(earlier.c.state == OutboxState.SENDING.value, earlier.c.due_at > now),
        or_(earlier.c.kind != MailKind.NOTICE.value, earlier.c.state != OutboxState.NEW.value, earlier.c.attempts > 0),
    )
    due = and_(outbox.c.state == OutboxState.NEW.value, _UNDONE, _MAIL, outbox.c.due_at <= now, ~blocked)
    query = select(outbox).where(due).order_by(outbox.c.id).limit(most).with_for_update(skip_locked=True, of=outbox)
    mails = [outgoing(row) for row in (await connection.execute(query)).mappings()]
    if mails:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([mail.id for mail in mails]))
            .values(state=OutboxState.SENDING.value, owner=owner, tried_at=now)
        )
    return await with_enclosures(connection, mails)


async def give_back(connection: AsyncConnection, mails: Sequence[OutboxId]) -> None:
    """Let claimed mails that were never tried wait again, unchanged."""
    await connection.execute(update(outbox).where(outbox.c.id.in_(mails)).values(state=OutboxState.NEW.value))


async def left_behind(
    connection: AsyncConnection, database: Database, in_hand: Collection[OutboxId], channel: Channel = Channel.MAIL
) -> list[OutgoingMail]:
    """Return what nobody is sending any more: nobody knows whether it left.

    That is what processes that have died were sending, and what this one claimed without hearing of the commit.
    `in_hand` is what this process is sending now.
    """
    sending = select(outbox).where(outbox.c.state == OutboxState.SENDING.value, _UNDONE)
    query = sending.where(outbox.c.channel == channel.value).order_by(outbox.c.id)
    rows = (await connection.execute(query)).mappings().all()
    dead = {owner for owner in {row["owner"] for row in rows} if await database.is_dead(connection, owner)}
    return [
        outgoing(row)
        for row in rows
        if row["owner"] in dead or (row["owner"] == database.owner and row["id"] not in in_hand)
    ]


@dataclass(frozen=True, slots=True)
class Original:
    """A message whose files go along: a mail's bytes, and the parts of it that must not, or a chat's files."""

    raw: bytes
    withheld: frozenset[int]
    files: tuple[Attachment, ...] = ()


async def originals_of(connection: AsyncConnection, inbox_ids: Sequence[InboxId]) -> dict[InboxId, Original]:
    """Return the original messages whose files go along; a mail that was erased is missing.

    Of a message in a chat these are the files that were fetched for it and may be passed on.
    """
    chats = select(inbox.c.id).where(inbox.c.id.in_(inbox_ids), inbox.c.channel == Channel.TELEGRAM.value)
    of_chats = {InboxId(one) for one in (await connection.execute(chats)).scalars()}
    mails = [one for one in inbox_ids if one not in of_chats]
    withheld = await files.withheld(connection, mails)
    query = select(originals).where(originals.c.inbox.in_(mails))
    found = {
        InboxId(row.inbox): Original(row.content, withheld.get(InboxId(row.inbox), frozenset()))
        for row in await connection.execute(query)
    }
    fetched = await files.fetched(connection, of_chats)
    return found | {one: Original(b"", frozenset(), fetched.get(one, ())) for one in of_chats}


def outgoing(row: Mapping[Any, Any]) -> OutgoingMail:
    """Return a row of the outbox."""
    return OutgoingMail(
        id=OutboxId(row["id"]),
        kind=MailKind(row["kind"]),
        state=OutboxState(row["state"]),
        case=CaseNumber(row["case"]) if row["case"] else None,
        inquiry=row["inquiry"],
        message=None if row["message"] is None else MessageId(row["message"]),
        officer=row["officer"],
        to_addr=row["to_addr"],
        to_name=row["to_name"],
        from_addr=row["from_addr"],
        from_name=row["from_name"],
        reply_to=row["reply_to"],
        subject=row["subject"],
        text=row["text"],
        message_id=row["message_id"],
        in_reply_to=row["in_reply_to"],
        references=tuple(json.loads(row["refs"])),
        attach=tuple(InboxId(one) for one in json.loads(row["attach"])),
        created_at=row["created_at"],
        due_at=row["due_at"],
        tried_at=row["tried_at"],
        attempts=row["attempts"],
        unsure=bool(row["unsure"]),
        html=row["html"],
        thread=None if row["thread"] is None else ThreadId(row["thread"]),
        form=Form.decode(row["form"]),
        rank=row["rank"],
        replaces=row["replaces"],
        posted=tuple(PostId(one) for one in json.loads(row["posted"])),
        encloses=tuple(json.loads(row["encloses"])),
    )
