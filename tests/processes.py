"""The service as a process of its own, as an administrator starts it, with mailboxes that the test plays."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib

from bot.channels.mail_read import read_mail
from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.facts import InboxId
from bot.port import Inbound, RawInbound

ROOT = Path(__file__).parent.parent


class Relay:
    """Plays the relay: takes every mail and keeps it, by recipient."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Inbound, str]] = []
        self.arrived: Callable[[str, Inbound, str], None] = lambda *_: None
        settings = SmtpInSettings(host="127.0.0.1", port=0, hostname="localhost")
        self._server = SmtpIn(settings, keep=self._keep, accepts=lambda _: True, now=lambda: datetime.now(UTC))

    async def _keep(self, raw: RawInbound) -> InboxId:
        read = read_mail(raw.raw)
        reply_to = re.search(rb"^Reply-To: <?([^>\s]+)", raw.raw, re.MULTILINE)
        for recipient in raw.recipients:
            entry = (recipient, read, reply_to[1].decode() if reply_to else "")
            self.mails.append(entry)
            self.arrived(*entry)
        return InboxId(len(self.mails))

    def to(self, address: str) -> list[Inbound]:
        return [mail for recipient, mail, _ in self.mails if recipient == address]

    @property
    def port(self) -> int:
        return self._server.smtp_port

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Relay"]:
        await self._server.start()
        try:
            yield self
        finally:
            await self._server.close(within_seconds=1)


def write_config(folder: Path, url: str, port: int, relay_port: int) -> Path:
    """Write the documented example with a test's own ports and paths."""
    (folder / "key").write_text("a key that only the tests use")
    text = (ROOT / "config" / "service.toml").read_text()
    for old, new in (
        ("sqlite:///var/kommunsvar.db", url),
        ('key_file = "var/key"', f'key_file = "{folder}/key"'),
        ("port = 8025", f"port = {port}"),
        ("port = 25\n", f"port = {relay_port}\n"),
        ("identical = 3", "identical = 1000"),
        ("regret_seconds = 60", "regret_seconds = 0"),
    ):
        assert old in text
        text = text.replace(old, new)
    config = folder / "service.toml"
    config.write_text(text)
    return config


class Process:
    """`run_bot.py run` in a process of its own."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self.process: asyncio.subprocess.Process | None = None
        self.output: list[str] = []

    async def start(self) -> None:
        """Return once it says that it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "run_bot.py"), "run", "--config", str(self._config),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while True:
                line = (await self.process.stdout.readline()).decode()
                self.output.append(line)
                assert line, "it ended before it was ready:\n" + "".join(self.output)
                if line.startswith("ready:"):
                    break
        self._reader = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.output.append(line.decode())

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        code = await self.process.wait()
        await self._reader
        return code


async def send(mail: bytes, port: int, to: str, sender: str) -> bool:
    """Send one mail; True only if the server took it with 250."""
    try:
        await aiosmtplib.send(
            mail, sender=sender, recipients=[to], hostname="127.0.0.1", port=port, start_tls=False, timeout=10
        )
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True
