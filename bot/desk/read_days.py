"""Days in words, in Swedish, English and Finnish: ``fredag``, ``1 december``, ``om 3 dagar``, ``v 48``. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from babel import dates

from bot.desk.spelling import first_word, fold, visible

LANGUAGES = ("sv", "en", "fi")
LONGEST_DAY = 7
"""Words of the longest way to say a day: ``on Thursday the 3rd of December 2026``."""
LONGEST_TEXT = 200
"""Characters of a text that may be a day."""

_THEN = re.compile(r"[\s,:;.–—-]*")
"""What stands between a day and the text that follows it."""

_FINNISH_DAYS = (
    *(f"{stem}{end}" for stem in ("maanantai", "tiistai", "torstai", "perjantai", "lauantai", "sunnuntai")
      for end in ("na", "n", "hin", "ksi", "sta")),
    "keskiviikkona", "keskiviikon", "keskiviikkoon", "keskiviikoksi", "keskiviikosta",
)  # fmt: skip

_COUNTED = (
    "en ett a an one yhden", "två two kahden", "tre three kolmen", "fyra four neljän", "fem five viiden",
    "sex six kuuden", "sju seven seitsemän", "åtta eight kahdeksan", "nio nine yhdeksän", "tio ten kymmenen",
)  # fmt: skip
_COUNTS = {
    spelling: count for count, said in enumerate(_COUNTED, start=1) for name in said.split()
    for spelling in (name, fold(name))
}  # fmt: skip
"""Counts in words, from one to ten."""

_FROM_TODAY = (
    "idag, i dag, today, tänään",
    "imorgon, i morgon, imorron, tomorrow, huomenna, huomiseen, huomiseksi",
    "i övermorgon, iövermorgon, övermorgon, day after tomorrow, the day after tomorrow, ylihuomenna",
)
_NEAR = {
    spelling: ahead for ahead, said in enumerate(_FROM_TODAY) for name in said.split(", ")
    for spelling in (name, fold(name))
}  # fmt: skip
"""Days counted from today."""


def read_day(text: str, today: date) -> date | None:
    """Return the day a text names, seen from a local day; None where it names none, or not clearly one.

    A weekday is the next such day after today, ``nästa måndag`` the Monday of next week, a week its Monday. A day
    without a year that has passed is next year's. Figures are day and month (``1/12``), or an ISO date.
    """
    return _read(text, today)[1]


def leading_day(text: str, today: date) -> tuple[date, str] | None:
    """Return the day a text begins with, and the text after it; None where it begins with none, or not clearly one.

    The most words that can be a day are it: ``torsdag 31/2`` is not clear and therefore no Thursday.
    """
    for said, rest in reversed(list(_beginnings(visible(text)))):
        is_day, day = _read(said, today)
        if is_day:
            unclear = day is None or first_word(rest)[0] in {"eller", "or", "tai"}
            return None if unclear or day is None else (day, rest[_end(rest) :])
    return None


def _beginnings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first word, the first two and so on, each with the text after; none goes on after a colon."""
    end = 0
    for found in re.finditer(r"\S{1,40}(?=\s|$)\s*", text[:LONGEST_TEXT]):
        if found.start() != end or (end and _closes(text[:end])):
            return
        end = found.end()
        yield text[:end], text[end:]
        if len(text[:end].split()) == LONGEST_DAY:
            return


def _closes(said: str) -> bool:
    return said.rstrip(" \t").endswith((":", ";", "!", "?", "\n"))


def _end(rest: str) -> int:
    found = _THEN.match(rest)
    return found.end() if found else 0


def _read(text: str, today: date) -> tuple[bool, date | None]:
    """Return whether the text has the shape of a day, and the day if it is one that exists."""
    if len(text) > LONGEST_TEXT:
        return False, None
    said = unicodedata.normalize("NFC", text).casefold().replace(",", " ")
    said = " ".join(said.split()).strip(".:;!?*_ ")
    for shape, meaning in _shapes():
        found = shape.fullmatch(said)
        if found:
            try:
                return True, meaning(found, today)
            except (ValueError, OverflowError):  # no such day, or one beyond the calendar
                return True, None
    return False, None


def _dated(found: re.Match[str], today: date) -> date | None:
    """Return day and month in the year told, else in the first of this and the next where it has not passed."""
    said = found.groupdict()
    month = int(said["month"]) if said["month"].isdigit() else _months()[said["month"]]
    day = None
    for year in (int(said["year"]),) if said.get("year") else (today.year, today.year + 1):
        day = _date(year, month, int(said["day"]))
        if day is not None and (said.get("year") or day >= today):
            break
    weekday = said.get("weekday")
    fits = weekday is None or day is None or day.weekday() == _weekdays()[weekday]
    return day if fits else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _of_month(found: re.Match[str], today: date) -> date | None:
    """Return the next day with this number: in this month if it has not passed, else in the next."""
    number = int(found["day"])
    if number >= today.day:
        return today.replace(day=number)
    following = today.replace(day=1) + timedelta(days=31)
    return following.replace(day=number)


