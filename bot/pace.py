"""How much may be done in which chat, and when: budgets below the service's own limits. Pure but for its own memory.

The service takes about one message a second to one person, 20 acts a minute in a group (sending, editing and topics
alike, over all its topics), 30 a second in all (reference: telegram.md §1.6). We stay below.
"""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.chat import ChatId

PRIVATE_EVERY = timedelta(seconds=1)
GROUP_WINDOW = timedelta(minutes=1)
GROUP_ACTS = 15
KEPT_FOR_STAFF = 4
"""Of a group's acts so many a minute are kept for what an officer waits for."""
TOPIC_EVERY = timedelta(seconds=6)
IN_ALL = 25
_SECOND = timedelta(seconds=1)
_LONG_AGO, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_LONGEST = timedelta(days=2)
"""A longer rest than this comes of a clock that was set back."""


class PaceAct(StrEnum):
    """What is counted."""

    POST = "post"
    """Sending, editing, deleting, pinning; also naming, closing and opening a topic."""
    TOPIC = "topic"
    """Making a topic: of many at once the service thinks ill."""


class Pace:
    """Counts what was done. Times are UTC instants of one clock that may be set back: then nothing waits longer."""

    def __init__(self) -> None:
        """Begin with nothing done."""
        self._done: dict[ChatId, deque[datetime]] = {}
        self._topics: dict[ChatId, datetime] = {}
        self._held: dict[ChatId, datetime] = {}
        self._all: deque[datetime] = deque(maxlen=IN_ALL)
        self._all_held = _LONG_AGO

    def free_at(self, chat: ChatId, now: datetime, act: PaceAct = PaceAct.POST, *, own: bool = False) -> datetime:
        """Return when an act may be done in a chat: `now` or later. `own`: an officer waits for it."""
        waits = [now, *(until for until in (self._held.get(chat, now), self._all_held) if until <= now + _LONGEST)]
        done = self._recent(chat, now)
        if chat > 0:
            waits += [one + PRIVATE_EVERY for one in list(done)[-1:]]
        else:
            most = GROUP_ACTS if own else GROUP_ACTS - KEPT_FOR_STAFF
            if len(done) >= most:
                waits.append(done[-most] + GROUP_WINDOW)
            if act is PaceAct.TOPIC and self._topics.get(chat, _END) <= now:
                waits.append(self._topics[chat] + TOPIC_EVERY)
        if len(self._all) == IN_ALL and self._all[0] <= now:
            waits.append(self._all[0] + _SECOND)
        return max(waits)

    def take(self, chat: ChatId, now: datetime, act: PaceAct = PaceAct.POST) -> None:
        """Count an act as done now."""
        self._done.setdefault(chat, deque()).append(now)
        self._all.append(now)
        if act is PaceAct.TOPIC:
            self._topics[chat] = now

    def give_back(self, chat: ChatId) -> None:
        """Count the latest act in a chat as not done: it was refused before it did anything."""
        if done := self._done.get(chat):
            done.pop()

    def hold(self, chat: ChatId, until: datetime) -> None:
        """Do nothing in a chat before this instant: the service said so."""
        self._held[chat] = max(until, self._held.get(chat, until))

    def hold_all(self, until: datetime) -> None:
        """Do nothing anywhere before this instant: nothing goes through."""
        self._all_held = max(until, self._all_held)

    def left(self, chat: ChatId, now: datetime) -> int:
        """Return how many acts may still be done in a group within this minute; 0 while it is held."""
        if self._held.get(chat, now) > now or self._all_held > now:
            return 0
        return max(GROUP_ACTS - len(self._recent(chat, now)), 0)

    def forget(self, chats: Iterable[ChatId]) -> None:
        """Forget chats in which nothing will be done any more."""
        for chat in chats:
            self._done.pop(chat, None)
            self._held.pop(chat, None)
            self._topics.pop(chat, None)

    def _recent(self, chat: ChatId, now: datetime) -> deque[datetime]:
        """Return the instants of the last minute, the oldest first; those of a clock since set back are dropped."""
        done = self._done.setdefault(chat, deque())
        while done and done[0] <= now - GROUP_WINDOW:
            done.popleft()
        while done and done[-1] > now:
            done.pop()
        return done
