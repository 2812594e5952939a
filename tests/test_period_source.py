"""What figures are made from is what a fold of the facts gives, as of any instant, in both engines."""

import asyncio
import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.case import is_case
from bot.clock import NO_ANSWER
from bot.facts import Fact, FactKind, to_micros
from bot.inquiry import Inquiry, standing
from bot.store import schema
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate, upgrade
from bot.store.projections import rebuild, write_projections
from bot.store.rows import fact_row
from measurement.population import Dimension, PeriodData, PeriodInquiries, Sorts
from measurement.source import read_period
from measurement.tables import reading
from tests.fact_logs import END, START, inquiries_known, instants_of, keep, known_at, make_empty, random_log

Shown = tuple[object, ...]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_empty(tmp_path_factory.mktemp("period") / "empty.db")


def read(url: str, as_of: datetime, known: datetime | None = None) -> PeriodData:
    return asyncio.run(read_period(url, START, END, as_of, known=known))


def sorts(of: Sorts) -> list[Shown]:
    columns = [[column.words[code] for code in column.codes] for column in (of[dimension] for dimension in Dimension)]
    return list(zip(*columns, strict=True))


def shown(inquiries: PeriodInquiries) -> list[Shown]:
    promised, excluded = ([of.words[code] for code in of.codes] for of in (inquiries.promised, inquiries.excluded))
    columns = (
        inquiries.case, inquiries.no.tolist(), inquiries.arrived.tolist(), inquiries.acknowledged.tolist(),
        inquiries.first_held.tolist(), inquiries.answered.tolist(), inquiries.again.tolist(),
        inquiries.next_arrival.tolist(), inquiries.outcome.tolist(), inquiries.transferred.tolist(), promised, excluded,
        sorts(inquiries.of),
    )  # fmt: skip
    return list(zip(*columns, strict=True))


def micros(instant: datetime | None) -> int:
    return NO_ANSWER if instant is None else to_micros(instant)


def sort_of(one: Inquiry) -> Shown:
    return one.channel.value, one.kind.value, one.unit, one.topic, one.language


def expected(one: Inquiry) -> Shown:
    left_out = one.left_out
    return (
        one.case, one.no, micros(one.arrived_at), micros(one.acknowledged_at), micros(min(one.held, default=None)),
        micros(one.answered_at), micros(one.again_at), micros(one.next_at), micros(one.outcome_at), one.transferred,
        one.promised, left_out.value if left_out else "", sort_of(one),
    )  # fmt: skip


def waited(one: Inquiry, as_of: datetime) -> bool:
    answered = one.answered_at is not None and one.answered_at <= as_of
    return one.left_out is None and one.arrived_at <= as_of and not answered


def logged(facts: Sequence[Fact], known: datetime) -> list[Shown]:
    """Return the calls and visits of the week that stand; none that a correction moves into it from outside."""
    within = {one.seq for one in facts if START <= one.occurred_at < END}
    cases = {one.case for one in facts if one.kind is FactKind.PHONE and one.seq in within and one.recorded_at <= known}
    found = [one for case, group in known_at(facts, known).items() if case in cases for one in standing(group)]
    contacts = [one for one in found if one.kind is FactKind.PHONE and START <= one.occurred_at < END]
    return sorted((str(one.data["way"]), "", str(one.data["unit"]), str(one.data["topic"]), "") for one in contacts)


def check(url: str, facts: Sequence[Fact], as_of: datetime, known: datetime) -> int:
    """Compare all that is read with a full fold, and return how much there was to compare."""
    data, every = read(url, as_of, known), inquiries_known(facts, known)
    written = [one for one in every if START <= one.arrived_at < END and one.channel != "phone"]
    assert shown(data.inquiries) == [expected(one) for one in written]
    queue = sorted((micros(one.arrived_at), *sort_of(one)) for one in every if waited(one, as_of))
    told = zip(data.queue.arrived.tolist(), sorts(data.queue.of), strict=True)
    assert sorted((arrived, *sort) for arrived, sort in told) == queue
    assert data.queue.arrived.tolist() == sorted(data.queue.arrived.tolist())
    assert sorted(sorts(data.in_person)) == logged(facts, known)
    return len(written) + len(queue)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(length=st.integers(1, 60), seed=st.integers(0, 1 << 32), corrections=st.booleans())
def test_a_period_as_of_any_instant_is_what_a_full_fold_gives(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, length: int, seed: int, corrections: bool
) -> None:
    dice = random.Random(seed)
    facts = random_log(dice, length, corrections=corrections)
    path = Path(shutil.copy(empty, tmp_path_factory.mktemp("log") / "kommunsvar.db"))
    asyncio.run(keep(f"sqlite+aiosqlite:///{path}", facts))
    moments = instants_of(facts)
    for at in dice.sample(range(len(moments)), min(4, len(moments))):
        check(f"sqlite:///{path}", facts, moments[at], moments[at])
        check(f"sqlite:///{path}", facts, moments[at], dice.choice(moments[at:]))
    assert len(moments) >= 3


