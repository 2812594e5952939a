"""Everything that belongs to chats, put together and run. Only where a chat's service is configured."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.channels.telegram_api import TelegramChats
from bot.channels.telegram_logs import install
from bot.channels.telegram_poll import TelegramPoll
from bot.channels.telegram_read import read_event
from bot.channels.telegram_webhook import TelegramWebhook
from bot.chat import ChatEvent, ChatId, Elsewhere, Revoked
from bot.chat_intake import ChatIntake
from bot.chat_menu import show_commands
from bot.chat_outbox import ChatOutbox
from bot.citizen.room import CitizenChat
from bot.desk.chat.face import StaffChat
from bot.errors import KommunsvarError, OurFault, TryLater, where
from bot.facts import Channel, from_micros, to_micros
from bot.file_fetch import FileFetch
from bot.file_scan import FileScan
from bot.groups.view import GroupView
from bot.notices import queue_admin_mail
from bot.office import CurrentOffice
from bot.outbox import FilesOf
from bot.pace import Pace
from bot.port import Keep, RawInbound
from bot.press_answers import PressAnswers
from bot.store.chat_rows import PressAnswer
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import meta
from bot.transport import telegram_of, webhook_of
from config.telegram_settings import TelegramSettings

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 300.0
"""After which the service is asked again that has refused us: the key may have been changed meanwhile."""
_REMEMBER_SECONDS = 60.0
_LEAVE_AFTER_SECONDS = 30.0
_POLLED = "chats_polled"
"""The key in `meta`: when events were last fetched, in microseconds UTC."""


@dataclass(slots=True, kw_only=True)
class ChatWakes:
    """Set one to have that part look at once."""

    outbox: asyncio.Event
    groups: asyncio.Event
    files: asyncio.Event

    def set(self) -> None:
        """Wake all of them."""
        for wake in (self.outbox, self.groups, self.files):
            wake.set()


class ChatLine:
    """The chats of one bot: read, take in, post, show. `run` goes on until it is cancelled; `ready` before it."""

    def __init__(
        self,
        settings: TelegramSettings,
        database: Database,
        office: CurrentOffice,
        now: Callable[[], datetime],
        *,
        keep: Keep,
        files_of: FilesOf,
        scan: FileScan | None,
    ) -> None:
        """Put the parts together; nothing is opened yet.

        Raises:
            OurFault: the token is none.
        """
        access = telegram_of(settings)
        self._bot_id = access.bot_id()
        self._restore_logs = install(access.read_token())
        self._database, self._office, self._now, self._keep = database, office, now, keep
        self._name = ""
        self._leaving: asyncio.Queue[ChatId] = asyncio.Queue()
        self._last_completed: datetime | None = None
        self._settings = settings
        self._access = access
        self.chats = TelegramChats(access, now=now)
        self.pace = Pace()
        self.wakes = ChatWakes(outbox=asyncio.Event(), groups=asyncio.Event(), files=asyncio.Event())
        self.outbox = ChatOutbox(database, office, self.chats, self.pace, now, files_of)
        self.groups = GroupView(database, office, self.chats, self.pace, now, scans=scan is not None)
        self.presses = PressAnswers(self.chats)
        self.fetch = FileFetch(database, office, self.chats, now, scan)
        rooms = CitizenChat(office, lambda: self._name), StaffChat(office, self._leaving.put_nowait)
        self.intake = ChatIntake(office, *rooms)
        self._poll: TelegramPoll | None = None

    def read(self, raw: bytes) -> ChatEvent:
        """Return a stored event, read; never raises."""
        return read_event(raw, self._bot_id)

    def answer_presses(self, answers: Sequence[PressAnswer]) -> None:
        """Have presses answered, in the background."""
        self.presses.answer(answers)

    @property
    def last_completed(self) -> datetime | None:
        """When events were last fetched and kept (UTC), None: never, or they are sent to us."""
        return self._poll.last_completed if self._poll else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send, show and fetch, and take events in; at the end take no more in and finish what is being sent."""
        await self.chats.start()
        await self.outbox.recover()
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(), name="chat outbox")
                tasks = [
                    group.create_task(self.groups.run(self.wakes.groups), name="groups"),
                    group.create_task(self.presses.run(), name="presses"),
                    group.create_task(self.fetch.run(self.wakes.files), name="files of chats"),
                    group.create_task(self._leave(), name="leave"),
                    group.create_task(self._introduce(), name="introduce"),
                    group.create_task(self._recover_often(), name="recover"),
                ]
                events = group.create_task(self._events(), name="events")
                try:
                    yield
                finally:
                    events.cancel()
                    await asyncio.wait([events])
                    await self._remember()
                    await self.groups.finish(_FINISH_SECONDS)
                    for task in tasks:
                        task.cancel()
                    await self.outbox.finish(sending, self.wakes.outbox, _FINISH_SECONDS)
        finally:
            await self.chats.close()
            self._restore_logs()

    async def _send(self) -> None:
        """Post for ever. Where our key is refused the administrator is told, and mail goes on."""
        while True:
            try:
                await self.outbox.run(self.wakes.outbox)
            except OurFault as error:
                logger.error("chats: nothing can be sent: %s", error)
                await self._tell_refused(Revoked("sending"))
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _recover_often(self) -> None:
        """See to posts that somebody began to send who has died since: they hold up that person's chat."""
        while True:
            await asyncio.sleep(_REMEMBER_SECONDS)
            try:
                await self.outbox.recover()
            except TryLater as error:
                logger.warning("chats: %s; recovered next time", error.reason)

    async def _kept(self, raw: bytes, key: str) -> None:
        if b'"callback_query"' in raw:
            # Even where much waits to be written, whoever pressed must not wait: nothing is promised by the answer.
            event = self.read(raw)
            self.presses.expect(event.press, event.chat)
        await self._keep(
            RawInbound(
                channel=Channel.TELEGRAM, external_id=key, raw=raw, recipients=(), sender=None, arrived_at=self._now()
            )
        )

    async def _events(self) -> None:
        """Take events in for ever. If the service refuses us the administrator is told, and mail goes on."""
        while True:
            try:
                await self._take_events()
            except (Revoked, Elsewhere) as error:
                logger.error("chats: nothing can be taken in (%s %s)", type(error).__name__, error.status)
                await self._tell_refused(error)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _take_events(self) -> None:
        while not await self._database.try_events():  # noqa: ASYNC110 -- the database tells
            await asyncio.sleep(1)  # another process has them; it may end at any time
        if self._settings.webhook is not None:
            door = TelegramWebhook(webhook_of(self._settings.webhook), self._access, keep=self._kept, now=self._now)
            await door.start()
            try:
                await door.watch(self._tell_lost)
            finally:
                await door.close()
        self._poll = TelegramPoll(
            self._access, keep=self._kept, now=self._now, last_completed=await self._remembered(), missed=self._missed
        )
        # In no group of tasks: what it raises has to come out as it is.
        remembering = asyncio.create_task(self._remember_often(), name="remember")
        try:
            await self._poll.run()
        finally:
            remembering.cancel()
            await asyncio.wait([remembering])

    async def _introduce(self) -> None:
        """Learn who we are to the service, and show our commands there; tried again until it works."""
        while not self._name:
            try:
                self._name = (await self.chats.ourselves()).name
                await show_commands(self.chats, self._office())
            except KommunsvarError as error:
                logger.warning("chats: not introduced yet (%s)", type(error).__name__)
                await asyncio.sleep(_REMEMBER_SECONDS)

    async def _leave(self) -> None:
        """Leave groups that are not ours, a while later: a group with a new number is told of before the number is."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._leave_one(await self._leaving.get()))

    async def _leave_one(self, chat: ChatId) -> None:
        await asyncio.sleep(_LEAVE_AFTER_SECONDS)
        if self._office().unit_of_group(chat) is not None or chat in self.groups.moved.values():
            return
        try:
            await self.chats.leave(chat)
        except KommunsvarError as error:
            logger.warning("chats: a group that is not ours was not left (%s)", type(error).__name__)

    async def _remembered(self) -> datetime | None:
        async with self._database.reading() as connection:
            found = (await connection.execute(select(meta.c.value).where(meta.c.key == _POLLED))).scalar()
        return from_micros(int(found)) if found else None

    async def _remember_often(self) -> None:
        while True:
            await asyncio.sleep(_REMEMBER_SECONDS)
            await self._remember()

    async def _remember(self) -> None:
        """Keep when events were last fetched, so that a start after a long rest knows how long it was."""
        at = self.last_completed
        if at is None:
            return
        try:
            async with self._database.writing() as connection:
                await connection.execute(delete(meta).where(meta.c.key == _POLLED))
                await connection.execute(insert(meta).values(key=_POLLED, value=str(to_micros(at))))
        except TryLater as error:
            logger.warning("chats: %s; remembered next time", error.reason)

    def _missed(self, since: datetime, until: datetime) -> None:
        self._missing = asyncio.get_running_loop().create_task(self._tell_missed(since, until))

    async def _tell_missed(self, since: datetime, until: datetime) -> None:
        texts = self._office().texts
        t = texts.t
        await self._tell(
            t("Meddelanden i Telegram kan ha gått förlorade"),
            t("Tjänsten hämtade inget från Telegram mellan {since} och {until}. Telegram sparar bara ett dygn. "
              "Den som skrev före det kan behöva skriva igen. Mejlen är inte berörda.",
              since=texts.moment(since), until=texts.moment(until)),
        )  # fmt: skip

    async def _tell_refused(self, error: Revoked | Elsewhere) -> None:
        t = self._office().texts.t
        if isinstance(error, Revoked):
            why = t("Telegram godtar inte botens nyckel. Hämta en ny hos BotFather och lägg den i telegram.token_file.")
        else:
            why = t("Någon annan hämtar redan botens meddelanden. Stäng den andra tjänsten som använder samma nyckel.")
        after = t("Mejlen går som vanligt. Vi försöker igen om fem minuter.")
        await self._tell(t("Telegram är stängt för oss"), f"{why}\n\n{after}")

    async def _tell_lost(self) -> None:
        t = self._office().texts.t
        await self._tell(
            t("Telegram skickar inte längre meddelanden till oss"),
            t("Någon har ändrat vart botens meddelanden skickas, och det gick inte att ändra tillbaka för gott. Stäng "
              "den andra tjänsten som använder samma nyckel. Vi försöker igen var femte minut. Telegram sparar ett "
              "dygn."),
        )  # fmt: skip

    async def _tell(self, subject: str, text: str) -> None:
        try:
            async with self._database.writing() as connection:
                ledger = await open_ledger(connection, Wanted(), self._now())
                queue_admin_mail(ledger, self._office(), subject, text + "\n")
                await ledger.write(connection)
        except Exception as error:
            logger.error("chats: the administrator could not be told: %s", where(error))


_FINISH_SECONDS = 4.0
"""How long what is being sent may take at a stop."""
