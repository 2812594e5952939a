"""Staff's questions, answered from a real database: the queue, own cases, finding, and what nobody else may see."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.desk import find_cases, show_queue
from bot.desk.acts import Act
from bot.desk.find_cases import MOST_FOUND
from bot.desk.merging import merge
from bot.desk.show_queue import MOST_ROWS
from bot.facts import CaseNumber, FactKind, OfficerId
from bot.parts import Heading, Paragraph
from bot.questions import History, Journal, Mine, Queue, Search, Show, Similar, WhoSaw
from bot.store.database import Database
from bot.store.rows import Direction, MailKind, OutboxState
from tests.conftest import FrozenClock
from tests.lookup import BYGG, SOC, Kept, rows_of, words_of

pytestmark = pytest.mark.asyncio

NOBODY_KNOWS = CaseNumber("K-222222-2")


@pytest_asyncio.fixture
async def kept(database: Database, clock: FrozenClock) -> Kept:
    return Kept(database, clock)


async def test_the_queue_tells_what_is_due_first_in_the_officers_units(kept: Kept) -> None:
    # Open 8–16.30: an answer is due after 510 open minutes. Monday 09.12 → Tuesday 09.12.
    first = await kept.case("Lyktan är släckt", subject="Gatlykta")
    kept.clock.forward(hours=5, minutes=58)  # Monday 15.10 → Tuesday 15.10
    second = await kept.case("Hål i vägen", subject="Hål i vägen vid 811218-9876", sender="kim@example.org")
    await kept.tell(second, FactKind.ASSIGNED, "bo", officer="bo")
    await kept.tell(second, FactKind.TOPIC_SET, topic="gator")
    await kept.case("Bygglov", unit=BYGG)
    await kept.answer(await kept.case("Redan besvarad"))
    left_out = await kept.case("Köp billigt")
    await kept.tell(left_out, FactKind.EXCLUDED, reason="spam")
    await kept.tell(await kept.case("Avslutat"), FactKind.CLOSED)

    kept.clock.forward(hours=18)  # Tuesday 09.10
    assert words_of(await kept.ask(Queue())) == (
        "# 2 ärenden väntar på svar\n"
        f"{first} | fråga: Gatlykta | i dag kl. 09.12 | –\n"
        f"{second} | Gator och vägar: Hål i vägen vid [perso… | i dag kl. 15.10 | Bo Exempel"
    )
    kept.clock.forward(minutes=2)  # 09.12: the deadline itself is past due for what has no answer
    assert words_of(await kept.ask(Queue())).splitlines()[:2] == [
        "# 2 ärenden väntar på svar, 1 är försenat",
        f"{first} | fråga: Gatlykta | försenad sedan kl. 09.12 | –",
    ]
    kept.clock.forward(days=1)
    assert "försenad sedan i går" in words_of(await kept.ask(Queue()))
    kept.clock.forward(days=1)
    assert "försenad sedan tisdag 17 november" in words_of(await kept.ask(Queue()))
    kept.clock.forward(days=60)
    assert "försenad sedan tisdag 17 november 2026" in words_of(await kept.ask(Queue()))


async def test_of_what_is_due_at_once_the_oldest_is_first(kept: Kept) -> None:
    kept.clock.instant = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)  # Saturday: all are due when Monday closes
    cases = [(kept.clock.now(), await kept.case()) for _ in range(1)]
    for hours in (-2, 5, -9):
        kept.clock.forward(hours=hours)
        cases.append((kept.clock.now(), await kept.case()))
    rows = rows_of(await kept.ask(Queue()))
    assert len({row[2] for row in rows}) == 1
    assert [row[0] for row in rows] == [case for _, case in sorted(cases)]


async def test_a_case_of_a_unit_that_has_ended_is_the_first_units(kept: Kept) -> None:
    mine, orphan, other = await kept.case("Min"), await kept.case("Från förr", unit=BYGG), await kept.case(unit=SOC)
    kept.office = replace(kept.office, units=tuple(one for one in kept.office.units if one.id != BYGG))
    assert {row[0] for row in rows_of(await kept.ask(Queue()))} == {mine, orphan}
    assert {row[0] for row in rows_of(await kept.ask(Queue("kc"), "eva"))} == {mine, orphan}
    assert [row[0] for row in rows_of(await kept.ask(Queue(), "dan"))] == [other]
    assert "> Från förr" in words_of(await kept.ask(Show(orphan)))
    assert words_of(await kept.ask(Show(orphan), "dan")) == f"Det finns inget ärende {orphan} som du kan se."


async def test_an_empty_queue_says_so(kept: Kept) -> None:
    assert words_of(await kept.ask(Queue())) == "# Inget väntar på svar"


async def test_a_case_in_which_two_questions_wait_stands_in_the_queue_once_for_the_older(kept: Kept) -> None:
    case = await kept.case()
    given = await kept.answer(case)
    kept.clock.forward(hours=4)
    await kept.another(case, "En fråga till", inquiry=2)
    await kept.tell(case, FactKind.DELIVERY_FAILED, "", outbox=given.data["outbox"], of="answer", status="5.1.1")
    assert words_of(await kept.ask(Queue())).splitlines()[0] == "# 1 ärende väntar på svar"
    assert [row[2] for row in rows_of(await kept.ask(Queue()))] == ["i morgon kl. 09.12"]
    assert len(rows_of(await kept.ask(Mine(), "bo"))) == 0


async def test_a_queue_is_told_of_one_unit_that_one_may_see(kept: Kept) -> None:
    await kept.case("Min gata")
    permit = await kept.case("Bygglov", unit=BYGG)
    secret = await kept.case("Hjälp", unit=SOC)
    hidden = "Det finns ingen enhet {} som du kan se."
    assert words_of(await kept.ask(Queue("bygglov"))) == hidden.format("bygglov")
    assert words_of(await kept.ask(Queue("Vägverket"))) == hidden.format("Vägverket")
    assert [row[0] for row in rows_of(await kept.ask(Queue("bygg"), "eva"))] == [permit]
    assert words_of(await kept.ask(Queue("soc"), "eva")) == hidden.format("soc")
    assert [row[0] for row in rows_of(await kept.ask(Queue("Socialtjänst"), "dan"))] == [secret]
    # A lead without a unit of their own has all units that keep no secrecy.
    assert len(rows_of(await kept.ask(Queue(), "eva"))) == 2


async def test_secret_cases_are_counted_for_those_who_may_not_see_them(kept: Kept) -> None:
    await kept.case()
    secrets = [await kept.case(f"Hemligt {n}", subject="Hemligt") for n in range(2)]
    for case in secrets:
        await kept.tell(case, FactKind.MARKED, mark="secret", value="yes")
    told = words_of(await kept.ask(Queue()))
    assert told.startswith("# 1 ärende väntar på svar\n")
    assert told.endswith("\n… och 2 sekretessmärkta som du inte kan se.")
    assert "Hemligt" not in told
    assert len(rows_of(await kept.ask(Queue(), "pia"))) == 3  # cleared
    await kept.tell(secrets[0], FactKind.ASSIGNED, officer="anna")
    told = words_of(await kept.ask(Queue()))
    assert told.startswith("# 2 ärenden väntar på svar\n")
    assert told.endswith("\n… och 1 sekretessmärkt som du inte kan se.")


async def test_a_long_queue_shows_what_is_due_first_and_how_to_see_the_rest(kept: Kept) -> None:
    cases = []
    for _ in range(MOST_ROWS + 2):
        kept.clock.forward(minutes=1)
        cases.append(await kept.case())
    told = await kept.ask(Queue())
    assert [row[0] for row in rows_of(told)] == cases[:MOST_ROWS]
    assert told[-1] == Paragraph("2 ärenden till väntar. Skriv /sök och ett ord för att hitta ett visst ärende.")
    assert "Skriv /kö och enhetens namn" in words_of(await kept.ask(Queue(), "eva"))


async def test_ones_own_cases_are_those_that_wait_first_and_then_those_still_open(kept: Kept) -> None:
    done, late, new, closed, given_back = [await kept.case(f"Fråga {n}") for n in range(5)]
    for case in (done, late, new, closed, given_back):
        await kept.tell(case, FactKind.ASSIGNED, officer="anna")
    await kept.answer(done)
    await kept.tell(closed, FactKind.CLOSED)
    await kept.tell(given_back, FactKind.ASSIGNED, officer="")
    kept.clock.forward(hours=30)
    await kept.answer(new)
    await kept.another(new, "En sak till", inquiry=2)
    assert [(row[0], row[2]) for row in rows_of(await kept.ask(Mine()))] == [
        (late, "väntar på svar"), (new, "väntar på svar"), (done, "besvarat"),
    ]  # fmt: skip
    assert words_of(await kept.ask(Mine())).startswith(
        "# 2 ärenden väntar på svar, 1 är försenat, 1 är besvarat men öppet\n"
    )
    assert words_of(await kept.ask(Mine(), "bo")) == "# Du har inga öppna ärenden\nSkriv /kö för att se vad som väntar."


async def test_ones_own_answered_cases_are_listed_for_fourteen_days_after_anything_happened(kept: Kept) -> None:
    waiting, done = await kept.case("Väntar"), await kept.case("Klart")
    for case in (waiting, done):
        await kept.tell(case, FactKind.ASSIGNED, officer="anna")
    await kept.answer(done)
    kept.clock.forward(days=14)
    assert [row[0] for row in rows_of(await kept.ask(Mine()))] == [waiting, done]
    kept.clock.forward(minutes=1)
    told = await kept.ask(Mine())
    assert [row[0] for row in rows_of(told)] == [waiting]
    assert told[0] == Heading("1 ärende väntar på svar, 1 är försenat, 1 är besvarat men öppet")
    assert told[-1] == Paragraph(
        "1 besvarat ärende visas inte, för inget har hänt i det på 14 dagar. "
        "Skriv /avsluta och numret för det som är klart."
    )
    await kept.answer(waiting)
    kept.clock.forward(days=20)
    assert words_of(await kept.ask(Mine())) == (
        "# Inget väntar på svar, 2 är besvarade men öppna\n"
        "2 besvarade ärenden visas inte, för inget har hänt i dem på 14 dagar. "
        "Skriv /avsluta och numret för det som är klart."
    )


async def test_of_very_many_own_cases_the_first_are_shown(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show_queue, "MOST_ROWS", 2)
    for number in range(3):
        await kept.tell(await kept.case(f"Fråga {number}"), FactKind.ASSIGNED, officer="anna")
    told = await kept.ask(Mine())
    assert len(rows_of(told)) == 2
    assert told[-1] == Paragraph("Du har 1 öppet ärende till. Skriv /avsluta och numret för det som är klart.")


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), "väntar på svar"),
        ((FactKind.CLOSED,), "avslutat utan svar"),
        ((FactKind.ANSWERED_ELSEWHERE,), "besvarat"),
        ((FactKind.ANSWERED_ELSEWHERE, FactKind.CLOSED), "avslutat"),
        ((FactKind.EXCLUDED,), "lämnat utan svar"),
    ],
)
async def test_a_list_tells_where_a_case_stands(kept: Kept, kinds: tuple[FactKind, ...], state: str) -> None:
    case = await kept.case()
    for kind in kinds:
        await kept.tell(case, kind, data={"reason": "thanks"} if kind is FactKind.EXCLUDED else {})
    assert [row[3] for row in rows_of(await kept.ask(Search(case)))] == [state]


async def test_what_is_due_later_is_told_with_its_day(kept: Kept) -> None:
    kept.clock.instant = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # Friday 15.00; 90 minutes are left, 420 on Monday
    await kept.case()
    assert [row[2] for row in rows_of(await kept.ask(Queue()))] == ["måndag 23 november kl. 15.00"]


async def test_a_number_finds_its_case_and_a_merged_one_the_case_it_belongs_to(kept: Kept) -> None:
    old = await kept.case("Gatlyktan är trasig")
    kept.clock.forward(hours=1)
    young = await kept.case("Gatlyktan igen", subject="Igen")
    async with kept.ledger(old, young) as ledger:
        anna = kept.office.officer(OfficerId("anna"))
        assert anna is not None
        act = Act(officer=anna, case=old, inquiry=0, source="mail:merge")
        assert merge(ledger, kept.office, act, young, same_person=False) == old
    row = (old, "måndag 16 november", "fråga: Gatlykta", "väntar på svar")
    for said in (old, young, str(old).lower().replace("-", " ")):
        told = await kept.ask(Search(said))
        assert rows_of(told) == [row]
        assert told[-1] == Paragraph(f"Skriv /visa {old} för att läsa ärendet.")
    assert [line[0] for line in rows_of(await kept.ask(Queue()))] == [old]
    await kept.index()
    assert rows_of(await kept.ask(Search("gatlyktan"))) == [row]
    shown = words_of(await kept.ask(Show(young)))
    assert f"# Ärende {old}" in shown
    assert "> Gatlyktan igen" in shown
    assert f"Hopslaget med: {young}" in shown


async def test_words_find_cases_newest_first_and_only_those_one_may_see(kept: Kept) -> None:
    first = await kept.case("Papperskorgen är full", subject="Skräp")
    await kept.case("Papperskorgen vid bygglov", unit=BYGG)
    secret = await kept.case("Papperskorgen är hemlig")
    await kept.tell(secret, FactKind.MARKED, mark="secret", value="yes")
    kept.clock.forward(hours=1)
    last = await kept.case("Papperskorgen är full igen", subject="Skräp")
    await kept.answer(last, "Vi tömmer papperskorgen i morgon.")
    await kept.index()
    told = await kept.ask(Search("papperskorgar"))
    assert told[0] == Heading("Sökning: papperskorgar")
    assert [(row[0], row[3]) for row in rows_of(told)] == [(last, "besvarat"), (first, "väntar på svar")]
    assert "Vi hittade inget ärende" in words_of(await kept.ask(Search("papperskorg helikopter")))
    assert "Vi hittade inget ärende" in words_of(await kept.ask(Search("")))


async def test_a_search_ends_after_so_many_messages(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_cases, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(find_cases, "_AT_ONCE", 1)
    found = await kept.case("Lekplatsen")
    await kept.case("Lekplatsen", unit=BYGG)
    await kept.index()
    assert [row[0] for row in rows_of(await kept.ask(Search("lekplats")))] == [found]
    await kept.case("Lekplatsen", unit=BYGG)
    await kept.index()
    assert rows_of(await kept.ask(Search("lekplats"))) == []


async def test_a_search_looks_past_what_one_may_not_see_and_shows_so_many(kept: Kept) -> None:
    mine = [await kept.case("Lekplatsen") for _ in range(MOST_FOUND + 1)]
    for _ in range(101):  # more than is looked at in one go
        async with kept.ledger() as ledger:
            case = ledger.new_case()
            ledger.add_message(case, Direction.IN, text="Lekplatsen")
            ledger.append(FactKind.RECEIVED, case, occurred_at=kept.clock.now(), actor="person", source=f"s:{case}",
                          inquiry=1, data={"channel": "mail", "kind": "question", "unit": "bygg"})  # fmt: skip
    await kept.index()
    told = await kept.ask(Search("lekplats"))
    assert [row[0] for row in rows_of(told)] == mine[:0:-1]
    assert told[-1] == Paragraph("Det kan finnas fler. Lägg till ett ord för att hitta rätt.")


@pytest.mark.parametrize("question", [Show, Journal, History, Similar, WhoSaw])
async def test_what_one_may_not_see_is_told_as_if_it_did_not_exist(
    kept: Kept, question: type[Show | Journal | History | Similar | WhoSaw]
) -> None:
    permit, secret, social = await kept.case(unit=BYGG), await kept.case(), await kept.case(unit=SOC)
    await kept.tell(secret, FactKind.MARKED, mark="secret", value="yes")
    for case, who in ((permit, "anna"), (secret, "anna"), (secret, "eva"), (social, "eva"), (NOBODY_KNOWS, "eva")):
        told = words_of(await kept.ask(question(case), who))
        assert told == f"Det finns inget ärende {case} som du kan se."
        found = words_of(await kept.ask(Search(case), who))
        assert found == told
    assert "inget ärende" not in words_of(await kept.ask(question(permit), "eva"))


async def test_a_part_that_is_secret_by_itself_stays_hidden_in_the_case_it_belongs_to(kept: Kept) -> None:
    old, young = await kept.case("Öppet"), await kept.case("Bara för få")
    await kept.tell(young, FactKind.MARKED, mark="secret", value="yes")
    await kept.tell(young, FactKind.MERGED, inquiry=None, into=old, same_person=False)
    await kept.tell(old, FactKind.MERGED, data={"from": young, "same_person": False}, inquiry=None)
    await kept.index()
    assert "Bara för få" not in words_of(await kept.ask(Show(old)))
    assert "Bara för få" not in words_of(await kept.ask(Journal(old)))
    assert words_of(await kept.ask(Show(young))) == f"Det finns inget ärende {young} som du kan se."
    assert rows_of(await kept.ask(Search("få"))) == []
    assert "> Bara för få" in words_of(await kept.ask(Show(old), "pia"))
    assert [row[0] for row in rows_of(await kept.ask(Search("få"), "pia"))] == [old]
    # It follows the case to whoever has it now; only its secrecy stays with it.
    open_part = await kept.case("Ett tillägg")
    await kept.tell(open_part, FactKind.MERGED, inquiry=None, into=old, same_person=False)
    await kept.tell(old, FactKind.MERGED, data={"from": open_part, "same_person": False}, inquiry=None)
    await kept.tell(old, FactKind.TRANSFERRED, unit="bygg")
    told = words_of(await kept.ask(Show(old), "cia"))
    assert "> Ett tillägg" in told
    assert "Bara för få" not in told


async def test_the_history_is_all_of_the_persons_cases_from_every_address(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await kept.case("En gång", subject="Snö")
    await kept.answer(first)
    kept.clock.forward(days=1)
    other = await kept.case("Från jobbet", subject="Is", sender="elsa.e@example.org")
    await kept.case("Någon annan", sender="kim@example.org")
    hidden = await kept.case("Bygglov", unit=BYGG)
    kept.clock.forward(days=1)
    case = await kept.case("Nu", subject="Nu")
    assert [row[0] for row in rows_of(await kept.ask(History(case)))] == [first]
    await kept.same_person("elsa@example.org", "elsa.e@example.org")
    assert rows_of(await kept.ask(History(case))) == [
        (other, "tisdag 17 november", "fråga: Is", "väntar på svar"),
        (first, "måndag 16 november", "fråga: Snö", "besvarat"),
    ]
    assert hidden in [row[0] for row in rows_of(await kept.ask(History(case), "eva"))]
    monkeypatch.setattr(find_cases, "MOST_ROWS", 1)
    assert (await kept.ask(History(case)))[-1] == Paragraph("1 äldre finns.")
    nobody = await kept.case("Anonym", sender="")
    assert words_of(await kept.ask(History(nobody))).endswith("\nVi vet inte vem som frågar.")
    alone = await kept.case("Ensam", sender="lone@example.org")
    assert words_of(await kept.ask(History(alone))).endswith("\nVi hittar inga andra ärenden.")


async def test_alike_cases_are_answered_ones_of_others_those_with_most_rare_words_first(kept: Kept) -> None:
    for n in range(6):
        await kept.case(f"Hej, jag undrar om vägen {n}", sender=f"p{n}@example.org", subject="Undran")
    near = await kept.case("Gatlyktan på Storgatan blinkar", sender="a@example.org", subject="Lyktan")
    nearest = await kept.case("Gatlyktan på Storgatan blinkar om natten", sender="b@example.org", subject="Lyktan")
    unanswered = await kept.case("Gatlyktan blinkar om natten", sender="c@example.org", subject="Lyktan")
    own = await kept.case("Gatlyktan blinkar på Storgatan om natten", subject="Lyktan")
    case = await kept.case("Gatlyktan utanför blinkar på Storgatan varje natt", subject="Lyktan")
    for one in (near, nearest, own):
        await kept.answer(one, f"Svar i {one}.")
    await kept.index()
    told = words_of(await kept.ask(Similar(case)))
    assert [line for line in told.splitlines() if line.startswith("> ")] == [
        f"> Svar i {nearest}.",
        f"> Svar i {near}.",
    ]
    assert f"{nearest}, fråga: Lyktan. Anna Exempel svarade måndag 16 november kl. 09.12:" in told
    assert unanswered not in told
    assert own not in told
    lonely = await kept.case("Xylofon", sender="d@example.org", subject="")
    assert words_of(await kept.ask(Similar(lonely))).endswith("\nVi hittade ingen besvarad fråga som liknar den här.")


async def test_who_saw_a_case_is_told_to_the_unit_and_to_leads(kept: Kept) -> None:
    case = await kept.case()
    assert "Ingen har läst ärendet" in words_of(await kept.ask(WhoSaw(case)))
    await kept.mail(case, MailKind.NOTICE, who="bo")
    await kept.mail(case, MailKind.NOTICE, OutboxState.DEAD, who="pia")
    await kept.mail(case, MailKind.ACKNOWLEDGEMENT, who="")
    kept.clock.forward(minutes=3)
    await kept.tell(case, FactKind.OPENED, "gun")
    reason = await kept.write(case, "Utredning", direction=Direction.NOTE)
    kept.clock.forward(minutes=1)
    await kept.tell(case, FactKind.UNMASKED, message=int(reason))
    assert rows_of(await kept.ask(WhoSaw(case))) == rows_of(await kept.ask(WhoSaw(case), "eva")) == [
        ("måndag 16 november kl. 09.12", "Bo Exempel", "fick ärendet med e-post"),
        ("måndag 16 november kl. 09.15", "Gun Exempel", "läste"),
        ("måndag 16 november kl. 09.16", "Anna Exempel", "såg personnummer"),
    ]  # fmt: skip
    await kept.tell(case, FactKind.ASSIGNED, officer="cia")  # of another unit, but has the case
    assert words_of(await kept.ask(WhoSaw(case), "cia")) == "Det kan bara enhetens egna och kvalitetsledare se."
