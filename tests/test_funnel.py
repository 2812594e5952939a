"""The funnel: worked by hand where the angles are round, and its between variance against statsmodels'."""

from math import pi, sin, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from measurement.statistics.funnel import (
    Z_95,
    Z_998,
    Count,
    Place,
    between_variance,
    funnel_of,
    overdispersion,
)


def test_a_funnel_worked_by_hand() -> None:
    # Five units of 100, so sd = 1/(2·10) = 0.05. Their shares are 25, 50, 50, 50 and 75 of 100; target 250/500 = 0.5.
    # arcsin √0.25 = π/6, arcsin √0.5 = π/4, arcsin √0.75 = π/3: angles -π/12, 0, 0, 0, π/12 from the target's,
    # z = ∓(π/12)/0.05 = ∓5.235988 and 0.
    # Winsorised at 10 %: with five scores the quantile lies 0.4 of the way from the first to the second:
    # -5.235988 + 0.4·5.235988 = -3.141593 = -π. So z = -π, 0, 0, 0, π and phi = 2π²/5 = 3.947842.
    # tau² = (5·phi - 4) / (Σw - Σw²/Σw), w = 400: Σw = 2000, Σw²/Σw = 400: (2π² - 4)/1600 = 0.00983701.
    found = funnel_of([Count(part=part, whole=100) for part in (25, 50, 50, 50, 75)])
    assert found.target == 0.5
    assert found.phi == pytest.approx(2 * pi**2 / 5)
    assert found.tau2 == pytest.approx((2 * pi**2 - 4) / 1600)
    assert found.plain == (Place.FAR_BELOW, Place.WITHIN, Place.WITHIN, Place.WITHIN, Place.FAR_ABOVE)
    # With tau²: sd = √(0.0025 + 0.009837) = 0.111072, z = 0.261799/0.111072 = 2.357: beyond 1.96, within 3.09.
    assert found.adjusted == (Place.BELOW, Place.WITHIN, Place.WITHIN, Place.WITHIN, Place.ABOVE)
    # sin²(π/4 + 1.959964·0.05) = (1 + sin(2·0.0979982))/2 = 0.597372.
    plain = found.band(100, adjusted=False)
    assert plain.high_95 == pytest.approx((1 + sin(2 * Z_95 * 0.05)) / 2)
    assert plain.high_95 == pytest.approx(0.597372, abs=1e-6)
    assert plain.low_998 == pytest.approx((1 - sin(2 * Z_998 * 0.05)) / 2)
    wide = found.band(100, adjusted=True)
    assert wide.high_95 == pytest.approx((1 + sin(2 * Z_95 * sqrt(0.0025 + found.tau2))) / 2)


def test_units_that_are_alike_have_no_between_variance() -> None:
    # All at the target: phi 0, and 8·0 - 7 < 0: tau² is 0 and the two funnels are one.
    found = funnel_of([Count(part=8 * size, whole=10 * size) for size in range(1, 9)])
    assert found.phi == pytest.approx(0.0, abs=1e-20)
    assert found.tau2 == 0
    assert set(found.plain) == set(found.adjusted) == {Place.WITHIN}
    assert found.band(50, adjusted=True) == found.band(50, adjusted=False)


def test_limits_stay_within_nought_and_one() -> None:
    # 1 of 2 and 199 of 200: a unit of two may by chance have anything up to 1, and nothing above.
    found = funnel_of([Count(part=1, whole=2), *[Count(part=199, whole=200)] * 5])
    band = found.band(2, adjusted=True)
    assert band.high_998 == 1.0
    assert 0 < band.low_998 < band.low_95


# Eight shares as a network may have them; the last much larger, one small.
NETWORKS = [
    [(412, 500), (380, 470), (255, 300), (610, 640), (90, 130), (700, 900), (33, 40), (1800, 2100)],
    [(83, 100), (82, 100), (79, 100), (81, 100), (95, 100)],
    [(10, 12), (400, 500), (790, 1000), (1650, 2000), (2300, 3000), (880, 1000)],
]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_between_variance_is_statsmodels(network: list[tuple[int, int]]) -> None:
    # Without winsorising, and around the weighted mean, it is the textbook's DerSimonian-Laird.
    parts, wholes = np.array(network, float).T
    angles, variances = np.arcsin(np.sqrt(parts / wholes)), 1 / (4 * wholes)
    theirs = combine_effects(angles, variances, method_re="dl")
    mean = (angles / variances).sum() / (1 / variances).sum()
    scores = (angles - mean) / np.sqrt(variances)
    ours = between_variance(overdispersion(scores, trim=0.0), np.sqrt(variances))
    assert ours == pytest.approx(max(0.0, theirs.tau2), rel=1e-9)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_whole_funnel_is_near_statsmodels(network: list[tuple[int, int]]) -> None:
    # Ours stands around the pooled share and is winsorised, which can only take away from what the units differ by.
    parts, wholes = np.array(network, float).T
    theirs = combine_effects(np.arcsin(np.sqrt(parts / wholes)), 1 / (4 * wholes), method_re="dl")
    ours = funnel_of([Count(part=part, whole=whole) for part, whole in network])
    assert ours.tau2 <= theirs.tau2 * 1.1


def test_fewer_than_five_and_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 5 units, not 4"):
        funnel_of([Count(part=1, whole=2)] * 4)
    with pytest.raises(ValueError, match="between 0 and its denominator"):
        funnel_of([Count(part=3, whole=2)] * 5)
    with pytest.raises(ValueError, match="between 0 and its denominator"):
        funnel_of([Count(part=0, whole=0)] * 5)


counts = st.integers(1, 5000).flatmap(lambda n: st.builds(Count, part=st.integers(0, n), whole=st.just(n)))


@given(st.lists(counts, min_size=5, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_units_changes_nothing(units: list[Count], chance: Random) -> None:
    found, mixed = funnel_of(units), list(units)
    chance.shuffle(mixed)
    other = funnel_of(mixed)
    assert other.tau2 == pytest.approx(found.tau2, abs=1e-12)
    assert sorted(other.plain) == sorted(found.plain)


@given(st.lists(counts, min_size=5, max_size=20))
def test_the_wider_funnel_never_sets_a_unit_further_out(units: list[Count]) -> None:
    found = funnel_of(units)
    assert found.tau2 >= 0
    for plain, adjusted in zip(found.plain, found.adjusted, strict=True):
        assert abs(adjusted) <= abs(plain)
        assert plain * adjusted >= 0
    for one in units:
        narrow, wide = found.band(one.whole, adjusted=False), found.band(one.whole, adjusted=True)
        assert 0 <= wide.low_998 <= narrow.low_998 <= narrow.low_95 <= found.target + 1e-12
        assert found.target - 1e-12 <= narrow.high_95 <= narrow.high_998 <= wide.high_998 <= 1
