"""The control phase: what the change did, whether it holds, and the alarm when it slips. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

import numpy as np

from measurement.measures import Unit
from measurement.periods import Week
from measurement.statistics.before_after import BeforeAfter, before_after, holiday_weeks, with_missing_weeks
from measurement.statistics.chart import Chart, SignalRule, Word
from measurement.statistics.control import NoRebase, chart_of, kind_for, may_rebase
from measurement.statistics.series import Decision, DecisionKind, Point, Series
from measurement.statistics.shares import Interval

_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_WEDNESDAY = 3
_LEAST = 30
"""Cases on each side of pilot and others, under which nothing is said of them."""


class NoPeriod(ValueError):
    """The periods of the series do not tell which of them a date belongs to."""


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


class Slip(StrEnum):
    """How the effect stands at the newest settled period."""

    HOLDS = "holds"
    SLIPS = "slips"
    """Worse than what is usual since the change."""
    TOO_EARLY = "too_early"
    """Too few periods since the change to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is said of the newest settled period against those since the change.

    Attributes:
        period: which one; empty: nothing has come since the change.
        value: its value.
        centre: the level since the change.
        rules: why it slips.
    """

    slip: Slip
    period: str = ""
    value: float | None = None
    centre: float | None = None
    rules: tuple[SignalRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the change did to a series.

    Attributes:
        period: the first that counts as after.
        change: of a share; None where there are too few periods on a side, or it is no share.
        level: of what is no share; None likewise.
        signalled: the first period from the change on whose chart, as it then stood, said "better"; empty: none yet.
        may_rebase: why limits may not begin anew; None: they may.
        watch: whether it holds.
        gap: pilot against the others; None without a pilot.
    """

    period: str
    change: BeforeAfter | None
    level: LevelChange | None
    signalled: str
    may_rebase: NoRebase | None
    watch: Watch
    gap: Gap | None = None


def period_of(day: date, periods: Sequence[str]) -> str:
    """Return the first period that counts as after a change on this day.

    Of weeks the one that has most of its workdays after it: its own until Wednesday, else the next. Of months the own
    until the 15th, else the next; of years the own until June, else the next.

    Raises:
        NoPeriod: the periods are neither weeks, months nor years.
    """
    if periods and all(_WEEK.fullmatch(one) for one in periods):
        year, number, weekday = day.isocalendar()
        week = Week(year=year, number=number)
        return str(week if weekday <= _WEDNESDAY else week.next())
    if periods and all(_MONTH.fullmatch(one) for one in periods):
        later = day if day.day <= 15 else day.replace(day=1) + timedelta(days=32)
        return f"{later:%Y-%m}"
    if periods and all(_YEAR.fullmatch(one) for one in periods):
        return str(day.year + (day.month > 6))
    raise NoPeriod("the periods are neither weeks, months nor years: say the period itself")


def outcome_of(series: Series, period: str, pilot: tuple[Series, Series] | None = None) -> Outcome:
    """Return what a change did.

    Args:
        series: the whole, gaps included; what it has after the change may be little.
        period: the first that counts as after.
        pilot: the unit that tried it and the others, as shares.
    """
    series = replace(series, points=with_missing_weeks(series.points))
    share = series.unit is Unit.SHARE
    return Outcome(
        period=period,
        change=_shares(series, period) if share else None,
        level=None if share else _levels(series, period),
        signalled=first_signal(series, period),
        may_rebase=may_rebase(_without(series, period), period),
        watch=watch_of(series, period),
        gap=_gap(*pilot, period) if pilot else None,
    )


def _shares(series: Series, period: str) -> BeforeAfter | None:
    names = [one.period for one in series.points]
    weekly = all(_WEEK.fullmatch(one) for one in names)
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


def _gap(pilot: Series, others: Series, period: str) -> Gap | None:
    one, other = _shares(pilot, period), _shares(others, period)
    if one is None or other is None or min(each.n for of in (one, other) for each in (of.before, of.after)) < _LEAST:
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


def first_signal(series: Series, period: str) -> str:
    """Return the first settled period from the change on whose chart, as it then stood, said "better"; empty: none."""
    series = _without(series, period)
    names = [one.period for one in series.points]
    if period not in names:
        return ""
    for at in range(names.index(period), len(names)):
        if chart_of(_until(series, at), kind_for(series.unit)).word is Word.BETTER:
            return names[at]
    return ""


def rebased_chart(series: Series, period: str) -> Chart:
    """Return the chart of a series as if its limits began anew at the change, whether that was signed or not."""
    if all(one.period != period for one in series.points):
        return chart_of(series, kind_for(series.unit))
    anew = Decision(kind=DecisionKind.REBASE, period=period, cause="-", decided_by="-", decided_on=date.min)
    decisions = sorted([*_without(series, period).decisions, anew], key=lambda one: one.period)
    return chart_of(replace(series, decisions=tuple(decisions)), kind_for(series.unit))


def settled(series: Series) -> Series:
    """Return a series as it is watched: until its newest ordinary period that has a value and is more than "so far".

    July and the weeks around New Year are unlike the others whatever is done: they are left out of limits and rules,
    and none of them is the newest.
    """
    unlike = holiday_weeks([one.period for one in series.points if _WEEK.fullmatch(one.period)])
    points = [replace(one, ghost=one.ghost or "-") if one.period in unlike else one for one in series.points]
    while points and (points[-1].preliminary or points[-1].value is None or points[-1].period in unlike):
        points.pop()
    return replace(series, points=tuple(points))


def watch_of(series: Series, period: str) -> Watch:
    """Return whether the effect holds at the newest settled period; the alarm is `Slip.SLIPS`.

    The limits are those since the change, so that a slip back is seen though the old level was worse still.
    """
    series = settled(series)
    if all(one.period != period for one in series.points):
        return Watch(slip=Slip.TOO_EARLY)
    chart = rebased_chart(series, period)
    last, judged = series.points[-1], chart.judged[-1]
    told = Watch(slip=Slip.HOLDS, period=last.period, value=last.value, centre=judged.centre)
    if chart.word is Word.WORSE:
        return replace(told, slip=Slip.SLIPS, rules=judged.rules)
    return replace(told, slip=Slip.TOO_EARLY) if not chart.groups[-1].has_limits else told


def _without(series: Series, period: str) -> Series:
    """Return the series as if nothing had been decided of limits at the period."""
    kept = (one for one in series.decisions if not (one.kind is DecisionKind.REBASE and one.period == period))
    return replace(series, decisions=tuple(kept))


def _until(series: Series, at: int) -> Series:
    return replace(series, points=series.points[: at + 1])
