"""Anhøj's runs test."""

import pytest

from measurement.statistics.runs import crossings_least, longest_allowed, runs_of


@pytest.mark.parametrize(
    ("useful", "longest", "crossings"),
    [
        # log2 10 = 3.32, rounded 3, + 3 = 6; Binomial(9, 1/2): P(≤ 1) = 10/512 < 0.05 ≤ P(≤ 2) = 46/512.
        (10, 6, 2),
        (11, 6, 2),  # 3.46 → 3; P(≤ 1) = 11/1024 = 0.011, P(≤ 2) = 56/1024 = 0.055
        (12, 7, 3),  # 3.58 → 4; P(≤ 2) = 67/2048 = 0.033, P(≤ 3) = 232/2048 = 0.113
        (20, 7, 6),
        (26, 8, 8),
        (52, 9, 20),
        (100, 10, 41),
    ],
)
def test_bounds_are_the_published_ones(useful: int, longest: int, crossings: int) -> None:
    assert (longest_allowed(useful), crossings_least(useful)) == (longest, crossings)


def test_the_quantile_is_scipys() -> None:
    from scipy.stats import binom

    assert all(crossings_least(n) == binom.ppf(0.05, n - 1, 0.5) for n in range(10, 301))


def test_points_on_the_centre_are_left_out() -> None:
    # + + 0 + - - 0 - + - + -  →  + + + - - - + - + -: ten useful, longest 3, crossings 5.
    found = runs_of([1, 1, 0, 1, -1, -1, 0, -1, 1, -1, 1, -1], 0)
    assert found is not None
    assert (found.useful, found.longest, found.crossings, found.signal) == (10, 3, 5, False)


def test_fewer_than_ten_useful_points_tell_nothing() -> None:
    assert runs_of([1, -1] * 4 + [1], 0) is None
    assert runs_of([1, -1] * 4 + [1, 0, 0, 0], 0) is None
    assert runs_of([1, -1] * 5, 0) is not None


def test_too_long_a_run_and_too_few_crossings_are_signals() -> None:
    # Ten: 6 are allowed and 2 crossings the least. Seven and three: longest 7, and only one crossing.
    long = runs_of([1] * 7 + [-1, 1, -1], 0)
    assert long is not None
    assert (long.longest, long.crossings, long.signal) == (7, 3, True)
    few = runs_of([1] * 5 + [-1] * 5, 0)
    assert few is not None
    assert (few.longest, few.crossings, few.signal) == (5, 1, True)
