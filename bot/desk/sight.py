"""What an officer may see of what is stored: cases, and the cases that have become part of them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow
from bot.desk.rights import may_see
from bot.facts import CaseNumber
from bot.office import Office, Officer
from bot.parts import Paragraph, Part
from bot.store.desk_reading import case_rows, home_of
from bot.store.journal import Family, read_family
from config.texts import Texts


def not_found(texts: Texts, number: CaseNumber) -> tuple[Part, ...]:
    """Return what is said of a case that does not exist, and of one that the officer may not see."""
    return (Paragraph(texts.t("Det finns inget ärende {number} som du kan se.", number=number)),)


def may_see_part(office: Office, officer: Officer, part: CaseNow, home: CaseNow) -> bool:
    """Tell whether an officer may see a case that has become part of another one, `home`.

    It follows that one to whoever has it now. Only its own secrecy stays with it: its mark, and that of its unit.
    """
    if may_see(office, officer, part):
        return True
    followed = replace(part, unit=home.unit, owner=home.owner)
    return not office.unit(part.unit).secrecy and may_see(office, officer, followed)


async def seen_cases(
    connection: AsyncConnection, office: Office, officer: Officer, numbers: Iterable[CaseNumber]
) -> list[CaseNow]:
    """Return those of the cases that the officer may see, each once, in the order asked; merged ones as their home."""
    asked = list(dict.fromkeys(numbers))
    rows = await case_rows(connection, asked)
    found: dict[CaseNumber, CaseNow] = {}
    for number in asked:
        home = home_of(rows, number)
        if home is None or not may_see(office, officer, home):
            continue
        if home.number == number or may_see_part(office, officer, rows[number], home):
            found.setdefault(home.number, home)
    return list(found.values())


async def seen_family(
    connection: AsyncConnection, office: Office, officer: Officer, number: CaseNumber
) -> Family | None:
    """Return a case with those of its parts that the officer may see; None if it does not exist, or not for them.

    A case that has become part of another is returned as that one, if both may be seen.
    """
    family = await read_family(connection, number)
    if family is None or not may_see(office, officer, family.case):
        return None
    home = family.case
    hidden = {
        part for part, now in family.now.items() if part != home.number and not may_see_part(office, officer, now, home)
    }
    return None if number in hidden else family.without(hidden)
