"""The path of a mail: durable acceptance, intake beside django-helpdesk, the clock, start and rest."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import numpy as np

from bench.mails import make_mails
from bench.table import Row, spread
from bench.town import open_town, raws_of, settings_in, write_settings
from bench.work import ROOT, Child, clean_environment, cpu_seconds, memory_mb, probe_disk, workspace
from bot.calendar import Calendar, Micros
from bot.facts import to_micros
from config.building import calendar_of
from tests.postgres import Server, server

SENDERS = 64
HELPDESK = ("django-helpdesk==2.6.1", "Django==5.2.*")


def accept(quick: bool) -> Sequence[Row]:
    """Accept mails over SMTP by 64 kept senders: plain aiosmtpd, ours at rest behind the inbox, the whole service."""
    count, rounds = (300, 1) if quick else (3_000, 5)
    rates: dict[str, list[float]] = {"plain": [], "resting": [], "whole": []}
    probes: list[float] = []
    leaving: list[float] = []
    with workspace() as folder, Child.of_module("bench.smtp_client", str(count), log=folder / "client") as client:
        client.hear()
        with Child.of_module("bench.smtp_servers", "relay", str(folder), log=folder / "relay") as relay:
            port = relay.hear()["port"]
            for number in range(rounds):
                probes.append(probe_disk(folder))
                for kind in rates:
                    place = folder / f"{kind}{number}"
                    place.mkdir()
                    arguments = [kind, str(place), str(port)]
                    with Child.of_module("bench.smtp_servers", *arguments, log=folder / kind) as server:
                        told = client.ask(port=server.hear()["port"], senders=SENDERS)
                        if kind == "whole":
                            leaving.append(_leaving(server, 1.0 if quick else 5.0))
                    if told["accepted"] != count:
                        raise RuntimeError(f"{kind} took {told['accepted']} of {count}")
                    rates[kind].append(count / told["seconds"])
                probes.append(probe_disk(folder))
    ratios = {
        kind: [ours / plain for ours, plain in zip(rates[kind], rates["plain"], strict=True)]
        for kind in ("resting", "whole")
    }
    return [
        Row("accept", "disk probe, fdatasync of 4 kB a second", spread(probes)),
        Row("accept", "aiosmtpd that discards, mails/s", spread(rates["plain"])),
        Row("accept", "ours, durable, mails/s", spread(rates["resting"])),
        Row("accept", "ours / aiosmtpd", spread(ratios["resting"], digits=2), "≥ 0.60 fast disk, ≥ 0.40 slow"),
        Row("accept", "whole service, intake and outbox at work, mails/s", spread(rates["whole"])),
        Row("accept", "whole service / aiosmtpd", spread(ratios["whole"], digits=2)),
        Row("accept", "then sent out through a relay, mails/s", spread(leaving)),
    ]


def _leaving(server: Child, seconds: float) -> float:
    """Return how many mails a second leave once everything is taken in; 0 if all had left before."""
    patience = time.monotonic() + 60
    while (before := server.ask())["unread"] and time.monotonic() < patience:
        time.sleep(0.05)  # between two looks at another process, within the patience
    begin = time.monotonic()
    after = before
    while after["leaving"] and time.monotonic() - begin < seconds:
        time.sleep(0.05)  # likewise
        after = server.ask()
    sent: int = before["leaving"] - after["leaving"]
    return sent / max(time.monotonic() - begin, 0.001)


def intake(quick: bool, *, beside: bool = True) -> Sequence[Row]:
    """Take in stored mails: case, message, acknowledgement and two notices queued; beside django-helpdesk's intake."""
    beside = beside and not quick
    count, theirs_count, rounds = (100, 5, 1) if quick else (3_000, 120, 5)
    ours, theirs, on_postgres = list[float](), list[float](), list[float]()
    with ExitStack() as stack:
        folder = stack.enter_context(workspace())
        helpdesk = _helpdesk(folder, theirs_count * rounds) if beside else None
        if helpdesk is not None:
            stack.callback(helpdesk.close)
        postgres = stack.enter_context(server()) if beside else None
        for number in range(rounds):
            ours.append(asyncio.run(_take_in(folder / f"s{number}", count, "")))
            if helpdesk is not None:
                theirs.append(theirs_count / helpdesk.ask(take=theirs_count)["seconds"])
            if postgres is not None:
                url = asyncio.run(_new_database(postgres, f"bench{number}"))
                on_postgres.append(asyncio.run(_take_in(folder / f"p{number}", count, url)))
    return _intake_rows(ours, on_postgres, theirs) if beside else [Row("intake", "ours, mails/s", spread(ours))]


