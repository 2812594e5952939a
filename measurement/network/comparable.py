"""Whether two municipalities' figures of a measure can be compared: what differs, and what of it decides. Pure.

Same definition, same weeks, same hours and same channels, or no comparison (reference/measurement.md §2). What differs
a little is told; what differs much leaves the municipality out of that measure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from measurement.measures import Unit
from measurement.network.bundle import INDEX_COMPARED_FROM, Bundle, MeasureTold
from measurement.network.bundle_export import weeks_between
from measurement.periods import Week

HOURS_APART = 0.15
"""Part of the longer by which the ordinary day, or the open time, may differ."""
CHANNELS_APART, CHANNELS_TOLD = 0.25, 0.10
"""Part of the contacts that would have to change channel: from so much on it decides, from so much on it is told."""
WEEKS_LEAST = 0.75
"""Part of the period's weeks that must have figures."""

_BY_OPEN_TIME = ("answered_in_time.", "waiting_time.", "working_time.", "promise_kept", "phone.")
_BY_DAY_LENGTH = ("answered_in_time.one_working_day", "answered_in_time.two_working_days")
_BY_CHANNEL = ("answered_in_time.", "waiting_time.", "working_time.", "promise_kept", "first_contact", "reception.",
               "clarity.", "ease.", "survey.")  # fmt: skip


class Differs(StrEnum):
    """What differs between two municipalities."""

    MISSING = "missing"
    """The other tells nothing of the measure."""
    DEFINITION = "definition"
    WEEKS = "weeks"
    """Too few weeks of the period have figures."""
    ANSWERS = "answers"
    """An index of too few answers to be compared."""
    DAY_LENGTH = "day_length"
    OPEN_TIME = "open_time"
    CHANNELS = "channels"
    PHONE_SECONDS = "phone_seconds"
    RULE = "rule"
    """Its own report counts by another rule; here all are counted by the same."""
    HOURS_CHANGED = "hours_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference.

    Attributes:
        ours, theirs: what it is about, as numbers or ids; what they stand for hangs on `differs`.
        decides: whether it leaves the other out of the comparison.
    """

    differs: Differs
    ours: str
    theirs: str
    decides: bool


def differences(ours: Bundle, theirs: Bundle, measure: str) -> tuple[Difference, ...]:
    """Return what differs between two municipalities about a measure that we tell of; of the same period."""
    mine, other = ours.measure(measure), theirs.measure(measure)
    if mine is None:
        raise KeyError(measure)
    if other is None or not other.is_known:
        return (Difference(differs=Differs.MISSING, ours="", theirs="", decides=True),)
    return (
        *_of_figures(mine, other, weeks_of(ours)),
        *_of_hours(ours, theirs, measure),
        *_of_ways(ours, theirs, measure),
    )


def _of_figures(mine: MeasureTold, other: MeasureTold, weeks: int) -> Iterator[Difference]:
    if (mine.version, mine.digest) != (other.version, other.digest):
        yield Difference(differs=Differs.DEFINITION, ours=str(mine.version), theirs=str(other.version), decides=True)
    if other.covered < weeks:
        thin = is_thin(other, weeks)
        yield Difference(differs=Differs.WEEKS, ours=str(weeks), theirs=str(other.covered), decides=thin)
    if other.total is not None and has_few_answers(other):
        least, theirs = str(INDEX_COMPARED_FROM), str(other.total.n)
        yield Difference(differs=Differs.ANSWERS, ours=least, theirs=theirs, decides=True)


def has_few_answers(told: MeasureTold) -> bool:
    """Tell whether it is an index of too few answers to be compared."""
    return told.unit is Unit.INDEX and told.total is not None and told.total.n < INDEX_COMPARED_FROM


def is_thin(told: MeasureTold, weeks: int) -> bool:
    """Tell whether too few of the period's weeks have figures for it to stand for the period."""
    return told.covered < weeks * WEEKS_LEAST


def _of_hours(ours: Bundle, theirs: Bundle, measure: str) -> Iterator[Difference]:
    mine, other = ours.hours, theirs.hours
    if measure in _BY_DAY_LENGTH and mine.ordinary_day_minutes != other.ordinary_day_minutes:
        yield Difference(
            differs=Differs.DAY_LENGTH, ours=str(mine.ordinary_day_minutes), theirs=str(other.ordinary_day_minutes),
            decides=_apart(mine.ordinary_day_minutes, other.ordinary_day_minutes) > HOURS_APART,
        )  # fmt: skip
    if measure.startswith(_BY_OPEN_TIME) and mine.open_minutes != other.open_minutes:
        yield Difference(
            differs=Differs.OPEN_TIME, ours=str(mine.open_minutes), theirs=str(other.open_minutes),
            decides=_apart(mine.open_minutes, other.open_minutes) > HOURS_APART,
        )  # fmt: skip
    if measure.startswith(_BY_OPEN_TIME) and other.changes:
        yield Difference(
            differs=Differs.HOURS_CHANGED, ours=str(mine.changes), theirs=str(other.changes), decides=False
        )


def _of_ways(ours: Bundle, theirs: Bundle, measure: str) -> Iterator[Difference]:
    if measure.startswith(_BY_CHANNEL):
        moved = channels_apart(ours.channels, theirs.channels)
        if moved >= CHANNELS_TOLD:
            mine, other = (f"{_mail_share(one.channels):.4f}" for one in (ours, theirs))
            yield Difference(differs=Differs.CHANNELS, ours=mine, theirs=other, decides=moved >= CHANNELS_APART)
    if measure.startswith("phone.direct") and ours.phone_seconds != theirs.phone_seconds:
        mine, other = str(ours.phone_seconds), str(theirs.phone_seconds)
        yield Difference(differs=Differs.PHONE_SECONDS, ours=mine, theirs=other, decides=True)
    if measure.startswith("answered_in_time.") and ours.rule is not theirs.rule:
        yield Difference(differs=Differs.RULE, ours=ours.rule.value, theirs=theirs.rule.value, decides=False)


def channels_apart(ours: Mapping[str, int], theirs: Mapping[str, int]) -> float:
    """Return the part, 0–1, of the contacts that would have to change channel for the two to be alike.

    Who has no written contacts has no channels to differ by: 0.
    """
    mine, other = sum(ours.values()), sum(theirs.values())
    if not mine or not other:
        return 0.0
    return sum(abs(ours.get(one, 0) / mine - theirs.get(one, 0) / other) for one in {*ours, *theirs}) / 2


def _mail_share(channels: Mapping[str, int]) -> float:
    return channels.get("mail", 0) / max(1, sum(channels.values()))


def _apart(one: int, other: int) -> float:
    """Return by which part of the longer two lengths differ; they are not both 0."""
    return abs(one - other) / max(one, other)


def weeks_of(bundle: Bundle) -> int:
    """Return how many weeks a bundle's period has."""
    return len(weeks_between(Week.parse(bundle.first), Week.parse(bundle.last)))
