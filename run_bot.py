"""Kommunsvar's command line, and nothing else."""

import asyncio
import json
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
    from config.settings import Settings
    from config.texts import Texts

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Kommunsvar: a municipality's contact address. Every message kept, every answer timed.",
)
explain = typer.Typer(no_args_is_help=True, help="Show how a figure or a time came about, down to the second.")
held = typer.Typer(no_args_is_help=True, help="Look at mail that was laid aside for a person, and let it go on.")
app.add_typer(explain, name="explain")
app.add_typer(held, name="held")

Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="KOMMUNSVAR_CONFIG", help="The municipality's settings (TOML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


def _known_language(language: str | None) -> str | None:
    """Return the language asked for; say which are known and exit if it is none of them."""
    from config.texts import LANGUAGES

    if language is not None and language not in LANGUAGES:
        _die(f"{language} is not a language we know: choose one of {', '.join(LANGUAGES)}")
    return language


Language = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", callback=_known_language, help="sv, sv_FI, fi or en; else as configured.",
    ),
]  # fmt: skip
DEFAULT_CONFIG = Path("config/service.toml")


@app.command()
def run(config: Config = DEFAULT_CONFIG) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C)."""
    _log()
    settings = _usable(config)

    async def serve() -> None:
        from bot.app import running

        stop = _stop_signal()
        async with running(settings, lambda: datetime.now(UTC)) as service:
            lmtp = service.smtp_in.lmtp_port
            listening = f"SMTP {settings.mail.listen.host}:{service.smtp_in.smtp_port}"
            print(f"ready: {listening}" + (f", LMTP :{lmtp}" if lmtp else ""), flush=True)
            await stop.wait()

    _run(serve())


@app.command()
def sandbox(
    folder: Annotated[Path, typer.Option(help="Where the try-out world keeps its data.")] = Path("var/sandbox"),
    port: Annotated[int, typer.Option(help="SMTP port on loopback; another one if it is taken.")] = 8025,
    pause: Annotated[float | None, typer.Option(help="Seconds between the scenes; else as on a screen.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    language: Language = None,
) -> None:
    """Play a short story through real SMTP on this machine alone, then stay up for your own mail."""
    _log(logging.ERROR)

    async def play() -> None:
        from sandbox.story import play_story

        await play_story(folder, port, pause, stay=not once, language=language, stop=_stop_signal())

    _run(play())


@app.command()
def report(
    week: Annotated[str, typer.Argument(help="An ISO week, as 2026-W47.")],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="What was known then, as 2026-11-24T07:00; else now.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print the week's figures: arrivals and their classes under each one-day rule, share, median, p90, queue."""
    settings = _readable(config)
    from config.building import calendar_of
    from measurement.export import as_json as to_json
    from measurement.periods import Week
    from measurement.show import as_text
    from measurement.source import read_week
    from measurement.weekly import weekly_report

    async def work() -> str:
        texts, calendar, chosen = _texts(settings, language), calendar_of(settings), Week.parse(week)
        instant = _instant(as_of, settings) if as_of else datetime.now(UTC)
        start, end = chosen.start(calendar.zone), chosen.end(calendar.zone)
        data = await read_week(_database(settings), start, end, instant)
        figures = weekly_report(chosen, data, calendar, settings.answers.rule, instant)
        return json.dumps(to_json(figures), ensure_ascii=False, indent=2) if as_json else as_text(figures, texts)

    print(_run(work()))


