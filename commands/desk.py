"""The commands by which a lead sees what the desk has done, without a mail program."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import actor_of
from commands.shell import DEFAULT_CONFIG, Config, die, run_to_end, usable

if TYPE_CHECKING:
    from pathlib import Path

    from bot.facts import CaseNumber
    from bot.questions import Question

desk = typer.Typer(no_args_is_help=True, help="See what the desk has done: a case in order, what was left out and why.")

Asks = Annotated[str, typer.Option("--by", help="Who asks, for the record; else the login name.")]
Number = Annotated[str, typer.Argument(help="A case number, as K-7Q4M2X-9.")]
Week = Annotated[str, typer.Argument(help="An ISO week, as 2026-W47; else this week and the last.")]


@desk.command("case")
def desk_case(number: Number, config: Config = DEFAULT_CONFIG, by: Asks = "") -> None:
    """Print everything about a case in order. That you read it is recorded."""
    from bot.questions import Journal

    _print(config, Journal(_number(number)), by)


@desk.command("who-saw")
def desk_who_saw(number: Number, config: Config = DEFAULT_CONFIG, by: Asks = "") -> None:
    """Print who has opened a case or was sent its text."""
    from bot.questions import WhoSaw

    _print(config, WhoSaw(_number(number)), by)


@desk.command("left-out")
def desk_left_out(week: Week = "", config: Config = DEFAULT_CONFIG, by: Asks = "") -> None:
    """Print what was left out of the figures, by whom and why."""
    from bot.questions import LeftOut

    _print(config, LeftOut(week), by)


@desk.command("promises")
def desk_promises(week: Week = "", config: Config = DEFAULT_CONFIG, by: Asks = "") -> None:
    """Print the promises to citizens that were not kept."""
    from bot.questions import BrokenPromises

    _print(config, BrokenPromises(week), by)


@desk.command("queue")
def desk_queue(unit: Annotated[str, typer.Argument(help="A unit's id or name; else all.")] = "",
               config: Config = DEFAULT_CONFIG, by: Asks = "") -> None:  # fmt: skip
    """Print what waits for an answer, by deadline."""
    from bot.questions import Queue

    _print(config, Queue(unit), by)


def _number(text: str) -> "CaseNumber":
    from bot.case import read_number

    known = read_number(text)
    if known is None:
        die(f"{text} is not a case number: it should look like K-7Q4M2X-9, and its last sign must fit the others")
    return known


def _print(config: "Path", question: "Question", by: str) -> None:
    from bot.lead_view import ask
    from bot.set_out import as_text

    settings = usable(config)
    parts = run_to_end(ask(settings, question, actor_of(by), datetime.now(UTC)))
    print(as_text(parts), end="")
