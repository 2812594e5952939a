"""The first press on Start, or a printed link: who we are, and the place the person came by."""

import re
from dataclasses import replace

from bot.chat_buttons import Press, button
from bot.citizen import first_words
from bot.citizen.question import Ask, ask
from bot.citizen.visit import Visit

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


def start(visit: Visit, rest: str) -> bool:
    """Say the first words; return whether what stands behind the command is what a link carries, and no message."""
    payload = rest.strip()
    carries = _PAYLOAD.fullmatch(payload) is not None
    place = _place(visit, payload) if carries else ""
    if place:
        visit.ledger.book.set_chat(replace(visit.row, place=payload.removeprefix("p_")))
    t = visit.texts.t
    first_words.mark_told(visit)
    ask(visit, Ask.LANGUAGE, Ask.NUMBERED)
    visit.say(
        first_words.about_us(visit),
        t("Du kom hit via {place}. Det berättar vi för den som svarar.", place=place) if place else "",
        t("Skriv vad det gäller, så tar vi emot det."),
        first_words.language_line(visit, numbered=True),
        buttons=(*first_words.language_buttons(visit), (button(t("Prata med en människa"), Press.PERSON),)),
    )
    return carries


def _place(visit: Visit, payload: str) -> str:
    """Return the name of the place a link was printed for, empty for anything else: whoever writes it may forge it."""
    return visit.rules.places.get(payload.removeprefix("p_"), "") if payload.startswith("p_") else ""
