"""What was known of each inquiry by its deadline: whatever came later cannot have made it late.

An inquiry that was answered in time is as it was at its answer. Of a late one the facts of its case are folded anew,
only those that had happened by the deadline, as if it had been answered just then.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import NO_ANSWER, Rule, deadlines
from bot.facts import Fact, FactKind, Seq, from_micros, to_micros
from bot.inquiry import Inquiry, fold_inquiries, standing
from measurement.population import Dimension, PeriodInquiries, Sorts
from measurement.rows import coded
from measurement.tables import facts_of

SORTS = (Dimension.KIND, Dimension.TOPIC, Dimension.UNIT)
"""What an inquiry is, and what may be changed while it waits."""
_WHENEVER = frozenset((FactKind.CORRECTED, FactKind.DELIVERY_FAILED))
"""They say what had not been so from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What was known of inquiries by their deadline, or by the answer if it came before; columns of one length.

    Attributes:
        of: kind, topic and unit.
        handed_over: whether the case had gone to somebody else since the arrival.
    """

    of: Sorts
    handed_over: NDArray[np.bool_]


async def known_by_deadline(
    connection: AsyncConnection, inquiries: PeriodInquiries, calendar: Calendar, rule: Rule, as_of: int
) -> Known:
    """Return what was known of each inquiry by its deadline under a rule.

    Args:
        connection: to the facts.
        inquiries: as `measurement.source.read_period` gave them for the same instant.
        calendar: opening hours.
        rule: what in time means.
        as_of: only facts recorded by this instant count (microseconds UTC).
    """
    due = deadlines(calendar, rule, inquiries.arrived)
    late = (due <= as_of) & ((inquiries.answered == NO_ANSWER) | (inquiries.answered > due))
    rows = defaultdict[str, list[int]](list)
    for row in np.flatnonzero(late).tolist():
        rows[inquiries.case[row]].append(row)
    words = {one: [inquiries.of[one].words[code] for code in inquiries.of[one].codes.tolist()] for one in SORTS}
    handed_over = inquiries.transferred & ~late
    async for facts in facts_of(connection, sorted(rows), as_of):
        for row in rows[facts[0].case]:
            then = at_deadline(facts, int(inquiries.no[row]), int(inquiries.arrived[row]), int(due[row]))
            if then is not None:
                handed_over[row] = then.transferred
                for dimension, word in zip(SORTS, (then.kind.value, then.topic, then.unit), strict=True):
                    words[dimension][row] = word
    return Known(of={one: coded(words[one]) for one in SORTS}, handed_over=handed_over)


def at_deadline(facts: Sequence[Fact], no: int, arrived: int, due: int) -> Inquiry | None:
    """Return a late inquiry as it would be told, had it been answered at its deadline; None: it was not there then.

    Args:
        facts: all of its case, in order.
        no: its ordinal.
        arrived: start of the clock (microseconds UTC).
        due: the deadline (microseconds UTC).
    """
    limit = from_micros(due)
    happened = {fact.seq: fact.occurred_at for fact in standing(facts)}
    # What a correction took away stays, for the correction to find it.
    then = [fact for fact in facts if fact.kind in _WHENEVER or happened.get(fact.seq, limit) <= limit]
    answer = Fact(
        seq=Seq(facts[-1].seq + 1), case=facts[0].case, inquiry=no, kind=FactKind.ANSWERED, occurred_at=limit,
        recorded_at=limit, actor="system", source="",
    )  # fmt: skip
    found = fold_inquiries([*then, answer])
    return next((one for one in found if to_micros(one.arrived_at) == arrived and one.answered_at == limit), None)
