"""Control charts against sums worked out by hand and published charts."""

from dataclasses import replace

import pytest

from measurement.measures import Direction, Unit
from measurement.statistics.chart import Assurance, Chart, ChartKind, NoWord, Word
from measurement.statistics.control import NoRebase, chart_of, kind_for, may_rebase
from measurement.statistics.series import DecisionKind
from tests.charts import PUBLISHED, flagged, nile, rebase, shares, values

XMR, P, P_PRIME = ChartKind.XMR, ChartKind.P, ChartKind.P_PRIME
UP, DOWN = Direction.HIGHER, Direction.LOWER
QUIET = [10.0, 12.0] * 7
"""Fourteen points that nothing is said of: centre 11, all ranges 2, limits 11 ± 5.32."""


def limits(chart: Chart, at: int = 1) -> list[float | None]:
    """Return lower, near lower, centre, near upper, upper at a point (from 1), to four decimals."""
    one = chart.judged[at - 1]
    found = [one.lower, one.near_lower, one.centre, one.near_upper, one.upper]
    return [None if limit is None else round(limit, 4) for limit in found]


# By hand


def test_xmr_by_hand() -> None:
    # Mean 46/4 = 11.5. Ranges 2, 2, 4: mean 8/3 (4 < 3.267 · 8/3). 2.66 · 8/3 = 7.0933; two thirds of it 4.7289.
    chart = chart_of(values(10, 12, 10, 14), XMR, trial=True)
    assert limits(chart) == [4.4067, 6.7711, 11.5, 16.2289, 18.5933]
    assert chart.groups[0].mean_range == pytest.approx(8 / 3)
    assert [one.side for one in chart.judged] == [-1, 1, -1, 1]


def test_p_by_hand() -> None:
    # 200/400 = 0.5. n 100: sd √(0.25/100) = 0.05, limits 0.35 and 0.65. n 25: sd 0.1, limits 0.2 and 0.8.
    chart = chart_of(shares([40, 60, 90, 10], [100, 100, 175, 25]), P, trial=True)
    assert limits(chart, 1) == [0.35, 0.4, 0.5, 0.6, 0.65]
    assert limits(chart, 4) == [0.2, 0.3, 0.5, 0.7, 0.8]


def test_p_prime_by_hand_and_cut_at_0_and_1() -> None:
    # 0.5, sd 0.05: z -2, 2, -2, 2, all ranges 4: sigma z 4/1.128 = 3.5461. 0.5 ± 3 · 0.05 · 3.5461 = -0.03 and 1.03;
    # at two sigma ± 0.3546.
    chart = chart_of(shares([40, 60, 40, 60], [100] * 4), P_PRIME, trial=True)
    assert chart.groups[0].sigma_z == pytest.approx(4 / 1.128)
    assert limits(chart) == [0.0, 0.1454, 0.5, 0.8546, 1.0]


def test_moving_ranges_are_screened_once_and_the_mean_stays() -> None:
    # The vignette: nine 1s, eight 2s and a 10: 35/18 = 1.9444. Ranges: 15 of 1, then 8 and 9: 32/17 = 1.8824;
    # 3.267 · 1.8824 = 6.15: 8 and 9 go, mean 1. Screened 1.94 ± 2.66; else ± 2.66 · 1.8824 = 5.0071.
    series = values(*PUBLISHED["deviations_vignette"]["values"])
    chart = chart_of(series, XMR)
    assert (chart.judged[0].lower, chart.judged[0].upper) == pytest.approx((35 / 18 - 2.66, 35 / 18 + 2.66))
    assert (chart.groups[0].screened, chart.groups[0].mean_range, chart.screening) == (2, 1, True)
    assert flagged(chart) == {5: "outside"}
    plain = chart_of(series, XMR, screen=False)
    assert limits(plain)[::4] == [-3.0626, 6.9515]
    assert (plain.groups[0].screened, plain.screening) == (0, False)


def test_noughts_with_a_one_among_them_are_not_screened() -> None:
    # Ranges: 18 of 0 and one of 1, mean 1/19; 1 would go, limits fall on the mean and all the noughts lie outside.
    chart = chart_of(values(*[0] * 19, 1), XMR)
    assert chart.groups[0].screened == 0
    assert chart.groups[0].mean_range == pytest.approx(1 / 19)
    assert flagged(chart)[20] == "outside"  # 1 > 0.05 + 2.66/19 = 0.19
    assert chart.judged[0].lower == pytest.approx(0.05 - 2.66 / 19)


