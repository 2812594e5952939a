"""The service as a whole: the only place that puts the parts together, starts them and ends them.

Order of stopping: nothing more is taken in → what is being sent and written is finished → the database is closed.
"""

import asyncio
import logging
import secrets
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import insert, select

from bot.channels.mail_files import answer_files, files_with_content
from bot.channels.mail_read import read_mail
from bot.channels.mail_text import above_line, words_below
from bot.channels.mail_write import write_mail
from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.channels.smtp_out import SmtpOut, SmtpOutSettings
from bot.desk.mail_face import MailFace
from bot.facts import InboxId
from bot.housekeeping import Housekeeping
from bot.intake import Intake
from bot.intake_service import IntakeService
from bot.notices import LINE_MARK
from bot.office import Office
from bot.outbox import Outbox
from bot.port import Attachment, Inbound, Keep, RawInbound
from bot.store import inbox
from bot.store.database import Database, DatabaseUrl
from bot.store.grouped import GroupedWrites
from bot.store.migrate import migrate
from bot.store.rows import InboxRow
from bot.store.schema import meta
from bot.tokens import has_secret
from config.building import office_of
from config.settings import Listen, Relay, Settings, secret

logger = logging.getLogger(__name__)

Now = Callable[[], datetime]

STOP_SECONDS = 4.0
"""How long what is under way may take at a stop; with as much again for the listeners it stays below 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. Set a wake event to have that part look at once."""

    database: Database
    office: Office
    smtp_in: SmtpIn
    intake: IntakeService
    outbox: Outbox
    keep: Keep
    intake_wake: asyncio.Event
    outbox_wake: asyncio.Event


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Give the configured database, of the newest form, and close it at the end.

    Raises:
        OurFault: not a kind of database we know. TryLater: it is away.
    """
    database = Database(DatabaseUrl.parse(settings.database.url))
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def running(settings: Settings, now: Now) -> AsyncIterator[Service]:
    """Start the whole service and give it when it is ready to take mail; at the end, stop it in order.

    Raises:
        OurFault: another process runs on the same SQLite file, or a port is taken. TryLater: the database is away.
        ValueError: the settings make no sense (`run_bot.py check` says more).
    """
    async with open_database(settings) as database:
        await database.take_ownership()
        office = office_of(settings, await installation_id(database))
        write = partial(write_mail, installation=office.installation)
        sender = SmtpOut(_relay(settings.mail.relay), write=write, now=now)
        outbox = Outbox(database, office, sender, files_of, now)
        keeping: GroupedWrites[RawInbound, InboxId] = GroupedWrites(partial(_keep_all, database))
        intake_wake, outbox_wake, housekeeping_wake = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def keep(raw: RawInbound) -> InboxId:
            kept = await keeping.submit(raw)
            intake_wake.set()
            return kept

        service = Service(
            database=database, office=office, intake=intake_service(database, office, now), outbox=outbox, keep=keep,
            smtp_in=SmtpIn(_listen(settings.mail.listen), keep=keep, accepts=office.accepts, now=now),
            intake_wake=intake_wake, outbox_wake=outbox_wake,
        )  # fmt: skip
        housekeeping = Housekeeping(database, office, outbox, now)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(keeping.run(), name="keep"),
                group.create_task(service.intake.run(intake_wake, outbox_wake), name="intake"),
                group.create_task(housekeeping.run(housekeeping_wake), name="housekeeping"),
            ]
            try:
                async with _delivering(group, service, housekeeping_wake):
                    yield service
            finally:
                for task in tasks:
                    task.cancel()
                await sender.close()


@asynccontextmanager
async def _delivering(
    group: asyncio.TaskGroup, service: Service, housekeeping_wake: asyncio.Event
) -> AsyncIterator[None]:
    """Open the doors, and at the end close them: first the way in, then the way out."""
    await service.outbox.recover()
    delivering = group.create_task(service.outbox.run(service.outbox_wake), name="outbox")
    scheduler = _scheduler(housekeeping_wake)
    try:
        await service.smtp_in.start()
        yield
    finally:
        scheduler.shutdown(wait=False)
        await service.smtp_in.close(within_seconds=STOP_SECONDS)
        await service.outbox.finish(delivering, service.outbox_wake, STOP_SECONDS)


class OfficerMail:
    """How the desk reads an officer's mail (`bot.desk.mail_face.MailReading`)."""

    def own_words(self, text: str) -> str:
        """Return what stands above the notice's line."""
        return above_line(text, LINE_MARK, has_secret)

    def unclear(self, text: str) -> bool:
        """Tell whether own words could be lost: below or between quoted lines, or cut where no notice stands."""
        if is_internal(text):
            return words_below(text, LINE_MARK)
        return self.own_words(text).split() != text.split()

    def leaks(self, raw: bytes) -> bool:
        """Tell whether a file holds the notice or a secret address."""
        return answer_files(raw, is_internal)[1]


