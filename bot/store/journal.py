"""Everything that is kept of a case and of those that have become part of it: facts, words, files, mails."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow, fold_case, is_case
from bot.facts import CaseNumber, Fact, MessageId, OfficerId, OutboxId
from bot.port import FileState
from bot.store.rows import Direction, MailKind, OutboxState, fact_of
from bot.store.schema import addresses, facts, files, messages, outbox, participants

_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of a message, by name."""

    name: str
    state: FileState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A message, note or answer with all that was written (`text`, not what it quotes).

    `sender` is the citizen's name and address as ``Elsa <elsa@example.org>``, empty for what staff wrote.
    """

    id: MessageId
    case: CaseNumber
    direction: Direction
    officer: OfficerId
    sender: str
    subject: str
    text: str
    created_at: datetime
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMail:
    """A mail that left or should have. `at` is when it was accepted, else last tried, else queued (UTC)."""

    id: OutboxId
    case: CaseNumber
    kind: MailKind
    state: OutboxState
    message: MessageId | None
    officer: OfficerId
    to_addr: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A case and those that have become part of it, however many lie between.

    Attributes:
        facts: by case, in order of seq; the case itself first.
        now: the same cases as their facts leave them.
    """

    number: CaseNumber
    facts: Mapping[CaseNumber, Sequence[Fact]]
    now: Mapping[CaseNumber, CaseNow]

    @property
    def case(self) -> CaseNow:
        """The case that stands for all."""
        return self.now[self.number]

    def without(self, numbers: Collection[CaseNumber]) -> "Family":
        """Return it without some of those that became part of it."""
        facts = {number: known for number, known in self.facts.items() if number not in numbers}
        return Family(number=self.number, facts=facts, now={number: self.now[number] for number in facts})


async def read_family(connection: AsyncConnection, number: CaseNumber) -> Family | None:
    """Return a case with those that became part of it; None if there is none of this number.

    A case that has itself become part of another is returned as that one.
    """
    home, seen = number, set[CaseNumber]()
    while home not in seen:
        seen.add(home)
        found = await facts_of(connection, [home])
        if not is_case(found.get(home, ())):
            return None
        first = fold_case(found[home])
        home = first.merged_into or home
    facts, now = dict[CaseNumber, Sequence[Fact]](), dict[CaseNumber, CaseNow]()
    wanted = {home}
    while wanted:
        found = {part: known for part, known in (await facts_of(connection, wanted)).items() if is_case(known)}
        facts |= found
        now |= {part: fold_case(known) for part, known in sorted(found.items())}
        wanted = {part for one in found for part in now[one].merged_from} - now.keys()
    return Family(number=home, facts=facts, now=now)


async def facts_of(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, list[Fact]]:
    """Return the facts of these cases in order of seq; a number without any is missing."""
    found: dict[CaseNumber, list[Fact]] = {}
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        query = select(facts).where(facts.c.case.in_(ordered[start : start + _AT_ONCE]))
        for row in (await connection.execute(query)).mappings():
            found.setdefault(CaseNumber(row["case"]), []).append(fact_of(row))
    # Sorted here: asked to sort, SQLite reads the whole table in order instead of these cases by their index.
    for known in found.values():
        known.sort(key=lambda fact: fact.seq)
    return found


async def messages_of(
    connection: AsyncConnection, numbers: Iterable[CaseNumber], most: int | None = None
) -> list[KeptMessage]:
    """Return the messages of these cases in the order they were stored; with `most`, the latest so many of all."""
    columns, found = messages.c, list[Any]()
    for number in numbers:
        query = (
            select(columns.id, columns.case, columns.direction, columns.officer, columns.subject, columns.text,
                   columns.created_at, addresses.c.name, addresses.c.address)
            .outerjoin(addresses, addresses.c.id == columns.address)
            .where(columns.case == number)
            .order_by(columns.id.desc())
        )  # fmt: skip
        found += (await connection.execute(query.limit(most) if most is not None else query)).all()
    latest = sorted(found, key=lambda row: int(row[0]))[-most if most is not None else 0 :]
    attached = await _files_of(connection, [MessageId(row[0]) for row in latest])
    return [
        KeptMessage(
            id=MessageId(row[0]), case=CaseNumber(row[1]), direction=Direction(row[2]), officer=OfficerId(row[3]),
            subject=row[4], text=row[5], created_at=row[6], sender=_sender(row[7], row[8]),
            files=tuple(attached.get(MessageId(row[0]), ())),
        )
        for row in latest
    ]  # fmt: skip


def _sender(name: str | None, address: str | None) -> str:
    if not address:
        return ""
    return f"{name} <{address}>" if name else address


async def _files_of(connection: AsyncConnection, ids: Sequence[MessageId]) -> dict[MessageId, list[KeptFile]]:
    found: dict[MessageId, list[KeptFile]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(files.c.message, files.c.part, files.c.name, files.c.state)
        rows = await connection.execute(query.where(files.c.message.in_(ids[start : start + _AT_ONCE])))
        for message, _, name, state in sorted(rows, key=lambda row: (row[0], row[1])):
            found.setdefault(MessageId(message), []).append(KeptFile(name=name, state=FileState(state)))
    return found


async def mails_of(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> list[QueuedMail]:
    """Return every mail that was ever queued in these cases, in the order it was queued."""
    of = outbox.c
    query = select(of.id, of.case, of.kind, of.state, of.message, of.officer, of.to_addr, of.status, of.sent_at,
                   of.tried_at, of.created_at).where(of.case.in_(sorted(numbers)))  # fmt: skip
    return [
        QueuedMail(
            id=OutboxId(row.id), case=CaseNumber(row.case), kind=MailKind(row.kind), state=OutboxState(row.state),
            message=None if row.message is None else MessageId(row.message), officer=OfficerId(row.officer),
            to_addr=row.to_addr, status=row.status, at=row.sent_at or row.tried_at or row.created_at,
        )
        for row in sorted(await connection.execute(query), key=lambda row: int(row.id))
    ]  # fmt: skip


async def people_of(connection: AsyncConnection, number: CaseNumber) -> list[str]:
    """Return who takes part in a case, by name and address, in the order they first wrote to us; often one."""
    query = (
        select(addresses.c.id, addresses.c.name, addresses.c.address)
        .join(participants, participants.c.address == addresses.c.id)
        .where(participants.c.case == number)
    )
    return [_sender(name, address) for _, name, address in sorted((await connection.execute(query)).all())]
