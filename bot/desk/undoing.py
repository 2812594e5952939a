"""Regret: an officer's latest act in a case is taken back; a letter, as long as it has not left."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.case import fold_case, is_case
from bot.desk.acts import Act, ActRefused, Refusal, case_for
from bot.facts import SYSTEM, CaseNumber, Fact, FactKind, officer_actor
from bot.inquiry import standing
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.rows import Direction, OutboxState, QueuedBefore

_LASTING = frozenset({
    FactKind.OPENED, FactKind.UNMASKED, FactKind.CORRECTED, FactKind.RECEIVED, FactKind.NOTED,
})  # fmt: skip
"""What cannot be taken back: it was read, said or it came."""

_WITH_LETTER = frozenset({FactKind.ASSIGNED, FactKind.HELD, FactKind.OUTCOME})
"""What is recorded when a letter is queued."""

_WORKED_ON = frozenset({FactKind.ANSWERED, FactKind.ANSWERED_ELSEWHERE, FactKind.HELD, FactKind.EXCLUDED})
"""What others do with a question: it must not be taken away under their hands."""

_BUILT_ON = frozenset({
    FactKind.RECEIVED, FactKind.ANSWERED, FactKind.ANSWERED_ELSEWHERE, FactKind.HELD, FactKind.MERGED,
})  # fmt: skip
"""What happens to two cases as one, so that nobody can say any more to which of them it belongs."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back. `letter`: a letter that had not left, and `text` its words; else empty."""

    kind: FactKind
    letter: bool
    text: str


def undo(ledger: Ledger, office: Office, act: Act) -> Undone:
    """Take back the officer's latest act in the case, whole, and return what it was.

    An act whose letter can still be taken back comes before what was done later: it is urgent, the rest is not. A
    letter (answer, holding notice, outcome) must not have left yet; then nothing of it is done. Notes stay. A merging
    is undone from either of the two cases, until something has happened to them as one.

    Raises:
        ActRefused: the officer has done nothing here that can be taken back, the letter has left, or others have
            gone on from there.
    """
    chosen = _chosen(ledger, act)
    together = [] if chosen is None else _together(ledger, chosen)
    merged = next((fact for fact in together if fact.kind is FactKind.MERGED and "from" in fact.data), None)
    if merged is not None:
        _require_separable(ledger, act, merged)
    elif not _is_contact(ledger, act) and not _is_last_transfer(ledger, chosen):
        case_for(ledger, office, act)
    if chosen is None:
        raise ActRefused(Refusal.NOTHING_TO_UNDO, act.case)
    _require_untouched(ledger, act, together)
    letters = _letters_of(ledger, together)
    if any(ledger.has_left(one.id) for one in letters):
        raise ActRefused(Refusal.HAS_LEFT, act.case)
    words = [_words_of(ledger, one) for one in letters]
    for one in letters:
        ledger.take_back(one.id)
    if merged is not None:
        _part_ways(ledger, merged)
    for number, fact in enumerate(fact for fact in together if fact.kind not in {FactKind.OPENED, FactKind.UNMASKED}):
        _drop(ledger, act, fact, number)
    return Undone(_kind_of(together), letter=bool(letters), text="\n\n".join(words))


def _chosen(ledger: Ledger, act: Act) -> Fact | None:
    """Return a fact of the act to take back, None if there is none; what a merging said again is nobody's act."""
    own = [
        fact
        for fact in standing(ledger.facts_of(act.case))
        if fact.actor == officer_actor(act.officer.id)
        and fact.kind not in _LASTING
        and not _is_delivery(fact)
        and "merged" not in fact.data
    ]
    # In a case that has become part of another one only the merging can be taken back.
    stands = not any(fact.kind is FactKind.MERGED and "into" in fact.data for fact in own)
    urgent = [fact for fact in own if stands and _letters_of(ledger, [fact], to_leave=True)]
    return next(iter([*urgent[-1:], *own[-1:]]), None)


def _is_delivery(fact: Fact) -> bool:
    """Tell whether a fact is that a letter arrived: the officer's act was to write it."""
    return fact.source.startswith("outbox:")


def _is_last_transfer(ledger: Ledger, chosen: Fact | None) -> bool:
    """Tell whether the act handed the case over and nobody has done anything since: it may be out of sight by now."""
    if chosen is None or chosen.kind is not FactKind.TRANSFERRED:
        return False
    since = [one for one in standing(ledger.facts_of(chosen.case)) if one.seq > chosen.seq]
    return all(one.actor == SYSTEM for one in since)


