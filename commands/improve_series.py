"""Reading the series of a project out of a file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from commands.shell import die, today

if TYPE_CHECKING:
    from config.texts import Texts


class Better(StrEnum):
    """Which way is better; without its module's price at start."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


def series_in_file(file: Path, name: str, better: Better, texts: "Texts") -> str:
    """Return the series of a file as JSON; say what is wrong with it, where, and end if it holds none."""
    from measurement.improvement.series_json import series_json
    from measurement.measures import Direction
    from measurement.series_file import SeriesFault, SeriesFile, read_series
    from measurement.statistics.chart import ChartKind

    direction = {Better.UP: Direction.HIGHER, Better.DOWN: Direction.LOWER, Better.NONE: None}[better]
    content = file.read_bytes()

    def read(kind: ChartKind) -> SeriesFile:
        return read_series(content, kind, name=name, read_on=today(), direction=direction)

    try:
        found = read(ChartKind.P_PRIME)
    except SeriesFault:  # no counts: perhaps plain values
        try:
            found = read(ChartKind.XMR)
        except SeriesFault as fault:
            die(f"{file.name}: {fault.words(texts)}")
    return series_json(found.series)
