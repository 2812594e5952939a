"""A working day in the contact centre, played with plain mail: what citizens, officers and a lead get and see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.facts import FactKind, OfficerId
from bot.inquiry import fold_inquiries
from bot.office import Absence
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.store.schema import inbox
from bot.tokens import has_secret
from tests.conftest import MONDAY, FrozenClock
from tests.day import Day, staffed
from tests.example import CONTACT, make_mail
from tests.town import Town


@pytest_asyncio.fixture
async def day(database_url: str) -> AsyncIterator[Day]:
    database = Database(DatabaseUrl.parse(database_url))
    await migrate(database)
    await database.take_ownership()
    yield Day(Town(database, FrozenClock(MONDAY), staffed()))
    await database.close()


@pytest.mark.asyncio
async def test_a_day_of_forty_mails_and_twenty_calls(day: Day) -> None:
    cases = [await day.asks(f"kim{n}", f"Fråga {n}", f"Hur gör man med sak {n}?") for n in range(40)]
    assert len(set(cases)) == 40
    # Twenty calls in four mails, each line one call.
    for batch in range(4):
        (told,) = await day.officer(
            "bo", "\n".join(f"/telefon {20 + n} {'ja' if n else 'nej'} bygglov" for n in range(5))
        )
        assert told.text.count("• Samtal K-") == 5, batch
    calls = [fact for fact in await day.town.facts() if fact.kind is FactKind.PHONE]
    assert sum(fact.data["direct"] is True for fact in calls) == 16
    assert len(calls) == 20
    # Three are handed over; the new ones are told why, and the old unit no longer sees them.
    for number in cases[:3]:
        await day.officer("anna", f"/lämna {number} till Bygglov: det gäller ett staket")
        assert "det gäller ett staket" in day.notice("cia", number).text
        assert f"inget ärende {number}" in (await day.officer("anna", f"/visa {number}"))[-1].text
        await day.officer("cia", f"Du behöver inget lov, sak {number}", to=day.notice("cia", number).reply_to)
    # The rest is answered, each to the one who asked.
    for n, number in enumerate(cases[3:38], start=3):
        await day.officer("anna", f"Svar om sak {n} till dig", to=day.notice("anna", number).reply_to)
    await day.pass_by(minutes=2)
    for n, number in enumerate(cases):
        words = f"sak {number}" if n < 3 else f"Svar om sak {n} till dig"
        answers = [text for text in day.got(f"kim{n}") if words in text]
        assert len(answers) == (1 if n < 38 else 0), n
    everything = [mail for mail in day.town.relay.accepted if mail.to_addr.endswith("@example.org")]
    assert not [mail for mail in everything if has_secret(mail.text) or "==^==" in mail.text]
    # What is left stands in the queue, by deadline.
    (queue,) = await day.officer("bo", "/kö")
    assert "2 ärenden väntar på svar" in queue.text
    assert cases[38] in queue.text
    assert "<table" in queue.html
    assert await day.town.queue_is_empty()


@pytest.mark.asyncio
async def test_a_sick_colleagues_cases_go_back_to_the_unit(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    await day.officer("anna", f"/ta {number}")
    (told,) = await day.officer("bo", "/borta anna till torsdag")
    assert "kvalitetsledare" in told.text
    (told,) = await day.officer("lea", "/borta anna till torsdag")
    assert "tillbaka torsdag 19 november" in told.text
    # The running service reads the register; here the office is changed as it would be.
    away = Absence(first=MONDAY.date(), back=MONDAY.date() + timedelta(days=3))
    people = tuple(replace(one, absences=(away,)) if one.id == "anna" else one for one in day.town.office.officers)
    day.town.office = replace(day.town.office, officers=people)
    await day.pass_by(minutes=1)
    assert number in day.notice("bo", number).text
    (mine,) = await day.officer("bo", f"/ta {number}\n/mina")
    assert number in mine.text
    # A new message goes to those on duty who are here: Bo alone.
    before = len(day.town.relay.to("anna@kommun.example"))
    await day.asks("omar", "Simhall", "Är den öppen?")
    assert len(day.town.relay.to("anna@kommun.example")) == before


@pytest.mark.asyncio
async def test_a_forged_officer_mail_does_nothing_and_the_officer_is_told(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    before = len(await day.town.facts())
    told = await day.officer("anna", f"/svar {number} Strunta i det", dmarc="fail")
    await day.pass_by(minutes=2)
    assert "inte bekräfta" in told[-1].text
    assert [fact.kind for fact in (await day.town.facts())[before:]] == []
    assert not [text for text in day.got("elsa") if "Strunta" in text]
    assert await day.town.count(inbox, inbox.c.outcome == "officer_not_confirmed") == 1


@pytest.mark.asyncio
async def test_an_answer_regretted_within_a_minute_never_leaves(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    notice = day.notice("anna", number)
    await day.officer("anna", "Aldrig!", to=notice.reply_to)
    (told,) = await day.officer("anna", "/ångra", to=notice.reply_to)
    assert "brevet är stoppat" in told.subject
    assert "Aldrig!" in told.text
    await day.officer("anna", "På torsdag.", to=notice.reply_to)
    await day.pass_by(minutes=2)
    assert [text.splitlines()[0] for text in day.got("elsa")][1:] == ["På torsdag."]
    (inquiry,) = fold_inquiries([fact for fact in await day.town.facts() if fact.case == number])
    assert inquiry.answered_by == "officer:anna"
    (told,) = await day.officer("anna", "/ångra", to=notice.reply_to)
    assert "inte att ångra längre" in told.text


@pytest.mark.asyncio
async def test_a_citizen_who_answers_from_another_address_is_joined_by_an_officers_word(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    reply_to = day.town.relay.to("elsa@example.org")[0].reply_to
    await day.pass_by(minutes=1)
    second = await day.asks("elsa.arbete", "Re: Gatlykta", "Det är jag igen: den blinkar nu", to=reply_to)
    assert second != number
    notice = day.notice("anna", second)
    assert f"Hör kanske ihop med {number}" in notice.text
    (told,) = await day.officer("anna", f"/slå ihop {number}", to=notice.reply_to)
    assert "samma person" in told.text
    (told,) = await day.officer("anna", f"/slå ihop {number} samma person", to=notice.reply_to)
    assert f"{number} gäller nu för båda" in told.text
    await day.officer("anna", f"/svar {number} Den lagas på torsdag.")
    await day.pass_by(minutes=2)
    assert "Den lagas på torsdag." in day.got("elsa.arbete")[-1]
    (inquiry,) = fold_inquiries([fact for fact in await day.town.facts() if fact.case == number])
    assert (inquiry.arrived_at, inquiry.messages) == (MONDAY, 1)
    assert inquiry.answered_at is not None


@pytest.mark.asyncio
async def test_a_unit_that_answers_from_its_own_outlook_is_an_ordinary_answer(day: Day) -> None:
    from bot.office import Notify

    office = day.town.office
    bygg = replace(office.units[1], notify=Notify.ADDRESS, staff_address="bygglov.handlaggare@kommun.example")
    day.town.office = replace(office, units=(office.units[0], bygg))
    number = await day.asks("elsa", "Staket", "Behövs lov?", to="bygg@kommun.example")
    (notice,) = day.town.relay.to("bygglov.handlaggare@kommun.example")
    assert len([mail for mail in day.town.relay.accepted if number in mail.subject and "==^==" in mail.text]) == 1
    await day.officer("bygglov.handlaggare", "Nej, inte för ett lågt staket.", to=notice.reply_to)
    await day.pass_by(minutes=2)
    answer = day.got("elsa")[-1]
    assert answer.startswith("Nej, inte för ett lågt staket.")
    assert answer.rstrip().endswith("Bygglov, Exempel kommun")
    # A member who answers the same notice from the own address does so in the own name.
    second = await day.asks("omar", "Altan", "Behövs lov?", to="bygg@kommun.example")
    notice = day.town.relay.to("bygglov.handlaggare@kommun.example")[-1]
    await day.officer("cia", "Ja, för en hög altan.", to=notice.reply_to)
    await day.pass_by(minutes=2)
    assert "Cia Exempel" in day.got("omar")[-1]
    (inquiry,) = fold_inquiries([fact for fact in await day.town.facts() if fact.case == second])
    assert inquiry.answered_by == "officer:cia"
    # Somebody of another unit cannot.
    told = await day.officer("anna", "Jag svarar i stället", to=notice.reply_to)
    assert "inget ärende" in told[-1].text


@pytest.mark.asyncio
async def test_what_a_lead_asks(day: Day) -> None:
    spam = await day.asks("reklam", "Erbjudande", "Köp nu")
    await day.officer("anna", "/utan svar skräp", to=day.notice("anna", spam).reply_to)
    late = await day.asks("elsa", "Gatlykta", "När lagas den?")
    await day.officer("bo", f"/anteckning {late} Ringt elbolaget")
    await day.pass_by(days=4)
    (told,) = await day.officer("lea", f"/utelämnade\n/löften\n/allt {late}")
    assert "Anna Exempel" in told.text
    assert spam in told.text
    assert "skräp" in told.text
    assert late in told.text
    assert "Ringt elbolaget" in told.text
    journal = told.text[told.text.rindex("Ringt elbolaget") - 3000 :]
    assert "När lagas den?" in journal
    (told,) = await day.officer("bo", "/utelämnade")
    assert "kvalitetsledare" in told.text or "Bara" in told.text
    # Reading is a fact.
    opened = [fact for fact in await day.town.facts() if fact.kind is FactKind.OPENED]
    assert [(fact.case, fact.actor) for fact in opened] == [(late, "officer:lea")]


@pytest.mark.asyncio
async def test_misspelt_lines_do_nothing_and_say_what_was_meant(day: Day) -> None:
    number = await day.asks("elsa", "Gatlykta", "När lagas den?")
    before = len(await day.town.facts())
    (told,) = await day.officer("anna", f"/telfon 45 ja bygglov\n/ta {number}")
    assert "Menade du /telefon" in told.text
    assert len(await day.town.facts()) == before


@pytest.mark.asyncio
async def test_an_officer_mail_that_comes_twice_is_done_once(day: Day) -> None:
    address = day.town.office.tokens.desk_address(CONTACT, OfficerId("anna"))
    mail = make_mail(
        "/kö\n/telefon 45 ja bygglov", sender="anna@kommun.example", to=address, message_id="o@kommun.example"
    )
    again = b"X-Other-Way: 1\r\n" + mail
    for raw in (mail, again):
        await day.town.receive(raw, to=address, sender="anna@kommun.example")
    assert len([fact for fact in await day.town.facts() if fact.kind is FactKind.PHONE]) == 1
    async with day.town.database.reading() as connection:
        outcomes = (await connection.execute(select(inbox.c.outcome).order_by(inbox.c.id))).scalars().all()
    assert list(outcomes) == ["desk", "duplicate"]


@pytest.mark.asyncio
async def test_answers_to_similar_questions_are_shown_and_that_is_a_fact_in_each(day: Day) -> None:
    old = await day.asks("elsa", "Sopkärl", "Hur byter man storlek på sopkärlet?")
    await day.officer("anna", "Beställ i e-tjänsten.", to=day.notice("anna", old).reply_to)
    await day.pass_by(minutes=2)
    new = await day.asks("omar", "Större sopkärl", "Går det att byta storlek på sopkärlet?")
    (told,) = await day.officer("bo", f"/liknande {new}")
    assert "Beställ i e-tjänsten." in told.text
    opened = [(fact.case, fact.actor) for fact in await day.town.facts() if fact.kind is FactKind.OPENED]
    assert opened == [(old, "officer:bo")]


@pytest.mark.asyncio
async def test_what_comes_while_an_answer_waits_to_leave_is_not_answered_by_it(day: Day) -> None:
    case = await day.asks("elsa", "Bommen", "När öppnas bommen?")
    await day.officer("anna", "Klockan sju.", to=day.notice("anna", case).reply_to)
    # Within the time for regret:
    mine = day.town.relay.to("elsa@example.org")[0]
    raw = make_mail("Och nu sitter min dotter fast i den!", sender="elsa@example.org", to=mine.reply_to,
                    subject=mine.subject, message_id="more@example.org")  # fmt: skip
    await day.town.receive(raw, to=mine.reply_to, sender="elsa@example.org")
    await day.pass_by(minutes=2)
    assert any("Klockan sju." in text for text in day.got("elsa"))
    facts = [fact for fact in await day.town.facts() if fact.case == case]
    assert [(one.no, one.waits) for one in fold_inquiries(facts)] == [(1, False), (2, True)]
