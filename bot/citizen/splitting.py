"""“It is about something new”: what was just taken for more about an old case becomes a case of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.arrival import Arrival
from bot.case import fold_case
from bot.citizen import early_edits
from bot.citizen.content import as_arrival
from bot.citizen.languages import mark_language
from bot.citizen.question import Ask, Question, close, said
from bot.citizen.receipts import Told, receipt
from bot.citizen.visit import Visit, own_case
from bot.citizen.which_case import want_new
from bot.facts import SYSTEM, CaseNumber, Fact, FactKind, FactValue, MessageId
from bot.inquiry import fold_inquiries, standing
from bot.office import Unit
from bot.store.rows import MailKind, StoredMessage
from bot.taking_in import Taken, tell_staff

_CARRIED = frozenset({FactKind.ACKNOWLEDGED, FactKind.DELAYED})
"""What we have told the person of the inquiry: it stays true of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is parted from a case: its messages, and the facts that speak of them, in order."""

    messages: tuple[StoredMessage, ...]
    facts: tuple[Fact, ...]


def press(visit: Visit, case: CaseNumber | None, more: str) -> None:
    """Take a press on “something new”: of no case, the next message opens one; of a case, its last inquiry does."""
    if case is None:
        ask_for_new(visit)
        return
    inquiry = int(more) if more.isdecimal() and len(more) < 9 else 0
    own = own_case(visit, case)
    t = visit.texts.t
    why_not = split(visit, own, inquiry) if own else t("Knappen gäller inte längre.")
    visit.toast(why_not or t("Det är nu en egen fråga."))


def ask_for_new(visit: Visit) -> None:
    """Let the next message open a new case, and say so."""
    want_new(visit)
    visit.say(visit.texts.t("Skriv vad det gäller, så blir det en ny fråga."))


def take_words(visit: Visit, question: Question, text: str) -> bool:
    """Take the button's words, typed."""
    t = visit.texts.t
    if question.case is None or said(text) not in {said(t("Det gäller något nytt")), said(t("Något nytt"))}:
        return False
    own = own_case(visit, question.case)
    why_not = split(visit, own, question.inquiry) if own else t("Knappen gäller inte längre.")
    if why_not:
        visit.say(why_not)
    return True


def split(visit: Visit, case: CaseNumber, inquiry: int) -> str:
    """Make the last inquiry of a case a case of its own, and return why it was not done, empty if it was.

    It keeps its arrival, its promise and its messages; in the old case it never was. What somebody of the staff has
    worked on stays.
    """
    t, ledger = visit.texts.t, visit.ledger
    close(visit, Ask.SPLIT)
    last = fold_inquiries(ledger.facts_of(case))[-1:]
    part = _part(visit, case, inquiry) if last and last[0].no == inquiry and last[0].waits else None
    if part is None:
        want_new(visit)
        return t("Vi har redan börjat med det i {number}. Skriv det nya en gång till, så blir det en egen fråga.",
                 number=case)  # fmt: skip
    for one in ledger.queued_of(case):
        if one.kind is MailKind.ACKNOWLEDGEMENT and one.inquiry == inquiry and not ledger.has_left(one.id):
            ledger.take_back(one.id)
    new = ledger.new_case()
    unit = _unit(visit, case)
    _move(visit, part, case, new, unit)
    mark_language(visit, new)
    _tell(visit, part, new, unit)
    return ""


def _part(visit: Visit, case: CaseNumber, inquiry: int) -> _Part | None:
    """Return what can be parted; None if staff have worked on it, others wrote in it, or nothing would be left."""
    facts, messages = standing(visit.ledger.facts_of(case)), visit.ledger.messages_of(case)
    received = [one for one in facts if one.kind is FactKind.RECEIVED]
    opened = [one for one in received if one.inquiry == inquiry and not one.data.get("auto")]
    ids = {MessageId(int(one.data["message"])) for one in opened if "message" in one.data}
    moved = tuple(one for one in messages if one.id in ids or one.edits in ids)
    rest = [one for one in received if one not in opened and not one.data.get("auto")]
    if not opened or not rest or len(ids) < len(opened) or {one.address for one in moved} != {visit.own}:
        return None
    since = [one for one in facts if one.seq > opened[0].seq]
    if any(one.actor not in {SYSTEM, "person"} and one.kind is not FactKind.OPENED for one in since):
        return None
    edited = [one for one in received if one.data.get("edit") in ids]
    told = [one for one in since if _goes_along(one, inquiry)]
    return _Part(messages=moved, facts=tuple(sorted((*opened, *edited, *told), key=lambda one: one.seq)))


def _goes_along(fact: Fact, inquiry: int) -> bool:
    by_person = fact.kind is FactKind.KIND_CHANGED and fact.actor == "person"
    return by_person or (fact.kind in _CARRIED and fact.inquiry == inquiry)


def _unit(visit: Visit, case: CaseNumber) -> Unit:
    """Return where the new case lies: where all new ones do, but what lies where secrecy is kept stays there."""
    unit = visit.office.unit(fold_case(visit.ledger.facts_of(case)).unit)
    return unit if unit.secrecy else visit.office.unit_at(())


def _move(visit: Visit, part: _Part, old: CaseNumber, new: CaseNumber, unit: Unit) -> None:
    ledger, source = visit.ledger, visit.arrival.source
    for message in part.messages:
        ledger.move_message(message, new)
    for number, fact in enumerate(part.facts):
        ledger.append(
            FactKind.CORRECTED, old, inquiry=fact.inquiry, occurred_at=visit.arrival.arrived_at, actor="person",
            source=f"{source}/{number}", data={"seq": fact.seq, "drop": True},
        )  # fmt: skip
        data: dict[str, FactValue] = {**fact.data, "split": old}
        if "unit" in data:
            data["unit"] = unit.id
        ledger.append(
            fact.kind, new, inquiry=None if fact.inquiry is None else 1, occurred_at=fact.occurred_at,
            actor=fact.actor, source=f"{source}/{number}", data=data,
        )  # fmt: skip
    if visit.own is not None:
        ledger.take_part(new, visit.own)


def _tell(visit: Visit, part: _Part, new: CaseNumber, unit: Unit) -> None:
    """Tell the person the new number, and staff what waits there."""
    ledger, first = visit.ledger, fold_inquiries(visit.ledger.facts_of(new))[0]
    promised = fold_case(ledger.facts_of(new)).promised
    last = _last_versions(visit, part.messages)
    words = "\n\n".join(one.text for one in last if one.text)
    arrival = as_arrival(visit, words)
    inbound = replace(arrival.inbound, text=words, new_text=words, files=())
    told: Arrival = replace(arrival, inbound=inbound, arrived_at=first.arrived_at)
    taken = Taken(
        case=new, inquiry=1, unit=unit, message=part.messages[0].id,
        promised=date.fromisoformat(promised) if promised else visit.office.local_day(visit.now),
        opens=True, begins=True, shown=words, possibly=None, arrival=told,
    )  # fmt: skip
    tell_staff(ledger, visit.office, taken)
    receipt(visit, taken, Told(), went_on=False)


def _last_versions(visit: Visit, messages: Sequence[StoredMessage]) -> Collection[StoredMessage]:
    """Return the messages in order, each as it reads now."""
    replaced = early_edits.first_versions(visit)
    return {one.edits or one.id: one for one in messages if one.id not in replaced}.values()
