"""Signed decisions about charts and figures: appended, never changed; a later one takes an earlier back.

A decision without a measure concerns all of them; ghosts and notes without a slice concern every slice, rebases and
targets only the whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.rollup.tables import CHART_DECISIONS
from measurement.statistics.series import Decision, DecisionKind


class SignedKind(StrEnum):
    """What was decided: what charts draw, and what else is signed."""

    REBASE = "rebase"
    GHOST = "ghost"
    NOTE = "note"
    REVISION = "revision"
    """The period's frozen figures were corrected."""
    TARGET = "target"
    """From this period on; the cause begins with the number, then a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signed decision.

    Attributes:
        measure, slice: what it concerns; empty: all.
        period: the first that it concerns, as ``2026-W47``.
        cause: why, in the municipality's own words.
        decided_by, decided_on: who decided, and on which date.
        recorded_at: when it was entered (UTC).
        ended: it takes back what was decided of the same kind, measure, slice and period.
    """

    kind: SignedKind
    measure: str = ""
    slice: str = ""
    period: str
    cause: str
    decided_by: str
    decided_on: date
    recorded_at: datetime
    ended: bool = False


async def sign(connection: AsyncConnection, decision: Signed) -> None:
    """Enter a decision.

    Raises:
        ValueError: nobody signs it, or no cause is given.
    """
    if not decision.decided_by.strip() or not decision.cause.strip():
        raise ValueError("a decision needs who decided it and why")
    row = {
        "kind": decision.kind.value, "measure": decision.measure, "slice": decision.slice, "period": decision.period,
        "cause": decision.cause, "decided_by": decision.decided_by, "decided_on": decision.decided_on.isoformat(),
        "recorded_at": to_micros(decision.recorded_at), "ended": int(decision.ended),
    }  # fmt: skip
    await connection.execute(insert(CHART_DECISIONS), [row])


async def signed(connection: AsyncConnection, instant: datetime | None = None) -> list[Signed]:
    """Return what was entered until an instant (UTC), everything if None, in order."""
    query = select(*CHART_DECISIONS.c).order_by(CHART_DECISIONS.c.id)
    if instant is not None:
        query = query.where(CHART_DECISIONS.c.recorded_at <= to_micros(instant))
    return [
        Signed(
            kind=SignedKind(kind), measure=measure, slice=slice_, period=period, cause=cause, decided_by=by,
            decided_on=date.fromisoformat(on), recorded_at=from_micros(at), ended=bool(ended),
        )
        for _, kind, measure, slice_, period, cause, by, on, at, ended in await connection.execute(query)
    ]  # fmt: skip


def in_force(decisions: Iterable[Signed]) -> list[Signed]:
    """Return the decisions that hold, by period: of two about the same the later; notes and revisions stand together.

    Args:
        decisions: in the order they were entered.
    """
    held: dict[tuple[str, str, str, str], list[Signed]] = {}
    for one in decisions:
        key = one.kind.value, one.measure, one.slice, one.period
        beside = held.get(key, []) if one.kind in _STAND_TOGETHER else []
        held[key] = [] if one.ended else [*beside, one]
    return sorted((one for some in held.values() for one in some), key=lambda one: one.period)


_STAND_TOGETHER = frozenset((SignedKind.NOTE, SignedKind.REVISION))
_OF_ALL_SLICES = frozenset((SignedKind.NOTE, SignedKind.GHOST, SignedKind.REVISION))


def concerning(decisions: Iterable[Signed], measure: str, slice_: str) -> list[Signed]:
    """Return those that concern a series."""
    return [
        one
        for one in decisions
        if one.measure in ("", measure) and (one.slice == slice_ or (not one.slice and one.kind in _OF_ALL_SLICES))
    ]


def target_at(decisions: Iterable[Signed], measure: str, slice_: str, period: str) -> float | None:
    """Return the target decided for a period by the decisions in force, in order of period; None: none was."""
    targets = [
        one
        for one in decisions
        if (one.kind, one.measure, one.slice) == (SignedKind.TARGET, measure, slice_) and one.period <= period
    ]
    return float(targets[-1].cause.split(maxsplit=1)[0]) if targets else None


def drawn(decisions: Iterable[Signed], first: str, last: str) -> tuple[Decision, ...]:
    """Return what a chart from a period until another shows of them; a revision stands there as a note."""
    return tuple(
        Decision(
            kind=_DRAWN.get(one.kind, DecisionKind.NOTE), period=one.period, cause=one.cause,
            decided_by=one.decided_by, decided_on=one.decided_on,
        )
        for one in decisions
        if first <= one.period <= last and one.kind is not SignedKind.TARGET
    )  # fmt: skip


_DRAWN = {SignedKind.REBASE: DecisionKind.REBASE, SignedKind.GHOST: DecisionKind.GHOST}