def test_equal_values_lie_on_centre_and_limits_and_are_not_flagged() -> None:
    for chart in (
        chart_of(values(*[0.1] * 15), XMR),
        chart_of(shares([1] * 15, [3] * 15), P_PRIME),
        chart_of(shares([1, 2] * 8, [3, 6] * 8), P_PRIME),
        chart_of(shares([0] * 15, [30] * 15), P),
        chart_of(shares([30] * 15, [30] * 15), P_PRIME),
    ):
        assert flagged(chart) == {}
        assert {one.side for one in chart.judged} == {0}
        assert chart.word is Word.NOISE or chart.no_word is NoWord.SMALL_N
        assert chart.judged[0].lower == chart.judged[0].centre == chart.judged[0].upper


def test_the_mean_is_exact_so_a_value_on_it_is_on_no_side() -> None:
    # Summed as floats 0.1 + 0.2 + 0.3 = 0.6000000000000001 and a third of it is not 0.2.
    assert [one.side for one in chart_of(values(0.1, 0.2, 0.3), XMR).judged] == [-1, 0, 1]


# Published charts


def test_montgomery_cost_of_mortgage_loans() -> None:
    # Table 6.6, the first twenty: printed 300.5, 279.78 and 321.22.
    numbers = PUBLISHED["montgomery_cost"]["values"]
    chart = chart_of(values(*numbers[:20]), XMR)
    assert limits(chart)[::2] == [279.78, 300.5, 321.22]
    assert flagged(chart) == {}


def test_montgomery_orange_juice_cans() -> None:
    # Printed 0.2313, 0.0524–0.4102, points 15 and 23 out; without them 0.2150, 0.0407–0.3893.
    k, n = PUBLISHED["montgomery_orange_juice"]["k"], PUBLISHED["montgomery_orange_juice"]["n"]
    chart = chart_of(shares(k, n), P)
    assert limits(chart)[::2] == [0.0524, 0.2313, 0.4102]
    assert [at for at, rules in flagged(chart).items() if "outside" in rules] == [15, 23]
    series = shares(k, n)
    ghosted = tuple(replace(one, ghost="new material") if one.period in {"15", "23"} else one for one in series.points)
    without = chart_of(replace(series, points=ghosted), P)
    assert limits(without)[::2] == [0.0407, 0.215, 0.3893]
    assert without.judged[14].rules == without.judged[22].rules == ()


def test_nhs_accident_and_emergency_within_four_hours() -> None:
    # Mohammed et al. 2013: of 20 weeks of some 277 000, p flags 16; P′ none, sigma z 10.6.
    k, n = PUBLISHED["nhs_accidents"]["k"], PUBLISHED["nhs_accidents"]["n"]
    assert sum("outside" in rules for rules in flagged(chart_of(shares(k, n), P)).values()) == 16
    chart = chart_of(shares(k, n), P_PRIME)
    assert flagged(chart) == {}
    assert chart.groups[0].sigma_z == pytest.approx(10.64, abs=0.005)


def test_the_nile_whole_and_split_in_1899() -> None:
    numbers = nile()  # 1871 is 1, 1899 is 29
    assert [round(limit or 0) for limit in limits(chart_of(values(*numbers), XMR))[::4]] == [565, 1274]
    chart = chart_of(values(*numbers, rebases=[29]), XMR)
    assert [round(limit or 0) for limit in limits(chart, 28)[::4]] == [722, 1473]
    assert [round(limit or 0) for limit in limits(chart, 29)[::4]] == [522, 1178]


def test_the_r_packages_own_snapshot() -> None:
    # NHSRplotthedots tests/testthat/_snaps/ptd_spc_standard.md: R's rnorm(20), seed 123; then with the 15th made 10;
    # then that without screening.
    numbers = [-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123,
               -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314,
               0.49785048, -1.96661716, 0.70135590, -0.47279141]  # fmt: skip
    planted = values(*numbers[:14], 10, *numbers[15:])
    for chart, printed in (
        (chart_of(values(*numbers), XMR), (-3.01138, 0.1416238, 3.294627)),
        (chart_of(planted, XMR), (-2.383666, 0.6694159, 3.722497)),
        (chart_of(planted, XMR, screen=False), (-4.596625, 0.6694159, 5.935457)),
    ):
        one = chart.judged[0]
        assert (one.lower, one.centre, one.upper) == pytest.approx(printed, abs=6e-7)


# Groups, gaps, ghosts


