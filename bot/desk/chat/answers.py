"""Answers out of the database in a chat: with buttons to the cases in them, and never more than the group may see."""

from collections.abc import Iterator, Sequence

from bot.case import fold_case, is_case, numbers_in
from bot.chat import Form, Rows
from bot.chat_buttons import Press
from bot.chat_text import Html
from bot.desk.chat.disclosure import as_post, may_stand
from bot.desk.chat.pages import card_rows, home_rows, labelled
from bot.desk.rights import may_see
from bot.facts import CaseNumber
from bot.office import Office, Officer, Shown, Unit
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.posts import Rank, queue_post
from bot.questions import ChatPlace, Journal, Mine, Queue, Reply, Show, Similar
from bot.store.ledger import Ledger

MOST_BUTTONS = 8


def queue_answer(ledger: Ledger, office: Office, reply: Reply, place: ChatPlace, parts: Sequence[Part]) -> None:
    """Queue a reply whose questions are answered where it was asked, or in the officer's private chat.

    The latter where it says more of a case than the group may see; the group is told so. `ledger` must know the links
    and the cases that `named_in` tells.
    """
    unit = office.unit_of_group(place.chat)
    rows = _rows(ledger, office, reply, parts)
    linked = ledger.book.user_of(reply.officer.id)
    if unit is not None and linked is not None and not _may_stand(ledger, office, unit, reply, parts):
        words = office.texts.t("Svaret visas inte i gruppen. Det kommer i din egen chatt med mig.")
        _queue(ledger, place, words, (), reply.case)
        place = ChatPlace(chat=linked[1])
    _queue(ledger, place, as_post(office, parts), rows, reply.case)


def named_in(reply: Reply, parts: Sequence[Part]) -> list[CaseNumber]:
    """Return the cases that an answer is about, and those named in what we say ourselves, in order, each once."""
    asked = [getattr(part, "case", None) for part in reply.parts]
    said = [number for part in parts for text in _own_words(part) for number in numbers_in(text)]
    return list(dict.fromkeys(one for one in (reply.case, *asked, *said) if one))


def _queue(ledger: Ledger, place: ChatPlace, words: Html | str, rows: Rows, case: CaseNumber | None) -> None:
    form = Form(buttons=rows, reply_to=place.reply_to, protect=True)
    queue_post(ledger, place.chat, words, form=form, thread=place.thread, case=case, rank=Rank.OWN_ACT)


def _own_words(part: Part) -> Iterator[str]:
    match part:
        case Heading(text) | Paragraph(text):
            yield text
        case Table(_, rows):
            for row in rows:
                yield from row
        case Quote():
            return


def _may_stand(ledger: Ledger, office: Office, unit: Unit, reply: Reply, parts: Sequence[Part]) -> bool:
    whole = any(isinstance(part, Show | Journal | Similar) for part in reply.parts)
    need = Shown.FULL if whole or any(isinstance(part, Quote) for part in parts) else Shown.SHORT
    told = [number for number in named_in(reply, parts) if _is_told(ledger, office, reply.officer, number)]
    return all(may_stand(ledger, office, unit, number, need) for number in told)


def _is_told(ledger: Ledger, office: Office, officer: Officer, number: CaseNumber) -> bool:
    """Tell whether an answer can say anything of a case: of one that the officer may not see it says nothing."""
    facts = ledger.facts_of(number)
    return is_case(facts) and may_see(office, officer, fold_case(facts))


def _rows(ledger: Ledger, office: Office, reply: Reply, parts: Sequence[Part]) -> Rows:
    """Return the buttons: of a case that is shown those of its card, else one for each of the first eight."""
    told = [number for number in named_in(reply, parts) if _is_told(ledger, office, reply.officer, number)]
    shown = [part.case for part in reply.parts if isinstance(part, Show)]
    if len(shown) == 1 and shown[0] in told:
        own = fold_case(ledger.facts_of(shown[0])).owner == reply.officer.id
        return card_rows(office.texts, shown[0], own=own)
    t = office.texts.t
    buttons = [labelled(t("Visa {number}", number=one), Press.SHOW, one) for one in told[:MOST_BUTTONS]]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    asks_list = any(isinstance(part, Queue | Mine) for part in reply.parts)
    return (*rows, *home_rows(office.texts)) if asks_list else rows
