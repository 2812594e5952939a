"""Evidence (belägg): attaching documents and links, and the one page of what a question can be answered with."""

import hashlib
import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, By, looking, question_named, round_named, signed, writing
from commands.assess_write import paper_bytes, suffix_of, write_file
from commands.shell import (
    DEFAULT_CONFIG,
    Config,
    Language,
    calendar_now,
    die,
    or_die,
    readable,
    run_to_end,
    texts_for,
    usable,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.framework import Question
    from measurement.assessment.freezing import NoSeries
    from measurement.assessment.round import Round
    from measurement.report.assemble import Basis
    from measurement.report.document import Document

MOST_BYTES = 25 * 2**20
"""Of one document."""


def attach(
    name: ARound,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As 5.2.")],
    what: Annotated[str, typer.Argument(metavar="FILE|LINK", help="A file, or an address that begins with https://.")],
    by: By,
    title: Annotated[str, typer.Option(help="What it is called in the papers; else the file's name.")] = "",
    replaces: Annotated[int, typer.Option(help="The number of the evidence that it stands in the place of.")] = 0,
    why: Annotated[str, typer.Option(help="Why it does. The earlier one is kept.")] = "",
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Attach a document or a link to a question. The same document twice is attached once."""
    settings = usable(config)
    texts, now, who = texts_for(settings, language), datetime.now(UTC), signed(texts_for(settings, language), by)
    if replaces and not why.strip():
        die(texts.t("Skriv med --why varför belägg {number} ersätts. Det gamla sparas.", number=replaces))

    async def work() -> tuple[int, bool]:
        async with writing(settings) as connection:
            round_ = await round_named(connection, texts, name)
            asked = question_named(round_, texts, question)
            new = _evidence(texts, asked, what.strip(), title.strip(), who, now, replaces, why.strip())
            return await _added(connection, texts, round_, new)

    number, added = run_to_end(work())
    t = texts.t
    print(t("Belägg {number} finns nu till fråga {question}.", number=number, question=question) if added
          else t("Det finns redan till fråga {question}, som belägg {number}.", number=number,
                 question=question))  # fmt: skip


def _evidence(
    texts: "Texts", asked: "Question", what: str, title: str, by: str, now: datetime, replaces: int, why: str
) -> "Evidence":
    from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind

    instead = EvidenceId(replaces) if replaces else None
    if what.casefold().startswith("http://"):
        die(texts.t("{link}: en länk ska börja med https://.", link=what))
    if what.casefold().startswith("https://"):
        return Evidence(
            question=asked.id, kind=EvidenceKind.LINK, title=title or what, place=what, by=by, at=now, replaces=instead,
            why=why,
        )  # fmt: skip
    content = _content(texts, Path(what))
    media = mimetypes.guess_type(what)[0] or "application/octet-stream"
    return Evidence(
        question=asked.id, kind=EvidenceKind.DOCUMENT, title=title or Path(what).stem, place=Path(what).name,
        media_type=media, content=content, digest=hashlib.sha256(content).hexdigest(), by=by, at=now,
        replaces=instead, why=why,
    )  # fmt: skip


def _content(texts: "Texts", path: Path) -> bytes:
    if not path.is_file():
        die(texts.t("Det finns ingen fil {file}. En länk börjar med https://.", file=path))
    if path.stat().st_size > MOST_BYTES:
        die(texts.t("{file} är för stor. En fil får vara högst {most} MB. Lägg den på er webbplats och bifoga länken.",
                    file=path.name, most=MOST_BYTES // 2**20))  # fmt: skip
    content = or_die(path.read_bytes)
    if not content:
        die(texts.t("{file} är tom.", file=path.name))
    return content


async def _added(connection: "AsyncConnection", texts: "Texts", round_: "Round", new: "Evidence") -> tuple[int, bool]:
    """Return the number of a piece of evidence, and whether it was not there before; say so and end if it cannot be."""
    from measurement.assessment.book import EvidenceRefused, add_evidence, evidence_of

    there = await evidence_of(connection, round_.id, new.question)
    same = next((one for one in there if (one.kind, one.place, one.digest) == (new.kind, new.place, new.digest)), None)
    if same is not None and new.replaces is None:
        return same.id, False
    try:
        return await add_evidence(connection, round_.id, new), True
    except EvidenceRefused as refused:
        numbers = ", ".join(f"{one.id} ({one.title})" for one in there) or "–"
        words = {
            EvidenceRefused.NO_SUCH: texts.t("Fråga {question} har inget belägg {number}. De som finns är {known}.",
                                             question=new.question, number=new.replaces, known=numbers),
            EvidenceRefused.REPLACED: texts.t("Belägg {number} är redan ersatt. De som gäller är {known}.",
                                              number=new.replaces, known=numbers),
            EvidenceRefused.FROZEN: texts.t("Belägg {number} är en fryst mätserie och står kvar. Bifoga utan "
                                            "--replaces, så läggs det bredvid.", number=new.replaces),
        }  # fmt: skip
        die(words.get(refused.why, str(refused)))


def evidence(
    name: ARound,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As 2.2.")],
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the page here: .pdf, .docx or .txt; else print it.")
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write the attached documents into this folder.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Answer "what can we show for this question?" on one page: series, documents and links."""
    settings = readable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    suffix = suffix_of(texts, out) if out is not None else ".txt"

    async def work() -> "tuple[Document, list[Evidence]]":
        from measurement.assessment.book import evidence_of
        from measurement.assessment.evidence_page import evidence_page
        from measurement.assessment.freezing import NoSeries

        async with looking(settings) as connection:
            round_ = await round_named(connection, texts, name)
            asked = question_named(round_, texts, question)
            there = await evidence_of(connection, round_.id, asked.id, content=True, replaced=True)
            made = await _so_far(connection, settings, texts, round_, asked, there, now)
            shown, missing = (there, made) if made is None or isinstance(made, NoSeries) else ([*there, made], None)
            return evidence_page(round_, asked, shown, texts, missing), there

    page, there = run_to_end(work())
    made = or_die(lambda: paper_bytes(page, texts, suffix))
    if out is None:
        print(made.decode(), end="")
    else:
        print(write_file(texts, out, made))
    for one in there:
        if documents is not None and one.content is not None and one.place:
            print(write_file(texts, documents / f"{one.id}-{Path(one.place).name}", one.content))


async def _so_far(
    connection: "AsyncConnection", settings: "Settings", texts: "Texts", round_: "Round", asked: "Question",
    there: "Sequence[Evidence]", now: datetime,
) -> "Evidence | NoSeries | None":  # fmt: skip
    """Return the series as it would be frozen now, or why there is none; None: one is frozen. It is not kept."""
    from measurement.assessment.freezing import current_series, freeze

    if current_series(there, asked.id) is not None:
        return None
    basis = await basis_of(settings)
    return await freeze(connection, basis, asked, min(round_.as_of, now), texts, by="", now=now)


async def basis_of(settings: "Settings") -> "Basis":
    """Return what the municipality's figures are made from."""
    from bot.administration import known_entries
    from commands.figure_parts import report_basis

    return report_basis(settings, await calendar_now(settings), await known_entries(settings))


async def frozen_now(
    connection: "AsyncConnection", settings: "Settings", texts: "Texts", round_: "Round", by: str, now: datetime
) -> "tuple[list[Evidence], dict[str, NoSeries]]":
    """Return the series of every question that has none and that something we measure speaks to, and why not.

    Nothing is written.
    """
    from measurement.assessment.book import evidence_of
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.freezing import current_series, freeze

    there = await evidence_of(connection, round_.id)
    asked = [one for one in round_.framework.questions() if one.subject and current_series(there, one.id) is None]
    made: list[Evidence] = []
    bare: dict[str, NoSeries] = {}
    basis = await basis_of(settings) if asked else None
    for one in asked:
        assert basis is not None
        found = await freeze(connection, basis, one, round_.as_of, texts, by=by, now=now)
        if isinstance(found, Evidence):
            made.append(found)
        else:
            bare[one.id] = found
    return made, bare
