"""Measure-only mode: the heads of a mailbox's mails are read without touching it, and threaded.

They are fetched in pieces into a file (`bot.baseline_state`), so that a run that was broken off goes on where it was,
and a repeated one fetches only what has come since.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Timer

from imapclient import IMAPClient

from bot.baseline_state import State, opened
from bot.channels.imap_heads import Folders, Head, choose_folders, examine, fetch_heads, uids_since
from bot.channels.imap_session import Line, close_session
from bot.errors import TryLater
from bot.mailbox import Trouble
from bot.threads import Threads, thread

__all__ = ["USUAL", "Connect", "Fetched", "Places", "State", "Tell", "fetch", "measure", "opened"]

Tell = Callable[[int, int], None]
"""Is told how many mails of how many are in the file."""
Connect = Callable[[Line], IMAPClient]
"""Opens a session, as `functools.partial(open_session, settings)`."""

AT_ONCE = 500
"""Mails asked for in one command."""
_CALL_SECONDS = 120.0
_WAITS = (1.0, 5.0, 20.0)
"""Seconds before each new connection that follows one on which nothing was read."""
_REFUSED = 50
"""After more mails that the server refuses to give out it is the server that is in trouble, not the mails."""
_SKIPPED = 5
"""After more mails at which the server always breaks off, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How a run ended.

    Attributes:
        complete: False if it was told to stop; what was fetched is kept.
        unread: mails that the server listed and did not give out. The next run asks for them again.
    """

    complete: bool
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Which folders are read, as `choose_folders` has them.

    Attributes:
        folder: where mail comes in.
        more: folders people file it in; ``*`` stands for any part of a name.
        sent: folders of sent mail; none: found by their use or name.
    """

    folder: str = "INBOX"
    more: Sequence[str] = ()
    sent: Sequence[str] = ()


USUAL = Places()
"""INBOX and the folder of sent mail."""


