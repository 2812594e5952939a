"""Rows of buttons: what is chosen among, in pages of eight, and the buttons of a card and of its menus."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.case import CaseNow, CaseState
from bot.chat import Button, Rows
from bot.chat_buttons import Press, button
from bot.desk.case_words import shortened
from bot.facts import CaseNumber, Kind
from config.texts import Texts

PAGE = 8
_LONGEST = 28
"""Signs of a button's words."""

HAS_OUTCOME = frozenset({Kind.VIEWPOINT, Kind.COMPLAINT, Kind.PROPOSAL, Kind.FAULT})
"""Kinds whose writers want to know what it led to."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, and the code that stands for it."""

    words: str
    code: str


def page_of(more: str) -> int:
    """Return the page that a press asks for, the first is 0."""
    number = more.removeprefix("p")
    return int(number) if more.startswith("p") and number.isdecimal() and len(number) < 6 else 0


def is_page(more: str) -> bool:
    """Tell whether a press asks for a list, and chooses nothing of it."""
    return not more.startswith(".")


def page_rows(texts: Texts, act: Press, case: CaseNumber | None, choices: Sequence[Choice], page: int = 0) -> Rows:
    """Return one page of the choices, two in a row, with buttons to the pages beside it. A choice's code gets a dot."""
    last = max(0, (len(choices) - 1) // PAGE)
    page = min(page, last)
    shown = [labelled(one.words, act, case, f".{one.code}") for one in choices[page * PAGE : (page + 1) * PAGE]]
    rows = [tuple(shown[at : at + 2]) for at in range(0, len(shown), 2)]
    turning = list[Button]()
    if page > 0:
        turning.append(labelled(texts.t("Föregående"), act, case, f"p{page - 1}"))
    if page < last:
        turning.append(labelled(texts.t("Nästa"), act, case, f"p{page + 1}"))
    return (*rows, (*turning, labelled(texts.t("Stäng"), Press.LESS, case)))


def labelled(words: str, act: Press, case: CaseNumber | None, more: str = "") -> Button:
    """Return a button whose words fit."""
    return button(shortened(words, _LONGEST), act, case, more)


def card_rows(texts: Texts, case: CaseNumber, *, own: bool) -> Rows:
    """Return the buttons of a case's card. `own`: the case is the officer's."""
    t = texts.t
    owning = labelled(t("Släpp"), Press.GIVE_BACK, case) if own else labelled(t("Ta"), Press.TAKE, case)
    return (
        (owning, labelled(t("Svara"), Press.ANSWER, case)),
        (
            labelled(t("Delbesked"), Press.HOLD, case),
            labelled(t("Lämna över"), Press.TRANSFER, case),
            labelled(t("Anteckning"), Press.NOTE, case),
        ),
        (labelled(t("Avsluta"), Press.CLOSE, case), labelled(t("Mer"), Press.MORE, case)),
    )


def more_rows(texts: Texts, now: CaseNow, *, own: bool) -> Rows:
    """Return the buttons behind *Mer*. `own`: the case is the officer's."""
    t, case = texts.t, now.number
    state = (
        labelled(t("Öppna igen"), Press.REOPEN, case)
        if now.state is CaseState.CLOSED
        else labelled(t("Besvarat på telefon"), Press.SPOKEN, case)
    )
    secret = t("Ta bort sekretess") if now.secret else t("Sekretess")
    last = [state]
    if own:
        last.append(labelled(t("Släpp"), Press.GIVE_BACK, case))
    if now.kind in HAS_OUTCOME:
        last.append(labelled(t("Utfall"), Press.OUTCOME, case))
    return (
        (
            labelled(t("Slag"), Press.KIND, case),
            labelled(t("Ämne"), Press.TOPIC, case),
            labelled(t("Mall"), Press.CANNED, case),
        ),
        (labelled(t("Historik"), Press.HISTORY, case), labelled(t("Visa allt"), Press.SHOW, case, "all")),
        (labelled(t("Slå ihop"), Press.TO, case, "merge"), labelled(secret, Press.SECRET, case)),
        tuple(last),
        (labelled(t("Stäng"), Press.LESS, case),),
    )


def home_rows(texts: Texts) -> Rows:
    """Return the buttons of what is no single case's."""
    t = texts.t
    return (
        (labelled(t("Kön"), Press.QUEUE, None), labelled(t("Mina"), Press.MINE, None)),
        (labelled(t("Logga samtal"), Press.PHONE, None),),
    )
