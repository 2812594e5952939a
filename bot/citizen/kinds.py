"""Choosing what kind a matter is: offered below the receipt, one chosen already, never required."""

from bot.case import fold_case
from bot.chat import Rows
from bot.chat_buttons import Press, button
from bot.chat_text import Html, lines, plain
from bot.citizen.first_words import in_rows
from bot.citizen.question import Ask, Question, close, said
from bot.citizen.visit import Visit, own_case
from bot.desk.words import KIND_NAMES
from bot.facts import CaseNumber, FactKind, Kind
from bot.inquiry import fold_inquiries, standing
from config.texts import Texts

_LONGEST = 40
"""Characters of the longest option."""


def kind_name(texts: Texts, kind: Kind) -> str:
    """Return a kind as it stands on a button, as ``Felanmälan``."""
    name = texts.t(KIND_NAMES[kind])
    return name[:1].upper() + name[1:]


def kind_lines(visit: Visit, case: CaseNumber) -> Html:
    """Return the question with the kinds numbered, the present one marked in words."""
    texts, now = visit.texts, fold_case(visit.ledger.facts_of(case)).kind
    asks = texts.t("Vad gäller det? Välj om du vill, med en knapp, siffran eller ordet.")
    return lines(plain(asks), *(_line(texts, number, kind, now) for number, kind in enumerate(Kind, start=1)))


def kind_buttons(visit: Visit, case: CaseNumber) -> Rows:
    """Return a button for each kind, three in a row, and one to choose none."""
    texts = visit.texts
    made = [button(kind_name(texts, kind), Press.MY_KIND, case, kind.value) for kind in Kind]
    return (*in_rows(made, 3), (button(texts.t("Hoppa över"), Press.SKIP, case),))


def take_words(visit: Visit, question: Question, text: str) -> bool:
    """Take a number or a kind's name in any of our languages, or that none is chosen; False: it is neither."""
    words = said(text) if len(text) <= _LONGEST else ""
    if question.case is None or not words:
        return False
    if words in {said(texts.t("Hoppa över")) for texts in _all_texts(visit)}:
        skip(visit)
        visit.say(visit.texts.t("Det går bra. Du behöver inte välja."))
        return True
    kind = _kind_of(visit, words)
    if kind is None:
        return False
    visit.say(choose(visit, question.case, kind), case=question.case)
    return True


def press(visit: Visit, case: CaseNumber | None, more: str) -> None:
    """Take a press on a kind."""
    kind = next((one for one in Kind if one.value == more), None)
    own = own_case(visit, case) if case is not None else None
    if kind is None or own is None:
        visit.toast(visit.texts.t("Knappen gäller inte längre."))
        return
    words = choose(visit, own, kind)
    visit.toast(words)
    visit.say(words, case=own)


def skip(visit: Visit) -> None:
    """Leave the kind as it is."""
    visit.toast(visit.texts.t("Det går bra. Du behöver inte välja."))
    close(visit, Ask.KIND)


def choose(visit: Visit, case: CaseNumber, kind: Kind) -> str:
    """Give the case this kind, unless it is settled already; return what the person is told."""
    t, facts = visit.texts.t, visit.ledger.facts_of(case)
    close(visit, Ask.KIND)
    if any(one.kind is FactKind.KIND_CHANGED and one.actor != "person" for one in standing(facts)):
        return t("Vi har redan sorterat {number}. Vill du ändra något, skriv det med egna ord.", number=case)
    inquiry = fold_inquiries(facts)[-1:]
    if not inquiry or not inquiry[0].waits:
        return t("{number} är redan besvarat. Vill du ändra något, skriv det med egna ord.", number=case)
    if fold_case(facts).kind is not kind:
        visit.ledger.append(
            FactKind.KIND_CHANGED, case, inquiry=inquiry[0].no, occurred_at=visit.arrival.arrived_at, actor="person",
            source=visit.arrival.source, data={"kind": kind.value},
        )  # fmt: skip
    return t("Tack. Vi har noterat: {kind}.", kind=kind_name(visit.texts, kind))


def _line(texts: Texts, number: int, kind: Kind, now: Kind) -> Html:
    name = kind_name(texts, kind)
    if kind is now:
        return plain(texts.t("{number}. {kind} (om du inte väljer)", number=number, kind=name))
    return plain(f"{number}. {name}")


def _kind_of(visit: Visit, words: str) -> Kind | None:
    names = {said(kind_name(texts, kind)): kind for texts in _all_texts(visit) for kind in Kind}
    numbers = {str(number): kind for number, kind in enumerate(Kind, start=1)}
    return numbers.get(words) or names.get(words)


def _all_texts(visit: Visit) -> list[Texts]:
    return [visit.office.texts_in(code) for code in visit.rules.languages]
