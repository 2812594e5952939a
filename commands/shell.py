"""What every command shares: its options, reading the configuration, and telling what went wrong in one line."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.calendar import Calendar
    from config.settings import Settings
    from config.texts import Texts

T = TypeVar("T")

DEFAULT_CONFIG = Path("config/service.toml")
Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="KOMMUNSVAR_CONFIG", help="The municipality's settings (TOML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


def _known_language(language: str | None) -> str | None:
    """Return the language asked for; say which are known and exit if it is none of them."""
    from config.texts import LANGUAGES

    if language is not None and language not in LANGUAGES:
        die(f"{language} is not a language we know: choose one of {', '.join(LANGUAGES)}")
    return language


Language = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", callback=_known_language, help="sv, sv_FI, fi or en; else as configured.",
    ),
]  # fmt: skip


def readable(config: Path) -> "Settings":
    """Return settings that are well formed, for commands that only read; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = or_die(lambda: check_file(config, texts_for(None, None), today()))
    if settings is None:
        die("\n".join(one.text for one in findings))
    return settings


def usable(config: Path) -> "Settings":
    """Return settings without a fault; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = or_die(lambda: check_file(config, texts_for(None, None), today()))
    faults = [one.text for one in findings if one.fault]
    if settings is None or faults:
        die("\n".join(faults))
    return settings


def texts_for(settings: "Settings | None", language: str | None) -> "Texts":
    """Return the texts: as asked for, else as configured; before anything is configured, as the terminal's."""
    from zoneinfo import ZoneInfo

    from config.building import texts_of
    from config.texts import LANGUAGES, Texts
    from config.texts import Language as Known

    if settings is not None:
        return texts_of(settings, language)
    wanted = language or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    known: Known = next((one for one in reversed(LANGUAGES) if wanted.startswith(one)), "sv")
    return Texts(known, ZoneInfo("Europe/Stockholm"))


def instant_of(text: str, settings: "Settings") -> datetime:
    """Return the UTC instant a person wrote; without a zone it is the municipality's local time."""
    from zoneinfo import ZoneInfo

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        die(f"{text} is not a time: write it as 2026-11-20T16:00 or 2026-11-20T16:00+01:00")
    return (instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(settings.zone))).astimezone(UTC)


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what went wrong is told in one line, without a stack of code."""
    return or_die(lambda: asyncio.run(work))


def or_die(work: Callable[[], T]) -> T:
    """Return what the work gives; what went wrong is told in one line, without a stack of code."""
    try:
        return work()
    except typer.Exit:
        raise
    except Exception as error:
        from bot.probe import TOLD, in_words

        leaves = _leaves(error)
        if not all(isinstance(one, TOLD) for one in leaves):
            raise
        die("; ".join(in_words(one) for one in leaves))


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


async def calendar_now(settings: "Settings") -> "Calendar":
    """Return the opening hours of the file and of what was entered since, the same that the service counts by.

    Raises:
        ValueError: hours that make no sense. OurFault, TryLater: the database.
    """
    from bot.administration import known_entries
    from config.building import calendar_of

    return calendar_of(settings, await known_entries(settings))


def database_url(settings: "Settings") -> str:
    """Return the database's address.

    Raises:
        OurFault: it is none, or of a kind we do not know.
    """
    from bot.store.database import DatabaseUrl

    DatabaseUrl.parse(settings.database.url)
    return settings.database.url


def today() -> date:
    """Return the date in UTC."""
    return datetime.now(UTC).date()


def die(text: str) -> NoReturn:
    """Say why on stderr and end with status 1."""
    print(text, file=sys.stderr)
    raise typer.Exit(1)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how much of how much is done, and draws a bar (on stderr, a terminal only)."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log from this level on; libraries that tell every step only warn."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def stop_signal() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
