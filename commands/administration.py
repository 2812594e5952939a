"""What the commands that change the register share, and the list of what was changed by whom."""

import getpass
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from commands.shell import DEFAULT_CONFIG, Config, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from bot.administration import Decide, Done
    from bot.register import Entry
    from config.changes import Standing
    from config.import_rows import Table
    from config.texts import Texts

T = TypeVar("T")

By = Annotated[str, typer.Option("--by", help="Who changes it, for the record; else the login name.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")]
TableFile = Annotated[Path, typer.Argument(help="A CSV or Excel (.xlsx) file.", exists=True, dir_okay=False)]


def make_change(config: Path, by: str, decide: "Decide", *, trial: bool = False) -> "Done":
    """Return what was changed; on a refusal, say every fault and end: nothing is changed then."""
    settings = usable(config)
    texts = texts_for(settings, None)
    from bot.administration import change
    from config.changes import ChangeRefused

    async def work() -> "Done | ChangeRefused":
        try:
            return await change(settings, texts, decide, actor=actor_of(by), now=datetime.now(UTC), trial=trial)
        except ChangeRefused as refused:
            return refused

    done = run_to_end(work())
    if isinstance(done, ChangeRefused):
        die("\n".join(fault.text for fault in done.faults))
    if not done.changes and not trial:
        print(texts.t("Så är det redan. Inget är ändrat."))
        raise typer.Exit(0)
    return done


def look(config: Path) -> "Standing":
    """Return how things stand."""
    settings = usable(config)
    texts = texts_for(settings, None)
    from bot.administration import standing

    return run_to_end(standing(settings, texts, datetime.now(UTC)))


def import_table(config: Path, by: str, file: Path, table: "Table", *, dry_run: bool) -> None:
    """Enter what the rows of a file change, all of it or nothing, and say what."""
    from config.import_rows import changes_in
    from config.table_files import TableFault, read_table

    try:
        rows = read_table(file.read_bytes())
    except TableFault as fault:
        die(table_fault(texts_for(usable(config), None), file, fault.why))
    done = make_change(config, by, lambda standing: changes_in(standing, table, rows), trial=dry_run)
    t, texts, known = done.before.texts.t, done.before.texts, table.known(done.before.layers)
    for one in done.changes:
        print(t("  ändras: {what}", what=one.key) if one.key in known else t("  ny: {what}", what=one.key))
    print(texts.n("{count} ändring.", "{count} ändringar.", len(done.changes)))
    print(t("Inget är sparat: det var bara ett prov.") if dry_run else t("Allt är sparat."))


def table_fault(texts: "Texts", file: Path, why: str) -> str:
    """Return why a file cannot be read as a table, in words."""
    from config.table_files import TableFault

    t = texts.t
    sentences = {
        TableFault.TOO_LARGE: t("Filen {file} är för stor. Dela upp den.", file=file.name),
        TableFault.OLD_EXCEL: t(
            "Filen {file} har Excels gamla format. Spara den som .xlsx eller .csv.", file=file.name
        ),
        TableFault.NOT_A_TABLE: t("Filen {file} är varken CSV eller Excel (.xlsx).", file=file.name),
        TableFault.EMPTY: t("Filen {file} är tom.", file=file.name),
    }
    return sentences[why]


def changes(
    config: Config = DEFAULT_CONFIG,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, as officer, unit, topic, canned or day.")] = None,
) -> None:
    """List who changed what, and when."""
    settings = usable(config)
    from bot.administration import entries
    from bot.register import EntryKind

    if kind is not None and kind not in set(EntryKind):
        die(f"{kind} is none of {', '.join(EntryKind)}")
    texts = texts_for(settings, None)
    found = [entry for entry in run_to_end(entries(settings)) if kind is None or entry.kind == kind]
    if not found:
        print(texts.t("Inget är ändrat."))
        return
    print_columns([_line(texts, entry) for entry in found])


def _line(texts: "Texts", entry: "Entry") -> tuple[str, ...]:
    what = texts.t("borttagen") if entry.ended else _summary(entry)
    local = entry.recorded_at.astimezone(texts.zone)
    return (str(entry.seq), f"{local:%Y-%m-%d %H:%M}", entry.actor, entry.kind.value, entry.key, what)


def _summary(entry: "Entry") -> str:
    """Return an entry's plain values in one line, as ``name=Anna Exempel units=kontaktcenter``."""
    told = {name: _value(value) for name, value in entry.data.items()}
    text = " ".join(f"{name}={value}" for name, value in told.items() if value)
    return text if len(text) <= 100 else text[:99] + "…"


def _value(value: object) -> str:
    """Return one of an entry's values, the first line of a text; empty for what says nothing."""
    if isinstance(value, list):
        return ",".join(map(_value, value)) or "–"
    if isinstance(value, dict):
        return " ".join(f"{name}:{said}" for name, one in value.items() if one and (said := _value(one)))
    return str(value).strip().partition("\n")[0] if value not in ("", None, False) else ""


def print_columns(rows: Iterable[Sequence[str]]) -> None:
    """Print rows with their cells under each other."""
    listed = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def day_of(text: str) -> date:
    """Return the date a person wrote, as 2026-12-23; say so and end if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        die(f"{text} is not a date: write it as 2026-12-23")


def actor_of(by: str) -> str:
    """Return who does it: as said with --by, else who is logged in."""
    from bot.register import cli_actor

    try:
        return cli_actor(by or getpass.getuser())
    except (KeyError, OSError):  # a system that knows no user by this number
        return cli_actor("")


def chosen(text: str, choices: Mapping[str, T]) -> T:
    """Return the choice of this name, upper and lower case alike; say which there are and end if there is none."""
    found = choices.get(text.strip().casefold())
    if found is None:
        die(f"{text} is none of {', '.join(choices)}")
    return found
