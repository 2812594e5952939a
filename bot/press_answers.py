"""Answers to presses on buttons: sent in the background, in order of arrival. Nothing depends on them."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from bot.chat import Chats
from bot.errors import KommunsvarError, where
from bot.store.chat_rows import PressAnswer

logger = logging.getLogger(__name__)

AT_ONCE = 16
MOST_WAITING = 1000
"""The service forgets a press after some minutes, so the oldest that wait are of no use any more."""
TIMEOUT_SECONDS = 5.0


class PressAnswers:
    """A queue of answers that `run` works off, `AT_ONCE` at a time."""

    def __init__(self, chats: Chats) -> None:
        """Keep the port; nothing is sent before `run`."""
        self._chats = chats
        self._waiting: deque[PressAnswer] = deque()
        self._some = asyncio.Event()

    def answer(self, answers: Sequence[PressAnswer]) -> None:
        """Have presses answered; returns at once."""
        self._waiting.extend(answers)
        dropped = len(self._waiting) - MOST_WAITING
        for _ in range(dropped):
            self._waiting.popleft()
        if dropped > 0:
            logger.warning("%d presses are never answered: too many wait", dropped)
        if self._waiting:
            self._some.set()

    async def run(self) -> None:
        """Answer what waits, for ever."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._some.clear()
                await self._some.wait()
            await self._send(self._waiting.popleft())

    async def _send(self, one: PressAnswer) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._chats.answer_press(one.press, one.words, aloud=one.aloud)
        except (KommunsvarError, TimeoutError) as error:
            logger.info("press %s was not answered: %s", one.press, type(error).__name__)
        except Exception as error:
            logger.error("press %s was not answered by a fault of ours: %s", one.press, where(error))
