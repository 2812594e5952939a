"""A frozen series held against the book of later: the same, corrected since, tampered with, or counted otherwise."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert, text, update

from bot.facts import FactKind
from bot.store.database import Database
from bot.store.figure_schema import calls
from measurement.assessment.evidence import Evidence
from measurement.assessment.framework import Subject
from measurement.assessment.freezing import freeze, frozen_of
from measurement.assessment.frozen_check import Compared, check_frozen, check_words
from measurement.periods import Week
from measurement.rollup import tables
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.fill import fill
from measurement.rollup.late import revise
from tests.evidence_town import BASIS, TUESDAY, filled, first_case, monday, question, rollup
from tests.rollup_book import fact, learn, local
from tests.weeks import SWEDISH
from tests.year_store import opened

ONE_DAY = "answered_in_time.one_working_day"
LATER = TUESDAY + timedelta(days=30)
SAME = "Boken säger samma sak i dag som när serien frystes."


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    asyncio.run(filled(folder))
    return folder / "town.db"


@pytest.fixture
def url(town: Path, tmp_path: Path) -> str:
    shutil.copy(town, tmp_path / "town.db")
    return f"sqlite:///{tmp_path}/town.db"


@pytest_asyncio.fixture
async def book(url: str) -> AsyncIterator[Database]:
    async with opened(url) as database:
        yield database


async def frozen(database: Database, subject: Subject = Subject.ANSWER_TIME) -> Evidence:
    async with database.reading() as connection:
        found = await freeze(connection, BASIS, question(subject), TUESDAY, SWEDISH, by="kvalitetsledaren", now=TUESDAY)
    assert isinstance(found, Evidence)
    return found


async def checked(database: Database, evidence: Evidence) -> Compared:
    async with database.reading() as connection:
        return await check_frozen(connection, BASIS, evidence)


def said(compared: Compared) -> list[str]:
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in check_words(compared, SWEDISH)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "subject", [Subject.ANSWER_TIME, Subject.PHONE_ACCESS, Subject.RECEPTION, Subject.VIEWPOINTS, Subject.PROMISES]
)
async def test_weeks_later_the_book_says_the_same(book: Database, url: str, subject: Subject) -> None:
    evidence = await frozen(book, subject)
    for now in (TUESDAY, LATER):
        await fill(rollup(book, url), now)
        compared = await checked(book, evidence)
        assert (compared.same, said(compared)) == (True, [SAME])


@pytest.mark.asyncio
async def test_a_correction_after_the_freeze_is_told_and_changes_nothing(book: Database, url: str) -> None:
    evidence = await frozen(book)
    # A week after the round it turns out that one answer of W45, and one of W47, never arrived.
    known = local("12-01 08:00")
    failed = [
        fact(FactKind.DELIVERY_FAILED, known, first_case(number), data={"outbox": first_case(number), "of": "answer"})
        for number in (45, 47)
    ]
    await learn(book, failed)
    # Nobody has corrected W45 yet; W47 is finished with what is known.
    await fill(rollup(book, url), local("12-08 06:00"))
    compared = await checked(book, evidence)
    assert (compared.holds, compared.same) == (True, False)
    assert [(one.frozen.period, one.frozen.numerator, one.found.numerator) for one in compared.revised] == [
        ("2026-W47", 28, 27)
    ]
    await revise(
        rollup(book, url), Week.parse("2026-W45"), local("12-09 06:00"), by="kvalitetsledaren",
        cause="Svaret studsade", decided_on=date(2026, 12, 9),
    )  # fmt: skip
    compared = await checked(book, evidence)
    assert compared.holds
    assert [(one.found.period, one.found.numerator, one.cause, one.by) for one in compared.revised] == [
        ("2026-W45", 28, "Svaret studsade", "kvalitetsledaren"), ("2026-W47", 27, "", ""),
    ]  # fmt: skip
    # 29 of 30 is 96.7 per cent, 28 of 30 93.3, 27 of 30 90.
    assert said(compared) == [
        SAME,
        "Sedan dess har siffror ändrats. Belägget visar dem som de var:",
        "vecka 45, 2026: 96,7 % (29 av 30) när det frystes, 93,3 % (28 av 30) nu. Svaret studsade (kvalitetsledaren).",
        "vecka 47, 2026: 93,3 % (28 av 30) när det frystes, 90,0 % (27 av 30) nu.",
    ]
    # What is frozen stands, and frozen again of the same instant it is the same.
    again = await frozen(book)
    assert (again.content, again.digest) == (evidence.content, evidence.digest)
    async with book.reading() as connection:
        newer = await freeze(
            connection, BASIS, question(Subject.ANSWER_TIME), local("12-10 06:00"), SWEDISH, by="x", now=LATER
        )
    assert isinstance(newer, Evidence)
    assert {one.period: one.numerator for one in frozen_of(newer).series.points}["2026-W45"] == 28


@pytest.mark.asyncio
async def test_a_book_that_was_tampered_with_is_found(book: Database) -> None:
    evidence = await frozen(book)
    at = tables.WEEKLY_VALUES.c
    async with book.writing() as connection:
        await connection.execute(
            update(tables.WEEKLY_VALUES)
            .where(at.measure == ONE_DAY, at.slice == "", at.period == "2026-W40")
            .values(numerator=30, value=1.0)
        )
    compared = await checked(book, evidence)
    assert (compared.holds, compared.revised) == (False, ())
    assert [(one.frozen.numerator, one.found.numerator) for one in compared.broken] == [(28, 30)]
    assert said(compared) == [
        "Boken säger något annat om samma tidpunkt än när serien frystes:",
        "vecka 40, 2026: 93,3 % (28 av 30) när det frystes, 100,0 % (30 av 30) nu.",
    ]


@pytest.mark.asyncio
async def test_calls_that_came_in_late_move_weeks_that_were_not_finished(book: Database) -> None:
    evidence = await frozen(book, Subject.PHONE_ACCESS)
    row = {"key": "late", "source": "vaxel", "unit": "", "queue": "", "at": monday(47, "11:00"), "seconds": 9,
           "answered": 1, "abandoned": 0, "direct": None, "sampled": 0}  # fmt: skip
    async with book.writing() as connection:
        await connection.execute(insert(calls), [row, {**row, "key": "later"}])
    # 10 of 12 answered calls are logged: under nine of ten, so the share is not given any more.
    compared = await checked(book, evidence)
    assert [(one.found.period, one.found.value) for one in compared.broken] == [("2026-W47", None)]
    assert said(compared)[1] == "vecka 47, 2026: 80,0 % (8 av 10) när det frystes, visas inte (n = 10) nu."


@pytest.mark.asyncio
async def test_what_was_decided_behind_the_instant_is_told(book: Database) -> None:
    evidence = await frozen(book)
    decision = Signed(
        kind=SignedKind.GHOST, measure=ONE_DAY, period="2026-W40", cause="Strömavbrott", decided_by="kvalitetsledaren",
        decided_on=date(2026, 12, 1), recorded_at=TUESDAY + timedelta(days=7),
    )  # fmt: skip
    async with book.writing() as connection:
        await sign(connection, decision)
    # Signed later it was not known then.
    assert (await checked(book, evidence)).same
    async with book.writing() as connection:
        await sign(connection, replace(decision, recorded_at=TUESDAY - timedelta(days=1)))
    compared = await checked(book, evidence)
    assert (compared.holds, compared.rejudged, compared.broken) == (False, True, ())
    assert said(compared) == [
        "Siffrorna är desamma, men något runt dem är annat i dag: gränser, mål, beslut eller det som står bredvid."
    ]


@pytest.mark.asyncio
async def test_a_definition_that_was_changed_since_is_told(book: Database) -> None:
    evidence = await frozen(book)
    at = tables.WEEKLY_VALUES.c
    async with book.writing() as connection:
        # As if the program of then had counted by another version than it does now.
        await connection.execute(update(tables.WEEKLY_VALUES).where(at.measure == ONE_DAY).values(version=2))
    compared = await checked(book, evidence)
    assert compared.redefined
    assert compared.broken == ()
    assert said(compared)[-1] == "Måttet räknas på ett nytt sätt nu. Det som frystes räknades på det gamla."


@pytest.mark.asyncio
async def test_content_that_is_not_what_was_frozen_is_not_believed(book: Database) -> None:
    evidence = await frozen(book)
    assert evidence.content is not None
    compared = await checked(book, replace(evidence, content=evidence.content + b" "))
    assert (compared.frozen, compared.holds, compared.same) == (None, False, False)
    assert said(compared) == ["Innehållet är inte det som frystes: kontrollsumman stämmer inte. Lita inte på det."]


@pytest.mark.asyncio
async def test_a_check_of_an_emptied_book_finds_every_week(book: Database) -> None:
    evidence = await frozen(book, Subject.PROMISES)
    async with book.writing() as connection:
        await connection.execute(text("DELETE FROM weekly_values WHERE measure = 'promise_kept'"))
    compared = await checked(book, evidence)
    assert len(compared.broken) == 14
    assert said(compared)[1].endswith("(18 av 30) när det frystes, inget att räkna nu.")
