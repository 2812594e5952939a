"""The file of measure-only mode: what it takes for its own, what it keeps, what stands for what."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.baseline_state import opened
from bot.channels.imap_heads import Head
from bot.errors import OurFault
from bot.facts import to_micros
from bot.port import Inbound, InboundKind
from bot.threads import LeftOut, Mail

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "baseline.db"


def head(uid: int = 1, *, delivery_report: bool = False, **fields: object) -> Head:
    mail = Inbound(**{"from_addr": "elsa@example.org", **fields})  # type: ignore[arg-type]
    return Head(uid=uid, at=AT, mail=mail, delivery_report=delivery_report)


def kept(path: Path, *heads: Head, sent: bool = False) -> list[Mail]:
    with opened(path) as state:
        state.keep(state.folder("INBOX"), 7, sent, heads)
        return list(state.mails())


def test_what_is_kept_of_a_mail(path: Path) -> None:
    (mail,) = kept(path, head(
        uid=12, subject="VB: Gatlykta [EXTERN]", reply_to=("kim@example.org", "bo@example.org"),
        to_addrs=("kontakt@kommun.example", "Bo@example.org", "bo@example.org"), message_id="q1@x.example",
        in_reply_to=("a1@x.example",), references=("q0@x.example", "b1@x.example", "a1@x.example"),
    ))  # fmt: skip
    with opened(path) as state:
        assert mail == Mail(
            key="1-7-0000000012", at=to_micros(AT), sent=False, sender=state.address("elsa@example.org"),
            reply_to=state.address("kim@example.org"),
            recipients=(state.address("kontakt@kommun.example"), state.address("bo@example.org")),
            id=state.token("id", "q1@x.example"),
            refs=tuple(state.token("id", f"{one}@x.example") for one in ("a1", "b1", "q0")),
            subject=state.token("subject", "gatlykta"), domain=state.domain("example.org"), forward=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "form"),
    [
        (head(kind=InboundKind.PERSON), None),
        (head(kind=InboundKind.EMPTY), None),  # only the head was read
        (head(kind=InboundKind.LIST), None),  # a person's mail through a list
        (head(kind=InboundKind.CALENDAR), None),
        (head(kind=InboundKind.LIST, machine=True), LeftOut.LIST),
        (head(kind=InboundKind.CALENDAR, machine=True), LeftOut.CALENDAR),
        (head(kind=InboundKind.AUTO, machine=True), LeftOut.AUTOMATIC),
        (head(kind=InboundKind.PERSON, machine=True), LeftOut.AUTOMATIC),
        (head(kind=InboundKind.BOUNCE, machine=True), LeftOut.BOUNCE),
        (head(kind=InboundKind.AUTO, machine=True, delivery_report=True), LeftOut.BOUNCE),
    ],
)
def test_what_no_person_wrote(path: Path, one: Head, form: LeftOut | None) -> None:
    assert [mail.form for mail in kept(path, one)] == [form]


def test_nothing_stands_for_nothing(path: Path) -> None:
    (mail,) = kept(path, head(from_addr=""))
    assert (mail.sender, mail.reply_to, mail.recipients, mail.id, mail.refs, mail.subject, mail.domain) == (
        b"", b"", (), b"", (), b"", b"",
    )  # fmt: skip


def test_the_same_mail_twice_is_kept_once(path: Path) -> None:
    assert kept(path, head(1), head(2)) == kept(path, head(2), head(1))
    with opened(path) as state:
        assert state.known(1, 7) == {1, 2}
        assert state.known(1, 8) == state.known(2, 7) == set()
        assert state.folder("INBOX") == 1
        assert state.folder("Skickat") == 2


@pytest.mark.parametrize("content", [b"nothing that sqlite knows, in any way", b"x"])
def test_another_file_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(OurFault, match="not a file of this mode"), opened(path):
        pass
    assert path.read_bytes() == content


def test_a_file_of_another_version_is_refused(path: Path) -> None:
    with opened(path):
        pass
    base = sqlite3.connect(path)
    with base:
        base.execute("UPDATE meta SET version = 99")
    base.close()
    with pytest.raises(OurFault, match="version"), opened(path):
        pass


def test_letter_case_of_an_address_does_not_matter_and_sorts_are_kept_apart(path: Path) -> None:
    with opened(path) as state:
        ours = state.address("kontakt@kommun.example")
        assert state.address("Kontakt@Kommun.Example ") == ours
        assert state.token("id", "kontakt@kommun.example") != ours
        assert state.domain("Bo@KOMMUN.example") == state.domain("kommun.example") != b""


def test_a_piece_is_kept_whole_or_not_at_all(path: Path) -> None:
    def broken_off() -> Iterator[Head]:
        yield head(1)
        raise KeyboardInterrupt

    with opened(path) as state, pytest.raises(KeyboardInterrupt):
        state.keep(state.folder("INBOX"), 7, False, broken_off())
    assert kept(path) == []
