"""The desk's face in a chat: an officer's private chat, the groups of units, and who wants to become known there."""

import secrets
from collections.abc import Callable

from bot.chat import ChatEvent, ChatId, EventKind, Form
from bot.chat_arrival import ChatArrival
from bot.chat_buttons import Press
from bot.desk.acts import ActRefused
from bot.desk.chat.linking import Below, greet, how_to_link, take_stranger, unlink, wants_link, wants_unlink
from bot.desk.chat.pages import home_rows, labelled
from bot.desk.chat.places import take_place
from bot.desk.chat.presses import take_press
from bot.desk.chat.replies import take_reply
from bot.desk.chat.turn import Turn, refuse, say
from bot.desk.chat.typed import is_command, take_typed
from bot.desk.spelling import first_word
from bot.desk.words import why_not
from bot.facts import CaseNumber
from bot.office import CurrentOffice, Office, Officer, Unit
from bot.posts import Rank, queue_post
from bot.questions import ChatPlace
from bot.store.chat_book import ChatBook
from bot.store.chat_erasing import TALK
from bot.store.ledger import Ledger
from bot.store.rows import InboxState


class StaffChat:
    """Decides what officers do in chats; the same acts as by mail, through the same `bot.desk.perform`."""

    def __init__(
        self, office: CurrentOffice, leave: Callable[[ChatId], None], below: Below = secrets.randbelow
    ) -> None:
        """Keep the parts. `leave` has us leave a group, in the background; `below` draws codes."""
        self._current = office
        self._leave = leave
        self._below = below

    def take_private(self, ledger: Ledger, arrival: ChatArrival, officer: Officer) -> None:
        """Decide what an officer wrote or pressed in the private chat, and settle it."""
        event = arrival.event
        turn = Turn(
            ledger=ledger, office=self._current(), arrival=arrival, officer=officer, case=case_at(ledger.book, event),
            place=ChatPlace(chat=event.chat, reply_to=event.post or None),
        )  # fmt: skip
        _guarded(turn, _in_private)
        ledger.settle(arrival.inbox, InboxState.DONE, turn.case or "desk")

    def take_group(self, ledger: Ledger, arrival: ChatArrival, unit: Unit) -> None:
        """Decide what was written or pressed in a unit's group, by whomever, and settle it."""
        office, event = self._current(), arrival.event
        linked = ledger.book.officer_of(event.user)
        officer = office.officer(linked) if linked else None
        if officer is None:
            _stranger_in_group(ledger, office, event)
            ledger.settle(arrival.inbox, InboxState.DONE, TALK)
            return
        turn = Turn(
            ledger=ledger, office=office, arrival=arrival, officer=officer, unit=unit,
            case=case_at(ledger.book, event),
            place=ChatPlace(chat=event.chat, thread=event.thread, reply_to=event.post or None),
        )  # fmt: skip
        meant = _guarded(turn, _in_group)
        ledger.settle(arrival.inbox, InboxState.DONE, (turn.case or "desk") if meant else TALK)

    def take_stranger(self, ledger: Ledger, arrival: ChatArrival) -> bool:
        """Take what somebody writes who wants to prove to be an officer; False: it is nothing of that, untouched."""
        return take_stranger(ledger, self._current(), arrival, self._below)

    def take_place(self, ledger: Ledger, arrival: ChatArrival) -> None:
        """Decide what a changed place in a chat means (ours or somebody's, or a group's new number), and settle it."""
        take_place(ledger, self._current(), arrival, self._leave)


def case_at(book: ChatBook, event: ChatEvent) -> CaseNumber | None:
    """Return the case of the topic that something happened in, else of the message of ours that it is about."""
    topic = book.topic_at(event.chat, event.thread)
    if topic is not None:
        return topic.case
    post = event.post if event.kind is EventKind.PRESS else event.reply_to
    card = next((one.case for one in book.topics.values() if post and (one.chat, one.card) == (event.chat, post)), None)
    known = book.posts.get((event.chat, post)) if post else None
    return card or (CaseNumber(known.case) if known and known.case else None)


