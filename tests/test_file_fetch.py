"""Files of chats: fetched in the background, cleaned of places, scanned, and handed to staff by mail."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.mail_files import files_with_content
from bot.chat import No, Post, Revoked
from bot.errors import Refused, TryLater
from bot.facts import CaseNumber
from bot.file_fetch import AT_ONCE, GIVE_UP_AFTER, MOST_BYTES, FileFetch, next_try
from bot.file_scan import FileScan
from bot.office import FileLimits
from bot.outbox import Outbox
from bot.port import Outbound, Verdict
from bot.store import fetching
from bot.store.chat_schema import contents
from bot.store.database import Database
from bot.store.schema import files, outbox
from tests.chat_room import ELSA, ChatRoom, files_of
from tests.conftest import MONDAY, FrozenClock
from tests.explaining import Explaining
from tests.test_exif import PLACE, exif, picture

PDF = b"%PDF-1.7"


class Scanner:
    """Says what it is told to."""

    def __init__(self) -> None:
        self.away = False

    async def scan(self, content: bytes) -> Verdict:
        if self.away:
            raise TryLater("scanner_away", whole_channel=True)
        if b"fel i oss" in content:
            raise KeyError("ours")
        return Verdict.HARMFUL if b"skadlig" in content else Verdict.CLEAN


@pytest_asyncio.fixture
async def room(database: Database, clock: FrozenClock) -> ChatRoom:
    return await ChatRoom(database, clock).begin()


def fetcher(room: ChatRoom, scan: FileScan | None = None) -> FileFetch:
    return FileFetch(room.database, lambda: room.office, room.chats, room.clock.now, scan)


async def lies_there(room: ChatRoom, *found: bytes | Exception) -> None:
    """Say what the service gives out for the files that wait, in order."""
    rows = await room.rows(files, files.c.state == "fetching")
    room.chats.files = {row["remote"]: one for row, one in zip(rows, found, strict=True)}


async def states(room: ChatRoom) -> list[str]:
    return [row["state"] for row in await room.rows(files)]


async def mails(room: ChatRoom, case: CaseNumber) -> list[dict[str, Any]]:
    rows = await room.rows(outbox, outbox.c.channel == "mail", outbox.c.to_addr == "anna@kommun.example")
    return [row for row in rows if row["case"] == case]


async def attachments(room: ChatRoom) -> list[list[tuple[str, bytes]]]:
    """The files of each mail to Anna, as the relay gets them."""
    sent: list[Outbound] = []

    class Relay:
        async def send(self, message: Outbound) -> Any:
            sent.append(message)
            return room.clock.now()

    relaying = Outbox(room.database, lambda: room.office, Relay(), files_of, room.clock.now)
    await relaying.deliver_due()
    to_anna = [one for one in sent if one.to_addr == "anna@kommun.example"]
    return [[(file.name, file.content) for file in one.attachments] for one in to_anna]


@pytest.mark.parametrize(
    ("attempts", "waits"), [(1, 10), (2, 20), (3, 40), (9, 2560), (10, 3600), (99, 3600)]  # doubled, at most an hour
)  # fmt: skip
def test_each_wait_doubles_up_to_an_hour(attempts: int, waits: int) -> None:
    assert next_try(attempts, MONDAY, MONDAY) == MONDAY + timedelta(seconds=waits)


def test_a_day_after_the_message_it_gives_up() -> None:
    assert next_try(1, MONDAY, MONDAY + GIVE_UP_AFTER) is None
    assert next_try(99, MONDAY, MONDAY + GIVE_UP_AFTER - timedelta(seconds=1)) is not None


@pytest.mark.asyncio
async def test_staff_get_the_files_once_all_of_a_message_are_there(room: ChatRoom) -> None:
    case = await room.case(files=2)
    await lies_there(room, PDF, TryLater("file_unavailable"))
    fetch = fetcher(room)
    assert await fetch.fetch_due() == 2
    assert await states(room) == ["passed", "fetching"]
    assert await mails(room, case) == []
    assert await fetch.fetch_due() == 0  # ten seconds must pass
    room.chats.files = dict.fromkeys(room.chats.files, PDF + b" tva")
    room.clock.forward(seconds=10)
    assert await fetch.fetch_due() == 1
    assert await states(room) == ["passed", "passed"]
    (told,) = await mails(room, case)
    assert told["subject"].startswith(f"{case} · filerna har kommit")
    assert "Bifogade filer: bild-0.jpg, bild-1.jpg" in told["text"]
    assert await attachments(room) == [[("bild-0.jpg", PDF), ("bild-1.jpg", PDF + b" tva")]]
    assert await fetch.fetch_due() == 0
    assert [row["size"] for row in await room.rows(files)] == [8, 12]


@pytest.mark.asyncio
async def test_an_album_is_one_mail_and_has_its_limits(room: ChatRoom) -> None:
    room.office = replace(room.office, file_limits=FileLimits(per_file=10, per_mail=25, count=4))
    case = await room.case(files=6)
    sizes = [10, 11, 10, 6, 5, 1]
    await lies_there(room, *(b"%" * size for size in sizes))
    fetch = fetcher(room)
    while await fetch.fetch_due():
        pass
    # 10 fits; 11 is more than one file may have; 10 + 10 = 20 fits; 26 is too much; the fifth and sixth are too many.
    assert await states(room) == ["passed", "left_out", "passed", "left_out", "left_out", "left_out"]
    (told,) = await mails(room, case)
    assert "för många" in told["text"]
    assert [len(content) for _, content in (await attachments(room))[0]] == [10, 10]
    assert room.chats.texts(ELSA) == []


@pytest.mark.asyncio
async def test_nobody_is_told_where_a_picture_was_taken(room: ChatRoom) -> None:
    await room.case(files=1)
    await lies_there(room, picture(exif()))
    await fetcher(room).fetch_due()
    (kept,) = await room.rows(contents)
    assert kept["content"] == picture()
    assert PLACE not in (await attachments(room))[0][0][1]


@pytest.mark.asyncio
async def test_a_file_that_is_too_large_is_told_once_in_the_chat_in_the_persons_language(room: ChatRoom) -> None:
    await room.know_chat(ELSA, "sv")
    case = await room.case(files=3)
    await lies_there(room, Refused(No.TOO_BIG), b"x" * (MOST_BYTES + 1), b"x" * MOST_BYTES)
    assert await fetcher(room).fetch_due() == 3
    assert await states(room) == ["left_out", "left_out", "passed"]
    await room.deliver(seconds=2)
    (words,) = room.chats.texts(ELSA)
    assert words.startswith("Filen bild-")
    assert "Här går det att skicka filer på högst 20 MB." in words
    assert f"Mejla filen till kontakt@kommun.example och skriv {case} i ämnesraden" in words
    (told,) = await mails(room, case)
    assert "för stora" in told["text"]
    assert [name for name, _ in (await attachments(room))[0]] == ["bild-2.jpg"]


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_fetched_for_a_day_is_missing_and_staff_are_told(room: ChatRoom) -> None:
    case = await room.case(files=1)
    await lies_there(room, TryLater("broken"))
    fetch = fetcher(room)
    for _ in range(25 * 4):
        await fetch.fetch_due()
        room.clock.forward(minutes=15)
    assert await states(room) == ["missing"]
    # 10 s to 42 minutes: nine, at the quarters after; then one an hour: some thirty in all.
    assert 20 < len(room.chats.fetched) < 40
    (told,) = await mails(room, case)
    assert "Gick inte att hämta, be personen skicka dem igen: bild-0.jpg" in told["text"]
    assert await attachments(room) == [[]]


@pytest.mark.asyncio
async def test_a_file_the_service_knows_nothing_of_is_missing_at_once(room: ChatRoom) -> None:
    case = await room.case(files=1)
    await lies_there(room, Refused(No.BAD_REQUEST))
    await fetcher(room).fetch_due()
    assert await states(room) == ["missing"]
    assert len(await mails(room, case)) == 1
    assert room.chats.texts(ELSA) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [TryLater("connect", whole_channel=True), Revoked("401")])
async def test_while_nothing_goes_through_all_files_rest_and_none_counts_it_against_itself(
    room: ChatRoom, error: Exception
) -> None:
    for _ in range(6):
        room.clock.forward(seconds=1)
        await room.case(files=1)
    await lies_there(room, *[error] * 6)
    fetch = fetcher(room)
    assert await fetch.fetch_due() == AT_ONCE
    assert await fetch.fetch_due() == 0
    assert {row["attempts"] for row in await room.rows(files)} == {0}
    room.chats.files = dict.fromkeys(room.chats.files, PDF)
    room.clock.forward(seconds=30)
    assert await fetch.fetch_due() == 6
    assert await states(room) == ["passed"] * 6


@pytest.mark.asyncio
async def test_no_more_are_fetched_at_once_than_the_pool_and_a_slow_one_holds_up_nobody(room: ChatRoom) -> None:
    for _ in range(9):
        room.clock.forward(seconds=1)
        await room.case(files=1)
    await lies_there(room, *[PDF] * 9)
    slow, gate = next(iter(room.chats.files)), asyncio.Event()

    async def takes(post: Post) -> None:
        if post.text == slow:
            await gate.wait()

    room.chats.takes = takes
    wake = asyncio.Event()
    running = asyncio.create_task(fetcher(room).run(wake))
    async with asyncio.timeout(10):
        while (await states(room)).count("passed") < 8:
            await asyncio.sleep(0.01)
        gate.set()
        while "fetching" in await states(room):
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    assert room.chats.most_under_way <= AT_ONCE
    assert len(room.chats.fetched) == 9


@pytest.mark.asyncio
async def test_a_fault_of_ours_counts_as_a_failure_and_the_others_go_on(room: ChatRoom) -> None:
    await room.case(files=2)
    await lies_there(room, ZeroDivisionError(), PDF)
    fetch = fetcher(room)
    await fetch.fetch_due()
    assert await states(room) == ["fetching", "passed"]
    assert [row["attempts"] for row in await room.rows(files)] == [1, 0]


@pytest.mark.asyncio
async def test_files_are_scanned_and_harmful_ones_kept_from_staff(room: ChatRoom) -> None:
    case = await room.case(files=2)
    await lies_there(room, PDF, b"skadlig")
    await fetcher(room, FileScan(Scanner(), files_with_content, room.clock.now)).fetch_due()
    assert await states(room) == ["passed", "infected"]
    (told,) = await mails(room, case)
    assert "Skickas inte vidare, innehåller skadlig kod: bild-1.jpg" in told["text"]
    assert await attachments(room) == [[("bild-0.jpg", PDF)]]


@pytest.mark.asyncio
async def test_while_the_scanner_is_silent_files_wait_and_staff_are_told_when_it_has_spoken(room: ChatRoom) -> None:
    case = await room.case(files=3)
    await lies_there(room, PDF, b"skadlig", Refused(No.BAD_REQUEST))
    scanner = Scanner()
    scan = FileScan(scanner, files_with_content, room.clock.now)
    scanner.away = True
    await fetcher(room, scan).fetch_due()
    assert await states(room) == ["held", "held", "missing"]
    assert await mails(room, case) == []
    scanner.away = False
    room.clock.forward(minutes=2)
    assert await scan.look_again(room.database, room.office) == 2
    assert await states(room) == ["passed", "infected", "missing"]
    (told,) = await mails(room, case)
    assert "filerna är kontrollerade" in told["subject"]
    assert await attachments(room) == [[("bild-0.jpg", PDF)]]


@pytest.mark.asyncio
async def test_the_scanner_may_have_spoken_of_one_file_before_the_other_is_there(room: ChatRoom) -> None:
    case = await room.case(files=2)
    await lies_there(room, PDF, TryLater("broken"))
    scanner = Scanner()
    scan = FileScan(scanner, files_with_content, room.clock.now)
    scanner.away = True
    fetch = fetcher(room, scan)
    await fetch.fetch_due()
    scanner.away = False
    room.clock.forward(minutes=2)
    assert await scan.look_again(room.database, room.office) == 1
    assert await states(room) == ["passed", "fetching"]
    assert await mails(room, case) == []
    room.chats.files = dict.fromkeys(room.chats.files, PDF)
    await fetch.fetch_due()
    assert len(await mails(room, case)) == 1


@pytest.mark.asyncio
async def test_a_scanner_that_fails_by_a_fault_of_ours_holds_the_file(room: ChatRoom) -> None:
    await room.case(files=1)
    await lies_there(room, b"fel i oss")
    await fetcher(room, FileScan(Scanner(), files_with_content, room.clock.now)).fetch_due()
    assert await states(room) == ["held"]
    assert len(await room.rows(contents)) == 1


@pytest.mark.asyncio
async def test_a_database_that_is_away_has_the_file_fetched_again(
    room: ChatRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.case(files=1)
    await lies_there(room, PDF)
    settle, away = fetching.settle, iter([True])

    async def troubled(*arguments: Any) -> bool:
        if next(away, False):
            raise TryLater("database")
        return await settle(*arguments)

    monkeypatch.setattr(fetching, "settle", troubled)
    fetch = fetcher(room)
    assert await fetch.fetch_due() == 1
    assert await states(room) == ["fetching"]
    room.clock.forward(seconds=10)
    assert await fetch.fetch_due() == 1
    assert await states(room) == ["passed"]


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL weighs sizes, which are none here
async def test_files_to_fetch_are_found_without_reading_all_others(room: ChatRoom) -> None:
    await room.case(files=1)
    async with room.database.reading() as connection:
        explaining = Explaining(connection)
        assert len(await fetching.due(cast("AsyncConnection", explaining), room.clock.now())) == 1
    assert any("ix_files_fetching" in step for step in explaining.steps)
    assert not any(step.startswith("SCAN") and "ix_files_fetching" not in step for step in explaining.steps)


@pytest.mark.asyncio
async def test_a_picture_whose_place_cannot_be_taken_out_goes_to_nobody_and_staff_are_told(room: ChatRoom) -> None:
    case = await room.case(files=2)
    await lies_there(room, PDF, b"\x89PNG\r\n\x1a\n" + PLACE)
    await fetcher(room).fetch_due()
    assert await states(room) == ["passed", "left_out"]
    (told,) = await mails(room, case)
    assert "gick inte att kontrollera: bild-1.jpg" in told["text"]
    assert await attachments(room) == [[("bild-0.jpg", PDF)]]
    await room.deliver(seconds=2)
    assert room.chats.texts(ELSA) == [], "it was not too large"
