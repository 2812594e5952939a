"""A report as an Excel file: a sheet for each measure with its weeks, one for the period, one for the definitions.

Dates are dates and shares are numbers shown as per cent, so that a lead can reckon on. A text that begins like a
formula is written as text and marked with an apostrophe as Excel itself does, so nothing a citizen wrote is reckoned.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from config.texts import Texts
from measurement.measures import Figure, Unit
from measurement.periods import Week, parse_period
from measurement.registry import REGISTRY
from measurement.report.cells import plain_cell, sheet_name
from measurement.report.content import Report
from measurement.report.known import known_measure, measure_name
from measurement.statistics.chart import Chart

_MADE = datetime(1980, 1, 1, tzinfo=UTC)
"""In the file instead of the instant it was made, so that the same report gives the same bytes."""


def report_xlsx(report: Report, texts: Texts) -> bytes:
    """Return the report as .xlsx; the same report gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": report.period, "company": plain_cell(report.municipality), "created": _MADE})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "share": book.add_format({"num_format": "0.0%"}),
            "number": book.add_format({"num_format": "#,##0.0"}),
            "whole": book.add_format({"num_format": "#,##0"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _period_sheet(book, report, texts, looks)
        taken: set[str] = set()
        for chart in charts_of(report):
            _measure_sheet(book, chart, texts, looks, taken)
        _definitions(book, texts, looks)
    return out.getvalue()


def charts_of(report: Report) -> Iterator[Chart]:
    """Give every chart of the report once, with all its weeks: those of the headlines first."""
    seen = set()
    for chart in (*(one.chart for one in report.headlines), *report.charts.values()):
        if chart is not None and (measure := chart.series.measure) not in seen:
            seen.add(measure)
            yield report.charts.get(measure, chart)


def figure_rows(report: Report, texts: Texts) -> Iterator[tuple[str, str, str, str, Figure]]:
    """Give all figures in the order of the registry: id, name, dimension, member's name, figure.

    Those of the survey over the weeks that the headline covers come last, with ``rolling`` as their dimension.
    """
    names = {f"{dimension}:{one.key}": one.name for dimension, found in report.slices.items() for one in found}
    order = {measure: at for at, measure in enumerate(REGISTRY)}
    for figure in sorted(report.figures.values(), key=lambda one: (order.get(one.measure, len(order)), one.slice)):
        dimension, _, member = figure.slice.partition(":")
        name = names.get(figure.slice, member)
        yield figure.measure, measure_name(figure.measure, texts), dimension, name, figure
    weekly = isinstance(parse_period(report.period), Week)
    weeks = texts.t("Enkäten de senaste 13 veckorna") if weekly else texts.t("Enkäten under periodens veckor")
    for figure in sorted(report.rolling.values(), key=lambda one: (order.get(one.measure, len(order)), one.measure)):
        yield figure.measure, measure_name(figure.measure, texts), "rolling", weeks, figure


def _period_sheet(book: Any, report: Report, texts: Texts, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    sheet = book.add_worksheet(sheet_name(report.period, set()))
    t = texts.t
    head = (t("Mått"), t("Namn"), t("Uppdelning"), t("Del"), t("Täljare"), t("Nämnare"), "n", t("Utfall"), t("Mer än"),
            t("Definition"))  # fmt: skip
    _head(sheet, head, looks)
    for at, (measure, name, dimension, member, figure) in enumerate(figure_rows(report, texts), 1):
        sheet.write_string(at, 0, measure)
        sheet.write_string(at, 1, name)
        sheet.write_string(at, 2, dimension)
        sheet.write_string(at, 3, plain_cell(member))
        for column, value in ((4, figure.numerator), (5, figure.denominator), (6, figure.n)):
            if value is not None:
                sheet.write_number(at, column, value, looks["whole"])
        _value(sheet, at, 7, figure.value, known_measure(measure).unit, looks)
        sheet.write_string(at, 8, t("ja") if figure.more_than else "")
        sheet.write_number(at, 9, figure.version)
    sheet.set_column(0, 1, 34)
    sheet.set_column(2, 3, 18)


def _measure_sheet(book: Any, chart: Chart, texts: Texts, looks: dict[str, Any], taken: set[str]) -> None:  # noqa: ANN401 -- likewise
    sheet, t, unit = book.add_worksheet(sheet_name(chart.series.name, taken)), texts.t, chart.series.unit
    head = (t("Period"), t("Första dag"), t("Täljare"), "n", t("Utfall"), t("Mitt"), t("Nedre gräns"), t("Övre gräns"),
            t("Signal"), t("Räknas inte för att"), t("Anteckning"))  # fmt: skip
    _head(sheet, head, looks)
    notes = defaultdict[str, list[str]](list)
    for one in chart.series.decisions:
        notes[one.period].append(f"{one.cause} ({one.decided_by})" if one.decided_by else one.cause)
    for at, (point, judged) in enumerate(zip(chart.series.points, chart.judged, strict=True), 1):
        sheet.write_string(at, 0, point.period)
        sheet.write_datetime(at, 1, _first_day(point.period), looks["date"])
        if point.numerator is not None:
            sheet.write_number(at, 2, point.numerator, looks["whole"])
        sheet.write_number(at, 3, point.n, looks["whole"])
        _value(sheet, at, 4, point.value, unit, looks)
        limits = chart.groups[judged.group].has_limits
        for column, value in ((5, judged.centre), (6, judged.lower), (7, judged.upper)):
            _value(sheet, at, column, value if limits or column == 5 else None, unit, looks)
        sheet.write_string(at, 8, ", ".join(rule.value for rule in judged.rules) if limits else "")
        sheet.write_string(at, 9, plain_cell(point.ghost))
        sheet.write_string(at, 10, plain_cell("; ".join(notes.get(point.period, []))))
    sheet.set_column(0, 9, 13)
    sheet.set_column(10, 10, 50)


def _definitions(book: Any, texts: Texts, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    sheet, t = book.add_worksheet(t_name := sheet_name(texts.t("Definitioner"), set())), texts.t
    assert t_name
    _head(sheet, (t("Mått"), t("Namn"), t("Version"), t("Enhet"), t("Bättre åt"), t("Vilka som räknas")), looks)
    for at, measure in enumerate(REGISTRY.values(), 1):
        direction = "" if measure.direction is None else measure.direction.value
        cells = (measure.id, t(measure.name), measure.version, measure.unit.value, direction, measure.population)
        for column, cell in enumerate(cells):
            sheet.write(at, column, cell, looks["text"])
    sheet.set_column(0, 1, 34)
    sheet.set_column(5, 5, 80)


def _head(sheet: Any, head: tuple[str, ...], looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    for column, words in enumerate(head):
        sheet.write_string(0, column, words, looks["head"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(head) - 1)


def _value(sheet: Any, row: int, column: int, value: float | None, unit: Unit, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- likewise
    if value is None:
        return
    look = {Unit.SHARE: "share", Unit.POINTS: "share", Unit.INDEX: "number", Unit.COUNT: "whole", Unit.SECONDS: "whole"}
    sheet.write_number(row, column, value, looks[look[unit]])


def _first_day(period: str) -> datetime:
    """Return a period's first day as Excel takes it: a day, without a zone."""
    return parse_period(period).start(ZoneInfo("UTC")).replace(tzinfo=None)
