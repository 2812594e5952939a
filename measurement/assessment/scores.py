"""Points: what a round has come to, and how it stands beside earlier rounds and others. Pure.

Points of another edition are shown by the framework's `comparable`, and never as strictly comparable
(reference/domain.md §3.2). What is not all there has no sum to compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum

from measurement.assessment.framework import AreaId, Framework, FrameworkId
from measurement.assessment.round import Field, Round, area_points, points_of


class BesideKind(StrEnum):
    """Whose points they are."""

    EARLIER = "earlier"
    """An earlier round of the municipality's own."""
    OTHERS = "others"
    """Another municipality, or the mean of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Points that a round is shown beside.

    Attributes:
        name: as "Vallentuna 2019" or "Medelvärde".
        framework: which edition they were given in; of one that ours says nothing about, nothing can be compared.
        by_area: by the areas of that edition; empty where only the total is known.
        total: as it was published; None: it was not.
        source: where the points were found.
    """

    kind: BesideKind
    name: str
    framework: FrameworkId
    year: int
    by_area: Mapping[AreaId, float]
    total: float | None = None
    source: str = ""

    @property
    def sum(self) -> float | None:
        """Return the total as it was published, else the sum of the areas; None if neither is known."""
        if self.total is not None:
            return self.total
        return fsum(self.by_area.values()) if self.by_area else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A round's points of one kind.

    Attributes:
        by_area: the areas whose points are all there, in order.
        begun: by area, how many of its questions have points, of those areas where only some have; in order.
        so_far: the sum of all points there are; None if there are none.
    """

    framework: Framework
    by_area: Mapping[AreaId, float]
    so_far: float | None
    begun: Mapping[AreaId, int] = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        """Return the sum of the areas; None as long as any of them lacks points."""
        complete = len(self.by_area) == len(self.framework.areas)
        return fsum(self.by_area.values()) if complete else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubArea:
    """A delområde's points: `points` None if it has none yet, `most` how many can be had."""

    area: AreaId
    name: str
    points: float | None
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How an area stands beside others.

    Attributes:
        area, their_area: the same one, unless editions differ.
        points: ours minus theirs.
    """

    area: AreaId
    their_area: AreaId
    ours: float
    theirs: float
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How a round stands beside one other.

    Attributes:
        strict: whether the edition is the same; if not, "not strictly comparable" belongs beside every number.
        total: ours minus theirs; None where either is not known, or nothing can be compared.
        areas: those known on both sides, in the order of our areas.
        theirs: the other side's points by our areas, whether or not ours are known.
    """

    beside: Beside
    strict: bool
    total: float | None
    areas: tuple[Gap, ...]
    theirs: Mapping[AreaId, float]

    @property
    def strengths(self) -> tuple[Gap, ...]:
        """Return the areas above theirs, furthest above first; as far above: in the order of the areas."""
        return tuple(sorted((one for one in self.areas if one.points > 0), key=lambda one: -one.points))

    @property
    def improvements(self) -> tuple[Gap, ...]:
        """Return the areas below theirs, furthest below first; as far below: in the order of the areas."""
        return tuple(sorted((one for one in self.areas if one.points < 0), key=lambda one: one.points))


def score_of(round_: Round, field: Field) -> Score:
    """Return a round's points of one kind, as `Field.OWN_POINTS` or `Field.POINTS`."""
    found = {area.id: area_points(round_, area.id, field) for area in round_.framework.areas}
    known = {area: points for area, points in found.items() if points is not None}
    complete = {area: points for area, points in known.items() if _all_there(round_, area, field)}
    begun = {area: _given(round_, area, field) for area in known if area not in complete}
    so_far = fsum(known.values()) if known else None
    return Score(framework=round_.framework, by_area=complete, begun=begun, so_far=so_far)


def total(round_: Round, field: Field) -> float | None:
    """Return the sum of all points there are so far; None if there are none."""
    return score_of(round_, field).so_far


def sub_areas(round_: Round, field: Field) -> list[SubArea]:
    """Return the points by sub-area, in the order of the questions."""
    found = list[SubArea]()
    for area in round_.framework.areas:
        for name in dict.fromkeys(one.sub_area for one in area.questions):
            questions = [one for one in area.questions if one.sub_area == name]
            given = [points_of(round_.value(one.id, field)) for one in questions]
            known = [points for points in given if points is not None]
            most = sum(one.points for one in questions)
            found.append(SubArea(area=area.id, name=name, points=fsum(known) if known else None, most=most))
    return found


def gaps(ours: Score, theirs: Beside) -> Gaps:
    """Return how a round's points stand beside another's: in all, and by area."""
    pairs = _pairs(ours.framework, theirs.framework)
    areas = tuple(
        Gap(
            area=area, their_area=pairs[area], ours=points, theirs=theirs.by_area[pairs[area]],
            points=_difference(points, theirs.by_area[pairs[area]]),
        )
        for area, points in ours.by_area.items()
        if pairs.get(area) in theirs.by_area
    )  # fmt: skip
    mine, their = ours.total, theirs.sum
    return Gaps(
        beside=theirs,
        strict=ours.framework.id == theirs.framework,
        total=_difference(mine, their) if pairs and mine is not None and their is not None else None,
        areas=areas,
        theirs={
            area.id: theirs.by_area[pairs[area.id]]
            for area in ours.framework.areas
            if pairs.get(area.id) in theirs.by_area
        },
    )


def _pairs(framework: Framework, theirs: FrameworkId) -> dict[AreaId, AreaId]:
    """Return by each of our areas the one of another edition that it may be shown beside."""
    if framework.id == theirs:
        return {area.id: area.id for area in framework.areas}
    return {one.ours: one.theirs for one in framework.comparable if one.framework == theirs}


def _all_there(round_: Round, area: AreaId, field: Field) -> bool:
    """Tell whether an area's points were entered for it, or for each of its questions."""
    found = round_.framework.area(area)
    questions = found.questions if found else ()
    return bool(round_.value(area, field).strip()) or all(round_.value(one.id, field).strip() for one in questions)


def _given(round_: Round, area: AreaId, field: Field) -> int:
    """Return how many of an area's questions have points."""
    found = round_.framework.area(area)
    return sum(bool(round_.value(one.id, field).strip()) for one in found.questions) if found else 0


def _difference(ours: float, theirs: float) -> float:
    """Return the difference of two numbers of points, so that equal ones are equal in spite of binary fractions."""
    return round(ours - theirs, 6)
