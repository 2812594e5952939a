"""A town on both channels: the real service on sockets and SQLite, Telegram emulated, mail by SMTP, a driven clock.

Time passes only here: whoever waits for something lets it pass in steps. The service can be ended, and can die with
everything it is doing, at any moment, and begins anew on the same database.
"""

import asyncio
import contextvars
import gc
import re
import sqlite3
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import func, select

from bot.app import Service, running
from bot.chat import ChatId, UserId
from bot.facts import OfficerId
from bot.port import Inbound
from bot.store.chat_rows import WantedChats
from bot.store.database import DatabaseUrl
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import inbox, outbox
from config.settings import Settings, load
from sandbox.bot_api import SANDBOX_TOKEN, BotApi, TgChat, TgGroup, TgMessage, TgPerson, bot_api
from sandbox.world import free_port
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.processes import Relay, write_config
from tests.telegram_ways import with_button

OFFICERS = ("anna", "bo", "cia")
NUMBER = re.compile(r"K-[2-9A-Z]{6}-[2-9A-Z]")

_LOOKS = 8
_LOOK_SECONDS = 0.005
_OF_SERVICE: contextvars.ContextVar[bool] = contextvars.ContextVar("of_service", default=False)

Condition = Callable[[], "bool | Awaitable[bool]"]


class NeverHappened(AssertionError):
    """What was waited for did not happen in all the time it was given."""


