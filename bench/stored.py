"""What it costs when much is stored: a mail at 10⁴, 10⁵ and 10⁶ cases, the week's report, the rebuild."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.filling import acknowledgement_of, fill, person_of
from bench.mails import make_mail
from bench.table import Row, spread
from bench.town import Town, open_town, raws_of, settings_in
from bench.work import ROOT, clean_environment, workspace
from bot.clock import Rule
from bot.facts import to_micros
from bot.store.projections import rebuild
from config.building import calendar_of
from config.settings import Settings
from measurement.periods import Week
from measurement.source import read_week
from measurement.weekly import weekly_report

REBUILT = 100_000
WEEK = Week.parse("2026-W20")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A filled database, and what a mail has cost on it in each round, in milliseconds."""

    size: int
    settings: Settings
    file: Path
    takes: list[float] = field(default_factory=list)
    sends: list[float] = field(default_factory=list)


def stored(quick: bool) -> Sequence[Row]:
    """Fill a SQLite database of each size, and measure them in turn."""
    sizes, mails = ([200, 1_000], 20) if quick else ([10_000, REBUILT, 1_000_000], 300)
    with workspace() as folder:
        filled = [_filled(folder / str(size), size) for size in sizes]
        asyncio.run(_measure(filled, mails))
        rows = [row for one in filled for row in _costs(one)]
        rows += _report(filled[-1], 2 if quick else 7)
        rows += _commands(filled[-1], 1 if quick else 3)
        return [*rows, asyncio.run(_rebuild(filled[-1] if quick else filled[1]))]


def _filled(folder: Path, size: int) -> _Stored:
    one = _Stored(size=size, settings=settings_in(folder), file=folder / "kommunsvar.db")

    async def make() -> None:
        async with open_town(one.settings):
            pass

    asyncio.run(make())
    print(f"  filling {size:,} cases …", file=sys.stderr, flush=True)
    fill(one.file, size)
    return one


async def _measure(filled: Sequence[_Stored], mails: int) -> None:
    """Take in and send, size by size in turn, so that a slow minute of the machine meets all of them."""
    async with AsyncExitStack() as stack:
        towns = [await stack.enter_async_context(open_town(one.settings)) for one in filled]
        for turn in range(_ROUNDS + 1):
            for one, town in zip(filled, towns, strict=True):
                await _round(one, town, turn, mails)
        for one in filled:  # the first round only warms
            del one.takes[0], one.sends[0]


async def _round(one: _Stored, town: Town, turn: int, mails: int) -> None:
    first = 10**9 + turn * mails
    await town.keep(raws_of([_mail(one.size, first + number) for number in range(mails)], first=first))
    begin = time.perf_counter()
    taken = await town.take_all()
    one.takes.append((time.perf_counter() - begin) / mails * 1_000)
    begin = time.perf_counter()
    sent = await town.deliver_all()
    one.sends.append((time.perf_counter() - begin) / max(sent, 1) * 1_000)
    if taken != mails or sent < mails:
        raise RuntimeError(f"took in {taken} of {mails}, sent {sent}")


def _mail(size: int, number: int) -> bytes:
    """Return a new mail, or every other time a further one in a stored case."""
    if number % 2:
        return make_mail(number)
    old = number * 7_919 % size
    return make_mail(number, sender=person_of(old), in_reply_to=acknowledgement_of(old))


def _costs(one: _Stored) -> list[Row]:
    megabytes = one.file.stat().st_size / 1e6
    return [
        Row("stored", f"{one.size:,} cases: intake per mail", spread(one.takes, " ms", 2), "flat"),
        Row("stored", f"{one.size:,} cases: claim and record per mail sent", spread(one.sends, " ms", 2), "flat"),
        Row("stored", f"{one.size:,} cases: size of the database", f"{megabytes:,.0f} MB"),
    ]


async def _rebuild(one: _Stored) -> Row:
    async with open_town(one.settings) as town, town.database.writing() as connection:
        begin = time.perf_counter()
        count = await rebuild(connection, lambda *_: None)
        seconds = time.perf_counter() - begin
    return Row("stored", f"projections rebuilt from {one.size:,} cases' facts", f"{count / seconds:,.0f} cases/s")


def _report(one: _Stored, rounds: int) -> list[Row]:
    """Return how long the week's figures take, now and as they were known earlier, beside a plain SQL share."""
    calendar = calendar_of(one.settings)
    start, end = WEEK.start(calendar.zone), WEEK.end(calendar.zone)

    def figures(as_of: datetime) -> float:
        begin = time.perf_counter()
        data = asyncio.run(read_week(one.settings.database.url, start, end, as_of))
        report = weekly_report(WEEK, data, calendar, Rule.ONE_WORKING_DAY, as_of)
        if not report.arrivals:
            raise RuntimeError("nothing arrived in the week measured")
        return time.perf_counter() - begin

    times: dict[str, list[float]] = {"one share in plain SQL": [], "now": [], "as of that Tuesday": []}
    for turn in range(rounds + 1):
        found = (
            _plain_share(one.file, to_micros(start), to_micros(end)), figures(NOW), figures(end + timedelta(hours=31)),
        )  # fmt: skip
        for name, seconds in zip(times, found, strict=True):
            times[name] += [seconds] if turn else []  # the first only warms
    what = f"the week's report among {one.size:,} inquiries"
    return [
        Row("stored", f"{what}, {name}", spread(seconds, " s", 3), "" if "SQL" in name else "≤ 0.3 s")
        for name, seconds in times.items()
    ]


def _plain_share(file: Path, first: int, last: int) -> float:
    """Return the seconds that SQL alone takes for a share within 24 hours: the least a report can cost."""
    begin = time.perf_counter()
    connection = sqlite3.connect(file)
    within = "SELECT count(*), sum(answered_at - arrived_at <= 86400000000) FROM inquiries"
    connection.execute(f"{within} WHERE arrived_at >= ? AND arrived_at < ?", (first, last)).fetchone()
    connection.close()
    return time.perf_counter() - begin


def _commands(one: _Stored, rounds: int) -> list[Row]:
    """Return what `run_bot.py report` takes as a process alone."""
    times, peaks = [], []
    command = [sys.executable, "run_bot.py", "report", str(WEEK), "--config", str(one.file.parent / "service.toml")]
    for _ in range(rounds):
        begin = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=clean_environment()) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        times.append(time.perf_counter() - begin)
        peaks.append(used.ru_maxrss * 1024 / 1e6)
        if process.returncode:
            raise RuntimeError("run_bot.py report failed")
    return [
        Row("stored", "run_bot.py report, the whole process", spread(times, " s", 2)),
        Row("stored", "run_bot.py report, memory at its highest", spread(peaks, " MB")),
    ]
