"""A real database with cases told fact by fact, and staff who ask about them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import select, update

from bot.case import fold_case
from bot.desk.lookup import answer_question
from bot.facts import (
    CaseNumber,
    Channel,
    Fact,
    FactKind,
    FactValue,
    MessageId,
    OfficerId,
    TopicId,
    UnitId,
    officer_actor,
)
from bot.inquiry import Inquiry, fold_inquiries
from bot.office import Office, Officer, Role, Topic, Unit
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.port import FileState
from bot.questions import Question
from bot.store import search
from bot.store.database import Database
from bot.store.journal import facts_of
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import Direction, MailKind, OutboxState, OutgoingMail, StoredFile
from bot.store.schema import addresses
from tests.conftest import FrozenClock
from tests.example import make_office

KC, BYGG, SOC = UnitId("kc"), UnitId("bygg"), UnitId("soc")
ELSA = "elsa@example.org"


def make_town_office() -> Office:
    """Return a municipality with a unit that keeps secrecy, a lead without a unit, and officers with other rights."""
    office = make_office()
    soc = Unit(id=SOC, name="Socialtjänst", address="soc@kommun.example", secrecy=True)
    more = (
        _officer("dan", "Dan Exempel", {SOC}),
        _officer("eva", "Eva Exempel", set(), role=Role.LEAD),
        _officer("pia", "Pia Exempel", {KC}, cleared=True),
    )
    return replace(
        office,
        units=(*office.units, soc),
        officers=(*office.officers, *more),
        topics=(Topic(id=TopicId("gator"), name="Gator och vägar"),),
        names={OfficerId("gun"): "Gun Exempel"},
    )


def _officer(who: str, name: str, units: set[UnitId], *, role: Role = Role.OFFICER, cleared: bool = False) -> Officer:
    return Officer(
        id=OfficerId(who), name=name, email=f"{who}@kommun.example", units=frozenset(units), role=role, cleared=cleared
    )


class Kept:
    """What is stored, told fact by fact; the clock is driven."""

    def __init__(self, database: Database, clock: FrozenClock, office: Office | None = None) -> None:
        self.database = database
        self.clock = clock
        self.office = office or make_town_office()
        self._below = Random(7).randrange
        self._told = 0

    @asynccontextmanager
    async def ledger(self, *cases: CaseNumber) -> AsyncIterator[Ledger]:
        """Give a ledger that knows these cases, and write what is added to it."""
        async with self.database.writing() as connection:
            wanted = Wanted(cases=set(cases), texts=set(cases), senders={ELSA, "kim@example.org", "elsa.e@example.org"})
            ledger = await open_ledger(connection, wanted, self.clock.now(), self._below)
            yield ledger
            await ledger.write(connection)

    async def case(
        self,
        text: str = "När lagas gatlyktan?",
        *,
        subject: str = "Gatlykta",
        sender: str = ELSA,
        name: str = "Elsa Exempel",
        unit: UnitId = KC,
        files: tuple[tuple[str, FileState], ...] = (),
        **data: FactValue,
    ) -> CaseNumber:
        """Let a mail open a case now."""
        async with self.ledger() as ledger:
            case = ledger.new_case()
            self._receive(ledger, case, 1, text, subject, sender, name, unit, files, data)
            return case

    async def another(self, case: CaseNumber, text: str, *, inquiry: int = 1, **data: FactValue) -> None:
        """Let a further mail come in a case now."""
        async with self.ledger(case) as ledger:
            self._receive(ledger, case, inquiry, text, "Re: Gatlykta", ELSA, "Elsa Exempel", KC, (), data)

    async def inquiries(self, case: CaseNumber) -> tuple[tuple[Inquiry, ...], str]:
        """Return the inquiries of a case as they are now, and the day its citizen was told last."""
        async with self.database.reading() as connection:
            facts = (await facts_of(connection, [case]))[case]
            return fold_inquiries(facts), fold_case(facts).promised

    def _receive(
        self, ledger: Ledger, case: CaseNumber, inquiry: int, text: str, subject: str, sender: str, name: str,
        unit: UnitId, files: tuple[tuple[str, FileState], ...], data: dict[str, FactValue],
    ) -> None:  # fmt: skip
        address = ledger.address(sender, name) if sender else None
        if address is not None:
            ledger.take_part(case, address)
        attached = [
            StoredFile(
                message=ledger.next_message(), part=part, name=file, media_type="a/b", size=1, inline=False, state=state
            )
            for part, (file, state) in enumerate(files)
        ]
        message = ledger.add_message(case, Direction.IN, text=text, subject=subject, address=address, attached=attached)
        told: dict[str, FactValue] = {
            "channel": Channel.MAIL.value,
            "kind": "question",
            "unit": unit,
            "message": message,
        }
        ledger.append(FactKind.RECEIVED, case, occurred_at=self.clock.now(), actor="person", source=self._source(),
                      inquiry=inquiry, data={**told, "authentic": "pass", **data})  # fmt: skip

    async def tell(
        self,
        case: CaseNumber,
        kind: FactKind,
        who: str = "anna",
        /,
        data: Mapping[str, FactValue] | None = None,
        *,
        inquiry: int | None = 1,
        at: datetime | None = None,
        **more: FactValue,
    ) -> Fact:
        """Let something happen in a case now, by an officer or (empty) by the system."""
        async with self.ledger(case) as ledger:
            actor = officer_actor(OfficerId(who)) if who else "system"
            return ledger.append(kind, case, occurred_at=at or self.clock.now(), actor=actor, source=self._source(),
                                 inquiry=inquiry, data={**(data or {}), **more})  # fmt: skip

    async def write(
        self, case: CaseNumber, text: str, who: str = "anna", direction: Direction = Direction.OUT
    ) -> MessageId:
        """Keep a text of an officer in a case."""
        async with self.ledger(case) as ledger:
            return ledger.add_message(case, direction, text=text, officer=OfficerId(who))

    async def mail(
        self, case: CaseNumber, kind: MailKind, state: OutboxState = OutboxState.SENT, *, who: str = "anna",
        message: MessageId | None = None,
    ) -> int:  # fmt: skip
        """Queue a mail in a case that ended at once as told; return its number."""
        to = ELSA if kind.to_citizen else f"{who}@kommun.example"
        async with self.ledger(case) as ledger:
            mail = OutgoingMail(
                id=ledger.next_outgoing(), kind=kind, case=case, inquiry=1, message=message, officer=who, to_addr=to,
                from_addr="kontakt@kommun.example", subject="", text="", message_id=self._source(),
                created_at=self.clock.now(), due_at=self.clock.now(),
            )  # fmt: skip
            queued = ledger.queue(mail)
            ledger.end_delivery(queued, state, sent_at=self.clock.now() if state is OutboxState.SENT else None)
            return int(queued)

    async def answer(self, case: CaseNumber, text: str = "På torsdag.", who: str = "anna", *, inquiry: int = 1) -> Fact:
        """Let an officer's answer be written, leave and arrive now."""
        message = await self.write(case, text, who)
        mail = await self.mail(case, MailKind.ANSWER, who=who, message=message)
        return await self.tell(case, FactKind.ANSWERED, who, inquiry=inquiry, message=int(message), outbox=mail)

    async def same_person(self, one: str, other: str) -> None:
        """Let one person stand behind two addresses."""
        async with self.database.writing() as connection:
            person = select(addresses.c.person).where(addresses.c.address == one).scalar_subquery()
            await connection.execute(update(addresses).where(addresses.c.address == other).values(person=person))

    async def index(self) -> None:
        """Let all that is stored be found by its words."""
        async with self.database.writing() as connection:
            await search.reindex(connection, lambda _done: None)

    async def ask(self, question: Question, who: str = "anna") -> tuple[Part, ...]:
        """Let an officer ask now."""
        officer = self.office.officer(OfficerId(who))
        assert officer is not None
        async with self.database.reading() as connection:
            return await answer_question(connection, self.office, officer, question, self.clock.now())

    def _source(self) -> str:
        self._told += 1
        return f"told:{self._told}"


def rows_of(parts: tuple[Part, ...]) -> list[tuple[str, ...]]:
    """Return the rows of every table."""
    return [row for part in parts if isinstance(part, Table) for row in part.rows]


def words_of(parts: tuple[Part, ...]) -> str:
    """Return all that the parts say, a line each; somebody else's words behind ``> ``."""
    lines = list[str]()
    for part in parts:
        match part:
            case Heading(said):
                lines.append(f"# {said}")
            case Paragraph(said):
                lines.append(said)
            case Quote(said):
                lines += [f"> {line}" for line in said.splitlines()]
            case Table(_, rows):
                lines += [" | ".join(row) for row in rows]
    return "\n".join(lines)
