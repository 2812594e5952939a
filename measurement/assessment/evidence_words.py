"""What a frozen series says, in words: its one number, its interval, before and after, the latest signal. Pure.

All of it comes from what was frozen. Names and meanings stand as they were frozen; in another language they are today's
translation, as long as the definition is the same.
"""

from datetime import datetime
from typing import assert_never

from config.texts import Texts
from measurement.assessment.frozen import OF_RATINGS, FrozenSeries, MustRead, NoSeries, Shift, Way, Whole
from measurement.assessment.points import points_text
from measurement.meanings import meaning_of
from measurement.measures import Display, Figure, Unit, display_of
from measurement.periods import Week
from measurement.report.known import find_measure, measure_name
from measurement.report.words import figure_words, meaning, period_name, plain_value, within, word_name
from measurement.statistics.chart import NoWord, SignalRule
from measurement.statistics.reception import SHOWN_FROM
from measurement.statistics.series import Point
from measurement.words import percent


def evidence_line(frozen: FrozenSeries | None, texts: Texts) -> str:
    """Return in one sentence what a question can be shown by, as papers and forms have it; None: no series is frozen.

    As "Besvarade inom en arbetsdag: 82,0 % (212 av 262), vecka 36–48, 2026; av en slump 76,9–86,2 %; senaste veckan
    95,0 %, bättre än vanligt.".
    """
    if frozen is None:
        return texts.t("Ingen serie är fryst för den här frågan.")
    name, whole = name_of(frozen, texts), frozen.whole
    if whole is None:
        return texts.t("{name}: bara uppgifter från tiden före Kommunsvar.", name=name)
    value, basis = value_words(frozen, whole, texts), basis_words(whole, texts)
    counted = f"{value} ({basis})" if basis != value else value
    said = [texts.t("{name}: {value}, {weeks}", name=name, value=counted, weeks=span(whole.first, whole.last, texts))]
    interval = short_interval(frozen, whole, texts)
    word = word_name(frozen.chart.word, texts)
    said += [interval] if interval else []
    if word:
        latest, _ = point_words(frozen, frozen.series.points[-1], texts)
        said.append(texts.t("senaste veckan {value}, {word}", value=latest, word=word))
    return "; ".join(said) + "."


def name_of(frozen: FrozenSeries, texts: Texts) -> str:
    """Return what the measure is called."""
    if texts.language == frozen.language or not _is_defined_so(frozen):
        return frozen.series.name
    return measure_name(frozen.series.measure, texts)


def definition_words(frozen: FrozenSeries, texts: Texts) -> str:
    """Return what the measure counts, with the version of its definition."""
    same = texts.language == frozen.language or not _is_defined_so(frozen)
    words = frozen.meaning if same else meaning_of(frozen.series.measure, texts)
    return texts.t(
        "Så räknas det: {words} Definition {measure}, version {version}.",
        words=words or frozen.population, measure=frozen.series.measure, version=frozen.series.version,
    )  # fmt: skip


def beside_words(frozen: FrozenSeries, texts: Texts) -> tuple[str, ...]:
    """Return what has to be read with the series, one line each: "Fick delbesked före svaret: 5,0 % (13 av 262)"."""
    return tuple(_beside(one, frozen, texts) for one in frozen.beside)


def _beside(one: MustRead, frozen: FrozenSeries, texts: Texts) -> str:
    kept = texts.language == frozen.language or find_measure(one.measure) is None
    name = one.name if kept else measure_name(one.measure, texts)
    basis = texts.t("{part} av {whole}", part=texts.number(one.numerator), whole=texts.number(one.n))
    if display_of(one.n) is Display.COUNT_ONLY:
        return texts.t("{name}: {value}", name=name, value=basis)
    return texts.t("{name}: {value}", name=name, value=f"{percent(texts, one.numerator / one.n)} ({basis})")


