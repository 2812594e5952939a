"""The baseline: how a mailbox was answered before anything was changed, measured afterwards from what lies in it.

Pure. Cohorts, classes and shares are those of the weekly report; the measures are other ones all the same, because
the instants are the mailbox's and answers are known only by what ties mails together: the two are never mixed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Calendar, Micros
from bot.clock import CLASSES, NO_ANSWER, Rule, TimeClass, classify_many, deadlines
from bot.facts import Fact, from_micros, require_utc, to_micros
from bot.inquiry import fold_inquiries
from measurement.measures import (
    IN_TIME,
    WAITING_MEDIAN,
    WAITING_P90,
    WORKING_MEDIAN,
    WORKING_P90,
    Measure,
    TimeValue,
)
from measurement.periods import Week, week_of
from measurement.survival import quantiles, share_value
from measurement.weekly import RuleFigures

_HOW = "; measured afterwards from a mailbox: as it took the mails, answers by what ties them to a mail"


def _afterwards(measure: Measure) -> Measure:
    return replace(measure, id=f"baseline.{measure.id}", version=1, population=measure.population + _HOW)


BASELINE: Mapping[str, Measure] = MappingProxyType(
    {one.id: _afterwards(one) for one in (*IN_TIME.values(), WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90)}
)
"""The measures of a baseline, by the id of the measure that each is to be compared with."""


class Caveat(StrEnum):
    """What must be said beside the figures. Those that always hold come first."""

    HOLDING_NOTICES = "holding_notices"
    """A holding notice cannot be told from an answer: the figures are rather too good."""
    MAILBOX_TIME = "mailbox_time"
    """Instants are those at which the mailbox took the mail."""
    HEADS_ONLY = "heads_only"
    """Automatic mail is known by its head alone."""
    ELSEWHERE = "elsewhere"
    """What was deleted, filed away elsewhere, or answered by phone or from another mailbox is not seen."""
    NOTHING_SENT = "nothing_sent"
    """No sent mail at all lies in the mailbox: the figures say nothing."""
    BY_SUBJECT = "by_subject"
    """More than one answer in twenty is known by its subject only."""
    MISTIMED = "mistimed"
    """Mails are younger than their answers: they were moved here, and other times may be wrong, too."""
    UNREAD = "unread"
    """The server did not give out all mails."""
    CALENDAR = "calendar"
    """No opening hours are known for the beginning; those that came first are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """The figures of one ISO week under every rule; `start` and `end` as `Week` has them (UTC)."""

    week: Week
    start: datetime
    end: datetime
    rules: Mapping[Rule, RuleFigures]

    @property
    def arrivals(self) -> int:
        """Return how many inquiries arrived in the week, whatever became of them."""
        return next(iter(self.rules.values())).arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Utgångsläge: the figures of a mailbox over a period. All instants are UTC.

    Attributes:
        zone: whose Mondays begin the weeks.
        start: first instant, a Monday 00:00 in the zone.
        as_of: the last instant that is known.
        period: the two local dates, as ``2025-11-17/2026-11-20``.
        configured: the rule the municipality has chosen to be shown by.
        received: mails that came in. Those that make up the arrivals and those left out add up to it.
        left_out: received mails that open nothing, by reason, only reasons that occur.
        sent: mails that people sent, whatever they are.
        unread: mails, received or sent, that the server did not give out; in no other figure.
        arrivals: inquiries, each of one or more mails.
        rules: the whole period under every rule; the classes add up to the arrivals.
        weeks: every week from the first to that of `as_of`; they add up to the whole.
        waiting_median, waiting_p90: on the clock.
        working_median, working_p90: in open time.
        by_id, by_subject: answered inquiries, by what ties the answer to them.
        caveats: what must be said beside the figures.
    """

    zone: str
    start: datetime
    as_of: datetime
    period: str
    configured: Rule
    received: int
    left_out: Mapping[str, int]
    sent: int
    unread: int
    arrivals: int
    rules: Mapping[Rule, RuleFigures]
    weeks: tuple[WeekFigures, ...]
    waiting_median: TimeValue
    waiting_p90: TimeValue
    working_median: TimeValue
    working_p90: TimeValue
    by_id: int
    by_subject: int
    caveats: tuple[Caveat, ...]

    @property
    def messages(self) -> int:
        """Return how many of the received mails make up the arrivals."""
        return self.received - sum(self.left_out.values())

    @property
    def headline(self) -> RuleFigures:
        """Return the figures of the whole period under the configured rule."""
        return self.rules[self.configured]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxData:
    """What was found in a mailbox, as plain data.

    Attributes:
        cases: the facts of each conversation in order: received, and answered_elsewhere with ``by`` (id or subject).
        received, left_out, sent, unread: as `Baseline` has them.
    """

    cases: Iterable[Sequence[Fact]]
    received: int
    left_out: Mapping[str, int]
    sent: int
    unread: int = 0


def period_start(as_of: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return where a period of so many months ends up that ends at an instant: the Monday of that day's week (UTC).

    Of a day the month does not have, its last day. Whole weeks only, so the period is up to six days longer.

    Raises:
        ValueError: the instant is not UTC, or less than one month.
    """
    if months < 1:
        raise ValueError("a baseline covers one month at least")
    last = require_utc(as_of).astimezone(zone).date()
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    first_of_month = last.replace(year=year, month=month + 1, day=1)
    end_of_month = (first_of_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = first_of_month.replace(day=min(last.day, end_of_month.day))
    return week_of(datetime.combine(day, time(), zone), zone).start(zone)


def baseline(data: MailboxData, calendar: Calendar, configured: Rule, start: datetime, as_of: datetime) -> Baseline:
    """Return the figures of a mailbox.

    Args:
        data: mails from `start` until `as_of`.
        calendar: opening hours; the version in force at each arrival holds.
        configured: the rule to be shown by; all are computed.
        start: a Monday 00:00 in the calendar's zone, by `period_start` (UTC).
        as_of: UTC.

    Raises:
        ValueError: an instant that is not UTC, or (`OutsideCalendarError`) outside the calendar's years.
    """
    arrived, answered, ties = _columns(data.cases)
    span = _Span(period=_dates(start, as_of, calendar.zone), end=as_of, calendar=calendar, as_of=as_of)
    by_rule = {rule: deadlines(calendar, rule, arrived) for rule in Rule}
    times = _times(span, arrived, answered)
    by_subject = ties.count("subject")
    found = Baseline(
        zone=calendar.zone.key,
        start=start,
        as_of=as_of,
        period=span.period,
        configured=configured,
        received=data.received,
        left_out=dict(data.left_out),
        sent=data.sent,
        unread=data.unread,
        arrivals=len(arrived),
        rules={rule: _figures(rule, span, answered, due) for rule, due in by_rule.items()},
        weeks=_weeks(start, arrived, answered, by_rule, span),
        waiting_median=times[0],
        waiting_p90=times[1],
        working_median=times[2],
        working_p90=times[3],
        by_id=len(ties) - by_subject,
        by_subject=by_subject,
        caveats=(),
    )
    return replace(found, caveats=tuple(caveat for caveat in Caveat if _holds(caveat, found, calendar)))


def _dates(start: datetime, as_of: datetime, zone: ZoneInfo) -> str:
    return "/".join(instant.astimezone(zone).date().isoformat() for instant in (start, as_of))


def _columns(cases: Iterable[Sequence[Fact]]) -> tuple[Micros, Micros, list[str]]:
    """Return arrivals in order, their answers, and what ties those that have one to it."""
    rows, ties = [], []
    for facts in cases:
        by_seq = {fact.seq: fact for fact in facts}
        for inquiry in fold_inquiries(facts):
            answer = NO_ANSWER if inquiry.answered_at is None else to_micros(inquiry.answered_at)
            rows.append((to_micros(inquiry.arrived_at), answer))
            if inquiry.answered_seq is not None:
                ties.append(str(by_seq[inquiry.answered_seq].data.get("by", "")))
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]), ties


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What figures are about: a period that is over at `end`, seen at `as_of`."""

    period: str
    end: datetime
    calendar: Calendar
    as_of: datetime


def _weeks(
    start: datetime, arrived: Micros, answered: Micros, by_rule: Mapping[Rule, Micros], whole: _Span
) -> tuple[WeekFigures, ...]:
    """Return the figures of each week, the one that is not over included."""
    zone, found, week = whole.calendar.zone, [], week_of(start, whole.calendar.zone)
    while (first := week.start(zone)) <= whole.as_of:
        last = week.end(zone)
        low, high = np.searchsorted(arrived, [to_micros(first), to_micros(last)])
        span = replace(whole, period=str(week), end=last)
        rules = {rule: _figures(rule, span, answered[low:high], due[low:high]) for rule, due in by_rule.items()}
        found.append(WeekFigures(week=week, start=first, end=last, rules=rules))
        week = week.next()
    return tuple(found)


def _figures(rule: Rule, span: _Span, answered: Micros, due: Micros) -> RuleFigures:
    codes = classify_many(answered, np.zeros(len(due), dtype=np.bool_), due, to_micros(span.as_of))
    of = dict(zip(CLASSES, np.bincount(codes, minlength=len(CLASSES)).tolist(), strict=True))
    judged = of[TimeClass.IN_TIME] + of[TimeClass.LATE] + of[TimeClass.UNANSWERED]
    end = to_micros(span.end)
    latest = int(due.max(initial=end))
    if span.as_of < span.end:
        latest = max(latest, int(deadlines(span.calendar, rule, np.array([end - 1], dtype=np.int64))[0]))
    return RuleFigures(
        rule=rule,
        in_time=of[TimeClass.IN_TIME],
        late=of[TimeClass.LATE],
        unanswered=of[TimeClass.UNANSWERED],
        not_yet_due=of[TimeClass.NOT_YET_DUE],
        left_out=of[TimeClass.EXCLUDED],
        share=share_value(BASELINE[IN_TIME[rule].id], of[TimeClass.IN_TIME], judged, span.period, span.as_of),
        settled=span.as_of >= span.end and not of[TimeClass.NOT_YET_DUE],
        settles_at=from_micros(latest),
    )


def _times(span: _Span, arrived: Micros, answered: Micros) -> tuple[TimeValue, TimeValue, TimeValue, TimeValue]:
    """Return median and p90 on the clock, then both in open time."""
    has_answer: NDArray[np.bool_] = answered != NO_ANSWER
    until = np.where(has_answer, answered, to_micros(span.as_of))
    on_clock = quantiles(until - arrived, has_answer, (0.5, 0.9))
    in_open = quantiles(span.calendar.open_micros(arrived, until), has_answer, (0.5, 0.9))
    measures = (WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90)
    first, second, third, fourth = (
        TimeValue(
            measure=BASELINE[measure.id].id,
            version=BASELINE[measure.id].version,
            unit=measure.unit,
            quantile=quantile,
            n=len(arrived),
            answered=int(has_answer.sum()),
            period=span.period,
            as_of=span.as_of,
        )
        for measure, quantile in zip(measures, (*on_clock, *in_open), strict=True)
    )
    return first, second, third, fourth


_ALWAYS = frozenset((Caveat.HOLDING_NOTICES, Caveat.MAILBOX_TIME, Caveat.HEADS_ONLY, Caveat.ELSEWHERE))


def _holds(caveat: Caveat, found: Baseline, calendar: Calendar) -> bool:
    ask: dict[Caveat, Callable[[], bool]] = {
        Caveat.NOTHING_SENT: lambda: found.arrivals > 0 and not found.sent,
        Caveat.BY_SUBJECT: lambda: found.by_subject * 20 > found.by_id + found.by_subject,
        Caveat.MISTIMED: lambda: found.left_out.get("mistimed", 0) > 0,
        Caveat.UNREAD: lambda: found.unread > 0,
        Caveat.CALENDAR: lambda: found.start.astimezone(calendar.zone).date() < calendar.versions[0].valid_from,
    }
    return caveat in _ALWAYS or ask[caveat]()
