"""The round on both engines: what is due is told once and written down; what is not due costs nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

import bot.reminding
from bot.facts import CaseNumber, FactData, FactKind, OfficerId, UnitId
from bot.office import Notify, Office, Officer, Role, Unit
from bot.reminding import Reminding, look_after
from bot.store.database import Database, DatabaseUrl
from bot.store.ledger import Ledger
from bot.store.migrate import migrate
from bot.store.reading import Known
from bot.store.rows import MailKind, OutgoingMail
from bot.store.schema import facts
from bot.store.waiting import read_waiting
from bot.tokens import DeskToken, OfficerToken
from tests.conftest import MONDAY, FrozenClock
from tests.example import make_office
from tests.rounds import CITIZENS_TIME, OWNERS_TIME, UNITS_TIME, Round
from tests.waits import assign, delays, hold, queue_mail, reminded, waiting_case, with_absence, with_officer


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[Round]:
    await database.try_intake()
    yield Round(database, clock)


@pytest.mark.asyncio
async def test_the_owner_and_then_the_unit_are_reminded_once(town: Round) -> None:
    case = await town.case(owner="anna", subject="Gatlykta 811228-9874 [K-222222-2 abcde]")
    assert await town.at(OWNERS_TIME - timedelta(minutes=1)) == 0
    assert [await town.at(OWNERS_TIME), await town.at(OWNERS_TIME + timedelta(minutes=1))] == [1, 0]
    (mail,) = await town.mails()
    assert mail["to_addr"] == "anna@kommun.example"
    assert (
        mail["subject"]
        == f"{case} · Gatlykta [personnummer dolt] · påminnelse: svara senast tisdag 17 november kl. 09.12"
    )
    assert "Svara senast tisdag 17 november kl. 09.12 (så mäts det)." in mail["text"]
    assert "Ansvarig: Anna Exempel" in mail["text"]
    assert town.office.tokens.read(mail["reply_to"]) == OfficerToken(case, 1, OfficerId("anna"), again=False)
    assert await town.at(UNITS_TIME) == 1
    assert (await town.mails())[-1]["to_addr"] == "bo@kommun.example"
    owners, units = await town.facts(case, FactKind.REMINDED)
    assert (owners.source, owners.data) == (f"remind:{case}:1:owner", {"of": "owner", "officer": "anna"})
    assert (units.source, units.data) == (f"remind:{case}:1:unit", {"of": "unit", "unit": "kc"})
    assert (units.actor, units.inquiry, units.occurred_at) == ("system", 1, UNITS_TIME)


@pytest.mark.asyncio
async def test_a_new_process_tells_nothing_twice(town: Round) -> None:
    await town.case(owner="anna")
    assert await town.at(OWNERS_TIME) == 1
    town.reminding = Reminding(town.database, lambda: town.office, town.clock.now)
    assert await town.at(OWNERS_TIME + timedelta(minutes=1)) == 0
    assert len(await town.mails()) == 1


@pytest.mark.asyncio
async def test_several_at_once_are_one_mail_with_a_list(town: Round) -> None:
    first = await town.case(owner="anna", subject="Gatlykta")
    second = await town.case(
        owner="anna", subject="Snöröjning, mitt nummer 811228-9874", at=MONDAY - timedelta(minutes=1)
    )
    await town.case(owner="bo")
    assert await town.at(OWNERS_TIME) == 2
    annas, bos = sorted(await town.mails(), key=lambda mail: str(mail["to_addr"]))
    assert annas["subject"] == "2 ärenden väntar på svar"
    assert annas["text"].index(second) < annas["text"].index(first)  # by due moment
    assert "Gäller: Snöröjning, mitt nummer [personnummer dolt]" in annas["text"]
    assert "Att veta: Svara senast tisdag 17 november kl. 09.11 (så mäts det). Ansvarig: Anna Exempel" in annas["text"]
    assert town.office.tokens.read(annas["reply_to"]) == DeskToken(OfficerId("anna"))
    assert (annas["case"], annas["inquiry"]) == ("", None)
    assert bos["case"]
    assert first in annas["html"]


@pytest.mark.asyncio
async def test_a_storm_after_a_standstill_is_one_mail_with_a_hundred_rows(town: Round) -> None:
    def many(ledger: Ledger) -> None:
        for number in range(103):
            waiting_case(ledger, sender=f"p{number}@example.org")

    await town.write(many)
    late = OWNERS_TIME + timedelta(days=1)
    assert await town.at(late) == 2  # to anna and bo, who are on duty
    mail = (await town.mails())[0]
    assert mail["subject"] == "103 ärenden väntar på svar"
    assert mail["text"].count("Borde ha besvarats tisdag 17 november kl. 09.12") == 100
    assert "… och 3 till" in mail["text"]
    assert await town.at(late + timedelta(minutes=1)) == 0


@pytest.mark.asyncio
async def test_nobody_is_woken_at_night(town: Round) -> None:
    case = await town.case(owner="anna")
    night = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
    town.office = with_absence(town.office, "anna", date(2026, 11, 17), date(2026, 11, 18))
    assert await town.at(night) == 0
    assert await town.facts(case, FactKind.REMINDED, FactKind.ASSIGNED) == (await town.facts(case))[1:2]
    assert await town.at(datetime(2026, 11, 17, 7, 0, tzinfo=UTC)) == 1


@pytest.mark.asyncio
async def test_a_process_without_the_intake_does_nothing(town: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.case()
    monkeypatch.setattr(Database, "has_intake", False)
    assert await town.at(OWNERS_TIME) == 0
    monkeypatch.setattr(Database, "has_intake", True)
    assert await town.at(OWNERS_TIME) == 2


@pytest.mark.asyncio
async def test_what_was_told_is_not_opened_again_until_something_changes(
    town: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[set[CaseNumber]]()

    def count(ledger: Ledger, office: Office, cases: set[CaseNumber]) -> set[CaseNumber]:
        opened.append(cases)
        return look_after(ledger, office, cases)

    monkeypatch.setattr(bot.reminding, "look_after", count)
    case = await town.case(owner="anna")
    await town.at(MONDAY)
    assert opened == []
    for _ in range(4):
        await town.at(OWNERS_TIME)
    assert opened == [{case}, {case}]  # once more, as the reminder itself changed the case
    await town.write(lambda ledger: assign(ledger, case, "", at=OWNERS_TIME, by="anna"), case)
    town.clock.forward(minutes=1)
    for _ in range(2):
        await town.reminding.round()
    assert opened == [{case}] * 3


@pytest.mark.asyncio
async def test_an_answer_that_bounced_lets_the_reminders_go_on(town: Round) -> None:
    case = await town.case(owner="anna")
    answer = await town.write(lambda ledger: queue_mail(ledger, case, MailKind.ANSWER), case)
    assert [await town.at(OWNERS_TIME) for _ in range(2)] == [0, 0]
    async with town.database.writing() as connection:
        await connection.execute(text(f"UPDATE outbox SET state='dead' WHERE id={int(answer)}"))
    # No fact tells of it, and still it is seen.
    assert await town.at(OWNERS_TIME + timedelta(minutes=1)) == 1


@pytest.mark.asyncio
async def test_the_cases_of_who_is_away_are_released_and_the_unit_told_in_one_mail(town: Round) -> None:
    first, second = await town.case(owner="anna"), await town.case(owner="anna")
    answered = await town.case(owner="anna")
    await town.write(
        lambda ledger: ledger.append(
            FactKind.ANSWERED, answered, inquiry=1, occurred_at=MONDAY, actor="officer:anna", source="answer:1"
        ),
        answered,
    )
    morning = datetime(2026, 11, 17, 7, 0, tzinfo=UTC)
    town.office = with_absence(town.office, "anna", date(2026, 11, 17), date(2026, 11, 20))
    assert [await town.at(morning), await town.at(morning + timedelta(minutes=1))] == [1, 0]
    (mail,) = await town.mails()
    assert mail["to_addr"] == "bo@kommun.example"
    assert first in mail["text"]
    assert second in mail["text"]
    assert answered not in mail["text"]
    assert "Anna Exempel är borta och ärendet är nu ingens." in mail["text"]
    for case in (first, second):
        before, released = (await town.facts(case, FactKind.RECEIVED, FactKind.ASSIGNED))[1:]
        assert released.data == {"officer": "", "why": "away"}
        assert (released.actor, released.source) == ("system", f"release:{case}:{before.seq}")


@pytest.mark.asyncio
async def test_who_takes_a_case_while_away_keeps_it_and_loses_it_the_next_time(town: Round) -> None:
    town.office = with_absence(town.office, "anna", date(2026, 11, 16), date(2026, 11, 17))
    town.clock.instant = MONDAY
    case = await town.case(at=MONDAY - timedelta(minutes=5))
    await town.write(lambda ledger: assign(ledger, case, "anna", at=MONDAY, by="anna"), case)
    assert await town.at(MONDAY) == 0
    town.office = make_office()
    assert await town.at(MONDAY + timedelta(hours=1)) == 0
    town.office = with_absence(town.office, "anna", date(2026, 11, 17), date(2026, 11, 20))
    await town.at(datetime(2026, 11, 17, 7, 0, tzinfo=UTC))
    assert [fact.data.get("why") for fact in await town.facts(case, FactKind.ASSIGNED)] == [None, "away"]


@pytest.mark.asyncio
async def test_who_has_left_owns_nothing(town: Round) -> None:
    case = await town.case(owner="gone")
    town.office = replace(town.office, names={OfficerId("gone"): "Gun Exempel"})
    assert await town.at(MONDAY) == 2
    mail = (await town.mails())[0]
    assert "Gun Exempel är inte handläggare längre och ärendet är nu ingens." in mail["text"]
    assert mail["subject"] == f"{case} · Gatlykta · behöver en ny ansvarig"


# What follows needs no database.


def _unit(**changed: Any) -> Office:
    office = make_office()
    return replace(office, units=(replace(office.units[0], **changed), *office.units[1:]))


@pytest.mark.parametrize(
    ("office", "owner", "secret", "now", "recipients"),
    [
        (make_office(), "anna", False, OWNERS_TIME, ["anna@"]),
        (make_office(), "", False, OWNERS_TIME, ["anna@", "bo@"]),
        (make_office(), "_kc", False, OWNERS_TIME, ["anna@", "bo@"]),
        (make_office(), "anna", False, UNITS_TIME, ["anna@", "bo@"]),  # she was not told before
        (_unit(staff_address="alla@kommun.example"), "anna", False, UNITS_TIME, ["anna@", "alla@"]),
        (_unit(staff_address="alla@kommun.example"), "", False, OWNERS_TIME, ["alla@"]),
        (_unit(notify=Notify.ALL), "", False, OWNERS_TIME, ["anna@", "bo@"]),
        (_unit(rota={0: (OfficerId("bo"),)}), "", False, OWNERS_TIME, ["bo@"]),
        (with_officer(_unit(staff_address="alla@kommun.example"), "bo", cleared=True), "", True, OWNERS_TIME, ["bo@"]),
        (with_officer(make_office(), "bo", cleared=True), "anna", True, OWNERS_TIME, ["anna@"]),
        (make_office(), "", True, OWNERS_TIME, []),
    ],
)
def test_who_is_reminded(office: Office, owner: str, secret: bool, now: datetime, recipients: list[str]) -> None:
    ledger, to = Ledger(Known(), now), list[str]()
    case = waiting_case(ledger, owner=owner)
    if secret:
        ledger.append(
            FactKind.MARKED, case, occurred_at=MONDAY, actor="officer:bo", source="act:9",
            data={"mark": "secret", "value": "1"},
        )  # fmt: skip
    queue = ledger.queue
    ledger.queue = lambda mail: (to.append(mail.to_addr), queue(mail))[1]  # type: ignore[method-assign, func-returns-value]
    look_after(ledger, office, {case})
    look_after(ledger, office, {case})
    assert [address.replace("kommun.example", "") for address in to] == (recipients or ["admin@"])
    assert ("nobody" in reminded(ledger, case)) == (not recipients)


def test_where_nobody_may_be_reminded_the_administrator_is_told_once_and_who_comes_is_reminded_then() -> None:
    office, mails = make_office(), list[OutgoingMail]()
    ledger = Ledger(Known(), OWNERS_TIME)
    case = waiting_case(ledger)
    ledger.append(
        FactKind.MARKED, case, occurred_at=MONDAY, actor="officer:bo", source="act:9",
        data={"mark": "secret", "value": "1"},
    )  # fmt: skip
    queue = ledger.queue
    ledger.queue = lambda mail: (mails.append(mail), queue(mail))[1]  # type: ignore[method-assign, func-returns-value]
    for _ in range(2):
        look_after(ledger, office, {case})
    (mail,) = mails
    assert (mail.to_addr, mail.subject) == ("admin@kommun.example", f"{case} väntar, och ingen kan påminnas")
    assert f"Ärende {case} i Kontaktcenter väntar på svar, och ingen får se det." in mail.text
    assert "Gatlykta" not in mail.text
    assert reminded(ledger, case) == ["nobody"]
    look_after(ledger, with_officer(office, "bo", cleared=True), {case})
    assert [one.to_addr for one in mails[1:]] == ["bo@kommun.example"]
    assert reminded(ledger, case) == ["nobody", "unit"]


def test_the_owner_is_told_again_where_there_is_nobody_else() -> None:
    office, ledger = make_office(), Ledger(Known(), OWNERS_TIME)
    alone = replace(office, officers=office.officers[:1])
    case = waiting_case(ledger, owner="anna")
    look_after(ledger, alone, {case})
    ledger.now = UNITS_TIME
    look_after(ledger, alone, {case})
    assert reminded(ledger, case) == ["owner", "unit"]
    assert [one.officer for one in ledger.queued_of(case) if one.kind is MailKind.NOTICE] == ["anna", "anna"]


def test_leads_do_not_hear_of_what_they_may_not_see() -> None:
    lead = Officer(id=OfficerId("lena"), name="Lena", email="lena@kommun.example", units=frozenset(), role=Role.LEAD)
    for secrecy, expected in ((False, ["anna", "bo", "lena"]), (True, ["anna", "bo"])):
        office = _unit(secrecy=secrecy)
        office = replace(office, officers=(*office.officers, lead))
        ledger = Ledger(Known(), CITIZENS_TIME)
        case = waiting_case(ledger, promised="2026-11-18")
        for number in (1, 2, 3):
            ledger.append(
                FactKind.DELAYED, case, inquiry=1, occurred_at=MONDAY, actor="system", source=f"delay:{number}",
                data={"until": "2026-11-18"},
            )  # fmt: skip
        look_after(ledger, office, {case})
        assert reminded(ledger, case) == ["unit", "promise_broken"]
        told = [one.officer for one in ledger.queued_of(case) if one.kind is MailKind.NOTICE]
        assert told == expected


def test_one_case_that_cannot_be_read_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger(Known(), OWNERS_TIME)
    broken, whole = waiting_case(ledger), waiting_case(ledger)
    ledger.append(
        FactKind.KIND_CHANGED, broken, occurred_at=MONDAY, actor="system", source="x", data={"kind": "unheard_of"}
    )
    assert look_after(ledger, make_office(), {broken, whole}) == set()
    assert reminded(ledger, whole) == ["unit"]
    assert f"case {broken} could not be looked after" in caplog.text
    assert "unheard_of" not in caplog.text


def test_a_promise_that_a_person_moved_is_not_excused() -> None:
    ledger = Ledger(Known(), CITIZENS_TIME)
    case = waiting_case(ledger, promised="2026-11-18")
    hold(ledger, case, "2026-11-27")
    look_after(ledger, make_office(), {case})
    assert delays(ledger, case) == []


def test_release_and_reminder_of_one_case_are_one_mail_by_its_own_address() -> None:
    office = with_absence(make_office(), "anna", date(2026, 11, 16), date(2026, 11, 20))
    ledger = Ledger(Known(), OWNERS_TIME)
    case = waiting_case(ledger, at=MONDAY - timedelta(days=3), owner="")
    assign(ledger, case, "anna", at=MONDAY - timedelta(days=3), by="anna")
    look_after(ledger, office, {case})
    notices = [one for one in ledger.queued_of(case) if one.kind is MailKind.NOTICE]
    assert [one.officer for one in notices] == ["bo"]
    assert reminded(ledger, case) == ["unit"]


def _ended_case(ledger: Ledger, *, kind: FactKind, data: FactData) -> None:
    case = waiting_case(ledger)
    ledger.append(kind, case, inquiry=1, occurred_at=MONDAY, actor="officer:anna", source=f"act:{kind}", data=data)


@pytest.mark.asyncio
async def test_only_what_waits_is_read(town: Round) -> None:
    case = await town.case(owner="anna", promised="2026-11-20", kind="fault")
    for kind, reason in ((FactKind.CLOSED, ""), (FactKind.EXCLUDED, "spam"), (FactKind.ANSWERED, "")):
        await town.write(partial(_ended_case, kind=kind, data={"reason": reason} if reason else {}))
    async with town.database.reading() as connection:
        found = await read_waiting(connection)
        newest = (await connection.execute(select(func.max(facts.c.recorded_at)))).scalar_one()
    if not town.database.is_sqlite:
        async with town.database.reading() as connection:  # the same connection, in another transaction
            assert (await connection.execute(text("SHOW enable_hashjoin"))).scalar_one() == "on"
    assert (list(found.cases), list(found.numbers)) == ([case], [1])
    assert (list(found.kinds), list(found.owners), list(found.told)) == (["fault"], ["anna"], ["2026-11-20"])
    assert found.arrived.tolist() == [int(MONDAY.timestamp()) * 1_000_000]
    assert newest == MONDAY
    assert list(found.changed) == found.arrived.tolist()


@pytest.mark.asyncio
async def test_what_waits_is_found_by_its_index_in_sqlite(tmp_path: Path) -> None:
    database, asked = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/k.db")), list[str]()
    await migrate(database)
    async with database.reading() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.set_trace_callback(asked.append)
        await read_waiting(connection)
        await driver.set_trace_callback(None)
        query = next(one for one in asked if "FROM inquiries" in one)
        plan = [str(row.detail) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    await database.close()
    assert plan[0].startswith("SEARCH inquiries USING INDEX ix_inquiries_waiting")
    assert plan[1].startswith("SEARCH cases USING INDEX sqlite_autoindex_cases_1")


@pytest.mark.asyncio
async def test_two_rounds_at_once_tell_once(town: Round) -> None:
    await town.case(owner="anna")
    town.clock.instant = OWNERS_TIME
    other = Reminding(town.database, lambda: town.office, town.clock.now)
    assert sum(await asyncio.gather(town.reminding.round(), other.round())) == 1
    assert len(await town.mails()) == 1


@pytest.mark.asyncio
async def test_nothing_waits_nothing_happens(town: Round) -> None:
    assert await town.at(OWNERS_TIME) == 0
    assert town.office.unit(UnitId("kc")) == Unit(
        id=UnitId("kc"), name="Kontaktcenter", address="kontakt@kommun.example", phone="0123-45 67 00"
    )
