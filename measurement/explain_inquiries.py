"""Which inquiries are behind a figure, each in which class: by the functions that make the figures. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from bot.clock import NO_ANSWER, Rule, deadlines
from bot.facts import from_micros
from measurement import promises
from measurement.explained import Behind, Listing, Part, Step, Why
from measurement.figures import SHARES, Seen, classes
from measurement.measures import Figure, Measure, Unit
from measurement.population import Coded, Dimension
from measurement.survival import quantiles

_Mask = NDArray[np.bool_]

QUANTILES: Mapping[str, float] = {"median": 0.5, "p90": 0.9}
"""Which share is asked for, by the last word of the measure's id."""
_IN_TIME, _LEFT_OUT = "answered_in_time.", "left_out."
_TIMES = ("waiting_time", "working_time")


def _none() -> Micros:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for.

    Attributes:
        measure: which one.
        period, slice: as `Figure` has them.
        as_of: the instant that is looked back from (UTC).
        configured: the rule that decides what is past due in the queue.
        why: only this class is listed; None: all.
        limit: at most so many of each are listed; 0: all.
    """

    measure: Measure
    period: str
    slice: str
    as_of: datetime
    configured: Rule
    why: Why | None = None
    limit: int = 0

    def figure(self, n: int, value: float | None, *, of: tuple[int, int] | None = None, more: bool = False) -> Figure:
        """Return the figure; `of`: its numerator and denominator."""
        numerator, denominator = of or (None, None)
        return Figure(
            measure=self.measure.id, version=self.measure.version, period=self.period, slice=self.slice,
            numerator=numerator, denominator=denominator, n=n, value=value, more_than=more, as_of=self.as_of,
        )  # fmt: skip

    def share(self, numerator: int, denominator: int) -> Figure:
        """Return a share; without a value of nothing."""
        value = numerator / denominator if denominator else None
        return self.figure(denominator, value, of=(numerator, denominator))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Inquiries by class, with what is told of each; columns of one length, empty where nothing is.

    Attributes:
        whys: the classes, in the order they are listed.
        codes: of each inquiry, the place of its class among them.
        rule: by which the deadlines are.
        hours: whether opening hours decide anything.
        due, told, lengths: as `measurement.explained.Behind` has them, microseconds.
    """

    whys: tuple[Why, ...]
    codes: NDArray[np.int8]
    rule: Rule | None = None
    hours: bool = False
    due: Micros = field(default_factory=_none)
    told: Micros = field(default_factory=_none)
    lengths: Micros = field(default_factory=_none)

    def only(self, mask: _Mask) -> "Split":
        """Return those that are chosen."""
        due, told, lengths = (one[mask] if len(one) else one for one in (self.due, self.told, self.lengths))
        return Split(whys=self.whys, codes=self.codes[mask], rule=self.rule, hours=self.hours, due=due, told=told,
                     lengths=lengths)  # fmt: skip

    def counts(self) -> dict[Why, int]:
        """Return how many are in each class, those without any too."""
        found = np.bincount(self.codes, minlength=len(self.whys)).tolist()
        return dict(zip(self.whys, found, strict=True))

    def is_answered(self) -> _Mask:
        """Return which are answered, of a split by that."""
        return np.asarray(self.codes == self.whys.index(Why.ANSWERED))


def part_of(wanted: Wanted, seen: Seen, secret: Collection[str], in_person: Mapping[Why, int] | None = None) -> Part:
    """Return a figure of inquiries with what is behind it.

    Args:
        wanted: what is asked for.
        seen: the inquiries of the period, or of the queue.
        secret: cases that are counted and not listed.
        in_person: calls and visits of the slice, which contacts are counted with.
    """
    mask = in_slice(seen.of.of, wanted.slice, len(seen.of))
    of = split(wanted.measure.id, seen, wanted.configured).only(mask)
    step = _step(wanted, of) if of.lengths.size and Why.ANSWERED in of.whys else None
    spoken = dict(in_person or {})
    return Part(
        figure=_figure(wanted, of, step, sum(spoken.values())), classes={**of.counts(), **spoken}, rule=of.rule,
        hours=of.hours, step=step,
        listings=tuple(_listings(wanted, seen, np.flatnonzero(mask), of, step, secret)),
    )  # fmt: skip


def in_slice(sorts: Mapping[Dimension, Coded], slice_: str, count: int) -> _Mask:
    """Return which of so many rows are in a slice, all of them in the whole; none of a member that does not occur."""
    if not slice_:
        return np.ones(count, dtype=np.bool_)
    dimension, _, member = slice_.partition(":")
    of = sorts[Dimension(dimension)]
    place = of.words.index(member) if member in of.words else -1
    return np.asarray(of.codes == place)


