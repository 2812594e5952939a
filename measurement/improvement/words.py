"""What a project's figures say, in sentences of one language: baseline, findings, staffing, effect. Pure.

A sentence that compares carries its interval; where nothing was found, that is what is said.
"""

from collections.abc import Mapping
from datetime import timedelta

from config.texts import Texts
from measurement.improvement.baseline import Baseline, Stability
from measurement.improvement.findings import Analysis, Finding
from measurement.improvement.lateness import HANDED_OVER, HELD, HOUR, HOURS, NO, WEEKDAY, YES
from measurement.improvement.staffing import Load, Staffing, short
from measurement.measures import Unit
from measurement.population import Dimension
from measurement.report.notes import slice_name
from measurement.statistics.chart import LIMITS_FROM
from measurement.statistics.shares import Interval
from measurement.words import length, percent

_YEAR_OF_WEEKS = 45, 60
"""Weeks of which it is known how often a chart of them has a flag though nothing happened."""


def value_words(unit: Unit, value: float, texts: Texts) -> str:
    """Return a value of a unit in words."""
    match unit:
        case Unit.SHARE | Unit.POINTS:
            return percent(texts, value)
        case Unit.SECONDS:
            return length(texts, timedelta(seconds=round(value)), days=False)
        case _:
            return texts.number(value)


def target_words(unit: Unit, value: float, texts: Texts) -> str:
    """Return a target in words; whole per cent without decimals."""
    if unit in (Unit.SHARE, Unit.POINTS) and round(value * 1000) % 10 == 0:
        return texts.t("{count} %", count=round(value * 100))
    return value_words(unit, value, texts)


def within_words(unit: Unit, interval: Interval, texts: Texts) -> str:
    """Return an interval of a unit as it stands in brackets."""
    low, high = value_words(unit, max(0.0, interval.low), texts), value_words(unit, interval.high, texts)
    return texts.t("95 % säkert: {low} till {high}", low=low, high=high)


def points_words(texts: Texts, share: float, *, sign: bool = True) -> str:
    """Return a difference of shares in percentage points, without the word for them."""
    written = f"{100 * share:+z.1f}" if sign else f"{100 * share:z.1f}"
    written = written.replace("-", "−").replace("+0.0", "0.0")
    return written if texts.language == "en" else written.replace(".", ",")


def sure_words(texts: Texts, interval: Interval, *, sign: bool = True) -> str:
    """Return an interval of percentage points as it stands in brackets."""
    low, high = (points_words(texts, edge, sign=sign) for edge in (interval.low, interval.high))
    return texts.t("95 % säkert: från {low} till {high}", low=low, high=high)


def dimension_name(dimension: str, texts: Texts) -> str:
    """Return what a dimension is called; one from a file as it was written."""
    names = {
        Dimension.KIND.value: texts.t("slag"), Dimension.TOPIC.value: texts.t("ämne"),
        Dimension.UNIT.value: texts.t("enhet"), WEEKDAY: texts.t("veckodag"), HOUR: texts.t("tid på dygnet"),
        HELD: texts.t("delbesked"), HANDED_OVER: texts.t("överlämning"),
    }  # fmt: skip
    return names.get(dimension, dimension)


def member_name(dimension: str, member: str, names: Mapping[str, str], texts: Texts) -> str:
    """Return what a category is called; `names` has units and topics, as ``unit:kc``."""
    if dimension == WEEKDAY:
        return _weekdays(texts)[int(member) - 1]
    if dimension == HOUR:
        return _part_of_day(int(member), texts)
    if dimension == HELD:
        known = {YES: texts.t("delbesked i tid"), NO: texts.t("inget delbesked i tid")}
        return known.get(member, texts.t("inget delbesked, inte besvarade än"))
    if dimension == HANDED_OVER:
        known = {YES: texts.t("lämnade vidare i tid"), NO: texts.t("inte lämnade vidare i tid")}
        return known.get(member, texts.t("inte lämnade vidare, inte besvarade än"))
    return slice_name(dimension, member, names, texts)


def _weekdays(texts: Texts) -> tuple[str, ...]:
    return (
        texts.t("måndag"), texts.t("tisdag"), texts.t("onsdag"), texts.t("torsdag"), texts.t("fredag"),
        texts.t("lördag"), texts.t("söndag"),
    )  # fmt: skip


