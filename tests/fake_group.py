"""Groups in memory that behave as the port says: topics, cards, rights, migration, and faults on demand."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.chat import ChatId, ChatKind, Form, GroupNow, MovedTo, No, Ourselves, Post, Posted, PostId, ThreadId, UserId
from bot.errors import Refused
from bot.facts import CaseNumber


@dataclass(slots=True, kw_only=True)
class Message:
    """A message that stands in a group."""

    id: PostId
    thread: ThreadId | None
    text: str
    html: str
    form: Form
    versions: int = 1

    @property
    def buttons(self) -> list[str]:
        return [one.words for row in self.form.buttons for one in row]

    @property
    def carried(self) -> list[str]:
        return [one.data for row in self.form.buttons for one in row]


@dataclass(slots=True, kw_only=True)
class Topic:
    title: str
    open: bool = True


@dataclass(slots=True, kw_only=True)
class Group:
    """One group. `admin`: we may write in closed topics. `gate`: while it is shut, calls hang."""

    kind: ChatKind = ChatKind.FORUM
    lacks: set[str] = field(default_factory=set)
    admin: bool = True
    topics: dict[ThreadId, Topic] = field(default_factory=dict)
    messages: dict[PostId, Message] = field(default_factory=dict)
    pinned: list[PostId] = field(default_factory=list)
    acts: list[tuple[datetime, str]] = field(default_factory=list)
    moved_to: ChatId | None = None
    member: bool = True
    gate: asyncio.Event | None = None

    def in_topic(self, thread: ThreadId) -> list[Message]:
        return [one for _, one in sorted(self.messages.items()) if one.thread == thread]

    @property
    def general(self) -> list[Message]:
        return [one for _, one in sorted(self.messages.items()) if one.thread is None]

    def topic(self, case: CaseNumber) -> tuple[ThreadId, Topic]:
        """Return the one topic of a case."""
        ((thread, topic),) = [(thread, topic) for thread, topic in self.topics.items() if topic.title.startswith(case)]
        return thread, topic

    def words(self, case: CaseNumber) -> list[str]:
        return [one.text for one in self.in_topic(self.topic(case)[0])]

    def did(self, what: str) -> int:
        return sum(act == what for _, act in self.acts)

    def busiest_minute(self) -> int:
        """Return the most acts there were within any minute."""
        instants = [at for at, _ in self.acts]
        return max(
            (sum(begin <= at < begin + timedelta(minutes=1) for at in instants) for begin in instants), default=0
        )

    def closest_topics(self) -> timedelta | None:
        """Return the shortest time between two new topics."""
        made = [at for at, act in self.acts if act == "make_topic"]
        return min((later - earlier for earlier, later in pairwise(made)), default=None)


@dataclass(slots=True, kw_only=True)
class Fault:
    """What a call of a method ends with; `applied`: what was asked for has been done all the same."""

    method: str
    error: BaseException
    applied: bool = False
    times: int = 1


class FakeChats:
    """The port (`bot.chat.Chats`)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.groups: dict[ChatId, Group] = {}
        self.faults: list[Fault] = []
        self._last = 1

    def group(self, chat: int, **of: object) -> Group:
        self.groups[ChatId(chat)] = Group(**of)  # type: ignore[arg-type]
        return self.groups[ChatId(chat)]

    def fail(self, method: str, error: BaseException, *, applied: bool = False, times: int = 1) -> None:
        self.faults.append(Fault(method=method, error=error, applied=applied, times=times))

    def migrate(self, old: int, new: int) -> Group:
        """Give a group another number: what stood in it stays with the old one."""
        before = self.groups[ChatId(old)]
        before.moved_to = ChatId(new)
        return self.group(new, kind=before.kind, lacks=set(before.lacks))

    def delete_by_hand(self, chat: int, case: CaseNumber) -> None:
        """Somebody takes a topic away with all that is in it."""
        self._remove(self.groups[ChatId(chat)], self.groups[ChatId(chat)].topic(case)[0])

    # The port

    async def post(self, post: Post, *, done: int = 0, told: Callable[[PostId], None] = lambda _: None) -> Posted:
        group = await self._begin(post.chat, "edit" if post.form.edits else "post")
        assert post.thread != 1, "the general topic has no number"
        assert post.text or post.form.file, "nothing to be seen"
        self._require_thread(group, post.thread)
        if post.form.edits:
            number = post.form.edits
            if number not in group.messages:
                raise Refused(No.POST_GONE)
            standing = group.messages[number]
            assert standing.thread == post.thread
            group.messages[number] = replace(
                standing, text=post.text, html=post.html, form=post.form, versions=standing.versions + 1
            )
        else:
            self._last += 1
            number = PostId(self._last)
            group.messages[number] = Message(
                id=number, thread=post.thread, text=post.text, html=post.html, form=post.form
            )
        self._end("edit" if post.form.edits else "post")
        told(number)
        return Posted(posts=(number,), at=self._now())

    async def answer_press(self, press: str, words: str = "", *, aloud: bool = False) -> None:
        raise AssertionError("the view answers no presses")

    async def make_topic(self, chat: ChatId, title: str) -> ThreadId:
        group = await self._begin(chat, "make_topic")
        self._require_right(group, "topics")
        assert 1 <= len(title) <= 128
        self._last += 1
        group.topics[ThreadId(self._last)] = Topic(title=title)
        self._end("make_topic")
        return ThreadId(self._last)

    async def name_topic(self, chat: ChatId, thread: ThreadId, title: str) -> None:
        group = await self._begin(chat, "name_topic")
        self._require_right(group, "topics")
        self._topic(group, thread).title = title
        self._end("name_topic")

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        group = await self._begin(chat, "close_topic")
        self._require_right(group, "topics")
        self._topic(group, thread).open = False
        self._end("close_topic")

    async def open_topic(self, chat: ChatId, thread: ThreadId) -> None:
        group = await self._begin(chat, "open_topic")
        self._require_right(group, "topics")
        self._topic(group, thread).open = True
        self._end("open_topic")

    async def delete_topic(self, chat: ChatId, thread: ThreadId) -> None:
        group = await self._begin(chat, "delete_topic")
        self._require_right(group, "delete")
        self._topic(group, thread)
        self._remove(group, thread)
        self._end("delete_topic")

    async def pin(self, chat: ChatId, post: PostId) -> None:
        group = await self._begin(chat, "pin")
        self._require_right(group, "pin")
        if post not in group.messages:
            raise Refused(No.POST_GONE)
        group.pinned.append(post)
        self._end("pin")

    async def leave(self, chat: ChatId) -> None:
        raise AssertionError("the view leaves no group")

    async def fetch(self, remote: str) -> bytes:
        raise AssertionError("the view fetches nothing")

    async def group_now(self, chat: ChatId) -> GroupNow:
        group = await self._begin(chat, "")
        return GroupNow(chat=chat, title="Anna och Bo", kind=group.kind, lacks=tuple(sorted(group.lacks)))

    async def ourselves(self) -> Ourselves:
        return Ourselves(user=UserId(1), name="kommunbot")

    async def set_commands(
        self, commands: Mapping[str, str], *, language: str = "", group: ChatId | None = None
    ) -> None:
        raise AssertionError("the view sets no commands")

    # Beneath it

    async def _begin(self, chat: ChatId, act: str) -> Group:
        group = self.groups[chat]
        if group.gate is not None:
            await group.gate.wait()
        if act:
            group.acts.append((self._now(), act))
        for fault in self.faults:
            if fault.method == act and not fault.applied:
                self._used(fault)
                raise fault.error
        if group.moved_to is not None:
            raise MovedTo(group.moved_to)
        if not group.member:
            raise Refused(No.NO_CHAT)
        return group

    def _end(self, act: str) -> None:
        for fault in self.faults:
            if fault.method == act and fault.applied:
                self._used(fault)
                raise fault.error

    def _used(self, fault: Fault) -> None:
        fault.times -= 1
        if not fault.times:
            self.faults.remove(fault)

    def _require_right(self, group: Group, right: str) -> None:
        if (right == "topics" and group.kind is not ChatKind.FORUM) or group.lacks & {right, "admin"}:
            raise Refused(No.NO_RIGHT)

    def _require_thread(self, group: Group, thread: ThreadId | None) -> None:
        if thread is not None and not self._topic(group, thread).open and not group.admin:
            raise Refused(No.TOPIC_CLOSED)

    def _topic(self, group: Group, thread: ThreadId) -> Topic:
        if thread not in group.topics:
            raise Refused(No.TOPIC_GONE)
        return group.topics[thread]

    def _remove(self, group: Group, thread: ThreadId) -> None:
        del group.topics[thread]
        for number in [one.id for one in group.messages.values() if one.thread == thread]:
            del group.messages[number]