def levels_words(frozen: FrozenSeries, texts: Texts) -> str:
    """Return the centre before and after the last rebase, where no model tells it; empty without a rebase."""
    if frozen.shift is not None or len(frozen.chart.groups) < 2:
        return ""
    before, after = frozen.chart.groups[-2:]
    if before.centre is None or after.centre is None:
        return ""
    was, now = (_value(frozen, one, texts) for one in (before.centre, after.centre))
    return texts.t(
        "Det vanliga var {before} före ändringen {week} och är {after} sedan dess.",
        before=was, after=now, week=within(frozen.series.points[after.first].period, texts),
    )  # fmt: skip


def changed_words(frozen: FrozenSeries, whole: Whole, texts: Texts) -> str:
    """Return what changed within the weeks of the one number, so that it is not read as how things are now; or nothing.

    A signed change begins a new number, so these are changes that were noted or that the chart alone has seen.
    """
    said = list[str]()
    begun = turned_at(frozen)
    if begun is not None and whole.first < begun <= whole.last:
        side = frozen.chart.judged[-1].side
        week = within(begun, texts)
        said.append(
            texts.t("Från och med {week} ligger varje vecka över det vanliga: något har ändrats.", week=week)
            if side > 0
            else texts.t("Från och med {week} ligger varje vecka under det vanliga: något har ändrats.", week=week)
        )  # fmt: skip
    noted = [one for one in frozen.series.decisions if whole.first < one.period <= whole.last]
    said += [
        texts.t("{week}: {cause}.", week=period_name(one.period, texts), cause=one.cause.rstrip(".")) for one in noted
    ]
    if said:
        said.append(texts.t("Talet ovan är för veckorna både före och efter."))
    return " ".join(said)


def turned_at(frozen: FrozenSeries) -> str | None:
    """Return the first week of the run on one side of the centre that the last week ends; None if it ends none."""
    last = frozen.chart.last
    if last is None or SignalRule.SHIFT not in last.rules:
        return None
    found = None
    for point, judged in reversed([*zip(frozen.series.points, frozen.chart.judged, strict=True)]):
        if point.ghost:
            continue
        if point.value is None or judged.side != last.side:
            break
        found = point.period
    return found


def _value(frozen: FrozenSeries, value: float, texts: Texts) -> str:
    """Return a value that is read beside others: of shares and indices always with one decimal."""
    match frozen.series.unit:
        case Unit.SHARE | Unit.POINTS:
            return percent(texts, value)
        case Unit.INDEX:
            return points_text(round(value, 1), texts, 1)
        case _:
            return plain_value(frozen.chart, value, texts)


def _is_defined_so(frozen: FrozenSeries) -> bool:
    known = find_measure(frozen.series.measure)
    return known is not None and known.version == frozen.series.version


def value_words(frozen: FrozenSeries, whole: Whole, texts: Texts) -> str:
    """Return the one number as its n allows: "4 av 5", "82,0 %", "81,3"; an index of fewer than 30 is not shown."""
    return _shown(frozen, _figure(frozen, whole), texts)


def basis_words(whole: Whole, texts: Texts) -> str:
    """Return what the number rests on: "212 av 262", or n of the rest."""
    if whole.numerator is None:
        return texts.t("n = {count}", count=texts.number(whole.n))
    return texts.t("{part} av {whole}", part=texts.number(whole.numerator), whole=texts.number(whole.n))


def _figure(frozen: FrozenSeries, whole: Whole) -> Figure:
    return Figure(
        measure=frozen.series.measure, version=frozen.series.version, period=whole.last, numerator=whole.numerator,
        denominator=None if whole.numerator is None else whole.n, n=whole.n, value=whole.value, as_of=frozen.as_of,
    )  # fmt: skip


