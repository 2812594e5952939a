"""How an attempt to post in a chat ended, and what follows for the post: pure decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat import No, PostId
from bot.errors import Refused, TryLater
from bot.outbox import Ending
from bot.store.rows import MailKind, OutboxState, OutgoingMail

UNSURE_WAIT = timedelta(seconds=60)
"""After which what may have arrived is sent once more: by then a late reply has come, or never will."""

GIVE_UP_AFTER = timedelta(hours=24)
_TRIES = 8
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)

_ONCE_MORE = {MailKind.ANSWER, MailKind.HOLDING, MailKind.OUTCOME, MailKind.ACKNOWLEDGEMENT}
"""What is better twice than never: the case's number makes it known again. Without the first receipt a citizen would
know neither number nor who reads it (telegram.md §1.3)."""


def next_try(attempts: int, queued_at: datetime, now: datetime) -> datetime | None:
    """Return when to try again after the `attempts`-th failure of one post alone, or None to give up.

    Waits 5, 10, 20 … 300 seconds. Gives up a day after queueing, though never before the eighth attempt: it may have
    waited for the whole channel.
    """
    if attempts >= _TRIES and now - queued_at >= GIVE_UP_AFTER:
        return None
    return now + min(_FIRST_WAIT * (1 << min(attempts - 1, 10)), _LONGEST_WAIT)


def is_repeatable(mail: OutgoingMail) -> bool:
    """Tell whether a post done twice is the same as once: a change, a removal, a reaction."""
    return bool(mail.form.edits or mail.form.deletes or mail.form.reacts)


def sent(mail: OutgoingMail, at: datetime, posted: Sequence[PostId]) -> Ending:
    """Return the end of a post that was accepted at an instant (UTC) as these messages."""
    return _ending(_with(mail, posted), OutboxState.SENT, at, attempts=1)


def refused(mail: OutgoingMail, error: Refused, now: datetime, posted: Sequence[PostId]) -> Ending:
    """Return the end of a post the service refuses for good."""
    return dead(mail, str(error.status), now, posted)


def dead(mail: OutgoingMail, status: str, now: datetime, posted: Sequence[PostId] = ()) -> Ending:
    """Return the end of a post that will not be sent; `status` is a code."""
    return _ending(_with(mail, posted), OutboxState.DEAD, now, status=status, attempts=1)


def waits(mail: OutgoingMail, reason: str, now: datetime, posted: Sequence[PostId] = ()) -> Ending:
    """Return that a post waits on as before, in its place: it was its chat or everything that could not be reached."""
    return _ending(_with(mail, posted), OutboxState.NEW, now, status=reason)


def later(mail: OutgoingMail, error: TryLater, now: datetime, posted: Sequence[PostId]) -> Ending:
    """Return that a post is tried again later, or given up."""
    again_at = next_try(mail.attempts + 1, mail.created_at, now)
    if again_at is None:
        return dead(mail, error.reason, now, posted)
    return _ending(_with(mail, posted), OutboxState.NEW, now, due_at=again_at, status=error.reason, attempts=1)


def once_more(mail: OutgoingMail, again_at: datetime, now: datetime, posted: Sequence[PostId]) -> Ending:
    """Return that a refused post is tried again, as something was put right."""
    return _ending(_with(mail, posted), OutboxState.NEW, now, due_at=again_at, status=No.TOPIC_CLOSED, attempts=1)


def unsure(mail: OutgoingMail, now: datetime, posted: Sequence[PostId]) -> Ending:
    """Return what follows when nobody knows whether a post arrived; what a citizen waits for goes out once more."""
    return _unsure(mail, now, posted, "no_reply", again=mail.kind in _ONCE_MORE and not mail.unsure)


def left_behind(mail: OutgoingMail, now: datetime) -> Ending:
    """Return what follows when a process died, or lost hold, while a post was on its way.

    Most likely it never left, so it is tried again even if that happens anew; but no post fells us for ever.
    """
    if is_repeatable(mail):
        return _ending(mail, OutboxState.NEW, now, due_at=now, status=_DIED, attempts=1)
    again = mail.kind in _ONCE_MORE or mail.kind.sent_again_when_unsure
    again = again and mail.attempts < _TRIES
    return _unsure(mail, now, mail.posted, _DIED, again=again)


_DIED = "process_died"


def _unsure(mail: OutgoingMail, now: datetime, posted: Sequence[PostId], status: str, *, again: bool) -> Ending:
    mail = _with(mail, posted)
    if again:
        due_at = now + UNSURE_WAIT
        return _ending(mail, OutboxState.NEW, now, due_at=due_at, status=status, attempts=1, unsure=True)
    return _ending(mail, OutboxState.UNSURE, now, status=status, attempts=1, unsure=True)


def _with(mail: OutgoingMail, posted: Sequence[PostId]) -> OutgoingMail:
    """Return the post with all messages that it has become, each once."""
    return replace(mail, posted=tuple(dict.fromkeys((*mail.posted, *posted))))


def _ending(
    mail: OutgoingMail,
    state: OutboxState,
    at: datetime,
    *,
    due_at: datetime | None = None,
    status: str = "",
    attempts: int = 0,
    unsure: bool = False,
) -> Ending:
    """Return an ending after so many attempts more."""
    return Ending(
        mail=mail, state=state, at=at, due_at=due_at or mail.due_at, status=status, attempts=mail.attempts + attempts,
        unsure=mail.unsure or unsure,
    )  # fmt: skip
