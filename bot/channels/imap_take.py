"""Taking mails of one folder in: asked for their size, fetched, kept, remembered, and only then flagged or moved."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.imap_folder import Described, describe, fetch, settle, still_there
from bot.channels.imap_link import Link
from bot.errors import TryLater
from bot.facts import Channel
from bot.mailbox import MIB, Folder, MailboxMemory, MailboxSettings, MailState, Mark, Trouble
from bot.port import Keep, RawInbound

logger = logging.getLogger(__name__)

BATCH_OCTETS = 8 * MIB
"""Small mails are fetched together up to this; a larger one comes alone."""
_BATCH_MAILS = 100
_PIECE = 500
"""UIDs named in one command, so that its line stays short."""

_NOT_GIVEN = "not_given"
_NOT_KEPT = "not_kept"

Job = tuple[int, Described]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What taking in needs. `now` gives UTC; `progress` is called whenever something has been completed."""

    settings: MailboxSettings
    keep: Keep
    memory: MailboxMemory
    now: Callable[[], datetime]
    progress: Callable[[], None]


class Taking:
    """One pass over a selected folder.

    Attributes:
        kept: how many mails were kept. older: UIDs of those met that do not count, being older than our start.
        unmoved: kept mails that could not be flagged or moved.
        suspects: UIDs that were asked for together when the connection broke; one of them may have felled it.
    """

    def __init__(
        self, ways: Ways, link: Link, folder: Folder, *, sent: bool, settles: bool, alone: Collection[int] = ()
    ) -> None:
        """Prepare. `settles`: kept mails may be flagged or moved now. `alone`: UIDs never asked for with others."""
        self._ways, self._link, self._folder = ways, link, folder
        self._sent, self._settles, self._alone = sent, settles, alone
        self._changes = ways.settings.after != "keep" and not sent
        self._attempts: Mapping[int, int] = {}
        self.kept = 0
        self.unmoved = 0
        self.older: set[int] = set()
        self.suspects: set[int] = set()

    async def take(self, uids: Sequence[int], attempts: Mapping[int, int]) -> None:
        """Take these in, in order. `attempts`: how often some of them failed before.

        A mail that fails is remembered as failed and the next one is taken.

        Raises:
            TryLater: the connection or the store is gone; what was not remembered is found again.
        """
        self._attempts = attempts
        for piece in _pieces(uids, _PIECE, self._alone):
            counting = [job for job in await self._describe(piece) if self._counts(job)]
            for batch in _batches(counting, self._ways.settings.max_bytes, self._alone):
                await self._take_batch(batch)

    def _counts(self, job: Job) -> bool:
        uid, described = job
        start = self._folder.from_at
        if uid >= self._folder.first_uid or described.taken_at is None or (start and described.taken_at >= start):
            return True
        self.older.add(uid)
        return False

    async def _describe(self, uids: Sequence[int]) -> list[Job]:
        try:
            described = await self._link.call(describe, uids)
        except TryLater as error:
            if await self._blame(uids, error):
                return []
            return [job for uid in uids for job in await self._describe([uid])]
        await self._note_absent(uids, described)
        return [(uid, described[uid]) for uid in uids if uid in described]

    async def _blame(self, uids: Sequence[int], error: TryLater) -> bool:
        """Tell whether a refusal has found its mail, which then is remembered as failed; False: ask for each alone.

        Where the connection broke, it is raised again: the server may have fallen over this very mail, and would
        again, so the next visit goes on behind it, or asks for each of these alone.
        """
        if len(uids) == 1:
            await self._fail(uids[0], error.reason)
        if error.reason != Trouble.REFUSED:
            if len(uids) > 1:
                self.suspects.update(uids)
            raise error
        return len(uids) == 1

    async def _take_batch(self, batch: Sequence[Job]) -> None:
        try:
            bodies = await self._fetch(batch)
        except TryLater as error:
            if not await self._blame([uid for uid, _ in batch], error):
                for job in batch:
                    await self._take_batch([job])
            return
        await self._note_absent([uid for uid, _ in batch], bodies)
        await self._keep([job for job in batch if job[0] in bodies], bodies)

    async def _fetch(self, batch: Sequence[Job]) -> dict[int, bytes]:
        settings = self._ways.settings
        uids, octets = [uid for uid, _ in batch], sum(described.size for _, described in batch)
        if len(batch) == 1 and octets > settings.max_bytes:
            begin = settings.beginning_bytes
            return await self._link.call_within(0, begin, lambda session: fetch(session, uids, beginning=begin))
        return await self._link.call_within(0, octets, lambda session: fetch(session, uids))

    async def _keep(self, batch: Sequence[Job], bodies: Mapping[int, bytes]) -> None:
        """Keep all at once, which the store commits together, remember what became of each, then settle."""
        results = await asyncio.gather(
            *(self._ways.keep(self._raw(uid, described, bodies[uid])) for uid, described in batch),
            return_exceptions=True,
        )
        marks: list[Mark] = []
        waiting = MailState.KEPT if self._changes else MailState.SETTLED
        for (uid, _), result in zip(batch, results, strict=True):
            if isinstance(result, BaseException):
                logger.warning("mailbox %s: UID %d not kept: %s", self._folder.mailbox, uid, type(result).__name__)
                marks.append(self._failed(uid, _NOT_KEPT))
            else:
                marks.append(Mark(uid=uid, state=waiting, inbox=result))
        if not marks:
            return
        await self._ways.memory.remember(self._folder.id, marks)
        kept = [mark.uid for mark in marks if mark.inbox is not None]
        self.kept += len(kept)
        self._ways.progress()
        if self._changes:
            await self.settle(kept)

    def _raw(self, uid: int, described: Described, body: bytes) -> RawInbound:
        folder, settings, now = self._folder, self._ways.settings, self._ways.now()
        return RawInbound(
            channel=Channel.MAIL,
            external_id=f"imap:{folder.mailbox}:{folder.name}:{folder.uidvalidity}:{uid}",
            raw=body,
            recipients=(settings.address,),
            sender=None,
            # Whoever lays a mail into a folder may give it any time (RFC 3501 §6.3.11); no mail comes from the future.
            arrived_at=min(described.taken_at or now, now),
            mailbox=folder.mailbox,
            sent=self._sent,
            size=described.size if described.size > settings.max_bytes else 0,
        )

    async def settle(self, uids: Sequence[int]) -> None:
        """Flag or move kept mails; those with which it fails stay as they are and are counted."""
        left = len(uids)
        for piece in _pieces(uids, _BATCH_MAILS):
            if not self._settles or not await self._link.call(settle, piece, self._ways.settings):
                self.unmoved += left
                return
            left -= len(piece)
            marks = [Mark(uid=uid, state=MailState.SETTLED) for uid in piece]
            await self._ways.memory.remember(self._folder.id, marks)

    async def _note_absent(self, asked: Iterable[int], given: Mapping[int, object]) -> None:
        """Tell a mail that is gone from one that the server has but does not give."""
        for uid in asked:
            if uid not in given:
                if await self._link.call(still_there, uid):
                    await self._fail(uid, _NOT_GIVEN)
                else:
                    logger.info("mailbox %s: UID %d went before it was read", self._folder.mailbox, uid)
                    await self._ways.memory.remember(self._folder.id, [Mark(uid=uid, state=MailState.GONE)])

    async def _fail(self, uid: int, code: str) -> None:
        await self._ways.memory.remember(self._folder.id, [self._failed(uid, code)])

    def _failed(self, uid: int, code: str) -> Mark:
        attempts = self._attempts.get(uid, 0) + 1
        logger.warning("mailbox %s: UID %d failed, attempt %d: %s", self._folder.mailbox, uid, attempts, code)
        due_at = self._ways.now() + again_after(attempts)
        return Mark(uid=uid, state=MailState.FAILED, attempts=attempts, due_at=due_at, code=code)


