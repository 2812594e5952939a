"""Mailboxes that are read: how one is reached, what is remembered of its mails, how it fares.

Pure: plain data and one protocol; imports nothing but ids.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType, Protocol

from bot.facts import InboxId

FolderId = NewType("FolderId", int)

MIB = 2**20
ALARM_ATTEMPTS = 3
"""A mail that could not be taken in so many times is told to somebody."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def plain_folder(name: str) -> str:
    """Return a folder's name as it is compared and remembered: ``INBOX`` alone has no case (RFC 3501 §5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name


class Trouble(StrEnum):
    """Why a mailbox cannot be read: codes that go to logs and to staff."""

    AUTH_REFUSED = "auth_refused"
    """Name, password or token were not accepted."""
    AUTH_UNSUPPORTED = "auth_unsupported"
    """The server does not offer the way of logging in that is configured (basic authentication closed, say)."""
    TLS = "tls"
    """The certificate is not trusted, is another host's, or there is no TLS at all."""
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    """The server ended the connection."""
    BUSY = "busy"
    """The server says itself that it cannot at present."""
    NO_FOLDER = "no_folder"
    SENT_FOLDER = "sent_folder"
    """What the server calls its folder of sent mail is the one that is read, or the one mails are moved to."""
    REFUSED = "refused"
    """A command was answered with NO or BAD, or not understandably."""
    OAUTH_REFUSED = "oauth_refused"
    OAUTH_UNREACHABLE = "oauth_unreachable"
    STORE = "store"
    """Our own database could not keep or remember."""
    OUR_FAULT = "our_fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    r"""How one mailbox is reached and what is done with its mails.

    Attributes:
        id: our name for it, ASCII letters, digits, ``-`` and ``_``; goes into keys and logs, so never an address.
            What is remembered hangs on it: under another id the mailbox is a new one.
        address: the mail address it is; becomes the recipient of what is read.
        tls: ``implicit`` (port 993), ``starttls``, or ``none``, on loopback only.
        ca_file: PEM of the authority to trust instead of the machine's own.
        password, access_token: exactly one; called in the mailbox's thread at each login, may block, may raise
            TryLater. forget_token: called when the server has refused a token, so that the next one is fresh.
        folder: read for incoming mail. sent_folder: read for what staff sent past us; None leaves it unread, empty
            finds it by its special use (RFC 6154), else by name.
        after: what happens to a mail once it is kept: nothing, ``\Seen``, or a move to the folder `move_to`.
        since: mail that lay there before the first visit counts from this day; None: it does not count.
        timeout_seconds: longest silence of the server within a command.
        max_bytes: of a larger mail only the first `beginning_bytes` are fetched.
        poll_seconds: between two looks where the server has no IDLE. idle_seconds: after which IDLE is renewed,
            since servers and firewalls cut it from five minutes on. Both at most 300, so that a round is made well
            within the ten minutes after which a mailbox counts as stuck.

    Raises:
        ValueError: contradictory or unsafe, with the reason.
    """

    id: str
    address: str
    host: str
    port: int = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str | None = None
    username: str
    password: Callable[[], str] | None = field(default=None, repr=False)
    access_token: Callable[[], str] | None = field(default=None, repr=False)
    forget_token: Callable[[], None] | None = field(default=None, repr=False)
    folder: str = "INBOX"
    sent_folder: str | None = None
    after: Literal["keep", "seen", "move"] = "keep"
    move_to: str = ""
    since: date | None = None
    timeout_seconds: float = 60.0
    max_bytes: int = 35 * MIB
    beginning_bytes: int = 2 * MIB
    poll_seconds: float = 60.0
    idle_seconds: float = 240.0

    def __post_init__(self) -> None:
        if not self.id or not self.id.isascii() or not self.id.replace("-", "").replace("_", "").isalnum():
            raise ValueError("a mailbox's id has ASCII letters, digits, - and _ only")
        if (self.password is None) == (self.access_token is None):
            raise ValueError("a mailbox needs either a password or an access token")
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("a mailbox without TLS is read on this machine only")
        if (self.after == "move") != bool(self.move_to):
            raise ValueError("a folder to move to belongs to moving, and moving to it")
        if self.sent_folder and plain_folder(self.sent_folder) == plain_folder(self.folder):
            raise ValueError("the folder of sent mail cannot be the one that is read")
        if self.move_to and self.reads(self.move_to):
            raise ValueError("mails cannot be moved to a folder that is read")
        if not (0 < self.poll_seconds <= 300 and 0 < self.idle_seconds <= 300 and self.timeout_seconds > 0):
            raise ValueError("a mailbox is looked into every five minutes at least")

    def reads(self, folder: str) -> bool:
        """Tell whether a folder is the one that is read, or the configured one of sent mail."""
        return plain_folder(folder) in {plain_folder(name) for name in (self.folder, self.sent_folder) if name}


class MailState(StrEnum):
    """How far one mail of a folder has come."""

    KEPT = "kept"
    """In our inbox; the flag or the move in the mailbox is still to be done."""
    SETTLED = "settled"
    """In our inbox, and nothing is left to do in the mailbox."""
    FAILED = "failed"
    """Not taken in; tried again at its time."""
    GONE = "gone"
    """Somebody removed it from the folder before it could be taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder under one UIDVALIDITY (RFC 3501 §2.3.1.1): a UID names a mail only together with it.

    Attributes:
        name: as people see it, decoded from modified UTF-7.
        first_uid: mails from this UID on count, whatever their date.
        from_at: mails before it count as well if the server took them at this instant or later (UTC); None: none.
        started_at: our first visit to the folder, under whichever UIDVALIDITY (UTC).
    """

    id: FolderId
    mailbox: str
    name: str
    uidvalidity: int
    first_uid: int
    from_at: datetime | None
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is remembered of one mail. `inbox` is set once it was kept.

    `attempts`, `due_at` (UTC) and `code` tell of a failed one: how often, when again, and why.
    """

    uid: int
    state: MailState
    inbox: InboxId | None = None
    attempts: int = 0
    due_at: datetime | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCases:
    """What became of the mails remembered as kept from one mailbox, by their inbox rows.

    `cased` led to a case, `uncased` were settled without one (automatic, duplicates, staff's own), `lost` have no
    inbox row any more.
    """

    pending: int = 0
    held: int = 0
    cased: int = 0
    uncased: int = 0
    lost: int = 0


