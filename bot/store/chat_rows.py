"""What the store hands out and takes in of chats: plain rows, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.chat import ChatId, ChatKind, PostId, ThreadId
from bot.facts import CaseNumber, OutboxId, UnitId

State = Mapping[str, Any]
"""What somebody is in the middle of: small JSON, made and read by the dialogue it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A person's private chat with us.

    `language` empty: not chosen. `told`: the version of the first words that were sent there, 0: none. `place`: the
    code of the place whose link led here. `reachable`: False once the service says that we are blocked.
    """

    chat: ChatId
    language: str = ""
    told: int = 0
    place: str = ""
    reachable: bool = True


class CodePurpose(StrEnum):
    """What a code by mail proves."""

    OFFICER = "officer"
    """That whoever writes in a private chat is this officer. The holder is the user, the target an officer's id."""
    MOVE = "move"
    """That a citizen reads this mail address. The holder is the chat, the target ``K-…  address``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code that was sent; `digest` is a keyed hash of it, never the code itself."""

    purpose: CodePurpose
    holder: str
    target: str
    digest: str
    created_at: datetime
    expires_at: datetime
    tries: int = 0


class TopicState(StrEnum):
    """How far a case's topic is."""

    WANTED = "wanted"
    OPEN = "open"
    CLOSED = "closed"
    DELETED = "deleted"
    """Taken away after its time; nothing is shown any more unless something happens in the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """How a case is shown in a group. In a group without topics `thread` is None and all replies to `card`.

    `title` and `shown` tell what stands there now, `upto` the last message of the case that is shown; `dirty`:
    something happened since. `wanted_at`: since when it is wanted, and not before when it is made anew.
    """

    case: CaseNumber
    chat: ChatId
    state: TopicState = TopicState.WANTED
    thread: ThreadId | None = None
    card: PostId | None = None
    title: str = ""
    shown: str = ""
    upto: int = 0
    dirty: bool = True
    wanted_at: datetime
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A staff group as it was last seen. `lacks`: rights we miss there. `board`: the message that lists what is due."""

    chat: ChatId
    unit: UnitId
    kind: ChatKind = ChatKind.OTHER
    lacks: tuple[str, ...] = ()
    board: PostId | None = None
    shown: str = ""
    shown_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostedBefore:
    """Which row of the outbox a message in a chat is, and of which case (empty: of none)."""

    outbox: OutboxId
    case: str


@dataclass(slots=True, kw_only=True)
class WantedChats:
    """The keys of what a batch refers to in chats."""

    chats: set[ChatId] = field(default_factory=set)
    threads: set[tuple[ChatId, ThreadId]] = field(default_factory=set)
    posts: set[tuple[ChatId, PostId]] = field(default_factory=set)
    cases: set[CaseNumber] = field(default_factory=set)
    """Cases whose topics are wanted, beside those found by thread or post."""


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What a press is answered with, once everything is committed."""

    press: str
    words: str = ""
    aloud: bool = False


def topic_of(row: Mapping[Any, Any]) -> TopicRow:
    """Return a row of the table `topics`."""
    return TopicRow(
        case=CaseNumber(row["case"]),
        chat=ChatId(row["chat"]),
        state=TopicState(row["state"]),
        thread=None if row["thread"] is None else ThreadId(row["thread"]),
        card=None if row["card"] is None else PostId(row["card"]),
        title=row["title"],
        shown=row["shown"],
        upto=row["upto"],
        dirty=bool(row["dirty"]),
        wanted_at=row["wanted_at"],
        made_at=row["made_at"],
    )


def topic_values(row: TopicRow) -> dict[str, Any]:
    """Return the columns of a row of `topics`."""
    return {
        "case": row.case, "chat": row.chat, "state": row.state.value, "thread": row.thread, "card": row.card,
        "title": row.title, "shown": row.shown, "upto": row.upto, "dirty": int(row.dirty),
        "wanted_at": row.wanted_at, "made_at": row.made_at,
    }  # fmt: skip


def group_of(row: Mapping[Any, Any]) -> GroupRow:
    """Return a row of the table `groups`."""
    return GroupRow(
        chat=ChatId(row["chat"]),
        unit=UnitId(row["unit"]),
        kind=ChatKind(row["kind"] or "other"),
        lacks=tuple(row["lacks"].split()),
        board=None if row["board"] is None else PostId(row["board"]),
        shown=row["shown"],
        shown_at=row["shown_at"],
    )


def group_values(row: GroupRow) -> dict[str, Any]:
    """Return the columns of a row of `groups` but its stamp."""
    return {
        "chat": row.chat, "unit": row.unit, "kind": row.kind.value, "lacks": " ".join(row.lacks), "board": row.board,
        "shown": row.shown, "shown_at": row.shown_at,
    }  # fmt: skip
