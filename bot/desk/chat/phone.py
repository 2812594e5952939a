"""A telephone call logged in two taps: how it went, and what it was about; words may follow."""

from collections.abc import Mapping

from bot.chat import Rows
from bot.chat_buttons import Press
from bot.desk.chat.disclosure import as_post
from bot.desk.chat.doing import do
from bot.desk.chat.drafts import Draft, What, end, keep
from bot.desk.chat.pages import PAGE, labelled
from bot.desk.chat.telling import in_words, show_button
from bot.desk.chat.turn import Turn, change, refuse, say, take_away, tell
from bot.desk.commands import Contact, Undo, Way
from bot.facts import CaseNumber, FactKind
from bot.office import Topic
from bot.parts import Paragraph, Part

_CALL = "phone"
"""The dialogue of a call whose topic is asked for, and of how often each topic was chosen."""

_SECONDS = (15, 30, 60)
_LONGER = 61
"""Seconds that stand for more than a minute."""


def begin(turn: Turn) -> None:
    """Ask how the call went: whether there was a direct answer, and how long the caller waited."""
    t, rows = turn.t, list[tuple[str, str, str]]()
    for seconds in _SECONDS:
        direct = t("Direkt, högst {count} s", count=seconds)
        rows.append((str(seconds), direct, t("Inte direkt, högst {count} s", count=seconds)))
    rows.append((str(_LONGER), t("Direkt, över {count} s", count=60), t("Inte direkt, över {count} s", count=60)))
    buttons: Rows = tuple(
        (labelled(yes, Press.PHONE, None, f"y{code}"), labelled(no, Press.PHONE, None, f"n{code}"))
        for code, yes, no in rows
    )
    closing: Rows = ((labelled(t("Stäng"), Press.LESS, None),),)
    say(turn, t("Fick den som ringde svar direkt? Hur länge dröjde det innan någon svarade?"), (*buttons, *closing))
    tell_quietly(turn)


def tell_quietly(turn: Turn) -> None:
    """Answer a press without words."""
    if turn.event.press:
        tell(turn, "")


def press_phone(turn: Turn, more: str) -> None:
    """Take one of the two taps, or begin."""
    how, dot, topic = more.partition(".")
    if how not in {f"{begin}{seconds}" for begin in "yn" for seconds in (*_SECONDS, _LONGER)}:
        begin(turn)
    elif not dot:
        _ask_topic(turn, how)
    elif _state(turn).get("post") == turn.event.post and _state(turn).get("how") == how:
        _log(turn, how, topic)
    else:
        refuse(turn, turn.t("Det samtalet är redan antecknat. Tryck Logga samtal för ett nytt."))


def take_words(turn: Turn, case: CaseNumber, draft: Draft, text: str) -> None:
    """Add words to a call that was logged: it is logged anew with them, and opens a case if nobody got an answer."""
    how, _, topic = draft.chosen.partition(".")
    undone = do(turn, case, Undo())
    if not undone.said.done:
        refuse(turn, in_words(undone.said))
        return
    end(turn, case, What.CONTACT)
    told = do(turn, None, _contact(how, topic, text), number=2)
    number = _number_of(turn)
    say(
        turn, as_post(turn.office, [Paragraph(in_words(told.said))]), show_button(turn, number) if how[0] == "n" else ()
    )


def _ask_topic(turn: Turn, how: str) -> None:
    state = dict(_state(turn))
    turn.ledger.book.set_dialogue(turn.place.chat, turn.user, {**state, "post": turn.event.post, "how": how}, _CALL)
    chosen = [labelled(one.name, Press.PHONE, None, f"{how}.{one.id}") for one in _usual(turn)]
    chosen.append(labelled(turn.t("Annat"), Press.PHONE, None, f"{how}."))
    rows = tuple(tuple(chosen[at : at + 2]) for at in range(0, len(chosen), 2))
    change(turn, turn.t("Vad handlade samtalet om?"), rows)
    tell(turn, "")


def _usual(turn: Turn) -> list[Topic]:
    """Return the topics that the officer logs most, then the others in their order; eight at most."""
    used = _used(turn)
    return sorted(turn.office.topics, key=lambda one: -used.get(one.id, 0))[:PAGE]


def _log(turn: Turn, how: str, topic: str) -> None:
    known = next((one for one in turn.office.topics if one.id == topic), None)
    told = do(turn, None, _contact(how, known.id if known else "", ""))
    if not told.said.done:
        refuse(turn, in_words(told.said))
        return
    used = dict(_used(turn))
    if known is not None:
        used[known.id] = used.get(known.id, 0) + 1
    turn.ledger.book.set_dialogue(turn.place.chat, turn.user, {"used": used}, _CALL)
    _confirm(turn, how, known)


def _confirm(turn: Turn, how: str, topic: Topic | None) -> None:
    t, number = turn.t, _number_of(turn)
    seconds = int(how[1:])
    said = [
        t("svar direkt") if how[0] == "y" else t("inget svar direkt"),
        t("över {count} s", count=60) if seconds == _LONGER else t("högst {count} s", count=seconds),
        topic.name if topic else t("annat"),
    ]
    more = (
        t("Vill du lägga till något? Svara på det här meddelandet.")
        if how[0] == "y"
        else t(
            "Ska någon återkomma? Svara på det här meddelandet med frågan och hur vi når personen. "
            "Då blir det ett ärende."
        )
    )
    words = t("Samtalet är antecknat: {what}.", what=", ".join(said))
    rows: Rows = (
        (labelled(t("Ångra"), Press.UNDO, number, _seq_of(turn, number)),
         labelled(t("Logga ett till"), Press.PHONE, None)),
    )  # fmt: skip
    parts: list[Part] = [Paragraph(words), Paragraph(more)]
    take_away(turn, turn.event.post)
    post = say(turn, as_post(turn.office, parts), rows, case=number, officer=turn.officer.id)
    chosen = f"{how}.{topic.id if topic else ''}"
    draft = Draft(what=What.CONTACT, at=turn.ledger.now, posts=(post,), thread=turn.place.thread, chosen=chosen)
    keep(turn, number, draft)
    tell(turn, words)


def _contact(how: str, topic: str, text: str) -> Contact:
    return Contact(Way.PHONE, direct=how[0] == "y", seconds=int(how[1:]), topic=topic, text=text)


def _number_of(turn: Turn) -> CaseNumber:
    """Return the number of the call that this turn has logged."""
    logged = (
        case
        for case, facts in reversed(turn.ledger.known.facts.items())
        for fact in facts
        if fact.kind is FactKind.PHONE and fact.source.startswith(turn.arrival.source)
    )
    return next(logged)


def _seq_of(turn: Turn, number: CaseNumber) -> str:
    return str(turn.ledger.facts_of(number)[-1].seq)


def _state(turn: Turn) -> Mapping[str, object]:
    return turn.ledger.book.dialogue(turn.place.chat, turn.user, _CALL) or {}


def _used(turn: Turn) -> dict[str, int]:
    used = _state(turn).get("used")
    return {str(topic): int(count) for topic, count in used.items()} if isinstance(used, dict) else {}
