"""“It is about something new”: what was taken for more becomes a case of its own, and the figures say so."""

import pytest

from bot.case import CaseState, fold_case
from bot.desk.acts import Act, add_note, close, record
from bot.desk.answering import answer
from bot.facts import CaseNumber, FactKind, Kind, UnitId
from bot.inquiry import fold_inquiries
from bot.office import Office
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.schema import cases, inquiries
from tests.citizen import CitizenTown, photo
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio

NEW = "Det gäller något nytt"


async def gone_on(town: CitizenTown, *texts: str) -> CaseNumber:
    """An answered and closed case in which the person has written again a day later."""
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    await town.officer(close, case)
    town.clock.forward(days=1)
    for text in texts or ("När öppnar simhallen?",):
        await town.writes(text)
        town.clock.forward(minutes=1)
    return case


async def test_the_inquiry_becomes_a_case_with_the_first_arrival(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town, "När öppnar simhallen?", "På lördag menar jag.")
    town.clock.forward(hours=2)
    await town.presses(NEW)
    _, new = await town.cases()
    texts = {row["text"]: row["case"] for row in await town.messages()}
    assert texts == {"Gatlyktan är trasig.": old, "När öppnar simhallen?": new, "På lördag menar jag.": new}
    assert len(await town.inquiries(old)) == 1
    (inquiry,) = await town.inquiries(new)
    assert inquiry.arrived_at == MONDAY.replace(day=17), "when it came, not when it was parted"
    assert inquiry.messages == 2
    assert inquiry.acknowledged_at == MONDAY.replace(day=17), "what was told of it stays told"
    known = [fact for fact in await town.facts() if fact.case == new]
    # Told on Tuesday for two open days: Thursday.
    assert fold_case(known).promised == "2026-11-19"
    assert known[0].data["split"] == old


async def test_the_old_case_is_as_if_nothing_had_come(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town)
    await town.presses(NEW)
    known = [fact for fact in await town.facts() if fact.case == old]
    assert fold_case(known).state is CaseState.CLOSED
    (inquiry,) = fold_inquiries(known)
    assert inquiry.answered_at == MONDAY
    rows = [row for row in await town.rows(inquiries) if row["case"] == old]
    assert len(rows) == 1, "the projection, too"
    assert {row["number"]: row["waiting_since"] is None for row in await town.rows(cases)}[old]


async def test_person_and_staff_are_told_the_new_number(database: Database) -> None:
    town = CitizenTown(database)
    await gone_on(town)
    before = len(town.notices())
    assert await town.presses(NEW) == "Det är nu en egen fråga."
    _, new = await town.cases()
    assert f"Ditt meddelande har nummer {new}." in town.last().text
    told = town.notices()[before:]
    assert told
    assert all(new in mail.subject and "När öppnar simhallen?" in mail.text for mail in told)


async def test_it_is_done_by_typed_words_too(database: Database) -> None:
    town = CitizenTown(database)
    await gone_on(town)
    await town.writes("det gäller något nytt")
    assert len(await town.cases()) == 2
    assert len(await town.messages()) == 2


async def test_pressed_twice_it_is_done_once(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town)
    await town.presses(NEW)
    assert "redan börjat" in await town.presses_data(f"new:{old}:2")
    assert len(await town.cases()) == 2


async def test_what_staff_have_taken_stays(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town)
    await town.officer(note, old)
    told = await town.presses(NEW)
    assert told == f"Vi har redan börjat med det i {old}. Skriv det nya en gång till, så blir det en egen fråga."
    assert len(await town.cases()) == 1
    await town.writes("När öppnar simhallen?")
    assert len(await town.cases()) == 2, "and so it does"


def note(ledger: Ledger, _: Office, act: Act) -> None:
    record(ledger, act, FactKind.NOTED, {"message": add_note(ledger, act, "Läst")})


async def test_what_staff_have_answered_stays(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town)
    await town.officer(answer, old, "På lördag klockan 10.", again=True, attached=False)
    assert "redan börjat" in await town.presses(NEW)


async def test_the_kind_and_both_versions_go_along(database: Database) -> None:
    town = CitizenTown(database)
    await gone_on(town)
    await town.presses("Beröm")
    post = next(row["post"] for row in await town.messages() if "simhallen" in row["text"])
    await town.edits(post, "När öppnar badet?")
    await town.presses(NEW)
    old, new = await town.cases()
    assert {row["text"]: row["case"] for row in await town.messages()} == {
        "Gatlyktan är trasig.": old, "När öppnar simhallen?": new, "När öppnar badet?": new,
    }  # fmt: skip
    known = await town.facts()
    assert fold_case([fact for fact in known if fact.case == new]).kind is Kind.PRAISE
    assert fold_case([fact for fact in known if fact.case == old]).kind is Kind.QUESTION
    assert "När öppnar badet?" in town.notices()[-1].text


async def test_a_new_case_lies_where_new_ones_do(database: Database) -> None:
    town = CitizenTown(database)
    old = await gone_on(town)
    await town.presses(NEW)
    _, new = await town.cases()
    known = [fact for fact in await town.facts() if fact.case == new]
    assert fold_case(known).unit == UnitId("kc")
    assert old != new


async def test_a_receipt_that_has_not_left_is_taken_back(database: Database) -> None:
    town = CitizenTown(database)
    await gone_on(town)
    await town.presses(NEW)
    _, case = await town.cases()
    await town.officer(answer, case, "På lördag.", again=True, attached=False)
    town.clock.forward(days=1)
    await town.writes(files=(photo(1),), album="a1")
    await town.writes("det gäller något nytt")
    await town.later(seconds=20)
    newest = (await town.cases())[-1]
    assert [one.mail.case for one in town.receipts()][-2:] == [case, newest], "of the old case none but its own"
    assert [one["message"] for one in await town.files()] == [(await town.messages())[-1]["id"]]
    assert (await town.messages())[-1]["case"] == newest
