"""A report put together from facts: the book where it stands there, else made anew; never a wrong picture."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import Fact, FactKind
from bot.hours import SpecialDay
from bot.store.database import Database
from bot.store.figure_schema import calls, ratings
from measurement.periods import Period, Week, parse_period, weeks_back
from measurement.phone import PhoneRules
from measurement.phone_part import PhoneFiguresPart
from measurement.report.as_json import report_json
from measurement.report.assemble import Basis, NotBegun, report_of
from measurement.report.content import Absent, Report
from measurement.report.headlines import phone_measure
from measurement.report.rolling import rolling_part
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.fill import Rollup, fill
from measurement.rollup.late import revise
from measurement.rollup.making import InquiryFigures, Part, compute_here
from measurement.statistics.chart import NoWord, Word
from measurement.survey import survey_part
from measurement.tables import reading
from tests.rollup_book import ONE_DAY, RECEIVED, asked, fact, learn, local
from tests.weeks import CALENDAR, SWEDISH

pytestmark = pytest.mark.asyncio

WEEK = Week.parse("2026-W47")
TUESDAY = local("11-24 07:00")
RULE = Rule.ONE_WORKING_DAY


def basis(calendar: Calendar = CALENDAR, *, from_exchange: bool = False, **changes: object) -> Basis:
    parts: list[Part] = [
        InquiryFigures(calendar, RULE), PhoneFiguresPart(calendar, PhoneRules(from_exchange=from_exchange)),
        survey_part, rolling_part,
    ]  # fmt: skip
    made = Basis(municipality="Exempel kommun", calendar=calendar, configured=RULE, parts=parts, definitions="d1")
    return replace(made, **changes)  # type: ignore[arg-type]


def a_rollup(database: Database, url: str, of: Basis) -> Rollup:
    return Rollup(
        writing=database.writing, compute=compute_here(url, of.parts), calendar=of.calendar, configured=RULE,
        definitions=of.definitions,
    )  # fmt: skip


async def told(url: str, period: Period | str = WEEK, as_of: datetime = TUESDAY, of: Basis | None = None) -> Report:
    chosen = parse_period(period) if isinstance(period, str) else period
    async with reading(url) as connection:
        return await report_of(connection, of or basis(), chosen, as_of, SWEDISH)


def many(week: Week, good: int, late: int = 0, first: int = 0) -> list[Fact]:
    """Contacts on a week's Monday morning: so many answered within the hour, and so many on Thursday."""
    monday, thursday = week.monday, week.monday + timedelta(days=3)
    return [
        one
        for at in range(good + late)
        for one in asked(first + at, f"{monday:%m-%d} 09:{at % 60:02d}",
                         f"{monday:%m-%d} 10:00" if at < good else f"{thursday:%m-%d} 10:00")
    ]  # fmt: skip


MIXED = [
    *asked(1, "11-16 09:00", "11-16 10:00"),  # in time
    *asked(2, "11-16 10:00", "11-18 12:00"),  # late: due Tuesday 10:00
    *asked(3, "11-17 15:00"),  # never
    *asked(4, "11-20 16:00", "11-23 09:00"),  # in time: due Monday 16:00
    fact(FactKind.RECEIVED, local("11-18 09:00"), 5, data={**RECEIVED, "kind": "fault", "unit": "gata"}),
    fact(FactKind.ANSWERED, local("11-18 10:00"), 5, data={"message": 2, "outbox": 5}),
    fact(FactKind.OUTCOME, local("11-19 10:00"), 5, data={"result": "remedied", "outbox": 9}),
    fact(FactKind.RECEIVED, local("11-18 11:00"), 6, data={**RECEIVED, "kind": "complaint", "channel": "telegram"}),
    fact(FactKind.ANSWERED, local("11-18 12:00"), 6, data={"message": 2, "outbox": 6}),
    *asked(7, "11-19 09:00"),
    fact(FactKind.EXCLUDED, local("11-19 09:30"), 7, data={"reason": "spam"}),
]
"""Seven contacts of week 47: 4 of 6 in time, one late, one never answered, one left out."""


