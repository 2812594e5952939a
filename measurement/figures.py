"""All figures of a period that are made from inquiries, over all slices. Pure.

Cohorts and classes are those of the weekly report: whoever arrived in the period is in its figures, answered or not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Calendar, Micros
from bot.clock import CLASSES, NO_ANSWER, Rule, TimeClass, classify_many, deadlines
from bot.facts import ExcludeReason, Kind, to_micros
from measurement import first_contact, promises
from measurement.measures import IN_TIME, WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90, Figure
from measurement.periods import Period
from measurement.population import Coded, Dimension, PeriodData, PeriodInquiries, Queue, Sorts
from measurement.registry import REGISTRY
from measurement.slices import Slices, slices_of, together
from measurement.times import by_slice

_Mask = NDArray[np.bool_]
_Shares = tuple[_Mask, _Mask]
"""Which inquiries are in the population of a share, and which of those count for it (others may be marked, too)."""

_SECOND = timedelta(seconds=1)
_LED_TO = frozenset({Kind.VIEWPOINT, Kind.COMPLAINT, Kind.PROPOSAL, Kind.FAULT})
"""Kinds that lead to something a citizen should hear of; a question and praise do not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """The inquiries of a period as they are looked at from an instant.

    Attributes:
        of: all of them.
        counted: which are not left out.
        answered: the standing answers given by then, microseconds UTC, `NO_ANSWER` where there is none.
        as_of: microseconds UTC.
        calendar: opening hours.
    """

    of: PeriodInquiries
    counted: _Mask
    answered: Micros
    as_of: int
    calendar: Calendar

    def by_then(self, instants: Micros) -> _Mask:
        """Return where something had happened by then."""
        return np.asarray((instants != NO_ANSWER) & (instants <= self.as_of))


def figures_of(
    period: Period, data: PeriodData, calendar: Calendar, as_of: datetime, configured: Rule
) -> tuple[Figure, ...]:
    """Return the figures of a period, for all and for every slice that occurs, in the order of the registry.

    The slices of a dimension add up to the whole, in counts, numerators and denominators; `topic:` is what nobody gave
    a topic. Of the queue also the slices that only occur among the arrivals are told, of contacts also those of calls
    and visits; a slice that is not told is 0 of whatever is counted.

    Args:
        period: which one.
        data: what `measurement.source.read_period` gave for its bounds and the same `as_of`.
        calendar: opening hours; the version in force at each arrival holds.
        as_of: the instant that is looked back from, UTC.
        configured: the rule that decides what is past due in the queue.

    Raises:
        ValueError: `as_of` is not UTC, or (`OutsideCalendarError`) an instant outside the calendar's years.
    """
    seen, slices, book = seen_from(data.inquiries, calendar, as_of), slices_of(data.inquiries.of), _Book(period, as_of)
    names = {dimension: of.words for dimension, of in data.inquiries.of.items()}
    figures = [
        *(one for rule in Rule for one in book.shares(IN_TIME[rule].id, slices, in_time(seen, rule))),
        *_times(book, seen, slices),
        *_counts(book, seen, slices),
        *(one for measure, made in SHARES.items() for one in book.shares(measure, slices, made(seen))),
        *_contacts(book, seen, slices, data.in_person),
        *_queue(book, data.queue, names, calendar, configured),
    ]
    place = {measure: at for at, measure in enumerate(REGISTRY)}
    return tuple(sorted(figures, key=lambda one: place[one.measure]))


def seen_from(inquiries: PeriodInquiries, calendar: Calendar, as_of: datetime) -> Seen:
    """Return inquiries as they are looked at from an instant (UTC).

    Raises:
        ValueError: `as_of` is not UTC.
    """
    instant = to_micros(as_of)
    given = (inquiries.answered != NO_ANSWER) & (inquiries.answered <= instant)
    return Seen(
        of=inquiries, counted=_is(inquiries.excluded, ("",)), as_of=instant, calendar=calendar,
        answered=np.where(given, inquiries.answered, NO_ANSWER),
    )  # fmt: skip


def classes(seen: Seen, rule: Rule) -> NDArray[np.int8]:
    """Return the class of each inquiry under a rule, as its place in `bot.clock.CLASSES`."""
    due = deadlines(seen.calendar, rule, seen.of.arrived)
    return classify_many(seen.answered, ~seen.counted, due, seen.as_of)


def in_time(seen: Seen, rule: Rule) -> _Shares:
    """Return which inquiries are due, and which were answered in time."""
    of = classes(seen, rule)
    good = of == CLASSES.index(TimeClass.IN_TIME)
    late, unanswered = (of == CLASSES.index(one) for one in (TimeClass.LATE, TimeClass.UNANSWERED))
    return good | late | unanswered, good


def _acknowledged(seen: Seen) -> _Shares:
    return seen.counted, seen.by_then(seen.of.acknowledged)


def _held_first(seen: Seen) -> _Shares:
    return _answered(seen), (seen.of.first_held != NO_ANSWER) & (seen.of.first_held < seen.answered)


def _answered_again(seen: Seen) -> _Shares:
    return _answered(seen), seen.by_then(seen.of.again)


def _outcome_told(seen: Seen) -> _Shares:
    return seen.counted & _is(seen.of.of[Dimension.KIND], _LED_TO), seen.by_then(seen.of.outcome)


def _promise_kept(seen: Seen) -> _Shares:
    ends = promises.promises_end(seen.of.promised, seen.answered, seen.calendar.zone, seen.as_of)
    passed, kept = promises.kept(ends, seen.answered, seen.as_of)
    return seen.counted & passed, kept


