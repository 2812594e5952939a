"""A message that was changed: both versions are kept, and none of them is altered; it opens nothing."""

from bot.arrival import Arrival
from bot.case import follow_merged
from bot.citizen import albums, early_edits, forgotten
from bot.citizen.content import as_arrival
from bot.citizen.doors import door_words, needed_doors
from bot.citizen.receipts import remarks
from bot.citizen.visit import Visit, own_message
from bot.doors import doors_in, queue_alert
from bot.facts import CaseNumber, FactKind, to_micros
from bot.failures import unit_of_case
from bot.inquiry import fold_inquiries
from bot.notices import queue_edit
from bot.store.rows import StoredMessage
from bot.taking_in import record_arrival, store_message

LIVE, UNCHANGED = "live", "unchanged"
"""Outcomes of edits that change nothing."""


def take_edit(visit: Visit) -> str | None:
    """Keep a later version of a message, and return what came of it; None if its first version is not known.

    That is so of commands and choices, and of what has not come yet.
    """
    event = visit.event
    if event.spot is not None:
        return LIVE
    first = own_message(visit, event.post) or albums.part_with(visit, event.post)
    if first is None:
        return forgotten.take_edit(visit)
    case = follow_merged(visit.ledger.facts_of, first.case)
    known = [one for one in _versions(visit, first, case) if one.id not in early_edits.first_versions(visit)]
    if max(known, key=lambda one: one.id).digest == visit.arrival.digest:
        return UNCHANGED
    _keep(visit, as_arrival(visit), first, case)
    return case


def take_edited_before(visit: Visit) -> str | None:
    """Keep the first version of a message whose edit came before it, and return what came of it.

    None: it is no such message. Its arrival, where the clock starts, is that of what was written first.
    """
    post = visit.event.post
    first = early_edits.message_for(visit, post)
    if first is None:
        return None
    case = follow_merged(visit.ledger.facts_of, first.case)
    if early_edits.is_here(visit, post) or first.digest == visit.arrival.digest:
        return UNCHANGED
    early_edits.came(visit, post, visit.ledger.next_message())
    _keep(visit, as_arrival(visit), first, case, early=True)
    _set_arrival(visit, first)
    return case


def _versions(visit: Visit, first: StoredMessage, case: CaseNumber) -> list[StoredMessage]:
    versions = [one for one in visit.ledger.messages_of(first.case) if first.id in {one.id, one.edits}]
    if case != first.case:
        versions += [one for one in visit.ledger.messages_of(case) if one.edits == first.id]
    return versions


def _set_arrival(visit: Visit, first: StoredMessage) -> None:
    """Let a message have come when its first version did."""
    at = visit.arrival.arrived_at
    told = [one for one in visit.ledger.facts_of(first.case) if one.data.get("message") == first.id]
    received = next((one for one in told if one.kind is FactKind.RECEIVED), None)
    if received is not None and at < received.occurred_at:
        visit.ledger.append(
            FactKind.CORRECTED, first.case, inquiry=received.inquiry, occurred_at=at, actor="person",
            source=visit.arrival.source, data={"seq": received.seq, "occurred_at": to_micros(at)},
        )  # fmt: skip


def _keep(visit: Visit, arrival: Arrival, first: StoredMessage, case: CaseNumber, *, early: bool = False) -> None:
    """Keep another version; `early`: one that stood before the first that came, so nobody is told that it is new."""
    ledger, office, shown = visit.ledger, visit.office, arrival.inbound.text
    unit = unit_of_case(ledger.facts_of(case), office) or office.units[0]
    inquiries = fold_inquiries(ledger.facts_of(case))
    inquiry = max(len(inquiries), 1)
    doors = needed_doors(visit, shown, case, inquiry)
    message = store_message(ledger, arrival, case, first.address, shown, edits=first.id)
    data: dict[str, str | int | bool] = {"kind": office.default_kind.value, "unit": unit.id, "edit": first.id}
    if early:
        data["early"] = True
    record_arrival(ledger, arrival, case, None, message, data)
    queue_alert(ledger, office, case, inquiry, unit, doors_in(shown, office.door_words), shown)
    answered = bool(inquiries) and inquiries[-1].answered_at is not None and not early
    if answered:
        queue_edit(ledger, office, case, inquiry, shown=shown)
    _tell(visit, arrival, case, door_words(visit, doors), answered=answered)


def _tell(visit: Visit, arrival: Arrival, case: CaseNumber, first: list[str], *, answered: bool) -> None:
    """Tell the person only what is needed: an edit is no question, once it was answered."""
    more = ""
    if answered:
        more = visit.texts.t("Vi har sparat din ändring i {number}, men den är redan besvarad. Vill du fråga "
                             "något mer? Skriv ett nytt meddelande.", number=case)  # fmt: skip
    told = remarks(visit, arrival, first=tuple(first), more=more)
    if told.first or told.then:
        visit.say(*told.first, *told.then, case=case)