async def test_a_week_is_told_with_all_that_adds_up(database: Database, database_url: str) -> None:
    await learn(database, MIXED)
    names = {"unit:kc": "Kontaktcenter", "unit:gata": "Gata och park"}
    made = await told(database_url, of=basis(names=names))
    (one_day, *_) = made.classes
    assert (one_day.in_time, one_day.late, one_day.unanswered, one_day.not_yet_due, one_day.left_out) == (4, 1, 1, 0, 1)
    assert [of.arrivals for of in made.classes] == [7] * 4
    figure = made.headlines[0].figure
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (4, 6)
    assert made.settled
    assert not made.frozen
    assert made.left_out == {"spam": 1}
    # A fault that was remedied, and a complaint of which nothing has been told.
    assert made.outcomes == {"remedied": 1, "": 1}
    assert made.queue is not None
    # From Tuesday 15:00 to the Tuesday after at 07:00: 6 days 16 hours.
    assert (made.queue.waiting, made.queue.past_due, made.queue.oldest_seconds) == (1, 1, (6 * 24 + 16) * 3600)
    # Open: 1.5 h on that Tuesday, 8.5 h on Wednesday, Thursday, Friday and Monday.
    assert made.queue.oldest_open_seconds == (1.5 + 4 * 8.5) * 3600
    assert [(one.name, one.arrivals) for one in made.slices["unit"]] == [("Kontaktcenter", 6), ("Gata och park", 1)]
    assert [one.name for one in made.slices["channel"]] == ["e-post", "Telegram"]
    assert {one.name for one in made.slices["kind"]} == {"fråga", "felanmälan", "klagomål"}
    assert (made.first_day, made.last_day) == (date(2026, 11, 16), date(2026, 11, 22))


async def test_from_the_book_it_says_the_same_as_made_anew(database: Database, database_url: str) -> None:
    await learn(database, MIXED)
    anew = await told(database_url)
    await fill(a_rollup(database, database_url, basis()), TUESDAY)
    stored = await told(database_url)
    assert stored.figures == anew.figures
    assert report_json(stored) == report_json(anew)


async def test_a_finished_week_is_told_as_it_was_finished_until_it_is_corrected(
    database: Database, database_url: str
) -> None:
    of = basis()
    await learn(database, MIXED)
    await fill(a_rollup(database, database_url, of), local("12-20 07:00"))
    finished = await told(database_url, as_of=local("12-20 07:00"))
    assert (finished.frozen, finished.revision, finished.as_of) == (True, 0, local("12-07 00:00"))
    # Later it turns out that the answer to case 4 never arrived.
    bounced = fact(FactKind.DELIVERY_FAILED, local("11-23 09:05"), 4, recorded=local("12-21 09:00"),
                   data={"outbox": 4, "of": "answer"})  # fmt: skip
    await learn(database, [bounced])
    still = await told(database_url, as_of=local("12-28 07:00"))
    assert still.figures == finished.figures
    assert still.classes == finished.classes
    await revise(a_rollup(database, database_url, of), WEEK, local("12-28 08:00"), by="leden", cause="studsat",
                 decided_on=date(2026, 12, 28))  # fmt: skip
    corrected = await told(database_url, as_of=local("12-28 09:00"))
    assert corrected.revision == 1
    figure = corrected.headlines[0].figure
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (3, 6)
    assert corrected.classes[0].in_time == 3
    assert [(one.period, one.what, one.cause) for one in corrected.changes] == [
        ("2026-W47", "Fastställda siffror är rättade", "studsat")
    ]
    before = await told(database_url, as_of=local("12-28 07:00"))
    assert report_json(before) == report_json(still)


async def test_weeks_not_finished_then_are_no_gap_in_a_chart_as_of_then(database: Database, database_url: str) -> None:
    """The book was begun later: what it has of weeks 45 and 46 is as of later, and week 44 was finished on 16 November.

    In each 39 of 40 were answered within the hour, one on Thursday.
    """
    weeks = weeks_back(WEEK, 4)
    await learn(database, [one for at, week in enumerate(weeks) for one in many(week, 39, 1, 1000 * at)])
    await fill(a_rollup(database, database_url, basis()), local("11-25 03:00"))
    made = await told(database_url, "2026-W46", local("11-17 07:00"))
    chart = made.headlines[0].chart
    assert chart is not None
    points = [(one.period, one.numerator, one.n) for one in chart.series.points]
    assert points == [("2026-W44", 39, 40), ("2026-W45", 39, 40), ("2026-W46", 39, 40)]
    assert made.headlines[2].weeks == 13
    # So too of a month that goes on: its chart ends with the last week that has ended.
    month = await told(database_url, "2026-11", local("11-17 07:00"))
    assert month.headlines[0].chart is not None
    assert [one.period for one in month.headlines[0].chart.series.points] == [period for period, *_ in points]


async def test_a_year_that_goes_on_does_not_count_weeks_to_come(database: Database, database_url: str) -> None:
    """On 24 November it is week 48 of 53."""
    await learn(database, MIXED)
    assert (await told(database_url, "2026")).headlines[2].weeks == 48


