"""What the citizen gets: the acknowledgement and the answer, in plain words."""

import re
from dataclasses import dataclass
from datetime import date

from bot.arrival import Arrival
from bot.case import fold_case, is_case
from bot.chat import chat_at
from bot.chat_text import bold, paragraphs, plain
from bot.facts import CaseNumber
from bot.guard import holds_number
from bot.masking import masked
from bot.office import Office, Officer, Unit
from bot.passed_on import Via
from bot.port import FileState
from bot.posts import queue_post
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail, StoredMessage
from bot.tokens import without_secrets, without_tag
from config.texts import Texts


def queue_acknowledgement(
    ledger: Ledger, office: Office, arrival: Arrival, case: CaseNumber, inquiry: int, unit: Unit, promised: date
) -> None:
    """Put the acknowledgement of a message in the outbox.

    Nothing the sender wrote (text, subject, name) is repeated unless the trusted host vouches for the sender:
    otherwise anybody could have us mail any words to anyone. Personal numbers are never repeated.
    """
    inbound = arrival.inbound
    genuine = inbound.authentic == "pass"
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(),
            kind=MailKind.ACKNOWLEDGEMENT,
            case=case,
            inquiry=inquiry,
            to_addr=inbound.from_addr,
            to_name=masked(office.texts, inbound.from_name) if genuine else "",
            from_addr=unit.address,
            from_name=office.name,
            reply_to=reply_address(office, unit, case),
            subject=reply_subject(office, inbound.subject if genuine else "", case),
            text=_acknowledgement(office, arrival, case, unit, promised, inbound.new_text if genuine else ""),
            message_id=ledger.draw_mail_id(domain_of(unit.address)),
            in_reply_to=inbound.message_id,
            references=thread_of(inbound.references, inbound.message_id),
            created_at=ledger.now,
            due_at=ledger.now,
        )
    )


def _acknowledgement(
    office: Office, arrival: Arrival, case: CaseNumber, unit: Unit, promised: date, repeated: str
) -> str:
    t = office.texts.t
    parts = [
        t("Hej!"),
        t(
            "Tack för ditt meddelande till {municipality}. Vi har tagit emot det, "
            "och en medarbetare på {unit} läser det.",
            municipality=office.name,
            unit=unit.name,
        ),
        t("Ditt meddelande har nummer {number}. Uppge det om du hör av dig igen.", number=case),
        t("Du får svar senast {day}. Svaret kommer till den här e-postadressen.", day=office.texts.day(promised)),
        *_remarks(office, arrival),
        t("Vill du lägga till något? Svara i så fall på det här mejlet."),
    ]
    if office.other_ways:
        ways = "\n".join(f"- {way}" for way in office.other_ways)
        parts.append(t("Du når oss också så här:") + "\n" + ways)
    if repeated:
        parts.append(t("Du skrev:") + "\n" + _quoted(masked(office.texts, repeated)))
    parts.append(t("Vänliga hälsningar") + f"\n{unit.name}\n{office.name}")
    last = t("Det här mejlet skickades automatiskt. Svaret till dig skrivs av en människa.")
    parts.append(f"{last}\n{office.privacy}" if office.privacy else last)
    return "\n\n".join(parts) + "\n"


def _remarks(office: Office, arrival: Arrival) -> list[str]:
    """Return what a citizen should know about how this message was taken in."""
    t, inbound, said = office.texts.t, arrival.inbound, list[str]()
    if arrival.via is Via.FORWARDED:
        said.append(t("En kollega hos oss har skickat ditt mejl vidare hit."))
    if "encrypted" in inbound.marks:
        said.append(t("Ditt mejl är krypterat, så vi kan inte läsa det. Skicka det gärna igen utan kryptering."))
    names = "\n".join(file.name for file in inbound.files)
    if any(map(holds_number, (inbound.text, inbound.subject, names))):
        said.append(
            t(
                "Ditt meddelande innehåller ett personnummer eller kortnummer. "
                "Vi har dolt numret för dem som läser. Skicka helst inte sådant med e-post."
            )
        )
    left_out = sum(file.state is FileState.LEFT_OUT for file in inbound.files)
    if left_out:
        said.append(
            office.texts.n(
                "{count} fil var för stor för att tas emot. Kontakta oss, så hittar vi ett annat sätt.",
                "{count} filer var för stora eller för många för att tas emot. "
                "Kontakta oss, så hittar vi ett annat sätt.",
                left_out,
            )
        )
    harmful = sum(file.state is FileState.INFECTED for file in inbound.files)
    if harmful:
        said.append(
            office.texts.n(
                "{count} fil tog vi inte emot: vår viruskontroll varnar för den.",
                "{count} filer tog vi inte emot: vår viruskontroll varnar för dem.",
                harmful,
            )
        )
    return said


