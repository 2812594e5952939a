"""Strengths (styrkor) and what to improve (förbättringsområden) in words, by the gaps to earlier rounds and others."""

from collections.abc import Iterator, Sequence

from config.texts import Texts
from measurement.assessment.bars import mark_name
from measurement.assessment.framework import Area
from measurement.assessment.paper_words import area_name, difference, framework_name
from measurement.assessment.points import places_of, points_text
from measurement.assessment.round import Field, Round
from measurement.assessment.scores import Gap, Gaps, score_of
from measurement.report.document import Block, Heading, Paragraph, Points

_MOST = 3
"""Areas are named so many at each end where there is nobody to compare with."""


def strength_blocks(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Block]:
    """Give the areas above each of the others, furthest above first; without others those with most of their points."""
    by_area = [one for one in compared if one.areas]
    best = ranked(round_, of)
    if not best:
        return
    yield Heading(text=texts.t("Styrkor"))
    for one in by_area:
        name = mark_name(one, texts)
        if one.strengths:
            yield Paragraph(text=texts.t("Jämfört med {name} har kommunen fler poäng här:", name=name))
            yield Points(items=gap_lines(round_, one.strengths, texts))
        else:
            yield Paragraph(text=no_strengths(name, texts))
    if not by_area:
        yield Paragraph(text=texts.t("Här finns inga områden att jämföra med. Mest av sina möjliga poäng har:"))
        yield Points(items=tuple(_own_line(area, points, texts) for area, points in best[:_MOST]))


def improvement_blocks(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Block]:
    """Give what the reviewers named, and the areas below each of the others, furthest below first."""
    by_area = [one for one in compared if one.areas]
    said, best = named(round_), ranked(round_, of)
    if not said and not best:
        return
    yield Heading(text=texts.t("Förbättringsområden"))
    if said:
        yield Paragraph(text=texts.t("Det här pekar granskarna på:"))
        yield Points(items=tuple(f"{area_name(area)}: {words}" for area, words in said))
    for one in by_area:
        name = mark_name(one, texts)
        if one.improvements:
            yield Paragraph(text=texts.t("Jämfört med {name} har kommunen färre poäng här:", name=name))
            yield Points(items=gap_lines(round_, one.improvements, texts))
        else:
            nearest = gap_lines(round_, smallest(one)[:1], texts)[0]
            words = texts.t("{none} Minst skillnad: {nearest}", none=no_improvements(name, texts), nearest=nearest)
            yield Paragraph(text=words)
    if best and not by_area:
        yield Paragraph(text=texts.t("Minst av sina möjliga poäng har:"))
        yield Points(items=tuple(_own_line(area, points, texts) for area, points in best[::-1][:_MOST]))


def no_strengths(name: str, texts: Texts) -> str:
    """Return that no area is above another's."""
    return texts.t("Jämfört med {name} har kommunen inte fler poäng i något område.", name=name)


def no_improvements(name: str, texts: Texts) -> str:
    """Return that no area is below another's."""
    return texts.t("Jämfört med {name} har kommunen inte färre poäng i något område.", name=name)


def smallest(compared: Gaps) -> list[Gap]:
    """Return the areas by how far they are ahead, the least first."""
    return sorted(compared.areas, key=lambda gap: gap.points)


def named(round_: Round) -> list[tuple[Area, str]]:
    """Return what the reviewers named as to be improved, in the order of the areas, each on one line."""
    said = [(area, " ".join(round_.value(area.id, Field.IMPROVEMENT).split())) for area in round_.framework.areas]
    return [(area, words) for area, words in said if words]


def ranked(round_: Round, of: Field) -> list[tuple[Area, float]]:
    """Return the areas whose points are all there, those with most of what could be had first."""
    score = score_of(round_, of)
    known = [(area, score.by_area[area.id]) for area in round_.framework.areas if area.id in score.by_area]
    return sorted(known, key=lambda one: -one[1] / one[0].points)


def gap_lines(round_: Round, gaps: Sequence[Gap], texts: Texts) -> tuple[str, ...]:
    """Return gaps on one line each, as "5 Brukarens fokus: 86 mot 61, +25"; with the same decimals in all of them."""
    places = places_of(points for gap in gaps for points in (gap.ours, gap.theirs, gap.points))
    return tuple(_gap_line(round_, gap, texts, places) for gap in gaps)


def _gap_line(round_: Round, gap: Gap, texts: Texts, places: int) -> str:
    area = round_.framework.area(gap.area)
    return texts.t(
        "{area}: {ours} mot {theirs}, {difference}",
        area=area_name(area) if area else gap.area, ours=points_text(gap.ours, texts, places),
        theirs=points_text(gap.theirs, texts, places), difference=difference(gap.points, texts, places),
    )  # fmt: skip


def _own_line(area: Area, points: float, texts: Texts) -> str:
    words = points_text(points, texts)
    return texts.t("{area}: {points} av {all}", area=area_name(area), points=words, all=area.points)


def comparability(round_: Round, compared: Sequence[Gaps], texts: Texts) -> Iterator[Block]:
    """Give in words what is not strictly comparable, and what cannot be compared at all."""
    loose = [one for one in compared if not one.strict]
    if not loose:
        return
    yield Heading(text=texts.t("Det här går inte att jämföra rakt av"))
    for one in loose:
        if one.areas or one.total is not None:
            yield Paragraph(text=_loosely(round_, one, texts))
        else:
            words = texts.t(
                "{name} är bedömd efter {theirs}. Ramverket säger inte vilka områden som svarar mot varandra. "
                "Därför jämförs den inte.",
                name=one.beside.name, theirs=one.beside.framework,
            )  # fmt: skip
            yield Paragraph(text=words)


def _loosely(round_: Round, one: Gaps, texts: Texts) -> str:
    """Return that another edition was used, and which areas stand beside which."""
    words = texts.t(
        "{name} är bedömd efter en annan utgåva ({theirs}) än den här omgången ({ours}). Områden och frågor skiljer "
        "sig åt, så skillnaderna är inte strikt jämförbara.",
        name=one.beside.name, theirs=one.beside.framework, ours=framework_name(round_.framework),
    )  # fmt: skip
    pairs = ", ".join(texts.t("{ours} mot deras {theirs}", ours=gap.area, theirs=gap.their_area) for gap in one.areas)
    beside = texts.t("Så ställs områdena bredvid varandra: {pairs}.", pairs=pairs)
    return f"{words} {beside}" if pairs else words
