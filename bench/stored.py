"""What it costs when much is stored: a mail at 10⁴, 10⁵ and 10⁶ cases, the week's report, the rebuild."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.mails import MONDAY, make_mail, message_id_of
from bench.table import Row, spread
from bench.town import open_town, raws_of, settings_in
from bench.work import workspace
from bot.case import ALPHABET, check_sign
from bot.clock import Rule
from bot.facts import to_micros
from bot.store.projections import rebuild
from config.building import calendar_of
from config.settings import Settings
from measurement.periods import Week
from measurement.source import read_week
from measurement.weekly import weekly_report

DAY = 86_400_000_000
_KEYS = {"facts": "seq", "messages": "id", "outbox": "id", "addresses": "id", "inbox": "id"}
YEAR_BEFORE = to_micros(MONDAY) - 364 * DAY


def stored(quick: bool) -> Sequence[Row]:
    """Fill one SQLite database step by step and measure at each size."""
    sizes = [200, 1_000] if quick else [10_000, 100_000, 1_000_000]
    mails = 20 if quick else 200
    rows: list[Row] = []
    with workspace() as folder:
        settings = settings_in(folder)
        file = folder / "kommunsvar.db"
        filled = 0
        for size in sizes:
            asyncio.run(_open_and_close(settings))
            _fill(file, filled, size)
            filled = size
            rows += asyncio.run(_cost(settings, file, size, mails))
            if size in {1_000, 100_000}:
                rows.append(asyncio.run(_rebuild(settings, size)))
        rows += asyncio.run(_report(settings, sizes[-1], 2 if quick else 7))
    return rows


async def _open_and_close(settings: Settings) -> None:
    async with open_town(settings):
        pass


async def _cost(settings: Settings, file: Path, size: int, mails: int) -> list[Row]:
    """Return what taking in and sending cost per mail: half the mails are new, half go on with a stored case."""
    takes: list[float] = []
    sends: list[float] = []
    async with open_town(settings) as town:
        for turn in range(5):
            await town.keep(
                raws_of([_mail(size, turn, number) for number in range(mails)], first=(size + 1) * 10**6 + turn * 10**5)
            )
            begin = time.perf_counter()
            taken = await town.take_all()
            takes.append((time.perf_counter() - begin) / mails * 1000)
            begin = time.perf_counter()
            sent = await town.deliver_all()
            sends.append((time.perf_counter() - begin) / max(sent, 1) * 1000)
            if taken != mails:
                raise RuntimeError(f"took in {taken} of {mails}")
    megabytes = file.stat().st_size / 1e6  # noqa: ASYNC240 -- a bench waits for nobody
    return [
        Row("stored", f"{size:,} cases: intake per mail", spread(takes, " ms", 2), "flat"),
        Row("stored", f"{size:,} cases: claim and record per mail sent", spread(sends, " ms", 2), "flat"),
        Row("stored", f"{size:,} cases: size of the database", f"{megabytes:,.0f} MB"),
    ]


def _mail(size: int, turn: int, number: int) -> bytes:
    own = size * 100 + turn * 10_000 + number + 10**9
    if number % 2:
        return make_mail(own)
    old = (number * 7919 + turn * 104_729) % size
    return make_mail(own, sender=_person(old), in_reply_to=message_id_of(old))


async def _rebuild(settings: Settings, size: int) -> Row:
    async with open_town(settings) as town, town.database.writing() as connection:
        begin = time.perf_counter()
        count = await rebuild(connection, lambda *_: None)
        seconds = time.perf_counter() - begin
    return Row("stored", f"projections rebuilt from {size:,} cases' facts", f"{count / seconds:,.0f} cases/s")


async def _report(settings: Settings, size: int, rounds: int) -> list[Row]:
    """Return how long the week's figures take, now and as they were known earlier."""
    calendar = calendar_of(settings)
    week = Week.parse("2026-W20")
    rows = []
    ends = week.end(calendar.zone)
    for name, as_of in (("now", datetime(2026, 12, 1, tzinfo=UTC)), ("as of that Tuesday", ends + timedelta(hours=31))):
        times = []
        for _ in range(rounds + 1):
            begin = time.perf_counter()
            data = await read_week(settings.database.url, week.start(calendar.zone), ends, as_of)
            weekly_report(week, data, calendar, Rule.ONE_WORKING_DAY, as_of)
            times.append(time.perf_counter() - begin)
        rows.append(
            Row("stored", f"the week's report among {size:,} inquiries, {name}", spread(times[1:], " s", 3), "≤ 0.3 s")
        )
    return rows


