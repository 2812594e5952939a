"""Late inquiries by what they were: how many of the late each category has, and how late it is against the rest. Pure.

Whoever looks at many categories finds some that differ by chance. So each interval is wider (Bonferroni: 1 - 0.05/m
for m comparisons): that all of them hold the truth at once is at least 95 per cent sure. And inquiries of a bad week
are late together: their number is divided by what weeks differ beyond chance (Rao and Scott's design effect, at least
1), as if so many fewer had been seen. Small groups are hidden with what would reveal them (`suppress`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from measurement.improvement.lateness import ACTS, NO, YES, Lateness
from measurement.measures import Display, display_of
from measurement.population import Coded
from measurement.statistics.shares import Interval
from measurement.statistics.suppression import suppress

SURE = 0.95
"""How sure all intervals of an analysis are together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of one dimension.

    Attributes:
        late, due: how many were late, of how many.
        spread: by how much its weeks differ beyond chance, at least 1; 1 where that is not known.
        hidden: whether it is too small to be told, or would reveal one that is.
    """

    dimension: str
    member: str
    late: int
    due: int
    spread: float = 1.0
    hidden: bool = False

    @property
    def share(self) -> float:
        """Return which share was late; 0 of none."""
        return self.late / self.due if self.due else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A category against the rest of its dimension.

    Attributes:
        rest: all the others together.
        difference: its share of late minus theirs, -1 to 1.
        interval: of the difference, made wider for all the comparisons of the analysis.
    """

    category: Category
    rest: Category
    difference: float
    interval: Interval

    @property
    def excess(self) -> float:
        """Return how many fewer would have been late, had it been as the rest."""
        return self.difference * self.category.due


def categories_of(lateness: Lateness) -> tuple[Category, ...]:
    """Return every category that occurs, dimension by dimension, most late first, small ones hidden."""
    return tuple(
        one for dimension, of in lateness.groups.items() for one in shown(_categories(lateness, dimension, of))
    )


def _categories(lateness: Lateness, dimension: str, of: Coded) -> list[Category]:
    found = list[Category]()
    for code, word in enumerate(of.words):
        mine = of.codes == code
        if mine.any():
            found.append(_category(lateness, dimension, word, mine))
    return found


def _category(lateness: Lateness, dimension: str, member: str, mine: NDArray[np.bool_]) -> Category:
    late = mine & lateness.late
    return Category(
        dimension=dimension, member=member, late=int(late.sum()), due=int(mine.sum()),
        spread=spread_of(np.bincount(lateness.weeks[late], minlength=int(lateness.weeks.max()) + 1),
                         np.bincount(lateness.weeks[mine], minlength=int(lateness.weeks.max()) + 1)),
    )  # fmt: skip


def spread_of(k: NDArray[np.intp], n: NDArray[np.intp]) -> float:
    """Return the design effect of k of n by week: the variance between weeks over the binomial one, at least 1."""
    weeks, due, late = int(np.count_nonzero(n)), float(n.sum()), float(k.sum())
    if weeks < 2 or late in (0.0, due):
        return 1.0
    share = late / due
    between = weeks / (weeks - 1) * float(np.sum((k - share * n) ** 2)) / due**2
    return max(1.0, between / (share * (1 - share) / due))


def weeks_differ(k: NDArray[np.intp], n: NDArray[np.intp]) -> bool:
    """Tell whether shares k of n differ between weeks more than chance gives, once of twenty by chance (χ²)."""
    from scipy.stats import chi2

    some, due, late = n > 0, float(n.sum()), float(k.sum())
    weeks = int(np.count_nonzero(some))
    if weeks < 2 or late in (0.0, due):
        return False
    share = late / due
    seen = float(np.sum((k[some] - share * n[some]) ** 2 / (n[some] * share * (1 - share))))
    return seen > float(chi2.ppf(SURE, weeks - 1))


