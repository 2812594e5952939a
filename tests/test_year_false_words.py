"""A municipality where nothing changes is told so: a chart's word is false in about two weeks of a hundred.

Contacts, calls and answers of surveys are drawn one by one and go through the product's own figures, series and
charts, week after week, as if each week's report were the last. reference/measurement.md §1 has 1.4–1.9 per cent.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.facts import to_micros
from config.texts import Texts
from measurement.measures import Figure, Unit
from measurement.periods import Week, weeks_back
from measurement.phone import PhoneRules, phone_figures
from measurement.registry import REGISTRY
from measurement.report.known import known_measure
from measurement.rollup.fill import fill
from measurement.rollup.series import read_beside, series_of
from measurement.rollup.states import settling
from measurement.statistics.chart import LIMITS_FROM, Word
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Point
from measurement.survey import survey_figures
from tests.year_charts import IN_TIME, frozen_values, series_of_points
from tests.year_contacts import Asking, Call, Lines, Reply, calls, replies
from tests.year_seen import Seen, frozen_at, phone_data, survey_counts
from tests.year_store import CALENDAR, RULE, opened, parts, rollup, write_year
from tests.year_truth import ZONE, Manner, Town, simulate

LAST = Week.parse("2027-W46")
OF_INQUIRIES = (IN_TIME, "working_time.median", "arrivals")
DIRECT, GOOD, INDEX = "phone.direct.60", "reception.good", "reception.index"
MEASURES = (*OF_INQUIRIES, DIRECT, GOOD, INDEX)
TOWN = Town(manner=Manner(servers=2, handling=13), volume=65, seasonal=False)
LINES, ASKING = Lines(calls=60), Asking(asked=1.0, answers=0.85)


@dataclass
class Words:
    """How many weeks had a word at all, and how many of those a false one."""

    said: int = 0
    false: int = 0

    @property
    def share(self) -> float:
        return self.false / self.said


def told(points: Sequence[Point], measure: str, *, longest: int = 104) -> list[Word]:
    """Return the word of each week, as its report would have said it."""
    found = list[Word]()
    for end in range(1, len(points) + 1):
        series = series_of_points(measure, points[max(0, end - longest) : end])
        found.append(chart_of(series, kind_for(series.unit)).word)
    return found


def points_of(town: Town, weeks: Sequence[Week], seed: int) -> dict[str, list[Point]]:
    """Return the points of every measure of a town, as they are frozen."""
    seen, lines = Seen(simulate(town, weeks, seed)), calls(LINES, weeks, seed + 1)
    asked = defaultdict[str, list[Reply]](list)
    for one in replies(ASKING, seen.year, seed + 2):
        asked[one.week].append(one)
    found = frozen_values(seen, weeks, OF_INQUIRIES)
    for measure in (DIRECT, GOOD, INDEX):
        found[measure] = []
    for week in weeks:
        figures = [*_of_calls(lines, week), *survey_figures(survey_counts(asked[str(week)]), week, frozen_at(week)).figures]
        for one in figures:
            if one.measure in (DIRECT, GOOD, INDEX) and not one.slice:
                found[one.measure].append(_point(one))
    return found


def _of_calls(lines: Sequence[Call], week: Week) -> Sequence[Figure]:
    start, end = to_micros(week.start(ZONE)), to_micros(week.end(ZONE))
    mine = phone_data([one for one in lines if start <= one.at < end])
    return phone_figures(mine, CALENDAR, PhoneRules(), label=str(week), as_of=frozen_at(week)).figures


def _point(one: Figure) -> Point:
    share = known_measure(one.measure).unit is Unit.SHARE
    return Point(period=one.period, value=one.value, n=one.n, numerator=one.numerator if share else None)


def _false_words(seeds: Sequence[int], weeks: Sequence[Week]) -> dict[str, Words]:
    found: dict[str, Words] = {measure: Words() for measure in MEASURES}
    for seed in seeds:
        for measure, points in points_of(TOWN, weeks, seed).items():
            words = [word for word in told(points, measure) if word is not Word.NONE]
            found[measure].said += len(words)
            found[measure].false += sum(word is not Word.NOISE for word in words)
    return found


def test_a_stable_chart_gives_a_false_word_in_about_two_weeks_of_a_hundred() -> None:
    found = _false_words(range(500, 504), weeks_back(LAST, 78))
    assert all(words.said > 150 for words in found.values())
    everything = Words(sum(one.said for one in found.values()), sum(one.false for one in found.values()))
    assert everything.said > 1_300
    assert 0.005 < everything.share < 0.04


@pytest.mark.soak
@pytest.mark.parametrize("measure", MEASURES)
def test_false_words_of_each_measure(many: dict[str, Words], measure: str) -> None:
    assert many[measure].said > 3_000
    assert 0.005 < many[measure].share < 0.04


@pytest.fixture(scope="module")
def many() -> dict[str, Words]:
    return _false_words(range(600, 640), weeks_back(LAST, 104))


@pytest.mark.asyncio
async def test_the_book_says_the_same_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One town by way of the database: facts, projections, the filled book, and the series out of it."""
    weeks = weeks_back(LAST, LIMITS_FROM + 5)
    url = f"sqlite:///{tmp_path_factory.mktemp('stable')}/k.db"
    year = simulate(TOWN, weeks, 700)
    lines, asked = calls(LINES, weeks, 701), replies(ASKING, year, 702)
    async with opened(url) as database:
        await write_year(database, year, lines, asked)
        done = await fill(rollup(database, url, parts(PhoneRules())), frozen_at(LAST))
        assert [one.week for one in done] == list(weeks)
        async with database.reading() as connection:
            beside = await read_beside(connection, CALENDAR, settling(CALENDAR, RULE), Texts("sv", ZONE))
            expected = points_of(TOWN, weeks, 700)
            for measure in MEASURES:
                series = await series_of(connection, beside, known_measure(measure), "", LAST, 104)
                assert list(series.points) == expected[measure], measure
                words = [
                    chart_of(await series_of(connection, beside, known_measure(measure), "", week, 104), kind_for(series.unit)).word
                    for week in weeks
                ]
                assert words == told(expected[measure], measure) if measure in REGISTRY else True
                assert words[-1] in (Word.NOISE, *(word for word in Word if word is not Word.NONE))
