"""The book of assessments: rounds, what was entered, evidence, points of others, interviews.

Every function works in the transaction of the connection it is given; nothing is committed here, so that what belongs
together is written together. Entries and evidence are only ever added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import from_micros, to_micros
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import AreaId, Framework, FrameworkId, QuestionId
from measurement.assessment.framework_file import digest, of_json, to_json
from measurement.assessment.round import About, Entry, Field, Round, RoundId, Seq, Source, fold
from measurement.assessment.scores import Beside, BesideKind
from measurement.assessment.tables import ASSESSMENTS, BESIDE, ENTRIES, EVIDENCE, INTERVIEWS

_Row = Sequence[Any]


class NoRound(LookupError):
    """There is no round of this name."""


class RoundExists(ValueError):
    """There is a round of this name already."""


class EvidenceRefused(ValueError):
    """Evidence that cannot stand in another's place: `why` tells."""

    NO_SUCH = "no_such"
    REPLACED = "replaced"
    NO_REASON = "no_reason"
    FROZEN = "frozen"
    """A series stays as it was frozen; a document or link is added beside it."""

    def __init__(self, why: str) -> None:
        """Keep why."""
        super().__init__(why)
        self.why = why


class Interviewed(StrEnum):
    """Who is interviewed in a review."""

    POLITICIANS = "politicians"
    MANAGEMENT = "management"
    HEADS = "heads"
    UNIONS = "unions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A round in short: without what was entered.

    Attributes:
        framework: its id. as_of, opened_at: UTC.
    """

    id: RoundId
    framework: FrameworkId
    municipality: str
    as_of: datetime
    opened_by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """An interview of the review.

    Attributes:
        role: as "kommunstyrelsens ordförande", never a name.
        areas: what it is about; empty: everything.
        begins_at: UTC.
        by, at: who planned it, and when (UTC).
    """

    id: int = 0
    about: Interviewed
    role: str
    areas: tuple[AreaId, ...] = ()
    begins_at: datetime
    minutes: int
    by: str
    at: datetime
    cancelled: bool = False


async def open_round(connection: AsyncConnection, head: Head, framework: Framework) -> None:
    """Begin a round; the framework is kept with it as it is now.

    Raises:
        RoundExists: there is one of this name.
    """
    taken = select(ASSESSMENTS.c.id).where(ASSESSMENTS.c.id == head.id)
    if (await connection.execute(taken)).scalar() is not None:
        raise RoundExists(head.id)
    row = {
        "id": head.id, "framework": framework.id, "content": to_json(framework), "digest": digest(framework),
        "municipality": head.municipality, "as_of": to_micros(head.as_of), "opened_by": head.opened_by,
        "opened_at": to_micros(head.opened_at),
    }  # fmt: skip
    await connection.execute(insert(ASSESSMENTS), [row])


async def rounds(connection: AsyncConnection) -> list[Head]:
    """Return all rounds in short, the oldest first."""
    at = ASSESSMENTS.c
    query = select(at.id, at.framework, at.municipality, at.as_of, at.opened_by, at.opened_at)
    return [
        Head(
            id=RoundId(id_), framework=FrameworkId(framework), municipality=municipality, as_of=from_micros(as_of),
            opened_by=by, opened_at=from_micros(opened),
        )
        for id_, framework, municipality, as_of, by, opened in await connection.execute(query.order_by(at.as_of, at.id))
    ]  # fmt: skip


async def read_round(connection: AsyncConnection, id_: str) -> Round:
    """Return a round as it stands.

    Raises:
        NoRound: there is none of this name.
    """
    at = ASSESSMENTS.c
    found = await connection.execute(select(at.content, at.municipality, at.as_of).where(at.id == id_))
    row = found.first()
    if row is None:
        raise NoRound(id_)
    current, conflicts = fold(await entries_of(connection, id_))
    return Round(
        id=RoundId(id_), framework=of_json(row[0]), municipality=row[1], as_of=from_micros(row[2]), current=current,
        conflicts=conflicts,
    )  # fmt: skip


async def entries_of(connection: AsyncConnection, id_: str) -> list[Entry]:
    """Return all that was entered in a round, in order."""
    query = select(*ENTRIES.c).where(ENTRIES.c.assessment == id_)
    rows = sorted((await connection.execute(query)).all(), key=lambda row: row[0])
    return [
        Entry(
            seq=Seq(seq), about=About(about), field=Field(field), value=value, by=by, source=Source(source),
            base=None if base is None else Seq(base), at=from_micros(at),
        )
        for seq, _, about, field, value, by, source, base, at in rows
    ]  # fmt: skip


async def enter(connection: AsyncConnection, id_: str, entries: Iterable[Entry]) -> int:
    """Add entries to a round, and return how many; what a form said before is passed over when it comes again."""
    said = {_said(one) for one in await entries_of(connection, id_) if one.base is not None}
    new: list[Entry] = []
    for one in entries:
        if one.base is None or _said(one) not in said:
            new.append(one)
            said.add(_said(one))
    if new:
        await connection.execute(insert(ENTRIES), [_entry_row(id_, one) for one in new])
    return len(new)


async def enter_one(connection: AsyncConnection, id_: str, entry: Entry) -> Seq:
    """Add an entry as it is, and return its place."""
    done = await connection.execute(insert(ENTRIES).values(**_entry_row(id_, entry)).returning(ENTRIES.c.seq))
    return Seq(done.scalar_one())


def _entry_row(id_: str, one: Entry) -> dict[str, Any]:
    return {
        "assessment": id_, "about": one.about, "field": one.field.value, "value": one.value, "by": one.by,
        "source": one.source.value, "base": one.base, "at": to_micros(one.at),
    }  # fmt: skip


def _said(entry: Entry) -> tuple[str, str, str, str, int | None]:
    """Return what makes two entries of forms the same, whenever they came."""
    return entry.about, entry.field, entry.value, entry.by.casefold(), entry.base


async def add_evidence(connection: AsyncConnection, id_: str, evidence: Evidence) -> EvidenceId:
    """Add a piece of evidence, and return its number.

    Raises:
        EvidenceRefused: it is to replace one that the question does not have, that is replaced already, that is a
            series and it is none, or without a reason.
    """
    if evidence.replaces is not None:
        at = EVIDENCE.c
        same = select(at.kind).where(at.assessment == id_, at.question == evidence.question, at.id == evidence.replaces)
        later = select(at.id).where(at.assessment == id_, at.replaces == evidence.replaces)
        kind = (await connection.execute(same)).scalar()
        if kind is None:
            raise EvidenceRefused(EvidenceRefused.NO_SUCH)
        if kind == EvidenceKind.SERIES.value != evidence.kind.value:
            raise EvidenceRefused(EvidenceRefused.FROZEN)
        if (await connection.execute(later)).scalar() is not None:
            raise EvidenceRefused(EvidenceRefused.REPLACED)
        if not evidence.why.strip():
            raise EvidenceRefused(EvidenceRefused.NO_REASON)
    row = {
        "assessment": id_, "question": evidence.question, "kind": evidence.kind.value, "title": evidence.title,
        "place": evidence.place, "media_type": evidence.media_type, "content": evidence.content,
        "digest": evidence.digest, "measure": evidence.measure, "slice": evidence.slice,
        "as_of": None if evidence.as_of is None else to_micros(evidence.as_of), "by": evidence.by,
        "at": to_micros(evidence.at), "replaces": evidence.replaces, "why": evidence.why,
    }  # fmt: skip
    done = await connection.execute(insert(EVIDENCE).values(**row).returning(EVIDENCE.c.id))
    return EvidenceId(done.scalar_one())


async def evidence_of(
    connection: AsyncConnection, id_: str, question: str = "", content: bool = False, *, replaced: bool = False
) -> list[Evidence]:
    """Return a round's evidence in the order it was added, of one question if named.

    Args:
        connection: in a transaction.
        id_: the round's.
        question: a question's id; empty: all.
        content: read the bytes too, which may be much.
        replaced: also what something else stands in the place of.
    """
    at = EVIDENCE.c
    columns = [one for one in at if content or one.name != "content"]
    query = select(*columns).where(at.assessment == id_)
    if question:
        query = query.where(at.question == question)
    rows = sorted((await connection.execute(query)).mappings(), key=lambda row: int(row["id"]))
    gone = {row["replaces"] for row in rows if row["replaces"] is not None}
    return [_evidence(dict(row)) for row in rows if replaced or row["id"] not in gone]


def _evidence(row: dict[str, Any]) -> Evidence:
    as_of, replaces = row["as_of"], row["replaces"]
    return Evidence(
        id=EvidenceId(row["id"]), question=QuestionId(row["question"]), kind=EvidenceKind(row["kind"]),
        title=row["title"], place=row["place"], media_type=row["media_type"], content=row.get("content"),
        digest=row["digest"], measure=row["measure"], slice=row["slice"],
        as_of=None if as_of is None else from_micros(as_of), by=row["by"], at=from_micros(row["at"]),
        replaces=None if replaces is None else EvidenceId(replaces), why=row["why"],
    )  # fmt: skip


async def put_beside(connection: AsyncConnection, id_: str, beside: Iterable[Beside]) -> None:
    """Make these what stands beside a round's points; what had the same kind and name before is written over.

    Who wrote what is kept as entries of `Field.BESIDE`, which the caller enters.
    """
    at = BESIDE.c
    for one in beside:
        await connection.execute(
            delete(BESIDE).where(at.assessment == id_, at.kind == one.kind.value, at.name == one.name)
        )
        points = {str(area): number for area, number in one.by_area.items()} | _total(one)
        rows = [
            {"assessment": id_, "kind": one.kind.value, "name": one.name, "area": area, "framework": one.framework,
             "year": one.year, "points": float(number), "source": one.source}
            for area, number in points.items()
        ]  # fmt: skip
        if rows:
            await connection.execute(insert(BESIDE), rows)


def _total(beside: Beside) -> dict[str, float]:
    return {} if beside.total is None else {"": beside.total}


async def beside_of(connection: AsyncConnection, id_: str) -> list[Beside]:
    """Return what stands beside a round's points: earlier rounds by year, then others by name."""
    rows = (await connection.execute(select(*BESIDE.c).where(BESIDE.c.assessment == id_))).all()
    found: dict[tuple[str, int, str, str, str], dict[str, float]] = {}
    for _, kind, name, area, framework, year, points, source in sorted(rows, key=lambda row: (row[1], row[5], row[2])):
        found.setdefault((kind, year, name, framework, source), {})[area] = points
    return [
        Beside(
            kind=BesideKind(kind), name=name, framework=FrameworkId(framework), year=year, total=points.get(""),
            source=source, by_area={AreaId(area): number for area, number in sorted(points.items()) if area},
        )
        for (kind, year, name, framework, source), points in found.items()
    ]  # fmt: skip


