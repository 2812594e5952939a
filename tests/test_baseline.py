"""Measure-only mode: reading a mailbox into its file, broken off, repeated, refused, and with a real Dovecot."""

import multiprocessing
import os
import signal
import socket
import sqlite3
import stat
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from bot import baseline as module
from bot.baseline import Fetched, Places, fetch, measure, opened
from bot.channels.imap_session import Line, open_session
from bot.clock import Rule
from bot.errors import OurFault, TryLater
from bot.mailbox import MailboxSettings, Trouble
from bot.threads import LeftOut, Threads
from measurement.baseline import MailboxData, baseline
from measurement.show_baseline import as_json
from tests.dovecot import WHY_NOT, Dovecot, server
from tests.test_imap_heads import settings_of, state_of
from tests.test_measurement_baseline import AS_OF, CALENDAR, CLASSES, LEFT_OUT, MAILBOX, START, US, Row, local

SINCE = date(2026, 10, 19)
PLACES = Places(more=("INBOX/*",))
USERS = map("user{}".format, count())


def raw(row: Row) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        row.sender,
        row.to,
        row.subject,
        f"<{row.id}@x.example>",
    )
    if row.refs:
        mail["In-Reply-To"] = f"<{row.refs[0]}@x.example>"
        mail["References"] = " ".join(f"<{ref}@x.example>" for ref in reversed(row.refs))
    if row.form is LeftOut.AUTOMATIC:
        mail["Auto-Submitted"] = "auto-replied"
    if row.form is LeftOut.LIST:
        mail["List-Id"], mail["List-Unsubscribe"], mail["Precedence"] = (
            "<nytt.example>",
            "<https://nytt.example>",
            "bulk",
        )
    mail.set_content("Hemliga ord som ingen fil ska ha.")
    octets = mail.as_bytes()
    if row.form is LeftOut.BOUNCE:
        octets = octets.replace(b"text/plain", b'multipart/report; report-type=delivery-status; boundary="x"')
    return octets


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with server() as running:
        if running is None:
            pytest.skip(WHY_NOT)
        yield running


@pytest.fixture
def box(dovecot: Dovecot) -> MailboxSettings:
    """A mailbox with the mails worked out by hand."""
    user = next(USERS)
    with dovecot.client(user) as client:
        for folder in ("INBOX/Klart", "Skickat"):
            client.create_folder(folder)
        for row in MAILBOX:
            client.append(row.folder, raw(row), (), local(row.at))
    return settings_of(dovecot, user)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "baseline.db"


def read(box: MailboxSettings, path: Path, **more: Any) -> Fetched:
    with opened(path) as state:
        return fetch(partial(open_session, box), state, since=SINCE, places=PLACES, pause=lambda _: None, **more)


def found(path: Path, own: Collection[str] = (US,)) -> Threads:
    with opened(path) as state:
        return measure(state, own=own, start=START, as_of=AS_OF)


def figures(path: Path) -> dict[str, Any]:
    one = found(path)
    data = MailboxData(cases=one.cases, received=one.received, left_out=one.left_out, sent=one.sent)
    return as_json(baseline(data, CALENDAR, Rule.ONE_WORKING_DAY, START, AS_OF))


def test_a_real_mailbox_gives_what_was_worked_out_by_hand(dovecot: Dovecot, box: MailboxSettings, path: Path) -> None:
    folders = ("INBOX", "INBOX/Klart", "Skickat")
    before = state_of(dovecot, box.username, folders)
    told: list[tuple[int, int]] = []
    assert read(box, path, tell=lambda done, total: told.append((done, total))) == Fetched(complete=True, unread=0)
    assert state_of(dovecot, box.username, folders) == before
    assert (told[0], told[-1]) == ((0, len(MAILBOX)), (len(MAILBOX), len(MAILBOX)))
    said = figures(path)
    assert said["mails"]["left_out"] == LEFT_OUT
    assert (said["mails"]["received"], said["arrivals"], said["mails"]["sent"]) == (15, 7, 9)
    assert (said["answers"]["by_id"], said["answers"]["by_subject"]) == (5, 1)
    for rule, classes in CLASSES.items():
        assert tuple(said["rules"][rule.value]["classes"].values()) == classes


def test_running_twice_changes_nothing(box: MailboxSettings, path: Path) -> None:
    read(box, path)
    first, content = figures(path), rows(path)
    told: list[tuple[int, int]] = []
    read(box, path, tell=lambda done, total: told.append((done, total)))
    assert told == [(len(MAILBOX), len(MAILBOX))]
    assert (figures(path), rows(path)) == (first, content)


