"""Figures from before us: kept as they came, drawn beside the series, never counted with it.

A series of them has a name, and after a blank the slice it is about, as ``kkik channel:mail``; entering it again
writes over what it held.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import to_micros
from measurement.baseline import Baseline, WeekFigures
from measurement.measures import IN_TIME
from measurement.rollup.tables import HISTORY
from measurement.statistics.series import Earlier

MAIL = "channel:mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """One figure from before us.

    Attributes:
        series: the name of what it belongs to.
        slice: as `Figure.slice` has it.
        measure: the id of the measure that it is drawn beside.
        period: a week as ``2025-W10`` or a year as ``2019``.
        definition: what it was made by.
        numerator, denominator: None where nobody knows.
        value: in the measure's unit: shares and points 0–1.
        source: where it comes from.
    """

    series: str
    slice: str = ""
    measure: str
    period: str
    definition: str
    numerator: int | None = None
    denominator: int | None = None
    value: float
    source: str


async def put_history(connection: AsyncConnection, rows: Iterable[Old], now: datetime) -> int:
    """Keep figures, and return how many. What their series held before goes.

    Raises:
        ValueError: two of one series about the same measure and period.
    """
    listed = list(rows)
    found = {(_key(one), one.measure, one.period): one for one in listed}
    if len(found) < len(listed):
        raise ValueError("two figures of one series about the same measure and period")
    for series in {key for key, _, _ in found}:
        await connection.execute(delete(HISTORY).where(HISTORY.c.series == series))
    if found:
        await connection.execute(insert(HISTORY), [_row(one, now) for one in found.values()])
    return len(found)


async def history_of(connection: AsyncConnection) -> list[Old]:
    """Return everything from before us, in order of measure, definition and period."""
    at = HISTORY.c
    columns = [at.series, at.measure, at.period, at.definition, at.numerator, at.denominator, at.value, at.source]
    rows = await connection.execute(select(*columns))
    found = list[Old]()
    for series, measure, period, definition, numerator, denominator, value, source in rows:
        name, _, slice_ = series.partition(" ")
        found.append(
            Old(
                series=name, slice=slice_, measure=measure, period=period, definition=definition,
                numerator=numerator, denominator=denominator, value=value, source=source,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.measure, one.definition, one.period, one.series))


def earlier_of(old: Iterable[Old], measure: str, slice_: str, before: str | None) -> tuple[Earlier, ...]:
    """Return what is drawn beside a series, oldest first.

    Args:
        old: from before us.
        measure: id of the series' measure.
        slice_: of the series.
        before: the series' first week with a figure: what is not older than that is left out. None: it has none.
    """
    found = [
        Earlier(period=one.period, value=one.value, n=one.denominator, definition=one.definition, source=one.source)
        for one in old
        if one.measure == measure and _belongs(one.slice, slice_) and (before is None or _is_before(one.period, before))
    ]
    return tuple(sorted(found, key=lambda one: one.period))


def _belongs(slice_: str, to: str) -> bool:
    """Tell whether figures of a slice are drawn beside another: before us, mail was all the writing that was timed."""
    return slice_ == to or (not to and slice_ == MAIL)


def _is_before(period: str, week: str) -> bool:
    """Tell whether a week or a year lies wholly before a week; a year of the same number does not."""
    return period[:4] < week[:4] if len(period) == len("2019") else period < week


def baseline_history(found: Baseline, source: str) -> tuple[Old, ...]:
    """Return the weeks of a mailbox's baseline that are wholly due, under every rule.

    Args:
        found: what measure-only mode gave.
        source: which mailbox.
    """
    return tuple(old for week in found.weeks for old in _of_week(week, source))


def _of_week(week: WeekFigures, source: str) -> Sequence[Old]:
    return [
        Old(
            series="baseline", measure=IN_TIME[rule].id, period=str(week.week), slice=MAIL,
            definition=f"baseline.v{figures.share.version}", numerator=figures.share.numerator,
            denominator=figures.share.denominator, value=figures.share.share, source=source,
        )
        for rule, figures in week.rules.items()
        if figures.settled and figures.share is not None
    ]  # fmt: skip


def _key(one: Old) -> str:
    return f"{one.series} {one.slice}".strip()


def _row(one: Old, now: datetime) -> dict[str, object]:
    return {
        "series": _key(one), "measure": one.measure, "period": one.period, "definition": one.definition,
        "numerator": one.numerator, "denominator": one.denominator, "value": float(one.value),
        "source": one.source, "recorded_at": to_micros(now),
    }  # fmt: skip
