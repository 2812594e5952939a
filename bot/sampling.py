"""Drawing the week's sample of answers, once each week is due; doing it again changes nothing."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.office import CurrentOffice, Office
from bot.samples import SampleWeek, draw, due_weeks
from bot.store.database import Database
from bot.store.sample_book import answered_in, keep_sample, was_drawn


class Sampling:
    """Draws what has become due."""

    def __init__(self, database: Database, office: CurrentOffice, now: Callable[[], datetime], size: int) -> None:
        """Keep the parts; nothing starts yet. `size`: so many answers are drawn each week, 0: none."""
        self._database = database
        self._office = office
        self._now = now
        self._size = size

    async def round(self) -> None:
        """Draw the samples of the weeks that are due and have none."""
        if self._size:
            await draw_due(self._database, self._office(), self._size, self._now())


async def draw_due(database: Database, office: Office, size: int, now: datetime) -> list[str]:
    """Draw the samples of the last weeks that are due at a UTC instant and have none; return which weeks those were."""
    weeks = due_weeks(office.calendar, office.rule, now)
    async with database.reading() as connection:
        left = [week for week in weeks if not await was_drawn(connection, week.name)]
    drawn = list[str]()
    for week in left:
        async with database.writing() as connection:
            if await _draw(connection, office, week, size, now):
                drawn.append(week.name)
    return drawn


async def _draw(connection: AsyncConnection, office: Office, week: SampleWeek, size: int, now: datetime) -> bool:
    if await was_drawn(connection, week.name):
        return False
    secret = {unit.id for unit in office.units if unit.secrecy}
    answered = await answered_in(connection, week.first, week.end, secret)
    chosen = draw(office.tokens, week.name, answered)[:size]
    await keep_sample(connection, week.name, chosen, len(answered), now)
    return True
