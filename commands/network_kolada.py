"""The commands about Kolada: fetching its figures, reading them from files, and a municipality beside groups."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.shell import (
    DEFAULT_CONFIG,
    Config,
    Language,
    database_url,
    die,
    or_die,
    progress,
    readable,
    run_to_end,
    texts_for,
    today,
    usable,
)

if TYPE_CHECKING:
    from config.settings import Settings
    from config.texts import Texts
    from measurement.network.kolada_gather import Wish
    from measurement.network.outside import Stored
    from measurement.network.outside_data import Gathered, Kept, OutsideTitle
    from measurement.network.yearly import Comparison

kolada = typer.Typer(
    no_args_is_help=True,
    help="Figures of Kolada: fetch them when you say so, or read them from files; compare year by year.",
)

_YEARS_BACK = 10
_MOST_TOLD = 20
_CLOCKS_APART = timedelta(hours=1)
Kpis = Annotated[list[str] | None, typer.Option("--kpi", help="A KPI's id, as N00671; may be given again.")]
Places = Annotated[list[str] | None, typer.Option("--municipality", "-m", help="By id or name; may be given again.")]
Groups = Annotated[
    list[str] | None,
    typer.Option("--group", "-g", help="By id or words of its title, as R12; liknande: those like yours. Again: more."),
]
Years = Annotated[str, typer.Option(help="As 2022-2025 or 2025.")]


@kolada.command("fetch")
def fetch(
    address: Annotated[str, typer.Argument(help="Where Kolada's API is, as https://api.kolada.se/v3/")],
    kpi: Kpis = None,
    municipality: Places = None,
    group: Groups = None,
    years: Years = "",
    since: Annotated[str, typer.Option(help="Only what Kolada has changed since this date, as 2026-05-01.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Ask Kolada, and keep what it says; all municipalities unless some or a group are named."""
    settings = usable(config)
    texts = texts_for(settings, language)
    from measurement.network.breaks import DEFAULT_KPIS
    from measurement.network.kolada_gather import Wish

    wish = Wish(
        kpis=tuple(dict.fromkeys(one.strip().upper() for one in kpi or DEFAULT_KPIS)),
        years=tuple(_years(years, texts)), municipalities=tuple(municipality or ()), groups=tuple(group or ()),
        own=settings.municipality.name, since=_day(since, texts) if since else None,
    )  # fmt: skip

    async def work() -> "Stored":
        gathered = await _fetched(address, wish, texts)
        return (await _keep(settings, [gathered], texts))[0]

    _tell(run_to_end(work()), texts)


def _day(written: str, texts: "Texts") -> date:
    """Return the date that somebody wrote; say so and end if it is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        die(texts.t("{value} är inget datum. Skriv det som 2027-02-15.", value=written))


def _years(written: str, texts: "Texts") -> range:
    """Return years written as 2022-2025 or 2025; none written: the last eleven. Say so and end if it is none."""
    this = datetime.now(UTC).year
    if not written:
        return range(this - _YEARS_BACK, this + 1)
    first, dash, last = written.partition("-")
    try:
        found = range(int(first), int(last if dash else first) + 1)
    except ValueError:
        found = range(0)
    if not found or found[0] < 1900 or found[-1] > 2100:
        die(texts.t("{written} är inga år. Skriv dem som 2022-2025 eller 2025.", written=written))
    return found


async def _fetched(address: str, wish: "Wish", texts: "Texts") -> "Gathered":
    from measurement.network.kolada import KoladaFault, kolada_at
    from measurement.network.kolada_choice import Unknown
    from measurement.network.kolada_gather import gather
    from measurement.network.kolada_words import trouble_words, unknown_words

    def now() -> datetime:
        return datetime.now(UTC)

    try:
        async with kolada_at(address, now, asyncio.sleep) as api:
            with progress("Kolada") as told:
                return await gather(api, wish, now(), told)
    except KoladaFault as fault:
        die(trouble_words(fault, now(), texts))
    except Unknown as fault:
        die(f"{unknown_words(fault, texts)} {texts.t('Inget är sparat.')}")


@kolada.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON as exported or saved; CSV or Excel.")],
    on: Annotated[str, typer.Option("--on", help="When it was fetched, where the file does not say; else today.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Read figures and titles from files that were saved earlier: all of them, or nothing."""
    settings = usable(config)
    texts = texts_for(settings, language)
    saved = datetime(*_day(on, texts).timetuple()[:3], tzinfo=texts.zone) if on else datetime.now(UTC)

    async def work() -> "list[Stored]":
        parts = [part for file in files for part in _read(file, saved.astimezone(UTC), texts)]
        return await _keep(settings, parts, texts, by_hand=True)

    _tell_all(run_to_end(work()), texts)


