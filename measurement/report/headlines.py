"""The three headlines of a report, and what must stand beside each so that it cannot be misread. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.clock import Rule
from config.texts import Texts
from measurement.measures import IN_TIME, Display, Figure, Spread, display_of
from measurement.report.content import Absent, Headline
from measurement.report.known import measure_name
from measurement.report.rolling import RATED
from measurement.statistics.chart import Chart
from measurement.statistics.shares import share_interval

COVERED_FROM = 0.9
"""The part of the answered calls that must be logged."""
RECEPTION = "reception.good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What headlines are made from.

    Attributes:
        figures: of the whole, by measure.
        rolling: of the survey over the weeks it covers, by measure.
        charts: by measure; a measure that nothing is known of has none.
        weeks: how many weeks the survey covers.
        arrivals: of the period.
        settled: everything in it is due.
    """

    figures: Mapping[str, Figure]
    rolling: Mapping[str, Figure]
    charts: Mapping[str, Chart]
    weeks: int
    arrivals: int
    settled: bool


def headlines(told: Told, configured: Rule, seconds: int, texts: Texts) -> tuple[Headline, Headline, Headline]:
    """Return the three: in time under the configured rule, direct answer within so many seconds, reception."""
    return _in_time(told, configured, texts), _direct(told, seconds, texts), _reception(told, texts)


def phone_measure(seconds: int) -> str:
    """Return the measure of the telephone's headline; another threshold is another measure, with a chart of its own."""
    return f"phone.direct.{seconds}"


def _in_time(told: Told, configured: Rule, texts: Texts) -> Headline:
    measure = IN_TIME[configured].id
    figure = told.figures.get(measure)
    absent = None
    if figure is None or figure.value is None:
        figure, absent = None, Absent.NOT_DUE if told.arrivals and not told.settled else Absent.NOTHING
    elif not told.settled:
        absent = Absent.NOT_DUE
    beside = (told.figures.get("held_first"), _real_answer(told), told.figures.get("quality.is_answer"))
    return _headline(measure, measure_name(measure, texts), figure, told, absent, beside)


def _real_answer(told: Told) -> Figure | None:
    return told.rolling.get("survey.real_answer")


def _direct(told: Told, seconds: int, texts: Texts) -> Headline:
    measure = phone_measure(seconds)
    name = texts.t("Direkt svar i telefon, inom {seconds} s", seconds=seconds)
    return _headline(measure, name, told.figures.get(measure), told, _no_calls(told, measure),
                     (told.figures.get("phone.coverage"), told.figures.get("phone.answered")))  # fmt: skip


def _no_calls(told: Told, measure: str) -> Absent | None:
    """Return why the telephone has no figure."""
    figure, calls = told.figures.get(measure), told.figures.get("phone.calls")
    if figure is not None and figure.value is not None:
        return None
    if figure is None or not figure.n:
        if calls is not None and calls.n:
            return Absent.COVERAGE
        return Absent.NOTHING if measure in told.charts else Absent.NOT_MEASURED
    coverage = told.figures.get("phone.coverage")
    if coverage is None or coverage.value is None:
        return Absent.UNCOUNTED
    return Absent.COARSE if coverage.value >= COVERED_FROM else Absent.COVERAGE


def _reception(told: Told, texts: Texts) -> Headline:
    figure, rated = told.rolling.get(RECEPTION), told.rolling.get(RATED)
    absent = None
    if figure is None and rated is not None and rated.n:
        absent = Absent.HIDDEN
    elif figure is None or figure.value is None:
        invited = told.rolling.get("invited")
        asked = RECEPTION in told.charts or (invited is not None and invited.n > 0)
        figure, absent = None, Absent.NOTHING if asked else Absent.NOT_MEASURED
    beside = (told.rolling.get("survey.answered"), told.rolling.get("reception.index"))
    return _headline(RECEPTION, measure_name(RECEPTION, texts), figure, told, absent, beside, told.weeks)


def _headline(
    measure: str,
    name: str,
    figure: Figure | None,
    told: Told,
    absent: Absent | None,
    beside: Iterable[Figure | None],
    weeks: int = 1,
) -> Headline:
    chart = told.charts.get(measure)
    share = figure is not None and figure.numerator is not None and figure.value is not None
    # From thirty on weeks differ by more than the binomial tells: there the chart's limits are the spread.
    told_so = share and figure is not None and display_of(figure.n) is Display.WITH_SPREAD
    spread = share_interval(figure.numerator or 0, figure.n) if told_so and figure is not None else None
    return Headline(
        measure=measure, name=name, figure=figure, chart=chart, absent=absent, weeks=weeks,
        display=display_of(figure.n) if share and figure is not None else None,
        spread=Spread(low=spread.low, high=spread.high) if spread else None,
        target=chart.series.target if chart is not None else None,
        beside=tuple(one for one in beside if one is not None and one.n),
    )  # fmt: skip
