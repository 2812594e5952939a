"""One mail to one of the staff: set out as text and page, with the secret address that answers it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.duty import UNIT_OFFICER, is_unit_officer
from bot.facts import CaseNumber, InboxId, MessageId, OutboxId
from bot.masking import masked, masked_part
from bot.office import Office, Officer, Unit
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.set_out import as_page, as_text
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail
from bot.tokens import OfficerToken, without_secrets

LINE_MARK = "==^=="
"""Stands on both sides of the line above which an officer answers; the same in every language."""


def queue_staff_mail(
    ledger: Ledger,
    office: Office,
    officer: Officer,
    unit: Unit,
    case: CaseNumber | None,
    inquiry: int,
    *,
    subject: str,
    parts: Sequence[Part],
    kind: MailKind = MailKind.NOTICE,
    again: bool = False,
    attach: tuple[InboxId, ...] = (),
    in_reply_to: str = "",
    opened: bool = False,
    message: MessageId | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue one mail to one officer, at the configured address only; not to leave before `due_at` (UTC).

    About a case it is answered to that case; else to the officer's own desk. Personal numbers are hidden unless it is
    `opened` for a reason, and another officer's secret, in a text that somebody passed on, never goes along.
    `message`: the first one that it tells of.
    """
    outbox_id = ledger.next_outgoing()
    shown = [_without_secrets(part) for part in parts]
    if not opened:
        subject, shown = masked(office.texts, subject), [masked_part(office.texts, part) for part in shown]
    shown = [Paragraph(_line(office, case)), *shown, *_footer(office, officer, unit)]
    ledger.queue(
        OutgoingMail(
            id=outbox_id,
            kind=kind,
            case=case,
            inquiry=inquiry if case is not None else None,
            officer=officer.id,
            to_addr=officer.email,
            to_name=officer.name,
            from_addr=unit.address,
            from_name=f"{unit.name}, {office.name}",
            reply_to=_reply_to(office, officer, unit, case, inquiry, again=again, outbox_id=outbox_id),
            subject=_subject(office, officer, subject, case, inquiry, again=again, outbox_id=outbox_id),
            text=as_text(shown),
            html=as_page(shown, office.texts.language),
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]),
            in_reply_to=in_reply_to,
            references=(in_reply_to,) if in_reply_to else (),
            attach=attach,
            message=message,
            created_at=ledger.now,
            due_at=due_at or ledger.now,
        )
    )


def _token(officer: Officer, case: CaseNumber, inquiry: int, *, again: bool) -> OfficerToken:
    return OfficerToken(case, inquiry, UNIT_OFFICER if is_unit_officer(officer.id) else officer.id, again)


def _reply_to(
    office: Office,
    officer: Officer,
    unit: Unit,
    case: CaseNumber | None,
    inquiry: int,
    *,
    again: bool,
    outbox_id: OutboxId,
) -> str:
    if office.secrets_in_subject or (case is None and is_unit_officer(officer.id)):
        return unit.address
    if case is None:
        return office.tokens.desk_address(unit.address, officer.id)
    return office.tokens.officer_address(unit.address, _token(officer, case, inquiry, again=again), outbox_id)


def _subject(
    office: Office,
    officer: Officer,
    subject: str,
    case: CaseNumber | None,
    inquiry: int,
    *,
    again: bool,
    outbox_id: OutboxId,
) -> str:
    """Return the subject; with the secret as a tag, where addresses with a plus sign cannot be used."""
    if not office.secrets_in_subject or (case is None and is_unit_officer(officer.id)):
        return subject
    if case is None:
        return f"{subject} {office.tokens.desk_tag(officer.id)}"
    return f"{subject} {office.tokens.officer_tag(_token(officer, case, inquiry, again=again), outbox_id)}"


def _line(office: Office, case: CaseNumber | None) -> str:
    t = office.texts.t
    words = t("Skriv ditt svar ovanför den här raden") if case else t("Skriv ovanför den här raden")
    return f"{LINE_MARK} {words} {LINE_MARK}"


def _footer(office: Office, officer: Officer, unit: Unit) -> list[Part]:
    """Return the way to everything else: the officer's own desk."""
    if is_unit_officer(officer.id):
        return []
    t = office.texts.t
    if office.secrets_in_subject:
        tag = office.tokens.desk_tag(officer.id)
        return [Paragraph(t("Allt annat: mejla {address} med {tag} i ämnesraden, till exempel /kö eller /hjälp.",
                            address=unit.address, tag=tag))]  # fmt: skip
    address = office.tokens.desk_address(unit.address, officer.id)
    return [Paragraph(t("Allt annat: mejla ditt skrivbord, till exempel /kö eller /hjälp.") + f"\n{address}")]


def _without_secrets(part: Part) -> Part:
    match part:
        case Table(head, rows):
            return Table(head, tuple(tuple(without_secrets(cell) for cell in row) for row in rows))
        case Heading() | Paragraph() | Quote():
            return replace(part, text=without_secrets(part.text))
