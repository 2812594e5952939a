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


async def test_an_edit_that_comes_before_its_message_is_its_second_version(database: Database) -> None:
    town = CitizenTown(database)
    early = town.clock.now()
    town.clock.forward(minutes=2)
    post = await town.writes("Vid nummer 21.", kind=EventKind.EDIT, post=500)
    told = len(town.notices())
    await town.later(minutes=1)
    await town.writes("Vid nummer 12.", post=post, at=early)
    second, first = await town.messages()
    assert (first["text"], first["edits"], first["case"]) == ("Vid nummer 12.", second["id"], second["case"])
    (inquiry,) = await town.inquiries(second["case"])
    # The clock starts when the person wrote, not when the text was changed; it is one message.
    assert (inquiry.arrived_at, inquiry.messages) == (early, 1)
    assert len(town.got()) == 1
    assert len(town.notices()) == told


async def test_both_brought_again_are_nothing_and_a_further_edit_is_the_latest(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Två", kind=EventKind.EDIT, post=500)
    for _ in range(2):
        await town.writes("Ett", post=post)
        await town.edits(post, "Två")
    await town.edits(post, "Tre")
    assert [row["text"] for row in await town.messages()] == ["Två", "Ett", "Tre"]
    assert len(await town.cases()) == 1


async def test_what_is_split_off_reads_as_it_does_now_whatever_came_first(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    await town.later(hours=1)
    post = await town.writes("När öppnar badet i Norrby?", kind=EventKind.EDIT, post=500)
    await town.writes("När öppnar badet?", post=post)
    await town.presses("Det gäller något nytt")
    new = (await town.cases())[-1]
    assert {row["case"] for row in await town.messages() if "badet" in row["text"]} == {new}
    assert "När öppnar badet i Norrby?" in town.notices()[-1].text
    assert "När öppnar badet?\n" not in town.notices()[-1].text


async def test_an_edit_of_a_part_of_an_album_that_comes_before_it(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Hålet", kind=EventKind.EDIT, post=500, files=(photo(1),), album="a1")
    await town.writes(post=post, files=(photo(1),), album="a1")
    await town.writes(post=501, files=(photo(2),), album="a1")
    first, version = await town.messages()
    assert (first["text"], version["text"], version["edits"]) == ("Hålet", "", first["id"])
    assert [(row["message"], row["name"]) for row in await town.files()] == [
        (first["id"], "foto-1.jpg"), (first["id"], "foto-2.jpg"), (version["id"], "foto-1.jpg"),
    ]  # fmt: skip


async def test_a_command_that_was_changed_first_is_not_obeyed_later(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Gatlyktan är trasig.", kind=EventKind.EDIT, post=500)
    await town.writes("/radera", post=post)
    assert [row["text"] for row in await town.messages()] == ["Gatlyktan är trasig.", "/radera"]
    assert len(town.got()) == 1
