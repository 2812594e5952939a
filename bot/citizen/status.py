"""How a person's cases stand, in five plain states with a sentence each."""

from datetime import date
from enum import Enum
from textwrap import shorten

from bot.case import CaseState, fold_case
from bot.chat import Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, bold, lines, plain, quote
from bot.citizen.awaiting import awaited
from bot.citizen.moving import is_by_mail
from bot.citizen.visit import Visit, letters_got, own_case, own_cases
from bot.facts import SYSTEM, CaseNumber, FactKind
from bot.inquiry import fold_inquiries, standing
from bot.masking import masked
from config.texts import mark

_MOST = 10
"""Cases that are listed at once."""
_FIRST_WORDS, _ANSWER = 60, 800


class Plain(Enum):
    """How a case stands, as it is told: a word and a sentence."""

    RECEIVED = (mark("Mottaget"), mark("Vi har fått det, men ingen har läst det än."))
    BEING_READ = (mark("Någon läser"), mark("En medarbetare har läst det du skrev."))
    IN_WORK = (mark("Vi arbetar"), mark("En medarbetare arbetar med din fråga."))
    ANSWERED = (mark("Besvarat"), mark("Vi har svarat. Skriv om du undrar något mer."))
    CLOSED = (mark("Avslutat"), mark("Frågan är avslutad. Skriv om du vill ta upp den igen."))


def plain_state(visit: Visit, case: CaseNumber) -> Plain:
    """Return how a case stands."""
    facts = visit.ledger.facts_of(case)
    now, inquiries = fold_case(facts), fold_inquiries(facts)
    waiting = next(reversed(awaited(visit, case)), None)
    if now.state is CaseState.CLOSED:
        return Plain.CLOSED
    if waiting is None:
        return Plain.ANSWERED if any(one.answered_at for one in inquiries) else Plain.CLOSED
    since = [one for one in standing(facts) if one.seq > waiting.arrived_seq and one.actor not in {SYSTEM, "person"}]
    if any(one.kind is not FactKind.OPENED for one in since):
        return Plain.IN_WORK
    return Plain.BEING_READ if since else Plain.RECEIVED


def show_all(visit: Visit) -> None:
    """Say how all of the person's cases stand, the one that was written in last first."""
    t, cases = visit.texts.t, own_cases(visit)
    if not cases:
        visit.say(t("Du har inte skrivit till oss här än. Skriv vad det gäller, så tar vi emot det."))
        return
    left = len(cases) - _MOST
    more = visit.texts.n("Och {count} äldre fråga.", "Och {count} äldre frågor.", left) if left > 0 else ""
    buttons: Rows = (
        *((button(t("Visa {number}", number=case), Press.STATUS, case),) for case in cases[:3]),
        (button(t("Något nytt"), Press.NEW_CASE), button(t("Prata med en människa"), Press.PERSON)),
    )
    visit.say(*(_summary(visit, case) for case in cases[:_MOST]), more, buttons=buttons)


def show_one(visit: Visit, number: CaseNumber) -> None:
    """Say how one case stands and what was answered last; of somebody else's nothing, as of one that does not exist."""
    t, case = visit.texts.t, own_case(visit, number)
    if case is None:
        visit.say(t("Det numret hör inte till den här chatten. Skriv /status för att se dina frågor."))
        return
    to_mail = is_by_mail(visit, case)
    letters = [one for one in letters_got(visit, case) if one.text]
    answer = shorten(masked(visit.texts, letters[-1].text), _ANSWER, placeholder=" …") if letters else ""
    way = (button(t("Svar här i chatten"), Press.BY_CHAT, case),) if to_mail else (
        button(t("Svar med e-post i stället"), Press.BY_MAIL, case),
    )  # fmt: skip
    visit.say(
        _summary(visit, case),
        t("Svaret kommer med e-post.") if to_mail else "",
        lines(plain(t("Det senaste vi skrev till dig:")), quote(answer)) if answer else "",
        buttons=(way, (button(t("Något nytt"), Press.NEW_CASE), button(t("Ta bort"), Press.ERASE))),
        case=case,
    )


def _summary(visit: Visit, case: CaseNumber) -> Html:
    t, (word, sentence) = visit.texts.t, plain_state(visit, case).value
    first = next((one for one in visit.ledger.messages_of(case) if one.address == visit.own), None)
    begins = shorten(masked(visit.texts, first.text), _FIRST_WORDS, placeholder=" …") if first else ""
    promised = fold_case(visit.ledger.facts_of(case)).promised
    waits = promised and awaited(visit, case)
    day = t("Svar senast {day}.", day=visit.texts.day(date.fromisoformat(promised))) if waits else ""
    return lines(
        bold(f"{case} · " + t(word)),
        plain(t("Du skrev: ”{words}”", words=begins)) if begins else "",
        plain(t(sentence)),
        plain(day),
    )
