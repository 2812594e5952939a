"""The written report of a round: the total, the areas, strengths, what to improve, all points, and what it rests on."""

from collections import Counter
from collections.abc import Iterator, Sequence

from config.texts import Texts
from measurement.assessment.bars import bars, mark_name
from measurement.assessment.book import Interview, Interviewed
from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area
from measurement.assessment.paper_areas import area_sections, points_tables
from measurement.assessment.paper_gaps import comparability, improvement_blocks, strength_blocks
from measurement.assessment.paper_review import evidence_table
from measurement.assessment.paper_words import (
    against,
    all_gaps,
    area_name,
    difference,
    figure_line,
    framework_name,
    in_force,
    in_order,
    interviewed_name,
    lacking_words,
    paper,
    points_words,
    progress_words,
    told_field,
)
from measurement.assessment.points import places_of, points_text
from measurement.assessment.round import Field, Round, area_points
from measurement.assessment.scores import Beside, Gaps, Score, score_of
from measurement.report.document import Block, Document, Heading, Key, Paragraph, Points, Table, Tone

_BESIDE = 2
"""Others in one table: with their differences, more would not fit on a page."""


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
        evidence: of all questions; of series with their contents, so that their figures are told.
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
    points = points_text(score.so_far, texts)
    if score.total is None:
        told = texts.t("{points} poäng av {all} hittills.", points=points, all=round_.framework.points)
        return f"{told} {lacking_words(score, texts)}"
    told = texts.t("{points} poäng av {all}", points=points, all=round_.framework.points)
    beside = [against(one.total, mark_name(one, texts), texts) for one in compared if one.total is not None]
    return texts.t("{told}: {beside}.", told=told, beside=", ".join(beside)) if beside else f"{told}."


def _result(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Block]:
    t = texts.t
    score = score_of(round_, of)
    unfinished = score.so_far is not None and score.total is None
    whose = (
        t("Poängen är granskarnas.") if of is Field.POINTS
        else t("Poängen är kommunens egna. Granskarna har inte satt några än.")
    )  # fmt: skip
    yield Key(
        name=t("Resultat hittills") if unfinished else t("Resultat"), value=points_words(score.so_far, texts),
        tone=Tone.NONE, word="", target="", basis=t("av {all} möjliga poäng", all=round_.framework.points),
        meaning=f"{lacking_words(score, texts)} {whose}" if unfinished else whose,
    )  # fmt: skip
    if compared:
        places = places_of(one.beside.sum for one in compared)
        rows = tuple(_total_row(one, texts, places) for one in compared)
        head = (t("Jämfört med"), t("År"), t("Poäng"), t("Skillnad"), t("Källa"))
        yield Table(caption=t("Summan bredvid tidigare omgångar och andra"), head=head, rows=rows)


def _total_row(one: Gaps, texts: Texts, places: int) -> tuple[str, ...]:
    apart = texts.t("kan inte jämföras") if one.total is None else difference(one.total, texts, places)
    source = one.beside.source or texts.t("inte angiven")
    return mark_name(one, texts), str(one.beside.year), points_words(one.beside.sum, texts, places), apart, source


def _areas(
    round_: Round, of: Field, beside: Sequence[Beside], compared: Sequence[Gaps], texts: Texts
) -> Iterator[Block]:  # fmt: skip
    """Give the bars, and their numbers in tables with all earlier rounds and others whose areas are known."""
    if score_of(round_, of).so_far is None:
        return
    yield Heading(text=texts.t("Poäng per område"))
    yield bars(round_, of, in_order(beside), texts)
    totals = [one.beside.name for one in compared if not one.beside.by_area]
    if totals:
        words = texts.t("Bara summan är känd för {names}. Därför syns de inte per område.", names=", ".join(totals))
        yield Paragraph(text=words, small=True)
    known = [one for one in compared if one.theirs]
    ours = [area_points(round_, area.id, of) for area in round_.framework.areas]
    places = places_of([*ours, *(points for one in known for points in one.theirs.values())])
    for first in range(0, max(len(known), 1), _BESIDE):
        yield _area_table(round_, of, known[first : first + _BESIDE], texts, places)


def _area_table(round_: Round, of: Field, beside: Sequence[Gaps], texts: Texts, places: int) -> Table:
    """Return the areas' points with a column for each of these and one for the difference; the sums stand last."""
    t, score = texts.t, score_of(round_, of)
    rows = [
        (
            _named(area, score, texts), points_words(area_points(round_, area.id, of), texts, places), str(area.points),
            *(cell for one in beside for cell in _beside_cells(one, area, texts, places)),
        )
        for area in round_.framework.areas
    ]  # fmt: skip
    whole = t("Summa") if score.total is not None else t("Summa hittills")
    sums = (
        cell for one in beside
        for cell in (points_words(one.beside.sum, texts, places), _apart(one.total, texts, places))
    )  # fmt: skip
    rows.append((whole, points_words(score.so_far, texts, places), str(round_.framework.points), *sums))
    names = (cell for one in beside for cell in (mark_name(one, texts), t("Skillnad")))
    return Table(
        caption=t("Poäng per område i siffror"), head=(t("Område"), t("Poäng"), t("Högst"), *names), rows=tuple(rows),
        emphasised=frozenset({len(rows) - 1}),
    )  # fmt: skip


def _named(area: Area, score: Score, texts: Texts) -> str:
    """Return an area's name, and that it is not judged in full where it is not."""
    lacking = progress_words(area, score, texts)
    if not lacking:
        return area_name(area)
    return texts.t("{area} (inte klart: {lacking})", area=area_name(area), lacking=lacking)


def _beside_cells(one: Gaps, area: Area, texts: Texts, places: int) -> tuple[str, str]:
    gap = next((gap.points for gap in one.areas if gap.area == area.id), None)
    return points_words(one.theirs.get(area.id), texts, places), _apart(gap, texts, places)


def _apart(points: float | None, texts: Texts, places: int) -> str:
    return texts.t("saknas") if points is None else difference(points, texts, places)


def _basis(held: Sequence[Evidence], interviews: Sequence[Interview], texts: Texts) -> Iterator[Block]:
    """Give what the report rests on: how many of which were met, and all evidence."""
    t = texts.t
    yield Heading(text=t("Underlag"))
    met = Counter(one.about for one in interviews if not one.cancelled)
    if met:
        yield Paragraph(text=texts.n("{count} intervju:", "{count} intervjuer:", met.total()))
        yield Points(items=tuple(f"{interviewed_name(one, texts)}: {met[one]}" for one in Interviewed if met[one]))
    shown = [(one, line) for one in held if (line := figure_line(one, texts))]
    if shown:
        yield Paragraph(text=t("Det här visar mätningarna:"))
        items = (t("Fråga {id}: {line} [{number}]", id=one.question, line=line, number=one.id) for one, line in shown)
        yield Points(items=tuple(items))
    if held:
        yield evidence_table(t("Belägg"), held, texts)
    else:
        yield Paragraph(text=t("Inga belägg är inlagda."))
