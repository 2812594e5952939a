"""Inquiries: what starts, stops and restarts the clock, folded from the facts of one case.

Pure; of the product it imports `bot.facts` only. The same fold gives the inquiries that are measured and the
timeline that explains them, so they cannot disagree. The rules in words: docs/clock.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import assert_never

from bot.facts import (
    CaseNumber,
    Channel,
    ExcludeReason,
    Fact,
    FactKind,
    FactValue,
    Kind,
    Seq,
    UnitId,
    from_micros,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """Kontakt: the unit that is measured, a run of a person's messages that awaits an answer. All instants are UTC.

    Attributes:
        case: the case it belongs to.
        no: ordinal within the case, from 1.
        channel: the way the message that started the clock came.
        kind, unit: as they were at the standing answer; without one, as they are now.
        arrived_at: start of the clock, the earliest of its messages.
        arrived_seq: the received fact that says so.
        messages: how many it holds, the person's automatic replies not counted.
        acknowledged_at: first acknowledgement, which is never an answer.
        held: its holding notices in order; they never stop the clock.
        answered_at, answered_seq, answered_by: the first answer that still stands: when, which fact, which actor.
        unsure: it is not certain that the channel accepted that answer.
        revoked: the answers that did not reach the person: when that was known, and the fact that says so.
        excluded: why it is left out of the figures.
        closed_at: the last closing, which never stops the clock.
        changed_at: when the last fact that touched it was recorded; a correction touches all inquiries of the case.
    """

    case: CaseNumber
    no: int
    channel: Channel
    kind: Kind
    unit: UnitId
    arrived_at: datetime
    arrived_seq: Seq
    messages: int
    acknowledged_at: datetime | None
    held: tuple[datetime, ...]
    answered_at: datetime | None
    answered_seq: Seq | None
    answered_by: str | None
    unsure: bool
    revoked: tuple[tuple[datetime, Seq], ...]
    excluded: ExcludeReason | None
    closed_at: datetime | None
    changed_at: datetime

    @property
    def waits(self) -> bool:
        """Whether the next message joins it: no standing answer, not left out. Closing does not matter."""
        return self.answered_at is None and self.excluded is None


class Turn(StrEnum):
    """What a moment did to its inquiry."""

    STARTED = "started"
    JOINED = "joined"
    STOPPED = "stopped"
    ANSWERED_AGAIN = "answered_again"
    REVOKED = "revoked"
    ACKNOWLEDGED = "acknowledged"
    HELD = "held"
    CLOSED = "closed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a case's timeline.

    Attributes:
        instant: when it happened (UTC), corrections applied.
        seq: the fact that says so.
        inquiry: ordinal of the inquiry.
        what: what it did. After ``revoked`` comes ``stopped`` again if another answer stands, with that answer's
            instant and seq. ``joined`` with an earlier instant than the start moves the start there.
    """

    instant: datetime
    seq: Seq
    inquiry: int
    what: Turn


def fold_inquiries(facts: Iterable[Fact]) -> tuple[Inquiry, ...]:
    """Return the inquiries of one case in order; no facts, no inquiries.

    Corrections are applied first. Of several that point at one fact the last holds that was not itself dropped;
    one that gives another time to a correction takes its place. One that points at no earlier fact of the case
    changes nothing.

    Args:
        facts: one case's, in order of seq, up to the instant that is asked about.

    Raises:
        ValueError: facts of several cases or out of order, or a fact that lacks a code its kind must carry.
    """
    return tuple(inquiry.done() for inquiry in _fold(facts).opened)


def timeline(facts: Iterable[Fact]) -> tuple[Moment, ...]:
    """Return what happened to the inquiries of one case, in the order it was recorded.

    Raises:
        ValueError: as `fold_inquiries`.
    """
    return tuple(_fold(facts).moments)


@dataclass(slots=True, kw_only=True)
class _Answer:
    fact: Fact
    kind: Kind
    unit: UnitId


@dataclass(slots=True, kw_only=True)
class _Opened:
    """An inquiry on its way; `kind` and `unit` are the case's present ones, each answer keeps those it met."""

    no: int
    start: Fact
    kind: Kind
    unit: UnitId
    changed_at: datetime
    messages: int = 1
    acknowledged_at: datetime | None = None
    held: list[datetime] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)
    revoked: list[tuple[datetime, Seq]] = field(default_factory=list)
    excluded: ExcludeReason | None = None
    closed_at: datetime | None = None

    @property
    def waits(self) -> bool:
        return not self.answers and self.excluded is None

    def done(self) -> Inquiry:
        answer = self.answers[0] if self.answers else None
        return Inquiry(
            case=self.start.case,
            no=self.no,
            channel=Channel(_code(self.start, "channel")),
            kind=answer.kind if answer else self.kind,
            unit=answer.unit if answer else self.unit,
            arrived_at=self.start.occurred_at,
            arrived_seq=self.start.seq,
            messages=self.messages,
            acknowledged_at=self.acknowledged_at,
            held=tuple(self.held),
            answered_at=answer.fact.occurred_at if answer else None,
            answered_seq=answer.fact.seq if answer else None,
            answered_by=answer.fact.actor if answer else None,
            unsure=answer is not None and answer.fact.data.get("unsure") is True,
            revoked=tuple(self.revoked),
            excluded=self.excluded,
            closed_at=self.closed_at,
            changed_at=self.changed_at,
        )


