"""Queueing what we write in a chat."""

from datetime import datetime
from enum import IntEnum

from bot.chat import NO_FORM, ChatId, Form, ThreadId, chat_address
from bot.chat_text import Html
from bot.facts import CaseNumber, InboxId, MessageId, OutboxId
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutgoingMail


class Rank(IntEnum):
    """What goes first among what waits for one group; to one person all but `ASKING` goes in order."""

    OWN_ACT = 0
    """What an officer has just asked for."""
    CITIZEN = 1
    NEW_CARD = 2
    CONFIRMATION = 3
    LATER = 4
    ASKING = 5
    """What we ask unbidden: behind whatever else waits for anybody."""


def queue_post(
    ledger: Ledger,
    chat: ChatId,
    words: Html | str = "",
    *,
    form: Form = NO_FORM,
    thread: ThreadId | None = None,
    case: CaseNumber | None = None,
    inquiry: int | None = None,
    message: MessageId | None = None,
    officer: str = "",
    kind: MailKind = MailKind.POST,
    rank: Rank = Rank.LATER,
    replaces: str = "",
    due_at: datetime | None = None,
    attach: tuple[InboxId, ...] = (),
    encloses: tuple[int, ...] = (),
) -> OutboxId:
    """Queue words for a chat, or what `form` says instead, and return the id.

    `replaces`: what waits with the same key to the same chat and has not left is never sent. `due_at` (UTC): not
    before.
    """
    return ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=kind, case=case, inquiry=inquiry, message=message, officer=officer,
            to_addr=chat_address(chat), from_addr="", subject="",
            text=words.text if isinstance(words, Html) else words, html=str(words) if isinstance(words, Html) else "",
            message_id=ledger.draw_mail_id("chat"), created_at=ledger.now, due_at=due_at or ledger.now,
            thread=thread, form=form, rank=rank.value, replaces=replaces, attach=attach,
            encloses=encloses,
        )
    )  # fmt: skip
