"""Regret: an officer's latest act in a case is taken back; a letter, as long as it has not left."""

from collections.abc import Sequence

from bot.case import is_case
from bot.desk.acts import Act, ActRefused, Refusal, case_for
from bot.facts import CaseNumber, Fact, FactKind, OutboxId, officer_actor
from bot.inquiry import standing
from bot.office import Office
from bot.store.ledger import Ledger

_LASTING = frozenset({
    FactKind.OPENED, FactKind.UNMASKED, FactKind.CORRECTED, FactKind.RECEIVED, FactKind.NOTED,
})  # fmt: skip
"""What cannot be taken back: it was read, said or it came."""

_WITH_LETTER = frozenset({FactKind.ASSIGNED, FactKind.HELD, FactKind.OUTCOME})
"""What is recorded when a letter is queued."""


def undo(ledger: Ledger, office: Office, act: Act) -> FactKind:
    """Take back the officer's latest act in the case, whole, and return what kind of act it was.

    A letter (answer, holding notice, outcome) must not have left yet; then nothing of it is done. Notes stay. A merging
    is undone from either of the two cases.

    Raises:
        ActRefused: the officer has done nothing here that can be taken back, or the letter has left.
    """
    merged = _merged(ledger, act)
    if merged is None and not _is_contact(ledger, act):
        case_for(ledger, office, act)
    own = [
        fact
        for fact in standing(ledger.facts_of(act.case))
        if fact.actor == officer_actor(act.officer.id) and fact.kind not in _LASTING and not _is_delivery(fact)
    ]
    if not own:
        raise ActRefused(Refusal.NOTHING_TO_UNDO, act.case)
    begun = own[-1].source.split("/")[0]
    cases = [act.case] if merged is None else [act.case, merged]
    together = [
        fact for case in cases for fact in standing(ledger.facts_of(case)) if fact.source.split("/")[0] == begun
    ]
    _take_letters_back(ledger, act, together)
    for number, fact in enumerate(fact for fact in together if fact.kind not in {FactKind.OPENED, FactKind.UNMASKED}):
        _drop(ledger, act, fact, number)
    kinds = [fact.kind for fact in together]
    return next((kind for kind in kinds if kind is not FactKind.ASSIGNED), FactKind.ASSIGNED)


def _is_contact(ledger: Ledger, act: Act) -> bool:
    """Tell whether the number is that of a telephone contact that never became a case."""
    facts = ledger.facts_of(act.case)
    return bool(facts) and not is_case(facts)


def _is_delivery(fact: Fact) -> bool:
    """Tell whether a fact is that a letter arrived: the officer's act was to write it."""
    return fact.source.startswith("outbox:")


def _merged(ledger: Ledger, act: Act) -> CaseNumber | None:
    """Return the other case, if the officer's latest act here was to merge the two."""
    if not is_case(ledger.facts_of(act.case)):
        return None
    last = [one for one in standing(ledger.facts_of(act.case)) if one.actor == officer_actor(act.officer.id)][-1:]
    if not last or last[0].kind is not FactKind.MERGED:
        return None
    return CaseNumber(str(last[0].data.get("into") or last[0].data.get("from")))


def _take_letters_back(ledger: Ledger, act: Act, facts: Sequence[Fact]) -> None:
    """Take back the letters these facts are about.

    Raises:
        ActRefused: one has left.
    """
    messages = {fact.data.get("message") for fact in facts if fact.kind in _WITH_LETTER} - {None}
    letters: list[OutboxId] = [
        queued.id for queued in ledger.queued_of(act.case) if queued.message in messages and queued.kind.to_citizen
    ]
    if any(ledger.has_left(one) for one in letters):
        raise ActRefused(Refusal.HAS_LEFT, act.case)
    for one in letters:
        ledger.take_back(one)


def _drop(ledger: Ledger, act: Act, fact: Fact, number: int) -> None:
    source = act.source if number == 0 else f"{act.source}/{number}"
    ledger.append(
        FactKind.CORRECTED, fact.case, inquiry=fact.inquiry, occurred_at=ledger.now,
        actor=officer_actor(act.officer.id), source=source, data={"seq": fact.seq, "drop": True},
    )  # fmt: skip
