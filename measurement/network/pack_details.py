"""What officers and strategists of a network read: each measure with all that differs, own weeks, practices. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from config.texts import Texts
from measurement.measures import Unit
from measurement.network.bundle import INDEX_COMPARED_FROM, Bundle, MeasureTold
from measurement.network.bundle_export import weeks_between
from measurement.network.compare import Compared, Comparison
from measurement.network.compare_words import (
    apart_in_words,
    basis_in_words,
    decimal,
    left_out_in_words,
    spread_in_words,
    value_in_words,
)
from measurement.network.members import in_order
from measurement.periods import Week
from measurement.registry import REGISTRY
from measurement.report.document import Block, ChartBlock, Heading, Paragraph, Points, Table
from measurement.statistics.chart import Chart
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.funnel import Funnel
from measurement.statistics.series import Point, Series
from measurement.words import channel_name, length, percent, rule_name


def details_of(comparison: Comparison, texts: Texts) -> tuple[Block, ...]:
    """Return the blocks of the paper, in reading order."""
    blocks = list[Block]()
    for one in comparison.measures:
        blocks += _measure(one, comparison, texts)
    blocks += [*outside_of(comparison, texts), *_conditions(comparison, texts), *_practices(comparison, texts)]
    blocks.append(Paragraph(text=_method(comparison, texts), small=True))
    return tuple(blocks)


def name_of(one: Compared, texts: Texts) -> str:
    """Return what a measure is called in the reader's language."""
    return told_name(one.measure, texts)


def told_name(told: MeasureTold, texts: Texts) -> str:
    """Return what a measure out of a bundle is called; one we do not know has the name it came with."""
    known = REGISTRY.get(told.id)
    return texts.t(known.name) if known else told.name


def own_series(told: MeasureTold, bundle: Bundle, texts: Texts) -> Series:
    """Return a measure's weeks out of a bundle as a series; weeks that are withheld or had nothing are gaps."""
    by_week = {one.week: one for one in told.weeks}
    points = list[Point]()
    for week in weeks_between(Week.parse(bundle.first), Week.parse(bundle.last)):
        one = by_week.get(str(week))
        points.append(Point(period=str(week), value=one.value if one else None, n=one.n if one else 0,
                            numerator=one.numerator if one and told.unit is Unit.SHARE else None))  # fmt: skip
    return Series(measure=told.id, version=told.version, name=told_name(told, texts), unit=told.unit,
                  direction=told.direction, points=tuple(points))  # fmt: skip


def _measure(one: Compared, comparison: Comparison, texts: Texts) -> Iterator[Block]:
    yield Heading(text=name_of(one, texts))
    yield _table(one, texts)
    if one.funnel is not None:
        yield Paragraph(text=_between(one.funnel, texts), small=True)
    if one.left_out:
        yield Paragraph(text=texts.t("Jämförs inte:"))
        yield Points(items=left_out_in_words(one, texts))
    if one.told:
        yield Paragraph(text=texts.t("Jämförs, men skiljer sig från oss:"))
        yield Points(items=tuple(apart_in_words(each, texts) for each in one.told))
    if one.measure.weeks:
        chart = _chart(one.measure, comparison.ours, texts)
        yield ChartBlock(chart=chart, caption=texts.t("Våra egna veckor"), alt=_alt(chart, texts))


def _between(funnel: Funnel, texts: Texts) -> str:
    """Return by how much the municipalities differ beyond chance, in percentage points around the target."""
    points = (funnel.tau2 * funnel.target * (1 - funnel.target)) ** 0.5 * 2 * 100
    return texts.t(
        "Utöver slumpen skiljer sig kommunerna åt med ungefär {points} procentenheter (standardavvikelse; tau² {tau2}, "
        "phi {phi}). Med så få kommuner är talet osäkert.", points=decimal(points, texts),
        phi=decimal(funnel.phi, texts), tau2=decimal(funnel.tau2, texts, 5),
    )  # fmt: skip


def _table(one: Compared, texts: Texts) -> Table:
    unit = one.measure.unit
    rows = [
        (member.name, value_in_words(unit, member.value, texts), basis_in_words(member, texts),
         spread_in_words(member, texts))
        for member in one.members
    ]  # fmt: skip
    place = next(at for at, member in enumerate(one.members) if member.is_ours)
    mean = (texts.t("Medelvärde, ovägt"), value_in_words(unit, one.mean, texts),
            texts.n("{count} kommun", "{count} kommuner", len(rows)), "–")  # fmt: skip
    middle = (texts.t("Median"), value_in_words(unit, one.middle, texts), mean[2], "–")
    return Table(
        caption=texts.t("Kommunerna i bokstavsordning"), rows=(*rows, mean, middle), emphasised=frozenset({place}),
        head=(texts.t("Kommun"), texts.t("Utfall"), texts.t("Antal"), texts.t("Spridning, 95 %")),
    )  # fmt: skip


def _chart(told: MeasureTold, bundle: Bundle, texts: Texts) -> Chart:
    return chart_of(own_series(told, bundle, texts), kind_for(told.unit))


