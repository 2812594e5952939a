"""Everything a batch of messages needs to know, read in a handful of queries whatever the batch's size."""

import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import PostId, ThreadId, chat_address
from bot.facts import (
    AddressId,
    CaseNumber,
    Channel,
    Fact,
    FactKind,
    InboxId,
    MessageId,
    OfficerId,
    OutboxId,
    PersonId,
)
from bot.port import FileState
from bot.store.chat_book import ChatBook, read_book, read_topics
from bot.store.chat_rows import WantedChats
from bot.store.rows import Direction, MailKind, OutboxState, QueuedBefore, StoredMessage, fact_of
from bot.store.schema import (
    addresses,
    facts,
    files,
    messages,
    outbox,
    participants,
    persons,
    register,
    sent_unmatched,
)  # fmt: skip
from bot.store.survey_book import SurveyBook, read_surveys
from bot.store.test_book import AwaitedTests, read_awaited

ERASED = "erased:"
"""What an address begins with that its owner has had us forget."""

CAP_WINDOW = timedelta(hours=24)
_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement


@dataclass(slots=True, kw_only=True)
class Wanted:
    """What a batch refers to: the keys to read by."""

    senders: set[str] = field(default_factory=set)
    message_ids: set[str] = field(default_factory=set)
    cases: set[CaseNumber] = field(default_factory=set)
    outbox: set[OutboxId] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    own_ids: set[str] = field(default_factory=set)
    texts: set[CaseNumber] = field(default_factory=set)
    """Cases whose citizens' texts are wanted too."""
    told: set[str] = field(default_factory=set)
    """Officers' addresses of which it is wanted how many receipts they got within the hour."""
    chats: WantedChats | None = None
    """None: nothing of chats is wanted."""
    sent: set[tuple[str, PostId]] = field(default_factory=set)
    """Messages in chats (address, number) that are wanted with their cases: edits and replies refer to them."""


