"""Vallentuna's story, told by the product: the right week, the right words, and intervals that hold the truth."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from config.texts import Texts
from measurement.periods import Week
from measurement.phone import PhoneRules
from measurement.report.assemble import Basis, report_of
from measurement.report.compose import compose
from measurement.report.content import Report
from measurement.report.known import known_measure
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.fill import fill
from measurement.rollup.series import read_beside, series_of
from measurement.rollup.states import settling
from measurement.statistics.before_after import BeforeAfter, before_after, holiday_weeks
from measurement.statistics.chart import Chart, NoWord, SignalRule, Word
from measurement.statistics.control import NoRebase, chart_of, kind_for, may_rebase
from measurement.statistics.series import Point, Series
from tests.year_charts import points_of_calls, points_of_survey, frozen_values, series_of_points
from tests.year_seen import Seen, frozen_at, instants_of
from tests.year_store import CALENDAR, RULE, opened, parts, rollup, write_year
from tests.year_story import CHANGE, MEASURES, TRUTH, WEEKS, Story, story, unchanged
from tests.year_truth import NEVER, ZONE, due

IN_TIME, DIRECT, GOOD = MEASURES
SWEDISH = Texts("sv", ZONE)
BASIS = Basis(
    municipality="Exempel kommun", calendar=CALENDAR, configured=RULE, parts=parts(PhoneRules()), definitions="v1"
)
WATCHED = WEEKS[WEEKS.index(CHANGE) - 1 : WEEKS.index(CHANGE) + 10]


@dataclass(frozen=True)
class Tuesday:
    """What was told on the Tuesday after a week."""

    report: Report
    lead: str
    series: Mapping[str, Series]

    def chart(self, measure: str) -> Chart:
        found = next(one.chart for one in self.report.headlines if one.measure == measure)
        assert found is not None
        return found


@dataclass(frozen=True)
class Told:
    """The whole year told: Tuesday by Tuesday around the change, and the finished series with the rebases signed."""

    tuesdays: Mapping[Week, Tuesday]
    final: Mapping[str, Series]
    rebased: Mapping[str, Chart]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return asyncio.run(_tell(tmp_path_factory.mktemp("story")))


async def _tell(folder: Path) -> Told:
    url = f"sqlite:///{folder}/k.db"
    of, tuesdays = story(1), dict[Week, Tuesday]()
    async with opened(url) as database:
        await write_year(database, of.year, of.lines, of.asked)
        book = rollup(database, url, BASIS.parts)
        for week in WATCHED:
            now = instants_of(week)["tuesday"]
            await fill(book, now)
            async with database.reading() as connection:
                report = await report_of(connection, BASIS, week, now, SWEDISH)
                series = await _series(connection, week)
            tuesdays[week] = Tuesday(report, compose(report, SWEDISH).lead, series)
        await fill(book, frozen_at(WEEKS[-1]))
        async with database.reading() as connection:
            final = await _series(connection, WEEKS[-1])
        rebased = await _rebased(database)
    return Told(tuesdays, final, rebased)


async def _series(connection: AsyncConnection, last: Week) -> dict[str, Series]:
    beside = await read_beside(connection, CALENDAR, settling(CALENDAR, RULE), SWEDISH)
    return {name: await series_of(connection, beside, known_measure(name), "", last, 104) for name in MEASURES}


async def _rebased(database: Database) -> dict[str, Chart]:
    decision = Signed(
        kind=SignedKind.REBASE, period=str(CHANGE), cause="Kontaktcenter öppnade", decided_by="kvalitetsledaren",
        decided_on=date(2026, 10, 27), recorded_at=frozen_at(WEEKS[-1]),
    )  # fmt: skip
    async with database.writing() as connection:
        await sign(connection, decision)
    async with database.reading() as connection:
        found = await _series(connection, WEEKS[-1])
    return {name: chart_of(series, kind_for(series.unit)) for name, series in found.items()}


def test_the_book_holds_what_happened(told: Told) -> None:
    """Week by week the finished series are the year's own points."""
    expected = points_of(story(1))
    for measure, points in expected.items():
        assert list(told.final[measure].points) == points, measure


# Weeks after the change until its first word, that week's own rule, and how late that word can be known: a survey's
# week is settled two weeks after it.
@pytest.mark.parametrize(
    ("measure", "week", "rules"),
    [
        (IN_TIME, CHANGE, (SignalRule.OUTSIDE,)),
        (DIRECT, CHANGE, (SignalRule.OUTSIDE,)),
    ],
)
def test_the_change_is_found_in_its_own_week(
    told: Told, measure: str, week: Week, rules: tuple[SignalRule, ...]
) -> None:
    before, after = told.tuesdays[CHANGE.previous()].chart(measure), told.tuesdays[week].chart(measure)
    assert before.word is Word.NOISE
    assert after.word is Word.BETTER
    assert after.last is not None
    assert after.last.rules == rules


def points_of(of: Story) -> dict[str, list[Point]]:
    """Return the points of the three headlines as they are frozen, without a database."""
    return {
        **frozen_values(Seen(of.year), WEEKS, [IN_TIME]), DIRECT: points_of_calls(of.lines, WEEKS, DIRECT),
        GOOD: points_of_survey(of.asked, WEEKS, GOOD),
    }  # fmt: skip
