"""The command of the gate analyze: what the data say of the cause."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.improve_book import AProject, By, Desk, First, Last, at_desk, names_of, series_for
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end

if TYPE_CHECKING:
    from bot.clock import Rule
    from measurement.improvement.findings import Analysis
    from measurement.improvement.project import Project
    from measurement.improvement.staffing import Slot, Staffing
    from measurement.periods import Week
    from measurement.population import PeriodInquiries

_NOT_OF_INQUIRIES = ("phone.", "reception.", "clarity.", "ease.", "survey.", "quality.", "test.")
"""How the measures begin that say nothing of single written inquiries."""


def analyze(
    project: AProject,
    by: By,
    first: First = "",
    last: Last = "",
    rota: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Staffing: CSV or Excel of weekday, hour, staff.")
    ] = None,
    counts: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Of anything else: dimension, category, bad, n."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Look for the cause: late inquiries by kind, topic, unit, weekday, hour, holding notice and handing over."""

    async def work() -> None:
        from measurement.improvement.analysis_json import analysis_json
        from measurement.improvement.project import Entry, Field
        from measurement.improvement.show import analysis_lines

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                found = await desk.project(connection, project)
            made = (
                _counted(desk, counts, first.strip(), last.strip())
                if counts
                else await _of_inquiries(desk, found, first, last, rota)
            )
            await desk.enter(found, Entry(field=Field.ANALYSIS, value=analysis_json(made), by=by.strip(), at=desk.now))
            names = await names_of(desk.settings, desk.book.calendar)
            print("\n".join(analysis_lines(made, names, desk.texts)))

    run_to_end(work())


def _counted(desk: Desk, file: Path, first: str, last: str) -> "Analysis":
    from measurement.improvement.columns import ColumnsFault, fault_words
    from measurement.improvement.counts_file import read_counts
    from measurement.improvement.findings import analysis_of_counts

    try:
        return analysis_of_counts(read_counts(file.read_bytes()), first, last)
    except ColumnsFault as fault:
        die(fault_words(fault, file.name, desk.texts))


async def _of_inquiries(desk: Desk, project: "Project", first: str, last: str, rota: Path | None) -> "Analysis":
    from bot.facts import to_micros
    from measurement.improvement.by_deadline import known_by_deadline
    from measurement.improvement.findings import analysis_of
    from measurement.improvement.lateness import lateness_of
    from measurement.source import read_period

    if project.opened.series or project.opened.measure.startswith(_NOT_OF_INQUIRIES):
        die(desk.texts.t("Det här följs inte kontakt för kontakt. Ta in antal per grupp ur en fil: --counts FIL"))
    slots, (begin, end) = _rota(desk, rota), await _weeks(desk, project, first, last)
    calendar, slice_, rule = desk.book.calendar, project.opened.slice, _rule(desk, project)
    async with desk.book.reading() as connection:
        data = await read_period(connection, begin.start(calendar.zone), end.end(calendar.zone), desk.now)
        known = await known_by_deadline(connection, data.inquiries, calendar, rule, to_micros(desk.now))
    late = lateness_of(data.inquiries, known, calendar, desk.now, rule, slice_)
    staffing = _staffing(desk, data.inquiries, slots, slice_) if slots else None
    beside = not project.opened.measure.startswith("answered_in_time.")
    return replace(analysis_of(late, str(begin), str(end), rule.value, staffing), beside=beside)


def _rule(desk: Desk, project: "Project") -> "Rule":
    """Return what in time means: what the measure says, else the configured rule."""
    from bot.clock import Rule

    named = project.opened.measure.removeprefix("answered_in_time.")
    return next((one for one in Rule if one.value == named), desk.settings.answers.rule)


async def _weeks(desk: Desk, project: "Project", first: str, last: str) -> "tuple[Week, Week]":
    """Return the first and the last week that are looked at: as said, else those of the baseline, else the settled."""
    from commands.figure_book import week_named
    from measurement.improvement.baseline import NoBaseline, baseline_of_json, periods_for
    from measurement.improvement.project import Field
    from measurement.improvement.project_series import change_of

    told = project.value(Field.BASELINE)
    if told and not first and not last:
        made = baseline_of_json(told)
        return week_named(made.first), week_named(made.last)
    async with desk.book.reading() as connection:
        series = await series_for(connection, desk.book.calendar, desk.settings, desk.texts, project)
    change = change_of(project)
    try:
        part = periods_for(series, first=first, last=last, before=change.period if change else "")
    except NoBaseline as fault:
        die(desk.texts.t("Det finns inga färdiga siffror för {periods}. Räkna dem först: run_bot.py figures fill",
                         periods=fault))  # fmt: skip
    return week_named(part.points[0].period), week_named(part.points[-1].period)


def _rota(desk: Desk, file: Path | None) -> "Mapping[Slot, float]":
    from measurement.improvement.columns import ColumnsFault, fault_words
    from measurement.improvement.staffing import read_rota

    if file is None:
        return {}
    try:
        return read_rota(file.read_bytes())
    except ColumnsFault as fault:
        die(fault_words(fault, file.name, desk.texts))


def _staffing(desk: Desk, inquiries: "PeriodInquiries", rota: "Mapping[Slot, float]", slice_: str) -> "Staffing | None":
    """Return when inquiries that count came, against the rota."""
    from measurement.improvement.lateness import LocalTimes, in_slice
    from measurement.improvement.staffing import staffing_of

    counted = [at for at, word in enumerate(inquiries.excluded.words) if not word]
    mine = in_slice(inquiries, slice_) & [code in counted for code in inquiries.excluded.codes.tolist()]
    return staffing_of(LocalTimes.of(inquiries.arrived[mine], desk.book.calendar.zone), rota)