def _is_contact(ledger: Ledger, act: Act) -> bool:
    """Tell whether the number is that of a telephone contact that never became a case."""
    facts = ledger.facts_of(act.case)
    return bool(facts) and not is_case(facts)


def _together(ledger: Ledger, chosen: Fact) -> list[Fact]:
    """Return all that one act recorded: of a merging, in both cases."""
    begun = chosen.source.split("/")[0]
    found = [fact for fact in standing(ledger.facts_of(chosen.case)) if fact.source.split("/")[0] == begun]
    others = {_other(fact) for fact in found if fact.kind is FactKind.MERGED}
    for case in sorted(others):
        found += [fact for fact in standing(ledger.facts_of(case)) if fact.source.split("/")[0] == begun]
    return found


def _other(merged: Fact) -> CaseNumber:
    return CaseNumber(str(merged.data.get("into") or merged.data.get("from")))


def _kind_of(facts: Sequence[Fact]) -> FactKind:
    kinds = [fact.kind for fact in facts]
    if FactKind.MERGED in kinds:
        return FactKind.MERGED
    own = (kind for kind in kinds if kind not in {FactKind.ASSIGNED, FactKind.RECEIVED})
    return next(own, FactKind.ASSIGNED)


def _require_separable(ledger: Ledger, act: Act, merged: Fact) -> None:
    """Refuse to part two cases once something has happened to them as one.

    Raises:
        ActRefused: so it is, or the case that stood has become part of another one itself.
    """
    facts = ledger.facts_of(merged.case)
    into = fold_case(facts).merged_into
    if into is not None:
        raise ActRefused(Refusal.MERGED, into)
    built = any(fact.kind in _BUILT_ON and fact.seq > merged.seq for fact in standing(facts))
    written = any(
        not one.kind.automatic and one.created_at >= merged.occurred_at and one.state is not OutboxState.REGRETTED
        for one in ledger.queued_of(merged.case)
    )
    if built or written:
        raise ActRefused(Refusal.TOO_LATE, act.case)


def _require_untouched(ledger: Ledger, act: Act, facts: Sequence[Fact]) -> None:
    """Refuse to take a question away that somebody else has worked on.

    Raises:
        ActRefused: so it is.
    """
    for came in facts:
        later = [one for one in standing(ledger.facts_of(came.case)) if one.seq > came.seq and one not in facts]
        if came.kind is FactKind.RECEIVED and any(
            one.kind in _WORKED_ON and one.inquiry == came.inquiry and one.actor != officer_actor(act.officer.id)
            for one in later
        ):
            raise ActRefused(Refusal.TOO_LATE, act.case)


def _letters_of(ledger: Ledger, facts: Sequence[Fact], *, to_leave: bool = False) -> list[QueuedBefore]:
    """Return the letters that the officer wrote with these facts; with `to_leave` those that can be taken back."""
    own = [fact for fact in facts if fact.kind in _WITH_LETTER and "merged" not in fact.data]
    return [
        queued
        for fact in own
        for queued in ledger.queued_of(fact.case)
        if queued.message is not None and queued.message == fact.data.get("message") and queued.kind.to_citizen
        if not to_leave or not ledger.has_left(queued.id)
    ]


def _words_of(ledger: Ledger, letter: QueuedBefore) -> str:
    written = ledger.messages_of(letter.case) if letter.case is not None else ()
    return next((one.text for one in written if one.id == letter.message), "")


def _part_ways(ledger: Ledger, merged: Fact) -> None:
    """Let those take part in the case that stood no longer who came by the merging only."""
    wrote = {one.address for one in ledger.messages_of(merged.case) if one.direction is Direction.IN}
    others = set(fold_case(ledger.facts_of(merged.case)).merged_from) - {_other(merged)}
    kept = wrote.union(*(ledger.participants_of(one) for one in others))
    for address in sorted(ledger.participants_of(_other(merged)) - kept):
        ledger.leave_part(merged.case, address)


def _drop(ledger: Ledger, act: Act, fact: Fact, number: int) -> None:
    source = act.source if number == 0 else f"{act.source}/{number}"
    ledger.append(
        FactKind.CORRECTED, fact.case, inquiry=fact.inquiry, occurred_at=ledger.now,
        actor=officer_actor(act.officer.id), source=source, data={"seq": fact.seq, "drop": True},
    )  # fmt: skip