class MailboxMemory(Protocol):
    """What the product itself remembers of mailboxes. Every method raises TryLater when the store is away."""

    async def folder(self, mailbox: str, name: str) -> Folder | None:
        """Return the folder under the UIDVALIDITY seen last, None before the first visit."""
        ...

    async def begin(
        self, mailbox: str, name: str, *, uidvalidity: int, first_uid: int, from_at: datetime | None, at: datetime
    ) -> Folder:
        """Remember a folder under a UIDVALIDITY and return it; one that is known already is returned as it is.

        `started_at` is that of the folder's earliest visit, `at` if there was none.
        """
        ...

    async def last_uid(self, folder: FolderId) -> int:
        """Return the highest UID remembered, 0 if none is."""
        ...

    async def known(self, folder: FolderId, uids: Collection[int]) -> set[int]:
        """Return those of the UIDs of which anything is remembered."""
        ...

    async def remember(self, folder: FolderId, marks: Sequence[Mark]) -> None:
        """Store what is known of mails, replacing what was; a mail once kept never becomes failed or gone again."""
        ...

    async def unsettled(self, folder: FolderId) -> list[int]:
        """Return the UIDs of kept mails that are still to be flagged or moved, ascending."""
        ...

    async def failed(self, folder: FolderId) -> list[Mark]:
        """Return all mails that could not be taken in so far, by UID."""
        ...

    async def gone(self, folder: FolderId) -> int:
        """Return how many mails were removed before they could be taken in."""
        ...

    async def in_cases(self, mailbox: str) -> InCases:
        """Return what became of everything that was kept from a mailbox."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """How reading a mailbox goes, at one instant.

    Attributes:
        connected: logged in, and the last thing asked was answered.
        last_completed_at: when all its folders had last been looked through (UTC).
        failing_since: when the present trouble began; None if there is none. trouble: its code.
        stuck: nothing was completed for ten minutes, neither a round nor a part of one.
        failing_mails: mails that were tried three times or more in vain.
        unmoved: kept mails that could not be flagged or moved in the last round.
        sent_missing: the folder of sent mail was not found.
    """

    mailbox: str
    connected: bool
    last_completed_at: datetime | None
    failing_since: datetime | None
    trouble: Trouble | None
    stuck: bool
    failing_mails: int
    unmoved: int
    sent_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A folder held against our memory.

    Attributes:
        in_mailbox: mails in the folder that count. known: those of which we knew. fetched: those we did not know,
            and have now.
        missing: UIDs of those that we still have not; not empty is an alarm.
        failing: UIDs tried three times or more in vain; likewise. gone: mails removed before we could take them.
        in_cases: what became of all that was ever kept from this mailbox, its other folder included.
    """

    mailbox: str
    folder: str
    uidvalidity: int
    in_mailbox: int
    known: int
    fetched: int
    missing: tuple[int, ...]
    failing: tuple[int, ...]
    gone: int
    in_cases: InCases

    @property
    def alarm(self) -> bool:
        """Tell whether somebody must look."""
        return bool(self.missing or self.failing or self.in_cases.lost)
