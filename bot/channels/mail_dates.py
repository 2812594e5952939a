"""Dates as mail programs show them in a text to people: above a forwarded or quoted mail. Pure.

Month names in Swedish, Finnish, Norwegian, Danish, German and English, in full or cut short.
"""

import re
import unicodedata
from datetime import datetime

_NAMES = """
januari januar january jänner · februari februar february feber · mars marts march märz mrz · april
· maj mai may · juni june · juli july · augusti august · september · oktober october · november
· desember december dezember
"""
_FINNISH = "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"


def _months() -> dict[str, int]:
    """Return every beginning of a month's name to its number: of Finnish ones from four letters on, else three."""
    table: dict[str, int] = {}
    finnish = [[f"{stem}kuuta"] for stem in _FINNISH.split()]
    for least, months in ((3, [names.split() for names in _NAMES.split("·")]), (4, finnish)):
        for number, names in enumerate(months, 1):
            for name in names:
                for length in range(least, len(name) + 1):
                    table.setdefault(name[:length], number)
    return table


_MONTHS = _months()
_LONGEST = 200
_YEARS = range(1990, 2100)

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(?P<one>\d\d?)(?:\. ?|[-/])(?P<two>\d\d?)(?:\. ?|[-/])(?P<year>\d{4})(?!\d)")
_DAY_NAMED = re.compile(
    r"(?<!\d)(?P<day>\d\d?)(?:\.|:[ea]|st|nd|rd|th)?[ -](?:of |de )?(?P<name>[^\W\d_]{3,12})\.?,?[ -]"
    r"(?P<year>\d{4})(?!\d)"
)
_NAMED_DAY = re.compile(r"\b(?P<name>[^\W\d_]{3,12})\.? (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>\d{4})(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d.:+-])(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?(?![\d:])"
    r"(?: ?(?P<half>[ap]\.?m|[fe]\.?m|[ai]\.?p)\b)?"
)


def read_wall(text: str) -> datetime | None:
    """Return the date and time that a shown date means, without a zone: on the clock of whoever's program wrote it.

    A zone or offset that stands behind it is left out, not reckoned with. None if it names no time of day, no full
    year, or a date that does not exist or cannot be told for sure: ``11/10/2026`` is a day in October in Europe, in
    November in America. Only the first 200 characters count.
    """
    line = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).lower().split())
    found = _date(line)
    if found is None:
        return None
    year, month, day, begin, end = found
    clock = _CLOCK.search(line, end) or _CLOCK.search(line[:begin])
    hour = _hour(clock) if clock else None
    if clock is None or hour is None or year not in _YEARS:
        return None
    try:
        # Naive by intent: what is shown names no zone.
        return datetime(year, month, day, hour, int(clock["minute"]), int(clock["second"] or 0))  # noqa: DTZ001
    except ValueError:
        return None


def _date(line: str) -> tuple[int, int, int, int, int] | None:
    """Return year, month, day, and where they stand."""
    for shape in (_YEAR_FIRST, _DAY_NAMED, _NAMED_DAY, _NUMBERS):
        for found in shape.finditer(line):
            if month_day := _month_day(found, found.groupdict()):
                return int(found["year"]), *month_day, found.start(), found.end()
    return None


def _month_day(found: re.Match[str], part: dict[str, str]) -> tuple[int, int] | None:
    """Return month and day, None if no month has this name or either number could be the month.

    With full stops between, the day stands first.
    """
    if "name" in part:
        month = _MONTHS.get(part["name"])
        return (month, int(part["day"])) if month else None
    if "month" in part:
        return int(part["month"]), int(part["day"])
    one, two = int(part["one"]), int(part["two"])
    if "." in found[0] or one > 12 or one == two:
        return two, one
    return (one, two) if two > 12 else None


def _hour(clock: re.Match[str]) -> int | None:
    """Return the hour of 24, None if there is no such hour. Halves of the day: am/pm, fm/em (sv), ap/ip (fi)."""
    hour, half = int(clock["hour"]), (clock["half"] or "").replace(".", "")
    if not half or hour > 12:
        return hour if hour < 24 else None
    return hour % 12 + (12 if half in ("pm", "em", "ip") else 0)
