"""Counting what a person answers to the survey: mail, page and chat are three ways into `respond`."""

from dataclasses import replace
from datetime import timedelta

from bot.facts import SYSTEM, FactKind
from bot.masking import masked
from bot.office import Office
from bot.store.ledger import Ledger
from bot.store.survey_rows import Invitation, Question, State
from bot.survey.comments import asks
from bot.survey.people import declined_key, people_of
from bot.survey.questions import LONGEST_COMMENT, VERSION, allows, branch, next_step, remaining

OPEN_FOR = timedelta(days=14)
"""So long after it left an invitation can be answered."""


def respond(
    ledger: Ledger,
    office: Office,
    invitation: Invitation,
    question: Question,
    grade: int | None = None,
    comment: str = "",
) -> Invitation:
    """Count one answer, and return the invitation as it is after it; its `step` is what to ask next, None: nothing.

    A grade given at once, without the first question, says that there was an answer. What was asked before, or is
    not asked on this branch, or comes when nothing is asked any more, changes nothing; so a second delivery does not.
    Questions that were passed over stay unanswered. Personal numbers in a comment are hidden. An empty comment is not
    kept.

    Args:
        ledger: knows the invitation's case, and gives the instant.
        office: whose texts hide numbers.
        invitation: from `ledger.known.survey`, or `bot.store.survey_book.by_secret`.
        question: what is answered; not the offer, see `take_offer`.
        grade: as the question's options have it, None for "do not know".
        comment: the person's own words, of the question for a comment.

    Raises:
        ValueError: a grade that the question does not have.
    """
    book = ledger.known.survey
    one = book.now(invitation)
    if question is not Question.COMMENT and not allows(question, grade):
        raise ValueError(f"{question} has no grade {grade}")
    if not one.is_open or is_over(one, ledger):
        return one
    if one.step is Question.ANSWERED and question in branch(answered=True)[:-1]:
        one = respond(ledger, office, one, Question.ANSWERED, 1)
    if question not in remaining(one.step):
        return one
    first = one.responded_at is None
    one = replace(
        one, state=State.ANSWERED, step=next_step(question, grade), responded_at=one.responded_at or ledger.now,
        delivered_at=one.delivered_at or ledger.now,
    )  # fmt: skip
    if question is Question.COMMENT:
        said = masked(office.texts, comment.strip()[:LONGEST_COMMENT])
        if said:
            book.rate(one, question, VERSION, None, said)
        one = replace(one, step=Question.OFFER if asks(said) else None)
    else:
        book.rate(one, question, VERSION, grade, "")
    if first:
        _record(ledger, one, FactKind.RESPONDED)
    return book.change(one)


def take_offer(ledger: Ledger, invitation: Invitation, *, wanted: bool) -> str:
    """End with what the person says to the offer; return the words that are to be answered, empty if none are.

    Words that are answered stand in the case from then on and are no rating any more: nothing leads from one to the
    other. Whoever calls takes them in as a message of that person in that case.
    """
    book = ledger.known.survey
    one = book.now(invitation)
    if not one.is_open or is_over(one, ledger) or one.step is not Question.OFFER:
        return ""
    book.change(replace(one, step=None))
    return book.take_comment(one) if wanted else ""


def decline(ledger: Ledger, office: Office, invitation: Invitation) -> Invitation:
    """Ask this person no more for a year, and return the invitation: declined, unless something was answered."""
    book = ledger.known.survey
    one = book.now(invitation)
    if one.case is None or is_over(one, ledger):
        return one
    if one.address is not None:
        for address in people_of(ledger, one.address):
            book.ask(declined_key(office, address), ledger.now)
    answered = one.state is State.ANSWERED
    state = State.ANSWERED if answered else State.DECLINED
    return book.change(replace(one, state=state, step=None, delivered_at=one.delivered_at or ledger.now))


def is_over(one: Invitation, ledger: Ledger) -> bool:
    """Tell whether the time to answer has passed."""
    return one.sent_at is None or ledger.now - one.sent_at > OPEN_FOR


def invited(ledger: Ledger, one: Invitation) -> None:
    """Record that a person was invited; no score, now or later."""
    _record(ledger, one, FactKind.INVITED)


def _record(ledger: Ledger, one: Invitation, kind: FactKind) -> None:
    assert one.case is not None
    source = f"survey:{one.case}:{one.inquiry}"
    if any(fact.source == source and fact.kind is kind for fact in ledger.facts_of(one.case)):
        return
    ledger.append(
        kind, one.case, inquiry=one.inquiry, occurred_at=ledger.now, source=source,
        actor=SYSTEM if kind is FactKind.INVITED else "person", data={"channel": one.channel.value},
    )  # fmt: skip
