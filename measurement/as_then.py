"""As it was known then: what was touched after an instant, folded anew from the facts recorded by it.

Instants are int64 microseconds since 1970-01-01 UTC.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import NO_ANSWER
from bot.facts import FactKind
from bot.inquiry import Inquiry, fold_inquiries
from measurement.rows import IN_PERSON, TOUCHED_AT, Row, row_of
from measurement.tables import FACTS, INQUIRIES, facts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """That something was recorded after the as-of instant, so that rows may have to be folded anew.

    Attributes:
        as_of: microseconds UTC.
        seq: the last fact recorded by then; 0 if there was none.
        corrected: cases, few, that had begun by then and were corrected since: their arrivals may lie anywhere now.
    """

    as_of: int
    seq: int
    corrected: frozenset[str]


async def since_of(connection: AsyncConnection, as_of: int) -> Since | None:
    """Return what must be known of the time after the instant; None if nothing has been recorded in it."""
    newest = select(FACTS.c.seq, FACTS.c.recorded_at).order_by(FACTS.c.seq.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    if row is None or row[1] <= as_of:
        return None
    seq = await _last_seq(connection, as_of, row[0])
    earlier = FACTS.alias("earlier")
    corrected = select(FACTS.c.case).distinct().where(
        FACTS.c.kind == FactKind.CORRECTED.value, FACTS.c.seq > seq,
        exists().where(earlier.c.case == FACTS.c.case, earlier.c.seq <= seq),
    )  # fmt: skip
    found = (await connection.execute(corrected)).scalars()
    return Since(as_of=as_of, seq=seq, corrected=frozenset(found))


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


async def as_then(connection: AsyncConnection, rows: Sequence[Row], first: int, last: int, since: Since) -> list[Row]:
    """Return the rows between two instants as they were then: those touched since, or moved in or out, folded anew.

    Where only the standing answer came since, nothing has to be folded: the inquiry waited.
    """
    anew = {row.case for row in rows if row.otherwise > since.as_of} | since.corrected
    anew |= await _cases_begun_earlier(connection, first, last, since)
    again = [row_of(one) async for one in folded(connection, anew, since.as_of)]
    kept = [row if row.touched <= since.as_of else _unanswered(row) for row in rows if row.case not in anew]
    return [*kept, *(row for row in again if first <= row.arrived < last and row.channel != IN_PERSON)]


def _unanswered(row: Row) -> Row:
    """Return what an inquiry was before the answer that is all that came since."""
    return row._replace(answered=NO_ANSWER, again=NO_ANSWER, next_arrival=NO_ANSWER, transferred=0, unsure=0)


async def _cases_begun_earlier(connection: AsyncConnection, first: int, last: int, since: Since) -> set[str]:
    """Return the cases where a message learned of since may have taken over the start from one of this period."""
    of = INQUIRIES.c
    query = select(of.case).where(
        # In words: only so does SQLite see that the partial index answers the question.
        text("inquiries.opened_at > inquiries.arrived_at"),
        of.arrived_at < last, of.opened_at >= first, since.as_of < TOUCHED_AT,
    )  # fmt: skip
    return set((await connection.execute(query)).scalars())


async def folded(connection: AsyncConnection, cases: Collection[str], as_of: int) -> AsyncIterator[Inquiry]:
    """Give the inquiries of these cases as they were known then; a case nobody knew of has none."""
    async for facts in facts_of(connection, sorted(cases), as_of):
        for inquiry in fold_inquiries(facts):
            yield inquiry
