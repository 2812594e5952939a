"""Series for charts out of a simulated year, through the product's own figures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.facts import to_micros
from measurement.figures import figures_of
from measurement.measures import Figure, Unit
from measurement.periods import Week, weeks_back
from measurement.phone import PhoneRules, phone_figures
from measurement.report.known import known_measure
from measurement.statistics.series import Decision, Point, Series
from measurement.survey import survey_figures
from tests.year_contacts import Call, Reply
from tests.year_seen import Seen, frozen_at, phone_data, survey_counts
from tests.year_store import CALENDAR, RULE

IN_TIME = "answered_in_time.one_working_day"


def frozen_values(seen: Seen, weeks: Sequence[Week], measures: Sequence[str]) -> dict[str, list[Point]]:
    """Return the points of measures as they stand when each week is frozen."""
    found: dict[str, list[Point]] = {measure: [] for measure in measures}
    for week in weeks:
        as_of = frozen_at(week)
        for one in figures_of(week, seen.whole(week, as_of), CALENDAR, as_of, RULE):
            if not one.slice and one.measure in found:
                found[one.measure].append(_point(one))
    return found


def points_of_calls(lines: Sequence[Call], weeks: Sequence[Week], measure: str) -> list[Point]:
    """Return the points of a measure of the telephone."""
    found = list[Point]()
    for week in weeks:
        start, end = to_micros(week.start(CALENDAR.zone)), to_micros(week.end(CALENDAR.zone))
        mine = phone_data([one for one in lines if start <= one.at < end])
        made = phone_figures(mine, CALENDAR, PhoneRules(), label=str(week), as_of=frozen_at(week))
        found += [_point(one) for one in made.figures if one.measure == measure and not one.slice]
    return found


def points_of_survey(asked: Iterable[Reply], weeks: Sequence[Week], measure: str) -> list[Point]:
    """Return the points of a measure of the survey."""
    by_week, found = defaultdict[str, list[Reply]](list), list[Point]()
    for one in asked:
        by_week[one.week].append(one)
    for week in weeks:
        made = survey_figures(survey_counts(by_week[str(week)]), week, frozen_at(week))
        found += [_point(one) for one in made.figures if one.measure == measure and not one.slice]
    return found


def _point(one: Figure) -> Point:
    share = known_measure(one.measure).unit is Unit.SHARE
    return Point(period=one.period, value=one.value, n=one.n, numerator=one.numerator if share else None)


def share_points(seen: Seen, weeks: Sequence[Week]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many were in time, and of how many, of each week when it is frozen."""
    points = frozen_values(seen, weeks, [IN_TIME])[IN_TIME]
    return np.array([one.numerator for one in points]), np.array([one.n for one in points])


def series_of_points(measure: str, points: Sequence[Point], decisions: Sequence[Decision] = ()) -> Series:
    """Return points as the series of a measure."""
    known = known_measure(measure)
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
