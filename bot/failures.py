"""A mail that did not arrive: recorded once, an answer revoked, staff told."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime

from bot.facts import SYSTEM, CaseNumber, Fact, FactKind, OutboxId, UnitId
from bot.inquiry import standing
from bot.notices import queue_admin_mail, queue_delivery_failed
from bot.office import Office, Unit
from bot.store.ledger import Ledger

_NOT_PLAIN = re.compile(r"[^\w.-]")

logger = logging.getLogger(__name__)


def record_failure(ledger: Ledger, office: Office, outbox_id: OutboxId, status: str, failed_at: datetime) -> None:
    """Record that an outgoing mail did not arrive, once, and tell staff; an answer is revoked by it."""
    queued = ledger.known.queued_by_id.get(outbox_id)
    source = f"failed:{outbox_id}"
    if queued is None or queued.case is None or ledger.has_source(source):
        return
    if any(fact.source == source for fact in ledger.facts_of(queued.case)):
        return
    ledger.append(
        FactKind.DELIVERY_FAILED, queued.case, inquiry=queued.inquiry, occurred_at=failed_at, actor=SYSTEM,
        source=source, data={"outbox": outbox_id, "of": queued.kind.value, "status": _NOT_PLAIN.sub("", status)[:40]},
    )  # fmt: skip
    if queued.kind.to_citizen:
        _take_back(ledger, queued.case, outbox_id, failed_at)
        unit = unit_of_case(ledger.facts_of(queued.case), office) or office.units[0]
        queue_delivery_failed(ledger, office, unit, queued.case, queued.inquiry, queued.kind, status)
        return
    logger.error("a notice to officer %s did not arrive: outbox %s", queued.officer, outbox_id)
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


def _take_back(ledger: Ledger, case: CaseNumber, outbox_id: OutboxId, failed_at: datetime) -> None:
    """Take back what was recorded when the letter was written: a holding notice nobody got moves no promise."""
    told = {FactKind.HELD, FactKind.DELAYED, FactKind.OUTCOME}
    for fact in standing(ledger.facts_of(case)):
        if fact.kind in told and fact.data.get("outbox") == outbox_id:
            ledger.append(
                FactKind.CORRECTED, case, inquiry=fact.inquiry, occurred_at=failed_at, actor=SYSTEM,
                source=f"failed:{outbox_id}", data={"seq": fact.seq, "drop": True},
            )  # fmt: skip


def unit_of_case(facts: Sequence[Fact], office: Office) -> Unit | None:
    """Return the unit in which the case lies by its last word about it, None for a case without facts."""
    for fact in reversed(facts):
        if fact.kind in {FactKind.RECEIVED, FactKind.TRANSFERRED} and "unit" in fact.data:
            return office.unit(UnitId(str(fact.data["unit"])))
    return None
