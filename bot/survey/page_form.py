"""What a person presses on the survey's page: which page it is now, and what the form that was sent says."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from bot.doors import doors_in
from bot.facts import CaseNumber
from bot.letters import reply_address
from bot.masking import masked
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.survey_rows import Invitation, Question, State
from bot.survey.letter import Choice
from bot.survey.page_html import (
    COMMENT,
    DECLINE,
    OFFER,
    UNSURE,
    WANT,
    Frame,
    begin_page,
    decline_page,
    form_page,
    message_page,
    offer_page,
)
from bot.survey.questions import GRADES, LONGEST_COMMENT, allows, branch, remaining
from bot.survey.responding import decline, respond, take_offer

_ASKED = (Question.ANSWERED, *GRADES, Question.REASONABLE)


def page_of(frame: Frame, one: Invitation, choice: Choice | None, *, sent: bool) -> str:
    """Return the page of an invitation as it stands; `sent`: words of its comment are on their way to be answered."""
    t = frame.texts.t
    if one.state is State.DECLINED:
        return message_page(frame, t("Tack, då vet vi"), t("Vi skickar ingen enkät till dig på ett år."))
    if one.step is None:
        more = [t("Det du vill ha svar på har vi tagit emot. Svaret kommer till din e-post.")] if sent else []
        return message_page(frame, t("Tack för dina svar!"), t("De hjälper oss att bli bättre."), *more)
    if choice is Choice.DECLINE:
        return decline_page(frame)
    if one.step is Question.OFFER:
        return offer_page(frame)
    if one.step is not Question.ANSWERED:
        return form_page(frame, remaining(one.step), answered=None)
    if choice is None:
        return begin_page(frame)
    answered = choice is Choice.YES
    return form_page(frame, branch(answered), answered=answered)


def gone_page(frame: Frame) -> str:
    """Return the page of a link that leads nowhere (any more)."""
    t = frame.texts.t
    said = t("Enkäten går att besvara i två veckor. Vill du säga eller fråga något är du alltid välkommen att skriva "
             "till oss.")  # fmt: skip
    return message_page(frame, t("Länken gäller inte längre"), said)


def count_form(ledger: Ledger, office: Office, one: Invitation, form: Mapping[str, str]) -> str:
    """Count what a form says, and return the words of it that are to be answered, empty if there are none.

    What does not fit the questions is passed over. Words that are to be answered are never kept as a rating. Those
    are what somebody wants an answer to, also where nothing is asked any more, and what cannot wait.
    """
    if form.get(DECLINE):
        decline(ledger, office, one)
        return ""
    if one.step is Question.OFFER and OFFER in form:
        return take_offer(ledger, one, wanted=form[OFFER] == "1")
    # PostgreSQL keeps no NUL in its texts.
    comment = form.get(COMMENT, "").replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_COMMENT]
    wanted = bool(comment) and (bool(form.get(WANT)) or bool(doors_in(comment, office.door_words)))
    if one.step is Question.OFFER:
        # The form that led here was sent twice, or again with more: the offer stands until it is answered.
        return _with_kept(ledger, office, one, comment) if wanted else ""
    now = one
    for question in _ASKED:
        value = form.get(question.value, "")
        grade = None if value == UNSURE else int(value) if value.isdecimal() and len(value) == 1 else -1
        if allows(question, grade):
            now = respond(ledger, office, now, question, grade)
    if now.state is State.ANSWERED and now.is_open:
        respond(ledger, office, now, Question.COMMENT, comment="" if wanted else comment)
    return comment if wanted else ""


def _with_kept(ledger: Ledger, office: Office, one: Invitation, comment: str) -> str:
    """Return words that are to be answered, with the comment kept before them where it is another."""
    kept = take_offer(ledger, one, wanted=True)
    return comment if kept == masked(office.texts, comment) else f"{kept}\n\n{comment}".strip()


def as_mail(office: Office, ledger: Ledger, case: CaseNumber, address: str, words: str) -> bytes:
    """Return words from the page as a mail of their writer in the case, to be taken in as any other."""
    mail = EmailMessage(policy=SMTP)
    unit = office.units[0]
    mail["From"], mail["To"] = address, reply_address(office, unit, case)
    mail["Subject"] = " ".join((office.texts.t("Från enkäten"), office.tokens.subject_tag(case)))
    mail["Message-ID"] = f"<{ledger.draw_mail_id(unit.address.rpartition('@')[2])}>"
    mail.set_content(words)
    return mail.as_bytes()