def point_words(frozen: FrozenSeries, point: Point, texts: Texts) -> tuple[str, str]:
    """Return one week's figure and what it rests on, as its n allows; "visas inte" where few had answered."""
    if point.period in frozen.hidden:
        return texts.t("visas inte"), texts.t("färre än tio svar")
    figure = Figure(
        measure=frozen.series.measure, version=frozen.series.version, period=point.period, numerator=point.numerator,
        denominator=None if point.numerator is None else point.n, n=point.n, value=point.value, as_of=frozen.as_of,
    )  # fmt: skip
    n = texts.t("n = {count}", count=texts.number(point.n)) if point.n else "–"
    if point.value is not None and point.numerator is not None and display_of(point.n) is not Display.COUNT_ONLY:
        n = texts.t("{part} av {whole}", part=texts.number(point.numerator), whole=texts.number(point.n))
    return _shown(frozen, figure, texts), n


def _shown(frozen: FrozenSeries, figure: Figure, texts: Texts) -> str:
    """Return a figure as its n allows, an index always with one decimal."""
    if frozen.series.unit is Unit.INDEX and figure.value is not None and figure.n >= SHOWN_FROM:
        return _value(frozen, figure.value, texts)
    return figure_words(figure, frozen.series.unit, texts)


def span(first: str, last: str, texts: Texts) -> str:
    """Return some weeks as they stand in a sentence: "vecka 36–48, 2026", "vecka 50, 2026 – vecka 2, 2027"."""
    begin, end = Week.parse(first), Week.parse(last)
    if begin == end:
        return within(last, texts)
    if begin.year == end.year:
        return texts.t("vecka {first}–{last}, {year}", first=begin.number, last=end.number, year=end.year)
    return texts.t("{first} – {last}", first=within(first, texts), last=within(last, texts))


def weeks_words(frozen: FrozenSeries, whole: Whole, texts: Texts) -> str:
    """Return which weeks the one number is of, and that it is of all of them: of one week it is that week's."""
    weeks = span(whole.first, whole.last, texts)
    if whole.weeks == 1:
        return weeks
    if frozen.series.unit in (Unit.SHARE, Unit.INDEX):
        return texts.t("{weeks} tillsammans", weeks=weeks)
    return texts.t("det vanliga {weeks}", weeks=weeks)


def short_interval(frozen: FrozenSeries, whole: Whole, texts: Texts) -> str:
    """Return the interval in a few words; empty where there is none, or where the index itself is not shown."""
    if whole.interval is None or _is_too_few(frozen, whole):
        return ""
    low, high = (_value(frozen, one, texts) for one in (whole.interval.low, whole.interval.high))
    match whole.way:
        case Way.LIMITS:
            return texts.t("en vanlig vecka {low}–{high}", low=low, high=high)
        case Way.WILSON if is_of_ratings(frozen):
            return texts.t("osäkerhet bland dem som svarade {low}–{high}", low=low, high=high)
        case Way.WILSON:
            return texts.t("av en slump {low}–{high}", low=low, high=high)
        case _:
            assert_never(whole.way)


def interval_words(frozen: FrozenSeries, whole: Whole, texts: Texts) -> str:
    """Return in a sentence what the interval says, or why there is none."""
    if whole.interval is None and whole.way is Way.LIMITS:
        if len(frozen.chart.groups) > 1:
            return texts.t("Gränser för en vanlig vecka finns först när 13 veckor efter ändringen kan räknas.")
        return texts.t("Gränser för en vanlig vecka finns först när 13 veckor kan räknas.")
    if whole.interval is None or _is_too_few(frozen, whole):
        return texts.t("Underlaget är för litet för att säga hur säker siffran är.")
    low, high = (_value(frozen, one, texts) for one in (whole.interval.low, whole.interval.high))
    match whole.way:
        case Way.LIMITS:
            return texts.t(
                "En vanlig vecka ligger mellan {low} och {high} (styrdiagrammets gränser). Det gäller en vecka för "
                "sig, inte alla veckor tillsammans.",
                low=low, high=high,
            )  # fmt: skip
        case Way.WILSON if is_of_ratings(frozen):
            return texts.t(
                "Intervall: {low}–{high} (Wilson, 95 %). Det gäller dem som svarade och säger inget om andra.",
                low=low, high=high,
            )  # fmt: skip
        case Way.WILSON:
            return texts.t(
                "Intervall: {low}–{high} (Wilson, 95 %). Så mycket kan slumpen ensam flytta siffran.",
                low=low, high=high,
            )  # fmt: skip
        case _:
            assert_never(whole.way)


