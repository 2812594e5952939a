"""A project as JSON, for other systems and for whoever chooses to share it: aggregates only. Pure."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from config.texts import Texts
from measurement.improvement.analysis_json import analysis_told
from measurement.improvement.effect_words import outcome_words
from measurement.improvement.gates import GATE_NAMES, Gate, questions_of
from measurement.improvement.paper import Content
from measurement.improvement.project import Entry, Field, Project, target_from, target_of
from measurement.improvement.words import analysis_words
from measurement.show_chart import chart_as_json
from measurement.statistics.control import chart_of, kind_for

FORM = 1
"""Version of the shape; keys may be added without a new one."""


def project_json(content: Content, entries: Iterable[Entry], texts: Texts) -> dict[str, Any]:
    """Return a project with its gates, figures and history.

    - ``form``, ``id``, ``title``, ``municipality``, ``measure``, ``slice``, ``name``, ``owner``, ``as_of``;
    - ``gates``: ``gate``, ``name``, ``state`` (open, passed, skipped), ``by``, ``at``, ``reason``, and ``questions``
      with ``id``, ``question``, ``answer`` (null: none), ``by``, ``at``;
    - ``baseline``, ``target``, ``target_from`` (its first period), ``analysis`` (with ``sentences``), ``change``,
      ``outcome`` (with ``sentences``; of a pilot that of its unit): null
      where there is none; shares are 0–1;
    - ``chart``: as `explain chart --json` gives it;
    - ``entries``: what was entered, oldest first, by whom and when; without what is told above as computed.
    """
    project, series = content.project, content.series
    return {
        "form": FORM, "id": project.id, "title": project.opened.title, "municipality": content.municipality,
        "measure": project.opened.measure, "slice": project.opened.slice, "name": series.name,
        "owner": project.value(Field.OWNER), "as_of": content.as_of.isoformat(),
        "gates": [_gate(project, gate, texts) for gate in Gate],
        "baseline": asdict(content.baseline) if content.baseline else None,
        "target": target_of(project), "target_from": target_from(project) or None,
        "analysis": _analysis(content, texts),
        "change": asdict(content.change) | {"on": content.change.on.isoformat()} if content.change else None,
        "outcome": _outcome(content, texts),
        "chart": chart_as_json(chart_of(series, kind_for(series.unit))),
        "entries": [
            {"field": one.field.value, "about": one.about, "value": one.value, "by": one.by, "at": one.at.isoformat()}
            for one in entries
            if one.field not in _COMPUTED
        ],
    }  # fmt: skip


_COMPUTED = frozenset((Field.SERIES, Field.BASELINE, Field.ANALYSIS))


def _gate(project: Project, gate: Gate, texts: Texts) -> dict[str, Any]:
    entry = project.gates.get(gate)
    return {
        "gate": gate.value, "name": texts.t(GATE_NAMES[gate]), "state": project.passage(gate).value,
        "by": entry.by if entry else None, "at": entry.at.isoformat() if entry else None,
        "reason": entry.value if entry and entry.value else None,
        "questions": [
            {"id": one.id, "question": texts.t(one.text), **_answer(project.answers.get(one.id))}
            for one in questions_of(gate)
        ],
    }  # fmt: skip


def _answer(entry: Entry | None) -> dict[str, Any]:
    return {
        "answer": entry.value if entry else None, "by": entry.by if entry else None,
        "at": entry.at.isoformat() if entry else None,
    }  # fmt: skip


def _analysis(content: Content, texts: Texts) -> dict[str, Any] | None:
    if content.analysis is None:
        return None
    return analysis_told(content.analysis) | {"sentences": analysis_words(content.analysis, content.names, texts)}


def _outcome(content: Content, texts: Texts) -> dict[str, Any] | None:
    if content.outcome is None:
        return None
    told = asdict(content.outcome)
    return told | {"sentences": outcome_words(content.outcome, content.series.unit, texts)}
