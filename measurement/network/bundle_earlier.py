"""What was told of a period once, and is to be told again after a correction: never so that a few can be worked out.

Whoever has both subtracts one from the other. A measure is told anew only if nothing changed, or ten at least; else it
stays as it was told last. Pure.
"""

from collections.abc import Sequence
from math import isclose

from measurement.measures import Unit
from measurement.network.bundle import SURVEYED, MeasureTold, Total, WeekValue
from measurement.statistics.suppression import WHOLE, suppress

_REST = "withheld"
"""What is left of a total when the weeks that are told are taken from it."""


def as_told_before(now: MeasureTold, earlier: Sequence[MeasureTold]) -> MeasureTold:
    """Return a measure as it may be told beside what was told of the same period before.

    Args:
        now: as the book has it now.
        earlier: as it was told, oldest first; none: it was never told.
    """
    return now if all(_opens_nothing(now, before) for before in earlier) else earlier[-1]


def _opens_nothing(now: MeasureTold, before: MeasureTold) -> bool:
    """Tell whether one subtracted from the other shows no few; medians have no sums to subtract."""
    if now.unit is Unit.SECONDS or (now.total, now.weeks) == (before.total, before.weeks):
        return True
    same = (now.version, now.digest, now.withheld) == (before.version, before.digest, before.withheld)
    if not same or [one.week for one in now.weeks] != [one.week for one in before.weeks]:
        return False
    if now.total is None or before.total is None:
        return False
    counted, earlier = _groups(now, now.total), _groups(before, before.total)
    verdicts = suppress(_counts(now.total, now.id), counted, {**earlier, WHOLE: _counts(before.total, now.id)})
    return not any(verdicts.values()) and _same_where_unmoved(now, before)


def _groups(told: MeasureTold, total: Total) -> dict[str, tuple[int, ...]]:
    """Return the weeks that are told, and together those that are not."""
    weeks = {one.week: _counts(one, told.id) for one in told.weeks}
    columns = zip(_counts(total, told.id), *weeks.values(), strict=True)
    rest = tuple(whole - sum(parts) for whole, *parts in columns)
    return weeks | ({_REST: rest} if sum(rest) else {})


def _counts(value: WeekValue | Total, measure: str) -> tuple[int, ...]:
    """Return of what people answered how many were good and how many not; of all else how many in all."""
    if measure not in SURVEYED or value.numerator is None:
        return (value.n,)
    return (value.numerator, value.n - value.numerator)


def _same_where_unmoved(now: MeasureTold, before: MeasureTold) -> bool:
    """Tell whether an index is what it was wherever as many answered as before; True of a share."""
    if now.unit is not Unit.INDEX:
        return True
    mine, other = _points(now), _points(before)
    return all(
        n != other[name][0] or isclose(points, other[name][1], rel_tol=0, abs_tol=1e-6)
        for name, (n, points) in mine.items()
    )  # fmt: skip


def _points(told: MeasureTold) -> dict[str, tuple[int, float]]:
    """Return n and the sum of the points of each week, of the whole, and of what is withheld."""
    found = {one.week: (one.n, one.value * one.n) for one in told.weeks}
    if told.total is None:
        return found
    whole = (told.total.n, told.total.value * told.total.n)
    rest = (whole[0] - sum(n for n, _ in found.values()), whole[1] - sum(points for _, points in found.values()))
    return found | {WHOLE: whole, _REST: rest}
