"""What all papers of a round say alike: the page's foot, points, names of rounds and steps, evidence. One language."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import assert_never

from config.texts import Texts
from measurement.assessment import evidence_words
from measurement.assessment.book import Interviewed
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.framework import Area, Framework
from measurement.assessment.freezing import FrozenFault, frozen_of
from measurement.assessment.points import points_text
from measurement.assessment.round import Field, Progress, Round, Step
from measurement.assessment.scores import Beside, BesideKind, Gaps, Score, gaps, score_of
from measurement.report.document import TAGS, Block, Document, Paragraph


def paper(round_: Round, texts: Texts, title: str, lead: str, blocks: Iterable[Block]) -> Document:
    """Return a document of a round; the framework's note stands in its foot, so on every page."""
    return Document(
        language=texts.language,
        tag=TAGS[texts.language],
        title=title,
        municipality=round_.municipality,
        subtitle=texts.t(
            "{framework}. Avser tiden till och med {moment}.",
            framework=framework_name(round_.framework), moment=moment(round_.as_of, texts),
        ),
        lead=lead,
        blocks=tuple(blocks),
        footer=foot(round_, texts),
    )  # fmt: skip


def foot(round_: Round, texts: Texts) -> str:
    """Return what stands at the foot of every page: the edition, its note and the round."""
    return " · ".join(
        part
        for part in (
            framework_name(round_.framework),
            round_.framework.note,
            texts.t("omgång {id}", id=round_.id),
            texts.t("till och med {day}", day=day(round_.as_of, texts)),
        )
        if part
    )


def framework_name(framework: Framework) -> str:
    """Return a framework with its edition, as "Kommunkompassen 2020"."""
    return f"{framework.name} {framework.edition}".strip()


def area_name(area: Area) -> str:
    """Return an area with its number, as "5 Brukarens fokus"."""
    return f"{area.id} {area.name}"


def day(instant: datetime, texts: Texts) -> str:
    """Return the local day of an instant, as ``2021-03-01``."""
    return instant.astimezone(texts.zone).date().isoformat()


def moment(instant: datetime, texts: Texts) -> str:
    """Return an instant as local day and time, as ``2021-03-01 kl. 08.30``."""
    local = instant.astimezone(texts.zone)
    return texts.t("{day} kl. {time}", day=local.date().isoformat(), time=texts.clock(local.time()))


def points_words(points: float | None, texts: Texts, places: int = 0) -> str:
    """Return points as they stand in a cell, with at least so many decimals; in words where there are none."""
    return texts.t("saknas") if points is None else points_text(points, texts, places)


def difference(points: float, texts: Texts, places: int = 0) -> str:
    """Return a difference with its sign, as ``+45``; a true minus sign, so that it is read as one."""
    sign = "+" if points > 0 else "\N{MINUS SIGN}" if points < 0 else "±"
    return f"{sign}{points_text(abs(points), texts, places)}"


def against(points: float, name: str, texts: Texts) -> str:
    """Return a difference beside the one it is to, as "+45 mot Vallentuna 2019": a name can be anything."""
    if points == 0:
        return texts.t("lika mot {name}", name=name)
    return texts.t("{difference} mot {name}", difference=difference(points, texts), name=name)


def progress_words(area: Area, score: Score, texts: Texts) -> str:
    """Return that an area is not judged in full, as "4 av 9 frågor har poäng"; empty where it is, or has none."""
    given = score.begun.get(area.id)
    if given is None:
        return ""
    return texts.t("{count} av {all} frågor har poäng", count=given, all=len(area.questions))


def lacking_words(score: Score, texts: Texts) -> str:
    """Return how many areas lack some or all of their points; empty where all are there."""
    begun = len(score.begun)
    bare = len(score.framework.areas) - len(score.by_area) - begun
    said = [
        texts.n("{count} område är bara delvis bedömt.", "{count} områden är bara delvis bedömda.", begun)
        if begun else "",
        texts.n("{count} område saknar poäng.", "{count} områden saknar poäng.", bare) if bare else "",
    ]  # fmt: skip
    return " ".join(one for one in said if one)


def told_field(round_: Round) -> Field:
    """Return whose points a report tells: the reviewers' once there are any, else the municipality's own."""
    return Field.POINTS if score_of(round_, Field.POINTS).so_far is not None else Field.OWN_POINTS


