"""A chat that had us forget it: for three days we know up to which of its messages, and nothing else.

A message can be changed in the chat for two days, and what is told of the change has the words as they read now: what
was forgotten must not come back as a new question.
"""

from bot.chat import PostId
from bot.citizen.visit import Visit, own_messages
from bot.store.chat_erasing import ABOUT

FORGOTTEN = "forgotten"
"""The outcome of an edit of what the person had us forget."""


def newest_post(visit: Visit) -> PostId:
    """Return the newest message in the chat that we know of; asked before it is forgotten."""
    posts = (one.post for one in own_messages(visit) if one.post is not None)
    return max((visit.event.post, *posts))


def remember(visit: Visit, upto: PostId) -> None:
    """Remember that all up to this message is forgotten; asked when it is."""
    state = {"post": upto, "outbox": visit.ledger.next_outgoing()}
    visit.ledger.book.set_dialogue(visit.chat, visit.user, state, ABOUT)


def take_edit(visit: Visit) -> str | None:
    """Let an edit of what is forgotten be nothing, and say so once; None: it is no edit of that."""
    book, ledger, event = visit.ledger.book, visit.ledger, visit.event
    state = book.dialogue(visit.chat, visit.user, ABOUT)
    if state is None or event.post > state["post"]:
        return None
    ledger.empty_originals({visit.arrival.inbox})
    if not state.get("told"):
        visit.say(visit.texts.t("Det du ändrade är raderat hos oss, så ändringen har inte kommit med. Vill du att "
                                "någon läser det? Skriv ett nytt meddelande."))  # fmt: skip
        outbox = max(state["outbox"], ledger.next_outgoing() - 1)
        book.set_dialogue(visit.chat, visit.user, {**state, "outbox": outbox, "told": True}, ABOUT)
    return FORGOTTEN
