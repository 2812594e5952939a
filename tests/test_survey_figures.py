"""The survey's figures: counted in the database, the telephone apart, and nobody's answer to be read out of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Text, insert

from bot.store.columns import BIG, Instant
from bot.store.database import Database
from bot.store.figure_schema import invitations, ratings
from bot.survey.severing import unlink
from measurement.measures import Figure
from measurement.periods import Month, Tertial, Week, Year, parse_period, weeks_back
from measurement.survey import (
    hidden_of,
    rolling_headline,
    survey_as_told,
    survey_figures,
    survey_of,
    survey_part,
)
from measurement.survey_source import (
    INVITATIONS,
    RATINGS,
    SLICED_BY,
    Asked,
    Mix,
    Rated,
    SurveyCounts,
    read_counts,
    weeks_in,
)
from measurement.tables import reading
from tests.weeks import WEEK, ZONE

AS_OF = datetime(2026, 12, 7, 6, tzinfo=UTC)
W48, W49 = WEEK.next(), WEEK.next().next()

Grades = Mapping[int | None, int]


def mix(channel: str = "mail", unit: str = "kc", in_time: bool | None = True, **of: str) -> Mix:
    told = {"channel": channel, "unit": unit, "kind": "question"} | of
    return Mix(of={dimension: told[dimension.value] for dimension in SLICED_BY}, in_time=in_time)


def rated(grades: Grades, question: str = "reception", *, own: bool = True, **of: Any) -> list[Rated]:
    return [
        Rated(mix=mix(**of), question=question, grade=grade, is_own=own, count=count)
        for grade, count in grades.items()
    ]  # fmt: skip


def counts(*ones: list[Rated], asked: tuple[Asked, ...] = ()) -> SurveyCounts:
    return SurveyCounts(rated=tuple(one for some in ones for one in some), asked=asked, comments={})


def asked(state: str, count: int, *, delivered: bool = True, **of: Any) -> Asked:
    return Asked(mix=mix(**of), state=state, is_delivered=delivered, count=count)


def by_key(figures: tuple[Figure, ...]) -> dict[tuple[str, str], Figure]:
    found = {(one.measure, one.slice): one for one in figures}
    assert len(found) == len(figures), "each figure once"
    return found


def test_the_shares_and_indices_that_domain_9_3_gives() -> None:
    # 60·100 + 20·75 + 10·50 + 5·25 + 5·0 = 8125, over 100 = 81.25; (60 + 20)/100 = 0.80.
    found = survey_figures(counts(rated({5: 60, 4: 20, 3: 10, 2: 5, 1: 5, None: 7})), WEEK, AS_OF)
    of = by_key(found.figures)
    index, good = of["reception.index", ""], of["reception.good", ""]
    assert (index.value, index.n, index.numerator) == (81.25, 100, None)
    assert (good.value, good.numerator, good.denominator, good.n) == (0.8, 80, 100, 100)
    assert (good.period, good.as_of, good.version) == ("2026-W47", AS_OF, 1)
    # All fours: 75. "Do not know" is in neither.
    fours = by_key(survey_figures(counts(rated({4: 12, None: 3}, "clarity")), WEEK, AS_OF).figures)
    assert (fours["clarity.index", ""].value, fours["clarity.index", ""].n) == (75.0, 12)
    assert of["reception.good", "unit:kc"].n == 100
    assert found.hidden == {}


def test_the_telephone_is_a_slice_of_its_own_and_in_no_whole() -> None:
    phone = rated({5: 8, 1: 4}, own=False, channel="phone", unit="kc", in_time=None)
    of = by_key(survey_figures(counts(rated({5: 20, 3: 20}), phone), WEEK, AS_OF).figures)
    assert (of["reception.good", ""].n, of["reception.good", "unit:kc"].n) == (40, 40)
    assert (of["reception.good", "channel:phone"].numerator, of["reception.good", "channel:phone"].n) == (8, 12)
    assert of["reception.good", "channel:mail"].n == 40
    # Nine of them are hidden, and hide nothing else.
    few = survey_figures(counts(rated({5: 20, 3: 20}), rated({5: 5, 1: 4}, channel="phone")), WEEK, AS_OF)
    assert few.hidden == dict.fromkeys(("reception.good", "reception.index"), frozenset({"channel:phone"}))
    assert by_key(few.figures)["reception.good", "channel:mail"].n == 40


def test_without_answers_there_is_a_whole_without_a_value() -> None:
    found = survey_figures(counts(), WEEK, AS_OF)
    assert {one.slice for one in found.figures} == {""}
    assert {(one.n, one.value) for one in found.figures} == {(0, None)}
    assert [one.measure for one in found.figures] == [
        "reception.good", "clarity.good", "ease.good", "reception.index", "clarity.index", "ease.index",
        "survey.delivered", "survey.answered", "survey.real_answer",
    ]  # fmt: skip
    assert found.hidden == {}


def test_four_answers_are_hidden_and_five_are_told_without_slices() -> None:
    four = survey_figures(counts(rated({5: 3, 1: 1})), WEEK, AS_OF)
    everywhere = frozenset({"", "channel:mail", "kind:question", "unit:kc"})
    assert four.hidden == {"reception.good": everywhere, "reception.index": everywhere}
    assert not any(one.measure.startswith("reception.") for one in four.figures), "not even without a value"
    five = survey_figures(counts(rated({5: 4, 1: 1})), WEEK, AS_OF)
    assert [one.slice for one in five.figures if one.measure == "reception.good"] == [""]
    assert five.hidden["reception.good"] == everywhere - {""}


def test_a_small_unit_hides_the_next_smallest() -> None:
    found = survey_figures(
        counts(rated({5: 30, 2: 10}, unit="kc"), rated({4: 9, 2: 3}, unit="bygg"), rated({3: 4}, unit="vard")),
        WEEK, AS_OF,
    )  # fmt: skip
    # Whole 56. Of vard's 4 nothing is told; 56 − 40 − 12 would tell them, so bygg's 12 are hidden too.
    assert {name for name in found.hidden["reception.good"] if name.startswith("unit:")} == {"unit:vard", "unit:bygg"}
    of = by_key(found.figures)
    assert of["reception.good", ""].n == 56
    assert of["reception.good", "unit:kc"].n == 40


def test_the_first_question_is_told_apart_from_the_grades() -> None:
    of = by_key(survey_figures(counts(rated({1: 27, 0: 3}, "answered")), WEEK, AS_OF).figures)
    real = of["survey.real_answer", ""]
    assert (real.numerator, real.n, real.value) == (27, 30, 0.9)
    few = survey_figures(counts(rated({1: 2, 0: 2}, "answered")), WEEK, AS_OF)
    assert "" in few.hidden["survey.real_answer"]


def test_invited_delivered_and_answered_are_told_apart() -> None:
    found = counts(
        asked=(
            asked("answered", 9), asked("expired", 9), asked("declined", 2), asked("failed", 3, delivered=False),
            asked("expired", 1, delivered=False), asked("answered", 3, channel="telegram", in_time=False),
        )
    )  # fmt: skip
    of = by_key(survey_figures(found, WEEK, AS_OF).figures)
    # Invited 9 + 9 + 2 + 3 + 1 + 3 = 27, of which 9 + 9 + 2 + 3 = 23 arrived, of which 12 were answered.
    delivered, answered = of["survey.delivered", ""], of["survey.answered", ""]
    assert (delivered.numerator, delivered.n, answered.numerator, answered.n) == (23, 27, 12, 23)
    assert of["survey.answered", "channel:telegram"].value == 1.0, "who was asked is no secret"
    told = survey_as_told(found, {"lot": 40, "suppressed": 5, "capped": 1, "withdrawn": 2, "drawn": 4})
    assert (told.drawn, told.suppressed, told.invited) == (79, 48, 27), "79 − 48 − 27 = 4 are still to be invited"
    assert (told.delivered, told.answered, told.declined, told.failed) == (23, 12, 2, 3)


def test_a_figure_is_weighted_where_those_answered_late_answer_less() -> None:
    found = counts(
        rated({5: 60}, in_time=True), rated({1: 10}, in_time=False), rated({5: 20}, channel="phone", in_time=False),
        rated({5: 60}, "ease", in_time=True), rated({1: 9}, "ease", in_time=False),
        asked=(asked("answered", 100, in_time=True), asked("expired", 100, in_time=False)),
    )  # fmt: skip
    told = survey_as_told(found)
    # Respondents: 60/70 = 86 % in time; the others 40/130 = 31 %. Both kinds weigh 100/200: 0.5·1 + 0.5·0 = 0.5.
    # Of ease only nine were answered late: their share could be found out.
    assert told.weighted == {"reception": 0.5}
    assert told.grades == {"reception": (60, 0, 0, 0, 10), "ease": (60, 0, 0, 0, 9)}


def test_hidden_grades_are_not_told_in_the_report_either() -> None:
    found = counts(rated({5: 2, 1: 1, None: 1}), rated({5: 6, None: 2}, "ease"), rated({1: 3}, "answered"))
    told = survey_as_told(found)
    assert told.grades == {"ease": (6, 0, 0, 0, 0)}
    assert told.unknown == {"ease": 2}
    assert told.real_answer == (0, 0)


_MEMBERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"channel": st.sampled_from(("mail", "telegram", "phone")), "unit": st.sampled_from(("a", "b", "c", ""))}
)


@given(st.lists(st.tuples(_MEMBERS, st.sampled_from((1, 2, 3, 4, 5, None)), st.integers(1, 15)), max_size=25))
def test_nobodys_answer_can_be_subtracted(rows: list[tuple[dict[str, Any], int | None, int]]) -> None:
    ones = [one for members, grade, count in rows for one in rated({grade: count}, "reception", own=True, **members)]
    found = survey_figures(counts(ones), WEEK, AS_OF)
    good = {one.slice: one for one in found.figures if one.measure == "reception.good"}
    index = {one.slice for one in found.figures if one.measure == "reception.index"}
    hidden = found.hidden.get("reception.good", frozenset())
    assert good.keys() == index
    assert not good.keys() & hidden
    whole = sum(one.count for one in ones if one.grade is not None and one.mix.is_written)
    assert ("" in hidden) is (0 < whole < 5)
    for dimension in SLICED_BY:
        shown = [one.n for name, one in good.items() if name.startswith(f"{dimension.value}:") and "phone" not in name]
        assert all(n >= 10 for n in shown)
        rest = whole - sum(shown)
        assert not shown or rest == 0 or rest >= 10


def test_a_period_has_the_weeks_whose_thursday_lies_in_it() -> None:
    # Thursdays of November 2026: 5, 12, 19, 26.
    assert [str(week) for week in weeks_in(parse_period("2026-11"))] == [f"2026-W{n}" for n in (45, 46, 47, 48)]
    assert weeks_in(WEEK) == (WEEK,)
    # Thursday 31 December 2026 is in 2026-W53, which ends on 3 January.
    assert str(weeks_in(Month(year=2026, number=12))[-1]) == "2026-W53"
    for year in range(2024, 2032):
        every = weeks_in(Year(year=year))
        assert {week.year for week in every} == {year}
        assert all(one.next() == other for one, other in pairwise(every))
        months = [week for number in range(1, 13) for week in weeks_in(Month(year=year, number=number))]
        tertials = [week for number in (1, 2, 3) for week in weeks_in(Tertial(year=year, number=number))]
        assert months == tertials == list(every)


def test_the_columns_are_those_of_the_bots_tables() -> None:
    for described, stored in ((RATINGS, ratings), (INVITATIONS, invitations)):
        for one in described.columns:
            kind = stored.c[one.name].type
            whole = isinstance(one.type, BigInteger)
            assert isinstance(kind, type(BIG) | Instant | BigInteger) if whole else isinstance(kind, Text), one.name


def row(week: Week, question: str, grade: int | None, **of: Any) -> dict[str, Any]:
    return {
        "invitation": None, "week": str(week), "channel": "mail", "unit": "kc", "kind": "question", "topic": "gator",
        "language": "sv", "in_time": 1, "question": question, "version": 1, "grade": grade, "comment": "",
        "source": "own", **of,
    }  # fmt: skip


def invitation(week: Week, state: str, *, delivered: bool = True, **of: Any) -> dict[str, Any]:
    return {
        "week": str(week), "channel": "mail", "unit": "kc", "kind": "question", "topic": "gator", "language": "sv",
        "in_time": 1, "state": state, "drawn_at": AS_OF, "due_at": AS_OF, "delivered_at": AS_OF if delivered else None,
        **of,
    }  # fmt: skip


async def stored(database: Database) -> None:
    """Three weeks: 12 fives and 2 ones, 4 fives alone, and an after-call survey."""
    answers = [
        *(row(WEEK, "reception", 5, kind=kind) for kind in ("question", "fault") for _ in range(6)),
        *(row(WEEK, "reception", 1, in_time=0) for _ in range(2)), row(WEEK, "reception", None),
        *(row(WEEK, "answered", 1) for _ in range(14)), row(WEEK, "answered", 0), row(WEEK, "reasonable", 2),
        row(WEEK, "comment", None, comment="Bra."), row(WEEK, "comment", None),
        *(row(WEEK, "reception", 4, channel="phone", in_time=None, source="exchange") for _ in range(11)),
        row(WEEK, "comment", None, channel="phone", comment="Tack.", source="exchange"),
        *(row(W48, "reception", 5) for _ in range(4)),
        *(row(W49, "reception", 3, channel="telegram") for _ in range(6)),
    ]  # fmt: skip
    up = [
        *(invitation(WEEK, "answered") for _ in range(15)), *(invitation(WEEK, "expired", in_time=0) for _ in range(4)),
        invitation(WEEK, "failed", delivered=False), invitation(WEEK, "lot", delivered=False),
        *(invitation(W48, "answered") for _ in range(4)),
    ]  # fmt: skip
    async with database.writing() as connection:
        await connection.execute(insert(ratings), answers)
        await connection.execute(insert(invitations), up)


@pytest.mark.asyncio
async def test_figures_of_a_week_and_of_a_month_from_the_database(database: Database, database_url: str) -> None:
    await stored(database)
    async with reading(database_url) as connection:
        of = by_key(tuple(await survey_part(connection, WEEK, AS_OF, AS_OF)))
        good = of["reception.good", ""]
        assert (good.numerator, good.n, good.value) == (12, 14, 12 / 14)
        # (12·100 + 2·0)/14.
        assert of["reception.index", ""].value == 1200 / 14
        assert of["reception.good", "channel:phone"].n == 11
        assert (of["survey.real_answer", ""].numerator, of["survey.real_answer", ""].n) == (14, 15)
        assert (of["survey.delivered", ""].numerator, of["survey.delivered", ""].n) == (19, 20)
        assert (of["survey.answered", ""].numerator, of["survey.answered", ""].n) == (15, 19)
        # Six faults and eight questions: both under ten.
        hidden = await hidden_of(connection, [WEEK])
        assert hidden["reception.good"] == {"kind:fault", "kind:question"}
        assert ("reception.good", "kind:fault") not in of
        assert not any(name.startswith(("topic", "language")) for _, name in of)
        four = by_key(tuple(await survey_part(connection, W48, AS_OF, AS_OF)))
        assert ("reception.good", "") not in four
        assert "" in (await hidden_of(connection, [W48]))["reception.good"]
        # Of November W45–W48: 14 + 4.
        november = by_key(tuple(await survey_part(connection, parse_period("2026-11"), AS_OF, AS_OF)))
        assert (november["reception.good", ""].n, november["reception.good", ""].period) == (18, "2026-11")


@pytest.mark.asyncio
async def test_the_figures_are_the_same_once_the_week_is_cut_off(database: Database, database_url: str) -> None:
    """Of the whole and of channels; of unit and kind those of a crowd only, so slices stand as they were kept."""

    async def told() -> tuple[list[Figure], object]:
        async with reading(database_url) as connection:
            figures = await survey_part(connection, WEEK, AS_OF, AS_OF)
            kept = [one for one in figures if not one.slice or one.slice.startswith("channel")]
            return kept, await survey_of(connection, [WEEK])

    await stored(database)
    before = await told()
    async with database.writing() as connection:
        await unlink(connection, str(WEEK), ZONE)
    assert await told() == before
    assert len(before[0]) > 10


@pytest.mark.asyncio
async def test_the_rolling_weeks_and_who_was_asked(database: Database, database_url: str) -> None:
    await stored(database)
    async with reading(database_url) as connection:
        headline = await rolling_headline(connection, W49, AS_OF)
        assert headline is not None
        # 12 + 4 good of 14 + 4 + 6, by mail and Telegram together.
        assert (headline.numerator, headline.n, headline.period, headline.slice) == (16, 24, "2026-W49", "")
        # Thirteen weeks later only W49 is left.
        later = weeks_back(Week.parse("2027-W08"), 13)
        assert later[0] == W49
        assert (await rolling_headline(connection, later[-1], AS_OF) or headline).n == 6
        nothing = await rolling_headline(connection, Week.parse("2026-W20"), AS_OF)
        assert nothing is not None
        assert (nothing.n, nothing.value) == (0, None)
        told = await survey_of(connection, weeks_back(W49, 13))
        assert told.grades == {"reception": (16, 0, 6, 0, 2)}
        assert (told.unknown, told.real_answer, told.comments) == ({"reception": 1}, (14, 15), 1)
        assert (told.drawn, told.suppressed, told.invited, told.delivered, told.answered) == (25, 1, 24, 23, 19)
        # Weeks need not follow on each other.
        apart = await read_counts(connection, [W49, WEEK])
        assert sum(one.count for one in apart.rated if one.question == "reception" and one.mix.is_written) == 21


@pytest.mark.asyncio
async def test_four_answers_in_thirteen_weeks_are_no_headline(database: Database, database_url: str) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(ratings), [row(WEEK, "reception", 5) for _ in range(4)])
    async with reading(database_url) as connection:
        assert await rolling_headline(connection, WEEK, AS_OF) is None
