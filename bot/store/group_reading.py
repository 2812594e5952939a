"""What the groups' view is made of: cases that wait, how cases are shown now, and what happened in those that are.

Everything is found by an index, so that it costs the same however many cases were ever closed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select, text, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId
from bot.facts import CaseNumber, Channel, Fact, Kind, MessageId, OfficerId, Seq, UnitId
from bot.port import FileState
from bot.store.chat_rows import GroupRow, TopicRow, group_of, topic_of
from bot.store.chat_schema import groups, links, topics
from bot.store.columns import BIG
from bot.store.journal import QueuedMail, facts_of, mails_of
from bot.store.rows import Direction
from bot.store.schema import addresses, cases, facts, files, messages, meta

MOVED = "group_moved:"
"""Begins the keys under which `meta` keeps a group's new number."""

_AT_ONCE = 5_000  # both engines take at least 32 000 bound values in one statement
_KINDS = {kind.value: kind for kind in Kind}
_CHANNELS = {channel.value: channel for channel in Channel}
_QUESTION = 2_000
"""Signs of a case's first message that are read for its card, which shows fewer."""

# In words, not bound values: only so does SQLite see that a partial index answers the question.
_WAITING = text("cases.waiting_since IS NOT NULL")
_DIRTY = text("topics.dirty = 1")


class WaitingCase(NamedTuple):
    """An open case in which something waits for an answer. Instants are microseconds UTC."""

    number: CaseNumber
    arrived: int
    secret: bool
    owner: OfficerId
    unit: UnitId
    channel: Channel
    kind: Kind
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCases:
    """The open cases of some units that wait, in no order, and since when each does (microseconds UTC)."""

    cases: Sequence[WaitingCase]
    arrived: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFile:
    """A file of a message. `remote` and `kind`: where the service that carried it has it (`bot.chat.ChatFile`).

    `media_type`: what the sender's program says that it is.
    """

    part: int
    name: str
    state: FileState
    remote: str
    kind: str
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMessage:
    """A message, answer or note as it is shown in a group. `channel` is the way it came; None of what staff wrote."""

    id: MessageId
    case: CaseNumber
    direction: Direction
    officer: OfficerId
    channel: Channel | None
    text: str
    created_at: datetime
    edits: MessageId | None
    album: str
    files: tuple[GroupFile, ...] = ()


class Question(NamedTuple):
    """A case's first message: its subject, and the first 2 000 signs of its words."""

    id: MessageId
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What happened in some cases, by case: facts in order of seq, the first message, mails, and messages to show."""

    facts: Mapping[CaseNumber, Sequence[Fact]]
    questions: Mapping[CaseNumber, Question]
    mails: Mapping[CaseNumber, Sequence[QueuedMail]]
    messages: Mapping[CaseNumber, Sequence[GroupMessage]]


async def waiting_here(connection: AsyncConnection, units: Collection[UnitId], known: Sequence[UnitId]) -> WaitingCases:
    """Return the open cases of the units in which something waits; where several questions do, for the oldest.

    Args:
        connection: of the database.
        units: whose cases are asked for.
        known: all units there are; the first has the cases of those that have ended.
    """
    of = cases.c
    theirs: ColumnElement[bool] = of.unit.in_(units)
    if known[0] in units:
        others = [unit for unit in known if unit not in units]
        theirs = of.unit.not_in(others) if others else true()
    query = select(of.number, type_coerce(of.waiting_since, BIG), of.secret, of.owner, of.unit, of.channel, of.kind,
                   type_coerce(of.changed_at, BIG)).where(_WAITING, theirs)  # fmt: skip
    found = [
        WaitingCase(number, arrived, bool(secret), owner, unit, _CHANNELS[channel], _KINDS[kind], changed)
        for number, arrived, secret, owner, unit, channel, kind, changed in await connection.execute(query)
    ]
    return WaitingCases(cases=found, arrived=np.array([one.arrived for one in found], dtype=np.int64))


async def topic_rows(
    connection: AsyncConnection, chat: ChatId, numbers: Collection[CaseNumber]
) -> dict[CaseNumber, TopicRow]:
    """Return how these cases are shown, wherever they are, and those of the group in which something happened since."""
    dirty = await connection.execute(select(topics).where(topics.c.chat == chat, _DIRTY))
    found = {row.case: row for row in map(topic_of, dirty.mappings())}
    for some in _chunks(numbers):
        rows = await connection.execute(select(topics).where(topics.c.case.in_(some)))
        found |= {row.case: row for row in map(topic_of, rows.mappings())}
    return found


async def happened_in(
    connection: AsyncConnection, rows: Collection[TopicRow], looked_again: Collection[MessageId]
) -> Happened:
    """Return what happened in the cases of these rows; of their messages those behind `upto`, and `looked_again`."""
    numbers = [row.case for row in rows]
    mails: dict[CaseNumber, list[QueuedMail]] = {}
    if numbers:
        for mail in await mails_of(connection, numbers):
            mails.setdefault(mail.case, []).append(mail)
    shown: dict[CaseNumber, list[GroupMessage]] = {}
    for message in await _messages(connection, rows, looked_again):
        shown.setdefault(message.case, []).append(message)
    return Happened(
        facts=await facts_of(connection, numbers), questions=await questions_of(connection, numbers), mails=mails,
        messages=shown,
    )  # fmt: skip


async def newest_facts(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, Seq]:
    """Return the seq of each case's newest fact."""
    found = dict[CaseNumber, Seq]()
    for some in _chunks(numbers):
        query = select(facts.c.case, func.max(facts.c.seq)).where(facts.c.case.in_(some)).group_by(facts.c.case)
        found |= {CaseNumber(case): Seq(seq) for case, seq in await connection.execute(query)}
    return found


