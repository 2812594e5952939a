"""What all papers of a round say alike: the page's foot, points, names of rounds and steps, evidence. One language."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import assert_never

from config.texts import Texts
from measurement.assessment.book import Interviewed
from measurement.assessment.evidence import Evidence, EvidenceKind
from measurement.assessment.framework import Area, Framework
from measurement.assessment.round import Field, Progress, Round, Step, points_of
from measurement.assessment.scores import Beside, BesideKind, Gaps, gaps, score_of
from measurement.report.document import TAGS, Block, Document, Paragraph


def paper(round_: Round, texts: Texts, title: str, lead: str, blocks: Iterable[Block]) -> Document:
    """Return a document of a round; the framework's note stands in its foot, so on every page."""
    return Document(
        language=texts.language,
        tag=TAGS[texts.language],
        title=title,
        municipality=round_.municipality,
        subtitle=texts.t(
            "{framework}. Belägg som de var {moment}.",
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
            texts.t("belägg {day}", day=day(round_.as_of, texts)),
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


def points_words(points: float | None, texts: Texts) -> str:
    """Return points as they stand in a cell; in words where there are none."""
    return texts.t("saknas") if points is None else texts.number(points)


def value_points(round_: Round, about: str, of: Field, texts: Texts) -> str:
    """Return the points entered for a question or an area as they stand in a cell."""
    return points_words(points_of(round_.value(about, of)), texts)


def difference(points: float, texts: Texts) -> str:
    """Return a difference with its sign, as ``+45``; a true minus sign, so that it is read as one."""
    sign = "+" if points > 0 else "\N{MINUS SIGN}" if points < 0 else "±"
    return f"{sign}{texts.number(abs(points))}"


def than(points: float, name: str, texts: Texts) -> str:
    """Return a difference in words, as "45 poäng mer än Vallentuna 2019"."""
    if points == 0:
        return texts.t("lika mycket som {name}", name=name)
    amount = texts.number(abs(points))
    if points > 0:
        return texts.t("{points} poäng mer än {name}", points=amount, name=name)
    return texts.t("{points} poäng mindre än {name}", points=amount, name=name)


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
    """Return a piece of evidence on one line: what it is, where it is found, and what it replaced and why."""
    said = f"{kind_name(one.kind, texts)}: {evidence_name(one)}, {evidence_place(one, texts)}"
    if one.replaces is None:
        return said
    replaced = texts.t("Ersätter [{id}]: {why}", id=one.replaces, why=one.why)
    return f"{said}. {replaced}"


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Give what somebody wrote as paragraphs, one for each of its lines that says something."""
    for line in text.splitlines():
        if line.strip():
            yield Paragraph(text=line.strip())
