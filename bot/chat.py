"""Chats as the product sees them: what happens in one, what we post there, and the port to the service that carries it.

No word of any particular service: `bot.channels.telegram_*` are the only files that know one.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Protocol

from bot.errors import Refused

ChatId = NewType("ChatId", int)
"""A chat with one person is positive and has the person's own number; a group is negative."""
UserId = NewType("UserId", int)
PostId = NewType("PostId", int)
"""A message's number within its chat."""
ThreadId = NewType("ThreadId", int)
"""A topic's number within its group; the general one has none (None)."""

NO_USER = UserId(0)

_PREFIX = "telegram:"


def chat_address(chat: ChatId) -> str:
    """Return a chat as an address (`bot.store.schema.addresses`), as ``telegram:1001``."""
    return f"{_PREFIX}{chat}"


def chat_at(address: str) -> ChatId | None:
    """Return the chat of an address, None for a mail address."""
    number = address.removeprefix(_PREFIX)
    return ChatId(int(number)) if number != address else None


class ChatKind(StrEnum):
    """What kind of chat it is."""

    PRIVATE = "private"
    GROUP = "group"
    """A group without topics."""
    FORUM = "forum"
    """A group with a topic per case."""
    OTHER = "other"
    """A channel or something newer: nothing is ever done there."""


class EventKind(StrEnum):
    """What happened in a chat."""

    MESSAGE = "message"
    EDIT = "edit"
    PRESS = "press"
    """Somebody pressed a button."""
    MEMBER = "member"
    """Somebody's place in a group changed."""
    OURSELVES = "ourselves"
    """Our own place changed: blocked, let in again, added to a group, removed."""
    MIGRATED = "migrated"
    """A group has got another number."""
    NOTHING = "nothing"
    """What needs nothing done: service messages, kinds we do not use."""


