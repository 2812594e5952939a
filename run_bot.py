"""Kommunsvar's command line, and nothing else."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
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
Language = Annotated[str | None, typer.Option("--language", "-l", help="sv, sv_FI, fi or en; else as configured.")]
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

    texts, calendar = _texts(settings, language), calendar_of(settings)
    instant = _instant(as_of, settings) if as_of else datetime.now(UTC)
    chosen = _or_die(lambda: Week.parse(week))
    data = _run(read_week(settings.database.url, chosen.start(calendar.zone), chosen.end(calendar.zone), instant))
    figures = weekly_report(chosen, data, calendar, settings.answers.rule, instant)
    print(json.dumps(to_json(figures), ensure_ascii=False, indent=2) if as_json else as_text(figures, texts))


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
    texts, calendar = _texts(settings, language), calendar_of(settings)
    instant = _instant(as_of, settings) if as_of else datetime.now(UTC)
    facts = _run(case_facts(settings.database.url, known))
    if as_json:
        print(json.dumps(case_as_json(facts, calendar, instant), ensure_ascii=False, indent=2))
    else:
        print(to_text(facts, calendar, instant, texts))


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

    calendar, first, last = calendar_of(settings), _instant(start, settings), _instant(end, settings)
    if as_json:
        shown = _or_die(lambda: time_as_json(first, last, calendar))
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print(_or_die(lambda: to_text(first, last, calendar, _texts(settings, language))))


@app.command()
def check(
    config: Config = DEFAULT_CONFIG,
    online: Annotated[bool, typer.Option(help="Also try the database and the relay.")] = True,
    language: Language = None,
) -> None:
    """Name every fault of a configuration at once, and what is missing for real use."""
    from config.check import check_file

    texts = _texts(None, language)
    settings, findings = check_file(config, texts)
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
            async with open_database(settings) as database, database.writing() as connection:
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
) -> None:
    """Let a held mail be read again (as after an update), or put it away. Nothing is deleted."""
    from bot.facts import InboxId
    from bot.held import let_go

    if not _run(let_go(_usable(config), InboxId(number), away=away)):
        _die(f"{number} is not held")


async def _held(settings: "Settings") -> list[Any]:
    from bot.held import list_held

    return await list_held(settings)


def _readable(config: Path) -> "Settings":
    """Return settings that are well formed, for commands that only read; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = check_file(config, _texts(None, None))
    if settings is None:
        _die("\n".join(one.text for one in findings))
    return settings


def _usable(config: Path) -> "Settings":
    """Return settings without a fault; print every fault and exit otherwise."""
    from config.check import check_file

    settings, findings = check_file(config, _texts(None, None))
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
    from bot.errors import KommunsvarError

    try:
        return asyncio.run(work)
    except (KommunsvarError, LookupError, ValueError) as error:
        _die(str(error))
    except BaseExceptionGroup as group:
        told, other = group.split(KommunsvarError)
        if other is not None or told is None:
            raise
        _die("; ".join(str(one) for one in _leaves(told)))


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    return [
        leaf for one in group.exceptions for leaf in (_leaves(one) if isinstance(one, BaseExceptionGroup) else [one])
    ]


def _or_die(work: Callable[[], T]) -> T:
    try:
        return work()
    except ValueError as error:
        _die(str(error))


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
