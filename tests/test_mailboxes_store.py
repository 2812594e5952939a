"""What is remembered of mailboxes, the same on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.facts import Channel, InboxId
from bot.mailbox import Folder, FolderId, InCases, MailState, Mark
from bot.port import RawInbound
from bot.store import inbox, schema
from bot.store.database import Database
from bot.store.mailboxes import Mailboxes
from tests.conftest import MONDAY

pytestmark = pytest.mark.asyncio


@pytest.fixture
def memory(database: Database) -> Mailboxes:
    return Mailboxes(database)


async def begin(memory: Mailboxes, uidvalidity: int = 7, *, hours: int = 0, name: str = "INBOX") -> Folder:
    return await memory.begin(
        "kc",
        name,
        uidvalidity=uidvalidity,
        first_uid=uidvalidity * 10,
        from_at=None,
        at=MONDAY + timedelta(hours=hours),
    )


def kept(uid: int, state: MailState = MailState.SETTLED) -> Mark:
    return Mark(uid=uid, state=state, inbox=InboxId(uid))


def failed(uid: int, attempts: int = 1) -> Mark:
    return Mark(uid=uid, state=MailState.FAILED, attempts=attempts, due_at=MONDAY, code="refused")


async def test_a_folder_is_remembered_by_its_latest_uidvalidity_and_its_first_visit(memory: Mailboxes) -> None:
    assert await memory.folder("kc", "INBOX") is None
    first = await begin(memory)
    assert first == Folder(
        id=first.id, mailbox="kc", name="INBOX", uidvalidity=7, first_uid=70, from_at=None, started_at=MONDAY
    )
    second = await begin(memory, 8, hours=5)
    assert (second.started_at, second.first_uid) == (MONDAY, 80)
    assert second.id != first.id
    assert await memory.folder("kc", "INBOX") == second
    assert await memory.folder("kc", "Skickat") is None
    assert await memory.folder("bygg", "INBOX") is None


async def test_a_folder_that_is_begun_again_keeps_what_is_known_and_becomes_the_latest(memory: Mailboxes) -> None:
    first = await begin(memory)
    await memory.remember(first.id, [kept(70)])
    await begin(memory, 8, hours=1)
    again = await memory.begin(
        "kc", "INBOX", uidvalidity=7, first_uid=99, from_at=MONDAY, at=MONDAY + timedelta(days=1)
    )
    assert again == first
    assert await memory.folder("kc", "INBOX") == first
    assert await memory.known(first.id, [70, 71]) == {70}


async def test_instants_come_back_as_they_were(memory: Mailboxes) -> None:
    from_at = datetime(2026, 1, 1, 21, 0, 0, 123456, UTC)
    folder = await memory.begin("kc", "Ärenden/å", uidvalidity=2**32 - 1, first_uid=1, from_at=from_at, at=MONDAY)
    assert folder.from_at == from_at
    assert await memory.folder("kc", "Ärenden/å") == folder


async def test_uids_are_known_whatever_became_of_them_and_by_folder(memory: Mailboxes) -> None:
    folder, other = await begin(memory), await begin(memory, name="Skickat")
    assert await memory.last_uid(folder.id) == 0
    await memory.remember(folder.id, [kept(70), failed(72), Mark(uid=74, state=MailState.GONE)])
    await memory.remember(other.id, [kept(99)])
    assert await memory.known(folder.id, range(60, 110)) == {70, 72, 74}
    assert await memory.known(folder.id, []) == set()
    assert await memory.last_uid(folder.id) == 74
    assert await memory.gone(folder.id) == 1
    assert await memory.gone(other.id) == 0


async def test_a_mail_once_kept_never_becomes_failed_or_gone(memory: Mailboxes) -> None:
    folder = await begin(memory)
    for state in (MailState.KEPT, MailState.SETTLED):
        uid = 70 if state is MailState.KEPT else 71
        await memory.remember(folder.id, [kept(uid, state)])
        await memory.remember(folder.id, [failed(uid)])
        await memory.remember(folder.id, [Mark(uid=uid, state=MailState.GONE)])
    assert await memory.failed(folder.id) == []
    assert await memory.gone(folder.id) == 0
    assert await memory.unsettled(folder.id) == [70]


async def test_what_is_settled_stays_so_and_keeps_its_inbox_row(memory: Mailboxes, database: Database) -> None:
    folder = await begin(memory)
    (row,) = await _keep(database, "a")
    await memory.remember(folder.id, [Mark(uid=70, state=MailState.KEPT, inbox=row), kept(71, MailState.KEPT)])
    assert await memory.unsettled(folder.id) == [70, 71]
    await memory.remember(folder.id, [Mark(uid=70, state=MailState.SETTLED)])
    assert await memory.unsettled(folder.id) == [71]
    await memory.remember(folder.id, [Mark(uid=70, state=MailState.KEPT, inbox=row)])
    assert await memory.unsettled(folder.id) == [71]
    assert (await memory.in_cases("kc")).pending == 1


async def test_a_failed_mail_tells_how_often_when_again_and_why_until_it_is_kept(memory: Mailboxes) -> None:
    folder = await begin(memory)
    await memory.remember(folder.id, [failed(71), failed(70)])
    await memory.remember(folder.id, [failed(71, attempts=2)])
    assert await memory.failed(folder.id) == [failed(70), failed(71, attempts=2)]
    await memory.remember(folder.id, [kept(70), Mark(uid=71, state=MailState.GONE)])
    assert await memory.failed(folder.id) == []


async def test_many_marks_at_once_and_the_same_twice(memory: Mailboxes) -> None:
    folder = await begin(memory)
    await memory.remember(folder.id, [kept(uid) for uid in [*range(1, 12_001), 5, 5]])
    assert len(await memory.known(folder.id, range(1, 20_000))) == 12_000
    await memory.remember(folder.id, [])
    assert await memory.last_uid(FolderId(folder.id + 99)) == 0


async def test_what_was_kept_is_counted_by_what_became_of_it(memory: Mailboxes, database: Database) -> None:
    one, other = await begin(memory), await begin(memory, 8)
    sent, foreign = await begin(memory, name="Skickat"), await memory.begin(
        "bygg", "INBOX", uidvalidity=1, first_uid=1, from_at=None, at=MONDAY
    )  # fmt: skip
    rows = await _keep(database, "pending", "held", "K-222222-2", "auto", "duplicate", "K-333333-Q")
    became = [("pending", ""), ("held", "our_fault"), *(("done", o) for o in ("K-222222-2", "auto", "own", "K-3"))]
    for row, (state, outcome) in zip(rows, became, strict=True):
        async with database.writing() as connection:
            await connection.execute(
                schema.inbox.update().where(schema.inbox.c.id == row).values(state=state, outcome=outcome)
            )
    marks = [
        Mark(uid=uid, state=MailState.SETTLED, inbox=row) for uid, row in enumerate([*rows, InboxId(999)], start=80)
    ]
    await memory.remember(one.id, marks[:2])
    await memory.remember(other.id, marks[2:4])
    await memory.remember(sent.id, [*marks[4:], failed(1), Mark(uid=2, state=MailState.GONE)])
    await memory.remember(foreign.id, marks[:1])
    assert await memory.in_cases("kc") == InCases(pending=1, held=1, cased=2, uncased=2, lost=1)
    assert await memory.in_cases("bygg") == InCases(pending=1)
    assert await memory.in_cases("nobody") == InCases()


async def _keep(database: Database, *keys: str) -> list[InboxId]:
    raws = [
        RawInbound(
            channel=Channel.MAIL, external_id=key, raw=b"x", recipients=(), sender=None, arrived_at=MONDAY, mailbox="kc"
        )
        for key in keys
    ]
    async with database.writing(in_turn=False) as connection:
        return await inbox.keep_all(connection, raws)
