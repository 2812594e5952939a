"""The updates that wait for the bot: kept for a day, a tap for 150 seconds, and given out by long polling."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sandbox.bot_api.checking import check_built
from sandbox.bot_api.refusals import Cut, conflict
from sandbox.bot_api.shapes import Json

DAY = timedelta(hours=24)
TAP_LIVES = timedelta(seconds=150)
SILENCE = timedelta(days=7)
LONGEST_POLL = 50
ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"

Update = Json


@dataclass(slots=True, kw_only=True)
class Waiting:
    """An update that is not confirmed. Those of one lane reach a webhook one after the other."""

    update: Update
    expires_at: datetime
    lane: str
    twice: bool = False

    @property
    def id(self) -> int:
        """Return the update's id."""
        return int(self.update["update_id"])


class UpdateQueue:
    """The queue of one bot. `built` holds every update ever made, `delivered` those given to the bot, in order."""

    def __init__(self, now: Callable[[], datetime], seed: int) -> None:
        """Begin empty, at an id of its own."""
        self._now = now
        self._random = Random(seed)  # noqa: S311 -- ids of updates are no secret
        self._next_id = self._random.randrange(800_000_000, 900_000_000)
        self._last_added: datetime | None = None
        self._waiting: list[Waiting] = []
        self._again: list[Update] = []
        self._held: list[Waiting] = []
        self._hold = 0
        self._twice = 0
        self._poll: asyncio.Future[None] | None = None
        self._previous = (-1, 0.0)
        self._closed = False
        self.same_offset_window = 0.5
        self.allowed: tuple[str, ...] = ()
        self.has_webhook = False
        self.webhook_wake: Callable[[], None] = lambda: None
        self.built: list[Update] = []
        self.delivered: list[Update] = []

    @property
    def waiting(self) -> list[Waiting]:
        """Return what waits, the oldest first, without what has expired."""
        now = self._now()
        self._waiting = [waiting for waiting in self._waiting if waiting.expires_at > now]
        return self._waiting

    @property
    def has_reader(self) -> bool:
        """Tell whether somebody waits for the next update."""
        return self._poll is not None

    def takes(self, kind: str) -> bool:
        """Tell whether the bot wants updates of this kind; what it asked for last holds until it asks again."""
        return kind in self.allowed if self.allowed else kind not in ONLY_WHEN_ASKED

    def add(self, kind: str, body: Json, *, lane: str, lives: timedelta = DAY) -> None:
        """Make an update, if the bot wants its kind, and wake whoever fetches.

        Raises:
            Mismatch: the body is not what the Bot API would send: our fault.
        """
        if not self.takes(kind):
            return
        now = self._now()
        if self._last_added is not None and now - self._last_added > SILENCE and not self.waiting:
            self._next_id = self._random.randrange(10_000_000, self._next_id)
        update = {"update_id": self._next_id, kind: body}
        check_built("Update", update)
        self.built.append(update)
        self._next_id += 1
        self._last_added = now
        waiting = Waiting(update=update, expires_at=now + lives, lane=lane, twice=self._twice > 0)
        self._twice = max(0, self._twice - 1)
        self._held.append(waiting)
        if len(self._held) >= self._hold:
            self._release()

    def duplicate_next(self) -> None:
        """Deliver the next update a second time after it was confirmed."""
        self._twice += 1

    def reorder_next(self, count: int) -> None:
        """Hold back the next `count` updates until the last has come, and turn them round.

        A webhook gets them last first. A poller always sees rising ids, so there the events change places instead.
        """
        self._hold = count

    async def poll(self, offset: int | None, limit: int, patience: int) -> list[Update]:
        """Return what waits from `offset` on, at most `limit` updates; wait up to `patience` seconds for one.

        A negative offset counts from the end and forgets what lies before.

        Raises:
            Refusal: a webhook is set, or another poller came while this one waited.
            Cut: the line was cut while it waited.
        """
        if self.has_webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if self._poll is not None:
            self._end_poll(conflict(_OTHER_POLLER))
        limit = self._shrunk(offset, max(1, min(limit, 100)))
        self._confirm(offset)
        if not self.waiting and not self._again and patience > 0 and not self._closed:
            await self._wait(min(patience, LONGEST_POLL))
        again, self._again = self._again, []
        given = (again + [waiting.update for waiting in self.waiting])[:limit]
        self.delivered.extend(given)
        return given

    def drop(self, update_id: int) -> None:
        """Forget one update: a webhook took it, or it was refused too long."""
        self._waiting = [waiting for waiting in self._waiting if waiting.id != update_id]

    def clear(self) -> None:
        """Forget everything that waits (`drop_pending_updates`)."""
        self._waiting.clear()

    def refuse_pollers(self, why: str) -> None:
        """End a long poll with a conflict."""
        self._end_poll(conflict(why))

    def cut(self) -> None:
        """Cut the line of whoever waits."""
        self._end_poll(Cut())

    def close(self) -> None:
        """End a long poll with an empty answer; later ones do not wait."""
        self._closed = True
        self._end_poll(None)

    def _release(self) -> None:
        held, self._held = self._held, []
        if self._hold and not self.has_webhook:
            bodies = [waiting.update for waiting in reversed(held)]
            ids = [waiting.id for waiting in held]
            for waiting, body, update_id in zip(held, bodies, ids, strict=True):
                waiting.update = {**body, "update_id": update_id}
            self.built[-len(held) :] = [waiting.update for waiting in held]
        elif self._hold:
            held.reverse()
        self._hold = 0
        self._waiting.extend(held)
        self._end_poll(None)
        self.webhook_wake()

    def _shrunk(self, offset: int | None, limit: int) -> int:
        """Return 1 for who asks again for the same within half a second: one bad update must not block the rest."""
        before, at = self._previous
        now = time.monotonic()
        self._previous = (offset or 0, now)
        return 1 if (offset or 0) == before and now - at < self.same_offset_window else limit

    def _confirm(self, offset: int | None) -> None:
        if offset is None or offset == 0:
            return
        if offset < 0:
            self._waiting = self.waiting[offset:]
            return
        confirmed = [waiting for waiting in self._waiting if waiting.id < offset]
        self._again.extend(waiting.update for waiting in confirmed if waiting.twice)
        self._waiting = [waiting for waiting in self._waiting if waiting.id >= offset]

    async def _wait(self, seconds: float) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            async with asyncio.timeout(seconds):
                await mine
        except TimeoutError:
            pass
        finally:
            if self._poll is mine:
                self._poll = None

    def _end_poll(self, why: Exception | None) -> None:
        poll, self._poll = self._poll, None
        if poll is None or poll.done():
            return
        if why is None:
            poll.set_result(None)
        else:
            poll.set_exception(why)
