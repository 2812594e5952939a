"""Choosing the language we write in: at first contact, and at any time."""

from dataclasses import replace

from bot.case import fold_case
from bot.chat_buttons import Press, button
from bot.citizen import first_words
from bot.citizen.question import Ask, Question, ask, asked, close, said
from bot.citizen.visit import Visit, own_cases
from bot.facts import CaseMark, CaseNumber, FactKind
from bot.inquiry import fold_inquiries

_ALSO = {"finska": "fi", "finnish": "fi", "engelska": "en", "englanti": "en", "swedish": "sv", "ruotsi": "sv",
         "lattlast": "sv_lattlast", "latt svenska": "sv_lattlast", "easy swedish": "sv_lattlast"}  # fmt: skip
"""What people call a language beside its own name and its code."""
_SHORTEST_NAME = 4


def take_words(visit: Visit, question: Question, text: str) -> bool:
    """Take a language's name, or its number where nothing else has one; False: it is neither."""
    words, codes = said(text), visit.rules.languages
    numbered = Ask.NUMBERED in question.asks and words.isdecimal() and 1 <= int(words[:3]) <= len(codes)
    code = codes[int(words) - 1] if numbered else language_named(visit, words)
    if code is None:
        return False
    choose(visit, code)
    return True


def take_name(visit: Visit, text: str) -> bool:
    """Take a language's own name, written alone at any time, as we ask for it; a mere code such as "en" is a word."""
    code = language_named(visit, text) if len(said(text)) > _SHORTEST_NAME else None
    if code is None:
        return False
    choose(visit, code)
    return True


def language_named(visit: Visit, text: str) -> str | None:
    """Return the language of ours that is meant by its name or code, None if none is."""
    words, codes = said(text), visit.rules.languages
    own = {said(first_words.own_name(code)): code for code in reversed(codes)} | {said(code): code for code in codes}
    code = own.get(words) or _ALSO.get(words)
    return code if code in codes else None


def ask_language(visit: Visit) -> None:
    """Ask which language it shall be."""
    ask(visit, Ask.LANGUAGE, Ask.NUMBERED)
    visit.say(
        first_words.language_line(visit, numbered=True),
        _honest(visit),
        buttons=(*first_words.language_buttons(visit), (button(visit.texts.t("Avbryt"), Press.CANCEL),)),
    )


def press(visit: Visit, code: str) -> None:
    """Take a press on a language; without one, ask for it."""
    if not code:
        ask_language(visit)
    elif code in visit.rules.languages:
        choose(visit, code)
        visit.toast(first_words.own_name(code))
    else:
        visit.toast(visit.texts.t("Knappen gäller inte längre."))


def choose(visit: Visit, code: str) -> None:
    """Write in this language from now on, and say who we are in it, unless that was said in it already."""
    known = first_words.was_told(visit) and code == visit.language
    visit.ledger.book.set_chat(replace(visit.row, language=code, told=first_words.VERSION))
    if asked(visit) is not None:
        close(visit, Ask.LANGUAGE, Ask.NUMBERED)
    for case in own_cases(visit):
        if any(one.waits for one in fold_inquiries(visit.ledger.facts_of(case))):
            mark_language(visit, case)
    told = visit.texts.t("Nu skriver vi på {language}.", language=visit.texts.language_name(code))
    visit.say(told, _honest(visit), "" if known else first_words.about_us(visit))


def mark_language(visit: Visit, case: CaseNumber) -> None:
    """Let staff see in which language the person chose to be written to; what they entered themselves stays."""
    now, chosen = fold_case(visit.ledger.facts_of(case)), visit.row.language
    ours = now.language in {"", *visit.rules.languages}
    if chosen and ours and chosen != (now.language or visit.office.texts.language):
        visit.ledger.append(
            FactKind.MARKED, case, occurred_at=visit.arrival.arrived_at, actor="person",
            source=f"{visit.arrival.source}/{case}", data={"mark": CaseMark.LANGUAGE.value, "value": chosen},
        )  # fmt: skip


def _honest(visit: Visit) -> str:
    """Return in which language the answer will be: those who answer may know one only."""
    language = visit.texts.language_name(visit.office.texts.language)
    return visit.texts.t("Skriv på det språk du vill. Den som svarar är en människa och skriver oftast på {language}.",
                         language=language)  # fmt: skip
