"""A frozen series: what one measure showed at an instant, with all that its chart said of it then. Plain data.

The points and every line and word of the chart are kept, not only the points: a page made from it in ten years says
the same, whatever has become of the book, the rules of the chart or the definition since.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from measurement.statistics.chart import Chart
from measurement.statistics.series import Series
from measurement.statistics.shares import Interval

OF_RATINGS = ("reception.", "clarity.", "ease.", "survey.real_answer", "phone.asked_reception.")
"""How the measures begin that are made of what people said of us: few of them could be told apart."""


class NoSeries(StrEnum):
    """Why there is no series for a question."""

    NO_SUBJECT = "no_subject"
    """No measure speaks to the question."""
    NO_VALUES = "no_values"
    """There was no finished figure at the instant."""
    NOT_FILLED = "not_filled"
    """The book has no week at all: nobody has filled it."""
    HIDDEN = "hidden"
    """So few had answered in every week that nothing may be shown."""
    AHEAD = "ahead"
    """The instant has not come yet."""


class Way(StrEnum):
    """What an interval was made by, and so what it is about."""

    WILSON = "wilson"
    """Of a share: what weeks like these together could have given by chance alone, 95 times of 100; no margin of error,
    because every case was counted. Of ratings it is about those who answered. How much one week differs from another
    is told by the chart's limits, not by this."""
    LIMITS = "limits"
    """The limits of the chart: where one ordinary week comes out. Of an index, a median or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The series in one number, from the weeks since the last rebase.

    Attributes:
        first, last: the weeks it covers, as ``2026-W36``.
        weeks: how many of them have a value that counts.
        numerator: of a share; None of anything else.
        n: what it rests on, of all these weeks.
        value: of a share and an index of all cases together, over the last 13 weeks that end with the last value; of
            anything else the centre of the chart, over all weeks since the last rebase: medians cannot be put together.
            In the unit of the measure.
        way: what makes the interval.
        interval: None: of a share of fewer than ten, and before the chart has limits.
    """

    first: str
    last: str
    weeks: int
    numerator: int | None
    n: int
    value: float
    way: Way
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One side of a change: `k` of `n` in so many weeks, and the share (0–1) with its 95 per cent interval."""

    weeks: int
    k: int
    n: int
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Before and after the last signed rebase, of a share: the quasi-binomial model on the weeks.

    Attributes:
        period: the first week after.
        cause, by: what was changed, and who signed it.
        difference: after minus before, -1 to 1.
        interval: of the difference, 95 per cent.
    """

    period: str
    cause: str
    by: str
    before: Level
    after: Level
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class MustRead:
    """A share that has to be read with the series, of the weeks of its one number: `numerator` of `n`.

    Of survey grades how many invitations arrived and were answered, of direct answers by telephone how many calls were
    logged, of answers in time how many had only a holding notice first.
    """

    measure: str
    name: str
    numerator: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenSeries:
    """One measure's series as it stood at an instant.

    Attributes:
        as_of: what was known then counts (UTC); only weeks that could be judged then are in it.
        language: of `chart.series.name`, `meaning`, names in `beside`, and the causes of decisions.
        chart: the series with what its chart said. The version of the definition is `chart.series.version`.
        meaning: what the measure counts, in a sentence; `population` the same as the registry has it, in English.
        definitions: `measurement.registry.definitions_hash` of all measures when it was frozen.
        whole: None: no week counts, only figures from before us are known.
        shift: None: no rebase was signed, or it is no share, or too few weeks lie on a side.
        beside: what has to be read with it.
        hidden: weeks whose ratings were under ten; they have no value here, and are in no sum.
        digest: SHA-256 of the JSON it was read from or written to; empty before that.
    """

    as_of: datetime
    language: str
    chart: Chart
    meaning: str
    population: str
    definitions: str
    whole: Whole | None
    shift: Shift | None
    hidden: tuple[str, ...]
    beside: tuple[MustRead, ...] = ()
    digest: str = ""

    @property
    def series(self) -> Series:
        """Return the series."""
        return self.chart.series