def in_order(beside: Sequence[Beside]) -> list[Beside]:
    """Return earlier rounds, the newest first, and then the others as they came."""
    earlier = [one for one in beside if one.kind is BesideKind.EARLIER]
    return [
        *sorted(earlier, key=lambda one: -one.year),
        *(one for one in beside if one.kind is not BesideKind.EARLIER),
    ]


def all_gaps(round_: Round, of: Field, beside: Sequence[Beside]) -> list[Gaps]:
    """Return how a round stands beside each of these, in order."""
    ours = score_of(round_, of)
    return [gaps(ours, one) for one in in_order(beside)]


def step_name(step: Step, texts: Texts) -> str:
    """Return how far a round has come, as it stands within a sentence."""
    match step:
        case Step.PREPARATION:
            return texts.t("förberedelse")
        case Step.REVIEW:
            return texts.t("granskning")
        case Step.REPORT:
            return texts.t("rapport")
        case _:
            assert_never(step)


def progress_name(progress: str, texts: Texts) -> str:
    """Return how far an owner has come with a question; what is not known counts as not begun."""
    names = {Progress.BEGUN: texts.t("påbörjad"), Progress.READY: texts.t("klar")}
    return next((name for known, name in names.items() if known.value == progress), texts.t("inte påbörjad"))


def interviewed_name(about: Interviewed, texts: Texts) -> str:
    """Return who is interviewed, as a heading."""
    match about:
        case Interviewed.POLITICIANS:
            return texts.t("Förtroendevalda")
        case Interviewed.MANAGEMENT:
            return texts.t("Ledning")
        case Interviewed.HEADS:
            return texts.t("Chefer")
        case Interviewed.UNIONS:
            return texts.t("Fackliga företrädare")
        case _:
            assert_never(about)


def kind_name(kind: EvidenceKind, texts: Texts) -> str:
    """Return what a piece of evidence is."""
    match kind:
        case EvidenceKind.SERIES:
            return texts.t("Mätserie")
        case EvidenceKind.DOCUMENT:
            return texts.t("Dokument")
        case EvidenceKind.LINK:
            return texts.t("Länk")
        case _:
            assert_never(kind)


def in_force(round_: Round, evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence that nothing stands in the place of, in the order of the questions, oldest first."""
    found = list(evidence)
    replaced = {one.replaces for one in found}
    order = {one.id: at for at, one in enumerate(round_.framework.questions())}
    held = [one for one in found if not one.id or one.id not in replaced]
    return sorted(held, key=lambda one: (order.get(one.question, len(order)), one.id))


def evidence_name(one: Evidence) -> str:
    """Return a piece of evidence with its number, which is the same in all papers of the round."""
    return f"{one.title} [{one.id}]" if one.id else one.title


def evidence_place(one: Evidence, texts: Texts) -> str:
    """Return where a piece of evidence is found: file, address, or measure with its slice and day."""
    if one.kind is not EvidenceKind.SERIES:
        return one.place or texts.t("ingen plats angiven")
    name = " ".join(part for part in (one.measure, one.slice) if part)
    return texts.t("{measure}, per {day}", measure=name, day=day(one.as_of, texts)) if one.as_of else name


def evidence_line(one: Evidence, texts: Texts) -> str:
    """Return a piece of evidence on one line: what it is, where it is found, and what it replaced and why.

    A series that was read with its content is told with its figure, what that rests on, and its latest signal.
    """
    kind, place, figure = kind_name(one.kind, texts), evidence_place(one, texts), figure_line(one, texts)
    said = f"{kind} [{one.id}]: {figure} ({place})" if figure else f"{kind}: {evidence_name(one)}, {place}"
    if one.replaces is None:
        return said
    replaced = texts.t("Ersätter [{id}]: {why}", id=one.replaces, why=one.why)
    return f"{said}. {replaced}"


def figure_line(one: Evidence, texts: Texts) -> str:
    """Return what a series shows in a sentence; empty of anything else, and where its content was not read."""
    if one.kind is not EvidenceKind.SERIES or one.content is None:
        return ""
    try:
        return evidence_words.evidence_line(frozen_of(one), texts)
    except FrozenFault:
        return texts.t("Innehållet är inte det som frystes. Lita inte på det.")


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Give what somebody wrote as paragraphs, one for each of its lines that says something."""
    for line in text.splitlines():
        if line.strip():
            yield Paragraph(text=line.strip())