def _person(number: int) -> str:
    return f"stored{number}@example.org"


def _number(at: int) -> str:
    signs = ""
    for _ in range(6):
        at, sign = divmod(at, len(ALPHABET))
        signs = ALPHABET[sign] + signs
    return f"K-{signs}-{check_sign(signs)}"


def _fill(file: Path, first: int, last: int) -> None:
    """Add cases that look like real ones: a message, an acknowledgement and an answer each, spread over a year."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        # Counted from what is there: the mails measured at a smaller size have taken numbers too.
        base = {
            table: connection.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0]
            for table, key in (
                ("facts", "seq"),
                ("messages", "id"),
                ("outbox", "id"),
                ("addresses", "id"),
                ("inbox", "id"),
            )
        }
        for table, columns, rows in _tables(first, last, base):
            marks = ", ".join("?" * len(columns.split(",")))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        connection.execute("ANALYZE")
    connection.close()


def _tables(first: int, last: int, base: dict[str, int]) -> Iterator[tuple[str, str, Iterator[tuple[object, ...]]]]:
    span = range(first, last)
    at = [YEAR_BEFORE + (number * 7_919 % last) * 364 * DAY // last for number in span]
    said = "En vanlig fråga om en gatlykta som inte lyser. " * 12
    recorded = max(at)
    received = '{"authentic":"pass","channel":"mail","kind":"question","message":1,"unit":"kontaktcenter"}'

    def facts() -> Iterator[tuple[object, ...]]:
        seq = base["facts"]
        for place, number in enumerate(span):
            for kind, later, actor, source, data in (
                ("received", 0, "person", f"mail:stored{number}", received),
                ("acknowledged", 2_000_000, "system", f"outbox:stored{number}", '{"outbox":1}'),
                (
                    "answered",
                    3_600_000_000 * (1 + number % 40),
                    "officer:anna",
                    f"answer:stored{number}",
                    '{"outbox":2}',
                ),
            ):
                seq += 1
                when = at[place] + later
                yield seq, _number(number), 1, kind, when, min(when, recorded), actor, source, data

    numbered = list(enumerate(span, start=1))
    yield "facts", '"seq", "case", inquiry, kind, occurred_at, recorded_at, actor, source, data', facts()
    yield (
        "cases",
        "number, channel, kind, unit, state, opened_at, changed_at",
        ((_number(n), "mail", "question", "kontaktcenter", "open", at[i - 1], at[i - 1]) for i, n in numbered),
    )
    yield "inquiries", (
        '"case", no, channel, kind, unit, arrived_at, messages, acknowledged_at, answered_at, answered_seq, changed_at'
    ), (
        (_number(n), 1, "mail", "question", "kontaktcenter", at[i - 1], 1, at[i - 1] + 2_000_000,
         at[i - 1] + 3_600_000_000 * (1 + n % 40), base["facts"] + 3 * i, at[i - 1] + 3_600_000_000 * (1 + n % 40))
        for i, n in numbered
    )  # fmt: skip
    yield "persons", "id, created_at", ((base["addresses"] + i, at[i - 1]) for i, _ in numbered)
    yield (
        "addresses",
        "id, person, channel, address",
        ((base["addresses"] + i, base["addresses"] + i, "mail", _person(n)) for i, n in numbered),
    )
    yield "participants", '"case", address', ((_number(n), base["addresses"] + i) for i, n in numbered)
    yield (
        "messages",
        'id, "case", direction, address, message_id, subject, text, digest, created_at',
        (
            (
                base["messages"] + i,
                _number(n),
                "in",
                base["addresses"] + i,
                message_id_of(n),
                "Gatlykta",
                said,
                f"d{n}",
                at[i - 1],
            )
            for i, n in numbered
        ),
    )
    yield "outbox", (
        'id, kind, state, "case", inquiry, to_addr, from_addr, subject, text, message_id, created_at, due_at, sent_at'
    ), (
        (base["outbox"] + i, "acknowledgement", "sent", _number(n), 1, _person(n), "kontakt@kommun.example",
         "Re: Gatlykta", said, f"stored{n}@kommun.example", at[i - 1], at[i - 1], at[i - 1])
        for i, n in numbered
    )  # fmt: skip
    yield (
        "inbox",
        "id, channel, external_id, arrived_at, size, state, outcome",
        ((base["inbox"] + i, "mail", f"stored{n}", at[i - 1], 700, "done", _number(n)) for i, n in numbered),
    )
    yield "originals", "inbox, content", ((base["inbox"] + i, said.encode()) for i, _ in numbered)
