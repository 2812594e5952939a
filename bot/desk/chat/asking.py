"""Asking an officer for a text: a message that is to be replied to, bound to the case, the officer and half an hour."""

from dataclasses import replace

from bot.case import fold_case
from bot.chat import Form
from bot.chat_text import Html, bold, lines, plain
from bot.desk.acts import case_for
from bot.desk.answering import where_to_answer
from bot.desk.chat.doing import not_theirs
from bot.desk.chat.drafts import Draft, What, keep, newest
from bot.desk.chat.turn import Turn, refuse, say, tell
from bot.facts import CaseNumber
from config.texts import mark

_ASKED = {
    What.ANSWER: mark("Skriv ditt svar i {number} som svar på det här meddelandet. Du ser det innan det skickas."),
    What.HOLD: mark(
        "Varför dröjer svaret i {number}? Skriv det som svar på det här meddelandet. Du ser det innan det skickas."
    ),
    What.OUTCOME: mark(
        "Vad har {number} lett till? Skriv det som svar på det här meddelandet. Du ser det innan det skickas."
    ),
    What.DAY: mark(
        "Vilken dag kommer svaret i {number}? Svara på det här meddelandet, till exempel torsdag eller 3 december."
    ),
    What.FIELD: mark("Mallen i {number} behöver {field}. Skriv det som svar på det här meddelandet."),
    What.TRANSFER: mark("Varför lämnas {number} till {name}? Skriv en rad som svar på det här meddelandet."),
    What.NOTE: mark("Skriv anteckningen i {number} som svar på det här meddelandet. Den skickas inte."),
    What.OPEN: mark("Varför ska {number} inte vara sekretessmärkt? Skriv skälet som svar på det här meddelandet."),
    What.MERGE: mark(
        "Vilket ärende hör ihop med {number}? Skriv numret som svar på det här meddelandet. "
        "Är adresserna olika men personen en? Skriv också: samma person."
    ),
}
"""What is asked for, by what becomes of it."""

_HINTS = {
    What.ANSWER: mark("Ditt svar"),
    What.HOLD: mark("Varför det dröjer"),
    What.OUTCOME: mark("Vad det ledde till"),
    What.DAY: mark("Dag"),
    What.FIELD: mark("Det mallen behöver"),
    What.TRANSFER: mark("Varför"),
    What.NOTE: mark("Anteckning"),
    What.OPEN: mark("Skäl"),
    What.MERGE: mark("K-…"),
}


def ask(turn: Turn, case: CaseNumber, draft: Draft, **fields: str) -> None:
    """Ask for the text of a draft; of a secret case in the officer's private chat.

    What goes to the citizen is asked only of who may send it, and where there is a way to the citizen.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    case_for(turn.ledger, turn.office, turn.act(case))
    problem = hindrance(turn, case) if draft.what.to_citizen or draft.what in {What.DAY, What.FIELD} else ""
    if problem:
        refuse(turn, problem)
        return
    there = apart(turn, case)
    number = turn.ledger.next_outgoing()
    words = turn.t(_ASKED[draft.what], number=case, **fields)
    form = Form(asks=True, hint=turn.t(_HINTS[draft.what]))
    say(there, named(there, words), case=case, form=form, officer=turn.officer.id)
    kept = replace(
        draft, at=turn.ledger.now, posts=(number,), thread=there.place.thread, seen=newest(turn.ledger, case),
        text="", preview=0,
    )  # fmt: skip
    keep(there, case, kept)
    if turn.event.press:
        tell(turn, turn.t("Skriv som svar på mitt meddelande."))


def ask_anew(turn: Turn, case: CaseNumber, what: What) -> None:
    """Ask for a text that needs nothing chosen before it."""
    ask(turn, case, Draft(what=what, at=turn.ledger.now))


def apart(turn: Turn, case: CaseNumber) -> Turn:
    """Return where a case is written about: of a secret one the officer's private chat, and the group is told so."""
    if turn.unit is None or not fold_case(turn.ledger.facts_of(case)).secret:
        return turn
    tell(turn, turn.t("Ärendet är sekretessmärkt. Vi fortsätter i din egen chatt med mig."), aloud=True)
    return turn.privately()


def named(turn: Turn, words: str) -> Html:
    """Return the words; in a group with the name of the officer they are for above them."""
    return plain(words) if turn.unit is None else lines(bold(turn.officer.name), words)


def hindrance(turn: Turn, case: CaseNumber) -> str:
    """Return why the officer cannot write to the citizen in a case, in words; empty if that is possible.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    case_for(turn.ledger, turn.office, turn.act(case))
    problem = not_theirs(turn, case)
    if problem:
        return problem
    if not (where_to_answer(turn.ledger, case) or (None, ""))[1]:
        return turn.t("Vi har ingen adress att svara till i {number}. Ring, eller svara på annat sätt.", number=case)
    return ""
