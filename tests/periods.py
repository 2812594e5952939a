"""Periods made of single inquiries, for tests of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.clock import NO_ANSWER, Rule
from bot.facts import to_micros
from measurement.figures import figures_of
from measurement.measures import Figure
from measurement.population import Dimension, PeriodData, PeriodInquiries, Queue, Sorts
from measurement.rows import coded, sorts_of
from tests.weeks import CALENDAR, WEEK


@dataclass(frozen=True, kw_only=True)
class Asked:
    arrived: datetime
    answered: datetime | None = None
    acknowledged: datetime | None = None
    first_held: datetime | None = None
    again: datetime | None = None
    next_arrival: datetime | None = None
    outcome: datetime | None = None
    transferred: bool = False
    promised: str = ""
    excluded: str = ""
    channel: str = "mail"
    kind: str = "question"
    unit: str = "kc"
    topic: str = ""
    language: str = ""


INSTANTS = ("arrived", "acknowledged", "first_held", "answered", "again", "next_arrival", "outcome")
Sort = tuple[str, str, str, str, str]


def micros(instant: datetime | None) -> int:
    return NO_ANSWER if instant is None else to_micros(instant)


def sorts_from(sorts: Sequence[Sort]) -> Sorts:
    return sorts_of(list(zip(*sorts, strict=True)) or [()] * len(Dimension))


def inquiries(asked: Sequence[Asked]) -> PeriodInquiries:
    instants = {name: np.array([micros(getattr(one, name)) for one in asked], dtype=np.int64) for name in INSTANTS}
    return PeriodInquiries(
        case=tuple(f"K-{at}" for at in range(len(asked))),
        no=np.ones(len(asked), dtype=np.int64),
        arrived=instants["arrived"],
        acknowledged=instants["acknowledged"],
        first_held=instants["first_held"],
        answered=instants["answered"],
        again=instants["again"],
        next_arrival=instants["next_arrival"],
        outcome=instants["outcome"],
        transferred=np.array([one.transferred for one in asked], dtype=np.bool_),
        promised=coded([one.promised for one in asked]),
        excluded=coded([one.excluded for one in asked]),
        of=sorts_from([(one.channel, one.kind, one.unit, one.topic, one.language) for one in asked]),
    )


def data(asked: Sequence[Asked], waiting: Sequence[Asked] = (), in_person: Sequence[Sort] = ()) -> PeriodData:
    """Return what is known of a period; `waiting` is the queue, of all weeks."""
    queue = inquiries(sorted(waiting, key=lambda one: one.arrived))
    return PeriodData(
        inquiries=inquiries(asked), queue=Queue(arrived=queue.arrived, of=queue.of), in_person=sorts_from(in_person)
    )


def figures(
    asked: Sequence[Asked], as_of: datetime, waiting: Sequence[Asked] = (), in_person: Sequence[Sort] = ()
) -> dict[tuple[str, str], Figure]:
    """Return the figures of week 47 by measure and slice."""
    found = figures_of(WEEK, data(asked, waiting, in_person), CALENDAR, as_of, Rule.ONE_WORKING_DAY)
    by_key = {(one.measure, one.slice): one for one in found}
    assert len(by_key) == len(found)
    return by_key
