"""A mail or a post that did not arrive: recorded once, an answer revoked, staff told."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime

from bot.case import fold_case, is_case
from bot.chat import ChatId, No, chat_address, chat_at
from bot.facts import SYSTEM, CaseNumber, Channel, ExcludeReason, Fact, FactData, FactKind, OutboxId, UnitId
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.notices import queue_admin_mail
from bot.office import Office, Unit
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, QueuedBefore
from bot.undelivered import Undelivered, queue_delivery_failed

_NOT_PLAIN = re.compile(r"[^\w.-]")

logger = logging.getLogger(__name__)


def record_failure(
    ledger: Ledger,
    office: Office,
    outbox_id: OutboxId,
    status: str,
    failed_at: datetime,
    *,
    chat: ChatId | None = None,
) -> None:
    """Record that an outgoing mail, or a post in a chat, did not arrive, once, and tell staff; an answer is revoked.

    If its case has become part of another one, that one is told of, and an answer that counted there is revoked there
    too. Where the person has closed the chat and a mail address of the same person is known in the case, the case
    moves there, so that the next answer reaches them.
    """
    queued = ledger.known.queued_by_id.get(outbox_id)
    source = f"failed:{outbox_id}"
    if queued is not None and queued.kind in {MailKind.REPORT, MailKind.FORM}:
        _tell_of_paper(ledger, office, queued, status)
        return
    if queued is None or queued.case is None or ledger.has_source(source):
        return
    if queued.kind is MailKind.SURVEY:
        ledger.known.survey.failed(outbox_id)
        return
    if any(fact.source == source for fact in ledger.facts_of(queued.case)):
        return
    data: FactData = {"outbox": outbox_id, "of": queued.kind.value, "status": _NOT_PLAIN.sub("", status)[:40]}
    ledger.append(
        FactKind.DELIVERY_FAILED, queued.case, inquiry=queued.inquiry, occurred_at=failed_at, actor=SYSTEM,
        source=source, data=data,
    )  # fmt: skip
    if not queued.kind.to_citizen:
        _tell_admin(ledger, office, queued, status)
        return
    _take_back(ledger, queued.case, outbox_id, failed_at)
    case, inquiry = queued.case, queued.inquiry
    while (into := _merged_into(ledger, case)) is not None:
        inquiry = _carry(ledger, into, case, outbox_id, data, failed_at)
        _take_back(ledger, into, outbox_id, failed_at)
        case = into
    unit = unit_of_case(ledger.facts_of(case), office) or office.units[0]
    other = _move_to_mail(ledger, case, chat, source, failed_at) if chat is not None and status == No.BLOCKED else ""
    told = Undelivered(of=queued.kind, status=status, in_chat=chat is not None, other=other)
    queue_delivery_failed(ledger, office, unit, case, inquiry, told)


def _move_to_mail(ledger: Ledger, case: CaseNumber, chat: ChatId, source: str, failed_at: datetime) -> str:
    """Let what is written in a case go to a mail address of the person whose chat is closed; return it, or nothing."""
    closed = ledger.known.addresses.get(chat_address(chat))
    person = None if closed is None else ledger.known.person_of.get(closed)
    for address in sorted(ledger.participants_of(case)):
        known = ledger.address_of(address)
        same = person is not None and ledger.known.person_of.get(address) == person
        if same and "@" in known and chat_at(known) is None:
            ledger.append(
                FactKind.MOVED, case, occurred_at=failed_at, actor=SYSTEM, source=source,
                data={"channel": Channel.MAIL.value, "address": address},
            )  # fmt: skip
            return known
    return ""


def _merged_into(ledger: Ledger, case: CaseNumber) -> CaseNumber | None:
    facts = ledger.facts_of(case)
    return fold_case(facts).merged_into if is_case(facts) else None


def _carry(
    ledger: Ledger, into: CaseNumber, case: CaseNumber, outbox_id: OutboxId, data: FactData, failed_at: datetime
) -> int | None:
    """Tell the case that stands, too, that a mail did not arrive; return the inquiry there that waits for it.

    What was answered in the merged case alone waits in the one that stands: in the other nobody could answer it.
    """
    source = f"failed:{outbox_id}/{into}"
    answered = [one for one in standing(ledger.facts_of(into)) if one.kind is FactKind.ANSWERED]
    told = next((one.inquiry for one in answered if one.data.get("outbox") == outbox_id), None)
    if told is not None:
        ledger.append(
            FactKind.DELIVERY_FAILED, into, inquiry=told, occurred_at=failed_at, actor=SYSTEM, source=source,
            data={**data, "merged": case},
        )  # fmt: skip
    for left in [one for one in fold_inquiries(ledger.facts_of(case)) if one.waits]:
        _wait_there(ledger, into, left, source)
    there = fold_inquiries(ledger.facts_of(into))
    return next((one.no for one in reversed(there) if one.waits), told)


def _wait_there(ledger: Ledger, into: CaseNumber, left: Inquiry, source: str) -> None:
    there, now = fold_inquiries(ledger.facts_of(into)), fold_case(ledger.facts_of(into))
    ledger.append(
        FactKind.RECEIVED, into, inquiry=next((one.no for one in reversed(there) if one.waits), len(there) + 1),
        occurred_at=left.arrived_at, actor="person", source=f"{source}/{left.no}",
        data={"channel": left.channel.value, "kind": now.kind.value, "unit": now.unit, "merged": left.case},
    )  # fmt: skip
    ledger.append(
        FactKind.EXCLUDED, left.case, inquiry=left.no, occurred_at=ledger.now, actor=SYSTEM,
        source=f"{source}/{left.no}", data={"reason": ExcludeReason.MERGED.value},
    )  # fmt: skip


def _tell_admin(ledger: Ledger, office: Office, queued: QueuedBefore, status: str) -> None:
    logger.error("a notice to officer %s did not arrive: outbox %s", queued.officer, queued.id)
    t = office.texts.t
    queue_admin_mail(
        ledger,
        office,
        t("{number}: ett mejl till en handläggare kom inte fram", number=queued.case),
        t(
            "Mejlet till {officer} i {number} kom inte fram ({status}). Se till att någon annan tar hand om ärendet.",
            officer=queued.officer,
            number=queued.case,
            status=status or "-",
        )
        + "\n",
    )


def _tell_of_paper(ledger: Ledger, office: Office, queued: QueuedBefore, status: str) -> None:
    """Tell the administrator of a report, or a form of an assessment, that did not arrive; they belong to no case."""
    logger.error("a %s did not arrive: outbox %s", queued.kind.value, queued.id)
    t = office.texts.t
    if queued.kind is MailKind.FORM:
        subject = t("Ett formulär till bedömningen kom inte fram")
        text = t(
            "Formuläret med bedömningens frågor till {address} kom inte fram ({status}). Stämmer adressen? Säg till "
            "den som leder bedömningen. Formuläret går att skicka igen eller lämna som fil: "
            "run_bot.py assess send --help",
            address=queued.to_addr,
            status=status or "-",
        )
    else:
        subject = t("Veckans rapport kom inte fram")
        text = t(
            "Veckans rapport till {address} kom inte fram ({status}). Stämmer adressen? Rapporten går att göra igen: "
            "run_bot.py report --help",
            address=queued.to_addr,
            status=status or "-",
        )
    queue_admin_mail(ledger, office, subject, f"{text}\n")


def _take_back(ledger: Ledger, case: CaseNumber, outbox_id: OutboxId, failed_at: datetime) -> None:
    """Take back what was recorded when the letter was written: a holding notice nobody got moves no promise."""
    told = {FactKind.HELD, FactKind.DELAYED, FactKind.OUTCOME}
    for fact in standing(ledger.facts_of(case)):
        if fact.kind in told and fact.data.get("outbox") == outbox_id:
            ledger.append(
                FactKind.CORRECTED, case, inquiry=fact.inquiry, occurred_at=failed_at, actor=SYSTEM,
                source=f"failed:{outbox_id}/{fact.seq}", data={"seq": fact.seq, "drop": True},
            )  # fmt: skip


def unit_of_case(facts: Sequence[Fact], office: Office) -> Unit | None:
    """Return the unit in which the case lies by its last word about it, None for a case without facts."""
    for fact in reversed(facts):
        if fact.kind in {FactKind.RECEIVED, FactKind.TRANSFERRED} and "unit" in fact.data:
            return office.unit(UnitId(str(fact.data["unit"])))
    return None
