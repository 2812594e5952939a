"""How sure a share, and the difference of two shares, is: asked of scipy and statsmodels. Pure.

Which spread is printed for what: reference/measurement.md §2. Everything shown has Wilson's; `exact` only where
somebody must have "at least 95 per cent". Both take most of a second to load and are loaded by the first call.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from measurement.survival import wilson

MOST_FOR_A_TEST = 200
"""Cases on both sides together that Boschloo's test is asked about; past them it takes seconds and says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Between which values the true one lies, 95 times of 100, in the unit of what it belongs to."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Between two shares.

    Attributes:
        value: the first share minus the second, -1 to 1; times 100 it is percentage points.
        interval: Newcombe's (1998, method 10: from the two Wilson intervals), without continuity correction.
    """

    value: float
    interval: Interval


def _check_counts(k: int, n: int) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        raise ValueError("0 of 0 is no share: there are no cases")


def share_interval(k: int, n: int) -> Interval:
    """Return the Wilson interval of k of n, 0–1. For all cases of a week it is process spread, no margin of error.

    Raises:
        ValueError: n is 0, or k outside it.
    """
    _check_counts(k, n)
    spread = wilson(k, n)
    # Rounding leaves 0.9999999999999999 where the formula says 1.
    return Interval(low=0.0 if k == 0 else spread.low, high=1.0 if k == n else spread.high)


def wilson_many(k: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper Wilson limits, 0–1, of many shares at once; NaN where n is 0.

    Raises:
        ValueError: a k is outside its n.
    """
    from statsmodels.stats.proportion import proportion_confint

    counts, whole = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(n, np.float64))
    if np.any((counts < 0) | (counts > whole)):
        raise ValueError("a share needs a numerator between 0 and its denominator")
    some = whole > 0
    low, high = np.full(whole.shape, np.nan), np.full(whole.shape, np.nan)
    if np.any(some):
        low[some], high[some] = proportion_confint(counts[some], whole[some], method="wilson")
    low[some & (counts == 0)], high[some & (counts == whole)] = 0.0, 1.0
    return low, high


def exact_interval(k: int, n: int) -> Interval:
    """Return the Clopper–Pearson interval, 0–1: it covers at least 95 per cent whatever the truth, and is wide.

    Raises:
        ValueError: n is 0, or k outside it.
    """
    from scipy.stats import binomtest

    _check_counts(k, n)
    limits = binomtest(k, n).proportion_ci(confidence_level=0.95, method="exact")
    return Interval(low=float(limits.low), high=float(limits.high))


def sampled_interval(k: int, n: int, population: int) -> Interval | None:
    """Return the Wilson interval of a sample drawn by lot without replacement; None when all were drawn.

    The drawn share is that of n(N - 1)/(N - n) independent ones (finite population). Never for a survey: those who
    chose to answer are no drawn sample, and it would make a biased number look sure.

    Raises:
        ValueError: n is 0, k outside it, or more were drawn than there are.
    """
    if not 0 <= k <= n or not 0 < n <= population:
        raise ValueError(f"{k} of {n} drawn out of {population} cannot be")
    if n == population:
        return None
    effective = n * (population - 1) / (population - n)
    low, high = wilson_many(k / n * effective, effective)
    return Interval(low=float(low), high=float(high))


def difference(k1: int, n1: int, k2: int, n2: int) -> Difference:
    """Return the first share minus the second with Newcombe's interval. For two single surveys or samples.

    Weeks before and after a change vary more than this knows of: they are for `before_after`.

    Raises:
        ValueError: an n is 0, or a k outside it.
    """
    interval = newcombe(k1, n1, k2, n2)
    return Difference(value=k1 / n1 - k2 / n2, interval=interval)


def newcombe(k1: float, n1: float, k2: float, n2: float) -> Interval:
    """Return Newcombe's interval of a difference, cut at -1 and 1; the counts need not be whole.

    Raises:
        ValueError: an n is 0, or a k outside it.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    _require_two_shares(k1, n1, k2, n2)
    # The other methods fail on small tables ("score") or leave -1..1 ("agresti-caffo").
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    return Interval(low=max(-1.0, float(low)), high=min(1.0, float(high)))


def boschloo(k1: int, n1: int, k2: int, n2: int) -> float | None:
    """Return the p-value (two-sided, Boschloo's exact test) that two equal shares differ so much by chance.

    Only where somebody demands one. None with more than `MOST_FOR_A_TEST` cases: the interval says it better.

    Raises:
        ValueError: an n is 0, or a k outside it.
    """
    from scipy.stats import boschloo_exact

    _require_two_shares(k1, n1, k2, n2)
    if n1 + n2 > MOST_FOR_A_TEST:
        return None
    # scipy reads the columns as the groups: the other way round it is another test.
    return float(boschloo_exact([[k1, k2], [n1 - k1, n2 - k2]]).pvalue)


def _require_two_shares(k1: float, n1: float, k2: float, n2: float) -> None:
    if not (0 <= k1 <= n1 and 0 <= k2 <= n2 and n1 and n2):
        raise ValueError(f"{k1} of {n1} and {k2} of {n2} are not two shares")
