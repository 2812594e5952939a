"""A canned answer chosen by a button: its fields are asked for one by one, then it is shown before it is sent."""

from dataclasses import replace
from hashlib import sha256

from bot.chat_buttons import Press
from bot.desk.acts import case_for
from bot.desk.chat.asking import ask, hindrance
from bot.desk.chat.doing import stale
from bot.desk.chat.drafts import Draft, What, newest
from bot.desk.chat.menus import offer
from bot.desk.chat.pages import Choice, is_page
from bot.desk.chat.sending import preview
from bot.desk.chat.turn import Turn, refuse, tell
from bot.desk.staffing import fill, find_canned
from bot.facts import CaseNumber


def press_canned(turn: Turn, case: CaseNumber, more: str) -> None:
    """Choose a canned answer, and go on to its fields.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    problem = hindrance(turn, case)
    names = _names(turn)
    if problem:
        refuse(turn, problem)
    elif not names:
        refuse(turn, turn.t("Det finns inga mallar än."))
    elif is_page(more):
        choices = [Choice(name, code) for code, name in names.items()]
        offer(turn, case, turn.t("Vilken mall för {number}?", number=case), Press.CANNED, choices, more)
    elif more[1:] in names:
        draft = Draft(what=What.FIELD, at=turn.ledger.now, chosen=names[more[1:]], seen=newest(turn.ledger, case))
        _go_on(turn, case, draft)
    else:
        stale(turn, case)


def take_field(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    """Fill in the field that was asked for, and go on.

    Raises:
        ActRefused: there is no such case that the officer may see.
    """
    missing = _filled(turn, case, draft)[1]
    fields = {**draft.fields, missing[0]: text} if missing else draft.fields
    _go_on(turn, case, replace(draft, fields=fields))


def _go_on(turn: Turn, case: CaseNumber, draft: Draft) -> None:
    text, missing = _filled(turn, case, draft)
    if missing:
        ask(turn, case, draft, field=missing[0])
    elif text:
        preview(turn, case, replace(draft, what=What.ANSWER, text=text))
        if turn.event.press:
            tell(turn, "")
    else:
        refuse(turn, turn.t("Mallen finns inte längre. Inget har skickats."))


def _filled(turn: Turn, case: CaseNumber, draft: Draft) -> tuple[str, tuple[str, ...]]:
    """Return the text as far as it is filled in, and what is missing; empty if there is no such canned answer."""
    known = case_for(turn.ledger, turn.office, turn.act(case)).language
    language = known or turn.office.texts.language.split("_")[0]
    found = find_canned(turn.office, turn.officer, draft.chosen, language)
    return fill(found, draft.fields) if found is not None else ("", ())


def _names(turn: Turn) -> dict[str, str]:
    """Return the names of the canned answers the officer may use, by the codes of their buttons."""
    mine = {one.name for one in turn.office.canned if one.unit is None or one.unit in turn.officer.units}
    return {sha256(name.casefold().encode()).hexdigest()[:12]: name for name in sorted(mine, key=str.casefold)}
