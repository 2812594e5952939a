"""Contacts in person, by telephone or at the desk: logged in a line, and one that was not answered becomes a case."""

from bot.desk.acts import Act, ActRefused, Refusal
from bot.desk.commands import Contact
from bot.doors import doors_in, queue_alert
from bot.facts import CaseNumber, Channel, FactKind, Kind, UnitId, officer_actor
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import Direction


def log_contact(ledger: Ledger, office: Office, act: Act, contact: Contact) -> tuple[CaseNumber, bool]:
    """Log a contact; return its number, and whether it opened a case of that number.

    What was not answered at once and comes with words ("Elsa vill veta …, 070-…") becomes a case of the officer's
    first unit, that waits for an answer like any other. The arrival is now: whole seconds are not known better.

    Raises:
        ActRefused: no topic is meant for certain.
    """
    data: dict[str, str | int | bool] = {"way": contact.way.value, "direct": contact.direct}
    if contact.seconds is not None:
        data["seconds"] = contact.seconds
    if contact.reception is not None:
        data["reception"] = contact.reception
    if contact.topic:
        found = office.topic_named(contact.topic)
        if found is None:
            raise ActRefused(Refusal.UNKNOWN_TARGET, contact.topic)
        data["topic"] = found.id
    number = ledger.new_case()
    unit = _unit_of(office, act)
    opens = bool(contact.text.strip()) and not contact.direct
    if contact.text.strip():
        data["message"] = ledger.add_message(
            number, Direction.IN if opens else Direction.NOTE, text=contact.text.strip(), officer=act.officer.id,
            subject=contact.topic, inbox_id=act.inbox,
        )  # fmt: skip
    data["unit"] = unit
    if opens:
        _open(ledger, office, act, number, unit, contact)
    ledger.append(
        FactKind.PHONE, number, occurred_at=ledger.now, actor=officer_actor(act.officer.id), source=act.source,
        inquiry=1 if opens else None, data=data,
    )  # fmt: skip
    if opens and "topic" in data:
        ledger.append(
            FactKind.TOPIC_SET, number, occurred_at=ledger.now, actor=officer_actor(act.officer.id),
            source=act.source, data={"topic": data["topic"]},
        )  # fmt: skip
    return number, opens


def _open(ledger: Ledger, office: Office, act: Act, number: CaseNumber, unit: UnitId, contact: Contact) -> None:
    kind: Kind = office.default_kind
    ledger.append(
        FactKind.RECEIVED, number, inquiry=1, occurred_at=ledger.now, actor="person", source=act.source,
        data={
            "channel": Channel.PHONE.value,
            "kind": kind.value,
            "unit": unit,
            "way": contact.way.value,
            "message": ledger.messages_of(number)[-1].id,
            "promised": office.promised_day(kind, ledger.now).isoformat(),
        },
    )  # fmt: skip
    doors = doors_in(contact.text, office.door_words)
    queue_alert(ledger, office, number, 1, office.unit(unit), doors, contact.text)


def _unit_of(office: Office, act: Act) -> UnitId:
    """Return the unit a contact counts for: the first, in the configured order, that the officer belongs to."""
    return next((unit.id for unit in office.units if unit.id in act.officer.units), office.units[0].id)
