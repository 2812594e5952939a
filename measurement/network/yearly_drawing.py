"""A yearly comparison as a picture: one's own line beside the groups', each ended where the series breaks."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from config.texts import Texts
from measurement.network.outside_limits import of_a_hundred
from measurement.network.yearly import Comparison
from measurement.network.yearly_words import group_name, tick_words, value_words
from measurement.report.drawing import GREY, INK

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "svg.hashsalt": "kommunsvar", "svg.fonttype": "path", "font.size": 7.5,
}  # fmt: skip
_WIDE, _HIGH, _DOTS = 6.7, 2.5, 200
_LABELS = 0.36
"""Share of the width that names and last values take, right of the lines."""
_LOOKS = (("s", (0, (5, 2))), ("^", (0, (1, 1.3))), ("D", (0, (4, 1.5, 1, 1.5))), ("v", (0, (2, 2))))
_APART = 0.1
"""Share of the height that two labels are apart, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    name: str
    values: tuple[float | None, ...]
    colour: str
    marker: str
    dash: Any
    thick: float


def draw_svg(comparison: Comparison, texts: Texts) -> bytes:
    """Return the picture as SVG; the same comparison gives the same bytes."""
    return _drawn(comparison, texts, "svg")


def draw_png(comparison: Comparison, texts: Texts) -> bytes:
    """Return the picture as PNG, 1 340 pixels wide."""
    return _drawn(comparison, texts, "png")


def _drawn(comparison: Comparison, texts: Texts, form: str) -> bytes:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        lines = _lines(comparison, texts)
        _frame(axes, comparison, lines, texts)
        for line in lines:
            for stretch in stretches(comparison, line.values):
                _stroke(axes, line, stretch)
        _breaks(axes, comparison)
        _labels(axes, comparison, lines, texts)
        out = io.BytesIO()
        figure.savefig(
            out, format=form, dpi=_DOTS, metadata={"Date": None} if form == "svg" else {"Software": None}
        )  # fmt: skip
        return out.getvalue()


def _lines(comparison: Comparison, texts: Texts) -> list[_Line]:
    own = _Line(
        name=comparison.own.title, values=tuple(one.own.value for one in comparison.years), colour=INK, marker="o",
        dash="-", thick=1.8,
    )  # fmt: skip
    groups = [
        _Line(
            name=group_name(group, texts), values=tuple(one.means[at].value for one in comparison.years), colour=GREY,
            marker=_LOOKS[at % len(_LOOKS)][0], dash=_LOOKS[at % len(_LOOKS)][1], thick=1.1,
        )
        for at, group in enumerate(comparison.groups)
    ]  # fmt: skip
    return [*groups, own]


def stretches(comparison: Comparison, values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return years and values that are joined by a line: never over a missing year, nor over a break."""
    begins = {one.first for one in comparison.breaks}
    found: list[list[tuple[int, float]]] = [[]]
    for year, value in zip(comparison.years, values, strict=True):
        if year.year in begins or value is None:
            found.append([])
        if value is not None:
            found[-1].append((year.year, value))
    return [one for one in found if one]


def _stroke(axes: Axes, line: _Line, stretch: Sequence[tuple[int, float]]) -> None:
    axes.plot(
        [year for year, _ in stretch], [value for _, value in stretch], color=line.colour, linewidth=line.thick,
        linestyle=line.dash, marker=line.marker, markersize=4.5 if line.thick > 1.5 else 3.6,
        markerfacecolor=line.colour if line.thick > 1.5 else "white", zorder=4 if line.thick > 1.5 else 3,
    )  # fmt: skip


def _frame(axes: Axes, comparison: Comparison, lines: Sequence[_Line], texts: Texts) -> None:
    values = [value for line in lines for value in line.values if value is not None] or [0.0, 1.0]
    low, high = min(values), max(values)
    bounded = of_a_hundred(comparison.kpi.title)
    air = max((high - low) * 0.12, 3.0 if bounded else max(abs(high), 1.0) * 0.05)
    low, high = (max(low - air, 0.0) if low >= 0 else low - air), high + air
    ticks = [tick for tick in MaxNLocator(nbins=4, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    ticks = [tick for tick in ticks if not bounded or tick <= 100]
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [tick_words(tick, comparison.unit, texts) for tick in ticks])
    axes.grid(axis="y", color="#eef1f4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b8c0c7")
    axes.tick_params(length=0, colors=GREY)
    first, last = comparison.years[0].year, comparison.years[-1].year
    width = max(last - first, 1) + 1.0
    axes.set_xlim(first - 0.5, last + 0.5 + width * _LABELS / (1 - _LABELS))
    every = max(1, (last - first) // 10 + 1)
    shown = range(last, first - 1, -every)
    axes.set_xticks(list(shown), [str(year) for year in shown])


def _breaks(axes: Axes, comparison: Comparison) -> None:
    """Draw each break before its first year and number it along the top; the numbers are explained below."""
    for number, one in enumerate(comparison.breaks, 1):
        at = one.first - 0.5
        axes.axvline(at, color=GREY, linewidth=0.9)
        axes.annotate(str(number), (at, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", color="white",
                      fontsize=6.5, fontweight="bold", annotation_clip=False,
                      bbox={"boxstyle": "circle,pad=0.22", "facecolor": GREY, "linewidth": 0})  # fmt: skip


def _labels(axes: Axes, comparison: Comparison, lines: Sequence[_Line], texts: Texts) -> None:
    """Write name and last value beside the end of each line, apart from each other."""
    low, high = axes.get_ylim()
    last = comparison.years[-1].year
    ends = [
        (value, year, line)
        for line in lines
        for year, value in [stretch[-1] for stretch in stretches(comparison, line.values)][-1:]
    ]
    ends.sort(key=lambda one: (one[0], one[2].name))
    heights = apart([value for value, _, _ in ends], (high - low) * _APART, high)
    for (value, year, line), height in zip(ends, heights, strict=True):
        told = value_words(value, comparison.unit, texts)
        words = told if year == last else texts.t("{value} ({year})", value=told, year=year)
        axes.annotate(f"{fill(line.name, 40)} {words}", (last + 0.35, height), va="center",
                      color=line.colour, fontweight="bold" if line.thick > 1.5 else "normal",
                      annotation_clip=False)  # fmt: skip


def apart(values: Sequence[float], gap: float, high: float) -> list[float]:
    """Return where labels stand: near their values, given in order, at least a gap apart, none above the top."""
    placed: list[float] = []
    for value in values:
        placed.append(max(value, placed[-1] + gap) if placed else value)
    if placed:
        # All of them up by half of how far the uppermost was pushed would be as far off: so all go down by it.
        down = max(placed[-1] - high, (placed[-1] - values[-1]) / 2)
        placed = [one - down for one in placed]
    return placed
