"""What the commands about the figures share: the book, opened, and its measures."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from commands.shell import calendar_now, database_url, die

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.calendar import Calendar
    from config.settings import Settings
    from config.texts import Texts
    from measurement.measures import Measure
    from measurement.periods import Week
    from measurement.rollup.fill import OnFreeze, Rollup
    from measurement.rollup.series import Beside

AWeek = Annotated[str, typer.Argument(metavar="WEEK", help="An ISO week, as 2026-W47.")]
Signer = Annotated[str, typer.Option("--by", prompt="Decided by", help="Who decided it.")]
Cause = Annotated[str, typer.Option("--why", prompt="Why", help="Why, as it is to stand on the chart.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book of figures, and all that is needed to fill and read it.

    Attributes:
        reading: gives a connection to it that sees one state.
        rollup: how it is filled.
        calendar: opening hours.
        measures: by id.
    """

    reading: "Callable[[], AbstractAsyncContextManager[AsyncConnection]]"
    rollup: "Rollup"
    calendar: "Calendar"
    measures: "Mapping[str, Measure]"


@asynccontextmanager
async def open_book(settings: "Settings", *, at_once: int = 1, look: bool = False) -> AsyncIterator[Book]:
    """Give the book; with `at_once` above 1 figures are made in so many processes of their own.

    Who only looks has no connection that writes, and makes no database.

    Raises:
        OurFault, TryLater: the database. NoDatabase: there is none to look at. ValueError: hours that make no sense.
    """
    from bot.app import open_database
    from commands.figure_parts import figure_parts
    from measurement.registry import REGISTRY, definitions_hash
    from measurement.rollup.fill import Rollup
    from measurement.rollup.making import compute_here, compute_in_processes
    from measurement.tables import reading

    calendar, url = await calendar_now(settings), database_url(settings)
    parts, read = figure_parts(settings, calendar), partial(reading, url)
    async with AsyncExitStack() as stack:
        write = read if look else (await stack.enter_async_context(open_database(settings))).writing
        compute = compute_here(url, parts)
        if at_once > 1:
            compute = await stack.enter_async_context(compute_in_processes(url, parts, at_once))
        rollup = Rollup(
            writing=write, compute=compute, calendar=calendar, configured=settings.answers.rule,
            definitions=definitions_hash(), on_freeze=_unlinking(calendar), at_once=at_once,
        )  # fmt: skip
        yield Book(reading=read, rollup=rollup, calendar=calendar, measures=REGISTRY)


def _unlinking(calendar: "Calendar") -> "OnFreeze":
    from bot.survey.severing import unlink

    async def unlink_week(connection: "AsyncConnection", week: "Week") -> None:
        await unlink(connection, str(week), calendar.zone)

    return unlink_week


async def read_all_beside(book: Book, connection: "AsyncConnection", settings: "Settings", texts: "Texts") -> "Beside":
    """Return what stands beside the values, as things stand now."""
    from measurement.rollup.series import read_beside
    from measurement.rollup.states import settling

    return await read_beside(connection, book.calendar, settling(book.calendar, settings.answers.rule), texts)


def measure_named(measures: "Mapping[str, Measure]", written: str, texts: "Texts") -> "Measure":
    """Return a measure by its id, or by what it is called; say which there are and end if there is none."""
    found = measures.get(written.strip())
    by_name = {texts.t(one.name).casefold(): one for one in measures.values()}
    found = found or by_name.get(written.strip().casefold())
    if found is None:
        die(f"{written} is none of {', '.join(measures)}")
    return found


def week_named(written: str) -> "Week":
    """Return a week written as 2026-W47; say so and end if it is none."""
    from measurement.periods import Week

    try:
        return Week.parse(written)
    except ValueError as error:
        die(str(error))