def split(measure: str, seen: Seen, configured: Rule) -> Split:
    """Return the inquiries by the classes of a measure, by its id.

    Raises:
        KeyError: the measure is not made from inquiries.
    """
    if measure.startswith(_IN_TIME):
        return _in_time(seen, Rule(measure.removeprefix(_IN_TIME)))
    if measure.startswith(_TIMES):
        return _times(seen, in_open=measure.startswith(_TIMES[1]))
    if measure.startswith("queue."):
        return _queue(seen, configured)
    if measure in ("arrivals", "contacts"):
        return Split(whys=(Why.COUNTED, Why.LEFT_OUT), codes=(~seen.counted).astype(np.int8))
    if measure.startswith(_LEFT_OUT):
        words = seen.of.excluded.words
        reason = words.index(name) if (name := measure.removeprefix(_LEFT_OUT)) in words else -1
        codes = np.select([seen.of.excluded.codes == reason, ~seen.counted], [0, 1], 2).astype(np.int8)
        return Split(whys=(Why.YES, Why.LEFT_OUT, Why.COUNTED), codes=codes)
    return _share(measure, seen)


_BY_RULE = (Why.IN_TIME, Why.LATE, Why.UNANSWERED, Why.NOT_YET_DUE, Why.LEFT_OUT)
"""In the order of `bot.clock.CLASSES`."""
_WORST_FIRST = (Why.UNANSWERED, Why.LATE, Why.IN_TIME, Why.NOT_YET_DUE, Why.LEFT_OUT)
_PLACES = np.array([_WORST_FIRST.index(one) for one in _BY_RULE], dtype=np.int8)


def _in_time(seen: Seen, rule: Rule) -> Split:
    return Split(
        whys=_WORST_FIRST, codes=_PLACES[classes(seen, rule)], rule=rule, hours=rule is not Rule.CLOCK_24H,
        due=deadlines(seen.calendar, rule, seen.of.arrived),
    )  # fmt: skip


def _times(seen: Seen, *, in_open: bool) -> Split:
    answered = seen.answered != NO_ANSWER
    until = np.where(answered, seen.answered, seen.as_of)
    lengths = seen.calendar.open_micros(seen.of.arrived, until) if in_open else np.maximum(until - seen.of.arrived, 0)
    codes = np.select([~seen.counted, answered], [2, 0], 1).astype(np.int8)
    return Split(whys=(Why.ANSWERED, Why.WAITING, Why.LEFT_OUT), codes=codes, hours=in_open, lengths=lengths)


def _queue(seen: Seen, configured: Rule) -> Split:
    due = deadlines(seen.calendar, configured, seen.of.arrived)
    return Split(
        whys=(Why.PAST_DUE, Why.WAITING), codes=(due > seen.as_of).astype(np.int8), rule=configured,
        hours=configured is not Rule.CLOCK_24H, due=due, lengths=np.asarray(seen.as_of - seen.of.arrived),
    )  # fmt: skip


def _share(measure: str, seen: Seen) -> Split:
    population, good = SHARES[measure](seen)
    codes = np.select([population & good, population, seen.counted], [1, 0, 2], 3).astype(np.int8)
    told = {
        "acknowledged": seen.of.acknowledged, "held_first": seen.of.first_held, "answered_again": seen.of.again,
        "outcome_told": seen.of.outcome, "first_contact": seen.of.next_arrival,
    }.get(measure, _none())  # fmt: skip
    due = _none()
    if measure == "promise_kept":
        due = promises.promises_end(seen.of.promised, seen.answered, seen.calendar.zone, seen.as_of)
    return Split(whys=(Why.NO, Why.YES, Why.OUTSIDE, Why.LEFT_OUT), codes=codes, due=due, told=told)


def _figure(wanted: Wanted, of: Split, step: Step | None, spoken: int) -> Figure:
    measure, counts = wanted.measure.id, of.counts()
    if measure.startswith(_IN_TIME):
        due = sum(counts[one] for one in (Why.IN_TIME, Why.LATE, Why.UNANSWERED))
        return wanted.share(counts[Why.IN_TIME], due)
    if measure.startswith(_TIMES):
        n = counts[Why.ANSWERED] + counts[Why.WAITING]
        value = step.length / timedelta(seconds=1) if step else None
        return wanted.figure(n, value, more=step is not None and not step.reached)
    if wanted.measure.unit is Unit.SHARE:
        return wanted.share(counts[Why.YES], counts[Why.YES] + counts[Why.NO])
    if measure == "queue.oldest":
        return wanted.figure(len(of.codes), int(of.lengths.max()) / 1e6 if len(of.codes) else None)
    number = {
        "arrivals": len(of.codes), "queue.waiting": len(of.codes), "queue.past_due": counts.get(Why.PAST_DUE, 0),
        "contacts": counts.get(Why.COUNTED, 0) + spoken,
    }.get(measure, counts.get(Why.YES, 0))  # fmt: skip
    return wanted.figure(number, float(number))