async def plan_interview(connection: AsyncConnection, id_: str, interview: Interview) -> int:
    """Plan an interview, and return its number."""
    row = {
        "assessment": id_, "about": interview.about.value, "role": interview.role, "areas": ",".join(interview.areas),
        "begins_at": to_micros(interview.begins_at), "minutes": interview.minutes, "by": interview.by,
        "at": to_micros(interview.at), "cancelled": int(interview.cancelled),
    }  # fmt: skip
    done = await connection.execute(insert(INTERVIEWS).values(**row).returning(INTERVIEWS.c.id))
    return int(done.scalar_one())


async def cancel_interview(connection: AsyncConnection, id_: str, number: int) -> bool:
    """Cancel a planned interview; False: there is none of this number, or it is cancelled already."""
    at = INTERVIEWS.c
    wanted = update(INTERVIEWS).where(at.assessment == id_, at.id == number, at.cancelled == 0)
    return (await connection.execute(wanted.values(cancelled=1))).rowcount > 0


async def interviews_of(connection: AsyncConnection, id_: str, *, cancelled: bool = False) -> list[Interview]:
    """Return a round's interviews by time, those that were cancelled only if asked for."""
    found = await connection.execute(select(*INTERVIEWS.c).where(INTERVIEWS.c.assessment == id_))
    rows = sorted(found, key=lambda row: (row[5], row[0]))
    return [
        Interview(
            id=number, about=Interviewed(about), role=role, areas=tuple(map(AreaId, areas.split(","))) if areas else (),
            begins_at=from_micros(begins), minutes=minutes, by=by, at=from_micros(at), cancelled=bool(gone),
        )
        for number, _, about, role, areas, begins, minutes, by, at, gone in rows
        if cancelled or not gone
    ]  # fmt: skip
