"""Faults on order: refusals, lost replies, cut lines, slowness, doubled and turned updates, a dark hour."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.bot_api.chats import TgChat
from sandbox.bot_api.refusals import Cut, Refusal
from sandbox.bot_api.update_queue import UpdateQueue

ANY = "*"
DOWNLOAD = "download"
_USUAL = {
    400: "Bad Request: message is wrong",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(slots=True, kw_only=True)
class _Planned:
    """Something that will happen to the next `times` calls of a method (`*`: any), maybe in one chat only."""

    method: str
    times: int
    chat: int | None = None
    refusal: Refusal | None = None
    drops: bool = False
    loses: bool = False
    seconds: float = 0.0
    act: Callable[[], None] | None = None

    def fits(self, method: str, chat: int | None) -> bool:
        """Tell whether this call is one of those."""
        return self.times > 0 and self.method in (ANY, method) and self.chat in (None, chat)


class Faults:
    """What goes wrong, as scripted.

    A method is named as the Bot API names it; `*` is any, and `download` stands for fetching a file by its address.
    """

    def __init__(self, now: Callable[[], datetime], updates: UpdateQueue) -> None:
        """Begin without faults."""
        self._now = now
        self._updates = updates
        self._planned: list[_Planned] = []
        self._slow_groups: dict[int, float] = {}
        self._dark_until: datetime | None = None

    def fail(
        self, method: str, *, code: int = 429, description: str = "", retry_after: int | None = None,
        times: int = 1, chat: TgChat | None = None,
    ) -> None:  # fmt: skip
        """Refuse the next `times` calls, before they do anything; 429 without a time says five seconds."""
        if code == 429:
            retry_after = 5 if retry_after is None else retry_after
            description = description or f"Too Many Requests: retry after {retry_after}"
        parameters = {} if retry_after is None else {"retry_after": retry_after}
        refusal = Refusal(code, description or _USUAL.get(code, f"Error {code}"), parameters=parameters)
        self._plan(_Planned(method=method, times=times, chat=_id(chat), refusal=refusal))

    def lose_reply(self, method: str, times: int = 1, *, chat: TgChat | None = None) -> None:
        """Do what is asked and cut the line instead of answering."""
        self._plan(_Planned(method=method, times=times, chat=_id(chat), loses=True))

    def drop_request(self, method: str, times: int = 1, *, chat: TgChat | None = None) -> None:
        """Cut the line before anything is done."""
        self._plan(_Planned(method=method, times=times, chat=_id(chat), drops=True))

    def slow(self, method: str, seconds: float, times: int = 1, *, chat: TgChat | None = None) -> None:
        """Take so many real seconds before anything is done."""
        self._plan(_Planned(method=method, times=times, chat=_id(chat), seconds=seconds))

    def when(self, method: str, act: Callable[[], None], *, chat: TgChat | None = None) -> None:
        """Call `act` once, as the next such call arrives: a point to kill something at."""
        self._plan(_Planned(method=method, times=1, chat=_id(chat), act=act))

    def slow_group(self, chat: TgChat, seconds: float) -> None:
        """Take so many real seconds for every call about this chat from now on; 0 ends it."""
        self._slow_groups[chat.id] = seconds

    def duplicate_next_update(self) -> None:
        """Deliver the next update once more after it was confirmed."""
        self._updates.duplicate_next()

    def reorder_next_updates(self, count: int) -> None:
        """Hold back the next `count` updates until the last has come, and turn their order round."""
        self._updates.reorder_next(count)

    def dark_for(self, time: timedelta) -> None:
        """Cut every line until the virtual clock has passed this time, those that wait now too."""
        self._dark_until = self._now() + time
        self._updates.cut()

    @property
    def is_dark(self) -> bool:
        """Tell whether every line is cut now."""
        return self._dark_until is not None and self._now() < self._dark_until

    def clear(self) -> None:
        """End all faults, those that have not happened too."""
        self._planned.clear()
        self._slow_groups.clear()
        self._dark_until = None

    async def before(self, method: str, chat: int | None) -> None:
        """Let happen what was planned for a call, before it does anything.

        Raises:
            Cut, Refusal: as planned.
        """
        if self.is_dark:
            raise Cut
        if chat is not None and (seconds := self._slow_groups.get(chat, 0.0)):
            await asyncio.sleep(seconds)
        for planned in self._fitting(method, chat, loses=False):
            planned.times -= 1
            await _happen(planned)

    def after(self, method: str, chat: int | None) -> None:
        """Let happen what was planned for a call that was done.

        Raises:
            Cut: the answer is lost.
        """
        for planned in self._fitting(method, chat, loses=True):
            planned.times -= 1
            raise Cut
        if self.is_dark:
            raise Cut

    def _plan(self, planned: _Planned) -> None:
        self._planned.append(planned)

    def _fitting(self, method: str, chat: int | None, *, loses: bool) -> Iterator[_Planned]:
        """Give each plan for this call once, those made first first; one that is used up goes."""
        self._planned = [planned for planned in self._planned if planned.times > 0]
        for planned in list(self._planned):
            if planned.loses == loses and planned.fits(method, chat):
                yield planned


async def _happen(planned: _Planned) -> None:
    if planned.act is not None:
        planned.act()
    if planned.seconds:
        await asyncio.sleep(planned.seconds)
    if planned.drops:
        raise Cut
    if planned.refusal is not None:
        raise planned.refusal


def _id(chat: TgChat | None) -> int | None:
    return None if chat is None else chat.id
