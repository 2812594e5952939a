"""The round on both engines: what is due is told once and written down; what is not due costs nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

import bot.reminding
from bot.facts import CaseNumber, Fact, FactData, FactKind, OfficerId, UnitId
from bot.inquiry import fold_inquiries
from bot.office import Notify, Office, Officer, Role, Unit
from bot.reminding import Reminding, look_after
from bot.store.database import Database, DatabaseUrl
from bot.store.ledger import Ledger, open_ledger
from bot.store.migrate import migrate
from bot.store.reading import Known, Wanted
from bot.store.rows import MailKind, fact_of
from bot.store.schema import facts, outbox
from bot.store.waiting import read_waiting
from bot.tokens import CitizenToken, DeskToken, OfficerToken
from tests.conftest import MONDAY, FrozenClock
from tests.example import make_office
from tests.waits import ELSA, assign, delays, hold, queue_mail, reminded, waiting_case, with_absence, with_officer

OWNERS_TIME = datetime(2026, 11, 16, 12, 42, tzinfo=UTC)
"""240 open minutes before Tuesday 9.12, the deadline of what came Monday 9.12: Monday 13.42."""
UNITS_TIME = datetime(2026, 11, 16, 14, 42, tzinfo=UTC)
CITIZENS_TIME = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
"""An hour before closing on Wednesday, for which a question of Monday is promised."""


class Round:
    """A database with waiting cases, and the round that is driven by hand."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.office = make_office()
        self.reminding = Reminding(database, lambda: self.office, clock.now)

    async def write(self, add: Callable[[Ledger], Any], *cases: CaseNumber) -> Any:
        """Add to the database by a ledger that knows these cases."""
        async with self.database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(cases=set(cases), senders={ELSA}), self.clock.now())
            added = add(ledger)
            await ledger.write(connection)
        return added

    async def case(self, **fields: Any) -> CaseNumber:
        case: CaseNumber = await self.write(lambda ledger: waiting_case(ledger, **fields))
        return case

    async def at(self, now: datetime) -> int:
        self.clock.instant = now
        return await self.reminding.round()

    async def mails(self, kind: MailKind = MailKind.NOTICE) -> list[dict[str, Any]]:
        async with self.database.reading() as connection:
            query = select(outbox).where(outbox.c.kind == kind.value).order_by(outbox.c.id)
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def facts(self, case: CaseNumber, *kinds: FactKind) -> list[Fact]:
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(facts).order_by(facts.c.seq))).mappings()
            found = [fact_of(row) for row in rows if row["case"] == case]
        return [fact for fact in found if not kinds or fact.kind in kinds]


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
async def test_the_citizen_hears_before_the_promise_is_missed(town: Round) -> None:
    case = await town.case(promised="2026-11-18", subject="Gatlykta [K-222222-2 abcde]", owner="anna")
    for instant in (OWNERS_TIME, UNITS_TIME, CITIZENS_TIME - timedelta(hours=1), CITIZENS_TIME - timedelta(minutes=1)):
        await town.at(instant)
    assert await town.mails(MailKind.DELAY) == []
    before = len(await town.mails())
    assert await town.at(CITIZENS_TIME) == 3
    (letter,) = await town.mails(MailKind.DELAY)
    assert (letter["to_addr"], letter["case"], letter["inquiry"]) == (ELSA, case, 1)
    assert letter["from_name"] == "Exempel kommun"
    assert letter["in_reply_to"] == "1@example.org"
    assert letter["subject"] == f"Re: Gatlykta {town.office.tokens.subject_tag(case)}"
    assert town.office.tokens.read(letter["reply_to"]) == CitizenToken(case)
    assert letter["text"].startswith(
        "Hej!\n\nVi hinner tyvärr inte svara dig i dag som vi lovade. Det ber vi om ursäkt för.\n\n"
        "Du får svar senast fredag 20 november. Vi har inte glömt dig.\n\n"
    )
    assert "När lagas den?" not in letter["text"]
    assert "Det här mejlet skickades automatiskt. Svaret till dig skrivs av en människa." in letter["text"]
    (fact,) = await town.facts(case, FactKind.DELAYED)
    assert (fact.source, fact.data) == (f"delay:{case}:1:1", {"outbox": letter["id"], "until": "2026-11-20"})
    told = (await town.mails())[before:]
    assert [mail["to_addr"] for mail in told] == ["anna@kommun.example", "bo@kommun.example"]
    assert told[0]["subject"] == f"{case} · Gatlykta · svaret dröjer till fredag 20 november"
    assert "Den som frågar har fått veta att det dröjer till fredag 20 november." in told[0]["text"]
    assert await town.at(CITIZENS_TIME + timedelta(minutes=1)) == 0


