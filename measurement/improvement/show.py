"""A project, and what was found of its cause, as lines for a terminal. Pure."""

from collections.abc import Iterator, Mapping

from config.texts import Texts
from measurement.improvement.effect_words import change_words, outcome_words
from measurement.improvement.findings import Analysis
from measurement.improvement.gates import Gate, questions_of
from measurement.improvement.paper import Content, gate_words
from measurement.improvement.project import Field, target_of
from measurement.improvement.words import (
    analysed_words,
    analysis_words,
    baseline_words,
    dimension_name,
    member_name,
    staffing_words,
    target_words,
)
from measurement.words import paragraph, percent, table


def project_lines(content: Content, texts: Texts) -> Iterator[str]:
    """Give a project as lines: what it is about, each gate with its questions, and the figures behind it."""
    project = content.project
    yield f"{project.id}: {project.opened.title}"
    yield content.series.name + (f", {content.slice_name}" if content.slice_name else "")
    yield texts.t("Ansvarig: {owner}", owner=project.value(Field.OWNER))
    for gate in Gate:
        yield ""
        yield gate_words(project, gate, texts)
        for question in questions_of(gate):
            entry = project.answers.get(question.id)
            yield f"  {texts.t(question.text)} ({question.id})"
            yield from paragraph(entry.value if entry else "–", indent="    ")
        for sentence in _figures(gate, content, texts):
            yield from paragraph(sentence, indent="  ")


def _figures(gate: Gate, content: Content, texts: Texts) -> Iterator[str]:
    unit, target = content.series.unit, target_of(content.project)
    if gate is Gate.MEASURE and content.baseline is not None:
        yield from baseline_words(content.baseline, unit, texts)
    if gate is Gate.MEASURE and target is not None:
        yield texts.t("Målet är {target}.", target=target_words(unit, target, texts))
    if gate is Gate.ANALYZE and content.analysis is not None:
        yield from _analysed(content.analysis, content.names, texts)
    if gate is Gate.IMPROVE and content.change is not None:
        yield change_words(content.change, content.names, texts)
    if gate is Gate.CONTROL and content.outcome is not None:
        yield from outcome_words(content.outcome, unit, texts)


def _analysed(analysis: Analysis, names: Mapping[str, str], texts: Texts) -> Iterator[str]:
    yield analysed_words(analysis, texts)
    yield from analysis_words(analysis, names, texts)
    if analysis.staffing is not None:
        yield from staffing_words(analysis.staffing, texts)


def analysis_lines(analysis: Analysis, names: Mapping[str, str], texts: Texts) -> Iterator[str]:
    """Give an analysis as lines: how many of the late each category has, and what was found."""
    yield from paragraph(analysed_words(analysis, texts))
    head = (
        (texts.t("sena"), texts.t("av"), texts.t("andel sena"), texts.t("av alla sena"))
        if analysis.rule
        else (texts.t("med brist"), texts.t("av"), texts.t("andel"), texts.t("av alla brister"))
    )
    for dimension in dict.fromkeys(one.dimension for one in analysis.categories):
        yield ""
        rows = [
            (member_name(dimension, one.member, names, texts), texts.number(one.late), texts.number(one.due),
             percent(texts, one.share), percent(texts, one.late / analysis.late) if analysis.late else "–")
            for one in analysis.categories if one.dimension == dimension
        ]  # fmt: skip
        yield from table((dimension_name(dimension, texts), *head), rows)
    if analysis.hidden:
        yield ""
        yield from paragraph(
            texts.n("{count} grupp är för liten för att visas.",
                    "{count} grupper är för små för att visas, eller skulle röja någon som är det.", analysis.hidden)
        )  # fmt: skip
    yield ""
    for sentence in analysis_words(analysis, names, texts):
        yield from paragraph(sentence)
    if analysis.staffing is not None:
        for sentence in staffing_words(analysis.staffing, texts):
            yield from paragraph(sentence)
