"""The book of figures on both engines: filled, interrupted, frozen, corrected, redefined; and rebuilt from nothing."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import FactKind, to_micros
from bot.store import figure_schema
from bot.store.database import Database
from measurement.measures import Figure
from measurement.periods import Period, Week
from measurement.rollup import tables
from measurement.rollup.book import mark_reported, revisions_of, standings, values_as_of, values_of
from measurement.rollup.decisions import SignedKind, signed
from measurement.rollup.fill import Rollup, fill
from measurement.rollup.late import NotFrozen, NothingToRevise, check, revise
from measurement.rollup.rebuild import rebuild
from measurement.rollup.states import Standing, State, Why
from tests.rollup_book import ONE_DAY, asked, fact, learn, local, rollup, shown
from tests.weeks import WEEK

W47, W48, W49 = "2026-W47", "2026-W48", "2026-W49"
TUESDAY, FROZEN_47 = local("11-24 07:00"), local("12-07 00:00")

# Under one working day: in time, late, never answered, left out of the share because it is spam.
ORDINARY = [
    *asked(1, "11-16 09:00", "11-16 10:00"),
    *asked(2, "11-16 10:00", "11-18 12:00"),
    *asked(3, "11-17 15:00"),
    *asked(4, "11-18 11:00"),
    fact(FactKind.EXCLUDED, local("11-18 11:05"), 4, data={"reason": "spam"}),
]
LATER = [*asked(5, "11-24 09:00", "11-24 10:00"), *asked(6, "12-02 09:00", "12-02 10:00")]


async def book(database: Database) -> tuple[dict[str, Standing], list[tuple[object, ...]]]:
    """Return all states, and all rows of values, in order."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT * FROM weekly_values ORDER BY period, measure, slice, revision"))
        return await standings(connection), [tuple(row) for row in rows]


async def value(database: Database, period: str, measure: str = ONE_DAY, at: datetime | None = None) -> Figure:
    async with database.reading() as connection:
        return next(
            one for one in await values_as_of(connection, period, at) if (one.measure, one.slice) == (measure, "")
        )


def test_the_columns_are_those_of_the_bot() -> None:
    for described in (
        tables.WEEKLY_VALUES, tables.FILL_STATE, tables.CHART_DECISIONS, tables.HISTORY, tables.FACTS, tables.INQUIRIES,
    ):  # fmt: skip
        stored = figure_schema.weekly_values.metadata.tables[described.name]
        names = [column.name for column in described.columns]
        assert set(names) <= set(stored.columns.keys())
        if described not in (tables.FACTS, tables.INQUIRIES):
            assert names == list(stored.columns.keys())


