"""What tests of the Telegram channel share: our side of the line to the emulator, people, a store that counts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.channels.telegram_api import TelegramChats
from bot.channels.telegram_link import TelegramAccess
from bot.channels.telegram_poll import TelegramPoll
from sandbox.bot_api import BotApi, TgChat, TgGroup, TgMessage, TgPerson
from tests.conftest import FrozenClock


class Kept:
    """A store that counts: each key once. `gate` holds it up; `failing` makes it fail as often as that."""

    def __init__(self) -> None:
        self.events: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None
        self.failing: list[Exception] = []
        self.changed = asyncio.Event()

    async def __call__(self, raw: bytes, key: str) -> None:
        self.asked.append(key)
        self.changed.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failing:
            raise self.failing.pop()
        self.events.setdefault(key, raw)
        self.changed.set()

    async def until(self, check: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not check():
                self.changed.clear()
                await self.changed.wait()

    @property
    def texts(self) -> list[str]:
        updates = [json.loads(raw) for raw in self.events.values()]
        return [one["message"]["text"] for one in updates if isinstance(one.get("message"), dict)]


class Sleeps:
    """Does not sleep, but remembers for how long it was asked to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._halting = False
        self._halted = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if self._halting:
            self._halted.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async def halt(self) -> None:
        """Let the next sleep last for ever, so that nothing is under way when the poller is cancelled."""
        self._halting = True
        await asyncio.wait_for(self._halted.wait(), 5)


def access_to(api: BotApi, *, timeout_seconds: float = 5.0) -> TelegramAccess:
    return TelegramAccess(
        token=lambda: api.token, base_url=api.base_url, base_file_url=api.base_file_url,
        timeout_seconds=timeout_seconds, transfer_seconds=timeout_seconds,
    )  # fmt: skip


@asynccontextmanager
async def chats_of(api: BotApi, clock: FrozenClock, *, timeout_seconds: float = 5.0) -> AsyncIterator[TelegramChats]:
    chats = TelegramChats(access_to(api, timeout_seconds=timeout_seconds), now=clock.now)
    await chats.start()
    try:
        yield chats
    finally:
        await chats.close()


async def met(api: BotApi, name: str = "Elsa") -> TgPerson:
    """A person who has written to the bot."""
    person = api.world.person(name)
    await person.start()
    return person


async def staff_group(api: BotApi, **rights: object) -> tuple[TgGroup, TgPerson]:
    """A group with topics, where the bot is an administrator, and an officer in it."""
    anna = api.world.person("Anna")
    group = api.world.group("Kontaktcenter", [anna])
    await group.add_bot(by=anna, **rights)  # type: ignore[arg-type]
    return group, anna


def in_hurry(patches: pytest.MonkeyPatch) -> None:
    """Have the poller wait as good as no real time after a failure: its seconds are not those of the driven clock."""
    defaults = TelegramPoll.__init__.__kwdefaults__
    assert defaults is not None

    async def short(_: float) -> None:
        await asyncio.sleep(0.005)

    patches.setitem(defaults, "sleep", short)


def with_button(chat: TgChat, words: str, thread: int | None = None) -> list[TgMessage]:
    """Return the messages of a chat (or of a topic) that have a button with these words, the newest last."""
    return [
        one
        for one in chat.messages
        if (thread is None or one.thread == thread) and any(label == words for row in one.buttons for label, _ in row)
    ]