async def test_half_a_week_is_told_so_far_and_without_a_word(database: Database, database_url: str) -> None:
    before = [one for at, week in enumerate(weeks_back(WEEK.previous(), 14)) for one in many(week, 40, 0, 1000 * at)]
    await learn(database, [*before, *asked(90001, "11-16 09:00"), *asked(90002, "11-18 09:00")])
    wednesday = local("11-18 12:00")
    await fill(a_rollup(database, database_url, basis()), wednesday)
    made = await told(database_url, as_of=wednesday)
    headline = made.headlines[0]
    assert (made.settled, headline.absent) == (False, Absent.NOT_DUE)
    assert headline.figure is not None
    # Monday's is due and unanswered, Wednesday's is not due.
    assert (headline.figure.numerator, headline.figure.denominator) == (0, 1)
    assert (made.classes[0].unanswered, made.classes[0].not_yet_due) == (1, 1)
    assert headline.chart is not None
    assert headline.chart.series.points[-1].preliminary
    assert (headline.chart.word, headline.chart.no_word) == (Word.NONE, NoWord.PRELIMINARY)


async def test_nothing_is_said_to_be_nothing(database: Database, database_url: str) -> None:
    made = await told(database_url)
    assert [one.absent for one in made.headlines] == [Absent.NOTHING, Absent.NOT_MEASURED, Absent.NOT_MEASURED]
    assert [one.figure for one in made.headlines] == [None, None, None]
    assert made.survey is None
    await learn(database, asked(1, "11-09 09:00", "11-09 10:00"))
    await fill(a_rollup(database, database_url, basis()), TUESDAY)
    empty = await told(database_url)
    assert empty.headlines[0].absent is Absent.NOTHING
    assert empty.headlines[0].chart is not None
    assert empty.headlines[0].chart.word is Word.NONE


async def rate(database: Database, week: Week, grades: Sequence[int]) -> None:
    rows = [
        {"week": str(week), "channel": "mail", "question": "reception", "grade": grade, "version": 1, "source": "own",
         "in_time": 1}
        for grade in grades
    ]  # fmt: skip
    async with database.writing() as connection:
        await connection.execute(insert(ratings), rows)


async def test_a_survey_with_three_answers_is_hidden_everywhere(database: Database, database_url: str) -> None:
    await learn(database, MIXED)
    await rate(database, WEEK, [5, 5, 1])
    await fill(a_rollup(database, database_url, basis()), TUESDAY)
    made = await told(database_url)
    reception = made.headlines[2]
    assert (reception.figure, reception.absent) == (None, Absent.HIDDEN)
    assert not [key for key in made.figures if key[0].startswith(("reception", "clarity", "ease"))]
    assert made.survey is not None
    assert made.survey.grades == {}


async def test_reception_covers_thirteen_weeks_however_few_answer_in_each(
    database: Database, database_url: str
) -> None:
    await learn(database, MIXED)
    for week in weeks_back(WEEK, 14):
        await rate(database, week, [5])
    await rate(database, WEEK, [2])
    made = await told(database_url)
    figure = made.headlines[2].figure
    assert figure is not None
    # Thirteen of the fourteen weeks' fives, and a two.
    assert (figure.numerator, figure.denominator, made.headlines[2].weeks) == (13, 14, 13)
    assert made.survey is not None
    assert made.survey.grades["reception"] == (13, 0, 0, 1, 0)


def call(at: str, *, direct: int | None, seconds: int = 10) -> dict[str, object]:
    return {"key": at, "source": "exchange", "at": local(at), "seconds": seconds, "answered": 1, "abandoned": 0,
            "direct": direct, "sampled": 0}  # fmt: skip


async def test_the_telephone_says_why_it_has_no_share(database: Database, database_url: str) -> None:
    exchange = basis(from_exchange=True)
    async with database.writing() as connection:
        rows = [call(f"11-16 09:{at:02d}", direct=1 if at < 8 else None) for at in range(20)]
        await connection.execute(insert(calls), rows)
    # Eight of twenty are told of: too small a part.
    made = await told(database_url, of=exchange)
    assert made.headlines[1].absent is Absent.COVERAGE
    assert made.headlines[1].measure == phone_measure(60) == "phone.direct.60"
    async with database.writing() as connection:
        await connection.execute(calls.update().where(calls.c.direct.is_(None)).values(direct=0))
    made = await told(database_url, of=exchange)
    figure = made.headlines[1].figure
    assert made.headlines[1].absent is None
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (8, 20)
    assert [one.measure for one in made.headlines[1].beside] == ["phone.coverage", "phone.answered"]


