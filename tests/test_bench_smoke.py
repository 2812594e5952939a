"""The benches run: their tables have their rows and sane numbers. How fast it is, is not tested."""

import re

from bench import path
from bench.table import Row, spread


def _number(row: Row) -> float:
    return float(re.sub(r"[^0-9.].*", "", row.value.replace(",", "")))


def test_the_clock_and_the_intake_are_measured() -> None:
    rows = [*path.clock(True), *path.intake(True, beside=False)]
    assert [row.what for row in rows] == [
        "open time of 5,000 pairs",
        "the same by a plain loop from day to day",
        "ours, mails/s",
    ]
    assert all(_number(row) > 0 for row in rows)


def test_a_figure_is_told_with_its_spread() -> None:
    assert spread([3.0, 1.0, 2.0], " ms", 1) == "2.0 ms (1.0–3.0)"
