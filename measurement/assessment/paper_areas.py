"""A report's areas one by one, and its tables of points: by sub-area, and the reviewers' beside the municipality's."""

from collections.abc import Iterator

from config.texts import Texts
from measurement.assessment.framework import Area
from measurement.assessment.paper_words import area_name, paragraphs, points_words, progress_words
from measurement.assessment.points import places_of
from measurement.assessment.round import Field, Round, area_points, points_of
from measurement.assessment.scores import score_of, sub_areas
from measurement.report.document import Block, Heading, Paragraph, Table

_BESIDE = (Field.OWN_POINTS, Field.FIRST_POINTS, Field.SECOND_POINTS, Field.POINTS)


def area_sections(round_: Round, of: Field, texts: Texts) -> Iterator[Block]:
    """Give each area of which something is said: its points, what the report says of it, and of its questions."""
    score = score_of(round_, of)
    for area in round_.framework.areas:
        said = [*_said(round_, area, texts)]
        if said:
            points, lacking = area_points(round_, area.id, of), progress_words(area, score, texts)
            told = texts.t("Poäng: {points} av {all}.", points=points_words(points, texts), all=area.points)
            unfinished = texts.t("Området är inte färdigbedömt: {lacking}.", lacking=lacking) if lacking else ""
            yield Heading(text=area_name(area))
            yield Paragraph(text=f"{told} {unfinished}".strip())
            yield from said


def _said(round_: Round, area: Area, texts: Texts) -> Iterator[Block]:
    yield from paragraphs(round_.value(area.id, Field.COMMENT))
    improve = [*paragraphs(round_.value(area.id, Field.IMPROVEMENT))]
    if improve:
        yield Heading(text=texts.t("Att förbättra"), level=2)
        yield from improve
    for question in area.questions:
        said = [*paragraphs(round_.value(question.id, Field.COMMENT))]
        if said:
            yield Heading(text=f"{question.id} {question.text}", level=2)
            yield from said


def points_tables(round_: Round, texts: Texts) -> Iterator[Block]:
    """Give points by sub-area, and by question the municipality's beside the reviewers'; what is not there is told."""
    t = texts.t
    yield Heading(text=t("Poäng per delområde"))
    if _by_question(round_):
        yield _sub_areas(round_, texts)
        yield Heading(text=t("Granskarnas poäng bredvid kommunens"))
        yield _beside(round_, texts)
    else:
        words = t("Poängen är satta för hela områden, så det finns inga poäng per delområde eller fråga.")
        yield Paragraph(text=words)
        if all(_some(round_, of) for of in (Field.OWN_POINTS, Field.POINTS)):
            yield _area_beside(round_, texts)


def _by_question(round_: Round) -> bool:
    """Tell whether any question has points of any kind."""
    return any(round_.value(one.id, of) for one in round_.framework.questions() for of in _BESIDE)


def _some(round_: Round, of: Field) -> bool:
    return any(round_.value(area.id, of) for area in round_.framework.areas)


def _sub_areas(round_: Round, texts: Texts) -> Table:
    t = texts.t
    own, agreed = (sub_areas(round_, of) for of in (Field.OWN_POINTS, Field.POINTS))
    places = places_of(one.points for one in (*own, *agreed))
    rows = tuple(
        (f"{ours.area} {ours.name}", points_words(ours.points, texts, places),
         points_words(theirs.points, texts, places), str(ours.most))
        for ours, theirs in zip(own, agreed, strict=True)
    )  # fmt: skip
    head = (t("Delområde"), t("Kommunens"), t("Granskarnas"), t("Högst"))
    return Table(caption=t("Poäng per delområde, efter område"), head=head, rows=rows)


def _beside(round_: Round, texts: Texts) -> Table:
    t = texts.t
    given = [
        (one, [points_of(round_.value(one.id, of)) for of in _BESIDE])
        for one in round_.framework.questions()
        if any(round_.value(one.id, of) for of in _BESIDE)
    ]
    places = places_of(points for _, some in given for points in some)
    rows = tuple(
        (f"{one.id} {one.text}", *(points_words(points, texts, places) for points in some), str(one.points))
        for one, some in given
    )
    head = (t("Fråga"), t("Kommunen"), t("Granskare 1"), t("Granskare 2"), t("Enades om"), t("Högst"))
    return Table(caption=t("Frågor som har poäng"), head=head, rows=rows)


def _area_beside(round_: Round, texts: Texts) -> Table:
    t = texts.t
    given = [
        (area, [points_of(round_.value(area.id, of)) for of in (Field.OWN_POINTS, Field.POINTS)])
        for area in round_.framework.areas
    ]
    places = places_of(points for _, some in given for points in some)
    rows = tuple(
        (area_name(area), *(points_words(points, texts, places) for points in some), str(area.points))
        for area, some in given
    )
    head = (t("Område"), t("Kommunens"), t("Granskarnas"), t("Högst"))
    return Table(caption=t("Granskarnas poäng bredvid kommunens, per område"), head=head, rows=rows)
