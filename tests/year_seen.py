"""The year as it was known at an instant, in the form that the figures are made from: without any database.

What a database gives must be the same; a test holds the two against each other.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.facts import from_micros, to_micros
from measurement.periods import Week
from measurement.phone_data import UNKNOWN, Calls, Logged, PhoneData
from measurement.population import Dimension, PeriodData, PeriodInquiries, Queue
from measurement.rows import coded, sorts_of
from measurement.survey_source import Asked, Mix, Rated, SurveyCounts
from tests.year_contacts import Call, Reply, logged_at
from tests.year_truth import CENTRE, NEVER, Micros, One, clock, week_of

_INSTANTS = ("arrived", "seen", "acknowledged", "held", "first_answer", "bounced", "answered", "again", "outcome")


class Seen:
    """A year's inquiries as columns, looked at from any instant."""

    def __init__(self, year: Sequence[One]) -> None:
        self.year = sorted(year, key=lambda one: (one.arrived, one.case, one.no))
        self.at = {name: np.array([getattr(one, name) for one in self.year], dtype=np.int64) for name in _INSTANTS}
        more = [one.follow_up for one in self.year]
        self.next = np.array([one.arrived if one else NEVER for one in more], dtype=np.int64)
        self.thanked = np.array([one.seen if one and one.left_out else NEVER for one in more], dtype=np.int64)
        self.passed_on = np.array([one.passed_on for one in self.year])
        self.week = np.array([week_of(one.arrived) for one in self.year])

    def answered(self, as_of: int) -> Micros:
        """Return the answers that stood at an instant: a bounce takes one back only when it is known."""
        first, bounced, last = self.at["first_answer"], self.at["bounced"], self.at["answered"]
        still = (first != NEVER) & (first <= as_of) & (bounced > as_of)
        return np.where((last != NEVER) & (last <= as_of), last, np.where(still, first, NEVER))

    def whole(self, week: Week, as_of: datetime) -> PeriodData:
        """Return the same as `data` without slices and without the queue."""
        instant = to_micros(as_of)
        rows = np.flatnonzero((self.week == str(week)) & (self.at["arrived"] <= instant))
        nobody = sorts_of([()] * 5)
        return PeriodData(
            inquiries=self._inquiries(rows, instant, sliced=False),
            queue=Queue(arrived=np.array([], dtype=np.int64), of=nobody), in_person=nobody,
        )  # fmt: skip

    def data(self, week: Week, as_of: datetime) -> PeriodData:
        """Return what was known of a week at an instant, nothing logged by telephone."""
        instant = to_micros(as_of)
        waits = (self.at["arrived"] <= instant) & (self.answered(instant) == NEVER)
        waits &= np.array([not one.left_out or one.seen > instant for one in self.year])
        queue = self._inquiries(np.flatnonzero(waits), instant)
        rows = np.flatnonzero((self.week == str(week)) & (self.at["arrived"] <= instant))
        nobody = sorts_of([()] * 5)
        return PeriodData(
            inquiries=self._inquiries(rows, instant), queue=Queue(arrived=queue.arrived, of=queue.of), in_person=nobody
        )

    def _inquiries(self, rows: NDArray[np.intp], instant: int, *, sliced: bool = True) -> PeriodInquiries:
        ones = [self.year[row] for row in rows.tolist()]
        answered = self.answered(instant)[rows]

        def known(name: str) -> Micros:
            at = self.at[name][rows]
            return np.where(at <= instant, at, NEVER)

        thanked, came = self.thanked[rows], self.next[rows]
        asks_again = (came <= instant) & ~((thanked != NEVER) & (thanked <= instant)) & (answered != NEVER)
        dealt_with = [one.seen <= instant for one in ones]
        sorts = [
            [one.channel for one in ones],
            [one.kind for one in ones],
            [one.unit if one.no > 1 or seen else CENTRE for one, seen in zip(ones, dealt_with, strict=True)],
            [one.topic if one.no > 1 or seen else "" for one, seen in zip(ones, dealt_with, strict=True)],
            [one.language for one in ones],
        ]
        return PeriodInquiries(
            case=tuple(case_number(one.case) for one in ones), no=np.array([one.no for one in ones], dtype=np.int64),
            arrived=self.at["arrived"][rows], acknowledged=known("acknowledged"), first_held=known("held"),
            answered=answered, again=known("again"), next_arrival=np.where(asks_again, came, NEVER),
            outcome=known("outcome"), transferred=self.passed_on[rows] & (answered != NEVER),
            promised=coded([one.promised.isoformat() for one in ones]),
            excluded=coded([one.left_out if seen else "" for one, seen in zip(ones, dealt_with, strict=True)]),
            of=sorts_of(sorts if sliced else [[""] * len(ones)] * 5),
        )  # fmt: skip


