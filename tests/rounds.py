"""A database with waiting cases, and the round that is driven by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.facts import CaseNumber, Fact, FactKind
from bot.reminding import Reminding
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.rows import MailKind, fact_of
from bot.store.schema import facts, outbox
from tests.conftest import FrozenClock
from tests.example import make_office
from tests.waits import ELSA, waiting_case

OWNERS_TIME = datetime(2026, 11, 16, 12, 42, tzinfo=UTC)
"""240 open minutes before Tuesday 9.12, the deadline of what came Monday 9.12: Monday 13.42."""
UNITS_TIME = datetime(2026, 11, 16, 14, 42, tzinfo=UTC)
CITIZENS_TIME = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
"""An hour before closing on Wednesday, for which a question of Monday is promised."""


class Round:
    """A database with waiting cases, and the round that is driven by hand."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.office = make_office()
        self.reminding = Reminding(database, lambda: self.office, clock.now)

    async def write(self, add: Callable[[Ledger], Any], *cases: CaseNumber) -> Any:
        """Add to the database by a ledger that knows these cases."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(cases=set(cases), senders={ELSA}), self.clock.now())
            added = add(ledger)
            await ledger.write(connection)
        return added

    async def case(self, **fields: Any) -> CaseNumber:
        case: CaseNumber = await self.write(lambda ledger: waiting_case(ledger, **fields))
        return case

    async def at(self, now: datetime) -> int:
        self.clock.instant = now
        return await self.reminding.round()

    async def mails(self, kind: MailKind = MailKind.NOTICE) -> list[dict[str, Any]]:
        async with self.database.reading() as connection:
            query = select(outbox).where(outbox.c.kind == kind.value).order_by(outbox.c.id)
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def facts(self, case: CaseNumber, *kinds: FactKind) -> list[Fact]:
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(facts).order_by(facts.c.seq))).mappings()
            found = [fact_of(row) for row in rows if row["case"] == case]
        return [fact for fact in found if not kinds or fact.kind in kinds]
