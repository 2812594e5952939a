"""Kill -9 at random moments under load: what got 250 is in one case, nothing is acknowledged twice, answers arrive."""

import asyncio
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.port import Inbound
from bot.store.database import Database, DatabaseUrl
from bot.store.schema import facts, inbox, inquiries, messages, outbox
from sandbox.world import free_port
from tests.example import CONTACT, make_mail
from tests.processes import Process, Relay, send, write_config
from tests.quick_tables import new_postgres

SENDERS = 8


class Town:
    """Citizens who write until they get 250, and an officer who answers every notice once."""

    def __init__(self, port: int, relay: Relay, seed: int) -> None:
        self.port = port
        self.relay = relay
        self.random = random.Random(seed)
        self.accepted: set[str] = set()
        self.answered: set[str] = set()
        self.over = False
        self._notices: asyncio.Queue[tuple[Inbound, str]] = asyncio.Queue()
        self._seen: set[str] = set()
        relay.arrived = self._arrived

    def _arrived(self, recipient: str, mail: Inbound, reply_to: str) -> None:
        if recipient == "anna@kommun.example" and "svara senast" in mail.subject and mail.message_id not in self._seen:
            self._seen.add(mail.message_id)
            self._notices.put_nowait((mail, reply_to))

    async def citizen(self, number: int) -> None:
        count = 0
        while not self.over:
            count += 1
            who = f"m{number}-{count}"
            mail = make_mail(f"Fråga {who}", sender=f"{who}@example.org", message_id=f"{who}@example.org")
            while not await send(mail, self.port, CONTACT, f"{who}@example.org"):
                await asyncio.sleep(0.05)
            self.accepted.add(f"{who}@example.org")
            await asyncio.sleep(self.random.random() / 50)

    async def officer(self) -> None:
        while True:
            notice, reply_to = await self._notices.get()
            mail = make_mail(
                f"Svar på {notice.message_id}", sender="anna@kommun.example", to=reply_to,
                message_id=f"svar-{notice.message_id}", dmarc="",
            )  # fmt: skip
            while not await send(mail, self.port, reply_to, "anna@kommun.example"):
                await asyncio.sleep(0.05)
            self.answered.add(notice.message_id)


async def _kill_and_count(folder: Path, url: str, kills: int, seed: int) -> int:
    """Kill under load, check that everything is there as it should, and return how many mails that was."""
    relay = Relay()
    async with relay.open():
        port = free_port(0)
        town = Town(port, relay, seed)
        config = write_config(folder, url, port, relay.port)
        async with asyncio.TaskGroup() as group:
            writing = [group.create_task(town.citizen(number)) for number in range(SENDERS)]
            answering = group.create_task(town.officer())
            for _ in range(kills):
                service = Process(config)
                await service.start()
                await asyncio.sleep(town.random.uniform(0.05, 0.8))
                await service.end(signal.SIGKILL)
            service = Process(config)
            await service.start()
            town.over = True
            await asyncio.wait(writing)
            database = Database(DatabaseUrl.parse(url))
            await _quiet(database, town)
            answering.cancel()
            assert await service.end(signal.SIGTERM) == 0
        kept = await _check(database, town, relay)
        await database.close()
    return kept


async def _quiet(database: Database, town: Town) -> None:
    """Wait until nothing is left to do."""
    async with asyncio.timeout(240):
        while True:
            async with database.reading() as connection:
                unread = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
                unsent = await connection.scalar(select(func.count()).where(outbox.c.state.in_(["new", "sending"])))
            left = (unread or 0) + (unsent or 0)
            if not left and len(town.answered) >= len(town.accepted):
                return
            await asyncio.sleep(0.2)


async def _check(database: Database, town: Town, relay: Relay) -> int:
    async with database.reading() as connection:
        kept = (await connection.execute(select(messages.c.message_id).where(messages.c.direction == "in"))).scalars()
        mails = (await connection.execute(select(outbox))).mappings().all()
        held = await connection.scalar(select(func.count()).where(inbox.c.state == "held"))
        numbers = (await connection.execute(select(facts.c.seq).order_by(facts.c.seq))).scalars().all()
        waiting = await connection.scalar(select(func.count()).where(inquiries.c.answered_at.is_(None)))
    counted = Counter(kept)
    assert town.accepted <= counted.keys()
    assert set(counted.values()) == {1}
    assert held == 0
    assert list(numbers) == list(range(1, len(numbers) + 1))
    receipts = Counter(row["case"] for row in mails if row["kind"] == "acknowledgement")
    assert len(receipts) == len(counted)
    assert set(receipts.values()) == {1}
    arrived = Counter(mail.message_id for _, mail, _ in relay.mails)
    for row in mails:
        times = arrived[row["message_id"]]
        if row["kind"] == "acknowledgement":
            assert times <= 1
        elif row["unsure"]:
            assert times >= 1
        else:
            assert times == 1, (row["kind"], row["state"], times)
    answers = [row for row in mails if row["kind"] == "answer"]
    unsure = Counter(row["kind"] for row in mails if row["unsure"])
    print(f"{len(counted)} mails kept, {len(mails)} sent, unsure: {dict(unsure)}")
    assert len(answers) == len(counted)
    assert waiting == 0
    return len(counted)


@pytest.mark.asyncio
async def test_killed_eight_times_under_load(tmp_path: Path) -> None:
    assert await _kill_and_count(tmp_path, f"sqlite:///{tmp_path}/kommunsvar.db", 8, seed=1) >= 8


def test_killed_three_times_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    assert asyncio.run(_kill_and_count(tmp_path, postgres_url, 3, seed=2)) >= 3


@pytest.mark.soak
@pytest.mark.asyncio
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_killed_two_hundred_times(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path}/kommunsvar.db"
    else:
        running = request.getfixturevalue("postgres_server")
        url = await asyncio.to_thread(new_postgres, running)
    assert await _kill_and_count(tmp_path, url, 200, seed=3) >= 200
