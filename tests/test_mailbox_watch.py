"""The administrator hears of a mailbox that is not read and of mail that has not come in, once a day each."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import select

import bot.mailbox_watch
from bot.channels.imap_in import ImapIn
from bot.errors import OurFault, TryLater
from bot.mailbox import InCases, MailboxHealth, Reconciled, Trouble
from bot.mailbox_watch import MailboxWatch, trouble_in_words
from bot.store.database import Database
from bot.store.schema import outbox
from tests.conftest import FrozenClock
from tests.example import make_office


class FakeBox:
    """A mailbox that fares as it is told."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.found: Sequence[Reconciled] | Exception = ()
        self.reconciled = 0

    @property
    def state(self) -> MailboxHealth:
        known: dict[str, Any] = {
            "mailbox": "kontakt", "connected": True, "last_completed_at": None, "failing_since": None, "trouble": None,
            "stuck": False, "failing_mails": 0, "unmoved": 0, "sent_missing": False,
        }  # fmt: skip
        return MailboxHealth(**(known | self.fields))

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def reconcile(self) -> tuple[Reconciled, ...]:
        self.reconciled += 1
        if isinstance(self.found, Exception):
            raise self.found
        return tuple(self.found)


def found(**fields: Any) -> Reconciled:
    known: dict[str, Any] = {
        "mailbox": "kontakt", "folder": "INBOX", "uidvalidity": 1, "in_mailbox": 10, "known": 10, "fetched": 0,
        "missing": (), "failing": (), "gone": 0, "in_cases": InCases(),
    }  # fmt: skip
    return Reconciled(**(known | fields))


class Watched:
    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.box, self.clock, self.database = FakeBox(), clock, database
        self.watch = MailboxWatch([cast("ImapIn", self.box)], database, make_office, clock.now)

    async def told(self) -> list[str]:
        async with self.database.reading() as connection:
            rows = await connection.execute(select(outbox.c.to_addr, outbox.c.text).order_by(outbox.c.id))
            return [row.text for row in rows if row.to_addr == "admin@kommun.example"]


@pytest.fixture
def watched(database: Database, clock: FrozenClock) -> Watched:
    return Watched(database, clock)


@pytest.mark.asyncio
async def test_a_mailbox_that_fails_for_a_quarter_of_an_hour_is_told_once_a_day(watched: Watched) -> None:
    watched.box.fields = {"failing_since": watched.clock.now(), "trouble": Trouble.OAUTH_REFUSED}
    watched.clock.forward(minutes=14)
    await watched.watch.round()
    assert await watched.told() == []
    watched.clock.forward(minutes=1)
    await watched.watch.round()
    await watched.watch.round()
    (text,) = await watched.told()
    assert "Brevlådan kontakt har inte gått att läsa" in text
    assert "hemligheten kan ha gått ut" in text
    watched.clock.forward(hours=24)
    await watched.watch.round()
    assert len(await watched.told()) == 2


@pytest.mark.asyncio
async def test_one_that_is_stuck_and_mails_that_fail_are_told(watched: Watched) -> None:
    watched.box.fields = {"stuck": True, "failing_mails": 2}
    await watched.watch.round()
    texts = await watched.told()
    assert any("har inte blivit läst på tio minuter" in text for text in texts)
    assert any("2 mejl i brevlådan kontakt går inte att hämta" in text for text in texts)


@pytest.mark.asyncio
async def test_it_is_reconciled_daily_and_an_alarm_is_told(watched: Watched) -> None:
    watched.box.found = (found(missing=(7, 9)), found(folder="Sent"))
    await watched.watch.round()
    watched.clock.forward(minutes=9)
    await watched.watch.round()
    assert watched.box.reconciled == 0
    watched.clock.forward(minutes=1)
    await watched.watch.round()
    assert watched.box.reconciled == 1
    (text,) = await watched.told()
    assert "(UID): 7, 9" in text
    watched.clock.forward(hours=23)
    await watched.watch.round()
    assert watched.box.reconciled == 1
    watched.clock.forward(hours=1)
    await watched.watch.round()
    assert watched.box.reconciled == 2


