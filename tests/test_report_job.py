"""The week's report from facts to the lead's mailbox: when it is due, once, and never a wrong picture."""

import io
import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from sqlalchemy import select

from bot.errors import TryLater
from bot.report_letters import ReportLetter
from bot.store.rows import MailKind
from bot.store.schema import enclosures, outbox
from commands.report_letter import Order, in_a_process, in_a_thread
from measurement.rollup.states import State
from tests.conftest import FrozenClock
from tests.report_scene import LEAD, TUESDAY, WEEK, Relay, Scene, fill_weeks, playing, settings_of, until
from tests.rollup_book import local

pytestmark = pytest.mark.asyncio

NOBODY = 9
"""A port where no relay listens."""


def _parts(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in mail.walk()}


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\N{NO-BREAK SPACE}", " ")


async def _queued(scene: Scene, kind: MailKind = MailKind.REPORT) -> list[tuple[str, str]]:
    async with scene.service.database.reading() as connection:
        rows = await connection.execute(select(outbox).where(outbox.c.kind == kind.value).order_by(outbox.c.id))
        return [(row.to_addr, row.text) for row in rows]


async def test_on_tuesday_at_seven_the_lead_has_the_report_in_the_mailbox(tmp_path: Path, clock: FrozenClock) -> None:
    relay = Relay()
    async with relay.open() as port:
        settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", port)
        async with playing(settings, clock) as scene:
            await fill_weeks(scene, 1)
            assert await scene.at(TUESDAY - timedelta(minutes=1)) == 0
            assert await scene.at(TUESDAY + timedelta(seconds=20)) == 1
            assert await scene.at(TUESDAY + timedelta(minutes=5)) == 0
            (mail,) = await until(lambda: relay.to(LEAD))
            assert (await scene.standing()).reported_at == TUESDAY
    assert mail["Subject"].endswith("Vecka 47, 2026: tillgänglighet och bemötande")
    assert mail["Auto-Submitted"] == "auto-generated"
    # 6 came in, 5 were answered within the hour and one never: 5 of 6, too few for per cent.
    assert "5 av 6 kontakter fick svar inom en arbetsdag." in _plain(mail)
    page = mail.get_body(("html",))
    assert page is not None
    html = str(page.get_content())
    cids = re.findall(r'src="cid:([^"]+)"', html)
    inline = {part["Content-ID"].strip("<>"): part for part in mail.walk() if part["Content-ID"]}
    assert cids == list(inline)
    assert all(part.get_content().startswith(b"\x89PNG") for part in inline.values())
    without = re.sub(r"<img[^>]*>", "", html)
    assert "5 av 6" in without
    pdf, sheet = (_parts(mail)[kind] for kind in ("application/pdf", _XLSX))
    assert pdf.get_filename() == "kommunsvar-2026-W47.pdf"
    with pikepdf.open(io.BytesIO(pdf.get_content())) as read:
        assert str(read.Root.Lang) == "sv-SE" or str(read.Root.Lang) == "sv"
    assert openpyxl.load_workbook(io.BytesIO(sheet.get_content())).sheetnames[0] == "2026-W47"


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def test_the_same_instant_gives_the_same_bytes_a_year_later(tmp_path: Path, clock: FrozenClock) -> None:
    """Also when the week has been frozen since, surveys have come in, and a process of its own makes it."""
    made: list[ReportLetter] = []
    orders: list[Order] = []

    async def keep(order: Order) -> ReportLetter:
        orders.append(order)
        made.append(await in_a_thread(order))
        return made[-1]

    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock, keep) as scene:
        await fill_weeks(scene, 3)
        await scene.rate([5, 5, 5, 4, 2, 1])
        assert await scene.at(TUESDAY) == 1
        await scene.rate([1] * 20)
        await scene.at(TUESDAY + timedelta(days=20))
        assert (await scene.standing()).state is State.FROZEN
        again = await in_a_process(orders[0])
    assert again == made[0]
    assert "4 av 6" in made[0].text


async def test_missed_weeks_follow_each_once_and_old_ones_never(tmp_path: Path, clock: FrozenClock) -> None:
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 5, last=WEEK.next().next())
        assert await scene.at(TUESDAY) == 1
        # The service was away for two weeks: both reports follow, the oldest first.
        assert await scene.at(TUESDAY + timedelta(days=15)) == 2
        assert await scene.at(TUESDAY + timedelta(days=15, minutes=1)) == 0
        texts = [text.splitlines()[1] for _, text in await _queued(scene)]
    assert [text[:8] for text in texts] == ["Vecka 47", "Vecka 48", "Vecka 49"]


