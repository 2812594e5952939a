"""The commands that show how a figure, a time or the reading of a mail came about."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.explain_chart import explain_chart
from commands.explain_figure import explain_figure
from commands.explain_numbers import add_to as add_numbers
from commands.shell import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Language,
    calendar_now,
    database_url,
    die,
    instant_of,
    readable,
    run_to_end,
    texts_for,
)  # fmt: skip

explain = typer.Typer(no_args_is_help=True, help="Show how a figure, a time or the reading of a mail came about.")


@explain.command("case")
def explain_case(
    number: Annotated[str, typer.Argument(help="A case number, as K-7Q4M2X-9.")],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="What was known then; else now.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print every start, stop and revocation of a case, and the open intervals between."""
    settings = readable(config)
    from bot.case import read_number
    from measurement.explain import case_as_json
    from measurement.explain import explain_case as to_text
    from measurement.source import case_facts

    known = read_number(number)
    if known is None:
        die(f"{number} is not a case number: it should look like K-7Q4M2X-9, and its last sign must fit the others")

    async def work() -> str:
        texts, calendar = texts_for(settings, language), await calendar_now(settings)
        instant = instant_of(as_of, settings) if as_of else datetime.now(UTC)
        facts = await case_facts(database_url(settings), known)
        if as_json:
            return json.dumps(case_as_json(facts, calendar, instant), ensure_ascii=False, indent=2)
        return to_text(facts, calendar, instant, texts)

    print(run_to_end(work()))


@explain.command("time")
def explain_time(
    start: Annotated[str, typer.Argument(help="When it arrived, as 2026-11-20T16:00 (local) or with a zone.")],
    end: Annotated[str, typer.Argument(help="When it was answered, likewise.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print clock time, open time and the deadline under each rule for two instants."""
    settings = readable(config)
    from measurement.explain import explain_time as to_text
    from measurement.explain import time_as_json

    async def work() -> str:
        calendar, first, last = await calendar_now(settings), instant_of(start, settings), instant_of(end, settings)
        if as_json:
            return json.dumps(time_as_json(first, last, calendar), ensure_ascii=False, indent=2)
        return to_text(first, last, calendar, texts_for(settings, language))

    print(run_to_end(work()))


@explain.command("mail")
def explain_mail(
    paths: Annotated[list[Path], typer.Argument(help="Mails in files (.eml, .mbox …) or folders.", exists=True)],
    trusted_host: Annotated[str, typer.Option(help="The host whose verdict on senders is believed.")] = "",
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Show what Kommunsvar makes of mails in files, and which rule decided what. Nothing is kept or sent."""
    from bot.explain_mail import as_json as to_json
    from bot.explain_mail import as_text, find_mails, read_file

    texts = texts_for(None, language)
    if isinstance(sys.stdout, io.TextIOWrapper):  # mails hold every letter there is, whatever the terminal knows
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    for mail in find_mails(paths):
        inbound = read_file(mail, trusted_host)
        if as_json:
            print(json.dumps(to_json(mail, inbound, texts), ensure_ascii=False))
        else:
            print(as_text(mail, inbound, texts), end="\n\n")


explain.command("chart")(explain_chart)
explain.command("figure")(explain_figure)
add_numbers(explain)
