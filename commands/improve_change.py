"""The commands of the gates improve and control: the change, what it did, and new limits where it has held."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from commands.improve_book import AProject, By, Desk, at_desk, content_for, names_of, series_for
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from measurement.improvement.project import Change, Project
    from measurement.rollup.decisions import Signed
    from measurement.statistics.series import Series


def change(
    project: AProject,
    what: Annotated[str, typer.Option(prompt="What is changed", help="As it is to stand on every chart.")],
    on: Annotated[str, typer.Option(prompt="From which day", help="The day it takes effect, as 2026-09-01.")],
    by: By,
    unit: Annotated[str, typer.Option(help="A unit's id that tries it first (pilot), beside the others.")] = "",
    period: Annotated[str, typer.Option(help="The first period after it; else told by the day.")] = "",
    concerns: Annotated[
        list[str] | None, typer.Option(help="A measure whose chart it is noted on, one or more; else all.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Say what is changed and when. It is noted, signed, on every chart it concerns."""

    async def work() -> None:
        from measurement.improvement.effect_words import change_words

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
                series = await series_for(connection, desk.book.calendar, desk.settings, desk.texts, found)
            names = await names_of(desk.settings, desk.book.calendar)
            if unit and f"unit:{unit}" not in names:
                die(desk.texts.t("{unit} är ingen enhet.", unit=unit))
            made = _change(desk, series, what, on, unit, period, by)
            charts = await _noted(desk, found, made, concerns or [], names)
            print(change_words(made, names, desk.texts))
            print(desk.texts.t("Det står på {charts}.", charts=charts))

    run_to_end(work())


def _change(desk: Desk, series: "Series", what: str, on: str, unit: str, period: str, by: str) -> "Change":
    from measurement.improvement.control_phase import NoPeriod, period_of
    from measurement.improvement.project import Change

    day, periods = _day(on, desk), [one.period for one in series.points]
    try:
        first = period.strip() or period_of(day, periods or ["2026-W01"])
    except NoPeriod:
        die(desk.texts.t("Filens perioder säger inte vilken som är den första efter ändringen. Ange den: --period"))
    if not what.strip():
        die(desk.texts.t("Skriv vad som ändras."))
    return Change(what=what.strip(), on=day, period=first, unit=unit, by=by.strip())


def _day(written: str, desk: Desk) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        die(desk.texts.t("{day} är inget datum. Skriv det som 2026-12-23.", day=written))


async def _noted(
    desk: Desk, project: "Project", made: "Change", concerns: list[str], names: "Mapping[str, str]"
) -> str:  # fmt: skip
    """Enter the change and sign the notes, all of it or nothing; return in words where it stands."""
    from commands.improve_book import measure_for
    from measurement.improvement.analysis_json import change_json
    from measurement.improvement.book import enter
    from measurement.improvement.project import Entry, Field
    from measurement.report.known import measure_name
    from measurement.rollup.decisions import sign

    t = desk.texts.t
    of = [measure_for(desk, one) for one in concerns]
    measures = [] if project.opened.series else (of or [""])
    entry = Entry(field=Field.CHANGE, value=change_json(made), by=made.by, at=desk.now)
    async with desk.book.rollup.writing() as connection:
        await enter(connection, project.id, [entry])
        for measure in measures:
            await sign(connection, _note(desk, project, made, measure, names))
    if not measures:
        return t("filens diagram")
    told = ", ".join(measure_name(one, desk.texts) for one in of)
    return t("diagrammen över {measures}", measures=told) if of else t("alla diagram som det rör")


def _note(desk: Desk, project: "Project", made: "Change", measure: str, names: "Mapping[str, str]") -> "Signed":
    """Return the note; of a pilot it names the unit, for a report tells it without its chart."""
    from measurement.rollup.decisions import Signed, SignedKind

    slice_, cause = project.opened.slice, made.what
    if made.unit:
        slice_ = f"unit:{made.unit}"
        cause = desk.texts.t("{what} (prövas på {unit})", what=made.what.rstrip(" ."), unit=names[slice_])
    return Signed(
        kind=SignedKind.NOTE, measure=measure, slice=slice_, period=made.period, cause=cause,
        decided_by=made.by, decided_on=made.on, recorded_at=desk.now,
    )  # fmt: skip


def control(project: AProject, config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Tell what the change did: before and after, from which period the chart shows it, and whether it holds."""

    async def work() -> None:
        from measurement.improvement.effect_words import outcome_words, rebase_words

        async with at_desk(config, language) as desk, desk.book.reading() as connection:
            content = await content_for(connection, desk, await desk.project(connection, project))
            t, change_ = desk.texts.t, content.change
            if change_ is None:
                die(t("Ingen ändring är införd: run_bot.py improve change {id}", id=content.project.id))
            if content.outcome is None:
                die(t("Det finns inga siffror för {week} än.", week=change_.period))
            print("\n".join(outcome_words(content.outcome, content.series.unit, desk.texts)))
            print(rebase_words(content.outcome.may_rebase, change_.period, desk.texts))

    run_to_end(work())


def rebase(
    project: AProject,
    why: Annotated[str, typer.Option("--why", prompt="Why", help="As it is to stand on the chart.")],
    by: By,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Begin new limits with the change (of a pilot on its unit's chart): only when it is better and has held."""

    async def work() -> None:
        from measurement.improvement.effect_words import rebase_words

        async with at_desk(config, language) as desk:
            t = desk.texts.t
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
                content = await content_for(connection, desk, found)
            change_ = content.change
            if change_ is None:
                die(t("Ingen ändring är införd: run_bot.py improve change {id}", id=found.id))
            if content.outcome is None:
                die(t("Det finns inga siffror för {week} än.", week=change_.period))
            if content.outcome.may_rebase is not None:
                die(rebase_words(content.outcome.may_rebase, change_.period, desk.texts))
            if not why.strip() or not by.strip():
                die(t("Ange vem som beslutar, och varför."))
            await _rebased(desk, found, change_, by.strip(), why.strip())
            print(t("Nya gränser börjar med {week}.", week=change_.period))

    run_to_end(work())


async def _rebased(desk: Desk, project: "Project", made: "Change", by: str, why: str) -> None:
    from measurement.improvement.book import enter
    from measurement.improvement.project import Entry, Field
    from measurement.rollup.decisions import Signed, SignedKind, sign

    entry = Entry(field=Field.REBASED, about=made.period, value=why, by=by, at=desk.now)
    async with desk.book.rollup.writing() as connection:
        await enter(connection, project.id, [entry])
        if project.opened.measure:
            day = desk.now.astimezone(desk.book.calendar.zone).date()
            await sign(connection, Signed(
                kind=SignedKind.REBASE, measure=project.opened.measure, period=made.period, cause=why, decided_by=by,
                slice=f"unit:{made.unit}" if made.unit else project.opened.slice, decided_on=day, recorded_at=desk.now,
            ))  # fmt: skip
