"""The watch over effects: whoever owns an improvement gets a mail when it slips, once, until it holds again."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commands.improve_book import pilot_for, series_for
from commands.shell import DEFAULT_CONFIG, Config, calendar_now, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from bot.calendar import Calendar
    from bot.office import Office
    from bot.report_letters import ReportLetter
    from bot.store.database import Database
    from config.settings import Settings
    from config.texts import Texts
    from measurement.improvement.control_phase import Watch
    from measurement.improvement.project import Project, ProjectId
    from measurement.statistics.series import Series

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A project whose effect is watched, its series (of a pilot the unit's), and how it stands."""

    project: "Project"
    series: "Series"
    watch: "Watch"


async def watch(
    database: "Database", office: "Office", calendar: "Calendar", settings: "Settings", now: datetime
) -> "list[ProjectId]":
    """Tell the owners of effects that slip, or made it worse, and return which those were; again changes nothing.

    Args:
        database: where projects and figures are.
        office: the municipality as it is now.
        calendar: opening hours.
        settings: with the rule and the targets.
        now: the instant (UTC) that the alarm is dated by.

    Raises:
        TryLater: the database is away.
    """
    from measurement.improvement.control_phase import Slip

    told: list[ProjectId] = []
    for one in await _watched(database, calendar, settings, office.texts):
        if one.watch.slip in (Slip.SLIPS, Slip.WORSE) and not one.project.alarmed:
            letter = await asyncio.to_thread(alarm_letter, one, office.texts)
            if await _alarm(database, office, one, letter, now):
                told.append(one.project.id)
        elif one.watch.slip is Slip.HOLDS and one.project.alarmed:
            await _calm(database, one, now)
    return told


async def _watched(database: "Database", calendar: "Calendar", settings: "Settings", texts: "Texts") -> list[Watched]:
    """Return the projects that have changed something and have a figure."""
    from measurement.improvement.book import read_projects
    from measurement.improvement.control_phase import watch_of
    from measurement.improvement.effect import NoPilot
    from measurement.improvement.project_series import change_of

    found = list[Watched]()
    async with database.reading() as connection:
        for project in await read_projects(connection):
            change = change_of(project)
            if change is None:
                continue
            pilot = await pilot_for(connection, calendar, settings, texts, project, change)
            if isinstance(pilot, NoPilot):
                continue
            series, others = pilot or (await series_for(connection, calendar, settings, texts, project), None)
            found.append(Watched(project=project, series=series, watch=watch_of(series, change.period, others)))
    return found


def alarm_letter(one: Watched, texts: "Texts") -> "ReportLetter":
    """Return the mail to the owner, with the chart since the change; draws, so not where an event loop runs."""
    from bot.port import Attachment
    from bot.report_letters import ReportLetter
    from measurement.improvement.control_phase import rebased_chart, settled
    from measurement.improvement.effect_words import watch_words
    from measurement.improvement.project_series import change_of
    from measurement.report.drawing import draw_png
    from measurement.report.words import meaning

    t, change = texts.t, change_of(one.project)
    assert change is not None
    chart = rebased_chart(settled(one.series), change.period)
    said = [
        t("Hej! Du ansvarar för arbetet ”{title}”.", title=one.project.opened.title),
        " ".join(watch_words(one.watch, one.series.unit, texts)),
        meaning(chart, texts) if one.project.opened.measure else "",
        t("Ändringen: {what} ({day}).", what=change.what, day=change.on.isoformat()),
        t("Se efter vad som hände. Diagrammet är bifogat. Du får inget nytt mejl om det här förrän effekten har kommit "
          "tillbaka och sviktar igen."),
    ]  # fmt: skip
    picture = Attachment(name=f"{one.project.id}.png", media_type="image/png", content=draw_png(chart, texts))
    return ReportLetter(
        subject=t("Effekten sviktar: {title}", title=one.project.opened.title), html="", files=(picture,), words="",
        text="\n\n".join(part for part in said if part) + "\n", chat_files=(),
    )  # fmt: skip


async def _alarm(database: "Database", office: "Office", one: Watched, letter: "ReportLetter", now: datetime) -> bool:
    """Queue the mail and note that it was, together; not if another process was first."""
    from bot.report_letters import Reader, queue_report
    from bot.store.ledger import open_ledger
    from bot.store.reading import Wanted
    from measurement.improvement.book import enter, read_project
    from measurement.improvement.project import Entry, Field

    owner, language = one.project.value(Field.OWNER), office.texts.language
    async with database.writing() as connection:
        if (await read_project(connection, one.project.id)).alarmed:
            return False
        ledger = await open_ledger(connection, Wanted(), now)
        reader = Reader(address=owner, language=language)
        await queue_report(connection, ledger, office, {language: letter}, [reader])
        await ledger.write(connection)
        entry = Entry(field=Field.ALARM, value=one.watch.period, by="system", at=now)
        await enter(connection, one.project.id, [entry])
    logger.info("improvement %s: the owner is told that it slips since %s", one.project.id, one.watch.period)
    return True


async def _calm(database: "Database", one: Watched, now: datetime) -> None:
    from measurement.improvement.book import enter
    from measurement.improvement.project import Entry, Field

    async with database.writing() as connection:
        entry = Entry(field=Field.CALM, value=one.watch.period, by="system", at=now)
        await enter(connection, one.project.id, [entry])


def watch_command(config: Config = DEFAULT_CONFIG) -> None:
    """Look whether any effect slips, and queue a mail to its owner; again changes nothing."""
    settings = usable(config)
    texts = texts_for(settings, None)

    async def work() -> "list[ProjectId]":
        from bot.app import office_now, open_database

        async with open_database(settings) as database:
            office = (await office_now(database, settings))()
            return await watch(database, office, await calendar_now(settings), settings, datetime.now(UTC))

    told = run_to_end(work())
    for project in told:
        print(texts.t("Effekten sviktar: {id}. Den som ansvarar får ett mejl.", id=project))
    if not told:
        print(texts.t("Inget nytt att larma om."))
