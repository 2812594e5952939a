"""The laws of the draw: nobody chooses, nobody is asked too often, and not always the first contact is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.case import draw_number
from bot.facts import CaseNumber
from bot.office import SurveyRules
from bot.store.survey_rows import State
from bot.survey.drawing import DECLINED_FOR, Lately, draw, due_at, lot_of, next_allowed, rests
from bot.tokens import Tokens
from tests.conftest import MONDAY
from tests.example import KEY, make_office
from tests.waits import local

RULES = SurveyRules()
TOKENS = Tokens(KEY)
CALENDAR = make_office().calendar
LOTS = st.floats(0, 1, exclude_max=True)
SHARES = st.floats(0, 1)


def cases(count: int) -> list[CaseNumber]:
    random = Random(1)
    return [draw_number(random.randrange) for _ in range(count)]


def test_the_lot_is_the_same_each_time_and_even_over_all() -> None:
    lots = [lot_of(TOKENS, case, inquiry) for case in cases(2_000) for inquiry in (1, 2)]
    assert lots == [lot_of(TOKENS, case, inquiry) for case in cases(2_000) for inquiry in (1, 2)]
    assert len(set(lots)) == 4_000
    # 4 000 even draws: a tenth holds 400, standard deviation 19.
    tenths = [sum(one * 10 <= lot * 100 < one * 10 + 10 for lot in lots) for one in range(10)]
    assert all(320 < count < 480 for count in tenths)
    assert lot_of(Tokens(b"another key of this town"), cases(1)[0], 1) != lots[0]


@given(LOTS, SHARES, SHARES)
def test_whoever_is_drawn_by_a_share_is_drawn_by_a_larger_one(lot: float, one: float, other: float) -> None:
    small, large = (replace(RULES, share=share) for share in sorted((one, other)))
    if draw(small, lot, Lately(), MONDAY) is State.DRAWN:
        assert draw(large, lot, Lately(), MONDAY) is State.DRAWN


@given(LOTS, SHARES)
def test_one_contact_is_drawn_by_the_share_and_by_nothing_else(lot: float, share: float) -> None:
    drawn = draw(replace(RULES, share=share), lot, Lately(), MONDAY)
    assert drawn is (State.DRAWN if lot < share else State.LOT)


@given(LOTS, st.integers(0, 200), st.integers(0, 800), st.sampled_from([0, 1, 90, 365]))
def test_nobody_is_asked_within_the_time_of_rest_or_a_year_after_a_no(
    lot: float, asked: int, declined: int, rest: int
) -> None:
    rules = replace(RULES, rest=timedelta(days=rest))
    lately = Lately(asked_at=MONDAY - timedelta(days=asked))
    assert rests(rules, lately, MONDAY) is (asked < rest)
    assert (draw(rules, lot, lately, MONDAY) is State.DRAWN) is (asked >= rest)
    no = Lately(declined_at=MONDAY - timedelta(days=declined))
    assert rests(rules, no, MONDAY) is (timedelta(days=declined) < DECLINED_FOR)


@given(st.lists(LOTS, min_size=1, max_size=8, unique=True), SHARES)
def test_of_contacts_that_wait_at_once_the_lowest_lot_stays(lots: list[float], share: float) -> None:
    rules, pending = replace(RULES, share=share), list[float]()
    for number, lot in enumerate(lots, start=1):
        # With nobody else drawn yet, it is the first that counts: one contact.
        lately = Lately(contacts=1 if not pending else number, pending=pending)
        if draw(rules, lot, lately, MONDAY) is State.DRAWN:
            pending = [lot]
    assert pending == ([min(lots)] if min(lots) < share else [])


def test_who_writes_often_is_not_always_asked_about_the_first_contact() -> None:
    """Ten answers in the last time of rest: each next one has a chance of one in ten, so any of the next may be it."""
    lately = Lately(contacts=10)
    places = list[int]()
    for case in cases(3_000):
        lots = (lot_of(TOKENS, case, inquiry) for inquiry in range(1, 100))
        drawn = (place for place, lot in enumerate(lots) if draw(RULES, lot, lately, MONDAY) is State.DRAWN)
        places.append(next(drawn, 99))
    # Geometric with p = 0.1: the first is it in 10 % of cases (300 ± 49), later than the tenth in 0.9^10 = 35 %.
    assert 240 < places.count(0) < 360
    assert 900 < sum(place >= 10 for place in places) < 1_200


@pytest.mark.parametrize(
    ("answered", "due"),
    [
        (local(16, "09.12"), local(16, "10.12")),  # Monday: an hour after
        (local(16, "18.59"), local(16, "19.59")),
        (local(16, "19.00"), local(17, "08.00")),  # 20.00 is past the hours: the next morning
        (local(16, "06.30"), local(16, "08.00")),  # 07.30 is before them
        (local(20, "21.00"), local(23, "08.00")),  # Friday evening: Monday
        (local(21, "12.00"), local(23, "08.00")),  # Saturday
    ],
)
def test_it_leaves_an_hour_after_the_answer_and_never_at_night(answered: datetime, due: datetime) -> None:
    assert due_at(CALENDAR, RULES, answered) == due


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)), st.sampled_from([(480, 1200), (0, 1440), (600, 601)])
)
def test_what_is_allowed_lies_on_an_open_day_within_the_hours(naive: datetime, hours: tuple[int, int]) -> None:
    instant = naive.replace(tzinfo=UTC)
    allowed = next_allowed(CALENDAR, replace(RULES, hours=hours), instant)
    there = CALENDAR.local(allowed)
    assert allowed >= instant
    assert hours[0] <= there.hour * 60 + there.minute < hours[1]
    assert there.weekday() < 5
    assert there.date() != date(2026, 12, 25)
    assert next_allowed(CALENDAR, replace(RULES, hours=hours), allowed) == allowed
