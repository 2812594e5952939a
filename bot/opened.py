"""An inquiry: as it is while the facts of its case are read, and as they leave it. Plain data."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.facts import CaseNumber, Channel, ExcludeReason, Fact, Kind, Seq, TopicId, UnitId, to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """Kontakt: the unit that is measured, a run of a person's messages that awaits an answer. All instants are UTC.

    Attributes:
        case: the case it belongs to.
        no: ordinal within the case, from 1.
        channel: the way the message that started the clock came.
        kind, unit, topic: as they were at the standing answer; without one, as they are now.
        language: the case's mark, empty unless somebody said so.
        arrived_at: start of the clock, the earliest of its messages.
        arrived_seq: the received fact that says so.
        opened_at: the arrival of the message that opened it: one learned of later may have come earlier.
        messages: how many it holds, the person's automatic replies not counted.
        acknowledged_at: first acknowledgement, which is never an answer.
        held: its holding notices in order; they never stop the clock.
        answered_at, answered_seq, answered_by: the first answer that still stands: when, which fact, which actor.
        again_at: when another answer came that stands beside that one, the first of them.
        unsure: it is not certain that the channel accepted that answer.
        transferred: the case was handed over between the arrival and that answer.
        next_at: the first arrival after that answer of an inquiry in the same case that is not left out.
        promised: the last day told to the citizen at the arrival, as ``2026-12-01``, and for each holding notice when
            it was told (microseconds UTC) and the new day, as ``2026-12-01 1796040000000000:2026-12-08``; empty where
            no fact tells any.
        outcome_at: when the citizen was first told what it led to.
        revoked: the answers that did not reach the person: when that was known, and the fact that says so.
        excluded: why it is left out of the figures.
        test: it is a test contact: it waits for an answer like any other, and counts in no figure.
        closed_at: the last closing, which never stops the clock.
        changed_at: when the last fact was recorded that touched its clock, kind, unit or topic; a correction touches
            all inquiries of the case.
        touched_at: when the last fact of its case was recorded that any figure could show.
        otherwise_at: when the last one was beside that answer itself: between the two, only the answer was missing.
    """

    case: CaseNumber
    no: int
    channel: Channel
    kind: Kind
    unit: UnitId
    topic: TopicId
    language: str
    arrived_at: datetime
    arrived_seq: Seq
    opened_at: datetime
    messages: int
    acknowledged_at: datetime | None
    held: tuple[datetime, ...]
    answered_at: datetime | None
    answered_seq: Seq | None
    answered_by: str | None
    again_at: datetime | None
    unsure: bool
    transferred: bool
    next_at: datetime | None
    promised: str
    outcome_at: datetime | None
    revoked: tuple[tuple[datetime, Seq], ...]
    excluded: ExcludeReason | None
    test: bool
    closed_at: datetime | None
    changed_at: datetime
    touched_at: datetime
    otherwise_at: datetime

    @property
    def left_out(self) -> ExcludeReason | None:
        """Why it counts in no figure, None: it counts. What is left out does not wait, but a test contact does."""
        return self.excluded or (ExcludeReason.TEST if self.test else None)

    @property
    def waits(self) -> bool:
        """Whether the next message joins it: no standing answer, not left out. Closing does not matter."""
        return self.answered_at is None and self.excluded is None


class Beside(NamedTuple):
    """What a case tells of all its inquiries.

    Attributes:
        language: as it is marked.
        handed_over: when it went to another officer or unit.
        arrivals: of the inquiries that are not left out, in order.
        shown: the last two facts that any figure could show, the last one first.
    """

    language: str
    handed_over: Sequence[datetime]
    arrivals: Sequence[datetime]
    shown: Sequence[Fact]


class Sort(NamedTuple):
    """What an inquiry is: each answer keeps the sort it met."""

    kind: Kind
    unit: UnitId
    topic: TopicId


@dataclass(slots=True, kw_only=True)
class Answer:
    """An answer that stands, and what the inquiry was when it came."""

    fact: Fact
    sort: Sort


@dataclass(slots=True, kw_only=True)
class Opened:
    """An inquiry on its way.

    Attributes:
        first, start: the message that opened it, and the one that came first.
        sort: the case's present one; each answer keeps the one it met.
        held: its holding notices, when each came and the new day it names, empty if none.
    """

    no: int
    first: Fact
    start: Fact
    sort: Sort
    changed_at: datetime
    messages: int = 1
    promised: str = ""
    acknowledged_at: datetime | None = None
    held: list[tuple[datetime, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    revoked: list[tuple[datetime, Seq]] = field(default_factory=list)
    outcome_at: datetime | None = None
    excluded: ExcludeReason | None = None
    test: bool = False
    closed_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether the next message joins it."""
        return not self.answers and self.excluded is None

    def done(self, of: Beside) -> Inquiry:
        """Return it as the case leaves it."""
        answer = self.answers[0] if self.answers else None
        sort = answer.sort if answer else self.sort
        arrived_at, answered_at = self.start.occurred_at, answer.fact.occurred_at if answer else None
        otherwise = next(fact for fact in of.shown if answer is None or fact.seq != answer.fact.seq)
        return Inquiry(
            case=self.start.case,
            no=self.no,
            channel=Channel(code_of(self.start, "channel")),
            kind=sort.kind,
            unit=sort.unit,
            topic=sort.topic,
            language=of.language,
            arrived_at=arrived_at,
            arrived_seq=self.start.seq,
            opened_at=self.first.occurred_at,
            messages=self.messages,
            acknowledged_at=self.acknowledged_at,
            held=tuple(at for at, _ in self.held),
            answered_at=answered_at,
            answered_seq=answer.fact.seq if answer else None,
            answered_by=answer.fact.actor if answer else None,
            again_at=min((one.fact.occurred_at for one in self.answers[1:]), default=None),
            unsure=answer is not None and answer.fact.data.get("unsure") is True,
            transferred=answered_at is not None and any(arrived_at <= at <= answered_at for at in of.handed_over),
            next_at=None if answered_at is None else _first_after(of.arrivals, max(arrived_at, answered_at)),
            promised=self._promises(),
            outcome_at=self.outcome_at,
            revoked=tuple(self.revoked),
            excluded=self.excluded,
            test=self.test,
            closed_at=self.closed_at,
            changed_at=self.changed_at,
            touched_at=of.shown[0].recorded_at,
            otherwise_at=otherwise.recorded_at,
        )

    def _promises(self) -> str:
        told = [(at, day) for at, day in self.held if day]
        if told and not self.promised:
            # Nothing was promised at the arrival: the first notice's day is the first promise.
            return " ".join([told[0][1], *(f"{to_micros(at)}:{day}" for at, day in told[1:])])
        return " ".join([self.promised, *(f"{to_micros(at)}:{day}" for at, day in told)])


def code_of(fact: Fact, key: str) -> str:
    """Return a code that a fact of its kind must carry.

    Raises:
        ValueError: it does not.
    """
    value = fact.data.get(key)
    if isinstance(value, str):
        return value
    raise ValueError(f"fact {fact.seq} ({fact.kind}) must carry {key!r}")


def _first_after(ordered: Sequence[datetime], instant: datetime) -> datetime | None:
    place = bisect_right(ordered, instant)
    return ordered[place] if place < len(ordered) else None
