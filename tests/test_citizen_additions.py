"""What joins a waiting message is told of in words where a sign alone leaves the person wondering."""

import pytest

from bot.chat import Spot
from bot.store.database import Database
from tests.citizen import CitizenTown

pytestmark = pytest.mark.asyncio

ADDRESS = "elsa@example.org"


async def said(town: CitizenTown, text: str = "", spot: Spot | None = None) -> list[str]:
    """Write, and return what the person is told."""
    before = len(town.got())
    await town.writes(text, spot=spot)
    return [one.text for one in town.got()[before:]]


async def test_a_place_alone_is_told_to_be_added(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    (told,) = await said(town, spot=Spot(latitude=59.3, longitude=18.0))
    assert told.startswith(f"Tack, vi har lagt till det i {case}.\n\nPlatsen du skickade: 59.30000, 18.00000.")


async def test_a_text_in_place_of_an_address_is_told_of_and_the_question_stays(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    await town.writes("/epost")
    (told,) = await said(town, "elsa snabel-a example.org")
    assert told == (
        f"Vi har lagt till det i {case}. Vi väntar också på din e-postadress: skriv bara den, eller skriv /avbryt."
    )
    assert await said(town, "Eller ring mig") == [], "not at every line"
    town.clock.forward(minutes=1)
    assert len(await said(town, "Det är bråttom")) == 1
    await town.writes(ADDRESS)
    (told,) = await said(town, "Tack")
    assert "Vi väntar också på koden: skriv de sex siffrorna här" in told
    assert len(town.letters(ADDRESS)) == 1


async def test_once_it_is_cancelled_nothing_is_waited_for(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Vid nummer 12.")
    await town.writes("/epost")
    await town.writes("/avbryt")
    assert await said(town, "Den blinkar också.") == []
