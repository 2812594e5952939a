"""Files wait for the scanner, texts do not; what it says later reaches staff."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from bot.app import intake_service
from bot.channels.mail_files import files_with_content
from bot.errors import TryLater
from bot.file_limits import within_day, within_limits
from bot.file_scan import FileScan
from bot.office import FileLimits
from bot.port import FileState, InboundFile, Verdict
from bot.store.database import Database
from bot.store.schema import files
from tests.conftest import FrozenClock
from tests.example import CONTACT
from tests.town import Town

PASSED, LEFT_OUT, HELD, INFECTED = FileState.PASSED, FileState.LEFT_OUT, FileState.HELD, FileState.INFECTED


class FakeScanner:
    """Says what it is told to; `away` makes it silent. Counts how often it was asked."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    async def scan(self, content: bytes) -> Verdict:
        self.asked += 1
        if self.away:
            raise TryLater("scanner_away")
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
    town.intake = intake_service(town.database, town.office, town.clock.now, scan)
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
    assert "För stora eller för många, följer inte med: ritning-1.pdf" in second.text
    assert "1 fil var för stor" in town.relay.to("elsa@example.org")[1].text
    town.clock.forward(hours=25)
    await town.receive(mail_with(b"z" * 90, message_id="3@example.org"))
    assert (await states(town))[-1] == "passed"
