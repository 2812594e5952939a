"""Where a chart's axes begin and end, and what stands along them. Pure but for the axes that are labelled."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor, log10

from matplotlib.axes import Axes

from config.texts import Texts
from measurement.measures import Unit
from measurement.periods import Week
from measurement.statistics.chart import Chart
from measurement.statistics.series import Earlier
from measurement.words import length

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_TIME_STEPS = (10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 604_800)
"""Seconds."""
_EARLIER_STEP = 5
"""Years from before us stand so many weeks apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The ends of the upright axis and its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]


def scale_of(chart: Chart, shown: range) -> Scale:
    """Return a scale that holds all that is drawn; shares and indices never go outside 0–100."""
    values = list(_values(chart, shown)) or [0.0, 1.0]
    low, high = min(values), max(values)
    whole = (
        1.0 if chart.series.unit in (Unit.SHARE, Unit.POINTS) else 100.0 if chart.series.unit is Unit.INDEX else None
    )
    least = (whole or max(abs(high), 1.0)) * 0.15
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    low, high = max(low - (high - low) * 0.1, 0.0), high + (high - low) * 0.1
    step = _step((high - low) / 3.2, in_time=chart.series.unit is Unit.SECONDS)
    bottom, top = floor(low / step) * step, ceil(high / step) * step
    if whole is not None:
        top = min(top, whole)
    count = round((top - bottom) / step)
    ticks = tuple(round(bottom + step * at, 10) for at in range(count + 1))
    # A little air above the highest line, where the last value is written.
    return Scale(low=bottom, high=top + (top - bottom) * 0.04, ticks=ticks)


def _values(chart: Chart, shown: range) -> Iterable[float]:
    for at in shown:
        point, judged = chart.series.points[at], chart.judged[at]
        if point.value is not None:
            yield point.value
        if chart.groups and chart.groups[judged.group].has_limits:
            yield from (limit for limit in (judged.lower, judged.upper) if limit is not None)
    yield from (one.value for one in chart.series.earlier)
    if chart.series.target is not None:
        yield chart.series.target


def _step(least: float, *, in_time: bool) -> float:
    """Return the smallest round step that is not below: 1, 2, 5, 10 … times a power of ten; of time also hours."""
    if in_time and (found := next((step for step in _TIME_STEPS if step >= least), 0)):
        return found
    power = 10.0 ** floor(log10(least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least * 0.999)


def short_value(unit: Unit, value: float, texts: Texts, *, exact: bool = False) -> str:
    """Return a value as it stands on a chart: whole per cent on the axis, one decimal if `exact`."""
    match unit:
        case Unit.SHARE | Unit.POINTS:
            words = texts.percent(value) if exact else texts.t("{count} %", count=round(value * 100))
            return words.replace(" ", "\N{NO-BREAK SPACE}")
        case Unit.SECONDS:
            return length(texts, timedelta(seconds=round(value)), days=False)
        case Unit.INDEX | Unit.COUNT:
            return texts.number(value)


def place_ticks(chart: Chart, shown: range) -> Sequence[tuple[float, Earlier]]:
    """Return where figures from before us stand: left of the first point, the newest nearest, oldest first."""
    earlier = chart.series.earlier
    first = shown[0] if shown else 0
    weeks = {point.period: at for at, point in enumerate(chart.series.points)}
    placed: list[tuple[float, Earlier]] = []
    at = float(first - 2)
    for one in reversed(earlier):
        if one.period in weeks:
            placed.append((float(weeks[one.period]), one))
            continue
        placed.append((at, one))
        at -= 1 if _WEEK.fullmatch(one.period) else _EARLIER_STEP
    return [one for one in reversed(placed) if one[0] < first or int(one[0]) in shown]


def week_ticks(axes: Axes, chart: Chart, shown: range, texts: Texts, most: int) -> None:
    """Write at most so many weeks along the bottom, with the year where it begins; years from before us beside."""
    places = list(shown)
    before = place_ticks(chart, shown)
    left = min([before[0][0]] if before else [], default=places[0] if places else 0)
    right = places[-1] if places else 1
    axes.set_xlim(left - 0.8, right + max((right - left) * 0.12, 0.9))
    every = max(1, ceil(len(places) / most))
    ticks, labels, year = [], [], ""
    for at in places[::-1][::every][::-1]:
        label, its_year = _label(chart.series.points[at].period, texts)
        ticks.append(float(at))
        labels.append(f"{label}\n{its_year}" if its_year != year else label)
        year = its_year
    old = [(place, one.period) for place, one in before if place < (places[0] if places else 0)]
    if old and not _WEEK.fullmatch(old[0][1]):
        ends = old if len(old) < 2 else [old[0], old[-1]]
        ticks += [place for place, _ in ends]
        labels += [period for _, period in ends]
    elif old:
        ticks.append(old[0][0])
        labels.append("\n".join(_label(old[0][1], texts)))
    axes.set_xticks(ticks, labels)


def _label(period: str, texts: Texts) -> tuple[str, str]:
    found = _WEEK.fullmatch(period)
    if not found:
        return period, ""
    week = Week.parse(period)
    return texts.t("v {week}", week=week.number), str(week.year)