@dataclass(slots=True, kw_only=True)
class Known:
    """What was found. A ledger adds to it while it decides, so that later messages of a batch see earlier ones.

    Attributes:
        last_*: the highest numbers given out so far.
        last_recorded_at: the newest fact's, None in an empty log.
        addresses: known senders by address.
        case_of_mail: which case a Message-ID belongs to; outbox_of_mail: which outgoing mail carries it.
        acknowledgements: how many acknowledgements an address was sent in the last 24 hours.
        digests: how many mails of the same text an address sent in the last 24 hours.
        answered_before: sent mails, by what they answer, that were read before the mail they answer.
        told: how many receipts an officer's address got in the last hour.
        last_entry: the newest entry of the register.
        book: what is known of chats, None where nothing of them was wanted.
        survey: the invitations of the cases read.
        tests: the test contacts that the senders may send.
        person_of: whose an address is. sent: case and id of messages in chats, by address and number there.
        file_bytes: how much of files was passed on for an address in the last 24 hours.
    """

    last_seq: int = 0
    last_message: int = 0
    last_outbox: int = 0
    last_address: int = 0
    last_person: int = 0
    last_recorded_at: datetime | None = None
    addresses: dict[str, AddressId] = field(default_factory=dict)
    case_of_mail: dict[str, CaseNumber] = field(default_factory=dict)
    outbox_of_mail: dict[str, OutboxId] = field(default_factory=dict)
    facts: dict[CaseNumber, list[Fact]] = field(default_factory=dict)
    messages: dict[CaseNumber, list[StoredMessage]] = field(default_factory=dict)
    queued: dict[CaseNumber, list[QueuedBefore]] = field(default_factory=dict)
    queued_by_id: dict[OutboxId, QueuedBefore] = field(default_factory=dict)
    participants: dict[CaseNumber, set[AddressId]] = field(default_factory=dict)
    acknowledgements: dict[str, int] = field(default_factory=dict)
    digests: dict[tuple[AddressId, str], int] = field(default_factory=dict)
    file_bytes: dict[AddressId, int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    answered_before: dict[str, set[InboxId]] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    last_entry: int = 0
    book: ChatBook | None = None
    person_of: dict[AddressId, PersonId] = field(default_factory=dict)
    sent: dict[tuple[str, PostId], tuple[CaseNumber, MessageId]] = field(default_factory=dict)
    survey: SurveyBook = field(default_factory=SurveyBook)
    tests: AwaitedTests = field(default_factory=AwaitedTests)


async def read_known(connection: AsyncConnection, wanted: Wanted, now: datetime) -> Known:
    """Return what the database knows of all that a batch refers to. Some ten queries, whatever the batch's size."""
    known = Known()
    await _read_numbers(connection, known)
    await _read_addresses(connection, known, wanted.senders, now)
    await _read_mail_ids(connection, known, wanted.message_ids)
    async for row in _rows(connection, _queued(), outbox.c.id, wanted.outbox):
        _keep_queued(known, row)
    if wanted.chats is not None:
        await _read_chats(connection, known, wanted, wanted.chats, now)
    numbers = (
        wanted.cases
        | wanted.texts
        | set(known.case_of_mail.values())
        | {queued.case for queued in known.queued_by_id.values() if queued.case is not None}
    )
    await read_cases(connection, known, numbers, wanted.texts)
    await _read_merged(connection, known, wanted.texts)
    if known.book is not None:
        await read_topics(connection, known.book, known.facts.keys())
    await _read_told(connection, known, wanted.told, now)
    async for row in _rows(connection, select(facts.c.source), facts.c.source, wanted.sources):
        known.sources.add(row["source"])
    async for row in _rows(connection, select(sent_unmatched), sent_unmatched.c.message_id, wanted.own_ids):
        known.answered_before.setdefault(row["message_id"], set()).add(InboxId(row["inbox"]))
    known.survey = await read_surveys(connection, known.facts)
    chats = wanted.chats.chats if wanted.chats is not None else ()
    known.tests = await read_awaited(connection, {*wanted.senders, *map(chat_address, chats)})
    return known


async def _read_chats(
    connection: AsyncConnection, known: Known, wanted: Wanted, chats: WantedChats, now: datetime
) -> None:
    """Add what is known of chats, and let the cases that belong to it be read: a person's own, newest first."""
    known.book = await read_book(connection, chats, now)
    await _read_addresses(connection, known, known.book.addresses_to_prove(), now)
    wanted.texts |= {CaseNumber(one.case) for one in known.book.posts.values() if one.case}
    wanted.texts |= {one.case for one in known.book.topics.values()}
    own = {known.addresses[text] for text in map(chat_address, chats.chats) if text in known.addresses}
    took_part = select(participants.c.case, participants.c.address)
    async for row in _rows(connection, took_part, participants.c.address, own):
        wanted.texts.add(CaseNumber(row["case"]))
    by_id = {known.addresses[text]: text for text, _ in wanted.sent if text in known.addresses}
    numbers = {post for _, post in wanted.sent}
    query = select(messages.c.id, messages.c.case, messages.c.address, messages.c.post).where(
        messages.c.address.in_(by_id), text("messages.post IS NOT NULL")
    )
    async for row in _rows(connection, query, messages.c.post, numbers):
        known.sent[by_id[row["address"]], PostId(row["post"])] = (CaseNumber(row["case"]), MessageId(row["id"]))


async def read_cases(
    connection: AsyncConnection, known: Known, numbers: Collection[CaseNumber], texts: Collection[CaseNumber] = ()
) -> None:
    """Add all that belongs to these cases to what is known; numbers of no case are passed over.

    What citizens wrote is read for the cases in `texts` only.
    """
    async for row in _rows(connection, select(facts), facts.c.case, numbers):
        known.facts.setdefault(row["case"], []).append(fact_of(row))
    found = set(known.facts) & set(numbers)
    who = select(participants.c.case, addresses.c.id, addresses.c.address, addresses.c.person).join(
        addresses, addresses.c.id == participants.c.address
    )
    async for row in _rows(connection, who, participants.c.case, found):
        if row["address"].startswith(ERASED):
            continue
        known.participants.setdefault(row["case"], set()).add(AddressId(row["id"]))
        known.person_of[AddressId(row["id"])] = PersonId(row["person"])
        known.addresses[row["address"]] = AddressId(row["id"])
    async for row in _rows(connection, _messages(texts), messages.c.case, found):
        known.messages.setdefault(row["case"], []).append(_message(row))
    async for row in _rows(connection, _queued(), outbox.c.case, found):
        _keep_queued(known, row)
    # Sorted here: asked to sort, SQLite reads the whole table in order instead of these cases by their index.
    for number in found:
        known.facts[number].sort(key=lambda fact: fact.seq)
        known.messages.get(number, []).sort(key=lambda message: message.id)
        known.queued.get(number, []).sort(key=lambda queued: queued.id)


async def _read_merged(connection: AsyncConnection, known: Known, texts: Collection[CaseNumber]) -> None:
    """Add the cases that a known one has become part of, or that have become part of it, however many lie between."""
    looked = set[CaseNumber]()
    while left := known.facts.keys() - looked:
        looked |= left
        merged = [fact for number in left for fact in known.facts[number] if fact.kind is FactKind.MERGED]
        others = {CaseNumber(str(fact.data.get("into") or fact.data.get("from"))) for fact in merged}
        if new := others - known.facts.keys():
            await read_cases(connection, known, new, new if texts else ())


async def _read_told(connection: AsyncConnection, known: Known, told: Collection[str], now: datetime) -> None:
    query = (
        select(outbox.c.to_addr, func.count().label("n"))
        .where(outbox.c.created_at > now - timedelta(hours=1), outbox.c.kind.in_([MailKind.RECEIPT, MailKind.REPLY]))
        .group_by(outbox.c.to_addr)
    )
    async for row in _rows(connection, query, outbox.c.to_addr, told):
        known.told[row["to_addr"]] = row["n"]


async def taken_numbers(connection: AsyncConnection, numbers: Collection[CaseNumber]) -> set[CaseNumber]:
    """Return those of the numbers that are already a case's."""
    taken: set[CaseNumber] = set()
    async for row in _rows(connection, select(facts.c.case).distinct(), facts.c.case, numbers):
        taken.add(CaseNumber(row["case"]))
    return taken


async def _rows(
    connection: AsyncConnection, query: Select[Any], column: ColumnElement[Any], keys: Collection[Any]
) -> AsyncIterator[RowMapping]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), _CHUNK):
        result = await connection.execute(query.where(column.in_(ordered[start : start + _CHUNK])))
        for row in result.mappings():
            yield row


