"""What a lead asks at the command line: the same questions as by mail, seen as a lead of every unit."""

from datetime import datetime

from bot.app import office_now, open_database
from bot.case import is_case
from bot.desk.lookup import answer_question
from bot.facts import FactKind, OfficerId
from bot.masking import masked_part
from bot.office import Office, Officer, Role
from bot.parts import Part
from bot.questions import Journal, Question, WhoSaw
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from config.settings import Settings


async def ask(settings: Settings, question: Question, actor: str, now: datetime) -> tuple[Part, ...]:
    """Return the answer to a question, personal numbers hidden. Reading a case is recorded, with who did.

    Secret cases, and those of units that keep secrecy, are as if they were not there.

    Args:
        settings: where the database is.
        question: what is asked.
        actor: who asks, as ``cli:anna``.
        now: the instant (UTC).

    Raises:
        OurFault, TryLater: the database.
    """
    async with open_database(settings) as database:
        office = (await office_now(database, settings))()
        async with database.reading() as connection:
            parts = await answer_question(connection, office, _lead(office), question, now)
        if isinstance(question, Journal | WhoSaw) and len(parts) > 1:
            await _record_reading(database, question, actor, now)
        return tuple(masked_part(office.texts, part) for part in parts)


def _lead(office: Office) -> Officer:
    units = frozenset(unit.id for unit in office.units if not unit.secrecy)
    return Officer(id=OfficerId("_lead"), name="", email="", units=units, role=Role.LEAD)


async def _record_reading(database: Database, question: Journal | WhoSaw, actor: str, now: datetime) -> None:
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(cases={question.case}), now)
        if is_case(ledger.facts_of(question.case)):
            ledger.append(
                FactKind.OPENED, question.case, occurred_at=now, actor=actor,
                source=f"read:{actor}:{now.isoformat()}:{question.case}",
            )  # fmt: skip
            await ledger.write(connection)
