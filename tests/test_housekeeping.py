"""Housekeeping: held mail is told of once, what the dead left is taken over, and a lost lock ends the process."""

from typing import cast

import pytest
from sqlalchemy import text

from bot.errors import OurFault
from bot.file_scan import FileScan
from bot.housekeeping import Housekeeping
from bot.office import Office
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from tests.conftest import FrozenClock
from tests.example import make_mail
from tests.town import Town, another_process

pytestmark = pytest.mark.asyncio


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


def _housekeeping(town: Town) -> Housekeeping:
    return Housekeeping(town.database, lambda: town.office, town.outbox, town.clock.now)


async def test_the_administrator_is_told_once_of_all_that_was_held(town: Town) -> None:
    housekeeping = _housekeeping(town)
    await town.receive(b"no header at all", b"nor here", sender="")
    for _ in range(2):
        await housekeeping.round()
        await town.deliver()
    (told,) = town.relay.to("admin@kommun.example")
    assert told.text.count("no_sender") == 2
    assert "run_bot.py held list" in told.text
    await town.receive(b"a third", sender="")
    await housekeeping.round()
    await town.deliver()
    assert town.relay.to("admin@kommun.example")[-1].text.count("no_sender") == 1


async def test_without_an_administrator_it_waits_until_there_is_one(town: Town) -> None:
    object.__setattr__(town.office, "admin_email", "")
    await town.receive(b"no header at all", sender="")
    await _housekeeping(town).round()
    await town.deliver()
    assert town.relay.accepted == []
    object.__setattr__(town.office, "admin_email", "admin@kommun.example")
    await _housekeeping(town).round()
    await town.deliver()
    assert len(town.relay.accepted) == 1


class FakeScan:
    """Looks at held files: counts how often, and fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.looked = 0

    async def look_again(self, _database: Database, _office: Office) -> int:
        self.looked += 1
        if self.error is not None:
            raise self.error
        return 0


async def test_a_fault_in_looking_at_held_files_ends_nothing(town: Town) -> None:
    town.database._has_intake = True
    scan = FakeScan(KeyError("ours"))
    await Housekeeping(town.database, lambda: town.office, town.outbox, town.clock.now, cast("FileScan", scan)).round()
    assert scan.looked == 1


async def test_held_files_are_looked_at_by_the_process_that_does_the_intake(town: Town) -> None:
    scan = FakeScan()
    housekeeping = Housekeeping(town.database, lambda: town.office, town.outbox, town.clock.now, cast("FileScan", scan))
    await housekeeping.round()
    assert scan.looked == (1 if town.database.is_sqlite else 0)
    await town.take()
    await housekeeping.round()
    assert scan.looked == (2 if town.database.is_sqlite else 1)


async def test_a_living_process_takes_over_what_a_dead_one_was_sending(postgres_url: str, clock: FrozenClock) -> None:
    database = Database(DatabaseUrl.parse(postgres_url))
    await migrate(database)
    await database.take_ownership()
    town = Town(database, clock)
    async with another_process(town) as other:
        await town.keep(make_mail())
        await town.take()
        await town.run_sql(f"UPDATE outbox SET state = 'sending', owner = {other.database.owner}")
        await _housekeeping(town).round()
        assert await town.outbox.deliver_due() == 0  # the other still lives
    await _housekeeping(town).round()
    await town.deliver()
    assert [mail.to_addr for mail in town.relay.accepted] == ["anna@kommun.example", "bo@kommun.example"]
    await database.close()


async def test_a_process_that_is_no_longer_seen_as_living_must_stop(postgres_url: str, clock: FrozenClock) -> None:
    database = Database(DatabaseUrl.parse(postgres_url))
    await migrate(database)
    await database.take_ownership()
    town = Town(database, clock)
    await _housekeeping(town).round()
    async with database.writing() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7303")
        )
    with pytest.raises(OurFault, match="lost the lock"):
        await _housekeeping(town).round()
    await database.close()
