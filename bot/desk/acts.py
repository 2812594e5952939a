"""What staff can do with a case, once for every face. Each act checks the officer's right and records facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from textwrap import shorten

from bot.case import CaseNow, CaseState, fold_case, is_case
from bot.desk.rights import may_see
from bot.duty import is_unit_officer
from bot.facts import (
    NOBODY,
    CaseMark,
    CaseNumber,
    ExcludeReason,
    Fact,
    FactData,
    FactKind,
    InboxId,
    Kind,
    MessageId,
    OfficerId,
    TopicId,
    UnitId,
    officer_actor,
)
from bot.inquiry import Inquiry, fold_inquiries
from bot.office import Office, Officer, Role
from bot.store.ledger import Ledger
from bot.store.rows import Direction, StoredMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something to which inquiry, and the key by which a second delivery of the same is known.

    `inquiry` 0: the one that waits, else the last. `since`: when the notice was written that is answered (UTC); what
    the citizen wrote later the officer has not seen in it.
    """

    officer: Officer
    case: CaseNumber
    inquiry: int
    source: str
    digest: str = ""
    inbox: InboxId | None = None
    since: datetime | None = None


class Refusal(StrEnum):
    """Why an act was not done; nothing was recorded."""

    NOT_SEEN = "not_seen"
    """There is no such case, or none that this officer may see: both are told alike."""
    MERGED = "merged"
    TAKEN = "taken"
    NOT_YOURS = "not_yours"
    UNKNOWN_TARGET = "unknown_target"
    AWAY = "away"
    SAME = "same"
    """It is so already."""
    NOT_CLEARED = "not_cleared"
    NOBODY_TO_ANSWER = "nobody_to_answer"
    OTHER_PERSON = "other_person"
    ON_ITS_WAY = "on_its_way"
    NOTHING_TO_UNDO = "nothing_to_undo"
    HAS_LEFT = "has_left"
    LEADS_ONLY = "leads_only"
    NO_INQUIRY = "no_inquiry"
    NEWER = "newer"
    """The citizen has written more since the notice that is answered."""
    NOBODY_CLEARED = "nobody_cleared"
    TOO_LATE = "too_late"
    """Others have gone on from it."""
    UNREADABLE = "unreadable"
    """It cannot be kept as it is written: too long, or a brace that opens no field."""


class ActRefused(Exception):
    """An act that was not done. `about` is a name, number or word that tells more; may be empty."""

    def __init__(self, refusal: Refusal, about: str = "") -> None:
        """Keep the reason."""
        super().__init__(refusal)
        self.refusal = refusal
        self.about = about


def case_for(ledger: Ledger, office: Office, act: Act) -> CaseNow:
    """Return the case as it is now, if the officer may see it and it still stands for itself.

    Raises:
        ActRefused: not so.
    """
    facts = ledger.facts_of(act.case)
    if not is_case(facts):
        raise ActRefused(Refusal.NOT_SEEN, act.case)
    now = fold_case(facts)
    if not may_see(office, act.officer, now):
        raise ActRefused(Refusal.NOT_SEEN, act.case)
    if now.merged_into is not None:
        raise ActRefused(Refusal.MERGED, now.merged_into)
    return now


def inquiry_for(ledger: Ledger, act: Act) -> Inquiry:
    """Return the inquiry an act concerns: the one named, else the one that waits, else the last.

    Raises:
        ActRefused: the case has none.
    """
    inquiries = fold_inquiries(ledger.facts_of(act.case))
    named = next((one for one in inquiries if one.no == act.inquiry), None)
    found = named or next((one for one in reversed(inquiries) if one.waits), None) or next(iter(inquiries[::-1]), None)
    if found is None:
        raise ActRefused(Refusal.NO_INQUIRY, act.case)
    return found


def take(ledger: Ledger, office: Office, act: Act) -> None:
    """Make the case the officer's, if it is nobody's: of two who take it, the first has it.

    Raises:
        ActRefused: it is somebody else's, or the officer's already.
    """
    now = case_for(ledger, office, act)
    if now.owner == act.officer.id:
        raise ActRefused(Refusal.SAME, act.case)
    if now.owner and not is_gone(ledger, office, now.owner):
        raise ActRefused(Refusal.TAKEN, office.name_of(now.owner))
    record(ledger, act, FactKind.ASSIGNED, {"officer": act.officer.id})


def give_back(ledger: Ledger, office: Office, act: Act) -> None:
    """Make the case nobody's again.

    Raises:
        ActRefused: it is not the officer's.
    """
    now = case_for(ledger, office, act)
    if now.owner != act.officer.id:
        raise ActRefused(Refusal.NOT_YOURS, office.name_of(now.owner) if now.owner else "")
    record(ledger, act, FactKind.ASSIGNED, {"officer": ""})


def is_gone(ledger: Ledger, office: Office, owner: OfficerId) -> bool:
    """Tell whether an owner is away today or no officer any more. A unit that owns a case by its mailbox never is."""
    if is_unit_officer(owner):
        return False
    officer = office.officer(owner)
    return officer is None or officer.is_away(office.local_day(ledger.now))


