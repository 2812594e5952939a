"""The index of words: which messages hold which stems, the same on both engines, newest first.

SQLite keeps them in an FTS5 table, PostgreSQL as tsvectors under a GIN index; both hold the very stems of `bot.stems`
and know no language of their own. The stems are stored, so that a message can be taken out exactly, whatever has been
erased from it meanwhile. Personal numbers are never in it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import AddressId, CaseNumber, MessageId
from bot.guard import mask
from bot.stems import is_stem, stems
from bot.store.rows import Direction
from bot.store.schema import addresses, messages, meta

CHUNK = 200
"""How many older messages are read into the index at a time: some 50 ms."""

_LONGEST = 200_000
_MOST_STEMS = 32
_NEWEST = 10_000
"""How many of the newest messages PostgreSQL reads one by one before it asks the index, which knows no order."""
_SAMPLE = 1_000
_MOST_COUNTED = 200
_LAST = 2**63 - 1
_SEARCHABLE_FROM = "searchable_from"
"""In `meta`: the message from which on all are in the index."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A message to be found: `texts` are its subject and all its text; `sender` the citizen's address, or None."""

    message: MessageId
    texts: tuple[str, ...]
    sender: AddressId | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, and its case."""

    message: MessageId
    case: CaseNumber


_PUT = {
    "sqlite": "INSERT OR REPLACE INTO search_words (rowid, words) VALUES (:message, :words)",
    "postgresql": (
        "INSERT INTO search_words (message, words) VALUES (:message, array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (message) DO UPDATE SET words = excluded.words"
    ),
}
_FORGET = {
    "sqlite": "DELETE FROM search_words WHERE rowid = :message",
    "postgresql": "DELETE FROM search_words WHERE message = :message",
}


async def index(connection: AsyncConnection, rows: Sequence[Indexed]) -> None:
    """Let messages be found, in the caller's transaction; their senders' addresses must be stored already.

    What is known of the senders is read in one query, all is written in one statement. A message that is in the index
    already is replaced. Of a text, the first 200 000 signs count, and 5 000 words.
    """
    if not rows:
        return
    senders = await _senders(connection, {row.sender for row in rows if row.sender is not None})
    put = [
        {"message": row.message, "words": " ".join(_stems((*senders.get(row.sender, ()), *row.texts)))} for row in rows
    ]
    await connection.execute(text(_PUT[connection.dialect.name]), put)


async def forget(connection: AsyncConnection, gone: Collection[MessageId]) -> None:
    """Take messages out of the index, in the caller's transaction; those that are not in it are passed over."""
    if gone:
        await connection.execute(text(_FORGET[connection.dialect.name]), [{"message": message} for message in gone])


async def _senders(
    connection: AsyncConnection, wanted: Collection[AddressId]
) -> dict[AddressId | None, tuple[str, str]]:
    if not wanted:
        return {}
    query = select(addresses.c.id, addresses.c.name, addresses.c.address).where(addresses.c.id.in_(wanted))
    return {AddressId(row.id): (row.name, row.address) for row in await connection.execute(query)}


def _stems(texts: Sequence[str]) -> list[str]:
    # Hidden first and cut then: half a personal number would not be seen as one.
    return stems(mask("\n\n".join(texts), lambda _kind: " ")[:_LONGEST])


_FIND = {
    "sqlite": (
        'SELECT search_words.rowid AS message, messages."case" FROM search_words '
        "CROSS JOIN messages ON messages.id = search_words.rowid "
        "WHERE search_words MATCH :words AND search_words.rowid < :before "
        "ORDER BY search_words.rowid DESC LIMIT :most"
    ),
    # The inner LIMIT keeps the planner from guessing how rare the words are: this reads so many rows and no more.
    "postgresql": (
        'SELECT found.message, messages."case" FROM (SELECT message FROM '
        "(SELECT message, words FROM search_words WHERE message < :before ORDER BY message DESC LIMIT :newest) AS new "
        "WHERE words @@ CAST(:words AS tsquery) ORDER BY message DESC LIMIT :most) AS found "
        "JOIN messages ON messages.id = found.message ORDER BY found.message DESC"
    ),
}
_FIND_BY_INDEX = (
    "WITH matching AS MATERIALIZED "
    "(SELECT message FROM search_words WHERE words @@ CAST(:words AS tsquery) AND message < :before) "
    'SELECT found.message, messages."case" FROM '
    "(SELECT message FROM matching ORDER BY message DESC LIMIT :most) AS found "
    "JOIN messages ON messages.id = found.message ORDER BY found.message DESC"
)


async def find(
    connection: AsyncConnection, wanted: Sequence[str], *, most: int, before: MessageId | None = None
) -> list[Hit]:
    """Return the newest messages that hold all these stems (`bot.stems.query_stems`), at most `most`, newest first.

    `before` goes on after the last hit of an earlier answer. Without stems nothing is found; those after the 32nd are
    passed over.
    """
    if not all(map(is_stem, wanted)):
        return []
    return await _find(connection, wanted, "and", most, before)


async def find_any(connection: AsyncConnection, wanted: Sequence[str], *, most: int) -> list[Hit]:
    """Return the newest messages that hold any of the first 32 of these stems, at most `most`, newest first."""
    return await _find(connection, list(filter(is_stem, wanted)), "or", most, None)


