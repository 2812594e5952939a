"""The one door to the bot's data: read-only, as it was known at an instant.

Whoever asks for a week *as of* an instant gets the same answer next year: rows of the `inquiries` projection that
nothing has touched since are taken as they are, every other case is folded anew from the facts recorded by then.
All instants are UTC; stored and in arrays they are int64 microseconds since 1970-01-01 UTC.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Micros
from bot.clock import NO_ANSWER
from bot.facts import CaseNumber, Channel, Fact, FactKind, from_micros, to_micros
from bot.inquiry import Inquiry, fold_inquiries
from measurement.population import Inquiries, Waiting, WeekData
from measurement.tables import AT_ONCE, CASES, FACTS, INBOX, INQUIRIES, NoDatabase, facts_of, reading

__all__ = ["Inquiries", "NoDatabase", "UnknownCase", "Waiting", "WeekData", "case_facts", "read_week"]

_A_FEW = 100
"""Cases folded at once while looking for one that waits."""
_MOVES = (FactKind.CORRECTED.value, FactKind.MERGED.value, FactKind.MOVED.value)
"""Facts that may move an arrival."""
_SHOWN_BY_NO_FIGURE = tuple(
    kind.value
    for kind in (
        FactKind.CLOSED, FactKind.KIND_CHANGED, FactKind.TRANSFERRED, FactKind.ASSIGNED, FactKind.NOTED,
        FactKind.OPENED, FactKind.REMINDED, FactKind.MARKED, FactKind.TOPIC_SET, FactKind.OUTCOME,
    )
)  # fmt: skip
"""Facts that touch nothing that is read of an inquiry here; most cases are closed after the report."""
_IN_PERSON = Channel.PHONE.value


class UnknownCase(LookupError):
    """No fact speaks of a case with this number."""


async def read_week(url: str, start: datetime, end: datetime, as_of: datetime) -> WeekData:
    """Return what is known of the inquiries that arrived from `start` until before `end`, in one consistent state.

    Inquiries left by telephone or at the counter are not among them: written and spoken contacts are never one share.

    Args:
        url: ``sqlite:///path`` or ``postgresql://…``, with or without the async driver.
        start: first instant (UTC).
        end: first instant after (UTC).
        as_of: only facts recorded at this instant or before count (UTC).

    Raises:
        ValueError: an instant that is not UTC.
        NoDatabase: nothing to read there.
    """
    first, last, instant = to_micros(start), to_micros(end), to_micros(as_of)
    async with reading(url) as connection:
        since = await _since(connection, instant)
        rows = (await connection.execute(_week_query(first, last))).all()
        then = rows if since is None else await _as_then(connection, rows, first, last, since)
        return WeekData(
            inquiries=_columns(sorted((row for row in then if row[2] != _IN_PERSON), key=itemgetter(3, 0, 1))),
            oldest=await _oldest(connection, instant, since),
            mail_held=await _count(connection, first, min(last, instant + 1), "state <> 'done' AND state = 'held'"),
            mail_automatic=await _count(connection, first, min(last, instant + 1), "outcome = 'auto'"),
        )


async def case_facts(url: str, number: CaseNumber) -> tuple[Fact, ...]:
    """Return all facts of one case in order of seq; at least one.

    Raises:
        UnknownCase: there is no such case.
        NoDatabase: nothing to read there.
    """
    async with reading(url) as connection:
        found = [fact async for facts in facts_of(connection, [number], None) for fact in facts]
    if not found:
        raise UnknownCase(f"there is no case {number}")
    return tuple(found)


class _Row(NamedTuple):
    """One inquiry as it is read; the same from the projection and from a fold. -1 is no instant."""

    case: str
    no: int
    channel: str
    arrived: int
    acknowledged: int
    held: int
    answered: int
    unsure: int
    revoked: int
    excluded: str
    changed: int


def _week_query(first: int, last: int) -> Select[Any]:
    of = INQUIRIES.c
    instants = [func.coalesce(one, NO_ANSWER) for one in (of.acknowledged_at, of.held_at, of.answered_at)]
    chosen = select(of.case, of.no, of.channel, of.arrived_at, *instants, of.unsure, of.revoked,
                    func.coalesce(of.excluded, ""), of.changed_at)  # fmt: skip
    return chosen.where(of.arrived_at >= first, of.arrived_at < last)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Since:
    """That something was recorded after the as-of instant, so that rows may have to be folded anew.

    Attributes:
        as_of: microseconds UTC.
        seq: the last fact recorded by then; 0 if there was none.
        moved: cases, few, that were ever corrected and touched since: their arrivals may lie anywhere now.
    """

    as_of: int
    seq: int
    moved: frozenset[str]


async def _since(connection: AsyncConnection, as_of: int) -> _Since | None:
    """Return what must be known of the time after the instant; None if nothing has been recorded in it."""
    newest = select(FACTS.c.seq, FACTS.c.recorded_at).order_by(FACTS.c.seq.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    if row is None or row[1] <= as_of:
        return None
    moved = (
        select(FACTS.c.case)
        .distinct()
        .where(FACTS.c.kind.in_(_MOVES), CASES.c.number == FACTS.c.case, CASES.c.changed_at > as_of)
    )
    found = (await connection.execute(moved)).scalars()
    return _Since(as_of=as_of, seq=await _last_seq(connection, as_of, row[0]), moved=frozenset(found))


async def _last_seq(connection: AsyncConnection, as_of: int, newest: int) -> int:
    """Return the last seq recorded by then: facts are numbered as they are recorded, so by halving."""
    low, high = 0, newest
    while high - low > 1:
        middle = (low + high) // 2
        at = select(FACTS.c.recorded_at).where(FACTS.c.seq <= middle).order_by(FACTS.c.seq.desc()).limit(1)
        recorded = (await connection.execute(at)).scalar()
        if recorded is None or recorded <= as_of:
            low = middle
        else:
            high = middle
    return low


async def _as_then(
    connection: AsyncConnection, rows: Sequence[Sequence[Any]], first: int, last: int, since: _Since
) -> list[Sequence[Any]]:
    """Return the week's rows as they were then: those touched since, or moved into it or out of it, folded anew."""
    touched = await _cases_changed(connection, {row[0] for row in rows if row[-1] > since.as_of}, since.seq)
    touched |= since.moved | await _cases_begun_earlier(connection, first, last, since.seq)
    folded = [_row_of(one) async for one in _folded(connection, touched, since.as_of)]
    kept = [row for row in rows if row[0] not in touched]
    return [*kept, *(row for row in folded if first <= row.arrived < last)]


