"""A series: one measure's figure period by period, with what was decided about it. Plain data, as charts read it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from measurement.measures import Direction, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period's figure.

    Attributes:
        period: as ``2026-W47``; points of a series stand in order, a missing period has a point without a value.
        value: None: nothing to count, a gap. Shares are 0–1, lengths of time seconds, an index 0–100.
        n: what it rests on.
        numerator: of a share, so that value = numerator / n; None of anything else.
        ghost: why it is left out of centre, limits and rules though it is drawn (hollow); empty: it is not.
        preliminary: not wholly due yet: drawn hollow, in no limit, and without a word.
    """

    period: str
    value: float | None
    n: int
    numerator: int | None = None
    ghost: str = ""
    preliminary: bool = False


class DecisionKind(StrEnum):
    """What somebody decided about a series."""

    REBASE = "rebase"
    """New centre and limits from this period on: a known, dated change that has held."""
    GHOST = "ghost"
    """The period is left out, as for an outage."""
    NOTE = "note"
    """Something that a reader of the chart should know: a change of definition, hours or way of working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A dated, signed decision, drawn on the chart.

    Attributes:
        period: the first that it concerns.
        cause: why, in the municipality's own words.
        decided_by, decided_on: who signed it and when.
    """

    kind: DecisionKind
    period: str
    cause: str
    decided_by: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A figure from before us: drawn beside the series and marked, in no limit, joined by a line only to its like.

    Attributes:
        period: a week as ``2025-W10`` or a year as ``2019``.
        value: as in `Point`.
        n: what it rests on, None where nobody knows.
        definition: what it was made by; a line is never drawn from one definition to another.
        source: where it comes from.
    """

    period: str
    value: float
    n: int | None
    definition: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One measure over time.

    Attributes:
        measure, version: id of the measure, and which version of its definition.
        name: what it is called, in the reader's language.
        unit, direction: as the measure's; no direction: neither way is better.
        slice: empty for all, else as ``channel:mail``.
        points: oldest first, one for each period.
        decisions: in order of period.
        earlier: oldest first.
        target: None: there is none.
    """

    measure: str
    version: int
    name: str
    unit: Unit
    direction: Direction | None
    points: tuple[Point, ...]
    slice: str = ""
    decisions: tuple[Decision, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    target: float | None = None
