"""Which figure somebody means: ``measure@period/slice``, as ``answered_in_time.one_working_day@2026-W47/channel:mail``.

People write it in any order and case, with names instead of ids, and without the rule. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bot.clock import Rule
from measurement.periods import Period, parse_period
from measurement.population import Dimension

_IN_TIME = "answered_in_time"
_SHORT = ("in_time", _IN_TIME, "intime", "i tid", "i_tid")
"""What people call "answered in time" when they leave the rule to us."""
_SLICE = re.compile(
    rf"(?<![\w.])({'|'.join(one.value for one in Dimension)})\s*[:=]\s*([^\s@/,;]*)", re.ASCII | re.IGNORECASE
)
_PERIOD = re.compile(
    r"(?<![\w.:])(\d{4})(?:\s?-?\s?(?:[wv](\d{1,2})|t(\d)|(\d{2})))?(?![\w:])", re.ASCII | re.IGNORECASE
)
_BETWEEN = "@/,; \t"
_MOST_NEAR = 6
_PERIODS = ("2026-W47", "2026-11", "2026-T1", "2026")


class Unclear(StrEnum):
    """What of an id cannot be understood."""

    MEASURE = "measure"
    PERIOD = "period"
    DIMENSION = "dimension"
    """The measure is not told by it."""
    MEMBER = "member"
    """Nothing in the dimension is called so."""
    WHY = "why"
    """The measure has no such class."""


class NotUnderstood(ValueError):
    """A part of the id is none that we know; `near` are those that may be meant, the nearest first."""

    def __init__(self, what: Unclear, written: str, near: Iterable[str] = ()) -> None:
        """Keep what was written, and what may be meant."""
        self.what, self.written, self.near = what, written, tuple(near)
        meant = f"; near it: {', '.join(self.near)}" if self.near else ""
        super().__init__(f"no {what.value} is called {written!r}{meant}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureId:
    """One figure: of a measure, by its id, a period, and a slice (empty: all), as ``channel:mail``."""

    measure: str
    period: Period
    slice: str = ""

    def __str__(self) -> str:
        return f"{self.measure}@{self.period}" + (f"/{self.slice}" if self.slice else "")


def parse_figure_id(written: str, names: Mapping[str, str], configured: Rule) -> FigureId:
    """Return the figure that is meant.

    Period and slice are found wherever they stand; what is left is the measure.

    Args:
        written: by a person.
        names: every measure's id, with what it is called in the reader's language.
        configured: the rule of "in time" where none is named.

    Raises:
        NotUnderstood: no measure or no period is called so.
    """
    slice_, rest = "", written
    if found := _SLICE.search(rest):
        dimension, member = found[1].lower(), found[2]
        # Only of languages some are written with capitals.
        slice_ = f"{dimension}:{member if dimension == Dimension.LANGUAGE else member.lower()}"
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    period = None
    if found := _PERIOD.search(rest):
        period = _period(found, written)
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    if period is None:
        raise NotUnderstood(Unclear.PERIOD, written, _PERIODS)
    measure = _measure(" ".join(rest.strip(_BETWEEN).split()), names, configured)
    return FigureId(measure=measure, period=period, slice=slice_)


def _period(found: re.Match[str], written: str) -> Period:
    year, week, tertial, month = found.groups()
    last = f"-W{int(week):02d}" if week else f"-T{tertial}" if tertial else f"-{month}" if month else ""
    try:
        return parse_period(year + last)
    except ValueError:
        raise NotUnderstood(Unclear.PERIOD, found[0] or written, _PERIODS) from None


def _measure(said: str, names: Mapping[str, str], configured: Rule) -> str:
    folded = said.casefold()
    if folded in _SHORT:
        return f"{_IN_TIME}.{configured.value}"
    meant = {**{name.casefold(): key for key, name in names.items()}, **{key.casefold(): key for key in names}}
    plain = folded.replace(" ", "_")
    for one in (folded, plain, f"{_IN_TIME}.{plain}", plain.replace("in_time.", f"{_IN_TIME}.", 1)):
        if one in meant:
            return meant[one]
    raise NotUnderstood(Unclear.MEASURE, said, near(said, names, [name for name in names.values() if said]))


def near(said: str, known: Iterable[str], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what a word may mean, at most six: what contains it, then what is spelt like it; nothing like it: none."""
    words = {one.casefold(): one for one in (*more, *known)}
    folded = said.casefold()
    holds = [word for key, word in words.items() if folded and (folded in key or key.split(".")[0] in folded)]
    alike = [words[key] for key in get_close_matches(folded, words, _MOST_NEAR, 0.5)]
    return tuple(dict.fromkeys([*alike, *holds]))[:_MOST_NEAR]
