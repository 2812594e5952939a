"""Quantiles of waiting when some still wait, and the spread of a share: asked of scipy.

scipy takes up to a second to load, so it is loaded where it is needed first. Pure.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from measurement.measures import Measure, Quantile, Spread, Value

_ROUNDING = 1e-9
"""The curve is a product of fractions: what should be exactly 0.5 may come out a hair above."""


def quantiles(lengths: Micros, answered: NDArray[np.bool_], shares: Sequence[float]) -> tuple[Quantile | None, ...]:
    """Return for each share q the first length t with S(t) ≤ 1 − q on the Kaplan–Meier curve.

    Where the curve never comes so low the longest length seen is returned with `more_than`. No lengths: None.

    Args:
        lengths: microseconds, until the answer, or until the as-of instant where there is none.
        answered: whether each length ended with an answer; the others are right-censored.
        shares: as 0.5 for the median.

    Source: reference/measurement.md §4; the same curve as R's survival to 15 digits.
    """
    from scipy.stats import CensoredData, ecdf

    if not len(lengths):
        return (None,) * len(shares)
    # Microseconds are exact in a float for 285 years.
    curve = ecdf(CensoredData.right_censored(lengths.astype(np.float64), ~answered)).sf
    return tuple(_first_at_or_below(curve.quantiles, curve.probabilities, 1 - share) for share in shares)


def _first_at_or_below(times: NDArray[np.float64], left: NDArray[np.float64], level: float) -> Quantile:
    reached = np.flatnonzero(left <= level + _ROUNDING)
    at = int(reached[0]) if len(reached) else len(times) - 1
    return Quantile(value=timedelta(microseconds=int(times[at])), more_than=not len(reached))


def wilson(numerator: int, denominator: int) -> Spread:
    """Return the Wilson interval (95 per cent, no continuity correction) of a share.

    Raises:
        ValueError: a denominator of 0, or a numerator outside it.
    """
    from scipy.stats import binomtest

    interval = binomtest(numerator, denominator).proportion_ci(confidence_level=0.95, method="wilson")
    return Spread(low=float(interval.low), high=float(interval.high))


def share_value(measure: Measure, numerator: int, denominator: int, period: str, as_of: datetime) -> Value | None:
    """Return a share with all that travels with it, its spread from ten on (design §5); None of nothing."""
    if not denominator:
        return None
    return Value(
        measure=measure.id,
        version=measure.version,
        unit=measure.unit,
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        period=period,
        as_of=as_of,
        spread=wilson(numerator, denominator) if denominator >= 10 else None,
    )
