"""Trying what a configuration names: does the database open, does the relay let us in, is the scanner there?"""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import KommunsvarError, TryLater
from bot.probe_mail import try_mailboxes, try_relay, try_scanner
from config.check import Finding
from config.settings import Settings
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
    found += await try_relay(settings, texts)
    found += await try_mailboxes(settings, texts)
    found += await try_scanner(settings, texts)
    return found
