"""The ledger: what one batch knows and adds, folded in order, written in one transaction.

Between `open_ledger` and `write` nothing touches the database: services decide by plain lookups and calls here, and
each sees what those before it in the batch have added.
"""

import json
import secrets
from base64 import b32encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import draw_number
from bot.chat import PostId
from bot.facts import (
    AddressId,
    CaseNumber,
    Fact,
    FactData,
    FactKind,
    InboxId,
    MessageId,
    OfficerId,
    OutboxId,
    PersonId,
    Seq,
)
from bot.questions import Reply
from bot.store.chat_book import ChatBook, mark_dirty
from bot.store.columns import update_each
from bot.store.projections import write_projections
from bot.store.reading import ERASED, Known, Wanted, read_known, taken_numbers
from bot.store.rows import (
    Direction,
    InboxState,
    MailKind,
    OutboxState,
    OutgoingMail,
    QueuedBefore,
    StoredFile,
    StoredMessage,
    channel_of,
    fact_row,
    file_row,
    message_row,
    outgoing_row,
)
from bot.store.schema import (
    addresses,
    facts,
    files,
    inbox,
    messages,
    originals,
    outbox,
    participants,
    persons,
    register,
    sent_unmatched,
)  # fmt: skip
from bot.store.search import Indexed, index

Below = Callable[[int], int]


