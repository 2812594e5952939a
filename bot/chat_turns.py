"""Whose turn it is: which of what waits in chats may be sent now, in order, fairly and within the budgets.

To one person all goes in the order it was queued, one after the other. In a group one post after the other goes by
rank; what an officer has just asked for waits for none of them, only for the officer's own acts in the same topic.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from bot.chat import ChatId, ThreadId
from bot.chat_text import LIMIT
from bot.facts import OutboxId
from bot.pace import GROUP_ACTS, GROUP_WINDOW, KEPT_FOR_STAFF, Pace
from bot.posts import Rank
from bot.store.chat_deliveries import WaitingPost

BEHIND = timedelta(seconds=60)
"""When mere words have waited so long for a group, those of one case become one message."""

CALM = 3
"""So many acts a minute a group takes at once; more are spread over the minute, so that what an officer asks for never
meets a group whose whole minute was spent in its first seconds."""
_SPREAD = GROUP_WINDOW / (GROUP_ACTS - KEPT_FOR_STAFF)

_OWN_AT_ONCE = 3
_IN_GROUPS = 8
"""So many calls may be under way in all groups: slow groups leave room for citizens."""

_MERGED_MOST = LIMIT // 2
_ONE_MESSAGE = 3000
"""Characters that surely are one message; what is longer counts as several."""
_LOOK_AGAIN = timedelta(seconds=1)


class Lane(NamedTuple):
    """In what order is kept: a private chat; a group; what officers asked for in one of its topics (`own`)."""

    chat: ChatId
    own: bool = False
    thread: ThreadId | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What may be sent now: one post, or several that become one message, in order."""

    lane: Lane
    posts: tuple[OutboxId, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    lane: Lane
    posts: tuple[WaitingPost, ...]

    @property
    def first(self) -> WaitingPost:
        return self.posts[0]

    @property
    def messages(self) -> int:
        """How many messages it becomes, roughly: never more than a group ever has room for."""
        return min(1 + self.first.length // _ONE_MESSAGE, GROUP_ACTS - KEPT_FOR_STAFF)


class Turns:
    """Gives out turns and counts them in the budgets."""

    def __init__(self, pace: Pace) -> None:
        """Begin with nothing sent."""
        self._pace = pace
        self._last: dict[ChatId, datetime] = {}
        self.next_at: datetime | None = None
        """When the next turn may be given to what waited the last time; None: as soon as something is queued."""

    def give(self, waiting: Sequence[WaitingPost], busy: Collection[Lane], now: datetime, most: int) -> list[Turn]:
        """Return whose turn it is, at most so many, each counted as done now.

        What officers asked for goes first, then what was queued first, whatever its chat; last what we ask unbidden.

        Args:
            waiting: as the store tells it: chat by chat, each in its order.
            busy: lanes in which something is being sent.
            now: UTC.
            most: how many more may be sent at once.
        """
        self.next_at = None
        given: list[Turn] = []
        heads = [one for chat, posts in groupby(waiting, lambda post: post.chat) for one in _heads(chat, [*posts], now)]
        taken = list(busy)
        for head in sorted(heads, key=_urgency):
            if len(given) < most and head.lane not in taken and _has_room(head.lane, taken) and self._may(head, now):
                taken.append(head.lane)
                self._count(head, now)
                given.append(Turn(head.lane, tuple(post.id for post in head.posts)))
        return given

    def _may(self, head: _Head, now: datetime) -> bool:
        at = self._free_at(head, now)
        if at > now:
            self.next_at = at if self.next_at is None else min(at, self.next_at)
        return at <= now

    def _free_at(self, head: _Head, now: datetime) -> datetime:
        chat, own = head.lane.chat, head.lane.own
        at = self._pace.free_at(chat, now, own=own)
        if chat > 0 or at > now:
            return at
        left = self._pace.left(chat, now)
        if head.messages > 1 and left < head.messages + (0 if own else KEPT_FOR_STAFF):
            return now + _LOOK_AGAIN
        last = self._last.get(chat)
        if own or left > GROUP_ACTS - CALM or last is None or last > now:
            return at
        return last + _SPREAD

    def _count(self, head: _Head, now: datetime) -> None:
        for _ in range(head.messages):
            self._pace.take(head.lane.chat, now)
        if head.lane.chat < 0 and not head.lane.own:
            self._last[head.lane.chat] = now


def _urgency(head: _Head) -> tuple[bool, bool, OutboxId]:
    rank = head.first.rank
    return rank != Rank.OWN_ACT, rank == Rank.ASKING, head.first.id


def _has_room(lane: Lane, taken: Collection[Lane]) -> bool:
    if lane.chat > 0:
        return True
    own = sum(one.chat == lane.chat and one.own for one in taken)
    return sum(one.chat < 0 for one in taken) < _IN_GROUPS and (not lane.own or own < _OWN_AT_ONCE)


def _heads(chat: ChatId, posts: list[WaitingPost], now: datetime) -> list[_Head]:
    """Return what stands first in each lane of a chat."""
    if chat > 0:
        return [_Head(Lane(chat), (posts[0],))]
    lanes: dict[Lane, list[WaitingPost]] = {}
    for post in posts:
        own = post.rank == Rank.OWN_ACT
        lanes.setdefault(Lane(chat, own, post.thread if own else None), []).append(post)
    waited = [now - post.due_at for post in posts if post.plain]
    behind = bool(waited) and max(waited) > BEHIND
    return [_Head(lane, _together(queue) if behind else (queue[0],)) for lane, queue in lanes.items()]


def _together(queue: Sequence[WaitingPost]) -> tuple[WaitingPost, ...]:
    """Return the first post with those plain ones of its case that would come after it there, as one message."""
    first = queue[0]
    if not (first.plain and first.case):
        return (first,)
    merged, length = [first], first.length
    for post in filter(_same_place(first), queue[1:]):
        length += post.length
        if not post.plain or post.form != first.form or length > _MERGED_MOST:
            break
        merged.append(post)
    return tuple(merged)


def _same_place(first: WaitingPost) -> Callable[[WaitingPost], bool]:
    return lambda post: (post.case, post.thread) == (first.case, first.thread)