def rows(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as base:
        found = base.execute("SELECT * FROM mails ORDER BY folder, validity, uid").fetchall()
    base.close()
    return found


def test_a_repeated_run_fetches_only_what_has_come(dovecot: Dovecot, box: MailboxSettings, path: Path) -> None:
    read(box, path)
    with dovecot.client(box.username) as client:
        client.append(
            "INBOX", raw(Row("11-06 16:00", "INBOX", "ny@example.org", US, "Ny", "n1")), (), local("11-06 16:00")
        )
    told: list[tuple[int, int]] = []
    read(box, path, tell=lambda done, total: told.append((done, total)))
    assert told == [(len(MAILBOX), len(MAILBOX) + 1), (len(MAILBOX) + 1, len(MAILBOX) + 1)]
    assert figures(path)["arrivals"] == 8


def read_and_die(box: MailboxSettings, path: Path) -> None:
    """Read until two pieces are kept, then be killed."""
    module.AT_ONCE = 4
    times: list[int] = []

    def tell(done: int, _total: int) -> None:
        times.append(done)
        if len(times) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    read(box, path, tell=tell)


def test_killed_and_started_again_it_gives_the_same_figures(box: MailboxSettings, path: Path, tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=read_and_die, args=(box, path))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert len(rows(path)) == 8
    told: list[tuple[int, int]] = []
    read(box, path, tell=lambda done, total: told.append((done, total)))
    assert told[0] == (8, len(MAILBOX))
    whole = tmp_path / "whole.db"
    read(box, whole)
    assert figures(path) == figures(whole)


def test_told_to_stop_it_stops_between_two_pieces(
    box: MailboxSettings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 4)
    asked = iter([False, False, True])
    assert not read(box, path, stopped=lambda: next(asked)).complete
    assert len(rows(path)) == 8
    assert read(box, path).complete
    assert len(rows(path)) == len(MAILBOX)


def test_a_folder_numbered_anew_counts_nothing_twice(dovecot: Dovecot, box: MailboxSettings, path: Path) -> None:
    read(box, path)
    first = figures(path)
    with dovecot.client(box.username) as client:
        client.delete_folder("Skickat")
        client.create_folder("Skickat")
        for row in MAILBOX:
            if row.sent:
                client.append("Skickat", raw(row), (), local(row.at))
    read(box, path)
    assert len(rows(path)) == len(MAILBOX) + sum(row.sent for row in MAILBOX)
    assert figures(path) == first


def test_a_connection_that_is_thrown_out_is_made_anew(
    dovecot: Dovecot, box: MailboxSettings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 4)
    opened_at: list[int] = []

    def connect(line: Line) -> IMAPClient:
        opened_at.append(len(rows(path)) if path.exists() else 0)
        return open_session(box, line)

    def tell(done: int, _total: int) -> None:
        if done == 8 and len(opened_at) == 1:
            dovecot.kick(box.username)

    with opened(path) as state:
        ended = fetch(connect, state, since=SINCE, places=PLACES, tell=tell, pause=lambda _: None)
    assert ended == Fetched(complete=True, unread=0)
    assert opened_at == [0, 8]
    assert len(rows(path)) == len(MAILBOX)


def test_the_file_knows_nobody(box: MailboxSettings, path: Path) -> None:
    read(box, path)
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for word in (b"example", b"elsa", b"Gatlykta", b"gatlykta", b"Hemliga", b"r1@", b"Klart", b"Skickat", b"INBOX"):
        assert word not in content
    other = path.with_name("other.db")
    read(box, other)
    assert not {row[5] for row in rows(path)} & {row[5] for row in rows(other)}, "each file has a key of its own"


class Server:
    """An IMAP server with one mail a day in INBOX, numbered from 1, which refuses some and breaks off at some."""

    def __init__(
        self, count: int, refused: Collection[int] = (), broken: Collection[int] = (), *, always: bool = False
    ) -> None:
        self.count, self.refused, self.broken, self.always = count, set(refused), set(broken), always
        self.sessions = 0
        self.calls = 0
        self._folder = ""

    def connect(self, _line: Line) -> "Server":
        self.sessions += 1
        return self

    def list_folders(self) -> list[tuple[tuple[bytes, ...], bytes, str]]:
        return [((), b"/", "INBOX"), ((b"\\Sent",), b"/", "Sent")]

    def select_folder(self, folder: str, readonly: bool) -> dict[bytes, int]:
        assert readonly
        self._folder = folder
        return {b"UIDVALIDITY": 7}

    def search(self, criteria: list[object]) -> list[int]:
        assert criteria == ["SINCE", SINCE - timedelta(days=1)]
        return list(range(1, self.count + 1)) if self._folder == "INBOX" else []

    def fetch(self, uids: list[int], _items: list[str]) -> dict[int, dict[bytes, object]]:
        self.calls += 1
        if self.broken & set(uids):
            self.broken = self.broken if self.always else set()
            raise IMAPClientAbortError("gone")
        if self.refused & set(uids):
            raise IMAPClientError("NO")
        at = datetime(2026, 10, 20, tzinfo=UTC)
        return {
            uid: {b"INTERNALDATE": at, b"BODY[HEADER.FIELDS (FROM)]": f"From: p{uid}@example.org\r\n\r\n".encode()}
            for uid in uids
        }

    def logout(self) -> None:
        self.sessions += 0

    def shutdown(self) -> None:
        self.sessions += 0


def fetch_from(server: Server, path: Path, pause: Callable[[float], None] = lambda _: None) -> Fetched:
    with opened(path) as state:
        return fetch(server.connect, state, since=SINCE, pause=pause)  # type: ignore[arg-type, unused-ignore]


@pytest.mark.parametrize("refused", [{3}, {1, 2}, {1000}, set(range(500, 540))])
def test_mails_that_the_server_refuses_do_not_stop_the_others(path: Path, refused: set[int]) -> None:
    server = Server(1000, refused)
    assert fetch_from(server, path) == Fetched(complete=True, unread=len(refused))
    assert [row[2] for row in rows(path)] == [uid for uid in range(1, 1001) if uid not in refused]
    assert server.sessions == 1
    server.refused = set()
    assert fetch_from(server, path) == Fetched(complete=True, unread=0)
    assert len(rows(path)) == 1000


def test_a_server_that_refuses_everything_is_left_alone_soon(path: Path) -> None:
    server = Server(100_000, range(1, 100_001))
    with pytest.raises(TryLater, match="refused"):
        fetch_from(server, path)
    assert server.calls < 300
    assert rows(path) == []


def test_a_connection_that_breaks_is_made_anew_and_the_rest_is_read(path: Path) -> None:
    server, waited = Server(1200, broken={700}), list[float]()
    assert fetch_from(server, path, waited.append) == Fetched(complete=True, unread=0)
    assert (server.sessions, waited) == (2, [1.0])
    assert len(rows(path)) == 1200


def test_a_mail_at_which_the_server_always_breaks_off_does_not_stop_the_others(path: Path) -> None:
    server = Server(600, broken={100, 101}, always=True)
    assert fetch_from(server, path) == Fetched(complete=True, unread=2)
    assert [row[2] for row in rows(path)] == [uid for uid in range(1, 601) if uid not in {100, 101}]
    assert server.sessions < 30


def test_a_server_that_breaks_off_again_and_again_is_read_to_the_end(path: Path) -> None:
    class Weary(Server):
        def fetch(self, uids: list[int], items: list[str]) -> dict[int, dict[bytes, object]]:
            if self.calls and self.calls % 3 == 0:
                self.calls = 0
                raise IMAPClientAbortError("tired")
            return super().fetch(uids, items)

    server, waited = Weary(3_000), list[float]()
    assert fetch_from(server, path, waited.append) == Fetched(complete=True, unread=0)
    assert len(rows(path)) == 3_000
    assert len(waited) > 5
    assert set(waited) == {1.0}


def test_a_server_that_always_breaks_off_is_left_alone_soon(path: Path) -> None:
    server = Server(1000, broken=range(1, 1001), always=True)
    with pytest.raises(TryLater, match="closed"):
        fetch_from(server, path)
    assert server.sessions < 30


def test_a_server_that_is_away_is_tried_a_few_times(path: Path) -> None:
    waited, tried = list[float](), list[Line]()

    def connect(line: Line) -> IMAPClient:
        tried.append(line)
        raise TryLater(Trouble.UNREACHABLE)

    with opened(path) as state, pytest.raises(TryLater, match="unreachable"):
        fetch(connect, state, since=SINCE, pause=waited.append)
    assert (len(tried), waited) == (4, [1.0, 5.0, 20.0])


def test_a_wrong_password_is_not_tried_again(path: Path) -> None:
    tried = list[Line]()

    def connect(line: Line) -> IMAPClient:
        tried.append(line)
        raise OurFault(Trouble.AUTH_REFUSED)

    with opened(path) as state, pytest.raises(OurFault):
        fetch(connect, state, since=SINCE)
    assert len(tried) == 1


def test_a_call_that_takes_too_long_is_cut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CALL_SECONDS", 0.05)

    class Hanging(Server):
        """Takes connections and never says anything."""

        def connect(self, line: Line) -> "Hanging":
            super().connect(line)
            self.ours, self.theirs = socket.socketpair()
            self.ours.settimeout(10)
            line.take(self.ours)
            return self

        def select_folder(self, folder: str, readonly: bool) -> dict[bytes, int]:
            assert self.ours.recv(1) == b""
            raise IMAPClientAbortError("end of file")

        def shutdown(self) -> None:
            self.ours.close()
            self.theirs.close()

    server = Hanging(1)
    with pytest.raises(TryLater, match="closed"):
        fetch_from(server, path)
    assert server.sessions == 4
