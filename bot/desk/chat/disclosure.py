"""What of a case may stand in a unit's group, and how parts are made ready for a chat."""

from collections.abc import Sequence

from bot.case import fold_case, is_case
from bot.chat_text import Html, as_chat
from bot.facts import CaseNumber, Channel, FactKind
from bot.masking import masked_part
from bot.office import ChatRules, Office, Shown, Unit
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.store.ledger import Ledger
from bot.tokens import without_secrets

_MORE = tuple(Shown)


def may_stand(ledger: Ledger, office: Office, unit: Unit, case: CaseNumber, need: Shown) -> bool:
    """Tell whether so much of a case may stand in the group of a unit.

    Of another unit's case, of a secret one, and of those of a unit with secrecy no more than the number may; of one
    that came by mail, wholly or in part, what `bot.office.ChatRules` says of mail.
    """
    facts = ledger.facts_of(case)
    if not is_case(facts):
        return True
    now = fold_case(facts)
    family = [number for number in (case, *now.merged_from) if is_case(ledger.facts_of(number))]
    secret = unit.secrecy or any(fold_case(ledger.facts_of(one)).secret for one in family)
    if secret or office.unit(now.unit).id != unit.id:
        return need is Shown.NUMBER
    came = {fact.data.get("channel") for one in family for fact in ledger.facts_of(one)
            if fact.kind is FactKind.RECEIVED}  # fmt: skip
    rules = office.chat or ChatRules()
    shown = rules.shown if came == {Channel.TELEGRAM.value} else rules.mail_shown
    return _MORE.index(need) <= _MORE.index(shown)


def clean(office: Office, part: Part) -> Part:
    """Return a part without personal numbers and without secret addresses of ours."""
    match part:
        case Table(head, rows):
            part = Table(head, tuple(tuple(without_secrets(cell) for cell in row) for row in rows))
        case Heading(text):
            part = Heading(without_secrets(text))
        case Paragraph(text):
            part = Paragraph(without_secrets(text))
        case Quote(text):
            part = Quote(without_secrets(text))
    return masked_part(office.texts, part)


def as_post(office: Office, parts: Sequence[Part]) -> Html:
    """Return parts as the words of a post, personal numbers and secret addresses left out."""
    return as_chat([clean(office, part) for part in parts])