class FileKind(StrEnum):
    """How a file was sent."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFile:
    """A file in a chat. `remote` is what the service fetches it by; `size` in bytes, 0 if not told."""

    remote: str
    kind: FileKind
    name: str
    media_type: str
    size: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on the map, in degrees. `live`: it goes on being sent."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEvent:
    """One thing that happened in a chat, read from what the service told. Reading never raises (`error`).

    Attributes:
        update: the service's number of the event. key: its identity, the same for each delivery of it.
        at: when it happened (UTC, whole seconds); of an edit, when it was edited; of a press, None: not told.
        thread: the topic it was written in, only where it really was.
        post: the message it is, or that was edited or pressed on; 0 for none.
        user: who did it. anonymous: in a group's own name, so that nobody knows who.
        user_language: the language of the person's app, as ``sv``; a guess only.
        text: all its words, captions and the addresses behind links included.
        album: the same for files sent together.
        given: a telephone number or contact that was shared, in words.
        unsupported: code of a kind of content that cannot be taken in, as ``poll``; empty otherwise.
        reply_to: the message it replies to in this chat.
        press: what a press is answered by. data: what the button carries.
        member: whose place changed, and `status`: member, administrator, left, kicked or restricted.
        new_chat: the group's new number.
        error: why the event could not be read, a code; then it is held for a person.
    """

    update: int
    key: str
    kind: EventKind
    chat: ChatId = ChatId(0)
    chat_kind: ChatKind = ChatKind.OTHER
    at: datetime | None = None
    thread: ThreadId | None = None
    post: PostId = PostId(0)
    user: UserId = NO_USER
    anonymous: bool = False
    user_language: str = ""
    text: str = ""
    files: tuple[ChatFile, ...] = ()
    album: str = ""
    spot: Spot | None = None
    given: str = ""
    unsupported: str = ""
    reply_to: PostId | None = None
    press: str = ""
    data: str = ""
    member: UserId = NO_USER
    status: str = ""
    new_chat: ChatId = ChatId(0)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its words (at most 28 signs) and what a press carries (at most 64 bytes), or a link."""

    words: str
    data: str = ""
    link: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a post looks beside its words.

    Attributes:
        buttons: rows of them under the (last) message.
        asks: the reader is asked to reply to this very message; `hint` stands in the field to write in.
        reply_to: the message it replies to; it goes out without, if that is gone.
        edits: the message that is replaced in place instead of sending a new one.
        deletes: the message that is taken away; no words then.
        reacts: an emoji set on the message `reply_to`; no words then.
        file: a file of the service's own (`ChatFile.remote`) of kind `file_kind`, the words as its caption.
        quiet: without a sound.
        protect: the service is asked not to let it be forwarded.
    """

    buttons: Rows = ()
    asks: bool = False
    hint: str = ""
    reply_to: PostId | None = None
    edits: PostId | None = None
    deletes: PostId | None = None
    reacts: str = ""
    file: str = ""
    file_kind: FileKind | None = None
    quiet: bool = False
    protect: bool = False

    def encode(self) -> str:
        """Return the form as JSON, what is as usual left out."""
        told: dict[str, Any] = {}
        for name in ("asks", "hint", "reply_to", "edits", "deletes", "reacts", "file", "quiet", "protect"):
            if value := getattr(self, name):
                told[name] = value
        if self.file_kind is not None:
            told["file_kind"] = self.file_kind.value
        if self.buttons:
            told["buttons"] = [[[one.words, one.data, one.link] for one in row] for row in self.buttons]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> "Form":
        """Return the form of `encode`.

        Raises:
            ValueError, KeyError, TypeError: the text is none.
        """
        told = json.loads(text)
        if "buttons" in told:
            told["buttons"] = tuple(tuple(Button(*one) for one in row) for row in told["buttons"])
        if "file_kind" in told:
            told["file_kind"] = FileKind(told["file_kind"])
        return cls(**told)


NO_FORM = Form()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of ours that goes out with its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing to do in a chat: words to send, or what `form` says instead.

    `html` is written by `bot.chat_text` only; empty: `text` is sent as it stands. `files` are sent after the words.
    """

    chat: ChatId
    thread: ThreadId | None = None
    text: str = ""
    html: str = ""
    form: Form = NO_FORM
    files: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a post: the messages it is, in order (none for a deletion), and when it was accepted (UTC)."""

    posts: tuple[PostId, ...]
    at: datetime


class No(StrEnum):
    """Why the service refused for good: the statuses of `bot.errors.Refused` in a chat."""

    BLOCKED = "blocked"
    """The person has blocked us, is gone or never began: the chat is closed to us."""
    NO_CHAT = "no_chat"
    """We are not in that group any more."""
    NO_RIGHT = "no_right"
    """In the group we lack the right to do this."""
    TOPIC_GONE = "topic_gone"
    TOPIC_CLOSED = "topic_closed"
    POST_GONE = "post_gone"
    """The message to change does not exist any more, or can be changed no longer."""
    TOO_LATE = "too_late"
    """A press that was answered too late; nothing to be done."""
    TOO_BIG = "too_big"
    """A file above what the service gives out (20 MB) or takes (50 MB)."""
    BAD_TEXT = "bad_text"
    """Our own words were refused even without their form: a fault of ours."""
    BAD_REQUEST = "bad_request"


class MovedTo(Refused):
    """The group has another number now; the same is to be done there."""

    def __init__(self, chat: ChatId) -> None:
        """Keep the new number."""
        super().__init__("moved")
        self.chat = chat


class Revoked(Refused):
    """The key to the service is refused altogether: stop and tell the administrator."""


class Elsewhere(Refused):
    """Another process asks for our events, or they are sent elsewhere: stop and tell the administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ourselves:
    """Who we are to the service."""

    user: UserId
    name: str
    """Without the sign in front, as in ``https://t.me/<name>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNow:
    """A group as it is now. `lacks`: codes of the rights we miss (``admin``, ``topics``, ``pin``, ``delete``)."""

    chat: ChatId
    title: str
    kind: ChatKind
    lacks: tuple[str, ...] = ()


class Chats(Protocol):
    """The port to the service. Every call has a timeout.

    Raises of all of them:
        TryLater: not now; `after` if the service says when (that chat alone), `whole_channel` if nothing goes through.
        Refused: never, with a status of `No`. MovedTo, Revoked, Elsewhere: see there.
        Unsure: it may have happened. Only of what is not simply the same when done twice.
    """

    async def post(self, post: Post, *, done: int = 0, told: Callable[[PostId], None] = ...) -> Posted:
        """Do what the post says. Long words become several messages; the first `done` of them are not sent again.

        `told` is called with each message's number as soon as it is known, so that nothing is sent twice when a later
        one fails. A post that is already as it should be is a success.
        """
        ...

    async def answer_press(self, press: str, words: str = "", *, aloud: bool = False) -> None:
        """Answer a press, at most 200 signs; `aloud`: in a box that must be closed."""
        ...

    async def make_topic(self, chat: ChatId, title: str) -> ThreadId:
        """Make a topic and return it."""
        ...

    async def name_topic(self, chat: ChatId, thread: ThreadId, title: str) -> None:
        """Give a topic this title (at most 128 signs)."""
        ...

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Close a topic; one that is closed is a success."""
        ...

    async def open_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Open a closed topic; one that is open is a success."""
        ...

    async def delete_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Take a topic away with all that is in it."""
        ...

    async def pin(self, chat: ChatId, post: PostId) -> None:
        """Pin a message, without a sound."""
        ...

    async def leave(self, chat: ChatId) -> None:
        """Leave a group."""
        ...

    async def fetch(self, remote: str) -> bytes:
        """Return a file's bytes; `Refused(No.TOO_BIG)` above what the service gives out."""
        ...

    async def group_now(self, chat: ChatId) -> GroupNow:
        """Return what a group is and what we may do there."""
        ...

    async def ourselves(self) -> Ourselves:
        """Return who we are."""
        ...

    async def set_commands(
        self, commands: Mapping[str, str], *, language: str = "", group: ChatId | None = None
    ) -> None:
        """Show these commands with their words to whoever writes to us in this language, or in this group."""
        ...


KeepEvent = Callable[[bytes, str], Awaitable[None]]
"""Stores one event's bytes under its key durably and returns only after the commit; raises TryLater."""