def _intake_rows(ours: list[float], on_postgres: list[float], theirs: list[float]) -> list[Row]:
    """Return the rows; what could not be measured says so."""
    postgres = spread(on_postgres) if on_postgres else "NO POSTGRESQL FOUND"
    helpdesk = spread(theirs) if theirs else "COULD NOT BE INSTALLED: no baseline"
    ratios = [one / other for one, other in zip(ours, theirs, strict=False)]
    return [
        Row("intake", "ours, mails/s", spread(ours)),
        Row("intake", "ours on PostgreSQL, mails/s", postgres),
        Row("intake", "django-helpdesk 2.6.1, mails/s", helpdesk),
        Row("intake", "ours / django-helpdesk", spread(ratios, digits=1) if ratios else "-", "≥ 10"),
    ]


async def _new_database(postgres: Server, name: str) -> str:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return postgres.url(name)


async def _take_in(folder: Path, count: int, url: str) -> float:
    async with open_town(settings_in(folder, url=url)) as town:
        await town.keep(raws_of(make_mails(count)))
        start = time.perf_counter()
        taken = await town.take_all()
        seconds = time.perf_counter() - start
    if taken != count:
        raise RuntimeError(f"took in {taken} of {count}")
    return count / seconds


def _helpdesk(folder: Path, count: int) -> Child | None:
    """Return django-helpdesk in a throw-away environment, ready to take mails; None if it cannot be installed."""
    environment = folder / "helpdesk-venv"
    python = environment / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=120)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *HELPDESK],
            check=True, timeout=500, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError):
        return None
    place = folder / "helpdesk"
    place.mkdir()
    mails = folder / "mails.json"
    mails.write_text(json.dumps([mail.decode("utf-8", "surrogateescape") for mail in make_mails(count)]))
    child = Child([str(python), str(ROOT / "bench" / "helpdesk_side.py"), str(place), str(mails)], folder / "hd.log")
    child.hear()
    return child


def clock(quick: bool) -> Sequence[Row]:
    """Open time of 100 000 unsorted pairs of instants over four years, beside a plain loop from day to day."""
    count = 5_000 if quick else 100_000
    with workspace() as folder:
        calendar = calendar_of(settings_in(folder))
    chance = np.random.default_rng(1)
    first = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    starts = first + chance.integers(0, 4 * 365 * 86_400_000_000, count)
    ends = starts + chance.exponential(8 * 3_600e6, count).astype(np.int64)
    ours, loop = [], []
    for turn in range(8):
        begin = time.perf_counter()
        found = calendar.open_micros(starts, ends)
        middle = time.perf_counter()
        if turn % 2:  # the loop is slow; every other round of it is enough
            if _day_by_day(calendar, starts, ends) != found.tolist():
                raise RuntimeError("the plain loop counts otherwise")
            loop.append((time.perf_counter() - middle) * 1000)
        if turn:  # the first builds the table
            ours.append((middle - begin) * 1000)
    return [
        Row("clock", f"open time of {count:,} pairs", spread(ours, " ms", 1), "≤ 30 ms for 100,000"),
        Row("clock", "the same by a plain loop from day to day", spread(loop, " ms")),
    ]


def _day_by_day(calendar: Calendar, starts: Micros, ends: Micros) -> list[int]:
    """Return the open time of each pair as one would write it first: the overlaps of all days between, added up."""
    day = 86_400_000_000
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in calendar.segments(datetime(2023, 12, 1, tzinfo=UTC), datetime(2028, 12, 1, tzinfo=UTC)):
        begin, end = to_micros(one.start), to_micros(one.end)
        spans.setdefault(begin // day, []).append((begin, end))
    return [
        sum(
            max(0, min(end, shut) - max(start, opened))
            for at in range(start // day - 1, end // day + 1)
            for opened, shut in spans.get(at, ())
        )
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def start(quick: bool) -> Sequence[Row]:
    """From starting the process to its word that it is ready, on a fresh and on an existing database; then at rest."""
    rounds, rest = (1, 1.0) if quick else (5, 10.0)
    fresh: list[float] = []
    again: list[float] = []
    memory: list[float] = []
    idle: list[float] = []
    with workspace() as folder:
        for number in range(rounds):
            place = folder / str(number)
            place.mkdir()
            config = write_settings(place)
            for times in (fresh, again):
                begin = time.perf_counter()
                process = subprocess.Popen(
                    [sys.executable, "run_bot.py", "run", "--config", str(config)], stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, cwd=ROOT, env=clean_environment(),
                )  # fmt: skip
                assert process.stdout is not None
                process.stdout.readline()
                times.append(time.perf_counter() - begin)
                if times is again:
                    used = cpu_seconds(process.pid)
                    time.sleep(rest)  # what it uses at rest is what is measured
                    memory.append(memory_mb(process.pid))
                    idle.append((cpu_seconds(process.pid) - used) / rest * 100)
                process.terminate()
                process.wait(timeout=15)
                process.stdout.close()
    return [
        Row("start", "to ready, fresh database", spread(fresh, " s", 2), "≤ 1.5 s"),
        Row("start", "to ready, existing database", spread(again, " s", 2), "≤ 1.5 s"),
        Row("start", "memory at rest", spread(memory, " MB"), "≤ 130 MB"),
        Row("start", "processor at rest, of one core", spread(idle, " %", 2)),
    ]
