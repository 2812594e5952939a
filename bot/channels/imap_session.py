"""One session with an IMAP server, blocking, for a thread of its own: connecting, logging in, waiting for news.

Wraps IMAPClient (pinned at 4.1.0). Its own IDLE is not used: it fails on news that come before the continuation,
polls the socket while news already lie in the buffer, and takes the end of the connection for silence.
"""

import imaplib
import logging
import select as select_module
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from bot.errors import OurFault, TryLater
from bot.mailbox import MailboxSettings, Trouble

# It writes names, passwords and texts at DEBUG.
logging.getLogger("imapclient").setLevel(logging.WARNING)

# Response codes that mean "not now" (RFC 5530).
_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")


class Line:
    """The socket under a session, which another thread may cut at any time.

    It holds a duplicate of the descriptor: however the session wraps or closes its own, cutting reaches the same
    connection and never one that was given the same number meanwhile.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._is_cut = False

    def take(self, sock: socket.socket) -> None:
        """Hold this socket from here on.

        Raises:
            ConnectionAbortedError: the line was cut before.
        """
        self.release()
        with self._lock:
            if self._is_cut:
                raise ConnectionAbortedError
            self._handle = sock.dup()

    def cut(self) -> None:
        """End the connection at once; whoever waits on it in the other thread gets an error. Safe to call twice."""
        with self._lock:
            self._is_cut = True
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)
        self.release()

    def release(self) -> None:
        """Let go of the socket, which stays as it is."""
        with self._lock:
            handle, self._handle = self._handle, None
            if handle is not None:
                handle.close()


class _Wire(imaplib.IMAP4):
    """The connection itself, with a line that can be cut during connecting and the TLS handshake too."""

    def __init__(self, settings: MailboxSettings, line: Line, context: ssl.SSLContext | None) -> None:
        self._line, self._context = line, context
        super().__init__(settings.host, settings.port, settings.timeout_seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        failure: OSError = ConnectionRefusedError()
        for family, kind, protocol, _, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(timeout)
                # Firewalls forget a connection that idles.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                # IMAPClient sends a command and its line end apart; Nagle's algorithm would hold the latter back.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._line.take(sock)
                sock.connect(address)
                return sock if self._context is None else self._context.wrap_socket(sock, server_hostname=self.host)
            except OSError as error:
                self._line.release()
                sock.close()
                if isinstance(error, ssl.SSLError):
                    raise
                failure = error
        raise failure

    def shutdown(self) -> None:
        """Close the connection, the line's hold on it too."""
        self._line.release()
        super().shutdown()


class _Client(IMAPClient):  # type: ignore[misc, unused-ignore]  # it has no types
    """IMAPClient over our own connection."""

    def __init__(self, settings: MailboxSettings, line: Line, context: ssl.SSLContext) -> None:
        implicit = settings.tls == "implicit"
        self._make: Callable[[], _Wire] = lambda: _Wire(settings, line, context if implicit else None)
        super().__init__(
            settings.host, settings.port, ssl=implicit, ssl_context=context, timeout=settings.timeout_seconds
        )
        self._imap.debug = 0  # it would format every line for a log that nobody writes
        self.normalise_times = False

    def _create_IMAP4(self) -> _Wire:  # noqa: N802 -- the library's hook
        return self._make()


def open_session(settings: MailboxSettings, line: Line | None = None) -> IMAPClient:
    """Return a session that is logged in, over TLS with certificate and host name checked. Blocks.

    No folder is selected. INTERNALDATE comes as an aware datetime. The caller ends it by `close_session`.

    Raises:
        TryLater: unreachable, timeout, closed, busy, or a token that cannot be had now; `reason` is a `Trouble`.
        OurFault: tls, auth_refused or auth_unsupported; ``str(error)`` is the `Trouble`.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError:  # no such file, or no certificate in it
        raise OurFault(Trouble.TLS) from None
    with in_our_words():
        client = _Client(settings, line or Line(), context)
    try:
        with in_our_words():
            if settings.tls == "starttls":
                _start_tls(client, context)
            _log_in(client, settings)
    except BaseException:
        _drop(client)
        raise
    return client


def close_session(client: IMAPClient, *, politely: bool = True) -> None:
    """End a session and its connection; never raises. `politely` says LOGOUT before, where the server still hears."""
    if politely:
        with suppress(IMAPClientError, OSError, ValueError):
            client.logout()
    _drop(client)


def _drop(client: IMAPClient) -> None:
    with suppress(OSError, IMAPClientError, ValueError):
        client.shutdown()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise what the library raises as TryLater or OurFault with a code: its own words may quote the server's."""
    try:
        yield
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise TryLater(Trouble.CLOSED) from None
    except ssl.SSLError:
        raise OurFault(Trouble.TLS) from None
    except TimeoutError:
        raise TryLater(Trouble.TIMEOUT) from None
    except OSError:
        raise TryLater(Trouble.UNREACHABLE) from None
    except IMAPClientAbortError:
        raise TryLater(Trouble.CLOSED) from None
    except (IMAPClientError, ValueError, UnicodeError):
        raise TryLater(Trouble.REFUSED) from None


def _start_tls(client: IMAPClient, context: ssl.SSLContext) -> None:
    """Put TLS in between, or stop: never go on in the clear (the offer may have been removed on the way)."""
    try:
        client.starttls(context)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        raise OurFault(Trouble.TLS) from None


