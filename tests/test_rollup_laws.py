"""Laws of the book over random histories, with the figures that are published: rebuilt equals kept up."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.clock import Rule
from bot.facts import Fact, FactData, FactKind
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from measurement.periods import Week
from measurement.rollup.book import mark_reported, standings, values_as_of
from measurement.rollup.fill import Rollup, fill
from measurement.rollup.late import check
from measurement.rollup.making import InquiryFigures, compute_here, compute_in_processes
from measurement.rollup.reading import read_period_raw
from measurement.rollup.rebuild import rebuild
from measurement.rollup.states import State
from measurement.source import read_period
from measurement.tables import reading
from tests.rollup_book import RECEIVED, fact, learn, local
from tests.weeks import CALENDAR, ZONE

BEGIN, END = local("11-16 06:00"), local("12-28 06:00")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("laws") / "empty.db"

    async def make() -> None:
        database = Database(DatabaseUrl.parse(f"sqlite:///{path}"))
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Draw what happens in a few cases over six weeks; some of it is learned days or weeks later."""
    found = list[Fact]()
    for case in range(1, draw(st.integers(1, 6)) + 1):
        at, case_facts = BEGIN + draw(st.integers(0, 24 * 30)) * HOUR, list[Fact]()
        channel = draw(st.sampled_from(["mail", "telegram"]))
        case_facts.append(fact(FactKind.RECEIVED, at, case, data={**RECEIVED, "channel": channel}))
        for _ in range(draw(st.integers(0, 5))):
            at += draw(st.integers(1, 24 * 12)) * HOUR
            kind, data = draw(st.sampled_from(_TURNS))
            recorded = at + draw(st.sampled_from([0, 0, 0, 30, 24 * 20])) * HOUR
            case_facts.append(fact(kind, at, case, recorded=recorded, data={**data, **_outbox(kind, case)}))
        found += case_facts
    return [one for one in found if one.recorded_at < END]


_TURNS: list[tuple[FactKind, FactData]] = [
    (FactKind.RECEIVED, RECEIVED),
    (FactKind.ANSWERED, {"message": 2}),
    (FactKind.ANSWERED, {"message": 2}),
    (FactKind.DELIVERY_FAILED, {"of": "answer"}),
    (FactKind.EXCLUDED, {"reason": "spam"}),
    (FactKind.TRANSFERRED, {"unit": "gata"}),
    (FactKind.KIND_CHANGED, {"kind": "fault"}),
    (FactKind.TOPIC_SET, {"topic": "gator"}),
    (FactKind.OUTCOME, {"result": "remedied"}),
    (FactKind.CLOSED, {}),
]


def _outbox(kind: FactKind, case: int) -> FactData:
    return {"outbox": case} if kind in (FactKind.ANSWERED, FactKind.DELIVERY_FAILED) else {}


def rollup_of(database: Database, url: str) -> Rollup:
    parts = [InquiryFigures(CALENDAR, Rule.ONE_WORKING_DAY)]
    return Rollup(
        writing=database.writing, compute=compute_here(url, parts), calendar=CALENDAR,
        configured=Rule.ONE_WORKING_DAY, definitions="now", at_once=3,
    )  # fmt: skip


Kept = tuple[dict[str, tuple[State, datetime]], list[object]]


async def kept(database: Database) -> Kept:
    async with database.reading() as connection:
        states = {name: (one.state, one.as_of) for name, one in (await standings(connection)).items()}
        rows: list[object] = [
            (one.measure, one.slice, one.period, one.numerator, one.n, one.value, one.more_than)
            for name in states
            for one in await values_as_of(connection, name)
        ]
    return states, rows


async def live(path: Path, facts: Sequence[Fact], instants: Sequence[datetime], *, reports: bool) -> tuple[Kept, bool]:
    """Learn what happens as it is recorded, filling at each instant; return what is kept, and that all is verified."""
    url = f"sqlite:///{path}"
    database = Database(DatabaseUrl.parse(url))
    try:
        rollup, since = rollup_of(database, url), BEGIN - HOUR
        for now in instants:
            if new := [one for one in facts if since < one.recorded_at <= now]:
                await learn(database, new)
            for work in await fill(rollup, now):
                if reports:
                    async with database.writing() as connection:
                        await mark_reported(connection, str(work.week), now)
            since = now
        found = await kept(database)
        rebuilt = await rebuild(rollup, instants[-1])
        again = await kept(database)
        return found, not rebuilt.broken and again == found
    finally:
        await database.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.lists(st.integers(0, 6 * 7 * 24), max_size=5), st.booleans())
