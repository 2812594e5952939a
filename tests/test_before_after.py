"""Before and after: sums worked out by hand, Crowder's published seeds, and coverage with a known truth."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from measurement.periods import Week
from measurement.statistics.before_after import BeforeAfter, Marked, Method, before_after, holiday_weeks
from measurement.statistics.quasi_binomial import Array, fit_shares
from measurement.statistics.series import Point
from measurement.statistics.shares import difference

Counts = Sequence[tuple[int, int]]


def points(counts: Counts) -> list[Point]:
    return [
        Point(period=str(at), value=k / n if n else None, n=n, numerator=k if n else None)
        for at, (k, n) in enumerate(counts)
    ]


def compared(before: Counts, after: Counts) -> BeforeAfter:
    return before_after(points([*before, *after]), str(len(before)))


BEFORE = [(40, 50), (45, 50), (35, 50), (40, 50)]
AFTER = [(48, 50), (43, 50), (47, 50), (42, 50)]


def test_by_hand() -> None:
    # Shares 160/200 = 0.8 and 180/200 = 0.9. Pearson: (0 + 25 + 25 + 0)/8 + (9 + 4 + 4 + 9)/4.5 = 12.027778,
    # over 8 - 2 = 6: 2.004630. Error sqrt(2.004630 (0.16/200 + 0.09/200)) = 0.050058; t(6) 2.446912: half 0.122487.
    found = compared(BEFORE, AFTER)
    assert (found.before.weeks, found.before.k, found.before.n) == (4, 160, 200)
    assert (found.before.level.value, found.after.level.value) == pytest.approx((0.8, 0.9))
    assert found.dispersion == pytest.approx(2.004630, abs=1e-6)
    assert found.difference.value == pytest.approx(0.1)
    assert found.difference.standard_error == pytest.approx(0.0500579, abs=1e-6)
    interval = found.difference.interval
    assert (interval.low, interval.high) == pytest.approx((-0.022487, 0.222487), abs=1e-6)
    assert (found.df, found.method, found.trend) == (6, Method.QUASI_BINOMIAL, None)


def test_the_smallest_change_seen_by_hand() -> None:
    # From 0.8: sqrt(2.004630 * 0.16 * 2/200) = 0.056634, times t(6; 0.975) + t(6; 0.80) = 2.446912 + 0.905703.
    assert compared(BEFORE, AFTER).smallest_seen == pytest.approx(0.189872, abs=1e-6)


def test_a_level_has_its_interval_on_the_logit_scale() -> None:
    # logit 0.9 = 2.197225; error sqrt(2.004630/(200 * 0.09)) = 0.333719, times 2.446912: 0.816581.
    level = compared(BEFORE, AFTER).after.level.interval
    assert (level.low, level.high) == pytest.approx(
        (1 / (1 + np.exp(-2.197225 + 0.816581)), 1 / (1 + np.exp(-2.197225 - 0.816581))), abs=1e-6
    )


def test_where_no_change_at_all_would_show_the_smallest_is_everything() -> None:
    assert compared([(0, 1), (1, 1)], [(1, 1), (0, 1)]).smallest_seen == 1


# Crowder 1978, seeds of Orobanche that germinated: aegyptiaca 75 and 73, on bean and on cucumber.
BEAN_75, BEAN_73 = [(10, 39), (23, 62), (23, 81), (26, 51), (17, 39)], [(8, 16), (10, 30), (8, 28), (23, 45), (0, 4)]
CUCUMBER_75 = [(5, 6), (53, 74), (55, 72), (32, 51), (46, 79), (10, 13)]
CUCUMBER_73 = [(3, 12), (22, 41), (15, 30), (32, 51), (3, 7)]
SEEDS = [*BEAN_75, *BEAN_73, *CUCUMBER_75, *CUCUMBER_73]
SEED_73 = [str(at) for at in (*range(5, 10), *range(16, 21))]


def seed_columns() -> tuple[Array, ...]:
    k, n = np.array(SEEDS, float).T
    cucumber = np.arange(21) >= 10
    seed = np.isin(np.arange(21).astype(str), SEED_73)
    return k, n, np.ones(21), cucumber.astype(float), seed.astype(float)


def test_dispersion_and_errors_are_rs() -> None:
    # R: glm(cbind(y, n - y) ~ root + seed, quasibinomial): dispersion 2.128368, df 18; with the interaction 1.861832,
    # df 17. fit(scale="X2") on counts in two columns gives 0.1061 and errors 4.5 times too small.
    k, n, one, cucumber, seed = seed_columns()
    plain = fit_shares(k, n, [one, cucumber, seed])
    crossed = fit_shares(k, n, [one, cucumber, seed, cucumber * seed])
    assert plain is not None
    assert crossed is not None
    assert (plain.df, crossed.df) == (18, 17)
    assert (plain.dispersion, crossed.dispersion) == pytest.approx((2.128368, 1.861832), abs=1e-6)
    assert plain.b == pytest.approx([-0.43003, 1.06475, -0.27045], abs=1e-5)
    # The binomial errors 0.1137, 0.1442, 0.1547 times the root of 2.128368 = 1.458893.
    assert np.sqrt(np.diag(plain.covariance)) == pytest.approx([0.16593, 0.21039, 0.22570], abs=1e-5)


def test_a_term_for_marked_weeks_is_taken_into_the_percentage_points() -> None:
    # Standardised over all 21 with their n: a written-out second calculation, slopes by small steps.
    k, n, one, cucumber, seed = seed_columns()
    found = before_after(points(SEEDS), "10", marked=SEED_73)

    def moved(b: Array) -> float:
        shares = [1 / (1 + np.exp(-(b[0] + after * b[1] + b[2] * seed))) for after in (1, 0)]
        return float((shares[0] - shares[1]) @ n / n.sum())

    fit = fit_shares(k, n, [one, cucumber, seed])
    assert fit is not None
    step = 1e-6
    slope = [(moved(fit.b + step * unit) - moved(fit.b - step * unit)) / (2 * step) for unit in np.eye(3)]
    assert found.difference.value == pytest.approx(moved(fit.b), abs=1e-12)
    assert found.difference.standard_error == pytest.approx(np.sqrt(slope @ fit.covariance @ slope), rel=1e-6)
    assert found.after.level.value - found.before.level.value == pytest.approx(found.difference.value)
    assert (found.marked, found.left_out) == (10, ())
    assert found.dispersion == pytest.approx(2.128368, abs=1e-6)


def test_marked_weeks_left_out_are_left_out_of_both_sides() -> None:
    found = before_after(points(SEEDS), "10", marked=SEED_73, handling=Marked.LEFT_OUT)
    again = compared(BEAN_75, CUCUMBER_75)
    assert (found.marked, set(found.left_out)) == (0, set(SEED_73))
    assert (found.difference, found.dispersion) == (again.difference, again.dispersion)


def test_a_poor_july_before_alone_does_not_make_the_change_look_larger() -> None:
    ordinary, july = [(80, 100), (84, 100), (76, 100), (82, 100), (78, 100)], [(40, 100), (44, 100)]
    counts = [*ordinary, *july, *ordinary, (80, 100)]  # nothing changed but that July came before
    as_it_is = before_after(points(counts), "7").difference.value
    assert as_it_is > 0.1
    for handling in Marked:
        told = before_after(points(counts), "7", marked=["5", "6"], handling=handling)
        assert told.difference.value == pytest.approx(0, abs=1e-9)


def test_what_has_no_value_is_ghosted_or_preliminary_does_not_count_and_is_told() -> None:
    weeks = points([*BEFORE, (5, 50), (0, 0), *AFTER, (1, 50)])
    weeks[4], weeks[10] = replace(weeks[4], ghost="avbrott"), replace(weeks[10], preliminary=True)
    found = before_after(weeks, "6")
    assert found.left_out == ("4", "5", "10")
    assert found.difference == compared(BEFORE, AFTER).difference


def test_a_change_to_a_hundred_per_cent_has_an_interval_all_the_same() -> None:
    # The model has no answer at 100 per cent. Before: 6.25 over 3 = 2.083333, so 160/200 counts as 76.8 of 96 and
    # 150/150 as 72 of 72. Wilson 0.709152-0.867763 and 0.949349-1; 0.2 minus sqrt(0.050651^2 + 0.067763^2) is 0.115399,
    # 0.2 plus 0.090848 is 0.290848.
    found = compared(BEFORE, [(50, 50)] * 3)
    assert (found.method, found.smallest_seen, found.trend) == (Method.NEWCOMBE, None, None)
    assert found.dispersion == pytest.approx(2.083333, abs=1e-6)
    assert (found.difference.value, found.after.level.value) == pytest.approx((0.2, 1.0))
    interval = found.difference.interval
    assert (interval.low, interval.high) == pytest.approx((0.115399, 0.290848), abs=2e-6)
    assert found.difference.standard_error is None


def test_weeks_exactly_alike_are_not_told_to_be_certain() -> None:
    found = compared([(8, 10)] * 3, [(9, 10)] * 3)
    pooled = difference(27, 30, 24, 30)
    assert (found.method, found.dispersion) == (Method.NEWCOMBE, 1.0)
    assert found.difference.interval == pooled.interval


def test_marked_weeks_are_left_out_where_the_model_has_no_answer() -> None:
    found = before_after(points([*BEFORE, (20, 50), *[(50, 50)] * 3]), "5", marked=["4"])
    assert (found.method, found.left_out) == (Method.NEWCOMBE, ("4",))
    assert found.difference == compared(BEFORE, [(50, 50)] * 3).difference


def test_all_the_same_on_both_sides() -> None:
    assert compared([(5, 5)] * 2, [(7, 7)] * 2).difference.value == 0
    assert compared([(0, 5)] * 2, [(7, 7)] * 2).difference.interval.high == 1


@pytest.mark.parametrize(("weeks", "has"), [(11, False), (12, True)])
def test_a_trend_is_looked_for_from_twelve_weeks_on_either_side(weeks: int, has: bool) -> None:
    drawn = [(80 + at % 5, 100) for at in range(30)]
    assert (compared(drawn[:weeks], drawn[:12]).trend is not None) == has


def test_a_slope_that_was_there_before_is_not_taken_for_the_change() -> None:
    # A steady rise of one point a week through 26 weeks, and nothing else: levels differ by 13 points, the jump by 0.
    noise = [(-1) ** at for at in range(26)]
    found = compared(
        [(400 + 10 * at + 6 * noise[at], 1000) for at in range(13)],
        [(400 + 10 * at + 6 * noise[at], 1000) for at in range(13, 26)],
    )
    assert found.difference.value == pytest.approx(0.13, abs=0.002)
    assert found.trend is not None
    assert abs(found.trend.jump.value) < 0.01
    assert found.trend.jump.interval.low < 0 < found.trend.jump.interval.high
    assert found.trend.slope_before.value == pytest.approx(0.01, rel=0.06)
    assert found.trend.slope_change.interval.low < 0 < found.trend.slope_change.interval.high
    assert found.trend.dispersion < found.dispersion


def test_a_jump_and_a_slope_that_were_planted_are_found() -> None:
    # 0.60 level before; 0.70 at the change, then half a point a week.
    wobble = [4, -4, -4, 4]
    before = [(600 + wobble[at % 4], 1000) for at in range(16)]
    after = [(700 + 5 * at + wobble[at % 4], 1000) for at in range(16)]
    found = compared(before, after).trend
    assert found is not None
    assert found.jump.value == pytest.approx(0.10, abs=0.006)
    assert found.slope_before.value == pytest.approx(0, abs=0.001)
    assert found.slope_change.value == pytest.approx(0.005, abs=0.0008)
    assert found.slope_change.interval.low > 0
    assert found.slope_after.value - found.slope_before.value == pytest.approx(found.slope_change.value)


def drawn(rng: np.random.Generator, share: float, weeks: int, n: int, rho: float) -> list[tuple[int, int]]:
    """Return weeks whose true shares differ (beta), so that the counts' variance is 1 + (n - 1) rho times binomial."""
    strength = (1 - rho) / rho
    truths = rng.beta(share * strength, (1 - share) * strength, weeks)
    return [(int(k), n) for k in rng.binomial(n, truths)]


