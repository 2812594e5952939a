"""Intake: a stored mail is read, tied to a case and turned into facts, an acknowledgement and notices to staff."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.arrival import Arrival
from bot.case import Match, Tie, acknowledgement_due, follow_merged, match_case
from bot.chat_arrival import ChatArrival
from bot.elsewhere import take_sent
from bot.errors import NeedsPerson
from bot.facts import AddressId, CaseNumber, OutboxId
from bot.failures import record_failure
from bot.letters import queue_acknowledgement
from bot.notices import queue_desk_address, queue_misdirected
from bot.office import CurrentOffice, Office
from bot.passed_on import Via
from bot.port import Inbound, InboundKind
from bot.store.ledger import Ledger
from bot.store.rows import InboxRow, InboxState, MailKind
from bot.survey.replies import count_reply
from bot.taking_in import record_arrival, store_message, take_in, tell_staff
from bot.tokens import BounceToken, CitizenToken, DeskToken, OfficerToken, has_secret

logger = logging.getLogger(__name__)

AUTO, BOUNCE, DUPLICATE, OWN, SURVEY = "auto", "bounce", "duplicate", "own", "survey"
"""Outcomes of stored mails that open nothing."""

_UNREADABLE = frozenset({"too_many_parts", "unparsed", "body"})
"""Faults of reading after which a citizen's words may be missing: a person must look."""

LATEST_ACKNOWLEDGEMENT = timedelta(days=14)
"""After so long a receipt with its promise would only be odd: an old mail was moved into the mailbox, say."""

Read = Callable[[InboxRow], Inbound]
"""Reads a channel's bytes; never raises."""


TakeEvent = Callable[[Ledger, ChatArrival], None]
"""Decides one event of a chat and settles it."""

OfficerMail = Callable[[Ledger, Arrival, OfficerToken | DeskToken], None]
"""What the desk does with a mail to a secret address of an officer."""


