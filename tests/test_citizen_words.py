"""Commands, with and without a slash, in all languages; and how cases stand."""

import pytest

from bot.citizen.commands import Verb, read_command
from bot.desk.acts import close, take
from bot.desk.answering import answer, hold
from bot.facts import FactKind
from bot.store.database import Database
from tests.citizen import ELSA, CitizenTown
from tests.conftest import MONDAY


@pytest.mark.parametrize(
    ("typed", "verb"),
    [
        ("/start", Verb.START), ("/hjalp", Verb.HELP), ("/hjälp", Verb.HELP), ("/help", Verb.HELP),
        ("/status", Verb.STATUS), ("/tila", Verb.STATUS), ("/sprak", Verb.LANGUAGE), ("/kieli", Verb.LANGUAGE),
        ("/language", Verb.LANGUAGE), ("/personal", Verb.PERSON), ("/personuppgifter", Verb.PRIVACY),
        ("/privacy", Verb.PRIVACY), ("/tietosuoja", Verb.PRIVACY), ("/radera", Verb.ERASE), ("/poista", Verb.ERASE),
        ("/avbryt", Verb.CANCEL), ("/cancel", Verb.CANCEL), ("/nytt", Verb.NEW), ("/uusi", Verb.NEW),
        ("/epost", Verb.BY_MAIL), ("/e-post", Verb.BY_MAIL), ("/email", Verb.BY_MAIL), ("/sähköposti", Verb.BY_MAIL),
        ("/STATUS", Verb.STATUS), ("/status@exempelbot", Verb.STATUS), ("hjälp", Verb.HELP), ("Status ", Verb.STATUS),
        ("språk", Verb.LANGUAGE), ("peruuta", Verb.CANCEL), ("e-post", Verb.BY_MAIL),
    ],
)  # fmt: skip
def test_commands_are_read(typed: str, verb: Verb) -> None:
    command = read_command(typed)
    assert command is not None
    assert (command.verb, command.rest) == (verb, "")


@pytest.mark.parametrize("typed", ["Hjälp!", "Jag vill ha hjälp", "status?", "", "hjalp mig", "12/3"])
def test_other_words_are_none(typed: str) -> None:
    assert read_command(typed) is None


def test_what_stands_behind_a_command_is_kept_as_it_is() -> None:
    command = read_command("/nytt  Gatlyktan är\ntrasig.")
    assert command is not None
    assert command.rest == "Gatlyktan är\ntrasig."
    unknown = read_command("/bygglov gäller det?")
    assert unknown is not None
    assert unknown.verb is None


