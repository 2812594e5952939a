"""Figures of others, kept: what is new, changed, taken away or older, in both databases, and how long it takes."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database
from measurement.network.outside import coverage, put, titles_kept, values_of
from measurement.network.outside_data import (
    ABSENT,
    DELETED,
    Cell,
    Gathered,
    OutsideTitle,
    OutsideValue,
    TitleKind,
    cells,
)

NOW = datetime(2026, 6, 11, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ORIGIN = "https://api.kolada.se/v3/"


def value(municipality: str, year: int, told: float | None, kpi: str = "N00671", gender: str = "T") -> OutsideValue:
    return OutsideValue(kpi=kpi, municipality=municipality, year=year, gender=gender, value=told, count=1)


def came(
    *values: OutsideValue, asked: Iterable[Cell] = (), at: datetime = NOW, titles: tuple[OutsideTitle, ...] = ()
) -> Gathered:
    return Gathered(origin=ORIGIN, fetched_at=at, titles=titles, values=values, asked=frozenset(asked))


async def kept(database: Database) -> dict[tuple[str, int], tuple[float | None, str]]:
    async with database.reading() as connection:
        found = await values_of(connection)
    return {(one.value.municipality, one.value.year): (one.value.value, one.value.status) for one in found}


@pytest.mark.asyncio
async def test_what_comes_is_kept_with_its_source_and_date(database: Database) -> None:
    asked = cells(["N00671"], ["0115", "0114"], [2023, 2024])
    async with database.writing() as connection:
        done = await put(connection, came(value("0115", 2024, 83.8), value("0114", 2024, 80.0), asked=asked))
    assert (done.new, done.same, done.changed, done.removed) == (2, 0, (), ())
    async with database.reading() as connection:
        one = (await values_of(connection, ["N00671"], ["0115"]))[-1]
        (covered,) = await coverage(connection)
    assert (one.value.value, one.origin, one.fetched_at) == (83.8, ORIGIN, NOW)
    # What was asked for and not there is marked so, and is no value.
    assert await kept(database) == {
        ("0115", 2024): (83.8, ""), ("0114", 2024): (80.0, ""), ("0115", 2023): (None, ABSENT),
        ("0114", 2023): (None, ABSENT),
    }  # fmt: skip
    assert (covered.first, covered.last, covered.municipalities, covered.values) == (2024, 2024, 2, 2)
    assert (covered.origin, covered.fetched_at) == (ORIGIN, NOW)


@pytest.mark.asyncio
async def test_again_changes_nothing_but_the_date(database: Database) -> None:
    gathered = came(value("0115", 2024, 83.8), asked=cells(["N00671"], ["0115"], [2024]))
    async with database.writing() as connection:
        await put(connection, gathered)
        done = await put(connection, replace(gathered, fetched_at=LATER))
        (one,) = await values_of(connection)
    assert (done.new, done.same, done.removed) == (0, 1, ())
    assert one.fetched_at == LATER


@pytest.mark.asyncio
async def test_what_is_changed_or_taken_away_is_told_and_stays_visible(database: Database) -> None:
    asked = cells(["N00671"], ["0115", "0114", "0117"], [2024])
    before = (value("0114", 2024, 80.0), value("0115", 2024, 83.8), value("0117", 2024, 70.0))
    async with database.writing() as connection:
        await put(connection, came(*before, asked=asked))
        # One is corrected, one told as deleted, one is just not there any longer.
        told = replace(value("0115", 2024, None), status=DELETED)
        done = await put(connection, came(value("0114", 2024, 81.0), told, asked=asked, at=LATER))
    assert [(old.value, new.value) for old, new in done.changed] == [(80.0, 81.0)]
    assert [(one.municipality, one.value) for one in done.removed] == [("0115", 83.8), ("0117", 70.0)]
    shown = await kept(database)
    assert shown[("0115", 2024)] == shown[("0117", 2024)] == (None, DELETED)
    async with database.writing() as connection:
        again = await put(connection, came(asked=asked, at=LATER))
    # 81 is not there either, now; what was gone is not told twice, and is still seen to be gone.
    assert [one.municipality for one in again.removed] == ["0114"]
    assert (await kept(database))[("0117", 2024)] == (None, DELETED)


@pytest.mark.asyncio
async def test_changes_alone_leave_everything_else(database: Database) -> None:
    async with database.writing() as connection:
        await put(connection, came(value("0114", 2024, 80.0), value("0115", 2024, 83.8)))
        await put(connection, came(value("0115", 2024, 84.0), at=LATER))
    assert await kept(database) == {("0114", 2024): (80.0, ""), ("0115", 2024): (84.0, "")}


@pytest.mark.asyncio
async def test_genders_are_kept_apart(database: Database) -> None:
    asked = cells(["N00640"], ["0115"], [2024])
    both = (value("0115", 2024, 80.0, "N00640"), value("0115", 2024, 82.0, "N00640", "K"))
    async with database.writing() as connection:
        await put(connection, came(*both, asked=asked))
        done = await put(connection, came(both[0], asked=asked, at=LATER))
        found = {one.value.gender: one.value.value for one in await values_of(connection)}
    assert [one.gender for one in done.removed] == ["K"]
    assert found == {"T": 80.0, "K": None}


@pytest.mark.asyncio
async def test_an_old_file_never_replaces_what_was_fetched_since(database: Database) -> None:
    asked = cells(["N00671"], ["0115", "0114"], [2024])
    async with database.writing() as connection:
        await put(connection, came(value("0115", 2024, 84.0), at=LATER))
        done = await put(connection, came(value("0115", 2024, 83.8), asked=asked, at=NOW))
    assert (done.older, done.changed, done.removed) == (1, (), ())
    assert (await kept(database))[("0115", 2024)] == (84.0, "")


@pytest.mark.asyncio
async def test_titles_are_kept_and_the_newest_holds(database: Database) -> None:
    def group(name: str) -> OutsideTitle:
        return OutsideTitle(kind=TitleKind.GROUP, id="G1", title=name, details={"members": ["0115", "0114"]})

    async with database.writing() as connection:
        assert (await put(connection, came(titles=(group("R9"),), at=LATER))).titles == 1
        assert (await put(connection, came(titles=(group("R8"),), at=NOW))).titles == 0
        (one,) = await titles_kept(connection)
    assert (one.title, one.members) == ("R9", ("0115", "0114"))


@pytest.mark.asyncio
async def test_what_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.writing() as connection:
            await put(connection, came(value("0115", 2024, 83.8)))
            raise RuntimeError
    assert await kept(database) == {}


@pytest.mark.asyncio
async def test_290_municipalities_of_20_years_are_kept_within_five_seconds(database: Database) -> None:
    kpis, places = ("N00671", "N00672", "N00673", "N00674"), [f"{at:04}" for at in range(1, 291)]
    years = range(2006, 2026)
    values = tuple(
        value(place, year, 50 + (at + year) % 50, kpi)
        for kpi in kpis for at, place in enumerate(places) for year in years
    )  # fmt: skip
    asked = cells(kpis, places, years)
    began = time.process_time()  # of this process: others use the machine too
    async with database.writing() as connection:
        done = await put(connection, came(*values, asked=asked))
    once = time.process_time() - began
    began = time.process_time()
    async with database.writing() as connection:
        again = await put(connection, came(*values, asked=asked, at=LATER))
    twice = time.process_time() - began
    assert (done.new, again.same) == (23_200, 23_200)
    print(f"{len(values)} values: {once:.2f} s, again {twice:.2f} s")
    assert max(once, twice) < 5
