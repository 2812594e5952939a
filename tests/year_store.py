"""The municipality's year in a real database: facts and their projections, calls, invitations and ratings."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Rule
from bot.facts import CaseNumber, Fact, FactData, FactKind, Seq, from_micros
from bot.store import schema
from bot.store.database import Database, DatabaseUrl
from bot.store.figure_schema import calls as calls_table
from bot.store.figure_schema import invitations, ratings
from bot.store.migrate import migrate
from bot.store.projections import write_projections
from bot.store.rows import fact_row
from measurement.phone import PhoneRules
from measurement.phone_part import PhoneFiguresPart
from measurement.report.rolling import rolling_part
from measurement.rollup.fill import Rollup
from measurement.rollup.making import InquiryFigures, Part, compute_here
from measurement.survey import survey_part
from tests.year_contacts import Call, Reply, logged_at
from tests.year_seen import case_number
from tests.year_truth import CENTRE, MINUTE, NEVER, SECOND, One, calendar

CALENDAR = calendar()
RULE = Rule.ONE_WORKING_DAY
_AT_ONCE = 5_000
_Told = tuple[int, str, int | None, FactKind, FactData]
"""When, of which case and inquiry, what."""


def parts(rules: PhoneRules) -> list[Part]:
    """Return all that makes the figures of a period here."""
    return [InquiryFigures(CALENDAR, RULE), PhoneFiguresPart(CALENDAR, rules), survey_part, rolling_part]


def rollup(database: Database, url: str, some: Sequence[Part]) -> Rollup:
    """Return what filling the book needs."""
    return Rollup(
        writing=database.writing, compute=compute_here(url, some), calendar=CALENDAR, configured=RULE, definitions="v1"
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Give a database of the newest form, empty if it is new."""
    database = Database(DatabaseUrl.parse(url))
    try:
        await migrate(database)
        await database.take_ownership()
        yield database
    finally:
        await database.close()


async def write_year(
    database: Database, year: Iterable[One], lines: Sequence[Call] = (), asked: Sequence[Reply] = ()
) -> None:
    """Write a year into an empty database, all facts in the order they were recorded."""
    told = sorted([*(one for inquiry in year for one in _of_inquiry(inquiry)), *_of_calls(lines)], key=_when)
    facts = [_fact(seq, *one) for seq, one in enumerate(told, start=1)]
    folds = defaultdict[CaseNumber, list[Fact]](list)
    for fact in facts:
        folds[fact.case].append(fact)
    async with database.writing() as connection:
        await _insert(connection, schema.facts, [fact_row(one) for one in facts])
        await write_projections(connection, folds, new=folds.keys())
        await _insert(connection, calls_table, [_call_row(at, one) for at, one in enumerate(lines)])
        await _insert(connection, invitations, [_invitation_row(one) for one in asked])
        await _insert(connection, ratings, [row for one in asked for row in _rating_rows(one)])


def _when(one: _Told) -> tuple[int, str]:
    return one[0], one[1]


async def _insert(connection: AsyncConnection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for at in range(0, len(rows), _AT_ONCE):
        await connection.execute(insert(table), rows[at : at + _AT_ONCE])


def _fact(seq: int, at: int, case: str, inquiry: int | None, kind: FactKind, data: FactData) -> Fact:
    instant = from_micros(at)
    return Fact(
        seq=Seq(seq), case=CaseNumber(case), inquiry=inquiry, kind=kind, occurred_at=instant, recorded_at=instant,
        actor="system", source=f"year:{seq}", data=data,
    )  # fmt: skip


def _of_inquiry(one: One) -> Iterator[_Told]:
    """Give what is told of an inquiry; whatever has no instant did not happen."""
    number, box = case_number(one.case), one.case * 10 + one.no
    steps: Sequence[tuple[int, FactKind, FactData]] = (
        (one.arrived, FactKind.RECEIVED, _received(one)),
        (one.arrived if one.language and one.no == 1 else NEVER, FactKind.MARKED,
         {"mark": "language", "value": one.language}),
        (one.acknowledged, FactKind.ACKNOWLEDGED, {"outbox": box}),
        (one.seen if one.topic and one.no == 1 else NEVER, FactKind.TOPIC_SET, {"topic": one.topic}),
        (one.seen if one.passed_on else NEVER, FactKind.TRANSFERRED, {"unit": one.unit}),
        (one.held, FactKind.HELD, {"message": box, "outbox": box}),
        (one.seen if one.left_out else NEVER, FactKind.EXCLUDED, {"reason": one.left_out}),
        (one.first_answer, FactKind.ANSWERED, {"message": box, "outbox": 10 * box}),
        (one.bounced, FactKind.DELIVERY_FAILED, {"outbox": 10 * box, "of": "answer"}),
        (one.answered if one.bounced != NEVER else NEVER, FactKind.ANSWERED, {"message": box, "outbox": 10 * box + 1}),
        (one.again, FactKind.ANSWERED, {"message": box, "outbox": 10 * box + 2}),
        (one.outcome if one.no == 1 else NEVER, FactKind.OUTCOME,
         {"result": "remedied", "message": box, "outbox": 10 * box + 3}),
    )  # fmt: skip
    for at, kind, data in steps:
        if at != NEVER:
            yield at, number, one.no, kind, data


def _received(one: One) -> FactData:
    unit = CENTRE if one.no == 1 else one.unit
    return {
        "channel": one.channel, "kind": one.kind, "unit": unit, "message": one.case * 10 + one.no,
        "promised": one.promised.isoformat(),
    }  # fmt: skip


def _of_calls(lines: Iterable[Call]) -> Iterator[_Told]:
    for at, one in enumerate(lines):
        if one.logged:
            data: FactData = {"way": "phone", "direct": one.direct, "seconds": one.seconds, "unit": CENTRE}
            yield logged_at(one), f"T-{at:06d}-2", None, FactKind.PHONE, data


def _call_row(at: int, one: Call) -> dict[str, Any]:
    return {
        "key": str(at), "source": "vaxel", "unit": "", "queue": "", "at": from_micros(one.at), "seconds": one.seconds,
        "answered": int(one.answered), "abandoned": int(not one.answered), "direct": None, "sampled": 0,
    }  # fmt: skip


def _mix(one: Reply) -> dict[str, Any]:
    of = one.one
    return {
        "week": one.week, "channel": of.channel, "unit": of.unit, "kind": of.kind, "topic": of.topic,
        "language": of.language, "in_time": int(one.in_time),
    }  # fmt: skip


def _invitation_row(one: Reply) -> dict[str, Any]:
    sent = from_micros(one.one.answered + 60 * MINUTE)
    reached = from_micros(one.one.answered + 60 * MINUTE + SECOND) if one.delivered else None
    state = "answered" if one.answered else "delivered" if one.delivered else "failed"
    return {
        **_mix(one), "case": "", "state": state, "step": "", "secret": "", "drawn_at": sent, "due_at": sent,
        "sent_at": sent, "delivered_at": reached, "responded_at": None, "inquiry": None, "address": None,
    }  # fmt: skip


def _rating_rows(one: Reply) -> Iterator[dict[str, Any]]:
    if one.answered:
        for question, grade in (("answered", 1), ("reception", one.grade), ("ease", max(one.grade - 1, 1))):
            yield {**_mix(one), "question": question, "version": 1, "grade": grade, "comment": "", "source": "own"}