def _read(file: Path, saved: datetime, texts: "Texts") -> "tuple[Gathered, ...]":
    from commands.administration import table_fault
    from config.table_files import TableFault
    from measurement.network.kolada_file import read_file
    from measurement.network.kolada_shapes import ShapeFault
    from measurement.network.kolada_words import shape_words

    try:
        parts = read_file(file.read_bytes(), file.name, saved)
    except TableFault as fault:
        die(f"{table_fault(texts, file, fault.why)} {texts.t('Inget är sparat.')}")
    except ShapeFault as fault:
        die(f"{file.name}: {shape_words(fault, texts)}. {texts.t('Inget är sparat.')}")
    newest = max(one.fetched_at for one in parts)
    if newest > datetime.now(UTC) + _CLOCKS_APART:
        # Nothing that is fetched before that day would ever replace it.
        day = f"{newest.astimezone(texts.zone):%Y-%m-%d}"
        die(texts.t("{file}: hämtad {day}, står det, men så långt har vi inte kommit. Rätta datumet. Inget är sparat.",
                    file=file.name, day=day))  # fmt: skip
    return parts


async def _keep(
    settings: "Settings", parts: "Sequence[Gathered]", texts: "Texts", *, by_hand: bool = False
) -> "list[Stored]":
    """Keep what came in one transaction; say so and end where a value cannot be, or, by hand, an id has no title."""
    from bot.app import open_database
    from measurement.network.kolada_file import strangers
    from measurement.network.kolada_words import impossible_words, strangers_words
    from measurement.network.outside import put, titles_kept
    from measurement.network.outside_limits import impossible

    async with open_database(settings) as database, database.writing() as connection:
        known = await titles_kept(connection)
        kpis, places = strangers(parts, known) if by_hand else ([], [])
        if kpis or places:
            die(strangers_words(kpis, places, texts))
        titles = [*known, *(title for one in parts for title in one.titles)]
        if wrong := impossible((value for one in parts for value in one.values), titles):
            die(impossible_words(wrong, texts))
        return [await put(connection, one) for one in parts]


def _tell_all(stored: "Sequence[Stored]", texts: "Texts") -> None:
    from measurement.network.outside import Stored

    _tell(
        Stored(
            new=sum(one.new for one in stored), same=sum(one.same for one in stored),
            changed=tuple(each for one in stored for each in one.changed),
            removed=tuple(each for one in stored for each in one.removed),
            older=sum(one.older for one in stored), titles=sum(one.titles for one in stored),
        ),
        texts,
    )  # fmt: skip


def _tell(stored: "Stored", texts: "Texts") -> None:
    """Say what was kept, and name each value that Kolada has changed or taken away."""
    from measurement.network.kolada_words import exact_words

    t = texts.t
    print(texts.n("{count} nytt värde.", "{count} nya värden.", stored.new))
    print(texts.n("{count} värde som förut.", "{count} värden som förut.", stored.same))
    print(texts.n("{count} namn på nyckeltal, kommuner och grupper.",
                  "{count} namn på nyckeltal, kommuner och grupper.", stored.titles))  # fmt: skip
    if stored.older:
        print(texts.n("{count} värde är äldre än det som finns, och lästes inte in.",
                      "{count} värden är äldre än det som finns, och lästes inte in.", stored.older))  # fmt: skip
    told = [
        t("ändrat: {kpi} {municipality} {year}, {old} → {new}", kpi=new.kpi, municipality=new.municipality,
          year=f"{new.year} {new.gender}", old=exact_words(old.value or 0, texts),
          new=exact_words(new.value or 0, texts))
        for old, new in stored.changed
    ] + [
        t("borttaget: {kpi} {municipality} {year}, var {old}", kpi=one.kpi, municipality=one.municipality,
          year=f"{one.year} {one.gender}", old=exact_words(one.value or 0, texts))
        for one in stored.removed
    ]  # fmt: skip
    for line in told[:_MOST_TOLD]:
        print(line)
    if len(told) > _MOST_TOLD:
        print(texts.n("och {count} till", "och {count} till", len(told) - _MOST_TOLD))


