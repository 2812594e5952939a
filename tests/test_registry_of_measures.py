"""The registry of measures: complete, and its hash tells every change of a definition."""

from dataclasses import replace

import pytest

from bot.clock import Rule
from bot.facts import ExcludeReason
from measurement.measures import MEASURES, Direction, Unit
from measurement.registry import REGISTRY, definitions_hash

IDS = {
    *(f"answered_in_time.{rule}" for rule in Rule), "waiting_time.median", "waiting_time.p90", "working_time.median",
    "working_time.p90", "arrivals", *(f"left_out.{reason}" for reason in ExcludeReason), "acknowledged", "held_first",
    "answered_again", "outcome_told", "promise_kept", "first_contact", "contacts", "queue.waiting", "queue.past_due",
    "queue.oldest", "phone.direct", "phone.answered", "phone.coverage", "reception.good", "clarity.good", "ease.good",
    "reception.index", "clarity.index", "ease.index", "survey.delivered", "survey.answered", "survey.real_answer",
    "quality.is_answer", "quality.is_clear", "quality.has_sender", "quality.drawn",
    "test.availability", "test.answer", "test.interest",
    "test.information", "test.reception", "test.total",
}  # fmt: skip


def test_every_measure_is_there_once_and_says_what_it_is() -> None:
    assert set(REGISTRY) == IDS
    for key, measure in REGISTRY.items():
        assert measure.id == key
        assert measure.version >= 1
        assert measure.population.strip()
        assert measure.name.strip()
    assert len({measure.name for measure in REGISTRY.values()}) == len(REGISTRY)


def test_the_measures_of_the_weekly_report_are_the_same_there() -> None:
    assert {key: REGISTRY[key] for key in MEASURES} == MEASURES


def test_volumes_have_no_better_way_and_queues_are_better_short() -> None:
    assert {REGISTRY[key].direction for key in ("arrivals", "contacts", "left_out.spam", "held_first")} == {None}
    assert {REGISTRY[f"queue.{key}"].direction for key in ("waiting", "past_due", "oldest")} == {Direction.LOWER}


def test_the_hash_is_the_same_in_whatever_order_and_under_whatever_name() -> None:
    backwards = dict(reversed(list(REGISTRY.items())))
    assert definitions_hash(backwards) == definitions_hash() == definitions_hash(REGISTRY)
    renamed = {**REGISTRY, "arrivals": replace(REGISTRY["arrivals"], name="Kontakter")}
    assert definitions_hash(renamed) == definitions_hash()
    assert len(definitions_hash()) == 64


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"unit": Unit.SHARE}, {"population": "all"}, {"direction": Direction.LOWER}, {"id": "arrived"}],
)
def test_the_hash_tells_every_change_of_a_definition(change: dict[str, object]) -> None:
    changed = {**REGISTRY, "arrivals": replace(REGISTRY["arrivals"], **change)}  # type: ignore[arg-type]
    assert definitions_hash(changed) != definitions_hash()
    fewer = {key: one for key, one in REGISTRY.items() if key != "arrivals"}
    assert definitions_hash(fewer) != definitions_hash()
