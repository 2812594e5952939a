"""What the figures cost: all of them made anew from many inquiries, kept up, and a week's charts read from the book.

By itself: ``python -m bench.figures`` (10⁶ inquiries), ``--many`` (10⁷), ``--quick`` (tiny).
"""

import argparse
import asyncio
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import text

from bench.filling import number_of
from bench.table import Row, print_table, spread
from bench.town import settings_in
from bench.work import workspace
from bot.app import open_database
from bot.calendar import Calendar
from bot.facts import to_micros
from bot.store.database import Database
from config.building import calendar_of, texts_of
from config.settings import Settings
from measurement.periods import Week, weeks_back
from measurement.registry import REGISTRY, definitions_hash
from measurement.rollup.book import values_as_of
from measurement.rollup.fill import Compute, Rollup, fill
from measurement.rollup.making import InquiryFigures, compute_here, compute_in_processes
from measurement.rollup.series import read_beside, series_of
from measurement.rollup.states import settling
from measurement.statistics.control import chart_of, kind_for

LAST = Week.parse("2026-W46")
WEEKS = 104
PROCESSES = 2
_SECOND = 1_000_000
_CHUNK = 100_000
_COLUMNS = (
    '"case", no, channel, kind, unit, arrived_at, messages, acknowledged_at, held_at, answered_at, answered_seq, '
    "unsure, revoked, excluded, changed_at, topic, language, first_held_at, again_at, next_at, outcome_at, promised, "
    "transferred, opened_at, touched_at"
)
_CHANNELS = ("mail", "mail", "mail", "telegram")
_KINDS = ("question", "question", "question", "viewpoint", "complaint", "fault", "proposal", "praise")
_UNITS = tuple(f"unit{n}" for n in range(12))
_TOPICS = tuple(f"topic{n}" for n in range(30))
_LANGUAGES = ("sv", "sv", "sv", "sv", "fi", "en")


