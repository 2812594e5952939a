"""What staff can ask: answered from the database after everything else of a mail is done. Pure data."""

from dataclasses import dataclass

from bot.chat import ChatId, PostId, ThreadId
from bot.facts import CaseNumber
from bot.office import Officer
from bot.parts import Part


@dataclass(frozen=True, slots=True)
class Queue:
    """`/kö`: what waits in the officer's units, or in one of them, by deadline."""

    unit: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """`/mina`: the officer's own open cases, by deadline."""


@dataclass(frozen=True, slots=True)
class Search:
    """`/sök`: a case number, words, or a sender's name or address."""

    words: str


@dataclass(frozen=True, slots=True)
class Show:
    """`/visa K-…`: the case with its latest messages, and what is done with it."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class Journal:
    """`/allt K-…`: everything that ever happened in the case, in order, with who did it."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class History:
    """`/historik K-…`: the other cases of the person who asks."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class Similar:
    """`/liknande K-…`: answered cases about the same, with their answers."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class WhoSaw:
    """`/vem K-…`: who has opened the case or was sent its text, and when."""

    case: CaseNumber


@dataclass(frozen=True, slots=True)
class CannedList:
    """`/mallar`: the canned answers the officer may use; with a name, that one's text."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`/utelämnade`: what was left out of the figures in a week, by whom and why. Leads only."""

    week: str = ""


@dataclass(frozen=True, slots=True)
class BrokenPromises:
    """`/löften`: promises to citizens that were not kept in a week. Leads only."""

    week: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """`/hjälp`: every command in a line each; with a command's name, that one explained."""

    about: str = ""


Question = (
    Queue | Mine | Search | Show | Journal | History | Similar | WhoSaw | CannedList | LeftOut | BrokenPromises | Help
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlace:
    """Where in a chat something is said: the message it replies to, None: to none."""

    chat: ChatId
    thread: ThreadId | None = None
    reply_to: PostId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A mail to an officer that waits for answers out of the database.

    Attributes:
        case, inquiry: what the mail is about, None for what is about no single case.
        parts: what it says, in order; each question stands where its answer will.
        again: answering it lets an answer through beside the first.
        in_reply_to: the officer's mail.
        to_command: it answers commands, and not plain words.
        opened: it may show personal numbers, as the officer has given a reason.
        place: where in a chat it is answered instead of by mail.
    """

    officer: Officer
    case: CaseNumber | None
    inquiry: int
    subject: str
    parts: tuple[Part | Question, ...]
    again: bool = False
    in_reply_to: str = ""
    opened: bool = False
    to_command: bool = False
    place: ChatPlace | None = None
