"""A fault of ours while one mail is read holds that mail, and neither stops those beside it nor the service."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.app import intake_service
from bot.channels.clamav import ClamAV, ClamAVSettings
from bot.channels.mail_files import files_with_content
from bot.errors import TryLater
from bot.file_scan import FileScan
from bot.port import Inbound
from bot.store.database import Database
from bot.store.rows import InboxRow
from bot.store.schema import files, inbox
from tests.conftest import FrozenClock
from tests.example import make_mail
from tests.test_file_scan import mail_with
from tests.town import Town

pytestmark = pytest.mark.asyncio


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


def reads_badly(town: Town, second: Exception | str) -> None:
    """Let the second mail fail: while it is read, or afterwards by a subject that no encoding has."""
    real = town.intake._read

    def read(row: InboxRow) -> Inbound:
        inbound = real(row)
        if "2" not in inbound.message_id:
            return inbound
        if isinstance(second, Exception):
            raise second
        return replace(inbound, subject=second)

    town.intake._read = read


@pytest.mark.parametrize("second", [KeyError("ours"), RecursionError(), MemoryError(), "\ud800"])
async def test_a_mail_that_cannot_be_read_is_held_and_those_beside_it_go_on(
    town: Town, second: Exception | str, caplog: pytest.LogCaptureFixture
) -> None:
    reads_badly(town, second)
    await town.receive(*(make_mail(f"Fråga {n}", message_id=f"{n}@example.org") for n in range(1, 4)))
    rows = await town.rows(inbox)
    assert [row["state"] for row in rows] == ["done", "held", "done"]
    assert rows[1]["outcome"] == "our_fault"
    assert [row["outcome"][:2] for row in (rows[0], rows[2])] == ["K-", "K-"]
    assert "Fråga" not in caplog.text


async def test_what_may_work_later_is_tried_later(town: Town) -> None:
    reads_badly(town, TryLater("database"))
    await town.keep(*(make_mail(f"Fråga {n}", message_id=f"{n}@example.org") for n in range(1, 4)))
    with pytest.raises(TryLater):
        await town.take()
    assert [row["state"] for row in await town.rows(inbox)] == ["pending"] * 3


async def test_a_scanner_at_no_possible_address_holds_files_only(town: Town) -> None:
    scan = FileScan(ClamAV(ClamAVSettings(host="a" * 70 + ".example")), files_with_content, town.clock.now)
    town.intake = intake_service(town.database, lambda: town.office, town.clock.now, scan)
    await town.receive(mail_with(b"%PDF"))
    (row,) = await town.rows(inbox)
    assert row["outcome"].startswith("K-")
    async with town.database.reading() as connection:
        assert list((await connection.execute(select(files.c.state))).scalars()) == ["held"]
