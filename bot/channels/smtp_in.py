"""Mail coming in over SMTP and LMTP, in our own event loop: a message is kept before it is accepted.

Wraps aiosmtpd (pinned at 1.4.6), whose Controller classes bring a thread or a loop of their own and are not used.
Besides, here stands what it leaves to its user: long lines, idle clients, bounds on sessions and memory, LMTP's
replies, logs without addresses.
"""

import asyncio
import hashlib
import logging
import ssl
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from bot.errors import OurFault
from bot.facts import Channel
from bot.port import Keep, RawInbound

logger = logging.getLogger(__name__)

MIB = 2**20
RECIPIENTS_MAX = 100
"""Recipients of one delivery; what RFC 5321 §4.5.3.1.8 asks every server to take. The rest come again."""

# RFC 5321 §4.5.3.1.4 has 512 octets; SIZE adds 26, SMTPUTF8 10, BODY 17, and rewritten senders (SRS) are long.
_COMMAND_LIMIT = 1024
# The longest that one command may take, DATA with its message included: 35 MiB at 20 KiB/s are 1,792 s.
_COMMAND_SECONDS = 1800.0
_LINGER_SECONDS = 1.0
# Uses of a command before 421: relays send many mails in a session, but nobody needs 100 NOOPs. Unknown commands end
# it at the fifth (aiosmtpd's BOGUS_LIMIT).
_CALLS = {"*": 100, "MAIL": 10_000, "RCPT": 100_000, "DATA": 10_000, "RSET": 10_000}
_AGAIN = "451 4.3.0 not kept, please try again"
_CLOSING = "421 4.3.2 closing down, please come again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpInSettings:
    """How mail is taken in.

    Attributes:
        host, port: where SMTP listens; port 0 takes any free one (with a numeric host, so that it is one).
        lmtp_host, lmtp_port: where LMTP listens, for a relay of our own; None in either is off. Without `require_tls`.
        hostname: what we call ourselves in banner and EHLO.
        max_bytes: largest message in octets, told as SIZE (RFC 1870). 25 MiB of files are 34.2 MiB as base64
            (4/3 for the code x 78/76 for the line ends = 1.37), 0.8 MiB remain for header and text.
        max_in_flight_bytes: of all messages being received at once, per listener; aiosmtpd holds each about three
            times over. Whoever comes on top gets 452 and comes again.
        tls_context: offers STARTTLS if given. require_tls: MAIL is refused before it.
        max_sessions: connections at once, per listener, so that a flood on SMTP leaves LMTP alone.
        idle_seconds: silence of a client after which it is told goodbye.
        keep_seconds: how long keeping a message may take before the client is asked to come again.

    Raises:
        ValueError: TLS is required but cannot be offered, or the hostname is empty.
    """

    host: str
    port: int
    lmtp_host: str | None = None
    lmtp_port: int | None = None
    hostname: str
    max_bytes: int = 35 * MIB
    max_in_flight_bytes: int = 512 * MIB
    tls_context: ssl.SSLContext | None = None
    require_tls: bool = False
    max_sessions: int = 200
    idle_seconds: float = 120.0
    keep_seconds: float = 30.0

    def __post_init__(self) -> None:
        # aiosmtpd would silently require nothing here, and look up a name of its own in the DNS there.
        if self.require_tls and self.tls_context is None:
            raise ValueError("TLS is required but there is no certificate to offer it with")
        if not self.hostname:
            raise ValueError("a mail server needs a host name")


class SmtpIn:
    """The two listeners. `accepts` tells whether we take mail for an address; `keep` stores it durably."""

    def __init__(
        self, settings: SmtpInSettings, *, keep: Keep, accepts: Callable[[str], bool], now: Callable[[], datetime]
    ) -> None:
        """Take what is needed; nothing listens before `start`. `now` gives UTC."""
        self._settings = settings
        handler = _Handler(settings, keep, accepts, now)
        self._smtp = _Listener(_Session, handler, settings, require_tls=settings.require_tls)
        self._lmtp = _Listener(_LmtpSession, handler, settings, require_tls=False)

    async def start(self) -> None:
        """Listen, and return once clients can connect.

        Raises:
            OurFault: an address is taken, not ours or not allowed; then neither listens.
        """
        _quiet_library()
        settings = self._settings
        try:
            await self._smtp.listen(settings.host, settings.port)
            if settings.lmtp_host is not None and settings.lmtp_port is not None:
                await self._lmtp.listen(settings.lmtp_host, settings.lmtp_port)
        except OSError as error:
            await self.close(within_seconds=0)
            raise OurFault(f"cannot listen for mail: {error.strerror}") from error

    @property
    def smtp_port(self) -> int:
        """The port SMTP listens on.

        Raises:
            RuntimeError: it does not listen.
        """
        if (port := self._smtp.port) is None:
            raise RuntimeError("not listening")
        return port

    @property
    def lmtp_port(self) -> int | None:
        """The port LMTP listens on, None if it does not."""
        return self._lmtp.port

    async def close(self, *, within_seconds: float = 10.0) -> None:
        """Stop listening, send idle clients away, let transfers in progress end, then cut what is left.

        Returns when nothing of ours runs any more, a second after `within_seconds` at the latest. A transfer that
        was cut was not accepted, so its sender comes again. Closing twice does no harm.
        """
        running = {*self._smtp.stop(), *self._lmtp.stop()}
        for patience in (within_seconds, _LINGER_SECONDS):
            if running:
                _, running = await asyncio.wait(running, timeout=patience)
            for session in (*self._smtp.sessions, *self._lmtp.sessions):
                session.cut()


