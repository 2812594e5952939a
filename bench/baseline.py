"""Measure-only mode against a real Dovecot: a mailbox of 100 000 mails, from the first look to the figures."""

import os
import pwd
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.table import Row
from bot.baseline import fetch, measure, opened
from bot.calendar import Calendar, CalendarVersion
from bot.channels.imap_session import open_session
from bot.clock import Rule
from bot.mailbox import MailboxSettings
from measurement.baseline import Baseline, MailboxData, baseline, period_start
from tests.dovecot import PASSWORD, Dovecot, server

MAILS = 100_000
USER = "kontakt"
US = "kontakt@kommun.example"
OFFICE = CalendarVersion(
    valid_from=date(2020, 1, 1), decided_by="KS § 1", ordinary_day_minutes=510,
    week=(*[((480, 990),)] * 5, (), ()),
)  # fmt: skip
TAKEN = "Mon, 1 Jun 2026 10:00:00 +0200"
ON_THE_WAY = "".join(
    f"Received: from mx{hop}.example by mx{hop + 1}.example with ESMTPS id {'x' * 24};\r\n {TAKEN}\r\n"
    for hop in range(4)
) + f"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=one; b={'y' * 340}\r\n"  # fmt: skip


def measure_only(quick: bool) -> Sequence[Row]:
    """Return rates and memory of a first run and of a repeated one."""
    count = 2_000 if quick else MAILS
    as_of = datetime.now(UTC)
    with server() as dovecot, tempfile.TemporaryDirectory() as folder:
        if dovecot is None:
            return [Row("baseline", "no Dovecot on this machine", "")]
        fill(dovecot, count, as_of)
        return list(_measured(dovecot, count, as_of, Path(folder) / "baseline.db"))


def _measured(dovecot: Dovecot, count: int, as_of: datetime, path: Path) -> Sequence[Row]:
    before = _peak_mib()
    first, figures = _run(dovecot, path, as_of)
    peak = _peak_mib()
    again, _ = _run(dovecot, path, as_of)
    assert figures.received + figures.sent == count
    load = os.getloadavg()[0]
    return [
        Row("baseline", f"{count:,} mails fetched", f"{first[0]:.1f} s, {count / first[0]:,.0f} mails/s", "≤ 600 s"),
        Row("baseline", f"{count:,} mails threaded", f"{first[1]:.1f} s"),
        Row("baseline", f"figures of {figures.arrivals:,} contacts", f"{first[2]:.1f} s"),
        Row("baseline", "all of it", f"{sum(first):.1f} s", "≤ 600 s for 100,000"),
        Row("baseline", "a second run", f"{sum(again):.1f} s"),
        Row("baseline", "memory: peak (before)", f"{peak:.0f} MiB ({before:.0f})"),
        Row("baseline", "file", f"{path.stat().st_size / 2**20:.1f} MiB"),
        Row("baseline", "load of the machine at the end", f"{load:.1f} on {os.cpu_count()} cores"),
    ]


def _run(dovecot: Dovecot, path: Path, as_of: datetime) -> tuple[tuple[float, float, float], Baseline]:
    """Return the seconds of fetching, threading and figures, and the figures."""
    settings = MailboxSettings(
        id="bench",
        address=US,
        host="127.0.0.1",
        port=dovecot.port,
        tls="none",
        username=USER,
        password=lambda: PASSWORD,
    )
    calendar = Calendar([OFFICE])
    start = period_start(as_of, 12, calendar.zone)
    begun = time.perf_counter()
    with opened(path) as state:
        ended = fetch(partial(open_session, settings), state, since=start.date(), tell=_tell)
        assert ended.complete
        assert not ended.unread
        fetched = time.perf_counter()
        found = measure(state, own=[US], start=start, as_of=as_of)
    threaded = time.perf_counter()
    data = MailboxData(cases=found.cases, received=found.received, left_out=found.left_out, sent=found.sent)
    figures = baseline(data, calendar, Rule.ONE_WORKING_DAY, start, as_of)
    return (fetched - begun, threaded - fetched, time.perf_counter() - threaded), figures


def _tell(done: int, total: int) -> None:
    if not done % 20_000:
        print(f"{done:,} of {total:,}", file=sys.stderr, flush=True)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(dovecot: Dovecot, count: int, as_of: datetime) -> None:
    """Lay a year of mails into the Maildir: 60 of 100 received, 40 sent, of which nine of ten answer one of them."""
    chance = random.Random(7)
    root = dovecot.folder / "mail" / USER
    for folder in (root, root / ".Skickat"):
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
    received = count * 6 // 10
    for number in range(received):
        at = as_of - timedelta(seconds=chance.randrange(3600, 360 * 86400))
        _lay(root, number, at, f"p{number % 9000}@example.org", US, f"Fråga {number}", f"q{number}", "")
        if number < count - received:
            sent = min(at + timedelta(hours=chance.expovariate(1 / 20)), as_of)
            ties = f"In-Reply-To: <q{number}@x.example>\r\nReferences: <q{number}@x.example>\r\n" if number % 10 else ""
            to = f"p{number % 9000}@example.org"
            _lay(root / ".Skickat", number, sent, US, to, f"SV: Fråga {number}", f"a{number}", ties)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody")
        for path in (root, *root.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _lay(folder: Path, number: int, at: datetime, sender: str, to: str, subject: str, name: str, ties: str) -> None:
    """Write one mail; a Maildir keeps the time it was taken as the file's."""
    file = folder / "cur" / f"{at.timestamp():.0f}.{number}.bench:2,S"
    file.write_bytes(
        f"Return-Path: <{sender}>\r\n{ON_THE_WAY}From: Elsa Exempel <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: {TAKEN}\r\nMessage-ID: <{name}@x.example>\r\n{ties}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{'Hej! ' * 60}\r\n".encode()
    )
    os.utime(file, (at.timestamp(), at.timestamp()))


if __name__ == "__main__":
    from bench.table import print_table

    print_table(measure_only("--quick" in sys.argv))
