"""Charts as pictures: the line, its limits and target, what stands out, and what was decided, labelled directly.

Signals are told by shape besides colour: a large square is better, a large triangle worse, a large diamond a signal
where neither way is better; a hollow point is left out or not settled. Colours: #12436D and #F46A25 on white, at
least 3:1 apart, as the Government Analysis Function advises (reference/measurement.md §5). The same chart gives the
same bytes.
"""

import io
from dataclasses import dataclass
from enum import StrEnum
from math import nan
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from config.texts import Texts
from measurement.measures import Direction, Unit
from measurement.report.axes import Scale, place_ticks, scale_of, short_value, week_ticks
from measurement.statistics.chart import Chart, Judged
from measurement.statistics.series import Decision, DecisionKind, Earlier

INK, SIGNAL, GREY, BAND = "#12436D", "#F46A25", "#5b6770", "#dfe7ee"
_STYLE: dict[Any, Any] = {"font.family": "DejaVu Sans", "svg.hashsalt": "kommunsvar", "svg.fonttype": "path"}
_MINUS_DATE = {"Date": None}


class Size(StrEnum):
    """Where a chart is read."""

    PRINT = "print"
    MAIL = "mail"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Width and height in inches, letters in points, dots an inch, and how many weeks fit."""

    wide: float
    high: float
    letters: float
    dots: int
    weeks: int


_SHEETS = {
    Size.PRINT: _Sheet(wide=6.7, high=1.5, letters=7.5, dots=200, weeks=104),
    Size.MAIL: _Sheet(wide=6.25, high=2.6, letters=9.5, dots=192, weeks=78),
    Size.PHONE: _Sheet(wide=4.0, high=2.9, letters=10, dots=240, weeks=40),
}


def draw_svg(
    chart: Chart, texts: Texts, size: Size = Size.PRINT, title: str = "", *, target_from: str = ""
) -> bytes:  # fmt: skip
    """Return the chart as SVG with letters as outlines, so that it looks the same everywhere; see `draw_png`."""
    return _drawn(chart, texts, _SHEETS[size], "svg", title, target_from)


def draw_png(
    chart: Chart, texts: Texts, size: Size = Size.MAIL, title: str = "", *, target_from: str = ""
) -> bytes:  # fmt: skip
    """Return the chart as PNG; `Size.MAIL` is 1 200 pixels wide, to be shown at 600.

    Args:
        chart: what is drawn.
        texts: the language of what stands on it.
        size: where it is read.
        title: one short line above it, for a picture that stands alone.
        target_from: the first period that the target holds for, where its line begins; empty: all that is shown.
    """
    return _drawn(chart, texts, _SHEETS[size], "png", title, target_from)


def _drawn(chart: Chart, texts: Texts, sheet: _Sheet, form: str, title: str, target_from: str) -> bytes:
    with mpl.rc_context(_STYLE | {"font.size": sheet.letters}):
        figure = Figure(figsize=(sheet.wide, sheet.high), layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        if title:
            words = fill(title, round(sheet.wide * 90 / sheet.letters))
            figure.suptitle(words, x=0.01, ha="left", color=INK, fontweight="bold", fontsize=sheet.letters + 1)
        shown = _shown(chart, sheet.weeks)
        scale = scale_of(chart, shown)
        _frame(axes, scale, texts, chart)
        _limits(axes, chart, shown)
        _target(axes, chart, _held(chart, shown, target_from), texts, sheet)
        _earlier(axes, chart, shown)
        _line(axes, chart, shown)
        _points(axes, chart, shown)
        _last(axes, chart, shown, texts, sheet)
        _decisions(axes, chart, shown, sheet)
        week_ticks(axes, chart, shown, texts, most=int(sheet.wide * 11 / sheet.letters))
        out = io.BytesIO()
        metadata = _MINUS_DATE if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=sheet.dots, metadata=metadata)
        return out.getvalue()


def _shown(chart: Chart, weeks: int) -> range:
    """Return the places that are drawn: the last ones, from the first that has a value."""
    points = chart.series.points
    first = next((at for at, point in enumerate(points) if point.value is not None), 0)
    return range(max(first, len(points) - weeks), len(points))


def _frame(axes: Axes, scale: Scale, texts: Texts, chart: Chart) -> None:
    axes.set_ylim(scale.low, scale.high)
    axes.set_yticks(scale.ticks, [short_value(chart.series.unit, tick, texts) for tick in scale.ticks])
    axes.grid(axis="y", color="#eef1f4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b8c0c7")
    axes.tick_params(length=0, colors=GREY)


def _limits(axes: Axes, chart: Chart, shown: range) -> None:
    """Draw the band between the limits and the centre, each group by itself."""
    for group in chart.groups:
        places = [at for at in shown if group.first <= at <= group.last]
        if group.has_limits:
            _band(axes, chart, places)
        if places and group.centre is not None and group.counted > 1:
            axes.hlines(group.centre, places[0], places[-1], color=GREY, linewidth=0.9, linestyles=(0, (5, 3)))


def _held(chart: Chart, shown: range, target_from: str) -> range:
    """Return the places shown that the target holds for; periods of one series sort as they are written."""
    first = next((at for at in shown if chart.series.points[at].period >= target_from), shown.stop)
    return range(first, shown.stop)


def _target(axes: Axes, chart: Chart, held: range, texts: Texts, sheet: _Sheet) -> None:
    target = chart.series.target
    if target is None or not held:
        return
    axes.hlines(target, held[0], held[-1] + 0.4, color=SIGNAL, linewidth=1.3, linestyles=(0, (1, 1.2)))
    label = texts.t("mål {value}", value=short_value(chart.series.unit, target, texts))
    axes.annotate(label, (held[0], target), xytext=(2, 3 if chart.series.direction is not Direction.LOWER else -3),
                  textcoords="offset points", color="#a8410c", fontsize=sheet.letters - 0.5,
                  va="bottom" if chart.series.direction is not Direction.LOWER else "top",
                  bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6}, zorder=6)  # fmt: skip


def _band(axes: Axes, chart: Chart, places: list[int]) -> None:
    """Shade between the limits of a group, where there are any: a share of nothing has none."""
    lower = [chart.judged[at].lower for at in places]
    upper = [chart.judged[at].upper for at in places]
    low, high = ([nan if limit is None else limit for limit in limits] for limits in (lower, upper))
    axes.fill_between(places, low, high, color=BAND, linewidth=0, step="mid")


def _earlier(axes: Axes, chart: Chart, shown: range) -> None:
    """Draw what is known from before us to the left, joined only where it was made alike."""
    alike: dict[tuple[str, str], list[tuple[float, Earlier]]] = {}
    for place, one in place_ticks(chart, shown):
        alike.setdefault((one.definition, one.source), []).append((place, one))
    for points in alike.values():
        at, values = [place for place, _ in points], [one.value for _, one in points]
        axes.plot(at, values, color=GREY, linewidth=1, linestyle=":", marker="D", markersize=4.5,
                  markerfacecolor="white", markeredgecolor=GREY, zorder=3)  # fmt: skip


def _line(axes: Axes, chart: Chart, shown: range) -> None:
    """Draw the line; it is broken at a missing period and never crosses a rebase."""
    begun: list[int] = []
    for at in shown:
        broken = chart.series.points[at].value is None
        crosses = bool(begun) and chart.judged[at].group != chart.judged[begun[-1]].group
        if broken or crosses:
            _stroke(axes, chart, begun)
            begun = []
        if not broken:
            begun.append(at)
    _stroke(axes, chart, begun)


def _stroke(axes: Axes, chart: Chart, places: list[int]) -> None:
    if len(places) > 1:
        axes.plot(
            places, [float(chart.series.points[at].value or 0.0) for at in places], color=INK, linewidth=1.3, zorder=2
        )


def _points(axes: Axes, chart: Chart, shown: range) -> None:
    small = 9 if len(shown) > 60 else 14
    for at in shown:
        point, judged = chart.series.points[at], chart.judged[at]
        if point.value is None:
            continue
        if point.ghost or point.preliminary:
            axes.scatter(at, point.value, s=small * 2, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=4)
        elif judged.rules and chart.groups[judged.group].has_limits:
            shape, colour = _signal(judged, chart.series.direction)
            axes.scatter(at, point.value, s=small * 3.6, marker=shape, color=colour, edgecolor="white", linewidth=0.6,
                         zorder=5)  # fmt: skip
        else:
            axes.scatter(at, point.value, s=small, color=INK, linewidth=0, zorder=4)


def _signal(judged: Judged, direction: Direction | None) -> tuple[str, str]:
    """Return shape and colour of a point that stands out."""
    up = judged.directions[0] > 0
    if direction is None or len(set(judged.directions)) > 1:
        return "D", GREY
    better = up is (direction is Direction.HIGHER)
    return ("s", INK) if better else ("^" if up else "v", SIGNAL)


def _last(axes: Axes, chart: Chart, shown: range, texts: Texts, sheet: _Sheet) -> None:
    """Write the last value beside its point; that is what is looked for first."""
    valued = [at for at in shown if chart.series.points[at].value is not None]
    if not valued:
        return
    point = chart.series.points[valued[-1]]
    assert point.value is not None
    shares = chart.series.unit is Unit.SHARE
    if shares and point.n < 10:
        words = texts.t("{part} av {whole}", part=point.numerator, whole=point.n)
    else:
        words = short_value(chart.series.unit, point.value, texts, exact=True)
    axes.annotate(words, (valued[-1], point.value), xytext=(6, 0), textcoords="offset points", va="center",
                  color=INK, fontweight="bold", fontsize=sheet.letters + 2, annotation_clip=False)  # fmt: skip


def _decisions(axes: Axes, chart: Chart, shown: range, sheet: _Sheet) -> None:
    """Number what was decided along the top; the numbers are explained below the chart, in `notes_of`.

    Numbers of one period stand above each other.
    """
    periods, above = {chart.series.points[at].period: at for at in shown}, dict.fromkeys(shown, 0)
    for number, one in enumerate(notes_of(chart), 1):
        at = periods.get(one.period)
        if at is None:
            continue
        rebased = one.kind is DecisionKind.REBASE
        axes.axvline(at - 0.5 if rebased else at, color=GREY, linewidth=0.9, linestyle="-" if rebased else ":")
        axes.annotate(str(number), (at, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", color="white",
                      xytext=(0, above[at] * sheet.letters * 1.5), textcoords="offset points",
                      fontsize=sheet.letters - 1.5, fontweight="bold", annotation_clip=False,
                      bbox={"boxstyle": "circle,pad=0.22", "facecolor": GREY, "linewidth": 0})  # fmt: skip
        above[at] += 1


def notes_of(chart: Chart) -> tuple[Decision, ...]:
    """Return what was decided, in the order of the numbers on the chart; whoever shows the chart explains them."""
    return chart.series.decisions
