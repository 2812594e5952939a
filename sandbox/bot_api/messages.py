"""A message as everybody sees it now, and its form in the Bot API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from sandbox.bot_api.files import TgFile

if TYPE_CHECKING:
    from sandbox.bot_api.chats import TgChat
    from sandbox.bot_api.people import TgPerson

CAPTIONED = ("photo", "document", "voice", "video", "audio", "animation")
"""The kinds of content whose text is a caption."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True, eq=False)
class TgMessage:
    """One message, edited in place.

    `sender` is None when the bot wrote it, or an anonymous administrator. `thread` is the topic's id, None in General.
    `content` is what it holds beside the text, named as the Bot API names it (`{"photo": [...]}`); for a service
    message what happened (`{"forum_topic_created": {...}}`). `html` is the text as it was sent. `at` and `edited_at`
    are UTC. A new one gets `id` and `at` as it is put in its chat.
    """

    chat: "TgChat"
    id: int = 0
    at: datetime = _NEVER
    sender: "TgPerson | None" = None
    by_bot: bool = False
    anonymous: bool = False
    service: bool = False
    thread: int | None = None
    text: str = ""
    html: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)
    markup: dict[str, Any] | None = None
    reply_to: int | None = None
    edited_at: datetime | None = None
    album: str = ""
    files: list[TgFile] = field(default_factory=list)
    pinned: bool = False
    deleted: bool = False
    protected: bool = False
    forward_origin: dict[str, Any] | None = None
    reactions: dict[int, list[str]] = field(default_factory=dict)
    earlier_buttons: set[tuple[str, str]] = field(default_factory=set)

    @property
    def edited(self) -> bool:
        """Tell whether it shows as edited."""
        return self.edited_at is not None

    @property
    def author(self) -> str:
        """Return the name it appears under."""
        if self.anonymous:
            return self.chat.title
        return self.chat.world.bot_name if self.sender is None else self.sender.name

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """Return the rows of buttons as (label, data); a button that opens an address has the address as data."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [(button["text"], button.get("callback_data") or button.get("url", "")) for button in row] for row in rows
        ]

    @property
    def force_reply(self) -> bool:
        """Tell whether it asks the reader to reply to it."""
        return bool((self.markup or {}).get("force_reply"))

    @property
    def kind(self) -> str:
        """Return "text", "service", or what it holds, as "photo" or "venue"."""
        if self.service:
            return "service"
        return "venue" if "venue" in self.content else next(iter(self.content), "text")

    @property
    def is_captioned(self) -> bool:
        """Tell whether its text is a caption."""
        return any(kind in self.content for kind in CAPTIONED)

    def show(self, text: str, entities: list[dict[str, Any]], html: str | None = None) -> None:
        """Put in this text; `html` is how it was written, made from the text where it is plain."""
        self.text, self.entities = text, entities
        self.html = escape(text, quote=False) if html is None else html

    def take_markup(self, markup: dict[str, Any] | None) -> None:
        """Put in these buttons instead of those it has; None takes them away."""
        self.earlier_buttons.update(button for row in self.buttons for button in row)
        self.markup = markup if markup and markup.get("inline_keyboard", True) else None
