"""Slides for the oral report of a round: few words in large type, one message each; PDF/UA-1 in 16:9."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from config.texts import Texts
from measurement.assessment.bars import SLIDE, bars, mark_name
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.framework import Area
from measurement.assessment.paper_gaps import gap_lines, named, no_improvements, no_strengths, ranked, smallest
from measurement.assessment.paper_words import (
    against,
    all_gaps,
    area_name,
    difference,
    foot,
    framework_name,
    in_force,
    in_order,
    lacking_words,
    points_words,
    progress_words,
    told_field,
)
from measurement.assessment.points import points_text
from measurement.assessment.round import Field, Round, area_points
from measurement.assessment.scores import Beside, Gap, Gaps, score_of
from measurement.report.document import TAGS, Drawing
from measurement.report.pdf import FONTS, ReportFault

TEMPLATE = Path(__file__).parent / "slides.typ"
_MOST = 3
"""Lines on a slide."""
_LONGEST = 160
"""Signs of what the reviewers wrote that a slide takes; the rest stands in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One slide: a title, and a number with lines or a picture; below it, smaller, what else there is."""

    title: str
    number: str = ""
    basis: str = ""
    lines: tuple[str, ...] = ()
    note: str = ""
    drawing: Drawing | None = None


def slides_pdf(round_: Round, evidence: Sequence[Evidence], beside: Sequence[Beside], texts: Texts) -> bytes:
    """Return the slides as PDF/UA-1, one page each; the same round gives the same bytes.

    Raises:
        ReportFault: the typesetter refuses them.
    """
    shown = slides_of(round_, evidence, beside, texts)
    told = json.dumps(_told(round_, shown, texts), ensure_ascii=False)
    try:
        made = typst.compile(
            TEMPLATE.read_bytes(), format="pdf", pdf_standards=["ua-1"], timestamp=0, sys_inputs={"slides": told},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]), ignore_system_fonts=True,
        )  # fmt: skip
    except typst.TypstError as error:
        raise ReportFault(error.message) from None
    if not isinstance(made, bytes):
        raise TypeError(type(made).__name__)
    return made


def slides_of(
    round_: Round, evidence: Sequence[Evidence], beside: Sequence[Beside], texts: Texts
) -> tuple[Slide, ...]:  # fmt: skip
    """Return the slides: total, areas, strengths, what to improve, each area, what it rests on, what is next."""
    of = told_field(round_)
    compared = all_gaps(round_, of, beside)
    title = texts.t("{framework}: vad vi kom fram till", framework=framework_name(round_.framework))
    whose = texts.t("Granskarnas poäng") if of is Field.POINTS else texts.t("Kommunens egna poäng")
    return (
        Slide(title=title, lines=(whose,)),
        *_total(round_, of, compared, texts),
        *_picture(round_, of, beside, texts),
        *_strengths(round_, of, compared, texts),
        *_improvements(round_, of, compared, texts),
        *(_area(round_, area, of, compared, texts) for area in _told_areas(round_, of)),
        *_basis(in_force(round_, evidence), texts),
        *_next(round_, of, texts),
    )


def _total(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Slide]:
    score = score_of(round_, of)
    if score.so_far is None:
        yield Slide(title=texts.t("Inga poäng är satta än"))
        return
    points, most = points_text(score.so_far, texts), round_.framework.points
    if score.total is None:
        yield Slide(
            title=texts.t("Så långt har vi kommit"), number=points, basis=texts.t("av {all} poäng, hittills", all=most),
            lines=(lacking_words(score, texts),),
        )  # fmt: skip
        return
    beside = [against(one.total, mark_name(one, texts), texts) for one in compared if one.total is not None]
    yield Slide(
        title=texts.t("Resultatet"), number=points, basis=texts.t("av {all} poäng", all=most),
        lines=tuple(beside[:_MOST]), note=", ".join(beside[_MOST:]),
    )  # fmt: skip


def _picture(round_: Round, of: Field, beside: Sequence[Beside], texts: Texts) -> Iterator[Slide]:
    if score_of(round_, of).so_far is not None:
        drawing = bars(round_, of, in_order(beside), texts, SLIDE)
        yield Slide(title=texts.t("Poäng per område"), drawing=drawing)


def _strengths(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Slide]:
    """Give a slide for each of the others whose areas are known; without others one of the best areas."""
    by_area = [one for one in compared if one.areas]
    for one in by_area:
        name = mark_name(one, texts)
        title = texts.t("Starkast jämfört med {name}", name=name)
        if one.strengths:
            yield _gaps_slide(round_, title, one.strengths, texts)
        else:
            yield Slide(title=title, lines=(no_strengths(name, texts),))
    if not by_area and (best := ranked(round_, of)):
        yield Slide(title=texts.t("Här har vi mest av möjliga poäng"), lines=_own_lines(best[:_MOST], texts))


def _improvements(round_: Round, of: Field, compared: Sequence[Gaps], texts: Texts) -> Iterator[Slide]:
    """Give a slide for each thing the reviewers named, and for each of the others what is weakest beside it."""
    for area, words in named(round_):
        yield Slide(title=texts.t("Att förbättra: {area}", area=area_name(area)), lines=(first_of(words),))
    by_area = [one for one in compared if one.areas]
    for one in by_area:
        name = mark_name(one, texts)
        if one.improvements:
            title = texts.t("Svagast jämfört med {name}", name=name)
            yield _gaps_slide(round_, title, one.improvements, texts)
        else:
            title = texts.t("Minst försprång jämfört med {name}", name=name)
            lines = gap_lines(round_, smallest(one)[:_MOST], texts)
            yield Slide(title=title, lines=lines, note=no_improvements(name, texts))
    if not by_area and (best := ranked(round_, of)):
        yield Slide(title=texts.t("Här har vi minst av möjliga poäng"), lines=_own_lines(best[::-1][:_MOST], texts))


def _gaps_slide(round_: Round, title: str, gaps: Sequence[Gap], texts: Texts) -> Slide:
    """Return a slide of the largest gaps; the others stand below in short, so that none is left out unsaid."""
    lines = gap_lines(round_, gaps[:_MOST], texts)
    others = ", ".join(f"{gap.area} ({difference(gap.points, texts)})" for gap in gaps[_MOST:])
    note = texts.t("Också: område {areas}", areas=others) if others else ""
    return Slide(title=title, lines=lines, note=note)


def _own_lines(areas: Sequence[tuple[Area, float]], texts: Texts) -> tuple[str, ...]:
    return tuple(
        texts.t("{area}: {points} av {all}", area=area_name(area), points=points_text(points, texts), all=area.points)
        for area, points in areas
    )


def _told_areas(round_: Round, of: Field) -> Iterator[Area]:
    """Give the areas that the reviewers said something of: the numbers of all stand on the bars."""
    return (
        area
        for area in round_.framework.areas
        if round_.value(area.id, Field.COMMENT).strip() and area_points(round_, area.id, of) is not None
    )


def _area(round_: Round, area: Area, of: Field, compared: Sequence[Gaps], texts: Texts) -> Slide:
    beside = [
        against(gap.points, mark_name(one, texts), texts)
        for one in compared for gap in one.areas if gap.area == area.id
    ]  # fmt: skip
    lacking = progress_words(area, score_of(round_, of), texts)
    most = texts.t("av {all} poäng", all=area.points)
    words = first_of(" ".join(round_.value(area.id, Field.COMMENT).split()))
    return Slide(
        title=area_name(area), number=points_words(area_points(round_, area.id, of), texts),
        lines=(words, *beside[: _MOST - 1]), note=", ".join(beside[_MOST - 1 :]),
        basis=texts.t("{most}, hittills: {lacking}", most=most, lacking=lacking) if lacking else most,
    )  # fmt: skip


def _basis(held: Sequence[Evidence], texts: Texts) -> Iterator[Slide]:
    if held:
        series = sum(one.kind is EvidenceKind.SERIES for one in held)
        other = len(held) - series
        lines = (
            texts.n("{count} mätserie", "{count} mätserier", series) if series else "",
            texts.n("{count} dokument eller länk", "{count} dokument och länkar", other) if other else "",
        )
        yield Slide(title=texts.t("Det här bygger vi på"), lines=tuple(one for one in lines if one))


def _next(round_: Round, of: Field, texts: Texts) -> Iterator[Slide]:
    """Give what comes after this: to finish what is not, else to choose, to share out and to follow up."""
    t, score = texts.t, score_of(round_, of)
    if score.so_far is None:
        return
    if score.total is None:
        bare = [area.id for area in round_.framework.areas if area.id not in score.by_area]
        lines: tuple[str, ...] = (t("Sätt de poäng som saknas: område {areas}.", areas=", ".join(bare)),)
    elif of is not Field.POINTS:
        lines = (t("Granskarna läser, intervjuar och sätter sina poäng."),)
    else:
        lines = (
            t("Välj vilka förbättringar vi börjar med."),
            t("Bestäm vem som ansvarar och till när."),
            t("Mät före och efter, och berätta vad det gav."),
        )
    yield Slide(title=t("Nästa steg"), lines=lines)


def first_of(words: str) -> str:
    """Return what fits on a slide: all of it, else its first sentence, else its beginning with three dots."""
    if len(words) <= _LONGEST:
        return words
    sentence = words[: words.find(". ") + 1]
    if 0 < len(sentence) <= _LONGEST:
        return sentence
    return f"{words[: _LONGEST - 2].rsplit(' ', 1)[0]} …"


def _told(round_: Round, shown: Sequence[Slide], texts: Texts) -> dict[str, Any]:
    code, _, region = TAGS[texts.language].partition("-")
    return {
        "title": shown[0].title, "municipality": round_.municipality, "footer": foot(round_, texts), "code": code,
        "region": region or None,
        "slides": [
            {
                "title": one.title, "number": one.number, "basis": one.basis, "lines": list(one.lines),
                "note": one.note,
                "svg": one.drawing.svg.decode() if one.drawing else "", "alt": one.drawing.alt if one.drawing else "",
            }
            for one in shown
        ],
    }  # fmt: skip
