"""What was done in the staff's groups, written down right after it was done. Nothing here is a fact: it can be remade.

Only the groups' view writes these columns; whoever else touches a case marks it (`bot.store.chat_book.mark_dirty`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, PostId
from bot.facts import Seq
from bot.store.chat_book import move_group
from bot.store.chat_rows import TopicRow, TopicState, topic_values
from bot.store.chat_schema import groups, topics
from bot.store.group_reading import MOVED, newest_facts
from bot.store.schema import cases, meta

_DIRTY = text("topics.dirty = 1")
_AT_ONCE = 5_000
_NOT_CHANGED = frozenset({"case", "dirty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A case with nothing left to do in its group, as of its newest fact `seq`; `row` is how it is remembered."""

    row: TopicRow
    seq: Seq


async def write_topic(connection: AsyncConnection, was: TopicRow | None, row: TopicRow) -> None:
    """Write what is otherwise about how a case is shown than it `was` (None: it was not), and look at it once more.

    Nothing is written if the case has meanwhile got another group.
    """
    before = topic_values(was) if was is not None else {}
    values = {name: value for name, value in topic_values(row).items() if name not in _NOT_CHANGED}
    changed = {name: value for name, value in values.items() if name not in before or before[name] != value}
    if not changed:
        return
    here = update(topics).where(topics.c.case == row.case, topics.c.chat == (was or row).chat)
    if (await connection.execute(here.values(dirty=1, **changed))).rowcount:
        return
    known = (await connection.execute(select(topics.c.case).where(topics.c.case == row.case))).scalar()
    if known is None:
        await connection.execute(insert(topics), [topic_values(row)])


async def settle(connection: AsyncConnection, settled: Sequence[Settled]) -> int:
    """Let cases rest in which nothing has happened since they were looked at; return how many."""
    rested = 0
    for start in range(0, len(settled), _AT_ONCE):
        some = settled[start : start + _AT_ONCE]
        newest = await newest_facts(connection, [one.row.case for one in some])
        for one in some:
            if newest.get(one.row.case, 0) != one.seq:
                continue
            row = one.row
            values = {"dirty": 0, "shown": row.shown, "upto": row.upto, "state": row.state.value}
            await connection.execute(
                update(topics).where(topics.c.case == row.case, topics.c.chat == row.chat).values(values)
            )
            rested += 1
    return rested


async def look_at(connection: AsyncConnection, chat: ChatId, closed_before: datetime) -> None:
    """Have topics looked at whose cases were closed before an instant (UTC), and let rest what nobody waits for.

    The latter are cases whose topics went with a group's old number.
    """
    old = exists().where(cases.c.number == topics.c.case, cases.c.changed_at <= closed_before)
    closed = (topics.c.chat == chat) & topics.c.thread.is_not(None) & (topics.c.state == TopicState.CLOSED.value)
    await connection.execute(update(topics).where(closed, old).values(dirty=1))
    stands = exists().where(
        cases.c.number == topics.c.case, cases.c.state == "open", cases.c.merged_into == "",
        cases.c.waiting_since.is_not(None) | (cases.c.owner != ""),
    )  # fmt: skip
    # Added to, so that SQLite goes by what is dirty and not through all topics that ever were taken away.
    nowhere = (topics.c.thread + 0).is_(None) & topics.c.card.is_(None) & (topics.c.state == TopicState.WANTED.value)
    await connection.execute(
        update(topics)
        .where(topics.c.chat == chat, _DIRTY, nowhere, ~stands)
        .values(dirty=0, state=TopicState.DELETED.value)
    )


async def look_at_all(connection: AsyncConnection, chat: ChatId) -> None:
    """Have all topics of a group looked at: more may be done there than before."""
    await connection.execute(update(topics).where(topics.c.chat == chat, topics.c.thread.is_not(None)).values(dirty=1))


async def write_board(
    connection: AsyncConnection, chat: ChatId, board: PostId | None, shown: str, shown_at: datetime
) -> None:
    """Write which message is a group's board, and what stands there."""
    values = {"board": board, "shown": shown, "shown_at": shown_at}
    await connection.execute(update(groups).where(groups.c.chat == chat).values(values))


async def record_move(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give a group its new number wherever it stands, and remember it for those who only know the old one."""
    await move_group(connection, old, new)
    await connection.execute(delete(meta).where(meta.c.key == f"{MOVED}{old}"))
    await connection.execute(insert(meta).values(key=f"{MOVED}{old}", value=str(new)))