def _part_of_day(first: int, texts: Texts) -> str:
    until = next((hour for hour in HOURS if hour > first), 24)
    return texts.t("kl. {first}–{last}", first=f"{first:02d}", last=f"{until:02d}")


def baseline_words(baseline: Baseline, unit: Unit, texts: Texts) -> list[str]:
    """Return how it was before, how sure that is, and whether it was stable."""
    return [*_level(baseline, unit, texts), *_stability_words(baseline, texts)]


def _level(baseline: Baseline, unit: Unit, texts: Texts) -> list[str]:
    span = {"first": baseline.first, "last": baseline.last}
    said = list[str]()
    if baseline.k is not None and baseline.n:
        counted = {"part": texts.number(baseline.k), "whole": texts.number(baseline.n)}
        share = _with_interval(unit, percent(texts, baseline.k / baseline.n), baseline.interval, texts)
        said.append(texts.t("{first} till {last}: {part} av {whole}, {share}.", share=share, **counted, **span))
    elif baseline.centre is not None:
        level = _with_interval(unit, value_words(unit, baseline.centre, texts), baseline.interval, texts)
        said.append(texts.t("{first} till {last}: i medel {level}.", level=level, **span))
    if baseline.lower is not None and baseline.upper is not None:
        low, high = value_words(unit, baseline.lower, texts), value_words(unit, baseline.upper, texts)
        said.append(texts.t("Slumpen ensam ger oftast mellan {low} och {high} för en period.", low=low, high=high))
    return said


def _with_interval(unit: Unit, words: str, interval: Interval | None, texts: Texts) -> str:
    return words if interval is None else f"{words} ({within_words(unit, interval, texts)})"


def _stability_words(baseline: Baseline, texts: Texts) -> list[str]:
    if baseline.stability is Stability.STABLE:
        return [texts.t("Det är stabilt: så här blir det tills något ändras.")]
    if baseline.stability is Stability.UNKNOWN:
        return [texts.t("Det är färre än {count} perioder, så ingen vet om det är stabilt.", count=LIMITS_FROM)]
    periods = [one.period for one in baseline.signals]
    told = ", ".join(periods[:6]) + (" …" if len(periods) > 6 else "")
    said = [texts.t("Det är inte stabilt: {periods} sticker ut. Ta reda på vad som hände då.", periods=told)]
    if _YEAR_OF_WEEKS[0] <= baseline.counted <= _YEAR_OF_WEEKS[1] and "-W" in baseline.last:
        return [*said, texts.t("Även när inget har hänt har fyra av tio diagram över ett år någon sådan vecka.")]
    return [*said, texts.t("Även när inget har hänt sticker någon period ut ibland.")]


def finding_words(finding: Finding, analysis: Analysis, names: Mapping[str, str], texts: Texts) -> str:
    """Return a finding that stands by itself in three sentences, its interval among them."""
    name = member_name(finding.dimension, finding.member, names, texts)
    dimension = dimension_name(finding.dimension, texts)
    share, rest = percent(texts, finding.late / finding.due), percent(texts, finding.rest_late / finding.rest_due)
    first = (
        texts.t("{dimension}, {name}: {share} fick inte svar i tid, mot {rest} av de andra.", dimension=_big(dimension),
                name=name, share=share, rest=rest)
        if analysis.rule else
        texts.t("{dimension}, {name}: {share} har bristen, mot {rest} av de andra.",
                dimension=_big(dimension), name=name, share=share, rest=rest)
    )  # fmt: skip
    sure = sure_words(texts, finding.interval, sign=False)
    points = points_words(texts, finding.difference, sign=False)
    gap = texts.t("Skillnaden är {points} procentenheter ({sure}).", points=points, sure=sure)
    weight = texts.t("Här finns {late} av alla {whole}.", late=texts.number(finding.late),
                     whole=texts.number(analysis.late))  # fmt: skip
    return f"{first} {gap} {weight}"


def _going_with(analysis: Analysis, names: Mapping[str, str], texts: Texts) -> list[str]:
    """Return what is later too, but only because it goes with the leading dimension."""
    found = [one for one in analysis.findings if one.goes_with]
    if not found:
        return []
    told = ", ".join(
        texts.t("{name} ({points} procentenheter mer, {sure})",
                name=member_name(one.dimension, one.member, names, texts),
                points=points_words(texts, one.difference, sign=False),
                sure=sure_words(texts, one.interval, sign=False))
        for one in found
    )  # fmt: skip
    return [
        texts.t("Sena oftare är också {told}, men det följer med {other}: bland dem som är lika där syns ingen säker "
                "skillnad.", told=told, other=dimension_name(found[0].goes_with, texts))
    ]  # fmt: skip


