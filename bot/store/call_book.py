"""Keeping what a telephone exchange tells: calls and the after-call survey. Storing anything twice changes nothing."""

import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.after_call import CallRating
from bot.calls import Call
from bot.facts import Channel
from bot.store.figure_schema import calls, ratings
from bot.store.schema import meta

FROM_EXCHANGE = "exchange"
"""`ratings.source` of the after-call survey."""
_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement
_TAKEN = "after_call:"
"""Begins the keys under which `meta` keeps which answers of a week were taken in."""
_KEY_BYTES = 12


async def add_calls(connection: AsyncConnection, found: Sequence[Call], *, trial: bool = False) -> int:
    """Store the calls that are not stored yet, by source and key; return how many those are. A trial stores nothing."""
    by_key, added = {(call.source, call.key): call for call in found}, 0
    keys = list(by_key)
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        known = await _known(connection, some)
        rows = [_row(by_key[one]) for one in some if one not in known]
        added += len(rows)
        if rows and not trial:
            await connection.execute(insert(calls), rows)
    return added


async def _known(connection: AsyncConnection, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set[tuple[str, str]]()
    for source in {source for source, _ in wanted}:
        keys = [key for of, key in wanted if of == source]
        query = select(calls.c.key).where(calls.c.source == source, calls.c.key.in_(keys))
        found |= {(source, str(key)) for key in (await connection.execute(query)).scalars()}
    return found


def _row(call: Call) -> dict[str, Any]:
    return {
        "key": call.key, "source": call.source, "unit": call.unit, "queue": call.queue, "at": call.at,
        "seconds": call.seconds, "answered": int(call.answered), "abandoned": int(call.abandoned),
        "direct": None if call.direct is None else int(call.direct), "sampled": int(call.sampled),
    }  # fmt: skip


async def remove_calls(connection: AsyncConnection, source: str, first: datetime, end: datetime) -> int:
    """Take away an exchange's calls from `first` until before `end` (UTC), to be imported anew; return how many."""
    of_them = (calls.c.source == source, calls.c.at >= first, calls.c.at < end)
    count = int((await connection.execute(select(func.count()).select_from(calls).where(*of_them))).scalar_one())
    await connection.execute(delete(calls).where(*of_them))
    return count


async def newest_calls(connection: AsyncConnection) -> dict[str, datetime]:
    """Return when the last call was (UTC) of each exchange that any was imported from."""
    query = select(calls.c.source, func.max(calls.c.at)).group_by(calls.c.source)
    return {str(source): at for source, at in await connection.execute(query)}


async def add_ratings(
    connection: AsyncConnection, found: Sequence[CallRating], source: str, key: bytes, *, trial: bool = False
) -> int:
    """Store the answers that were not taken in before; return how many those are. A trial stores nothing.

    A rating tells no instant, so which were taken in is kept apart from them: a hash of each with the secret key, by
    week and exchange. Nobody can tell from it whose a rating is.

    Args:
        connection: of a transaction that writes, unless it is a trial.
        found: what a file holds, in any order.
        source: the exchange's id.
        key: the installation's secret.
        trial: only tell.
    """
    by_week: dict[str, dict[str, CallRating]] = {}
    for one in found:
        by_week.setdefault(one.week, {})[_name(one, source, key)] = one
    added = 0
    for week, named in by_week.items():
        place = f"{_TAKEN}{source}:{week}"
        stored = (await connection.execute(select(meta.c.value).where(meta.c.key == place))).scalar()
        taken = set[str](json.loads(str(stored)) if stored else ())
        # In the order of their hashes, so that no place tells which grades one person gave together.
        rows = [_rating_row(named[name]) for name in sorted(named.keys() - taken)]
        if rows and not trial:
            await connection.execute(insert(ratings), rows)
            await _keep(connection, place, sorted(taken | named.keys()))
        added += len(rows)
    return added


def _name(one: CallRating, source: str, key: bytes) -> str:
    said = f"after_call\0{source}\0{one.known_by}".encode()
    return hmac.new(key, said, "sha256").hexdigest()[: 2 * _KEY_BYTES]


async def _keep(connection: AsyncConnection, place: str, taken: Sequence[str]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    entered = dialect.insert(meta).values(key=place, value=json.dumps(taken))
    await connection.execute(
        entered.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": entered.excluded.value})
    )


def _rating_row(one: CallRating) -> dict[str, Any]:
    """Return a rating as it is kept; a comment without its unit: both together could tell whose it is."""
    return {
        "week": one.week, "channel": Channel.PHONE.value, "unit": "" if one.comment else one.unit,
        "question": one.question.value, "version": one.version, "grade": one.grade, "comment": one.comment,
        "source": FROM_EXCHANGE,
    }  # fmt: skip
