"""Having the answer by e-mail, proved by a code, and in the chat again: one case and one clock all the time."""

import re

from bot.case import read_number
from bot.chat import chat_at
from bot.chat_buttons import Press, button
from bot.citizen import pace
from bot.citizen.codes import Verdict, new_code, try_code
from bot.citizen.question import Ask, Question, ask, close
from bot.citizen.visit import Visit, own_case, own_cases
from bot.citizen.which_case import case_of_post
from bot.desk.answering import where_to_answer
from bot.facts import AddressId, CaseNumber, Channel, FactKind
from bot.failures import unit_of_case
from bot.inquiry import fold_inquiries
from bot.letters import domain_of, reply_address, reply_subject
from bot.store.chat_rows import CodePurpose
from bot.store.rows import MailKind, OutboxState, OutgoingMail

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}")


def press_mail(visit: Visit, case: CaseNumber | None) -> None:
    """Take a press on having the answer by e-mail."""
    own = own_case(visit, case) if case is not None else None
    if own is None:
        visit.toast(visit.texts.t("Knappen gäller inte längre."))
    else:
        _ask_address(visit, own)


def begin(visit: Visit, address: str) -> bool:
    """Take the command, with an address behind it or none; return whether that could be understood."""
    t = visit.texts.t
    case = case_of_post(visit, visit.event.reply_to) if visit.event.reply_to is not None else None
    case = case or next(iter(_waiting_first(visit)), None)
    if case is None:
        visit.say(t("Skriv först vad det gäller. Sedan kan du få svaret med e-post."))
        return not address
    if not address:
        _ask_address(visit, case)
        return True
    return _take_address(visit, case, address)


def take_address(visit: Visit, question: Question, text: str) -> bool:
    """Take a mail address that was asked for; False: it does not look like an attempt at one."""
    own = own_case(visit, question.case) if question.case else None
    return own is not None and _take_address(visit, own, text)


def take_code(visit: Visit, text: str) -> bool:
    """Take the code that was sent; False: it is no six digits."""
    code = "".join(text.split())
    if not _CODE.fullmatch(code):
        return False
    verdict, target = try_code(
        visit.ledger.book, visit.office, CodePurpose.MOVE, str(visit.chat), code, visit.now
    )  # fmt: skip
    number, _, address = target.partition(" ")
    case = read_number(number)
    own = own_case(visit, case) if case else None
    if verdict is Verdict.RIGHT and own is not None:
        close(visit, Ask.CODE, Ask.ADDRESS)
        _move_to(visit, own, address)
    else:
        _refuse_code(visit, verdict)
    return True


def press_chat(visit: Visit, case: CaseNumber | None) -> None:
    """Take a press on having the answer in the chat again."""
    t, own = visit.texts.t, own_case(visit, case) if case is not None else None
    address = visit.own
    if own is None or address is None:
        visit.toast(t("Knappen gäller inte längre."))
        return
    if is_by_mail(visit, own):
        _record(visit, own, Channel.TELEGRAM, address)
    visit.toast(t("Svaret kommer här i chatten."))
    visit.say(t("Svaret i {number} kommer här i chatten.", number=own), case=own)


def back(visit: Visit) -> bool:
    """Have the answer in the chat again where it goes by e-mail, in what waits first; False: it goes so nowhere."""
    by_mail = next((case for case in _waiting_first(visit) if is_by_mail(visit, case)), None)
    if by_mail is not None:
        press_chat(visit, by_mail)
    return by_mail is not None


def is_by_mail(visit: Visit, case: CaseNumber) -> bool:
    """Tell whether an answer would go by e-mail now."""
    to = where_to_answer(visit.ledger, case)
    return to is not None and bool(to[1]) and chat_at(to[1]) is None


def _waiting_first(visit: Visit) -> list[CaseNumber]:
    def waits(case: CaseNumber) -> bool:
        return any(one.waits for one in fold_inquiries(visit.ledger.facts_of(case)))

    return sorted(own_cases(visit), key=lambda case: not waits(case))


def _ask_address(visit: Visit, case: CaseNumber) -> None:
    t = visit.texts.t
    ask(visit, Ask.ADDRESS, case=case)
    visit.say(
        t("Till vilken e-postadress vill du ha svaret i {number}? Skriv adressen här.", number=case),
        t("Vi skickar en kod dit, så att svaret inte hamnar hos fel person."),
        buttons=((button(t("Avbryt"), Press.CANCEL),),), case=case,
    )  # fmt: skip


def _take_address(visit: Visit, case: CaseNumber, text: str) -> bool:
    t, address = visit.texts.t, text.strip().lower()
    if "@" not in address or len(address.split()) != 1:
        return False
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        ask(visit, Ask.ADDRESS, case=case)
        visit.say(t("Det ser inte ut som en e-postadress. Kontrollera den och skriv den igen."), case=case)
    elif visit.office.accepts(address) or visit.office.is_colleague(address):
        ask(visit, Ask.ADDRESS, case=case)
        visit.say(t("Det är en adress hos oss. Skriv din egen e-postadress."), case=case)
    elif _is_proved(visit, case, address):
        close(visit, Ask.ADDRESS)
        _move_to(visit, case, address)
    elif not pace.may_send_code(visit):
        visit.say(t("Du har fått flera koder den senaste timmen. Vänta en stund och försök sedan igen."), case=case)
    else:
        _send_code(visit, case, address)
    return True


