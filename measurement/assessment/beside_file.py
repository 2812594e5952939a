"""Points of earlier rounds and of others as people type them: a short line, or the rows of a table. Pure.

A line is a name with its year, an equals sign, and the total or each area's points in order: ``2019=603,5`` or
``Medelvärde 2021=63,65,73,64,61,59,68,64``. Areas with decimals are parted by blanks or semicolons, or have a point:
``63,5 65 73``, ``63.5,65,73``. A table has a row for each area, or one without an area for the total.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from config.table_files import Row
from measurement.assessment.framework import AreaId, Framework, FrameworkId
from measurement.assessment.round import points_of
from measurement.assessment.scores import Beside, BesideKind

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind", "slag"),
    "name": ("name", "namn"),
    "year": ("year", "år"),
    "area": ("area", "område"),
    "points": ("points", "poäng"),
    "framework": ("framework", "ramverk"),
    "source": ("source", "källa"),
}
"""What each column may be called; `area`, `framework` and `source` may be missing."""
_NEEDED = ("kind", "name", "year", "points")
_KINDS = {
    "earlier": BesideKind.EARLIER, "tidigare": BesideKind.EARLIER,
    "others": BesideKind.OTHERS, "andra": BesideKind.OTHERS,
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


class BesideWhy(StrEnum):
    """What is wrong with what was typed."""

    NO_YEAR = "no_year"
    NO_POINTS = "no_points"
    """It has no equals sign, or nothing behind it."""
    NO_NUMBER = "no_number"
    WRONG_COUNT = "wrong_count"
    """Neither one number nor one for each area."""
    TOO_MANY = "too_many"
    NO_AREA = "no_area"
    NO_KIND = "no_kind"
    NO_NAME = "no_name"
    TWICE = "twice"
    NO_COLUMN = "no_column"


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideFault:
    """One fault.

    Attributes:
        line: of a table, from 1; 0: typed as a line.
        column: which one, as its first name in `COLUMNS`.
        value: what stood there.
        expected: what could have stood there, as a number of areas or of points.
    """

    why: BesideWhy
    line: int = 0
    column: str = ""
    value: str = ""
    expected: str = ""


class BesideRefused(ValueError):
    """Points that cannot be taken in; `faults` tells every reason."""

    def __init__(self, faults: Sequence[BesideFault]) -> None:
        """Keep the faults."""
        super().__init__("; ".join(f"{one.line} {one.column} {one.why}" for one in faults))
        self.faults = tuple(faults)


def typed(kind: BesideKind, line: str, framework: Framework, source: str = "") -> Beside:
    """Return points typed as ``NAME YEAR=POINTS``, in the framework's own edition, found in that source.

    Raises:
        BesideRefused: it cannot be read.
    """
    name, equals, numbers = (part.strip() for part in line.partition("="))
    year = _YEAR.search(name)
    if not equals or not numbers:
        raise BesideRefused([BesideFault(why=BesideWhy.NO_POINTS, value=line)])
    if year is None:
        raise BesideRefused([BesideFault(why=BesideWhy.NO_YEAR, value=name)])
    given = _parts(numbers, len(framework.areas))
    if len(given) not in (1, len(framework.areas)):
        count = str(len(framework.areas))
        raise BesideRefused([BesideFault(why=BesideWhy.WRONG_COUNT, value=numbers, expected=count)])
    most = [framework.points] if len(given) == 1 else [area.points for area in framework.areas]
    points = [_number(text, limit) for text, limit in zip(given, most, strict=True)]
    if faults := [one for one in points if isinstance(one, BesideFault)]:
        raise BesideRefused(faults)
    told = [one for one in points if not isinstance(one, BesideFault)]
    by_area = {} if len(told) == 1 else {area.id: one for area, one in zip(framework.areas, told, strict=True)}
    return Beside(
        kind=kind, name=name, framework=framework.id, year=int(year[0]), by_area=by_area,
        total=told[0] if len(told) == 1 else None, source=source,
    )  # fmt: skip


def _parts(numbers: str, areas: int) -> list[str]:
    """Return the numbers: parted by blanks or semicolons; without those by commas, if that gives one for each area."""
    parts = [one.strip(",") for one in re.split(r"[;\s]+", numbers) if one.strip(",")]
    if len(parts) > 1:
        return parts
    by_comma = [one for one in numbers.split(",") if one]
    is_decimal = len(by_comma) == 2 and areas != len(by_comma)
    return parts if is_decimal else by_comma


def as_entered(beside: Beside) -> str:
    """Return points as their entry keeps them, as ``others Medelvärde 2021 prov-2027 5=30.5;6=12;=42.5 (SKR)``."""
    points = [f"{area}={number:g}" for area, number in beside.by_area.items()]
    points += [] if beside.total is None else [f"={beside.total:g}"]
    source = f" ({beside.source})" if beside.source else ""
    return f"{beside.kind.value} {beside.name} {beside.framework} {';'.join(points)}{source}"


def _number(text: str, most: int | None) -> float | BesideFault:
    try:
        number = points_of(text)
    except ValueError:
        number = None
    if number is None:
        return BesideFault(why=BesideWhy.NO_NUMBER, column="points", value=text)
    if most is not None and number > most:
        return BesideFault(why=BesideWhy.TOO_MANY, column="points", value=text, expected=str(most))
    return number


def of_rows(rows: Sequence[Row], framework: Framework) -> list[Beside]:
    """Return the points of a table, in the order they first stand there.

    Raises:
        BesideRefused: columns that are missing, and every cell that cannot be read.
    """
    places = _places(rows[0])
    found: dict[tuple[BesideKind, str], Beside] = {}
    faults: list[BesideFault] = []
    for row in rows[1:]:
        cells = {name: row.cells[at] if at < len(row.cells) else "" for name, at in places.items()}
        read = _row(cells, framework)
        if isinstance(read, list):
            faults += [replace(one, line=row.number) for one in read]
            continue
        known = found.get((read.kind, read.name))
        joined = _joined(known, read) if known else read
        if joined is None:
            faults.append(BesideFault(why=BesideWhy.TWICE, line=row.number, column="area", value=cells.get("area", "")))
        else:
            found[read.kind, read.name] = joined
    if faults or not found:
        raise BesideRefused(faults or [BesideFault(why=BesideWhy.NO_POINTS)])
    return list(found.values())


def _places(head: Row) -> dict[str, int]:
    named = {cell.casefold(): at for at, cell in enumerate(head.cells)}
    places = {key: next(named[one] for one in names if one in named) for key, names in COLUMNS.items()
              if any(one in named for one in names)}  # fmt: skip
    missing = [one for one in _NEEDED if one not in places]
    if missing:
        raise BesideRefused([BesideFault(why=BesideWhy.NO_COLUMN, line=head.number, column=one) for one in missing])
    return places


def _row(cells: Mapping[str, str], framework: Framework) -> Beside | list[BesideFault]:
    kind, year, written = _KINDS.get(cells["kind"].casefold()), cells["year"], cells.get("area", "")
    edition = cells.get("framework", "") or framework.id
    # What areas another edition has is not known here.
    area = framework.area(written) if edition == framework.id and written else None
    most = None if edition != framework.id else area.points if area else framework.points
    points = _number(cells["points"], most)
    faults = [
        BesideFault(why=why, column=column, value=cells.get(column, ""))
        for wrong, why, column in (
            (kind is None, BesideWhy.NO_KIND, "kind"),
            (not cells["name"], BesideWhy.NO_NAME, "name"),
            (not _YEAR.fullmatch(year), BesideWhy.NO_YEAR, "year"),
            (edition == framework.id and bool(written) and (area is None or area.id != written), BesideWhy.NO_AREA,
             "area"),
        )
        if wrong
    ]  # fmt: skip
    if isinstance(points, BesideFault):
        faults.append(points)
    if faults or kind is None or isinstance(points, BesideFault):
        return faults
    return Beside(
        kind=kind, name=cells["name"], framework=FrameworkId(edition), year=int(year),
        by_area={AreaId(written): points} if written else {}, total=None if written else points,
        source=cells.get("source", ""),
    )  # fmt: skip


def _joined(known: Beside, more: Beside) -> Beside | None:
    """Return both together; None if they say the same thing twice, or belong to different years or editions."""
    both = known.total is not None and more.total is not None
    if both or set(known.by_area) & set(more.by_area):
        return None
    if (known.year, known.framework) != (more.year, more.framework):
        return None
    total = known.total if known.total is not None else more.total
    return replace(known, by_area={**known.by_area, **more.by_area}, total=total, source=known.source or more.source)
