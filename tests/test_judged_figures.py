"""Figures that judgements make: shares of the sample, points of test contacts, and what those leave untouched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Rule
from bot.facts import Channel, FactKind
from bot.judging import judge, judging_lead, pages
from bot.sampling import draw_due
from bot.store import figure_schema
from bot.store.database import Database
from bot.store.sample_book import Judgement
from bot.store.schema import meta
from bot.store.test_book import add_plan, change, plan_of
from bot.store.test_rows import Points, Progress, TestContact
from config.texts import Texts
from measurement import judged
from measurement.figures import figures_of
from measurement.judged import Aspect, JudgedFigures, JudgedSample, JudgedTest, points_by_aspect, quality_figures
from measurement.measures import Figure
from measurement.periods import Month, Period, Week, Year
from measurement.show_judged import plan_text
from measurement.source import read_period, read_week
from measurement.statistics.reception import points_of
from measurement.tables import reading
from tests.conftest import MONDAY, FrozenClock
from tests.lookup import Kept

LATER = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
WEEK = Week(year=2026, number=47)


def by_id(figures: tuple[Figure, ...] | list[Figure], slice_: str = "") -> dict[str, Figure]:
    return {one.measure: one for one in figures if one.slice == slice_}


def test_shares_are_of_the_judged_and_what_was_drawn_stands_beside() -> None:
    sample = JudgedSample(population=312, drawn=10, judged=8, is_answer=8, is_clear=6, has_sender=7)
    found = by_id(quality_figures(sample, label="2026-W47", as_of=LATER))
    assert {name: (one.numerator, one.denominator, one.n, one.value) for name, one in found.items()} == {
        "quality.is_answer": (8, 8, 8, 1.0), "quality.is_clear": (6, 8, 8, 0.75),
        "quality.has_sender": (7, 8, 8, 0.875), "quality.drawn": (None, None, 10, 10.0),
    }  # fmt: skip


def test_nothing_judged_is_no_share_and_nothing_drawn_no_figure() -> None:
    found = by_id(quality_figures(JudgedSample(population=4, drawn=4), label="2026-W47", as_of=LATER))
    assert (found["quality.is_clear"].n, found["quality.is_clear"].value) == (0, None)
    assert quality_figures(JudgedSample(), label="2026-W47", as_of=LATER) == ()


def judged_with(aspect: Aspect, *counts: int) -> list[JudgedTest]:
    """Return so many tests judged 3, 2, 1, 0."""
    return [
        JudgedTest(plan="P", area="A", channel="mail", points={aspect: points})
        for points, count in zip((3, 2, 1, 0), counts, strict=True)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "printed"),
    # domain.md §9: 71·3 + 22·2 + 10 = 267 of 324; all good 2 of 3.
    [((71, 22, 10, 5), 82.4), ((0, 108, 0, 0), 66.7), ((108, 0, 0, 0), 100.0), ((0, 0, 0, 3), 0.0)],
)
def test_points_are_the_share_of_the_most_as_kkik_printed_it(counts: tuple[int, int, int, int], printed: float) -> None:
    one = points_by_aspect(judged_with(Aspect.RECEPTION, *counts))[Aspect.RECEPTION]
    reference = points_of(*counts)
    assert reference is not None
    assert one.share == reference.share_of_maximum
    assert round(100 * (one.share or 0), 1) == printed


def test_what_was_not_judged_is_in_no_denominator_and_channels_stand_apart() -> None:
    full = dict.fromkeys(Aspect, 3)
    silent = JudgedTest(plan="P", area="A", channel="phone", points={Aspect.AVAILABILITY: 0})
    answered = JudgedTest(plan="P", area="A", channel="mail", points=full)
    figures = judged.test_figures([answered, silent], label="2026-W47", as_of=LATER)
    whole, phone = by_id(figures), by_id(figures, "channel:phone")
    # Availability 3 + 0 of 6; the other four 3 of 3; in all 15 of 18.
    assert (whole["test.availability"].numerator, whole["test.availability"].denominator) == (3, 6)
    assert (whole["test.reception"].value, whole["test.reception"].n) == (1.0, 1)
    assert (whole["test.total"].numerator, whole["test.total"].denominator, whole["test.total"].n) == (15, 18, 6)
    assert (phone["test.reception"].n, phone["test.reception"].value) == (0, None)
    assert phone["test.total"].value == 0.0
    assert judged.test_figures([], label="2026-W47", as_of=LATER) == ()


def test_a_plan_is_told_by_aspect_and_area() -> None:
    tests = [*judged_with(Aspect.RECEPTION, 71, 22, 10, 5), JudgedTest(plan="P", area="B", channel="mail", points={})]
    lines = plan_text(Texts("sv", ZoneInfo("Europe/Stockholm")), "KKiK-2027", tests).splitlines()
    assert lines[0] == "KKiK-2027: 109 bedömda testkontakter"
    told = {line[:30].strip(): line[30:].replace("\xa0", " ").strip() for line in lines[2:]}
    assert told["Bemötande"] == told["Allt tillsammans"] == told["A"] == "82,4 %  267 av 324 poäng"
    assert told["Svar på frågan"] == told["B"] == "–"
    assert plan_text(Texts("sv", ZoneInfo("Europe/Stockholm")), "X", []) == "X: 0 bedömda testkontakter\n"


def test_the_columns_are_the_tables_own() -> None:
    for mine, theirs in ((judged.SAMPLES, figure_schema.samples), (judged.TEST_CONTACTS, figure_schema.test_contacts),
                         (judged.META, meta)):  # fmt: skip
        assert mine.name == theirs.name
        assert {column.name for column in mine.columns} <= {column.name for column in theirs.columns}


@pytest.mark.asyncio
async def test_the_sample_is_read_as_it_was_known(database: Database, database_url: str, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    cases = [await kept.case() for _ in range(4)]
    clock.forward(hours=1)
    for case in cases:
        await kept.answer(case)
    drawn_at = LATER - timedelta(days=1)
    await draw_due(database, kept.office, 3, drawn_at)
    left = (await pages(database, kept.office, "2026-W47", judging_lead(kept.office, "eva"))).pages
    for hours, page in enumerate(left[:2], start=1):
        said = Judgement(is_answer=True, is_clear=hours == 1, has_sender=False)
        assert await judge(database, page, "cli:eva", said, drawn_at + timedelta(hours=hours))

    async def known(period: Period, as_of: datetime) -> dict[str, tuple[int, float | None]]:
        async with reading(database_url) as connection:
            figures = await JudgedFigures(kept.office.calendar)(connection, period, as_of, as_of)
        return {one.measure: (one.n, one.value) for one in figures}

    whole = {"quality.is_answer": (2, 1.0), "quality.is_clear": (2, 0.5), "quality.has_sender": (2, 0.0),
             "quality.drawn": (3, 3.0)}  # fmt: skip
    assert await known(WEEK, LATER) == whole
    # 2026-W47 has its Thursday on 19 November.
    assert await known(Month(year=2026, number=11), LATER) == await known(Year(year=2026), LATER) == whole
    assert await known(Month(year=2026, number=12), LATER) == await known(WEEK.next(), LATER) == {}
    assert await known(WEEK, drawn_at - timedelta(seconds=1)) == {}
    assert (await known(WEEK, drawn_at + timedelta(hours=1)))["quality.is_clear"] == (1, 1.0)
    async with reading(database_url) as connection:
        sample = await judged.read_sample(connection, WEEK, kept.office.calendar, LATER)
    assert (sample.population, sample.drawn, sample.judged) == (4, 3, 2)


@pytest.mark.asyncio
async def test_judged_tests_belong_where_they_were_sent(database: Database, database_url: str) -> None:
    def contact(number: int, sent_at: datetime, state: Progress = Progress.JUDGED) -> TestContact:
        return TestContact(
            plan="P", area="A", question=str(number), round=1, channel=Channel.MAIL, text="Vad kostar det?",
            due_at=sent_at, sent_at=sent_at, state=state, points=Points(availability=3, answer=2),
        )  # fmt: skip

    start = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)
    async with database.writing() as connection:
        await add_plan(
            connection,
            [contact(1, start), contact(2, start - timedelta(seconds=1)), contact(3, start, Progress.ARRIVED)],
        )
        planned = await plan_of(connection, "P")
        await change(connection, [replace(one, judge="cli:eva") for one in planned])
    async with reading(database_url) as connection:
        found = await judged.read_tests(connection, start, start + timedelta(days=7), LATER)
        assert [dict(one.points) for one in found] == [{Aspect.AVAILABILITY: 3, Aspect.ANSWER: 2}]
        assert await judged.read_tests(connection, start, start + timedelta(days=7), start - timedelta(1)) == []
        assert len(await judged.read_plan(connection, "P")) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("answered", [False, True])
async def test_a_test_contact_is_in_no_production_figure(
    database: Database, database_url: str, clock: FrozenClock, *, answered: bool
) -> None:
    """The same town with and without test contacts gives the same figures, but for how many were left out as tests."""
    kept = Kept(database, clock)
    calendar, start = kept.office.calendar, WEEK.start(kept.office.calendar.zone)

    async def known(as_of: datetime) -> dict[tuple[str, str], tuple[int, float | None]]:
        data = await read_period(database_url, start, WEEK.end(calendar.zone), as_of)
        figures = figures_of(WEEK, data, calendar, as_of, Rule.ONE_WORKING_DAY)
        return {(one.measure, one.slice): (one.n, one.value) for one in figures}

    real = [await kept.case() for _ in range(3)]
    clock.forward(hours=2)
    for case in real[:2]:
        await kept.answer(case)
    clock.forward(hours=1)
    between = clock.now()
    without_then, without = await known(between), await known(LATER)
    clock.instant = MONDAY
    tests = [await kept.case(), await kept.case()]
    for case in tests:
        await kept.tell(case, FactKind.TEST, "", contact=1)
    clock.forward(hours=2, minutes=30)
    await kept.tell(tests[0], FactKind.HELD, until="2026-12-01")
    if answered:
        await kept.answer(tests[0])
        await kept.another(tests[0], "Tack!", inquiry=2)
    for before, as_of in ((without_then, between), (without, LATER)):
        after = await known(as_of)
        changed = {key for key in after.keys() | before.keys() if after.get(key) != before.get(key)}
        # They are told as left out, and as having arrived (also those who are left out are counted there).
        assert {measure for measure, _ in changed} <= {"arrivals", "left_out.test"}
        assert after["left_out.test", ""] == (2 + answered, float(2 + answered))
    week = await read_week(database_url, start, WEEK.end(calendar.zone), LATER)
    assert week.oldest is not None
    assert week.oldest.case == real[2]


@pytest.mark.asyncio
async def test_a_case_marked_late_counts_as_it_was_known_then(
    database: Database, database_url: str, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    case = await kept.case()
    clock.forward(hours=1)
    before = clock.now()
    clock.forward(hours=1)
    await kept.tell(case, FactKind.TEST, "", contact=1)
    start, end = WEEK.start(kept.office.calendar.zone), WEEK.end(kept.office.calendar.zone)
    for as_of, waits, reason in ((before, 1, ""), (clock.now(), 0, "test")):
        data = await read_period(database_url, start, end, as_of)
        assert (len(data.queue), data.inquiries.excluded.words) == (waits, (reason,))
    week = await read_week(database_url, start, end, before)
    assert week.oldest is not None
