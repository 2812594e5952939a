"""A report's letters: who reads it, in which language, with files that are kept once; by mail and in a chat."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.chat import ChatId
from bot.chat_outbox import ChatOutbox
from bot.errors import Refused
from bot.facts import OfficerId
from bot.office import Absence, ChatRules, Office, Role
from bot.pace import Pace
from bot.port import Attachment
from bot.report_letters import Reader, ReportLetter, queue_report, readers_of
from bot.store.database import Database
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted
from bot.store.schema import enclosures, outbox
from tests.conftest import FrozenClock
from tests.fake_chats import FakeChats
from tests.town import Town

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
PDF = Attachment(name="r.pdf", media_type="application/pdf", content=b"%PDF")
PNG = Attachment(name="r-1.png", media_type="image/png", content=b"\x89PNG", cid="chart1@kommunsvar")
PICTURE = Attachment(name="r.png", media_type="image/png", content=b"\x89PNG2")
LETTER = ReportLetter(
    subject="Vecka 47", text="82 %", html='<p>82 %</p><img src="cid:chart1@kommunsvar" alt="82 %">', files=(PNG, PDF),
    words="Vecka 47: 82 %", chat_files=(PICTURE, PDF),
)  # fmt: skip
CHAT = ChatId(7001)


def led(office: Office, **changes: object) -> Office:
    """Return the office with anna and bo as leads, and a chat."""
    officers = [replace(one, role=Role.LEAD) if one.id in {"anna", "bo"} else one for one in office.officers]
    return replace(office, officers=tuple(officers), chat=ChatRules(), **changes)  # type: ignore[arg-type]


def _read(office: Office, *, mail: bool = True, chat: bool = True) -> list[Reader]:
    others = ("board@kommun.example", "Anna@kommun.example", "board@kommun.example")
    chats = {OfficerId("anna"): CHAT, OfficerId("cia"): ChatId(7002)}
    return readers_of(office, {"bo": "fi"}, others, chats, NOW, mail=mail, chat=chat)


def test_every_lead_reads_it_and_each_address_gets_one(office: Office) -> None:
    assert [(one.address, one.chat, one.language) for one in _read(led(office))] == [
        ("anna@kommun.example", None, "sv"), ("bo@kommun.example", None, "fi"), ("board@kommun.example", None, "sv"),
        ("", CHAT, "sv"),
    ]  # fmt: skip
    assert [one.address for one in _read(led(office), chat=False)] == [
        "anna@kommun.example", "bo@kommun.example", "board@kommun.example",
    ]  # fmt: skip
    assert [one.address or one.chat for one in _read(led(office), mail=False)] == [
        "board@kommun.example", "Anna@kommun.example", CHAT,
    ]  # fmt: skip


def test_who_is_away_gets_the_mail_and_is_left_alone_in_the_chat(office: Office) -> None:
    away = Absence(first=date(2026, 11, 20), back=date(2026, 11, 30))
    staff = tuple(replace(one, absences=(away,)) if one.id == "anna" else one for one in led(office).officers)
    assert [one.address or one.chat for one in _read(replace(led(office), officers=staff))] == [
        "anna@kommun.example", "bo@kommun.example", "board@kommun.example",
    ]  # fmt: skip


def test_without_a_chat_nobody_is_written_to_there(office: Office) -> None:
    assert all(one.chat is None for one in _read(replace(led(office), chat=None)))


async def _queue(town: Town, *readers: Reader) -> None:
    async with town.database.writing() as connection:
        ledger = await open_ledger(connection, Wanted(), town.clock.now())
        letters = {"sv": LETTER, "en": replace(LETTER, subject="Week 47")}
        assert await queue_report(connection, ledger, town.office, letters, readers) == len(readers)
        await ledger.write(connection)


ANNA = Reader(address="anna@kommun.example", name="Anna Exempel", officer="anna", language="sv")
BOARD = Reader(address="board@kommun.example", language="sv")


@pytest.mark.asyncio
async def test_the_mail_carries_page_pictures_and_files_kept_once(database: Database, clock: FrozenClock) -> None:
    town = Town(database, clock)
    await _queue(town, ANNA, BOARD, Reader(address="eva@kommun.example", language="en"))
    await town.deliver()
    (mail,) = town.relay.to("anna@kommun.example")
    assert (mail.subject, mail.html, tuple(mail.attachments)) == ("Vecka 47", LETTER.html, (PNG, PDF))
    assert mail.automatic
    assert town.relay.to("eva@kommun.example")[0].subject == "Week 47"
    async with database.reading() as connection:
        # Two languages of two files each, whoever of the three gets them.
        assert len((await connection.execute(select(enclosures.c.id))).all()) == 4


@pytest.mark.asyncio
async def test_what_does_not_arrive_is_told_to_the_administrator(database: Database, clock: FrozenClock) -> None:
    town = Town(database, clock)
    town.relay.trouble = lambda mail: Refused("5.1.1") if mail.to_addr == BOARD.address else None
    await _queue(town, BOARD)
    await town.deliver()
    await town.deliver()
    (told,) = town.relay.to("admin@kommun.example")
    assert "board@kommun.example kom inte fram (5.1.1)" in told.text


@pytest.mark.asyncio
async def test_in_a_chat_the_words_come_first_then_the_chart_and_the_pdf(
    database: Database, clock: FrozenClock
) -> None:
    town, chats = Town(database, clock), FakeChats(clock.now)
    assert await database.try_intake()
    await _queue(town, Reader(officer="anna", chat=CHAT, language="sv"))
    out = ChatOutbox(database, lambda: town.office, chats, Pace(), clock.now)
    await out.deliver_due()
    assert chats.texts(CHAT) == ["Vecka 47: 82 %", "r.png", "r.pdf"]
    assert [(one.name, one.media_type, one.content) for one in chats.sent[0].post.files] == [
        ("r.png", "image/png", b"\x89PNG2"), ("r.pdf", "application/pdf", b"%PDF"),
    ]  # fmt: skip
    async with database.reading() as connection:
        assert (await connection.execute(select(outbox.c.state))).scalars().all() == ["sent"]
