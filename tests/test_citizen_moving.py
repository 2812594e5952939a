"""Having the answer by e-mail and in the chat again: one case, one clock, and nobody else's address."""

import re

import pytest

from bot.desk.answering import answer
from bot.facts import CaseNumber, FactKind
from bot.store.chat_schema import codes
from bot.store.database import Database
from bot.store.rows import MailKind
from tests.citizen import ELSA, OMAR, CitizenTown
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio

ADDRESS = "elsa@example.org"


def code_in(town: CitizenTown, address: str = ADDRESS) -> str:
    mail = next(one for one in reversed(town.letters(address)) if one.kind is MailKind.CODE)
    found = re.search(r"\b(\d{3}) (\d{3})\b", mail.text)
    assert found is not None
    return found[1] + found[2]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def moved(town: CitizenTown) -> CaseNumber:
    await town.writes("Gatlyktan är trasig.")
    await town.presses("Svar med e-post i stället")
    await town.writes(ADDRESS)
    await town.writes(code_in(town))
    return (await town.cases())[0]


async def test_an_address_is_proved_by_a_code_and_gets_the_answer(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    assert f"Svaret i {case} kommer till {ADDRESS}." in town.last().text
    (fact,) = await town.facts(FactKind.MOVED)
    assert (fact.actor, fact.data["channel"]) == ("person", "mail")
    (row,) = await town.messages()
    assert row["text"] == "Gatlyktan är trasig.", "neither address nor code is content"
    said = len(town.got())
    town.clock.forward(hours=1)
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    assert "Den är lagad." in town.letters(ADDRESS)[-1].text
    assert len(town.got()) == said, "and nothing in the chat"


async def test_case_and_clock_stay_one(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    town.clock.forward(hours=1)
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    (inquiry,) = await town.inquiries(case)
    assert inquiry.channel.value == "telegram"
    assert inquiry.arrived_at == MONDAY
    assert inquiry.answered_at == town.clock.now()
    assert await town.cases() == [case]


async def test_the_letter_there_lets_the_person_go_on_by_mail(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    letter = town.letters(ADDRESS)[-1]
    assert letter.kind is MailKind.ACKNOWLEDGEMENT
    assert case in letter.text
    assert letter.reply_to == town.office.tokens.citizen_address("kontakt@kommun.example", case)


async def test_and_back_with_a_button(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    assert await town.presses("Svar här i chatten") == "Svaret kommer här i chatten."
    await town.presses("Svar här i chatten")
    assert [fact.data["channel"] for fact in await town.facts(FactKind.MOVED)] == ["mail", "telegram"]
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    assert "Den är lagad." in town.last().text


async def test_writing_in_the_chat_brings_it_back(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    town.clock.forward(minutes=1)
    await town.writes("Vid nummer 12.")
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    assert "Den är lagad." in town.last().text


async def test_an_edit_in_the_chat_does_not(database: Database) -> None:
    town = CitizenTown(database)
    case = await moved(town)
    town.clock.forward(minutes=1)
    (row,) = await town.messages()
    await town.edits(row["post"], "Gatlyktan är trasig!")
    await town.officer(answer, case, "Den är lagad.", again=True, attached=False)
    assert "Den är lagad." in town.letters(ADDRESS)[-1].text


async def test_the_code_says_what_it_is_for_and_nothing_of_the_case(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(f"/epost {ADDRESS}")
    (mail,) = town.letters(ADDRESS)
    (case,) = await town.cases()
    assert "@exempelbot" in mail.text
    assert "30 minuter" in mail.text
    assert "Exempel kommun" in mail.subject
    assert case not in mail.text + mail.subject
    (row,) = await town.rows(codes)
    assert code_in(town) not in str(row)


async def test_a_wrong_code_is_tried_five_times(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(f"/epost {ADDRESS}")
    code = code_in(town)
    for _ in range(4):
        await town.writes(wrong(code))
        assert "Koden stämmer inte. Läs den" in town.last().text
    await town.writes(wrong(code))
    assert "försökt för många gånger" in town.last().text
    await town.writes(code)
    assert await town.facts(FactKind.MOVED) == []


async def test_a_code_holds_for_half_an_hour(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(f"/epost {ADDRESS}")
    town.clock.forward(minutes=30)
    await town.writes(code_in(town))
    assert "gäller inte längre" in town.last().text
    assert await town.facts(FactKind.MOVED) == []


async def test_three_codes_an_hour_also_after_erasing(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    for number in range(4):
        await town.writes(f"/epost elsa{number}@example.org")
    assert "Vänta en stund" in town.last().text
    await town.writes("/radera")
    await town.presses("Ja, radera")
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/epost elsa9@example.org")
    assert len([mail for mail in town.mails if mail.kind is MailKind.CODE]) == 3
    town.clock.forward(hours=1)
    await town.writes("/epost elsa9@example.org")
    assert len([mail for mail in town.mails if mail.kind is MailKind.CODE]) == 4


@pytest.mark.parametrize(
    ("typed", "told"),
    [("elsa@", "ser inte ut som en e-postadress"), ("@elsa", "ser inte ut som"), ("elsa@exempel", "ser inte ut som"),
     ("kontakt@kommun.example", "adress hos oss"), ("anna@kommun.example", "adress hos oss"),
     ("a@b.se>;c@d.se", "ser inte ut som"), ("elsa@example.org\ncc", "")],
)  # fmt: skip
async def test_other_addresses_get_nothing(database: Database, typed: str, told: str) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/epost")
    await town.writes(typed)
    assert told in town.last().text
    assert not [mail for mail in town.mails if mail.kind is MailKind.CODE]


async def test_anything_else_than_an_address_is_content(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/epost")
    await town.writes("Vid nummer 12.")
    assert len(await town.messages()) == 2
    await town.writes(ADDRESS)
    assert len(town.letters(ADDRESS)) == 1, "and the question stays open"


async def test_the_wrong_address_can_be_corrected(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/epost fel@example.org")
    await town.writes(ADDRESS)
    await town.writes(code_in(town))
    assert "Klart." in town.last().text
    assert ADDRESS in town.last().text


async def test_without_a_case_there_is_nothing_to_move(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/epost")
    assert "Skriv först vad det gäller." in town.last().text


async def test_an_address_once_proved_needs_no_second_code(database: Database) -> None:
    town = CitizenTown(database)
    await moved(town)
    await town.presses("Svar här i chatten")
    await town.writes(f"/epost {ADDRESS}")
    assert "Klart." in town.last().text
    assert len([mail for mail in town.mails if mail.kind is MailKind.CODE]) == 1


async def test_somebody_elses_code_is_none_of_ones_own(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Från Elsa", chat=ELSA)
    await town.writes(f"/epost {ADDRESS}", chat=ELSA)
    await town.writes("Från Omar", chat=OMAR)
    await town.writes(code_in(town), chat=OMAR)
    assert await town.facts(FactKind.MOVED) == []
    assert [row["text"] for row in await town.messages()][-1] == code_in(town), "to Omar it is content"


async def test_an_address_that_has_written_before_is_the_same(database: Database) -> None:
    """Needs `bot.store.reading` to know the address that a code was sent to."""
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.on_ledger(case, lambda ledger: ledger.address(ADDRESS, ""))
    await town.writes(f"/epost {ADDRESS}")
    await town.writes(code_in(town))
    assert "Klart." in town.last().text
    assert await town.states() == {"done": 3}
