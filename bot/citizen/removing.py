"""Taking a message of the person's own out of the chat. What was stored of it stays in its case."""

from datetime import timedelta

from bot.chat import Button, Form, PostId
from bot.chat_buttons import Press, button
from bot.citizen.question import Ask, Question, close, message_of, said
from bot.citizen.visit import Visit, own_messages
from bot.facts import CaseNumber, MessageId
from bot.posts import Rank, queue_post

REMOVABLE = timedelta(hours=48)
"""So long the service lets us take a message away."""


def remove_button(visit: Visit, case: CaseNumber, message: MessageId) -> Button:
    """Return the button that takes the message that just came out of the chat."""
    return button(visit.texts.t("Ta bort ur chatten"), Press.REMOVE, case, f"{visit.event.post}.{message}")


def take_words(visit: Visit, question: Question, text: str) -> bool:
    """Take the button's words, typed."""
    if said(text) != said(visit.texts.t("Ta bort ur chatten")):
        return False
    visit.say(remove(visit, PostId(question.removable[0]), message_of(question)))
    return True


def press(visit: Visit, more: str) -> None:
    """Take a press on the button."""
    post, _, message = more.partition(".")
    if not (post.isdecimal() and message.isdecimal() and len(more) < 40):
        visit.toast(visit.texts.t("Knappen gäller inte längre."))
        return
    visit.toast(remove(visit, PostId(int(post)), MessageId(int(message))))


def remove(visit: Visit, post: PostId, message: MessageId) -> str:
    """Have a message taken away if it is the person's own and recent; return what the person is told."""
    t = visit.texts.t
    close(visit, Ask.REMOVE)
    own = next((one for one in own_messages(visit) if one.id == message and one.post is not None), None)
    if own is None:
        return t("Det meddelandet hittar vi inte.")
    if visit.now - own.created_at > REMOVABLE:
        return t("Det har gått för lång tid. Håll fingret på meddelandet i Telegram, så kan du ta bort det själv.")
    queue_post(visit.ledger, visit.chat, form=Form(deletes=post), rank=Rank.CITIZEN)
    return t("Meddelandet tas bort ur chatten. Det finns kvar hos oss.")
