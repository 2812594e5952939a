"""What staff get by mail: a notice of each message with a secret address to answer to, and receipts of their acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.arrival import Arrival
from bot.case import fold_case
from bot.facts import CaseNumber, InboxId
from bot.guard import holds_number
from bot.masking import masked
from bot.office import Office, Officer, Unit
from bot.passed_on import Via
from bot.port import FileState, InboundFile
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail
from bot.tokens import OfficerToken, without_secrets, without_tag
from config.texts import mark

LINE_MARK = "==^=="
"""Stands on both sides of the line above which an officer answers; the same in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a message must be answered: under the measuring rule, and as promised to the citizen."""

    arrived_at: datetime
    deadline: datetime
    promised: date


def queue_notices(
    ledger: Ledger,
    office: Office,
    arrival: Arrival,
    case: CaseNumber,
    inquiry: int,
    unit: Unit,
    due: Due,
    *,
    shown: str,
    possibly: CaseNumber | None,
) -> None:
    """Tell the unit's officers, each by a mail of their own, that a message waits; `shown` is its text."""
    inbound = arrival.inbound
    text = _message_notice(office, arrival, case, due, shown, possibly)
    day = office.texts.moment(due.deadline)
    subject = f"{case} · {without_tag(inbound.subject)} · " + office.texts.t("svara senast {time}", time=day)
    attach = (arrival.inbox,) if any(file.state is FileState.PASSED for file in inbound.files) else ()
    for officer in office.officers_of(unit.id):
        _queue(ledger, office, officer, unit, case, inquiry, subject=subject, text=text, attach=attach)


def queue_files(
    ledger: Ledger, office: Office, case: CaseNumber, inquiry: int, inbox_id: InboxId, files: Sequence[InboundFile]
) -> None:
    """Tell the unit's officers what the scanner, which did not answer at first, has said of a message's files."""
    unit = office.unit(fold_case(ledger.facts_of(case)).unit)
    attach = (inbox_id,) if any(file.state is FileState.PASSED for file in files) else ()
    text = "\n\n".join([_line(office), *about_files(office, files)]) + "\n"
    subject = f"{case} · " + office.texts.t("filerna är kontrollerade")
    for officer in office.officers_of(unit.id):
        _queue(ledger, office, officer, unit, case, inquiry, subject=subject, text=text, attach=attach)


def queue_delivery_failed(
    ledger: Ledger, office: Office, unit: Unit, case: CaseNumber, inquiry: int | None, of: MailKind, status: str
) -> None:
    """Tell the unit's officers that a mail to the citizen did not arrive; an answer that bounced is not an answer."""
    t = office.texts.t
    if of is MailKind.ANSWER:
        subject = t("svaret kom inte fram")
        what = t("Svaret i {number} kom inte fram. Frågan väntar på svar igen.", number=case)
    else:
        subject = t("bekräftelsen kom inte fram")
        what = t(
            "Bekräftelsen i {number} kom inte fram. Ett svar till samma adress kommer troligen inte heller fram.",
            number=case,
        )
    reason = t("Mottagarens e-postsystem gav ingen förklaring.")
    if status:
        reason = t("Mottagarens e-postsystem svarade: {status}", status=status)
    advice = t(
        "Kontrollera adressen, eller nå personen på ett annat sätt. Vill du försöka igen? Svara på det här mejlet."
    )
    text = "\n\n".join([_line(office), what, reason, advice]) + "\n"
    for officer in office.officers_of(unit.id):
        _queue(
            ledger, office, officer, unit, case, inquiry or 1,
            subject=f"{case} · {subject}", text=text,
        )  # fmt: skip


