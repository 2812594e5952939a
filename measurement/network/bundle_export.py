"""Making a bundle out of the book of figures: whole-municipality aggregates of frozen weeks, small ones withheld."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import Calendar, CalendarVersion
from bot.calendar import Hours as Spans
from bot.clock import Rule
from bot.facts import Channel
from config.texts import Texts
from measurement.measures import IN_TIME, Figure, Measure, Unit
from measurement.network.bundle import (
    INDEX_FROM,
    SURVEYED,
    THRESHOLD,
    Attachment,
    Bundle,
    Contact,
    Hours,
    MeasureTold,
    Practice,
    SurveyTold,
    Total,
    WeekValue,
)
from measurement.network.bundle_earlier import as_told_before
from measurement.periods import Week
from measurement.registry import REGISTRY
from measurement.rollup.book import standings, values_of
from measurement.rollup.states import Standing, State
from measurement.statistics.suppression import SMALL, WHOLE, suppress

MEASURES = (
    *(one.id for one in IN_TIME.values()),
    "waiting_time.median", "working_time.median", "first_contact", "promise_kept", "phone.direct", *SURVEYED,
)  # fmt: skip
"""What a network compares, in the order it is shown."""

ByWeek = Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What somebody chose to share beside the figures."""

    contact: Contact | None = None
    practices: tuple[Practice, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose bundle, of which period, and by what it counts.

    Attributes:
        municipality, name: the id and what it is called.
        first, last: both included.
        made_at: UTC.
        rule, phone_seconds: as configured.
    """

    municipality: str
    name: str
    first: Week
    last: Week
    made_at: datetime
    rule: Rule
    phone_seconds: int
    shared: Shared = Shared()


class NothingFrozen(LookupError):
    """No week of the period is frozen, so there is nothing that stands fast enough to be told."""


class NotAllFrozen(LookupError):
    """Some weeks of the period may still change: told now and told again they would open what is withheld.

    Attributes:
        weeks: which ones, oldest first.
    """

    def __init__(self, weeks: Sequence[str]) -> None:
        """Keep which ones."""
        super().__init__(", ".join(weeks))
        self.weeks = tuple(weeks)


def weeks_between(first: Week, last: Week) -> tuple[Week, ...]:
    """Return the weeks from the first to the last, both included; none if the last is earlier."""
    found, week = list[Week](), first
    while week <= last:
        found.append(week)
        week = week.next()
    return tuple(found)


async def bundle_from(
    connection: AsyncConnection, wish: Wish, calendar: Calendar, texts: Texts, earlier: Sequence[Bundle] = ()
) -> Bundle:
    """Return what may be told of a period, from the values in force now.

    Args:
        connection: to the book of figures.
        wish: whose, and which period.
        calendar: opening hours.
        texts: the language of the hours' words.
        earlier: our own bundles of the same period that were told before, oldest first: a measure whose correction
            would open what was withheld is told as it was told last.

    Raises:
        NothingFrozen: no week of it is frozen.
        NotAllFrozen: one of its weeks from our first one on is not.
    """
    weeks = weeks_between(wish.first, wish.last)
    frozen = _frozen(await standings(connection), [str(one) for one in weeks])
    figures: dict[str, ByWeek] = {measure: await values_of(connection, measure, WHOLE, frozen) for measure in MEASURES}
    invited = {key: await values_of(connection, f"survey.{key}", WHOLE, frozen) for key in ("delivered", "answered")}
    channels = {one.value: await values_of(connection, "arrivals", f"channel:{one.value}", frozen) for one in Channel}
    return Bundle(
        municipality=wish.municipality, name=wish.name, first=str(wish.first), last=str(wish.last),
        made_at=wish.made_at, rule=wish.rule, phone_seconds=wish.phone_seconds, threshold=THRESHOLD,
        hours=hours_of(calendar, weeks, texts),
        channels=_channels(channels),
        survey=_survey(invited["delivered"], invited["answered"]),
        measures=tuple(
            as_told_before(told, [before for each in earlier if (before := each.measure(one))])
            for one in MEASURES if (told := measure_told(REGISTRY[one], figures, frozen))
        ),
        contact=wish.shared.contact, practices=wish.shared.practices, attachments=wish.shared.attachments,
    )  # fmt: skip


def _frozen(known: Mapping[str, Standing], weeks: Sequence[str]) -> list[str]:
    """Return the weeks that stand fast; those before our first one were never measured and are passed over."""
    frozen = [one for one in weeks if one in known and known[one].state is State.FROZEN]
    if not frozen:
        raise NothingFrozen
    begun = min(one for one in known if "-W" in one)
    if open_ := [one for one in weeks if one >= begun and one not in frozen]:
        raise NotAllFrozen(open_)
    return frozen


def definition_digest(measure: Measure) -> str:
    """Return 64 hexadecimal digits that are others as soon as what is counted is; its name is not in it."""
    direction = measure.direction.value if measure.direction else ""
    words = [measure.id, measure.version, measure.unit.value, measure.population, direction]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def measure_told(measure: Measure, figures: Mapping[str, ByWeek], frozen: Sequence[str]) -> MeasureTold | None:
    """Return what is told of a measure; None: it was never measured, or by so few that nothing may be told.

    Withheld are weeks of fewer than ten, of the survey also those where so few all said the same, and as many more as
    it takes that none of them can be found by subtraction from the total (`suppression`). An index is withheld where
    the share of the same answers is, and of fewer than thirty.

    Args:
        measure: which one.
        figures: by measure and week; of an index also those of its share.
        frozen: the weeks that stand fast, in order.
    """
    every = {week: one for week, one in figures[measure.id].items() if one.n and one.value is not None}
    if not every:
        return None
    version = every[max(every)].version
    current = {week: one for week, one in every.items() if one.version == version}
    groups = _answers(current, figures.get(measure.id.replace(".index", ".good"), {}), measure)
    whole = tuple(sum(column) for column in zip(*groups.values(), strict=True))
    least = INDEX_FROM if measure.unit is Unit.INDEX else THRESHOLD
    if sum(whole) < least or (len(whole) > 1 and sum(whole) < SMALL and max(whole) == sum(whole)):
        return None
    told, total = _tellable(groups, whole, measure), _total(measure, list(current.values()))
    if total is None and not told:
        return None
    return MeasureTold(
        id=measure.id, version=version, digest=definition_digest(measure), name=measure.name, unit=measure.unit,
        direction=measure.direction, total=total, weeks=tuple(_week_value(current[week]) for week in sorted(told)),
        covered=sum(min(current) <= one <= max(current) for one in frozen), withheld=len(current) - len(told),
        other_version=len(every) - len(current),
    )  # fmt: skip


def _answers(figures: ByWeek, shares: ByWeek, measure: Measure) -> dict[str, tuple[int, ...]]:
    """Return by week how many were good and how many not, of what people answered; of anything else how many in all.

    That all of our answers were in time tells nothing of anybody, so there the two are not kept apart.
    """
    if measure.id not in SURVEYED:
        return {week: (one.n,) for week, one in figures.items()}
    found = dict[str, tuple[int, ...]]()
    for week, one in figures.items():
        share = shares.get(week) if measure.unit is Unit.INDEX else one
        good = share.numerator if share is not None and share.n == one.n else None
        found[week] = (one.n, 0) if good is None else (good, one.n - good)
    return found


def _tellable(groups: Mapping[str, tuple[int, ...]], whole: tuple[int, ...], measure: Measure) -> set[str]:
    """Return the weeks that may be told beside the total, or by themselves where there is none."""
    if measure.unit is Unit.SECONDS:
        return {week for week, counts in groups.items() if sum(counts) >= THRESHOLD}
    verdicts = suppress(whole, groups)
    least = INDEX_FROM if measure.unit is Unit.INDEX else THRESHOLD
    return {week for week, counts in groups.items() if verdicts[week] is None and sum(counts) >= least}


def _total(measure: Measure, figures: Sequence[Figure]) -> Total | None:
    n = sum(one.n for one in figures)
    if measure.unit is Unit.SHARE:
        part = sum(one.numerator or 0 for one in figures)
        return Total(numerator=part, denominator=n, n=n, value=part / n)
    if measure.unit is Unit.INDEX:
        value = sum(one.n * (one.value or 0.0) for one in figures) / n
        return Total(numerator=None, denominator=None, n=n, value=min(100.0, value))
    # Medians of weeks cannot be put together.
    return None


def _week_value(figure: Figure) -> WeekValue:
    return WeekValue(
        week=figure.period, numerator=figure.numerator, denominator=figure.denominator, n=figure.n,
        value=float(figure.value or 0.0),
    )  # fmt: skip


def _channels(by_channel: Mapping[str, ByWeek]) -> dict[str, int]:
    counts = {name: sum(one.n for one in some.values()) for name, some in by_channel.items()}
    return {name: _in_tens(count) for name, count in counts.items() if count >= THRESHOLD}


def _survey(delivered: ByWeek, answered: ByWeek) -> SurveyTold | None:
    """Return invited, delivered and answered: the parts and wholes of the two shares."""
    answers = sum(one.numerator or 0 for one in answered.values())
    if answers < THRESHOLD:
        return None
    return SurveyTold(
        invited=_in_tens(sum(one.denominator or 0 for one in delivered.values())),
        delivered=_in_tens(sum(one.numerator or 0 for one in delivered.values())),
        answered=_in_tens(answers),
    )


def _in_tens(count: int) -> int:
    """Return a count to the nearest ten, so that nobody finds a few by subtraction."""
    return (count + 5) // 10 * 10


def hours_of(calendar: Calendar, weeks: Sequence[Week], texts: Texts) -> Hours:
    """Return the opening hours of some weeks; the words are of those in force when the last begins."""
    minutes, days = 0, set[date]()
    for week in weeks:
        start, end = week.start(calendar.zone), week.end(calendar.zone)
        for segment in calendar.segments(start, end):
            minutes += round((segment.end - segment.start).total_seconds() / 60)
            days.add(calendar.local(segment.start).date())
    version = calendar.version_at(weeks[-1].start(calendar.zone))
    first, last = weeks[0].monday, weeks[-1].next().monday
    return Hours(
        ordinary_day_minutes=version.ordinary_day_minutes, open_minutes=minutes, open_days=len(days),
        changes=sum(first < one.valid_from < last for one in calendar.versions[1:]),
        words=week_in_words(version, texts),
    )  # fmt: skip


def week_in_words(version: CalendarVersion, texts: Texts) -> str:
    """Return an ordinary week, as ``måndag–fredag 08.00–16.30``; days that are closed are not named."""
    # 1 to 7 June 2026 is Monday to Sunday.
    names = [texts.day(date(2026, 6, number)).split()[0] for number in range(1, 8)]
    parts = list[str]()
    for spans, some in groupby(zip(names, version.week, strict=True), key=lambda one: one[1]):
        listed = [name for name, _ in some]
        if spans:
            days = listed[0] if len(listed) == 1 else f"{listed[0]}–{listed[-1]}"
            parts.append(f"{days} {_spans(spans)}")
    return ", ".join(parts)


def _spans(spans: Spans) -> str:
    return " ".join(f"{start // 60:02d}.{start % 60:02d}–{end // 60:02d}.{end % 60:02d}" for start, end in spans)
