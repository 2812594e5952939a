"""Every figure explained: the same number as in the book, classes that add up, and nothing that few may see."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import BigInteger, Text, insert, update

from bot.facts import Fact, FactKind, from_micros
from bot.store import figure_schema, schema
from bot.store.columns import BIG, Instant
from bot.store.database import Database
from config.texts import LANGUAGES, Texts
from measurement.explain_beside import SAMPLES, TEST_CONTACTS
from measurement.explain_figure import NotBegun
from measurement.explain_inquiries import curve
from measurement.explain_source import CASES, Secrecy
from measurement.explained import Explained, Kept, Secret, Why
from measurement.explained_json import explained_as_json
from measurement.figure_id import FigureId, NotUnderstood, Unclear
from measurement.meanings import meaning_of
from measurement.measures import Figure, Unit
from measurement.registry import REGISTRY
from measurement.rollup.book import put_standing, put_values
from measurement.rollup.decisions import Signed, SignedKind, sign
from measurement.rollup.states import Standing, State, freezes_at
from measurement.show_explained import as_text, fault_in_words, why_name
from measurement.tables import reading
from measurement.words import Spoken
from tests.explained_town import (
    CLOSED,
    all_figures,
    cases_of,
    explained,
    log_contacts,
    mixed,
    rating,
    store_beside,
)
from tests.fact_logs import instants_of, keep, random_log
from tests.rollup_book import asked, fact, learn, local
from tests.weeks import CALENDAR, SWEDISH, WEEK, ZONE, at

ONE_DAY = "answered_in_time.one_working_day"
FREEZE = freezes_at(WEEK, CALENDAR)
OF_INQUIRIES = ("answered_in_time.", "waiting_time.", "working_time.", "arrivals", "left_out.", "acknowledged",
                "held_first", "answered_again", "outcome_told", "promise_kept", "first_contact")  # fmt: skip

# Monday 16 to Friday 20 November 2026, open 08.00–16.30. In time, late, never answered, left out; by chat in time.
STORY = [
    *asked(1, "11-16 09:00", "11-16 10:00"), *asked(2, "11-16 10:00", "11-18 12:00"), *asked(3, "11-17 15:00"),
    *asked(4, "11-18 09:00"), fact(FactKind.EXCLUDED, local("11-18 10:00"), 4, data={"reason": "spam"}),
]  # fmt: skip


def test_everything_that_is_said_of_a_figure_is_there() -> None:
    columns = ((CASES, schema.cases), (SAMPLES, figure_schema.samples), (TEST_CONTACTS, figure_schema.test_contacts))
    for described, stored in columns:
        for one in described.columns:
            kind = stored.c[one.name].type
            whole = isinstance(one.type, BigInteger)
            assert isinstance(kind, type(BIG) | Instant | BigInteger) if whole else isinstance(kind, Text), one.name
    assert all(meaning_of(measure, SWEDISH) for measure in REGISTRY)
    assert all(why_name(why, Texts(language, ZONE)) for why in Why for language in LANGUAGES)


async def every_figure_is_the_books(url: str, as_of: datetime) -> set[str]:
    """Explain each figure of the week, and return the measures that it has."""
    looked = min(as_of, FREEZE)
    found = await all_figures(url, looked, looked)
    arrivals = {slice_: one.n for (measure, slice_), one in found.items() if measure == "arrivals"}
    async with reading(url) as connection:
        for (measure, slice_), expected in found.items():
            if measure not in REGISTRY:
                continue
            one = await explained(connection, str(FigureId(measure=measure, period=WEEK, slice=slice_)), as_of)
            assert one.part.figure == expected
            adds_up(one, arrivals)
            assert explained_as_json(one)["figure"]["n"] == expected.n
            assert as_text(one, Spoken(texts=SWEDISH, zone=ZONE))
    return {measure for measure, _ in found}


def adds_up(one: Explained, arrivals: dict[str, int]) -> None:
    """The classes are all arrivals, what is listed and what is not are all of a class, and the numerator is one."""
    part, figure, name = one.part, one.part.figure, one.measure.id
    assert figure is not None
    one_by_one = sum(count for why, count in part.classes.items() if why not in (Why.PHONE, Why.VISIT))
    assert sum(listing.count for listing in part.listings) in (one_by_one, 0)
    for listing in part.listings:
        assert listing.count == sum(part.classes[why] for why in listing.whys)
        assert listing.count == listing.secret + listing.before + len(listing.rows) + listing.after
    assert all((row.call is None) != (row.case == "") or row.what for listing in part.listings for row in listing.rows)
    if name.startswith("phone."):
        assert sum(listing.count for listing in part.listings) == one_by_one
    if name.startswith(OF_INQUIRIES):
        assert sum(part.classes.values()) == arrivals[figure.slice]
    if one.measure.unit is Unit.SHARE and part.classes and not name.startswith("phone.answered"):
        assert part.classes.get(Why.IN_TIME, part.classes.get(Why.YES)) == figure.numerator
    if part.grades and not name.startswith("test."):
        assert sum(part.grades.values()) == figure.n
    if part.grades and name.startswith("test."):
        assert sum(points * count for points, count in part.grades.items()) == figure.numerator


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", range(2))
async def test_every_figure_of_inquiries_is_explained_by_the_same_number(
    database: Database, database_url: str, seed: int
) -> None:
    facts = random_log(random.Random(seed), 60, cases=6)
    await keep(database.where.url.render_as_string(hide_password=False), facts)
    moments = [one for one in instants_of(facts) if one >= WEEK.start(ZONE)]
    for as_of in (moments[len(moments) // 2], moments[-2], moments[-1]):
        assert set(REGISTRY) - await every_figure_is_the_books(database_url, as_of) <= {
            one for one in REGISTRY if one.startswith(("quality.", "test."))
        }


@pytest.mark.asyncio
async def test_every_figure_of_a_town_is_explained_by_the_same_number(database: Database, database_url: str) -> None:
    await learn(database, mixed(random.Random(5), 30))
    await log_contacts(database)
    await store_beside(database)
    measures = await every_figure_is_the_books(database_url, CLOSED)
    # Four grades of clarity are too few.
    assert set(REGISTRY) - measures == {"clarity.good", "clarity.index"}
    every = {one: await explained(database_url, f"{one}@{WEEK}", CLOSED) for one in REGISTRY}
    assert [one for one, found in every.items() if found.part.figure is None] == ["clarity.good", "clarity.index"]


@pytest.mark.asyncio
async def test_a_share_is_told_with_its_classes_and_cases(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    found = await explained(database_url, "in_time@2026-W47", at(24, "07:00"))
    assert found.part.classes == {
        Why.UNANSWERED: 1, Why.LATE: 1, Why.IN_TIME: 1, Why.NOT_YET_DUE: 0, Why.LEFT_OUT: 1,
    }  # fmt: skip
    rows = {row.case: row for one in found.part.listings for row in one.rows}
    # Monday 10.00: 390 minutes are left of it, so 120 of Tuesday.
    assert (rows["K-000002-2"].due, rows["K-000002-2"].answered) == (at(17, "10:00"), at(18, "12:00"))
    assert (rows["K-000003-2"].why, rows["K-000003-2"].answered) == (Why.UNANSWERED, None)
    assert rows["K-000004-2"].reason == "spam"
    late = await explained(database_url, "in_time@2026-W47", at(24, "07:00"), why="late")
    assert cases_of(late) == ["K-000002-2"]
    assert late.part.classes == found.part.classes
    text = plain(as_text(found, Spoken(texts=SWEDISH, zone=ZONE)))
    assert "1 av 3. Exakt 1/3 = 0,3333333333333333, n = 3." in text
    assert "Gränserna i UTC: från 2026-11-15 23:00:00 till före 2026-11-22 23:00:00." in text
    assert "Öppettider från 2020-01-01, beslut KS § 1: en vanlig dag är 510 minuter." in text
    assert "K-000002-2 1 2026-11-16 10.00.00 2026-11-17 10.00.00 2026-11-18 12.00.00" in text
    assert "tillsammans 4" in text
    assert "run_bot.py explain case K-000003-2" in text


def plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.asyncio
async def test_a_median_is_told_with_the_step_where_it_is_reached(database: Database, database_url: str) -> None:
    # 1 h, 2 h, 4 h answered, and one that has waited 3 h at noon: S = 3/4, 1/2, 1/2, 0.
    facts = [*asked(1, "11-16 09:00", "11-16 10:00"), *asked(2, "11-16 08:00", "11-16 10:00"), *asked(3, "11-16 09:00"),
             *asked(4, "11-16 08:00", "11-16 12:00")]  # fmt: skip
    await learn(database, facts)
    found = await explained(database_url, "waiting_time.median@2026-W47", at(16, "12:00"))
    step = found.part.step
    assert step is not None
    assert (step.length, step.reached, step.at_risk, step.answered) == (timedelta(hours=2), True, 3, 1)
    assert (step.left_before, step.left_after) == (0.75, 0.5)
    listing = found.part.listings[0]
    assert [(row.case[-3], row.left) for row in listing.rows] == [("1", 0.75), ("2", 0.5), ("3", 0.5), ("4", 0.0)]
    assert [row.why for row in listing.rows] == [Why.ANSWERED, Why.ANSWERED, Why.WAITING, Why.ANSWERED]
    text = plain(as_text(found, Spoken(texts=SWEDISH, zone=ZONE)))
    assert "Efter 120:00 (min:sek) hade 50,0 % fått svar. Av 3 som hade väntat så länge fick 1 svar just då" in text
    about = await explained(database_url, "waiting_time.median@2026-W47", at(16, "12:00"), limit=2)
    (short,) = about.part.listings
    assert ([row.case[-3] for row in short.rows], short.before, short.after) == (["1", "2"], 0, 2)
    early = await explained(database_url, "waiting_time.p90@2026-W47", at(16, "10:30"))
    # Two of four still wait.
    assert early.part.step is not None
    assert not early.part.step.reached
    assert early.part.figure is not None
    assert early.part.figure.more_than


def test_the_curve_is_kaplan_and_meiers() -> None:
    # 6, 6, 6, 6+, 7, 9+, 10, 10+: Freireich's first eight: 1 − 3/8 = 0.625; ·3/4 = 0.46875; ·1/2 = 0.234375.
    lengths, answered = np.array([6, 6, 6, 6, 7, 9, 10, 10]), np.array([1, 1, 1, 0, 1, 0, 1, 0], dtype=np.bool_)
    assert curve(lengths, answered).tolist() == [0.625] * 4 + [0.46875] * 2 + [0.234375] * 2
    assert curve(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)).tolist() == []


def soc(case: int, day: str, answered: str = "") -> list[Fact]:
    """Return an inquiry of the unit that keeps secrecy."""
    first, *rest = asked(case, day, answered)
    return [replace(first, data={**first.data, "unit": "soc"}), *rest]


@pytest.mark.asyncio
async def test_what_is_secret_is_counted_and_never_listed(database: Database, database_url: str) -> None:
    marked = fact(FactKind.MARKED, local("11-18 10:00"), 3, data={"mark": "secret", "value": "yes"})
    moved = fact(FactKind.TRANSFERRED, local("11-18 10:00"), 6, data={"unit": "kc"})
    late_secret = fact(FactKind.TRANSFERRED, local("12-01 10:00"), 7, data={"unit": "soc"})
    await learn(
        database,
        [*STORY, marked, *soc(5, "11-16 09:00"), *soc(6, "11-16 09:00", "11-16 10:00"), moved,
         *asked(7, "11-16 09:00", "11-16 10:00"), late_secret],
    )  # fmt: skip
    # Marked secret; with the secret unit, answered there, or handed to it since.
    hidden = {f"K-{number:06d}-2" for number in (3, 5, 6, 7)}
    for measure in REGISTRY:
        found = await explained(database_url, f"{measure}@2026-W47", CLOSED)
        assert not hidden & set(cases_of(found)), measure
        assert not hidden & set(str(explained_as_json(found)).split("'")), measure
    found = await explained(database_url, "in_time@2026-W47", CLOSED)
    assert found.part.figure is not None
    assert (found.part.figure.numerator, found.part.figure.denominator) == (3, 6)
    assert {one.whys: (one.count, one.secret) for one in found.part.listings} == {
        (Why.UNANSWERED,): (2, 2), (Why.LATE,): (1, 0), (Why.IN_TIME,): (3, 2), (Why.LEFT_OUT,): (1, 0),
    }  # fmt: skip
    assert "2 till som inte visas (sekretess)" in as_text(found, Spoken(texts=SWEDISH, zone=ZONE))
    waiting = await explained(database_url, "queue.waiting@2026-W47", CLOSED)
    assert [(one.count, one.secret) for one in waiting.part.listings] == [(2, 2)]


def test_a_case_of_a_unit_that_has_ended_is_the_first_units() -> None:
    assert Secrecy(units=frozenset({"soc"}), known=frozenset({"soc", "kc"}), rest=True).holds("gone")
    assert not Secrecy(units=frozenset({"soc"}), known=frozenset({"soc", "kc"})).holds("gone")


@pytest.mark.asyncio
async def test_ratings_are_counts_of_grades_from_the_thresholds_and_lead_to_no_case(
    database: Database, database_url: str
) -> None:
    await store_beside(database)

    async def grades(written: str, as_of: datetime = CLOSED) -> tuple[object, Secret | None]:
        found = await explained(database_url, written, as_of)
        assert found.part.listings == ()
        assert (found.part.figure is None) == (found.part.secret is Secret.TOO_FEW)
        return found.part.grades, found.part.secret

    assert await grades("reception.good@2026-W47") == ({5: 12, 4: 0, 3: 0, 2: 0, 1: 2}, None)
    assert (await explained(database_url, "reception.index@2026-W47", CLOSED)).part.unknown == 1
    # Four answers in all; of 14 that agree wholly three are another unit's: both groups are hidden.
    assert await grades("clarity.index@2026-W47") == (None, Secret.TOO_FEW)
    assert await grades("ease.good@2026-W47/unit:kc") == (None, Secret.TOO_FEW)
    assert await grades("ease.good@2026-W47/unit:bygg") == (None, Secret.TOO_FEW)
    assert await grades("survey.real_answer@2026-W47") == ({1: 13, 0: 1}, None)
    # Two days after the week, answers still come.
    assert await grades("reception.good@2026-W47", at(24, "07:00")) == (None, Secret.NOT_CLOSED)
    told = plain(
        as_text(await explained(database_url, "clarity.good@2026-W47", CLOSED), Spoken(texts=SWEDISH, zone=ZONE))
    )
    assert "Visas inte. Färre än fem har svarat" in told
    invited = await explained(database_url, "survey.answered@2026-W47", CLOSED)
    assert invited.part.classes == {Why.YES: 15, Why.NO: 1}


async def freeze(database: Database, figures: Sequence[Figure]) -> None:
    async with database.writing() as connection:
        await put_values(connection, str(WEEK), figures, keep_until=None)
        standing = Standing(period=str(WEEK), state=State.FROZEN, as_of=FREEZE)
        await put_standing(connection, standing)


@pytest.mark.asyncio
async def test_an_answer_since_the_freeze_does_not_show_what_was_said(database: Database, database_url: str) -> None:
    await store_beside(database)
    await freeze(database, list((await all_figures(database_url, FREEZE, FREEZE)).values()))
    assert (await explained(database_url, "reception.good@2026-W47", CLOSED)).kept is Kept.AGREES
    async with database.writing() as connection:
        await connection.execute(insert(figure_schema.ratings), [rating("reception", 1)])
    found = await explained(database_url, "reception.good@2026-W47", CLOSED)
    assert (found.kept, found.part.secret, found.part.grades, found.now) == (Kept.LATE, Secret.CHANGED, None, None)
    assert found.part.figure is not None
    assert (found.part.figure.numerator, found.part.figure.n) == (12, 14)
    text = as_text(found, Spoken(texts=SWEDISH, zone=ZONE))
    assert ("av 15" in text, "i dag" in text, "Betygen visas inte" in text) == (False, False, True)


@pytest.mark.asyncio
async def test_how_the_kept_figure_agrees(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    so_far = await explained(database_url, "in_time@2026-W47", at(24, "07:00"))
    assert (so_far.kept, so_far.state, so_far.stored) == (Kept.NOT_KEPT, None, None)
    await freeze(database, list((await all_figures(database_url, FREEZE, FREEZE)).values()))
    found = await explained(database_url, "in_time@2026-W47", CLOSED)
    assert (found.kept, found.state, found.as_of, found.known) == (Kept.AGREES, State.FROZEN, FREEZE, FREEZE)
    # Of a slice nobody was in nothing is kept, and nothing is wrong.
    assert (await explained(database_url, "arrivals@2026-W47/channel:telegram", CLOSED)).kept is Kept.AGREES

    bounced = fact(FactKind.DELIVERY_FAILED, local("12-08 07:30"), 1, data={"outbox": 1, "of": "answer"})
    await learn(database, [bounced])
    assert (await explained(database_url, "in_time@2026-W47", CLOSED)).kept is Kept.AGREES
    # On the days before, it was not: while the week went on nothing was kept, then it was preliminary.
    asked_then = [await explained(database_url, "in_time@2026-W47", one)
                  for one in (at(17, "12:00"), WEEK.end(ZONE), FREEZE - timedelta(seconds=1), FREEZE)]  # fmt: skip
    assert [one.state for one in asked_then] == [None, State.PRELIMINARY, State.PRELIMINARY, State.FROZEN]
    assert [one.kept for one in asked_then] == [Kept.NOT_KEPT] * 3 + [Kept.AGREES]
    preliminary = plain(as_text(asked_then[2], Spoken(texts=SWEDISH, zone=ZONE)))
    assert ("Preliminär" in preliminary, "Fastställd." in preliminary) == (True, False)
    late = await explained(database_url, "in_time@2026-W47", CLOSED + timedelta(hours=1))
    assert (late.kept, late.now and late.now.numerator) == (Kept.LATE, 0)
    assert [late.part.figure and late.part.figure.numerator, late.stored and late.stored.numerator] == [1, 1]
    text = plain(as_text(late, Spoken(texts=SWEDISH, zone=ZONE)))
    assert "Fastställt är 1 av 3; i dag blir det 0 av 3. Se `run_bot.py figures check 2026-W47`." in text

    revised = CLOSED + timedelta(hours=2)
    async with database.writing() as connection:
        new = [replace(one, as_of=revised) for one in (await all_figures(database_url, revised, FREEZE)).values()]
        await put_values(connection, str(WEEK), new, keep_until=revised)
        decision = Signed(kind=SignedKind.REVISION, period=str(WEEK), cause="Studsade", decided_by="Leda Exempel",
                          decided_on=revised.date(), recorded_at=revised)  # fmt: skip
        await sign(connection, decision)
    after = await explained(database_url, "in_time@2026-W47", revised)
    assert (after.kept, after.revision, after.known) == (Kept.AGREES, 1, revised)
    assert [after.part.figure and after.part.figure.numerator] == [0]
    # What was told before the correction is told again.
    before = await explained(database_url, "in_time@2026-W47", CLOSED)
    assert (before.kept, before.revision) == (Kept.AGREES, 0)


@pytest.mark.asyncio
async def test_a_book_that_was_tampered_with_or_made_otherwise_is_told(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    await freeze(database, list((await all_figures(database_url, FREEZE, FREEZE)).values()))
    values = figure_schema.weekly_values
    async with database.writing() as connection:
        await connection.execute(update(values).where(values.c.measure == "arrivals").values(n=9, value=9.0))
        await connection.execute(update(values).where(values.c.measure == ONE_DAY).values(version=0))
    assert (await explained(database_url, "arrivals@2026-W47", CLOSED)).kept is Kept.BROKEN
    assert (await explained(database_url, "in_time@2026-W47", CLOSED)).kept is Kept.REDEFINED


@pytest.mark.asyncio
async def test_judged_answers_and_tests_are_listed_with_what_was_said(database: Database, database_url: str) -> None:
    await learn(
        database, [*STORY, fact(FactKind.MARKED, local("11-18 11:00"), 4, data={"mark": "secret", "value": "y"})]
    )
    await store_beside(database)
    clear = await explained(database_url, "quality.is_clear@2026-W47", CLOSED)
    assert clear.part.classes == {Why.NO: 2, Why.YES: 1, Why.NOT_JUDGED: 1}
    assert cases_of(clear) == ["K-000001-2", "K-000002-2", "K-000003-2"]
    assert [one.secret for one in clear.part.listings] == [1, 0, 0]
    assert "eva" not in str(explained_as_json(clear))
    total = await explained(database_url, "test.total@2026-W47", CLOSED)
    # 3 + 2 + 1 + 0 + 3 and 3 + 2, of seven judgements.
    assert (total.part.figure and total.part.figure.numerator, total.part.grades) == (14, {3: 3, 2: 2, 1: 1, 0: 1})
    assert [(row.what, row.points) for one in total.part.listings for row in one.rows] == [
        ("KKiK-2027, Bygglov, 1 (1)", 9), ("KKiK-2027, Bygglov, 2 (1)", 5), ("KKiK-2027, Bygglov, 3 (1)", None),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_what_cannot_be_is_told(database: Database, database_url: str) -> None:
    await learn(database, STORY)
    for written, what in (
        ("arrivals@2026-W47/unit:bugg", Unclear.MEMBER), ("phone.direct@2026-W47/channel:mail", Unclear.DIMENSION),
        ("quality.is_clear@2026-W47/unit:kc", Unclear.DIMENSION),
    ):  # fmt: skip
        with pytest.raises(NotUnderstood) as raised:
            await explained(database_url, written, CLOSED)
        assert raised.value.what is what
        assert plain(fault_in_words(raised.value, SWEDISH)).endswith(("?", "."))
    with pytest.raises(NotUnderstood) as raised:
        await explained(database_url, "arrivals@2026-W47", CLOSED, why="late")
    assert raised.value.near == ("counted", "left_out")
    with pytest.raises(NotBegun):
        await explained(database_url, "arrivals@2026-W50", CLOSED - timedelta(days=7))
    empty = await explained(database_url, "arrivals@2026-W47/unit:bygg", CLOSED)
    assert (empty.part.figure and empty.part.figure.n, empty.part.listings) == (0, ())
    month = await explained(database_url, "arrivals@2026-11", CLOSED)
    assert (month.part.figure and month.part.figure.n, month.state) == (4, None)
    assert from_micros(0) < month.start
