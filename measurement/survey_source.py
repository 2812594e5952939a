"""Surveys as the figures read them: how many were asked and how many gave which grade, never a row for each.

The database counts; nothing leads from a count to a case, a person or an officer. Ratings know only the week of their
contact and no instant, so what was known at an earlier one cannot be told: an old report takes the frozen values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from random import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, Text, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facts import Channel
from measurement.periods import Period, Week, week_of
from measurement.population import Dimension

RATINGS = table(
    "ratings",
    column("week", Text), column("channel", Text), column("unit", Text), column("kind", Text),
    column("in_time", BigInteger), column("question", Text), column("grade", BigInteger), column("comment", Text),
    column("source", Text),
)  # fmt: skip
INVITATIONS = table(
    "invitations",
    column("week", Text), column("channel", Text), column("unit", Text), column("kind", Text),
    column("in_time", BigInteger), column("state", Text), column("delivered_at", BigInteger),
)  # fmt: skip
"""The columns that are read, as plain as they are stored. A test holds them against the tables of the bot."""

WRITTEN = (Channel.MAIL.value, Channel.TELEGRAM.value)
"""Channels whose answers are the whole. SKR keeps telephone and e-mail apart, so the after-call survey is never pooled
with them: it is the slice ``channel:phone`` and nothing else."""

INVITED = ("sent", "delivered", "failed", "answered", "declined", "expired")
"""States of those who were invited, as `bot.store.survey_rows.State` has them."""

SLICED_BY = (Dimension.CHANNEL, Dimension.KIND, Dimension.UNIT)
"""What is kept of a contact beside its week (design §3). Topic and language go at the freeze, so no figure has them."""

OWN = "own"
"""`ratings.source` of what our own invitations brought."""

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What contacts have in common. `in_time`: answered in time under the configured rule; None: not told."""

    of: Mapping[Dimension, str]
    in_time: bool | None

    @property
    def is_written(self) -> bool:
        """Whether it belongs to the whole."""
        return self.of[Dimension.CHANNEL] in WRITTEN

    def slices(self) -> Iterator[str]:
        """Give the slices it is in beside the whole, as ``channel:mail``; the member is empty where not told."""
        for dimension, member in self.of.items():
            yield f"{dimension.value}:{member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """How many contacts of one mix got this answer. `grade` None: "do not know", or a comment."""

    mix: Mix
    question: str
    grade: int | None
    is_own: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many invitations of one mix came so far: `state` is one of `INVITED`."""

    mix: Mix
    state: str
    is_delivered: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCounts:
    """Who was invited in some weeks, and what came back. `comments`: how many wrote something, in each channel."""

    rated: tuple[Rated, ...]
    asked: tuple[Asked, ...]
    comments: Mapping[str, int]


def weeks_in(period: Period) -> tuple[Week, ...]:
    """Return the weeks whose Thursday lies in a period, in order: of a week itself, of a month four or five.

    So ISO tells the year of a week. Ratings know no day, only their week: the first and the last of a month, tertial or
    year may belong in part to its neighbour, and every week is in exactly one month, tertial and year.
    """
    if isinstance(period, Week):
        return (period,)
    # The bounds as dates: midnight in any zone would do.
    first, end = period.start(_UTC), period.end(_UTC)
    thursday = first + timedelta(days=(3 - first.weekday()) % 7)
    found = list[Week]()
    while thursday < end:
        found.append(week_of(thursday, _UTC))
        thursday += timedelta(days=7)
    return tuple(found)


async def read_counts(connection: AsyncConnection, weeks: Sequence[Week]) -> SurveyCounts:
    """Return who was invited and what was answered about contacts that came in these weeks; none: nothing.

    Args:
        connection: whose transaction sees one state.
        weeks: in any order.
    """
    asked, comments = list[Asked](), dict[str, int]()
    for first, last in _runs(weeks):
        asked += [_asked(row) for row in await connection.execute(_invitations(first, last))]
        for row in (await connection.execute(_comments(first, last))).mappings():
            comments[row["channel"]] = comments.get(row["channel"], 0) + row["count"]
    return SurveyCounts(rated=await read_rated(connection, weeks), asked=tuple(asked), comments=comments)


