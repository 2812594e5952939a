"""Every measure says what it speaks to, and every subject finds a series."""

import pytest

from bot.clock import Rule
from measurement.assessment.framework import Subject
from measurement.assessment.framework_file import framework_files, read_framework
from measurement.assessment.subjects import SPEAKS_TO, measures_for
from measurement.registry import REGISTRY


def test_every_measure_of_the_registry_declares_its_subject_or_that_it_has_none() -> None:
    assert set(SPEAKS_TO) == set(REGISTRY)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("subject", Subject)
def test_every_subject_has_measures_that_exist_each_once(subject: Subject, rule: Rule) -> None:
    found = measures_for(subject, rule)

    assert found
    assert set(found) <= set(REGISTRY)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("subject", [one for one in Subject if one is not Subject.IMPROVEMENT])
def test_a_subject_is_answered_by_the_measures_that_speak_to_it(subject: Subject, rule: Rule) -> None:
    found = measures_for(subject, rule)

    speaking = {key for key, said in SPEAKS_TO.items() if said is subject}
    other_rules = {f"answered_in_time.{one}" for one in Rule if one is not rule}
    assert set(found) == speaking - other_rules


@pytest.mark.parametrize("rule", Rule)
def test_the_configured_rule_goes_first_and_no_other_is_offered(rule: Rule) -> None:
    for subject in (Subject.ANSWER_TIME, Subject.IMPROVEMENT):
        in_time = [key for key in measures_for(subject, rule) if key.startswith("answered_in_time.")]
        assert measures_for(subject, rule)[0] == f"answered_in_time.{rule}"
        assert in_time == [f"answered_in_time.{rule}"]


def test_accessibility_and_reception_all_speak_to_something() -> None:
    begins = ("answered_in_time.", "waiting_time.", "working_time.", "reception.", "clarity.", "ease.")
    assert all(SPEAKS_TO[key] for key in REGISTRY if key.startswith(begins))


def test_volumes_and_how_well_the_measuring_works_speak_to_nothing() -> None:
    begins = ("left_out.", "queue.", "survey.delivered", "survey.answered", "phone.coverage", "arrivals", "contacts")
    assert {SPEAKS_TO[key] for key in REGISTRY if key.startswith(begins)} == {None}


def test_every_subject_is_asked_for_by_some_question_that_comes_with_the_product() -> None:
    asked = {
        one.subject for path in framework_files().values() for one in read_framework(path.read_bytes()).questions()
    }
    assert set(Subject) <= asked
