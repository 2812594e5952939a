"""The service's own work with figures: the book is filled each night, and the week's report is sent when it is due.

It runs beside the service and never stops it: mail is taken in and answered whatever happens here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import TryLater, where
from bot.notices import queue_admin_mail
from bot.office import CurrentOffice, Office
from bot.report_letters import Reader, ReportLetter, linked_chats, queue_report, readers_of
from bot.store import enclosures
from bot.store.database import Database
from bot.store.ledger import Ledger, open_ledger
from bot.store.reading import Wanted
from bot.store.register import read_register
from bot.store.schema import meta
from bot.survey.severing import linked_weeks, unlink
from commands.figure_parts import figure_parts, report_basis
from commands.report_letter import Order, in_a_process
from config.settings import Settings

if TYPE_CHECKING:
    from bot.app import Service
    from measurement.periods import Week
    from measurement.rollup.fill import Rollup

logger = logging.getLogger(__name__)

NIGHT = time(2)
"""From this local time on the figures of the day before are made."""
_LOOK_SECONDS = 60
_REST = timedelta(minutes=30)
"""After a fault of ours, before it is tried again."""
_KEPT = timedelta(days=30)
"""How long the files of a report are kept for what waits to be sent; nothing waits so long (`bot.outbox`)."""
_TOLD = "report_fault_told"

Make = Callable[[Order], Awaitable[ReportLetter]]


class Reporting:
    """Fills the book of figures and sends reports. `round` does once what is due; `run` goes on until cancelled."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        office: CurrentOffice,
        now: Callable[[], datetime],
        *,
        wake: Callable[[], None] = lambda: None,
        make: Make = in_a_process,
    ) -> None:
        """Keep the parts; nothing starts yet. `wake` is called when something waits to be sent."""
        self._settings = settings
        self._database = database
        self._current = office
        self._now = now
        self._wake = wake
        self._make = make
        self._filled: date | None = None
        self._rests_until: datetime | None = None

    async def run(self) -> None:
        """Look once a minute whether anything is due; not at once: at its start a service has more urgent work."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.round()
            except TryLater as error:
                logger.warning("figures: the database says %s, trying again", error.reason)
            except Exception as error:
                logger.error("figures: our fault: %s", where(error))

    async def round(self) -> int:
        """Do what is due now and return how many letters were queued; doing it twice changes nothing.

        One process does it, the one that does the intake. A fault is logged, told to the administrator once, and tried
        again later; nothing is sent then.

        Raises:
            TryLater: the database is away.
        """
        now = self._now()
        if not self._database.has_intake or (self._rests_until is not None and now < self._rests_until):
            return 0
        self._rests_until = None
        try:
            await self._nightly(now)
            weeks = await self._due(now)
            return await self._send(weeks, now.replace(second=0, microsecond=0)) if weeks else 0
        except Exception as error:
            passing = [one for one in _leaves(error) if isinstance(one, TryLater)]
            if len(passing) == len(_leaves(error)):
                raise passing[0] from None
            logger.error("figures could not be made or sent: our fault: %s", where(_leaves(error)[0]))
            self._rests_until = now + _REST
            await self._tell_admin(now)
            return 0

    async def _nightly(self, now: datetime) -> None:
        """Once a local day: fill the book, cut off what belongs to frozen weeks, forget files that have left."""
        local = self._current().calendar.local(now)
        if local.time() < NIGHT or self._filled == local.date():
            return
        await self._fill(now)
        from commands.improve_watch import watch

        office = self._current()
        if await watch(self._database, office, office.calendar, self._settings, now):
            self._wake()
        async with self._database.writing() as connection:
            await enclosures.forget(connection, now - _KEPT)
        self._filled = local.date()
        for name in _unknown(self._settings.report.targets):
            logger.warning("report.targets: there is no measure %s", name)

    async def _fill(self, instant: datetime) -> None:
        await asyncio.to_thread(_load)
        from measurement.rollup.book import standings
        from measurement.rollup.fill import fill
        from measurement.rollup.states import State

        await fill(self._rollup(), instant)
        zone = self._current().calendar.zone
        async with self._database.writing() as connection:
            known = await standings(connection)
            for week in await linked_weeks(connection):
                # What was answered late comes up after its week was frozen.
                if week in known and known[week].state is State.FROZEN:
                    await unlink(connection, week, zone)

    def _rollup(self) -> "Rollup":
        from measurement.registry import definitions_hash
        from measurement.rollup.fill import Rollup
        from measurement.rollup.making import compute_here

        calendar = self._current().calendar

        async def unlink_week(connection: AsyncConnection, week: "Week") -> None:
            await unlink(connection, str(week), calendar.zone)

        return Rollup(
            writing=self._database.writing, calendar=calendar, configured=self._settings.answers.rule,
            compute=compute_here(self._settings.database.url, figure_parts(self._settings, calendar)),
            definitions=definitions_hash(), on_freeze=unlink_week,
        )  # fmt: skip

    async def _due(self, now: datetime) -> "tuple[Week, ...]":
        report = self._settings.report
        if not report.enabled:
            return ()
        from measurement.report.deliver import due_reports
        from measurement.rollup.book import standings

        async with self._database.reading() as connection:
            known = await standings(connection)
        return due_reports(known, self._current().calendar, self._settings.answers.rule, report.clock, now)

    async def _send(self, weeks: "tuple[Week, ...]", instant: datetime) -> int:
        """Send the reports of these weeks, oldest first, as told at an instant (UTC)."""
        # What is told is what stands in the book at that instant, so that it can be told again.
        await self._fill(instant)
        queued = 0
        for week in weeks:
            queued += await self._send_one(week, instant)
            self._wake()
        return queued

    async def _send_one(self, week: "Week", instant: datetime) -> int:
        from measurement.rollup.book import mark_reported, standings

        office = self._current()
        readers = await self._readers(office, instant)
        letters = {one: await self._letter(office, week, instant, one) for one in {each.language for each in readers}}
        async with self._database.writing() as connection:
            if (await standings(connection))[str(week)].reported_at is not None:
                return 0
            ledger = await open_ledger(connection, Wanted(), self._now())
            queued = await queue_report(connection, ledger, office, letters, readers)
            if not readers:
                _tell_of_no_reader(ledger, office, str(week))
            await ledger.write(connection)
            await mark_reported(connection, str(week), instant)
        logger.info("report of %s: %d letters queued", week, queued)
        return queued

    async def _readers(self, office: Office, instant: datetime) -> list[Reader]:
        report = self._settings.report
        async with self._database.reading() as connection:
            chats = await linked_chats(connection)
        return readers_of(
            office, report.languages, report.to, chats, instant, mail=report.mail, chat=report.chat
        )  # fmt: skip

    async def _letter(self, office: Office, week: "Week", instant: datetime, language: str) -> ReportLetter:
        async with self._database.reading() as connection:
            entries = await read_register(connection)
        basis = report_basis(self._settings, office.calendar, entries)
        url, texts = self._settings.database.url, office.texts_in(language)
        return await self._make(Order(url=url, basis=basis, week=week, instant=instant, texts=texts))

    async def _tell_admin(self, now: datetime) -> None:
        """Write to the administrator that figures cannot be made, once for each week in which that is so."""
        from measurement.periods import week_of

        office = self._current()
        week = str(week_of(now, office.calendar.zone))
        async with self._database.writing() as connection:
            if (await connection.execute(select(meta.c.value).where(meta.c.key == _TOLD))).scalar() == week:
                return
            ledger = await open_ledger(connection, Wanted(), now)
            _tell_of_fault(ledger, office)
            await ledger.write(connection)
            await connection.execute(delete(meta).where(meta.c.key == _TOLD))
            await connection.execute(insert(meta).values(key=_TOLD, value=week))
        self._wake()


def _tell_of_fault(ledger: Ledger, office: Office) -> None:
    t = office.texts.t
    text = t(
        "Något blev fel när siffrorna eller veckans rapport gjordes. Ingen rapport har skickats, och ingen felaktig. "
        "Vi försöker igen varje halvtimme. Skälet står i loggen."
    )
    queue_admin_mail(ledger, office, t("Siffrorna eller rapporten kunde inte göras"), f"{text}\n")


def _unknown(targets: Iterable[str]) -> list[str]:
    from measurement.report.known import find_measure

    return [name for name in targets if find_measure(name) is None]


def _tell_of_no_reader(ledger: Ledger, office: Office, week: str) -> None:
    t = office.texts.t
    queue_admin_mail(
        ledger,
        office,
        t("Rapporten för {week} är klar, men ingen får den", week=week),
        t(
            "Ingen har rollen lead, och ingen adress står i report.to. Ge någon rollen: run_bot.py staff --help. "
            "Rapporten finns här: run_bot.py report {week} --out MAPP",
            week=week,
        )
        + "\n",
    )


def _load() -> None:
    """Import what reckons: half a second that mail must not wait for."""
    import measurement.judged
    import measurement.phone_part
    import measurement.report.assemble
    import measurement.rollup.making  # noqa: F401 -- all for their own sake


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


@asynccontextmanager
async def reporting(settings: Settings, service: "Service", now: Callable[[], datetime]) -> AsyncIterator[Reporting]:
    """Run the work with figures beside a running service, and end it before the service ends."""
    job = Reporting(settings, service.database, service.office, now, wake=service.wake_after)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(job.run(), name="figures")
        try:
            yield job
        finally:
            task.cancel()
