"""What staff are told when a letter to the citizen did not arrive: why, and how the person is reached instead."""

from dataclasses import dataclass

from bot.chat import No
from bot.facts import CaseNumber
from bot.notices import recipients
from bot.office import Office, Unit
from bot.parts import Paragraph
from bot.staff_mail import queue_staff_mail
from bot.store.ledger import Ledger
from bot.store.rows import MailKind
from config.texts import mark

_FAILED = {
    MailKind.ANSWER: (
        mark("svaret kom inte fram"), mark("Svaret i {number} kom inte fram. Frågan väntar på svar igen."),
    ),
    MailKind.HOLDING: (
        mark("delbeskedet kom inte fram"),
        mark("Delbeskedet i {number} kom inte fram. Det som lovades innan gäller fortfarande."),
    ),
    MailKind.OUTCOME: (
        mark("beskedet om utfallet kom inte fram"), mark("Beskedet om vad {number} ledde till kom inte fram."),
    ),
    MailKind.DELAY: (
        mark("beskedet om förseningen kom inte fram"),
        mark("Beskedet i {number} om att svaret dröjer kom inte fram."),
    ),
    MailKind.ACKNOWLEDGEMENT: (
        mark("bekräftelsen kom inte fram"),
        mark("Bekräftelsen i {number} kom inte fram. Ett svar till samma adress kommer troligen inte heller fram."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """What did not reach the citizen.

    Attributes:
        of: what it was. status: the other side's code, empty if it gave none.
        in_chat: it went to a chat, not to a mail address.
        other: the person's mail address to which the case has moved therefore; empty: none is known.
    """

    of: MailKind
    status: str
    in_chat: bool = False
    other: str = ""


def queue_delivery_failed(
    ledger: Ledger, office: Office, unit: Unit, case: CaseNumber, inquiry: int | None, undelivered: Undelivered
) -> None:
    """Tell staff that a letter to the citizen did not arrive; an answer that bounced is not an answer."""
    t = office.texts.t
    subject, what = _FAILED[undelivered.of]
    if undelivered.in_chat and undelivered.of is MailKind.ACKNOWLEDGEMENT:
        what = mark("Bekräftelsen i {number} kom inte fram i chatten.")
    why = _why_in_chat(office, undelivered) if undelivered.in_chat else _why_by_mail(office, undelivered.status)
    parts = [Paragraph(said) for said in (t(what, number=case), *why)]
    for officer in recipients(ledger, office, case):
        queue_staff_mail(
            ledger, office, officer, unit, case, inquiry or 1, subject=f"{case} · {t(subject)}", parts=parts
        )  # fmt: skip


def _why_by_mail(office: Office, status: str) -> tuple[str, str]:
    """Return why a mail did not arrive, and what can be done."""
    t = office.texts.t
    reason = t("Mottagarens e-postsystem gav ingen förklaring.")
    if status:
        reason = t("Mottagarens e-postsystem svarade: {status}", status=status)
    return reason, t(
        "Kontrollera adressen, eller nå personen på ett annat sätt. Vill du försöka igen? Svara på det här mejlet."
    )


def _why_in_chat(office: Office, undelivered: Undelivered) -> tuple[str, str]:
    """Return why a post did not arrive, and what can be done."""
    t = office.texts.t
    if undelivered.status != No.BLOCKED:
        reason = t("Chatten tog inte emot meddelandet: {status}", status=undelivered.status)
        return reason, t("Nå personen på ett annat sätt. Vill du försöka igen? Svara på det här mejlet.")
    closed = t("Personen har stängt chatten med oss, så vi kan inte skriva där.")
    if undelivered.other:
        return closed, t(
            "Vi har också personens e-postadress {address}. Svara på det här mejlet, eller skriv {command} och ditt "
            "svar, så skickas det dit i stället.",
            address=undelivered.other, command=t("/svar"),
        )  # fmt: skip
    return closed, t(
        "Vi har ingen e-postadress till personen. Nå personen på ett annat sätt, till exempel per telefon, och skriv "
        "sedan {command}. Om personen skriver till oss igen kan du svara i chatten.",
        command=t("/ringt"),
    )  # fmt: skip
