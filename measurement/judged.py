"""Figures that a person's judgement makes: the drawn sample of answers, and test contacts.

A sample's week is that of the inquiries' arrival; a longer period holds the weeks whose Thursday lies in it, as ISO
8601 counts weeks to years. A test contact belongs where it was sent. What is judged stands (`bot.store.sample_book`),
so the sample is as it was known at an instant; of test contacts only their sending is dated, so old figures of theirs
are taken from the frozen values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Text, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar
from bot.facts import to_micros
from measurement.measures import Figure
from measurement.periods import Period

SAMPLES = table(
    "samples",
    column("week", Text), column("drawn_at", BigInteger), column("judged_at", BigInteger),
    column("is_answer", BigInteger), column("is_clear", BigInteger), column("has_sender", BigInteger),
)  # fmt: skip
TEST_CONTACTS = table(
    "test_contacts",
    column("plan", Text), column("area", Text), column("channel", Text), column("state", Text),
    column("sent_at", BigInteger), column("availability", BigInteger), column("answer", BigInteger),
    column("interest", BigInteger), column("information", BigInteger), column("reception", BigInteger),
)  # fmt: skip
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""
META = table("meta", column("key", Text), column("value", Text))
_DRAWN_FROM = "sampled:"
_JUDGED = "judged"
MOST_POINTS = 3
"""Mycket god 3, god 2, medelgod 1, dålig 0 (reference/domain.md §1.3)."""


class Aspect(StrEnum):
    """What a test contact is judged on. KKiK's other three result areas are the clock's and the sample's."""

    AVAILABILITY = "availability"
    ANSWER = "answer"
    INTEREST = "interest"
    INFORMATION = "information"
    RECEPTION = "reception"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSample:
    """A period's drawn answers.

    Attributes:
        population: answers that they were drawn from.
        drawn, judged: how many; what is drawn and not judged is in no share.
        is_answer, is_clear, has_sender: of how many of the judged a lead said yes.
    """

    population: int = 0
    drawn: int = 0
    judged: int = 0
    is_answer: int = 0
    is_clear: int = 0
    has_sender: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTest:
    """A judged test contact; `points`: 0–3 by what was judged, without what was not."""

    plan: str
    area: str
    channel: str
    points: Mapping[Aspect, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePoints:
    """Points had, of the most that `n` judgements could give; `share`: 0–1, KKiK printed it times 100."""

    points: int
    n: int

    @property
    def share(self) -> float | None:
        """Return 0–1; None without any judgement."""
        return self.points / (MOST_POINTS * self.n) if self.n else None


async def read_sample(connection: AsyncConnection, period: Period, calendar: Calendar, as_of: datetime) -> JudgedSample:
    """Return the sample of a period as it was known at an instant (UTC)."""
    instant, of = to_micros(as_of), SAMPLES.c
    weeks = select(of.week).where(of.drawn_at <= instant).distinct()
    chosen = [week for week in (await connection.execute(weeks)).scalars() if _lies_in(week, period, calendar)]
    if not chosen:
        return JudgedSample()
    known = of.judged_at <= instant
    yes = [func.count().filter(known & (one == 1)) for one in (of.is_answer, of.is_clear, of.has_sender)]
    counted = select(*[func.count(), func.count().filter(known), *yes])
    counted = counted.where(of.week.in_(chosen), of.drawn_at <= instant)
    drawn, judged, is_answer, is_clear, has_sender = map(int, (await connection.execute(counted)).one())
    keys = [_DRAWN_FROM + week for week in chosen]
    told = (await connection.execute(select(META.c.value).where(META.c.key.in_(keys)))).scalars()
    return JudgedSample(
        population=sum(map(int, told)), drawn=drawn, judged=judged, is_answer=is_answer, is_clear=is_clear,
        has_sender=has_sender,
    )  # fmt: skip


def _lies_in(week: str, period: Period, calendar: Calendar) -> bool:
    year, _, number = week.partition("-W")
    thursday = date.fromisocalendar(int(year), int(number), 4)
    first, after = (calendar.local(edge(calendar.zone)).date() for edge in (period.start, period.end))
    return first <= thursday < after


async def read_tests(connection: AsyncConnection, start: datetime, end: datetime, as_of: datetime) -> list[JudgedTest]:
    """Return the judged test contacts that were sent from `start` until before `end`, and by `as_of` (UTC)."""
    of = TEST_CONTACTS.c
    within = (of.sent_at >= to_micros(start), of.sent_at < to_micros(end), of.sent_at <= to_micros(as_of))
    return await _tests(connection, (of.state == _JUDGED, *within))


async def read_plan(connection: AsyncConnection, plan: str) -> list[JudgedTest]:
    """Return the judged test contacts of a plan, whenever they were sent."""
    of = TEST_CONTACTS.c
    return await _tests(connection, (of.state == _JUDGED, of.plan == plan))


async def _tests(connection: AsyncConnection, which: Sequence[Any]) -> list[JudgedTest]:
    of = TEST_CONTACTS.c
    query = select(of.plan, of.area, of.channel, *(of[aspect.value] for aspect in Aspect)).where(*which)
    return [
        JudgedTest(
            plan=plan, area=area, channel=channel,
            points={aspect: given for aspect, given in zip(Aspect, points, strict=True) if given is not None},
        )
        for plan, area, channel, *points in await connection.execute(query)
    ]  # fmt: skip


def quality_figures(sample: JudgedSample, *, label: str, as_of: datetime) -> tuple[Figure, ...]:
    """Return the shares of the judged answers, and how many were drawn; nothing where none were.

    A share's n is how many were judged; without any there is no value.
    """
    if not sample.drawn:
        return ()

    def share(measure: str, yes: int) -> Figure:
        return Figure(
            measure=measure, version=1, period=label, numerator=yes, denominator=sample.judged, n=sample.judged,
            value=yes / sample.judged if sample.judged else None, as_of=as_of,
        )  # fmt: skip

    return (
        share("quality.is_answer", sample.is_answer),
        share("quality.is_clear", sample.is_clear),
        share("quality.has_sender", sample.has_sender),
        Figure(measure="quality.drawn", version=1, period=label, n=sample.drawn, value=float(sample.drawn),
               as_of=as_of),
    )  # fmt: skip


def points_by_aspect(tests: Iterable[JudgedTest]) -> dict[Aspect, SharePoints]:
    """Return the points of each aspect; what was not judged, as the words of an answer that never came, is in none."""
    known = list(tests)
    given = {aspect: [one.points[aspect] for one in known if aspect in one.points] for aspect in Aspect}
    return {aspect: SharePoints(points=sum(points), n=len(points)) for aspect, points in given.items()}


def total_of(points: Iterable[SharePoints]) -> SharePoints:
    """Return all points together, of the most that all judgements together could give."""
    known = list(points)
    return SharePoints(points=sum(one.points for one in known), n=sum(one.n for one in known))


def test_figures(tests: Sequence[JudgedTest], *, label: str, as_of: datetime) -> tuple[Figure, ...]:
    """Return the share of the most points for each aspect and in all, for all and for each channel.

    Nothing where nothing was judged; their n is judgements, of the total too.
    """
    slices = {"": list(tests)} if tests else {}
    for channel in sorted({one.channel for one in tests}):
        slices[f"channel:{channel}"] = [one for one in tests if one.channel == channel]
    return tuple(
        Figure(
            measure=f"test.{name}", version=1, period=label, slice=slice_, numerator=one.points,
            denominator=MOST_POINTS * one.n, n=one.n, value=one.share, as_of=as_of,
        )
        for slice_, some in slices.items()
        for name, one in _named(points_by_aspect(some))
    )  # fmt: skip


def _named(points: Mapping[Aspect, SharePoints]) -> list[tuple[str, SharePoints]]:
    return [*((aspect.value, one) for aspect, one in points.items()), ("total", total_of(points.values()))]


@dataclass(frozen=True, slots=True)
class JudgedFigures:
    """The judged figures of a period, as `measurement.rollup.making.Part` wants them."""

    calendar: Calendar

    async def __call__(
        self, connection: AsyncConnection, period: Period, known: datetime, as_of: datetime
    ) -> Sequence[Figure]:
        """Return them from what was known at the first instant (UTC)."""
        zone = self.calendar.zone
        sample = await read_sample(connection, period, self.calendar, known)
        tests = await read_tests(connection, period.start(zone), period.end(zone), known)
        label = str(period)
        return [
            *quality_figures(sample, label=label, as_of=as_of),
            *test_figures(tests, label=label, as_of=as_of),
        ]
