"""The telephone: importing the exchange's calls and its after-call survey, and showing the figures."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.administration import DryRun, TableFile, day_of, table_fault
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
    usable,
)  # fmt: skip

if TYPE_CHECKING:
    from bot.calls import CallFile, RowFault
    from config.phone_settings import CallSourceSettings, PhoneSettings
    from config.settings import Settings
    from config.table_files import Row
    from config.texts import Texts
    from measurement.phone import PhoneRules

phone = typer.Typer(no_args_is_help=True, help="The telephone: the exchange's calls, its survey, and the figures.")

MOST_CALLS = 200_000
"""Rows of one file: a year of a small municipality's calls, some months of a large one's."""

Source = Annotated[str, typer.Option("--source", help="The exchange's id in [[phone.sources]]; else the only one.")]


@phone.command("import")
def phone_import(
    file: TableFile, source: Source = "", dry_run: DryRun = False, config: Config = DEFAULT_CONFIG
) -> None:
    """Import the exchange's calls: all of a file or nothing. What was imported before is passed over."""
    settings = usable(config)
    texts, now = texts_for(settings, None), datetime.now(UTC)
    chosen, rows = _source(settings, texts, source), _rows(texts, file)
    from bot.calls import read_calls

    found = read_calls(rows, chosen.layout(settings.zone), chosen.id, now)
    _refuse(texts, found.faults)

    async def work() -> int:
        from bot.app import open_database
        from bot.store.call_book import add_calls

        async with open_database(settings) as database:
            at_work = database.reading() if dry_run else database.writing()
            async with at_work as connection:
                return await add_calls(connection, found.calls, trial=dry_run)

    new = run_to_end(work())
    print(texts.n("{count} samtal i filen.", "{count} samtal i filen.", len(found.calls)))
    print(texts.t("{new} nya, {known} fanns redan.", new=new, known=len(found.calls) - new))
    for line in _told(texts, found):
        print(line)
    _tell_end(texts, found.unread, dry_run=dry_run)


@phone.command("survey")
def phone_survey(
    file: TableFile, source: Source = "", dry_run: DryRun = False, config: Config = DEFAULT_CONFIG
) -> None:
    """Import the exchange's after-call survey: all of a file or nothing. Nobody's number or name is kept."""
    settings = usable(config)
    texts, now = texts_for(settings, None), datetime.now(UTC)
    chosen, rows = _source(settings, texts, source), _rows(texts, file)
    from bot.after_call import read_survey
    from config.settings import secret

    found = read_survey(rows, chosen.survey_layout(settings.zone), now)
    _refuse(texts, found.faults)
    key = or_die(lambda: secret(settings.secrets.key, settings.secrets.key_file).encode())

    async def work() -> int:
        from bot.app import open_database
        from bot.store.call_book import add_ratings

        async with open_database(settings) as database:
            at_work = database.reading() if dry_run else database.writing()
            async with at_work as connection:
                return await add_ratings(connection, found.ratings, chosen.id, key, trial=dry_run)

    new = run_to_end(work())
    print(texts.n("{count} svar i filen.", "{count} svar i filen.", len(found.ratings)))
    print(texts.t("{new} nya, {known} fanns redan.", new=new, known=len(found.ratings) - new))
    _tell_end(texts, found.unread, dry_run=dry_run)


