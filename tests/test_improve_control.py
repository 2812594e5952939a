"""Baseline, and the control phase: which period is the first after, what changed, the pilot, and the alarm."""

from dataclasses import replace
from datetime import date
from math import sqrt

import pytest

from config.texts import Texts
from measurement.improvement.baseline import (
    NoBaseline,
    Stability,
    baseline_json,
    baseline_of,
    baseline_of_json,
    periods_for,
)
from measurement.improvement.control_phase import (
    NoNewLimits,
    NoPeriod,
    Slip,
    first_signal,
    like_periods,
    newest_run,
    outcome_of,
    period_of,
    rebased_chart,
    watch_of,
)
from measurement.improvement.effect import Effect, NoPilot, others_of
from measurement.improvement.effect_words import outcome_words, rebase_words
from measurement.improvement.words import baseline_words
from measurement.measures import Direction, Unit
from measurement.statistics.chart import SignalRule
from measurement.statistics.series import DecisionKind, Point, Series
from tests.improving import noted, shares
from tests.weeks import ZONE

SWEDISH = Texts("sv", ZONE)
LOW = [80, 82, 79, 81, 83, 80, 78, 81, 82, 80, 79, 81, 80, 82, 81, 79, 80, 83, 81, 80]
HIGH = [95, 96, 94, 95, 97, 96, 95, 94, 96, 95, 95, 96, 94, 95, 96]
# 20 weeks before, 15 after: the change is in the twenty-first of those that end with week 53.
CHANGE = "2026-W39"
ROSE = shares([*LOW, *HIGH])


@pytest.mark.parametrize(
    ("day", "like", "expected"),
    [
        (date(2026, 8, 31), "2026-W01", "2026-W36"),  # a Monday
        (date(2026, 9, 2), "2026-W01", "2026-W36"),  # a Wednesday
        (date(2026, 9, 3), "2026-W01", "2026-W37"),  # a Thursday: most of its week was before
        (date(2026, 12, 31), "2026-W01", "2027-W01"),
        (date(2026, 9, 15), "2026-01", "2026-09"),
        (date(2026, 12, 16), "2026-01", "2027-01"),
        (date(2026, 6, 30), "2024", "2026"),
        (date(2026, 7, 1), "2024", "2027"),
    ],
)
def test_a_day_tells_the_first_period_after(day: date, like: str, expected: str) -> None:
    assert period_of(day, [like, like]) == expected


def test_periods_without_dates_must_be_told() -> None:
    with pytest.raises(NoPeriod):
        period_of(date(2026, 9, 1), ["1", "2"])


def test_a_baseline_ends_before_the_change_and_says_whether_it_was_stable() -> None:
    part = periods_for(ROSE, before=CHANGE)
    made = baseline_of(part)
    assert (made.first, made.last, made.counted) == ("2026-W19", "2026-W38", 20)
    assert (made.k, made.n) == (sum(LOW), 2000)
    assert made.centre == pytest.approx(sum(LOW) / 2000)
    assert made.stability is Stability.STABLE
    assert baseline_of_json(baseline_json(made)) == made
    assert "stabilt" in " ".join(baseline_words(made, Unit.SHARE, SWEDISH))


def test_a_week_that_stands_out_makes_it_unstable_and_few_weeks_tell_nothing() -> None:
    made = baseline_of(shares([*LOW, 40]))
    assert made.stability is Stability.UNSTABLE
    assert ("2026-W53", (SignalRule.OUTSIDE,)) in [(one.period, one.rules[:1]) for one in made.signals]
    short = baseline_of(shares(LOW[:12]))
    assert (short.stability, short.lower, short.signals) == (Stability.UNKNOWN, None, ())
    assert "ingen vet om det är stabilt" in " ".join(baseline_words(short, Unit.SHARE, SWEDISH))


def test_a_baseline_where_limits_began_anew_is_of_the_newest_level() -> None:
    series = shares([*HIGH, *LOW], decisions=(noted("2026-W34", DecisionKind.REBASE),))
    assert baseline_of(series).centre == pytest.approx(sum(LOW) / 2000)


