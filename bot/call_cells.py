"""What the cells of a telephone exchange's file mean: instants, lengths of time, yes and no, how a call ended. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST_WAIT = 14_400
"""Seconds a caller may have waited, four hours; a greater number is none of seconds."""


class Why(StrEnum):
    """What is wrong with a file, a row or a cell."""

    NO_COLUMN = "no_column"
    TWO_COLUMNS = "two_columns"
    NO_OUTCOME_COLUMN = "no_outcome_column"
    NOT_IDS = "not_ids"
    MORE_CELLS = "more_cells"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    NO_CLOCK = "no_clock"
    SKIPPED_HOUR = "skipped_hour"
    FUTURE = "future"
    BAD_WEEK = "bad_week"
    BAD_SECONDS = "bad_seconds"
    TOO_LONG = "too_long"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNKNOWN_OUTCOME = "unknown_outcome"
    NO_OUTCOME = "no_outcome"
    BOTH_OUTCOMES = "both_outcomes"
    PHONE_NUMBER = "phone_number"
    UNKNOWN_QUESTION = "unknown_question"
    BAD_GRADE = "bad_grade"


class CellFault(Exception):
    """A cell that cannot be read; `column` is the field it stands for, empty: the row as a whole."""

    def __init__(self, why: Why, column: str = "", example: str = "") -> None:
        """Keep what is wrong, where, and what stood there."""
        super().__init__(why.value)
        self.why, self.column, self.example = why, column, example


class Outcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    OTHER = "other"
    """Neither: sent on, called back, a voicemail, engaged."""


@dataclass(frozen=True, slots=True)
class LocalInstant:
    """An instant (UTC, whole seconds); `doubtful`: that hour comes twice, and the first of them was taken."""

    at: datetime
    doubtful: bool


_CLOCK = r"(?:kl\.?\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]m)?"
_OFFSET = r"\s*(?P<offset>z|utc|[+-]\d\d:?(?:\d\d)?)?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>20\d\d)[-/.](?P<one>\d\d?)[-/.](?P<two>\d\d?)(?:(?:\s*t\s*|[\s,]+){_CLOCK}{_OFFSET})?"
)
_RUN_TOGETHER = re.compile(rf"(?P<year>20\d\d)(?P<one>\d\d)(?P<two>\d\d)(?:(?:\s*t\s*|[\s,]+){_CLOCK}{_OFFSET})?")
_YEAR_LAST = re.compile(
    rf"(?P<one>\d\d?)[-/.](?P<two>\d\d?)(?:[-/.]|\s)(?P<year>20\d\d)(?:(?:\s*t\s*|[\s,]+){_CLOCK}{_OFFSET})?"
)
_SINCE_1970 = re.compile(r"(\d{10})(?:[.,]\d+)?")
_TOTALS = frozenset(
    ("totalt", "total", "totals", "grand total", "summa", "summering", "sum", "medel", "medelvärde", "genomsnitt",
     "average", "yhteensä", "keskiarvo")
)  # fmt: skip
_NOTHING = frozenset(("", "-", "–", "—", "null", "none", "n/a", "na"))


def is_nothing(cell: str) -> bool:
    """Tell whether a cell says nothing: it is empty, a dash or ``NULL``."""
    return cell.casefold() in _NOTHING


def is_total(cells: Sequence[str]) -> bool:
    """Tell whether a row sums up the others: ``Totalt`` stands before all else in it."""
    first = next((cell for cell in cells if not is_nothing(cell)), "")
    return folded(first).rstrip(":") in _TOTALS


def read_instant(cell: str, zone: ZoneInfo, *, day_first: bool) -> LocalInstant:
    """Return the instant of a date with a time of day, as ``2026-11-16 08:12:05`` or ``16/11/2026 8.12``.

    With an offset (``Z``, ``+01:00``), or as seconds since 1970, it is exact; without one it is local time in `zone`.
    `day_first` tells whether 3/4/2026 is in April.

    Raises:
        CellFault: none of these, no such date or time, or an hour that the clocks skipped.
    """
    text = cell.strip().casefold()
    if is_nothing(text):
        raise CellFault(Why.NO_TIME)
    if seconds := _SINCE_1970.fullmatch(text):
        return LocalInstant(datetime.fromtimestamp(int(seconds[1]), UTC), doubtful=False)
    found = _YEAR_FIRST.fullmatch(text) or _RUN_TOGETHER.fullmatch(text)
    year_first = found is not None
    found = found or _YEAR_LAST.fullmatch(text)
    if found is None:
        raise CellFault(Why.BAD_TIME, example=cell)
    one, two = int(found["one"]), int(found["two"])
    month, day = (one, two) if year_first or not day_first else (two, one)
    try:
        local = datetime(int(found["year"]), month, day, *_clock(found), tzinfo=_offset(found["offset"], zone))
    except ValueError:
        raise CellFault(Why.BAD_TIME, example=cell) from None
    if found["hour"] is None:
        raise CellFault(Why.NO_CLOCK, example=cell)
    return _placed(local, cell)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour, half = int(found["hour"] or 0), found["half"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, int(found["minute"] or 0), int(found["second"] or 0)


def _offset(text: str | None, zone: ZoneInfo) -> ZoneInfo:
    if text is None:
        return zone
    if text in {"z", "utc"}:
        return ZoneInfo("UTC")
    hours, minutes = int(text[:3]), text[3:].lstrip(":")
    if minutes not in {"", "00"} or not -12 <= hours <= 14:
        raise ValueError(text)
    # These names count westward.
    return ZoneInfo(f"Etc/GMT{-hours:+d}")


def _placed(local: datetime, cell: str) -> LocalInstant:
    """Return where a local time lies, by PEP 495: what comes twice has two offsets, and so has what was skipped."""
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first is None or second is None or first < second:
        raise CellFault(Why.SKIPPED_HOUR, example=cell)
    return LocalInstant(local.astimezone(UTC), doubtful=first > second)


_BARE_SECONDS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:s|sek|sec|sekunder|seconds)?\.?")
_COLONS = re.compile(r"(?:(\d+):)?(\d+):(\d\d(?:[.,]\d+)?)")
_MINUTES = re.compile(r"(\d+)\s*min\.?(?:uter|utes)?\s*(?:(\d+)\s*s(?:ek|ec)?\.?)?")


def read_seconds(cell: str, *, milliseconds: bool = False) -> float | None:
    """Return a length of time in seconds, None for a cell that says nothing.

    As ``45``, ``45,5``, ``45 s``, ``1:15`` (minutes and seconds, never hours), ``0:01:15`` or ``1 min 15 s``.

    Args:
        cell: as it stands in the file.
        milliseconds: a bare number is thousandths of a second.

    Raises:
        CellFault: none of these, or longer than anybody waits.
    """
    text = cell.strip().casefold()
    if is_nothing(text):
        return None
    if bare := _BARE_SECONDS.fullmatch(text):
        found = float(bare[1].replace(",", ".")) / (1000 if milliseconds else 1)
    elif colons := _COLONS.fullmatch(text):
        found = _of_colons(cell, *colons.groups())
    elif minutes := _MINUTES.fullmatch(text):
        found = 60.0 * int(minutes[1]) + int(minutes[2] or 0)
    else:
        raise CellFault(Why.BAD_SECONDS, example=cell)
    if found > LONGEST_WAIT:
        raise CellFault(Why.TOO_LONG, example=cell)
    return found


def _of_colons(cell: str, hours: str | None, minutes: str, seconds: str) -> float:
    rest = float(seconds.replace(",", "."))
    if rest >= 60 or (hours is not None and int(minutes) > 59):
        raise CellFault(Why.BAD_SECONDS, example=cell)
    return 3600 * int(hours or 0) + 60 * int(minutes) + rest


_YES = frozenset(("ja", "j", "yes", "y", "true", "sant", "x", "1", "kyllä", "k", "on"))
_NO = frozenset(("nej", "n", "no", "false", "falskt", "0", "ei", "e"))


def read_yes_or_no(cell: str) -> bool | None:
    """Return what a cell says; None if it says nothing.

    Raises:
        CellFault: it is neither.
    """
    text = cell.strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    if is_nothing(text):
        return None
    raise CellFault(Why.NOT_YES_OR_NO, example=cell)


_OUTCOMES = {
    Outcome.ANSWERED: (
        "besvarad", "besvarat", "besvarade", "svarat", "svarad", "svar", "kopplad", "kopplat", "hanterad", "hanterat",
        "answered", "connected", "handled", "completed", "accepted", "vastattu",
    ),
    Outcome.ABANDONED: (
        "övergiven", "övergivet", "avbruten", "avbrutet", "avbrutit", "tappad", "tappat", "missad", "missat",
        "lagt på", "la på", "lade på", "ej besvarad", "ej besvarat", "obesvarad", "obesvarat",
        "abandoned", "abandon", "hung up", "hangup", "missed", "lost", "unanswered", "not answered", "no answer",
        "vastaamatta", "katkennut",
    ),
    Outcome.OTHER: (
        "vidarekopplad", "vidarekopplat", "återuppringning", "röstbrevlåda", "upptaget", "stängt", "överflyttad",
        "transferred", "overflow", "forwarded", "callback", "voicemail", "busy", "closed",
    ),
}  # fmt: skip


def read_outcome(cell: str, own_words: dict[str, Outcome]) -> Outcome:
    """Return how a call ended, by the exchange's own words (folded), then by words that many use.

    Raises:
        CellFault: it says nothing, or a word that nobody told us.
    """
    text = folded(cell)
    if is_nothing(text):
        raise CellFault(Why.NO_OUTCOME)
    if text in own_words:
        return own_words[text]
    for outcome, words in _OUTCOMES.items():
        if text in words:
            return outcome
    raise CellFault(Why.UNKNOWN_OUTCOME, example=cell)


def folded(text: str) -> str:
    """Return a word as it is compared: lower case, single spaces, no full stop at the end."""
    return " ".join(text.casefold().replace("_", " ").split()).rstrip(".")


_NUMBER = re.compile(r"[+(]?[\d\s()/.-]{7,}")


def is_phone_number(cell: str) -> bool:
    """Tell whether a cell is nothing but a telephone number, with an exchange's digits (seven or more)."""
    return bool(_NUMBER.fullmatch(cell)) and sum(sign.isdigit() for sign in cell) >= 7


