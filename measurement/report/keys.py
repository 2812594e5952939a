"""The three headline measures in words, and the one sentence that says how the period was."""

from config.texts import Texts
from measurement.measures import Figure, Unit
from measurement.periods import Week, parse_period
from measurement.report.content import Absent, Headline, Report
from measurement.report.document import Key, Tone
from measurement.report.known import known_measure, measure_name
from measurement.report.words import (
    alt_text,
    basis_words,
    decision_words,
    figure_words,
    meaning,
    period_name,
    plain_value,
    tone_of,
    within,
    word_name,
)
from measurement.statistics.chart import Word
from measurement.words import rule_name

_NOT_SHOWN = (Absent.COVERAGE, Absent.UNCOUNTED, Absent.COARSE, Absent.HIDDEN, Absent.NOT_MEASURED)


def lead(report: Report, texts: Texts) -> str:
    """Return the one sentence: what kind of period it was by its charts, and how many were answered in time."""
    headline = report.headlines[0]
    answered = _answered(report, headline, texts)
    if not report.settled:
        return texts.t("Hittills: {answered}", answered=answered)
    kind = _kind_of_week(report, texts)
    return f"{kind} {answered}" if kind else answered


def _answered(report: Report, headline: Headline, texts: Texts) -> str:
    figure = headline.figure
    if figure is None or figure.value is None:
        return {
            Absent.NOTHING: texts.t("Inga kontakter kom in."),
            Absent.NOT_DUE: texts.t("Ingen kontakt behöver vara besvarad än."),
        }.get(headline.absent or Absent.NOTHING, texts.t("Inga kontakter kom in."))
    rule = rule_name(texts, report.configured)
    if figure.n < 10:
        return texts.t(
            "{part} av {whole} kontakter fick svar {rule}.", part=figure.numerator, whole=figure.denominator, rule=rule
        )
    return texts.t(
        "{share} av kontakterna fick svar {rule} ({basis}).",
        share=figure_words(figure, Unit.SHARE, texts),
        rule=rule,
        basis=basis_words(figure, Unit.SHARE, texts),
    )


def _kind_of_week(report: Report, texts: Texts) -> str:
    """Return what the charts of the headlines say together; empty where none of them can say anything."""
    if not isinstance(parse_period(report.period), Week):
        return ""
    short = (texts.t("svar inom en dag"), texts.t("direkt svar i telefon"), texts.t("bemötandet"))
    words = {
        _of_which_week(name, one, report, texts): one.chart.word
        for name, one in zip(short, report.headlines, strict=True)
        if one.chart is not None and one.absent is None
    }
    better = _listed([name for name, word in words.items() if word is Word.BETTER], texts)
    worse = _listed([name for name, word in words.items() if word is Word.WORSE], texts)
    if better and worse:
        return texts.t("Bättre än vanligt: {better}. Sämre än vanligt: {worse}.", better=better, worse=worse)
    if better:
        return texts.t("Bättre än vanligt: {names}.", names=better)
    if worse:
        return texts.t("Sämre än vanligt: {names}.", names=worse)
    if Word.MIXED in words.values():
        return texts.t("Tecken åt båda håll.")
    return texts.t("En vanlig vecka.") if Word.NOISE in words.values() else ""


def _of_which_week(name: str, headline: Headline, report: Report, texts: Texts) -> str:
    """Return a name, with the week that its word is of where that is not the report's: "… (vecka 45, 2026)"."""
    other = _judged_week(headline, report)
    return texts.t("{name} ({period})", name=name, period=within(other, texts)) if other else name


def _judged_week(headline: Headline, report: Report) -> str:
    """Return the week that the chart's word is of; empty if that is the report's own."""
    if headline.chart is None or not headline.chart.series.points:
        return ""
    week = headline.chart.series.points[-1].period
    return "" if week == report.period else week


def _listed(names: list[str], texts: Texts) -> str:
    if len(names) < 2:
        return "".join(names)
    return texts.t("{some} och {last}", some=", ".join(names[:-1]), last=names[-1])


