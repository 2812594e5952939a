"""Lengths of waiting from a file (CSV or Excel), so that a curve can be checked in another tool. Pure.

Columns by name, upper or lower case: ``time``, in any unit, and ``answered``: 1 or 0 (a length that ended without an
answer: what is known of it ends there). Decimals have a comma or a point.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from config.table_files import Row, TableFault, read_table

_TIMES, _ANSWERED = ("time", "tid"), ("answered", "besvarad", "event")
_LONGEST = 9e9
"""Of the times: they are counted in millionths, which are exact so far."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Times and whether each ended with an answer, in the order of the file."""

    times: Sequence[float]
    answered: Sequence[bool]

    def micros(self) -> Micros:
        """Return the times in millionths of their unit, as `measurement.survival.quantiles` counts them."""
        return np.round(np.array(self.times, np.float64) * 1e6).astype(np.int64)

    def ended(self) -> NDArray[np.bool_]:
        """Return which ended with an answer."""
        return np.array(self.answered, np.bool_)


def read_lengths(content: bytes) -> Lengths:
    """Return what the file holds.

    Raises:
        ValueError: a column is missing, or a cell is not what it should be; with its line.
    """
    try:
        head, *rows = read_table(content)
    except TableFault as error:
        raise ValueError(f"the file cannot be read as a table ({error.why})") from error
    names = [cell.casefold() for cell in head.cells]
    time, answered = _place(names, _TIMES), _place(names, _ANSWERED)
    if not rows:
        raise ValueError("the file has a heading but no rows")
    return Lengths([_time(row, time) for row in rows], [_yes(row, answered) for row in rows])


def _place(names: Sequence[str], wanted: Sequence[str]) -> int:
    place = next((names.index(one) for one in wanted if one in names), None)
    if place is None:
        raise ValueError(f"no column is called {wanted[0]}; the file has {', '.join(names)}")
    return place


def _cell(row: Row, place: int) -> str:
    if place >= len(row.cells):
        raise ValueError(f"line {row.number} has too few cells")
    return row.cells[place]


def _time(row: Row, place: int) -> float:
    text = _cell(row, place)
    try:
        time = float(text.replace(",", "."))
    except ValueError:
        time = math.nan
    if not 0 <= time <= _LONGEST:
        raise ValueError(f"line {row.number}: {text!r} is not a length of time")
    return time


def _yes(row: Row, place: int) -> bool:
    text = _cell(row, place)
    if text not in ("0", "1"):
        raise ValueError(f"line {row.number}: answered must be 1 or 0, not {text!r}")
    return text == "1"
