"""Index, share of good grades and KKiK's points: vectors of domain.md §9.3, precision of measurement.md §3."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.statistics.reception import (
    Asked,
    Grades,
    IndexMethod,
    Standing,
    good_of,
    index_of,
    points_of,
    weighted_on_time,
)

grades = st.builds(
    Grades, five=st.integers(0, 60), four=st.integers(0, 60), three=st.integers(0, 60), two=st.integers(0, 60),
    one=st.integers(0, 60), unknown=st.integers(0, 9),
).filter(lambda one: one.n)  # fmt: skip


def graded(*counts: int) -> Grades:
    """Return so many fives, fours, threes, twos and ones."""
    five, four, three, two, one = counts
    return Grades(five=five, four=four, three=three, two=two, one=one)


def index(*counts: int) -> float:
    found = index_of(graded(*counts))
    assert found is not None
    return found.index


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((60, 20, 10, 5, 5), 81.25),  # (6000 + 1500 + 500 + 125 + 0)/100
        ((0, 7, 0, 0, 0), 75.0),
        ((1, 0, 0, 0, 0), 100.0),
        ((0, 0, 0, 0, 3), 0.0),
        ((1, 1, 1, 1, 1), 50.0),
        ((64, 12, 10, 10, 4), 80.5),  # 6400 + 900 + 500 + 250
    ],
)
def test_the_index(counts: tuple[int, ...], expected: float) -> None:
    assert index(*counts) == expected


@pytest.mark.parametrize(
    ("counts", "points", "expected"),
    [
        ((71, 22, 10, 5), 267, 82.4),  # 213 + 44 + 10 = 267 of 3 * 108 = 324
        ((0, 9, 0, 0), 18, 66.7),  # all "god": 18 of 27
        ((4, 0, 0, 0), 12, 100.0),
        ((0, 0, 0, 2), 0, 0.0),
    ],
)
def test_points_of_the_older_scale(counts: tuple[int, int, int, int], points: int, expected: float) -> None:
    found = points_of(*counts)
    assert found is not None
    assert (found.points, found.maximum) == (points, 3 * sum(counts))
    assert round(100 * found.share_of_maximum, 1) == expected


def test_good_is_four_and_five_of_those_who_gave_a_grade() -> None:
    found = good_of(Grades(five=15, four=5, three=4, one=1, unknown=7))
    assert found is not None
    assert (found.good, found.n, found.unknown, found.share) == (20, 25, 7, 0.8)  # the seven are in no denominator
    assert (found.interval.low, found.interval.high) == pytest.approx((0.6087, 0.9114), abs=5e-5)  # Wilson 20 of 25


def test_nothing_is_none() -> None:
    assert index_of(Grades(unknown=4)) is None
    assert good_of(Grades(unknown=4)) is None
    assert points_of(0, 0, 0, 0) is None


def test_the_three_are_of_different_types_and_cannot_be_added_or_ordered() -> None:
    one, other, third = index_of(graded(5, 1, 0, 0, 0)), good_of(graded(5, 1, 0, 0, 0)), points_of(5, 1, 0, 0)
    assert len({type(one), type(other), type(third)}) == 3
    for left, right in ((one, other), (other, third), (one, third), (one, one)):
        assert left != right or left is right
        with pytest.raises(TypeError):
            left + right  # type: ignore[operator]
        with pytest.raises(TypeError):
            sorted([left, right])  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("n", "standing"), [(29, Standing.TOO_FEW), (30, Standing.SHOWN), (99, Standing.SHOWN), (100, Standing.COMPARABLE)]
)
def test_shown_from_30_and_compared_from_100(n: int, standing: Standing) -> None:
    found = index_of(Grades(five=n - 1, one=1, unknown=500))
    assert found is not None
    assert found.standing is standing


def test_the_t_interval_by_hand() -> None:
    # 60/20/10/5/5: squares 60 * 18.75^2 + 20 * 6.25^2 + 10 * 31.25^2 + 5 * 56.25^2 + 5 * 81.25^2 = 80468.75;
    # /99 = 812.8157; sd 28.5099; /10 = 2.85099; t(0.975, 99) = 1.984217: half 5.656985.
    found = index_of(graded(60, 20, 10, 5, 5))
    assert found is not None
    assert found.method is IndexMethod.T
    assert (found.interval.low, found.interval.high) == pytest.approx((81.25 - 5.65698, 81.25 + 5.65698), abs=1e-4)


def test_few_answers_have_dirichlets_interval_and_from_30_t() -> None:
    few, enough = index_of(graded(20, 5, 2, 1, 1)), index_of(graded(20, 6, 2, 1, 1))
    assert few is not None
    assert enough is not None
    assert (few.n, few.method) == (29, IndexMethod.DIRICHLET)
    assert (enough.n, enough.method) == (30, IndexMethod.T)


@pytest.mark.parametrize("counts", [(5, 0, 0, 0, 0), (0, 5, 0, 0, 0), (0, 0, 0, 0, 60), (400, 0, 0, 0, 0)])
def test_answers_all_alike_are_never_told_to_be_sure(counts: tuple[int, ...]) -> None:
    found = index_of(graded(*counts))
    assert found is not None
    assert found.method is IndexMethod.DIRICHLET
    assert found.interval.low <= found.index <= found.interval.high
    assert found.interval.high - found.interval.low > 0.1


def test_the_dirichlet_interval_of_two_grades_is_the_betas() -> None:
    # With 8 fives and 4 ones the fives' share is nearly Beta(8.2, 4.2); the three empty grades move it little.
    # That has 0.389 and 0.883 at 2.5 and 97.5 per cent.
    found = index_of(graded(8, 0, 0, 0, 4))
    assert found is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((39, 88), abs=2.5)


@given(grades)
@settings(max_examples=60)
def test_an_index_lies_in_its_interval_and_is_25_times_the_mean_grade_less_one(given: Grades) -> None:
    found, again = index_of(given), index_of(given)
    assert found == again  # the same draws for the same counts
    assert found is not None
    mean = sum(grade * count for grade, count in zip((5, 4, 3, 2, 1), given.counts, strict=True)) / given.n
    assert found.index == pytest.approx(25 * (mean - 1))
    assert 0 <= found.interval.low <= found.index + 1e-9
    assert found.index - 1e-9 <= found.interval.high <= 100


@given(grades)
@settings(max_examples=60)
def test_grades_turned_round_turn_the_index_round(given: Grades) -> None:
    there, back = index_of(given), index_of(graded(*reversed(given.counts)))
    assert there is not None
    assert back is not None
    assert back.index == pytest.approx(100 - there.index)


SKR = np.array([0.64, 0.12, 0.10, 0.10, 0.04])  # 64 % fives, index 80.5
INDICES = np.array([100, 75, 50, 25, 0])


@pytest.mark.parametrize(("n", "half_width"), [(5, None), (10, None), (30, 12), (100, 6.3), (400, 3.1)])
def test_the_interval_covers_what_it_promises_with_an_spread_as_skrs(n: int, half_width: float | None) -> None:
    rounds = 400
    drawn = np.random.default_rng(20261120).multinomial(n, SKR, rounds)
    found = [index_of(graded(*map(int, counts))) for counts in drawn]
    intervals = [one.interval for one in found if one]
    covered = sum(one.low <= 80.5 <= one.high for one in intervals) / rounds
    assert 0.92 <= covered <= 0.99  # 0.95 with a standard error of 0.011; t alone covers 0.76 at 5 and 0.88 at 10
    if half_width:
        # Cut at 100 the upper half is shorter in small samples: the lower one is the whole.
        below = np.mean([one.index - one.interval.low for one in found if one])
        assert below == pytest.approx(half_width, rel=0.09)


@pytest.mark.parametrize(("n", "points"), [(5, 28), (10, 22), (30, 14), (100, 7.7), (400, 3.9)])
def test_the_half_width_of_the_share_is_the_tables(n: int, points: float) -> None:
    drawn = np.random.default_rng(5).multinomial(n, [0.76, 0.24], 300)[:, 0]
    widths = [one.interval.high - one.interval.low for k in drawn if (one := good_of(Grades(five=k, one=n - k)))]
    assert 100 * np.mean(widths) / 2 == pytest.approx(points, rel=0.13)


def test_weighted_when_those_answered_late_keep_silent() -> None:
    # Asked: 100 in time, 100 late. Answers: 40 in time (30 fives, 10 fours), 10 late (all threes).
    # Respondents in time 40/50 = 0.8, the others 60/150 = 0.4. Index in time (3000 + 750)/40 = 93.75, late 50;
    # raw (3750 + 500)/50 = 85, weighted half and half 71.875. Good: raw 40/50, weighted (1 + 0)/2.
    found = weighted_on_time(Asked(100, graded(30, 10, 0, 0, 0)), Asked(100, graded(0, 0, 10, 0, 0)))
    assert found is not None
    assert (found.respondents_in_time, found.others_in_time) == (0.8, 0.4)
    assert (found.index, found.good, found.n) == (71.875, 0.5, 50)


@pytest.mark.parametrize(
    ("in_time", "late", "weighted"),
    [
        # Respondents 11 of 20 in time, others 45 of 100: 0.55 and 0.45 differ by 10 points, which is not more.
        ((56, 11), (64, 9), False),
        ((56, 12), (64, 8), True),  # 12/20 = 0.60, 44/100 = 0.44
        ((5, 5), (5, 5), False),  # nobody but respondents
        ((50, 0), (50, 0), False),  # no respondents
    ],
)
def test_weighted_only_when_the_difference_is_more_than_10_points(
    in_time: tuple[int, int], late: tuple[int, int], weighted: bool
) -> None:
    asked = [Asked(delivered, Grades(four=answered)) for delivered, answered in (in_time, late)]
    assert (weighted_on_time(*asked) is not None) == weighted


def test_a_kind_without_any_respondent_cannot_be_weighted_but_the_difference_is_told() -> None:
    found = weighted_on_time(Asked(50, Grades(five=20)), Asked(50, Grades(unknown=3)))
    assert found is not None
    assert (found.index, found.good) == (None, None)
    assert found.respondents_in_time == 1


def test_all_answered_in_time_leaves_nothing_to_weight() -> None:
    assert weighted_on_time(Asked(50, Grades(five=20)), Asked(0, Grades())) is None


@given(grades, grades, st.integers(0, 300), st.integers(0, 300))
def test_weighted_figures_lie_between_those_of_the_two_kinds(one: Grades, two: Grades, more: int, others: int) -> None:
    found = weighted_on_time(Asked(one.n + more, one), Asked(two.n + others, two))
    if found is not None:
        indices = sorted(known.index for known in (index_of(one), index_of(two)) if known)
        assert found.index is not None
        assert indices[0] - 1e-9 <= found.index <= indices[1] + 1e-9


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Grades(five=-1)
    with pytest.raises(ValueError, match="negative"):
        points_of(1, -1, 0, 0)
    with pytest.raises(ValueError, match="more answers"):
        Asked(3, Grades(five=4))
