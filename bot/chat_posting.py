"""One attempt to post in a chat: the call, and what its failure means for the post, its chat and everything else."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import chat_endings
from bot.chat import ChatId, Chats, Elsewhere, MovedTo, No, Post, PostId, Revoked, Upload, chat_at
from bot.chat_text import plain
from bot.errors import KommunsvarError, Refused, TryLater, Unsure, where
from bot.facts import InboxId
from bot.office import CurrentOffice
from bot.outbox import Ending, FilesOf, files_along
from bot.pace import Pace, PaceAct
from bot.port import Attachment
from bot.store.deliveries import Original
from bot.store.rows import OutgoingMail

logger = logging.getLogger(__name__)

_MARGIN = timedelta(milliseconds=500)
"""Waited beyond what the service asks for: its clock is not ours."""
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=5)
_REOPENINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of an attempt.

    Attributes:
        endings: one for each post.
        moved_to: the group's new number, where it has got one.
        stopped: why nothing may be sent at all any more, a code; empty otherwise.
    """

    endings: Sequence[Ending]
    moved_to: ChatId | None = None
    stopped: str = ""


def chat_of(mail: OutgoingMail) -> ChatId:
    """Return the chat of a post."""
    chat = chat_at(mail.to_addr)
    assert chat is not None, "a mail among the posts"
    return chat


class Posting:
    """Posts through the port, and lets chats rest that must not be written to for a while."""

    def __init__(
        self, chats: Chats, pace: Pace, office: CurrentOffice, now: Callable[[], datetime], files: FilesOf | None
    ) -> None:
        """Keep the parts. Without `files` no attachments of mails go along."""
        self._chats = chats
        self._pace = pace
        self._office = office
        self._now = now
        self._files_of = files or _no_files
        self._failures = 0
        self._rests_until: datetime | None = None

    async def attempt(self, mails: Sequence[OutgoingMail], originals: Mapping[InboxId, Original]) -> Attempt:
        """Post one post, or several plain ones as one message, and return what came of it; never raises."""
        posted: list[PostId] = []
        try:
            post = await self._post(mails, originals)
            accepted = await self._chats.post(post, done=len(mails[0].posted), told=posted.append)
        except (MovedTo, Revoked, Elsewhere) as error:
            endings = [chat_endings.waits(mail, error.status, self._now(), posted) for mail in mails]
            if isinstance(error, MovedTo):
                return Attempt(endings=endings, moved_to=error.chat)
            return Attempt(endings=endings, stopped=type(error).__name__.lower())
        except Exception as error:
            return Attempt(endings=await self._failed(mails, error, posted))
        self._failures = 0
        ids = [*posted, *accepted.posts]
        return Attempt(endings=[chat_endings.sent(mail, accepted.at, ids) for mail in mails])

    async def _failed(
        self, mails: Sequence[OutgoingMail], error: Exception, posted: Sequence[PostId]
    ) -> Sequence[Ending]:
        now = self._now()
        match error:
            case Refused() if error.status == No.TOPIC_CLOSED and mails[0].attempts < _REOPENINGS:
                again_at = await self._reopen(mails[0])
                return [chat_endings.once_more(mail, again_at, now, posted) for mail in mails]
            case Refused():
                return [chat_endings.refused(mail, error, now, posted) for mail in mails]
            case TryLater():
                return self._later(mails, error, posted)
            case Unsure():
                return [chat_endings.unsure(mail, now, posted) for mail in mails]
            case _:
                logger.error("outbox %s could not be posted by a fault of ours: %s", mails[0].id, where(error))
                return [chat_endings.dead(mail, "our_fault", now, posted) for mail in mails]

    def _later(self, mails: Sequence[OutgoingMail], error: TryLater, posted: Sequence[PostId]) -> Sequence[Ending]:
        now = self._now()
        if error.whole_channel:
            self._rest(now, error)
        elif error.after is not None:
            self._pace.give_back(chat_of(mails[0]))
            self._pace.hold(chat_of(mails[0]), now + error.after + _MARGIN)
        else:
            return [chat_endings.later(mail, error, now, posted) for mail in mails]
        # It keeps its place, however long this lasts.
        return [chat_endings.waits(mail, error.reason, now, posted) for mail in mails]

    def _rest(self, now: datetime, error: TryLater) -> None:
        """Let everything rest, the longer the more often in a row nothing went through."""
        if self._rests_until is None or now >= self._rests_until:  # those under way beside it fail too: one failure
            self._failures += 1
        # One that succeeded beside it may have set the count back.
        wait = min(_FIRST_REST * (1 << min(max(self._failures - 1, 0), 6)), _LONGEST_REST)
        self._rests_until = now + max(wait, error.after or timedelta())
        self._pace.hold_all(self._rests_until)
        logger.warning("chats: nothing goes through (%s), trying again in %s", error.reason, wait)

    async def _reopen(self, mail: OutgoingMail) -> datetime:
        """Open the closed topic of a post, and return when (UTC) the post may be tried again."""
        chat, now = chat_of(mail), self._now()
        at = self._pace.free_at(chat, now, PaceAct.TOPIC, own=True)
        if mail.thread is None or at > now:
            return at
        self._pace.take(chat, now, PaceAct.TOPIC)
        try:
            await self._chats.open_topic(chat, mail.thread)
        except KommunsvarError as error:
            logger.warning("outbox %s: its topic could not be opened: %s", mail.id, type(error).__name__)
        return self._now()

    async def _post(self, mails: Sequence[OutgoingMail], originals: Mapping[InboxId, Original]) -> Post:
        first = mails[0]
        files: Sequence[Attachment] = first.enclosed
        if first.attach:
            # Decoding tens of megabytes takes a second; others must be served meanwhile.
            files = await asyncio.to_thread(files_along, self._files_of, self._office(), first, originals)
        html = first.html
        if len(mails) > 1:
            html = "\n\n".join(mail.html or str(plain(mail.text)) for mail in mails)
        return Post(
            chat=chat_of(first), thread=first.thread, text="\n\n".join(mail.text for mail in mails), html=html,
            form=first.form,
            files=[Upload(name=one.name, media_type=one.media_type, content=one.content) for one in files],
        )  # fmt: skip


def _no_files(_raw: bytes, _answer: bool, _withheld: frozenset[int]) -> Sequence[Attachment]:
    return ()
