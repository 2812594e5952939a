"""Changes of opening hours and promises. What has arrived already keeps the hours and the promise it was told."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.calendar import LAST_YEAR
from bot.facts import Kind
from bot.hours import CalendarVersion, Hours, Span, SpecialDay, parse_span
from bot.register import Change, EntryData, EntryKind
from config.calendars import version_of
from config.change_units import WEEKDAYS
from config.changes import ChangeRefused, Fault, Standing, agreed
from config.layers import hours_of

MOST_PROMISE_DAYS = 60

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")


def read_spans(text: str) -> tuple[str, ...]:
    """Return opening hours as people write them, ``8-12, 13-16.30``, in the form of the settings; empty: closed.

    Raises:
        ValueError: it cannot be read, or names no time of day.
    """
    spans = list[str]()
    for part in filter(None, (one.strip() for one in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(f"opening hours {part!r} must look like 08:00-16:30")
        hour, minute, end_hour, end_minute = (int(group or 0) for group in match.groups())
        spans.append(f"{hour:02}:{minute:02}-{end_hour:02}:{end_minute:02}")
        parse_span(spans[-1])
    return tuple(spans)


def written(hours: Hours) -> tuple[str, ...]:
    """Return hours as the settings write them."""
    return tuple(_written(span) for span in hours)


def change_day(standing: Standing, day: date, hours: str, decided_by: str) -> tuple[Change, ...]:
    """Return the change of one date's opening hours, none if they are so already; empty hours: closed.

    Raises:
        ChangeRefused: the date is not after today, nobody has decided, or the hours cannot be read.
    """
    faults = [*_too_late(standing, day), *_decider(standing, decided_by)]
    spans = _spans(standing, hours, faults)
    data = {"open": list(spans), "decided_by": decided_by.strip()}
    known = special_day(standing, day)
    if known is not None and written(known.spans) == spans and known.decided_by == data["decided_by"]:
        return ()
    if not faults:
        try:
            SpecialDay(date=day, spans=tuple(map(parse_span, spans)), decided_by=decided_by)
        except ValueError:
            faults.append(_bad_hours(standing, hours))
    return agreed(standing, faults, Change(kind=EntryKind.DAY, key=day.isoformat(), data=data))


def end_day(standing: Standing, day: date) -> tuple[Change, ...]:
    """Return the change after which a date has its ordinary hours again.

    Raises:
        ChangeRefused: the date is not after today, or has its ordinary hours.
    """
    known, faults = special_day(standing, day), list(_too_late(standing, day))
    if known is None:
        t = standing.texts.t
        faults.append(Fault("date", t("{day} har vanliga öppettider. Se run_bot.py calendar list.", day=day)))
        return agreed(standing, faults)
    data = {"open": list(written(known.spans)), "decided_by": known.decided_by}
    return agreed(standing, faults, Change(kind=EntryKind.DAY, key=day.isoformat(), data=data, ended=True))


def special_day(standing: Standing, day: date) -> SpecialDay | None:
    """Return the hours of its own that a date after today has as things stand, None if it has none."""
    version = _in_force(standing.calendar.versions, day)
    return next((special for special in version.days if special.date == day), None)


def _in_force(versions: Sequence[CalendarVersion], day: date) -> CalendarVersion:
    """Return the version that holds for what arrives on a local date; before the first one, the first."""
    return next((one for one in reversed(versions) if one.valid_from <= day), versions[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursWish:
    """New opening hours: those of the days given (Monday 0), else as before.

    `minutes`: of an ordinary day; None: of most days of the week. `holidays`: whether they close; None: as before.
    """

    valid_from: date
    decided_by: str
    days: Mapping[int, str]
    minutes: int | None = None
    holidays: bool | None = None


def change_hours(standing: Standing, wish: HoursWish) -> tuple[Change, ...]:
    """Return the change that gives new opening hours from a date on; seasons and single days to come stay.

    Raises:
        ChangeRefused: the date is not after today, or the hours make no sense.
    """
    t, before = standing.texts.t, _in_force(standing.versions, wish.valid_from)
    faults = [*_too_late(standing, wish.valid_from), *_decider(standing, wish.decided_by)]
    week = {day: written(hours) for day, hours in enumerate(before.week)}
    week |= {day: _spans(standing, hours, faults) for day, hours in wish.days.items()}
    if not any(week.values()):
        faults.append(Fault("", t("Någon dag i veckan behöver vara öppen, annars går det inte att räkna svarstider.")))
    if faults:
        raise ChangeRefused(*faults)
    data = {
        "decided_by": wish.decided_by.strip(),
        "ordinary_day_minutes": wish.minutes or _ordinary_minutes(week),
        "closed_on_holidays": before.closed_on_holidays if wish.holidays is None else wish.holidays,
        "week": _week_data(week),
        "seasons": _seasons(before, wish.valid_from),
        "days": _days(before, wish.valid_from),
    }
    key = wish.valid_from.isoformat()
    try:
        version_of(hours_of(key, data), standing.settings)
    except ValueError:
        text = t("Öppettiderna går inte ihop. Ange dem i ordning, utan att de går in i varandra.")
        faults.append(Fault("", text))
    return agreed(standing, faults, Change(kind=EntryKind.HOURS, key=key, data=data))


def end_hours(standing: Standing, begin: date) -> tuple[Change, ...]:
    """Return the change that takes away opening hours that are not in force yet.

    Raises:
        ChangeRefused: no others begin on that date, or they are in force already.
    """
    faults = list(_too_late(standing, begin))
    known = next((one for one in standing.versions if one.valid_from == begin), None)
    if known is None:
        t = standing.texts.t
        faults.append(Fault("date", t("Inga nya öppettider börjar {day}. Se run_bot.py calendar list.", day=begin)))
        return agreed(standing, faults)
    if len(standing.versions) == 1:
        faults.append(Fault("date", standing.texts.t("Det är de enda öppettiderna. Ange andra i stället.")))
    data = {
        "decided_by": known.decided_by,
        "ordinary_day_minutes": known.ordinary_day_minutes,
        "closed_on_holidays": known.closed_on_holidays,
        "week": _week_data({day: written(hours) for day, hours in enumerate(known.week)}),
        "seasons": _seasons(known, begin),
        "days": _days(known, begin),
    }
    return agreed(standing, faults, Change(kind=EntryKind.HOURS, key=begin.isoformat(), data=data, ended=True))


def set_promise(standing: Standing, kind: Kind, days: int) -> tuple[Change, ...]:
    """Return the change of what citizens are promised, none if it is so already.

    Raises:
        ChangeRefused: not 1 to 60 open days.
    """
    if standing.layers.promises[kind] == days:
        return ()
    faults = list[Fault]()
    if not 1 <= days <= MOST_PROMISE_DAYS:
        text = standing.texts.t("Lova mellan 1 och {most} öppna dagar.", most=MOST_PROMISE_DAYS)
        faults.append(Fault("days", text))
    return agreed(standing, faults, Change(kind=EntryKind.PROMISE, key=kind.value, data={"days": days}))


def _too_late(standing: Standing, day: date) -> Sequence[Fault]:
    t, first = standing.texts.t, standing.today + timedelta(days=1)
    if day < first:
        text = t("Det som har kommit in har redan fått sin tid. Välj {day} eller en senare dag.", day=first.isoformat())
        return [Fault("date", text)]
    if day.year > LAST_YEAR:
        return [Fault("date", t("Kalendern räcker till och med {year}.", year=LAST_YEAR))]
    return []


def _decider(standing: Standing, decided_by: str) -> Sequence[Fault]:
    if decided_by.strip():
        return []
    return [Fault("decided_by", standing.texts.t("Ange vem som har beslutat: --decided-by."))]


def _spans(standing: Standing, text: str, faults: list[Fault]) -> tuple[str, ...]:
    """Return hours as the settings write them; what cannot be read is added to the faults."""
    try:
        return read_spans(text)
    except ValueError:
        faults.append(_bad_hours(standing, text))
        return ()


def _bad_hours(standing: Standing, text: str) -> Fault:
    return Fault(
        "hours", standing.texts.t("”{hours}” är inga öppettider. Skriv som 08:00-12:00,13:00-16:30.", hours=text)
    )


def _ordinary_minutes(week: Mapping[int, tuple[str, ...]]) -> int:
    """Return the open minutes that most open days of a week have; of several lengths as common, the longest."""
    lengths = Counter(sum(end - begin for begin, end in map(parse_span, spans)) for spans in week.values() if spans)
    return max(lengths, key=lambda length: (lengths[length], length))


def _week_data(week: Mapping[int, tuple[str, ...]]) -> EntryData:
    return {name: list(week[day]) for day, name in enumerate(WEEKDAYS)}


def _seasons(version: CalendarVersion, begin: date) -> list[EntryData]:
    return [
        {
            "first": season.first.isoformat(),
            "last": season.last.isoformat(),
            "week": _week_data({day: written(hours) for day, hours in enumerate(season.week)}),
        }
        for season in version.seasons
        if season.last >= begin
    ]


def _days(version: CalendarVersion, begin: date) -> list[EntryData]:
    return [
        {"date": one.date.isoformat(), "open": list(written(one.spans)), "decided_by": one.decided_by}
        for one in version.days
        if one.date >= begin
    ]


def _written(span: Span) -> str:
    begin, end = span
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
