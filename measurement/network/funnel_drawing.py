"""A funnel as a picture: shares by how many they rest on, the limits of chance, and the wider ones. Nobody is ranked.

Our own municipality is filled, the others are hollow; all are named. The same comparison gives the same bytes.
"""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from config.texts import Texts
from measurement.measures import Unit
from measurement.network.compare import Compared, Member
from measurement.report.axes import short_value
from measurement.report.document import Drawing
from measurement.report.drawing import BAND, GREY, INK
from measurement.statistics.funnel import Funnel
from measurement.words import percent

_STYLE: dict[Any, Any] = {"font.family": "DejaVu Sans", "svg.hashsalt": "kommunsvar", "svg.fonttype": "path",
                          "text.parse_math": False}  # fmt: skip
_WIDE, _LETTERS, _DOTS = 6.7, 7.5, 200
_HIGH, _HIGHER, _MANY = 2.55, 3.4, 10
"""Inches; with more than so many municipalities it is the higher one."""
_AWAY = ((6, 0), (-6, 0), (0, 8), (0, -8), (6, 9), (6, -9), (-6, 9), (-6, -9))
"""Where a name may stand beside its point, in points; the first that is free is taken."""

Box = tuple[float, float, float, float]


def funnel_drawing(compared: Compared, caption: str, alt: str, texts: Texts) -> Drawing:
    """Return the funnel of a measure.

    Raises:
        ValueError: there is none of it.
    """
    if compared.funnel is None:
        raise ValueError(f"there is no funnel of {compared.measure.id}")
    high = _HIGH if len(compared.members) <= _MANY else _HIGHER
    with mpl.rc_context(_STYLE | {"font.size": _LETTERS}):
        figure = Figure(figsize=(_WIDE, high), dpi=72, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        _frame(axes, compared.members, compared.funnel, texts)
        _limits(axes, compared.funnel, texts)
        figure.legend(loc="outside lower center", ncol=2, frameon=False, labelcolor=GREY, fontsize=_LETTERS - 0.5,
                      handlelength=2.4, borderpad=0)  # fmt: skip
        _points(axes, compared.members)
        # Where points lie on the sheet is known only when it is laid out.
        figure.draw_without_rendering()
        _names(axes, compared.members)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=_DOTS, metadata={"Software": None})
    return Drawing(svg=svg.getvalue(), png=png.getvalue(), caption=caption, alt=alt)


def _frame(axes: Axes, members: Sequence[Member], funnel: Funnel, texts: Texts) -> None:
    middle = float(np.median([one.n for one in members]))
    band = funnel.band(middle, adjusted=True)
    values = [one.value for one in members]
    low, high = min(*values, band.low_998), max(*values, band.high_998)
    room = max(high - low, 0.1) * 0.12
    low, high = max(0.0, low - room), min(1.0, high + room)
    axes.set_ylim(low, high + (high - low) * 0.03)
    axes.set_xlim(0, max(one.n for one in members) * 1.12)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: short_value(Unit.SHARE, value, texts))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: texts.number(round(value)))
    axes.set_xlabel(texts.t("antal som utfallet vilar på"), color=GREY)
    axes.grid(axis="y", color="#eef1f4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b8c0c7")
    axes.tick_params(length=0, colors=GREY)


def _limits(axes: Axes, funnel: Funnel, texts: Texts) -> None:
    """Draw the wide funnel shaded, where there is one, the narrow one as lines; the legend says which is which."""
    right = axes.get_xlim()[1]
    sizes = np.linspace(max(1.0, right / 400), right, 300)
    narrow = [funnel.band(float(size), adjusted=False) for size in sizes]
    if funnel.tau2:
        _wide_limits(axes, funnel, sizes, texts)
    for ends in ([one.low_95 for one in narrow], [one.high_95 for one in narrow]):
        label = texts.t("smal tratt, 95 %: bara slumpen") if ends[-1] < funnel.target else None
        axes.plot(sizes, ends, color=GREY, linewidth=0.7, label=label)
    for ends in ([one.low_998 for one in narrow], [one.high_998 for one in narrow]):
        label = texts.t("smal tratt, 99,8 %") if ends[-1] < funnel.target else None
        axes.plot(sizes, ends, color=GREY, linewidth=0.7, linestyle=(0, (1, 1.5)), label=label)
    label = texts.t("alla kommuner tillsammans, {target}", target=percent(texts, funnel.target))
    axes.axhline(funnel.target, color=INK, linewidth=0.9, linestyle=(0, (8, 3)), label=label)


def _wide_limits(axes: Axes, funnel: Funnel, sizes: NDArray[np.float64], texts: Texts) -> None:
    wide = [funnel.band(float(size), adjusted=True) for size in sizes]
    axes.fill_between(sizes, [one.low_95 for one in wide], [one.high_95 for one in wide], color=BAND, linewidth=0,
                      label=texts.t("vid tratt, 95 %: så mycket skiljer kommunerna här"))  # fmt: skip
    for ends in ([one.low_998 for one in wide], [one.high_998 for one in wide]):
        label = texts.t("vid tratt, 99,8 %") if ends[-1] < funnel.target else None
        axes.plot(sizes, ends, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)), label=label)


def _points(axes: Axes, members: Sequence[Member]) -> None:
    for one in members:
        axes.scatter(one.n, one.value, s=46 if one.is_ours else 26, color=INK if one.is_ours else "white",
                     edgecolor=INK, linewidth=1.1, zorder=5)  # fmt: skip


def _names(axes: Axes, members: Sequence[Member]) -> None:
    """Write each name beside its point, where it covers no point and no other name."""
    places = [axes.transData.transform((one.n, one.value)) for one in members]
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in places]
    frame = axes.get_window_extent()
    edge = (frame.x0, frame.y0, frame.x1, frame.y1)
    for one, (x, y) in sorted(zip(members, places, strict=True), key=lambda each: not each[0].is_ours):
        free = [away for away in _AWAY if _is_free(_box(one.name, x, y, away), taken, edge)]
        away = (free or list(_AWAY))[0]
        taken.append(_box(one.name, x, y, away))
        axes.annotate(
            one.name, (one.n, one.value), xytext=away, textcoords="offset points", va="center", zorder=4, color=INK,
            ha="left" if away[0] > 0 else "right" if away[0] < 0 else "center",
            fontweight="bold" if one.is_ours else "normal", annotation_clip=False,
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.4},
        )  # fmt: skip


def _box(name: str, x: float, y: float, away: tuple[int, int]) -> Box:
    """Return about where a name stands, in points."""
    wide, half = len(name) * _LETTERS * 0.64, _LETTERS * 0.6
    left = x + away[0] - (0 if away[0] > 0 else wide if away[0] < 0 else wide / 2)
    return left, y + away[1] - half, left + wide, y + away[1] + half


def _is_free(box: Box, taken: Sequence[Box], edge: Box) -> bool:
    left, low, right, high = box
    if left < edge[0] or low < edge[1] or right > edge[2] or high > edge[3]:
        return False
    return not any(left < x1 and x0 < right and low < y1 and y0 < high for x0, y0, x1, y1 in taken)
