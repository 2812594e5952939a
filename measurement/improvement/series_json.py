"""A series as JSON and back: how a project keeps the series of a file. Pure."""

import json
from datetime import date
from typing import Any

from measurement.measures import Direction, Unit
from measurement.statistics.series import Decision, DecisionKind, Point, Series


def series_json(series: Series) -> str:
    """Return a series as JSON, the same text for the same series."""
    told = {
        "name": series.name, "version": series.version, "unit": series.unit.value, "target": series.target,
        "direction": series.direction.value if series.direction else None,
        "points": [
            {"period": one.period, "value": one.value, "n": one.n, "numerator": one.numerator, "ghost": one.ghost,
             "preliminary": one.preliminary}
            for one in series.points
        ],
        "decisions": [
            {"kind": one.kind.value, "period": one.period, "cause": one.cause, "decided_by": one.decided_by,
             "decided_on": one.decided_on.isoformat()}
            for one in series.decisions
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def series_of_json(text: str) -> Series:
    """Return the series; the inverse of `series_json`.

    Raises:
        ValueError, KeyError: it is no such JSON.
    """
    told: dict[str, Any] = json.loads(text)
    return Series(
        measure=told["name"], name=told["name"], version=told["version"], unit=Unit(told["unit"]),
        target=told["target"], direction=Direction(told["direction"]) if told["direction"] else None,
        points=tuple(Point(**one) for one in told["points"]),
        decisions=tuple(
            Decision(
                kind=DecisionKind(one["kind"]), period=one["period"], cause=one["cause"],
                decided_by=one["decided_by"], decided_on=date.fromisoformat(one["decided_on"]),
            )
            for one in told["decisions"]
        ),
    )  # fmt: skip