def test_only_settled_periods_make_a_baseline() -> None:
    points = ROSE.points
    hollow = replace(ROSE, points=(*points[:-1], replace(points[-1], preliminary=True)))
    assert periods_for(hollow).points[-1].period == "2026-W52"
    assert len(periods_for(shares([80] * 60)).points) == 52
    assert len(periods_for(shares([80] * 60), first="2025-W46").points) == 60
    with pytest.raises(NoBaseline):
        periods_for(shares([None, None]))
    with pytest.raises(NoBaseline, match="2020-W01"):
        periods_for(ROSE, first="2020-W01")


def test_the_effect_is_told_in_percentage_points_from_the_right_week() -> None:
    found = outcome_of(ROSE, CHANGE)
    assert found.change is not None
    # 80.6 per cent before, 95.27 after.
    assert found.change.difference.value == pytest.approx(sum(HIGH) / 1500 - sum(LOW) / 2000, abs=0.01)
    assert found.signalled == CHANGE
    assert found.may_rebase is None
    assert (found.watch.slip, found.watch.period) == (Slip.HOLDS, "2026-W51")
    told = outcome_words(found, Unit.SHARE, SWEDISH)
    assert "Det är bättre än före, mer än slumpen ger." in told[0]
    assert "2026-W39" in told[1]


def test_no_change_is_told_as_what_may_be_chance() -> None:
    found = outcome_of(shares([*LOW, *LOW[:15]]), CHANGE)
    assert found.signalled == ""
    assert (found.effect, found.may_rebase, found.watch.slip) == (
        Effect.NONE, NoNewLimits.NO_EFFECT, Slip.NO_EFFECT
    )  # fmt: skip
    told = outcome_words(found, Unit.SHARE, SWEDISH)
    assert len(told) == 1
    assert "Det kan bero på slumpen: ingen effekt är visad." in told[0]


def test_seven_in_a_row_are_not_enough_when_the_interval_holds_0() -> None:
    """Before 8 of 10 in the mean, and unsteady; after it nine each time: seven in a row, yet it may be chance."""
    series = shares([*[5, 10, 8, 7, 10] * 4, *[9] * 8], n=10, last="2026-W50")
    found = outcome_of(series, series.points[20].period)
    assert found.change is not None
    assert found.change.difference.interval.low < 0 < found.change.difference.value
    assert newest_run(series, series.points[20].period) == 1
    assert (found.effect, found.may_rebase, found.watch.slip) == (
        Effect.NONE, NoNewLimits.NO_EFFECT, Slip.NO_EFFECT
    )  # fmt: skip


def test_what_made_it_worse_is_said_to_be_worse_and_never_to_hold() -> None:
    """From 95 to 80 of 100, up is better: worse, no new limits, and an alarm."""
    found = outcome_of(shares([*HIGH, 95, 94, 96, 95, 95, *LOW[:15]]), CHANGE)
    assert (found.effect, found.may_rebase, found.watch.slip) == (Effect.WORSE, NoNewLimits.WORSE, Slip.WORSE)
    assert found.signalled == CHANGE
    told = " ".join(outcome_words(found, Unit.SHARE, SWEDISH))
    assert "Det är sämre än före, mer än slumpen ger." in told
    assert "håller" not in told
    assert "får inte börja" in rebase_words(found.may_rebase, CHANGE, SWEDISH)
    fewer = outcome_of(shares([*HIGH, 95, 94, 96, 95, 95, *LOW[:15]], direction=Direction.LOWER), CHANGE)
    assert (fewer.effect, fewer.may_rebase, fewer.watch.slip) == (Effect.BETTER, None, Slip.HOLDS)


def test_limits_that_began_anew_are_not_offered_again() -> None:
    signed = replace(ROSE, decisions=(noted(CHANGE, DecisionKind.REBASE),))
    assert outcome_of(signed, CHANGE).may_rebase is NoNewLimits.ALREADY
    assert "redan" in rebase_words(NoNewLimits.ALREADY, CHANGE, SWEDISH)