@explain.command("case")
def explain_case(
    number: Annotated[str, typer.Argument(help="A case number, as K-7Q4M2X-9.")],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="What was known then; else now.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print every start, stop and revocation of a case, and the open intervals between."""
    settings = _readable(config)
    from bot.case import read_number
    from config.building import calendar_of
    from measurement.explain import case_as_json
    from measurement.explain import explain_case as to_text
    from measurement.source import case_facts

    known = read_number(number)
    if known is None:
        _die(f"{number} is not a case number: it should look like K-7Q4M2X-9, and its last sign must fit the others")

    async def work() -> str:
        texts, calendar = _texts(settings, language), calendar_of(settings)
        instant = _instant(as_of, settings) if as_of else datetime.now(UTC)
        facts = await case_facts(_database(settings), known)
        if as_json:
            return json.dumps(case_as_json(facts, calendar, instant), ensure_ascii=False, indent=2)
        return to_text(facts, calendar, instant, texts)

    print(_run(work()))


@explain.command("time")
def explain_time(
    start: Annotated[str, typer.Argument(help="When it arrived, as 2026-11-20T16:00 (local) or with a zone.")],
    end: Annotated[str, typer.Argument(help="When it was answered, likewise.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print clock time, open time and the deadline under each rule for two instants."""
    settings = _readable(config)
    from config.building import calendar_of
    from measurement.explain import explain_time as to_text
    from measurement.explain import time_as_json

    def work() -> str:
        calendar, first, last = calendar_of(settings), _instant(start, settings), _instant(end, settings)
        if as_json:
            return json.dumps(time_as_json(first, last, calendar), ensure_ascii=False, indent=2)
        return to_text(first, last, calendar, _texts(settings, language))

    print(_or_die(work))


@app.command()
def check(
    config: Config = DEFAULT_CONFIG,
    online: Annotated[bool, typer.Option(help="Also try the database and the relay.")] = True,
    language: Language = None,
) -> None:
    """Name every fault of a configuration at once, and what is missing for real use."""
    from config.check import check_file

    texts = _texts(None, language)
    settings, findings = _or_die(lambda: check_file(config, texts, _today()))
    if settings is not None and online and not any(one.fault for one in findings):
        from bot.probe import probe

        findings += _run(probe(settings, texts))
    for one in sorted(findings, key=lambda one: not one.fault):
        mark = texts.t("FEL") if one.fault else texts.t("OBS")
        print(f"{mark}  {one.text}")
    faults = sum(one.fault for one in findings)
    print(texts.n("{count} fel.", "{count} fel.", faults) if faults else texts.t("Inga fel."))
    raise typer.Exit(1 if faults else 0)


@app.command()
def rebuild(config: Config = DEFAULT_CONFIG) -> None:
    """Rebuild the derived tables of cases and inquiries from the facts. Safe at any time while the service rests."""
    settings = _usable(config)

    async def work() -> int:
        from bot.app import open_database
        from bot.store.projections import rebuild as rebuild_all

        with _progress("facts") as tell:
            async with open_database(settings) as database:
                # On SQLite this refuses while the service runs; on PostgreSQL the writer's turn is enough.
                await database.take_ownership()
                async with database.writing() as connection:
                    return await rebuild_all(connection, tell)

    print(f"{_run(work())} cases rebuilt")


@held.command("list")
def held_list(config: Config = DEFAULT_CONFIG) -> None:
    """List mail that waits for a person, the oldest first."""
    for row in _run(_held(_usable(config))):
        print(f"{row.id:>8}  {row.arrived_at.isoformat(timespec='seconds')}  {row.size:>9} bytes  {row.reason}")


@held.command("show")
def held_show(number: int, config: Config = DEFAULT_CONFIG) -> None:
    """Print a held mail as it came (its raw bytes)."""
    from bot.facts import InboxId
    from bot.held import original_of

    sys.stdout.buffer.write(_run(original_of(_usable(config), InboxId(number))))


@held.command("release")
def held_release(
    number: int,
    config: Config = DEFAULT_CONFIG,
    away: Annotated[bool, typer.Option("--away", help="Put it away for good instead of reading it again.")] = False,
    as_case: Annotated[bool, typer.Option("--as-case", help="Make a case of it whatever speaks against it.")] = False,
) -> None:
    """Let a held mail be read again (as after an update), or put it away. Nothing is deleted."""
    from bot.facts import InboxId
    from bot.held import let_go

    if not _run(let_go(_usable(config), InboxId(number), away=away, as_case=as_case)):
        _die(f"{number} is not held")


async def _held(settings: "Settings") -> list[Any]:
    from bot.held import list_held

    return await list_held(settings)


def _readable(config: Path) -> "Settings":
    """Return settings that are well formed, for commands that only read; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = _or_die(lambda: check_file(config, _texts(None, None), _today()))
    if settings is None:
        _die("\n".join(one.text for one in findings))
    return settings


def _usable(config: Path) -> "Settings":
    """Return settings without a fault; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = _or_die(lambda: check_file(config, _texts(None, None), _today()))
    faults = [one.text for one in findings if one.fault]
    if settings is None or faults:
        _die("\n".join(faults))
    return settings


def _texts(settings: "Settings | None", language: str | None) -> "Texts":
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


def _instant(text: str, settings: "Settings") -> datetime:
    """Return the UTC instant a person wrote; without a zone it is the municipality's local time."""
    from zoneinfo import ZoneInfo

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        _die(f"{text} is not a time: write it as 2026-11-20T16:00 or 2026-11-20T16:00+01:00")
    return (instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(settings.zone))).astimezone(UTC)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what went wrong is told in one line, without a stack of code."""
    return _or_die(lambda: asyncio.run(work))


def _or_die(work: Callable[[], T]) -> T:
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
        _die("; ".join(in_words(one) for one in leaves))


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


def _database(settings: "Settings") -> str:
    """Return the database's address.

    Raises:
        OurFault: it is none, or of a kind we do not know.
    """
    from bot.store.database import DatabaseUrl

    DatabaseUrl.parse(settings.database.url)
    return settings.database.url


def _today() -> date:
    return datetime.now(UTC).date()


def _die(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(1)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how much of how much is done, and draws a bar (on stderr, a terminal only)."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _log(level: int = logging.INFO) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


if __name__ == "__main__":
    app()
