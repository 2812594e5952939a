"""The command that shows a week's figures, and writes the report of a week, month, tertial or year to files."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Language,
    calendar_now,
    database_url,
    die,
    instant_of,
    or_die,
    readable,
    run_to_end,
    texts_for,
)  # fmt: skip

if TYPE_CHECKING:
    from config.settings import Settings
    from config.texts import Texts


def report(
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="A week, as 2026-W47; with --out also 2026-11, 2026-T1 or 2026.")
    ],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write PDF, Excel, CSV, JSON, page and text into this folder.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="What was known then, as 2026-11-24T07:00; else now.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print a week's figures; with --out, write the whole report of a week, month, tertial or year."""
    settings = readable(config)
    texts = texts_for(settings, language)
    instant = or_die(lambda: instant_of(as_of, settings) if as_of else datetime.now(UTC))
    if out is None:
        print(run_to_end(_week_in_words(settings, texts, period, instant, as_json=as_json)))
        return
    for path in run_to_end(_written(settings, texts, period, instant, out)):
        print(path)


async def _week_in_words(settings: "Settings", texts: "Texts", period: str, instant: datetime, *, as_json: bool) -> str:
    from measurement.export import as_json as to_json
    from measurement.periods import Week
    from measurement.show import as_text
    from measurement.source import read_week
    from measurement.weekly import weekly_report

    calendar, chosen = await calendar_now(settings), Week.parse(period)
    start, end = chosen.start(calendar.zone), chosen.end(calendar.zone)
    data = await read_week(database_url(settings), start, end, instant)
    figures = weekly_report(chosen, data, calendar, settings.answers.rule, instant)
    return json.dumps(to_json(figures), ensure_ascii=False, indent=2) if as_json else as_text(figures, texts)


async def _written(settings: "Settings", texts: "Texts", period: str, instant: datetime, out: Path) -> list[Path]:
    from bot.administration import known_entries
    from commands.figure_parts import report_basis
    from measurement.periods import parse_period
    from measurement.report.assemble import NotBegun, report_of
    from measurement.report.files import files_of, write_to
    from measurement.tables import reading

    chosen = parse_period(period)
    basis = report_basis(settings, await calendar_now(settings), await known_entries(settings))
    try:
        async with reading(database_url(settings)) as connection:
            made = await report_of(connection, basis, chosen, instant, texts)
    except NotBegun:
        die(texts.t("{period} har inte börjat än.", period=period))
    return write_to(out, files_of(made, texts))
