"""What the desk works with before anybody has changed anything: promises, topics, door words, canned answers."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.facts import Kind, TopicId, UnitId
from bot.office import Canned, Door, DoorWord, Topic
from bot.register import canned_key, word_key
from config.setting_parts import Part
from config.settings import Id, PromiseDays

DEFAULTS = Path(__file__).parent / "desk_defaults.toml"

_FIELD = re.compile(r"\{[^\W\d]\w{0,30}\}")
_WORDS = re.compile(r"[\w'’-]+\*?(?: [\w'’-]+\*?)*")

LEAST_WORD = 3
LEAST_BEGINNING = 4
"""Letters that words, and what stands before a ``*``, must have: shorter ones are found in every other mail."""


def checked_words(text: str) -> str:
    """Return a door's words with single spaces between them.

    Raises:
        ValueError: they are too short, or hold another sign than letters, digits, hyphens and a ``*`` after a word.
    """
    words = " ".join(text.split())
    least = LEAST_BEGINNING if words.endswith("*") else LEAST_WORD
    if _WORDS.fullmatch(words) is None or len(words.rstrip("*")) < least:
        raise ValueError("words are letters, with a * after one at most, and not shorter than 3 (4 before a *)")
    return words


def checked_text(text: str) -> str:
    """Return a canned answer's text without white space around it.

    Raises:
        ValueError: it is empty, or a brace in it is not part of a field as ``{dag}``.
    """
    stripped = text.strip()
    if not stripped or re.search(r"[{}]", _FIELD.sub("", stripped)):
        raise ValueError("a canned answer has some text, and braces only around a field, as {dag}")
    return stripped


class TopicSettings(Part):
    """What a case can be about."""

    id: Id
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

    def topic(self) -> Topic:
        """Return it as the services see it."""
        return Topic(id=TopicId(self.id), name=self.name)


class CannedSettings(Part):
    """A canned answer. `unit` empty: for all; `language` empty: any."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\n|{}]{1,40}$")]
    text: Annotated[str, AfterValidator(checked_text)]
    unit: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,20}$")] = ""
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3}(_[A-Z]{2})?)?$")] = ""

    def canned(self) -> Canned:
        """Return it as the services see it."""
        unit = UnitId(self.unit) if self.unit else None
        return Canned(name=self.name, text=self.text, unit=unit, language=self.language)


class WordSettings(Part):
    """Words that need another door."""

    door: Door
    words: Annotated[str, AfterValidator(checked_words)]

    def door_word(self) -> DoorWord:
        """Return them as the services see them."""
        return DoorWord(door=self.door, words=self.words)


class DeskDefaults(Part):
    """The file of defaults."""

    promise_days: dict[Kind, PromiseDays]
    words: dict[Door, tuple[Annotated[str, AfterValidator(checked_words)], ...]]
    topics: tuple[TopicSettings, ...] = Field(min_length=1)
    canned: tuple[CannedSettings, ...]

    def topics_by_id(self) -> dict[str, Topic]:
        """Return the topics by their id."""
        return {one.id: one.topic() for one in self.topics}

    def canned_by_key(self) -> dict[str, Canned]:
        """Return the canned answers by the key they have in the register."""
        return {canned_key(one.canned()): one.canned() for one in self.canned}

    def words_by_key(self) -> dict[str, DoorWord]:
        """Return the door words by the key they have in the register."""
        return {
            word_key(door, words): DoorWord(door=door, words=words)
            for door, several in self.words.items()
            for words in several
        }


@cache
def desk_defaults() -> DeskDefaults:
    """Return what stands in ``desk_defaults.toml``."""
    with DEFAULTS.open("rb") as source:
        return DeskDefaults(**tomllib.load(source))
