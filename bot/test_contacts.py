"""Test contacts: when each is sent, by which words it is known again, and what points its waiting gives. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.calendar import Calendar
from bot.clock import Rule, deadline
from bot.facts import Channel
from bot.store.test_rows import TestContact
from bot.tokens import Tokens

MOST_POINTS = 3
AT_ONCE, SOON = 60, 120
"""Seconds until an answer by phone that give three and two points: KKiK told both limits (domain.md §1.2)."""
AHEAD = timedelta(days=2)
"""So long before it is due a person may ask a question again."""
_PARTS = 2**52
_TRIES = 500
_HUMAN = (6, 23)
"""Local hours between which people write when nobody is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedQuestion:
    """A question of a plan. `question`: its heading, else its number in the area; `times`: how often it is asked."""

    area: str
    question: str
    text: str
    channel: Channel
    times: int
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Local days, both included, and which share (0–1) of what is written comes outside opening hours."""

    first: date
    last: date
    outside: float


def spread(
    calendar: Calendar, tokens: Tokens, plan: str, questions: Sequence[PlannedQuestion], span: Span
) -> list[TestContact]:
    """Return a plan's contacts with the instants that the lot gives them, the earliest first.

    Each time a question is asked has a part of the days of its own, so that the same one does not come twice in a week;
    within its part everything is spread evenly over the open time, in an order by lot. The lot also picks what comes
    in the evening or at a weekend instead. Calls are made in opening hours. The same plan gives the same instants.

    Raises:
        ValueError: there is no open time between the days.
    """
    found = list[TestContact]()
    for number in range(1, max(one.times for one in questions) + 1):
        asked = [one for one in questions if one.times >= number]
        lots = {one: _lot(tokens, plan, one, number, "order") for one in asked}
        for place, one in enumerate(sorted(asked, key=lots.__getitem__)):
            begin, end = _part(calendar, span, number, one.times)
            late = one.channel is not Channel.PHONE and _lot(tokens, plan, one, number, "late") < span.outside
            at = _closed(calendar, tokens, plan, one, number, (begin, end)) if late else None
            share = (place + _lot(tokens, plan, one, number, "minute")) / len(asked)
            found.append(
                TestContact(
                    plan=plan, area=one.area, question=one.question, round=number, channel=one.channel, text=one.text,
                    sender=one.sender, due_at=at or _open(calendar, (begin, end), share),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.due_at, one.area, one.question, one.round))


def _part(calendar: Calendar, span: Span, number: int, times: int) -> tuple[datetime, datetime]:
    """Return the part of the span in which a question is asked for the so manieth time of so many.

    Where a part has no open time, as the days between Christmas and New Year may have none, it is the whole span.
    """
    days = (span.last - span.first).days + 1
    edges = [(days * (number - 1) // times, days * number // times), (0, days)]
    for first, after in edges:
        begin, end = (
            datetime.combine(span.first + timedelta(days=day), time.min, calendar.zone).astimezone(UTC)
            for day in (first, after)
        )
        if calendar.segments(begin, end):
            return begin, end
    raise ValueError("there is no open time between the days")


def _open(calendar: Calendar, part: tuple[datetime, datetime], share: float) -> datetime:
    """Return the whole minute at which this share (0–1) of the open time of a part has passed."""
    segments = calendar.segments(*part)
    left = sum(((one.end - one.start) for one in segments), timedelta()) * share
    for one in segments:
        if left < one.end - one.start:
            return (one.start + left).replace(second=0, microsecond=0)
        left -= one.end - one.start
    return segments[-1].start


def _closed(
    calendar: Calendar, tokens: Tokens, plan: str, one: PlannedQuestion, number: int, part: tuple[datetime, datetime]
) -> datetime | None:
    """Return an instant by lot at which nobody is at work and people are awake; None where there is hardly any."""
    for attempt in range(_TRIES):
        at = part[0] + (part[1] - part[0]) * _lot(tokens, plan, one, number, f"closed{attempt}")
        at = at.replace(second=0, microsecond=0)
        if not calendar.is_open(at) and _HUMAN[0] <= calendar.local(at).hour < _HUMAN[1]:
            return at
    return None


def _lot(tokens: Tokens, plan: str, one: PlannedQuestion, number: int, what: str) -> float:
    """Return a number 0 ≤ lot < 1 that is always the same, and unknown without our key."""
    digest = tokens.code_digest("test", f"{plan}/{one.area}/{one.question}/{number}", what)
    return int(digest[:13], 16) / _PARTS


def matching(awaited: Iterable[TestContact], message_id: str, words: str, now: datetime) -> TestContact | None:
    """Return which of the contacts awaited from a message's sender it is, the earliest due first; None: none of them.

    It has the Message-ID of the mail we sent, or the question's very words stand in it: a signature, another heading or
    another breaking of lines make no difference. A sender alone is not enough: testers may have questions of their own.
    What is asked again is known by its words only from two days before it is due (UTC): before that they are the old
    ones, below a thank you.
    """
    known, said = list(awaited), _plain(words)
    by_id = next((one for one in known if message_id and one.message_id == message_id), None)
    if by_id is not None:
        return by_id
    soon = [one for one in known if one.round == 1 or now >= one.due_at - AHEAD]
    return next((one for one in soon if _plain(one.text) in said), None)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w?]+", " ", text).casefold().split())


def subject_of(one: TestContact) -> str:
    """Return the heading of a contact's mail: its question's, else the first words of its text."""
    if not one.question.isdigit():
        return one.question
    first = one.text.strip().splitlines()[0]
    return first if len(first) <= 60 else first[:60].rpartition(" ")[0] + "…"


def availability(calendar: Calendar, arrived_at: datetime, answered_at: datetime | None, now: datetime) -> int | None:
    """Return the points of what was written, by the clock that all is measured by (instants in UTC).

    Answered within one working day 3, within two 2, later 1; not answered within two 0. None: it is too early to tell.
    """
    one, two = (deadline(calendar, rule, arrived_at) for rule in (Rule.ONE_WORKING_DAY, Rule.TWO_WORKING_DAYS))
    if answered_at is None:
        return 0 if now > two else None
    if answered_at <= one:
        return MOST_POINTS
    return 2 if answered_at <= two else 1


def availability_by_phone(seconds: int | None) -> int:
    """Return the points of a call by the seconds until somebody answered: 60 give 3, 120 2, more 1, never (None) 0."""
    if seconds is None:
        return 0
    if seconds <= AT_ONCE:
        return MOST_POINTS
    return 2 if seconds <= SOON else 1
