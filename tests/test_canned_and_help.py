"""What an officer finds in the canned answers and the help."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.facts import CaseNumber
from bot.office import Canned
from bot.questions import CannedList, Help
from bot.store.database import Database
from tests.conftest import FrozenClock
from tests.lookup import BYGG, KC, Kept, rows_of, words_of

pytestmark = pytest.mark.asyncio

NOBODY_KNOWS = CaseNumber("K-222222-2")


@pytest_asyncio.fixture
async def kept(database: Database, clock: FrozenClock) -> Kept:
    return Kept(database, clock)


async def test_canned_answers_are_those_of_ones_units_and_of_all(kept: Kept) -> None:
    assert words_of(await kept.ask(CannedList())) == "Det finns inga mallar än."
    kept.office = replace(
        kept.office,
        canned=(
            Canned(name="snö", text="Vi plogar {gata} senast {dag}. Hälsningar från oss alla på kommunen.", unit=KC),
            Canned(name="Lov", text="Bygglov tar tid.", unit=BYGG),
            Canned(name="snö", text="We plough {gata}.", language="en"),
        ),
    )
    assert rows_of(await kept.ask(CannedList())) == [
        ("snö", "alla", "Vi plogar {gata} senast {dag}. Hälsningar från oss alla på…", "gata, dag"),
        ("snö", "engelska", "We plough {gata}.", "gata"),
    ]
    told = words_of(await kept.ask(CannedList("SNÖ")))
    assert "> Vi plogar {gata} senast {dag}. Hälsningar från oss alla på kommunen." in told
    assert "# snö (engelska)\nBehöver: gata\n> We plough {gata}." in told
    assert words_of(await kept.ask(CannedList("Lov"))) == (
        "Det finns ingen mall som heter ”Lov”. Skriv /mallar för att se dem."
    )


async def test_help_is_answered_too(kept: Kept) -> None:
    assert "/kö" in words_of(await kept.ask(Help()))
    assert "/löften" not in words_of(await kept.ask(Help()))
    assert "/löften" in words_of(await kept.ask(Help(), "eva"))


async def test_the_help_is_a_line_for_each_command_and_leads_read_of_others_absences(kept: Kept) -> None:
    lines = words_of(await kept.ask(Help())).splitlines()
    assert "/ta – Du tar hand om ärendet." in lines
    assert lines.index("# Fördela") + 1 == lines.index("/ta – Du tar hand om ärendet.")
    other = "/borta namn till måndag – En kollega är borta och är tillbaka på måndag."
    assert other not in "\n".join(lines)
    assert other in words_of(await kept.ask(Help(), "eva"))
    assert other in words_of(await kept.ask(Help("borta"), "eva"))
    assert other not in words_of(await kept.ask(Help("borta")))
