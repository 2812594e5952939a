"""The commands about the book of figures: filling, showing, checking and correcting finished weeks."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.figure_book import AWeek, Cause, Signer, measure_named, open_book, week_named
from commands.figure_decisions import ghost, note, rebase, target
from commands.shell import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Language,
    die,
    instant_of,
    readable,
    run_to_end,
    texts_for,
    usable,
)  # fmt: skip

if TYPE_CHECKING:
    from commands.figure_book import Book
    from measurement.periods import Week

figures = typer.Typer(
    no_args_is_help=True,
    help="The kept figures: fill, show, check and correct finished weeks; sign what is decided of charts.",
)

figures.command("rebase")(rebase)
figures.command("ghost")(ghost)
figures.command("note")(note)
figures.command("target")(target)


@figures.command("fill")
def figures_fill(config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Make the figures of every week that lacks them or is not finished; again changes nothing."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.rollup.fill import fill

    async def work() -> list[tuple[str, str]]:
        async with open_book(settings) as book:
            done = await fill(book.rollup, datetime.now(UTC))
        frozen, so_far = texts.t("fastställd"), texts.t("preliminär")
        return [(str(one.week), frozen if one.freeze else so_far) for one in done]

    done = run_to_end(work())
    if done:
        print_columns(done)
    else:
        print(texts.t("Inget att räkna: alla veckor är fastställda."))


@figures.command("show")
def figures_show(
    period: Annotated[str, typer.Argument(help="A week, as 2026-W47.")],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="The values that were in force then; else the newest.")] = None,
    slices: Annotated[bool, typer.Option("--slices", help="Also by channel, kind, unit, topic and language.")] = False,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print the kept values of a period."""
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.periods import parse_period
    from measurement.rollup import show
    from measurement.rollup.book import standings, values_as_of

    async def work() -> None:
        name = str(parse_period(period))
        instant = instant_of(as_of, settings) if as_of else None
        async with open_book(settings, look=True) as book, book.reading() as connection:
            found = [
                one for one in show.shown(await values_as_of(connection, name, instant)) if slices or not one.slice
            ]
            standing = (await standings(connection)).get(name)
        if as_json:
            print(json.dumps([show.as_json(one) for one in found], ensure_ascii=False, indent=2))
            return
        print(f"{name}: {show.state_in_words(standing, texts)}")
        if found:
            print_columns(show.lines_of(found, book.measures, texts))

    run_to_end(work())


