"""A database of facts and the book of its figures, for tests of the rollup."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy import insert, select

from bot.clock import Rule
from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq
from bot.store import schema
from bot.store.database import Database
from bot.store.projections import write_projections
from bot.store.rows import fact_of, fact_row
from measurement.measures import Figure, TimeValue
from measurement.periods import Period, Week
from measurement.rollup.fill import Compute, OnFreeze, Rollup
from measurement.source import read_week
from measurement.weekly import weekly_report
from tests.weeks import CALENDAR, ZONE

RECEIVED: FactData = {"channel": "mail", "kind": "question", "unit": "kc", "message": 1}
ONE_DAY = "answered_in_time.one_working_day"


def local(text: str) -> datetime:
    """Return a local time of 2026, as ``11-16 09:00``, as UTC."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def fact(
    kind: FactKind, at: datetime, case: int, *, recorded: datetime | None = None, data: FactData | None = None
) -> Fact:
    """Return a fact without its seq, which `learn` gives it."""
    return Fact(
        seq=Seq(0), case=CaseNumber(f"K-{case:06d}-2"), inquiry=None, kind=kind, occurred_at=at,
        recorded_at=recorded or at, actor="system", source="",
        data=RECEIVED if data is None and kind is FactKind.RECEIVED else data or {},
    )  # fmt: skip


def asked(case: int, at: str, answered: str = "") -> list[Fact]:
    """Return a message, and its answer if there is one, at local times of 2026."""
    facts = [fact(FactKind.RECEIVED, local(at), case)]
    if answered:
        facts.append(fact(FactKind.ANSWERED, local(answered), case, data={"message": 2, "outbox": case}))
    return facts


async def learn(database: Database, facts: Iterable[Fact]) -> None:
    """Append facts in the order they were recorded, and bring the projections up to date."""
    async with database.writing() as connection:
        last = (await connection.execute(select(schema.facts.c.seq).order_by(schema.facts.c.seq.desc()))).scalar() or 0
        known = set((await connection.execute(select(schema.cases.c.number))).scalars())
        ordered = sorted(facts, key=lambda one: one.recorded_at)
        new = [_numbered(one, last + place) for place, one in enumerate(ordered, start=1)]
        await connection.execute(insert(schema.facts), [fact_row(one) for one in new])
        touched = {one.case for one in new}
        query = select(schema.facts).where(schema.facts.c.case.in_(touched))
        rows = (await connection.execute(query.order_by(schema.facts.c.case, schema.facts.c.seq))).mappings()
        folds = {case: list(some) for case, some in groupby(map(fact_of, rows), key=lambda one: one.case)}
        await write_projections(connection, folds, new=touched - known)


def _numbered(one: Fact, seq: int) -> Fact:
    return Fact(
        seq=Seq(seq), case=one.case, inquiry=one.inquiry, kind=one.kind, occurred_at=one.occurred_at,
        recorded_at=one.recorded_at, actor=one.actor, source=f"s:{seq}", data=one.data,
    )  # fmt: skip


def figures_from(url: str, version: int = 1) -> Compute:
    """Return a way to make a few figures of a week, by a version of the definitions."""

    async def compute(period: Period, known: datetime, as_of: datetime) -> Sequence[Figure]:
        assert isinstance(period, Week)
        data = await read_week(url, period.start(ZONE), period.end(ZONE), known)
        report = weekly_report(period, data, CALENDAR, Rule.ONE_WORKING_DAY, as_of)
        shares = [one.share for one in report.rules.values() if one.share is not None]
        figures = [
            Figure(
                measure=one.measure, version=version, period=str(period), numerator=one.numerator,
                denominator=one.denominator, n=one.n, value=one.share, as_of=as_of,
            )
            for one in shares
        ]  # fmt: skip
        figures += [_time(one, version) for one in (report.waiting_median, report.working_p90)]
        figures += [
            Figure(measure="arrivals", version=version, period=str(period), slice=name and f"channel:{name}", n=count,
                   value=count, as_of=as_of)
            for name, count in {"": report.arrivals, **report.channels}.items()
        ]  # fmt: skip
        return figures

    return compute


def _time(one: TimeValue, version: int) -> Figure:
    quantile = one.quantile
    return Figure(
        measure=one.measure, version=version, period=one.period, n=one.n,
        value=None if quantile is None else quantile.value.total_seconds(),
        more_than=quantile is not None and quantile.more_than, as_of=one.as_of,
    )  # fmt: skip


def rollup(database: Database, url: str, *, version: int = 1, on_freeze: OnFreeze | None = None) -> Rollup:
    """Return what filling needs, with the figures of `figures_from`."""
    definitions = f"v{version}"
    return Rollup(
        writing=database.writing, compute=figures_from(url, version), calendar=CALENDAR,
        configured=Rule.ONE_WORKING_DAY, definitions=definitions, on_freeze=on_freeze, at_once=2,
    )  # fmt: skip


def shown(figures: Iterable[Figure]) -> dict[tuple[str, str], tuple[int | None, int, float | None, bool]]:
    """Return what figures say, by measure and slice, whenever it was known."""
    return {(one.measure, one.slice): (one.numerator, one.n, one.value, one.more_than) for one in figures}
