"""What a week's report costs: figures, charts, PDF, Excel and mail, in a process of its own as the service does it.

By itself: ``python -m bench.report`` (10⁶ inquiries), ``--quick`` (few).
"""

import argparse
import asyncio
import gc
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from bench.figures import LAST, PROCESSES, WEEKS, fill_inquiries
from bench.table import Row, print_table, spread
from bench.town import settings_in
from bench.work import workspace
from bot.app import open_database
from bot.calendar import Calendar
from bot.report_letters import ReportLetter
from commands.figure_parts import figure_parts, report_basis
from commands.report_letter import Order, in_a_process, make_letter
from config.building import calendar_of, texts_of
from config.settings import Settings
from measurement.periods import weeks_back
from measurement.registry import definitions_hash
from measurement.rollup.fill import Rollup, fill
from measurement.rollup.making import compute_in_processes


def report(quick: bool) -> Sequence[Row]:
    """Measure at 10⁶ inquiries, or at few to see that it works."""
    size = 20_000 if quick else 1_000_000
    with workspace() as folder:
        settings = settings_in(folder)
        calendar = calendar_of(settings)
        now = LAST.end(calendar.zone) + timedelta(hours=31)
        asyncio.run(_filled(folder, settings, calendar, size, now))
        seconds, (busy, peak), letter = asyncio.run(_making(settings, calendar, now, 1 if quick else 5))
    what = f"a week's report among {size:,} inquiries: its process, figures, charts, PDF, Excel, mail"
    return [
        Row("report", what, spread(seconds, " s", 2), "≤ 3 s"),
        Row("report", "of which a processor was busy", f"{busy:.2f} s"),
        Row("report", "memory of that process", f"{peak * 1024 / 1e6:,.0f} MB", "≤ 400 MB"),
        Row("report", "all files of a mail", f"{sum(len(one.content) for one in letter.files) / 1e3:,.0f} kB"),
    ]


async def _filled(folder: Path, settings: Settings, calendar: Calendar, size: int, now: datetime) -> None:
    """Make the book of 104 weeks in processes of their own."""
    async with open_database(settings):
        pass
    print(f"  filling {size:,} inquiries …", file=sys.stderr, flush=True)
    first = weeks_back(LAST, WEEKS)[0].start(calendar.zone)
    fill_inquiries(folder / "kommunsvar.db", size, first, LAST.end(calendar.zone))
    url, parts = settings.database.url, figure_parts(settings, calendar)
    async with open_database(settings) as database, compute_in_processes(url, parts, PROCESSES) as compute:
        book = Rollup(
            writing=database.writing, compute=compute, calendar=calendar, configured=settings.answers.rule,
            definitions=definitions_hash(), at_once=2 * PROCESSES,
        )  # fmt: skip
        await fill(book, now)


async def _making(
    settings: Settings, calendar: Calendar, now: datetime, rounds: int
) -> tuple[list[float], tuple[float, int], ReportLetter]:
    """Make the report several times, and return the seconds, what `_used` gives, and the letter."""
    order = Order(
        url=settings.database.url, basis=report_basis(settings, calendar, ()), week=LAST, instant=now,
        texts=texts_of(settings),
    )  # fmt: skip
    seconds = list[float]()
    letter = await in_a_process(order)
    for _ in range(rounds):
        begin = time.perf_counter()
        letter = await in_a_process(order)
        seconds.append(time.perf_counter() - begin)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=gc.disable) as pool:
        used = await asyncio.get_running_loop().run_in_executor(pool, _used, order)
    return seconds, used, letter


def _used(order: Order) -> tuple[float, int]:
    """Return the seconds of processor and the most kilobytes of a process that makes the report."""
    make_letter(order)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def main() -> None:
    """Run this bench alone."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few")
    print_table(report(parser.parse_args().quick))


if __name__ == "__main__":
    main()
