"""Heads of mails from a real Dovecot: what is read, which folders, and that nothing in them changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from itertools import count
from typing import Any

import pytest
from imapclient import IMAPClient

from bot.channels.imap_heads import Folders, choose_folders, examine, fetch_heads, uids_since
from bot.channels.imap_session import close_session, open_session
from bot.errors import OurFault, TryLater
from bot.mailbox import MailboxSettings
from tests.dovecot import PASSWORD, WHY_NOT, Dovecot, server

PLAIN = b"".join(
    line + b"\r\n"
    for line in (
        b"Return-Path: <elsa@example.org>",
        b"From: Elsa Exempel <Elsa@Example.org>",
        b"To: kontakt@kommun.example",
        b"Cc: bo@example.org",
        b"Subject: =?utf-8?q?Sn=C3=B6?=",
        b"\tp=?utf-8?q?=C3=A5?= gatan",
        b"Message-ID: <q1@example.org>",
        b"In-Reply-To: <a0@kommun.example>",
        b"References: <q0@example.org>",
        b" <a0@kommun.example>",
        b"",
        b"Hej!",
    )
)
USERS = map("user{}".format, count())


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with server() as running:
        if running is None:
            pytest.skip(WHY_NOT)
        yield running


@pytest.fixture
def user() -> str:
    """Return a user whose mailbox is empty."""
    return next(USERS)


@pytest.fixture
def session(dovecot: Dovecot, user: str) -> Iterator[IMAPClient]:
    client = open_session(settings_of(dovecot, user))
    yield client
    close_session(client)


def settings_of(dovecot: Dovecot, user: str) -> MailboxSettings:
    return MailboxSettings(
        id="box", address="kontakt@kommun.example", host="127.0.0.1", port=dovecot.port, tls="none",
        username=user, password=lambda: PASSWORD, timeout_seconds=10,
    )  # fmt: skip


def state_of(dovecot: Dovecot, user: str, folders: tuple[str, ...] = ("INBOX", "Skickat")) -> dict[str, Any]:
    """Return all that another program can see of a mailbox, its files included."""
    seen: dict[str, Any] = {}
    with dovecot.client(user) as other:
        for folder in folders:
            seen[folder] = other.folder_status(folder)
    root = dovecot.folder / "mail" / user
    seen["files"] = sorted(
        str(file.relative_to(root)) for file in root.rglob("*") if file.parent.name in {"cur", "new"}
    )
    return seen


def test_a_head_is_read_without_the_mail(dovecot: Dovecot, user: str, session: IMAPClient) -> None:
    took = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    with dovecot.client(user) as other:
        other.append("INBOX", PLAIN, (), took)
    examine(session, "INBOX")
    (head,) = fetch_heads(session, uids_since(session, date(2026, 3, 1)))
    assert head.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert (head.uid, head.delivery_report) == (1, False)
    mail = head.mail
    assert (mail.subject, mail.from_addr, mail.message_id) == ("Snö på gatan", "Elsa@example.org", "q1@example.org")
    assert mail.to_addrs == ("kontakt@kommun.example", "bo@example.org")
    assert (mail.in_reply_to, mail.references) == (("a0@kommun.example",), ("q0@example.org", "a0@kommun.example"))
    assert mail.text == ""


def test_a_delivery_report_is_known_by_its_head(dovecot: Dovecot, user: str, session: IMAPClient) -> None:
    report = (
        b'From: <>\r\nContent-Type: multipart/report;\r\n report-type="delivery-status"; boundary=x\r\n\r\n--x--\r\n'
    )
    reading = report.replace(b"delivery-status", b"disposition-notification")
    with dovecot.client(user) as other:
        other.append("INBOX", report)
        other.append("INBOX", reading)
    examine(session, "INBOX")
    assert [head.delivery_report for head in fetch_heads(session, [1, 2])] == [True, False]


def test_nothing_in_the_mailbox_changes(dovecot: Dovecot, user: str, session: IMAPClient) -> None:
    with dovecot.client(user) as other:
        other.create_folder("Skickat")
        for folder in ("INBOX", "Skickat"):
            other.append(folder, PLAIN)
    before = state_of(dovecot, user)
    assert before["INBOX"][b"UNSEEN"] == before["INBOX"][b"RECENT"] == 1
    for folder in ("INBOX", "Skickat"):
        examine(session, folder)
        assert len(fetch_heads(session, uids_since(session, date(2000, 1, 1)))) == 1
        session.add_flags([1], [b"\\Seen"])  # even this has no effect: the folder is open for reading only
    session.unselect_folder()
    assert state_of(dovecot, user) == before


def test_uids_since_a_date_and_what_is_gone_meanwhile(dovecot: Dovecot, user: str, session: IMAPClient) -> None:
    with dovecot.client(user) as other:
        for day in (1, 2, 3):
            other.append("INBOX", PLAIN, (), datetime(2026, 5, day, 12, tzinfo=UTC))
        examine(session, "INBOX")
        assert uids_since(session, date(2026, 5, 2)) == [2, 3]
        assert uids_since(session, date(2026, 5, 4)) == []
        other.select_folder("INBOX")
        other.delete_messages([2])
        other.expunge([2])
    assert [head.uid for head in fetch_heads(session, [2, 3])] == [3]
    assert fetch_heads(session, []) == []


def test_a_folder_that_is_not_there_cannot_be_opened(session: IMAPClient) -> None:
    with pytest.raises(TryLater, match="refused"):
        examine(session, "Ingen")


def test_what_cannot_be_read_of_an_answer_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    head, at = b"BODY[HEADER.FIELDS (FROM)]", datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2)))

    class Server:
        def fetch(self, uids: list[int], items: list[str]) -> dict[int, dict[bytes, object]]:
            assert all("PEEK" in item for item in items if "BODY" in item)
            return {
                5: {b"INTERNALDATE": at, head: b"From: a@example.org\r\n\r\n"},
                1: {b"INTERNALDATE": None, head: b"From: a@example.org\r\n\r\n"},
                2: {b"INTERNALDATE": at, head: None},
                3: {b"INTERNALDATE": at},
                4: {b"INTERNALDATE": at.replace(tzinfo=None), head: b""},
            }

    assert [(one.uid, one.at) for one in fetch_heads(Server(), [1, 2, 3, 4, 5])] == [
        (5, datetime(2026, 5, 1, tzinfo=UTC))
    ]  # type: ignore[arg-type, unused-ignore]


class Listing:
    """A server with these folders only, marked as given."""

    def __init__(self, *folders: tuple[str, str]) -> None:
        self._folders = [(tuple(flags.encode().split()), b"/", name) for name, flags in folders]

    def list_folders(self) -> list[tuple[tuple[bytes, ...], bytes, str]]:
        return self._folders


MARKED = (
    ("INBOX", ""), ("INBOX/Klart", ""), ("INBOX/Klart/2025", ""), ("Arkiv", ""), ("Skickat", "\\Sent"),
    ("Skickat/Gammalt", ""),
    ("Utkast", "\\Drafts"), ("Papperskorg", "\\Trash"), ("Skräp", "\\Junk"), ("Allt", "\\All"), ("Träd", "\\NoSelect"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("folders", "asked", "received", "sent"),
    [
        (MARKED, {}, ("INBOX",), ("Skickat",)),
        (MARKED, {"more": ["INBOX/*"]}, ("INBOX", "INBOX/Klart", "INBOX/Klart/2025"), ("Skickat",)),
        (MARKED, {"more": ["inbox/klart", "ARKIV"]}, ("INBOX", "INBOX/Klart", "Arkiv"), ("Skickat",)),
        (MARKED, {"more": ["*"], "sent": ["Skickat*"]},
         ("INBOX", "INBOX/Klart", "INBOX/Klart/2025", "Arkiv"), ("Skickat", "Skickat/Gammalt")),
        (MARKED, {"more": ["Ingenting*", "Papperskorg"]}, ("INBOX", "Papperskorg"), ("Skickat",)),
        (MARKED, {"folder": "Arkiv"}, ("Arkiv",), ("Skickat",)),
        ([("Inbox", ""), ("Skickade objekt", "")], {}, ("Inbox",), ("Skickade objekt",)),
        ([("INBOX", ""), ("INBOX/Sent", "")], {"more": ["INBOX/*"]}, ("INBOX",), ("INBOX/Sent",)),
        ([("INBOX", ""), ("[Gmail]/Sent Mail", "\\Sent")], {"sent": ["[gmail]/sent mail"]}, ("INBOX",),
         ("[Gmail]/Sent Mail",)),
        ([("INBOX", ""), ("Lähetetyt", "")], {}, ("INBOX",), ("Lähetetyt",)),
    ],
)  # fmt: skip
def test_which_folders_are_read(
    folders: list[tuple[str, str]], asked: dict[str, Any], received: tuple[str, ...], sent: tuple[str, ...]
) -> None:
    choose = partial(choose_folders, Listing(*folders))  # type: ignore[arg-type, unused-ignore]
    assert choose(**asked) == Folders(received=received, sent=sent)


@pytest.mark.parametrize(
    ("folders", "asked", "name"),
    [
        ([("INBOX", ""), ("Arkiv", "")], {}, "sent"),
        (MARKED, {"more": ["Saknas"]}, "Saknas"),
        (MARKED, {"sent": ["Saknas"]}, "Saknas"),
        (MARKED, {"folder": "Saknas"}, "Saknas"),
    ],
)
def test_a_folder_that_is_missing_is_named(folders: list[tuple[str, str]], asked: dict[str, Any], name: str) -> None:
    with pytest.raises(OurFault, match=f"no_folder: {name}"):
        choose_folders(Listing(*folders), **asked)  # type: ignore[arg-type, unused-ignore]


def test_the_real_server_marks_its_folder_of_sent_mail(dovecot: Dovecot, user: str, session: IMAPClient) -> None:
    with dovecot.client(user) as other:
        for name in ("Skickat", "Ärenden/Å"):
            other.create_folder(name)
    assert choose_folders(session, more=["ärenden/*"]) == Folders(received=("INBOX", "Ärenden/Å"), sent=("Skickat",))