def test_nothing_crosses_a_rebase() -> None:
    # Two quiet levels: 11 and 31. No range of 18 between them, no shift, and each has its own limits.
    chart = chart_of(values(*QUIET, *(one + 20 for one in QUIET), rebases=[15]), XMR)
    assert flagged(chart) == {}
    assert [(one.first, one.last, one.counted, one.centre, one.mean_range) for one in chart.groups] == [
        (0, 13, 14, 11, 2), (14, 27, 14, 31, 2),
    ]  # fmt: skip
    assert [one.group for one in chart.judged] == [0] * 14 + [1] * 14
    assert limits(chart, 14)[::2] == [5.68, 11, 16.32]
    assert limits(chart, 15)[::2] == [25.68, 31, 36.32]


def test_a_rebase_at_the_first_point_or_at_none_does_nothing() -> None:
    assert len(chart_of(values(*QUIET, rebases=[1]), XMR).groups) == 1
    assert len(chart_of(values(*QUIET, rebases=[99]), XMR).groups) == 1


def test_a_ghost_is_in_no_mean_and_no_range_but_keeps_its_place() -> None:
    # 10 12 (50) 10 14: mean 11.5; the ranges that touch it are gone and none bridges it: 2 and 4, mean 3.
    chart = chart_of(values(10, 12, 50, 10, 14, ghosts=[3]), XMR, trial=True)
    assert limits(chart, 3)[::2] == [3.52, 11.5, 19.48]
    assert (chart.groups[0].counted, chart.groups[0].mean_range, chart.judged[2].side) == (4, 3, 1)
    assert flagged(chart) == {}


def test_a_missing_value_is_no_range_and_no_side() -> None:
    chart = chart_of(values(10, 12, None, 10, 14), XMR, trial=True)
    assert limits(chart, 3)[::2] == [3.52, 11.5, 19.48]
    assert (chart.groups[0].counted, chart.judged[2].side) == (4, 0)


@pytest.mark.parametrize(
    ("middle", "how", "shifted"),
    [
        (8.0, {}, []),  # below the centre: four and four above (the 12 at 14 too)
        (8.0, {"ghosts": [18]}, [14, 15, 16, 17, 19, 20, 21, 22]),  # a run passes over a ghost, which is not marked
        (None, {}, []),  # a missing value ends it
        (None, {"ghosts": [18]}, [14, 15, 16, 17, 19, 20, 21, 22]),
        (8.0, {"preliminary": [18]}, []),
    ],
)
def test_what_a_run_passes_over_and_what_ends_it(
    middle: float | None, how: dict[str, list[int]], shifted: list[int]
) -> None:
    numbers = [*QUIET, 13.5, 13, 13.5, middle, 13, 13.5, 13, 13.5, 9.5, 10]
    chart = chart_of(values(*numbers, **how), XMR)  # type: ignore[arg-type]
    assert [at for at, rules in flagged(chart).items() if "shift" in rules] == shifted


def test_a_week_of_nothing_has_no_limits_on_a_chart_of_shares() -> None:
    chart = chart_of(shares([40, 60] * 7 + [0], [100] * 14 + [0]), P)
    assert limits(chart, 15) == [None, None, 0.5, None, None]
    assert (chart.word, chart.no_word) == (Word.NONE, NoWord.MISSING)


def test_a_share_without_its_numerator_is_refused() -> None:
    with pytest.raises(ValueError, match="1: a chart of shares needs a numerator of 0 to n, not None"):
        chart_of(values(0.5), P)


# From how many points


def test_limits_rules_and_words_come_with_thirteen_points() -> None:
    numbers = [*QUIET[:12], 30.0]
    short = chart_of(values(*numbers[1:], direction=UP, target=1), XMR)
    assert (short.word, short.no_word, short.assurance) == (Word.NONE, NoWord.FEW_POINTS, Assurance.NONE)
    assert flagged(short) == {}
    assert limits(short) == [None, None, 12.6667, None, None]  # (5 · 10 + 6 · 12 + 30) / 12 = 152/12
    assert chart_of(values(*numbers, direction=UP), XMR).word is Word.BETTER


def test_trial_limits_are_given_when_asked_for_but_never_a_word() -> None:
    numbers = [*QUIET[1:12], 30.0]
    chart = chart_of(values(*numbers, direction=UP, target=1), XMR, trial=True)
    # Ranges: ten of 2, one of 18; 38/11 = 3.4545, 18 ≥ 3.267 · 3.4545 = 11.3 goes: 12.6667 ± 5.32.
    assert limits(chart)[::4] == [7.3467, 17.9867]
    assert flagged(chart) == dict.fromkeys(range(1, 12), "shift") | {12: "outside"}
    assert not chart.groups[0].has_limits
    assert (chart.word, chart.no_word, chart.assurance) == (Word.NONE, NoWord.FEW_POINTS, Assurance.NONE)


