"""What the citizen gets before a promise is missed: a short letter with another day."""

from datetime import date

from bot.chat import chat_at
from bot.chat_text import Html, bold, paragraphs, plain
from bot.desk.answering import where_to_answer
from bot.facts import SYSTEM, CaseNumber, Fact, FactKind
from bot.inquiry import standing
from bot.letters import domain_of, reply_address, reply_subject, texts_for, thread_of
from bot.office import Office, Unit
from bot.posts import queue_post
from bot.reminders import Pending
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutboxState, OutgoingMail, StoredMessage
from config.texts import Texts


def queue_delay(ledger: Ledger, office: Office, one: Pending, until: date) -> bool:
    """Tell the citizen that the answer takes until another local day, and record it; False if they cannot be told.

    The promise moves at once. If the letter does not arrive, `bot.failures` takes that back.
    """
    case, inquiry = one.case.number, one.inquiry.no
    to = _citizen(ledger, office, case)
    if to is None:
        return False
    message, address = to
    unit, chat = office.unit(one.case.unit), chat_at(address)
    if chat is not None:
        words = _post(ledger, office, one, until)
        mail = queue_post(ledger, chat, words, case=case, inquiry=inquiry, kind=MailKind.DELAY)
    else:
        mail = ledger.queue(
            OutgoingMail(
                id=ledger.next_outgoing(),
                kind=MailKind.DELAY,
                case=case,
                inquiry=inquiry,
                to_addr=address,
                from_addr=unit.address,
                from_name=office.name,
                reply_to=reply_address(office, unit, case),
                subject=reply_subject(office, _genuine_subject(ledger, case, message), case),
                text=_letter(ledger, office, one, unit, until),
                message_id=ledger.draw_mail_id(domain_of(unit.address)),
                in_reply_to=message.message_id,
                references=thread_of(message.references, message.message_id),
                created_at=ledger.now,
                due_at=ledger.now,
            )
        )
    ledger.append(
        FactKind.DELAYED, case, inquiry=inquiry, occurred_at=ledger.now, actor=SYSTEM,
        source=f"delay:{case}:{inquiry}:{one.delays + 1}", data={"outbox": mail, "until": until.isoformat()},
    )  # fmt: skip
    return True


def _citizen(ledger: Ledger, office: Office, case: CaseNumber) -> tuple[StoredMessage, str] | None:
    """Return the last message of somebody who may be written to without a person's hand, and the address.

    They were told a promise by us, and nothing of it came back; it is no address of ours, and has not had as many
    automatic mails as one may have.
    """
    reached = where_to_answer(ledger, case)
    if reached is None or not reached[1] or office.accepts(reached[1]):
        return None
    asked, address = reached
    if ledger.known.acknowledgements.get(address, 0) >= office.caps.per_address:
        return None
    telling, gone = {MailKind.ACKNOWLEDGEMENT, MailKind.HOLDING}, {OutboxState.DEAD, OutboxState.REGRETTED}
    promised = any(one.kind in telling and one.state not in gone for one in ledger.queued_of(case))
    failed = any(_is_returned(fact) for fact in standing(ledger.facts_of(case)))
    return (asked, address) if promised and not failed else None


def _is_returned(fact: Fact) -> bool:
    automatic = {MailKind.ACKNOWLEDGEMENT.value, MailKind.DELAY.value}
    return fact.kind is FactKind.DELIVERY_FAILED and fact.data.get("of") in automatic


def _genuine_subject(ledger: Ledger, case: CaseNumber, message: StoredMessage) -> str:
    """Return the message's subject if the trusted host vouched for its sender, as in the acknowledgement."""
    genuine = any(
        fact.kind is FactKind.RECEIVED and fact.data.get("message") == message.id
        and fact.data.get("authentic") == "pass"
        for number in (case, message.case)
        for fact in ledger.facts_of(number)
    )  # fmt: skip
    return message.subject if genuine else ""


def _letter(ledger: Ledger, office: Office, one: Pending, unit: Unit, until: date) -> str:
    t = office.texts.t
    parts = [
        t("Hej!"),
        _excuse(office.texts, one.promised, office.local_day(ledger.now)),
        t("Du får svar senast {day}. Vi har inte glömt dig.", day=office.texts.day(until)),
        t("Ditt meddelande har nummer {number}. Uppge det om du hör av dig igen.", number=one.case.number),
        t("Vill du lägga till något? Svara i så fall på det här mejlet."),
    ]
    if office.other_ways:
        ways = "\n".join(f"- {way}" for way in office.other_ways)
        parts.append(t("Du når oss också så här:") + "\n" + ways)
    parts.append(t("Vänliga hälsningar") + f"\n{unit.name}\n{office.name}")
    last = t("Det här mejlet skickades automatiskt. Svaret till dig skrivs av en människa.")
    parts.append(f"{last}\n{office.privacy}" if office.privacy else last)
    return "\n\n".join(parts) + "\n"


def _post(ledger: Ledger, office: Office, one: Pending, until: date) -> Html:
    """Return the same for a chat, short and in the language of the one who asks."""
    texts = texts_for(ledger, office, one.case.number)
    unit = office.unit(one.case.unit).name
    return paragraphs(
        bold(texts.t("Om {number}", number=one.case.number)),
        plain(_excuse(texts, one.promised, office.local_day(ledger.now))),
        plain(texts.t("{unit} svarar dig senast {day}. Vi har inte glömt dig.", unit=unit, day=texts.day(until))),
    )


def _excuse(texts: Texts, promised: date, today: date) -> str:
    t, day = texts.t, texts.day(promised)
    if promised == today:
        return t("Vi hinner tyvärr inte svara dig i dag som vi lovade. Det ber vi om ursäkt för.")
    if promised > today:
        return t("Vi hinner tyvärr inte svara dig senast {day} som vi lovade. Det ber vi om ursäkt för.", day=day)
    return t("Vi hann tyvärr inte svara dig senast {day} som vi lovade. Det ber vi om ursäkt för.", day=day)
