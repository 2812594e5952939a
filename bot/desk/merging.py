"""Merging: two cases of one person about one matter become one, with one arrival and one first answer."""

from dataclasses import replace
from datetime import datetime

from bot.case import CaseNow, fold_case
from bot.desk.acts import Act, ActRefused, Refusal, case_for, record
from bot.desk.answering import is_on_its_way
from bot.facts import CaseNumber, ExcludeReason, FactKind, to_micros
from bot.inquiry import Inquiry, fold_inquiries
from bot.office import Office
from bot.store.ledger import Ledger


def merge(ledger: Ledger, office: Office, act: Act, other: CaseNumber, *, same_person: bool) -> CaseNumber:
    """Let the younger of two cases become part of the older, and return the one that stands.

    Each inquiry of the younger is left out as merged. What waited there waits in the older one: its arrival moves to
    the earlier instant; and where the person has an answer already, in either case, that answer counts for both
    (peers.md §2.8: the earliest unanswered start, the first answer that reached that citizen). What the younger was
    asked and answered before the older one's question came stays as it is. With `same_person` the officer vouches
    that one person has written both, from two addresses.

    Raises:
        ActRefused: the cases are not one person's, or an answer is on its way.
    """
    named, second = case_for(ledger, office, act), case_for(ledger, office, replace(act, case=other))
    if named.number == second.number:
        raise ActRefused(Refusal.SAME, other)
    if not same_person and not ledger.participants_of(named.number) & ledger.participants_of(other):
        raise ActRefused(Refusal.OTHER_PERSON, other)
    old, young = sorted((named, second), key=lambda one: (one.opened_at, one.number))
    for one in (old, young):
        _require_calm(ledger, one.number)
    into = replace(act, case=old.number, inquiry=0, source=f"{act.source}/into")
    part = replace(act, case=young.number, inquiry=0)
    for inquiry in fold_inquiries(ledger.facts_of(young.number)):
        if inquiry.excluded is None and _join(ledger, into, inquiry, young):
            record(ledger, part, FactKind.EXCLUDED, {"reason": ExcludeReason.MERGED.value}, inquiry=inquiry.no)
    record(ledger, part, FactKind.MERGED, {"into": old.number, "same_person": same_person})
    record(ledger, into, FactKind.MERGED, {"from": young.number, "same_person": same_person})
    for address in sorted(ledger.participants_of(young.number)):
        ledger.take_part(old.number, address)
    return old.number


def _join(ledger: Ledger, into: Act, inquiry: Inquiry, young: CaseNow) -> bool:
    """Carry one inquiry over to the older case; False if it stays as it is, having nothing to do with that one's."""
    there = fold_inquiries(ledger.facts_of(into.case))
    waiting = next((one for one in reversed(there) if one.waits), None)
    if inquiry.answered_at is not None:
        if waiting is None or inquiry.answered_at < waiting.arrived_at:
            return False
        _move_arrival(ledger, into, waiting, inquiry.arrived_at)
        _carry_answer(ledger, into, inquiry, waiting)
        return True
    answered = [one for one in there if one.answered_at is not None and one.answered_at >= inquiry.arrived_at]
    if answered:
        _move_arrival(ledger, into, answered[0], inquiry.arrived_at)
    elif waiting is not None:
        _move_arrival(ledger, into, waiting, inquiry.arrived_at)
    else:
        _open_there(ledger, into, inquiry, young, len(there) + 1)
    return True


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


def _carry_answer(ledger: Ledger, into: Act, answered: Inquiry, waiting: Inquiry) -> None:
    """Let the answer that the person got in the younger case stop the clock of the older one's question."""
    fact = next(one for one in ledger.facts_of(answered.case) if one.seq == answered.answered_seq)
    told = {
        key: value for key, value in fact.data.items() if key in {"message", "outbox", "unsure", "spoken", "seconds"}
    }
    ledger.append(
        fact.kind, into.case, inquiry=waiting.no, occurred_at=answered.answered_at or fact.occurred_at,
        actor=fact.actor, source=f"{into.source}/{fact.seq}", data={**told, "merged": answered.case},
    )  # fmt: skip


def _open_there(ledger: Ledger, into: Act, inquiry: Inquiry, young: CaseNow, number: int) -> None:
    old = fold_case(ledger.facts_of(into.case))
    data = {
        "channel": inquiry.channel.value, "kind": old.kind.value, "unit": old.unit, "merged": young.number,
        **({"promised": young.promised} if young.promised else {}),
    }  # fmt: skip
    ledger.append(
        FactKind.RECEIVED, into.case, inquiry=number, occurred_at=inquiry.arrived_at, actor="person",
        source=f"{into.source}/{inquiry.arrived_seq}", data=data,
    )  # fmt: skip
