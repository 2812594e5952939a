"""What is asked of one folder over a session: which mails it has, how large they are, their bytes, where they go.

Blocking, for the session's own thread. Nothing here sets a flag but `settle`: bodies are fetched by BODY.PEEK only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from bot.channels.imap_session import forget_news, in_our_words
from bot.errors import OurFault, TryLater
from bot.mailbox import MailboxSettings, Trouble

# imaplib takes lines of up to 1,000,000 octets; a UID and its blank have eleven at most.
_UIDS_AT_ONCE = 50_000

_SENT_NAMES = frozenset({
    "sent", "sent items", "sent mail", "sent messages", "skickat", "skickade", "skickade objekt", "skickade mail",
    "skickade meddelanden", "skickad post", "lähetetyt", "lähetetyt viestit", "lähetetyt kohteet", "sendt",
    "sendte elementer", "sendt post", "gesendet", "gesendete elemente", "gesendete objekte", "envoyés",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A folder as the server describes it. `uid_next`: above every UID there. `read_only`: it takes no changes."""

    uidvalidity: int
    uid_next: int
    exists: int
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A mail before it is fetched: its size in octets, and when the server took it (UTC), None if it does not say."""

    size: int
    taken_at: datetime | None


def select(client: IMAPClient, folder: str, *, read_only: bool) -> Selected:
    """Make a folder the one that is asked; news of it are heard from here on.

    One that grants no changes is opened for reading all the same.

    Raises:
        OurFault: no_folder. TryLater: as `in_our_words`; refused as well where the server names no UIDVALIDITY.
    """
    with in_our_words():
        try:
            said = client.select_folder(folder, readonly=read_only)
        except IMAPClientReadOnlyError:
            read_only = True
            said = client.select_folder(folder, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            raise OurFault(Trouble.NO_FOLDER) from None
        forget_news(client)
        exists = int(said[b"EXISTS"])
        uid_next = int(said.get(b"UIDNEXT", 0)) or max(_search(client, b"*"), default=0) + 1
        if not said.get(b"UIDVALIDITY"):
            raise TryLater(Trouble.REFUSED)
    return Selected(uidvalidity=int(said[b"UIDVALIDITY"]), uid_next=uid_next, exists=exists, read_only=read_only)


def list_from(client: IMAPClient, selected: Selected, first_uid: int) -> list[int]:
    """Return all UIDs from `first_uid` on, ascending."""
    # ``n:*`` includes the last mail even where its UID is lower (RFC 3501 §6.4.8).
    return [uid for uid in _list(client, selected, b"UID %d:*" % first_uid) if uid >= first_uid]


def list_since(client: IMAPClient, selected: Selected, day: date, below_uid: int) -> list[int]:
    """Return the UIDs below `below_uid` that the server took from this day on, ascending; some from the day before.

    A server reads the day on its own clock and drops the time (RFC 3501 §6.4.4), hence the day before.
    """
    if below_uid <= 1:
        return []
    day -= timedelta(days=1)
    # In English whatever the locale.
    month = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]
    since = b"UID 1:%d SINCE %d-%b-%d" % (below_uid - 1, day.day, month, day.year)
    return [uid for uid in _list(client, selected, since) if uid < below_uid]


def _list(client: IMAPClient, selected: Selected, criteria: bytes) -> list[int]:
    """Return the UIDs that meet criteria, ascending, asked for in pieces that any folder's size allows.

    The pieces go by sequence number from the end: a mail removed meanwhile moves the others down, into a piece
    still to come, so none that stays is missed.
    """
    found: set[int] = set()
    for last in range(selected.exists, 0, -_UIDS_AT_ONCE):
        with in_our_words():
            found.update(_search(client, b"%d:%d %b" % (max(1, last - _UIDS_AT_ONCE + 1), last, criteria)))
    return sorted(found)


def list_new(client: IMAPClient, last_uid: int) -> list[int]:
    """Return the UIDs above `last_uid`, ascending."""
    with in_our_words():
        return sorted(uid for uid in _search(client, b"UID %d:*" % (last_uid + 1)) if uid > last_uid)


def still_there(client: IMAPClient, uid: int) -> bool:
    """Tell whether the folder has this mail."""
    with in_our_words():
        return uid in _search(client, b"UID %d" % uid)


def _search(client: IMAPClient, criteria: bytes) -> list[int]:
    return [int(uid) for uid in client.search(criteria)]


def describe(client: IMAPClient, uids: Collection[int]) -> dict[int, Described]:
    """Return size and time of each mail; those that the server does not describe are left out."""
    with in_our_words():
        answers = client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"])
    described = {}
    for uid, answer in answers.items():
        size, taken_at = answer.get(b"RFC822.SIZE"), answer.get(b"INTERNALDATE")
        if isinstance(size, int):
            aware = isinstance(taken_at, datetime) and taken_at.tzinfo is not None
            described[int(uid)] = Described(size=size, taken_at=taken_at.astimezone(UTC) if aware else None)
    return described


def fetch(client: IMAPClient, uids: Collection[int], *, beginning: int | None = None) -> dict[int, bytes]:
    """Return the bytes of each mail, or its first `beginning` ones; those that the server does not give are left out.

    A failure leaves open which mail it was about; asked for a single one, it is that one.
    """
    part = "" if beginning is None else f"<0.{beginning}>"
    with in_our_words():
        answers = client.fetch(uids, [f"BODY.PEEK[]{part}"])
    fetched = {}
    for uid, answer in answers.items():
        body = answer.get(b"BODY[]" if beginning is None else b"BODY[]<0>")
        if isinstance(body, bytes):
            fetched[int(uid)] = body
    return fetched


def settle(client: IMAPClient, uids: Sequence[int], settings: MailboxSettings) -> bool:
    r"""Flag kept mails ``\Seen``, or move them (RFC 6851, else by UIDPLUS, RFC 4315); True if it was done.

    False: the server cannot move single mails, or said no (the target is not there, say); nothing was removed.
    Never a plain EXPUNGE: that would remove what others have marked.
    """
    with in_our_words():
        try:
            if settings.after == "seen":
                client.add_flags(uids, [b"\\Seen"], silent=True)
            elif client.has_capability("MOVE"):
                client.move(uids, settings.move_to)
            elif client.has_capability("UIDPLUS"):
                client.copy(uids, settings.move_to)
                client.add_flags(uids, [b"\\Deleted"], silent=True)
                client.uid_expunge(uids)
            else:
                return False
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return False
    return True


def find_sent(client: IMAPClient) -> str | None:
    r"""Return the folder of sent mail: the one with special use ``\Sent`` (RFC 6154), else by name, else None."""
    with in_our_words():
        folders = [
            ({bytes(flag).lower() for flag in flags}, delimiter, str(name))
            for flags, delimiter, name in client.list_folders()
        ]
    readable = [folder for folder in folders if not folder[0] & {b"\\noselect", b"\\nonexistent"}]
    for flags, _, name in readable:
        if b"\\sent" in flags:
            return name
    for _, delimiter, name in readable:
        parts = name.split(delimiter.decode("ascii", "replace")) if delimiter else [name]
        if parts[-1].strip().casefold() in _SENT_NAMES:
            return name
    return None
