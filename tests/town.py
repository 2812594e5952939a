"""A whole service without its sockets: mails are kept, taken in and delivered by hand, on a real database."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from bot.app import files_of, intake_service
from bot.channels.mail_write import write_mail
from bot.errors import KommunsvarError
from bot.facts import Fact, InboxId
from bot.office import Office
from bot.outbox import Outbox
from bot.port import Outbound
from bot.store import inbox
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.store.rows import fact_of
from bot.store.schema import cases, facts, inquiries, outbox
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail, make_office, make_raw


class FakeRelay:
    """A sender that keeps what it is given. `trouble` decides, mail by mail, what to raise instead."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.accepted: list[Outbound] = []
        self.trouble: Callable[[Outbound], KommunsvarError | None] = lambda _: None

    async def send(self, message: Outbound) -> datetime:
        error = self.trouble(message)
        if error is not None:
            raise error
        self.accepted.append(message)
        return self._now()

    def to(self, address: str) -> list[Outbound]:
        return [mail for mail in self.accepted if mail.to_addr == address]


class Town:
    """Database, intake and outbox with a clock that is driven and a relay that obeys."""

    def __init__(self, database: Database, clock: FrozenClock, office: Office | None = None) -> None:
        self.database = database
        self.clock = clock
        self.office = office or make_office()
        self.relay = FakeRelay(clock.now)
        self.intake = intake_service(database, lambda: self.office, clock.now)
        self.outbox = Outbox(database, lambda: self.office, self.relay, files_of, clock.now)

    async def keep(self, *mails: bytes, to: str = CONTACT, sender: str = "elsa@example.org") -> list[InboxId]:
        raws = [make_raw(mail, self.clock.now(), to, sender) for mail in mails]
        async with self.database.writing(in_turn=False) as connection:
            return await inbox.keep_all(connection, raws)

    async def take(self) -> None:
        while await self.intake.take_batch():
            pass

    async def deliver(self) -> None:
        while await self.outbox.deliver_due():
            pass

    async def receive(self, *mails: bytes, to: str = CONTACT, sender: str = "elsa@example.org") -> None:
        """Keep, take in and deliver everything that follows."""
        await self.keep(*mails, to=to, sender=sender)
        await self.take()
        await self.deliver()

    async def officer_answers(self, who: str, text_: str, message_id: str = "svar@kommun.example") -> None:
        """Answer the latest notice to an officer."""
        notice = self.relay.to(f"{who}@kommun.example")[-1]
        mail = make_mail(text_, sender=f"{who}@kommun.example", to=notice.reply_to, message_id=message_id)
        await self.receive(mail, to=notice.reply_to, sender=f"{who}@kommun.example")

    async def count(self, table: Any, *conditions: Any) -> int:
        async with self.database.reading() as connection:
            query = select(func.count()).select_from(table).where(*conditions)
            return int((await connection.execute(query)).scalar_one())

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        key = list(table.primary_key.columns)
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(select(table).order_by(*key))).mappings()]

    async def facts(self) -> list[Fact]:
        return [fact_of(row) for row in await self.rows(facts)]

    async def projections(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        return await self.rows(cases), await self.rows(inquiries)

    async def queue_is_empty(self) -> bool:
        return await self.count(outbox, outbox.c.state.in_(["new", "sending"])) == 0

    async def run_sql(self, statement: str) -> None:
        async with self.database.writing() as connection:
            await connection.execute(text(statement))


@asynccontextmanager
async def another_process(town: Town) -> AsyncIterator[Town]:
    """Give a second process on the same database, with the same clock and relay; PostgreSQL only."""
    database = Database(DatabaseUrl(town.database.where.url))
    await migrate(database)
    await database.take_ownership()
    other = Town(database, town.clock, town.office)
    other.relay = town.relay
    other.outbox = Outbox(database, lambda: town.office, town.relay, files_of, town.clock.now)
    try:
        yield other
    finally:
        await database.close()


def as_bytes(message: Outbound, office: Office) -> bytes:
    """Return a mail an installation sent, as its receiver gets it."""
    return write_mail(message, installation=office.installation)