def is_internal(text: str) -> bool:
    """Tell whether a text holds the notice's line or a secret address, which no citizen may get."""
    return LINE_MARK in text or has_secret(text)


def intake_service(database: Database, office: Office, now: Now) -> IntakeService:
    """Return the intake with its channels' readers and the desk's way in."""
    intake = Intake(office, MailFace(office, OfficerMail()).take)
    return IntakeService(database, office, intake, partial(read_row, trusted_host=office.trusted_host), now)


def read_row(row: InboxRow, *, trusted_host: str) -> Inbound:
    """Return a stored message, read."""
    return read_mail(row.raw, trusted_host=trusted_host, envelope_sender=row.sender)


def files_of(raw: bytes, answer: bool) -> Sequence[Attachment]:
    """Return the files of an original mail; of an officer's answer, only those that a citizen may get."""
    return answer_files(raw, is_internal)[0] if answer else files_with_content(raw)


async def installation_id(database: Database) -> str:
    """Return the random mark of this database, drawn once; mail we sent is known again by it."""
    async with database.writing() as connection:
        found = (await connection.execute(select(meta.c.value).where(meta.c.key == "installation"))).scalar()
        if found:
            return str(found)
        drawn = secrets.token_hex(8)
        await connection.execute(insert(meta).values(key="installation", value=drawn))
        return drawn


async def _keep_all(database: Database, raws: Sequence[RawInbound]) -> Sequence[InboxId]:
    async with database.writing(in_turn=False) as connection:
        return await inbox.keep_all(connection, raws)


def _scheduler(wake: asyncio.Event) -> AsyncIOScheduler:
    """Return a started scheduler that only ever wakes the housekeeping; a missed minute is made up once."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(wake.set, "interval", minutes=1, coalesce=True, misfire_grace_time=None)
    scheduler.start()
    return scheduler


def _listen(settings: Listen) -> SmtpInSettings:
    context = None
    if settings.tls_certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return SmtpInSettings(
        host=settings.host,
        port=settings.port,
        lmtp_host=settings.host if settings.lmtp_port is not None else None,
        lmtp_port=settings.lmtp_port,
        hostname=settings.hostname,
        max_bytes=settings.max_mib * 1024 * 1024,
        tls_context=context,
        require_tls=settings.require_tls,
    )


def _relay(settings: Relay) -> SmtpOutSettings:
    return SmtpOutSettings(
        host=settings.host,
        port=settings.port,
        hostname=settings.hostname,
        tls=settings.tls,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        username=settings.username if settings.auth != "none" else None,
        password=partial(secret, settings.password, settings.password_file) if settings.auth == "password" else None,
        access_token=(
            partial(secret, settings.access_token, settings.access_token_file) if settings.auth == "xoauth2" else None
        ),
        timeout_seconds=settings.timeout_seconds,
        max_connections=settings.connections,
    )