def is_others(ledger: Ledger, office: Office, officer: Officer, owner: OfficerId) -> bool:
    """Tell whether a case is in the hands of somebody else, so that this officer must take it over before ending it.

    Not so where nobody has it, its owner is away or has left, or a unit of the officer's has it; never for a lead.
    """
    if owner in {NOBODY, officer.id} or officer.role is Role.LEAD or is_gone(ledger, office, owner):
        return False
    return not (is_unit_officer(owner) and UnitId(owner[1:]) in officer.units)


def require_own(ledger: Ledger, office: Office, act: Act) -> None:
    """Let only whoever has a case end it: taking is compare-and-set, and ending what a colleague works on undoes that.

    Raises:
        ActRefused: it is somebody else's (`is_others`), or none that the officer may see.
    """
    owner = case_for(ledger, office, act).owner
    if is_others(ledger, office, act.officer, owner):
        raise ActRefused(Refusal.TAKEN, office.name_of(owner))


def transfer(ledger: Ledger, office: Office, act: Act, to: str, why: str) -> Officer | UnitId:
    """Hand the case to an officer or a unit, and return which; the clock goes on as it was.

    A colleague's own name, first name or address, or a unit's name says to whom; `why` is kept as a note.

    Raises:
        ActRefused: nobody is meant for certain, the officer is away, or the case lies there already.
    """
    now = case_for(ledger, office, act)
    target = find_target(ledger, office, act, to)
    unit, owner = (target, OfficerId("")) if isinstance(target, str) else (unit_for(target, now.unit), target.id)
    if unit == now.unit and owner == now.owner and (owner or isinstance(target, str)):
        raise ActRefused(Refusal.SAME, to)
    after = replace(now, unit=unit, owner=owner)
    if not any(may_see(office, one, after) for one in office.officers):
        raise ActRefused(Refusal.NOBODY_CLEARED, office.unit(unit).name)
    data: dict[str, str | int | bool] = {"unit": unit, "message": add_note(ledger, act, why)}
    if owner:
        data["officer"] = owner
    record(ledger, act, FactKind.TRANSFERRED, data)
    return target


def find_target(ledger: Ledger, office: Office, act: Act, to: str) -> Officer | UnitId:
    """Return who is meant: oneself ("mig"), an officer who is here, or a unit.

    Raises:
        ActRefused: nobody is meant for certain, or the officer is away.
    """
    if to.strip().casefold() in {"mig", "me", "minulle"}:
        return act.officer
    officer, unit = office.officer_named(to), office.unit_named(to)
    if officer is not None and unit is None:
        if officer.is_away(office.local_day(ledger.now)):
            raise ActRefused(Refusal.AWAY, officer.name)
        return officer
    if unit is None:
        raise ActRefused(Refusal.UNKNOWN_TARGET, to)
    return unit.id


def unit_for(officer: Officer, now: UnitId) -> UnitId:
    """Return the unit a case lies in when it is this officer's: where it was, if that is one of theirs."""
    return now if now in officer.units or not officer.units else min(officer.units)


def set_kind(ledger: Ledger, office: Office, act: Act, kind: Kind) -> CaseNow:
    """Say what the case is (viewpoint ⇄ fault report and the others) and return it; what was promised stands.

    Raises:
        ActRefused: it is so already.
    """
    now = case_for(ledger, office, act)
    if now.kind is kind:
        raise ActRefused(Refusal.SAME, act.case)
    record(ledger, act, FactKind.KIND_CHANGED, {"kind": kind.value})
    return fold_case(ledger.facts_of(act.case))


def set_topic(ledger: Ledger, office: Office, act: Act, topic: str) -> str:
    """Say what the case is about and return the topic's name.

    Raises:
        ActRefused: no topic is meant for certain.
    """
    case_for(ledger, office, act)
    found = office.topic_named(topic)
    if found is None:
        raise ActRefused(Refusal.UNKNOWN_TARGET, topic)
    record(ledger, act, FactKind.TOPIC_SET, {"topic": TopicId(found.id)})
    return found.name


def set_mark(ledger: Ledger, office: Office, act: Act, mark: CaseMark, value: str, why: str) -> None:
    """Mark the case, or with an empty value take the mark away; `why` is kept as a note.

    Raises:
        ActRefused: only who is cleared may make a secret case open.
    """
    now = case_for(ledger, office, act)
    if mark is CaseMark.SECRET and not value and not act.officer.cleared:
        raise ActRefused(Refusal.NOT_CLEARED, act.case)
    marked = replace(now, secret=bool(value)) if mark is CaseMark.SECRET else now
    alone = not any(may_see(office, one, marked) for one in office.officers)
    if alone and is_unit_officer(act.officer.id):
        raise ActRefused(Refusal.NOBODY_CLEARED, office.unit(now.unit).name)
    data: dict[str, str | int | bool] = {"mark": mark.value, "value": value}
    if why:
        data["message"] = add_note(ledger, act, why)
    record(ledger, act, FactKind.MARKED, data)
    if alone:  # Whoever found out keeps it, so that it can still be answered.
        record(ledger, act, FactKind.ASSIGNED, {"officer": act.officer.id})


