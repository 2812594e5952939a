"""Access tokens for mailboxes and relays that take no passwords: Microsoft 365 and Google (RFC 6749).

Microsoft's come through its own library, msal, imported when the first one is asked for since that takes a while.
"""

import json
import logging
import os
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.errors import TryLater
from bot.mailbox import Trouble

logger = logging.getLogger(__name__)

REFRESH_BEFORE_SECONDS = 300.0
"""A token is used until so long before it expires."""

_ANSWER_OCTETS_MAX = 2**16
# Error codes by which a server says that it cannot at present (RFC 6749 §4.1.2.1).
_NOT_NOW = frozenset({"temporarily_unavailable", "server_error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OauthSettings:
    """How tokens are got.

    Attributes:
        tenant: Microsoft 365: the directory, as a domain or GUID.
        client_secret: called whenever a token is fetched; the application's own secret, None if it has none.
        refresh_token_file: a person's consent: a refresh token, as text. None (Microsoft only): the application acts
            for itself (client credentials). Where the server gives a new one it replaces the old in the file.
        scopes: what is asked for; empty takes what reading and sending mail needs.
        authority, token_url: where Microsoft and Google are asked; other addresses are for tests.
        ca_file: the authority to trust there instead of the machine's own; for tests.
        timeout_seconds: for each request.

    Raises:
        ValueError: what the way needs is missing.
    """

    provider: Literal["microsoft365", "google"]
    tenant: str = ""
    client_id: str
    client_secret: Callable[[], str] | None = field(default=None, repr=False)
    refresh_token_file: Path | None = None
    scopes: tuple[str, ...] = ()
    authority: str = "https://login.microsoftonline.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address
    ca_file: str | None = None
    timeout_seconds: float = 20.0

    def __post_init__(self) -> None:
        if self.provider == "microsoft365" and not self.tenant:
            raise ValueError("Microsoft 365 needs a tenant")
        if self.refresh_token_file is None and (self.provider == "google" or self.client_secret is None):
            raise ValueError("a refresh token is needed, or for Microsoft 365 an application's secret")
        if not all(address.startswith("https://") for address in (self.authority, self.token_url)):
            raise ValueError("tokens are asked for over TLS only")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    good_until: float


class TokenSource:
    """Gives access tokens, one after the other as they expire; callable from any thread."""

    def __init__(self, settings: OauthSettings, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare; nothing is fetched yet. `clock` gives seconds."""
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def __call__(self) -> str:
        """Return a token that is good for some minutes; may block for the time of its fetching.

        Raises:
            TryLater: oauth_refused (secret, consent or tenant are not accepted, or cannot be read), or
                oauth_unreachable.
        """
        with self._lock:
            if self._token is None or self._clock() >= self._token.good_until:
                self._token = self._fetch()
            return self._token.text

    def forget(self) -> None:
        """Fetch a new token the next time: a server has refused this one."""
        with self._lock:
            self._token = None

    def _fetch(self) -> _Token:
        asked_at = self._clock()
        answer = (
            _from_microsoft(self._settings)
            if self._settings.provider == "microsoft365"
            else _from_google(self._settings)
        )
        text, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(text, str) or not text:
            raise _refusal(answer)
        seconds = float(seconds) if isinstance(seconds, int | float | str) and str(seconds).isdigit() else 0.0
        self._keep_refresh_token(answer)
        # A token that lives for less is used for half its life.
        return _Token(text, asked_at + max(seconds - REFRESH_BEFORE_SECONDS, seconds / 2))

    def _keep_refresh_token(self, answer: Mapping[str, Any]) -> None:
        """Replace the refresh token in its file where a new one came: the old one may die with it."""
        file, new = self._settings.refresh_token_file, answer.get("refresh_token")
        if file is None or not isinstance(new, str) or not new:
            return
        try:
            if new == _read(file):
                return
            beside = file.with_name(file.name + ".new")
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
                handle.write(new)
                handle.flush()
                os.fsync(handle.fileno())
            beside.replace(file)
        except OSError as error:
            logger.warning("a new refresh token could not be written: %s", type(error).__name__)


def token_source(settings: OauthSettings) -> TokenSource:
    """Return what gives access tokens to `bot.mailbox.MailboxSettings.access_token` and to the relay."""
    return TokenSource(settings)


def _refusal(answer: Mapping[str, Any]) -> TryLater:
    """Return the error for an answer without a token, and log its code: the description may name people."""
    code = str(answer.get("error", ""))
    plain = code if code.isascii() and code.replace("_", "").isalnum() and len(code) <= 40 else "unknown"
    logger.warning("no access token: %s", plain)
    return TryLater(Trouble.OAUTH_UNREACHABLE if code in _NOT_NOW else Trouble.OAUTH_REFUSED)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()


def _secrets(settings: OauthSettings) -> tuple[str | None, str | None]:
    """Return the application's secret and the refresh token, each None where there is none."""
    try:
        secret = None if settings.client_secret is None else settings.client_secret()
        refresh = None if settings.refresh_token_file is None else _read(settings.refresh_token_file)
    except (OSError, UnicodeDecodeError):
        logger.warning("no access token: a secret cannot be read")
        raise TryLater(Trouble.OAUTH_REFUSED) from None
    return secret or None, refresh


def _from_microsoft(settings: OauthSettings) -> Mapping[str, Any]:
    """Return what Microsoft's token endpoint answers, as a dict with ``access_token`` or ``error``."""
    import msal
    import requests

    for name in ("msal", "urllib3"):  # they tell addresses, and in part what was sent
        logging.getLogger(name).setLevel(logging.ERROR)
    secret, refresh = _secrets(settings)
    common: dict[str, Any] = {
        "authority": f"{settings.authority}/{urllib.parse.quote(settings.tenant, safe='')}",
        # Else msal asks Microsoft whether the address is one of its own; which one it is, is ours to say.
        "instance_discovery": False,
        "verify": settings.ca_file or True,
        "timeout": settings.timeout_seconds,
    }
    try:
        if secret is not None:
            application: Any = msal.ConfidentialClientApplication(
                settings.client_id, client_credential=secret, **common
            )
        else:
            application = msal.PublicClientApplication(settings.client_id, **common)
        if refresh is None:
            scopes = settings.scopes or ("https://outlook.office365.com/.default",)
            answer = application.acquire_token_for_client(list(scopes))
        else:
            scopes = settings.scopes or (
                "https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send",
            )  # fmt: skip
            answer = application.acquire_token_by_refresh_token(refresh, list(scopes))
    except (requests.RequestException, msal.exceptions.MsalServiceError, OSError):
        raise TryLater(Trouble.OAUTH_UNREACHABLE) from None
    except (ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        # No such tenant, or an answer that msal did not expect.
        raise TryLater(Trouble.OAUTH_REFUSED) from None
    return answer if isinstance(answer, dict) else {}


def _from_google(settings: OauthSettings) -> Mapping[str, Any]:
    """Return what Google's token endpoint answers (RFC 6749 §6), as a dict with ``access_token`` or ``error``."""
    secret, refresh = _secrets(settings)
    form = {"grant_type": "refresh_token", "client_id": settings.client_id, "refresh_token": refresh or ""}
    if secret is not None:
        form["client_secret"] = secret
    request = urllib.request.Request(settings.token_url, urllib.parse.urlencode(form).encode())  # noqa: S310 -- https only
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        with urllib.request.urlopen(request, timeout=settings.timeout_seconds, context=context) as answer:  # noqa: S310
            return _parse(answer.read(_ANSWER_OCTETS_MAX))
    except urllib.error.HTTPError as error:
        with error:
            if error.code >= 500 or error.code == 429:
                raise TryLater(Trouble.OAUTH_UNREACHABLE) from None
            return _parse(error.read(_ANSWER_OCTETS_MAX))
    except OSError:
        raise TryLater(Trouble.OAUTH_UNREACHABLE) from None


def _parse(octets: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(octets)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
