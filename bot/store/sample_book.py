"""The drawn samples of answers, and what leads judged of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import CaseNumber, Channel, FactKind, MessageId, OutboxId, UnitId, decode_data
from bot.samples import Answered
from bot.store.figure_schema import samples
from bot.store.rows import Direction
from bot.store.schema import cases, facts, inquiries, messages, meta, outbox

_DRAWN = "sampled:"
"""Begins the keys under which `meta` keeps from how many answers a week's sample was drawn."""
_CHUNK = 5_000  # both engines take at least 32 000 bound values in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a lead says of an answer: it answers the question, it is clear, its sender is complete."""

    is_answer: bool
    is_clear: bool
    has_sender: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An answer drawn for a lead to judge.

    Attributes:
        week: of the inquiry's arrival, as ``2026-W47``.
        case, inquiry: which one.
        place: from 1, in the order of the lots.
        judge: who judged, as a fact's actor; empty: nobody has.
        judgement: None as long as nobody has.
    """

    week: str
    case: CaseNumber
    inquiry: int
    place: int
    judge: str
    judgement: Judgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """An answer as the citizen got it; `written_by` is the actor. Without a letter of ours: the words alone."""

    message: MessageId
    written_by: str
    text: str


async def answered_in(
    connection: AsyncConnection, first: datetime, end: datetime, secret_units: Collection[UnitId]
) -> list[Answered]:
    """Return the inquiries that arrived from `first` until before `end` (UTC) and were answered in writing.

    Left-out ones, test contacts, secret cases, cases in units that keep secrecy, and those that became part of another
    are not among them.
    """
    of, kept_secret = inquiries.c, [str(unit) for unit in secret_units]
    query = (
        select(of.case, of.no, facts.c.data)
        .join(cases, cases.c.number == of.case)
        .join(facts, facts.c.seq == of.answered_seq)
        .where(
            of.arrived_at >= first, of.arrived_at < end, of.answered_at.is_not(None), of.excluded.is_(None),
            of.test == 0, of.channel != Channel.PHONE.value, cases.c.secret == 0, cases.c.merged_into == "",
            of.unit.not_in(kept_secret), cases.c.unit.not_in(kept_secret),
            facts.c.kind.in_([FactKind.ANSWERED.value, FactKind.ANSWERED_ELSEWHERE.value]),
        )
    )  # fmt: skip
    by_message: dict[int, Answered] = {}
    for case, no, data in await connection.execute(query):
        said = decode_data(data)
        if isinstance(said.get("message"), int) and not said.get("spoken"):
            by_message[int(said["message"])] = Answered(CaseNumber(case), no)
    written = await _letters(connection, sorted(by_message))
    return [answered for message, answered in by_message.items() if message in written]


async def _letters(connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Return those of the messages that went to a citizen and still have their words: a note of a call has not."""
    found = set[int]()
    of = messages.c
    for at in range(0, len(ids), _CHUNK):
        query = select(of.id).where(
            of.id.in_(ids[at : at + _CHUNK]), of.direction == Direction.OUT.value, of.text != ""
        )
        found |= set((await connection.execute(query)).scalars())
    return found


async def was_drawn(connection: AsyncConnection, week: str) -> bool:
    """Tell whether a week's sample has been drawn, be it an empty one."""
    return (await connection.execute(select(meta.c.key).where(meta.c.key == _DRAWN + week))).first() is not None


async def keep_sample(
    connection: AsyncConnection, week: str, chosen: Sequence[Answered], population: int, now: datetime
) -> None:
    """Keep a week's sample in the order it was drawn, from so many answers, at an instant (UTC)."""
    rows = [
        {"week": week, "case": one.case, "inquiry": one.inquiry, "place": place, "drawn_at": now, "judge": ""}
        for place, one in enumerate(chosen, start=1)
    ]
    if rows:
        await connection.execute(insert(samples), rows)
    await connection.execute(insert(meta), {"key": _DRAWN + week, "value": str(population)})


async def sample_of(connection: AsyncConnection, week: str) -> list[Drawn]:
    """Return a week's sample in the order it was drawn; empty if there is none."""
    rows = (await connection.execute(select(samples).where(samples.c.week == week))).mappings()
    return sorted(map(_drawn, rows), key=lambda one: one.place)


async def weeks_to_judge(connection: AsyncConnection) -> list[tuple[str, int, int]]:
    """Return each week with a sample, the latest first, with how many were drawn and how many are judged."""
    of = samples.c
    query = select(of.week, func.count(), func.count(of.judged_at)).group_by(of.week).order_by(of.week.desc())
    return [(week, drawn, judged) for week, drawn, judged in await connection.execute(query)]


async def keep_judgement(connection: AsyncConnection, one: Drawn, judge: str, at: datetime, said: Judgement) -> bool:
    """Keep what a lead says (an actor, at a UTC instant); return whether nobody had judged it before.

    What is judged stands: figures that have been told must not change behind anybody's back.
    """
    of = samples.c
    this = (of.week == one.week, of.case == one.case, of.inquiry == one.inquiry, of.judged_at.is_(None))
    values: dict[str, Any] = {
        "judge": judge, "judged_at": at, "is_answer": int(said.is_answer), "is_clear": int(said.is_clear),
        "has_sender": int(said.has_sender),
    }  # fmt: skip
    return (await connection.execute(update(samples).where(*this).values(values))).rowcount == 1


async def answer_as_sent(
    connection: AsyncConnection, message: MessageId, letter: OutboxId | None, actor: str
) -> WrittenAnswer | None:
    """Return an answer as the citizen got it by mail, signature and all; None if its words are gone."""
    words = (await connection.execute(select(messages.c.text).where(messages.c.id == message))).scalar()
    if not words:
        return None
    sent = None
    if letter is not None:
        sent = (await connection.execute(select(outbox.c.text).where(outbox.c.id == letter))).scalar()
    return WrittenAnswer(message=message, written_by=actor, text=sent or words)


def _drawn(row: Any) -> Drawn:  # noqa: ANN401 -- SQLAlchemy's row
    judged = None
    if row["judged_at"] is not None:
        said = (bool(row[name]) for name in ("is_answer", "is_clear", "has_sender"))
        judged = Judgement(**dict(zip(("is_answer", "is_clear", "has_sender"), said, strict=True)))
    return Drawn(
        week=row["week"], case=CaseNumber(row["case"]), inquiry=row["inquiry"], place=row["place"],
        judge=row["judge"], judgement=judged,
    )  # fmt: skip
