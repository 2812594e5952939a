"""Becoming known as an officer by a code, and ceasing to be one: at once, by whichever way it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat import ChatId, EventKind, UserId
from bot.facts import OfficerId
from bot.office import Office
from bot.store.chat_rows import CodePurpose
from bot.store.database import Database
from bot.store.rows import MailKind
from tests.conftest import FrozenClock
from tests.staff_chat import GROUP, STRANGER, StaffTown, chat_office, staff_town

pytestmark = pytest.mark.asyncio

CODE = "123456"
"""What the town always draws."""
NEW = UserId(21)


async def _linked(town: StaffTown, user: UserId = NEW) -> OfficerId | None:
    return (await town.book(ChatId(user))).officer_of(user)


async def test_an_officer_is_linked_by_a_code_to_the_work_address(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut")
        assert "e-postadress på jobbet" in town.last.text
        await town.writes(NEW, "Bo@kommun.example")
        code = (await town.mails(MailKind.CODE))[0]
        assert code.to_addr == "bo@kommun.example"
        assert code.from_addr == "kontakt@kommun.example"
        assert "123 456" in code.text
        assert not any(CODE in one.text for one in town.posts)
        await town.writes(NEW, "123 456")
        assert "Hej Bo Exempel!" in town.last.text
        assert town.last.words == ["Kön", "Mina", "Logga samtal"]
        assert await _linked(town) == OfficerId("bo")
        # Nobody else is Bo from now on, and who was is told.
        assert await _linked(town, UserId(12)) is None
        assert any("Ett annat konto är nu anslutet som Bo Exempel" in words for words in town.said(ChatId(12)))


@pytest.mark.parametrize("wish", ["/anslut", "anslut", "/ANSLUT", "/connect"])
async def test_the_address_may_be_told_at_once(database: Database, clock: FrozenClock, wish: str) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, f"{wish} anna@kommun.example")
        await town.writes(NEW, CODE)
        assert await _linked(town) == OfficerId("anna")


async def test_a_link_on_paper_leads_to_the_same(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/start anslut")
        assert "e-postadress på jobbet" in town.last.text


async def test_nobody_learns_whose_address_it_is(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        said: list[list[str]] = []
        for user, address in ((UserId(31), "anna@kommun.example"), (UserId(32), "nobody@kommun.example")):
            await town.writes(user, f"/anslut {address}")
            for code in ("000000", "111111", "222222", "333333", "444444", "555555", CODE):
                await town.writes(user, f"/anslut {code}")
            said.append(town.said(ChatId(user)))
        assert said[0] == said[1]
        assert len(await town.mails(MailKind.CODE)) == 1
        assert await _linked(town, UserId(31)) is None
        # Six digits alone are nobody's business of ours once there is no code to be tried.
        before = len(town.citizens.taken)
        await town.writes(UserId(31), CODE)
        assert len(town.citizens.taken) == before + 1


async def test_a_right_code_of_an_address_that_is_nobodys_links_nobody(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut nobody@kommun.example")
        await town.writes(NEW, CODE)
        assert town.last.text.startswith("Koden stämmer inte.")
        assert await _linked(town) is None


@pytest.mark.parametrize(("minutes", "linked"), [(29, True), (30, False)])
async def test_a_code_holds_for_half_an_hour(
    database: Database, clock: FrozenClock, minutes: int, linked: bool
) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut bo@kommun.example")
        clock.forward(minutes=minutes)
        await town.writes(NEW, CODE)
        assert (await _linked(town) is not None) is linked


async def test_the_fifth_wrong_code_is_the_last(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut bo@kommun.example")
        for _ in range(4):
            await town.writes(NEW, "000000")
            assert town.last.text.startswith("Koden stämmer inte. Läs")
        await town.writes(NEW, "000000")
        assert "sista försöket" in town.last.text
        await town.writes(NEW, CODE)
        assert await _linked(town) is None


async def test_three_codes_an_hour_are_sent_to_whomever(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        for address in ("bo@kommun.example", "nobody@kommun.example", "anna@kommun.example"):
            await town.writes(NEW, f"/anslut {address}")
        await town.writes(NEW, "/anslut bo@kommun.example")
        assert "flera koder den senaste timmen" in town.last.text
        assert len(await town.mails(MailKind.CODE)) == 2
        clock.forward(hours=1)
        await town.writes(NEW, "/anslut bo@kommun.example")
        assert len(await town.mails(MailKind.CODE)) == 3


async def test_only_a_hash_of_the_code_is_kept(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut bo@kommun.example")
        row = (await town.book(ChatId(NEW))).code(CodePurpose.OFFICER, str(NEW))
        assert row is not None
        assert CODE not in row.digest
        assert row.digest == town.office.tokens.code_digest("officer", str(NEW), CODE)
        assert row.digest != town.office.tokens.code_digest("officer", "22", CODE)
        assert row.expires_at - row.created_at == timedelta(minutes=30)


@pytest.mark.parametrize(
    "text", ["Hej, när öppnar simhallen?", "anslut mig till vattnet", "/start", "anna@kommun.example", "123456"]
)
async def test_what_is_no_wish_to_be_linked_is_a_citizens(database: Database, clock: FrozenClock, text: str) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, text)
        assert [one.text for one in town.citizens.taken] == [text]
        assert town.posts == []


async def test_an_address_long_after_it_was_asked_for_is_a_citizens(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes(NEW, "/anslut")
        clock.forward(hours=1)
        await town.writes(NEW, "anna@kommun.example")
        assert len(town.citizens.taken) == 1
        assert await town.mails(MailKind.CODE) == []


async def test_staff_buttons_in_a_strangers_chat_are_answered(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case()
        assert "Skriv /anslut" in await town.presses(NEW, f"take:{case}", chat=ChatId(NEW))


def _without(office: Office, who: str) -> Office:
    return replace(office, officers=tuple(one for one in office.officers if one.id != who))


async def test_who_is_no_officer_any_more_is_nobody_at_once(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        await town.presses("anna", f"ans:{case}", thread=70)
        await town.replies("anna", "Den lagas.", town.last)
        shown = town.last
        town.office = _without(town.office, "anna")
        assert "Jag vet inte vem du är" in await town.pushes("anna", "Skicka", shown)
        await town.writes("anna", f"/visa {case}")
        assert "Skriv /anslut" in town.last.text
        assert town.citizens.taken == []  # no citizen's question either
        await town.pass_by(hours=1)
        assert town.to_elsa() == []


async def test_an_officer_unlinks(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.writes("anna", "/koppla ifrån")
        assert "inte längre ansluten" in town.last.text
        assert await _linked(town, UserId(11)) is None


def _member(town: StaffTown, who: UserId, status: str, chat: ChatId = GROUP) -> Any:
    return town.event(STRANGER, chat, kind=EventKind.MEMBER, member=who, status=status)


@pytest.mark.parametrize("status", ["left", "kicked", "restricted"])
async def test_who_leaves_a_units_group_is_nobody_at_once(database: Database, clock: FrozenClock, status: str) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_member(town, UserId(11), status))
        assert await _linked(town, UserId(11)) is None
        assert "inte längre med i gruppen för Kontaktcenter" in town.said(ChatId(11))[0]
        await town.take(_member(town, UserId(11), status))
        assert len(town.said(ChatId(11))) == 1


async def test_leaving_other_groups_or_joining_ends_nothing(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_member(town, UserId(11), "left", ChatId(-5)))
        await town.take(_member(town, UserId(11), "member"))
        await town.take(_member(town, STRANGER, "left"))
        assert await _linked(town, UserId(11)) == OfficerId("anna")
        assert town.posts == []


async def test_a_unit_that_has_no_chats_links_as_well(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock, chat_office(chat=None)) as town:
        await town.writes(NEW, "/anslut cia@kommun.example")
        await town.writes(NEW, CODE)
        assert await _linked(town) == OfficerId("cia")
