"""The first message of a person, and the words at first contact."""

import pytest

from bot.citizen.visit import guessed
from bot.facts import Channel, FactKind
from bot.store.database import Database
from bot.store.rows import MailKind
from tests.citizen import ELSA, OMAR, CitizenTown, address_of, chat_office
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio


async def test_a_message_is_stored_first_and_then_told_of_in_one_message(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes("Gatlyktan på Storgatan är trasig.")
    (case,) = await town.cases()
    (row,) = await town.messages()
    assert (row["text"], row["case"], row["post"]) == ("Gatlyktan på Storgatan är trasig.", case, post)
    (seen,) = town.got()
    assert case in seen.text
    assert "Kontaktcenter, Exempel kommun" in seen.text
    # Asked on Monday; a question is answered within two open days after the day of arrival: Wednesday.
    assert "Svar senast onsdag 18 november" in seen.text
    assert "Du kan lägga till mer" in seen.text
    for words in ("En robot tar emot. Människor läser och svarar.", "till kl. 16.30", "Skriv inte personnummer",
                  "Telegram kan läsa", "Svenska · Suomi · English · Lätt svenska"):  # fmt: skip
        assert words in seen.text
    assert seen.text.index(case) < seen.text.index("En robot")
    assert {"Visa läget", "Svar med e-post i stället", "Ta bort", "Suomi", "Lätt svenska"} <= set(seen.buttons)


async def test_the_receipt_becomes_a_fact_of_its_inquiry(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    (case,) = await town.cases()
    (received,) = await town.facts(FactKind.RECEIVED)
    assert received.data["channel"] == Channel.TELEGRAM.value
    assert received.data["authentic"] == "pass"
    assert town.last().mail.kind is MailKind.ACKNOWLEDGEMENT
    (inquiry,) = await town.inquiries(case)
    assert inquiry.acknowledged_at == inquiry.arrived_at == MONDAY
    assert (await town.states()) == {"done": 1}


async def test_nothing_but_the_chats_number_is_kept_of_who_writes(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej", user_language="fi-FI")
    async with database.reading() as connection:
        rows = (await connection.exec_driver_sql("SELECT address, name FROM addresses")).all()
    assert [tuple(row) for row in rows] == [(address_of(ELSA), "")]


async def test_staff_are_told_who_has_the_case(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    assert {mail.to_addr for mail in town.notices()} == {"anna@kommun.example", "bo@kommun.example"}
    assert "Gatlyktan är trasig." in town.notices()[0].text


async def test_the_first_words_are_said_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    await town.writes("/nytt En sak till")
    assert "En robot tar emot" in town.got()[0].text
    assert "En robot tar emot" not in town.last().text
    assert "Suomi" not in town.last().buttons


async def test_the_language_that_was_spoken_already_is_taken_without_all_words_again(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Svenska")
    assert "Nu skriver vi på svenska." in town.last().text
    assert "En robot tar emot" not in town.last().text
    await town.writes("English")
    assert "A bot receives it. People read and answer." in town.last().text


async def test_start_alone_gets_the_first_words_and_opens_nothing(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/start")
    (seen,) = town.got()
    assert "En robot tar emot" in seen.text
    assert "1. Svenska\n2. Suomi\n3. English\n4. Lätt svenska" in seen.text
    assert await town.cases() == []
    await town.writes("Gatlyktan är trasig.")
    assert "En robot" not in town.last().text


async def test_words_behind_start_are_a_message(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/start Hej, gatlyktan är trasig")
    assert [row["text"] for row in await town.messages()] == ["/start Hej, gatlyktan är trasig"]


@pytest.mark.parametrize(
    ("app", "language"),
    [("fi", "fi"), ("en-GB", "en"), ("sv-FI", "sv"), ("ar", "sv"), ("", "sv"), ("x", "sv")],
)
async def test_the_apps_language_is_a_guess(app: str, language: str) -> None:
    assert guessed(app, ("sv", "fi", "en", "sv_lattlast")) == language


async def test_a_guess_is_no_choice(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/start", user_language="fi")
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == ""


async def test_out_of_hours_it_says_when_it_opens(database: Database) -> None:
    town = CitizenTown(database)
    town.clock.forward(days=5)  # Saturday 21 November
    await town.writes("Hej")
    closed = "Det är stängt nu. Vi öppnar måndag 23 november kl. 08.00."
    assert town.last().text.count(closed) == 1
    await town.writes("/nytt En sak till")
    assert town.last().text.count(closed) == 1
    town.clock.forward(days=2)
    await town.writes("/nytt På måndagen")
    assert "Vi öppnar" not in town.last().text


async def test_the_municipalitys_own_privacy_words_are_told(database: Database) -> None:
    office = chat_office(privacy="Läs mer: https://kommun.example/personuppgifter")
    town = CitizenTown(database, office=office)
    await town.writes("Hej")
    assert "https://kommun.example/personuppgifter" in town.last().text


# Links on posters


async def test_a_places_code_goes_along_with_the_next_message_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/start p_reception1")
    assert "Du kom hit via Receptionen." in town.last().text
    await town.writes("Dörren är trasig.")
    await town.writes("/nytt En annan sak")
    received = await town.facts(FactKind.RECEIVED)
    assert [fact.data.get("place") for fact in received] == ["reception1", None]


@pytest.mark.parametrize("payload", ["p_finnsinte", "l_hemligt", "reception1", "p_", "K-7Q4M2X-9"])
async def test_other_payloads_are_ignored(database: Database, payload: str) -> None:
    town = CitizenTown(database)
    await town.writes(f"/start {payload}")
    assert "Du kom hit" not in town.last().text
    await town.writes("Hej")
    (received,) = await town.facts(FactKind.RECEIVED)
    assert "place" not in received.data
    assert [row["text"] for row in await town.messages()] == ["Hej"]


# Languages


async def test_a_language_is_chosen_by_button_and_kept(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    assert await town.presses("Suomi") == "Suomi"
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == "fi"
    assert "suomi" in town.last().text
    (marked,) = await town.facts(FactKind.MARKED)
    assert (marked.actor, marked.data) == ("person", {"mark": "language", "value": "fi"})


@pytest.mark.parametrize(
    ("typed", "code"),
    [("suomi", "fi"), ("2", "fi"), ("English", "en"), ("lätt svenska", "sv_lattlast"), ("SVENSKA", "sv"), ("fi", "fi")],
)
async def test_a_language_is_chosen_by_words(database: Database, typed: str, code: str) -> None:
    town = CitizenTown(database)
    await town.writes("/start")
    await town.writes(typed)
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == code
    assert await town.cases() == []


async def test_a_number_is_the_kind_and_never_the_language_where_both_are_asked(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    await town.writes("2")
    assert "Synpunkt" in town.last().text
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == ""
    await town.writes("suomi")
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == "fi", "the language is still open after the kind"


async def test_a_language_is_changed_at_any_time(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    for typed in ("/sprak", "/kieli", "/language", "språk"):
        await town.writes(typed)
        assert "2. Suomi" in town.last().text
    await town.writes("/sprak english")
    row = await town.chat_row()
    assert row is not None
    assert row["language"] == "en"
    assert len(await town.cases()) == 1


async def test_what_staff_know_of_a_language_stays(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    (case,) = await town.cases()
    await town.on_ledger(
        case,
        lambda ledger: ledger.append(
            FactKind.MARKED,
            case,
            occurred_at=ledger.now,
            actor="officer:anna",
            source="x",
            data={"mark": "language", "value": "ar"},
        ),
    )
    await town.presses("Suomi")
    assert len(await town.facts(FactKind.MARKED)) == 1


async def test_two_persons_chats_are_apart(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Från Elsa", chat=ELSA)
    await town.writes("Från Omar", chat=OMAR)
    elsas, omars = await town.cases()
    assert elsas in town.last(ELSA).text
    assert omars in town.last(OMAR).text
    assert omars not in town.last(ELSA).text
    await town.writes(f"/status {elsas}", chat=OMAR)
    assert "hör inte till den här chatten" in town.last(OMAR).text
