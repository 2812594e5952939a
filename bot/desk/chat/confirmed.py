"""What stands under "your answer leaves in a minute" once it has left, or was stopped: nothing to regret any more."""

from bot.chat import Form, chat_at
from bot.facts import CaseNumber, MessageId
from bot.office import Office
from bot.posts import Rank, queue_post
from bot.store.ledger import Ledger
from bot.store.rows import MailKind, OutboxState, QueuedBefore
from config.texts import mark

_SENT = {
    MailKind.ANSWER: mark("Ditt svar i {number} är skickat."),
    MailKind.HOLDING: mark("Delbeskedet i {number} är skickat."),
    MailKind.OUTCOME: mark("Beskedet om vad {number} ledde till är skickat."),
}
_DEAD = {
    MailKind.ANSWER: mark("Svaret i {number} kom inte fram. Frågan väntar på svar igen."),
    MailKind.HOLDING: mark("Delbeskedet i {number} kom inte fram. Det som lovades innan gäller fortfarande."),
    MailKind.OUTCOME: mark("Beskedet om vad {number} ledde till kom inte fram."),
}
_UNSURE = mark("Brevet i {number} är kanske skickat. Vi vet inte om det kom fram.")
_STOPPED = mark("Brevet i {number} är stoppat och har inte skickats.")


def key_of(letter: MessageId) -> str:
    """Return the key (`bot.posts.queue_post`, `replaces`) of the post that tells that a letter is on its way."""
    return f"letter:{letter}"


def letters_of(ledger: Ledger, case: CaseNumber) -> list[QueuedBefore]:
    """Return what staff have written to the citizen of a case, in order."""
    return [one for one in ledger.queued_of(case) if one.kind in _SENT and one.message is not None]


def queue_ended(ledger: Ledger, office: Office, letter: QueuedBefore) -> None:
    """Change the posts that tell that a letter is on its way, now that its delivery has ended; else nothing.

    A post of which nobody knows which message it has become stays as it is.
    """
    words = _words(letter)
    if letter.case is None or letter.message is None or not words:
        return
    for post in ledger.queued_of(letter.case):
        chat = chat_at(post.to_addr)
        if chat is not None and post.posted and post.replaces == key_of(letter.message):
            queue_post(
                ledger, chat, office.texts.t(words, number=letter.case), form=Form(edits=post.posted[-1]),
                thread=post.thread, case=letter.case, rank=Rank.CONFIRMATION, replaces=f"menu:{post.posted[-1]}",
            )  # fmt: skip


def _words(letter: QueuedBefore) -> str:
    """Return what became of a letter, to be translated; empty while it is on its way, or if it is none of staff's."""
    match letter.state:
        case OutboxState.SENT:
            return _SENT.get(letter.kind, "")
        case OutboxState.DEAD:
            return _DEAD.get(letter.kind, "")
        case OutboxState.UNSURE:
            return _UNSURE if letter.kind in _SENT else ""
        case OutboxState.REGRETTED:
            return _STOPPED if letter.kind in _SENT else ""
        case _:
            return ""
