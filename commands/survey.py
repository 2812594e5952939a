"""What people wrote in the survey of reception, for a lead: mixed, without whose it was, and never of a few."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.shell import (
    DEFAULT_CONFIG,
    Config,
    Language,
    calendar_now,
    database_url,
    die,
    readable,
    run_to_end,
    texts_for,
)

survey = typer.Typer(no_args_is_help=True, help="What people said in the survey of reception.")
FEWEST = 10
"""Comments are told from so many on (design §5)."""


@survey.callback()
def _survey() -> None:
    """Keep the command's name where there is only one."""


@survey.command("comments")
def survey_comments(
    tertial: Annotated[str, typer.Argument(help="Four months that are over, as 2026-T2.")],
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Print what people wrote in four months, mixed by lot; nothing where fewer than ten have written.

    Only whole tertials that are over: of two lists that differ by a few days one could tell who wrote in them.
    """
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.periods import Tertial, parse_period
    from measurement.survey_source import read_comments, weeks_in
    from measurement.tables import reading

    async def work() -> list[str]:
        calendar, period = await calendar_now(settings), parse_period(tertial)
        if not isinstance(period, Tertial):
            raise ValueError(f"a tertial is written as 2026-T2, not {tertial}")  # noqa: TRY004 -- what was written is wrong
        if datetime.now(UTC) < period.end(calendar.zone):
            raise ValueError(f"{period} is not over yet")
        async with reading(database_url(settings)) as connection:
            return await read_comments(connection, weeks_in(period))

    found = run_to_end(work())
    if len(found) < FEWEST:
        die(texts.t("Färre än tio har skrivit något då. Det visas inte, så att ingen kan kännas igen."))
    for one in found:
        print(f"– {' '.join(one.split())}")
