"""Taking in a person's message: it is stored with its files, its arrival becomes a fact, and staff are told."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.arrival import Arrival
from bot.case import fold_case
from bot.chat import PostId
from bot.clock import deadline
from bot.doors import doors_in, queue_alert
from bot.facts import AddressId, CaseNumber, Channel, FactKind, MessageId
from bot.failures import unit_of_case
from bot.file_limits import within_day
from bot.inquiry import fold_inquiries, next_inquiry
from bot.notices import ALONE, Due, Together, queue_notices
from bot.office import Office, Unit
from bot.passed_on import Via
from bot.port import FileState
from bot.store.ledger import Ledger
from bot.store.rows import Direction, MailKind, OutboxState, StoredFile, StoredMessage
from bot.test_marking import note_test

TOLD_EVERY = timedelta(minutes=2)
"""So often at most staff are told by mail of what a person adds in a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a person's message has become.

    `promised`: the last day on which an answer is promised. `opens`: it is the first of its inquiry, `begins`: of its
    case. `shown`: its words as staff see them. `arrival`: with the files beyond the day's limit left out.
    """

    case: CaseNumber
    inquiry: int
    unit: Unit
    message: MessageId
    promised: date
    opens: bool
    begins: bool
    shown: str
    possibly: CaseNumber | None
    arrival: Arrival


def take_in(
    ledger: Ledger,
    office: Office,
    arrival: Arrival,
    case: CaseNumber | None,
    sender: AddressId | None,
    *,
    possibly: CaseNumber | None = None,
    post: PostId | None = None,
    album: str = "",
    place: str = "",
) -> Taken:
    """Store a person's message in its case, or (None) in a new one; it joins what waits there, or opens an inquiry.

    `post`, `album` and `place` (the code of the place whose link led here) are told of messages in a chat.
    """
    arrival = _with_day_limit(ledger, office, arrival, sender)
    begins, case = case is None, case or ledger.new_case()
    unit = unit_of_case(ledger.facts_of(case), office) or office.unit_at(arrival.recipients)
    inquiries = fold_inquiries(ledger.facts_of(case))
    inquiry, promised = next_inquiry(inquiries), _promised(ledger, office, arrival, case)
    apart = _is_being_answered(ledger, case, inquiry)
    if apart:
        # The answer that is on its way was written before this came, and must not count for it.
        inquiry = len(inquiries) + 1
    opens = inquiry > len(inquiries)
    # In a new case quoted text is news too: what was forwarded, or whom the citizen quotes.
    shown = arrival.inbound.text if begins else arrival.inbound.new_text
    message = store_message(ledger, arrival, case, sender, shown, post=post, album=album)
    data: dict[str, str | int | bool] = {"kind": office.default_kind.value, "unit": unit.id}
    if possibly is not None:
        data["possibly"] = possibly
    if opens:
        data["promised"] = promised.isoformat()
    if place:
        data["place"] = place
    if apart:
        data["apart"] = True
    record_arrival(ledger, arrival, case, inquiry, message, data)
    note_test(ledger, ledger.known.tests, arrival, case, inquiry)
    if sender is not None:
        ledger.take_part(case, sender)
    return Taken(
        case=case, inquiry=inquiry, unit=unit, message=message, promised=promised, opens=opens, begins=begins,
        shown=shown, possibly=possibly, arrival=arrival,
    )  # fmt: skip


def tell_staff(ledger: Ledger, office: Office, taken: Taken) -> None:
    """Tell those who have the case that a message waits, and at once whoever must know of danger in it.

    What comes in a chat beside a message that waits is told of at most every two minutes, all of it in one mail.
    """
    arrival, inquiries = taken.arrival, fold_inquiries(ledger.facts_of(taken.case))
    since = next((one.arrived_at for one in inquiries if one.no == taken.inquiry), arrival.arrived_at)
    due = Due(
        arrived_at=arrival.arrived_at, deadline=deadline(office.calendar, office.rule, since), promised=taken.promised,
    )  # fmt: skip
    queue_notices(
        ledger, office, arrival, taken.case, taken.inquiry, taken.unit, due, shown=taken.shown,
        possibly=taken.possibly, message=taken.message, together=_together(ledger, taken),
    )  # fmt: skip
    words = doors_in(f"{arrival.inbound.subject}\n{taken.shown}", office.door_words)
    queue_alert(ledger, office, taken.case, taken.inquiry, taken.unit, words, taken.shown)


def _together(ledger: Ledger, taken: Taken) -> Together:
    """Return with what a message is told of, and when; what waits to be told of it is taken back for that."""
    left_out = any(file.state is FileState.LEFT_OUT for file in taken.arrival.inbound.files)
    if taken.opens or taken.arrival.channel is not Channel.TELEGRAM or left_out:
        return ALONE
    told = [one for one in ledger.queued_of(taken.case) if one.kind is MailKind.NOTICE and one.message is not None]
    waiting = [one for one in told if not ledger.has_left(one.id) and one.due_at > ledger.now]
    last = max((one.due_at for one in told if one not in waiting and one.state is not OutboxState.REGRETTED),
               default=None)  # fmt: skip
    if last is None or (not waiting and ledger.now - last >= TOLD_EVERY):
        return ALONE
    if not waiting:
        return Together(due_at=last + TOLD_EVERY)
    for one in waiting:
        ledger.take_back(one.id)
    first = min(one.message for one in waiting if one.message is not None)
    return Together(due_at=min(one.due_at for one in waiting), before=_since(ledger, taken, first))


def _since(ledger: Ledger, taken: Taken, first: MessageId) -> tuple[StoredMessage, ...]:
    """Return what was written in the chat from one message until before this one, each as it reads now."""
    written = ledger.messages_of(taken.case)
    now = {one.edits: one.text for one in written if one.edits is not None}
    return tuple(
        replace(one, text=now.get(one.id, one.text))
        for one in written
        if first <= one.id < taken.message and one.direction is Direction.IN and one.post is not None
        and one.edits is None
    )  # fmt: skip


def store_message(
    ledger: Ledger,
    arrival: Arrival,
    case: CaseNumber,
    sender: AddressId | None,
    shown: str,
    *,
    post: PostId | None = None,
    edits: MessageId | None = None,
    album: str = "",
) -> MessageId:
    """Add a message with its files to a case; without `record_arrival` nothing knows of it yet."""
    inbound, message = arrival.inbound, ledger.next_message()
    files = [
        StoredFile(
            message=message, part=file.part, name=file.name, media_type=file.media_type,
            size=file.size, inline=file.inline, state=file.state, remote=file.remote, kind=file.kind,
        )
        for file in inbound.files
    ]  # fmt: skip
    return ledger.add_message(
        case, Direction.IN, text=shown, whole="" if shown == inbound.text else inbound.text,
        subject=inbound.subject, address=sender, inbox_id=arrival.inbox, message_id=inbound.message_id,
        references=inbound.references, digest=arrival.digest, attached=files, post=post, edits=edits, album=album,
    )  # fmt: skip


def record_arrival(
    ledger: Ledger,
    arrival: Arrival,
    case: CaseNumber,
    inquiry: int | None,
    message: MessageId,
    data: dict[str, str | int | bool],
) -> None:
    """Record that a stored message came; without an inquiry it opens nothing: an automatic one, or a later version."""
    data |= {"channel": arrival.channel.value, "message": message, "authentic": arrival.inbound.authentic}
    if arrival.via is not Via.DIRECT:
        data["via"] = arrival.via.value
    if inquiry is None:
        data["auto"] = True
    ledger.append(
        FactKind.RECEIVED, case, inquiry=inquiry, occurred_at=arrival.arrived_at, actor="person",
        source=arrival.source, data=data,
    )  # fmt: skip


def _is_being_answered(ledger: Ledger, case: CaseNumber, inquiry: int) -> bool:
    """Tell whether an answer to the inquiry waits to leave, or is leaving."""
    going = {OutboxState.NEW, OutboxState.SENDING}
    return any(
        one.kind is MailKind.ANSWER and one.inquiry == inquiry and one.state in going for one in ledger.queued_of(case)
    )


def _promised(ledger: Ledger, office: Office, arrival: Arrival, case: CaseNumber) -> date:
    """Return the day promised: what was told already, while it waits; else by the kind, from this arrival."""
    facts = ledger.facts_of(case)
    if not facts:
        return office.promised_day(office.default_kind, arrival.arrived_at)
    now = fold_case(facts)
    if now.promised and any(one.waits for one in fold_inquiries(facts)):
        return date.fromisoformat(now.promised)
    return office.promised_day(now.kind, arrival.arrived_at)


def _with_day_limit(ledger: Ledger, office: Office, arrival: Arrival, sender: AddressId | None) -> Arrival:
    if sender is None or not arrival.inbound.files:
        return arrival
    used = ledger.known.file_bytes.get(sender, 0)
    files = within_day(arrival.inbound.files, used, office.file_limits)
    passed = sum(file.size for file in files if file.state is FileState.PASSED)
    ledger.known.file_bytes[sender] = used + passed
    return replace(arrival, inbound=replace(arrival.inbound, files=files))