def _guarded(turn: Turn, take: Callable[[Turn], bool]) -> bool:
    """Do it and tell whether it was meant for us; what the officer may not do is told."""
    try:
        return take(turn)
    except ActRefused as refused:
        refuse(turn, why_not(turn.office.texts, refused))
        return True


def _in_group(turn: Turn) -> bool:
    """Take what an officer did in a group; talk is left alone."""
    event = turn.event
    if event.kind is EventKind.PRESS:
        take_press(turn)
        return True
    if event.kind is EventKind.EDIT:
        return _edited(turn)
    if event.text.lstrip().startswith("/"):
        take_typed(turn)
        return True
    return take_reply(turn)


def _in_private(turn: Turn) -> bool:
    event, office, text = turn.event, turn.office, turn.event.text.strip()
    if event.kind is EventKind.PRESS:
        take_press(turn)
    elif event.kind is EventKind.EDIT:
        _edited(turn)
    elif wants_unlink(text):
        unlink(
            turn.ledger,
            turn.user,
            turn.t("Du är inte längre ansluten som handläggare. Skriv /anslut om du ångrar dig."),
        )
    elif wants_link(text) is not None or first_word(text)[0] == "/start":
        greet(turn.ledger, office, event.chat, turn.officer)
    elif text.startswith("/"):
        take_typed(turn)
    elif not take_reply(turn):
        _not_sent(turn)
    return True


def _not_sent(turn: Turn) -> None:
    """Tell that plain words are sent to nobody, and how it is done."""
    case = turn.case
    if case is not None:
        words = turn.t(
            "Det här har inte skickats till någon. Ska det till den som frågar i {number}? Tryck Svara.", number=case
        )
        say(turn, words, ((labelled(turn.t("Svara"), Press.ANSWER, case),),), case=case)
    else:
        words = turn.t("Det här har inte skickats till någon. Öppna ett ärende och tryck Svara, eller skriv /hjälp.")
        say(turn, words, home_rows(turn.office.texts))


def _edited(turn: Turn) -> bool:
    """Tell an officer who changes a message that was meant for us that nothing follows from it."""
    event, book = turn.event, turn.ledger.book
    post = book.posts.get((event.chat, event.reply_to)) if event.reply_to else None
    queued = turn.ledger.known.queued_by_id.get(post.outbox) if post else None
    asked = queued is not None and queued.officer == turn.officer.id and not queued.kind.to_citizen
    if not asked and not is_command(event.text):
        return False
    say(turn, turn.t("Ändringen har inte gjort något. Tryck Ändra, eller skriv på nytt."), case=turn.case)
    return True


def _stranger_in_group(ledger: Ledger, office: Office, event: ChatEvent) -> None:
    """Tell somebody we do not know how to become known, if that was meant for us; talk is left alone."""
    words = how_to_link(office)
    if event.anonymous:
        words = office.texts.t(
            "Du skriver i gruppens namn, så jag vet inte vem du är. Inget har gjorts. "
            "Stäng av anonymitet för dig i gruppens inställningar, så kan du svara härifrån."
        )
    if event.kind is EventKind.PRESS:
        ledger.book.answer_press(event.press, words[:200], aloud=True)
    elif event.kind is EventKind.MESSAGE and (is_command(event.text) or _replies_to_question(ledger, event)):
        form = Form(reply_to=event.post)
        queue_post(ledger, event.chat, words, form=form, thread=event.thread, rank=Rank.CONFIRMATION)


def _replies_to_question(ledger: Ledger, event: ChatEvent) -> bool:
    known = ledger.book.posts.get((event.chat, event.reply_to)) if event.reply_to else None
    queued = ledger.known.queued_by_id.get(known.outbox) if known else None
    return queued is not None and bool(queued.officer) and not queued.kind.to_citizen
