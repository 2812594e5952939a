"""The posts of the outbox in the database: what waits for which chat, whose turn it is, and what they have become.

One process sends them (`Database.has_intake`), since it alone knows how much was done in which chat.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, not_, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, Form, ThreadId, chat_address, chat_at
from bot.facts import Channel, OutboxId
from bot.store.chat_book import move_group
from bot.store.chat_schema import groups, posts, topics
from bot.store.deliveries import outgoing
from bot.store.enclosures import with_enclosures
from bot.store.rows import MailKind, OutboxState, OutgoingMail
from bot.store.schema import outbox

AHEAD = 100
"""So many posts of each group are looked at, those first that go first."""
CHATS = 300
"""So many private chats are looked at, those first in which something has waited longest: more than may be written to
in ten seconds."""

# In words, not bound values: only so does SQLite see that the partial indexes of the outbox answer the question.
_UNDONE = text("outbox.state IN ('new', 'sending')")
_CHAT = outbox.c.channel == Channel.TELEGRAM.value
_GROUP = outbox.c.to_addr.like("telegram:-%")
_NEW = outbox.c.state == OutboxState.NEW.value
# As `bot.posts.Rank` has it: what an officer asked for goes first, what we ask unbidden last, whoever it is for.
_URGENCY = case((outbox.c.rank == 0, 0), (outbox.c.rank >= 5, 2), else_=1)
_SHORT = (
    outbox.c.id, outbox.c.to_addr, outbox.c.thread, outbox.c.case, outbox.c.rank, outbox.c.due_at, outbox.c.replaces,
    outbox.c.form, outbox.c.kind, outbox.c.posted, outbox.c.attempts, func.length(outbox.c.text).label("length"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPost:
    """A post that waits, in short.

    Attributes:
        due_at: since when (UTC).
        key: of posts with the same one only the newest is sent; empty: of all.
        plain: mere words, so that it may become one message with others of its `form`.
        length: of its words, in characters.
    """

    id: OutboxId
    chat: ChatId
    thread: ThreadId | None
    case: str
    rank: int
    due_at: datetime
    key: str
    plain: bool
    form: str
    length: int


async def waiting(connection: AsyncConnection, now: datetime) -> list[WaitingPost]:
    """Return what may be sent next, chat by chat: of a group what goes first there, of a private chat one post.

    To one person all goes in the order it was queued, what we ask unbidden behind the rest. Behind what is on its way,
    or was tried and waits, nothing is returned. What is not due and was never tried is passed over: an answer that may
    be regretted holds nothing up.
    In a group what ranks first goes first, then what was queued first.
    """
    rows = [*await _of_groups(connection, now), *await _of_persons(connection, now)]
    return [_waiting(row) for row in rows]


async def _of_groups(connection: AsyncConnection, now: datetime) -> Sequence[Mapping[Any, Any]]:
    order = (outbox.c.rank, outbox.c.id)
    place = func.row_number().over(partition_by=outbox.c.to_addr, order_by=order).label("place")
    first = select(outbox.c.id, place).where(_UNDONE, _CHAT, _GROUP, _NEW, outbox.c.due_at <= now).subquery()
    query = select(*_SHORT).join(first, first.c.id == outbox.c.id).where(first.c.place <= AHEAD)
    rows = (await connection.execute(query)).mappings().all()
    return sorted(rows, key=lambda row: (str(row["to_addr"]), int(row["rank"]), int(row["id"])))


async def _of_persons(connection: AsyncConnection, now: datetime) -> Sequence[Mapping[Any, Any]]:
    order = (case((outbox.c.rank >= 5, 1), else_=0), outbox.c.id)
    place = func.row_number().over(partition_by=outbox.c.to_addr, order_by=order).label("place")
    holds_up = or_(outbox.c.due_at <= now, outbox.c.state == OutboxState.SENDING.value, outbox.c.attempts > 0)
    first = select(outbox.c.id, place).where(_UNDONE, _CHAT, not_(_GROUP), holds_up).subquery()
    query = (
        select(*_SHORT)
        .join(first, first.c.id == outbox.c.id)
        .where(first.c.place == 1, _NEW, outbox.c.due_at <= now)
        .order_by(_URGENCY, outbox.c.id)
        .limit(CHATS)
    )
    return (await connection.execute(query)).mappings().all()


def _waiting(row: Mapping[Any, Any]) -> WaitingPost:
    untouched = row["posted"] == "[]" and not row["attempts"] and not row["replaces"]
    return WaitingPost(
        id=OutboxId(row["id"]),
        chat=_chat(row["to_addr"]),
        thread=None if row["thread"] is None else ThreadId(row["thread"]),
        case=row["case"],
        rank=row["rank"],
        due_at=row["due_at"],
        key=row["replaces"],
        plain=untouched and row["kind"] == MailKind.POST.value and _is_plain(row["form"]),
        form=row["form"],
        length=row["length"],
    )


def _chat(address: str) -> ChatId:
    chat = chat_at(address)
    assert chat is not None, "the outbox holds a chat's post without a chat"
    return chat


def _is_plain(form: str) -> bool:
    asked = Form.decode(form)
    return asked == Form(quiet=asked.quiet, protect=asked.protect)


async def claim(
    connection: AsyncConnection, owner: int, now: datetime, turns: Sequence[Sequence[OutboxId]]
) -> list[list[OutgoingMail]]:
    """Return the posts of each turn that still wait, marked as being sent by this process from now on.

    A turn may come back empty: what it held was taken back meanwhile. In place of a post with a key the newest with
    that key in that chat is returned, and the older ones are never sent.
    """
    wanted = [one for turn in turns for one in turn]
    query = select(outbox).where(outbox.c.id.in_(wanted), _NEW, outbox.c.due_at <= now)
    found: dict[int, Mapping[Any, Any]] = {row["id"]: row for row in (await connection.execute(query)).mappings()}
    newest: dict[tuple[str, str], int] = {}
    for at, row in list(found.items()):
        if row["replaces"] and row["posted"] == "[]":
            found[at] = await _newest(connection, row, now)
            # Two turns may have ended up at the same post.
            if newest.setdefault((row["to_addr"], row["replaces"]), at) != at:
                del found[at]
    if found:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row["id"] for row in found.values()]))
            .values(state=OutboxState.SENDING.value, owner=owner, tried_at=now)
        )
    return [await with_enclosures(connection, [outgoing(found[one]) for one in turn if one in found]) for turn in turns]


async def _newest(connection: AsyncConnection, row: Mapping[Any, Any], now: datetime) -> Mapping[Any, Any]:
    """Return the newest post with the key of this one, and end the older ones as replaced."""
    same = select(outbox).where(
        outbox.c.to_addr == row["to_addr"], outbox.c.replaces == row["replaces"], _UNDONE, _NEW,
        outbox.c.due_at <= now, outbox.c.posted == "[]",
    )  # fmt: skip
    rows = sorted((await connection.execute(same)).mappings(), key=lambda one: int(one["id"]))
    if older := [one["id"] for one in rows[:-1]]:
        ended = {"state": OutboxState.REGRETTED.value, "status": "replaced"}
        await connection.execute(update(outbox).where(outbox.c.id.in_(older)).values(ended))
    return rows[-1]


async def keep_posted(connection: AsyncConnection, mails: Sequence[OutgoingMail]) -> None:
    """Remember which messages posts have become, so far: in their rows, and the other way round."""
    sent = [mail for mail in mails if mail.posted]
    if not sent:
        return
    changed = update(outbox).where(outbox.c.id == bindparam("key")).values(posted=bindparam("now"))
    await connection.execute(changed, [{"key": mail.id, "now": json.dumps(mail.posted)} for mail in sent])
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    known = [
        {"chat": _chat(mail.to_addr), "post": post, "outbox": mail.id, "case": mail.case or ""}
        for mail in sent
        for post in mail.posted
    ]
    # A message that is changed stays the one it was posted as.
    await connection.execute(make(posts).on_conflict_do_nothing(), known)


async def move(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give a group its new number wherever it stands, and let what waits for it go there; again: nothing more.

    Topics and messages are numbered anew there, so what waits goes to the group as a whole.
    """
    known = select(groups.c.chat).where(groups.c.chat == old).union(select(topics.c.chat).where(topics.c.chat == old))
    if (await connection.execute(known)).first() is not None:
        await move_group(connection, old, new)
    await connection.execute(
        update(outbox)
        .where(outbox.c.to_addr == chat_address(old), _UNDONE)
        .values(to_addr=chat_address(new), thread=None)
    )