def _first_contact(seen: Seen) -> _Shares:
    told, solved = first_contact.solved(seen.answered, seen.of.transferred, seen.of.next_arrival, seen.as_of)
    return seen.counted & told, solved


SHARES: Mapping[str, Callable[[Seen], _Shares]] = MappingProxyType(
    {
        "acknowledged": _acknowledged,
        "held_first": _held_first,
        "answered_again": _answered_again,
        "outcome_told": _outcome_told,
        "promise_kept": _promise_kept,
        "first_contact": _first_contact,
    }
)
"""How each share of inquiries is made, but for those in time."""


def _answered(seen: Seen) -> _Mask:
    given: _Mask = seen.answered != NO_ANSWER
    return seen.counted & given


def _is(column: Coded, words: Sequence[str] | frozenset[Kind]) -> _Mask:
    return np.isin(column.codes, [at for at, word in enumerate(column.words) if word in words])


@dataclass(frozen=True, slots=True)
class _Book:
    """What all figures of a period have in common."""

    period: Period
    as_of: datetime

    def figure(self, measure: str, slice_: str, n: int, value: float | None) -> Figure:
        return Figure(
            measure=measure, version=REGISTRY[measure].version, period=str(self.period), slice=slice_, n=n, value=value,
            as_of=self.as_of,
        )  # fmt: skip

    def counts(self, measure: str, names: Sequence[str], numbers: Sequence[int]) -> Iterator[Figure]:
        for name, number in zip(names, numbers, strict=True):
            yield self.figure(measure, name, number, float(number))

    def shares(self, measure: str, slices: Slices, of: _Shares) -> Iterator[Figure]:
        population, good = of
        pairs = zip(
            slices.names, slices.count(population & good).tolist(), slices.count(population).tolist(), strict=True
        )
        version, period = REGISTRY[measure].version, str(self.period)
        for name, numerator, n in pairs:
            yield Figure(
                measure=measure, version=version, period=period, slice=name, numerator=numerator, denominator=n, n=n,
                value=numerator / n if n else None, as_of=self.as_of,
            )  # fmt: skip


def _times(book: _Book, seen: Seen, slices: Slices) -> Iterator[Figure]:
    """Give median and p90 on the clock, and in open time; never pooled."""
    answered = seen.answered != NO_ANSWER
    until = np.where(answered, seen.answered, seen.as_of)
    on_clock = np.maximum(until - seen.of.arrived, 0)
    in_open = seen.calendar.open_micros(seen.of.arrived, until)
    for lengths, measures in ((on_clock, (WAITING_MEDIAN, WAITING_P90)), (in_open, (WORKING_MEDIAN, WORKING_P90))):
        found = by_slice(lengths, answered, seen.counted, slices, (0.5, 0.9))
        for at, measure in enumerate(measures):
            for name, (n, quantiles) in zip(slices.names, found, strict=True):
                one = quantiles[at]
                yield Figure(
                    measure=measure.id, version=measure.version, period=str(book.period), slice=name, n=n,
                    value=one.value / _SECOND if one else None, more_than=one is not None and one.more_than,
                    as_of=book.as_of,
                )  # fmt: skip


def _counts(book: _Book, seen: Seen, slices: Slices) -> Iterator[Figure]:
    everything = np.ones(len(seen.of), dtype=np.bool_)
    yield from book.counts("arrivals", slices.names, slices.count(everything).tolist())
    for reason in ExcludeReason:
        left_out = slices.count(_is(seen.of.excluded, (reason.value,)))
        yield from book.counts(f"left_out.{reason.value}", slices.names, left_out.tolist())


def _contacts(book: _Book, seen: Seen, slices: Slices, in_person: Sorts) -> Iterator[Figure]:
    spoken = slices_of(in_person)
    all_of_it = np.ones(len(spoken.mixes), dtype=np.bool_)
    written = dict(zip(slices.names, slices.count(seen.counted).tolist(), strict=True))
    logged = dict(zip(spoken.names, spoken.count(all_of_it).tolist(), strict=True))
    names = together(slices.names, spoken.names)
    yield from book.counts("contacts", names, [written.get(name, 0) + logged.get(name, 0) for name in names])


def _queue(
    book: _Book, queue: Queue, arrivals: Mapping[Dimension, Sequence[str]], calendar: Calendar, configured: Rule
) -> Iterator[Figure]:
    slices, as_of = slices_of(queue.of), to_micros(book.as_of)
    past_due = deadlines(calendar, configured, queue.arrived) <= as_of
    waiting = dict(zip(slices.names, slices.count(np.ones(len(queue), dtype=np.bool_)).tolist(), strict=True))
    overdue = dict(zip(slices.names, slices.count(past_due).tolist(), strict=True))
    oldest: dict[str, int] = {}
    for places in slices.each():
        # Oldest first: of each place the first row is wanted.
        found, rows = np.unique(places, return_index=True)
        oldest |= {slices.names[place]: int(queue.arrived[row]) for place, row in zip(found, rows, strict=True)}
    names = together(slices.names, [f"{of.value}:{word}" for of, words in arrivals.items() for word in words])
    yield from book.counts("queue.waiting", names, [waiting.get(name, 0) for name in names])
    yield from book.counts("queue.past_due", names, [overdue.get(name, 0) for name in names])
    for name in names:
        longest = (as_of - oldest[name]) / 1e6 if name in oldest else None
        yield book.figure("queue.oldest", name, waiting.get(name, 0), longest)
