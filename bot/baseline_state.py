"""What measure-only mode keeps of a mailbox: enough to thread its mails, and nothing that tells of anybody.

Instants, kinds, and keyed hashes of ids, addresses and subjects under a key drawn for each file. Whoever has the file
can test a guess, and learn nothing else.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.channels.imap_heads import Head
from bot.errors import OurFault
from bot.facts import to_micros
from bot.port import InboundKind
from bot.threads import NO_TOKEN, LeftOut, Mail, Token, is_forward, plain_subject

_TOKEN_BYTES = 8
"""So many bytes keep a million different things apart, but for one chance in thirty million."""
_VERSION = 1
_MAGIC = b"SQLite format 3\0"
_TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL, key BLOB NOT NULL);
CREATE TABLE folders (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);
CREATE TABLE mails (
    folder INTEGER NOT NULL, validity INTEGER NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL,
    sent INTEGER NOT NULL, sender BLOB NOT NULL, reply_to BLOB NOT NULL, recipients BLOB NOT NULL,
    id BLOB NOT NULL, refs BLOB NOT NULL, subject BLOB NOT NULL, domain BLOB NOT NULL, forward INTEGER NOT NULL,
    form TEXT NOT NULL,
    PRIMARY KEY (folder, validity, uid)
) WITHOUT ROWID;
"""

_FORMS = {
    InboundKind.BOUNCE: LeftOut.BOUNCE,
    InboundKind.LIST: LeftOut.LIST,
    InboundKind.CALENDAR: LeftOut.CALENDAR,
}


def _form(head: Head) -> LeftOut | None:
    """Return why a mail opens and answers nothing, None if a person wrote it; only its head is known."""
    if head.delivery_report:
        return LeftOut.BOUNCE
    if head.mail.machine or head.mail.kind in (InboundKind.AUTO, InboundKind.BOUNCE):
        return _FORMS.get(head.mail.kind, LeftOut.AUTOMATIC)
    return None


class State:
    """The file: what has been read of which folder."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it, readable by its owner only.

        Raises:
            OurFault: it is another kind of file, or of another version.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._base = sqlite3.connect(path, timeout=30.0)
        try:
            self._key = self._open(path)
        except (sqlite3.DatabaseError, TypeError):
            self._base.close()
            raise OurFault(f"{path} is not a file of this mode and version: name another, or remove it") from None

    def _open(self, path: Path) -> bytes:
        # SQLite itself takes a very short file of another kind for a new one, and writes over it.
        with path.open("rb") as file:
            if not _MAGIC.startswith(file.read(len(_MAGIC))):
                raise sqlite3.DatabaseError
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            if not self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._base.execute(statement)
                self._base.execute("INSERT INTO meta VALUES (?, ?)", (_VERSION, secrets.token_bytes(32)))
            found = self._base.execute("SELECT key FROM meta WHERE version = ?", (_VERSION,)).fetchone()
            return bytes(found[0])

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def token(self, what: str, text: str) -> Token:
        """Return what stands in this file for a text of a sort; the empty token for the empty text."""
        if not text:
            return NO_TOKEN
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=_TOKEN_BYTES, key=self._key, person=what.encode()).digest()

    def address(self, text: str) -> Token:
        """Return what stands for an address; letter case does not matter."""
        return self.token("address", text.strip().casefold())

    def domain(self, address: str) -> Token:
        """Return what stands for the domain of an address, or for a bare domain."""
        return self.token("domain", address.strip().casefold().rpartition("@")[2])

    def folder(self, name: str) -> int:
        """Return the number of a folder, which is known by its hash only."""
        hashed = self.token("folder", name)
        with self._base:
            self._base.execute("INSERT OR IGNORE INTO folders (name) VALUES (?)", (hashed,))
        return int(self._base.execute("SELECT id FROM folders WHERE name = ?", (hashed,)).fetchone()[0])

    def known(self, folder: int, validity: int) -> set[int]:
        """Return the UIDs that are in the file."""
        query = "SELECT uid FROM mails WHERE folder = ? AND validity = ?"
        return {uid for (uid,) in self._base.execute(query, (folder, validity))}

    def keep(self, folder: int, validity: int, sent: bool, heads: Iterable[Head]) -> None:
        """Keep what is needed of these heads, all of them or, if it is broken off, none."""
        rows = [(folder, validity, *self._row(sent, head)) for head in heads]
        with self._base:
            self._base.executemany(f"INSERT OR IGNORE INTO mails VALUES ({', '.join('?' * 14)})", rows)  # noqa: S608

    def _row(self, sent: bool, head: Head) -> tuple[int | bool | bytes | str, ...]:
        mail = head.mail
        form = _form(head)
        refs = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
        return (
            head.uid, to_micros(head.at), sent, self.address(mail.from_addr),
            self.address(mail.reply_to[0]) if mail.reply_to else NO_TOKEN,
            b"".join(dict.fromkeys(map(self.address, mail.to_addrs))), self.token("id", mail.message_id),
            b"".join(self.token("id", one) for one in refs), self.token("subject", plain_subject(mail.subject)),
            self.domain(mail.from_addr), is_forward(mail.subject), form.value if form else "",
        )  # fmt: skip

    def mails(self) -> Iterator[Mail]:
        """Give all mails of the file."""
        for row in self._base.execute("SELECT * FROM mails"):
            folder, validity, uid, at, sent, sender, reply_to, recipients, mail_id, refs, subject, *rest = row
            domain, forward, form = rest
            yield Mail(
                key=f"{folder}-{validity}-{uid:010d}", at=at, sent=bool(sent), sender=sender, reply_to=reply_to,
                recipients=_parted(recipients), id=mail_id, refs=_parted(refs), subject=subject,
                domain=domain, forward=bool(forward), form=LeftOut(form) if form else None,
            )  # fmt: skip


def _parted(joined: bytes) -> tuple[Token, ...]:
    return tuple(joined[at : at + _TOKEN_BYTES] for at in range(0, len(joined), _TOKEN_BYTES))


@contextmanager
def opened(path: Path) -> Iterator[State]:
    """Give the file of a mailbox, and close it after.

    Raises:
        OurFault: as `State`.
    """
    with closing(State(path)) as state:
        yield state
