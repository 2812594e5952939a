"""Points by area as bars, with earlier rounds and others as marks of other shapes. The same round gives the same bytes.

Our own points are a bar with the number written in it; earlier rounds are hollow marks, others are filled ones, each
with its own shape, so that nothing hangs on colour alone (reference/measurement.md §5).
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import shorten, wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, withStroke

from config.texts import Texts
from measurement.assessment.framework import Area, AreaId
from measurement.assessment.points import points_text
from measurement.assessment.round import Field, Round, area_points
from measurement.assessment.scores import Beside, BesideKind, Gaps, Score, gaps, score_of
from measurement.report.document import Drawing
from measurement.report.drawing import GREY, INK, SIGNAL

_STYLE: dict[Any, Any] = {"font.family": "DejaVu Sans", "svg.hashsalt": "kommunsvar", "svg.fonttype": "path",
                           "text.parse_math": False}  # fmt: skip
_EARLIER, _OTHERS = ("D", "^", "s", "v"), ("o", "P", "X", "*")
Mark = tuple[Gaps, str]
_ROOM, _BEGUN = "#e9edf1", "#b9cbdd"
"""What could be had, behind the bar; the bar of an area whose points are not all there."""
_NEAR = 0.03
"""Marks nearer than this share of the bar are drawn one above the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where the bars are read.

    Attributes:
        wide: of the picture, in inches; `row`: of one area from top to top.
        letters: in points; `dots`: an inch, of the PNG.
        name: characters that an area's name may take on a line beside its bar; 0: it stands above the bar.
    """

    wide: float
    row: float
    letters: float
    dots: int
    name: int


PRINT = Sheet(wide=6.7, row=0.36, letters=8, dots=200, name=34)
PHONE = Sheet(wide=4.0, row=0.55, letters=10, dots=240, name=0)
SLIDE = Sheet(wide=11.7, row=0.47, letters=16, dots=100, name=34)


def bars(round_: Round, of: Field, beside: Sequence[Beside], texts: Texts, sheet: Sheet = PRINT) -> Drawing:
    """Return the points of all areas as bars.

    Args:
        round_: whose points; an area without any has no bar, one where some questions lack points a pale bar, and both
            say so.
        of: which points, as `Field.POINTS`.
        beside: earlier rounds and others; those whose areas are not known are left out, and so are all but the first
            four of each kind, which the table beside the picture has.
        texts: the language of what stands there.
        sheet: where it is read.
    """
    score = score_of(round_, of)
    shown = drawn(score, beside)
    areas = round_.framework.areas
    ours = {area.id: area_points(round_, area.id, of) for area in areas}
    with mpl.rc_context(_STYLE | {"font.size": sheet.letters}):
        columns = _columns([texts.t("nu"), *(mark_name(one, texts) for one, _ in shown)], sheet)
        figure, axes = _frame(areas, sheet, ceil((len(shown) + 1) / columns) if shown else 0)
        for at, area in enumerate(areas):
            _row(axes, at, area, ours[area.id], area.id in score.begun, sheet, texts)
            _marks(axes, at, area, shown, sheet)
            _name(axes, at, area, sheet)
        _axis(axes, areas, texts)
        _legend(figure, shown, texts, sheet, columns)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=sheet.dots, metadata={"Software": None})
    caption = texts.t("Poäng per område av högst möjliga")
    return Drawing(svg=svg.getvalue(), png=png.getvalue(), caption=caption, alt=_alt(score, ours, shown, texts))


def drawn(ours: Score, beside: Sequence[Beside]) -> list[Mark]:
    """Return what is marked on the bars, each with its shape as matplotlib names it."""
    known = [one for one in (gaps(ours, theirs) for theirs in beside) if one.theirs]
    earlier = [one for one in known if one.beside.kind is BesideKind.EARLIER]
    others = [one for one in known if one.beside.kind is BesideKind.OTHERS]
    return [*zip(earlier, _EARLIER, strict=False), *zip(others, _OTHERS, strict=False)]


def mark_name(one: Gaps, texts: Texts) -> str:
    """Return whose points they are, and that they are of another edition where they are."""
    return one.beside.name if one.strict else texts.t("{name} (annan utgåva)", name=one.beside.name)


def _columns(names: Sequence[str], sheet: Sheet) -> int:
    """Return how many marks are explained on one line above the bars."""
    wide = [(len(name) * 0.62 + 3.4) * sheet.letters / 72 for name in names]
    return len(names) if sum(wide) < sheet.wide else max(1, int(sheet.wide / max(wide)))


def _frame(areas: Sequence[Area], sheet: Sheet, lines: int) -> tuple[Figure, Axes]:
    """Return the picture with its one pair of axes; sizes are set by hand, so that nothing has to be laid out."""
    foot, head = sheet.letters * 0.03, (lines * 1.7 + 0.8) * sheet.letters / 72
    high = head + sheet.row * len(areas) + foot
    left = sheet.name * sheet.letters * 0.0078 + 0.12 if sheet.name else 0.08
    figure = Figure(figsize=(sheet.wide, high), facecolor="white")
    bottom, top = foot / high, (high - head) / high
    axes = figure.add_axes((left / sheet.wide, bottom, 1 - (left + 0.16) / sheet.wide, top - bottom))
    axes.set_ylim(len(areas) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    return figure, axes


def _row(
    axes: Axes, at: int, area: Area, points: float | None, begun: bool, sheet: Sheet, texts: Texts
) -> None:  # fmt: skip
    """Draw what could be had, what was had in it, and the number: in the bar's foot, where no mark covers it."""
    place, high = _place(at, sheet)
    axes.barh(place, 1, height=high, color=_ROOM, linewidth=0)
    share = _share(points, area)
    axes.barh(place, share, height=high, color=_BEGUN if begun else INK, linewidth=0)
    words = _points_words(points, begun, texts)
    inside = begun or share > 0.14
    axes.text(0.012 if inside else share + 0.012, place, words, va="center_baseline", fontweight="bold",
              fontsize=sheet.letters + 1, color="white" if inside and not begun else INK, zorder=6)  # fmt: skip