def fill_inquiries(file: Path, count: int, first: datetime, last: datetime) -> None:
    """Write inquiries, spread evenly between two instants (UTC), into an empty database of the newest form."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-64000")
        named = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'inquiries' AND sql IS NOT NULL"
        )
        indexes = connection.execute(named).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        marks = ", ".join("?" * (_COLUMNS.count(",") + 1))
        connection.executemany(f"INSERT INTO inquiries ({_COLUMNS}) VALUES ({marks})", _rows(count, first, last))
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _rows(count: int, first: datetime, last: datetime) -> Iterator[tuple[object, ...]]:
    """Yield inquiries: most answered within two days, one in 200 never, one in 50 left out, one in 20 told to wait."""
    begin, step = to_micros(first), (last - first) / timedelta(microseconds=1) / count
    for at in range(0, count, _CHUNK):
        numbers = np.arange(at, min(at + _CHUNK, count), dtype=np.int64)
        chance = np.random.default_rng(at)
        arrived = begin + (numbers * step).astype(np.int64)
        waits = (chance.lognormal(9.5, 1.2, len(numbers)) * _SECOND).astype(np.int64)
        draws = chance.integers(0, 2**31, (5, len(numbers)))
        columns = (numbers.tolist(), arrived.tolist(), (arrived + waits).tolist(), *(one.tolist() for one in draws))
        for n, came, answered, a, b, c, d, e in zip(*columns, strict=True):
            is_answered, is_held = a % 200 != 0, b % 20 == 0
            held = came + 3_600 * _SECOND if is_held else None
            viewpoint = c % 8 >= 3
            yield (
                number_of(n), 1, _CHANNELS[c % 4], _KINDS[c % 8], _UNITS[d % 12], came, 1, came + _SECOND, held,
                answered if is_answered else None, n + 1 if is_answered else None, 0, 0,
                "spam" if b % 50 == 1 else None, answered if is_answered else came, _TOPICS[d % 30],
                _LANGUAGES[e % 6], held, answered + 3_600 * _SECOND if e % 9 == 0 and is_answered else None,
                answered + 86_400 * _SECOND if e % 11 == 0 and is_answered else None,
                answered + 5 * 86_400 * _SECOND if viewpoint and is_answered and e % 3 else None, "", int(e % 13 == 0),
                came, answered if is_answered else came,
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """A filled database and what counts in it."""

    settings: Settings
    calendar: Calendar
    size: int

    @property
    def url(self) -> str:
        return self.settings.database.url

    @property
    def now(self) -> datetime:
        """When the last week is reported: the Tuesday after it."""
        return LAST.end(self.calendar.zone) + timedelta(hours=31)


def figures(quick: bool) -> Sequence[Row]:
    """Measure at 10⁶ inquiries, or at few to see that it works."""
    return measure(20_000 if quick else 1_000_000, 1 if quick else 5)


def measure(size: int, rounds: int) -> Sequence[Row]:
    """Fill a SQLite database with inquiries of 104 weeks, and measure."""
    with workspace() as folder:
        town = _filled(folder, size)
        rows = [Row("figures", f"{size:,} inquiries of {WEEKS} weeks: the database", _megabytes(folder))]
        rows += asyncio.run(_rebuild(town))
        rows.append(asyncio.run(_upkeep(town, rounds)))
        return [*rows, *asyncio.run(_reading(town, rounds))]


def _filled(folder: Path, size: int) -> _Town:
    settings = settings_in(folder)
    calendar = calendar_of(settings)

    async def make() -> None:
        async with open_database(settings):
            pass

    asyncio.run(make())
    print(f"  filling {size:,} inquiries …", file=sys.stderr, flush=True)
    first = weeks_back(LAST, WEEKS)[0]
    fill_inquiries(folder / "kommunsvar.db", size, first.start(calendar.zone), LAST.end(calendar.zone))
    return _Town(settings=settings, calendar=calendar, size=size)


def _megabytes(folder: Path) -> str:
    return f"{(folder / 'kommunsvar.db').stat().st_size / 1e6:,.0f} MB"


def _rollup(town: _Town, database: Database, compute: Compute, at_once: int) -> Rollup:
    return Rollup(
        writing=database.writing, compute=compute, calendar=town.calendar, configured=town.settings.answers.rule,
        definitions=definitions_hash(), at_once=at_once,
    )  # fmt: skip


def _parts(town: _Town) -> list[InquiryFigures]:
    return [InquiryFigures(town.calendar, town.settings.answers.rule)]


async def _rebuild(town: _Town) -> list[Row]:
    """Make all figures from nothing, in two processes."""
    begin, used = time.perf_counter(), _processor()
    async with (
        open_database(town.settings) as database,
        compute_in_processes(town.url, _parts(town), PROCESSES) as compute,
    ):
        done = await fill(_rollup(town, database, compute, 2 * PROCESSES), town.now)
    # The processes have ended by now, so that what they used is counted.
    seconds, processor = time.perf_counter() - begin, _processor() - used
    if len(done) != WEEKS:
        raise RuntimeError(f"{len(done)} weeks were filled, not {WEEKS}")
    async with open_database(town.settings) as database, database.reading() as connection:
        kept = (await connection.execute(text("SELECT count(*) FROM weekly_values"))).scalar()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    what = f"all figures of {town.size:,} inquiries made anew, {PROCESSES} processes"
    return [
        Row("figures", what, f"{seconds:,.1f} s ({seconds / town.size * 1e6:.1f} µs each)", "10⁷ in ≤ 60 s"),
        Row("figures", "processor time of that, all processes", f"{processor:,.1f} s"),
        Row("figures", "values kept of them", f"{kept:,}"),
        Row("figures", "memory of the largest process", f"{peak * 1024 / 1e6:,.0f} MB", "≤ 400 MB"),
    ]


def _processor() -> float:
    """Return the processor seconds that this process and those that have ended used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def _upkeep(town: _Town, rounds: int) -> Row:
    """Fill again as the service does: the weeks that are not frozen, in this process."""
    each = list[float]()
    async with open_database(town.settings) as database:
        rollup = _rollup(town, database, compute_here(town.url, _parts(town)), 1)
        for turn in range(rounds + 1):
            begin = time.perf_counter()
            done = await fill(rollup, town.now + timedelta(minutes=turn))
            each.append((time.perf_counter() - begin) / (len(done) * town.size / WEEKS) * 1e6)
    return Row("figures", "upkeep of the weeks not frozen, per inquiry", spread(each[1:], " µs", 1), "≤ 50 µs")


async def _reading(town: _Town, rounds: int) -> list[Row]:
    """Read a week's figures, and every measure's chart over all weeks, from the book."""
    settles, texts = settling(town.calendar, town.settings.answers.rule), texts_of(town.settings)
    values, charts = list[float](), list[float]()
    for _ in range(rounds + 1):
        async with open_database(town.settings) as database, database.reading() as connection:
            begin = time.perf_counter()
            found = await values_as_of(connection, str(LAST))
            values.append(time.perf_counter() - begin)
            beside = await read_beside(connection, town.calendar, settles, texts)
            drawn = 0
            for key in sorted({(one.measure, one.slice) for one in found if one.slice in _SHOWN}):
                series = await series_of(connection, beside, REGISTRY[key[0]], key[1], LAST, WEEKS)
                drawn += len(chart_of(series, kind_for(series.unit)).judged) > 0
            charts.append(time.perf_counter() - begin)
    what = f"a week's {len(found):,} figures among {town.size:,} inquiries, from the book"
    return [
        Row("figures", what, spread(values[1:], " s", 3)),
        Row("figures", f"with {drawn} charts over {WEEKS} weeks", spread(charts[1:], " s", 3), "≤ 1 s"),
    ]


_SHOWN = ("", "channel:mail", "channel:telegram")


def main() -> None:
    """Run this bench alone, at a size of one's choice."""
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("--many", action="store_true", help="10⁷ inquiries")
    parser.add_argument("--quick", action="store_true", help="few")
    arguments = parser.parse_args()
    print_table(measure(10_000_000, 3) if arguments.many else figures(arguments.quick))


if __name__ == "__main__":
    main()
