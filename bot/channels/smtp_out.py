"""Mail going out through a relay, over a few kept connections: exactly one verdict for every attempt.

The commands are sent one by one, since only then can it be told whether a message whose connection broke was
certainly not accepted (TryLater) or perhaps was (Unsure). Wraps aiosmtplib (pinned at 5.1.3).
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPServerDisconnected

from bot.channels.smtp_reply import AUTH_CODES, log_in, reason_of, verdict
from bot.errors import Refused, TryLater, Unsure
from bot.port import Outbound

T = TypeVar("T")

_CHUNK = 64 * 1024  # asyncio's own mark for "enough is waiting to be sent"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_NEVER = r"\s<>\x00-\x1f\x7f\ud800-\udfff"
_ADDRESS = re.compile(
    rf'(?:[^{_NEVER}"(),:;@\[\\\]]+|"(?:[^"\\\x00-\x1f\x7f\ud800-\udfff]|\\[ -~])*")@[^{_NEVER}"(),;@\\]+'
)
"""One mailbox (RFC 5321 §4.1.2, loosely): nothing in it can end the path or begin another address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOutSettings:
    """How mail leaves.

    Attributes:
        host, port: the relay. hostname: what we call ourselves in EHLO.
        tls: ``implicit`` (usually port 465), ``starttls`` (587) or ``none`` (a relay on our own machine).
            What is set here holds: a relay that does not offer it gets nothing.
        ca_file: PEM file of the only authorities trusted; None trusts the system's. The certificate is
            always verified, its name too.
        username: with `password` or `access_token` (XOAUTH2), None to send without login. Both are asked
            for at each new connection, so that a renewed token is used; they must not block.
        timeout_seconds: for connecting, for each command and for each 64 KiB of a message.
        final_seconds: for the reply to a whole message; RFC 5321 §4.5.3.2.6 says ten minutes, since the relay
            may be scanning, and giving up early leaves a message of which nobody knows whether it went.
        max_connections: at once, kept ones included. idle_seconds: after which a kept one is closed.
        mails_per_connection: after which one is replaced, so that a relay behind a name can change.

    Raises:
        ValueError: not exactly one secret for a username, a login without TLS, or a hostname that is none.
    """

    host: str
    port: int
    hostname: str
    tls: Literal["implicit", "starttls", "none"]
    ca_file: str | None = None
    username: str | None = None
    password: Callable[[], str] | None = None
    access_token: Callable[[], str] | None = None
    timeout_seconds: float = 30.0
    final_seconds: float = 600.0
    max_connections: int = 4
    idle_seconds: float = 60.0
    mails_per_connection: int = 100

    def __post_init__(self) -> None:
        secrets = (self.password is not None) + (self.access_token is not None)
        if secrets != (self.username is not None):
            raise ValueError("a login is a username with either a password or an access token")
        if secrets and self.tls == "none":
            raise ValueError("a login is never sent in the clear")
        if not re.fullmatch("[!-~]+", self.hostname):
            raise ValueError("a host name is needed, in ASCII")