def _alt(chart: Chart, texts: Texts) -> str:
    series = chart.series
    values = [one for one in series.points if one.value is not None]
    if not values:
        return texts.t("Inga veckor att visa för {name}.", name=series.name)
    low, high = min(one.value or 0.0 for one in values), max(one.value or 0.0 for one in values)
    return texts.t(
        "Linjediagram över {name}, {count} veckor: lägst {low}, högst {high}, senast {last}.", name=series.name,
        count=len(values), low=value_in_words(series.unit, low, texts), high=value_in_words(series.unit, high, texts),
        last=value_in_words(series.unit, values[-1].value or 0.0, texts),
    )  # fmt: skip


def outside_of(comparison: Comparison, texts: Texts) -> Iterator[Block]:
    """Give what is not compared at all: bundles of other periods, and what we have too little of ourselves."""
    lines = [
        texts.t("{name} har skickat siffror för en annan period: {first} till {last}.", name=one.name, first=one.first,
                last=one.last)
        for one in comparison.not_used
    ]  # fmt: skip
    lines += [
        texts.t("{measure}: vi har själva siffror för färre än tre fjärdedelar av veckorna.",
                measure=told_name(one, texts))
        for one in comparison.thin
    ]  # fmt: skip
    lines += [
        texts.t("{measure}: vi har själva färre än {least} svar, och då går index inte att jämföra.",
                measure=told_name(one, texts), least=INDEX_COMPARED_FROM)
        for one in comparison.few
    ]  # fmt: skip
    if lines:
        yield Heading(text=texts.t("Står utanför jämförelsen"))
        yield Points(items=tuple(lines))


def _all(comparison: Comparison) -> list[Bundle]:
    return sorted((comparison.ours, *comparison.others), key=lambda one: in_order(one.name))


def _conditions(comparison: Comparison, texts: Texts) -> Iterator[Block]:
    """Give what must be known of each municipality: hours, rule, ways in, survey."""
    yield Heading(text=texts.t("Så arbetar kommunerna"))
    bundles = _all(comparison)
    yield Table(
        caption=texts.t("Tider och regler"),
        head=(texts.t("Kommun"), texts.t("En arbetsdag är"), texts.t("Öppna timmar"), texts.t("Egen regel"),
              texts.t("Direkt svar inom")),
        rows=tuple(
            (one.name, length(texts, _minutes(one), days=False), texts.number(round(one.hours.open_minutes / 60)),
             rule_name(texts, one.rule), texts.t("{count} s", count=one.phone_seconds))
            for one in bundles
        ),
    )  # fmt: skip
    by_week = dict[str, list[str]]()
    for one in bundles:
        by_week.setdefault(one.hours.words, []).append(one.name)
    yield Points(items=tuple(
        texts.t("{hours}: {names}", hours=words, names=", ".join(names)) for words, names in by_week.items()
    ))  # fmt: skip
    yield Table(
        caption=texts.t("Kontakter och enkät under perioden, i hela tiotal"),
        head=(texts.t("Kommun"), texts.t("Skriftliga kontakter"), texts.t("Enkäter som kom fram"), texts.t("Svar")),
        rows=tuple((one.name, _channels(one, texts), *_survey(one, texts)) for one in bundles),
    )  # fmt: skip


def _minutes(bundle: Bundle) -> timedelta:
    return timedelta(minutes=bundle.hours.ordinary_day_minutes)


def _channels(bundle: Bundle, texts: Texts) -> str:
    parts = (f"{channel_name(texts, name)} {texts.number(count)}" for name, count in sorted(bundle.channels.items()))
    return ", ".join(parts) or "–"


def _survey(bundle: Bundle, texts: Texts) -> tuple[str, str]:
    """Return how many of the surveys arrived, and how many were answered."""
    survey = bundle.survey
    if survey is None or not survey.delivered:
        return "–", "–"
    answered = texts.t("{count} ({share})", count=texts.number(survey.answered),
                       share=percent(texts, survey.answered / survey.delivered))  # fmt: skip
    return texts.number(survey.delivered), answered


def _practices(comparison: Comparison, texts: Texts) -> Iterator[Block]:
    sharing = [one for one in comparison.others if one.practices or one.contact or one.attachments]
    if not sharing:
        return
    yield Heading(text=texts.t("Så gör de andra"))
    for one in sorted(sharing, key=lambda each: in_order(each.name)):
        items = [_practice(one, each.measure, each.text, texts) for each in one.practices]
        if one.contact:
            items.append(texts.t("Fråga: {role}, {address}", role=one.contact.role, address=one.contact.address))
        items += [texts.t("Bilaga: {title} ({name})", title=each.title, name=each.name) for each in one.attachments]
        yield Paragraph(text=one.name)
        yield Points(items=tuple(items))


def _practice(bundle: Bundle, measure: str, text: str, texts: Texts) -> str:
    told = bundle.measure(measure)
    words = " ".join(text.split())
    return texts.t("{measure}: {practice}", measure=told_name(told, texts), practice=words) if told else words


def _method(comparison: Comparison, texts: Texts) -> str:
    return texts.t(
        "Spridningen är Wilsons, på så många kontakter som veckornas egen variation lämnar kvar. Tratten följer "
        "Spiegelhalter (2005): arcussinus av roten, winsoriserad vid 10 procent, varians mellan kommunerna enligt "
        "DerSimonian och Laird, gränser vid 95 och 99,8 procent. Medelvärdet är ovägt, som i Kolada. Veckor med färre "
        "än {threshold} visas inte.", threshold=comparison.ours.threshold,
    )  # fmt: skip
