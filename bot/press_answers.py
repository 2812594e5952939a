"""Answers to presses on buttons: sent in the background, in order of arrival. Nothing depends on them.

Whoever presses sees at once that it was noticed. What is decided in time is the answer; where much waits before it, the
press is answered without words first, and words that come later are written in the person's own chat instead.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import ChatId, Chats, Post
from bot.errors import KommunsvarError, where
from bot.store.chat_rows import PressAnswer

logger = logging.getLogger(__name__)

AT_ONCE = 16
MOST_WAITING = 1000
"""The service forgets a press after some minutes, so the oldest that wait are of no use any more."""
TIMEOUT_SECONDS = 5.0
PATIENCE_SECONDS = 0.06
"""So long a press waits for what is decided; a person takes 0.3 s for at once."""


@dataclass(frozen=True, slots=True)
class _Say:
    """Words that came too late to be an answer."""

    chat: ChatId
    words: str


class PressAnswers:
    """A queue of answers that `run` works off, `AT_ONCE` at a time."""

    def __init__(self, chats: Chats) -> None:
        """Keep the port; nothing is sent before `run`."""
        self._chats = chats
        self._waiting: deque[PressAnswer | _Say] = deque()
        self._some = asyncio.Event()
        self._expected: dict[str, tuple[ChatId, asyncio.TimerHandle]] = {}
        self._hurried: dict[str, ChatId] = {}

    def expect(self, press: str, chat: ChatId) -> None:
        """Have a press in this chat answered in good time, whatever is decided and however long that takes."""
        if press and press not in self._hurried and press not in self._expected:
            timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._hurry, press)
            self._expected[press] = chat, timer

    def answer(self, answers: Sequence[PressAnswer]) -> None:
        """Have presses answered; returns at once."""
        for one in answers:
            _, timer = self._expected.pop(one.press, (None, None))
            if timer is not None:
                timer.cancel()
            chat = self._hurried.pop(one.press, None)
            if chat is None:
                self._waiting.append(one)
            elif one.words and chat > 0:
                self._waiting.append(_Say(chat, one.words))
        self._wake()

    def _hurry(self, press: str) -> None:
        """Answer a press without words: what it leads to takes longer."""
        chat, _ = self._expected.pop(press)
        self._hurried[press] = chat
        if len(self._hurried) > MOST_WAITING:
            self._hurried.pop(next(iter(self._hurried)))
        self._waiting.appendleft(PressAnswer(press))
        self._wake()

    def _wake(self) -> None:
        dropped = len(self._waiting) - MOST_WAITING
        for _ in range(dropped):
            self._waiting.popleft()
        if dropped > 0:
            logger.warning("%d presses are never answered: too many wait", dropped)
        if self._waiting:
            self._some.set()

    async def run(self) -> None:
        """Answer what waits, for ever; at the end no timer is left."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._work())
        finally:
            for _, timer in self._expected.values():
                timer.cancel()

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._some.clear()
                await self._some.wait()
            await self._send(self._waiting.popleft())

    async def _send(self, one: PressAnswer | _Say) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if isinstance(one, _Say):
                    await self._chats.post(Post(chat=one.chat, text=one.words))
                else:
                    await self._chats.answer_press(one.press, one.words, aloud=one.aloud)
        except (KommunsvarError, TimeoutError) as error:
            logger.info("%s was not answered: %s", _named(one), type(error).__name__)
        except Exception as error:
            logger.error("%s was not answered by a fault of ours: %s", _named(one), where(error))


def _named(one: PressAnswer | _Say) -> str:
    return f"press {one.press}" if isinstance(one, PressAnswer) else f"a late press in chat {one.chat}"
