"""One case as it is shown, and its journal: every kind of fact in words, in order, with what was undone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from bot.desk.show_journal import journal_of
from bot.facts import CaseNumber, FactKind, to_micros
from bot.office import Absence
from bot.parts import Heading
from bot.port import FileState
from bot.questions import Journal, Show
from bot.store.database import Database
from bot.store.rows import Direction, MailKind, OutboxState
from tests.conftest import FrozenClock
from tests.lookup import Kept, words_of


@pytest_asyncio.fixture
async def kept(database: Database, clock: FrozenClock) -> Kept:
    return Kept(database, clock)


@pytest.mark.asyncio
async def test_a_new_case_is_shown_with_what_its_officer_needs_to_answer_it(kept: Kept) -> None:
    case = await kept.case(
        "När lagas lyktan?\nDet är mörkt.", promised="2026-11-18",
        files=(("karta.pdf", FileState.PASSED), ("virus.exe", FileState.INFECTED)),
    )  # fmt: skip
    kept.clock.forward(hours=2)
    assert words_of(await kept.ask(Show(case))) == (
        f"# Ärende {case}\n"
        "Från: Elsa Exempel <elsa@example.org>\n"
        "Avsändaren är kontrollerad av vår e-postserver.\n"
        "Slag: fråga\n"
        "Ämne: –\n"
        "Enhet: Kontaktcenter\n"
        "Har ärendet: –\n"
        "Kom in: måndag 16 november kl. 09.12\n"
        "Svara senast: i morgon kl. 09.12 (så mäts det)\n"
        "Lovat den som frågar: senast onsdag 18 november\n"
        "måndag 16 november kl. 09.12. Den som frågar skrev:\n"
        "Från: Elsa Exempel <elsa@example.org>\n"
        "Rubrik: Gatlykta\n"
        "Filer: karta.pdf, virus.exe\n"
        "> När lagas lyktan?\n"
        "> Det är mörkt.\n"
        "# Att tänka på\n"
        "Skickas inte vidare, innehåller skadlig kod: virus.exe\n"
        "# Det här kan du göra\n"
        f"/svar {case} och texten på raden under – går till den som frågar\n"
        f"/ta {case} – ärendet blir ditt\n"
        f"/delbesked {case} DAG text – den som frågar får veta när svaret kommer\n"
        f"/liknande {case} – svar på liknande frågor"
    )


@pytest.mark.asyncio
async def test_where_no_fact_has_kept_the_promise_it_is_what_is_promised_for_that_kind(kept: Kept) -> None:
    # The second open day after Monday is Wednesday.
    assert "Lovat den som frågar: senast onsdag 18 november" in words_of(await kept.ask(Show(await kept.case())))


@pytest.mark.asyncio
async def test_a_later_question_waits_since_it_came(kept: Kept) -> None:
    case = await kept.case(authentic="none")
    await kept.answer(case)
    kept.clock.forward(days=1)
    await kept.another(case, "En sak till", inquiry=2, authentic="none")
    told = words_of(await kept.ask(Show(case)))
    assert "Vi har inte kunnat kontrollera avsändaren." in told
    assert (
        "Kom in: måndag 16 november kl. 09.12\n"
        "Besvarat: måndag 16 november kl. 09.12\n"
        "Väntar på svar sedan: tisdag 17 november kl. 09.12\n"
        "Svara senast: i morgon kl. 09.12 (så mäts det)\n"
        "Lovat den som frågar: senast torsdag 19 november\n"
    ) in told


@pytest.mark.asyncio
async def test_marks_topic_owner_outcome_and_state_stand_in_the_head(kept: Kept) -> None:
    case = await kept.case()
    for kind, data in (
        (FactKind.KIND_CHANGED, {"kind": "fault"}), (FactKind.TOPIC_SET, {"topic": "gator"}),
        (FactKind.ASSIGNED, {"officer": "bo"}), (FactKind.MARKED, {"mark": "diary", "value": "yes"}),
        (FactKind.MARKED, {"mark": "language", "value": "fi"}),
        (FactKind.MARKED, {"mark": "interpreter", "value": "ti"}),
        (FactKind.MARKED, {"mark": "secret", "value": "yes"}),
        (FactKind.OUTCOME, {"result": "remedied"}), (FactKind.HELD, {"until": "2026-11-27"}),
    ):  # fmt: skip
        await kept.tell(case, kind, data=data)
    told = words_of(await kept.ask(Show(case), "bo"))
    for line in (
        "Slag: felanmälan", "Ämne: Gator och vägar", "Har ärendet: Bo Exempel", "Sekretessmärkt.", "Ska diarieföras.",
        "Språk: finska", "Tolk behövs: tigrinja", "Utfall: åtgärdat", "Lovat den som frågar: senast fredag 27 november",
        f"/lämna {case} till NAMN: varför – någon annan tar över",
    ):  # fmt: skip
        assert line in told.splitlines()
    assert "Att tänka på" not in told
    told = words_of(await kept.ask(Show(case), "pia"))
    assert "# Att tänka på\nBo Exempel har ärendet." in told
    assert f"/lämna {case} till mig: varför – du tar över" in told
    away = (Absence(first=date(2026, 11, 16), back=date(2026, 11, 20)),)
    officers = [replace(one, absences=away) if one.id == "bo" else one for one in kept.office.officers]
    kept.office = replace(kept.office, officers=tuple(officers))
    assert "Bo Exempel har ärendet men är borta." in words_of(await kept.ask(Show(case), "pia"))


@pytest.mark.asyncio
async def test_of_many_messages_the_latest_five_are_shown_and_notes_are_told_as_internal(kept: Kept) -> None:
    case = await kept.case("Nummer 0")
    for number in range(1, 4):
        kept.clock.forward(minutes=1)
        await kept.another(case, f"Nummer {number}")
    note = await kept.write(case, "Kolla med gatan", "gun", Direction.NOTE)
    await kept.tell(case, FactKind.NOTED, "gun", message=int(note))
    answer = await kept.write(case, "På torsdag.")
    await kept.mail(case, MailKind.ANSWER, OutboxState.NEW, message=answer)
    told = words_of(await kept.ask(Show(case)))
    assert "Nummer 0" not in told
    assert [line for line in told.splitlines() if line.startswith("> ")] == [
        "> Nummer 1", "> Nummer 2", "> Nummer 3", "> Kolla med gatan", "> På torsdag.",
    ]  # fmt: skip
    assert "måndag 16 november kl. 09.15. Gun Exempel antecknade internt:\n> Kolla" in told
    assert "Anna Exempel skrev till den som frågar:\nInte skickat än: svaret.\n> På torsdag." in told
    assert "Ett svar från Anna Exempel är på väg ut." in told


@pytest.mark.asyncio
async def test_what_stands_in_the_way_is_told_and_what_can_be_done_follows_the_state(kept: Kept) -> None:
    nobody = await kept.case("Hej", sender="", authentic="fail", possibly="K-333333-3")
    told = words_of(await kept.ask(Show(nobody)))
    assert "Från: okänd, går inte att svara\nVarning: avsändaradressen kan vara förfalskad." in told
    assert "Vi har ingen adress att svara till. Ring, eller svara på annat sätt." in told
    assert "Hör kanske ihop med K-333333-3, men avsändaren är inte känd där." in told

    case = await kept.case()
    given = await kept.answer(case)
    told = words_of(await kept.ask(Show(case)))
    assert "Besvarat: måndag 16 november kl. 09.12" in told
    assert "Svara senast" not in told
    assert f"# Det här kan du göra\n/avsluta {case} – inget mer ska göras" in told
    await kept.tell(case, FactKind.KIND_CHANGED, kind="viewpoint")
    assert f"# Det här kan du göra\n/utfall {case} åtgärdat text" in words_of(await kept.ask(Show(case)))

    await kept.tell(case, FactKind.DELIVERY_FAILED, "", outbox=given.data["outbox"], of="answer", status="5.1.1")
    told = words_of(await kept.ask(Show(case)))
    assert "Ett mejl till den som frågar kom inte fram. Kontrollera adressen, eller ring." in told
    assert f"/svar {case} och texten" in told
    await kept.answer(case, "Igen")
    assert "kom inte fram" not in words_of(await kept.ask(Show(case)))

    await kept.tell(case, FactKind.CLOSED)
    told = words_of(await kept.ask(Show(case)))
    assert "Ärendet är avslutat." in told
    assert f"# Det här kan du göra\n/öppna {case} – ärendet blir öppet igen" in told

    spam = await kept.case("Köp")
    await kept.tell(spam, FactKind.EXCLUDED, reason="spam")
    assert "Frågan är lämnad utan svar." in words_of(await kept.ask(Show(spam)))


@pytest.mark.asyncio
async def test_the_journal_tells_all_that_happened_with_the_texts_at_their_place(kept: Kept) -> None:
    case = await kept.case("När lagas lyktan?", promised="2026-11-18")
    await kept.mail(case, MailKind.ACKNOWLEDGEMENT, who="")
    await kept.tell(case, FactKind.ACKNOWLEDGED, "", outbox=1)
    await kept.mail(case, MailKind.NOTICE, who="bo")
    kept.clock.forward(minutes=10)
    await kept.tell(case, FactKind.ASSIGNED, officer="anna")
    kept.clock.forward(days=1)
    why = await kept.write(case, "Det är gatans sak", direction=Direction.NOTE)
    transferred = await kept.tell(case, FactKind.TRANSFERRED, unit="bygg", message=int(why))
    kept.clock.forward(minutes=5)
    await kept.tell(case, FactKind.CORRECTED, seq=int(transferred.seq), drop=True)
    answer = await kept.write(case, "På torsdag.")
    await kept.tell(case, FactKind.ASSIGNED, message=int(answer))
    queued = await kept.mail(case, MailKind.ANSWER, OutboxState.REGRETTED, message=answer)
    spoken = await kept.tell(case, FactKind.ANSWERED, spoken=True, seconds=90)
    told_at = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
    await kept.tell(case, FactKind.CORRECTED, "eva", seq=int(spoken.seq), occurred_at=to_micros(told_at))
    assert queued == 3
    assert words_of(await kept.ask(Journal(case))) == (
        f"# Allt som hänt i {case}\n"
        "# måndag 16 november 2026\n"
        "09.12 Ett meddelande kom med e-post. Lovat svar: senast onsdag 18 november. (nr 1)\n"
        "Från: Elsa Exempel <elsa@example.org>\n"
        "Rubrik: Gatlykta\n"
        "> När lagas lyktan?\n"
        "09.12 Mottagningsbekräftelsen skickades. (nr 2)\n"
        "09.12 Avisering till Bo Exempel skickades.\n"
        "09.22 Anna Exempel tog ärendet. (nr 3)\n"
        "# tisdag 17 november 2026\n"
        "09.22 Anna Exempel lämnade ärendet till Bygglov. (nr 4, ÅNGRAT i nr 5)\n"
        "> Det är gatans sak\n"
        "09.27 Anna Exempel ångrade nummer 4. (nr 5)\n"
        "09.27 Anna Exempel skrev ett svar. (nr 6)\n"
        "> På torsdag.\n"
        "08.30 Anna Exempel svarade per telefon, på 90 sekunder. "
        "(nr 7, tiden rättad i nr 8, stod som tisdag 17 november kl. 09.27)\n"
        "09.27 Tiden för nummer 7 rättades av Eva Exempel. (nr 8)\n"
        "09.27 Togs tillbaka och skickades aldrig: svaret."
    )


@pytest.mark.asyncio
async def test_the_journal_tells_when_what_a_person_or_the_system_wrote_really_left(kept: Kept) -> None:
    case = await kept.case()
    for kind, mail, data in (
        (FactKind.HELD, MailKind.HOLDING, {"until": "2026-11-27"}),
        (FactKind.DELAYED, MailKind.DELAY, {"until": "2026-11-28"}),
        (FactKind.OUTCOME, MailKind.OUTCOME, {"result": "remedied"}),
        (FactKind.HELD, MailKind.HOLDING, {"until": "2026-11-30"}),
        (FactKind.HELD, MailKind.HOLDING, {"until": "2026-12-01"}),
    ):
        kept.clock.forward(minutes=1)
        await kept.tell(case, kind, data=data)
        kept.clock.forward(minutes=1)
        ends = {"2026-11-30": OutboxState.REGRETTED, "2026-12-01": OutboxState.DEAD, "2026-11-28": OutboxState.UNSURE}
        await kept.mail(case, mail, ends.get(data.get("until", ""), OutboxState.SENT))
    lines = words_of(await kept.ask(Journal(case))).splitlines()
    assert lines[lines.index("> När lagas gatlyktan?") + 1 :] == [
        "09.13 Anna Exempel skrev ett delbesked: svar senast fredag 27 november. (nr 2)",
        "09.14 Skickades: delbeskedet.",
        "09.15 Ett meddelande till den som frågar skrevs: svaret dröjer, senast lördag 28 november. (nr 3)",
        "09.16 Skickades, men det är inte säkert att det kom fram: meddelandet om att det dröjer.",
        "09.17 Anna Exempel antecknade utfallet: åtgärdat. (nr 4)",
        "09.18 Skickades: beskedet om utfallet.",
        "09.19 Anna Exempel skrev ett delbesked: svar senast måndag 30 november. (nr 5)",
        "09.20 Togs tillbaka och skickades aldrig: delbeskedet.",
        "09.21 Anna Exempel skrev ett delbesked: svar senast tisdag 1 december. (nr 6)",
        "09.22 Kunde inte skickas: delbeskedet.",
    ]


@pytest.mark.asyncio
async def test_the_journal_of_a_merged_case_tells_both_each_with_its_number(kept: Kept) -> None:
    old = await kept.case("Det äldre")
    kept.clock.forward(minutes=1)
    young = await kept.case("Det yngre")
    kept.clock.forward(minutes=1)
    await kept.tell(young, FactKind.EXCLUDED, reason="merged")
    await kept.tell(young, FactKind.MERGED, inquiry=None, into=old, same_person=True)
    await kept.tell(old, FactKind.MERGED, data={"from": young, "same_person": True}, inquiry=None)
    async with kept.database.reading() as connection:
        told = words_of(await journal_of(connection, kept.office, young))
    assert told.splitlines()[0] == f"# Allt som hänt i {old}"
    assert told.index("> Det äldre") < told.index(f"{young}: 09.13 Ett meddelande kom") < told.index("> Det yngre")
    assert f"{young}: 09.14 Frågan räknas inte för sig: ärendet är hopslaget med ett annat. (nr 3)" in told
    assert f"09.14 Anna Exempel slog ihop {young} med det här ärendet." in told
    async with kept.database.reading() as connection:
        unknown = await journal_of(connection, kept.office, CaseNumber("K-222222-2"))
    assert words_of(unknown) == "Det finns inget ärende K-222222-2 som du kan se."


@pytest.mark.asyncio
async def test_what_was_learned_late_stands_under_that_day_with_its_own_time(kept: Kept) -> None:
    case = await kept.case()
    kept.clock.forward(days=3)
    await kept.tell(case, FactKind.ANSWERED_ELSEWHERE, at=datetime(2026, 11, 17, 12, 0, tzinfo=UTC))
    told = await kept.ask(Journal(case))
    assert [part.text for part in told if isinstance(part, Heading)][-1] == "torsdag 19 november 2026"
    assert "tisdag 17 november kl. 13.00 Anna Exempel svarade på annat sätt än härifrån. (nr 2)" in words_of(told)
