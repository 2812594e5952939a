"""The week's sample: when it is due, by whose lot, what may be drawn, and that nobody can choose."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.calendar import Calendar
from bot.clock import Rule
from bot.facts import CaseMark, CaseNumber, ExcludeReason, FactKind
from bot.samples import Answered, draw, due_weeks, week_named, without_names
from bot.sampling import Sampling, draw_due
from bot.store.database import Database
from bot.store.figure_schema import samples
from bot.store.rows import Direction
from bot.store.sample_book import sample_of, was_drawn, weeks_to_judge
from bot.store.schema import messages, meta
from bot.tokens import Tokens
from tests.conftest import FrozenClock
from tests.example import KEY, make_office
from tests.lookup import SOC, Kept

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""The week of MONDAY, 2026-W47, ends on Monday the 23rd; its last message is due when that day closes, 15.30 UTC."""
CALENDAR: Calendar = make_office().calendar


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 23, 15, 29, tzinfo=UTC), "2026-W46"),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), "2026-W47"),
        (TUESDAY, "2026-W47"),
        # W53 ends on 3 January; Monday 4 January is open.
        (datetime(2027, 1, 4, 15, 30, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 4, 15, 29, tzinfo=UTC), "2026-W52"),
    ],
)
def test_a_week_is_due_when_its_last_message_is(now: datetime, last: str) -> None:
    weeks = due_weeks(CALENDAR, Rule.ONE_WORKING_DAY, now)
    assert weeks[-1].name == last
    assert len(weeks) == 4


def test_a_week_is_named_as_people_write_it() -> None:
    week = week_named(" 2026w47 ", CALENDAR)
    assert week is not None
    assert (week.name, week.first, week.end) == (
        "2026-W47", datetime(2026, 11, 15, 23, 0, tzinfo=UTC), datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
    )  # fmt: skip
    assert week_named("2026-W54", CALENDAR) is None
    assert week_named("förra veckan", CALENDAR) is None


many = [Answered(CaseNumber(f"K-{number:06}-2"), 1) for number in range(40)]


@given(st.permutations(many))
def test_the_lot_is_the_same_whatever_order_they_come_in(shuffled: list[Answered]) -> None:
    assert draw(Tokens(KEY), "2026-W47", shuffled) == draw(Tokens(KEY), "2026-W47", many)


def test_another_week_or_key_draws_others_and_every_one_has_the_same_chance() -> None:
    first = draw(Tokens(KEY), "2026-W47", many)[:10]
    assert first != draw(Tokens(KEY), "2026-W48", many)[:10]
    assert first != draw(Tokens(b"another key that only tests use"), "2026-W47", many)[:10]
    hits = Counter(one for week in range(400) for one in draw(Tokens(KEY), f"week {week}", many)[:10])
    # Each is drawn in a quarter of 400 weeks: 100, give or take four times sqrt(400 * 0.25 * 0.75) = 8.7.
    assert all(65 <= hits[one] <= 135 for one in many)


def test_names_go_and_words_stay() -> None:
    names = ["Anna", "Anna Exempel", "Bo Exempel", ""]
    text = "Hej! Annas granne Anna  Exempel svarar. /Anna\nBo\nExempel"
    assert without_names(text, names, "[namn]") == "Hej! Annas granne [namn] svarar. /[namn]\n[namn]"
    assert without_names("Hej", [], "[namn]") == "Hej"


async def draw_now(kept: Kept, size: int = 10, now: datetime = TUESDAY) -> list[str]:
    return await draw_due(kept.database, kept.office, size, now)


@pytest.mark.asyncio
async def test_what_was_answered_in_writing_is_drawn_and_nothing_else(database: Database, clock: FrozenClock) -> None:
    kept = Kept(database, clock)
    mine = [await kept.case() for _ in range(3)]
    secret, soc, spoken, spam, waiting, test, erased = [
        await kept.case(unit=SOC) if number == 1 else await kept.case() for number in range(7)
    ]
    clock.forward(hours=1)
    for case in (*mine, secret, spam, test, erased):
        await kept.answer(case)
    await kept.answer(soc, who="dan")
    note = await kept.write(spoken, "Ringde.", direction=Direction.NOTE)
    await kept.tell(spoken, FactKind.ANSWERED, spoken=True, message=int(note))
    await kept.tell(secret, FactKind.MARKED, mark=CaseMark.SECRET.value, value="yes", inquiry=None)
    await kept.tell(spam, FactKind.EXCLUDED, reason=ExcludeReason.SPAM.value)
    await kept.tell(test, FactKind.TEST, "", contact=1)
    async with database.writing() as connection:
        await connection.execute(
            messages.update().where(messages.c.case == erased, messages.c.direction == "out").values(text="")
        )
    assert await draw_now(kept) == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    async with database.reading() as connection:
        drawn = await sample_of(connection, "2026-W47")
        told = (await connection.execute(select(meta.c.value).where(meta.c.key == "sampled:2026-W47"))).scalar_one()
    assert {(one.case, one.inquiry) for one in drawn} == {(case, 1) for case in mine}
    assert [one.place for one in drawn] == [1, 2, 3]
    assert told == "3"
    assert waiting not in {one.case for one in drawn}


@pytest.mark.asyncio
async def test_a_week_is_drawn_once_and_what_is_answered_later_is_not_added(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    cases = [await kept.case() for _ in range(6)]
    clock.forward(hours=1)
    for case in cases[:4]:
        await kept.answer(case)
    assert await draw_now(kept, size=3) == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    async with database.reading() as connection:
        first = await sample_of(connection, "2026-W47")
    assert len(first) == 3
    clock.forward(days=8)
    for case in cases[4:]:
        await kept.answer(case)
    assert await draw_now(kept, size=3) == []
    again = Sampling(database, lambda: kept.office, lambda: TUESDAY, 3)
    await again.round()
    async with database.reading() as connection:
        assert await sample_of(connection, "2026-W47") == first
        assert await weeks_to_judge(connection) == [("2026-W47", 3, 0)]
        # A week in which nothing was answered has been drawn, too: it stays empty.
        assert await was_drawn(connection, "2026-W46")


@pytest.mark.asyncio
async def test_before_the_week_is_due_nothing_of_it_is_drawn_and_zero_draws_none(
    database: Database, clock: FrozenClock
) -> None:
    kept = Kept(database, clock)
    case = await kept.case()
    clock.forward(hours=1)
    await kept.answer(case)
    early = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert "2026-W47" not in await draw_now(kept, now=early)
    await Sampling(database, lambda: kept.office, lambda: TUESDAY, 0).round()
    async with database.reading() as connection:
        assert (await connection.execute(select(samples))).all() == []
    later = replace(kept.office, rule=Rule.CLOCK_24H)
    assert "2026-W47" in await draw_due(database, later, 10, early + timedelta(hours=8, minutes=1))