def fetch(
    connect: Connect,
    state: State,
    *,
    since: date,
    places: Places = USUAL,
    tell: Tell = lambda _done, _total: None,
    stopped: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Read the heads of all mails taken since a date into the file; blocks, and can be broken off at any moment.

    The folders of sent mail are read last, so that an answer is not missed that was written during the run. A lost
    connection is made anew; one mail that cannot be read does not stop the others.

    Args:
        connect: opens a session.
        state: where it is kept.
        since: the server's own date decides, so a day more is asked for.
        places: which folders.
        tell: told after every piece.
        stopped: asked before every piece.
        pause: waits so many seconds before a new connection.

    Raises:
        TryLater: the server cannot be reached, or does not go on. OurFault: it must be configured otherwise first.
    """
    patience = _Patience()
    while True:
        run = _Run(state=state, piece=patience.piece, skipped=patience.skipped, tell=tell, stopped=stopped)
        try:
            with _session(connect) as (client, line):
                folders = choose_folders(client, places.folder, places.more, places.sent)
                return run.read(client, line, folders, since - timedelta(days=1))
        except TryLater as error:
            pause(patience.wait_after(error, run))


def measure(
    state: State, *, own: Collection[str], domains: Collection[str] = (), start: datetime, as_of: datetime
) -> Threads:
    """Return the conversations that what is in the file makes.

    Args:
        state: after `fetch`.
        own: our own addresses: mail from them opens nothing.
        domains: those of our colleagues' addresses: what they pass on opens nothing.
        start: first instant of the period (UTC).
        as_of: what came later is not known yet (UTC).
    """
    return thread(
        state.mails(),
        own=[state.address(one) for one in own if one],
        domains=[state.domain(one) for one in domains if one],
        start=start,
        as_of=as_of,
    )


@contextmanager
def _session(connect: Connect) -> Iterator[tuple[IMAPClient, Line]]:
    line = Line()
    try:
        with _within(line):
            client = connect(line)
        try:
            yield client, line
        except BaseException:
            close_session(client, politely=False)
            raise
        with _within(line):
            close_session(client)
    finally:
        line.cut()


@contextmanager
def _within(line: Line) -> Iterator[None]:
    """Cut the connection if a call takes too long: a read timeout alone never ends with a server that drips."""
    timer = Timer(_CALL_SECONDS, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is still to be read of a folder."""

    name: str
    number: int
    validity: int
    sent: bool
    uids: Sequence[int]


class _Run:
    """One connection's work. `kept` counts what it brought, `asked` is the piece it is at (folder and UID)."""

    def __init__(
        self, *, state: State, piece: int, skipped: Set[tuple[int, int]], tell: Tell, stopped: Callable[[], bool]
    ) -> None:
        self.kept = 0
        self.asked: set[tuple[int, int]] = set()
        self._state = state
        self._piece = piece
        self._skipped = skipped
        self._tell = tell
        self._stopped = stopped
        self._refused = 0

    def read(self, client: IMAPClient, line: Line, folders: Folders, since: date) -> Fetched:
        parts, total = self._plan(client, line, folders, since)
        done, unread = total - sum(len(part.uids) for part in parts), len(self._skipped)
        self._tell(done, total)
        for part in parts:
            if part.uids and self._examine(client, line, part.name) != part.validity:
                raise TryLater(Trouble.CLOSED)  # numbered anew meanwhile: plan again
            for at in range(0, len(part.uids), self._piece):
                if self._stopped():
                    return Fetched(complete=False, unread=unread)
                uids = part.uids[at : at + self._piece]
                self.asked = {(part.number, uid) for uid in uids}
                heads = self._heads(client, line, uids)
                self._state.keep(part.number, part.validity, part.sent, heads)
                self.kept += len(heads)
                unread += len(uids) - len(heads)
                done += len(uids)
                self._tell(done, total)
        return Fetched(complete=True, unread=unread)

    def _plan(self, client: IMAPClient, line: Line, folders: Folders, since: date) -> tuple[list[_Part], int]:
        """Return what is still to be read, and how many mails there are in all."""
        parts, total = [], 0
        for name in (*folders.received, *folders.sent):
            validity = self._examine(client, line, name)
            with _within(line):
                uids = uids_since(client, since)
            number = self._state.folder(name)
            known = self._state.known(number, validity)
            total += len(uids)
            left = [uid for uid in uids if uid not in known and (number, uid) not in self._skipped]
            parts.append(_Part(name=name, number=number, validity=validity, sent=name in folders.sent, uids=left))
        return parts, total

    def _examine(self, client: IMAPClient, line: Line, name: str) -> int:
        with _within(line):
            return examine(client, name)

    def _heads(self, client: IMAPClient, line: Line, uids: Sequence[int]) -> list[Head]:
        """Return the heads; where the server refuses, or cannot be understood, halve until the bad mail stands alone.

        Raises:
            TryLater: the connection is lost, or too many mails are refused.
        """
        try:
            with _within(line):
                return fetch_heads(client, uids)
        except TryLater as error:
            if error.reason != Trouble.REFUSED:
                raise
            if len(uids) == 1:
                self._refused += 1
                if self._refused > _REFUSED:
                    raise
                return []
        middle = len(uids) // 2
        return [*self._heads(client, line, uids[:middle]), *self._heads(client, line, uids[middle:])]


class _Patience:
    """What failed without anything being read, one time after the other, and what follows from it.

    After a lost connection it goes on in smaller pieces, at last mail by mail: one of them may be what ends it. Such
    mails (folder and UID) are skipped.
    """

    def __init__(self) -> None:
        self.skipped: set[tuple[int, int]] = set()
        self._failed = 0

    @property
    def piece(self) -> int:
        return max(1, AT_ONCE >> 3 * self._failed)

    def wait_after(self, error: TryLater, run: _Run) -> float:
        """Return how many seconds to wait, or raise the error where waiting does not help."""
        self._failed = 1 if run.kept else self._failed + 1
        if self._failed > len(_WAITS) and len(run.asked) == 1 and len(self.skipped) < _SKIPPED:
            self.skipped |= run.asked
            self._failed = 1
        if error.reason == Trouble.REFUSED or self._failed > len(_WAITS):
            raise error
        return _WAITS[self._failed - 1]
