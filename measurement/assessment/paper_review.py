"""The plan of a review (granskning): documents to read, interviews to hold, and what is still missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from config.texts import Texts
from measurement.assessment.book import Interview, Interviewed
from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area
from measurement.assessment.paper_words import (
    area_name,
    day,
    evidence_name,
    evidence_place,
    framework_name,
    in_force,
    interviewed_name,
    kind_name,
    paper,
    progress_name,
)
from measurement.assessment.round import Field, Round, open_questions
from measurement.assessment.standing import progress_of
from measurement.report.document import Block, Document, Heading, Paragraph, Table


def review_plan(
    round_: Round, evidence: Sequence[Evidence], interviews: Sequence[Interview], texts: Texts
) -> Document:  # fmt: skip
    """Return what the reviewers read and whom they meet.

    Args:
        round_: what is reviewed.
        evidence: of all questions; contents are not needed.
        interviews: of roles; cancelled ones are left out.
        texts: the language of the document.
    """
    held = in_force(round_, evidence)
    planned = [one for one in interviews if not one.cancelled]
    lead = " ".join((
        texts.n("{count} belägg att läsa.", "{count} belägg att läsa.", len(held))
        if held else texts.t("Det finns inga belägg att läsa än."),
        texts.n("{count} intervju att hålla.", "{count} intervjuer att hålla.", len(planned))
        if planned else texts.t("Inga intervjuer är planerade än."),
    ))  # fmt: skip
    title = texts.t("Granskningsplan: {framework}", framework=framework_name(round_.framework))
    blocks = [*_interviews(round_, planned, texts), *_documents(round_, held, texts), *_missing(round_, held, texts)]
    return paper(round_, texts, title, lead, blocks)


def _interviews(round_: Round, planned: Sequence[Interview], texts: Texts) -> Iterator[Block]:
    """Give a table for each group, in order of time, and what no interview is about."""
    yield Heading(text=texts.t("Intervjuer"))
    if not planned:
        yield Paragraph(text=texts.t("Inga intervjuer är planerade än."))
        return
    for about in Interviewed:
        group = sorted((one for one in planned if one.about is about), key=lambda one: (one.begins_at, one.id))
        if group:
            yield _schedule(interviewed_name(about, texts), group, texts)
    absent = [interviewed_name(about, texts) for about in Interviewed if all(one.about is not about for one in planned)]
    if absent:
        yield Paragraph(text=texts.t("Ingen intervju är planerad med: {who}.", who=", ".join(absent).lower()))
    met = {area for one in planned for area in one.areas}
    left = [] if any(not one.areas for one in planned) else [a for a in round_.framework.areas if a.id not in met]
    if left:
        names = ", ".join(area_name(area) for area in left)
        yield Paragraph(text=texts.t("Ingen intervju tar upp: {areas}.", areas=names))


def _schedule(name: str, group: Sequence[Interview], texts: Texts) -> Table:
    t = texts.t
    rows = tuple(
        (
            one.role,
            day(one.begins_at, texts),
            texts.clock(one.begins_at.astimezone(texts.zone).time()),
            t("{count} min", count=one.minutes),
            ", ".join(one.areas) if one.areas else t("alla"),
        )
        for one in group
    )
    head = (t("Roll"), t("Dag"), t("Tid"), t("Längd"), t("Områden"))
    return Table(caption=name, head=head, rows=rows)


def _documents(round_: Round, held: Sequence[Evidence], texts: Texts) -> Iterator[Block]:
    """Give a table for each area that has evidence."""
    yield Heading(text=texts.t("Dokument och andra belägg"))
    if not held:
        yield Paragraph(text=texts.t("Inga belägg är inlagda än."))
        return
    for id_, pieces in groupby(held, key=lambda one: _area_of(round_, one)):
        caption = area_name(id_) if id_ else texts.t("Till frågor som ramverket inte har")
        yield evidence_table(caption, list(pieces), texts)


def evidence_table(caption: str, pieces: Sequence[Evidence], texts: Texts) -> Table:
    """Return evidence as a table, one row each."""
    t = texts.t
    rows = tuple(
        (evidence_name(one), one.question, kind_name(one.kind, texts), evidence_place(one, texts), day(one.at, texts))
        for one in pieces
    )
    return Table(caption=caption, head=(t("Belägg"), t("Fråga"), t("Slag"), t("Finns"), t("Tillagt")), rows=rows)


def _area_of(round_: Round, one: Evidence) -> Area | None:
    return round_.framework.area(one.question)


def _missing(round_: Round, held: Sequence[Evidence], texts: Texts) -> Iterator[Block]:
    """Give the questions that are not ready or have no evidence: what to ask for first."""
    t = texts.t
    pieces = Counter(one.question for one in held)
    waiting = set(open_questions(round_))
    rows = tuple(
        (
            f"{one.id} {one.text}",
            round_.value(one.id, Field.OWNER) or t("ingen än"),
            progress_name(progress_of(round_, one.id), texts),
            str(pieces[one.id]),
        )
        for one in round_.framework.questions()
        if one.id in waiting or not pieces[one.id]
    )
    if rows:
        head = (t("Fråga"), t("Svarar"), t("Läge"), t("Belägg"))
        yield Heading(text=t("Att be om"))
        yield Table(caption=t("Frågor som inte är klara eller saknar belägg"), head=head, rows=rows)