@pytest.mark.asyncio
async def test_a_week_is_filled_and_filling_it_again_changes_nothing(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    works = await fill(rollup(database, database_url), TUESDAY)
    assert [(str(one.week), one.why, one.freeze) for one in works] == [(W47, Why.MISSING, False)]
    share = await value(database, W47)
    assert (share.numerator, share.denominator, share.n, share.value) == (1, 3, 3, 1 / 3)
    assert (share.as_of, share.version) == (TUESDAY, 1)
    states, rows = await book(database)
    assert states[W47].state is State.PRELIMINARY
    assert states[W47].settles_at == local("11-23 16:30")
    await fill(rollup(database, database_url), TUESDAY)
    assert await book(database) == (states, rows)


@pytest.mark.asyncio
async def test_nothing_stored_fills_nothing(database: Database, database_url: str) -> None:
    assert await fill(rollup(database, database_url), TUESDAY) == ()
    assert (await book(database)) == ({}, [])


@pytest.mark.asyncio
async def test_a_preliminary_week_follows_the_facts_and_leaves_no_trace(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    await fill(rollup(database, database_url), TUESDAY)
    # On Wednesday it turns out that the quick answer never arrived, and the only mail of a channel is spam.
    failed = fact(FactKind.DELIVERY_FAILED, local("11-25 08:00"), 1, data={"outbox": 1, "of": "answer"})
    await learn(database, [failed])
    await fill(rollup(database, database_url), local("11-25 09:00"))
    share = await value(database, W47)
    assert (share.numerator, share.n) == (0, 3)
    states, rows = await book(database)
    assert states[W47].revision == 0
    assert {row[4] for row in rows} == {0}


@pytest.mark.asyncio
async def test_what_a_report_showed_can_be_read_again_for_ever(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    await fill(rollup(database, database_url), TUESDAY)
    async with database.writing() as connection:
        reported = await values_as_of(connection, W47, TUESDAY)
        await mark_reported(connection, W47, TUESDAY)
    failed = fact(FactKind.DELIVERY_FAILED, local("11-25 08:00"), 1, data={"outbox": 1, "of": "answer"})
    await learn(database, [failed])
    for at in (local("11-25 09:00"), local("11-26 09:00"), local("12-08 09:00")):
        await fill(rollup(database, database_url), at)
    async with database.reading() as connection:
        assert await values_as_of(connection, W47, TUESDAY) == reported
        history = [(revision, one.numerator) for revision, one in await revisions_of(connection, W47, ONE_DAY, "")]
        assert (await values_of(connection, ONE_DAY, "", [W47], TUESDAY))[W47].numerator == 1
        assert (await values_of(connection, ONE_DAY, "", [W47, W48]))[W47].numerator == 0
        assert await values_of(connection, ONE_DAY, "", []) == {}
    assert history == [(0, 1), (1, 0)]
    assert (await book(database))[0][W47].reported_at == TUESDAY
    with pytest.raises(LookupError, match="2026-W20"):
        async with database.writing() as connection:
            await mark_reported(connection, "2026-W20", TUESDAY)


@pytest.mark.asyncio
async def test_a_slice_that_is_gone_after_a_report_has_no_value_any_more(database: Database, database_url: str) -> None:
    chat = fact(FactKind.RECEIVED, local("11-17 09:00"), 7,
                data={"channel": "telegram", "kind": "question", "unit": "kc", "message": 1})  # fmt: skip
    await learn(database, [*ORDINARY, chat])
    await fill(rollup(database, database_url), TUESDAY)
    async with database.writing() as connection:
        await mark_reported(connection, W47, TUESDAY)
    moved = {"occurred_at": to_micros(local("11-24 09:00"))}
    async with database.reading() as connection:
        seq = (await connection.execute(text("SELECT max(seq) FROM facts WHERE \"case\" = 'K-000007-2'"))).scalar()
    await learn(database, [fact(FactKind.CORRECTED, local("11-25 08:00"), 7, data={**moved, "seq": seq or 0})])
    await fill(rollup(database, database_url), local("11-25 09:00"))
    async with database.reading() as connection:
        then = shown(await values_as_of(connection, W47, TUESDAY))
        now = shown(await values_as_of(connection, W47))
    assert then["arrivals", "channel:telegram"] == (None, 1, 1.0, False)
    assert ("arrivals", "channel:telegram") not in now
    assert now["arrivals", ""] == (None, 4, 4.0, False)


class Killed(Exception):
    pass


@pytest.mark.asyncio
@pytest.mark.parametrize("where", ["while it is made", "while it is written"])
async def test_a_week_that_was_broken_off_is_done_again(database: Database, database_url: str, where: str) -> None:
    await learn(database, [*ORDINARY, *LATER])

    async def raising(_connection: AsyncConnection, _week: Week) -> None:
        raise Killed

    async def no_figures(_period: Period, _known: datetime, _as_of: datetime) -> Sequence[Figure]:
        raise Killed

    whole = rollup(database, database_url)
    broken = rollup(database, database_url, on_freeze=raising if where == "while it is written" else None)
    if where == "while it is made":
        broken = Rollup(
            writing=whole.writing, compute=no_figures, calendar=whole.calendar, configured=whole.configured, at_once=1
        )
    with pytest.raises(ExceptionGroup):
        await fill(broken, FROZEN_47)
    states, rows = await book(database)
    assert (states[W47].state, rows) == (State.FILLING, [])
    works = await fill(whole, FROZEN_47)
    assert (works[0].why, works[0].freeze) == (Why.INTERRUPTED, True)
    states, _ = await book(database)
    assert [states[week].state for week in (W47, W48, W49)] == [State.FROZEN, State.PRELIMINARY, State.PRELIMINARY]
    assert (await value(database, W47)).n == 3


@pytest.mark.asyncio
async def test_a_fill_that_is_cancelled_is_done_again(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    whole, reached = rollup(database, database_url), asyncio.Event()

    async def hanging(_period: Period, _known: datetime, _as_of: datetime) -> Sequence[Figure]:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    stuck = Rollup(writing=whole.writing, compute=hanging, calendar=whole.calendar, configured=whole.configured)
    task = asyncio.create_task(fill(stuck, TUESDAY))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await book(database))[0][W47].state is State.FILLING
    await fill(whole, TUESDAY)
    assert (await book(database))[0][W47].state is State.PRELIMINARY
    assert (await value(database, W47)).value == 1 / 3


@pytest.mark.asyncio
async def test_after_an_outage_the_same_values_come_out(database: Database, database_url: str) -> None:
    await learn(database, [*ORDINARY, *LATER])
    frozen = list[Week]()

    async def on_freeze(_connection: AsyncConnection, week: Week) -> None:
        frozen.append(week)

    steady = rollup(database, database_url, on_freeze=on_freeze)
    now = local("11-23 06:00")
    while now <= local("12-28 06:00"):
        await fill(steady, now)
        now += timedelta(days=1)
    _, by_day = await book(database)
    async with database.writing() as connection:
        for table in (tables.WEEKLY_VALUES, tables.FILL_STATE):
            await connection.execute(delete(table))
    works = await fill(steady, local("12-28 06:00"))
    assert [str(one.week) for one in works] == [f"2026-W{n}" for n in range(47, 53)]
    _, at_once = await book(database)
    assert at_once == by_day
    # Weeks 47 to 50 were frozen each in its own transaction; 50 ends on 14 December.
    assert [one.number for one in frozen] == [47, 48, 49, 50] * 2


@pytest.mark.asyncio
async def test_a_late_correction_is_told_and_becomes_a_visible_revision(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    whole = rollup(database, database_url)
    with pytest.raises(NotFrozen, match="2026-W47"):
        await check(whole, WEEK, TUESDAY)
    await fill(whole, local("12-08 06:00"))
    # An answer that comes after the freeze is no correction of the week: it was late and stays so.
    await learn(database, [fact(FactKind.ANSWERED, local("12-08 09:00"), 3, data={"message": 2, "outbox": 30})])
    now = local("12-09 06:00")
    checked = await check(whole, WEEK, now)
    assert (checked.broken, checked.late, checked.is_late) == ((), (), False)
    with pytest.raises(NothingToRevise):
        await revise(whole, WEEK, now, by="Leda Exempel", cause="?", decided_on=date(2026, 12, 9))

    failed = fact(FactKind.DELIVERY_FAILED, local("12-09 08:00"), 1, data={"outbox": 1, "of": "answer"})
    await learn(database, [failed])
    now = local("12-10 06:00")
    checked = await check(whole, WEEK, now)
    assert checked.broken == ()
    assert checked.is_late
    assert {(one.measure, one.stored and one.stored.numerator, one.found and one.found.numerator)
            for one in checked.late if one.measure == ONE_DAY} == {(ONE_DAY, 1, 0)}  # fmt: skip
    with pytest.raises(ValueError, match="who decided it and why"):
        await revise(whole, WEEK, now, by=" ", cause="Svaret studsade", decided_on=date(2026, 12, 10))
    assert (await value(database, W47)).numerator == 1

    sure = await revise(whole, WEEK, now, by="Leda Exempel", cause="Svaret studsade", decided_on=date(2026, 12, 10))
    assert sure == 1
    assert (await value(database, W47)).numerator == 0
    assert (await value(database, W47, at=local("12-09 23:00"))).numerator == 1
    async with database.reading() as connection:
        decisions = await signed(connection)
    assert [(one.kind, one.period, one.cause, one.decided_by) for one in decisions] == [
        (SignedKind.REVISION, W47, "Svaret studsade", "Leda Exempel")
    ]
    checked = await check(whole, WEEK, now + timedelta(days=1))
    assert (checked.broken, checked.late) == ((), ())
    # Neither filling nor rebuilding touches it.
    before = await book(database)
    rebuilt = await rebuild(whole, now)
    assert (rebuilt.verified, rebuilt.broken) == (1, {})
    after = await book(database)
    assert ([row for row in after[1] if row[0] == W47], after[0][W47]) == (
        [row for row in before[1] if row[0] == W47], before[0][W47]
    )  # fmt: skip


@pytest.mark.asyncio
async def test_a_tampered_frozen_week_is_found(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    whole = rollup(database, database_url)
    await fill(whole, local("12-08 06:00"))
    async with database.writing() as connection:
        await connection.execute(text(f"UPDATE weekly_values SET numerator = 3 WHERE measure = '{ONE_DAY}'"))
    rebuilt = await rebuild(whole, local("12-08 07:00"))
    assert rebuilt.verified == 0
    assert [one.measure for one in rebuilt.broken[W47]] == [ONE_DAY]
    checked = await check(whole, WEEK, local("12-08 07:00"))
    assert [(one.measure, one.stored and one.stored.numerator) for one in checked.broken] == [(ONE_DAY, 3)]


@pytest.mark.asyncio
async def test_new_definitions_mark_later_weeks_and_leave_frozen_ones(database: Database, database_url: str) -> None:
    await learn(database, [*ORDINARY, *LATER])
    await fill(rollup(database, database_url), local("12-08 06:00"))
    _, before = await book(database)
    changed = rollup(database, database_url, version=2)
    await fill(changed, local("12-08 06:00"))
    states, after = await book(database)
    of_frozen = [row for row in after if row[0] == W47]
    assert of_frozen == [row for row in before if row[0] == W47]
    assert {row[2] for row in of_frozen} == {1}
    assert {row[2] for row in after if row[0] != W47} == {2}
    assert states[W47].definitions != states[W48].definitions == changed.definitions
    checked = await check(changed, WEEK, local("12-08 06:00"))
    assert (checked.broken, checked.late) == ((), ())
    assert ONE_DAY in checked.redefined
    assert (await rebuild(changed, local("12-08 06:00"))).broken == {}


@pytest.mark.asyncio
async def test_what_another_process_froze_meanwhile_is_left_alone(database: Database, database_url: str) -> None:
    await learn(database, ORDINARY)
    whole = rollup(database, database_url)

    async def slow(period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
        found = await whole.compute(period, known, as_of)
        if not (await book(database))[1]:
            await fill(whole, FROZEN_47)
        return found

    late = Rollup(writing=whole.writing, compute=slow, calendar=whole.calendar, configured=whole.configured)
    works = await fill(late, FROZEN_47)
    assert [str(one.week) for one in works] == [W48, W49]
    states, _ = await book(database)
    assert (states[W47].state, states[W47].definitions) == (State.FROZEN, whole.definitions)
