"""Every fact, mail and actor has its words in a journal."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.desk.fact_words import MAIL_NAMES, fact_words
from bot.facts import FactKind, FactValue, OfficerId, Seq
from bot.questions import Journal, WhoSaw
from bot.store.database import Database
from bot.store.rows import Direction, MailKind
from tests.conftest import FrozenClock
from tests.facts import received
from tests.lookup import Kept, make_town_office, rows_of, words_of


@pytest_asyncio.fixture
async def kept(database: Database, clock: FrozenClock) -> Kept:
    return Kept(database, clock)


WORDS: dict[FactKind, tuple[tuple[dict[str, FactValue], str], ...]] = {
    FactKind.RECEIVED: (
        ({"auto": True}, "Ett automatiskt svar kom från den som frågar. Det öppnar ingenting."),
        ({"channel": "phone"}, "En fråga kom per telefon eller vid ett besök."),
        ({"channel": "telegram"}, "Ett meddelande kom i Telegram."),
        ({"via": "web_form"}, "Ett meddelande kom med e-post. Det kom genom ett webbformulär."),
        (
            {"via": "forwarded", "authentic": "fail"},
            "Ett meddelande kom med e-post. En kollega skickade det vidare. Tiden räknas från när kollegan fick det. "
            "Avsändaradressen kan vara förfalskad.",
        ),
        ({"merged": "K-333333-3"}, "Frågan i K-333333-3 väntar nu på svar här."),
    ),
    FactKind.ACKNOWLEDGED: (({}, "Mottagningsbekräftelsen skickades."),),
    FactKind.ASSIGNED: (
        ({"officer": "anna"}, "Anna Exempel tog ärendet."),
        ({"officer": "bo"}, "Anna Exempel gav ärendet till Bo Exempel."),
        ({"officer": ""}, "Anna Exempel släppte ärendet."),
        ({"message": 1, "officer": "anna"}, "Anna Exempel skrev ett svar."),
    ),
    FactKind.TRANSFERRED: (
        ({"unit": "bygg"}, "Anna Exempel lämnade ärendet till Bygglov."),
        ({"unit": "bygg", "officer": "cia"}, "Anna Exempel lämnade ärendet till Cia Exempel, Bygglov."),
    ),
    FactKind.KIND_CHANGED: (({"kind": "praise"}, "Anna Exempel ändrade slaget till beröm."),),
    FactKind.TOPIC_SET: (
        ({"topic": "gator"}, "Anna Exempel angav ämnet: Gator och vägar."),
        ({"topic": "snus"}, "Anna Exempel angav ämnet: snus."),
    ),
    FactKind.NOTED: (({}, "Anna Exempel skrev en anteckning. Den stannar hos oss."),),
    FactKind.HELD: (({"until": "2026-11-27"}, "Anna Exempel skrev ett delbesked: svar senast fredag 27 november."),),
    FactKind.DELAYED: (
        (
            {"until": "2026-11-27"},
            "Ett meddelande till den som frågar skrevs: svaret dröjer, senast fredag 27 november.",
        ),
    ),
    FactKind.ANSWERED: (
        ({"outbox": 1}, "Svaret från Anna Exempel skickades."),
        ({"unsure": True}, "Svaret från Anna Exempel skickades, men det är inte säkert att det kom fram."),
        ({"spoken": True}, "Anna Exempel svarade per telefon."),
        ({"spoken": True, "seconds": 40}, "Anna Exempel svarade per telefon, på 40 sekunder."),
        ({"merged": "K-333333-3"}, "Svaret i K-333333-3 gäller också här."),
    ),
    FactKind.ANSWERED_ELSEWHERE: (({}, "Anna Exempel svarade på annat sätt än härifrån."),),
    FactKind.DELIVERY_FAILED: (
        ({"of": "answer", "status": "5.1.1"}, "Kom inte fram: svaret (5.1.1). Frågan väntar på svar igen."),
        ({"of": "holding_notice", "status": ""}, "Kom inte fram: delbeskedet (–)."),
        ({}, "Kom inte fram: ett mejl (–)."),
    ),
    FactKind.REMINDED: (
        ({"of": "owner", "officer": "bo"}, "Bo Exempel påmindes: svarstiden är snart slut."),
        ({"of": "promise_unit", "unit": "kc"}, "Kontaktcenter påmindes: dagen som är lovad är snart slut."),
        (
            {"of": "door", "door": "child"},
            "Den som har jour varnades genast: orden i meddelandet kan behöva en annan väg.",
        ),
        ({"of": "promise_broken", "unit": "kc"}, "Kontaktcenter påmindes: dagen som är lovad hålls inte."),
        (
            {"of": "nobody", "unit": "soc"},
            "Ingen i Socialtjänst kunde påminnas. Den som sköter Kommunsvar fick veta det.",
        ),
    ),
    FactKind.CLOSED: (({}, "Anna Exempel avslutade ärendet."),),
    FactKind.REOPENED: (({}, "Anna Exempel öppnade ärendet igen."),),
    FactKind.OUTCOME: (({"result": "no_action"}, "Anna Exempel antecknade utfallet: ingen åtgärd."),),
    FactKind.MARKED: (
        ({"mark": "secret", "value": "yes"}, "Anna Exempel sekretessmärkte ärendet."),
        ({"mark": "secret", "value": ""}, "Anna Exempel tog bort sekretessmärkningen."),
        ({"mark": "diary", "value": "yes"}, "Anna Exempel antecknade att ärendet ska diarieföras."),
        ({"mark": "language", "value": "fi"}, "Anna Exempel antecknade språket: finska."),
        ({"mark": "interpreter", "value": "fi"}, "Anna Exempel antecknade att tolk behövs: finska."),
        ({"mark": "interpreter"}, "Anna Exempel tog bort uppgiften om tolk."),
    ),
    FactKind.INVITED: (({}, "Den som frågar fick en enkät."),),
    FactKind.RESPONDED: (({}, "Den som frågar svarade på enkäten."),),
    FactKind.EXCLUDED: (
        ({"reason": "thanks"}, "Anna Exempel lämnade frågan utan svar. Den räknas inte. Skäl: bara ett tack."),
        ({"reason": "merged"}, "Frågan räknas inte för sig: ärendet är hopslaget med ett annat."),
    ),
    FactKind.CORRECTED: (
        ({"seq": 3, "drop": True}, "Anna Exempel ångrade nummer 3."),
        ({"seq": 3, "occurred_at": 5}, "Tiden för nummer 3 rättades av Anna Exempel."),
    ),
    FactKind.MERGED: (
        (
            {"into": "K-333333-3", "same_person": True},
            "Anna Exempel slog ihop ärendet med K-333333-3, som gäller för båda. "
            "Det är samma person från två adresser, enligt handläggaren.",
        ),
        ({"from": "K-333333-3"}, "Anna Exempel slog ihop K-333333-3 med det här ärendet."),
    ),
    FactKind.MOVED: (({}, "Ärendet fortsätter i en annan kanal."),),
    FactKind.OPENED: (({}, "Anna Exempel läste ärendet."),),
    FactKind.UNMASKED: (({}, "Anna Exempel såg personnummer, med ett skäl:"),),
    FactKind.ERASED: (({}, "Uppgifter i ärendet gallrades."),),
    FactKind.PHONE: (
        ({"way": "phone", "direct": True}, "Anna Exempel tog ett samtal och svarade direkt."),
        ({"way": "phone", "direct": False}, "Anna Exempel tog ett samtal som inte kunde besvaras direkt."),
        ({"way": "visit", "direct": True}, "Anna Exempel tog emot ett besök och svarade direkt."),
        ({"way": "visit", "direct": False}, "Anna Exempel tog emot ett besök som inte kunde besvaras direkt."),
    ),
    FactKind.TEST: (({}, "Det här är en testkontakt."),),
}


def test_every_kind_of_mail_has_its_name() -> None:
    assert set(MAIL_NAMES) == set(MailKind)


@pytest.mark.asyncio
async def test_what_staff_were_answered_stands_in_the_journal_and_who_saw_it(kept: Kept) -> None:
    case = await kept.case()
    await kept.mail(case, MailKind.REPLY, who="bo")
    assert "09.12 Svar på ett kommando till Bo Exempel skickades." in words_of(await kept.ask(Journal(case)))
    assert rows_of(await kept.ask(WhoSaw(case))) == [
        ("måndag 16 november kl. 09.12", "Bo Exempel", "fick svar på ett kommando med e-post")
    ]


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_has_its_words(kind: FactKind) -> None:
    office = make_town_office()
    for data, words in WORDS[kind]:
        kept = {"channel": "mail", "kind": "question", "unit": "kc", **data} if kind is FactKind.RECEIVED else data
        fact = replace(received(), kind=kind, actor="officer:anna", data=kept)
        assert fact_words(office, fact) == words


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("system", "Kommunsvar"), ("staff", "Någon i personalen"), ("person", "Den som frågar"),
        ("officer:gun", "Gun Exempel"), ("officer:_bygg", "Bygglov"), ("officer:unknown", "unknown"),
    ],
)  # fmt: skip
def test_who_did_it_is_named(actor: str, name: str) -> None:
    fact = replace(received(), seq=Seq(2), kind=FactKind.CLOSED, actor=actor, data={})
    assert fact_words(make_town_office(), fact) == f"{name} avslutade ärendet."


@pytest.mark.asyncio
async def test_a_text_that_no_fact_speaks_of_is_in_the_journal_too(kept: Kept) -> None:
    case = await kept.case()
    await kept.write(case, "Utan händelse", direction=Direction.NOTE)
    assert "09.12 En text sparades.\n> Utan händelse" in words_of(await kept.ask(Journal(case)))


@pytest.mark.asyncio
async def test_a_shared_mailbox_is_told_by_its_address(kept: Kept) -> None:
    case = await kept.case()
    await kept.mail(case, MailKind.NOTICE, who="_kc")
    assert "Avisering till _kc@kommun.example skickades." in words_of(await kept.ask(Journal(case)))
    assert OfficerId("_kc") not in {officer.id for officer in kept.office.officers}
