"""Which of a person's cases they wait for an answer in, as they are told it."""

from bot.citizen.visit import Visit
from bot.facts import CaseNumber, FactKind
from bot.inquiry import Inquiry, fold_inquiries, standing
from bot.thanks import is_thanks


def awaited(visit: Visit, case: CaseNumber) -> list[Inquiry]:
    """Return the inquiries of a case that the person waits for an answer to, in order.

    A mere thank-you after an answer was promised none (`bot.citizen.receipts.thanked`). Whether it is measured is for
    staff to say.
    """
    every = fold_inquiries(visit.ledger.facts_of(case))
    answered = any(one.answered_at is not None for one in every)
    return [one for one in every if one.waits and not (answered and _only_thanks(visit, case, one.no))]


def _only_thanks(visit: Visit, case: CaseNumber, inquiry: int) -> bool:
    received = [
        one
        for one in standing(visit.ledger.facts_of(case))
        if one.kind is FactKind.RECEIVED and one.inquiry == inquiry and not one.data.get("auto")
    ]
    ids = {int(one.data["message"]) for one in received if "message" in one.data}
    written = [one for one in visit.ledger.messages_of(case) if one.id in ids or one.edits in ids]
    return bool(written) and len(ids) == len(received) and all(is_thanks(one.text) for one in written)
