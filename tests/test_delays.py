"""Citizens hear before a promise is missed: once, where they can be told, and with a day that holds."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.facts import FactData, FactKind, OfficerId
from bot.inquiry import fold_inquiries
from bot.office import Officer, Role
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.rows import MailKind
from bot.tokens import CitizenToken
from tests.conftest import MONDAY, FrozenClock
from tests.rounds import CITIZENS_TIME, OWNERS_TIME, UNITS_TIME, Round
from tests.waits import ELSA, queue_mail


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[Round]:
    await database.try_intake()
    yield Round(database, clock)


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
