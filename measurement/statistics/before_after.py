"""Before and after a change: what the weeks' shares say, when weeks differ by more than chance alone gives.

Quasi-binomial regression (statsmodels) of k of n per week, as R's `glm(cbind(k, n - k) ~ after, quasibinomial)`, and
on the scale of people: percentage points. Which model when, and the traps: reference/measurement.md §2. Pure.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from measurement.periods import Week
from measurement.statistics.quasi_binomial import Array, Estimate, Fit, fit_shares, on_logit, share_of
from measurement.statistics.series import Point
from measurement.statistics.shares import Interval, newcombe, wilson_many

LEAST_WEEKS = 2
"""On either side: fewer tell nothing of how much weeks differ."""
TREND_WEEKS = 12
"""On either side, from which a change of slope is looked for."""
POWER = 0.80

_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)


class Marked(StrEnum):
    """What is done with weeks unlike the others (July, Christmas), on both sides alike."""

    TERM = "term"
    """They have a level of their own in the model."""
    LEFT_OUT = "left_out"


class Method(StrEnum):
    """What made the interval."""

    QUASI_BINOMIAL = "quasi_binomial"
    NEWCOMBE = "newcombe"
    """Where the model has no answer (nothing but 0 or 100 per cent on a side, or weeks exactly alike): Newcombe's
    interval of the pooled shares, their counts divided by what the weeks differ beyond chance, at least 1. Marked
    weeks are left out.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The weeks before, or from the change on.

    Attributes:
        weeks: that count.
        k, n: of them together.
        level: share 0–1; with marked weeks as a term, for as many of them as there are on both sides together.
    """

    weeks: int
    k: int
    n: int
    level: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The same change when each side may have a slope; shares and shares per week, on the scale 0–1.

    Attributes:
        jump: at the first week after, against where the slope before would have led.
        slope_before, slope_after: mean change per week of each side.
        slope_change: after minus before.
        dispersion: of this model.
    """

    jump: Estimate
    slope_before: Estimate
    slope_after: Estimate
    slope_change: Estimate
    dispersion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """What a change did to a share.

    Attributes:
        change: first period after it.
        before, after: both sides.
        difference: after minus before, -1 to 1; times 100 it is percentage points.
        dispersion: 1 where weeks differ by chance alone; standard errors are its root times the binomial ones.
        df: residual degrees of freedom; intervals are Student's t with them.
        smallest_seen: the change, to either side of the level before, that weeks like these show four times of five;
            1: hardly any does; None where the model has no answer. A smaller one may be there all the same.
        marked: marked weeks that count, as a term of the model; 0 when they are left out.
        left_out: periods that do not count: no value, ghosted, preliminary, or marked and left out.
        trend: from twelve weeks on either side; None before, or where the weeks do not tell it.
    """

    change: str
    before: Side
    after: Side
    difference: Estimate
    method: Method
    dispersion: float
    df: int
    smallest_seen: float | None
    marked: int
    left_out: tuple[str, ...]
    trend: Trend | None


@dataclass(frozen=True, slots=True)
class _Weeks:
    """The weeks that count: `at` weeks from the change (0 the first after), `after` and `marked` 0 or 1."""

    at: Array
    k: Array
    n: Array
    after: Array
    marked: Array

    def only(self, which: NDArray[np.bool_]) -> "_Weeks":
        return _Weeks(*(column[which] for column in (self.at, self.k, self.n, self.after, self.marked)))


def holiday_weeks(periods: Sequence[str]) -> frozenset[str]:
    """Return those ISO weeks that are unlike others: Thursday in July, or a Monday–Friday of 24 December–1 January.

    Raises:
        ValueError: a period is no ISO week as ``2026-W47``.
    """
    return frozenset(period for period in periods if _is_holiday(Week.parse(period).monday + timedelta(days=3)))


def _is_holiday(thursday: date) -> bool:
    # Friday is 24 December or later, Monday 1 January or earlier.
    day = (thursday.month, thursday.day)
    return thursday.month == 7 or day >= (12, 23) or day <= (1, 4)


