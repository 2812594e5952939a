"""Slices: the whole, and the members of each dimension that occur, one dimension at a time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from measurement.population import Sorts

WHOLE = ""
"""The slice of all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slices:
    """Rows by slice: each row is in the whole, and in one slice of each dimension.

    Attributes:
        names: of the slices, the whole first, then dimension by dimension, as ``channel:mail``; the member is empty
            where nothing was said, as ``topic:``.
        mixes: for each row which mix of members it has.
        places: for the whole and for each dimension, the place among `names` of each mix.
    """

    names: tuple[str, ...]
    mixes: NDArray[np.intp]
    places: NDArray[np.intp]

    def count(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return for each slice how many rows are chosen; the slices of a dimension add up to the whole."""
        per_mix = np.bincount(self.mixes[chosen], minlength=self.places.shape[1])
        weights = np.broadcast_to(per_mix, self.places.shape).ravel()
        return np.rint(np.bincount(self.places.ravel(), weights, len(self.names))).astype(np.int64)

    def each(self) -> list[NDArray[np.intp]]:
        """Return for the whole and for each dimension the place among `names` of each row."""
        return [of_mix[self.mixes] for of_mix in self.places]


def slices_of(sorts: Sorts) -> Slices:
    """Return the slices of rows; only members that occur have one."""
    rows = len(next(iter(sorts.values())))
    # One number for each mix of members; there are never so many that they would not fit.
    mixed = reduce(lambda codes, of: codes * len(of.words) + of.codes, sorts.values(), np.zeros(rows, dtype=np.int64))
    _, first, mixes = np.unique(mixed, return_index=True, return_inverse=True)
    names, places = [WHOLE], [np.zeros(len(first), dtype=np.intp)]
    for dimension, of in sorts.items():
        places.append(len(names) + of.codes[first])
        names += [f"{dimension.value}:{word}" for word in of.words]
    return Slices(names=tuple(names), mixes=mixes.astype(np.intp), places=np.stack(places))


def together(*all_names: Sequence[str]) -> tuple[str, ...]:
    """Return the slices that occur anywhere, the whole first, in the order of dimension and member."""
    seen = dict.fromkeys(name for names in all_names for name in names)
    dimensions = list(dict.fromkeys(name.partition(":")[0] for name in seen))
    return tuple(sorted(seen, key=lambda name: (dimensions.index(name.partition(":")[0]), name)))
