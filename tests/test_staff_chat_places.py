"""Changed places: we are blocked or let in, put in a group or out of it, and groups that get another number."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat import ChatEvent, ChatId, EventKind, ThreadId
from bot.desk.chat.places import unit_entry
from bot.facts import FactKind, OfficerId, UnitId
from bot.office import Notify
from bot.store.chat_rows import ChatRow, GroupRow, TopicState, WantedChats
from bot.store.database import Database
from bot.store.reading import Wanted
from bot.store.register import read_register
from bot.store.rows import MailKind
from bot.store.schema import register
from config.layers import unit_of
from tests.conftest import FrozenClock
from tests.staff_chat import ELSA, GROUP, STRANGER, StaffTown, chat_office, staff_town

pytestmark = pytest.mark.asyncio

NEW = ChatId(-100777)


def _ours(town: StaffTown, chat: ChatId, status: str, by: Any = STRANGER) -> ChatEvent:
    return town.event(by, chat, kind=EventKind.OURSELVES, status=status)


async def test_staff_are_told_once_that_a_chat_is_closed(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case, done = await town.case(thread=70), await town.case("Tack", thread=80)
        await town.presses("anna", f"take:{case}", thread=70)
        await town.presses("anna", f"close:{done}:.now", thread=80)
        told = len(town.posts)
        for _ in range(2):
            await town.take(_ours(town, ELSA, "kicked", ELSA))
        notices = await town.mails(MailKind.NOTICE)
        assert [one.to_addr for one in notices] == ["anna@kommun.example"]
        assert "har stängt chatten" in notices[0].text
        assert town.last.mail.thread == ThreadId(70)
        assert len(town.posts) == told + 1
        assert not (await town.book(ELSA)).chats[ELSA].reachable
        await town.take(_ours(town, ELSA, "member", ELSA))
        assert (await town.book(ELSA)).chats[ELSA].reachable
        assert len(await town.mails(MailKind.NOTICE)) == 1


async def test_a_letter_that_failed_first_tells_of_its_own_case_only(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        failed, other = await town.case(thread=70), await town.case("Och simhallen?", thread=80)
        async with town.writing(Wanted(cases={failed}, chats=WantedChats(chats={ELSA}))) as ledger:
            # What the outbox of chats learns from an answer that was refused as we are blocked.
            ledger.book.set_chat(ChatRow(chat=ELSA, reachable=False))
            ledger.append(
                FactKind.DELIVERY_FAILED, failed, inquiry=1, occurred_at=clock.now(), actor="system", source="failed:9",
                data={"of": "answer", "status": "blocked"},
            )  # fmt: skip
        for _ in range(2):
            await town.take(_ours(town, ELSA, "kicked", ELSA))
        assert {one.case for one in await town.mails(MailKind.NOTICE)} == {other}
        # Let in and shut out once more: now it is news in both.
        await town.take(_ours(town, ELSA, "member", ELSA))
        await town.take(_ours(town, ELSA, "kicked", ELSA))
        assert {one.case for one in await town.mails(MailKind.NOTICE)} == {failed, other}


async def test_a_mere_line_that_failed_first_hides_nothing_from_staff(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        cases = {await town.case(thread=70), await town.case("Och simhallen?", thread=80)}
        async with town.writing(Wanted(chats=WantedChats(chats={ELSA}))) as ledger:
            ledger.book.set_chat(ChatRow(chat=ELSA, reachable=False))
        await town.take(_ours(town, ELSA, "kicked", ELSA))
        assert {one.case for one in await town.mails(MailKind.NOTICE)} == cases


async def test_an_officer_who_blocks_us_is_no_news(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_ours(town, ChatId(11), "kicked", "anna"))
        assert await town.mails() == []
        assert not (await town.book(ChatId(11))).chats[ChatId(11)].reachable


async def test_in_a_new_group_we_stay_for_an_administrator_only(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_ours(town, NEW, "member", "anna"))
        await town.take(_ours(town, NEW, "administrator", STRANGER))
        assert town.left == [NEW, NEW]
        assert town.posts == []
        await town.take(_ours(town, NEW, "member", "ada"))
        assert town.left == [NEW, NEW]
        assert f"--group {NEW}" in town.last.text
        await town.take(_ours(town, NEW, "kicked", "ada"))
        assert town.left == [NEW, NEW]


async def test_the_administrator_is_told_when_we_are_taken_out_of_a_units_group(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_ours(town, GROUP, "kicked", "anna"))
        mails = await town.mails()
        assert [one.to_addr for one in mails] == ["admin@kommun.example"]
        assert "Kontaktcenter" in mails[0].text
        await town.take(_ours(town, GROUP, "administrator", "anna"))
        assert town.left == []
        assert len(await town.mails()) == 1


async def test_a_group_with_a_new_number_is_known_by_it(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        case = await town.case(thread=70)
        async with town.writing() as ledger:
            ledger.book.set_group(GroupRow(chat=GROUP, unit=UnitId("kc")))
        moved = [
            town.event(STRANGER, GROUP, kind=EventKind.MIGRATED, new_chat=NEW),
            town.event(STRANGER, GROUP, kind=EventKind.MIGRATED, new_chat=NEW),
        ]
        await town.take(*moved)
        book = await town.book(GROUP, NEW)
        assert set(book.groups) == {NEW}
        async with database.reading() as connection:
            entries = await read_register(connection)
            rows = (await connection.execute(select(register))).all()
        assert len(rows) == 1
        assert (entries[0].kind, entries[0].key, entries[0].actor) == ("unit", "kc", "system")
        assert unit_of("kc", entries[0].data).telegram_group == NEW
        topic = (await _topics(town, case)).topics[case]
        assert (topic.chat, topic.thread, topic.state) == (NEW, None, TopicState.WANTED)
        # The other side tells it once more when the register has been read: nothing is left to do.
        town.office = replace(town.office, units=(replace(town.office.units[0], group=int(NEW)), town.office.units[1]))
        await town.take(town.event(STRANGER, GROUP, kind=EventKind.MIGRATED, new_chat=NEW))
        assert set((await town.book(NEW)).groups) == {NEW}


async def _topics(town: StaffTown, case: Any) -> Any:
    async with town.writing(Wanted(cases={case}, chats=WantedChats())) as ledger:
        return ledger.book


async def test_another_groups_new_number_is_nothing(database: Database, clock: FrozenClock) -> None:
    async with staff_town(database, clock) as town:
        await town.take(town.event(STRANGER, ChatId(-9), kind=EventKind.MIGRATED, new_chat=NEW))
        async with database.reading() as connection:
            assert await read_register(connection) == []


async def test_a_units_entry_holds_everything_about_it() -> None:
    unit = replace(
        chat_office().units[0], notify=Notify.GROUP, staff_address="kc@kommun.example", copies=3, secrecy=True,
        rota={0: (OfficerId("anna"), OfficerId("bo")), 6: (OfficerId("bo"),)}, group=int(NEW),
    )  # fmt: skip
    read = unit_of("kc", unit_entry(unit))
    assert (read.name, read.address, read.phone) == (unit.name, unit.address, unit.phone)
    assert (read.notify, read.staff_address, read.copies, read.secrecy) == (Notify.GROUP, "kc@kommun.example", 3, True)
    assert read.rota.days() == (("anna", "bo"), (), (), (), (), (), ("bo",))
    assert read.telegram_group == NEW


async def test_who_never_wrote_or_was_forgotten_leaves_no_trace_by_blocking_us(
    database: Database, clock: FrozenClock
) -> None:
    async with staff_town(database, clock) as town:
        await town.take(_ours(town, ChatId(77), "kicked", 77))
        assert (await town.book(ChatId(77))).chats == {}