async def _read_numbers(connection: AsyncConnection, known: Known) -> None:
    newest = select(facts.c.recorded_at).order_by(facts.c.seq.desc()).limit(1).scalar_subquery()
    row = (
        await connection.execute(
            select(
                select(func.max(facts.c.seq)).scalar_subquery().label("seq"),
                select(func.max(messages.c.id)).scalar_subquery().label("message"),
                select(func.max(outbox.c.id)).scalar_subquery().label("outbox"),
                select(func.max(addresses.c.id)).scalar_subquery().label("address"),
                select(func.max(persons.c.id)).scalar_subquery().label("person"),
                select(func.max(register.c.seq)).scalar_subquery().label("entry"),
                newest.label("recorded_at"),
            )
        )
    ).one()
    known.last_seq, known.last_message, known.last_outbox = row.seq or 0, row.message or 0, row.outbox or 0
    known.last_address, known.last_person = row.address or 0, row.person or 0
    known.last_recorded_at, known.last_entry = row.recorded_at, row.entry or 0


async def _read_addresses(connection: AsyncConnection, known: Known, senders: Collection[str], now: datetime) -> None:
    # Without the channel the index on both cannot be used; whatever the address, it is one of the two.
    query = select(addresses.c.id, addresses.c.address, addresses.c.person).where(
        addresses.c.channel.in_([Channel.MAIL.value, Channel.TELEGRAM.value])
    )
    async for row in _rows(connection, query, addresses.c.address, senders):
        known.addresses[row["address"]] = AddressId(row["id"])
        known.person_of[AddressId(row["id"])] = PersonId(row["person"])
    sent = (
        select(outbox.c.to_addr, func.count().label("n"))
        .where(outbox.c.created_at > now - CAP_WINDOW, outbox.c.kind == MailKind.ACKNOWLEDGEMENT.value)
        .group_by(outbox.c.to_addr)
    )
    async for row in _rows(connection, sent, outbox.c.to_addr, senders):
        known.acknowledgements[row["to_addr"]] = row["n"]
    same = (
        select(messages.c.address, messages.c.digest, func.count().label("n"))
        .where(messages.c.created_at > now - CAP_WINDOW, messages.c.direction == Direction.IN.value)
        .group_by(messages.c.address, messages.c.digest)
    )
    async for row in _rows(connection, same, messages.c.address, known.addresses.values()):
        known.digests[AddressId(row["address"]), row["digest"]] = row["n"]
    passed = (
        select(messages.c.address, func.sum(files.c.size).label("size"))
        .join(files, files.c.message == messages.c.id)
        .where(messages.c.created_at > now - CAP_WINDOW, files.c.state == FileState.PASSED.value)
        .group_by(messages.c.address)
    )
    async for row in _rows(connection, passed, messages.c.address, known.addresses.values()):
        known.file_bytes[AddressId(row["address"])] = int(row["size"])


