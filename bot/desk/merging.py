"""Merging: two cases of one person about one matter become one, with one arrival and one first answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from bot.case import CaseNow, CaseState, fold_case
from bot.desk.acts import Act, ActRefused, Refusal, case_for, record
from bot.desk.answering import is_on_its_way
from bot.facts import CaseMark, CaseNumber, ExcludeReason, Fact, FactKind, FactValue, to_micros
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.office import Office
from bot.store.ledger import Ledger

_ANSWERS = frozenset({FactKind.ANSWERED, FactKind.ANSWERED_ELSEWHERE})
_TOLD = frozenset({FactKind.HELD, FactKind.DELAYED})


class _Joined(Enum):
    """What became of an inquiry of the younger case."""

    APART = auto()
    """It stays as it is: answered, and nothing of the older case's."""
    ANSWERED = auto()
    WAITS = auto()


def merge(ledger: Ledger, office: Office, act: Act, other: CaseNumber, *, same_person: bool) -> CaseNumber:
    """Let the younger of two cases become part of the older, and return the one that stands.

    Each inquiry of the younger is left out as merged. What waited there waits in the older one: its arrival moves to
    the earlier instant; and where the person has an answer already, in either case, that answer counts for both
    (peers.md §2.8: the earliest unanswered start, the first answer that reached that citizen). What the younger was
    asked and answered before the older one's question came stays as it is. If one of the two is secret, the one that
    stands is. With `same_person` the officer vouches that one person has written both, from two addresses.

    Raises:
        ActRefused: the cases are not one person's, only one of them lies in a unit that keeps secrecy, or an answer
            is on its way.
    """
    old, young = _two_cases(ledger, office, act, other, same_person=same_person)
    into = replace(act, case=old.number, inquiry=0, source=f"{act.source}/into")
    part = replace(act, case=young.number, inquiry=0)
    joined = set[_Joined]()
    for inquiry in fold_inquiries(ledger.facts_of(young.number)):
        if inquiry.excluded is not None:
            continue
        became = _join(ledger, into, inquiry, young)
        joined.add(became)
        if became is not _Joined.APART:
            record(ledger, part, FactKind.EXCLUDED, {"reason": ExcludeReason.MERGED.value}, inquiry=inquiry.no)
    record(ledger, part, FactKind.MERGED, {"into": old.number, "same_person": same_person})
    record(ledger, into, FactKind.MERGED, {"from": young.number, "same_person": same_person})
    if young.secret and not old.secret:
        record(ledger, into, FactKind.MARKED, {"mark": CaseMark.SECRET.value, "value": "yes"})
    closed = fold_case(ledger.facts_of(old.number)).state is CaseState.CLOSED
    if closed and young.state is CaseState.OPEN and _Joined.WAITS in joined:
        record(ledger, into, FactKind.REOPENED, {})
    for address in sorted(ledger.participants_of(young.number)):
        ledger.take_part(old.number, address)
    return old.number


def _two_cases(
    ledger: Ledger, office: Office, act: Act, other: CaseNumber, *, same_person: bool
) -> tuple[CaseNow, CaseNow]:
    """Return the older and the younger of the two, if they may become one."""
    named, second = case_for(ledger, office, act), case_for(ledger, office, replace(act, case=other))
    if named.number == second.number:
        raise ActRefused(Refusal.SAME, other)
    if not same_person and not ledger.participants_of(named.number) & ledger.participants_of(other):
        raise ActRefused(Refusal.OTHER_PERSON, other)
    if office.unit(named.unit).secrecy != office.unit(second.unit).secrecy:
        # One secret would be told among those who keep the other, or among those who keep none.
        raise ActRefused(Refusal.NOT_CLEARED, other)
    for one in (named, second):
        _require_calm(ledger, one.number)
    old, young = sorted((named, second), key=lambda one: (one.opened_at, one.number))
    return old, young


def _join(ledger: Ledger, into: Act, inquiry: Inquiry, young: CaseNow) -> _Joined:
    """Carry one inquiry over to the older case."""
    there = [one for one in fold_inquiries(ledger.facts_of(into.case)) if one.excluded is None]
    waiting = next((one for one in reversed(there) if one.waits), None)
    if inquiry.answered_at is not None:
        return _join_answered(ledger, into, inquiry, waiting, there)
    answered = [one for one in there if one.answered_at is not None and one.answered_at >= inquiry.arrived_at]
    if answered:
        _move_arrival(ledger, into, answered[0], inquiry.arrived_at)
        return _Joined.ANSWERED
    if waiting is not None:
        _move_arrival(ledger, into, waiting, inquiry.arrived_at)
        number = waiting.no
    else:
        number = _open_there(ledger, into, inquiry, young)
    _carry_promise(ledger, into, inquiry, number)
    return _Joined.WAITS


