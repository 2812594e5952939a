"""An analysis, and a change, as JSON and back: how a project keeps them. Pure."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from measurement.improvement.findings import Analysis, Finding
from measurement.improvement.pareto import Category
from measurement.improvement.project import Change
from measurement.improvement.staffing import Load, Staffing
from measurement.statistics.shares import Interval


def analysis_told(analysis: Analysis) -> dict[str, Any]:
    """Return an analysis as plain data; slots of the rota are told as rows of weekday (0–6), hour, arrivals, staff."""
    told = asdict(analysis)
    if analysis.staffing is not None:
        told["staffing"] |= {"per_week": _rows(analysis.staffing), "staff": None}
    return told


def _rows(staffing: Staffing) -> list[list[float]]:
    return [[day, hour, many, staffing.staff[day, hour]] for (day, hour), many in staffing.per_week.items()]


def analysis_json(analysis: Analysis) -> str:
    """Return an analysis as JSON, as it is entered."""
    return json.dumps(analysis_told(analysis), ensure_ascii=False, sort_keys=True)


def analysis_of_json(text: str) -> Analysis:
    """Return the analysis; the inverse of `analysis_json`."""
    told: dict[str, Any] = json.loads(text)
    return Analysis(
        **{
            **told,
            "categories": tuple(Category(**one) for one in told["categories"]),
            "findings": tuple(Finding(**{**one, "interval": Interval(**one["interval"])}) for one in told["findings"]),
            "staffing": _staffing(told["staffing"]) if told["staffing"] else None,
            "interval": interval_of(told.get("interval")),
        }
    )


def interval_of(told: dict[str, float] | None) -> Interval | None:
    """Return an interval from plain data; None: what was kept before there was one."""
    return Interval(**told) if told else None


def _staffing(told: dict[str, Any]) -> Staffing:
    rows = told["per_week"]
    return Staffing(
        weeks=told["weeks"], inside=told["inside"], outside=told["outside"],
        outside_interval=interval_of(told.get("outside_interval")),
        per_week={(int(day), int(hour)): many for day, hour, many, _ in rows},
        staff={(int(day), int(hour)): staff for day, hour, _, staff in rows},
        loads=tuple(Load(**{**one, "interval": Interval(**one["interval"])}) for one in told["loads"]),
    )  # fmt: skip


def change_json(change: Change) -> str:
    """Return a change as JSON, as it is entered."""
    return json.dumps(asdict(change) | {"on": change.on.isoformat()}, ensure_ascii=False, sort_keys=True)


def change_of_json(text: str) -> Change:
    """Return the change; the inverse of `change_json`."""
    told: dict[str, Any] = json.loads(text)
    return Change(**{**told, "on": date.fromisoformat(told["on"])})
