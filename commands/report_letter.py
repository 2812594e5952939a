"""A week's report made into what is sent of it, in a process of its own.

What reckons, draws and sets type takes a second or two, and memory that the service would not get back.
"""

import asyncio
import gc
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.port import Attachment
from bot.report_letters import ReportLetter
from config.texts import Texts

if TYPE_CHECKING:
    from measurement.periods import Week
    from measurement.report.assemble import Basis
    from measurement.report.files import ReportFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which report is to be made: of which week, as told at which instant (UTC), out of which database."""

    url: str
    basis: "Basis"
    week: "Week"
    instant: datetime
    texts: Texts


def make_letter(order: Order) -> ReportLetter:
    """Return the report as it is sent; not to be called where an event loop runs."""
    from measurement.report.assemble import report_of
    from measurement.report.files import files_of
    from measurement.tables import reading

    async def read() -> ReportLetter:
        async with reading(order.url) as connection:
            report = await report_of(connection, order.basis, order.week, order.instant, order.texts)
        return letter_of(files_of(report, order.texts))

    return asyncio.run(read())


def letter_of(files: "ReportFiles") -> ReportLetter:
    """Return what is sent of a report: the page with its pictures, PDF and Excel; in a chat the chart and the PDF."""
    from measurement.report.files import PDF, PNG, XLSX

    pdf = Attachment(name=f"{files.stem}.pdf", media_type=PDF, content=files.pdf)
    sheet = Attachment(name=f"{files.stem}.xlsx", media_type=XLSX, content=files.xlsx)
    pictures = tuple(
        Attachment(name=f"{files.stem}-{at}.png", media_type=PNG, content=one.png, cid=one.cid)
        for at, one in enumerate(files.mail.pictures, start=1)
    )
    chart = [Attachment(name=f"{files.stem}.png", media_type=PNG, content=files.picture)] if files.picture else []
    return ReportLetter(
        subject=files.mail.subject, text=files.mail.text, html=files.mail.html, files=(*pictures, pdf, sheet),
        words=files.chat, chat_files=(*chart, pdf),
    )  # fmt: skip


async def in_a_process(order: Order) -> ReportLetter:
    """Return what `make_letter` makes in a process of its own, which ends after."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # It ends at once, so it need not look for garbage: that costs a tenth of it.
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=gc.disable)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, make_letter, order)
    finally:
        # Not waited for: the service goes on, and at a stop it is over in a second or two.
        pool.shutdown(wait=False, cancel_futures=True)


async def in_a_thread(order: Order) -> ReportLetter:
    """Return the same, made in this process."""
    return await asyncio.to_thread(make_letter, order)
