"""All of a round out of the book, and into it again. Nothing is committed here."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from measurement.assessment.archive import EVIDENCE, Archived, ArchiveFault, ArchiveWhy
from measurement.assessment.book import (
    EvidenceRefused,
    NoRound,
    add_evidence,
    beside_of,
    enter_one,
    entries_of,
    evidence_of,
    interviews_of,
    open_round,
    plan_interview,
    put_beside,
    read_round,
    rounds,
)
from measurement.assessment.evidence import EvidenceId
from measurement.assessment.round import RoundId, Seq


async def take_out(connection: AsyncConnection, id_: str) -> Archived:
    """Return all of a round, with contents.

    Raises:
        NoRound: there is none of this name.
    """
    head = next((one for one in await rounds(connection) if one.id == id_), None)
    if head is None:
        raise NoRound(id_)
    return Archived(
        head=head,
        framework=(await read_round(connection, id_)).framework,
        entries=await entries_of(connection, id_),
        evidence=await evidence_of(connection, id_, content=True, replaced=True),
        beside=await beside_of(connection, id_),
        interviews=await interviews_of(connection, id_, cancelled=True),
    )


async def put_in(connection: AsyncConnection, round_: Archived, id_: str = "") -> None:
    """Write all of a round, under another name if one is given.

    Raises:
        RoundExists: there is one of this name.
        ArchiveFault: evidence stands in the place of something that cannot be replaced.
    """
    name = id_ or round_.head.id
    await open_round(connection, replace(round_.head, id=RoundId(name)), round_.framework)
    seqs: dict[Seq, Seq] = {}
    for one in round_.entries:
        base = seqs.get(one.base, one.base) if one.base else one.base
        seqs[one.seq] = await enter_one(connection, name, replace(one, base=base))
    ids: dict[EvidenceId, EvidenceId] = {}
    for piece in round_.evidence:
        instead = None if piece.replaces is None else ids[piece.replaces]
        try:
            ids[piece.id] = await add_evidence(connection, name, replace(piece, replaces=instead))
        except EvidenceRefused as refused:
            raise ArchiveFault(ArchiveWhy.UNREADABLE, EVIDENCE, piece.id) from refused
    await put_beside(connection, name, round_.beside)
    for interview in round_.interviews:
        await plan_interview(connection, name, interview)
