"""The invitation by mail: short, with two links, and a digit is answer enough."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from bot.facts import CaseNumber, OutboxId
from bot.letters import domain_of, reply_address, texts_for, thread_of
from bot.office import Office, Unit
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail
from bot.store.survey_rows import Question
from bot.survey.contacts import Contact
from bot.survey.questions import wording
from config.texts import Texts

_TOKEN_BYTES = 18
"""144 bits: nobody guesses one."""


class Choice(StrEnum):
    """What stands behind the question mark of a link, so that the page begins with the right form."""

    YES = "ja"
    NO = "nej"
    DECLINE = "avsta"


@dataclass(frozen=True, slots=True)
class Sent:
    """What carries an invitation, and the digest of the token in its link, empty where it has none."""

    outbox: OutboxId
    secret: str = ""


def draw_token() -> str:
    """Return a fresh token for a link, of letters, digits, ``_`` and ``-``."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is kept of a token: it cannot be found from that."""
    return hashlib.sha256(token.encode()).hexdigest()


def queue_invitation(ledger: Ledger, office: Office, contact: Contact) -> Sent:
    """Put the invitation to a mail address in the outbox.

    Nothing of what was written in the case is repeated, its subject neither: it may be read by others.
    """
    case, unit = contact.case.number, office.unit(contact.case.unit)
    texts, rules = texts_for(ledger, office, case), office.survey
    token = draw_token() if rules is not None and rules.page else ""
    link = f"{rules.page}/{token}" if rules is not None and token else ""
    subject = texts.t("Hur var det att kontakta oss?")
    outbox = ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(),
            kind=MailKind.SURVEY,
            case=case,
            inquiry=contact.inquiry.no,
            to_addr=contact.to_addr,
            from_addr=unit.address,
            from_name=office.name,
            reply_to=reply_address(office, unit, case),
            subject=f"{subject} {office.tokens.subject_tag(case)}",
            text=_text(texts, office, unit, case, link),
            message_id=ledger.draw_mail_id(domain_of(unit.address)),
            in_reply_to=contact.asked.message_id,
            references=thread_of(contact.asked.references, contact.asked.message_id),
            created_at=ledger.now,
            due_at=ledger.now,
        )
    )
    return Sent(outbox, digest_of(token) if token else "")


def _text(texts: Texts, office: Office, unit: Unit, case: CaseNumber, link: str) -> str:
    t = texts.t
    question = wording(Question.ANSWERED, texts)
    by_mail = t(
        "Du kan svara på det här mejlet med en enda siffra, från 1 (mycket missnöjd) till 5 (mycket nöjd): hur nöjd är "
        "du med bemötandet? Har du inte fått svar från någon av oss, skriv bara nej."
    )
    parts = [
        t("Hej!"),
        t("Du har varit i kontakt med {unit} ({number}). Vi vill bli bättre, och har en kort fråga:",
          unit=unit.name, number=case),
    ]  # fmt: skip
    if link:
        parts += [
            question,
            t("Ja:") + f"\n{link}?svar={Choice.YES.value}",
            t("Nej:") + f"\n{link}?svar={Choice.NO.value}",
            t("Hellre utan länk?") + " " + by_mail,
        ]
    else:
        parts.append(by_mail)
    parts += [
        t("Skriver du något mer i ditt mejl läser en medarbetare det."),
        t("Svaren visas bara tillsammans med andras. Ingen får se vem som har svarat vad."),
        t("Vänliga hälsningar") + f"\n{unit.name}\n{office.name}",
        _last(texts, office, link),
    ]
    return "\n\n".join(parts) + "\n"


def _last(texts: Texts, office: Office, link: str) -> str:
    t = texts.t
    stop = t("Vill du inte få sådana här frågor? Svara ”nej tack”, så frågar vi inte på ett år.")
    if link:
        stop = t("Vill du inte få sådana här frågor? Svara ”nej tack” eller säg till här, så frågar vi inte på ett år:")
        stop += f"\n{link}?svar={Choice.DECLINE.value}"
    last = f"{stop}\n\n" + t("Det här mejlet skickades automatiskt.")
    return f"{last}\n{office.privacy}" if office.privacy else last