async def message_ids(connection: AsyncConnection, case: CaseNumber) -> list[MessageId]:
    """Return the ids of a case's messages in order."""
    found = await connection.execute(select(messages.c.id).where(messages.c.case == case))
    return sorted(MessageId(number) for number in found.scalars())


async def group_row(connection: AsyncConnection, chat: ChatId) -> GroupRow | None:
    """Return a group as it was last seen, None if it never was."""
    row = (await connection.execute(select(groups).where(groups.c.chat == chat))).mappings().one_or_none()
    return None if row is None else group_of(row)


async def private_chats(connection: AsyncConnection) -> dict[OfficerId, ChatId]:
    """Return the private chats of the officers who are linked."""
    rows = await connection.execute(select(links.c.officer, links.c.chat))
    return {OfficerId(officer): ChatId(chat) for officer, chat in rows}


async def moved_groups(connection: AsyncConnection) -> dict[ChatId, ChatId]:
    """Return the numbers that groups have now, by every number they had."""
    rows = await connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.startswith(MOVED)))
    known = {ChatId(int(key.removeprefix(MOVED))): ChatId(int(value)) for key, value in rows}
    return {old: _newest(known, old) for old in known}


def _newest(known: Mapping[ChatId, ChatId], chat: ChatId) -> ChatId:
    seen = set[ChatId]()
    while chat in known and chat not in seen:
        seen.add(chat)
        chat = known[chat]
    return chat


async def questions_of(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> dict[CaseNumber, Question]:
    """Return the first message of each case; a case without any is missing."""
    of, found = messages.c, dict[CaseNumber, Question]()
    for some in _chunks(numbers):
        first = select(func.min(of.id)).where(of.case.in_(some)).group_by(of.case)
        query = select(of.case, of.id, of.subject, func.substr(of.text, 1, _QUESTION)).where(of.id.in_(first))
        for case, number, subject, words in await connection.execute(query):
            found[CaseNumber(case)] = Question(MessageId(number), subject, words)
    return found


async def _messages(
    connection: AsyncConnection, rows: Collection[TopicRow], looked_again: Collection[MessageId]
) -> list[GroupMessage]:
    of = messages.c
    query = select(of.id, of.case, of.direction, of.officer, of.text, of.created_at, of.edits, of.album,
                   addresses.c.channel).outerjoin(addresses, addresses.c.id == of.address)  # fmt: skip
    found: list[Any] = []
    for some in _chunks(rows, 400):
        behind = or_(*((of.case == row.case) & (of.id > row.upto) for row in some))
        found += (await connection.execute(query.where(behind))).all()
    for some in _chunks(looked_again):
        found += (await connection.execute(query.where(of.id.in_(some)))).all()
    attached = await _files_of(connection, [row.id for row in found])
    by_id = {row.id: row for row in found}
    return [
        GroupMessage(
            id=MessageId(row.id), case=CaseNumber(row.case), direction=Direction(row.direction),
            officer=OfficerId(row.officer), channel=Channel(row.channel) if row.channel else None, text=row.text,
            created_at=row.created_at, edits=None if row.edits is None else MessageId(row.edits), album=row.album,
            files=tuple(attached.get(row.id, ())),
        )
        for _, row in sorted(by_id.items())
    ]  # fmt: skip


async def _files_of(connection: AsyncConnection, ids: Collection[int]) -> dict[int, list[GroupFile]]:
    found: dict[int, list[GroupFile]] = {}
    of = files.c
    for some in _chunks(ids):
        query = select(of.message, of.part, of.name, of.state, of.remote, of.kind, of.media_type)
        rows = await connection.execute(query.where(of.message.in_(some)))
        for row in sorted(rows, key=lambda row: (row.message, row.part)):
            file = GroupFile(
                part=row.part, name=row.name, state=FileState(row.state), remote=row.remote, kind=row.kind,
                media_type=row.media_type,
            )  # fmt: skip
            found.setdefault(row.message, []).append(file)
    return found


def _chunks(of: Iterable[Any], most: int = _AT_ONCE) -> Iterator[list[Any]]:
    ordered = list(of)
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]