def _points_words(points: float | None, begun: bool, texts: Texts) -> str:
    """Return an area's points; that they are not all there, where they are not."""
    if points is None:
        return texts.t("inga poäng")
    told = points_text(points, texts)
    return texts.t("{points} hittills", points=told) if begun else told


def _place(at: int, sheet: Sheet) -> tuple[float, float]:
    """Return where a bar's middle stands and how high it is: lower where the name stands above it."""
    return (float(at), 0.62) if sheet.name else (at + 0.18, 0.46)


def _share(points: float | None, area: Area) -> float:
    return (points or 0.0) / area.points if area.points else 0.0


def _marks(axes: Axes, at: int, area: Area, shown: Sequence[Mark], sheet: Sheet) -> None:
    """Draw the marks of one row on the bar's middle; where two meet, earlier rounds above it and others below."""
    place, high = _place(at, sheet)
    marks = [(one, shape, _share(one.theirs[area.id], area)) for one, shape in shown if area.id in one.theirs]
    for one, shape, share in marks:
        kind = one.beside.kind
        meets = any(abs(share - other) < _NEAR for two, _, other in marks if two.beside.kind is not kind)
        aside = high * (-0.2 if kind is BesideKind.EARLIER else 0.2) if meets else 0.0
        axes.plot(share, place + aside, **_look(one, shape))


def _look(one: Gaps, shape: str) -> dict[str, Any]:
    """Return how a mark is drawn; white around it, so that its edge is seen on a dark bar too."""
    size = mpl.rcParams["font.size"] * 0.85
    fill, edge = ("white", INK) if one.beside.kind is BesideKind.EARLIER else (SIGNAL, "white")
    return {
        "marker": shape, "markersize": size, "markerfacecolor": fill, "markeredgecolor": edge, "markeredgewidth": 1.1,
        "linestyle": "", "zorder": 5, "clip_on": False,
        "path_effects": [withStroke(linewidth=3.2, foreground="white"), Normal()],
    }  # fmt: skip


def _name(axes: Axes, at: int, area: Area, sheet: Sheet) -> None:
    words = f"{area.id} {area.name}"
    if sheet.name:
        lines = wrap(words, sheet.name, max_lines=2, placeholder=" …")
        axes.annotate("\n".join(lines), (0, at), xytext=(-6, 0), textcoords="offset points", ha="right", va="center",
                      color="#1d2429", linespacing=1.05, annotation_clip=False)  # fmt: skip
    else:
        most = int(sheet.wide * 122 / sheet.letters)
        axes.text(0, at - 0.26, shorten(words, most, placeholder=" …"), va="center_baseline", color="#1d2429")


def _axis(axes: Axes, areas: Sequence[Area], texts: Texts) -> None:
    """Write points along the bottom where all areas have as many, else per cent of what could be had."""
    most = {area.points for area in areas}
    ticks = (0, 0.25, 0.5, 0.75, 1)
    if len(most) == 1:
        labels = [points_text(tick * next(iter(most)), texts) for tick in ticks]
    else:
        labels = [texts.t("{count} %", count=round(tick * 100)) for tick in ticks]
    axes.set_xticks(ticks, labels)
    axes.get_xticklabels()[-1].set_horizontalalignment("right")
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.set_yticks([])
    axes.tick_params(length=0, colors=GREY)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _legend(figure: Figure, shown: Sequence[Mark], texts: Texts, sheet: Sheet, columns: int) -> None:
    """Say above the bars what each mark is; without marks there is nothing to say."""
    if not shown:
        return
    own = Line2D([], [], color=INK, linewidth=sheet.letters * 0.8, solid_capstyle="butt")
    marks = [Line2D([], [], **_look(one, shape)) for one, shape in shown]
    names = [texts.t("nu"), *(mark_name(one, texts) for one, _ in shown)]
    figure.legend([own, *marks], names, loc="upper left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False,
                  borderaxespad=0.2, handlelength=1.2, handletextpad=0.5, columnspacing=1.4,
                  labelcolor="#1d2429")  # fmt: skip


def _alt(score: Score, ours: dict[AreaId, float | None], shown: Sequence[Mark], texts: Texts) -> str:
    """Return the picture in words, from the same numbers."""
    said = []
    for area in score.framework.areas:
        known = _points_words(ours[area.id], area.id in score.begun, texts)
        parts = [texts.t("{points} av {all}", points=known, all=area.points)]
        others = ((mark_name(one, texts), one.theirs.get(area.id)) for one, _ in shown)
        parts += [f"{name} {points_text(points, texts)}" for name, points in others if points is not None]
        said.append(f"{area.id} {area.name}: {', '.join(parts)}.")
    return " ".join([texts.t("Liggande staplar, en för varje område."), *said])