@pytest.mark.asyncio
async def test_the_new_promise_has_reminders_and_ends_after_three_letters(town: Round) -> None:
    lead = Officer(id=OfficerId("lena"), name="Lena", email="lena@kommun.example", units=frozenset(), role=Role.LEAD)
    town.office = replace(town.office, officers=(*town.office.officers, lead))
    case = await town.case(promised="2026-11-18", owner="anna")
    for minutes in range(0, 12 * 24 * 60, 30):
        await town.at(CITIZENS_TIME + timedelta(minutes=minutes))
    # Two open days each time: Wednesday 18 → Friday 20 → Tuesday 24 → Thursday 26.
    untils = [str(fact.data["until"]) for fact in await town.facts(case, FactKind.DELAYED)]
    assert untils == ["2026-11-20", "2026-11-24", "2026-11-26"]
    assert len(await town.mails(MailKind.DELAY)) == 3
    told = [
        (str(fact.data["of"]), fact.source.rpartition(":")[2]) for fact in await town.facts(case, FactKind.REMINDED)
    ]
    assert told == [
        ("unit", "unit"),
        ("promise_owner", "2026-11-20"), ("promise_unit", "2026-11-20"),
        ("promise_owner", "2026-11-24"), ("promise_unit", "2026-11-24"),
        ("promise_owner", "2026-11-26"), ("promise_unit", "2026-11-26"),
        ("promise_broken", "2026-11-26"),
    ]  # fmt: skip
    last = (await town.mails())[-3:]
    assert {mail["to_addr"] for mail in last} == {f"{one}@kommun.example" for one in ("anna", "bo", "lena")}
    assert "så många gånger att vi inte flyttar det igen" in last[0]["text"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "fields",
    [
        {"sender": ""},  # nobody to write to
        {"acknowledged": False},  # nobody was promised anything
        {"sender": "bygg@kommun.example"},  # an address of our own
    ],
)
async def test_who_cannot_be_told_is_not_told(town: Round, fields: dict[str, Any]) -> None:
    case = await town.case(promised="2026-11-18", **fields)
    assert await town.at(CITIZENS_TIME) == 2
    assert await town.mails(MailKind.DELAY) == []
    assert [fact.data["of"] for fact in await town.facts(case, FactKind.REMINDED)] == ["unit", "promise_unit"]


@pytest.mark.asyncio
async def test_an_address_has_its_limit_of_automatic_mail(town: Round) -> None:
    town.clock.instant = CITIZENS_TIME - timedelta(hours=3)
    case = await town.case(promised="2026-11-18")
    for _ in range(town.office.caps.per_address - 1):
        await town.write(lambda ledger: queue_mail(ledger, case, MailKind.ACKNOWLEDGEMENT), case)
    await town.at(CITIZENS_TIME)
    assert await town.mails(MailKind.DELAY) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("of", ["acknowledgement", "delay"])
async def test_where_a_mail_came_back_none_is_sent(town: Round, of: str) -> None:
    case = await town.case(promised="2026-11-18")
    await town.write(
        lambda ledger: ledger.append(
            FactKind.DELIVERY_FAILED, case, inquiry=1, occurred_at=MONDAY, actor="system", source="failed:1",
            data={"outbox": 1, "of": of},
        ),
        case,
    )  # fmt: skip
    await town.at(CITIZENS_TIME)
    assert await town.mails(MailKind.DELAY) == []


@pytest.mark.asyncio
async def test_a_letter_that_came_back_is_not_written_again_nor_its_number(town: Round) -> None:
    case = await town.case(promised="2026-11-18")
    await town.at(CITIZENS_TIME)
    (delayed,) = await town.facts(case, FactKind.DELAYED)

    def fail(ledger: Ledger) -> None:
        for kind, data in ((FactKind.DELIVERY_FAILED, {"outbox": delayed.data["outbox"], "of": "delay"}),
                           (FactKind.CORRECTED, {"seq": int(delayed.seq), "drop": True})):  # fmt: skip
            ledger.append(kind, case, inquiry=1, occurred_at=CITIZENS_TIME, actor="system", source="failed", data=data)

    await town.write(fail, case)
    assert await town.at(CITIZENS_TIME + timedelta(minutes=5)) == 2
    assert len(await town.mails(MailKind.DELAY)) == 1
    assert [fact.data["of"] for fact in await town.facts(case, FactKind.REMINDED)] == ["unit", "promise_unit"]


@pytest.mark.asyncio
async def test_the_words_of_a_stranger_are_not_repeated_and_the_day_is_told_right(town: Round) -> None:
    town.office = replace(town.office, privacy="https://kommun.example/p")
    await town.case(promised="2026-11-18", authentic="none", subject="Köp billigt")
    morning = datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
    await town.at(morning)
    (letter,) = await town.mails(MailKind.DELAY)
    assert letter["subject"].startswith("Re: Ditt meddelande [")
    assert "Vi hann tyvärr inte svara dig senast onsdag 18 november som vi lovade." in letter["text"]
    assert "Du får svar senast måndag 23 november." in letter["text"]
    assert letter["text"].endswith("https://kommun.example/p\n")


@pytest.mark.asyncio
async def test_two_questions_of_one_case_are_one_letter(town: Round) -> None:
    case = await town.case(promised="2026-11-18")

    def ask_again(ledger: Ledger) -> None:
        story: tuple[tuple[FactKind, int, FactData], ...] = (
            (FactKind.ANSWERED, 1, {"outbox": 77, "message": 1}),
            (FactKind.RECEIVED, 2, {"channel": "mail", "kind": "question", "unit": "kc", "promised": "2026-11-18"}),
            (FactKind.DELIVERY_FAILED, 1, {"outbox": 77, "of": "answer"}),
        )
        for kind, number, data in story:
            ledger.append(
                kind, case, inquiry=number, occurred_at=MONDAY, actor="person", source=f"x:{kind}", data=data
            )  # fmt: skip

    await town.write(ask_again, case)
    assert [one.waits for one in fold_inquiries(await town.facts(case))] == [True, True]
    await town.at(CITIZENS_TIME)
    assert len(await town.mails(MailKind.DELAY)) == 1
    assert len(await town.facts(case, FactKind.DELAYED)) == 1


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
    assert [address.replace("kommun.example", "") for address in to] == recipients
    assert bool(reminded(ledger, case)) == bool(recipients)


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
