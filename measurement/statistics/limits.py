"""Centre and limits of one group of points on a control chart: XmR, p and Laney's P′. Pure.

XmR: NHSRplotthedots 0.2.2; p and P′: qicharts2. Source: reference/measurement.md §1. Means are exact (fractions, then
rounded once), so that a value equal to the mean is seen to be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import mean

from measurement.statistics.chart import ChartKind
from measurement.statistics.series import Point

RANGE_TO_LIMIT = 2.66
"""Mean moving range to three sigma, as the NHS rounds 3 / 1.128."""
RANGE_TO_NEAR = 2 * (RANGE_TO_LIMIT / 3)
RANGE_TO_SIGMA = 1.128
"""d2 for ranges of two."""
SCREEN_AT = 3.267
"""Moving ranges of this many means or more are screened out (D4 for ranges of two)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The limits at one place: at three sigma, and near ones at two."""

    lower: float
    near_lower: float
    near_upper: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Centre and limits of one group.

    Attributes:
        centre: None when no point counts.
        bands: for each place, ghosted and preliminary ones too; None where there can be none.
        sigma_z, mean_range, screened: as in `Group`.
    """

    centre: float | None
    bands: tuple[Band | None, ...]
    sigma_z: float | None = None
    mean_range: float | None = None
    screened: int = 0


def counted_value(point: Point, kind: ChartKind) -> float | None:
    """Return the value that makes limits and is judged by rules; None: missing, ghosted or preliminary.

    Raises:
        ValueError: a share without its numerator, or not of 0–1.
    """
    return None if point.ghost or point.preliminary else value_of(point, kind)


def value_of(point: Point, kind: ChartKind) -> float | None:
    """Return what is drawn; a share from its own counts, so that equal shares are equal to the last bit.

    Raises:
        ValueError: a share without its numerator, or not of 0–1.
    """
    if point.value is None or kind is ChartKind.XMR:
        return point.value
    if point.n == 0:
        return None
    if point.numerator is None or not 0 <= point.numerator <= point.n:
        raise ValueError(f"{point.period}: a chart of shares needs a numerator of 0 to n, not {point.numerator}")
    return point.numerator / point.n


def limits_of(points: Sequence[Point], kind: ChartKind, *, screen: bool) -> Limits:
    """Return centre and limits of one group, however few its points.

    Args:
        points: of the group, in order.
        kind: how limits are made.
        screen: whether moving ranges are screened once (the mean is never made anew); nothing to p.

    Raises:
        ValueError: as `counted_value`.
    """
    values = [counted_value(point, kind) for point in points]
    if not any(value is not None for value in values):
        return Limits(centre=None, bands=(None,) * len(points))
    if kind is ChartKind.XMR:
        return _xmr(values, screen=screen)
    return _shares(points, values, screen=screen, laney=kind is ChartKind.P_PRIME)


def moving_ranges(values: Sequence[float | None]) -> list[float]:
    """Return how much each value differs from its left neighbour; None to either side: no range."""
    return [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]


def mean_range(ranges: Sequence[float], *, screen: bool) -> tuple[float | None, int]:
    """Return the mean moving range, and how many ranges were screened out of it; None without any.

    Ranges of `SCREEN_AT` times the mean or more are left out, once. Not when only ranges of 0 would be left: limits
    would fall on the centre and every point outside (R does that). Noughts with a one among them are such a series.
    """
    if not ranges:
        return None, 0
    first = mean(ranges)
    kept = [one for one in ranges if one < SCREEN_AT * first] if screen else ranges
    if not any(kept):
        return float(first), 0
    return float(mean(kept)), len(ranges) - len(kept)


def _xmr(values: Sequence[float | None], *, screen: bool) -> Limits:
    centre = float(mean(value for value in values if value is not None))
    width, screened = mean_range(moving_ranges(values), screen=screen)
    band = None if width is None else _band(centre, RANGE_TO_LIMIT * width, RANGE_TO_NEAR * width)
    return Limits(centre=centre, bands=(band,) * len(values), mean_range=width, screened=screened)


def _shares(points: Sequence[Point], values: Sequence[float | None], *, screen: bool, laney: bool) -> Limits:
    counted = [point for point, value in zip(points, values, strict=True) if value is not None]
    centre = sum(point.numerator or 0 for point in counted) / sum(point.n for point in counted)
    sds = [sqrt(centre * (1 - centre) / point.n) if point.n else 0.0 for point in points]
    sigma_z, screened = _sigma_z(values, centre, sds, screen=screen) if laney else (1.0, 0)

    def band(n: int, sd: float) -> Band | None:
        if not n or sigma_z is None:
            return None
        return _band(centre, 3 * sd * sigma_z, 2 * sd * sigma_z, cut=lambda limit: min(max(limit, 0.0), 1.0))

    bands = tuple(band(point.n, sd) for point, sd in zip(points, sds, strict=True))
    return Limits(centre=centre, bands=bands, sigma_z=sigma_z if laney else None, screened=screened)


def _sigma_z(
    values: Sequence[float | None], centre: float, sds: Sequence[float], *, screen: bool
) -> tuple[float | None, int]:
    """Return how much the shares differ beyond the binomial, and how many ranges were screened.

    With a centre of 0 or 1 no share differs: 0.
    """
    zs = [
        None if value is None else (value - centre) / sd if sd else 0.0
        for value, sd in zip(values, sds, strict=True)
    ]  # fmt: skip
    width, screened = mean_range(moving_ranges(zs), screen=screen)
    return (None if width is None else width / RANGE_TO_SIGMA), screened


def _band(centre: float, far: float, near: float, cut: Callable[[float], float] = float) -> Band:
    return Band(
        lower=cut(centre - far), near_lower=cut(centre - near), near_upper=cut(centre + near), upper=cut(centre + far)
    )