class _Listener:
    """One listening socket with its sessions."""

    def __init__(
        self, kind: "type[_Session]", handler: "_Handler", settings: SmtpInSettings, *, require_tls: bool
    ) -> None:
        self._make = partial(kind, handler, self, require_tls=require_tls)
        self._server: asyncio.Server | None = None
        self.settings = settings
        self.sessions: set[_Session] = set()
        self.transfers: set[asyncio.Task[object]] = set()
        self.in_flight = 0
        self.closing = False

    @property
    def port(self) -> int | None:
        listening = self._server.sockets if self._server is not None else ()
        return int(listening[0].getsockname()[1]) if listening else None

    async def listen(self, host: str, port: int) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._welcome, host, port)

    def _welcome(self) -> asyncio.Protocol:
        # Counted here and not when the connection is made: several are accepted in one turn of the loop.
        if self.closing or len(self.sessions) >= self.settings.max_sessions:
            return _Full()
        session = self._make()
        self.sessions.add(session)
        return session

    def stop(self) -> set[asyncio.Future[object]]:
        """Take nobody in any more, send the idle away, and return what is still to be waited for."""
        self.closing = True
        if self._server is not None:
            self._server.close()
        for session in tuple(self.sessions):
            if not session.in_data:
                session.hang_up(_CLOSING)
        return {*(session.gone for session in self.sessions), *self.transfers}


