"""What the desk's lists are made of: cases that wait, cases of an officer or a person, a week's facts.

Everything is found by an index; what must be in order is sorted here, as SQLite sorts badly over big tables.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select, text, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow, CaseState
from bot.facts import CaseNumber, Channel, Kind, OfficerId, PersonId, TopicId, UnitId, decode_data
from bot.store.columns import BIG
from bot.store.schema import addresses, cases, facts, inquiries, messages, participants

_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement

# In words, not bound values: only so does SQLite see that a partial index answers the question.
_UNANSWERED = text("inquiries.answered_at IS NULL AND inquiries.excluded IS NULL")
_WAITING = text("cases.waiting_since IS NOT NULL")
_OWNED = text("cases.owner <> '' AND cases.state = 'open'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The open cases that wait for an answer, column by column, each once: since when (microseconds UTC), if secret."""

    numbers: Sequence[CaseNumber]
    arrived: NDArray[np.int64]
    secret: NDArray[np.bool_]


class Owned(NamedTuple):
    """An open case of an officer: when it was last touched, and since when it waits, if it does (microseconds UTC)."""

    number: CaseNumber
    changed: int
    arrived: int | None


class GivenAnswer(NamedTuple):
    """An answer: whose it was (empty: not known), its words, and when the person had it (UTC)."""

    officer: OfficerId
    text: str
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case as it stands in a list.

    Attributes:
        case: as its row has it: without what was merged into it and what it led to.
        subject: of its first message, as written; empty if it has none.
        waiting_since: when the earliest message came that has no answer, whether or not the case is open; else None.
        answered: whether any inquiry has an answer that stands.
        left_out: whether every inquiry is left out of the figures.
    """

    case: CaseNow
    subject: str
    waiting_since: datetime | None
    answered: bool
    left_out: bool


async def waiting_in(connection: AsyncConnection, units: Collection[UnitId], known: Sequence[UnitId]) -> Waiting:
    """Return the open cases of the units in which something waits, in no order; where several questions do, the oldest.

    Every one is read, as only the calendar knows which is due first: some 3 µs each, however many were answered.

    Args:
        connection: of the database.
        units: whose cases are asked for.
        known: all units there are; the first has the cases of those that have ended.
    """
    since = type_coerce(cases.c.waiting_since, BIG)
    theirs: ColumnElement[bool] = cases.c.unit.in_(units)
    if known[0] in units:
        others = [unit for unit in known if unit not in units]
        theirs = cases.c.unit.not_in(others) if others else true()
    query = select(cases.c.number, since, cases.c.secret).where(_WAITING, theirs)
    numbers, arrived, secret = tuple(zip(*(await connection.execute(query)).all(), strict=True)) or ((), (), ())
    return Waiting(numbers=numbers, arrived=np.array(arrived, dtype=np.int64), secret=np.array(secret, dtype=np.bool_))


async def owned_by(connection: AsyncConnection, officer: OfficerId) -> list[Owned]:
    """Return the open cases of an officer, each once, in no order."""
    asked = (inquiries.c.case == cases.c.number) & _UNANSWERED
    query = (
        select(cases.c.number, type_coerce(cases.c.changed_at, BIG), type_coerce(inquiries.c.arrived_at, BIG))
        .outerjoin(inquiries, asked)
        .where(_OWNED, cases.c.owner == officer, cases.c.merged_into == "")
    )
    found: dict[str, Owned] = {}
    for number, changed, arrived in await connection.execute(query):
        known = found.get(number)
        if known is None or (arrived is not None and (known.arrived is None or arrived < known.arrived)):
            found[number] = Owned(CaseNumber(number), int(changed), None if arrived is None else int(arrived))
    return list(found.values())


async def case_rows(connection: AsyncConnection, numbers: Iterable[CaseNumber]) -> dict[CaseNumber, CaseNow]:
    """Return these cases by number, and those that they have become part of; numbers of no case are left out."""
    found: dict[CaseNumber, CaseNow] = {}
    asked = set(numbers)
    while asked:
        for some in _chunks(asked):
            rows = await connection.execute(select(cases).where(cases.c.number.in_(some)))
            found |= {CaseNumber(row["number"]): _case(row) for row in rows.mappings()}
        asked = {one.merged_into for one in found.values() if one.merged_into is not None} - found.keys() - asked
    return found


def home_of(rows: Mapping[CaseNumber, CaseNow], number: CaseNumber) -> CaseNow | None:
    """Return the case that a case has become part of, itself if it stands for itself; None if there is none."""
    seen = set[CaseNumber]()
    found = rows.get(number)
    while found is not None and found.merged_into is not None and found.number not in seen:
        seen.add(found.number)
        found = rows.get(found.merged_into)
    return found


async def listed(connection: AsyncConnection, rows: Collection[CaseNow]) -> list[Listed]:
    """Return these cases as lists show them, in the same order."""
    numbers = [row.number for row in rows]
    asked: dict[str, list[tuple[datetime, bool, bool]]] = {}
    subjects: dict[str, str] = {}
    for some in _chunks(numbers):
        of = inquiries.c
        query = select(of.case, of.arrived_at, of.answered_at, of.excluded).where(of.case.in_(some))
        for case, arrived_at, answered_at, excluded in await connection.execute(query):
            asked.setdefault(case, []).append((arrived_at, answered_at is not None, excluded is not None))
        first = select(func.min(messages.c.id)).where(messages.c.case.in_(some)).group_by(messages.c.case)
        found = await connection.execute(select(messages.c.case, messages.c.subject).where(messages.c.id.in_(first)))
        subjects |= {row.case: row.subject for row in found}
    return [_listed(row, subjects.get(row.number, ""), asked.get(row.number, [])) for row in rows]


def _listed(case: CaseNow, subject: str, asked: list[tuple[datetime, bool, bool]]) -> Listed:
    waiting = [arrived_at for arrived_at, answered, left_out in asked if not answered and not left_out]
    return Listed(
        case=case,
        subject=subject,
        waiting_since=min(waiting, default=None),
        answered=any(answered for _, answered, _ in asked),
        left_out=bool(asked) and all(left_out for _, _, left_out in asked),
    )


async def persons_in(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, set[PersonId]]:
    """Return by case the persons who take part in it; a case without any is missing, and so is who was erased."""
    found: dict[CaseNumber, set[PersonId]] = {}
    for some in _chunks(numbers):
        query = (
            select(participants.c.case, addresses.c.person)
            .join(addresses, addresses.c.id == participants.c.address)
            .where(participants.c.case.in_(some), addresses.c.person > 0)
        )
        for case, person in await connection.execute(query):
            found.setdefault(CaseNumber(case), set()).add(PersonId(person))
    return found


async def cases_of(connection: AsyncConnection, persons: Collection[PersonId], most: int) -> list[CaseNumber]:
    """Return cases that these persons take part in from any of their addresses, at most so many, in no order."""
    theirs = select(addresses.c.id).where(addresses.c.person.in_(persons))
    query = select(participants.c.case).distinct().where(participants.c.address.in_(theirs)).limit(most)
    return [CaseNumber(number) for number in (await connection.execute(query)).scalars()]


async def beginnings_of(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, str]:
    """Return by case the subject and the first 2 000 signs of its first message; a case without one is missing."""
    found: dict[CaseNumber, str] = {}
    for some in _chunks(numbers):
        first = select(func.min(messages.c.id)).where(messages.c.case.in_(some)).group_by(messages.c.case)
        query = select(messages.c.case, messages.c.subject, func.substr(messages.c.text, 1, 2_000))
        for number, subject, beginning in await connection.execute(query.where(messages.c.id.in_(first))):
            found[CaseNumber(number)] = f"{subject}\n{beginning}"
    return found


async def answers_in(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, GivenAnswer]:
    """Return by case its first answer that stands and whose words are kept; a case without one is missing."""
    found: dict[CaseNumber, GivenAnswer] = {}
    for some in _chunks(numbers):
        query = (
            select(inquiries.c.case, inquiries.c.no, inquiries.c.answered_at, facts.c.data)
            .join(facts, facts.c.seq == inquiries.c.answered_seq)
            .where(inquiries.c.case.in_(some))
        )
        given = {
            decode_data(data).get("message"): (no, CaseNumber(number), answered_at)
            for number, no, answered_at, data in await connection.execute(query)
        }
        written = select(messages.c.id, messages.c.officer, messages.c.text).where(
            messages.c.id.in_([message for message in given if isinstance(message, int)])
        )
        told = {row.id: row for row in await connection.execute(written) if row.text.strip()}
        for message, (_, number, answered_at) in sorted(given.items(), key=lambda pair: pair[1]):
            if message in told:
                row = told[message]
                found.setdefault(number, GivenAnswer(OfficerId(row.officer), row.text, answered_at))
    return found


def _chunks(numbers: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _case(row: Mapping[Any, Any]) -> CaseNow:
    return CaseNow(
        number=CaseNumber(row["number"]),
        channel=Channel(row["channel"]),
        kind=Kind(row["kind"]),
        unit=UnitId(row["unit"]),
        state=CaseState(row["state"]),
        possibly=row["possibly"],
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        owner=OfficerId(row["owner"]),
        topic=TopicId(row["topic"]),
        secret=bool(row["secret"]),
        diary=bool(row["diary"]),
        language=row["language"],
        interpreter=row["interpreter"],
        merged_into=CaseNumber(row["merged_into"]) if row["merged_into"] else None,
        promised=row["promised"],
    )
