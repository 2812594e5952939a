"""The written report of a round: the total, the areas, strengths, what to improve, all points, and what it rests on."""

from collections import Counter
from collections.abc import Iterator, Sequence

from config.texts import Texts
from measurement.assessment.bars import bars, mark_name, theirs_by_area
from measurement.assessment.book import Interview, Interviewed
from measurement.assessment.evidence import Evidence
from measurement.assessment.paper_areas import area_sections, points_tables
from measurement.assessment.paper_gaps import comparability, improvement_blocks, strength_blocks
from measurement.assessment.paper_review import evidence_table
from measurement.assessment.paper_words import (
    all_gaps,
    area_name,
    difference,
    framework_name,
    in_force,
    in_order,
    interviewed_name,
    paper,
    points_words,
    than,
    told_field,
)
from measurement.assessment.round import Field, Round, area_points
from measurement.assessment.scores import Beside, Gaps, score_of
from measurement.report.document import Block, Document, Heading, Key, Paragraph, Points, Table, Tone


def assessment_report(
    round_: Round,
    evidence: Sequence[Evidence],
    beside: Sequence[Beside],
    interviews: Sequence[Interview],
    texts: Texts,
) -> Document:
    """Return the report: the reviewers' points, or the municipality's own as long as there are no others.

    Args:
        round_: what was entered.
        evidence: of all questions; contents are not needed.
        beside: earlier rounds and others; strengths and what to improve are told by the gap to each of them.
        interviews: of roles; cancelled ones do not count.
        texts: the language of the document.
    """
    of = told_field(round_)
    compared = all_gaps(round_, of, beside)
    blocks = [
        *_result(round_, of, compared, texts),
        *_areas(round_, of, beside, compared, texts),
        *comparability(round_, compared, texts),
        *strength_blocks(round_, of, compared, texts),
        *improvement_blocks(round_, of, compared, texts),
        *area_sections(round_, of, texts),
        *points_tables(round_, texts),
        *_basis(in_force(round_, evidence), interviews, texts),
    ]
    title = texts.t("Rapport: {framework}", framework=framework_name(round_.framework))
    return paper(round_, texts, title, lead(round_, of, compared, texts), blocks)


def lead(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> str:
    """Return the result in one sentence, beside the earlier rounds and others whose total is known."""
    score = score_of(round_, of)
    if score.so_far is None:
        return texts.t("Inga poäng är satta än.")
    told = texts.t("{points} poäng av {all}", points=texts.number(score.so_far), all=round_.framework.points)
    if score.total is None:
        lacking = len(round_.framework.areas) - len(score.by_area)
        words = texts.n("{count} område saknar poäng.", "{count} områden saknar poäng.", lacking)
        return texts.t("{told} hittills. {lacking}", told=told, lacking=words)
    beside = [than(one.total, mark_name(one, texts), texts) for one in compared if one.total is not None]
    return texts.t("{told}: {beside}.", told=told, beside=", ".join(beside)) if beside else f"{told}."


def _result(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Block]:
    t = texts.t
    score = score_of(round_, of)
    yield Key(
        name=t("Resultat"), value=points_words(score.so_far, texts), tone=Tone.NONE, word="", target="",
        basis=t("av {all} möjliga poäng", all=round_.framework.points),
        meaning=t("Poängen är granskarnas.") if of is Field.POINTS
        else t("Poängen är kommunens egna. Granskarna har inte satt några än."),
    )  # fmt: skip
    if compared:
        rows = tuple(_total_row(one, texts) for one in compared)
        head = (t("Jämfört med"), t("År"), t("Poäng"), t("Skillnad"), t("Källa"))
        yield Table(caption=t("Summan bredvid tidigare omgångar och andra"), head=head, rows=rows)


def _total_row(one: Gaps, texts: Texts) -> tuple[str, ...]:
    apart = texts.t("kan inte jämföras") if one.total is None else difference(one.total, texts)
    source = one.beside.source or texts.t("inte angiven")
    return mark_name(one, texts), str(one.beside.year), points_words(one.beside.sum, texts), apart, source


def _areas(
    round_: Round, of: Field, beside: Sequence[Beside], compared: Sequence[Gaps], texts: Texts
) -> Iterator[Block]:  # fmt: skip
    """Give the bars, and their numbers in a table with all earlier rounds and others whose areas are known."""
    t = texts.t
    if score_of(round_, of).so_far is None:
        return
    yield Heading(text=t("Poäng per område"))
    yield bars(round_, of, in_order(beside), texts)
    known = [(mark_name(one, texts), theirs_by_area(one)) for one in compared if one.areas]
    rows = tuple(
        (
            area_name(area),
            points_words(area_points(round_, area.id, of), texts),
            str(area.points),
            *(points_words(theirs.get(area.id), texts) for _, theirs in known),
        )
        for area in round_.framework.areas
    )
    head = (t("Område"), t("Poäng"), t("Högst"), *(name for name, _ in known))
    yield Table(caption=t("Poäng per område i siffror"), head=head, rows=rows)


def _basis(held: Sequence[Evidence], interviews: Sequence[Interview], texts: Texts) -> Iterator[Block]:
    """Give what the report rests on: how many of which were met, and all evidence."""
    t = texts.t
    yield Heading(text=t("Underlag"))
    met = Counter(one.about for one in interviews if not one.cancelled)
    if met:
        yield Paragraph(text=texts.n("{count} intervju:", "{count} intervjuer:", met.total()))
        yield Points(items=tuple(f"{interviewed_name(one, texts)}: {met[one]}" for one in Interviewed if met[one]))
    if held:
        yield evidence_table(t("Belägg"), held, texts)
    else:
        yield Paragraph(text=t("Inga belägg är inlagda."))
