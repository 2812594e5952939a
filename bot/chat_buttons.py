"""What buttons carry: ``act:case:more`` in at most 64 bytes. Nothing in it is an authority; each press is checked."""

from dataclasses import dataclass
from enum import StrEnum

from bot.case import read_number
from bot.chat import Button
from bot.facts import CaseNumber

MOST_BYTES = 64


class Press(StrEnum):
    """What a button asks for."""

    # Staff, in a case
    TAKE = "take"
    GIVE_BACK = "give"
    ANSWER = "ans"
    HOLD = "hold"
    TRANSFER = "move"
    NOTE = "note"
    CLOSE = "close"
    REOPEN = "open"
    MORE = "more"
    LESS = "less"
    KIND = "kind"
    TOPIC = "topic"
    CANNED = "can"
    SPOKEN = "spoke"
    LEAVE_OUT = "out"
    OUTCOME = "outc"
    SECRET = "secr"  # noqa: S105 -- a mark, no password
    HISTORY = "hist"
    SHOW = "show"
    UNDO = "undo"
    TO = "to"
    """A choice in the middle of something: of a unit, a day, a reason …"""
    SEND = "send"
    CHANGE = "chg"
    CANCEL = "cncl"
    # Staff, outside of any case
    PHONE = "phone"
    QUEUE = "queue"
    MINE = "mine"
    # Citizens
    LANGUAGE = "lang"
    MY_KIND = "mkind"
    SKIP = "skip"
    STATUS = "stat"
    NEW_CASE = "new"
    BY_MAIL = "bymail"
    BY_CHAT = "bychat"
    ERASE = "erase"
    ERASE_YES = "erasey"
    REMOVE = "rm"
    """Take this very message of mine out of the chat."""
    SURVEY = "svy"
    PERSON = "human"
    PRIVACY = "priv"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read. `case` None: it names none. `more`: what stands behind it, often empty."""

    act: Press
    case: CaseNumber | None = None
    more: str = ""


def button(words: str, act: Press, case: CaseNumber | None = None, more: str = "") -> Button:
    """Return a button.

    Raises:
        ValueError: it would carry more than 64 bytes.
    """
    data = f"{act.value}:{case or ''}:{more}".rstrip(":")
    if len(data.encode()) > MOST_BYTES:
        raise ValueError("a button carries at most 64 bytes")
    return Button(words, data)


def read_press(data: str) -> Pressed | None:
    """Return what a press asks for, None where a button is older than what we know now, or forged."""
    act, _, rest = data.partition(":")
    case, _, more = rest.partition(":")
    number = read_number(case) if case else None
    if act not in set(Press) or (case and number is None):
        return None
    return Pressed(Press(act), number, more)
