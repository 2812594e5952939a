"""The figures of one week, from its inquiries; the rules are those of design §4 and reference/measurement.md §4.

Pure. Whoever arrived in the week is in its figures, answered or not; nothing is counted by the week of the answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Calendar, Micros
from bot.clock import CLASSES, NO_ANSWER, Rule, TimeClass, classify_many, deadlines
from bot.facts import CaseNumber, from_micros, to_micros
from measurement.measures import (
    IN_TIME,
    WAITING_MEDIAN,
    WAITING_P90,
    WORKING_MEDIAN,
    WORKING_P90,
    Measure,
    TimeValue,
    Value,
)
from measurement.periods import Week
from measurement.population import Inquiries, Waiting, WeekData
from measurement.survival import quantiles, share_value


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """The classes of the week's arrivals under one rule; together they are all arrivals.

    Attributes:
        rule: what "within one day" means here.
        in_time, late, unanswered: due at the as-of instant; `unanswered` is past due without an answer.
        not_yet_due: outside the share, even if already answered.
        left_out: with a reason, outside the share.
        share: in time, of in time, late and unanswered; None when none of them is due.
        settled: the week is over and none is left to fall due. Before that the share is "so far" and gets no word.
        settles_at: when the whole week is due (UTC): of an unfinished week, for an arrival in its last instant.
    """

    rule: Rule
    in_time: int
    late: int
    unanswered: int
    not_yet_due: int
    left_out: int
    share: Value | None
    settled: bool
    settles_at: datetime

    @property
    def arrivals(self) -> int:
        """Return the sum of the classes."""
        return self.in_time + self.late + self.unanswered + self.not_yet_due + self.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestWaiting:
    """The inquiry of any week that had waited longest at the as-of instant, on the clock and in open time."""

    case: CaseNumber
    no: int
    arrived_at: datetime
    waited: timedelta
    open_time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReport:
    """The figures of one week as known at one instant. All instants are UTC.

    Attributes:
        week, zone: which week, and in which zone it begins on Monday 00:00.
        start, end: its first instant, and the first after it.
        as_of: only what was recorded by then counts.
        configured: the rule the municipality has chosen to be shown by.
        arrivals: inquiries that arrived in the week, those left out too.
        rules: figures under every rule, in their declared order.
        waiting_median, waiting_p90: on the clock (väntetid).
        working_median, working_p90: in open time (svarstid). Never pooled with the waiting time.
        oldest: None if no inquiry of any week waited.
        left_out: inquiries by reason, only reasons that occur.
        channels: inquiries by channel, only channels that occur.
        acknowledged, held: inquiries with an acknowledgement, with a holding notice.
        unsure: inquiries whose standing answer the channel may not have accepted.
        revoked: answers that did not reach the person.
        mail_held: messages of the week held for a person, as things stand now.
        mail_automatic: automatic messages of the week without a case.
    """

    week: Week
    zone: str
    start: datetime
    end: datetime
    as_of: datetime
    configured: Rule
    arrivals: int
    rules: Mapping[Rule, RuleFigures]
    waiting_median: TimeValue
    waiting_p90: TimeValue
    working_median: TimeValue
    working_p90: TimeValue
    oldest: OldestWaiting | None
    left_out: Mapping[str, int]
    channels: Mapping[str, int]
    acknowledged: int
    held: int
    unsure: int
    revoked: int
    mail_held: int
    mail_automatic: int

    @property
    def headline(self) -> RuleFigures:
        """Return the figures under the configured rule."""
        return self.rules[self.configured]


def weekly_report(week: Week, data: WeekData, calendar: Calendar, configured: Rule, as_of: datetime) -> WeeklyReport:
    """Return the figures of a week.

    Args:
        week: its bounds are those of the calendar's zone.
        data: what `measurement.source.read_week` gave for those bounds and the same `as_of`.
        calendar: opening hours; the version in force at each arrival holds.
        configured: the rule to be shown by; all are computed.
        as_of: UTC.

    Raises:
        ValueError: `as_of` is not UTC, or (`OutsideCalendarError`) an instant outside the calendar's years.
    """
    inquiries = data.inquiries
    figures = {rule: _rule_figures(rule, week, inquiries, calendar, as_of) for rule in Rule}
    waiting, working = _times(week, inquiries, calendar, as_of)
    return WeeklyReport(
        week=week,
        zone=calendar.zone.key,
        start=week.start(calendar.zone),
        end=week.end(calendar.zone),
        as_of=as_of,
        configured=configured,
        arrivals=len(inquiries),
        rules=figures,
        waiting_median=waiting[0],
        waiting_p90=waiting[1],
        working_median=working[0],
        working_p90=working[1],
        oldest=_oldest(data.oldest, calendar, as_of),
        left_out=_counted(reason for reason in inquiries.excluded if reason),
        channels=_counted(inquiries.channel),
        acknowledged=int(inquiries.acknowledged.sum()),
        held=int(inquiries.held.sum()),
        unsure=int(inquiries.unsure.sum()),
        revoked=int(inquiries.revoked.sum()),
        mail_held=data.mail_held,
        mail_automatic=data.mail_automatic,
    )


def _rule_figures(rule: Rule, week: Week, inquiries: Inquiries, calendar: Calendar, as_of: datetime) -> RuleFigures:
    due = deadlines(calendar, rule, inquiries.arrived)
    codes = classify_many(inquiries.answered, _left_out(inquiries), due, to_micros(as_of))
    of = dict(zip(CLASSES, np.bincount(codes, minlength=len(CLASSES)).tolist(), strict=True))
    judged = of[TimeClass.IN_TIME] + of[TimeClass.LATE] + of[TimeClass.UNANSWERED]
    return RuleFigures(
        rule=rule,
        in_time=of[TimeClass.IN_TIME],
        late=of[TimeClass.LATE],
        unanswered=of[TimeClass.UNANSWERED],
        not_yet_due=of[TimeClass.NOT_YET_DUE],
        left_out=of[TimeClass.EXCLUDED],
        share=share_value(IN_TIME[rule], of[TimeClass.IN_TIME], judged, str(week), as_of),
        settled=as_of >= week.end(calendar.zone) and not of[TimeClass.NOT_YET_DUE],
        settles_at=_settles_at(rule, week, due[codes != CLASSES.index(TimeClass.EXCLUDED)], calendar, as_of),
    )


def _settles_at(rule: Rule, week: Week, due: Micros, calendar: Calendar, as_of: datetime) -> datetime:
    end = to_micros(week.end(calendar.zone))
    latest = int(due.max(initial=end))
    if to_micros(as_of) < end:
        latest = max(latest, int(deadlines(calendar, rule, np.array([end - 1], dtype=np.int64))[0]))
    return from_micros(latest)


def _left_out(inquiries: Inquiries) -> NDArray[np.bool_]:
    return np.array([reason != "" for reason in inquiries.excluded], dtype=np.bool_)


def _times(
    week: Week, inquiries: Inquiries, calendar: Calendar, as_of: datetime
) -> tuple[tuple[TimeValue, TimeValue], tuple[TimeValue, TimeValue]]:
    """Return median and p90 on the clock, and in open time, of all arrivals that are not left out."""
    counted, known = ~_left_out(inquiries), to_micros(as_of)
    arrived, answered = inquiries.arrived[counted], inquiries.answered[counted]
    has_answer = (answered != NO_ANSWER) & (answered <= known)
    until = np.where(has_answer, answered, known)
    on_clock, in_open = np.maximum(until - arrived, 0), calendar.open_micros(arrived, until)

    def pair(lengths: Micros, measures: tuple[Measure, Measure]) -> tuple[TimeValue, TimeValue]:
        median, p90 = (
            TimeValue(
                measure=measure.id,
                version=measure.version,
                unit=measure.unit,
                quantile=quantile,
                n=len(arrived),
                answered=int(has_answer.sum()),
                period=str(week),
                as_of=as_of,
            )
            for measure, quantile in zip(measures, quantiles(lengths, has_answer, (0.5, 0.9)), strict=True)
        )
        return median, p90

    return pair(on_clock, (WAITING_MEDIAN, WAITING_P90)), pair(in_open, (WORKING_MEDIAN, WORKING_P90))


def _oldest(waiting: Waiting | None, calendar: Calendar, as_of: datetime) -> OldestWaiting | None:
    if waiting is None:
        return None
    return OldestWaiting(
        case=waiting.case,
        no=waiting.no,
        arrived_at=waiting.arrived_at,
        waited=as_of - waiting.arrived_at,
        open_time=calendar.open_time(waiting.arrived_at, as_of),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
