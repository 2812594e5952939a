"""A project on one A3 page: five gates, their questions and answers, and the figures behind them; tagged PDF (UA-1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from config.texts import Texts
from measurement.improvement.baseline import Baseline, NoBaseline, periods_for
from measurement.improvement.charts import chart_drawing, pareto_drawing, staffing_drawing
from measurement.improvement.control_phase import Outcome
from measurement.improvement.effect_words import change_words, outcome_words
from measurement.improvement.findings import Analysis
from measurement.improvement.gates import GATE_NAMES, Gate, SupportingQuestion, questions_of
from measurement.improvement.project import Change, Field, Passage, Project, target_from, target_of
from measurement.improvement.words import analysed_words, analysis_words, baseline_words, staffing_words, target_words
from measurement.report.document import Block, Document, Heading, Paragraph, Points
from measurement.report.pdf import report_pdf
from measurement.report.words import decision_words
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Series

TEMPLATE = Path(__file__).parent / "improvement.typ"
MOST_LETTERS = 700
"""Of an answer on the page; the whole of it stands in the project."""
_TAGS = {"sv": "sv", "sv_FI": "sv-FI", "fi": "fi", "en": "en", "sv_lattlast": "sv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a page tells.

    Attributes:
        series: as it stands now.
        slice_name: which part of the measure, in words; empty: the whole.
        names: of units and topics, as ``unit:kc``.
        as_of: when it was put together (UTC).
        tried: the series of the unit that tries the change, where one does and it is known.
    """

    project: Project
    series: Series
    municipality: str
    slice_name: str
    names: Mapping[str, str]
    as_of: datetime
    baseline: Baseline | None = None
    analysis: Analysis | None = None
    change: Change | None = None
    outcome: Outcome | None = None
    tried: Series | None = None


def paper(content: Content, texts: Texts) -> Document:
    """Return the page as blocks; each gate begins with a heading."""
    blocks = [block for gate in Gate for block in _gate(gate, content, texts)]
    measure = content.series.name + (f", {content.slice_name}" if content.slice_name else "")
    owner, title = content.project.value(Field.OWNER), content.project.opened.title
    told = [measure if measure != title else "", texts.t("ansvarig: {owner}", owner=owner) if owner else ""]
    return Document(
        language=texts.language, tag=_TAGS[texts.language], title=title,
        municipality=content.municipality, lead=_lead(content, texts), blocks=tuple(blocks),
        subtitle=" · ".join(one for one in told if one),
        footer=texts.t(
            "{id} · {measure}, definition {version} · läget {moment} {year} · bara sammanräknade uppgifter",
            id=content.project.id, measure=content.series.measure, version=content.series.version,
            moment=texts.moment(content.as_of), year=content.as_of.astimezone(texts.zone).year,
        ),
    )  # fmt: skip


def paper_pdf(content: Content, texts: Texts) -> bytes:
    """Return the page as PDF, A3 across.

    Raises:
        ReportFault: the typesetter refuses it.
    """
    return report_pdf(paper(content, texts), texts, template=TEMPLATE)


def _lead(content: Content, texts: Texts) -> str:
    if content.outcome is not None:
        return outcome_words(content.outcome, content.series.unit, texts)[0]
    gate = content.project.gate
    if gate is None:
        return texts.t("Alla fem stegen är gjorda.")
    return texts.t("Arbetet är i steget {gate}.", gate=texts.t(GATE_NAMES[gate]).lower())


def gate_words(project: Project, gate: Gate, texts: Texts) -> str:
    """Return a gate's name and how it stands."""
    number, name = list(Gate).index(gate) + 1, texts.t(GATE_NAMES[gate])
    match project.passage(gate):
        case Passage.PASSED:
            return texts.t("{number} {name}: klart", number=number, name=name)
        case Passage.SKIPPED:
            why = project.gates[gate].value
            return texts.t("{number} {name}: hoppades över ({why})", number=number, name=name, why=_short(why, 120))
        case Passage.OPEN if gate is project.gate:
            return texts.t("{number} {name}: pågår", number=number, name=name)
        case Passage.OPEN:
            return texts.t("{number} {name}: inte klart än", number=number, name=name)


def _gate(gate: Gate, content: Content, texts: Texts) -> Iterator[Block]:
    yield Heading(text=gate_words(content.project, gate, texts))
    for question in questions_of(gate):
        yield from _question(question, content.project, texts)
    match gate:
        case Gate.MEASURE:
            yield from _measured(content, texts)
        case Gate.ANALYZE:
            yield from _analysed(content, texts)
        case Gate.IMPROVE:
            if content.change is not None:
                yield Points(items=(change_words(content.change, content.names, texts),))
        case Gate.CONTROL:
            yield from _controlled(content, texts)
        case Gate.DEFINE:
            pass


def _question(question: SupportingQuestion, project: Project, texts: Texts) -> Iterator[Block]:
    entry = project.answers.get(question.id)
    yield Paragraph(text=texts.t(question.text), small=True)
    yield Paragraph(text=_short(entry.value, MOST_LETTERS) if entry else texts.t("Inte besvarad än."))


def _short(words: str, most: int) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= most else plain[: most - 2].rstrip() + " …"


def _measured(content: Content, texts: Texts) -> Iterator[Block]:
    baseline = content.baseline
    if baseline is None:
        return
    yield from _before(content, baseline, texts)
    items, target = baseline_words(baseline, content.series.unit, texts), target_of(content.project)
    if target is not None:
        items.append(texts.t("Målet är {target}.", target=target_words(content.series.unit, target, texts)))
    yield Points(items=tuple(items))


def _before(content: Content, baseline: Baseline, texts: Texts) -> Iterator[Block]:
    """Give the chart of the baseline; without the target where that came later."""
    try:
        series = periods_for(content.series, first=baseline.first, last=baseline.last)
    except NoBaseline:  # a file that was read before one that lacks periods was refused
        yield Paragraph(text=texts.t("Filen har inte längre alla perioder i nuläget, så diagrammet kan inte ritas."))
        return
    begins = target_from(content.project)
    if begins > baseline.last:
        series = replace(series, target=None)
    yield chart_drawing(chart_of(series, kind_for(series.unit)), texts.t("Så var det före"), texts, begins)


def _analysed(content: Content, texts: Texts) -> Iterator[Block]:
    analysis = content.analysis
    if analysis is None:
        return
    yield Points(items=(analysed_words(analysis, texts), *analysis_words(analysis, content.names, texts)))
    drawing = pareto_drawing(analysis, content.names, texts)
    if drawing is not None:
        yield drawing
    if analysis.staffing is not None:
        yield Points(items=tuple(staffing_words(analysis.staffing, texts)))
        yield staffing_drawing(analysis.staffing, texts)


def _controlled(content: Content, texts: Texts) -> Iterator[Block]:
    if content.outcome is None:
        return
    series = content.tried or content.series
    chart = chart_of(series, kind_for(series.unit))
    caption = texts.t("Före och efter i enheten som provar") if content.tried else texts.t("Före och efter")
    yield chart_drawing(chart, caption, texts, target_from(content.project))
    yield Points(items=(*decision_words(chart, texts), *outcome_words(content.outcome, series.unit, texts)))
