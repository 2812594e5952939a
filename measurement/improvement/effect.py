"""What a change did: before and after, a pilot beside the others, and which way it went, chance apart. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

import numpy as np

from measurement.measures import Direction, Unit
from measurement.statistics.before_after import BeforeAfter, before_after, holiday_weeks
from measurement.statistics.series import Point, Series
from measurement.statistics.shares import Interval

WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
_LEAST = 30
"""Cases on each side of pilot and others, under which nothing is said of them."""


class Effect(StrEnum):
    """Which way it went; a way is told only when the interval leaves 0 out."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    """It went some way, and neither way is better."""
    NONE = "none"
    """The interval holds 0: it may be chance."""
    UNKNOWN = "unknown"
    """There is too little to compare."""


class NoPilot(StrEnum):
    """Why a pilot is not told beside the others."""

    NO_SHARE = "no_share"
    """The measure is no share: the others cannot be told from the whole."""
    NO_PARTS = "no_parts"
    """The series is of a file, or of another part of the measure: the unit's figures are not known."""
    FEW = "few"
    """Fewer than 30 on a side of the unit or of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """Before and after of what is no share: the means, in the measure's unit.

    Attributes:
        difference: after minus before; `interval` is Welch's, which takes the periods for independent.
    """

    before: float
    after: float
    before_periods: int
    after_periods: int
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How much more the pilot changed than the others did.

    Attributes:
        pilot, others: before and after of each.
        difference: of the two changes, -2 to 2; `interval` put together from theirs (MOVER).
    """

    pilot: BeforeAfter
    others: BeforeAfter
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a change did.

    Attributes:
        effect: which way it went: of a pilot by the gap, else by the change.
        change: of a share; None where there are too few periods on a side, or it is no share.
        level: of what is no share; None likewise.
        gap: the pilot against the others; None without a pilot, or where that cannot be told.
        no_gap: why it cannot.
    """

    effect: Effect
    change: BeforeAfter | None = None
    level: LevelChange | None = None
    gap: Gap | None = None
    no_gap: NoPilot | None = None


def measured(series: Series, period: str, others: Series | None = None) -> Measured:
    """Return what a change did.

    Args:
        series: the whole, or the unit that tries it; gaps included.
        period: the first that counts as after.
        others: the units that do not try it, where one does.
    """
    change = _shares(series, period) if series.unit is Unit.SHARE else None
    level = None if series.unit is Unit.SHARE else _levels(series, period)
    if others is None:
        found = change.difference.interval if change else level.interval if level else None
        return Measured(effect=_effect(found, series.direction), change=change, level=level)
    beside = _shares(others, period)
    if change is None or beside is None:
        return Measured(effect=Effect.UNKNOWN, change=change)
    gap = _gap(change, beside)
    if gap is None:
        return Measured(effect=Effect.UNKNOWN, change=change, no_gap=NoPilot.FEW)
    return Measured(effect=_effect(gap.interval, series.direction), change=change, gap=gap)


def _effect(interval: Interval | None, direction: Direction | None) -> Effect:
    if interval is None:
        return Effect.UNKNOWN
    if interval.low <= 0 <= interval.high:
        return Effect.NONE
    if direction is None:
        return Effect.CHANGED
    return Effect.BETTER if (interval.low > 0) is (direction is Direction.HIGHER) else Effect.WORSE


def _shares(series: Series, period: str) -> BeforeAfter | None:
    names = [one.period for one in series.points]
    weekly = all(WEEK.fullmatch(one) for one in names)
    try:
        return before_after(series.points, period, marked=holiday_weeks(names) if weekly else ())
    except ValueError:
        return None


def _levels(series: Series, period: str) -> LevelChange | None:
    from scipy.stats import ttest_ind

    before, after = _sides(series.points, period)
    if min(len(before), len(after)) < 2 or np.ptp(before) + np.ptp(after) == 0:
        return None
    found = ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    means = float(np.mean(before)), float(np.mean(after))
    return LevelChange(
        before=means[0], after=means[1], before_periods=len(before), after_periods=len(after),
        difference=means[1] - means[0], interval=Interval(low=float(found.low), high=float(found.high)),
    )  # fmt: skip


def _sides(points: Sequence[Point], period: str) -> tuple[list[float], list[float]]:
    at = next((at for at, one in enumerate(points) if one.period == period), len(points))
    counts = [one.value if not (one.ghost or one.preliminary) else None for one in points]
    return [one for one in counts[:at] if one is not None], [one for one in counts[at:] if one is not None]


def _gap(one: BeforeAfter, other: BeforeAfter) -> Gap | None:
    if min(each.n for of in (one, other) for each in (of.before, of.after)) < _LEAST:
        return None
    mine, theirs = one.difference, other.difference
    value = mine.value - theirs.value
    low = value - sqrt((mine.value - mine.interval.low) ** 2 + (theirs.interval.high - theirs.value) ** 2)
    high = value + sqrt((mine.interval.high - mine.value) ** 2 + (theirs.value - theirs.interval.low) ** 2)
    return Gap(pilot=one, others=other, difference=value, interval=Interval(low=low, high=high))


def others_of(whole: Series, pilot: Series) -> Series:
    """Return the whole without the pilot, period by period; of shares only."""
    mine = {one.period: one for one in pilot.points}
    return replace(whole, points=tuple(_minus(one, mine.get(one.period)) for one in whole.points))


def _minus(whole: Point, part: Point | None) -> Point:
    if part is None or part.numerator is None or whole.numerator is None:
        return whole
    k, n = whole.numerator - part.numerator, whole.n - part.n
    return replace(whole, numerator=k, n=n, value=k / n if n else None)
