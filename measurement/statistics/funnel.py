"""Shares of several municipalities in a funnel: how far one may lie from the rest by its size alone. Pure.

Spiegelhalter 2005 (https://doi.org/10.1002/sim.1970), as FunnelPlotR does it (reference/measurement.md §2): shares on
the arcsine-root scale, z-scores winsorised at 10 per cent, and between-unit variance by DerSimonian and Laird where
the units differ by more than chance. A funnel ranks nobody; with few units the between variance is itself poorly known,
so both funnels are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

FUNNEL_FROM = 5
"""Units from which a funnel is drawn: of fewer nobody can tell what they differ by beyond chance."""
TRIM = 0.1
"""Share of the z-scores that is winsorised on either side."""
Z_95, Z_998 = 1.959964, 3.090232
"""Two-sided 95 and 99.8 per cent of the normal distribution."""

Array = NDArray[np.float64]


class Place(IntEnum):
    """Where a unit lies in a funnel."""

    FAR_BELOW = -2
    """Below the limit of 99.8 per cent."""
    BELOW = -1
    """Below the limit of 95 per cent."""
    WITHIN = 0
    ABOVE = 1
    FAR_ABOVE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of so many; `whole` at least 1."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The four limits at one size, 0–1, from the lowest to the highest."""

    low_998: float
    low_95: float
    high_95: float
    high_998: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """What a funnel of shares says.

    Attributes:
        target: all parts of all wholes, 0–1; what the limits stand around.
        phi: mean of the squared z-scores after winsorising: 1 where the units differ by chance alone.
        tau2: between-unit variance on the arcsine-root scale; 0: they do not differ by more than chance.
        plain: of each unit, its place within the limits that its size alone gives.
        adjusted: its place within the limits with `tau2` added.
    """

    target: float
    phi: float
    tau2: float
    plain: tuple[Place, ...]
    adjusted: tuple[Place, ...]

    def band(self, whole: float, *, adjusted: bool) -> Band:
        """Return the limits for a unit of this size; with `adjusted` those of the wider funnel."""
        centre = float(_angle(np.array([self.target]))[0])
        deviation = (1 / (4 * whole) + (self.tau2 if adjusted else 0.0)) ** 0.5
        low_998, low_95, high_95, high_998 = (
            _share(centre + times * deviation) for times in (-Z_998, -Z_95, Z_95, Z_998)
        )
        return Band(low_998=low_998, low_95=low_95, high_95=high_95, high_998=high_998)


def funnel_of(units: Sequence[Count]) -> Funnel:
    """Return the funnel of these units, in their order.

    Raises:
        ValueError: fewer than `FUNNEL_FROM`, or a part that is not within its whole.
    """
    if len(units) < FUNNEL_FROM:
        raise ValueError(f"a funnel needs at least {FUNNEL_FROM} units, not {len(units)}")
    if any(not 0 <= one.part <= one.whole or one.whole < 1 for one in units):
        raise ValueError("a share needs a numerator between 0 and its denominator")
    parts = np.array([one.part for one in units], np.float64)
    wholes = np.array([one.whole for one in units], np.float64)
    target = float(parts.sum() / wholes.sum())
    deviations: Array = 1 / (2 * np.sqrt(wholes))
    apart: Array = _angle(parts / wholes) - _angle(np.array([target]))[0]
    scores: Array = apart / deviations
    phi = overdispersion(scores, TRIM)
    tau2 = between_variance(phi, deviations)
    return Funnel(
        target=target, phi=phi, tau2=tau2, plain=_places(scores),
        adjusted=_places(apart / np.sqrt(deviations**2 + tau2)),
    )  # fmt: skip


def overdispersion(scores: Array, trim: float) -> float:
    """Return the mean of the squared scores after drawing the outermost share `trim` of each side in to its edge.

    The edges are the quantiles by linear interpolation (R's type 7).
    """
    low, high = np.quantile(scores, [trim, 1 - trim])
    return float(np.mean(np.clip(scores, low, high) ** 2))


def between_variance(phi: float, deviations: Array) -> float:
    """Return DerSimonian and Laird's between-unit variance, at least 0, from the scores' mean square.

    Args:
        phi: mean of the squared z-scores.
        deviations: standard deviation of each unit by its size alone.
    """
    units = len(deviations)
    weights = deviations**-2
    excess = units * phi - (units - 1)
    return max(0.0, float(excess / (weights.sum() - (weights**2).sum() / weights.sum())))


def _angle(shares: Array) -> Array:
    angles: Array = np.arcsin(np.sqrt(shares))
    return angles


def _share(angle: float) -> float:
    """Return the share of an angle, cut at 0 and 1."""
    return float(np.sin(min(max(angle, 0.0), np.pi / 2)) ** 2)


def _places(scores: Array) -> tuple[Place, ...]:
    steps = np.sign(scores) * ((np.abs(scores) > Z_95).astype(int) + (np.abs(scores) > Z_998))
    return tuple(Place(int(step)) for step in steps)
