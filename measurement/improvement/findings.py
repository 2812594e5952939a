"""What the data say of the cause: findings out of the comparisons, with honest intervals, and none where there is none.

A category is a finding when its simultaneous interval lies above 0: it is later than the rest, chance apart. The
dimension whose findings explain most late ones leads. What another dimension shows is then looked at among inquiries
alike in the leading one; if nothing is left it only goes with it, and is told so. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from measurement.improvement.lateness import Lateness
from measurement.improvement.pareto import (
    SURE,
    Category,
    Compared,
    categories_of,
    comparisons_of,
    rests_of,
    shown,
    spread_interval,
    spread_of,
    weeks_differ,
    within,
)
from measurement.improvement.staffing import Staffing
from measurement.statistics.shares import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A category that is later than the rest.

    Attributes:
        late, due: of it; `rest_late`, `rest_due`: of the others of its dimension.
        difference, interval: of the shares, -1 to 1; sure together with all the others of the analysis.
        goes_with: the leading dimension, when among inquiries alike in it nothing is left of the difference; empty:
            it stands by itself.
    """

    dimension: str
    member: str
    late: int
    due: int
    rest_late: int
    rest_due: int
    difference: float
    interval: Interval
    goes_with: str = ""

    @property
    def excess(self) -> float:
        """Return by how many its late ones are more than the rest's share of it: what findings are ordered by."""
        return self.difference * self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What was looked at and what was found.

    Attributes:
        first, last: the periods, as ``2026-W01``; of counts from a file as somebody told them, else empty.
        rule: what in time meant, as `bot.clock.Rule`; empty for counts from a file.
        late, due: of all.
        comparisons: how many were made at once.
        categories: those that may be told, dimension by dimension, most late first.
        hidden: how many may not, being too small or revealing one that is.
        findings: the largest gain first, those that go with another last.
        staffing: None where no rota is known.
        interval: of the share late of all, with what weeks differ; None of none, and of counts from a file.
        weeks_differ: whether weeks differ more than chance gives.
        beside: whether the project is about another measure than lateness.
    """

    first: str = ""
    last: str = ""
    rule: str = ""
    late: int
    due: int
    comparisons: int
    categories: tuple[Category, ...]
    hidden: int
    findings: tuple[Finding, ...]
    staffing: Staffing | None = None
    interval: Interval | None = None
    weeks_differ: bool = False
    beside: bool = False


def analysis_of(lateness: Lateness, first: str, last: str, rule: str, staffing: Staffing | None = None) -> Analysis:
    """Return what inquiries of a period say.

    Args:
        lateness: the rows that were due.
        first: the first period of them.
        last: the last one.
        rule: what in time means.
        staffing: arrivals against the rota, where one is known.
    """
    late, due = int(lateness.late.sum()), len(lateness)
    if not due:
        return Analysis(first=first, last=last, rule=rule, late=0, due=0, comparisons=0, categories=(), hidden=0,
                        findings=(), staffing=staffing)  # fmt: skip
    categories = categories_of(lateness)
    compared = comparisons_of(categories, rests_of(lateness, categories))
    n = np.bincount(lateness.weeks)
    k = np.bincount(lateness.weeks[lateness.late], minlength=len(n))
    return Analysis(
        first=first, last=last, rule=rule, late=late, due=due, comparisons=len(compared), staffing=staffing,
        categories=tuple(one for one in categories if not one.hidden), hidden=sum(one.hidden for one in categories),
        findings=_ordered(_found(lateness, compared)), interval=spread_interval(late, due, spread_of(k, n)),
        weeks_differ=weeks_differ(k, n),
    )  # fmt: skip


def analysis_of_counts(counts: Sequence[Category], first: str = "", last: str = "") -> Analysis:
    """Return what counts from a file say; nothing is known of weeks, nor of what goes with what.

    Args:
        counts: every category of every dimension; each dimension adds up to the same whole.
        first: from when they are, as somebody told; empty: nobody did.
        last: until when.
    """
    dimensions = dict.fromkeys(one.dimension for one in counts)
    categories = [one for name in dimensions for one in shown([each for each in counts if each.dimension == name])]
    compared = comparisons_of(categories)
    whole = [one for one in categories if one.dimension == next(iter(dimensions), "")]
    return Analysis(
        first=first, last=last, late=sum(one.late for one in whole), due=sum(one.due for one in whole),
        comparisons=len(compared),
        categories=tuple(one for one in categories if not one.hidden), hidden=sum(one.hidden for one in categories),
        findings=_ordered([_finding(one) for one in compared if one.interval.low > 0]),
    )  # fmt: skip


def _found(lateness: Lateness, compared: Sequence[Compared]) -> list[Finding]:
    later = [one for one in compared if one.interval.low > 0]
    if not later:
        return []
    gains = dict.fromkeys((one.category.dimension for one in later), 0.0)
    for one in later:
        gains[one.category.dimension] += one.excess
    leading = max(gains, key=lambda name: gains[name])
    sure = 1 - (1 - SURE) / len(compared)
    return [
        _finding(one, "" if _stands(lateness, one, leading, sure) else leading)
        for one in later
    ]  # fmt: skip


def _stands(lateness: Lateness, one: Compared, leading: str, sure: float) -> bool:
    if one.category.dimension == leading:
        return True
    alike = within(lateness, one, leading, sure)
    return alike is not None and alike.interval.low > 0


def _finding(one: Compared, goes_with: str = "") -> Finding:
    return Finding(
        dimension=one.category.dimension, member=one.category.member, late=one.category.late, due=one.category.due,
        rest_late=one.rest.late, rest_due=one.rest.due, difference=one.difference, interval=one.interval,
        goes_with=goes_with,
    )  # fmt: skip


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (bool(one.goes_with), -one.excess)))