class ChatTown:
    """The town. `open` it first; its people are made then."""

    api: BotApi
    group: TgGroup
    service: Service
    officers: dict[str, TgPerson]

    def __init__(self, folder: Path, *, webhook: bool = False, url: str = "", token: str = SANDBOX_TOKEN) -> None:
        """Keep where it lies. `webhook`: events are sent to it instead of being fetched."""
        self.token = token
        self.folder = folder
        self.clock = FrozenClock()
        self.relay = Relay()
        self.url = url or f"sqlite:///{folder}/kommunsvar.db"
        self.deaths = 0
        self._webhook = webhook
        self._tasks: set[asyncio.Task[Any]] = set()
        self._main: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._mails = 0
        self._lives = 0
        self._listeners: list[asyncio.Server] = []

    @asynccontextmanager
    async def open(self, *, linked: bool = True) -> AsyncIterator["ChatTown"]:
        """Give the running town, its officers linked to their chats and its group known; end it after."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._new_task)  # type: ignore[arg-type]
        self._listen = loop.create_server
        loop.create_server = self._new_listener  # type: ignore[method-assign]
        async with self.relay.open(), bot_api(self.clock.now, token=self.token) as self.api:
            self.officers = {name: self.api.world.person(name.capitalize()) for name in OFFICERS}
            self.group = self.api.world.group("Kontaktcenter", list(self.officers.values()))
            await self.group.add_bot(by=self.officers["anna"])
            self.settings = self._settings()
            await self.start()
            try:
                if linked:
                    await self._link()
                yield self
            finally:
                await self.stop()

    async def start(self) -> None:
        """Start the service; it is ready on return."""
        self._stop = asyncio.Event()
        ready: asyncio.Future[Service] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            try:
                async with running(self.settings, self.clock.now) as service:
                    ready.set_result(service)
                    await self._stop.wait()
            except BaseException as error:
                if not ready.done():
                    ready.set_exception(error)
                    return
                raise

        context = contextvars.copy_context()
        context.run(_OF_SERVICE.set, True)
        self._main = asyncio.get_running_loop().create_task(run(), context=context)
        self.service = await ready

    async def stop(self) -> None:
        """End the service in order."""
        main, self._main = self._main, None
        if main is not None:
            self._stop.set()
            await main

    async def again(self) -> None:
        """End the service in order and start it anew."""
        await self.stop()
        await self._begin_on_a_copy()

    async def die(self) -> None:
        """End everything the service is doing where it stands, and start it anew on what is committed by then.

        Nothing is finished: every task of it is cancelled at the await it has come to.
        """
        self.deaths += 1
        main, self._main = self._main, None
        assert main is not None
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=0.2)
        with suppress(BaseException):
            main.result()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        await self._begin_on_a_copy()

    async def _begin_on_a_copy(self) -> None:
        """Start on a copy of the database: a cancelled statement may hold the file, which a process that ends does not.

        Where several processes share a database it is itself what goes on.
        """
        before = DatabaseUrl.parse(self.url)
        if before.is_sqlite:
            self._lives += 1
            after = self.folder / f"life{self._lives}.db"
            await asyncio.to_thread(_copy, before.path, after)
            self.url = f"sqlite:///{after}"
        self.settings = self._settings()
        with warnings.catch_warnings(action="ignore"):
            gc.collect()
        await self.start()

    def _new_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
    ) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **options)
        context = options.get("context")
        if context.get(_OF_SERVICE) if context is not None else _OF_SERVICE.get():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    async def _new_listener(self, *args: Any, **options: Any) -> asyncio.Server:
        made: asyncio.Server = await self._listen(*args, **options)
        if _OF_SERVICE.get():
            self._listeners.append(made)
        return made

    # Time

    def forward(self, **time: float) -> None:
        """Let time pass at once, and have everything that waits look again."""
        self.clock.forward(**time)
        self.service.wake_all()

    async def until(
        self, condition: Condition, *, step: timedelta = timedelta(seconds=1), within: timedelta = timedelta(minutes=5)
    ) -> None:
        """Return when the condition holds; time passes in steps meanwhile.

        Raises:
            NeverHappened: it did not come to hold within the time.
        """
        last = self.clock.instant + within
        while True:
            for _ in range(_LOOKS):
                if await _holds(condition):
                    return
                await asyncio.sleep(_LOOK_SECONDS)
            if self.clock.instant >= last:
                raise NeverHappened(getattr(condition, "__doc__", None) or repr(condition))
            self.clock.instant += step
            self.service.wake_all()

    async def drain(self, *, within: timedelta = timedelta(hours=2)) -> None:
        """Return when nothing is left to be taken in or sent, whatever it is, and all is shown in the groups."""
        await self.until(self._is_drained, step=timedelta(seconds=3), within=within)

    async def _is_drained(self) -> bool:
        """Nothing is left to do."""
        if self.api.updates.waiting:
            return False
        return not await self.left()

    async def left(self) -> dict[str, int]:
        """Return how many events wait to be taken in, and how many posts and mails to leave, by what they are."""
        async with self.reading() as connection:
            unread = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
            kinds = select(outbox.c.kind, func.count()).where(outbox.c.state.in_(["new", "sending"]))
            leaving = (await connection.execute(kinds.group_by(outbox.c.kind))).all()
        return {**({"unread": unread} if unread else {}), **{str(kind): int(count) for kind, count in leaving}}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        """Give a connection that reads."""
        async with self.service.database.reading() as connection:
            yield connection

    async def rows(self, table: Any, *conditions: Any) -> list[dict[str, Any]]:
        """Return the rows of a table for which the conditions hold, in order of its key."""
        key = list(table.primary_key.columns)
        async with self.reading() as connection:
            found = await connection.execute(select(table).where(*conditions).order_by(*key))
            return [dict(row) for row in found.mappings()]

    # People

    def citizen(self, name: str = "Elsa", language: str = "sv") -> TgPerson:
        """Return a new citizen in Telegram."""
        return self.api.world.person(name, language=language)

    async def press(self, who: TgPerson, words: str, chat: TgChat | None = None, thread: int | None = None) -> str:
        """Press the newest button with these words, wherever in the chat (or topic) it stands, and return the answer.

        Raises:
            NeverHappened: there is none, or no answer came.
        """
        found: list[TgMessage] = []

        def there() -> bool:
            """There is a button with these words."""
            found[:] = with_button(chat or who.private, words, thread)
            return bool(found)

        await self.until(there)
        return await self.press_on(who, found[-1], words)

    async def press_on(self, who: TgPerson, message: TgMessage, words: str) -> str:
        """Press a button of this very message, and return the answer."""
        pressing = asyncio.ensure_future(who.press(message, words))
        await self.until(pressing.done)
        answer: str | None = pressing.result()
        if answer is None:
            raise NeverHappened(f"the press on {words!r} was not answered")
        return answer

    async def reads(
        self, who: TgPerson, words: str, chat: TgChat | None = None, thread: int | None = None
    ) -> TgMessage:
        """Return the newest message with these words that stands in the chat, once it does."""
        found: list[TgMessage] = []

        def there() -> bool:
            """There is a message with these words."""
            messages = (chat or who.private).messages
            found[:] = [
                one for one in messages if words in one.text and (thread is None or one.thread == thread) and one.by_bot
            ]
            return bool(found)

        await self.until(there)
        return found[-1]

    async def mail(self, who: str, text: str, *, to: str = CONTACT, subject: str = "Gatlykta", **headers: str) -> bytes:
        """Send a mail from an address through the service's own port, and return it. It is accepted on return."""
        self._mails += 1
        mail = make_mail(
            text, sender=who, to=to, subject=subject, message_id=f"m{self._mails}@{who.rpartition('@')[2]}", **headers
        )
        await self.hand_in(mail, who, to)
        return mail

    async def hand_in(self, mail: bytes | EmailMessage, sender: str, to: str) -> None:
        """Hand a mail to the service, again and again until it is accepted."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        while True:
            try:
                await aiosmtplib.send(
                    raw, sender=sender, recipients=[to], hostname="127.0.0.1", port=self.service.smtp_in.smtp_port,
                    start_tls=False, timeout=10,
                )  # fmt: skip
            except (aiosmtplib.SMTPException, OSError):
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                return

    async def gets_mail(self, address: str, words: str = "") -> tuple[Inbound, str]:
        """Return the newest mail with these words in subject or text that an address got, and where to answer it."""
        found: list[tuple[Inbound, str]] = []

        def there() -> bool:
            """There is a mail with these words."""
            found[:] = [
                (mail, reply_to)
                for to, mail, reply_to in self.relay.mails
                if to == address and (words in mail.subject or words in mail.text)
            ]
            return bool(found)

        await self.until(there)
        return found[-1]

    def number_in(self, who: TgPerson) -> str:
        """Return the number of the case that the person was told of last."""
        told: list[str] = [number for one in who.messages if one.by_bot for number in NUMBER.findall(one.text)]
        assert told, "no number was told"
        return told[-1]

    def topic(self, number: str) -> int | None:
        """Return the topic that shows a case, None while there is none."""
        found = [one.id for one in self.group.topics.values() if number in one.name and not one.deleted]
        return found[-1] if found else None

    # Setting up

    def _settings(self) -> Settings:
        """Return the settings of this life: where it lies, and where it is told what happens."""
        file = write_config(self.folder, self.url, 0, self.relay.port)
        text = file.read_text()
        for old, new in (
            ("telegram_group = 0", f"telegram_group = {self.group.id}"),
            ('trusted_host = ""', 'trusted_host = "mx.kommun.example"'),
            ('admin = ""', 'admin = "admin@kommun.example"'),
            ("per_address = 10", "per_address = 1000"),
        ):
            assert old in text
            text = text.replace(old, new)
        webhook = _WEBHOOK.format(port=free_port(0)) if self._webhook else ""
        file.write_text(text + _MORE.format(api=self.api) + webhook, encoding="utf-8")
        return load(file, environment=False)

    async def _link(self) -> None:
        """Let the officers be known to the bot, as if each had given the code from the own mailbox."""
        for person in self.officers.values():
            await person.start()
        database = self.service.database
        async with database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(chats=WantedChats()), self.clock.now())
            for name, person in self.officers.items():
                ledger.book.link(UserId(person.id), OfficerId(name), ChatId(person.id))
            await ledger.write(connection)


_MORE = """
[[units]]
id = "bygg"
name = "Bygglov"
address = "bygg@kommun.example"

[[officers]]
id = "cia"
name = "Cia Exempel"
email = "cia@kommun.example"
units = ["bygg", "kontaktcenter"]

[telegram]
token = "{api.token}"
api_url = "{api.base_url}"
files_url = "{api.base_file_url}"
"""

_WEBHOOK = """
[telegram.webhook]
url = "http://127.0.0.1:{port}/telegram"
port = {port}
secret = "only-telegram-knows"
"""


def _copy(before: Path, after: Path) -> None:
    with closing(sqlite3.connect(before)) as source, closing(sqlite3.connect(after)) as target:
        source.backup(target)


async def _holds(condition: Condition) -> bool:
    found = condition()
    return found if isinstance(found, bool) else await found
