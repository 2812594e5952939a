"""Sending test contacts by mail from outside: through a server and from an address that are nobody's here.

Not the outbox: what leaves there is the municipality's, and would not come in again as a citizen's mail does.
"""

import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

from bot.store.database import Database
from bot.store.test_book import claim, due_mails, end_sending
from bot.store.test_rows import TestContact
from bot.test_contacts import subject_of

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 5
"""More at once would be seen to be a test; what was missed while nothing ran goes out bit by bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideServer:
    """An outside mail server. `tls`: starttls, implicit or none; without `username` nobody logs in."""

    host: str
    port: int
    tls: str
    from_address: str
    from_name: str = ""
    username: str = ""
    password: str = ""
    ca_file: str | None = None
    timeout_seconds: float = 30.0


class NotTaken(Exception):
    """The server certainly did not take a mail: it may be tried again."""


Deliver = Callable[[EmailMessage], Awaitable[None]]
"""Hands a mail to the outside server. Raises NotTaken if it certainly did not take it, TimeoutError, OSError or
SMTPException if nobody knows."""


async def send_due(
    database: Database, server: OutsideServer, to: str, now: datetime, deliver: Deliver | None = None
) -> tuple[int, int]:
    """Send the mails that are due at a UTC instant, a few at most; return how many were sent and how many were not.

    Each is tried once: what the server perhaps took is not sent again, as the same question twice would be seen
    through. If it did take it, its arrival here says so.
    """
    sent, failed = 0, 0
    async with database.reading() as connection:
        due = await due_mails(connection, now, MOST_AT_ONCE)
    for one in due:
        message_id = draw_message_id(one.sender or server.from_address)
        async with database.writing() as connection:
            taken = await claim(connection, one, message_id, now)
        if taken is None:
            continue
        try:
            await (deliver or server_delivery(server))(mail_of(taken, server, to, now))
        except NotTaken as error:
            logger.warning("test contact %s was not sent: %s", one.id, error)
            failed += 1
            async with database.writing() as connection:
                await end_sending(connection, taken, sent=False)
            continue
        except (SMTPException, OSError, TimeoutError) as error:
            logger.warning("test contact %s may have been sent: %s", one.id, type(error).__name__)
            failed += 1
            continue
        sent += 1
        async with database.writing() as connection:
            await end_sending(connection, taken, sent=True)
    return sent, failed


def draw_message_id(sender: str) -> str:
    """Return a fresh Message-ID of the sender's domain, without its brackets."""
    return f"{secrets.token_hex(12)}@{sender.rpartition('@')[2]}"


def mail_of(one: TestContact, server: OutsideServer, to: str, now: datetime) -> EmailMessage:
    """Return a test contact as a plain mail such as anybody writes: nothing in it tells what it is."""
    mail = EmailMessage()
    local, _, domain = (one.sender or server.from_address).rpartition("@")
    mail["From"] = Address(server.from_name, local, domain)
    mail["To"] = to
    mail["Subject"] = subject_of(one)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{one.message_id}>"
    signed = f"\n\n{server.from_name}" if server.from_name else ""
    # Not every server takes eight bits.
    mail.set_content(f"{one.text.strip()}{signed}\n", cte="quoted-printable")
    return mail


def server_delivery(server: OutsideServer) -> Deliver:
    """Return what hands mails to the server, a connection for each."""

    async def deliver(mail: EmailMessage) -> None:
        client = SMTP(
            hostname=server.host, port=server.port, timeout=server.timeout_seconds,
            use_tls=server.tls == "implicit", start_tls=server.tls == "starttls",
            tls_context=None if server.tls == "none" else ssl.create_default_context(cafile=server.ca_file),
        )  # fmt: skip
        try:
            await client.connect()
            if server.username:
                await client.login(server.username, server.password)
        except (SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise NotTaken(type(error).__name__) from None
        try:
            await client.send_message(mail)
        except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupported) as error:
            # The server has said no in words of its own.
            raise NotTaken(type(error).__name__) from None
        finally:
            client.close()

    return deliver