class Intake:
    """Decides what becomes of each arrival; works on a ledger only."""

    def __init__(self, office: CurrentOffice, officer_mail: OfficerMail, chat: TakeEvent | None = None) -> None:
        """Keep the municipality's rules, the desk's way in, and what takes in events of chats where there are any."""
        self._current = office
        self._officer_mail = officer_mail
        self._chat = chat

    @property
    def _office(self) -> Office:
        return self._current()

    def take(self, ledger: Ledger, arrival: Arrival | ChatArrival) -> None:
        """Decide one arrival. What no rule decides is held for a person."""
        try:
            if isinstance(arrival, Arrival):
                self._route(ledger, arrival)
            else:
                self._in_chat(ledger, arrival)
        except NeedsPerson as need:
            ledger.settle(arrival.inbox, InboxState.HELD, need.reason)
            logger.warning("inbox %s is held: %s", arrival.inbox, need.reason)

    def _in_chat(self, ledger: Ledger, arrival: ChatArrival) -> None:
        if self._chat is None:
            raise NeedsPerson("no_chats")
        if arrival.event.error:
            raise NeedsPerson(arrival.event.error)
        if ledger.has_source(arrival.source):
            ledger.settle(arrival.inbox, InboxState.DONE, DUPLICATE)
        else:
            self._chat(ledger, arrival)

    def _route(self, ledger: Ledger, arrival: Arrival) -> None:
        inbound = arrival.inbound
        if arrival.as_case:
            self._as_case(ledger, arrival)
        elif inbound.hops > self._office.caps.hops:
            raise NeedsPerson("mail_loop")
        elif inbound.kind is InboundKind.BOUNCE and not arrival.sent:
            self._bounce(ledger, arrival)
        elif ledger.has_source(arrival.source):
            ledger.settle(arrival.inbox, InboxState.DONE, DUPLICATE)
        elif inbound.loop_mark == self._office.installation:
            ledger.settle(arrival.inbox, InboxState.DONE, OWN)
        elif arrival.sent:
            take_sent(ledger, arrival, self._office)
        elif isinstance(arrival.token, OfficerToken | DeskToken):
            self._officer_mail(ledger, arrival, arrival.token)
        else:
            self._from_outside(ledger, arrival)

    def _from_outside(self, ledger: Ledger, arrival: Arrival) -> None:
        if arrival.inbound.error in _UNREADABLE:
            raise NeedsPerson(arrival.inbound.error)
        if arrival.doubtful:
            raise NeedsPerson("form_not_confirmed")
        if not arrival.inbound.from_addr and arrival.via is not Via.WEB_FORM:
            raise NeedsPerson("no_sender")
        if self._misdirected(ledger, arrival):
            return
        self._refuse_internal(arrival)
        if self._is_own_copy(ledger, arrival):
            ledger.settle(arrival.inbox, InboxState.DONE, OWN)
        else:
            self._citizen_mail(ledger, arrival)

    def _refuse_internal(self, arrival: Arrival) -> None:
        """Keep what staff pass on of our notices from becoming a case: it holds an officer's secret.

        Raises:
            NeedsPerson: it is such a mail.
        """
        inbound = arrival.inbound
        sender = arrival.passed_by or inbound.from_addr
        if self._office.is_colleague(sender) and (has_secret(inbound.text) or has_secret(inbound.subject)):
            raise NeedsPerson("internal_text")

    def _is_own_copy(self, ledger: Ledger, arrival: Arrival) -> bool:
        """Tell whether staff wrote it from a contact address in a thread we know: the copy of an answer."""
        named = (*arrival.inbound.in_reply_to, *arrival.inbound.references)
        known = any(mail in ledger.known.case_of_mail for mail in named)
        return known and arrival.via is Via.DIRECT and self._office.accepts(arrival.inbound.from_addr)

    def _as_case(self, ledger: Ledger, arrival: Arrival) -> None:
        """Open a case for a mail that a person let go on, whatever speaks against it."""
        address = arrival.inbound.from_addr
        sender = ledger.address(address, arrival.inbound.from_name) if address else None
        self._person_mail(ledger, arrival, Match(), sender)

    def _misdirected(self, ledger: Ledger, arrival: Arrival) -> bool:
        """Tell an officer who answered a notice to the wrong address so; nothing is sent and no case is opened."""
        known = ledger.known
        officer = next((one for one in self._office.officers if one.email.lower() == arrival.inbound.from_addr), None)
        if officer is None:
            return False
        for mail in (*arrival.inbound.in_reply_to, *arrival.inbound.references):
            queued = known.queued_by_id.get(known.outbox_of_mail.get(mail, OutboxId(0)))
            if queued is not None and queued.officer == officer.id and queued.case is not None:
                if not arrival.inbound.machine:
                    queue_misdirected(ledger, self._office, officer, queued.case, queued.inquiry or 1)
                ledger.settle(arrival.inbox, InboxState.DONE, "misdirected")
                return True
        if arrival.inbound.text.lstrip().startswith("/") and not arrival.inbound.machine:
            queue_desk_address(ledger, self._office, officer)
            ledger.settle(arrival.inbox, InboxState.DONE, "misdirected")
            return True
        return False

    def _bounce(self, ledger: Ledger, arrival: Arrival) -> None:
        outbox_id = _bounced(ledger, arrival)
        ledger.settle(arrival.inbox, InboxState.DONE, BOUNCE)
        bounce = arrival.inbound.bounce
        if outbox_id is None or bounce is None or not bounce.final:
            return
        record_failure(ledger, self._office, outbox_id, bounce.status, arrival.arrived_at)

    def _citizen_mail(self, ledger: Ledger, arrival: Arrival) -> None:
        inbound = arrival.inbound
        sender = ledger.known.addresses.get(inbound.from_addr)
        found = match_case(_ties(ledger, arrival, self._office), sender, ledger.participants_of)
        match = replace(found, case=follow_merged(ledger.facts_of, found.case)) if found.case else found
        if inbound.machine:
            self._automatic(ledger, arrival, match, sender)
            return
        if not inbound.from_addr:
            self._person_mail(ledger, arrival, match, None)
            return
        sender = ledger.address(inbound.from_addr, inbound.from_name)
        if ledger.known.digests.get((sender, arrival.digest), 0) >= self._office.caps.identical:
            # Two robots that strip every mark still send the same words over and over.
            raise NeedsPerson("repeated")
        left = count_reply(ledger, self._office, arrival, match.case)
        if left is None:
            ledger.settle(arrival.inbox, InboxState.DONE, SURVEY)
        else:
            self._person_mail(ledger, left, match, sender)

    def _automatic(self, ledger: Ledger, arrival: Arrival, match: Match, sender: AddressId | None) -> None:
        """Keep a person's automatic reply with its case; it opens nothing and stops nothing."""
        if match.case is None:
            ledger.settle(arrival.inbox, InboxState.DONE, AUTO)
            return
        unit = self._office.unit_at(arrival.recipients)
        message = store_message(ledger, arrival, match.case, sender, arrival.inbound.new_text)
        data: dict[str, str | int | bool] = {"kind": self._office.default_kind.value, "unit": unit.id}
        record_arrival(ledger, arrival, match.case, None, message, data)
        ledger.settle(arrival.inbox, InboxState.DONE, match.case)

    def _person_mail(self, ledger: Ledger, arrival: Arrival, match: Match, sender: AddressId | None) -> None:
        office = self._office
        taken = take_in(ledger, office, arrival, match.case, sender, possibly=match.possibly)
        if sender is not None and self._may_acknowledge(ledger, arrival, taken.case):
            queue_acknowledgement(ledger, office, taken.arrival, taken.case, taken.inquiry, taken.unit, taken.promised)
        tell_staff(ledger, office, taken)
        ledger.settle(arrival.inbox, InboxState.DONE, taken.case)
        if arrival.inbound.message_id:
            ledger.read_answers_again(arrival.inbound.message_id)

    def _may_acknowledge(self, ledger: Ledger, arrival: Arrival, case: CaseNumber) -> bool:
        inbound, office = arrival.inbound, self._office
        if inbound.kind is not InboundKind.PERSON or office.accepts(inbound.from_addr):
            return False
        if ledger.now - arrival.arrived_at > LATEST_ACKNOWLEDGEMENT:
            return False
        sent = [queued.created_at for queued in ledger.queued_of(case) if queued.kind is MailKind.ACKNOWLEDGEMENT]
        count = ledger.known.acknowledgements.get(inbound.from_addr, 0)
        return count < office.caps.per_address and acknowledgement_due(sent, ledger.now)


