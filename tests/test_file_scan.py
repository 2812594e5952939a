"""Files wait for the scanner, texts do not; what it says later reaches staff."""

import asyncio
import time
from email.message import EmailMessage
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

import bot.file_scan
from bot.app import intake_service
from bot.channels.mail_files import files_with_content
from bot.errors import TryLater
from bot.facts import FactKind
from bot.file_limits import within_day, within_limits
from bot.file_scan import ATTEMPTS, FileScan
from bot.office import FileLimits
from bot.port import FileState, InboundFile, Verdict
from bot.store.database import Database
from bot.store.files import held
from bot.store.schema import files, outbox
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.town import Town

PASSED, LEFT_OUT, HELD, INFECTED = FileState.PASSED, FileState.LEFT_OUT, FileState.HELD, FileState.INFECTED


class FakeScanner:
    """Says what it is told to; `away` makes it silent. Counts how often it was asked, and for what it had no end."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.unfinished = 0
        self.wait = asyncio.Event()
        self.wait.set()

    async def scan(self, content: bytes) -> Verdict:
        self.asked += 1
        await self.wait.wait()
        if self.away:
            raise TryLater("scanner_away", whole_channel=True)
        if b"utan slut" in content:
            self.unfinished += 1
            raise TryLater("scanner_timeout")
        if b"fel i oss" in content:
            self.unfinished += 1
            raise KeyError("ours")
        return Verdict.HARMFUL if b"skadlig" in content else Verdict.CLEAN


def mail_with(*contents: bytes, message_id: str = "m@example.org") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "elsa@example.org", CONTACT, "Ritning"
    mail["Message-ID"] = f"<{message_id}>"
    mail.set_content("Se bifogad ritning " + message_id)
    for number, content in enumerate(contents, 1):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"ritning-{number}.pdf")
    return mail.as_bytes()


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


def scanning(town: Town, scanner: FakeScanner) -> FileScan:
    scan = FileScan(scanner, files_with_content, town.clock.now)
    town.intake = intake_service(town.database, lambda: town.office, town.clock.now, scan)
    return scan


async def states(town: Town) -> list[str]:
    async with town.database.reading() as connection:
        query = select(files.c.state).order_by(files.c.message, files.c.part)
        return list((await connection.execute(query)).scalars())


@pytest.mark.asyncio
async def test_clean_files_go_along_and_harmful_ones_never(town: Town) -> None:
    scanning(town, FakeScanner())
    await town.receive(mail_with(b"%PDF ren", b"%PDF skadlig", b"%PDF ren igen"))
    assert await states(town) == ["passed", "infected", "passed"]
    notice = town.relay.to("anna@kommun.example")[0]
    assert [file.name for file in notice.attachments] == ["ritning-1.pdf", "ritning-3.pdf"]
    assert "Skickas inte vidare, innehåller skadlig kod: ritning-2.pdf" in notice.text


@pytest.mark.asyncio
async def test_a_silent_scanner_holds_files_and_not_the_text(town: Town) -> None:
    scanner = FakeScanner()
    scan = scanning(town, scanner)
    scanner.away = True
    await town.receive(mail_with(b"%PDF ett", b"%PDF skadlig"))
    notice = town.relay.to("anna@kommun.example")[0]
    assert "Se bifogad ritning" in notice.text
    assert "Väntar på viruskontroll" in notice.text
    assert not notice.attachments
    assert len(town.relay.to("elsa@example.org")) == 1
    # It is left alone for a minute after its silence, so one question was asked for two files.
    assert scanner.asked == 1
    scanner.away = False
    assert await scan.look_again(town.database, town.office) == 0
    town.clock.forward(minutes=2)
    assert await scan.look_again(town.database, town.office) == 2
    await town.deliver()
    later = town.relay.to("anna@kommun.example")[1]
    assert [file.name for file in later.attachments] == ["ritning-1.pdf"]
    assert "ritning-2.pdf" in later.text
    assert await states(town) == ["passed", "infected"]
    assert await scan.look_again(town.database, town.office) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("poison", [b"%PDF utan slut", b"%PDF fel i oss"])
async def test_a_file_the_scanner_never_finishes_holds_up_no_other_and_is_left_out(town: Town, poison: bytes) -> None:
    scanner = FakeScanner()
    scan = scanning(town, scanner)
    scanner.away = True
    await town.receive(mail_with(poison, message_id="1@example.org"), mail_with(b"ren", message_id="2@example.org"))
    scanner.away = False
    town.clock.forward(minutes=2)
    assert await scan.look_again(town.database, town.office) == 1
    assert await states(town) == ["held", "passed"]
    # The second attempt after 1 minute, then after 6, 36 and 216.
    tried = [scanner.unfinished]
    for minutes in (0.9, 0.1, 6, 36, 215, 1):
        town.clock.forward(minutes=minutes)
        await scan.look_again(town.database, town.office)
        tried.append(scanner.unfinished)
    assert tried == [1, 1, 2, 3, 4, 4, ATTEMPTS]
    assert await states(town) == ["left_out", "passed"]
    await town.deliver()
    notices = [mail.subject for mail in town.relay.to("anna@kommun.example")]
    assert len([subject for subject in notices if "filerna är kontrollerade" in subject]) == 2
    town.clock.forward(days=1)
    await scan.look_again(town.database, town.office)
    assert scanner.unfinished == ATTEMPTS


@pytest.mark.asyncio
async def test_a_file_that_fells_the_scanner_lets_the_others_go_first(town: Town) -> None:
    scanner = FakeScanner()
    scan = scanning(town, scanner)
    scanner.away = True
    await town.receive(*(mail_with(b"ren", message_id=f"{n}@example.org") for n in range(2)))
    town.clock.forward(minutes=2)
    assert await scan.look_again(town.database, town.office) == 0
    assert scanner.asked == 2  # once when they came, once now
    scanner.away = False
    town.clock.forward(minutes=2)
    assert await scan.look_again(town.database, town.office) == 1
    assert await states(town) == ["held", "passed"]
    town.clock.forward(minutes=3)
    assert await scan.look_again(town.database, town.office) == 1


@pytest.mark.asyncio
async def test_texts_do_not_wait_for_a_scanner_that_takes_long(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.file_scan, "_QUICK_SECONDS", 0.1)
    scanner = FakeScanner()
    scan = scanning(town, scanner)
    scanner.wait.clear()
    begin = time.monotonic()
    await town.keep(*(mail_with(b"a", b"b", message_id=f"{n}@example.org") for n in range(20)))
    await town.take()
    # One was waited for; twenty times 0.1 s would be 2 s.
    assert scanner.asked == 1
    assert time.monotonic() - begin < 2
    assert await states(town) == ["held"] * 40
    # Later it may take its time.
    scanner.wait.set()
    assert await scan.look_again(town.database, town.office) == 20
    await town.receive(mail_with(b"c", message_id="later@example.org"))
    assert scanner.asked == 21
    town.clock.forward(minutes=1)
    await town.receive(mail_with(b"d", message_id="last@example.org"))
    assert (await states(town))[-2:] == ["held", "passed"]


@pytest.mark.asyncio
async def test_two_processes_that_scan_the_same_file_tell_of_it_once(town: Town) -> None:
    scanner = FakeScanner()
    scanner.away = True
    scanning(town, scanner)
    await town.receive(mail_with(b"ren"))
    before = await town.count(outbox, outbox.c.to_addr == "anna@kommun.example")
    scanner.away = False
    scanner.wait.clear()
    scans = [FileScan(scanner, files_with_content, town.clock.now) for _ in range(2)]
    looking = asyncio.gather(*(scan.look_again(town.database, town.office) for scan in scans))
    while scanner.asked < 3:
        await asyncio.sleep(0.01)
    scanner.wait.set()
    assert sorted(await looking) == [0, 1]
    assert await town.count(outbox, outbox.c.to_addr == "anna@kommun.example") == before + 1


@pytest.mark.asyncio
async def test_an_answer_to_the_notice_of_a_later_questions_files_answers_that_question(town: Town) -> None:
    scanner = FakeScanner()
    scan = scanning(town, scanner)
    await town.receive(make_mail())
    await town.officer_answers("anna", "Den lagas i dag.", "svar-1@kommun.example")
    scanner.away = True
    second = mail_with(b"ren").replace(b"Subject:", b"In-Reply-To: <fraga-1@example.org>\nSubject:")
    await town.receive(second)
    scanner.away = False
    town.clock.forward(minutes=5)
    await scan.look_again(town.database, town.office)
    await town.deliver()
    assert "filerna är kontrollerade" in town.relay.to("anna@kommun.example")[-1].subject
    await town.officer_answers("anna", "Tack, då vet vi.", "svar-2@kommun.example")
    answered = [fact.inquiry for fact in await town.facts() if fact.kind is FactKind.ANSWERED]
    assert answered == [1, 2]


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL weighs sizes, which are none here
async def test_held_files_are_found_without_reading_all_others(town: Town) -> None:
    await town.receive(mail_with(b"ren"))
    async with town.database.reading() as connection:
        explaining = Explaining(connection)
        assert await held(cast("AsyncConnection", explaining), town.clock.now()) == []
    assert any("ix_files_held" in step for step in explaining.steps)
    assert not any(step.startswith("SCAN") and "ix_files_held" not in step for step in explaining.steps)


class Explaining:
    """A connection to SQLite that notes how it goes about each question."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.steps: list[str] = []

    async def execute(self, query: Any) -> Any:
        compiled = query.compile(dialect=self.connection.dialect)
        # How SQLite goes about it does not hang on the values.
        rows = await self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", (0,) * len(compiled.positiontup))
        self.steps.extend(row.detail for row in rows)
        return await self.connection.execute(query)


