"""A question's series frozen out of a real book: which measure, which weeks, and sums that are worked out by hand."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, text, update

from bot.clock import Rule
from bot.store.database import Database
from bot.store.figure_schema import ratings
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import Subject
from measurement.assessment.freezing import (
    FrozenFault,
    FrozenSeries,
    NoSeries,
    current_series,
    freeze,
    freeze_all,
    frozen_of,
)
from measurement.assessment.frozen import Way
from measurement.explain_figure import Ground, explain_figure
from measurement.figure_id import parse_figure_id
from measurement.measures import IN_TIME as MEASURES
from measurement.rollup import tables
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.fill import fill
from measurement.rollup.history import Old, put_history
from measurement.statistics.before_after import before_after
from measurement.statistics.chart import NoWord, Word
from tests.evidence_town import BASIS, IN_TIME, RULE, TUESDAY, filled, question, rollup, settle
from tests.rollup_book import local
from tests.weeks import CALENDAR, SWEDISH
from tests.year_store import opened

ONE_DAY = MEASURES[Rule.ONE_WORKING_DAY].id
LATER = TUESDAY + timedelta(days=60)


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


async def frozen(
    database: Database, subject: Subject | None = Subject.ANSWER_TIME, *, as_of: datetime = TUESDAY
) -> Evidence | NoSeries:
    async with database.reading() as connection:
        return await freeze(
            connection, BASIS, question(subject), as_of, SWEDISH, by="kvalitetsledaren", now=LATER
        )  # fmt: skip


async def series(database: Database, subject: Subject, as_of: datetime = TUESDAY) -> FrozenSeries:
    found = await frozen(database, subject, as_of=as_of)
    assert isinstance(found, Evidence)
    return frozen_of(found)


async def rebase(database: Database) -> None:
    decision = Signed(
        kind=SignedKind.REBASE, period="2026-W40", cause="Kontaktcentret öppnade", decided_by="kvalitetsledaren",
        decided_on=date(2026, 11, 20), recorded_at=TUESDAY - timedelta(days=4),
    )  # fmt: skip
    async with database.writing() as connection:
        await sign(connection, decision)


@pytest.mark.asyncio
async def test_answers_in_time_are_frozen_with_every_due_week(book: Database) -> None:
    evidence = await frozen(book)
    assert isinstance(evidence, Evidence)
    assert (evidence.kind, evidence.measure, evidence.slice) == (EvidenceKind.SERIES, ONE_DAY, "")
    assert (evidence.question, evidence.title, evidence.as_of) == ("2.1", "Besvarade inom en arbetsdag", TUESDAY)
    assert (evidence.by, evidence.at) == ("kvalitetsledaren", LATER)
    found = frozen_of(evidence)
    # W46 and W47 are due but not finished; they are in it as they were known then.
    points = {one.period: (one.numerator, one.n) for one in found.series.points}
    assert points == {f"2026-W{number}": (k, 30) for number, k in IN_TIME.items()}
    assert found.series.version == 1
    assert (found.definitions, found.digest) == ("d" * 64, evidence.digest)
    whole = found.whole
    assert whole is not None
    # W35–W47: 16 + 18 + 20 + 18 + 16 = 88 and then 228, of 13 · 30.
    assert (whole.first, whole.last, whole.weeks) == ("2026-W35", "2026-W47", 13)
    assert (whole.numerator, whole.n, whole.way) == (316, 390, Way.WILSON)
    # p = 0.810256, z² = 3.841459: centre (p + z²/2n) / (1 + z²/n) = 0.807230,
    # half z √(p(1 - p)/n + z²/4n²) / (1 + z²/n) = 0.038842.
    assert whole.interval is not None
    assert (whole.interval.low, whole.interval.high) == pytest.approx((0.768388, 0.846072), abs=1e-6)
    # W47 is the eighth week in a row above the centre.
    assert found.chart.word is Word.BETTER
    assert found.shift is None
    assert {one.measure: (one.numerator, one.n) for one in found.beside} == {
        # W35–W45 are finished: nobody got a holding notice first; in W44 only eight told of their answer.
        "held_first": (0, 11 * 30),
        "survey.real_answer": (10 * 12, 10 * 12),
    }


@pytest.mark.asyncio
async def test_a_signed_rebase_gives_before_and_after(book: Database) -> None:
    await rebase(book)
    found = await series(book, Subject.ANSWER_TIME)
    assert found.whole is not None
    # Only the weeks since the change: 228 of 240. Centre 0.942911, half 0.028259.
    assert (found.whole.first, found.whole.numerator, found.whole.n) == ("2026-W40", 228, 240)
    assert found.whole.interval is not None
    assert (found.whole.interval.low, found.whole.interval.high) == pytest.approx((0.914652, 0.971170), abs=1e-6)
    shift = found.shift
    assert shift is not None
    assert (shift.period, shift.cause, shift.by) == ("2026-W40", "Kontaktcentret öppnade", "kvalitetsledaren")
    # 144 of 240 is 60 per cent, 228 of 240 is 95: 35 percentage points.
    assert (shift.before.k, shift.before.n, shift.before.value) == (144, 240, 0.6)
    assert (shift.after.k, shift.after.n, shift.after.value, shift.difference) == (228, 240, 0.95, 0.35)
    direct = before_after(found.series.points, "2026-W40").difference.interval
    assert (shift.interval.low, shift.interval.high) == pytest.approx((direct.low, direct.high), abs=1e-6)
    assert shift.interval.low < 0.35 < shift.interval.high
    # Eight weeks since the change are too few for limits, and so for a word.
    assert (found.chart.word, found.chart.no_word) == (Word.NONE, NoWord.FEW_POINTS)


@pytest.mark.asyncio
async def test_the_telephone_is_told_within_the_seconds_of_the_municipality(book: Database) -> None:
    found = await series(book, Subject.PHONE_ACCESS)
    assert found.series.measure == "phone.direct.60"
    assert found.whole is not None
    # W35–W47: 8 of 10 every week.
    assert (found.whole.first, found.whole.numerator, found.whole.n) == ("2026-W35", 104, 130)
    assert {one.measure: (one.numerator, one.n) for one in found.beside} == {
        "phone.coverage": (130, 130), "phone.answered": (130, 130),
    }  # fmt: skip


@pytest.mark.asyncio
async def test_the_reception_index_hides_a_week_of_few_and_sums_without_it(book: Database) -> None:
    found = await series(book, Subject.RECEPTION)
    assert (found.series.measure, found.series.points[-1].period) == ("reception.index", "2026-W45")
    assert found.hidden == ("2026-W44",)
    hidden = next(one for one in found.series.points if one.period == "2026-W44")
    assert (hidden.value, hidden.n, hidden.numerator) == (None, 0, None)
    whole = found.whole
    assert whole is not None
    # W33–W45 without W44: seven odd weeks of 1 100 points, five even ones of 950, of 12 each.
    assert (whole.first, whole.last, whole.weeks, whole.n) == ("2026-W33", "2026-W45", 12, 144)
    assert whole.value == pytest.approx((7 * 1_100 + 5 * 950) / 144, abs=1e-6)
    # Mean of W32–W45 without W44: (7 · 91.667 + 6 · 79.167) / 13 = 85.897. Every range is 12.5: 2.66 · 12.5 = 33.25.
    assert whole.way is Way.LIMITS
    assert whole.interval is not None
    assert (whole.interval.low, whole.interval.high) == pytest.approx((52.647436, 100.0), abs=1e-6)
    # A week of twelve grades gets no word.
    assert found.chart.no_word is NoWord.SMALL_N


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("subject", "measure", "k", "n"),
    [
        # W33–W45, finished: 20 + 18 + 16 + 18 + 20 + 18 + 16 = 126 and 28 + 29 + 28 + 30 + 28 + 29 = 172.
        (Subject.PROMISES, "promise_kept", 298, 390),
        (Subject.VIEWPOINTS, "outcome_told", 39, 65),
        (Subject.FIRST_CONTACT, "first_contact", 390, 390),
    ],
)
async def test_what_settles_late_ends_with_the_last_finished_week(
    book: Database, subject: Subject, measure: str, k: int, n: int
) -> None:
    found = await series(book, subject)
    assert (found.series.measure, found.series.points[-1].period) == (measure, "2026-W45")
    assert found.whole is not None
    assert (found.whole.numerator, found.whole.n, found.whole.last) == (k, n, "2026-W45")


@pytest.mark.asyncio
async def test_the_same_instant_gives_the_same_bytes_on_both_engines(database: Database, database_url: str) -> None:
    """Whether it is frozen at once, weeks later when the book has written over it, or out of a book that lagged."""
    await settle(database)
    await fill(rollup(database, database_url), local("11-10 07:00"))
    lagging = await frozen(database)
    await fill(rollup(database, database_url), TUESDAY)
    at_once = await frozen(database)
    await fill(rollup(database, database_url), LATER)
    later = await frozen(database)
    assert isinstance(at_once, Evidence)
    assert isinstance(later, Evidence)
    assert isinstance(lagging, Evidence)
    assert lagging.content == at_once.content == later.content
    assert at_once.digest == lagging.digest
    # By hand, so that the same series has the same hash on every machine and engine.
    assert json.loads(at_once.content or b"")["points"][-1]["figure"] == f"{ONE_DAY}@2026-W47"


@pytest.mark.asyncio
async def test_each_figure_is_explained_down_to_its_cases(book: Database) -> None:
    found = await series(book, Subject.ANSWER_TIME)
    names = {ONE_DAY: "Besvarade inom en arbetsdag"}
    for point in found.series.points[-3:]:
        async with book.reading() as connection:
            told = await explain_figure(
                connection, Ground(calendar=CALENDAR, configured=RULE),
                parse_figure_id(f"{ONE_DAY}@{point.period}", names, RULE), found.as_of,
            )  # fmt: skip
        assert told.part.figure is not None
        assert (told.part.figure.numerator, told.part.figure.n) == (point.numerator, point.n)
        assert sum(told.part.classes.values()) == 30


@pytest.mark.asyncio
async def test_nothing_that_can_be_shown_is_told_apart(book: Database) -> None:
    assert await frozen(book, None) is NoSeries.NO_SUBJECT
    assert await frozen(book, Subject.CLARITY) is NoSeries.NO_VALUES
    # Before the first message; within the first week; ahead of us.
    assert await frozen(book, as_of=local("07-01 08:00")) is NoSeries.NO_VALUES
    assert await frozen(book, as_of=local("08-06 08:00")) is NoSeries.NO_VALUES
    assert await frozen(book, as_of=LATER + timedelta(seconds=1)) is NoSeries.AHEAD
    with pytest.raises(ValueError, match="UTC"):
        await frozen(book, as_of=TUESDAY.astimezone(SWEDISH.zone))
    # The first week is due on Monday after it.
    first = await series(book, Subject.ANSWER_TIME, as_of=local("08-10 17:00"))
    assert [(one.period, one.numerator) for one in first.series.points] == [("2026-W32", 18)]


@pytest.mark.asyncio
async def test_where_all_weeks_have_few_grades_nothing_is_shown(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/few.db"
    async with opened(address) as database:
        await settle(database)
        async with database.writing() as connection:
            await connection.execute(delete(ratings))
            mix = {
                "channel": "mail", "unit": "", "kind": "question", "topic": "", "language": "", "in_time": 1,
                "week": "2026-W40", "question": "reception", "version": 1, "comment": "", "source": "own",
            }  # fmt: skip
            await connection.execute(insert(ratings), [{**mix, "grade": 5}] * 9)
        await fill(rollup(database, address), TUESDAY)
        assert await frozen(database, Subject.RECEPTION) is NoSeries.HIDDEN
        # Figures from before us are shown where there is nothing else, and never become one number.
        row = Old(series="skr", measure="reception.index", period="2024", definition="SKR", value=83.8, source="SKR")
        async with database.writing() as connection:
            await put_history(connection, [row], TUESDAY)
        found = await series(database, Subject.RECEPTION)
        assert (found.whole, found.shift) == (None, None)
        assert [(one.period, one.value, one.definition) for one in found.series.earlier] == [("2024", 83.8, "SKR")]


@pytest.mark.asyncio
async def test_a_book_that_nobody_filled_is_said_to_be_that(database: Database) -> None:
    assert await frozen(database) is NoSeries.NOT_FILLED


@pytest.mark.asyncio
async def test_a_new_definition_is_never_joined_to_the_old(book: Database, url: str) -> None:
    changed = update(tables.WEEKLY_VALUES).where(tables.WEEKLY_VALUES.c.measure == ONE_DAY)
    async with book.writing() as connection:
        await connection.execute(changed.where(tables.WEEKLY_VALUES.c.period < "2026-W44").values(version=0))
    found = await series(book, Subject.ANSWER_TIME)
    assert [one.period for one in found.series.points] == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    assert [(one.period, one.definition) for one in found.series.earlier][-1] == ("2026-W43", f"{ONE_DAY}.v0")
    assert len(found.series.earlier) == 12
    assert [(one.kind, one.period) for one in found.series.decisions] == [("note", "2026-W44")]
    assert found.whole is not None
    # 28 + 29 + 28 + 28 of 4 · 30
    assert (found.whole.numerator, found.whole.n) == (113, 120)
    # What is finished was counted by another version than the program counts by now: the weeks made anew stay out.
    async with book.writing() as connection:
        await connection.execute(changed.values(version=2))
    found = await series(book, Subject.ANSWER_TIME)
    assert (found.series.version, found.series.points[-1].period) == (2, "2026-W45")


@pytest.mark.asyncio
async def test_content_that_was_changed_is_refused(book: Database) -> None:
    evidence = await frozen(book)
    assert isinstance(evidence, Evidence)
    assert evidence.content is not None
    with pytest.raises(FrozenFault, match="SHA-256"):
        frozen_of(replace(evidence, content=evidence.content.replace(b'"numerator":28', b'"numerator":30')))
    with pytest.raises(FrozenFault, match="no series"):
        frozen_of(replace(evidence, content=None))
    with pytest.raises(FrozenFault, match="no series"):
        frozen_of(replace(evidence, kind=EvidenceKind.DOCUMENT))


@pytest.mark.asyncio
async def test_a_question_shows_the_newest_series_that_nothing_replaced(book: Database) -> None:
    evidence = await frozen(book)
    assert isinstance(evidence, Evidence)
    old = replace(evidence, id=EvidenceId(1))
    new = replace(evidence, id=EvidenceId(3), at=LATER + timedelta(days=1), replaces=EvidenceId(1), why="Nytt läge")
    link = replace(evidence, id=EvidenceId(4), kind=EvidenceKind.LINK)
    assert current_series([old, link], "2.1") == old
    assert current_series([new, old, link], "2.1") == new
    assert current_series([new, old, link], "2.2") is None


@pytest.mark.asyncio
async def test_freezing_writes_nothing(book: Database) -> None:
    async def rows() -> list[int]:
        async with book.reading() as connection:
            names = ("weekly_values", "fill_state", "facts", "evidence")
            return [(await connection.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in names]

    before = await rows()
    await frozen(book)
    assert await rows() == before


@pytest.mark.asyncio
async def test_a_round_is_frozen_at_once_as_question_by_question(book: Database) -> None:
    asked = [question(subject, f"2.{at}") for at, subject in enumerate([*Subject, None, Subject.RECEPTION], start=1)]
    async with book.reading() as connection:
        at_once = await freeze_all(connection, BASIS, asked, TUESDAY, SWEDISH, by="kvalitetsledaren", now=LATER)
        for one in asked:
            alone = await freeze(connection, BASIS, one, TUESDAY, SWEDISH, by="kvalitetsledaren", now=LATER)
            assert at_once[one.id] == alone
        ahead = await freeze_all(connection, BASIS, asked, LATER, SWEDISH, by="kvalitetsledaren", now=TUESDAY)
    assert list(at_once) == [one.id for one in asked]
    assert set(ahead.values()) == {NoSeries.AHEAD, NoSeries.NO_SUBJECT}