def queue_receipt(
    ledger: Ledger,
    office: Office,
    officer: Officer,
    unit: Unit,
    case: CaseNumber,
    inquiry: int,
    *,
    subject: str,
    paragraphs: Sequence[str],
    again: bool = False,
    in_reply_to: str = "",
    opened: bool = False,
) -> None:
    """Tell an officer, at the configured address only, what became of a mail. `again` lets a second answer through.

    `opened`: the officer has given a reason to see personal numbers, so they are not hidden.
    """
    text = "\n\n".join([_line(office), *paragraphs]) + "\n"
    _queue(
        ledger, office, officer, unit, case, inquiry,
        subject=f"{case} · {subject}", text=text, again=again, kind=MailKind.RECEIPT, in_reply_to=in_reply_to,
        opened=opened,
    )  # fmt: skip


def queue_misdirected(ledger: Ledger, office: Office, officer: Officer, case: CaseNumber, inquiry: int) -> None:
    """Tell an officer who answered to a plain address where to answer; the receipt's own reply address works."""
    t = office.texts.t
    queue_receipt(
        ledger, office, officer, office.units[0], case, inquiry,
        subject=t("inget har skickats"),
        paragraphs=[
            t("Du svarade till en vanlig adress, så ditt svar i {number} har inte skickats.", number=case),
            t("Svara på det här mejlet i stället. Kontrollera att svaret går till adressen som står i Svara till."),
        ],
    )  # fmt: skip


def queue_admin_mail(ledger: Ledger, office: Office, subject: str, text: str) -> None:
    """Write to the administrator's address, if one is configured."""
    if not office.admin_email:
        return
    unit = office.units[0]
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(),
            kind=MailKind.RECEIPT,
            case=None,
            to_addr=office.admin_email,
            from_addr=unit.address,
            from_name=office.name,
            subject=subject,
            text=text,
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]),
            created_at=ledger.now,
            due_at=ledger.now,
        )
    )


def _queue(
    ledger: Ledger,
    office: Office,
    officer: Officer,
    unit: Unit,
    case: CaseNumber,
    inquiry: int,
    *,
    subject: str,
    text: str,
    again: bool = False,
    kind: MailKind = MailKind.NOTICE,
    attach: tuple[InboxId, ...] = (),
    in_reply_to: str = "",
    opened: bool = False,
) -> None:
    """Queue one mail to one officer. Personal numbers are hidden unless it is `opened` for a reason.

    Another officer's secret, in a text that somebody passed on, never goes along.
    """
    text = without_secrets(text)
    outbox_id = ledger.next_outgoing()
    if not opened:
        subject, text = masked(office.texts, subject), masked(office.texts, text)
    token = OfficerToken(case, inquiry, officer.id, again)
    in_subject = office.secrets_in_subject
    ledger.queue(
        OutgoingMail(
            id=outbox_id,
            kind=kind,
            case=case,
            inquiry=inquiry,
            officer=officer.id,
            to_addr=officer.email,
            to_name=officer.name,
            from_addr=unit.address,
            from_name=f"{unit.name}, {office.name}",
            reply_to=unit.address if in_subject else office.tokens.officer_address(unit.address, token, outbox_id),
            subject=f"{subject} {office.tokens.officer_tag(token, outbox_id)}" if in_subject else subject,
            text=text,
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]),
            in_reply_to=in_reply_to,
            references=(in_reply_to,) if in_reply_to else (),
            attach=attach,
            created_at=ledger.now,
            due_at=ledger.now,
        )
    )


def _line(office: Office) -> str:
    return f"{LINE_MARK} " + office.texts.t("Skriv ditt svar ovanför den här raden") + f" {LINE_MARK}"


def _message_notice(
    office: Office, arrival: Arrival, case: CaseNumber, due: Due, shown: str, possibly: CaseNumber | None
) -> str:
    t, inbound = office.texts.t, arrival.inbound
    parts = [
        _line(office),
        "\n".join(_head(office, arrival, case, due, possibly)),
        t("Meddelandet:") + "\n\n" + (shown or t("(ingen text)")),
        *_about_text(office, arrival, shown),
        *about_files(office, inbound.files),
        _how_to_answer(office, hidden=holds_number(f"{inbound.subject}\n{shown}")),
    ]
    return "\n\n".join(parts) + "\n"


