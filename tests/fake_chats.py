"""The port of chats in memory: keeps what it is given, and fails as it is told to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.chat import ChatId, ChatKind, GroupNow, Ourselves, Post, Posted, PostId, ThreadId, UserId
from bot.chat_text import split, split_text
from bot.errors import Unsure

if TYPE_CHECKING:
    from bot.chat import Chats

    def _is_the_port(fake: "FakeChats") -> Chats:
        return fake


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message that was accepted: part of a post, by when and as which number."""

    at: datetime
    post: Post
    text: str
    number: PostId


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, whatever came of it."""

    at: datetime
    method: str
    chat: ChatId


def _no_trouble(_post: Post) -> Exception | None:
    return None


async def _at_once(_post: Post) -> None:
    await asyncio.sleep(0)


@dataclass
class FakeChats:
    """Accepts everything at once.

    `trouble` decides, post by post, what is raised instead; `lost`: the post is accepted all the same and only the
    reply is lost. `takes` is awaited in each call, `then` before it returns. `parts_until` raises after so many parts
    of the next long post.
    """

    now: Callable[[], datetime]
    trouble: Callable[[Post], Exception | None] = _no_trouble
    takes: Callable[[Post], Awaitable[None]] = _at_once
    then: Callable[[Post], Awaitable[None]] = _at_once
    lost: bool = False
    parts_until: tuple[int, Exception] | None = None
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    pressed: list[tuple[str, str, bool]] = field(default_factory=list)
    opened: list[tuple[ChatId, ThreadId]] = field(default_factory=list)
    files: dict[str, bytes | Exception] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    _numbers: dict[ChatId, int] = field(default_factory=dict)

    async def post(self, post: Post, *, done: int = 0, told: Callable[[PostId], None] = lambda _: None) -> Posted:
        self._note("post", post.chat)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.takes(post)
            error = self.trouble(post)
            if error is not None and not self.lost:
                raise error
            numbers = self._accept(post, done, told if error is None else lambda _: None)
            if error is not None:
                raise Unsure
            await self.then(post)
            return Posted(posts=tuple(numbers), at=self.now())
        finally:
            self.under_way -= 1

    def _accept(self, post: Post, done: int, told: Callable[[PostId], None]) -> list[PostId]:
        if post.form.edits is not None:
            self.sent.append(Sent(at=self.now(), post=post, text=post.text, number=post.form.edits))
            return [post.form.edits]
        words = split(post.html) if post.html else split_text(post.text)
        pieces = [*words, *(file.name for file in post.files)]
        numbers: list[PostId] = []
        for place, piece in enumerate(pieces[done:], 1):
            if self.parts_until is not None and place > self.parts_until[0]:
                error, self.parts_until = self.parts_until[1], None
                raise error
            number = PostId(self._numbers.get(post.chat, 0) + 1)
            self._numbers[post.chat] = number
            self.sent.append(Sent(at=self.now(), post=post, text=piece, number=number))
            told(number)
            numbers.append(number)
        return numbers

    def texts(self, chat: int) -> list[str]:
        return [one.text for one in self.sent if one.post.chat == chat]

    def _note(self, method: str, chat: ChatId) -> None:
        self.calls.append(Call(at=self.now(), method=method, chat=chat))

    async def answer_press(self, press: str, words: str = "", *, aloud: bool = False) -> None:
        post = Post(chat=ChatId(0), text=press)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.takes(post)
            if (error := self.trouble(post)) is not None:
                raise error
            self.pressed.append((press, words, aloud))
        finally:
            self.under_way -= 1

    async def make_topic(self, chat: ChatId, title: str) -> ThreadId:
        self._note("make_topic", chat)
        return ThreadId(len(self.calls))

    async def name_topic(self, chat: ChatId, thread: ThreadId, title: str) -> None:
        self._note("name_topic", chat)

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        self._note("close_topic", chat)

    async def open_topic(self, chat: ChatId, thread: ThreadId) -> None:
        self._note("open_topic", chat)
        self.opened.append((chat, thread))

    async def delete_topic(self, chat: ChatId, thread: ThreadId) -> None:
        self._note("delete_topic", chat)

    async def pin(self, chat: ChatId, post: PostId) -> None:
        self._note("pin", chat)

    async def leave(self, chat: ChatId) -> None:
        self._note("leave", chat)

    async def fetch(self, remote: str) -> bytes:
        self.fetched.append(remote)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.takes(Post(chat=ChatId(0), text=remote))
            found = self.files[remote]
            if isinstance(found, Exception):
                raise found
            return found
        finally:
            self.under_way -= 1

    async def group_now(self, chat: ChatId) -> GroupNow:
        self._note("group_now", chat)
        return GroupNow(chat=chat, title="Grupp", kind=ChatKind.FORUM)

    async def ourselves(self) -> Ourselves:
        return Ourselves(user=UserId(1), name="exempelbot")

    async def set_commands(
        self, commands: Mapping[str, str], *, language: str = "", group: ChatId | None = None
    ) -> None:
        self._note("set_commands", group or ChatId(0))