@pytest.mark.asyncio
async def test_it_is_reconciled_daily_though_started_anew_every_night(database: Database, clock: FrozenClock) -> None:
    reconciled = 0
    for _ in range(10):
        watched = Watched(database, clock)
        for _ in range(23):
            await watched.watch.round()
            clock.forward(hours=1)
        clock.forward(hours=1)
        reconciled += watched.box.reconciled
    # Ten days of 24 h; the first is due ten minutes after the very first start.
    assert reconciled == 10


@pytest.mark.asyncio
async def test_a_clock_that_was_set_back_does_not_stop_reconciling(watched: Watched) -> None:
    watched.clock.forward(days=3000)
    await watched.watch.round()
    watched.clock.forward(days=-2999)
    await watched.watch.round()
    assert watched.box.reconciled == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [KeyError(b"UIDVALIDITY"), OurFault("no_folder"), TryLater("closed")])
async def test_a_fault_in_reconciling_one_mailbox_spares_the_others(watched: Watched, error: Exception) -> None:
    other = FakeBox()
    watch = MailboxWatch([cast("ImapIn", watched.box), cast("ImapIn", other)], watched.database, make_office,
                         watched.clock.now)  # fmt: skip
    watched.box.found = error
    await watch.round()
    watched.clock.forward(days=1)
    await watch.round()
    assert (watched.box.reconciled, other.reconciled) == (1, 1)


@pytest.mark.asyncio
async def test_a_fault_of_ours_never_ends_the_reading(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.mailbox_watch, "CHECK_SECONDS", 0.01)
    rounds = 0

    async def fails() -> None:
        nonlocal rounds
        rounds += 1
        raise KeyError("ours")

    monkeypatch.setattr(watched.watch, "round", fails)
    watched.database._has_intake = True
    watching = asyncio.create_task(watched.watch.run())
    async with asyncio.timeout(5):
        while rounds < 3:
            await asyncio.sleep(0.01)
    assert not watching.done()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


@pytest.mark.asyncio
async def test_what_is_wrong_with_its_folders_is_told_once_a_day(watched: Watched) -> None:
    watched.box.fields = {"sent_missing": True, "unmoved": 3}
    for _ in range(2):
        await watched.watch.round()
    missing, unmoved = await watched.told()
    assert "I brevlådan kontakt hittas inte mappen för skickade mejl" in missing
    assert "3 mejl i brevlådan kontakt går inte att märka som lästa eller flytta" in unmoved
    watched.box.fields = {"unmoved": 1}
    watched.clock.forward(hours=24)
    await watched.watch.round()
    assert "1 mejl i brevlådan kontakt går inte att märka som läst eller flytta" in (await watched.told())[2]


@pytest.mark.asyncio
async def test_what_could_not_be_told_is_told_in_the_next_round(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.box.fields = {"stuck": True}
    with monkeypatch.context() as patched:
        patched.setattr(bot.mailbox_watch, "queue_admin_mail", fail)
        with pytest.raises(TryLater):
            await watched.watch.round()
    await watched.watch.round()
    assert len(await watched.told()) == 1


def fail(*_: object) -> None:
    raise TryLater("database")


@pytest.mark.asyncio
async def test_what_is_in_order_or_cannot_be_read_now_is_not_told(watched: Watched) -> None:
    await watched.watch.round()
    watched.clock.forward(minutes=10)
    watched.box.found = (found(),)
    await watched.watch.round()
    watched.box.found = TryLater("unreachable")
    watched.clock.forward(hours=24)
    await watched.watch.round()
    assert watched.box.reconciled == 2
    assert await watched.told() == []


def test_every_trouble_has_words() -> None:
    assert all(trouble_in_words(trouble.value) for trouble in Trouble)
    assert trouble_in_words("auth_refused") != trouble_in_words("busy")
