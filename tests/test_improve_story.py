"""DMAIC on the simulated Vallentuna, whose contact centre opens in September: the planted cause, the right week, the
truth within the interval, and an alarm when it slips."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from bot.facts import to_micros
from measurement.improvement.baseline import baseline_of, periods_for
from measurement.improvement.by_deadline import SORTS, Known
from measurement.improvement.control_phase import Outcome, Slip, outcome_of, watch_of
from measurement.improvement.findings import Analysis, analysis_of
from measurement.improvement.lateness import HANDED_OVER, lateness_of
from measurement.rows import coded
from measurement.statistics.series import Series
from tests.year_charts import IN_TIME, frozen_values, series_of_points
from tests.year_seen import Seen, frozen_at
from tests.year_store import CALENDAR, RULE
from tests.year_story import CHANGE, TRUTH, WEEKS, story
from tests.year_truth import CENTRE, Micros, One, due

AT = WEEKS.index(CHANGE)
AS_OF = frozen_at(WEEKS[AT - 1])
SEEDS = tuple(range(300, 312))


@dataclass(frozen=True)
class Told:
    """What a project would say of a year."""

    analysis: Analysis
    outcome: Outcome
    baseline: float
    series: Series
    year: Sequence[One]

    def alarms(self) -> int:
        """Return in how many of the weeks after the change, from the thirteenth on, it would be said to slip."""
        watched = (replace(self.series, points=self.series.points[:end]) for end in range(AT + 13, len(WEEKS) + 1))
        return sum(watch_of(one, str(CHANGE)).slip is Slip.SLIPS for one in watched)


@cache
def told(seed: int) -> Told:
    year = story(seed).year
    seen = Seen(year)
    inquiries = seen._inquiries(np.flatnonzero(seen.week < str(CHANGE)), to_micros(AS_OF))
    late = lateness_of(inquiries, known(seen), CALENDAR, AS_OF, RULE)
    series = series_of_points(IN_TIME, frozen_values(seen, WEEKS, [IN_TIME])[IN_TIME])
    centre = baseline_of(periods_for(series, before=str(CHANGE))).centre
    assert centre is not None
    return Told(
        analysis=analysis_of(late, str(WEEKS[0]), str(WEEKS[AT - 1]), RULE.value),
        outcome=outcome_of(series, str(CHANGE)), baseline=centre, series=series, year=year,
    )  # fmt: skip


def known(seen: Seen) -> Known:
    """Return what the year's inquiries before the change were by their deadline, told by the year itself."""
    rows = np.flatnonzero(seen.week < str(CHANGE))
    ones, answered = [seen.year[row] for row in rows.tolist()], seen.answered(to_micros(AS_OF))[rows]
    ends: Micros = due([one.arrived for one in ones])
    ends = np.where(answered < 0, ends, np.minimum(ends, answered))
    opened = np.array([one.seen for one in ones]) <= ends
    sorts = [
        [one.kind for one in ones],
        [one.topic if one.no > 1 or there else "" for one, there in zip(ones, opened, strict=True)],
        [one.unit if one.no > 1 or there else CENTRE for one, there in zip(ones, opened, strict=True)],
    ]
    return Known(
        of=dict(zip(SORTS, map(coded, sorts), strict=True)),
        handed_over=np.array([one.passed_on for one in ones]) & opened,
    )


def by_hand(year: Sequence[One]) -> tuple[int, int, int, int]:
    """Return of those handed over, and of the others, how many were late, and of how many: without the product."""
    before = [one for one in year if one.counts and one.arrived < _instant(CHANGE.start(CALENDAR.zone))]
    ends: Micros = due([one.arrived for one in before])
    answered = Seen(before).answered(to_micros(AS_OF))
    late = (answered < 0) | (answered > ends)
    handed = np.array([one.passed_on and one.seen <= end for one, end in zip(before, ends.tolist(), strict=True)])
    return int(late[handed].sum()), int(handed.sum()), int(late[~handed].sum()), int((~handed).sum())


def _instant(when: object) -> int:
    return to_micros(when)  # type: ignore[arg-type]


def test_the_finding_counts_what_happened() -> None:
    one = told(SEEDS[0]).analysis.findings[0]
    assert (one.late, one.due, one.rest_late, one.rest_due) == by_hand(told(SEEDS[0]).year)


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_the_planted_cause_comes_out_and_nothing_else(seed: int) -> None:
    """What is passed on waits in the units. Units and holding notices are late too, but only with it."""
    found = told(seed).analysis.findings
    assert [(one.dimension, one.member) for one in found if not one.goes_with] == [(HANDED_OVER, "yes")]
    assert {one.goes_with for one in found[1:]} == {HANDED_OVER}
    assert {one.dimension for one in found[1:]} <= {"unit", "held"}


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_the_right_week_is_found_and_limits_may_begin_anew_there(seed: int) -> None:
    outcome = told(seed).outcome
    soon = [str(week) for week in WEEKS[AT : AT + 4]]
    assert outcome.signalled in soon
    assert outcome.may_rebase is None


def held(seeds: Sequence[int]) -> float:
    """Return how often the interval of the effect held the truth."""
    before, after = TRUTH[IN_TIME]
    found = [told(seed).outcome.change for seed in seeds]
    intervals = [one.difference.interval for one in found if one is not None]
    assert len(intervals) == len(seeds)
    return sum(one.low < after - before < one.high for one in intervals) / len(seeds)


def test_the_interval_holds_the_truth_in_most_stories() -> None:
    """Of 12 stories at 95 per cent fewer than 10 hold it once in 50 times (binomial)."""
    assert held(SEEDS) >= 10 / 12
    assert np.mean([told(seed).baseline for seed in SEEDS]) == pytest.approx(TRUTH[IN_TIME][0], abs=0.01)


@pytest.mark.soak
def test_of_many_stories_the_interval_holds_95_of_100() -> None:
    seeds = range(5000, 5200)
    assert 0.91 <= held(seeds) <= 0.99
    findings = [[one for one in told(seed).analysis.findings if not one.goes_with] for seed in seeds]
    assert np.mean([[one.dimension for one in some] == [HANDED_OVER] for some in findings]) >= 0.95
    assert np.mean([told(seed).outcome.signalled <= str(WEEKS[AT + 3]) for seed in seeds]) >= 0.9
    # Where nothing slips a week raises an alarm about as often as chance flags a last point: 1.8 per cent.
    assert np.mean([told(seed).alarms() for seed in seeds]) / (len(WEEKS) - AT - 12) < 0.03
