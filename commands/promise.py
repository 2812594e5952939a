"""The commands about promises: within how many open days a citizen is told to have an answer."""

from typing import Annotated

import typer

from commands.administration import By, chosen, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config

promise = typer.Typer(no_args_is_help=True, help="Promises: when a citizen is told to have an answer at the latest.")


@promise.command("list")
def promise_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the promises: open days after the day of arrival, by kind of message."""
    standing = look(config)
    texts = standing.texts
    print_columns(
        [
            (kind.value, texts.n("{count} öppen dag", "{count} öppna dagar", days))
            for kind, days in standing.layers.promises.items()
        ]
    )


@promise.command("set")
def promise_set(
    kind: Annotated[str, typer.Argument(help="question, viewpoint, complaint, praise, proposal or fault.")],
    days: Annotated[int, typer.Argument(help="Open days after the day of arrival, 1 to 60.")],
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Promise an answer within so many open days to what arrives from now on."""
    from bot.facts import Kind
    from config.change_hours import set_promise

    known = {
        **{one.value: one for one in Kind},
        "fråga": Kind.QUESTION, "synpunkt": Kind.VIEWPOINT, "klagomål": Kind.COMPLAINT, "beröm": Kind.PRAISE,
        "förslag": Kind.PROPOSAL, "felanmälan": Kind.FAULT,
    }  # fmt: skip
    which = chosen(kind, known)
    done = make_change(config, by, lambda standing: set_promise(standing, which, days))
    print(done.before.texts.n("Vi lovar svar inom {count} öppen dag.", "Vi lovar svar inom {count} öppna dagar.", days))
