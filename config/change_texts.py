"""Changes of what the desk works with: topics, canned answers, words that need another door and who is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.facts import UnitId
from bot.office import Canned, Door
from bot.register import Change, EntryKind, canned_data, canned_key, word_key
from config.changes import Fault, Standing, agreed, inner_address_faults
from config.desk_defaults import LEAST_BEGINNING, LEAST_WORD, checked_text, checked_words
from config.texts import mark

_TOPIC_ID = re.compile(r"[a-z0-9_]{1,20}")
_CANNED_NAME = re.compile(r"[^\n|{}]{1,40}")
_LANGUAGE = re.compile(r"([a-z]{2,3}(_[A-Z]{2})?)?")
LONGEST_TOPIC = 60

DOORS = {
    "danger": Door.DANGER, "fara": Door.DANGER,
    "child": Door.CHILD, "barn": Door.CHILD,
    "appeal": Door.APPEAL, "överklagande": Door.APPEAL,
    "secrecy": Door.SECRECY, "sekretess": Door.SECRECY,
}  # fmt: skip
"""How a door may be written."""

_NO_CANNED = mark("Det finns inget mallsvar {name} som passar. Se vilka som finns: run_bot.py canned list.")


def add_topic(standing: Standing, topic: str, name: str) -> tuple[Change, ...]:
    """Return the change that makes a topic; `topic` is the new id.

    Raises:
        ChangeRefused: the id or the name is taken or will not do.
    """
    t, faults = standing.texts.t, list[Fault]()
    if _TOPIC_ID.fullmatch(topic) is None:
        faults.append(Fault("id", t("{id} går inte som id. Ta högst 20 tecken: a–z, siffror och _.", id=topic)))
    elif topic in standing.layers.topics:
        text = t("Ämnet {id} finns redan. Byt namn på det med run_bot.py topic change {id}.", id=topic)
        faults.append(Fault("id", text))
    return agreed(standing, [*faults, *_topic_name_faults(standing, topic, name)], _topic(topic, name))


def change_topic(standing: Standing, topic: str, name: str) -> tuple[Change, ...]:
    """Return the change of a topic's name, none if that is its name already.

    Raises:
        ChangeRefused: there is no such topic, or the name is taken or will not do.
    """
    known = standing.layers.topics.get(topic)
    if known is None:
        return agreed(standing, [_no_topic(standing, topic)])
    if known.name == " ".join(name.split()):
        return ()
    return agreed(standing, _topic_name_faults(standing, topic, name), _topic(topic, name))


def end_topic(standing: Standing, topic: str) -> tuple[Change, ...]:
    """Return the change after which nobody can choose a topic any more; cases that have it keep it.

    Raises:
        ChangeRefused: there is no such topic.
    """
    known = standing.layers.topics.get(topic)
    if known is None:
        return agreed(standing, [_no_topic(standing, topic)])
    return agreed(standing, [], _ended(_topic(topic, known.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedWish:
    """Which wording of a canned answer, and its text. `unit` by id or name; empty: for all."""

    name: str
    text: str = ""
    unit: str = ""
    language: str = ""


def add_canned(standing: Standing, wish: CannedWish) -> tuple[Change, ...]:
    """Return the change that makes a canned answer.

    Raises:
        ChangeRefused: there is one of this name, unit and language, or something of it will not do.
    """
    canned = _canned(standing, wish)
    faults = list(_canned_faults(standing, canned))
    if canned_key(canned) in standing.layers.canned:
        text = standing.texts.t(
            "Mallsvaret {name} finns redan. Ändra det med run_bot.py canned change.", name=canned.name
        )
        faults.append(Fault("name", text))
    return agreed(standing, faults, _canned_change(canned))


def change_canned(standing: Standing, wish: CannedWish) -> tuple[Change, ...]:
    """Return the change of a canned answer's text, none if it is that already.

    Raises:
        ChangeRefused: there is none of this name, unit and language, or the text will not do.
    """
    known = known_canned(standing, wish)
    if known is None:
        return agreed(standing, [_no_canned(standing, wish.name)])
    text = wish.text.strip()
    if known.text == text:
        return ()
    changed = replace(known, text=text)
    return agreed(standing, _canned_faults(standing, changed), _canned_change(changed))


def end_canned(standing: Standing, wish: CannedWish) -> tuple[Change, ...]:
    """Return the change after which there is no such canned answer.

    Raises:
        ChangeRefused: there is none of this name, unit and language.
    """
    known = known_canned(standing, wish)
    if known is None:
        return agreed(standing, [_no_canned(standing, wish.name)])
    return agreed(standing, [], _ended(_canned_change(known)))


def known_canned(standing: Standing, wish: CannedWish) -> Canned | None:
    """Return the canned answer of just this name, unit and language; None if there is none."""
    return standing.layers.canned.get(canned_key(_canned(standing, wish)))


def add_word(standing: Standing, door: Door, words: str) -> tuple[Change, ...]:
    """Return the change that has words open a door.

    Raises:
        ChangeRefused: they are too short or have a strange sign in them, or do so already.
    """
    t, faults = standing.texts.t, list[Fault]()
    try:
        words = checked_words(words)
    except ValueError:
        text = t(
            "”{words}” går inte. Skriv ett eller flera ord, minst {least} tecken. "
            "En * efter ett ord står för alla ändelser; då behövs minst {beginning} tecken före.",
            words=words, least=LEAST_WORD, beginning=LEAST_BEGINNING,
        )  # fmt: skip
        faults.append(Fault("words", text))
    key = word_key(door, words)
    if key in standing.layers.words:
        faults.append(Fault("words", t("”{words}” finns redan för {door}.", words=words, door=door.value)))
    return agreed(standing, faults, Change(kind=EntryKind.WORD, key=key, data=_word_data(door, words)))


def end_word(standing: Standing, door: Door, words: str) -> tuple[Change, ...]:
    """Return the change after which words open a door no longer.

    Raises:
        ChangeRefused: they do not open it now.
    """
    key = word_key(door, words)
    known = standing.layers.words.get(key)
    if known is None:
        text = standing.texts.t(
            "”{words}” finns inte för {door}. Se vilka som finns: run_bot.py word list.", words=words, door=door.value
        )
        return agreed(standing, [Fault("words", text)])
    return agreed(
        standing, [], Change(kind=EntryKind.WORD, key=key, data=_word_data(door, known.words), ended=True)
    )  # fmt: skip


def set_door(standing: Standing, door: Door, address: str) -> tuple[Change, ...]:
    """Return the change of who is told of a door's words, none if it is so already; an empty address: nobody more.

    Raises:
        ChangeRefused: the address is badly written or a unit's.
    """
    known = standing.layers.doors.get(door, "")
    if known == address:
        return ()
    change = Change(kind=EntryKind.DOOR, key=door.value, data={"address": address or known}, ended=not address)
    return agreed(standing, inner_address_faults(standing.texts, standing.units, "address", address), change)


def _ended(change: Change) -> Change:
    """Return a change that ends what it would otherwise make."""
    return replace(change, ended=True)


def _topic(topic: str, name: str) -> Change:
    return Change(kind=EntryKind.TOPIC, key=topic, data={"name": " ".join(name.split())})


def _topic_name_faults(standing: Standing, topic: str, name: str) -> Iterator[Fault]:
    t, plain = standing.texts.t, " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_TOPIC:
        yield Fault("name", t("Ämnet {id} behöver ett namn på högst {most} tecken.", id=topic, most=LONGEST_TOPIC))
    for other in standing.layers.topics.values():
        if other.id != topic and plain.casefold() in {other.id, other.name.casefold()}:
            yield Fault("name", t("Ämnet {id} heter redan {name}. Välj ett annat namn.", id=other.id, name=plain))


def _no_topic(standing: Standing, topic: str) -> Fault:
    t = standing.texts.t
    return Fault("id", t("Ämnet {id} finns inte. Se vilka som finns: run_bot.py topic list.", id=topic))


def _canned(standing: Standing, wish: CannedWish) -> Canned:
    unit = standing.unit_named(wish.unit) if wish.unit else None
    where = UnitId(unit.id if unit else wish.unit) if wish.unit else None
    text = wish.text.strip()
    return Canned(name=" ".join(wish.name.split()), text=text, unit=where, language=wish.language)


def _canned_change(canned: Canned) -> Change:
    return Change(kind=EntryKind.CANNED, key=canned_key(canned), data=canned_data(canned))


def _canned_faults(standing: Standing, canned: Canned) -> Iterator[Fault]:
    t, name = standing.texts.t, canned.name
    if _CANNED_NAME.fullmatch(name) is None:
        yield Fault("name", t("Mallsvaret behöver ett namn på högst 40 tecken, utan | och klamrar."))
    if canned.unit is not None and canned.unit not in standing.layers.units:
        known = ", ".join(standing.layers.units)
        yield Fault("unit", t("Enheten {unit} finns inte. De som finns: {known}.", unit=canned.unit, known=known))
    if _LANGUAGE.fullmatch(canned.language) is None:
        yield Fault("language", t("{language} är inget språk. Skriv som sv, fi eller en.", language=canned.language))
    if not canned.text:
        yield Fault("text", t("Mallsvaret {name} har ingen text.", name=name))
        return
    try:
        checked_text(canned.text)
    except ValueError:
        example = "{dag}"
        text = t(
            "Klamrarna i {name} stämmer inte: de ska stå runt ett enda ord, som {example}.", name=name, example=example
        )
        yield Fault("text", text)


def _no_canned(standing: Standing, name: str) -> Fault:
    return Fault("name", standing.texts.t(_NO_CANNED, name=name))


def _word_data(door: Door, words: str) -> dict[str, str]:
    return {"door": door.value, "words": words}