def test_with_few_periods_nothing_is_said_to_hold() -> None:
    found = outcome_of(shares([*LOW, *HIGH[:8]], last="2026-W51"), "2026-W44")
    assert (found.effect, found.may_rebase, found.watch.slip) == (Effect.BETTER, None, Slip.TOO_EARLY)
    told = outcome_words(found, Unit.SHARE, SWEDISH)[-1]
    assert told.startswith("8 perioder finns efter ändringen.")
    assert "håller" not in told


@pytest.mark.parametrize(
    ("period", "periods", "like"),
    [
        ("2026-09", ["2026-01", "2026-02"], True), ("2026-13", ["2026-01"], False), ("2026-W09", ["2026-01"], False),
        ("2026-W36", ["2026-W01"], True), ("2026-W60", ["2026-W01"], False), ("3", ["1", "2", "3"], True),
        ("4", ["1", "2", "3"], False),
    ],
)  # fmt: skip
def test_a_period_is_written_as_those_of_its_series(period: str, periods: list[str], like: bool) -> None:
    assert like_periods(period, periods) is like


def test_too_few_weeks_after_say_nothing() -> None:
    found = outcome_of(shares([*LOW, 95]), "2026-W53")
    assert found.change is None
    assert found.watch.slip is Slip.TOO_EARLY
    assert outcome_words(found, Unit.SHARE, SWEDISH)[0].startswith("Det finns för få perioder")


@pytest.mark.parametrize(
    ("after", "slip"),
    [
        (HIGH, Slip.HOLDS),
        ([*HIGH, 85], Slip.SLIPS),  # back to what was a good week before: far below what is usual now
        ([*HIGH[:11], 96], Slip.TOO_EARLY),
        (LOW[:15], Slip.NO_EFFECT),
        ([*HIGH, 94, 94, 94, 94, 94, 94, 93], Slip.SLIPS),  # seven on one side
        ([*HIGH, 85, None], Slip.SLIPS),  # a week without figures does not hide it
    ],
)
def test_the_alarm_looks_at_what_is_usual_since_the_change(after: list[int | None], slip: Slip) -> None:
    series = shares([*LOW, *after], last="2026-W50")
    change = series.points[len(LOW)].period
    assert watch_of(series, change).slip is slip
    signed = replace(series, decisions=(noted(change, DecisionKind.REBASE),))
    assert watch_of(signed, change).slip is slip


def test_weeks_unlike_the_others_alarm_nobody() -> None:
    """Weeks 52 and 53 of 2026 hold Christmas and New Year; the first ordinary week after tells."""
    series = shares([*LOW, *HIGH, 85, 80])
    assert watch_of(series, series.points[len(LOW)].period).slip is Slip.HOLDS
    after = shares([*LOW, *HIGH, 85, 80, 84], last="2027-W01")
    assert watch_of(after, after.points[len(LOW)].period).slip is Slip.SLIPS


def test_what_is_so_far_raises_no_alarm() -> None:
    points = shares([*LOW, *HIGH, 60]).points
    series = replace(ROSE, points=(*points[:-1], replace(points[-1], preliminary=True)))
    assert watch_of(series, points[len(LOW)].period).slip is Slip.HOLDS


def test_neither_way_is_better_raises_no_alarm() -> None:
    series = shares([*LOW, *HIGH, 60], direction=None)
    assert watch_of(series, series.points[20].period).slip is Slip.NEUTRAL
    assert outcome_of(series, series.points[20].period).effect is Effect.CHANGED


def test_the_first_signal_is_told_as_the_chart_then_stood() -> None:
    """A slow rise: the first week after is as before, the third is outside."""
    series = shares([*LOW, 82, 84, 96, 96, 96, 96])
    change = series.points[20].period
    assert first_signal(series, change) == series.points[22].period
    assert first_signal(series, "2030-W01") == ""
    assert len(rebased_chart(series, change).groups) == 2