async def _read_mail_ids(connection: AsyncConnection, known: Known, ids: Collection[str]) -> None:
    # The index leaves out empty ids, and the query must say so for SQLite to use it.
    query = select(messages.c.id, messages.c.message_id, messages.c.case).where(text("messages.message_id <> ''"))
    found = [row async for row in _rows(connection, query, messages.c.message_id, ids)]
    for row in sorted(found, key=lambda row: int(row["id"])):
        known.case_of_mail.setdefault(row["message_id"], CaseNumber(row["case"]))
    async for row in _rows(connection, _queued().add_columns(outbox.c.message_id), outbox.c.message_id, ids):
        _keep_queued(known, row)
        known.outbox_of_mail[row["message_id"]] = OutboxId(row["id"])
        if row["case"]:
            known.case_of_mail.setdefault(row["message_id"], CaseNumber(row["case"]))


def _queued() -> Select[Any]:
    columns = outbox.c
    return select(
        columns.id, columns.kind, columns.state, columns.case, columns.inquiry, columns.message,
        columns.officer, columns.created_at, columns.due_at, columns.attempts, columns.to_addr, columns.thread,
        columns.replaces, columns.posted,
    )  # fmt: skip


def _keep_queued(known: Known, row: Mapping[Any, Any]) -> None:
    queued = QueuedBefore(
        id=OutboxId(row["id"]),
        kind=MailKind(row["kind"]),
        state=OutboxState(row["state"]),
        case=CaseNumber(row["case"]) if row["case"] else None,
        inquiry=row["inquiry"],
        message=row["message"],
        officer=row["officer"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        to_addr=row["to_addr"],
        thread=None if row["thread"] is None else ThreadId(row["thread"]),
        replaces=row["replaces"],
        posted=tuple(PostId(one) for one in json.loads(row["posted"])),
    )
    if queued.id in known.queued_by_id:
        return
    known.queued_by_id[queued.id] = queued
    if queued.case is not None:
        known.queued.setdefault(queued.case, []).append(queued)


def _messages(texts: Collection[CaseNumber]) -> Select[Any]:
    columns = messages.c
    # Citizens' texts can be long, and are shown again only when somebody asks for them.
    shown = or_(columns.direction == Direction.OUT.value, columns.case.in_(texts))
    said = case((shown, columns.text), else_="").label("text")
    whole = case((columns.case.in_(texts), columns.whole), else_="").label("whole")
    return select(
        columns.id, columns.case, columns.direction, columns.address, columns.officer, columns.inbox,
        columns.message_id, columns.refs, columns.subject, columns.digest, columns.created_at, said, whole,
        columns.post, columns.edits, columns.album,
    )  # fmt: skip


def _message(row: Mapping[Any, Any]) -> StoredMessage:
    return StoredMessage(
        id=MessageId(row["id"]),
        case=CaseNumber(row["case"]),
        direction=Direction(row["direction"]),
        address=None if row["address"] is None else AddressId(row["address"]),
        officer=OfficerId(row["officer"]),
        inbox=None if row["inbox"] is None else InboxId(row["inbox"]),
        message_id=row["message_id"],
        references=tuple(json.loads(row["refs"])),
        subject=row["subject"],
        text=row["text"],
        digest=row["digest"],
        created_at=row["created_at"],
        whole=row["whole"],
        post=None if row["post"] is None else PostId(row["post"]),
        edits=None if row["edits"] is None else MessageId(row["edits"]),
        album=row["album"],
    )