def _head(office: Office, arrival: Arrival, case: CaseNumber, due: Due, possibly: CaseNumber | None) -> list[str]:
    t, inbound = office.texts.t, arrival.inbound
    sender = f"{inbound.from_name} <{inbound.from_addr}>" if inbound.from_name else inbound.from_addr
    head = [
        t("Ärende: {number}", number=case),
        t("Från: {sender}", sender=sender or t("okänd, går inte att svara")),
        _verdict(office, inbound.authentic),
        t("Kom in: {time}", time=office.texts.moment(due.arrived_at)),
        t("Svara senast: {time} (så mäts det)", time=office.texts.moment(due.deadline)),
        t("Lovat den som frågar: senast {day}", day=office.texts.day(due.promised)),
    ]
    if arrival.via is Via.FORWARDED:
        head.append(t("Skickat vidare av {colleague}. Tiden räknas från när kollegan fick det.",
                      colleague=arrival.passed_by))  # fmt: skip
    elif arrival.via is Via.WEB_FORM:
        head.append(t("Kommer från ett webbformulär. Adressen är den som personen själv har fyllt i."))
    if possibly is not None:
        head.append(t("Hör kanske ihop med {number}, men avsändaren är inte känd där.", number=possibly))
    return head


def _about_text(office: Office, arrival: Arrival, shown: str) -> list[str]:
    """Return what staff should know about the text: what is not in it, and what could not be read."""
    t, inbound, number = office.texts.t, arrival.inbound, arrival.inbox
    said = list[str]()
    if arrival.comment:
        said.append(t("Kollegan skrev:") + "\n" + arrival.comment)
    if len(shown) < len(inbound.text.strip()):
        said.append(t("(Citerad text är utelämnad. Svara /visa allt, så får du hela texten.)"))
    if "encrypted" in inbound.marks:
        said.append(t("Mejlet är krypterat och går inte att läsa här. Be personen skicka det utan kryptering."))
    if any(mark.startswith("calendar_") for mark in inbound.marks):
        said.append(t("Mejlet innehåller en kalenderbokning. Vi har inte tackat ja eller nej till den."))
    if inbound.error:
        said.append(t("Allt i mejlet gick inte att läsa. Originalet är sparat med nummer {number}.", number=number))
    return said


_FILE_WORDS = {
    FileState.PASSED: mark("Bifogade filer: {names}"),
    FileState.HELD: mark("Väntar på viruskontroll och kommer i ett eget mejl: {names}"),
    FileState.INFECTED: mark("Skickas inte vidare, innehåller skadlig kod: {names}"),
    FileState.LEFT_OUT: mark("Följer inte med, för stora, för många eller gick inte att kontrollera: {names}"),
}


def about_files(office: Office, files: Sequence[InboundFile]) -> list[str]:
    """Return which files came along and which of them are not passed on, and why."""
    said = list[str]()
    for state, sentence in _FILE_WORDS.items():
        names = ", ".join(file.name for file in files if file.state is state)
        if names:
            said.append(office.texts.t(sentence, names=names))
    return said


def _how_to_answer(office: Office, *, hidden: bool) -> str:
    t = office.texts.t
    return "\n".join(
        [
            t("Svara på det här mejlet, så går ditt svar till den som frågar."),
            t("Filer du bifogar följer med, och ditt namn och er telefon läggs till."),
            t("Det som står under raden skickas inte."),
            t("I stället för ett svar kan första raden vara:"),
            t("/anteckning – texten sparas i ärendet men skickas inte"),
            t("/avsluta – avslutar utan att något skickas"),
            t("/utan svar skräp (eller dubblett, test, tack) – räknas inte med i statistiken"),
            *([t("/visa nummer skäl – du får texten med personnummer, och skälet antecknas")] if hidden else []),
        ]
    )


def _verdict(office: Office, authentic: str) -> str:
    t = office.texts.t
    if authentic == "pass":
        return t("Avsändaren är kontrollerad av vår e-postserver.")
    if authentic == "fail":
        return t("Varning: avsändaradressen kan vara förfalskad. Lämna inte ut personuppgifter.")
    return t("Vi har inte kunnat kontrollera avsändaren.")
