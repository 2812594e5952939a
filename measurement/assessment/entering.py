"""What may be entered about what, and how it is kept. Pure."""

import re
from enum import StrEnum

from measurement.assessment.framework import Framework
from measurement.assessment.round import POINTS, About, Field, Progress, points_of

OF_AREA = frozenset((Field.OWN_POINTS, Field.POINTS, Field.COMMENT, Field.IMPROVEMENT))
"""What can be said of an area as a whole."""
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_NAME = re.compile(r"[A-ZÅÄÖÉÜ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöé]+)?(?: [A-ZÅÄÖÉÜ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöé]+)?)+")
_LEAST = 2
"""Letters of a role: VD."""
SPREAD = frozenset((Field.OWNER, Field.PROGRESS))
"""What is said of an area and then holds for each of its questions."""


class Refusal(StrEnum):
    """Why something cannot be entered."""

    NO_SUCH = "no_such"
    """There is no such question or area."""
    NOT_OF_AREA = "not_of_area"
    NOT_OF_QUESTION = "not_of_question"
    NOT_ENTERED = "not_entered"
    """It has a command of its own."""
    NO_NUMBER = "no_number"
    TOO_MANY = "too_many"
    """More points than there are."""
    NO_PROGRESS = "no_progress"
    NO_ROLE = "no_role"
    """Neither a role nor an address."""


class EntryRefused(ValueError):
    """Something that cannot be entered.

    Attributes:
        why: the reason.
        about, field, value: what was to be entered.
        most: how many points there are.
    """

    def __init__(self, why: Refusal, about: str, field: Field, value: str = "", most: int = 0) -> None:
        """Keep what was refused."""
        super().__init__(f"{about} {field}: {why}")
        self.why = why
        self.about = about
        self.field = field
        self.value = value
        self.most = most


def named(framework: Framework, about: str, field: Field) -> list[About]:
    """Return what an entry is about: the question or area, or each question of an area where it holds for those.

    Raises:
        EntryRefused: there is none, or this is not said of it.
    """
    if field is Field.STEP:
        raise EntryRefused(Refusal.NOT_ENTERED, about, field)
    if framework.question(about) is not None:
        if field is Field.IMPROVEMENT:
            raise EntryRefused(Refusal.NOT_OF_QUESTION, about, field)
        return [About(about)]
    area = framework.area(about)
    if area is None or area.id != about:
        raise EntryRefused(Refusal.NO_SUCH, about, field)
    if field in SPREAD:
        return [About(one.id) for one in area.questions]
    if field not in OF_AREA:
        raise EntryRefused(Refusal.NOT_OF_AREA, about, field)
    return [About(about)]


def kept(framework: Framework, about: str, field: Field, value: str) -> str:
    """Return a value as it is kept: points as a number with a point, progress as its word; empty takes it away.

    Raises:
        EntryRefused: it is no number, more than there is, or no progress; or points of what there is not.
    """
    text = value.strip()
    if field in POINTS and text:
        return _points(framework, about, field, text)
    if field is Field.PROGRESS and text not in {"", *Progress}:
        raise EntryRefused(Refusal.NO_PROGRESS, about, field, value)
    if field is Field.OWNER and text and not is_role_or_address(text):
        raise EntryRefused(Refusal.NO_ROLE, about, field, text)
    return text


def is_role_or_address(text: str) -> bool:
    """Tell whether this may be a role or an address at work: no single letter, no name, no name with an address."""
    if "@" in text:
        return _ADDRESS.fullmatch(text) is not None
    letters = sum(one.isalpha() for one in text)
    return letters >= _LEAST and not set("<>") & set(text) and not looks_like_name(text)


def looks_like_name(text: str) -> bool:
    """Tell whether every one of several words begins with a capital, as in the name of a person."""
    return _NAME.fullmatch(" ".join(text.split())) is not None


def _points(framework: Framework, about: str, field: Field, text: str) -> str:
    found = framework.question(about) or framework.area(about)
    if found is None or found.id != about:
        raise EntryRefused(Refusal.NO_SUCH, about, field, text)
    most = found.points
    try:
        number = points_of(text)
    except ValueError:
        number = None
    if number is None:
        raise EntryRefused(Refusal.NO_NUMBER, about, field, text, most)
    if number > most:
        raise EntryRefused(Refusal.TOO_MANY, about, field, text, most)
    return f"{number:g}"