class Ledger:
    """One batch. `known` is what was read, kept up to date with what is added; `book` so of chats. `now` is UTC."""

    def __init__(self, known: Known, now: datetime, below: Below = secrets.randbelow) -> None:
        """Start from what is known; `below` draws random numbers (passed in by tests)."""
        self.known = known
        self.now = now
        # A clock that is set back must not make the log go back; what is due must not wait for it either.
        self.recorded_at = now if known.last_recorded_at is None else max(now, known.last_recorded_at)
        self._below = below
        self._new_facts: list[Fact] = []
        self._new_numbers: set[CaseNumber] = set()
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._settled: list[dict[str, Any]] = []
        self._ended: list[dict[str, Any]] = []
        self._asked: list[str] = []
        self._left: list[dict[str, Any]] = []
        self._indexed: list[Indexed] = []
        self._patched: list[tuple[Table, dict[str, Any]]] = []
        self._emptied: set[InboxId] = set()
        self._extended: set[CaseNumber] = set()
        self.entered: dict[tuple[str, str], Mapping[str, Any]] = {}
        """What this batch has entered in the register, by kind and key; the last of each."""
        self.replies: list[Reply] = []
        """Mails to officers that wait for answers out of the database, in order."""
        self.book = known.book or ChatBook(now)

    def facts_of(self, case: CaseNumber) -> Sequence[Fact]:
        """Return the case's facts in order, those of this batch included; empty for an unknown number."""
        return self.known.facts.get(case, ())

    def messages_of(self, case: CaseNumber) -> Sequence[StoredMessage]:
        """Return the case's messages in order."""
        return self.known.messages.get(case, ())

    def queued_of(self, case: CaseNumber) -> Sequence[QueuedBefore]:
        """Return what was ever queued to leave in the case, in order."""
        return self.known.queued.get(case, ())

    def participants_of(self, case: CaseNumber) -> frozenset[AddressId]:
        """Return the addresses that take part in the case."""
        return frozenset(self.known.participants.get(case, ()))

    def address_of(self, address: AddressId) -> str:
        """Return the text of a known address, empty if it is erased or not read in this batch."""
        return next((text for text, known in self.known.addresses.items() if known == address), "")

    def has_source(self, source: str) -> bool:
        """Tell whether this source already told a fact, so that its second delivery does nothing."""
        return source in self.known.sources

    def address(self, address: str, name: str) -> AddressId:
        """Return the id of a mail address or a chat (`chat_address`), with a new person behind it if it is new."""
        found = self.known.addresses.get(address)
        if found is not None:
            return found
        self.known.last_person += 1
        self.known.last_address += 1
        new = AddressId(self.known.last_address)
        self._add(persons, id=self.known.last_person, created_at=self.now)
        self._add(addresses, id=new, person=self.known.last_person, channel=channel_of(address).value, address=address,
                  name=name)  # fmt: skip
        self.known.addresses[address] = new
        self.known.person_of[new] = PersonId(self.known.last_person)
        return new

    def join_person(self, address: AddressId, other: AddressId) -> None:
        """Let two addresses be one person's: proved by the person."""
        person = self.known.person_of.get(other)
        if person is not None and self.known.person_of.get(address) != person:
            self.known.person_of[address] = person
            self._patched.append((addresses, {"key": address, "person": person}))

    def forget_address(self, address: AddressId) -> None:
        """Take an address and name out of the register of addresses; the cases and their numbers stay."""
        text = self.address_of(address)
        self.known.addresses.pop(text, None)
        self._patched.append((addresses, {"key": address, "address": f"{ERASED}{address}", "name": ""}))

    def extend_message(self, message: MessageId, attached: Sequence[StoredFile], text: str = "") -> None:
        """Add files to a message that is stored, and its words if it had none: the later parts of an album."""
        self._attach(message, attached)
        self._extended |= {case for case, known in self.known.messages.items() if any(m.id == message for m in known)}
        if text:
            self._patched.append((messages, {"key": message, "text": text}))
            self._indexed.append(Indexed(message, ("", text), None))

    def new_case(self) -> CaseNumber:
        """Return a number for a new case; its first fact makes the case."""
        number = draw_number(self._below)
        while number in self._new_numbers or number in self.known.facts:
            number = draw_number(self._below)
        self._new_numbers.add(number)
        return number

    def append(
        self,
        kind: FactKind,
        case: CaseNumber,
        *,
        occurred_at: datetime,
        actor: str,
        source: str,
        inquiry: int | None = None,
        data: FactData | None = None,
    ) -> Fact:
        """Add a fact, recorded now."""
        self.known.last_seq += 1
        fact = Fact(
            seq=Seq(self.known.last_seq), case=case, inquiry=inquiry, kind=kind, occurred_at=occurred_at,
            recorded_at=self.recorded_at, actor=actor, source=source, data=data or {},
        )  # fmt: skip
        self._new_facts.append(fact)
        self.known.facts.setdefault(case, []).append(fact)
        self.known.sources.add(source)
        return fact

    def take_part(self, case: CaseNumber, address: AddressId) -> None:
        """Let an address take part in a case."""
        known = self.known.participants.setdefault(case, set())
        if address not in known:
            known.add(address)
            self._add(participants, case=case, address=address)

    def leave_part(self, case: CaseNumber, address: AddressId) -> None:
        """Let an address take part in a case no longer."""
        self.known.participants.get(case, set()).discard(address)
        row = {"case": case, "address": address}
        added = self._rows.get(participants.name, [])
        if row in added:
            added.remove(row)
        else:
            self._left.append(row)

    def next_message(self) -> MessageId:
        """Return the id that `add_message` will give next."""
        return MessageId(self.known.last_message + 1)

    def add_message(
        self,
        case: CaseNumber,
        direction: Direction,
        *,
        text: str,
        whole: str = "",
        subject: str = "",
        address: AddressId | None = None,
        officer: OfficerId | None = None,
        inbox_id: InboxId | None = None,
        message_id: str = "",
        references: tuple[str, ...] = (),
        digest: str = "",
        attached: Sequence[StoredFile] = (),
        post: PostId | None = None,
        edits: MessageId | None = None,
        album: str = "",
    ) -> MessageId:
        """Add a message to a case and return its id."""
        stored = StoredMessage(
            id=self.next_message(), case=case, direction=direction, address=address,
            officer=officer or OfficerId(""), inbox=inbox_id, message_id=message_id, references=references,
            subject=subject, text=text, whole=whole, digest=digest, created_at=self.now, post=post, edits=edits,
            album=album,
        )  # fmt: skip
        self.known.last_message += 1
        self._add(messages, **message_row(stored))
        self._indexed.append(Indexed(stored.id, (subject, whole or text), address))
        self._attach(stored.id, attached)
        self.known.messages.setdefault(case, []).append(stored)
        if message_id:
            self.known.case_of_mail.setdefault(message_id, case)
        if address is not None and direction is Direction.IN:
            self.known.digests[address, digest] = self.known.digests.get((address, digest), 0) + 1
        return stored.id

    def _attach(self, message: MessageId, attached: Sequence[StoredFile]) -> None:
        for file in attached:
            self._add(files, **file_row(message, file))

    def move_message(self, message: StoredMessage, case: CaseNumber) -> None:
        """Let a message belong to another case: each belongs to exactly one."""
        self.known.messages[message.case].remove(message)
        self.known.messages.setdefault(case, []).append(replace(message, case=case))
        self._patched.append((messages, {"key": message.id, "case": case}))

    def next_outgoing(self) -> OutboxId:
        """Return the id that `queue` will give next, for addresses that carry it."""
        return OutboxId(self.known.last_outbox + 1)

    def queue(self, mail: OutgoingMail) -> OutboxId:
        """Put a mail in the outbox; its id must be `next_outgoing()`."""
        assert mail.id == self.next_outgoing()
        self.known.last_outbox += 1
        self._add(outbox, **outgoing_row(mail))
        queued = QueuedBefore(
            id=mail.id, kind=mail.kind, state=mail.state, case=mail.case, inquiry=mail.inquiry, message=mail.message,
            officer=mail.officer, created_at=mail.created_at, due_at=mail.due_at, to_addr=mail.to_addr,
            thread=mail.thread, replaces=mail.replaces,
        )  # fmt: skip
        self.known.queued_by_id[mail.id] = queued
        self.known.outbox_of_mail[mail.message_id] = mail.id
        if mail.case is not None:
            self.known.case_of_mail.setdefault(mail.message_id, mail.case)
            self.known.queued.setdefault(mail.case, []).append(queued)
        if mail.kind in {MailKind.RECEIPT, MailKind.REPLY}:
            self.known.told[mail.to_addr] = self.known.told.get(mail.to_addr, 0) + 1
        if mail.kind is MailKind.ACKNOWLEDGEMENT:
            sent = self.known.acknowledgements
            sent[mail.to_addr] = sent.get(mail.to_addr, 0) + 1
        return mail.id

    def end_delivery(self, mail: OutboxId, state: OutboxState, **fields: object) -> None:
        """Say how a delivery ended; `fields` are further columns of the outbox row (all calls: the same ones)."""
        self._ended.append({"key": mail, "state": state.value, **fields})
        queued = self.known.queued_by_id.get(mail)
        if queued is not None:
            changed = replace(queued, state=state)
            self.known.queued_by_id[mail] = changed
            if queued.case is not None:
                row = self.known.queued[queued.case]
                row[row.index(queued)] = changed

    def settle(self, inbox_id: InboxId, state: InboxState, outcome: str) -> None:
        """Say what became of a stored message: `outcome` is a case number or a code, never text."""
        self._settled.append({"key": inbox_id, "state": state.value, "outcome": outcome})

    def await_question(self, inbox_id: InboxId, answers: Sequence[str]) -> None:
        """Remember what a sent mail answers (Message-IDs), as no case of it is known yet."""
        for message_id in dict.fromkeys(answers):
            waiting = self.known.answered_before.setdefault(message_id, set())
            if inbox_id not in waiting:
                waiting.add(inbox_id)
                self._add(sent_unmatched, message_id=message_id, inbox=inbox_id)

    def read_answers_again(self, message_id: str) -> None:
        """Let sent mails that answer this one be read again, now that its case is known."""
        for inbox_id in self.known.answered_before.pop(message_id, ()):
            self.settle(inbox_id, InboxState.PENDING, "")
            self._asked.append(message_id)

    def has_left(self, mail: OutboxId) -> bool:
        """Tell whether a queued mail has left, is leaving or may have left, so that it cannot be taken back."""
        queued = self.known.queued_by_id.get(mail)
        return queued is None or queued.state is not OutboxState.NEW or queued.attempts > 0

    def take_back(self, mail: OutboxId) -> None:
        """Take back a mail that has not left (`has_left`)."""
        self.end_delivery(
            mail, OutboxState.REGRETTED, due_at=self.now, sent_at=None, attempts=0, unsure=0, status="regretted"
        )

    def empty_originals(self, inbox_ids: Collection[InboxId]) -> None:
        """Forget the bytes of messages as they came; what is stored of them in their cases stays."""
        self._emptied |= set(inbox_ids)

    def put_off(self, mail: OutboxId, due_at: datetime) -> None:
        """Let a mail that has not left leave at another time (UTC)."""
        self._patched.append((outbox, {"key": mail, "due_at": due_at}))

    def enter(self, kind: str, key: str, data: Mapping[str, Any], actor: str, *, ended: bool = False) -> None:
        """Add an entry to the register of units, staff and texts."""
        self.known.last_entry += 1
        self.entered[kind, key] = data
        self._add(
            register, seq=self.known.last_entry, kind=kind, key=key, recorded_at=self.recorded_at, actor=actor,
            ended=int(ended), data=json.dumps(data, ensure_ascii=False, sort_keys=True),
        )  # fmt: skip

    def ask(self, reply: Reply) -> None:
        """Have a mail to an officer answered from the database and queued, once all of this batch is written."""
        self.replies.append(reply)

    def draw_mail_id(self, domain: str) -> str:
        """Return a fresh Message-ID without brackets, 120 random bits (RFC 5322 §3.6.4 asks for uniqueness)."""
        drawn = b32encode(self._below(1 << 120).to_bytes(15, "big")).decode().lower()
        return f"k.{drawn}@{domain}"

    def _add(self, table: Table, **row: object) -> None:
        self._rows.setdefault(table.name, []).append(row)

    async def write(self, connection: AsyncConnection) -> None:
        """Write all that was added, one statement per table, and bring the projections of the cases up to date.

        Raises:
            NumberTaken: a drawn case number exists already; the batch must be decided anew.
        """
        if self._new_numbers and await taken_numbers(connection, self._new_numbers):
            raise NumberTaken
        if self._left:  # before what is added: an address may take part again
            gone = (participants.c.case == bindparam("case"), participants.c.address == bindparam("address"))
            await connection.execute(delete(participants).where(*gone), self._left)
        for table in (persons, addresses, participants, messages, files, outbox, sent_unmatched, register):
            if rows := self._rows.get(table.name):
                await connection.execute(insert(table), rows)
        await index(connection, self._indexed)
        if self._new_facts:
            await connection.execute(insert(facts), [fact_row(fact) for fact in self._new_facts])
            touched = {fact.case: self.known.facts[fact.case] for fact in self._new_facts}
            await write_projections(connection, touched, new=self._new_numbers)
            await mark_dirty(connection, touched)
        await mark_dirty(connection, self._extended)
        if self._asked:
            await connection.execute(delete(sent_unmatched).where(sent_unmatched.c.message_id.in_(self._asked)))
        await self.book.write(connection)
        await self.known.survey.write(connection)
        await self.known.tests.write(connection)
        await update_each(connection, inbox, self._settled)
        await update_each(connection, outbox, self._ended)
        await self._patch(connection)

    async def _patch(self, connection: AsyncConnection) -> None:
        for table, row in self._patched:
            await update_each(connection, table, [row])
        if self._emptied:
            await connection.execute(delete(originals).where(originals.c.inbox.in_(self._emptied)))
            # How long it was would tell of its words.
            await connection.execute(update(inbox).where(inbox.c.id.in_(self._emptied)).values(size=0))


class NumberTaken(Exception):
    """A drawn case number belongs to another case (one in 887 million for each existing case)."""


async def open_ledger(
    connection: AsyncConnection, wanted: Wanted, now: datetime, below: Below = secrets.randbelow
) -> Ledger:
    """Return a ledger that knows all that the batch refers to. The connection must hold the writer's turn."""
    return Ledger(await read_known(connection, wanted, now), now, below)
