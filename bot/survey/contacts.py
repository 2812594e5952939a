"""Which answered inquiries can be up for a survey, and what is kept of them. Decided from the facts of the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.case import CaseNow, fold_case, is_case
from bot.chat import chat_at
from bot.clock import deadline
from bot.desk.answering import where_to_answer
from bot.facts import AddressId, CaseNumber, Fact, FactKind, Seq
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import StoredMessage
from bot.store.survey_rows import Invitation, State

LATEST = timedelta(days=3)
"""So long after its answer nobody is asked any more who has not been: the service was down, or surveys were off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An answered inquiry whose person may be asked. `to_addr`: the mail address or chat the answer went to."""

    case: CaseNow
    inquiry: Inquiry
    answered_at: datetime
    address: AddressId
    to_addr: str
    asked: StoredMessage


def contact_of(ledger: Ledger, office: Office, case: CaseNumber, inquiry: int) -> Contact | None:
    """Return an inquiry that may be up for a survey as its case is now, None if it may not.

    It was answered in writing, and the answer stands; nothing waits in its case, which is neither secret, nor in a
    unit with secrecy, nor part of another, nor a test. Who asks is no colleague, wrote to us themselves, and is not
    known to be forged.
    """
    facts = ledger.facts_of(case)
    if not is_case(facts) or any(fact.kind is FactKind.TEST for fact in facts):
        return None
    now, inquiries = fold_case(facts), fold_inquiries(facts)
    one = next((known for known in inquiries if known.no == inquiry), None)
    if one is None or one.answered_at is None or one.excluded is not None or any(other.waits for other in inquiries):
        return None
    if now.merged_into is not None or now.secret or office.unit(now.unit).secrecy:
        return None
    if not _in_writing(facts, one):
        return None
    reached = where_to_answer(ledger, case)
    if reached is None or not reached[1] or not _may_be_written_to(facts, office, *reached):
        return None
    asked, to_addr = reached
    address = ledger.known.addresses.get(to_addr)
    if address is None:
        return None
    return Contact(
        case=now, inquiry=one, answered_at=one.answered_at, address=address, to_addr=to_addr, asked=asked
    )  # fmt: skip


def inquiry_answered_by(facts: Sequence[Fact], seq: Seq) -> int | None:
    """Return the ordinal of the inquiry that this fact answered, None if another answer stands, or none."""
    return next((one.no for one in fold_inquiries(facts) if one.answered_seq == seq), None)


def invitation_for(office: Office, contact: Contact, state: State, due_at: datetime, now: datetime) -> Invitation:
    """Return the row of an inquiry that came up for a survey, as it counts in the figures now."""
    one = contact.inquiry
    return Invitation(
        case=contact.case.number, inquiry=one.no, address=contact.address, channel=one.channel, unit=one.unit,
        kind=one.kind, topic=one.topic, language=one.language, week=week_of(office, one.arrived_at),
        in_time=contact.answered_at <= deadline(office.calendar, office.rule, one.arrived_at), state=state,
        drawn_at=now, due_at=due_at,
    )  # fmt: skip


def week_of(office: Office, instant: datetime) -> str:
    """Return the ISO week of a UTC instant on the municipality's clock, as ``2026-W47``."""
    year, week, _ = office.calendar.local(instant).isocalendar()
    return f"{year}-W{week:02}"


def _in_writing(facts: Sequence[Fact], one: Inquiry) -> bool:
    answer = next((fact for fact in standing(facts) if fact.seq == one.answered_seq), None)
    return answer is not None and answer.kind is FactKind.ANSWERED and "outbox" in answer.data


def _may_be_written_to(facts: Sequence[Fact], office: Office, asked: StoredMessage, to_addr: str) -> bool:
    if chat_at(to_addr) is None and (office.accepts(to_addr) or office.is_colleague(to_addr)):
        return False
    came = [fact for fact in facts if fact.kind is FactKind.RECEIVED and fact.data.get("message") == asked.id]
    return all(fact.data.get("authentic") != "fail" and fact.data.get("via") != "forwarded" for fact in came)
