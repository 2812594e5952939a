"""The four rules, point by point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.statistics.limits import Band
from measurement.statistics.rules import beyond, flags_of, shifts, side_of, trends, two_in_three


@pytest.mark.parametrize(("value", "way"), [(3.0, 0), (3.01, 1), (1.0, 0), (0.99, -1), (2.0, 0)])
def test_only_strictly_beyond_a_limit_is_outside(value: float, way: int) -> None:
    assert beyond(value, 1.0, 3.0) == way


@pytest.mark.parametrize(
    ("sides", "marks"),
    [
        ("++++++", "......"),  # six are no shift
        ("+++++++", "+++++++"),
        ("-+++++++-", ".+++++++."),
        ("---------", "---------"),  # nine: all of them
        ("+++0++++", "........"),  # one on the centre ends a run: three and four
        ("+++0+++++++", "....+++++++"),
        ("+++-+++++++", "....+++++++"),
        ("+++++++-------", "+++++++-------"),
        ("0000000", "......."),  # seven on the centre are on no side
    ],
)
def test_seven_on_one_side_are_a_shift(sides: str, marks: str) -> None:
    assert shifts(_signs(sides)) == _signs(marks)


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ([1, 2, 3, 4, 5, 6], "......"),
        ([1, 2, 3, 4, 5, 6, 7], "+++++++"),
        ([7, 6, 5, 4, 3, 2, 1], "-------"),
        ([1, 2, 3, 3, 4, 5, 6], "......."),  # a tie ends it
        ([1, 2, 2, 3, 4, 5, 6, 7, 8], "..+++++++"),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], ".+++++++."),
        ([2, 7, 6, 5, 4, 3, 2, 1, 3], ".-------."),
        # Up for seven, down for seven: the top one has the later slope.
        ([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1], "++++++-------"),
        ([4, 4, 4, 4, 4, 4, 4], "......."),
        ([], ""),
    ],
)
def test_seven_points_of_six_equal_steps_are_a_trend(values: list[float], marks: str) -> None:
    assert trends(values) == _signs(marks)


@pytest.mark.parametrize(
    ("far", "sides", "marks"),
    [
        ("+.+", "+++", "+.+"),  # the third is not marked
        (".++", "+++", ".++"),
        ("++.", "+++", "++."),
        ("++.", "++-", "..."),  # all three on one side
        ("++.", "++0", "..."),  # on the centre is on no side
        ("+-+", "+-+", "..."),
        ("-.-", "---", "-.-"),
        ("+..+", "++++", "...."),
        ("+..++", "+++++", "...++"),
        ("..+.+..", "+++++++", "..+.+.."),
        ("+++", "+++", "+++"),
        ("++", "++", ".."),  # there is no third
    ],
)
def test_two_of_three_beyond_two_sigma(far: str, sides: str, marks: str) -> None:
    assert two_in_three(_signs(far), _signs(sides)) == _signs(marks)


def test_a_point_outside_counts_as_beyond_two_sigma() -> None:
    # Centre 0, limits at ±3, near ones at ±2. 3.5 is outside; 2.5 is the second of three. NHSRplotthedots does not
    # count 3.5 and would leave 2.5 unflagged; Making Data Count does.
    band = Band(lower=-3, near_lower=-2, near_upper=2, upper=3)
    flags = flags_of([3.5, 0.5, 2.5], 0, [band] * 3)
    assert [[(rule.value, way) for rule, way in one] for one in flags] == [
        [("outside", 1), ("two_in_three", 1)], [], [("two_in_three", 1)],
    ]  # fmt: skip


def test_exactly_two_sigma_is_not_beyond_it() -> None:
    band = Band(lower=-3, near_lower=-2, near_upper=2, upper=3)
    assert flags_of([2.0, 2.5, 1.0], 0, [band] * 3) == [(), (), ()]


def test_flags_stand_in_order_of_precedence_each_with_its_way() -> None:
    # Falling from 9 to 3.1 above a centre of 0: outside upwards, a trend downwards, two in three and a shift upwards.
    band = Band(lower=-3, near_lower=-2, near_upper=2, upper=3)
    flags = flags_of([9, 8, 7, 6, 5, 4, 3.1], 0, [band] * 7)
    expected = [("outside", 1), ("trend", -1), ("two_in_three", 1), ("shift", 1)]
    assert [(rule.value, way) for rule, way in flags[-1]] == expected


@given(st.lists(st.integers(-4, 4), max_size=40))
def test_turned_upside_down_every_mark_changes_its_sign(values: list[int]) -> None:
    turned = [-one for one in values]
    sides, other = [side_of(one, 0) for one in values], [side_of(one, 0) for one in turned]
    assert shifts(other) == [-mark for mark in shifts(sides)]
    assert trends(turned) == [-mark for mark in trends(values)]
    far, far_other = [beyond(one, -2, 2) for one in values], [beyond(one, -2, 2) for one in turned]
    assert two_in_three(far_other, other) == [-mark for mark in two_in_three(far, sides)]


@given(st.lists(st.integers(-4, 4), max_size=40))
def test_backwards_a_shift_and_two_in_three_mark_the_same_points(values: list[int]) -> None:
    sides, far = [side_of(one, 0) for one in values], [beyond(one, -2, 2) for one in values]
    assert shifts(sides[::-1]) == shifts(sides)[::-1]
    assert two_in_three(far[::-1], sides[::-1]) == two_in_three(far, sides)[::-1]


def _signs(drawn: str) -> list[int]:
    return [{"+": 1, "-": -1}.get(sign, 0) for sign in drawn]