async def _cases_changed(connection: AsyncConnection, cases: Collection[str], seq: int) -> set[str]:
    """Return those of the cases to which something happened since that a figure could show."""
    found: set[str] = set()
    numbers = sorted(cases)
    for at in range(0, len(numbers), AT_ONCE):
        query = select(FACTS.c.case).distinct().where(
            FACTS.c.case.in_(numbers[at : at + AT_ONCE]), FACTS.c.seq > seq,
            # As below: by case and seq, not by kind.
            func.coalesce(FACTS.c.kind, "").not_in(_SHOWN_BY_NO_FIGURE),
        )  # fmt: skip
        found.update((await connection.execute(query)).scalars())
    return found


async def _cases_begun_earlier(connection: AsyncConnection, first: int, last: int, seq: int) -> set[str]:
    """Return the cases where a message learned of later came before one of this week and took over the start."""
    message, later = FACTS.alias("message"), FACTS.alias("later")
    received = FactKind.RECEIVED.value
    query = select(message.c.case).distinct().where(
        message.c.kind == received, message.c.occurred_at >= first, message.c.occurred_at < last,
        later.c.case == message.c.case, later.c.seq > seq,
        # Not the bare column: the index by kind would lead through everything ever received, once per message.
        func.coalesce(later.c.kind, "") == received,
        later.c.occurred_at < message.c.occurred_at,
    )  # fmt: skip
    return set((await connection.execute(query)).scalars())


