"""The papers of a round: self-assessment, plan of the review, report and slides, as PDF/UA, Word and JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, looking, round_named
from commands.assess_write import paper_bytes, write_file
from commands.shell import DEFAULT_CONFIG, Config, Language, or_die, readable, run_to_end, texts_for

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.book import Interview
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.round import Round
    from measurement.assessment.scores import Beside

    Told = tuple[Round, list[Evidence], list[Beside], list[Interview]]


def report(
    name: ARound,
    out: Annotated[Path, typer.Option(file_okay=False, help="Write the papers into this folder.")],
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Write the papers: the self-assessment and the plan of the review; with points also the report and slides."""
    settings = readable(config)
    texts = texts_for(settings, language)
    told = run_to_end(_told(settings, texts, name))
    made = or_die(lambda: papers(told, texts))
    for file, content in made.items():
        print(write_file(texts, out / file, content))


async def _told(settings: "Settings", texts: "Texts", name: str) -> "Told":
    from measurement.assessment.book import beside_of, interviews_of

    async with looking(settings) as connection:
        round_ = await round_named(connection, texts, name)
        return (
            round_,
            await _evidence(connection, round_.id),
            await beside_of(connection, round_.id),
            await interviews_of(connection, round_.id, cancelled=True),
        )


async def _evidence(connection: "AsyncConnection", id_: str) -> "list[Evidence]":
    """Return all evidence of a round, what was replaced too; contents only of series, because documents are large."""
    from measurement.assessment.book import evidence_of
    from measurement.assessment.evidence import EvidenceKind

    listed = await evidence_of(connection, id_, replaced=True)
    measured = dict.fromkeys(one.question for one in listed if one.kind is EvidenceKind.SERIES)
    read = [one for question in measured for one in await evidence_of(connection, id_, question, content=True)]
    series = {one.id: one for one in read if one.kind is EvidenceKind.SERIES}
    return [series.get(one.id, one) for one in listed]


def papers(told: "Told", texts: "Texts") -> dict[str, bytes]:
    """Return the papers of a round by file name.

    Raises:
        ReportFault: the typesetter refuses one.
    """
    from measurement.assessment.as_json import assessment_json
    from measurement.assessment.papers import assessment_report, review_plan, self_assessment
    from measurement.assessment.round import Field
    from measurement.assessment.scores import total
    from measurement.assessment.slides import slides_pdf

    round_, evidence, beside, interviews = told
    documents = {
        "sjalvvardering": self_assessment(round_, evidence, beside, texts),
        "granskningsplan": review_plan(round_, evidence, interviews, texts),
    }
    judged = any(total(round_, field) is not None for field in (Field.OWN_POINTS, Field.POINTS))
    if judged:
        documents["rapport"] = assessment_report(round_, evidence, beside, interviews, texts)
    made = {
        f"{round_.id}-{name}{suffix}": paper_bytes(document, texts, suffix)
        for name, document in documents.items()
        for suffix in (".pdf", ".docx")
    }
    if judged:
        made[f"{round_.id}-bilder.pdf"] = slides_pdf(round_, evidence, beside, texts)
    data = assessment_json(round_, evidence, beside, interviews)
    made[f"{round_.id}.json"] = (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
    return made
