"""Reading mailboxes on a real Dovecot; what is kept lies in a real database."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from imapclient import IMAPClient

from bot.errors import OurFault
from bot.mailbox import InCases, Trouble
from bot.store.database import Database
from tests import dovecot as dovecots
from tests.imap_desk import Desk, at_least, change, mail, make_settings, new_database, until, with_writer

_users = (f"u{number}" for number in count(1))


@pytest.fixture(scope="module")
def dovecot() -> Iterator[dovecots.Dovecot]:
    with dovecots.server() as running:
        if running is None:
            pytest.skip(dovecots.WHY_NOT)
        yield running


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with new_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(database: Database, dovecot: dovecots.Dovecot) -> Desk:
    """A mailbox on Dovecot, new and empty."""
    return Desk(database, make_settings(dovecot.port, next(_users)))


def put(client: IMAPClient, *mails: bytes, folder: str = "INBOX", taken_at: datetime | None = None) -> None:
    for raw in mails:
        client.append(folder, raw, msg_time=taken_at)


def names(start: int, stop: int) -> list[str]:
    return [str(number) for number in range(start, stop)]


@pytest.mark.asyncio
class TestFilledCutOffRefilled:
    async def test_200_mails_are_kept_once_each_though_reading_is_cut_off_twice(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, *(mail(number) for number in range(200)))
            for enough in (50, 120):
                async with desk.running():
                    await until(partial(at_least, desk, enough))
            async with desk.reading():
                put(client, *(mail(number) for number in range(200, 220)))
                await until(lambda: len({raw.external_id for raw in desk.kept}) == 220)
        assert await desk.subjects() == names(0, 220)
        (raw, *_) = desk.kept
        assert (raw.recipients, raw.sender, raw.mailbox) == (("kontakt@kommun.example",), None, "kc")
        assert (raw.sent, raw.size, raw.channel) == (False, 0, "mail")
        assert abs(raw.arrived_at - desk.now()) < timedelta(minutes=1)
        # The last ones may have been kept but not yet remembered when reading was cut off.
        (result,) = await with_writer(desk, desk.reader.reconcile)
        assert (result.in_mailbox, result.known + result.fetched, result.alarm) == (220, 220, False)
        assert len(await desk.stored()) == 220

    async def test_a_crash_between_keeping_and_remembering_keeps_nothing_twice(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, mail(1), mail(2))
        await desk.look()
        await desk.sql("DELETE FROM mailbox_mails")
        await desk.look()
        assert len(desk.kept) == 4
        assert await desk.subjects() == ["1", "2"]

    async def test_what_lay_there_before_the_first_visit_does_not_count(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        with dovecot.client(desk.settings.username) as client:
            put(client, mail("old"))
            async with desk.reading():
                put(client, mail("dragged here"), taken_at=datetime(2020, 1, 1, tzinfo=UTC))
                await until(lambda: len(desk.kept) == 1)
            await desk.look()
        assert await desk.subjects() == ["dragged here"]
        assert desk.kept[0].arrived_at == datetime(2020, 1, 1, tzinfo=UTC)

    async def test_it_counts_from_the_day_that_is_set(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        change(desk, since=date(2026, 11, 2))
        with dovecot.client(desk.settings.username) as client:
            for day, hour in ((1, 20), (1, 22), (2, 12), (20, 12)):
                put(client, mail(f"{day} at {hour}"), taken_at=datetime(2026, 11, day, hour, tzinfo=UTC))
            await desk.look()
            await desk.look()
        assert await desk.subjects() == ["1 at 22", "2 at 12", "20 at 12"]

    async def test_a_folder_made_anew_loses_nothing_and_brings_nothing_old(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        change(desk, folder="Ärenden & frågor/Äldre")
        with dovecot.client(desk.settings.username) as client:
            client.create_folder(desk.settings.folder)
            put_here = partial(put, client, folder=desk.settings.folder)
            await desk.look()
            put_here(mail(1), mail(2))
            await desk.look()
            client.delete_folder(desk.settings.folder)
            client.create_folder(desk.settings.folder)
            put_here(mail("years old"), taken_at=desk.now() - timedelta(days=400))
            put_here(mail("yesterday"), taken_at=desk.now() - timedelta(days=1))
            put_here(mail(2), mail(3))
            async with desk.reading():
                put_here(mail(4))
                await until(lambda: len(desk.kept) == 5)
        # The second one comes again, under another key: the intake knows it by its Message-ID.
        assert await desk.subjects() == ["1", "2", "2", "3", "4"]
        assert len({raw.external_id.split(":")[3] for raw in desk.kept}) == 2

    async def test_a_folder_made_anew_under_our_eyes_is_noticed(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        change(desk, folder="Skräp", idle_seconds=0.1)  # Dovecot says nothing to who idles there
        with dovecot.client(desk.settings.username) as client:
            client.create_folder("Skräp")
            async with desk.reading():
                client.delete_folder("Skräp")
                client.create_folder("Skräp")
                put(client, mail(1), folder="Skräp")
                await until(lambda: len(desk.kept) == 1)
        assert await desk.subjects() == ["1"]


@pytest.mark.asyncio
class TestAfterKeeping:
    async def test_by_default_nothing_is_changed(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, mail(1))
            await desk.look()
            client.select_folder("INBOX")
            assert b"\\Seen" not in client.get_flags([1])[1]
        assert await desk.subjects() == ["1"]

    async def test_the_read_flag_of_others_changes_nothing(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            client.append("INBOX", mail(1), flags=[b"\\Seen"])
            await desk.look()
        assert await desk.subjects() == ["1"]

    @pytest.mark.parametrize("after", ["seen", "move"])
    async def test_a_mail_is_touched_only_once_it_is_kept(
        self, desk: Desk, dovecot: dovecots.Dovecot, after: str
    ) -> None:
        change(desk, after=after, move_to="Klart åäö" if after == "move" else "")
        desk.trouble = lambda raw: OurFault("no") if b"Subject: 2" in raw.raw else None
        with dovecot.client(desk.settings.username) as client:
            client.create_folder("Klart åäö")
            await desk.look()
            put(client, mail(1), mail(2), mail(3))
            await desk.look()
            assert _untouched(client, after) == [b"2"]
            assert desk.reader.state.failing_mails == 0
            desk.trouble = lambda _: None
            desk.later = timedelta(minutes=2)
            await desk.look()
            assert _untouched(client, after) == []
        assert await desk.subjects() == ["1", "3", "2"]

    async def test_what_a_crash_left_unmoved_is_moved(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        change(desk, after="move", move_to="Klart")
        with dovecot.client(desk.settings.username) as client:
            await desk.look()
            put(client, mail(1))
            await desk.look()  # there is no such folder yet
            assert desk.reader.state.unmoved == 1
            assert _untouched(client, "move") == [b"1"]
            client.create_folder("Klart")
            await desk.look()
            assert desk.reader.state.unmoved == 0
            assert _untouched(client, "move") == []
        assert len(desk.kept) == 1


def _untouched(client: IMAPClient, after: str) -> list[bytes]:
    client.select_folder("INBOX", readonly=True)
    uids = client.search("UNSEEN" if after == "seen" else "ALL")
    answers = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (SUBJECT)]"])
    return [value.split()[1] for answer in answers.values() for key, value in answer.items() if key.startswith(b"BODY")]


@pytest.mark.asyncio
class TestOnDovecot:
    async def test_a_new_mail_is_kept_within_seconds(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        with dovecot.client(desk.settings.username) as client:
            async with desk.reading() as reader:
                assert reader.state.connected
                for number in range(3):
                    begin = time.monotonic()
                    put(client, mail(number))
                    await until(partial(at_least, desk, number + 1))
                    assert time.monotonic() - begin < 4

    async def test_of_a_very_large_mail_the_beginning_is_kept_with_its_full_size(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        change(desk, max_bytes=100_000, beginning_bytes=50_000)
        large, at_limit = mail("large", "x" * 300_000), mail("limit").ljust(100_000, b".")
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, mail(1), large, at_limit, mail(2))
            await desk.look()
            put(client, at_limit)
            await desk.look()
        assert await desk.stored() == [mail(1), large[:50_000], at_limit, mail(2), at_limit]
        assert [raw.size for raw in desk.kept] == [0, len(large), 0, 0, 0]

    async def test_mails_of_any_bytes_are_kept_as_they_are(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        others = bytes(octet for octet in range(1, 256) if octet not in b"\r\n")
        odd = [
            b"\xff\xfe\x80\r\n\r\n)\r\n", b"x", b"\r\n", mail(1, "a{12}\r\nb)"),
            b"Subject: =?x?\r\n\r\n" + others, mail(2, "x" * 1_500_000),
        ]  # fmt: skip
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, *odd)
            await desk.look()
        assert await desk.stored() == odd

    @pytest.mark.parametrize("configured", ["", "Skickat"])
    async def test_sent_mail_is_read_marked_and_never_touched(
        self, desk: Desk, dovecot: dovecots.Dovecot, configured: str
    ) -> None:
        change(desk, sent_folder=configured, after="seen")
        with dovecot.client(desk.settings.username) as client:
            client.create_folder("Skickat")
            put(client, mail("old answer"), folder="Skickat")
            await desk.look()
            put(client, mail("answer"), folder="Skickat")
            put(client, mail("question"))
            await desk.look()
            assert [(raw.sent, raw.recipients) for raw in desk.kept] == [
                (True, ("kontakt@kommun.example",)),
                (False, ("kontakt@kommun.example",)),
            ]
            assert await desk.subjects() == ["answer", "question"]
            client.select_folder("Skickat", readonly=True)
            assert len(client.search("UNSEEN")) == 2
        sent = await desk.memory.folder("kc", "Skickat")
        assert sent is not None
        assert await desk.memory.unsettled(sent.id) == []
        results = await desk.reader.reconcile()
        assert [(result.folder, result.in_mailbox) for result in results] == [("INBOX", 1), ("Skickat", 1)]
        assert not desk.reader.state.sent_missing

    @pytest.mark.parametrize("configured", ["", "Finns inte"])
    async def test_without_a_folder_of_sent_mail_the_rest_is_read(
        self, desk: Desk, dovecot: dovecots.Dovecot, configured: str
    ) -> None:
        change(desk, sent_folder=configured)
        with dovecot.client(desk.settings.username) as client:
            async with desk.reading() as reader:
                put(client, mail(1))
                await until(lambda: len(desk.kept) == 1)
                assert reader.state.sent_missing
                assert reader.state.trouble is None

    async def test_being_thrown_out_ends_in_coming_again(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        with dovecot.client(desk.settings.username) as client:
            async with desk.reading() as reader:
                put(client, mail(1))
                await until(lambda: len(desk.kept) == 1)
        async with desk.reading() as reader:
            dovecot.kick(desk.settings.username)
            await until(lambda: reader.state.trouble is Trouble.CLOSED)
            with dovecot.client(desk.settings.username) as client:
                put(client, mail(2))
            await until(lambda: len(desk.kept) == 2)
            await until(lambda: reader.state.trouble is None)
            assert reader.state.failing_since is None

    async def test_reconciling_finds_and_fetches_what_was_forgotten(
        self, desk: Desk, dovecot: dovecots.Dovecot
    ) -> None:
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, *(mail(number) for number in range(5)))
        async with desk.reading() as reader:
            await desk.sql("DELETE FROM mailbox_mails WHERE uid = 3")
            await desk.sql("DELETE FROM originals WHERE inbox = 3")
            await desk.sql("DELETE FROM inbox WHERE id = 3")
            (result,) = await reader.reconcile()
            assert (result.in_mailbox, result.known, result.fetched, result.missing) == (5, 4, 1, ())
            assert result.in_cases == InCases(pending=5)
            assert not result.alarm
            assert await desk.subjects() == ["0", "1", "3", "4", "2"]
            (result,) = await reader.reconcile()
            assert (result.known, result.fetched) == (5, 0)
            await desk.sql("DELETE FROM inbox WHERE id = 1")
            (result,) = await reader.reconcile()
            assert result.in_cases.lost == 1
            assert result.alarm

    async def test_reconciling_alarms_of_what_still_cannot_be_kept(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        change(desk, after="move", move_to="Klart")
        await desk.look()
        desk.trouble = lambda raw: OurFault("no") if b"Subject: 2" in raw.raw else None
        with dovecot.client(desk.settings.username) as client:
            client.create_folder("Klart")
            put(client, mail(1), mail(2))
        (result,) = await with_writer(desk, desk.reader.reconcile)
        assert (result.in_mailbox, result.known, result.fetched, result.missing) == (2, 0, 1, (2,))
        assert result.alarm
        desk.trouble = lambda _: None
        desk.later = timedelta(minutes=2)
        await desk.look()  # moves what reconciling only kept
        (result,) = await desk.reader.reconcile()
        assert (result.in_mailbox, result.missing, result.alarm) == (0, (), False)
        assert await desk.subjects() == ["1", "2"]


@pytest.mark.asyncio
class TestWhatMailboxesMayBeTold:
    async def test_no_mail_comes_from_the_future(self, desk: Desk, dovecot: dovecots.Dovecot) -> None:
        # Dovecot itself refuses times ahead of its clock, so it is ours that is behind.
        desk.later = timedelta(days=-1)
        await desk.look()
        with dovecot.client(desk.settings.username) as client:
            put(client, mail(1))
            put(client, mail(2), taken_at=datetime(2026, 1, 1, tzinfo=UTC))
        await desk.look()
        assert [raw.arrived_at <= desk.now() for raw in desk.kept] == [True, True]
        assert desk.kept[0].arrived_at > desk.now() - timedelta(minutes=1)
        assert desk.kept[1].arrived_at == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("found", ["inbox", "INBOX", "Klart"])
    async def test_a_server_that_calls_the_wrong_folder_sent_is_not_read(
        self, desk: Desk, dovecot: dovecots.Dovecot, monkeypatch: pytest.MonkeyPatch, found: str
    ) -> None:
        with dovecot.client(desk.settings.username) as client:
            client.create_folder("Klart")
            put(client, mail(1))
        change(desk, sent_folder="", after="move", move_to="Klart", since=date(2026, 1, 1))
        monkeypatch.setattr("bot.channels.imap_in.find_sent", lambda _: found)
        async with desk.running():
            await until(lambda: desk.reader.state.trouble is not None)
            assert desk.reader.state.trouble is Trouble.SENT_FOLDER
        assert desk.kept == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sent_folder": "INBOX"}, {"sent_folder": "inbox"}, {"folder": "Inbox", "sent_folder": "INBOX"},
            {"folder": "Frågor", "sent_folder": "Frågor"}, {"after": "move", "move_to": "inbox"},
            {"after": "move", "move_to": "Ut", "sent_folder": "Ut"},
        ],
    )  # fmt: skip
    async def test_no_folder_has_two_tasks(self, desk: Desk, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="folder"):
            change(desk, **wrong)
