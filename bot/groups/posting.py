"""Calls of the service in one group, counted, and what became of them in the database right after."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import ChatId, Chats, No, Post, PostId
from bot.errors import Refused, TryLater
from bot.facts import CaseNumber
from bot.groups.card import SeenCase, seen_case
from bot.pace import Pace, PaceAct
from bot.store.chat_rows import TopicRow, TopicState
from bot.store.database import Database
from bot.store.group_reading import questions_of
from bot.store.group_records import write_topic
from bot.store.journal import facts_of

logger = logging.getLogger(__name__)

Write = Callable[[AsyncConnection], Awaitable[None]]


class Posting:
    """Posts in one group, and records."""

    def __init__(self, database: Database, chats: Chats, pace: Pace, now: Callable[[], datetime], chat: ChatId) -> None:
        """Keep the parts; `chat` is the group."""
        self.database, self.chats, self.now, self.chat = database, chats, now, chat
        self._pace = pace

    async def read_case(self, case: CaseNumber) -> SeenCase:
        """Return a case as it is now."""
        async with self.database.reading() as connection:
            facts, questions = await facts_of(connection, [case]), await questions_of(connection, [case])
        return seen_case(facts[case], questions.get(case))

    def count(self, act: PaceAct = PaceAct.POST) -> None:
        """Count an act, before it is tried."""
        self._pace.take(self.chat, self.now(), act)

    async def send(self, post: Post) -> tuple[PostId, ...]:
        """Post it and count it: what is long becomes several messages. Raises as `bot.chat.Chats.post`."""
        self.count()
        posted = await self.chats.post(post)
        for _ in posted.posts[1:]:
            self.count()
        return posted.posts

    async def send_there(self, row: TopicRow, post: Post) -> tuple[PostId, ...]:
        """Post it in a case's topic; one that somebody has closed is opened again. Raises as `send`."""
        try:
            return await self.send(post)
        except Refused as error:
            if error.status != No.TOPIC_CLOSED or row.thread is None:
                raise
        await self.open_again(row)
        return await self.send(post)

    async def open_again(self, row: TopicRow) -> None:
        """Open a case's closed topic. Raises as `bot.chat.Chats.open_topic`."""
        assert row.thread is not None
        self.count()
        await self.chats.open_topic(self.chat, row.thread)
        # Also where it stands as open already: then somebody has closed it by hand, and it is to be closed by us again.
        await self.record(replace(row, state=TopicState.CLOSED), replace(row, state=TopicState.OPEN))

    async def record(self, was: TopicRow | None, row: TopicRow) -> None:
        """Write down how a case is shown from now on; `was` is how it was read."""
        await self.write(partial(write_topic, was=was, row=row))

    async def write(self, write: Write) -> None:
        """Write down what has happened, however long the database is away: else it would be done again."""
        while True:
            try:
                async with self.database.writing() as connection:
                    await write(connection)
            except TryLater as error:
                logger.warning("group %s: what was done is not recorded yet (%s)", self.chat, error.reason)
                await asyncio.sleep(1)
            else:
                return
