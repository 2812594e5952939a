"""What a relay's replies mean for us, and logging in to it. Their text stays here: it may name people."""

import asyncio
import re
import ssl
from collections.abc import Callable

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPResponse, SMTPServerDisconnected
from aiosmtplib.errors import SMTPResponseException

from bot.errors import KommunsvarError, Refused, TryLater

AUTH_CODES = frozenset({530, 534, 535, 538})  # RFC 4954 §6: log in first, or in another way
_ENHANCED = re.compile(r"(?:^|[\s(#])(5\.\d{1,3}\.\d{1,3})(?=$|[\s):;,])")  # RFC 3463 §2; not part of an IP
_CLOSED = frozenset({"5.7.30", "5.7.57", "5.7.139"})
"""Exchange Online: sending with a login is closed for the tenant, the mailbox, or this way of logging in."""
_NOT_OURS = frozenset({"5.2.252", "5.7.60"})
"""Exchange Online: the account may not send as this address."""

AUTH_CLOSED = "smtp_auth_closed"
SENDER_REFUSED = "sender_refused"


async def log_in(
    client: SMTP, username: str, password: Callable[[], str] | None, access_token: Callable[[], str] | None
) -> None:
    """Log in by the one way that is configured and offered.

    One attempt by one method: aiosmtplib's login() goes on with the next one after a refusal, and a wrong password
    tried three times over locks the account so much sooner. A token may take its time to be fetched, so that is done
    in a thread.

    Raises:
        TryLater: of the whole channel, with ``auth``, ``smtp_auth_closed``, a token's own reason, or a 4xx code.
    """
    methods = client.server_auth_methods
    try:
        if access_token is not None and "xoauth2" in methods:
            await client.auth_xoauth2(username, await asyncio.to_thread(_secret, access_token))
        elif password is not None and "plain" in methods:
            await client.auth_plain(username, await asyncio.to_thread(_secret, password))
        elif password is not None and "login" in methods:
            await client.auth_login(username, await asyncio.to_thread(_secret, password))
        else:
            raise TryLater("auth", whole_channel=True)
    except SMTPAuthenticationError as refusal:
        reason = str(refusal.code) if refusal.code // 100 == 4 else _refused(refusal.message)
        forget = getattr(access_token, "forget", None)
        if forget is not None:
            forget()
        raise TryLater(reason, whole_channel=True) from None


def _refused(said: str) -> str:
    enhanced = _ENHANCED.search(said)
    return AUTH_CLOSED if enhanced and enhanced[1] in _CLOSED else "auth"


def _secret(read: Callable[[], str]) -> str:
    try:
        return read()
    except TryLater as error:
        raise TryLater(error.reason, after=error.after, whole_channel=True) from None
    except KommunsvarError:
        raise
    except Exception:
        # Not chained: what a token service answers may hold what nobody shall read.
        raise TryLater("auth", whole_channel=True) from None


def verdict(reply: SMTPResponse) -> Refused | TryLater:
    """Return what a reply other than the wanted one means.

    What says that nothing of ours may be sent here (Exchange Online's codes) is a fault of the set-up, not of the
    mail: it waits until somebody has mended that.
    """
    enhanced = _ENHANCED.search(reply.message)
    status = enhanced[1] if enhanced else str(reply.code)
    if reply.code in AUTH_CODES:
        return TryLater(_refused(reply.message), whole_channel=True)
    if 400 <= reply.code < 500:
        return TryLater(str(reply.code), whole_channel=reply.code == 421)
    if status in _CLOSED:
        return TryLater(AUTH_CLOSED, whole_channel=True)
    if status in _NOT_OURS:
        return TryLater(SENDER_REFUSED, whole_channel=True)
    if 500 <= reply.code < 600:
        return Refused(status)
    return TryLater("protocol")


def reason_of(error: Exception) -> str:
    """Return the code of what broke a connection, seen from the error or from what caused it."""
    if isinstance(error, SMTPResponseException):
        return str(error.code) if error.code > 0 else "protocol"
    for kind, reason in (
        (TimeoutError, "timeout"), (ssl.SSLCertVerificationError, "certificate"), (ssl.SSLError, "tls"),
        (SMTPServerDisconnected, "lost"), (ConnectionResetError, "lost"),
    ):  # fmt: skip
        if isinstance(error, kind) or isinstance(error.__cause__, kind):
            return reason
    return "connect"
