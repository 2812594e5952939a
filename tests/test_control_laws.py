"""What holds of every control chart, and how often a stable series gives a false word."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.measures import Direction
from measurement.statistics.chart import ChartKind, Word
from measurement.statistics.control import chart_of
from measurement.statistics.series import Series
from tests.charts import shares, values

XMR, P_PRIME, UP = ChartKind.XMR, ChartKind.P_PRIME, Direction.HIGHER

NUMBERS = st.lists(st.integers(-1000, 1000), min_size=13, max_size=40)


@given(NUMBERS, st.integers(-500, 500))
def test_moving_all_values_moves_centre_and_limits_as_far(numbers: list[int], by: int) -> None:
    here, there = chart_of(values(*numbers), XMR), chart_of(values(*(one + by for one in numbers)), XMR)
    for a, b in zip(here.judged, there.judged, strict=True):
        assert (b.lower, b.centre, b.upper) == pytest.approx(
            (_known(a.lower) + by, _known(a.centre) + by, _known(a.upper) + by), abs=1e-9
        )  # fmt: skip
        assert a.side == b.side


@given(NUMBERS)
def test_upside_down_sides_and_ways_are_turned_and_flags_stay(numbers: list[int]) -> None:
    here, there = chart_of(values(*numbers), XMR), chart_of(values(*(-one for one in numbers)), XMR)
    for a, b in zip(here.judged, there.judged, strict=True):
        assert (b.lower, b.upper, b.side) == (-_known(a.upper), -_known(a.lower), -a.side)
        assert (b.rules, b.directions) == (a.rules, tuple(-way for way in a.directions))


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=13, max_size=30))
def test_counting_failures_instead_of_successes_turns_the_chart_round(rows: list[tuple[int, int]]) -> None:
    n, k = [one for one, _ in rows], [min(one, most) for most, one in rows]
    here = chart_of(shares(k, n), P_PRIME)
    there = chart_of(shares([b - a for a, b in zip(k, n, strict=True)], n), P_PRIME)
    for a, b in zip(here.judged, there.judged, strict=True):
        assert (b.lower, b.centre, b.upper) == pytest.approx(
            (1 - _known(a.upper), 1 - _known(a.centre), 1 - _known(a.lower)), abs=1e-9
        )  # fmt: skip


@given(NUMBERS, st.data())
def test_for_the_centre_a_ghost_is_as_if_it_were_not_there(numbers: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(numbers)))
    ghosted = chart_of(values(*numbers, ghosts=[at]), XMR)
    without = chart_of(values(*numbers[: at - 1], *numbers[at:]), XMR)
    assert ghosted.groups[0].centre == without.groups[0].centre
    assert ghosted.groups[0].runs == without.groups[0].runs
    sides = [one.side for place, one in enumerate(ghosted.judged, start=1) if place != at]
    assert sides == [one.side for one in without.judged]
    missing = chart_of(values(*numbers[: at - 1], None, *numbers[at:]), XMR)
    assert (ghosted.judged[0].lower, ghosted.judged[0].upper) == (missing.judged[0].lower, missing.judged[0].upper)


@given(NUMBERS, NUMBERS)
def test_each_part_of_a_rebased_series_is_charted_as_if_it_were_alone(first: list[int], then: list[int]) -> None:
    both = chart_of(values(*first, *then, rebases=[len(first) + 1]), XMR)
    alone = (*chart_of(values(*first), XMR).judged, *chart_of(values(*then), XMR).judged)
    assert [replace(one, group=0) for one in both.judged] == list(alone)


@given(NUMBERS)
def test_the_word_follows_from_the_last_points_flags(numbers: list[int]) -> None:
    chart = chart_of(values(*numbers, direction=UP), XMR)
    assert chart.last is not None
    words = {(): Word.NOISE, (1,): Word.BETTER, (-1,): Word.WORSE, (-1, 1): Word.MIXED}
    assert chart.word is words[tuple(sorted(set(chart.last.directions)))]


def test_a_stable_series_gives_few_false_words() -> None:
    # 26 points of normal noise: some 20 % of charts hold a flag somewhere, 1.9 % on the last point (measurement.md §1:
    # 20 000 series). With 4000 the standard errors are 0.6 and 0.2 points.
    drawn, charts = random.Random(6), 4000
    somewhere = last = 0
    for _ in range(charts):
        chart = chart_of(_noise(drawn, 26), XMR)
        somewhere += any(one.rules for one in chart.judged)
        last += chart.word is not Word.NOISE
    assert 0.18 < somewhere / charts < 0.235
    assert 0.012 < last / charts < 0.027


def _noise(drawn: random.Random, length: int) -> Series:
    return values(*(drawn.gauss(0, 1) for _ in range(length)), direction=UP)


def _known(limit: float | None) -> float:
    assert limit is not None
    return limit