def _on_weekday(found: re.Match[str], today: date) -> date:
    ahead = (_weekdays()[found["weekday"]] - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _next_week(found: re.Match[str], today: date) -> date:
    weekday = found.groupdict().get("weekday")
    monday = today + timedelta(days=7 - today.weekday())
    return monday + timedelta(days=_weekdays()[weekday] if weekday else 0)


def _in_week(found: re.Match[str], today: date) -> date:
    """Return the Monday, or the weekday told, of a week: of this ISO year, or of the next if it has passed.

    Raises:
        ValueError: there is no such week, or it is the one that is going on, and its Monday has passed.
    """
    said = found.groupdict()
    weekday = _weekdays()[said["weekday"]] if said.get("weekday") else 0
    year = int(said["year"]) if said.get("year") else today.isocalendar().year
    day = date.fromisocalendar(year, int(said["week"]), weekday + 1)
    if day < today and not said.get("year"):
        if day.isocalendar().week == today.isocalendar().week:
            raise ValueError("the week that is going on")
        return date.fromisocalendar(year + 1, int(said["week"]), weekday + 1)
    return day


def _counted(found: re.Match[str], today: date) -> date:
    said = found["count"] or "1"
    count = int(said) if said.isdigit() else _COUNTS[said]
    return today + timedelta(days=count * (1 if found["unit"].startswith(("da", "pä", "pa")) else 7))


def _near(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=_NEAR[found[0]])


def _unclear(_found: re.Match[str], _today: date) -> None:
    """What looks like a day and has more than one reading, as ``fredag om en vecka``."""


_YEAR = r"(?:(?: |/|-|\. ?)(?P<year>\d{4}))?"
_SHAPES: tuple[tuple[str, Callable[[re.Match[str], date], date | None]], ...] = (
    (r"(?:{any} )?(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)", _dated),
    (r"(?:(?:på |pa |on )?{any} )?(?:den |on |the )?(?P<day>\d{{1,2}})[/.](?P<month>\d{{1,2}}){year}", _dated),
    (r"(?:(?:på |pa |on )?{any} )?(?:den |on |the )?(?P<day>\d{{1,2}})(?::?[ae]|st|nd|rd|th|\.)? ?(?:of )?"
     r"{month}\.?{year}", _dated),
    (r"(?:(?:on )?{any} )?{month} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: p[äa]iv[äa]\w*)?{year}", _dated),
    (r"(?:den |the |on the )(?P<day>\d{{1,2}})(?::?[ae]|st|nd|rd|th)?", _of_month),
    (r"(?P<day>\d{{1,2}})(?::[ae]|st|nd|rd|th)", _of_month),
    (r"(?:nu på |på |pa |on |kommande |coming |tuleva\w* )?{weekday}", _on_weekday),
    (r"(?:nästa|nasta|next|ensi) {weekday}", _next_week),
    (r"(?:på |pa |on )?{weekday} (?:i )?(?:nästa|nasta|next|ensi) (?:vecka|week|viikolla)", _next_week),
    (r"ensi viikon {weekday}", _next_week),
    (r"(?:i )?(?:nästa|nasta|next|ensi) (?:vecka|week|viikko|viikolla)", _next_week),
    (r"(?:(?:på |pa |on )?{weekday} )?(?:i )?(?:v|vecka|w|week|vk|vko|viikko|viikolla)\.? ?(?P<week>\d{{1,2}}){year}",
     _in_week),
    (r"(?P<year>\d{{4}})-?[vw](?P<week>\d{{1,2}})", _in_week),
    (r"(?:om|in) (?P<count>{count}) (?P<unit>dag|dagar|dagars|day|days|vecka|veckor|week|weeks)", _counted),
    (r"(?:(?P<count>{count}) )?(?P<unit>päivän|paivan|viikon) (?:kuluttua|päästä|paasta)", _counted),
    (r"{weekday} (?:om|in) {count} \w+", _unclear),
    ("{near}", _near),
)  # fmt: skip


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...]:
    names = {
        "weekday": f"(?P<weekday>{_either(_weekdays().keys() - _SHORT_FINNISH)})",
        "any": f"(?P<weekday>{_either(_weekdays())})\\.?",
        "month": f"(?P<month>{_either(_months())})",
        "count": rf"(?:\d{{1,3}}|{_either(_COUNTS)})",
        "near": _either(_NEAR),
        "year": _YEAR,
    }
    return tuple((re.compile(shape.format_map(names)), meaning) for shape, meaning in _SHAPES)


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _with_plain(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names as they are and as they are typed without å, ä and ö."""
    return tuple(spelling for name in names for spelling in (name, fold(name)))


_SHORT_FINNISH = frozenset(("ma", "ti", "ke", "to", "pe", "la", "su"))
"""Days only where a date follows; alone they are words of another language."""


@cache
def _weekdays() -> Mapping[str, int]:
    """Return the weekday (Monday 0) of every name, as typed with and without å, ä and ö where it is written out."""
    found = dict[str, int]()
    for language in LANGUAGES:
        for number, name in dates.get_day_names("wide", "stand-alone", language).items():
            found |= dict.fromkeys(_with_plain([name.casefold()]), number)
            found |= dict.fromkeys(_with_plain([name.casefold() + "en"]), number) if language == "sv" else {}
        for number, name in dates.get_day_names("abbreviated", "stand-alone", language).items():
            found[name.casefold()] = number
    for name in _FINNISH_DAYS:
        found[name] = next(number for day, number in found.items() if len(day) > 5 and name.startswith(day[:8]))
    return found | {"tor": 3, "tues": 1, "thu": 3, "thur": 3, "thurs": 3}


@cache
def _months() -> Mapping[str, int]:
    """Return the month of every name, written out (in Finnish also inflected) or short."""
    found = {"sept": 9}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in dates.get_month_names(width, "stand-alone", language).items():
                ends = ("", "ta", "n", "ssa") if language == "fi" and width == "wide" else ("",)
                said = tuple(name.casefold().rstrip(".") + end for end in ends)
                found |= dict.fromkeys(_with_plain(said), number)
    return found
