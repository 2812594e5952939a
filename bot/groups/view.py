"""How cases are shown in the staff's groups: a view of the facts that is made again wherever it is not as it should be.

Nothing of it is queued. What stands in a group is compared with what should, and the most important thing is done that
the pace allows; so it does not matter when this begins, ends or dies.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.chat import ChatId, Chats
from bot.errors import TryLater
from bot.groups.work import GroupWork
from bot.office import CurrentOffice, Unit
from bot.pace import Pace
from bot.store.database import Database
from bot.store.group_reading import moved_groups

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=2)
"""At least so often it is looked for what other processes have changed."""
_AT_LEAST = 0.1
_MOVES_EVERY = timedelta(minutes=1)


class GroupView:
    """Keeps the staff's groups as they should be; in one process only, the one that does the intake."""

    def __init__(
        self,
        database: Database,
        office: CurrentOffice,
        chats: Chats,
        pace: Pace,
        now: Callable[[], datetime],
        *,
        scans: bool = False,
    ) -> None:
        """Keep the parts; nothing starts yet. `scans`: files are scanned, so that none is shown before it has passed.

        `pace` is the one that everything posted through `chats` is counted by.
        """
        self._database, self._current, self._chats, self._pace, self._now = database, office, chats, pace, now
        self._scans = scans
        self._works: dict[ChatId, GroupWork] = {}
        self._moved: dict[ChatId, ChatId] = {}
        self._moves_read_at: datetime | None = None
        self._busy: set[ChatId] = set()
        self._woken: set[ChatId] = set()
        self._finishing = False

    @property
    def moved(self) -> Mapping[ChatId, ChatId]:
        """The numbers that groups have now, by those they had: the settings may still tell the old ones."""
        return self._moved

    def next_at(self) -> datetime | None:
        """Return when there may be something to do if nothing happens before (UTC); None before the first round."""
        return min((work.next_at for work in self._works.values() if work.next_at is not None), default=None)

    async def run(self, wake: asyncio.Event) -> None:
        """Do what is to be done whenever woken, and at least every two seconds.

        A slow group holds up nothing but itself.
        """
        async with asyncio.TaskGroup() as tasks:
            while True:
                wake.clear()
                await self._start(tasks, wake)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await wake.wait()

    async def finish(self, within_seconds: float) -> None:
        """Begin nothing more, and let what is being done be recorded: a topic that is made is not made again."""
        self._finishing = True
        for work in self._works.values():
            work.ending = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                while self._busy:  # noqa: ASYNC110 -- a few steps, each some hundredths of a second
                    await asyncio.sleep(0.02)

    async def round(self) -> int:
        """Do everything that can be done now, in all groups; return how many steps that were."""
        if not self._database.has_intake:
            return 0
        await self._read_moves()
        before = dict(self._moved)
        async with asyncio.TaskGroup() as tasks:
            works = [tasks.create_task(self._work(chat)) for chat in self._groups()]
        done = sum(work.result() for work in works)
        return done if self._moved == before else done + await self.round()

    async def _start(self, tasks: asyncio.TaskGroup, wake: asyncio.Event) -> None:
        """Start the work in each group where none is going on; where it is, look again when it ends."""
        if self._finishing or not self._database.has_intake:
            return
        try:
            await self._read_moves()
        except TryLater as error:
            logger.warning("groups: the database says %s, trying again", error.reason)
            return
        for chat in self._groups():
            if chat in self._busy:
                self._woken.add(chat)
                continue
            self._busy.add(chat)
            tasks.create_task(self._work_once(chat, wake), name=f"group {chat}")

    async def _work_once(self, chat: ChatId, wake: asyncio.Event) -> None:
        try:
            await self._work(chat)
        finally:
            self._busy.discard(chat)
            if chat in self._woken:
                self._woken.discard(chat)
                wake.set()

    async def _work(self, chat: ChatId) -> int:
        units = self._groups().get(chat)
        if not units:
            return 0
        work = self._works.get(chat)
        if work is None:
            work = self._works[chat] = GroupWork(
                self._database, self._current, self._chats, self._pace, self._now, chat, scans=self._scans
            )
        numbers = {unit.id: ChatId(self._number(unit)) for unit in self._current().units if unit.group}
        done = await work.round(units, numbers)
        if work.moved_to is not None:
            self._moved |= {old: work.moved_to for old, new in self._moved.items() if new == chat}
            self._moved[chat] = work.moved_to
            self._woken.add(chat)
            self._works.pop(chat, None)
            self._pace.forget([chat])
        return done

    def _groups(self) -> dict[ChatId, list[Unit]]:
        """Return the groups there are, with the units whose group each is."""
        found: dict[ChatId, list[Unit]] = {}
        if self._current().chat is None:
            return found
        for unit in self._current().units:
            if unit.group:
                found.setdefault(self._number(unit), []).append(unit)
        for gone in self._works.keys() - found.keys() - self._busy:
            del self._works[gone]
        return found

    def _number(self, unit: Unit) -> ChatId:
        return self._moved.get(ChatId(unit.group), ChatId(unit.group))

    async def _read_moves(self) -> None:
        """Read which groups have got other numbers; somebody else may have been told so."""
        now = self._now()
        if self._moves_read_at is not None and timedelta() <= now - self._moves_read_at < _MOVES_EVERY:
            return
        async with self._database.reading() as connection:
            self._moved = await moved_groups(connection)
        self._moves_read_at = now

    def _pause(self) -> float:
        """Return how long to wait for something to happen, in seconds."""
        at = self.next_at()
        left = LOOK_EVERY if at is None else min(at - self._now(), LOOK_EVERY)
        return max(left.total_seconds(), _AT_LEAST)