async def read_rated(connection: AsyncConnection, weeks: Sequence[Week]) -> tuple[Rated, ...]:
    """Return the answers alone: invitations are many more."""
    found = list[Rated]()
    for first, last in _runs(weeks):
        found += [_rated(row) for row in await connection.execute(_ratings(first, last))]
    return tuple(found)


async def read_not_invited(connection: AsyncConnection, weeks: Sequence[Week]) -> Mapping[str, int]:
    """Return by state how many contacts in writing of these weeks were up for a survey and not invited.

    Apart from the rest, since these are most of all contacts and nothing more is told of them.
    """
    found, of = dict[str, int](), INVITATIONS.c
    for first, last in _runs(weeks):
        within = (of.week >= first, of.week <= last, of.state.not_in(INVITED), of.channel.in_(WRITTEN))
        query = select(of.state, func.count().label("count")).where(*within).group_by(of.state)
        for row in (await connection.execute(query)).mappings():
            found[row["state"]] = found.get(row["state"], 0) + row["count"]
    return found


def _ratings(first: str, last: str) -> Select[Any]:
    of = RATINGS.c
    keys = (*_mix_columns(of), of.question, of.grade, of.source)
    within = select(*keys, func.count()).where(of.week >= first, of.week <= last, of.question != "comment")
    return within.group_by(*keys)


def _invitations(first: str, last: str) -> Select[Any]:
    of = INVITATIONS.c
    delivered = of.delivered_at.is_not(None)  # nothing bound in it: PostgreSQL knows it again in both places
    keys = (*_mix_columns(of), of.state, delivered)
    within = (of.week >= first, of.week <= last, of.state.in_(INVITED))
    return select(*keys, func.count()).where(*within).group_by(*keys)


def _comments(first: str, last: str) -> Select[Any]:
    of = RATINGS.c
    written = (of.question == "comment", of.comment != "")
    query = select(of.channel, func.count().label("count")).where(of.week >= first, of.week <= last, *written)
    return query.group_by(of.channel)


def _mix_columns(of: Any) -> list[ColumnElement[Any]]:  # noqa: ANN401 -- columns of a table
    return [*(of[dimension.value] for dimension in SLICED_BY), of.in_time]


def _rated(row: Sequence[Any]) -> Rated:
    *mixed, question, grade, source, count = row
    return Rated(mix=_mix(mixed), question=question, grade=grade, is_own=source == OWN, count=count)


def _asked(row: Sequence[Any]) -> Asked:
    *mixed, state, delivered, count = row
    return Asked(mix=_mix(mixed), state=state, is_delivered=bool(delivered), count=count)


def _mix(mixed: Sequence[Any]) -> Mix:
    *members, in_time = mixed
    of = dict(zip(SLICED_BY, members, strict=True))
    return Mix(of=of, in_time=None if in_time is None else bool(in_time))


def _runs(weeks: Iterable[Week]) -> Iterator[tuple[str, str]]:
    """Give the first and last of weeks that follow on each other, so that no week is named one by one."""
    ordered = sorted(set(weeks))
    for _, run in groupby(enumerate(ordered), key=lambda one: one[1].monday.toordinal() // 7 - one[0]):
        found = [week for _, week in run]
        yield str(found[0]), str(found[-1])


async def read_comments(connection: AsyncConnection, weeks: Sequence[Week]) -> list[str]:
    """Return what people wrote about contacts of these weeks, mixed by lot; personal numbers were hidden when kept."""
    of = RATINGS.c
    query = select(of.comment).where(of.week.in_(map(str, weeks)), of.question == "comment", of.comment != "")
    found = [str(one) for one in (await connection.execute(query)).scalars()]
    SystemRandom().shuffle(found)
    return found
