"""The try-out world: a municipality, citizens and mailboxes on this machine alone, with a clock that can be set."""

import asyncio
import fcntl
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from sqlalchemy import func, select

from bot.app import Service, running
from bot.errors import OurFault
from bot.store.schema import inbox, outbox
from config.building import make_key_file
from config.settings import load
from sandbox.clock import SandboxClock
from sandbox.mailboxes import Mailboxes

EXAMPLE = Path(__file__).parent.parent / "config" / "service.toml"
CONTACT = "kontakt@kommun.example"
MARK = "kommunsvar-sandbox"
_SETTLES_WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The running world. `config` is the settings file that the other commands can be given."""

    service: Service
    clock: SandboxClock
    mailboxes: Mailboxes
    config: Path

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
        self.service.intake_wake.set()
        self.service.outbox_wake.set()
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
        config = folder / "service.toml"
        config.write_text(_settings(folder, free_port(port), relay_port, language), encoding="utf-8")
        make_key_file(folder / "key")
        async with running(load(config, environment=False), clock.now) as service:
            yield World(service=service, clock=clock, mailboxes=mailboxes, config=config)
    finally:
        await mailboxes.close()


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


def _settings(folder: Path, port: int, relay_port: int, language: str) -> str:
    """Return the documented example with the world's own ports and paths: what is tried is what is configured."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ('language = "sv"', f'language = "{language}"'),
        ("sqlite:///var/kommunsvar.db", f"sqlite:///{folder.resolve()}/kommunsvar.db"),
        ('key_file = "var/key"', f'key_file = "{folder.resolve()}/key"'),
        ("port = 8025", f"port = {port}"),
        ("port = 25\n", f"port = {relay_port}\n"),
        ('admin = ""', 'admin = "admin@kommun.example"'),
        ("regret_seconds = 60", "regret_seconds = 5"),  # whoever tries it must not wait a minute
    ):
        assert old in text
        text = text.replace(old, new)
    return text
