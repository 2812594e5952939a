"""The pictures of a project besides its control charts: where the late ones are, and arrivals against staffing."""

import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from config.texts import Texts
from measurement.improvement.findings import Analysis
from measurement.improvement.pareto import Category
from measurement.improvement.staffing import Staffing
from measurement.improvement.words import analysis_words, dimension_name, member_name, staffing_words
from measurement.report.document import Drawing
from measurement.report.drawing import BAND, GREY, INK, SIGNAL, Size, draw_png, draw_svg
from measurement.report.words import alt_text
from measurement.statistics.chart import Chart
from measurement.words import percent

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 7.5, "svg.hashsalt": "kommunsvar", "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
}  # fmt: skip
_WIDE = 5.0
"""Inches: a column of the A3 page."""
_EACH = 3
"""Categories of a dimension that are drawn."""
_DOTS = 200


def chart_drawing(chart: Chart, caption: str, texts: Texts, target_from: str = "") -> Drawing:
    """Return a control chart in letters that can be read in a column of the A3 page.

    Args:
        chart: what is drawn.
        caption: what stands above it.
        texts: the language.
        target_from: the first period that the target holds for; empty: all.
    """
    return Drawing(
        svg=draw_svg(chart, texts, Size.MAIL, target_from=target_from),
        png=draw_png(chart, texts, Size.MAIL, target_from=target_from), caption=caption, alt=alt_text(chart, texts),
    )  # fmt: skip


def pareto_drawing(analysis: Analysis, names: Mapping[str, str], texts: Texts) -> Drawing | None:
    """Return bars of the late ones, the three largest categories of each dimension; None of nothing.

    Findings that stand by themselves are hatched and in another colour.
    """
    groups = _largest(analysis.categories)
    if not groups:
        return None
    own = {(one.dimension, one.member) for one in analysis.findings if not one.goes_with}
    with mpl.rc_context(_STYLE):
        lines = sum(len(some) + 1 for some in groups.values())
        figure = Figure(figsize=(_WIDE, 0.145 * lines + 0.1), layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        at = 0
        for dimension, some in groups.items():
            axes.text(0, at, dimension_name(dimension, texts), fontweight="bold", color=INK, va="center")
            for one in some:
                at += 1
                _bar(axes, at, one, member_name(one.dimension, one.member, names, texts), texts,
                     stands=(one.dimension, one.member) in own)  # fmt: skip
            at += 1
        axes.set_ylim(at - 0.4, -0.6)
        most = max(one.late for some in groups.values() for one in some)
        axes.set_xlim(0, max(most, 1) * 2.6)
        axes.set_axis_off()
        return _drawing(figure, _legend(analysis, own, texts), " ".join(analysis_words(analysis, names, texts)))


def _legend(analysis: Analysis, own: set[tuple[str, str]], texts: Texts) -> str:
    """Return the caption: what is shown, what the hatching means, and whether there is more than is drawn."""
    said = [texts.t("Sena kontakter efter vad de var.") if analysis.rule else texts.t("Brister efter vad det var.")]
    sizes = Counter(one.dimension for one in analysis.categories)
    if any(many > _EACH for many in sizes.values()):
        said.append(texts.t("Bara de {count} största grupperna av varje slag visas.", count=_EACH))
    if own & {(one.dimension, one.member) for some in _largest(analysis.categories).values() for one in some}:
        said.append(texts.t("Orange med streck: skiljer sig säkert från de andra."))
    return " ".join(said)


def _largest(categories: Sequence[Category]) -> dict[str, list[Category]]:
    found = defaultdict[str, list[Category]](list)
    for one in categories:
        if len(found[one.dimension]) < _EACH:
            found[one.dimension].append(one)
    return dict(found)


def _bar(axes: Axes, at: int, one: Category, name: str, texts: Texts, *, stands: bool) -> None:
    axes.barh(at, one.late, height=0.72, color=SIGNAL if stands else INK, hatch="////" if stands else None,
              edgecolor="white", linewidth=0)  # fmt: skip
    words = texts.t("{name}: {part} av {whole}, {share}", name=name, part=texts.number(one.late),
                    whole=texts.number(one.due), share=percent(texts, one.share))  # fmt: skip
    axes.annotate(words, (one.late, at), xytext=(3, 0), textcoords="offset points", va="center", color="#1d2429")


def staffing_drawing(staffing: Staffing, texts: Texts) -> Drawing:
    """Return arrivals of each hour as bars against the rota as a line, as shares of the whole."""
    hours = sorted({hour for _, hour in staffing.staff})
    came, worked = sum(staffing.per_week.values()) or 1.0, sum(staffing.staff.values())
    arrivals = [sum(many for slot, many in staffing.per_week.items() if slot[1] == hour) / came for hour in hours]
    staff = [sum(many for slot, many in staffing.staff.items() if slot[1] == hour) / worked for hour in hours]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDE, 1.5), layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        axes.bar(hours, arrivals, width=0.8, color=BAND, edgecolor=GREY, linewidth=0.6, label=texts.t("kontakter"))
        axes.plot(hours, staff, color=INK, marker="s", markersize=4, linewidth=1.6, label=texts.t("bemanning"))
        axes.set_xticks(hours, [str(hour) for hour in hours])
        axes.yaxis.set_major_formatter(lambda value, _: f"{round(value * 100)} %")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, colors=GREY)
        axes.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
        return _drawing(figure, texts.t("Kontakter mot bemanning, andel per timme"),
                        " ".join(staffing_words(staffing, texts)))  # fmt: skip


def _drawing(figure: Figure, caption: str, alt: str) -> Drawing:
    svg, png = io.BytesIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None})
    figure.savefig(png, format="png", dpi=_DOTS, metadata={"Software": None})
    return Drawing(svg=svg.getvalue(), png=png.getvalue(), caption=caption, alt=alt)
