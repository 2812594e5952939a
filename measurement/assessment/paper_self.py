"""The self-assessment (självvärdering) as a document: all questions with answers, own points and evidence."""

from collections import Counter
from collections.abc import Iterator, Sequence

from config.texts import Texts
from measurement.assessment.bars import bars
from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Area, Question, QuestionId
from measurement.assessment.paper_words import (
    area_name,
    evidence_line,
    framework_name,
    in_force,
    in_order,
    paper,
    paragraphs,
    points_words,
    progress_name,
    step_name,
)
from measurement.assessment.round import About, Field, Progress, Round, area_points, open_questions, points_of
from measurement.assessment.scores import Beside, score_of
from measurement.report.document import Block, Document, Heading, Paragraph, Points, Table


def self_assessment(round_: Round, evidence: Sequence[Evidence], beside: Sequence[Beside], texts: Texts) -> Document:
    """Return all that the municipality says of itself, question by question.

    Args:
        round_: what was entered.
        evidence: of all questions; contents are not needed.
        beside: earlier rounds and others that the municipality's own points are shown beside.
        texts: the language of the document.
    """
    held = in_force(round_, evidence)
    by_question = {one.id: [piece for piece in held if piece.question == one.id] for one in _questions(round_, held)}
    blocks = [*_overview(round_, held, beside, texts)]
    for area in round_.framework.areas:
        blocks += [Heading(text=area_name(area)), *_area(round_, area, by_question, texts)]
    title = texts.t("Självvärdering: {framework}", framework=framework_name(round_.framework))
    return paper(round_, texts, title, _lead(round_, texts), blocks)


def _questions(round_: Round, held: Sequence[Evidence]) -> Iterator[Question]:
    """Give the questions that have evidence."""
    named = {one.question for one in held}
    return (one for one in round_.framework.questions() if one.id in named)


def _lead(round_: Round, texts: Texts) -> str:
    count = sum(1 for _ in round_.framework.questions())
    ready = texts.n(
        "{ready} av {count} fråga är klar.", "{ready} av {count} frågor är klara.",
        count, ready=count - len(open_questions(round_)),
    )  # fmt: skip
    own = score_of(round_, Field.OWN_POINTS).so_far
    if own is None:
        none = texts.t("Inga egna poäng är satta än.")
        return f"{ready} {none}"
    points = texts.t("Egna poäng: {points} av {all}.", points=texts.number(own), all=round_.framework.points)
    return f"{ready} {points}"


def _overview(round_: Round, held: Sequence[Evidence], beside: Sequence[Beside], texts: Texts) -> Iterator[Block]:
    """Give the areas in short: the bars if there are points, and a row for each."""
    t = texts.t
    yield Heading(text=t("Områdena i korthet"))
    yield Paragraph(text=t("Omgången är i steget {step}.", step=step_name(round_.step, texts)))
    if score_of(round_, Field.OWN_POINTS).so_far is not None:
        yield bars(round_, Field.OWN_POINTS, in_order(beside), texts)
    pieces = Counter(area.id for one in held if (area := round_.framework.area(one.question)))
    waiting = set(open_questions(round_))
    rows = tuple(
        (
            area_name(area),
            points_words(area_points(round_, area.id, Field.OWN_POINTS), texts),
            str(area.points),
            t("{ready} av {count}", ready=sum(one.id not in waiting for one in area.questions),
              count=len(area.questions)),
            str(pieces[area.id]),
        )
        for area in round_.framework.areas
    )  # fmt: skip
    head = (t("Område"), t("Egna poäng"), t("Högst"), t("Klara frågor"), t("Belägg"))
    yield Table(caption=t("Egna poäng och läge per område"), head=head, rows=rows)


def _area(
    round_: Round, area: Area, evidence: dict[QuestionId, list[Evidence]], texts: Texts
) -> Iterator[Block]:  # fmt: skip
    own = points_of(round_.value(area.id, Field.OWN_POINTS))
    if own is not None:
        words = texts.t("Egna poäng för hela området: {points} av {all}.", points=texts.number(own), all=area.points)
        yield Paragraph(text=words)
    for question in area.questions:
        yield Heading(text=f"{question.id} {question.text}", level=2)
        yield from _question(round_, question, evidence.get(question.id, []), texts)


def _question(round_: Round, question: Question, evidence: Sequence[Evidence], texts: Texts) -> Iterator[Block]:
    yield Paragraph(text=_standing(round_, question, texts), small=True)
    said = [*paragraphs(round_.value(question.id, Field.ANSWER))]
    said += paragraphs(round_.value(question.id, Field.DESCRIPTION))
    yield from said or [Paragraph(text=texts.t("Inget svar ännu."))]
    if evidence:
        yield Paragraph(text=texts.t("Belägg:"))
        yield Points(items=tuple(evidence_line(one, texts) for one in evidence))
    else:
        yield Paragraph(text=texts.t("Inget belägg ännu."), small=True)
    unsettled = sum(about == About(question.id) for about, _ in round_.conflicts)
    if unsettled:
        words = texts.n(
            "{count} uppgift har kommit in i flera versioner. Det som gällde först står här tills någon har valt.",
            "{count} uppgifter har kommit in i flera versioner. Det som gällde först står här tills någon har valt.",
            unsettled,
        )
        yield Paragraph(text=words)


def _standing(round_: Round, question: Question, texts: Texts) -> str:
    """Return sub-area, owner, progress and own points on one line."""
    points = points_of(round_.value(question.id, Field.OWN_POINTS))
    owner = round_.value(question.id, Field.OWNER)
    progress = progress_name(round_.value(question.id, Field.PROGRESS) or Progress.OPEN, texts)
    own = (
        texts.t("inga egna poäng av {all}", all=question.points)
        if points is None
        else texts.t("egna poäng {points} av {all}", points=texts.number(points), all=question.points)
    )
    answers = texts.t("svarar: {owner}", owner=owner) if owner else texts.t("ingen svarar ännu")
    return " · ".join((question.sub_area, answers, progress, own))
