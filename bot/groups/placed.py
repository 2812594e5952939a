"""What stands of a case in its group beside what the row's own columns tell: the column ``shown``. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.facts import NOBODY, MessageId, OfficerId
from bot.office import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What stands of a case in its group.

    Attributes:
        card: tells equal cards, empty if there is none.
        level: how much of the case was shown there.
        pinned: the card is pinned, or cannot be.
        late: the card says that the answer is late.
        told: the owner who got the card in private, as the group was behind.
        unsettled: messages that may have more to show (a file that is fetched, a letter on its way, an album), and
            which parts of their files are done.
    """

    card: str = ""
    level: Shown = Shown.NUMBER
    pinned: bool = False
    late: bool = False
    told: OfficerId = NOBODY
    unsettled: Mapping[MessageId, tuple[int, ...]] = field(default_factory=dict)

    def encode(self) -> str:
        """Return it as short JSON, what is as usual left out; empty if all is."""
        told: dict[str, Any] = {}
        if self.card:
            told["card"] = self.card
        if self.level is not Shown.NUMBER:
            told["level"] = self.level.value
        if self.pinned:
            told["pinned"] = 1
        if self.late:
            told["late"] = 1
        if self.told:
            told["told"] = self.told
        if self.unsettled:
            told["open"] = {str(message): list(parts) for message, parts in sorted(self.unsettled.items())}
        return json.dumps(told, separators=(",", ":")) if told else ""

    @classmethod
    def decode(cls, text: str) -> "Placed":
        """Return what `encode` wrote; what cannot be read is taken for nothing, as the view can be made anew."""
        try:
            told = json.loads(text or "{}")
            return cls(
                card=str(told.get("card", "")), level=Shown(told.get("level", Shown.NUMBER)),
                pinned=bool(told.get("pinned")), late=bool(told.get("late")),
                told=OfficerId(str(told.get("told", ""))),
                unsettled={
                    MessageId(int(message)): tuple(map(int, parts)) for message, parts in told.get("open", {}).items()
                },
            )  # fmt: skip
        except (ValueError, TypeError, AttributeError):
            return cls()


NOT_PLACED = Placed()
