"""Quasi-binomial regression of shares (statsmodels): fitted as R does it, and told on the scale of the shares. Pure.

How it is to be called so that the dispersion is right: reference/measurement.md §2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from measurement.statistics.shares import Interval

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share, or a difference of shares, with its 95 per cent interval.

    Attributes:
        standard_error: None where the interval was not made of one.
    """

    value: float
    interval: Interval
    standard_error: float | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model: its rows, coefficients on the logit scale, and their covariance with the dispersion in it."""

    x: Array
    b: Array
    covariance: Array
    dispersion: float
    df: int

    def estimate(self, quantity: Callable[[Array], Array]) -> Estimate:
        """Return a quantity of the coefficients with its interval, by the delta method."""
        from statsmodels.tools.numdiff import approx_fprime_cs

        slope = np.ravel(approx_fprime_cs(self.b, quantity))
        error = float(np.sqrt(slope @ self.covariance @ slope))
        return around(float(quantity(self.b)), error, self.df)


def fit_shares(k: Array, n: Array, columns: Sequence[Array]) -> Fit | None:
    """Return the model of k of n by these columns; None where it has no answer, as when all weeks are exactly alike.

    Its dispersion is Pearson's chi-square over the residual degrees of freedom, as R has it; it may be under 1.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    x = np.column_stack(columns)
    df = len(k) - x.shape[1]
    if df < 1:
        return None
    with catch_warnings():  # "perfect prediction": told by the dispersion below
        simplefilter("ignore")
        # Counts in two columns with fit(scale="X2") give a dispersion some hundred times too small, freq_weights too.
        plain = GLM(k / n, x, family=Binomial(), var_weights=n).fit()
    dispersion = float(plain.pearson_chi2) / df
    if not plain.converged or not np.isfinite(dispersion) or dispersion < 1e-9:
        return None
    covariance = np.asarray(plain.normalized_cov_params, np.float64) * dispersion
    return Fit(x=x, b=np.asarray(plain.params, np.float64), covariance=covariance, dispersion=dispersion, df=df)


def share_of(x: Array, b: Array) -> Array:
    """Return the shares that the coefficients give for these rows; for complex numbers too, as `estimate` asks."""
    return np.asarray(1 / (1 + np.exp(-(x @ b))))


def around(value: float, error: float, df: int) -> Estimate:
    """Return a share, or a difference of shares, with its t interval, cut at -1 and 1."""
    from scipy.stats import t as student  # loads for most of a second

    half = float(student.ppf(0.975, df)) * error
    interval = Interval(low=max(-1.0, value - half), high=min(1.0, value + half))
    return Estimate(value=value, interval=interval, standard_error=error)


def on_logit(level: Estimate, df: int) -> Estimate:
    """Return the same level with an interval that cannot leave 0–1."""
    from scipy.stats import t as student

    assert level.standard_error is not None
    p = level.value
    half = float(student.ppf(0.975, df)) * level.standard_error / (p * (1 - p))
    low, high = (float(1 / (1 + np.exp(-(np.log(p / (1 - p)) + part)))) for part in (-half, half))
    return Estimate(value=p, interval=Interval(low=low, high=high), standard_error=level.standard_error)
