"""What staff can do, once for every face: each act decides on a ledger and says what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.case import fold_case
from bot.facts import CaseNumber, ExcludeReason, FactKind, InboxId, UnitId, officer_actor
from bot.inquiry import Inquiry, fold_inquiries
from bot.letters import queue_answer
from bot.office import Office, Officer
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutboxState, QueuedBefore, StoredMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something to which inquiry, and the key by which a second delivery of the same is known."""

    officer: Officer
    case: CaseNumber
    inquiry: int
    source: str
    digest: str = ""
    inbox: InboxId | None = None


@dataclass(frozen=True, slots=True)
class AnsweredBefore:
    """Somebody has answered this inquiry already; nothing was sent. `first` is their answer."""

    first: StoredMessage


class NobodyToAnswer(Exception):
    """The case has no citizen's message with a known address, so there is nowhere to send."""


def answer(
    ledger: Ledger, office: Office, act: Act, text: str, *, again: bool, attached: bool
) -> AnsweredBefore | None:
    """Queue an answer to the citizen; return None, or what stands in the way.

    The first of two officers wins, whoever's mail is taken in first; the other sees that answer before anything is
    sent. `again` says that the officer has seen it and means to answer beside it. The clock stops when the channel
    accepts the answer, not now.

    Raises:
        NobodyToAnswer: no address to answer to.
    """
    inquiry = _inquiry_to_answer(fold_inquiries(ledger.facts_of(act.case)), act.inquiry)
    first = standing_answer(ledger, act.case, act.inquiry) or standing_answer(ledger, act.case, inquiry)
    if first is not None and not again:
        return AnsweredBefore(first)
    asked = next((m for m in reversed(ledger.messages_of(act.case)) if m.direction is Direction.IN), None)
    to_addr = ledger.address_of(asked.address) if asked and asked.address is not None else ""
    if asked is None or not to_addr:
        raise NobodyToAnswer
    message = ledger.add_message(
        act.case, Direction.OUT, text=text, officer=act.officer.id, inbox_id=act.inbox, subject=asked.subject,
        digest=act.digest,
    )  # fmt: skip
    ledger.append(
        FactKind.ASSIGNED, act.case, inquiry=inquiry, occurred_at=ledger.now,
        actor=officer_actor(act.officer.id), source=act.source, data={"message": message},
    )  # fmt: skip
    queue_answer(
        ledger, office, case=act.case, inquiry=inquiry, officer=act.officer,
        unit=office.unit(unit_of(ledger, act.case)), to=asked, to_addr=to_addr,
        answer=ledger.messages_of(act.case)[-1], attached=attached,
    )  # fmt: skip
    return None


def note(ledger: Ledger, act: Act, text: str) -> None:
    """Keep a note in the case; it never leaves the house."""
    message = ledger.add_message(
        act.case, Direction.NOTE, text=text, officer=act.officer.id, inbox_id=act.inbox, digest=act.digest
    )
    _record(ledger, act, FactKind.NOTED, {"message": message})


def close(ledger: Ledger, act: Act) -> bool:
    """Close the inquiry and return whether it was answered: closing never stops the clock."""
    _record(ledger, act, FactKind.CLOSED, {})
    inquiries = fold_inquiries(ledger.facts_of(act.case))
    return any(one.no == act.inquiry and one.answered_at is not None for one in inquiries)


def leave_out(ledger: Ledger, act: Act, reason: ExcludeReason) -> None:
    """Leave the inquiry out of the figures; the reason is counted in every report."""
    _record(ledger, act, FactKind.EXCLUDED, {"reason": reason.value})


def show_numbers(ledger: Ledger, act: Act, reason: str) -> str:
    """Return what the citizen wrote in the case, and log that its personal numbers were seen, and why."""
    message = ledger.add_message(
        act.case, Direction.NOTE, text=reason, officer=act.officer.id, inbox_id=act.inbox, digest=act.digest
    )
    _record(ledger, act, FactKind.UNMASKED, {"message": message})
    return _written(ledger, act)


def show_all(ledger: Ledger, act: Act) -> str:
    """Return all that the citizen wrote in the case, quoted text too, and log that it was read."""
    _record(ledger, act, FactKind.OPENED, {})
    return _written(ledger, act)


def _written(ledger: Ledger, act: Act) -> str:
    """Return the latest five messages of the citizen as a whole, the latest last."""
    written = [one for one in ledger.messages_of(act.case) if one.direction is Direction.IN][-5:]
    return "\n\n---\n\n".join(f"{one.subject}\n\n{one.whole or one.text}" for one in written)


def said_before(ledger: Ledger, act: Act) -> bool:
    """Tell whether the officer has written these very words in the case within 24 hours, as a robot would."""
    return any(
        message.officer == act.officer.id
        and message.digest == act.digest
        and ledger.now - message.created_at < timedelta(hours=24)
        for message in ledger.messages_of(act.case)
    )


def standing_answer(ledger: Ledger, case: CaseNumber, inquiry: int) -> StoredMessage | None:
    """Return the first answer to an inquiry that is on its way or has arrived, None if there is none."""
    failed = {fact.data.get("outbox") for fact in ledger.facts_of(case) if fact.kind is FactKind.DELIVERY_FAILED}
    for fact in ledger.facts_of(case):
        if fact.kind is FactKind.ANSWERED_ELSEWHERE and fact.inquiry == inquiry:
            return next((m for m in ledger.messages_of(case) if m.id == fact.data.get("message")), None)
    for queued in ledger.queued_of(case):
        if _stands(queued, inquiry) and queued.id not in failed:
            return next((m for m in ledger.messages_of(case) if m.id == queued.message), None)
    return None


def unit_of(ledger: Ledger, case: CaseNumber) -> UnitId:
    """Return the unit in which the case lies now."""
    return fold_case(ledger.facts_of(case)).unit


def _stands(queued: QueuedBefore, inquiry: int) -> bool:
    return queued.kind is MailKind.ANSWER and queued.inquiry == inquiry and queued.state is not OutboxState.DEAD


def _inquiry_to_answer(inquiries: Sequence[Inquiry], asked_for: int) -> int:
    """Return the inquiry an answer stops: the one of the notice if it waits, else the latest that waits."""
    waiting = [one.no for one in inquiries if one.waits]
    if asked_for in waiting or not waiting:
        return asked_for
    return waiting[-1]


def _record(ledger: Ledger, act: Act, kind: FactKind, data: dict[str, str | int | bool]) -> None:
    ledger.append(
        kind, act.case, inquiry=act.inquiry, occurred_at=ledger.now,
        actor=officer_actor(act.officer.id), source=act.source, data=data,
    )  # fmt: skip
