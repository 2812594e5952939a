"""Kommunsvar's command line, and nothing else."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import changes
from commands.assess import assess
from commands.baseline import baseline
from commands.calendar import calendar
from commands.canned import canned
from commands.desk import desk
from commands.explain import explain
from commands.figures import figures
from commands.held import held
from commands.improve import improve
from commands.network import network
from commands.phone import phone
from commands.poster import poster
from commands.promise import promise
from commands.report import report
from commands.sample import sample
from commands.shell import (
    DEFAULT_CONFIG,
    Config,
    Language,
    log_to_stderr,
    or_die,
    progress,
    run_to_end,
    stop_signal,
    texts_for,
    today,
    usable,
)  # fmt: skip
from commands.staff import staff
from commands.survey import survey
from commands.testcontact import testcontact
from commands.topic import topic
from commands.unit import unit
from commands.word import word

if TYPE_CHECKING:
    from bot.app import Service
    from config.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Kommunsvar: a municipality's contact address. Every message kept, every answer timed.",
)
app.add_typer(desk, name="desk")
app.add_typer(explain, name="explain")
app.add_typer(figures, name="figures")
app.add_typer(held, name="held")
app.add_typer(phone, name="phone")
app.add_typer(sample, name="sample")
app.add_typer(testcontact, name="testcontact")
app.add_typer(staff, name="staff")
app.add_typer(survey, name="survey")
app.add_typer(unit, name="unit")
app.add_typer(topic, name="topic")
app.add_typer(canned, name="canned")
app.add_typer(calendar, name="calendar")
app.add_typer(promise, name="promise")
app.add_typer(word, name="word")
app.add_typer(assess, name="assess")
app.add_typer(improve, name="improve")
app.add_typer(network, name="network")
app.command()(changes)
app.command()(baseline)
app.command()(poster)
app.command()(report)


@app.command()
def run(config: Config = DEFAULT_CONFIG) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C)."""
    log_to_stderr()
    settings = usable(config)

    async def serve() -> None:
        from bot.app import running
        from commands.report_job import reporting

        def now() -> datetime:
            return datetime.now(UTC)

        stop = stop_signal()
        async with running(settings, now) as service, reporting(settings, service, now):
            print(f"ready: {', '.join(_ways_in(settings, service))}", flush=True)
            await stop.wait()

    run_to_end(serve())


def _ways_in(settings: "Settings", service: "Service") -> list[str]:
    """Return where mail comes in, for the line that says so."""
    ways = [f"mailbox {box.id}" for box in settings.mail.mailboxes]
    if service.listens:
        lmtp = service.smtp_in.lmtp_port
        ways = (
            [f"SMTP {settings.mail.listen.host}:{service.smtp_in.smtp_port}"]
            + ([f"LMTP :{lmtp}"] if lmtp else [])
            + ways
        )
    return ways


@app.command()
def sandbox(
    folder: Annotated[Path, typer.Option(help="Where the try-out world keeps its data.")] = Path("var/sandbox"),
    port: Annotated[int, typer.Option(help="SMTP port on loopback; another one if it is taken.")] = 8025,
    page_port: Annotated[int, typer.Option(help="Port of the page on loopback; another one if it is taken.")] = 8080,
    language: Language = None,
) -> None:
    """Open a made-up town in the browser, on this machine alone: citizens, staff, mailboxes, a clock to move."""
    log_to_stderr(logging.ERROR)

    async def play() -> None:
        from sandbox.try_out import try_out

        await try_out(folder, port, page_port, language=language, stop=stop_signal())

    run_to_end(play())


@app.command()
def story(
    folder: Annotated[Path, typer.Option(help="Where the try-out world keeps its data.")] = Path("var/story"),
    port: Annotated[int, typer.Option(help="SMTP port on loopback; another one if it is taken.")] = 8025,
    pause: Annotated[float | None, typer.Option(help="Seconds between the scenes; else as on a screen.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    language: Language = None,
) -> None:
    """Play a short story through real SMTP in the terminal, then stay up for your own mail."""
    log_to_stderr(logging.ERROR)

    async def play() -> None:
        from sandbox.story import play_story

        await play_story(folder, port, pause, stay=not once, language=language, stop=stop_signal())

    run_to_end(play())


@app.command()
def check(
    config: Config = DEFAULT_CONFIG,
    online: Annotated[bool, typer.Option(help="Also try the database, the relay and the mailboxes.")] = True,
    ask_it: Annotated[bool, typer.Option("--ask-it", help="Print what to ask those who run your mail for.")] = False,
    language: Language = None,
) -> None:
    """Name every fault of a configuration at once, and what is missing for real use."""
    from config.check import check_file

    texts = texts_for(None, language)
    settings, findings = or_die(lambda: check_file(config, texts, today()))
    if settings is not None and ask_it:
        from config.ask_it import settings_to_ask_for

        print(settings_to_ask_for(settings, texts))
        return
    if settings is not None and online and not any(one.fault for one in findings):
        from bot.probe import probe

        findings += run_to_end(probe(settings, texts))
    for one in sorted(findings, key=lambda one: not one.fault):
        mark = texts.t("FEL") if one.fault else "OK " if one.fine else texts.t("OBS")
        print(f"{mark}  {one.text}")
    faults = sum(one.fault for one in findings)
    print(texts.n("{count} fel.", "{count} fel.", faults) if faults else texts.t("Inga fel."))
    raise typer.Exit(1 if faults else 0)


@app.command()
def rebuild(config: Config = DEFAULT_CONFIG) -> None:
    """Rebuild the derived tables of cases and inquiries from the facts. Safe at any time while the service rests."""
    settings = usable(config)

    async def work() -> int:
        from bot.app import open_database
        from bot.store.projections import rebuild as rebuild_all

        with progress("facts") as tell:
            async with open_database(settings) as database:
                # On SQLite this refuses while the service runs; on PostgreSQL the writer's turn is enough.
                await database.take_ownership()
                async with database.writing() as connection:
                    return await rebuild_all(connection, tell)

    print(f"{run_to_end(work())} cases rebuilt")


if __name__ == "__main__":
    app()
