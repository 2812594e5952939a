"""Series out of the book: gaps, what is hollow, decisions, targets, other definitions, figures from before us."""

from collections.abc import Iterable
from datetime import date, datetime

import pytest
from sqlalchemy import text

from bot.calendar import Calendar, CalendarVersion
from bot.clock import Rule
from bot.store.database import Database
from config.texts import Texts
from measurement.measures import IN_TIME, WAITING_MEDIAN, Direction, Figure, Measure, Unit
from measurement.periods import Week
from measurement.registry import REGISTRY
from measurement.report.charted import chart_to
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.decisions import Signed, SignedKind, in_force, sign, signed, target_at
from measurement.rollup.history import Old, put_history
from measurement.rollup.series import calendar_notes, read_beside, series_of
from measurement.rollup.states import Standing, State, freezes_at, settles_at
from measurement.statistics.series import Decision, DecisionKind, Earlier, Point, Series
from tests.rollup_book import local
from tests.weeks import CALENDAR, OPEN, SWEDISH, ZONE

SHARE = IN_TIME[Rule.ONE_WORKING_DAY]
RECEPTION = Measure(id="reception.good", version=1, unit=Unit.SHARE, population="ratings", direction=Direction.HIGHER,
                    name="Gott bemötande")  # fmt: skip
WHEN = local("12-01 07:00")


def week(number: int) -> Week:
    return Week(year=2026, number=number)


def settles(measure: str, period: object) -> datetime:
    assert isinstance(period, Week)
    return settles_at(measure, period, CALENDAR, Rule.ONE_WORKING_DAY)


async def keep(
    database: Database, number: int, numerator: int, denominator: int, *, measure: Measure = SHARE, slice_: str = "",
    version: int = 1, as_of: datetime | None = None,
) -> None:  # fmt: skip
    """Keep one share of a week, which is frozen unless it is told when it was looked at."""
    period, at = str(week(number)), as_of or freezes_at(week(number), CALENDAR)
    figure = Figure(
        measure=measure.id, version=version, period=period, slice=slice_, numerator=numerator,
        denominator=denominator, n=denominator, value=numerator / denominator, as_of=at,
    )  # fmt: skip
    state = State.PRELIMINARY if as_of else State.FROZEN
    async with database.writing() as connection:
        await put_values(connection, period, [figure], keep_until=None)
        await put_standing(connection, Standing(period=period, state=state, as_of=at))


async def read(
    database: Database, last: int, weeks: int = 20, *, measure: Measure = SHARE, slice_: str = "",
    at: datetime | None = None, calendar: Calendar = CALENDAR, targets: dict[str, float] | None = None,
) -> Series:  # fmt: skip
    async with database.reading() as connection:
        beside = await read_beside(connection, calendar, settles, SWEDISH, at=at, targets=targets)
        return await series_of(connection, beside, measure, slice_, week(last), weeks)


def decision(kind: SignedKind, number: int, cause: str = "Kontaktcentret öppnade", **more: object) -> Signed:
    given = {"measure": SHARE.id, "slice": "", "ended": False, "recorded_at": WHEN, **more}
    return Signed(kind=kind, period=str(week(number)), cause=cause, decided_by="Leda Exempel",
                  decided_on=date(2026, 12, 1), **given)  # type: ignore[arg-type]  # fmt: skip


async def enter(database: Database, decisions: Iterable[Signed]) -> None:
    async with database.writing() as connection:
        for one in decisions:
            await sign(connection, one)


@pytest.mark.asyncio
async def test_a_series_has_gaps_and_begins_where_the_book_does(database: Database) -> None:
    await keep(database, 40, 30, 40)
    await keep(database, 42, 27, 30)
    # Filled, but nothing came of this slice.
    await keep(database, 43, 5, 10, slice_="channel:mail")
    of = await read(database, 44)
    assert of.points == (
        Point(period="2026-W40", value=0.75, n=40, numerator=30),
        Point(period="2026-W41", value=None, n=0),
        Point(period="2026-W42", value=0.9, n=30, numerator=27),
        Point(period="2026-W43", value=None, n=0),
        Point(period="2026-W44", value=None, n=0),
    )
    assert (of.name, of.unit, of.direction, of.version) == (SHARE.name, Unit.SHARE, Direction.HIGHER, 1)
    assert [point.value for point in (await read(database, 43, slice_="channel:mail")).points] == [None] * 3 + [0.5]
    assert [point.period for point in (await read(database, 43, 2)).points] == ["2026-W42", "2026-W43"]
    assert (await read(database, 39)).points == ()


