"""What is kept of finished periods: values, how far each period has come, signed decisions, figures from before us.

Every function works in the transaction of the connection it is given; nothing is committed here. What has no data has
no row, nor has a slice of which there was none: where a count of the whole is kept, a slice that is missing is 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.measures import Figure
from measurement.rollup.states import Standing, State
from measurement.rollup.tables import FACTS, FILL_STATE, INQUIRIES, WEEKLY_VALUES

_Row = Sequence[Any]
Key = tuple[str, str, str]
"""Period, measure and slice."""


async def first_instant(connection: AsyncConnection) -> datetime | None:
    """Return when the first fact happened, or the first inquiry arrived if that was earlier (UTC); None: none has."""
    earliest = select(FACTS.c.occurred_at).order_by(FACTS.c.seq).limit(1)
    arrived = select(func.min(INQUIRIES.c.arrived_at))
    found = [(await connection.execute(query)).scalar() for query in (earliest, arrived)]
    return min((from_micros(one) for one in found if one is not None), default=None)


async def standings(connection: AsyncConnection) -> dict[str, Standing]:
    """Return how far each period has come, by its name."""
    rows = await connection.execute(select(*FILL_STATE.c).order_by(FILL_STATE.c.period))
    return {row[0]: _standing(row) for row in rows}


async def put_standing(connection: AsyncConnection, standing: Standing) -> None:
    """Write how far a period has come, over what stood there."""
    row = {
        "period": standing.period, "state": standing.state.value, "revision": standing.revision,
        "definitions": standing.definitions, "as_of": to_micros(standing.as_of),
        "settles_at": _micros(standing.settles_at), "frozen_at": _micros(standing.frozen_at),
        "reported_at": _micros(standing.reported_at),
    }  # fmt: skip
    await connection.execute(delete(FILL_STATE).where(FILL_STATE.c.period == standing.period))
    await connection.execute(insert(FILL_STATE), [row])


async def mark_reported(connection: AsyncConnection, period: str, at: datetime) -> None:
    """Note that a period's report was sent (UTC). From then on no value that it may have shown is written over.

    Raises:
        LookupError: the period has not been filled.
    """
    done = await connection.execute(
        update(FILL_STATE).where(FILL_STATE.c.period == period).values(reported_at=to_micros(at))
    )
    if not done.rowcount:
        raise LookupError(f"{period} has no figures yet")


async def values_as_of(connection: AsyncConnection, period: str, instant: datetime | None = None) -> tuple[Figure, ...]:
    """Return the values of a period that were in force at an instant (UTC), the newest if None, in order.

    They come from the book alone: whatever a report showed then is the same for ever.
    """
    at = WEEKLY_VALUES.c
    found = await _in_force(connection, [at.period == period], instant)
    return tuple(figure for figure, _ in found.values() if says_something(figure))


async def values_of(
    connection: AsyncConnection, measure: str, slice_: str, periods: Iterable[str], instant: datetime | None = None
) -> dict[str, Figure]:
    """Return one measure's values in force at an instant (UTC), the newest if None, by period; gaps are left out."""
    wanted, at = set(periods), WEEKLY_VALUES.c
    if not wanted:
        return {}
    span = [at.measure == measure, at.slice == slice_, at.period >= min(wanted), at.period <= max(wanted)]
    found = await _in_force(connection, span, instant)
    return {figure.period: figure for figure, _ in found.values() if figure.period in wanted and says_something(figure)}


async def revisions_of(connection: AsyncConnection, period: str, measure: str, slice_: str) -> list[tuple[int, Figure]]:
    """Return every value that a figure has had, oldest first, each with its revision."""
    at = WEEKLY_VALUES.c
    query = select(*at).where(at.period == period, at.measure == measure, at.slice == slice_)
    rows = await connection.execute(query.order_by(at.revision))
    return [(row[4], _figure(row)) for row in rows]


