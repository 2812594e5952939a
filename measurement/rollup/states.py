"""What is to be done with the figures of which week at an instant. Pure: states and instants in, work out.

A week is filled when it has ended, is preliminary until everything in it is due and its surveys are closed, and then
frozen. It is frozen *as of* that very instant, however late the work is done: after an outage, or from nothing, the
same values come out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from bot.calendar import Calendar
from bot.clock import Rule, deadlines
from bot.facts import from_micros, to_micros
from measurement.periods import Period, Week

SURVEYS_OPEN = timedelta(days=14)
"""How long after the end of a period its surveys may be answered, in days of the municipality's own clock."""


class State(StrEnum):
    """How far a period has come."""

    FILLING = "filling"
    """Somebody began: if it stands, the work was interrupted and is done again."""
    PRELIMINARY = "preliminary"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one period has come. All instants are UTC.

    Attributes:
        period: as ``2026-W47``.
        revision: the newest among its values.
        definitions: which definitions it was made by, as `measurement.registry.definitions_hash` has them.
        as_of: the instant its figures look back from.
        settles_at: when everything in it is due under the configured rule.
        frozen_at: when it was frozen; None: it is not.
        reported_at: when its report was sent; None: it was not.
    """

    period: str
    state: State
    revision: int = 0
    definitions: str = ""
    as_of: datetime
    settles_at: datetime | None = None
    frozen_at: datetime | None = None
    reported_at: datetime | None = None


class Why(StrEnum):
    """Why a week is filled."""

    MISSING = "missing"
    INTERRUPTED = "interrupted"
    PRELIMINARY = "preliminary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One week to fill.

    Attributes:
        as_of: the instant to look back from (UTC): now, or of a week that is to be frozen the instant it closes.
        freeze: whether it is finished by this.
    """

    week: Week
    why: Why
    as_of: datetime
    freeze: bool


def plan(first: Week | None, known: Mapping[str, Standing], now: datetime, calendar: Calendar) -> tuple[Work, ...]:
    """Return the weeks to fill at an instant, oldest first; a frozen week is never among them.

    Args:
        first: the week of the first fact; None: there is none, so there is nothing to fill.
        known: how far each period has come, by its name.
        now: UTC; only weeks that have ended by then are filled.
        calendar: opening hours, and whose Mondays begin the weeks.
    """
    found, week = list[Work](), first
    while week is not None and week.end(calendar.zone) <= now:
        standing = known.get(str(week))
        if standing is None or standing.state is not State.FROZEN:
            closes = freezes_at(week, calendar)
            why = _WHY[standing.state] if standing else Why.MISSING
            found.append(Work(week=week, why=why, as_of=min(now, closes), freeze=closes <= now))
        week = week.next()
    return tuple(found)


_WHY = {State.FILLING: Why.INTERRUPTED, State.PRELIMINARY: Why.PRELIMINARY}


def freezes_at(period: Period, calendar: Calendar) -> datetime:
    """Return when a period is finished (UTC): two weeks after its end, or, if later, when all of it is due."""
    closes = period.end(calendar.zone).astimezone(calendar.zone).replace(tzinfo=None) + SURVEYS_OPEN
    local = closes.replace(tzinfo=calendar.zone).astimezone(UTC)
    return max(local, *(due_at(period, calendar, rule) for rule in Rule))


def due_at(period: Period, calendar: Calendar, rule: Rule) -> datetime:
    """Return when whatever may have arrived in a period is due under a rule (UTC): a message of its last instant."""
    last = to_micros(period.end(calendar.zone)) - 1
    return from_micros(int(deadlines(calendar, rule, np.array([last], dtype=np.int64))[0]))


_IN_TIME = "answered_in_time."
_BY_THE_CLOCK = (
    "waiting_time.", "working_time.", "arrivals", "left_out.", "acknowledged", "contacts", "queue.", "phone.",
)  # fmt: skip


def settles_at(measure: str, period: Period, calendar: Calendar, configured: Rule) -> datetime:
    """Return from when on a period's figure of a measure is more than "so far" (UTC).

    Of shares in time when all is due under their own rule, of times, counts and calls under the configured one. What
    surveys, judgements and the days after an answer tell is settled when the period is finished.
    """
    if measure.startswith(_IN_TIME):
        return due_at(period, calendar, Rule(measure.removeprefix(_IN_TIME)))
    if measure.startswith(_BY_THE_CLOCK):
        return due_at(period, calendar, configured)
    return freezes_at(period, calendar)


Settles = Callable[[str, Period], datetime]
"""`settles_at` with the calendar and the rule filled in."""


def settling(calendar: Calendar, configured: Rule) -> Settles:
    """Return `settles_at` with the calendar and the rule filled in."""
    return lambda measure, period: settles_at(measure, period, calendar, configured)
