"""The municipality's units, staff, texts and promises: the defaults, under the settings, under the register.

What the register holds must never keep the service from starting: an entry that cannot be read is passed over with
a line in the log, and what was so before it stands.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeVar

from bot.facts import Kind, OfficerId
from bot.office import Absence, Canned, Door, DoorWord, Topic
from bot.register import Change, Entry, EntryData, EntryKind, absences_in
from config.desk_defaults import CannedSettings, TopicSettings, WordSettings, desk_defaults
from config.setting_parts import Part
from config.settings import (
    CalendarSettings,
    DaySettings,
    MailAddress,
    OfficerSettings,
    PromiseDays,
    Settings,
    UnitSettings,
)

logger = logging.getLogger(__name__)

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """What holds, by the keys of the register, in the order it is shown. Opening hours: `config.calendars`.

    Attributes:
        names: of all who are or were officers, by id.
        promises: for every kind of message.
        first_promises: what they are where the register says nothing: what the settings say, else the defaults.
    """

    units: Mapping[str, UnitSettings]
    officers: Mapping[str, OfficerSettings]
    names: Mapping[OfficerId, str]
    absences: Mapping[str, tuple[Absence, ...]]
    topics: Mapping[str, Topic]
    canned: Mapping[str, Canned]
    words: Mapping[str, DoorWord]
    doors: Mapping[Door, str]
    promises: Mapping[Kind, int]
    first_promises: Mapping[Kind, int]


class DoorSettings(Part):
    """Who is told of a door's words."""

    address: MailAddress


class PromiseSettings(Part):
    """Open days after the day of arrival."""

    days: PromiseDays


def layers_of(settings: Settings, entries: Iterable[Entry] = ()) -> Layers:
    """Return what holds; without entries, what the settings and the defaults say.

    At least one unit always stands: where the register has ended all of them, those of the settings.
    """
    defaults = desk_defaults()
    promises = {**defaults.promise_days, **settings.answers.promise_days}
    begin = Layers(
        units={one.id: one for one in settings.units},
        officers={one.id: one for one in settings.officers},
        names={OfficerId(one.id): one.name for one in settings.officers},
        absences={},
        topics=defaults.topics_by_id(),
        canned=defaults.canned_by_key(),
        words=defaults.words_by_key(),
        doors={},
        promises=promises,
        first_promises=promises,
    )
    found = reduce(after, entries, begin)
    return found if found.units else replace(found, units=begin.units)


def is_readable(change: Change | Entry) -> bool:
    """Tell whether a change holds what its kind must hold, and would not be passed over."""
    try:
        _READERS[change.kind](change.key, change.data)
    except ValueError:
        return False
    return True


def after(layers: Layers, change: Change | Entry) -> Layers:
    """Return what holds after one more change; one that cannot be read changes nothing."""
    try:
        return _after(layers, change)
    except ValueError:
        # The key of some kinds is a text; the number tells `run_bot.py changes` which one it is.
        number = change.seq if isinstance(change, Entry) else "new"
        logger.warning("register entry %s (%s): passed over, it cannot be read", number, change.kind)
        return layers


def _after(layers: Layers, change: Change | Entry) -> Layers:  # noqa: C901 -- one line for each kind of entry
    match change.kind:
        case EntryKind.UNIT:
            return replace(layers, units=_with(layers.units, change.key, change, unit_of))
        case EntryKind.OFFICER:
            names = {**layers.names, OfficerId(change.key): _name(change, layers.names.get(OfficerId(change.key), ""))}
            return replace(layers, officers=_with(layers.officers, change.key, change, officer_of), names=names)
        case EntryKind.ABSENCE:
            return replace(layers, absences=_with(layers.absences, change.key, change, _absences_of))
        case EntryKind.TOPIC:
            return replace(layers, topics=_with(layers.topics, change.key, change, _topic_of))
        case EntryKind.CANNED:
            return replace(layers, canned=_with(layers.canned, change.key, change, _canned_of))
        case EntryKind.WORD:
            return replace(layers, words=_with(layers.words, change.key, change, _word_of))
        case EntryKind.DOOR:
            return replace(layers, doors=_with(layers.doors, Door(change.key), change, _door_of))
        case EntryKind.PROMISE:
            # A promise that ends is again what it was without the register: every kind of message has one.
            kept = _with(layers.promises, Kind(change.key), change, _promise_of)
            return replace(layers, promises={**layers.first_promises, **kept})
        case EntryKind.DAY | EntryKind.HOURS:
            return layers


def _with(found: Mapping[K, T], key: K, change: Change | Entry, read: Callable[[str, EntryData], T]) -> Mapping[K, T]:
    if change.ended:
        return {known: value for known, value in found.items() if known != key}
    return {**found, key: read(change.key, change.data)}


def unit_of(key: str, data: EntryData) -> UnitSettings:
    """Return the unit an entry tells of. Raises ValueError for one that cannot be read, as all here."""
    return UnitSettings(**{**data, "id": key})


def officer_of(key: str, data: EntryData) -> OfficerSettings:
    """Return the officer an entry tells of."""
    return OfficerSettings(**{**data, "id": key})


def day_of(key: str, data: EntryData) -> DaySettings:
    """Return the single day an entry tells of."""
    return DaySettings(**{**data, "date": key})


def hours_of(key: str, data: EntryData) -> CalendarSettings:
    """Return the opening hours an entry tells of."""
    return CalendarSettings(**{**data, "valid_from": key})


def _topic_of(key: str, data: EntryData) -> Topic:
    return TopicSettings(**{**data, "id": key}).topic()


def _canned_of(_key: str, data: EntryData) -> Canned:
    return CannedSettings(**data).canned()


def _word_of(_key: str, data: EntryData) -> DoorWord:
    return WordSettings(**data).door_word()


def _door_of(key: str, data: EntryData) -> str:
    Door(key)
    return DoorSettings(**data).address


def _promise_of(key: str, data: EntryData) -> int:
    Kind(key)
    return PromiseSettings(**data).days


def _absences_of(_key: str, data: EntryData) -> tuple[Absence, ...]:
    return absences_in(data)


def _name(change: Change | Entry, known: str) -> str:
    said = change.data.get("name", "")
    return said if isinstance(said, str) and said else known


_READERS: Mapping[EntryKind, Callable[[str, EntryData], object]] = {
    EntryKind.UNIT: unit_of,
    EntryKind.OFFICER: officer_of,
    EntryKind.ABSENCE: _absences_of,
    EntryKind.TOPIC: _topic_of,
    EntryKind.CANNED: _canned_of,
    EntryKind.WORD: _word_of,
    EntryKind.DOOR: _door_of,
    EntryKind.PROMISE: _promise_of,
    EntryKind.DAY: day_of,
    EntryKind.HOURS: hours_of,
}
