"""Arrivals against staffing: when inquiries come, and when there is staff to take them. Pure: bytes and rows in.

The rota is a table with weekday, hour and staff, one row for each hour of an ordinary week that somebody answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from config.texts import mark
from measurement.improvement.columns import ColumnsFault, Fault, NamedRow, each_row, named_rows
from measurement.improvement.lateness import HOUR, WEEKDAY, LocalTimes
from measurement.improvement.pareto import SURE, spread_interval, spread_of
from measurement.measures import Display, display_of
from measurement.statistics.shares import Interval

Slot = tuple[int, int]
"""Weekday from 0 (Monday) and hour, 0–23."""

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "weekday": ("weekday", "veckodag", "dag", "viikonpäivä"),
        "hour": ("hour", "timme", "tid", "klockan", "tunti"),
        "staff": ("staff", "personal", "bemanning", "antal", "henkilöstö"),
    }
)
_DAYS = (
    ("1", "mån", "måndag", "mon", "monday", "ma", "maanantai"),
    ("2", "tis", "tisdag", "tue", "tuesday", "ti", "tiistai"),
    ("3", "ons", "onsdag", "wed", "wednesday", "ke", "keskiviikko"),
    ("4", "tor", "tors", "torsdag", "thu", "thursday", "to", "torstai"),
    ("5", "fre", "fredag", "fri", "friday", "pe", "perjantai"),
    ("6", "lör", "lördag", "sat", "saturday", "la", "lauantai"),
    ("7", "sön", "söndag", "sun", "sunday", "su", "sunnuntai"),
)
"""What each weekday may be called in a rota."""
_HOUR_OF_DAY = re.compile(r"(\d{1,2})([:.]00)?(\s*[-–]\s*\d{1,2}([:.]00)?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A weekday or an hour: which share of the arrivals it has, and which share of the staffed hours.

    Attributes:
        dimension, member: as `lateness` has them; of hours ``08`` is the hour from 8 to 9.
        arrivals: that came then, of `of` arrivals in staffed hours.
        share: of the arrivals; `interval` made wider for all the comparisons, and for weeks that differ.
        staffed: its share of the staffed hours.
    """

    dimension: str
    member: str
    arrivals: int
    of: int
    share: float
    interval: Interval
    staffed: float

    @property
    def is_short(self) -> bool:
        """Tell whether a larger share comes than is staffed, chance apart."""
        return self.interval.low > self.staffed


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Arrivals against a rota.

    Attributes:
        weeks: that the arrivals are of.
        inside, outside: arrivals in hours with staff, and in hours without.
        per_week: mean arrivals of a week in each slot that has staff.
        staff: in each of those slots.
        loads: every weekday and hour with staff.
        outside_interval: of the share that comes in hours without staff, with what weeks differ.
    """

    weeks: int
    inside: int
    outside: int
    per_week: Mapping[Slot, float]
    staff: Mapping[Slot, float]
    loads: tuple[Load, ...]
    outside_interval: Interval | None = None

    @property
    def comparable(self) -> bool:
        """Tell whether there is anything to compare: two weekdays or two hours, and 30 arrivals in them."""
        return len(self.staff) > 1 and display_of(self.inside) is Display.PLAIN


def read_rota(content: bytes) -> dict[Slot, float]:
    """Return how many answer in each hour of an ordinary week; hours without staff are left out.

    Args:
        content: CSV or Excel with the columns weekday (1–7 or a name), hour (8, 08:00 or 8-9) and staff.

    Raises:
        ColumnsFault: it is no rota.
    """
    lines = dict[Slot, int]()

    def read(row: NamedRow) -> tuple[Slot, float]:
        slot, staff = _slot(row), _staff(row)
        if lines.setdefault(slot, row.number) != row.number:
            raise row.fault("hour", mark("står också på rad {line}, för samma veckodag"), line=lines[slot])
        return slot, staff

    rota = {slot: staff for slot, staff in each_row(named_rows(content, _NAMES), read) if staff}
    if not rota:
        raise ColumnsFault(Fault(text=mark("filen har ingen timme då någon arbetar")))
    return rota


def _slot(row: NamedRow) -> Slot:
    day, hour = row.cells["weekday"].casefold(), _HOUR_OF_DAY.fullmatch(row.cells["hour"])
    weekday = next((at for at, names in enumerate(_DAYS) if day in names), None)
    if weekday is None:
        raise row.fault("weekday", mark("är ingen veckodag; skriv 1–7 eller måndag"))
    if not hour or int(hour[1]) > 23:
        raise row.fault("hour", mark("är ingen timme; skriv 8 för timmen mellan 8 och 9"))
    return weekday, int(hour[1])


def _staff(row: NamedRow) -> float:
    try:
        staff = float(row.cells["staff"].replace(",", "."))
    except ValueError:
        staff = -1.0
    if not isfinite(staff) or staff < 0:
        raise row.fault("staff", mark("är inget tal från 0"))
    return staff


def staffing_of(times: LocalTimes, rota: Mapping[Slot, float]) -> Staffing | None:
    """Return arrivals against the rota; None: nothing came in its hours.

    Args:
        times: of the arrivals that count, on the local clock.
        rota: by slot.
    """
    staffed = np.zeros((7, 24))
    for (day, hour), staff in rota.items():
        staffed[day, hour] = staff
    inside = staffed[times.weekday, times.hour] > 0
    if not inside.any():
        return None
    weeks = times.weeks()
    count = int(weeks.max()) + 1
    came = np.zeros((7, 24))
    np.add.at(came, (times.weekday[inside], times.hour[inside]), 1)
    return Staffing(
        weeks=count, inside=int(inside.sum()), outside=int((~inside).sum()),
        per_week={slot: float(came[slot]) / count for slot in sorted(rota)}, staff=dict(sorted(rota.items())),
        loads=_loads(times, inside, weeks, staffed), outside_interval=_outside(inside, weeks),
    )  # fmt: skip


def _outside(inside: NDArray[np.bool_], weeks: NDArray[np.intp]) -> Interval:
    n = np.bincount(weeks)
    k = np.bincount(weeks[~inside], minlength=len(n))
    return spread_interval(int(k.sum()), int(n.sum()), spread_of(k, n))


def _loads(
    times: LocalTimes, inside: NDArray[np.bool_], weeks: NDArray[np.intp], staffed: NDArray[np.float64]
) -> tuple[Load, ...]:
    days, hours = np.flatnonzero(staffed.sum(axis=1)), np.flatnonzero(staffed.sum(axis=0))
    whole, sure = float(staffed.sum()), 1 - (1 - SURE) / max(1, len(days) + len(hours))
    named = [(WEEKDAY, str(day + 1), times.weekday == day, staffed[day].sum()) for day in days.tolist()]
    named += [(HOUR, f"{hour:02d}", times.hour == hour, staffed[:, hour].sum()) for hour in hours.tolist()]
    return tuple(
        _load(dimension, member, inside & mine, inside, weeks, float(staff) / whole, sure)
        for dimension, member, mine, staff in named
    )


def _load(
    dimension: str, member: str, mine: NDArray[np.bool_], inside: NDArray[np.bool_], weeks: NDArray[np.intp],
    staffed: float, sure: float,
) -> Load:  # fmt: skip
    count = int(weeks.max()) + 1
    k, n = np.bincount(weeks[mine], minlength=count), np.bincount(weeks[inside], minlength=count)
    came, whole, spread = int(k.sum()), int(n.sum()), spread_of(k, n)
    return Load(
        dimension=dimension, member=member, arrivals=came, of=whole, share=came / whole, staffed=staffed,
        interval=spread_interval(came, whole, spread, sure),
    )  # fmt: skip


def short(staffing: Staffing, most: int = 3) -> Sequence[Load]:
    """Return the weekdays and hours where a larger share comes than is staffed, the largest gap first."""
    found = [one for one in staffing.loads if one.is_short]
    return sorted(found, key=lambda one: one.staffed - one.share)[:most]
