"""A municipality where nothing changes is told so: a chart's word is false in about two weeks of a hundred.

Contacts, calls and answers of surveys are drawn one by one and go through the product's own figures, series and
charts, week after week, as if each week's report were the last. reference/measurement.md §1 has 1.4–1.9 per cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from config.texts import Texts
from measurement.periods import Week, weeks_back
from measurement.phone import PhoneRules
from measurement.report.known import known_measure
from measurement.rollup.fill import fill
from measurement.rollup.series import read_beside, series_of
from measurement.rollup.states import settling
from measurement.statistics.chart import LIMITS_FROM, Word
from measurement.statistics.control import chart_of, kind_for
from measurement.statistics.series import Point
from tests.year_charts import IN_TIME, frozen_values, points_of_calls, points_of_survey, series_of_points
from tests.year_contacts import Asking, Lines, calls, replies
from tests.year_seen import Seen, frozen_at
from tests.year_store import CALENDAR, RULE, opened, parts, rollup, write_year
from tests.year_truth import OPEN, ORDINARY, ZONE, Manner, Town, clock, simulate

LAST = Week.parse("2027-W46")
OF_INQUIRIES = (IN_TIME, "arrivals")
LENGTH = "working_time.median"
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
    asked = replies(ASKING, seen.year, seed + 2)
    return {
        **frozen_values(seen, weeks, OF_INQUIRIES), DIRECT: points_of_calls(lines, weeks, DIRECT),
        GOOD: points_of_survey(asked, weeks, GOOD), INDEX: points_of_survey(asked, weeks, INDEX),
    }  # fmt: skip


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
    assert everything.said > 1_200
    assert 0.005 < everything.share < 0.04


def _has_red_days(week: Week) -> bool:
    begin, end = clock(week.monday, 0), clock(week.monday + timedelta(days=7), 0)
    return week.monday.month != 7 and OPEN.passed(end) - OPEN.passed(begin) < 5 * ORDINARY


def _said(some: Sequence[Sequence[Point]]) -> Words:
    words = [word for points in some for word in told(points, LENGTH) if word is not Word.NONE]
    return Words(len(words), sum(word is not Word.NOISE for word in words))


def test_lengths_need_their_red_weeks_ghosted() -> None:
    """A Christmas week of six times the usual median lifts the centre, and the weeks after lie under it for months.

    Fifteen false words in a hundred weeks (thirty towns had 21); with weeks of red days ghosted four, since lengths
    are skewed and a queue remembers.
    """
    weeks = weeks_back(LAST, 104)
    red = {str(week) for week in weeks if _has_red_days(week)}
    plain = [frozen_values(Seen(simulate(TOWN, weeks, seed)), weeks, [LENGTH])[LENGTH] for seed in range(500, 505)]
    ghosted = [[replace(one, ghost="röd dag") if one.period in red else one for one in points] for points in plain]
    assert len(red) == 17
    assert _said(plain).share > 0.08
    assert 0.005 < _said(ghosted).share < 0.065


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
        assert [one.week for one in done if one.week <= LAST] == list(weeks)
        async with database.reading() as connection:
            beside = await read_beside(connection, CALENDAR, settling(CALENDAR, RULE), Texts("sv", ZONE))
            expected = points_of(TOWN, weeks, 700)
            for measure in MEASURES:
                known = known_measure(measure)
                found = [await series_of(connection, beside, known, "", week, 104) for week in weeks]
                words = [chart_of(series, kind_for(series.unit)).word for series in found]
                assert list(found[-1].points) == expected[measure]
                assert words == told(expected[measure], measure)
                assert words[: LIMITS_FROM - 1] == [Word.NONE] * (LIMITS_FROM - 1)
                assert Word.NONE not in words[LIMITS_FROM:]
