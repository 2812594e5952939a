"""The charts of a report: series out of the book of figures, ending with the period that the report tells of."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from measurement.measures import Figure, Unit
from measurement.periods import Week
from measurement.report.known import known_measure, measure_name
from measurement.rollup.series import Beside, begun_anew, series_of
from measurement.statistics.chart import Chart
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Point, Series


async def chart_to(
    connection: AsyncConnection,
    beside: Beside,
    measure: str,
    last: Week,
    weeks: int,
    own: Sequence[Figure] = (),
) -> Chart | None:
    """Return a measure's chart of at most so many weeks that ends with `last`; None: it was never measured.

    Args:
        connection: to the book.
        beside: what stands beside the values.
        measure: its id.
        last: the last week.
        weeks: how many at most.
        own: figures of weeks that were made anew and do not stand in the book.
    """
    known = known_measure(measure)
    series = await series_of(connection, beside, known, "", last, weeks)
    series = replace(series, name=measure_name(measure, beside.texts))
    for one in own:
        settled = beside.at is not None and beside.at >= beside.settles(measure, Week.parse(one.period))
        if one.value is not None and one.period >= min((each.period for each in series.points), default=""):
            if one.version != series.version:
                series = begun_anew(series, one.version, Week.parse(one.period), beside.texts)
            series = _with_own(series, one, preliminary=not settled)
    if all(point.value is None for point in series.points) and not series.earlier:
        return None
    return chart_of(series, kind_for(known.unit))


def _with_own(series: Series, own: Figure, *, preliminary: bool) -> Series:
    """Return the series with this figure in its place."""
    point = Point(
        period=own.period, value=own.value, n=own.n, preliminary=preliminary,
        numerator=own.numerator if series.unit is Unit.SHARE else None,
    )  # fmt: skip
    others = [one for one in series.points if one.period != own.period]
    ghost = next((one.ghost for one in series.points if one.period == own.period), "")
    points = sorted([*others, replace(point, ghost=ghost)], key=lambda one: one.period)
    return replace(series, points=tuple(points))


def judged(chart: Chart) -> Chart:
    """Return a chart that ends with its last settled week, so that it has a word; as it is where none is settled.

    What settles later than the rest, as what a survey says, would else never have one.
    """
    points = list(chart.series.points)
    while points and points[-1].preliminary:
        points.pop()
    if all(point.value is None for point in points):
        return chart
    return chart_of(replace(chart.series, points=tuple(points)), chart.kind)
