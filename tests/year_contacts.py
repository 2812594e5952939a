"""Calls and surveys of the municipality's year, with what is true beside what gets written down. Seeded and pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from measurement.periods import Week
from tests.year_truth import HOUR, MINUTE, OPEN, SECOND, One, clock, due, week_of

LIMIT = 60
"""Seconds within which an answer by telephone is direct."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How the telephone is kept.

    Attributes:
        calls: in an ordinary week.
        direct: share of the calls answered that get a direct answer to a simple question, however long they waited.
        wait: median seconds until an answer when it is neither busy nor quiet.
        careful: share of the answered calls that staff log when it is quiet.
        drop: how much of that goes, at most, when it is busy.
        every: every Nth answered call is logged, and no other; 0: as said above.
    """

    calls: float = 200
    direct: float = 0.7
    wait: float = 35
    careful: float = 0.97
    drop: float = 0.0
    every: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `seconds` until the answer or until the caller gave up."""

    at: int
    seconds: int
    answered: bool
    direct: bool
    logged: bool

    @property
    def good(self) -> bool:
        """Whether it got a direct answer in time."""
        return self.direct and self.seconds <= LIMIT


def calls(lines: Lines, weeks: Sequence[Week], seed: int) -> list[Call]:
    """Return the calls of some weeks: busy and quiet hours, and callers who give up."""
    chance, found = np.random.default_rng(seed), list[Call]()
    for week in weeks:
        for at in range(clock(week.monday, 0), clock(week.monday + timedelta(days=7), 0), HOUR):
            if OPEN.passed(at + HOUR) - OPEN.passed(at) != HOUR:
                continue
            load = float(chance.gamma(4, 1 / 4))
            for _ in range(int(chance.poisson(lines.calls / 40 * load))):
                found.append(_call(lines, at + int(chance.random() * (HOUR - 5 * MINUTE)), load, len(found), chance))
    return found


def _call(lines: Lines, at: int, load: float, number: int, chance: np.random.Generator) -> Call:
    waits = lines.wait * load * float(chance.lognormal(0, 0.5))
    gives_up = float(chance.exponential(500)) + 6
    answered = waits <= gives_up
    logs = lines.careful - lines.drop * min(max(load - 0.7, 0.0), 1.0)
    logged = number % lines.every == 0 if lines.every else bool(chance.random() < logs)
    return Call(at, int(min(waits, gives_up)), answered, bool(chance.random() < lines.direct), logged and answered)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How people are, and how they answer when they are asked.

    Attributes:
        good_in_time, good_late: share whose true grade is 4 or 5, of those answered in time and of the others.
        asked, delivered: share of the answered that are invited, and of these that are reached.
        answers: share of the reached who answer, when they were answered in time and are pleased.
        late_answers, displeased_answers: what that is multiplied by for those answered late, for those with 1–3.
    """

    good_in_time: float = 0.85
    good_late: float = 0.45
    asked: float = 0.6
    delivered: float = 0.97
    answers: float = 0.3
    late_answers: float = 1.0
    displeased_answers: float = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One invitation: the grade that the person would give, and whether they answered."""

    one: One
    week: str
    in_time: bool
    delivered: bool
    answered: bool
    grade: int

    @property
    def good(self) -> bool:
        return self.grade >= 4


_PLEASED, _DISPLEASED = ((4, 5), (0.35, 0.65)), ((1, 2, 3), (0.25, 0.3, 0.45))


def replies(
    asking: Asking, year: Sequence[One], seed: int, later: Asking | None = None, change: str = ""
) -> list[Reply]:
    """Return what comes of asking; from the week `change` on people are as `later` says."""
    chance = np.random.default_rng(seed)
    found, answered = list[Reply](), [one for one in year if one.counts and one.answered > 0]
    for one, deadline in zip(answered, due([one.arrived for one in answered]).tolist(), strict=True):
        week, in_time, lot = week_of(one.arrived), one.answered <= deadline, chance.random(4)
        now = later if later and week >= change else asking
        good = lot[0] < (now.good_in_time if in_time else now.good_late)
        grades, shares = _PLEASED if good else _DISPLEASED
        grade = grades[int(np.searchsorted(np.cumsum(shares), chance.random()))]
        likely = now.answers * (1 if in_time else now.late_answers) * (1 if good else now.displeased_answers)
        if lot[1] < now.asked:
            reached = bool(lot[2] < now.delivered)
            found.append(Reply(one, week, in_time, reached, reached and bool(lot[3] < likely), grade))
    return found


def logged_at(call: Call) -> int:
    """Return when a call is logged: when it is over."""
    return call.at + call.seconds * SECOND + 2 * MINUTE