async def put_values(
    connection: AsyncConnection, period: str, figures: Iterable[Figure], *, keep_until: datetime | None
) -> int:
    """Make these the values of a period, and return its newest revision.

    Args:
        connection: in a transaction.
        period: whose values they are; all of them.
        figures: what is to be in force.
        keep_until: values known by this instant (UTC) were shown to somebody: they stay, and what differs from them
            becomes the next revision. None: nobody has seen any.
    """
    at = WEEKLY_VALUES.c
    unseen = delete(WEEKLY_VALUES).where(at.period == period)
    await connection.execute(unseen if keep_until is None else unseen.where(at.as_of > to_micros(keep_until)))
    kept = await _in_force(connection, [at.period == period], None)
    newest = max((revision for _, revision in kept.values()), default=-1)
    rows = [_row(figure, newest + 1) for figure in changed(kept, figures)]
    if rows:
        await connection.execute(insert(WEEKLY_VALUES), rows)
    return newest + 1 if rows else max(newest, 0)


def changed(kept: Mapping[Key, tuple[Figure, int]], figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures that differ from what is kept; what is gone is told by a figure without data."""
    new = {(one.period, one.measure, one.slice): one for one in figures if says_something(one)}
    at = max((one.as_of for one in new.values()), default=None)
    found = [one for key, one in new.items() if key not in kept or not same(kept[key][0], one)]
    for key, (old, _) in kept.items():
        if key not in new and says_something(old):
            gone = replace(old, numerator=None, denominator=None, n=0, value=None, more_than=False)
            found.append(replace(gone, as_of=max(at, old.as_of) if at else old.as_of))
    return found


def same(one: Figure, other: Figure) -> bool:
    """Tell whether two figures say the same by the same definition, whenever each was known."""
    return replace(one, as_of=other.as_of) == other


def says_something(figure: Figure) -> bool:
    """Tell whether a figure is kept: not one without data, nor that there was none of something in a slice."""
    return figure.n > 0 or (figure.value is not None and (figure.value != 0 or not figure.slice))


async def _in_force(
    connection: AsyncConnection, conditions: Sequence[Any], instant: datetime | None
) -> dict[Key, tuple[Figure, int]]:
    """Return what was in force, with its revision, in order of period, measure and slice."""
    query = select(*WEEKLY_VALUES.c).where(*conditions)
    if instant is not None:
        query = query.where(WEEKLY_VALUES.c.as_of <= to_micros(instant))
    newest: dict[Key, _Row] = {}
    for row in await connection.execute(query):
        key = row[0], row[1], row[3]
        if key not in newest or newest[key][4] < row[4]:
            newest[key] = row
    return {key: (_figure(newest[key]), newest[key][4]) for key in sorted(newest)}


def _figure(row: _Row) -> Figure:
    period, measure, version, slice_, _, numerator, denominator, n, value, more_than, as_of = row
    return Figure(
        measure=measure, version=version, period=period, slice=slice_, numerator=numerator, denominator=denominator,
        n=n, value=value, more_than=bool(more_than), as_of=from_micros(as_of),
    )  # fmt: skip


def _row(figure: Figure, revision: int) -> dict[str, Any]:
    return {
        "period": figure.period, "measure": figure.measure, "version": figure.version, "slice": figure.slice,
        "revision": revision, "numerator": figure.numerator, "denominator": figure.denominator, "n": figure.n,
        "value": None if figure.value is None else float(figure.value), "more_than": int(figure.more_than),
        "as_of": to_micros(figure.as_of),
    }  # fmt: skip


def _standing(row: _Row) -> Standing:
    period, state, revision, definitions, as_of, settles_at, frozen_at, reported_at = row
    return Standing(
        period=period, state=State(state), revision=revision, definitions=definitions, as_of=from_micros(as_of),
        settles_at=_instant(settles_at), frozen_at=_instant(frozen_at), reported_at=_instant(reported_at),
    )  # fmt: skip


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else to_micros(instant)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
