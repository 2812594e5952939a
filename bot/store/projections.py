"""The tables `cases` and `inquiries`: folds of the facts, written with them, and rebuilt from them at any time."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow, CaseState, fold_case, is_case
from bot.facts import CaseNumber, Fact
from bot.inquiry import Inquiry, fold_inquiries
from bot.store.rows import fact_of
from bot.store.schema import cases, facts, inquiries

_CASES_AT_ONCE = 2_000


async def write_projections(
    connection: AsyncConnection, folds: Mapping[CaseNumber, Sequence[Fact]], *, new: Collection[CaseNumber]
) -> None:
    """Write the rows of these cases anew from all their facts; the cases in `new` have no rows yet.

    A telephone contact that never became a case has none.
    """
    folds = {number: known for number, known in folds.items() if is_case(known)}
    if not folds:
        return
    old = [number for number in folds if number not in new]
    if old:
        await connection.execute(delete(cases).where(cases.c.number.in_(old)))
        await connection.execute(delete(inquiries).where(inquiries.c.case.in_(old)))
    asked = {number: fold_inquiries(known) for number, known in folds.items()}
    whole = [_case_row(fold_case(known), asked[number]) for number, known in folds.items()]
    await connection.execute(insert(cases), whole)
    rows = [_inquiry_row(inquiry) for ones in asked.values() for inquiry in ones]
    if rows:
        await connection.execute(insert(inquiries), rows)


async def rebuild(connection: AsyncConnection, progress: Callable[[int, int], None]) -> int:
    """Delete every projection and write it again from the facts; return the number of cases.

    `progress` is told how many facts of how many are done. Nothing is visible to others before the commit.
    """
    total = (await connection.execute(select(func.count()).select_from(facts))).scalar_one()
    await connection.execute(delete(cases))
    await connection.execute(delete(inquiries))
    done, count = 0, 0
    batch: dict[CaseNumber, list[Fact]] = {}
    async for number, known in _all_cases(connection):
        batch[number] = known
        done, count = done + len(known), count + is_case(known)
        if len(batch) >= _CASES_AT_ONCE:
            await write_projections(connection, batch, new=batch)
            batch = {}
            progress(done, total)
    if batch:
        await write_projections(connection, batch, new=batch)
    progress(total, total)
    return count


async def _all_cases(connection: AsyncConnection) -> AsyncIterator[tuple[CaseNumber, list[Fact]]]:
    """Give every case with its facts in order, a few thousand cases in memory at a time."""
    after = ""
    while True:
        numbers = select(facts.c.case).where(facts.c.case > after).distinct().order_by(facts.c.case)
        found = (await connection.execute(numbers.limit(_CASES_AT_ONCE))).scalars().all()
        if not found:
            return
        query = select(facts).where(facts.c.case > after, facts.c.case <= found[-1])
        rows = (await connection.execute(query.order_by(facts.c.case, facts.c.seq))).mappings()
        for number, group in groupby(rows, key=lambda row: row["case"]):
            yield CaseNumber(number), [fact_of(row) for row in group]
        after = found[-1]


def _case_row(case: CaseNow, asked: Sequence[Inquiry]) -> dict[str, Any]:
    stands = case.state is CaseState.OPEN and case.merged_into is None
    return {
        "waiting_since": min((one.arrived_at for one in asked if one.waits), default=None) if stands else None,
        "number": case.number,
        "channel": case.channel.value,
        "kind": case.kind.value,
        "unit": case.unit,
        "state": case.state.value,
        "possibly": case.possibly,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
        "owner": case.owner,
        "topic": case.topic,
        "language": case.language,
        "interpreter": case.interpreter,
        "merged_into": case.merged_into or "",
        "promised": case.promised,
        "secret": int(case.secret),
        "diary": int(case.diary),
    }


def _inquiry_row(inquiry: Inquiry) -> dict[str, Any]:
    return {
        "case": inquiry.case,
        "no": inquiry.no,
        "channel": inquiry.channel.value,
        "kind": inquiry.kind.value,
        "unit": inquiry.unit,
        "topic": inquiry.topic,
        "language": inquiry.language,
        "arrived_at": inquiry.arrived_at,
        "opened_at": inquiry.opened_at,
        "messages": inquiry.messages,
        "acknowledged_at": inquiry.acknowledged_at,
        "held_at": inquiry.held[-1] if inquiry.held else None,
        "first_held_at": min(inquiry.held, default=None),
        "answered_at": inquiry.answered_at,
        "answered_seq": inquiry.answered_seq,
        "again_at": inquiry.again_at,
        "next_at": inquiry.next_at,
        "outcome_at": inquiry.outcome_at,
        "promised": inquiry.promised,
        "transferred": int(inquiry.transferred),
        "unsure": int(inquiry.unsure),
        "revoked": len(inquiry.revoked),
        "excluded": inquiry.excluded.value if inquiry.excluded else None,
        "test": int(inquiry.test),
        "closed_at": inquiry.closed_at,
        "changed_at": inquiry.changed_at,
        "touched_at": inquiry.touched_at,
        "otherwise_at": inquiry.otherwise_at,
    }
