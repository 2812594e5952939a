"""Anhøj's runs test: whether values keep to one side of the centre longer than chance explains. Pure.

Needs no limits, so it is the second reading of a chart and the only one of a short series. As qicharts2: points on the
centre are left out, and so are missing ones (they do not end a run here). Source: reference/measurement.md §1;
Anhøj and Olesen 2014, https://doi.org/10.1371/journal.pone.0113825.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import comb, log2

from measurement.statistics.chart import Runs
from measurement.statistics.rules import side_of

USEFUL_FROM = 10
"""Fewer points tell nothing; the published tables begin here."""


def runs_of(values: Sequence[float], centre: float) -> Runs | None:
    """Return the test of a group's counted values in order; None with fewer than 10 that are not on the centre."""
    sides = [side for value in values if (side := side_of(value, centre))]
    if len(sides) < USEFUL_FROM:
        return None
    return Runs(
        useful=len(sides),
        longest=max(len(list(run)) for _, run in groupby(sides)),
        longest_allowed=longest_allowed(len(sides)),
        crossings=sum(a != b for a, b in pairwise(sides)),
        crossings_least=crossings_least(len(sides)),
    )


def longest_allowed(useful: int) -> int:
    """Return the longest run on one side that chance gives among so many points (Schilling): round(log2 n) + 3."""
    return round(log2(useful)) + 3


def crossings_least(useful: int) -> int:
    """Return the fewest crossings that chance gives (Chen): the 5 % quantile of Binomial(n - 1, 1/2)."""
    places, ways = useful - 1, 0
    for crossings in range(places + 1):
        ways += comb(places, crossings)
        if 20 * ways >= 2**places:  # whole numbers: no rounding at the edge
            return crossings
    raise AssertionError("the whole distribution adds up to one")
