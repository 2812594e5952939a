"""The commands that sign what is decided of charts: new limits, weeks left out, notes, targets."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import day_of
from commands.figure_book import AWeek, Cause, Signer, measure_named, open_book, read_all_beside, week_named
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from datetime import date

    from commands.figure_book import Book
    from config.settings import Settings
    from config.texts import Texts
    from measurement.measures import Measure
    from measurement.periods import Week
    from measurement.statistics.control import NoRebase

AMeasure = Annotated[str, typer.Argument(metavar="MEASURE", help="Its id, as answered_in_time.one_working_day.")]
OfMeasure = Annotated[str, typer.Option("--measure", help="A measure's id; else it concerns all of them.")]
OfSlice = Annotated[str, typer.Option("--slice", help="As channel:mail; else the whole.")]
On = Annotated[str, typer.Option("--on", help="The date it was decided, as 2026-12-01; else today.")]
End = Annotated[bool, typer.Option("--end", help="Take it back.")]

_SERIES = 520
"""Weeks that are looked at before limits may begin anew."""


def rebase(
    measure: AMeasure, week: AWeek, by: Signer, why: Cause, slice_: OfSlice = "", on: On = "", end: End = False,
    config: Config = DEFAULT_CONFIG, language: Language = None,
) -> None:  # fmt: skip
    """Begin new limits with a week: only for a known, dated change that has held."""
    settings = usable(config)
    texts, chosen = texts_for(settings, language), week_named(week)

    async def work() -> None:
        async with open_book(settings) as book:
            of = measure_named(book.measures, measure, texts)
            if not end and (reason := await _no_rebase(book, settings, texts, of, slice_, chosen)):
                die(_refusal(reason, chosen, texts))
            await _sign(book, "rebase", chosen, by, why, measure=of.id, slice_=slice_, on=on, end=end)

    run_to_end(work())
    print(texts.t("Nya gränser börjar inte längre med {week}.", week=chosen) if end
          else texts.t("Nya gränser börjar med {week}.", week=chosen))  # fmt: skip


async def _no_rebase(
    book: "Book", settings: "Settings", texts: "Texts", measure: "Measure", slice_: str, week: "Week"
) -> "NoRebase | None":
    from measurement.periods import Week
    from measurement.rollup.series import series_of
    from measurement.statistics.control import may_rebase

    async with book.reading() as connection:
        beside = await read_all_beside(book, connection, settings, texts)
        newest = max((Week.parse(name) for name in beside.standings if "-W" in name), default=week)
        series = await series_of(connection, beside, measure, slice_, newest, _SERIES)
    return may_rebase(series, str(week))


def _refusal(reason: "NoRebase", week: "Week", texts: "Texts") -> str:
    from measurement.statistics.control import NoRebase

    match reason:
        case NoRebase.UNKNOWN_PERIOD:
            return texts.t("Det finns inga siffror för {week}.", week=week)
        case NoRebase.NOTHING_BEFORE:
            return texts.t("Det finns inga siffror före {week} att jämföra med.", week=week)
        case NoRebase.NOT_HELD:
            return texts.t(
                "Ändringen har inte hållit i sig: minst sju veckor i rad från och med {week} behöver ligga på samma "
                "sida om den gamla mittlinjen.", week=week,
            )  # fmt: skip


def ghost(
    week: AWeek, by: Signer, why: Cause, measure: OfMeasure = "", slice_: OfSlice = "", on: On = "", end: End = False,
    config: Config = DEFAULT_CONFIG, language: Language = None,
) -> None:  # fmt: skip
    """Leave a week out of centre, limits and rules, as for an outage; it is still drawn, hollow."""
    texts, chosen = _decide("ghost", week, by, why, measure, slice_, on, end, config, language)
    print(texts.t("{week} räknas med i diagrammet igen.", week=chosen) if end
          else texts.t("{week} ritas, men räknas inte in i gränserna.", week=chosen))  # fmt: skip


def note(
    week: AWeek, by: Signer, why: Cause, measure: OfMeasure = "", slice_: OfSlice = "", on: On = "", end: End = False,
    config: Config = DEFAULT_CONFIG, language: Language = None,
) -> None:  # fmt: skip
    """Note at a week what a reader of the chart should know."""
    texts, chosen = _decide("note", week, by, why, measure, slice_, on, end, config, language)
    print(texts.t("Anteckningarna vid {week} är borttagna.", week=chosen) if end
          else texts.t("Anteckningen står vid {week}.", week=chosen))  # fmt: skip


def target(
    measure: AMeasure,
    value: Annotated[str, typer.Argument(help="As 90 %, 0.9, 4 h or 82.4, in the measure's unit.")],
    by: Signer,
    why: Cause,
    first: Annotated[str, typer.Option("--from", prompt="From which week", help="The first week it holds for.")],
    slice_: OfSlice = "",
    on: On = "",
    end: End = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Set a target from a week on; it goes before the one in the settings."""
    settings = usable(config)
    texts, chosen = texts_for(settings, language), week_named(first)
    from measurement.rollup.history_file import value_of

    async def work() -> str:
        async with open_book(settings) as book:
            of = measure_named(book.measures, measure, texts)
            wanted = value_of(value, of.unit)
            if wanted is None:
                die(texts.t("{value} passar inte måttet. Skriv till exempel 90 %, 4 h eller 82,4.", value=value))
            cause = f"{wanted!r} {why.strip()}"
            await _sign(book, "target", chosen, by, cause, measure=of.id, slice_=slice_, on=on, end=end)
            return texts.t(of.name)

    name = run_to_end(work())
    print(texts.t("Målet för {measure} är borttaget från och med {week}.", measure=name, week=chosen) if end
          else texts.t("Målet för {measure} är {value} från och med {week}.", measure=name, value=value,
                       week=chosen))  # fmt: skip


def _decide(
    kind: str, week: str, by: str, why: str, measure: str, slice_: str, on: str, end: bool, config: Config,
    language: str | None,
) -> "tuple[Texts, Week]":  # fmt: skip
    settings = usable(config)
    texts, chosen = texts_for(settings, language), week_named(week)

    async def work() -> None:
        async with open_book(settings) as book:
            of = measure_named(book.measures, measure, texts).id if measure else ""
            await _sign(book, kind, chosen, by, why, measure=of, slice_=slice_, on=on, end=end)

    run_to_end(work())
    return texts, chosen


async def _sign(
    book: "Book", kind: str, week: "Week", by: str, cause: str, *, measure: str, slice_: str, on: str, end: bool
) -> None:
    from measurement.rollup.decisions import Signed, SignedKind, sign

    now = datetime.now(UTC)
    decision: Signed = Signed(
        kind=SignedKind(kind), measure=measure, slice=slice_, period=str(week), cause=cause, decided_by=by.strip(),
        decided_on=_decided_on(on, now, book), recorded_at=now, ended=end,
    )  # fmt: skip
    async with book.rollup.writing() as connection:
        await sign(connection, decision)


def _decided_on(on: str, now: datetime, book: "Book") -> "date":
    return day_of(on) if on else now.astimezone(book.calendar.zone).date()
