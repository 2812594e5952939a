"""Kill -9 at random moments while people write in chats: what Telegram will not send again is kept, nothing is doubled.

The service runs in a process of its own, Telegram and the relay in this one, on the real clock.
"""

import asyncio
import json
import random
import re
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.channels.telegram_key import external_id
from bot.port import Inbound
from bot.store.database import Database, DatabaseUrl
from bot.store.schema import inbox, messages, outbox
from sandbox.bot_api import BotApi, TgPerson, bot_api
from sandbox.world import free_port
from tests.example import make_mail
from tests.processes import Process, Relay, send, write_config
from tests.quick_tables import new_postgres

WRITERS = 4
A_LIFE = 8
"""So many people write while a process lives and dies; what waits does not grow with the slowness of the machine."""
_PAUSE = 0.2
WORD = re.compile(r"(?:fråga|svar)[0-9]+x[0-9]+")
_KILL_BETWEEN = (0.05, 0.8)
_PATIENCE = 120.0


class Town:
    """Citizens who each write about a matter, some go on, and an officer who answers each notice once, by mail."""

    def __init__(self, api: BotApi, port: int, relay: Relay, seed: int) -> None:
        self.api = api
        self.port = port
        self.random = random.Random(seed)
        self.written: set[str] = set()
        self.answered: set[str] = set()
        self.may_write = asyncio.Semaphore(0)
        self._notices: asyncio.Queue[tuple[Inbound, str]] = asyncio.Queue()
        self._seen: set[str] = set()
        relay.arrived = self._arrived

    def _arrived(self, recipient: str, mail: Inbound, reply_to: str) -> None:
        if recipient == "anna@kommun.example" and "svara senast" in mail.subject and mail.message_id not in self._seen:
            self._seen.add(mail.message_id)
            self._notices.put_nowait((mail, reply_to))

    async def writer(self, number: int) -> None:
        count = 0
        while True:
            await self.may_write.acquire()
            count += 1
            person, word = self.api.world.person(f"M{number}x{count}"), f"fråga{number}x{count}"
            sent = await person.write(f"Hej! {word}")
            self.written.add(word)
            await self._goes_on(person, sent, word)
            await asyncio.sleep(self.random.random() * _PAUSE)

    async def _goes_on(self, person: TgPerson, sent: Any, word: str) -> None:
        """Have some add a photo, some correct themselves."""
        what = self.random.randrange(4)
        if what == 0:
            await person.album([f"bild {word}", ""])
        elif what == 1:
            await person.edit(sent, f"Hej igen! {word}")

    async def officer(self) -> None:
        while True:
            notice, reply_to = await self._notices.get()
            found = WORD.search(notice.text)
            assert found, "a notice does not say what was asked"
            answer = found[0].replace("fråga", "svar")
            mail = _mail(answer, reply_to)
            while not await send(mail, self.port, reply_to, "anna@kommun.example"):
                await asyncio.sleep(0.05)
            self.answered.add(answer)


