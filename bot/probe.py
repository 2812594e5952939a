"""Trying what a configuration names: does the database open, does the relay let us in?"""

import aiosmtplib
import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import KommunsvarError, TryLater
from config.check import Finding
from config.settings import Settings, secret
from config.texts import Texts

TOLD = (
    KommunsvarError, LookupError, ValueError, OverflowError, OSError,
    SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError,
)  # fmt: skip
"""What is told in a line of its own instead of with a stack of code. Drivers' errors at connecting come unwrapped."""

_DATABASE_WORDS = (
    ("not a database", "the file is not a SQLite database"),
    ("no such table", "it does not hold Kommunsvar's tables"),
    ("undefinedtable", "it does not hold Kommunsvar's tables"),
)


def in_words(error: BaseException) -> str:
    """Return in one line what went wrong: never SQL, never a value out of the database."""
    if isinstance(error, TryLater):
        return f"not possible now, try again later ({error})"
    if isinstance(error, SQLAlchemyError | asyncpg.PostgresError | asyncpg.InterfaceError):
        return f"the database cannot be used: {_database_reason(error)}"
    if isinstance(error, ConnectionError | TimeoutError):
        return f"nothing answers there: {error.strerror or type(error).__name__}"
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        return (error.strerror or str(error) or type(error).__name__) + place
    return " ".join(str(error).split()) or type(error).__name__


def _database_reason(error: BaseException) -> str:
    cause = (error.orig if isinstance(error, DBAPIError) else None) or error
    said = f"{type(cause.__cause__ or cause).__name__} {cause}".lower()
    code = getattr(cause, "sqlite_errorname", None) or type(cause.__cause__ or cause).__name__
    return next((words for sign, words in _DATABASE_WORDS if sign in said), code)


async def probe(settings: Settings, texts: Texts) -> list[Finding]:
    """Return what does not work right now. Creates the database if it is not there yet; sends no mail."""
    # Words for errors are wanted where the service is not.
    from bot.app import open_database

    found = []
    try:
        async with open_database(settings):
            pass
    except TOLD as error:
        found.append(Finding(texts.t("Databasen går inte att öppna: {reason}.", reason=in_words(error))))
    reason = await _try_relay(settings)
    if reason:
        found.append(Finding(texts.t("Servern för utgående mejl svarar inte som den ska: {reason}.", reason=reason)))
    return found


async def _try_relay(settings: Settings) -> str:
    """Return why the relay does not let us in, empty if it does."""
    relay = settings.mail.relay
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.tls == "implicit",
        start_tls=relay.tls == "starttls",
        cert_bundle=str(relay.ca_file) if relay.ca_file else None,
        local_hostname=relay.hostname,
        timeout=min(relay.timeout_seconds, 10),
    )
    try:
        await client.connect()
        if relay.auth == "password":
            await client.login(relay.username, secret(relay.password, relay.password_file))
        elif relay.auth == "xoauth2":
            await client.auth_xoauth2(relay.username, secret(relay.access_token, relay.access_token_file))
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return f"{type(error).__name__} {relay.host}:{relay.port}"
    finally:
        client.close()
    return ""
