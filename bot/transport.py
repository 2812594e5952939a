"""Making channels out of settings: relay, listeners, mailboxes, tokens, scanner, Telegram."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.channels.clamav import ClamAV, ClamAVSettings
from bot.channels.mail_files import files_with_content
from bot.channels.oauth import OauthSettings, TokenSource, token_source
from bot.channels.smtp_in import SmtpInSettings
from bot.channels.smtp_out import SmtpOutSettings
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_webhook import WebhookDoor
from bot.file_scan import FileScan
from bot.mailbox import MIB, MailboxSettings
from config.settings import Listen, Mailbox, OAuth, Relay, ScannerSettings, secret
from config.telegram_settings import TelegramSettings, WebhookSettings


def tokens_of(settings: OAuth) -> TokenSource:
    """Return what gives access tokens, each fetched when the one before expires."""
    given = bool(settings.client_secret.get_secret_value() or settings.client_secret_file)
    return token_source(
        OauthSettings(
            provider=settings.provider,
            tenant=settings.tenant,
            client_id=settings.client_id,
            client_secret=partial(secret, settings.client_secret, settings.client_secret_file) if given else None,
            refresh_token_file=settings.refresh_token_file,
        )
    )


def mailbox_of(settings: Mailbox) -> MailboxSettings:
    """Return how a mailbox is reached.

    Raises:
        ValueError: the settings contradict themselves (`run_bot.py check` says how).
    """
    tokens = tokens_of(settings.oauth) if settings.oauth is not None else None
    return MailboxSettings(
        id=settings.id,
        address=settings.address,
        host=settings.host,
        port=settings.port,
        tls=settings.tls,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        username=settings.username,
        password=None if tokens else partial(secret, settings.password, settings.password_file),
        access_token=tokens,
        forget_token=tokens.forget if tokens else None,
        folder=settings.folder,
        sent_folder=settings.sent_folder,
        after=settings.after,
        move_to=settings.move_to,
        since=settings.since,
        timeout_seconds=settings.timeout_seconds,
        max_bytes=settings.max_mib * MIB,
        poll_seconds=settings.poll_seconds,
    )


def _relay_token(settings: Relay) -> Callable[[], str] | None:
    if settings.auth != "xoauth2":
        return None
    if settings.oauth is not None:
        return tokens_of(settings.oauth)
    return partial(secret, settings.access_token, settings.access_token_file)


def file_scan_of(settings: ScannerSettings, now: Callable[[], datetime]) -> FileScan | None:
    """Return what looks at files, None where no scanner is configured."""
    if settings.socket is None and not settings.host:
        return None
    scanner = ClamAV(
        ClamAVSettings(
            socket=str(settings.socket) if settings.socket else None, host=settings.host, port=settings.port,
            timeout_seconds=settings.timeout_seconds,
        )
    )  # fmt: skip
    return FileScan(scanner, files_with_content, now)


def listen_of(settings: Listen) -> SmtpInSettings:
    """Return how mail is taken in.

    Raises:
        OSError: a file for TLS cannot be read.
    """
    context = None
    if settings.tls_certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return SmtpInSettings(
        host=settings.host,
        port=settings.port,
        lmtp_host=settings.host if settings.lmtp_port is not None else None,
        lmtp_port=settings.lmtp_port,
        hostname=settings.hostname,
        max_bytes=settings.max_mib * 1024 * 1024,
        tls_context=context,
        require_tls=settings.require_tls,
    )


def relay_of(settings: Relay) -> SmtpOutSettings:
    """Return how mail leaves."""
    return SmtpOutSettings(
        host=settings.host,
        port=settings.port,
        hostname=settings.hostname,
        tls=settings.tls,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        username=settings.username if settings.auth != "none" else None,
        password=partial(secret, settings.password, settings.password_file) if settings.auth == "password" else None,
        access_token=_relay_token(settings),
        timeout_seconds=settings.timeout_seconds,
        max_connections=settings.connections,
    )


def telegram_of(settings: TelegramSettings) -> TelegramAccess:
    """Return how Telegram, or what stands for it, is reached; the token is read anew at each connection."""
    known = TelegramAccess(
        token=partial(secret, settings.token, settings.token_file), timeout_seconds=settings.timeout_seconds
    )
    if not settings.api_url:
        return known
    return replace(known, base_url=settings.api_url, base_file_url=settings.files_url)


def webhook_of(settings: WebhookSettings) -> WebhookDoor:
    """Return where Telegram tells us what happens."""
    return WebhookDoor(
        url=settings.url, host=settings.host, port=settings.port,
        secret=partial(secret, settings.secret, settings.secret_file),
    )  # fmt: skip
