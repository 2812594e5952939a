"""Once a week is frozen, or a person erased, nothing leads from a rating to a case, an address or an officer."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from bot.facts import AddressId, FactKind
from bot.store.database import Database
from bot.store.figure_schema import invitations, ratings
from bot.store.schema import outbox
from bot.store.survey_rows import Question, State
from bot.survey.responding import respond
from bot.survey.severing import forget_surveys, linked_weeks, open_until, unlink, week_begins
from tests.conftest import FrozenClock
from tests.surveys import OMAR, SurveyTown, bounce, survey_town

ZONE = ZoneInfo("Europe/Stockholm")
WEEK = "2026-W47"
KEPT_APART = {"ratings", "invitations"}


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[SurveyTown]:
    yield await SurveyTown(database, clock).begin()


async def freeze(town: SurveyTown, week: str = WEEK, seed: int = 1) -> None:
    async with town.database.writing() as connection:
        await unlink(connection, week, ZONE, Random(seed).shuffle)


async def play(town: SurveyTown, grades: list[int]) -> None:
    """Let one person for each grade ask, be answered and reply; a minute between them."""
    for number, grade in enumerate(grades):
        sender = f"person{number}@example.org"
        await town.answered(sender)
        mail = await town.asked(sender)
        await town.replies(f"{grade}", mail, sender=sender)
        town.clock.forward(minutes=1)


def values_of(rows: list[dict[str, Any]]) -> set[Any]:
    """Return what could be the key of a join: everything but codes of a word, and small numbers."""
    found = {value for row in rows for value in row.values()}
    return {value for value in found if isinstance(value, datetime) or (isinstance(value, str) and len(value) > 20)}


@pytest.mark.asyncio
async def test_the_week_begins_on_monday_midnight() -> None:
    assert week_begins(WEEK, ZONE) == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert week_begins("2026-W53", ZONE) == datetime(2026, 12, 27, 23, tzinfo=UTC)


@pytest.mark.asyncio
async def test_no_key_no_order_and_no_instant_is_left(town: SurveyTown) -> None:
    await play(town, [5, 4, 2, 1])
    before = await town.rows(ratings)
    assert all(row["invitation"] is not None for row in before)
    assert await town.count(outbox, outbox.c.kind == "survey", outbox.c.case != "") == 4
    await freeze(town)
    for row in await town.rows(invitations):
        assert (row["case"], row["secret"], row["step"]) == ("", "", "")
        assert [row[name] for name in ("inquiry", "address", "outbox", "post")] == [None] * 4
        instants = {value for value in row.values() if isinstance(value, datetime)}
        assert instants == {week_begins(WEEK, ZONE)}
    assert all(row["invitation"] is None for row in await town.rows(ratings))
    for row in await town.rows(outbox):
        if row["kind"] == "survey":
            assert (row["case"], row["inquiry"], row["text"], row["subject"], row["reply_to"]) == ("", None, "", "", "")
    # What they say is the same, and how the invitations count.
    assert answers(await town.rows(ratings)) == answers(before)
    assert await town.states() == [State.ANSWERED] * 4
    assert {row["responded_at"] for row in await town.rows(invitations)} == {week_begins(WEEK, ZONE)}


def answers(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    said = ("question", "grade", "unit", "kind", "topic", "language", "in_time", "week", "channel", "version")
    return sorted((tuple(row[name] for name in said) for row in rows), key=repr)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2**32))
def test_no_join_leads_from_a_rating_to_a_case_an_address_or_an_officer(grades: list[int], seed: int) -> None:
    """Every value of a rating or invitation is looked for in every column of every other table."""

    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with survey_town(Path(folder)) as town:
                await play(town, grades)
                await freeze(town, seed=seed)
                kept = [*await town.rows(ratings), *await town.rows(invitations)]
                assert sorted(row["grade"] for row in kept if row.get("question") == "reception") == sorted(grades)
                links = values_of(kept) - {week_begins(WEEK, ZONE)}
                assert links == set()
                assert await linked(town) == []

    asyncio.run(check())


async def linked(town: SurveyTown) -> list[str]:
    """Return the columns of ratings and invitations that hold a case, an address, an id of anything, or an instant."""
    found = list[str]()
    free = {"id", "grade", "in_time", "version"}
    async with town.database.reading() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        others = [name for name in names if name not in KEPT_APART and not name.startswith(("words", "sqlite"))]
        cases = {row[0] for row in await connection.execute(text("SELECT number FROM cases"))}
        for table in (ratings, invitations):
            for row in await town.rows(table):
                for column, value in row.items():
                    is_id = isinstance(value, int) and column not in free
                    if is_id or value in cases or (isinstance(value, str) and "@" in value):
                        found.append(f"{table.name}.{column}")
        assert "facts" in others
    return found


@pytest.mark.asyncio
async def test_the_order_of_rows_tells_nothing(town: SurveyTown) -> None:
    """The grades came in the order 1, 2, 3, 4, 5; with other draws of the order they stand in others."""
    await play(town, [1, 2, 3, 4, 5])
    orders = set()
    for seed in range(5):
        await freeze(town, seed=seed)
        rows = sorted(await town.rows(ratings), key=lambda row: int(row["id"]))
        orders.add(tuple(row["grade"] for row in rows if row["question"] == "reception"))
    assert len(orders) > 2


@pytest.mark.asyncio
async def test_another_week_is_left_as_it_is_and_again_is_the_same_as_once(town: SurveyTown) -> None:
    await play(town, [3])
    town.clock.forward(days=7)
    await town.answered(OMAR)
    assert await _weeks(town) == [WEEK, "2026-W48"]
    await freeze(town)
    assert await _weeks(town) == ["2026-W48"]
    assert len([one for one in await town.invitations() if one.case is not None]) == 1
    once = [answers(await town.rows(ratings)), await town.states()]
    await freeze(town, seed=2)
    assert [answers(await town.rows(ratings)), await town.states()] == once


async def _weeks(town: SurveyTown) -> list[str]:
    async with town.database.reading() as connection:
        return await linked_weeks(connection)


@pytest.mark.asyncio
async def test_a_week_is_open_as_long_as_somebody_may_answer(town: SurveyTown) -> None:
    async def until() -> datetime | None:
        async with town.database.reading() as connection:
            return await open_until(connection, WEEK)

    assert await until() is None
    await town.answered()
    due = town.clock.now() + timedelta(hours=1)
    assert await until() == due + timedelta(days=14)
    mail = await town.asked()
    assert await until() == due + timedelta(days=14)
    await town.replies("4", mail)
    assert await until() == due + timedelta(days=14)  # the page still asks the rest
    town.clock.forward(days=14, minutes=1)
    await town.round()
    assert await until() is None


@pytest.mark.asyncio
async def test_what_is_not_over_at_the_freeze_is_over_then(town: SurveyTown) -> None:
    await town.answered()
    mail = await town.asked()
    await town.answered(OMAR)
    await freeze(town)
    assert sorted(await town.states()) == [State.EXPIRED, State.WITHDRAWN]
    town.clock.forward(hours=1)
    assert await town.round() == 0
    assert (await town.replies("1", mail))["outcome"] == "survey"
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_a_comment_keeps_only_its_week_and_channel(town: SurveyTown) -> None:
    await town.answered()
    await town.asked()
    (one,) = await town.invitations()
    assert one.case is not None
    async with town.ledger(one.case) as ledger:
        respond(ledger, town.office, one, Question.ANSWERED, 1)
        respond(ledger, town.office, one, Question.COMMENT, comment="Snabbt och bra.")
    await freeze(town)
    (comment,) = [row for row in await town.rows(ratings) if row["question"] == "comment"]
    assert (comment["comment"], comment["week"], comment["channel"]) == ("Snabbt och bra.", WEEK, "mail")
    assert [comment[name] for name in ("unit", "kind", "topic", "language", "in_time")] == ["", "", "", "", None]


@pytest.mark.asyncio
async def test_a_bounce_after_the_freeze_finds_nothing(town: SurveyTown) -> None:
    await town.answered()
    mail = await town.asked()
    await freeze(town)
    await town.receive(bounce(mail.message_id), to=mail.return_path, sender="")
    assert await town.states() == [State.EXPIRED]
    assert await town.told(FactKind.DELIVERY_FAILED) == []


@pytest.mark.asyncio
async def test_who_is_erased_is_cut_off_at_once_and_the_answers_stay(town: SurveyTown) -> None:
    await play(town, [2])
    await town.answered(OMAR)
    (mine, _) = sorted(await town.invitations(), key=lambda one: one.id or 0)
    assert mine.case is not None
    async with town.ledger(mine.case) as ledger:
        respond(ledger, town.office, mine, Question.COMMENT, comment="Surt.")
    (mine, other) = sorted(await town.invitations(), key=lambda one: one.id or 0)
    assert mine.case is not None
    assert mine.address is not None
    async with town.ledger(mine.case) as ledger:
        forget_surveys(ledger, town.office, AddressId(mine.address))
        ledger.forget_address(mine.address)
    mine, other = sorted(await town.invitations(), key=lambda one: one.id or 0)
    assert (mine.case, mine.address, mine.outbox, mine.secret, mine.state) == (None, None, None, "", State.ANSWERED)
    assert mine.sent_at == week_begins(WEEK, ZONE)
    assert other.case is not None
    assert {row["invitation"] for row in await town.rows(ratings)} == {None}
    assert {(row["topic"], row["language"]) for row in await town.rows(ratings)} == {("", "")}
    (comment,) = [row for row in await town.rows(ratings) if row["question"] == "comment"]
    assert [comment[name] for name in ("unit", "kind", "in_time")] == ["", "", None]
    assert await town.ratings() == {"answered": 1, "reception": 2, "comment": "Surt."}
    assert await town.people_asked() == []
    await freeze(town)
    assert await town.ratings() == {"answered": 1, "reception": 2, "comment": "Surt."}


@pytest.mark.asyncio
async def test_facts_tell_that_somebody_was_asked_and_answered_and_no_score(town: SurveyTown) -> None:
    await play(town, [1])
    for kind in (FactKind.INVITED, FactKind.RESPONDED):
        (fact,) = [one for one in await town.facts() if one.kind is kind]
        assert fact.data == {"channel": "mail"}
        assert fact.source == f"survey:{fact.case}:1"
