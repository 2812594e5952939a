"""What the commands about assessments share: their options, the database, the round that is meant."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from commands.shell import database_url, die

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.framework import Question
    from measurement.assessment.round import Round

ARound = Annotated[str, typer.Argument(metavar="ROUND", help="The round's name, as vallentuna-2027.")]
By = Annotated[
    str,
    typer.Option(
        "--by", prompt="By whom (role or work address)", envvar="KOMMUNSVAR_BY",
        help="Who does it: a role or an address at work, never a private person.",
    ),
]  # fmt: skip


@asynccontextmanager
async def writing(settings: "Settings") -> "AsyncIterator[AsyncConnection]":
    """Give a connection in one transaction: all that is done with it is kept, or on any fault nothing.

    Raises:
        OurFault, TryLater: the database.
    """
    from bot.app import open_database

    async with open_database(settings) as database, database.writing() as connection:
        yield connection


@asynccontextmanager
async def looking(settings: "Settings") -> "AsyncIterator[AsyncConnection]":
    """Give a connection that cannot write, and makes no database.

    Raises:
        NoDatabase: there is none. OurFault, TryLater: the database.
    """
    from measurement.tables import reading

    async with reading(database_url(settings)) as connection:
        yield connection


async def round_named(connection: "AsyncConnection", texts: "Texts", name: str) -> "Round":
    """Return a round as it stands; say which there are and end if there is none of this name."""
    from measurement.assessment.book import NoRound, read_round, rounds

    try:
        return await read_round(connection, name.strip())
    except NoRound:
        _no_round(texts, name, [one.id for one in await rounds(connection)])


def _no_round(texts: "Texts", name: str, known: "Sequence[str]") -> NoReturn:
    if not known:
        die(texts.t("Det finns ingen omgång än. Börja en: run_bot.py assess init {name}", name=name))
    die(texts.t("Det finns ingen omgång {name}. De som finns är {known}.", name=name, known=", ".join(known)))


def question_named(round_: "Round", texts: "Texts", id_: str) -> "Question":
    """Return a question; say how one is written and end if there is none."""
    found = round_.framework.question(id_.strip())
    if found is None:
        _no_question(round_, texts, id_)
    return found


def _no_question(round_: "Round", texts: "Texts", id_: str) -> NoReturn:
    area = round_.framework.area(id_)
    near = area.questions if area else round_.framework.areas[0].questions
    die(
        texts.t("Det finns ingen fråga {id}. Skriv den som {first}–{last}.", id=id_, first=near[0].id, last=near[-1].id)
    )


def signed(texts: "Texts", by: str) -> str:
    """Return who does it, without blanks around; end if that is no role or address."""
    from measurement.assessment.entering import is_role_or_address

    if not by.strip():
        die(texts.t("Skriv vem som gör det, med --by: en roll eller en adress på arbetet."))
    if not is_role_or_address(by.strip()):
        die(texts.t("{by} är varken en roll eller en adress på arbetet. Skriv som kvalitetschef eller "
                    "anna@kommun.example.", by=by.strip()))  # fmt: skip
    return by.strip()


def some(about: "Sequence[str]") -> str:
    """Return questions or areas in one line, only the first of many."""
    return ", ".join(about[:8]) + (" …" if len(about) > 8 else "")
