"""What staff ask is answered here from the database, after everything else of their mail is done."""

from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.case_words import language_name, shortened
from bot.desk.find_cases import find_by_words, show_history, show_similar
from bot.desk.rights import may_lead
from bot.desk.show_case import show_case
from bot.desk.show_help import help_parts
from bot.desk.show_journal import show_journal, who_saw
from bot.desk.show_queue import show_mine, show_queue
from bot.desk.show_weeks import show_broken_promises, show_left_out
from bot.desk.sight import not_found, seen_family
from bot.desk.staffing import fill
from bot.office import Canned, Office, Officer
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.questions import (
    BrokenPromises,
    CannedList,
    Help,
    History,
    Journal,
    LeftOut,
    Mine,
    Question,
    Queue,
    Search,
    Show,
    Similar,
    WhoSaw,
)

_FIRST_WORDS = 60


async def answer_question(
    connection: AsyncConnection, office: Office, officer: Officer, question: Question, now: datetime
) -> tuple[Part, ...]:
    """Return the answer to an officer's question as of now (UTC), in parts.

    What the officer may not see is answered as if it did not exist. Personal numbers are hidden in tables only: whoever
    sends the texts hides them there, unless the officer has given a reason.
    """
    match question:
        case Queue(unit):
            return await show_queue(connection, office, officer, unit, now)
        case Mine():
            return await show_mine(connection, office, officer, now)
        case Search(words):
            return await find_by_words(connection, office, officer, words, now)
        case Show() | Journal() | History() | Similar() | WhoSaw():
            return await _about_case(connection, office, officer, question, now)
        case CannedList(name):
            return _canned(office, officer, name)
        case LeftOut() | BrokenPromises():
            return await _about_week(connection, office, officer, question, now)
        case Help(about):
            return help_parts(office.texts, about, lead=may_lead(officer))
        case _:
            assert_never(question)


async def _about_case(
    connection: AsyncConnection,
    office: Office,
    officer: Officer,
    question: Show | Journal | History | Similar | WhoSaw,
    now: datetime,
) -> tuple[Part, ...]:
    family = await seen_family(connection, office, officer, question.case)
    if family is None:
        return not_found(office.texts, question.case)
    match question:
        case Show():
            return await show_case(connection, office, officer, family, now)
        case Journal():
            return await show_journal(connection, office, family)
        case History():
            return await show_history(connection, office, officer, family, now)
        case Similar():
            return await show_similar(connection, office, officer, family, now)
        case WhoSaw():
            if office.unit(family.case.unit).id in officer.units or may_lead(officer):
                return await who_saw(connection, office, family, now)
            return (Paragraph(office.texts.t("Det kan bara enhetens egna och kvalitetsledare se.")),)
        case _:
            assert_never(question)


async def _about_week(
    connection: AsyncConnection, office: Office, officer: Officer, question: LeftOut | BrokenPromises, now: datetime
) -> tuple[Part, ...]:
    if not may_lead(officer):
        return (Paragraph(office.texts.t("Det här kan bara en kvalitetsledare se.")),)
    if isinstance(question, LeftOut):
        return await show_left_out(connection, office, officer, question.week, now)
    return await show_broken_promises(connection, office, question.week, now)


def _canned(office: Office, officer: Officer, name: str) -> tuple[Part, ...]:
    """Return the canned answers the officer may use: a list of all, or every wording of one by name."""
    t, own = office.texts.t, office.texts.language.split("_")[0]
    mine = [one for one in office.canned if one.unit is None or one.unit in officer.units]
    ordered = sorted(mine, key=lambda one: (one.name.casefold(), one.language not in {"", own}, one.language))
    if not name.strip():
        if not ordered:
            return (Paragraph(t("Det finns inga mallar än.")),)
        rows = tuple(_canned_row(office, one) for one in ordered)
        head = (t("Mall"), t("Språk"), t("Börjar"), t("Behöver"))
        how = t("Skriv /mall visa och namnet för hela texten, eller /mall och namnet för att svara med den.")
        return Heading(t("Mallar")), Table(head, rows), Paragraph(how)
    found = [one for one in ordered if one.name.casefold() == name.strip().casefold()]
    if not found:
        return (Paragraph(t("Det finns ingen mall som heter ”{name}”. Skriv /mallar för att se dem.", name=name)),)
    parts: list[Part] = []
    for one in found:
        _, language, _, fields = _canned_row(office, one)
        parts.append(Heading(one.name if not one.language else f"{one.name} ({language})"))
        if fields:
            parts.append(Paragraph(t("Behöver: {fields}", fields=fields)))
        parts.append(Quote(one.text))
    return tuple(parts)


def _canned_row(office: Office, one: Canned) -> tuple[str, str, str, str]:
    """Return a canned answer's name, language, first words and the fields it needs."""
    language = language_name(office.texts, one.language) if one.language else office.texts.t("alla")
    return one.name, language, shortened(one.text, _FIRST_WORDS), ", ".join(fill(one, {})[1])
