"""The control phase: what the change did, whether it holds, and the alarm when it slips. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from measurement.improvement.effect import WEEK, Effect, Gap, LevelChange, NoPilot, measured
from measurement.measures import Direction
from measurement.periods import Week, parse_period
from measurement.statistics.before_after import BeforeAfter, holiday_weeks, with_missing_weeks
from measurement.statistics.chart import Chart, SignalRule, Word
from measurement.statistics.control import NoRebase, chart_of, kind_for, may_rebase
from measurement.statistics.limits import counted_value
from measurement.statistics.rules import RUN, shifts, side_of
from measurement.statistics.series import Decision, DecisionKind, Series

_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_WEDNESDAY = 3


class NoPeriod(ValueError):
    """The periods of the series do not tell which of them a date belongs to."""


class Slip(StrEnum):
    """How the effect stands at the newest settled period."""

    HOLDS = "holds"
    """Better than before, chance apart, seven in a row on the better side, and as usual since the change."""
    SLIPS = "slips"
    """Worse than what is usual since the change, which had made it better."""
    WORSE = "worse"
    """Worse than before the change, chance apart, and seven in a row on the worse side."""
    NOT_HELD = "not_held"
    """Better or worse than before, but seven in a row have not shown it."""
    NO_EFFECT = "no_effect"
    """It may be chance: nothing is shown that could hold."""
    NEUTRAL = "neutral"
    """Neither way is better: there is nothing to watch."""
    TOO_EARLY = "too_early"
    """Too few periods since the change to tell."""


class NoNewLimits(StrEnum):
    """Why limits may not begin anew with the change."""

    ALREADY = "already"
    UNKNOWN_PERIOD = "unknown_period"
    NOTHING_BEFORE = "nothing_before"
    UNKNOWN_EFFECT = "unknown_effect"
    NO_EFFECT = "no_effect"
    WORSE = "worse"
    NOT_HELD = "not_held"
    """No seven in a row on the better side of the old centre, or none after seven on the worse."""
    SLIPS = "slips"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is said of the newest settled period against those since the change.

    Attributes:
        period: which one; empty: nothing has come since the change.
        value: its value.
        centre: the level since the change.
        rules: why it slips.
        counted: periods since the change that count.
    """

    slip: Slip
    period: str = ""
    value: float | None = None
    centre: float | None = None
    rules: tuple[SignalRule, ...] = ()
    counted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the change did to a series: the whole, or the unit that tries it.

    Attributes:
        period: the first that counts as after.
        effect: which way it went; told only when the interval leaves 0 out.
        change, level: before and after, of a share and of what is none; None where there is too little.
        gap, no_gap: the pilot against the others, or why that cannot be told; None without a pilot.
        signalled: the first period from the change on whose chart, as it then stood, said what the effect says (better
            or worse); empty: none yet, or no effect.
        may_rebase: why limits may not begin anew; None: they may.
        watch: whether it holds.
    """

    period: str
    effect: Effect
    change: BeforeAfter | None
    level: LevelChange | None
    gap: Gap | None
    no_gap: NoPilot | None
    signalled: str
    may_rebase: NoNewLimits | None
    watch: Watch


def period_of(day: date, periods: Sequence[str]) -> str:
    """Return the first period that counts as after a change on this day.

    Of weeks the one that has most of its workdays after it: its own until Wednesday, else the next. Of months the own
    until the 15th, else the next; of years the own until June, else the next.

    Raises:
        NoPeriod: the periods are neither weeks, months nor years.
    """
    if periods and all(WEEK.fullmatch(one) for one in periods):
        year, number, weekday = day.isocalendar()
        week = Week(year=year, number=number)
        return str(week if weekday <= _WEDNESDAY else week.next())
    if periods and all(_MONTH.fullmatch(one) for one in periods):
        later = day if day.day <= 15 else day.replace(day=1) + timedelta(days=32)
        return f"{later:%Y-%m}"
    if periods and all(_YEAR.fullmatch(one) for one in periods):
        return str(day.year + (day.month > 6))
    raise NoPeriod("the periods are neither weeks, months nor years: say the period itself")


def like_periods(period: str, periods: Sequence[str]) -> bool:
    """Tell whether a period is written as those of a series are, or is one of them."""
    if period in periods:
        return True
    try:
        period_of(date(2026, 1, 1), [*periods, period])
        parse_period(period)
    except ValueError:
        return False
    return True


def outcome_of(series: Series, period: str, pilot: tuple[Series, Series] | NoPilot | None = None) -> Outcome:
    """Return what a change did.

    Args:
        series: the whole, gaps included; what it has after the change may be little.
        period: the first that counts as after.
        pilot: the unit that tried it and the others, as shares; or why they are not known.
    """
    if isinstance(pilot, NoPilot):
        return _untold(period, pilot)
    of, others = pilot or (series, None)
    of = replace(of, points=with_missing_weeks(of.points))
    others = replace(others, points=with_missing_weeks(others.points)) if others else None
    found, watch = measured(of, period, others), watch_of(of, period, others)
    words = {Effect.BETTER: Word.BETTER, Effect.WORSE: Word.WORSE}
    return Outcome(
        period=period, effect=found.effect, change=found.change, level=found.level, gap=found.gap, no_gap=found.no_gap,
        signalled=first_signal(of, period, words[found.effect]) if found.effect in words else "",
        may_rebase=_no_new_limits(of, period, found.effect, watch), watch=watch,
    )  # fmt: skip


def _untold(period: str, why: NoPilot) -> Outcome:
    return Outcome(
        period=period, effect=Effect.UNKNOWN, change=None, level=None, gap=None, no_gap=why, signalled="",
        may_rebase=NoNewLimits.UNKNOWN_EFFECT, watch=Watch(slip=Slip.TOO_EARLY),
    )  # fmt: skip


def _no_new_limits(series: Series, period: str, effect: Effect, watch: Watch) -> NoNewLimits | None:
    if any(one.kind is DecisionKind.REBASE and one.period == period for one in series.decisions):
        return NoNewLimits.ALREADY
    refused = may_rebase(series, period)
    if refused in (NoRebase.UNKNOWN_PERIOD, NoRebase.NOTHING_BEFORE):
        return NoNewLimits(refused.value)
    why = {Effect.UNKNOWN: NoNewLimits.UNKNOWN_EFFECT, Effect.NONE: NoNewLimits.NO_EFFECT,
           Effect.WORSE: NoNewLimits.WORSE}  # fmt: skip
    if effect in why:
        return why[effect]
    if watch.slip is Slip.SLIPS:
        return NoNewLimits.SLIPS
    run = newest_run(series, period)
    return None if run and _is_good(run, series.direction) is not False else NoNewLimits.NOT_HELD


def _is_good(way: int, direction: Direction | None) -> bool | None:
    """Tell whether up (1) or down (-1) is better; None: neither is."""
    return None if direction is None else (way > 0) is (direction is Direction.HIGHER)


def newest_run(series: Series, period: str) -> int:
    """Return the side (1 or -1) of the newest seven in a row since the change by the centre before it; 0: none."""
    kind, series = kind_for(series.unit), _without(series, period)
    at = next((at for at, one in enumerate(series.points) if one.period == period), 0)
    centre = chart_of(_until(series, at - 1), kind).groups[-1].centre if at else None
    if centre is None:
        return 0
    sides, newest = list[int](), 0
    for point in series.points[at:]:
        value = counted_value(point, kind)
        if value is None and not point.ghost:
            sides.clear()
        elif value is not None:
            sides.append(side_of(value, centre))
            newest = shifts(sides)[-1] or newest
    return newest


def first_signal(series: Series, period: str, word: Word = Word.BETTER) -> str:
    """Return the first settled period from the change on whose chart, as it then stood, said so; empty: none."""
    series = _without(series, period)
    names = [one.period for one in series.points]
    if period not in names:
        return ""
    for at in range(names.index(period), len(names)):
        if chart_of(_until(series, at), kind_for(series.unit)).word is word:
            return names[at]
    return ""


def rebased_chart(series: Series, period: str) -> Chart:
    """Return the chart of a series as if its limits began anew at the change, whether that was signed or not."""
    if all(one.period != period for one in series.points):
        return chart_of(series, kind_for(series.unit))
    anew = Decision(kind=DecisionKind.REBASE, period=period, cause="-", decided_by="-", decided_on=date.min)
    decisions = sorted([*_without(series, period).decisions, anew], key=lambda one: one.period)
    return chart_of(replace(series, decisions=tuple(decisions)), kind_for(series.unit))


def settled(series: Series) -> Series:
    """Return a series as it is watched: until its newest ordinary period that has a value and is more than "so far".

    July and the weeks around New Year are unlike the others whatever is done: they are left out of limits and rules,
    and none of them is the newest.
    """
    unlike = holiday_weeks([one.period for one in series.points if WEEK.fullmatch(one.period)])
    points = [replace(one, ghost=one.ghost or "-") if one.period in unlike else one for one in series.points]
    while points and (points[-1].preliminary or points[-1].value is None or points[-1].period in unlike):
        points.pop()
    return replace(series, points=tuple(points))


def watch_of(series: Series, period: str, others: Series | None = None) -> Watch:
    """Return whether the effect holds at the newest settled period; the alarms are `Slip.SLIPS` and `Slip.WORSE`.

    The limits are those since the change, so that a slip back is seen though the old level was worse still.

    Args:
        series: of what is changed.
        period: the first after the change.
        others: the units that do not try it, where one does.
    """
    series = settled(series)
    if all(one.period != period for one in series.points):
        return Watch(slip=Slip.TOO_EARLY)
    chart = rebased_chart(series, period)
    last, judged, effect = series.points[-1], chart.judged[-1], measured(series, period, others).effect
    told = Watch(slip=Slip.TOO_EARLY, period=last.period, value=last.value, centre=judged.centre,
                 counted=chart.groups[-1].counted)  # fmt: skip
    if chart.word is Word.WORSE and Effect.BETTER in (effect, _before_the_slip(series, period, others)):
        return replace(told, slip=Slip.SLIPS, rules=judged.rules)
    return replace(told, slip=_slip(series, period, effect, chart))


def _slip(series: Series, period: str, effect: Effect, chart: Chart) -> Slip:
    if effect not in (Effect.BETTER, Effect.WORSE):
        return {Effect.NONE: Slip.NO_EFFECT, Effect.CHANGED: Slip.NEUTRAL}.get(effect, Slip.TOO_EARLY)
    run = newest_run(series, period)
    if not run or _is_good(run, series.direction) is not (effect is Effect.BETTER):
        return Slip.NOT_HELD
    if effect is Effect.WORSE:
        return Slip.WORSE
    return Slip.HOLDS if chart.groups[-1].has_limits else Slip.TOO_EARLY


def _before_the_slip(series: Series, period: str, others: Series | None) -> Effect:
    """Return the effect as it was before the newest seven, which may be what slips."""
    return measured(replace(series, points=series.points[:-RUN]), period, others).effect


def _without(series: Series, period: str) -> Series:
    """Return the series as if nothing had been decided of limits at the period."""
    kept = (one for one in series.decisions if not (one.kind is DecisionKind.REBASE and one.period == period))
    return replace(series, decisions=tuple(kept))


def _until(series: Series, at: int) -> Series:
    return replace(series, points=series.points[: at + 1])
