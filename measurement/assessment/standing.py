"""How far a round has come, by area and by owner, and what is to be done next. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area, Question
from measurement.assessment.round import Field, Progress, Round, Step, area_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far some questions have come.

    Attributes:
        name: the area's id, or the owner; empty: those without an owner.
        open, begun, ready: how many questions.
        conflicts: how many fields are said in two ways.
        evidence: pieces of it; `without`: how many questions have none, and will not get a series by themselves.
        own_points, points: of an area, the municipality's own and what was agreed; None: unknown.
        most: how many points there are.
    """

    name: str
    open: int
    begun: int
    ready: int
    conflicts: int
    evidence: int
    without: int
    own_points: float | None = None
    points: float | None = None
    most: int = 0


class Act(StrEnum):
    """What is to be done next."""

    SETTLE = "settle"
    OWNERS = "owners"
    """Questions without an owner."""
    SEND = "send"
    """Questions that are not ready."""
    EVIDENCE = "evidence"
    """Questions that are ready without evidence."""
    REVIEW = "review"
    """The step."""
    INTERVIEWS = "interviews"
    JUDGE = "judge"
    """Areas without agreed points."""
    REPORT = "report"
    """The step."""
    IMPROVEMENTS = "improvements"
    """Nothing is named as to be improved."""
    WRITE = "write"
    """Nothing is left but the papers."""


@dataclass(frozen=True, slots=True)
class Next:
    """Something to be done, and about which questions or areas."""

    act: Act
    about: tuple[str, ...] = ()


def progress_of(round_: Round, question: str) -> Progress:
    """Return how far a question has come: what its owner said, else begun as soon as it has an answer."""
    said = round_.value(question, Field.PROGRESS)
    if said:
        return Progress(said)
    written = any(round_.value(question, one) for one in (Field.ANSWER, Field.DESCRIPTION, Field.OWN_POINTS))
    return Progress.BEGUN if written else Progress.OPEN


def by_area(round_: Round, evidence: Iterable[Evidence]) -> list[Standing]:
    """Return how far each area has come, in order."""
    counted = _counted(evidence)
    return [_of_area(round_, area, counted) for area in round_.framework.areas]


def _of_area(round_: Round, area: Area, counted: Mapping[str, int]) -> Standing:
    found = _standing(round_, area.id, area.questions, counted)
    own_conflicts = sum(str(about) == area.id for about, _ in round_.conflicts)
    return Standing(
        name=area.id, open=found.open, begun=found.begun, ready=found.ready,
        conflicts=found.conflicts + own_conflicts, evidence=found.evidence, without=found.without,
        own_points=area_points(round_, area.id, Field.OWN_POINTS), points=area_points(round_, area.id, Field.POINTS),
        most=area.points,
    )  # fmt: skip


def by_owner(round_: Round, evidence: Iterable[Evidence]) -> list[Standing]:
    """Return how far each owner has come, by name; last, nameless, the questions that nobody has."""
    counted = _counted(evidence)
    owned: dict[str, list[Question]] = {}
    for one in round_.framework.questions():
        owned.setdefault(round_.value(one.id, Field.OWNER).casefold(), []).append(one)
    return [
        _standing(round_, round_.value(owned[key][0].id, Field.OWNER), owned[key], counted)
        for key in sorted(owned, key=lambda name: (not name, name))
    ]


def _standing(round_: Round, name: str, questions: Sequence[Question], counted: Mapping[str, int]) -> Standing:
    ids = {str(one.id) for one in questions}
    come = [progress_of(round_, one.id) for one in questions]
    return Standing(
        name=name, open=come.count(Progress.OPEN), begun=come.count(Progress.BEGUN), ready=come.count(Progress.READY),
        conflicts=sum(about in ids for about, _ in round_.conflicts),
        evidence=sum(counted.get(one, 0) for one in ids),
        without=sum(_is_bare(round_, one, counted) for one in questions),
        most=sum(one.points for one in questions),
    )  # fmt: skip


def _is_bare(round_: Round, question: Question, counted: Mapping[str, int]) -> bool:
    """Tell whether a question has no evidence; what we measure gets its series when the preparation ends."""
    return question.id not in counted and not (question.subject and round_.step is Step.PREPARATION)


def _counted(evidence: Iterable[Evidence]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in evidence:
        found[one.question] = found.get(one.question, 0) + 1
    return found


def next_acts(round_: Round, evidence: Iterable[Evidence], interviews: int) -> list[Next]:
    """Return what is to be done next, the most urgent first.

    Args:
        round_: as it stands.
        evidence: all of it that stands.
        interviews: how many are planned.
    """
    steps: Mapping[Step, Callable[[], list[Next]]] = {
        Step.PREPARATION: lambda: _preparing(round_, _counted(evidence)),
        Step.REVIEW: lambda: _reviewing(round_, interviews),
        Step.REPORT: lambda: _reporting(round_),
    }
    conflicts = tuple(dict.fromkeys(str(about) for about, _ in round_.conflicts))
    return ([Next(Act.SETTLE, conflicts)] if conflicts else []) + steps[round_.step]()


def _preparing(round_: Round, counted: Mapping[str, int]) -> list[Next]:
    late = waiting(round_)
    ownerless = tuple(one for one in late if not round_.value(one, Field.OWNER))
    # As many as `step` tells; while nobody has any of them there is nobody to send to.
    asked = late if len(ownerless) < len(late) else ()
    ready = [one for one in asked_of(round_) if one.id not in late]
    bare = tuple(one.id for one in ready if _is_bare(round_, one, counted))
    found = [Next(Act.OWNERS, ownerless), Next(Act.SEND, asked), Next(Act.EVIDENCE, bare)]
    kept = [one for one in found if one.about]
    return kept if late else [*kept, Next(Act.REVIEW)]


def asked_of(round_: Round) -> list[Question]:
    """Return the questions that somebody is asked: not of areas whose own points were entered for the whole."""
    asked = [area for area in round_.framework.areas if not round_.value(area.id, Field.OWN_POINTS)]
    return [one for area in asked for one in area.questions]


def waiting(round_: Round) -> tuple[str, ...]:
    """Return the questions that somebody is asked and that are not ready, in order."""
    return tuple(one.id for one in asked_of(round_) if progress_of(round_, one.id) is not Progress.READY)


def _reviewing(round_: Round, interviews: int) -> list[Next]:
    bare = unjudged(round_)
    found = [] if interviews else [Next(Act.INTERVIEWS)]
    return [*found, Next(Act.JUDGE, bare)] if bare else [*found, Next(Act.REPORT)]


def unjudged(round_: Round) -> tuple[str, ...]:
    """Return what has no agreed points yet: areas, or the questions of those where some have."""
    found: list[str] = []
    for area in round_.framework.areas:
        if round_.value(area.id, Field.POINTS):
            continue
        bare = [str(one.id) for one in area.questions if not round_.value(one.id, Field.POINTS)]
        found += [area.id] if len(bare) == len(area.questions) else bare
    return tuple(found)


def _reporting(round_: Round) -> list[Next]:
    named = any(round_.value(area.id, Field.IMPROVEMENT) for area in round_.framework.areas)
    return [Next(Act.WRITE)] if named else [Next(Act.IMPROVEMENTS), Next(Act.WRITE)]