class SmtpOut:
    """The way out for mail (`bot.port.Sender`)."""

    def __init__(
        self, settings: SmtpOutSettings, *, write: Callable[[Outbound], bytes], now: Callable[[], datetime]
    ) -> None:
        """Take what is needed and read the CA file; nothing is connected before the first `send`.

        `write` makes the octets of a mail; `now` gives UTC.

        Raises:
            OSError: the CA file cannot be read or is none.
        """
        self._settings, self._write, self._now = settings, write, now
        self._tls = ssl.create_default_context(cafile=settings.ca_file)
        self._slots = asyncio.Semaphore(settings.max_connections)
        self._idle: list[_Connection] = []
        self._closed = False

    async def send(self, message: Outbound) -> datetime:
        """Hand a message to the relay and return the instant right after its 250 (UTC).

        Raises:
            TryLater: certainly not accepted now; `reason` is the reply's three digits or one of connect,
                timeout, lost, protocol, tls, certificate, tls_not_offered, auth, closed. For the whole
                channel up to MAIL and with 421; what breaks later may be due to this message alone.
            Refused: a 5xx reply, with its enhanced code if it has one, else the three digits; an address that
                cannot be written (5.1.3, 5.1.7), or needs SMTPUTF8 which the relay lacks (5.6.7).
            Unsure: all of it was handed over, but no reply came.
        """
        sender = mailbox(message.return_path, status="5.1.7") if message.return_path else ""
        recipient = mailbox(message.to_addr, status="5.1.3")
        # Attachments of 25 MiB take a second to encode; others must be served meanwhile.
        body = await asyncio.to_thread(self._body, message) if message.attachments else self._body(message)
        async with self._slots:
            connection = await self._begin(sender, recipient, body)
            try:
                await connection.recipient(recipient)
                await connection.data(body)
                accepted_at = self._now()
            finally:
                self._give_back(connection)
        return accepted_at

    async def close(self) -> None:
        """Take leave of the relay on all kept connections, within two seconds; later sends raise TryLater.

        A `send` that is under way goes on; cancel it if it shall not.
        """
        self._closed = True
        idle, self._idle = self._idle, []
        async with asyncio.TaskGroup() as group:
            for connection in idle:
                group.create_task(connection.leave())

    def _body(self, message: Outbound) -> bytes:
        """Return the octets as they travel, without the final dot: CRLF only, dots doubled (RFC 5321 §4.5.2)."""
        lines = _LINE_END.sub(b"\r\n", self._write(message))
        return _LEADING_DOT.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")

    async def _begin(self, sender: str, recipient: str, body: bytes) -> "_Connection":
        """Return a connection on which MAIL was accepted.

        A kept one that the relay has given up meanwhile (no reply, 421, login expired) is no failure.
        """
        kept: _Connection | None = None
        while self._idle and kept is None:
            kept = self._idle.pop().wake()
        if kept is not None:
            try:
                return await self._mail(kept, sender, recipient, body)
            except TryLater as failure:
                if not failure.whole_channel:
                    raise
        if self._closed:
            raise TryLater("closed", whole_channel=True)
        return await self._mail(_Connection(self._settings, self._tls), sender, recipient, body)

    async def _mail(self, connection: "_Connection", sender: str, recipient: str, body: bytes) -> "_Connection":
        try:
            await connection.open()
            await connection.mail(sender, recipient, body)
        except BaseException:
            self._give_back(connection)
            raise
        return connection

    def _give_back(self, connection: "_Connection") -> None:
        if not connection.usable:
            connection.drop()
        elif self._closed or connection.mails >= self._settings.mails_per_connection:
            connection.part()
        else:
            self._idle.append(connection)
            connection.rest(self._expire)

    def _expire(self, connection: "_Connection") -> None:
        self._idle.remove(connection)
        connection.part()


