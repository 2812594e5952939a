"""Forgetting a chat: said first, done after a second press, and for ever."""

import pytest
from sqlalchemy import select

from bot.desk.acts import ActRefused
from bot.desk.answering import answer
from bot.facts import FactKind
from bot.store.chat_book import forget_old
from bot.store.chat_erasing import forget_originals
from bot.store.chat_schema import chats, codes, dialogues, posts
from bot.store.database import Database
from bot.store.schema import addresses, facts, inbox, messages, originals, outbox
from tests.citizen import ELSA, OMAR, CitizenTown, address_of

pytestmark = pytest.mark.asyncio


async def test_it_says_what_goes_and_what_stays_and_warns(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.writes("/radera")
    for words in ("Det här tar vi bort nu", "arkivlagen", f"du väntar på svar i {case}", "1. Ja, radera. 2. Nej."):
        assert words in town.last().text
    assert await town.facts(FactKind.ERASED) == []


@pytest.mark.parametrize("how", ["press", "1", "ja", "Ja, radera"])
async def test_it_is_done_after_a_yes(database: Database, how: str) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.", chat=ELSA)
    await town.writes("/nytt En sak till", chat=ELSA)
    await town.writes("Från Omar", chat=OMAR)
    await town.presses_data("lang::sv", chat=ELSA)
    await town.writes("/radera", chat=ELSA)
    if how == "press":
        await town.presses("Ja, radera", chat=ELSA)
    else:
        await town.writes(how, chat=ELSA)
    elsas = [case for case in await town.cases() if case in {f.case for f in await town.facts(FactKind.ERASED)}]
    assert len(elsas) == 2
    assert {fact.actor for fact in await town.facts(FactKind.ERASED)} == {"person"}
    known = {row["address"] for row in await town.rows(addresses)}
    assert address_of(ELSA) not in known
    assert address_of(OMAR) in known
    assert [row["chat"] for row in await town.rows(chats)] == [OMAR]
    assert {row["about"] for row in await town.rows(dialogues) if row["chat"] == ELSA} == {"erased"}
    assert await town.rows(codes) == []
    assert len(await town.messages()) == 3, "the records stay"
    assert not any(case in town.last(ELSA).text for case in await town.cases())


async def test_the_originals_of_the_messages_are_emptied(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.", chat=ELSA)
    await town.writes("Från Omar", chat=OMAR)
    await town.writes("/radera", chat=ELSA)
    await town.presses("Ja, radera", chat=ELSA)
    kept = {row["inbox"] for row in await town.messages()}
    async with database.reading() as connection:
        left = set((await connection.execute(select(originals.c.inbox))).scalars())
    assert len(kept & left) == 1, "Omar's alone"


async def test_afterwards_nothing_leads_back(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Gatlyktan är trasig.")
    receipt = town.last()
    (old,) = await town.cases()
    await town.writes("/radera")
    await town.presses("Ja, radera")
    await town.writes("/status")
    assert "Du har inte skrivit till oss här än." in town.last().text
    await town.writes("Ett svar till er", reply_to=receipt.post)
    await town.writes("Och ett till mig", reply_to=post)
    await town.presses_data(receipt.data_of("Felanmälan"))
    new = (await town.cases())[-1]
    assert {row["text"]: row["case"] for row in await town.messages()} == {
        "Gatlyktan är trasig.": old, "Ett svar till er": new, "Och ett till mig": new,
    }  # fmt: skip
    assert any("En robot tar emot" in one.text for one in town.got()[-3:]), "it begins anew"
    with pytest.raises(ActRefused):
        await town.officer(answer, old, "Den är lagad.", again=True, attached=False)


async def test_no_leaves_everything(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    for how in ("2", "nej"):
        await town.writes("/radera")
        await town.writes(how)
        assert "Inget har tagits bort." in town.last().text
    await town.writes("/radera")
    await town.presses("Nej")
    assert await town.facts(FactKind.ERASED) == []


async def test_an_old_yes_only_asks_again(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/radera")
    await town.writes("Vid nummer 12.")
    await town.presses("Ja, radera")
    assert await town.facts(FactKind.ERASED) == []
    await town.presses("Ja, radera")
    assert len(await town.facts(FactKind.ERASED)) == 1
    await town.presses_data("erasey::")
    assert len(await town.facts(FactKind.ERASED)) == 1


async def test_a_yes_after_an_officers_question_is_an_answer(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.writes("/radera")
    town.clock.forward(minutes=1)
    await town.officer(answer, case, "Ska vi laga den?", again=True, attached=False)
    await town.writes("Ja")
    assert [row["text"] for row in await town.messages()] == ["Gatlyktan är trasig.", "Ja"]
    assert await town.facts(FactKind.ERASED) == []


async def test_erasing_and_writing_again_in_one_batch(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/radera")
    await town.keeps("ja")
    await town.keeps("Hej igen")
    await town.settles()
    assert await town.states() == {"done": 4}
    assert len(await town.cases()) == 2


@pytest.mark.parametrize("how", ["press", "ja"])
async def test_an_edit_of_what_was_forgotten_opens_nothing(database: Database, how: str) -> None:
    town = CitizenTown(database)
    post = await town.writes("Gatlyktan vid mitt hus är trasig.")
    await town.writes("/radera")
    await (town.presses("Ja, radera") if how == "press" else town.writes(how))
    before = await town.rows(facts)
    await town.edits(post, "Gatlyktan vid mitt hus, nummer 12, är trasig.")
    assert "radera" in town.last().text
    said = len(town.got())
    await town.edits(post, "Gatlyktan vid nummer 21.")
    assert len(town.got()) == said, "it is said once"
    assert await town.rows(facts) == before
    assert len(await town.messages()) == 1
    assert address_of(ELSA) not in {row["address"] for row in await town.rows(addresses)}
    await town.edits(await town.writes("/hjalp"), "Något nytt är trasigt.")
    assert len(await town.cases()) == 2, "what came after is a matter of its own"


async def test_no_number_of_the_chat_is_left(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.", chat=ELSA)
    await town.writes("Från Omar", chat=OMAR)
    (case, _) = await town.cases()
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    await town.writes("/epost elsa@example.org", chat=ELSA)
    await town.writes("/status", chat=ELSA)
    await town.writes("/radera", chat=ELSA)
    post = await town.writes("ja", chat=ELSA)
    await town.edits(post, "nej", chat=ELSA)
    async with database.writing() as connection:
        await forget_old(connection, town.clock.now())
    sent = await town.rows(outbox)
    assert address_of(ELSA) not in {row["to_addr"] for row in sent}
    assert address_of(OMAR) in {row["to_addr"] for row in sent}
    assert not any("elsa@example.org" in row["text"] for row in sent if row["kind"] == "post")
    assert any("Den är lagad." in row["text"] for row in sent), "what a case keeps stays"
    assert {row["chat"] for row in await town.rows(posts)} == {OMAR}
    town.clock.forward(days=3, seconds=1)
    async with database.writing() as connection:
        await forget_old(connection, town.clock.now())
        await forget_originals(connection, town.clock.now())
    assert {row["chat"] for row in await town.rows(dialogues)} <= {OMAR}
    everything = [
        row for table in (facts, inbox, messages, outbox, chats, dialogues, posts, addresses)
        for row in await town.rows(table)
    ]  # fmt: skip
    assert not any("1001" in str(value) for row in everything for value in row.values())


async def test_what_was_on_its_way_then_is_forgotten_once_it_has_come(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/radera")
    await town.keeps("ja")
    while await town.intake.take_batch():
        pass
    waiting = [row for row in await town.rows(outbox) if row["to_addr"] == address_of(ELSA)]
    assert [row["state"] for row in waiting] == ["new"]
    await town.deliver()
    assert "Kopplingen till den här chatten är borttagen" in town.last().text
    async with database.writing() as connection:
        await forget_old(connection, town.clock.now())
    assert address_of(ELSA) not in {row["to_addr"] for row in await town.rows(outbox)}
    assert await town.rows(posts) == []


async def test_events_as_they_came_are_kept_for_three_days(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/status")
    town.clock.forward(days=2)
    await town.writes("/hjalp")
    await town.keeps("Ännu inte läst")
    town.clock.forward(days=1, seconds=1)
    async with database.writing() as connection:
        # Four came; the first two more than three days ago.
        assert await forget_originals(connection, town.clock.now()) == 2
        assert await forget_originals(connection, town.clock.now()) == 0
    town.clock.forward(days=30)
    async with database.writing() as connection:
        assert await forget_originals(connection, town.clock.now()) == 1
    assert len(await town.rows(originals)) == 1, "what nobody has read yet is kept"
    await town.settles()
    assert len(await town.messages()) == 2
