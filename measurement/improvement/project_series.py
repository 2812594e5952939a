"""The series of a project that was read from a file, with what the project decided about it. Pure."""

from dataclasses import replace

from measurement.improvement.analysis_json import change_of_json
from measurement.improvement.project import Change, Entry, Field, Project, target_of
from measurement.improvement.series_json import series_of_json
from measurement.statistics.series import Decision, DecisionKind, Series


def change_of(project: Project) -> Change | None:
    """Return what was changed; None: nothing yet."""
    told = project.value(Field.CHANGE)
    return change_of_json(told) if told else None


def file_series(project: Project) -> Series:
    """Return the newest series that was read from a file, with the project's change, new limits and target.

    Raises:
        ValueError: the project is about a measure of ours.
    """
    written = project.value(Field.SERIES) or project.opened.series
    if not written:
        raise ValueError(f"{project.id} is about a measure, not about a series from a file")
    series, change = series_of_json(written), project.latest.get(Field.CHANGE)
    found = list(series.decisions)
    if change is not None:
        found.append(_noted(change))
    found += [
        Decision(kind=DecisionKind.REBASE, period=period, cause=one.value, decided_by=one.by, decided_on=one.at.date())
        for period, one in project.rebases.items()
    ]
    target = target_of(project)
    return replace(
        series, decisions=tuple(sorted(found, key=lambda one: one.period)),
        target=series.target if target is None else target,
    )  # fmt: skip


def _noted(entry: Entry) -> Decision:
    change = change_of_json(entry.value)
    return Decision(
        kind=DecisionKind.NOTE, period=change.period, cause=change.what, decided_by=change.by or entry.by,
        decided_on=change.on,
    )  # fmt: skip
