"""What a person is told at first contact: what this is, who answers and when, what not to write, in which language."""

from dataclasses import replace

from bot.chat import Button, Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, bold, lines, paragraphs, plain
from bot.citizen.office_hours import answer_time, open_now
from bot.citizen.visit import Visit
from config.texts import OWN_NAMES

VERSION = 1
"""Raised when the first words say something that everybody must be told anew."""


def was_told(visit: Visit) -> bool:
    """Tell whether the person has had these words."""
    return visit.row.told >= VERSION


def mark_told(visit: Visit) -> None:
    """Remember that the person gets them now."""
    if not was_told(visit):
        visit.ledger.book.set_chat(replace(visit.row, told=VERSION))


def about_us(visit: Visit) -> Html:
    """Return the words, in the person's language, without the question of language."""
    t, office = visit.texts.t, visit.office
    return paragraphs(
        lines(
            bold(t("Du skriver till {municipality}.", municipality=office.name)),
            plain(t("En robot tar emot. Människor läser och svarar.")),
            plain(" ".join(filter(None, (open_now(office, visit.texts, visit.now), answer_time(office, visit.texts))))),
        ),
        lines(
            plain(t("Skriv inte personnummer, uppgifter om hälsa eller annat känsligt här.")),
            plain(t("Telegram kan läsa det som skrivs i chatten. Hos oss blir det en allmän handling.")),
        ),
        plain(office.privacy_in(visit.texts.language) or t("Så hanterar vi dina uppgifter: skriv /personuppgifter.")),
    )


def language_line(visit: Visit, *, numbered: bool) -> Html:
    """Return the question of language; `numbered` where a number can mean nothing else."""
    t = visit.texts.t
    if not numbered:
        names = " · ".join(_names(visit).values())
        return plain(t("Språk: {names}. Tryck på en knapp eller skriv namnet.", names=names))
    choices = [f"{number}. {name}" for number, name in enumerate(_names(visit).values(), start=1)]
    asks = t("Vilket språk vill du ha? Tryck på en knapp, eller skriv siffran eller språkets namn.")
    return lines(plain(asks), *map(plain, choices))


def language_buttons(visit: Visit) -> Rows:
    """Return a button for each language, in its own name, two in a row."""
    made = [button(name, Press.LANGUAGE, more=code) for code, name in _names(visit).items()]
    return in_rows(made, 2)


def _names(visit: Visit) -> dict[str, str]:
    return {code: own_name(code) for code in visit.rules.languages}


def own_name(code: str) -> str:
    """Return what a language calls itself."""
    return next((name for language, name in OWN_NAMES.items() if language == code), code)


def in_rows(buttons: list[Button], most: int) -> Rows:
    """Return buttons in rows of at most so many."""
    return tuple(tuple(buttons[at : at + most]) for at in range(0, len(buttons), most))
