"""How much a bot may do: twenty acts a minute in a group, all its topics together."""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.bot_api.refusals import too_many

MINUTE = timedelta(minutes=1)
COUNTED = frozenset(
    {
        "sendMessage", "sendPhoto", "sendDocument", "sendVoice", "sendVideo", "sendLocation", "sendVenue",
        "sendMediaGroup", "copyMessage", "copyMessages", "forwardMessage",
        "editMessageText", "editMessageCaption", "editMessageReplyMarkup",
        "createForumTopic", "editForumTopic", "closeForumTopic", "reopenForumTopic", "deleteForumTopic",
    }
)  # fmt: skip
"""Methods that spend the budget. Albums and copies of several spend one for each message."""


class Budgets:
    """What was spent in each group during the last minute of the virtual clock.

    `group_per_minute` and `all_per_second` may be changed; None lifts the limit. The second is off from the start.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with nothing spent."""
        self._now = now
        self._spent: defaultdict[int, deque[datetime]] = defaultdict(deque)
        self._lately: deque[datetime] = deque()
        self.group_per_minute: int | None = 20
        self.all_per_second: int | None = None

    def check(self, method: str, chat: int | None) -> None:
        """Raise a Refusal (429 with `retry_after`) when a call of this method would overdraw a budget."""
        if method not in COUNTED:
            return
        now = self._now()
        if chat is not None and chat < 0 and self.group_per_minute is not None:
            _check(self._spent[chat], self.group_per_minute, now, MINUTE)
        if self.all_per_second is not None:
            _check(self._lately, self.all_per_second, now, timedelta(seconds=1))

    def spend(self, method: str, chat: int | None, parameters: dict[str, Any]) -> None:
        """Count a call that was done."""
        if method not in COUNTED:
            return
        now = self._now()
        self._lately.append(now)
        if chat is not None and chat < 0:
            count = len(parameters.get("media") or parameters.get("message_ids") or (None,))
            self._spent[chat].extend([now] * count)

    def left(self, chat: int) -> int | None:
        """Return how many acts a group still takes now, None: any number."""
        if self.group_per_minute is None:
            return None
        _forget(self._spent[chat], self._now() - MINUTE)
        return max(0, self.group_per_minute - len(self._spent[chat]))


def _check(spent: deque[datetime], limit: int, now: datetime, window: timedelta) -> None:
    _forget(spent, now - window)
    if len(spent) >= limit:
        raise too_many(spent[len(spent) - limit] + window - now)


def _forget(spent: deque[datetime], until: datetime) -> None:
    while spent and spent[0] <= until:
        spent.popleft()
