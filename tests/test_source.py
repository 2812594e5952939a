import asyncio
import random
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, BigInteger, Text, create_engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq, to_micros
from bot.inquiry import Inquiry, fold_inquiries
from bot.store import schema
from bot.store.database import Database
from bot.store.projections import write_projections
from bot.store.rows import fact_row
from measurement.periods import Week
from measurement.population import Inquiries, Waiting, WeekData
from measurement.source import UnknownCase, case_facts, read_week
from measurement.tables import FACTS, INBOX, INQUIRIES, NoDatabase, reading
from tests.fact_logs import instants_of

ZONE = ZoneInfo("Europe/Stockholm")
WEEK = Week.parse("2026-W47")
START, END = WEEK.start(ZONE), WEEK.end(ZONE)
RECEIVED: FactData = {"channel": "mail", "kind": "question", "unit": "kc", "message": 1}


def fact(
    seq: int, kind: FactKind, at: datetime, *, case: int = 1, inquiry: int | None = None,
    recorded: datetime | None = None, data: FactData | None = None,
) -> Fact:  # fmt: skip
    return Fact(
        seq=Seq(seq), case=CaseNumber(f"K-22222{case}-2"), inquiry=inquiry, kind=kind, occurred_at=at,
        recorded_at=recorded or at, actor="system", source=f"s:{seq}",
        data=RECEIVED if data is None and kind is FactKind.RECEIVED else data or {},
    )  # fmt: skip


def by_case(facts: Iterable[Fact]) -> dict[CaseNumber, list[Fact]]:
    ordered = sorted(facts, key=lambda one: (one.case, one.seq))
    return {case: list(group) for case, group in groupby(ordered, key=lambda one: one.case)}