def test_ghosts_and_gaps_do_not_count_towards_thirteen() -> None:
    assert not chart_of(values(*QUIET[:12], 11, ghosts=[13]), XMR).groups[0].has_limits
    assert not chart_of(values(*QUIET[:12], None), XMR).groups[0].has_limits
    assert chart_of(values(*QUIET[:12], 11, 11, ghosts=[13]), XMR).groups[0].has_limits


def test_thirteen_points_of_which_no_two_are_neighbours_have_no_limits() -> None:
    chart = chart_of(values(*[one for number in QUIET[:13] for one in (number, None)][:-1]), XMR)
    assert (chart.groups[0].counted, chart.judged[0].lower, chart.no_word) == (13, None, NoWord.FEW_POINTS)


def test_an_empty_series_has_nothing() -> None:
    chart = chart_of(values(), XMR)
    assert (chart.judged, chart.groups, chart.word, chart.no_word, chart.last) == (
        (), (), Word.NONE, NoWord.MISSING, None,
    )  # fmt: skip
    nothing = chart_of(values(None, None), XMR)
    assert (nothing.groups[0].centre, nothing.judged[1].centre) == (None, None)


# Words


@pytest.mark.parametrize(
    ("last", "direction", "word"),
    [
        (40, UP, Word.BETTER),
        (-20, UP, Word.WORSE),
        (40, DOWN, Word.WORSE),
        (-20, DOWN, Word.BETTER),
        (40, None, Word.HIGHER),
        (-20, None, Word.LOWER),
        (11, UP, Word.NOISE),
        (None, UP, Word.NONE),
    ],
)
def test_the_word_is_of_the_last_point(last: float | None, direction: Direction | None, word: Word) -> None:
    assert chart_of(values(*QUIET, last, direction=direction), XMR).word is word


def test_a_flag_on_an_earlier_point_gives_no_word() -> None:
    # Mean 185/16 = 11.56; ranges 13 of 2, then 8 and 9: mean 43/15; 11.56 + 2.66 · 2.87 = 19.19.
    chart = chart_of(values(*QUIET, 20, 11, direction=UP), XMR)
    assert flagged(chart) == {15: "outside"}
    assert chart.word is Word.NOISE


def test_a_preliminary_or_ghosted_last_point_has_no_word_and_moves_no_limit() -> None:
    before = limits(chart_of(values(*QUIET), XMR))
    for how, why in (({"preliminary": [15]}, NoWord.PRELIMINARY), ({"ghosts": [15]}, NoWord.GHOSTED)):
        chart = chart_of(values(*QUIET, 40, direction=UP, **how), XMR)  # type: ignore[arg-type]
        assert (chart.word, chart.no_word, flagged(chart), limits(chart)) == (Word.NONE, why, {}, before)


def test_signals_both_ways_are_both_shown() -> None:
    # Far above a quiet past, and falling for seven: a shift upwards and a trend downwards.
    chart = chart_of(values(*[0, 1] * 20, 10, 9.5, 9, 8.5, 8, 7.5, 7, direction=UP), XMR)
    assert chart.last is not None
    assert dict(zip(chart.last.rules, chart.last.directions, strict=True)) == {
        "outside": 1, "trend": -1, "two_in_three": 1, "shift": 1,
    }  # fmt: skip
    assert chart.word is Word.MIXED


