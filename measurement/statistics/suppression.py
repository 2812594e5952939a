"""Which figures of a survey may be published: nobody's answer may be read out of them, nor out of what is left over.

Thresholds and rules: reference/measurement.md §3. Free text follows the figure of its group. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from types import MappingProxyType

WHOLE_FROM = 5
"""Answers from which the whole may be shown."""
GROUP_FROM = 10
"""Answers from which a subgroup may be shown, and by how many answers a figure must differ from an earlier one."""
SMALL = 30
"""Answers under which a subgroup that agrees wholly is hidden: what each of them answered would be known."""
WHOLE = ""
"""The key of the whole, as in `Figure.slice`."""

Counts = tuple[int, ...]
"""How many gave each answer, in one order for all groups; a single number where only n is to be published."""


class Reason(StrEnum):
    """Why a figure may not be shown."""

    EMPTY = "empty"
    """Nobody answered: nothing is secret, "no data" stands there."""
    TOO_FEW = "too_few"
    SAME_ANSWER = "same_answer"
    """A small group where all answered alike."""
    COMPLEMENT = "complement"
    """The whole minus what is shown would reveal a hidden one."""
    EARLIER = "earlier"
    """What was published earlier, subtracted, would reveal the few answers since then."""
    WHOLE_HIDDEN = "whole_hidden"


@dataclass(frozen=True, slots=True)
class _Table:
    whole: Counts
    groups: Mapping[str, Counts]
    earlier: Mapping[str, Counts]

    def rest(self, shown: Iterable[str]) -> Counts:
        """Return what anyone can tell is left when the shown groups are taken from the whole."""
        return _minus(self.whole, *(self.groups[name] for name in shown))

    def rest_before(self, shown: Iterable[str]) -> Counts:
        return _minus(self.earlier[WHOLE], *(self.earlier[name] for name in shown))


def suppress(
    whole: Counts, groups: Mapping[str, Counts], earlier: Mapping[str, Counts] = MappingProxyType({})
) -> dict[str, Reason | None]:
    """Return for the whole (key ``""``) and each group why it may not be shown; None: it may.

    Args:
        whole: answers of all, those of no group among them.
        groups: answers of each subgroup of one dimension, by name; nobody is in two of them.
        earlier: what was published before of the same figure over a shorter time from the same start (cumulative
            reports), or of the same time before a correction; only what was shown, by the same names.

    Raises:
        ValueError: a count is negative, or the groups hold more than the whole.
    """
    table = _Table(whole, dict(groups), earlier)
    _require_parts(table)
    of_whole = _why_not(whole, earlier.get(WHOLE), WHOLE_FROM)
    if of_whole:
        return {WHOLE: of_whole, **{name: _below(one) for name, one in groups.items()}}
    verdicts: dict[str, Reason | None] = {
        name: _why_not(one, earlier.get(name), GROUP_FROM) or _agreed(one) for name, one in groups.items()
    }
    return {WHOLE: None, **_with_complement(table, verdicts)}


def _with_complement(table: _Table, verdicts: Mapping[str, Reason | None]) -> dict[str, Reason | None]:
    """Return the verdicts with as many more groups hidden, smallest first, as it takes; none that need not be."""
    after = dict(verdicts)
    order = sorted(table.groups, key=lambda name: (sum(table.groups[name]), name))
    for name in order:
        if not _protected(table, after) and after[name] is None:
            after[name] = Reason.COMPLEMENT
    for name in reversed(order):
        if after[name] is Reason.COMPLEMENT and _protected(table, {**after, name: None}):
            after[name] = None
    return after


def _below(group: Counts) -> Reason:
    return Reason.WHOLE_HIDDEN if sum(group) else Reason.EMPTY


def _why_not(counts: Counts, before: Counts | None, least: int) -> Reason | None:
    if not sum(counts):
        return Reason.EMPTY
    if sum(counts) < least:
        return Reason.TOO_FEW
    return Reason.EARLIER if before is not None and _reveals(counts, before, least) else None


def _agreed(counts: Counts) -> Reason | None:
    alike = len(counts) > 1 and sum(one > 0 for one in counts) == 1
    return Reason.SAME_ANSWER if alike and sum(counts) < SMALL else None


def _protected(table: _Table, verdicts: Mapping[str, Reason | None]) -> bool:
    """Return whether neither the rest of this table nor its change since the earlier one reveals too small a group."""
    shown = [name for name, reason in verdicts.items() if reason is None]
    rest = table.rest(shown)
    if sum(rest):
        hidden = [table.groups[name] for name, reason in verdicts.items() if reason not in (None, Reason.EMPTY)]
        alone = len(hidden) == 1 and sum(hidden[0]) == sum(rest)
        if sum(rest) < GROUP_FROM or _agreed(rest) or alone:
            return False
    both = [name for name in shown if name in table.earlier]
    if not both or WHOLE not in table.earlier:
        return True
    return not _reveals(table.rest(both), table.rest_before(both), GROUP_FROM)


def _reveals(now: Counts, before: Counts, least: int) -> bool:
    """Return whether some answers came, or some went, but fewer than `least`: they can be told by subtraction."""
    moves = [one - other for one, other in zip_longest(now, before, fillvalue=0)]
    came, went = sum(move for move in moves if move > 0), -sum(move for move in moves if move < 0)
    return 0 < came < least or 0 < went < least


def _minus(whole: Counts, *parts: Counts) -> Counts:
    return tuple(one - sum(others) for one, *others in zip_longest(whole, *parts, fillvalue=0))


def _require_parts(table: _Table) -> None:
    if min((count for counts in (table.whole, *table.groups.values()) for count in counts), default=0) < 0:
        raise ValueError("a number of answers cannot be negative")
    if min(table.rest(table.groups), default=0) < 0:
        raise ValueError("the groups hold more answers than the whole")