async def store(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Write facts and what the bot makes of them."""
    if facts:
        await connection.execute(insert(schema.facts), [fact_row(one) for one in facts])
        folds = by_case(facts)
        await write_projections(connection, folds, new=folds.keys())


def keep(path: Path, facts: Sequence[Fact]) -> str:
    """Return the URL of a new SQLite file that holds these facts."""

    async def write() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}", poolclass=NullPool)
        async with engine.begin() as connection:
            await store(connection, facts)
        await engine.dispose()

    asyncio.run(write())
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "empty.db"
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    schema.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "kommunsvar.db"))


def read(url: str, as_of: datetime) -> WeekData:
    return asyncio.run(read_week(url, START, END, as_of))


Shown = tuple[object, ...]


def shown(inquiries: Inquiries) -> list[Shown]:
    columns = (
        inquiries.case, inquiries.no.tolist(), inquiries.channel, inquiries.arrived.tolist(),
        inquiries.answered.tolist(), inquiries.acknowledged.tolist(), inquiries.held.tolist(),
        inquiries.unsure.tolist(), inquiries.revoked.tolist(), inquiries.excluded,
    )  # fmt: skip
    return list(zip(*columns, strict=True))


def full_fold(facts: Iterable[Fact], as_of: datetime) -> tuple[list[Shown], Waiting | None]:
    """Return the same from nothing but the facts known then."""
    known = by_case(one for one in facts if one.recorded_at <= as_of)
    every = [inquiry for group in known.values() for inquiry in fold_inquiries(group)]
    every.sort(key=lambda one: (one.arrived_at, one.case, one.no))
    waiting = [
        Waiting(case=one.case, no=one.no, arrived_at=one.arrived_at)
        for one in every
        if one.waits and one.arrived_at <= as_of
    ]
    return [_expected(one) for one in every if START <= one.arrived_at < END], next(iter(waiting), None)


def _expected(one: Inquiry) -> Shown:
    answered = -1 if one.answered_at is None else to_micros(one.answered_at)
    return (
        one.case, one.no, one.channel.value, to_micros(one.arrived_at), answered, one.acknowledged_at is not None,
        bool(one.held), one.unsure, len(one.revoked), one.excluded.value if one.excluded else "",
    )  # fmt: skip


def test_the_columns_are_those_of_the_bot() -> None:
    for read_table in (FACTS, INQUIRIES, INBOX):
        stored = schema.metadata.tables[read_table.name]
        for column in read_table.columns:
            of_the_bot = stored.columns[column.name]
            is_text = isinstance(of_the_bot.type, Text)
            assert isinstance(column.type, Text if is_text else BigInteger), f"{read_table.name}.{column.name}"


def test_an_instant_is_stored_as_the_whole_microseconds_that_are_read(fresh: Path) -> None:
    at = datetime(2026, 11, 16, 8, 0, 0, 123457, tzinfo=UTC)
    inquiries = read(keep(fresh, [fact(1, FactKind.RECEIVED, at)]), END).inquiries
    assert inquiries.arrived.tolist() == [to_micros(at)]


def test_nothing_stored_is_an_empty_week(fresh: Path) -> None:
    data = read(f"sqlite:///{fresh}", END)
    assert (len(data.inquiries), data.oldest, data.mail_held, data.mail_automatic) == (0, None, 0, 0)
    assert data.inquiries.arrived.dtype == "int64"


def test_the_week_is_half_open(fresh: Path) -> None:
    moments = [START - timedelta(microseconds=1), START, END - timedelta(microseconds=1), END]
    facts = [fact(n, FactKind.RECEIVED, at, case=n + 1) for n, at in enumerate(moments, start=1)]
    assert read(keep(fresh, facts), END).inquiries.case == ("K-222223-2", "K-222224-2")


def test_what_was_learned_later_is_not_known_yet(fresh: Path) -> None:
    monday, thursday, later = (START + timedelta(days=n, hours=9) for n in (0, 3, 9))
    facts = [
        fact(1, FactKind.RECEIVED, monday),
        fact(2, FactKind.ACKNOWLEDGED, monday, data={"outbox": 1}),
        fact(3, FactKind.ANSWERED, thursday, data={"outbox": 2}),
        # Two weeks later it turns out that the answer never came through.
        fact(4, FactKind.DELIVERY_FAILED, later, data={"outbox": 2, "of": "answer"}),
    ]
    url = keep(fresh, facts)
    for as_of, answered, revoked in [
        (monday, -1, 0), (thursday, to_micros(thursday), 0), (END, to_micros(thursday), 0), (later, -1, 1),
    ]:  # fmt: skip
        data = read(url, as_of)
        assert data.inquiries.answered.tolist() == [answered]
        assert data.inquiries.revoked.tolist() == [revoked]
        assert (data.oldest is None) is (answered != -1)


def test_an_arrival_that_was_later_moved_out_of_the_week_was_in_it_then(fresh: Path) -> None:
    sunday, monday, later = START - timedelta(hours=3), START + timedelta(hours=9), END + timedelta(days=3)
    facts = [
        fact(1, FactKind.RECEIVED, monday, case=2),
        fact(2, FactKind.RECEIVED, monday, case=3),
        fact(3, FactKind.RECEIVED, sunday, case=4),
        # A mail that hung in a queue since Sunday joins and takes over the start; two others are corrected.
        fact(4, FactKind.RECEIVED, sunday, case=2, recorded=later),
        fact(5, FactKind.CORRECTED, later, case=3, data={"seq": 2, "occurred_at": to_micros(sunday)}),
        fact(6, FactKind.CORRECTED, later, case=4, data={"seq": 3, "occurred_at": to_micros(monday)}),
    ]
    url = keep(fresh, facts)
    assert read(url, END).inquiries.case == ("K-222222-2", "K-222223-2")
    assert read(url, later).inquiries.case == ("K-222224-2",)
    assert read(url, END).oldest == Waiting(case=CaseNumber("K-222224-2"), no=1, arrived_at=sunday)


def test_mail_without_a_case_is_counted_in_its_week(fresh: Path) -> None:
    rows = [
        ("held", "unreadable", START), ("held", "unreadable", START - timedelta(hours=1)),
        ("done", "auto", START), ("done", "auto", END - timedelta(seconds=1)), ("done", "auto", END),
        ("done", "K-222222-2", START), ("pending", "", START),
    ]  # fmt: skip
    engine = create_engine(f"sqlite:///{fresh}", poolclass=NullPool)
    with engine.begin() as connection:
        for number, (state, outcome, at) in enumerate(rows):
            connection.execute(
                insert(schema.inbox).values(
                    channel="mail", external_id=str(number), arrived_at=at, state=state, outcome=outcome
                )
            )
    engine.dispose()
    data = read(f"sqlite:///{fresh}", END)
    assert (data.mail_held, data.mail_automatic) == (1, 2)
    assert read(f"sqlite:///{fresh}", START).mail_automatic == 1


def test_the_facts_of_one_case_come_in_order(fresh: Path) -> None:
    facts = [
        fact(1, FactKind.RECEIVED, START),
        fact(2, FactKind.RECEIVED, START, case=2),
        fact(3, FactKind.ANSWERED, END, data={"outbox": 1, "unsure": True}),
    ]
    url = keep(fresh, facts)
    assert asyncio.run(case_facts(url, CaseNumber("K-222221-2"))) == (facts[0], facts[2])
    with pytest.raises(UnknownCase, match="there is no case K-999999-9"):
        asyncio.run(case_facts(url, CaseNumber("K-999999-9")))


def test_nothing_can_be_written(database: Database) -> None:
    async def write(url: str) -> None:
        async with reading(url) as connection:
            await connection.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))

    url = database.where.url.render_as_string(hide_password=False)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        asyncio.run(write(url))


@pytest.mark.parametrize("name", ["två ord.db", "100%.db", "a#b?mode=rwc&c.db"])
def test_any_file_name_will_do(empty: Path, tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(empty, tmp_path / name))
    data = asyncio.run(read_week(_address(path), START, END, END))
    assert len(data.inquiries) == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


def _address(path: Path) -> str:
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string(hide_password=False)


def test_a_missing_file_is_said_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(NoDatabase, match=r"no database file .*none\.db"):
        read(f"sqlite:///{path}", END)
    assert not path.exists()
    with pytest.raises(NoDatabase, match="sqlite or postgresql"):
        asyncio.run(read_week("mysql://localhost/x", START, END, END))


def test_an_instant_must_be_utc(fresh: Path) -> None:
    with pytest.raises(ValueError, match="UTC"):
        read(f"sqlite:///{fresh}", datetime(2026, 11, 23, tzinfo=ZONE))


KINDS = [
    *[FactKind.RECEIVED] * 4, *[FactKind.ANSWERED] * 3, *[FactKind.DELIVERY_FAILED] * 2, *[FactKind.CORRECTED] * 2,
    FactKind.ANSWERED_ELSEWHERE, FactKind.ACKNOWLEDGED, FactKind.HELD, FactKind.CLOSED, FactKind.EXCLUDED,
    FactKind.KIND_CHANGED, FactKind.TRANSFERRED, FactKind.NOTED, FactKind.REOPENED,
]  # fmt: skip


def random_log(dice: random.Random, length: int) -> list[Fact]:
    """Return facts of four cases around the week: arrivals learned late, bounces, corrections of anything before."""
    facts: list[Fact] = []
    recorded, begun = START - timedelta(days=4), set[int]()
    for seq in range(1, length + 1):
        recorded += timedelta(hours=dice.choice([0, 0, 1, 5, 24]))
        case = dice.randint(1, 4)
        kind = dice.choice(KINDS) if case in begun else FactKind.RECEIVED
        begun.add(case)
        at = recorded - timedelta(hours=dice.choice([0, 0, 0, 1, 30, 100]))
        inquiry = dice.choice([None, None, 1, 2])
        facts.append(
            fact(seq, kind, at, case=case, inquiry=inquiry, recorded=recorded, data=_data(dice, kind, seq, at))
        )
    return facts


def _data(dice: random.Random, kind: FactKind, seq: int, at: datetime) -> FactData:
    if kind is FactKind.CORRECTED:
        target = dice.randint(max(1, seq - 8), seq)
        if dice.random() < 0.4:
            return {"seq": target, "drop": True}
        return {"seq": target, "occurred_at": to_micros(at + timedelta(hours=dice.randint(-150, 150)))}
    outbox, of = dice.randint(1, 5), dice.choice(["answer", "answer", "notice"])
    data: dict[FactKind, FactData] = {
        FactKind.RECEIVED: {**RECEIVED, "auto": True} if dice.random() < 0.1 else RECEIVED,
        FactKind.ANSWERED: {"outbox": outbox, "unsure": dice.random() < 0.3},
        FactKind.DELIVERY_FAILED: {"outbox": outbox, "of": of},
        FactKind.EXCLUDED: {"reason": dice.choice(["spam", "thanks"])},
        FactKind.KIND_CHANGED: {"kind": "praise"},
        FactKind.TRANSFERRED: {"unit": "skola"},
    }
    return data.get(kind, {})


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(length=st.integers(1, 40), seed=st.integers(0, 1 << 32))
def test_a_week_as_of_any_instant_is_what_a_full_fold_gives(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, length: int, seed: int
) -> None:
    dice = random.Random(seed)
    facts = random_log(dice, length)
    path = Path(shutil.copy(empty, tmp_path_factory.mktemp("log") / "kommunsvar.db"))
    url = keep(path, facts)
    moments = instants_of(facts)
    for as_of in dice.sample(moments, min(4, len(moments))):
        data = read(url, as_of)
        assert (shown(data.inquiries), data.oldest) == full_fold(facts, as_of)


@pytest.mark.parametrize("seed", range(3))
def test_both_engines_tell_the_same(database: Database, seed: int) -> None:
    facts = random_log(random.Random(seed), 60)
    url = database.where.url.render_as_string(hide_password=False)

    async def write() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            await store(connection, facts)
        await engine.dispose()

    asyncio.run(write())
    for as_of in instants_of(facts):
        data = read(url, as_of)
        assert (shown(data.inquiries), data.oldest) == full_fold(facts, as_of)