@pytest.mark.parametrize(("n", "why"), [(29, NoWord.SMALL_N), (30, None)])
def test_a_share_or_an_index_of_fewer_than_thirty_has_no_word(n: int, why: NoWord | None) -> None:
    assert chart_of(shares([50] * 20 + [n // 2], [100] * 20 + [n]), P_PRIME).no_word is why
    index = values(*QUIET, unit=Unit.INDEX)
    points = (*index.points[:-1], replace(index.points[-1], n=n))
    assert chart_of(replace(index, points=points), XMR).no_word is why
    assert chart_of(replace(index, unit=Unit.SECONDS, points=points), XMR).no_word is None


@pytest.mark.parametrize(
    ("target", "direction", "assurance"),
    [
        # Limits 5.68 and 16.32.
        (17, UP, Assurance.FAILS),
        (5, UP, Assurance.MEETS),
        (11, UP, Assurance.HIT_AND_MISS),
        (17, DOWN, Assurance.MEETS),
        (5, DOWN, Assurance.FAILS),
        (11, DOWN, Assurance.HIT_AND_MISS),
        (17, None, Assurance.NONE),
        (None, UP, Assurance.NONE),
    ],
)
def test_the_target_against_the_limits(
    target: float | None, direction: Direction | None, assurance: Assurance
) -> None:  # fmt: skip
    assert chart_of(values(*QUIET, target=target, direction=direction), XMR).assurance is assurance


def test_a_target_on_a_limit_is_hit_and_miss() -> None:
    for direction in (UP, DOWN):
        assert chart_of(values(*[5] * 13, target=5, direction=direction), XMR).assurance is Assurance.HIT_AND_MISS


def test_the_target_is_held_against_the_last_groups_limits_at_the_last_point_that_made_them() -> None:
    series = values(*QUIET, *(one + 20 for one in QUIET), rebases=[15], target=20, direction=UP)
    assert chart_of(series, XMR).assurance is Assurance.MEETS
    # p 0.5, n 400: sd 0.025, limits 0.425 and 0.575; the preliminary last one of n 20 has 0.16 and 0.84.
    counts = shares([190, 210] * 7 + [10], [400] * 14 + [20], target=0.6, direction=UP)
    soft = (*counts.points[:-1], replace(counts.points[-1], preliminary=True))
    assert chart_of(replace(counts, points=soft), P).assurance is Assurance.FAILS
    assert chart_of(counts, P).assurance is Assurance.HIT_AND_MISS


# When limits may begin anew


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ([13] * 6, NoRebase.NOT_HELD),
        ([13] * 7, None),
        ([9] * 7, None),
        ([13] * 3 + [9] + [13] * 6, NoRebase.NOT_HELD),
        ([13] * 3 + [11] + [13] * 6, NoRebase.NOT_HELD),  # 11 is the old centre
        ([10, 12, 13, 13, 13, 13, 13, 13, 13], None),  # it took two weeks to take hold
        ([13] * 3 + [None] + [13] * 6, NoRebase.NOT_HELD),
    ],
)
def test_limits_begin_anew_only_at_a_change_that_has_held(after: list[float | None], reason: NoRebase | None) -> None:
    assert may_rebase(values(*QUIET, *after), "15") is reason


def test_a_rebase_needs_a_known_period_and_something_before_it() -> None:
    series = values(*QUIET, *[13] * 7)
    assert may_rebase(series, "2026-W01") is NoRebase.UNKNOWN_PERIOD
    assert may_rebase(series, "1") is NoRebase.NOTHING_BEFORE
    assert may_rebase(values(*[None] * 3, *[13] * 7), "4") is NoRebase.NOTHING_BEFORE


def test_a_rebase_is_judged_within_its_own_group_and_asking_again_changes_nothing() -> None:
    # After the second rebase 11 is the level again: it neither helps nor harms the first one.
    numbers = [*QUIET, *[13] * 7, *QUIET]
    assert may_rebase(values(*numbers, rebases=[22]), "15") is None
    assert may_rebase(values(*numbers, rebases=[15, 22]), "15") is None
    assert may_rebase(values(*QUIET, *[13] * 3, *[13] * 7, rebases=[18]), "15") is NoRebase.NOT_HELD


def test_a_rebase_of_shares_holds_against_the_pooled_share() -> None:
    # Before: (10 + 90·9) / (10 + 990) = 0.82, mean of shares 0.91. Seven of 0.85 are above the one, below the other.
    series = shares([10, 810] + [85] * 7, [10, 990] + [100] * 7)
    assert may_rebase(series, "3") is None
    assert may_rebase(shares([10, 810] + [82] * 7, [10, 990] + [100] * 7), "3") is NoRebase.NOT_HELD


def test_shares_have_laneys_chart_and_everything_else_xmr() -> None:
    assert {unit: kind_for(unit) for unit in Unit} == {
        Unit.SHARE: P_PRIME, Unit.SECONDS: XMR, Unit.COUNT: XMR, Unit.INDEX: XMR, Unit.POINTS: XMR,
    }  # fmt: skip


def test_decisions_of_other_kinds_begin_no_group() -> None:
    series = values(*QUIET)
    noted = replace(rebase(8), kind=DecisionKind.NOTE)
    assert len(chart_of(replace(series, decisions=(noted,)), XMR).groups) == 1
