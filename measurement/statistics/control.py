"""A series made into a control chart: groups, limits, flags, and what may be said of the last point. Pure.

Choices where tools differ (reference/measurement.md §1): XmR with 2.66, its moving ranges screened once; P′ without
screening, as qicharts2's functions give it when called by name (attached, it screens them: `screen=True` is that). A
ghosted point keeps its place, is in no mean, range or rule, and a run passes over it. A missing value ends runs and
ranges, and so does a preliminary one. Nothing crosses a rebase.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from measurement.measures import Direction, Display, Unit, display_of
from measurement.statistics.chart import Assurance, Chart, ChartKind, Group, Judged, NoWord, Word
from measurement.statistics.limits import Band, Limits, counted_value, limits_of, value_of
from measurement.statistics.rules import Flag, flags_of, shifts, side_of
from measurement.statistics.runs import runs_of
from measurement.statistics.series import DecisionKind, Point, Series


class NoRebase(StrEnum):
    """Why limits may not begin anew at a period."""

    UNKNOWN_PERIOD = "unknown_period"
    NOTHING_BEFORE = "nothing_before"
    """No point counts in the group before it: there is nothing to differ from."""
    NOT_HELD = "not_held"
    """No seven points in a row on one side of the old centre since: it may be chance, or not have lasted."""


def kind_for(unit: Unit) -> ChartKind:
    """Return the chart of a measure: P′ for shares, XmR for everything else."""
    return ChartKind.P_PRIME if unit is Unit.SHARE else ChartKind.XMR


def chart_of(series: Series, kind: ChartKind, *, screen: bool | None = None, trial: bool = False) -> Chart:
    """Return what the chart says of a series.

    Args:
        series: points in order; a missing period has a point without a value. A rebase begins a group at the point of
            its period; one of a period that has no point does nothing.
        kind: how limits are made.
        screen: whether moving ranges are screened once; else as said above: of XmR, not of P′. p has none.
        trial: give limits and rules to groups that are too short for them too. Never for showing.

    Raises:
        ValueError: a chart of shares, and a value without a numerator of 0 to n.
    """
    screen = kind is ChartKind.XMR if screen is None else screen and kind is not ChartKind.P
    groups, judged = list[Group](), list[Judged]()
    for first, last in _parts(series):
        points = series.points[first : last + 1]
        values = [counted_value(point, kind) for point in points]
        limits = limits_of(points, kind, screen=screen)
        group = _group(first, last, values, limits)
        bands = limits.bands if group.has_limits or trial else (None,) * len(points)
        judged += _judged(len(groups), [value_of(point, kind) for point in points], limits.centre, bands,
                          _flags(points, values, limits.centre, bands))  # fmt: skip
        groups.append(group)
    no_word = _no_word(series, groups, judged)
    return Chart(
        kind=kind, series=series, judged=tuple(judged), groups=tuple(groups), screening=screen, no_word=no_word,
        word=Word.NONE if no_word else _word(judged[-1].directions, series.direction),
        assurance=_assurance(series, groups, judged),
    )  # fmt: skip


def may_rebase(series: Series, period: str) -> NoRebase | None:
    """Return why limits may not begin anew at a period; None: they may.

    Only a change that has held: among the points from the period on (to the next rebase there is) seven in a row lie
    on one side of the centre that the group had before. That it is known, dated and signed is the decision's own part.
    """
    kind = kind_for(series.unit)
    place = next((at for at, point in enumerate(series.points) if point.period == period), None)
    if place is None:
        return NoRebase.UNKNOWN_PERIOD
    first, last = next(part for part in _parts(series, besides=period) if part[0] <= place <= part[1])
    centre = limits_of(series.points[first:place], kind, screen=False).centre
    if centre is None:
        return NoRebase.NOTHING_BEFORE
    points = series.points[place : last + 1]
    values = [counted_value(point, kind) for point in points]
    for stretch in _stretches(points, values):
        if any(shifts([side_of(value, centre) for _, value in stretch])):
            return None
    return NoRebase.NOT_HELD


def _parts(series: Series, besides: str | None = None) -> list[tuple[int, int]]:
    """Return first and last place of each group; as if there were no rebase at the period `besides`."""
    rebased = {one.period for one in series.decisions if one.kind is DecisionKind.REBASE} - {besides}
    begins = [at for at, point in enumerate(series.points) if at == 0 or point.period in rebased]
    return list(zip(begins, [*(at - 1 for at in begins[1:]), len(series.points) - 1], strict=False))


def _group(first: int, last: int, values: Sequence[float | None], limits: Limits) -> Group:
    known = [value for value in values if value is not None]
    return Group(
        first=first, last=last, counted=len(known), centre=limits.centre, sigma_z=limits.sigma_z,
        mean_range=limits.mean_range, screened=limits.screened,
        runs=None if limits.centre is None else runs_of(known, limits.centre),
    )  # fmt: skip


def _stretches(points: Iterable[Point], values: Iterable[float | None]) -> list[list[tuple[int, float]]]:
    """Return places and values that stand side by side: ghosted ones passed over, parted where a value is missing."""
    stretches = list[list[tuple[int, float]]]([[]])
    for at, (point, value) in enumerate(zip(points, values, strict=True)):
        if value is not None:
            stretches[-1].append((at, value))
        elif not point.ghost:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _flags(
    points: Sequence[Point], values: Sequence[float | None], centre: float | None, bands: Sequence[Band | None]
) -> list[tuple[Flag, ...]]:
    flags = list[tuple[Flag, ...]]([()] * len(points))
    for stretch in _stretches(points, values):
        around = [band for at, _ in stretch if (band := bands[at])]
        if centre is not None and len(around) == len(stretch):
            found = flags_of([value for _, value in stretch], centre, around)
            for (at, _), one in zip(stretch, found, strict=True):
                flags[at] = one
    return flags


def _judged(
    group: int, values: Sequence[float | None], centre: float | None, bands: Sequence[Band | None],
    flags: Sequence[tuple[Flag, ...]],
) -> list[Judged]:  # fmt: skip
    return [
        Judged(
            group=group,
            centre=centre,
            lower=band.lower if band else None,
            upper=band.upper if band else None,
            near_lower=band.near_lower if band else None,
            near_upper=band.near_upper if band else None,
            side=0 if value is None or centre is None else side_of(value, centre),
            rules=tuple(rule for rule, _ in found),
            directions=tuple(way for _, way in found),
        )
        for value, band, found in zip(values, bands, flags, strict=True)
    ]


def _no_word(series: Series, groups: Sequence[Group], judged: Sequence[Judged]) -> NoWord | None:
    last = series.points[-1] if series.points else None
    if last is None or last.value is None:
        return NoWord.MISSING
    if last.ghost:
        return NoWord.GHOSTED
    if last.preliminary:
        return NoWord.PRELIMINARY
    if not groups[-1].has_limits or judged[-1].lower is None:
        return NoWord.FEW_POINTS
    if series.unit in {Unit.SHARE, Unit.INDEX} and display_of(last.n) is not Display.PLAIN:
        return NoWord.SMALL_N
    return None


def _word(directions: Sequence[int], better: Direction | None) -> Word:
    ways = set(directions)
    if not ways:
        return Word.NOISE
    if len(ways) == 2:
        return Word.MIXED
    upwards = ways == {1}
    if better is None:
        return Word.HIGHER if upwards else Word.LOWER
    return Word.BETTER if upwards is (better is Direction.HIGHER) else Word.WORSE


def _assurance(series: Series, groups: Sequence[Group], judged: Sequence[Judged]) -> Assurance:
    """Return the target against the limits at the last point that made them; strict, equality is hit and miss."""
    if series.target is None or series.direction is None or not groups or not groups[-1].has_limits:
        return Assurance.NONE
    made = [
        one
        for point, one in zip(series.points, judged, strict=True)
        if point.value is not None and not point.ghost and not point.preliminary
    ]
    last = made[-1]
    if last.lower is None or last.upper is None:
        return Assurance.NONE
    if last.lower <= series.target <= last.upper:
        return Assurance.HIT_AND_MISS
    above = series.target > last.upper
    return Assurance.FAILS if above is (series.direction is Direction.HIGHER) else Assurance.MEETS
