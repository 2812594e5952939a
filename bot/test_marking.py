"""Marking what is a test contact: as it arrives, or when its tester tells; and telling staff of it afterwards.

The mark is a fact, written as the message is taken in: from then on it counts in no figure. It waits like any other
question, and nothing shows the officer what it is before it has been judged.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from bot.arrival import Arrival
from bot.case import is_case
from bot.facts import SYSTEM, CaseNumber, Channel, Fact, FactKind
from bot.inquiry import fold_inquiries, standing
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.test_book import AwaitedTests, change, plan_of
from bot.store.test_rows import AWAITED, Points, Progress, TestContact
from bot.test_contacts import matching

TOLD = "told"
"""Stands in the data of the fact that tells staff; without it the fact is shown to nobody."""
_UNTOLD = "untold"
"""Stands in the data of a correction that takes back what nobody was told."""


def note_test(
    ledger: Ledger, awaited: AwaitedTests, arrival: Arrival, case: CaseNumber, inquiry: int
) -> TestContact | None:
    """Mark a person's message, just taken in, if it is an awaited test contact; return which."""
    inbound = arrival.inbound
    waiting = awaited.of_sender(inbound.from_addr)
    if not waiting:
        return None
    one = matching(waiting, inbound.message_id, f"{inbound.subject}\n{inbound.text}", ledger.now)
    if one is None:
        return None
    ledger.append(
        FactKind.TEST, case, inquiry=inquiry, occurred_at=arrival.arrived_at, actor=SYSTEM,
        source=f"test:{one.id}:{arrival.source}", data={"contact": int(one.id or 0)},
    )  # fmt: skip
    awaited.arrive(one, case, inquiry, arrival.arrived_at)
    return one


def is_shown(fact: Fact) -> bool:
    """Tell whether a fact may be shown to whoever has the case: that it is a test contact, only once it is judged."""
    if fact.kind is FactKind.TEST:
        return fact.data.get(TOLD) is True
    return fact.kind is not FactKind.CORRECTED or fact.data.get(_UNTOLD) is not True


class Registered(Enum):
    """What came of telling us which case a test contact became."""

    DONE = auto()
    NO_CASE = auto()
    NOT_AWAITED = auto()


async def register(
    database: Database, one: TestContact, case: CaseNumber, inquiry: int, actor: str, now: datetime
) -> Registered:
    """Mark the case that a test contact became, as its tester tells; in a chat, remember whose chat it is.

    The other contacts of the plan that are to come by chat, and of which it is not known from whose, are then awaited
    from that one too.
    """
    async with database.writing() as connection:
        if one.state not in AWAITED or one.channel is Channel.PHONE:
            return Registered.NOT_AWAITED
        ledger = await open_ledger(connection, Wanted(cases={case}), now)
        facts = ledger.facts_of(case)
        asked = next((known for known in fold_inquiries(facts) if known.no == inquiry), None) if facts else None
        if not is_case(facts) or asked is None:
            return Registered.NO_CASE
        ledger.append(
            FactKind.TEST, case, inquiry=inquiry, occurred_at=now, actor=actor,
            source=f"test:{one.id}:{actor}:{now.isoformat()}", data={"contact": int(one.id or 0)},
        )  # fmt: skip
        await ledger.write(connection)
        chat = _chat_of(ledger, case) if one.channel is Channel.TELEGRAM else ""
        others = [other for other in await plan_of(connection, one.plan) if chat and _may_come_from(other, one)]
        arrived = replace(
            one, state=Progress.ARRIVED, case=case, inquiry=inquiry, sent_at=one.sent_at or asked.arrived_at,
            sender=one.sender or chat,
        )  # fmt: skip
        await change(connection, [arrived, *(replace(other, sender=chat) for other in others)])
    return Registered.DONE


async def register_call(database: Database, one: TestContact, seconds: int | None, now: datetime) -> Registered:
    """Keep how a call went: seconds until somebody answered, None: nobody did."""
    if one.channel is not Channel.PHONE or one.state not in AWAITED:
        return Registered.NOT_AWAITED
    called = replace(one, state=Progress.ARRIVED, sent_at=now, reply="" if seconds is None else str(seconds))
    async with database.writing() as connection:
        await change(connection, [called])
    return Registered.DONE


def _chat_of(ledger: Ledger, case: CaseNumber) -> str:
    found = [ledger.address_of(address) for address in sorted(ledger.participants_of(case))]
    return next((address for address in found if address.startswith("telegram:")), "")


def _may_come_from(other: TestContact, one: TestContact) -> bool:
    awaited = other.id != one.id and other.state in AWAITED
    return awaited and other.channel is Channel.TELEGRAM and not other.sender


async def take_back(database: Database, one: TestContact, actor: str, now: datetime) -> bool:
    """Undo the mark of a case that was no test contact after all; return whether there was one.

    The case counts again, and the contact is planned again.
    """
    if one.case is None:
        return False
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(cases={one.case}), now)
        for fact in _marks(ledger.facts_of(one.case), one):
            ledger.append(
                FactKind.CORRECTED, one.case, inquiry=fact.inquiry, occurred_at=now, actor=actor,
                source=f"test:{one.id}:undo:{fact.seq}",
                data={"seq": int(fact.seq), "drop": True} | ({} if is_shown(fact) else {_UNTOLD: True}),
            )  # fmt: skip
        await ledger.write(connection)
        blank = replace(one, state=Progress.PLANNED, case=None, inquiry=None, message_id="", sent_at=None,
                        answered_at=None, judge="", points=None)  # fmt: skip
        await change(connection, [blank])
    return True


def _marks(facts: Sequence[Fact], one: TestContact) -> list[Fact]:
    return [
        fact for fact in standing(facts) if fact.kind is FactKind.TEST and fact.data.get("contact") == int(one.id or 0)
    ]


async def keep_points(database: Database, one: TestContact, points: Points, actor: str, now: datetime) -> None:
    """Keep what a test contact got, and tell staff in its case that it was one."""
    async with database.writing() as connection:
        if one.case is not None:
            ledger = await open_ledger(connection, Wanted(cases={one.case}), now)
            if not any(fact.data.get(TOLD) is True for fact in _marks(ledger.facts_of(one.case), one)):
                ledger.append(
                    FactKind.TEST, one.case, inquiry=one.inquiry, occurred_at=now, actor=actor,
                    source=f"test:{one.id}:told:{now.isoformat()}", data={"contact": int(one.id or 0), TOLD: True},
                )  # fmt: skip
                await ledger.write(connection)
        await change(connection, [replace(one, state=Progress.JUDGED, judge=actor, points=points)])