@pytest.mark.asyncio
async def test_help_says_hours_now_and_other_ways(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/hjalp")
    text = town.last().text
    for words in ("Det är öppet nu, till kl. 16.30.", "Telefon 0123-45 67 00", "kontakt@kommun.example", "ring 112",
                  "/status", "/radera"):  # fmt: skip
        assert words in text
    assert text.count("0123-45 67 00") == 1
    town.clock.forward(hours=10)
    await town.writes("hjälp")
    assert "Det är stängt nu. Vi öppnar tisdag 17 november kl. 08.00." in town.last().text
    assert await town.messages() == []


@pytest.mark.asyncio
async def test_people_answer_and_say_when(database: Database) -> None:
    town = CitizenTown(database)
    town.clock.forward(hours=10)
    await town.writes("/hjalp")
    await town.presses("Prata med en människa")
    assert "läses av människor" in town.last().text
    assert "Vi öppnar tisdag 17 november kl. 08.00." in town.last().text
    assert "0123-45 67 00" in town.last().text


@pytest.mark.asyncio
async def test_privacy_says_who_reads_and_what_is_kept(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/personuppgifter")
    for words in (
        "allmän handling",
        "utanför EU",
        "Din bild sparar vi inte",
        "/radera",
        "borta efter tre dygn",
        "arkivlagen",
        "kontakt@kommun.example",
    ):
        assert words in town.last().text
    assert "Radera" in town.last().buttons


@pytest.mark.asyncio
async def test_an_unknown_command_is_content_and_told_what_there_is(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/bygglov behöver jag det för ett staket?")
    assert [row["text"] for row in await town.messages()] == ["/bygglov behöver jag det för ett staket?"]
    assert "Det kommandot känner vi inte." in town.last().text
    assert "/status" in town.last().text
    assert len(town.got()) == 1


@pytest.mark.asyncio
async def test_words_behind_a_command_are_never_lost(database: Database) -> None:
    town = CitizenTown(database)
    for text in ("/personal jag vill prata om min mamma", "/hjalp mig med bygglov", "/status på min ansökan",
                 "/sprak jag skriver arabiska", "/radera allt om mig", "/avbryt min prenumeration"):  # fmt: skip
        await town.writes(text)
        assert (await town.messages())[-1]["text"] == text


@pytest.mark.asyncio
async def test_cancelling_leaves_what_was_begun(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/avbryt")
    assert "Du håller inte på med något." in town.last().text
    await town.writes("Gatlyktan är trasig.")
    await town.writes("/nytt")
    await town.writes("/avbryt")
    assert "Avbrutet." in town.last().text
    await town.writes("Vid nummer 12.")
    assert len(await town.cases()) == 1


@pytest.mark.asyncio
async def test_many_commands_are_answered_no_more(database: Database) -> None:
    town = CitizenTown(database)
    for _ in range(40):
        await town.keeps("/hjalp")
    await town.settles()
    # Twenty answers, and one line that says so.
    assert len(town.got()) == 21
    town.clock.forward(minutes=11)
    await town.writes("/hjalp")
    assert len(town.got()) == 22


# Status


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("prata med en människa", "läses av människor"), ("Visa läget", "Du skrev: ”Gatlyktan"),
        ("Visa mina frågor", "Du skrev: ”Gatlyktan"), ("Ta bort", "Vill du göra det? 1. Ja, radera. 2. Nej."),
        ("Något nytt", "Skriv vad det gäller, så blir det en ny fråga."),
        ("Svar med e-post i stället", "Till vilken e-postadress"), ("Svar här i chatten", "Du skrev: ”Gatlyktan"),
    ],
)  # fmt: skip
async def test_a_buttons_words_do_what_it_does_and_are_no_message(database: Database, typed: str, told: str) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(typed)
    assert told in town.last().text
    assert len(await town.messages()) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("language", "typed", "told"),
    [
        ("English", "talk to a person", "read by people"), ("Suomi", "Puhu ihmisen kanssa", "Ihmiset lukevat"),
        ("Lätt svenska", "Hur går det?", "Du skrev: ”Gatlyktan"),
    ],
)  # fmt: skip
async def test_a_buttons_words_are_known_in_the_language_they_are_read_in(
    database: Database, language: str, typed: str, told: str
) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes(typed)
    assert len(await town.messages()) == 2
    await town.writes(language)
    await town.writes(typed)
    assert told in town.last().text
    assert len(await town.messages()) == 2


@pytest.mark.asyncio
async def test_a_buttons_words_within_others_are_a_message(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    await town.writes("Ta bort den gamla lyktan också")
    assert len(await town.messages()) == 2


@pytest.mark.asyncio
async def test_a_thank_you_after_the_answer_leaves_the_case_answered(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Den är lagad nu.", again=True, attached=False)
    await town.writes("Tack så mycket!")
    await town.writes("/status")
    assert f"{case} · Besvarat" in town.last().text
    assert "Svar senast" not in town.last().text
    await town.writes("/radera")
    assert "du väntar på svar" not in town.last().text
    await town.writes("Nej")
    await town.writes("Fast nu är den trasig igen.")
    await town.writes("/status")
    assert f"{case} · Mottaget" in town.last().text
    assert "Svar senast" in town.last().text


@pytest.mark.asyncio
async def test_status_of_nothing_invites_to_write(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("/status")
    assert "Du har inte skrivit till oss här än." in town.last().text


@pytest.mark.asyncio
async def test_status_tells_number_state_and_day(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.writes("/status")
    assert f"{case} · Mottaget" in town.last().text
    assert "Svar senast onsdag 18 november." in town.last().text
    await town.on_ledger(
        case,
        lambda ledger: ledger.append(
            FactKind.OPENED, case, occurred_at=ledger.now, actor="officer:anna", source="x", inquiry=1
        ),
    )
    await town.writes("/status")
    assert f"{case} · Någon läser" in town.last().text
    await town.officer(take, case)
    await town.writes("/status")
    assert f"{case} · Vi arbetar" in town.last().text
    await town.officer(hold, case, "Vi väntar på en reservdel.", MONDAY.date().replace(day=20))
    await town.writes("/status")
    assert "Svar senast fredag 20 november." in town.last().text
    await town.officer(answer, case, "Lagat.", again=True, attached=False)
    await town.writes("/status")
    assert f"{case} · Besvarat" in town.last().text
    assert "Svar senast" not in town.last().text
    await town.officer(close, case)
    await town.writes("/status")
    assert f"{case} · Avslutat" in town.last().text


@pytest.mark.asyncio
async def test_status_tells_the_first_words_without_numbers(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Jag är 121212-1212 och vill veta allt om sophämtningen i vår lilla kommun, tack på förhand.")
    await town.writes("/status")
    assert "Du skrev: ”Jag är [personnummer dolt] och vill veta" in town.last().text
    assert "1212-1212" not in town.last().text


@pytest.mark.asyncio
async def test_one_case_is_shown_with_its_answer(database: Database) -> None:
    town = CitizenTown(database)
    await town.writes("Gatlyktan är trasig.")
    (case,) = await town.cases()
    await town.officer(answer, case, "Den är lagad nu.", again=True, attached=False)
    await town.presses("Visa läget")
    assert "Det senaste vi skrev till dig:" in town.last().text
    assert "Den är lagad nu." in town.last().text
    await town.writes(f"/status {case}")
    assert f"{case} · Besvarat" in town.last().text
    await town.writes("/status K-222222-2")
    assert len(await town.cases()) <= 2


@pytest.mark.asyncio
async def test_an_old_or_forged_button_is_answered_kindly(database: Database) -> None:
    town = CitizenTown(database)
    for data in ("", "x", "nosuch:K-7Q4M2X-9", "take::", "mkind::fault", "lang::xx", "rm::", "new::9" * 9, ":::"):
        assert await town.presses_data(data) in {"Knappen gäller inte längre.", ""}
    assert await town.states() == {"done": 9}
    assert town.got(ELSA)


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["\u200b\u200d", "\u2063", "\u202e\u202c", "\u00a0\n"])
async def test_words_that_nobody_sees_are_told_to_staff_as_that(database: Database, text: str) -> None:
    town = CitizenTown(database)
    await town.writes(text)
    assert [row["text"] for row in await town.messages()] == ["[Innehåll som inte går att visa]"]