def key_of(headline: Headline, report: Report, texts: Texts) -> Key:
    """Return a headline in words, with its chart."""
    unit = known_measure(headline.measure).unit
    chart, hidden = headline.chart, headline.absent in _NOT_SHOWN
    word = chart.word if chart is not None and report.settled and not hidden else Word.NONE
    value = _absent_value(headline.absent, texts) if hidden else figure_words(headline.figure, unit, texts)
    basis = _basis(headline, report, unit, texts)
    return Key(
        name=headline.name,
        value=value,
        basis=basis if basis != value else "",
        target=_target(headline, texts),
        tone=tone_of(word) if chart is not None else Tone.NONE,
        word=_word(word, headline, report, texts),
        meaning=_meaning(headline, report, texts),
        beside=tuple(
            texts.t("{name}: {value}", name=measure_name(one.measure, texts),
                    value=_with_basis(figure_words(one, known_measure(one.measure).unit, texts),
                                      _basis_beside(one, headline, report, texts)))
            for one in headline.beside
        ),
        notes=tuple(decision_words(chart, texts)) if chart is not None else (),
        chart=chart,
        alt=alt_text(chart, texts) if chart is not None else "",
    )  # fmt: skip


def _word(word: Word, headline: Headline, report: Report, texts: Texts) -> str:
    """Return a chart's word, and of which week it is: it is never of a month or of 13 weeks, as the figure is."""
    name, other = word_name(word, texts), _judged_week(headline, report)
    return texts.t("{period}: {word}", period=within(other, texts), word=name) if name and other else name


def _basis_beside(figure: Figure, headline: Headline, report: Report, texts: Texts) -> str:
    """Return what a figure beside the headline rests on, and over which weeks if those are not the headline's own."""
    basis = basis_words(figure, known_measure(figure.measure).unit, texts)
    rolling = report.rolling.get(figure.measure) == figure
    return _over_weeks(basis, report.headlines[2].weeks, report, texts) if rolling and headline.weeks == 1 else basis


def _with_basis(value: str, basis: str) -> str:
    return f"{value} ({basis})" if basis and basis != value else value


def _basis(headline: Headline, report: Report, unit: Unit, texts: Texts) -> str:
    secret = headline.absent is Absent.HIDDEN
    basis = "" if secret else basis_words(headline.figure, unit, texts)
    return _over_weeks(basis, headline.weeks, report, texts)


def _over_weeks(basis: str, weeks: int, report: Report, texts: Texts) -> str:
    if weeks == 1 or not basis:
        return basis
    if isinstance(parse_period(report.period), Week):
        return texts.t("{basis}, de senaste {weeks} veckorna", basis=basis, weeks=weeks)
    return texts.t("{basis}, periodens {weeks} veckor", basis=basis, weeks=weeks)


def _target(headline: Headline, texts: Texts) -> str:
    if headline.target is None or headline.chart is None:
        return ""
    return texts.t("mål {value}", value=plain_value(headline.chart, headline.target, texts))


def _absent_value(absent: Absent | None, texts: Texts) -> str:
    return texts.t("visas inte") if absent is not Absent.NOT_MEASURED else texts.t("mäts inte")


def _meaning(headline: Headline, report: Report, texts: Texts) -> str:
    """Return why there is no figure, else what the chart says."""
    match headline.absent:
        case Absent.NOTHING:
            return texts.t("Ingenting att räkna under {period}.", period=within(report.period, texts))
        case Absent.NOT_DUE if report.settles_at is not None:
            return texts.t("Allt kan bedömas från {moment}.", moment=texts.moment(report.settles_at))
        case Absent.COVERAGE:
            return texts.t(
                "För få av samtalen har loggats för att andelen ska gälla alla. Det behövs minst 90 %, eller ett urval "
                "efter regel."
            )
        case Absent.UNCOUNTED:
            return texts.t("Växelns samtal är inte inlästa, så ingen vet hur stor del som är antecknade.")
        case Absent.COARSE:
            return texts.t("Tiderna är inte antecknade så noga att det går att säga.")
        case Absent.NOT_MEASURED:
            return texts.t("Så börjar ni mäta: se {file}.", file="docs/figures.md")
        case Absent.HIDDEN:
            return texts.t("Så få har svarat att det kunde gå att räkna ut vem som svarade vad.")
        case _:
            return _said(headline, report, texts)


def _said(headline: Headline, report: Report, texts: Texts) -> str:
    """Return what the chart says, and of which week, where that is not the period itself."""
    said = meaning(headline.chart, texts)
    if not said or headline.chart is None:
        return said
    if not isinstance(parse_period(report.period), Week):
        return texts.t("Om den sista veckan: {words}", words=said)
    week = headline.chart.series.points[-1].period
    if week == report.period:
        return said
    return texts.t("{week}, den senaste vecka som kan bedömas: {words}", week=period_name(week, texts), words=said)