class _Full(asyncio.Protocol):
    """Says that there is no room, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.7.0 too many connections, please come again\r\n")
        transport.close()


class _Session(SMTP):
    """One client's connection: aiosmtpd's protocol with our bounds."""

    # A line may have 998 octets (RFC 5322 §2.1.1), but mailers do send whole HTML pages as one, and aiosmtpd would
    # refuse those after DATA. This is also the StreamReader's limit, which holds up to twice as much per session
    # before it stops reading: 200 sessions x 2 MiB = 400 MiB at worst. A longer line gets a 500.
    line_length_limit = MIB
    command_size_limit = _COMMAND_LIMIT

    def __init__(self, handler: "_Handler", listener: _Listener, *, require_tls: bool) -> None:
        loop = asyncio.get_running_loop()
        settings = listener.settings
        super().__init__(
            handler, data_size_limit=settings.max_bytes, enable_SMTPUTF8=True, decode_data=False,
            hostname=settings.hostname, ident="ESMTP", tls_context=settings.tls_context,
            require_starttls=require_tls, timeout=_COMMAND_SECONDS, command_call_limit=_CALLS,
            auth_exclude_mechanism=("LOGIN", "PLAIN"), loop=loop,
        )  # fmt: skip
        # aiosmtpd shares one table among all sessions and empties it whenever a new one begins.
        self.command_size_limits = defaultdict(lambda: _COMMAND_LIMIT)
        self.gone: asyncio.Future[object] = loop.create_future()
        self.in_data = self.keeping = self._left = False
        self._listener = listener
        self._taken, self._replies = 0, 1
        self._heard = loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the session; comes a second time when STARTTLS has put TLS in between."""
        super().connection_made(transport)
        if self._listener.closing:
            self.hang_up(_CLOSING)
        elif self._timer is None:
            self._watch()

    def connection_lost(self, error: Exception | None) -> None:
        """End the session; comes more than once when it was cut or a TLS handshake failed."""
        super().connection_lost(error)
        if self._timer is not None:
            self._timer.cancel()
        self._listener.sessions.discard(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Pass the octets on, unless they are more than anybody is given room for.

        aiosmtpd forgets a message over its limit line by line, but a line that never ends it gathers for ever.
        """
        self._heard = self.loop.time()
        if self._left:
            return None  # TLS goes on reading until the client has taken leave as well
        if self.in_data:
            self._taken += len(data)
            self._listener.in_flight += len(data)
            if self._taken > 2 * self._listener.settings.max_bytes:
                return self.hang_up("552 5.3.4 message far too big")
            if self._listener.in_flight > self._listener.settings.max_in_flight_bytes:
                return self.hang_up("452 4.3.1 too much at once, please come again")
        return super().data_received(data)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd finds the commands by name
        """Receive a message; only this part of a session is waited for when we close."""
        task = asyncio.current_task()
        assert task is not None
        self._listener.transfers.add(task)
        self.in_data = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self.in_data, self._replies = False, 1
            self._heard = self.loop.time()  # from here on it is the client again who is waited for
            self._listener.transfers.discard(task)
            self._listener.in_flight, self._taken = self._listener.in_flight - self._taken, 0
        if self._listener.closing:
            self.hang_up(_CLOSING)

    def hang_up(self, reply: str) -> None:
        """Say goodbye and close; who does not take leave within a second (TLS waits for it) is cut off."""
        if self._left or not isinstance(self.transport, asyncio.WriteTransport):
            return
        self._left = True
        self._listener.in_flight, self._taken = self._listener.in_flight - self._taken, 0
        if not self.transport.is_closing():  # as after QUIT, or aiosmtpd's own 421
            self.transport.write(reply.encode("ascii") + b"\r\n")
            self.transport.close()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_LINGER_SECONDS, self.cut)

    def cut(self) -> None:
        """End the connection at once, whatever is on its way."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
            self.loop.call_soon(self.connection_lost, None)  # asyncio forgets to, within a TLS handshake

    def _watch(self) -> None:
        # Own timer: aiosmtpd's runs from the last command, so it would cut a long message in the middle.
        left = self._heard + self._listener.settings.idle_seconds - self.loop.time()
        if self.keeping:
            left = self._listener.settings.idle_seconds
        if left <= 0:
            self.hang_up("421 4.4.2 nothing heard, closing")
        else:
            self._timer = self.loop.call_later(left, self._watch)


class _LmtpSession(_Session, LMTP):
    """LMTP: after the message comes one reply for each recipient that was accepted (RFC 2033 §4.2)."""

    async def push(self, status: str | bytes) -> None:
        """Send a reply; those to the end of a message, aiosmtpd's own refusals too, once per recipient."""
        text = status if isinstance(status, str) else status.decode("ascii")
        await super().push("\r\n".join([text] * self._replies))
        if text.startswith("354") and self.envelope is not None:
            self._replies = len(self.envelope.rcpt_tos)


class _Handler:
    """What is said to recipients and messages; aiosmtpd finds the methods by name."""

    def __init__(
        self, settings: SmtpInSettings, keep: Keep, accepts: Callable[[str], bool], now: Callable[[], datetime]
    ) -> None:
        self._keep_seconds = settings.keep_seconds
        self._keep, self._accepts, self._now = keep, accepts, now

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Return the extensions: no AUTH, since nobody logs in here, but PIPELINING (RFC 2920)."""
        session.host_name = hostname
        kept = [line for line in responses if not line.startswith("250-AUTH")]
        return [kept[0], "250-PIPELINING", *kept[1:]]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Return whether the recipient is taken: known to us, and not one too many."""
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return "452 4.5.3 too many recipients"
        recipient = _clean(address)
        if not self._accepts(recipient):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Session, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Return 250 once the message is kept, and 451 for every reason why it is not."""
        raw, recipients = envelope.content, tuple(envelope.rcpt_tos)
        assert isinstance(raw, bytes)
        sender = envelope.mail_from or ""
        server.keeping = True
        try:
            inbound = RawInbound(
                channel=Channel.MAIL, external_id=external_id(raw, recipients), raw=raw, recipients=recipients,
                sender="" if sender == "<>" else _clean(sender), arrived_at=self._now(),
            )  # fmt: skip
            async with asyncio.timeout(self._keep_seconds):
                inbox = await self._keep(inbound)
        except Exception as error:
            logger.warning("mail not kept, its sender will come again: %s", type(error).__name__)
            return _AGAIN
        finally:
            server.keeping = False
        logger.info("mail kept as %s, %d octets", inbox, len(raw))
        return f"250 2.0.0 kept as {inbox}"

    async def handle_exception(self, error: Exception) -> str:
        """Return the reply to whatever went wrong inside a command: nothing is refused for good by accident."""
        logger.warning("mail command failed: %s", type(error).__name__)
        return _AGAIN


def external_id(raw: bytes, recipients: tuple[str, ...]) -> str:
    """Return the key of a delivery: SHA-256 (hex) over its recipients, sorted and lower-cased, and its octets.

    The same delivery twice has the same key. Each recipient goes in with its length, so that no message can be made
    up whose beginning reads as another one's recipients.
    """
    digest = hashlib.sha256()
    for recipient in (*sorted({address.lower() for address in recipients}), ""):
        octets = recipient.encode()
        digest.update(b"%d:%b," % (len(octets), octets))
    digest.update(raw)
    return digest.hexdigest()


def _clean(address: str) -> str:
    """Return the address without what no database takes: octets that are not UTF-8, and NUL."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\ufffd")


def _without_arguments(record: logging.LogRecord) -> bool:
    """Leave aiosmtpd's own words in a log line, without the addresses and the client's text it fills in."""
    words = str(record.msg).replace("%r", "-").replace("%s", "-")
    kind = record.exc_info[0] if record.exc_info else None
    record.msg = f"{words} ({kind.__name__})" if kind else words
    record.args = record.exc_info = record.exc_text = None
    return True


def _quiet_library() -> None:
    for name in ("mail.log", "mail.debug"):
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        library.addFilter(_without_arguments)
