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
from measurement.assessment.points import places_of, points_text
from measurement.assessment.round import About, Field, Round, area_points, open_questions, points_of
from measurement.assessment.scores import Beside, score_of
from measurement.assessment.standing import progress_of
from measurement.report.document import Block, Document, Heading, Paragraph, Points, Table


def self_assessment(round_: Round, evidence: Sequence[Evidence], beside: Sequence[Beside], texts: Texts) -> Document:
    """Return all that the municipality says of itself, question by question.

    Args:
        round_: what was entered.
        evidence: of all questions; of series with their contents, so that their figures are told.
        beside: earlier rounds and others that the municipality's own points are shown beside.
        texts: the language of the document.
    """
    held = in_force(round_, evidence)
    by_question = {one.id: [piece for piece in held if piece.question == one.id] for one in _questions(round_, held)}
    blocks = [*_overview(round_, held, beside, texts)]
    whole = [area for area in round_.framework.areas if _is_whole(round_, area, by_question)]
    if whole:
        blocks.append(Paragraph(text=_whole_words(whole, texts)))
    for area in round_.framework.areas:
        if area not in whole:
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
    score = score_of(round_, Field.OWN_POINTS)
    if score.so_far is not None:
        points, most = points_text(score.so_far, texts), round_.framework.points
        told = (
            texts.t("Egna poäng hittills: {points} av {all}.", points=points, all=most) if score.total is None
            else texts.t("Egna poäng: {points} av {all}.", points=points, all=most)
        )  # fmt: skip
    elif score_of(round_, Field.POINTS).so_far is not None:
        told = texts.t("Kommunen har inte satt några egna poäng. Granskarnas poäng står i rapporten.")
    else:
        told = texts.t("Inga egna poäng är satta än.")
    return f"{ready} {told}"


def _is_whole(round_: Round, area: Area, evidence: dict[QuestionId, list[Evidence]]) -> bool:
    """Tell whether points were entered for an area as a whole, and nothing was said of its questions."""
    entered = any(round_.value(area.id, of) for of in (Field.OWN_POINTS, Field.POINTS))
    return entered and not any(_is_told(round_, one, evidence) for one in area.questions)


def _is_told(round_: Round, question: Question, evidence: dict[QuestionId, list[Evidence]]) -> bool:
    """Tell whether there is anything to show of a question but its owner."""
    said = any(round_.value(question.id, of) for of in (Field.ANSWER, Field.DESCRIPTION, Field.OWN_POINTS))
    disputed = any(about == About(question.id) for about, _ in round_.conflicts)
    return said or disputed or bool(evidence.get(question.id))


def _whole_words(areas: Sequence[Area], texts: Texts) -> str:
    names = ", ".join(area.id for area in areas)
    return texts.n(
        "Område {names} har bara poäng för hela området. Frågorna där är inte besvarade en och en.",
        "Områdena {names} har bara poäng för hela området. Frågorna där är inte besvarade en och en.",
        len(areas), names=names,
    )  # fmt: skip


def _overview(round_: Round, held: Sequence[Evidence], beside: Sequence[Beside], texts: Texts) -> Iterator[Block]:
    """Give the areas in short: the bars if there are points, and a row for each."""
    t = texts.t
    yield Heading(text=t("Områdena i korthet"))
    yield Paragraph(text=t("Omgången är i steget {step}.", step=step_name(round_.step, texts)))
    if score_of(round_, Field.OWN_POINTS).so_far is not None:
        yield bars(round_, Field.OWN_POINTS, in_order(beside), texts)
    pieces = Counter(area.id for one in held if (area := round_.framework.area(one.question)))
    waiting = set(open_questions(round_))
    own = {area.id: area_points(round_, area.id, Field.OWN_POINTS) for area in round_.framework.areas}
    places = places_of(own.values())
    rows = tuple(
        (
            area_name(area),
            points_words(own[area.id], texts, places),
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
    """Give the questions of which something was said, each by itself, and then the others in one list."""
    own = points_of(round_.value(area.id, Field.OWN_POINTS))
    if own is not None:
        points = points_text(own, texts)
        words = texts.t("Egna poäng för hela området: {points} av {all}.", points=points, all=area.points)
        yield Paragraph(text=words)
    told = [one for one in area.questions if _is_told(round_, one, evidence)]
    for question in told:
        yield Heading(text=f"{question.id} {question.text}", level=2)
        yield from _question(round_, question, evidence.get(question.id, []), texts)
    bare = [one for one in area.questions if one not in told]
    if bare:
        yield Heading(text=texts.t("Utan svar och belägg än"), level=2)
        yield Points(items=tuple(_bare_words(round_, one, texts) for one in bare))


def _bare_words(round_: Round, question: Question, texts: Texts) -> str:
    owner = round_.value(question.id, Field.OWNER)
    answers = texts.t("svarar: {owner}", owner=owner) if owner else texts.t("ingen svarar ännu")
    progress = progress_name(progress_of(round_, question.id), texts)
    return f"{question.id} {question.text} ({answers}, {progress})"


def _question(round_: Round, question: Question, evidence: Sequence[Evidence], texts: Texts) -> Iterator[Block]:
    yield Paragraph(text=_standing(round_, question, bool(evidence), texts), small=True)
    yield from paragraphs(round_.value(question.id, Field.ANSWER))
    yield from paragraphs(round_.value(question.id, Field.DESCRIPTION))
    if evidence:
        yield Paragraph(text=texts.t("Belägg:"))
        yield Points(items=tuple(evidence_line(one, texts) for one in evidence))
    unsettled = sum(about == About(question.id) for about, _ in round_.conflicts)
    if unsettled:
        words = texts.n(
            "{count} uppgift har kommit in i flera versioner. Det som gällde först står här tills någon har valt.",
            "{count} uppgifter har kommit in i flera versioner. Det som gällde först står här tills någon har valt.",
            unsettled,
        )
        yield Paragraph(text=words)


def _standing(round_: Round, question: Question, held: bool, texts: Texts) -> str:
    """Return sub-area, owner, progress, own points, and what is missing, on one line."""
    t = texts.t
    points = points_of(round_.value(question.id, Field.OWN_POINTS))
    owner = round_.value(question.id, Field.OWNER)
    own = (
        t("inga egna poäng av {all}", all=question.points)
        if points is None
        else t("egna poäng {points} av {all}", points=points_text(points, texts), all=question.points)
    )
    answered = any(round_.value(question.id, of) for of in (Field.ANSWER, Field.DESCRIPTION))
    parts = (
        question.sub_area,
        t("svarar: {owner}", owner=owner) if owner else t("ingen svarar ännu"),
        progress_name(progress_of(round_, question.id), texts),
        own,
        "" if answered else t("inget svar ännu"),
        "" if held else t("inget belägg ännu"),
    )
    return " · ".join(part for part in parts if part)
