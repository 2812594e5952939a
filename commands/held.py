"""The commands about mail that was laid aside for a person."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import DEFAULT_CONFIG, Config, die, run_to_end, usable

if TYPE_CHECKING:
    from bot.store.inbox import HeldRow
    from config.settings import Settings

held = typer.Typer(no_args_is_help=True, help="Look at mail that was laid aside for a person, and let it go on.")


@held.command("list")
def held_list(config: Config = DEFAULT_CONFIG) -> None:
    """List mail that waits for a person, the oldest first."""
    for row in run_to_end(_held(usable(config))):
        print(f"{row.id:>8}  {row.arrived_at.isoformat(timespec='seconds')}  {row.size:>9} bytes  {row.reason}")


@held.command("show")
def held_show(number: int, config: Config = DEFAULT_CONFIG) -> None:
    """Print a held mail as it came (its raw bytes)."""
    from bot.facts import InboxId
    from bot.held import original_of

    sys.stdout.buffer.write(run_to_end(original_of(usable(config), InboxId(number))))


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

    if not run_to_end(let_go(usable(config), InboxId(number), away=away, as_case=as_case)):
        die(f"{number} is not held")


async def _held(settings: "Settings") -> "list[HeldRow]":
    from bot.held import list_held

    return await list_held(settings)
