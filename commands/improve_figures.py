"""The commands of the gate measure: baseline, target, and a newer file of a series from one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.improve_book import AProject, By, Desk, First, Last, at_desk, series_for
from commands.improve_series import Better, series_in_file
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end

if TYPE_CHECKING:
    from measurement.improvement.project import Entry, Project
    from measurement.statistics.series import Series


def baseline(
    project: AProject, by: By, first: First = "", last: Last = "", config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:  # fmt: skip
    """Make the baseline: how it was, and whether it was stable. The chart comes before the target."""

    async def work() -> None:
        from measurement.improvement.baseline import NoBaseline, baseline_json, baseline_of, periods_for
        from measurement.improvement.project import Entry, Field
        from measurement.improvement.project_series import change_of
        from measurement.improvement.words import baseline_words

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
                whole = await series_for(connection, desk.book.calendar, desk.settings, desk.texts, found)
            change = change_of(found)
            try:
                part = periods_for(whole, first=first, last=last, before=change.period if change else "")
            except NoBaseline as fault:
                die(desk.texts.t("Det finns inga färdiga siffror för {periods}. Räkna dem först: run_bot.py figures "
                                 "fill", periods=fault))  # fmt: skip
            made = baseline_of(part)
            entry = Entry(field=Field.BASELINE, value=baseline_json(made), by=by.strip(), at=desk.now)
            await desk.enter(found, entry)
            print("\n".join(baseline_words(made, whole.unit, desk.texts)))

    run_to_end(work())


def target(
    project: AProject,
    value: Annotated[str, typer.Argument(help="As 95 %, 0.95, 4 h or 82.4, in the measure's unit.")],
    why: Annotated[str, typer.Option("--why", prompt="Why", help="Why just that, as it is to stand on the chart.")],
    by: By,
    first: Annotated[
        str, typer.Option("--from", help="The first period it holds for; else this week, of a file its newest.")
    ] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Set what is aimed at: only when the baseline has shown how stable it is."""

    async def work() -> None:
        from measurement.improvement.baseline import Stability, baseline_of_json
        from measurement.improvement.project import Entry, Field, may_set_target
        from measurement.improvement.words import target_words
        from measurement.rollup.history_file import value_of

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
                series = await series_for(connection, desk.book.calendar, desk.settings, desk.texts, found)
            t = desk.texts.t
            if may_set_target(found) is not None:
                die(t("Gör nuläget först: run_bot.py improve baseline {id}. Innan diagrammet finns vet ingen vad som "
                      "är möjligt.", id=found.id))  # fmt: skip
            wanted = value_of(value, series.unit)
            if wanted is None:
                die(t("{value} passar inte måttet. Skriv till exempel 90 %, 4 h eller 82,4.", value=value))
            entry = Entry(
                field=Field.TARGET, about=_first_period(desk, series, first, of_file=bool(found.opened.series)),
                value=f"{wanted!r} {why.strip()}", by=by.strip(), at=desk.now,
            )  # fmt: skip
            await _set_target(desk, found, entry)
            words = target_words(series.unit, wanted, desk.texts)
            print(t("Målet är {value} från och med {period}.", value=words, period=entry.about))
            if baseline_of_json(found.value(Field.BASELINE)).stability is not Stability.STABLE:
                print(t("Nuläget är inte stabilt, eller för kort för att veta. Ta reda på varför först."))

    run_to_end(work())


def _first_period(desk: Desk, series: "Series", written: str, *, of_file: bool) -> str:
    """Return the first period that a target holds for; of a file one like those it has."""
    from measurement.improvement.control_phase import like_periods
    from measurement.periods import Week, week_of

    names = [one.period for one in series.points] if of_file else [str(Week(year=2026, number=1))]
    first = written.strip() or (names[-1] if of_file else str(week_of(desk.now, desk.book.calendar.zone)))
    if not like_periods(first, names):
        die(desk.texts.t("{period} är ingen period i serien. Skriv den som {example}.", period=written,
                         example=names[-1]))  # fmt: skip
    return first


async def _set_target(desk: Desk, project: "Project", entry: "Entry") -> None:
    from measurement.improvement.book import enter
    from measurement.rollup.decisions import Signed, SignedKind, sign

    zone = desk.book.calendar.zone
    async with desk.book.rollup.writing() as connection:
        await enter(connection, project.id, [entry])
        if project.opened.measure:
            await sign(connection, Signed(
                kind=SignedKind.TARGET, measure=project.opened.measure, slice=project.opened.slice, period=entry.about,
                cause=entry.value, decided_by=entry.by, decided_on=desk.now.astimezone(zone).date(),
                recorded_at=desk.now,
            ))  # fmt: skip


def series(
    project: AProject,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The whole series anew (CSV or Excel).")],
    by: By,
    better: Annotated[Better, typer.Option(help="Which way is better.")] = Better.UP,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Take in a newer file of a project whose series comes from one, as when another month has passed."""

    async def work() -> None:
        from measurement.improvement.project import Entry, Field

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
            if not found.opened.series:
                die(desk.texts.t("{id} bygger på ett av våra mått. Det följs av sig självt.", id=found.id))
            told = series_in_file(file, found.opened.title, better, desk.texts)
            _require_the_same(desk, found, told, file)
            await desk.enter(found, Entry(field=Field.SERIES, value=told, by=by.strip(), at=desk.now))
            print(desk.texts.t("Den nya filen gäller."))

    run_to_end(work())


def _require_the_same(desk: Desk, project: "Project", told: str, file: Path) -> None:
    """End if a newer file lacks periods that are known, or has counts where there were none: nothing is lost so."""
    from measurement.improvement.project_series import file_series
    from measurement.improvement.series_json import series_of_json

    t, old, new = desk.texts.t, file_series(project), series_of_json(told)
    if old.unit is not new.unit:
        die(t("Filen {file} har inte samma slags siffror som den förra. Den förra gäller.", file=file.name))
    left = {one.period for one in new.points}
    lost = [one.period for one in old.points if one.period not in left]
    if lost:
        named = ", ".join(lost[:6]) + (" …" if len(lost) > 6 else "")
        die(t("Filen {file} saknar perioder som finns i den förra: {periods}. Den förra gäller. Ta in hela serien.",
              file=file.name, periods=named))  # fmt: skip
