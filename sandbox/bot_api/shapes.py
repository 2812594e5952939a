"""The shapes of plain data that pass between the emulator's parts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from sandbox.bot_api.chats import TgChat

Json = dict[str, Any]
"""An object of the Bot API, or the parameters of a request."""

Result = Json | Sequence[Json] | bool
"""What a method answers."""


class Where(TypedDict, total=False):
    """Where a person sends something: the chat (default: in private to the bot), the topic, what is replied to.

    `anonymous` is for administrators of groups, who then appear as the group.
    """

    chat: "TgChat | None"
    thread: int | None
    reply_to: int | None
    anonymous: bool