class _Connection:
    """One connection to the relay; `mails` counts the messages accepted on it."""

    def __init__(self, settings: SmtpOutSettings, tls: ssl.SSLContext) -> None:
        self._settings = settings
        # No timeout: see _within. start_tls=None would mean: if the relay happens to offer it.
        self._client = SMTP(
            hostname=settings.host, port=settings.port, local_hostname=settings.hostname, timeout=None,
            use_tls=settings.tls == "implicit", start_tls=False, tls_context=tls,
        )  # fmt: skip
        self._timer: asyncio.TimerHandle | None = None
        self._in_step = False  # False while a reply is outstanding, so also after a cancellation
        self._dirty = False  # True while the relay holds a sender or recipient of ours
        self.mails = 0

    @property
    def usable(self) -> bool:
        return self._in_step and self._client.is_connected

    async def open(self) -> None:
        """Connect, secure and log in, unless that was done before. Raises TryLater for the whole channel."""
        if self._in_step:
            return
        client = self._client
        try:
            await self._within(client.connect())
            await self._within(client.ehlo())
            if self._settings.tls == "starttls":
                if not client.supports_extension("starttls"):
                    raise TryLater("tls_not_offered", whole_channel=True)
                await self._within(client.starttls())
                await self._within(client.ehlo())
            await self._within(self._log_in())
        except (SMTPException, OSError, UnicodeError) as error:  # the last for a host that can be no name
            raise TryLater(reason_of(error), whole_channel=True) from None
        self._in_step = True

    async def _log_in(self) -> None:
        settings = self._settings
        if settings.username is not None:
            await log_in(self._client, settings.username, settings.password, settings.access_token)

    async def mail(self, sender: str, recipient: str, body: bytes) -> None:
        """Begin a message. Raises Refused and TryLater as `SmtpOut.send`."""
        offers = self._client.supports_extension
        if self._dirty and (await self._ask(b"RSET")).code != 250:
            self._in_step = False
            raise TryLater("protocol", whole_channel=True)
        options = [b"SIZE=%d" % len(body)] if offers("size") else []
        if not (sender + recipient).isascii():
            if not offers("smtputf8"):
                raise Refused("5.6.7")
            options.append(b"SMTPUTF8")
        if offers("8bitmime") and not body.isascii():
            options.append(b"BODY=8BITMIME")  # without it they are sent just the same: old relays pass them on
        self._dirty = True
        await self._demand(b"MAIL", b"FROM:<%b>" % sender.encode(), *options)

    async def recipient(self, recipient: str) -> None:
        """Name the recipient. Raises Refused and TryLater."""
        await self._demand(b"RCPT", b"TO:<%b>" % recipient.encode(), whole_channel=False)

    async def data(self, body: bytes) -> None:
        """Send the message and return when the relay has accepted it. Raises Refused, TryLater and Unsure.

        Until the final dot is handed over, the relay cannot have accepted it, so that a failure is TryLater.
        """
        reply = await self._ask(b"DATA", whole_channel=False)
        if reply.code != 354:
            raise verdict(reply)
        self._in_step = False
        protocol = self._client.protocol
        try:
            if protocol is None:
                raise SMTPServerDisconnected("lost")
            whole = len(body) // _CHUNK * _CHUNK
            for start in range(0, whole, _CHUNK):
                protocol.write(body[start : start + _CHUNK])
                # Private, but the only way to wait for room: without it 35 MiB would go into a buffer at once,
                # and no timeout could tell a slow line from a dead one.
                await self._within(protocol._drain_helper())
            protocol.write(body[whole:] + b".\r\n")
        except (SMTPException, OSError) as error:
            raise TryLater(reason_of(error)) from None
        try:
            async with asyncio.timeout(self._settings.final_seconds):
                reply = await protocol.read_response()
        except (SMTPException, OSError):
            raise Unsure from None
        self._in_step = reply.code != 421
        self._dirty = False
        if reply.code // 100 != 2:
            raise verdict(reply) if 400 <= reply.code < 600 else Unsure
        self.mails += 1

    def rest(self, expire: Callable[["_Connection"], None]) -> None:
        """Be kept; `expire` is called with this connection after `idle_seconds`."""
        self._timer = asyncio.get_running_loop().call_later(self._settings.idle_seconds, expire, self)

    def wake(self) -> "_Connection | None":
        """Return itself to be used again, None if the relay has closed it meanwhile."""
        if self._timer is not None:
            self._timer.cancel()
        return self if self.usable else None

    async def leave(self) -> None:
        """Say QUIT, wait for the reply for at most two seconds, and close."""
        self.wake()
        with contextlib.suppress(SMTPException, OSError):
            async with asyncio.timeout(2):
                await self._client.quit()
        self.drop()

    def part(self) -> None:
        """Say QUIT and close without waiting."""
        with contextlib.suppress(SMTPException):
            if self._client.protocol is not None:
                self._client.protocol.write(b"QUIT\r\n")
        self._client.close()

    def drop(self) -> None:
        """End the connection at once; what was not yet sent is not sent any more."""
        self._in_step = False
        transport = self._client.transport
        self._client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def _within(self, step: Awaitable[T]) -> T:
        # Not aiosmtplib's timeout: it uses asyncio.wait_for, which in Python 3.11 loses a cancellation that
        # comes together with the result.
        async with asyncio.timeout(self._settings.timeout_seconds):
            return await step

    async def _ask(self, *words: bytes, whole_channel: bool = True) -> SMTPResponse:
        self._in_step = False
        try:
            reply = await self._within(self._client.execute_command(*words))
        except (SMTPException, OSError) as error:
            raise TryLater(reason_of(error), whole_channel=whole_channel) from None
        self._in_step = reply.code != 421 and reply.code not in AUTH_CODES
        return reply

    async def _demand(self, *words: bytes, whole_channel: bool = True) -> None:
        reply = await self._ask(*words, whole_channel=whole_channel)
        if reply.code // 100 != 2:
            raise verdict(reply)


def mailbox(address: str, *, status: str) -> str:
    """Return the address as it stands in an SMTP path, with its domain in ASCII (IDNA) where that is safe.

    Safe means that the ASCII form reads back as the same domain: IDNA 2003, which Python has, makes
    ``strasse`` of ``straße``, and those two may belong to different people.

    Raises:
        Refused: with `status`; it is not exactly one address.
    """
    if not _ADDRESS.fullmatch(address):
        raise Refused(status)
    local, _, domain = address.rpartition("@")
    with contextlib.suppress(UnicodeError):
        plain = domain.encode("idna")
        if not domain.isascii() and plain.decode("idna") == domain.lower():
            return f"{local}@{plain.decode('ascii')}"
    return address
