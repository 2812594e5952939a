"""Doing what a button or a command asks for, and taking it back by a button."""

from dataclasses import replace

from bot.case import CaseState, fold_case, is_case
from bot.chat import Rows
from bot.chat_buttons import Press, button
from bot.desk.acts import ActRefused, Refusal, is_others
from bot.desk.chat.confirmed import letters_of
from bot.desk.chat.telling import Told, in_words, report
from bot.desk.chat.turn import Turn, refuse, tell
from bot.desk.commands import Ask, Command, Note, ShowAll, ShowNumbers, Undo, case_of
from bot.desk.perform import perform
from bot.desk.rights import may_see
from bot.desk.words import why_not
from bot.facts import CaseNumber, Fact, FactKind, officer_actor
from bot.inquiry import standing
from bot.parts import Quote

_LASTING = frozenset({FactKind.OPENED, FactKind.UNMASKED, FactKind.CORRECTED, FactKind.RECEIVED, FactKind.NOTED})
"""What cannot be taken back (`bot.desk.undoing`)."""


def do(
    turn: Turn, case: CaseNumber | None, command: Command, *, number: int = 1, again: bool = False, text: str = ""
) -> Told:
    """Do a command in a case (or the one it names), and return what came of it with a button to take it back."""
    case = case_of(command) or case
    act = turn.act(case or CaseNumber(""), number=number, text=text)
    before = turn.ledger.next_outgoing()
    said = perform(turn.ledger, turn.office, act, command, again=again, in_chat=True)
    lasting = isinstance(command, Ask | Note | ShowAll | ShowNumbers | Undo)
    rows = undo_rows(turn, case, act.source) if case and said.done and not lasting else ()
    written = [one.message for one in letters_of(turn.ledger, case) if one.id >= before] if case else []
    return Told(said, case, rows, written[-1] if written else None)


def do_here(turn: Turn, case: CaseNumber, command: Command) -> None:
    """Do what a button of a menu asks for, and say in the menu's place what came of it."""
    told = do(turn, case, command)
    if told.said.done:
        report_in_place(turn, told)
    else:
        refuse(turn, in_words(told.said))


def report_in_place(turn: Turn, told: Told) -> None:
    """Answer a press in short, and say in the menu's place what came of it."""
    quotes = any(isinstance(part, Quote) for part in told.said.parts)
    subject = told.said.subject
    tell(turn, f"{subject[:1].upper()}{subject[1:]}." if quotes else in_words(told.said, told.case))
    report(turn, told)


def do_at_once(turn: Turn, case: CaseNumber, command: Command) -> None:
    """Do what a button of a card asks for; only the press is answered, as the card tells the rest."""
    said = do(turn, case, command).said
    tell(turn, in_words(said), aloud=not said.done)


def undo_rows(turn: Turn, case: CaseNumber, source: str) -> Rows:
    """Return the button that takes back what this source did in a case, none if nothing can be."""
    done = [fact for fact in turn.ledger.facts_of(case) if _begun(fact) == source and fact.kind not in _LASTING]
    return ((button(turn.t("Ångra"), Press.UNDO, case, str(done[-1].seq)),),) if done else ()


def press_undo(turn: Turn, case: CaseNumber, seq: str) -> None:
    """Take back the very act that the button stands under, and no other."""
    t, me = turn.t, officer_actor(turn.officer.id)
    fact = next((one for one in turn.ledger.facts_of(case) if str(one.seq) == seq), None)
    if fact is None:
        stale(turn, case)
    elif fact.actor != me:
        refuse(turn, t("Bara den som gjorde det kan ångra det."))
    elif fact not in standing(turn.ledger.facts_of(case)):
        tell(turn, t("Det är redan ångrat."))
    elif _has_done_more(turn, case, fact):
        refuse(turn, t("Du har gjort mer i {number} sedan dess. Skriv /ångra, så ångras det senaste.", number=case))
    else:
        _undo(turn, case)


def _undo(turn: Turn, case: CaseNumber) -> None:
    """Take it back; a letter that was stopped can be written anew."""
    told = do(turn, case, Undo())
    if not told.said.done:
        refuse(turn, in_words(told.said))
        return
    letter = any(isinstance(part, Quote) for part in told.said.parts)
    rows: Rows = ((button(turn.t("Svara"), Press.ANSWER, case),),) if letter else ()
    report_in_place(turn, replace(told, rows=rows))


def _has_done_more(turn: Turn, case: CaseNumber, fact: Fact) -> bool:
    """Tell whether `/ångra` would take back something else of the officer's: a later act, or a letter on its way."""
    begun, ledger = _begun(fact), turn.ledger
    own = [
        one
        for one in standing(ledger.facts_of(case))
        if one.actor == fact.actor and one.kind not in _LASTING and not one.source.startswith("outbox:")
        and "merged" not in one.data
    ]  # fmt: skip
    letters = {one.data.get("message") for one in own if _begun(one) == begun}
    leaving = [
        one
        for one in ledger.queued_of(case)
        if one.officer == turn.officer.id and one.kind.to_citizen and not ledger.has_left(one.id)
    ]
    return any(one.seq > fact.seq and _begun(one) != begun for one in own) or any(
        one.message not in letters for one in leaving
    )


def _begun(fact: Fact) -> str:
    return fact.source.split("/")[0]


def stale(turn: Turn, case: CaseNumber | None) -> None:
    """Tell that a button is of no use any more, and how the case is now."""
    now = state_words(turn, case) if case else ""
    said = turn.t("Knappen gäller inte längre.")
    refuse(turn, f"{said} {now}".strip())


def state_words(turn: Turn, case: CaseNumber) -> str:
    """Return in one sentence how a case is now, as far as the officer may know."""
    t, facts = turn.t, turn.ledger.facts_of(case)
    now = fold_case(facts) if is_case(facts) else None
    if now is None or not may_see(turn.office, turn.officer, now):
        return why_not(turn.office.texts, ActRefused(Refusal.NOT_SEEN, case))
    if now.merged_into is not None:
        return t("{number} är hopslaget med {other}.", number=case, other=now.merged_into)
    if now.state is CaseState.CLOSED:
        return t("{number} är avslutat.", number=case)
    if now.owner:
        return t("{number}: {name} har ärendet.", number=case, name=turn.office.name_of(now.owner))
    return t("{number} är ingens just nu.", number=case)


def not_theirs(turn: Turn, case: CaseNumber) -> str:
    """Return why the officer may not write to the citizen in a case, in words; empty if the officer may.

    Whoever has the case may, or a lead; anybody who may see it where nobody has it, or its owner is away or has left.
    """
    owner = fold_case(turn.ledger.facts_of(case)).owner
    if not is_others(turn.ledger, turn.office, turn.officer, owner):
        return ""
    return turn.t(
        "{name} har ärendet. Bara den som har det, eller en kvalitetsledare, svarar härifrån. "
        "Tar du över? Skriv /lämna till mig: varför.",
        name=turn.office.name_of(owner),
    )
