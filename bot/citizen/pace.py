"""How much one person may ask of us in a short time. Nothing is ever refused: it is stored without being answered."""

from collections.abc import Callable
from datetime import timedelta

from bot.citizen.visit import Visit, own_messages
from bot.facts import to_micros
from bot.store.chat_erasing import PACE as _ABOUT

MANY, WINDOW = 20, timedelta(minutes=10)
"""So many messages in so long a time are answered one by one."""
PRESSES = 60
"""So many presses in that time are answered with a message."""
CODES, CODE_WINDOW = 3, timedelta(hours=1)
"""So many codes are sent by mail."""


def writes_fast(visit: Visit) -> bool:
    """Tell whether the person has written more than is answered one by one, what is stored now included."""
    lately = [one for one in own_messages(visit) if visit.now - one.created_at < WINDOW and one.edits is None]
    return len(lately) > MANY


def may(visit: Visit, what: str, most: int, window: timedelta) -> bool:
    """Tell whether something may be done once more within a time, and count it if so."""
    state = dict(visit.ledger.book.dialogue(visit.chat, visit.user, _ABOUT) or {})
    since = to_micros(visit.now - window)
    done = [at for at in state.get(what, []) if at > since]
    allowed = len(done) < most
    state[what] = [*done, to_micros(visit.now)] if allowed else done
    visit.ledger.book.set_dialogue(visit.chat, visit.user, state, _ABOUT)
    return allowed


def say_that_it_is_much(visit: Visit) -> None:
    """Tell the person, once in a while, that everything is stored but not answered one by one."""
    if may(visit, "much", 1, WINDOW):
        t = visit.texts.t
        visit.say(
            t("Nu har du skrivit många meddelanden på kort tid. Vi sparar allt, men bekräftar inte vart och ett.")
        )


def answers_command(visit: Visit) -> bool:
    """Tell whether a command is still answered."""
    return may(visit, "command", MANY, WINDOW)


def answers_press(visit: Visit) -> bool:
    """Tell whether a press is still answered."""
    return may(visit, "press", PRESSES, WINDOW)


def may_send_code(visit: Visit) -> bool:
    """Tell whether one more code may be sent by mail."""
    return may(visit, "code", CODES, CODE_WINDOW)


def keep_count_of_codes(visit: Visit, forget: Callable[[], None]) -> None:
    """Do something that forgets all of the chat, but not that codes were sent within the hour: nobody is bombarded."""
    since = to_micros(visit.now - CODE_WINDOW)
    state = visit.ledger.book.dialogue(visit.chat, visit.user, _ABOUT) or {}
    sent = [at for at in state.get("code", []) if at > since]
    forget()
    if sent:
        visit.ledger.book.set_dialogue(visit.chat, visit.user, {"code": sent}, _ABOUT)