_REPLIES = re.compile(r"(?:\s*(?:re|sv|vs|aw)\s*:)+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What an officer writes to a citizen: an answer, a holding notice, or what it led to.

    Attributes:
        to: the citizen's message it answers, and to_addr where that person is reached.
        message: the officer's words, as they are kept in the case.
        attached: whether files of the officer's mail go along.
    """

    kind: MailKind
    case: CaseNumber
    inquiry: int
    officer: Officer
    unit: Unit
    to: StoredMessage
    to_addr: str
    message: StoredMessage
    attached: bool


def queue_letter(ledger: Ledger, office: Office, letter: Letter) -> None:
    """Put an officer's letter in the outbox, signed with name, unit and phone; it leaves after the time for regret."""
    unit, to, message = letter.unit, letter.to, letter.message
    text = masked(office.texts, without_secrets(message.text)).rstrip() + "\n\n" + _signature(ledger, office, letter)
    attach = (message.inbox,) if letter.attached and message.inbox is not None else ()
    chat = chat_at(letter.to_addr)
    if chat is not None:
        queue_post(
            ledger, chat, paragraphs(bold(_of_case(ledger, office, letter.case)), plain(text)), case=letter.case,
            inquiry=letter.inquiry, message=message.id, officer=letter.officer.id, kind=letter.kind, attach=attach,
            due_at=ledger.now + office.regret,
        )  # fmt: skip
        return
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(),
            kind=letter.kind,
            case=letter.case,
            inquiry=letter.inquiry,
            message=message.id,
            officer=letter.officer.id,
            to_addr=letter.to_addr,
            from_addr=unit.address,
            from_name=f"{unit.name}, {office.name}",
            reply_to=reply_address(office, unit, letter.case),
            subject=reply_subject(office, to.subject, letter.case),
            text=text + "\n",
            message_id=ledger.draw_mail_id(domain_of(unit.address)),
            in_reply_to=to.message_id,
            references=thread_of(to.references, to.message_id),
            attach=attach,
            created_at=ledger.now,
            due_at=ledger.now + office.regret,
        )
    )


def _signature(ledger: Ledger, office: Office, letter: Letter) -> str:
    """Return name, unit and phone, in the citizen's language; whoever has signed by hand is not signed for again."""
    unit = letter.unit
    signed = letter.officer.name == unit.name or letter.officer.name in letter.message.text[-300:]
    signature = [] if signed else [letter.officer.name]
    signature.append(f"{unit.name}, {office.name}")
    if unit.phone:
        signature.append(texts_for(ledger, office, letter.case).t("Telefon {phone}", phone=unit.phone))
    return "\n".join(signature)


def _of_case(ledger: Ledger, office: Office, case: CaseNumber) -> str:
    """Return which case a letter in a chat is about, in the language the citizen has chosen."""
    return texts_for(ledger, office, case).t("Om {number}", number=case)


def texts_for(ledger: Ledger, office: Office, case: CaseNumber) -> Texts:
    """Return the texts for the one who asks in a case: in the language that is known of them, else ours."""
    facts = ledger.facts_of(case)
    return office.texts_in(fold_case(facts).language) if is_case(facts) else office.texts


def reply_subject(office: Office, subject: str, case: CaseNumber) -> str:
    """Return the subject of a mail to the citizen: theirs with one "Re:" in front and the signed tag behind."""
    plain = _REPLIES.sub("", masked(office.texts, without_tag(subject)).strip()) or office.texts.t("Ditt meddelande")
    plain = f"Re: {plain}"
    return f"{plain} {office.tokens.subject_tag(case)}"


def reply_address(office: Office, unit: Unit, case: CaseNumber) -> str:
    """Return where the citizen answers to; the tag in the subject tells the case where signed addresses fail."""
    return unit.address if office.secrets_in_subject else office.tokens.citizen_address(unit.address, case)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def thread_of(references: tuple[str, ...], message_id: str) -> tuple[str, ...]:
    """Return the References of a reply to a mail with these References and this id, at most twenty."""
    # The first and the latest tell a thread apart; header lines must end somewhere (RFC 5322 §3.6.4).
    thread = (*references, message_id) if message_id else references
    return thread if len(thread) <= 20 else (thread[0], *thread[-19:])


def domain_of(address: str) -> str:
    """Return the part of an address behind the @."""
    return address.rpartition("@")[2]