def _is_proved(visit: Visit, case: CaseNumber, address: str) -> bool:
    """Tell whether the person has proved before that the address is theirs."""
    known, own, person_of = visit.ledger.known.addresses.get(address), visit.own, visit.ledger.known.person_of
    return (
        known is not None and own is not None and known in visit.ledger.participants_of(case)
        and known in person_of and person_of[known] == person_of.get(own)
    )  # fmt: skip


def _send_code(visit: Visit, case: CaseNumber, address: str) -> None:
    t, ledger, office = visit.texts.t, visit.ledger, visit.office
    code = new_code(ledger.book, office, CodePurpose.MOVE, str(visit.chat), f"{case} {address}", visit.now)
    unit = unit_of_case(ledger.facts_of(case), office) or office.units[0]
    where = t("Skriv den här koden i chatten {chat} i Telegram:", chat=f"@{visit.bot}") if visit.bot else (
        t("Skriv den här koden i chatten i Telegram:")
    )  # fmt: skip
    paragraphs = (
        t("Hej!"),
        t("Någon, troligen du, vill få ett svar från {municipality} till den här e-postadressen.",
          municipality=office.name),
        where + f"\n{code[:3]} {code[3:]}",
        t("Koden gäller i 30 minuter."),
        t("Har du inte bett om någon kod? Då behöver du inte göra något, och inget skickas hit."),
        t("Vänliga hälsningar") + f"\n{unit.name}\n{office.name}",
    )  # fmt: skip
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.CODE, case=None, to_addr=address, from_addr=unit.address,
            from_name=office.name, subject=t("Din kod till chatten med {municipality}", municipality=office.name),
            text="\n\n".join(paragraphs) + "\n", message_id=ledger.draw_mail_id(domain_of(unit.address)),
            created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip
    ask(visit, Ask.CODE, Ask.ADDRESS, case=case)
    visit.say(
        t("Vi har skickat en kod med sex siffror till {address}. Skriv koden här inom 30 minuter.", address=address),
        t("Blev adressen fel? Skriv den rätta."),
        buttons=((button(t("Avbryt"), Press.CANCEL),),), case=case,
    )  # fmt: skip


def _refuse_code(visit: Visit, verdict: Verdict) -> None:
    t = visit.texts.t
    if verdict is Verdict.WRONG:
        visit.say(t("Koden stämmer inte. Läs den en gång till i mejlet och skriv den igen."))
        return
    close(visit, Ask.CODE)
    if verdict is Verdict.SPENT:
        visit.say(t("Koden stämmer inte, och du har försökt för många gånger. Skriv /epost för att få en ny."))
    else:
        visit.say(t("Koden gäller inte längre. Skriv /epost för att få en ny."))


def _move_to(visit: Visit, case: CaseNumber, address: str) -> None:
    t, ledger = visit.texts.t, visit.ledger
    known = ledger.address(address, "")
    if visit.own is not None:
        ledger.join_person(known, visit.own)
    ledger.take_part(case, known)
    _record(visit, case, Channel.MAIL, known)
    _write_there(visit, case, address)
    visit.say(
        t("Klart. Svaret i {number} kommer till {address}.", number=case, address=address),
        t("Ett svar är redan på väg till den här chatten.") if _is_coming(visit, case) else "",
        t("Skriver du mer här i chatten kommer svaret hit igen."),
        buttons=((button(t("Svar här i chatten"), Press.BY_CHAT, case),),), case=case,
    )  # fmt: skip


def _is_coming(visit: Visit, case: CaseNumber) -> bool:
    """Tell whether a letter of staff is on its way to where the person was reached before."""
    going = {OutboxState.NEW, OutboxState.SENDING}
    return any(one.state in going and not one.kind.automatic for one in visit.ledger.queued_of(case))


def _record(visit: Visit, case: CaseNumber, channel: Channel, address: AddressId) -> None:
    visit.ledger.append(
        FactKind.MOVED, case, occurred_at=visit.arrival.arrived_at, actor="person", source=visit.arrival.source,
        data={"channel": channel.value, "address": address},
    )  # fmt: skip


def _write_there(visit: Visit, case: CaseNumber, address: str) -> None:
    """Write to the new address, so that the person can go on from there."""
    t, ledger, office = visit.texts.t, visit.ledger, visit.office
    unit = unit_of_case(ledger.facts_of(case), office) or office.units[0]
    last = fold_inquiries(ledger.facts_of(case))[-1:]
    paragraphs = (
        t("Hej!"),
        t("Du har bett att få svaret i {number} hit i stället för i chatten.", number=case),
        t("Vill du lägga till något? Svara i så fall på det här mejlet."),
        t("Vänliga hälsningar") + f"\n{unit.name}\n{office.name}",
    )
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.ACKNOWLEDGEMENT, case=case,
            inquiry=last[0].no if last else None, to_addr=address, from_addr=unit.address, from_name=office.name,
            reply_to=reply_address(office, unit, case), subject=reply_subject(office, "", case),
            text="\n\n".join(paragraphs) + "\n", message_id=ledger.draw_mail_id(domain_of(unit.address)),
            created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip
