"""A control chart as text and as plain data, so that anyone can check it against another tool.

Full precision in the data, four decimals in the text; shares are 0–1 in both.
"""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from config.texts import Texts
from measurement.measures import Direction
from measurement.series_file import SeriesFile
from measurement.statistics.chart import (
    LIMITS_FROM,
    Assurance,
    Chart,
    ChartKind,
    Group,
    Judged,
    NoWord,
    Runs,
    SignalRule,
    Word,
)  # fmt: skip
from measurement.statistics.series import DecisionKind, Point
from measurement.words import paragraph

_KINDS = {ChartKind.XMR: "XmR", ChartKind.P: "p", ChartKind.P_PRIME: "P′"}


def chart_as_json(chart: Chart, read: SeriesFile | None = None) -> dict[str, Any]:
    """Return what a chart says, `read` the file it was read from if it was; its shape stays, keys may be added.

    - ``chart`` (xmr, p or pprime), ``screening`` (whether moving ranges were screened once), ``direction`` (up, down or
      none), ``target``, ``limits_from`` (points that a group needs before its limits may be shown);
    - ``columns`` (what each column was called in the file), ``ignored_columns``, ``reordered`` (the rows did not stand
      oldest first), ``missing_weeks`` (without a row in the file);
    - ``points``, one for each row and missing week: ``period``, ``value``, ``n`` and ``numerator`` (null without the
      column), ``group`` (from 0), ``centre``, ``lower``, ``upper``, ``near_lower``, ``near_upper`` (null where there
      can be none), ``side`` (1, 0, -1), ``rules`` (outside, trend, two_in_three, shift; in order of precedence),
      ``directions`` (1 or -1, for each of the rules), ``flagged``, ``ghost`` (why, or empty), ``preliminary``;
    - ``groups``: ``group``, ``first`` and ``last`` period, ``points`` (that count), ``centre``, ``lower`` and ``upper``
      (at its last point), ``mean_range``, ``sigma_z``, ``screened`` (how many ranges), ``trial`` (too short: limits
      and rules to look at, not to show), ``runs`` (null with fewer than 10 useful points);
    - ``rebases``: period and cause; ``word`` (better, worse, higher, lower, mixed, noise, none), ``no_word`` (why
      none), ``assurance`` (meets, fails, hit_and_miss, none), ``runs`` (of the last group).
    """
    series, counted = chart.series, read is None or "denominator" in read.columns
    return {
        "name": series.name,
        "chart": chart.kind.value,
        "screening": chart.screening,
        "direction": {Direction.HIGHER: "up", Direction.LOWER: "down", None: "none"}[series.direction],
        "target": series.target,
        "limits_from": LIMITS_FROM,
        "columns": dict(read.columns) if read else {},
        "ignored_columns": list(read.ignored) if read else [],
        "reordered": read is not None and read.reordered,
        "missing_weeks": list(read.missing_weeks) if read else [],
        "points": [
            _point_json(point, judged, counted=counted)
            for point, judged in zip(series.points, chart.judged, strict=True)
        ],
        "groups": [_group_json(number, chart) for number in range(len(chart.groups))],
        "rebases": [
            {"period": one.period, "cause": one.cause} for one in series.decisions if one.kind is DecisionKind.REBASE
        ],
        "word": chart.word.value,
        "no_word": chart.no_word.value if chart.no_word else None,
        "assurance": chart.assurance.value,
        "runs": _runs_json(chart.groups[-1].runs) if chart.groups else None,
    }


def _point_json(point: Point, judged: Judged, *, counted: bool) -> dict[str, Any]:
    return {
        "period": point.period, "value": point.value, "n": point.n if counted else None, "numerator": point.numerator,
        "group": judged.group, "centre": judged.centre, "lower": judged.lower, "upper": judged.upper,
        "near_lower": judged.near_lower, "near_upper": judged.near_upper, "side": judged.side,
        "rules": [rule.value for rule in judged.rules], "directions": list(judged.directions),
        "flagged": bool(judged.rules), "ghost": point.ghost, "preliminary": point.preliminary,
    }  # fmt: skip


def _group_json(number: int, chart: Chart) -> dict[str, Any]:
    group, points = chart.groups[number], chart.series.points
    last = chart.judged[group.last]
    return {
        "group": number, "first": points[group.first].period, "last": points[group.last].period,
        "points": group.counted, "centre": group.centre, "lower": last.lower, "upper": last.upper,
        "mean_range": group.mean_range, "sigma_z": group.sigma_z, "screened": group.screened,
        "trial": not group.has_limits, "runs": _runs_json(group.runs),
    }  # fmt: skip