def test_the_interval_covers_the_truth_where_a_pooled_one_is_too_sure() -> None:
    rng, rounds, ours, pooled = np.random.default_rng(83), 300, 0, 0
    for _ in range(rounds):
        before, after = drawn(rng, 0.83, 10, 80, 0.03), drawn(rng, 0.90, 10, 80, 0.03)
        interval = compared(before, after).difference.interval
        ours += interval.low <= 0.07 <= interval.high
        (k1, n1), (k2, n2) = (tuple(map(sum, zip(*side, strict=True))) for side in (after, before))
        simple = difference(k1, n1, k2, n2).interval
        pooled += simple.low <= 0.07 <= simple.high
    assert 0.92 <= ours / rounds <= 0.98
    assert pooled / rounds < 0.85


def test_the_smallest_change_is_seen_four_times_of_five() -> None:
    # 8 + 8 weeks of 100 at 0.60, spread 1 + 99 * 0.02 = 2.98: sqrt(2.98 * 0.24 * 2/800) = 0.042285, times
    # t(14; 0.975) + t(14; 0.80) = 2.144787 + 0.868055 is 0.127400.
    rng, rounds, seen, told = np.random.default_rng(17), 300, 0, []
    for _ in range(rounds):
        found = compared(drawn(rng, 0.60, 8, 100, 0.02), drawn(rng, 0.7274, 8, 100, 0.02))
        seen += found.difference.interval.low > 0
        told.append(found.smallest_seen or 0)
    assert seen / rounds == pytest.approx(0.80, abs=0.07)
    assert np.mean(told) == pytest.approx(0.1274, rel=0.06)


