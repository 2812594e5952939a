"""Counts by category from a file, so that the cause of anything can be looked for, not only of lateness. Pure.

Columns: ``dimension`` (what it is parted by, as district), ``category`` (as Norra), ``bad`` (how many were not as they
should) and ``n`` (of how many).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from measurement.improvement.columns import ColumnsFault, NamedRow, named_rows
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
    found = dict[tuple[str, str], Category]()
    for row in named_rows(content, _NAMES):
        one = _category(row)
        if (one.dimension, one.member) in found:
            raise row.fault("category", f"stands twice under {one.dimension}")
        found[one.dimension, one.member] = one
    _require_one_whole(found.values())
    return tuple(found.values())


def _category(row: NamedRow) -> Category:
    for column in ("dimension", "category"):
        if not row.cells[column]:
            raise row.fault(column, "is empty")
    bad, n = _whole(row, "bad"), _whole(row, "n")
    if bad > n:
        raise row.fault("bad", f"is more than n, {n}")
    return Category(dimension=row.cells["dimension"], member=row.cells["category"], late=bad, due=n)


def _whole(row: NamedRow, column: str) -> int:
    written = row.cells[column].replace(" ", "").replace("\u00a0", "")
    if not (written.isascii() and written.isdecimal()):
        raise row.fault(column, "is not a whole number from 0")
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
            raise ColumnsFault(
                f"{other} adds up to {whole[0]} of {whole[1]}, {name} to {first[0]} of {first[1]}: "
                "the same must be told in every dimension"
            )