@kolada.command("list")
def list_kept(
    groups: Annotated[bool, typer.Option("--groups", help="The groups and how many members they have.")] = False,
    municipalities: Annotated[
        bool, typer.Option("--municipalities", help="The municipalities with their ids.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """List what is kept: each KPI with its years, how many municipalities have a value, source and date."""
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.network.outside import coverage, titles_kept
    from measurement.network.outside_data import TitleKind
    from measurement.tables import reading

    async def work() -> list[tuple[str, ...]]:
        async with reading(database_url(settings)) as connection:
            if groups:
                return [(one.id, str(len(one.members)), one.title) for one in
                        await titles_kept(connection, TitleKind.GROUP)]  # fmt: skip
            if municipalities:
                return [(one.id, one.title) for one in await titles_kept(connection, TitleKind.MUNICIPALITY)]
            names = {one.id: one.title for one in await titles_kept(connection, TitleKind.KPI)}
            return [
                (one.kpi, f"{one.first}–{one.last}",
                 texts.n("{count} kommun", "{count} kommuner", one.municipalities),
                 f"{one.fetched_at.astimezone(texts.zone):%Y-%m-%d}", one.origin, texts.t(names.get(one.kpi, "–")))
                for one in await coverage(connection)
            ]  # fmt: skip

    found = run_to_end(work())
    if found:
        print_columns(found)
    else:
        print(texts.t("Inget är hämtat än. Hämta från Kolada, eller läs in en fil."))


@kolada.command("show")
def show(
    kpi: Annotated[str, typer.Argument(help="A KPI's id, as N00671.")],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="By id or name; else your own.")] = "",
    group: Groups = None,
    years: Years = "",
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write .pdf, .txt, .png or .csv instead.")] = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Show a KPI year by year: a municipality beside the unweighted means of groups."""
    settings = readable(config)
    texts = texts_for(settings, language)
    span = _years(years, texts) if years else None

    async def work() -> "Comparison":
        return await _compared(settings, texts, kpi, municipality or settings.municipality.name, group or [], span)

    comparison = run_to_end(work())
    if not comparison.years:
        die(texts.t("Det finns inga värden av {kpi} för {name} eller grupperna. Hämta dem från Kolada, eller läs in en "
                    "fil.", kpi=comparison.kpi.id, name=comparison.own.title))  # fmt: skip
    if out is None:
        from measurement.network.yearly_text import as_lines

        print("\n".join(as_lines(comparison, texts)))
        return
    or_die(lambda: out.write_bytes(_as_file(comparison, texts, out.suffix.lower(), today())))
    print(out)


async def _compared(
    settings: "Settings", texts: "Texts", kpi: str, municipality: str, groups: list[str], years: range | None
) -> "Comparison":
    from measurement.network.kolada_choice import Unknown, group_named, kpi_named, municipality_named
    from measurement.network.kolada_words import unknown_words
    from measurement.network.outside import titles_kept, values_of
    from measurement.network.yearly import compare_yearly, kpis_for
    from measurement.tables import reading

    async with reading(database_url(settings)) as connection:
        titles = await titles_kept(connection)
        if not titles:
            die(texts.t("Inget är hämtat än. Hämta från Kolada, eller läs in en fil."))
        try:
            of, own = kpi_named(titles, kpi), municipality_named(titles, municipality)
            beside = [group_named(titles, one, own) for one in groups]
        except Unknown as fault:
            die(unknown_words(fault, texts))
        kept = await values_of(connection, kpis_for(of.id))
    return compare_yearly(of, own, beside, kept, titles, years)


def _as_file(comparison: "Comparison", texts: "Texts", ending: str, signed_on: date) -> bytes:
    from measurement.network.yearly_drawing import draw_png
    from measurement.network.yearly_paper import kolada_paper
    from measurement.network.yearly_words import series_csv
    from measurement.report.mail import as_plain_text
    from measurement.report.pdf import report_pdf

    writers = {
        ".pdf": lambda: report_pdf(kolada_paper(comparison, texts), texts),
        ".txt": lambda: as_plain_text(kolada_paper(comparison, texts)).encode(),
        ".png": lambda: draw_png(comparison, texts),
        ".csv": lambda: series_csv(comparison, texts, signed_on),
    }
    if ending not in writers:
        die(texts.t("Skriv en fil som slutar på {endings}.", endings=", ".join(writers)))
    return writers[ending]()


@kolada.command("export")
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to, as kolada.json.")],
    kpi: Kpis = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Write what is kept to a file that `import` reads, with the source and date of every value."""
    settings = readable(config)
    texts = texts_for(settings, language)
    from measurement.network.kolada_file import write_file
    from measurement.network.outside import titles_kept, values_of
    from measurement.tables import reading

    async def work() -> "tuple[list[OutsideTitle], list[Kept]]":
        async with reading(database_url(settings)) as connection:
            return await titles_kept(connection), await values_of(connection, [one.upper() for one in kpi or []])

    titles, kept = run_to_end(work())
    or_die(lambda: file.write_bytes(write_file(titles, kept)))
    count = sum(one.value.value is not None for one in kept)
    print(texts.n("{count} värde skrivet till {file}.", "{count} värden skrivna till {file}.", count, file=file))