def is_of_ratings(frozen: FrozenSeries) -> bool:
    """Tell whether a series is of what people said of us."""
    return frozen.series.measure.startswith(OF_RATINGS)


def _is_too_few(frozen: FrozenSeries, whole: Whole) -> bool:
    return frozen.series.unit is Unit.INDEX and whole.n < SHOWN_FROM


def shift_words(shift: Shift, texts: Texts) -> str:
    """Return in a sentence or two what the last signed change did, in percentage points with its interval."""
    before, after = shift.before, shift.after
    return texts.t(
        "Före och efter ”{cause}” ({week}, {by}): från {before} ({k} av {n}) till {after} ({k_after} av {n_after}). "
        "Skillnaden är {points} procentenheter, med 95 % säkerhet mellan {low} och {high}.",
        cause=shift.cause, week=within(shift.period, texts), by=shift.by,
        before=percent(texts, before.value), k=texts.number(before.k), n=texts.number(before.n),
        after=percent(texts, after.value), k_after=texts.number(after.k), n_after=texts.number(after.n),
        points=points_words(shift.difference, texts), low=points_words(shift.interval.low, texts),
        high=points_words(shift.interval.high, texts),
    )  # fmt: skip


def points_words(difference: float, texts: Texts) -> str:
    """Return a difference of shares as percentage points with its sign: "+14,8", "−2,0"."""
    words = texts.number(abs(round(difference * 100, 1)))
    return words if round(difference * 100, 1) == 0 else ("+" if difference > 0 else "−") + words


def signal_words(frozen: FrozenSeries, texts: Texts) -> str:
    """Return what the latest signal means."""
    if not frozen.series.points:
        return texts.t("Det finns inga egna veckor att bedöma än.")
    if frozen.series.points[-1].period in frozen.hidden:
        return texts.t("Den senaste veckan visas inte: färre än tio svarade. Då går det inte att säga något om den.")
    said = meaning(frozen.chart, texts)
    if frozen.chart.no_word is not NoWord.MISSING:
        return said
    empty = texts.t("Den senaste veckan har inget utfall, så det finns inget tecken att läsa.")
    return f"{empty} {said}".strip()


def as_of_words(instant: datetime, texts: Texts) -> str:
    """Return an aware instant as local day, year and time: "tisdag 24 november 2026 kl. 07.00"."""
    local = instant.astimezone(texts.zone)
    day = texts.t("{day} {year}", day=texts.day(local.date()), year=local.year)
    return texts.t("{day} kl. {time}", day=day, time=texts.clock(local.time()))


def no_series_words(why: NoSeries | None, texts: Texts) -> str:
    """Return in plain words why a question shows no series; None: nobody has frozen one."""
    match why:
        case NoSeries.NO_SUBJECT:
            return texts.t("Inget av det vi mäter svarar på den här frågan. Visa den med dokument och länkar.")
        case NoSeries.NO_VALUES:
            return texts.t("Vi mäter det här, men ingen vecka var färdig att bedöma då. Därför finns ingen serie.")
        case NoSeries.NOT_FILLED:
            return texts.t("Vi mäter det här, men siffrorna är inte uträknade än. Kör run_bot.py figures fill först.")
        case NoSeries.HIDDEN:
            return texts.t(
                "Vi frågar om det här, men varje vecka svarade färre än tio. Så få visas inte, för då kunde det gå "
                "att räkna ut vem som svarade vad."
            )
        case NoSeries.AHEAD:
            return texts.t("Omgångens datum har inte kommit än. Serien fryses när det har gjort det.")
        case None:
            return texts.t("Ingen serie är fryst för den här frågan.")
        case _:
            assert_never(why)
