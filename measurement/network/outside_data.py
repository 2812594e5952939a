"""Figures of others, as Kolada publishes them, and what their ids stand for. Plain data, pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

KOLADA = "kolada"
"""What `source` says of all that has Kolada's shapes, from the network or from a file."""

DELETED = "deleted"
"""Status of a value that Kolada has taken away: kept without its value, so that everybody sees that it is gone."""
ABSENT = "absent"
"""Status where Kolada was asked and had nothing: the municipality did not take part, or too few answered."""

ALL = "T"
"""Gender of a value of all; K are women, M men."""

Key = tuple[str, str, int, str]
"""Id of the KPI, id of the municipality, year, gender."""
Cell = tuple[str, str, int]
"""Id of the KPI, id of the municipality, year."""


class TitleKind(StrEnum):
    """What an id stands for."""

    KPI = "kpi"
    MUNICIPALITY = "municipality"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideTitle:
    """What an id is called, with what else is told of it under the names of API v3.

    Attributes:
        details: of a KPI among others ``description``, ``publ_period`` and ``publication_date``; of a municipality
            ``type`` (K: municipality, L: region or the whole country); of a group ``members``, a list of ids.
    """

    kind: TitleKind
    id: str
    title: str
    details: Mapping[str, Any]

    @property
    def members(self) -> tuple[str, ...]:
        """Return the ids of a group's municipalities, each once, none of anything else."""
        return tuple(dict.fromkeys(self.details.get("members", ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideValue:
    """One figure of one municipality, year and gender.

    Attributes:
        value: in the KPI's own unit (per cent and index 0–100); None: there is none.
        count: how many municipalities it is the mean of, 1 of a municipality's own; None where nobody says.
        status: as it came, `DELETED` or `ABSENT`; mostly empty.
    """

    kpi: str
    municipality: str
    year: int
    gender: str = ALL
    value: float | None
    count: int | None = None
    status: str = ""

    @property
    def key(self) -> Key:
        """Return what it is about."""
        return self.kpi, self.municipality, self.year, self.gender

    @property
    def cell(self) -> Cell:
        """Return what it is about, whatever the gender."""
        return self.kpi, self.municipality, self.year


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A value with its source: `origin` is an address or a file, `fetched_at` when it came from Kolada (UTC)."""

    value: OutsideValue
    origin: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came in one go, to be kept together or not at all.

    Attributes:
        origin: the address or the file.
        fetched_at: when it was fetched from Kolada (UTC).
        asked: every cell that was asked for: what is not among `values` is not there any longer. Empty: only what is
            told has changed.
    """

    origin: str
    fetched_at: datetime
    titles: tuple[OutsideTitle, ...]
    values: tuple[OutsideValue, ...]
    asked: frozenset[Cell] = frozenset()


def cells(kpis: Iterable[str], municipalities: Iterable[str], years: Iterable[int]) -> frozenset[Cell]:
    """Return every combination."""
    places, all_years = tuple(municipalities), tuple(years)
    return frozenset((kpi, place, year) for kpi in kpis for place in places for year in all_years)
