"""An improvement project: what was entered, folded into how it stands. Pure; entries are only ever added.

What was computed (baseline, findings) is entered as JSON and kept as it was; whoever computes anew enters it anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from measurement.improvement.gates import QUESTIONS, Gate, QuestionId, SupportingQuestion, questions_of

ProjectId = NewType("ProjectId", str)
"""As ``svar-i-tid-2026``: small letters, digits, hyphens."""


class Field(StrEnum):
    """What an entry says; in brackets what it is about."""

    OWNER = "owner"
    """The work address that is told when the effect slips (the project: empty)."""
    ANSWER = "answer"
    """To a supporting question (its id)."""
    PASSED = "passed"
    """The gate was passed (the gate)."""
    SKIPPED = "skipped"
    """The gate was skipped; the value is the reason (the gate)."""
    SERIES = "series"
    """The series of a file, read anew (empty): JSON."""
    BASELINE = "baseline"
    """How it was before (empty): JSON of `baseline.Baseline`."""
    TARGET = "target"
    """What is aimed at, in the measure's unit (the first period it holds for): the number, a blank, why."""
    ANALYSIS = "analysis"
    """What the data say of the cause (empty): JSON of `findings.Analysis`."""
    CHANGE = "change"
    """What was changed and when (empty): JSON of `Change`."""
    REBASED = "rebased"
    """Limits begin anew with this period; the value is why (the period). Of a series from a file."""
    ALARM = "alarm"
    """The effect slips; the value is the period (empty)."""
    CALM = "calm"
    """It slips no more; the value is the period (empty)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody entered.

    Attributes:
        about: what it concerns, as `Field` says.
        by: who, as role or work address.
        at: when (UTC).
        seq: its place among all entries, 0 as long as it is not written.
    """

    field: Field
    value: str
    by: str
    at: datetime
    about: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a project is about.

    Attributes:
        measure, slice: the measure of ours, and the part of it as ``unit:bygg``; empty for a series from a file.
        series: the series as it was first read from a file (JSON); empty for a measure of ours.
        opened_at: UTC.
    """

    id: ProjectId
    title: str
    measure: str = ""
    slice: str = ""
    series: str = ""
    opened_by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was changed.

    Attributes:
        on: the day it took effect.
        period: the first period that counts as after.
        unit: the unit that tries it (pilot); empty: everywhere at once.
        by: who decided it.
    """

    what: str
    on: date
    period: str
    unit: str = ""
    by: str = ""


class Passage(StrEnum):
    """How a gate stands."""

    OPEN = "open"
    PASSED = "passed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as it stands.

    Attributes:
        answers: the newest answer to each question that has one.
        gates: the entry that passed or skipped a gate, of those where that was done.
        latest: the newest entry of each other field, by field.
        rebases: of a series from a file, by period.
        seq: of the newest entry, 0 without any.
    """

    opened: Opened
    answers: Mapping[QuestionId, Entry] = field(default_factory=dict)
    gates: Mapping[Gate, Entry] = field(default_factory=dict)
    latest: Mapping[Field, Entry] = field(default_factory=dict)
    rebases: Mapping[str, Entry] = field(default_factory=dict)
    seq: int = 0

    @property
    def id(self) -> ProjectId:
        """Return its id."""
        return self.opened.id

    def value(self, of: Field) -> str:
        """Return the newest value of a field, empty if nothing was entered."""
        entry = self.latest.get(of)
        return entry.value if entry else ""

    def passage(self, gate: Gate) -> Passage:
        """Return how a gate stands."""
        entry = self.gates.get(gate)
        if entry is None:
            return Passage.OPEN
        return Passage.PASSED if entry.field is Field.PASSED else Passage.SKIPPED

    @property
    def gate(self) -> Gate | None:
        """Return the gate that is next, None when all are behind."""
        return next((one for one in Gate if self.passage(one) is Passage.OPEN), None)

    @property
    def alarmed(self) -> bool:
        """Tell whether the owner was told that it slips, and nothing has told since that it does not."""
        alarm, calm = self.latest.get(Field.ALARM), self.latest.get(Field.CALM)
        return alarm is not None and (calm is None or calm.seq < alarm.seq)


def fold(opened: Opened, entries: Iterable[Entry]) -> Project:
    """Return a project as it stands, from its entries in order."""
    answers: dict[QuestionId, Entry] = {}
    gates: dict[Gate, Entry] = {}
    latest: dict[Field, Entry] = {}
    rebases: dict[str, Entry] = {}
    seq = 0
    for entry in entries:
        seq = entry.seq
        match entry.field:
            case Field.ANSWER:
                answers[QuestionId(entry.about)] = entry
            case Field.PASSED | Field.SKIPPED:
                gates[Gate(entry.about)] = entry
            case Field.REBASED:
                rebases[entry.about] = entry
            case _:
                latest[entry.field] = entry
    return Project(opened=opened, answers=answers, gates=gates, latest=latest, rebases=rebases, seq=seq)


class Refusal(StrEnum):
    """Why a gate cannot be passed or skipped, or a target not set."""

    ALREADY_PASSED = "already_passed"
    EARLIER_OPEN = "earlier_open"
    """A gate before it is neither passed nor skipped."""
    UNANSWERED = "unanswered"
    NO_REASON = "no_reason"
    NO_BASELINE = "no_baseline"
    """A target before the chart: nobody knows yet what the process does by itself."""


def unanswered(project: Project, gate: Gate) -> tuple[SupportingQuestion, ...]:
    """Return the questions of a gate that have no answer."""
    return tuple(one for one in questions_of(gate) if not _told(project.answers.get(one.id)))


def may_pass(project: Project, gate: Gate) -> Refusal | None:
    """Return why a gate may not be passed; None: it may. One that was skipped may be passed later."""
    if project.passage(gate) is Passage.PASSED:
        return Refusal.ALREADY_PASSED
    if _earlier_open(project, gate):
        return Refusal.EARLIER_OPEN
    return Refusal.UNANSWERED if unanswered(project, gate) else None


def may_skip(project: Project, gate: Gate, reason: str) -> Refusal | None:
    """Return why a gate may not be skipped; None: it may."""
    if project.passage(gate) is Passage.PASSED:
        return Refusal.ALREADY_PASSED
    if _earlier_open(project, gate):
        return Refusal.EARLIER_OPEN
    return None if reason.strip() else Refusal.NO_REASON


def may_set_target(project: Project) -> Refusal | None:
    """Return why a target may not be set; None: it may, for it is known how stable the process is."""
    return None if project.value(Field.BASELINE) else Refusal.NO_BASELINE


def target_of(project: Project) -> float | None:
    """Return what is aimed at, in the measure's unit; None: nothing was set."""
    told = project.value(Field.TARGET)
    return float(told.split(maxsplit=1)[0]) if told else None


def target_from(project: Project) -> str:
    """Return the first period that the target holds for; empty: nobody said, or nothing was set."""
    entry = project.latest.get(Field.TARGET)
    return entry.about if entry else ""


def answered(project: Project) -> int:
    """Return how many of the eight questions have an answer."""
    return sum(_told(project.answers.get(one.id)) for one in QUESTIONS)


def _told(entry: Entry | None) -> bool:
    return entry is not None and bool(entry.value.strip())


def _earlier_open(project: Project, gate: Gate) -> bool:
    before = list(Gate)[: list(Gate).index(gate)]
    return any(project.passage(one) is Passage.OPEN for one in before)