@phone.command("remove")
def phone_remove(
    first: Annotated[str, typer.Argument(help="The first day, as 2026-11-16.")],
    last: Annotated[str, typer.Argument(help="The last day, included.")],
    source: Source = "",
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Take an exchange's calls of some days away, to import them anew: those of a file that was wrong."""
    settings = usable(config)
    texts = texts_for(settings, None)
    chosen = _source(settings, texts, source)
    begin, end = (instant_of(day.isoformat(), settings) for day in (day_of(first), day_of(last) + timedelta(days=1)))

    async def work() -> int:
        from bot.app import open_database
        from bot.store.call_book import remove_calls

        async with open_database(settings) as database, database.writing() as connection:
            return await remove_calls(connection, chosen.id, begin, end)

    count = run_to_end(work())
    print(texts.n("{count} samtal är borttaget.", "{count} samtal är borttagna.", count))


@phone.command("show")
def phone_show(
    period: Annotated[str, typer.Argument(help="As 2026-W47, 2026-11, 2026-T1 or 2026.")],
    config: Config = DEFAULT_CONFIG,
    as_of: Annotated[str | None, typer.Option(help="What was known then, as 2026-11-24T07:00; else now.")] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print the telephone's figures of a period: direct answers, coverage, answered calls."""
    settings = readable(config)
    from measurement.calls_source import read_phone
    from measurement.periods import parse_period
    from measurement.phone import phone_figures
    from measurement.show_phone import as_data, as_text

    async def work() -> str:
        texts, calendar, chosen = texts_for(settings, language), await calendar_now(settings), parse_period(period)
        instant = instant_of(as_of, settings) if as_of else datetime.now(UTC)
        start, end = chosen.start(calendar.zone), chosen.end(calendar.zone)
        data = await read_phone(database_url(settings), start, end, instant)
        rules = rules_of(settings.phone)
        found = phone_figures(data, calendar, rules, label=str(chosen), as_of=instant)
        return _as_json(as_data(found)) if as_json else as_text(found, rules, texts)

    print(run_to_end(work()))


def rules_of(settings: "PhoneSettings") -> "PhoneRules":
    """Return what is counted how, as the settings say."""
    from measurement.phone import PhoneRules

    return PhoneRules(
        threshold=settings.threshold_seconds,
        also=settings.also_seconds,
        short_abandon=settings.short_abandon_seconds,
        sample_every=settings.sample_every,
        from_exchange=settings.direct_from == "exchange",
    )


def _as_json(data: Any) -> str:  # noqa: ANN401 -- plain data
    return json.dumps(data, ensure_ascii=False, indent=2)


def _source(settings: "Settings", texts: "Texts", name: str) -> "CallSourceSettings":
    found = settings.phone.source(name)
    if found is None:
        known = ", ".join(one.id for one in settings.phone.sources) or "exchange"
        die(texts.t("Välj växel med --source: {known}.", known=known))
    return found


def _rows(texts: "Texts", file: Path) -> "list[Row]":
    from config.table_files import TableFault, read_table

    try:
        return read_table(file.read_bytes(), most_rows=MOST_CALLS)
    except TableFault as fault:
        die(table_fault(texts, file, fault.why))


def _refuse(texts: "Texts", faults: "Sequence[RowFault]") -> None:
    """Tell every fault and end, if there are any: nothing is stored then."""
    from commands.phone_words import fault_lines

    if faults:
        die("\n".join([*fault_lines(texts, faults), texts.t("Inget är sparat.")]))


def _told(texts: "Texts", found: "CallFile") -> list[str]:
    """Return what whoever imports calls should know of them."""
    t, lines = texts.t, list[str]()
    if found.calls:
        first, last = min(call.at for call in found.calls), max(call.at for call in found.calls)
        lines.append(t("Första samtalet {first}, sista {last}.", first=texts.moment(first), last=texts.moment(last)))
    if found.totals:
        lines.append(
            texts.n(
                "{count} rad är en summa, och inget samtal.", "{count} rader är summor, och inga samtal.", found.totals
            )
        )
    if found.parts:
        lines.append(
            texts.n(
                "{count} rad är en fortsättning på ett samtal på en annan rad.",
                "{count} rader är fortsättningar på samtal på andra rader.",
                found.parts,
            )
        )
    if found.doubtful:
        lines.append(
            texts.n(
                "{count} samtal ligger i timmen som kommer två gånger när sommartiden slutar. "
                "Det räknas till den första.",
                "{count} samtal ligger i timmen som kommer två gånger när sommartiden slutar. "
                "De räknas till den första.",
                found.doubtful,
            )
        )
    if found.whole_minutes:
        lines.append(
            t("Alla väntetider är hela minuter. Har kalkylprogrammet läst minuter som timmar? Se efter i filen.")
        )
    return lines


def _tell_end(texts: "Texts", unread: Sequence[str], *, dry_run: bool) -> None:
    t = texts.t
    if unread:
        print(t("Kolumner som varken läses eller sparas: {columns}.", columns=", ".join(unread)))
    print(t("Inget är sparat: det var bara ett prov.") if dry_run else t("Allt är sparat."))
