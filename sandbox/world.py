"""The try-out world: a municipality, citizens and mailboxes on this machine alone, with a clock that can be set."""

import asyncio
import fcntl
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from sqlalchemy import func, select

from bot.app import Service, running
from bot.chat import ChatId, UserId
from bot.errors import OurFault
from bot.facts import OfficerId
from bot.store.chat_rows import WantedChats
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import inbox, outbox
from config.building import make_key_file
from config.settings import load
from sandbox.bot_api import BotApi, TgGroup, TgPerson, bot_api
from sandbox.clock import SandboxClock
from sandbox.mailboxes import Mailboxes

EXAMPLE = Path(__file__).parent.parent / "config" / "service.toml"
CONTACT = "kontakt@kommun.example"
MARK = "kommunsvar-sandbox"
OFFICERS = {"anna": "Anna Exempel", "bo": "Bo Exempel", "nina": "Nina Ny"}
NEW_OFFICER = OfficerId("nina")
"""Begins today: is not linked yet."""
CITIZENS = {"Elsa Exempel": "sv", "Omar Exempel": "sv", "Matti Esimerkki": "fi", "Kim Example": "en"}
_SETTLES_WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The running world.

    Attributes:
        config: the settings file that the other commands can be given.
        api: Telegram as it is here. group: the staff's group in it.
        citizens, officers: its people, by a short name, and by the officer's id. Who is new has no link yet.
    """

    service: Service
    clock: SandboxClock
    mailboxes: Mailboxes
    config: Path
    api: BotApi
    group: TgGroup
    citizens: Mapping[str, TgPerson]
    officers: Mapping[OfficerId, TgPerson]

    async def send(self, message: EmailMessage, to: str = CONTACT) -> None:
        """Send a mail to the municipality through its SMTP port, as any mail program would."""
        await aiosmtplib.send(
            message,
            sender=str(message["From"]).rpartition("<")[2].rstrip(">"),
            recipients=[to],
            hostname="127.0.0.1",
            port=self.service.smtp_in.smtp_port,
            start_tls=False,
            timeout=10,
        )

    async def jump_to(self, instant: datetime) -> None:
        """Set the clock once all that is under way has happened, and let everything that waits look again.

        What was being delivered would otherwise count as delivered at the later time.
        """
        async with asyncio.timeout(_SETTLES_WITHIN):
            while await self._is_busy():  # noqa: ASYNC110 -- it is the database that tells
                await asyncio.sleep(0.01)
        self.clock.jump_to(instant)
        self.service.wake_all()
        await asyncio.sleep(0)

    async def _is_busy(self) -> bool:
        """Tell whether a mail waits to be read or to leave now, or is leaving."""
        leaving = (outbox.c.state == "sending") | ((outbox.c.state == "new") & (outbox.c.due_at <= self.clock.now()))
        async with self.service.database.reading() as connection:
            for table, condition in ((inbox, inbox.c.state == "pending"), (outbox, leaving)):
                found = await connection.execute(select(func.count()).select_from(table).where(condition))
                if found.scalar():
                    return True
        return False


@asynccontextmanager
async def open_world(folder: Path, port: int, start: datetime, language: str) -> AsyncIterator[World]:
    """Give a fresh world in a folder of its own; what an earlier one left there is removed first.

    Raises:
        OurFault: the folder holds something else than a try-out world, or one is running there already.
    """
    _clear(folder)
    clock = SandboxClock(start)
    mailboxes = Mailboxes(folder / "mailboxes", clock.now)
    relay_port = await mailboxes.start()
    try:
        async with bot_api(clock.now, bot_username="exempel_kommun_bot") as api:
            officers = {OfficerId(id_): api.world.person(name) for id_, name in OFFICERS.items()}
            citizens = {
                name.split()[0].lower(): api.world.person(name, language=lang) for name, lang in CITIZENS.items()
            }
            group = api.world.group("Kontaktcenter", list(officers.values()))
            await group.add_bot(by=officers[OfficerId("anna")])
            config = folder / "service.toml"
            text = _settings(folder, free_port(port), relay_port, language, group.id) + _telegram(api, group)
            config.write_text(text, encoding="utf-8")
            make_key_file(folder / "key")
            async with running(load(config, environment=False), clock.now) as service:
                await _link(service.database, officers, clock.now())
                yield World(
                    service=service, clock=clock, mailboxes=mailboxes, config=config, api=api, group=group,
                    citizens=citizens, officers=officers,
                )  # fmt: skip
    finally:
        await mailboxes.close()


async def _link(database: Database, officers: Mapping[OfficerId, TgPerson], now: datetime) -> None:
    """Let the officers who are not new be known to the bot, as if each had given the code from the own mailbox."""
    async with database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(chats=WantedChats()), now)
        for officer, person in officers.items():
            if officer != NEW_OFFICER:
                ledger.book.link(UserId(person.id), officer, ChatId(person.id))
        await ledger.write(connection)
    for officer, person in officers.items():
        if officer != NEW_OFFICER:
            await person.start()


def free_port(wanted: int) -> int:
    """Return the port if nobody listens on it on loopback, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clear(folder: Path) -> None:
    if folder.exists():
        if not (folder / MARK).exists():
            raise OurFault(f"{folder.name} is no try-out world; nothing there was touched")
        _require_idle(folder / "kommunsvar.db.lock")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def _require_idle(lock: Path) -> None:
    if not lock.exists():
        return
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OurFault(f"a try-out world already runs in {lock.parent.name}; stop it first") from error


def _telegram(api: BotApi, group: TgGroup) -> str:
    """Return what the world adds to the example: Telegram, a second unit and a new officer."""
    return f"""
[telegram]
token = "{api.token}"
api_url = "{api.base_url}"
files_url = "{api.base_file_url}"
places = [{{ code = "reception", name = "Receptionen" }}]

[[units]]
id = "omsorg"
name = "Omsorgen"
address = "omsorg@kommun.example"
phone = "0123-45 67 10"
telegram_group = {group.id}

[[officers]]
id = "nina"
name = "Nina Ny"
email = "nina@kommun.example"
units = ["kontaktcenter", "omsorg"]
"""


def _settings(folder: Path, port: int, relay_port: int, language: str, group: int) -> str:
    """Return the documented example with the world's own ports and paths: what is tried is what is configured."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ('language = "sv"', f'language = "{language}"'),
        ("sqlite:///var/kommunsvar.db", f"sqlite:///{folder.resolve()}/kommunsvar.db"),
        ('key_file = "var/key"', f'key_file = "{folder.resolve()}/key"'),
        ("port = 8025", f"port = {port}"),
        ("port = 25\n", f"port = {relay_port}\n"),
        ("telegram_group = 0", f"telegram_group = {group}"),
        ("copies = 2", "copies = 3"),  # everybody who plays sees everything
        ('admin = ""', 'admin = "admin@kommun.example"'),
        ("regret_seconds = 60", "regret_seconds = 5"),  # whoever tries it must not wait a minute
    ):
        assert old in text
        text = text.replace(old, new)
    return text
