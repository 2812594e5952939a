"""Measures: what each figure means, and the values that carry it.

A value never travels without its n, unit, period, definition version and as-of instant (design §5). No data is
`None`: never 0, never 100 per cent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.clock import Rule


class Unit(StrEnum):
    """What a value is counted in."""

    SHARE = "share"
    SECONDS = "seconds"
    COUNT = "count"
    INDEX = "index"
    """0–100: grades 5→100 … 1→0, as SKR counts it."""
    POINTS = "points"
    """Share of the most points that could be had, as KKiK counted test contacts."""


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Mått: a declared definition. Whatever changes its values gets a new version.

    Attributes:
        id: its key in data, never changed.
        version: of the definition, from 1.
        unit: what its values are counted in.
        population: which inquiries it is about.
        direction: which way is better; None: neither.
        name: what it is called in Swedish.
    """

    id: str
    version: int
    unit: Unit
    population: str
    direction: Direction | None
    name: str


_DUE = "inquiries that arrived in the week, due at the as-of instant, not left out; answered or not"
_ALL = "inquiries that arrived in the week, not left out; without an answer: censored at the as-of instant"


def _share(rule: Rule, name: str) -> Measure:
    return Measure(
        id=f"answered_in_time.{rule.value}", version=1, unit=Unit.SHARE, population=_DUE,
        direction=Direction.HIGHER, name=name,
    )  # fmt: skip


def _time(key: str, name: str) -> Measure:
    return Measure(id=key, version=1, unit=Unit.SECONDS, population=_ALL, direction=Direction.LOWER, name=name)


IN_TIME: Mapping[Rule, Measure] = MappingProxyType(
    {
        Rule.ONE_WORKING_DAY: _share(Rule.ONE_WORKING_DAY, "Besvarade inom en arbetsdag"),
        Rule.TWO_WORKING_DAYS: _share(Rule.TWO_WORKING_DAYS, "Besvarade inom två arbetsdagar"),
        Rule.END_OF_NEXT_WORKING_DAY: _share(
            Rule.END_OF_NEXT_WORKING_DAY, "Besvarade senast vid stängning nästa arbetsdag"
        ),
        Rule.CLOCK_24H: _share(Rule.CLOCK_24H, "Besvarade inom 24 timmar"),
    }
)
"""Share answered in time, one measure for each rule: they have different cohorts and are never mixed."""

WAITING_MEDIAN = _time("waiting_time.median", "Väntetid på klockan, median")
WAITING_P90 = _time("waiting_time.p90", "Väntetid på klockan, 90:e percentilen")
WORKING_MEDIAN = _time("working_time.median", "Svarstid i öppen tid, median")
WORKING_P90 = _time("working_time.p90", "Svarstid i öppen tid, 90:e percentilen")

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {measure.id: measure for measure in (*IN_TIME.values(), WAITING_MEDIAN, WAITING_P90, WORKING_MEDIAN, WORKING_P90)}
)
"""Every measure by its id."""


class Display(StrEnum):
    """How a share may be shown, by its n (design §5)."""

    COUNT_ONLY = "count_only"
    WITH_SPREAD = "with_spread"
    PLAIN = "plain"


def display_of(n: int) -> Display:
    """Return how a share of n is shown: 1–9 as "k of n" only, 10–29 with its spread and no word, 30+ normally."""
    if n < 10:
        return Display.COUNT_ONLY
    return Display.WITH_SPREAD if n < 30 else Display.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Between which shares (0–1) a week like this could by chance have come out: Wilson, 95 per cent.

    All messages are counted, so it is the spread of the process and not a margin of error.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Utfall: one share of one period.

    Attributes:
        measure, version: id of the measure, and which version of its definition.
        unit: as the measure's.
        numerator, denominator: whole inquiries; the denominator is at least 1.
        n: how many inquiries it rests on; for a share the denominator.
        period: as ``2026-W47``.
        as_of: what was known at this instant (UTC) counts.
        spread: None when n is under 10.
    """

    measure: str
    version: int
    unit: Unit
    numerator: int
    denominator: int
    n: int
    period: str
    as_of: datetime
    spread: Spread | None

    @property
    def share(self) -> float:
        """Return the share, 0–1."""
        return self.numerator / self.denominator

    @property
    def display(self) -> Display:
        """Return how it may be shown."""
        return display_of(self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A length of time that a share of the inquiries were answered within; or, with `more_than`, were not yet."""

    value: timedelta
    more_than: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeValue:
    """Utfall: one quantile of how long the answers took, by Kaplan–Meier.

    Attributes:
        measure, version: id of the measure, and which version of its definition.
        unit: as the measure's.
        quantile: None when there is no inquiry.
        n: inquiries in the population.
        answered: how many of them had an answer; the rest are censored at `as_of`.
        period: as ``2026-W47``.
        as_of: what was known at this instant (UTC) counts.
    """

    measure: str
    version: int
    unit: Unit
    quantile: Quantile | None
    n: int
    answered: int
    period: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number as it is kept: of one measure, period and slice. What reports and charts read.

    Attributes:
        measure, version: id of the measure, and which version of its definition.
        period: as ``2026-W47``, ``2026-11``, ``2026-T1`` or ``2026``.
        slice: empty for all, else a dimension and its member, as ``channel:mail``; never two at once.
        numerator, denominator: of shares and points; None of anything else.
        n: what it rests on; 0 only together with no value, or of a count.
        value: 0–1 of a share and of points, seconds of a length, 0–100 of an index, the number of a count; None: no
            data.
        more_than: of a length of time that so large a share had not yet reached: the true one is longer.
        as_of: what was known at this instant (UTC) counts.
    """

    measure: str
    version: int
    period: str
    slice: str = ""
    numerator: int | None = None
    denominator: int | None = None
    n: int
    value: float | None
    more_than: bool = False
    as_of: datetime


def iso(instant: datetime) -> str:
    """Return an aware instant as ISO 8601 with its offset, microseconds only where there are any."""
    return instant.isoformat()


def seconds(length: timedelta) -> int | float:
    """Return a length of time in seconds: whole ones as an integer, else to the microsecond."""
    whole, rest = divmod(length, timedelta(seconds=1))
    return length.total_seconds() if rest else whole
