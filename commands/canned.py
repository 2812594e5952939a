"""The commands about canned answers: texts that officers begin an answer with."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.administration import By, DryRun, TableFile, import_table, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config, die

canned = typer.Typer(no_args_is_help=True, help="Canned answers: texts that officers begin an answer with.")

Name = Annotated[str, typer.Argument(help="As officers name it, best one word.")]
Unit = Annotated[str, typer.Option(help="Only for this unit; else for all.")]
TheLanguage = Annotated[str, typer.Option("--for-language", help="Only for answers in this language, as sv; else any.")]
Text = Annotated[str | None, typer.Option(help="The text, with fields in braces, as {dag}.")]
TextFile = Annotated[Path | None, typer.Option("--file", help="A file with the text (UTF-8); - is standard input.")]


@canned.command("list")
def canned_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the canned answers, each with its unit, language and first words."""
    rows = []
    for one in look(config).layers.canned.values():
        begin = " ".join(one.text.split())
        rows.append((one.name, one.unit or "", one.language, begin if len(begin) <= 60 else begin[:59] + "…"))
    if rows:
        print_columns(rows)


@canned.command("show")
def canned_show(name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Print every wording of a canned answer."""
    standing = look(config)
    found = [one for one in standing.layers.canned.values() if one.name.casefold() == name.strip().casefold()]
    if not found:
        t = standing.texts.t
        die(t("Det finns inget mallsvar {name} som passar. Se vilka som finns: run_bot.py canned list.", name=name))
    for one in found:
        marks = " ".join(filter(None, (one.unit, one.language)))
        print((f"[{marks}]\n" if marks else "") + one.text)


@canned.command("add")
def canned_add(
    name: Name, text: Text = None, file: TextFile = None, unit: Unit = "", language: TheLanguage = "",
    config: Config = DEFAULT_CONFIG, by: By = "",
) -> None:  # fmt: skip
    """Add a canned answer."""
    from config.change_texts import CannedWish, add_canned

    wish = CannedWish(name=name, text=_text(text, file), unit=unit, language=language)
    done = make_change(config, by, lambda standing: add_canned(standing, wish))
    print(done.before.texts.t("Mallsvaret {name} är tillagt.", name=done.changes[0].data["name"]))


@canned.command("change")
def canned_change(
    name: Name, text: Text = None, file: TextFile = None, unit: Unit = "", language: TheLanguage = "",
    config: Config = DEFAULT_CONFIG, by: By = "",
) -> None:  # fmt: skip
    """Give a canned answer another text."""
    from config.change_texts import CannedWish, change_canned

    wish = CannedWish(name=name, text=_text(text, file), unit=unit, language=language)
    done = make_change(config, by, lambda standing: change_canned(standing, wish))
    print(done.before.texts.t("Mallsvaret {name} är ändrat.", name=done.changes[0].data["name"]))


@canned.command("end")
def canned_end(
    name: Name, unit: Unit = "", language: TheLanguage = "", config: Config = DEFAULT_CONFIG, by: By = ""
) -> None:
    """Take a canned answer away."""
    from config.change_texts import CannedWish, end_canned

    wish = CannedWish(name=name, unit=unit, language=language)
    done = make_change(config, by, lambda standing: end_canned(standing, wish))
    print(done.before.texts.t("Mallsvaret {name} är borttaget.", name=done.changes[0].data["name"]))


@canned.command("import")
def canned_import(file: TableFile, dry_run: DryRun = False, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Add and change canned answers by a table: namn, text; also enhet, språk. None is taken away."""
    from config.import_rows import CANNED

    import_table(config, by, file, CANNED, dry_run=dry_run)


def _text(text: str | None, file: Path | None) -> str:
    """Return the text as given, from the file, or from standard input where it is asked for."""
    if (text is None) == (file is None):
        die("give the text by --text or by --file")
    if file is None:
        return text or ""
    try:
        return sys.stdin.read() if file == Path("-") else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        die(f"{file} cannot be read as text (UTF-8)")
