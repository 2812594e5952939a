"""What leaves the house: whole-municipality figures of frozen weeks; small ones cannot be worked out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Rule
from bot.store.database import Database
from config.texts import Texts
from measurement.measures import Figure
from measurement.network.bundle import THRESHOLD, MeasureTold, SurveyTold
from measurement.network.bundle_check import faults_of
from measurement.network.bundle_export import (
    NotAllFrozen,
    NothingFrozen,
    Wish,
    bundle_from,
    hours_of,
    measure_told,
    weeks_between,
)
from measurement.periods import Week
from measurement.registry import REGISTRY
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.states import Standing, State, freezes_at
from tests.network_town import IN_A_DAY, bundle_of
from tests.weeks import CALENDAR

TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))
FIRST, LAST = Week(year=2026, number=2), Week(year=2026, number=13)
WEEKS = [str(one) for one in weeks_between(FIRST, LAST)]
AT = datetime(2026, 6, 1, tzinfo=UTC)
LATER = datetime(2026, 9, 1, tzinfo=UTC)


def share(week: str, part: int, n: int, measure: str = IN_A_DAY, *, version: int = 1, slice_: str = "") -> Figure:
    return Figure(measure=measure, version=version, period=week, slice=slice_, numerator=part, denominator=n, n=n,
                  value=part / n, as_of=AT)  # fmt: skip


def number(week: str, measure: str, value: float, n: int, slice_: str = "") -> Figure:
    return Figure(measure=measure, version=1, period=week, slice=slice_, n=n, value=value, as_of=AT)


def by_week(*figures: Figure) -> Mapping[str, Figure]:
    return {one.period: one for one in figures}


def test_a_share_is_told_week_by_week_and_in_all() -> None:
    # 12 weeks of 40, of which 30 in time: 360 of 480.
    told = measure_told(REGISTRY[IN_A_DAY], {IN_A_DAY: by_week(*(share(one, 30, 40) for one in WEEKS))}, WEEKS)
    assert told is not None
    assert told.total is not None
    assert (told.total.numerator, told.total.denominator, told.total.value) == (360, 480, 0.75)
    assert [one.week for one in told.weeks] == WEEKS
    assert (told.covered, told.withheld, told.other_version) == (12, 0, 0)


def test_one_small_week_takes_another_with_it() -> None:
    # One week of 6: alone it is found by subtraction from the total, so the smallest other one is withheld too.
    figures = [share(one, 30, 40) for one in WEEKS[2:]]
    told = measure_told(
        REGISTRY[IN_A_DAY], {IN_A_DAY: by_week(share(WEEKS[0], 5, 6), share(WEEKS[1], 12, 15), *figures)}, WEEKS
    )
    assert told is not None
    assert told.total is not None
    assert told.withheld == 2
    assert [one.week for one in told.weeks] == WEEKS[2:]
    assert told.total.n - sum(one.n for one in told.weeks) == 21


def test_weeks_where_few_all_said_the_same_are_withheld_of_the_survey_alone() -> None:
    # 12 of 12 good: of people's opinions that tells what each of them said; of answers in time it tells of us.
    surveyed = {"reception.good": by_week(*(share(one, 9, 12, "reception.good") for one in WEEKS[:10]),
                                          *(share(one, 12, 12, "reception.good") for one in WEEKS[10:]))}  # fmt: skip
    told = measure_told(REGISTRY["reception.good"], surveyed, WEEKS)
    assert told is not None
    assert set(WEEKS[10:]).isdisjoint(one.week for one in told.weeks)
    in_time = {IN_A_DAY: by_week(*(share(one, 12, 12) for one in WEEKS))}
    all_told = measure_told(REGISTRY[IN_A_DAY], in_time, WEEKS)
    assert all_told is not None
    assert all_told.withheld == 0


def test_an_index_is_withheld_where_its_share_is() -> None:
    good = by_week(*(share(one, 12, 12, "reception.good") for one in WEEKS[:3]),
                   *(share(one, 30, 40, "reception.good") for one in WEEKS[3:]))  # fmt: skip
    index = by_week(*(number(one, "reception.index", 80.0, 12) for one in WEEKS[:3]),
                    *(number(one, "reception.index", 80.0, 40) for one in WEEKS[3:]))  # fmt: skip
    told = measure_told(REGISTRY["reception.index"], {"reception.good": good, "reception.index": index}, WEEKS)
    assert told is not None
    assert set(WEEKS[:3]).isdisjoint(one.week for one in told.weeks)
    assert told.total is not None
    assert told.total.value == pytest.approx(80)
    assert told.total.numerator is None


def test_an_index_of_fewer_than_thirty_is_not_told() -> None:
    # Twelve weeks of 29: the whole of 348 is told, no week. Two weeks of 14: nothing.
    def told(n: int, weeks: int) -> MeasureTold | None:
        good = by_week(*(share(one, n // 2, n, "reception.good") for one in WEEKS[:weeks]))
        index = by_week(*(number(one, "reception.index", 80.0, n) for one in WEEKS[:weeks]))
        return measure_told(REGISTRY["reception.index"], {"reception.good": good, "reception.index": index}, WEEKS)

    many = told(29, 12)
    assert many is not None
    assert many.total is not None
    assert (many.weeks, many.withheld, many.total.n) == ((), 12, 348)
    assert told(14, 2) is None


def test_medians_have_no_total_and_too_few_in_all_nothing() -> None:
    times = {"waiting_time.median": by_week(number(WEEKS[0], "waiting_time.median", 7200, 9),
                                            number(WEEKS[1], "waiting_time.median", 3600, 10))}  # fmt: skip
    told = measure_told(REGISTRY["waiting_time.median"], times, WEEKS)
    assert told is not None
    assert told.total is None
    assert [(one.week, one.value) for one in told.weeks] == [(WEEKS[1], 3600)]
    assert measure_told(REGISTRY[IN_A_DAY], {IN_A_DAY: by_week(share(WEEKS[0], 9, 9))}, WEEKS) is None
    assert measure_told(REGISTRY[IN_A_DAY], {IN_A_DAY: {}}, WEEKS) is None


def test_weeks_of_another_version_are_counted_and_left_out() -> None:
    figures = by_week(*(share(one, 30, 40) for one in WEEKS[:4]), *(share(one, 30, 40, version=2) for one in WEEKS[4:]))
    told = measure_told(REGISTRY[IN_A_DAY], {IN_A_DAY: figures}, WEEKS)
    assert told is not None
    assert (told.version, len(told.weeks), told.other_version, told.covered) == (2, 8, 4, 8)


counted = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(counted, min_size=1, max_size=12), st.sampled_from([IN_A_DAY, "reception.good"]))
def test_nothing_under_ten_can_be_read_or_worked_out(weeks: list[tuple[int, int]], measure: str) -> None:
    figures = by_week(*(share(name, part, n, measure) for name, (part, n) in zip(WEEKS, weeks, strict=False)))
    told = measure_told(REGISTRY[measure], {measure: figures}, WEEKS)
    if told is None:
        n, good = sum(n for _, n in weeks), sum(part for part, _ in weeks)
        assert n < THRESHOLD or (measure == "reception.good" and n < 30 and good in (0, n))
        return
    assert told.total is not None
    rest = told.total.n - sum(one.n for one in told.weeks)
    assert all(one.n >= THRESHOLD for one in told.weeks)
    assert rest == 0 or rest >= THRESHOLD
    assert told.withheld != 1
    # What is told honestly is taken in by the others.
    bundle = replace(bundle_of("0160", (told,)), first=str(FIRST), last=str(LAST))
    assert (
        faults_of(replace(bundle, hours=replace(bundle.hours, open_days=60, open_minutes=30_000)), LATER, TEXTS) == []
    )


async def fill(database: Database, *, frozen: int = 12) -> None:
    """Keep weeks of 40 contacts and 12 answers to the survey; the first so many are frozen."""
    async with database.writing() as connection:
        for place, week in enumerate(WEEKS):
            figures = [
                share(week, 30, 40),
                share(week, 20, 40, slice_="unit:kontaktcenter"),
                share(week, 9, 12, "reception.good"),
                share(week, 38, 40, "survey.delivered"),
                share(week, 12, 38, "survey.answered"),
                number(week, "arrivals", 42, 42),
                number(week, "arrivals", 30, 30, "channel:mail"),
                number(week, "arrivals", 12, 12, "channel:telegram"),
            ]
            await put_values(connection, week, figures, keep_until=None)
            state = State.FROZEN if place < frozen else State.PRELIMINARY
            at = freezes_at(Week.parse(week), CALENDAR)
            await put_standing(connection, Standing(period=week, state=state, as_of=at))


WISH = Wish(municipality="0115", name="Vallentuna", first=FIRST, last=LAST, made_at=AT, rule=Rule.ONE_WORKING_DAY,
            phone_seconds=60)  # fmt: skip


@pytest.mark.asyncio
async def test_a_bundle_holds_what_the_book_has_of_the_whole(database: Database) -> None:
    await fill(database)
    async with database.reading() as connection:
        bundle = await bundle_from(connection, WISH, CALENDAR, TEXTS)
    assert [one.id for one in bundle.measures] == [IN_A_DAY, "reception.good"]
    total = bundle.measures[0].total
    assert total is not None
    assert (total.numerator, total.n) == (360, 480)
    # 12 weeks of 30 and 12; 40 invited, 38 delivered, 12 answered in each: 480, 456 and 144. All in whole tens.
    assert bundle.channels == {"mail": 360, "telegram": 140}
    assert bundle.survey == SurveyTold(invited=480, delivered=460, answered=140)
    assert faults_of(bundle, AT, TEXTS) == []


@pytest.mark.asyncio
async def test_a_period_with_weeks_that_may_still_change_is_not_told(database: Database) -> None:
    await fill(database, frozen=9)
    async with database.reading() as connection:
        with pytest.raises(NotAllFrozen) as caught:
            await bundle_from(connection, WISH, CALENDAR, TEXTS)
        assert caught.value.weeks == tuple(WEEKS[9:])
        # Weeks before our first one were never measured, and are none that may change.
        wish = replace(WISH, first=Week(year=2025, number=50), last=Week.parse(WEEKS[8]))
        bundle = await bundle_from(connection, wish, CALENDAR, TEXTS)
    assert [one.week for one in bundle.measures[0].weeks] == WEEKS[:9]


@pytest.mark.asyncio
async def test_few_contacts_and_few_answers_stay(database: Database) -> None:
    # 12 weeks of four by mail, in one a single one by Telegram; 9 answers of 24 delivered.
    async with database.writing() as connection:
        for place, week in enumerate(WEEKS):
            figures = [
                share(week, 30, 40),
                number(week, "arrivals", 4, 4, "channel:mail"),
                share(week, 2, 2, "survey.delivered"),
                share(week, int(place < 9), 2, "survey.answered"),
            ]
            if not place:
                figures.append(number(week, "arrivals", 1, 1, "channel:telegram"))
            await put_values(connection, week, figures, keep_until=None)
            at = freezes_at(Week.parse(week), CALENDAR)
            await put_standing(connection, Standing(period=week, state=State.FROZEN, as_of=at))
    async with database.reading() as connection:
        bundle = await bundle_from(connection, WISH, CALENDAR, TEXTS)
    assert bundle.channels == {"mail": 50}
    assert bundle.survey is None
    assert faults_of(bundle, AT, TEXTS) == []


@pytest.mark.asyncio
async def test_a_small_correction_is_not_told_anew(database: Database) -> None:
    good = "reception.good"
    await fill(database)
    async with database.reading() as connection:
        told = await bundle_from(connection, WISH, CALENDAR, TEXTS)
    async with database.writing() as connection:
        # One more answer to the survey in the last week, and 20 more contacts in the first.
        await put_values(
            connection, WEEKS[-1], [share(WEEKS[-1], 30, 40), share(WEEKS[-1], 10, 13, good)], keep_until=AT
        )
        await put_values(connection, WEEKS[0], [share(WEEKS[0], 50, 60), share(WEEKS[0], 9, 12, good)], keep_until=AT)
    async with database.reading() as connection:
        again = await bundle_from(connection, WISH, CALENDAR, TEXTS, [told])
        fresh = await bundle_from(connection, WISH, CALENDAR, TEXTS)
    assert again.measure(good) == told.measure(good) != fresh.measure(good)
    assert again.measure(IN_A_DAY) == fresh.measure(IN_A_DAY) != told.measure(IN_A_DAY)


@pytest.mark.asyncio
async def test_nothing_frozen_is_nothing_to_tell(database: Database) -> None:
    await fill(database, frozen=0)
    async with database.reading() as connection:
        with pytest.raises(NothingFrozen):
            await bundle_from(connection, WISH, CALENDAR, TEXTS)


def test_opening_hours_are_told_in_numbers_and_words() -> None:
    # Week 3 of 2026 has no holiday: five ordinary days.
    week = Week(year=2026, number=3)
    hours = hours_of(CALENDAR, [week], TEXTS)
    ordinary = CALENDAR.versions[0].ordinary_day_minutes
    assert (hours.open_days, hours.ordinary_day_minutes, hours.changes) == (5, ordinary, 0)
    assert hours.open_minutes == 5 * ordinary
    assert hours.words.startswith("måndag–fredag ")
