"""The telephone's figures as a part of all figures of a period."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from measurement.calls_source import phone_of
from measurement.measures import Figure
from measurement.periods import Period
from measurement.phone import PhoneRules, phone_figures


@dataclass(frozen=True, slots=True)
class PhoneFiguresPart:
    """A `measurement.rollup.making.Part`. Where neither calls nor contacts are known there is no figure."""

    calendar: Calendar
    rules: PhoneRules

    async def __call__(
        self, connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
    ) -> Sequence[Figure]:
        """Return them from what was known at the first instant (UTC)."""
        zone = self.calendar.zone
        data = await phone_of(connection, period.start(zone), period.end(zone), known)
        if not len(data.calls) and not len(data.logged):
            return ()
        made = await asyncio.to_thread(phone_figures, data, self.calendar, self.rules, label=str(period), as_of=as_of)
        return made.figures
