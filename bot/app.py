"""The service as a whole: the only place that puts the parts together, starts them and ends them.

Order of stopping: nothing more is taken in → what is being sent and written is finished → the database is closed.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import insert, select

from bot.channels.imap_in import ImapIn
from bot.channels.mail_files import answer_files, files_with_content
from bot.channels.mail_read import read_mail
from bot.channels.mail_signature import without_program_lines
from bot.channels.mail_text import above_line, is_unclear
from bot.channels.mail_write import write_mail
from bot.channels.smtp_in import SmtpIn
from bot.channels.smtp_out import SmtpOut
from bot.chat_line import ChatLine
from bot.desk.mail_face import MailFace
from bot.facts import InboxId
from bot.file_scan import FileScan
from bot.housekeeping import Housekeeping
from bot.intake import Intake
from bot.intake_service import IntakeService, Refresh
from bot.mailbox_watch import MailboxWatch
from bot.notices import LINE_MARK
from bot.office import CurrentOffice
from bot.office_now import OfficeNow
from bot.outbox import Outbox
from bot.port import Attachment, Inbound, Keep, RawInbound
from bot.reminding import Reminding
from bot.sampling import Sampling
from bot.store import inbox
from bot.store.database import Database, DatabaseUrl
from bot.store.grouped import GroupedWrites
from bot.store.mailboxes import Mailboxes
from bot.store.migrate import migrate
from bot.store.rows import InboxRow
from bot.store.schema import meta
from bot.survey.chat import ask_in_chat
from bot.survey.page import SurveyPage
from bot.survey.round import Surveying
from bot.tokens import has_secret
from bot.transport import file_scan_of, listen_of, mailbox_of, relay_of
from config.building import office_of
from config.settings import Settings

logger = logging.getLogger(__name__)

Now = Callable[[], datetime]

STOP_SECONDS = 4.0
"""How long what is under way may take at a stop; with as much again for the listeners it stays below 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. Set a wake event to have that part look at once."""

    database: Database
    office: OfficeNow
    smtp_in: SmtpIn
    listens: bool
    mailboxes: MailboxWatch
    intake: IntakeService
    outbox: Outbox
    keep: Keep
    intake_wake: asyncio.Event
    outbox_wake: asyncio.Event
    chats: ChatLine | None = None
    survey: SurveyPage | None = None

    def wake_after(self) -> None:
        """Have everything look at once that does what the intake has decided."""
        self.outbox_wake.set()
        if self.chats is not None:
            self.chats.wakes.set()

    def wake_all(self) -> None:
        """Have every part look at once."""
        self.intake_wake.set()
        self.wake_after()


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
        office = await office_now(database, settings)
        write = partial(write_mail, installation=office().installation)
        sender = SmtpOut(relay_of(settings.mail.relay), write=write, now=now)
        outbox = Outbox(database, office, sender, files_of, now)
        keeping: GroupedWrites[RawInbound, InboxId] = GroupedWrites(partial(_keep_all, database))
        intake_wake, outbox_wake, housekeeping_wake = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def keep(raw: RawInbound) -> InboxId:
            kept = await keeping.submit(raw)
            intake_wake.set()
            return kept

        def accepts(recipient: str) -> bool:
            return office().accepts(recipient)

        scan, memory = file_scan_of(settings.mail.scanner, now), Mailboxes(database)
        chats = None
        if settings.telegram is not None:
            chats = ChatLine(settings.telegram, database, office, now, keep=keep, files_of=files_of, scan=scan)
        page = settings.survey.page if settings.survey.enabled else None
        boxes = [ImapIn(mailbox_of(box), keep=keep, memory=memory, now=now) for box in settings.mail.mailboxes]
        service = Service(
            database=database, office=office, outbox=outbox, keep=keep, chats=chats,
            intake=intake_service(database, office, now, scan, office.refresh, chats),
            smtp_in=SmtpIn(listen_of(settings.mail.listen), keep=keep, accepts=accepts, now=now),
            listens=settings.mail.listen.enabled, mailboxes=MailboxWatch(boxes, database, office, now),
            intake_wake=intake_wake, outbox_wake=outbox_wake,
            survey=SurveyPage(page, database, office, now, intake_wake.set) if page is not None else None,
        )  # fmt: skip
        housekeeping = Housekeeping(
            database, office, outbox, now, scan, Reminding(database, office, now), office.refresh,
            Surveying(database, office, now, ask_in_chat if chats is not None else None),
            Sampling(database, office, now, settings.quality.sample),
        )  # fmt: skip
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(keeping.run(), name="keep"),
                group.create_task(service.intake.run(intake_wake, service.wake_after), name="intake"),
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
        if service.listens:
            await service.smtp_in.start()
        reading = group.create_task(service.mailboxes.run(), name="mailboxes")
        try:
            async with (
                service.chats.running() if service.chats is not None else nullcontext(),
                service.survey.running() if service.survey is not None else nullcontext(),
            ):
                yield
        finally:
            reading.cancel()
            await asyncio.wait([reading])
    finally:
        scheduler.shutdown(wait=False)
        await service.smtp_in.close(within_seconds=STOP_SECONDS)
        await service.outbox.finish(delivering, service.outbox_wake, STOP_SECONDS)


class OfficerMail:
    """How the desk reads an officer's mail (`bot.desk.mail_face.MailReading`)."""

    def own_words(self, text: str) -> str:
        """Return what stands above the notice's line, without what the mail program added by itself."""
        return without_program_lines(above_line(text, LINE_MARK, has_secret))

    def unclear(self, text: str) -> bool:
        """Tell whether own words could be lost: below or between quoted lines, or cut where no notice stands."""
        return is_unclear(text, LINE_MARK, has_secret)

    def leaks(self, raw: bytes) -> bool:
        """Tell whether a file holds the notice or a secret address."""
        return answer_files(raw, is_internal)[1]


def is_internal(text: str) -> bool:
    """Tell whether a text holds the notice's line or a secret address, which no citizen may get."""
    return LINE_MARK in text or has_secret(text)


async def office_now(database: Database, settings: Settings) -> OfficeNow:
    """Return the municipality of settings and register, as it is now and as it will change."""
    build = partial(office_of, settings, await installation_id(database))
    office = OfficeNow(build)
    async with database.reading() as connection:
        await office.refresh(connection)
    return office


def intake_service(
    database: Database,
    office: CurrentOffice,
    now: Now,
    scan: FileScan | None = None,
    refresh: Refresh | None = None,
    chats: ChatLine | None = None,
) -> IntakeService:
    """Return the intake with its channels' readers and the desk's ways in."""
    intake = Intake(office, MailFace(office, OfficerMail()).take, chats.intake.take if chats else None)
    return IntakeService(database, office, intake, partial(read_row, office=office), now, scan, refresh, chats)


def read_row(row: InboxRow, *, office: CurrentOffice) -> Inbound:
    """Return a stored message, read."""
    return read_mail(
        row.raw,
        trusted_host=office().trusted_host,
        envelope_sender=row.sender,
        tenant=row.mailbox in office().tenant_mailboxes,
        whole_size=row.size,
    )


def files_of(raw: bytes, answer: bool, withheld: frozenset[int]) -> Sequence[Attachment]:
    """Return the files of an original mail but the withheld parts; of an officer's answer, what a citizen may get."""
    if answer:
        return answer_files(raw, is_internal)[0]
    return [file for part, file in enumerate(files_with_content(raw)) if part not in withheld]


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
