"""A municipality's year with known truth: who wrote when, how a short-handed queue answered, and what was left lying.

Seeded and pure. Opening hours are counted here by a table of their own, so that the truth is not asked of what it is
to check. Instants are microseconds UTC, `NEVER` where there is none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Calendar
from bot.facts import to_micros
from bot.hours import CalendarVersion, Season, SpecialDay
from measurement.periods import Week

Micros = NDArray[np.int64]
ZONE = ZoneInfo("Europe/Stockholm")
NEVER = -1
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
ORDINARY = 510 * MINUTE
"""The open time of an ordinary day, 08:00–16:30."""

_DAY, _SUMMER, _HALF = (480, 990), (480, 900), (480, 720)
_RED = frozenset(
    date.fromisoformat(day)
    for day in (
        "2025-12-24", "2025-12-25", "2025-12-26", "2025-12-31", "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06",
        "2026-05-01", "2026-05-14", "2026-06-19", "2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-01-06",
        "2027-03-26", "2027-03-29", "2027-05-06", "2027-06-25", "2027-12-24", "2027-12-31",
    )
)  # fmt: skip
"""Red days and eves on weekdays, out of the almanac."""
_HALVES = frozenset(map(date.fromisoformat, ("2026-01-05", "2026-04-02", "2026-04-30", "2026-12-23", "2027-01-05")))
_FIRST, _LAST = date(2025, 11, 3), date(2028, 3, 1)


def calendar() -> Calendar:
    """Return the same hours as the product is told of them: July closes at 15:00, some eves at 12:00."""
    summers = [
        Season(first=date(year, 7, 1), last=date(year, 7, 31), week=(*[(_SUMMER,)] * 5, (), ()))
        for year in (2026, 2027)
    ]
    version = CalendarVersion(
        valid_from=date(2020, 1, 1), decided_by="KS § 1", ordinary_day_minutes=510, week=(*[(_DAY,)] * 5, (), ()),
        seasons=tuple(summers),
        days=tuple(SpecialDay(date=day, spans=(_HALF,), decided_by="KS § 2") for day in sorted(_HALVES)),
    )  # fmt: skip
    return Calendar([version], first_year=2025, last_year=2028)


class OpenTime:
    """Open time by wall clock: a list of spans, and how much of it has passed."""

    def __init__(self) -> None:
        spans = list[tuple[int, int]]()
        for number in range((_LAST - _FIRST).days):
            day = _FIRST + timedelta(days=number)
            if day.weekday() < 5 and day not in _RED:
                opens, shuts = _HALF if day in _HALVES else _SUMMER if day.month == 7 else _DAY
                spans.append((clock(day, opens), clock(day, shuts)))
        self.begins, self.ends = [one for one, _ in spans], [one for _, one in spans]
        self.before = [0]
        for begin, end in spans:
            self.before.append(self.before[-1] + end - begin)

    def passed(self, instant: int) -> int:
        """Return the open time before an instant."""
        at = bisect_right(self.begins, instant) - 1
        return self.before[at] + min(instant, self.ends[at]) - self.begins[at]

    def reach(self, passed: int) -> int:
        """Return the first instant before which so much open time has passed."""
        at = bisect_left(self.before, passed, lo=1) - 1
        return self.begins[at] + passed - self.before[at]

    def closing_after(self, instant: int, days: int) -> int:
        """Return when the so-manieth open day after an instant's own date closes."""
        midnight = clock(local_date(instant) + timedelta(days=1), 0)
        return self.ends[bisect_left(self.begins, midnight) + days - 1]


