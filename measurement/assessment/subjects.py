"""What each measure speaks to, so that a question of an assessment finds the series that answers it. Pure.

Every measure says it here, or says that it speaks to nothing: a test walks the registry.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.clock import Rule
from bot.facts import ExcludeReason
from measurement.assessment.framework import Subject
from measurement.measures import IN_TIME, WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90

SPEAKS_TO: Mapping[str, Subject | None] = MappingProxyType(
    {
        **{one.id: Subject.ANSWER_TIME for one in IN_TIME.values()},
        WAITING_MEDIAN.id: Subject.ANSWER_TIME,
        WAITING_P90.id: Subject.ANSWER_TIME,
        WORKING_MEDIAN.id: Subject.ANSWER_TIME,
        WORKING_P90.id: Subject.ANSWER_TIME,
        "phone.direct": Subject.PHONE_ACCESS,
        "phone.answered": Subject.PHONE_ACCESS,
        "reception.index": Subject.RECEPTION,
        "reception.good": Subject.RECEPTION,
        "clarity.index": Subject.CLARITY,
        "clarity.good": Subject.CLARITY,
        "ease.index": Subject.EASE,
        "ease.good": Subject.EASE,
        "outcome_told": Subject.VIEWPOINTS,
        "promise_kept": Subject.PROMISES,
        "first_contact": Subject.FIRST_CONTACT,
        "quality.is_answer": Subject.ANSWER_QUALITY,
        "quality.is_clear": Subject.ANSWER_QUALITY,
        "quality.has_sender": Subject.ANSWER_QUALITY,
        "survey.real_answer": Subject.ANSWER_QUALITY,
        "test.answer": Subject.ANSWER_QUALITY,
        "test.information": Subject.ANSWER_QUALITY,
        "test.total": Subject.ANSWER_QUALITY,
        # A test contact's points are a few judges' impression, not how people felt received or reached us.
        "test.availability": None,
        "test.interest": None,
        "test.reception": None,
        # How much there was to do says nothing of how well it was done.
        "arrivals": None,
        "contacts": None,
        **{f"left_out.{reason.value}": None for reason in ExcludeReason},
        # What happens on the way to an answer; an acknowledgement or a holding notice never is one.
        "acknowledged": None,
        "held_first": None,
        "answered_again": None,
        # The queue of one instant, in no period's figure.
        "queue.waiting": None,
        "queue.past_due": None,
        "queue.oldest": None,
        # How well the measuring itself works.
        "phone.coverage": None,
        "survey.delivered": None,
        "survey.answered": None,
        "quality.drawn": None,
    }
)
"""By measure id what a question must be about for the measure's series to answer it; None: no question's."""

_PREFERRED: Mapping[Subject, tuple[str, ...]] = MappingProxyType(
    {
        Subject.PHONE_ACCESS: ("phone.direct", "phone.answered"),
        Subject.RECEPTION: ("reception.index", "reception.good"),
        Subject.CLARITY: ("clarity.index", "clarity.good"),
        Subject.EASE: ("ease.index", "ease.good"),
        Subject.VIEWPOINTS: ("outcome_told",),
        Subject.PROMISES: ("promise_kept",),
        Subject.FIRST_CONTACT: ("first_contact",),
        Subject.ANSWER_QUALITY: (
            "quality.is_answer", "quality.is_clear", "quality.has_sender", "survey.real_answer", "test.answer",
            "test.information", "test.total",
        ),
    }
)  # fmt: skip
"""What does not depend on the configured rule. An index goes before its share: others publish it."""


def measures_for(subject: Subject, rule: Rule) -> tuple[str, ...]:
    """Return the measures that answer a question on a subject, the one to show first; `rule` as it is configured.

    Other rules than the configured one are never offered: people were not promised them. Continuous improvement is
    shown by the headline measure, with what was changed noted on its chart; else by how people felt received.
    """
    headline = IN_TIME[rule].id
    if subject is Subject.ANSWER_TIME:
        return (headline, WAITING_MEDIAN.id, WORKING_MEDIAN.id, WAITING_P90.id, WORKING_P90.id)
    if subject is Subject.IMPROVEMENT:
        return (headline, *_PREFERRED[Subject.RECEPTION])
    return _PREFERRED[subject]
