"""The acts that reach the citizen, or tell that somebody did: answer, holding notice, outcome, by phone, elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.case import CaseNow, fold_case
from bot.chat import chat_at
from bot.desk.acts import Act, ActRefused, Refusal, add_note, case_for, inquiry_for, messages_of, record
from bot.facts import AddressId, CaseNumber, FactKind, MessageId, OfficerId, Result
from bot.inquiry import fold_inquiries, standing
from bot.letters import Letter, queue_letter, texts_for
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutboxState, QueuedBefore, StoredMessage


@dataclass(frozen=True, slots=True)
class AnsweredBefore:
    """Somebody has answered this inquiry already; nothing was sent. `first` is their answer."""

    first: StoredMessage


def answer(
    ledger: Ledger, office: Office, act: Act, text: str, *, again: bool, attached: bool
) -> AnsweredBefore | None:
    """Queue an answer to the citizen; return None, or what stands in the way.

    The first of two officers wins, whoever's mail is taken in first; the other sees that answer before anything is
    sent. `again` says that the officer has seen it and means to answer beside it. It leaves after the time for regret;
    the clock stops when the channel accepts it, not now. A case that is nobody's becomes the officer's.

    Raises:
        ActRefused: no address to answer to, or no right.
    """
    now = case_for(ledger, office, act)
    inquiry = _inquiry_to_answer(ledger, act)
    first = standing_answer(ledger, act, inquiry_for(ledger, act).no) or standing_answer(ledger, act, inquiry)
    if first is not None and not again:
        return AnsweredBefore(first)
    message = _queue(ledger, office, act, now, MailKind.ANSWER, text, inquiry=inquiry, attached=attached)
    data: dict[str, str | int | bool] = {"message": message}
    if not now.owner:
        data["officer"] = act.officer.id
    record(ledger, act, FactKind.ASSIGNED, data, inquiry=inquiry)
    return None


def hold(ledger: Ledger, office: Office, act: Act, text: str, until: date) -> None:
    """Tell the citizen why it takes longer, and until when; this moves the promise and never stops the clock.

    Raises:
        ActRefused: no address to write to, no right, or nothing waits for an answer.
    """
    now = case_for(ledger, office, act)
    waiting = [one.no for one in fold_inquiries(ledger.facts_of(act.case)) if one.waits]
    if not waiting:
        raise ActRefused(Refusal.NO_INQUIRY, act.case)
    texts = texts_for(ledger, office, act.case)
    t = texts.t
    words = t("Hej! Svaret på din fråga dröjer. Du får det senast {day}.", day=texts.day(until)) + f"\n\n{text}"
    message = _queue(ledger, office, act, now, MailKind.HOLDING, words, inquiry=waiting[-1], attached=False)
    letter = int(ledger.queued_of(act.case)[-1].id)
    data: dict[str, str | int | bool] = {"message": message, "outbox": letter, "until": until.isoformat()}
    record(ledger, act, FactKind.HELD, data, inquiry=waiting[-1])


def outcome(ledger: Ledger, office: Office, act: Act, result: Result, text: str) -> bool:
    """Record what the case led to, and tell the citizen; return whether somebody could be told.

    It may come long after the answer, and stops no clock.
    """
    now, inquiry = case_for(ledger, office, act), inquiry_for(ledger, act).no
    data: dict[str, str | int | bool] = {"result": result.value}
    try:
        words = texts_for(ledger, office, act.case).t("Vi vill berätta vad ditt ärende har lett till.") + f"\n\n{text}"
        data["message"] = _queue(ledger, office, act, now, MailKind.OUTCOME, words, inquiry=inquiry, attached=False)
        data["outbox"] = int(ledger.queued_of(act.case)[-1].id)
    except ActRefused as refused:
        if refused.refusal is not Refusal.NOBODY_TO_ANSWER:
            raise
        data["message"] = add_note(ledger, act, text)
    record(ledger, act, FactKind.OUTCOME, data, inquiry=inquiry)
    return "outbox" in data


def spoken(ledger: Ledger, office: Office, act: Act, seconds: int | None, text: str) -> None:
    """Record that the inquiry was answered by telephone just now; the clock stops."""
    now = case_for(ledger, office, act)
    data: dict[str, str | int | bool] = {"spoken": True}
    if seconds is not None:
        data["seconds"] = seconds
    if text:
        data["message"] = add_note(ledger, act, text)
    inquiry = _inquiry_to_answer(ledger, act)
    record(ledger, act, FactKind.ANSWERED, data, inquiry=inquiry)
    _own(ledger, act, now)


def elsewhere(ledger: Ledger, office: Office, act: Act, text: str) -> None:
    """Record that the inquiry was answered outside of us just now, as by letter; the clock stops."""
    now = case_for(ledger, office, act)
    data: dict[str, str | int | bool] = {"message": add_note(ledger, act, text)} if text else {}
    record(ledger, act, FactKind.ANSWERED_ELSEWHERE, data, inquiry=_inquiry_to_answer(ledger, act))
    _own(ledger, act, now)


def said_before(ledger: Ledger, act: Act) -> bool:
    """Tell whether the officer has sent these very words in the case within 24 hours, as a robot would.

    What was regretted, or never arrived, may be sent again.
    """
    failed = {fact.data.get("outbox") for fact in ledger.facts_of(act.case) if fact.kind is FactKind.DELIVERY_FAILED}
    gone = {
        queued.message
        for queued in ledger.queued_of(act.case)
        if queued.id in failed or queued.state in {OutboxState.REGRETTED, OutboxState.DEAD}
    }
    return any(
        message.officer == act.officer.id
        and message.digest == act.digest
        and message.id not in gone
        and ledger.now - message.created_at < timedelta(hours=24)
        for message in ledger.messages_of(act.case)
    )


def standing_answer(ledger: Ledger, act: Act, inquiry: int) -> StoredMessage | None:
    """Return the first answer to an inquiry that is on its way or has arrived, None if there is none.

    One by telephone without a note is an empty message of the officer who gave it.
    """
    facts = standing(ledger.facts_of(act.case))
    failed = {fact.data.get("outbox") for fact in facts if fact.kind is FactKind.DELIVERY_FAILED}
    written = messages_of(ledger, act.case)
    for fact in facts:
        told = fact.kind is FactKind.ANSWERED_ELSEWHERE or (fact.kind is FactKind.ANSWERED and fact.data.get("spoken"))
        if told and fact.inquiry == inquiry:
            return next((m for m in written if m.id == fact.data.get("message")), None) or _wordless(
                fact.actor, act, ledger
            )
    for queued in ledger.queued_of(act.case):
        if is_on_its_way(queued, inquiry) and queued.id not in failed:
            return next((m for m in written if m.id == queued.message), None)
    return None


def is_on_its_way(queued: QueuedBefore, inquiry: int) -> bool:
    """Tell whether a queued mail is an answer to the inquiry that has left or will."""
    gone = {OutboxState.DEAD, OutboxState.REGRETTED}
    return queued.kind is MailKind.ANSWER and queued.inquiry == inquiry and queued.state not in gone


def _wordless(actor: str, act: Act, ledger: Ledger) -> StoredMessage:
    return StoredMessage(
        id=MessageId(0), case=act.case, direction=Direction.NOTE, address=None,
        officer=OfficerId(actor.removeprefix("officer:")), inbox=None, message_id="", references=(), subject="",
        text="", digest="", created_at=ledger.now,
    )  # fmt: skip


def _own(ledger: Ledger, act: Act, now: CaseNow) -> None:
    if not now.owner:
        record(ledger, act, FactKind.ASSIGNED, {"officer": act.officer.id})


def _queue(
    ledger: Ledger, office: Office, act: Act, now: CaseNow, kind: MailKind, text: str, *, inquiry: int, attached: bool
) -> MessageId:
    """Queue a letter to whoever wrote last in the case, where they want it, and return the message it carries.

    Raises:
        ActRefused: there is no address to write to.
    """
    written: Sequence[StoredMessage] = messages_of(ledger, act.case)
    asked, to_addr = where_to_answer(ledger, act.case) or (None, "")
    if asked is None or not to_addr:
        raise ActRefused(Refusal.NOBODY_TO_ANSWER, act.case)
    # The thread bears the subject it began with, whatever mail programs have put before it since.
    subject = next((m.subject for m in written if m.direction is Direction.IN and m.subject), asked.subject)
    message = ledger.add_message(
        act.case, Direction.OUT, text=text, officer=act.officer.id, inbox_id=act.inbox, subject=subject,
        digest=act.digest,
    )  # fmt: skip
    letter = Letter(
        kind=kind, case=act.case, inquiry=inquiry, officer=act.officer, unit=office.unit(now.unit),
        to=replace(asked, subject=subject), to_addr=to_addr, attached=attached,
        message=ledger.messages_of(act.case)[-1],
    )  # fmt: skip
    queue_letter(ledger, office, letter)
    return message


def where_to_answer(ledger: Ledger, case: CaseNumber) -> tuple[StoredMessage, str] | None:
    """Return the last message of the one who asks, and the address (mail or chat) that an answer goes to now.

    That is where the message came from, or where the person has moved the case since. The address is empty if it was
    erased; None: there never was one. A later version of a message counts for nothing.
    """
    written = messages_of(ledger, case)
    asked = next(
        (m for m in reversed(written) if m.direction is Direction.IN and m.address is not None and m.edits is None),
        None,
    )
    if asked is None or asked.address is None:
        return None
    known = (case, *fold_case(ledger.facts_of(case)).merged_from, asked.case)
    facts = sorted({fact.seq: fact for one in known for fact in ledger.facts_of(one)}.items())
    address = asked.address
    for _, fact in facts:
        if fact.kind is FactKind.RECEIVED and fact.data.get("message") == asked.id:
            address = asked.address
        elif fact.kind is FactKind.MOVED and "address" in fact.data:
            address = AddressId(int(fact.data["address"]))
    to_addr = ledger.address_of(address)
    return asked, to_addr if chat_at(to_addr) is not None or "@" in to_addr else ""


def _inquiry_to_answer(ledger: Ledger, act: Act) -> int:
    """Return the inquiry an answer stops: the one of the notice if it waits, else the latest that waits."""
    inquiries = fold_inquiries(ledger.facts_of(act.case))
    waiting = [one.no for one in inquiries if one.waits]
    asked_for = inquiry_for(ledger, act).no
    if asked_for in waiting or not waiting:
        return asked_for
    return waiting[-1]
