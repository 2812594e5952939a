"""Planned test contacts: what the store keeps of them, and what a batch of arrivals knows of those that are awaited."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Channel
from bot.store.columns import update_each
from bot.store.figure_schema import test_contacts
from bot.store.schema import inquiries
from bot.store.test_rows import AWAITED, Points, Progress, TestContact, TestId

_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement


class AwaitedTests:
    """The test contacts that a batch's senders may send, kept up to date with what arrives; written with the ledger."""

    def __init__(self, awaited: Iterable[TestContact] = ()) -> None:
        """Start with what was read."""
        self._awaited = {one.id: one for one in awaited}
        self._arrived: list[TestContact] = []

    def of_sender(self, sender: str) -> list[TestContact]:
        """Return what is awaited from an address or chat, the earliest due first."""
        return sorted(
            (one for one in self._awaited.values() if one.sender == sender), key=lambda one: (one.due_at, one.id)
        )

    def arrive(self, one: TestContact, case: CaseNumber, inquiry: int, at: datetime) -> None:
        """Take in that one has arrived as an inquiry of ours."""
        del self._awaited[one.id]
        self._arrived.append(
            replace(one, state=Progress.ARRIVED, case=case, inquiry=inquiry, sent_at=one.sent_at or at)
        )

    async def write(self, connection: AsyncConnection) -> None:
        """Write what has arrived."""
        await change(connection, self._arrived)


async def read_awaited(connection: AsyncConnection, senders: Collection[str]) -> AwaitedTests:
    """Return the test contacts that these addresses and chats may still send."""
    found, ordered = list[TestContact](), sorted(set(senders) - {""})
    of = test_contacts.c
    for at in range(0, len(ordered), _CHUNK):
        query = select(test_contacts).where(of.sender.in_(ordered[at : at + _CHUNK]), of.state.in_(AWAITED))
        found += [contact_of(row) for row in (await connection.execute(query)).mappings()]
    return AwaitedTests(found)


async def add_plan(connection: AsyncConnection, contacts: Sequence[TestContact]) -> None:
    """Keep a new plan."""
    await connection.execute(insert(test_contacts), [_values(one) for one in contacts])


async def plan_of(connection: AsyncConnection, name: str) -> list[TestContact]:
    """Return a plan's contacts as they are due; empty if there is no such plan."""
    return await _read(connection, test_contacts.c.plan == name)


async def plans(connection: AsyncConnection) -> list[str]:
    """Return the names of all plans."""
    query = select(test_contacts.c.plan).distinct().order_by(test_contacts.c.plan)
    return [str(name) for name in (await connection.execute(query)).scalars()]


async def contact_with(connection: AsyncConnection, number: int) -> TestContact | None:
    """Return one test contact, None if there is none of this number."""
    return next(iter(await _read(connection, test_contacts.c.id == number)), None)


async def due_mails(connection: AsyncConnection, now: datetime, most: int) -> list[TestContact]:
    """Return the mails that are due at a UTC instant and not sent, the earliest first, at most so many."""
    of = test_contacts.c
    ready = (of.state == Progress.PLANNED.value) & (of.channel == Channel.MAIL.value) & (of.due_at <= now)
    return (await _read(connection, ready))[:most]


async def claim(connection: AsyncConnection, one: TestContact, message_id: str, now: datetime) -> TestContact | None:
    """Let a mail be sent by us under this Message-ID, and by nobody else; None if another has taken it meanwhile."""
    of = test_contacts.c
    this = (of.id == one.id, of.state == Progress.PLANNED.value)
    values = {"state": Progress.SENDING.value, "message_id": message_id, "sent_at": now}
    if (await connection.execute(update(test_contacts).where(*this).values(values))).rowcount != 1:
        return None
    return replace(one, state=Progress.SENDING, message_id=message_id, sent_at=now)


async def end_sending(connection: AsyncConnection, one: TestContact, *, sent: bool) -> None:
    """Keep that the outside server took a mail, or certainly did not: it is planned again then.

    What has already arrived here stays so: intake was faster than we.
    """
    values: dict[str, Any] = {"state": Progress.SENT.value}
    if not sent:
        values = {"state": Progress.PLANNED.value, "message_id": "", "sent_at": None}
    this = (test_contacts.c.id == one.id, test_contacts.c.state == Progress.SENDING.value)
    await connection.execute(update(test_contacts).where(*this).values(values))


async def change(connection: AsyncConnection, contacts: Sequence[TestContact]) -> None:
    """Let these contacts be as given."""
    await update_each(connection, test_contacts, [{"key": one.id, **_values(one)} for one in contacts])


async def refresh(connection: AsyncConnection, contacts: Sequence[TestContact]) -> list[TestContact]:
    """Return the contacts with their answers' instants as their inquiries have them now."""
    of, answered = inquiries.c, dict[tuple[str, int], datetime | None]()
    cases = sorted({one.case for one in contacts if one.case is not None})
    for at in range(0, len(cases), _CHUNK):
        query = select(of.case, of.no, of.answered_at).where(of.case.in_(cases[at : at + _CHUNK]))
        answered |= {(case, no): instant for case, no, instant in await connection.execute(query)}
    return [
        one if one.case is None else replace(one, answered_at=answered.get((one.case, one.inquiry or 0)))
        for one in contacts
    ]


async def _read(connection: AsyncConnection, which: Any) -> list[TestContact]:  # noqa: ANN401 -- a condition
    rows = (await connection.execute(select(test_contacts).where(which))).mappings()
    return sorted(map(contact_of, rows), key=lambda one: (one.due_at, one.id))


_POINTS = ("availability", "answer", "interest", "information", "reception")


def contact_of(row: Mapping[Any, Any]) -> TestContact:
    """Return a test contact from its row."""
    state = Progress(row["state"])
    return TestContact(
        id=TestId(row["id"]), plan=row["plan"], area=row["area"], question=row["question"], round=row["round"],
        channel=Channel(row["channel"]), text=row["text"], sender=row["sender"], due_at=row["due_at"], state=state,
        case=CaseNumber(row["case"]) if row["case"] else None, inquiry=row["inquiry"], message_id=row["message_id"],
        sent_at=row["sent_at"], answered_at=row["answered_at"], reply=row["reply"], judge=row["judge"],
        points=Points(**{name: row[name] for name in _POINTS}) if state is Progress.JUDGED else None,
    )  # fmt: skip


def _values(one: TestContact) -> dict[str, Any]:
    given = one.points or Points()
    return {
        "plan": one.plan, "area": one.area, "question": one.question, "round": one.round,
        "channel": one.channel.value, "text": one.text, "sender": one.sender, "due_at": one.due_at,
        "state": one.state.value, "case": one.case or "", "inquiry": one.inquiry, "message_id": one.message_id,
        "sent_at": one.sent_at, "answered_at": one.answered_at, "reply": one.reply, "judge": one.judge,
        **{name: getattr(given, name) for name in _POINTS},
    }  # fmt: skip
