"""What a report holds, before it is put into words: figures, charts, and what must be known to read them. Plain data.

Aggregates only: no case, no person and no officer can be found in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.clock import Rule
from measurement.measures import Display, Figure, Spread
from measurement.statistics.chart import Chart


class Absent(StrEnum):
    """Why a headline shows no figure, or no word."""

    NOTHING = "nothing"
    """Nothing came in, nobody answered."""
    NOT_DUE = "not_due"
    """The week is not wholly due: so far only."""
    FEW = "few"
    """Too few to say it in per cent, or to show at all."""
    COVERAGE = "coverage"
    """Too small a part of the calls was logged, and no sample was drawn by rule."""
    UNCOUNTED = "uncounted"
    """The exchange's calls are not all imported, so nobody knows what part was logged."""
    COARSE = "coarse"
    """Seconds were logged too coarsely to tell by this limit."""
    NOT_MEASURED = "not_measured"
    """The municipality does not measure this."""
    HIDDEN = "hidden"
    """Hidden so that nobody can find out who answered what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One of the three measures that the report opens with.

    Attributes:
        measure: its id; `name` in the reader's language.
        figure: of the period, of the rolling 13 weeks for reception; None: there is none, `absent` tells why.
        display, spread: how a share may be shown; None of anything but a share.
        chart: its series up to the period; None where nothing has ever been measured.
        weeks: how many weeks the figure covers: 1, or 13.
        target: as the series has it.
        beside: figures that must stand beside it, so that it cannot be misread (response rate, coverage, how many had
            a holding notice first, how many say they had no real answer, the judged sample).
    """

    measure: str
    name: str
    figure: Figure | None
    display: Display | None = None
    spread: Spread | None = None
    chart: Chart | None = None
    weeks: int = 1
    target: float | None = None
    absent: Absent | None = None
    beside: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One member of a dimension, as a unit, with its figures by measure id; hidden ones are left out."""

    key: str
    name: str
    arrivals: int
    figures: Mapping[str, Figure]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something decided or changed that a reader of the figures must know.

    Of a definition, the hours or the way of working; a rebase, a ghosted week, a revision of an earlier week.
    """

    period: str
    what: str
    cause: str
    decided_by: str
    decided_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Who was asked in the weeks that reception covers. Counts are of invitations; grades 1–5 by question."""

    drawn: int
    suppressed: int
    invited: int
    delivered: int
    answered: int
    declined: int
    failed: int
    grades: Mapping[str, tuple[int, int, int, int, int]]
    unknown: Mapping[str, int]
    real_answer: tuple[int, int]
    """How many said yes to having had an answer from a person, of how many."""
    comments: int
    weighted: Mapping[str, float] = field(default_factory=dict)
    """The share of 4–5 by question weighted on answered in time, where respondents differ from those who did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How the queue stood at the as-of instant."""

    waiting: int
    past_due: int
    oldest_seconds: float | None
    oldest_open_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The classes of the period's arrivals under one rule; together they are all arrivals."""

    rule: Rule
    in_time: int
    late: int
    unanswered: int
    not_yet_due: int
    left_out: int

    @property
    def arrivals(self) -> int:
        """Return the sum of the classes."""
        return self.in_time + self.late + self.unanswered + self.not_yet_due + self.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one period as known at one instant.

    Attributes:
        municipality, zone: whose report it is, and the time zone its periods are cut in.
        period: as ``2026-W47``, ``2026-11``, ``2026-T1`` or ``2026``; `first_day` and `last_day` are both in it.
        as_of: only what was recorded by then counts (UTC).
        revision: 0, or which correction of a frozen period this is.
        settled, settles_at: whether everything in it is due, and when (UTC). Before that: so far, and no words.
        frozen: whether it will never change again but by a revision.
        configured: the rule that "within one day" means here.
        headlines: in time, direct answer by phone, reception; in this order, always three.
        figures: every figure by measure id and slice.
        classes: by rule.
        rolling: figures of the survey over the weeks it covers, of the whole, by measure id.
        charts: of every measure, all weeks, by measure id; the headlines' own end with their last settled week.
        slices: by dimension: channel, kind, unit, topic, language; most arrivals first.
        left_out: arrivals by reason.
        outcomes: of viewpoints, complaints, proposals and faults: what they led to, by result code; "" not yet.
        queue, survey: None where it is not known.
        changes: newest first.
        calendar: which calendar version held: valid from, who decided, closed days within the period.
        versions: of the definitions, by measure id; `method` is their hash.
    """

    municipality: str
    zone: str
    period: str
    first_day: date
    last_day: date
    as_of: datetime
    revision: int
    settled: bool
    settles_at: datetime | None
    frozen: bool
    configured: Rule
    headlines: tuple[Headline, ...]
    figures: Mapping[tuple[str, str], Figure]
    classes: tuple[Classes, ...]
    charts: Mapping[str, Chart]
    slices: Mapping[str, tuple[Slice, ...]]
    left_out: Mapping[str, int]
    outcomes: Mapping[str, int]
    queue: Queue | None
    survey: Survey | None
    changes: tuple[Change, ...]
    calendar: tuple[str, ...]
    versions: Mapping[str, int]
    method: str
    rolling: Mapping[str, Figure] = field(default_factory=dict)

    def figure(self, measure: str, slice_: str = "") -> Figure | None:
        """Return one figure; None if nobody computed it."""
        return self.figures.get((measure, slice_))
