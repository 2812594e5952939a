"""A chart's series in one number with its interval, and before and after a signed change. Pure.

Which interval belongs to what: reference/measurement.md §2 and §3, told in `measurement.assessment.frozen.Way`.
"""

from collections.abc import Sequence

from measurement.assessment.frozen import Level, Shift, Way, Whole
from measurement.measures import Display, Unit, display_of
from measurement.statistics.before_after import BeforeAfter, Side, before_after, holiday_weeks
from measurement.statistics.chart import Chart, Group
from measurement.statistics.series import DecisionKind, Point
from measurement.statistics.shares import Interval, share_interval

WEEKS = 13
"""How many weeks a share or an index is put together over, as the survey's headline is."""


def whole_of(chart: Chart) -> Whole | None:
    """Return the series in one number; None: no week since the last rebase counts.

    Ghosted weeks are in no sum. A week whose ratings are hidden has no value and so is in none either: otherwise the
    sum minus the weeks that are shown would tell it.
    """
    if not chart.groups:
        return None
    group = chart.groups[-1]
    since = chart.series.points[group.first : group.last + 1]
    if not _counting(since):
        return None
    if chart.series.unit is Unit.SHARE:
        return _of_share(since)
    interval = _limits(chart, group)
    if chart.series.unit is Unit.INDEX:
        return _of_index(since, interval)
    return _of_centre(group, since, interval)


def shift_of(chart: Chart) -> Shift | None:
    """Return what the last signed rebase did to a share; None: see `FrozenSeries.shift`.

    Weeks from the rebase before it on count. July and Christmas have a level of their own in the model.
    """
    if chart.series.unit is not Unit.SHARE or len(chart.groups) < 2:
        return None
    earlier, later = chart.groups[-2], chart.groups[-1]
    points = chart.series.points[earlier.first : later.last + 1]
    change = chart.series.points[later.first].period
    try:
        found = before_after(points, change, marked=holiday_weeks([point.period for point in points]))
    except ValueError:  # too few ordinary weeks on a side
        return None
    return _shift(found, chart, change)


def _shift(found: BeforeAfter, chart: Chart, change: str) -> Shift:
    signed = next(one for one in chart.series.decisions if (one.kind, one.period) == (DecisionKind.REBASE, change))
    return Shift(
        period=change, cause=signed.cause, by=signed.decided_by, before=_level(found.before),
        after=_level(found.after), difference=found.difference.value, interval=found.difference.interval,
    )  # fmt: skip


def _level(side: Side) -> Level:
    return Level(weeks=side.weeks, k=side.k, n=side.n, value=side.level.value, interval=side.level.interval)


def _counting(points: Sequence[Point]) -> list[Point]:
    return [one for one in points if one.value is not None and not one.ghost and not one.preliminary]


def _last_weeks(points: Sequence[Point]) -> list[Point]:
    """Return those that count of the last 13 weeks that end with one that does."""
    last = max(at for at, one in enumerate(points) if _counting([one]))
    return _counting(points[max(0, last + 1 - WEEKS) : last + 1])


def _of_share(points: Sequence[Point]) -> Whole:
    counted = _last_weeks(points)
    k, n = sum(one.numerator or 0 for one in counted), sum(one.n for one in counted)
    few = display_of(n) is Display.COUNT_ONLY
    return Whole(
        first=counted[0].period, last=counted[-1].period, weeks=len(counted), numerator=k, n=n, value=k / n,
        way=Way.WILSON, interval=None if few else share_interval(k, n),
    )  # fmt: skip


def _of_index(points: Sequence[Point], interval: Interval | None) -> Whole:
    """Return the index of all grades of the weeks together: their mean, each week by its number of grades."""
    counted = _last_weeks(points)
    n = sum(one.n for one in counted)
    value = sum((one.value or 0.0) * one.n for one in counted) / n
    return Whole(
        first=counted[0].period, last=counted[-1].period, weeks=len(counted), numerator=None, n=n, value=value,
        way=Way.LIMITS, interval=interval,
    )  # fmt: skip


def _of_centre(group: Group, points: Sequence[Point], interval: Interval | None) -> Whole | None:
    counted = _counting(points)
    if group.centre is None:
        return None
    return Whole(
        first=counted[0].period, last=counted[-1].period, weeks=len(counted), numerator=None,
        n=sum(one.n for one in counted), value=group.centre, way=Way.LIMITS, interval=interval,
    )  # fmt: skip


def _limits(chart: Chart, group: Group) -> Interval | None:
    """Return the limits of the last group; of XmR they are the same for all its weeks. No length or number is under 0.

    An index goes no further than 0 and 100, nor points than 0 and 1.
    """
    last = chart.judged[group.last]
    if not group.has_limits or last.lower is None or last.upper is None:
        return None
    most = {Unit.INDEX: 100.0, Unit.POINTS: 1.0}.get(chart.series.unit)
    return Interval(low=max(last.lower, 0.0), high=last.upper if most is None else min(last.upper, most))
