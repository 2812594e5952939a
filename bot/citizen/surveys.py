"""What a person answers to the survey in the chat, by button or in words. Whatever is no answer to it is a message.

Neither grades nor comments stay with the case: the events they came as are forgotten once they are counted.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat import PostId
from bot.chat_buttons import Pressed
from bot.citizen import pace
from bot.citizen.question import asked, said
from bot.citizen.taking import take_content
from bot.citizen.visit import Visit, letters_got, own_cases
from bot.doors import doors_in
from bot.facts import CaseNumber
from bot.store.rows import MailKind, OutboxState, QueuedBefore
from bot.store.survey_rows import Invitation, Question, State
from bot.survey.chat import DECLINE, SKIP, Answer, read_answer, show, show_over, take_buttons_away
from bot.survey.comments import asks
from bot.survey.questions import LONGEST_COMMENT, Typed, read_typed
from bot.survey.replies import read_reply
from bot.survey.responding import decline, is_over, respond, take_offer
from config.texts import Texts

COMMENT_FOR = timedelta(hours=1)
"""So long after the comment was asked for, words are one; later only what replies to the question. A message must
never be taken for a comment."""

_ABOUT = "survey"
_MOST = 20
_POLITE = re.compile(r"[\s,]+(?:tack|gärna|please|thanks|thank you|kiitos)[\s.!]*$", re.IGNORECASE)


def press(visit: Visit, pressed: Pressed) -> None:
    """Take a press on a button of the survey; pressed twice it is the same as once."""
    t, answer = visit.texts.t, read_answer(pressed.more)
    _forget_event(visit)
    if pressed.case is None or answer is None:
        visit.toast(t("Knappen gäller inte längre."))
        return
    one = _invitation(visit, pressed.case, answer.inquiry)
    if one is None or one.state is State.EXPIRED or (one.step is not None and is_over(one, visit.ledger)):
        visit.toast(t("Tiden för enkäten har gått ut. Tack ändå!"))
        show_over(visit.ledger, visit.texts, visit.chat, pressed.case, answer.inquiry, visit.event.post)
        return
    if one.step is None or not one.is_open:
        visit.toast(t("Enkäten är klar. Tack!"))
    elif answer.question is not one.step and not answer.declines:
        visit.toast(t("Det har du redan svarat på."))
    else:
        one = _count(visit, one, answer)
    show(visit.ledger, visit.texts, visit.chat, one, edits=visit.event.post)


def asked_at(visit: Visit) -> datetime | None:
    """Return when the survey asked what it waits for now (UTC), None: it waits for nothing."""
    one = _open(visit)
    return max(queued.created_at for queued in _shown(visit, one)) if one is not None else None


def take_choice(visit: Visit, text: str) -> bool:
    """Take words that are a whole answer to what the survey asks: a digit, yes or no, an option; False: they are none.

    Once somebody of the staff has written, they may be meant for that, and count only in a reply to the survey.
    """
    one = _open(visit)
    if one is None or one.step is None or not _is_meant(visit, one):
        return False
    answer = _typed(visit, one, one.step, text)
    if answer is None:
        return False
    _take(visit, one, answer)
    return True


def take_comment(visit: Visit, text: str) -> bool:
    """Take words as the comment that was asked for; False: they are a message.

    What cannot wait, what is too long to be kept whole, and what comes long after is a message.
    """
    one = _open(visit)
    if one is None or one.step is not Question.COMMENT or not _is_meant(visit, one):
        return False
    if len(text) > LONGEST_COMMENT or doors_in(text, visit.office.door_words):
        return False
    since = asked_at(visit)
    if visit.event.reply_to is None and (since is None or not _is_next(visit, since)):
        return False
    _take(visit, one, Answer(inquiry=one.inquiry or 0, question=Question.COMMENT), comment=text)
    return True


def take_edit(visit: Visit) -> bool:
    """Take a change of what was counted as an answer: the first words stand; False: it is another message's.

    What asks for something is a message now.
    """
    text, kept, one = visit.event.text, _posts_kept(visit), _open(visit)
    if visit.event.post not in kept:
        return False
    offered = one is not None and one.step is Question.OFFER
    if (asks(text) and not offered) or visit.event.files or doors_in(text, visit.office.door_words):
        _keep_posts(visit, [post for post in kept if post != visit.event.post])
        take_content(visit)
        return True
    _forget_event(visit)
    if pace.may(visit, "survey", 1, pace.WINDOW):
        t = visit.texts.t
        visit.say(t("Svaret i enkäten går inte att ändra. Vill du säga något mer? Skriv ett nytt meddelande."))
    return True


def _typed(visit: Visit, one: Invitation, step: Question, text: str) -> Answer | None:
    """Return what typed words choose, None if they choose nothing."""
    inquiry, stops = one.inquiry or 0, _stops(visit, text)
    if step is Question.COMMENT:
        skips = stops or _is_one_of(visit, text, SKIP) or _read(visit, step, text) == Typed()
        return Answer(inquiry=inquiry, question=step) if skips else None
    if step is Question.OFFER:
        read = Typed(0) if stops else _read(visit, step, _POLITE.sub("", text))
    elif stops:
        return Answer(inquiry=inquiry, question=step, declines=True)
    else:
        read = _read(visit, step, _POLITE.sub("", text) if step is Question.ANSWERED else text)
    return None if read is None else Answer(inquiry=inquiry, question=step, grade=read.grade)


def _read(visit: Visit, step: Question, text: str) -> Typed | None:
    """Return typed words as read in any of our languages: the question may stand there in another than now."""
    found = (read_typed(step, text, texts) for texts in _every_language(visit))
    return next((one for one in found if one is not None), None)


def _stops(visit: Visit, text: str) -> bool:
    """Tell whether the person says no to being asked."""
    read = read_reply(text)
    return (read is not None and read.declines and not read.rest) or _is_one_of(visit, text, DECLINE)


def _is_one_of(visit: Visit, text: str, words: str) -> bool:
    return said(text) in {said(texts.t(words)) for texts in _every_language(visit)}


def _every_language(visit: Visit) -> list[Texts]:
    return [visit.office.texts_in(code) for code in dict.fromkeys((visit.language, *visit.rules.languages))]


def _take(visit: Visit, one: Invitation, answer: Answer, comment: str = "") -> None:
    """Count typed words, and show below them what follows."""
    above = max((post for queued in _shown(visit, one) for post in queued.posted), default=None)
    _forget_event(visit)
    _keep_posts(visit, [*_posts_kept(visit), visit.event.post])
    after = _count(visit, one, answer, comment)
    show(visit.ledger, visit.texts, visit.chat, after)
    if above is not None:
        take_buttons_away(visit.ledger, visit.chat, one, above)


def _count(visit: Visit, one: Invitation, answer: Answer, comment: str = "") -> Invitation:
    """Count an answer, and return the invitation as it is after it."""
    ledger, office = visit.ledger, visit.office
    if answer.declines:
        return decline(ledger, office, one)
    if answer.question is not Question.OFFER:
        return respond(ledger, office, one, answer.question, answer.grade, comment)
    words = take_offer(ledger, one, wanted=answer.grade == 1)
    if words and one.case is not None:
        _take_in(visit, one.case, words)
    return ledger.known.survey.now(one)


def _take_in(visit: Visit, case: CaseNumber, words: str) -> None:
    """Take in the comment as the message it was in the chat, of the case that was asked about."""
    kept = [post for post in _posts_kept(visit) if post != visit.event.post]
    written = kept[-1] if kept else visit.event.post
    _keep_posts(visit, [post for post in _posts_kept(visit) if post != written])
    arrival = replace(visit.arrival, event=replace(visit.event, post=written, reply_to=None))
    take_content(replace(visit, arrival=arrival), text=words, case=case)


def _invitation(visit: Visit, case: CaseNumber, inquiry: int) -> Invitation | None:
    """Return the invitation that a button is of, if it went to this chat; None also once its case is cut off."""
    known = visit.ledger.known.survey.of_case(case)
    return next((one for one in known if one.inquiry == inquiry and one.address == visit.own), None)


def _open(visit: Visit) -> Invitation | None:
    """Return the newest invitation of this chat that waits for an answer and has been shown."""
    ledger, own = visit.ledger, visit.own
    known = ledger.known.survey.of_address(own) if own is not None else []
    return next((one for one in known if one.is_open and not is_over(one, ledger) and _shown(visit, one)), None)


def _shown(visit: Visit, one: Invitation) -> list[QueuedBefore]:
    """Return the posts of an invitation, where the first of them has reached the chat."""
    queued_there = visit.ledger.queued_of(one.case) if one.case is not None else ()
    ours = [queued for queued in queued_there if queued.kind is MailKind.SURVEY and queued.inquiry == one.inquiry]
    reached = any(queued.state in {OutboxState.SENT, OutboxState.UNSURE} for queued in ours)
    return ours if reached else []


def _is_meant(visit: Visit, one: Invitation) -> bool:
    """Tell whether words can be meant for the survey: they reply to it, or to nothing, and it was the last to ask."""
    replied = visit.event.reply_to
    if replied is not None:
        posted = visit.ledger.book.posts.get((visit.chat, replied))
        return posted is not None and any(queued.id == posted.outbox for queued in _shown(visit, one))
    since = max(queued.created_at for queued in _shown(visit, one))
    letters = (letter for case in own_cases(visit) for letter in letters_got(visit, case))
    return not any(letter.created_at > since for letter in letters)


def _is_next(visit: Visit, since: datetime) -> bool:
    """Tell whether words come soon after the comment was asked for, and nothing else was asked or begun meanwhile."""
    question = asked(visit)
    if question is not None and question.asked_at > since:
        return False
    return visit.now - since <= COMMENT_FOR and visit.ledger.book.dialogue(visit.chat, visit.user, "new") is None


def _posts_kept(visit: Visit) -> list[PostId]:
    state = visit.ledger.book.dialogue(visit.chat, visit.user, _ABOUT) or {}
    return [PostId(one) for one in state.get("posts", [])]


def _keep_posts(visit: Visit, posts: list[PostId]) -> None:
    """Remember which messages were answers, not which answers: a change of one of them must open no inquiry."""
    visit.ledger.book.set_dialogue(visit.chat, visit.user, {"posts": posts[-_MOST:]}, _ABOUT)


def _forget_event(visit: Visit) -> None:
    visit.ledger.empty_originals({visit.arrival.inbox})
