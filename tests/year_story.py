"""Vallentuna's story with known truth: a contact centre opens in September, and three figures rise.

E-mail and chat answered within one day from 83 to 98 per cent, a direct answer by telephone from 56 to 83, good
reception from 73 to 91. The levels are those of long runs of the same town, before and after, made once and printed
here; a soak test makes them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from measurement.periods import Week, weeks_back
from tests.year_contacts import Asking, Call, Lines, Reply, calls, replies
from tests.year_truth import NEVER, Manner, One, Town, due, simulate

CHANGE = Week.parse("2026-W36")
"""Monday 31 August to Sunday 6 September."""
WEEKS = weeks_back(Week.parse("2026-W53"), 53)
MEASURES = ("answered_in_time.one_working_day", "phone.direct.60", "reception.good")

BEFORE = Manner(servers=2, handling=17, passed_on=0.245, delay=620, forgotten=0.015)
AFTER = Manner(servers=2, handling=14, passed_on=0.05, delay=290, forgotten=0.004)
QUIET = Lines(calls=120, direct=0.7, wait=32)
CENTRE = Lines(calls=120, direct=0.92, wait=23)
THEN = Asking(good_in_time=0.785, good_late=0.46, asked=0.95, answers=0.55)
NOW = Asking(good_in_time=0.913, good_late=0.6, asked=0.95, answers=0.55)
VOLUME = 110.0

TRUTH: Mapping[str, tuple[float, float]] = MappingProxyType(
    {MEASURES[0]: (0.832, 0.981), MEASURES[1]: (0.560, 0.835), MEASURES[2]: (0.735, 0.909)}
)
"""The long run before and after, of all weeks; good within 0.006."""


@dataclass(frozen=True)
class Story:
    """One year of it."""

    year: Sequence[One]
    lines: Sequence[Call]
    asked: Sequence[Reply]


def story(seed: int) -> Story:
    """Return the year in which the contact centre opens."""
    town = Town(manner=BEFORE, later=AFTER, change=str(CHANGE), volume=VOLUME)
    at = WEEKS.index(CHANGE)
    year = simulate(town, WEEKS, seed)
    lines = [*calls(QUIET, WEEKS[:at], seed + 1), *calls(CENTRE, WEEKS[at:], seed + 2)]
    return Story(year, lines, replies(THEN, year, seed + 3, NOW, str(CHANGE)))


def unchanged(seed: int, *, opened: bool) -> Story:
    """Return a year in which it had been open all along, or never opened."""
    manner, lines, asking = (AFTER, CENTRE, NOW) if opened else (BEFORE, QUIET, THEN)
    year = simulate(Town(manner=manner, volume=VOLUME), WEEKS, seed)
    return Story(year, calls(lines, WEEKS, seed + 1), replies(asking, year, seed + 3))


def levels(of: Story) -> tuple[float, float, float]:
    """Return what is true of a whole year: shares answered in time, directly by telephone, and of people well received.

    Of surveys it is everybody who was reached, whether they answered or not.
    """
    counted = [one for one in of.year if one.counts]
    in_time = [
        NEVER != one.answered <= deadline
        for one, deadline in zip(counted, due([one.arrived for one in counted]).tolist(), strict=True)
    ]
    answered, reached = [one for one in of.lines if one.answered], [one for one in of.asked if one.delivered]
    return (
        sum(in_time) / len(in_time), sum(one.good for one in answered) / len(answered),
        sum(one.good for one in reached) / len(reached),
    )  # fmt: skip
