"""The path of a mail: durable acceptance, intake beside django-helpdesk, the clock, start and rest."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.mails import make_mails
from bench.table import Row, spread
from bench.town import open_town, raws_of, settings_in, write_settings
from bench.work import ROOT, Child, cpu_seconds, memory_mb, probe_disk, workspace
from config.building import calendar_of

SENDERS = 64
HELPDESK = ("django-helpdesk==2.6.1", "Django==5.2.*")


def accept(quick: bool) -> Sequence[Row]:
    """Accept mails over SMTP by 64 kept senders: plain aiosmtpd, ours at rest behind the inbox, the whole service."""
    count, rounds = (300, 1) if quick else (3_000, 5)
    rates: dict[str, list[float]] = {"plain": [], "resting": [], "whole": []}
    probes: list[float] = []
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
    ]


def intake(quick: bool, *, beside: bool = True) -> Sequence[Row]:
    """Take in stored mails: case, message, acknowledgement and two notices queued; beside django-helpdesk's intake."""
    count, rounds = (100, 1) if quick else (1_000, 5)
    theirs_count = 5 if quick else 60
    ours: list[float] = []
    theirs: list[float] = []
    with workspace() as folder:
        helpdesk = _helpdesk(folder, theirs_count * rounds) if beside and not quick else None
        try:
            for number in range(rounds):
                ours.append(asyncio.run(_take_in(folder / str(number), count)))
                if helpdesk is not None:
                    told = helpdesk.ask(take=theirs_count)
                    theirs.append(theirs_count / told["seconds"])
        finally:
            if helpdesk is not None:
                helpdesk.close()
    rows = [Row("intake", "ours, mails/s", spread(ours))]
    if theirs:
        ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
        rows.append(Row("intake", "django-helpdesk 2.6.1, mails/s", spread(theirs)))
        rows.append(Row("intake", "ours / django-helpdesk", spread(ratios, digits=1), "≥ 10"))
    elif beside and not quick:
        rows.append(Row("intake", "django-helpdesk COULD NOT BE INSTALLED: no baseline", "-", "≥ 10"))
    return rows


async def _take_in(folder: Path, count: int) -> float:
    async with open_town(settings_in(folder)) as town:
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
    """Open time of 100 000 unsorted pairs of instants over four years."""
    count = 5_000 if quick else 100_000
    with workspace() as folder:
        calendar = calendar_of(settings_in(folder))
    chance = np.random.default_rng(1)
    first = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    starts = first + chance.integers(0, 4 * 365 * 86_400_000_000, count)
    ends = starts + chance.exponential(8 * 3_600e6, count).astype(np.int64)
    calendar.open_micros(starts, ends)
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        calendar.open_micros(starts, ends)
        times.append((time.perf_counter() - begin) * 1000)
    return [Row("clock", f"open time of {count:,} pairs", spread(times, " ms", 1), "≤ 30 ms for 100,000")]


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
                    stderr=subprocess.DEVNULL, cwd=ROOT,
                )  # fmt: skip
                assert process.stdout is not None
                process.stdout.readline()
                times.append(time.perf_counter() - begin)
                if times is again:
                    used = cpu_seconds(process.pid)
                    time.sleep(rest)
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