def _step(wanted: Wanted, of: Split) -> Step | None:
    """Return where the curve comes down to the quantile; None without anything that is counted."""
    counted = of.codes != of.whys.index(Why.LEFT_OUT)
    lengths, answered = of.lengths[counted], of.is_answered()[counted]
    share = QUANTILES[wanted.measure.id.rpartition(".")[2]]
    found = quantiles(lengths, answered, (share,))[0]
    if found is None:
        return None
    at = int(found.value / timedelta(microseconds=1))
    order = np.argsort(lengths, kind="stable")
    ordered, left = lengths[order], curve(lengths[order], answered[order])
    before = int(np.searchsorted(ordered, at, side="left"))
    return Step(
        share=share, length=found.value, reached=not found.more_than, at_risk=len(ordered) - before,
        answered=int(answered[lengths == at].sum()), left_before=float(left[before - 1]) if before else 1.0,
        left_after=float(left[before]),
    )  # fmt: skip


def curve(lengths: Micros, answered: _Mask) -> NDArray[np.float64]:
    """Return for each of some lengths in order the share without an answer after it, by Kaplan–Meier."""
    if not len(lengths):
        return np.zeros(0)
    begins = np.flatnonzero(np.diff(lengths, prepend=-1))
    at_risk = len(lengths) - begins
    events = np.add.reduceat(answered.astype(np.int64), begins)
    left = np.cumprod(1 - events / at_risk)
    return np.repeat(left, np.diff(np.append(begins, len(lengths))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """What a row of a list is made from; `places` leads from the rows of the split to those of the period."""

    seen: Seen
    places: NDArray[np.intp]
    of: Split
    left: NDArray[np.float64]

    def row(self, at: int) -> Behind:
        place, of, seen = int(self.places[at]), self.of, self.seen
        inquiries = seen.of
        return Behind(
            case=inquiries.case[place], no=int(inquiries.no[place]), why=of.whys[of.codes[at]],
            arrived=from_micros(int(inquiries.arrived[place])), answered=self._instant(seen.answered[place]),
            due=self._instant(of.due[at]) if of.due.size else None,
            told=self._instant(of.told[at], seen.as_of) if of.told.size else None,
            length=timedelta(microseconds=int(of.lengths[at])) if of.lengths.size else None,
            left=float(self.left[at]) if self.left.size and not np.isnan(self.left[at]) else None,
            transferred=bool(inquiries.transferred[place]),
            reason=inquiries.excluded.words[inquiries.excluded.codes[place]],
        )  # fmt: skip

    @staticmethod
    def _instant(micros: np.int64, until: int | None = None) -> datetime | None:
        found = int(micros)
        return None if found == NO_ANSWER or (until is not None and found > until) else from_micros(found)


def _listings(
    wanted: Wanted, seen: Seen, places: NDArray[np.intp], of: Split, step: Step | None, secret: Collection[str]
) -> list[Listing]:
    shown = np.array([seen.of.case[place] not in secret for place in places.tolist()], dtype=np.bool_)
    left = np.full(len(places), np.nan) if step else np.zeros(0)
    if step:
        left = _left(of)
    told, found = _Told(seen=seen, places=places, of=of, left=left), list[Listing]()
    for whys in _together(of, by_length=step is not None):
        chosen = tuple(one for one in whys if wanted.why in (None, one))
        rows = np.flatnonzero(np.isin(of.codes, [of.whys.index(one) for one in chosen]))
        if len(chosen) == 0 or len(rows) == 0:
            continue
        if step is not None and Why.LEFT_OUT not in chosen:
            rows = rows[np.argsort(of.lengths[rows], kind="stable")]
        visible = rows[shown[rows]]
        first, last = _window(of, visible, step, wanted.limit)
        found.append(
            Listing(whys=chosen, count=len(rows), secret=len(rows) - len(visible), before=first,
                    rows=tuple(told.row(at) for at in visible[first:last].tolist()))
        )  # fmt: skip
    return found


def _together(of: Split, *, by_length: bool) -> Sequence[tuple[Why, ...]]:
    """Return which classes are listed in one order: of lengths those that have one; else each by itself."""
    return [(Why.ANSWERED, Why.WAITING), (Why.LEFT_OUT,)] if by_length else [(one,) for one in of.whys]


def _left(of: Split) -> NDArray[np.float64]:
    """Return the curve at each row, NaN of what is left out."""
    found = np.full(len(of.codes), np.nan)
    rows = np.flatnonzero(of.codes != of.whys.index(Why.LEFT_OUT))
    order = rows[np.argsort(of.lengths[rows], kind="stable")]
    found[order] = curve(of.lengths[order], of.is_answered()[order])
    return found


def _window(of: Split, rows: NDArray[np.intp], step: Step | None, limit: int) -> tuple[int, int]:
    """Return from where until where rows are listed: of lengths about the step, else from the first."""
    if not limit or len(rows) <= limit:
        return 0, len(rows)
    if step is None or of.whys[of.codes[rows[0]]] is Why.LEFT_OUT:
        return 0, limit
    at = int(np.searchsorted(of.lengths[rows], int(step.length / timedelta(microseconds=1))))
    first = min(max(at - limit // 2, 0), len(rows) - limit)
    return first, first + limit