def _runs_json(runs: Runs | None) -> dict[str, Any] | None:
    if runs is None:
        return None
    return {
        "useful": runs.useful, "longest": runs.longest, "longest_allowed": runs.longest_allowed,
        "crossings": runs.crossings, "crossings_least": runs.crossings_least, "signal": runs.signal,
    }  # fmt: skip


def chart_as_text(chart: Chart, read: SeriesFile, texts: Texts) -> str:
    """Return the same in words: how it was read, each group, the flagged points, the last point, the target."""
    sections = [
        [*paragraph(_title(chart, texts)), *paragraph(_read(read, texts)), *_in_time(read, texts)],
        *([*_group(number, chart, texts)] for number in range(len(chart.groups))),
        _flagged(chart, texts),
        _left_out(chart, texts),
        [*paragraph(_word(chart, texts)), *paragraph(_assurance(chart, texts))],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _number(value: float | None, texts: Texts) -> str:
    """Return a number with at most four decimals and this language's decimal sign."""
    if value is None:
        return "–"
    written = f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")  # + 0.0: no minus before a nought
    return written if texts.language == "en" else written.replace(".", ",")


def _title(chart: Chart, texts: Texts) -> str:
    return texts.n(
        "{name}: {kind}-diagram med {count} punkt.",
        "{name}: {kind}-diagram med {count} punkter.",
        len(chart.series.points),
        name=chart.series.name,
        kind=_KINDS[chart.kind],
    )


def _read(read: SeriesFile, texts: Texts) -> str:
    columns = _told(read.columns)
    if not read.ignored:
        return texts.t("Kolumner: {columns}.", columns=columns)
    return texts.t("Kolumner: {columns}. Används inte: {ignored}.", columns=columns, ignored=", ".join(read.ignored))


def _in_time(read: SeriesFile, texts: Texts) -> Iterator[str]:
    if read.reordered:
        yield texts.t("Raderna är ordnade efter tid, äldst först.")
    if read.missing_weeks:
        weeks = ", ".join(read.missing_weeks)
        yield from paragraph(texts.t("Veckor utan rad i filen är luckor: {weeks}.", weeks=weeks))


def _told(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{key} = {heading or '–'}" for key, heading in columns.items())


def _group(number: int, chart: Chart, texts: Texts) -> Iterator[str]:
    group, points = chart.groups[number], chart.series.points
    yield from paragraph(
        texts.n(
            "Grupp {number}, {first} till {last}: {count} punkt räknas.",
            "Grupp {number}, {first} till {last}: {count} punkter räknas.",
            group.counted,
            number=number + 1,
            first=points[group.first].period,
            last=points[group.last].period,
        )
    )
    if group.centre is None:
        return
    for line in _limits(group, chart, texts):
        yield from paragraph(line, indent="  ")
    if group.runs:
        yield from paragraph(_runs(group.runs, texts), indent="  ")


def _limits(group: Group, chart: Chart, texts: Texts) -> Iterator[str]:
    last = chart.judged[group.last]
    yield texts.t(
        "Mitt {centre}, gränser {lower} och {upper}, nära gränserna {near_lower} och {near_upper} (vid {period}).",
        centre=_number(group.centre, texts),
        lower=_number(last.lower, texts),
        upper=_number(last.upper, texts),
        near_lower=_number(last.near_lower, texts),
        near_upper=_number(last.near_upper, texts),
        period=chart.series.points[group.last].period,
    )
    if not group.has_limits:
        yield texts.t(
            "Gränserna är på prov: de visas i rapporter först från {count} punkter, och dessförinnan sägs inget ord.",
            count=LIMITS_FROM,
        )
    if group.mean_range is not None:
        yield texts.t("Medelskillnad mellan grannar: {mean}.", mean=_number(group.mean_range, texts))
    if group.sigma_z is not None:
        yield texts.t("Spridning utöver slumpen i urvalet: sigma z {sigma}.", sigma=_number(group.sigma_z, texts))
    if chart.screening:
        yield texts.n(
            "{count} skillnad mellan grannar sållades bort (3,267 gånger medlet eller mer).",
            "{count} skillnader mellan grannar sållades bort (3,267 gånger medlet eller mer).",
            group.screened,
        )
    elif chart.kind is not ChartKind.P:
        yield texts.t("Inga skillnader mellan grannar sållas bort.")


def _runs(runs: Runs, texts: Texts) -> str:
    facts = texts.t(
        "Serietest (Anhøj): längsta serien är {longest}, högst {allowed} väntas; mitten korsas {crossings} gånger, "
        "minst {least} väntas.",
        longest=runs.longest,
        allowed=runs.longest_allowed,
        crossings=runs.crossings,
        least=runs.crossings_least,
    )
    verdict = texts.t("Det är mer än slump.") if runs.signal else texts.t("Det kan vara slump.")
    return facts + " " + verdict


def _flagged(chart: Chart, texts: Texts) -> list[str]:
    lines = [
        texts.t(
            "{period}: {value}, {rules}",
            period=point.period,
            value=_number(point.value, texts),
            rules=", ".join(
                _rule(rule, way, texts) for rule, way in zip(judged.rules, judged.directions, strict=True)
            ),
        )
        for point, judged in zip(chart.series.points, chart.judged, strict=True)
        if judged.rules
    ]  # fmt: skip
    if not lines:
        return [texts.t("Ingen punkt avviker.")]
    return [texts.t("Punkter som avviker:"), *(line for one in lines for line in paragraph(one, indent="  "))]


def _rule(rule: SignalRule, way: int, texts: Texts) -> str:
    match rule:
        case SignalRule.OUTSIDE:
            return texts.t("över övre gränsen") if way > 0 else texts.t("under nedre gränsen")
        case SignalRule.TREND:
            return texts.t("sju i rad uppåt") if way > 0 else texts.t("sju i rad nedåt")
        case SignalRule.TWO_IN_THREE:
            return texts.t("två av tre nära övre gränsen") if way > 0 else texts.t("två av tre nära nedre gränsen")
        case SignalRule.SHIFT:
            return texts.t("sju i rad över mitten") if way > 0 else texts.t("sju i rad under mitten")
        case _:
            assert_never(rule)


def _left_out(chart: Chart, texts: Texts) -> list[str]:
    lines = [
        texts.t("Utelämnad: {period}, {reason}", period=point.period, reason=point.ghost)
        for point in chart.series.points
        if point.ghost
    ] + [
        texts.t("Nya gränser från {period}: {reason}", period=one.period, reason=one.cause or "–")
        for one in chart.series.decisions
        if one.kind is DecisionKind.REBASE
    ]
    return [line for one in lines for line in paragraph(one)]


def _word(chart: Chart, texts: Texts) -> str:
    match chart.word:
        case Word.BETTER:
            return texts.t("Sista punkten: bättre.")
        case Word.WORSE:
            return texts.t("Sista punkten: sämre.")
        case Word.HIGHER:
            return texts.t("Sista punkten: högre.")
        case Word.LOWER:
            return texts.t("Sista punkten: lägre.")
        case Word.MIXED:
            return texts.t("Sista punkten: avviker åt båda hållen.")
        case Word.NOISE:
            return texts.t("Sista punkten: som vanligt, inom slumpen.")
        case Word.NONE:
            return texts.t("Sista punkten: inget kan sägas, {reason}.", reason=_no_word(chart.no_word, texts))
        case _:
            assert_never(chart.word)


def _no_word(reason: NoWord | None, texts: Texts) -> str:
    match reason:
        case NoWord.MISSING | None:
            return texts.t("värdet saknas")
        case NoWord.GHOSTED:
            return texts.t("den är utelämnad")
        case NoWord.PRELIMINARY:
            return texts.t("den är preliminär")
        case NoWord.FEW_POINTS:
            return texts.t("punkterna är för få")
        case NoWord.SMALL_N:
            return texts.t("den bygger på färre än 30")
        case _:
            assert_never(reason)


def _assurance(chart: Chart, texts: Texts) -> str:
    match chart.assurance:
        case Assurance.MEETS:
            return texts.t("Målet {target} nås hela tiden.", target=_number(chart.series.target, texts))
        case Assurance.FAILS:
            return texts.t("Målet {target} nås inte som det är nu.", target=_number(chart.series.target, texts))
        case Assurance.HIT_AND_MISS:
            return texts.t("Målet {target} nås ibland, av en slump.", target=_number(chart.series.target, texts))
        case Assurance.NONE:
            return ""
        case _:
            assert_never(chart.assurance)