class _Fold:
    """The state of one case while its facts are read in order."""

    def __init__(self, removed: Iterable[int]) -> None:
        self.opened: list[_Opened] = []
        self.moments: list[Moment] = []
        # The writer's ordinals, which a correction may have made others than the fold's. One whose messages were
        # all removed belongs to nothing, so that an answer to it is not counted for another.
        self._named: dict[int, _Opened | None] = dict.fromkeys(removed)
        self._failures: dict[FactValue, Fact] = {}
        self._kind: Kind | None = None
        self._unit: UnitId | None = None

    def read(self, fact: Fact) -> None:
        match fact.kind:
            case FactKind.RECEIVED:
                self._received(fact)
            case FactKind.ANSWERED | FactKind.ANSWERED_ELSEWHERE:
                self._answered(fact)
            case FactKind.DELIVERY_FAILED:
                self._failed(fact)
            case FactKind.ACKNOWLEDGED | FactKind.HELD | FactKind.CLOSED | FactKind.EXCLUDED:
                self._marked(fact)
            case FactKind.KIND_CHANGED | FactKind.TRANSFERRED:
                self._turned(fact)
            case FactKind.CORRECTED:
                self._corrected(fact)
            # fmt: off
            case (
                FactKind.ASSIGNED
                | FactKind.TOPIC_SET
                | FactKind.NOTED
                | FactKind.REMINDED
                | FactKind.REOPENED
                | FactKind.OUTCOME
                | FactKind.MARKED
                | FactKind.DELAYED
                | FactKind.INVITED
                | FactKind.RESPONDED
                | FactKind.MERGED
                | FactKind.MOVED
                | FactKind.OPENED
                | FactKind.UNMASKED
                | FactKind.ERASED
                | FactKind.PHONE
                | FactKind.TEST
            ):
                pass
            # fmt: on
            case _:
                assert_never(fact.kind)

    def _received(self, fact: Fact) -> None:
        if fact.data.get("auto") is True:
            return
        inquiry = next((one for one in reversed(self.opened) if one.waits), None)
        # What came while an answer was on its way is not part of what that answers.
        if inquiry is None or fact.data.get("apart") is True:
            inquiry = _Opened(
                no=len(self.opened) + 1,
                start=fact,
                kind=self._kind or Kind(_code(fact, "kind")),
                unit=self._unit or UnitId(_code(fact, "unit")),
                changed_at=fact.recorded_at,
            )
            self.opened.append(inquiry)
            self._note(inquiry, fact, Turn.STARTED)
        else:
            inquiry.messages += 1
            inquiry.start = min(inquiry.start, fact, key=lambda message: message.occurred_at)
            self._note(inquiry, fact, Turn.JOINED)
        if fact.inquiry is not None and self._named.get(fact.inquiry) is None:
            self._named[fact.inquiry] = inquiry

    def _answered(self, fact: Fact) -> None:
        inquiry = self._find(fact)
        if inquiry is None:
            return
        failure = self._failures.get(fact.data.get("outbox", ""))
        if failure is not None:
            self._revoke(inquiry, failure, learned=fact)
            return
        self._note(inquiry, fact, Turn.ANSWERED_AGAIN if inquiry.answers else Turn.STOPPED)
        inquiry.answers.append(_Answer(fact=fact, kind=inquiry.kind, unit=inquiry.unit))

    def _failed(self, fact: Fact) -> None:
        outbox = fact.data.get("outbox")
        if fact.data.get("of") != "answer" or outbox is None or outbox in self._failures:
            return
        self._failures[outbox] = fact
        for inquiry in self.opened:
            standing = [answer for answer in inquiry.answers if answer.fact.data.get("outbox") != outbox]
            if len(standing) < len(inquiry.answers):
                inquiry.answers = standing
                self._revoke(inquiry, fact, learned=fact)

    def _revoke(self, inquiry: _Opened, failure: Fact, *, learned: Fact) -> None:
        inquiry.revoked.append((failure.occurred_at, failure.seq))
        self._note(inquiry, failure, Turn.REVOKED)
        if inquiry.answers:
            self._note(inquiry, inquiry.answers[0].fact, Turn.STOPPED)
        inquiry.changed_at = learned.recorded_at

    def _marked(self, fact: Fact) -> None:
        inquiry = self._find(fact)
        if inquiry is None:
            return
        if fact.kind is FactKind.ACKNOWLEDGED:
            inquiry.acknowledged_at = inquiry.acknowledged_at or fact.occurred_at
        elif fact.kind is FactKind.HELD:
            inquiry.held.append(fact.occurred_at)
        elif fact.kind is FactKind.CLOSED:
            inquiry.closed_at = fact.occurred_at
        else:
            inquiry.excluded = ExcludeReason(_code(fact, "reason"))
        self._note(inquiry, fact, Turn(fact.kind.value))

    def _corrected(self, fact: Fact) -> None:
        """Touch every inquiry: what was corrected is read as corrected already, and may concern any of them."""
        for inquiry in self.opened:
            inquiry.changed_at = fact.recorded_at

    def _turned(self, fact: Fact) -> None:
        """Take a new kind or unit for the case: what is unanswered has it from now, and what opens later."""
        if fact.kind is FactKind.KIND_CHANGED:
            self._kind = Kind(_code(fact, "kind"))
        else:
            self._unit = UnitId(_code(fact, "unit"))
        for inquiry in self.opened:
            inquiry.kind, inquiry.unit = self._kind or inquiry.kind, self._unit or inquiry.unit
            if not inquiry.answers:
                inquiry.changed_at = fact.recorded_at

    def _find(self, fact: Fact) -> _Opened | None:
        """Return the inquiry a fact speaks of, without an ordinal the last one; None if there is none."""
        if fact.inquiry in self._named:
            return self._named[fact.inquiry]
        place = len(self.opened) if fact.inquiry is None else fact.inquiry
        return self.opened[place - 1] if 1 <= place <= len(self.opened) else None

    def _note(self, inquiry: _Opened, fact: Fact, what: Turn) -> None:
        self.moments.append(Moment(instant=fact.occurred_at, seq=fact.seq, inquiry=inquiry.no, what=what))
        inquiry.changed_at = max(inquiry.changed_at, fact.recorded_at)


