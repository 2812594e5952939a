"""What does not go together in a round once something is entered: found before it is written. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from measurement.assessment.framework import Area
from measurement.assessment.round import About, Entry, Field, Round, points_of

_SUMMED = (Field.OWN_POINTS, Field.POINTS)
_OF_OWNER = frozenset((Field.ANSWER, Field.DESCRIPTION, Field.OWN_POINTS))
"""What who answers for a question writes, and others change only with a reason."""
_JUDGED = frozenset((Field.FIRST_POINTS, Field.SECOND_POINTS, Field.POINTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unequal:
    """An area's points, `told`, and those of its questions, `summed`, that differ.

    Attributes:
        entered: whether it is the area's that are being entered now.
    """

    area: str
    field: Field
    told: float
    summed: float
    entered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Agreed points of a question that lie outside those of the two reviewers."""

    question: str
    agreed: float
    low: float
    high: float


def after(round_: Round, entries: Sequence[Entry]) -> Round:
    """Return a round as it is once these are entered directly."""
    return replace(round_, current={**round_.current, **{(one.about, one.field): one for one in entries}})


def unequal(round_: Round, entries: Sequence[Entry]) -> list[Unequal]:
    """Return the areas whose own points, once these are entered, differ from the sum of their questions'."""
    then = after(round_, entries)
    touched = {(str(one.about), one.field) for one in entries}
    return [
        Unequal(area=area.id, field=field, told=told, summed=summed, entered=(area.id, field) in touched)
        for area in round_.framework.areas
        for field in _SUMMED
        if (area.id, field) in touched or any((one.id, field) in touched for one in area.questions)
        for told, summed in _pair(then, area, field)
        if round(told - summed, 6)
    ]


def _pair(round_: Round, area: Area, field: Field) -> list[tuple[float, float]]:
    """Return the area's points and the sum of its questions' where there are both."""
    told = points_of(round_.value(area.id, field))
    given = [points_of(round_.value(one.id, field)) for one in area.questions]
    known = [one for one in given if one is not None]
    return [(told, fsum(known))] if told is not None and known else []


def outside(round_: Round, entries: Sequence[Entry]) -> list[Outside]:
    """Return the questions whose agreed points, once these are entered, lie outside both reviewers'."""
    then, found = after(round_, entries), list[Outside]()
    for about in dict.fromkeys(str(one.about) for one in entries if one.field in _JUDGED):
        agreed = points_of(then.value(about, Field.POINTS))
        first, second = (points_of(then.value(about, one)) for one in (Field.FIRST_POINTS, Field.SECOND_POINTS))
        if agreed is None or first is None or second is None:
            continue
        low, high = sorted((first, second))
        if not low <= agreed <= high:
            found.append(Outside(question=about, agreed=agreed, low=low, high=high))
    return found


def of_others(round_: Round, entries: Sequence[Entry], by: str) -> list[About]:
    """Return the questions whose words or points somebody else answers for and wrote, and which these change."""
    return list(dict.fromkeys(one.about for one in entries if _is_of_other(round_, one, by)))


def _is_of_other(round_: Round, entry: Entry, by: str) -> bool:
    held, owner = round_.current.get((entry.about, entry.field)), round_.value(entry.about, Field.OWNER)
    if entry.field not in _OF_OWNER or held is None or not held.value or held.value == entry.value:
        return False
    return bool(owner) and by.casefold() not in {owner.casefold(), held.by.casefold()}
