"""Files sent together are one message: all parts stored at once, one receipt, late ones silent."""

from datetime import timedelta

import pytest

from bot.facts import FactKind
from bot.store.database import Database
from bot.store.rows import OutboxState
from bot.store.schema import outbox
from tests.citizen import CitizenTown, photo
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio

NUMBER = "121212-1212"


async def due_of_receipt(town: CitizenTown) -> timedelta:
    """How long after the first part the receipt leaves."""
    (row,) = [row for row in await town.rows(outbox) if row["kind"] == "acknowledgement"]
    return row["due_at"] - MONDAY  # type: ignore[no-any-return]


async def test_an_album_is_one_message_with_all_its_files(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(1, 4):
        await town.writes("Hålet i vägen" if number == 1 else "", files=(photo(number),), album="a1")
    (row,) = await town.messages()
    assert (row["text"], row["album"]) == ("Hålet i vägen", "a1")
    assert [(one["part"], one["remote"]) for one in await town.files()] == [
        (0, "remote-1"), (1, "remote-2"), (2, "remote-3")
    ]  # fmt: skip
    assert len(await town.facts(FactKind.RECEIVED)) == 1
    assert town.got() == [], "the receipt waits for more"
    await town.later(seconds=3)
    assert len(town.receipts()) == 1
    assert town.reactions() == []


async def test_all_parts_in_one_batch_are_one_message_too(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(1, 11):
        await town.keeps(files=(photo(number),), album="a1")
    await town.settles()
    assert len(await town.messages()) == 1
    assert len(await town.files()) == 10


async def test_the_receipt_leaves_three_seconds_after_the_last_part(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    assert await due_of_receipt(town) == timedelta(seconds=3)
    town.clock.forward(seconds=2)
    await town.writes(files=(photo(2),), album="a1")
    assert await due_of_receipt(town) == timedelta(seconds=5)


async def test_and_fifteen_seconds_after_the_first_at_the_latest(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(1, 9):
        await town.keeps(files=(photo(number),), album="a1")
        while await town.intake.take_batch():
            pass
        town.clock.forward(seconds=2)
    # The eighth part came after 14 seconds; 14 + 3 is past the end.
    assert await due_of_receipt(town) == timedelta(seconds=15)


async def test_late_parts_join_silently(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.later(seconds=4)
    (receipt,) = town.got()
    await town.later(minutes=9)
    await town.writes(files=(photo(2),), album="a1")
    await town.later(minutes=1)
    assert town.got() == [receipt]
    assert len(await town.messages()) == 1
    assert len(await town.files()) == 2


async def test_after_ten_minutes_a_part_is_a_message_of_its_own(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.later(minutes=10, seconds=1)
    await town.writes(files=(photo(2),), album="a1")
    assert len(await town.messages()) == 2
    assert len(await town.cases()) == 1


async def test_words_of_a_later_part_become_the_messages(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.writes("Hålet i vägen", files=(photo(2),), album="a1")
    assert [row["text"] for row in await town.messages()] == ["Hålet i vägen"]
    assert any("Hålet i vägen" in mail.text for mail in town.notices()), "staff read them, too"


async def test_words_of_two_parts_are_both_kept(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Före", files=(photo(1),), album="a1")
    await town.writes("Efter", files=(photo(2),), album="a1")
    await town.writes(files=(photo(3),), album="a1")
    rows = await town.messages()
    assert [row["text"] for row in rows] == ["Före", "Efter"]
    assert len({row["case"] for row in rows}) == 1
    assert len(await town.files()) == 3
    await town.later(seconds=5)
    assert len(town.got()) == 1, "one receipt, and nothing more"


async def test_two_albums_between_each_other_are_two_messages(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(1, 5):
        await town.writes(files=(photo(number),), album="a1" if number % 2 else "a2")
    rows = await town.messages()
    assert [row["album"] for row in rows] == ["a1", "a2"]
    assert sorted((one["message"], one["remote"]) for one in await town.files()) == [
        (rows[0]["id"], "remote-1"), (rows[0]["id"], "remote-3"),
        (rows[1]["id"], "remote-2"), (rows[1]["id"], "remote-4"),
    ]  # fmt: skip


async def test_an_album_that_joins_is_told_of_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    for number in range(1, 4):
        await town.writes(files=(photo(number),), album="a1")
    assert len(town.reactions()) == 1
    assert len(town.got()) == 2


async def test_a_number_in_late_words_is_told(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.writes(f"Jag är {NUMBER}", files=(photo(2),), album="a1")
    assert "personnummer eller kortnummer" in town.last().text


async def test_a_big_file_among_them_is_told(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.writes(files=(photo(2, size=2**30),), album="a1")
    assert "större än 20 MB" in town.last().text


async def test_the_receipt_is_put_off_only_while_it_waits(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1),), album="a1")
    await town.later(seconds=4)
    await town.writes(files=(photo(2),), album="a1")
    states = [row["state"] for row in await town.rows(outbox) if row["kind"] == "acknowledgement"]
    assert states == [OutboxState.SENT.value]
    assert len(town.receipts()) == 1