_LONG_NUMBER = re.compile(r"[+(]?\d[\d\s()/.-]{5,}\d")


def without_numbers(text: str) -> str:
    """Return words without what may be a telephone number or another long number of a person's."""
    return _LONG_NUMBER.sub(lambda found: "…" if is_phone_number(found[0]) else found[0], text)


_CALLER = re.compile(r"(?:tel:)?(?:\+\d{1,3}[\s-]?|00\d{2}[\s-]?|0(?=7[\s-]?[02369]))\d[\d\s()/-]{6,}")


def is_caller(cell: str) -> bool:
    """Tell whether a cell that should be a number of a call is somebody's telephone number, as ``+4670…`` or ``070…``.

    Numbers of calls may have as many digits.
    """
    return bool(_CALLER.fullmatch(cell.strip())) and is_phone_number(cell.strip().removeprefix("tel:"))


_WEEK = re.compile(r"(\d{4})[-\s]*[wv]\s*(\d{1,2})", re.IGNORECASE)


def read_week(cell: str) -> str | None:
    """Return the week that ``2026-W47`` or ``2026 v47`` names; None if the cell is no week.

    Raises:
        CellFault: that year has no such week.
    """
    found = _WEEK.fullmatch(cell.strip())
    if found is None:
        return None
    try:
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise CellFault(Why.BAD_WEEK, example=cell) from None
    return f"{found[1]}-W{int(found[2]):02}"


def week_at(instant: datetime, zone: ZoneInfo) -> str:
    """Return the ISO week of a UTC instant on the municipality's clock, as ``2026-W47``."""
    year, week, _ = instant.astimezone(zone).isocalendar()
    return f"{year}-W{week:02}"