def _big(words: str) -> str:
    return words[:1].upper() + words[1:]


def analysis_words(analysis: Analysis, names: Mapping[str, str], texts: Texts) -> list[str]:
    """Return what was found, a text for each finding, or that nothing was; then how sure all of it is."""
    if not analysis.comparisons:
        return [texts.t("Underlaget är för litet för att jämföra: varje grupp behöver minst 30.")]
    found = [finding_words(one, analysis, names, texts) for one in analysis.findings if not one.goes_with]
    found += _going_with(analysis, names, texts)
    if not found:
        found = [texts.t("Inget av det som jämfördes skiljer sig säkert från resten. Orsaken får sökas på annat sätt.")]
    note = texts.n(
        "{count} jämförelse gjordes.",
        "{count} jämförelser gjordes; alla intervall gäller på en gång (Bonferroni).",
        analysis.comparisons,
    )
    if analysis.weeks_differ:
        note += " " + texts.t("Veckor skiljer sig mer än slumpen ger, och det är inräknat.")
    if not analysis.findings:
        return [*found, note]
    caution = texts.t("Att något följs åt bevisar inte att det ena orsakar det andra: pröva med en ändring.")
    return [*found, note, caution]


def analysed_words(analysis: Analysis, texts: Texts) -> str:
    """Return what was looked at, and when."""
    if not analysis.due:
        return texts.t("Det finns inga kontakter att titta på.")
    share = _with_interval(Unit.SHARE, percent(texts, analysis.late / analysis.due), analysis.interval, texts)
    fields = {"late": texts.number(analysis.late), "due": texts.number(analysis.due), "share": share}
    span = {"first": analysis.first or "…", "last": analysis.last or "…"}
    if analysis.rule:
        said = texts.t("{first} till {last}: {late} av {due} kontakter fick inte svar i tid, {share}.", **span,
                       **fields)  # fmt: skip
        beside = texts.t("Arbetet följer ett annat mått än det här.") if analysis.beside else ""
        return f"{beside} {said}".strip()
    if analysis.first or analysis.last:
        return texts.t("{first} till {last}: {late} av {due} har bristen, {share}.", **span, **fields)
    said = texts.t("{late} av {due} har bristen, {share}.", **fields)
    when = texts.t("Vilken tid det gäller står inte i filen: ange det med --from och --to.")
    return f"{said} {when}"


def staffing_words(staffing: Staffing, texts: Texts) -> list[str]:
    """Return where more comes than is staffed, or that nothing stands out; and what comes when nobody works."""
    found = [_load_words(one, texts) for one in short(staffing)]
    if not staffing.comparable:
        found = [texts.t("Bemanningen är för liten för att jämföra: minst två timmar och 30 kontakter i dem behövs.")]
    elif not found:
        found = [texts.t("Under de timmar någon arbetar sticker ingen veckodag eller timme säkert ut.")]
    whole = staffing.inside + staffing.outside
    share = _with_interval(Unit.SHARE, percent(texts, staffing.outside / whole), staffing.outside_interval, texts)
    return [*found, texts.t("{share} kommer när ingen är schemalagd och väntar till öppning.", share=share)]


def _load_words(load: Load, texts: Texts) -> str:
    name = load_name(load, texts)
    sure = within_words(Unit.SHARE, load.interval, texts)
    return texts.t(
        "{name}: {share} av kontakterna kommer då ({sure}), men bara {staffed} av arbetstiden är schemalagd där.",
        name=_big(name), share=percent(texts, load.share), sure=sure, staffed=percent(texts, load.staffed),
    )  # fmt: skip


def load_name(load: Load, texts: Texts) -> str:
    """Return the weekday, or the hour, of a load."""
    if load.dimension == WEEKDAY:
        return _weekdays(texts)[int(load.member) - 1]
    first = int(load.member)
    return texts.t("kl. {first}–{last}", first=f"{first:02d}", last=f"{first + 1:02d}")
