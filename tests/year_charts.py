"""Series for charts out of a simulated year, through the product's own figures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from measurement.figures import figures_of
from measurement.measures import Unit
from measurement.periods import Week, weeks_back
from measurement.registry import REGISTRY
from measurement.statistics.series import Decision, Point, Series
from tests.year_seen import Seen, frozen_at
from tests.year_store import CALENDAR, RULE

IN_TIME = "answered_in_time.one_working_day"


def frozen_values(seen: Seen, weeks: Sequence[Week], measures: Sequence[str]) -> dict[str, list[Point]]:
    """Return the points of measures as they stand when each week is frozen."""
    found: dict[str, list[Point]] = {measure: [] for measure in measures}
    for week in weeks:
        as_of = frozen_at(week)
        for one in figures_of(week, seen.whole(week, as_of), CALENDAR, as_of, RULE):
            if not one.slice and one.measure in found:
                share = REGISTRY[one.measure].unit is Unit.SHARE
                found[one.measure].append(
                    Point(period=str(week), value=one.value, n=one.n, numerator=one.numerator if share else None)
                )
    return found


def share_points(seen: Seen, weeks: Sequence[Week]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many were in time, and of how many, of each week when it is frozen."""
    points = frozen_values(seen, weeks, [IN_TIME])[IN_TIME]
    return np.array([one.numerator for one in points]), np.array([one.n for one in points])


def series_of_points(measure: str, points: Sequence[Point], decisions: Sequence[Decision] = ()) -> Series:
    """Return points as the series of a measure."""
    known = REGISTRY[measure]
    return Series(
        measure=measure, version=known.version, name=known.name, unit=known.unit, direction=known.direction,
        points=tuple(points), decisions=tuple(decisions),
    )  # fmt: skip


def series(measure: str, k: NDArray[np.int64], n: NDArray[np.int64], last: Week) -> Series:
    """Return shares of weeks that end with `last` as the series of a measure."""
    weeks = weeks_back(last, len(k))
    points = [
        Point(period=str(week), value=good / of if of else None, n=of, numerator=good)
        for week, good, of in zip(weeks, k.tolist(), n.tolist(), strict=True)
    ]
    return series_of_points(measure, points)
