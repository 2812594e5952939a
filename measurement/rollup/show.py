"""Stored figures in words, at most 80 columns, and as plain data."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from config.texts import Texts
from measurement.measures import Display, Figure, Measure, Unit, display_of, iso
from measurement.rollup.late import Checked, Difference
from measurement.rollup.states import Standing, State
from measurement.statistics.suppression import WHOLE_FROM
from measurement.words import length, percent

_OF_RATINGS = ("reception.", "clarity.", "ease.", "survey.real_answer")
"""Measures where a small number would tell what somebody answered."""


def shown(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures that may be listed one by one: of ratings only those of the whole, from five answers on."""
    return [
        one for one in figures if not one.measure.startswith(_OF_RATINGS) or (not one.slice and one.n >= WHOLE_FROM)
    ]


def value_in_words(figure: Figure | None, unit: Unit, texts: Texts) -> str:
    """Return a value as it may be said: few of something as "k of n", lengths of time in days, hours and minutes."""
    if figure is None or figure.value is None:
        return texts.t("inget underlag")
    if unit is Unit.SECONDS:
        time = length(texts, timedelta(seconds=figure.value)) or texts.t("{count} s", count=0)
        return texts.t("mer än {time}", time=time) if figure.more_than else time
    if unit in (Unit.SHARE, Unit.POINTS) and figure.numerator is not None:
        counted = texts.t("{k} av {n}", k=texts.number(figure.numerator), n=texts.number(figure.denominator or 0))
        if display_of(figure.n) is Display.COUNT_ONLY:
            return counted
        return f"{percent(texts, figure.value)} ({counted})"
    return texts.number(figure.value)


def state_in_words(standing: Standing | None, texts: Texts) -> str:
    """Return how far a period has come."""
    if standing is None:
        return texts.t("inte räknad")
    moment = texts.moment(standing.as_of)
    match standing.state:
        case State.FROZEN:
            return texts.t("fastställd, sedd från {moment}", moment=moment)
        case State.PRELIMINARY:
            return texts.t("preliminär, sedd från {moment}", moment=moment)
        case State.FILLING:
            return texts.t("avbruten: räknas om nästa gång")


def lines_of(figures: Sequence[Figure], measures: Mapping[str, Measure], texts: Texts) -> list[tuple[str, str, str]]:
    """Return name, slice and value of each figure, in the order of the measures; one nobody declares comes last."""
    order = {name: place for place, name in enumerate(measures)}
    ordered = sorted(figures, key=lambda one: (order.get(one.measure, len(order)), one.measure, one.slice))
    return [(*_named(one, measures, texts), value_in_words(one, _unit(one, measures), texts)) for one in ordered]


def _named(figure: Figure, measures: Mapping[str, Measure], texts: Texts) -> tuple[str, str]:
    measure = measures.get(figure.measure)
    return texts.t(measure.name) if measure else figure.measure, figure.slice


def _unit(figure: Figure, measures: Mapping[str, Measure]) -> Unit:
    measure = measures.get(figure.measure)
    return measure.unit if measure else Unit.COUNT


def as_json(figure: Figure) -> dict[str, Any]:
    """Return a figure as plain data: all of it."""
    return {
        "measure": figure.measure, "version": figure.version, "period": figure.period, "slice": figure.slice,
        "numerator": figure.numerator, "denominator": figure.denominator, "n": figure.n, "value": figure.value,
        "more_than": figure.more_than, "as_of": iso(figure.as_of),
    }  # fmt: skip


def check_in_words(checked: Checked, measures: Mapping[str, Measure], texts: Texts) -> list[str]:
    """Return what a check of a frozen week found, as lines; one when all is well."""
    week, lines = str(checked.week), list[str]()
    if checked.broken:
        lines.append(texts.t("{week}: siffrorna stämmer inte med det som var känt då.", week=week))
        lines += [_difference(one, measures, texts) for one in checked.broken]
    if checked.is_late:
        lines.append(texts.t("{week}: det har kommit fram något efteråt som ändrar siffrorna.", week=week))
        lines += dict.fromkeys(_difference(one, measures, texts) for one in checked.late if not one.slice)
    if checked.redefined:
        count = len(checked.redefined)
        lines.append(texts.n("{week}: {count} mått räknas på ett annat sätt nu och kan inte räknas om.",
                             "{week}: {count} mått räknas på ett annat sätt nu och kan inte räknas om.",
                             count, week=week))  # fmt: skip
    return lines or [texts.t("{week}: stämmer.", week=week)]


def _difference(one: Difference, measures: Mapping[str, Measure], texts: Texts) -> str:
    measure = measures.get(one.measure)
    unit, name = (measure.unit, texts.t(measure.name)) if measure else (Unit.COUNT, one.measure)
    place = f" ({one.slice})" if one.slice else ""
    if one.measure.startswith(_OF_RATINGS):
        # Before and after, side by side, would tell what the one who came between has answered.
        return texts.t("  {name}{slice}: ändrad; värdena visas inte", name=name, slice=place)
    old, new = (value_in_words(figure, unit, texts) for figure in (one.stored, one.found))
    return texts.t("  {name}{slice}: {old}, nu {new}", name=name, slice=place, old=old, new=new)
