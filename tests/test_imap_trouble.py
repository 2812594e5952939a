"""Reading mailboxes on a server that misbehaves; what is kept lies in a real database."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from imapclient import IMAPClient

from bot.channels.imap_folder import Described
from bot.channels.imap_in import pause, start_of
from bot.channels.imap_link import Link
from bot.channels.imap_take import BATCH_OCTETS, Taking, _batches, _pieces, again_after
from bot.errors import OurFault, TryLater
from bot.facts import InboxId
from bot.mailbox import MailState, Mark, Trouble
from bot.store.database import Database
from tests import dovecot as dovecots
from tests.imap_desk import Desk, at_least, change, ends, mail, make_settings, new_database, threads, until
from tests.imap_server import ImapServer


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer().running() as running:
        yield running


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with new_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def scripted(database: Database, server: ImapServer) -> Desk:
    """A mailbox on the server that misbehaves as told, which has been visited once while it was empty."""
    return Desk(database, make_settings(server.port, "elsa"))


@pytest.mark.asyncio
class TestMisbehaviour:
    @pytest.mark.parametrize("step", ["RFC822.SIZE", "BODY.PEEK"])
    async def test_a_mail_that_the_server_cannot_give_never_stops_the_next(
        self, scripted: Desk, server: ImapServer, step: str
    ) -> None:
        await scripted.look()
        server.add(*(mail(number) for number in range(1, 7)))
        server.trouble = lambda words: "NO" if step in words and _asks(words, 3) else None
        for attempts in (1, 2, 3):
            await scripted.look()
            assert await scripted.subjects() == ["1", "2", "4", "5", "6"]
            (failed,) = await scripted.memory.failed(await _folder_id(scripted))
            assert (failed.uid, failed.attempts, failed.code) == (3, attempts, "refused")
            scripted.later += again_after(attempts) + timedelta(seconds=1)
        assert scripted.reader.state.failing_mails == 1
        (result,) = await scripted.reader.reconcile()
        assert result.failing == (3,)
        assert result.alarm
        server.trouble = lambda _: None
        await scripted.look()
        assert (await scripted.subjects())[-1] == "3"
        assert scripted.reader.state.failing_mails == 0

    async def test_a_mail_that_fells_the_connection_never_stops_the_next(
        self, scripted: Desk, server: ImapServer
    ) -> None:
        await scripted.look()
        server.add(*(mail(number) for number in range(1, 7)))
        server.trouble = lambda words: "CLOSE" if "BODY.PEEK" in words and _asks(words, 3) else None
        async with scripted.reading():
            await until(lambda: len(scripted.kept) == 5)
            await until(lambda: scripted.reader.state.trouble is None)
        assert await scripted.subjects() == ["1", "2", "4", "5", "6"]
        (failed,) = await scripted.memory.failed(await _folder_id(scripted))
        assert (failed.uid, failed.code) == (3, "closed")

    async def test_a_mail_that_is_listed_but_not_given_is_tried_again_and_one_that_went_is_not(
        self, scripted: Desk, server: ImapServer
    ) -> None:
        await scripted.look()
        server.add(mail(1), mail(2), mail(3))
        server.unlisted = {2}

        def remove(words: str) -> None:
            if "RFC822.SIZE" in words:
                server.mails.pop(3, None)

        server.trouble = remove
        await scripted.look()
        folder = await _folder_id(scripted)
        assert [(mark.uid, mark.code) for mark in await scripted.memory.failed(folder)] == [(2, "not_given")]
        assert await scripted.memory.gone(folder) == 1
        server.mails.pop(2)
        scripted.later = timedelta(minutes=2)
        await scripted.look()
        assert await scripted.memory.failed(folder) == []
        assert await scripted.memory.gone(folder) == 2

    @pytest.mark.parametrize(("offered", "moved", "left"), [("MOVE", [1], []), ("UIDPLUS", [1], []), ("", [], [1])])
    async def test_a_server_that_cannot_move_single_mails_is_left_alone(
        self, scripted: Desk, server: ImapServer, offered: str, moved: list[int], left: list[int]
    ) -> None:
        change(scripted, after="move", move_to="Klart")
        server.capabilities = f"IMAP4rev1 AUTH=PLAIN IDLE {offered}"
        await scripted.look()
        server.add(mail(1))
        await scripted.look()
        assert (server.moved, list(server.mails)) == (moved, left)
        assert scripted.reader.state.unmoved == len(left)
        assert "EXPUNGE" not in server.heard

    async def test_bye_while_idling_ends_in_coming_again(self, scripted: Desk, server: ImapServer) -> None:
        byes = iter(["BYE"])
        server.trouble = lambda words: next(byes, None) if words == "IDLE" else None
        async with scripted.reading():
            await until(lambda: scripted.reader.state.trouble is Trouble.CLOSED)
            server.add(mail(1))
            await until(lambda: len(scripted.kept) == 1)
        assert await scripted.subjects() == ["1"]

    @pytest.mark.parametrize("trouble", ["HANG", "DRIP"])
    async def test_a_server_that_never_comes_to_an_answer_is_left_in_time(
        self, scripted: Desk, server: ImapServer, trouble: str
    ) -> None:
        change(scripted, timeout_seconds=0.2)
        await scripted.look()
        server.add(mail(1))
        hangs = iter([trouble])
        server.trouble = lambda words: next(hangs, None) if "SEARCH" in words else None
        async with scripted.running():
            await until(lambda: scripted.reader.state.trouble is Trouble.TIMEOUT)
            assert not scripted.reader.state.connected
            await until(lambda: len(scripted.kept) == 1)

    @pytest.mark.parametrize("taken_at", ["00-Foo-0000 99:00:00 +0000", "", "20-Nov-2026"])
    async def test_a_mail_whose_time_cannot_be_read_is_kept_as_of_now(
        self, scripted: Desk, server: ImapServer, taken_at: str
    ) -> None:
        await scripted.look()
        server.add(mail(1), mail(2))
        server.taken_at = taken_at
        await scripted.look()
        assert await scripted.subjects() == ["1", "2"]
        assert all(abs(raw.arrived_at - scripted.now()) < timedelta(minutes=1) for raw in scripted.kept)

    async def test_inbox_in_any_spelling_is_the_same_folder(self, scripted: Desk, server: ImapServer) -> None:
        await scripted.look()
        server.add(mail(1))
        change(scripted, folder="Inbox")
        await scripted.look()
        assert [raw.external_id for raw in scripted.kept] == ["imap:kc:INBOX:7:1"]

    async def test_without_idle_it_is_polled(self, scripted: Desk, server: ImapServer) -> None:
        server.capabilities = "IMAP4rev1 AUTH=PLAIN"
        async with scripted.reading():
            server.add(mail(1))
            await until(lambda: len(scripted.kept) == 1)
        assert not any("IDLE" in words for words in server.heard)

    async def test_once_a_day_all_is_compared(self, scripted: Desk, server: ImapServer) -> None:
        server.add(mail(1))
        change(scripted, idle_seconds=0.05, since=date(2026, 11, 1))
        async with scripted.reading():
            server.add(mail(2))
            await until(partial(at_least, scripted, 2))
            await scripted.sql("DELETE FROM mailbox_mails WHERE uid = 1")
            before = len(server.heard)
            await until(lambda: sum("SEARCH" in words for words in server.heard[before:]) > 4)
            assert len(scripted.kept) == 2
            scripted.later = timedelta(days=1)
            await until(partial(at_least, scripted, 3))
        assert await scripted.subjects() == ["1", "2"]

    async def test_idle_is_renewed(self, scripted: Desk, server: ImapServer) -> None:
        change(scripted, idle_seconds=0.05)
        async with scripted.reading():
            await until(lambda: sum(words.endswith("IDLE") for words in server.heard) >= 3)
        assert server.heard.count("DONE") >= 2

    async def test_news_without_end_and_without_mail_do_not_make_us_ask_without_end(
        self, scripted: Desk, server: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change(scripted, poll_seconds=30)
        monkeypatch.setattr("bot.channels.imap_in.await_news", lambda _session, seconds: True)
        async with scripted.reading():
            with pytest.raises(TimeoutError):
                await until(lambda: sum("SELECT" in words or "EXAMINE" in words for words in server.heard) > 5, 1)

    @pytest.mark.parametrize(
        ("answer", "trouble"),
        [("NO [AUTHENTICATIONFAILED] no", Trouble.AUTH_REFUSED), ("NO [UNAVAILABLE] no", Trouble.BUSY)],
    )
    async def test_who_is_not_let_in_says_so(
        self, scripted: Desk, server: ImapServer, answer: str, trouble: Trouble
    ) -> None:
        server.refuse_login = answer
        async with scripted.running():
            await until(lambda: scripted.reader.state.trouble is trouble)
            state = scripted.reader.state
            assert (state.connected, state.last_completed_at, state.stuck) == (False, None, False)
            assert state.failing_since is not None
            scripted.later = timedelta(minutes=11)
            assert scripted.reader.state.stuck
        with pytest.raises((OurFault, TryLater), match=trouble):
            await scripted.reader.reconcile()

    async def test_a_store_that_is_away_is_waited_for(
        self, scripted: Desk, server: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await scripted.look()
        server.add(mail(1))
        away = iter([True])
        remember = scripted.memory.remember

        async def fail_once(folder: Any, marks: Sequence[Mark]) -> None:
            if next(away, False):
                raise TryLater("OperationalError")
            await remember(folder, marks)

        monkeypatch.setattr(scripted.memory, "remember", fail_once)
        async with scripted.running():
            await until(lambda: scripted.reader.state.trouble is Trouble.STORE)
            await until(lambda: scripted.reader.state.last_completed_at is not None)
        assert await scripted.subjects() == ["1"]

    async def test_a_defect_of_ours_ends_in_coming_again(
        self, scripted: Desk, server: ImapServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        faults = iter([ZeroDivisionError("elsa@example.org")])
        take = Taking.take

        async def faulty(self: Taking, *arguments: Any) -> None:
            for error in faults:
                raise error
            await take(self, *arguments)

        monkeypatch.setattr(Taking, "take", faulty)
        await scripted.look()
        server.add(mail("Hemligheten"))
        server.trouble = lambda words: "NO" if "BODY" in words else None
        await scripted.look()
        assert "ZeroDivisionError" in caplog.text
        assert "UID 1 failed" in caplog.text
        for word in ("@", "elsa", "Elsa", "Hemlig", dovecots.PASSWORD):
            assert word not in caplog.text

    async def test_cancelling_ends_a_connection_that_is_being_made(self, scripted: Desk, server: ImapServer) -> None:
        change(scripted, timeout_seconds=20)
        server.trouble = lambda words: "HANG" if words == "CAPABILITY" else None
        async with scripted.running():
            await until(lambda: bool(server.heard))
        assert all(ends(thread) for thread in threads())


@pytest.mark.asyncio
async def test_a_call_that_took_too_long_leaves_nothing_to_wait_for(server: ImapServer) -> None:
    link = Link(make_settings(server.port, "elsa", timeout_seconds=0.5))
    await link.open()
    server.trouble = lambda words: "DRIP" if words == "NOOP" else None
    with pytest.raises(TryLater, match="timeout"):
        await link.call(IMAPClient.noop)
    begin = time.monotonic()
    await link.close(politely=True)
    assert time.monotonic() - begin < 0.8  # a call's patience is 1.0
    assert all(ends(thread) for thread in threads())


def _asks(words: str, uid: int) -> bool:
    uids = words.split()[2]
    return any(int(part.split(":")[0]) <= uid <= int(part.split(":")[-1]) for part in uids.split(","))


async def _folder_id(desk: Desk) -> Any:
    folder = await desk.memory.folder("kc", "INBOX")
    assert folder is not None
    return folder.id


@pytest.mark.parametrize(
    ("failures", "trouble", "jitter", "seconds"),
    [
        (0, Trouble.CLOSED, 0.0, 1), (1, Trouble.CLOSED, 0.0, 2), (5, Trouble.TIMEOUT, 0.0, 32),
        (6, Trouble.TIMEOUT, 0.0, 60), (10_000, Trouble.TLS, 0.0, 60), (1, Trouble.CLOSED, 0.5, 1.5),
        (0, Trouble.AUTH_REFUSED, 0.0, 60), (3, Trouble.OAUTH_REFUSED, 0.0, 480), (9, Trouble.AUTH_REFUSED, 0.0, 900),
    ],
)  # fmt: skip
def test_pauses_grow(failures: int, trouble: Trouble, jitter: float, seconds: float) -> None:
    assert pause(failures, trouble, jitter) == seconds


def test_a_failed_mail_rests_longer_each_time() -> None:
    assert [again_after(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 4, 5, 6, 99)] == [
        1,
        4,
        16,
        64,
        256,
        360,
        360,
    ]


@given(sizes=st.lists(st.integers(0, 2 * BATCH_OCTETS), max_size=40), alone=st.sets(st.integers(0, 40), max_size=5))
def test_batches_keep_the_order_and_the_bounds(sizes: list[int], alone: set[int]) -> None:
    jobs = [(uid, Described(size=size, taken_at=None)) for uid, size in enumerate(sizes)]
    batches = list(_batches(jobs, BATCH_OCTETS * 3 // 2, alone))
    assert [job for batch in batches for job in batch] == jobs
    for batch in batches:
        together = sum(described.size for _, described in batch)
        assert len(batch) == 1 or together <= BATCH_OCTETS
        assert len(batch) == 1 or not alone & {uid for uid, _ in batch}


@given(uids=st.lists(st.integers(1, 50), unique=True), size=st.integers(1, 9), alone=st.sets(st.integers(1, 50)))
def test_pieces_keep_the_order_and_the_bounds(uids: list[int], size: int, alone: set[int]) -> None:
    pieces = list(_pieces(uids, size, alone))
    assert [uid for piece in pieces for uid in piece] == uids
    assert all(1 <= len(piece) <= size and (len(piece) == 1 or not alone & {*piece}) for piece in pieces)
    assert alone or len(pieces) == -(-len(uids) // size)


def test_a_day_begins_where_it_begins_first() -> None:
    # Helsinki in summer is UTC+3: its 1 July begins at 21:00 UTC on 30 June.
    assert start_of(date(2026, 7, 1)) == datetime(2026, 6, 30, 21, tzinfo=UTC)


@pytest.mark.asyncio
async def test_what_waits_to_be_moved_is_a_state_of_its_own(scripted: Desk, server: ImapServer) -> None:
    change(scripted, after="seen")
    await scripted.look()
    folder = await _folder_id(scripted)
    await scripted.memory.remember(folder, [Mark(uid=1, state=MailState.KEPT, inbox=InboxId(1))])
    server.mails[1] = mail(1)
    await scripted.look()
    assert server.flags == {1: {"\\Seen"}}
    assert scripted.kept == []