def _join_answered(
    ledger: Ledger, into: Act, inquiry: Inquiry, waiting: Inquiry | None, there: Sequence[Inquiry]
) -> _Joined:
    """Let an answer given in the younger case count for what was asked before it in the older one."""
    assert inquiry.answered_at is not None
    if waiting is not None and waiting.arrived_at <= inquiry.answered_at:
        _move_arrival(ledger, into, waiting, inquiry.arrived_at)
        _carry_answers(ledger, into, waiting, inquiry)
        return _Joined.ANSWERED
    for one in there:
        if one.answered_at and inquiry.arrived_at <= one.answered_at and one.arrived_at <= inquiry.answered_at:
            _move_arrival(ledger, into, one, inquiry.arrived_at)
            if inquiry.answered_at < one.answered_at:
                _carry_answers(ledger, into, one, inquiry)
            return _Joined.ANSWERED
    return _Joined.APART


def _require_calm(ledger: Ledger, case: CaseNumber) -> None:
    """Refuse while an answer is on its way: nobody knows yet when it reaches the person."""
    inquiries = fold_inquiries(ledger.facts_of(case))
    accepted = {fact.data.get("outbox") for fact in ledger.facts_of(case) if fact.kind is FactKind.ANSWERED}
    failed = {fact.data.get("outbox") for fact in ledger.facts_of(case) if fact.kind is FactKind.DELIVERY_FAILED}
    for queued in ledger.queued_of(case):
        leaving = any(is_on_its_way(queued, one.no) for one in inquiries)
        if leaving and queued.id not in accepted | failed:
            raise ActRefused(Refusal.ON_ITS_WAY, case)


def _move_arrival(ledger: Ledger, into: Act, inquiry: Inquiry, arrived_at: datetime) -> None:
    if arrived_at < inquiry.arrived_at:
        record(
            ledger, into, FactKind.CORRECTED, {"seq": inquiry.arrived_seq, "occurred_at": to_micros(arrived_at)},
            inquiry=inquiry.no,
        )  # fmt: skip


def _carry_answers(ledger: Ledger, into: Act, kept: Inquiry, answered: Inquiry) -> None:
    """Let the answer that the person got in the younger case be the first one to the older case's question.

    The first that is recorded counts, so the later ones that stand there are taken away and said again behind it.
    """
    first = next(one for one in ledger.facts_of(answered.case) if one.seq == answered.answered_seq)
    later = [
        fact
        for fact in standing(ledger.facts_of(into.case))
        if not kept.waits and fact.kind in _ANSWERS
        if fact.inquiry == kept.no or fact.seq == kept.answered_seq
    ]
    for fact in later:
        record(ledger, into, FactKind.CORRECTED, {"seq": fact.seq, "drop": True}, inquiry=kept.no)
    assert answered.answered_at is not None
    for fact in (replace(first, occurred_at=answered.answered_at), *later):
        _carry(ledger, into, fact, kept.no)


def _carry_promise(ledger: Ledger, into: Act, inquiry: Inquiry, number: int) -> None:
    """Let the day the person was told last hold for what waits now, whichever of the two cases it was told in."""
    told = {
        case: [fact for fact in standing(ledger.facts_of(case)) if fact.kind in _TOLD and "until" in fact.data]
        for case in (inquiry.case, into.case)
    }
    here, there = told[inquiry.case][-1:], told[into.case][-1:]
    if not here or here[0].occurred_at < inquiry.arrived_at:
        return
    if not there or there[0].occurred_at < here[0].occurred_at:
        _carry(ledger, into, here[0], number)


def _carry(ledger: Ledger, into: Act, fact: Fact, number: int) -> None:
    """Say of an inquiry of the older case what was said elsewhere; nobody's own act there."""
    said: dict[str, FactValue] = {key: value for key, value in fact.data.items() if key != "officer"}
    ledger.append(
        fact.kind, into.case, inquiry=number, occurred_at=fact.occurred_at, actor=fact.actor,
        source=f"{into.source}/{fact.seq}", data={**said, "merged": fact.case},
    )  # fmt: skip


def _open_there(ledger: Ledger, into: Act, inquiry: Inquiry, young: CaseNow) -> int:
    """Open an inquiry of the older case and return its ordinal."""
    old = fold_case(ledger.facts_of(into.case))
    number = len(fold_inquiries(ledger.facts_of(into.case))) + 1
    data = {
        "channel": inquiry.channel.value, "kind": old.kind.value, "unit": old.unit, "merged": young.number,
        **({"promised": young.promised} if young.promised else {}),
    }  # fmt: skip
    ledger.append(
        FactKind.RECEIVED, into.case, inquiry=number, occurred_at=inquiry.arrived_at, actor="person",
        source=f"{into.source}/{inquiry.arrived_seq}", data=data,
    )  # fmt: skip
    return number
