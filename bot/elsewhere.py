"""Answers written outside of us: what lies in a mailbox's folder of sent mail, to a citizen whose case we know."""

from collections.abc import Sequence
from datetime import timedelta

from bot.arrival import Arrival
from bot.case import follow_merged
from bot.facts import STAFF, CaseNumber, FactKind, officer_actor, whole_second
from bot.inquiry import fold_inquiries
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import Direction, InboxState

_ASKED = 5
"""Ids of what a sent mail answers that are remembered: In-Reply-To and the last of References."""

_SLACK = timedelta(minutes=1)
"""How far two servers' clocks may differ."""

OTHER_SENT = "sent_other"
"""The outcome of sent mail that answers nobody we know."""


def take_sent(ledger: Ledger, arrival: Arrival, office: Office) -> None:
    """Record a mail that staff sent by themselves as an answer, if it answers a citizen's mail and went to that person.

    It counts from when the mailbox took its copy, and is marked as answered elsewhere. Automatic mail is no answer;
    neither is what names no mail of a case (RFC 5322 §3.6.4), or went to others only. If the mail it answers is read
    after it, it is read again then. Our own copies are known by their mark before this is asked. If the case has
    become part of another, it answers what waits there.
    """
    inbound = arrival.inbound
    asked = (*inbound.in_reply_to, *reversed(inbound.references))
    case = None if inbound.machine else _answered_case(ledger, asked)
    reached = {address.lower() for address in inbound.to_addrs}
    if case is None and not inbound.machine:
        ledger.await_question(arrival.inbox, asked[:_ASKED])
    if case is None or not any(ledger.address_of(one) in reached for one in ledger.participants_of(case)):
        ledger.settle(arrival.inbox, InboxState.DONE, OTHER_SENT)
        return
    officer = next((one for one in office.officers if one.email.lower() == inbound.from_addr), None)
    inquiries = [one for one in fold_inquiries(ledger.facts_of(case)) if one.arrived_at - _SLACK <= arrival.arrived_at]
    if not inquiries:
        # It is older than the question: no answer to it, whatever it names.
        ledger.settle(arrival.inbox, InboxState.DONE, OTHER_SENT)
        return
    waiting = [one.no for one in inquiries if one.waits]
    message = ledger.add_message(
        case, Direction.OUT, text=inbound.new_text, subject=inbound.subject, inbox_id=arrival.inbox,
        officer=officer.id if officer else None, message_id=inbound.message_id, references=inbound.references,
        digest=arrival.digest,
    )  # fmt: skip
    ledger.append(
        FactKind.ANSWERED_ELSEWHERE, case, inquiry=waiting[-1] if waiting else inquiries[-1].no,
        occurred_at=whole_second(arrival.arrived_at), actor=officer_actor(officer.id) if officer else STAFF,
        source=arrival.source, data={"message": message},
    )  # fmt: skip
    ledger.settle(arrival.inbox, InboxState.DONE, case)


def _answered_case(ledger: Ledger, ids: Sequence[str]) -> CaseNumber | None:
    known = ledger.known.case_of_mail
    case = next((known[one] for one in ids if one in known), None)
    return None if case is None else follow_merged(ledger.facts_of, case)
