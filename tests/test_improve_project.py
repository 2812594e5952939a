"""Gates, entries and the book of improvement work."""

from dataclasses import replace
from datetime import date

import pytest

from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from measurement.improvement.analysis_json import change_json, change_of_json
from measurement.improvement.book import (
    ProjectExists,
    UnknownProject,
    enter,
    entries_of,
    open_project,
    read_project,
    read_projects,
)
from measurement.improvement.gates import QUESTIONS, Gate, question_named, questions_of
from measurement.improvement.project import (
    Change,
    Field,
    Passage,
    ProjectId,
    Refusal,
    may_pass,
    may_set_target,
    may_skip,
    target_of,
    unanswered,
)
from measurement.improvement.project_series import change_of, file_series
from measurement.improvement.series_json import series_json, series_of_json
from measurement.statistics.series import DecisionKind
from tests.improving import AT, answered, entry, noted, project, shares

CHANGE = Change(what="Brev till alla", on=date(2026, 8, 31), period="2026-W36", by="chefen")


def test_there_are_eight_questions_in_five_gates() -> None:
    assert [len(questions_of(gate)) for gate in Gate] == [1, 1, 1, 2, 3]
    assert [one.text for one in QUESTIONS][:3] == [
        "Vad är problemet?", "Hur stort är problemet?", "Vad orsakar problemet?"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "found"),
    [("define.problem", "define.problem"), ("Define", "define.problem"), ("improve", None), ("x", None)],
)
def test_a_question_is_known_by_its_id_or_its_gate(written: str, found: str | None) -> None:
    one = question_named(written)
    assert (one.id if one else None) == found


def test_a_gate_is_not_passed_with_its_question_unanswered() -> None:
    none, all_ = project(), project(*answered(Gate.DEFINE))
    assert may_pass(none, Gate.DEFINE) is Refusal.UNANSWERED
    assert [one.id for one in unanswered(none, Gate.DEFINE)] == ["define.problem"]
    assert may_pass(all_, Gate.DEFINE) is None
    emptied = project(*answered(Gate.DEFINE), entry(Field.ANSWER, "  ", "define.problem"))
    assert may_pass(emptied, Gate.DEFINE) is Refusal.UNANSWERED


def test_gates_come_in_order_and_can_be_skipped_with_a_reason() -> None:
    new = project(*answered(Gate.MEASURE))
    assert new.gate is Gate.DEFINE
    assert may_pass(new, Gate.MEASURE) is Refusal.EARLIER_OPEN
    assert may_skip(new, Gate.DEFINE, " ") is Refusal.NO_REASON
    assert may_skip(new, Gate.DEFINE, "Problemet är känt.") is None
    assert may_skip(new, Gate.IMPROVE, "brådskar") is Refusal.EARLIER_OPEN
    after = project(*answered(Gate.MEASURE), entry(Field.SKIPPED, "Problemet är känt.", "define"))
    assert (after.passage(Gate.DEFINE), after.gate) == (Passage.SKIPPED, Gate.MEASURE)
    assert may_pass(after, Gate.MEASURE) is None
    passed = project(*answered(Gate.DEFINE), entry(Field.PASSED, "", "define"))
    assert may_pass(passed, Gate.DEFINE) is Refusal.ALREADY_PASSED
    assert may_skip(passed, Gate.DEFINE, "skäl") is Refusal.ALREADY_PASSED


def test_one_of_three_questions_left_holds_the_last_gate() -> None:
    before = [entry(Field.SKIPPED, "skäl", gate) for gate in list(Gate)[:4]]
    two = project(*before, *answered(Gate.CONTROL)[:2])
    assert may_pass(two, Gate.CONTROL) is Refusal.UNANSWERED
    assert [one.id for one in unanswered(two, Gate.CONTROL)] == ["control.spread"]


def test_no_target_before_the_chart() -> None:
    assert may_set_target(project()) is Refusal.NO_BASELINE
    known = project(entry(Field.BASELINE, "{}"), entry(Field.TARGET, "0.95 KF § 12"))
    assert may_set_target(known) is None
    assert target_of(known) == 0.95
    assert target_of(project()) is None


def test_the_alarm_stands_until_it_is_calm_again() -> None:
    alarm, calm = entry(Field.ALARM, "2026-W40"), entry(Field.CALM, "2026-W42")
    assert [project(*some).alarmed for some in ([], [alarm], [alarm, calm], [alarm, calm, alarm])] == [
        False, True, False, True
    ]  # fmt: skip


def test_a_series_and_a_change_survive_json() -> None:
    series = shares([80, None, 90], target=0.9, decisions=(noted("2026-W52"),))
    again = series_of_json(series_json(series))
    assert again == replace(series, measure=series.name)
    assert series_json(again) == series_json(series)
    assert change_of_json(change_json(CHANGE)) == CHANGE


def test_the_newest_file_counts_with_change_limits_and_target() -> None:
    old, new = series_json(shares([80, 80])), series_json(shares([80, 80, 90], last="2026-W37"))
    found = project(
        entry(Field.SERIES, new), entry(Field.CHANGE, change_json(CHANGE)), entry(Field.TARGET, "0.9 KS"),
        entry(Field.REBASED, "Brevet höll", "2026-W37"), series=old,
    )  # fmt: skip
    series = file_series(found)
    assert [one.period for one in series.points] == ["2026-W35", "2026-W36", "2026-W37"]
    assert series.target == 0.9
    assert [(one.kind, one.period, one.cause, one.decided_by) for one in series.decisions] == [
        (DecisionKind.NOTE, "2026-W36", "Brev till alla", "chefen"),
        (DecisionKind.REBASE, "2026-W37", "Brevet höll", "kvalitetsledaren"),
    ]
    assert change_of(found) == CHANGE
    with pytest.raises(ValueError, match="about a measure"):
        file_series(project())


@pytest.mark.asyncio
async def test_the_book_keeps_what_was_entered_in_order(database_url: str) -> None:
    database = Database(DatabaseUrl.parse(database_url))
    try:
        await migrate(database)
        opened, other = project().opened, replace(project().opened, id=ProjectId("b"), measure="", series="{}")
        async with database.writing() as connection:
            await open_project(connection, opened)
            await open_project(connection, other)
            await enter(connection, opened.id, [entry(Field.OWNER, "a@kommun.example"), *answered(Gate.DEFINE)])
            await enter(
                connection, opened.id, [entry(Field.PASSED, "", "define"), entry(Field.OWNER, "b@kommun.example")]
            )
        async with database.reading() as connection:
            found = await read_project(connection, "svar-i-tid")
            entries = await entries_of(connection, "svar-i-tid")
            both = await read_projects(connection)
            with pytest.raises(UnknownProject):
                await read_project(connection, "c")
        assert found.opened == opened
        assert found.value(Field.OWNER) == "b@kommun.example"
        assert found.gate is Gate.MEASURE
        assert [one.field for one in entries] == [Field.OWNER, Field.ANSWER, Field.PASSED, Field.OWNER]
        assert {one.at for one in entries} == {AT}
        assert both[1] == found
        assert (both[0].id, both[0].seq) == ("b", 0)
        async with database.writing() as connection:
            with pytest.raises(ProjectExists):
                await open_project(connection, opened)
            with pytest.raises(ValueError, match="a measure or about a series"):
                await open_project(connection, replace(opened, id=ProjectId("c"), series="{}"))
    finally:
        await database.close()
