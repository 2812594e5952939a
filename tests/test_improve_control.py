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
    NoPeriod,
    Slip,
    first_signal,
    others_of,
    outcome_of,
    period_of,
    rebased_chart,
    watch_of,
)
from measurement.improvement.effect_words import outcome_words
from measurement.improvement.words import baseline_words
from measurement.measures import Direction, Unit
from measurement.statistics.chart import SignalRule
from measurement.statistics.control import NoRebase
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
    assert "Det är mer än slumpen ger." in told[0]
    assert "2026-W39" in told[1]


def test_no_change_is_told_as_what_may_be_chance() -> None:
    found = outcome_of(shares([*LOW, *LOW[:15]]), CHANGE)
    assert found.signalled == ""
    assert found.may_rebase is NoRebase.NOT_HELD
    assert "Det kan vara en slump." in outcome_words(found, Unit.SHARE, SWEDISH)[0]


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
    assert watch_of(series, series.points[20].period).slip is Slip.HOLDS


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
    gap = outcome_of(whole, CHANGE, (pilot, left)).gap
    assert gap is not None
    one, other = gap.pilot.difference, gap.others.difference
    assert gap.difference == pytest.approx(0.10, abs=0.01)
    low = gap.difference - sqrt((one.value - one.interval.low) ** 2 + (other.interval.high - other.value) ** 2)
    assert gap.interval.low == pytest.approx(low)
    assert gap.interval.low > 0.05
    few = shares([*(k // 30 for k in LOW), 3, 3], n=3, last="2026-W40")
    assert outcome_of(whole, CHANGE, (few, left)).gap is None


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
