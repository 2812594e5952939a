"""Which case a message belongs to: what it replies to, a new one if asked for, what waits, what is recent."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from bot.case import CaseState, fold_case
from bot.chat import PostId
from bot.citizen.visit import Visit, own_case, own_cases, own_message
from bot.facts import CaseNumber
from bot.inquiry import fold_inquiries
from bot.store.rows import Direction

LATELY = timedelta(days=30)
"""A case in which nothing was written for so long is left alone: what comes now is a new matter."""

_NEW = "new"


class Why(Enum):
    """Why a message goes to a case."""

    REPLIES = auto()
    WANTED_NEW = auto()
    WAITS = auto()
    RECENT = auto()
    """It seems to go on with one that was answered or closed; the person can say that it does not."""
    FIRST = auto()


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a message goes; `case` None: to a new case."""

    case: CaseNumber | None
    why: Why


def choose_case(visit: Visit) -> Choice:
    """Return where what the person writes now belongs. A case that is not the person's own is never chosen."""
    replied = _replied(visit)
    if replied is not None:
        return Choice(replied, Why.REPLIES)
    if visit.ledger.book.dialogue(visit.chat, visit.user, _NEW) is not None:
        return Choice(None, Why.WANTED_NEW)
    cases = own_cases(visit)
    waiting = next((case for case in cases if _waits(visit, case)), None)
    if waiting is not None:
        return Choice(waiting, Why.WAITS)
    recent = next((case for case in cases if _is_recent(visit, case)), None)
    return Choice(recent, Why.RECENT if recent else Why.FIRST)


def want_new(visit: Visit) -> None:
    """Let the next message open a new case."""
    visit.ledger.book.set_dialogue(visit.chat, visit.user, {"wanted": True}, _NEW)


def want_new_no_more(visit: Visit) -> bool:
    """Forget that; return whether it was so."""
    book = visit.ledger.book
    if book.dialogue(visit.chat, visit.user, _NEW) is None:
        return False
    book.end_dialogue(visit.chat, visit.user, _NEW)
    return True


def case_of_post(visit: Visit, post: PostId) -> CaseNumber | None:
    """Return which of the person's cases one of our messages in the chat was about, None if none."""
    posted = visit.ledger.book.posts.get((visit.chat, post))
    return own_case(visit, CaseNumber(posted.case)) if posted and posted.case else None


def _replied(visit: Visit) -> CaseNumber | None:
    post = visit.event.reply_to
    if post is None:
        return None
    about = case_of_post(visit, post)
    if about is not None:
        return about
    earlier = own_message(visit, post)
    return own_case(visit, earlier.case) if earlier else None


def _waits(visit: Visit, case: CaseNumber) -> bool:
    facts = visit.ledger.facts_of(case)
    open_ = fold_case(facts).state is CaseState.OPEN
    return open_ and any(one.waits for one in fold_inquiries(facts))


def _is_recent(visit: Visit, case: CaseNumber) -> bool:
    written = visit.ledger.messages_of(case)
    return any(visit.now - one.created_at <= LATELY for one in written if one.direction is not Direction.NOTE)
