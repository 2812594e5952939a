"""Small additions in a chat are told staff by mail together: the first message at once, then every two minutes; all."""

from itertools import pairwise
from random import Random

import pytest

from bot.desk.acts import take
from bot.notices import queue_receipt
from bot.store import deliveries
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail
from tests.citizen import CitizenTown, photo

pytestmark = pytest.mark.asyncio

ANNA, BO = "anna@kommun.example", "bo@kommun.example"


def to_anna(town: CitizenTown) -> list[OutgoingMail]:
    return [one for one in town.notices() if one.to_addr == ANNA]


async def test_additions_within_two_minutes_come_in_one_mail(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    assert len(to_anna(town)) == 1, "the first at once"
    for text in ("Vid nummer 12.", "Den blinkar också.", "Och surrar."):
        await town.later(seconds=20)
        await town.writes(text)
    await town.later(seconds=59)  # 1 min 59 s after the first
    assert len(to_anna(town)) == 1
    await town.later(seconds=1)
    (case,) = await town.cases()
    mail = to_anna(town)[1]
    assert len(to_anna(town)) == 2
    assert mail.subject.startswith(f"{case} · 3 tillägg · svara senast")
    for text in ("Vid nummer 12.", "Den blinkar också.", "Och surrar."):
        assert text in mail.text
    assert "Gatlyktan är trasig." not in mail.text, "that was told"
    await town.later(hours=1)
    assert len(to_anna(town)) == 2


async def test_after_a_pause_the_next_one_is_told_at_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.later(minutes=2)
    await town.writes("Vid nummer 12.")
    assert len(to_anna(town)) == 2
    await town.later(seconds=119)
    await town.writes("Den blinkar också.")
    assert len(to_anna(town)) == 2
    await town.later(seconds=1)
    assert len(to_anna(town)) == 3
    assert "Meddelandet:" in to_anna(town)[2].text, "one alone reads as ever"


async def test_an_addition_is_due_when_the_first_message_is(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.later(hours=3)
    await town.writes("Vid nummer 12.")
    first, second = (next(line for line in one.text.splitlines() if "Svara senast" in line) for one in to_anna(town))
    assert first == second


async def test_what_is_gathered_reads_as_it_was_changed_to(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    post = await town.writes("Vid nummer 12.")
    await town.edits(post, "Vid nummer 14.")
    await town.writes("Den blinkar också.")
    await town.later(minutes=2)
    assert "Vid nummer 14." in to_anna(town)[1].text
    assert "Vid nummer 12." not in to_anna(town)[1].text


async def test_a_file_that_is_left_out_is_told_at_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(files=(photo(1, size=21 * 2**20),))
    assert len(to_anna(town)) == 2
    assert "Följer inte med" in to_anna(town)[1].text


async def test_what_is_gathered_holds_up_no_other_mail_to_the_officer(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    anna, unit = town.office.officers[0], town.office.units[0]

    def tell(ledger: Ledger) -> None:
        queue_receipt(ledger, town.office, anna, unit, case, 1, subject="ärendet är ditt")

    await town.on_ledger(case, tell)
    async with database.writing() as connection:
        claimed = await deliveries.claim(connection, database.owner, town.clock.now(), 10)
    assert [one.subject for one in claimed if one.to_addr == ANNA] == [f"{case} · ärendet är ditt"]


async def test_who_has_taken_the_case_meanwhile_gets_all_that_was_gathered(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    await town.officer(take, case, who="anna")
    await town.writes("Den blinkar också.")
    await town.later(minutes=2)
    assert len(to_anna(town)) == 2
    assert all(text in to_anna(town)[1].text for text in ("Vid nummer 12.", "Den blinkar också."))
    assert len([one for one in town.notices() if one.to_addr == BO]) == 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_the_pauses_nothing_is_lost_and_nothing_is_told_twice(database: Database, seed: int) -> None:
    town, chance = CitizenTown(database), Random(seed)
    said = [f"Sak nummer {number}." for number in range(12)]
    for text in said:
        await town.later(seconds=chance.choice((1, 30, 70, 119, 120, 121, 400)))
        await town.writes(text)
    await town.later(minutes=2)
    told = [one.text for one in to_anna(town)]
    assert [sum(text in one for one in told) for text in said] == [1] * len(said)
    sent = [one.due_at for one in to_anna(town)]
    assert all((later - earlier).total_seconds() >= 120 for earlier, later in pairwise(sent))
    assert {one.kind for one in town.notices()} == {MailKind.NOTICE}
