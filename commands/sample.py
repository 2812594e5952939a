"""The week's sample of answers: drawing it, and judging it two minutes a week."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import By, actor_of
from commands.shell import DEFAULT_CONFIG, Config, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from bot.judging import Page, Pages
    from bot.office import Office
    from bot.store.database import Database
    from bot.store.sample_book import Judgement
    from config.settings import Settings
    from config.texts import Texts

sample = typer.Typer(no_args_is_help=True, help="The week's sample of answers that a lead judges in two minutes.")

_YES, _NO = frozenset({"j", "ja", "y", "yes", "k", "kyllä"}), frozenset({"n", "nej", "no", "e", "ei"})


@sample.command("draw")
def sample_draw(config: Config = DEFAULT_CONFIG) -> None:
    """Draw the samples of the weeks that are due and have none; the service does it by itself."""
    settings = usable(config)
    texts = texts_for(settings, None)

    async def work() -> list[str]:
        from bot.sampling import draw_due

        async with _at_work(settings) as (database, office):
            return await draw_due(database, office, settings.quality.sample, datetime.now(UTC))

    drawn = run_to_end(work())
    for week in drawn:
        print(texts.t("Urvalet för {week} är draget.", week=week))
    if not drawn:
        print(texts.t("Det finns inget nytt att dra. En vecka dras när tiden för dess sista svar har gått ut."))


@sample.command("list")
def sample_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the weeks with how many answers were drawn and judged."""
    settings = usable(config)
    texts = texts_for(settings, None)

    async def work() -> list[tuple[str, int, int]]:
        from bot.store.sample_book import weeks_to_judge

        async with _at_work(settings) as (database, _), database.reading() as connection:
            return await weeks_to_judge(connection)

    for week, drawn, judged in run_to_end(work()):
        print(texts.t("{week}: {judged} av {drawn} granskade", week=week, judged=judged, drawn=drawn))


@sample.command("judge")
def sample_judge(
    week: Annotated[str, typer.Argument(help="An ISO week, as 2026-W47.")], config: Config = DEFAULT_CONFIG, by: By = ""
) -> None:
    """Show the week's answers one after another and ask of each: an answer? clear? complete sender?"""
    settings = usable(config)
    run_to_end(_judge(settings, texts_for(settings, None), week, by))


async def _judge(settings: "Settings", texts: "Texts", week: str, by: str) -> None:
    from bot.judging import judge, judging_lead, opened, pages, parts_of
    from bot.samples import week_named
    from bot.set_out import as_text

    actor = actor_of(by)
    async with _at_work(settings) as (database, office):
        named = week_named(week, office.calendar)
        if named is None:
            die(texts.t("{week} är ingen vecka. Skriv som 2026-W47.", week=week))
        left = await pages(database, office, named.name, judging_lead(office, by or actor.partition(":")[2]))
        for place, page in enumerate(left.pages, start=1):
            await opened(database, page, actor, datetime.now(UTC))
            print(as_text(parts_of(office, page, place, len(left.pages))))
            said = _asked(texts, page)
            if said is not None and not await judge(database, page, actor, said, datetime.now(UTC)):
                print(texts.t("Någon annan har granskat svaret under tiden. Det gäller."))
        _tell_end(texts, left)


def _asked(texts: "Texts", page: "Page") -> "Judgement | None":
    """Return what is said of a page, None if it is left for later."""
    from bot.judging import SENTENCES
    from bot.store.sample_book import Judgement

    while True:
        said = dict[str, bool]()
        for field, sentence in SENTENCES.items():
            answer = _yes_or_no(texts, texts.t(sentence))
            if answer is None:
                return None
            said[field] = answer
        if _yes_or_no(texts, texts.t("Stämmer det? Det går inte att ändra sedan.")):
            return Judgement(**said)
        print(texts.t("Då tar vi det en gång till ({number}).", number=page.drawn.case))


def _yes_or_no(texts: "Texts", question: str) -> bool | None:
    """Return what a person types, asked again until it can be read; None: left for later."""
    choices = texts.t("(j, n eller s för senare)")
    while True:
        said = str(typer.prompt(f"{question} {choices}")).strip().casefold()
        if said in _YES | _NO:
            return said in _YES
        if said in {"s", "senare", "l", "later", "m", "myöhemmin"}:
            return None


def _tell_end(texts: "Texts", left: "Pages") -> None:
    t = texts.t
    if not left.drawn:
        print(t("För den veckan är inget draget."))
    elif not left.pages:
        print(t("Det finns inget mer att granska: {judged} av {drawn} är klara.", judged=left.judged, drawn=left.drawn))
    else:
        print(t("Tack! Det var alla för den här gången."))
    if left.own:
        print(texts.n("{count} svar har du skrivit själv. Det granskar en annan.",
                      "{count} svar har du skrivit själv. De granskar en annan.", left.own))  # fmt: skip
    if left.gone:
        print(texts.n("{count} svar går inte att visa längre.", "{count} svar går inte att visa längre.", left.gone))


@asynccontextmanager
async def _at_work(settings: "Settings") -> "AsyncIterator[tuple[Database, Office]]":
    from bot.app import office_now, open_database

    async with open_database(settings) as database:
        yield database, (await office_now(database, settings))()