def case_number(case: int) -> str:
    """Return the number of a case."""
    return f"K-{case:06d}-2"


def instants_of(week: Week) -> dict[str, datetime]:
    """Return when a week is looked at: at its Friday's close, and on Monday and on Tuesday at seven (UTC)."""
    monday = week.monday
    return {
        "friday": _local(monday + timedelta(days=4), 16 * 60 + 30),
        "monday": _local(monday + timedelta(days=7), 7 * 60),
        "tuesday": _local(monday + timedelta(days=8), 7 * 60),
    }


def frozen_at(week: Week) -> datetime:
    """Return two weeks after the week's end, when its figures are frozen (UTC)."""
    return _local(week.monday + timedelta(days=21), 0)


def _local(day: date, minutes: int) -> datetime:
    return from_micros(clock(day, minutes))


def phone_data(lines: Sequence[Call]) -> PhoneData:
    """Return the exchange's calls and what staff logged of them."""

    def whole(values: Iterable[int]) -> Micros:
        return np.array(list(values), dtype=np.int64)

    logged = [one for one in lines if one.logged]
    seconds, none = whole(one.seconds for one in logged), whole([UNKNOWN] * len(logged))
    return PhoneData(
        calls=Calls(
            at=whole(one.at for one in lines), seconds=whole(one.seconds for one in lines),
            answered=np.array([one.answered for one in lines], dtype=np.bool_),
            abandoned=np.array([not one.answered for one in lines], dtype=np.bool_),
            direct=whole([UNKNOWN] * len(lines)), sampled=np.zeros(len(lines), dtype=np.bool_),
            unit=np.array([""] * len(lines), dtype=np.str_),
        ),
        logged=Logged(
            at=whole(logged_at(one) for one in logged), least=seconds, most=seconds,
            direct=np.array([one.direct for one in logged], dtype=np.bool_), reception=none,
            unit=np.array([CENTRE] * len(logged), dtype=np.str_), topic=np.array([""] * len(logged), dtype=np.str_),
        ),
    )  # fmt: skip


def survey_counts(asked: Iterable[Reply]) -> SurveyCounts:
    """Return how many were asked, and how many gave which grade of reception."""
    rated, invited = Counter[tuple[str, bool, int]](), Counter[tuple[str, bool, bool, bool]]()
    for one in asked:
        invited[one.one.channel, one.in_time, one.delivered, one.answered] += 1
        if one.answered:
            rated[one.one.channel, one.in_time, one.grade] += 1

    def mix(channel: str, in_time: bool) -> Mix:
        return Mix(of=dict.fromkeys(Dimension, "") | {Dimension.CHANNEL: channel}, in_time=in_time)

    return SurveyCounts(
        rated=tuple(
            Rated(mix=mix(channel, in_time), question="reception", grade=grade, is_own=True, count=count)
            for (channel, in_time, grade), count in rated.items()
        ),
        asked=tuple(
            Asked(mix=mix(channel, in_time), is_delivered=delivered, count=count,
                  state="answered" if answered else "delivered" if delivered else "failed")
            for (channel, in_time, delivered, answered), count in invited.items()
        ),
        comments={},
    )  # fmt: skip