async def _find(
    connection: AsyncConnection, wanted: Sequence[str], joint: str, most: int, before: MessageId | None
) -> list[Hit]:
    engine = connection.dialect.name
    if not wanted or most < 1:
        return []
    asked = {
        "words": _expression(engine, wanted[:_MOST_STEMS], joint),
        "before": _LAST if before is None else before,
        "most": most,
    }
    if engine == "sqlite":
        return _hits(await connection.execute(text(_FIND["sqlite"]), asked))
    found = _hits(await connection.execute(text(_FIND["postgresql"]), {**asked, "newest": _NEWEST}))
    return found if len(found) == most else _hits(await connection.execute(text(_FIND_BY_INDEX), asked))


def _expression(engine: str, wanted: Sequence[str], joint: str) -> str:
    """Return what the engine is asked; stems hold no quotes, so that none of them can be read as anything else."""
    if engine == "sqlite":
        return f" {joint.upper()} ".join(f'"{stem}"' for stem in wanted)
    return {"and": " & ", "or": " | "}[joint].join(f"'{stem}'" for stem in wanted)


def _hits(rows: Iterable[Row[Any]]) -> list[Hit]:
    return [Hit(MessageId(row.message), CaseNumber(row.case)) for row in rows]


# How often a stem occurs, or where that is often, a number that grows with it.
_HOW_COMMON = {
    "sqlite": (
        "SELECT asked.value AS stem, ("
        "SELECT CASE WHEN count(*) < :sample THEN count(*) ELSE :sample + min(message) END FROM "
        "(SELECT rowid AS message FROM search_words WHERE search_words MATCH '\"' || asked.value || '\"' "
        "ORDER BY rowid DESC LIMIT :sample)) AS common FROM json_each(:stems) AS asked"
    ),
    "postgresql": (
        "WITH seen AS (SELECT stem, count(*) AS n FROM "
        "(SELECT words FROM search_words ORDER BY message DESC LIMIT :sample) AS new, "
        "unnest(tsvector_to_array(new.words)) AS stem GROUP BY stem) "
        "SELECT asked.stem, CASE WHEN seen.n > 3 THEN 1000000 * seen.n ELSE (SELECT count(*) FROM "
        "(SELECT 1 FROM search_words WHERE words @@ CAST('''' || asked.stem || '''' AS tsquery) LIMIT 10000) AS few) "
        "END AS common "
        "FROM jsonb_array_elements_text(CAST(:stems AS jsonb)) AS asked (stem) LEFT JOIN seen USING (stem)"
    ),
}


async def rare(connection: AsyncConnection, wanted: Sequence[str]) -> list[str]:
    """Return those of the first 200 stems that any message holds, the rarest first.

    Exact for stems of few messages; how common the others are is judged from the newest messages.
    """
    asked = list(dict.fromkeys(filter(is_stem, wanted)))[:_MOST_COUNTED]
    counted = text(_HOW_COMMON[connection.dialect.name])
    rows = await connection.execute(counted, {"stems": json.dumps(asked), "sample": _SAMPLE})
    common = {str(row.stem): int(row.common) for row in rows}
    return sorted(filter(common.get, asked), key=lambda stem: common[stem])


async def needs_reindex(connection: AsyncConnection) -> bool:
    """Tell whether there are messages older than the index, so that `index_older` has something to do."""
    older = select(messages.c.id).where(messages.c.id < await _searchable_from(connection)).limit(1)
    return (await connection.execute(older)).scalar() is not None


async def index_older(connection: AsyncConnection, most: int = CHUNK) -> int:
    """Read the newest messages that are older than the index into it and return how many; 0 when all are there.

    How far it came is kept in the same transaction, so it goes on from there after any end. The connection must hold
    the writer's turn.
    """
    sender = case((messages.c.direction == Direction.IN.value, messages.c.address), else_=None).label("sender")
    columns = (messages.c.id, messages.c.subject, messages.c.text, messages.c.whole, sender)
    older = (
        select(*columns)
        .where(messages.c.id < await _searchable_from(connection))
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    rows = (await connection.execute(older)).all()
    if rows:
        await index(connection, [Indexed(row.id, (row.subject, row.text, row.whole), row.sender) for row in rows])
        await _search_from(connection, rows[-1].id)
    return len(rows)


async def reindex(connection: AsyncConnection, progress: Callable[[int], None]) -> None:
    """Read every message into the index anew, in the caller's transaction: after stems have come to be made otherwise.

    `progress` is told after each chunk how many messages are done.
    """
    newest = (await connection.execute(select(func.max(messages.c.id)))).scalar() or 0
    await _search_from(connection, newest + 1)
    done = 0
    while more := await index_older(connection, CHUNK):
        done += more
        progress(done)


async def _searchable_from(connection: AsyncConnection) -> int:
    found = await connection.execute(select(meta.c.value).where(meta.c.key == _SEARCHABLE_FROM))
    return int(str(found.scalar_one()))


async def _search_from(connection: AsyncConnection, message: int) -> None:
    await connection.execute(update(meta).where(meta.c.key == _SEARCHABLE_FROM).values(value=str(message)))
