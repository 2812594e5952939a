"""A municipality with a lead, weeks of contacts, a relay that keeps what it gets, and a clock that is driven."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.app import Service, running
from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.facts import InboxId
from bot.office import Role
from bot.port import RawInbound
from bot.store.chat_schema import links
from bot.store.figure_schema import ratings
from commands.report_job import Make, Reporting
from commands.report_letter import in_a_thread
from config.settings import Settings, load
from measurement.periods import Week, weeks_back
from measurement.rollup.book import standings
from measurement.rollup.states import Standing
from tests.conftest import FrozenClock
from tests.processes import write_config
from tests.rollup_book import asked, learn, local

LEAD = "anna@kommun.example"
WEEK = Week.parse("2026-W47")
TUESDAY = local("11-24 07:00")
"""When the report of week 47 is due."""


class Relay:
    """Plays the relay: keeps the bytes of every mail by recipient, or refuses all for now while `down`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        settings = SmtpInSettings(host="127.0.0.1", port=0, hostname="localhost")
        self._server = SmtpIn(settings, keep=self._keep, accepts=lambda _: True, now=lambda: TUESDAY)

    async def _keep(self, raw: RawInbound) -> InboxId:
        self.mails += [(recipient, raw.raw) for recipient in raw.recipients]
        return InboxId(len(self.mails))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        await self._server.start()
        try:
            yield self._server.smtp_port
        finally:
            await self._server.close(within_seconds=1)

    def to(self, address: str) -> list[EmailMessage]:
        mine = [raw for who, raw in self.mails if who == address]
        found = [email.message_from_bytes(raw, policy=email.policy.default) for raw in mine]
        return list(found)


@dataclass
class Scene:
    """A running service with its work on figures, driven by hand."""

    settings: Settings
    service: Service
    job: Reporting
    clock: FrozenClock

    async def at(self, instant: datetime) -> int:
        """Let the clock show an instant, do what is due, and return how many letters were queued."""
        self.clock.instant = instant
        return await self.job.round()

    async def standing(self, week: Week = WEEK) -> Standing:
        async with self.service.database.reading() as connection:
            return (await standings(connection))[str(week)]

    async def link_lead(self, chat: int) -> None:
        async with self.service.database.writing() as connection:
            row = {"user": chat, "officer": "anna", "chat": chat, "linked_at": TUESDAY}
            await connection.execute(insert(links), [row])

    async def rate(self, grades: list[int], week: Week = WEEK) -> None:
        """Store grades of reception that contacts of a week brought."""
        rows = [
            {"week": str(week), "channel": "mail", "question": "reception", "grade": grade, "version": 1,
             "source": "own", "in_time": 1}
            for grade in grades
        ]  # fmt: skip
        async with self.service.database.writing() as connection:
            await connection.execute(insert(ratings), rows)


def settings_of(tmp_path: Path, url: str, relay_port: int, **report: Any) -> Settings:
    """Return the documented example with anna as the lead, and these settings of the report."""
    settings = load(write_config(tmp_path, url, 0, relay_port))
    officers = [one.model_copy(update={"role": Role.LEAD if one.email == LEAD else Role.OFFICER})
                for one in settings.officers]  # fmt: skip
    return settings.model_copy(update={
        "officers": tuple(officers), "report": settings.report.model_copy(update=report),
        "mail": settings.mail.model_copy(update={"admin": "admin@kommun.example"}),
    })  # fmt: skip


@asynccontextmanager
async def playing(settings: Settings, clock: FrozenClock, make: Make = in_a_thread) -> AsyncIterator[Scene]:
    """Give a scene whose service runs; its work on figures does nothing by itself."""
    async with running(settings, clock.now) as service:
        job = Reporting(settings, service.database, service.office, clock.now, wake=service.wake_after, make=make)
        yield Scene(settings, service, job, clock)


async def fill_weeks(scene: Scene, count: int, *, last: Week = WEEK, each: int = 6) -> None:
    """Let contacts come in each week, one a day and on Monday the rest; all are answered within the hour but one."""
    facts, case = [], 0
    for week in weeks_back(last, count):
        for at in range(each):
            case += 1
            day = week.monday + timedelta(days=min(at, 4))
            came = f"{day:%m-%d} 09:{at % 60:02d}"
            facts += asked(case, came, "" if at == each - 1 else f"{day:%m-%d} 10:{at % 60:02d}")
    await learn(scene.service.database, facts)


async def until(found: Any, seconds: float = 20) -> Any:
    """Return what a function finds as soon as it finds anything."""
    async with asyncio.timeout(seconds):
        while not (seen := found()):
            await asyncio.sleep(0.01)
    return seen