def again_after(attempts: int) -> timedelta:
    """Return how long a mail rests after so many attempts: 1, 4, 16 … minutes, six hours at most."""
    return min(timedelta(minutes=4 ** min(attempts - 1, 10)), timedelta(hours=6))


def _pieces(uids: Iterable[int], size: int, alone: Collection[int] = ()) -> Iterator[list[int]]:
    """Give pieces of at most so many, in order; what is to be alone is."""
    piece: list[int] = []
    for uid in uids:
        if piece and (len(piece) >= size or uid in alone or piece[-1] in alone):
            yield piece
            piece = []
        piece.append(uid)
    if piece:
        yield piece


def _batches(jobs: Iterable[Job], max_bytes: int, alone: Collection[int]) -> Iterator[list[Job]]:
    """Give batches of what fits into memory together, in order; what is to be alone, or is cut off, is."""
    batch: list[Job] = []
    total = 0
    for uid, described in jobs:
        lonely = described.size > max_bytes or uid in alone
        if batch and (lonely or total + described.size > BATCH_OCTETS or len(batch) >= _BATCH_MAILS):
            yield batch
            batch, total = [], 0
        batch.append((uid, described))
        # After one that is to be alone, nothing fits any more.
        total += BATCH_OCTETS + 1 if lonely else described.size
    if batch:
        yield batch
