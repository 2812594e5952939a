"""One thing that an officer did in a chat, and how it is answered there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from textwrap import shorten

from bot.chat import NO_FORM, ChatEvent, ChatId, Form, PostId, Rows, UserId
from bot.chat_arrival import ChatArrival
from bot.chat_text import LIMIT, Html, units
from bot.desk.acts import Act
from bot.facts import CaseNumber, OutboxId
from bot.office import Office, Officer, Unit
from bot.posts import Rank, queue_post
from bot.questions import ChatPlace
from bot.store.ledger import Ledger

_BOX = 200
"""Signs of the answer to a press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What an officer wrote or pressed.

    Attributes:
        place: where it is answered; not always where it happened.
        unit: whose group `place` is in, None: it is the officer's private chat.
        case: the case of the topic, or of the message that is replied to; None: no case's.
    """

    ledger: Ledger
    office: Office
    arrival: ChatArrival
    officer: Officer
    place: ChatPlace
    unit: Unit | None = None
    case: CaseNumber | None = None

    @property
    def event(self) -> ChatEvent:
        """What happened."""
        return self.arrival.event

    @property
    def user(self) -> UserId:
        """Who did it."""
        return self.arrival.event.user

    @property
    def t(self) -> Callable[..., str]:
        """The staff's sentences."""
        return self.office.texts.t

    @property
    def pressed(self) -> OutboxId | None:
        """The post of ours that was pressed on or replied to, as it was queued; None if we do not know it."""
        event = self.event
        post = event.post if event.press else event.reply_to
        known = self.ledger.book.posts.get((event.chat, post)) if post else None
        return known.outbox if known else None

    def act(self, case: CaseNumber, *, number: int = 1, text: str = "", since: datetime | None = None) -> Act:
        """Return the `number`-th act of this turn. `text`: words that are sent with it, so that a double is known."""
        plain = self.arrival.source
        # The first that is recorded bears the event's own key, so that a second delivery of it is known.
        source = f"{plain}:{number}" if self.ledger.has_source(plain) else plain
        return Act(
            officer=self.officer, case=case, inquiry=0, source=source, digest=digest_of(text) if text else "",
            inbox=self.arrival.inbox, since=since,
        )  # fmt: skip

    def privately(self) -> "Turn":
        """Return the same, answered in the officer's private chat."""
        if self.unit is None:
            return self
        linked = self.ledger.book.user_of(self.officer.id)
        chat = linked[1] if linked else ChatId(self.user)
        return replace(self, place=ChatPlace(chat=chat), unit=None)


def digest_of(text: str) -> str:
    """Return what is equal for equal words of a letter."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:32]


def say(
    turn: Turn,
    words: Html | str,
    rows: Rows = (),
    *,
    case: CaseNumber | None = None,
    form: Form = NO_FORM,
    officer: str = "",
    key: str = "",
) -> OutboxId:
    """Post something new where the turn is answered, and return the post. `key`: by which it is found again."""
    place = turn.place
    form = replace(form, buttons=rows, reply_to=place.reply_to)
    return queue_post(
        turn.ledger, place.chat, words, form=form, thread=place.thread, case=case, officer=officer, rank=Rank.OWN_ACT,
        replaces=key,
    )  # fmt: skip


def change(
    turn: Turn, words: Html | str, rows: Rows = (), *, case: CaseNumber | None = None, key: str = ""
) -> OutboxId:
    """Change the message that was pressed on, if it is a menu of the desk's; else, or if it is long, post anew."""
    if not is_menu(turn) or units(words if isinstance(words, str) else words.text) > LIMIT:
        return say(turn, words, rows, case=case, key=key)
    post = turn.event.post
    return queue_post(
        turn.ledger, turn.place.chat, words, form=Form(buttons=rows, edits=post), thread=turn.place.thread, case=case,
        rank=Rank.OWN_ACT, replaces=key or f"menu:{post}",
    )  # fmt: skip


def is_menu(turn: Turn) -> bool:
    """Tell whether a press was on a menu of the desk's, and not on a card or the board, which others keep."""
    event, book = turn.event, turn.ledger.book
    cards = {(one.chat, one.card) for one in book.topics.values()}
    boards = {(one.chat, one.board) for one in book.groups.values()}
    return bool(event.press) and turn.place.chat == event.chat and (event.chat, event.post) not in cards | boards


def take_away(turn: Turn, post: PostId) -> None:
    """Take a message of ours away where the turn happened."""
    queue_post(turn.ledger, turn.event.chat, form=Form(deletes=post), thread=turn.event.thread, rank=Rank.OWN_ACT)


def tell(turn: Turn, words: str, *, aloud: bool = False) -> None:
    """Tell in short: a press in its box (`aloud`: that must be closed), a message in an answer to it."""
    if turn.event.press:
        turn.ledger.book.answer_press(turn.event.press, shorten(words, _BOX, placeholder=" …"), aloud=aloud)
    else:
        say(turn, words, case=turn.case)


def refuse(turn: Turn, words: str) -> None:
    """Tell why nothing was done."""
    tell(turn, words, aloud=True)
