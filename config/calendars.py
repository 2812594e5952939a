"""The opening hours: the versions of the settings, with what the register has decided since.

No entry moves a deadline that stands: a new version begins after the day it was entered on, and a single day that is
changed holds for what arrives after that day. So a figure says the same next year, whatever is decided meanwhile.
"""

import logging
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.calendar import Calendar
from bot.hours import CalendarVersion, Hours, Season, SpecialDay, parse_span
from bot.register import Entry, EntryKind
from config.layers import day_of, hours_of
from config.settings import CalendarSettings, Settings, WeekSettings

logger = logging.getLogger(__name__)


def calendar_of(settings: Settings, entries: Sequence[Entry] = ()) -> Calendar:
    """Return the opening hours. Entries of the register, in order of seq, that make no sense are passed over.

    Raises:
        ValueError: hours in the settings that make no sense, in words.
    """
    return Calendar(_with_days(versions_of(settings, entries), entries, ZoneInfo(settings.zone)))


def versions_of(settings: Settings, entries: Sequence[Entry] = ()) -> list[CalendarVersion]:
    """Return the versions in order of date, with those of the register; its single days are left out.

    Raises:
        ValueError: hours in the settings that make no sense, in words.
    """
    calendar = Calendar([version_of(one, settings) for one in settings.calendar])
    return _with_versions(calendar.versions, entries, settings)


def days_to_come(calendar: Calendar, today: date) -> list[SpecialDay]:
    """Return the single days with hours of their own from a local date on, in order, as they will hold."""
    versions = calendar.versions
    ends = [*(version.valid_from for version in versions[1:]), date.max]
    begins = [date.min, *ends[:-1]]
    return [
        special
        for version, begin, end in zip(versions, begins, ends, strict=True)
        for special in sorted(version.days, key=lambda one: one.date)
        if max(begin, today) <= special.date < end
    ]


def in_force_from(entry: Entry, zone: ZoneInfo) -> date:
    """Return the first local date whose arrivals an entry about opening hours concerns: the day after its own."""
    return entry.recorded_at.astimezone(zone).date() + timedelta(days=1)


def _with_versions(
    versions: Sequence[CalendarVersion], entries: Sequence[Entry], settings: Settings
) -> list[CalendarVersion]:
    """Return the versions in order of date, with those of the register added, replaced or taken away."""
    found = {version.valid_from: version for version in versions}
    for entry in entries:
        if entry.kind is not EntryKind.HOURS:
            continue
        try:
            begin = date.fromisoformat(entry.key)
            if begin < in_force_from(entry, ZoneInfo(settings.zone)):
                raise ValueError("hours that would hold for what had arrived already")  # noqa: TRY301 -- one way out
            if entry.ended:
                found.pop(begin, None)
            else:
                found[begin] = version_of(hours_of(entry.key, entry.data), settings)
        except ValueError:
            logger.warning("register entry %s: opening hours that make no sense are passed over", entry.seq)
    return [found[begin] for begin in sorted(found)] or list(versions)


def _with_days(versions: list[CalendarVersion], entries: Sequence[Entry], zone: ZoneInfo) -> list[CalendarVersion]:
    """Return the versions with the single days as each arrival meets them: one more version wherever they change."""
    changes = [
        (in_force_from(entry, zone), special) for entry in entries if (special := _special_day(entry)) is not None
    ]
    if not changes:
        return versions
    begins = [version.valid_from for version in versions]
    steps = sorted({*begins, *(begin for begin, _ in changes if begin > begins[0])})
    return [
        _at_step(step, versions[bisect_right(begins, step) - 1], [day for begin, day in changes if begin <= step])
        for step in steps
    ]


def _at_step(step: date, version: CalendarVersion, changes: Sequence[SpecialDay | date]) -> CalendarVersion:
    """Return a version from a date on, its single days changed in order; a mere date takes that day away."""
    days = {special.date: special for special in version.days}
    for change in changes:
        if isinstance(change, SpecialDay):
            days[change.date] = change
        else:
            days.pop(change, None)
    return replace(version, valid_from=step, days=tuple(days[when] for when in sorted(days)))


def _special_day(entry: Entry) -> SpecialDay | date | None:
    """Return the day an entry is about, a mere date where it ends; None for any other entry and one without sense."""
    if entry.kind is not EntryKind.DAY:
        return None
    try:
        if entry.ended:
            return date.fromisoformat(entry.key)
        day = day_of(entry.key, entry.data)
        return SpecialDay(date=day.date, spans=_hours(day.open), decided_by=day.decided_by)
    except ValueError:
        logger.warning("register entry %s: a day that makes no sense is passed over", entry.seq)
        return None


def version_of(one: CalendarSettings, settings: Settings) -> CalendarVersion:
    """Return a version of the opening hours.

    Raises:
        ValueError: hours that make no sense, in words.
    """
    return CalendarVersion(
        valid_from=one.valid_from,
        decided_by=one.decided_by,
        ordinary_day_minutes=one.ordinary_day_minutes,
        week=_week(one.week),
        seasons=tuple(Season(first=part.first, last=part.last, week=_week(part.week)) for part in one.seasons),
        days=tuple(SpecialDay(date=day.date, spans=_hours(day.open), decided_by=day.decided_by) for day in one.days),
        country=settings.municipality.country,
        closed_on_holidays=one.closed_on_holidays,
        zone=settings.zone,
    )


def _week(week: WeekSettings) -> tuple[Hours, ...]:
    return tuple(_hours(day) for day in week.days())


def _hours(spans: tuple[str, ...]) -> Hours:
    return tuple(parse_span(span) for span in spans)
