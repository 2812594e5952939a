"""Frameworks: what an assessment asks, as data of one edition. Pure; `framework_file` reads them.

Areas, questions and points differ between editions (reference/domain.md §3.2), so nothing of them is code. The
questions that come with the product are our own wording.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

FrameworkId = NewType("FrameworkId", str)
"""As ``kommunkompassen-2020``."""
AreaId = NewType("AreaId", str)
"""As ``5``."""
QuestionId = NewType("QuestionId", str)
"""As ``5.2``: its area, a full stop, its number there."""


class Subject(StrEnum):
    """What a question is about that the measures know something of; one measure's series answers for each."""

    ANSWER_TIME = "answer_time"
    """Access in writing: how soon people get an answer."""
    PHONE_ACCESS = "phone_access"
    RECEPTION = "reception"
    """Bemötande, as people grade it."""
    CLARITY = "clarity"
    """Information and answers that can be understood."""
    EASE = "ease"
    VIEWPOINTS = "viewpoints"
    """Synpunkter and complaints: how many, and what they led to."""
    PROMISES = "promises"
    """Service declarations: promises told and kept."""
    FIRST_CONTACT = "first_contact"
    """Solved at once, without being handed on."""
    ANSWER_QUALITY = "answer_quality"
    """Answers read and judged by a lead."""
    IMPROVEMENT = "improvement"
    """Continuous improvement: the headline measure with what was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        sub_area: delområde; questions with the same words here are added up together.
        text: what is asked.
        guidance: what a good answer tells, and what evidence would show it.
        points: how many can be had at most.
        subject: what of the measures speaks to it; None: nothing does.
    """

    id: QuestionId
    sub_area: str
    text: str
    guidance: str
    points: int
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Område: its questions' points add up to `points`.

    Attributes:
        block: what areas are put together under, empty without.
    """

    id: AreaId
    name: str
    block: str
    points: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """An area of another edition that this one's may be shown beside, as "not strictly comparable"."""

    framework: FrameworkId
    theirs: AreaId
    ours: AreaId


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """Ramverk: one edition of it.

    Attributes:
        name: as "Kommunkompassen", `edition` as "2020".
        note: stands on every page made from it, as "egen bedömning, inte SKR:s frågor".
        comparable: which areas of other editions may be shown beside ours.
    """

    id: FrameworkId
    name: str
    edition: str
    note: str
    areas: tuple[Area, ...]
    comparable: tuple[Comparable, ...] = ()

    @property
    def points(self) -> int:
        """Return how many points can be had in all."""
        return sum(area.points for area in self.areas)

    def questions(self) -> Iterator[Question]:
        """Give all questions in order."""
        for area in self.areas:
            yield from area.questions

    def question(self, id_: str) -> Question | None:
        """Return a question by its id, None if there is none."""
        return next((one for one in self.questions() if one.id == id_), None)

    def area(self, id_: str) -> Area | None:
        """Return an area by its id, or by that of one of its questions; None if there is none."""
        head = id_.split(".", 1)[0]
        return next((one for one in self.areas if one.id == head), None)
