"""The built-in mailboxes: play the municipality's relay, so that every mail sent out lands here instead of outside.

Each address gets a Maildir that any mail reader can open.
"""

import asyncio
import mailbox
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from pathlib import Path

from bot.channels.mail_read import read_mail
from bot.channels.smtp_in import SmtpIn, SmtpInSettings
from bot.facts import InboxId
from bot.port import Inbound, RawInbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A mail that reached a mailbox: the envelope's recipient and return path, the bytes, and how they read."""

    to: str
    return_path: str
    raw: bytes
    mail: Inbound
    message: Message


class Mailboxes:
    """All mailboxes of the try-out world, behind one SMTP port on loopback."""

    def __init__(self, folder: Path, now: Callable[[], datetime], port: int = 0) -> None:
        """Keep mail below `folder`; `port` 0 takes a free one."""
        self._folder = folder
        self._arrived = asyncio.Condition()
        self.delivered: list[Delivered] = []
        self.seen: Callable[[Delivered], None] = lambda _: None
        settings = SmtpInSettings(host="127.0.0.1", port=port, hostname="localhost")
        self._server = SmtpIn(settings, keep=self._keep, accepts=lambda _: True, now=now)

    async def start(self) -> int:
        """Take mail from now on and return the port."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._server.start()
        return self._server.smtp_port

    async def close(self) -> None:
        """Take no more mail."""
        await self._server.close(within_seconds=1)

    async def wait_for(self, to: str, subject: str = "", after: int = 0) -> Delivered:
        """Return the first mail to this address whose subject holds these words, of those after the first `after`.

        Raises:
            TimeoutError: none came within twenty seconds.
        """
        async with asyncio.timeout(20), self._arrived:
            while True:
                for mail in self.delivered[after:]:
                    if mail.to == to and subject in mail.mail.subject:
                        return mail
                await self._arrived.wait()

    async def _keep(self, raw: RawInbound) -> InboxId:
        read = read_mail(raw.raw)
        message = mailbox.MaildirMessage(raw.raw)
        for recipient in raw.recipients:
            path = raw.sender or ""
            mail = Delivered(to=recipient.lower(), return_path=path, raw=raw.raw, mail=read, message=message)
            mailbox.Maildir(self._folder / recipient.lower().replace("/", "_"), create=True).add(raw.raw)
            self.delivered.append(mail)
            self.seen(mail)
        async with self._arrived:
            self._arrived.notify_all()
        return InboxId(len(self.delivered))
