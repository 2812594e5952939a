"""Messages that are changed: both versions are kept, staff see it after an answer, nothing visible is nothing."""

import pytest

from bot.chat import EventKind
from bot.desk.answering import answer
from bot.facts import FactKind
from bot.store.database import Database
from tests.citizen import CitizenTown, photo

pytestmark = pytest.mark.asyncio


async def test_both_versions_are_kept(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Vid nummer 12.")
    await town.edits(post, "Vid nummer 21.")
    first, second = await town.messages()
    assert (first["text"], second["text"]) == ("Vid nummer 12.", "Vid nummer 21.")
    assert (second["edits"], second["case"]) == (first["id"], first["case"])
    received = await town.facts(FactKind.RECEIVED)
    assert [fact.inquiry for fact in received] == [1, None]
    assert (received[1].data["auto"], received[1].data["edit"]) == (True, first["id"])
    (inquiry,) = await town.inquiries(first["case"])
    assert inquiry.messages == 1, "an edit opens nothing and is no message more"
    assert len(town.got()) == 1, "and nothing is said of it"


async def test_an_edit_in_the_same_batch_finds_its_message(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.keeps("Vid nummer 12.")
    await town.keeps("Vid nummer 21.", kind=EventKind.EDIT, post=post)
    await town.settles()
    assert len(await town.cases()) == 1
    assert [row["edits"] is None for row in await town.messages()] == [True, False]


async def test_no_visible_change_is_nothing(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Vid nummer 12.", files=(photo(1),))
    await town.edits(post, "Vid nummer 12.", files=(photo(1),))
    await town.edits(post, "Vid nummer 21.", files=(photo(1),))
    await town.edits(post, "Vid nummer 21.", files=(photo(1),))
    await town.edits(post, "Vid nummer 12.", files=(photo(1),))
    assert [row["text"] for row in await town.messages()] == ["Vid nummer 12.", "Vid nummer 21.", "Vid nummer 12."]


async def test_after_the_answer_staff_and_person_are_told(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Det är lagat vid nummer 12.", again=True, attached=False)
    before = len(town.notices())
    await town.edits(post, "Vid nummer 21.")
    (notice,) = town.notices()[before:]
    assert notice.to_addr == "anna@kommun.example", "her case: she answered"
    assert "ändrat meddelande" in notice.subject
    assert "Vid nummer 21." in notice.text
    assert "redan besvarad" in town.last().text
    assert len(await town.inquiries(case)) == 1


async def test_danger_that_comes_by_an_edit_is_heard(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Hej")
    await town.edits(post, "Jag tänker ta mitt liv")
    assert "Ring 112 nu." in town.last().text
    assert len(town.letters("jour@kommun.example")) == 1


async def test_an_edit_of_what_was_never_stored_is_a_message(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("/hjalp")
    await town.edits(post, "Gatlyktan är trasig.")
    assert [(row["text"], row["edits"]) for row in await town.messages()] == [("Gatlyktan är trasig.", None)]


async def test_an_edit_of_a_later_part_of_an_album_belongs_to_it(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    post = await town.writes(files=(photo(2),), album="a1")
    await town.edits(post, "Hålet i vägen", files=(photo(2),), album="a1")
    first, second = await town.messages()
    assert (second["text"], second["edits"]) == ("Hålet i vägen", first["id"])