def file(size: int, state: FileState = PASSED) -> InboundFile:
    return InboundFile(name="a.pdf", media_type="application/pdf", size=size, inline=False, part=0, state=state)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([10], [PASSED]),
        ([11], [LEFT_OUT]),  # the largest file is 10
        ([8, 8, 4], [PASSED, LEFT_OUT, PASSED]),  # 8 + 8 > 15, 8 + 4 fits
        ([1, 1, 1, 1], [PASSED, PASSED, PASSED, LEFT_OUT]),  # three at most
    ],
)
def test_limits_of_one_mail(sizes: list[int], expected: list[FileState]) -> None:
    limits = FileLimits(per_file=10, per_mail=15, per_day=100, count=3)
    assert [one.state for one in within_limits([file(size) for size in sizes], limits)] == expected


def test_what_the_scanner_said_stands_and_takes_no_room() -> None:
    limits = FileLimits(per_file=10, per_mail=15, per_day=20, count=9)
    given = [file(10, INFECTED), file(10, HELD), file(10), file(5)]
    assert [one.state for one in within_limits(given, limits)] == [INFECTED, HELD, PASSED, PASSED]
    # 6 used, 10 makes 16, 5 more makes 21 > 20.
    assert [one.state for one in within_day(given, 6, limits)] == [INFECTED, HELD, PASSED, LEFT_OUT]


@pytest.mark.asyncio
async def test_the_limit_of_a_day_is_told_to_staff_and_citizen(town: Town) -> None:
    limits = FileLimits(per_file=100, per_mail=100, per_day=150, count=9)
    object.__setattr__(town.office, "file_limits", limits)
    await town.receive(mail_with(b"x" * 90, message_id="1@example.org"))
    await town.receive(mail_with(b"y" * 90, message_id="2@example.org"))
    assert await states(town) == ["passed", "left_out"]
    first, second = town.relay.to("anna@kommun.example")
    assert len(first.attachments) == 1
    assert not second.attachments
    assert "Följer inte med, för stora, för många eller gick inte att kontrollera: ritning-1.pdf" in second.text
    assert "1 fil var för stor" in town.relay.to("elsa@example.org")[1].text
    town.clock.forward(hours=25)
    await town.receive(mail_with(b"z" * 90, message_id="3@example.org"))
    assert (await states(town))[-1] == "passed"
