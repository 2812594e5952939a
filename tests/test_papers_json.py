"""A round as JSON: by its published schema, with the published numbers, and nothing dropped."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from measurement.assessment.as_json import SCHEMA, assessment_json
from measurement.assessment.round import Round
from tests.assessment_papers import (
    MARKUP,
    NEW,
    NOTE,
    evidence,
    full,
    grastorp,
    interviews,
    round_of,
    vallentuna,
    vallentuna_beside,
)
from tests.json_schema import faults

ROUNDS: dict[str, Callable[[], Round]] = {"full": full, "vallentuna": vallentuna, "grastorp": grastorp,
          "empty": partial(round_of, "tom", NEW, "Tom kommun", [])}  # fmt: skip


def told(round_: Round) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps(assessment_json(round_, evidence(), vallentuna_beside(), interviews()))
    )
    return found


@pytest.mark.parametrize("name", ROUNDS)
def test_it_is_as_its_schema_says_and_the_schema_knows_every_key(name: str) -> None:
    schema = json.loads(SCHEMA.read_text())
    assert set(schema["properties"]) == set(schema["required"]) == set(told(ROUNDS[name]()))
    assert list(faults(told(ROUNDS[name]()), {**schema, "additionalProperties": False})) == []


def test_it_has_the_published_numbers() -> None:
    data = told(vallentuna())
    assert (data["total"], data["told"], data["framework"]["note"]) == (648, "points", NOTE)
    assert [(one["name"], one["difference"]) for one in data["beside"]] == [
        ("Vallentuna 2019", 45), ("Vallentuna 2017", 93), ("svenskt medelvärde", 131),
    ]  # fmt: skip
    assert data["beside"][2]["strengths"] == ["5", "6", "4", "8", "7", "1", "2", "3"]
    assert data["beside"][2]["improvement_areas"] == []
    assert told(grastorp())["total"] == 506


def test_no_points_are_null_and_a_sum_of_some_is_only_so_far() -> None:
    data = told(round_of("tom", NEW, "Tom kommun", []))
    assert (data["total"], data["so_far"], data["areas"][0]["points"]) == (None, None, None)
    assert data["step"] == "preparation"


def test_answers_conflicts_and_replaced_evidence_are_all_there() -> None:
    data = told(full())
    question = data["areas"][4]["questions"][0]
    assert (question["id"], question["answer"], question["own_points"]) == ("5.1", MARKUP, 9.5)
    assert [one["value"] for one in question["conflicts"]] == ["Ett annat svar."]
    assert [one["in_force"] for one in data["evidence"]] == [True, False, True, True]
    assert [one["cancelled"] for one in data["interviews"]].count(True) == 1
