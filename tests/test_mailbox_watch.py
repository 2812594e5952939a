"""The administrator hears of a mailbox that is not read and of mail that has not come in, once a day each."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.channels.imap_in import ImapIn
from bot.errors import TryLater
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
        self.found: Sequence[Reconciled] | TryLater = ()
        self.reconciled = 0

    @property
    def state(self) -> MailboxHealth:
        known: dict[str, Any] = {
            "mailbox": "kontakt", "connected": True, "last_completed_at": None, "failing_since": None, "trouble": None,
            "stuck": False, "failing_mails": 0, "unmoved": 0, "sent_missing": False,
        }  # fmt: skip
        return MailboxHealth(**(known | self.fields))

    async def reconcile(self) -> tuple[Reconciled, ...]:
        self.reconciled += 1
        if isinstance(self.found, TryLater):
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
        self.watch = MailboxWatch([cast("ImapIn", self.box)], database, make_office(), clock.now)

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
    watched.clock.forward(hours=23)
    await watched.watch.round()
    assert watched.box.reconciled == 0
    watched.clock.forward(hours=1)
    await watched.watch.round()
    assert watched.box.reconciled == 1
    (text,) = await watched.told()
    assert "(UID): 7, 9" in text


@pytest.mark.asyncio
async def test_what_is_in_order_or_cannot_be_read_now_is_not_told(watched: Watched) -> None:
    await watched.watch.round()
    watched.box.found = (found(),)
    watched.clock.forward(hours=24)
    await watched.watch.round()
    watched.box.found = TryLater("unreachable")
    watched.clock.forward(hours=24)
    await watched.watch.round()
    assert watched.box.reconciled == 2
    assert await watched.told() == []


def test_every_trouble_has_words() -> None:
    assert all(trouble_in_words(trouble.value) for trouble in Trouble)
    assert trouble_in_words("auth_refused") != trouble_in_words("busy")
