"""What a report counts besides figures: classes under each rule, reasons, what viewpoints led to, and the queue."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.clock import CLASSES, NO_ANSWER, Rule, TimeClass, deadlines
from bot.facts import FactKind, Kind, from_micros, to_micros
from measurement.figures import Seen, seen_from
from measurement.figures import classes as classes_of
from measurement.periods import Period
from measurement.population import Dimension, PeriodData
from measurement.report.content import Classes, Queue
from measurement.rollup.reading import read_period_raw
from measurement.tables import FACTS

LED_TO = frozenset({Kind.VIEWPOINT, Kind.COMPLAINT, Kind.PROPOSAL, Kind.FAULT})
"""Kinds that lead to something a citizen should hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """As `measurement.report.content.Report` has it."""

    classes: tuple[Classes, ...]
    left_out: Mapping[str, int]
    outcomes: Mapping[str, int]
    queue: Queue


async def count(
    connection: AsyncConnection, period: Period, calendar: Calendar, configured: Rule, known: datetime, as_of: datetime
) -> Counted:
    """Return what a period's inquiries come to, from what was known at an instant, looking back from another (UTC)."""
    start, end = period.start(calendar.zone), period.end(calendar.zone)
    data = await read_period_raw(connection, start, end, as_of, known=known)
    seen = seen_from(data.inquiries, calendar, as_of)
    reasons = Counter(data.inquiries.excluded.words[code] for code in data.inquiries.excluded.codes.tolist())
    return Counted(
        classes=tuple(_classes(seen, rule) for rule in Rule),
        left_out={reason: reasons[reason] for reason in sorted(reasons) if reason},
        outcomes=await _outcomes(connection, seen, start, known),
        queue=_queue(data, calendar, configured, as_of),
    )


def _classes(seen: Seen, rule: Rule) -> Classes:
    of = dict(zip(CLASSES, np.bincount(classes_of(seen, rule), minlength=len(CLASSES)).tolist(), strict=True))
    return Classes(
        rule=rule, in_time=of[TimeClass.IN_TIME], late=of[TimeClass.LATE], unanswered=of[TimeClass.UNANSWERED],
        not_yet_due=of[TimeClass.NOT_YET_DUE], left_out=of[TimeClass.EXCLUDED],
    )  # fmt: skip


async def _outcomes(connection: AsyncConnection, seen: Seen, start: datetime, known: datetime) -> dict[str, int]:
    """Return how many of the kinds that lead to something led to what; empty: not told yet."""
    kinds = seen.of.of[Dimension.KIND]
    chosen = np.isin(kinds.codes, [at for at, word in enumerate(kinds.words) if word in LED_TO]) & seen.counted
    told = seen.by_then(seen.of.outcome)
    places = np.flatnonzero(chosen).tolist()
    if not places:
        return {}
    results = await _results(connection, start, known) if bool(told[chosen].any()) else {}
    found = Counter(results.get(seen.of.case[at], "") if told[at] else "" for at in places)
    return {result: found[result] for result in sorted(found, key=lambda one: (one == "", one))}


async def _results(connection: AsyncConnection, start: datetime, known: datetime) -> dict[str, str]:
    """Return what was told last, by case."""
    of = FACTS.c
    query = select(of.case, of.data).where(
        of.kind == FactKind.OUTCOME.value, of.occurred_at >= to_micros(start), of.recorded_at <= to_micros(known)
    )
    rows = await connection.execute(query.order_by(of.seq))
    read = [(case, json.loads(data)) for case, data in rows]
    # Without a letter it was noted only, and the citizen has not heard of it.
    return {case: str(said.get("result", "")) for case, said in read if "outbox" in said}


def _queue(data: PeriodData, calendar: Calendar, configured: Rule, as_of: datetime) -> Queue:
    arrived = data.queue.arrived[data.queue.arrived != NO_ANSWER]
    if not len(arrived):
        return Queue(waiting=0, past_due=0, oldest_seconds=None, oldest_open_seconds=None)
    oldest = from_micros(int(arrived.min()))
    past_due = int((deadlines(calendar, configured, arrived) <= to_micros(as_of)).sum())
    return Queue(
        waiting=len(arrived), past_due=past_due, oldest_seconds=(as_of - oldest).total_seconds(),
        oldest_open_seconds=calendar.open_time(oldest, as_of).total_seconds(),
    )  # fmt: skip
