"""Inquiries: what starts, stops and restarts the clock, folded from the facts of one case.

Pure; of the product it imports `bot.facts` and `bot.opened` only. The same fold gives the inquiries that are measured
and the timeline that explains them, so they cannot disagree. The rules in words: docs/clock.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice, pairwise
from typing import assert_never

from bot.facts import (
    NO_TOPIC,
    CaseMark,
    ExcludeReason,
    Fact,
    FactKind,
    FactValue,
    Kind,
    OfficerId,
    Seq,
    TopicId,
    UnitId,
    from_micros,
    officer_actor,
)
from bot.opened import Answer, Beside, Inquiry, Opened, Sort, code_of

__all__ = ["Inquiry", "Moment", "Turn", "fold_inquiries", "next_inquiry", "standing", "timeline"]

SHOWN_BY_NO_FIGURE = frozenset(
    {
        FactKind.CLOSED, FactKind.REOPENED, FactKind.ASSIGNED, FactKind.NOTED, FactKind.OPENED, FactKind.UNMASKED,
        FactKind.REMINDED, FactKind.DELAYED, FactKind.INVITED, FactKind.RESPONDED, FactKind.ERASED, FactKind.PHONE,
        FactKind.MOVED,
    }
)  # fmt: skip
"""Facts that change nothing that figures are made from; most cases are closed after the report."""


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
    read = tuple(facts)
    return _fold(read).inquiries(read)


def timeline(facts: Iterable[Fact]) -> tuple[Moment, ...]:
    """Return what happened to the inquiries of one case, in the order it was recorded.

    Raises:
        ValueError: as `fold_inquiries`.
    """
    return tuple(_fold(tuple(facts)).moments)


class _Fold:
    """The state of one case while its facts are read in order."""

    def __init__(self, removed: Iterable[int]) -> None:
        self.opened: list[Opened] = []
        self.moments: list[Moment] = []
        # The writer's ordinals, which a correction may have made others than the fold's. One whose messages were
        # all removed belongs to nothing, so that an answer to it is not counted for another.
        self._named: dict[int, Opened | None] = dict.fromkeys(removed)
        self._failures: dict[FactValue, Fact] = {}
        self._kind: Kind | None = None
        self._unit: UnitId | None = None
        self._topic = NO_TOPIC
        self._language = ""
        self._test = False
        self._handed_over: list[datetime] = []

    def inquiries(self, read: Sequence[Fact]) -> tuple[Inquiry, ...]:
        """Return the inquiries; `read` are all the facts, those that were corrected too."""
        shown = list(islice((fact for fact in reversed(read) if fact.kind not in SHOWN_BY_NO_FIGURE), 2))
        arrivals = sorted(one.start.occurred_at for one in self.opened if one.excluded is None)
        beside = Beside(self._language, self._handed_over, arrivals, shown)
        return tuple(one.done(beside) for one in self.opened)

    def read(self, fact: Fact) -> None:  # noqa: C901 -- a line for each kind of fact
        match fact.kind:
            case FactKind.RECEIVED:
                self._received(fact)
            case FactKind.ANSWERED | FactKind.ANSWERED_ELSEWHERE:
                self._answered(fact)
            case FactKind.DELIVERY_FAILED:
                self._failed(fact)
            case FactKind.ACKNOWLEDGED | FactKind.HELD | FactKind.CLOSED | FactKind.EXCLUDED:
                self._marked(fact)
            case FactKind.KIND_CHANGED | FactKind.TRANSFERRED | FactKind.TOPIC_SET:
                self._turned(fact)
            case FactKind.MARKED:
                if fact.data.get("mark") == CaseMark.LANGUAGE:
                    self._language = str(fact.data.get("value", ""))
            case FactKind.OUTCOME:
                self._led_to(fact)
            case FactKind.CORRECTED:
                self._corrected(fact)
            case FactKind.TEST:
                self._tested(fact)
            # fmt: off
            case (
                FactKind.ASSIGNED
                | FactKind.NOTED
                | FactKind.REMINDED
                | FactKind.REOPENED
                | FactKind.DELAYED
                | FactKind.INVITED
                | FactKind.RESPONDED
                | FactKind.MERGED
                | FactKind.MOVED
                | FactKind.OPENED
                | FactKind.UNMASKED
                | FactKind.ERASED
                | FactKind.PHONE
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
            inquiry = Opened(
                no=len(self.opened) + 1,
                first=fact,
                start=fact,
                sort=Sort(
                    self._kind or Kind(code_of(fact, "kind")), self._unit or UnitId(code_of(fact, "unit")), self._topic
                ),
                changed_at=fact.recorded_at,
                test=self._test,
            )
            self.opened.append(inquiry)
            self._note(inquiry, fact, Turn.STARTED)
        else:
            inquiry.messages += 1
            inquiry.start = min(inquiry.start, fact, key=lambda message: message.occurred_at)
            self._note(inquiry, fact, Turn.JOINED)
        inquiry.promised = inquiry.promised or str(fact.data.get("promised", ""))
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
        inquiry.answers.append(Answer(fact=fact, sort=inquiry.sort))

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

    def _revoke(self, inquiry: Opened, failure: Fact, *, learned: Fact) -> None:
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
            inquiry.held.append((fact.occurred_at, str(fact.data.get("until", ""))))
        elif fact.kind is FactKind.CLOSED:
            inquiry.closed_at = fact.occurred_at
        else:
            inquiry.excluded = ExcludeReason(code_of(fact, "reason"))
        self._note(inquiry, fact, Turn(fact.kind.value))

    def _tested(self, fact: Fact) -> None:
        """Take that an inquiry is a test contact, and with it all that comes after it in the case."""
        inquiry = self._find(fact)
        if inquiry is None:
            return
        self._test = True
        for one in self.opened[inquiry.no - 1 :]:
            one.test, one.changed_at = True, max(one.changed_at, fact.recorded_at)

    def _corrected(self, fact: Fact) -> None:
        """Touch every inquiry: what was corrected is read as corrected already, and may concern any of them."""
        for inquiry in self.opened:
            inquiry.changed_at = fact.recorded_at

    def _turned(self, fact: Fact) -> None:
        """Take a new kind, unit or topic for the case: what is unanswered has it from now, and what opens later."""
        if fact.kind is FactKind.KIND_CHANGED:
            self._kind = Kind(code_of(fact, "kind"))
        elif fact.kind is FactKind.TOPIC_SET:
            self._topic = TopicId(str(fact.data.get("topic", "")))
        else:
            unit = UnitId(code_of(fact, "unit"))
            self._hand_over(fact, unit)
            self._unit = unit
        for inquiry in self.opened:
            kind, unit, _ = inquiry.sort
            inquiry.sort = Sort(self._kind or kind, self._unit or unit, self._topic)
            if not inquiry.answers:
                inquiry.changed_at = fact.recorded_at

    def _hand_over(self, fact: Fact, unit: UnitId) -> None:
        """Note when the case went to somebody else; whoever hands it to themselves has only taken it."""
        to_self = fact.actor == officer_actor(OfficerId(str(fact.data.get("officer", ""))))
        if not (to_self and self.opened and self.opened[-1].sort.unit == unit):
            self._handed_over.append(fact.occurred_at)

    def _led_to(self, fact: Fact) -> None:
        """Take what the citizen was told the case led to for all that was asked in it so far."""
        if "outbox" in fact.data:
            for inquiry in self.opened:
                inquiry.outcome_at = inquiry.outcome_at or fact.occurred_at

    def _find(self, fact: Fact) -> Opened | None:
        """Return the inquiry a fact speaks of, without an ordinal the last one; None if there is none."""
        if fact.inquiry in self._named:
            return self._named[fact.inquiry]
        place = len(self.opened) if fact.inquiry is None else fact.inquiry
        return self.opened[place - 1] if 1 <= place <= len(self.opened) else None

    def _note(self, inquiry: Opened, fact: Fact, what: Turn) -> None:
        self.moments.append(Moment(instant=fact.occurred_at, seq=fact.seq, inquiry=inquiry.no, what=what))
        inquiry.changed_at = max(inquiry.changed_at, fact.recorded_at)


def _fold(read: Sequence[Fact]) -> _Fold:
    for earlier, later in pairwise(read):
        if later.case != earlier.case or later.seq <= earlier.seq:
            raise ValueError(f"fact {later.seq} after {earlier.seq}: fold one case's facts, in order of seq")
    left = standing(read)
    kept = {fact.seq for fact in left}
    dropped = [fact for fact in read if fact.seq not in kept]
    removed = [fact.inquiry for fact in dropped if fact.kind is FactKind.RECEIVED and fact.inquiry is not None]
    fold = _Fold(removed)
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


def next_inquiry(inquiries: Sequence[Inquiry]) -> int:
    """Return the ordinal of the inquiry that a message now belongs to: the waiting one, else a new one."""
    waiting = [one.no for one in inquiries if one.waits]
    return waiting[-1] if waiting else len(inquiries) + 1
