"""The command that charts a file, so that anyone can check our charts against another tool."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.shell import AsJson, Language, or_die, texts_for, today


class _Chart(StrEnum):
    """How limits are made; as ChartKind, without its module's price at start."""

    XMR = "xmr"
    P = "p"
    P_PRIME = "pprime"


class _Better(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


def explain_chart(
    path: Annotated[Path, typer.Argument(help="CSV or Excel: value, or k and n; period, ghost, rebase, note.")],
    chart: Annotated[_Chart, typer.Option(help="XmR for single values; p or Laney's P′ for shares.")],
    direction: Annotated[_Better, typer.Option(help="Which way is better.")] = _Better.NONE,
    target: Annotated[float | None, typer.Option(help="In the unit of the values; 0–1 of shares.")] = None,
    screen: Annotated[
        bool | None,
        typer.Option("--screen/--no-screen", help="Screen moving ranges once; else XmR is screened and P′ is not."),
    ] = None,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print centre, limits, flagged points with their rules, and what may be said of the last point."""
    from measurement.measures import Direction
    from measurement.series_file import read_series
    from measurement.show_chart import chart_as_json, chart_as_text
    from measurement.statistics.chart import ChartKind
    from measurement.statistics.control import chart_of

    better = {_Better.UP: Direction.HIGHER, _Better.DOWN: Direction.LOWER, _Better.NONE: None}[direction]
    kind = ChartKind(chart.value)

    def work() -> str:
        read = read_series(
            path.read_bytes(), kind, name=path.stem, read_on=today(), direction=better, target=target
        )  # fmt: skip
        drawn = chart_of(read.series, kind, screen=screen, trial=True)
        if as_json:
            return json.dumps(chart_as_json(drawn, read), ensure_ascii=False, indent=2)
        return chart_as_text(drawn, read, texts_for(None, language))

    print(or_die(work))
