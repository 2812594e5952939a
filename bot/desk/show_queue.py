"""The queue: what waits for an answer, by deadline; and the officer's own cases."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Micros
from bot.clock import deadlines
from bot.desk.case_words import NOBODY, due_words, owner_name, state_words, what_words
from bot.desk.rights import may_lead, may_see
from bot.facts import CaseNumber, UnitId, from_micros, to_micros
from bot.office import Office, Officer
from bot.parts import Heading, Paragraph, Part, Table
from bot.store.desk_reading import Listed, Waiting, case_rows, listed, owned_by, waiting_in

MOST_ROWS = 25
STILL_SHOWN = timedelta(days=14)
"""How long an officer's own case that does not wait is listed after anything has happened in it."""


async def show_queue(
    connection: AsyncConnection, office: Office, officer: Officer, unit: str, now: datetime
) -> tuple[Part, ...]:
    """Return what waits in the officer's units, or in one of them by name: what is due first on top, then the oldest.

    A case in which several questions wait stands there once, for the oldest. Secret cases that the officer may not see
    are counted, and nothing more is said of them.
    """
    units = _units(office, officer, unit)
    if not units:
        return (Paragraph(office.texts.t("Det finns ingen enhet {unit} som du kan se.", unit=unit)),)
    waiting = await waiting_in(connection, units, [one.id for one in office.units])
    hidden = await _hidden(connection, office, officer, waiting)
    due = _due(office, waiting.arrived)
    shown = np.lexsort((waiting.arrived, due))
    shown = shown[~np.isin(shown, hidden)]
    parts: list[Part] = [Heading(_counts(office, len(shown), int((due[shown] <= to_micros(now)).sum())))]
    if len(shown):
        first = {waiting.numbers[at]: from_micros(int(due[at])) for at in shown[:MOST_ROWS].tolist()}
        parts.append(await _table(connection, office, first, now))
    if hidden:
        parts.append(Paragraph(_hidden_words(office, len(hidden))))
    return (*parts, *_rest(office, len(shown) - MOST_ROWS, units))


async def _hidden(connection: AsyncConnection, office: Office, officer: Officer, waiting: Waiting) -> list[int]:
    """Return the places of the secret cases that the officer may not see."""
    secret = {waiting.numbers[at]: at for at in np.flatnonzero(waiting.secret).tolist()}
    rows = await case_rows(connection, secret)
    return [at for number, at in secret.items() if not may_see(office, officer, rows[number])]


def _units(office: Office, officer: Officer, named: str) -> list[UnitId]:
    """Return the units whose queue is asked for, none if it is one that the officer may not see.

    A lead may see those that keep no secrecy, and has all of them who has no unit of their own.
    """
    mine = [unit.id for unit in office.units if unit.id in officer.units]
    led = [unit.id for unit in office.units if may_lead(officer) and not unit.secrecy]
    if not named.strip():
        return mine or led
    unit = office.unit_named(named)
    return [unit.id] if unit is not None and unit.id in {*mine, *led} else []


def _due(office: Office, arrived: Micros) -> Micros:
    """Return when answers are due under the measuring rule; arrivals and deadlines in microseconds UTC."""
    return deadlines(office.calendar, office.rule, arrived) if arrived.size else arrived


def _counts(office: Office, waiting: int, overdue: int) -> str:
    texts = office.texts
    if not waiting:
        return texts.t("Inget väntar på svar")
    said = texts.n("{count} ärende väntar på svar", "{count} ärenden väntar på svar", waiting)
    if not overdue:
        return said
    return said + ", " + texts.n("{count} är försenat", "{count} är försenade", overdue)


async def _table(
    connection: AsyncConnection, office: Office, due: Mapping[CaseNumber, datetime], now: datetime
) -> Table:
    t = office.texts.t
    rows = tuple(
        (one.case.number, what_words(office, one), due_words(office.texts, due[one.case.number], now),
         owner_name(office, one.case))
        for one in await _listed(connection, due)
    )  # fmt: skip
    return Table((t("Ärende"), t("Vad"), t("Svara senast"), t("Vem")), rows)


async def _listed(connection: AsyncConnection, numbers: Iterable[CaseNumber]) -> list[Listed]:
    ordered = list(numbers)
    rows = await case_rows(connection, ordered)
    return await listed(connection, [rows[number] for number in ordered])


def _hidden_words(office: Office, count: int) -> str:
    return office.texts.n(
        "… och {count} sekretessmärkt som du inte kan se.", "… och {count} sekretessmärkta som du inte kan se.", count
    )


def _rest(office: Office, left: int, units: Sequence[UnitId]) -> list[Part]:
    """Return how to see what did not fit."""
    if left <= 0:
        return []
    t = office.texts.t
    said = office.texts.n("{count} ärende till väntar.", "{count} ärenden till väntar.", left)
    if len(units) > 1:
        said += " " + t("Skriv /kö och enhetens namn för att se en enhet i taget.")
    return [Paragraph(said + " " + t("Skriv /sök och ett ord för att hitta ett visst ärende."))]


async def show_mine(connection: AsyncConnection, office: Office, officer: Officer, now: datetime) -> tuple[Part, ...]:
    """Return the officer's own open cases: what waits for an answer by deadline, then what is answered but open.

    Of these only those in which something has happened in the last 14 days (until `now`, UTC); the others are counted.
    """
    t = office.texts.t
    owned = await owned_by(connection, officer.id)
    if not owned:
        return (Heading(t("Du har inga öppna ärenden")), Paragraph(t("Skriv /kö för att se vad som väntar.")))
    arrived = {one.number: one.arrived for one in owned if one.arrived is not None}
    due = dict(zip(arrived, _due(office, np.array([*arrived.values()], dtype=np.int64)).tolist(), strict=True))
    since = to_micros(now - STILL_SHOWN)
    listed_ones = [one for one in owned if one.number in due or one.changed >= since]
    ordered = sorted(listed_ones, key=lambda one: (due.get(one.number, math.inf), -one.changed, one.number))
    rows = tuple(
        (one.case.number, what_words(office, one), state_words(office.texts, one),
         due_words(office.texts, from_micros(due[one.case.number]), now) if one.case.number in due else NOBODY)
        for one in await _listed(connection, [one.number for one in ordered[:MOST_ROWS]])
    )  # fmt: skip
    overdue = sum(instant <= to_micros(now) for instant in due.values())
    answered = office.texts.n("{count} är besvarat men öppet", "{count} är besvarade men öppna", len(owned) - len(due))
    waiting = _counts(office, len(due), overdue)
    parts: list[Part] = [Heading(f"{waiting}, {answered}" if len(owned) > len(due) else waiting)]
    if rows:
        parts.append(Table((t("Ärende"), t("Vad"), t("Läge"), t("Svara senast")), rows))
    return (*parts, *_more_of_mine(office, len(listed_ones) - MOST_ROWS, len(owned) - len(listed_ones)))


def _more_of_mine(office: Office, left: int, quiet: int) -> list[Part]:
    """Return how many of one's own cases are not listed: `left`, as they are too many, and `quiet` ones."""
    t, texts, said = office.texts.t, office.texts, list[str]()
    if left > 0:
        said.append(texts.n("Du har {count} öppet ärende till.", "Du har {count} öppna ärenden till.", left))
    if quiet:
        said.append(
            texts.n(
                "{count} besvarat ärende visas inte, för inget har hänt i det på 14 dagar.",
                "{count} besvarade ärenden visas inte, för inget har hänt i dem på 14 dagar.",
                quiet,
            )
        )
    return [Paragraph(" ".join([*said, t("Skriv /avsluta och numret för det som är klart.")]))] if said else []