def test_the_pilot_is_told_beside_the_others() -> None:
    """The pilot rises by 15 points in a time where the others rise by 5: 10 more, interval from both (MOVER)."""
    pilot = shares([*LOW, *[k + 15 for k in LOW[:15]]])
    others = shares([*LOW, *[k + 5 for k in LOW[:15]]], n=100)
    whole = replace(
        pilot,
        points=tuple(
            Point(period=one.period, numerator=(one.numerator or 0) + (other.numerator or 0), n=200,
                  value=((one.numerator or 0) + (other.numerator or 0)) / 200)
            for one, other in zip(pilot.points, others.points, strict=True)
        ),
    )  # fmt: skip
    left = others_of(whole, pilot)
    assert [one.numerator for one in left.points] == [one.numerator for one in others.points]
    found = outcome_of(whole, CHANGE, (pilot, left))
    gap = found.gap
    assert gap is not None
    assert (found.effect, found.change) == (Effect.BETTER, gap.pilot)
    assert outcome_words(found, Unit.SHARE, SWEDISH)[0].startswith("Enheten som provar ändrades +15,")
    one, other = gap.pilot.difference, gap.others.difference
    assert gap.difference == pytest.approx(0.10, abs=0.01)
    low = gap.difference - sqrt((one.value - one.interval.low) ** 2 + (other.interval.high - other.value) ** 2)
    assert gap.interval.low == pytest.approx(low)
    assert gap.interval.low > 0.05
    few = shares([*(k // 30 for k in LOW), 3, 3], n=3, last="2026-W40")
    unknown = outcome_of(whole, CHANGE, (few, left))
    assert (unknown.effect, unknown.gap, unknown.no_gap) == (Effect.UNKNOWN, None, NoPilot.FEW)
    assert "för få kontakter (under 30)" in " ".join(outcome_words(unknown, Unit.SHARE, SWEDISH))


def test_a_pilot_that_only_followed_the_others_has_shown_nothing() -> None:
    """Both rise by ten points: the unit is better than before, but no more than the others."""
    rose = [*LOW, *[k + 10 for k in LOW[:15]]]
    found = outcome_of(shares(rose), CHANGE, (shares(rose), shares(rose, n=100)))
    assert (found.effect, found.may_rebase, found.watch.slip) == (
        Effect.NONE, NoNewLimits.NO_EFFECT, Slip.NO_EFFECT
    )  # fmt: skip


@pytest.mark.parametrize("why", [NoPilot.NO_PARTS, NoPilot.NO_SHARE])
def test_a_pilot_that_cannot_be_compared_says_why_and_nothing_else(why: NoPilot) -> None:
    found = outcome_of(ROSE, CHANGE, why)
    assert (found.effect, found.change, found.may_rebase) == (Effect.UNKNOWN, None, NoNewLimits.UNKNOWN_EFFECT)
    (told,) = outcome_words(found, Unit.SHARE, SWEDISH)
    assert told.startswith("Det går inte att säga vad försöket gav")


def test_what_is_no_share_has_means_and_welchs_interval() -> None:
    """Before 10, 12, 11, 13 (mean 11.5), after 20, 22, 21, 23: 10 more; variances 5/3, error √(2·5/12), t(6) 2.447."""
    values = [10, 12, 11, 13, 20, 22, 21, 23]
    points = tuple(Point(period=f"2026-{at:02d}", value=float(one), n=1) for at, one in enumerate(values, start=1))
    series = Series(measure="tid", version=1, name="Tid", unit=Unit.COUNT, direction=Direction.LOWER, points=points)
    found = outcome_of(series, "2026-05")
    assert found.change is None
    assert found.level is not None
    half = 2.4469 * sqrt(2 * (5 / 3) / 4)
    assert found.level.difference == 10
    assert (found.level.interval.low, found.level.interval.high) == pytest.approx((10 - half, 10 + half), abs=1e-3)
    assert outcome_words(found, Unit.COUNT, SWEDISH)[0].startswith("Före i medel 11,5, efter 21,5: +10 ")