@pytest.mark.parametrize("seed", range(3))
def test_both_engines_tell_the_same(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    facts = random_log(dice, 80)
    url = database.where.url.render_as_string(hide_password=False)
    asyncio.run(keep(url, facts))
    moments = instants_of(facts)
    compared = 0
    for at in range(0, len(moments), 3):
        compared += check(url, facts, moments[at], moments[at])
        compared += check(url, facts, moments[at], dice.choice(moments[at:]))
    assert compared > 10


def test_what_was_told_then_is_told_again_when_more_is_known(empty: Path, tmp_path: Path) -> None:
    facts = random_log(random.Random(11), 240, cases=30)
    half = facts[99].recorded_at
    then, now = (Path(shutil.copy(empty, tmp_path / f"{name}.db")) for name in ("then", "now"))
    asyncio.run(keep(f"sqlite+aiosqlite:///{then}", [one for one in facts if one.recorded_at <= half]))
    asyncio.run(keep(f"sqlite+aiosqlite:///{now}", facts))
    before, after = (read(f"sqlite:///{path}", half) for path in (then, now))
    assert shown(before.inquiries) == shown(after.inquiries)
    assert len(before.inquiries) >= 5
    assert (before.queue.arrived.tolist(), sorts(before.queue.of)) == (
        after.queue.arrived.tolist(),
        sorts(after.queue.of),
    )
    assert sorted(sorts(before.in_person)) == sorted(sorts(after.in_person))


def test_a_connection_will_do_as_well_as_an_address(empty: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(empty, tmp_path / "kommunsvar.db"))
    facts = random_log(random.Random(5), 60)
    asyncio.run(keep(f"sqlite+aiosqlite:///{path}", facts))

    async def on_one() -> PeriodData:
        async with reading(f"sqlite:///{path}") as connection:
            await read_period(connection, START, END, END)
            return await read_period(connection, START, END, END)

    assert shown(asyncio.run(on_one()).inquiries) == shown(read(f"sqlite:///{path}", END).inquiries)


def test_nothing_stored_is_an_empty_period(empty: Path) -> None:
    data = read(f"sqlite:///{empty}", END)
    assert (len(data.inquiries), len(data.queue), sorts(data.in_person)) == (0, 0, [])
    assert data.inquiries.of[Dimension.TOPIC].words == ()


def test_an_instant_must_be_utc(empty: Path) -> None:
    with pytest.raises(ValueError, match="UTC"):
        read(f"sqlite:///{empty}", datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.asyncio
async def test_written_bit_by_bit_or_rebuilt_the_inquiries_are_the_same(database: Database) -> None:
    facts = random_log(random.Random(3), 120)
    async with database.writing() as connection:
        for at, one in enumerate(facts, start=1):
            await connection.execute(schema.facts.insert(), [fact_row(one)])
            known = {one.case: [fact for fact in facts[:at] if fact.case == one.case]}
            stored = select(schema.cases.c.number)
            before = set((await connection.execute(stored)).scalars())
            await write_projections(connection, known, new=known.keys() - before)
        rows = select(schema.inquiries).order_by(schema.inquiries.c.case, schema.inquiries.c.no)
        live = (await connection.execute(rows)).all()
        await rebuild(connection, lambda _done, _total: None)
        assert (await connection.execute(rows)).all() == live
        assert len(live) > 5


@pytest.mark.asyncio
async def test_an_older_database_is_given_the_new_columns_filled(tmp_path: Path) -> None:
    database = Database(DatabaseUrl.parse(f"sqlite:///{tmp_path}/kommunsvar.db"))
    facts = random_log(random.Random(9), 60)
    async with database.writing() as connection:
        await connection.run_sync(lambda one: upgrade(one, "0009"))
        await connection.execute(schema.facts.insert(), [fact_row(one) for one in facts])
    await migrate(database)
    last = facts[-1].recorded_at
    async with database.reading() as connection:
        found = (await connection.execute(select(schema.inquiries.c.promised, schema.inquiries.c.touched_at))).all()
    await database.close()
    folded = [one for group in known_at(facts, last).values() if is_case(group) for one in inquiries_known(group, last)]
    assert sorted(row.promised for row in found) == sorted(one.promised for one in folded)
    assert {row.touched_at for row in found} <= {one.recorded_at for one in facts}


def test_a_week_after_the_answer_nothing_of_it_is_forgotten(empty: Path, tmp_path: Path) -> None:
    """Only the answer came since: the inquiry is told as it was before, without being folded."""
    path = Path(shutil.copy(empty, tmp_path / "kommunsvar.db"))
    facts = [one for one in random_log(random.Random(1), 40) if one.kind in {FactKind.RECEIVED, FactKind.ANSWERED}]
    asyncio.run(keep(f"sqlite+aiosqlite:///{path}", facts))
    compared = 0
    for instant in instants_of(facts):
        compared += check(f"sqlite:///{path}", facts, instant, instant)
        compared += check(f"sqlite:///{path}", facts, instant - timedelta(hours=7), instant)
    assert compared > len(facts)