def with_missing_weeks(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return points of ISO weeks with an empty one for each week that is missing; other periods as they stand.

    Raises:
        ValueError: weeks out of order.
    """
    if not all(_WEEK.fullmatch(point.period) for point in points):
        return tuple(points)
    filled = list[Point]()
    for point in points:
        week = Week.parse(point.period)
        while filled and (due := Week.parse(filled[-1].period).next()) != week:
            if due > week:
                raise ValueError(f"{week} stands after {filled[-1].period}")
            filled.append(Point(period=str(due), value=None, n=0))
        filled.append(point)
    return tuple(filled)


def before_after(
    points: Sequence[Point], change: str, *, marked: Collection[str] = (), handling: Marked = Marked.TERM
) -> BeforeAfter:
    """Return what the change did, on the weeks that have a value and are neither ghosted nor preliminary.

    The model and the change's week are to be decided before anybody has seen the figures.

    Args:
        points: of a share, in order, one for each period (a missing one without a value).
        change: first period after the change.
        marked: periods unlike the others, as `holiday_weeks` gives; they count in `handling`'s way.
        handling: what is done with them.

    Raises:
        ValueError: no such period, no shares, fewer than two weeks on a side, or a side with marked weeks alone.
    """
    weeks, left_out = _counted(points, change, marked, handling)
    _require_sides(weeks)
    fit = _fit(weeks, _level_columns(weeks))
    if fit is None and weeks.marked.any():
        return before_after(points, change, marked=marked, handling=Marked.LEFT_OUT)
    if fit is None:
        return _pooled(weeks, change, left_out)
    return BeforeAfter(
        change=change,
        before=_side(weeks, 0, on_logit(fit.estimate(lambda b: _standardised(fit.x, b, weeks.n, 0.0)), fit.df)),
        after=_side(weeks, 1, on_logit(fit.estimate(lambda b: _standardised(fit.x, b, weeks.n, 1.0)), fit.df)),
        difference=fit.estimate(
            lambda b: _standardised(fit.x, b, weeks.n, 1.0) - _standardised(fit.x, b, weeks.n, 0.0)
        ),
        method=Method.QUASI_BINOMIAL,
        dispersion=fit.dispersion,
        df=fit.df,
        smallest_seen=_smallest_seen(fit, weeks),
        marked=int(weeks.marked.sum()),
        left_out=left_out,
        trend=_trend(weeks),
    )


def _counted(
    points: Sequence[Point], change: str, marked: Collection[str], handling: Marked
) -> tuple[_Weeks, tuple[str, ...]]:
    """Return the weeks that count and the names of those that do not."""
    first = next((at for at, point in enumerate(points) if point.period == change), None)
    if first is None:
        raise ValueError(f"there is no {change} among the periods")
    rows, left_out = [], []
    for at, point in enumerate(points):
        is_marked = point.period in marked
        if not point.n or point.ghost or point.preliminary or (is_marked and handling is Marked.LEFT_OUT):
            left_out.append(point.period)
        elif point.numerator is None or not 0 <= point.numerator <= point.n:
            raise ValueError(f"{point.period} has no share: a numerator between 0 and n is needed")
        else:
            rows.append((at - first, point.numerator, point.n, at >= first, is_marked))
    return _Weeks(*np.array(rows, np.float64).reshape(-1, 5).T), tuple(left_out)


def _require_sides(weeks: _Weeks) -> None:
    for after in (0, 1):
        unmarked = int(np.sum((weeks.after == after) & (weeks.marked == 0)))
        if unmarked < LEAST_WEEKS:
            raise ValueError(f"at least {LEAST_WEEKS} ordinary weeks with cases are needed on either side")


def _level_columns(weeks: _Weeks) -> list[Array]:
    """Return the columns of the model: all, after the change, and marked weeks if there are any."""
    return [np.ones_like(weeks.k), weeks.after, *([weeks.marked] if weeks.marked.any() else [])]


def _fit(weeks: _Weeks, columns: Sequence[Array]) -> Fit | None:
    """Return the fitted model; None where it has no answer."""
    if any(_all_or_none(weeks.only(weeks.after == after)) for after in (0, 1)):
        return None
    return fit_shares(weeks.k, weeks.n, columns)


def _all_or_none(weeks: _Weeks) -> bool:
    return float(weeks.k.sum()) in (0.0, float(weeks.n.sum()))


def _standardised(x: Array, b: Array, n: Array, after: float) -> Array:
    """Return the share if all weeks, with their marks, had come before (0) or after (1) the change."""
    moved = x.copy()
    moved[:, 1] = after
    return np.asarray(share_of(moved, b) @ n / n.sum())


def _side(weeks: _Weeks, after: int, level: Estimate) -> Side:
    here = weeks.only(weeks.after == after)
    return Side(weeks=len(here.k), k=int(here.k.sum()), n=int(here.n.sum()), level=level)


def _smallest_seen(fit: Fit, weeks: _Weeks) -> float:
    """Return the difference that is found four times of five, from the level before and the spread of the weeks."""
    from scipy.stats import t as student  # loads for most of a second

    no_change = fit.x.copy()
    no_change[:, 1] = 0
    p = share_of(no_change, fit.b)
    weight = weeks.n * p * (1 - p)
    spread = np.linalg.inv(fit.x.T @ (fit.x * weight[:, None]))[1, 1] * fit.dispersion
    error = float(weight.sum() / weeks.n.sum() * np.sqrt(spread))
    return min(1.0, error * float(student.ppf(0.975, fit.df) + student.ppf(POWER, fit.df)))


def _trend(weeks: _Weeks) -> Trend | None:
    if min(int((weeks.after == after).sum()) for after in (0, 1)) < TREND_WEEKS:
        return None
    level = _level_columns(weeks)
    fit = _fit(weeks, [*level, weeks.at, weeks.at * weeks.after])
    if fit is None:
        return None
    before, after = weeks.after == 0, weeks.after == 1
    slope = len(level)

    def steepness(b: Array, side: NDArray[np.bool_], per_week: Array) -> Array:
        p = share_of(fit.x[side], b)
        return np.asarray((p * (1 - p)) @ weeks.n[side] / weeks.n[side].sum() * per_week)

    def slope_before(b: Array) -> Array:
        return steepness(b, before, b[slope])

    def slope_after(b: Array) -> Array:
        return steepness(b, after, b[slope] + b[slope + 1])

    return Trend(
        jump=fit.estimate(lambda b: share_of(np.array([1, 1]), b[:2]) - share_of(np.array([1, 0]), b[:2])),
        slope_before=fit.estimate(slope_before),
        slope_after=fit.estimate(slope_after),
        slope_change=fit.estimate(lambda b: slope_after(b) - slope_before(b)),
        dispersion=fit.dispersion,
    )


def _pooled(weeks: _Weeks, change: str, left_out: tuple[str, ...]) -> BeforeAfter:
    """Return the answer where the model has none, on the safe side: a dispersion under 1 counts as 1."""
    sides = [weeks.only(weeks.after == after) for after in (0, 1)]
    telling = [side for side in sides if not _all_or_none(side)]
    df = sum(len(side.k) - 1 for side in telling)
    dispersion = max(1.0, sum(map(_chi2, telling)) / df) if df else 1.0
    counts = [(float(side.k.sum()) / dispersion, float(side.n.sum()) / dispersion) for side in sides]
    shares = [k / n for k, n in counts]
    lows, highs = wilson_many([k for k, _ in counts], [n for _, n in counts])
    levels = [
        Estimate(value=share, interval=Interval(low=float(low), high=float(high)), standard_error=None)
        for share, low, high in zip(shares, lows, highs, strict=True)
    ]
    interval = newcombe(*counts[1], *counts[0])
    return BeforeAfter(
        change=change,
        before=_side(weeks, 0, levels[0]),
        after=_side(weeks, 1, levels[1]),
        difference=Estimate(value=shares[1] - shares[0], interval=interval, standard_error=None),
        method=Method.NEWCOMBE,
        dispersion=dispersion,
        df=df,
        smallest_seen=None,
        marked=0,
        left_out=left_out,
        trend=None,
    )


def _chi2(side: _Weeks) -> float:
    share = float(side.k.sum() / side.n.sum())
    return float(np.sum((side.k - side.n * share) ** 2 / (side.n * share * (1 - share))))
