"""Series for the tests of charts, and the published ones."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from measurement.measures import Direction, Unit
from measurement.statistics.chart import Chart
from measurement.statistics.series import Decision, DecisionKind, Point, Series

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "spc_series.json").read_text())
"""Montgomery tables 6.7 and 7.1, NHS A&E within four hours, the vignette of deviations: see the file for sources."""


def values(
    *numbers: float | None, direction: Direction | None = None, target: float | None = None,
    ghosts: Sequence[int] = (), preliminary: Sequence[int] = (), rebases: Sequence[int] = (), unit: Unit = Unit.COUNT,
) -> Series:  # fmt: skip
    """Return a series with periods 1, 2, 3 …; ghosts, preliminary and rebases are such numbers."""
    points = tuple(
        Point(period=str(at), value=None if one is None else float(one), n=100,
              ghost="strike" if at in ghosts else "", preliminary=at in preliminary)
        for at, one in enumerate(numbers, start=1)
    )  # fmt: skip
    decisions = tuple(rebase(at) for at in rebases)
    return Series(
        measure="m", version=1, name="m", unit=unit, direction=direction, target=target,
        points=points, decisions=decisions,
    )  # fmt: skip


def shares(
    k: Sequence[int], n: Sequence[int], *, direction: Direction | None = None, target: float | None = None
) -> Series:  # fmt: skip
    """Return a series of shares with periods 1, 2, 3 …; n of 0 is a gap."""
    points = tuple(
        Point(period=str(at), value=a / b if b else None, n=b, numerator=a)
        for at, (a, b) in enumerate(zip(k, n, strict=True), start=1)
    )
    return Series(
        measure="m", version=1, name="m", unit=Unit.SHARE, direction=direction, target=target, points=points
    )  # fmt: skip


def rebase(period: int) -> Decision:
    return Decision(
        kind=DecisionKind.REBASE, period=str(period), cause="contact centre opened", decided_by="Anna",
        decided_on=date(2026, 1, 1),
    )  # fmt: skip


def flagged(chart: Chart) -> dict[int, str]:
    """Return the rules of each flagged point, by its number from 1."""
    return {at: " ".join(one.rules) for at, one in enumerate(chart.judged, start=1) if one.rules}


def nile() -> list[float]:
    """Return the yearly flow at Aswan 1871–1970 as R's `Nile` has it."""
    from statsmodels.datasets import nile as data

    return [float(row["volume"]) for row in csv.DictReader(io.StringIO(data.load_pandas().data.to_csv()))]
