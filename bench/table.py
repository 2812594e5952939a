"""How a figure is told: the median of several rounds, with its spread, beside what it is compared with."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `target` says what was aimed at, empty where nothing was."""

    bench: str
    what: str
    value: str
    target: str = ""


def spread(values: Sequence[float], unit: str = "", digits: int = 0) -> str:
    """Return ``median unit (min–max)``."""
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:,.{digits}f}{unit} ({low:,.{digits}f}–{high:,.{digits}f})"


def print_table(rows: Sequence[Row]) -> None:
    """Print the rows as a table that reads in plain text."""
    heads = Row("bench", "what", "median (min–max)", "target")
    widths = [max(len(getattr(row, name)) for row in (heads, *rows)) for name in ("bench", "what", "value")]
    for row in (heads, *rows):
        cells = [text.ljust(width) for text, width in zip((row.bench, row.what, row.value), widths, strict=True)]
        print("  ".join([*cells, row.target]).rstrip())


def write_json(rows: Sequence[Row], file: Path) -> None:
    """Write the rows for other programs."""
    file.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
