"""One thing done in a group: a call of the service, and right after it what became of it in the database."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import FileKind, Form, No, Post, PostId
from bot.chat_text import plain
from bot.errors import Refused, TryLater
from bot.facts import NOBODY, CaseNumber
from bot.groups.card import Card, SeenCase, card_of, gone_words, title_of
from bot.groups.look import Look, Place
from bot.groups.news import Piece, unshown_words
from bot.groups.placed import Placed
from bot.groups.plan import Do, Step
from bot.groups.posting import Posting
from bot.office import Shown
from bot.pace import PaceAct
from bot.posts import Rank, queue_post
from bot.store.chat_rows import TopicRow, TopicState
from bot.store.group_reading import message_ids
from bot.store.group_records import write_board, write_topic
from bot.store.ledger import open_ledger
from bot.store.reading import Wanted

logger = logging.getLogger(__name__)

REMAKE_EVERY = timedelta(hours=1)
"""A topic that was made again is not made once more before this: whoever takes it away may mean it."""
LATEST = 5
"""So many of a case's messages are shown when it gets a topic."""


class Acting:
    """Does what a plan says. What the service refuses is raised, and nothing is written then."""

    def __init__(self, post: Posting, look: Look, place: Place) -> None:
        """Keep the parts; the plan was made from this look."""
        self._post, self._look, self._place = post, look, place

    async def do(self, step: Step) -> None:
        """Do a step of the plan.

        Raises:
            TryLater, Refused, Unsure: as `bot.chat.Chats`; what was to be done is still to be done.
        """
        if step.case is None:
            await self._write_board()
            return
        doing = {
            Do.LEAVE: self._leave, Do.REOPEN: self._reopen, Do.NEWS: self._tell_news, Do.MAKE: self._make,
            Do.CARD: self._send_card, Do.TELL_OWNER: self._tell_owner, Do.EDIT: self._edit, Do.PIN: self._pin,
            Do.TITLE: self._name, Do.CLOSE: self._close, Do.DELETE: self._delete,
        }  # fmt: skip
        await doing[step.do](step.case)

    async def skip(self, step: Step) -> None:
        """Take what is new as shown though nobody knows whether it is."""
        if step.do is Do.NEWS and step.case is not None:
            row = self._look.rows[step.case]
            await self._post.record(row, _after(row, self._look.news[step.case].pieces[0]))

    async def topic_gone(self, case: CaseNumber) -> None:
        """Write down that somebody has taken a case's topic away."""
        row = self._look.rows[case]
        placed = replace(Placed.decode(row.shown), card="", pinned=False, unsettled={})
        await self._post.record(
            row, replace(row, state=TopicState.WANTED, thread=None, card=None, title="", upto=0, shown=placed.encode())
        )  # fmt: skip

    async def post_gone(self, step: Step) -> None:
        """Write down that the board, or a case's card, is not there any more."""
        if step.case is None:
            await self._post.write(
                partial(write_board, chat=self._post.chat, board=None, shown="", shown_at=self._post.now())
            )
            return
        row = self._look.rows[step.case]
        placed = replace(Placed.decode(row.shown), card="", pinned=False)
        await self._post.record(row, replace(row, card=None, shown=placed.encode()))

    # The group

    async def _write_board(self) -> None:
        board, known = self._look.board, self._place.row.board
        form = Form(buttons=board.buttons, edits=known, quiet=True)
        words = Post(chat=self._post.chat, text=board.html.text, html=str(board.html), form=form)
        posts = await self._post.send(words)
        number = known or posts[-1]
        await self._post.write(
            partial(write_board, chat=self._post.chat, board=number, shown=board.digest, shown_at=self._post.now())
        )
        if known is None and not set(self._place.row.lacks) & {"pin", "admin"}:
            self._post.count()
            try:
                await self._post.chats.pin(self._post.chat, number)
            except (Refused, TryLater) as error:
                logger.info("group %s: the board could not be pinned: %s", self._post.chat, error)

    # A case's place in it

    async def _make(self, case: CaseNumber) -> None:
        seen, known, now = await self._post.read_case(case), self._look.rows.get(case), self._post.now()
        title = title_of(self._look.office, seen)
        self._post.count(PaceAct.TOPIC)
        thread = await self._post.chats.make_topic(self._post.chat, title)
        told = Placed.decode(known.shown).told if known is not None and known.chat == self._post.chat else NOBODY
        again = known is not None and known.made_at is not None
        row = known or TopicRow(case=case, chat=self._post.chat, wanted_at=now)
        await self._post.record(
            known,
            replace(row, chat=self._post.chat, state=TopicState.OPEN, thread=thread, card=None, title=title, upto=0,
                    shown=Placed(told=told).encode(), made_at=now, wanted_at=now + REMAKE_EVERY if again else now),
        )  # fmt: skip

    async def _send_card(self, case: CaseNumber) -> None:
        known, now = self._look.rows.get(case), self._post.now()
        seen = self._look.seen.get(case) or await self._post.read_case(case)
        card = self._look.cards.get(case) or card_of(self._look.office, seen, now)
        new = TopicRow(case=case, chat=self._post.chat, wanted_at=now, made_at=now, state=TopicState.OPEN)
        row = new if known is None or known.chat != self._post.chat else known
        form = Form(buttons=card.buttons, protect=True)
        post = Post(chat=self._post.chat, thread=row.thread, text=card.html.text, html=str(card.html), form=form)
        posts = await self._post.send_there(row, post)
        before = Placed.decode(row.shown)
        placed = replace(before, card=card.digest, level=card.level, late=card.late, pinned=False)
        upto, state = row.upto, row.state if row.thread is not None else TopicState.OPEN
        if not upto:
            upto, placed = await self._begin(case, seen, card, placed)
        await self._post.record(
            known,
            replace(row, card=posts[-1], upto=upto, shown=placed.encode(), state=state, made_at=row.made_at or now),
        )  # fmt: skip

    async def _begin(self, case: CaseNumber, seen: SeenCase, card: Card, placed: Placed) -> tuple[int, Placed]:
        """Return up to which message nothing is shown under a new card, and what is remembered."""
        async with self._post.database.reading() as connection:
            ids = await message_ids(connection, case)
        if card.level is Shown.NUMBER:
            return (ids[-1] if ids else 0), placed
        first = seen.question.id if card.whole and seen.question is not None else None
        if first is not None:
            # Its words stand on the card; its files are still to be shown.
            placed = replace(placed, unsettled={first: ()})
        left = [number for number in ids if first is None or number > first]
        if len(left) > LATEST:
            return left[-LATEST - 1], placed
        return first or 0, placed

    async def _edit(self, case: CaseNumber) -> None:
        row, card = self._look.rows[case], self._look.cards[case]
        form = Form(buttons=card.buttons, edits=row.card, protect=True)
        post = Post(chat=self._post.chat, thread=row.thread, text=card.html.text, html=str(card.html), form=form)
        await self._post.send_there(row, post)
        placed = replace(Placed.decode(row.shown), card=card.digest, level=card.level, late=card.late)
        await self._post.record(row, replace(row, shown=placed.encode()))

    async def _pin(self, case: CaseNumber) -> None:
        row = self._look.rows[case]
        self._post.count()
        try:
            await self._post.chats.pin(self._post.chat, row.card or PostId(0))
        except Refused as error:
            if error.status != No.POST_GONE:
                raise
        placed = replace(Placed.decode(row.shown), pinned=True)
        await self._post.record(row, replace(row, shown=placed.encode()))

    async def _name(self, case: CaseNumber) -> None:
        row = self._look.rows[case]
        title = title_of(self._look.office, self._look.seen[case])
        self._post.count()
        assert row.thread is not None
        await self._post.chats.name_topic(self._post.chat, row.thread, title)
        await self._post.record(row, replace(row, title=title))

    async def _reopen(self, case: CaseNumber) -> None:
        await self._post.open_again(self._look.rows[case])

    async def _close(self, case: CaseNumber) -> None:
        """Close a topic; where there is none, forget the card, so that what happens later begins with a new one."""
        row = self._look.rows[case]
        if row.thread is None:
            await self._post.record(row, replace(row, state=TopicState.DELETED, card=None, shown=""))
            return
        self._post.count()
        await self._post.chats.close_topic(self._post.chat, row.thread)
        await self._post.record(row, replace(row, state=TopicState.CLOSED))

    async def _delete(self, case: CaseNumber) -> None:
        row = self._look.rows[case]
        assert row.thread is not None
        self._post.count()
        try:
            await self._post.chats.delete_topic(self._post.chat, row.thread)
        except Refused as error:
            if error.status != No.TOPIC_GONE:
                raise
        await self._post.record(row, _taken_away(row))

    async def _leave(self, case: CaseNumber) -> None:
        """Take away what must not be read there any more; what cannot be is emptied and closed."""
        row = self._look.rows[case]
        gone = _taken_away(row)
        here = next(one.here for one in self._look.cases if one.number == case)
        if not here:
            home = self._place.groups.get(self._look.office.unit(self._look.seen[case].case.unit).id)
            gone = replace(gone, chat=home or row.chat)
        if not await self._deleted(row):
            await self._emptied(row)
        await self._post.record(row, gone)

    async def _deleted(self, row: TopicRow) -> bool:
        if row.thread is None or "delete" in self._place.row.lacks:
            return False
        self._post.count()
        try:
            await self._post.chats.delete_topic(self._post.chat, row.thread)
        except Refused as error:
            if error.status == No.TOPIC_GONE:
                return True
            if error.status == No.NO_RIGHT:
                return False
            raise
        return True

    async def _emptied(self, row: TopicRow) -> None:
        words = plain(gone_words(self._look.office, row.case))
        form = Form(edits=row.card)
        try:
            if row.card is not None:
                await self._post.send(
                    Post(chat=self._post.chat, thread=row.thread, text=words.text, html=str(words), form=form)
                )
            if row.thread is not None:
                self._post.count()
                await self._post.chats.close_topic(self._post.chat, row.thread)
        except Refused as error:
            if error.status not in {No.POST_GONE, No.TOPIC_GONE, No.NO_RIGHT, No.TOPIC_CLOSED}:
                raise

    # What is new in a case

    async def _tell_news(self, case: CaseNumber) -> None:
        row, piece = self._look.rows[case], self._look.news[case].pieces[0]
        reply_to = row.card if row.thread is None else None
        form = Form(protect=True, quiet=piece.quiet, reply_to=reply_to)
        if piece.file is not None:
            form = replace(form, file=piece.file.remote, file_kind=_file_kind(piece.file.kind))
        post = Post(chat=self._post.chat, thread=row.thread, text=piece.html.text, html=str(piece.html), form=form)
        try:
            await self._post.send_there(row, post)
        except Refused as error:
            if error.status not in {No.BAD_TEXT, No.BAD_REQUEST, No.TOO_BIG, No.POST_GONE}:
                raise
            logger.error("case %s: message %s cannot be shown in its group: %s", case, piece.upto, error.status)
            await self._say_unshown(row, piece)
        await self._post.record(row, _after(row, piece))

    async def _say_unshown(self, row: TopicRow, piece: Piece) -> None:
        words = plain(unshown_words(self._look.office, piece.file.name if piece.file is not None else ""))
        form = Form(protect=True, reply_to=row.card if row.thread is None else None)
        try:
            await self._post.send(
                Post(chat=self._post.chat, thread=row.thread, text=words.text, html=str(words), form=form)
            )
        except Refused as error:
            logger.error("case %s: nor can it be said: %s", row.case, error.status)

    async def _tell_owner(self, case: CaseNumber) -> None:
        """Queue the card for the owner's private chat."""
        seen = self._look.seen.get(case) or await self._post.read_case(case)
        owner, known, now = seen.case.owner, self._look.rows.get(case), self._post.now()
        card = card_of(self._look.office, seen, now)
        row = known or TopicRow(case=case, chat=self._post.chat, wanted_at=now)
        placed = replace(Placed.decode(row.shown), told=owner)

        async def write(connection: AsyncConnection) -> None:
            ledger = await open_ledger(connection, Wanted(), now)
            queue_post(
                ledger, self._look.private[owner], card.html, form=Form(buttons=card.buttons, protect=True), case=case,
                officer=owner, rank=Rank.OWN_ACT, replaces=f"card:{case}",
            )  # fmt: skip
            await ledger.write(connection)
            await write_topic(connection, known, replace(row, shown=placed.encode()))

        await self._post.write(write)


def _after(row: TopicRow, piece: Piece) -> TopicRow:
    placed = replace(Placed.decode(row.shown), unsettled=piece.unsettled)
    return replace(row, upto=piece.upto, shown=placed.encode())


def _taken_away(row: TopicRow) -> TopicRow:
    """Return the row of a case of which nothing stands in its group any more, by our own will."""
    return replace(row, state=TopicState.DELETED, thread=None, card=None, title="", upto=0, shown="")


def _file_kind(kind: str) -> FileKind:
    return next((known for known in FileKind if known.value == kind), FileKind.DOCUMENT)
