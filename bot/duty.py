"""Who of the staff is told of something now: the owner, those on duty, the unit's own address. Pure."""

from datetime import datetime

from bot.facts import NOBODY, CaseNumber, OfficerId
from bot.office import Notify, Office, Officer, Unit

UNIT_OFFICER = OfficerId("_unit")
"""Stands in a secret address for whoever of the case's unit answers."""


def unit_officer(unit: Unit, address: str = "") -> Officer:
    """Return the unit itself as an officer: what is written from its shared mailbox is signed by the unit.

    A mailbox that several share is never cleared for secret cases.
    """
    return Officer(
        id=OfficerId(f"_{unit.id}"), name=unit.name, email=address or unit.staff_address, units=frozenset({unit.id})
    )  # fmt: skip


def is_unit_officer(officer: OfficerId) -> bool:
    """Tell whether an officer's id stands for a unit that writes from its shared mailbox."""
    return officer.startswith("_")


def told(
    office: Office,
    unit: Unit,
    now: datetime,
    *,
    case: CaseNumber,
    owner: OfficerId = NOBODY,
    secret: bool = False,
) -> tuple[Officer, ...]:
    """Return who is told of a message in a case now (UTC); empty only if the unit has nobody at all.

    The owner alone, if at work. Else by the unit's choice (`bot.office.Notify`): those its rota names for the local
    weekday and who are at work; without any of them, at most `copies` of its officers at work, another pair for
    another case; if all are away, `copies` of all. Of a secret case only those cleared are told, or the owner.
    """
    day = office.local_day(now)
    mine = office.officer(owner) if owner else None
    if mine is not None and not mine.is_away(day):
        return (mine,)
    if unit.notify is Notify.ADDRESS and unit.staff_address and not secret:
        return (unit_officer(unit),)
    members = [one for one in office.officers_of(unit.id) if one.cleared or not secret]
    here = [one for one in members if not one.is_away(day)]
    if unit.notify is Notify.ALL:
        return tuple(here or members)
    duty = unit.rota.get(day.weekday(), ())
    on_duty = [one for one in here if one.id in duty]
    return tuple(on_duty) or _some(here or members, unit.copies, case)


def _some(officers: list[Officer], most: int, case: CaseNumber) -> tuple[Officer, ...]:
    """Return at most so many, beginning with another one for another case, so that the load is shared."""
    if len(officers) <= most:
        return tuple(officers)
    begin = sum(map(ord, case)) % len(officers)
    return tuple((officers + officers)[begin : begin + most])
