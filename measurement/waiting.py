"""What waited for an answer at an instant, of all weeks: the oldest of it, and all of it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, bindparam, case, literal_column, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import NO_ANSWER
from bot.facts import CaseNumber, from_micros, to_micros
from measurement.as_then import Since, folded
from measurement.population import Dimension, Queue, Waiting
from measurement.rows import OTHERWISE_AT, SORTS, TOUCHED_AT, Row, columns_of, row_of, sorts_of, whole
from measurement.tables import INQUIRIES

_A_FEW = 100
"""Cases folded at once while looking for one that waits."""
_OF = INQUIRIES.c
# Without bound values, so that SQLite sees that the partial index answers the question.
_COUNTS = and_(_OF.excluded.is_(None), _OF.test == literal_column("0"))
_WAITS = and_(_OF.answered_at.is_(None), _COUNTS)
_PLACE = select(
    _OF.arrived_at, _OF.case, OTHERWISE_AT, case((_COUNTS, 1), else_=0), _OF.channel, _OF.kind, _OF.unit, _OF.topic,
    _OF.language,
).where(_OF.arrived_at <= bindparam("as_of"))  # fmt: skip
_WAITING_NOW = _PLACE.where(_WAITS)
_LATER = or_(
    _OF.answered_at > bindparam("as_of"), _OF.answered_seq.is_(None), _OF.answered_seq > bindparam("seq"),
    _OF.revoked > 0,
)  # fmt: skip
# The index by arrival knows what was changed after an instant. What was answered by then, and is so now by an answer
# known then, did not wait, unless another one stood before it; what has been left out since may have.
_WAITS_NO_MORE = _PLACE.where(
    _OF.changed_at > bindparam("as_of"), not_(_WAITS),
    or_(
        and_(_OF.answered_at > bindparam("as_of"), _COUNTS),
        and_(bindparam("known") < TOUCHED_AT, _LATER),
    ),
)  # fmt: skip

_Place = tuple[int, str, int]
"""Arrival, case and ordinal: what "oldest" is decided by."""


async def oldest_of(connection: AsyncConnection, as_of: int, since: Since | None) -> Waiting | None:
    """Return the inquiry that had waited longest, whatever has become of it since."""
    waiting = select(_OF.arrived_at, _OF.case, _OF.no).where(_WAITS, _OF.arrived_at <= as_of, _OF.changed_at <= as_of)
    row = (await connection.execute(waiting.order_by(_OF.arrived_at, _OF.case, _OF.no).limit(1))).first()
    best = None if row is None else (int(row[0]), str(row[1]), int(row[2]))
    if since is not None:
        best = await _oldest_touched(connection, since, best)
    return best and Waiting(arrived_at=from_micros(best[0]), case=CaseNumber(best[1]), no=best[2])


async def _oldest_touched(connection: AsyncConnection, since: Since, best: _Place | None) -> _Place | None:
    """Return `best`, or what had waited longer among the cases touched since.

    An arrival only ever moves to an earlier instant, except in cases that were corrected, which are all folded.
    """
    best = await _first_waiting(connection, since.corrected, since.as_of, best)
    touched = select(_OF.arrived_at, _OF.case).where(
        _OF.arrived_at <= (best[0] if best else since.as_of), _OF.changed_at > since.as_of,
        # What was answered by then, and is so now by the same answer, did not wait.
        or_(_OF.answered_seq.is_(None), _OF.answered_seq > since.seq),
    )  # fmt: skip
    rows = (await connection.execute(touched.order_by(_OF.arrived_at))).all()
    for at in range(0, len(rows), _A_FEW):
        if best and best[0] < rows[at][0]:
            break
        best = await _first_waiting(connection, {row[1] for row in rows[at : at + _A_FEW]}, since.as_of, best)
    return best


async def _first_waiting(
    connection: AsyncConnection, cases: Collection[str], as_of: int, best: _Place | None
) -> _Place | None:
    async for inquiry in folded(connection, cases, as_of):
        place = to_micros(inquiry.arrived_at), inquiry.case, inquiry.no
        if inquiry.waits and not inquiry.test and place[0] <= as_of and (best is None or place < best):
            best = place
    return best


async def queue_of(connection: AsyncConnection, as_of: int, known: int, since: Since | None) -> Queue:
    """Return all that waited, also what was left by telephone or at the counter.

    Args:
        connection: sees one state.
        as_of: the instant at which it waited, microseconds UTC.
        known: what was recorded by then counts, not before `as_of`.
        since: what came after `known`, None: nothing.
    """
    rows = list[tuple[Any, ...]]()
    queries = [_WAITING_NOW] if since is None and known == as_of else [_WAITING_NOW, _WAITS_NO_MORE]
    for query in queries:
        bound = {"as_of": as_of, "known": known, "seq": 0 if since is None else since.seq}
        rows += [tuple(row) for row in await connection.execute(query, bound)]
    if since is not None:
        anew = since.corrected | {number for _, number, otherwise, *_ in rows if otherwise > known}
        again = [row_of(one) async for one in folded(connection, anew, known)]
        rows = [row for row in rows if row[3] and row[1] not in anew]
        rows += [(row.arrived, row.case, row.otherwise, 1, *row[SORTS:]) for row in again if _waited(row, as_of)]
    rows.sort()
    arrived, _, _, _, *sorts = columns_of(rows, 4 + len(Dimension))
    return Queue(arrived=whole(arrived), of=sorts_of(sorts))


def _waited(row: Row, as_of: int) -> bool:
    return row.arrived <= as_of and not row.excluded and (row.answered == NO_ANSWER or row.answered > as_of)
