"""What an officer is in the middle of in a chat: a text that is asked for, or one that is shown before it is sent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.chat import ChatId, ThreadId, UserId
from bot.desk.acts import messages_of
from bot.desk.chat.turn import Turn
from bot.facts import CaseNumber, OutboxId, from_micros, to_micros
from bot.store.chat_book import ChatBook
from bot.store.chat_rows import State
from bot.store.ledger import Ledger
from bot.store.rows import Direction, StoredMessage

_KEPT = timedelta(days=1)
LASTS = timedelta(minutes=30)
"""How long a text is waited for, or a shown one may be sent as it was shown."""


class What(StrEnum):
    """What becomes of the text."""

    ANSWER = "answer"
    HOLD = "hold"
    OUTCOME = "outcome"
    DAY = "day"
    """The day of a holding notice, typed."""
    FIELD = "field"
    """A field of a canned answer."""
    TRANSFER = "transfer"
    NOTE = "note"
    OPEN = "open"
    """Why a case is no longer secret."""
    MERGE = "merge"
    CONTACT = "contact"
    """What a telephone contact was about."""

    @property
    def to_citizen(self) -> bool:
        """Tell whether the text is sent to the one who asks, and therefore shown first."""
        return self in {What.ANSWER, What.HOLD, What.OUTCOME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an officer is in the middle of in a case.

    Attributes:
        at: when it was last asked for or shown (UTC).
        posts: the posts of ours that are about it: whoever replies to one of them means this.
        thread: the topic these are in.
        seen: the newest message of the case that the officer could see then.
        text: what is to be sent; empty: it is still waited for. preview: the post that shows it.
        chosen: what was chosen before, by what it becomes: a day, whom, a result, a canned answer, a contact.
        fields: of a canned answer, as far as they are told.
        again: the officer was shown that somebody has answered already.
    """

    what: What
    at: datetime
    posts: tuple[int, ...] = ()
    thread: ThreadId | None = None
    seen: int = 0
    text: str = ""
    preview: int = 0
    chosen: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    again: bool = False

    def is_over(self, now: datetime) -> bool:
        """Tell whether it was waited for long enough."""
        return now - self.at >= LASTS

    def encode(self) -> State:
        """Return it as a dialogue's state."""
        return {
            "what": self.what.value, "at": to_micros(self.at), "posts": list(self.posts), "thread": self.thread,
            "seen": self.seen, "text": self.text, "preview": self.preview, "chosen": self.chosen,
            "fields": self.fields, "again": self.again,
        }  # fmt: skip

    @classmethod
    def decode(cls, state: State) -> "Draft | None":
        """Return what `encode` was given; None for the state of another dialogue, or of before."""
        try:
            told: dict[str, Any] = dict(state)
            told |= {"what": What(told["what"]), "at": from_micros(told["at"]), "posts": tuple(told["posts"])}
            return cls(**told)
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Meant:
    """The draft that a reply means, and whose it is."""

    user: UserId
    case: CaseNumber
    draft: Draft


def letter_of(turn: Turn, case: CaseNumber) -> Draft | None:
    """Return what the officer is writing to the citizen of a case here, None if nothing."""
    state = turn.ledger.book.dialogue(turn.place.chat, turn.user, case)
    return Draft.decode(state) if state is not None else None


def keep(turn: Turn, case: CaseNumber, draft: Draft) -> None:
    """Remember a draft, in place of the one before of its kind in that case; what was left long ago is forgotten."""
    book, chat = turn.ledger.book, turn.place.chat
    for old in drafts_in(book, chat, turn.user):
        if turn.ledger.now - old.draft.at > _KEPT:
            end(turn, old.case, old.draft.what)
    book.set_dialogue(chat, turn.user, draft.encode(), _about(case, draft.what))


def end(turn: Turn, case: CaseNumber, what: What) -> None:
    """Forget the officer's draft of this kind in a case."""
    turn.ledger.book.end_dialogue(turn.place.chat, turn.user, _about(case, what))


def drafts_in(book: ChatBook, chat: ChatId, user: UserId) -> list[Meant]:
    """Return everything an officer is in the middle of in a chat."""
    found = list[Meant]()
    for about, state in book.dialogues_of(chat, user).items():
        case, draft = about.partition(":")[0], Draft.decode(state)
        if draft is not None:
            found.append(Meant(user, CaseNumber(case), draft))
    return found


def _about(case: CaseNumber, what: What) -> str:
    """Return the name of a draft's dialogue: one letter a case, and beside it one of each thing that stays inside."""
    return case if what.to_citizen or what in {What.DAY, What.FIELD} else f"{case}:{what.value}"


def meant_by(book: ChatBook, chat: ChatId, post: OutboxId) -> Meant | None:
    """Return whose draft a post of ours is about, None if nobody's any more."""
    everybody = (one for user in book.links for one in drafts_in(book, chat, user))
    return next((one for one in everybody if post in one.draft.posts), None)


def newest(ledger: Ledger, case: CaseNumber) -> int:
    """Return the number of the newest message in a case, 0 if there is none."""
    return max((one.id for one in messages_of(ledger, case)), default=0)


def come_since(ledger: Ledger, case: CaseNumber, draft: Draft) -> list[StoredMessage]:
    """Return what the citizen has written since the officer was asked or shown."""
    written = messages_of(ledger, case)
    return [one for one in written if one.direction is Direction.IN and one.id > draft.seen]
