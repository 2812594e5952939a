"""What goes wrong at a desk, and must not: hurried officers, shared mailboxes, secrets, words that cross."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.facts import FactKind
from bot.inquiry import fold_inquiries
from bot.office import Door, DoorWord, Notify
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from tests.conftest import MONDAY, FrozenClock
from tests.day import Day, staffed
from tests.example import CONTACT
from tests.town import Town


@pytest_asyncio.fixture
async def day(database_url: str) -> AsyncIterator[Day]:
    database = Database(DatabaseUrl.parse(database_url))
    await migrate(database)
    await database.take_ownership()
    yield Day(Town(database, FrozenClock(MONDAY), staffed()))
    await database.close()


@pytest.mark.asyncio
async def test_what_was_written_after_a_notice_is_never_left_out_with_it(day: Day) -> None:
    number = await day.asks("elsa", "Tack", "Tack så mycket!")
    first = day.notice("anna", number)
    assert "/utan svar tack" in first.text
    await day.pass_by(seconds=3)
    reply_to = day.town.relay.to("elsa@example.org")[0].reply_to
    assert await day.asks("elsa", "Re: Tack", "Förresten, gäller det också på kyrkogården?", to=reply_to) == number
    (told,) = await day.officer("anna", "/utan svar tack", to=first.reply_to, In_Reply_To=f"<{first.message_id}>")
    assert "kyrkogården" in told.text
    (inquiry,) = fold_inquiries([fact for fact in await day.town.facts() if fact.case == number])
    assert inquiry.waits
    # An answer goes out, but the officer hears at once that more has come.
    (told,) = await day.officer("anna", "Ja, överallt.", to=first.reply_to, In_Reply_To=f"<{first.message_id}>")
    assert "kyrkogården" in told.text
    assert "/ångra" in told.text


@pytest.mark.asyncio
async def test_a_topic_that_nobody_knows_stops_the_whole_mail(day: Day) -> None:
    (told,) = await day.officer("bo", "/telefon 20 ja bygglov\n/telefon 8 ja skola")
    assert "Förskola" in told.text
    assert [fact for fact in await day.town.facts() if fact.kind is FactKind.PHONE] == []


@pytest.mark.asyncio
async def test_whoever_finds_out_a_secret_keeps_the_case_where_nobody_is_cleared(day: Day) -> None:
    number = await day.asks("elsa", "Oro", "Det här är känsligt")
    await day.officer("bo", f"/sekretess {number}")
    assert "inget ärende" in (await day.officer("anna", f"/visa {number}"))[-1].text
    assert "känsligt" in (await day.officer("bo", f"/visa {number}"))[-1].text
    (told,) = await day.officer("bo", f"/lämna {number} till Bygglov: ta det")
    assert "får se sekretessmärkta" in told.text


@pytest.mark.asyncio
async def test_a_shared_mailbox_reads_no_secret_case_through_an_old_notice(day: Day) -> None:
    office = day.town.office
    shared = replace(office.units[0], notify=Notify.ADDRESS, staff_address="alla@kommun.example")
    officers = tuple(replace(one, cleared=one.id == "bo") for one in office.officers)
    day.town.office = replace(office, units=(shared, office.units[1]), officers=officers)
    number = await day.asks("elsa", "Oro", "Det här är känsligt")
    (notice,) = day.town.relay.to("alla@kommun.example")
    await day.officer("bo", f"/sekretess {number}")
    told = await day.officer("alla", "/visa allt", to=notice.reply_to)
    assert "inget ärende" in told[-1].text
    assert "känsligt" not in told[-1].text


@pytest.mark.asyncio
async def test_who_is_on_call_answers_the_alert_and_sees_no_other_case(day: Day) -> None:
    words = (DoorWord(door=Door.DANGER, words="hotar"),)
    day.town.office = replace(day.town.office, door_words=words, on_call="jour@kommun.example")
    other = await day.asks("omar", "Simhall", "Är den öppen?")
    number = await day.asks("elsa", "Hjälp", "Någon hotar mig")
    (alert,) = day.town.relay.to("jour@kommun.example")
    for command in ("/kö", f"/visa {other}", f"/svar {other} Hej", "/telefon 1 ja"):
        told = await day.officer("jour", command, to=alert.reply_to)
        assert f"bara att svara i {number}" in told[-1].text
    await day.officer("jour", "Ring 112 nu.", to=alert.reply_to)
    await day.pass_by(minutes=2)
    assert "Ring 112 nu." in day.got("elsa")[-1]
    assert len(day.got("omar")) == 1


@pytest.mark.asyncio
async def test_five_commands_never_hold_up_the_answer(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    notice = day.notice("anna", number)
    for command in ("/ta", "/ämne bygglov", "/slag felanmälan", "/anteckning Ringt", f"/visa {number}", "/slag fråga"):
        assert await day.officer("anna", command, to=notice.reply_to)
    await day.officer("anna", "På torsdag.", to=notice.reply_to)
    await day.pass_by(minutes=2)
    assert "På torsdag." in day.got("elsa")[-1]


@pytest.mark.asyncio
async def test_the_same_words_can_be_sent_after_regret(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    notice = day.notice("anna", number)
    await day.officer("anna", "På torsdag.", to=notice.reply_to)
    (told,) = await day.officer("anna", "/ångra", to=notice.reply_to)
    assert "På torsdag." in told.text
    await day.officer("anna", "På torsdag.", to=notice.reply_to)
    await day.pass_by(minutes=2)
    assert len([text for text in day.got("elsa") if "På torsdag." in text]) == 1


@pytest.mark.asyncio
async def test_commands_to_a_plain_address_open_no_case(day: Day) -> None:
    (told,) = await day.officer("anna", "/kö", to=CONTACT)
    assert "Inget har gjorts" in told.text
    assert await day.town.facts() == []
    assert day.town.office.tokens.read(told.reply_to) is not None


@pytest.mark.asyncio
async def test_a_holding_notice_begins_with_the_day_and_is_signed_once(day: Day) -> None:
    number = await day.asks("elsa", "Re: Re: Gatlykta", "När lagas den?")
    await day.officer("anna", f"/delbesked {number} fredag Vi väntar på en del.\n\nHälsningar\nAnna Exempel")
    await day.pass_by(minutes=2)
    letter = day.town.relay.to("elsa@example.org")[-1]
    assert letter.text.startswith("Hej! Svaret på din fråga dröjer. Du får det senast fredag 20 november.")
    assert letter.text.count("Anna Exempel") == 1
    assert letter.subject.startswith("Re: Gatlykta [")


@pytest.mark.asyncio
async def test_a_line_that_names_no_case_stops_the_whole_mail(day: Day) -> None:
    (told,) = await day.officer("bo", "/telefon 20 ja bygglov\n/ta")
    assert "Vilket ärende?" in told.text
    assert await day.town.facts() == []