@pytest.mark.asyncio
async def test_a_slice_that_is_not_told_is_none_of_what_is_counted(database: Database) -> None:
    def count(number: int, slice_: str, n: int) -> Figure:
        return Figure(measure="arrivals", version=1, period=str(week(number)), slice=slice_, n=n, value=float(n),
                      as_of=freezes_at(week(number), CALENDAR))  # fmt: skip

    kept = {40: [count(40, "", 5), count(40, "unit:kc", 3)], 41: [count(41, "", 0), count(41, "unit:kc", 0)]}
    async with database.writing() as connection:
        for number, figures in kept.items():
            await put_values(connection, str(week(number)), figures, keep_until=None)
            at = freezes_at(week(number), CALENDAR)
            await put_standing(connection, Standing(period=str(week(number)), state=State.FROZEN, as_of=at))
        rows = await connection.execute(text("SELECT period, slice FROM weekly_values ORDER BY period, slice"))
        # That there was none of a slice has no row.
        assert [tuple(row) for row in rows] == [("2026-W40", ""), ("2026-W40", "unit:kc"), ("2026-W41", "")]
    arrivals = REGISTRY["arrivals"]
    # Week 42 was never filled: nobody knows.
    assert [point.value for point in (await read(database, 42, measure=arrivals)).points] == [5, 0, None]
    sliced = await read(database, 42, measure=arrivals, slice_="unit:kc")
    assert [(point.value, point.n) for point in sliced.points] == [(3, 3), (0, 0), (None, 0)]


@pytest.mark.asyncio
async def test_an_empty_book_gives_an_empty_series(database: Database) -> None:
    of = await read(database, 44)
    assert (of.points, of.decisions, of.earlier, of.target) == ((), (), (), None)


@pytest.mark.asyncio
async def test_a_figure_is_so_far_until_its_own_measure_is_settled(database: Database) -> None:
    # Week 47 seen on Tuesday 07:00: all is due since Monday's closing, the surveys are open until 7 December.
    tuesday = local("11-24 07:00")
    await keep(database, 47, 30, 40, as_of=tuesday)
    assert (await read(database, 47)).points[-1].preliminary is False
    await keep(database, 47, 30, 40, measure=RECEPTION, as_of=tuesday)
    assert (await read(database, 47, measure=RECEPTION)).points[-1].preliminary is True
    await keep(database, 47, 29, 40, as_of=local("11-23 16:00"))
    assert (await read(database, 47)).points[-1].preliminary is True
    await keep(database, 47, 30, 40)
    assert (await read(database, 47, measure=RECEPTION)).points[-1].preliminary is False
    # As a report of that Tuesday has it, whatever became of the week.
    assert (await read(database, 47, measure=RECEPTION, at=tuesday)).points[-1].preliminary is True
    assert (await read(database, 47, at=tuesday)).points[-1].preliminary is False


@pytest.mark.asyncio
async def test_decisions_are_drawn_and_ghosts_hollow(database: Database) -> None:
    for number in range(40, 45):
        await keep(database, number, 30, 40)
    await enter(
        database,
        [
            decision(SignedKind.REBASE, 42),
            decision(SignedKind.REBASE, 42, slice="channel:mail"),
            decision(SignedKind.GHOST, 41, "Strömavbrott", measure=""),
            decision(SignedKind.NOTE, 43, "Ny blankett", measure=""),
            decision(SignedKind.NOTE, 43, "Ny växel", measure=""),
            decision(SignedKind.REVISION, 40, "Svaret studsade", measure=""),
            decision(SignedKind.GHOST, 44, "Av misstag"),
            decision(SignedKind.GHOST, 44, "Av misstag", ended=True),
            decision(SignedKind.NOTE, 39, "Före diagrammet"),
        ],
    )
    of = await read(database, 44)
    drawn = [(one.kind, one.period, one.cause) for one in of.decisions]
    assert drawn == [
        (DecisionKind.NOTE, "2026-W40", "Svaret studsade"),
        (DecisionKind.GHOST, "2026-W41", "Strömavbrott"),
        (DecisionKind.REBASE, "2026-W42", "Kontaktcentret öppnade"),
        (DecisionKind.NOTE, "2026-W43", "Ny blankett"),
        (DecisionKind.NOTE, "2026-W43", "Ny växel"),
    ]
    assert [point.ghost for point in of.points] == ["", "Strömavbrott", "", "", ""]
    assert {(one.decided_by, one.decided_on) for one in of.decisions} == {("Leda Exempel", date(2026, 12, 1))}
    # A ghost of the whole is one of every slice; a rebase is not.
    sliced = await read(database, 44, slice_="unit:kc")
    assert {one.kind for one in sliced.decisions} == {DecisionKind.NOTE, DecisionKind.GHOST}
    # Before they were signed nothing of it was there.
    assert (await read(database, 44, at=local("11-30 07:00"))).decisions == ()


@pytest.mark.asyncio
async def test_a_decision_needs_a_name_and_a_cause(database: Database) -> None:
    for wrong in (decision(SignedKind.NOTE, 43, " "),):
        with pytest.raises(ValueError, match="who decided it and why"):
            await enter(database, [wrong])
    async with database.reading() as connection:
        assert await signed(connection) == []


@pytest.mark.asyncio
async def test_a_signed_target_goes_before_the_settings(database: Database) -> None:
    await keep(database, 44, 30, 40)
    assert (await read(database, 44)).target is None
    assert (await read(database, 44, targets={SHARE.id: 0.9})).target == 0.9
    await enter(
        database,
        [decision(SignedKind.TARGET, 40, "0.8 KS § 12"), decision(SignedKind.TARGET, 46, "0.95 KS § 30")],
    )
    assert (await read(database, 44, targets={SHARE.id: 0.9})).target == 0.8
    assert (await read(database, 46)).target == 0.95
    assert (await read(database, 44, slice_="unit:kc")).target is None


