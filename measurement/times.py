"""How long answers took, by slice: quantiles by Kaplan–Meier. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Micros
from measurement.measures import Quantile
from measurement.slices import Slices
from measurement.survival import quantiles

_ROUNDING = 1e-9
"""As on the curve itself: a share of 0.9 of ten is nine of them."""

Quantiles = tuple[int, tuple[Quantile | None, ...]]
"""How many inquiries, and their quantiles; None where there is none."""


def by_slice(
    lengths: Micros, answered: NDArray[np.bool_], counted: NDArray[np.bool_], slices: Slices, shares: Sequence[float]
) -> list[Quantiles]:
    """Return for each slice, in the order of its names, the quantiles of the inquiries that are counted.

    Args:
        lengths: microseconds, until the answer, or until the as-of instant where there is none.
        answered: whether each length ended with an answer.
        counted: which rows are in the population.
        slices: of all rows.
        shares: as 0.5 for the median.
    """
    rows = np.flatnonzero(counted)
    rows = rows[np.argsort(lengths[rows], kind="stable")]
    found: list[Quantiles] = [(0, (None,) * len(shares))] * len(slices.names)
    for places in slices.each():
        for place, some in _parts(places[rows], rows):
            found[place] = len(some), _quantiles(lengths[some], answered[some], shares)
    return found


def _parts(places: NDArray[np.intp], rows: NDArray[np.intp]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Give each place that occurs with its rows, in the order they came."""
    if not len(rows):
        return
    # So small numbers are sorted by radix.
    small = places.astype(np.uint16) if places.max() < 1 << 16 else places
    order = np.argsort(small, kind="stable")
    sorted_places = places[order]
    begins = np.flatnonzero(np.diff(sorted_places, prepend=-1))
    for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        yield int(sorted_places[begin]), rows[order[begin:end]]


def _quantiles(lengths: Micros, answered: NDArray[np.bool_], shares: Sequence[float]) -> tuple[Quantile | None, ...]:
    """Return the quantiles of lengths in order.

    As long as nobody shorter is censored the curve is the plain share of those answered, so the quantile is one of the
    lengths themselves; only beyond is the curve asked for.
    """
    at = [lengths[max(ceil(len(lengths) * (share - _ROUNDING)), 1) - 1] for share in shares]
    if answered.all() or at[-1] < lengths[np.argmin(answered)]:
        return tuple(Quantile(value=timedelta(microseconds=int(one)), more_than=False) for one in at)
    return quantiles(lengths, answered, shares)
