"""The four rules of a control chart, on one unbroken stretch of points. Pure.

A stretch ends where a value is missing or a group ends; a ghosted point is simply not in it. As NHSRplotthedots 0.2.2
except for two in three, which counts as Making Data Count does. Source: reference/measurement.md §1.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from measurement.statistics.chart import SignalRule
from measurement.statistics.limits import Band

RUN = 7
"""Points of a shift, and of a trend."""

Flag: TypeAlias = tuple[SignalRule, int]
"""A rule and where to: 1 upwards, -1 downwards."""


def flags_of(values: Sequence[float], centre: float, bands: Sequence[Band]) -> list[tuple[Flag, ...]]:
    """Return the flags of each point, in order of precedence.

    Args:
        values: one unbroken stretch.
        centre: of its group.
        bands: limits at each of the values.
    """
    sides = [side_of(value, centre) for value in values]
    marks = {
        SignalRule.OUTSIDE: [beyond(v, band.lower, band.upper) for v, band in zip(values, bands, strict=True)],
        SignalRule.TREND: trends(values),
        SignalRule.TWO_IN_THREE: two_in_three(
            [beyond(v, band.near_lower, band.near_upper) for v, band in zip(values, bands, strict=True)], sides
        ),
        SignalRule.SHIFT: shifts(sides),
    }
    return [tuple((rule, found[at]) for rule, found in marks.items() if found[at]) for at in range(len(values))]


def side_of(value: float, centre: float) -> int:
    """Return 1 above the centre, -1 below, 0 on it."""
    return (value > centre) - (value < centre)


def beyond(value: float, lower: float, upper: float) -> int:
    """Return 1 strictly above the upper limit, -1 strictly below the lower, else 0."""
    return (value > upper) - (value < lower)


def shifts(sides: Sequence[int]) -> list[int]:
    """Return the side of each point that lies among 7 or more in a row on that side; a point on the centre ends a run.

    All points of such a run are marked.
    """
    marks = [0] * len(sides)
    for at in range(len(sides) - RUN + 1):
        window = sides[at : at + RUN]
        if window[0] and window.count(window[0]) == RUN:
            marks[at : at + RUN] = window
    return marks


def trends(values: Sequence[float]) -> list[int]:
    """Return the slope of each point that lies among 7 or more strictly rising or falling; a tie ends a trend.

    All points of a trend are marked; one where a rise turns into a fall has the later slope.
    """
    steps = [side_of(b, a) for a, b in pairwise(values)]
    marks = [0] * len(values)
    for at in range(len(values) - RUN + 1):
        slope = steps[at]
        if slope and steps[at : at + RUN - 1].count(slope) == RUN - 1:
            marks[at : at + RUN] = [slope] * RUN
    return marks


def two_in_three(far: Sequence[int], sides: Sequence[int]) -> list[int]:
    """Return the side of each point beyond two sigma with a second one among three that all lie on that side.

    Points outside the limits count as beyond two sigma; the third is not marked.

    Args:
        far: 1 or -1 of a point strictly beyond two sigma, else 0.
        sides: of the centre.
    """
    marks = [0] * len(sides)
    for at in range(len(sides) - 2):
        window, side = far[at : at + 3], sides[at]
        if side and sides[at + 1] == sides[at + 2] == side and window.count(side) >= 2:
            for place, one in enumerate(window, start=at):
                marks[place] = one or marks[place]
    return marks
