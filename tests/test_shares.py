"""Intervals of shares against published ones: Newcombe 1998 (Stat Med 17:857-872 and 873-890)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from measurement.statistics.shares import (
    boschloo,
    difference,
    exact_interval,
    newcombe,
    sampled_interval,
    share_interval,
    wilson_many,
)

# Newcombe 1998a, table I, method 3 (score without continuity correction) and method 5 (exact).
SINGLE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
EXACT = [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)]
# Newcombe 1998b, table II, method 10: all eight contrasts.
TWO = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]
shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("k", "n", "low", "high"), SINGLE)
def test_wilson_is_as_newcombe_printed_it(k: int, n: int, low: float, high: float) -> None:
    interval = share_interval(k, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("k", "n", "low", "high"), EXACT)
def test_clopper_pearson_is_as_newcombe_printed_it(k: int, n: int, low: float, high: float) -> None:
    interval = exact_interval(k, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2", "low", "high"), TWO)
def test_a_difference_is_as_newcombe_printed_it(
    k1: int, n1: int, k2: int, n2: int, low: float, high: float
) -> None:  # fmt: skip
    found = difference(k1, n1, k2, n2)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == pytest.approx(k1 / n1 - k2 / n2)


def test_wilson_by_hand() -> None:
    # 212 of 262, z 1.959964: centre (0.809160 + 3.841459/524) / (1 + 3.841459/262) = 0.816491/1.014662 = 0.804693;
    # half 1.959964 sqrt(0.809160 * 0.190840/262 + 3.841459/(4 * 262^2)) / 1.014662 = 0.047449.
    interval = share_interval(212, 262)
    assert (interval.low, interval.high) == pytest.approx((0.757244, 0.852142), abs=2e-6)


@given(shares)
def test_one_at_a_time_and_many_at_once_agree(share: tuple[int, int]) -> None:
    k, n = share
    one, (low, high) = share_interval(k, n), wilson_many([k, 0], [n, 0])
    assert (low[0], high[0]) == pytest.approx((one.low, one.high), abs=1e-12)
    assert math.isnan(low[1])
    assert math.isnan(high[1])


@given(shares)
def test_an_interval_is_never_empty_holds_its_share_and_mirrors(share: tuple[int, int]) -> None:
    k, n = share
    interval, mirrored = share_interval(k, n), share_interval(n - k, n)
    assert 0 <= interval.low <= k / n <= interval.high <= 1
    assert interval.high > interval.low
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((interval.low, interval.high))


@given(shares, shares)
def test_a_difference_turned_round_is_the_same_the_other_way(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = difference(*one, *other), difference(*other, *one)
    assert (there.value, there.interval.low, there.interval.high) == pytest.approx(
        (-back.value, -back.interval.high, -back.interval.low)
    )
    assert -1 <= there.interval.low <= there.value + 1e-12
    assert there.value - 1e-12 <= there.interval.high <= 1


def test_all_and_none_are_0_and_1_to_the_last_digit() -> None:
    low, high = wilson_many([0, 20], [20, 20])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert (share_interval(0, 20).low, share_interval(20, 20).high) == (0.0, 1.0)


def test_clopper_pearson_covers_at_least_95_per_cent_and_is_wider() -> None:
    # All outcomes of 15 at true share 0.9 with the binomial's own probabilities, no drawing.
    truth, n = 0.9, 15
    covered = sum(
        math.comb(n, k) * truth**k * (1 - truth) ** (n - k)
        for k in range(n + 1)
        if exact_interval(k, n).low <= truth <= exact_interval(k, n).high
    )
    assert covered >= 0.95
    assert exact_interval(8, n).low < share_interval(8, n).low
    assert exact_interval(8, n).high > share_interval(8, n).high


def test_a_drawn_sample_knows_of_those_not_drawn() -> None:
    # 40 of 50 drawn out of 100: effective 50 * 99/50 = 99, so Wilson of 79.2 of 99.
    found = sampled_interval(40, 50, 100)
    assert found is not None
    z2 = 1.959963984540054**2
    centre, half = 0.8 + z2 / 198, math.sqrt(z2 * (0.16 / 99 + z2 / (4 * 99**2)))
    assert (found.low, found.high) == pytest.approx(((centre - half) / (1 + z2 / 99), (centre + half) / (1 + z2 / 99)))


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 10_000))
def test_a_sample_is_never_less_sure_than_one_out_of_endlessly_many(n: int, k: int, more: int) -> None:
    k = min(k, n)
    drawn, endless = sampled_interval(k, n, n + more), share_interval(k, n)
    if not more:
        assert drawn is None  # all were drawn: a fact, no interval
    else:
        assert drawn is not None
        assert endless.low - 1e-12 <= drawn.low <= k / n <= drawn.high <= endless.high + 1e-12


def test_boschloo_takes_the_groups_as_columns() -> None:
    assert boschloo(56, 70, 48, 80) == pytest.approx(0.0088, abs=5e-5)  # with the groups as rows 0.0081


def test_a_test_of_many_cases_is_refused_where_the_interval_stands() -> None:
    assert boschloo(56, 100, 48, 100) is not None
    assert boschloo(56, 100, 48, 101) is None
    assert difference(56, 100, 48, 101).interval.low < 0 < difference(56, 100, 48, 101).interval.high


@pytest.mark.parametrize(("k", "n"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(k: int, n: int) -> None:
    for call in (
        lambda: share_interval(k, n),
        lambda: exact_interval(k, n),
        lambda: sampled_interval(k, n, 10),
        lambda: difference(k, n, 1, 2),
        lambda: newcombe(1, 2, k, n),
        lambda: boschloo(k, n, 1, 2),
    ):
        with pytest.raises(ValueError, match=r".+"):
            call()


def test_many_refuse_a_numerator_outside_and_more_drawn_than_there_are() -> None:
    with pytest.raises(ValueError, match="numerator"):
        wilson_many([3, 7], [5, 6])
    with pytest.raises(ValueError, match="drawn"):
        sampled_interval(3, 11, 10)


def test_a_hundred_thousand_at_once() -> None:
    n = np.arange(1, 100_001)
    low, high = wilson_many(n // 2, n)
    assert low.shape == n.shape
    assert np.all(low < high)
    limits = binomtest(50_000, 100_000).proportion_ci(method="wilson")
    assert (low[-1], high[-1]) == pytest.approx((limits.low, limits.high))
