"""The Kaplan–Meier curve step by step, as R's survival prints it: asked of scipy. Pure.

Its quantiles are `measurement.survival.quantiles`; here is the curve behind them, for whoever wants to check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np

from measurement.statistics.shares import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One length of time at which somebody was answered or ceased to be followed.

    Attributes:
        time: in the unit of the data.
        at_risk: still waiting just before it.
        answered, censored: at it; censored ones count as waiting at that very time.
        waiting: share that still waits after it, 0–1.
        interval: of that share, log-log; None where it is 0 or 1.
    """

    time: float
    at_risk: int
    answered: int
    censored: int
    waiting: float
    interval: Interval | None


def curve_of(lengths: Sequence[float], answered: Sequence[bool]) -> tuple[Step, ...]:
    """Return the curve, one step for each length that occurs, in order; empty of nothing.

    Args:
        lengths: until the answer, or until what is known ends; not negative.
        answered: whether each ended with an answer.

    Raises:
        ValueError: a length is negative, infinite or no number.
    """
    from scipy.stats import CensoredData, ecdf  # loads for most of a second

    times, ended = np.asarray(lengths, np.float64), np.asarray(answered, np.bool_)
    if not len(times):
        return ()
    if not np.all(np.isfinite(times) & (times >= 0)):
        raise ValueError("a length of time must be a number from 0")
    curve = ecdf(CensoredData.right_censored(times, ~ended)).sf
    with catch_warnings():  # "undefined" where the curve is 0 or 1: told as None
        simplefilter("ignore", RuntimeWarning)
        limits = curve.confidence_interval(confidence_level=0.95, method="log-log")
    return tuple(
        Step(
            time=float(time),
            at_risk=int(np.sum(times >= time)),
            answered=int(np.sum((times == time) & ended)),
            censored=int(np.sum((times == time) & ~ended)),
            waiting=float(left),
            interval=Interval(low=float(low), high=float(high)) if 0 < left < 1 else None,
        )
        for time, left, low, high in zip(
            curve.quantiles, curve.probabilities, limits.low.probabilities, limits.high.probabilities, strict=True
        )
    )


def median_interval(curve: Sequence[Step]) -> tuple[float | None, float | None]:
    """Return between which lengths the median lies, 95 times of 100: where the limits of the curve pass a half.

    None: that limit never comes so low while some still wait.
    """
    known = [(step.time, step.interval) for step in curve if step.interval]
    low = next((time for time, limits in known if limits.low <= 0.5), None)
    high = next((time for time, limits in known if limits.high <= 0.5), None)
    return low, high