@figures.command("check")
def figures_check(
    weeks: Annotated[list[str] | None, typer.Argument(metavar="[WEEK]...", help="Frozen weeks; else all.")] = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Make frozen weeks anew beside the book: tell what does not agree, and what was learned too late."""
    settings = readable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from measurement.rollup.late import check
    from measurement.rollup.show import check_in_words

    async def work() -> bool:
        fine = True
        async with open_book(settings, look=True) as book:
            wanted = [week_named(one) for one in weeks] if weeks else await _frozen_weeks(book)
            for week in wanted:
                checked = await check(book.rollup, week, now)
                fine = fine and not checked.broken and not checked.is_late
                print("\n".join(check_in_words(checked, book.measures, texts)))
        return fine

    if not run_to_end(work()):
        raise typer.Exit(1)


async def _frozen_weeks(book: "Book") -> "list[Week]":
    from measurement.rollup.book import standings
    from measurement.rollup.states import State

    async with book.reading() as connection:
        known = await standings(connection)
    return [week_named(name) for name, one in known.items() if one.state is State.FROZEN and "-W" in name]


@figures.command("rebuild")
def figures_rebuild(
    processes: Annotated[int, typer.Option(min=1, max=16, help="How many weeks are made at once.")] = 2,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Make every week anew that is not frozen, and show that the frozen ones are what the facts still give."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.rollup.rebuild import rebuild

    async def work() -> bool:
        async with open_book(settings, at_once=processes) as book:
            done = await rebuild(book.rollup, datetime.now(UTC))
        print(texts.n("{count} vecka räknad.", "{count} veckor räknade.", len(done.made)))
        print(texts.n("{count} fastställd vecka stämmer.", "{count} fastställda veckor stämmer.", done.verified))
        for period in done.broken:
            print(texts.t("{week}: siffrorna stämmer inte med det som var känt då.", week=period))
        return not done.broken

    if not run_to_end(work()):
        raise typer.Exit(1)


@figures.command("revise")
def figures_revise(
    week: AWeek, by: Signer, why: Cause, config: Config = DEFAULT_CONFIG, language: Language = None
) -> None:
    """Correct a frozen week by what is known now; the old values stay, and the correction is seen."""
    settings = usable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    chosen = week_named(week)
    from measurement.rollup.late import NotFrozen, NothingToRevise, revise

    async def work() -> int:
        async with open_book(settings) as book:
            day = now.astimezone(book.calendar.zone).date()
            try:
                return await revise(book.rollup, chosen, now, by=by, cause=why, decided_on=day)
            except NotFrozen:
                die(texts.t("{week} är inte fastställd än. Den räknas om av sig själv.", week=chosen))
            except NothingToRevise:
                die(texts.t("{week} stämmer redan. Inget är ändrat.", week=chosen))

    revision = run_to_end(work())
    print(texts.t("{week} är rättad. Det är rättelse nummer {number}.", week=chosen, number=revision))


@figures.command("import")
def figures_import(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV, Excel, or JSON of `baseline --json`.")
    ],
    series: Annotated[str, typer.Option(help="What they are called together; importing it again replaces it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken in.")] = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Take in figures from before us, weeks or years: they are drawn beside ours and never counted with them."""
    settings = usable(config)
    texts, name = texts_for(settings, language), "-".join((series or file.stem).split())
    from measurement.rollup.history import put_history
    from measurement.rollup.history_file import HistoryFault, read_history

    async def work() -> int:
        async with open_book(settings) as book:
            try:
                rows = read_history(file.read_bytes(), name, book.measures, texts)
            except HistoryFault as fault:
                die("\n".join(fault.faults))
            for one in rows:
                print(f"  {one.period}  {one.measure}  {one.definition}")
            if not dry_run:
                async with book.rollup.writing() as connection:
                    await put_history(connection, rows, datetime.now(UTC))
        return len(rows)

    count = run_to_end(work())
    print(texts.n("{count} siffra.", "{count} siffror.", count))
    print(texts.t("Inget är sparat: det var bara ett prov.") if dry_run else texts.t("Allt är sparat."))


@figures.command("explain")
def figures_explain(
    period: Annotated[str, typer.Argument(help="A week, as 2026-W47.")],
    measure: Annotated[str, typer.Argument(help="A measure's id, as answered_in_time.one_working_day.")],
    slice_: Annotated[str, typer.Option("--slice", help="As channel:mail; else the whole.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Print what a kept figure counts, every value it has had, and who decided what about it.

    The short form: `explain figure MEASURE@PERIOD/SLICE` tells how it came out, and which cases are behind it.
    """
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.periods import parse_period
    from measurement.rollup import show
    from measurement.rollup.book import revisions_of, standings
    from measurement.rollup.decisions import concerning, signed

    async def work() -> None:
        name = str(parse_period(period))
        async with open_book(settings, look=True) as book, book.reading() as connection:
            chosen = measure_named(book.measures, measure, texts)
            had = await revisions_of(connection, name, chosen.id, slice_)
            standing = (await standings(connection)).get(name)
            decisions = concerning(await signed(connection), chosen.id, slice_)
        print(f"{texts.t(chosen.name)} ({chosen.id}, version {chosen.version})")
        print(chosen.population)
        print(f"{name}: {show.state_in_words(standing, texts)}")
        allowed = show.shown([one for _, one in had])
        print_columns([
            (str(revision), show.value_in_words(one, chosen.unit, texts), f"n = {one.n}", f"version {one.version}",
             texts.moment(one.as_of))
            for revision, one in had if one in allowed
        ] or [("", texts.t("inget att visa"))])  # fmt: skip
        told = [one for one in decisions if one.period == name]
        if told:
            print_columns([(f"{one.decided_on}", one.decided_by, one.kind.value, one.cause) for one in told])
        number = f"{chosen.id}@{name}" + (f"/{slice_}" if slice_ else "")
        print(texts.t("Allt som ligger bakom siffran: run_bot.py explain figure {number}", number=number))

    run_to_end(work())
