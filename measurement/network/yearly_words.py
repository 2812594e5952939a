"""How a yearly comparison speaks: figures, why there is none, names of groups, and what may be said of a year."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from string import ascii_uppercase
from typing import assert_never

from config.texts import Texts, mark
from measurement.measures import Unit
from measurement.network.breaks import ANSWERS
from measurement.network.outside_data import OutsideTitle
from measurement.network.yearly import (
    COMPARED_FROM,
    SHOWN_FROM,
    Absence,
    Comparison,
    Mean,
    Own,
    Quarter,
    Year,
    own_series,
)

_ALIKE = re.compile(r"Liknande kommuner, ([^,]+), .+, ([0-9]{4})")
DASH = "–"
"""Where there is nothing to say."""
_MEAN = " (ovägt medel)"

ABSENT = {
    Absence.NOT_ASKED: mark("inte hämtat"),
    Absence.NONE: mark("inget värde"),
    Absence.FEW: mark("för få svar"),
    Absence.DELETED: mark("borttaget"),
}
QUARTERS = {
    Quarter.HIGHEST: mark("högsta 25 %"),
    Quarter.MIDDLE: mark("mitten 50 %"),
    Quarter.LOWEST: mark("lägsta 25 %"),
}


def value_words(value: float, unit: Unit, texts: Texts) -> str:
    """Return a value as Kolada counts it: an index "83,0", a share "83,0 %", always with a decimal; a number "250"."""
    match unit:
        case Unit.SHARE:
            return texts.t("{number} %", number=_one_decimal(value, texts)).replace(" ", "\N{NO-BREAK SPACE}")
        case Unit.INDEX:
            return _one_decimal(value, texts)
        case Unit.COUNT | Unit.SECONDS | Unit.POINTS:
            return texts.number(value)
        case _:
            assert_never(unit)


def _one_decimal(value: float, texts: Texts) -> str:
    return texts.percent(value / 100).rstrip("% \N{NO-BREAK SPACE}")


def tick_words(value: float, unit: Unit, texts: Texts) -> str:
    """Return a value beside an axis, without a decimal that is nought."""
    number = texts.number(value)
    return texts.t("{number} %", number=number).replace(" ", "\N{NO-BREAK SPACE}") if unit is Unit.SHARE else number


def own_words(own: Own, unit: Unit, texts: Texts) -> str:
    """Return one's own figure, or why there is none."""
    if own.value is not None:
        return value_words(own.value, unit, texts)
    return texts.t(ABSENT[own.absence]) if own.absence else ""


def mean_words(mean: Mean, unit: Unit, texts: Texts) -> str:
    """Return a group's mean with how many of its members it is over, as "81,9 (11 av 12)", or why there is none."""
    if mean.alone:
        return texts.t("bara 1 av {members}", members=mean.members)
    of = texts.t("{counted} av {members}", counted=mean.counted, members=mean.members)
    if mean.value is None:
        return texts.t(ABSENT[Absence.NONE if mean.fetched else Absence.NOT_ASKED])
    return f"{value_words(mean.value, unit, texts)} ({of})"


def quarter_words(year: Year, texts: Texts) -> str:
    """Return where one's own stands among all municipalities with a value, a dash where nothing can be said."""
    if year.quarter is None:
        return DASH
    return texts.t("{quarter} av {among}", quarter=texts.t(QUARTERS[year.quarter]), among=year.among)


def group_name(group: OutsideTitle, texts: Texts) -> str:
    """Return what a group is called, short: without what is said of its mean elsewhere."""
    found = _ALIKE.fullmatch(group.title)
    if found:
        return texts.t("Liknande kommuner, {area}, {year}", area=found[1], year=found[2])
    return group.title.removesuffix(_MEAN)


def letters_of(comparison: Comparison) -> tuple[str, ...]:
    """Return a letter for each group, so that tables stay narrow."""
    return tuple(ascii_uppercase[at % len(ascii_uppercase)] for at in range(len(comparison.groups)))


def legend_of(comparison: Comparison, texts: Texts) -> tuple[str, ...]:
    """Return what the letters stand for."""
    return tuple(
        texts.t("{letter}: {group}, ovägt medel", letter=letter, group=group_name(group, texts))
        for letter, group in zip(letters_of(comparison), comparison.groups, strict=True)
    )


def lead_words(comparison: Comparison, texts: Texts) -> str:
    """Return in a sentence how the newest year with a value was, beside each group."""
    told = [one for one in comparison.years if one.own.value is not None]
    if not told:
        return texts.t("Det finns inget värde för {name} de här åren.", name=comparison.own.title)
    year = told[-1]
    said = own_words(year.own, comparison.unit, texts)
    first = texts.t("{year}: {name} {value}.", year=year.year, name=comparison.own.title, value=said)
    return " ".join([first, *_beside(comparison, year, texts)])