weekly = st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
sides = st.lists(weekly, min_size=2, max_size=11)


@given(sides, sides)
@settings(max_examples=60, deadline=None)
def test_the_difference_is_that_of_the_pooled_shares_and_turns_with_them(before: Counts, after: Counts) -> None:
    found = compared(before, after)
    pooled = [sum(k for k, _ in side) / sum(n for _, n in side) for side in (before, after)]
    interval = found.difference.interval
    assert found.difference.value == pytest.approx(pooled[1] - pooled[0], abs=1e-9)
    assert -1 <= interval.low <= found.difference.value + 1e-9
    assert found.difference.value - 1e-9 <= interval.high <= 1
    assume(found.dispersion > 1e-6)
    for turned in (compared(after, before), compared(*([(n - k, n) for k, n in side] for side in (before, after)))):
        assert turned.difference.value == pytest.approx(-found.difference.value, abs=1e-7)
        limits = (turned.difference.interval.low, turned.difference.interval.high)
        assert limits == pytest.approx((-interval.high, -interval.low), abs=1e-6)


def test_july_and_christmas() -> None:
    weeks = [Week(year=2026, number=1)]
    while str(weeks[-1]) != "2027-W05":
        weeks.append(weeks[-1].next())
    # July 2026: Thursdays 2, 9, 16, 23, 30 are weeks 27-31. Thursday 24 December is week 52, 31 December week 53;
    # 1 January 2026 is the Thursday of 2026-W01.
    assert sorted(holiday_weeks([str(week) for week in weeks])) == [
        "2026-W01", "2026-W27", "2026-W28", "2026-W29", "2026-W30", "2026-W31", "2026-W52", "2026-W53",
    ]  # fmt: skip
    # Sunday 24 December 2023 alone does not mark 2023-W51; Monday 1 January 2024 marks 2024-W01.
    assert holiday_weeks(["2023-W51", "2023-W52", "2024-W01", "2024-W02"]) == {"2023-W52", "2024-W01"}


@pytest.mark.parametrize(
    ("counts", "change", "marked", "why"),
    [
        (BEFORE, "9", (), "there is no 9"),
        (BEFORE, "1", (), "at least 2"),
        (BEFORE, "3", (), "at least 2"),
        ([*BEFORE, (0, 0), *AFTER[:1]], "4", (), "at least 2"),
        ([*BEFORE, *AFTER], "4", ("5", "6", "7"), "at least 2"),
        ([*BEFORE, (9, 8), *AFTER], "4", (), "numerator"),
    ],
)
def test_what_cannot_be_told_is_refused(counts: Counts, change: str, marked: Sequence[str], why: str) -> None:
    for handling in Marked:
        with pytest.raises(ValueError, match=why):
            before_after(points(counts), change, marked=marked, handling=handling)


def test_a_series_without_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="numerator"):
        before_after([Point(period=str(at), value=80.5, n=30) for at in range(9)], "4")