async def test_a_closed_tuesday_moves_the_report_to_the_first_open_morning(tmp_path: Path, clock: FrozenClock) -> None:
    """Week 52 of 2026 ends on 27 December; Monday to Wednesday are open, New Year's Eve is closed, as is 1 January."""
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 1, last=WEEK)
        await scene.at(local("12-28 07:00"))
        assert await scene.at(local("12-29 06:59")) == 0
        assert await scene.at(local("12-29 07:00")) == 1


async def test_the_relay_is_down_on_the_morning_and_the_report_arrives_when_it_is_back(
    tmp_path: Path, clock: FrozenClock
) -> None:
    relay = Relay()
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 2)
        assert await scene.at(TUESDAY) == 1
        await scene.service.outbox.deliver_due()
    async with relay.open() as port:
        settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", port)
        clock.forward(minutes=40)
        async with playing(settings, clock) as scene:
            (mail,) = await until(lambda: relay.to(LEAD))
            assert await scene.job.round() == 0
    assert "Vecka 47" in mail["Subject"]


async def test_a_week_that_cannot_be_told_is_not_sent_and_the_administrator_hears_it_once(
    tmp_path: Path, clock: FrozenClock
) -> None:
    broken = True

    async def make(order: Order) -> ReportLetter:
        if broken:
            raise ZeroDivisionError
        return await in_a_thread(order)

    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock, make) as scene:
        await fill_weeks(scene, 2)
        for minutes in (0, 1, 31, 62):
            assert await scene.at(TUESDAY + timedelta(minutes=minutes)) == 0
        assert await _queued(scene) == []
        ((_, told),) = await _queued(scene, MailKind.RECEIPT)
        assert "Ingen rapport har skickats" in told
        assert (await scene.standing()).reported_at is None
        broken = False
        assert await scene.at(TUESDAY + timedelta(minutes=100)) == 1


async def test_the_database_away_is_tried_again_and_nobody_is_told(tmp_path: Path, clock: FrozenClock) -> None:
    away = True

    async def make(order: Order) -> ReportLetter:
        if away:
            raise TryLater("database")
        return await in_a_thread(order)

    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY)
    async with playing(settings, clock, make) as scene:
        await fill_weeks(scene, 2)
        with pytest.raises(TryLater):
            await scene.at(TUESDAY)
        away = False
        assert await scene.at(TUESDAY + timedelta(minutes=1)) == 1
        assert await _queued(scene, MailKind.RECEIPT) == []


async def test_nobody_to_send_it_to_is_told_to_the_administrator(tmp_path: Path, clock: FrozenClock) -> None:
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY, mail=False)
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 2)
        assert await scene.at(TUESDAY) == 0
        ((_, told),) = await _queued(scene, MailKind.RECEIPT)
        assert "run_bot.py report 2026-W47 --out" in told
        assert (await scene.standing()).reported_at == TUESDAY


async def test_switched_off_nothing_is_sent_but_the_book_is_kept(tmp_path: Path, clock: FrozenClock) -> None:
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY, enabled=False)
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 2)
        assert await scene.at(TUESDAY) == 0
        assert (await scene.standing()).state is State.PRELIMINARY
        assert await _queued(scene) == []


async def test_each_reader_reads_it_in_their_own_language(tmp_path: Path, clock: FrozenClock) -> None:
    more = ("board@kommun.example", LEAD.upper())
    settings = settings_of(
        tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY, to=more, languages={"board@kommun.example": "en"}
    )
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 2)
        assert await scene.at(TUESDAY) == 2
        queued = dict(await _queued(scene))
    assert "Vecka 47" in queued[LEAD]
    assert "Week 47" in queued["board@kommun.example"] or "Vecka 47" in queued["board@kommun.example"]


async def test_files_are_kept_once_and_forgotten_after_a_month(tmp_path: Path, clock: FrozenClock) -> None:
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path}/k.db", NOBODY, to=("board@kommun.example",))
    async with playing(settings, clock) as scene:
        await fill_weeks(scene, 2)
        assert await scene.at(TUESDAY) == 2

        async def count() -> int:
            async with scene.service.database.reading() as connection:
                return len((await connection.execute(select(enclosures.c.id))).all())

        # A picture of the one chart that can be drawn, PDF and Excel: kept once for both.
        assert await count() == 3
        object.__setattr__(scene.settings.report, "enabled", False)
        await scene.at(TUESDAY + timedelta(days=31))
        assert await count() == 0