def _beside(comparison: Comparison, year: Year, texts: Texts) -> Iterator[str]:
    for group, mean in zip(comparison.groups, year.means, strict=True):
        if mean.value is not None:
            yield texts.t(
                "{group}: {value} (medel av {counted} av {members} kommuner).", group=group_name(group, texts),
                value=value_words(mean.value, comparison.unit, texts), counted=mean.counted, members=mean.members,
            )  # fmt: skip


def alt_words(comparison: Comparison, texts: Texts) -> str:
    """Return the picture in words: every figure of one's own, year by year, and where the series breaks."""
    years = [
        texts.t("{year}: {value}", year=one.year, value=own_words(one.own, comparison.unit, texts))
        for one in comparison.years
    ]
    breaks = [texts.t("Serien bryts {year}.", year=one.first) for one in comparison.breaks]
    return " ".join([f"{comparison.own.title}. {'; '.join(years)}.", *breaks])


def notes_of(comparison: Comparison, texts: Texts) -> tuple[str, ...]:
    """Return what a reader has to know of single years and groups, breaks first, each in a sentence or two."""
    return (
        *(_break_note(number, comparison, texts) for number in range(1, len(comparison.breaks) + 1)),
        *_answer_notes(comparison, texts),
        *_absence_notes(comparison, texts),
        *_group_notes(comparison, texts),
    )


def _break_note(number: int, comparison: Comparison, texts: Texts) -> str:
    one = comparison.breaks[number - 1]
    return texts.t(
        "{number}. {year}, {edition}: {change} Före och efter går inte att jämföra.",
        number=number, year=one.first, edition=texts.t(one.name), change=texts.t(one.change),
    )  # fmt: skip


def _answer_notes(comparison: Comparison, texts: Texts) -> Iterator[str]:
    counted = [(one.year, one.own, one.own.answers) for one in comparison.years if one.own.answers is not None]
    few = [f"{year} ({n})" for year, own, n in counted if own.value is not None and n < COMPARED_FROM]
    if few:
        yield texts.t(
            "Färre än {least} svar: {years}. SKR jämför kommuner först från {least} svar.", least=COMPARED_FROM,
            years=", ".join(few),
        )  # fmt: skip
    hidden = [f"{year} ({n})" for year, own, n in counted if own.absence is Absence.FEW]
    if hidden:
        yield texts.t(
            "För få svar: {years}. Kolada visar inget värde under {least} svar.", least=SHOWN_FROM,
            years=", ".join(hidden),
        )  # fmt: skip


def _absence_notes(comparison: Comparison, texts: Texts) -> Iterator[str]:
    found = {one.own.absence for one in comparison.years}
    if Absence.NONE in found and comparison.kpi.id in ANSWERS:
        yield texts.t(
            "Inget värde: kommunen var inte med i mätningen, eller fick färre än {least} svar.", least=SHOWN_FROM
        )
    if Absence.DELETED in found:
        yield texts.t("Borttaget: Kolada har haft ett värde och tagit bort det.")
    if Absence.NOT_ASKED in found:
        yield texts.t("Inte hämtat: hämta de åren från Kolada, eller läs in dem från en fil.")


def _group_notes(comparison: Comparison, texts: Texts) -> Iterator[str]:
    for at, group in enumerate(comparison.groups):
        asked = [one.means[at] for one in comparison.years]
        if all(mean.value is None for mean in asked):
            yield texts.t("{group}: det finns inga medelvärden, för kommunerna är inte hämtade eller saknar värden.",
                          group=group_name(group, texts))  # fmt: skip
        if any(mean.alone for mean in asked):
            yield texts.t(
                "{group}: vissa år har bara en av kommunerna ett värde. En ensam är inget medelvärde.",
                group=group_name(group, texts),
            )  # fmt: skip
        least = min((mean.asked for mean in asked if mean.value is not None), default=len(group.members))
        if least < len(group.members):
            yield texts.t(
                "{group}: vissa år är bara {asked} av {members} kommuner hämtade. Medelvärdet gäller dem.",
                group=group_name(group, texts), asked=least, members=len(group.members),
            )  # fmt: skip


def series_csv(comparison: Comparison, texts: Texts, signed_on: date) -> bytes:
    """Return one's own figures as a series file (`measurement.series_file`), a new level where the series breaks."""
    series = own_series(comparison, texts, signed_on)
    begins = {one.period: one.cause for one in series.decisions}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["period", "value", "rebase"])
    for point in series.points:
        writer.writerow([point.period, "NA" if point.value is None else point.value, begins.get(point.period, "")])
    return out.getvalue().encode()
