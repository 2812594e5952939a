"""A report as JSON for other programs, by the published schema beside it (`report.schema.json`), and as CSV.

Instants are ISO 8601 in UTC, days as 2026-11-16, shares 0–1, lengths of time in seconds. The same report gives the
same text.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

from config.texts import Texts
from measurement.measures import Figure, iso
from measurement.report.cells import plain_cell
from measurement.report.content import Headline, Report, Slice, Survey
from measurement.report.excel import charts_of, figure_rows
from measurement.report.known import known_measure
from measurement.show_chart import chart_as_json
from measurement.statistics.chart import Chart

SCHEMA = Path(__file__).parent / "report.schema.json"
VERSION = 1
"""Of the form; a key that goes or changes its meaning makes a new one."""


def report_json(report: Report) -> str:
    """Return the report as JSON, indented, ending with a line break."""
    return json.dumps(report_data(report), ensure_ascii=False, indent=2) + "\n"


def report_data(report: Report) -> dict[str, Any]:
    """Return the report as what `json.dumps` takes; the keys are those of the schema."""
    return {
        "format": VERSION,
        "municipality": report.municipality,
        "zone": report.zone,
        "period": report.period,
        "first_day": report.first_day.isoformat(),
        "last_day": report.last_day.isoformat(),
        "as_of": iso(report.as_of),
        "revision": report.revision,
        "settled": report.settled,
        "settles_at": report.settles_at and iso(report.settles_at),
        "frozen": report.frozen,
        "configured_rule": report.configured.value,
        "definitions": report.method,
        "headlines": [_headline(one) for one in report.headlines],
        "figures": [_figure(report.figures[key]) for key in sorted(report.figures)],
        "rolling": [_figure(report.rolling[key]) for key in sorted(report.rolling)],
        "classes": {
            one.rule.value: {
                "in_time": one.in_time, "late": one.late, "unanswered_past_due": one.unanswered,
                "not_yet_due": one.not_yet_due, "left_out": one.left_out,
            }
            for one in report.classes
        },
        "slices": {dimension: [_slice(one) for one in found] for dimension, found in report.slices.items()},
        "left_out": dict(report.left_out),
        "outcomes": dict(report.outcomes),
        "queue": report.queue and {
            "waiting": report.queue.waiting, "past_due": report.queue.past_due,
            "oldest_seconds": report.queue.oldest_seconds, "oldest_open_seconds": report.queue.oldest_open_seconds,
        },
        "survey": report.survey and _survey(report.survey),
        "changes": [
            {"period": one.period, "what": one.what, "cause": one.cause, "decided_by": one.decided_by,
             "decided_on": one.decided_on and one.decided_on.isoformat()}
            for one in report.changes
        ],
        "charts": [_chart(chart) for chart in charts_of(report)],
    }  # fmt: skip


_OF_A_FILE = ("reordered", "missing_weeks")
"""What only a series read from a file has; the published schema does not know it."""


def _chart(chart: Chart) -> dict[str, Any]:
    series = chart.series
    earlier = [
        {"period": one.period, "value": one.value, "n": one.n, "definition": one.definition, "source": one.source}
        for one in series.earlier
    ]
    shown = {name: value for name, value in chart_as_json(chart).items() if name not in _OF_A_FILE}
    return {"measure": series.measure, "version": series.version, **shown, "earlier": earlier}


def _headline(one: Headline) -> dict[str, Any]:
    return {
        "measure": one.measure, "weeks": one.weeks, "figure": one.figure and _figure(one.figure),
        "display": one.display and one.display.value, "absent": one.absent and one.absent.value,
        "spread": one.spread and {"low": one.spread.low, "high": one.spread.high}, "target": one.target,
        "beside": [_figure(figure) for figure in one.beside],
    }  # fmt: skip


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "measure": one.measure, "version": one.version, "unit": known_measure(one.measure).unit.value,
        "period": one.period, "slice": one.slice, "numerator": one.numerator, "denominator": one.denominator,
        "n": one.n, "value": one.value, "more_than": one.more_than, "as_of": iso(one.as_of),
    }  # fmt: skip


def _slice(one: Slice) -> dict[str, Any]:
    return {"key": one.key, "name": one.name, "arrivals": one.arrivals, "hidden": sorted(one.hidden)}


def _survey(one: Survey) -> dict[str, Any]:
    return {
        "drawn": one.drawn, "suppressed": one.suppressed, "invited": one.invited, "delivered": one.delivered,
        "answered": one.answered, "declined": one.declined, "failed": one.failed,
        "grades": {question: list(counts) for question, counts in one.grades.items()},
        "unknown": dict(one.unknown), "real_answer": list(one.real_answer), "comments": one.comments,
        "weighted": dict(one.weighted),
    }  # fmt: skip


def report_csv(report: Report, texts: Texts) -> bytes:
    """Return all figures as CSV, a line each: UTF-8 with a mark, semicolons, decimal comma where the language has it.

    That is how Excel opens it right in Swedish and Finnish; `en` gets commas and points. Codes beside names, so that a
    program can read it whatever the language.
    """
    english = texts.language == "en"
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if english else ";", lineterminator="\r\n")
    writer.writerow(
        ("period", "measure", "name", "version", "unit", "dimension", "part", "numerator", "denominator", "n", "value",
         "more_than", "as_of")
    )  # fmt: skip
    for measure, name, dimension, member, figure in figure_rows(report, texts):
        value = "" if figure.value is None else repr(figure.value)
        writer.writerow(
            (figure.period, measure, name, figure.version, known_measure(measure).unit.value, dimension,
             plain_cell(member), _count(figure.numerator), _count(figure.denominator), figure.n,
             value if english else value.replace(".", ","), int(figure.more_than), iso(figure.as_of))
        )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def _count(value: int | None) -> str:
    return "" if value is None else str(value)
