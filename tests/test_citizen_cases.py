"""Which case a message belongs to: each stored message is in exactly one."""

import pytest

from bot.case import CaseState, fold_case
from bot.chat import EventKind
from bot.desk.acts import close
from bot.desk.answering import answer
from bot.desk.merging import merge
from bot.facts import CaseNumber, FactKind
from bot.store.database import Database
from tests.citizen import ELSA, OMAR, CitizenTown

pytestmark = pytest.mark.asyncio


async def answered(town: CitizenTown, case: CaseNumber, text: str = "Det är lagat nu.") -> None:
    await town.officer(answer, case, text, again=True, attached=False)


async def cases_of_texts(town: CitizenTown) -> dict[str, str]:
    return {row["text"]: row["case"] for row in await town.messages()}


async def test_more_joins_what_waits(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    post = await town.writes("Vid nummer 12.")
    (case,) = await town.cases()
    (inquiry,) = await town.inquiries(case)
    assert inquiry.messages == 2
    assert len(town.receipts()) == 1
    (reaction,) = town.reactions()
    assert (reaction.form.reacts, reaction.form.reply_to) == ("👀", post)
    assert town.last().text == f"Tack, vi har lagt till det i {case}."


async def test_what_joins_is_told_of_in_words_every_ten_minutes_only(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    for number in range(3):
        await town.writes(f"Mer {number}")
        town.clock.forward(minutes=3)
    assert len(town.got()) == 2, "the receipt, and one line for three messages"
    town.clock.forward(minutes=2)  # eleven minutes after the line
    await town.writes("Mer igen")
    assert len(town.got()) == 3
    assert len(town.reactions()) == 4


async def test_two_messages_taken_in_at_once_are_one_case(database: Database) -> None:
    town = CitizenTown(database)
    for text in ("Hej", "Gatlyktan är trasig", "På Storgatan"):
        await town.keeps(text)
    await town.settles()
    (case,) = await town.cases()
    assert {row["case"] for row in await town.messages()} == {case}
    assert len(town.receipts()) == 1


async def test_a_reply_to_our_message_goes_to_its_case(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    receipt = town.last()
    await town.writes("/nytt När öppnar simhallen?")
    first, _ = await town.cases()
    await town.writes("Den blinkar också.", reply_to=receipt.post)
    assert (await cases_of_texts(town))["Den blinkar också."] == first


async def test_a_reply_to_ones_own_message_goes_to_its_case(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Gatlyktan är trasig.")
    await town.writes("/nytt När öppnar simhallen?")
    first, _ = await town.cases()
    await town.writes("Den blinkar också.", reply_to=post)
    assert (await cases_of_texts(town))["Den blinkar också."] == first


async def test_a_reply_to_an_answer_opens_a_new_inquiry_there(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await answered(town, case)
    await town.writes("/nytt Simhallen?")
    letter = next(one for one in town.got() if "Det är lagat nu." in one.text)
    await town.writes("Nej, den är fortfarande släckt.", reply_to=letter.post)
    assert len(await town.inquiries(case)) == 2
    assert "Det gäller något nytt" not in town.last().buttons, "the person has said which case it is"


async def test_a_number_in_reply_to_staff_is_an_answer_and_no_choice(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Lamporna är trasiga.")
    (case,) = await town.cases()
    await answered(town, case, "Hur många är det?")
    letter = next(one for one in town.got() if "Hur många" in one.text)
    await town.writes("2", reply_to=letter.post)
    assert [row["text"] for row in await town.messages()] == ["Lamporna är trasiga.", "2"]
    assert await town.facts(FactKind.KIND_CHANGED) == []


async def test_a_number_after_staff_have_written_is_content(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Lamporna är trasiga.")
    (case,) = await town.cases()
    town.clock.forward(minutes=5)
    await answered(town, case, "Hur många är det?")
    await town.writes("2")
    assert [row["text"] for row in await town.messages()] == ["Lamporna är trasiga.", "2"]


async def test_new_is_asked_for_by_command_and_holds_for_one_message(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/nytt")
    assert "en ny fråga" in town.last().text
    await town.writes("När öppnar simhallen?")
    await town.writes("På lördag menar jag.")
    first, second = await town.cases()
    assert await cases_of_texts(town) == {
        "Gatlyktan är trasig.": first,
        "När öppnar simhallen?": second,
        "På lördag menar jag.": second,
    }


async def test_new_is_asked_for_by_button(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/status")
    await town.presses("Något nytt")
    await town.writes("När öppnar simhallen?")
    assert len(await town.cases()) == 2


async def test_the_newest_case_that_waits_goes_before_a_newer_answered_one(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/nytt När öppnar simhallen?")
    first, second = await town.cases()
    await answered(town, second)
    await town.writes("Hur går det?")
    assert (await cases_of_texts(town))["Hur går det?"] == first


async def test_after_an_answer_the_newest_case_goes_on_and_may_be_split(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await answered(town, case)
    town.clock.forward(days=29)
    await town.writes("Nu är den släckt igen.")
    assert len(await town.inquiries(case)) == 2
    assert f"Vi har lagt det i {case}, där du har skrivit förut." in town.last().text
    assert "Det gäller något nytt" in town.last().buttons


async def test_after_thirty_days_it_is_a_new_matter(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await answered(town, case)
    town.clock.forward(days=31)
    await town.writes("Nu är den släckt igen.")
    assert len(await town.cases()) == 2


async def test_a_closed_case_never_refuses_a_message(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await answered(town, case)
    await town.officer(close, case)
    await town.writes("Den är släckt igen.")
    assert await town.cases() == [case]
    assert fold_case([one for one in await town.facts() if one.case == case]).state is CaseState.OPEN
    assert len(await town.inquiries(case)) == 2


async def test_one_closed_without_an_answer_goes_on_waiting(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(close, case)
    await town.writes("Hallå?")
    (inquiry,) = await town.inquiries(case)
    assert inquiry.messages == 2
    assert fold_case([one for one in await town.facts() if one.case == case]).state is CaseState.OPEN


async def test_a_merged_case_is_followed(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    town.clock.forward(minutes=1)
    await town.writes("/nytt Lampan på Storgatan är trasig.")
    receipt = town.last()
    first, second = await town.cases()
    await town.officer(merge, second, first, same_person=False)
    await town.writes("Den blinkar.", reply_to=receipt.post)
    await town.writes("Och surrar.")
    texts = await cases_of_texts(town)
    assert (texts["Den blinkar."], texts["Och surrar."]) == (first, first)


async def test_nobody_gets_into_another_persons_case(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Elsas fråga", chat=ELSA)
    (case,) = await town.cases()
    receipt = town.last(ELSA)
    await town.writes(f"Det gäller {case}", chat=OMAR, reply_to=receipt.post)
    assert (await cases_of_texts(town))[f"Det gäller {case}"] != case
    for data in (f"mkind:{case}:fault", f"bymail:{case}", f"bychat:{case}", f"new:{case}:1", f"rm:{case}:11.1"):
        assert await town.presses_data(data, chat=OMAR) in {
            "Knappen gäller inte längre.", "Det meddelandet hittar vi inte."
        }  # fmt: skip
    await town.presses_data(f"stat:{case}", chat=OMAR)
    assert "hör inte till den här chatten" in town.last(OMAR).text
    assert {fact.kind for fact in await town.facts() if fact.case == case} == {
        FactKind.RECEIVED, FactKind.ACKNOWLEDGED
    }  # fmt: skip


async def test_a_mere_thank_you_is_told_without_a_promise(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await answered(town, case)
    await town.writes("Tack så mycket!")
    assert len(await town.inquiries(case)) == 2, "staff decide, not we"
    assert "Svar senast" not in town.last().text
    assert town.last().mail.kind.value == "acknowledgement"


async def test_every_kind_of_event_of_a_private_chat_is_settled(database: Database) -> None:
    town = CitizenTown(database)
    for kind in (EventKind.MESSAGE, EventKind.EDIT, EventKind.PRESS):
        await town.keeps("Hej", kind=kind)
    await town.settles()
    assert await town.states() == {"done": 3}
