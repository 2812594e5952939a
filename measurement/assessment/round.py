"""A round of an assessment, folded from what was entered: answers, reviewers' points, conflicts. Pure.

Entries are only ever added. What a form brings back names the entry that its writer saw: if another has come since and
says something else, both stay, and a person decides.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from measurement.assessment.framework import AreaId, Framework, QuestionId

RoundId = NewType("RoundId", str)
"""As ``vallentuna-2027``: small letters, digits, hyphens."""
About = NewType("About", str)
"""A question's id, an area's id, or empty: the round itself."""
Seq = NewType("Seq", int)

_POINTS = re.compile(r"(\d+(?:[.,]\d*)?|[.,]\d+)\s*(?:p|poäng|points?|pistettä|pist\.)?\.?", re.ASCII)


class Step(StrEnum):
    """How far a round has come."""

    PREPARATION = "preparation"
    REVIEW = "review"
    REPORT = "report"


class Progress(StrEnum):
    """How far the owner of a question has come with it."""

    OPEN = "open"
    BEGUN = "begun"
    READY = "ready"


class Field(StrEnum):
    """What an entry is about, of a question unless said otherwise."""

    ANSWER = "answer"
    """The short answer: one or two sentences."""
    DESCRIPTION = "description"
    """How one works, in how many words it takes."""
    OWN_POINTS = "own_points"
    """The municipality's own points; also of an area, where points are only known by area."""
    OWNER = "owner"
    """Who answers: a role or an address at work."""
    PROGRESS = "progress"
    FIRST_POINTS = "first_points"
    FIRST_COMMENT = "first_comment"
    SECOND_POINTS = "second_points"
    SECOND_COMMENT = "second_comment"
    POINTS = "points"
    """What the reviewers agreed on; also of an area."""
    COMMENT = "comment"
    """What the report says of it; also of an area."""
    IMPROVEMENT = "improvement"
    """What the report names as to be improved; of an area."""
    STEP = "step"
    """Of the round: a `Step`."""
    REASON = "reason"
    """Of the round: why it went back a step. Of a question: why another than who answers for it changed it."""
    BESIDE = "beside"
    """Of the round: points of an earlier round or of others, as they were written."""
    CANCELLED = "cancelled"
    """Of the round: an interview that was cancelled."""


POINTS = frozenset((Field.OWN_POINTS, Field.FIRST_POINTS, Field.SECOND_POINTS, Field.POINTS))
"""Fields whose value is a number of points."""
OF_FORM = (Field.ANSWER, Field.DESCRIPTION, Field.OWN_POINTS, Field.PROGRESS)
"""What an owner fills in on a form, in the order it stands there."""


class Source(StrEnum):
    """Where an entry came from."""

    COMMAND = "command"
    WORD = "word"
    EXCEL = "excel"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody entered.

    Attributes:
        seq: its place among all entries, 0 as long as it is not written.
        by: who, as role or work address.
        base: the entry that its writer saw for the same thing; 0: there was none; None: entered directly, which also
            decides between versions that are in conflict.
        at: when it was taken in (UTC).
    """

    about: About
    field: Field
    value: str
    by: str
    source: Source
    at: datetime
    base: Seq | None = None
    seq: Seq = Seq(0)


Key = tuple[About, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round as it stands.

    Attributes:
        as_of: the instant that evidence is frozen at (UTC).
        current: what holds, by what it is about and field.
        conflicts: what else was said of the same by somebody who had not seen what holds, oldest first.
    """

    id: RoundId
    framework: Framework
    municipality: str
    as_of: datetime
    current: Mapping[Key, Entry] = field(default_factory=dict)
    conflicts: Mapping[Key, tuple[Entry, ...]] = field(default_factory=dict)

    def value(self, about: str, of: Field) -> str:
        """Return what holds, empty if nothing was entered."""
        entry = self.current.get((About(about), of))
        return entry.value if entry else ""

    @property
    def step(self) -> Step:
        """Return how far the round has come."""
        return Step(self.value("", Field.STEP) or Step.PREPARATION)


def fold(entries: Iterable[Entry]) -> tuple[dict[Key, Entry], dict[Key, tuple[Entry, ...]]]:
    """Return what holds, and what is in conflict with it, from entries in order.

    An entry from a form holds if its writer saw what held, or says the same; else it is kept as a conflict until
    somebody enters the same thing directly.
    """
    current: dict[Key, Entry] = {}
    conflicts: dict[Key, tuple[Entry, ...]] = {}
    for entry in entries:
        key = entry.about, entry.field
        held = current.get(key)
        if entry.base is None or held is None or entry.base == held.seq:
            current[key] = entry
            if entry.base is None:
                conflicts.pop(key, None)
        elif entry.value != held.value:
            conflicts[key] = (*conflicts.get(key, ()), entry)
    return current, conflicts


def points_of(value: str) -> float | None:
    """Return points as a number, with a comma or a point, and perhaps ``p`` behind; None where nothing was entered.

    Raises:
        ValueError: it is no number, or below 0.
    """
    if not value.strip():
        return None
    number = _POINTS.fullmatch(value.strip().casefold())
    if number is None:
        raise ValueError(f"{value} is no number of points")
    return float(number[1].replace(",", "."))


def area_points(round_: Round, area: AreaId, of: Field) -> float | None:
    """Return an area's points: those entered for it, else the sum of its questions'; None if there are none at all."""
    told = points_of(round_.value(area, of))
    if told is not None:
        return told
    found = round_.framework.area(area)
    given = [points_of(round_.value(one.id, of)) for one in found.questions] if found else []
    known = [one for one in given if one is not None]
    return sum(known) if known else None


def open_questions(round_: Round, owner: str = "") -> list[QuestionId]:
    """Return the questions that are not ready, in order; of an owner, if one is named."""
    return [
        one.id
        for one in round_.framework.questions()
        if round_.value(one.id, Field.PROGRESS) != Progress.READY
        and (not owner or round_.value(one.id, Field.OWNER).casefold() == owner.casefold())
    ]
