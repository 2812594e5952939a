"""Inquiries as they are read, the same from the projection and from a fold, and as columns."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, case, func, select

from bot.calendar import Micros
from bot.clock import NO_ANSWER
from bot.facts import Channel, ExcludeReason, to_micros
from bot.inquiry import Inquiry
from measurement.population import Coded, Dimension, Inquiries, PeriodInquiries, Sorts
from measurement.tables import INQUIRIES

IN_PERSON = Channel.PHONE.value
"""The channel of what was left by telephone or at the counter."""


class Row(NamedTuple):
    """One inquiry; instants are microseconds UTC, -1 where there is none. Rows sort by arrival, case and ordinal."""

    arrived: int
    case: str
    no: int
    touched: int
    otherwise: int
    acknowledged: int
    first_held: int
    answered: int
    again: int
    next_arrival: int
    outcome: int
    transferred: int
    unsure: int
    revoked: int
    promised: str
    excluded: str
    channel: str
    kind: str
    unit: str
    topic: str
    language: str


TOUCHED_AT = func.coalesce(INQUIRIES.c.touched_at, INQUIRIES.c.changed_at)
"""When anything was last recorded in a case that figures could show."""
OTHERWISE_AT = func.coalesce(INQUIRIES.c.otherwise_at, TOUCHED_AT)
"""When anything but the standing answer was."""
SORTS = Row._fields.index("channel")
"""Where the five columns begin that say what an inquiry is, in the order of `Dimension`."""


def rows_between(first: int, last: int) -> Select[Any]:
    """Return the question for the rows that arrived from `first` until before `last`, in no order.

    Those left by telephone or at the counter are not among them: written and spoken contacts are never one share.
    """
    of = INQUIRIES.c
    instants = (of.acknowledged_at, of.first_held_at, of.answered_at, of.again_at, of.next_at, of.outcome_at)
    left_out = func.coalesce(of.excluded, case((of.test == 1, ExcludeReason.TEST.value), else_=""))
    chosen = select(
        of.arrived_at, of.case, of.no, TOUCHED_AT, OTHERWISE_AT, *(func.coalesce(one, NO_ANSWER) for one in instants),
        of.transferred, of.unsure, of.revoked, of.promised, left_out,
        of.channel, of.kind, of.unit, of.topic, of.language,
    )  # fmt: skip
    return chosen.where(of.arrived_at >= first, of.arrived_at < last, of.channel != IN_PERSON)


def row_of(inquiry: Inquiry) -> Row:
    """Return a folded inquiry as the projection has it."""

    def instant(one: datetime | None) -> int:
        return NO_ANSWER if one is None else to_micros(one)

    return Row(
        arrived=to_micros(inquiry.arrived_at), case=inquiry.case, no=inquiry.no, touched=to_micros(inquiry.touched_at),
        otherwise=to_micros(inquiry.otherwise_at), acknowledged=instant(inquiry.acknowledged_at),
        first_held=instant(min(inquiry.held, default=None)), answered=instant(inquiry.answered_at),
        again=instant(inquiry.again_at), next_arrival=instant(inquiry.next_at), outcome=instant(inquiry.outcome_at),
        transferred=int(inquiry.transferred), unsure=int(inquiry.unsure), revoked=len(inquiry.revoked),
        promised=inquiry.promised, excluded=inquiry.left_out.value if inquiry.left_out else "",
        channel=inquiry.channel.value, kind=inquiry.kind.value, unit=inquiry.unit, topic=inquiry.topic,
        language=inquiry.language,
    )  # fmt: skip


def inquiries_of(rows: Iterable[Row]) -> Inquiries:
    """Return rows as the columns that the weekly report is made from."""
    of = dict(zip(Row._fields, columns_of(rows, len(Row._fields)), strict=True))
    return Inquiries(
        case=tuple(of["case"]), no=whole(of["no"]), channel=tuple(of["channel"]), arrived=whole(of["arrived"]),
        answered=whole(of["answered"]), acknowledged=whole(of["acknowledged"]) != NO_ANSWER,
        held=whole(of["first_held"]) != NO_ANSWER, unsure=whole(of["unsure"]) != 0, revoked=whole(of["revoked"]),
        excluded=tuple(of["excluded"]),
    )  # fmt: skip


def period_inquiries_of(rows: Iterable[Row]) -> PeriodInquiries:
    """Return rows as the columns that all figures are made from."""
    columns = columns_of(rows, len(Row._fields))
    of = dict(zip(Row._fields, columns, strict=True))
    names = ("no", "arrived", "acknowledged", "first_held", "answered", "again", "next_arrival", "outcome")
    return PeriodInquiries(
        case=tuple(of["case"]), **{name: whole(of[name]) for name in names},
        transferred=whole(of["transferred"]) != 0, promised=coded(of["promised"]), excluded=coded(of["excluded"]),
        of=sorts_of(columns[SORTS:]),
    )  # fmt: skip


def columns_of(rows: Iterable[Sequence[Any]], width: int) -> Sequence[Any]:
    """Return rows turned, one sequence for each of so many columns."""
    return list(zip(*rows, strict=True)) or [()] * width


def sorts_of(columns: Sequence[Sequence[str]]) -> Sorts:
    """Return five columns of words, in the order of `Dimension`, coded."""
    return {dimension: coded(column) for dimension, column in zip(Dimension, columns, strict=True)}


def coded(column: Sequence[str]) -> Coded:
    """Return a column of words with the different ones apart."""
    words = tuple(sorted(set(column)))
    place = {word: at for at, word in enumerate(words)}
    return Coded(words=words, codes=np.fromiter(map(place.__getitem__, column), dtype=np.intp, count=len(column)))


def whole(values: Sequence[int]) -> Micros:
    """Return whole numbers as an array."""
    return np.array(values, dtype=np.int64)