def _fold(facts: Iterable[Fact]) -> _Fold:
    read = tuple(facts)
    for earlier, later in pairwise(read):
        if later.case != earlier.case or later.seq <= earlier.seq:
            raise ValueError(f"fact {later.seq} after {earlier.seq}: fold one case's facts, in order of seq")
    left = standing(read)
    kept = {fact.seq for fact in left}
    dropped = [fact for fact in read if fact.seq not in kept]
    fold = _Fold(fact.inquiry for fact in dropped if fact.kind is FactKind.RECEIVED and fact.inquiry is not None)
    for fact in left:
        fold.read(fact)
    return fold


def standing(facts: Sequence[Fact]) -> list[Fact]:
    """Return one case's facts, in order of seq, without those a correction took away and with corrected instants."""
    verdicts = _verdicts(facts)
    left = list[Fact]()
    for fact in facts:
        instant = verdicts.get(fact.seq, fact.occurred_at)
        if instant is not None:
            left.append(fact if instant == fact.occurred_at else replace(fact, occurred_at=instant))
    return left


def _verdicts(facts: Sequence[Fact]) -> dict[int, datetime | None]:
    """Return what the last standing correction says of each fact it points at: another instant, or None, gone.

    Read from the last to the first, because what is said of a correction is always said later.
    """
    verdicts: dict[int, datetime | None] = {}
    for fact in reversed(facts):
        target, instant = fact.data.get("seq"), fact.data.get("occurred_at")
        if fact.kind is not FactKind.CORRECTED or not isinstance(target, int) or target >= fact.seq:
            continue
        if fact.seq in verdicts:
            amended = verdicts[fact.seq]
            if amended is not None:
                verdicts.setdefault(target, amended)
        elif fact.data.get("drop") is True:
            verdicts.setdefault(target, None)
        elif isinstance(instant, int):
            verdicts.setdefault(target, from_micros(instant))
    return verdicts


def _code(fact: Fact, key: str) -> str:
    value = fact.data.get(key)
    if isinstance(value, str):
        return value
    raise ValueError(f"fact {fact.seq} ({fact.kind}) must carry {key!r}")


def next_inquiry(inquiries: Sequence[Inquiry]) -> int:
    """Return the ordinal of the inquiry that a message now belongs to: the waiting one, else a new one."""
    waiting = [one.no for one in inquiries if one.waits]
    return waiting[-1] if waiting else len(inquiries) + 1