def note(ledger: Ledger, office: Office, act: Act, text: str) -> None:
    """Keep a note in the case; it never leaves the house."""
    case_for(ledger, office, act)
    record(ledger, act, FactKind.NOTED, {"message": add_note(ledger, act, text)})


def close(ledger: Ledger, office: Office, act: Act) -> bool:
    """Close the inquiry and return whether it was answered: closing never stops the clock.

    Raises:
        ActRefused: the case is a colleague's.
    """
    require_own(ledger, office, act)
    found = inquiry_for(ledger, act)
    record(ledger, act, FactKind.CLOSED, {}, inquiry=found.no)
    return found.answered_at is not None


def reopen(ledger: Ledger, office: Office, act: Act) -> None:
    """Open a closed case again; the figures of what was answered stand.

    Raises:
        ActRefused: it is open.
    """
    if case_for(ledger, office, act).state is CaseState.OPEN:
        raise ActRefused(Refusal.SAME, act.case)
    record(ledger, act, FactKind.REOPENED, {})


def leave_out(ledger: Ledger, office: Office, act: Act, reason: ExcludeReason) -> None:
    """Leave the inquiry out of the figures; the reason is counted in every report.

    Raises:
        ActRefused: the case is a colleague's, or the citizen has written more since the notice that is answered
            (`about` tells what).
    """
    require_own(ledger, office, act)
    newer = newer_messages(ledger, act)
    if newer:
        raise ActRefused(Refusal.NEWER, shorten(newer[-1].text, 300, placeholder=" …") or newer[-1].subject)
    record(ledger, act, FactKind.EXCLUDED, {"reason": reason.value}, inquiry=inquiry_for(ledger, act).no)


def show_numbers(ledger: Ledger, office: Office, act: Act, reason: str) -> str:
    """Return what the citizen wrote in the case, and log that its personal numbers were seen, and why."""
    case_for(ledger, office, act)
    record(ledger, act, FactKind.UNMASKED, {"message": add_note(ledger, act, reason)})
    return _written(ledger, act)


def show_all(ledger: Ledger, office: Office, act: Act) -> str:
    """Return all that the citizen wrote in the case, quoted text too, and log that it was read."""
    case_for(ledger, office, act)
    record(ledger, act, FactKind.OPENED, {})
    return _written(ledger, act)


def opened(ledger: Ledger, office: Office, act: Act) -> None:
    """Log that the officer reads the case. Of a merged case too: its texts are shown with the other's.

    Raises:
        ActRefused: the officer may not see it.
    """
    facts = ledger.facts_of(act.case)
    if not is_case(facts) or not may_see(office, act.officer, fold_case(facts)):
        raise ActRefused(Refusal.NOT_SEEN, act.case)
    record(ledger, act, FactKind.OPENED, {})


def _written(ledger: Ledger, act: Act) -> str:
    """Return the latest five messages of the citizen as a whole, the latest last."""
    written = [one for one in messages_of(ledger, act.case) if one.direction is Direction.IN][-5:]
    return "\n\n---\n\n".join(f"{one.subject}\n\n{one.whole or one.text}" for one in written)


def newer_messages(ledger: Ledger, act: Act) -> list[StoredMessage]:
    """Return what the citizen has written since the notice that is answered, in the order it came."""
    if act.since is None:
        return []
    written = messages_of(ledger, act.case)
    return [one for one in written if one.direction is Direction.IN and one.created_at > act.since]


def messages_of(ledger: Ledger, case: CaseNumber) -> Sequence[StoredMessage]:
    """Return the messages of a case and of those that have become part of it, in the order they came."""
    merged = fold_case(ledger.facts_of(case)).merged_from if ledger.facts_of(case) else ()
    if not merged:
        return ledger.messages_of(case)
    parts = [one for number in (case, *merged) for one in ledger.messages_of(number)]
    return sorted(parts, key=lambda one: one.id)


def add_note(ledger: Ledger, act: Act, text: str) -> MessageId:
    """Keep words of an officer in the case, and return the message they are."""
    return ledger.add_message(
        act.case, Direction.NOTE, text=text, officer=act.officer.id, inbox_id=act.inbox, digest=act.digest
    )


def record(ledger: Ledger, act: Act, kind: FactKind, data: FactData, *, inquiry: int | None = None) -> Fact:
    """Append a fact of this act. Several facts of one act and kind get numbered sources, so that each is unique."""
    source, number = act.source, 1
    while any(fact.source == source and fact.kind is kind for fact in ledger.facts_of(act.case)):
        number += 1
        source = f"{act.source}/{number}"
    return ledger.append(
        kind, act.case, inquiry=inquiry or act.inquiry or None, occurred_at=ledger.now,
        actor=officer_actor(act.officer.id), source=source, data=data,
    )  # fmt: skip
