"""Forgetting a chat: what goes now, what the archive law keeps, and, after a second press, doing it."""

from bot.chat_buttons import Press, button
from bot.citizen import forgotten, pace
from bot.citizen.awaiting import awaited
from bot.citizen.moving import is_by_mail
from bot.citizen.question import Ask, ask, asked, said
from bot.citizen.visit import Visit, own_cases, own_messages
from bot.desk.chat.places import tell_closed
from bot.facts import CaseNumber, FactKind
from bot.inquiry import fold_inquiries
from bot.store.chat_rows import CodePurpose
from bot.survey.severing import forget_surveys


def ask_to_erase(visit: Visit) -> None:
    """Say what would go and what stays, and ask whether to do it."""
    t = visit.texts.t
    ask(visit, Ask.ERASE)
    waiting = ", ".join(case for case in _waiting_here(visit) if awaited(visit, case))
    visit.say(
        t("Det här tar vi bort nu: kopplingen mellan den här chatten och det du har skrivit till oss, chattens nummer, "
          "ditt språk, och det du har påbörjat."),
        t("Det här är kvar: det du har skrivit till oss och våra svar. Det är allmänna handlingar, och arkivlagen "
          "säger hur länge vi måste spara dem. Vi visar dem inte längre här."),
        t("I tre dygn minns vi också att chatten är raderad, så att en ändring av något gammalt inte blir en ny fråga. "
          "Sedan är numret borta."),
        t("Det som står i Telegram tar du bort själv, i appen."),
        t("Obs: du väntar på svar i {numbers}. Raderar du nu kan svaret inte nå dig här.", numbers=waiting)
        if waiting else "",
        visit.office.privacy_in(visit.texts.language),
        t("Vill du göra det? 1. Ja, radera. 2. Nej."),
        buttons=((button(t("Ja, radera"), Press.ERASE_YES), button(t("Nej"), Press.CANCEL)),),
    )  # fmt: skip


def take_words(visit: Visit, text: str) -> bool:
    """Take yes or no; False: it is neither."""
    t, words = visit.texts.t, said(text)
    if words in {"1", said(t("Ja")), said(t("Ja, radera"))}:
        erase(visit)
        return True
    if words in {"2", said(t("Nej"))}:
        cancel(visit)
        return True
    return False


def press_yes(visit: Visit) -> None:
    """Erase, if that is what was asked last; an old button only asks again."""
    question = asked(visit)
    if question is None or Ask.ERASE not in question.asks:
        ask_to_erase(visit)
    else:
        erase(visit)


def cancel(visit: Visit) -> None:
    """Leave everything as it is."""
    visit.ledger.book.end_dialogue(visit.chat, visit.user)
    visit.say(visit.texts.t("Det är som förut. Inget har tagits bort."))


def erase(visit: Visit) -> None:
    """Cut the link between the chat and its cases for ever, and say so in a message that tells nothing of them."""
    ledger, own, texts = visit.ledger, visit.own, visit.texts
    originals = {one.inbox for one in own_messages(visit) if one.inbox is not None}
    for case in _every_case(visit):
        ledger.append(
            FactKind.ERASED, case, occurred_at=visit.arrival.arrived_at, actor="person",
            source=f"{visit.arrival.source}/{case}",
        )  # fmt: skip
    for case in _waiting_here(visit):
        tell_closed(ledger, visit.office, case)
    ledger.empty_originals({*originals, visit.arrival.inbox})
    ledger.book.drop_code(CodePurpose.MOVE, str(visit.chat))
    upto, last = forgotten.newest_post(visit), ledger.next_outgoing()
    pace.keep_count_of_codes(visit, lambda: ledger.book.forget_chat(visit.chat, last))
    forgotten.remember(visit, upto)
    if own is not None:
        forget_surveys(ledger, visit.office, own)
        ledger.forget_address(own)
    visit.say(texts.t("Klart. Kopplingen till den här chatten är borttagen. Skriver du igen börjar allt från början."))


def _waiting_here(visit: Visit) -> list[CaseNumber]:
    """Return the cases in which an answer would come to this chat."""
    return [
        case
        for case in own_cases(visit)
        if any(one.waits for one in fold_inquiries(visit.ledger.facts_of(case))) and not is_by_mail(visit, case)
    ]


def _every_case(visit: Visit) -> list[CaseNumber]:
    """Return all cases the chat takes part in, those that have become part of others too."""
    own = visit.own
    return sorted(case for case, known in visit.ledger.known.participants.items() if own is not None and own in known)