def _log_in(client: IMAPClient, settings: MailboxSettings) -> None:
    # As told before logging in; asking IMAPClient would make it remember these for the time after.
    offered = {str(name).upper() for name in client._imap.capabilities}
    try:
        if settings.access_token is not None:
            _log_in_by_token(client, settings.username, _secret(settings.access_token), offered)
        elif settings.password is not None:
            _log_in_by_password(client, settings.username, _secret(settings.password), offered)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise TryLater(Trouble.CLOSED) from None
        if any(code in str(error) for code in _NOT_NOW):
            raise TryLater(Trouble.BUSY) from None
        if settings.access_token is not None and settings.forget_token is not None:
            settings.forget_token()
        raise OurFault(Trouble.AUTH_REFUSED) from None


def _secret(give: Callable[[], str]) -> str:
    try:
        return give()
    except (OSError, UnicodeDecodeError):  # its file cannot be read; no fault of the network
        raise OurFault(Trouble.AUTH_REFUSED) from None


def _log_in_by_token(client: IMAPClient, username: str, token: str, offered: set[str]) -> None:
    if "AUTH=XOAUTH2" not in offered:
        raise OurFault(Trouble.AUTH_UNSUPPORTED)
    _authenticate(client, "XOAUTH2", xoauth2(username, token))


def _log_in_by_password(client: IMAPClient, username: str, password: str, offered: set[str]) -> None:
    """Log in by PLAIN (RFC 4616), which takes any letters, else by LOGIN, which takes ASCII."""
    if "AUTH=PLAIN" in offered:
        _authenticate(client, "PLAIN", f"\0{username}\0{password}".encode())
    elif "LOGINDISABLED" in offered or not (username + password).isascii():
        raise OurFault(Trouble.AUTH_UNSUPPORTED)
    else:
        client.login(username, password)


def xoauth2(username: str, token: str) -> bytes:
    """Return the first response of SASL XOAUTH2, before base64, as Google and Microsoft document it."""
    return f"user={username}\1auth=Bearer {token}\1\1".encode()


def _authenticate(client: IMAPClient, mechanism: str, response: bytes) -> None:
    """Log in by a mechanism whose only response is known; a second challenge tells of refusal and gets an empty line.

    With XOAUTH2 that challenge is the error, in JSON; the tagged NO comes only after it has been answered.
    """
    responses = iter((response,))
    client.sasl_login(mechanism, lambda _challenge: next(responses, b""))


def await_news(client: IMAPClient, seconds: float) -> bool:
    """Wait with IDLE (RFC 2177) until the selected folder grows; True as soon as it did, False after `seconds`.

    Growth that the server told since `forget_news` counts too, so that nothing falls between looking and waiting.

    Raises:
        TryLater: closed (BYE as well), timeout, refused.
    """
    with in_our_words():
        wire: imaplib.IMAP4 = client._imap
        if _told(wire):
            return True
        tag = bytes(wire._new_tag())  # imaplib's own numbering of commands
        wire.send(tag + b" IDLE\r\n")
        heard = _wait(wire, tag, time.monotonic() + seconds)
        wire.send(b"DONE\r\n")
        while True:
            line = _read_line(wire)
            if line.startswith(tag + b" "):
                if line[len(tag) + 1 :].upper().startswith(b"OK"):
                    return heard
                raise IMAPClientError
            heard = heard or _is_growth(line)


def forget_news(client: IMAPClient) -> None:
    """Take what the server has told of the selected folder so far as seen; called right after selecting it."""
    _told(client._imap)


def _told(wire: imaplib.IMAP4) -> bool:
    told = [wire.untagged_responses.pop(name, None) for name in ("EXISTS", "RECENT")]
    return told[0] is not None


def _wait(wire: imaplib.IMAP4, tag: bytes, until: float) -> bool:
    """Read lines until one tells of growth (True) or the time is up (False). The first wait is for the go-ahead."""
    ahead = heard = False
    while not (ahead and heard):
        if ahead and not _is_readable(wire, until - time.monotonic()):
            return False
        line = _read_line(wire)
        if line.startswith(tag + b" "):
            raise IMAPClientError
        ahead = ahead or line.startswith(b"+")
        heard = heard or _is_growth(line)
    return True


def _is_growth(line: bytes) -> bool:
    words = line.split()
    return len(words) >= 3 and words[0] == b"*" and words[1].isdigit() and words[2].upper() == b"EXISTS"


def _read_line(wire: imaplib.IMAP4) -> bytes:
    line = bytes(wire.readline())
    if not line.endswith(b"\n") or line.upper().startswith(b"* BYE"):
        raise IMAPClientAbortError
    return line


def _is_readable(wire: imaplib.IMAP4, seconds: float) -> bool:
    """Tell whether a line can be read, waiting for at most `seconds`; the end of the connection can be, too."""
    sock: socket.socket = wire.sock
    patience = sock.gettimeout()
    poller = select_module.poll()
    poller.register(sock, select_module.POLLIN)
    until = time.monotonic() + seconds
    ended = False
    while not ended:
        sock.setblocking(False)
        try:
            if wire.file.peek(1):  # type: ignore[union-attr]  # a BufferedReader
                return True
            # Nothing read where something was to be read is the end; TLS would have raised if it only had to wait.
            ended = isinstance(sock, ssl.SSLSocket) or bool(poller.poll(0))
        except ssl.SSLWantReadError:
            pass  # what came was not a line, but TLS keeping itself
        finally:
            sock.settimeout(patience)
        left = until - time.monotonic()
        if not ended and (left <= 0 or not poller.poll(left * 1000)):
            return False
    return True