async def test_contacts_that_are_logged_without_the_exchange_are_uncounted(
    database: Database, database_url: str
) -> None:
    logged = [
        fact(FactKind.PHONE, local(f"11-16 09:{at:02d}"), at,
             data={"way": "phone", "direct": True, "seconds": 20, "unit": "kc"})
        for at in range(4)
    ]  # fmt: skip
    await learn(database, logged)
    made = await told(database_url)
    assert made.headlines[1].absent is Absent.UNCOUNTED


async def test_a_month_has_its_own_figure_and_the_weeks_chart_up_to_its_end(
    database: Database, database_url: str
) -> None:
    weeks = weeks_back(WEEK, 4)  # 44 to 47: week 44 begins on 26 October
    facts = [one for at, week in enumerate(weeks) for one in many(week, 3, 1, 100 * at)]
    await learn(database, [*facts, *asked(999, "10-31 09:00", "11-02 09:00")])
    as_of = local("12-20 07:00")
    await fill(a_rollup(database, database_url, basis()), as_of)
    made = await told(database_url, "2026-11", as_of)
    figure = made.headlines[0].figure
    assert figure is not None
    # Weeks 45, 46 and 47 have their Mondays in November; what came on Saturday 31 October is October's.
    assert (figure.numerator, figure.denominator, figure.period) == (9, 12, "2026-11")
    assert (made.frozen, made.as_of) == (True, local("12-15 00:00"))
    assert made.headlines[0].chart is not None
    # Week 48's Thursday is 26 November: it is November's last.
    assert made.headlines[0].chart.series.points[-1].period == "2026-W48"
    assert (await told(database_url, "2026-T3", local("11-24 07:00"))).settled is False
    year = await told(database_url, "2026", as_of)
    assert year.classes[0].arrivals == 17


async def test_what_lies_ahead_is_not_told(database_url: str, database: Database) -> None:
    with pytest.raises(NotBegun):
        await told(database_url, "2026-W48", local("11-22 23:59"))


async def test_decisions_new_hours_and_closed_days_are_told(database: Database, database_url: str) -> None:
    hours = CALENDAR.versions[0]
    closed = SpecialDay(date=date(2026, 11, 20), spans=(), decided_by="KS § 9")
    new = replace(hours, valid_from=date(2026, 11, 18), decided_by="KS § 8", days=(closed,))
    calendar = Calendar([hours, new], first_year=2025, last_year=2028)
    decided = Signed(kind=SignedKind.TARGET, measure=ONE_DAY, period="2026-W40", cause="0.95 Nämndens mål",
                     decided_by="nämnden", decided_on=date(2026, 11, 19), recorded_at=local("11-19 12:00"))  # fmt: skip
    old = replace(decided, kind=SignedKind.NOTE, period="2026-W30", cause="Gammalt", recorded_at=local("08-01 12:00"))
    async with database.writing() as connection:
        await sign(connection, decided)
        await sign(connection, old)
    made = await told(database_url, of=basis(calendar))
    assert [(one.what, one.cause) for one in made.changes] == [
        ("Besvarade inom en arbetsdag: Nytt mål: 95,0\N{NO-BREAK SPACE}%", "Nämndens mål"),
        ("Nya öppettider från onsdag 18 november", "Svarstiden räknas efter dem"),
    ]
    assert made.calendar == (
        "Öppettiderna gäller från 2026-11-18, beslut: KS § 8.", "Stängt: fredag 20 november.",
    )  # fmt: skip


async def test_a_target_of_the_settings_holds_until_one_is_signed(database: Database, database_url: str) -> None:
    await learn(database, MIXED)
    made = await told(database_url, of=basis(targets={ONE_DAY: 0.9}))
    assert made.headlines[0].target == 0.9


async def test_what_settles_later_has_its_word_from_its_last_settled_week(
    database: Database, database_url: str
) -> None:
    for week in weeks_back(WEEK, 20):
        await rate(database, week, [5] * 36 + [1] * 4)
    await learn(database, asked(1, "06-29 09:00", "06-29 10:00"))
    await fill(a_rollup(database, database_url, basis()), TUESDAY)
    made = await told(database_url)
    reception = made.headlines[2]
    assert reception.chart is not None
    # Week 45 ended on 8 November; its surveys closed on 23 November at midnight.
    assert reception.chart.series.points[-1].period == "2026-W45"
    assert reception.chart.word is Word.NOISE
    assert made.charts["reception.good"].series.points[-1].period == "2026-W47"
