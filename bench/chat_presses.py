"""How soon a press on a button is answered while 200 events a second come in: the service as a process of its own."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bench.table import Row
from bench.town import write_settings
from bench.work import ROOT, Child, clean_environment, workspace
from bot.store.database import Database, DatabaseUrl
from bot.store.schema import inbox
from sandbox.bot_api import BotApi, TgMessage, TgPerson, bot_api

RATE = 200
ONE_PRESS_IN = 10
LABEL = "Visa läget"
_READY_SECONDS = 60.0
_TICK = 0.01


@dataclass(slots=True)
class _Load:
    """People who all have a case, and what became of their presses, in milliseconds."""

    api: BotApi
    people: list[TgPerson]
    receipts: dict[int, TgMessage] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    pressed: int = 0
    late: float = 0.0

    def press(self, person: TgPerson) -> None:
        """Press below a receipt, and note how long the answer takes."""
        began = time.perf_counter()
        data = next(data for row in self.receipts[person.id].buttons for label, data in row if label == LABEL)
        tap = self.api.world.tell_tap(self.receipts[person.id], person, data)
        self.pressed += 1
        tap.answer.add_done_callback(lambda _: self.waits.append((time.perf_counter() - began) * 1_000))


def presses(quick: bool) -> Sequence[Row]:
    """Run the service on an emulated Bot API, and let people write and press."""
    people, seconds = (20, 2.0) if quick else (300, 20.0)
    with ExitStack() as stack:
        folder = stack.enter_context(workspace())
        relay = stack.enter_context(Child.of_module("bench.smtp_servers", "relay", str(folder), log=folder / "relay"))
        load, unread = asyncio.run(_measure(folder, relay.hear()["port"], people, seconds))
    if len(load.waits) < load.pressed * 0.99:
        raise RuntimeError(f"{load.pressed - len(load.waits)} of {load.pressed} presses were not answered")
    ordered = sorted(load.waits)
    p50, p99 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.50, 0.99))
    what = f"a press answered at {RATE} events/s"
    return [
        Row("chat", f"{what}, p50 of {len(ordered)}", f"{p50:,.0f} ms", "≤ 300 ms"),
        Row("chat", f"{what}, p99", f"{p99:,.0f} ms", "≤ 300 ms"),
        Row("chat", "events not yet taken in when the load ended", f"{unread:,}"),
        Row("chat", "how late the load itself was at most", f"{load.late * 1_000:,.0f} ms"),
    ]


async def _measure(folder: Path, relay_port: int, people: int, seconds: float) -> tuple[_Load, int]:
    async with bot_api(lambda: datetime.now(UTC)) as api:
        config = write_settings(folder, relay_port=relay_port)
        told = f'\n[telegram]\ntoken = "{api.token}"\napi_url = "{api.base_url}"\nfiles_url = "{api.base_file_url}"\n'
        config.write_text(config.read_text(encoding="utf-8") + told, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "run_bot.py"), "run", "--config", str(config), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=ROOT, env=clean_environment(),
        )  # fmt: skip
        try:
            load = _Load(api, [api.world.person(f"M{number}") for number in range(people)])
            await _receive_all(load)
            await _run(load, seconds)
            unread = await _unread(folder)
            await asyncio.sleep(2)
        finally:
            process.terminate()
            await process.wait()
    return load, unread


async def _receive_all(load: _Load) -> None:
    """Have everybody write once, and wait until all have their receipt."""
    for number, person in enumerate(load.people):
        await person.write(f"Hej! Gatlyktan vid Björkvägen {number} är släckt.")
    async with asyncio.timeout(_READY_SECONDS):
        while len(load.receipts) < len(load.people):
            for person in load.people:
                found = [
                    one for one in person.messages if any(label == LABEL for row in one.buttons for label, _ in row)
                ]
                if found:
                    load.receipts[person.id] = found[0]
            await asyncio.sleep(0.2)
    await asyncio.sleep(2)


async def _run(load: _Load, seconds: float) -> None:
    """Send the events at an even rate, whatever becomes of them."""
    chance, begin, sent = random.Random(1), time.perf_counter(), 0
    while (elapsed := time.perf_counter() - begin) < seconds:
        due = int(elapsed * RATE)
        load.late = max(load.late, (due - sent) / RATE)
        for number in range(sent, due):
            person = chance.choice(load.people)
            if number % ONE_PRESS_IN == 0:
                load.press(person)
            else:
                await person.write(f"En sak till, nummer {number}: den blinkade först.")
        sent = due
        await asyncio.sleep(_TICK)


async def _unread(folder: Path) -> int:
    database = Database(DatabaseUrl.parse(f"sqlite:///{folder.resolve()}/kommunsvar.db"))  # noqa: ASYNC240 -- once, before anything is measured
    try:
        async with database.reading() as connection:
            return int(await connection.scalar(select(func.count()).where(inbox.c.state == "pending")) or 0)
    finally:
        await database.close()
