"""The register: dated changes to units, staff, texts and opening hours, made while the service runs. Pure.

What the register says of a key goes before the file of settings, and that before the defaults. An entry that ends
takes the file's or a default's away. `config.layers` lays them over each other; who may change what, and whether a
change makes sense, is decided before it is entered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.office import Absence, Canned, Door

EntryData = Mapping[str, Any]
"""What JSON can hold. Everything that is so from now on, never only what differs from before."""

CLI = "cli:"
"""Before the login name, in the actor of what somebody changed at the command line."""


class EntryKind(StrEnum):
    """What can be changed, with the key that names one of it and what its data hold."""

    UNIT = "unit"
    """Key: the unit's id. Data: what `[[units]]` of the settings holds, without the id."""
    OFFICER = "officer"
    """Key: the officer's id. Data: what `[[officers]]` holds, without the id."""
    TOPIC = "topic"
    """Key: the topic's id. Data: name."""
    CANNED = "canned"
    """Key: `canned_key`. Data: `canned_data`."""
    PROMISE = "promise"
    """Key: a kind of message, as ``question``. Data: days, the open days after the day of arrival."""
    DAY = "day"
    """Key: a local date, as ``2026-12-23``. Data: open (spans; none: closed), decided_by."""
    HOURS = "hours"
    """Key: the local date from which they hold. Data: what `[[calendar]]` holds, without valid_from."""
    WORD = "word"
    """Key: `word_key`. Data: door, words."""
    ABSENCE = "absence"
    """Key: the officer's id. Data: `absence_data`, all absences that have not passed."""
    DOOR = "door"
    """Key: a door, as ``child``. Data: address, who is told of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants entered. `ended`: from now on there is no such thing."""

    kind: EntryKind
    key: str
    data: EntryData
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change as it stands in the register.

    Attributes:
        seq: place in the one order of all entries, from 1, without gaps.
        recorded_at: when it was entered (UTC); never before the previous entry's.
        actor: ``officer:<id>`` or ``cli:<login name>``.
        ended: from then on there is no such thing; the data tell what it was.
    """

    seq: int
    kind: EntryKind
    key: str
    recorded_at: datetime
    actor: str
    ended: bool
    data: EntryData


def latest(entries: Iterable[Entry]) -> dict[tuple[EntryKind, str], Entry]:
    """Return the last entry of each kind and key, given in order of seq; ended ones too, as they take away."""
    return {(entry.kind, entry.key): entry for entry in entries}


def absence_data(absences: Sequence[Absence]) -> EntryData:
    """Return an officer's absences, in order of their first day, as an entry of kind ``absence`` holds them."""
    ordered = sorted(absences, key=lambda one: (one.first, one.back))
    return {"absences": [{"first": one.first.isoformat(), "back": one.back.isoformat()} for one in ordered]}


def absences_in(data: EntryData) -> tuple[Absence, ...]:
    """Return what `absence_data` was given.

    Raises:
        ValueError: it is nothing of the kind, or somebody is back before leaving.
    """
    try:
        dates = [(date.fromisoformat(one["first"]), date.fromisoformat(one["back"])) for one in data["absences"]]
    except (KeyError, TypeError) as error:
        raise ValueError("absences need a first day and a day back") from error
    if any(back <= first for first, back in dates):
        raise ValueError("nobody is back before leaving")
    return tuple(Absence(first=first, back=back) for first, back in dates)


def canned_key(canned: Canned) -> str:
    """Return what tells a wording of a canned answer from others: its name, unit and language."""
    return "|".join((canned.name.strip().casefold(), canned.unit or "", canned.language))


def canned_data(canned: Canned) -> EntryData:
    """Return a canned answer as an entry of kind ``canned`` holds it."""
    return {"name": canned.name, "text": canned.text, "unit": canned.unit or "", "language": canned.language}


def word_key(door: Door, words: str) -> str:
    """Return what tells a door's words from others: upper and lower case and spaces make no difference."""
    return f"{door.value}|{' '.join(words.casefold().split())}"


def cli_actor(login: str) -> str:
    """Return the actor of somebody at the command line, as ``cli:anna``: of a name, letters, digits and ``.-_``."""
    kept = "".join(sign for sign in login.strip().lower() if sign.isalnum() or sign in ".-_")
    return CLI + (kept[:40] or "unknown")
