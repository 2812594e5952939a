"""The commands about words that need another door: danger, children, appeals, secrecy."""

from typing import Annotated

import typer

from commands.administration import By, chosen, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config, die

word = typer.Typer(
    no_args_is_help=True, help="Words that somebody must see at once, and who is told: danger, child, appeal, secrecy."
)

TheDoor = Annotated[str, typer.Argument(metavar="DOOR", help="danger, child, appeal or secrecy.")]
Words = Annotated[str, typer.Argument(help="One or several words; a * after a word stands for any ending.")]


@word.command("list")
def word_list(
    door: Annotated[str | None, typer.Argument(metavar="[DOOR]", help="danger, child, appeal or secrecy.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """List the words of all doors or of one, and who is told."""
    from bot.office import Door
    from config.change_texts import DOORS

    wanted = [chosen(door, DOORS)] if door else list(Door)
    standing = look(config)
    t = standing.texts.t
    for one in wanted:
        address = standing.layers.doors.get(one) or t("den som har jour")
        print(t("{door}: {address} får veta genast", door=one.value, address=address))
        words = sorted((known.words for known in standing.layers.words.values() if known.door is one), key=str.casefold)
        print_columns([("", said) for said in words] or [("", "–")])


@word.command("add")
def word_add(door: TheDoor, words: Words, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Have words open a door."""
    from config.change_texts import DOORS, add_word

    which = chosen(door, DOORS)
    done = make_change(config, by, lambda standing: add_word(standing, which, words))
    print(done.before.texts.t("”{words}” är tillagt.", words=done.changes[0].data["words"]))


@word.command("end")
def word_end(door: TheDoor, words: Words, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Have words open a door no longer."""
    from config.change_texts import DOORS, end_word

    which = chosen(door, DOORS)
    done = make_change(config, by, lambda standing: end_word(standing, which, words))
    print(done.before.texts.t("”{words}” är borttaget.", words=done.changes[0].data["words"]))


@word.command("door")
def word_door(
    door: TheDoor,
    address: Annotated[str | None, typer.Argument(help="Who is told at once.")] = None,
    end: Annotated[bool, typer.Option("--end", help="No address of its own: whoever is on call is told.")] = False,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Say who is told when somebody writes a door's words, as the registrar of an appeal."""
    from config.change_texts import DOORS, set_door

    which = chosen(door, DOORS)
    if bool(address) == end:
        die("say an address, or --end")
    done = make_change(config, by, lambda standing: set_door(standing, which, (address or "").strip()))
    t, told = done.before.texts.t, done.changes[0].data["address"]
    print(t("Den som har jour får veta.") if end else t("{address} får veta genast.", address=told))
