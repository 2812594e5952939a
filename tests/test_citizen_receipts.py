"""What a person is told beside the receipt: kinds, numbers, files, places, contacts, the right doors, haste."""

import pytest

from bot.chat import FileKind, Spot
from bot.desk.acts import set_kind
from bot.desk.answering import answer
from bot.facts import FactKind, Kind
from bot.store.database import Database
from config.texts import LANGUAGES
from tests.citizen import ELSA, CitizenTown, chat_office, photo

pytestmark = pytest.mark.asyncio

NUMBER = "121212-1212"
"""Tolvan Tolvansson's, which Skatteverket gives as an example."""


# Kinds


async def test_a_kind_is_chosen_by_button(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    assert "1. Fråga (om du inte väljer)" in town.last().text
    assert await town.presses("Felanmälan") == "Tack. Vi har noterat: Felanmälan."
    (changed,) = await town.facts(FactKind.KIND_CHANGED)
    assert (changed.actor, changed.data, changed.inquiry) == ("person", {"kind": "fault"}, 1)
    assert (await town.inquiries(case))[0].kind is Kind.FAULT


@pytest.mark.parametrize(("typed", "kind"), [("2", "viewpoint"), ("felanmälan", "fault"), ("BERÖM", "praise"),
                                             ("Kysymys", ""), ("vikailmoitus", "fault")])  # fmt: skip
async def test_a_kind_is_chosen_by_words_in_any_language(database: Database, typed: str, kind: str) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(typed)
    # What is chosen already changes nothing: no fact then.
    assert [fact.data["kind"] for fact in await town.facts(FactKind.KIND_CHANGED)] == ([kind] if kind else [])
    assert len(await town.messages()) == 1


async def test_what_is_no_option_exactly_is_content(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    for text in ("felanmälan tror jag", "7", "2 stycken", "Hjälp!"):
        await town.writes(text)
    assert len(await town.messages()) == 5
    assert await town.facts(FactKind.KIND_CHANGED) == []


async def test_choosing_is_skipped_by_button_or_word(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    assert await town.presses("Hoppa över") == "Det går bra. Du behöver inte välja."
    await town.writes("2")
    assert len(await town.messages()) == 2, "nothing is asked any more"
    await town.writes("/nytt En sak till")
    await town.writes("hoppa över")
    assert len(await town.messages()) == 3


async def test_staffs_kind_stands(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(set_kind, case, Kind.COMPLAINT)
    told = await town.presses("Felanmälan")
    assert told == f"Vi har redan sorterat {case}. Vill du ändra något, skriv det med egna ord."
    assert [fact.actor for fact in await town.facts(FactKind.KIND_CHANGED)] == ["officer:anna"]


async def test_the_kind_of_what_is_answered_stands(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Lagat.", again=True, attached=False)
    assert "redan besvarat" in await town.presses("Felanmälan")
    assert await town.facts(FactKind.KIND_CHANGED) == []


async def test_pressed_twice_is_the_same_as_once(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.presses("Felanmälan")
    await town.presses("Felanmälan")
    assert len(await town.facts(FactKind.KIND_CHANGED)) == 1


# Personal numbers


async def test_a_personal_number_is_told_and_the_message_taken_out_of_the_chat(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes(f"Mitt personnummer är {NUMBER}.")
    seen = town.last()
    assert NUMBER not in seen.text
    assert "personnummer eller kortnummer" in seen.text
    assert await town.presses("Ta bort ur chatten") == ("Meddelandet tas bort ur chatten. Det finns kvar hos oss.")
    assert town.seen[ELSA][-1].form.deletes == post
    assert [row["text"] for row in await town.messages()] == [f"Mitt personnummer är {NUMBER}."]


async def test_it_is_taken_out_by_typed_words_too(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    post = await town.writes(f"Mitt personnummer är {NUMBER}.")
    await town.writes("ta bort ur chatten")
    assert [one.form.deletes for one in town.seen[ELSA] if one.form.deletes] == [post]
    await town.writes("2")
    assert len(await town.facts(FactKind.KIND_CHANGED)) == 1, "the kind can still be chosen"


async def test_after_two_days_the_person_must_do_it(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(f"Mitt personnummer är {NUMBER}.")
    town.clock.forward(hours=49)
    assert "Det har gått för lång tid" in await town.presses("Ta bort ur chatten")


async def test_a_forged_button_takes_nothing_away(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    (case,) = await town.cases()
    for more in ("", "1", "1.999", "x.y", "9" * 60, "-1.1"):
        await town.presses_data(f"rm:{case}:{more}")
    assert not [one for one in town.seen[ELSA] if one.form.deletes]


# Files, places, contacts, what cannot be taken in


async def test_a_file_is_fetched_later_and_a_big_one_told(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Se bilden", files=(photo(1),))
    await town.writes(files=(photo(2, size=20 * 2**20 + 1, kind=FileKind.VIDEO),))
    rows = {row["remote"]: (row["state"], row["kind"]) for row in await town.files()}
    assert rows == {"remote-1": ("fetching", "photo"), "remote-2": ("left_out", "video")}
    assert "större än 20 MB" in town.last().text
    assert "kontakt@kommun.example" in town.last().text


async def test_a_file_of_exactly_the_limit_is_fetched(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1, size=20 * 2**20),))
    assert [row["state"] for row in await town.files()] == ["fetching"]
    assert "20 MB" not in town.last().text


async def test_a_voice_message_alone_opens_a_case(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(files=(photo(1, kind=FileKind.VOICE),))
    assert len(await town.cases()) == 1
    assert [row["text"] for row in await town.messages()] == [""]


async def test_a_place_is_echoed_with_a_link_and_stored_as_text(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(spot=Spot(latitude=59.534, longitude=18.077, name="Stationen", address="Banvägen 1"))
    (row,) = await town.messages()
    assert row["text"] == (
        "[Plats: Stationen, Banvägen 1, 59.53400, 18.07700]\n"
        "https://www.openstreetmap.org/?mlat=59.53400&mlon=18.07700#map=18/59.53400/18.07700"
    )
    assert "Platsen du skickade: Stationen, Banvägen 1, 59.53400, 18.07700." in town.last().text
    assert 'href="https://www.openstreetmap.org/?mlat=59.53400&amp;mlon=18.07700' in town.last().mail.html
    assert "sluta dela" not in town.last().text


async def test_of_a_live_place_the_first_counts(database: Database) -> None:
    town = CitizenTown(database)
    post = await town.writes(spot=Spot(latitude=1, longitude=2, live=True))
    assert "Du kan sluta dela din plats nu." in town.last().text
    said = len(town.got())
    for step in range(3):
        await town.edits(post, "", spot=Spot(latitude=1 + step, longitude=2, live=True))
    assert len(await town.messages()) == 1
    assert len(town.got()) == said


async def test_a_contact_is_stored_and_told_why(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes(given="Kim Exempel, +46 70 000 00 00")
    assert [row["text"] for row in await town.messages()] == [
        "[Delade kontaktuppgifter: Kim Exempel, +46 70 000 00 00]"
    ]
    assert "kontaktuppgifterna du delade" in town.last().text


@pytest.mark.parametrize(("code", "stored"), [("poll", "[Omröstning, går inte att visa]"),
                                              ("dice", "[Innehåll som inte går att visa]")])  # fmt: skip
async def test_what_cannot_be_taken_in_opens_a_case_all_the_same(database: Database, code: str, stored: str) -> None:
    town = CitizenTown(database)
    await town.writes(unsupported=code)
    assert [row["text"] for row in await town.messages()] == [stored]
    assert "går inte att ta emot här" in town.last().text


async def test_a_sticker_is_its_emoji(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("👍", files=(photo(1, kind=FileKind.STICKER),))
    assert [row["text"] for row in await town.messages()] == ["👍"]
    assert await town.files() == []


# Doors


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Jag tänker ta mitt liv", "Ring 112 nu."),
        ("Ett barn far illa hos grannen", "socialjouren"),
        ("Jag vill överklaga beslutet", "skriftligt"),
        ("Jag har skyddad adress", "Telefon 0123-45 67 00"),
    ],
)
async def test_the_right_door_is_said_first(database: Database, text: str, told: str) -> None:
    town = CitizenTown(database)
    await town.writes(text)
    (case,) = await town.cases()
    assert told in town.last().text
    assert town.last().text.index(told) < town.last().text.index(case)
    assert len(town.letters("jour@kommun.example")) == 1, "and staff are told at once"


async def test_a_door_is_named_once_in_an_inquiry(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Hej")
    await town.writes("Jag tänker ta mitt liv")
    assert "112" in town.last().text
    await town.writes("Ja, ta mitt liv")
    assert "112" not in town.last().text or len(town.got()) == 2
    assert len(town.letters("jour@kommun.example")) == 1


# Haste


async def test_many_messages_are_stored_and_told_of_once(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(30):
        await town.keeps(f"Meddelande {number}")
    await town.settles()
    assert len(await town.messages()) == 30
    assert len({row["case"] for row in await town.messages()}) == 1
    much = [one for one in town.got() if "många meddelanden" in one.text]
    assert len(much) == 1
    # The first twenty are answered: a receipt, one line that something joined, and nineteen signs.
    assert (len(town.got()), len(town.reactions())) == (3, 19)


async def test_danger_is_heard_in_any_haste(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(25):
        await town.keeps(f"Meddelande {number}")
    await town.keeps("Jag tänker ta mitt liv")
    await town.settles()
    assert any("Ring 112 nu." in one.text for one in town.got())
    assert len(town.letters("jour@kommun.example")) == 1


async def test_after_a_while_they_are_answered_again(database: Database) -> None:
    town = CitizenTown(database)
    for number in range(25):
        await town.keeps(f"Meddelande {number}")
    await town.settles()
    town.clock.forward(minutes=10, seconds=1)
    await town.writes("Nu då?")
    assert len(town.reactions()) == 20


# In every language


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_longest_receipt_stays_short_and_its_buttons_too(database: Database, language: str) -> None:
    office = chat_office()
    town = CitizenTown(database, office=office)
    await town.writes("/start")
    row = language if language in (office.chat.languages if office.chat else ()) else "sv"
    await town.presses_data(f"lang::{row}")
    await town.writes("Hej")
    (case,) = await town.cases()
    await town.officer(answer, case, "Svar.", again=True, attached=False)
    town.clock.forward(days=1)
    await town.writes(f"Mitt nummer är {NUMBER}", files=(photo(1, size=2**30),))
    assert len(town.last().text) <= 1024
    assert all(len(words) <= 28 for one in town.got() for words in one.buttons)