def test_what_is_kept_up_is_what_is_made_from_nothing(
    empty: Path, facts: list[Fact], hours: list[int], reports: bool
) -> None:
    instants = sorted({*(BEGIN + hour * HOUR for hour in hours), END})
    with tempfile.TemporaryDirectory() as folder:
        first, second = (Path(shutil.copy(empty, Path(folder) / name)) for name in ("first.db", "second.db"))
        kept_up, is_verified = asyncio.run(live(first, facts, instants, reports=reports))
        at_once, is_verified_too = asyncio.run(live(second, facts, [END], reports=False))
    assert kept_up == at_once
    assert is_verified
    assert is_verified_too


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.integers(0, 6 * 7 * 24))
def test_rows_from_the_driver_are_those_of_the_one_door(empty: Path, facts: list[Fact], hours: int) -> None:
    week, as_of = Week.parse("2026-W48"), BEGIN + hours * HOUR
    start, end = week.start(ZONE), week.end(ZONE)

    async def read(path: Path) -> None:
        url = f"sqlite:///{path}"
        database = Database(DatabaseUrl.parse(url))
        try:
            await learn(database, facts)
        finally:
            await database.close()
        async with reading(url) as connection:
            ours = await read_period_raw(connection, start, end, as_of, known=END)
            theirs = await read_period(connection, start, end, as_of, known=END)
        for name in ("case", "no", "arrived", "answered", "next_arrival", "outcome"):
            assert list(getattr(ours.inquiries, name)) == list(getattr(theirs.inquiries, name))
        for dimension, of in ours.inquiries.of.items():
            other = theirs.inquiries.of[dimension]
            assert (of.words, of.codes.tolist()) == (other.words, other.codes.tolist())
        assert ours.queue.arrived.tolist() == theirs.queue.arrived.tolist()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(read(Path(shutil.copy(empty, Path(folder) / "one.db"))))


STORY = [
    fact(FactKind.RECEIVED, local("11-16 09:00"), 1),
    fact(FactKind.ANSWERED, local("11-16 10:00"), 1, data={"message": 2, "outbox": 1}),
    fact(FactKind.RECEIVED, local("11-17 09:00"), 2),
]


@pytest.mark.asyncio
async def test_what_happens_after_the_freeze_is_no_correction(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    rollup = rollup_of(database, database_url)
    await fill(rollup, local("12-08 06:00"))
    # Answered, told what came of it, written again, moved: all of it after the week was finished.
    later = [
        fact(FactKind.ANSWERED, local("12-08 09:00"), 2, data={"message": 3, "outbox": 2}),
        fact(FactKind.OUTCOME, local("12-08 10:00"), 2, data={"result": "remedied"}),
        fact(FactKind.RECEIVED, local("12-09 10:00"), 1),
        fact(FactKind.ANSWERED, local("12-09 11:00"), 1, data={"message": 4, "outbox": 3}),
    ]
    await learn(database, later)
    checked = await check(rollup, Week.parse("2026-W47"), local("12-10 06:00"))
    assert (checked.broken, checked.is_late) == ((), False)


@pytest.mark.asyncio
async def test_the_figures_are_the_same_from_processes(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    parts = [InquiryFigures(CALENDAR, Rule.ONE_WORKING_DAY)]
    week, as_of = Week.parse("2026-W47"), local("11-24 07:00")
    here = await compute_here(database_url, parts)(week, as_of, as_of)
    async with compute_in_processes(database_url, parts, 1) as compute:
        there = await compute(week, as_of, as_of)
    assert list(here) == list(there)
    share = next(one for one in here if (one.measure, one.slice) == ("answered_in_time.one_working_day", ""))
    assert (share.numerator, share.denominator) == (1, 2)
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM weekly_values"))).scalar() == 0