def spread_interval(k: int, n: int, spread: float, sure: float = SURE) -> Interval:
    """Return Wilson's interval of k of n, as if of so many fewer as weeks differ; n is not 0."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(k / spread, n / spread, alpha=1 - sure, method="wilson")
    return Interval(low=max(0.0, float(low)), high=min(1.0, float(high)))


def shown(categories: Sequence[Category]) -> list[Category]:
    """Return the categories of one dimension, most late first; those hidden that are too small, or would reveal one."""
    groups = {one.member: (one.late, one.due - one.late) for one in categories}
    whole = (sum(one.late for one in categories), sum(one.due - one.late for one in categories))
    # The key of the whole is empty, as the member is where nothing was said.
    verdicts = suppress(whole, {f"={member}": counts for member, counts in groups.items()})
    marked = [
        Category(dimension=one.dimension, member=one.member, late=one.late, due=one.due, spread=one.spread,
                 hidden=verdicts[f"={one.member}"] is not None)
        for one in categories
    ]  # fmt: skip
    return sorted(marked, key=lambda one: (-one.late, -one.due, one.member))


def comparisons_of(
    categories: Sequence[Category], rests: Mapping[tuple[str, str], Category] | None = None
) -> list[Compared]:
    """Return each category that is shown and has at least 30 against the rest of its dimension.

    Of two that make up a dimension only the later one: the other says the same. Of `lateness.ACTS` only "yes": what
    nobody opened before the deadline could not be handed over. Intervals are simultaneous.

    Args:
        categories: of all dimensions.
        rests: what stands beside a category, by dimension and member, with the spread of its own weeks; else the sum
            of the others, spread as the widest of them.
    """
    pairs = [
        (one, (rests or {}).get((one.dimension, one.member)) or _rest(one, categories)) for one in _compared(categories)
    ]
    pairs = [(one, rest) for one, rest in pairs if display_of(rest.due) is Display.PLAIN]
    sure = 1 - (1 - SURE) / max(1, len(pairs))
    return [
        Compared(
            category=one, rest=rest, difference=one.share - rest.share,
            interval=newcombe_of(one, rest, sure),
        )
        for one, rest in pairs
    ]  # fmt: skip


def _compared(categories: Sequence[Category]) -> list[Category]:
    told = [one for one in categories if one.member and not one.hidden and display_of(one.due) is Display.PLAIN]
    return [one for one in told if _may_be_found(one, categories)]


def _may_be_found(category: Category, categories: Sequence[Category]) -> bool:
    if category.dimension in ACTS:
        return category.member == YES
    others = sum(bool(one.member) for one in categories if one.dimension == category.dimension) - 1
    return others > 1 or (others == 1 and category.share >= _rest(category, categories).share)


def _rest(category: Category, categories: Sequence[Category]) -> Category:
    others = [
        one for one in categories if one.dimension == category.dimension and one.member not in ("", category.member)
    ]
    return Category(
        dimension=category.dimension, member="", late=sum(one.late for one in others),
        due=sum(one.due for one in others), spread=max((one.spread for one in others), default=1.0),
    )  # fmt: skip


def rests_of(lateness: Lateness, categories: Sequence[Category]) -> dict[tuple[str, str], Category]:
    """Return what stands beside each category, with the spread of its own weeks."""
    found = dict[tuple[str, str], Category]()
    for one in categories:
        of = lateness.groups[one.dimension]
        others = _said(of) & (of.codes != of.words.index(one.member))
        if others.any():
            found[one.dimension, one.member] = _category(lateness, one.dimension, "", others)
    return found


def _said(of: Coded) -> NDArray[np.bool_]:
    """Return of which rows anything is said."""
    return np.array([bool(word) for word in of.words], dtype=np.bool_)[of.codes]


def newcombe_of(one: Category, other: Category, sure: float) -> Interval:
    """Return Newcombe's interval of the difference of two late shares, each as if of due / spread inquiries.

    Args:
        one: whose share is taken.
        other: whose share is taken from it.
        sure: as 0.95.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        one.late / one.spread, one.due / one.spread, other.late / other.spread, other.due / other.spread,
        method="newcomb", compare="diff", alpha=1 - sure,
    )  # fmt: skip
    return Interval(low=max(-1.0, float(low)), high=min(1.0, float(high)))


def within(lateness: Lateness, found: Compared, leading: str, sure: float) -> Compared | None:
    """Return the same comparison made among inquiries that are alike in another dimension; None: it cannot be made.

    Mantel and Haenszel's difference over the strata; its interval is put together from Newcombe's of each (MOVER).

    Args:
        lateness: the rows.
        found: the comparison.
        leading: the dimension that is held alike.
        sure: of each interval.
    """
    own = lateness.groups[found.category.dimension]
    mine, others = own.codes == own.words.index(found.category.member), _said(own)
    strata = _strata(lateness.groups[leading], leading)
    value, below, above, weights = 0.0, 0.0, 0.0, 0.0
    for code in np.unique(strata).tolist():
        here = strata == code
        one = _plain(lateness, mine & here, found.category)
        other = _plain(lateness, ~mine & others & here, found.rest)
        if not one.due or not other.due:
            continue
        weight, difference = one.due * other.due / (one.due + other.due), one.share - other.share
        interval = newcombe_of(one, other, sure)
        value, weights = value + weight * difference, weights + weight
        below += (weight * (difference - interval.low)) ** 2
        above += (weight * (interval.high - difference)) ** 2
    if not weights:
        return None
    value /= weights
    interval = Interval(low=max(-1.0, value - sqrt(below) / weights), high=min(1.0, value + sqrt(above) / weights))
    return Compared(category=found.category, rest=found.rest, difference=value, interval=interval)


def _strata(of: Coded, dimension: str) -> NDArray[np.intp]:
    """Return which inquiries are alike; of what somebody did, whether it was done: not whether they were answered."""
    if dimension not in ACTS:
        return of.codes
    return np.where(of.codes == of.words.index(YES), of.words.index(YES), of.words.index(NO)).astype(np.intp)


def _plain(lateness: Lateness, rows: NDArray[np.bool_], like: Category) -> Category:
    """Return the rows as a category that spreads like another."""
    late = int((rows & lateness.late).sum())
    return Category(dimension=like.dimension, member="", late=late, due=int(rows.sum()), spread=like.spread)
