"""How a report speaks: periods, figures, what a chart's word means, and a chart in words. One language at a time.

Nothing is said of a week that its chart does not say: no word comes from a target, nor from the week before.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from config.texts import Texts
from measurement.measures import Direction, Display, Figure, Unit, display_of
from measurement.periods import Month, Tertial, Week, Year, parse_period
from measurement.report.document import Tone
from measurement.statistics.chart import Assurance, Chart, NoWord, SignalRule, Word
from measurement.statistics.reception import SHOWN_FROM
from measurement.statistics.series import DecisionKind, Point
from measurement.statistics.shares import share_interval
from measurement.words import length, percent

_NEVER = datetime.min.replace(tzinfo=UTC)
_OF_SURVEYS = ("reception.", "clarity.", "ease.", "survey.")
"""How the measures begin that are settled when nobody can answer the survey any more."""


def period_name(period: str, texts: Texts) -> str:
    """Return a period as it begins a title: "Vecka 47, 2026", "November 2026", "Januari–april 2026", "2026"."""
    known = parse_period(period)
    match known:
        case Week():
            return texts.t("Vecka {week}, {year}", week=known.number, year=known.year)
        case Month():
            return f"{_month(texts, known.year, known.number).capitalize()} {known.year}"
        case Tertial():
            first = 4 * known.number - 3
            months = f"{_month(texts, known.year, first)}–{_month(texts, known.year, first + 3)}"
            return f"{months.capitalize()} {known.year}"
        case Year():
            return texts.t("Året {year}", year=known.year)
        case _:
            assert_never(known)


def within(period: str, texts: Texts) -> str:
    """Return a period as it stands in a sentence, "vecka 47, 2026"; as it is where it is none of ours."""
    try:
        name = period_name(period, texts)
    except ValueError:
        return period
    return name if texts.language == "en" else name[:1].lower() + name[1:]


def _month(texts: Texts, year: int, number: int) -> str:
    return texts.month(date(year, number, 1))


def figure_words(figure: Figure | None, unit: Unit, texts: Texts) -> str:
    """Return a figure as its n allows: "4 av 5", "82,0 %", "2 tim 5 min", "81,3"; what stands where there is none."""
    if figure is None or figure.value is None:
        return texts.t("visas inte") if figure is not None and figure.n else texts.t("inget att räkna")
    match unit:
        case Unit.SHARE | Unit.POINTS:
            if unit is Unit.SHARE and display_of(figure.n) is Display.COUNT_ONLY:
                return texts.t("{part} av {whole}", part=figure.numerator, whole=figure.denominator)
            return percent(texts, figure.value)
        case Unit.SECONDS:
            time = length(texts, timedelta(seconds=round(figure.value)), days=False, up=not figure.more_than)
            return texts.t("mer än {time}", time=time) if figure.more_than else time
        case Unit.INDEX if figure.n < SHOWN_FROM:
            return texts.t("visas inte")
        case Unit.INDEX | Unit.COUNT:
            return texts.number(figure.value)
        case _:
            assert_never(unit)


def basis_words(figure: Figure | None, unit: Unit, texts: Texts) -> str:
    """Return what a figure rests on: "212 av 262", with its spread where n is 10–29; "262 kontakter" of the rest."""
    if figure is None or not figure.n:
        return ""
    if unit is not Unit.SHARE or figure.numerator is None:
        return texts.t("n = {count}", count=texts.number(figure.n))
    basis = texts.t("{part} av {whole}", part=texts.number(figure.numerator), whole=texts.number(figure.n))
    if display_of(figure.n) is not Display.WITH_SPREAD:
        return basis
    spread = share_interval(figure.numerator, figure.n)
    low, high = percent(texts, spread.low), percent(texts, spread.high)
    return texts.t("{basis}; av en slump {low}–{high}", basis=basis, low=low, high=high)


def tone_of(word: Word) -> Tone:
    """Return what a word means to the reader."""
    match word:
        case Word.BETTER:
            return Tone.BETTER
        case Word.WORSE:
            return Tone.WORSE
        case Word.HIGHER | Word.LOWER | Word.MIXED | Word.NOISE:
            return Tone.NEUTRAL
        case Word.NONE:
            return Tone.NONE
        case _:
            assert_never(word)


def word_name(word: Word, texts: Texts) -> str:
    """Return the word itself, as it stands beside a figure; empty where nothing can be said."""
    names = {
        Word.BETTER: texts.t("bättre än vanligt"),
        Word.WORSE: texts.t("sämre än vanligt"),
        Word.HIGHER: texts.t("högre än vanligt"),
        Word.LOWER: texts.t("lägre än vanligt"),
        Word.MIXED: texts.t("tecken åt båda håll"),
        Word.NOISE: texts.t("som vanligt"),
        Word.NONE: "",
    }
    return names[word]


def meaning(chart: Chart | None, texts: Texts) -> str:
    """Return in one or two sentences what the chart says of the last point, and what it says of the target."""
    if chart is None:
        return ""
    told = [_signal_words(chart, texts), _turned_words(chart, texts) or _assurance_words(chart.assurance, texts)]
    return " ".join(one for one in told if one)


def _signal_words(chart: Chart, texts: Texts) -> str:
    if chart.word is Word.NONE:
        return _no_word(chart, texts)
    if chart.word is Word.NOISE:
        return texts.t("Utfallet ligger inom det som brukar variera från vecka till vecka.")
    last = chart.last
    assert last is not None
    pairs = zip(last.rules, last.directions, strict=True)
    return " ".join(dict.fromkeys(_rule_words(rule, direction, texts) for rule, direction in pairs))


def _no_word(chart: Chart, texts: Texts) -> str:
    match chart.no_word:
        case NoWord.FEW_POINTS:
            return texts.t("Först efter 13 veckor går det att säga om en vecka är bättre eller sämre än vanligt.")
        case NoWord.PRELIMINARY if chart.series.measure.startswith(_OF_SURVEYS):
            return texts.t("Hittills. Veckan bedöms när det inte längre går att svara på enkäten.")
        case NoWord.PRELIMINARY:
            return texts.t("Hittills. Veckan bedöms när all svarstid har gått ut.")
        case NoWord.SMALL_N:
            return texts.t("Underlaget är för litet för att säga om utvecklingen.")
        case NoWord.GHOSTED:
            return texts.t("Veckan räknas inte in i det som är vanligt; skälet står under ändringar.")
        case NoWord.MISSING | None:
            return ""
        case _:
            assert_never(chart.no_word)


def _rule_words(rule: SignalRule, direction: int, texts: Texts) -> str:
    upwards = {
        SignalRule.OUTSIDE: texts.t(
            "Utfallet ligger över den övre gränsen för det som brukar variera. Något har hänt."
        ),
        SignalRule.TREND: texts.t("Det har stigit sju veckor i rad."),
        SignalRule.TWO_IN_THREE: texts.t(
            "Minst två av de tre senaste veckorna ligger nära den övre gränsen eller över den."
        ),
        SignalRule.SHIFT: texts.t("Minst sju veckor i rad ligger över det vanliga."),
    }
    downwards = {
        SignalRule.OUTSIDE: texts.t(
            "Utfallet ligger under den nedre gränsen för det som brukar variera. Något har hänt."
        ),
        SignalRule.TREND: texts.t("Det har sjunkit sju veckor i rad."),
        SignalRule.TWO_IN_THREE: texts.t(
            "Minst två av de tre senaste veckorna ligger nära den nedre gränsen eller under den."
        ),
        SignalRule.SHIFT: texts.t("Minst sju veckor i rad ligger under det vanliga."),
    }
    return (upwards if direction > 0 else downwards)[rule]


def _turned_words(chart: Chart, texts: Texts) -> str:
    """Return what to say of the target where the last point is not what the limits promise; else nothing.

    The limits are those of the weeks before: it would be wrong to say that something must change when it just has.
    """
    last, target = chart.series.points[-1] if chart.series.points else None, chart.series.target
    if last is None or last.value is None or target is None or chart.word not in (Word.BETTER, Word.WORSE):
        return ""
    above = last.value >= target if chart.series.direction is Direction.HIGHER else last.value <= target
    if chart.assurance is Assurance.FAILS and above:
        return texts.t("Förut nåddes målet inte ens en bra vecka; den här veckan nåddes det.")
    if chart.assurance is Assurance.MEETS and not above:
        return texts.t("Förut nåddes målet även en svag vecka; den här veckan nåddes det inte.")
    return ""


def _assurance_words(assurance: Assurance, texts: Texts) -> str:
    match assurance:
        case Assurance.MEETS:
            return texts.t("Målet nås även en svag vecka.")
        case Assurance.FAILS:
            return texts.t("Så som arbetet går till nu nås målet inte ens en bra vecka: något behöver ändras.")
        case Assurance.HIT_AND_MISS:
            return texts.t("Målet nås vissa veckor och andra inte, av en slump.")
        case Assurance.NONE:
            return ""
        case _:
            assert_never(assurance)


def alt_text(chart: Chart, texts: Texts) -> str:
    """Return a chart in words, from the same numbers: the last value, limits, target, signal and what was decided."""
    points = [point for point in chart.series.points if point.value is not None]
    if not points:
        return texts.t("Diagram över {name}: inget utfall än.", name=chart.series.name)
    last, judged = points[-1], chart.judged[chart.series.points.index(points[-1])]
    first, until = within(points[0].period, texts), within(last.period, texts)
    value, count = _last_value(chart, last, texts), texts.number(last.n)
    said = [
        texts.n(
            "Linjediagram över {name}, {count} vecka: {first} till {last}.",
            "Linjediagram över {name}, {count} veckor: {first} till {last}.",
            len(points),
            name=chart.series.name,
            first=first,
            last=until,
        ),
        texts.t("Senaste utfall {value} (n = {count}).", value=value, count=count),
    ]
    if judged.lower is not None and judged.upper is not None and chart.groups[judged.group].has_limits:
        said.append(
            texts.t(
                "Det vanliga är {centre}, mellan {low} och {high}.",
                centre=plain_value(chart, judged.centre, texts),
                low=plain_value(chart, judged.lower, texts),
                high=plain_value(chart, judged.upper, texts),
            )
        )
    if chart.series.target is not None:
        said.append(texts.t("Målet är {target}.", target=plain_value(chart, chart.series.target, texts)))
    if name := word_name(chart.word, texts):
        said.append(texts.t("Bedömning: {word}.", word=name))
    return " ".join([*said, *decision_words(chart, texts)])


def _last_value(chart: Chart, last: Point, texts: Texts) -> str:
    """Return the last value as its n allows: of fewer than ten never in per cent."""
    if chart.series.unit is Unit.SHARE and last.numerator is not None and display_of(last.n) is Display.COUNT_ONLY:
        return texts.t("{part} av {whole}", part=last.numerator, whole=last.n)
    return plain_value(chart, last.value, texts)


def decision_words(chart: Chart, texts: Texts) -> Sequence[str]:
    """Return what was decided about a series, in the order of the numbers on its chart; not older than the chart."""
    drawn = {point.period for point in chart.series.points}
    return [
        texts.t(
            "{number}. {period}: {what} ({by}).",
            number=number,
            period=one.period,
            what=_decided(one.kind, one.cause, texts),
            by=one.decided_by,
        )
        for number, one in enumerate(chart.series.decisions, 1)
        if one.period in drawn
    ]


def _decided(kind: DecisionKind, cause: str, texts: Texts) -> str:
    match kind:
        case DecisionKind.REBASE:
            return texts.t("{cause}; gränserna räknas om härifrån", cause=cause)
        case DecisionKind.GHOST:
            return texts.t("{cause}; veckan räknas inte in i det vanliga", cause=cause)
        case DecisionKind.NOTE:
            return cause
        case _:
            assert_never(kind)


def plain_value(chart: Chart, value: float | None, texts: Texts) -> str:
    """Return a value of the chart's unit in words, whatever its n; whole per cent without decimals."""
    if value is not None and chart.series.unit in (Unit.SHARE, Unit.POINTS) and round(value * 1000) % 10 == 0:
        return texts.t("{count} %", count=round(value * 100)).replace(" ", "\N{NO-BREAK SPACE}")
    figure = Figure(measure="", version=1, period="", n=100, value=value, numerator=0, denominator=100, as_of=_NEVER)
    return figure_words(figure, chart.series.unit, texts)
