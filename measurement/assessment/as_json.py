"""A round as JSON for other programs, by the published schema beside it (`assessment.schema.json`).

Instants are ISO 8601 in UTC, points are numbers, null where there are none. The same round gives the same data.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measurement.assessment.book import Interview
from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area, Question
from measurement.assessment.paper_words import all_gaps, in_force, told_field
from measurement.assessment.round import POINTS, Entry, Field, Round, area_points, points_of
from measurement.assessment.scores import Beside, Gaps, score_of, sub_areas
from measurement.assessment.standing import progress_of
from measurement.measures import iso

SCHEMA = Path(__file__).parent / "assessment.schema.json"
VERSION = 1
"""Of the form; a key that goes or changes its meaning makes a new one."""
_OF_QUESTION = (
    Field.ANSWER, Field.DESCRIPTION, Field.OWNER, Field.OWN_POINTS, Field.FIRST_POINTS, Field.FIRST_COMMENT,
    Field.SECOND_POINTS, Field.SECOND_COMMENT, Field.POINTS, Field.COMMENT,
)  # fmt: skip


def assessment_json(
    round_: Round, evidence: Sequence[Evidence], beside: Sequence[Beside], interviews: Sequence[Interview]
) -> dict[str, Any]:
    """Return a round as what `json.dumps` takes; the keys are those of the schema.

    Args:
        round_: what was entered, conflicts too.
        evidence: all of it, also what was replaced; contents are told by their digest only.
        beside: earlier rounds and others, each with its gaps.
        interviews: of roles; cancelled ones are marked.
    """
    framework = round_.framework
    told = told_field(round_)
    held = {one.id for one in in_force(round_, evidence)}
    return {
        "format": VERSION,
        "round": round_.id,
        "municipality": round_.municipality,
        "step": round_.step.value,
        "as_of": iso(round_.as_of),
        "framework": {
            "id": framework.id, "name": framework.name, "edition": framework.edition, "note": framework.note,
            "points": framework.points,
        },
        "told": told.value,
        "total": score_of(round_, told).total,
        "so_far": score_of(round_, told).so_far,
        "areas": [_area(round_, one) for one in framework.areas],
        "sub_areas": _sub_areas(round_),
        "beside": [_beside(one) for one in all_gaps(round_, told, beside)],
        "evidence": [_evidence(one, one.id in held) for one in sorted(evidence, key=lambda one: one.id)],
        "interviews": [_interview(one) for one in sorted(interviews, key=lambda one: (one.begins_at, one.id))],
    }  # fmt: skip


def _area(round_: Round, area: Area) -> dict[str, Any]:
    return {
        "id": area.id, "name": area.name, "block": area.block, "most": area.points,
        "own_points": area_points(round_, area.id, Field.OWN_POINTS),
        "points": area_points(round_, area.id, Field.POINTS),
        "comment": round_.value(area.id, Field.COMMENT),
        "improvement": round_.value(area.id, Field.IMPROVEMENT),
        "conflicts": _conflicts(round_, area.id),
        "questions": [_question(round_, one) for one in area.questions],
    }  # fmt: skip


def _question(round_: Round, question: Question) -> dict[str, Any]:
    values = {of: round_.value(question.id, of) for of in _OF_QUESTION}
    return {
        "id": question.id, "sub_area": question.sub_area, "text": question.text, "most": question.points,
        "subject": question.subject and question.subject.value,
        "progress": progress_of(round_, question.id).value,
        **{of.value: points_of(value) if of in POINTS else value for of, value in values.items()},
        "conflicts": _conflicts(round_, question.id),
    }  # fmt: skip


def _conflicts(round_: Round, about: str) -> list[dict[str, Any]]:
    return [_entry(one) for key, entries in sorted(round_.conflicts.items()) if key[0] == about for one in entries]


def _entry(one: Entry) -> dict[str, Any]:
    return {"field": one.field.value, "value": one.value, "by": one.by, "source": one.source.value, "at": iso(one.at)}


def _sub_areas(round_: Round) -> list[dict[str, Any]]:
    own, agreed = (sub_areas(round_, of) for of in (Field.OWN_POINTS, Field.POINTS))
    return [
        {"area": ours.area, "name": ours.name, "own_points": ours.points, "points": theirs.points, "most": ours.most}
        for ours, theirs in zip(own, agreed, strict=True)
    ]


def _beside(one: Gaps) -> dict[str, Any]:
    theirs = one.beside
    return {
        "kind": theirs.kind.value, "name": theirs.name, "framework": theirs.framework, "year": theirs.year,
        "strictly_comparable": one.strict, "total": theirs.sum, "source": theirs.source, "difference": one.total,
        "by_area": dict(theirs.by_area),
        "gaps": [
            {"area": gap.area, "their_area": gap.their_area, "ours": gap.ours, "theirs": gap.theirs,
             "difference": gap.points}
            for gap in one.areas
        ],
        "strengths": [gap.area for gap in one.strengths],
        "improvement_areas": [gap.area for gap in one.improvements],
    }  # fmt: skip


def _evidence(one: Evidence, held: bool) -> dict[str, Any]:
    return {
        "id": one.id, "question": one.question, "kind": one.kind.value, "title": one.title, "place": one.place,
        "media_type": one.media_type, "digest": one.digest, "measure": one.measure, "slice": one.slice,
        "as_of": one.as_of and iso(one.as_of), "by": one.by, "at": iso(one.at), "replaces": one.replaces,
        "why": one.why, "in_force": held,
    }  # fmt: skip


def _interview(one: Interview) -> dict[str, Any]:
    return {
        "about": one.about.value, "role": one.role, "areas": list(one.areas), "begins_at": iso(one.begins_at),
        "minutes": one.minutes, "cancelled": one.cancelled,
    }  # fmt: skip