def _mail(answer: str, reply_to: str) -> bytes:
    return make_mail(
        f"Hej! {answer}", sender="anna@kommun.example", to=reply_to, message_id=f"{answer}@kommun.example", dmarc=""
    )


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection that reads the database beside the service, or after it was killed."""
    database = Database(DatabaseUrl.parse(url))
    try:
        async with database.reading() as connection:
            yield connection
    finally:
        await database.close()


async def _kill_and_count(folder: Path, url: str, kills: int, seed: int) -> int:
    """Kill under load, check that everything is there as it should, and return how many messages that was."""
    relay = Relay()
    async with relay.open(), bot_api(lambda: datetime.now(UTC)) as api:
        port = free_port(0)
        town = Town(api, port, relay, seed)
        config = write_config(folder, url, port, relay.port)
        with config.open("a") as file:
            file.write(f'[telegram]\ntoken = "{api.token}"\napi_url = "{api.base_url}"\n')
            file.write(f'files_url = "{api.base_file_url}"\n')
        async with asyncio.TaskGroup() as group:
            writing = [group.create_task(town.writer(number)) for number in range(WRITERS)]
            answering = group.create_task(town.officer())
            for _ in range(kills):
                for _ in range(A_LIFE):
                    town.may_write.release()
                service = Process(config)
                await service.start()
                await asyncio.sleep(town.random.uniform(*_KILL_BETWEEN))
                await service.end(signal.SIGKILL)
                await _check_confirmed(url, api)
            service = Process(config)
            await service.start()
            try:
                await _quiet(url, town, kills * A_LIFE)
            finally:
                for task in (*writing, answering):
                    task.cancel()
                code = await service.end(signal.SIGTERM)
            assert code == 0, "".join(service.output)
        return await _check(url, town)


async def _check_confirmed(url: str, api: BotApi) -> None:
    """What Telegram will not send again is in the inbox."""
    waiting = {one.id for one in api.updates.waiting}
    confirmed = {external_id(one, api.bot_id) for one in api.updates.built if one["update_id"] not in waiting}
    async with _opened(url) as connection:
        kept = set((await connection.execute(select(inbox.c.external_id))).scalars())
    assert confirmed <= kept


async def _quiet(url: str, town: Town, people: int) -> None:
    """Wait until so many people have written and nothing is left to do."""
    until = asyncio.get_running_loop().time() + _PATIENCE
    while left := await _left(url, town, people):
        assert asyncio.get_running_loop().time() < until, left
        await _let_a_minute_pass(url)
        await asyncio.sleep(1)


async def _let_a_minute_pass(url: str) -> None:
    """What is sent once more, as nobody knows whether it came, does not wait its real minute, nor do notices theirs."""
    engine = create_async_engine(DatabaseUrl.parse(url).url, poolclass=NullPool)
    async with engine.begin() as connection:
        again = (outbox.c.state == "new") & ((outbox.c.unsure == 1) | (outbox.c.kind == "notice"))
        await connection.execute(update(outbox).where(again).values(due_at=datetime.now(UTC)))
    await engine.dispose()


async def _left(url: str, town: Town, people: int) -> dict[str, int]:
    """Return what is left to be done, empty for nothing."""
    async with _opened(url) as connection:
        unread = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
        leaving = select(outbox.c.kind, func.count()).where(outbox.c.state.in_(["new", "sending"]))
        kinds = (await connection.execute(leaving.group_by(outbox.c.kind))).all()
    left = {
        "unread": unread or 0, "unfetched": len(town.api.updates.waiting),
        "unanswered": people - len(town.answered), **{str(kind): int(count) for kind, count in kinds},
    }  # fmt: skip
    return {what: count for what, count in left.items() if count > 0}


async def _check(url: str, town: Town) -> int:
    api = town.api
    await _check_confirmed(url, api)
    async with _opened(url) as connection:
        written = (await connection.execute(select(messages).where(messages.c.direction == "in"))).mappings().all()
        posts = (await connection.execute(select(outbox).where(outbox.c.channel == "telegram"))).mappings().all()
        held = await connection.scalar(select(func.count()).where(inbox.c.state == "held"))
    assert held == 0
    assert (api.faulty_calls, api.not_emulated) == ([], [])
    _check_messages(town, written)
    _check_posts(api, posts)
    answers = [one for one in posts if one["kind"] == "answer"]
    assert {word for one in answers for word in WORD.findall(one["text"])} == town.answered
    unsure = Counter(one["kind"] for one in posts if one["unsure"])
    print(f"{len(written)} messages kept, {len(posts)} posts, unsure: {dict(unsure)}")
    return len(town.written)


def _check_messages(town: Town, written: Sequence[Any]) -> None:
    """Every message is stored once, and each person has one case."""
    first = [one for one in written if one["edits"] is None and "Hej!" in one["text"]]
    assert Counter(word for one in first for word in WORD.findall(one["text"])) == dict.fromkeys(town.written, 1)
    cases = defaultdict(set)
    for one in written:
        for word in WORD.findall(one["text"]):
            cases[word].add(one["case"])
    assert {len(found) for found in cases.values()} == {1}
    assert len({one["case"] for one in written}) == len(town.written)


def _check_posts(api: BotApi, posts: Sequence[Any]) -> None:
    """What a citizen gets comes once; more than once only where it is not known whether it came, and is marked."""
    sent: Counter[tuple[int, str]] = Counter(
        (call.parameters["chat_id"], _plain(call.parameters["text"])) for call in api.called("sendMessage") if call.ok
    )
    for row in posts:
        if row["kind"] not in {"answer", "acknowledgement"}:
            continue
        times = sent[int(row["to_addr"].removeprefix("telegram:")), _plain(row["html"] or row["text"])]
        if row["unsure"]:
            assert (row["state"] == "sent") <= times <= row["attempts"], (row["kind"], row["state"], times)
        else:
            assert (row["state"], times) == ("sent", 1), (row["kind"], row["status"])
            assert len(json.loads(row["posted"])) == 1
    receipts = Counter(row["case"] for row in posts if row["kind"] == "acknowledgement")
    assert set(receipts.values()) == {1}


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.asyncio
async def test_killed_eight_times_while_people_write(tmp_path: Path) -> None:
    assert await _kill_and_count(tmp_path, f"sqlite:///{tmp_path}/kommunsvar.db", 8, seed=1) >= 8


def test_killed_three_times_on_postgresql_while_people_write(tmp_path: Path, postgres_url: str) -> None:
    assert asyncio.run(_kill_and_count(tmp_path, postgres_url, 3, seed=2)) >= 3


@pytest.mark.soak
@pytest.mark.asyncio
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_killed_two_hundred_times_while_people_write(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/kommunsvar.db"
    if engine == "postgresql":
        url = await asyncio.to_thread(new_postgres, request.getfixturevalue("postgres_server"))
    assert await _kill_and_count(tmp_path, url, 200, seed=3) >= 200
