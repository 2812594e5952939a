"""Logs of facts as a database holds them: a few cases in which anything may happen, be learned late, or be undone."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.case import is_case
from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq, to_micros
from bot.inquiry import Inquiry, fold_inquiries
from bot.store import schema
from bot.store.projections import write_projections
from bot.store.rows import fact_row
from measurement.periods import Week

ZONE = ZoneInfo("Europe/Stockholm")
WEEK = Week.parse("2026-W47")
START, END = WEEK.start(ZONE), WEEK.end(ZONE)

K = FactKind
_KINDS = [
    *[K.RECEIVED] * 5, *[K.ANSWERED] * 4, *[K.HELD] * 2, *[K.TRANSFERRED] * 2, *[K.OUTCOME] * 2, *[K.EXCLUDED] * 2,
    K.DELIVERY_FAILED, K.CORRECTED, K.CORRECTED, K.ANSWERED_ELSEWHERE, K.ACKNOWLEDGED, K.CLOSED, K.KIND_CHANGED,
    K.TOPIC_SET, K.MARKED, K.PHONE, K.NOTED, K.OPENED, K.DELAYED, K.TEST,
]  # fmt: skip


def random_log(dice: random.Random, length: int, *, cases: int = 4, corrections: bool = True) -> list[Fact]:
    """Return facts of some cases around the week, and of two numbers under which only contacts are logged."""
    facts: list[Fact] = []
    recorded, begun = START - timedelta(days=4), set[int]()
    for seq in range(1, length + 1):
        recorded += timedelta(hours=dice.choice([0, 0, 0, 1, 5, 12]))
        case = dice.randint(1, cases + 2)
        kind = dice.choice(_KINDS) if case in begun else K.RECEIVED
        if case > cases:
            kind = K.CORRECTED if case in begun and dice.random() < 0.3 else K.PHONE
        if kind is K.CORRECTED and not corrections:
            kind = K.CLOSED
        begun.add(case)
        at = recorded - timedelta(hours=dice.choice([0, 0, 0, 1, 30, 100]))
        facts.append(
            Fact(
                seq=Seq(seq), case=CaseNumber(f"K-2222{case:02d}-2"), inquiry=dice.choice([None, None, 1, 2]),
                kind=kind, occurred_at=at, recorded_at=recorded, actor=dice.choice(["system", "officer:anna"]),
                source=f"s:{seq}", data=_data(dice, kind, seq, at),
            )
        )  # fmt: skip
    return facts


def _data(dice: random.Random, kind: FactKind, seq: int, at: datetime) -> FactData:
    if kind is K.CORRECTED:
        target = dice.randint(max(1, seq - 12), seq)
        if dice.random() < 0.5:
            return {"seq": target, "drop": True}
        return {"seq": target, "occurred_at": to_micros(at + timedelta(hours=dice.randint(-150, 150)))}
    day = (at + timedelta(days=dice.randint(0, 6))).date().isoformat()
    received: dict[str, str | int | bool] = {
        "channel": dice.choice(["mail", "mail", "telegram", "phone"]), "kind": dice.choice(["question", "fault"]),
        "unit": "kc", "message": seq,
    }  # fmt: skip
    if dice.random() < 0.7:
        received["promised"] = day
    if dice.random() < 0.1:
        received[dice.choice(["auto", "apart"])] = True
    data: dict[FactKind, FactData] = {
        K.RECEIVED: received,
        K.ANSWERED: {"outbox": dice.randint(1, 5), "unsure": dice.random() < 0.3},
        K.DELIVERY_FAILED: {"outbox": dice.randint(1, 5), "of": dice.choice(["answer", "answer", "notice"])},
        K.HELD: {"until": day, "outbox": seq + 100},
        K.DELAYED: {"until": day, "outbox": seq + 100},
        K.EXCLUDED: {"reason": dice.choice(["spam", "thanks"])},
        K.KIND_CHANGED: {"kind": dice.choice(["praise", "complaint"])},
        K.TRANSFERRED: {"unit": dice.choice(["skola", "kc"]), "officer": dice.choice(["", "anna"])},
        K.TOPIC_SET: {"topic": dice.choice(["gator", "parker"])},
        K.MARKED: {"mark": dice.choice(["language", "diary"]), "value": dice.choice(["fi", "en", ""])},
        K.OUTCOME: {"result": "remedied", "outbox": seq} if dice.random() < 0.7 else {"result": "remedied"},
        K.PHONE: {"way": dice.choice(["phone", "visit"]), "direct": True, "unit": "kc", "topic": "gator"},
    }
    return data.get(kind, {})


def known_at(facts: Iterable[Fact], instant: datetime) -> dict[CaseNumber, list[Fact]]:
    """Return by case the facts recorded by an instant, in order of seq."""
    ordered = sorted((one for one in facts if one.recorded_at <= instant), key=lambda one: (one.case, one.seq))
    return {case: list(group) for case, group in groupby(ordered, key=lambda one: one.case)}


def inquiries_known(facts: Iterable[Fact], instant: datetime) -> list[Inquiry]:
    """Return all inquiries as they were known at an instant, in order of arrival, case and ordinal."""
    every = [one for group in known_at(facts, instant).values() if is_case(group) for one in fold_inquiries(group)]
    return sorted(every, key=lambda one: (one.arrived_at, one.case, one.no))


def instants_of(facts: Sequence[Fact]) -> list[datetime]:
    """Return instants before, at, between and after everything recorded."""
    recorded = sorted({one.recorded_at for one in facts})
    return [recorded[0] - timedelta(hours=1), *recorded, recorded[-1] + timedelta(days=30)]


def make_empty(path: Path) -> Path:
    """Write a SQLite database without rows."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    schema.metadata.create_all(engine)
    engine.dispose()
    return path


async def keep(url: str, facts: Sequence[Fact]) -> None:
    """Write facts into a database, and what the bot makes of them."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await store(connection, facts)
    await engine.dispose()


async def store(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Write facts on a connection, and what the bot makes of them."""
    if facts:
        await connection.execute(insert(schema.facts), [fact_row(one) for one in facts])
        folds = known_at(facts, facts[-1].recorded_at)
        await write_projections(connection, folds, new=folds.keys())
