"""What the commands about improvements share: the project, its series, and all that is told of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure_book import open_book
from commands.shell import die, texts_for, usable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.calendar import Calendar
    from commands.figure_book import Book
    from config.settings import Settings
    from config.texts import Texts
    from measurement.improvement.effect import NoPilot
    from measurement.improvement.paper import Content
    from measurement.improvement.project import Change, Entry, Project
    from measurement.statistics.series import Series

AProject = Annotated[str, typer.Argument(metavar="PROJECT", help="Its id, as svar-i-tid.")]
By = Annotated[str, typer.Option("--by", prompt="By (role or work address)", help="Who says so: role or work address.")]
First = Annotated[str, typer.Option("--from", help="The first period, as 2026-W01; else at most 52 of them.")]
Last = Annotated[str, typer.Option("--to", help="The last period; else the newest, before the change.")]

MOST_WEEKS = 520
"""Of a series that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a command works: the book of figures, settings, texts, and the instant that is now (UTC)."""

    book: "Book"
    settings: "Settings"
    texts: "Texts"
    now: datetime

    async def project(self, connection: "AsyncConnection", written: str) -> "Project":
        """Return a project; say which there are and end if there is none of this id."""
        from measurement.improvement.book import UnknownProject, read_project, read_projects

        try:
            return await read_project(connection, written.strip())
        except UnknownProject:
            known = ", ".join(one.id for one in await read_projects(connection)) or self.texts.t("inget ännu")
            die(self.texts.t("Det finns inget arbete som heter {id}. De som finns: {known}.", id=written, known=known))

    async def enter(self, project: "Project", *entries: "Entry") -> None:
        """Add entries to a project, all of them or none."""
        from measurement.improvement.book import enter

        async with self.book.rollup.writing() as connection:
            await enter(connection, project.id, entries)


@asynccontextmanager
async def at_desk(config: Path, language: str | None) -> AsyncIterator[Desk]:
    """Give a desk."""
    settings = usable(config)
    async with open_book(settings) as book:
        yield Desk(book=book, settings=settings, texts=texts_for(settings, language), now=datetime.now(UTC))


async def names_of(settings: "Settings", calendar: "Calendar") -> Mapping[str, str]:
    """Return what units and topics are called, as ``unit:kc``."""
    from bot.administration import known_entries
    from commands.figure_parts import report_basis

    return report_basis(settings, calendar, await known_entries(settings)).names


def measure_for(desk: Desk, written: str) -> str:
    """Return the id of a measure by its id or its name; say which are like it and end if there is none."""
    from difflib import get_close_matches

    from measurement.report.known import find_measure

    wanted, known = written.strip(), desk.book.measures
    by_name = {desk.texts.t(one.name).casefold(): one for one in known.values()}
    found = find_measure(wanted) or known.get(wanted) or by_name.get(wanted.casefold())
    if found is None:
        like = ", ".join(get_close_matches(wanted, known, n=3, cutoff=0.3)) or "answered_in_time.one_working_day"
        die(desk.texts.t("{measure} är inget mått. Liknande mått: {like}.", measure=written, like=like))
    return found.id


async def series_for(
    connection: "AsyncConnection", calendar: "Calendar", settings: "Settings", texts: "Texts", project: "Project",
    slice_: str | None = None,
) -> "Series":  # fmt: skip
    """Return a project's series as it stands now.

    Args:
        connection: to the book.
        calendar: opening hours.
        settings: with the targets and the rule.
        texts: the language of its name.
        project: whose.
        slice_: another part of the same measure, as ``unit:bygg``; None: the project's own.
    """
    from dataclasses import replace

    from measurement.improvement.project_series import file_series
    from measurement.periods import Week
    from measurement.report.known import known_measure, measure_name
    from measurement.rollup.series import read_beside, series_of
    from measurement.rollup.states import settling

    if project.opened.series:
        return file_series(project)
    settles = settling(calendar, settings.answers.rule)
    beside = await read_beside(connection, calendar, settles, texts, targets=settings.report.targets)
    weeks = [Week.parse(name) for name in beside.standings if "-W" in name]
    last = max(weeks, default=Week(year=2000, number=1))  # of an empty book: no points at all
    measure = known_measure(project.opened.measure)
    wanted = project.opened.slice if slice_ is None else slice_
    series = await series_of(connection, beside, measure, wanted, last, MOST_WEEKS)
    return replace(series, name=measure_name(measure.id, texts))


async def pilot_for(
    connection: "AsyncConnection", calendar: "Calendar", settings: "Settings", texts: "Texts", project: "Project",
    change: "Change",
) -> "tuple[Series, Series] | NoPilot | None":  # fmt: skip
    """Return the series of the unit that tries a change and of the others, or why they are not known; None: no pilot.

    Args:
        connection: to the book.
        calendar: opening hours.
        settings: with the targets and the rule.
        texts: the language of the names.
        project: whose.
        change: what is tried.
    """
    from measurement.improvement.effect import NoPilot, others_of
    from measurement.measures import Unit

    mine = f"unit:{change.unit}"
    if not change.unit:
        return None
    if project.opened.series or project.opened.slice not in ("", mine):
        return NoPilot.NO_PARTS
    whole = await series_for(connection, calendar, settings, texts, project, "")
    if whole.unit is not Unit.SHARE:
        return NoPilot.NO_SHARE
    of = await series_for(connection, calendar, settings, texts, project, mine)
    return (of, others_of(whole, of)) if of.points else NoPilot.NO_PARTS


async def content_for(connection: "AsyncConnection", desk: Desk, project: "Project") -> "Content":
    """Return all that is told of a project."""
    from measurement.improvement.analysis_json import analysis_of_json
    from measurement.improvement.baseline import baseline_of_json
    from measurement.improvement.control_phase import outcome_of
    from measurement.improvement.paper import Content
    from measurement.improvement.project import Field
    from measurement.improvement.project_series import change_of
    from measurement.report.notes import slice_name

    series = await series_for(connection, desk.book.calendar, desk.settings, desk.texts, project)
    names = await names_of(desk.settings, desk.book.calendar)
    dimension, _, member = project.opened.slice.partition(":")
    change, baseline, analysis = change_of(project), project.value(Field.BASELINE), project.value(Field.ANALYSIS)
    known = change is not None and any(one.period == change.period for one in series.points)
    at = connection, desk.book.calendar, desk.settings, desk.texts, project
    pilot = await pilot_for(*at, change) if change and known else None
    return Content(
        project=project, series=series, municipality=desk.settings.municipality.name, names=names, as_of=desk.now,
        slice_name=slice_name(dimension, member, names, desk.texts) if dimension else "",
        baseline=baseline_of_json(baseline) if baseline else None,
        analysis=analysis_of_json(analysis) if analysis else None,
        change=change,
        outcome=outcome_of(series, change.period, pilot) if change and known else None,
        tried=pilot[0] if isinstance(pilot, tuple) else None,
    )  # fmt: skip