async def _oldest(connection: AsyncConnection, as_of: int, since: _Since | None) -> Waiting | None:
    """Return the inquiry that had waited longest, whatever has become of it since."""
    of = INQUIRIES.c
    waiting = select(of.arrived_at, of.case, of.no).where(
        of.answered_at.is_(None), of.excluded.is_(None), of.arrived_at <= as_of, of.changed_at <= as_of
    )
    row = (await connection.execute(waiting.order_by(of.arrived_at, of.case, of.no).limit(1))).first()
    best = None if row is None else (int(row[0]), str(row[1]), int(row[2]))
    if since is not None:
        best = await _oldest_touched(connection, since, best)
    return best and Waiting(arrived_at=from_micros(best[0]), case=CaseNumber(best[1]), no=best[2])


_Place = tuple[int, str, int]
"""Arrival, case and ordinal: what "oldest" is decided by."""


async def _oldest_touched(connection: AsyncConnection, since: _Since, best: _Place | None) -> _Place | None:
    """Return `best`, or what had waited longer among the cases touched since.

    An arrival only ever moves to an earlier instant, except in cases that were corrected, which are all folded.
    """
    best = await _first_waiting(connection, since.moved, since.as_of, best)
    of = INQUIRIES.c
    touched = select(of.arrived_at, of.case).where(
        of.arrived_at <= (best[0] if best else since.as_of), of.changed_at > since.as_of,
        # What was answered by then, and is so now by the same answer, did not wait.
        or_(of.answered_seq.is_(None), of.answered_seq > since.seq),
    )  # fmt: skip
    rows = (await connection.execute(touched.order_by(of.arrived_at))).all()
    for at in range(0, len(rows), _A_FEW):
        if best and best[0] < rows[at][0]:
            break
        best = await _first_waiting(connection, {row[1] for row in rows[at : at + _A_FEW]}, since.as_of, best)
    return best


async def _first_waiting(
    connection: AsyncConnection, cases: Collection[str], as_of: int, best: _Place | None
) -> _Place | None:
    async for inquiry in _folded(connection, cases, as_of):
        place = to_micros(inquiry.arrived_at), inquiry.case, inquiry.no
        if inquiry.waits and place[0] <= as_of and (best is None or place < best):
            best = place
    return best


async def _folded(connection: AsyncConnection, cases: Collection[str], as_of: int) -> AsyncIterator[Inquiry]:
    """Give the inquiries of these cases as they were known then; a case nobody knew of has none."""
    async for facts in facts_of(connection, sorted(cases), as_of):
        for inquiry in fold_inquiries(facts):
            yield inquiry


def _row_of(inquiry: Inquiry) -> _Row:
    acknowledged, answered = (
        NO_ANSWER if instant is None else to_micros(instant)
        for instant in (inquiry.acknowledged_at, inquiry.answered_at)
    )
    return _Row(
        case=inquiry.case, no=inquiry.no, channel=inquiry.channel.value, arrived=to_micros(inquiry.arrived_at),
        acknowledged=acknowledged, held=to_micros(inquiry.held[-1]) if inquiry.held else NO_ANSWER,
        answered=answered, unsure=int(inquiry.unsure), revoked=len(inquiry.revoked),
        excluded=inquiry.excluded.value if inquiry.excluded else "", changed=to_micros(inquiry.changed_at),
    )  # fmt: skip


def _columns(rows: Iterable[Sequence[Any]]) -> Inquiries:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _Row._fields]
    case, no, channel, arrived, acknowledged, held, answered, unsure, revoked, excluded, _ = columns
    return Inquiries(
        case=tuple(case), no=_whole(no), channel=tuple(channel), arrived=_whole(arrived),
        answered=_whole(answered), acknowledged=_whole(acknowledged) != NO_ANSWER,
        held=_whole(held) != NO_ANSWER, unsure=_whole(unsure) != 0, revoked=_whole(revoked),
        excluded=tuple(excluded),
    )  # fmt: skip


def _whole(values: list[int]) -> Micros:
    return np.array(values, dtype=np.int64)


async def _count(connection: AsyncConnection, first: int, last: int, condition: str) -> int:
    """Count messages that came in; the condition stands as written, so that partial indexes are used."""
    query = select(func.count()).select_from(INBOX).where(literal_column(condition))
    found = await connection.execute(query.where(INBOX.c.arrived_at >= first, INBOX.c.arrived_at < last))
    return int(found.scalar_one())
