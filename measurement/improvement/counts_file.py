"""Counts by category from a file, so that the cause of anything can be looked for, not only of lateness. Pure.

Columns: ``dimension`` (what it is parted by, as district), ``category`` (as Norra), ``bad`` (how many were not as they
should) and ``n`` (of how many).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from config.texts import mark
from measurement.improvement.columns import ColumnsFault, Fault, NamedRow, each_row, named_rows
from measurement.improvement.pareto import Category

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dimension": ("dimension", "uppdelning", "indelning"), "category": ("category", "kategori", "grupp"),
        "bad": ("bad", "late", "sena", "brister", "fel"), "n": ("n", "antal", "alla", "total"),
    }
)  # fmt: skip


def read_counts(content: bytes) -> tuple[Category, ...]:
    """Return the categories of a CSV or Excel file, in the order of the file.

    Raises:
        ColumnsFault: it holds no such counts, or its dimensions do not add up to the same whole.
    """
    seen = set[tuple[str, str]]()

    def read(row: NamedRow) -> Category:
        one = _category(row)
        if (one.dimension, one.member) in seen:
            raise row.fault("category", mark("står två gånger under {dimension}"), dimension=one.dimension)
        seen.add((one.dimension, one.member))
        return one

    found = each_row(named_rows(content, _NAMES), read)
    _require_one_whole(found)
    return tuple(found)


def _category(row: NamedRow) -> Category:
    for column in ("dimension", "category"):
        if not row.cells[column]:
            raise row.fault(column, mark("är tom"))
    bad, n = _whole(row, "bad"), _whole(row, "n")
    if bad > n:
        raise row.fault("bad", mark("är mer än antalet, {count}"), count=n)
    return Category(dimension=row.cells["dimension"], member=row.cells["category"], late=bad, due=n)


def _whole(row: NamedRow, column: str) -> int:
    written = row.cells[column].replace(" ", "").replace("\u00a0", "")
    if not (written.isascii() and written.isdecimal()):
        raise row.fault(column, mark("är inget helt tal från 0"))
    return int(written)


def _require_one_whole(counts: Iterable[Category]) -> None:
    wholes = dict[str, list[int]]()
    for one in counts:
        known = wholes.setdefault(one.dimension, [0, 0])
        known[0] += one.late
        known[1] += one.due
    (name, first), *others = wholes.items()
    for other, whole in others:
        if whole != first:
            fields = {"other": other, "one": whole[0], "of": whole[1], "name": name, "two": first[0], "all": first[1]}
            raise ColumnsFault(Fault(
                text=mark("{other} summerar till {one} av {of}, men {name} till {two} av {all}: alla indelningar ska "
                          "gälla samma kontakter"), fields=fields,
            ))  # fmt: skip
