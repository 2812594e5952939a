"""What staff change of the office itself: their absences, and the canned answers that leads edit."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.desk.acts import Act, ActRefused, Refusal
from bot.desk.commands import Away, Back, EndCanned, SaveCanned
from bot.desk.rights import may_lead
from bot.facts import officer_actor
from bot.office import Absence, Canned, Office, Officer
from bot.register import Change, EntryKind, absence_data, absences_in, canned_data, canned_key
from bot.store.ledger import Ledger
from config.layers import is_readable

_FIELD = re.compile(r"\{([^\W\d]\w{0,30})\}")


def away(ledger: Ledger, office: Office, act: Act, asked: Away) -> tuple[Officer, Absence]:
    """Enter an absence, one's own or, by a lead, another officer's; return whose and when.

    Cases of who is away that wait are given back by the service within a minute of its beginning, while we are open.

    Raises:
        ActRefused: nobody is meant for certain, or only a lead may do this for another.
    """
    officer = _officer(ledger, office, act, asked.officer)
    first = asked.first or office.local_day(ledger.now)
    absence = Absence(first=first, back=max(asked.back, first + timedelta(days=1)))
    _enter_absences(ledger, act, officer, (*_still_to_come(ledger, office, officer), absence))
    return officer, absence


def back(ledger: Ledger, office: Office, act: Act, asked: Back) -> Officer:
    """End an absence today: whoever was away is here from now on. Returns whose it was.

    Raises:
        ActRefused: as `away`; or the officer is not away.
    """
    officer, today = _officer(ledger, office, act, asked.officer), office.local_day(ledger.now)
    if not officer.is_away(today):
        raise ActRefused(Refusal.SAME, officer.name)
    left = tuple(one for one in officer.absences if one.first > today)
    _enter_absences(ledger, act, officer, left)
    return officer


def save_canned(ledger: Ledger, office: Office, act: Act, asked: SaveCanned) -> Canned:
    """Keep a canned answer, or another wording of one, and return it. Leads only.

    Raises:
        ActRefused: the officer is no lead, the unit is not known, or the text cannot be kept as it is.
    """
    if not may_lead(act.officer):
        raise ActRefused(Refusal.LEADS_ONLY)
    unit = office.unit_named(asked.unit) if asked.unit else None
    if asked.unit and unit is None:
        raise ActRefused(Refusal.UNKNOWN_TARGET, asked.unit)
    kept = Canned(name=asked.name, text=asked.text, unit=unit.id if unit else None, language=asked.language)
    change = Change(kind=EntryKind.CANNED, key=canned_key(kept), data=canned_data(kept))
    if not is_readable(change):
        raise ActRefused(Refusal.UNREADABLE)
    ledger.enter(change.kind, change.key, change.data, officer_actor(act.officer.id))
    return kept


def end_canned(ledger: Ledger, office: Office, act: Act, asked: EndCanned) -> int:
    """Take away every wording of a canned answer and return how many there were. Leads only.

    Raises:
        ActRefused: the officer is no lead, or there is none of this name.
    """
    if not may_lead(act.officer):
        raise ActRefused(Refusal.LEADS_ONLY)
    found = [one for one in office.canned if one.name.casefold() == asked.name.casefold()]
    if not found:
        raise ActRefused(Refusal.UNKNOWN_TARGET, asked.name)
    for one in found:
        ledger.enter(EntryKind.CANNED, canned_key(one), canned_data(one), officer_actor(act.officer.id), ended=True)
    return len(found)


def find_canned(office: Office, officer: Officer, name: str, language: str) -> Canned | None:
    """Return the wording of a canned answer that fits best: the officer's unit's before all units', and the language.

    None if there is none of this name that the officer may use.
    """
    named = [
        one
        for one in office.canned
        if one.name.casefold() == name.strip().casefold() and (one.unit is None or one.unit in officer.units)
    ]
    fits = [one for one in named if one.language in {"", language}] or named
    return max(fits, key=lambda one: (one.language == language, one.unit is not None), default=None)


def fill(canned: Canned, fields: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the text with its fields filled in, and the names of the fields that were not given."""
    said = {key.casefold(): value for key, value in fields.items()}
    names = dict.fromkeys(_FIELD.findall(canned.text))
    missing = tuple(name for name in names if not said.get(name.casefold(), "").strip())
    return _FIELD.sub(lambda match: said.get(match[1].casefold(), match[0]), canned.text), missing


def _officer(ledger: Ledger, office: Office, act: Act, named: str) -> Officer:
    """Return who is meant, with the absences entered in this batch: the office does not know of them yet."""
    found = office.officer_named(named) if named else act.officer
    if found is None:
        raise ActRefused(Refusal.UNKNOWN_TARGET, named)
    if found.id != act.officer.id and not may_lead(act.officer):
        raise ActRefused(Refusal.LEADS_ONLY, found.name)
    entered = ledger.entered.get((EntryKind.ABSENCE, found.id))
    return found if entered is None else replace(found, absences=absences_in(entered))


def _still_to_come(ledger: Ledger, office: Office, officer: Officer) -> tuple[Absence, ...]:
    today = office.local_day(ledger.now)
    return tuple(one for one in officer.absences if one.back > today)


def _enter_absences(ledger: Ledger, act: Act, officer: Officer, absences: tuple[Absence, ...]) -> None:
    data: Mapping[str, Any] = absence_data(absences)
    ledger.enter(EntryKind.ABSENCE, officer.id, data, officer_actor(act.officer.id), ended=not absences)
