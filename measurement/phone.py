"""The telephone's figures: direct answers to simple questions, how many calls were answered, and what may be said.

Logging itself drops when it is busy, so the share of calls that were logged comes first: a share of direct answers is
given only where at least nine of ten answered calls are logged, or a sample was drawn by a rule that can be checked.
Source: reference/domain.md §1.2 and §9.2, reference/measurement.md §4. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.calendar import MINUTE, Calendar, Micros
from bot.facts import from_micros
from measurement.measures import Figure
from measurement.phone_data import UNKNOWN, Calls, Flags, Logged, PhoneData

ALWAYS = (30, 60, 120)
"""Seconds that a direct answer is always counted by: 60 is KKiK's, 30 and 120 are what municipalities also use."""
ENOUGH = 9, 10
"""The part of the answered calls that must be logged."""
OFF_BY = 1, 10
"""How far the number in a sample may be from what its rule gives."""
LOGGED_LATE = 30 * MINUTE
"""What is logged so soon after closing is of a call before it."""
GOOD = 4
"""The least grade of a good reception."""
_HOUR = 60 * MINUTE
LEAST_GRADES = 5
"""Fewer grades asked for by officers are not shown."""


class Withheld(StrEnum):
    """Why a share of direct answers is not given, its counts alone."""

    NO_COUNT = "no_count"
    """The exchange's calls of the period are not imported, so nobody knows what part was logged."""
    COUNT_INCOMPLETE = "count_incomplete"
    """The exchange's calls of some days are missing: contacts are logged on days without a call, or more than calls."""
    COVERAGE = "coverage"
    """Under nine of ten answered calls are logged."""
    SAMPLE = "sample"
    """Every Nth call was to be logged, but so many were not, or more."""
    COARSE = "coarse"
    """Seconds were logged too coarsely to tell by this limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRules:
    """What is counted how.

    Attributes:
        threshold: seconds within which an answer is direct: the municipality's own.
        also: further limits that are computed beside it and `ALWAYS`.
        short_abandon: a caller who gave up before so many seconds is counted apart.
        sample_every: every Nth call is logged; 0 or 1: all.
        from_exchange: whether the exchange's file tells which answers were direct, instead of what staff logged.
    """

    threshold: int = 60
    also: tuple[int, ...] = ()
    short_abandon: int = 5
    sample_every: int = 0
    from_exchange: bool = False

    @property
    def limits(self) -> tuple[int, ...]:
        """Return every limit that is computed, shortest first."""
        return tuple(sorted({self.threshold, *self.also, *ALWAYS}))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFigures:
    """The figures of a period, and by measure and slice why a share is not given."""

    figures: tuple[Figure, ...]
    withheld: Mapping[tuple[str, str], Withheld]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """The data with what lies in open hours marked.

    Attributes:
        contacts: what counts as logged: by staff, or the exchange's calls of which it tells.
        told: by which of the exchange's calls, in their order; None: by staff.
        open_calls, open_contacts: which of them were in open hours.
        counted: which contacts are of a local day that the exchange's calls are known of.
    """

    data: PhoneData
    contacts: Logged
    told: Flags | None
    open_calls: Flags
    open_contacts: Flags
    counted: Flags
    rules: PhoneRules
    label: str
    as_of: datetime

    def share(self, measure: str, slice_: str, numerator: int, denominator: int, *, given: bool = True) -> Figure:
        """Return a share, without a value where there is nothing to share or it may not be given."""
        return Figure(
            measure=measure, version=1, period=self.label, slice=slice_, numerator=numerator, denominator=denominator,
            n=denominator, value=numerator / denominator if denominator and given else None, as_of=self.as_of,
        )  # fmt: skip

    def count(self, measure: str, slice_: str, which: Flags) -> Figure:
        """Return how many."""
        found = int(which.sum())
        return Figure(
            measure=measure, version=1, period=self.label, slice=slice_, n=found, value=float(found), as_of=self.as_of
        )


def phone_figures(
    data: PhoneData, calendar: Calendar, rules: PhoneRules, *, label: str, as_of: datetime
) -> PhoneFigures:
    """Return the figures of a period, for all, for each unit and, of direct answers, for each topic.

    Args:
        data: what `measurement.calls_source.read_phone` gave for the period.
        calendar: opening hours; what lies outside them is counted apart.
        rules: what is counted how.
        label: the period, as ``2026-W47``.
        as_of: the instant `data` was read as of (UTC).
    """
    return figures_seen(seen_of(data, calendar, rules, label=label, as_of=as_of))


def figures_seen(seen: Seen) -> PhoneFigures:
    """Return the same as `phone_figures` of what `seen_of` gave."""
    figures, withheld = list[Figure](), dict[tuple[str, str], Withheld]()
    for part in slices_of(seen):
        for figure, reason in _direct(seen, part, _why_withheld(seen, *part.judged)):
            figures.append(figure)
            if reason is not None:
                withheld[figure.measure, part.name] = reason
        figures += _of_contacts(seen, part)
        if part.calls is not None:
            figures += _of_calls(seen, part, part.calls)
    return PhoneFigures(figures=(*figures, _asked(seen)), withheld=withheld)


def seen_of(data: PhoneData, calendar: Calendar, rules: PhoneRules, *, label: str, as_of: datetime) -> Seen:
    """Return the data with what lies in open hours marked; arguments as `phone_figures` has them."""
    told = _told_by_exchange(data.calls, rules) if rules.from_exchange else None
    contacts = data.logged if told is None else _as_if_logged(data.calls, told)
    late = LOGGED_LATE if told is None else 0
    return Seen(
        data=data, contacts=contacts, told=told, rules=rules, label=label, as_of=as_of,
        open_calls=_is_open(calendar, data.calls.at), open_contacts=_is_open(calendar, contacts.at, late),
        counted=np.isin(_days(calendar, contacts.at), _days(calendar, data.calls.at)),
    )  # fmt: skip


def _told_by_exchange(calls: Calls, rules: PhoneRules) -> Flags:
    """Return of which answered calls the exchange tells whether the answer was direct; of a sample only those drawn."""
    chosen: Flags = calls.answered & (calls.direct != UNKNOWN)
    if rules.sample_every > 1 and calls.sampled.any():
        chosen &= calls.sampled
    return chosen


def _as_if_logged(calls: Calls, chosen: Flags) -> Logged:
    count = int(chosen.sum())
    return Logged(
        at=calls.at[chosen], least=calls.seconds[chosen], most=calls.seconds[chosen],
        direct=calls.direct[chosen] == 1, reception=np.full(count, UNKNOWN, dtype=np.int64),
        unit=calls.unit[chosen], topic=np.full(count, "", dtype=np.str_),
    )  # fmt: skip


def _is_open(calendar: Calendar, at: Micros, late: int = 0) -> Flags:
    """Return which instants were in open hours, or no longer than `late` (microseconds) after them."""
    return calendar.open_micros(at - late, at + 1) > 0


def _days(calendar: Calendar, at: Micros) -> Micros:
    """Return the local dates of instants, as ordinals."""
    # One look-up for each hour: no offset changes within one.
    hours, which = np.unique(at // _HOUR, return_inverse=True)
    local = [calendar.local(from_micros(int(hour) * _HOUR)).toordinal() for hour in hours]
    return np.array(local, dtype=np.int64)[which]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """Which calls and contacts a slice is about, and which decide whether its share may be given.

    Of a topic the exchange knows nothing, nor of a unit where it tells no units: there the whole decides.
    """

    name: str
    calls: Flags | None
    logged: Flags
    judged: tuple[Flags, Flags]


def slices_of(seen: Seen) -> Iterator[Slice]:
    """Give all, each unit, and each topic of the contacts."""
    calls, contacts = seen.data.calls, seen.contacts
    whole = np.ones(len(calls), dtype=np.bool_), np.ones(len(contacts), dtype=np.bool_)
    yield Slice(name="", calls=whole[0], logged=whole[1], judged=whole)
    told = bool(np.any(calls.unit != ""))
    for unit in _members(calls.unit, contacts.unit):
        mine = calls.unit == unit, contacts.unit == unit
        yield Slice(
            name=f"unit:{unit}", calls=mine[0] if told else None, logged=mine[1], judged=mine if told else whole
        )
    for topic in _members(contacts.topic):
        yield Slice(name=f"topic:{topic}", calls=None, logged=contacts.topic == topic, judged=whole)


def _members(*columns: NDArray[np.str_]) -> list[str]:
    return sorted({str(one) for column in columns for one in np.unique(column)} - {""})


def _why_withheld(seen: Seen, calls: Flags, logged: Flags) -> Withheld | None:
    """Return why no share of direct answers may be given, None: it may."""
    answered = int((calls & seen.open_calls & seen.data.calls.answered).sum())
    written = int((logged & seen.open_contacts).sum())
    counted = int((logged & seen.open_contacts & seen.counted).sum())
    if not answered:
        return Withheld.NO_COUNT
    if (written - counted) * OFF_BY[1] > written * OFF_BY[0] or _too_many(counted, answered):
        return Withheld.COUNT_INCOMPLETE
    if counted * ENOUGH[1] >= answered * ENOUGH[0]:
        return None
    every = seen.rules.sample_every
    if every < 2:
        return Withheld.COVERAGE
    # One call more or fewer is no fault: the counting begins somewhere.
    fits = abs(counted * every - answered) * OFF_BY[1] <= max(every * OFF_BY[1], answered * OFF_BY[0])
    return None if fits else Withheld.SAMPLE


def _too_many(counted: int, answered: int) -> bool:
    return (counted - answered) * OFF_BY[1] > answered * OFF_BY[0]


def _direct(seen: Seen, part: Slice, why: Withheld | None) -> Iterator[tuple[Figure, Withheld | None]]:
    """Give the share of direct answers within each limit, and why it is not given."""
    of, known = seen.contacts, known_contacts(seen, part)
    count = int(known.sum())
    for key, limit in (("phone.direct", seen.rules.threshold), *((f"phone.direct.{s}", s) for s in seen.rules.limits)):
        direct = known & of.direct
        coarse = bool((direct & (of.least <= limit) & (of.most > limit)).any())
        reason = (why or (Withheld.COARSE if coarse else None)) if count else None
        within = int((known & direct_within(of, limit)).sum())
        yield seen.share(key, part.name, within, count, given=reason is None), reason


def known_contacts(seen: Seen, part: Slice) -> Flags:
    """Return which contacts of a slice a share of direct answers is of: in open hours, and not direct without seconds.

    Without a direct answer it was in no time; left out it would make the share too good (domain.md §9.2: of all).
    """
    known: Flags = (seen.contacts.least != UNKNOWN) | ~seen.contacts.direct
    return part.logged & seen.open_contacts & known


def direct_within(of: Logged, limit: int) -> Flags:
    """Return which contacts certainly had a direct answer within so many seconds."""
    return np.asarray(of.direct & (of.most <= limit))


def short_calls(seen: Seen, mine: Flags) -> Flags:
    """Return which calls in open hours were given up within a few seconds."""
    calls = seen.data.calls
    soon: Flags = (calls.seconds != UNKNOWN) & (calls.seconds < seen.rules.short_abandon)
    return mine & seen.open_calls & calls.abandoned & soon


def _of_calls(seen: Seen, part: Slice, mine: Flags) -> Iterator[Figure]:
    calls, rules, name = seen.data.calls, seen.rules, part.name
    is_open = mine & seen.open_calls
    short = short_calls(seen, mine)
    base = is_open & ~short
    answered = base & calls.answered
    count, all_answered = int(base.sum()), int(answered.sum())
    yield seen.share("phone.answered", name, all_answered, count)
    yield seen.share("phone.abandoned", name, int((base & calls.abandoned).sum()), count)
    known = base & ~(calls.answered & (calls.seconds == UNKNOWN))
    for limit in rules.limits:
        within = known & calls.answered & (calls.seconds <= limit)
        yield seen.share(f"phone.answered.{limit}", name, int(within.sum()), int(known.sum()))
    counted = int((part.logged & seen.open_contacts & seen.counted).sum())
    # A call may be logged twice, or on another day than it came: that is no more than all of them.
    yield seen.share("phone.coverage", name, min(counted, all_answered), all_answered,
                     given=not _too_many(counted, all_answered))  # fmt: skip
    yield seen.count("phone.calls", name, is_open)
    yield seen.count("phone.left_out.closed", name, mine & ~seen.open_calls)
    yield seen.count("phone.left_out.short", name, short)


def _of_contacts(seen: Seen, part: Slice) -> Iterator[Figure]:
    written = part.logged & seen.open_contacts
    untold = written & seen.contacts.direct & (seen.contacts.least == UNKNOWN)
    yield seen.count("phone.logged", part.name, written)
    yield seen.count("phone.left_out.logged_closed", part.name, part.logged & ~seen.open_contacts)
    yield seen.count("phone.left_out.no_seconds", part.name, untold)


def _asked(seen: Seen) -> Figure:
    """Return the reception that officers asked for themselves: never one figure with the survey's."""
    grades = seen.data.logged.reception
    grades = grades[grades != UNKNOWN]
    good, count = int((grades >= GOOD).sum()), len(grades)
    shown = count >= LEAST_GRADES
    return Figure(
        measure="phone.asked_reception.good", version=1, period=seen.label, numerator=good if shown else None,
        denominator=count if shown else None, n=count, value=good / count if shown else None, as_of=seen.as_of,
    )  # fmt: skip
