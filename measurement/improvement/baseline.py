"""The baseline of a project: how it was before, and whether it was stable. The chart comes before the target. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from measurement.improvement.pareto import spread_interval, spread_of
from measurement.measures import Unit
from measurement.statistics.chart import Chart, SignalRule
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import DecisionKind, Point, Series
from measurement.statistics.shares import Interval

MOST_PERIODS = 52
"""A baseline is at most so long, unless somebody says otherwise: what was long ago is no longer how it is."""


class Stability(StrEnum):
    """What the chart says of the baseline as a whole."""

    STABLE = "stable"
    """No signal: it goes on like this until something is changed."""
    UNSTABLE = "unstable"
    """Some periods stand out: something happened besides chance, or the level moved."""
    UNKNOWN = "unknown"
    """Too few periods to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled:
    """A period that stands out, and by which rules."""

    period: str
    rules: tuple[SignalRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How it was, in the measure's unit (shares 0–1, seconds, index).

    Attributes:
        first, last: its periods.
        counted: periods with a value that are neither left out nor "so far".
        k, n: of all those together; k is None of what is no share.
        centre: the mean level; None without any value.
        interval: of a share k of n, with what periods differ; of what is no share of the mean (Student). None from
            fewer than two periods.
        lower, upper: between which a period usually comes out, at the last one; None from too few periods.
        signals: periods that stand out, oldest first; of the newest level, where limits begin anew within it.
        version: of the measure's definition.
    """

    first: str
    last: str
    counted: int
    k: int | None
    n: int
    centre: float | None
    lower: float | None
    upper: float | None
    stability: Stability
    signals: tuple[Signalled, ...]
    version: int
    interval: Interval | None = None


class NoBaseline(ValueError):
    """There is nothing to make it from; the text says of which periods."""


def periods_for(series: Series, *, first: str = "", last: str = "", before: str = "") -> Series:
    """Return the settled part of a series that a baseline is made from.

    Args:
        series: the whole.
        first: the first period; empty: at most 52 that end with the last.
        last: the last period; empty: the newest.
        before: the period of the change, if there was one: it and what comes after do not belong to the baseline.

    Raises:
        NoBaseline: no period with a value is left, or the series has no such period.
    """
    if missing := {first, last} - {"", *(one.period for one in series.points)}:
        raise NoBaseline(", ".join(sorted(missing)))
    place = {one.period: at for at, one in enumerate(series.points)}
    begin, end = place.get(first, 0), place.get(last, len(series.points) - 1)
    end = min(end, place.get(before, len(series.points)) - 1)
    points = [one for at, one in enumerate(series.points) if begin <= at <= end and not one.preliminary]
    points = points if first else points[-MOST_PERIODS:]
    if not any(one.value is not None for one in points):
        raise NoBaseline(f"{first or '…'} – {last or before or '…'}")
    return _cut(series, points)


def _cut(series: Series, points: Sequence[Point]) -> Series:
    kept = {one.period for one in points}
    return replace(series, points=tuple(points), decisions=tuple(one for one in series.decisions if one.period in kept))


def baseline_of(series: Series) -> Baseline:
    """Return the baseline that a part of a series gives; where limits begin anew in it, that of the newest level."""
    rebased = [one.period for one in series.decisions if one.kind is DecisionKind.REBASE]
    if rebased:
        names = [one.period for one in series.points]
        series = _cut(series, series.points[names.index(rebased[-1]) :])
    chart = chart_of(replace(series, decisions=()), kind_for(series.unit))
    points = [one for one in series.points if one.value is not None and not one.ghost]
    group, last = chart.groups[-1], chart.judged[-1]
    return Baseline(
        first=series.points[0].period, last=series.points[-1].period, counted=group.counted,
        k=sum(one.numerator or 0 for one in points) if series.unit is Unit.SHARE else None,
        n=sum(one.n for one in points), centre=group.centre,
        lower=last.lower if group.has_limits else None, upper=last.upper if group.has_limits else None,
        stability=_stability(chart), signals=_signals(chart), version=series.version,
        interval=_interval(points, series.unit),
    )  # fmt: skip


def _interval(points: Sequence[Point], unit: Unit) -> Interval | None:
    if len(points) < 2:
        return None
    if unit is Unit.SHARE:
        k, n = np.array([one.numerator or 0 for one in points]), np.array([one.n for one in points])
        return spread_interval(int(k.sum()), int(n.sum()), spread_of(k, n)) if n.sum() else None
    return _mean_interval([one.value for one in points if one.value is not None])


def _mean_interval(values: Sequence[float]) -> Interval | None:
    """Return Student's interval of a mean; None of fewer than two values."""
    from scipy.stats import t as student

    if len(values) < 2:
        return None
    half = float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return Interval(low=float(np.mean(values)) - half, high=float(np.mean(values)) + half)


def _signals(chart: Chart) -> tuple[Signalled, ...]:
    if not chart.groups[-1].has_limits:
        return ()
    pairs = zip(chart.series.points, chart.judged, strict=True)
    return tuple(Signalled(period=point.period, rules=judged.rules) for point, judged in pairs if judged.rules)


def _stability(chart: Chart) -> Stability:
    if not chart.groups[-1].has_limits:
        return Stability.UNKNOWN
    return Stability.UNSTABLE if _signals(chart) else Stability.STABLE


def baseline_json(baseline: Baseline) -> str:
    """Return a baseline as JSON, as it is entered."""
    return json.dumps(asdict(baseline), ensure_ascii=False, sort_keys=True)


def baseline_of_json(text: str) -> Baseline:
    """Return the baseline; the inverse of `baseline_json`."""
    told: dict[str, Any] = json.loads(text)
    signals = tuple(
        Signalled(period=one["period"], rules=tuple(SignalRule(rule) for rule in one["rules"]))
        for one in told["signals"]
    )
    sure = Interval(**told["interval"]) if told.get("interval") else None
    return Baseline(**{**told, "stability": Stability(told["stability"]), "signals": signals, "interval": sure})