def test_of_two_decisions_about_the_same_the_later_holds() -> None:
    found = in_force([
        decision(SignedKind.TARGET, 40, "0.8 först"), decision(SignedKind.TARGET, 40, "0.85 sedan"),
        decision(SignedKind.NOTE, 42, "a"), decision(SignedKind.NOTE, 41, "b"), decision(SignedKind.NOTE, 42, "c"),
    ])  # fmt: skip
    assert [one.cause for one in found] == ["0.85 sedan", "b", "a", "c"]
    assert target_at(found, SHARE.id, "", "2026-W40") == 0.85
    assert target_at(found, SHARE.id, "", "2026-W39") is None


@pytest.mark.asyncio
async def test_weeks_of_another_definition_are_never_bridged(database: Database) -> None:
    for number, version in ((40, 1), (41, 1), (42, 2), (44, 2)):
        await keep(database, number, 30, 40, version=version)
    of = await read(database, 44)
    assert (of.version, [point.period for point in of.points]) == (2, ["2026-W42", "2026-W43", "2026-W44"])
    assert [(one.period, one.value, one.n, one.definition) for one in of.earlier] == [
        ("2026-W40", 0.75, 40, f"{SHARE.id}.v1"), ("2026-W41", 0.75, 40, f"{SHARE.id}.v1"),
    ]  # fmt: skip
    assert [(one.kind, one.period, one.cause) for one in of.decisions] == [
        (DecisionKind.NOTE, "2026-W42", "Måttet räknas på ett nytt sätt.")
    ]


@pytest.mark.asyncio
async def test_a_week_made_anew_by_another_definition_is_never_bridged(database: Database) -> None:
    for number in (40, 41):
        await keep(database, number, 30, 40)
    own = Figure(measure=SHARE.id, version=2, period="2026-W42", slice="", numerator=20, denominator=40, n=40,
                 value=0.5, as_of=WHEN)  # fmt: skip
    async with database.reading() as connection:
        beside = await read_beside(connection, CALENDAR, settles, SWEDISH, at=WHEN)
        made = await chart_to(connection, beside, SHARE.id, week(42), 20, [own])
    assert made is not None
    assert [(point.period, point.value) for point in made.series.points] == [("2026-W42", 0.5)]
    assert [(one.period, one.definition) for one in made.series.earlier] == [
        ("2026-W40", f"{SHARE.id}.v1"), ("2026-W41", f"{SHARE.id}.v1"),
    ]  # fmt: skip
    assert [(one.period, one.cause) for one in made.series.decisions] == [
        ("2026-W42", "Måttet räknas på ett nytt sätt.")
    ]


@pytest.mark.asyncio
async def test_figures_from_before_us_stand_beside_and_end_where_ours_begin(database: Database) -> None:
    await keep(database, 40, 30, 40)

    def old(period: str, value: float, *, slice_: str = "channel:mail", definition: str = "kkik") -> Old:
        return Old(
            series="kkik", slice=slice_, measure=SHARE.id, period=period, definition=definition, value=value,
            source="KKiK",
        )  # fmt: skip

    rows = [old("2018", 0.8), old("2017", 0.79), old("2026", 0.5), old("2026-W39", 0.7, definition="baseline.v1"),
            old("2026-W41", 0.1), old("2019", 0.6, slice_="unit:kc")]  # fmt: skip
    async with database.writing() as connection:
        assert await put_history(connection, rows, WHEN) == 6
        # Entered again it stands there once.
        assert await put_history(connection, rows, WHEN) == 6
        with pytest.raises(ValueError, match="two figures"):
            await put_history(connection, [rows[0], rows[0]], WHEN)
    expected = (
        Earlier(period="2017", value=0.79, n=None, definition="kkik", source="KKiK"),
        Earlier(period="2018", value=0.8, n=None, definition="kkik", source="KKiK"),
        Earlier(period="2026-W39", value=0.7, n=None, definition="baseline.v1", source="KKiK"),
    )
    assert (await read(database, 40)).earlier == expected
    assert [one.period for one in (await read(database, 40, slice_="unit:kc")).earlier] == ["2019"]
    assert (await read(database, 40, measure=WAITING_MEDIAN)).earlier == ()


def test_new_opening_hours_are_noted() -> None:
    versions = [
        CalendarVersion(valid_from=date(year, month, 1), decided_by=by, ordinary_day_minutes=510,
                        week=(*[OPEN] * 5, (), ()))
        for year, month, by in ((2020, 1, "KS § 1"), (2026, 11, "KS § 7"))
    ]  # fmt: skip
    # 1 November 2026 is the Sunday of week 44.
    assert calendar_notes(Calendar(versions), SWEDISH) == (
        Decision(kind=DecisionKind.NOTE, period="2026-W44", cause="Nya öppettider", decided_by="KS § 7",
                 decided_on=date(2026, 11, 1)),
    )  # fmt: skip
    assert calendar_notes(CALENDAR, Texts("sv", ZONE)) == ()