def _ties(ledger: Ledger, arrival: Arrival, office: Office) -> list[tuple[Tie, CaseNumber]]:
    """Return the cases a mail points at, the surest first. Empty ids never match."""
    found: list[tuple[Tie, CaseNumber]] = []
    if isinstance(arrival.token, CitizenToken):
        found.append((Tie.REPLY_ADDRESS, arrival.token.case))
    if isinstance(arrival.token, BounceToken):
        queued = ledger.known.queued_by_id.get(arrival.token.outbox)
        if queued is not None and queued.case is not None:
            found.append((Tie.REPLY_ADDRESS, queued.case))
    known = ledger.known.case_of_mail
    found += [(Tie.IN_REPLY_TO, known[mail]) for mail in arrival.inbound.in_reply_to if mail in known]
    found += [(Tie.REFERENCES, known[mail]) for mail in reversed(arrival.inbound.references) if mail in known]
    tagged = office.tokens.case_in_subject(arrival.inbound.subject)
    if tagged is not None:
        found.append((Tie.SUBJECT_TAG, tagged))
    return [(tie, case) for tie, case in found if ledger.facts_of(case)]


def _bounced(ledger: Ledger, arrival: Arrival) -> OutboxId | None:
    """Return which outgoing mail bounced: by the return path, else by our Message-ID (Exchange rewrites paths)."""
    if isinstance(arrival.token, BounceToken) and arrival.token.outbox in ledger.known.queued_by_id:
        return arrival.token.outbox
    bounce = arrival.inbound.bounce
    if bounce is None or not bounce.message_id:
        return None
    return ledger.known.outbox_of_mail.get(bounce.message_id)