def clock(day: date, minutes: int) -> int:
    """Return a local time, in minutes of the day, as an instant."""
    return to_micros((datetime.combine(day, time(minutes // 60, minutes % 60), ZONE)).astimezone(UTC))


def local_date(instant: int) -> date:
    """Return the local date of an instant."""
    return datetime.fromtimestamp(instant // SECOND, ZONE).date()


OPEN = OpenTime()


def due(arrived: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when one working day has passed since each arrival."""
    return np.array([OPEN.reach(OPEN.passed(int(one)) + ORDINARY) for one in arrived], dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How it is worked. Lengths are open time in minutes.

    Attributes:
        servers, handling: who answer, and the mean length of an answer (lognormal, sigma 0.8).
        passed_on: share that a unit has to answer, and how much that share differs from week to week (its beta's rho).
        delay, spread: median and sigma of how much longer those take (lognormal).
        forgotten, bounced, left_out: shares never answered, answered to a wrong address first, and left out as spam.
    """

    servers: int = 3
    handling: float = 17
    passed_on: float = 0.25
    rho: float = 0.01
    delay: float = 560
    spread: float = 0.7
    forgotten: float = 0.015
    bounced: float = 0.02
    left_out: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Town:
    """What the year is made of.

    Attributes:
        manner: how it is worked; `later` from the week `change` on.
        volume: first messages in a mean week, before the season.
        seasonal: whether July, Christmas and red days are what they are; else every week is like the others, but for
            what chance gives.
        speed: how fast it is worked in some weeks, 1 as always.
    """

    manner: Manner = field(default_factory=Manner)
    later: Manner | None = None
    change: str = ""
    volume: float = 230
    seasonal: bool = True
    speed: Mapping[str, float] = field(default_factory=dict)

    def manner_in(self, week: str) -> Manner:
        return self.later if self.later and week >= self.change else self.manner


CENTRE = "kc"


@dataclass(slots=True)
class One:
    """One inquiry and all that ever became of it.

    Attributes:
        unit: whose it is, from `seen` on where it was passed on; before that it is the contact centre's.
        seen: when somebody had dealt with it: answered, passed on or left out.
        first_answer, bounced, answered: the first answer, when it was known not to have arrived, the one that did.
        promised: the last day told to the citizen.
    """

    case: int
    no: int
    arrived: int
    channel: str
    kind: str
    language: str
    seen: int = NEVER
    acknowledged: int = NEVER
    held: int = NEVER
    passed_on: bool = False
    first_answer: int = NEVER
    bounced: int = NEVER
    answered: int = NEVER
    again: int = NEVER
    outcome: int = NEVER
    left_out: str = ""
    topic: str = ""
    unit: str = CENTRE
    promised: date = date.min
    follow_up: "One | None" = None

    @property
    def counts(self) -> bool:
        return not self.left_out


_BY_HOUR = np.array([1, 1, 1, 1, 1, 2, 5, 12, 30, 36, 34, 28, 26, 30, 28, 26, 20, 14, 12, 12, 12, 10, 6, 3], float)
_BY_DAY = np.array([1.3, 1.15, 1.05, 1.0, 0.85, 0.3, 0.35])
_BY_MONTH = (1.1, 1.05, 1.05, 1.05, 1.05, 0.95, 0.6, 0.95, 1.1, 1.1, 1.1, 0.9)
_KINDS = ("question", "viewpoint", "complaint", "praise", "proposal", "fault")
_KIND_SHARES = (0.62, 0.08, 0.08, 0.03, 0.05, 0.14)
_UNITS = ("bygg", "skola", "gata")
_TOPICS = ("gator", "avfall", "skola", "bygglov", "omsorg", "ovrigt")
LEADS_TO = frozenset(("viewpoint", "complaint", "proposal", "fault"))


def arrivals(town: Town, weeks: Sequence[Week], chance: np.random.Generator) -> NDArray[np.int64]:
    """Return when first messages come: Poisson by the hour, with good and bad weeks and days (gamma) above it."""
    share = np.outer(_BY_DAY / _BY_DAY.sum(), _BY_HOUR / _BY_HOUR.sum())
    found = list[NDArray[np.int64]]()
    for week in weeks:
        season = _BY_MONTH[(week.monday + timedelta(days=3)).month - 1] if town.seasonal else 1.0
        mean = town.volume * season * share * chance.gamma(100, 1 / 100) * chance.gamma(40, 1 / 40, (7, 1))
        for day, hours in enumerate(chance.poisson(mean)):
            midnight = clock(week.monday + timedelta(days=day), 0)
            hour = np.repeat(np.arange(24), hours)
            found.append(midnight + ((hour + chance.random(len(hour))) * HOUR).astype(np.int64))
    return np.sort(np.concatenate(found))


def simulate(town: Town, weeks: Sequence[Week], seed: int) -> list[One]:
    """Return a year's inquiries in order of arrival, worked first come, first served."""
    chance = np.random.default_rng(seed)
    coming = [_first(case, int(at), chance) for case, at in enumerate(arrivals(town, weeks, chance), start=1)]
    waiting = [(one.arrived, one.case, one.no, one) for one in coming]
    heapify(waiting)
    free = [0] * town.manner.servers
    end, done, passed_on = clock(weeks[-1].monday + timedelta(days=7), 0), list[One](), dict[str, float]()
    while waiting:
        one = heappop(waiting)[-1]
        week = week_of(one.arrived)
        manner = town.manner_in(week)
        share = passed_on.setdefault(week, _share_of(manner, chance))
        _work(one, manner, share, free, town.speed.get(week, 1.0), chance)
        done.append(one)
        more = _follow_up(one, chance)
        if more is not None and more.arrived < end:
            one.follow_up = more
            heappush(waiting, (more.arrived, more.case, more.no, more))
    return done


def week_of(instant: int) -> str:
    """Return the week of an instant, as ``2026-W47``."""
    year, number, _ = local_date(instant).isocalendar()
    return f"{year}-W{number:02d}"


def _share_of(manner: Manner, chance: np.random.Generator) -> float:
    """Return the share that is passed on in a week: beta, so that weeks differ by more than the binomial."""
    if not manner.rho:
        return manner.passed_on
    size = 1 / manner.rho - 1
    return float(chance.beta(manner.passed_on * size, (1 - manner.passed_on) * size))


def _first(case: int, at: int, chance: np.random.Generator) -> One:
    return One(
        case=case, no=1, arrived=at, channel="mail" if chance.random() < 0.75 else "telegram",
        kind=_KINDS[int(np.searchsorted(np.cumsum(_KIND_SHARES), chance.random()))],
        language=("", "", "", "", "fi", "en")[int(chance.integers(6))],
    )  # fmt: skip


def _work(
    one: One, manner: Manner, passed_on: float, free: list[int], speed: float, chance: np.random.Generator
) -> None:
    """Let the one who is free first take it; what is passed on waits elsewhere and keeps nobody busy."""
    length = manner.handling * MINUTE / speed * float(chance.lognormal(-0.32, 0.8))
    end = max(OPEN.passed(one.arrived), free[0]) + int(length)
    heapreplace(free, end)
    one.seen, one.promised = OPEN.reach(end), local_date(OPEN.closing_after(one.arrived, 2))
    lot = chance.random(8)
    if lot[0] < 0.97:
        one.acknowledged = one.arrived + 5 * SECOND
    if one.left_out or lot[1] < manner.left_out:
        one.left_out = one.left_out or "spam"
        return
    one.topic = one.topic or _TOPICS[int(chance.integers(len(_TOPICS)))]
    ready = end
    if one.no == 1 and lot[2] < passed_on:
        one.passed_on, one.unit = True, _UNITS[int(chance.integers(len(_UNITS)))]
        one.held = one.seen if lot[3] < 0.4 else NEVER
        ready += int(manner.delay * MINUTE * float(chance.lognormal(0, manner.spread)))
    if lot[4] < manner.forgotten:
        return
    one.first_answer = one.answered = OPEN.reach(ready)
    if lot[5] < manner.bounced:
        one.bounced = one.answered + 7 * MINUTE
        one.answered = OPEN.reach(OPEN.passed(one.bounced) + int(chance.exponential(150) * MINUTE) + MINUTE)
    if lot[6] < 0.08:
        one.again = one.answered + int(chance.exponential(2 * DAY)) + MINUTE
    if one.no == 1 and one.kind in LEADS_TO and lot[7] < 0.7:
        one.outcome = OPEN.reach(OPEN.passed(one.answered) + int(chance.exponential(4) * ORDINARY) + MINUTE)


def _follow_up(one: One, chance: np.random.Generator) -> One | None:
    """Return what the person writes next: one of eight asks again, one of sixteen says thanks."""
    lot = float(chance.random())
    if one.no > 1 or one.answered == NEVER or lot > 3 / 16:
        return None
    later = max(one.answered, one.again) + int(chance.exponential(2.5) * DAY) + MINUTE
    # What a case led to is told for all that was asked in it by then.
    outcome = one.outcome if one.outcome > later else NEVER
    return One(
        case=one.case, no=2, arrived=later, channel=one.channel, kind=one.kind, language=one.language,
        topic=one.topic, unit=one.unit, outcome=outcome, left_out="thanks" if lot < 1 / 16 else "",
    )  # fmt: skip
