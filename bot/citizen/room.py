"""The private chat with somebody who is not of the staff: what is a choice, what a command, and what is content."""

from collections.abc import Callable, Mapping

from bot.chat import EventKind
from bot.chat_arrival import ChatArrival
from bot.citizen import albums, early_edits, erasing, kinds, languages, moving, pace, removing, splitting, surveys
from bot.citizen.commands import Command, Verb, command_lines, do, read_command, typed_button
from bot.citizen.content import is_words_alone
from bot.citizen.edits import take_edit, take_edited_before
from bot.citizen.presses import take_press
from bot.citizen.question import Ask, Question, asked
from bot.citizen.taking import take_content
from bot.citizen.visit import Visit, own_message
from bot.office import CurrentOffice
from bot.store.ledger import Ledger
from bot.store.rows import InboxState

CHOSEN, ASKED, SURVEY = "choice", "command", "survey"
"""Outcomes of messages that are no content."""

_Choose = Callable[[Visit, Question, str], bool]

_CHOICES: Mapping[Ask, _Choose] = {
    Ask.CODE: lambda visit, _, text: moving.take_code(visit, text),
    Ask.ADDRESS: moving.take_address,
    Ask.ERASE: lambda visit, _, text: erasing.take_words(visit, text),
    Ask.REMOVE: removing.take_words,
    Ask.SPLIT: splitting.take_words,
    Ask.KIND: kinds.take_words,
    Ask.LANGUAGE: languages.take_words,
}


class CitizenChat:
    """Decides what citizens write and press; `bot.chat_intake.CitizenRoom`."""

    def __init__(self, office: CurrentOffice, about: Callable[[], str]) -> None:
        """Keep the municipality's rules, and what gives our own name in the chat, which may be empty."""
        self._current = office
        self._about = about

    def take(self, ledger: Ledger, arrival: ChatArrival) -> None:
        """Decide one event of a private chat and settle it."""
        visit = Visit(ledger=ledger, office=self._current(), arrival=arrival, bot=self._about())
        match arrival.event.kind:
            case EventKind.PRESS:
                outcome = take_press(visit)
            case EventKind.EDIT:
                outcome = SURVEY if surveys.take_edit(visit) else take_edit(visit) or _take_early(visit)
            case _:
                outcome = take_edited_before(visit) or _take_message(visit)
        ledger.settle(arrival.inbox, InboxState.DONE, outcome)


def _take_early(visit: Visit) -> str:
    """Take an edit of what is not known as what it says now, and remember which message that is."""
    outcome, post = _take_message(visit), visit.event.post
    early_edits.remember(visit, own_message(visit, post) or albums.part_with(visit, post))
    return outcome


def _take_message(visit: Visit) -> str:
    """Take what was written: an answer to what we asked, a command, or (anything else) content."""
    text = visit.event.text.strip()
    if not is_words_alone(visit.event):
        return take_content(visit)
    to_staff = _answers_staff(visit)
    if not to_staff and _is_chosen(visit, text):
        return CHOSEN
    if not to_staff and visit.event.reply_to is None and languages.take_name(visit, text):
        return CHOSEN
    command = read_command(text, slash_only=to_staff or visit.event.reply_to is not None)
    if command is None and not to_staff and surveys.take_comment(visit, text):
        return SURVEY
    if command is None and not to_staff and visit.event.reply_to is None:
        command = typed_button(visit, text)
    return take_content(visit) if command is None else _take_command(visit, command)


def _take_command(visit: Visit, command: Command) -> str:
    if command.verb is None and not command.rest and not visit.event.reply_to:
        # A mistyped command alone is no question; it must not wait for an answer as one.
        visit.say(visit.texts.t("Det kommandot känner vi inte. De här finns:"), "\n".join(command_lines(visit)))
        return ASKED
    if command.verb is None:
        known = "\n".join([visit.texts.t("Det kommandot känner vi inte. De här finns:"), *command_lines(visit)])
        return take_content(visit, more=known)
    if command.verb is Verb.NEW and command.rest:
        return take_content(visit, text=command.rest, new=True)
    if not pace.answers_command(visit):
        pace.say_that_it_is_much(visit)
        return take_content(visit) if command.rest else ASKED
    # Words behind a command that it has no use for are a message, and none is lost.
    return ASKED if do(visit, command.verb, command.rest) else take_content(visit)


def _is_chosen(visit: Visit, text: str) -> bool:
    """Take what answers something we asked; where a word would answer two things, the one asked last."""
    question, survey_at = asked(visit), surveys.asked_at(visit)
    if survey_at is None:
        return question is not None and _is_choice_of(visit, question, text)
    if question is None or question.asked_at <= survey_at:
        return surveys.take_choice(visit, text) or (question is not None and _is_choice_of(visit, question, text))
    return _is_choice_of(visit, question, text) or surveys.take_choice(visit, text)


def _is_choice_of(visit: Visit, question: Question, text: str) -> bool:
    return any(choose(visit, question, text) for ask, choose in _CHOICES.items() if ask in question.asks)


def _answers_staff(visit: Visit) -> bool:
    """Tell whether it replies to what a person of the staff wrote: a number is an answer then, and no choice."""
    if visit.event.reply_to is None:
        return False
    posted = visit.ledger.book.posts.get((visit.chat, visit.event.reply_to))
    queued = visit.ledger.known.queued_by_id.get(posted.outbox) if posted else None
    return queued is not None and not queued.kind.automatic
