"""What a control chart says of a series: centre, limits, signals and words. Plain data; the arithmetic is elsewhere.

The rules and where they differ from other tools: reference/measurement.md §1 and docs/figures.md.

A group has limits, rules and a word from `LIMITS_FROM` points on; before that centre, sides and runs only. Who must see
the trial limits of a shorter one (to check us against another tool, never to show) asks `chart_of` for them; then
`Judged` has limits and rules there too, `Group.has_limits` says that they are not for showing, and word and assurance
stay without.
"""

from dataclasses import dataclass
from enum import StrEnum

from measurement.statistics.series import Series

LIMITS_FROM = 13
"""Points that a group must have before it gets limits; before that it is a run chart without a word."""


class ChartKind(StrEnum):
    """How limits are made."""

    XMR = "xmr"
    """Individual values and moving ranges: indices, times, volumes."""
    P = "p"
    """Shares with binomial spread only."""
    P_PRIME = "pprime"
    """Laney's P′: shares, with what weeks differ by beyond the binomial."""


class SignalRule(StrEnum):
    """Which rule flagged a point; in order of precedence."""

    OUTSIDE = "outside"
    TREND = "trend"
    TWO_IN_THREE = "two_in_three"
    SHIFT = "shift"


class Word(StrEnum):
    """What may be said of the last point; nothing else is ever said of a week."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    """A signal upwards where neither way is better."""
    LOWER = "lower"
    MIXED = "mixed"
    """Signals both ways at once: both are shown, neither wins."""
    NOISE = "noise"
    """Within what the process does by itself."""
    NONE = "none"
    """Too few points, no value, or not settled: nothing can be said."""


class NoWord(StrEnum):
    """Why nothing can be said of the last point; the first that holds."""

    MISSING = "missing"
    """No points, or the last one has no value."""
    GHOSTED = "ghosted"
    PRELIMINARY = "preliminary"
    FEW_POINTS = "few_points"
    """Its group has fewer than `LIMITS_FROM` points, or no two side by side to make limits from."""
    SMALL_N = "small_n"
    """A share or an index of fewer than 30 (design §5)."""


class Assurance(StrEnum):
    """Target against the last group's limits."""

    MEETS = "meets"
    """Even a poor week by chance meets the target."""
    FAILS = "fails"
    """Even a good week by chance misses the target: something must change."""
    HIT_AND_MISS = "hit_and_miss"
    NONE = "none"
    """No target, no limits, or neither way is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the chart says of the point at the same place in `Chart.series.points`.

    Attributes:
        group: which group (part between rebases) it lies in, from 0.
        centre: None where the group has no value.
        lower, upper: limits at three sigma, cut at 0 and 1 on charts of shares; for each place, also where there is no
            value. None before `LIMITS_FROM` points, for a share of nothing, and when no two points stand side by side.
        near_lower, near_upper: at two sigma (two thirds of the way).
        side: 1 above, -1 below, 0 on the centre or without a value.
        rules: that flag it, in order of precedence.
        directions: 1 upwards or -1 downwards, for each of `rules`. Of a trend its slope.
    """

    group: int
    centre: float | None
    lower: float | None = None
    upper: float | None = None
    near_lower: float | None = None
    near_upper: float | None = None
    side: int = 0
    rules: tuple[SignalRule, ...] = ()
    directions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Anhøj's runs test of one group, the second reading.

    Attributes:
        useful: points not on the centre.
        longest, longest_allowed: longest run on one side, and the longest that chance gives.
        crossings, crossings_least: times the centre is crossed, and the fewest that chance gives.
    """

    useful: int
    longest: int
    longest_allowed: int
    crossings: int
    crossings_least: int

    @property
    def signal(self) -> bool:
        """Whether chance alone does not explain it."""
        return self.longest > self.longest_allowed or self.crossings < self.crossings_least


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The points between two rebases.

    Attributes:
        first, last: places of its first and last point.
        counted: points that make centre and limits: with a value, neither ghosted nor preliminary.
        centre: None without any.
        sigma_z: how much weeks differ beyond the binomial, P′ only.
        mean_range: mean moving range after screening, XmR only.
        screened: moving ranges left out of it, or of sigma_z.
        runs: None with fewer than 10 useful points.
    """

    first: int
    last: int
    counted: int
    centre: float | None
    sigma_z: float | None = None
    mean_range: float | None = None
    screened: int = 0
    runs: Runs | None = None

    @property
    def has_limits(self) -> bool:
        """Whether it has enough points for limits that may be shown."""
        return self.counted >= LIMITS_FROM


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A series with what its chart says.

    Attributes:
        judged: as long as `series.points`.
        groups: in order; one more than there are rebases within the series. Empty of an empty series.
        word: of the last point only.
        assurance: the target against the limits at the last point that made them.
        no_word: why, when the word is NONE.
        screening: whether moving ranges were screened once.
    """

    kind: ChartKind
    series: Series
    judged: tuple[Judged, ...]
    groups: tuple[Group, ...]
    word: Word
    assurance: Assurance
    no_word: NoWord | None = None
    screening: bool = False

    @property
    def last(self) -> Judged | None:
        """Return what is said of the last point; None of an empty series."""
        return self.judged[-1] if self.judged else None
